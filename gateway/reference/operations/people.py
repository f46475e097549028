"""Facts about people beside their consents, and the codes by which agencies know one person as one."""

from collections.abc import Mapping
from typing import Final

from gateway.core.access.scopes import Scope
from gateway.reference.answers import taken, told
from gateway.reference.model import Answer, Operation
from gateway.reference.shapes import AGENCY, CODE, DAY, REFERENCE, YES_OR_NO, closed, many, one_of, part, record
from gateway.web.problem_types import ProblemType
from schemas.documents import Json
from schemas.vocabulary import DataCategory

_EVENT: Final = "4VTKHP8NVHTF3XX36ZA77432ZD"
_CAME_OF_IT: Final[dict[str, Json]] = {
    "stopped": 0,
    "may_have_left": 0,
    "notices": 0,
    "may_have_left_to": [],
    "covers": "what is known under this record",
}
_REFLECTION: Final = record(
    {"earliest_end": DAY, "may_not_be_removed": YES_OR_NO},
    sentence="When her reflection period ends at the earliest; until then she may not be removed.",
)
_NONE: Final = {404: (ProblemType.NOT_FOUND,)}
_FACT: Final = {
    **_NONE,
    422: (ProblemType.CASE_EVENT_NOT_RECORDABLE, ProblemType.DOCUMENT_INVALID, ProblemType.IDEMPOTENCY_KEY_REUSED),
}
_USED_UP: Final = {
    404: (ProblemType.NOT_FOUND, ProblemType.CODE_NOT_ACCEPTED),
    409: (ProblemType.BOUND_OTHERWISE,),
    422: (ProblemType.IDEMPOTENCY_KEY_REUSED,),
    429: (ProblemType.TOO_MANY_CODES,),
}
_SHOWN: Final = taken(
    closed({"person_ref": REFERENCE, "code": CODE}),
    {"usual": {"person_ref": "C-0311", "code": "DXYA-ABV0-E5TZ-S"}},
)
_KEY: Final = ("IdempotencyKey",)


def _fact(kind: str) -> Answer:
    return told("Recorded.", "RecordedFact", {"event": _EVENT, "type": kind, "withdrawn": 0, **_CAME_OF_IT})


OPERATIONS: Final[Mapping[str, Operation]] = {
    "recordCaseEvent": Operation(
        {201: _fact("child_heard")},
        (Scope.RECORD_CASES,),
        _KEY,
        taken(
            "CaseEvent",
            {
                "a child was heard": {
                    "schema": "case_event/1.0",
                    "person_ref": "C-0311",
                    "event": {"child_heard": {"informed": "yes", "views": "agrees"}},
                }
            },
        ),
        _FACT,
    ),
    "searchCaseEvents": Operation(
        {
            200: told(
                "Those you recorded, oldest first; none for somebody you do not know. `reflection` is told to the "
                "protection function alone, once a period was begun.",
                record({"events": many(part("Fact"))}, {"reflection": _REFLECTION}),
                {
                    "events": [
                        {
                            "event": _EVENT,
                            "type": "child_heard",
                            "at": "2031-03-14T12:00:00Z",
                            "terms": {"informed": "yes", "views": "agrees"},
                        }
                    ]
                },
            )
        },
        (Scope.READ_CASES,),
        (),
        taken(closed({"person_ref": REFERENCE}), {"usual": {"person_ref": "C-0311"}}),
    ),
    "restrictProcessing": Operation(
        {201: _fact("processing_restricted")},
        (Scope.RECORD_CASES,),
        _KEY,
        taken(
            closed(
                {"person_ref": REFERENCE, "set": YES_OR_NO},
                {"category": one_of(DataCategory), "recipient": AGENCY},
            ),
            {
                "all processing": {"person_ref": "C-0311", "set": True},
                "one kind of data": {"person_ref": "C-0311", "set": True, "category": "health_access"},
            },
        ),
        _FACT,
    ),
    "listChildNotifications": Operation(
        {
            200: told(
                "The most urgent first.",
                record({"children": many(part("UntoldChild"))}),
                {
                    "children": [
                        {
                            "person_ref": "C-0311",
                            "agency": "riverside-clinic",
                            "since": "2031-03-14",
                            "due": "2031-03-15T12:00:00Z",
                            "overdue": False,
                        }
                    ]
                },
            )
        },
        (Scope.READ_CASES,),
    ),
    "listChildBirthdays": Operation(
        {
            200: told(
                "The next first.",
                record({"children": many(part("ComingOfAge"))}),
                {"children": [{"person_ref": "C-0311", "within_days": 42}]},
            )
        },
        (Scope.READ_CASES,),
    ),
    "erasePerson": Operation(
        {
            202: told(
                "She is met by nobody any more, and erased as soon as the law allows.",
                "Erasure",
                {"outcome": "asked", **_CAME_OF_IT},
            )
        },
        (Scope.ERASE_PEOPLE,),
        _KEY,
        taken(closed({"person_ref": REFERENCE}), {"usual": {"person_ref": "C-0311"}}),
        {
            **_NONE,
            422: (ProblemType.IDEMPOTENCY_KEY_REUSED,),
        },
    ),
    "introducePerson": Operation(
        {
            201: told(
                "Hand it over by voice or on paper: it works once.",
                "Introduction",
                {"code": "DXYA-ABV0-E5TZ-S", "expires": "2031-03-21T12:00:00Z"},
            )
        },
        (Scope.INTRODUCE_PEOPLE,),
        _KEY,
        taken(closed({"person_ref": REFERENCE}), {"usual": {"person_ref": "C-0311"}}),
        _USED_UP,
    ),
    "bindPerson": Operation(
        {
            201: told(
                "Your reference names her now.", "Binding", {"bound": True, "covers": "what is known under this record"}
            )
        },
        (Scope.INTRODUCE_PEOPLE,),
        _KEY,
        _SHOWN,
        _USED_UP,
    ),
    "linkPerson": Operation(
        {
            200: told(
                "Your half is said; they are one when the other agency says so too.",
                "LinkedPeople",
                {"linked": True, "covers": "everything linked to this record"},
            )
        },
        (Scope.INTRODUCE_PEOPLE,),
        _KEY,
        _SHOWN,
        _USED_UP,
    ),
}
