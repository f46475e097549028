"""The promises that evidence is gathered for: how each is tried, and what must have come of it."""

import sys
from dataclasses import asdict
from pathlib import Path

from benchmarks.command import CASES, CLIENTS, rounds_of, summary
from benchmarks.parsing import parsed_ms, within
from databases import POSTGRESQL, Servers
from evidence.backups import BACKUPS
from evidence.deliveries import DELIVERIES
from evidence.findings import Count, Found, Promise
from evidence.identity import IDENTITY
from evidence.outages import OUTAGES
from furnished import Installation, install
from referral_documents import CANONICAL
from trials.code_race import codes_raced
from trials.compose import deployed
from trials.crossings import crossed
from trials.erasure import erased
from trials.fuzzed_api import fuzzed
from trials.histories import lived
from trials.kill9 import killed
from trials.memory import measured
from trials.niem_schemas import validated
from trials.official import printed, table
from trials.oracle import listened
from trials.preview_times import previewed
from trials.streaming import streamed
from trials.tampering import tampered
from trials.tls import spoken
from trials.withdrawal_race import raced

from schemas.vocabulary import Ground

_SEED = 20_260_115
_MEBIBYTE = 1_048_576
_MOST = 200 * _MEBIBYTE
_GROWTH = 0.02
_STREAMED = 8 * _MEBIBYTE
_RATIO = 0.5
_P99_MS = 100
_TELLING = 0.02
_PREVIEW_MS = 20
_CANARIES = 40_000


def _withdrawal_race(folder: Path, share: float) -> Found:
    race = raced(install(folder / "data", persons=0), max(1, int(1000 * share)), _SEED)
    return Found(race.held, asdict(race))


def _withdrawal_race_of_two_nodes(folder: Path, share: float) -> Found:
    race = raced(_on_postgresql(folder), max(1, int(1000 * share)), _SEED)
    return Found(race.held, asdict(race))


def _code_race(folder: Path, share: float) -> Found:
    race = codes_raced(_on_postgresql(folder), max(1, int(1000 * share)), _SEED)
    return Found(race.held, asdict(race))


def _on_postgresql(folder: Path) -> Installation:
    return install(folder / "data", persons=0, database_url=Servers(folder).empty(POSTGRESQL, folder))


def _kill9(folder: Path, share: float) -> Found:
    kills = killed(install(folder / "data"), max(1, int(10 * share)), _SEED)
    return Found(kills.held and kills.soon, asdict(kills))


def _schemathesis(folder: Path, share: float) -> Found:
    found = fuzzed(folder, max(1, int(12 * share)), _SEED, coverage=share == 1)
    return Found(found.held, found.counts)


def _tamper(folder: Path, share: float) -> Found:
    tampering = tampered(install(folder / "data", persons=50), max(1, int(100 * share)), _SEED, folder)
    return Found(tampering.held, asdict(tampering))


def _memory(folder: Path, share: float) -> Found:
    samples = [int(count * share) for count in (0, 1000, 5000, 20_000, 50_000, 100_000)]
    memory = measured(install(folder / "data"), samples)
    growth = memory.growth(since=samples[2])  # By then every cache has the size it keeps.
    counts: dict[str, Count] = {
        "resident_mib": {str(count): round(held / _MEBIBYTE, 1) for count, held in memory.resident.items()},
        "growth_once_caches_are_full": round(growth, 4),
        "not_accepted": memory.refused,
    }
    return Found(max(memory.resident.values()) < _MOST and growth < _GROWTH and memory.refused == 0, counts)


def _attachments(folder: Path, share: float) -> Found:
    size = max(2, int(64 * share)) * _MEBIBYTE
    file = streamed(install(folder / "data", persons=0), folder, (size // 4, size))
    counts: dict[str, Count] = {
        "sealed_streamed_and_opened_mib": round(file.arrived / _MEBIBYTE, 1),
        "resident_at_rest_mib": round(file.at_rest / _MEBIBYTE, 1),
        "memory_rose_by_mib": round(file.growth / _MEBIBYTE, 1),
        "files_in_which_it_could_be_read": file.readable,
    }
    return Found(file.arrived == size and file.growth < _STREAMED and file.readable == 0, counts)


def _histories(_folder: Path, share: float) -> Found:
    try:
        lives = lived(max(1, int(10_000 * share)), steps=20)
    except AssertionError:
        return Found(held=False, counts={})
    return Found(held=all(lives.permits.get(ground.value) for ground in Ground), counts=asdict(lives))


def _crossings(_folder: Path, share: float) -> Found:
    found = crossed(share, _SEED, rounds=2)
    counts: dict[str, Count] = {
        name: value for name, value in asdict(found).items() if name not in {"leaked", "appeared"}
    }
    whole = share < 1 or found.canaries >= _CANARIES
    return Found(found.held and whole, {**counts, "leaked": len(found.leaked), "appeared": len(found.appeared)})


def _formats(_folder: Path, _share: float) -> Found:
    rows = table()
    sys.stdout.writelines(f"  {line}\n" for line in printed(rows))
    counts: dict[str, Count] = {
        key: {
            "documents": row.documents,
            "referrals": row.referrals,
            "answers": row.answers,
            "refused": sum(row.refused.values()),
            "fields_carried": row.carried,
            "fields_lost": row.lost,
            "fields_lost_when_written_back": row.lost_on_the_way_back,
        }
        | {f"refused as {rule}": count for rule, count in sorted(row.refused.items())}
        for key, row in rows.items()
    }
    return Found(not any(row.broken or row.unaccounted for row in rows.values()), counts)


def _niem(_folder: Path, _share: float) -> Found:
    valid = validated()
    return Found(valid.invalid == 0 and valid.noticed, {"messages": valid.messages, "invalid": valid.invalid})


def _parsing(_folder: Path, share: float) -> Found:
    found = parsed_ms(max(20, int(500 * share)))
    return Found(within(found), {"milliseconds": found})


def _preview(folder: Path, share: float) -> Found:
    times = previewed(install(folder / "data"), max(10, int(2000 * share)))
    return Found(times.within(_PREVIEW_MS), asdict(times))


def _oracle(folder: Path, share: float) -> Found:
    heard = listened(install(folder / "data", persons=0), max(1, int(3000 * share)), _SEED)
    return Found(heard.within(_TELLING), asdict(heard))


def _erasure(folder: Path, share: float) -> Found:
    count = max(3, int(200 * share))
    erasing = erased(install(folder / "data", persons=count + 5), count)
    return Found(erasing.held, asdict(erasing))


def _compose(_folder: Path, share: float) -> Found:
    tried = deployed(max(10, int(100 * share)))
    return Found(tried.held, asdict(tried))


def _tls(folder: Path, _share: float) -> Found:
    tls = spoken(folder)
    return Found(tls.held, asdict(tls))


def _bench(folder: Path, share: float) -> Found:
    rounds = rounds_of(install(folder / "data"), CLIENTS, CASES, max(1, int(5 * share)), 2000)
    found = summary(rounds, CLIENTS, CASES)
    fast = all(found[f"{CANONICAL}/{clients}"]["ratio"] >= _RATIO for clients in CLIENTS)
    return Found(fast and found[f"{CANONICAL}/32"]["p99_ms"] < _P99_MS, {**found})


PROMISES = {
    **DELIVERIES,
    **BACKUPS,
    "withdrawal_race": Promise("After a withdrawal's commit no row enters sending.", _withdrawal_race),
    "withdrawal_race_of_two_nodes": Promise(
        "Nor where two nodes share a PostgreSQL and any of them does any of it.", _withdrawal_race_of_two_nodes
    ),
    "code_race": Promise("A code that two agencies show at once, to two nodes, introduces one of them.", _code_race),
    "histories": Promise(
        "In no history is there a yes without a live ground, or one that a withdrawal or restriction widened; and "
        "unknown refuses.",
        _histories,
    ),
    "erasure": Promise(
        "Whoever was erased is in no file any more: nothing decrypts, no leaf leads to her, and the log is whole.",
        _erasure,
    ),
    "kill9": Promise(
        "Killed anywhere: every answered referral is in log and outbox exactly once, and the log verifies.", _kill9
    ),
    **OUTAGES,
    "schemathesis": Promise(
        "Requests made up from the whole description, right, wrong and in chains: no server error, no answer that is "
        "not described.",
        _schemathesis,
    ),
    **IDENTITY,
    "tamper": Promise(
        "A log that was edited, cut or moved about and whose whole tree was built anew is found, 500 of 500 times.",
        _tamper,
    ),
    "compose": Promise(
        "In containers: the story goes as told, a node is killed and it still does, and nothing accepted is lost.",
        _compose,
        always=False,
    ),
    "tls": Promise(
        'The proxy of docker/proxy meets Mozilla\'s TLS profile "intermediate" on both ports, as sslyze says.', _tls
    ),
    "oracle": Promise(
        "No sender can tell from shape or time which record ground a refusal rests on: AUC within 0.5 ± 0.02.", _oracle
    ),
    "crossings": Promise(
        "From every format to every other, under every profile: no secret that may not pass, in any form, and nothing "
        "that was not said.",
        _crossings,
    ),
    "formats": Promise(
        "Every official document is read as a valid referral or refused for a named reason; written back, every "
        "difference is in the loss report.",
        _formats,
    ),
    "niem": Promise(
        "Every message written in NIEM satisfies the published schemas of NIEM 6.0 together with ours.", _niem
    ),
    "parsing": Promise(
        "Reading a typical document takes less than 2 ms, a FHIR Bundle of eleven entries less than 6.",
        _parsing,
        always=False,
    ),
    "preview": Promise("What would leave is shown in under 20 ms.", _preview),
    "memory": Promise("The process stays under 200 MiB, and does not grow over 100,000 referrals.", _memory),
    "attachments": Promise(
        "A file of 64 MiB is brought and fetched while the process's memory rises by less than 8 MiB.", _attachments
    ),
    "bench": Promise(
        "Accepting keeps half the speed of the lean pipeline, with p99 under 100 ms.", _bench, always=False
    ),
}
"""By name; `always` ones run without being named."""
