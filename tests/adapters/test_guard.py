"""Whatever an adapter does, the guard lets out what the contract allows, or an AdapterError without a word of data."""

import traceback
from collections.abc import Callable

import pytest
from adapter_fakes import DOCUMENT, MANIFEST, PRIVATE, UPDATE, Fake, raising

from adapters.sdk.checks import sample_outgoing
from adapters.sdk.contract import (
    Inbound,
    Outbound,
    Outgoing,
    Parsed,
    ParsedReferral,
)
from adapters.sdk.errors import (
    AdapterDefectError,
    AdapterError,
    CannotRenderError,
    MalformedError,
    SubjectUnclearError,
    UnsupportedError,
)
from adapters.sdk.guard import Guard, Limits
from adapters.sdk.manifest import parse_manifest
from schemas.documents import Document


class OddError(AdapterError):
    """An adapter's own kind of refusal."""


class NotAnAdapterError(BaseException):
    """What no `except Exception` would stop."""


CALLS: tuple[Callable[[Guard], object], ...] = (
    lambda guard: guard.parse(DOCUMENT),
    lambda guard: guard.render(sample_outgoing({})),
    lambda guard: guard.render_status(UPDATE),
)


# ------------------------------------------------------------------------------------------------- what it lets out


@pytest.mark.parametrize(
    "error", [MalformedError, UnsupportedError, SubjectUnclearError, CannotRenderError, AdapterDefectError]
)
@pytest.mark.parametrize("call", CALLS, ids=["parse", "render", "status"])
def test_a_refusal_comes_out_as_it_went_in(error: type[AdapterError], call: Callable[[Guard], object]) -> None:
    with pytest.raises(error) as refused:
        call(raising(error("/data/0/name", "pattern")))
    assert (refused.value.pointer, refused.value.rule) == ("/data/0/name", "pattern")


@pytest.mark.parametrize("call", CALLS, ids=["parse", "render", "status"])
def test_a_refusal_brings_nothing_of_what_caused_it(call: Callable[[Guard], object]) -> None:
    with pytest.raises(MalformedError) as refused:
        call(raising(MalformedError("/data")))
    assert refused.value.__cause__ is None
    assert refused.value.__context__ is None
    assert PRIVATE not in "".join(traceback.format_exception(refused.value))


@pytest.mark.parametrize(
    "error",
    [ValueError(PRIVATE), KeyError(PRIVATE), RecursionError(PRIVATE), SystemExit(PRIVATE), NotAnAdapterError(PRIVATE)],
    ids=lambda error: type(error).__name__,
)
@pytest.mark.parametrize("call", CALLS, ids=["parse", "render", "status"])
def test_anything_else_becomes_a_defect_without_its_message(
    error: BaseException, call: Callable[[Guard], object]
) -> None:
    with pytest.raises(AdapterDefectError) as refused:
        call(raising(error))
    assert (refused.value.pointer, refused.value.rule) == ("", "raised")
    assert refused.value.__context__ is None
    assert PRIVATE not in "".join(traceback.format_exception(refused.value))


def test_the_operator_can_still_stop_the_program() -> None:
    with pytest.raises(KeyboardInterrupt):
        raising(KeyboardInterrupt()).parse(DOCUMENT)


def test_an_adapters_own_kind_of_error_is_a_defect() -> None:
    with pytest.raises(AdapterDefectError) as refused:
        raising(OddError(PRIVATE, PRIVATE)).parse(DOCUMENT)
    assert refused.value.rule == "error_type"


def test_a_pointer_that_is_none_is_left_out() -> None:
    with pytest.raises(MalformedError) as refused:
        raising(MalformedError(PRIVATE, "pattern")).parse(DOCUMENT)
    assert (refused.value.pointer, refused.value.rule) == ("", "pattern")


def test_a_rule_that_is_none_is_a_defect() -> None:
    with pytest.raises(AdapterDefectError) as refused:
        raising(MalformedError("/data", PRIVATE)).parse(DOCUMENT)
    assert (refused.value.pointer, refused.value.rule) == ("/data", "rule")


# ------------------------------------------------------------------------------------------------- what it gives in


def test_media_types_are_compared_without_parameters_or_case() -> None:
    seen: list[str] = []

    def parse(inbound: Inbound) -> Parsed:
        seen.append(inbound.media_type)
        return ParsedReferral({})

    Guard(Fake(parses=parse)).parse(Inbound(b"", "Application/JSON; charset=utf-8"))
    assert seen == ["application/json"]


@pytest.mark.parametrize("media_type", ["application/xml", "", "application/json2", "*/*"])
def test_another_media_type_never_reaches_the_adapter(media_type: str) -> None:
    with pytest.raises(UnsupportedError) as refused:
        raising(ValueError()).parse(Inbound(b"", media_type))
    assert refused.value.rule == "media_type"


def test_a_body_over_the_limit_never_reaches_the_adapter() -> None:
    guard = Guard(raising(ValueError()).adapter, Limits(body=3))
    with pytest.raises(MalformedError) as refused:
        guard.parse(Inbound(b"1234", "application/json"))
    assert refused.value.rule == "too_large"


def test_a_body_at_the_limit_does() -> None:
    guard = Guard(Fake(), Limits(body=4))
    assert guard.parse(Inbound(b"1234", "application/json")) == ParsedReferral({})


@pytest.mark.parametrize(("direction", "call"), [*zip(["parse", "render", "status"], CALLS, strict=True)])
def test_a_direction_the_manifest_does_not_name_is_refused(direction: str, call: Callable[[Guard], object]) -> None:
    others = [f'"{name}"' for name in ("parse", "render", "status") if name != direction]
    manifest = MANIFEST.replace('"parse", "render", "status"', ", ".join(others))
    with pytest.raises(UnsupportedError) as refused:
        call(Guard(Fake(manifest=parse_manifest(manifest))))
    assert refused.value.rule == "direction"


def test_an_adapter_cannot_change_the_document_it_renders() -> None:
    def spoil(outgoing: Outgoing) -> Outbound:
        assert isinstance(outgoing.document, dict)
        outgoing.document["needs"].clear()
        return Outbound(b"", "application/json")

    document: Document = {"needs": [{"code": "other"}]}
    Guard(Fake(renders=spoil)).render(sample_outgoing(document))
    assert document == {"needs": [{"code": "other"}]}
