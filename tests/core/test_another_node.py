"""What another node wrote counts here too, where no transaction will look again: in what is shown, told and refused."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from builders import DAY, HOUR, PERSON_REF, POLICE, SHELTER, an_agency
from code_showing import linked, two_records
from fake_attachments import EmptyShelf
from fake_consent_events import FakeConsentEvents
from fakes import run
from line import HILL, KEYS, Line, a_line
from web_door import ORIGIN, FakeLog

from gateway.core.answers import Recorded
from gateway.core.cases.coming_of_age import ComingOfAge
from gateway.core.consents.desk import Actor, UnknownPerson
from gateway.core.consents.her_receipt import HerReceipt, HerReceipts, NotSafe
from gateway.core.consents.life_cycle import LifeCycle
from gateway.core.consents.papers import ConsentPapers
from gateway.core.delivery.attachment_items import ReceiveAttachment
from gateway.core.delivery.attachments import Attachments
from gateway.core.histories import Histories, Nobody
from gateway.core.known import KnownPerson
from gateway.core.log.anchors import HELD_HERE
from gateway.core.named_files import Shelved
from gateway.core.statistics.releases import ReleaseRefusedError
from gateway.core.tracking import Tracking
from schemas.documents import Json
from schemas.vocabulary import ConsentState, FunctionClass

CITY = "city-children"


@pytest.fixture
def line() -> Line:
    line = a_line(remembers=True)
    line.directory.put(an_agency(CITY, FunctionClass.CHILD_PROTECTION))
    return line


@contextmanager
def elsewhere(line: Line) -> Iterator[None]:
    """Let what is done inside be done by another node: afterwards this one remembers what it remembered before."""
    remembered = dict(line.people.remembered)
    yield
    line.people.remembered = remembered


def fact(line: Line, event: dict[str, Json], agency: str = POLICE) -> None:
    document = {"schema": "case_event/1.0", "person_ref": PERSON_REF, "event": event}
    assert isinstance(run(line.cases.record(Actor(agency, line.caller(agency)), document, line.key())), Recorded)


def met(line: Line, consent: str) -> KnownPerson:
    """Let this node read what is known about her."""
    known = line.people.of_consent(consent)
    assert known is not None
    return known


def test_a_03_what_was_restricted_there_is_released_here(line: Line) -> None:
    met(line, line.says())
    with elsewhere(line):
        fact(line, {"processing_restricted": True})
    fact(line, {"processing_released": True})
    assert line.told()["outcome"] == "permitted"


def test_a_02_a_history_holds_what_was_linked_there(line: Line) -> None:
    ours, _ = two_records(line)
    met(line, ours)
    with elsewhere(line):
        linked(line)
    log = FakeLog(line.book)
    tracking = Tracking(log, log, KEYS, line.person_keys, ORIGIN)
    histories = Histories(line.people, log, tracking, KEYS, line.clock, line.exchange.entropy, line.recorder)
    for told in (run(histories.of_reference(POLICE, PERSON_REF)), run(histories.of_consent(ours))):
        assert not isinstance(told, Nobody)
        senders = {json.loads(str(entry["leaf"])).get("sender") for entry in told["entries"]}
        assert {POLICE, HILL} <= senders


def test_k_07_a_child_recorded_there_rings_here(line: Line) -> None:
    met(line, line.says())
    with elsewhere(line):
        fact(line, {"local_contact_recorded": {"agency": CITY}})
    line.clock.advance(DAY)
    assert [child.by for child in line.children.listed()] == [POLICE]
    assert run(line.children.watch()) == (POLICE,)


def test_k_06_a_birthday_recorded_there_is_told_here(line: Line) -> None:
    met(line, line.says())
    soon = (line.clock.now() + timedelta(days=5)).date().isoformat()
    with elsewhere(line):
        document = {"schema": "case_event/1.0", "person_ref": PERSON_REF}
        event = {"age_determined": {"status": "child", "adult_on": soon}}
        line.directory.put(an_agency(POLICE, FunctionClass.CHILD_PROTECTION))
        line.directory.forget(("agency:" + POLICE,))
        told = run(line.cases.record(Actor(POLICE, line.caller()), {**document, "event": event}, line.key()))
        assert isinstance(told, Recorded)
    coming = ComingOfAge(line.desk, line.children.book)
    assert len(coming.listed(POLICE)) == 1
    assert run(coming.watch())[0] == (POLICE,)


def test_c_13_who_took_it_back_there_is_not_counted_here(line: Line) -> None:
    line.says()
    counted = line.says(decision="reporting", purposes=["statistics"], recipient=HILL)
    line.told()
    line.clock.advance(20 * DAY)
    met(line, counted)
    with elsewhere(line):
        line.takes_back(counted)
    with pytest.raises(ReleaseRefusedError) as refused:
        run(line.releases.propose("2031-Q1", line.key()))
    assert refused.value.code == "nobody_to_count"


def test_c_09_a_consent_taken_back_there_is_shown_so_here(line: Line) -> None:
    consent = line.says()
    met(line, consent)
    with elsewhere(line):
        line.takes_back(consent)
    shown = line.desk.shown_one(consent)
    assert not isinstance(shown, UnknownPerson)
    assert shown.state is ConsentState.WITHDRAWN


def test_c_18_nothing_is_handed_out_that_another_said_for_her_there(line: Line) -> None:
    consent = line.says(safe_to_give=True)
    receipts = HerReceipts(ConsentPapers(line.desk, FakeConsentEvents(line.book)))
    actor = Actor(POLICE, line.caller())
    assert isinstance(run(receipts.handed_out(actor, consent)), HerReceipt)
    line.clock.advance(HOUR)
    with elsewhere(line):
        said: dict[str, Json] = {"schema": "consent_event/1.0", "type": "renewed", "given_by": "guardian"}
        renewed = {**said, **{name: value for name, value in _said(line, consent).items() if name not in said}}
        assert isinstance(run(LifeCycle(line.desk).happened(_police(line), consent, renewed, line.key())), Recorded)
    assert isinstance(run(receipts.handed_out(_police(line), consent)), NotSafe)


def _police(line: Line) -> Actor:
    return Actor(POLICE, line.caller())


def _said(line: Line, consent: str) -> dict[str, Json]:
    papers = ConsentPapers(line.desk, FakeConsentEvents(line.book))
    [(_, written)] = papers.written_down(met(line, consent), consent)
    names = ("mechanism", "taken_by", "taken_at", "text", "person_languages", "interpreter", "information_confirmed")
    return {name: written[name] for name in names if name in written}


class OneFile(EmptyShelf):
    """A shelf with one file that all came."""

    def __init__(self, shelved: Shelved) -> None:
        self.shelved = shelved

    def of_sender(self, agency: str, referral: str, number: int) -> Shelved:
        return self.shelved


class Noting:
    """Takes items down, and confirms each."""

    def __init__(self) -> None:
        self.items: list[object] = []

    async def record(self, item: object, *, urgent: bool = False) -> bool:
        self.items.append(item)
        return not urgent


def test_m_09_a_file_comes_here_once_what_was_restricted_is_released_there(line: Line) -> None:
    consent = line.says()
    line.told()
    fact(line, {"processing_restricted": True})
    met(line, consent)
    with elsewhere(line):
        fact(line, {"processing_released": True})
    shelved, noting = Shelved("a file", 1, 0, b"", complete=False, parcel=line.parcel), Noting()
    files = Attachments(
        *(OneFile(shelved), line.directory, line.people, line.person_keys, line.policy),
        *(line.clock, line.exchange.entropy, noting, HELD_HERE),
        largest=1,
    )
    assert run(files.received(shelved, b"upload"))
    assert [type(item) for item in noting.items] == [ReceiveAttachment]


def test_m_05_who_became_a_shelter_there_is_asked_here(line: Line) -> None:
    line.directory.put(an_agency(SHELTER, FunctionClass.LEGAL_AID))
    before = asked(line)
    line.directory.put(an_agency(SHELTER, FunctionClass.SHELTER))
    assert asked(line) - before == {SHELTER}


def asked(line: Line) -> set[str]:
    """Ask every shelter for room; whom it reached."""
    document = {"schema": "capacity_question/1.0", "purpose": "assistance.accommodation", "function_class": "shelter"}
    codes = {"need": "accommodation.emergency", "age": "adult"}
    outcome = run(line.capacity.ask(_police(line), {**document, **codes}, line.key()))
    assert isinstance(outcome, Recorded)
    return {question["recipient"] for question in outcome.answer["questions"]}
