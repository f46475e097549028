"""What a receipt is held against, in memory; a test gives each agency its keys."""

from collections.abc import Mapping
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fake_book import Book

from gateway.core.encoding import base64url
from gateway.core.known import Whose
from gateway.core.signed_receipts import TYPE
from schemas.canonical import canonical
from schemas.documents import Json


def receipt_key(agency: str) -> Ed25519PrivateKey:
    """Return the key an invented agency signs receipts with."""
    return Ed25519PrivateKey.from_private_bytes(sha256(agency.encode()).digest())


def a_receipt(
    agency: str, message: str, header: Mapping[str, Json] | None = None, said: Mapping[str, Json] | None = None
) -> str:
    """Return a receipt as that agency signs it; `header` and `said` change what stands in it."""
    head = {"alg": "EdDSA", "kid": "s1", "typ": TYPE, **(header or {})}
    parts = [base64url(canonical(one)) for one in (head, {"message": message, "recipient": agency, **(said or {})})]
    signed = ".".join(parts)
    return f"{signed}.{base64url(receipt_key(agency).sign(signed.encode()))}"


class FakeReceiptBook:
    """`gateway.core.signed_receipts.ReceiptBook` over a book."""

    def __init__(self, book: Book) -> None:
        self.book = book

    def whose(self, message: str) -> Whose | None:
        kept = self.book.parcels.get(message)
        return None if kept is None else Whose(kept.parcel.person, kept.parcel.referral)

    def signing_keys(self, agency: str) -> Mapping[str, bytes]:
        return {"s1": receipt_key(agency).public_key().public_bytes_raw()}
