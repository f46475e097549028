"""`sandbox`: a gateway on this machine with invented people, to connect a system to. Never touches an installation."""
# ruff: noqa: PLC0415 - imports that the other commands do not need

import json as written_json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from gateway.cli.failures import PROGRAM, CommandFailedError, Exit
from gateway.cli.options import Json
from gateway.cli.output import fields, message, result, rows
from gateway.cli.session import talk
from gateway.core.errors import GatewayError
from gateway.packaging_guard import require_own_packages

if TYPE_CHECKING:
    from gateway.sandbox.guests import Guest, Received
    from gateway.settings import Settings

sandbox = typer.Typer(no_args_is_help=True, help="A gateway with invented people, to connect a system to.")

UP: Final = f"{PROGRAM} sandbox up"
_EVERY: Final = 1.0
"""Seconds between two looks into an inbox or the log."""
_TOLD: Final = ("at", "type", "sender", "recipient", "purpose", "reasons")
"""What of an entry of the log is shown: codes, agencies and times."""

Agency = Annotated[str, typer.Argument(metavar="AGENCY", help="An agency of the sandbox, as `sandbox up` lists them.")]
Forward = Annotated[str, typer.Option("--forward", metavar="URL", help="Hand each on to this URL of this machine.")]


@sandbox.command("up")
def up(*, json: Json = False) -> None:
    """Open a sandbox in .sandbox/ of this directory, emptied before, until Ctrl-C. Everybody in it is invented."""
    from gateway.demo.server import until_interrupted
    from gateway.sandbox.place import NAME
    from gateway.sandbox.town import open_sandbox

    with _told():
        require_own_packages()
        with open_sandbox(Path(NAME)) as (place, world):
            listed = [
                {
                    "agency": one.id,
                    "format": one.adapter,
                    "people": list(one.people),
                    "refers_to": [to for to, _ in one.sends],
                }
                for one in place.residents.values()
            ]
            lines = [f"TEST {place.url}", *rows(listed, "agency", "format", "people", "refers_to")]
            result({"url": place.url, "test": True, "agencies": listed}, lines, as_json=json)
            message(f"Open until Ctrl-C. Next, in another terminal: {PROGRAM} sandbox listen harbour-shelter")
            if world.ended is not None:
                until_interrupted(world.ended)


class Mode(StrEnum):
    """How systems sign in."""

    DPOP = "private_key_jwt+dpop"
    SMART = "smart"


@sandbox.command("token")
def token(
    agency: Agency,
    *,
    mode: Annotated[Mode, typer.Option("--mode", help="How the system signs in.")] = Mode.DPOP,
    request: Annotated[
        str, typer.Option("--for", metavar="'METHOD /PATH'", help="Also make the DPoP proof of one request.")
    ] = "",
    json: Json = False,
) -> None:
    """Get an access token for an agency's system, as the system would; a SMART client's is good for /fhir alone."""
    if mode is Mode.SMART:
        _smart_token(agency, as_json=json)
        return
    with _entered(agency, "token") as guest:
        told = {"access_token": guest.system.token, "token_type": "DPoP", "mode": mode.value}
        told["client_id"] = guest.resident.client
        told["key_file"] = str(guest.place.key_file(guest.resident.client))
        if request:
            method, _, path = request.partition(" ")
            told["proof"] = guest.system.proof(method.upper(), path)
        result(told, fields(told), as_json=json)


def _smart_token(agency: str, *, as_json: bool) -> None:
    from gateway.sandbox.guests import smart_token
    from gateway.sandbox.place import NAME, place

    with _told():
        found = place(Path(NAME))
        told = {"access_token": smart_token(found, agency), "token_type": "Bearer", "mode": Mode.SMART.value}
        told["client_id"] = found.resident(agency).smart
        told["key_file"] = str(found.key_file(told["client_id"]))
        told["base"] = f"{found.url}/fhir"
        result(told, fields(told), as_json=as_json)


@sandbox.command("listen")
def listen(
    agency: Agency,
    *,
    forward: Forward = "",
    once: Annotated[bool, typer.Option("--once", help="Look once and stop.")] = False,
    json: Json = False,
) -> None:
    """Receive what an agency is sent over the API: opened, shown, acknowledged. What is not taken comes again."""
    from gateway.sandbox.handing_on import require_local

    with _entered(agency, "listen") as guest:
        if forward:
            require_local(forward)
        while True:
            for received in guest.fetched():
                guest.keep(received)
                if _shown(received, forward, as_json=json):
                    guest.acknowledge(received.message)
            if once:
                return
            time.sleep(_EVERY)
            guest.system.sign_in()


@sandbox.command("trigger")
def trigger(
    event: Annotated[str, typer.Argument(metavar="EVENT", help="What happens; `sandbox events` lists them.")],
    agency: Agency,
    *,
    person: Annotated[str, typer.Option("--person", help="The agency's reference for an invented person.")] = "",
    to: Annotated[str, typer.Option("--to", metavar="AGENCY", help="To whom a referral goes.")] = "",
    about: Annotated[str, typer.Option("--message", metavar="ID", help="What is answered; else what came last.")] = "",
    json: Json = False,
) -> None:
    """Make something happen at an agency, through the API as its system would; shows what the gateway answers."""
    from gateway.sandbox.events import About, Event, triggered

    if event not in set(Event):
        raise CommandFailedError(Exit.USAGE, "event_unknown", "There is no such event.", f"{PROGRAM} sandbox events")
    with _entered(agency, "trigger") as guest:
        answer = triggered(guest, Event(event), About(person, to, about))
        lines = [f"status: {answer.status}", *fields(answer.body)]
        result({"status": answer.status, "body": answer.body}, lines, as_json=json)


@sandbox.command("events")
def events(*, json: Json = False) -> None:
    """List what `sandbox trigger` can make happen."""
    from gateway.sandbox.events import Event

    listed = [{"event": event.value, "says": event.sentence} for event in Event]
    result({"events": listed}, rows(listed, "event", "says"), as_json=json)


@sandbox.command("replay")
def replay(
    name: Annotated[str, typer.Argument(metavar="MESSAGE", help="The id of a message that was received.")],
    *,
    forward: Forward = "",
    json: Json = False,
) -> None:
    """Show or hand on once more what was received: the same bytes under the same id, as after a crash."""
    from gateway.sandbox.guests import kept
    from gateway.sandbox.place import NAME, place

    with _told():
        if not _shown(kept(place(Path(NAME)), name), forward, as_json=json):
            raise CommandFailedError(Exit.PROBLEM, "not_taken", "Your system did not take it.", "")


@sandbox.command("logs")
def logs(
    *,
    follow: Annotated[bool, typer.Option("--follow", help="Go on until Ctrl-C.")] = False,
    json: Json = False,
) -> None:
    """Show what the sandbox's log says: codes, agencies and times, an entry a line."""
    from gateway.demo.folder import DemoFolder
    from gateway.demo.world import settings_of
    from gateway.sandbox.place import NAME, place

    with _told():
        place(Path(NAME))
        settings, seen = settings_of(DemoFolder(Path(NAME))), 0
        while True:
            entries = _entries(settings, seen)
            if json:
                for entry in entries:
                    result(entry, (), as_json=True)
            else:
                result({}, rows(entries, *_TOLD), as_json=False)
            if not follow:
                return
            seen += len(entries)
            time.sleep(_EVERY)


def _entries(settings: "Settings", since: int) -> list[dict[str, object]]:
    """Read what stands in the log from that entry on."""
    size = int(str(talk(lambda session: session.get("/log/head"), settings)["entries"]))
    leaves = talk(lambda session: session.get_bytes("/log/leaves", since=since, until=size), settings)
    entries = [written_json.loads(leaf) for leaf in leaves.splitlines()]
    return [{name: entry.get(name, "") for name in _TOLD} for entry in entries]


def _shown(received: "Received", forward: str, *, as_json: bool) -> bool:
    """Show a message and hand it on where asked to; whether it may be acknowledged."""
    from gateway.sandbox.handing_on import handed_on

    text = received.body.decode(errors="replace")
    told = {"message": received.message, "media_type": received.media_type, "body": text}
    taken = not forward or handed_on(received, forward)
    result({**told, "taken": taken}, [*fields(told), *([] if taken else ["It was not taken."])], as_json=as_json)
    return taken


@contextmanager
def _entered(agency: str, command: str) -> Iterator["Guest"]:
    from gateway.sandbox.guests import entered
    from gateway.sandbox.place import NAME, place

    with _told(), entered(place(Path(NAME)), agency) as guest, _told(f"{PROGRAM} sandbox {command} --help"):
        yield guest


@contextmanager
def _told(following: str = UP) -> Iterator[None]:
    """Tell what the sandbox cannot do; what it says is of this machine and its invented people."""
    try:
        yield
    except KeyboardInterrupt:
        return
    except GatewayError as error:
        said = str(error)
        raise CommandFailedError(Exit.PROBLEM, "sandbox", f"{said[:1].upper()}{said[1:]}.", following) from None
