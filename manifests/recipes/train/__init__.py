"""Schedules of trainings."""
