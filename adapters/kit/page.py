"""The page of an adapter: what it reads and writes, field by field where it is a mapping, and what never leaves.

Only the part between two marks is written here; what its author writes around it stays.
"""

from collections.abc import Iterator

from adapters.sdk.contract import Adapter
from adapters.sdk.manifest import Manifest
from adapters.sdk.mapping.adapter import Mapped
from adapters.sdk.mapping.model import Cardinality, Field, FieldMapping, Way

BEGIN = "<!-- Written by `referral-gateway adapter docs`; do not edit below. -->"
END = "<!-- Written until here. -->"
_NONE = "none"


def generated(adapter: Adapter) -> str:
    """Return the generated part, marks included."""
    return "\n".join([BEGIN, "", *_manifest(adapter.manifest), *_mapping(adapter), END])


def block_of(page: str) -> str:
    """Return the generated part of a page, marks included, or "" where it has none."""
    start, end = page.find(BEGIN), page.find(END)
    return page[start : end + len(END)] if 0 <= start < end else ""


def renewed(page: str, adapter: Adapter) -> str:
    """Return the page with its generated part as it is today; a new page where there is none."""
    old = block_of(page)
    if old:
        return page.replace(old, generated(adapter))
    head = page.rstrip() or f"# `{adapter.manifest.key}`: {adapter.manifest.title}"
    return f"{head}\n\n{generated(adapter)}\n"


def _manifest(manifest: Manifest) -> Iterator[str]:
    yield "| | |"
    yield "|---|---|"
    yield f"| key, version | `{manifest.key}` {manifest.version} |"
    yield f"| owner | {manifest.owner} |"
    yield f"| level | {manifest.level.value} |"
    yield f"| does | {', '.join(sorted(manifest.directions))} |"
    yield f"| reads | {_codes(manifest.media_types)} |"
    yield f"| writes | {_codes([manifest.outgoing_media_type] if manifest.outgoing_media_type else [])} |"
    yield f"| can carry out | {_codes(sorted(manifest.categories))} |"
    places = [at for at in (manifest.pseudonym_place, manifest.age_band_place) if at]
    yield f"| pseudonym, age band | {_codes(places)} |"
    for exemption in manifest.exempt:
        yield f"| exempt from {exemption.rule} | {exemption.reason} |"
    yield ""


def _codes(words: list[str] | tuple[str, ...]) -> str:
    return ", ".join(f"`{word}`" for word in words) or _NONE


def _mapping(adapter: Adapter) -> Iterator[str]:
    if not isinstance(adapter, Mapped):
        return
    mapping = adapter.mapping
    yield "## What is translated"
    yield ""
    yield from _namespaces(mapping)
    yield "| your field | becomes | how | how often | direction |"
    yield "|---|---|---|---|---|"
    for field in mapping.fields:
        if field.to:
            yield _row(field)
    for path, value in mapping.constants.items():
        yield f"| (always) | `/{'/'.join(path)}` | `{value}` | | |"
    yield ""
    yield "## What stays with you"
    yield ""
    yield "| your field | why |"
    yield "|---|---|"
    for field in mapping.fields:
        if not field.to:
            yield f"| {_cell(field.name)} | {_cell(field.kept)} |"
    yield "| every other field | it is not in the mapping |"
    yield ""
    yield from _tables(mapping)


def _namespaces(mapping: FieldMapping) -> Iterator[str]:
    """What the prefixes in the names of an XML mapping stand for."""
    for prefix, namespace in mapping.namespaces.items():
        named = f"The prefix `{prefix}` is" if prefix else "A name without a prefix is"
        yield f"* {named} of the namespace `{_cell(namespace)}`."
    if mapping.namespaces:
        yield ""


def _row(field: Field) -> str:
    often = {Cardinality.OPTIONAL: "at most once", Cardinality.ONE: "once", Cardinality.ANY: "any number"}
    said = f"{field.said}{', coarser' if field.coarsened else ''}"
    apart = f", apart by `{field.separator}`" if field.separator else ""
    ways = {Way.BOTH: "both", Way.IN: "only read", Way.OUT: "only written"}
    count = often.get(field.cardinality, "at least once")
    return f"| {_cell(field.name)} | `/{'/'.join(field.to)}` | {said} | {count}{apart} | {ways[field.way]} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _tables(mapping: FieldMapping) -> Iterator[str]:
    for name, table in mapping.tables.items():
        yield f"## Codes `{name}`"
        yield ""
        yield "| yours | ours |"
        yield "|---|---|"
        for theirs, ours in table.items():
            shown = f"`{str(ours).lower() if isinstance(ours, bool) else ours}`" if ours != "" else "stays with you"
            yield f"| {_cell(theirs)} | {shown} |"
        yield ""
