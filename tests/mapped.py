"""Mappings for tests: one invented organisation's sheet in each of the three formats, and ways to spoil it."""

from adapters.sdk.checks import parse_outcome, sample_outgoing
from adapters.sdk.contract import Inbound, Parsed, ParsedReferral
from adapters.sdk.errors import AdapterError
from adapters.sdk.guard import Guard
from adapters.sdk.mapping.adapter import Mapped
from adapters.sdk.mapping.model import Hook
from adapters.sdk.mapping.reading import parse_mapping
from schemas.documents import Document

HEAD = """\
[adapter]
key = "harbour"
title = "Harbour House intake sheet"
owner = "Harbour House"
version = "1.0"
level = "silver"
"""

FIELDS = """\
[[field]]
name = "{p}Client"
to = "/subject/person_ref"
way = "in"
cardinality = "1"

[[field]]
name = "{p}Client"
to = "/subject/pseudonym"
way = "out"

[[field]]
name = "{p}Sex"
to = "/subject/sex"
codes = "sex"

[[field]]
name = "{p}Born"
to = "/subject/birth/date"
date = "DD/MM/YYYY"

[[field]]
name = "{p}Band"
to = "/subject/age_band"

[[field]]
name = "{p}Nationality"
to = "/subject/citizenships/*"
table = "country.name"

[[field]]
name = "{p}Mobile"
to = "/subject/contacts/0/value"

[[field]]
name = "{p}CallOk"
to = "/subject/contacts/0/safe"
codes = "safe"

[[field]]
name = "{p}Children"
to = "/subject/dependants"

[[field]]
name = "{p}Notes"
never_send = "prose about her and others"

[[field]]
name = "{p}Message"
to = "/envelope/message_id"
way = "out"

[[field]]
name = "{p}Until"
to = "/envelope/use_until"
way = "out"

[[field]]
name = "{p}Duties{many}"
to = "/envelope/obligations/*"
way = "out"
cardinality = "0..n"
{separated}

[[field]]
name = "{p}Needs{many}"
to = "/needs/*/code"
codes = "need"
cardinality = "0..n"
{separated}

[constants]
"/subject/contacts/0/channel" = "phone"

[codes.sex]
F = "female"
M = "male"

[codes.safe]
yes = "yes"
no = "no"

[codes.need]
bed = "accommodation.emergency"
doctor = "health.general"
nothing = ""
"""


def mapping_text(form: str = "csv", head: str = HEAD, fields: str = FIELDS) -> str:
    """A whole mapping file of a format."""
    made = fields.format(
        p="" if form == "csv" else "/",
        many="" if form == "csv" else "/*",
        separated='separator = ";"' if form == "csv" else "",
    )
    records = '\nrecords = "/Intakes/Intake"' if form == "xml" else ""
    return f'{head}\n[format]\nkind = "{form}"{records}\n\n{made}'


def mapped(text: str, hooks: dict[str, Hook] | None = None) -> Mapped:
    """The adapter of a mapping file."""
    return Mapped.of(parse_mapping(text, hooks))


def parsed(adapter: Mapped, body: str | bytes, subject: str | None = None) -> Parsed | AdapterError:
    """What the guarded adapter makes of a document."""
    raw = body.encode() if isinstance(body, str) else body
    return parse_outcome(adapter, Inbound(raw, adapter.manifest.media_types[0], subject))


def referral(adapter: Mapped, body: str | bytes, subject: str | None = None) -> ParsedReferral:
    """A document that is read."""
    found = parsed(adapter, body, subject)
    assert isinstance(found, ParsedReferral), found
    return found


def refusal(adapter: Mapped, body: str | bytes, subject: str | None = None) -> str:
    """Why a document is refused."""
    found = parsed(adapter, body, subject)
    assert isinstance(found, AdapterError)
    return str(found)


def rendered(adapter: Mapped, document: Document) -> tuple[str, list[str]]:
    """A document that is written, and what was lost."""
    outbound = Guard(adapter).render(sample_outgoing(document))
    return outbound.body.decode(), [f"{loss.kind} {loss.path}" for loss in outbound.losses]
