"""Heads: one versioned row for each thing a decision rests on.

`prepare()` notes the heads it read; `confirm()` re-reads only them. A changed head means that something happened in
between (a withdrawal, a new key, another refusal) and the item is prepared again, so nothing is ever decided on a
record that is gone. A head that does not exist has version 0.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Head:
    """The version of one thing when it was read."""

    id: str
    version: int


ERASURES = "erasures"
"""The head that every erased record moves: its version is how many this database has seen erased."""

REGISTER = "register"
"""The head that every registration moves: what one is checked against is all the others."""

SIGNING_KEY = "signing-key"
"""The head that each change of the key that signs access tokens moves."""

RESTORED = "restored"
"""The head that a restore and its release move in turn: odd while a restored database waits for a person."""

RESTORING = "restoring"
"""The head that a restore moves when it puts a database and when that is brought up: odd in between, or if it died."""

POLICIES = "policies"
"""The head that every step of a country profile moves: proposed, approved, in force."""


def rotation_head(ring: str) -> str:
    """Name the head of a key ring's rotations: its version is how many of them the log knows."""
    return f"rotations:{ring}"


def person_head(person: bytes) -> str:
    """Name the head that every consent event of a person moves."""
    return f"person:{person.hex()}"


def agency_head(agency: str) -> str:
    """Name the head that an agency's registration and keys move."""
    return f"agency:{agency}"


def agreement_head(agreement: str) -> str:
    """Name the head that an agreement's signing or ending moves."""
    return f"agreement:{agreement}"


def client_head(client: str) -> str:
    """Name the head that a client's registration, its keys and its end move."""
    return f"client:{client}"


def pair_head(pair: bytes) -> str:
    """Name the head of one count of tries: moved by every refusal on her record that is counted there."""
    return f"pair:{pair.hex()}"


def approvals_head(author: str) -> str:
    """Name the head that every approved override of one author moves, so that they are counted right (E-04)."""
    return f"approvals:{author}"


def capacity_head(question: str) -> str:
    """Name the head of one question for room: moved by each answer, and when a referral is sent on it (M-05)."""
    return f"capacity:{question}"


def release_head(release: str) -> str:
    """Name the head of one statistical release: moved by its proposal, each approval and its making (P-06)."""
    return f"statistics:{release}"


def breach_head(breach: str) -> str:
    """Name the head of one entry of the register of breaches: moved by each step (A-05)."""
    return f"breach:{breach}"


def binding_head(blind_ref: bytes) -> str:
    """Name the head of one agency's reference: moved when it is bound, so that two first consents make one person."""
    return f"binding:{blind_ref.hex()}"
