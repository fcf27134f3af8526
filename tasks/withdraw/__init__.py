"""Withdrawing an input: the ban, the bank and the latest version without it, older versions without it."""
