"""Explains a decision that was taken: to its sender as far as it may hear, at the gateway's own socket in full.

From the log entry and nothing else: the document is gone. To ask is an entry too (A-01).
"""

import json
from dataclasses import dataclass

from consent.counterfactual import Change, Situation, would_permit
from consent.explain import Explanation, explained, for_sender
from consent.policy import Policy
from consent.reasons import Reason
from gateway.core import receipts
from gateway.core.afresh import person_afresh
from gateway.core.answers import NotFresh
from gateway.core.callers import Caller
from gateway.core.dossiers import records, way
from gateway.core.histories import READS
from gateway.core.log.leaves import BY_OPERATOR, heads_of, sealed_leaf, still_hers
from gateway.core.officers import Officer
from gateway.core.ports import Clock, Directory, Entropy, Needs, People, Recorder, Transaction
from gateway.core.stages import SealedLeaf, Stated
from gateway.core.tracking import Log, Referrals, StoredReferral
from schemas.documents import Document, Json
from schemas.vocabulary import AgeStatus, Ground, Purpose

_REASONS = {reason.value: reason for reason in Reason}
_AS_A_CHILD = frozenset(
    {
        *(Reason.AGE_IN_QUESTION, Reason.LOCAL_CONTACT_MISSING, Reason.GUARDIAN_NEEDED, Reason.GUARDIAN_BARRED),
        *(Reason.BEST_INTERESTS_MISSING, Reason.NOTICE_OF_A_CHILD),
    }
)
"""Why a no is one only for who may be a child."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Record that somebody had a decision explained."""

    caller: Caller | None
    leaf: SealedLeaf | None

    @property
    def needs(self) -> Needs:
        """The proof, and the person it is about."""
        heads = heads_of(self.leaf) if self.leaf else ()
        return Needs(heads, (self.caller,) if self.caller else ())

    def apply(self, transaction: Transaction) -> NotFresh | None:
        """Use up the proof, append the leaf."""
        if self.caller and (not_fresh := transaction.consume(self.caller)):
            return not_fresh
        if self.leaf is not None:
            transaction.append(still_hers(self.leaf, transaction))
        return None


@dataclass(frozen=True, slots=True)
class Explaining:
    """Explains decisions."""

    referrals: Referrals
    log: Log
    people: People
    clock: Clock
    entropy: Entropy
    recorder: Recorder
    directory: Directory
    policy: Policy

    async def to_sender(self, caller: Caller, decision: str) -> Document | NotFresh | None:
        """Explain a decision to the agency that asked for it; None for another's and an invented one alike.

        Every refusal on record grounds is explained alike, but for what the agency recorded itself.
        """
        mine = self.referrals.referral(decision, caller.agency)
        leaf = self._leaf(mine, {"sender": caller.agency}) if mine else None
        if not_fresh := await self.recorder.record(Asked(caller, leaf)):
            return not_fresh
        if mine is None:
            return None
        reasons = self._reasons(mine)
        own = bool(reasons) and all(reason.value.startswith("consent_") for reason in reasons) and self._recorded(mine)
        if own:
            return _written(mine, explained(reasons), [_entry(reason) for reason in reasons])
        return _written(mine, for_sender(reasons), receipts.told(reasons))

    async def to_officer(self, officer: Officer, decision: str) -> Document | None:
        """Explain a decision in full to a data-protection officer of no agency. Raises OfficerRefusedError."""
        officer.require_apart(READS)
        return await self.in_full(decision, officer)

    async def in_full(self, decision: str, officer: Officer | None = None) -> Document | None:
        """Explain a decision in full; without an officer, at the gateway's own socket. None where there is none."""
        found = self.referrals.referral(decision)
        if found is None:
            return None
        await self.recorder.record(Asked(None, self._leaf(found, {"officer": officer.id} if officer else BY_OPERATOR)))
        reasons = self._reasons(found)
        told = _written(found, explained(reasons), [_entry(reason) for reason in reasons])
        changes: list[Json] = [{"code": change.value, "sentence": change.sentence} for change in self._changes(found)]
        return {**self._codes(found), **told, "would_permit": changes}

    def _changes(self, found: StoredReferral) -> tuple[Change, ...]:
        """Return every single change that would make it a yes today, by what is on record today.

        The document is gone: what the log says it lacked it is taken to lack, and nothing else; how old she was said
        to be follows from the reasons, which name a rule for children or do not.
        """
        leaf = json.loads(self.log.leaf(found.leaf_index))
        sender, reasons = self.directory.agency(found.sender), self._reasons(found)
        if sender is None or not reasons or not {"recipient", "purpose"} <= leaf.keys():
            return ()
        route = way(self.directory, sender, str(leaf["recipient"]), Purpose(leaf["purpose"]))
        stated = Stated(
            carries=route.profile.categories if route.profile else frozenset(),
            age=AgeStatus.UNKNOWN if _AS_A_CHILD & {*reasons} else AgeStatus.ADULT,
            ground=Ground(leaf.get("ground", Ground.CONSENT)),
        )
        lacking = Reason.DOCUMENT_LACKS_REQUIRED in reasons
        asked = route.disclosure(stated, sufficient=not lacking, room=Reason.NO_ROOM_SAID not in reasons)
        person = person_afresh(self.people, found.person) if found.person else None
        on_record = records(
            route, person, locked=Reason.PROBING_LOCKED in reasons, tried=Reason.TRIED_TOO_OFTEN in reasons
        )
        return would_permit(Situation(asked, on_record, self.policy, self.clock.now()))

    def _codes(self, found: StoredReferral) -> dict[str, Json]:
        leaf = json.loads(self.log.leaf(found.leaf_index))
        names = ("at", "sender", "recipient", "purpose", "ground", "urgency", "categories", "agreement", "policy")
        return {name: leaf[name] for name in names if name in leaf}

    def _reasons(self, found: StoredReferral) -> tuple[Reason, ...]:
        leaf = json.loads(self.log.leaf(found.leaf_index))
        return tuple(_REASONS[code] for code in leaf.get("reasons", ()) if code in _REASONS)

    def _recorded(self, found: StoredReferral) -> bool:
        """Say whether the sender itself recorded what she said about that recipient."""
        recipient = json.loads(self.log.leaf(found.leaf_index)).get("recipient")
        consents = person_afresh(self.people, found.person).consents if found.person else ()
        return any((one.discloser, one.recipient) == (found.sender, recipient) for one in consents)

    def _leaf(self, found: StoredReferral, by: dict[str, Json]) -> SealedLeaf:
        leaf = sealed_leaf(self.entropy, "decision.explained", self.clock.now(), by)
        others = () if found.person else (self.entropy.bytes(16),)
        return SealedLeaf(leaf.event, leaf.content, found.person, referral=found.id, others=others)


def _written(found: StoredReferral, explanation: Explanation, reasons: list[Json]) -> Document:
    return {
        "decision_id": found.id,
        "outcome": found.answer["outcome"],
        "reasons": reasons,
        "steps": [
            {"rule": step.rule, "sentence": step.sentence, "held": step.held.value} for step in explanation.steps
        ],
        "would_need": [*explanation.would_need],
    }


def _entry(reason: Reason) -> Json:
    return {"code": reason.value, "rule": reason.rule, "sentence": reason.sentence}
