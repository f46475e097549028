"""Questions for room, statistics, the log, and whether the gateway is there."""

from collections.abc import Mapping
from typing import Final

from gateway.core.access.scopes import Scope
from gateway.reference.answers import taken, told
from gateway.reference.model import Answer, Body, Operation
from gateway.reference.shapes import many, part, record
from gateway.web.problem_types import ProblemType

_QUESTION: Final = "4VTKHP8NVHTF3XX36ZA77432ZD"
_NONE: Final = {404: (ProblemType.NOT_FOUND,)}
_WORDS: Final = (ProblemType.QUESTION_NOT_ASKABLE, ProblemType.DOCUMENT_INVALID, ProblemType.IDEMPOTENCY_KEY_REUSED)

OPERATIONS: Final[Mapping[str, Operation]] = {
    "askForRoom": Operation(
        {
            201: told(
                "Asked.",
                "AskedQuestions",
                {
                    "questions": [{"question": _QUESTION, "recipient": "harbour-shelter"}],
                    "answer_by": "2031-03-15T14:00:00Z",
                    "coarsened": ["region"],
                },
            )
        },
        (Scope.SEND_REFERRALS,),
        ("IdempotencyKey",),
        taken(
            "CapacityQuestion",
            {
                "one shelter": {
                    "schema": "capacity_question/1.0",
                    "recipient": "harbour-shelter",
                    "purpose": "assistance.accommodation",
                    "need": "accommodation.emergency",
                    "age": "adult",
                    "language": "en",
                }
            },
        ),
        {403: (ProblemType.REFUSED,), 422: _WORDS},
    ),
    "listAskedForRoom": Operation(
        {
            200: told(
                "What you asked, with what was answered.",
                record({"questions": many(part("AskedForRoom"))}, {"next": {"type": "string"}}),
                {
                    "questions": [
                        {
                            "question": _QUESTION,
                            "recipient": "harbour-shelter",
                            "purpose": "assistance.accommodation",
                            "need": "accommodation.emergency",
                            "answer_by": "2031-03-17T12:00:00Z",
                            "answer": "wait",
                            "from": "2031-03-20",
                        }
                    ]
                },
                "Link",
            )
        },
        (Scope.SEND_REFERRALS,),
        ("limit", "after"),
    ),
    "listQuestionsForRoom": Operation(
        {
            200: told(
                "What waits for your answer. Who asks is not told.",
                record({"questions": many(part("QuestionForRoom"))}, {"next": {"type": "string"}}),
                {
                    "questions": [
                        {
                            "question": _QUESTION,
                            "purpose": "assistance.accommodation",
                            "need": "accommodation.emergency",
                            "age": "adult",
                            "language": "en",
                            "asked_on": "2031-03-14",
                            "answer_by": "2031-03-17T12:00:00Z",
                        }
                    ]
                },
                "Link",
            )
        },
        (Scope.READ_INBOX,),
        ("limit", "after"),
    ),
    "answerForRoom": Operation(
        {200: told("Noted; your newest answer counts.", "AnsweredForRoom", {"question": _QUESTION, "answer": "yes"})},
        (Scope.ACKNOWLEDGE_INBOX,),
        ("IdempotencyKey",),
        taken("CapacityAnswer", {"room": {"schema": "capacity_answer/1.0", "answer": "yes"}}),
        {**_NONE, 409: (ProblemType.STATE_CONFLICT,), 422: _WORDS},
    ),
    "listReleases": Operation(
        {
            200: told(
                "Releases that wait for your approval.",
                record({"releases": many(part("Release"))}),
                {"releases": [{"release": "3GZ3H0KTFA5WJEENHNCPC3QRAJ", "quarter": "2031-Q1"}]},
            )
        },
        (Scope.APPROVE_STATISTICS,),
    ),
    "approveRelease": Operation(
        {200: told("Approved.", "ApprovedRelease", {"release": "3GZ3H0KTFA5WJEENHNCPC3QRAJ", "approved": True})},
        (Scope.APPROVE_STATISTICS,),
        ("IdempotencyKey",),
        problems={**_NONE, 422: (ProblemType.IDEMPOTENCY_KEY_REUSED,)},
    ),
    "getCheckpoint": Operation(
        {
            200: told(
                "The signed state of the log.",
                "Checkpoint",
                {
                    "checkpoint": "gateway.example/log\n18\nQ2hlY2twb2ludA==\n\n— gateway.example/log c2lnbmF0dXJl\n",
                    "cosigned": None,
                },
            )
        },
        (Scope.READ_LEDGER,),
    ),
    "getTile": Operation(
        {
            200: Answer(
                "Hashes of the log, 32 bytes each, and nothing else.",
                {"application/octet-stream": Body({"type": "string", "format": "binary"})},
            )
        },
        (Scope.READ_LEDGER,),
        problems=_NONE,
    ),
    "getLiveness": Operation({200: told("It answers.", "Health", {"status": "live"})}, limited=False),
    "getReadiness": Operation(
        {200: told("It is ready.", "Health", {"status": "ready"})},
        problems={503: (ProblemType.NOT_READY,)},
        limited=False,
    ),
}
