"""What no field can know alone: nothing goes twice to one place, and what must stand together is all there."""

from adapters.sdk.manifest import Direction
from adapters.sdk.mapping.errors import MappingError
from adapters.sdk.mapping.model import Field, FieldMapping, Format, Path, Way
from adapters.sdk.mapping.paths import NEEDED_TO_WRITE, general, required_beside, split
from adapters.sdk.mapping.toml_lines import Lines
from adapters.sdk.mapping.xml_names import prefixes_in
from schemas.leaves import ITEM, pointer


def check(mapping: FieldMapping, lines: Lines) -> None:
    """Pass a mapping that holds together. Raises MappingError."""
    if mapping.format is Format.XML:
        _refuse_undeclared(mapping, lines)
    for way in (Way.IN, Way.OUT):
        used = [field for field in mapping.fields if field.way in {Way.BOTH, way}]
        _refuse_twice(used, lines)
        for field in used:
            if field.to:
                _refuse_incomplete(field, used, mapping, lines)
    directions = mapping.manifest.directions
    written = {field.to for field in mapping.written_fields()}
    if Direction.RENDER in directions and not written.issuperset(NEEDED_TO_WRITE):
        raise MappingError(0, "render_needs", lines.file)


def _refuse_undeclared(mapping: FieldMapping, lines: Lines) -> None:
    """A name whose namespace nobody says is that of no element: nothing would ever be read there."""
    if not {*prefixes_in("/".join(mapping.records))} <= mapping.namespaces.keys():
        raise MappingError(lines.key(lines.head("format"), "records"), "namespace", lines.file)
    for field in mapping.fields:
        if not {*prefixes_in(field.name)} <= mapping.namespaces.keys():
            raise MappingError(lines.key(field.line, "name"), "namespace", lines.file)


def _refuse_twice(fields: list[Field], lines: Lines) -> None:
    names: set[str] = set()
    pointers: set[str] = set()
    places: set[Path] = set()
    for field in fields:
        if field.name.casefold() in names or (field.pointer in pointers and ITEM not in field.pointer):
            raise MappingError(lines.key(field.line, "name"), "field_twice", lines.file)
        names.add(field.name.casefold())
        pointers.add(field.pointer)
        if field.to and ITEM not in field.to:
            if field.to in places:
                raise MappingError(lines.key(field.line, "to"), "path_twice", lines.file)
            places.add(field.to)


def _refuse_incomplete(field: Field, used: list[Field], mapping: FieldMapping, lines: Lines) -> None:
    """What must stand beside a leaf comes from a field of the same item, or is the same for every item."""
    _, which, _ = split(field.to)
    there = {other.to for other in used if other.to} | set(mapping.constants)
    for needed in required_beside(general(field.to)):
        own = tuple(which if step == ITEM else step for step in needed)
        if own not in there and needed not in mapping.constants:
            raise MappingError(lines.key(field.line, "to"), "incomplete", lines.file, pointer(own))
