"""M-13: what is shown is what would leave, a look counts like a referral, and nothing of the document is kept."""

from dataclasses import replace

import pytest
from builders import DAY, NOON, SHELTER, a_profile, a_referral, an_agency, an_agreement
from fakes import run
from line import BAY, HILL, NORTH, Line, a_line, opened
from marked import MARK, a_marked_referral, her_reference

from adapters.sdk.contract import Inbound
from adapters.sdk.errors import UnsupportedError
from consent.policy import Policy
from gateway.core.adapter_ports import SystemAdapter
from gateway.core.answers import NotFresh
from gateway.core.errors import OperatorError
from gateway.core.previewing import MESSAGE_ID, PSEUDONYM, Previewed, Previews, of_operator
from schemas.documents import Document, Json, Loss
from schemas.validation import satisfies
from schemas.vocabulary import DeliveryMode, FunctionClass


@pytest.fixture
def line() -> Line:
    return a_line()


def previewed(line: Line, document: Document | None = None, **changes: object) -> dict[str, Json]:
    outcome = run(Previews(line.exchange).preview(line.asked(document, **changes)))
    assert isinstance(outcome, Previewed)
    return dict(outcome.answer)


def sent(line: Line, digest: object, document: Document | None = None, **changes: object) -> Document:
    asked = line.asked(document, **changes)
    outcome = run(line.exchange.accept(replace(asked, routing=replace(asked.routing, preview=str(digest)))))
    return outcome.answer


def test_m_13_what_is_shown_is_byte_for_byte_what_the_recipient_gets(line: Line) -> None:
    line.says(person_ref=her_reference())
    shown = previewed(line, a_marked_referral())
    line.told(a_marked_referral())
    [delivered] = line.fetch()
    message = opened(delivered)
    number, message_id = message["document"]["subject"]["pseudonym"], message["envelope"]["message_id"]
    expected = delivered.body.decode().replace(number, PSEUDONYM).replace(message_id, MESSAGE_ID)
    assert shown["rendered"]["body"] == expected
    assert shown["rendered"]["encoding"] == "utf-8"
    assert shown["document"]["subject"].pop("pseudonym") == PSEUDONYM
    assert message["document"]["subject"].pop("pseudonym") == number
    assert shown["document"] == message["document"]


def test_m_13_it_says_what_stays_what_is_owed_and_until_when(line: Line) -> None:
    line.says(categories=["need", "alias"])
    shown, told = previewed(line), line.told()
    for name in ("sent", "not_sent", "obligations", "use_until", "recipient", "purpose", "outcome"):
        assert shown[name] == told[name]
    assert shown["not_sent"]
    assert "state" not in shown


class Losing:
    """The canonical adapter, of which something in the document was not read."""

    def __init__(self, inner: SystemAdapter) -> None:
        self.inner = inner

    def parse(self, inbound: Inbound) -> object:
        return replace(
            self.inner.parse(inbound), losses=(Loss("/case/badge", "dropped"), Loss("/case/day", "coarsened"))
        )

    def __getattr__(self, name: str) -> object:
        return getattr(self.inner, name)


def test_m_13_what_of_the_document_is_not_read_is_named_beside_what_stays(line: Line) -> None:
    line.says()
    assert previewed(line)["not_read"] == []
    line.adapters.known["canonical"] = Losing(line.adapters.known["canonical"])
    shown = previewed(line)
    assert shown["not_read"] == [
        {"path": "/case/badge", "kind": "dropped"},
        {"path": "/case/day", "kind": "coarsened"},
    ]
    line.takes_back()
    assert "not_read" not in previewed(line), "a no has one shape"


def test_m_13_a_referral_under_the_digest_it_was_shown_goes_and_another_does_not(line: Line) -> None:
    line.says()
    digest = previewed(line)["digest"]
    assert sent(line, digest)["outcome"] == "permitted"
    other = a_referral(needs=[{"code": "accommodation.longterm"}])
    refused = sent(line, digest, other)
    assert (refused["outcome"], refused["reasons"][0]["code"]) == ("refused", "preview_differs")
    assert len(line.book.parcels) == 1
    assert line.leaves("decision.refused")[-1]["reasons"] == ["preview_differs"]


def narrower(line: Line) -> None:
    line.says(categories=["need", "alias"])


def other_adapter(line: Line) -> None:
    line.adapters.known["other"] = line.adapters.known["canonical"]
    manifest = replace(line.adapters.known["canonical"].manifest, version="9.9.9")
    line.adapters.known["other"] = _Versioned(line.adapters.known["canonical"], manifest)
    line.directory.put(an_agency(SHELTER, FunctionClass.SHELTER, adapter="other"))


def other_agreement(line: Line) -> None:
    line.directory.agree(an_agreement(id="newer", recipient=SHELTER, retention_days=400))


class _Versioned:
    """The same adapter under another version."""

    def __init__(self, adapter: object, manifest: object) -> None:
        self.adapter, self.manifest = adapter, manifest

    def parse(self, inbound: object) -> object:
        return self.adapter.parse(inbound)

    def render(self, outgoing: object) -> object:
        return self.adapter.render(outgoing)


@pytest.mark.parametrize("change", [narrower, other_adapter, other_agreement])
def test_m_13_whatever_changed_since_is_a_difference(line: Line, change: object) -> None:
    line.says()
    digest = previewed(line)["digest"]
    assert sent(line, digest)["outcome"] == "permitted"
    change(line)
    assert sent(line, digest)["reasons"][0]["code"] == "preview_differs"


def test_m_13_another_policy_is_a_difference(line: Line) -> None:
    line.says()
    digest = previewed(line)["digest"]
    line.exchange = replace(line.exchange, policy=Policy(default_consent_days=30))
    assert sent(line, digest)["reasons"][0]["code"] == "preview_differs"


def test_the_digest_is_the_same_whenever_it_is_asked_for_and_other_for_each_recipient(line: Line) -> None:
    for shelter in (SHELTER, HILL):
        line.says(recipient=shelter)
    first = previewed(line)["digest"]
    line.clock.advance(DAY)
    assert previewed(line)["digest"] == first
    assert previewed(line, recipient=HILL)["digest"] != first


def test_a_refusal_is_told_before_a_difference(line: Line) -> None:
    line.says()
    digest = previewed(line)["digest"]
    line.takes_back()
    assert sent(line, digest)["reasons"][0]["code"] == "not_permitted"


def test_p_02_nothing_of_the_document_is_kept(line: Line) -> None:
    line.says(person_ref=her_reference())
    before = line.book.copied()
    previewed(line, a_marked_referral())
    assert not line.book.parcels
    assert line.book.referrals == before.referrals
    assert line.book.answers == before.answers
    [leaf] = line.book.leaves[len(before.leaves) :]
    assert MARK.encode() not in leaf.content
    assert leaf.wrapped_key is None


def test_a_01_a_look_is_a_leaf_about_her_whatever_came_of_it(line: Line) -> None:
    line.says()
    previewed(line)
    previewed(line, recipient=HILL)
    leaves = line.leaves("decision.previewed")
    assert [leaf["outcome"] for leaf in leaves] == ["permitted", "refused"]
    assert leaves[1]["reasons"] == ["no_consent"]
    assert all(satisfies(leaf, "ledger/1.0") for leaf in leaves)
    [person] = line.book.people
    assert [leaf.person for leaf in line.book.leaves[1:]] == [person, person]


def test_a_refused_look_is_told_like_a_refused_referral(line: Line) -> None:
    line.says()
    shown, told = previewed(line, recipient=HILL), line.told(recipient=HILL)
    assert {**shown, "decision_id": ""} == {**told, "decision_id": ""}


@pytest.mark.parametrize("looks", [3, 2])
def test_looks_count_towards_the_lock_like_referrals(line: Line, looks: int) -> None:
    line.says()
    for recipient in (HILL, BAY, NORTH)[:looks]:
        assert previewed(line, recipient=recipient)["outcome"] == "refused"
    assert previewed(line)["outcome"] == ("refused" if looks == 3 else "permitted")
    assert line.told()["outcome"] == ("refused" if looks == 3 else "permitted")
    assert len(line.leaves("probe.locked")) == (looks == 3)


def test_looks_and_referrals_are_counted_together(line: Line) -> None:
    line.says()
    previewed(line, recipient=HILL)
    line.told(recipient=BAY)
    previewed(line, recipient=NORTH)
    assert line.told()["reasons"][0]["code"] == "probing_locked"


def test_a_look_uses_up_its_proof(line: Line) -> None:
    asked = line.asked()
    for expected in (Previewed, NotFresh):
        assert isinstance(run(Previews(line.exchange).preview(asked)), expected)


def test_c_09_what_changed_between_look_and_record_is_looked_at_again() -> None:
    line = a_line(remembers=True)
    line.says()
    line.recorder.meanwhile(line.takes_back)
    assert previewed(line)["outcome"] == "refused"
    assert [leaf["outcome"] for leaf in line.leaves("decision.previewed")] == ["refused"]


def test_a_recipient_that_cannot_be_reached_is_told_as_any_record_ground(line: Line) -> None:
    line.says()
    line.directory.put(an_agency(SHELTER, FunctionClass.SHELTER, delivery=DeliveryMode.SEALED_PULL))
    assert previewed(line)["reasons"][0]["code"] == "not_permitted"
    assert line.leaves("decision.previewed")[0]["reasons"] == ["recipient_unreachable"]
    assert len(line.book.strikes) == 2


def test_who_was_erased_is_not_shown(line: Line) -> None:
    line.says()
    line.person_keys.destroy(*line.book.people)
    with pytest.raises(OperatorError):
        previewed(line)


def test_a_revocation_has_nothing_to_show(line: Line) -> None:
    with pytest.raises(UnsupportedError):
        previewed(line, {"schema": "revocation/1.0", "reference": "CASE-1"})


def test_at_the_operators_socket_no_proof_is_needed_and_the_looks_are_counted(line: Line) -> None:
    line.says()
    for recipient in (HILL, BAY, NORTH):
        asked = replace(line.asked(recipient=recipient), caller=of_operator("harbour-police"))
        assert isinstance(run(Previews(line.exchange).preview(asked, proven=False)), Previewed)
    asked = replace(line.asked(), caller=of_operator("harbour-police"))
    outcome = run(Previews(line.exchange).preview(asked, proven=False))
    assert outcome.answer["reasons"][0]["code"] == "probing_locked"


def test_what_is_shown_satisfies_the_profile_once_the_number_stands_in_it(line: Line) -> None:
    line.says()
    shown = previewed(line)
    subject = {**shown["document"]["subject"], "pseudonym": "0" * 27}
    assert satisfies({**shown["document"], "subject": subject}, a_profile().name)
    assert shown["use_until"] == (NOON + 30 * DAY).date().isoformat()
