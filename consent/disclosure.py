"""What is asked: who wants to send which kinds of data about one person, to whom and why.

Carries no datum about her.
"""

from dataclasses import dataclass

from schemas.documents import CompiledProfile
from schemas.vocabulary import AgeStatus, DataCategory, FunctionClass, Ground, Purpose


@dataclass(frozen=True, slots=True)
class Party:
    """An agency as the rules see it.

    Its id, what it is for, and the country (ISO 3166-1 alpha-2) whose law binds it.
    """

    agency: str
    function: FunctionClass
    country: str


@dataclass(frozen=True, slots=True)
class Disclosure:
    """One intended release.

    `recipient` is None when the sender named nobody the gateway knows. `profile` is None when no profile exists for
    that kind of recipient and purpose. `carries` are the categories the document holds; `sufficient` says that the
    document, were everything in it permitted, would satisfy the profile. It is asked before any record is looked at, so
    that its answer tells nothing about her record. `room` says that the recipient has answered it has room, and that
    the answer still holds and served nobody else (M-05).
    """

    sender: Party
    recipient: Party | None
    purpose: Purpose
    profile: CompiledProfile | None
    carries: frozenset[DataCategory]
    sufficient: bool
    age: AgeStatus
    ground: Ground = Ground.CONSENT
    room: bool = False
