"""Bringing recipients what is for them: lanes, letters, hints, files, dead letters, alarms."""
