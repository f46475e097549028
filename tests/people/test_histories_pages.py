"""Who has seen a person's data and why, on the pages: for whom, after what, and with which proof (A-01, A-02)."""

import asyncio
import re
from html import unescape
from pathlib import Path

import pytest
from browsing import Browser, House, read_check
from builders import POLICE, SHELTER
from papers import ADVISERS
from told import caller, overridden, recorded, referred, told

from consent.__main__ import Exit, main
from consent.reasons import Reason
from gateway.core.consents.desk import Actor
from gateway.core.officers import Action, Approval, OfficerRefusedError, Role
from gateway.people.entry_words import SENTENCES, in_words
from gateway.people.sentences import sentence
from schemas.catalogue import load
from schemas.notice_codes import NoticeKind
from schemas.vocabulary import DataCategory, Purpose

NEVER = "Nothing has left the gateway."


def shown(dpo: Browser, reference: str, agency: str = POLICE) -> str:
    """Her history, as the page says it."""
    answer = dpo.acts("show-history", agency=agency, person_ref=reference)
    assert answer.status_code == 200, answer.text
    return unescape(answer.text)


def look(page: str) -> str:
    """What the page holds to show the rest of it."""
    found = set(re.findall(r'name="look" value="([^"]*)"', page))
    assert len(found) == 1
    return found.pop()


def test_a_02_two_clicks_from_the_start_to_who_received_what_when_and_why(house: House) -> None:
    told(house, "P-seen-1")
    dpo = house.somebody(Role.DPO, label="Review desk")
    assert 'action="/people/check/show-history"' in dpo.get("/people").text
    page = shown(dpo, "P-seen-1")
    left, everything = page.split("Everything, the newest first")
    title = house.gateway.door.desk.directory.agency(SHELTER).title
    for said in (f"{title} ({SHELTER})", Purpose.ACCOMMODATION.sentence, DataCategory.NEED.sentence):
        assert said in left
    assert SENTENCES["disclosure.delivered"] in left
    assert DataCategory.NAME.sentence not in page
    for kind in ("history.read", "disclosure.sending", "decision.permitted", "consent.recorded"):
        assert SENTENCES[kind] in everything
    assert f"officer Review desk {dpo.id}" in everything, "her own look is there"
    assert "P-seen-1" not in page


def test_a_02_what_the_page_gives_away_is_proven_by_python_alone(
    house: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told(house, "P-seen-2")
    dpo = house.somebody(Role.DPO)
    page = shown(dpo, "P-seen-2")
    kept = dpo.submits("/people/histories/entries", {"look": look(page)}).content
    [key] = re.findall(r"--key (\S+)<", page)
    file = tmp_path / "history.jsonl"
    file.write_bytes(kept)
    assert main(["verify-history", str(file), "--key", key]) == Exit.PROVEN
    file.write_bytes(kept.replace(b"decision.permitted", b"decision.refused"))
    assert main(["verify-history", str(file), "--key", key]) != Exit.PROVEN
    capsys.readouterr()


def test_a_01_a_refusal_is_there_with_its_true_reason_and_is_explained_by_one_more_click(house: House) -> None:
    recorded(house, "P-seen-3", state="refused")
    decision, dpo = referred(house, "P-seen-3"), house.somebody(Role.DPO)
    page = shown(dpo, "P-seen-3")
    assert NEVER in page
    assert Reason.CONSENT_REFUSED.sentence in page
    assert f'value="{decision}"' in page
    explained = unescape(dpo.submits("/people/decisions", {"decision": decision}).text)
    assert Reason.CONSENT_REFUSED.sentence in explained
    assert "It was refused" in explained
    assert "does not hold" in explained
    assert "What would make it a yes today" in explained
    [leaf] = house.leaves("decision.explained")
    assert leaf["officer"] == dpo.id


def test_c_09_what_was_allowed_and_stopped_before_it_left_is_said_to_be_here(house: House) -> None:
    told(house, "P-seen-stopped")
    referred(house, "P-seen-stopped", key="a second one")
    asyncio.run(house.gateway.door.desk.withdraw(Actor(POLICE, None), "P-seen-stopped", None))
    page = shown(house.somebody(Role.DPO), "P-seen-stopped")
    assert page.count("Nothing of it has left.") == 1
    assert page.count(SENTENCES["decision.permitted"]) == 2
    assert SENTENCES["notice.queued"] in page.split("Everything, the newest first")[0]


def test_what_was_allowed_is_explained_too_and_an_invented_number_is_not(house: House) -> None:
    decision, dpo = told(house, "P-seen-4"), house.somebody(Role.DPO)
    page = dpo.submits("/people/decisions", {"decision": decision}).text
    assert "It was allowed" in page
    assert "does not hold" not in page
    answer = dpo.submits("/people/decisions", {"decision": "0123456789ABCDEFGHJKMNPQRS"})
    assert (answer.status_code, sentence("unknown") in answer.text) == (404, True)


def test_a_01_what_the_operator_or_an_officer_did_stands_under_nobody_elses_name(house: House) -> None:
    recorded(house, "P-seen-by")
    decision, gateway = referred(house, "P-seen-by"), house.gateway
    override, approver = overridden(house, "P-seen-by"), house.somebody(Role.SECOND_APPROVER)
    assert approver.acts("approve-override", override=override).status_code == 200
    asyncio.run(gateway.people.probing.looked(POLICE, "P-seen-by"))
    asyncio.run(gateway.people.explaining.in_full(decision))
    asyncio.run(gateway.people.histories.of_reference(POLICE, "P-seen-by"))
    asyncio.run(gateway.door.desk.withdraw(Actor(POLICE, caller(house, POLICE, "takes back")), "P-seen-by", None))
    dpo = house.somebody(Role.DPO)
    rows = [
        [re.sub("<[^>]*>", "", cell) for cell in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row)]
        for row in shown(dpo, "P-seen-by").partition("Everything, the newest first")[2].split("<tr>")[2:]
    ]
    who = {what: by for _, what, by, *_ in rows[1:]}  # The newest is this very look.
    assert who[SENTENCES["history.read"]] == "the operator"
    assert who[SENTENCES["decision.explained"]] == "the operator"
    assert who[SENTENCES["consent.withdrawn"]] == "The log names nobody.", "where she went to is not told (C-09)"
    assert who[SENTENCES["case.override_approved"]].startswith(f"officer Account {approver.id}, about ")
    assert who[SENTENCES["case.override_requested"]].endswith(", the operator")


def test_of_nobody_the_page_tells_nothing_and_before_the_passkey_nobody_is_looked_up(house: House) -> None:
    told(house, "P-seen-5")
    dpo = house.somebody(Role.DPO)
    checked = [
        dpo.submits("/people/check/show-history", {"agency": POLICE, "person_ref": reference})
        for reference in ("P-seen-5", "P-seen-?")
    ]
    assert {answer.status_code for answer in checked} == {200}
    assert house.leaves("history.read") == []
    answer = dpo.acts("show-history", agency=POLICE, person_ref="P-seen-?")
    assert (answer.status_code, sentence("unknown") in answer.text) == (404, True)
    assert [leaf["officer"] for leaf in house.leaves("history.read")] == [dpo.id]
    subjects = [read_check(answer.text)[2] for answer in checked]
    assert not any("P-seen" in subject for subject in subjects)


def test_without_the_passkey_or_with_anothers_nothing_is_shown(house: House) -> None:
    told(house, "P-seen-6")
    dpo, other = house.somebody(Role.DPO), house.somebody(Role.DPO)
    named = {"agency": POLICE, "person_ref": "P-seen-6"}
    for answer in (
        dpo.submits("/people/do/show-history", {**named, "passkey": "{}"}),
        dpo.acts("show-history", key=other.key, **named),
    ):
        assert (answer.status_code, SHELTER in answer.text) == (403, False)
    assert house.leaves("history.read") == []


@pytest.mark.parametrize(
    ("role", "agency", "code"),
    [
        (Role.SECOND_APPROVER, None, "role_missing"),
        (Role.ADVOCATE, None, "role_missing"),
        (Role.OPERATOR, None, "role_missing"),
        (Role.CASEWORKER, ADVISERS, "role_missing"),
        (Role.DPO, ADVISERS, "no_agencys_officer"),
        (Role.DPO, POLICE, "no_agencys_officer"),
    ],
)
def test_m_04_nobody_else_reads_where_she_was_referred_to(
    house: House, role: Role, agency: str | None, code: str
) -> None:
    """An agency's own officer neither: who else cares for her is none of that agency's business."""
    reference = f"P-seen-{role}-{agency}"
    decision, other = told(house, reference), house.somebody(role, agency=agency)
    for answer in (
        other.get("/people/histories"),
        other.acts("show-history", agency=POLICE, person_ref=reference),
        other.submits("/people/decisions", {"decision": decision}),
    ):
        assert (answer.status_code, sentence(code) in unescape(answer.text)) == (403, True)
        assert SHELTER not in answer.text
    assert "show-history" not in other.get("/people").text
    assert house.leaves("history.read") + house.leaves("decision.explained") == []


def test_an_officer_revoked_meanwhile_is_shown_nothing(house: House) -> None:
    told(house, "P-seen-7")
    histories, dpo = house.gateway.people.histories, house.somebody(Role.DPO)
    known = house.gateway.people.signing.book.officer(dpo.id)
    assert known is not None
    subject = histories.subject(known.officer, POLICE, "P-seen-7")
    approval = Approval(known.officer, Action.READ_HISTORY, subject, house.clock.now(), known.head)
    asyncio.run(house.gateway.people.granting.revoke(dpo.id, None))
    with pytest.raises(OfficerRefusedError) as refused:
        asyncio.run(histories.shown(approval, POLICE, "P-seen-7", b""))
    assert refused.value.code == "approval_lapsed"
    assert house.leaves("history.read") == []


def test_an_approval_of_somebody_elses_history_is_none_of_hers(house: House) -> None:
    told(house, "P-seen-8")
    histories, dpo = house.gateway.people.histories, house.somebody(Role.DPO)
    known = house.gateway.people.signing.book.officer(dpo.id)
    assert known is not None
    subject = histories.subject(known.officer, POLICE, "P-seen-9")
    approval = Approval(known.officer, Action.READ_HISTORY, subject, house.clock.now(), known.head)
    with pytest.raises(OfficerRefusedError) as refused:
        asyncio.run(histories.shown(approval, POLICE, "P-seen-8", b""))
    assert refused.value.code == "approval_of_something_else"


def test_every_type_of_entry_has_a_sentence_and_no_sentence_is_left_over() -> None:
    properties = load("ledger/1.0")["properties"]
    assert set(SENTENCES) == set(properties["type"]["enum"])


def test_a_code_that_no_list_has_is_shown_as_it_is() -> None:
    assert in_words("nobody_wrote_this") == "nobody_wrote_this"
    assert in_words(NoticeKind.ERASURE.value) == NoticeKind.ERASURE.sentence
