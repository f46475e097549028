"""`python -m consent`: an officer checks a log, or a receipt, with Python alone.

A log is a file of its entries, or a folder of tiles (`consent.tiles`).

It reads the files it is given, writes sentences to standard output and touches nothing else: no network, no database,
no file written. Each answer says what was proven and what was not. Exit codes: 0 proven, 1 nothing found wrong but
too little given to prove it, 2 wrong use or unreadable file, 5 does not verify.
"""

import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Sequence
from enum import IntEnum
from pathlib import Path

from consent.checkpoint import Checkpoint, VerifierKey, opened, unproven
from consent.cosignature import WitnessKey, witnessed
from consent.errors import ConsentError, Fault, TamperedLedgerError, UnreadableRecordError
from consent.export import Report, proven_history, proven_receipt, verified
from consent.tiles import verified_tiles

__all__ = ["Exit", "main"]


class Exit(IntEnum):
    """What the process answers to a script."""

    PROVEN = 0
    NOT_PROVEN = 1
    USAGE = 2
    DOES_NOT_VERIFY = 5


def main(arguments: Sequence[str]) -> int:
    """Run one command and answer its exit code; wrong use exits at once with 2, as argparse does."""
    given = _parser().parse_args(arguments)
    try:
        return _COMMANDS[given.command](given)
    except OSError as error:
        _say(f"A file could not be read: {error.strerror}.")
        return Exit.USAGE
    except ConsentError as error:
        _say(f"DOES NOT VERIFY: {error}{_place(error)}.")
        return Exit.DOES_NOT_VERIFY


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog="python -m consent", description="Check the disclosure log with Python alone.")
    commands = parser.add_subparsers(dest="command", required=True)
    verify = commands.add_parser("verify", help="check an export of the whole log against checkpoints you hold")
    verify.add_argument("export", type=Path, metavar="EXPORT", help="file of entries, one a line; or a folder of tiles")
    verify.add_argument(
        "--checkpoint",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="signed checkpoint that was kept outside the gateway; may be given many times",
    )
    receipt = commands.add_parser("verify-receipt", help="check that the entry of one receipt stands in the log")
    receipt.add_argument("receipt", type=Path, metavar="RECEIPT", help="a JSON receipt, or a tlog-proof")
    history = commands.add_parser("verify-history", help="check that every entry of one person's history stands in it")
    history.add_argument("history", type=Path, metavar="HISTORY", help="JSON Lines file, one receipt a line")
    for command in (verify, receipt, history):
        command.add_argument("--key", type=_key, metavar="VKEY", help="public key of the log: name+hash+base64")
    for command in (verify, receipt):
        command.add_argument(
            "--witness",
            type=_witness,
            action="append",
            default=[],
            metavar="VKEY",
            help="public key of a witness that must have cosigned the checkpoint; may be given many times",
        )
        command.add_argument("--quorum", type=_quorum, metavar="N", help="how many of them are enough (all)")
    return parser


def _key(text: str) -> VerifierKey:
    try:
        return VerifierKey.parsed(text)
    except ConsentError as error:
        raise ArgumentTypeError(str(error)) from error


def _witness(text: str) -> WitnessKey:
    try:
        return WitnessKey.parsed(text)
    except ConsentError as error:
        raise ArgumentTypeError(str(error)) from error


def _quorum(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and int(text) > 0):
        raise ArgumentTypeError("it is not a number of witnesses")
    return int(text)


def _witnesses(given: Namespace) -> tuple[list[WitnessKey], int]:
    """Return the witnesses that were named, and how many of them must vouch."""
    witnesses: list[WitnessKey] = [*dict.fromkeys(given.witness)]
    return witnesses, len(witnesses) if given.quorum is None else given.quorum


def _verify(given: Namespace) -> Exit:
    key: VerifierKey | None = given.key
    witnesses, quorum = _witnesses(given)
    checkpoints = [_checkpoint(path, number, key) for number, path in enumerate(given.checkpoint, 1)]
    for number, path in enumerate(given.checkpoint, 1):
        _cosigned(path, number, witnesses, quorum)
    report = _checked(given.export, checkpoints)
    _say(f"The export holds {report.head.size} entries, each of them whole.")
    _say(f"Their root hash is {report.head.root.hex()}.")
    if quorum and checkpoints:
        _say(f"{_vouchers(quorum, witnesses)} vouch for each checkpoint.")
    return _conclude(report, checkpoints, key)


def _checked(export: Path, checkpoints: Sequence[Checkpoint]) -> Report:
    """Check a file of entries, or a folder of tiles as far as the checkpoint in it goes; that one proves nothing."""
    if not export.is_dir():
        with export.open("rb") as lines:
            return verified(lines, checkpoints)

    def read(path: str) -> bytes:
        try:
            return (export / path).read_bytes()
        except FileNotFoundError as error:
            raise UnreadableRecordError(Fault.TILE_MISSING) from error

    return verified_tiles(read, unproven(_text(export / "checkpoint", Fault.NOTE_FORM)).size, checkpoints)


def _conclude(report: Report, checkpoints: Sequence[Checkpoint], key: VerifierKey | None) -> Exit:
    if report.covered == 0:
        _say("NOT PROVEN: that this is the true log. No checkpoint was given that speaks of any entry, and whoever can")
        _say("rewrite a log can rewrite all of it. Give --checkpoint FILE with a checkpoint kept outside the gateway.")
        return Exit.NOT_PROVEN
    if report.covered < report.head.size:
        later = report.head.size - report.covered
        _say(f"NOT PROVEN: the last {later} entries, which came after the newest checkpoint given.")
    if key is None:
        _say(f"The first {report.covered} entries agree with {_count(checkpoints)}.")
        _say("NOT PROVEN: that the log signed what you hold. Give --key VKEY with the public key of the log.")
        return Exit.NOT_PROVEN
    _say(f"PROVEN: the first {report.covered} entries are, byte for byte and in this order, those that the key signed")
    _say(f"for, with {_count(checkpoints)}.")
    _say("NOT PROVEN: that what the entries say is true, or that others were shown the same log. The proof is as good")
    _say("as the place where the checkpoint was kept: it must not have come with the export.")
    return Exit.PROVEN


def _verify_receipt(given: Namespace) -> Exit:
    key: VerifierKey | None = given.key
    witnesses, quorum = _witnesses(given)
    receipt = proven_receipt(_text(given.receipt, Fault.RECEIPT_FORM), key, witnesses, quorum)
    size = receipt.checkpoint.size
    if quorum:
        _say(f"{_vouchers(quorum, witnesses)} vouch for its checkpoint.")
    _say(f"The entry at index {receipt.index} stands in the log of {size} entries that the checkpoint speaks of.")
    if key is None:
        _say("NOT PROVEN: that the log signed for that tree. Give --key VKEY with the public key of the log.")
        return Exit.NOT_PROVEN
    _say("PROVEN: the key signed for a log that holds exactly the entry in the member 'leaf' at that index.")
    _say("NOT PROVEN: anything else in the file, or that others were shown the same log. For that, compare its")
    _say("checkpoint with one kept outside the gateway.")
    return Exit.PROVEN


def _verify_history(given: Namespace) -> Exit:
    key: VerifierKey | None = given.key
    history = proven_history(_text(given.history, Fault.RECEIPT_FORM).splitlines(), key)
    count, size = len(history.leaves), history.checkpoint.size
    _say(f"All {count} entries stand, in this order, in the log of {size} entries that the checkpoint speaks of.")
    if key is None:
        _say("NOT PROVEN: that the log signed for that tree. Give --key VKEY with the public key of the log.")
        return Exit.NOT_PROVEN
    _say("PROVEN: the key signed for a log that holds exactly these entries, each in the member 'leaf' of its line.")
    _say("NOT PROVEN: that no entry about her was left out, that all of them are about one person, or that others were")
    _say("shown the same log. For the last, compare the checkpoint with one kept outside the gateway.")
    return Exit.PROVEN


def _checkpoint(path: Path, number: int, key: VerifierKey | None) -> Checkpoint:
    try:
        text = _text(path, Fault.NOTE_FORM)
        return unproven(text) if key is None else opened(text, key)
    except ConsentError:
        _say(f"Checkpoint file {number} of those given cannot be relied on.")
        raise


def _cosigned(path: Path, number: int, witnesses: Sequence[WitnessKey], quorum: int) -> None:
    try:
        witnessed(_text(path, Fault.NOTE_FORM), witnesses, quorum)
    except ConsentError:
        _say(f"Checkpoint file {number} of those given cannot be relied on.")
        raise


def _text(path: Path, fault: Fault) -> str:
    """Read UTF-8 text with its line ends as they stand: a note is signed byte by byte."""
    try:
        return path.read_bytes().decode()
    except UnicodeDecodeError as error:
        raise UnreadableRecordError(fault) from error


def _place(error: ConsentError) -> str:
    match error:
        case UnreadableRecordError(line=line) if line:
            return f" (line {line})"
        case TamperedLedgerError(fault=Fault.CHECKPOINTS_CONTRADICT, broken_at=size):
            return f" (size {size})"
        case TamperedLedgerError(whole_until=whole, broken_at=size, held=held) if held < size:
            return f": of {size} entries it speaks of, {size - held} are missing, all of them after entry {whole}"
        case TamperedLedgerError(whole_until=whole, broken_at=size):
            return f": something was changed, removed, added or moved among the entries {whole + 1} to {size}"
        case _:
            return ""


def _count(checkpoints: Sequence[Checkpoint]) -> str:
    return "1 checkpoint" if len(checkpoints) == 1 else f"all {len(checkpoints)} checkpoints"


def _vouchers(quorum: int, witnesses: Sequence[WitnessKey]) -> str:
    return f"At least {quorum} of the {len(witnesses)} witnesses named"


def _say(sentence: str) -> None:
    sys.stdout.write(sentence + "\n")


_COMMANDS = {"verify": _verify, "verify-receipt": _verify_receipt, "verify-history": _verify_history}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
