"""For those who watch: breaches, locks on probing, names behind pseudonyms, country profiles."""
