"""A receipt for her: what she agreed to, in plain words and in her language where the country's profile has it (C-18).

It can always be shown, on the screen of whoever sits with her. It is handed out only where it was recorded as safe
when she spoke, by her own word and not a guardian's, and when she says yes to having it now; only then it has her code.
Her reference, agencies' names and addresses never do: a stranger who finds it learns neither her nor the service.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from consent.records import Consent, Records, state_at
from gateway.core.afresh import afresh
from gateway.core.answers import NotFresh
from gateway.core.consents import codes
from gateway.core.consents.desk import Actor, UnknownPerson
from gateway.core.consents.her_receipt_forms import HerReceipt
from gateway.core.consents.her_receipt_words import FALLBACK, Words, chosen, words
from gateway.core.consents.papers import ConsentPapers, recorded_by
from gateway.core.explaining import Asked
from gateway.core.known import KnownPerson
from gateway.core.log.leaves import sealed_leaf
from gateway.core.records.code_rows import CodeKind
from gateway.core.stages import SealedLeaf
from schemas.documents import Document
from schemas.vocabulary import SAID_YES, ConsentState, DataCategory, FunctionClass, GivenBy

_NOT_TOLD: Final = (
    *(DataCategory.NAME, DataCategory.ADDRESS, DataCategory.CONTACT, DataCategory.BIRTH_DATE),
    *(DataCategory.IDENTIFIER, DataCategory.IMMIGRATION_STATUS, DataCategory.HEALTH, DataCategory.NARRATIVE),
)
"""What people fear most to have told; each is named where it is not."""
_ASKED: Final = frozenset({ConsentState.REQUESTED, ConsentState.DEFERRED})


@dataclass(frozen=True, slots=True)
class NotSafe:
    """It may be shown to her and not handed out: nobody recorded that it is safe, or another spoke for her."""


@dataclass(frozen=True, slots=True)
class HerReceipts:
    """Makes receipts for her. Each is an entry of the log, which says whether she may have taken it with her."""

    papers: ConsentPapers

    async def shown(self, actor: Actor, consent: str) -> HerReceipt | UnknownPerson | NotFresh:
        """Make one to be read together, for the agency that recorded the consent."""
        found = self._found(actor, consent)
        return await (self._made(actor, *found, given=False) if found else self._nothing(actor))

    async def handed_out(self, actor: Actor, consent: str) -> HerReceipt | NotSafe | UnknownPerson | NotFresh:
        """Make one she takes with her. Whoever asks has asked her now (UX R1)."""
        found = self._found(actor, consent)
        if found is None:
            return await self._nothing(actor)
        if not self._is_safe(*found):
            return await self.papers.desk.recorder.record(Asked(actor.caller, None)) or NotSafe()
        return await self._made(actor, *found, given=True)

    def _found(self, actor: Actor, consent: str) -> tuple[KnownPerson, Consent] | None:
        people = self.papers.desk.people
        person = afresh(people, lambda: people.of_consent(consent, actor.agency))
        found = None if person is None else recorded_by(person, consent, actor.agency)
        return None if person is None or found is None else (person, found)

    async def _nothing(self, actor: Actor) -> UnknownPerson | NotFresh:
        return await self.papers.desk.recorder.record(Asked(actor.caller, None)) or UnknownPerson()

    async def _made(self, actor: Actor, person: KnownPerson, consent: Consent, *, given: bool) -> HerReceipt | NotFresh:
        receipt, leaf = self._receipt(person, consent, given=given), self._leaf(actor, person, consent, given=given)
        return await self.papers.desk.recorder.record(Asked(actor.caller, leaf)) or receipt

    def _is_safe(self, person: KnownPerson, consent: Consent) -> bool:
        """Say whether it was recorded as safe, and is her own word: a guardian may be who she has to fear (UX R12)."""
        _, recorded = self.papers.written_down(person, consent.id)[0]
        return recorded.get("safe_to_give") is True and consent.given_by is GivenBy.SELF

    def _receipt(self, person: KnownPerson, consent: Consent, *, given: bool) -> HerReceipt:
        hers = _own(self.papers.paper(person, consent).document)
        said = chosen(hers, self.papers.desk.policy.languages)
        notes = ["another_language"] if said.language != hers.partition("-")[0] else []
        if said.reviewed:
            return self._written(said, person, consent, notes, given=given)
        english = self._written(words(FALLBACK), person, consent, [], given=given)
        return replace(self._written(said, person, consent, ["unchecked"], given=given), below=english)

    def _written(
        self, said: Words, person: KnownPerson, consent: Consent, notes: Sequence[str], *, given: bool
    ) -> HerReceipt:
        """Write it in one language; `notes` are what has to be said about that language first."""
        names = (*notes, *(() if given else ("only_shown",)))
        parts = [
            ("", [said.sentences[name] for name in names]),
            *self._terms(said, person, consent),
            (said.headings["stop"], self._stopping(said, consent, given=given)),
            (said.headings["next"], [said.sentences[name] for name in ("next", "help", "ask")]),
        ]
        return HerReceipt(said.language, said.direction, said.headings["title"], parts, given)

    def _terms(self, words: Words, person: KnownPerson, consent: Consent) -> Sequence[tuple[str, Sequence[str]]]:
        state = state_at(consent, self.papers.desk.clock.now())
        who = words.headings["who"]
        if state not in SAID_YES:
            sentence = "nobody" if state is ConsentState.REFUSED else "asked" if state in _ASKED else "over"
            return [(who, [words.sentences[sentence]])]
        recipient = self.papers.desk.directory.agency(consent.recipient)
        kind = words.kinds[recipient.function if recipient else FunctionClass.IMMIGRATION_ENFORCEMENT]
        told = _told(person, consent)
        waits = [] if consent.confirmed else [words.sentences["waiting"]]
        span = words.sentences["from_until"].format(begins=words.day(consent.begins), ends=words.day(consent.ends))
        return [
            (who, [words.sentences["who"].format(kind=kind), *waits]),
            (words.headings["why"], [*dict.fromkeys(words.purposes[code] for code in sorted(consent.purposes))]),
            (words.headings["what"], _listed(words, told)),
            (words.headings["withheld"], _listed(words, [one for one in _NOT_TOLD if one not in told])),
            (words.headings["how_long"], [span, words.sentences["earlier"]]),
        ]

    def _stopping(self, words: Words, consent: Consent, *, given: bool) -> Sequence[str]:
        said = [words.sentences["stop_saying"]]
        if given:
            code = codes.written(codes.made(self.papers.desk.keys, CodeKind.RECEIPT, consent.id.encode()))
            said += [words.sentences["stop_code"].format(code=code), words.sentences["lose"]]
        return [*said, words.sentences["told_before"]]

    def _leaf(self, actor: Actor, person: KnownPerson, consent: Consent, *, given: bool) -> SealedLeaf:
        desk = self.papers.desk
        kind = "receipt.given" if given else "receipt.shown"
        leaf = sealed_leaf(desk.entropy, kind, desk.clock.now(), actor.named)
        return SealedLeaf(leaf.event, leaf.content, person.owner(consent.id))


def _own(document: Document) -> str:
    """Return the language of hers the text was read in, or else the first she speaks: an interpreter said the rest."""
    text = document["text"]
    read = str(text["language"]) if isinstance(text, dict) else ""
    spoken = document.get("person_languages")
    languages = [str(one) for one in spoken] if isinstance(spoken, list) else []
    return read if read in languages or not languages else languages[0]


def _told(person: KnownPerson, consent: Consent) -> Sequence[DataCategory]:
    """Return what may be told to that recipient: what she agreed to, less what she withholds anywhere (C-15)."""
    withheld = Records(None, person.consents, case=person.case).restrictions()
    kept = {entry.category for entry in withheld if entry.recipient in {None, consent.recipient}}
    return [category for category in sorted(consent.categories) if category not in kept]


def _listed(words: Words, categories: Sequence[DataCategory]) -> Sequence[str]:
    named = [words.categories[category] for category in categories]
    return [f"– {name}" for name in dict.fromkeys(named) if name]
