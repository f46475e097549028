"""The samples of an adapter on disk: `NAME.in.EXT`, and `NAME.canonical.json` for the referral it becomes."""

import json
from pathlib import Path

from adapters.kit.judged import Judged, Sample

GOLDEN = ".canonical.json"


def samples_in(folder: Path) -> tuple[Sample, ...]:
    """Return the samples of a folder, by name."""
    return tuple(_sample(path) for path in sorted(folder.glob("*.in.*")))


def accept(judged: Judged, folder: Path) -> list[str]:
    """Write what each sample becomes beside it; the names of the files that are new or changed.

    To be read by its author before it is kept: a golden file is a statement, not a by-product.
    """
    changed = []
    for sample, parsed in judged.referrals():
        path = folder / f"{_stem(sample.name)}{GOLDEN}"
        text = json.dumps(parsed.document, indent=2, ensure_ascii=False, sort_keys=True) + "\n"
        if not path.exists() or sample.golden != parsed.document:
            path.write_text(text, "utf-8")
            changed.append(path.name)
    return changed


def _sample(path: Path) -> Sample:
    golden = path.with_name(f"{_stem(path.name)}{GOLDEN}")
    return Sample(path.name, path.read_bytes(), json.loads(golden.read_text("utf-8")) if golden.exists() else None)


def _stem(name: str) -> str:
    return name.partition(".in.")[0]
