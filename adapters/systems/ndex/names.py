"""The names of LEXS 3.1 and N-DEx 2.1 elements, each under one fixed prefix."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from adapters.sdk.xml.vocabulary import XSI, Vocabulary

NAMESPACES: Mapping[str, str] = {
    "ansi-nist": "http://niem.gov/niem/ansi-nist/2.0",
    "em": "http://niem.gov/niem/domains/emergencyManagement/2.0",
    "im": "http://niem.gov/niem/domains/immigration/2.0",
    "j": "http://niem.gov/niem/domains/jxdm/4.0",
    "lexs": "http://usdoj.gov/leisp/lexs/3.1",
    "lexsdigest": "http://usdoj.gov/leisp/lexs/digest/3.1",
    "lexslib": "http://usdoj.gov/leisp/lexs/library/3.1",
    "lexspd": "http://usdoj.gov/leisp/lexs/publishdiscover/3.1",
    "nc": "http://niem.gov/niem/niem-core/2.0",
    "ndexia": "http://fbi.gov/cjis/N-DEx/IncidentArrest/2.1",
    "s": "http://niem.gov/niem/structures/2.0",
    "scr": "http://niem.gov/niem/domains/screening/2.0",
    "xsi": XSI,
}

PAYLOAD = "lexs:StructuredPayload"
"""Ids inside a structured payload are its own and not the message's."""


@cache
def read_vocabulary() -> Vocabulary:
    """Return every element of both schemas; read on first use."""
    text = files("adapters.systems.ndex").joinpath("data/names.txt").read_text(encoding="utf-8")
    return Vocabulary.of(NAMESPACES, "s", text.split(), ("s:ref", "lexslib:ref"))
