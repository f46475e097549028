"""The FHIR endpoint (R4 4.0.1): one more way to the same line. Puts FHIR into HTTP terms and back; decides nothing."""
