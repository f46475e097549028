"""Which categories really stand in what was rendered: a recipient's format may have no place for some of them.

A document without a category that is rendered to the same bytes proves that nothing of the category is in them. What
is not proven so counts as sent: the log never says less than what left (A-01), and no withdrawal is told too few.
Asked is only about what the loss report says was dropped, so a format that carries everything is written once.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from adapters.sdk.contract import Outbound
from adapters.sdk.errors import AdapterDefectError, AdapterError
from consent.route import STRUCTURE
from schemas.documents import CompiledProfile, Document, Json, Loss, ProfileLeaf
from schemas.vocabulary import DataCategory

_ITEM: Final = "*"
_NOTHING: Final[frozenset[DataCategory]] = frozenset()


def stayed_behind(
    profile: CompiledProfile, document: Document, rendered: Outbound, render: Callable[[Document], Outbound]
) -> frozenset[DataCategory]:
    """Return the categories of a document that are not in what it was rendered to.

    `render` writes another document exactly as that one was written.
    """
    try:
        return _proven(_said_to_be_lost(profile, document, rendered.losses), profile, document, rendered, render)
    except AdapterDefectError:
        return _NOTHING  # It crashed or took too long: asked again for each category, it would each time.


def _proven(
    said: frozenset[DataCategory],
    profile: CompiledProfile,
    document: Document,
    rendered: Outbound,
    render: Callable[[Document], Outbound],
) -> frozenset[DataCategory]:
    if len(said) > 1 and not _shows(said, profile, document, rendered, render):
        return said
    found = frozenset(one for one in said if not _shows(frozenset({one}), profile, document, rendered, render))
    if len(found) > 1 and _shows(found, profile, document, rendered, render):
        return _NOTHING
    return found


def _shows(
    categories: frozenset[DataCategory],
    profile: CompiledProfile,
    document: Document,
    rendered: Outbound,
    render: Callable[[Document], Outbound],
) -> bool:
    try:
        return render(_without(profile, document, categories)).body != rendered.body
    except AdapterDefectError:
        raise
    except AdapterError:
        return True


def _said_to_be_lost(profile: CompiledProfile, document: Document, losses: Sequence[Loss]) -> frozenset[DataCategory]:
    """Return the categories of which everything that stands in the document is reported as dropped."""
    dropped = [loss.path.split("/")[1:] for loss in losses if loss.kind == "dropped"]
    if not dropped:
        return _NOTHING
    lost: set[DataCategory] = set()
    kept: set[DataCategory] = set(STRUCTURE)
    for leaf in profile.leaves:
        if _is_there(document, leaf.target):
            (lost if any(_leads_to(path, leaf.target) for path in dropped) else kept).add(leaf.category)
    return frozenset(lost - kept)


def _leads_to(path: Sequence[str], target: Sequence[str]) -> bool:
    """Whether a path of a loss report names this place or one above it; a number in it is any item."""
    steps = zip(path, target, strict=False)
    return len(path) <= len(target) and all(_is_step(step, wanted) for step, wanted in steps)


def _is_step(step: str, wanted: str) -> bool:
    return step in {_ITEM, wanted} or (wanted == _ITEM and step.isdigit())


def _is_there(value: Json, target: Sequence[str]) -> bool:
    if not target:
        return True
    return any(_is_there(below, target[1:]) for below in _below(value, target[0]))


def _below(value: Json, step: str) -> Iterator[Json]:
    if step == _ITEM:
        yield from value if isinstance(value, list | tuple) else ()
    elif isinstance(value, dict) and step in value:
        yield value[step]


def _without(profile: CompiledProfile, document: Document, categories: frozenset[DataCategory]) -> Document:
    """Return the document without these categories, as if they had not been permitted; nobody is ever sent it."""
    cut: Json = {**document}
    for leaf in profile.leaves:
        if leaf.category in categories:
            cut = _cut(cut, leaf.target, leaf)
    return cut if isinstance(cut, dict) else {}


def _cut(value: Json, target: Sequence[str], leaf: ProfileLeaf) -> Json:
    """Return a value without what stands at `target`, or None where nothing is left of it.

    An item that lacks what its kind requires goes whole, as it does when a document is cut down.
    """
    if not target:
        return None
    step, rest = target[0], target[1:]
    if step == _ITEM and isinstance(value, list | tuple):
        kept = [item for item in (_cut(one, rest, leaf) for one in value) if item is not None]
        return kept or None
    if not isinstance(value, dict) or step not in value:
        return value
    below = _cut(value[step], rest, leaf)
    if below is None and not rest and leaf.required_in_item:
        return None
    left = {name: member for name, member in value.items() if name != step}
    if below is not None:
        left[step] = below
    return left or None
