"""The documents that lie beside the schemas: what must pass, and what must fail with which fault."""

from __future__ import annotations

import json
from dataclasses import dataclass

from checkout import ROOT

from schemas.documents import Document
from schemas.errors import Fault

_SCHEMAS = ROOT / "schemas"


@dataclass(frozen=True, slots=True)
class Example:
    """A document that satisfies `schema`."""

    id: str
    schema: str
    document: Document


@dataclass(frozen=True, slots=True)
class Counterexample:
    """A document that breaks `schema` in exactly one way."""

    id: str
    schema: str
    document: Document
    fault: Fault


def examples() -> list[Example]:
    """Every example, in the order of its file name."""
    found = []
    for path in sorted(_SCHEMAS.glob("*/examples/*.json")):
        document = json.loads(path.read_text("ascii"))
        kind = path.parent.parent.name
        found.append(Example(f"{kind}/{path.stem}", _schema(kind, document), document))
    return found


def counterexamples() -> list[Counterexample]:
    """Every counterexample, in the order of its file name."""
    found = []
    for path in sorted(_SCHEMAS.glob("*/counterexamples/*.json")):
        content = json.loads(path.read_text("ascii"))
        kind = path.parent.parent.name
        schema = _schema(kind, content["document"])
        found.append(Counterexample(f"{kind}/{path.stem}", schema, content["document"], Fault(**content["fault"])))
    return found


def _schema(kind: str, document: Document) -> str:
    return str(document["schema"]) if kind == "profiles" else f"{kind}/1.0"
