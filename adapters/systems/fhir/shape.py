"""Whether a resource is FHIR R4 in form: its elements, their types, the codes that must be of a list.

Nothing that is not in `data/elements.toml` is an element. Pointers name elements of the standard only: a name that is
not one may carry a value and becomes `*`.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date

from adapters.sdk import MalformedError, UnsupportedError
from adapters.sdk.codes import Json
from adapters.systems.fhir.tables import Element, Tables

_DAY = r"[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?"
_TIME = r"([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]{1,9})?(Z|[+-](0[0-9]|1[0-4]):[0-5][0-9])"
_FULL_DAY = r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_PATTERNS: Mapping[str, re.Pattern[str]] = {
    "code": re.compile(r"[^\s]+(\s[^\s]+)*"),
    "date": re.compile(_DAY),
    "dateTime": re.compile(f"{_DAY}|{_FULL_DAY}T{_TIME}"),
    "id": re.compile(r"[A-Za-z0-9.-]{1,64}"),
    "instant": re.compile(f"{_FULL_DAY}T{_TIME}"),
    "uri": re.compile(r"\S+"),
}
_DATES = frozenset({"date", "dateTime", "instant"})
_LENGTH_OF_A_DAY = 10


def check(node: Mapping[str, Json], kind: str, at: str, tables: Tables) -> None:
    """Return when `node` is a well-formed `kind`. Raises MalformedError, or UnsupportedError for a code or modifier."""
    elements = tables.elements[kind]
    valued = kind in {"Extension", "Task.input"}
    if not node:
        raise MalformedError(at, "empty")
    for name, value in node.items():
        element = elements.get(name)
        if element is not None:
            _check_element(value, element, f"{at}/{name}", tables, holes=f"_{name}" in node)
        elif valued and name in tables.value_types:
            _check_value(value, Element(type_of(name, tables), many=False, required=False), f"{at}/{name}", tables)
        elif name.startswith("_") and _is_primitive(name[1:], elements, tables, valued=valued):
            _check_shadow(value, f"{at}/{name}", tables, many=name[1:] in elements and elements[name[1:]].many)
        elif name != "resourceType" or kind not in {"Bundle", "MessageHeader", "Patient", "ServiceRequest", "Task"}:
            raise MalformedError(f"{at}/*", "unknown_element")
    for name, element in elements.items():
        if element.required and name not in node:
            raise MalformedError(f"{at}/{name}", "required")
    _refuse_modifiers(node, at)


def _refuse_modifiers(node: Mapping[str, Json], at: str) -> None:
    """What changes the meaning of everything beside it is never passed over (R4, extensibility, 2.4.0.1)."""
    if "modifierExtension" in node:
        raise UnsupportedError(f"{at}/modifierExtension", "modifier_extension")
    if "implicitRules" in node:
        raise UnsupportedError(f"{at}/implicitRules", "implicit_rules")


def _is_primitive(name: str, elements: Mapping[str, Element], tables: Tables, *, valued: bool) -> bool:
    element = elements.get(name)
    if element is None:
        return valued and name in tables.value_types
    return element.type[0].islower() and element.type != "object"


def type_of(name: str, tables: Tables) -> str:
    """Return the type of a value[x]; the many that are never read are not looked into."""
    kind = name.removeprefix("value")
    if kind in tables.elements:
        return kind
    kind = kind[0].lower() + kind[1:]
    return kind if kind in PRIMITIVES else "any"


def _check_shadow(value: Json, at: str, tables: Tables, *, many: bool) -> None:
    """The extensions of a primitive element, or of each in a list."""
    if not many:
        _check_value(value, Element("Element", many=False, required=False), at, tables)
        return
    for index, entry in enumerate(value if isinstance(value, list) and value else [False]):
        if isinstance(entry, dict):
            check(entry, "Element", f"{at}/{index}", tables)
        elif entry is not None:
            raise MalformedError(at, "type")


def _check_element(value: Json, element: Element, at: str, tables: Tables, *, holes: bool) -> None:
    if not element.many:
        _check_value(value, element, at, tables)
        return
    if not isinstance(value, list):
        raise MalformedError(at, "type")
    if not value:
        raise MalformedError(at, "empty")
    for index, entry in enumerate(value):
        if entry is not None or not holes:
            _check_value(entry, element, f"{at}/{index}", tables)


def _check_value(value: Json, element: Element, at: str, tables: Tables) -> None:
    primitive = PRIMITIVES.get(element.type)
    if element.type == "any":
        return
    if primitive is not None:
        primitive(value, element, at)
    elif not isinstance(value, dict):
        raise MalformedError(at, "type")
    elif element.type != "object":
        check(value, element.type, at, tables)


def _check_text(value: Json, element: Element, at: str) -> None:
    if not isinstance(value, str):
        raise MalformedError(at, "type")
    if not value.strip():
        raise MalformedError(at, "empty")
    pattern = _PATTERNS.get(element.type)
    if pattern is not None and pattern.fullmatch(value) is None:
        raise MalformedError(at, "pattern")
    if element.type in _DATES and not _is_a_day(value):
        raise MalformedError(at, "pattern")
    if element.binding is not None and value not in element.binding:
        raise UnsupportedError(at, f"unknown_code:{element.binding_name}")


def _is_a_day(value: str) -> bool:
    if len(value) < _LENGTH_OF_A_DAY:
        return True
    try:
        date.fromisoformat(value[:_LENGTH_OF_A_DAY])
    except ValueError:
        return False
    return True


def _check_boolean(value: Json, _element: Element, at: str) -> None:
    if not isinstance(value, bool):
        raise MalformedError(at, "type")


def _check_integer(value: Json, _element: Element, at: str) -> None:
    if isinstance(value, bool) or not isinstance(value, int):
        raise MalformedError(at, "type")


PRIMITIVES: Mapping[str, Callable[[Json, Element, str], None]] = {
    **dict.fromkeys(("code", "date", "dateTime", "id", "instant", "string", "uri"), _check_text),
    "boolean": _check_boolean,
    "integer": _check_integer,
}
