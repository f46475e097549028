"""Devices for tests: tokens of SoftHSM, where it and python-pkcs11 are installed."""

import os
import subprocess
import tempfile
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from shutil import which

import pytest

from gateway.keyring.device import Device

PIN = b"a PIN of 20 letters."
MODULE = Path("/usr/lib/softhsm/libsofthsm2.so")
NO_SOFTHSM = "no SoftHSM: apt-get install softhsm2, pip install python-pkcs11"
TOKENS = ("contract", "device", "empty", "chosen one", "locked")


def a_token(label: str, *, emptied: bool = True) -> Device:
    """Return the token of that name. Skips where there is no SoftHSM."""
    if find_spec("pkcs11") is None or which("softhsm2-util") is None or not MODULE.exists():
        pytest.skip(NO_SOFTHSM)
    _initialised()
    if emptied:
        _empty(label)
    return Device(label, str(MODULE))


def _empty(label: str) -> None:
    token = import_module("pkcs11").lib(str(MODULE)).get_token(token_label=label)
    try:
        session = token.open(rw=True, user_pin=PIN.decode())
    except import_module("pkcs11").UserAlreadyLoggedIn:
        session = token.open(rw=True)
    for one in [*session.get_objects({})]:
        one.destroy()


@cache
def _initialised() -> None:
    """Make all tokens before the library looks: it looks once a process."""
    folder = Path(tempfile.mkdtemp(prefix="gateway-tokens-"))
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(
        f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\nlog.level = ERROR\n"
    )
    os.environ["SOFTHSM2_CONF"] = str(folder / "softhsm2.conf")
    for label in TOKENS:
        pins = ("--pin", PIN.decode(), "--so-pin", "12345678")
        made = ("softhsm2-util", "--init-token", "--free", "--label", label, *pins)
        subprocess.run(made, check=True, capture_output=True)
