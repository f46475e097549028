"""Code tables refuse what they do not know; loss reports name kinds of places, each once, in one order."""

import pytest

from adapters.sdk import (
    CannotRenderError,
    CodeTable,
    Losses,
    MalformedError,
    RequestStep,
    UnsupportedError,
    decode_json,
    write_json,
    write_steps,
)
from adapters.sdk.errors import AdapterDefectError
from adapters.sdk.writing import read_steps
from schemas.documents import Json, Loss

TABLE = CodeTable("lookup-shape", {"round": "circle"})


def test_a_known_code_is_translated() -> None:
    assert TABLE.of("round", "/data/shape") == "circle"
    assert TABLE.find("round") == "circle"
    assert list(TABLE) == ["round"]


def test_an_unknown_code_is_refused_at_its_place_without_being_repeated() -> None:
    with pytest.raises(UnsupportedError) as refused:
        TABLE.of("Secret Shape", "/data/shape")
    assert (refused.value.pointer, refused.value.rule) == ("/data/shape", "unknown_code:lookup-shape")
    assert "Secret" not in str(refused.value)


def test_an_unknown_code_that_may_be_dropped_is_nothing() -> None:
    assert TABLE.find("square") is None


def test_a_loss_report_is_ordered_names_each_loss_once_and_counts_nothing() -> None:
    losses = Losses()
    losses.guessed("/b")
    losses.dropped("/a/0/name")
    losses.dropped("/a/11/name")
    losses.coarsened("/a")
    assert losses.report() == (Loss("/a", "coarsened"), Loss("/a/*/name", "dropped"), Loss("/b", "guessed"))


def test_a_name_with_digits_is_no_index() -> None:
    losses = Losses()
    losses.dropped("/Document1/0x")
    assert losses.report() == (Loss("/Document1/0x", "dropped"),)


def test_steps_keep_their_order_and_json_is_canonical() -> None:
    steps = (RequestStep("POST", "cases", {"b": 1, "a": "é"}), RequestStep("PATCH", "cases/1", {}))
    outbound = write_steps(steps)
    assert outbound.media_type == "application/vnd.gateway.steps+json"
    assert outbound.body.decode() == (
        '[{"body":{"a":"é","b":1},"method":"POST","path":"cases"},{"body":{},"method":"PATCH","path":"cases/1"}]'
    )


def test_members_of_a_systems_own_json_may_be_named_in_any_script() -> None:
    """In the order of their UTF-16 units, in which a character beyond the first 65,536 stands before some within."""
    value: dict[str, Json] = {"\ufb33": 1, "\U0001f600": [{"é": "x", "a": None}], "b": {}}
    assert write_json(value).decode() == '{"b":{},"\U0001f600":[{"a":null,"é":"x"}],"\ufb33":1}'


@pytest.mark.parametrize(
    "value",
    [{"a": 2**60}, {"a": "\ud800"}, {"é": 2**60}, {"é": "\ud800"}, {"\ud800": 1}, {1: "a"}],
    ids=["number", "surrogate", "number beside", "surrogate beside", "key", "key that is no text"],
)
def test_what_has_no_canonical_bytes_cannot_be_rendered(value: dict[str, int | str]) -> None:
    with pytest.raises(CannotRenderError) as refused:
        write_json(value)
    assert refused.value.rule == "not_canonical"


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        (b'{"a":1,"a":2}', "duplicate-key"),
        (b"{", "syntax"),
        (b'{"a":1.5}', "number"),
        (b"[]", "type"),
        (b"\xff", "utf-8"),
    ],
)
def test_adapters_read_json_strictly(body: bytes, rule: str) -> None:
    with pytest.raises(MalformedError) as refused:
        decode_json(body)
    assert (refused.value.pointer, refused.value.rule) == ("", rule)
    assert decode_json(b'{"a":1}') == {"a": 1}


def test_the_courier_reads_the_steps_that_were_written() -> None:
    steps = (RequestStep("POST", "api/v2/cases", {"a": 1}), RequestStep("PATCH", "api/v2/cases/1-2/referrals", {}))
    assert read_steps(write_steps(steps).body) == steps


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff",
        b"{}",
        b"[]",
        b"[1]",
        b'[{"method":"DELETE","path":"a","body":{}}]',
        b'[{"method":"POST","path":"/a","body":{}}]',
        b'[{"method":"POST","path":"a/../b","body":{}}]',
        b'[{"method":"POST","path":"https://elsewhere.example/a","body":{}}]',
        b'[{"method":"POST","path":"a?b=c","body":{}}]',
        b'[{"method":"POST","path":"","body":{}}]',
        b'[{"method":"POST","path":"a","body":[]}]',
        b'[{"method":"POST","path":"a","body":{},"host":"x"}]',
    ],
)
def test_a_body_that_holds_no_steps_is_a_defect(body: bytes) -> None:
    with pytest.raises(AdapterDefectError) as refused:
        read_steps(body)
    assert refused.value.rule == "steps"


def test_one_item_of_a_list_is_named_by_its_place_and_of_very_many_the_rest_as_any() -> None:
    losses = Losses()
    for number in range(5000):
        losses.dropped_item(f"/entry/{number}/resource")
    paths = [loss.path for loss in losses.report()]
    assert len(paths) < 300
    assert {"/entry/0/resource", "/entry/*/resource"} <= {*paths}
