"""`keys`: rotated and wrapped anew while the gateway serves, retired when nothing hangs on it; those of agencies."""

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from operators import Operator
from papers import agency, agreement, public_key
from rings import bytes_from

from gateway.core.encoding import base64url
from schemas.documents import Json


def test_the_wrapping_key_is_rotated_and_every_persons_key_wrapped_anew(either: Operator, tmp_path: Path) -> None:
    before = either.types("keys", "list", "--json").json
    assert before["agencies"] == []

    rotated = either.types("keys", "rotate", "data", "--json")
    wrapped = either.types("keys", "rewrap", "--json")

    rings = before["rings"]
    assert isinstance(rings, dict)
    epoch = int(str(rings["data"]["epoch"])) + 1
    assert (rotated.code, rotated.json) == (0, {"ring": "data", "epoch": epoch})
    assert (wrapped.code, wrapped.json["left"]) == (0, 0)
    either.types("log", "export", tmp_path / "log.jsonl")
    assert '"ring":"data","type":"key.rotated"' in (tmp_path / "log.jsonl").read_text()


def test_the_keys_that_others_pin_are_shown_of_every_epoch(operator: Operator) -> None:
    (first,) = operator.types("keys", "list", "--json").json["public"]
    assert operator.types("keys", "rotate", "ledger").next == "referral-gateway keys list"
    again, second = operator.types("keys", "list", "--json").json["public"]
    assert again == first
    assert second["log"] == operator.types("log", "head", "--json").json["vkey"] != first["log"]
    assert len(bytes.fromhex(second["messages"])) == 32
    assert second["messages"] in operator.types("keys", "list").out


def test_the_ring_that_names_people_is_not_rotated(running: Operator) -> None:
    for dry in ((), ("--dry-run",)):
        said = running.types("keys", "rotate", "person", "--json", *dry)
        assert (said.code, said.json["error"]) == (4, "ring_stays")
    assert running.types("keys", "rotate", "nothing").code == 2


def test_a_dry_run_rotates_nothing(running: Operator) -> None:
    before = running.types("keys", "list", "--json").json
    assert running.types("keys", "rotate", "ledger", "--dry-run").code == 0
    assert running.types("keys", "rewrap", "--dry-run").code == 0
    assert running.types("keys", "list", "--json").json == before


def test_a_key_is_not_retired_while_a_gateway_serves(running: Operator) -> None:
    assert running.types("keys", "retire", "1", "--json").json["error"] == "in_use"


def test_an_older_key_is_retired_and_the_current_one_is_not(operator: Operator) -> None:
    assert operator.types("keys", "rotate", "data").code == 0
    assert operator.types("keys", "retire", "2", "--json").json["error"] == "epoch_not_older"
    assert operator.types("keys", "retire", "1", "--dry-run").code == 0
    assert operator.types("keys", "retire", "1").code == 0
    assert operator.types("keys", "retire", "1", "--json").json["error"] == "epoch_not_older"
    assert operator.types("keys", "list").code == 0


def written(operator: Operator, **settings: str) -> list[str]:
    """Return what the log says was done to the gateway's own keys, and by whom."""
    file = operator.home / "log.jsonl"
    file.unlink(missing_ok=True)
    assert operator.types("log", "export", file, **settings).code == 0
    leaves = map(json.loads, file.read_text().splitlines())
    return [f"{leaf['action']} {leaf['by']}" for leaf in leaves if leaf["type"] == "key.changed" and "by" in leaf]


def test_whoever_changes_the_key_ring_leaves_an_entry_and_a_dry_run_or_a_refusal_none(operator: Operator) -> None:
    file = new_secret(operator)
    operator.types("keys", "rotate", "data")
    operator.types("keys", "retire", "1", "--dry-run")
    operator.types("keys", "retire", "7")
    operator.types("keys", "change-secret", file, "--dry-run")
    operator.types("keys", "change-secret", new_secret(operator, "short"))
    assert written(operator) == []

    assert operator.types("keys", "retire", "1").code == 0
    assert operator.types("keys", "change-secret", new_secret(operator)).code == 0

    assert written(operator, GATEWAY_SECRET_FILE=str(file)) == [
        "key.epoch_retired operator",
        "key.secret_changed operator",
    ]


def test_no_entry_no_change_of_the_secret(operator: Operator) -> None:
    (operator.data / "gateway.db").rename(operator.home / "elsewhere.db")
    said = operator.types("keys", "change-secret", new_secret(operator), "--json")
    assert (said.code, said.json["error"]) == (2, "installation")
    (operator.home / "elsewhere.db").replace(operator.data / "gateway.db")
    assert operator.types("keys", "list").code == 0


def new_secret(operator: Operator, text: str = "another secret for invented people only") -> Path:
    file = operator.paper("new-secret", text)
    file.chmod(0o600)
    return file


def test_the_secret_is_changed_and_the_old_one_opens_nothing_any_more(operator: Operator) -> None:
    file = new_secret(operator)
    assert operator.types("keys", "change-secret", file, "--dry-run", "--json").json == {
        "changed": True,
        "dry_run": True,
    }
    assert operator.types("keys", "list").code == 0

    changed = operator.types("keys", "change-secret", file, "--json")

    assert (changed.code, changed.json["changed"]) == (0, True)
    assert str(file) in changed.next
    assert operator.types("keys", "list").code == 2
    assert operator.types("keys", "list", GATEWAY_SECRET_FILE=str(file)).code == 0


@pytest.mark.parametrize("which", ["old", "new"])
def test_a_change_of_the_secret_that_was_killed_at_its_end_is_typed_again(operator: Operator, which: str) -> None:
    file = new_secret(operator)
    operator.types("keys", "change-secret", file)
    again = operator.types(
        "keys", "change-secret", file, "--json", GATEWAY_SECRET_FILE=str(file if which == "new" else operator.secret)
    )
    assert (again.code, again.json["changed"]) == (0, False)


def test_the_secret_is_not_changed_while_a_gateway_serves(running: Operator) -> None:
    said = running.types("keys", "change-secret", new_secret(running), "--json")
    assert (said.code, said.json["error"]) == (2, "in_use")


def test_a_new_secret_that_the_gateway_would_not_start_with_is_not_taken(operator: Operator) -> None:
    before = (ring := operator.data / "keyring.json").read_bytes()
    seen, short = new_secret(operator), new_secret(operator, "short")
    beside = operator.data / "secret"
    beside.write_text("a third secret for invented people only")
    beside.chmod(0o600)
    for file in (short, beside, operator.home / "not there"):
        assert operator.types("keys", "change-secret", file).code == 2, file.name
    seen.write_text("another secret for invented people only")
    seen.chmod(0o644)
    assert operator.types("keys", "change-secret", seen).code == 2
    assert ring.read_bytes() == before


def test_a_wrong_old_secret_changes_nothing(operator: Operator) -> None:
    wrong = operator.paper("wrong", "a wrong secret for invented people only")
    assert operator.types("keys", "change-secret", new_secret(operator), GATEWAY_SECRET_FILE=str(wrong)).code == 2
    assert operator.types("keys", "list").code == 0


def test_the_secret_of_a_device_is_its_own(operator: Operator) -> None:
    said = operator.types(
        "keys",
        "change-secret",
        new_secret(operator),
        "--json",
        GATEWAY_KEYRING="pkcs11:token=gateway?module-path=/none",
    )
    assert (said.code, said.json["error"]) == (4, "device_has_its_own")


@pytest.mark.parametrize(("last_day", "ok"), [("2026-01-01", False), ("2099-01-01", True)], ids=["soon", "late"])
def test_the_doctor_tells_of_an_agencys_key_that_ends(operator: Operator, last_day: str, ok: bool) -> None:  # noqa: FBT001 - a parameter of the test
    key: Json = {"id": "e1", "use": "hpke-x25519", "public_key": public_key("ending")["x"], "expires": last_day}
    keys = {**dict(agency("ending")["keys"]), "sealing": [key]}
    operator.types("agency", "add", operator.paper("a.json", agency("ending-shelter", keys=keys)))

    checks = operator.types("doctor", "--json").json["checks"]

    assert isinstance(checks, list)
    found = {str(one["name"]): one for one in checks if isinstance(one, dict)}
    assert found["agency keys"]["ok"] is ok
    assert found["key ages"]["ok"] is True


def test_a_recipient_that_both_sides_agreed_to_seal_to_stays_sealed(operator: Operator) -> None:
    plain = agency()
    public = X25519PrivateKey.from_private_bytes(bytes_from("sealing")).public_key().public_bytes_raw()
    sealing: list[Json] = [{"id": "seal-1", "use": "hpke-x25519", "public_key": base64url(public)}]
    keys = plain["keys"]
    assert isinstance(keys, dict)
    sealed = {**plain, "delivery_mode": "sealed-pull", "keys": {**keys, "sealing": sealing}}
    signed = agreement(recipient="hill-shelter", id="sealed", recipient_keys=sealing)
    for noun, document in (("agency", sealed), ("agreement", signed)):
        assert operator.types(noun, "add", operator.paper(f"{noun}.json", document)).code == 0

    said = operator.types("agency", "add", operator.paper("again.json", {**sealed, "delivery_mode": "plain-pull"}))

    assert said.code == 4
    assert "hill-shelter\tshelter\tXX\tcanonical\tsealed-pull" in operator.types("agency", "list").out
