"""A device: nothing comes out of it, and whatever is wrong with it is one sentence."""

import hmac
from datetime import date
from pathlib import Path

import pytest
from devices import PIN, a_token
from fakes import SeededEntropy
from rings import bytes_from

from gateway.core.crypto.keys import KeyUse, Ring, derivation_info
from gateway.core.errors import OperatorError
from gateway.keyring.choosing import begun, is_made, made_ring, opened_ring
from gateway.keyring.device import Device, DeviceKeyRing, NoKeysError
from gateway.settings import Settings

DAY = date(2031, 3, 14)


@pytest.fixture(scope="module")
def device() -> Device:
    made = a_token("device")
    DeviceKeyRing.create(made, lambda: PIN, DAY)
    return made


def test_no_root_and_no_signing_key_comes_out(device: Device) -> None:
    import pkcs11  # noqa: PLC0415 - absent where there is no SoftHSM

    ring = DeviceKeyRing.open(device, lambda: PIN)
    assert len(ring._keys) == 5
    for key in ring._keys.values():
        with pytest.raises(pkcs11.PKCS11Error):
            key[pkcs11.Attribute.VALUE]


def test_it_derives_as_a_file_does(device: Device) -> None:
    import pkcs11  # noqa: PLC0415 - absent where there is no SoftHSM

    ring, root, at = DeviceKeyRing.open(device, lambda: PIN), bytes_from("a root"), pkcs11.Attribute
    ring._session.create_object(
        {at.CLASS: pkcs11.ObjectClass.SECRET_KEY, at.KEY_TYPE: pkcs11.KeyType.GENERIC_SECRET, at.VALUE: root,
         at.LABEL: "referral-gateway/tokens/7", at.TOKEN: True, at.SIGN: True, at.EXTRACTABLE: False}
    )  # fmt: skip
    ring._look()
    key = hmac.digest(root, derivation_info(KeyUse.CURSOR, b"c") + b"\x01", "sha256")
    assert ring.mac(KeyUse.CURSOR, b"c", b"m") == hmac.digest(key, b"m", "sha256")
    ring._keys["referral-gateway/tokens/7"].destroy()


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"module": "/nowhere.so"}, "cannot be loaded, or the token is not there"),
        ({"token": "nobody's"}, "cannot be loaded, or the token is not there"),
        ({"pin": b"another PIN"}, "wrong PIN"),
    ],
    ids=["module", "token", "PIN"],
)
def test_what_is_wrong_is_one_sentence(device: Device, wrong: dict[str, str | bytes], says: str) -> None:
    named = Device(str(wrong.get("token", device.token)), str(wrong.get("module", device.module)))
    pin = wrong.get("pin", PIN)
    assert isinstance(pin, bytes)
    if "pin" in wrong:  # A process that is logged in is not asked again.
        named = a_token("locked", emptied=False)
    with pytest.raises(OperatorError, match=says):
        DeviceKeyRing(named, lambda: pin)


def test_an_empty_token_is_no_key_ring_and_a_full_one_is_not_made_again(device: Device) -> None:
    empty = a_token("empty")
    with pytest.raises(NoKeysError):
        DeviceKeyRing.open(empty, lambda: PIN)
    with pytest.raises(OperatorError, match="already"):
        DeviceKeyRing.create(device, lambda: PIN, DAY)


def test_the_setting_chooses_the_device(tmp_path: Path) -> None:
    token = a_token("chosen one")
    (tmp_path / "pin").write_bytes(PIN + b"\n")
    uri = f"pkcs11:token=chosen%20one?module-path={token.module}"
    settings = Settings(data=tmp_path / "data", keyring=uri, secret_file=tmp_path / "pin")
    entropy = SeededEntropy()
    assert not is_made(settings)
    made_ring(settings, entropy, DAY)
    assert is_made(settings)
    assert isinstance(opened_ring(settings, entropy), DeviceKeyRing)
    assert begun(settings) == dict.fromkeys(Ring, DAY)


@pytest.mark.parametrize(
    "uri",
    [
        *("pkcs11:", "pkcs11:token=", "pkcs11:token=a", "pkcs11:token=a;slot-id=1?module-path=/m", "/etc/ring.json"),
        *("pkcs11:object=a?module-path=/m", "pkcs11:token=a?module-path=/m&pin-value=1"),
    ],
)
def test_anything_but_a_token_and_a_module_is_refused(uri: str) -> None:
    with pytest.raises(OperatorError, match="RFC 7512"):
        Device.of(uri)


def test_a_uri_says_which_token() -> None:
    assert Device.of("pkcs11:token=my%20token?module-path=/usr/lib/m.so") == Device("my token", "/usr/lib/m.so")
