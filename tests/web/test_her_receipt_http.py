"""Her receipt over HTTP: HTML or text, under a name that says nothing, and handed out only where it is safe."""

import pytest
from builders import POLICE, a_consent_document
from line import HILL
from web_door import Answer, Web


@pytest.fixture
def web() -> Web:
    return Web()


def receipt(web: Web, consent: str, body: object, accept: str = "text/html", agency: str = POLICE) -> Answer:
    return web.ask("POST", f"/v1/consents/{consent}/receipt", body, {"Accept": accept}, agency)


def says(web: Web, *, safe: bool) -> str:
    document = a_consent_document(safe_to_give=safe)
    return str(web.ask("POST", "/v1/consents", document, {"Idempotency-Key": "receipt-key-1"}).json["consent"])


@pytest.mark.parametrize(
    ("accept", "kind", "name"),
    [
        ("text/html", "text/html", "record.html"),
        ("*/*", "text/html", "record.html"),
        ("text/plain", "text/plain", "record.txt"),
    ],
)
def test_c_18_it_is_shown_as_html_or_text(web: Web, accept: str, kind: str, name: str) -> None:
    answer = receipt(web, says(web, safe=False), {"handed_out": False}, accept)
    assert (answer.status, answer.header("content-type")) == (200, f"{kind}; charset=utf-8")
    assert answer.header("content-disposition") == f'inline; filename="{name}"'
    assert (answer.header("content-language"), answer.header("cache-control")) == ("en", "no-store")
    assert b"Your record" in answer.body


def test_c_18_it_is_handed_out_only_where_that_was_recorded_as_safe(web: Web) -> None:
    answer = receipt(web, says(web, safe=False), {"handed_out": True})
    assert (answer.status, answer.code) == (409, "not_safe_to_give")
    other = Web()
    assert receipt(other, says(other, safe=True), {"handed_out": True}).status == 200


def test_nobody_makes_one_of_another_agencys_consent(web: Web) -> None:
    assert receipt(web, says(web, safe=True), {"handed_out": False}, agency=HILL).status == 404


@pytest.mark.parametrize("body", [{}, {"handed_out": "yes"}, {"handed_out": True, "to": "her"}])
def test_whether_she_takes_it_must_be_said(web: Web, body: dict[str, object]) -> None:
    assert receipt(web, says(web, safe=True), body).status == 422


def test_a_picture_of_it_is_not_to_be_had(web: Web) -> None:
    assert receipt(web, says(web, safe=True), {"handed_out": False}, "image/png").status == 406
