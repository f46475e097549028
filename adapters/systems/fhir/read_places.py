"""An Address as a canonical address."""

from adapters.sdk import MalformedError
from adapters.sdk.codes import Json
from adapters.systems.fhir import names
from adapters.systems.fhir.node import Node, is_over, single
from adapters.systems.fhir.tables import Tables

_PARTS = (("city", "locality", 120), ("state", "region", 120), ("postalCode", "postal_code", 20))
_LINE = 200
_LIVED_IN = frozenset({"home", "temp"})


def address(node: Node, tables: Tables, use: str | None) -> dict[str, Json]:
    """Return the address; `use` is what it is of where something other than its own `use` says so."""
    read: dict[str, Json] = {"use": _use(node, tables) if use is None else use}
    for name, ours, limit in _PARTS:
        if (text := node.text(name, limit)) is not None:
            read[ours] = text
    lines = node.texts("line")
    line = ", ".join(lines)
    if line and node.fits(line, "line", _LINE):
        read["line"] = line
        if len(lines) > 1:
            node.losses.coarsened(node.pointer("line"))
    if (country := _country(node, tables)) is not None:
        read["country"] = country
    node.report_rest()
    return read if len(read) > 1 else {}


def _use(node: Node, tables: Tables) -> str:
    """What it is of; where she no longer lives, or may not, or where her post goes, is not her current address."""
    written = node.code("use")
    for_post = node.says("type", "postal")
    if for_post:
        node.code("type")
    if written in _LIVED_IN and (is_over(node) or for_post):
        node.losses.coarsened(node.pointer("use"))
        return "other"
    if written is None:
        return "other"
    if written not in {"home", "old"} and not (written == "temp" and _is_exact(node)):
        node.losses.coarsened(node.pointer("use"))
    elif written == "temp":
        return "other"
    return tables.of("address_use").of(written, node.pointer("use"))


def _is_exact(node: Node) -> bool:
    """Whether our own code stands beside `temp`: the address is neither where she lives nor where she lived last."""
    mark = single(node.extensions(frozenset({names.EXACT})), names.EXACT)
    if mark is None:
        return False
    if mark.value("valueCode") != "other":
        raise MalformedError(mark.pointer("valueCode"), "contradiction")
    return True


def _country(node: Node, tables: Tables) -> str | None:
    """Address.country is text; only an ISO 3166 code of it is read."""
    text = node.code("country")
    if text is None:
        return None
    known = tables.countries.by_iso2.get(text) or tables.countries.by_iso3.get(text)
    if known is None:
        node.dropped("country")
        return None
    if known.iso2 != text:
        return known.iso2
    return text
