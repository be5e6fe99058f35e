"""From text to meaning. Knows no conversation, no room's history and no network."""
