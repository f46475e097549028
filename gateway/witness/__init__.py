"""The reference witness: whoever is not the operator runs it, and vouches that the log was only ever added to."""
