"""Where everything lasts: one SQL store, on a file or in memory."""
