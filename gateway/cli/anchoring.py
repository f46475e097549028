"""What was said of the log outside, as a person reads it and as files an auditor takes away."""
# ruff: noqa: PLC0415 - what only a time stamp needs is imported when there is one

import base64
from collections.abc import Iterator
from pathlib import Path

from gateway.cli.exporting import made, written
from gateway.cli.failures import CommandFailedError, Exit
from gateway.cli.output import rows
from gateway.core.errors import GatewayError


def said(told: dict[str, object]) -> list[str]:
    """Write who saw the log how far and when, and whether that is enough."""
    seen, asked = told["seen"], told.get("asked")
    listed = [{"by": name, **one} for name, one in seen.items()] if isinstance(seen, dict) else []
    failed = {name: code for name, code in asked.items() if code != "seen"} if isinstance(asked, dict) else {}
    going = "Disclosures go on." if told["disclosures"] == "go_on" else "Disclosures are stopped: log_not_anchored."
    return [*rows(listed, "by", "entries", "at"), *(f"{name}: {code}" for name, code in failed.items()), "", going]


def anchored(folder: Path, told: dict[str, object]) -> None:
    """Write the cosigned checkpoint, and for each authority its answer beside the checkpoint it dates."""
    made(folder)
    if isinstance(cosigned := told["cosigned"], str):
        written(folder / "checkpoint", cosigned.encode())
    for by, checkpoint, answer in _stamps(told["time_stamps"]):
        written(folder / f"{by}.checkpoint", checkpoint.encode())
        written(folder / f"{by}.tsr", answer)


def stamped(stamp: Path, checkpoint: Path, root: Path) -> str:
    """Return when an authority saw a checkpoint. Raises CommandFailedError."""
    from cryptography.x509 import load_pem_x509_certificate

    from gateway.courier.time_stamps import require_library, stamped_at

    try:
        require_library()
        certificate = load_pem_x509_certificate(root.read_bytes())
        return stamped_at(stamp.read_bytes(), checkpoint.read_text("utf-8"), certificate).isoformat()
    except (OSError, ValueError):
        raise CommandFailedError(Exit.USAGE, "file_unreadable", "A file cannot be read.") from None
    except GatewayError:
        raise CommandFailedError(
            Exit.DOES_NOT_VERIFY, "does_not_verify", "That is no time stamp of this checkpoint by this authority."
        ) from None


def _stamps(told: object) -> Iterator[tuple[str, str, bytes]]:
    for one in told if isinstance(told, list) else ():
        padded = str(one["answer"]) + "=" * (-len(str(one["answer"])) % 4)
        yield str(one["by"]), str(one["checkpoint"]), base64.urlsafe_b64decode(padded)
