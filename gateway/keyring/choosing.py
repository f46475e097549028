"""Which key ring an installation has: the encrypted file, or the device that GATEWAY_KEYRING names."""

from collections.abc import Mapping
from datetime import date

from gateway.core.crypto.keys import KeptRing, Ring
from gateway.core.ports import Entropy
from gateway.keyring.device import SCHEME, Device, DeviceKeyRing, NoKeysError
from gateway.keyring.local import LocalKeyRing, began
from gateway.settings import Settings


def opened_ring(settings: Settings, entropy: Entropy) -> KeptRing:
    """Open it. Raises OperatorError."""
    if (device := _device(settings)) is not None:
        return DeviceKeyRing.open(device, settings.unlocking_secret)
    return LocalKeyRing.open(settings.keyring_file, settings.unlocking_secret, entropy.bytes)


def made_ring(settings: Settings, entropy: Entropy, on: date) -> KeptRing:
    """Make it where there is none. Raises OperatorError where there is one."""
    if (device := _device(settings)) is not None:
        return DeviceKeyRing.create(device, settings.unlocking_secret, on)
    return LocalKeyRing.create(settings.keyring_file, settings.unlocking_secret, entropy.bytes, on)


def is_made(settings: Settings) -> bool:
    """Say whether there is one. Raises OperatorError where a device does not open."""
    if (device := _device(settings)) is None:
        return settings.keyring_file.exists()
    try:
        DeviceKeyRing.open(device, settings.unlocking_secret)
    except NoKeysError:
        return False
    return True


def begun(settings: Settings) -> Mapping[Ring, date]:
    """Return the day each ring's current epoch began; a file tells without the secret. Raises OperatorError."""
    if (device := _device(settings)) is not None:
        return DeviceKeyRing.open(device, settings.unlocking_secret).since()
    return began(settings.keyring_file)


def _device(settings: Settings) -> Device | None:
    return Device.of(settings.keyring) if settings.keyring.startswith(SCHEME) else None
