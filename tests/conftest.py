"""What every test gets: no network beyond this machine, the same examples each time, and a count of what was not read.

Sockets are off by configuration (pyproject.toml). A test marked `enable_socket` may open them, to 127.0.0.1 and to
Unix sockets only. Fakes and builders are not here: they stand beside the tests that use them.
"""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest
import structlog
from hypothesis import HealthCheck, settings
from pytest_socket import socket_allow_hosts
from samples import ABSENT

pytest_plugins = ("spread",)

LOOPBACK = "127.0.0.1"
NOBODY = "127.0.0.2"
"""This machine too, and nobody listens there."""
_MEMORY = Path("/dev/shm")  # noqa: S108 - what is made there is pytest's own folder, or has a random name
_ROOM = 4 << 30

# Seeded, and without a clock: a slow machine is not a defect, and a red run can be run again. `make evidence` searches
# wider, with counts of its own.
settings.register_profile(
    "seeded", max_examples=25, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("seeded")


def pytest_configure() -> None:
    """Write to memory where there is room: no test is about the disk, and thousands wait for one to commit."""
    if "TMPDIR" not in os.environ and os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _ROOM:
        os.environ["TMPDIR"] = tempfile.tempdir = str(_MEMORY)
    gc.disable()  # Until everything is collected: it lives to the end.


def pytest_collection_finish() -> None:
    """Let no collection look at what lives until the end: thousands of tests, and every module of the gateway."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)
    gc.enable()
    structlog.reset_defaults()


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown() -> None:
    """Let no test leave the logs as a command set them: the next one in this process would look at none."""
    left = structlog.get_config()["wrapper_class"]
    structlog.reset_defaults()
    if left is not structlog.get_config()["wrapper_class"]:
        raise AssertionError("the logs are left as a command set them (operators.quiet_after)")


@pytest.hookimpl(trylast=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """After pytest-socket has opened the sockets of a marked test, keep them on this machine."""
    if item.get_closest_marker("enable_socket"):
        socket_allow_hosts([LOOPBACK, NOBODY], allow_unix_socket=True)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With REQUIRE_SAMPLES=1 a test that skipped for an absent official document has failed, however it skipped."""
    report = yield
    if report.skipped and os.environ.get("REQUIRE_SAMPLES") == "1" and ABSENT in str(report.longrepr):
        report.outcome = "failed"
        report.longrepr = str(report.longrepr)
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many tests could not read their official document: a skipped proof is not a proof."""
    for report in terminalreporter.stats.get("passed", []):
        for name, text in getattr(report, "user_properties", []):
            if name == "table":
                terminalreporter.write_line(str(text))
    skipped = terminalreporter.stats.get("skipped", [])
    absent = sum(ABSENT in str(report.longrepr) for report in skipped)
    if absent:
        terminalreporter.write_line(
            f"{absent} tests skipped: their official documents are not beside the checkout "
            "(REQUIRE_SAMPLES=1 makes each a failure)"
        )
    without_device = sum("no SoftHSM:" in str(report.longrepr) for report in skipped)
    if without_device:
        terminalreporter.write_line(f"{without_device} tests skipped: no SoftHSM (apt-get install softhsm2)")
    without_browser = sum("no browser:" in str(report.longrepr) for report in skipped)
    if without_browser:
        terminalreporter.write_line(f"{without_browser} tests skipped: no browser (apt-get install chromium)")
    without_proxy = sum("no nginx:" in str(report.longrepr) for report in skipped)
    if without_proxy:
        terminalreporter.write_line(f"{without_proxy} tests skipped: no nginx (apt-get install nginx-light)")
