"""Consents on other people's paper: FHIR, ISO/IEC TS 27560, Kantara (`adapters.consents`), out and in.

Out goes a consent as it stands, to the agency that recorded it, and each is an entry of the log. In comes nothing by a
way of its own: what a document says for certain, and what the agency adds beside it, is recorded by the same desk and
the same rules as any consent (C-03 to C-19), a second person included.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from adapters.consents import ConsentFormat, ConsentPaper, Party, WrittenPaper
from adapters.sdk.errors import CannotRenderError
from consent.records import Consent, ConsentEventType, state_at
from gateway.core.afresh import afresh
from gateway.core.answers import NotFresh
from gateway.core.consents.desk import Actor, Desk, UnknownPerson
from gateway.core.consents.desk_items import ConsentAnswer
from gateway.core.consents.documents import SCHEMA
from gateway.core.consents.events import SAID_ANEW
from gateway.core.crypto.sealing import Place, open_at_rest
from gateway.core.errors import Defect
from gateway.core.explaining import Asked
from gateway.core.known import KnownPerson
from gateway.core.log.leaves import sealed_leaf
from gateway.core.stages import SealedLeaf
from schemas.decoding import decode_json
from schemas.documents import Document, Json
from schemas.supplement import joined

_ANEW = frozenset({ConsentEventType.GIVEN, ConsentEventType.RENEWED, ConsentEventType.REFUSED})


@dataclass(frozen=True, slots=True)
class SealedEvent:
    """One event of a consent, and what was written down with it, if anything was, under her data key."""

    type: ConsentEventType
    sealed: bytes | None


class ConsentEvents(Protocol):
    """Reads what was written down about consents."""

    def of(self, consent: str) -> Sequence[SealedEvent]:
        """Return every event of a consent, in the order of the log."""
        ...


@dataclass(frozen=True, slots=True)
class ConsentPapers:
    """Hands consents out and takes them in, in other people's formats."""

    desk: Desk
    events: ConsentEvents

    async def handed_out(
        self, actor: Actor, consent: str, form: ConsentFormat
    ) -> WrittenPaper | UnknownPerson | NotFresh:
        """Write a consent this agency recorded in another's format.

        Raises CannotRenderError for one the format would tell wider than it is, or that waits for a second person.
        """
        person = afresh(self.desk.people, lambda: self.desk.people.of_consent(consent, actor.agency))
        found = None if person is None else recorded_by(person, consent, actor.agency)
        if person is None or found is None:
            return await self.desk.recorder.record(Asked(actor.caller, None)) or UnknownPerson()
        if found.is_yes and not found.confirmed:
            raise CannotRenderError("/state", "C-19")  # To another it would look like a consent that counts.
        written = form.write(self.paper(person, found))
        not_fresh = await self.desk.recorder.record(Asked(actor.caller, self._leaf(actor, person, found)))
        return not_fresh or written

    async def taken_in(
        self, actor: Actor, form: ConsentFormat, body: bytes, supplement: bytes | None, key: str
    ) -> ConsentAnswer:
        """Record what a document says for certain and the supplement says besides; the two may not differ.

        Raises AdapterError for a document that is not certain, and what `Desk.record` raises.
        """
        return await self.desk.record(actor, taken_together(form, body, supplement), key)

    def paper(self, person: KnownPerson, consent: Consent) -> ConsentPaper:
        """Return a consent as it stands now, with how she was informed when she last said so."""
        at = self.desk.clock.now()
        document = _as_it_stands(self.written_down(person, consent.id), consent)
        state = state_at(consent, at)
        parties = (self._party(consent.discloser), self._party(consent.recipient))
        return ConsentPaper(consent.id, state, {**document, "state": state.value}, *parties)

    def written_down(self, person: KnownPerson, consent: str) -> Sequence[tuple[ConsentEventType, Document]]:
        """Return every document that was written down about a consent, opened. Raises OperatorError once erased."""
        data_key = self.desk.person_keys.of(person.owner(consent))
        subject = consent.encode()
        return [
            (event.type, decode_json(open_at_rest(data_key, _place(subject, version), event.sealed)))
            for version, event in enumerate(self.events.of(consent), start=1)
            if event.sealed is not None
        ]

    def _party(self, agency: str) -> Party:
        found = self.desk.directory.agency(agency)
        if found is None:
            raise Defect("a consent names an agency nobody registered")
        return Party(found.id, found.title, found.country)

    def _leaf(self, actor: Actor, person: KnownPerson, consent: Consent) -> SealedLeaf:
        fields = {**actor.named, "recipient": consent.recipient}
        leaf = sealed_leaf(self.desk.entropy, "consent.exported", self.desk.clock.now(), fields)
        return SealedLeaf(leaf.event, leaf.content, person.owner(consent.id))


def taken_together(form: ConsentFormat, body: bytes, supplement: bytes | None) -> Document:
    """Return what a document and its supplement say as one consent/1.0, still to be validated.

    Raises AdapterError, and SchemaViolationError at every place where the two differ.
    """
    return completed(form.read(body).document, {} if supplement is None else decode_json(supplement))


def completed(native: Document, supplement: Document) -> Document:
    """Return what a document says, and a supplement besides, as one consent/1.0, still to be validated.

    Raises SchemaViolationError at every place where the two differ.
    """
    return joined({"schema": SCHEMA, **native}, supplement, SCHEMA)


def recorded_by(person: KnownPerson, consent: str, agency: str) -> Consent | None:
    """Return a consent of hers, for the agency that recorded it."""
    return next((one for one in person.consents if one.id == consent and one.discloser == agency), None)


def _place(consent: bytes, version: int) -> Place:
    return Place("consent_event", "sealed", consent, version)


def _as_it_stands(written: Sequence[tuple[ConsentEventType, Document]], consent: Consent) -> dict[str, Json]:
    """Fold what was written down like the consent itself: she was informed anew, and the terms are those of now."""
    (_, recorded), *later = written
    document: dict[str, Json] = dict(recorded)
    for kind, said in later:
        if kind in _ANEW:
            document = {name: value for name, value in document.items() if name not in SAID_ANEW}
            document |= {name: value for name, value in said.items() if name in SAID_ANEW}
    document.pop("restrictions", None)
    withheld = dict.fromkeys((entry.category.value, entry.recipient) for entry in consent.restrictions)
    restrictions: list[Json] = [
        {"category": category, **({"recipient": to} if to else {})} for category, to in withheld
    ]
    terms: Mapping[str, Json] = {
        "purposes": [*sorted(consent.purposes)],
        "categories": [*sorted(consent.categories)],
        "given_by": consent.given_by.value,
        "valid_from": consent.begins.strftime(_MOMENT),
        "valid_until": consent.ends.strftime(_MOMENT),
    }
    return {**document, **terms, **({"restrictions": restrictions} if restrictions else {})}


_MOMENT = "%Y-%m-%dT%H:%M:%SZ"
