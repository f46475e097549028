"""The language table says what ISO 639 says, each code and each name once, and guesses nothing."""

import re

import pytest

from adapters.sdk.languages import read_languages

LANGUAGES = read_languages()


def test_all_two_letter_languages_are_here_once() -> None:
    short = [tag for tag in LANGUAGES.by_tag if len(tag) == 2]
    assert len(short) == 184
    assert all(re.fullmatch("[a-z]{2,3}", tag) for tag in LANGUAGES.by_tag)


def test_no_code_and_no_name_means_two_languages() -> None:
    rows = list(LANGUAGES.by_tag.values())
    names = [name.casefold() for row in rows for name in row.names]
    assert len(names) == len(set(names)) == len(LANGUAGES.by_name)
    for row in rows:
        for code in {row.iso639_3, row.bibliographic} - {""}:
            assert LANGUAGES.by_three_letters[code] is row


def test_a_three_letter_tag_is_its_own_code() -> None:
    assert all(row.tag == row.iso639_3 for row in LANGUAGES.by_tag.values() if len(row.tag) == 3)


@pytest.mark.parametrize(
    ("code", "tag"),
    [("alb", "sq"), ("sqi", "sq"), ("sq", "sq"), ("per", "fa"), ("fas", "fa"), ("prs", "prs"), ("chi", "zh")],
)
def test_both_three_letter_spellings_mean_the_same_language(code: str, tag: str) -> None:
    assert LANGUAGES.from_code(code) == tag


@pytest.mark.parametrize(
    ("said", "tag"),
    [
        *[
            ("SR-latn", "sr-Latn"),
            ("ar-sy", "ar-SY"),
            ("fas-AF", "fa-AF"),
            ("rms", "rms"),
            ("ASE", "ase"),
            ("ro", "ro"),
        ],
        *[("de-1996", "de-1996"), ("es-419", "es-419"), ("zh-Hant-TW", "zh-Hant-TW"), ("rum", "ro")],
        *[("und", None), ("mul-RO", None), ("xx", None), ("ro-", None), ("ro--RO", None), ("ro RO", None), ("", None)],
        *[("ro-\u0130", None), ("\u0131t", None), ("qaa", None), ("ro-RO\n", None), ("romanian", None)],
    ],
)
def test_a_tag_keeps_what_it_says_beyond_its_language_and_must_have_one(said: str, tag: str | None) -> None:
    assert LANGUAGES.from_tag(said) == tag
    assert tag is None or LANGUAGES.from_tag(tag) == tag


def test_the_twenty_languages_with_two_spellings_are_written_with_the_bibliographic_one() -> None:
    two = {row.tag for row in LANGUAGES.by_tag.values() if row.bibliographic not in {"", row.iso639_3}}
    assert len(two) == 20
    assert LANGUAGES.to_bibliographic("ro") == "rum"


@pytest.mark.parametrize("tag", ["ar-SY", "xx", "", "SQ", "prs"])
def test_a_tag_the_list_cannot_say_is_not_written(tag: str) -> None:
    assert LANGUAGES.to_bibliographic(tag) is None


def test_a_name_is_read_whatever_its_case_and_an_unknown_one_is_not_guessed() -> None:
    assert LANGUAGES.from_name(" vietnamese") == "vi"
    assert LANGUAGES.from_name("Kurdish (Sorani)") == "ckb"
    assert LANGUAGES.from_name("Albanian or Italian") is None
    assert LANGUAGES.from_code("qqq") is None
    assert LANGUAGES.to_name("ps") == "Pashto"
    assert LANGUAGES.to_name("qq") is None


def test_an_id_in_words_is_read_and_written_for_languages_whose_name_is_words() -> None:
    assert LANGUAGES.from_slug("haitian_creole") == LANGUAGES.from_slug("haitian") == "ht"
    assert (LANGUAGES.to_slug("ht"), LANGUAGES.to_slug("sq")) == ("haitian_creole", "albanian")
    slugs = {tag: slug for tag in LANGUAGES.by_tag if (slug := LANGUAGES.to_slug(tag)) is not None}
    assert len(set(slugs.values())) == len(slugs) > 200
    assert all(LANGUAGES.from_slug(slug) == tag for tag, slug in slugs.items())


@pytest.mark.parametrize("slug", ["language3", "other", "unknown", "Albanian", "", "albanian_or_italian"])
def test_an_id_that_is_no_language_is_not_guessed(slug: str) -> None:
    assert LANGUAGES.from_slug(slug) is None


def test_every_language_has_a_three_letter_code_that_reads_back() -> None:
    for tag in LANGUAGES.by_tag:
        assert LANGUAGES.from_code(LANGUAGES.to_iso639_3(tag) or "") == tag
    assert LANGUAGES.to_iso639_3("ar-SY") is None


@pytest.mark.parametrize(("code", "tag"), [("sqi", "sq"), ("alb", "sq"), ("prs", "prs"), ("kmr", "kmr")])
def test_a_three_letter_code_is_its_language_or_stays_as_it_is(code: str, tag: str) -> None:
    assert LANGUAGES.from_iso639_3(code) == tag


@pytest.mark.parametrize("code", ["mis", "mul", "und", "zxx", "qaa", "qtz", "SQI", "sq", "", "sqi "])
def test_a_code_that_means_no_language_is_none(code: str) -> None:
    assert LANGUAGES.from_iso639_3(code) is None
