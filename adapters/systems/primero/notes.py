"""Leaves that Primero has no field for, as notes under the path they have in the profile: codes and texts."""

from collections.abc import Iterator, Mapping, Sequence

from adapters.sdk.codes import Json

Note = tuple[str, str]
"""The subject of a note (a path such as `subject.age_band`) and its text."""


def notes_for(path: str, value: Json) -> Iterator[Note]:
    """Yield one note for a scalar or a list of them, and one for each object of a list of objects."""
    rows = value if isinstance(value, Sequence) and not isinstance(value, str) else ()
    if any(isinstance(row, Mapping) for row in rows):
        for row in rows:
            yield path, _text(row)
    else:
        yield path, _text(value)


def _text(value: Json) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case str() | int():
            return str(value)
        case Mapping():
            return "\n".join(f"{key}: {_text(member)}" for key, member in sorted(value.items()))
        case _:
            return ", ".join(_text(member) for member in value)
