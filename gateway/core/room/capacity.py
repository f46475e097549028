"""The question before the referral, whether a recipient has room for somebody like this (M-05).

A question carries codes from closed lists, made coarser than they were given (`told`), and a random id of its own: no
reference, no pseudonym, no number two recipients could compare, and not who asks. So it is no contact about her (C-04).
The agency that asked may name the id of a yes with a referral; the yes holds for a while, and for one referral.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from consent.disclosure import Disclosure
from consent.policy import DECISION_OF, ConsentDecision, Policy
from consent.reasons import Reason
from consent.route import route
from gateway.core.access.token_details import Act, within
from gateway.core.agencies import Agency
from gateway.core.answers import ROUNDS, Stale
from gateway.core.consents.desk import Actor, Desk
from gateway.core.consents.desk_items import FindNothing
from gateway.core.crypto.blind import blind_idempotency, request_digest
from gateway.core.crypto.pseudonyms import message_id
from gateway.core.dossiers import Way, way
from gateway.core.errors import OperatorError, SenderError
from gateway.core.keeping import Keep, KeptAnswer
from gateway.core.log.leaves import instant, sealed_leaf
from gateway.core.recipient_answers import NotNow, Unknown
from gateway.core.records.capacity_rows import RoomAnswerRow, RoomQuestionRow
from gateway.core.room.rooms import Question, Rooms
from gateway.core.stages import Idempotency
from schemas.canonical import canonical
from schemas.capacity_codes import AgeGroup, RoomAnswer
from schemas.documents import Document, Json
from schemas.validation import validate
from schemas.vocabulary import AgeStatus, DataCategory, FunctionClass, Need, Purpose

ASKS, ANSWERS = "capacity_question/1.0", "capacity_answer/1.0"

ANOTHER_LANGUAGE: Final = "other"
"""What is told of a language that few speak here: that an interpreter is needed."""

AT_ONCE: Final = 50
"""Questions of one agency to one recipient that are kept and led to no referral.

Whoever could ask on and on would read from the answers who comes and goes there, or bury what others ask."""

PAGE = 100
"""Questions in one list."""


class CapacityRefusedError(SenderError):
    """A question or an answer that is not taken; `rule` is a rule id or a keyword, `pointer` where it is broken."""

    def __init__(self, pointer: str, rule: str) -> None:
        """Keep where and which rule."""
        super().__init__(f"{rule} at {pointer}")
        self.pointer = pointer
        self.rule = rule


@dataclass(frozen=True, slots=True)
class NobodyToAsk:
    """No recipient of that name or kind may be asked; one answer for an unknown and a forbidden one (F-03)."""

    reason: Reason = Reason.NO_AGREEMENT


@dataclass(frozen=True, slots=True)
class Told:
    """What of a question leaves, and which parts were made coarser."""

    need: Need
    age: AgeGroup
    language: str | None
    region: str | None
    coarsened: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Capacity:
    """Where agencies ask for room and answer."""

    desk: Desk
    rooms: Rooms

    async def ask(self, actor: Actor, document: Document, idempotency_key: str) -> KeptAnswer | NobodyToAsk:
        """Ask one recipient, or everybody of a function class with whom an agreement about the purpose is in force.

        Raises SchemaViolationError or CapacityRefusedError for a question that may not be asked, OutsideDetailsError
        for one that the token does not allow. Who has enough of this agency's questions is left out.
        """
        valid = validate(document, ASKS).document
        idempotency = self._idempotency(actor, "capacity-questions", idempotency_key, canonical(valid))
        for _ in range(ROUNDS):
            ways = _allowed(actor, valid, self._ways(actor.agency, valid))
            if not ways:
                return await self._nothing(actor, idempotency) or NobodyToAsk()
            if not (asked := self._with_place(actor.agency, ways)):
                if repeated := await self._nothing(actor, idempotency):
                    return repeated
                raise CapacityRefusedError("/recipient" if "recipient" in valid else "/function_class", "too_many")
            outcome = await self.desk.recorder.record(self._asking(actor, asked, valid, idempotency))
            if not isinstance(outcome, Stale):
                return outcome
            self.desk.people.forget(outcome.heads)  # What is remembered of agencies and agreements hangs on them too.
        raise OperatorError("the agreements a question rests on keep changing")

    async def answer(
        self, actor: Actor, question: str, document: Document, idempotency_key: str
    ) -> KeptAnswer | Unknown | NotNow:
        """Say whether there is room; the newest answer counts until a referral is sent on it.

        Raises SchemaViolationError or CapacityRefusedError for an answer that says nothing.
        """
        valid = validate(document, ANSWERS).document
        said, since = _said(valid, self.desk.clock.now().date())
        idempotency = self._idempotency(actor, "capacity-answers", idempotency_key, question.encode(), canonical(valid))
        for _ in range(ROUNDS):
            found, now = self.rooms.question(question, actor.agency), self.desk.clock.now()
            if found is None or found.asked.recipient != actor.agency or now >= found.asked.answer_by:
                return await self._nothing(actor, idempotency) or Unknown()
            if found.answer is not None and found.answer.answer is RoomAnswer.TAKEN:
                return await self._nothing(actor, idempotency) or NotNow()
            row = RoomAnswerRow(question, said, since, now)
            leaf = sealed_leaf(
                self.desk.entropy, "capacity.answered", now, {"recipient": actor.agency, "outcome": said}
            )
            told: Document = {"question": question, "answer": said.value}
            outcome = await self.desk.recorder.record(
                Keep(actor.caller, (found.head,), (row,), (leaf,), told, idempotency, moves=True)
            )
            if not isinstance(outcome, Stale):
                return outcome
        raise OperatorError("a question's answers keep changing")

    def waiting(self, agency: str, limit: int = PAGE, after: str = "") -> Sequence[Question]:
        """Return up to so many questions this agency may answer, behind that one."""
        return self.rooms.to(agency, self.desk.clock.now(), limit, after)

    def asked(self, agency: str, limit: int = PAGE, after: str = "") -> Sequence[Question]:
        """Return up to so many questions this agency asked, behind that one, and what became of them."""
        return self.rooms.of(agency, self.desk.clock.now(), limit, after)

    def _ways(self, sender: str, valid: Document) -> tuple[Way, ...]:
        """Return the routes on which it may be asked: exactly those on which help may be referred."""
        purpose, mine = Purpose(str(valid["purpose"])), self.desk.directory.agency(sender)
        if ("recipient" in valid) is ("function_class" in valid):
            raise CapacityRefusedError("/recipient", "one_of")
        if DECISION_OF[purpose] is not ConsentDecision.SUPPORT:
            raise CapacityRefusedError("/purpose", "M-05")
        if mine is None:
            return ()
        if "recipient" in valid:
            return self._open(mine, (str(valid["recipient"]),), purpose, None)
        function = FunctionClass(str(valid["function_class"]))
        return self._open(mine, self.rooms.agreed_with(sender, purpose), purpose, function)

    def _open(
        self, sender: Agency, recipients: Sequence[str], purpose: Purpose, function: FunctionClass | None
    ) -> tuple[Way, ...]:
        directory = self.desk.directory
        remembered = [way(directory, sender, recipient, purpose) for recipient in recipients]
        # No transaction looks at the heads of who is left out: another node may know better.
        self.desk.people.forget([head.id for one in remembered for head in one.heads])
        ways = [way(directory, sender, recipient, purpose) for recipient in recipients]
        return tuple(
            one
            for one in ways
            if one.recipient
            and function in {None, one.recipient.function}
            and not isinstance(
                route(_about_nobody(one), one.agreement, self.desk.policy, self.desk.clock.now()), Reason
            )
        )

    def _with_place(self, sender: str, ways: tuple[Way, ...]) -> tuple[Way, ...]:
        """Leave out whoever has `AT_ONCE` already; those that race with each other are counted the next time."""
        now = self.desk.clock.now()
        reached = [(one, one.recipient.id) for one in ways if one.recipient is not None]
        return tuple(one for one, recipient in reached if self.rooms.unused(sender, recipient, now) < AT_ONCE)

    def _asking(self, actor: Actor, ways: tuple[Way, ...], valid: Document, idempotency: Idempotency) -> Keep:
        now, hours = self.desk.clock.now(), timedelta(hours=self.desk.policy.clocks.capacity_hours)
        what = told(valid, self.desk.policy)
        rows = tuple(
            RoomQuestionRow(
                id=message_id(self.desk.entropy.bytes(16)),
                sender=actor.agency,
                recipient=one.recipient.id if one.recipient else "",
                purpose=one.purpose,
                need=what.need,
                age=what.age,
                language=what.language,
                region=what.region,
                asked=now,
                answer_by=now + hours,
                expires=now + 2 * hours,
            )
            for one in ways
        )
        leaves = tuple(
            sealed_leaf(
                self.desk.entropy,
                "capacity.asked",
                now,
                {"sender": row.sender, "recipient": row.recipient, "purpose": row.purpose},
            )
            for row in rows
        )
        listed: list[Json] = [{"question": row.id, "recipient": row.recipient} for row in rows]
        answer: Document = {
            "questions": listed,
            "answer_by": instant(now + hours),
            "coarsened": [*what.coarsened],
        }
        heads = tuple({head.id: head for one in ways for head in one.heads}.values())
        return Keep(actor.caller, heads, rows, leaves, answer, idempotency)

    async def _nothing(self, actor: Actor, idempotency: Idempotency) -> KeptAnswer | None:
        """Use up the proof of a request that changes nothing; its first answer where it is a repetition."""
        return await self.desk.recorder.record(FindNothing(actor.caller, idempotency)) if actor.caller else None

    def _idempotency(self, actor: Actor, operation: str, key: str, *said: bytes) -> Idempotency:
        return Idempotency(
            blind_idempotency(self.desk.keys, actor.scope, operation, key), request_digest(self.desk.keys, *said)
        )


def told(valid: Document, policy: Policy) -> Told:
    """Coarsen a question so that its codes fit many people (M-05, P-05).

    Of an age only child or adult; of a language only that it is one of the country's, or another. Where she is and what
    she speaks say too much together: the region stays, where a language is asked for.
    """
    language, region = (None if valid.get(name) is None else str(valid[name]) for name in ("language", "region"))
    spoken = None if language is None else language if language in policy.languages else ANOTHER_LANGUAGE
    kept = tuple(
        name
        for name, changed in (("language", spoken != language), ("region", region is not None and spoken is not None))
        if changed
    )
    where = None if "region" in kept else region
    return Told(Need(str(valid["need"])), AgeGroup(str(valid["age"])), spoken, where, kept)


def _said(valid: Document, today: date) -> tuple[RoomAnswer, date | None]:
    """Read an answer: whoever says wait says until when, and nobody else does."""
    answer, since = RoomAnswer(str(valid["answer"])), valid.get("from")
    if (answer is RoomAnswer.WAIT) is (since is None):
        raise CapacityRefusedError("/from", "required" if since is None else "unexpected")
    if since is None:
        return answer, None
    day = date.fromisoformat(str(since))
    if day <= today:
        raise CapacityRefusedError("/from", "date")
    return answer, day


def _allowed(actor: Actor, valid: Document, ways: tuple[Way, ...]) -> tuple[Way, ...]:
    """Leave out whom the token's details leave out; refuse where it is the one recipient that is named."""
    caller, purpose = actor.caller, Purpose(str(valid["purpose"]))
    if caller is None or not caller.details:
        return ways
    if "recipient" in valid:
        caller.require_within(Act.ASK_FOR_ROOM, str(valid["recipient"]), purpose)
    reached = [(one, one.recipient.id) for one in ways if one.recipient is not None]
    return tuple(one for one, recipient in reached if within(caller.details, Act.ASK_FOR_ROOM, recipient, purpose))


def _about_nobody(one: Way) -> Disclosure:
    """Ask whether there is a route at all; nothing about anybody is looked at."""
    recipient = one.recipient.party if one.recipient else None
    nothing: frozenset[DataCategory] = frozenset()
    question = Disclosure(
        one.sender.party, recipient, one.purpose, one.profile, nothing, sufficient=True, age=AgeStatus.UNKNOWN
    )
    return replace(question, room=True)
