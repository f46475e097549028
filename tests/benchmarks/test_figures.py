"""The benchmark's own arithmetic: ratios within a round, medians over rounds; and both servers do what is measured."""

from pathlib import Path

import pytest
from benchmarks.command import summary, table
from benchmarks.lean_requests import FOLDER, PATH, LeanClient
from benchmarks.measuring import LEAN, SECOND, SINGLE, Figures, side_by_side
from benchmarks.parsing import DOCUMENTS, MOST, USUAL, entries_of_the_bundle, lines, parsed_ms, within
from benchmarks.token_requests import TOKEN
from furnished import install
from load import send_all
from referral_documents import CANONICAL, NDEX, canonical_bodies
from served import Server
from trials.crossings import adapters


def _figures(rps: float, cpu_us: float = 1000.0) -> Figures:
    return Figures(rps=rps, p50_ms=4.0, p99_ms=9.0, cpu_us=cpu_us, rows_per_commit=2.0)


ROUNDS = [
    {(LEAN, 4): _figures(1000, 500), (CANONICAL, 4): _figures(600, 1000)},
    {(LEAN, 4): _figures(100, 5000), (CANONICAL, 4): _figures(70, 8000)},
    {(LEAN, 4): _figures(900, 600), (CANONICAL, 4): _figures(450, 1000)},
]


def test_a_ratio_is_taken_within_its_round() -> None:
    found = summary(ROUNDS, [4], [CANONICAL])
    assert found[f"{CANONICAL}/4"]["ratio"] == 0.6
    assert found[f"{CANONICAL}/4"]["cpu_ratio"] == 0.6
    assert found[f"{CANONICAL}/4"]["rps"] == 450


def test_what_several_processes_bring_is_taken_within_its_round_too() -> None:
    single = [{**one, (SINGLE, 4): _figures(rps)} for one, rps in zip(ROUNDS, (400, 28, 360), strict=True)]
    rounds = [{**one, (SECOND, 4): one[CANONICAL, 4]} for one in single]
    assert summary(rounds, [4], [SINGLE, SECOND])[f"{SECOND}/4"]["of_one"] == 1.5
    assert "of_one" not in summary(rounds, [4], [SECOND])[f"{SECOND}/4"]


def test_the_table_has_a_line_for_each_case() -> None:
    lines = table(ROUNDS, [4], [CANONICAL]).splitlines()
    assert [line.split()[0] for line in lines] == ["case", LEAN, CANONICAL]
    assert lines[2].split()[-2:] == ["0.60", "0.60"]


def test_reading_is_measured_for_every_format_and_held_to_its_figure() -> None:
    found = parsed_ms(1)
    assert set(found) == set(DOCUMENTS) >= {key for key, _ in DOCUMENTS.values()} == set(adapters())
    assert all(spent > 0 for spent in found.values())
    assert entries_of_the_bundle() == 11
    assert within(dict.fromkeys(DOCUMENTS, USUAL) | MOST)
    assert not within({"ndex": USUAL + 0.1})
    assert lines({"fhir": 1.5}).splitlines()[-1].split() == ["fhir", "1.50", "of", "6", "ms"]


@pytest.mark.slow
@pytest.mark.enable_socket
def test_both_servers_accept_what_is_measured(tmp_path: Path) -> None:
    installed = install(tmp_path / "data", persons=3)
    measured = side_by_side(installed, (CANONICAL, NDEX, TOKEN, SECOND), clients=2, requests=10)
    assert list(measured) == [LEAN, CANONICAL, NDEX, TOKEN, SECOND]
    assert all(figures.rps > 0 and figures.rows_per_commit >= 1 for figures in measured.values())


@pytest.mark.slow
@pytest.mark.enable_socket
def test_the_lean_pipeline_refuses_what_it_must(tmp_path: Path) -> None:
    server = Server.application("benchmarks.lean_app:app", {FOLDER: str(tmp_path)})
    client = LeanClient(tmp_path, server.port)
    good = client.requests(canonical_bodies(1), 1)[0]
    unsigned = good.replace(b"DPoP: ", b"DPoP: x")
    unnamed = client.requests(iter([b"{}"]), 1)[0]
    elsewhere = good.replace(f"POST {PATH}".encode(), f"PUT {PATH}".encode())
    with server:
        codes = [
            set(send_all(server.port, [request], 1).codes) for request in (good, good, unsigned, unnamed, elsewhere)
        ]
    assert codes == [{201}, {409}, {401}, {422}, {405}]
