"""A file of several records, taken apart: each is read alone as it is in the file."""

import io
from pathlib import Path

import openpyxl
import pytest

from adapters.sdk.contract import Inbound, ParsedReferral
from adapters.sdk.errors import MalformedError, UnsupportedError
from adapters.sdk.guard import Guard, Limits
from adapters.systems.htcds.adapter import CSV, XLSX, Htcds

HEADING = b"KEY,gx_PersonRef,prs_FirstName,prs_Gender,her favourite colour\r\n"
ROWS = b'a-1,P-1,Ana,Feminine,green\r\n,,,,\r\na-2,P-2,"\'=Ana, or Anna",Masculine,\r\n'
FILE = Inbound(HEADING + ROWS, CSV)


@pytest.fixture(scope="module")
def guard() -> Guard:
    return Guard(Htcds())


def test_each_record_is_read_as_it_is_in_the_file(guard: Guard) -> None:
    whole = [guard.parse(Inbound(FILE.body, CSV, f"row-{number}")) for number in (1, 2)]
    alone = [guard.parse(part) for part in guard.split(FILE)]
    assert [one.document for one in alone] == [one.document for one in whole]
    assert all(isinstance(one, ParsedReferral) for one in alone)
    assert [one.document["subject"]["person_ref"] for one in alone] == ["P-1", "P-2"]


def test_equal_records_give_equal_bytes_wherever_they_stand(guard: Guard) -> None:
    first, second = guard.split(FILE)
    lines = ROWS.split(b"\r\n")
    turned = Inbound(HEADING + b"\r\n".join([lines[2], lines[0], b""]), CSV)
    assert guard.split(turned) == (second, first)


def test_the_official_record_is_one(guard: Guard) -> None:
    body = (Path(__file__).parent / "fixtures" / "standard.in.csv").read_bytes()
    [part] = guard.split(Inbound(body, CSV))
    assert guard.parse(part).document == guard.parse(Inbound(body, CSV)).document


def test_what_is_no_table_or_too_large_is_refused(guard: Guard) -> None:
    with pytest.raises(UnsupportedError):
        guard.split(Inbound(b"a,b\r\n1,2\r\n", CSV))
    with pytest.raises(UnsupportedError):
        guard.split(Inbound(FILE.body, "application/json"))
    with pytest.raises(MalformedError):
        Guard(Htcds(), Limits(body=10)).split(FILE)


def test_half_a_character_in_a_workbook_is_refused_and_a_whole_one_in_two_halves_is_read() -> None:
    def split(text: str) -> tuple[Inbound, ...]:
        book, file = openpyxl.Workbook(), io.BytesIO()
        book.active.append(["prs_FirstName"])
        book.active.append([text])
        book.save(file)
        return Guard(Htcds()).split(Inbound(file.getvalue(), XLSX))

    [part] = split("a_xD83D__xDE00_b")
    assert "a\U0001f600b" in part.body.decode()
    with pytest.raises(MalformedError, match="utf-8 at /rows/1"):
        split("a_xD800_b")
