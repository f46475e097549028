"""What is wrong with a mapping: its file, its line, a rule, and how to mend it. Never a value of a document."""

from collections.abc import Mapping
from types import MappingProxyType

from adapters.sdk.errors import ManifestError

RULES: Mapping[str, str] = MappingProxyType(
    {
        "unreadable": "the file is not there or not UTF-8",
        "not_toml": "this is not TOML",
        "multi_line_text": "write texts on one line, so that errors can name the line",
        "unknown_key": "nothing of this name belongs here",
        "required": "something that must be said is missing",
        "type": "another kind of value belongs here",
        "pattern": "this does not have the form it must have",
        "enum": "this is none of the words that may stand here",
        "min_items": "this must not be empty",
        "unique_items": "the same stands here twice",
        "field_twice": "this field stands here twice in the same direction",
        "to_or_never_send": "say either `to` or `never_send`, and never both",
        "reason": "say why it is never sent, in a few words",
        "unknown_path": "the canonical referral has no leaf there",
        "path_twice": "another field goes to the same place; give each an item of its own (/0/, /1/)",
        "only_written": 'this is put in by the gateway: set `way = "out"`',
        "two_translations": "say one of `codes`, `table`, `date` and `hook`",
        "unknown_table": "there is no table of that name",
        "unknown_hook": "the adapter has no hook of that name",
        "unknown_code_of_ours": "the table leads to a code that the canonical referral does not have there",
        "code_twice": "two words of the table mean two things and differ in capital letters only, which do not count",
        "date": "a date is written with YYYY, MM and DD, each once, and nothing but . - / and blanks between them",
        "json_type": "only a field of JSON has a type, and whatever it is translated into must be of that type",
        "many_need_a_list": "more than one value needs a path into a list (`*`)",
        "separator": "say by which character the values stand apart",
        "constant": "it would be said of everybody; only what a field is may be constant, and no channel is safe",
        "incomplete": "what must stand beside it is neither mapped nor a constant",
        "render_needs": "a mapping that writes needs fields for the pseudonym, message id, use-until and obligations",
        "namespace": "XML only: `namespaces` gives each prefix that is used a namespace, and no two the same",
        "records": "say where the records stand in the document",
    }
)
"""Every rule of a mapping, and how to mend what breaks it."""

REFUSALS: Mapping[str, str] = MappingProxyType(
    {
        "kind": "no field of the mapping is in it",
        "required": "it lacks a field that the mapping needs (cardinality)",
        "more_than_one": "a field says more than one thing, and the mapping lets it say one (cardinality, separator)",
        "duplicate_column": "a heading stands in it twice",
        "unknown_code": "a word is not in the code table that the mapping names: add it, or name another `table`",
        "date": "a date does not stand in the order that the mapping says, or is in no calendar",
        "pattern": "a value does not have the form that the canonical referral wants there",
        "hook": "the hook returned what may not stand there",
        "subject_unclear": "it is about several people, or about none: say whom with --subject",
        "csv": "it is no strict CSV: check quotation marks and the line break after the last row",
        "ragged": "a row has more or fewer cells than the heading",
        "utf-8": "it is not UTF-8",
    }
)
"""Why a mapped adapter refuses a document, for its author; a rule's part before the colon."""


class MappingError(ManifestError):
    """The mapping cannot be used. `line` counts from 1; it is 0 where the whole file is meant."""

    def __init__(self, line: int, rule: str, file: str = "mapping.toml", missing: str = "") -> None:
        """Say where, which of `RULES`, and which canonical path is missing or which codes of ours there are."""
        super().__init__(f"/line/{line}", rule)
        self.file = file
        self.line = line
        self.missing = missing

    def __str__(self) -> str:
        """Return file, line, rule, and how to mend it."""
        missing = f" ({self.missing})" if self.missing else ""
        return f"{self.file}:{self.line}: {self.rule}: {RULES.get(self.rule, 'see the contract')}{missing}"
