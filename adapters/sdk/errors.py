"""What an adapter may raise. Each carries a pointer into the sender's document and a rule, never a value from it."""


class AdapterError(Exception):
    """Root of everything that leaves an adapter."""

    rule = "adapter"

    def __init__(self, pointer: str, rule: str | None = None) -> None:
        """Say where (`pointer`: JSON pointer or XML element path without values) and which rule."""
        self.pointer = pointer
        self.rule = rule or type(self).rule
        super().__init__(f"{self.rule} at {pointer}")


class MalformedError(AdapterError):
    """The document is not well-formed in its own format."""

    rule = "malformed"


class UnsupportedError(AdapterError):
    """Well-formed, but a kind or code this adapter does not know; unknown codes are refused, never guessed."""

    rule = "unsupported"


class SubjectUnclearError(AdapterError):
    """Nobody, or more than one person, could be the person referred, and the caller named none."""

    rule = "subject_unclear"


class CannotRenderError(AdapterError):
    """The recipient's format cannot carry what the profile requires."""

    rule = "cannot_render"


class AdapterDefectError(AdapterError):
    """The adapter raised something it may not raise; the guard turned it into this."""

    rule = "adapter_defect"


class ManifestError(AdapterError):
    """The adapter's own manifest is missing, not TOML, or says something the gateway does not know."""

    rule = "manifest"
