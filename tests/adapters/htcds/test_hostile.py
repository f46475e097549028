"""Files that are cut, damaged, of another dialect or built to hurt are refused with a rule and never with a value."""

import pytest

from adapters.sdk.checks import CANARY, parse_outcome
from adapters.sdk.contract import Inbound
from adapters.sdk.csv_reading import MAX_CELL, MAX_COLUMNS, MAX_ROWS
from adapters.sdk.errors import AdapterDefectError, AdapterError
from adapters.systems.htcds.adapter import Htcds

HTCDS = Htcds()
GOOD = f"prs_FirstName,prs_Title\r\n{CANARY},x\r\n"


def refusal(body: bytes) -> str:
    found = parse_outcome(HTCDS, Inbound(body, "text/csv"))
    assert isinstance(found, AdapterError)
    assert not isinstance(found, AdapterDefectError)
    assert CANARY not in f"{found!r} {found.pointer} {found.rule}"
    return str(found)


def test_the_file_the_others_are_made_from_is_read() -> None:
    for good in (GOOD, "﻿" + GOOD, GOOD.replace("\r\n", "\n"), GOOD.replace("x", '"a ""b"", c"')):
        assert not isinstance(parse_outcome(HTCDS, Inbound(good.encode(), "text/csv")), AdapterError)


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        (GOOD.encode("utf-16"), "utf-8 at "),
        (GOOD.replace("x", "é").encode("latin-1"), "utf-8 at "),
        (GOOD.replace("x", "\x00").encode(), "control_character at /rows/1"),
        (GOOD.replace("x", "\x1b[2J").encode(), "control_character at /rows/1"),
        (GOOD.rstrip().encode(), "csv at /rows/1"),
        (GOOD.replace("x", 'a"b').encode(), "csv at /rows/1"),
        (GOOD.replace("x", '"a"b').encode(), "csv at /rows/1"),
        (GOOD.replace("x", '"open').encode(), "csv at /rows/1"),
        (GOOD.replace("x", "a\rb").encode(), "csv at /rows/1"),
        (GOOD.replace(",x", ",x,y").encode(), "ragged at /rows/1"),
        (GOOD.replace(",x", "").encode(), "ragged at /rows/1"),
        (GOOD.replace(",", "|").encode(), "kind at "),
        (b"name,age\r\nA,1\r\n", "kind at "),
        (b"", "kind at "),
        (b"\r\n", "kind at "),
        (GOOD.replace("x", "y" * (MAX_CELL + 1)).encode(), "too_long at /rows/1"),
        (b",".join([b"prs_FirstName"] * 10_000) + b"\r\n", "too_many_columns at /rows/0"),
        (b"prs_FirstName\r\n" + b"x\r\n" * MAX_ROWS, "too_many_rows at /rows"),
        (b"prs_FirstName" + b",x" * 299 + b"\r\n" + (b"," * 299 + b"\r\n") * 334, "too_many_rows at /rows"),
        (b"prs_FirstName," * (MAX_COLUMNS - 1) + b"prs_Title\r\n", "duplicate_column at /prs_FirstName"),
    ],
)
def test_a_file_that_is_not_strictly_csv_is_refused(body: bytes, refused: str) -> None:
    assert refusal(body) == refused


def test_a_megabyte_of_quotation_marks_is_refused_at_once() -> None:
    assert refusal(b'"' * 1_000_000 + b"x") == "csv at /rows/0"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "＝", "'="])  # noqa: RUF001 - the wide form is the point
def test_a_formula_is_a_text_like_any_other(start: str) -> None:
    body = f'prs_FirstName\r\n"{start}cmd"\r\n'.encode()
    assert not isinstance(parse_outcome(HTCDS, Inbound(body, "text/csv")), AdapterError)
