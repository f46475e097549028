"""The demonstration, run once by a process of its own: it ends well, it is readable, and it shows nobody's data."""

import json
import subprocess
from pathlib import Path

import pytest
from journeys.running_demo import LONGEST, command, environment

from adapters.sdk.contract import Inbound, ParsedReferral
from adapters.sdk.guard import Limits
from gateway.demo.messages import NDEX, leaves, police_incident
from gateway.plugins.finding import installed
from schemas.catalogue import load
from schemas.categories import categories
from schemas.leaves import pointer
from schemas.vocabulary import DataCategory

pytestmark = pytest.mark.slow

SCENES = [
    "0  What she agreed to",
    "1  What was asked",
    "2  What was decided, and why",
    "3  What the shelter received",
    "4  The proof",
    "5  A refusal",
    "6  Immigration enforcement never receives",
    "7  She changes her mind",
    "8  An insider",
    "9  Two recipients compare what they hold",
]
HERS = frozenset(
    {
        *(DataCategory.NAME, DataCategory.IDENTIFIER, DataCategory.BIRTH_DATE, DataCategory.CONTACT),
        *(DataCategory.ADDRESS, DataCategory.EVENT, DataCategory.THIRD_PARTY, DataCategory.NARRATIVE),
        *(DataCategory.STAFF, DataCategory.SENDER_REFERENCE),
    }
)
CODED = {"role", "use", "type", "channel", "section", "safe"}
SHORTEST_VALUE = 5  # Country codes and the like stand in ordinary words.


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[subprocess.CompletedProcess[str], Path]:
    directory = tmp_path_factory.mktemp("demonstration")
    done = subprocess.run(
        command(once=True),
        cwd=directory,
        env=environment(),
        capture_output=True,
        encoding="utf-8",
        timeout=LONGEST,
        check=False,
    )
    return done, directory


def test_the_story_goes_as_told(told: tuple[subprocess.CompletedProcess[str], Path]) -> None:
    done, _ = told
    assert (done.returncode, done.stderr) == (0, "")
    assert "Every scene went as told." in done.stdout


def test_every_scene_is_told_in_order(told: tuple[subprocess.CompletedProcess[str], Path]) -> None:
    titles = [line for line in told[0].stdout.splitlines() if line in SCENES]
    assert titles == SCENES


def test_it_is_plain_text_where_there_is_no_terminal(told: tuple[subprocess.CompletedProcess[str], Path]) -> None:
    assert "\x1b" not in told[0].stdout


def test_it_shows_no_value_of_the_police_document(told: tuple[subprocess.CompletedProcess[str], Path]) -> None:
    values = her_values()
    assert len(values) > 20
    assert [place for place, value in values if value in told[0].stdout] == []


def test_it_leaves_a_private_folder_with_a_proof_to_check_again(
    told: tuple[subprocess.CompletedProcess[str], Path],
) -> None:
    folder = told[1] / ".demo"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.name for path in (folder / "log").iterdir()} == {
        *("export.jsonl", "checkpoint.txt", "key.txt", "receipt.json", "tampered.jsonl")
    }
    assert json.loads((folder / "clients" / "riverside-clinic-system.json").read_text())["kty"] == "EC"


def test_the_databases_are_closed_in_order(told: tuple[subprocess.CompletedProcess[str], Path]) -> None:
    left = {path.name for path in (told[1] / ".demo" / "data").iterdir()}
    assert left == {"gateway.db", "person-keys.db", "keyring.json", "gateway.lock"}


def her_values() -> list[tuple[str, str]]:
    """Return where personal values of the police document stand, and the values."""
    parsed = installed(Limits()).of("ndex").parse(Inbound(police_incident(), NDEX))
    assert isinstance(parsed, ParsedReferral)
    known = categories(load("referral/1.0"))
    return [
        (pointer(path), value)
        for path, value in leaves(parsed.document)
        if known[pointer(path)] in HERS and len(value) >= SHORTEST_VALUE and path[-1] not in CODED
    ]
