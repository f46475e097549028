"""One application for all tests of a process: its rooms reach the world of the test that asks now.

To make an application takes twenty times as long as to ask it. So it is made once, over stands-in that lead to what is
asked now, and every test has a world of its own all the same.
"""

from collections.abc import Callable


class Behind:
    """Stands for what `found` returns at the moment it is used; while that is None, its parts are stood for too."""

    def __init__(self, found: Callable[[], object]) -> None:
        self._found = found

    def __getattr__(self, name: str) -> object:
        now = self._found()
        return Behind(lambda: _part(self._found(), name)) if now is None else getattr(now, name)

    def __call__(self, *given: object) -> object:
        return self._found()(*given)


def _part(whole: object, name: str) -> object:
    return None if whole is None else getattr(whole, name)
