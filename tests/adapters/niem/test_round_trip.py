"""What is written comes back, whatever the profile, in XML and in JSON; and both are the same message."""

from __future__ import annotations

import json
from typing import cast

import pytest
from full_document import FULL
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from profile_documents import PROFILES, documents, scalars

from adapters.sdk import (
    Inbound,
    Outbound,
    OutgoingNotice,
    ParsedReferral,
    ParsedRevocation,
    ParsedStatus,
    StatusUpdate,
    UnsupportedError,
)
from adapters.sdk.checks import sample_outgoing
from adapters.sdk.codes import (
    AnswerCode,
    Document,
    Json,
    Loss,
    NoticeAsk,
    NoticeKind,
    ReferralState,
    RejectionReason,
    ServiceOutcome,
)
from adapters.sdk.errors import SubjectUnclearError
from adapters.sdk.guard import Guard
from adapters.sdk.xml.reading import read_xml
from adapters.systems.niem.names import read_message_schema
from schemas.validation import validate

NOT_CARRIED = {
    *("/health/referral_reason", "/situation/credibility", "/risk/keep_away"),
    *(f"/attachments/*/{name}" for name in ("number", "kind", "bytes", "sha256")),
}
"""What NIEM has no element for and the manifest does not name, beside other people, staff and files."""

BARE = {"/subject/names/*/use", "/subject/addresses/*/use"}
"""What is lost where it stands alone: the use of no name and of no place."""


def _back(adapter: Guard, outbound: Outbound) -> ParsedReferral:
    parsed = adapter.parse(Inbound(outbound.body, outbound.media_type))
    assert isinstance(parsed, ParsedReferral)
    assert validate(parsed.document, "referral/1.0").document == parsed.document
    return parsed


def _as_read(document: Document) -> Document:
    """What a document of a profile is when it is read again as a referral."""
    subject = dict(cast("dict[str, Json]", document.get("subject", {})))
    subject.pop("pseudonym", None)
    languages = cast("list[str]", subject.get("languages", []))
    if languages:
        subject["languages"] = [
            {"code": code} if position else {"code": code, "preferred": True}
            for position, code in enumerate(dict.fromkeys(languages))
        ]
    for name, use in (("names", "other"), ("addresses", "current")):
        entries = [entry for entry in cast("list[dict[str, Json]]", subject.get(name, [])) if set(entry) != {"use"}]
        subject[name] = [{"use": use, **entry} for entry in entries]
        if name == "names" and entries and "use" not in entries[0]:
            subject[name][0]["use"] = "official"
    if "contacts" in subject:
        contacts = cast("list[dict[str, Json]]", subject["contacts"])
        subject["contacts"] = [{"safe": "yes", **contact} for contact in contacts]
    situation = dict(cast("dict[str, Json]", document.get("situation", {})))
    if "narrative" in situation:
        narrative = cast("list[dict[str, Json]]", situation["narrative"])
        situation["narrative"] = [{"section": "other", **entry} for entry in narrative]
    return {**document, "subject": subject, "situation": situation}


def _said(document: Document) -> list[tuple[str, str]]:
    aside = ("/schema", "/sender_reference", "/recorded_on", "/third_parties", "/staff", "/attachments")
    return sorted(
        (path, value) for path, value in scalars(document) if not path.startswith(aside) and path not in NOT_CARRIED
    )


@settings(max_examples=8, phases=[Phase.explicit, Phase.reuse, Phase.generate])  # to shrink many at once takes minutes
@pytest.mark.parametrize("profile", PROFILES)
@given(data=st.data())
def test_what_is_carried_comes_back(adapter: Guard, json_adapter: Guard, profile: str, data: st.DataObject) -> None:
    document = data.draw(documents(PROFILES[profile]))
    xml, ld = adapter.render(sample_outgoing(document)), json_adapter.render(sample_outgoing(document))
    assert xml.losses == ld.losses
    assert {loss.path for loss in xml.losses} <= NOT_CARRIED | BARE
    try:
        back = _back(adapter, xml)
    except SubjectUnclearError:
        assert not _said(_as_read(document))  # nothing was said of her
        return
    assert _said(back.document) == _said(_as_read(document))
    assert _back(adapter, ld).document == back.document


def test_every_leaf_that_any_profile_has_comes_back(adapter: Guard, json_adapter: Guard) -> None:
    document = {**FULL, "schema": "profile/police/investigation/1.0"}
    for made in (adapter, json_adapter):
        outbound = made.render(sample_outgoing(document))
        assert outbound.losses == ()
        assert _said(_back(adapter, outbound).document) == _said(_as_read(document))


def test_equal_input_gives_equal_bytes_and_no_exact_time(adapter: Guard, json_adapter: Guard) -> None:
    for made in (adapter, json_adapter):
        outgoing = sample_outgoing(FULL)
        assert made.render(outgoing) == made.render(outgoing)
        assert b"T00:" not in made.render(outgoing).body


def test_what_has_no_element_is_named(adapter: Guard) -> None:
    outbound = adapter.render(
        sample_outgoing({"subject": {"sex": "female"}, "staff": [{"name": "A"}], "health": {"referral_reason": "x"}})
    )
    assert outbound.losses == (Loss("/health/referral_reason", "dropped"), Loss("/staff/*/name", "dropped"))
    assert b">A<" not in outbound.body


def test_obligations_and_the_day_travel_with_the_message(adapter: Guard) -> None:
    """M-11."""
    body = adapter.render(sample_outgoing({"subject": {"sex": "female"}})).body.decode()
    for said in ("no_enforcement_use", "no_onward_transfer", "2031-08-04", "assistance.accommodation", "agency-b"):
        assert f">{said}<" in body


@pytest.mark.parametrize("state", ReferralState)
def test_a_state_comes_back(adapter: Guard, json_adapter: Guard, state: ReferralState) -> None:
    reason: AnswerCode | None = RejectionReason.NO_CAPACITY if state is ReferralState.REJECTED else None
    reason = ServiceOutcome.UNKNOWN if state is ReferralState.COMPLETED else reason  # NIEM has no word for another.
    for made in (adapter, json_adapter):
        outbound = made.render_status(StatusUpdate("NH-2031-0417", state, reason, "2031-05-07"))
        assert [loss.path for loss in outbound.losses] == (["/reason"] if state is ReferralState.COMPLETED else [])
        parsed = adapter.parse(Inbound(outbound.body, outbound.media_type))
        if state is ReferralState.REVOKED:
            assert isinstance(parsed, ParsedRevocation)
            assert parsed.sender_reference == "NH-2031-0417"
        else:
            assert isinstance(parsed, ParsedStatus)
            assert (parsed.reference, parsed.state, parsed.reason) == ("NH-2031-0417", state, reason)


@pytest.mark.parametrize("asks", NoticeAsk)
def test_a_notice_takes_a_message_back_or_is_another_formats_to_tell(adapter: Guard, asks: NoticeAsk) -> None:
    notice = OutgoingNotice("n-1", "m-1", NoticeKind.WITHDRAWAL, asks, "2031-05-07", "2031-05-14")
    if asks is NoticeAsk.ERASE:
        assert b">revoked<" in adapter.render_notice(notice).body
    else:
        with pytest.raises(UnsupportedError, match="notice"):
            adapter.render_notice(notice)


def test_what_is_written_satisfies_the_schema_it_is_read_by(adapter: Guard) -> None:
    schema = read_message_schema()
    assert read_xml(adapter.render(sample_outgoing(FULL)).body, schema.vocabulary, schema).name == "gx:ReferralMessage"


def test_a_json_message_is_an_array_wherever_there_may_be_several(json_adapter: Guard) -> None:
    message = json.loads(json_adapter.render(sample_outgoing(FULL)).body)["gx:ReferralMessage"]
    assert isinstance(message["hs:HumanTraffickingVictim"], list)
    assert isinstance(message["nc:Referral"], dict)
    assert message["hs:HumanTraffickingVictim"][0]["nc:EntityPerson"]["nc:PersonDependentQuantity"] == 2


def test_what_niems_code_says_beside_ours_is_lost_by_name_where_it_says_something_else(adapter: Guard) -> None:
    """It counted as understood whatever it said."""
    situation = {"exploitation": [{"type": "forced_labour", "industry": "agriculture"}]}
    body = adapter.render(sample_outgoing({"subject": {"sex": "female"}, "situation": situation})).body
    same = adapter.parse(Inbound(body, "application/xml"))
    other = adapter.parse(
        Inbound(body.replace(b">Agriculture and Animal Husbandry<", b">Pornography<"), "application/xml")
    )
    assert isinstance(same, ParsedReferral)
    assert isinstance(other, ParsedReferral)
    assert {loss.path.rpartition("/")[2] for loss in set(other.losses) - set(same.losses)} == {
        "hs:PastExploitationIndustryCode"
    }
