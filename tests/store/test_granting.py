"""Who becomes an officer and who is one no longer: by somebody else, with a passkey shown, and at once."""

import pytest
from builders import POLICE
from passkeys import Authenticator
from signing import DPO, Office, refused
from stores import Store

from gateway.core.officer.granting import Wanted, grant_subject
from gateway.core.officers import APPROVAL_HOLDS, Action, Role

WANTED = Wanted(DPO, None, "DPO 2")


@pytest.fixture
def office(store: Store) -> Office:
    return Office(store)


class TestGranting:
    def grant(self, office: Office, key: Authenticator, officer: str, roles: frozenset[Role]) -> None:
        approval = office.approved(office.signed_in(key), key, Action.GRANT_ROLES, grant_subject(officer, roles))
        office.do(lambda _, granting: granting.grant(officer, roles, approval))

    def test_an_officer_invites_another_and_stands_as_the_one_who_did(self, office: Office) -> None:
        officer, key = office.an_officer()
        approval = office.approved(office.signed_in(key), key, Action.INVITE_OFFICER, WANTED.subject)
        other = Authenticator()
        office.enrolled(office.invited(WANTED, approval), other)
        found = office.seat(office.signed_in(other)).officer
        assert found.enrolled_by == officer
        assert not found.may_second(officer)

    def test_whoever_was_invited_through_others_is_known_as_such(self, office: Office) -> None:
        officer, key = office.an_officer()
        for _ in range(2):
            approval = office.approved(office.signed_in(key), key, Action.INVITE_OFFICER, WANTED.subject)
            key = Authenticator()
            office.enrolled(office.invited(WANTED, approval), key)
        last = office.seat(office.signed_in(key)).officer
        assert officer not in {last.id, last.enrolled_by}
        assert not last.may_second(officer)

    def test_a_role_is_granted_by_another_and_counts_at_once(self, office: Office) -> None:
        _, key = office.an_officer()
        officer, other = office.an_officer()
        token = office.signed_in(other)
        self.grant(office, key, officer, frozenset({Role.ADVOCATE}))
        assert office.seat(token).officer.roles == {Role.ADVOCATE}
        assert office.leaves()[-1] == "officer.role_granted"

    def test_nobody_grants_to_himself(self, office: Office) -> None:
        officer, key = office.an_officer()
        with refused("granted_to_oneself"):
            self.grant(office, key, officer, frozenset(Role))
        assert office.seat(office.signed_in(key)).officer.roles == DPO

    @pytest.mark.parametrize("role", [Role.CASEWORKER, Role.ADVOCATE, Role.GUARDIAN, Role.SECOND_APPROVER])
    def test_who_may_not_invite_can_neither_invite_nor_grant_nor_revoke(self, office: Office, role: Role) -> None:
        officer, _ = office.an_officer()
        _, key = office.an_officer(frozenset({role}), POLICE)
        token = office.signed_in(key)
        approval = office.approved(token, key, Action.INVITE_OFFICER, WANTED.subject)
        with refused("role_missing"):
            office.invited(WANTED, approval)
        with refused("role_missing"):
            self.grant(office, key, officer, DPO)
        revoking = office.approved(token, key, Action.REVOKE_OFFICER, officer)
        with refused("role_missing"):
            office.do(lambda _, granting: granting.revoke(officer, revoking))

    def test_an_approval_of_one_invitation_is_none_of_another(self, office: Office) -> None:
        _, key = office.an_officer()
        approval = office.approved(office.signed_in(key), key, Action.INVITE_OFFICER, WANTED.subject)
        with refused("approval_of_something_else"):
            office.invited(Wanted(frozenset(Role), POLICE, "DPO 2"), approval)

    def test_a_revoked_officer_is_out_at_once_and_so_is_every_link_he_wrote(self, office: Office) -> None:
        officer, key = office.an_officer()
        token = office.signed_in(key)
        approval = office.approved(token, key, Action.INVITE_OFFICER, WANTED.subject)
        link = office.invited(WANTED, approval)
        office.do(lambda _, granting: granting.revoke(officer, None))
        with refused("signed_out"):
            office.seat(token)
        with refused("passkey_refused"):
            office.signed_in(key)
        with refused("link_unknown"):
            office.enrolled(link, Authenticator())
        assert "officer.revoked" in office.leaves()

    def test_an_approval_of_somebody_who_was_revoked_meanwhile_holds_no_longer(self, office: Office) -> None:
        officer, key = office.an_officer()
        approval = office.approved(office.signed_in(key), key, Action.INVITE_OFFICER, WANTED.subject)
        office.do(lambda _, granting: granting.revoke(officer, None))
        with refused("approval_lapsed"):
            office.invited(WANTED, approval)

    def test_an_approval_is_not_kept_for_later(self, office: Office) -> None:
        _, key = office.an_officer()
        approval = office.approved(office.signed_in(key), key, Action.INVITE_OFFICER, WANTED.subject)
        office.store.clock.advance(APPROVAL_HOLDS)
        with refused("approval_lapsed"):
            office.invited(WANTED, approval)

    def test_nobody_is_revoked_twice_and_nobody_unknown(self, office: Office) -> None:
        officer, _ = office.an_officer()
        office.do(lambda _, granting: granting.revoke(officer, None))
        for gone in (officer, "invented"):
            with refused("officer_unknown"):
                office.do(lambda _, granting, gone=gone: granting.revoke(gone, None))
