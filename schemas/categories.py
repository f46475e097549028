"""Which datum stands at which leaf. Reads schemas, never documents."""

from collections.abc import Mapping

from schemas.documents import Document
from schemas.errors import UnpublishableSchemaError
from schemas.leaves import leaves, pointer
from schemas.vocabulary import DataCategory


def categories(schema: Document) -> Mapping[str, DataCategory]:
    """Return the data category of every leaf by JSON pointer, array items written as `*`.

    Raises UnpublishableSchemaError for a leaf without a category.
    """
    return {pointer(leaf.path): category_of(leaf.node, pointer(leaf.path)) for leaf in leaves(schema)}


def category_of(node: Document, place: str) -> DataCategory:
    """Return the category of the leaf `node` at `place`, a pointer in the schema. Raises UnpublishableSchemaError."""
    try:
        return DataCategory(str(node["x-data-category"]))
    except (KeyError, ValueError):
        raise UnpublishableSchemaError(f"{place or '/'}: leaf without a data category") from None
