"""Whatever somebody may set, ask for, call or be told is documented: docs are held against the code."""

import json
import re
from collections.abc import Iterator

from checkout import ROOT
from described import whole
from typer.core import TyperGroup
from typer.main import get_command

from gateway.cli.app import app
from gateway.core.access.scopes import Scope
from gateway.core.officers import Role
from gateway.people.start import GROUPS
from gateway.settings import PREFIX, Settings
from gateway.web.problem_types import ProblemType

DOCS = ROOT / "docs"


def test_every_setting_is_documented() -> None:
    told = (DOCS / "settings.md").read_text("utf-8")
    assert [name for name in Settings.model_fields if f"`{PREFIX}{name.upper()}`" not in told] == []


def test_every_scope_is_documented_with_its_sentence() -> None:
    schemes = json.loads((DOCS / "openapi.json").read_text("utf-8"))["components"]["securitySchemes"]
    told = schemes["oauth2"]["flows"]["clientCredentials"]["scopes"]
    assert told == {scope.value: scope.sentence for scope in Scope}


def test_every_kind_of_problem_is_documented() -> None:
    told = (DOCS / "problems.md").read_text("utf-8")
    assert [kind.value for kind in ProblemType if f"\n## {kind.value}\n" not in told] == []


def test_every_operation_is_documented_in_words() -> None:
    written = json.loads((DOCS / "openapi.json").read_text("utf-8"))["paths"]
    routes = {path: set(methods) for path, methods in whole()["paths"].items()}
    assert {path: set(methods) for path, methods in written.items()} == routes
    assert all(one["summary"] and one["description"] for methods in written.values() for one in methods.values())


def test_every_alarm_of_the_log_is_documented() -> None:
    """Whatever is logged as a warning or worse, by its name."""
    written = "\n".join(file.read_text("utf-8") for file in sorted((ROOT / "gateway").rglob("*.py")))
    events = set(re.findall(r"""(?:\.(?:warning|error)|else log\.warning\))\(\s*"([a-z_]+)\"""", written))
    told = (DOCS / "operating.md").read_text("utf-8")
    assert {"defect", "request_refused", "anchor_failed", "duty_failed"} <= events
    assert [event for event in sorted(events) if f"`{event}`" not in told] == []


def test_every_command_is_told_on_a_page() -> None:
    """A command that no page names is found by nobody who needs it."""
    told = " ".join(" ".join(file.read_text("utf-8") for file in DOCS.glob("*.md")).split())
    assert [name for name in _commands(get_command(app)) if not re.search(rf"\b{name}\b", told)] == []


def _commands(command: object, before: str = "") -> Iterator[str]:
    for name, one in command.commands.items() if isinstance(command, TyperGroup) else ():
        whole = f"{before} {name}".strip()
        yield from _commands(one, whole) if isinstance(one, TyperGroup) else (whole,)


def test_every_page_and_role_of_officers_is_told_to_them() -> None:
    told = (DOCS / "officers.md").read_text("utf-8")
    pages = [f"/people/{way.page}" for _, ways in GROUPS for way in ways]
    assert len(pages) > 8
    assert [page for page in pages if f"`{page}`" not in told] == []
    assert [role for role in Role if f"| `{role.value}` |" not in told] == []


def test_the_front_page_leads_to_every_page() -> None:
    front = (ROOT / "README.md").read_text("utf-8")
    assert [file.name for file in sorted(DOCS.glob("*.md")) if f"(docs/{file.name})" not in front] == []
    assert "(docs/openapi.json)" in front


def test_who_follows_a_referral_finds_each_function_where_the_page_says() -> None:
    text = (DOCS / "architecture.md").read_text("utf-8")
    table = text.partition("## The line, file by file")[2].partition("\n## ")[0]
    rows = [line.split(" | ") for line in table.splitlines() if line.startswith("| ") and " | " in line][1:]
    assert len(rows) > 12
    lost = {}
    for step, files, begin, _ in rows:
        written = "\n".join(map(_written_in, re.findall(r"`([\w/*]+\.py)`", files)))
        lost |= {(step, name): files for name in re.findall(r"`(\w+)`", begin) if not _defines(written, name)}
    assert lost == {}


def _written_in(name: str) -> str:
    """Read a file that the page names with its folder, or one of the core or the consent engine without."""
    found = [file for folder in (".", "gateway/core", "consent") for file in sorted((ROOT / folder).glob(name))]
    assert found, name
    return "\n".join(file.read_text("utf-8") for file in found)


def _defines(text: str, name: str) -> bool:
    return re.search(rf"(?:def|class) {name}\b", text) is not None
