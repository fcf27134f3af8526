"""The steps: functions that take and return paths and records; torch and Prefect stay outside."""
