"""The referral that is made: scenes 0 to 4, from what she agreed to until the proof. A broken promise raises."""

import json
from base64 import b64decode
from collections.abc import Mapping

from consent.checkpoint import VerifierKey
from consent.checkpoint import opened as checked
from consent.decision import Obligation
from gateway.core.crypto.sealed_message import SealedMessage
from gateway.core.crypto.sealing import open_from
from gateway.demo import messages, proof
from gateway.demo.agencies import OTHER_SHELTERS, POLICE, RECORDS, SHELTER, SHELTER_SYSTEM
from gateway.demo.client import Answer, objects, text
from gateway.demo.tale import CREATED, OK, Received, StoryBrokenError, Tale
from gateway.demo.withheld import withheld
from schemas.catalogue import profile_name
from schemas.documents import Document
from schemas.profiles import compiled
from schemas.vocabulary import AgeBand, FunctionClass, Need, Purpose

_NEED = Need.ACCOMMODATION_EMERGENCY
_OF_THE_CASE = {
    *("id", "disclosure_other_orgs", "name", "other_id_type", "other_id_no", "language"),
    *("services_section", "notes_section"),
}
_OF_THE_REFERRAL = {"transitioned_to", "consent_overridden", "notes", "service", "service_record_id"}
_OF_A_NOTE = {"unique_id", "note_subject", "note_text"}
_OF_A_SERVICE = {"unique_id", "service_type", "service_referral_notes"}
_NOTES = {"subject.age_band", "subject.languages"}
_INTEGRITY_BROKEN = 5
_VERIFY = "python -m consent verify"


def agencies(tale: Tale) -> None:
    """Show who takes part."""
    tale.show.table(
        ("agency", "what it is for", "its system speaks", "it gets messages"),
        [
            (one.id, one.function, one.adapter, _delivery(one.function, one.delivery))
            for one in tale.world.members.values()
            if one.id not in OTHER_SHELTERS
        ],
    )
    tale.show.say("Each has its own keys. Every agreement between two of them is signed by both.")


def agreed(tale: Tale) -> None:
    """Record what she agreed to, and have a second person confirm it."""
    tale.show.scene(0, "What she agreed to")
    tale.show.say(
        "A woman tells an officer, in her language, that the shelter may know what she needs, her age band and her "
        "language, and that a small counselling service may know what she needs, a name she chose, and her language."
    )
    recorded = [tale.world.record(wish) for wish in (messages.TO_SHELTER, messages.TO_NGO)]
    tale.expect(
        "The police record it; it permits nothing yet, because it was the police who took it (C-19).",
        kept=not any(active for _, active in recorded),
    )
    confirmed = [tale.world.confirm(consent) for consent, _ in recorded]
    tale.expect("Her advocate, a second person, confirms it. Now it holds.", kept=all(confirmed))


def asked(tale: Tale) -> Answer:
    """Scene 1: post the police's own document over HTTP."""
    tale.show.scene(1, "What was asked")
    tale.show.say("The police's records system posts its incident report as it is, with what the format lacks:")
    routing = messages.routing(SHELTER, Purpose.ACCOMMODATION)
    addition = tale.world.supplement(messages.MIRELA, _NEED)
    named = ", ".join("/".join(path) for path, _ in messages.leaves(addition) if path != ("schema",))
    for line in (
        f"POST {tale.world.url}/v1/referrals",
        f"Authorization: DPoP (a token of five minutes, bound to the key of {RECORDS})",
        "DPoP: (a proof for this one request, usable once)",
        *(f"{name}: {value}" for name, value in routing.items()),
        f"part 1: {messages.NDEX}, {len(tale.world.incident)} bytes",
        f"part 2: {named}",
    ):
        tale.show.line(line)
    return tale.refer(RECORDS, SHELTER, Purpose.ACCOMMODATION, _NEED)


def decided(tale: Tale, answer: Answer) -> None:
    """Scene 2: the decision, as the police are told it."""
    tale.show.scene(2, "What was decided, and why")
    tale.expect(
        "Yes: an agreement is in force, her consent names this recipient and purpose, and it holds now.",
        kept=answer.status == CREATED and answer.body.get("outcome") == "permitted",
    )
    tale.referral = answer.text("decision_id")
    sent, not_sent = answer.texts("sent"), answer.texts("not_sent")
    tale.show.say(f"Sent: {', '.join(sent)}.")
    tale.show.say(f"Not sent: {', '.join(not_sent)}.")
    tale.expect(
        "What is sent is what she agreed to, and nothing else.", kept={*sent} == {*messages.TO_SHELTER.categories}
    )
    _fields(tale, frozenset(sent))
    duties = " ".join(duty.sentence for duty in Obligation if duty in answer.texts("obligations"))
    tale.show.say(f"The shelter's duties, until {answer.text('use_until')}: {duties}")


def _fields(tale: Tale, sent: frozenset[str]) -> None:
    profile = compiled(profile_name(FunctionClass.SHELTER, Purpose.ACCOMMODATION) or "")
    adapter = tale.world.gateway.door.exchange.adapters.of(tale.world.members[POLICE].adapter)
    stays = withheld(adapter, tale.world.incident, profile, sent)
    tale.show.say("Fields of the incident report that stay behind (their places; no value leaves, none is kept):")
    tale.show.table(("kind", "where"), [(category, ", ".join(places)) for category, places in stays.by_category])
    tale.show.say(f"And elements a referral has no place for: {', '.join(stays.no_place)}.")


def received(tale: Tale) -> None:
    """Scene 3: the shelter fetches its message and opens it with its own key."""
    tale.show.scene(3, "What the shelter received")
    shelter, key = tale.system(SHELTER_SYSTEM), tale.world.members[SHELTER].sealing
    leased = shelter.post("/v1/inbox/lease").objects("messages")
    tale.expect(
        "One message waits, sealed to the shelter's key: the gateway's disk never held it readable.",
        kept=len(leased) == 1 and key is not None,
    )
    if key is None:
        raise StoryBrokenError("the shelter has no key")
    message = text(leased[0], "message")
    sealed = SealedMessage.from_bytes(b64decode(text(leased[0], "body")))
    opened = open_from(key, tale.world.gateway.base.ring.message_public_key(), SHELTER, sealed).decode()
    tale.at_shelter = Received(message, opened)
    steps = objects({"steps": json.loads(opened)}, "steps")
    tale.show.say("Opened at the shelter, it is two requests for its own case system (Primero):")
    tale.show.block([*steps])
    about = about_her(steps)
    tale.show.table(("about her", "value"), [*about.items()])
    tale.expect("Number, need, age band and language, and not one field more.", kept=bool(about))
    acknowledged = shelter.post(f"/v1/inbox/{message}/acknowledgement")
    state = tale.system(RECORDS).get(f"/v1/referrals/{tale.referral}").text("state")
    tale.expect(
        "The shelter says that it has it; the police see: received.",
        kept=acknowledged.status == OK and state == "received",
    )


def about_her(steps: tuple[Document, ...]) -> dict[str, str]:
    """Return what the two requests say about her. Raises StoryBrokenError for a field that nobody planned."""
    case, referral = (_data(step) for step in steps)
    notes = {text(note, "note_subject"): text(note, "note_text") for note in objects(case, "notes_section")}
    needs = [text(service, "service_referral_notes") for service in objects(case, "services_section")]
    languages = case.get("language", ())
    known = [str(one) for one in languages] if isinstance(languages, list) else []
    spoken = [*known, *([notes["subject.languages"]] if "subject.languages" in notes else [])]
    number, band = text(case, "other_id_no"), notes.get("subject.age_band", "")
    planned = (
        {*case} <= _OF_THE_CASE
        and {*referral} <= _OF_THE_REFERRAL
        and {*notes} <= _NOTES
        and all({*row} == _OF_A_NOTE for row in objects(case, "notes_section"))
        and all({*row} == _OF_A_SERVICE for row in objects(case, "services_section"))
    )
    if not (planned and text(case, "name") == number and needs == [_NEED] and band in {*AgeBand} and spoken):
        raise StoryBrokenError("Number, need, age band and language, and not one field more.")
    return {"a number only the shelter has": number, "need": needs[0], "age band": band, "language": ", ".join(spoken)}


def proven(tale: Tale) -> None:
    """Scene 4: an auditor checks receipt and log with Python alone, and a tampered log is found out."""
    tale.show.scene(4, "The proof")
    police = tale.system(RECORDS)
    receipt = police.get(f"/v1/referrals/{tale.referral}").body["proof"]
    if not isinstance(receipt, Mapping):
        raise StoryBrokenError("The sender gets a receipt.")
    tale.show.say("The log's entry for this referral: codes, versions and keyed commitments, and nobody's data:")
    tale.show.block(json.loads(text(receipt, "leaf")))
    checkpoint = police.get("/v1/ledger/checkpoint").text("checkpoint")
    key = VerifierKey.parsed(tale.world.gateway.door.tracking.verifier_key())
    files = proof.kept(tale.world.gateway, tale.world.folder, checkpoint, checked(checkpoint, key).size, receipt)
    _checked(tale, f"{_VERIFY}-receipt receipt.json --key ...", proof.check_receipt(files), 0)
    _checked(tale, f"{_VERIFY} export.jsonl --checkpoint checkpoint.txt --key ...", proof.check_log(files), 0)
    tale.show.say("Now somebody with every right on the machine changes one word of the log: another recipient.")
    lie = proof.tampered(files, f'"recipient":"{SHELTER}"'.encode(), f'"recipient":"{OTHER_SHELTERS[0]}"'.encode())
    verdict = proof.check_log(files, lie)
    _checked(
        tale,
        f"{_VERIFY} tampered.jsonl --checkpoint checkpoint.txt --key ...",
        verdict,
        _INTEGRITY_BROKEN,
    )


def _checked(tale: Tale, command: str, verdict: proof.Verdict, expected: int) -> None:
    tale.show.line(f"$ {command}")
    for line in verdict.said.splitlines():
        tale.show.line(line)
    outcome = "It verifies" if expected == 0 else "It does not verify"
    tale.expect(f"{outcome} (exit code {expected}).", kept=verdict.code == expected)


def _data(step: Document) -> Document:
    body = step.get("body")
    data = body.get("data") if isinstance(body, Mapping) else None
    return data if isinstance(data, Mapping) else {}


def _delivery(function: FunctionClass, delivery: str) -> str:
    return "never: it may only send" if function is FunctionClass.IMMIGRATION_ENFORCEMENT else delivery
