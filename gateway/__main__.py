"""`python -m gateway` is `referral-gateway`."""

import signal


def main() -> None:
    """Run the command of this process.

    Loading takes a second or more, and whoever presses Ctrl-C meanwhile wants an end and no traceback: until there is
    a command that could be interrupted, the kernel ends it.
    """
    by_keyboard = signal.getsignal(signal.SIGINT)
    if by_keyboard is signal.default_int_handler:  # A shell's background job is deaf to it, and stays so.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from gateway.cli.app import main as command  # noqa: PLC0415 - what takes so long

    signal.signal(signal.SIGINT, by_keyboard)
    command()


if __name__ == "__main__":
    main()
