"""How long a sender waits for a preview of what would leave (M-13), one after the other, without HTTP.

The store, the writer and the line are the real ones, so the entry in the log that every look makes is paid for.
"""

import asyncio
import time
from dataclasses import dataclass
from statistics import median, quantiles

from furnished import Installation
from trials.in_process import asked

from gateway.core.previewing import Previewed
from gateway.wiring import Gateway, build


@dataclass(frozen=True, slots=True)
class PreviewTimes:
    """Of as many previews as were shown: the median and the 99th percentile, in milliseconds.

    `processor_p50_ms` is the median of what the process itself worked: much less than p50 on a machine that is busy.
    """

    shown: int
    refused: int
    p50_ms: float
    p99_ms: float
    processor_p50_ms: float = 0

    def within(self, milliseconds: float) -> bool:
        """Say whether half of all previews took no longer than that, and none was refused."""
        return self.refused == 0 and self.p50_ms <= milliseconds


def previewed(installed: Installation, count: int) -> PreviewTimes:
    """Preview so many referrals about the people of this installation."""
    gateway = build(installed.settings())
    gateway.start()
    try:
        looks = [asyncio.run(_one(gateway, number % installed.persons)) for number in range(count)]
    finally:
        gateway.close()
    times = [1000 * seconds for seconds, _, _ in looks]
    return PreviewTimes(
        shown=count,
        refused=sum(outcome != "permitted" for _, _, outcome in looks),
        p50_ms=round(median(times), 1),
        p99_ms=round(quantiles(times, n=100)[98], 1),
        processor_p50_ms=round(median(1000 * worked for _, worked, _ in looks), 1),
    )


async def _one(gateway: Gateway, number: int) -> tuple[float, float, str]:
    question = asked(number, f"preview-{number:08d}")
    started, worked = time.perf_counter(), time.process_time()
    outcome = await gateway.door.previews.preview(question)
    taken = time.perf_counter() - started, time.process_time() - worked
    assert isinstance(outcome, Previewed), "a preview was not answered"
    return *taken, str(outcome.answer["outcome"])
