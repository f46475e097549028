"""What past recipients are told about something they received, until they acknowledge."""
