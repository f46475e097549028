"""Every column says what it holds, its type fits what it says, and the document says the same."""

import subprocess
import sys

import pytest
from checkout import ROOT
from sqlalchemy import BigInteger, Boolean, Column, Integer, LargeBinary, MetaData, String, Table, Text
from sqlmodel import SQLModel

from gateway.store import person_keys
from gateway.store.describe import described, kind_of
from gateway.store.tables.columns import Kind

TABLES = [*SQLModel.metadata.tables.values(), *person_keys.METADATA.tables.values()]
COLUMNS = [column for table in TABLES for column in table.columns]

TYPES: dict[Kind, tuple[type, ...]] = {
    Kind.ID: (String, LargeBinary),
    Kind.CODE: (String, Text, Boolean),
    Kind.TIME: (BigInteger,),
    Kind.COUNT: (Integer, BigInteger),
    Kind.BLIND: (LargeBinary,),
    Kind.SEALED: (LargeBinary,),
    Kind.WRAPPED: (LargeBinary,),
    Kind.CREDENTIAL: (LargeBinary,),
    Kind.REGISTER: (String, LargeBinary),
    Kind.LEAF: (LargeBinary,),
}
"""What a column of each kind may be made of; text that people wrote fits none of them."""

READABLE_TEXT = {
    "agency.document": Kind.REGISTER,
    "agreement.document": Kind.REGISTER,
    "breach_step.terms": Kind.CODE,
    "case_event.terms": Kind.CODE,
    "client.jwks": Kind.REGISTER,
    "client.names": Kind.REGISTER,
    "client.rights": Kind.REGISTER,
    "client.scopes": Kind.CODE,
    "consent_event.terms": Kind.CODE,
    "endpoint.document": Kind.REGISTER,
    "idempotency.answer": Kind.CODE,
    "notice.categories": Kind.CODE,
    "parcel.carries": Kind.CODE,
    "parcel.sends": Kind.CODE,
    "referral.answer": Kind.CODE,
    "policy_step.profile": Kind.CODE,
    "policy_step.replay": Kind.CODE,
    "statistics_step.document": Kind.CODE,
}
"""Every column that could hold readable text of any length. Adding one is a decision, made here."""


def check(column: Column[object]) -> None:
    """Raise unless the column says what it holds and is made of what may hold it."""
    kind = kind_of(column)
    if not isinstance(column.type, TYPES[kind]):
        raise TypeError(f"{column} is not made for {kind}")
    if isinstance(column.type, String) and not isinstance(column.type, Text) and not column.type.length:
        raise TypeError(f"{column} has no largest length")


@pytest.mark.parametrize("column", COLUMNS, ids=str)
def test_every_column_says_what_it_holds(column: Column[object]) -> None:
    check(column)


@pytest.mark.parametrize(
    ("column", "error"),
    [
        (Column("name", Text()), KeyError),
        (Column("name", Text(), info={"kind": "name"}), ValueError),
        (Column("name", Text(), info={"kind": Kind.SEALED}), TypeError),
        (Column("name", String(), info={"kind": Kind.CODE}), TypeError),
    ],
    ids=["no kind", "unknown kind", "sealed text", "endless code"],
)
def test_a_column_that_does_not_is_found(column: Column[object], error: type[Exception]) -> None:
    Table("canary", MetaData(), column)
    with pytest.raises(error):
        check(column)


def test_no_other_column_can_hold_long_readable_text() -> None:
    found = {str(column): kind_of(column) for column in COLUMNS if isinstance(column.type, Text)}
    assert found == READABLE_TEXT


def test_nothing_readable_is_a_reference_or_a_key() -> None:
    """What leads from an agency's words to a person is blind or sealed."""
    kinds = {str(column): kind_of(column) for column in COLUMNS}
    assert kinds["binding.blind"] is Kind.BLIND
    assert kinds["binding.sealed_ref"] is Kind.SEALED
    assert kinds["consent_event.sealed"] is Kind.SEALED
    assert kinds["parcel.payload"] is Kind.SEALED
    assert kinds["person_leaf.wrapped_key"] is Kind.SEALED
    assert kinds["referral.sealed_reference"] is Kind.SEALED
    assert kinds["idempotency.key"] is kinds["idempotency.digest"] is Kind.BLIND
    assert kinds["data_key.wrapped"] is Kind.WRAPPED


def test_no_table_refers_to_another() -> None:
    """The log has no foreign keys into live data (STYLE rule 33), and neither has anything else."""
    assert [key for table in TABLES for key in table.foreign_keys] == []


def test_the_document_is_the_one_the_columns_make() -> None:
    assert (ROOT / "docs/data-at-rest.md").read_text("utf-8") == described()


def test_the_command_writes_the_document() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "gateway.store.describe"], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert ran.stdout == described()


def test_every_column_stands_in_the_document() -> None:
    document = described()
    for table in TABLES:
        section = document.split(f"### {table.name}\n", 1)[1].split("###", 1)[0]
        assert [line.split("`")[1] for line in section.splitlines() if line.startswith("| `")] == [
            *table.columns.keys()
        ]
