"""`python -m consent` over folders of tiles, over tlog-proofs, and with witnesses."""

from pathlib import Path

import pytest
from audit_office import KEY, ORIGIN, PRIVATE, Office

from consent import merkle
from consent.__main__ import Exit
from consent.checkpoint import Checkpoint, note, opened, parse_note, signed, unproven
from consent.cosignature import WitnessKey, cosignature
from consent.errors import Fault
from consent.tiles import bundle, tiles
from consent.tlog_proof import tlog_proof

WITNESS, ABSENT = (WitnessKey(name, PRIVATE.public_key().public_bytes_raw()) for name in ("w.example", "v.example"))


@pytest.fixture
def office(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Office:
    return Office(tmp_path, capsys)


def _tiled(office: Office, leaves: list[bytes]) -> str:
    folder = office.folder / f"tiles-{len(leaves)}"
    grown = merkle.appended(0, [merkle.leaf_hash(leaf) for leaf in leaves], lambda *_: b"")
    known = {(level, index): digest for level, index, digest in grown.nodes}
    for tile in tiles(len(leaves)):
        files = {tile.path: b"".join(known[tile.height, tile.first + at] for at in range(tile.width))}
        if tile.level == 0:
            files[tile.entries_path] = bundle(leaves[tile.first : tile.first + tile.width])
        for path, data in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(data)
    note = signed(Checkpoint(ORIGIN, grown.size, grown.root), KEY, PRIVATE.sign)
    (folder / "checkpoint").write_text(note, "utf-8")
    return str(folder)


def test_a_folder_of_tiles_is_proven_like_a_file(office: Office) -> None:
    held = ("--checkpoint", office.checkpoint(12), "--checkpoint", office.checkpoint(30), "--key", KEY.text)
    answer, said = office.asks("verify", _tiled(office, office.lines), *held)
    assert (answer, "PROVEN: the first 30 entries" in said) == (Exit.PROVEN, True)


def test_tiles_of_another_log_and_missing_tiles_do_not_verify(office: Office) -> None:
    held = ("--checkpoint", office.checkpoint(12), "--key", KEY.text)
    folder = _tiled(office, [*office.lines[:5], *office.lines[6:]])
    answer, said = office.asks("verify", folder, *held)
    assert (answer, Fault.CHECKPOINT_DIFFERS in said) == (Exit.DOES_NOT_VERIFY, True)
    next((Path(folder) / "tile" / "0").rglob("29")).unlink()
    answer, said = office.asks("verify", folder, *held)
    assert (answer, Fault.TILE_MISSING in said) == (Exit.DOES_NOT_VERIFY, True)


def test_the_witnesses_named_must_have_cosigned(office: Office) -> None:
    text = Path(office.checkpoint(30)).read_text("utf-8")
    line = cosignature(opened(text, KEY), WITNESS, 1_930_000_000, PRIVATE.sign)
    own = parse_note(text)
    cosigned = office.wrote("cosigned", note(own.body, [*own.signatures, line]).encode())
    asked = ("verify", office.export, "--key", KEY.text, "--witness", WITNESS.text)
    answer, said = office.asks(*asked, "--checkpoint", cosigned)
    assert (answer, "At least 1 of the 1 witnesses named vouch" in said) == (Exit.PROVEN, True)
    answer, said = office.asks(*asked, "--checkpoint", office.checkpoint(12))
    assert (answer, Fault.WITNESSES_MISSING in said) == (Exit.DOES_NOT_VERIFY, True)
    answer, _ = office.asks(*asked, "--witness", ABSENT.text, "--quorum", "1", "--checkpoint", cosigned)
    assert answer == Exit.PROVEN
    answer, said = office.asks(*asked, "--witness", WITNESS.text, "--checkpoint", cosigned)
    assert (answer, "At least 1 of the 1 witnesses named vouch" in said) == (Exit.PROVEN, True), (
        "named twice, it is one"
    )
    for wrong in (("--witness", KEY.text), ("--quorum", "0")):
        with pytest.raises(SystemExit):
            office.asks("verify", office.export, *wrong)


def test_a_tlog_proof_is_a_receipt(office: Office) -> None:
    grown = merkle.appended(0, [merkle.leaf_hash(line) for line in office.lines], lambda *_: b"")
    text = tlog_proof(office.lines[7], 7, grown.inclusion_proof(7), Path(office.checkpoint(30)).read_text("utf-8"))
    answer, said = office.asks("verify-receipt", office.wrote("receipt.tlog-proof", text.encode()), "--key", KEY.text)
    assert (answer, "index 7" in said) == (Exit.PROVEN, True)
    cosigned = parse_note(Path(office.checkpoint(30)).read_text("utf-8"))
    line = cosignature(unproven(text.partition("\n\n")[2]), WITNESS, 1_930_000_000, PRIVATE.sign)
    with_it = text.partition("\n\n")[0] + "\n\n" + note(cosigned.body, [*cosigned.signatures, line])
    asked = ("verify-receipt", office.wrote("with.tlog-proof", with_it.encode()), "--key", KEY.text)
    answer, said = office.asks(*asked, "--witness", WITNESS.text)
    assert (answer, "vouch for its checkpoint" in said) == (Exit.PROVEN, True)
