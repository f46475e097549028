"""Whatever somebody may set, ask for, call or be told is documented: docs are held against the code."""

import json
import re

from checkout import ROOT
from described import whole

from gateway.core.scopes import Scope
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


def test_the_front_page_leads_to_all_of_them() -> None:
    front = (ROOT / "README.md").read_text("utf-8")
    for page in ("settings.md", "problems.md", "openapi.json"):
        assert f"docs/{page}" in front
