"""Fetching a file: the recipient alone, the whole or a range."""

from io import BytesIO

import pytest
from client.law_offices import Lawyers
from client.paper_cases import (
    PAPER,
    Case,
    ask_for,
    leaves,
)

from gateway.client import (
    NotFoundError,
)
from gateway.core.named_files import PIECE


def test_another_agency_fetches_nothing(case: Case, law_offices: dict[str, Lawyers]) -> None:
    _, message = case.brought()
    with pytest.raises(NotFoundError):
        case.post.client(law_offices["fhir"].client).fetch(message, case.papers[1].named, BytesIO())
    with pytest.raises(NotFoundError):
        case.fetch(message.id.replace(message.id[:3], "000"))
    assert ask_for(case, message, "/2").status == 404


RANGES: dict[str, tuple[int, slice]] = {
    "bytes=0-0": (206, slice(0, 1)),
    "bytes=10-": (206, slice(10, None)),
    "bytes=-7": (206, slice(-7, None)),
    f"bytes={PIECE - 3}-{PIECE + 3}": (206, slice(PIECE - 3, PIECE + 4)),
    f"bytes={PIECE}-{2 * PIECE - 1}": (206, slice(PIECE, 2 * PIECE)),
    "bytes=5-99999999999": (206, slice(5, None)),
    "bytes=-99999999999": (206, slice(0, None)),
    "bytes=7-3": (200, slice(0, None)),
    "bytes=0-1,5-6": (200, slice(0, None)),
    "pieces=1-2": (200, slice(0, None)),
}


def test_any_range_of_it_can_be_fetched(case: Case) -> None:
    _, message = case.brought(PAPER)
    sealed = case.papers[1].sealed
    for asked, (status, part) in RANGES.items():
        told = ask_for(case, message, "/1", Range=asked)
        assert (told.status, told.content) == (status, sealed[part]), asked
        assert int(told.headers["content-length"]) == len(sealed[part])
        if status == 206:
            first = part.indices(len(sealed))[0]
            whole = f"bytes {first}-{first + len(sealed[part]) - 1}/{len(sealed)}"
            assert told.headers["content-range"] == whole
    before = leaves(case.post, "attachment.handed_out")
    behind = ask_for(case, message, "/1", Range=f"bytes={len(sealed)}-")
    assert (behind.status, behind.headers["content-range"]) == (416, f"bytes */{len(sealed)}")
    assert leaves(case.post, "attachment.handed_out") == before, "nothing left"
    assert ask_for(case, message, "/1").content == sealed
