"""docs/oauth.md and the code say the same about scopes, modes, errors, algorithms, details and endpoints."""

import json
import re

import pytest
from checkout import ROOT
from oauth.world_oauth import Gateway

from gateway.core.access.client_modes import ClientMode
from gateway.core.access.scopes import Scope
from gateway.core.access.token_details import DETAILS_TYPE, Act
from gateway.oauth.algorithms import ALGORITHMS
from gateway.oauth.details import MOST_DETAILS, MOST_LISTED, details_of
from gateway.oauth.errors import ErrorCode
from gateway.oauth.profile import LONGEST_LIFETIME
from gateway.reference.document import routes_of
from schemas.vocabulary import Coded

PAGE = (ROOT / "docs" / "oauth.md").read_text("utf-8")


def rows(title: str) -> list[tuple[str, ...]]:
    """Return the rows of the table under a heading."""
    section = PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("| ")][2:]
    return [tuple(cell.strip() for cell in line.strip("| ").split(" | ")) for line in lines]


def test_the_tables_are_found() -> None:
    assert ("`inbox:read`", "Fetch what other agencies referred to this agency.") in rows("Scopes")


@pytest.mark.parametrize(
    ("title", "codes"),
    [("Scopes", Scope), ("What the token endpoint refuses", ErrorCode), ("Modes", ClientMode)],
    ids=["scopes", "errors", "modes"],
)
def test_a_table_is_the_closed_list_of_the_code(title: str, codes: type[Coded]) -> None:
    assert sorted(rows(title)) == sorted((f"`{one.value}`", one.sentence) for one in codes)


def test_the_example_of_authorization_details_is_accepted() -> None:
    [example] = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    [detail] = details_of(json.loads(example))
    assert detail.recipients == {"river-shelter"}


def test_the_members_of_authorization_details_are_told() -> None:
    told = {name.strip("`"): values for name, values, _ in rows("Authorization details")}
    assert told["type"] == f"`{DETAILS_TYPE}`"
    assert told["actions"] == ", ".join(f"`{act.value}`" for act in Act)
    assert told.keys() == {"type", "actions", "recipients", "purposes"}
    assert f"at most {MOST_LISTED}" in told["recipients"]
    assert f"At most {MOST_DETAILS} objects" in PAGE


def test_the_algorithms_and_the_lifetime_are_those_of_the_code() -> None:
    told = PAGE.split("Algorithms: ")[1].split("(")[0]
    assert re.findall(r"`([A-Za-z0-9]+)`", told) == list(ALGORITHMS)
    assert f"at most {LONGEST_LIFETIME} seconds" in PAGE


def test_the_endpoints_are_those_that_are_served() -> None:
    told = {cell.strip("`").split(" ")[1] for cell, _ in rows("In one paragraph")}
    assert told == {route.path for route in routes_of(Gateway().app.routes)}
