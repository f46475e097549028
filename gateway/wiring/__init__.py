"""The only room that names every concrete class: connects the line to its doors, and reads no setting but its argument.

`foundation` opens what everything stands on, `line` connects the core to the store, `identity` says who may knock, and
`gateway` is the whole of it.
"""

from gateway.wiring.gateway import Gateway, build

__all__ = ["Gateway", "build"]
