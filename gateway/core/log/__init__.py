"""What the log says, and what outside stands for it."""
