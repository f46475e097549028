"""What the gateway refuses, stops and keeps apart: scenes 5 to 9. A scene that does not go as told raises."""

import asyncio
import json
from base64 import b64decode

from gateway.clock import SystemClock
from gateway.core.errors import RegistrationRefusedError
from gateway.demo import messages
from gateway.demo.agencies import (
    CLINIC,
    ENFORCEMENT,
    NGO,
    NGO_SYSTEM,
    NIGHT_DESK,
    NOBODY,
    OTHER_SHELTERS,
    POLICE,
    RECORDS,
    SHELTER,
    SHELTER_SYSTEM,
    agreement,
)
from gateway.demo.client import Answer, text
from gateway.demo.tale import CREATED, FORBIDDEN, OK, UNPROCESSABLE, Received, StoryBrokenError, Tale
from schemas.documents import Json
from schemas.vocabulary import Need, Purpose

_NEED = Need.ACCOMMODATION_EMERGENCY
_COLLAPSED = "not_permitted"


def refused(tale: Tale) -> None:
    """Scene 5: no consent, no referral, and no hint why."""
    tale.show.scene(5, "A refusal")
    tale.show.say(
        "The police send the same report to the clinic. An agreement is there; she said nothing about the clinic."
    )
    answer = tale.refer(RECORDS, CLINIC, Purpose.HEALTH, Need.HEALTH_GENERAL)
    tale.expect("No.", kept=answer.status == FORBIDDEN and _reasons(answer) == [_COLLAPSED])
    tale.show.block({"reasons": answer.body["reasons"]})
    tale.show.say(
        "Whether she refused, withdrew, was never asked or is not known at all: the answer has the same status, length "
        "and headers. The data-protection officer reads the true reason in the log:"
    )
    last = tale.entries("decision.refused")[-1]
    tale.show.line(json.dumps({name: last[name] for name in ("type", "recipient", "reasons")}))
    tale.expect("The refusal stands in the log like a permit.", kept=last["reasons"] == ["no_consent"])


def never_named(tale: Tale) -> None:
    """Scene 6: immigration enforcement cannot even be named as recipient (F-01)."""
    tale.show.scene(6, "Immigration enforcement never receives")
    tale.show.say("The police name the enforcement agency as recipient, and then an agency that does not exist:")
    real, invented = (tale.refer(RECORDS, name, Purpose.ACCOMMODATION, _NEED) for name in (ENFORCEMENT, NOBODY))
    tale.show.table(
        ("", ENFORCEMENT, NOBODY),
        [
            ("status", str(real.status), str(invented.status)),
            ("headers", str(len(real.headers)), str(len(invented.headers))),
            ("bytes", str(real.size), str(invented.size)),
            ("reason", *(", ".join(_reasons(answer)) for answer in (real, invented))),
        ],
    )
    tale.expect(
        "Nobody can tell the two answers apart.", kept=_shape(real) == _shape(invented) and real.status == FORBIDDEN
    )
    named = [_consent_for(tale, name) for name in (ENFORCEMENT, NOBODY)]
    tale.expect(
        "A consent that names it is not recorded either, and again looks like one for nobody.",
        kept=_shape(named[0]) == _shape(named[1]) and named[0].status == UNPROCESSABLE,
    )
    tale.expect(
        "An agreement with it as recipient, signed by both, is refused: enforcement_never_receives.",
        kept=_agreement_refused(tale) == "enforcement_never_receives",
    )


def withdrawn(tale: Tale) -> None:
    """Scene 7: what she takes back stops in flight."""
    tale.show.scene(7, "She changes her mind")
    police, shelter, ngo = tale.system(RECORDS), tale.system(SHELTER_SYSTEM), tale.system(NGO_SYSTEM)
    sent = [
        tale.refer(RECORDS, NGO, Purpose.PSYCHOLOGICAL, Need.MENTAL_HEALTH),
        tale.refer(RECORDS, SHELTER, Purpose.ACCOMMODATION, Need.ACCOMMODATION_LONGTERM),
    ]
    tale.expect(
        "Two more referrals are accepted and queued: one for counselling, one for the shelter.",
        kept=all(answer.status == CREATED for answer in sent),
    )
    fetched = ngo.post("/v1/inbox/lease").objects("messages")
    tale.expect("The counselling service has just fetched its message and not yet said so.", kept=len(fetched) == 1)
    tale.at_ngo = Received(text(fetched[0], "message"), b64decode(text(fetched[0], "body")).decode())
    answer = police.post("/v1/withdrawals", messages.written({"person_ref": messages.MIRELA}))
    tale.show.say("She takes everything back, and any agency that knows her may say so for her. The answer:")
    tale.show.block(answer.body)
    tale.expect(
        "One delivery was stopped; one may have left, and it is said to whom.",
        kept=(answer.status, answer.body["stopped"], answer.body["may_have_left"], answer.texts("may_have_left_to"))
        == (OK, 1, 1, (NGO,)),
    )
    tale.expect("The shelter's inbox is empty.", kept=shelter.post("/v1/inbox/lease").objects("messages") == ())
    tale.show.say(
        "What was fetched before cannot be called back. Whoever has it is told by a notice, within the half hour by "
        "which times are blurred, and is asked until it has answered; the police sees how that stands:"
    )
    owed = police.get("/v1/notices").objects("notices")
    tale.show.table(
        ("recipient", "asked to", "state", "answer by"),
        [tuple(text(notice, name) for name in ("recipient", "asks", "state", "answer_by")) for notice in owed],
    )
    tale.expect(
        "Both who hold something of hers are owed one, and nobody else.",
        kept=sorted(text(notice, "recipient") for notice in owed) == sorted((SHELTER, NGO)),
    )
    again = tale.refer(RECORDS, SHELTER, Purpose.ACCOMMODATION, _NEED)
    tale.expect("The next referral is refused, with the same words as ever.", kept=_reasons(again) == [_COLLAPSED])


def probed(tale: Tale) -> None:
    """Scene 8: an insider tries shelter after shelter, and learns nothing."""
    tale.show.scene(8, "An insider")
    tale.show.say(
        "Somebody at the police looks for another woman. He refers her to one shelter after the other: the one that "
        "answers yes is where she is. He keeps the right one for last."
    )
    tried = (*OTHER_SHELTERS, SHELTER)
    answers = [tale.refer(NIGHT_DESK, name, Purpose.ACCOMMODATION, _NEED, messages.WATCHED) for name in tried]
    tale.show.table(
        ("he tries", "he hears"),
        [(name, ", ".join(_reasons(answer))) for name, answer in zip(tried, answers, strict=True)],
    )
    tale.expect("Three refusals that look alike.", kept=len({repr(_shape(answer)) for answer in answers[:3]}) == 1)
    tale.expect(
        "At the fourth he is locked out, whichever it is. He has learnt nothing.",
        kept=_reasons(answers[3]) == ["probing_locked"],
    )
    locks = tale.entries("probe.locked")
    tale.expect(
        "The data-protection officer is told: the log holds probe.locked, with the agency.",
        kept=[lock["sender"] for lock in locks] == [POLICE],
    )
    colleague = tale.refer(RECORDS, SHELTER, Purpose.ACCOMMODATION, _NEED, messages.WATCHED)
    tale.expect("The lock is his alone: a colleague can still refer her.", kept=colleague.status == CREATED)


def compared(tale: Tale) -> None:
    """Scene 9: two recipients lay their tables side by side."""
    tale.show.scene(9, "Two recipients compare what they hold")
    shelter, ngo = tale.at_shelter, tale.at_ngo
    if shelter is None or ngo is None:
        raise StoryBrokenError("Two recipients received something.")
    case = json.loads(shelter.document)[0]["body"]["data"]
    at_shelter = (str(case["other_id_no"]), shelter.message, str(case["id"]))
    at_ngo = (str(json.loads(ngo.document)["document"]["subject"]["pseudonym"]), ngo.message)
    rows = zip(("her number", "the message", "the case"), at_shelter, (*at_ngo, "-"), strict=True)
    tale.show.table(("", SHELTER, NGO), [*rows])
    strange = not any(one in ngo.document for one in at_shelter) and not any(one in shelter.document for one in at_ngo)
    tale.expect("Nothing that names her, a message or a case is equal.", kept=strange)
    tale.expect(
        "Neither holds the number the police got for the referral.",
        kept=tale.referral not in shelter.document + ngo.document,
    )
    tale.show.say("Both know her language: what two profiles list can still be compared, and no more than that.")


def _reasons(answer: Answer) -> list[str]:
    return [text(reason, "code") for reason in answer.objects("reasons")]


def _shape(answer: Answer) -> tuple[int, tuple[str, ...], int, dict[str, Json]]:
    """Return everything an onlooker can compare: the decision's random id left out."""
    body = {name: value for name, value in answer.body.items() if name != "decision_id"}
    return answer.status, answer.headers, answer.size, body


def _consent_for(tale: Tale, recipient: str) -> Answer:
    wish = messages.Wish(messages.MIRELA, POLICE, recipient, Purpose.ACCOMMODATION, messages.TO_SHELTER.categories)
    return tale.system(RECORDS).post("/v1/consents", messages.written(messages.consent(wish, SystemClock().now())))


def _agreement_refused(tale: Tale) -> str | None:
    """Return the code with which the registry refuses the agreement, or None when it did not."""
    members = tale.world.members
    signed = agreement(members[POLICE], members[ENFORCEMENT], Purpose.ACCOMMODATION, SystemClock().now().date())
    try:
        asyncio.run(tale.world.gateway.registry.add_agreement(signed))
    except RegistrationRefusedError as refusal:
        return refusal.code
    return None
