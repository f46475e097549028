"""The quickstarts, followed to the letter: their scripts, against one running demonstration."""

import ast
import json
import re
import subprocess
import sys
from doctest import DocTestParser
from pathlib import Path

import pytest
from checkout import ROOT
from journeys.running_demo import LONGEST, environment, interrupted, running

DOCUMENT, SCRIPT = ROOT / "docs" / "quickstart-agency.md", ROOT / "docs" / "quickstart_agency.py"
SHORT_DOCUMENT, SHORT = ROOT / "docs" / "quickstart.md", ROOT / "docs" / "quickstart.py"
SESSION = [
    (example.source, example.want)
    for block in re.findall(r"```pycon\n(.*?)```", SHORT_DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    for example in DocTestParser().get_examples(block)
]
"""What the short document has its reader type, and what is answered."""
OPENED = """
import sys, httpx
origin, link = sys.argv[1:]
print(httpx.post(f"{origin}/people/enrol/options", json={"link": link}, headers={"Origin": origin}).text)
"""
"""What the page of a link does when it is opened: it asks what passkey to make."""

OURS = {"gateway", "consent", "schemas", "adapters"}


@pytest.mark.parametrize(("document", "script"), [(DOCUMENT, SCRIPT), (SHORT_DOCUMENT, SHORT)], ids=["long", "short"])
def test_the_document_shows_the_script_as_it_is(document: Path, script: Path) -> None:
    [shown] = re.findall(r"```python\n(.*?)```", document.read_text(encoding="utf-8"), re.DOTALL)
    assert shown == script.read_text(encoding="utf-8")


def test_the_short_script_is_no_more_than_ten_lines() -> None:
    lines = SHORT.read_text(encoding="utf-8").splitlines()
    assert sum(bool(line) and not line.startswith(("#", '"')) for line in lines) <= 10


def test_the_script_needs_public_libraries_only() -> None:
    imported = imports(SCRIPT.read_text(encoding="utf-8"))
    assert imported - sys.stdlib_module_names == {"httpx", "joserfc"}


def test_an_import_of_ours_would_be_noticed() -> None:
    assert imports("import json\nfrom gateway.core import keys") & OURS == {"gateway"}


def imports(code: str) -> set[str]:
    nodes = [*ast.walk(ast.parse(code))]
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    named = {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    return {name.partition(".")[0] for name in plain | named}


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> tuple[subprocess.CompletedProcess, Path]:
    """Follow both documents in one demonstration, which stays open until Ctrl-C."""
    directory = tmp_path_factory.mktemp("quickstart")
    with running(directory) as (process, lines):
        assert process.poll() is None, "\n".join(lines)
        done = python(directory, str(SCRIPT), *arguments(lines[-1]))
        short = python(directory, str(SHORT), *arguments(lines[-1]))
        assert (short.returncode, short.stderr) == (0, "")
        (directory / "short.txt").write_text(short.stdout)
        open_ = python(directory, "-i", str(SHORT), *arguments(lines[-1]), typed="".join(typed for typed, _ in SESSION))
        (directory / "session.txt").write_text(open_.stdout + open_.stderr)
        link = next(one.strip() for one in lines if "/people/enrol#" in one)
        (directory / "passkey.json").write_text(python(directory, "-c", OPENED, *link.split("/people/enrol#")).stdout)
        assert interrupted(process) == 0
    return done, directory


@pytest.mark.slow
def test_the_demonstrations_link_lets_a_reader_make_a_passkey_that_browsers_allow(
    followed: tuple[subprocess.CompletedProcess, Path],
) -> None:
    """They make none for an address, only for a name (WebAuthn Level 2, 5.1.2)."""
    assert json.loads((followed[1] / "passkey.json").read_text())["rp"]["id"] == "localhost"


@pytest.mark.slow
def test_the_referral_is_accepted(followed: tuple[subprocess.CompletedProcess, Path]) -> None:
    done, _ = followed
    assert (done.returncode, done.stderr) == (0, "")
    said = dict(line.split(":", 1) for line in done.stdout.splitlines())
    assert said["sent"].split(",") == ["      language", " need"]
    assert "name" in said["not sent"]
    assert said["state"].strip() == "submitted for your VISIT-2031"


@pytest.mark.slow
def test_the_short_script_sends_one_too(followed: tuple[subprocess.CompletedProcess, Path]) -> None:
    accepted, sent = (followed[1] / "short.txt").read_text().splitlines()
    assert re.fullmatch(r"accepted: [0-9A-HJKMNP-TV-Z]{26}", accepted)
    assert sent == "sent:     language, need"
    assert sent in SHORT_DOCUMENT.read_text(encoding="utf-8")


@pytest.mark.slow
def test_what_is_typed_after_it_answers_as_the_document_says(
    followed: tuple[subprocess.CompletedProcess, Path],
) -> None:
    told = (followed[1] / "session.txt").read_text()
    answers = [answer for _, answer in SESSION if answer and not answer.strip().isdecimal()]
    assert len(answers) == 5
    for answer in answers:
        assert answer in told
    assert told.count("RefusedError: 403 refused") == answers.count("RefusedError: 403 refused\n")
    assert told.count("Error: ") == 3


@pytest.mark.slow
def test_the_document_says_what_the_script_answers(followed: tuple[subprocess.CompletedProcess, Path]) -> None:
    document = DOCUMENT.read_text(encoding="utf-8")
    for line in followed[0].stdout.splitlines()[1:]:
        assert line in document


@pytest.mark.slow
def test_the_receipt_is_proven_with_python_alone(followed: tuple[subprocess.CompletedProcess, Path]) -> None:
    directory = followed[1]
    key = (directory / ".demo" / "log" / "key.txt").read_text().strip()
    proven = python(directory, "-S", "-m", "consent", "verify-receipt", "receipt.json", "--key", key)
    assert proven.returncode == 0
    assert "PROVEN" in proven.stdout


@pytest.mark.slow
def test_a_changed_receipt_does_not_verify(followed: tuple[subprocess.CompletedProcess, Path]) -> None:
    directory = followed[1]
    receipt = json.loads((directory / "receipt.json").read_text())
    receipt["leaf"] = receipt["leaf"].replace("harbour-shelter", "meadow-shelter")
    (directory / "changed.json").write_text(json.dumps(receipt))
    key = (directory / ".demo" / "log" / "key.txt").read_text().strip()
    assert python(directory, "-m", "consent", "verify-receipt", "changed.json", "--key", key).returncode == 5


@pytest.mark.slow
def test_ctrl_c_closes_it_in_order(followed: tuple[subprocess.CompletedProcess, Path]) -> None:
    left = {path.name for path in (followed[1] / ".demo" / "data").iterdir()}
    assert left == {"gateway.db", "person-keys.db", "keyring.json", "gateway.lock"}


def arguments(line: str) -> list[str]:
    """Return what stands behind the script's name in the command the demonstration prints."""
    return line.split("docs/quickstart_agency.py ")[1].split()


def python(directory: Path, *given: str, typed: str = "") -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, *given],
        cwd=directory,
        input=typed,
        env=environment(),
        capture_output=True,
        encoding="utf-8",
        timeout=LONGEST,
        check=False,
    )
