"""Files that referrals name: bringing and fetching them."""

from collections.abc import Mapping
from typing import Final

from gateway.core.access.scopes import Scope
from gateway.reference.answers import told
from gateway.reference.model import Answer, Body, Operation
from gateway.reference.shapes import COUNT, ID, const, record
from gateway.web.attachments import OCTETS
from gateway.web.problem_types import ProblemType
from schemas.documents import Json

_RECEIVED: Final = record({"decision_id": ID, "number": COUNT, "outcome": const("received")})
_EXAMPLE: Final[Json] = {"decision_id": "01R6KX7VG0A7VV69K3HCXP5RW1", "number": 1, "outcome": "received"}
_SEALED: Final = Body({"type": "string", "format": "binary", "description": "A file as its sender's client sealed it."})

OPERATIONS: Final[Mapping[str, Operation]] = {
    "bringAttachment": Operation(
        {
            200: told("It was there already, and is the same.", _RECEIVED, _EXAMPLE),
            201: told("All of it is there. Its recipient may fetch it.", _RECEIVED, _EXAMPLE),
        },
        (Scope.SEND_REFERRALS,),
        takes={OCTETS: _SEALED},
        problems={
            404: (ProblemType.NOT_FOUND,),
            409: (ProblemType.OVERTAKEN,),
            413: (ProblemType.OTHER_FILE,),
            415: (ProblemType.UNSUPPORTED_MEDIA_TYPE,),
            422: (ProblemType.OTHER_FILE,),
        },
    ),
    "fetchAttachment": Operation(
        {
            200: Answer("The whole of it.", {OCTETS: _SEALED}, ("ETag", "Accept-Ranges")),
            206: Answer("The range you asked for.", {OCTETS: _SEALED}, ("ETag", "Accept-Ranges", "Content-Range")),
        },
        (Scope.READ_INBOX,),
        ("Range",),
        problems={
            404: (ProblemType.NOT_FOUND,),
            409: (ProblemType.NOT_THERE_YET,),
            416: (ProblemType.RANGE_NOT_SATISFIABLE,),
        },
    ),
}
