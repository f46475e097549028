"""Her account, sealed by the sender's client to the recipient's key as both signed it: the gateway never reads it."""

import base64
import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from client.law_offices import ROUTE, Lawyers, opened
from client.posts import Post
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from gateway.client import Opener, Route, SealingKey, UnprovenError, Urgency, sealing_key
from gateway.client.agreements import NotSealedError
from gateway.core.boxes import Sealing
from gateway.core.crypto.sealed_narrative import LONGEST
from gateway.demo.agencies import CLINIC, CLINIC_SYSTEM
from schemas.canonical import canonical

ACCOUNT = "She was told that her sister would be hurt. Zażółć gęślą jaźń."
FORMATS = ("canonical", "fhir", "ndex", "niem", "primero")


@pytest.fixture(scope="module")
def offices(post: Post) -> dict[str, Lawyers]:
    return {
        adapter: opened(
            post,
            f"lawyers-{adapter}",
            adapter,
            {f"N-{adapter}": ("need", "narrative"), f"Q-{adapter}": ("need",)},
        )
        for adapter in FORMATS
    }


def refer(post: Post, office: Lawyers, person: str, *accounts: str) -> tuple[str, ...]:
    """Send the clinic's referral with these accounts sealed beside it; what was sent."""
    document = {
        "schema": "referral/1.0",
        "subject": {"person_ref": person, "minor_status": "adult"},
        "needs": [{"code": "legal.immigration"}],
    }
    addition = office.key(post.line.clock.now().date()).supplement(person, *accounts)
    route = Route(office.member.id, ROUTE, Urgency.URGENT)
    return post.client(CLINIC_SYSTEM).refer(document, route, supplement=addition).sent


@pytest.mark.parametrize("adapter", FORMATS)
def test_m_09_an_account_arrives_readable_to_its_recipient_alone(
    post: Post, offices: dict[str, Lawyers], adapter: str
) -> None:
    office = offices[adapter]
    post.client(office.client).inbox()  # What other tests sent is in somebody's hands now.
    assert refer(post, office, f"N-{adapter}", ACCOUNT, "And more.") == ("narrative", "need")
    opener = Opener(
        office.member.id, (office.member.sealing,), (post.line.world.gateway.base.ring.message_public_key(),)
    )
    [message] = post.client(office.client, opener=opener).inbox()
    assert ACCOUNT.encode() not in message.body
    assert opener.accounts(message.body) == (ACCOUNT, "And more.")


def test_the_log_says_that_it_could_not_be_read(post: Post, offices: dict[str, Lawyers]) -> None:
    refer(post, offices["canonical"], "N-canonical", ACCOUNT)
    log = post.line.world.gateway.log
    leaf = json.loads([*log.leaves(log.head().size)][-1])
    assert leaf["opaque"] == ["narrative"]


def test_m_09_without_her_word_for_prose_it_stays(post: Post, offices: dict[str, Lawyers]) -> None:
    assert refer(post, offices["canonical"], "Q-canonical", ACCOUNT) == ("need",)
    log = post.line.world.gateway.log
    assert "opaque" not in json.loads([*log.leaves(log.head().size)][-1])


def test_nothing_of_it_lies_readable_at_the_gateway(post: Post, offices: dict[str, Lawyers]) -> None:
    refer(post, offices["fhir"], "N-fhir", ACCOUNT)
    kept = b"".join(file.read_bytes() for file in post.line.world.gateway.settings.data.iterdir())
    assert ACCOUNT.encode() not in kept
    assert base64.b64encode(ACCOUNT.encode())[:40] not in kept


@pytest.mark.parametrize("lie", ["another_key", "one_side", "unpinned", "altered", "too_late", "too_early", "no_key"])
def test_a_key_that_both_did_not_sign_is_not_sealed_to(post: Post, offices: dict[str, Lawyers], lie: str) -> None:
    office, today = offices["canonical"], post.line.clock.now().date()
    terms, signatures = office.filed["agreement"], office.filed["signatures"]
    assert office.key(today).agency == office.member.id, "the control"
    stranger = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    own = X25519PrivateKey.generate().public_key().public_bytes_raw()
    put_in = [{"id": "k1", "use": "hpke-x25519", "public_key": base64.urlsafe_b64encode(own).decode().rstrip("=")}]
    bare = {name: value for name, value in terms.items() if name != "recipient_keys"}
    resigned = [
        office.member.signature(canonical(bare)),
        post.line.world.members[CLINIC].signature(canonical(bare)),
    ]
    cases = {
        "another_key": (office.filed, {**office.signing, CLINIC: stranger}, today),
        "one_side": ({**office.filed, "signatures": signatures[:1]}, office.signing, today),
        "unpinned": (office.filed, {}, today),
        "altered": ({**office.filed, "agreement": {**terms, "recipient_keys": put_in}}, office.signing, today),
        "too_late": (office.filed, office.signing, today + timedelta(days=900)),
        "too_early": (office.filed, office.signing, today - timedelta(days=1)),
        "no_key": ({"agreement": bare, "signatures": resigned}, office.signing, today),
    }
    with pytest.raises(UnprovenError):
        sealing_key(*cases[lie])


def test_what_was_sealed_for_another_is_not_opened(offices: dict[str, Lawyers]) -> None:
    ours, others = offices["canonical"], offices["fhir"]
    supplement = ours.key(date.fromisoformat(str(ours.filed["agreement"]["in_force"]["from"]))).supplement(
        "N-1", ACCOUNT
    )
    body = json.dumps(supplement).encode()
    assert Opener(ours.member.id, (ours.member.sealing,), ()).accounts(body) == (ACCOUNT,)
    for wrong in (
        Opener(ours.member.id, (others.member.sealing,), ()),
        Opener(others.member.id, (ours.member.sealing,), ()),
        Opener(ours.member.id, (), ()),
    ):
        with pytest.raises(UnprovenError):
            wrong.accounts(body)


@pytest.mark.parametrize("length", [0, 1, 900, LONGEST])
def test_lengths_are_hidden_in_classes_and_fit(length: int) -> None:
    key = X25519PrivateKey.generate()
    seal = SealingKey("lawyers", Sealing.HPKE, key.public_key().public_bytes_raw())
    told = seal.supplement("N-1", "x" * length)
    [entry] = told["situation"]["narrative"]
    assert len(entry["text"]) <= 60_000
    assert Opener("lawyers", (key,), ()).accounts(entry["text"].encode()) == ("x" * length,)
    assert length > 900 or len(entry["text"]) == len(seal.supplement("N-1", "")["situation"]["narrative"][0]["text"])


def test_what_cannot_be_sealed_is_said_not_to_be() -> None:
    key = SealingKey("lawyers", Sealing.HPKE, X25519PrivateKey.generate().public_key().public_bytes_raw())
    with pytest.raises(NotSealedError):
        key.supplement("N-1", "x" * (LONGEST + 1))
    with pytest.raises(NotSealedError):
        replace(key, public_key=b"short").supplement("N-1", ACCOUNT)
