"""A worker process: one adapter that is not ours, one document, and the end. Started by `gateway.plugins.crew`.

Steps:
1. Import what is ours, while files can still be read.
2. Hear which adapter it is to be, and give up everything (`gateway.plugins.confinement`).
3. Only now import the adapter, and say that it is ready.
4. Take one question, answer it, end. No document is ever in a process that sees another one.

Nothing that is said after step 3 is believed: the adapter's code runs in the same interpreter as ours.
"""

import importlib
import importlib.machinery
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

from adapters.sdk.contract import Adapter
from gateway.plugins import answers
from gateway.plugins.confinement import confine
from gateway.plugins.frames import receive, send
from gateway.plugins.questions import asked
from schemas.canonical import canonical
from schemas.decoding import decode_json
from schemas.documents import Document, Json

READY: Final = b"ready"
_FOR_EVER: Final = 1_000_000
"""The gateway keeps the time, and ends the process; a pipe that closes ends it too."""
_LARGEST: Final = 1 << 26


@dataclass(frozen=True, slots=True)
class Birth:
    """Which adapter a worker is to be: `name` in `module`, found under `roots`; and what it may have.

    Of `roots` it sees the names, and reads what is `readable`. `pinned` are the files and folders whose hash the
    operator allowed. `memory` is in bytes, `seconds` are the processor's.
    """

    module: str
    name: str
    roots: tuple[Path, ...]
    pinned: tuple[Path, ...]
    readable: tuple[Path, ...]
    memory: int
    seconds: int

    def told(self) -> bytes:
        """Return it as the worker hears it."""
        places = {"roots": self.roots, "pinned": self.pinned, "readable": self.readable}
        return canonical(
            {
                "module": self.module,
                "name": self.name,
                **{name: [str(path) for path in paths] for name, paths in places.items()},
                "memory": self.memory,
                "seconds": self.seconds,
            }
        )


def main() -> None:
    """Live the one life of this process."""
    questions, results = _own_pipes()
    told = decode_json(receive(questions, _LARGEST, _FOR_EVER))
    readable, roots = ([Path(path) for path in _texts(told[name])] for name in ("readable", "roots"))
    confine(readable, roots, cast("int", told["memory"]), cast("int", told["seconds"]))
    adapter = _adapter(told)
    send(results, READY, _FOR_EVER)
    send(results, _answer(adapter, receive(questions, _LARGEST, _FOR_EVER)), _FOR_EVER)
    os._exit(0)  # No goodbyes of the adapter's.


def _own_pipes() -> tuple[int, int]:
    """Keep the pipes for ourselves; where others read and print by habit, there is nothing."""
    questions, results = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    for usual in (0, 1, 2):
        os.dup2(nothing, usual)
    os.close(nothing)
    return questions, results


def _adapter(told: Document) -> Adapter:
    sys.path += _texts(told["roots"])
    _read_from_source(tuple(_texts(told["pinned"])))
    made: object = importlib.import_module(cast("str", told["module"]))
    for part in cast("str", told["name"]).split("."):
        made = getattr(made, part)
    return cast("Callable[[], Adapter]", made)()


def _read_from_source(pinned: tuple[str, ...]) -> None:
    """Never run a compiled file that lies beside a pinned source: its hash is in no record, so nobody allowed it."""

    class FromSource(importlib.machinery.SourceFileLoader):
        def path_stats(self, path: str) -> Mapping[str, object]:
            if any(path == one or path.startswith(f"{one}{os.sep}") for one in pinned):
                raise OSError("only the source was allowed")
            return super().path_stats(path)

    compiled = (importlib.machinery.ExtensionFileLoader, importlib.machinery.EXTENSION_SUFFIXES)
    source = (FromSource, importlib.machinery.SOURCE_SUFFIXES)
    sys.path_hooks.insert(0, importlib.machinery.FileFinder.path_hook(compiled, source))
    sys.path_importer_cache.clear()


def _answer(adapter: Adapter, question: bytes) -> bytes:
    try:
        return answers.of_result(asked(adapter, question))
    except BaseException as error:  # noqa: BLE001 - an adapter may raise anything, SystemExit too
        return answers.of_failure(error)


def _texts(told: Json) -> list[str]:
    return [str(entry) for entry in cast("list[Json]", told)]
