"""Whether a value is plain JSON that has canonical bytes, told level by level with as little Python as possible.

Stands on the accept path: a yes spares the walk that would find out, member by member, what is wrong. A no says nothing
about what is wrong; whoever asked walks then. Standard library only.
"""

from typing import cast

_CONTAINERS = frozenset({dict, list})
_ALLOWED = frozenset({str, int, bool, type(None)}) | _CONTAINERS
_TEXT = frozenset({str})
_SAFE_INTEGER = 2**53 - 1


def is_plain(value: object, depth: int) -> bool:
    """Tell whether `value` is an object or array of at most `depth` levels made of nothing but JSON's own types.

    Keys are ASCII, integers are those every reader reads alike, strings have no half characters.
    """
    level: list[object] = [value]
    for _ in range(depth):
        keys: list[object] = []
        members: list[object] = []
        for node in level:
            if type(node) is dict:
                keys += node
                members += node.values()
            elif type(node) is list:
                members += node
            else:
                return False
        if not (_are_ascii(keys) and _are_plain(members)):
            return False
        level = [member for member in members if type(member) in _CONTAINERS]
        if not level:
            return True
    return False


def _are_ascii(keys: list[object]) -> bool:
    return _TEXT.issuperset(map(type, keys)) and "".join(cast("list[str]", keys)).isascii()


def _are_plain(members: list[object]) -> bool:
    """Tell whether each member is of JSON's own types, and each scalar one that every reader reads alike."""
    kinds = set(map(type, members))
    if not kinds <= _ALLOWED:
        return False
    if int in kinds and any(abs(member) > _SAFE_INTEGER for member in members if type(member) is int):
        return False
    text = "".join([member for member in members if type(member) is str]) if str in kinds else ""
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
