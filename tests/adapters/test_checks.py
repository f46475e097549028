"""The general checks find what they look for: each of them can fail, and a good adapter passes."""

from collections.abc import Callable
from dataclasses import replace
from itertools import count

import pytest
from adapter_fakes import Fake

from adapters.__main__ import main
from adapters.sdk.checks import CANARY, Finding, check
from adapters.sdk.contract import Inbound, Outbound, Outgoing, Parsed, ParsedReferral
from adapters.sdk.errors import CannotRenderError, MalformedError
from adapters.sdk.manifest import Direction

COUNTED = count()


def refuses(_: Inbound) -> Parsed:
    raise MalformedError("")


def stumbles(_: Inbound) -> Parsed:
    raise ValueError(CANARY)


def leaks(inbound: Inbound) -> Parsed:
    raise MalformedError(f"/{CANARY}" if CANARY.encode() in inbound.body else "")


def counts(_: Inbound) -> Parsed:
    raise MalformedError(f"/{next(COUNTED)}")


def opens(_: Inbound) -> Parsed:
    with open("nothing.txt", encoding="utf-8"):  # noqa: PTH123 - the side door a lazy author takes
        raise MalformedError("")


def accepts(_: Inbound) -> Parsed:
    return ParsedReferral({})


def test_a_good_adapter_has_no_findings() -> None:
    assert check(Fake(parses=refuses), "fake") == ()


@pytest.mark.parametrize(
    ("parses", "rule"),
    [
        (stumbles, "defect"),
        (opens, "defect"),
        (leaks, "value_in_error"),
        (counts, "not_deterministic"),
        (accepts, "accepted"),
    ],
)
def test_a_bad_reader_is_found(parses: Callable[[Inbound], Parsed], rule: str) -> None:
    assert {finding.rule for finding in check(Fake(parses=parses), "fake")} == {rule}


def test_a_bad_writer_is_found() -> None:
    def forgets(_: Outgoing) -> Outbound:
        raise KeyError(CANARY)

    def wavers(_: Outgoing) -> Outbound:
        return Outbound(str(next(COUNTED)).encode(), "application/json")

    def declines(_: Outgoing) -> Outbound:
        raise CannotRenderError("/subject/pseudonym", "required")

    assert set(check(Fake(refuses, forgets), "fake")) == {Finding("render: empty", "defect")}
    assert set(check(Fake(refuses, wavers), "fake")) == {Finding("render: empty", "not_deterministic")}
    assert check(Fake(refuses, declines), "fake") == ()


def test_a_key_that_is_not_the_entry_points_name_is_found() -> None:
    assert check(Fake(parses=refuses), "other") == (Finding("manifest", "key_is_not_the_entry_point"),)


# ----------------------------------------------------------------------------------------------------------- command


def test_the_command_lists_what_is_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list"], {"fake": Fake()}) == 0
    assert capsys.readouterr().out == "fake\t1.0\tnotice,parse,render,status\tFake\n"


def test_the_command_says_whether_all_is_well(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "fake"], {"fake": Fake(parses=refuses)}) == 0
    assert capsys.readouterr().out == "findings: none\n"
    assert main(["check", "fake"], {"fake": Fake(parses=stumbles)}) == 1
    said = capsys.readouterr().out
    assert "hostile: empty: defect\n" in said
    assert CANARY not in said


def test_the_command_knows_only_what_is_installed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "nobody-made-this"]) == 2
    assert capsys.readouterr().err == "no adapter of that name is installed\n"


def test_a_direction_an_adapter_does_not_have_is_not_checked() -> None:
    only_status = replace(Fake().manifest, directions=frozenset({Direction.STATUS}))
    assert check(Fake(parses=stumbles, manifest=only_status), "fake") == ()
