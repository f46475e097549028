"""What an operator sees of a running gateway: a line for each refused request, and figures; no value of the data."""
