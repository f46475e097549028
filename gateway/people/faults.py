"""Where a form is wrong and which rule that breaks, as whoever filled it reads it: never what was typed."""

from collections.abc import Iterable
from typing import Final

_FIELDS: Final = {
    "/person_ref": "Your agency's reference for the person",
    "/recipient": "Agency that would receive",
    "/discloser": "Your agency",
    "/state": "Her answer",
    "/decision": "Which decision it is",
    "/purposes": "For what",
    "/categories": "What may be sent",
    "/restrictions": "What she wants withheld",
    "/text/version": "Version of the text",
    "/text/sha256": "Hash of the text",
    "/text/language": "Language it was read in",
    "/person_languages": "Languages she speaks",
    "/interpreter": "Interpreter",
    "/information_confirmed": "She was told everything she must be told",
    "/mechanism": "How she said it",
    "/given_by": "Who gave it",
    "/taken_by/agency": "Your agency",
    "/taken_by": "Who took it",
    "/taken_at": "When",
    "/valid_from": "From",
    "/valid_until": "Until",
    "/withdrawal_method": "How she can take it back",
    "/safe_to_give": "A paper about this is safe for her to have",
}
"""The label on the page for each place of a document; one inside another stands before it."""

_RULES: Final = {
    "pattern": "it is not of the right form",
    "required": "it is missing",
    "minLength": "it is missing or too short",
    "maxLength": "it is too long",
    "minItems": "choose at least one",
    "enum": "it is none of the choices",
    "const": "it has to be so",
    "C-03": "no agency of that id receives here",
    "C-05": "it cannot be in the future, and an agency that takes part took it",
    "C-06": "she does not speak the language it was read in: name an interpreter",
    "C-07": "nobody who came with her interprets, and what the interpreter is to her is said",
    "C-08": "it has to be after the beginning, and after now",
    "C-13": "this belongs to another of the four decisions: write it down apart",
    "C-15": "no agency of that id takes part",
    "C-16": "it can only become less; for more, ask her anew",
    "C-18": "she can use a code only where it is safe to give her the paper",
}


def in_words(faults: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return each fault with the label of its field, and what is wrong; the rule stays beside it for whoever asks."""
    return [(_label(pointer), f"{_RULES[rule]} ({rule})" if rule in _RULES else rule) for pointer, rule in faults]


def _label(pointer: str) -> str:
    if not pointer:
        return "The whole"
    return next(
        (label for place, label in _FIELDS.items() if pointer == place or pointer.startswith(f"{place}/")), pointer
    )
