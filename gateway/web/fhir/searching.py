"""Reads a Task search, and writes a page of what it finds.

Only what every result shows anyway can be asked for, so that no answer and no count tells more than the results do
(no `_has`, no `_include`, no chains, no total). An unknown parameter is refused; a client that says
`Prefer: handling=lenient` has it ignored, and is told in the self link what was looked for.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final, TypeAlias
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request

from gateway.core.tasks import PartyTask, Side, Wanted
from gateway.web.door import Door
from gateway.web.fhir import names
from gateway.web.problems import BadRequestError
from schemas.documents import Document, Json
from schemas.vocabulary import ReferralState

PARAMETERS: Final[Mapping[str, str]] = {
    "_id": "token",
    "status": "token",
    "requester": "reference",
    "owner": "reference",
}
"""Search parameters of Task, with their types; `requester` and `owner` with the modifier `:identifier`."""

LARGEST_PAGE: Final = 50
_USUAL_PAGE: Final = 20

_NAMED: Final = {"_id": "_id", "status": "status", "requester:identifier": "requester", "owner:identifier": "owner"}
_CONTROL: Final = frozenset({"_count", "_format", "_cursor"})
KNOWN: Final = frozenset({*_NAMED, *_CONTROL})

_ID: Final = re.compile(r"[A-Za-z0-9.-]{1,64}")
_AGENCY: Final = re.compile(rf"(?:{re.escape(names.AGENCY)}\|)?([a-z][a-z0-9-]{{0,38}}[a-z0-9])")
_LIST: Final = "Task"
Opened: TypeAlias = Callable[[str, str], str | None]
"""Opens a cursor of a list; None for one that was not made for this client and this list."""
Sealed: TypeAlias = Callable[[str, str], str]
"""Seals the place where a page of a list ends."""
_COUNT: Final = re.compile(r"[0-9]{1,6}")


@dataclass(frozen=True, slots=True)
class Search:
    """A search: what is wanted, how many at once, and the parameters that were understood."""

    wanted: Wanted
    count: int
    understood: tuple[tuple[str, str], ...]


async def parameters(request: Request, door: Door) -> list[tuple[str, str]]:
    """Return the parameters of the URL, and of a form that is posted (`_search`). Raises BadRequestError."""
    given = [*request.query_params.multi_items()]
    if request.method == "POST":
        try:
            given += parse_qsl((await door.body(request)).decode("ascii"), keep_blank_values=True, errors="strict")
        except ValueError:
            raise _bad("form", "form") from None
    return given


def read_search(
    given: Iterable[tuple[str, str]], codes: Mapping[ReferralState, str], opened: Opened, *, lenient: bool
) -> Search:
    """Read the parameters; `codes` says which FHIR status each state is. Raises BadRequestError."""
    said: dict[str, str] = {}
    for name, value in given:
        if name not in KNOWN:
            if lenient:
                continue
            raise _bad("query", "unknown_parameter")
        if said.setdefault(name, value) != value:
            raise _bad(name, "repeated")
    wanted = Wanted(
        id=_matched(said, "_id", _ID),
        states=_states(said, codes),
        sender=_matched(said, "requester:identifier", _AGENCY),
        recipient=_matched(said, "owner:identifier", _AGENCY),
        after=_cursor(said, opened),
    )
    understood = tuple((name, value) for name, value in said.items() if name not in {"_cursor", "_format"})
    return Search(wanted, _count(said), understood)


def is_lenient(request: Request) -> bool:
    """Say whether the client asks that unknown parameters be ignored (FHIR R4, 3.1.0.1.3)."""
    said = ",".join(request.headers.getlist("prefer")).replace(";", ",").split(",")
    return "handling=lenient" in {one.strip().lower() for one in said}


def page(base: str, search: Search, found: list[tuple[PartyTask, Document]], sealed: Sealed) -> Document:
    """Return a searchset; `found` holds one more than the page where there are more."""
    shown = found[: search.count]
    entries: list[Json] = [
        {"fullUrl": f"{base}/Task/{task.id}", "resource": resource, "search": {"mode": "match"}}
        for task, resource in shown
    ]
    links: list[Json] = [_link(base, "self", search.understood)]
    if len(found) > len(shown) and shown:
        last, _ = shown[-1]
        links.append(_link(base, "next", (*search.understood, ("_cursor", sealed(_LIST, f"{last.side}.{last.id}")))))
    return {"resourceType": "Bundle", "type": "searchset", "link": links, **({"entry": entries} if entries else {})}


def with_room_for_one_more(search: Search) -> int:
    """Return how many to look up, so that the page knows whether another follows."""
    return search.count + 1


def _link(base: str, relation: str, understood: tuple[tuple[str, str], ...]) -> Json:
    query = urlencode(understood)
    return {"relation": relation, "url": f"{base}/Task{'?' if query else ''}{query}"}


def _states(said: Mapping[str, str], codes: Mapping[ReferralState, str]) -> frozenset[ReferralState] | None:
    """The states whose FHIR status is one of those asked for; several are one or the other."""
    if "status" not in said:
        return None
    asked = {one.rpartition("|")[2] for one in said["status"].split(",")}
    if not asked <= _STATUSES:
        raise _bad("status", "unknown_code")
    return frozenset(state for state, code in codes.items() if code in asked)


def _cursor(said: Mapping[str, str], opened: Opened) -> tuple[Side, str] | None:
    if "_cursor" not in said:
        return None
    place = opened(_LIST, said["_cursor"])
    if place is None:
        raise _bad("_cursor", "pattern")
    side, _, last = place.partition(".")
    return Side(side), last


def _count(said: Mapping[str, str]) -> int:
    text = said.get("_count", str(_USUAL_PAGE))
    if _COUNT.fullmatch(text) is None or int(text) == 0:
        raise _bad("_count", "range")  # A count alone would be a total.
    return min(int(text), LARGEST_PAGE)


def _matched(said: Mapping[str, str], name: str, pattern: re.Pattern[str]) -> str | None:
    if name not in said:
        return None
    found = pattern.fullmatch(said[name])
    if found is None:
        raise _bad(name, "pattern")
    return found[found.lastindex or 0]


def _bad(name: str, rule: str) -> BadRequestError:
    return BadRequestError(HTTPStatus.BAD_REQUEST, name, rule)


_STATUSES: Final = frozenset(
    {
        *("draft", "requested", "received", "accepted", "rejected", "ready", "cancelled"),
        *("in-progress", "on-hold", "failed", "completed", "entered-in-error"),
    }
)
"""Every status a Task may have (R4, required binding)."""
