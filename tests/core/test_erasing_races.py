"""She is erased between the preparation of something and its confirmation: whatever it was, nothing leads to her after.

What is recorded anew may make a person of another number; the one who was erased does not come back (A-04).
"""

from collections.abc import Callable
from contextlib import suppress

import pytest
from builders import PERSON_REF, POLICE, SHELTER
from case_facts import an_override
from code_showing import THEIR_REF, binds, code, links, two_records
from fakes import run
from happening import WHO, happens
from line import BAY, HILL, KEYS, Line, a_line, opened

from gateway.core.consents.desk import Actor
from gateway.core.crypto.blind import blind_person_ref
from gateway.core.erasure.items import Erased
from gateway.core.errors import GatewayError
from gateway.core.notice.items import EscalateNotices
from gateway.core.officers import Action
from gateway.core.oversight.probing_releases import ReleaseReason
from gateway.core.previewing import Previews
from schemas.documents import Json
from schemas.vocabulary import ReferralState

BARE: Json = True
Doing = Callable[[Line], object]


@pytest.fixture(params=[False, True], ids=["same node", "another node"])
def line(request: pytest.FixtureRequest) -> Line:
    """The shelter fetched her, something waits for the hill shelter, and the police know her consents and a fact."""
    line = a_line(remembers=request.param)
    for shelter in (SHELTER, HILL):
        line.says(recipient=shelter)
        line.told(recipient=shelter)
    line.fetch()
    return line


def fact(kind: str, terms: Json = BARE, agency: str = POLICE, reference: str = PERSON_REF) -> Doing:
    document = {"schema": "case_event/1.0", "person_ref": reference, "event": {kind: terms}}
    return lambda line: run(line.cases.record(Actor(agency, line.caller(agency)), document, line.key()))


def consent_of(line: Line) -> str:
    return line.book.consents[0].consent


def message(line: Line) -> str:
    return next(iter(line.book.parcels))


def erase(line: Line, agency: str = POLICE, reference: str = PERSON_REF) -> object:
    return run(line.erasures.erase(Actor(agency, line.caller(agency)), reference, line.key()))


RACING: dict[str, Doing] = {
    "withdrawal": lambda line: line.takes_back(),
    "withdrawal of one": lambda line: run(line.desk.withdraw_one(consent_of(line))),
    "consent": lambda line: line.says(recipient=BAY),
    "narrowing": lambda line: happens(line, consent_of(line), "narrowed", **WHO, categories=["pseudonym", "need"]),
    "confirmation": lambda line: line.confirms(consent_of(line)),
    "fact": fact("child_heard", {"informed": "yes", "views": "agrees"}),
    "restriction": fact("restriction_set", {"category": "need"}),
    "leaving": fact("nrm_withdrawn"),
    "referral": lambda line: line.told(),
    "refusal": lambda line: line.told(recipient=BAY),
    "preview": lambda line: run(Previews(line.exchange).preview(line.asked())),
    "fetching": lambda line: line.fetch(HILL),
    "acknowledgement": lambda line: run(line.answering.acknowledge(line.caller(SHELTER), message(line), line.key())),
    "answer": lambda line: run(
        line.answering.answer(
            line.caller(SHELTER), message(line), ReferralState.ACCEPTED, None, line.key(), ReferralState.SUBMITTED
        )
    ),
    "escalation": lambda line: line.recorder.record(EscalateNotices(10, line.desk.entropy)),
    "code": code,
    "erasure": erase,
    "look at tries": lambda line: run(line.probing.looked(POLICE, PERSON_REF)),
}


def leads_to(line: Line, person: bytes) -> list[str]:
    """Where in the database something still bears the number of the person."""
    spelled = (repr(person)[2:-1], person.hex())
    return [name for name, value in vars(line.book).items() if any(one in repr(value) for one in spelled)]


def test_before_she_is_erased_much_leads_to_her(line: Line) -> None:
    """The canary."""
    [person] = line.book.people
    assert len(leads_to(line, person)) > 5


@pytest.mark.parametrize("racing", RACING)
def test_a_04_whatever_she_is_erased_in_the_middle_of_nothing_leads_to_her(line: Line, racing: str) -> None:
    [person] = line.book.people
    erased: list[object] = []
    line.recorder.meanwhile(lambda: erased.append(erase(line)))
    with suppress(GatewayError, KeyError, AssertionError):
        RACING[racing](line)
    assert isinstance(erased[0], Erased)
    assert leads_to(line, person) == []
    assert person not in line.person_keys.keys


def test_a_04_a_code_that_led_to_her_binds_and_links_nobody(line: Line) -> None:
    shown = code(line)
    [person] = line.book.people
    line.recorder.meanwhile(lambda: erase(line))
    binds(line, shown, BAY, "B-1")
    assert leads_to(line, person) == []
    assert line.people.known(blind_person_ref(KEYS, BAY, "B-1")) is None


@pytest.mark.parametrize(("agency", "reference"), [(POLICE, PERSON_REF), (HILL, THEIR_REF)])
def test_a_04_a_link_that_meets_an_erasure_on_either_side_joins_nobody(agency: str, reference: str) -> None:
    line = a_line()
    two_records(line)
    shown = code(line)
    links(line, shown, HILL, THEIR_REF)
    known = line.people.known(blind_person_ref(KEYS, agency, reference))
    assert known is not None
    line.recorder.meanwhile(lambda: erase(line, agency, reference))
    links(line, shown, POLICE, PERSON_REF)
    assert line.book.codes.links == set()
    assert leads_to(line, known.id) == []
    assert len(line.book.people) == 1


def test_a_04_the_number_a_recipient_held_leads_nowhere(line: Line) -> None:
    line.told()
    [delivered] = line.fetch()
    number = str(opened(delivered)["document"]["subject"]["pseudonym"])
    erase(line)
    assert line.takes_back(agency=SHELTER, reference=number) == line.takes_back(agency=SHELTER, reference="nobody")


def test_a_03_an_override_of_somebody_erased_waits_for_nobody(line: Line) -> None:
    fact("override_requested", an_override(line.clock.now()))(line)
    name = line.book.case_events[-1].event.id
    [person] = line.book.people
    line.recorder.meanwhile(lambda: erase(line))
    with pytest.raises(GatewayError):
        run(line.overrides.approve(line.approval(name, Action.APPROVE_OVERRIDE)))
    assert leads_to(line, person) == []


def test_a_lock_lifted_while_she_is_erased_leads_nowhere(line: Line) -> None:
    [person] = line.book.people
    for recipient in (BAY, "north-shelter", "open-door", "border-command", "nobody"):
        line.told(recipient=recipient)
    subject = line.probing.subject(POLICE, PERSON_REF, ReleaseReason.LOOKED_INTO)
    line.recorder.meanwhile(lambda: erase(line))
    with suppress(GatewayError):
        run(
            line.probing.release(
                line.approval(subject, Action.RELEASE_PROBING), POLICE, PERSON_REF, ReleaseReason.LOOKED_INTO
            )
        )
    erase(line)
    assert leads_to(line, person) == []
