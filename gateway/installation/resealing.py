"""Sealing the key ring under another secret, under the folder's lock: who serves reopens it with the old one."""

from pathlib import Path

from gateway.clock import SystemEntropy
from gateway.core.errors import GivenError, OperatorError
from gateway.core.rotation.key_keeping import KeysRefusedError
from gateway.installation.folder import exclusive, is_open_to_others
from gateway.installation.noting import noted
from gateway.keyring.device import SCHEME
from gateway.keyring.envelope import long_enough
from gateway.keyring.local import LocalKeyRing
from gateway.settings import Settings


def resealed(settings: Settings, file: Path, *, dry_run: bool) -> bool:
    """Seal it under what that file holds; False where it is already. Raises KeysRefusedError, OperatorError.

    The file is replaced in one step: killed anywhere, it opens with the old secret or with the new one, and the same
    command again ends well. On several nodes, the operator sees to it that none of them serves.
    """
    if settings.keyring.startswith(SCHEME):
        raise KeysRefusedError("device_has_its_own")
    new, entropy = _given(settings, file), SystemEntropy()
    with exclusive(settings.data):
        if _opens(settings, new):
            return False
        ring = LocalKeyRing.open(settings.keyring_file, settings.unlocking_secret, entropy.bytes)
        if not dry_run:
            noted(settings, "key.secret_changed")
            ring.change_secret(lambda: new)
    return True


def _given(settings: Settings, file: Path) -> bytes:
    """Read the new secret as the gateway will from now on: it refuses to start with one beside the database."""
    if not file.is_file():
        raise GivenError("the file of the new secret is not there")
    if is_open_to_others(file):
        raise GivenError("others may read the file of the new secret")
    return long_enough(settings.model_copy(update={"secret_file": file, "secret": None}).unlocking_secret())


def _opens(settings: Settings, new: bytes) -> bool:
    try:
        LocalKeyRing.open(settings.keyring_file, lambda: new, SystemEntropy().bytes)
    except OperatorError:
        return False
    return True
