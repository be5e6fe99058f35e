"""The sockets of the house and what is plugged into them."""
