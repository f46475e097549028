"""`capacity`: ask whether somebody has room, and answer, before anything about a person is told (M-05)."""

from typing import Annotated

import typer

from gateway.cli.options import Agency, Json, Source, content
from gateway.cli.output import fields, result, rows
from gateway.cli.session import talk
from gateway.clock import SystemEntropy
from schemas.capacity_codes import RoomAnswer

capacity = typer.Typer(no_args_is_help=True, help="Whether a recipient has room, asked in codes and about nobody.")

Key = Annotated[str, typer.Option("--key", help="Idempotency key: the same key is recorded once, however often.")]
_ASKED = ("question", "recipient", "purpose", "need", "answer_by", "answer", "from")
_WAITING = ("question", "purpose", "need", "age", "language", "region", "answer_by", "answer", "from")


@capacity.command("ask")
def ask(file: Source, agency: Agency, *, key: Key = "", json: Json = False) -> None:
    """Ask one recipient, or everybody of a kind, for an agency (schema capacity_question/1.0)."""
    document, key = content(file), key or SystemEntropy().bytes(16).hex()
    told = talk(lambda session: session.post("/capacity-questions", document, key=key, agency=agency))
    result(told, rows(told["questions"], "question", "recipient"), as_json=json)


@capacity.command("list")
def listed(
    agency: Agency,
    *,
    waiting: Annotated[bool, typer.Option("--waiting", help="What the agency is asked, not what it asked.")] = False,
    json: Json = False,
) -> None:
    """List what an agency asked and what was answered; with --waiting, what it may answer."""
    side: dict[str, str | int] = {"agency": agency, **({"waiting": "yes"} if waiting else {})}
    told = talk(lambda session: session.get("/capacity-questions", **side))
    result(told, rows(told["questions"], *(_WAITING if waiting else _ASKED)), as_json=json)


@capacity.command("answer")
def answer(
    question: Annotated[str, typer.Argument(metavar="QUESTION", help="The id of the question.")],
    said: Annotated[RoomAnswer, typer.Argument(metavar="yes|no|wait", help="Whether there is room.")],
    agency: Agency,
    *,
    since: Annotated[str, typer.Option("--from", metavar="DAY", help="For wait: the day there will be room.")] = "",
    key: Key = "",
    json: Json = False,
) -> None:
    """Answer a question for an agency: yes, no, or wait with --from and a day."""
    document = {"schema": "capacity_answer/1.0", "answer": said.value, **({"from": since} if since else {})}
    key = key or SystemEntropy().bytes(16).hex()
    path = f"/capacity-questions/{question}/answer"
    told = talk(lambda session: session.post(path, document, key=key, agency=agency))
    result(told, fields(told), as_json=json)
