"""The namespaces of the message under their NIEM prefixes, and its schema."""

from collections.abc import Mapping
from functools import cache

from adapters.sdk.xml.schema import Schema, read_schema
from adapters.sdk.xml.vocabulary import XSI

_MODEL = "https://docs.oasis-open.org/niemopen/ns/model"

NAMESPACES: Mapping[str, str] = {
    "genc": f"{_MODEL}/codes/genc/6.0/",
    "gx": "urn:referral-gateway:niem:referral:1.0/",
    "hs": f"{_MODEL}/domains/humanServices/6.0/",
    "iso_3166": f"{_MODEL}/codes/iso_3166-1/6.0/",
    "iso_639-3": f"{_MODEL}/codes/iso_639-3/6.0/",
    "j": f"{_MODEL}/domains/justice/6.0/",
    "nc": f"{_MODEL}/niem-core/6.0/",
    "structures": f"{_MODEL}/structures/6.0/",
    "unece": f"{_MODEL}/codes/unece_rec20/6.0/",
}
"""As in the JSON-LD context of NIEM 6.0; `gx` is ours."""

DECLARED: Mapping[str, str] = {**NAMESPACES, "xsi": XSI}
STRUCTURES = "structures"

MESSAGE = "gx:ReferralMessage"
REFERRAL = "nc:Referral"
VICTIM = "hs:HumanTraffickingVictim"
REQUESTED = "hs:RequestedDirectServiceVictimAssociation"

VICTIM_ID = "Victim1"
"""The id of the one person in every message this gateway writes."""

PSEUDONYM = "pseudonym"
"""gx:IdentificationCategoryCode of a recipient's own number; never read as an identifier."""


@cache
def read_message_schema() -> Schema:
    """Return the message's schema, compiled from the package on first use."""
    return read_schema("adapters.systems.niem", MESSAGE, NAMESPACES, STRUCTURES)
