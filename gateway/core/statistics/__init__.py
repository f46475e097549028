"""Numbers that leave the circle, and never small enough to be about anybody."""
