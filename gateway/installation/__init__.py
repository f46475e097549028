"""One installation on disk: its data folder, how it is made, what is wrong with it. Opens no door and moves no data."""
