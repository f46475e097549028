"""Tells what a new description would break for whoever wrote against an old one.

`python -m gateway.reference.breaking OLD NEW` prints one line for each, and fails where there is any. Adding is never a
break: integrators are told to ignore members, headers and codes they do not know. A change that this cannot read as
harmless counts as a break; whoever knows better says so in the changelog and releases a new version.
"""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from schemas.documents import Json

_METHODS = ("get", "put", "post", "patch", "delete")
_NARROWING = ("maxLength", "maximum", "maxItems")
_WIDENING = ("minLength", "minimum", "minItems")
_DEPTH = 12


@dataclass(frozen=True, slots=True)
class _Side:
    """One of the two descriptions."""

    document: Mapping[str, Json]

    def resolved(self, part: Json) -> Mapping[str, Json]:
        """Follow references."""
        found = _object(part)
        while isinstance(reference := found.get("$ref"), str):
            target: Json = self.document
            for name in reference.split("/")[1:]:
                target = _object(target).get(name)
            found = _object(target)
        return found

    def operations(self) -> dict[str, tuple[str, Mapping[str, Json]]]:
        """Return method and path of each operation, with what is said of it, by its id."""
        return {
            str(_object(one)["operationId"]): (f"{method.upper()} {path}", _object(one))
            for path, methods in _object(self.document.get("paths")).items()
            for method, one in _object(methods).items()
            if method in _METHODS
        }


def breaks(old: Mapping[str, Json], new: Mapping[str, Json]) -> list[str]:
    """Return what whoever wrote against `old` would no longer find in `new`, sorted."""
    before, after = _Side(old), _Side(new)
    found: list[str] = []
    later = after.operations()
    for name, (where, operation) in before.operations().items():
        if name not in later:
            found.append(f"{name}: is gone")
        elif later[name][0] != where:
            found.append(f"{name}: moved to {later[name][0]}")
        else:
            found += [f"{name}: {what}" for what in _of_operation(before, after, operation, later[name][1])]
    return sorted(set(found))


def _of_operation(before: _Side, after: _Side, old: Mapping[str, Json], new: Mapping[str, Json]) -> Iterator[str]:
    yield from _of_parameters(before, after, old, new)
    yield from _of_request(before, after, old, new)
    yield from _of_answers(before, after, old, new)
    for alternative in _list(old.get("security")):
        if new.get("security") and alternative not in _list(new.get("security")):
            yield "asks for other scopes"


def _of_parameters(before: _Side, after: _Side, old: Mapping[str, Json], new: Mapping[str, Json]) -> Iterator[str]:
    earlier, later = (_parameters(side, one) for side, one in ((before, old), (after, new)))
    for name, parameter in later.items():
        if name not in earlier and parameter.get("required"):
            yield f"parameter {name} is new and required"
        if name in earlier and parameter.get("required") and not earlier[name].get("required"):
            yield f"parameter {name} is required now"
    for name, parameter in earlier.items():
        if name not in later:
            yield f"parameter {name} is gone"
        else:
            taken = (parameter.get("schema"), later[name].get("schema"))
            yield from (f"parameter {name}: {what}" for what in _taken_less(before, after, *taken))


def _parameters(side: _Side, operation: Mapping[str, Json]) -> dict[str, Mapping[str, Json]]:
    found = [side.resolved(one) for one in _list(operation.get("parameters"))]
    return {f"{one['name']} ({one['in']})": one for one in found}


def _of_request(before: _Side, after: _Side, old: Mapping[str, Json], new: Mapping[str, Json]) -> Iterator[str]:
    earlier, later = _object(old.get("requestBody")), _object(new.get("requestBody"))
    if later.get("required") and not earlier.get("required"):
        yield "a body is required now"
    contents = _object(later.get("content"))
    for media_type, body in _object(earlier.get("content")).items():
        if media_type not in contents:
            yield f"{media_type} is not taken any more"
        else:
            taken = (_object(body).get("schema"), _object(contents[media_type]).get("schema"))
            yield from (f"body {what}" for what in _taken_less(before, after, *taken))


def _of_answers(before: _Side, after: _Side, old: Mapping[str, Json], new: Mapping[str, Json]) -> Iterator[str]:
    later = _object(new.get("responses"))
    for status, response in _object(old.get("responses")).items():
        if status not in later:
            if status < "400":
                yield f"{status} is not answered any more"
            continue
        earlier, newer = before.resolved(response), after.resolved(later[status])
        for header in _object(earlier.get("headers")).keys() - _object(newer.get("headers")).keys():
            yield f"{status}: header {header} is gone"
        contents = _object(newer.get("content"))
        for media_type, body in _object(earlier.get("content")).items():
            if media_type not in contents:
                yield f"{status}: {media_type} is not answered any more"
            else:
                told = (_object(body).get("schema"), _object(contents[media_type]).get("schema"))
                yield from (f"{status}: {what}" for what in _told_less(before, after, *told))


def _taken_less(
    before: _Side, after: _Side, old: Json, new: Json, where: str = "", depth: int = _DEPTH
) -> Iterator[str]:
    """What was accepted and is not any more."""
    earlier, later = before.resolved(old), after.resolved(new)
    if depth == 0:
        return
    if later.get("type") != earlier.get("type") and "type" in later:
        yield f"{where}: is of another type"
    for gone in _codes(earlier) - (_codes(later) or _codes(earlier)):
        yield f"{where}: {gone} is not taken any more"
    if later.get("pattern") != earlier.get("pattern") and "pattern" in later:
        yield f"{where}: has another pattern"
    yield from (
        f"{where}: {name} is smaller" for name in _NARROWING if _number(later, name, 1) < _number(earlier, name, 1)
    )
    yield from (
        f"{where}: {name} is larger" for name in _WIDENING if _number(later, name, 0) > _number(earlier, name, 0)
    )
    yield from (f"{where}/{name}: is required now" for name in _names(later) - _names(earlier))
    members, newer = _object(earlier.get("properties")), _object(later.get("properties"))
    if later.get("additionalProperties") is False:
        yield from (f"{where}/{name}: is not taken any more" for name in members.keys() - newer.keys())
    for name in members.keys() & newer.keys():
        yield from _taken_less(before, after, members[name], newer[name], f"{where}/{name}", depth - 1)
    if "items" in earlier and "items" in later:
        yield from _taken_less(before, after, earlier["items"], later["items"], f"{where}/*", depth - 1)


def _told_less(
    before: _Side, after: _Side, old: Json, new: Json, where: str = "", depth: int = _DEPTH
) -> Iterator[str]:
    """What was told and is not any more, or in another form."""
    earlier, later = before.resolved(old), after.resolved(new)
    if depth == 0:
        return
    if later.get("type") != earlier.get("type") and "type" in earlier:
        yield f"{where}: is of another type"
    members, newer = _object(earlier.get("properties")), _object(later.get("properties"))
    yield from (f"{where}/{name}: is gone" for name in members.keys() - newer.keys())
    yield from (f"{where}/{name}: may be missing now" for name in (_names(earlier) - _names(later)) & newer.keys())
    for name in members.keys() & newer.keys():
        yield from _told_less(before, after, members[name], newer[name], f"{where}/{name}", depth - 1)
    if "items" in earlier and "items" in later:
        yield from _told_less(before, after, earlier["items"], later["items"], f"{where}/*", depth - 1)


def _codes(schema: Mapping[str, Json]) -> set[str]:
    codes = {str(code) for code in _list(schema.get("enum"))}
    return codes | ({str(schema["const"])} if "const" in schema else set())


def _names(schema: Mapping[str, Json]) -> set[str]:
    return {str(name) for name in _list(schema.get("required"))}


def _number(schema: Mapping[str, Json], name: str, sign: int) -> float:
    value = schema.get(name)
    return value if isinstance(value, int) else float("inf") if sign else float("-inf")


def _object(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Json) -> Sequence[Json]:
    return value if isinstance(value, list) else []


def main(old: str, new: str) -> int:
    """Print what would break; return how a shell is told."""
    found = breaks(*(json.loads(Path(file).read_text("utf-8")) for file in (old, new)))
    sys.stdout.write("".join(f"{one}\n" for one in found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
