"""What is written down, kind by kind: values that ports and transactions speak of."""
