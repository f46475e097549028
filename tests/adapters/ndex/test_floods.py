"""Much of one thing: no document of the size the guard lets through takes long, or makes a long report."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from adapters.sdk import Parsed, ParsedReferral
from adapters.sdk.errors import AdapterError
from adapters.systems.ndex.names import read_vocabulary

Parse = Callable[..., Parsed]


@dataclass(frozen=True, slots=True)
class Flood:
    """A lot of one thing after `anchor`, and perhaps of a second one that refers to the first."""

    anchor: str
    template: str
    count: int
    around: str = "#"
    rule: str = ""
    then: Flood | None = None

    def into(self, body: bytes) -> bytes:
        many = "".join(self.template.replace("#", str(number)) for number in range(self.count))
        assert body.count(self.anchor.encode()) == 1
        flooded = body.replace(self.anchor.encode(), (self.anchor + self.around.replace("#", many)).encode())
        return flooded if self.then is None else self.then.into(flooded)


DIGEST, LINKS, PAYLOAD = "<lexs:Digest>", "<lexsdigest:Associations>", "<ndexia:IncidentReport>"
WITNESS = (
    '<lexsdigest:EntityPerson><lexsdigest:Person s:id="x#"/>'
    '<j:Witness><nc:RoleOfPersonReference s:ref="x#"/></j:Witness></lexsdigest:EntityPerson>'
)
OFFICER = '<lexsdigest:EntityPerson><lexsdigest:Person s:id="x#"/><j:ArrestOfficial/></lexsdigest:EntityPerson>'
ACTIVITY = '<lexsdigest:EntityActivity><nc:Activity s:id="y#"/></lexsdigest:EntityActivity>'
UNIT = '<nc:PersonAssignedUnitAssociation><nc:PersonReference s:ref="x0"/></nc:PersonAssignedUnitAssociation>'
NOWHERE = '<j:ActivityLocationAssociation><nc:ActivityReference s:ref="y0"/></j:ActivityLocationAssociation>'
BOTH = '<nc:ActivityReference s:ref="y#"/><nc:LocationReference s:ref="Incident1"/>'
HERS = '<nc:PersonReference s:ref="Victim1"/><nc:LocationReference s:ref="Incident1"/>'
HOME = '<nc:PersonReference s:ref="Victim1"/><nc:LocationReference s:ref="Room1"/>'
SAME = '<lexslib:SameAsDigestReference lexslib:ref="Room1"/>'
PLACE = "<ndexia:Location><ndexia:LocationAugmentation>#</ndexia:LocationAugmentation></ndexia:Location>"
NEED = (
    "<lexs:DomainAttribute><lexs:AttributeName>/needs/#/code</lexs:AttributeName>"
    "<lexs:AttributeValue>other</lexs:AttributeValue>"
    "<lexs:Domain>referral-gateway/1.0</lexs:Domain></lexs:DomainAttribute>"
)
NAME = "<nc:PersonAlternateName><nc:PersonGivenName>#</nc:PersonGivenName></nc:PersonAlternateName>"
RESIDENCE = "<nc:ResidenceAssociation>#</nc:ResidenceAssociation>"

FLOODS = {
    "witnesses": Flood(DIGEST, WITNESS, 3_500),
    "officers": Flood(DIGEST, OFFICER, 2_000, then=Flood(LINKS, UNIT, 4_000)),
    "activities": Flood(DIGEST, ACTIVITY, 3_500, then=Flood(LINKS, NOWHERE, 3_500)),
    "one_association": Flood(
        DIGEST,
        ACTIVITY,
        3_000,
        then=Flood(LINKS, BOTH, 3_000, "<j:ActivityLocationAssociation>#</j:ActivityLocationAssociation>"),
    ),
    "one_residence": Flood(LINKS, HERS, 5_000, RESIDENCE),
    "one_place_often": Flood(PAYLOAD, SAME, 9_000, PLACE, then=Flood(LINKS, RESIDENCE.replace("#", HOME), 1_500)),
    "many_places_one": Flood(
        PAYLOAD, PLACE.replace("#", SAME), 3_000, then=Flood(LINKS, RESIDENCE.replace("#", HOME), 1_500)
    ),
    "needs": Flood("</lexs:DataItemCategory>", NEED, 3_000, rule="domain_attribute_list"),
    "names": Flood('<lexsdigest:Person s:id="VictimPerson1" s:metadata="MVictimPerson1">', NAME, 8_000),
    "prefixes": Flood(DIGEST, '<p#:a xmlns:p#="urn:#"/>', 15_000),
    "unfinished": Flood(DIGEST, "<a>", 200, rule="malformed"),
}


@pytest.mark.parametrize("flood", FLOODS.values(), ids=FLOODS.keys())
def test_no_document_takes_long(parse: Parse, demo: bytes, flood: Flood) -> None:
    """A bound far above the real cost (under 0.2 s), so that it fails for an algorithm and not for a busy machine."""
    body = flood.into(demo)
    started = time.perf_counter()
    if flood.rule:
        with pytest.raises(AdapterError) as refusal:
            parse(body)
        assert refusal.value.rule == flood.rule
    else:
        assert isinstance(parse(body), ParsedReferral)
    assert time.perf_counter() - started < 5


def test_a_document_made_to_flood_the_report_gets_a_coarser_one(parse: Parse, demo: bytes) -> None:
    names = sorted(name for name in read_vocabulary().names.values() if name.startswith(("ndexia:", "j:")))
    strange = "".join(f"<{name}>x</{name}>" for name in names).encode()
    body = demo
    # Each of these is understood in part, so every other part of it is named on its own.
    for tag in (b"<nc:PersonName>", b"<nc:PersonPassportIdentification>", b"<nc:PersonBirthDate>", b"<nc:StartDate>"):
        body = body.replace(tag, tag + strange, 1)
    assert len(names) * 4 > 1500
    parsed = parse(body)
    assert isinstance(parsed, ParsedReferral)
    assert 20 < len(parsed.losses) <= 1500
