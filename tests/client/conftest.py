"""One gateway for all tests of the client: the real application, and law offices for the tests of files."""

from collections.abc import Iterator
from hashlib import sha256

import pytest
from client.law_offices import Lawyers, opened
from client.paper_cases import Case, of
from client.posts import Post
from journeys.in_process import a_line


@pytest.fixture(scope="session")
def post(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Post]:
    with a_line(tmp_path_factory.mktemp("client") / ".demo") as opened:
        yield Post(opened)


@pytest.fixture(scope="session")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Post]:
    """A gateway for the tests of files alone: in some of them people are erased."""
    with a_line(tmp_path_factory.mktemp("papers") / ".demo") as line:
        yield Post(line)


@pytest.fixture(scope="session")
def law_offices(papers: Post) -> dict[str, Lawyers]:
    """Offices that may have files, by the format they speak."""
    return {name: opened(papers, f"papers-{name}", name, {}) for name in ("canonical", "fhir")}


@pytest.fixture
def case(papers: Post, law_offices: dict[str, Lawyers], request: pytest.FixtureRequest) -> Case:
    """A woman of her own for each test, who agreed that an office may have files."""
    return of(papers, law_offices["canonical"], f"F-{sha256(request.node.name.encode()).hexdigest()[:12]}")
