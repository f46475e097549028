"""The story can be read without colour, without a terminal, and copied from."""

import io
import json

import pytest

from gateway.demo.show import Show


def shown(tell: object) -> str:
    stream = io.StringIO()
    tell(Show(stream))
    return stream.getvalue()


def test_nothing_but_text_goes_to_what_is_no_terminal() -> None:
    def tell(show: Show) -> None:
        show.title("A title")
        show.scene(3, "A scene")
        show.good("A promise")
        show.fault("a promise")
        show.table(("one", "two"), [("1", "2")])

    told = shown(tell)
    assert "\x1b" not in told
    assert "3  A scene\n" in told
    assert "ok A promise\n" in told


def test_markup_in_a_text_is_printed_as_it_stands() -> None:
    assert "[bold]x[/bold] :smile:" in shown(lambda show: show.say("[bold]x[/bold] :smile:"))


def test_a_line_to_copy_is_never_wrapped() -> None:
    command = "python " + "long-argument " * 30
    assert command in shown(lambda show: show.line(command))


def test_json_is_printed_whole() -> None:
    document = {"name": "é" * 200, "list": [1, {"a": None}]}
    assert json.loads(shown(lambda show: show.block(document))) == document


def test_a_long_value_in_a_table_is_folded_and_not_cut() -> None:
    told = shown(lambda show: show.table(("what", "value"), [("x", "0123456789" * 20)]))
    assert "…" not in told
    assert told.count("9") == 20


@pytest.mark.parametrize("width", ["40", "80", "300"])
def test_a_sentence_is_wrapped_and_loses_no_word(width: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", width)
    sentence = " ".join(f"word{number}" for number in range(60))
    told = shown(lambda show: show.say(sentence))
    assert told.split() == sentence.split()
    assert max(len(line) for line in told.splitlines()) <= min(int(width), 110)
