"""Every code somebody can be refused with has a sentence, and no sentence stands for a code that is gone."""

import ast

from checkout import python_files

from gateway.core.erasure.holds import Hold
from gateway.people.sentences import SENTENCES, STATUS

OF_OTHER_ERRORS = {"consent_refused", "unavailable", "defect"}
"""What `gateway.people.guard` says of errors that carry no code of theirs."""


def codes_in(code: str) -> set[str]:
    """The codes given to the error, or to the helper that raises it."""
    calls = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call)]
    given = [word for call in calls if getattr(call.func, "id", "") == "OfficerRefusedError" for word in call.args]
    named = [word.value for call in calls if getattr(call.func, "id", "") == "_must" for word in call.keywords]
    words = [word.value for word in (*given, *named) if isinstance(word, ast.Constant)]
    return {word for word in words if isinstance(word, str)}


def test_every_code_has_a_sentence_and_no_sentence_is_left_over() -> None:
    texts = (path.read_text("utf-8") for path in python_files("gateway"))
    codes = {code for text in texts if "OfficerRefusedError" in text or "_must(" in text for code in codes_in(text)}
    assert codes | OF_OTHER_ERRORS | {*Hold} == SENTENCES.keys()
    assert STATUS.keys() <= SENTENCES.keys()


def test_a_code_without_a_sentence_is_noticed() -> None:
    assert codes_in('raise OfficerRefusedError("nobody_wrote_this")') == {"nobody_wrote_this"}
    assert codes_in('_must(changed=False, code="nor_this")') == {"nor_this"}
