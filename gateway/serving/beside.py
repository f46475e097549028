"""The program of a process beside the first (`gateway.serving.siblings`); its arguments are its listening sockets."""

import sys

from gateway.loading import loading


def main(*listening: int) -> int:
    """Load the gateway and serve; return how the process ends."""
    with loading():
        from gateway.serving import sibling  # noqa: PLC0415 - so that it is not looked through
    return sibling.main(*listening)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
