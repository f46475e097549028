"""The command line: results on standard output, messages on standard error, and after every failure the next command.

Nothing here decides or writes: a command asks the running gateway at its own socket, or, when none runs, the same
application in this process, under the folder's lock.
"""
