"""`client`: the systems of the agencies, what each may ask for, and the keys it signs with."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.options import DryRun, Json, Yes, agreed, content
from gateway.cli.output import fields, result, rows
from gateway.cli.session import talk
from gateway.core.access.client_modes import ClientMode
from gateway.core.access.scopes import Scope
from gateway.core.access.token_details import Act
from schemas.decoding import decode_json
from schemas.errors import SchemaViolationError
from schemas.vocabulary import Purpose

client = typer.Typer(no_args_is_help=True, help="OAuth clients: the systems of the agencies.")
key = typer.Typer(no_args_is_help=True, help="The public keys of a client.")
client.add_typer(key, name="key")

ClientId = Annotated[str, typer.Argument(metavar="CLIENT_ID", help="The client's id.")]
JwkSet = Annotated[
    Path | None,
    typer.Option(
        "--jwks",
        metavar="FILE",
        help="Its public keys (RFC 7517); - reads standard input. Not with --mode mtls.",
    ),
]
Certificates = Annotated[
    list[Path] | None,
    typer.Option("--certificate", metavar="FILE", help="With --mode mtls: its certificate in PEM; may be given twice."),
]
Expires = Annotated[
    str | None, typer.Option("--expires", metavar="YYYY-MM-DD", help="Day on which the keys end; default: in a year.")
]
Scopes = Annotated[list[Scope] | None, typer.Option("--scope", help="What it may ask for; may be given many times.")]
CertificateNames = Annotated[
    list[str] | None,
    typer.Option(
        metavar="KIND=NAME",
        help="With --mode mtls: what the certificate of a named authority says: subject_dn, san_dns, san_uri, "
        "san_ip or san_email.",
    ),
]
Mode = Annotated[
    ClientMode,
    typer.Option(
        "--mode", help="How it holds its tokens: bound to a key, to a certificate, or as SMART Backend Services do."
    ),
]
Recipients = Annotated[
    list[str] | None,
    typer.Option("--recipient", metavar="AGENCY", help="To whom it may refer; default: all that agreements name."),
]
Purposes = Annotated[
    list[Purpose] | None,
    typer.Option("--purpose", help="For what it may refer; default: as above."),
]
Acts = Annotated[list[Act] | None, typer.Option("--action", help="What it may do towards recipients; default: all.")]
Resources = Annotated[
    list[str] | None,
    typer.Option("--resource", metavar="URL", help="Resource server for which it may ask for tokens too."),
]
Audience = Annotated[
    str | None,
    typer.Option("--audience", metavar="URL", help="With --mode resource_server: the name tokens give it."),
]


@client.command("add")
def add_client(  # noqa: PLR0913 - each is an option of the command
    client_id: ClientId,
    agency: Annotated[str, typer.Option("--agency", metavar="AGENCY", help="The agency whose system it is.")],
    *,
    scope: Scopes = None,
    jwks: JwkSet = None,
    certificate: Certificates = None,
    certificate_name: CertificateNames = None,
    mode: Mode = ClientMode.DPOP,
    recipient: Recipients = None,
    purpose: Purposes = None,
    action: Acts = None,
    resource: Resources = None,
    audience: Audience = None,
    expires: Expires = None,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Register a client's public keys or certificates, its scopes, and to whom it may refer for what."""
    asked: dict[str, object] = {"client": client_id, "agency": agency, **_proving(jwks, certificate)}
    asked |= {"scopes": [one.value for one in scope or ()], "mode": mode.value, **_ending(expires)}
    if certificate_name:
        pairs = [name.partition("=") for name in certificate_name]
        asked["names"] = [{"kind": kind, "value": value} for kind, _, value in pairs]
    asked |= {} if audience is None else {"audience": audience}
    limits = {"recipients": recipient, "purposes": purpose, "actions": action, "resources": resource}
    asked |= {name: [str(one) for one in listed] for name, listed in limits.items() if listed}
    told = talk(lambda session: session.post("/clients", asked, dry_run=dry_run))
    _say(told, json=json)


@client.command("list")
def list_clients(*, json: Json = False) -> None:
    """List the clients: id, agency, enabled, how each holds its tokens, scopes, keys, limits."""
    told = talk(lambda session: session.get("/clients"))
    result(told, rows(told["clients"], "id", "agency", "enabled", "mode", "scopes", "keys", "limits"), as_json=json)


@client.command("revoke")
def revoke_client(client_id: ClientId, *, yes: Yes = False, dry_run: DryRun = False, json: Json = False) -> None:
    """Switch a client off at once and for good: its tokens and keys are refused from now on."""
    if not dry_run:
        agreed("Switch this client off for good?", yes=yes)
    told = talk(lambda session: session.post(f"/clients/{client_id}/revoke", {}, dry_run=dry_run))
    _say(told, json=json)


@key.command("add")
def add_key(
    client_id: ClientId,
    *,
    jwks: JwkSet = None,
    certificate: Certificates = None,
    expires: Expires = None,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Add a key or certificate beside the one in use, so that the client can change over when it likes."""
    asked: dict[str, object] = {**_proving(jwks, certificate), **_ending(expires)}
    told = talk(lambda session: session.post(f"/clients/{client_id}/keys", asked, dry_run=dry_run))
    _say(told, json=json)


@key.command("retire", context_settings={"ignore_unknown_options": True})  # A key's id may begin with "-".
def retire_key(
    client_id: ClientId,
    kid: Annotated[str, typer.Argument(metavar="KID", help="The key's id, as `client list` shows it.")],
    *,
    yes: Yes = False,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Take a key away: nothing that is signed with it is accepted from now on. The last one stays."""
    if not dry_run:
        agreed("Retire this key for good?", yes=yes)
    told = talk(lambda session: session.post(f"/clients/{client_id}/keys/retire", {"kid": kid}, dry_run=dry_run))
    _say(told, json=json)


def _proving(jwks: Path | None, certificates: Sequence[Path] | None) -> dict[str, object]:
    """Return what the client will prove itself by, as far as it was given."""
    proving: dict[str, object] = {}
    if jwks is not None:
        try:
            proving["jwks"] = decode_json(content(jwks))
        except SchemaViolationError as error:
            raise typer.BadParameter("not strict JSON", param_hint="--jwks") from error
    if certificates:
        proving["certificates"] = [content(file).decode("ascii", "replace") for file in certificates]
    return proving


def _ending(expires: str | None) -> dict[str, object]:
    return {} if expires is None else {"expires": expires}


def _say(told: dict[str, object], *, json: bool) -> None:
    dry = "Everything is in order. Nothing was changed."
    result(told, [dry] if told.get("dry_run") else fields(told), as_json=json)
