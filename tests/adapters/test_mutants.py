"""Documents bent out of shape: read as a valid referral or refused by name, with nothing left behind unsaid."""

import copy
import json
import random
from collections.abc import Iterator
from typing import cast

import pytest
from trials.crossings import adapters, samples
from trials.official import _SPOKEN, official

from adapters.kit.places import leads_to
from adapters.sdk.checks import parse_outcome
from adapters.sdk.contract import Inbound, Parsed, ParsedReferral
from adapters.sdk.errors import AdapterDefectError, AdapterError
from schemas.documents import Json
from schemas.validation import validate

MUTANTS = 40
WRITTEN = ("fhir", "primero", "uknrm")
"""Formats in JSON whose lists are not held to a schema."""
STRUCTURE = ("/metadata/", "/entry/*/request/", "/resourceType", "/entry/*/resource/resourceType")
REPEATS = ("unique_id", "/ExploitationLocationPresented")
"""What says nothing about her, and what a town beside it says too."""
ODD: tuple[Json, ...] = (
    *("", " ", "\u00a0", "null", "2031-05", "2031-02-30", "2031-05-06T24:00:00Z", "٣", "#x", "x" * 300),
    *(0, -1, True, False, None, [], {}, [None], [[]], [{}]),
)


def _read(key: str, document: Json) -> Parsed | AdapterError:
    adapter = adapters()[key]
    media_type = next(name for name in adapter.manifest.media_types if name.endswith("json"))
    return parse_outcome(adapter.adapter, Inbound(json.dumps(document).encode(), media_type))


def _referrals(key: str) -> list[Json]:
    bodies = [sample.body for sample in samples(key)]
    bodies += [path.read_bytes() for path in official(key) if _SPOKEN[key, path.suffix].endswith("json")]
    documents = [json.loads(body.decode("utf-8-sig")) for body in bodies if body.lstrip()[:1] == b"{"]
    return [document for document in documents if isinstance(_read(key, document), ParsedReferral)]


def _places(value: Json, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Json]]:
    """Every member and item with its path, but the document itself."""
    members: dict[str | int, Json] = {}
    if isinstance(value, list):
        members = dict(enumerate(value))
    elif isinstance(value, dict):
        members = {**value}
    for name, member in members.items():
        yield (*path, name), member
        yield from _places(member, (*path, name))


def _holder(document: Json, path: tuple[str | int, ...]) -> dict[str | int, Json]:
    """The object or list that a place is in; both are written to alike."""
    for name in path[:-1]:
        document = cast("dict[str | int, Json]", document)[name]
    return cast("dict[str | int, Json]", document)


def _bent(document: Json, chance: random.Random) -> Json:
    """Bend one or two places: another value, nothing, a list around it, or what stands at another place."""
    bent = copy.deepcopy(document)
    for _ in range(chance.choice((1, 1, 2))):
        places = list(_places(bent))
        if not places:
            break
        path, value = chance.choice(places)
        _, other = chance.choice(places)
        holder = _holder(bent, path)
        match chance.randrange(5):
            case 0:
                del holder[path[-1]]
            case 1:
                holder[path[-1]] = [value]
            case 2:
                holder[path[-1]] = copy.deepcopy(other)
            case 3 if isinstance(holder, list):
                holder.append(copy.deepcopy(value))
            case _:
                holder[path[-1]] = copy.deepcopy(chance.choice(ODD))
    return bent


def _unsaid(key: str, document: Json, whole: ParsedReferral) -> Iterator[str]:
    """Leaves whose absence changes nothing, and which the report does not name."""
    for path, value in list(_places(document)):
        if isinstance(value, dict | list) or value is None or not str(value).strip():
            continue
        at = "/" + "/".join(map(str, path))
        if any(leads_to(loss.path, at) for loss in whole.losses):
            continue
        less = copy.deepcopy(document)
        del _holder(less, path)[path[-1]]
        without = _read(key, less)
        if isinstance(without, ParsedReferral) and (without.document, without.losses) == (whole.document, whole.losses):
            yield at


@pytest.mark.parametrize("key", WRITTEN)
def test_a_bent_document_is_read_whole_or_refused_by_name(key: str) -> None:
    chance, documents = random.Random(20_310_506), _referrals(key)  # noqa: S311 - which mutants, not secrets
    read = 0
    for _ in range(MUTANTS * 10):
        bent = _bent(chance.choice(documents), chance)
        outcome = _read(key, bent)
        assert not isinstance(outcome, AdapterDefectError), json.dumps(bent)
        if not isinstance(outcome, ParsedReferral):
            continue
        validate(outcome.document, "referral/1.0")
        read += 1
        if read <= MUTANTS // 2:
            left = [at for at in _unsaid(key, bent, outcome) if not any(leads_to(one, at) for one in STRUCTURE)]
            assert [at for at in left if not at.endswith(REPEATS)] == []
    assert read > MUTANTS // 2
