"""Every installed adapter keeps the contract: the same suite for each, over its own documents and over hostile ones.

An adapter's documents are `<key>/fixtures/*.in.*` beside this file; what it renders are the examples of every profile.
"""

import json
import pathlib
import random
import socket
import time
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from checkout import ROOT

from adapters.sdk.checks import CANARY, ImpureError, check, no_side_doors, parse_outcome, sample_outgoing
from adapters.sdk.contract import Adapter, Inbound, Outbound, Parsed, ParsedReferral
from adapters.sdk.errors import AdapterDefectError, AdapterError
from adapters.sdk.guard import Guard
from schemas.catalogue import load
from schemas.documents import Document, Json
from schemas.leaves import leaves
from schemas.validation import validate, warm

HERE = Path(__file__).parent
DECLARED = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["entry-points"]
PLACES: dict[str, str] = DECLARED["referral_gateway.adapters"]
DOCUMENTS = [(key, path) for key in PLACES for path in sorted((HERE / key / "fixtures").glob("*.in.*"))]
PROFILES = sorted((ROOT / "schemas" / "profiles" / "examples").glob("*.json"))

WRONG: tuple[Json, ...] = (CANARY, 7, True, None, [CANARY], {CANARY: CANARY})

every_adapter = pytest.mark.parametrize("key", PLACES)
every_document = pytest.mark.parametrize(
    ("key", "path"), DOCUMENTS, ids=[f"{key}-{path.name}" for key, path in DOCUMENTS]
)
every_profile = pytest.mark.parametrize("path", PROFILES, ids=lambda path: path.stem)


@pytest.fixture(autouse=True, scope="module")
def compiled() -> None:
    warm()


@cache
def adapter(key: str) -> Adapter:
    made: Adapter = EntryPoint(key, PLACES[key], "referral_gateway.adapters").load()()
    return made


def outcome(key: str, body: bytes, subject: str | None = None) -> Parsed | AdapterError:
    return parse_outcome(adapter(key), Inbound(body, adapter(key).manifest.media_types[0], subject))


def rendered(key: str, document: Document) -> Outbound | AdapterError:
    guarded, outgoing = Guard(adapter(key)), sample_outgoing(document)  # Making an adapter reads its manifest.
    try:
        with no_side_doors():
            return guarded.render(outgoing)
    except AdapterError as error:
        return error


def is_there(path: str, value: Json) -> bool:
    """Whether a path of a loss report leads to something; `*` is any member or item."""
    step, _, rest = path.lstrip("/").partition("/")
    if not step:
        return True
    members = dict(enumerate(value)) if isinstance(value, list) else value
    if not isinstance(members, dict):
        return False
    found = members.values() if step == "*" else [member for key, member in members.items() if str(key) == step]
    return any(is_there(rest, member) for member in found)


def variants(value: Json, *replacements: Json) -> Iterator[Json]:
    """Yield `value` with one leaf after the other, and one container after the other, replaced."""
    yield from replacements
    if isinstance(value, dict):
        for key, member in value.items():
            for other in variants(member, *replacements):
                yield {**value, key: other}
    elif isinstance(value, list):
        for index, member in enumerate(value):
            for other in variants(member, *replacements):
                yield [*value[:index], other, *value[index + 1 :]]


# --------------------------------------------------------------------------------------------------- general promises


def test_there_are_adapters_documents_and_profiles() -> None:
    assert {"canonical", "primero"} <= set(PLACES)
    assert {key for key, *_ in DOCUMENTS} >= {"canonical", "primero"}
    assert len(PROFILES) >= 13


@every_adapter
def test_an_adapter_keeps_the_general_promises(key: str) -> None:
    assert check(adapter(key), key) == ()


# ------------------------------------------------------------------------------------------------------ its documents


@every_document
def test_a_document_is_read_the_same_way_twice_and_without_side_doors(key: str, path: Path) -> None:
    body = path.read_bytes()
    adapter(key)
    with no_side_doors():
        first, second = outcome(key, body), outcome(key, body)
    assert not isinstance(first, AdapterError)
    assert first == second


@every_document
def test_a_referral_satisfies_the_canonical_schema(key: str, path: Path) -> None:
    parsed = outcome(key, path.read_bytes())
    if isinstance(parsed, ParsedReferral):
        assert validate(parsed.document, "referral/1.0").document == parsed.document


@every_document
def test_losses_name_places_of_the_document(key: str, path: Path) -> None:
    parsed = outcome(key, path.read_bytes())
    assert not isinstance(parsed, AdapterError)
    body = path.read_bytes()
    if body.lstrip()[:1] == b"{":
        document = json.loads(body)
        assert [loss.path for loss in parsed.losses if not is_there(loss.path, document)] == []


@every_document
def test_a_truncated_document_is_refused(key: str, path: Path) -> None:
    stripped = path.read_bytes().rstrip()
    for length in range(0, len(stripped), max(1, len(stripped) // 40)):
        found = outcome(key, stripped[:length])
        assert isinstance(found, AdapterError)
        assert not isinstance(found, AdapterDefectError)


@every_document
def test_a_damaged_document_is_no_defect(key: str, path: Path) -> None:
    chance = random.Random(20310506)  # noqa: S311 - damage, not secrets
    for _ in range(150):
        damaged = bytearray(path.read_bytes())
        damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        found = outcome(key, bytes(damaged))
        assert not isinstance(found, AdapterDefectError)


@every_document
def test_a_wrong_leaf_is_no_defect_and_its_value_is_in_no_error(key: str, path: Path) -> None:
    body = path.read_bytes()
    if body.lstrip()[:1] != b"{":
        pytest.skip("leaves are replaced in JSON only")
    for other in variants(json.loads(body), *WRONG):
        found = outcome(key, json.dumps(other).encode())
        assert not isinstance(found, AdapterDefectError)
        if isinstance(found, AdapterError):
            assert CANARY not in f"{found!r} {found.pointer} {found.rule}"
        else:
            assert CANARY not in repr(found.losses)


@every_document
def test_a_person_who_is_not_there_is_not_found(key: str, path: Path) -> None:
    parsed = outcome(key, path.read_bytes())
    if isinstance(parsed, ParsedReferral):
        assert isinstance(outcome(key, path.read_bytes(), "nobody-here"), AdapterError)


# ------------------------------------------------------------------------------------------------- what it writes


@every_adapter
@every_profile
def test_a_profile_is_written_the_same_way_twice_or_refused(key: str, path: Path) -> None:
    document = json.loads(path.read_bytes())
    first, second = rendered(key, document), rendered(key, document)
    assert not isinstance(first, AdapterDefectError)
    if isinstance(first, Outbound):
        assert first == second
        assert [loss.path for loss in first.losses if not is_there(loss.path, document)] == []


@every_adapter
@every_profile
def test_what_the_manifest_does_not_name_is_reported_as_lost(key: str, path: Path) -> None:
    document = json.loads(path.read_bytes())
    outbound = rendered(key, document)
    if not isinstance(outbound, Outbound):
        return
    lost = [loss.path for loss in outbound.losses]
    for leaf in leaves(load(document["schema"])):
        place = "/" + "/".join(leaf.path)
        if leaf.node["x-data-category"] not in adapter(key).manifest.categories and is_there(place, document):
            assert any(place == path or place.startswith(f"{path}/") for path in lost), place


# --------------------------------------------------------------------------------------------------------- canaries


def test_a_side_door_is_noticed() -> None:
    modules = {"pathlib": pathlib, "socket": socket, "time": time}
    for door in ('open("x")', 'pathlib.Path("x").read_text("utf-8")', "socket.socket()", "time.time()"):
        with no_side_doors(), pytest.raises(ImpureError):
            exec(door, modules)  # noqa: S102 - a name is looked up when the code runs


def test_a_path_that_leads_nowhere_is_noticed() -> None:
    document: Json = {"a": [{"b": 1}], "c": 1}
    assert all(is_there(path, document) for path in ("/a", "/a/*/b", "/a/0", "/*", "/c"))
    assert not any(is_there(path, document) for path in ("/b", "/a/*/c", "/a/1", "/c/*"))
