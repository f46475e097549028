"""A client's keys: two at a time while one follows another, each for a while, each change an entry of the log."""

import json
from collections.abc import Awaitable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TypeVar

import pytest
from builders import NOON, POLICE
from fakes import SeededEntropy, run
from joserfc.jwk import ECKey, OKPKey, RSAKey
from stores import Store, a_client_row

from gateway.core.errors import RegistrationRefusedError
from gateway.core.log.leaves import sealed_leaf
from gateway.core.parties.client_keys import LASTS, LONGEST, MOST, ClientKeys, client_endings, registered, thumbprint
from gateway.core.parties.registry_items import RevokeClient
from gateway.core.ports import Item
from schemas.documents import Json

CLIENT = a_client_row().id
_Result = TypeVar("_Result")


@dataclass
class Recording:
    """Confirms at once; `before` happens between reading and writing."""

    store: Store
    before: list[Item[object]]

    async def record(self, item: Item[_Result], *, urgent: bool = False) -> _Result:
        while self.before:
            self.store.alone(self.before.pop())
        return self.store.alone(item)


@pytest.fixture
def store(sqlite: Store) -> Store:
    sqlite.do(lambda transaction: transaction.register(a_client_row()))
    return sqlite


def a_key(**members: Json) -> dict[str, Json]:
    return {**ECKey.generate_key("P-256", private=False).as_dict(), **members}


def keys_of(store: Store, *before: Item[object]) -> ClientKeys:
    return ClientKeys(store.books, store.clock, SeededEntropy("keys"), Recording(store, [*before]))


def kids(store: Store) -> list[object]:
    found = store.clients.client(CLIENT)
    assert found is not None
    return [key["kid"] for key in found.jwks]


def leaves(store: Store) -> list[dict[str, Json]]:
    head = store.log.head()
    return [json.loads(leaf) for leaf in store.log.leaves(head.size)]


def test_a_key_is_added_beside_the_old_one_and_the_old_one_is_retired(store: Store) -> None:
    run(keys_of(store).add(CLIENT, [a_key(kid="next")], None))
    assert kids(store) == ["1", "next"]
    run(keys_of(store).retire(CLIENT, "1"))
    assert kids(store) == ["next"]
    assert [(leaf["type"], leaf["action"], leaf["sender"]) for leaf in leaves(store)] == [
        ("key.changed", "client.key_added", POLICE),
        ("key.changed", "client.key_retired", POLICE),
    ]


def test_what_is_kept_is_what_verifies_and_when_it_counts(store: Store) -> None:
    given = a_key(kid="next", x5u="https://elsewhere.example", exp=4_000_000_000, note="hello")
    [_, kept] = run(keys_of(store).add(CLIENT, [given], None))
    now = store.clock.now()
    times = {"iat": int(now.timestamp()), "exp": int((now + LASTS).timestamp())}
    assert kept == {name: given[name] for name in ("kty", "crv", "x", "y", "kid")} | times


@pytest.mark.parametrize(
    "key", [ECKey.generate_key("P-384"), OKPKey.generate_key("Ed25519"), RSAKey.generate_key(2048)]
)
def test_a_key_without_an_id_is_called_by_its_thumbprint(key: ECKey | OKPKey | RSAKey) -> None:
    public = key.as_dict(private=False)
    public.pop("kid", None)
    [kept] = registered([public], NOON)
    assert kept["kid"] == key.thumbprint() == thumbprint(public)


REFUSED = {
    "another client's key": ("key_shared", lambda: [{"kty": "EC", "crv": "P-256", "x": "x", "y": "y", "kid": "other"}]),
    "an id that is taken": ("key_id_reused", lambda: [a_key(kid="1")]),
    "one id twice": ("key_id_reused", lambda: [a_key(kid="2"), a_key(kid="2")]),
    "an id that is no text": ("key_id_form", lambda: [a_key(kid=7)]),
    "an empty id": ("key_id_form", lambda: [a_key(kid="")]),
    "too many": ("too_many_keys", lambda: [a_key(kid=f"{number}") for number in range(2, MOST + 2)]),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_key_that_cannot_be_is_refused_and_changes_nothing(store: Store, case: str) -> None:
    code, keys = REFUSED[case]
    with pytest.raises(RegistrationRefusedError, match=f"^{code}$"):
        run(keys_of(store).add(CLIENT, keys(), None))
    assert kids(store) == ["1"]
    assert leaves(store) == []


@pytest.mark.parametrize("after", [timedelta(0), timedelta(days=-1), LONGEST + timedelta(days=1)], ids=str)
def test_a_key_ends_on_a_day_to_come_and_not_too_far_away(store: Store, after: timedelta) -> None:
    keys = keys_of(store)
    with pytest.raises(RegistrationRefusedError, match=r"^key_lifetime$"):
        run(keys.add(CLIENT, [a_key(kid="2")], store.clock.now() + after))
    run(keys.add(CLIENT, [a_key(kid="2")], store.clock.now() + LONGEST))


def test_the_last_key_stays_and_an_unknown_one_is_named(store: Store) -> None:
    for kid, code in (("1", "last_key"), ("2", "key_unknown")):
        with pytest.raises(RegistrationRefusedError, match=f"^{code}$"):
            run(keys_of(store).retire(CLIENT, kid))
    for client in ("nobody", "\0"):
        with pytest.raises(RegistrationRefusedError, match=r"^client_unknown$"):
            run(keys_of(store).add(client, [a_key(kid="2")], None))


def test_a_client_that_is_switched_off_meanwhile_stays_off(store: Store) -> None:
    leaf = sealed_leaf(SeededEntropy("leaf"), "client.revoked", store.clock.now(), {})
    with pytest.raises(RegistrationRefusedError, match=r"^client_unknown$"):
        run(keys_of(store, RevokeClient(CLIENT, leaf)).add(CLIENT, [a_key(kid="2")], None))
    found = store.clients.client(CLIENT)
    assert found is not None
    assert not found.enabled


def test_of_two_changes_at_once_none_is_lost(store: Store) -> None:
    def another() -> Item[object]:
        taken: list[Item[object]] = []

        @dataclass
        class Taking:
            def record(self, item: Item[_Result], *, urgent: bool = False) -> Awaitable[_Result]:
                taken.append(item)
                raise InterruptedError

        with pytest.raises(InterruptedError):
            run(replace(keys_of(store), recorder=Taking()).add(CLIENT, [a_key(kid="theirs")], None))
        return taken[0]

    run(keys_of(store, another()).add(CLIENT, [a_key(kid="mine")], None))
    assert kids(store) == ["1", "theirs", "mine"]


def test_the_ends_of_keys_are_told_the_soonest_first() -> None:
    late, soon = (
        {"kid": name, "exp": int((NOON + timedelta(days=days)).timestamp())} for name, days in (("a", 9), ("b", 2))
    )
    told = [*client_endings([("one", [late, {"kid": "c"}]), ("two", [soon])])]
    assert [(one.agency, one.key, (one.last_day - NOON.date()).days) for one in told] == [
        ("two", "b", 2),
        ("one", "a", 9),
    ]
