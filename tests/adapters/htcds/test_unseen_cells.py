"""What stands in a workbook and is not a record that somebody sees: sums, columns of one's own, what is hidden."""

import datetime as dt
import io
import zipfile
from collections.abc import Callable

import openpyxl
import pytest

from adapters.sdk.checks import parse_outcome
from adapters.sdk.contract import Inbound, ParsedReferral
from adapters.sdk.errors import AdapterError
from adapters.systems.htcds.adapter import XLSX, Htcds

HTCDS = Htcds()
HEADING = ["prs_First_Name", "prs_Birthdate", "prs_HomePhone", "vic_Methods_of_Control", "con_Consent"]
ROW = ["Ada", dt.datetime(2003, 9, 14), 40700000114, "Debt bondage ", True]  # noqa: DTZ001 - as a workbook has it


def outcome(body: bytes) -> object:
    return parse_outcome(HTCDS, Inbound(body, XLSX))


def made(change: Callable[[openpyxl.Workbook], None]) -> bytes:
    """A workbook of one record after somebody worked on it."""
    book = openpyxl.Workbook()
    book.active.append(HEADING)
    book.active.append(ROW)
    change(book)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _summary(book: openpyxl.Workbook) -> None:
    book.create_sheet("Summary").append(["Total", "=COUNTA(Sheet!A:A)", "#REF!"])


def _age(book: openpyxl.Workbook) -> None:
    sheet = book.active
    sheet["F1"], sheet["F2"], sheet["G1"], sheet["G2"] = "Age", '=DATEDIF(B2,TODAY(),"Y")', "Came at", dt.time(9, 30)


def _old_list(book: openpyxl.Workbook) -> None:
    sheet = book.create_sheet("Old")
    sheet.append(HEADING)
    sheet.append(["Bo", dt.datetime(1980, 1, 1), None, None, None])  # noqa: DTZ001 - as a workbook has it
    sheet.sheet_state = "veryHidden"


def _hidden_heading(book: openpyxl.Workbook) -> None:
    book.active.row_dimensions[1].hidden = True


@pytest.mark.parametrize(
    ("change", "lost"),
    [(_summary, "/sheets/*"), (_age, "/*"), (_old_list, "/sheets/*"), (_hidden_heading, None)],
)
def test_what_nobody_reads_may_hold_anything_and_is_named(
    change: Callable[[openpyxl.Workbook], None], lost: str | None
) -> None:
    """A sum on another sheet, a column of the agency's own, a sheet put away: the whole workbook was refused for it."""
    parsed, plain = outcome(made(change)), outcome(made(lambda _: None))
    assert isinstance(parsed, ParsedReferral)
    assert isinstance(plain, ParsedReferral)
    assert parsed.document == plain.document
    assert {loss.path for loss in parsed.losses} - {loss.path for loss in plain.losses} == {lost} - {None}


def test_somebody_in_a_row_that_is_hidden_is_not_sent() -> None:
    """Whoever filters a list sees some of it, and sends what is seen."""

    def filtered(book: openpyxl.Workbook) -> None:
        book.active.append(ROW)
        book.active.row_dimensions[3].hidden = True

    def below(book: openpyxl.Workbook) -> None:
        book.active.row_dimensions[7].hidden = True

    refused = outcome(made(filtered))
    assert isinstance(refused, AdapterError)
    assert str(refused) == "hidden_row at /rows/2"
    assert isinstance(outcome(made(below)), ParsedReferral)


@pytest.mark.parametrize(
    ("columns", "says"),
    [(("A", "A"), "hidden_column at /rows/1"), (("B", "C"), "hidden_column at /rows/1"), (("F", "XFD"), None)],
)
def test_what_stands_in_a_column_that_is_hidden_is_not_sent(columns: tuple[str, str], says: str | None) -> None:
    """Whoever puts her name or telephone away sends what is seen. A column of nothing may be hidden."""

    def put_away(book: openpyxl.Workbook) -> None:
        book.active.column_dimensions.group(*columns, hidden=True)

    found = outcome(made(put_away))
    if says is None:
        assert found == outcome(made(lambda _: None))
    else:
        assert isinstance(found, AdapterError)
        assert str(found) == says


def test_more_columns_described_than_are_read_are_refused() -> None:
    many = b"".join(b'<col min="%d" max="%d" hidden="1"/>' % (at, at) for at in range(500, 1000))
    found = outcome(_swapped(b"<sheetData>", b"<cols>" + many + b"</cols><sheetData>"))
    assert isinstance(found, AdapterError)
    assert found.rule == "too_many_columns"


SHEET = "xl/worksheets/sheet1.xml"


def _swapped(was: bytes, becomes: bytes) -> bytes:
    """A workbook of two records whose sheet was written by another program."""

    def two(book: openpyxl.Workbook) -> None:
        book.active.append(["Bo"])

    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(made(two))) as package, zipfile.ZipFile(file, "w") as changed:
        for part in package.namelist():
            content = package.read(part)
            assert part != SHEET or was in content
            changed.writestr(part, content.replace(was, becomes) if part == SHEET else content)
    return file.getvalue()


@pytest.mark.parametrize(
    ("was", "becomes", "refused"),
    [
        (b'<row r="3"', b'<row r="2"', "xlsx_order at /rows/1"),
        (b'<row r="3"', b'<row r="1"', "xlsx_order at /rows/0"),
        (b'<c r="B2"', b'<c r="A2"', "xlsx_order at /rows/1"),
        (b'<c r="B2"', b'<c r="B3"', "xlsx_order at /rows/1"),
    ],
)
def test_a_row_or_cell_that_would_be_passed_over_is_refused(was: bytes, becomes: bytes, refused: str) -> None:
    """Somebody in a row that stands out of order was left out, and nothing said so."""
    found = outcome(_swapped(was, becomes))
    assert isinstance(found, AdapterError)
    assert str(found) == refused


def test_rows_and_cells_need_no_number() -> None:
    assert str(outcome(_swapped(b'<row r="3"', b"<row"))) == "subject_unclear at /rows"
