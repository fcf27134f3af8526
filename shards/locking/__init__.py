"""What stands behind a lock: a file locked by the system, or a lease on an object store; and who holds it."""
