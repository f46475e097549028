"""What is read outside any transaction: by those who decide, and by those who look something up."""
