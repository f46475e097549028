"""Writing down what a person agreed to: who comes into being, what is refused, what is sealed."""

import json
from dataclasses import replace

import pytest
from builders import HOUR, NOON, PERSON_REF, POLICE, SHELTER, a_consent_document
from fakes import run
from line import ADVOCATE, HILL, KEYS, Line, a_line

from consent.records import Consent
from gateway.core.answers import KeyConflict, NotFresh, Recorded, Repeated
from gateway.core.consents.desk import Actor, UnknownPerson
from gateway.core.consents.desk_items import ConsentAnswer, is_confirmed
from gateway.core.crypto.blind import blind_person_ref
from gateway.core.crypto.sealing import Place, open_at_rest
from gateway.core.errors import OperatorError
from gateway.core.heads import binding_head, person_head
from schemas.documents import Document, Json
from schemas.validation import satisfies


@pytest.fixture(params=[False, True], ids=["same node", "another node"])
def line(request: pytest.FixtureRequest) -> Line:
    return a_line(remembers=request.param)


def recorded(line: Line, key: str = "K", agency: str = POLICE, **changes: Json) -> ConsentAnswer:
    actor = Actor(agency, line.caller(agency))
    return run(line.desk.record(actor, a_consent_document(**changes), key))


def answer(outcome: ConsentAnswer) -> Document:
    assert isinstance(outcome, Recorded)
    return outcome.answer


class TestPeople:
    def test_the_first_consent_makes_a_person_with_a_random_id_and_a_data_key(self, line: Line) -> None:
        line.says()
        [person] = line.book.people
        assert len(person) == 16
        assert set(line.person_keys.keys) == {person}
        assert line.book.bindings[blind_person_ref(KEYS, POLICE, PERSON_REF)].person == person

    def test_the_second_consent_of_the_same_person_makes_nobody(self, line: Line) -> None:
        line.says()
        line.says(recipient=HILL)
        assert (len(line.book.people), len(line.book.bindings), len(line.person_keys.keys)) == (1, 1, 1)
        assert len(line.book.consents) == 2

    def test_of_whom_nothing_was_recorded_no_data_key_is_left(self, line: Line) -> None:
        recorded(line)
        for outcome in (recorded(line, person_ref="P-2"), recorded(line, person_ref="P-3")):
            assert isinstance(outcome, KeyConflict)
        shown = line.caller()
        run(line.desk.record(Actor(POLICE, shown), a_consent_document(person_ref="P-4"), "another key"))
        used = run(line.desk.record(Actor(POLICE, shown), a_consent_document(person_ref="P-5"), "a third key"))
        assert isinstance(used, NotFresh)
        assert line.person_keys.keys.keys() == line.book.people

    def test_another_reference_is_another_person(self, line: Line) -> None:
        line.says()
        line.says(person_ref="P-0115")
        assert len(line.book.people) == 2

    def test_the_same_reference_of_another_agency_is_another_person(self, line: Line) -> None:
        """References are opaque and unique inside one agency only; who meets her again needs an introduction code."""
        line.says()
        line.says(SHELTER, discloser=SHELTER, recipient=HILL)
        assert len(line.book.people) == 2

    def test_c_12_a_refusal_makes_a_person_too_and_is_kept_with_the_same_detail(self, line: Line) -> None:
        assert answer(recorded(line, state="refused"))["state"] == "refused"
        [row] = line.book.consents
        assert row.sealed
        assert len(line.book.people) == 1
        assert line.leaves("consent.recorded")[0]["outcome"] == "refused"

    def test_two_first_consents_at_one_moment_make_one_person(self, line: Line) -> None:
        desk, actors = line.desk, [Actor(POLICE, line.caller()) for _ in range(2)]
        documents = [a_consent_document(), a_consent_document(recipient=HILL)]
        together = [
            desk.record(actor, document, actor.agency + str(at))
            for at, (actor, document) in enumerate(zip(actors, documents, strict=True))
        ]
        assert all(isinstance(outcome, Recorded) for outcome in line.recorder.together(together))
        assert (len(line.book.people), len(line.book.bindings), len(line.book.consents)) == (1, 1, 2)

    def test_many_consents_of_one_person_at_one_moment_are_all_written_down(self, line: Line) -> None:
        line.says()
        actors = [Actor(POLICE, line.caller()) for _ in range(40)]
        together = [line.desk.record(actor, a_consent_document(), f"K{at}") for at, actor in enumerate(actors)]
        assert all(isinstance(outcome, Recorded) for outcome in line.recorder.together(together))
        assert len(line.book.consents) == 41

    def test_recording_moves_her_head_and_the_first_one_the_head_of_the_binding(self, line: Line) -> None:
        line.says()
        [person] = line.book.people
        blind = blind_person_ref(KEYS, POLICE, PERSON_REF)
        assert line.book.heads[person_head(person)] == 1
        assert line.book.heads[binding_head(blind)] == 1
        line.says()
        assert line.book.heads[person_head(person)] == 2
        assert line.book.heads[binding_head(blind)] == 1

    def test_what_never_stands_still_is_given_up(self, line: Line) -> None:
        line.says()
        [person] = line.book.people
        for _ in range(100):
            line.recorder.meanwhile(lambda: line.book.bumped(person_head(person)))
        with pytest.raises(OperatorError):
            recorded(line)


class TestWriting:
    def test_a_consent_is_answered_with_its_id_and_its_end(self, line: Line) -> None:
        found = answer(recorded(line))
        [row] = line.book.consents
        assert found == {
            "consent": row.consent,
            "state": "given",
            "active": True,
            "confirmed": True,
            "ends": "2031-06-12",
        }

    @pytest.mark.parametrize(
        ("changes", "active"),
        [
            ({}, True),
            ({"state": "refused"}, False),
            ({"state": "requested"}, False),
            ({"state": "deferred"}, False),
            ({"taken_by": {"agency": SHELTER, "name": "Dan Rusu"}}, False),
        ],
        ids=["given", "refused", "requested", "deferred", "to be confirmed"],
    )
    def test_c_01_only_a_yes_that_waits_for_nobody_is_told_as_active(
        self, line: Line, changes: dict[str, Json], *, active: bool
    ) -> None:
        assert answer(recorded(line, **changes))["active"] is active

    def test_c_08_a_yes_that_begins_later_waits_for_nobody_and_is_not_active_yet(self, line: Line) -> None:
        told = answer(recorded(line, valid_from="2031-04-01T00:00:00Z"))
        assert (told["state"], told["confirmed"], told["active"]) == ("given", True, False)

    def test_c_08_a_yes_whose_time_is_over_is_told_as_expired(self, line: Line) -> None:
        over = {"taken_at": "2020-01-01T00:00:00Z", "valid_from": "2020-01-01T00:00:00Z"}
        told = answer(recorded(line, **over, valid_until="2020-02-01T00:00:00Z"))
        assert (told["state"], told["active"]) == ("expired", False)
        assert line.leaves("consent.recorded")[0]["outcome"] == "given", "what she said is what she said"

    def test_what_was_written_down_opens_with_her_key_only(self, line: Line) -> None:
        consent = line.says()
        [row] = line.book.consents
        place = Place("consent_event", "sealed", consent.encode(), 1)
        assert row.sealed is not None
        written = json.loads(open_at_rest(line.person_keys.of(row.person), place, row.sealed))
        assert written == a_consent_document()
        with pytest.raises(OperatorError):
            open_at_rest(b"\x01" * 32, place, row.sealed)

    def test_her_reference_is_kept_sealed(self, line: Line) -> None:
        line.says()
        [binding] = line.book.bindings.values()
        place = Place("binding", "sealed", binding.person, 1)
        assert open_at_rest(line.person_keys.of(binding.person), place, binding.sealed_ref).decode() == PERSON_REF

    def test_a_01_every_consent_is_a_leaf_that_commits_to_what_was_written(self, line: Line) -> None:
        line.says()
        [leaf] = line.leaves()
        assert satisfies(leaf, "ledger/1.0")
        assert (leaf["type"], leaf["sender"], leaf["recipient"]) == ("consent.recorded", POLICE, SHELTER)
        assert len(str(leaf["content"])) == 64
        assert line.book.leaves[0].wrapped_key is not None

    def test_the_operator_may_write_one_down_at_the_gateways_own_socket(self, line: Line) -> None:
        outcome = run(line.desk.record(Actor(POLICE, None), a_consent_document(), "K"))
        assert isinstance(outcome, Recorded)
        assert not line.book.used

    def test_the_same_request_again_gets_its_first_answer_and_writes_nothing(self, line: Line) -> None:
        first = answer(recorded(line))
        before = line.book.copied()
        assert recorded(line) == Repeated(first)
        assert line.book == replace(before, used=line.book.used)

    def test_another_consent_under_the_same_key_is_a_conflict(self, line: Line) -> None:
        recorded(line)
        assert recorded(line, recipient=HILL) == KeyConflict()
        assert len(line.book.consents) == 1

    def test_keys_of_consents_and_of_referrals_are_apart(self, line: Line) -> None:
        recorded(line, key="K")
        assert isinstance(line.accept(idempotency_key="K"), Recorded)

    def test_a_replayed_proof_writes_nothing(self, line: Line) -> None:
        actor = Actor(POLICE, line.caller())
        run(line.desk.record(actor, a_consent_document(), "K"))
        before = line.book.copied()
        outcome = run(line.desk.record(actor, a_consent_document(recipient=HILL), "L"))
        assert outcome == NotFresh(revoked=False)
        assert line.book == before


class TestShowing:
    def test_the_discloser_sees_how_its_consents_stand(self, line: Line) -> None:
        consent = line.says()
        shown = line.desk.shown(POLICE, PERSON_REF)
        assert isinstance(shown, tuple)
        assert [(one.id, one.recipient, one.ends > NOON + HOUR) for one in shown] == [(consent, SHELTER, True)]

    def test_an_unknown_person_and_another_agencys_person_answer_alike(self, line: Line) -> None:
        line.says()
        assert line.desk.shown(POLICE, "P-9") == UnknownPerson() == line.desk.shown(ADVOCATE, PERSON_REF)

    def test_one_consent_is_shown_by_its_id(self, line: Line) -> None:
        consent = line.says()
        shown = line.desk.shown_one(consent)
        assert isinstance(shown, Consent)
        assert shown.id == consent
        assert line.desk.shown_one("invented") == UnknownPerson()


@pytest.mark.parametrize(
    ("told", "confirmed"),
    [
        ({"active": False, "confirmed": True}, True),
        ({"active": False, "confirmed": False}, False),
        ({"active": True}, True),
        ({"active": False}, False),
    ],
    ids=["begins later", "waits", "kept from before, active", "kept from before, not active"],
)
def test_an_answer_that_was_kept_from_before_says_with_active_whether_it_is_confirmed(
    told: dict[str, object], *, confirmed: bool
) -> None:
    assert is_confirmed(told) is confirmed
