"""Agencies, agreements and clients: registered, replaced, read, and never remembered past a change."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from builders import DAY, HOUR, NOON, POLICE, SHELTER, SHELTER_KEY, a_caller
from sqlalchemy import event
from stores import Doing, Store, a_client_row

from gateway.core.access.certificates import CertificateName, NameKind
from gateway.core.access.client_modes import ClientMode
from gateway.core.access.client_rights import EVERY_RIGHT, ClientRights
from gateway.core.access.scopes import Scope
from gateway.core.access.token_details import Act, Detail
from gateway.core.encoding import base64url
from gateway.core.heads import Head, agency_head, agreement_head
from gateway.core.ports import Needs, Transaction
from gateway.core.rows import AgencyRow, AgreementRow
from schemas.documents import Json
from schemas.vocabulary import DataCategory, DeliveryMode, FunctionClass, Purpose

ROUTE = (POLICE, SHELTER, Purpose.ACCOMMODATION)


def an_agency_document(agency: str = SHELTER, **changes: Json) -> dict[str, Json]:
    """Return the registration of a shelter that fetches its messages sealed."""
    sealing: Json = [{"id": "k1", "use": "hpke-x25519", "public_key": base64url(SHELTER_KEY)}]
    return {
        "schema": "agency/1.0",
        "id": agency,
        "title": "River Shelter",
        "function_class": "shelter",
        "country": "XX",
        "adapter": "canonical",
        "delivery_mode": "sealed-pull",
        "keys": {"sealing": sealing},
        **changes,
    }


def agency(**changes: Json) -> Doing[None]:
    """Return an item that registers an agency."""
    document = an_agency_document(**changes)
    name = str(document["id"])

    def work(transaction: Transaction) -> None:
        transaction.register(AgencyRow(name, document))
        transaction.bump(agency_head(name))

    return Doing(work, Needs((agency_head(name),)))


def agreement(
    name: str = "a-1",
    route: tuple[str, str, Purpose] = ROUTE,
    begins: datetime = NOON - DAY,
    categories: tuple[str, ...] = ("need",),
) -> Doing[None]:
    """Return an item that registers an agreement."""
    document: dict[str, Json] = {
        "agreement": {"id": name, "categories": [*categories], "retention_days": 30, "legal_basis": ["A6-1-a"]}
    }
    row = AgreementRow(name, *route, begins, begins + 365 * DAY, document)

    def work(transaction: Transaction) -> None:
        transaction.register(row)
        transaction.bump(agreement_head(name))

    return Doing(work, Needs((agreement_head(name),)))


def test_an_agency_is_read_as_it_was_registered(store: Store) -> None:
    assert store.directory.agency(SHELTER) is None
    store.alone(agency())
    found = store.directory.agency(SHELTER)
    assert found is not None
    assert (found.id, found.function, found.delivery) == (SHELTER, FunctionClass.SHELTER, DeliveryMode.SEALED_PULL)
    assert found.sealing_key is not None
    assert (found.sealing_key.id, found.sealing_key.public_key) == ("k1", SHELTER_KEY)
    assert found.head == Head(agency_head(SHELTER), 1)
    assert list(store.books.agency_documents()) == [an_agency_document()]


def test_an_agency_that_is_registered_again_is_replaced_and_its_head_moves(store: Store) -> None:
    store.alone(agency())
    assert store.directory.agency(SHELTER) is not None
    store.alone(agency(keys={}, delivery_mode="plain-pull"))
    found = store.directory.agency(SHELTER)
    assert found is not None
    assert (found.sealing_key, found.delivery, found.head.version) == (None, DeliveryMode.PLAIN_PULL, 2)
    assert [known.id for known in store.directory.agencies()] == [SHELTER]


def test_agencies_are_listed_by_id(store: Store) -> None:
    for name in ("river-shelter", "bay-shelter", "hill-shelter"):
        store.alone(agency(agency=name))
    assert [known.id for known in store.directory.agencies()] == ["bay-shelter", "hill-shelter", "river-shelter"]


def test_m_04_the_partners_of_an_agency_are_those_it_may_send_to_now_or_later(store: Store) -> None:
    for name in ("bay-shelter", "hill-shelter", "lake-shelter", SHELTER):
        store.alone(agency(agency=name))
    for recipient, first in ((SHELTER, NOON), ("hill-shelter", NOON + DAY), ("bay-shelter", NOON - 365 * DAY)):
        store.alone(agreement(f"to {recipient}", (POLICE, recipient, Purpose.HEALTH), first))
    store.together(agreement("back", ("lake-shelter", POLICE, Purpose.HEALTH)), agreement("more"))
    assert [known.id for known in store.directory.partners(POLICE)] == ["hill-shelter", SHELTER]


def test_an_agreement_is_found_by_its_route_only(store: Store) -> None:
    assert store.directory.agreement(*ROUTE) is None
    store.alone(agreement())
    found = store.directory.agreement(*ROUTE)
    assert found is not None
    assert found[1] == Head(agreement_head("a-1"), 1)
    assert (found[0].categories, found[0].retention_days) == ({DataCategory.NEED}, 30)
    assert (found[0].begins, found[0].ends) == (NOON - DAY, NOON + 364 * DAY)
    assert store.directory.agreement(SHELTER, POLICE, Purpose.ACCOMMODATION) is None
    assert store.directory.agreement(POLICE, SHELTER, Purpose.HEALTH) is None


def test_a_replaced_agreement_is_read_anew(store: Store) -> None:
    store.alone(agreement(categories=("need", "alias")))
    assert store.directory.agreement(*ROUTE) is not None
    store.alone(agreement(categories=("need",)))
    found = store.directory.agreement(*ROUTE)
    assert found is not None
    assert found[0].categories == {DataCategory.NEED}
    assert found[1].version == 2


def test_a_newer_agreement_about_the_route_takes_the_place_of_the_remembered_one(store: Store) -> None:
    """Also where it has an id of its own: what was remembered under the older one's head is forgotten."""
    store.alone(agreement("a-1", categories=("need", "alias")))
    older = store.directory.agreement(*ROUTE)
    assert older is not None
    store.alone(agreement("a-2", begins=NOON, categories=("need",)))
    newer = store.directory.agreement(*ROUTE)
    assert newer is not None
    assert newer[0].id == "a-2"


def test_a_renewal_registered_ahead_does_not_end_the_agreement_in_force(store: Store) -> None:
    """And takes over by itself on its first day, though no head moves that day."""
    store.alone(agreement("this-year", begins=NOON - 365 * DAY + HOUR))
    store.alone(agreement("next-year", begins=NOON + HOUR))
    assert _found(store) == "this-year"
    store.clock.moment = NOON + HOUR
    assert _found(store) == "next-year"
    store.clock.moment = NOON + 1_000 * DAY
    assert _found(store) == "next-year", "where none is in force the newest says that it has ended"


def test_of_two_agreements_in_force_the_newer_one_counts(store: Store) -> None:
    store.alone(agreement("b-older", begins=NOON - 2 * DAY))
    store.alone(agreement("a-newer", begins=NOON - DAY))
    assert _found(store) == "a-newer"


def _found(store: Store) -> str:
    found = store.directory.agreement(*ROUTE)
    assert found is not None
    return found[0].id


def test_terms_and_version_are_read_in_one_statement(store: Store) -> None:
    """Read apart, later terms could slip in between, and old terms would pass for the newest."""
    store.alone(agreement())
    statements: list[str] = []

    @event.listens_for(store.database.reading, "before_cursor_execute")
    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        statements.append(statement)

    assert store.directory.agreement(*ROUTE) is not None
    assert [statement.split()[0] for statement in statements if not statement.startswith("BEGIN")] == ["SELECT"]


def test_what_was_prepared_under_an_older_agreement_is_stale_once_a_newer_one_stands_beside_it(store: Store) -> None:
    store.alone(agreement("a-1"))
    store.alone(agreement("elsewhere", (POLICE, "hill-shelter", Purpose.ACCOMMODATION)))
    head, elsewhere = Head(agreement_head("a-1"), 1), Head(agreement_head("elsewhere"), 1)
    store.alone(agreement("a-2"))
    needs = Needs((head.id, elsewhere.id))
    assert store.do(lambda transaction: transaction.moved((head, elsewhere)), needs) == (head.id,)


def test_two_agreements_about_one_route_may_come_in_one_batch(store: Store) -> None:
    store.alone(agreement("a-1"))
    assert store.together(agreement("a-2"), agreement("a-3"), agreement("a-1")) == [None] * 3
    versions = dict(store.rows("select id, version from head"))
    # Nobody can have rested on the two new ones before the commit, so theirs need not move.
    assert versions == {"agreement:a-1": 4, "agreement:a-2": 1, "agreement:a-3": 1}


def test_signed_agreements_are_listed_by_id(store: Store) -> None:
    store.together(agreement("b-1"), agreement("a-1"))
    listed = [document["agreement"] for document in store.directory.agreements()]
    assert [terms["id"] for terms in listed] == ["a-1", "b-1"]


@pytest.mark.parametrize("offset", [timedelta(0), timedelta(microseconds=1), timedelta(days=-40_000)])
def test_moments_survive_to_the_microsecond(store: Store, offset: timedelta) -> None:
    store.alone(agreement(begins=NOON + offset))
    found = store.directory.agreement(*ROUTE)
    assert found is not None
    assert found[0].begins == NOON + offset


# clients


def test_a_client_is_read_as_it_was_registered(store: Store) -> None:
    row = a_client_row()
    assert store.clients.client(row.id) is None
    store.do(lambda transaction: transaction.register(row))
    found = store.clients.client(row.id)
    assert found is not None
    assert (found.client_id, found.agency, tuple(found.jwks), found.scopes, found.enabled) == (
        row.id,
        POLICE,
        row.jwks,
        frozenset({Scope.SEND_REFERRALS}),
        True,
    )
    assert store.clients.clients() == (found,)
    assert list(store.books.client_keys()) == [(row.id, POLICE, [*row.jwks])]


@pytest.mark.parametrize(
    "rights",
    [
        EVERY_RIGHT,
        ClientRights(Detail(frozenset({Act.SEND}), frozenset({SHELTER, POLICE}), frozenset({Purpose.LEGAL}))),
        ClientRights(resources=frozenset({"https://cases.example"}), audience="https://records.example"),
    ],
    ids=["every right", "limited", "resources"],
)
def test_the_bounds_of_a_client_are_read_as_they_were_registered(store: Store, rights: ClientRights) -> None:
    row = replace(a_client_row(), rights=rights)
    store.do(lambda transaction: transaction.register(row))
    found = store.clients.client(row.id)
    assert found is not None
    assert found.rights == rights
    again = store.books.client_row(row.id)
    assert again is not None
    assert again[0] == row


def test_a_client_that_is_switched_off_is_not_registered_anew(store: Store) -> None:
    store.do(lambda transaction: transaction.register(a_client_row()))
    assert store.books.client_row("nobody") is None
    store.do(lambda transaction: transaction.disable_client(a_caller().client_id))
    assert store.books.client_row(a_caller().client_id) is None


def test_the_names_of_a_client_are_read_as_they_were_written(store: Store) -> None:
    names = (CertificateName(NameKind.SAN_DNS, "a.example"), CertificateName(NameKind.SUBJECT_DN, "CN=a,O=Marigold"))
    row = replace(a_client_row(), mode=ClientMode.MTLS, names=names)
    store.do(lambda transaction: transaction.register(row))
    (found,) = store.clients.clients()
    assert (found.mode, found.names) == (ClientMode.MTLS, names)
    assert store.books.certificate_names() == set(names)
    again = store.books.client_row(row.id)
    assert again is not None
    assert again[0] == row


def test_a_client_that_is_switched_off_is_listed_as_such(store: Store) -> None:
    store.do(lambda transaction: transaction.register(a_client_row()))
    assert store.clients.revoked() == (frozenset(), frozenset())
    store.do(lambda transaction: transaction.disable_client(a_caller().client_id))
    assert store.clients.revoked() == (frozenset({a_caller().client_id}), frozenset())
    assert [client.enabled for client in store.clients.clients()] == [False]


def test_what_was_taken_back_is_asked_of_the_database(store: Store) -> None:
    client = a_caller().client_id
    assert store.clients.is_revoked(client, "a-token")
    store.do(lambda transaction: transaction.register(a_client_row()))
    assert not store.clients.is_revoked(client, "a-token")
    store.do(lambda transaction: transaction.revoke_token("a-token", int(NOON.timestamp())))
    assert store.clients.is_revoked(client, "a-token")
    assert not store.clients.is_revoked(client, "another-token")
    store.do(lambda transaction: transaction.disable_client(client))
    assert store.clients.is_revoked(client, "another-token")


def test_the_names_of_resource_servers_are_read(store: Store) -> None:
    store.do(lambda transaction: transaction.register(a_client_row()))
    assert store.books.audiences() == frozenset()
    server = replace(a_client_row(SHELTER), rights=ClientRights(audience="https://records.example"))
    store.do(lambda transaction: transaction.register(server))
    assert store.books.audiences() == {"https://records.example"}


@pytest.mark.parametrize("name", ["", "\0", "police\0", "\ud800", "x" * 10_000, "';--", "Ω"], ids=ascii)
def test_whatever_somebody_calls_itself_is_nobody_and_no_error(store: Store, name: str) -> None:
    """The id in an assertion is any text at all, and is looked up before anything is verified."""
    assert store.clients.client(name) is None
