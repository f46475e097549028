"""One `[[field]]` of a mapping file: where it goes and how, or why it never goes."""

import re
from collections.abc import Mapping

from adapters.sdk.mapping.json_types import JsonType, can_hold, typed, written_as
from adapters.sdk.mapping.model import Cardinality, Codec, Field, Format, Hook, Path, Scalar, Way
from adapters.sdk.mapping.paths import ENVELOPE, canonical_leaves, general
from adapters.sdk.mapping.toml_lines import Table
from adapters.sdk.mapping.values import as_it_is, coded, dated, default_table, fits, hooked, is_date, tabled, wanted
from schemas.documents import Document
from schemas.leaves import ITEM

_KEYS = frozenset(
    {
        "name",
        "to",
        "never_send",
        "way",
        "cardinality",
        "separator",
        "coarsened",
        "codes",
        "table",
        "date",
        "hook",
        "type",
    }
)
_TRANSLATIONS = ("codes", "table", "date", "hook")
_NOT_IN_A_POINTER = re.compile(r"[^A-Za-z0-9_:.@-]")
_STEP, _STEPS = 64, 24
_REASON = 3
_NOTHING = Codec(lambda _text, _pointer: None, lambda _value: None)


def made_field(
    entry: Table, form: Format, tables: Mapping[str, Mapping[str, Scalar]], hooks: Mapping[str, Hook]
) -> Field:
    """Return the field. Raises MappingError."""
    entry.refuse_other_keys(_KEYS)
    if entry.has("to") == entry.has("never_send"):
        raise entry.error("name", "to_or_never_send")
    to = tuple(entry.text("to", "").removeprefix("/").split("/")) if entry.has("to") else ()
    way = Way(entry.word("way", [each.value for each in Way], Way.BOTH if to else Way.IN))
    kind = _type(entry, form)
    codec, said = _translation(entry, to, way, tables, hooks) if to else (_NOTHING, "")
    if to and kind is not None:
        _refuse_what_no_value_says(entry, to, kind, tables)
        codec, said = written_as(codec, kind), f"{said}, JSON {kind}"
    cardinality = Cardinality(entry.word("cardinality", [each.value for each in Cardinality], Cardinality.OPTIONAL))
    separator = entry.text("separator", "")
    if cardinality.is_many and ITEM not in to:
        raise entry.error("cardinality", "many_need_a_list")
    if form is Format.CSV and cardinality.is_many != bool(separator) and to:
        raise entry.error("separator", "separator")
    name = _name(entry, form)
    return Field(
        name=name,
        pointer=pointer(name, form),
        line=entry.line,
        to=to,
        kept="" if to else _reason(entry),
        way=way,
        cardinality=cardinality,
        separator=separator,
        coarsened=entry.flag("coarsened"),
        codec=codec,
        said=said,
    )


def _type(entry: Table, form: Format) -> JsonType | None:
    """What the field is written as; a field that stays may say it already. None: as its translation gives it."""
    if not entry.has("type"):
        return None
    if form is not Format.JSON:
        raise entry.error("type", "json_type")
    return JsonType(entry.word("type", [each.value for each in JsonType]))


def _refuse_what_no_value_says(
    entry: Table, to: Path, kind: JsonType, tables: Mapping[str, Mapping[str, Scalar]]
) -> None:
    """Raise MappingError where a field of this type could never say what stands there."""
    if entry.has("codes"):
        fine = all(typed(word, kind) is not None for word in tables[entry.text("codes")])
    elif entry.has("hook"):
        fine = True
    else:
        leaf = canonical_leaves()[general(to)]
        is_text = entry.has("table") or entry.has("date") or is_date(leaf) or default_table(leaf)
        fine = kind is JsonType.STRING or not (is_text or general(to) in ENVELOPE or not can_hold(kind, leaf))
    if not fine:
        raise entry.error("type", "json_type")


def pointer(name: str, form: Format) -> str:
    """Return how losses and refusals call a field: its name, with `_` or `*` for what a pointer cannot hold."""
    if form is Format.CSV:
        return "/" + _NOT_IN_A_POINTER.sub("_", name.strip())[:_STEP]
    steps = name.removeprefix("/").split("/")
    odd = (step == ITEM or _NOT_IN_A_POINTER.search(step) is not None or len(step) > _STEP for step in steps)
    return "".join(f"/{ITEM if is_odd or not step else step}" for step, is_odd in zip(steps, odd, strict=True))


def _name(entry: Table, form: Format) -> str:
    name = entry.text("name")
    if form is not Format.CSV and (not name.startswith("/") or name.count("/") > _STEPS):
        raise entry.error("name", "pattern")
    if not name.strip():
        raise entry.error("name", "required")
    return name.strip()


def _reason(entry: Table) -> str:
    reason = entry.text("never_send").strip()
    if len(reason) < _REASON:
        raise entry.error("never_send", "reason")
    return reason


def _translation(
    entry: Table, to: Path, way: Way, tables: Mapping[str, Mapping[str, Scalar]], hooks: Mapping[str, Hook]
) -> tuple[Codec, str]:
    leaf = canonical_leaves().get(general(to))
    if leaf is None:
        raise entry.error("to", "unknown_path")
    if general(to) in ENVELOPE and way is not Way.OUT:
        raise entry.error("to", "only_written")
    said = [key for key in _TRANSLATIONS if entry.has(key)]
    if len(said) > 1:
        raise entry.error(said[1], "two_translations")
    match said[0] if said else "":
        case "codes":
            return _by_codes(entry, leaf, tables)
        case "table":
            return _by_table(entry, entry.text("table"))
        case "date":
            return _by_date(entry, entry.text("date"))
        case "hook":
            return _by_hook(entry, leaf, hooks)
        case _ if is_date(leaf):
            return _by_date(entry, "YYYY-MM-DD")
        case _ if default_table(leaf):
            return _by_table(entry, default_table(leaf))
        case _:
            return as_it_is(leaf), "as it is"


def _by_codes(entry: Table, leaf: Document, tables: Mapping[str, Mapping[str, Scalar]]) -> tuple[Codec, str]:
    name = entry.text("codes")
    table = tables.get(name)
    if table is None:
        raise entry.error("codes", "unknown_table")
    read: dict[str, Scalar] = {}
    if any(read.setdefault(word.strip().casefold(), code) != code for word, code in table.items()):
        raise entry.error("codes", "code_twice")
    if not all(code == "" or fits(code, leaf) for code in table.values()):
        raise entry.error("codes", "unknown_code_of_ours", wanted(leaf))
    return coded(name, table), f"codes `{name}`"


def _by_table(entry: Table, name: str) -> tuple[Codec, str]:
    codec = tabled(name)
    if codec is None:
        raise entry.error("table", "unknown_table")
    return codec, f"table `{name}`"


def _by_date(entry: Table, form: str) -> tuple[Codec, str]:
    codec = dated(form)
    if codec is None:
        raise entry.error("date", "date")
    return codec, f"date `{form}`"


def _by_hook(entry: Table, leaf: Document, hooks: Mapping[str, Hook]) -> tuple[Codec, str]:
    name = entry.text("hook")
    hook = hooks.get(name)
    if hook is None:
        raise entry.error("hook", "unknown_hook")
    return hooked(hook, leaf), f"hook `{name}`"
