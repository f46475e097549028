"""The HTTP door. Translates between HTTP and the line; decides nothing."""
