"""The description as pages for people: our own templates, one style sheet, no script, nothing from another machine."""

import json
import re
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from html import escape
from importlib.resources import files
from typing import Final

from jinja2 import ChainableUndefined, Environment, PackageLoader

from gateway.reference.problems import example
from gateway.web.problem_types import ProblemType
from schemas.documents import Json

POLICY: Final = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""What a browser may do with a page: load its style sheet from here, and nothing else from anywhere."""

_METHODS: Final = ("get", "post", "put")
_STRONG: Final = re.compile(r"\*\*([^*]+)\*\*")
_CODE: Final = re.compile(r"`([^`]+)`")


class _Missing(ChainableUndefined):
    """A member that a description does not have: nothing to show. A name that no template is given stays an error."""


@cache
def _environment() -> Environment:
    made = Environment(loader=PackageLoader("gateway.reference"), autoescape=True, undefined=_Missing, trim_blocks=True)
    made.globals["pretty"] = _pretty
    made.globals["worded"] = _worded
    return made


def reference_page(document: Mapping[str, Json]) -> bytes:
    """Write the whole description as one page."""
    introduction = str(_object(document["info"])["description"])
    return (
        _environment()
        .get_template("reference.html")
        .render(
            document=document,
            introduction=_paragraphs(introduction),
            operations=[*_operations(document)],
            problems=[*ProblemType],
        )
        .encode()
    )


def problem_page(kind: ProblemType) -> bytes:
    """Write what is said about one kind of problem."""
    told = example(kind, kind.statuses[0])
    return _environment().get_template("problem.html").render(kind=kind, example=told).encode()


@cache
def style_sheet() -> bytes:
    """Return the style sheet."""
    return (files("gateway.reference") / "static" / "reference.css").read_bytes()


def problems_document() -> str:
    """Return docs/problems.md."""
    lines = [
        "# Problems",
        "",
        "Made by `python -m gateway.reference.pages`; do not edit by hand.",
        "",
        "Every error of the API is a problem (RFC 9457): `code` says which, `errors` where. An installation shows the",
        "same at `/reference/problems/CODE`.",
        "",
    ]
    for kind in ProblemType:
        statuses = ", ".join(map(str, kind.statuses))
        lines += [f"## {kind.value}", "", f"Status {statuses}. {kind.sentence}", "", kind.advice, ""]
    return "\n".join(lines)


def _operations(document: Mapping[str, Json]) -> Iterator[dict[str, object]]:
    for path, methods in _object(document["paths"]).items():
        for method, said in _object(methods).items():
            if method in _METHODS:
                yield _operation(document, f"{method.upper()}", path, _object(said))


def _operation(document: Mapping[str, Json], method: str, path: str, said: Mapping[str, Json]) -> dict[str, object]:
    alternatives = [_object(one) for one in _list(said["security"])]
    scopes = dict.fromkeys(str(scope) for one in alternatives for scope in _list(one.get("oauth2")))
    return {
        "id": said["operationId"],
        "tag": _list(said["tags"])[0],
        "method": method,
        "path": path,
        "summary": said["summary"],
        "deprecated": bool(said.get("deprecated")),
        "paragraphs": _paragraphs(str(said["description"])),
        "scopes": [*scopes],
        "parameters": [_resolved(document, one) for one in _list(said["parameters"])],
        "body": _object(said.get("requestBody")).get("content"),
        "answers": {status: _answer(document, one) for status, one in _object(said["responses"]).items()},
    }


def _answer(document: Mapping[str, Json], response: Json) -> dict[str, object]:
    told = _resolved(document, response)
    problem = _object(_object(_object(told.get("content")).get("application/problem+json")).get("examples"))
    return {**told, "problems": [*problem], "headers": [*_object(told.get("headers"))]}


def _resolved(document: Mapping[str, Json], part: Json) -> Mapping[str, Json]:
    found = _object(part)
    reference = found.get("$ref")
    if not isinstance(reference, str):
        return found
    target: Json = document
    for name in reference.split("/")[1:]:
        target = _object(target)[name]
    return _object(target)


def _paragraphs(text: str) -> list[str]:
    return [" ".join(one.split()) for one in text.split("\n\n")]


def _worded(text: str) -> str:
    """Write our own prose as HTML: of Markdown the description uses **strong** and `code`, and nothing else."""
    strong = _STRONG.sub(r"<strong>\1</strong>", escape(text))
    return _CODE.sub(r"<code>\1</code>", strong)


def _pretty(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def _object(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


if __name__ == "__main__":
    sys.stdout.write(problems_document())
