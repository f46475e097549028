"""What a person agreed to, from the paper to the fold, and what she holds in her own hands."""
