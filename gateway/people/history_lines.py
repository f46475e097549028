"""A person's history as a page tells it: what each recipient received, what became of it, and every entry in words."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from gateway.core.ports import Directory
from gateway.people.entry_words import SENTENCES, in_words
from schemas.documents import Document, Json
from schemas.vocabulary import DataCategory, Ground, Purpose, ReferralState

_CATEGORIES: Final = {one.value: one.sentence for one in DataCategory}
_PURPOSES: Final = {one.value: one.sentence for one in Purpose}
_GROUNDS: Final = {one.value: one.sentence for one in Ground}
_STATES: Final = {one.value: one.sentence for one in ReferralState}
_SENT: Final = "disclosure.sending"
_IMPLIED: Final = frozenset({DataCategory.ENVELOPE.value, DataCategory.PSEUDONYM.value})
_ALLOWED: Final = "decision.permitted"
_ASKED: Final = frozenset({_ALLOWED, "decision.refused"})
_UNNAMED: Final = "The log names nobody."
_HERE: Final = "Nothing of it has left."


@dataclass(frozen=True, slots=True)
class Line:
    """One entry in words. `decision` is the number under which it can be explained, where it is a decision."""

    at: str
    what: str
    who: str
    why: Sequence[str]
    data: Sequence[str]
    decision: str | None


@dataclass(frozen=True, slots=True)
class Received:
    """What one referral brought its recipient, and everything that happened to it since."""

    recipient: str
    sender: str
    at: str
    why: Sequence[str]
    data: Sequence[str]
    since: Sequence[str]


@dataclass(frozen=True, slots=True)
class History:
    """Both readings of one history, the newest first."""

    received: Sequence[Received]
    lines: Sequence[Line]

    @classmethod
    def of(cls, found: Document, names: "Names") -> "History":
        """Read what `gateway.core.histories` returned."""
        entries = [_Entry.of(entry) for entry in objects(found, "entries")]
        sent: dict[str | None, _Entry] = {}
        for entry in entries:
            if entry.type == _SENT:
                sent.setdefault(entry.referral, entry)
        received = [_received(first, entries, names) for first in sent.values()]
        return cls(received[::-1], [_line(entry, names, left=frozenset(sent)) for entry in reversed(entries)])


def objects(document: Document, member: str) -> Sequence[Mapping[str, Json]]:
    """Return the objects of a list that a document holds."""
    listed = document.get(member)
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []


def decided(told: Document, names: "Names") -> Sequence[tuple[str, str]]:
    """Say who asked to tell whom, when, why and what: `gateway.core.explaining` names it by codes."""
    entry = _Entry(told, None)
    agencies = [
        (title, names.of(entry.text(name))) for title, name in (("Sender", "sender"), ("Recipient", "recipient"))
    ]
    said = [
        ("Asked at (UTC)", entry.at),
        *agencies,
        ("Why", " ".join(entry.why)),
        ("Kinds of data", " ".join(entry.data)),
    ]
    return [(title, text) for title, text in said if text]


@dataclass(frozen=True, slots=True)
class _Entry:
    """One leaf, and the referral it is about."""

    leaf: Mapping[str, Json]
    referral: str | None

    @classmethod
    def of(cls, entry: Mapping[str, Json]) -> "_Entry":
        referral = entry.get("referral")
        return cls(json.loads(str(entry["leaf"])), None if referral is None else str(referral))

    @property
    def type(self) -> str:
        return str(self.leaf["type"])

    @property
    def at(self) -> str:
        return str(self.leaf["at"])[:16].replace("T", " ")

    def text(self, member: str) -> str:
        return str(self.leaf.get(member, ""))

    def texts(self, member: str) -> list[str]:
        values = self.leaf.get(member, [])
        return [str(value) for value in values] if isinstance(values, list) else []

    @property
    def outcome(self) -> list[str]:
        """What a recipient answered, and the codes it, a rule or an officer gave."""
        answered = [_STATES[self.text("outcome")]] if self.text("outcome") in _STATES else []
        notice = [in_words(self.text("notice"))] if self.text("notice") else []
        return [*answered, *notice, *(in_words(code) for code in self.texts("reasons"))]

    @property
    def why(self) -> list[str]:
        said = (_PURPOSES.get(self.text("purpose")), _GROUNDS.get(self.text("ground")))
        return [*filter(None, said)]

    @property
    def data(self) -> list[str]:
        return [_CATEGORIES.get(one, one) for one in self.texts("categories") if one not in _IMPLIED]


@dataclass(frozen=True, slots=True)
class Names:
    """What agencies and officers are called; `labels` are officers' accounts by their numbers."""

    directory: Directory
    labels: Mapping[str, str]

    def of(self, agency: str) -> str:
        """Return an agency's title and id; its id alone where nobody registered it."""
        found = self.directory.agency(agency) if agency else None
        return agency if found is None else f"{found.title} ({agency})"

    def who(self, entry: _Entry) -> str:
        """Say who did it to whom; of officers their account and number; or that the log names nobody."""
        sender, recipient = (self.of(entry.text(name)) for name in ("sender", "recipient"))
        number = entry.text("officer")
        officer = " ".join(filter(None, ("officer", self.labels.get(number), number))) if number else ""
        by = officer or ("the operator" if entry.text("by") == "operator" else "")
        if sender or not by:
            return ", ".join(filter(None, (" to ".join(filter(None, (sender, recipient))), by))) or _UNNAMED
        return f"{by}, about {recipient}" if recipient else by


def _line(entry: _Entry, names: Names, left: frozenset[str | None]) -> Line:
    """Put one entry into words; what was allowed and never sent was stopped since, or waits, and is said to be here."""
    decision = entry.referral if entry.type in _ASKED else None
    kept = [_HERE] if entry.type == _ALLOWED and entry.referral not in left else []
    why = [*entry.why, *entry.outcome, *kept]
    return Line(entry.at, SENTENCES.get(entry.type, entry.type), names.who(entry), why, entry.data, decision)


def _received(sent: _Entry, entries: Sequence[_Entry], names: Names) -> Received:
    hers = [entry for entry in entries if sent.referral is not None and entry.referral == sent.referral]
    allowed = next((entry for entry in hers if entry.type == _ALLOWED), sent)
    since = [
        " ".join((f"{entry.at}:", SENTENCES.get(entry.type, entry.type) + ".", *entry.outcome))
        for entry in hers
        if entry.type not in {*_ASKED, _SENT, "decision.explained"}
    ]
    recipient, sender = (names.of(sent.text(name)) for name in ("recipient", "sender"))
    return Received(recipient, sender, sent.at, allowed.why, sent.data, since)
