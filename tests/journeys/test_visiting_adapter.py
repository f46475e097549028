"""An agency whose adapter is not ours, on a whole line: served like any, and whatever it does hurts only itself."""

import json
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from elsewhere import KEY, MEDIA_TYPE, Lines, allow, distribution
from journeys.facts import later
from journeys.in_process import Line, a_line
from journeys.onward import agreed, fetched, joined, system

from gateway.core.access.scopes import Scope
from gateway.demo.agencies import CLINIC, CLINIC_SYSTEM, Member
from gateway.demo.client import Answer, System
from gateway.demo.messages import Wish, routing, written
from gateway.plugins.confinement import missing
from schemas.documents import Document
from schemas.vocabulary import DataCategory, FunctionClass, Need, Purpose

pytestmark = pytest.mark.skipif(missing() is not None, reason="this machine cannot hold a worker")

HOUSE = "visitors-house"
QUIET, WILD, HANGING, LEAVING = "C-1000", "C-2000", "C-3000", "C-4000"
TEMPER = """
            if outgoing.document["subject"].get("alias") == "wild": os._exit(1)
            if outgoing.document["subject"].get("alias") == "hanging":
                while True: pass
"""


@dataclass
class Visit:
    """A clinic that sends, and a house whose own adapter has a temper."""

    line: Line
    house: Member
    reads: System

    def agrees(self, person: str) -> None:
        """She agrees that the house may know what she needs, and an alias."""
        wish = Wish(person, CLINIC, HOUSE, Purpose.ACCOMMODATION, (DataCategory.NEED, DataCategory.ALIAS))
        consent, active = self.line.world.record(wish)
        assert active or self.line.world.confirm(consent)

    def sends(self, person: str, alias: str) -> Answer:
        """The clinic refers her to the house."""
        clinic = self.line.world.systems[CLINIC_SYSTEM]
        return clinic.post("/v1/referrals", written(_referral(person, alias)), routing(HOUSE, Purpose.ACCOMMODATION))


def _referral(person: str, alias: str) -> Document:
    subject = {"person_ref": person, "alias": alias, "minor_status": "adult"}
    return {"schema": "referral/1.0", "subject": subject, "needs": [{"code": Need.ACCOMMODATION_EMERGENCY}]}


@pytest.fixture(scope="module")
def visit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visit]:
    folder = tmp_path_factory.mktemp("visit") / "adapters"
    folder.mkdir()
    distribution(folder, Lines(renders=f"if True:{TEMPER}"))
    given = {"adapters_folder": folder, "adapters_allowed": allow(folder), "adapter_seconds": 1}
    with a_line(folder.parent / ".demo", **given) as line:
        house = joined(line, HOUSE, FunctionClass.SHELTER, KEY)
        agreed(line, line.world.members[CLINIC], house, Purpose.ACCOMMODATION)
        visit = Visit(line, house, system(line, HOUSE, Scope.READ_INBOX, Scope.ACKNOWLEDGE_INBOX, Scope.SEND_REFERRALS))
        for person in (QUIET, WILD, HANGING, LEAVING):
            visit.agrees(person)
        yield visit


def test_its_own_adapter_writes_what_it_gets_and_reads_what_it_sends(visit: Visit) -> None:
    fetched(visit.line, visit.reads, visit.house)  # What other tests sent.
    answer = visit.sends(QUIET, "Lark")

    assert (answer.status, answer.body["outcome"]) == (201, "permitted")
    [(_, document)] = fetched(visit.line, visit.reads, visit.house)
    assert isinstance(document, dict)
    assert document["needs"] == [{"code": Need.ACCOMMODATION_EMERGENCY}]

    headers = {**routing(CLINIC, Purpose.HEALTH), "Content-Type": MEDIA_TYPE}
    onward = visit.reads.post("/v1/referrals", written(_referral("V-1", "Lark")), headers)
    assert (onward.status, onward.body["code"]) == (403, "refused")


@pytest.mark.parametrize(("person", "alias"), [(WILD, "wild"), (HANGING, "hanging")])
def test_what_it_cannot_write_is_refused_recorded_and_looks_like_any_no(visit: Visit, person: str, alias: str) -> None:
    """A failure of the recipient's adapter must not tell the sender that she agreed."""
    refused = visit.sends(person, alias)
    nobody = visit.sends("C-9999", alias)

    assert (refused.status, refused.size, refused.headers) == (nobody.status, nobody.size, nobody.headers)
    assert refused.body["reasons"] == nobody.body["reasons"]
    assert visit.sends(QUIET, "Lark").status == 201, "the control: the next one is served"


def test_a_preview_is_written_by_it_too(visit: Visit) -> None:
    clinic = visit.line.world.systems[CLINIC_SYSTEM]
    headers = routing(HOUSE, Purpose.ACCOMMODATION)
    answer = clinic.post("/v1/referrals/preview", written(_referral(QUIET, "Lark")), headers)

    assert answer.status == 200
    assert isinstance(answer.body["rendered"], dict)
    assert json.loads(str(answer.body["rendered"]["body"]))["needs"] == [{"code": Need.ACCOMMODATION_EMERGENCY}]


def test_what_is_taken_back_is_told_in_its_own_words(visit: Visit) -> None:
    clinic = visit.line.world.systems[CLINIC_SYSTEM]
    fetched(visit.line, visit.reads, visit.house)  # What other tests sent.
    assert visit.sends(LEAVING, "Lark").status == 201
    messages_held = {name for name, _ in fetched(visit.line, visit.reads, visit.house)}
    assert clinic.post("/v1/withdrawals", written({"person_ref": LEAVING})).status == 200
    later(visit.line, timedelta(hours=1), visit.reads)

    told = visit.reads.post("/v1/inbox/lease").objects("messages")

    assert {one["media_type"] for one in told} == {"text/plain"}
    assert {b64decode(str(one["body"])).decode() for one in told} >= messages_held
