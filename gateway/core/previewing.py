"""Shows a sender exactly what a recipient would get, before anything leaves, so that it can be read to her (M-13).

The first half of the line is the line's own (`Exchange.weighed`): what is shown is what would be sent, with
‹pseudonym› and ‹message id› where numbers would stand that only the recipient sees. A preview is a look at her record:
it uses up its proof, is a leaf, and counts towards the probing lock like a referral. Nothing of the document is stored.
"""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Final

from adapters.sdk.contract import Outbound, ParsedRevocation
from adapters.sdk.errors import UnsupportedError
from consent.decision import Refusal
from consent.minimise import MinimalDocument
from consent.reasons import Reason
from gateway.core import receipts
from gateway.core.access.token_details import Act
from gateway.core.agencies import Agency
from gateway.core.answers import ROUNDS, NotFresh, Stale
from gateway.core.callers import Caller, UsedProof
from gateway.core.confirm import count_strike
from gateway.core.crypto.pseudonyms import message_id, referral_id
from gateway.core.decision_leaves import preview_leaf
from gateway.core.errors import Defect, OperatorError, RecipientError
from gateway.core.exchange import UNREACHABLE, Case, Exchange
from gateway.core.heads import Head
from gateway.core.openings import halted, needed
from gateway.core.packing import envelope_of, under, with_pseudonym
from gateway.core.ports import Needs, Transaction
from gateway.core.prose import recognised
from gateway.core.stages import Authenticated, SealedLeaf, Strike
from schemas.documents import Document, Json, Loss
from schemas.vocabulary import DataCategory, DeliveryMode

PSEUDONYM: Final = "‹pseudonym›"
MESSAGE_ID: Final = "‹message id›"


@dataclass(frozen=True, slots=True)
class Previewed:
    """What the sender is told: what would be sent, or why nothing would be."""

    answer: Document


@dataclass(frozen=True, slots=True)
class Look:
    """Confirm one look: its leaf, its proof, its strike. `caller` is None at the gateway's own socket."""

    caller: Caller | None
    heads: tuple[Head, ...]
    leaf: SealedLeaf
    strike: Strike | None
    answer: Document

    @property
    def needs(self) -> Needs:
        """Proof and heads."""
        return needed(self.heads, self.caller)

    def apply(self, transaction: Transaction) -> Previewed | Stale | NotFresh:
        """Write leaf and strike; what was shown must still be so."""
        if halt := halted(transaction, self.heads, self.caller):
            return halt
        transaction.append(self.leaf)
        if self.strike is not None:
            count_strike(transaction, self.strike)
        return Previewed(self.answer)


@dataclass(frozen=True, slots=True)
class Previews:
    """Shows what would leave."""

    exchange: Exchange

    async def preview(self, asked: Authenticated, *, proven: bool = True) -> Previewed | NotFresh:
        """Walk the first half of the line and answer after the commit, a no on the beat.

        `proven` is False at the gateway's own socket, where no proof is shown. Raises like `Exchange.accept`.
        """
        beat = self.exchange.beat
        begun = beat.begun()
        outcome = await self._confirmed(asked, proven=proven)
        if isinstance(outcome, Previewed) and outcome.answer["outcome"] == "refused":
            await beat.next(begun)
        return outcome

    async def _confirmed(self, asked: Authenticated, *, proven: bool) -> Previewed | NotFresh:
        exchange = self.exchange
        for _ in range(ROUNDS):
            look = await exchange.aside(asked, lambda: self.prepare(asked, proven=proven))
            outcome = await exchange.recorder.record(look)
            if not isinstance(outcome, Stale):
                return outcome
            exchange.people.forget(outcome.heads)
        raise OperatorError("the records a decision rests on keep changing")

    def prepare(self, asked: Authenticated, *, proven: bool = True) -> Look:
        """Decide, and show what a permit would send. No lock, no transaction."""
        found = self.exchange.weighed(asked, Act.PREVIEW)
        if isinstance(found, ParsedRevocation):
            raise UnsupportedError("", "not_a_referral")
        case, outcome = found.case, found.outcome
        if isinstance(outcome, MinimalDocument):
            try:
                shown = self._shown(case, outcome)
            except UNREACHABLE:  # As on the line: a failure here would tell that she agreed.
                outcome = Refusal((Reason.RECIPIENT_UNREACHABLE,), case.at)
            else:
                return self._look(case, outcome, *shown, proven=proven)
        told = receipts.refused(self._id(case), outcome)
        return self._look(case, outcome, told, proven=proven)

    def _look(
        self,
        case: Case,
        outcome: MinimalDocument | Refusal,
        told: Document,
        sends: frozenset[DataCategory] = frozenset(),
        *,
        proven: bool,
    ) -> Look:
        exchange = self.exchange
        person, policy = case.person.id if case.person else None, exchange.policy.digest
        return Look(
            caller=case.asked.caller if proven else None,
            heads=case.heads,
            leaf=preview_leaf(exchange.entropy, outcome, sends, case.route, case.asked, person, policy),
            strike=exchange.strike(case, outcome) if isinstance(outcome, Refusal) else None,
            answer=told,
        )

    def _shown(self, case: Case, minimal: MinimalDocument) -> tuple[Document, frozenset[DataCategory]]:
        """Return what would be sent as it is shown, and the categories that would arrive."""
        recipient, person = case.route.recipient, case.person
        if recipient is None or person is None:
            raise Defect("a permit without a recipient or a person")
        self.exchange.person_keys.of(person.id)  # Whoever is erased is not shown either.
        number, message = self._number() + "0", self._number()
        envelope = envelope_of(message, minimal.permit, case.route.sender, recipient, case.asked.routing.urgency)
        rendered, sends = self.exchange.packing.written(minimal, under(minimal, number), envelope, recipient)
        _require_deliverable(recipient)
        receipt = receipts.permitted(self._id(case), minimal.permit, sends, case.stated.carries)
        shown: Document = {
            **{name: value for name, value in receipt.items() if name != "state"},
            "not_read": _losses(case.read.losses),
            "digest": self.exchange.preview_digest(case, minimal),
            "document": with_pseudonym(minimal.document, minimal.permit.profile, PSEUDONYM),
            "recognised": [asdict(one) for one in recognised(minimal, case.read.valid.document)],
            "rendered": _rendered(rendered, number, message),
        }
        return shown, sends

    def _id(self, case: Case) -> str:
        return referral_id(case.at, self.exchange.entropy.bytes(10))

    def _number(self) -> str:
        """Return a number that stands in no document, to be found again in what was rendered."""
        return message_id(self.exchange.entropy.bytes(16))


def of_operator(agency: str) -> Caller:
    """Return who asks at the gateway's own socket in an agency's name; counted apart from that agency's systems."""
    return Caller(f"operator:{agency}", agency, frozenset(), "", UsedProof(b"", 0))


def _require_deliverable(recipient: Agency) -> None:
    if recipient.delivery is DeliveryMode.SEALED_PULL and recipient.sealing_key is None:
        raise RecipientError("a sealed-pull recipient has no key")


def _rendered(outbound: Outbound, number: str, message: str) -> dict[str, Json]:
    """Show the recipient's own format as text, or in base64 where it is none."""
    shown: dict[str, Json] = {"media_type": outbound.media_type, "losses": _losses(outbound.losses)}
    try:
        text = outbound.body.decode()
    except UnicodeDecodeError:
        return {**shown, "encoding": "base64", "body": b64encode(outbound.body).decode()}
    return {**shown, "encoding": "utf-8", "body": text.replace(number, PSEUDONYM).replace(message, MESSAGE_ID)}


def _losses(losses: Sequence[Loss]) -> list[Json]:
    return [{"path": loss.path, "kind": loss.kind} for loss in losses]
