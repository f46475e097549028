"""What an adapter returns is checked and copied before the gateway sees it; anything else is a defect."""

import pytest
from adapter_fakes import DOCUMENT, UPDATE, Fake, returning

from adapters.sdk.checks import sample_outgoing
from adapters.sdk.contract import Outbound, ParsedReferral, ParsedRevocation, ParsedStatus
from adapters.sdk.errors import AdapterDefectError, CannotRenderError, MalformedError
from adapters.sdk.guard import Guard, Limits
from schemas.answer_codes import ServiceOutcome
from schemas.canonical import canonical
from schemas.documents import Document, Loss
from schemas.vocabulary import ReferralState, RejectionReason, Sex


def test_a_parsed_document_is_out_of_the_adapters_hands() -> None:
    kept: dict[str, list[str]] = {"names": ["Wren"]}
    parsed = returning(ParsedReferral(kept)).parse(DOCUMENT)
    kept["names"].append("Larch")
    assert isinstance(parsed, ParsedReferral)
    assert parsed.document == {"names": ["Wren"]}


def test_a_parsed_document_is_plain_json() -> None:
    parsed = returning(ParsedReferral({"a": (1, True, None), "b": Sex.FEMALE, "c": {}})).parse(DOCUMENT)
    assert isinstance(parsed, ParsedReferral)
    assert parsed.document == {"a": [1, True, None], "b": "female", "c": {}}
    assert type(parsed.document["b"]) is str
    assert canonical(parsed.document)


def test_other_results_come_back_as_they_are() -> None:
    losses = (Loss("/data/*/name", "dropped"),)
    for parsed in (
        ParsedRevocation("case/1", losses),
        ParsedStatus("m-1", ReferralState.REJECTED, RejectionReason.OTHER, losses),
        ParsedStatus(None, ReferralState.RECEIVED),
        ParsedStatus("m-1", ReferralState.COMPLETED, ServiceOutcome.UNKNOWN),
    ):
        assert returning(parsed).parse(DOCUMENT) == parsed


NESTED: Document = {}
for _ in range(40):
    NESTED = {"a": NESTED}


@pytest.mark.parametrize(
    ("document", "rule"),
    [
        ({"a": 1.5}, "not_json"),
        ({"a": [float("nan")]}, "not_json"),
        ({"a": 2**53}, "not_json"),
        ({"a": b"bytes"}, "not_json"),
        ({"a": {1, 2}}, "not_json"),
        ({"a": object()}, "not_json"),
        ({1: "a"}, "key"),
        ({"é": "a"}, "key"),
        ({"a": NESTED}, "depth"),
        (["a"], "result_type"),
        (None, "result_type"),
    ],
)
def test_what_is_no_json_is_a_defect(document: Document, rule: str) -> None:
    with pytest.raises(AdapterDefectError) as refused:
        returning(ParsedReferral(document)).parse(DOCUMENT)
    assert refused.value.rule == rule


def test_a_list_as_deep_as_that_is_a_defect_too() -> None:
    nested: list[object] = []
    for _ in range(40):
        nested = [nested]
    with pytest.raises(AdapterDefectError) as refused:
        returning(ParsedReferral({"a": nested})).parse(DOCUMENT)
    assert refused.value.rule == "depth"


def test_half_a_surrogate_pair_is_malformed() -> None:
    with pytest.raises(MalformedError) as refused:
        returning(ParsedReferral({"a": "\ud800"})).parse(DOCUMENT)
    assert refused.value.rule == "utf-8"


class Disguised(ParsedReferral):
    """A result that is not quite one."""


@pytest.mark.parametrize(
    "result",
    [
        None,
        {},
        Disguised({}),
        ParsedStatus("m-1", "accepted"),
        ParsedStatus(None, ReferralState.ACCEPTED, "other"),
        ParsedStatus(None, ReferralState.COMPLETED),
        ParsedStatus(None, ReferralState.ACCEPTED, ServiceOutcome.PROVIDED),
        ParsedRevocation(7),
    ],
    ids=[
        "nothing",
        "a dict",
        "a subclass",
        "a bare state",
        "a bare reason",
        "a bare end",
        "an early outcome",
        "a number",
    ],
)
def test_another_kind_of_result_is_a_defect(result: object) -> None:
    with pytest.raises(AdapterDefectError) as refused:
        returning(result).parse(DOCUMENT)
    assert refused.value.rule == "result_type"


@pytest.mark.parametrize("reference", ["", "x" * 201, "line\nbreak", "nul\x00"])
def test_a_reference_that_cannot_be_one_is_malformed(reference: str) -> None:
    for result in (ParsedRevocation(reference), ParsedStatus(reference, ReferralState.ACCEPTED)):
        with pytest.raises(MalformedError):
            returning(result).parse(DOCUMENT)


@pytest.mark.parametrize(
    "losses",
    [
        [Loss("/a", "dropped")],
        (Loss("/a", "forgotten"),),
        (Loss("Wren of Invented Row", "dropped"),),
        (Loss("a", "dropped"),),
        ("/a",),
        (Loss("/a", "dropped"),) * 2001,
    ],
    ids=["a list", "unknown kind", "a value for a path", "no pointer", "text", "without end"],
)
def test_a_loss_report_that_is_none_is_a_defect(losses: tuple[Loss, ...]) -> None:
    with pytest.raises(AdapterDefectError) as refused:
        returning(ParsedReferral({}, losses)).parse(DOCUMENT)
    assert refused.value.rule == "losses"


@pytest.mark.parametrize(
    ("outbound", "rule"),
    [
        (None, "result_type"),
        (Outbound("text", "application/json"), "result_type"),
        (Outbound(b"", "application/xml"), "result_media_type"),
        (Outbound(b"", "application/json", [Loss("/a", "dropped")]), "losses"),
    ],
)
def test_another_kind_of_outbound_is_a_defect(outbound: Outbound, rule: str) -> None:
    with pytest.raises(AdapterDefectError) as refused:
        Guard(Fake(renders=lambda _: outbound)).render(sample_outgoing({}))
    assert refused.value.rule == rule


@pytest.mark.parametrize("media_type", ["", "text/plain\r\nx-header: y", "Text"])
def test_a_status_needs_a_media_type_that_is_one(media_type: str) -> None:
    with pytest.raises(AdapterDefectError):
        Guard(Fake(answers=lambda _: Outbound(b"", media_type))).render_status(UPDATE)


def test_an_output_over_the_limit_cannot_be_rendered() -> None:
    guard = Guard(Fake(renders=lambda _: Outbound(b"12345", "application/json")), Limits(output=4))
    with pytest.raises(CannotRenderError) as refused:
        guard.render(sample_outgoing({}))
    assert refused.value.rule == "too_large"


def test_a_good_outbound_comes_back_as_it_is() -> None:
    outbound = Outbound(b"{}", "application/json", (Loss("/subject/alias", "coarsened"),))
    assert Guard(Fake(renders=lambda _: outbound)).render(sample_outgoing({})) == outbound
    assert Guard(Fake()).render_status(UPDATE) == Outbound(b"{}", "text/plain")
