"""A long history in parts, without a second passkey: what is shown, to whom, and how long (A-02, ADR 0188)."""

import asyncio
import re
from datetime import timedelta
from functools import partial
from html import unescape

import pytest
from browsing import Browser, House
from builders import POLICE, SHELTER
from httpx import Response
from told import caller, referred, told

from gateway.core.answers import Recorded
from gateway.core.consents.desk import Actor
from gateway.core.histories import LOOK_LIVES
from gateway.core.officer.signing import IDLE
from gateway.core.officers import Role
from gateway.people import history_pages
from gateway.people.entry_words import SENTENCES
from gateway.people.sentences import sentence

ALLOWED, REFUSED, SENT = (SENTENCES[kind] for kind in ("decision.permitted", "decision.refused", "disclosure.sending"))


def looked(dpo: Browser, reference: str) -> str:
    """Show the passkey for her; what the page holds to show the rest."""
    page = dpo.acts("show-history", agency=POLICE, person_ref=reference)
    assert page.status_code == 200
    return re.findall(r'name="look" value="([^"]*)"', page.text)[0]


def part(dpo: Browser, look: str, **wanted: object) -> Response:
    return dpo.submits("/people/histories", {"look": look, **wanted})


def told_of(answer: Response) -> list[str]:
    """What each line of the second table says happened."""
    assert answer.status_code == 200, answer.text
    return re.findall(r'<th scope="row">([^<]*)</th>', unescape(answer.text).partition("Everything, the newest")[2])


def lapsed(answer: Response) -> bool:
    assert "look" not in answer.text
    return (answer.status_code, sentence("approval_lapsed") in answer.text) == (403, True)


def test_a_02_a_history_is_read_by_what_became_of_it_by_recipient_and_by_time(house: House) -> None:
    told(house, "P-part-1")
    referred(house, "P-part-1", "waits")
    dpo = house.somebody(Role.DPO)
    asyncio.run(house.gateway.door.desk.withdraw(Actor(POLICE, caller(house, POLICE, "takes")), "P-part-1", None))
    referred(house, "P-part-1", "after")
    look = looked(dpo, "P-part-1")
    assert told_of(part(dpo, look, fate="refused")) == [REFUSED]
    assert told_of(part(dpo, look, fate="allowed")).count(ALLOWED) == 2
    stopped = told_of(part(dpo, look, fate="stopped"))
    assert (stopped[0], stopped[-1]) == (SENTENCES["disclosure.stopped"], ALLOWED)
    sent = told_of(part(dpo, look, fate="sent"))
    assert (sent.count(SENT), SENTENCES["disclosure.stopped"] in sent) == (1, False)
    taken = told_of(part(dpo, look, fate="withdrawn"))
    assert {SENT, SENTENCES["disclosure.stopped"], SENTENCES["notice.queued"]} <= set(taken)
    assert REFUSED not in taken
    everything = told_of(part(dpo, look))
    assert {*taken, REFUSED, SENTENCES["history.read"]} <= set(everything)
    today = house.clock.now().date()
    before, after = today - timedelta(days=1), today + timedelta(days=1)
    assert len(told_of(part(dpo, look, recipient=SHELTER, since=today, until=today))) >= len(taken)
    for nothing in ({"until": before}, {"since": after}, {"recipient": "nobody"}):
        assert told_of(part(dpo, look, **nothing)) == []
    chosen = part(dpo, look, fate="sent", since=today, recipient=SHELTER).text
    assert '<option value="sent" selected>' in chosen
    assert f'<option value="{SHELTER}" selected>' in chosen
    assert f'value="{today}"' in chosen


def test_a_02_it_comes_in_pages_that_leave_nothing_out(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    told(house, "P-part-2")
    dpo = house.somebody(Role.DPO)
    look = looked(dpo, "P-part-2")
    everything = told_of(part(dpo, look))
    monkeypatch.setattr(history_pages, "PER_PAGE", 2)
    pages = [part(dpo, look, page=number) for number in range(1, -(-len(everything) // 2) + 1)]
    assert [line for one in pages for line in told_of(one)] == everything
    assert ["Newer" in pages[0].text, "Older" in pages[0].text] == [False, True]
    assert ["Newer" in pages[-1].text, "Older" in pages[-1].text] == [True, False]
    assert "What left stands on the pages before." in pages[-1].text
    assert told_of(part(dpo, look, page=999999)) == []


def test_a_part_is_no_other_look_and_shows_nothing_newer(house: House) -> None:
    told(house, "P-part-3")
    dpo, other = house.somebody(Role.DPO), house.somebody(Role.DPO)
    look = looked(dpo, "P-part-3")
    before = told_of(part(dpo, look))
    looked(other, "P-part-3")
    asyncio.run(house.gateway.door.desk.withdraw(Actor(POLICE, caller(house, POLICE, "late")), "P-part-3", None))
    assert told_of(part(dpo, look)) == before
    assert len(house.leaves("history.read")) == 2
    kept = dpo.submits("/people/histories/entries", {"look": look})
    assert len(kept.text.splitlines()) == len(before)
    assert kept.headers["cache-control"] == "no-store"
    assert kept.headers["content-disposition"].startswith("attachment")


def test_a_look_is_nobody_elses_and_nothing_once_anything_changed(house: House) -> None:
    told(house, "P-part-4")
    told(house, "P-part-5")
    dpo, other = house.somebody(Role.DPO), house.somebody(Role.DPO)
    look, hers = looked(dpo, "P-part-4"), looked(dpo, "P-part-5")
    assert lapsed(part(other, look)), "another officer, also with a passkey of his or her own"
    mixed = ".".join((hers.split(".")[0], *look.split(".")[1:]))
    longer = look.split(".")
    longer[2] = str(int(longer[2]) + 1)
    for forged in (mixed, ".".join(longer), "", look[:-1], f"{look}A", look.replace(".", ".\u0661", 1)):
        for page in ("/people/histories", "/people/histories/entries"):
            assert lapsed(dpo.submits(page, {"look": forged}))
    assert dpo.signs_in().status_code == 200
    assert lapsed(part(dpo, look)), "another session of the same officer"


def test_a_look_ends_with_its_time_and_with_the_session(house: House) -> None:
    told(house, "P-part-6")
    dpo = house.somebody(Role.DPO)
    look, steps = looked(dpo, "P-part-6"), 3
    for _ in range(steps - 1):
        house.clock.advance(LOOK_LIVES / steps)
        assert part(dpo, look).status_code == 200
    house.clock.advance(LOOK_LIVES / steps)
    assert lapsed(part(dpo, look))
    look = looked(dpo, "P-part-6")
    assert part(dpo, look).status_code == 200
    house.clock.advance(IDLE)
    assert (part(dpo, look).status_code, dpo.get("/people").status_code) == (401, 303)


@pytest.mark.parametrize("roles", [frozenset({Role.OPERATOR}), frozenset({Role.DPO, Role.OPERATOR}), None])
def test_a_look_ends_when_the_officers_roles_do(house: House, roles: frozenset[Role] | None) -> None:
    told(house, reference := f"P-part-7-{len(roles or ())}")
    dpo, other = house.somebody(Role.DPO), house.somebody(Role.DPO)
    look = looked(dpo, reference)
    if roles is None:
        assert other.acts("revoke", officer=dpo.id).status_code == 200
    else:
        assert other.acts("grant", officer=dpo.id, role=sorted(roles)).status_code == 200
    assert part(dpo, look).status_code in {401, 403}
    assert dpo.submits("/people/histories/entries", {"look": look}).status_code in {401, 403}


def test_a_03_a_look_ends_when_she_is_erased(house: House) -> None:
    told(house, "P-part-10")
    dpo = house.somebody(Role.DPO)
    look = looked(dpo, "P-part-10")
    assert part(dpo, look).status_code == 200
    assert dpo.acts("erase", agency=POLICE, person_ref="P-part-10").status_code == 200
    assert lapsed(part(dpo, look))
    assert lapsed(dpo.submits("/people/histories/entries", {"look": look}))


def test_a_02_a_look_ends_when_another_record_turns_out_to_be_hers(house: House) -> None:
    """What it would show was not what the passkey was shown for."""
    told(house, "P-part-11")
    told(house, "P-part-12")
    dpo = house.somebody(Role.DPO)
    look = looked(dpo, "P-part-11")
    introductions, police = house.gateway.door.introductions, partial(caller, house, POLICE)
    find = introductions.bound_to(POLICE, "P-part-12")
    shown = asyncio.run(introductions.introduce(police("tells of her"), find, "tells of her"))
    assert isinstance(shown, Recorded)
    for mine in ("P-part-11", "P-part-12"):
        assert part(dpo, look).status_code == 200
        code, linking = str(shown.answer["code"]), f"links {mine}"
        linked = asyncio.run(introductions.link(police(linking), mine, code, linking))
        assert isinstance(linked, Recorded)
    assert linked.answer["linked"] is True
    assert lapsed(part(dpo, look))
    assert lapsed(dpo.submits("/people/histories/entries", {"look": look}))


def test_what_no_page_of_ours_asks_for_is_not_guessed_at(house: House) -> None:
    told(house, "P-part-8")
    dpo = house.somebody(Role.DPO)
    look = looked(dpo, "P-part-8")
    for wrong in ({"page": "x"}, {"page": "-1"}, {"page": "1000000"}, {"since": "today"}, {"fate": "sold"}):
        assert part(dpo, look, **wrong).status_code == 400


def test_from_a_decision_one_comes_back_to_the_same_part(house: House) -> None:
    decision, dpo = told(house, "P-part-9"), house.somebody(Role.DPO)
    look = looked(dpo, "P-part-9")
    page = dpo.submits("/people/decisions", {"decision": decision, "look": look, "fate": "allowed", "page": "1"}).text
    back = dict(re.findall(r'type="hidden" name="([^"]*)" value="([^"]*)"', page))
    assert back == {"look": look, "since": "", "until": "", "recipient": "", "fate": "allowed", "page": "1"}
    assert ALLOWED in told_of(dpo.submits("/people/histories", back))
    assert "Back to her history" not in dpo.submits("/people/decisions", {"decision": decision}).text
