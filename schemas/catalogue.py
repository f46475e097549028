"""Which schemas are published, by name, as they lie in the package. Never reads a path a caller made up."""

import json
from functools import cache
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable

from schemas.canonical import canonical
from schemas.documents import Document
from schemas.errors import UnknownSchemaError, UnpublishableSchemaError
from schemas.vocabulary import FunctionClass, Purpose

_KINDS = (
    *("adapter", "agency", "agreement", "capacity_answer", "capacity_question", "case_event", "consent"),
    *("consent_event", "country_profile", "endpoint"),
    *("ledger", "notice", "notice_answer", "receipt", "referral", "supplement"),
)
_PROFILES = "profiles"
_PROFILE_VERSION = "1.0"


def names() -> tuple[str, ...]:
    """Return every published name, sorted: `referral/1.0`, `profile/shelter/assistance.accommodation/1.0`."""
    return tuple(sorted(_places()))


def load(name: str) -> Document:
    """Return the schema called `name`. Raises UnknownSchemaError, which does not repeat the name."""
    if name not in _places():
        raise UnknownSchemaError("no such schema")
    return _loaded(name)


@cache
def schema_hash(name: str) -> str:
    """Return SHA-256 of the schema's canonical bytes, in hex: what a ledger leaf says was in force."""
    return sha256(canonical(load(name))).hexdigest()


def profile_name(function_class: FunctionClass, purpose: Purpose) -> str | None:
    """Return the name of the profile for what the recipient is and why it gets data, or None: then nothing may move."""
    name = f"profile/{function_class.value}/{purpose.value}/{_PROFILE_VERSION}"
    return name if name in _places() else None


@cache
def _loaded(name: str) -> Document:
    schema = json.loads(_places()[name].read_text(encoding="ascii"))
    if not isinstance(schema, dict):
        raise UnpublishableSchemaError(name)
    return schema


@cache
def _places() -> dict[str, Traversable]:
    root = files("schemas")
    places = {f"{kind}/{file.name.removesuffix('.json')}": file for kind in _KINDS for file in _json_files(root / kind)}
    for function_class in FunctionClass:
        for file in _json_files(root / _PROFILES / function_class.value):
            purpose = Purpose(file.name.removesuffix(".json"))
            places[f"profile/{function_class.value}/{purpose.value}/{_PROFILE_VERSION}"] = file
    return places


def _json_files(folder: Traversable) -> list[Traversable]:
    if not folder.is_dir():
        return []
    return [file for file in folder.iterdir() if file.is_file() and file.name.endswith(".json")]
