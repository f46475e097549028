"""IOM Human Trafficking Case Data Standard 2.0: one flat record about one person, as CSV or XLSX."""
