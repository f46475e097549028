"""Signing in on a database: links and challenges are used once, sessions end, revocation works at once."""

import asyncio
from datetime import timedelta

import pytest
from passkeys import Authenticator
from signing import DPO, Office, refused
from stores import Store

from gateway.core.officer.failures import MOST
from gateway.core.officer.granting import LINK_LIVES, Granting, Wanted
from gateway.core.officer.signing import CHALLENGE_LIVES, IDLE, LONGEST, STEP_UP_LIVES, Signing
from gateway.core.officers import Action, Role

WANTED = Wanted(DPO, None, "DPO 2")
SECOND = timedelta(seconds=1)


@pytest.fixture
def office(store: Store) -> Office:
    return Office(store)


class TestLinks:
    def test_a_link_makes_one_officer_with_the_roles_it_was_written_for(self, office: Office) -> None:
        officer, key = office.an_officer()
        found = office.seat(office.signed_in(key)).officer
        assert (found.id, found.roles, found.enrolled_by) == (officer, DPO, "operator")
        assert office.leaves() == ["officer.invited", "officer.enrolled"]

    def test_a_link_is_used_once(self, office: Office) -> None:
        link = office.invited(WANTED)
        office.enrolled(link, Authenticator())
        with refused("link_unknown"):
            office.enrolled(link, Authenticator())
        assert len(office.book.officers()) == 1

    def test_a_link_runs_out(self, office: Office) -> None:
        link = office.invited(WANTED)
        office.store.clock.advance(LINK_LIVES)
        with refused("link_unknown"):
            office.enrolled(link, Authenticator())

    @pytest.mark.parametrize("link", ["", "x", "A" * 43, "ä" * 43])
    def test_a_link_nobody_wrote_is_nobodys(self, office: Office, link: str) -> None:
        with refused("link_unknown"):
            office.enrolled(link, Authenticator())

    def test_the_link_itself_is_not_kept(self, office: Office) -> None:
        link = office.invited(WANTED)
        kept = office.store.rows("select * from officer_invitation")
        assert kept
        assert link not in str(kept)

    def test_a_link_that_runs_out_while_the_passkey_is_made_is_refused(self, office: Office) -> None:
        link, key = office.invited(WANTED), Authenticator()

        async def work(signing: Signing, _: Granting) -> str:
            made = key.make(await signing.begin_enrolment(link))
            office.store.clock.advance(LINK_LIVES - SECOND)
            return await signing.enrol(link, made)

        with refused("passkey_refused"):
            office.do(work)

    def test_a_passkey_that_is_somebodys_is_refused(self, office: Office) -> None:
        _, key = office.an_officer()
        with refused("passkey_refused"):
            office.enrolled(office.invited(WANTED), key)

    @pytest.mark.parametrize(
        ("wanted", "code"),
        [
            (Wanted(frozenset(), None, "x"), "role_missing"),
            (Wanted(DPO, "nobody", "x"), "agency_unknown"),
            (Wanted(frozenset({Role.CASEWORKER}), None, "x"), "agency_missing"),
            (Wanted(DPO, None, ""), "label_unusable"),
            (Wanted(DPO, None, "x" * 41), "label_unusable"),
            (Wanted(DPO, None, "a\nb"), "label_unusable"),
        ],
    )
    def test_what_nobody_can_be_is_not_invited(self, office: Office, wanted: Wanted, code: str) -> None:
        with refused(code):
            office.invited(wanted)
        assert office.leaves() == []


class TestSessions:
    def test_a_session_goes_on_while_somebody_is_there(self, office: Office) -> None:
        _, key = office.an_officer()
        token = office.signed_in(key)
        for _ in range(4):
            office.store.clock.advance(IDLE - SECOND)
            office.seat(token)

    def test_a_session_ends_when_nobody_is_there(self, office: Office) -> None:
        _, key = office.an_officer()
        token = office.signed_in(key)
        office.store.clock.advance(IDLE)
        with refused("signed_out"):
            office.seat(token)

    def test_a_session_that_began_under_a_clock_that_ran_years_ahead_does_not_last_for_years(
        self, office: Office
    ) -> None:
        _, key = office.an_officer()
        office.store.clock.advance(timedelta(days=3_650))
        token = office.signed_in(key)
        office.seat(token)
        office.store.clock.advance(-timedelta(days=3_650))
        with refused("signed_out"):
            office.seat(token)

    def test_a_session_ends_however_busy_it_is(self, office: Office) -> None:
        _, key = office.an_officer()
        token, step = office.signed_in(key), IDLE - SECOND
        for _ in range(LONGEST // step):
            office.store.clock.advance(step)
            office.seat(token)
        office.store.clock.advance(step)
        with refused("signed_out"):
            office.seat(token)

    def test_signing_in_anew_ends_the_session_before(self, office: Office) -> None:
        _, key = office.an_officer()
        first = office.signed_in(key)
        second = office.signed_in(key, first)
        assert first != second
        with refused("signed_out"):
            office.seat(first)
        office.seat(second)

    def test_signing_out_ends_it(self, office: Office) -> None:
        _, key = office.an_officer()
        token = office.signed_in(key)
        office.do(lambda signing, _: signing.sign_out(token))
        with refused("signed_out"):
            office.seat(token)

    def test_the_token_itself_is_not_kept(self, office: Office) -> None:
        _, key = office.an_officer()
        token = office.signed_in(key)
        assert token not in str(office.store.rows("select * from officer_session"))

    def test_a_challenge_runs_out(self, office: Office) -> None:
        _, key = office.an_officer()

        async def work(signing: Signing, _: Granting) -> str:
            shown = key.show(await signing.begin_sign_in())
            office.store.clock.advance(CHALLENGE_LIVES)
            return await signing.sign_in(shown, None)

        with refused("passkey_refused"):
            office.do(work)

    def test_a_copied_passkey_shows_in_its_count(self, office: Office) -> None:
        """WebAuthn Level 2, 6.1.1: a count that does not go up is a copy at work."""
        _, key = office.an_officer()
        office.signed_in(key)
        key.uses = 0
        with refused("passkey_refused"):
            office.signed_in(key)

    def test_a_passkey_that_never_counts_may_go_on_not_counting(self, office: Office) -> None:
        key = Authenticator(counts=False)
        office.enrolled(office.invited(WANTED), key)
        office.signed_in(key)
        office.signed_in(key)

    def test_one_answer_signs_in_once_even_when_shown_twice_at_once(self, office: Office) -> None:
        key = Authenticator(counts=False)
        office.enrolled(office.invited(WANTED), key)

        async def work(signing: Signing, _: Granting) -> list[object]:
            shown = key.show(await signing.begin_sign_in())
            return await asyncio.gather(*(signing.sign_in(shown, None) for _ in range(5)), return_exceptions=True)

        outcomes = office.do(work)
        assert sum(isinstance(outcome, str) for outcome in outcomes) == 1

    def test_many_failures_are_one_leaf(self, office: Office) -> None:
        office.an_officer()
        for _ in range(MOST + 3):
            with refused("passkey_refused"):
                office.signed_in(Authenticator())
        assert office.leaves().count("officer.sign_in_burst") == 1

    def test_few_failures_are_none(self, office: Office) -> None:
        office.an_officer()
        for _ in range(MOST - 1):
            with refused("passkey_refused"):
                office.signed_in(Authenticator())
        assert "officer.sign_in_burst" not in office.leaves()

    def test_what_ran_out_is_deleted(self, office: Office) -> None:
        _, key = office.an_officer()
        office.signed_in(key)
        office.invited(WANTED)
        office.store.clock.advance(timedelta(days=2))
        office.store.do(lambda transaction: transaction.forget_expired(100))
        for query in (
            "select * from officer_session",
            "select * from officer_challenge",
            "select * from officer_invitation",
        ):
            assert office.store.rows(query) == []
        assert office.store.rows("select * from officer")


class TestApprovals:
    def test_a_passkey_shown_for_an_act_is_an_approval_and_a_leaf(self, office: Office) -> None:
        officer, key = office.an_officer()
        approval = office.approved(office.signed_in(key), key, Action.CONFIRM_CONSENT, "CONSENT-1")
        assert (approval.officer.id, approval.action, approval.subject) == (
            officer,
            Action.CONFIRM_CONSENT,
            "CONSENT-1",
        )
        assert office.leaves()[-1] == "officer.approved"

    @pytest.mark.parametrize(
        ("action", "subject"), [(Action.APPROVE_OVERRIDE, "CONSENT-1"), (Action.CONFIRM_CONSENT, "CONSENT-2")]
    )
    def test_a_passkey_shown_for_one_thing_approves_no_other(
        self, office: Office, action: Action, subject: str
    ) -> None:
        _, key = office.an_officer()
        token = office.signed_in(key)

        async def work(signing: Signing, _: Granting) -> object:
            seat = signing.seat(token)
            shown = key.show(await signing.begin_step_up(seat, Action.CONFIRM_CONSENT, "CONSENT-1"))
            return await signing.step_up(seat, action, subject, shown)

        with refused("passkey_refused"):
            office.do(work)

    def test_a_passkey_shown_to_sign_in_approves_nothing(self, office: Office) -> None:
        _, key = office.an_officer()
        token = office.signed_in(key)

        async def work(signing: Signing, _: Granting) -> object:
            shown = key.show(await signing.begin_sign_in())
            return await signing.step_up(signing.seat(token), Action.CONFIRM_CONSENT, "CONSENT-1", shown)

        with refused("passkey_refused"):
            office.do(work)

    def test_another_officers_passkey_approves_nothing(self, office: Office) -> None:
        _, key = office.an_officer()
        _, other = office.an_officer()
        with refused("passkey_refused"):
            office.approved(office.signed_in(key), other, Action.CONFIRM_CONSENT, "CONSENT-1")

    def test_an_answer_is_good_in_the_session_it_was_asked_in(self, office: Office) -> None:
        _, key = office.an_officer()
        first, second = office.signed_in(key), office.signed_in(key)

        async def work(signing: Signing, _: Granting) -> object:
            shown = key.show(await signing.begin_step_up(signing.seat(first), Action.CONFIRM_CONSENT, "C"))
            return await signing.step_up(signing.seat(second), Action.CONFIRM_CONSENT, "C", shown)

        with refused("passkey_refused"):
            office.do(work)

    def test_an_answer_is_good_for_two_minutes(self, office: Office) -> None:
        _, key = office.an_officer()
        token = office.signed_in(key)

        async def work(signing: Signing, _: Granting) -> object:
            seat = signing.seat(token)
            shown = key.show(await signing.begin_step_up(seat, Action.CONFIRM_CONSENT, "C"))
            office.store.clock.advance(STEP_UP_LIVES)
            return await signing.step_up(seat, Action.CONFIRM_CONSENT, "C", shown)

        with refused("passkey_refused"):
            office.do(work)
