"""The codes of problems are a closed list: none is told that is not in it, and none is in it that nobody tells."""

import ast
from collections.abc import Iterator

from checkout import ROOT

from gateway.web.problem_types import ProblemType

ELSEWHERE = {
    *(ProblemType.USE_DPOP_NONCE, ProblemType.INVALID_TOKEN),  # said by whoever verifies (gateway.oauth.errors)
    *(ProblemType.PREVIEW_DIFFERS, ProblemType.INVALID_DPOP_PROOF),  # a reason of a refusal; chosen in the door
    *(ProblemType.DOCUMENT_INVALID, ProblemType.DOCUMENT_UNREADABLE),  # told by faults_of
    *(ProblemType.CONSENT_NOT_RECORDABLE, ProblemType.CASE_EVENT_NOT_RECORDABLE, ProblemType.QUESTION_NOT_ASKABLE),
    *(ProblemType.METHOD_NOT_ALLOWED, ProblemType.NOT_ACCEPTABLE),  # made of a status
    *(ProblemType.PRECONDITION_FAILED, ProblemType.PRECONDITION_REQUIRED),
    *(ProblemType.INSUFFICIENT_SCOPE, ProblemType.OUTSIDE_AUTHORIZATION_DETAILS),  # said by what is raised
    *(ProblemType.TOO_LARGE, ProblemType.UNSUPPORTED_MEDIA_TYPE, ProblemType.BAD_REQUEST),
}
"""Codes that stand in no call of `problem` as they are."""


def told(code: str) -> Iterator[str]:
    """Yield every code that is written in a call of `problem` or `_problem`."""
    for call in ast.walk(ast.parse(code)):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in {"problem", "_problem"}:
            for argument in call.args[1:2]:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield argument.value


def test_every_code_that_is_told_is_in_the_list_and_every_code_of_the_list_is_told() -> None:
    codes = {one for file in (ROOT / "gateway" / "web").rglob("*.py") for one in told(file.read_text("utf-8"))}
    assert codes <= {*ProblemType}, "give it a place in gateway.web.problem_types"
    assert {*ProblemType} - codes <= ELSEWHERE


def test_a_code_that_is_not_in_the_list_would_be_noticed() -> None:
    assert [*told("problem(404, 'gone_fishing')")] == ["gone_fishing"]


def test_each_says_what_it_means_and_what_to_do() -> None:
    for kind in ProblemType:
        assert kind.sentence.endswith(".")
        assert kind.advice.endswith(".")
        assert kind.statuses
