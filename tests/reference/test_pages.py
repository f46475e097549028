"""The description as pages: whole, quiet towards every other machine, and held by the strictest policy there is."""

import re
from html.parser import HTMLParser

import pytest
from checkout import ROOT
from fhir_door import FhirWeb
from web_door import Web

from gateway.reference.document import routes_of
from gateway.reference.pages import POLICY, problem_page, problems_document
from gateway.web.problem_types import ProblemType

LOADS = {"src", "href", "action", "data", "poster", "srcset", "formaction", "background"}
HERE = re.compile(r"#[\w.-]+|/reference(/[\w./-]+)?|/openapi\.json")


class Page(HTMLParser):
    """What a page loads and links to, which elements it has, and the ids of its parts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.targets: list[str] = []
        self.elements: set[str] = set()
        self.ids: list[str] = []
        self.inline: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        for name, value in attrs:
            if name in LOADS:
                self.targets.append(value or "")
            if name == "id":
                self.ids.append(value or "")
            if name == "style" or name.startswith("on"):
                self.inline.append(name)


@pytest.fixture(scope="module")
def web() -> FhirWeb:
    """An application whose routes are described."""
    return FhirWeb()


@pytest.fixture(scope="module")
def reference(web: FhirWeb) -> str:
    """The page."""
    answer = web.ask("GET", "/reference", agency=None)
    assert answer.status == 200
    assert answer.header("content-type") == "text/html; charset=utf-8"
    return answer.body.decode()


def test_every_operation_stands_on_the_page_once(web: FhirWeb, reference: str) -> None:
    ids = Page(reference).ids
    assert len(set(ids)) == len(ids)
    assert {route.id for route in routes_of(web.app.routes)} <= set(ids)


@pytest.mark.parametrize("path", ["/reference", "/reference/problems/refused"])
def test_a_page_loads_its_style_sheet_and_nothing_else(web: FhirWeb, path: str) -> None:
    answer = web.ask("GET", path, agency=None)
    page = Page(answer.body.decode())
    assert not page.elements & {"script", "iframe", "img", "object", "embed", "form", "base", "style", "video"}
    assert page.inline == []
    assert page.targets.count("/reference/reference.css") == 1
    assert [target for target in page.targets if not HERE.fullmatch(target)] == []
    assert answer.header("content-security-policy") == POLICY
    assert answer.header("x-content-type-options") == "nosniff"


@pytest.mark.parametrize("path", ["/reference", "/reference/problems/preview_differs"])
def test_prose_is_written_for_a_browser_and_not_as_markdown(web: FhirWeb, path: str) -> None:
    prose = re.sub(r"<pre.*?</pre>", "", web.ask("GET", path, agency=None).body.decode(), flags=re.DOTALL)
    assert [mark for mark in ("**", "`") if mark in prose] == []


def test_the_introduction_stresses_what_it_stresses(reference: str) -> None:
    assert "<p><strong>Refusals</strong> are 403 with <code>decision_id</code>" in reference


def test_the_policy_lets_nothing_in_from_elsewhere_and_runs_nothing() -> None:
    directives = dict(part.strip().split(" ", 1) for part in POLICY.split(";"))
    assert directives["default-src"] == "'none'"
    assert set(directives.values()) <= {"'none'", "'self'"}
    assert [name for name, value in directives.items() if value == "'self'"] == ["style-src"]


def test_a_page_that_loads_something_from_elsewhere_would_be_noticed() -> None:
    page = Page('<script src="https://cdn.example/x.js"></script><p onclick="x()">')
    assert "script" in page.elements
    assert page.inline
    assert [target for target in page.targets if not HERE.fullmatch(target)]


def test_the_style_sheet_is_served_and_loads_nothing(web: FhirWeb) -> None:
    answer = web.ask("GET", "/reference/reference.css", agency=None)
    assert answer.header("content-type") == "text/css; charset=utf-8"
    assert b"url(" not in answer.body
    assert b"@import" not in answer.body


@pytest.mark.parametrize("kind", ProblemType)
def test_every_kind_of_problem_has_a_page(web: FhirWeb, kind: ProblemType) -> None:
    answer = web.ask("GET", f"/reference/problems/{kind.value}", agency=None)
    assert answer.status == 200
    assert answer.body == problem_page(kind)


def test_what_is_no_problem_has_none(web: FhirWeb) -> None:
    answer = web.ask("GET", "/reference/problems/gone_fishing", agency=None)
    assert (answer.status, answer.code) == (404, "not_found")


def test_a_page_that_somebody_has_is_not_sent_again() -> None:
    web = Web()
    tag = web.ask("GET", "/reference", agency=None).header("etag")
    assert tag
    again = web.ask("GET", "/reference", agency=None, headers={"If-None-Match": tag})
    assert (again.status, again.body) == (304, b"")


@pytest.mark.parametrize("path", ["/openapi.json", "/reference", "/reference/problems/refused"])
@pytest.mark.parametrize(("tag", "status"), [('"of-another"', 200), ('W/"a", *', 304), ("", 400), ("e", 400)])
def test_what_is_no_entity_tag_is_refused_as_everywhere(web: FhirWeb, path: str, tag: str, status: int) -> None:
    assert web.ask("GET", path, agency=None, headers={"If-None-Match": tag}).status == status


def test_the_list_of_problems_in_docs_is_current() -> None:
    """Mend it with `python -m gateway.reference.pages > docs/problems.md`."""
    assert (ROOT / "docs" / "problems.md").read_text("utf-8") == problems_document()
