"""FBI N-DEx Incident/Arrest 2.1.1 over LEXS 3.1.4: police reports in, LEXS publish messages out."""
