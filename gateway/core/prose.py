"""Finds in prose that is about to leave what stands elsewhere for a reason: her name in a note, a number in an account.

An assistant for whoever reads a preview to her, and never a gate (DESIGN section 6): a text in which nothing is found
may name her all the same. What is looked for are the words of the sender's own document, and the shapes that
addresses of every kind have. Nothing found is repeated: only where it stands.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Final

from consent.minimise import MinimalDocument
from gateway.core.crypto.sealed_narrative import is_sealed
from schemas.catalogue import load
from schemas.categories import categories
from schemas.documents import Document, Json

_REFERRAL: Final = "referral/1.0"
_MOST: Final = 200
_LONGEST: Final = 100_000
"""Characters that are looked at, all texts of a document together: some forty milliseconds."""
_SHORTEST: Final = 3
"""Letters of a name that are looked for; two are found in every other word of some language."""

_PROSE: Final = frozenset(
    {
        ("needs", "*", "note"),
        ("situation", "narrative", "*", "text"),
        ("health", "referral_reason"),
        ("risk", "keep_away"),
        ("subject", "meeting_point"),
    }
)
_BY_WORD: Final = frozenset(
    {*(f"/subject/names/*/{part}" for part in ("given", "middle", "family", "second_family", "full"))}
    | {"/subject/alias", "/third_parties/*/name", "/staff/*/name"}
)
_WHOLE: Final = frozenset(
    {"/sender_reference", "/subject/person_ref", "/subject/identifiers/*/value", "/subject/contacts/*/value"}
    | {f"/subject/addresses/*/{part}" for part in ("locality", "line", "postal_code")}
    | {"/subject/meeting_point", "/staff/*/phone", "/staff/*/email"}
)
_SHAPES: Final = (
    ("email", re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")),
    ("web_address", re.compile(r"\b(?:https?://|www\.)\S{1,1000}")),
    ("date", re.compile(r"\b(?:[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}[./][0-9]{1,2}[./][0-9]{2,4})\b")),
    ("telephone", re.compile(r"(?<!\w)\+?[0-9](?:[ ()./-]{0,2}[0-9]){6,14}(?!\w)")),
    ("number", re.compile(r"\b[A-Za-z]{0,3}[0-9](?:[-/]?[A-Za-z0-9]){4,19}\b")),
)
_WORD: Final = re.compile(r"\w+")
_Word = tuple[int, int, str]
_Phrase = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Recognised:
    """Something in a text that is about to leave: a category of data, or the shape of one.

    `start` and `end` count the characters of the text at `pointer`, which leads into the document that is shown.
    """

    pointer: str
    kind: str
    start: int
    end: int


def recognised(minimal: MinimalDocument, whole: Document) -> list[Recognised]:
    """Return what is found in the prose of a minimised document, by place; `whole` is what the sender said."""
    wanted, unspaced = _wanted(whole)
    found: list[Recognised] = []
    left = _LONGEST
    for leaf in minimal.permit.profile.leaves:
        if leaf.source not in _PROSE:
            continue
        for pointer, value in _values(minimal.document, leaf.target, ""):
            if isinstance(value, str) and not is_sealed(value):  # Sealed by her own client: nobody here can read it.
                spans = sorted(_spans(value[:left], wanted, unspaced))
                left = max(left - len(value), 0)
                own = leaf.category.value  # A meeting point is found in itself.
                found += (Recognised(pointer, kind, start, end) for start, end, kind in spans if kind != own)
    return [*islice(found, _MOST)]


def _spans(text: str, wanted: Mapping[str, list[tuple[_Phrase, str]]], unspaced: Mapping[str, str]) -> set[_Word]:
    """What was said elsewhere goes before a shape it happens to have."""
    spans = {*_known(text, wanted), *_inside_words(text, unspaced)}
    taken = bytearray(len(text))
    for start, end, _ in spans:
        taken[start:end] = b"x" * (end - start)
    for kind, shape in _SHAPES:
        for match in shape.finditer(text):
            start, end = match.span()
            if taken.find(b"x", start, end) < 0:
                taken[start:end] = b"x" * (end - start)
                spans.add((start, end, kind))
    return spans


def _known(text: str, wanted: Mapping[str, list[tuple[_Phrase, str]]]) -> Iterator[_Word]:
    words = _words(text)
    for place, (start, _, word) in enumerate(words):
        for phrase, kind in wanted.get(word, ()):
            ahead = words[place : place + len(phrase)]
            if tuple(said for _, _, said in ahead) == phrase:
                yield start, ahead[-1][1], kind


def _inside_words(text: str, unspaced: Mapping[str, str]) -> Iterator[_Word]:
    """Scripts without capitals often write no space between words: there a name is looked for everywhere."""
    for name, kind in unspaced.items():
        start = text.find(name)
        while start >= 0:
            yield start, start + len(name), kind
            start = text.find(name, start + len(name))


def _wanted(whole: Document) -> tuple[Mapping[str, list[tuple[_Phrase, str]]], Mapping[str, str]]:
    """Return what is looked for: phrases by their first word, and names of scripts that may write none."""
    by_first: dict[str, list[tuple[_Phrase, str]]] = {}
    unspaced: dict[str, str] = {}
    for place, kind in _telling().items():
        for _, value in _values(whole, tuple(place.split("/")[1:]), ""):
            if not isinstance(value, str):
                continue
            words = [word for _, _, word in _words(value)]
            phrases = [(word,) for word in words] if place in _BY_WORD else [tuple(words)]
            for phrase in phrases:
                if phrase and sum(map(len, phrase)) >= _SHORTEST:
                    by_first.setdefault(phrase[0], []).append((phrase, kind))
            if place in _BY_WORD and value.upper() == value.lower() and len(value) > 1:
                unspaced[value] = kind
    return by_first, unspaced


@lru_cache(maxsize=1)
def _telling() -> Mapping[str, str]:
    """The places whose values tell who or where somebody is, each with its category."""
    known = categories(load(_REFERRAL))
    return {place: known[place].value for place in sorted(_BY_WORD | _WHOLE)}


def _words(text: str) -> Sequence[_Word]:
    return [(match.start(), match.end(), _plain(match[0])) for match in _WORD.finditer(text)]


def _plain(word: str) -> str:
    """One spelling for capitals and accents: who writes in a hurry leaves them out."""
    if word.isascii():
        return word.lower()
    taken_apart = unicodedata.normalize("NFKD", word)
    return "".join(letter for letter in taken_apart if not unicodedata.combining(letter)).casefold()


def _values(value: Json, path: Sequence[str], pointer: str) -> Iterator[tuple[str, Json]]:
    if not path:
        yield pointer, value
        return
    for name, below in _below(value, path[0]):
        yield from _values(below, path[1:], f"{pointer}/{name}")


def _below(value: Json, step: str) -> Iterable[tuple[str | int, Json]]:
    if step == "*":
        return enumerate(value) if isinstance(value, list | tuple) else ()
    return [(step, value[step])] if isinstance(value, Mapping) and step in value else ()
