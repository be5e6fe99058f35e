"""The shell round the core: settings, wiring, the walk of a message, and the commands."""
