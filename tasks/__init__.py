"""The steps of the work: functions that take and return paths and records. Prefect stays outside."""
