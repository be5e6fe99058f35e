"""What things cost, measured on the machine that runs them. `make bench` prints a table; figures with a date stand in the docs."""
