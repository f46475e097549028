"""An adapter made of a mapping file is an adapter of another distribution like any: proven, held apart, and as good."""

from pathlib import Path

import pytest
from elsewhere import KEY, PACKAGE, distribution, found_in, visitor
from mapped import HEAD, mapped, mapping_text

from adapters.kit.judged import profile_examples
from adapters.sdk.checks import sample_outgoing
from adapters.sdk.contract import Inbound
from adapters.sdk.guard import Guard
from gateway.plugins.confinement import missing
from gateway.plugins.crew import Terms

pytestmark = pytest.mark.skipif(missing() is not None, reason="this machine cannot hold a worker")

MAPPING = mapping_text(head=HEAD.replace('"harbour"', f'"{KEY}"'))
MADE_OF_IT = f"""\
from adapters.sdk.mapping.adapter import Mapped

class Visitor(Mapped):
    def __init__(self) -> None:
        super().__init__("{PACKAGE}")
"""
RECORD = Inbound(b"Client,Sex,Born,Nationality,Needs\r\nHH-7,F,02/11/2004,Moldovan,bed;doctor\r\n", "text/csv")
PATIENT = Terms(memory=268_435_456, seconds=30.0, to_start=30.0, reserve=False)


def test_a_mapped_adapter_says_the_same_in_a_worker_as_in_this_process(tmp_path: Path) -> None:
    """It takes a worker for each document, so one is read and one is written."""
    folder = tmp_path / "site"
    package = distribution(folder, more={f"{PACKAGE}/adapter.py": MADE_OF_IT, f"{PACKAGE}/mapping.toml": MAPPING})
    (package / "manifest.toml").unlink()
    record = next(folder.glob("*.dist-info")) / "RECORD"
    record.write_text("\n".join(row for row in record.read_text().splitlines() if "manifest" not in row) + "\n")
    here, found = Guard(mapped(MAPPING)), found_in(folder, PATIENT)
    try:
        assert found.left_out == ()
        apart = visitor(found)
        assert apart.manifest == here.manifest
        assert apart.parse(RECORD) == here.parse(RECORD)
        shelter = sample_outgoing(dict(profile_examples())["shelter.assistance.accommodation"])
        assert apart.render(shelter) == here.render(shelter)
    finally:
        found.close()
