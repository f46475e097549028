"""Every table of the database.

Each column says what kind of data it holds; a test fails for one that does not (STYLE rule 32).

What is readable here is ids that are random, agency ids, codes, times and versions. Whatever an agency or a person said
is SEALED under the person's data key, whose own wrapped form lies in another database (`gateway.store.person_keys`).
Moments are whole microseconds since 1970, UTC. A table class validates nothing; rows are made in this folder only.
"""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, String, Text
from sqlmodel import Field, SQLModel

from gateway.store.tables.columns import CODE, ID, Kind, column

_INDEX = BigInteger().with_variant(Integer(), "sqlite")
"""A place in the log. Only under this name is it SQLite's own row number, which needs no index beside the table."""


class HeadTable(SQLModel, table=True):
    """The version of one thing decisions rest on (`gateway.core.heads`)."""

    __tablename__ = "head"
    id: str = Field(sa_column=column(Kind.ID, String(96), key=True))
    version: int = Field(sa_column=column(Kind.COUNT, Integer()))


class AgencyTable(SQLModel, table=True):
    """A registered agency; the document satisfies schema agency/1.0."""

    __tablename__ = "agency"
    id: str = Field(sa_column=column(Kind.ID, ID, key=True))
    document: str = Field(sa_column=column(Kind.REGISTER, Text()))


class AgreementTable(SQLModel, table=True):
    """A signed data-sharing agreement; the document satisfies schema agreement/1.0."""

    __tablename__ = "agreement"
    __table_args__ = (Index(None, "sender", "recipient", "purpose"),)
    id: str = Field(sa_column=column(Kind.ID, ID, key=True))
    sender: str = Field(sa_column=column(Kind.ID, ID))
    recipient: str = Field(sa_column=column(Kind.ID, ID))
    purpose: str = Field(sa_column=column(Kind.CODE, CODE))
    begins: int = Field(sa_column=column(Kind.TIME, BigInteger()))
    ends: int = Field(sa_column=column(Kind.TIME, BigInteger()))
    document: str = Field(sa_column=column(Kind.REGISTER, Text()))


class ClientTable(SQLModel, table=True):
    """An agency's OAuth client: keys, scopes, how it holds its tokens, its bounds and names. `enabled` kills it."""

    __tablename__ = "client"
    id: str = Field(sa_column=column(Kind.ID, ID, key=True))
    agency: str = Field(sa_column=column(Kind.ID, ID))
    scopes: str = Field(sa_column=column(Kind.CODE, Text()))
    jwks: str = Field(sa_column=column(Kind.REGISTER, Text()))
    mode: str = Field(sa_column=column(Kind.CODE, CODE))
    rights: str = Field(sa_column=column(Kind.REGISTER, Text()))
    names: str = Field(sa_column=column(Kind.REGISTER, Text()))
    enabled: bool = Field(sa_column=column(Kind.CODE, Boolean()))


class UsedProofTable(SQLModel, table=True):
    """A DPoP proof or client assertion that was used."""

    __tablename__ = "used_proof"
    __table_args__ = (Index(None, "expires"), {"sqlite_with_rowid": False})
    id: bytes = Field(sa_column=column(Kind.BLIND, LargeBinary(32), key=True))
    expires: int = Field(sa_column=column(Kind.TIME, BigInteger()))


class RevokedTokenTable(SQLModel, table=True):
    """An access token taken back before its time."""

    __tablename__ = "revoked_token"
    jti: str = Field(sa_column=column(Kind.ID, String(128), key=True))
    expires: int = Field(sa_column=column(Kind.TIME, BigInteger()))


class PersonTable(SQLModel, table=True):
    """A person: a random id and nothing else."""

    __tablename__ = "person"
    __table_args__ = ({"sqlite_with_rowid": False},)
    id: bytes = Field(sa_column=column(Kind.ID, LargeBinary(16), key=True))


class BindingTable(SQLModel, table=True):
    """One agency's reference for a person: blind to be found by, sealed to be read."""

    __tablename__ = "binding"
    __table_args__ = (Index(None, "person"), {"sqlite_with_rowid": False})
    blind: bytes = Field(sa_column=column(Kind.BLIND, LargeBinary(32), key=True))
    person: bytes = Field(sa_column=column(Kind.ID, LargeBinary(16)))
    agency: str = Field(sa_column=column(Kind.ID, ID))
    sealed_ref: bytes = Field(sa_column=column(Kind.SEALED, LargeBinary()))


class ConsentEventTable(SQLModel, table=True):
    """One thing that happened to a consent; never updated (C-17). `terms` are codes, agency ids and times."""

    __tablename__ = "consent_event"
    __table_args__ = (Index(None, "person"), Index(None, "consent"))
    id: int | None = Field(default=None, sa_column=Column(Integer, primary_key=True, info={"kind": Kind.COUNT}))
    consent: str = Field(sa_column=column(Kind.ID, ID))
    person: bytes = Field(sa_column=column(Kind.ID, LargeBinary(16)))
    type: str = Field(sa_column=column(Kind.CODE, CODE))
    at: int = Field(sa_column=column(Kind.TIME, BigInteger()))
    terms: str | None = Field(default=None, sa_column=column(Kind.CODE, Text(), optional=True))
    sealed: bytes | None = Field(default=None, sa_column=column(Kind.SEALED, LargeBinary(), optional=True))


class ReferralTable(SQLModel, table=True):
    """A referral or a refusal, as its sender may see it again."""

    __tablename__ = "referral"
    __table_args__ = (Index(None, "sender", "reference_blind"),)
    id: str = Field(sa_column=column(Kind.ID, ID, key=True))
    client: str = Field(sa_column=column(Kind.ID, ID))
    sender: str = Field(sa_column=column(Kind.ID, ID))
    recipient: str | None = Field(default=None, sa_column=column(Kind.ID, ID, optional=True))
    purpose: str = Field(sa_column=column(Kind.CODE, CODE))
    outcome: str = Field(sa_column=column(Kind.CODE, CODE))
    state: str = Field(sa_column=column(Kind.CODE, CODE))
    at: int = Field(sa_column=column(Kind.TIME, BigInteger()))
    person: bytes | None = Field(default=None, sa_column=column(Kind.ID, LargeBinary(16), optional=True))
    leaf_index: int = Field(sa_column=column(Kind.COUNT, BigInteger()))
    answer: str = Field(sa_column=column(Kind.CODE, Text()))
    reason: str | None = Field(default=None, sa_column=column(Kind.CODE, CODE, optional=True))
    answered: int | None = Field(default=None, sa_column=column(Kind.TIME, BigInteger(), optional=True))
    sealed_reference: bytes | None = Field(default=None, sa_column=column(Kind.SEALED, LargeBinary(), optional=True))
    reference_blind: bytes | None = Field(default=None, sa_column=column(Kind.BLIND, LargeBinary(16), optional=True))


class IdempotencyTable(SQLModel, table=True):
    """One answered request: keyed digests, and whose answer it got."""

    __tablename__ = "idempotency"
    __table_args__ = (Index(None, "expires"), {"sqlite_with_rowid": False})
    key: bytes = Field(sa_column=column(Kind.BLIND, LargeBinary(32), key=True))
    digest: bytes = Field(sa_column=column(Kind.BLIND, LargeBinary(32)))
    referral: str | None = Field(default=None, sa_column=column(Kind.ID, ID, optional=True))
    answer: str | None = Field(default=None, sa_column=column(Kind.CODE, Text(), optional=True))
    expires: int = Field(sa_column=column(Kind.TIME, BigInteger()))


class ParcelTable(SQLModel, table=True):
    """The outbox: one sealed disclosure on its way. States: `gateway.store.rows.states.ParcelState`."""

    __tablename__ = "parcel"
    __table_args__ = (Index(None, "recipient", "state", "due"), Index(None, "person"))
    id: str = Field(sa_column=column(Kind.ID, ID, key=True))
    referral: str = Field(sa_column=column(Kind.ID, ID))
    sender: str = Field(sa_column=column(Kind.ID, ID))
    recipient: str = Field(sa_column=column(Kind.ID, ID))
    purpose: str = Field(sa_column=column(Kind.CODE, CODE))
    urgency: str = Field(sa_column=column(Kind.CODE, CODE))
    mode: str = Field(sa_column=column(Kind.CODE, CODE))
    media_type: str = Field(sa_column=column(Kind.CODE, String(128)))
    person: bytes = Field(sa_column=column(Kind.ID, LargeBinary(16)))
    consent: str = Field(sa_column=column(Kind.ID, ID))
    carries: str = Field(sa_column=column(Kind.CODE, Text()))
    age: str = Field(sa_column=column(Kind.CODE, CODE))
    ground: str = Field(sa_column=column(Kind.CODE, CODE))
    sends: str = Field(sa_column=column(Kind.CODE, Text()))
    payload: bytes = Field(sa_column=column(Kind.SEALED, LargeBinary()))
    due: int = Field(sa_column=column(Kind.TIME, BigInteger()))
    use_until: int = Field(sa_column=column(Kind.TIME, BigInteger()))
    state: str = Field(sa_column=column(Kind.CODE, CODE))
    lease_until: int | None = Field(default=None, sa_column=column(Kind.TIME, BigInteger(), optional=True))
    handed_out: int = Field(sa_column=column(Kind.COUNT, Integer()))


class StrikeTable(SQLModel, table=True):
    """One refusal on record grounds, counted against one (client, person reference)."""

    __tablename__ = "strike"
    __table_args__ = (Index(None, "pair"),)
    id: int | None = Field(default=None, sa_column=Column(Integer, primary_key=True, info={"kind": Kind.COUNT}))
    pair: bytes = Field(sa_column=column(Kind.BLIND, LargeBinary(16)))
    recipient: str = Field(sa_column=column(Kind.ID, ID))
    at: int = Field(sa_column=column(Kind.TIME, BigInteger()))


class LockTable(SQLModel, table=True):
    """A (client, person reference) that tried too many recipients, and the agency whose client it is."""

    __tablename__ = "probing_lock"
    pair: bytes = Field(sa_column=column(Kind.BLIND, LargeBinary(16), key=True))
    agency: str = Field(sa_column=column(Kind.ID, ID))
    at: int = Field(sa_column=column(Kind.TIME, BigInteger()))


class LedgerHeadTable(SQLModel, table=True):
    """The one row every append reads and moves: the tree's size and the hashes of its frontier, left to right."""

    __tablename__ = "ledger_head"
    id: int = Field(sa_column=column(Kind.COUNT, Integer(), key=True))
    size: int = Field(sa_column=column(Kind.COUNT, BigInteger()))
    frontier: bytes = Field(sa_column=column(Kind.LEAF, LargeBinary()))


class LedgerLeafTable(SQLModel, table=True):
    """One leaf, byte for byte as hashed. No foreign key into live data; never updated, never deleted."""

    __tablename__ = "ledger_leaf"
    index: int = Field(sa_column=column(Kind.COUNT, _INDEX, key=True))
    content: bytes = Field(sa_column=column(Kind.LEAF, LargeBinary()))


class LedgerNodeTable(SQLModel, table=True):
    """The hash of one complete subtree (RFC 9162, section 2.1); `level` 0 are leaf hashes."""

    __tablename__ = "ledger_node"
    __table_args__ = ({"sqlite_with_rowid": False},)
    level: int = Field(sa_column=column(Kind.COUNT, Integer(), key=True))
    index: int = Field(sa_column=column(Kind.COUNT, BigInteger(), key=True))
    hash: bytes = Field(sa_column=column(Kind.LEAF, LargeBinary(32)))


class PersonLeafTable(SQLModel, table=True):
    """Which leaves are about whom, and their keys.

    Deletable, so that the log stops being about her (DESIGN section 6).
    """

    __tablename__ = "person_leaf"
    __table_args__ = ({"sqlite_with_rowid": False},)
    person: bytes = Field(sa_column=column(Kind.ID, LargeBinary(16), key=True))
    leaf_index: int = Field(sa_column=column(Kind.COUNT, BigInteger(), key=True))
    event: str = Field(sa_column=column(Kind.ID, ID))
    referral: str | None = Field(default=None, sa_column=column(Kind.ID, ID, optional=True))
    wrapped_key: bytes | None = Field(default=None, sa_column=column(Kind.SEALED, LargeBinary(), optional=True))
