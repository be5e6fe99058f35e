"""The core: (case, event) -> turn. Pure: no input or output, no clock, no chance."""
