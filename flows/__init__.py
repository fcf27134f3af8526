"""The pipelines. Prefect is imported here alone.

Settings that the embedded server needs are defaults of the environment, set before Prefect reads it:
its analytics write to the same SQLite file as the run (and lose the race), and its start-up limit of
20 s is too short on a busy machine.
"""

import os

os.environ.setdefault("DO_NOT_TRACK", "1")
os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
os.environ.setdefault("PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS", "120")
