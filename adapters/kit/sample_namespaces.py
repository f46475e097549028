"""The namespaces of a sample in XML, under the prefixes that it gives them: an author finds her own names again."""

import io
from collections.abc import Iterator, Mapping
from itertools import count
from xml.etree import ElementTree as ET

from adapters.sdk.mapping.xml_names import XML_NAMESPACE, are_namespaces


def namespaces_of(root: ET.Element, body: bytes) -> Mapping[str, str]:
    """Return the namespaces of its elements and attributes by prefix; "" for that of elements without one.

    That is the root's, unless some elements are in no namespace at all: those are then the ones without a prefix.
    """
    of_elements = {_of(element.tag) for element in root.iter()}
    of_attributes = {_of(name) for element in root.iter() for name in element.attrib}
    own = "" if "" in of_elements else _of(root.tag)
    # An attribute without a prefix is in no namespace, whatever its element is in.
    prefixed = {*of_elements} - {own} | {*of_attributes} - {XML_NAMESPACE}
    given = dict(_prefixes(sorted(prefixed - {""}), body))
    return {"": own, **given} if own else given


def _prefixes(namespaces: list[str], body: bytes) -> Iterator[tuple[str, str]]:
    said = {uri: prefix for prefix, uri in reversed([*_declared(body)])}
    others, taken = (f"ns{number}" for number in count(1)), set[str]()
    for uri in namespaces:
        prefix = said.get(uri, "")
        while prefix in {"", *taken} or not are_namespaces({prefix: uri}):
            prefix = next(others)
        taken.add(prefix)
        yield prefix, uri


def _declared(body: bytes) -> Iterator[tuple[str, str]]:
    found = ET.iterparse(io.BytesIO(body), events=["start-ns"])  # noqa: S314 - the author's own file, read before
    return ((str(prefix), str(uri)) for _, (prefix, uri) in found if prefix)


def _of(name: str) -> str:
    return name.rpartition("}")[0].removeprefix("{")
