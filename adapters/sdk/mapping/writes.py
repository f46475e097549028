"""A minimised document and its envelope as one record: what a field can say is written, the rest is reported as lost.

An item of a list goes where the mapping's constants say the same as it does: a channel that a mapping cannot call safe
is therefore never written (M-07).
"""

from collections.abc import Iterator, Mapping, Sequence

from adapters.sdk.contract import Outgoing
from adapters.sdk.errors import CannotRenderError
from adapters.sdk.mapping.cells import Written
from adapters.sdk.mapping.model import Field, FieldMapping, Path, Scalar
from adapters.sdk.mapping.paths import split
from adapters.sdk.tables import Losses
from schemas.documents import Document, Json, Loss
from schemas.leaves import ITEM, pointer

_ESTIMATED = ("subject", "birth", "estimated")
_BORN = ("subject", "birth", "date")
_IMPLIED: Mapping[Path, Mapping[Path, Scalar]] = {("subject", "contacts"): {("safe",): "yes"}}
"""What every profile asks of an item before it lets it through, and does not repeat (M-07)."""


class _Row:
    """The record being filled."""

    def __init__(self, mapping: FieldMapping) -> None:
        self.mapping = mapping
        self.losses = Losses()
        self.cells: dict[str, list[tuple[int, Scalar]]] = {}

    def put(self, field: Field, value: Scalar, at: int = 0) -> bool:
        """Write a value under a field, and tell whether the field can say it."""
        written = field.codec.write(value)
        if written is None or (self.cells.get(field.name) and not self._has_room(field)):
            return False
        self.cells.setdefault(field.name, []).append((at, written))
        return True

    def _has_room(self, field: Field) -> bool:
        return field.cardinality.is_many or ITEM in field.name


def write_record(outgoing: Outgoing, mapping: FieldMapping) -> tuple[Written, tuple[Loss, ...]]:
    """Return the cells by field and the loss report. Raises CannotRenderError where there is no pseudonym."""
    subject = outgoing.document.get("subject")
    if not isinstance(subject, Mapping) or not isinstance(subject.get("pseudonym"), str):
        raise CannotRenderError("/subject/pseudonym", "required")
    row = _Row(mapping)
    for path, value in _envelope(outgoing):
        _write(row, path, value)
    for path, value in _flat({key: value for key, value in outgoing.document.items() if key != "schema"}, ()):
        _write(row, path, value)
    _unsay_estimates(row, outgoing.document)
    return row.cells, row.losses.report()


def _envelope(outgoing: Outgoing) -> Iterator[tuple[Path, Json]]:
    envelope = outgoing.envelope
    yield ("envelope", "message_id"), envelope.message_id
    yield ("envelope", "sender"), envelope.sender
    yield ("envelope", "sender_title"), envelope.sender_title
    yield ("envelope", "purpose"), envelope.purpose.value
    yield ("envelope", "urgency"), envelope.urgency.value
    yield ("envelope", "sent_on"), envelope.sent_on
    yield ("envelope", "use_until"), envelope.use_until
    yield ("envelope", "obligations"), list(envelope.obligations)


def _flat(value: Json, path: Path) -> Iterator[tuple[Path, Json]]:
    """Yield every scalar outside lists, and every list whole."""
    if isinstance(value, Mapping):
        for key, member in value.items():
            yield from _flat(member, (*path, key))
    else:
        yield path, value


def _write(row: _Row, path: Path, value: Json) -> None:
    if isinstance(value, str | int | bool):
        fields = (field for field in row.mapping.written_fields() if field.to == path)
        if not any(row.put(field, value) for field in fields) and path[0] != "envelope":
            row.losses.dropped(pointer(path))
        return
    entries = value if isinstance(value, Sequence) else ()
    taken: set[str] = set()
    for at, entry in enumerate(entries):
        _write_item(row, path, _members(path, entry), at, taken)


def _members(path: Path, entry: Json) -> Mapping[Path, Scalar]:
    """The members of an item by their path in it. Profiles list languages by their codes alone."""
    if isinstance(entry, Mapping):
        return {(key,): value for key, value in entry.items() if isinstance(value, str | int | bool)}
    if not isinstance(entry, str | int | bool):
        return {}
    return {("code",) if path == ("subject", "languages") else (): entry}


def _write_item(row: _Row, path: Path, members: Mapping[Path, Scalar], at: int, taken: set[str]) -> None:
    """Write an item to the first of its places that can say what must be said of it, and what goes without saying."""
    implied = {rest: value for rest, value in _IMPLIED.get(path, {}).items() if rest not in members}
    for place, fields in _places(row.mapping, path).items():
        if place in taken or not _agrees(row.mapping, path, place, {**members, **implied}):
            continue
        said = [rest for rest, field in fields if rest in members and row.put(field, members[rest], at)]
        if not said:
            continue
        for rest, field in fields:
            if rest in implied:
                row.put(field, implied[rest], at)
        if place.isdigit():
            taken.add(place)
        for rest in members.keys() - set(said) - _constant(row.mapping, path, place).keys():
            _lose(row, path, rest)
        return
    for rest in members:
        _lose(row, path, rest)


def _lose(row: _Row, path: Path, rest: Path) -> None:
    if path[0] == "envelope":
        raise CannotRenderError("", "envelope")
    coded_alone = path == ("subject", "languages")
    row.losses.dropped(pointer((*path, ITEM) if coded_alone else (*path, ITEM, *rest)))


def _places(mapping: FieldMapping, path: Path) -> Mapping[str, Sequence[tuple[Path, Field]]]:
    """The places for items of a list: by number, or by the list of the format that takes any number of them."""
    places: dict[str, list[tuple[Path, Field]]] = {}
    for field in mapping.written_fields():
        into, which, rest = split(field.to)
        if which and into == path:
            of_the_format = field.name.rpartition(f"/{ITEM}")[0] if ITEM in field.name else field.name
            places.setdefault(which if which != ITEM else f"*{of_the_format}", []).append((rest, field))
    return places


def _constant(mapping: FieldMapping, path: Path, place: str) -> Mapping[Path, Scalar]:
    found = {}
    for constant, value in mapping.constants.items():
        into, which, rest = split(constant)
        if into == path and which in {ITEM, ITEM if place.startswith("*") else place}:
            found[rest] = value
    return found


def _agrees(mapping: FieldMapping, path: Path, place: str, members: Mapping[Path, Scalar]) -> bool:
    said = _constant(mapping, path, place)
    return all(members.get(rest, value) == value for rest, value in said.items())


def _unsay_estimates(row: _Row, document: Document) -> None:
    """An estimated date of birth, in a format that cannot call it so, would stand there as a known day."""
    fields = {field.to: field for field in row.mapping.written_fields()}
    subject = document.get("subject")
    birth = subject.get("birth") if isinstance(subject, Mapping) else None
    if isinstance(birth, Mapping) and birth.get("estimated") is True and _ESTIMATED not in fields:
        born = fields.get(_BORN)
        if born is not None and row.cells.pop(born.name, None) is not None:
            row.losses.dropped(pointer(_BORN))
