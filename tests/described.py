"""Holds answers against the description of the API: whatever a test gets from an application must be described.

`python tests/described.py > docs/openapi.json` writes the whole of it.

So the description is true wherever a test looks, and an answer that nobody described fails the test that got it. An
answer's members are held more strictly than the description promises integrators: one it does not name is a fault.
"""

import json
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

from jsonschema_rs import Draft202012Validator
from starlette.routing import BaseRoute

from gateway import __version__
from gateway.reference.document import describe, routes_of
from schemas.documents import Json

Headers = Sequence[tuple[str, str]]
UNDESCRIBED = ("/hooks/", "/people", "/counted", "/reference/reference.css")
"""Beginnings of paths that are no part of the API."""
TEAPOT = 418
"""What only a test would answer."""
OPEN = {"Row", "Task", "Bundle", "FhirConsent", "FhirSent", "CapabilityStatement", "OperationOutcome"}
"""Components that may hold more than is described: what FHIR or a single referral's answer holds."""
TOLD = {"etag", "location", "link", "retry-after", "www-authenticate", "gx-not-carried", "deprecation", "sunset"}
"""Headers that mean something and must be described where they come."""
NEEDED = {401: "www-authenticate", 405: "allow", 429: "retry-after", 503: "retry-after"}


@dataclass(frozen=True, eq=False)
class Description:
    """The document, ready to hold answers against."""

    document: dict[str, Json]

    @cached_property
    def strict(self) -> dict[str, Json]:
        """Its schemas, with every object of ours closed."""
        copy = json.loads(json.dumps(self.document["components"]["schemas"]))
        for name, schema in copy.items():
            if name not in OPEN:
                _close(schema)
        return copy

    @cached_property
    def _paths(self) -> list[tuple[re.Pattern[str], str]]:
        literal_first = sorted(self.document["paths"], key=lambda path: ("{" in path, path))
        return [
            (re.compile(re.sub(r"\\\{[a-z]+\\\}", ".+" if "/tile/" in path else "[^/]+", re.escape(path))), path)
            for path in literal_first
        ]

    def template(self, path: str) -> str | None:
        """Return the described path of a request; None where there is none."""
        return next((found for pattern, found in self._paths if pattern.fullmatch(path)), None)

    def response(self, method: str, path: str, status: int) -> dict[str, Json] | None:
        """Return what is described of an answer; None where nothing is."""
        template = self.template(path)
        operation = self.document["paths"][template].get(method.lower()) if template else None
        found = operation["responses"].get(str(status)) if operation else None
        return self.resolved(found) if found else None

    def resolved(self, part: dict[str, Json]) -> dict[str, Json]:
        """Follow a reference."""
        while "$ref" in part:
            _, *names = part["$ref"].split("/")
            part = self.document
            for name in names:
                part = part[name]
        return part

    def validator(self, schema: Mapping[str, Json]) -> Draft202012Validator:
        """Return what validates against a schema of this document, held strictly."""
        return _validator(self, json.dumps(schema))

    def faults(self, method: str, path: str, status: int, headers: Headers, body: bytes) -> list[str]:
        """Return what of an answer is not as described."""
        if path.startswith(UNDESCRIBED) or status == TEAPOT:
            return []
        kinds = [value for name, value in headers if name == "content-type"]
        template = self.template(path)
        known = template is not None and method.lower() in self.document["paths"][template]
        faults = [
            f"{status} without {name}" for at, name in NEEDED.items() if status == at and name not in dict(headers)
        ]
        if not known or (status in {405, 404} and self.response(method, path, status) is None):
            return [*faults, *_undescribed(status, kinds, template)]
        response = self.response(method, path, status)
        if response is None:
            return [*faults, f"{method} {template} is not described as answering {status}: {body[:300]!r}"]
        described = {name.lower() for name in response.get("headers", {})}
        faults += [f"{template} {status}: {name} is not described" for name, _ in headers if name in TOLD - described]
        return [*faults, *self._body_faults(response, kinds, body, f"{method} {template} {status}")]

    def _body_faults(self, response: dict[str, Json], kinds: list[str], body: bytes, where: str) -> list[str]:
        contents = response.get("content", {})
        if not body:
            return (
                []
                if not contents or "HEAD" in where or "application/x-ndjson" in contents
                else [f"{where}: an empty body is not described"]
            )
        if len(kinds) != 1:
            return [f"{where}: {len(kinds)} content types"]
        found = contents.get(kinds[0]) or contents.get(kinds[0].partition(";")[0]) or contents.get("*/*")
        if found is None:
            return [f"{where}: {kinds[0]} is not described"]
        if "json" not in kinds[0]:
            return []
        values = [json.loads(line) for line in body.splitlines()] if "ndjson" in kinds[0] else [json.loads(body)]
        return [
            f"{where}: {'/'.join(map(str, error.instance_path))}: {error.message}"
            for value in values
            for error in self.validator(found["schema"]).iter_errors(value)
        ]


def _undescribed(status: int, kinds: list[str], template: str | None) -> list[str]:
    """What is not there, or not by that method, is told as a problem too."""
    wanted = {405} if template else {404}
    if status not in {*wanted, 500}:
        return [f"{status} where nothing is described"]
    spoken = kinds and kinds[0].partition(";")[0] in {"application/problem+json", "application/fhir+json"}
    return [] if spoken else [f"{status} is told in {kinds}"]


def _close(schema: Json) -> None:
    if isinstance(schema, dict):
        if "properties" in schema and schema.get("type") == "object":
            schema.setdefault("additionalProperties", False)
        for part in schema.values():
            _close(part)
    elif isinstance(schema, list):
        for part in schema:
            _close(part)


@cache
def _validator(description: Description, schema: str) -> Draft202012Validator:
    return Draft202012Validator({**json.loads(schema), "components": {"schemas": description.strict}})


def description_of(routes: Iterable[BaseRoute]) -> Description:
    """Return the description of an application's routes; made once for each set of operations."""
    found = [*routes_of([*routes])]
    names = tuple(one.id for one in found)
    if names not in _MADE:
        _MADE[names] = Description(describe(found, "1.2.3"))
    return _MADE[names]


_MADE: dict[tuple[str, ...], Description] = {}


def whole() -> dict[str, Json]:
    """Return the description of all routes of all the doors that integrators use."""
    from fhir_door import FhirWeb  # noqa: PLC0415 - they hold their answers against this module
    from oauth.world_oauth import Gateway  # noqa: PLC0415 - as above

    return describe(routes_of([*FhirWeb().app.routes, *Gateway().app.routes]), __version__)


def written(document: Mapping[str, Json]) -> str:
    """Return docs/openapi.json."""
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(written(whole()))
