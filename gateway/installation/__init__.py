"""One installation on disk: how its data folder is made, examined, backed up and restored. Opens no door."""
