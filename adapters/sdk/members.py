"""What `render` reads a minimised document with: each member as the kind it should be, or as nothing."""

from collections.abc import Iterator, Mapping, Sequence

from adapters.sdk.errors import CannotRenderError
from schemas.documents import Document, Json


def section(document: Document, name: str) -> Document:
    """Return an object member, or an empty one. Raises CannotRenderError for anything else."""
    value = document.get(name, {})
    if not isinstance(value, Mapping):
        raise CannotRenderError(f"/{name}", "type")
    return value


def objects(value: Json) -> Iterator[Document]:
    """Yield the objects of a list."""
    yield from (entry for entry in sequence(value) if isinstance(entry, Mapping))


def strings(value: Json) -> list[str]:
    """Return the strings of a list."""
    return [entry for entry in sequence(value) if isinstance(entry, str)]


def sequence(value: Json) -> Sequence[Json]:
    """Return a list, or an empty one for what is none."""
    return value if isinstance(value, Sequence) and not isinstance(value, str) else ()


def text(value: Json) -> str | None:
    """Return a string, or None for what is none."""
    return value if isinstance(value, str) else None
