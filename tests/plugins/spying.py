"""What a spy tries, as a program: a worker runs it (each must be refused), and a free process (each must work).

Prints or returns, for each attempt, whether it got what it wanted; never what that was.
"""

WITHHELD_BY_CONTAINERS = frozenset({"ring", "key ring", "trace"})
"""What a container's own filter of system calls keeps from everybody in it; on such a machine no process shows it."""

SPY = """\
import ctypes, fcntl, os, resource, signal, socket, subprocess, sys, threading

def _secret(path):
    with open(path) as file:
        return file.read() == "secret"

def _written(folder):
    with open(os.path.join(folder, "left behind"), "w") as file:
        return file.write("x") == 1

def _forked():
    child = os.fork()
    if child == 0:
        os._exit(0)
    return os.waitpid(child, 0)[0] == child

def _threaded():
    thread = threading.Thread(target=int)
    thread.start()
    thread.join()
    return True

def _connected(path):
    with socket.socket(socket.AF_UNIX) as there:
        there.connect(path)
    return True

def _owned_signals():
    fcntl.fcntl(2, fcntl.F_SETOWN, os.getppid())
    return True

def _raised_limit():
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    return True

def _raw(number, *arguments):
    return ctypes.CDLL(None).syscall(number, *arguments) >= 0

def attempts(secret, folder, sock, descriptor):
    return {
        "environment": lambda: os.environ.get("A_SECRET") == "secret",
        "file": lambda: _secret(secret),
        "listing": lambda: bool(os.listdir(folder)),
        "writing": lambda: _written(folder),
        "own environment": lambda: open("/proc/self/environ", "rb").read() is not None,
        "pipe": lambda: len(os.pipe()) == 2,
        "gateway's memory": lambda: bool(open(f"/proc/{os.getppid()}/maps").read(1)),
        "passwords": lambda: bool(open("/etc/passwd").read(1)),
        "inherited descriptor": lambda: os.pread(descriptor, 6, 0) == b"secret",
        "gateway's socket": lambda: _connected(sock),
        "network": lambda: socket.socket().fileno() > 0,
        "datagram": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).fileno() > 0,
        "pair": lambda: len(socket.socketpair()) == 2,
        "fork": _forked,
        "program": lambda: subprocess.run([sys.executable, "-V"], capture_output=True).returncode == 0,
        "thread": _threaded,
        "signal": lambda: os.kill(os.getppid(), 0) is None,
        "signal by pipe": _owned_signals,
        "limit": _raised_limit,
        "memory file": lambda: os.memfd_create("x") > 0,
        "eventfd": lambda: os.eventfd(1) > 0,
        "ring": lambda: _raw(425, 1, b"\\0" * 120),
        "key ring": lambda: _raw(250, 0, -3, 1),
        "waking others": lambda: _raw(202, ctypes.byref(ctypes.c_uint(0)), 1, 1, None, None, 0),
        "trace": lambda: _raw(101, 0, 0, 0, 0),
    }

def tried(*where):
    got = {}
    for name, attempt in attempts(*where).items():
        try:
            got[name] = bool(attempt())
        except BaseException:
            got[name] = False
    return got
"""
