"""The page: a simulator to talk in and the desk beside it."""
