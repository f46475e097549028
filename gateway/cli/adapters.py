"""`adapter`: which adapters of other distributions may run here. Loads none of them; counts from the next start on."""
# ruff: noqa: PLC0415 - what only one of the commands needs is imported when it runs

from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli.failures import PROGRAM, CommandFailedError, Exit, of_installation
from gateway.cli.options import DryRun, Json, Yes, agreed
from gateway.cli.output import message, result, rows
from gateway.cli.session import settings
from gateway.core.errors import OperatorError

if TYPE_CHECKING:
    from gateway.plugins.allowing import Pin

adapter = typer.Typer(
    no_args_is_help=True, help="Adapters: a kit to write one, and which of other distributions may run."
)

Name = Annotated[str, typer.Argument(metavar="DISTRIBUTION", help="Its name, as pip shows it.")]
_LIST = f"{PROGRAM} adapter allowed"
_NEXT_START = "Counts from the next start on. Next: referral-gateway doctor"


@adapter.command("allowed")
def allowed(*, json: Json = False) -> None:
    """List what is installed from elsewhere, and what of it may run."""
    from gateway.plugins.configured import adapters_of

    given = settings()
    try:
        found, pins = adapters_of(given), _pins()
    except OperatorError as error:
        raise of_installation(error) from None
    why = {one.name: one.why for one in found.left_out}
    listed = [
        {
            "distribution": name,
            "version": pins[name].version if name in pins else "",
            "says": why.get(name, "it may run"),
        }
        for name in sorted({*why, *pins})
    ]
    result({"adapters": listed}, rows(listed, "distribution", "version", "says"), as_json=json)


@adapter.command("allow")
def allow(name: Name, *, yes: Yes = False, dry_run: DryRun = False, json: Json = False) -> None:
    """Allow one distribution, in its installed version and content. Review it first: it will read referrals."""
    from gateway.plugins.allowing import pin_of, write
    from gateway.plugins.distributions import UnfitError, announced, normal, proven

    given = settings()
    found = next((one for one in announced(given.adapters_folder) if one.name == normal(name)), None)
    if found is None:
        raise CommandFailedError(
            Exit.PROBLEM, "adapter_unknown", "No distribution of that name announces an adapter.", _LIST
        )
    try:
        pin = pin_of(proven(found))
    except UnfitError as unfit:
        raise CommandFailedError(Exit.REFUSED, "adapter_unfit", f"It cannot be allowed: {unfit}.", _LIST) from None
    told = {"distribution": pin.distribution, "version": pin.version, "sha256": pin.sha256, "dry_run": dry_run}
    if not dry_run:
        agreed(f"Let {pin.distribution} {pin.version} read and write referrals in a worker process?", yes=yes)
        try:
            write(given.adapters_allowed_file, {**_pins(), pin.distribution: pin})
        except OperatorError as error:
            raise of_installation(error) from None
    result(told, rows([told], "distribution", "version", "sha256"), as_json=json)
    message(_NEXT_START)


@adapter.command("disallow")
def disallow(name: Name, *, dry_run: DryRun = False, json: Json = False) -> None:
    """Take one off the list. Agencies registered with its adapter can neither send nor be sent to then."""
    from gateway.plugins.allowing import write
    from gateway.plugins.distributions import normal

    try:
        pins = _pins()
        if pins.pop(normal(name), None) is None:
            raise CommandFailedError(Exit.PROBLEM, "adapter_unknown", "It is not on the list.", _LIST)
        if not dry_run:
            write(settings().adapters_allowed_file, pins)
    except OperatorError as error:
        raise of_installation(error) from None
    result({"distribution": normal(name), "dry_run": dry_run}, [f"{normal(name)} may not run."], as_json=json)
    message(_NEXT_START)


def _pins() -> "dict[str, Pin]":
    from gateway.plugins.allowing import allowed as read

    return read(settings().adapters_allowed_file)
