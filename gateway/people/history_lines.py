"""A person's history as a page tells it: what each recipient received, what became of it, and every entry in words."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from consent.route import STRUCTURE
from gateway.core.log.stopping import STOPPED, cause_code
from gateway.core.ports import Directory
from gateway.people.entry_words import SENTENCES, in_words
from schemas.documents import Document, Json
from schemas.notice_codes import NoticeKind
from schemas.vocabulary import Coded, DataCategory, Ground, Purpose, ReferralState

_CATEGORIES: Final = {one.value: one.sentence for one in DataCategory}
_PURPOSES: Final = {one.value: one.sentence for one in Purpose}
_GROUNDS: Final = {one.value: one.sentence for one in Ground}
_STATES: Final = {one.value: one.sentence for one in ReferralState}
_SENT: Final = "disclosure.sending"
_ALLOWED: Final = "decision.permitted"
_ASKED: Final = frozenset({_ALLOWED, "decision.refused"})
_UNNAMED: Final = "The log names nobody."
_HERE: Final = "Nothing of it has left."
_TAKEN_BACK: Final = frozenset(map(cause_code, ("consent.withdrawn", "consent.revoked", "referral.revoked")))


class Fate(Coded):
    """What became of a referral; one may have met several."""

    ALLOWED = "allowed", "Allowed"
    REFUSED = "refused", "Refused"
    SENT = "sent", "Sent"
    STOPPED = "stopped", "Stopped before it left"
    WITHDRAWN = "withdrawn", "Taken back, by her or by the sender"


_FATES: Final = {
    _ALLOWED: Fate.ALLOWED,
    "decision.refused": Fate.REFUSED,
    _SENT: Fate.SENT,
    STOPPED: Fate.STOPPED,
    "referral.revoked": Fate.WITHDRAWN,
}


@dataclass(frozen=True, slots=True)
class Line:
    """One entry in words. `decision` is the number under which it can be explained, where it is a decision.

    `to` is the recipient's id, and `fates` what became of the referral it is about; both empty where there is none.
    """

    at: str
    what: str
    who: str
    why: Sequence[str]
    data: Sequence[str]
    decision: str | None
    to: str
    fates: frozenset[Fate]


@dataclass(frozen=True, slots=True)
class Received:
    """What one referral brought its recipient, and everything that happened to it since; `to` is whose id that is."""

    recipient: str
    sender: str
    at: str
    why: Sequence[str]
    data: Sequence[str]
    since: Sequence[str]
    to: str
    fates: frozenset[Fate]


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
        hers: dict[str | None, list[_Entry]] = {}
        for entry in entries:
            hers.setdefault(entry.referral, []).append(entry)
        received = [_received(first, hers, names) for first in sent.values()]
        fates = {referral: _fates(about) if referral else frozenset() for referral, about in hers.items()}
        return cls(received[::-1], [_line(entry, names, fates) for entry in reversed(entries)])


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
        return [_CATEGORIES.get(one, one) for one in self.texts("categories") if one not in STRUCTURE]


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


def _line(entry: _Entry, names: Names, fates: Mapping[str | None, frozenset[Fate]]) -> Line:
    """Put one entry into words; what was allowed and never sent was stopped since, or waits, and is said to be here."""
    decision = entry.referral if entry.type in _ASKED else None
    met = fates[entry.referral]
    kept = [_HERE] if entry.type == _ALLOWED and Fate.SENT not in met else []
    why = [*entry.why, *entry.outcome, *kept]
    said, to = SENTENCES.get(entry.type, entry.type), entry.text("recipient")
    return Line(entry.at, said, names.who(entry), why, entry.data, decision, to, met)


def _fates(entries: Sequence[_Entry]) -> frozenset[Fate]:
    """Say what became of one referral, by its entries."""
    met = {_FATES[entry.type] for entry in entries if entry.type in _FATES}
    told = any(entry.text("notice") == NoticeKind.WITHDRAWAL for entry in entries)
    stopped = any(entry.type == STOPPED and not _TAKEN_BACK.isdisjoint(entry.texts("reasons")) for entry in entries)
    return frozenset({*met, Fate.WITHDRAWN} if told or stopped else met)


def _received(sent: _Entry, about: Mapping[str | None, Sequence[_Entry]], names: Names) -> Received:
    hers = about[sent.referral] if sent.referral is not None else []
    allowed = next((entry for entry in hers if entry.type == _ALLOWED), sent)
    since = [
        " ".join((f"{entry.at}:", SENTENCES.get(entry.type, entry.type) + ".", *entry.outcome))
        for entry in hers
        if entry.type not in {*_ASKED, _SENT, "decision.explained"}
    ]
    to = sent.text("recipient")
    recipient, sender = names.of(to), names.of(sent.text("sender"))
    return Received(recipient, sender, sent.at, allowed.why, sent.data, since, to, _fates(hers or [sent]))
