"""Where people talk: one plug of the channel socket a file or folder."""
