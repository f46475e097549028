"""The line refuses what the token's details do not allow, before anything about anybody is looked up."""

from dataclasses import replace

import pytest
from builders import SHELTER
from fakes import run
from line import HILL, Line, a_line

from gateway.core.access.token_details import UNLIMITED, Act, Detail, Details, OutsideDetailsError, within
from gateway.core.callers import Caller
from gateway.core.consents.desk import Actor
from gateway.core.previewing import Previewed, Previews
from gateway.core.room.capacity import NobodyToAsk
from gateway.core.stages import Authenticated
from schemas.vocabulary import Purpose

ROOM = Purpose.ACCOMMODATION
FITS = Detail(frozenset({Act.SEND, Act.PREVIEW}), frozenset({SHELTER}), frozenset({ROOM}))
OUTSIDE = {
    "another act": Detail(frozenset({Act.ASK_FOR_ROOM}), frozenset({SHELTER}), frozenset({ROOM})),
    "another recipient": Detail(UNLIMITED.acts, frozenset({HILL}), frozenset({ROOM})),
    "another purpose": Detail(UNLIMITED.acts, frozenset({SHELTER}), frozenset({Purpose.LEGAL})),
}


@pytest.fixture
def line() -> Line:
    line = a_line()
    line.says()
    return line


def asked(line: Line, *details: Detail) -> Authenticated:
    asked = line.asked()
    return replace(asked, caller=replace(asked.caller, details=details))


@pytest.mark.parametrize(
    "details", [(), (UNLIMITED,), (FITS,), (*OUTSIDE.values(), FITS)], ids=["none", "unlimited", "fits", "one fits"]
)
def test_what_the_details_allow_is_decided_like_everything_else(line: Line, details: Details) -> None:
    assert run(line.exchange.accept(asked(line, *details))).answer["outcome"] == "permitted"
    assert isinstance(run(Previews(line.exchange).preview(asked(line, *details))), Previewed)


@pytest.mark.parametrize("detail", OUTSIDE.values(), ids=OUTSIDE)
def test_what_they_do_not_allow_is_refused_and_leaves_nothing(line: Line, detail: Detail) -> None:
    before = len(line.book.leaves)
    with pytest.raises(OutsideDetailsError):
        run(line.exchange.accept(asked(line, detail)))
    with pytest.raises(OutsideDetailsError):
        run(Previews(line.exchange).preview(asked(line, detail)))
    assert (len(line.book.leaves), line.book.parcels) == (before, {})


@pytest.mark.parametrize("detail", OUTSIDE.values(), ids=OUTSIDE)
def test_the_refusal_is_the_same_whoever_she_is(line: Line, detail: Detail) -> None:
    nobody = a_line()
    for one in (line, nobody):
        with pytest.raises(OutsideDetailsError, match=r"^outside_authorization_details$"):
            run(one.exchange.accept(asked(one, detail)))


BED = {
    "schema": "capacity_question/1.0",
    "purpose": "assistance.accommodation",
    "need": "accommodation.emergency",
    "age": "adult",
}


class TestAskingForRoom:
    def actor(self, line: Line, detail: Detail) -> Actor:
        caller: Caller = replace(line.caller(), details=(detail,))
        return Actor(caller.agency, caller)

    def test_the_one_that_is_named_must_be_allowed(self, line: Line) -> None:
        named = {**BED, "recipient": SHELTER}
        allowed = Detail(frozenset({Act.ASK_FOR_ROOM}), frozenset({SHELTER}))
        assert run(line.capacity.ask(self.actor(line, allowed), named, line.key())).answer["questions"]
        for detail in (FITS, replace(allowed, recipients=frozenset({HILL}))):
            with pytest.raises(OutsideDetailsError):
                run(line.capacity.ask(self.actor(line, detail), named, line.key()))

    def test_of_a_kind_only_those_that_are_allowed_are_asked(self, line: Line) -> None:
        everybody = {**BED, "function_class": "shelter"}
        only = Detail(frozenset({Act.ASK_FOR_ROOM}), frozenset({HILL}))
        told = run(line.capacity.ask(self.actor(line, only), everybody, line.key())).answer
        assert [one["recipient"] for one in told["questions"]] == [HILL]
        assert isinstance(run(line.capacity.ask(self.actor(line, FITS), everybody, line.key())), NobodyToAsk)


def test_no_details_limit_nothing_and_one_that_fits_is_enough() -> None:
    assert within((), Act.SEND, SHELTER, ROOM)
    assert within((*OUTSIDE.values(), FITS), Act.SEND, SHELTER, ROOM)
    assert not within((*OUTSIDE.values(),), Act.SEND, SHELTER, ROOM)
