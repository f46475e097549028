"""The places of a document of any text format: its leaves by path, and the document with one leaf changed or gone."""

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from xml.etree import ElementTree as ET

from schemas.documents import Json

SEPARATORS = ",;\t|"
_RESERVED = re.compile(r"ns[0-9]+")


@dataclass(frozen=True, slots=True)
class Place:
    """One leaf: its path (`/a/0/b`, `/Heading`, `/Root/Child`), the document without it and with other texts in it."""

    path: str
    without: bytes
    changed: bytes


@lru_cache(maxsize=64)
def places(body: bytes, text: str, *, attributes: bool = False) -> tuple[Place, ...]:
    """Return the leaves of a JSON, XML or CSV document, each with the document where it is gone or says `text`.

    Attributes of XML (`/Root/Child/@name`) are among them where asked for: not every format says anything there.
    Several rules ask this of every sample, and to write a long one anew for each leaf takes time: it is kept.
    """
    start = body.lstrip()[:1]
    if start == b"{":
        return tuple(_of_json(body, text))
    if start == b"<":
        return tuple(_of_xml(body, text, attributes=attributes))
    return tuple(_of_csv(body, text)) if _is_text(body) else ()


def leads_to(reported: str, path: str) -> bool:
    """Whether a path of a loss report names this place or something above it.

    `*` is any step, numbers are `*`, and prefixes of XML names do not count.
    """
    steps, wanted = _steps(reported), _steps(path)
    return len(steps) <= len(wanted) and all(
        step in {"*", other} or (other == "*" and step.isdigit()) for step, other in zip(steps, wanted, strict=False)
    )


def is_there(path: str, value: Json) -> bool:
    """Whether a path of a loss report leads to something in a JSON document; `*` is any member or item."""
    step, _, rest = path.lstrip("/").partition("/")
    if not step:
        return True
    members = dict(enumerate(value)) if isinstance(value, list) else value
    if not isinstance(members, dict):
        return False
    found = members.values() if step == "*" else [member for key, member in members.items() if str(key) == step]
    return any(is_there(rest, member) for member in found)


def variants(value: Json, *replacements: Json) -> Iterator[Json]:
    """Yield `value` with one leaf after the other, and one container after the other, replaced."""
    yield from replacements
    if isinstance(value, dict):
        for key, member in value.items():
            for other in variants(member, *replacements):
                yield {**value, key: other}
    elif isinstance(value, list):
        for index, member in enumerate(value):
            for other in variants(member, *replacements):
                yield [*value[:index], other, *value[index + 1 :]]


def _steps(path: str) -> list[str]:
    return [step.rpartition(":")[2] for step in path.strip("/").split("/")] if path.strip("/") else []


def _is_text(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def _of_json(body: bytes, text: str) -> Iterator[Place]:
    def walk(value: Json, path: str) -> Iterator[tuple[str, Json, Json]]:
        """Yield (path, the value without the leaf, the value with it changed)."""
        if isinstance(value, dict):
            for key, member in value.items():
                rest = {name: other for name, other in value.items() if name != key}
                for inner, gone, changed in walk(member, f"{path}/{key}"):
                    without = rest if gone is None else {**value, key: gone}
                    yield inner, without, {**value, key: changed}
        elif isinstance(value, list):
            for at, member in enumerate(value):
                for inner, gone, changed in walk(member, f"{path}/{at}"):
                    before, after = value[:at], value[at + 1 :]
                    kept = [] if gone is None else [gone]
                    yield inner, [*before, *kept, *after], [*before, changed, *after]
        elif value is not None:
            yield path, None, text

    for path, without, changed in walk(json.loads(body), ""):
        yield Place(path, json.dumps(without).encode(), json.dumps(changed).encode())


def _of_csv(body: bytes, text: str) -> Iterator[Place]:
    content = body.decode("utf-8-sig")
    heading = content.partition("\n")[0]
    separator = max(SEPARATORS, key=heading.count)
    rows = list(csv.reader(io.StringIO(content, newline=""), delimiter=separator))
    for at, row in enumerate(rows[1:], start=1):
        for column, cell in enumerate(row):
            if cell.strip():
                gone, changed = ([*row[:column], other, *row[column + 1 :]] for other in ("", text))
                yield Place(
                    f"/{rows[0][column].strip()}",
                    _csv([*rows[:at], gone, *rows[at + 1 :]], separator),
                    _csv([*rows[:at], changed, *rows[at + 1 :]], separator),
                )


def _csv(rows: list[list[str]], separator: str) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator, lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode()


def _of_xml(body: bytes, text: str, *, attributes: bool) -> Iterator[Place]:
    """The author's own samples are read here, never a stranger's document."""
    for prefix, uri in _namespaces(body).items():
        ET.register_namespace(prefix, uri)
    root = ET.fromstring(body)  # noqa: S314 - a sample of the adapter's own author
    parents: Mapping[ET.Element, ET.Element] = {child: up for up in root.iter() for child in up}
    for element in root.iter():
        if not (element.text or "").strip() or not isinstance(element.tag, str):
            continue
        kept = element.text
        element.text = text
        changed = ET.tostring(root)
        element.text = None
        without = ET.tostring(root)
        element.text = kept
        yield Place(_xml_path(element, parents), without, changed)
    for element in root.iter() if attributes else ():
        for name in [name for name in element.attrib if "}" not in name]:
            kept = element.attrib[name]
            element.attrib[name] = text
            changed = ET.tostring(root)
            del element.attrib[name]
            without = ET.tostring(root)
            element.attrib[name] = kept
            yield Place(f"{_xml_path(element, parents)}/@{name}", without, changed)


def _namespaces(body: bytes) -> dict[str, str]:
    """Those that the standard library keeps for itself (`ns1`) it writes by itself, for whatever namespace."""
    found = ET.iterparse(io.BytesIO(body), events=["start-ns"])  # noqa: S314 - as above
    return {str(prefix): str(uri) for _, (prefix, uri) in found if prefix and not _RESERVED.fullmatch(prefix)}


def _xml_path(element: ET.Element, parents: Mapping[ET.Element, ET.Element]) -> str:
    path = ""
    at: ET.Element | None = element
    while at is not None:
        path = f"/{at.tag.rpartition('}')[2]}{path}"
        at = parents.get(at)
    return path
