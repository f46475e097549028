"""Every code that the operator's door can answer has a sentence for people."""

import re

from checkout import ROOT

from gateway.cli.failures import SENTENCES, Exit, of_problem

RAISED = re.compile(r'RegistrationRefusedError\(\s*"(\w+)"')
ANSWERED = re.compile(r'problem\(\s*[\w.]+,\s*"(\w+)"')
WITH_ITS_OWN_SENTENCE = {"installation"}


def _codes(*patterns: "re.Pattern[str]") -> set[str]:
    code = [
        path.read_text("utf-8")
        for path in (*ROOT.glob("gateway/admin/*.py"), ROOT / "gateway/core/parties/registry.py")
    ]
    return {found for text in code for pattern in patterns for found in pattern.findall(text)}


def test_every_code_has_a_sentence() -> None:
    codes = _codes(RAISED, ANSWERED)

    assert len(codes) > 15
    assert codes - WITH_ITS_OWN_SENTENCE - SENTENCES.keys() == set()


def test_a_code_without_a_sentence_would_be_found() -> None:
    assert RAISED.findall('raise RegistrationRefusedError("planted_code")') == ["planted_code"]
    assert ANSWERED.findall('return problem(HTTPStatus.CONFLICT, "planted_code")') == ["planted_code"]


def test_a_refusal_a_mistake_and_an_absence_end_differently() -> None:
    exits = {status: of_problem(status, {"code": "x"}).exit_code for status in (400, 403, 404, 409, 422, 500, 503)}

    assert exits == {
        400: Exit.USAGE,
        403: Exit.REFUSED,
        404: Exit.PROBLEM,
        409: Exit.USAGE,
        422: Exit.USAGE,
        500: Exit.PROBLEM,
        503: Exit.USAGE,
    }


def test_an_installation_problem_is_told_in_its_own_words() -> None:
    error = of_problem(503, {"code": "installation", "says": "no adapter of that key is installed"})

    assert error.says == "No adapter of that key is installed."


def test_an_answer_of_another_version_is_not_believed() -> None:
    error = of_problem(418, {"unheard": "of"})

    assert (error.exit_code, error.code) == (Exit.USAGE, "defect")
