"""A message's own XML Schema, shipped inside its adapter: the law for a document, and the order its parts stand in.

Nothing is fetched: an import finds its file in the same folder of the package, and a document's hints about schemas
are not followed. What is wrong with a document is told by place and rule; libxml2's words repeat what they complain
about, so they are thrown away.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files

from lxml import etree

from adapters.sdk.errors import MalformedError, UnsupportedError
from adapters.sdk.xml.vocabulary import UNKNOWN, Vocabulary

_XS = "{http://www.w3.org/2001/XMLSchema}"
_BOOLEAN, _INTEGER = "xs:boolean", "xs:integer"


@dataclass(frozen=True, slots=True)
class Member:
    """A child an element may have: where it stands among its siblings, and whether there may be several."""

    position: int
    many: bool


@dataclass(frozen=True, slots=True)
class Schema:
    """One compiled schema of a message whose root is `root`.

    `members` says which children an element may have; an element without any is a leaf. `primitives` is what a leaf's
    text is, `xs:boolean` and `xs:integer` being the ones that JSON writes otherwise.
    """

    root: str
    compiled: etree.XMLSchema
    vocabulary: Vocabulary
    members: Mapping[str, Mapping[str, Member]]
    primitives: Mapping[str, str]

    def check(self, root: etree._Element) -> None:
        """Raise UnsupportedError for another root, MalformedError at the first place that breaks the schema."""
        if self.vocabulary.names.get(str(root.tag)) != self.root:
            raise UnsupportedError("", "root")
        if self.compiled.validate(root):
            return
        fault = self.compiled.error_log[0]  # type: ignore[index]  # the stubs do not say that a log is a list
        rule = fault.type_name.removeprefix("SCHEMAV_").lower()
        raise MalformedError(self._pointer(root, fault.path or ""), f"schema:{rule}")

    def is_boolean(self, name: str) -> bool:
        """Whether a leaf holds true or false."""
        return self.primitives.get(name) == _BOOLEAN

    def is_integer(self, name: str) -> bool:
        """Whether a leaf holds a whole number."""
        return self.primitives.get(name) == _INTEGER

    def _pointer(self, root: etree._Element, path: str) -> str:
        """Return our pointer for libxml2's path, whose prefixes are the document's and could say anything."""
        here, pointer = [root], ""
        for step in path.split("/")[1:]:
            name, _, position = step.rstrip("]").partition("[")
            same = [element for element in here if _named(element, name)]
            index = int(position) - 1 if position.isdigit() else 0
            if index >= len(same):
                break
            found = same[index]
            ours = self.vocabulary.names.get(str(found.tag), UNKNOWN)
            alike = [element for element in here if self.vocabulary.names.get(str(element.tag), UNKNOWN) == ours]
            pointer += f"/{ours}" if found is root else f"/{ours}[{alike.index(found) + 1}]"
            here = list(found)
        return pointer


def _named(element: etree._Element, name: str) -> bool:
    """Whether a step of libxml2's path means this element: `*` where it has a namespace without a prefix."""
    if name == "*":
        return True
    prefix, _, local = name.rpartition(":")
    return etree.QName(element).localname == local and (element.prefix or "") == prefix


def read_schema(package: str, message: str, namespaces: Mapping[str, str], structures: str) -> Schema:
    """Return the schema in the folder `data` of `package` whose namespace is that of the element `message`.

    `namespaces` is prefix -> namespace, as in the schema files themselves.
    """
    folder = files(package).joinpath("data")
    sources = {entry.name: entry.read_bytes() for entry in folder.iterdir() if entry.name.endswith(".xsd")}
    parser = etree.XMLParser(no_network=True, resolve_entities=False)
    parser.resolvers.add(_Packaged(sources))
    documents = {name: etree.fromstring(source, parser, base_url=name) for name, source in sources.items()}
    own = namespaces[message.partition(":")[0]]
    root = next(document for document in documents.values() if document.get("targetNamespace") == own)
    definitions = _Definitions(list(documents.values()), namespaces)
    names = sorted(definitions.types)
    return Schema(
        message,
        etree.XMLSchema(root),
        Vocabulary.of(namespaces, structures, names, (f"{structures}:ref",)),
        {name: definitions.members(name) for name in names},
        {name: definitions.primitive(name) for name in names},
    )


class _Packaged(etree.Resolver):
    """Finds an imported schema file in the package, and nothing anywhere else."""

    def __init__(self, sources: Mapping[str, bytes]) -> None:
        self._sources = sources

    def resolve(self, system_url: str, public_id: str, context: object) -> object:  # type: ignore[override]  # as lxml calls it
        """Return the file of that name. Raises KeyError for any other."""
        del public_id
        name = system_url.rpartition("/")[2]
        return self.resolve_string(self._sources[name], context, base_url=name)


class _Definitions:
    """The global elements and named types of the files, by name under our prefixes."""

    def __init__(self, documents: list[etree._Element], namespaces: Mapping[str, str]) -> None:
        prefixes = {namespace: prefix for prefix, namespace in namespaces.items()}
        self.types: dict[str, str] = {}
        self._abstract: set[str] = set()
        self._members: dict[str, list[tuple[str, bool]]] = {}
        self._bases: dict[str, str] = {}
        self._substitutes: dict[str, list[str]] = {}
        for document in documents:
            prefix = prefixes[str(document.get("targetNamespace"))]
            for definition in document:
                name = f"{prefix}:{definition.get('name')}"
                if definition.tag == f"{_XS}element":
                    self._element(name, definition)
                elif definition.tag in {f"{_XS}complexType", f"{_XS}simpleType"}:
                    self._type(name, definition)

    def _element(self, name: str, definition: etree._Element) -> None:
        head = definition.get("substitutionGroup")
        if head is not None:
            self._substitutes.setdefault(head, []).append(name)
        if definition.get("abstract") == "true":
            self._abstract.add(name)
        else:
            self.types[name] = str(definition.get("type"))

    def _type(self, name: str, definition: etree._Element) -> None:
        for base in definition.iter(f"{_XS}extension", f"{_XS}restriction"):
            self._bases[name] = str(base.get("base"))
        self._members[name] = [
            (str(element.get("ref")), element.get("maxOccurs") is not None)
            for element in definition.iter(f"{_XS}element")
        ]

    def members(self, element: str) -> dict[str, Member]:
        """Return an element's possible children, in the order of the schema."""
        found: dict[str, Member] = {}
        for name, many in self._inherited(self.types[element]):
            for concrete in self._concrete(name):
                found[concrete] = Member(len(found), many)
        return found

    def primitive(self, element: str) -> str:
        """Return the built-in type a leaf's text is of."""
        kind = self.types[element]
        while kind in self._bases:
            kind = self._bases[kind]
        return kind

    def _inherited(self, kind: str) -> Iterator[tuple[str, bool]]:
        if kind in self._bases:
            yield from self._inherited(self._bases[kind])
        yield from self._members.get(kind, [])

    def _concrete(self, name: str) -> Iterator[str]:
        if name not in self._abstract:
            yield name
        for substitute in self._substitutes.get(name, []):
            yield from self._concrete(substitute)
