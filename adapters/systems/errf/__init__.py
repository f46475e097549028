"""UNHCR's electronic Resettlement Registration Form (eRRF), versions 3.1, 4.1 and 4.2.8, in XML; read only."""
