"""Carriers: they take tickets to other platforms, the same state under the same key, until it has arrived once."""
