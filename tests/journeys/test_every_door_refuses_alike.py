"""One shape of refusal at every door (C-01): a sender hears of each ground in her record the same, now and later.

`test_refusal_shapes` holds more grounds of a referral that is sent alone.
"""

import asyncio
import re
from collections.abc import Iterator, Mapping

import httpx
import pytest
from journeys.facts import recorded
from journeys.grounds import ELSEWHERE, EVERYBODY, HERE, YES, reason_of, reference_of
from journeys.in_process import a_line
from journeys.refusing import SENDERS, Senders, senders_of

from gateway.demo.agencies import NOBODY

REFUSED = (*HERE, *ELSEWHERE)
NOT_ITS_OWN = tuple(ground for ground in REFUSED if not ground.startswith("consent_"))
"""What the sender did not record itself: of its own record an explanation tells it more (`gateway.core.explaining`)."""

TOLD = ("preview", "on a question", "bulk", "table", "fhir task", "fhir transaction", "fhir message")
EXPLAINED = ("explanation", "hooked explanation")
READ = ("referral", "status", "proof", "hooked referral", "fhir referral", "fhir referrals", "questions")

NEW_EACH_TIME = ("dpop-nonce", "request-id", "date")
_DRAWN = re.compile(rb"[0-9A-HJKMNP-TV-Z]{26}|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z")
"""Ids, which are random, and the second at which something was written down."""

_LINE = re.compile(rb'\{"line": [0-9]+, ')

Answers = Mapping[str, Mapping[str, httpx.Response]]


@pytest.fixture(scope="module")
def senders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Senders]:
    with a_line(tmp_path_factory.mktemp("line") / ".demo") as line, senders_of(line) as gathered:
        yield gathered


@pytest.fixture(scope="module")
def decided() -> dict[tuple[str, str], str]:
    """The newest decision about each woman, for each sender."""
    return {}


@pytest.fixture(scope="module")
def in_one(senders: Senders) -> list[bytes]:
    """Ask about all of them in one request."""
    return senders.bulk(*map(reference_of, REFUSED)).content.splitlines()


@pytest.fixture(scope="module")
def answers(senders: Senders, decided: dict[tuple[str, str], str], in_one: list[bytes]) -> Answers:
    """Ask about each woman at every door; last about the one who agreed, who is referred."""
    assert in_one, "her yes uses up the room that all of them are sent on"
    told = {}
    for ground in EVERYBODY:
        told[ground] = senders.answers(reference_of(ground))
        decided |= {(ground, sender): senders.newest(sender) for sender in SENDERS}
    return told


@pytest.fixture(scope="module")
def nobody(senders: Senders, answers: Answers) -> Mapping[str, httpx.Response]:
    """Ask for what no agreement covers: that may be told, and is."""
    assert answers
    return senders.answers(reference_of("no_consent"), NOBODY)


def seen(answer: httpx.Response) -> str:
    """Return all an onlooker can compare."""
    headers = [(name, "" if name in NEW_EACH_TIME else value) for name, value in answer.headers.multi_items()]
    return repr((answer.status_code, headers, len(answer.content), _DRAWN.sub(b"", answer.content)))


def classes(answers: Answers, door: str, grounds: tuple[str, ...]) -> dict[str, list[str]]:
    """Return which grounds look alike at a door."""
    found: dict[str, list[str]] = {}
    for ground in grounds:
        found.setdefault(seen(answers[ground][door]), []).append(ground)
    return found


def test_c_01_they_are_refused_for_reasons_that_differ(
    senders: Senders, answers: Answers, decided: dict[tuple[str, str], str]
) -> None:
    """The canary of all below: at every sender each is refused on her own ground."""
    assert answers
    explaining = senders.line.world.gateway.door.explaining
    told = {}
    for ground in REFUSED:
        for sender in SENDERS:
            [reason] = asyncio.run(explaining.in_full(decided[ground, sender]))["reasons"]
            told[ground, sender] = reason["code"]
    assert told == {(ground, sender): reason_of(ground) for ground in REFUSED for sender in SENDERS}


@pytest.mark.parametrize("door", [*TOLD, *READ])
def test_c_01_no_two_grounds_can_be_told_apart(answers: Answers, door: str) -> None:
    assert [*classes(answers, door, REFUSED).values()] == [[*REFUSED]]


@pytest.mark.parametrize("door", EXPLAINED)
def test_c_01_nor_by_the_explanation_of_what_it_did_not_record(answers: Answers, door: str) -> None:
    assert [*classes(answers, door, NOT_ITS_OWN).values()] == [[*NOT_ITS_OWN]]


@pytest.mark.parametrize("door", [*TOLD, *EXPLAINED])
def test_m_02_that_there_is_no_agreement_is_told(
    answers: Answers, nobody: Mapping[str, httpx.Response], door: str
) -> None:
    """The canary: whatever differs in truth and may be told is seen to differ."""
    assert seen(nobody[door]) not in classes(answers, door, REFUSED)
    assert b"no_agreement" in nobody[door].content


@pytest.mark.parametrize("door", [*TOLD, *READ, *EXPLAINED])
def test_and_a_yes_is_still_a_yes(answers: Answers, door: str) -> None:
    """The canary of what is only read."""
    assert seen(answers[YES][door]) not in classes(answers, door, REFUSED)


def test_c_01_many_lines_of_one_request_are_one_line_many_times(in_one: list[bytes], answers: Answers) -> None:
    assert len(in_one) == len(REFUSED)
    told = {_LINE.sub(b"{", _DRAWN.sub(b"", line)) for line in in_one}
    alone = _DRAWN.sub(b"", answers["no_consent"]["bulk"].content.rstrip())
    assert told == {_LINE.sub(b"{", alone)}


def test_c_01_whoever_calls_a_hook_is_not_even_told_of_a_yes(
    senders: Senders, answers: Answers, nobody: Mapping[str, httpx.Response]
) -> None:
    [only] = classes(answers, "hook", EVERYBODY)
    assert seen(nobody["hook"]) == only
    assert seen(senders.hint(reference_of(YES), secret=b"another")) != only, "the canary: a wrong secret is told"


def test_c_01_among_its_own_consents_a_sender_finds_nothing_of_what_was_said_elsewhere(answers: Answers) -> None:
    nothing = ("person_unknown", *(ground for ground, there in ELSEWHERE.items() if not there.yes_here))
    agreed = (YES, *(ground for ground, there in ELSEWHERE.items() if there.yes_here))
    assert [*classes(answers, "consents", nothing).values()] == [[*nothing]]
    assert [*classes(answers, "consents", agreed).values()] == [[*agreed]]
    assert len(classes(answers, "consents", EVERYBODY)) > 2, "the canary: its own are shown as they are"


def test_c_01_nor_among_the_facts_it_recorded(senders: Senders, answers: Answers) -> None:
    [only] = classes(answers, "case", EVERYBODY)
    recorded(senders.office, reference_of(YES), "restriction_set", {"category": "need"})
    assert seen(senders.case(reference_of(YES))) != only, "the canary: its own are shown"
