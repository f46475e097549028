"""How a client holds its tokens. A person chooses at registration; no request can ask for another way."""

from typing import Final

from schemas.vocabulary import Coded

FHIR: Final = "fhir"
"""The adapter of agencies that use the FHIR endpoint, where the tokens of SMART clients are good."""


class ClientMode(Coded):
    """Every way there is. Here because the register, the store and gateway/oauth speak of it."""

    DPOP = "dpop", "Tokens are bound to a key, and every request proves that the client holds it (RFC 9449)."
    RESOURCE_SERVER = "resource_server", "Gets no tokens: it asks whether those it is shown are good (RFC 7662)."
    SMART = "smart", "SMART Backend Services: bearer tokens for the FHIR endpoint alone; whoever takes one can use it."
    MTLS = "mtls", "Mutual TLS: its certificate authenticates it, and its tokens are bound to that (RFC 8705)."
