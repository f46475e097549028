"""`python -m adapters list` and `check NAME`: what is installed, and whether it keeps the contract's general promises.

The checks here need no document of the format; the conformance tests of an adapter bring its own.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import entry_points

from adapters.sdk.checks import check
from adapters.sdk.contract import Adapter

GROUP = "referral_gateway.adapters"
"""The entry-point group by which adapters are found."""


def main(arguments: Sequence[str] | None = None, adapters: Mapping[str, Adapter] | None = None) -> int:
    """Run the command over `adapters`, or over what is installed.

    The exit code is 0 when all is well, 1 for findings, 2 for a name nobody installed.
    """
    parser = argparse.ArgumentParser(prog="python -m adapters", description="Installed adapters and their checks.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="key, version, directions and title of every installed adapter")
    commands.add_parser("check", help="check one adapter against the contract").add_argument("name")
    options = parser.parse_args(arguments)
    known = _installed() if adapters is None else adapters
    return _list(known) if options.command == "list" else _check(known, options.name)


def _installed() -> dict[str, Adapter]:
    return {point.name: point.load()() for point in entry_points(group=GROUP)}


def _list(adapters: Mapping[str, Adapter]) -> int:
    for name, adapter in sorted(adapters.items()):
        manifest = adapter.manifest
        directions = ",".join(sorted(manifest.directions))
        sys.stdout.write(f"{name}\t{manifest.version}\t{directions}\t{manifest.title}\n")
    return 0


def _check(adapters: Mapping[str, Adapter], name: str) -> int:
    adapter = adapters.get(name)
    if adapter is None:
        sys.stderr.write("no adapter of that name is installed\n")
        return 2
    findings = check(adapter, name)
    for finding in findings:
        sys.stdout.write(f"{finding.check}: {finding.rule}\n")
    sys.stdout.write("findings: none\n" if not findings else f"findings: {len(findings)}\n")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
