"""Figures for Prometheus, on a loopback port of their own.

Labels are route templates, methods, statuses and members of closed sets: nothing is counted by person, by agency or by
a pair of agencies, because a small count of those is a disclosure (P-05).
"""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from typing_extensions import override

from gateway.core.delivery.backlog import Backlog
from gateway.watching.reports import Report
from gateway.watching.requests import Answered

_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class Sources:
    """Where figures are read when somebody asks for them. `confirmed` returns (commits, items) of the first process."""

    confirmed: Callable[[], tuple[int, int]]
    backlog: Callable[[], Backlog]
    leaves: Callable[[], int]
    data: Path


class Figures:
    """The figures of all processes: of those beside the first as far as they have told (`gateway.watching.reports`)."""

    def __init__(self, sources: Sources) -> None:
        """Begin at nothing."""
        self._registry = CollectorRegistry(auto_describe=False)
        self._requests = Histogram(
            "http_server_request_duration_seconds",
            "How long requests took, by route template.",
            ("http_route", "http_request_method", "http_response_status_code"),
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._refused = Counter(
            "gateway_callers_refused",
            "Requests that did not prove who sent them.",
            ("reason",),
            registry=self._registry,
        )
        self._beside = _Beside()
        self._registry.register(_Read(sources, self._beside))
        ProcessCollector(registry=self._registry)

    def count(self, answered: Answered) -> None:
        """Count an answered request."""
        self._requests.labels(answered.route, answered.method, answered.status).observe(answered.seconds)
        if answered.why:
            self._refused.labels(answered.why).inc()

    def hear(self, line: bytes) -> None:
        """Count what another process of this gateway did, as it tells it (`gateway.watching.reports`)."""
        report = Report.read(line)
        for answered in report.answered:
            self.count(answered)
        self._beside.commits += report.commits
        self._beside.items += report.items

    def application(self) -> Starlette:
        """Return the application that tells them: GET /metrics, and nothing else."""
        return Starlette(routes=[Route("/metrics", self._told, methods=["GET"])])

    def _told(self, _request: Request) -> Response:
        """Run in a thread of its own: the database is asked."""
        return Response(generate_latest(self._registry), media_type=CONTENT_TYPE_LATEST)


@dataclass(slots=True)
class _Beside:
    """What the writers of the other processes confirmed."""

    commits: int = 0
    items: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class _Read(Collector):
    """Reads what is kept elsewhere. `eq=False`: the registry knows collectors by identity."""

    sources: Sources
    beside: _Beside

    @override
    def collect(self) -> Iterator[Metric]:
        commits, items = self.sources.confirmed()
        yield CounterMetricFamily(
            "gateway_commits", "Transactions the writers confirmed.", value=commits + self.beside.commits
        )
        yield CounterMetricFamily(
            "gateway_confirmed_items", "What was confirmed in them.", value=items + self.beside.items
        )
        backlog = self.sources.backlog()
        pending = GaugeMetricFamily("gateway_outbox_pending", "Parcels that have not arrived.", labels=("state",))
        for state, count in backlog.pending.items():
            pending.add_metric((state,), count)
        yield pending
        oldest = GaugeMetricFamily(
            "gateway_outbox_oldest_seconds", "Age of the oldest parcel that has not arrived.", labels=("urgency",)
        )
        for urgency, seconds in backlog.oldest_seconds.items():
            oldest.add_metric((urgency,), seconds)
        yield oldest
        yield GaugeMetricFamily("gateway_ledger_leaves", "Entries of the log.", value=self.sources.leaves())
        yield GaugeMetricFamily(
            "gateway_disk_free_bytes",
            "Free space of the data folder's disk.",
            value=shutil.disk_usage(self.sources.data).free,
        )
