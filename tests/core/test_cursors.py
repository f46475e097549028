"""A cursor is good for the client and the list it was made for, and for nothing else."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import replace

import pytest
from builders import POLICE, a_caller
from hypothesis import given
from hypothesis import strategies as st
from line import KEYS

from gateway.core.cursors import LONGEST, cursor_of, place_of

CALLER = a_caller(POLICE)
PLACE = "01R6KX7VG0A7VV69K3HCXP5RW1.withdrawal"


def test_whoever_got_it_comes_back_to_the_same_place() -> None:
    assert place_of(KEYS, CALLER, "notices", cursor_of(KEYS, CALLER, "notices", PLACE)) == PLACE


def test_another_client_and_another_list_cannot_use_it() -> None:
    cursor = cursor_of(KEYS, CALLER, "notices", PLACE)
    assert place_of(KEYS, replace(CALLER, client_id="another"), "notices", cursor) is None
    assert place_of(KEYS, CALLER, "tasks", cursor) is None


def test_one_that_was_changed_anywhere_is_refused() -> None:
    raw = bytearray(urlsafe_b64decode(cursor_of(KEYS, CALLER, "notices", PLACE) + "=="))
    for at in range(len(raw)):
        changed = bytearray(raw)
        changed[at] ^= 1
        assert place_of(KEYS, CALLER, "notices", urlsafe_b64encode(changed).rstrip(b"=").decode()) is None


@given(st.text(max_size=LONGEST + 50))
def test_nothing_that_was_made_up_is_accepted_or_raises(text: str) -> None:
    assert place_of(KEYS, CALLER, "notices", text) is None


@pytest.mark.parametrize("text", ["", "A", "====", "é" * 30, PLACE, "A" * (LONGEST + 1)])
def test_what_is_no_cursor_is_refused(text: str) -> None:
    assert place_of(KEYS, CALLER, "notices", text) is None
