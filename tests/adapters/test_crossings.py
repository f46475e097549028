"""All ordered pairs of adapters under all profiles: nothing forbidden arrives, and nothing that nobody said."""

import base64
from collections.abc import Callable
from urllib.parse import quote

import pytest
from trials import crossings
from trials.crossings import Crossings, adapters, crossed, packed, unpacked

from adapters.sdk.contract import Outbound
from adapters.sdk.guard import Guard
from adapters.sdk.manifest import Direction
from schemas.documents import Document

CANARY = "QxKosturiKANARIEzK é"
SHARE = 0.03
"""A few places of each format; `make evidence` plants them all."""


@pytest.mark.slow  # every pair under every profile once: 56 x 17, with the samples of each sender
def test_nothing_crosses_that_may_not_and_nothing_appears() -> None:
    found = crossed(SHARE, seed=20_310_506)
    assert (found.leaked, found.appeared) == ([], [])
    assert found.held
    assert found.adapters >= 7
    writers = sum(Direction.RENDER in guard.manifest.directions for guard in adapters().values())
    assert found.pairs == found.adapters * writers
    assert found.profiles >= 17
    assert found.canaries > 100
    assert found.read_back > 500


@pytest.mark.parametrize(
    "hidden",
    [
        str.encode,
        lambda text: base64.b64encode(b"a" + text.encode()),
        lambda text: base64.urlsafe_b64encode(b"ab" + text.encode()),
        lambda text: quote(text, safe="").encode(),
        lambda text: text.encode("utf-16-le"),
        lambda text: text.encode().hex().encode(),
        packed,
    ],
    ids=["raw", "base64", "base64url", "url", "utf-16", "hex", "gzip"],
)
def test_the_search_finds_what_is_hidden(hidden: Callable[[str], bytes]) -> None:
    assert crossings._holds(b"x" + hidden(CANARY) + b"y", crossings._needles(CANARY))
    assert not crossings._holds(b"x" + hidden("somebody else") + b"y", crossings._needles(CANARY))


def test_what_looks_like_gzip_and_is_none_is_searched_as_it_is() -> None:
    assert list(unpacked(b"\x1f\x8b\x08 not gzip")) == [b"\x1f\x8b\x08 not gzip"]


def _canonical_only(monkeypatch: pytest.MonkeyPatch) -> Crossings:
    guards = {"canonical": adapters()["canonical"]}
    monkeypatch.setattr(crossings, "adapters", lambda: guards)
    return crossed(1, seed=1)


def test_an_adapter_that_leaks_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    secrets: list[str] = []

    def planted(name: str) -> str:
        secrets.append(f"Qx{name.encode().hex()[:20]}zK")
        return secrets[-1]

    def leaking(recipient: Guard, document: Document) -> Outbound:
        return Outbound(packed(secrets[-1] if secrets else ""), "application/json")

    monkeypatch.setattr(crossings, "secret", planted)
    monkeypatch.setattr(crossings, "_written", leaking)
    monkeypatch.setattr(crossings, "read_back", lambda key, outbound: None)
    assert _canonical_only(monkeypatch).leaked


def test_an_adapter_that_invents_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crossings, "read_back", lambda key, outbound: {"subject": {"alias": CANARY}})
    found = _canonical_only(monkeypatch)
    assert found.appeared
    assert not found.held
