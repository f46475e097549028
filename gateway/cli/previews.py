"""`preview`: what a recipient would get of a document (M-13). `explain`: why a decision was yes or no."""

from typing import Annotated
from urllib.parse import quote

import typer

from gateway.cli.options import Json, Source, Why, content
from gateway.cli.output import fields, message, result, rows
from gateway.cli.session import talk

_BELOW = frozenset({"document", "rendered", "not_read", "recognised"})
_APART = frozenset({"steps", "reasons", "would_need", "would_permit"})


def preview(
    file: Source,
    agency: Annotated[str, typer.Option("--agency", metavar="AGENCY", help="The agency that would send it.")],
    to: Annotated[str, typer.Option("--to", metavar="AGENCY", help="The agency that would get it.")],
    purpose: Why,
    media_type: Annotated[
        str, typer.Option("--media-type", metavar="TYPE", help="What the file is; default: what the agency speaks.")
    ] = "",
    subject: Annotated[
        str, typer.Option("--subject", metavar="ID", help="Which person of the file is meant, in the file's own terms.")
    ] = "",
    *,
    json: Json = False,
) -> None:
    """Show exactly what a recipient would get of a document. It counts as a look at her record."""
    document = content(file)
    told = talk(
        lambda session: session.post(
            "/referrals/preview",
            document,
            agency=agency,
            to=to,
            purpose=purpose.value,
            media_type=media_type,
            subject=subject,
        )
    )
    rendered = told.get("rendered")
    shown = fields({name: value for name, value in told.items() if name not in _BELOW})
    unread = rows(told.get("not_read"), "kind", "path")
    found = rows(told.get("recognised"), "kind", "pointer", "start", "end")
    text = ["", *str(rendered["body"]).splitlines()] if isinstance(rendered, dict) else []
    listed = [("not read", unread), ("in its prose, to be read twice", found)]
    below = [line for title, lines in listed if lines for line in ("", f"{title}:", *lines)]
    result(told, [*shown, *text, *below], as_json=json)
    if told["outcome"] == "refused":
        message("Nothing would be sent.")


def explain(
    decision_id: Annotated[str, typer.Argument(metavar="DECISION_ID", help="The id the sender was given.")],
    *,
    json: Json = False,
) -> None:
    """Explain a decision in full: each step, and what would have to change. Not for the sender's ears."""
    told = talk(lambda session: session.get(f"/decisions/{quote(decision_id, safe='')}/explanation"))
    shown = fields({name: value for name, value in told.items() if name not in _APART})
    needs, changes = told["would_need"], told["would_permit"]
    wanted = [f"would need: {need}" for need in (needs if isinstance(needs, list) else [])]
    wanted += [f"a yes today: {change['sentence']}" for change in (changes if isinstance(changes, list) else [])]
    result(told, [*shown, "", *rows(told["steps"], "held", "rule", "sentence"), *wanted], as_json=json)
