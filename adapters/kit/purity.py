"""Rules E: an adapter touches nothing. A courtesy to its author: what holds it is the worker process it runs in.

Two ways to look: what its source says (`ast`), and what it reaches for while it reads and writes its own samples.
"""

import ast
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache, partial

from adapters.kit.judged import Finding, Judged, profile_examples
from adapters.sdk.checks import Door, sample_outgoing, watched_doors
from adapters.sdk.contract import Inbound
from adapters.sdk.errors import AdapterError
from adapters.sdk.guard import Guard
from adapters.sdk.manifest import Direction


@dataclass(frozen=True, slots=True)
class _Signs:
    """By what a source gives away that it uses a door: modules it imports, names it calls, members it reaches for."""

    modules: frozenset[str]
    calls: frozenset[str] = frozenset()
    members: frozenset[str] = frozenset()


_SIGNS = {
    Door.NETWORK: _Signs(
        frozenset(
            {"socket", "ssl", "http", "urllib.request", "urllib3", "requests", "httpx", "aiohttp", "ftplib", "smtplib"}
            | {"socketserver", "asyncio", "xmlrpc", "telnetlib", "imaplib", "poplib"}
        )
    ),
    Door.FILES: _Signs(
        frozenset({"os", "pathlib", "shutil", "tempfile", "glob", "sqlite3", "shelve", "dbm", "mmap", "fileinput"}),
        frozenset({"open", "input", "print"}),
        frozenset({"read_bytes", "write_bytes", "write_text"}),
    ),
    Door.CLOCK: _Signs(frozenset({"time", "zoneinfo", "sched"}), members=frozenset({"now", "today", "utcnow"})),
    Door.ENVIRONMENT: _Signs(
        frozenset({"platform", "getpass", "locale", "sysconfig"}), members=frozenset({"environ", "getenv", "argv"})
    ),
    Door.CHANCE: _Signs(frozenset({"random", "secrets"}), members=frozenset({"uuid1", "uuid4", "urandom"})),
    Door.PROCESSES: _Signs(
        frozenset(
            {"subprocess", "multiprocessing", "threading", "concurrent", "ctypes", "signal", "pickle", "marshal"}
        ),
        frozenset({"eval", "exec", "compile", "__import__", "globals"}),
        frozenset({"import_module"}),
    ),
}


def rule_of(door: Door) -> Callable[[Judged], Iterator[Finding]]:
    """Return the check of one door."""

    def check(judged: Judged) -> Iterator[Finding]:
        for name, source in judged.sources:
            for line in signs(source, door):
                yield Finding(f"{name}:{line}", f"this reaches for {door.words}")
        if door in touched(judged):
            yield Finding("while it ran", f"it reached for {door.words}")

    return check


def signs(source: str, door: Door) -> list[int]:
    """Return the lines of a source that reach for a door."""
    wanted = _SIGNS[door]
    found: set[int] = set()
    for node in _nodes(source):
        match node:
            case ast.Import(names=names):
                found |= {node.lineno for alias in names if _is_of(alias.name, wanted.modules)}
            case ast.ImportFrom(module=str(module), names=names):
                whole = (module, *(f"{module}.{alias.name}" for alias in names))
                if any(_is_of(name, wanted.modules) for name in whole):
                    found.add(node.lineno)
                found |= {node.lineno for alias in names if alias.name in wanted.members}
            case ast.Call(func=ast.Name(id=name)) if name in wanted.calls:
                found.add(node.lineno)
            case ast.Attribute(attr=name) if name in wanted.members:
                found.add(node.lineno)
            case _:
                pass
    return sorted(found)


def imports_are_named(judged: Judged) -> Iterator[Finding]:
    """Beside the standard library, the SDK and itself it imports what its manifest names."""
    module = type(judged.adapter).__module__
    known = frozenset({"adapters.sdk", module.rpartition(".")[0] or module, *judged.manifest.libraries})
    for name, source in judged.sources:
        for line in _unnamed(source, known):
            yield Finding(f"{name}:{line}", "this imports what the manifest does not name")


def _unnamed(source: str, known: frozenset[str]) -> list[int]:
    known |= sys.stdlib_module_names
    found: set[int] = set()
    for node in _nodes(source):
        match node:
            case ast.Import(names=names):
                found |= {node.lineno for alias in names if not _is_of(alias.name, known)}
            case ast.ImportFrom(module=str(module), names=names, level=0) if not _is_of(module, known):
                found |= {node.lineno for alias in names if not _is_of(f"{module}.{alias.name}", known)}
            case _:
                pass
    return sorted(found)


@lru_cache(maxsize=256)
def _nodes(source: str) -> tuple[ast.AST, ...]:
    """Read a source once for all doors: a package has tens of files, and each is looked through for every door."""
    return tuple(ast.walk(ast.parse(source)))


def _is_of(module: str, modules: frozenset[str]) -> bool:
    return any(module == name or module.startswith(f"{name}.") for name in modules)


def touched(judged: Judged) -> frozenset[Door]:
    """Return the doors that it reaches for while it reads its samples and writes every profile."""
    adapter, media_types = Guard(judged.adapter), judged.manifest.media_types
    inbound = [Inbound(sample.body, media_types[0]) for sample in judged.samples] if media_types else []
    outgoing = [sample_outgoing(document) for _, document in profile_examples()]
    with watched_doors() as seen:
        for document in inbound if judged.can(Direction.PARSE) else ():
            _tried(partial(adapter.parse, document))
        for each in outgoing if judged.can(Direction.RENDER) else ():
            _tried(partial(adapter.render, each))
    return frozenset(seen)


def _tried(work: Callable[[], object]) -> None:
    try:
        work()
    except AdapterError:
        return
