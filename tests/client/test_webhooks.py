"""Only what a known key signed just now is believed; the other implementation of the standard agrees."""

import hmac
from base64 import b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gateway.client import UnprovenError, Webhook
from gateway.client.errors import MisconfiguredError
from gateway.core.delivery.hinting import webhook_headers, written_secret

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
BODY = b'{"type":"waiting","id":"msg_1"}'
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = "whpk_" + b64encode(KEY.public_key().public_bytes_raw()).decode()
# The standard's own example (standard-webhooks/spec, "Verifying signatures").
SHARED = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
SHARED_HEADERS = {
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
}


@dataclass
class Clock:
    at: datetime = NOW

    def now(self) -> datetime:
        return self.at


def signed(key: Ed25519PrivateKey = KEY, body: bytes = BODY, at: datetime = NOW) -> dict[str, str]:
    moment = str(int(at.timestamp()))
    signature = b64encode(key.sign(b".".join((b"msg_1", moment.encode(), body)))).decode()
    return {"Webhook-Id": "msg_1", "Webhook-Timestamp": moment, "Webhook-Signature": f"v1a,{signature}"}


def test_a_notification_that_was_signed_just_now_is_believed() -> None:
    assert Webhook((PUBLIC,), Clock()).verified(signed(), BODY) == "msg_1"


def test_the_standards_own_example_verifies() -> None:
    clock = Clock(datetime.fromtimestamp(1614265330, UTC))
    assert Webhook((SHARED,), clock).verified(SHARED_HEADERS, b'{"test": 2432232314}') == SHARED_HEADERS["webhook-id"]


def test_what_the_gateway_signs_is_believed_also_while_one_secret_follows_another() -> None:
    older, newer = bytes(32), bytes(range(32))
    headers = webhook_headers(newer + older, "01ARZ3NDEKTSV4RRFFQ69G5FAV", NOW, BODY)
    for secret in (older, newer):
        assert Webhook((written_secret(secret),), Clock()).verified(headers, BODY) == "01ARZ3NDEKTSV4RRFFQ69G5FAV"
    with pytest.raises(UnprovenError):
        Webhook((written_secret(b"x" * 32),), Clock()).verified(headers, BODY)


def test_one_of_several_signatures_and_one_of_several_keys_is_enough() -> None:
    told = signed()
    told["Webhook-Signature"] = f"v1,AAAA v1a,AAAA {told['Webhook-Signature']}"
    other = "whpk_" + b64encode(Ed25519PrivateKey.generate().public_key().public_bytes_raw()).decode()
    assert Webhook((SHARED, other, PUBLIC), Clock()).verified(told, BODY)


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        (signed(), b"{}"),
        (signed(Ed25519PrivateKey.generate()), BODY),
        (signed(at=NOW - timedelta(minutes=6)), BODY),
        (signed(at=NOW + timedelta(minutes=6)), BODY),
        ({**signed(), "Webhook-Id": "msg_2"}, BODY),
        ({**signed(), "Webhook-Timestamp": "soon"}, BODY),
        ({**signed(), "Webhook-Timestamp": "9" * 400}, BODY),
        ({**signed(), "Webhook-Timestamp": "9" * 5000}, BODY),
        ({**signed(), "Webhook-Signature": "v1a,%%%"}, BODY),
        ({**signed(), "Webhook-Signature": signed()["Webhook-Signature"].replace("v1a", "v1")}, BODY),
        ({**signed(), "Webhook-Id": ""}, BODY),
        ({}, BODY),
    ],
    ids=[
        "body",
        "key",
        "old",
        "early",
        "id",
        "moment",
        "no-float",
        "no-int",
        "no-base64",
        "other-version",
        "no-id",
        "nothing",
    ],
)
def test_anything_else_is_not(headers: dict[str, str], body: bytes) -> None:
    with pytest.raises(UnprovenError):
        Webhook((PUBLIC, SHARED), Clock()).verified(headers, body)


def test_a_public_key_is_no_shared_secret() -> None:
    """Whoever knows the public key could else sign with it as an HMAC key."""
    moment = str(int(NOW.timestamp()))
    forged = hmac.digest(KEY.public_key().public_bytes_raw(), b".".join((b"msg_1", moment.encode(), BODY)), "sha256")
    told = {"webhook-id": "msg_1", "webhook-timestamp": moment, "webhook-signature": f"v1,{b64encode(forged).decode()}"}
    with pytest.raises(UnprovenError):
        Webhook((PUBLIC,), Clock()).verified(told, BODY)


@pytest.mark.parametrize("key", ["whpk_", "whpk_%%"])
def test_what_is_no_key_is_said_to_be_none(key: str) -> None:
    with pytest.raises(MisconfiguredError):
        Webhook((key,), Clock()).verified(signed(), BODY)
