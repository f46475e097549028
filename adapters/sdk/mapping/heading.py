"""The manifest of a mapped adapter: what the file says of itself, and what follows from its fields."""

from collections.abc import Sequence

from adapters.sdk.errors import ManifestError
from adapters.sdk.manifest import Manifest, made_from
from adapters.sdk.mapping.model import Field, Format, Way
from adapters.sdk.mapping.paths import category
from adapters.sdk.mapping.toml_lines import Table
from schemas.vocabulary import DataCategory

_KEYS = frozenset({"key", "title", "owner", "version", "level", "media_types", "directions"})
_MEDIA_TYPES = {Format.CSV: "text/csv", Format.JSON: "application/json", Format.XML: "application/xml"}


def made_manifest(adapter: Table, exempt: Sequence[Table], form: Format, fields: Sequence[Field]) -> Manifest:
    """Return the manifest. Raises MappingError."""
    adapter.refuse_other_keys(_KEYS)
    media_types = adapter.texts("media_types", [_MEDIA_TYPES[form]])
    written = [field for field in fields if field.to and field.way is not Way.IN]
    directions = adapter.texts("directions", ["parse", "render"])
    said: dict[str, object] = {
        "key": adapter.text("key"),
        "title": adapter.text("title"),
        "owner": adapter.text("owner"),
        "version": adapter.text("version"),
        "level": adapter.text("level", "none"),
        "media_types": list(media_types),
        "directions": list(directions),
        "schema_versions": ["referral/1.0"],
        "categories": sorted({category(field.to).value for field in written} | {DataCategory.ENVELOPE.value}),
        "places": {
            name: field.pointer
            for name in ("pseudonym", "age_band")
            for field in written
            if field.to == ("subject", name)
        },
        "exempt": [dict(entry.scalars()) for entry in exempt],
    }
    if "render" in directions:
        said["outgoing_media_type"] = media_types[0] if media_types else ""
    try:
        return made_from(said)
    except ManifestError as error:
        key = error.pointer.split("/")[1] if "/" in error.pointer else ""
        raise (exempt[0] if key == "exempt" else adapter).error(key, error.rule) from None
