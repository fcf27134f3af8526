"""Random views of a sample: geometry and colours."""
