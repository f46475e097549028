"""What to say where the file that unlocks the key ring is not there: it was never made, or it is lost."""

import shlex
from pathlib import Path

from gateway.keyring.device import SCHEME
from gateway.settings import Settings


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
