"""What to say where the file that unlocks the key ring is not there: it was never made, or it is lost."""

import os
import shlex
from pathlib import Path
from typing import Final

from gateway.installation.folder import is_open_to_others
from gateway.keyring.device import SCHEME
from gateway.settings import Settings

HOW_TO_UNLOCK: Final = (
    "(umask 077; head -c 32 /dev/urandom | base64 > ~/.gateway-secret) && export GATEWAY_SECRET_FILE=~/.gateway-secret"
)
"""One line for a shell: a secret in a file of its own, away from the data."""

_A_PIN: Final = "(umask 077; cat > ~/.gateway-pin) && export GATEWAY_SECRET_FILE=~/.gateway-pin"
_ITS_SECRET: Final = "export GATEWAY_SECRET_FILE=ITS_SECRET"  # noqa: S105 - a word to be replaced by a file's name
_DOCTOR: Final = "referral-gateway doctor"


def without_secret(settings: Settings, file: Path) -> tuple[str, str]:
    """Return a sentence and the command to type next. Where keys are kept already, none that makes a new secret."""
    name, folder = shlex.quote(str(file)), shlex.quote(str(file.parent))
    if settings.keyring.startswith(SCHEME):
        return "There is no secret file. It holds the PIN of the device.", f"(umask 077; cat > {name})"
    if settings.keyring_file.exists():
        says = "The secret file is gone. A new one opens nothing: bring it back from where you keep its copy."
        return says, f"ls -ld {folder}"
    make = f"mkdir -p {folder} && head -c 32 /dev/urandom | base64 > {name}"
    return "There is no secret file yet.", f"(umask 077; {make})"


def without_setting(settings: Settings) -> tuple[str, str]:
    """Return the same where no setting names what unlocks the key ring."""
    if settings.keyring.startswith(SCHEME):
        return "Nothing is set that unlocks the device.", _A_PIN
    if settings.keyring_file.exists():
        return (
            "Nothing is set that unlocks the key ring, and it is there: name the secret it was made with.",
            _ITS_SECRET,
        )
    return "Nothing is set that unlocks the key ring.", HOW_TO_UNLOCK


def to_open(settings: Settings) -> str:
    """Return the command that brings somebody further whose key ring does not open: never one that makes a new one."""
    file, ring = settings.secret_file, settings.keyring_file
    if file is None and settings.secret is None:
        return without_setting(settings)[1]
    if file is not None and is_anothers(file):
        return looked_at(file)
    if file is not None and not file.exists():
        return without_secret(settings, file)[1]
    if settings.keyring.startswith(SCHEME):
        return "pkcs11-tool --list-token-slots --module MODULE"
    if not ring.exists():
        return f"install -m 600 BACKUP {shlex.quote(str(ring))}"
    if is_open_to_others(ring):
        return f"chmod 600 {shlex.quote(str(ring))}"
    return f"{_ITS_SECRET} && {_DOCTOR}"


def is_anothers(file: Path) -> bool:
    """Say whether there is, or may be, a file that this user may not read."""
    try:
        return file.exists() and not os.access(file, os.R_OK)
    except PermissionError:
        return True


def looked_at(file: Path) -> str:
    """Return the command that shows whose it is."""
    return f"sudo ls -l {shlex.quote(str(file))}"
