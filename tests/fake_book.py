"""The tables of tests/books.py: plain dicts and lists that can be copied and adopted."""

from dataclasses import dataclass, field, fields
from datetime import datetime

from code_books import CodeBook
from kept_parcels import Kept

from gateway.core.endpoints import EndpointRow
from gateway.core.erasure.ports import Asked
from gateway.core.heads import Head
from gateway.core.hints import Waiting
from gateway.core.lanes import Tried
from gateway.core.records.capacity_rows import CapacityInsert, RoomAnswerRow, RoomQuestionRow
from gateway.core.records.notice_records import Notice
from gateway.core.records.officer_records import WaitingRow
from gateway.core.records.receipt_rows import SignedReceiptRow
from gateway.core.records.release_rows import ReleaseStepRow
from gateway.core.records.replacements import ReplacementRow
from gateway.core.rows import (
    AgencyRow,
    AgreementRow,
    BindingRow,
    CaseEventRow,
    ClientRow,
    ConsentRow,
    IdempotencyRow,
    LikenessRow,
    ReferralRow,
    StrikeRow,
)
from gateway.core.stages import SealedLeaf


@dataclass
class Book:
    """Everything that is committed."""

    heads: dict[str, int] = field(default_factory=dict)
    used: dict[bytes, int] = field(default_factory=dict)
    disabled: set[str] = field(default_factory=set)
    revoked: dict[str, int] = field(default_factory=dict)
    register: dict[str, AgencyRow | AgreementRow | ClientRow] = field(default_factory=dict)
    answers: dict[bytes, IdempotencyRow] = field(default_factory=dict)
    referrals: dict[str, ReferralRow] = field(default_factory=dict)
    parcels: dict[str, Kept] = field(default_factory=dict)
    people: set[bytes] = field(default_factory=set)
    bindings: dict[bytes, BindingRow] = field(default_factory=dict)
    consents: list[ConsentRow] = field(default_factory=list)
    case_events: list[CaseEventRow] = field(default_factory=list)
    likenesses: list[LikenessRow] = field(default_factory=list)
    releases: list[ReleaseStepRow] = field(default_factory=list)
    rooms: list[CapacityInsert] = field(default_factory=list)
    strikes: list[StrikeRow] = field(default_factory=list)
    locks: set[bytes] = field(default_factory=set)
    waiting: list[WaitingRow] = field(default_factory=list)
    codes: CodeBook = field(default_factory=CodeBook)
    leaves: list[SealedLeaf] = field(default_factory=list)
    notices: dict[str, Notice] = field(default_factory=dict)
    notice_leases: dict[str, datetime] = field(default_factory=dict)
    replacements: dict[str, ReplacementRow] = field(default_factory=dict)
    endpoints: dict[str, EndpointRow] = field(default_factory=dict)
    lanes: dict[str, object] = field(default_factory=dict)
    hints: dict[bytes, Waiting] = field(default_factory=dict)
    tries: dict[str, Tried] = field(default_factory=dict)
    receipts: list[SignedReceiptRow] = field(default_factory=list)
    told: set[str] = field(default_factory=set)
    alarmed: set[str] = field(default_factory=set)
    erasing: set[bytes] = field(default_factory=set)
    asked: dict[str, Asked] = field(default_factory=dict)
    kept: dict[bytes, bytes] = field(default_factory=dict)
    frontier: tuple[bytes, ...] = ()

    @property
    def lists(self) -> dict[type, list[object]]:
        """Where rows stand that are only ever appended."""
        return {
            ConsentRow: self.consents,
            CaseEventRow: self.case_events,
            StrikeRow: self.strikes,
            LikenessRow: self.likenesses,
            ReleaseStepRow: self.releases,
            WaitingRow: self.waiting,
            SignedReceiptRow: self.receipts,
            RoomQuestionRow: self.rooms,
            RoomAnswerRow: self.rooms,
        }

    def head(self, name: str) -> Head:
        """Return the head of that name; version 0 where there is none."""
        return Head(name, self.heads.get(name, 0))

    def bumped(self, name: str) -> Head:
        """Move a head, as if another item had."""
        self.heads[name] = self.heads.get(name, 0) + 1
        return self.head(name)

    def copied(self) -> "Book":
        """Return a copy to work on; what stands in it is frozen."""
        copy = Book()
        for entry in fields(self):
            value = getattr(self, entry.name)
            setattr(copy, entry.name, value if isinstance(value, tuple) else value.copy())
        return copy

    def adopt(self, draft: "Book") -> None:
        """Commit a copy."""
        for entry in fields(self):
            setattr(self, entry.name, getattr(draft, entry.name))
