"""The words of her receipt: a file a language, none lacking a word, and a draft says that it is one (C-18)."""

import re
from dataclasses import replace

import pytest
from builders import POLICE
from fake_consent_events import FakeConsentEvents
from fakes import run
from line import Line, a_line

from consent.policy import Policy
from gateway.core.consents.desk import Actor
from gateway.core.consents.her_receipt import HerReceipts
from gateway.core.consents.her_receipt_forms import HerReceipt, as_html, as_text
from gateway.core.consents.her_receipt_words import Words, chosen, languages, words
from gateway.core.consents.papers import ConsentPapers
from schemas.documents import Json
from schemas.vocabulary import DataCategory, FunctionClass, Purpose

DRAFTS = ("ar", "es", "fr", "ro", "uk", "vi")
TELLS = {
    "ar": "اتجار|ضحي|شرط|هجرة|لجوء|مأوى|استغلال|جريم|بواب|إحال|وكال",
    "es": "trata\\b|víctima|polic|migra|asilo|refugio|explota|delito|crimen|derivaci|agencia",
    "fr": "traite|victime|polic|migra|asile|refuge|exploit|crime|délit|orientation|agence",
    "ro": "trafic|victim|poliți|migra|azil|adăpost|exploat|crim|trimitere|agenți",
    "uk": "торгівл|жертв|поліці|міграц|притулк|експлуат|злочин|направленн|агенц",
    "vi": "buôn người|nạn nhân|công an|cảnh sát|di trú|tị nạn|nhà tạm|bóc lột|tội phạm",
}
"""Words that would tell a stranger who she is or whom she is with (UX R2, R14), in each language of a draft."""
_PLACE = re.compile(r"\{[a-z]+\}")


def tables(said: Words) -> dict[str, str]:
    """Every word of a language, by table and key."""
    named = {
        "headings": said.headings,
        "sentences": said.sentences,
        "kinds": said.kinds,
        "purposes": said.purposes,
        "categories": said.categories,
    }
    return {f"{table}.{key}": text for table, texts in named.items() for key, text in texts.items()}


@pytest.mark.parametrize("language", sorted(languages()))
class TestEveryLanguage:
    def test_it_lacks_no_word(self, language: str) -> None:
        said, whole = words(language), words("en")
        assert said.kinds.keys() == {one.value for one in FunctionClass}
        assert said.purposes.keys() == {one.value for one in Purpose}
        assert said.categories.keys() == {one.value for one in DataCategory}
        assert (said.headings.keys(), said.sentences.keys()) == (whole.headings.keys(), whole.sentences.keys())
        assert (len(said.months), said.direction in {"ltr", "rtl"}) == (12, True)

    def test_it_says_nothing_only_where_english_says_nothing(self, language: str) -> None:
        silent = {name for name, text in tables(words("en")).items() if not text}
        assert {name for name, text in tables(words(language)).items() if not text} == silent

    def test_what_is_filled_in_is_the_same(self, language: str) -> None:
        whole = tables(words("en"))
        assert {name: _PLACE.findall(text) for name, text in tables(words(language)).items()} == {
            name: _PLACE.findall(text) for name, text in whole.items()
        }
        assert sorted(_PLACE.findall(words(language).date)) == ["{day}", "{month}", "{year}"]

    def test_no_word_of_it_tells_a_stranger_anything(self, language: str) -> None:
        """UX R2. The English is looked at in tests/core/test_her_receipt.py."""
        if language in TELLS:
            found = re.compile(TELLS[language], re.IGNORECASE)
            assert [text for text in tables(words(language)).values() if found.search(text)] == []


def test_the_languages_there_are_and_which_of_them_nobody_has_checked() -> None:
    """Whoever checks one sets `reviewed = true` in its file and takes it out of the list here."""
    assert languages() == {"en", *DRAFTS}
    assert {one for one in languages() if not words(one).reviewed} == {*DRAFTS}
    assert TELLS.keys() == {*DRAFTS}
    assert {one for one in languages() if words(one).direction == "rtl"} == {"ar"}


def test_its_sentences_are_short() -> None:
    said = words("en")
    texts = [text for table in (said.sentences, said.purposes) for text in table.values()]
    assert all(len(one.split()) <= 15 for text in texts for one in re.split(r"(?<=[.!?:]) ", text))


class TestWhichLanguage:
    def receipt(self, *allowed: str, hers: str = "ro", given: bool = False) -> HerReceipt:
        line = a_line(policy=Policy(languages=frozenset({"en", *allowed})))
        text: Json = {"version": "2031-01", "sha256": "5f" * 32, "language": hers}
        consent = line.says(text=text, person_languages=[hers], safe_to_give=True)
        receipts = HerReceipts(ConsentPapers(line.desk, FakeConsentEvents(line.book)))
        make = receipts.handed_out if given else receipts.shown
        found = run(make(Actor(POLICE, line.caller()), consent))
        assert isinstance(found, HerReceipt)
        return found

    def test_her_own_where_the_country_has_it(self) -> None:
        assert chosen("en-GB", frozenset({"en"})).language == "en"
        assert chosen("ro-MD", frozenset({"en", "ro"})).language == "ro"
        assert chosen("ro", frozenset({"en"})).language == "en"
        assert chosen("am", frozenset({"en", "am"})).language == "en", "the country has it, and there is no file"

    @pytest.mark.parametrize("language", DRAFTS)
    @pytest.mark.parametrize("given", [False, True])
    def test_a_draft_says_that_it_is_one_and_the_english_stands_below(self, language: str, *, given: bool) -> None:
        made = self.receipt(language, hers=language, given=given)
        text, html = as_text(made), as_html(made)
        flat = " ".join(text.split())
        assert words(language).sentences["unchecked"] in flat
        assert text.index(words(language).headings["who"]) < text.index("Who may be told")
        assert "We may tell a housing service." in flat
        assert f'<html lang="{language}" dir="{words(language).direction}">' in html
        assert '<section lang="en" dir="ltr">' in html
        assert "This is in English." not in flat
        assert ("This is for reading together." in flat) is not given

    def test_a_language_without_words_is_english_and_says_so(self) -> None:
        made = self.receipt("am", hers="am")
        assert made.below is None
        assert "This is in English." in as_text(made)
        assert words("en").sentences["unchecked"] not in as_text(made)

    def test_what_somebody_checked_stands_alone(self) -> None:
        made = self.receipt(hers="en")
        assert made.below is None
        assert "This is in English." not in as_text(made)

    def test_a_script_from_right_to_left_is_marked_so_and_escaped(self) -> None:
        arabic = HerReceipt("ar", "rtl", "سجلك", [("", ["<b>"])], given=False)
        both = as_html(replace(arabic, below=HerReceipt("en", "ltr", "Your record", [("", ["<i>"])], given=False)))
        assert '<html lang="ar" dir="rtl">' in both
        assert "&lt;b&gt;" in both
        assert "&lt;i&gt;" in both

    def test_days_are_written_in_words(self) -> None:
        line: Line = a_line()
        assert words("en").day(line.clock.now()) == "14 March 2031"
        assert words("uk").day(line.clock.now()) == "14 березня 2031"

    def test_the_default_country_has_english(self) -> None:
        assert Policy().languages <= languages()
