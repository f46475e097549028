"""HL7 FHIR R4 (4.0.1): Gravity SDOH Clinical Care bundles, BSeR messages, and the Task that answers them."""
