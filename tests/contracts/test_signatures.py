"""Every method of every port: the fake has it, the real one has it, and both take what the port says."""

import inspect

import books
import fake_lanes
import fake_notices
import fake_outbox
import fake_people
import fakes
import pytest
import web_door

from gateway import clock
from gateway.core import dispatch, histories, lanes, ports, tracking
from gateway.core.records import notice_records
from gateway.store import ledger, person_keys
from gateway.store.reading import directory, people, person_leaves, referrals
from gateway.store.writing import lanes as store_lanes
from gateway.store.writing import notices, parcels, transaction, writer

PORTS: list[tuple[type, type, type]] = [
    (ports.People, fake_people.FakePeople, people.PeopleReader),
    (ports.Directory, fakes.FakeDirectory, directory.DirectoryReader),
    (ports.PersonKeys, fake_people.FakePersonKeys, person_keys.PersonKeyStore),
    (ports.Recorder, fakes.FakeRecorder, writer.Writer),
    (ports.Transaction, books.FakeTransaction, transaction.ItemTransaction),
    (ports.Clock, fakes.FakeClock, clock.SystemClock),
    (ports.Entropy, fakes.SeededEntropy, clock.SystemEntropy),
    (notice_records.NoticeSteps, fake_notices.FakeNoticeSteps, notices.NoticeWriter),
    (notice_records.Notices, fake_notices.FakeNotices, notices.NoticeReader),
    (lanes.LaneSteps, fake_lanes.FakeLaneSteps, store_lanes.LaneWriter),
    (dispatch.Outbox, fake_outbox.FakeOutbox, parcels.OutboxReader),
    (histories.PersonLeaves, web_door.FakeLog, person_leaves.PersonLeafReader),
    (tracking.Log, web_door.FakeLog, ledger.LedgerReader),
    (tracking.Referrals, web_door.FakeLog, referrals.ReferralReader),
]


@pytest.mark.parametrize(("port", "fake", "real"), PORTS, ids=[port.__name__ for port, *_ in PORTS])
def test_fake_and_real_take_what_the_port_says(port: type, fake: type, real: type) -> None:
    for name, asked in vars(port).items():
        if name.startswith("_"):
            continue
        for made in (fake, real):
            assert hasattr(made, name), f"{made.__name__} has no {name}"
            if not isinstance(asked, property):
                taken = list(inspect.signature(getattr(made, name)).parameters)
                assert taken == list(inspect.signature(asked).parameters), f"{made.__name__}.{name}"


class _Strays:
    """A fake that takes something else."""

    def now(self, zone: str) -> None:
        """Another signature than the port's."""


def test_a_fake_that_strays_is_noticed() -> None:
    with pytest.raises(AssertionError, match="now"):
        test_fake_and_real_take_what_the_port_says(ports.Clock, _Strays, clock.SystemClock)
