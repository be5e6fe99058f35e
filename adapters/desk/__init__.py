"""Our own desk: where tickets live. A pure flow, a pure journal, and the shape of a ticket."""
