"""A workbook is read like a file of the same cells; what could compute, lead out of it, or blow up is refused."""

import datetime as dt
import io
import warnings
import zipfile
from collections.abc import Callable
from dataclasses import replace

import openpyxl
import pytest

from adapters.sdk.checks import CANARY, no_side_doors, parse_outcome, sample_outgoing
from adapters.sdk.contract import Inbound, ParsedReferral
from adapters.sdk.errors import AdapterDefectError, AdapterError
from adapters.sdk.guard import Guard
from adapters.systems.htcds.adapter import XLSX, Htcds
from adapters.systems.htcds.xlsx_package import MAX_PART, MAX_PARTS, MAX_TAGS
from schemas.documents import Document
from schemas.validation import validate

HTCDS = Htcds()
SHEET = "xl/worksheets/sheet1.xml"
HEADING = ["prs_First_Name", "prs_Birthdate", "prs_HomePhone", "vic_Methods_of_Control", "con_Consent"]
ROW = [CANARY, dt.datetime(2003, 9, 14), 40700000114, "Debt bondage ", True]  # noqa: DTZ001 - as a workbook has it


def workbook(*rows: list[object], others: dict[str, list[list[object]]] | None = None) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for title, content in (others or {}).items():
        sheet = book.create_sheet(title)
        for row in content:
            sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


GOOD = workbook(HEADING, ROW)


def outcome(body: bytes, subject: str | None = None) -> object:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return parse_outcome(HTCDS, Inbound(body, XLSX, subject))


def changed(change: Callable[[dict[str, bytes]], None]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(GOOD)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    change(parts)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return file.getvalue()


def added(**content: bytes) -> bytes:
    return changed(lambda parts: parts.update({name.replace("__", "/"): value for name, value in content.items()}))


def swapped(name: str, old: bytes, new: bytes) -> bytes:
    def change(parts: dict[str, bytes]) -> None:
        assert old in parts[name]
        parts[name] = parts[name].replace(old, new)

    return changed(change)


def refusal(body: bytes) -> str:
    found = outcome(body)
    assert isinstance(found, AdapterError), found
    assert not isinstance(found, AdapterDefectError)
    assert CANARY not in f"{found!r} {found.pointer} {found.rule}"
    return str(found)


def test_cells_are_read_as_a_csv_file_would_have_them() -> None:
    parsed = outcome(GOOD)
    assert isinstance(parsed, ParsedReferral)
    assert validate(parsed.document, "referral/1.0").document == {
        "schema": "referral/1.0",
        "subject": {
            "names": [{"use": "official", "given": CANARY}],
            "birth": {"date": "2003-09-14"},
            "contacts": [{"channel": "phone", "value": "40700000114", "safe": "unknown"}],
        },
        "situation": {"means": ["debt_bondage"]},
    }
    assert [loss.path for loss in parsed.losses] == ["/con_Consent"]


def test_reading_opens_no_file_and_asks_no_clock() -> None:
    outcome(GOOD)
    with no_side_doors():
        assert isinstance(outcome(GOOD), ParsedReferral)


def test_other_sheets_are_reported_and_two_sheets_of_records_are_unclear() -> None:
    parsed = outcome(workbook(HEADING, ROW, others={"about": [["a word"]], "lists": [["Gender"], ["Feminine"]]}))
    assert isinstance(parsed, ParsedReferral)
    assert [loss.path for loss in parsed.losses] == ["/con_Consent", "/sheets/*"]
    assert refusal(workbook(HEADING, ROW, others={"more": [HEADING, ROW]})) == "subject_unclear at /sheets"
    assert refusal(workbook(["a"], [1])) == "kind at "


def test_of_several_rows_the_sender_says_which() -> None:
    assert refusal(workbook(HEADING, ROW, ROW)) == "subject_unclear at /rows"
    assert isinstance(outcome(workbook(HEADING, ROW, ROW), "row-2"), ParsedReferral)


RELATIONSHIPS = b"</Relationships>"
OUT = b'<Relationship Id="x" Type="http://x/%s" Target="file:///x" TargetMode="External"/></Relationships>'


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        (b"", "xlsx at "),
        (b"PK\x03\x04" + b"\x00" * 200, "xlsx at "),
        (GOOD[: len(GOOD) // 2], "xlsx at "),
        (GOOD[:-4], "xlsx at "),
        (workbook(HEADING, ["=1+1"]), "formula at /rows/1"),
        (workbook(HEADING, ["#REF!"]), "error_cell at /rows/1"),
        (workbook(HEADING, ["x", dt.time(1, 2)]), "cell_type at /rows/1"),
        (workbook(HEADING, ["x", dt.datetime(2003, 9, 14, 1)]), "pattern at /prs_Birthdate"),  # noqa: DTZ001 - as above
        (workbook(HEADING, ["x", None, 10**17]), "cell_type at /rows/1"),
        (workbook(["prs_FirstName", *[f"c{number}" for number in range(2_000)]]), "too_many_columns at /rows/0"),
        (workbook(["prs_FirstName"], ["a_x0000_b"]), "control_character at /rows/1"),
        (workbook(["prs_FirstName"], ["a_xD800_b"]), "utf-8 at /rows/1"),
        (workbook(["prs_FirstName"], ["a_xDE00__xD83D_b"]), "utf-8 at /rows/1"),
        (workbook(["prs_FirstName"], *[["x"]] * 2_001), "too_many_rows at /rows"),
        (added(xl__vbaProject__bin=b"x"), "xlsx_part at "),
        (added(xl__externalLinks__externalLink1=b"x"), "xlsx_part at "),
        (added(xl__embeddings__oleObject1=b"x"), "xlsx_part at "),
        (added(xl__connections=b"x"), "xlsx_part at "),
        (added(**{"..__evil.xml": b"x"}), "xlsx_part at "),
        (added(**{f"xl__worksheets__sheet{n}.xml": b"" for n in range(2, MAX_PARTS + 2)}), "too_large at "),
        (added(**{"xl__worksheets__sheet2.xml": b"\x00" * (MAX_PART + 1)}), "too_large at "),
        (added(**{f"xl__worksheets__sheet{n}.xml": b" " * (MAX_PART - 1) for n in (2, 3, 4)}), "too_large at "),
        (swapped(SHEET, b"<sheetData>", b"<sheetData><row>" + b"<c/>" * MAX_TAGS + b"</row>"), "too_large at "),
        (swapped("xl/_rels/workbook.xml.rels", RELATIONSHIPS, OUT % b"externalLink"), "xlsx_link at "),
        (
            swapped("[Content_Types].xml", b"spreadsheetml.sheet.main", b"ms-excel.sheet.macroEnabled.main"),
            "xlsx_part at ",
        ),
        (swapped(SHEET, b"<worksheet", b'<!DOCTYPE x [<!ENTITY y "z">]><worksheet'), "dtd at "),
        (changed(lambda parts: parts.update({SHEET: parts[SHEET].decode().encode("utf-16")})), "xlsx_encoding at "),
        (swapped(SHEET, b"<worksheet", b'<?xml version="1.0" encoding="utf-7"?><worksheet'), "xlsx_encoding at "),
        (swapped(SHEET, b"</worksheet>", b""), "xlsx at "),
        (changed(lambda parts: parts.pop("xl/workbook.xml")), "xlsx at "),
        (swapped(SHEET, b'r="E2"', b'r="XFD2"'), "too_many_columns at /rows/1"),
    ],
)
def test_a_workbook_that_is_not_plain_is_refused(body: bytes, refused: str) -> None:
    assert refusal(body).startswith(refused)


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = added(**{"xl__worksheets__sheet2.xml": b"0" * (200 * 1_048_576)})
    assert len(bomb) < 1_048_576
    assert refusal(bomb) == "too_large at "


def test_a_part_that_lies_about_its_size_is_refused() -> None:
    body = bytearray(GOOD)
    with zipfile.ZipFile(io.BytesIO(GOOD)) as package:
        size = package.getinfo(SHEET).file_size.to_bytes(4, "little")
    at = body.rindex(size)
    body[at : at + 4] = (7).to_bytes(4, "little")
    assert refusal(bytes(body)) == "xlsx at "


def test_a_link_in_a_cell_leads_nowhere_and_is_let_be() -> None:
    part = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">' + OUT % b"hyperlink"
    assert isinstance(outcome(added(**{"xl__worksheets___rels__sheet1.xml.rels": part})), ParsedReferral)


@pytest.mark.parametrize("leads", ["https://somewhere.example/a", "#about!A1"], ids=["out", "within"])
def test_where_a_cell_leads_is_lost_and_said_to_be(leads: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(GOOD))
    book.active["A2"].hyperlink = leads
    file = io.BytesIO()
    book.save(file)
    parsed = outcome(file.getvalue())
    assert isinstance(parsed, ParsedReferral)
    assert [loss.path for loss in parsed.losses] == ["/con_Consent", "/sheets/*/hyperlinks"]


EMPTY_DRAWING = b'<xdr:wsDr xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"/>'
TEXT_BOX = EMPTY_DRAWING.replace(b"/>", b"><xdr:oneCellAnchor>CANARY</xdr:oneCellAnchor></xdr:wsDr>")


@pytest.mark.parametrize(
    ("part", "content", "lost"),
    [
        ("xl__drawings__drawing1.xml", EMPTY_DRAWING, []),  # for every sheet that a common web program exports
        ("xl__drawings__drawing1.xml", TEXT_BOX, ["/sheets/*/drawings"]),
        ("xl__persons__person.xml", b"<personList/>", []),
        ("docMetadata__LabelInfo.xml", b"<labelList/>", []),
        ("customXml__item1.xml", b"<properties/>", []),
        ("customXml__itemProps1.xml", b"<datastoreItem/>", []),
    ],
)
def test_what_programs_put_beside_the_cells_is_let_be(part: str, content: bytes, lost: list[str]) -> None:
    parsed = outcome(added(**{part: content}))
    assert isinstance(parsed, ParsedReferral)
    assert [loss.path for loss in parsed.losses] == ["/con_Consent", *lost]


@pytest.mark.parametrize("content", [b'<!DOCTYPE x [<!ENTITY y "z">]><x/>', "<x/>".encode("utf-16")])
def test_what_stands_beside_the_cells_is_held_to_the_same_defences(content: bytes) -> None:
    assert refusal(added(xl__drawings__drawing1__xml=b"x")) == "xlsx_part at "
    assert refusal(added(**{"customXml__item1.xml": content})).partition(" ")[0] in {"dtd", "xlsx_encoding"}


@pytest.mark.parametrize(("shown", "read"), [("00000", "00123"), ("0", "123"), ("General", "123"), ("0.00", "123")])
def test_a_number_shown_with_its_leading_zeros_keeps_them(shown: str, read: str) -> None:
    book = openpyxl.Workbook()
    book.active.append(["prs_IdentityNumber"])
    book.active.append([123])
    book.active["A2"].number_format = shown
    file = io.BytesIO()
    book.save(file)
    parsed = outcome(file.getvalue())
    assert isinstance(parsed, ParsedReferral)
    assert parsed.document["subject"]["identifiers"] == [{"type": "national_id", "value": read}]  # type: ignore[call-overload, index]  # as it was just read


# ------------------------------------------------------------------------------------------------------------- written


def written(document: Document) -> bytes:
    writes = Htcds()
    writes._manifest = replace(writes.manifest, outgoing_media_type=XLSX)
    with no_side_doors():
        first, second = (Guard(writes).render(sample_outgoing(document)) for _ in range(2))
    assert first == second
    assert first.media_type == XLSX
    return first.body


TEXTS = ["=1+1", "<b>&amp;", "a\nb", "_x000D_", "Ω\t’", "'=x"]


@pytest.mark.parametrize("text", TEXTS)
def test_a_written_workbook_holds_texts_alone_and_is_read_back(text: str) -> None:
    body = written({"subject": {"pseudonym": "0" * 27, "names": [{"use": "official", "given": text}]}})
    book = openpyxl.load_workbook(io.BytesIO(body))
    cells = [cell for row in book["HTCDS"].iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} == {"s"}
    assert not any(str(cell.value).lstrip()[:1] in "=+-@" for cell in cells)
    parsed = outcome(body)
    assert isinstance(parsed, ParsedReferral)
    subject = parsed.document["subject"]
    assert isinstance(subject, dict)
    assert subject["names"] == [{"use": "official", "given": text}]
