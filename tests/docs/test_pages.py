"""Whatever a page for people names is there: files, links, commands, options, settings, requests, decisions."""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from checkout import ROOT
from evidence.promises import PROMISES
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from gateway.cli.app import app
from gateway.settings import PREFIX, Settings
from schemas.documents import Document
from schemas.errors import SchemaViolationError
from schemas.validation import validate


def _docker() -> Iterator[Path]:
    """Whatever an operator reads there: files with words in them."""
    return (file for file in (ROOT / "docker").rglob("*") if file.is_file() and file.suffix != ".pyc")


PAGES = sorted(
    str(file.relative_to(ROOT))
    for file in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "docs/systemd").iterdir(), *_docker())
)
ROOM = r"(?:docs|gateway|consent|schemas|adapters|tests|docker|distributions|requirements)"
GONE = {"CHANGELOG.md": {"referral-gateway consent confirm"}}
"""Commands that a page names to say that they are gone."""


def _text(page: str) -> str:
    return (ROOT / page).read_text("utf-8")


def _stands(page: str, name: str) -> bool:
    """Say whether such a file is there, beside the page or in the checkout; a pattern or a beginning counts."""
    return any(any(folder.glob(f"{name}*")) for folder in ((ROOT / page).parent, ROOT) if name)


def _links(text: str) -> Iterator[tuple[str, str]]:
    """Every link to something of ours: file and heading."""
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if not re.match(r"https?:|mailto:", target):
            file, _, heading = target.partition("#")
            yield file, heading


def _dead_links(page: str, text: str) -> list[str]:
    dead = []
    for file, heading in _links(text):
        target = (ROOT / page).parent / file if file else ROOT / page
        if not target.exists() or (heading and heading not in _headings(target)):
            dead.append(f"{file}#{heading}")
    return dead


def _headings(page: Path) -> set[str]:
    lines = re.findall(r"^#+ (.*)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", line.lower()).replace(" ", "-") for line in lines}


def _absent_files(page: str, text: str) -> list[str]:
    """Paths that begin in one of our folders, and decisions by number; `consent/1.0` is a schema and no path."""
    named = {name.rstrip("/.-") for name in re.findall(rf"(?<![\w./-]){ROOM}/[\w./-]+", text)}
    named |= {f"docs/adr/{number}-" for number in re.findall(r"(?:ADR |\(|adr/)(0\d{3})\b", text)}
    return sorted(name for name in named if not _stands(page, name) and not re.search(r"NNNN|/\d\.\d$", name))


def _typed(text: str) -> Iterator[str]:
    """Every command of ours that is shown, without its comment; lines that go on are one."""
    whole = text.replace("\\\n", " ")
    shown = [*re.findall(r"`([^`\n]+)`", whole), *re.findall(r"^\s*(?:\$ )?(.*)$", whole, re.MULTILINE)]
    for line in shown:
        if found := re.match(r"(?:[\w/=.:@$+-]*\s)*(?:[\w./-]*/)?(referral-gateway\s[^#`]*)", line.strip()):
            yield found.group(1)


@cache
def _program() -> TyperGroup | TyperCommand:
    return get_command(app)


def _wrong_command(line: str) -> str:
    """Return what a command does not know: a word where commands are, or an option. Empty when all is known."""
    command, words = _program(), line.split()[1:]
    while isinstance(command, TyperGroup) and words and (heads := words[0].split("|")):
        if missing := [head for head in heads if head not in command.commands]:
            return "" if missing[0].startswith("-") else missing[0]
        command, words = command.commands[heads[0]], words[1:]
    options = {"--help", *(name for one in command.params for name in (*one.opts, *one.secondary_opts))}
    return next((word for word in words if word.startswith("--") and word.split("=")[0] not in options), "")


def _wrong_requests(text: str) -> list[str]:
    shapes = _requests()
    asked = re.findall(r"\b(GET|POST|PUT|DELETE) (/(?:v1|oauth|fhir|reference)[\w/{}$.:-]*)", text)
    return [
        f"{way} {path}"
        for way, path in asked
        if "..." not in path
        and not any(shape.fullmatch(path.rstrip(".:")) and way.lower() in ways for shape, ways in shapes)
    ]


@cache
def _requests() -> list[tuple[re.Pattern[str], set[str]]]:
    described = json.loads(_text("docs/openapi.json"))["paths"]
    return [(re.compile(re.sub(r"\\{[^/]*\\}", "[^/]+", re.escape(path))), {*ways}) for path, ways in described.items()]


def _unknown_targets(text: str) -> set[str]:
    """Targets of make that the Makefile has not; and trials that `make evidence` has not."""
    makefile = _text("Makefile")
    shown = re.findall(r"(?:`|^|&& )make ([a-z-]+(?: [a-z-]+)*)", text, re.MULTILINE)
    unknown = {one for words in shown for one in words.split() if not re.search(rf"^{one}:", makefile, re.MULTILINE)}
    return unknown | {one for one in re.findall(r"--only (\w+)", text) if one not in PROMISES}


def _unknown_settings(text: str) -> set[str]:
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    return {name for name in re.findall(rf"{PREFIX}[A-Z_]+", text) if name not in known and name != PREFIX}


def test_every_link_leads_somewhere() -> None:
    assert {page: dead for page in PAGES if (dead := _dead_links(page, _text(page)))} == {}


def test_every_file_and_decision_that_is_named_is_there() -> None:
    assert {page: absent for page in PAGES if (absent := _absent_files(page, _text(page)))} == {}


def test_every_command_that_is_shown_can_be_typed() -> None:
    typed = [(page, line.strip()) for page in PAGES for line in _typed(_text(page))]
    assert len(typed) > 60
    wrong = [(page, line) for page, line in typed if _wrong_command(line)]
    assert [(page, line) for page, line in wrong if line not in GONE.get(page, set())] == []


def test_every_request_and_setting_that_is_named_is_known() -> None:
    assert {page: wrong for page in PAGES if (wrong := _wrong_requests(_text(page)))} == {}
    assert {page: unknown for page in PAGES if (unknown := _unknown_settings(_text(page)))} == {}


def test_every_target_of_make_that_is_shown_is_one() -> None:
    assert {page: unknown for page in PAGES if (unknown := _unknown_targets(_text(page)))} == {}


def test_every_document_that_is_shown_is_read_as_its_schema_says() -> None:
    """Examples are copied. Those with three dots for a key are completed and followed in test_taking_part.py."""
    shown = [(page, document) for page in PAGES for document in _documents(_text(page)) if "..." not in repr(document)]
    assert {str(document["schema"]) for _, document in shown} >= {"referral/1.0", "consent/1.0", "endpoint/1.0"}
    assert [(page, document["schema"]) for page, document in shown if not _is_valid(document)] == []


def _documents(text: str) -> Iterator[Document]:
    """Yield every document in the JSON of a page that names its schema, also inside another."""
    waiting = [json.loads(body) for body in re.findall(r"^```json[^\n]*\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)]
    while waiting:
        match waiting.pop():
            case {"schema": str(), **_members} as document:
                yield document
            case dict() as outer:
                waiting.extend(outer.values())
            case list() as items:
                waiting.extend(items)
            case _:
                pass


def _is_valid(document: Document) -> bool:
    try:
        validate(document, str(document["schema"]))
    except SchemaViolationError:
        return False
    return True


def test_what_is_wrong_on_a_page_is_noticed() -> None:
    page = (
        "[gone](gone.md) [no heading](architecture.md#nowhere) `gateway/nowhere.py` ADR 0999\n"
        "`referral-gateway agency vanish`\n```\n$ X=1 .venv/bin/referral-gateway log export f \\\n   --nothing\n```\n"
        "GET /v1/nothing GATEWAY_NOTHING `make images cake` `make evidence ARGS='--only luck'`"
    )
    assert _dead_links("docs/x.md", page) == ["gone.md#", "architecture.md#nowhere"]
    assert _absent_files("docs/x.md", page) == ["docs/adr/0999-", "gateway/nowhere.py"]
    assert {_wrong_command(line) for line in _typed(page)} == {"vanish", "--nothing"}
    assert _wrong_requests(page) == ["GET /v1/nothing"]
    assert _unknown_settings(page) == {"GATEWAY_NOTHING"}
    assert _unknown_targets(page) == {"cake", "luck"}
    [example] = _documents('```json\n{"lines": [{"schema": "referral/1.0", "needs": []}]}\n```\n')
    assert not _is_valid(example)


def test_what_is_right_on_a_page_is_let_pass() -> None:
    page = "[on](architecture.md#prepare-and-confirm) `referral-gateway agency add x.json --dry-run` POST /v1/consents"
    assert _dead_links("docs/x.md", page) == []
    assert [_wrong_command(line) for line in _typed(page)] == [""]
    assert _wrong_requests(page) == []
