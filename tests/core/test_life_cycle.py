"""What may happen to a consent after it was recorded, who may say so, and how it stood at any past moment (C-17)."""

import pytest
from builders import DAY, SHELTER
from happening import INFORMED, WHO, happens, standing, told
from line import HILL, Line, a_line

from consent.facts import Restriction
from gateway.core.consents.documents import ConsentRefusedError
from gateway.core.consents.events import EventRefusedError
from schemas.documents import Json
from schemas.errors import SchemaViolationError
from schemas.vocabulary import ConsentState, DataCategory, GivenBy, Purpose


@pytest.fixture(params=[False, True], ids=["same node", "another node"])
def line(request: pytest.FixtureRequest) -> Line:
    return a_line(remembers=request.param)


def refused(line: Line, consent: str, kind: str, **said: Json) -> str:
    """Return the rule and the pointer such an event is refused with; nothing is written."""
    before = line.book.copied()
    with pytest.raises(ConsentRefusedError) as caught:
        happens(line, consent, kind, **said)
    assert (line.book.consents, line.book.leaves) == (before.consents, before.leaves)
    return f"{caught.value.rule} {caught.value.pointer}"


class TestSaying:
    @pytest.mark.parametrize("first", ["requested", "deferred"])
    def test_c_02_what_was_asked_permits_nothing_until_she_says_yes(self, line: Line, first: str) -> None:
        consent = line.says(state=first)
        assert line.told()["outcome"] == "refused"
        answer = told(happens(line, consent, "given", **INFORMED))
        assert (answer["state"], answer["active"]) == ("given", True)
        assert line.told()["outcome"] == "permitted"

    def test_c_12_what_was_asked_may_be_refused_with_the_same_detail(self, line: Line) -> None:
        consent = line.says(state="requested")
        assert told(happens(line, consent, "refused", **INFORMED))["state"] == "refused"
        assert line.told()["outcome"] == "refused"

    def test_she_may_put_it_off(self, line: Line) -> None:
        consent = line.says(state="requested")
        assert told(happens(line, consent, "deferred"))["state"] == "deferred"

    @pytest.mark.parametrize("kind", ["given", "refused", "renewed"])
    @pytest.mark.parametrize("member", sorted(INFORMED))
    def test_c_05_a_word_without_its_details_is_not_recorded(self, line: Line, kind: str, member: str) -> None:
        consent = line.says(state="given" if kind == "renewed" else "requested")
        said = {key: value for key, value in INFORMED.items() if key != member}
        with pytest.raises(SchemaViolationError) as caught:
            happens(line, consent, kind, **said)
        assert [(fault.pointer, fault.rule) for fault in caught.value.faults] == [(f"/{member}", "required")]

    @pytest.mark.parametrize(
        ("changes", "fault"),
        [
            ({"person_languages": ["ru"]}, "C-06 /interpreter"),
            ({"interpreter": {"id": "I-7"}}, "C-07 /interpreter"),
            ({"interpreter": {"id": "I-7"}, "interpreter_relation": "relative"}, "C-07 /interpreter"),
            ({"taken_at": "2031-03-14T12:00:01Z"}, "C-05 /taken_at"),
            ({"taken_by": {"agency": "nobody-known", "name": "Dan Rusu"}}, "C-05 /taken_by/agency"),
            ({"valid_until": "2031-03-14T12:00:00Z"}, "C-08 /valid_until"),
        ],
    )
    def test_a_yes_that_is_unclear_is_refused(self, line: Line, changes: dict[str, Json], fault: str) -> None:
        consent = line.says(state="requested")
        assert refused(line, consent, "given", **{**INFORMED, **changes}) == fault

    def test_c_19_a_yes_taken_by_whom_it_benefits_waits_for_a_second_person(self, line: Line) -> None:
        consent = line.says(state="requested")
        said = {**INFORMED, "taken_by": {"agency": SHELTER, "name": "Dan Rusu"}}
        assert told(happens(line, consent, "given", **said))["active"] is False
        assert line.told()["outcome"] == "refused"
        line.confirms(consent)
        assert line.told()["outcome"] == "permitted"

    @pytest.mark.parametrize(
        ("state", "kind"),
        [
            ("given", "given"),
            ("refused", "given"),
            ("given", "deferred"),
            ("given", "refused"),
            ("refused", "renewed"),
            ("requested", "renewed"),
            ("requested", "narrowed"),
        ],
    )
    def test_c_02_what_does_not_fit_its_state_does_not_happen(self, line: Line, state: str, kind: str) -> None:
        consent = line.says(state=state)
        said = {**WHO, "categories": ["need"]} if kind == "narrowed" else {} if kind == "deferred" else INFORMED
        with pytest.raises(EventRefusedError):
            happens(line, consent, kind, **said)


class TestNarrowing:
    def test_c_16_she_may_agree_to_less(self, line: Line) -> None:
        consent = line.says(purposes=["assistance.accommodation", "assistance.legal"])
        restrictions: Json = [{"category": "risk", "recipient": SHELTER}]
        said = {**WHO, "purposes": ["assistance.accommodation"], "categories": ["pseudonym", "need", "risk"]}
        happens(line, consent, "narrowed", restrictions=restrictions, valid_until="2031-04-01T00:00:00Z", **said)
        found = standing(line, consent).consent
        assert found.purposes == {Purpose.ACCOMMODATION}
        assert found.categories == {DataCategory.PSEUDONYM, DataCategory.NEED, DataCategory.RISK}
        assert found.restrictions == (Restriction(DataCategory.RISK, SHELTER),)
        assert (found.ends.date().isoformat(), found.state) == ("2031-04-01", ConsentState.GIVEN)
        assert line.told()["sent"] == ["need"]

    @pytest.mark.parametrize(
        ("said", "fault"),
        [
            ({"purposes": ["assistance.accommodation", "assistance.legal"]}, "C-16 /purposes"),
            ({"categories": ["need", "narrative"]}, "C-16 /categories"),
            ({"valid_until": "2031-09-01T00:00:00Z"}, "C-16 /valid_until"),
        ],
    )
    def test_c_16_more_than_before_is_refused(self, line: Line, said: dict[str, Json], fault: str) -> None:
        assert refused(line, line.says(), "narrowed", **WHO, **said) == fault

    def test_c_16_another_recipient_cannot_even_be_said(self, line: Line) -> None:
        with pytest.raises(SchemaViolationError):
            happens(line, line.says(), "narrowed", **WHO, recipient=HILL)

    def test_a_narrowing_takes_something_away(self, line: Line) -> None:
        with pytest.raises(SchemaViolationError):
            happens(line, line.says(), "narrowed", **WHO)

    def test_c_16_an_older_word_is_not_narrowed_while_a_newer_one_goes_on_permitting(self, line: Line) -> None:
        older = line.says()
        newer = line.says(taken_at="2031-03-14T11:30:00Z")
        with pytest.raises(EventRefusedError):
            happens(line, older, "narrowed", **WHO, categories=["pseudonym", "need"])
        happens(line, newer, "narrowed", **WHO, categories=["pseudonym", "need"])
        assert line.told()["sent"] == ["need"]

    def test_c_09_what_waits_and_is_no_longer_covered_never_leaves(self, line: Line) -> None:
        consent = line.says()
        line.told()
        happens(line, consent, "narrowed", **WHO, categories=["pseudonym", "need"])
        assert line.fetch() == ()

    def test_and_what_is_still_covered_leaves(self, line: Line) -> None:
        consent = line.says(categories=["pseudonym", "need", "risk"])
        line.told()
        happens(line, consent, "narrowed", **WHO, categories=["pseudonym", "need"])
        assert len(line.fetch()) == 1


class TestRenewing:
    def test_c_08_a_consent_that_has_run_out_is_renewed_by_informing_her_anew(self, line: Line) -> None:
        consent = line.says(valid_until="2031-03-15T00:00:00Z")
        line.clock.advance(2 * DAY)
        assert line.told()["outcome"] == "refused"
        answer = told(happens(line, consent, "renewed", **{**INFORMED, "taken_at": "2031-03-16T12:00:00Z"}))
        assert (answer["state"], answer["active"], answer["ends"]) == ("renewed", True, "2031-06-14")
        assert line.told()["outcome"] == "permitted"

    def test_c_16_what_was_narrowed_stays_narrow(self, line: Line) -> None:
        consent = line.says()
        happens(line, consent, "narrowed", **WHO, categories=["pseudonym", "need"])
        happens(line, consent, "renewed", **INFORMED)
        assert standing(line, consent).consent.categories == {DataCategory.PSEUDONYM, DataCategory.NEED}

    def test_c_16_a_renewal_cannot_name_purposes_or_categories(self, line: Line) -> None:
        with pytest.raises(SchemaViolationError):
            happens(line, line.says(), "renewed", **INFORMED, categories=["need", "narrative"])

    def test_c_02_what_she_took_back_is_not_renewed(self, line: Line) -> None:
        consent = line.says()
        line.takes_back()
        with pytest.raises(EventRefusedError):
            happens(line, consent, "renewed", **INFORMED)

    def test_who_gives_it_anew_is_recorded(self, line: Line) -> None:
        consent = line.says(given_by="guardian")
        happens(line, consent, "renewed", **INFORMED)
        assert standing(line, consent).consent.given_by is GivenBy.SELF


class TestEnding:
    @pytest.mark.parametrize(
        ("kind", "said"),
        [
            ("withdrawn", {}),
            ("revoked", {"revoked_by": "guardian"}),
            ("revoked", {"revoked_by": "court"}),
            ("invalidated", {"reason": "wrong_person"}),
        ],
    )
    def test_c_09_an_end_stops_what_waits_in_the_same_transaction(
        self, line: Line, kind: str, said: dict[str, Json]
    ) -> None:
        consent = line.says()
        line.told()
        answer = told(happens(line, consent, kind, **said))
        assert (answer["state"], answer["active"], answer["stopped"]) == (kind, False, 1)
        assert line.told()["outcome"] == "refused"

    @pytest.mark.parametrize("kind", ["revoked", "invalidated"])
    def test_who_ends_it_for_her_says_in_what_name(self, line: Line, kind: str) -> None:
        with pytest.raises(SchemaViolationError):
            happens(line, line.says(), kind)

    def test_what_has_ended_does_not_end_again(self, line: Line) -> None:
        consent = line.says()
        line.takes_back()
        with pytest.raises(EventRefusedError):
            happens(line, consent, "revoked", revoked_by="court")
