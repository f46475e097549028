"""What the kit cannot do: a sentence for the author and a code for programs. Never a value of a document."""


class KitError(Exception):
    """The kit stops here."""

    def __init__(self, code: str, says: str) -> None:
        """Keep both."""
        super().__init__(says)
        self.code = code
        self.says = says
