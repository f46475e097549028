"""Figures: counted by route and reason, read where they are kept, told at one path and by no name of anybody."""

import asyncio
from pathlib import Path

import httpx

from gateway.core.delivery.backlog import Backlog
from gateway.watching.figures import Figures, Sources
from gateway.watching.reports import Report
from gateway.watching.requests import Answered


def _asked(figures: Figures, method: str, path: str) -> httpx.Response:
    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(figures.application())
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            return await client.request(method, path)

    return asyncio.run(asked())


def _told(data: Path, *answered: Answered) -> list[str]:
    figures = Figures(
        Sources(lambda: (3, 7), lambda: Backlog({"queued": 2, "dead": 1}, {"urgent": 61.5}), lambda: 42, data)
    )
    for one in answered:
        figures.count(one)
    answer = _asked(figures, "GET", "/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=")
    return answer.text.splitlines()


def test_requests_are_counted_by_route_method_and_status(tmp_path: Path) -> None:
    told = _told(tmp_path, *[Answered("/v1/referrals", "POST", 201, 0.012, None)] * 2)
    labels = 'http_request_method="POST",http_response_status_code="201",http_route="/v1/referrals"'
    assert f"http_server_request_duration_seconds_count{{{labels}}} 2.0" in told


def test_refused_callers_are_counted_by_reason(tmp_path: Path) -> None:
    told = _told(tmp_path, Answered("/oauth/token", "POST", 401, 0.001, "replayed"))
    assert 'gateway_callers_refused_total{reason="replayed"} 1.0' in told


def test_what_is_kept_elsewhere_is_read_when_somebody_asks(tmp_path: Path) -> None:
    told = _told(tmp_path)
    assert {
        "gateway_commits_total 3.0",
        "gateway_confirmed_items_total 7.0",
        'gateway_outbox_pending{state="queued"} 2.0',
        'gateway_outbox_pending{state="dead"} 1.0',
        'gateway_outbox_oldest_seconds{urgency="urgent"} 61.5',
        "gateway_ledger_leaves 42.0",
    } <= set(told)
    assert any(line.startswith("gateway_disk_free_bytes ") for line in told)
    assert any(line.startswith("process_resident_memory_bytes ") for line in told)


def test_there_is_one_path(tmp_path: Path) -> None:
    figures = Figures(Sources(lambda: (0, 0), lambda: Backlog({}, {}), lambda: 0, tmp_path))
    assert _asked(figures, "GET", "/").status_code == 404
    assert _asked(figures, "POST", "/metrics").status_code == 405


def test_what_other_processes_told_is_counted_too(tmp_path: Path) -> None:
    figures = Figures(Sources(lambda: (3, 7), lambda: Backlog({}, {}), lambda: 0, tmp_path))
    answered = Answered("/oauth/token", "POST", 401, 0.001, "replayed")
    figures.count(answered)
    figures.hear(Report((answered, answered), 2, 5).line())
    told = set(_asked(figures, "GET", "/metrics").text.splitlines())
    refused = 'gateway_callers_refused_total{reason="replayed"} 3.0'
    assert {refused, "gateway_commits_total 5.0", "gateway_confirmed_items_total 12.0"} <= told
