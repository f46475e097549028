"""Messages of the NIEM adapter against the published schemas of NIEM 6.0, in place of the part of them it brings along.

The published set is whole but for `ncic.xsd`, whose types are stood in for by texts; no element of ours uses them.
Loading it takes seconds and some 200 MB, so this is evidence and no test.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from importlib.resources import files

from checkout import ROOT
from full_document import FULL
from lxml import etree
from samples import sample
from trials.crossings import adapters

from adapters.sdk.checks import sample_outgoing
from adapters.sdk.contract import StatusUpdate
from adapters.sdk.errors import CannotRenderError
from schemas.vocabulary import ReferralState

MODEL = ("niem", "niem-6.0-ps02", "xsd")
PUBLISHED = {
    "genc.xsd": "codes/genc.xsd",
    "hs.xsd": "domains/hs.xsd",
    "iso_3166.xsd": "codes/iso_3166.xsd",
    "iso_639-3.xsd": "codes/iso_639-3.xsd",
    "justice.xsd": "domains/justice.xsd",
    "niem-core.xsd": "niem-core.xsd",
    "structures.xsd": "utility/structures.xsd",
    "unece_rec20.xsd": "codes/unece_rec20.xsd",
}
"""Our file of a namespace, and the published one."""

_ABSENT = "ncic.xsd"
_XS = "http://www.w3.org/2001/XMLSchema"


@dataclass(frozen=True, slots=True)
class Valid:
    """How many messages satisfy the published schemas, and how many do not."""

    messages: int
    invalid: int
    noticed: bool
    """Whether a message that breaks them was found out."""


def validated() -> Valid:
    """Write every published example of a profile, a document with every leaf, and every state."""
    schema = _published()
    bodies = list(_bodies())
    trees = [etree.fromstring(body) for body in bodies]
    spoilt = etree.fromstring(bodies[0].replace(b"<nc:Referral>", b"<nc:Referral><nc:PersonName/>"))
    return Valid(len(trees), sum(not schema.validate(tree) for tree in trees), not schema.validate(spoilt))


def _bodies() -> list[bytes]:
    niem = adapters()["niem"]
    examples = sorted((ROOT / "schemas" / "profiles" / "examples").glob("*.json"))
    found = [niem.render(sample_outgoing(FULL)).body]
    for path in examples:
        try:
            found.append(niem.render(sample_outgoing(json.loads(path.read_text("utf-8")))).body)
        except CannotRenderError:
            continue
    return found + [niem.render_status(StatusUpdate("m-1", state, None, "2031-05-07")).body for state in ReferralState]


def _published() -> etree.XMLSchema:
    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(_Published())
    ours = files("adapters.systems.niem").joinpath("data", "referral.xsd").read_bytes()
    return etree.XMLSchema(etree.fromstring(ours, parser, base_url="referral.xsd"))


class _Published(etree.Resolver):
    """Leads from our files to the published ones, and from what is absent to a stand-in."""

    def resolve(self, system_url: str, public_id: str, context: object) -> object:  # type: ignore[override]  # as lxml calls it
        name = system_url.rpartition("/")[2]
        if name == _ABSENT:
            return self.resolve_string(_stand_in(), context)
        if system_url in PUBLISHED:
            return self.resolve_filename(str(sample(*MODEL).joinpath(PUBLISHED[system_url])), context)
        return None


def _stand_in() -> str:
    """A text for every type of the absent list that the others name."""
    texts = (path.read_text("utf-8") for path in sample(*MODEL).rglob("*.xsd"))
    types = sorted({name for text in texts for name in re.findall(r"ncic:(\w+Type)", text)})
    kinds = "".join(
        f'<xs:complexType name="{name}"><xs:simpleContent><xs:extension base="xs:string"/></xs:simpleContent>'
        "</xs:complexType>"
        for name in types
    )
    namespace = "https://docs.oasis-open.org/niemopen/ns/model/codes/ncic/6.0/"
    return f'<xs:schema xmlns:xs="{_XS}" targetNamespace="{namespace}">{kinds}</xs:schema>'
