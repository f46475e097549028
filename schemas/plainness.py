"""Whether a value is plain JSON that has canonical bytes, told level by level with as little Python as possible.

Stands on the accept path: a yes spares the walk that would find out, member by member, what is wrong. A no says nothing
about what is wrong; whoever asked walks then. Standard library only.
"""

_SCALARS = frozenset({str, int, bool, type(None)})
_CONTAINERS = frozenset({dict, list})
_TEXT = frozenset({str})
_SAFE_INTEGER = 2**53 - 1


def is_plain(value: object, depth: int) -> bool:
    """Tell whether `value` is an object or array of at most `depth` levels made of nothing but JSON's own types.

    Keys are ASCII, integers are those every reader reads alike, strings have no half characters.
    """
    level: list[object] = [value]
    for _ in range(depth):
        if not _CONTAINERS.issuperset(map(type, level)):
            return False
        members = _members(level)
        if members is None:
            return False
        kinds = set(map(type, members))
        if not kinds <= _SCALARS | _CONTAINERS or not _has_plain_scalars(members, kinds):
            return False
        level = [member for member in members if type(member) in _CONTAINERS]
        if not level:
            return True
    return False


def _members(level: list[object]) -> list[object] | None:
    """Return what stands one level deeper, or None where a key is no ASCII text."""
    members: list[object] = []
    for node in level:
        if isinstance(node, dict):
            if not (_TEXT.issuperset(map(type, node)) and "".join(node).isascii()):
                return None
            members += node.values()
        elif isinstance(node, list):
            members += node
    return members


def _has_plain_scalars(members: list[object], kinds: set[type]) -> bool:
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
