"""Every installed adapter tells a recipient's system what became of a message, or says that its format cannot."""

import json
from dataclasses import replace

import pytest
from adapter_fakes import NOTICE, PRIVATE, Fake, raising, returning

from adapters.sdk import CannotRenderError, Outbound, OutgoingNotice, UnsupportedError
from adapters.sdk.guard import Guard
from adapters.sdk.manifest import Direction
from adapters.sdk.notices import NOTICE_MEDIA_TYPE
from adapters.sdk.writing import read_steps
from adapters.systems.canonical.adapter import Canonical
from adapters.systems.ndex.adapter import NDEx
from adapters.systems.primero.adapter import Primero
from adapters.systems.primero.write_case import id_of
from schemas.notice_codes import NoticeAsk, NoticeKind
from schemas.validation import satisfies

ABOUT, OWN, NEXT = "7KD3X9Q2R5V8N1ZC4M6HT0JWPA", "2M7Q0V9T4XK1R8ZC5N3HJ6WDPE", "5C8VX1N7Q4R2ZK9M3HT6JW0DPB"
TAKEN_BACK = OutgoingNotice(OWN, ABOUT, NoticeKind.WITHDRAWAL, NoticeAsk.ERASE, "2031-03-14", "2031-03-17")
RESTRICTED = replace(TAKEN_BACK, kind=NoticeKind.RESTRICTION, asks=NoticeAsk.STOP)
CORRECTED = replace(TAKEN_BACK, kind=NoticeKind.RECTIFICATION, asks=NoticeAsk.CORRECT, replaced_by=NEXT)


@pytest.mark.parametrize("notice", [TAKEN_BACK, RESTRICTED, CORRECTED], ids=lambda one: one.kind.value)
def test_ours_is_notice_1_0(notice: OutgoingNotice) -> None:
    outbound = Guard(Canonical()).render_notice(notice)
    document = json.loads(outbound.body)
    assert outbound.media_type == NOTICE_MEDIA_TYPE
    assert satisfies(document, "notice/1.0")
    assert (document["about"], document.get("replaced_by")) == (ABOUT, notice.replaced_by)


def test_lexs_takes_the_item_back() -> None:
    outbound = Guard(NDEx()).render_notice(TAKEN_BACK)
    assert f"<lexs:DataItemID>{ABOUT}</lexs:DataItemID>".encode() in outbound.body
    assert b"<lexs:DataItemPublishInstruction>Delete</lexs:DataItemPublishInstruction>" in outbound.body


@pytest.mark.parametrize("notice", [RESTRICTED, CORRECTED], ids=lambda one: one.kind.value)
def test_lexs_has_no_word_for_less(notice: OutgoingNotice) -> None:
    with pytest.raises(UnsupportedError):
        Guard(NDEx()).render_notice(notice)


def test_primero_closes_the_case_it_made_from_the_message() -> None:
    [step] = read_steps(Guard(Primero()).render_notice(TAKEN_BACK).body)
    assert (step.method, step.path) == ("PATCH", f"api/v2/cases/{id_of(ABOUT, 'case')}")
    case = step.body["data"]
    assert (case["record_state"], case["consent_for_services"], case["disclosure_other_orgs"]) == (False, False, False)
    assert "asks: erase" in case["notes_section"][0]["note_text"]


def test_primero_keeps_a_case_that_is_only_restricted_or_corrected() -> None:
    for notice in (RESTRICTED, CORRECTED):
        [step] = read_steps(Guard(Primero()).render_notice(notice).body)
        assert "record_state" not in step.body["data"]
    assert id_of(NEXT, "case") in str(step.body)


def test_it_is_the_same_twice() -> None:
    for adapter in (Canonical(), NDEx(), Primero()):
        assert Guard(adapter).render_notice(TAKEN_BACK) == Guard(adapter).render_notice(TAKEN_BACK)


def test_an_adapter_that_says_it_has_none_is_not_asked() -> None:
    fake = Fake()
    without = replace(fake.manifest, directions=fake.manifest.directions - {Direction.NOTICE})
    with pytest.raises(UnsupportedError):
        Guard(replace(fake, manifest=without)).render_notice(NOTICE)


def test_what_breaks_inside_says_nothing_of_what_it_held() -> None:
    with pytest.raises(CannotRenderError) as caught:
        raising(CannotRenderError("/x", "y")).render_notice(NOTICE)
    assert PRIVATE not in f"{caught.value}{caught.value.__cause__}{caught.value.__context__}"
    assert returning({}).render_notice(NOTICE) == Outbound(b"{}", "text/plain")
