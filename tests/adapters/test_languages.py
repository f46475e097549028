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
    assert LANGUAGES.to_name("ps") == "Pushto"
    assert LANGUAGES.to_name("qq") is None
