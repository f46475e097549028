"""Finds adapters by entry point, checks what they say about themselves, and hands them out inside their guard.

Built-in ones are loaded into this process. Those of other distributions never are: what the operator allowed runs in
worker processes, and what was left out is known by name and reason.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import TypeVar

from adapters.sdk.contract import Adapter
from adapters.sdk.errors import AdapterError
from adapters.sdk.guard import Guard, Limits
from adapters.sdk.manifest import Manifest
from gateway.core.adapter_ports import NoAdapterError
from gateway.core.errors import OperatorError
from gateway.plugins.allowing import Pin, allowed, why_not
from gateway.plugins.apart import ApartAdapter
from gateway.plugins.aside import Aside
from gateway.plugins.confinement import missing
from gateway.plugins.crew import Crew, Terms, readable
from gateway.plugins.distributions import BUILT_IN, GROUP, Announced, Proven, UnfitError, announced, proven
from gateway.plugins.worker import Birth

_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Where adapters of other distributions come from: the operator's list, and a folder beside this environment."""

    allowed: Path
    folder: Path | None = None
    terms: Terms = field(default_factory=Terms)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A distribution that was found, or one adapter of it, that does not run; and why."""

    name: str
    why: str
    was_allowed: bool


@dataclass(frozen=True, slots=True)
class InstalledAdapters:
    """`gateway.core.adapter_ports.Adapters`: the guarded adapters by key, and the crews of those that run apart."""

    by_key: Mapping[str, Guard]
    crews: Mapping[str, Crew] = field(default_factory=dict)
    left_out: tuple[LeftOut, ...] = ()
    _aside: Aside = field(default_factory=Aside)

    def of(self, key: str) -> Guard:
        """Return the adapter of that key. Raises NoAdapterError when there is none."""
        adapter = self.by_key.get(key)
        if adapter is None:
            raise NoAdapterError("no adapter of that key is installed")
        return adapter

    async def aside(self, keys: Callable[[], Iterable[str]], work: Callable[[], _Result]) -> _Result:
        """Do work that asks the adapters of these keys, and never hold the event loop while one runs apart.

        Raises OperatorError when one of them has too much to do.
        """
        apart = self.crews.keys() & keys() if self.crews else None
        return await self._aside.run(apart, work) if apart else work()

    def start(self) -> None:
        """Put a worker in reserve for each that runs apart."""
        for crew in self.crews.values():
            crew.start()

    def close(self) -> None:
        """End every worker that waits."""
        self._aside.close()
        for crew in self.crews.values():
            crew.close()


def installed(limits: Limits, elsewhere: Elsewhere | None = None) -> InstalledAdapters:
    """Load the built-in adapters, and prepare workers for what `elsewhere` allows. Raises OperatorError."""
    guarded = _built_in(limits)
    if elsewhere is None:
        return InstalledAdapters(guarded)
    crews: dict[str, Crew] = {}
    left_out: list[LeftOut] = []
    seen: set[str] = set()
    pins = allowed(elsewhere.allowed)
    for found in announced(elsewhere.folder):
        try:
            more = dict(_apart(_permitted(found, pins), limits, elsewhere.terms, guarded.keys()))
            guarded.update({key: Guard(adapter, limits) for key, adapter in more.items()})
            crews.update({key: adapter.crew for key, adapter in more.items()})
        except UnfitError as unfit:
            left_out.append(LeftOut(found.name, str(unfit), found.name in pins))
        seen.add(found.name)
    left_out += [LeftOut(name, "it is allowed, and not installed", was_allowed=True) for name in pins.keys() - seen]
    return InstalledAdapters(guarded, crews, tuple(left_out), Aside(crews))


def permitted(elsewhere: Elsewhere) -> Iterator[tuple[Pin, Manifest]]:
    """Yield what of others may run, with its pin; starts nothing. Raises OperatorError for the operator's list."""
    pins = allowed(elsewhere.allowed)
    for found in announced(elsewhere.folder):
        with suppress(UnfitError, AdapterError):
            whole = _permitted(found, pins)
            yield from ((pins[found.name], whole.manifest(entry)) for entry in found.entries)


def _built_in(limits: Limits) -> dict[str, Guard]:
    guarded: dict[str, Guard] = {}
    for entry in entry_points(group=GROUP):
        if entry.dist is None or entry.dist.name != BUILT_IN:
            continue
        made: Adapter = entry.load()()
        if made.manifest.key != entry.name or entry.name in guarded:
            raise OperatorError("an adapter is announced under a key that is not its own")
        guarded[entry.name] = Guard(made, limits)
    return guarded


def _permitted(found: Announced, pins: Mapping[str, Pin]) -> Proven:
    """Return a distribution that is exactly what the operator allowed, where it can be held. Raises UnfitError."""
    pin = pins.get(found.name)
    if (why := why_not(pin, found, None) or missing()) is not None:
        raise UnfitError(why)
    whole = proven(found)
    if (why := why_not(pin, found, whole.digest)) is not None:
        raise UnfitError(why)
    return whole


def _apart(whole: Proven, limits: Limits, terms: Terms, taken: Collection[str]) -> Iterator[tuple[str, ApartAdapter]]:
    """Yield what a distribution announces, by key. Raises UnfitError."""
    for entry in whole.announced.entries:
        try:
            manifest = whole.manifest(entry)
        except AdapterError:
            raise UnfitError("its manifest.toml is not valid") from None
        if manifest.key != entry.name:
            raise UnfitError("it announces an adapter under a key that is not its own")
        if entry.name in taken:
            raise UnfitError("it announces a key that another adapter has")
        yield entry.name, ApartAdapter(manifest, Crew(_birth(whole, entry, terms), terms, limits))


def _birth(whole: Proven, entry: EntryPoint, terms: Terms) -> Birth:
    return Birth(
        module=entry.module,
        name=entry.attr,
        roots=(whole.root,),
        pinned=whole.pinned,
        readable=(*readable(), *whole.own),
        memory=terms.memory,
        seconds=int(terms.seconds + terms.to_start) + 1,
    )
