"""What a recipient's profile would take of a document, field by field: for the author of an adapter, before it runs.

No consent, no person, no record: it shows the most that this profile could ever let through (M-01). What she agreed to
can only make it less. It holds what the document says, and is for the eyes of whoever brought the document.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from adapters.sdk.contract import Adapter, Inbound, ParsedReferral
from adapters.sdk.errors import UnsupportedError
from adapters.sdk.guard import Guard
from adapters.sdk.mapping.adapter import Mapped, Seen
from consent.minimise import projected
from schemas.documents import CompiledProfile, Document, Json, Loss, ProfileLeaf
from schemas.leaves import ITEM, pointer
from schemas.validation import validate

NOT_ASKED = "this profile does not ask for it"
_AGE = frozenset({("subject", "birth", "date"), ("subject", "age", "min"), ("subject", "age", "max")})


@dataclass(frozen=True, slots=True)
class Row:
    """One field: what it says, what it is read as, what is sent of it as what; or why it stays with the sender."""

    field: str
    says: str
    read_as: str
    sent_as: str = ""
    sent: str = ""
    stays: str = ""


@dataclass(frozen=True, slots=True)
class Trial:
    """Every field of one document, and what was lost in reading it."""

    rows: tuple[Row, ...]
    losses: tuple[Loss, ...]


def trial(adapter: Adapter, inbound: Inbound, profile: CompiledProfile, on: date) -> Trial:
    """Read the document and cut it down to the profile. Raises AdapterError and SchemaViolationError."""
    parsed = Guard(adapter).parse(inbound)
    if not isinstance(parsed, ParsedReferral):
        raise UnsupportedError("", "not_a_referral")
    valid = validate(parsed.document, "referral/1.0")
    sent = projected(valid, profile, on).document
    if isinstance(adapter, Mapped):
        rows = tuple(_of_field(seen, profile, sent) for seen in adapter.seen(inbound))
    else:
        rows = (*_of_leaves(parsed.document, profile, sent), *(_of_loss(loss) for loss in parsed.losses))
    return Trial(rows, parsed.losses)


def _of_field(seen: Seen, profile: CompiledProfile, sent: Document) -> Row:
    says = "; ".join(seen.texts)
    if not seen.to:
        return Row(seen.name, says, "", stays=seen.kept)
    general = tuple(ITEM if step.isdigit() else step for step in seen.to)
    return _row(seen.name, says, general, profile, sent)


def _of_leaves(document: Document, profile: CompiledProfile, sent: Document) -> Iterator[Row]:
    """An adapter in code does not say which field became what; the canonical leaves are shown instead."""
    said: dict[tuple[str, ...], list[str]] = {}
    for path, value in _flat(document, ()):
        if path != ("schema",):
            said.setdefault(path, []).append(value)
    for path, values in said.items():
        yield _row(pointer(path), "; ".join(values), path, profile, sent)


def _of_loss(loss: Loss) -> Row:
    return Row(loss.path, "", "", stays=f"{loss.kind} by the adapter")


def _row(field: str, says: str, path: tuple[str, ...], profile: CompiledProfile, sent: Document) -> Row:
    read_as = pointer(path)
    for leaf in profile.leaves:
        values = _values(sent, leaf.target) if _is_of(leaf, path) else []
        if values:
            return Row(field, says, read_as, pointer(leaf.target), "; ".join(values))
    return Row(field, says, read_as, stays=_why(path))


def _is_of(leaf: ProfileLeaf, path: tuple[str, ...]) -> bool:
    return leaf.source == path or (leaf.granularity == "age_band" and path in {*_AGE, leaf.target})


def _why(path: tuple[str, ...]) -> str:
    match path:
        case ("subject", "person_ref"):
            return "only the gateway knows it; the recipient gets a pseudonym"
        case ("sender_reference",) | ("recorded_on",):
            return "only the gateway knows it"
        case _:
            return NOT_ASKED


def _flat(value: Json, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(value, dict):
        for key, member in value.items():
            yield from _flat(member, (*path, key))
    elif isinstance(value, list):
        for member in value:
            yield from _flat(member, (*path, ITEM))
    else:
        yield path, _text(value)


def _values(value: Json, path: tuple[str, ...]) -> list[str]:
    if not path:
        return [_text(value)]
    step, rest = path[0], path[1:]
    if step == ITEM:
        return [found for item in value for found in _values(item, rest)] if isinstance(value, list) else []
    return _values(value[step], rest) if isinstance(value, dict) and step in value else []


def _text(value: Json) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)
