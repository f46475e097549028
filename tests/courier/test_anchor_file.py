"""The file of witnesses and authorities: read whole or not at all."""

from pathlib import Path

import pytest

from consent.cosignature import WitnessKey
from gateway.clock import SystemClock
from gateway.core.errors import OperatorError
from gateway.courier.anchor_file import Named, read_anchors
from gateway.settings import Settings

KEY = WitnessKey("w.example/log", bytes(31) + b"\x01").text
GOOD = f"""
needed = 1
every_minutes = 30
[witness.near]
key = "{KEY}"
url = "https://w.example/log"
"""


def named(folder: Path, text: str | bytes) -> Named:
    file = folder / "anchors.toml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_anchors(Settings(anchors=file), lambda _older, _newer: (), SystemClock())


def test_whoever_is_named_is_asked(tmp_path: Path) -> None:
    found = named(tmp_path, GOOD)
    assert (found.names, found.needed, found.every.total_seconds()) == (frozenset({"w.example/log"}), 1, 1800)


def test_without_a_file_nobody_is() -> None:
    found = read_anchors(Settings(), lambda _older, _newer: (), SystemClock())
    assert (found.anchors, found.needed) == ((), 0)


WRONG: dict[str, str | bytes] = {
    "more needed than named": GOOD.replace("needed = 1", "needed = 2"),
    "none needed": GOOD.replace("needed = 1", "needed = 0"),
    "needed by word": GOOD.replace("needed = 1", "needed = true"),
    "too rare": GOOD.replace("30", "240"),
    "nobody": "needed = 1\nevery_minutes = 30\n",
    "unknown member": "also = 1\n" + GOOD,
    "unknown member of a witness": GOOD + "also = 1\n",
    "no address": GOOD.replace('url = "https://w.example/log"', ""),
    "not https": GOOD.replace("https:", "http:"),
    "no key": GOOD.replace(KEY, "w.example/log+00000000+AAAA"),
    "a name that is a path": GOOD.replace("[witness.near]", '[witness."../near"]'),
    "twice the same": GOOD + GOOD.replace("near", "far").partition("30")[2],
    "no table": "needed = 1\nevery_minutes = 30\nwitness = 1\n",
    "not TOML": "needed =",
    "not text": b"\xff",
    "no certificate": GOOD + '[authority.post]\nurl = "https://t.example"\nroot = "absent.pem"\n',
}


@pytest.mark.parametrize("what", WRONG)
def test_anything_wrong_refuses_and_no_value_is_told(tmp_path: Path, what: str) -> None:
    with pytest.raises(OperatorError) as told:
        named(tmp_path, WRONG[what])
    assert "w.example" not in str(told.value)


def test_a_file_that_is_not_there_refuses(tmp_path: Path) -> None:
    with pytest.raises(OperatorError):
        read_anchors(Settings(anchors=tmp_path / "absent"), lambda _older, _newer: (), SystemClock())


def test_where_the_file_is_wrong_is_told_and_nowhere_where_all_of_it_is(tmp_path: Path) -> None:
    for what, told in (("unknown member", " at '/also': unknown_member"), ("not TOML", "wrong: toml")):
        with pytest.raises(OperatorError, match=told):
            named(tmp_path, WRONG[what])
