"""One of the two databases is gone: nothing makes an empty one in its place, and what is said leads to `restore`."""

from datetime import timedelta
from pathlib import Path

import pytest
from furnished import Installation, install

from gateway.cli.failures import of_installation
from gateway.clock import SystemClock, SystemEntropy
from gateway.core.errors import LostError, OperatorError
from gateway.installation.examining import examine_closed
from gateway.installation.preparing import prepare
from gateway.wiring import build

DAY = timedelta(days=1)
NAMES = {"data": "gateway.db", "keys": "person-keys.db"}


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    return install(tmp_path_factory.mktemp("installed") / "data", persons=1)


@pytest.fixture(params=NAMES)
def lost(request: pytest.FixtureRequest, installed: Installation, tmp_path: Path) -> tuple[str, Installation]:
    copy = installed.copy(tmp_path / "data")
    for file in copy.data.glob(f"{NAMES[request.param]}*"):
        file.unlink()
    return request.param, copy


def test_nothing_is_served_beside_it_and_its_place_stays_free(lost: tuple[str, Installation]) -> None:
    part, there = lost
    with pytest.raises(OperatorError, match="restored"):
        build(there.settings())
    assert not [*there.data.glob(f"{NAMES[part]}*")]


def test_init_makes_no_new_one_and_says_what_to_restore(lost: tuple[str, Installation]) -> None:
    part, there = lost
    with pytest.raises(LostError) as refused:
        prepare(there.settings(), SystemEntropy(), SystemClock().now().date())
    assert of_installation(refused.value).next == f"referral-gateway restore {part} --help"
    assert not [*there.data.glob(f"{NAMES[part]}*")]


def test_doctor_sends_nobody_to_init(lost: tuple[str, Installation]) -> None:
    part, there = lost
    wrong = [one for one in examine_closed(there.settings(), SystemClock().now()) if not one.ok]
    assert [one.name for one in wrong] == [{"data": "schema", "keys": "person keys"}[part]]
    assert wrong[0].next == f"referral-gateway restore {part} --help"


def test_a_first_start_that_ended_half_way_is_gone_on_with(tmp_path: Path) -> None:
    """Neither database knows anybody yet."""
    new = install(tmp_path / "data", persons=0)
    (new.data / "person-keys.db").unlink()
    assert not prepare(new.settings(), SystemEntropy(), SystemClock().now().date()).key_ring
    build(new.settings()).close()


def test_where_both_are_gone_init_begins_no_other_log_under_the_old_key(tmp_path: Path) -> None:
    new = install(tmp_path / "data", persons=0)
    for name in NAMES.values():
        for file in new.data.glob(f"{name}*"):
            file.unlink()
    now = SystemClock().now()
    with pytest.raises(LostError) as refused:
        prepare(new.settings(), SystemEntropy(), now.date() + DAY)
    assert of_installation(refused.value).next == "referral-gateway restore keys --help"
    wrong = [one for one in examine_closed(new.settings(), now + DAY) if not one.ok]
    assert {one.next for one in wrong} == {"referral-gateway restore keys --help"}
    assert not [*new.data.glob("*.db")]
    assert prepare(new.settings(), SystemEntropy(), now.date()).schema, "a first start is gone on with on its day"
