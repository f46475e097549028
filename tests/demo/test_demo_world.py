"""The demonstration's world is closed: no setting from outside, nothing but loopback, agreements as they must be."""

import socket
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import make_url

from gateway.core.encoding import unbase64
from gateway.demo.agencies import CLIENTS, ENFORCEMENT, OTHER_SHELTERS, ROUTES, agreement, cast
from gateway.demo.folder import DemoFolder
from gateway.demo.server import listening
from gateway.demo.world import settings_of
from gateway.settings import Settings
from schemas.canonical import canonical
from schemas.validation import validate
from schemas.vocabulary import FunctionClass

TODAY = datetime(2026, 3, 1, tzinfo=UTC).date()
ELSEWHERE = "/srv/real-installation"


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_no_setting_comes_from_the_environment(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = DemoFolder(tmp_path)
    before = settings_of(folder)
    kind = Settings.model_fields[name].annotation
    monkeypatch.setenv(f"GATEWAY_{name.upper()}", {int: "9999", bool: "false"}.get(kind, ELSEWHERE))
    assert settings_of(folder) == before


def test_the_environment_would_be_read_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    """The canary of the test above: a setting that is not given is taken from the environment."""
    monkeypatch.setenv("GATEWAY_DATA", ELSEWHERE)
    assert Settings().data == Path(ELSEWHERE)


def test_it_listens_on_loopback_only_and_knows_that_it_is_a_demonstration(tmp_path: Path) -> None:
    settings = settings_of(DemoFolder(tmp_path))
    assert (settings.host, settings.demo, settings.data) == ("127.0.0.1", True, tmp_path / "data")
    assert make_url(settings.database()).database == f"{tmp_path}/data/gateway.db"


@pytest.mark.enable_socket
@pytest.mark.parametrize("by", ["a server", "another demonstration"])
def test_a_taken_port_is_left_to_whoever_has_it(tmp_path: Path, by: str) -> None:
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, int(by == "another demonstration"))
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        settings = settings_of(DemoFolder(tmp_path)).model_copy(update={"port": taken.getsockname()[1]})
        with listening(settings) as bound:
            host, port = bound.getsockname()
    assert host == "127.0.0.1"
    assert port != settings.port


def test_seven_agencies_play_and_three_more_stand_by() -> None:
    members = cast()
    assert len(members) == 7 + len(OTHER_SHELTERS)
    assert {plan.agency for plan in CLIENTS} == {*members} - {*OTHER_SHELTERS}


@pytest.mark.parametrize("member", cast().values(), ids=lambda member: member.id)
def test_every_registration_follows_the_schema(member: object) -> None:
    validate(member.registration(), "agency/1.0")


@pytest.mark.parametrize("route", ROUTES, ids="-".join)
def test_every_agreement_follows_the_schema_and_both_signatures_hold(route: tuple) -> None:
    sender, recipient, purpose = route
    members = cast()
    signed = validate(agreement(members[sender], members[recipient], purpose, TODAY), "agreement/1.0").document
    for signature in signed["signatures"]:
        public = members[signature["agency"]].signing.public_key()
        public.verify(unbase64(signature["signature"]), canonical(signed["agreement"]))
    assert {signature["agency"] for signature in signed["signatures"]} == {sender, recipient}


def test_enforcement_stands_in_an_agreement_as_sender_only() -> None:
    assert any(sender == ENFORCEMENT for sender, _, _ in ROUTES)
    assert not any(recipient == ENFORCEMENT for _, recipient, _ in ROUTES)
    assert cast()[ENFORCEMENT].function is FunctionClass.IMMIGRATION_ENFORCEMENT


def test_no_two_agencies_share_a_key() -> None:
    members = cast()
    assert len({member.signing.public_key().public_bytes_raw() for member in members.values()}) == len(members)
