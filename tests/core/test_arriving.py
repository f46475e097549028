"""What is told and logged as sent is what stands in the recipient's format, whatever that has no place for (A-01)."""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import cast

import pytest
from adapter_fakes import Fake
from builders import SHELTER, an_agency
from fakes import run
from full_document import FULL, cut
from line import Line, a_line
from trials.crossings import adapters, profiles

from adapters.sdk.checks import sample_outgoing
from adapters.sdk.contract import Outbound, Outgoing
from adapters.sdk.errors import AdapterDefectError, AdapterError, CannotRenderError
from adapters.sdk.guard import Guard
from consent.route import STRUCTURE
from gateway.core.arriving import stayed_behind
from gateway.core.previewing import Previews
from schemas.catalogue import load
from schemas.documents import CompiledProfile, Document, Loss
from schemas.profiles import compiled
from schemas.vocabulary import DataCategory, FunctionClass

SHELTERS = compiled("profile/shelter/assistance.accommodation/1.0")
NEED, ALIAS, SEX = DataCategory.NEED, DataCategory.ALIAS, DataCategory.SEX
LOST = {ALIAS: "/subject/alias", SEX: "/subject/sex", NEED: "/needs"}


def full(profile: CompiledProfile) -> Document:
    return {**cast("Document", cut(cast("dict[str, object]", load(profile.name)), FULL)), "schema": profile.name}


def body(document: Document, *leaves: str) -> Outbound:
    """Carry only some members of the subject, and report all others as lost."""
    subject = cast("Mapping[str, object]", document.get("subject", {}))
    said = json.dumps({leaf: subject.get(leaf) for leaf in leaves})
    return Outbound(said.encode(), "application/json", tuple(Loss(path, "dropped") for path in LOST.values()))


def found(render: Callable[[Document], Outbound]) -> frozenset[DataCategory]:
    document = full(SHELTERS)
    return stayed_behind(SHELTERS, document, render(document), render)


def test_what_is_reported_lost_and_changes_nothing_stayed_behind() -> None:
    assert found(lambda document: body(document, "sex")) == {NEED, ALIAS}
    assert found(body) == {NEED, ALIAS, SEX}


def test_what_is_reported_lost_and_stands_there_counts_as_sent() -> None:
    assert found(lambda document: body(document, "sex", "alias")) == {NEED}


def test_what_cannot_be_told_apart_counts_as_sent() -> None:
    def either(document: Document) -> Outbound:
        subject = cast("Mapping[str, object]", document.get("subject", {}))
        return Outbound(str("alias" in subject or "sex" in subject).encode(), "x/y", body(document).losses)

    def never_the_same(document: Document) -> Outbound:
        drawn.append(None)
        return Outbound(str(len(drawn)).encode(), "x/y", body(document).losses)

    def only_once(document: Document) -> Outbound:
        if "alias" not in cast("Mapping[str, object]", document.get("subject", {})):
            raise CannotRenderError("/subject/alias", "required")
        return body(document)

    drawn: list[None] = []
    assert not found(either) & {ALIAS, SEX}
    assert found(never_the_same) == frozenset()
    assert found(only_once) == {NEED, SEX}


def test_an_adapter_that_breaks_down_is_not_asked_about_each_category() -> None:
    """One that took too long was waited for once more with every category, five seconds each time."""
    asked: list[Document] = []

    def breaks_down(document: Document) -> Outbound:
        asked.append(document)
        raise AdapterDefectError("", "timeout")

    document = full(SHELTERS)
    assert stayed_behind(SHELTERS, document, body(document), breaks_down) == frozenset()
    assert len(asked) == 1


def test_a_format_that_carries_everything_is_written_once() -> None:
    def render(document: Document) -> Outbound:
        raise AssertionError

    document = full(SHELTERS)
    for losses in ((), (Loss("/needs/*/code", "coarsened"),), (Loss("/needs/0/note", "dropped"),)):
        assert stayed_behind(SHELTERS, document, Outbound(b"", "x/y", losses), render) <= {DataCategory.FREE_TEXT}


@pytest.mark.parametrize("key", sorted(adapters()))
def test_of_every_format_under_every_profile(key: str) -> None:
    """What stayed behind may say anything, and the recipient gets the same; what is required arrives."""
    adapter = adapters()[key]

    def render(document: Document) -> Outbound:
        return adapter.render(sample_outgoing(document))

    for profile in profiles():
        document = full(profile)
        try:
            written = render(document)
        except AdapterError:
            continue
        stayed = stayed_behind(profile, document, written, render)
        assert not stayed & (profile.required | STRUCTURE)
        texts = [said for said in _texts(profile, document, stayed) if len(said) > 6]
        assert [said for said in texts if said.encode() in written.body] == []


def _texts(profile: CompiledProfile, document: object, stayed: Iterable[DataCategory]) -> list[str]:
    return [
        text
        for leaf in profile.leaves
        if leaf.category in {*stayed} and leaf.allowed is None
        for text in _at(document, leaf.target)
        if text
    ]


def _at(value: object, target: tuple[str, ...]) -> list[str]:
    if not target:
        return [value] if isinstance(value, str) else []
    if isinstance(value, list):
        return [text for item in value for text in _at(item, target[1:])]
    return _at(value[target[0]], target[1:]) if isinstance(value, dict) and target[0] in value else []


# ------------------------------------------------------------------------------------------------------- on the line


@pytest.fixture
def line() -> Line:
    """A line whose shelter has a system without a place for what she is called."""

    def render(outgoing: Outgoing) -> Outbound:
        needs = json.dumps(outgoing.document["needs"]).encode()
        return Outbound(needs, "application/json", (Loss("/subject", "dropped"),))

    made = a_line()
    made.adapters.known["fake"] = Guard(Fake(renders=render))
    made.directory.put(an_agency(SHELTER, FunctionClass.SHELTER, adapter="fake"))
    made.says()
    return made


def test_a_01_the_log_and_the_sender_hear_what_arrives(line: Line) -> None:
    told = line.told()
    assert (told["sent"], "alias" in cast("list[str]", told["not_sent"])) == (["need"], True)
    assert line.parcel.sends - STRUCTURE == {NEED}
    [leaf] = line.leaves("decision.permitted")
    assert {*cast("list[str]", leaf["categories"])} - STRUCTURE == {"need"}


def test_m_13_a_look_says_the_same(line: Line) -> None:
    look = run(Previews(line.exchange).preview(line.asked()))
    told = line.told()
    assert (look.answer["sent"], look.answer["not_sent"]) == (told["sent"], told["not_sent"])
    [leaf] = line.leaves("decision.previewed")
    assert {*cast("list[str]", leaf["categories"])} - STRUCTURE == {"need"}
