"""Checks a document against a published schema; the only maker of ValidDocument.

The schema says nearly everything. Before it runs, size and shape are checked so that no hostile document costs more
than its bytes; after it, dates are looked up in the calendar, which a pattern cannot do. A violation names places and
rules, never values: the libraries' own errors quote the data, so none of them leaves this module, not even as the
context of ours.
"""

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import islice

from jsonschema_rs import Draft202012Validator, ValidationError

from schemas.calendar import Tree, date_tree, misdated
from schemas.catalogue import load, names
from schemas.decoding import decode_json
from schemas.documents import Document, ValidDocument
from schemas.errors import Fault, SchemaViolationError
from schemas.leaves import ITEM, leaves, pointer
from schemas.shape import plain

__all__ = ["MAX_FAULTS", "decode_json", "satisfies", "validate", "validate_plain", "warm"]

MAX_FAULTS = 20
"""How many faults a violation lists; a document with more is not helped by more."""

_MAX_FAULTS_READ = 500


def validate(document: Document, name: str) -> ValidDocument:
    """Return `document` as valid under the schema called `name`, in plain dicts and lists.

    Raises SchemaViolationError with at most MAX_FAULTS faults, sorted, each once; UnknownSchemaError for the name.
    """
    return validate_plain(plain(document, name), name)


def validate_plain(value: Document, name: str) -> ValidDocument:
    """Return a document of JSON's own types and bounded size as valid: what the guard of an adapter has copied is one.

    Raises like `validate`.
    """
    validator = _validator(name)
    faults = _checked(validator, value, name) or _listed(misdated(value, _date_tree(name)))
    if faults:
        raise SchemaViolationError(name, faults)
    return ValidDocument(schema=name, document=value)


def satisfies(document: Document, name: str) -> bool:
    """Tell whether a document made here, of JSON's own types, is valid; nobody wants to know why not."""
    try:
        return _validator(name).is_valid(document) and not misdated(document, _date_tree(name))
    except ValueError:
        return False


def warm() -> None:
    """Compile every published schema, so that the first document waits for nothing."""
    for name in names():
        _validator(name)
        _date_tree(name)
        _known_keys(name)


@cache
def _validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(dict(load(name)))


def _checked(validator: Draft202012Validator, value: Document, name: str) -> tuple[Fault, ...]:
    try:
        return () if validator.is_valid(value) else _listed(_schema_faults(validator, value, name))
    except UnicodeEncodeError:
        rule = "utf-8"
    except ValueError:
        rule = "type"
    # Returned, not raised in the handler: as a context, the library's error would carry the value along.
    return (Fault("", rule),)


def _listed(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    found = set(islice(faults, _MAX_FAULTS_READ))
    return tuple(sorted(found, key=lambda fault: (fault.pointer, fault.rule))[:MAX_FAULTS])


def _schema_faults(validator: Draft202012Validator, value: Document, name: str) -> Iterator[Fault]:
    known = _known_keys(name)
    for error in validator.iter_errors(value):
        rule = _rule(error)
        path = [str(key) if isinstance(key, int) or key in known else ITEM for key in error.instance_path]
        match rule:
            case "additionalProperties":
                path.append(ITEM)
            case "required":
                path.append(str(error.kind.as_dict()["property"]))
            case _:
                pass
        yield Fault(pointer(tuple(path)), rule)


def _rule(error: ValidationError) -> str:
    return next((str(step) for step in reversed(error.schema_path) if isinstance(step, str)), "schema")


@cache
def _known_keys(name: str) -> frozenset[str]:
    return frozenset(key for leaf in leaves(load(name)) for key in leaf.path)


@cache
def _date_tree(name: str) -> dict[str, Tree]:
    return date_tree(load(name))
