"""Her receipt: plain words, nothing that endangers her, and handed out only where that was recorded as safe (C-18)."""

import re
from datetime import timedelta

import pytest
from builders import PERSON_REF, POLICE, SHELTER
from fake_consent_events import FakeConsentEvents
from fakes import run
from line import BAY, HILL, Line, a_line

from gateway.core.consents.desk import Actor, UnknownPerson
from gateway.core.consents.her_receipt import HerReceipts, NotSafe
from gateway.core.consents.her_receipt_forms import HerReceipt, as_html, as_text
from gateway.core.consents.her_receipt_words import words
from gateway.core.consents.papers import ConsentPapers
from schemas.documents import Json
from schemas.validation import satisfies

SAFE: dict[str, Json] = {"safe_to_give": True}
TELLS = re.compile(
    r"traffick|victim|police|immigra|asylum|shelter|exploit|crime|criminal|abuse|gateway|referral|agency|harbour",
    re.IGNORECASE,
)
"""Words that would tell a stranger who she is or whom she is with (UX R2, R14)."""


@pytest.fixture
def line() -> Line:
    return a_line()


def receipts(line: Line) -> HerReceipts:
    return HerReceipts(ConsentPapers(line.desk, FakeConsentEvents(line.book)))


def shown(line: Line, consent: str, agency: str = POLICE) -> str:
    found = run(receipts(line).shown(Actor(agency, line.caller(agency)), consent))
    assert isinstance(found, HerReceipt)
    return as_text(found)


def handed_out(line: Line, consent: str) -> object:
    return run(receipts(line).handed_out(Actor(POLICE, line.caller()), consent))


class TestWhatItSays:
    def test_c_18_who_why_what_how_long_and_how_to_stop(self, line: Line) -> None:
        text = shown(line, line.says(categories=["pseudonym", "need", "alias"], valid_until="2031-06-12T11:00:00Z"))
        for sentence in (
            "We may tell a housing service.",
            "To find you a place to stay.",
            "– what you need",
            "– a name you chose",
            "From 14 March 2031 until 12 June 2031.",
            "Say “stop” to anybody who helps you.",
        ):
            assert sentence in text

    def test_c_18_what_is_not_told_is_named(self, line: Line) -> None:
        text = shown(line, line.says(categories=["pseudonym", "need"]))
        [withheld] = re.findall(r"What they are not told\n((?:– .*\n)+)", text)
        for what in ("your name", "where you are or were", "which papers you have", "your story"):
            assert f"– {what}\n" in withheld

    def test_c_15_what_she_withholds_anywhere_is_not_said_to_be_told(self, line: Line) -> None:
        consent = line.says(categories=["pseudonym", "need", "alias"])
        line.says(recipient=HILL, restrictions=[{"category": "alias", "recipient": SHELTER}])
        assert "– a name you chose" not in shown(line, consent)

    def test_what_she_withholds_from_somebody_else_is_told_to_this_one(self, line: Line) -> None:
        consent = line.says(categories=["need", "alias"], restrictions=[{"category": "alias", "recipient": BAY}])
        assert "– a name you chose" in shown(line, consent)

    @pytest.mark.parametrize(
        ("state", "sentence"),
        [
            ("refused", "You said no. Nobody is told."),
            ("requested", "You have not decided."),
            ("deferred", "not decided"),
        ],
    )
    def test_c_12_a_no_is_told_like_a_yes(self, line: Line, state: str, sentence: str) -> None:
        text = shown(line, line.says(state=state))
        assert sentence in text
        assert "We may tell" not in text

    def test_c_09_what_she_took_back_has_ended(self, line: Line) -> None:
        consent = line.says()
        line.takes_back(consent)
        assert "This has ended." in shown(line, consent)

    def test_c_08_what_is_over_has_ended(self, line: Line) -> None:
        consent = line.says()
        line.clock.advance(timedelta(days=91))
        assert "This has ended." in shown(line, consent)

    def test_c_19_what_waits_for_a_second_person_does_not_count_yet(self, line: Line) -> None:
        assert "It does not count yet." in shown(line, line.says(taken_by={"agency": POLICE, "name": "Dan Rusu"}))

    def test_each_is_an_entry_of_the_log(self, line: Line) -> None:
        consent = line.says(**SAFE)
        shown(line, consent)
        handed_out(line, consent)
        leaves = line.leaves("receipt.")
        assert [leaf["type"] for leaf in leaves] == ["receipt.shown", "receipt.given"]
        assert all(satisfies(leaf, "ledger/1.0") for leaf in leaves)


class TestSafety:
    def test_c_18_no_word_of_it_tells_a_stranger_anything(self) -> None:
        said = words("en")
        tables = (said.headings, said.sentences, said.kinds, said.purposes, said.categories)
        telling = [text for table in tables for text in table.values() if TELLS.search(text)]
        assert telling == []

    def test_c_18_neither_she_nor_an_agency_is_named(self, line: Line) -> None:
        made = handed_out(line, line.says(**SAFE))
        assert isinstance(made, HerReceipt)
        for text in (as_text(made), as_html(made).replace("<!doctype html>", "")):
            assert not TELLS.search(text)
            assert PERSON_REF not in text
            assert "Dan Rusu" not in text

    def test_c_18_its_title_says_nothing(self, line: Line) -> None:
        made = handed_out(line, line.says(**SAFE))
        assert isinstance(made, HerReceipt)
        assert re.findall("<title>(.*)</title>", as_html(made)) == ["Your record"]
        assert not re.search("<(a|img|script|link|style)\\b|https?:", as_html(made))

    def test_c_18_it_is_not_handed_out_where_nobody_recorded_that_it_is_safe(self, line: Line) -> None:
        assert handed_out(line, line.says()) == NotSafe()
        assert handed_out(line, line.says(safe_to_give=False)) == NotSafe()
        assert line.leaves("receipt.") == []

    def test_c_18_k_05_it_is_not_handed_out_where_another_spoke_for_her(self, line: Line) -> None:
        """A guardian may be who she has to fear."""
        assert handed_out(line, line.says(**SAFE, given_by="guardian", given_by_name="Ion Pop")) == NotSafe()

    def test_c_18_her_code_stands_only_on_what_she_takes_with_her(self, line: Line) -> None:
        consent = line.says(**SAFE)
        code = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}")
        assert not code.search(shown(line, consent))
        assert "This is for reading together." in shown(line, consent)
        made = handed_out(line, consent)
        assert isinstance(made, HerReceipt)
        assert len(code.findall(as_text(made))) == 1

    def test_another_agencys_consent_and_none_are_answered_alike(self, line: Line) -> None:
        consent = line.says(**SAFE)
        for one in (consent, "0" * 26):
            for make in (receipts(line).shown, receipts(line).handed_out):
                assert run(make(Actor(HILL, line.caller(HILL)), one)) == UnknownPerson()
