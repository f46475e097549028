"""A key ring whose roots never leave a device: PKCS#11 (OASIS, version 2.40) through python-pkcs11, in production.

In the device, not extractable: a root for each epoch of each ring that derives (a generic secret that may only HMAC),
and an Ed25519 key pair for each use and epoch that signs the log or messages. What HKDF derives from a root (the key of
one index, one recipient, one person) is in this process while it is used, as a person's data key is: whoever steals the
disks has none of it, whoever reads this process never has a root. Access tokens are signed in this process with a
derived key (`gateway.core.crypto.keys.TokenKeys`).

The PIN is what `GATEWAY_SECRET_FILE` holds. Never logs, never exports, and forgets the PIN.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from threading import Lock
from typing import Final, Protocol, Self, final
from urllib.parse import parse_qsl, unquote

from typing_extensions import override

from gateway.core.crypto.keys import KEY_BYTES, KeyUse, Operation, Ring, derivation_info
from gateway.core.errors import Defect, OperatorError
from gateway.keyring.deriving import DerivingKeyRing, Signer
from gateway.packaging_guard import with_extra

SCHEME: Final = "pkcs11:"
_PREFIX: Final = "referral-gateway"
_SIGNS: Final = tuple(use for use in KeyUse if use.operation is Operation.SIGN)
_DERIVES: Final = tuple(ring for ring in Ring if ring is not Ring.LEDGER)
_LABEL: Final = re.compile(rf"{_PREFIX}/([a-z_]+)/([1-9][0-9]{{0,3}})")
_ED25519: Final = bytes((0x13, 12)) + b"edwards25519"  # PrintableString, as PKCS#11 2.40 names the curve
_OCTETS: Final = 2  # of the OCTET STRING around a point


@dataclass(frozen=True, slots=True)
class Device:
    """Which token, and the library that speaks to it."""

    token: str
    module: str

    @classmethod
    def of(cls, uri: str) -> Self:
        """Read a PKCS#11 URI (RFC 7512). Raises OperatorError unless it names a token and a module-path, no more."""
        path, _, query = uri.removeprefix(SCHEME).partition("?")
        name, _, token = path.partition("=")
        options = dict(parse_qsl(query, keep_blank_values=True))
        if not uri.startswith(SCHEME) or name != "token" or not token or ";" in token or [*options] != ["module-path"]:
            raise OperatorError("GATEWAY_KEYRING: write pkcs11:token=NAME?module-path=FILE (RFC 7512)")
        return cls(unquote(token), options["module-path"])


class NoKeysError(OperatorError):
    """The device is there and opens, and nobody made keys of a gateway in it."""


class _Key(Protocol):
    """An object in the device."""

    def sign(self, data: bytes, mechanism: object) -> bytes: ...
    def destroy(self) -> None: ...
    def __getitem__(self, attribute: object) -> bytes: ...


@final
class DeviceKeyRing(DerivingKeyRing):
    """`gateway.core.crypto.keys.KeptRing` over one session with a device; before it a lock, as PKCS#11 demands."""

    def __init__(self, device: Device, unlock: Callable[[], bytes]) -> None:
        """Open a session. Raises OperatorError, in a sentence, for whatever is wrong with the device."""
        try:
            self._pkcs11 = import_module("pkcs11")
        except ImportError:
            raise OperatorError(f"python-pkcs11 is not installed: {with_extra('pkcs11')}") from None
        self._lock = Lock()
        pin = unlock().rstrip(b"\r\n").decode()
        with self._answers("the PKCS#11 module cannot be loaded, or the token is not there"):
            token = self._pkcs11.lib(device.module).get_token(token_label=device.token)
        with self._answers("the token does not open: wrong PIN, locked, or not initialised"):
            try:
                self._session = token.open(rw=True, user_pin=pin)
            except self._pkcs11.UserAlreadyLoggedIn:  # A process logs in once, for all its sessions.
                self._session = token.open(rw=True)
        self._keys: dict[str, _Key] = {}

    @classmethod
    def open(cls, device: Device, unlock: Callable[[], bytes]) -> Self:
        """Open one that `create` made. Raises OperatorError when the device holds no keys of a gateway."""
        ring = cls(device, unlock)
        ring._look()
        return ring

    @classmethod
    def create(cls, device: Device, unlock: Callable[[], bytes], on: date) -> Self:
        """Make epoch 1 of every ring in the device. Raises OperatorError when it holds keys of a gateway already."""
        ring = cls(device, unlock)
        if ring._labels():
            raise OperatorError("the device holds keys of a gateway already")
        for one in Ring:
            ring._make(one, 1, on)
        ring._look()
        return ring

    def rotate(self, ring: Ring, on: date) -> int:
        """Make a new epoch in the device. One that was half made when a process died is left aside."""
        names = {use.value for use in _SIGNS} if ring is Ring.LEDGER else {ring.value}
        parts = [label.split("/") for label in self._labels()]
        epoch = max(int(number) for _, name, number in parts if name in names) + 1
        self._make(ring, epoch, on)
        self._look()
        return epoch

    def retire(self, ring: Ring, epoch: int) -> None:
        """Destroy an older epoch in the device."""
        if epoch not in self.epochs(ring)[:-1] or ring is Ring.LEDGER:
            raise OperatorError("only an older epoch that the key ring holds can be retired")
        with self._answers("the device did not destroy a key"):
            self._keys[_name(ring.value, epoch)].destroy()
        self._look()

    def since(self) -> Mapping[Ring, date]:
        """Return the day each ring's current epoch began, as the device says."""
        whose = {ring: KeyUse.CHECKPOINT.value if ring is Ring.LEDGER else ring.value for ring in Ring}
        with self._answers("the device does not tell since when its keys are"):
            named = {ring: self._keys[_name(what, self.epoch(ring))] for ring, what in whose.items()}
            days = {ring: bytes(key[self._pkcs11.Attribute.ID]).decode() for ring, key in named.items()}
            return {ring: date.fromisoformat(day) for ring, day in days.items() if day}

    def _look(self) -> None:
        """See which epochs are there, whole. Raises OperatorError where a ring has none."""
        at = self._pkcs11.Attribute
        secret = {at.CLASS: self._pkcs11.ObjectClass.SECRET_KEY}
        private = {at.CLASS: self._pkcs11.ObjectClass.PRIVATE_KEY}
        with self._answers("the device does not list its keys"):
            found = [*self._session.get_objects(secret), *self._session.get_objects(private)]
            named = [(str(key[at.LABEL]), key) for key in found]
        ours = {label: key for label, key in named if _LABEL.fullmatch(label)}
        if len(ours) != sum(bool(_LABEL.fullmatch(label)) for label, _ in named):
            raise OperatorError("the device holds two keys of one name")
        self._keys = ours
        held: dict[Ring, list[int]] = {ring: self._whole(ring, ours) for ring in Ring}
        if not all(held.values()):
            raise NoKeysError("the device holds no key ring of a gateway")
        self._hold(held)

    def _whole(self, ring: Ring, ours: Mapping[str, _Key]) -> list[int]:
        names = [use.value for use in _SIGNS] if ring is Ring.LEDGER else [ring.value]
        parts = [label.split("/") for label in ours]
        return sorted(set.intersection(*({int(number) for _, one, number in parts if one == name} for name in names)))

    def _labels(self) -> list[str]:
        label = self._pkcs11.Attribute.LABEL
        with self._answers("the device does not list its keys"):
            found = [str(key[label]) for key in self._session.get_objects({self._pkcs11.Attribute.TOKEN: True})]
        return [label for label in found if _LABEL.fullmatch(label)]

    def _make(self, ring: Ring, epoch: int, on: date) -> None:
        """Make what one epoch of one ring needs, inside the device, never to come out."""
        kinds, at = self._pkcs11.KeyType, self._pkcs11.Attribute
        kept, day = {at.SENSITIVE: True, at.EXTRACTABLE: False}, on.isoformat().encode()
        with self._answers("the device did not make a key"):
            if ring is not Ring.LEDGER:
                self._session.generate_key(
                    kinds.GENERIC_SECRET, 8 * KEY_BYTES, label=_name(ring.value, epoch), id=day, store=True,
                    capabilities=self._pkcs11.MechanismFlag.SIGN, template=kept,
                )  # fmt: skip
                return
            curve = self._session.create_domain_parameters(kinds.EC_EDWARDS, {at.EC_PARAMS: _ED25519}, local=True)
            for use in _SIGNS:
                curve.generate_keypair(
                    mechanism=self._pkcs11.Mechanism.EC_EDWARDS_KEY_PAIR_GEN, store=True,
                    label=_name(use.value, epoch), id=day, private_template=kept,
                )  # fmt: skip

    @override
    def _derive(self, use: KeyUse, context: bytes, epoch: int, length: int = KEY_BYTES) -> bytes:
        if use.ring not in _DERIVES:
            raise Defect("a signing key is not derived")
        root, made, info = self._key(use.ring.value, use.ring, epoch), b"", derivation_info(use, context)
        block = b""
        for number in range(1, -(-length // KEY_BYTES) + 1):
            with self._answers("the device did not compute"):
                block = root.sign(block + info + bytes((number,)), mechanism=self._pkcs11.Mechanism.SHA256_HMAC)
            made += block
        return made[:length]

    @override
    def _new_signer(self, use: KeyUse, epoch: int) -> Signer:
        key, at = self._key(use.value, use.ring, epoch), self._pkcs11.Attribute
        public = {at.CLASS: self._pkcs11.ObjectClass.PUBLIC_KEY, at.LABEL: _name(use.value, epoch)}
        with self._answers("the device does not give a public key"):
            [found] = self._session.get_objects(public)
            point = bytes(found[at.EC_POINT])

        def sign(message: bytes) -> bytes:
            with self._answers("the device did not sign"):
                return key.sign(message, mechanism=self._pkcs11.Mechanism.EDDSA)

        return sign, point[_OCTETS:]

    def _key(self, name: str, ring: Ring, epoch: int) -> _Key:
        """Return a key by its name; another process may have made it a moment ago."""
        if _name(name, epoch) not in self._keys and epoch > self._current[ring]:
            self._look()
        key = self._keys.get(_name(name, epoch))
        if key is None:
            raise OperatorError("the key ring does not hold this epoch")
        return key

    @contextmanager
    def _answers(self, fault: str) -> Iterator[None]:
        """Have the device to oneself, and say in a sentence of ours when it fails."""
        with self._lock:
            try:
                yield
            except (self._pkcs11.PKCS11Error, RuntimeError, OSError, ValueError):
                raise OperatorError(fault) from None


def _name(what: str, epoch: int) -> str:
    return f"{_PREFIX}/{what}/{epoch}"
