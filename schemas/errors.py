"""What the schemas package raises. A fault is a pointer and a rule; it never carries a value from the data."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One place where a document breaks a rule.

    `pointer` is a JSON pointer (RFC 6901) in which keys the schema does not know are replaced by `*`; `rule` is the
    schema keyword, or the name of a check no keyword makes, such as `date`. A missing member is pointed at itself.
    """

    pointer: str
    rule: str


class SchemaError(Exception):
    """Root of everything this package raises."""


class SchemaViolationError(SchemaError):
    """A document does not satisfy its schema."""

    def __init__(self, schema: str, faults: tuple[Fault, ...]) -> None:
        """Keep where and which rule; the text names the schema only."""
        super().__init__(f"document violates {schema}")
        self.schema = schema
        self.faults = faults


class UnknownSchemaError(SchemaError):
    """No schema of that name and version is published."""


class UnpublishableSchemaError(SchemaError):
    """A schema breaks a rule of the house: a leaf without a data category, an open object, an unbounded string."""
