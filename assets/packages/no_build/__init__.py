"""A build backend that builds nothing, so that a source archive can be fetched without running it."""
