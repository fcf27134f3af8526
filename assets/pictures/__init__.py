"""Pictures and masks from files: read, converted, or refused with the reason."""
