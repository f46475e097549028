"""Which recipients may be told of files at all, and of which kinds, as the published profiles say (M-09)."""

from dataclasses import replace

import pytest

from schemas.attachment_codes import AttachmentKind
from schemas.catalogue import names
from schemas.documents import CompiledProfile
from schemas.profiles import compiled
from schemas.vocabulary import DataCategory

PROFILES = [name for name in names() if name.startswith("profile/")]
KIND = ("attachments", "*", "kind")
FILES = {
    "profile/legal_aid/assistance.legal/1.0": {AttachmentKind.LEGAL_PAPER, AttachmentKind.IDENTITY_PAPER},
    "profile/health/assistance.health/1.0": {AttachmentKind.MEDICAL_RECORD},
}
"""Everybody who needs papers for what they do. Adding somebody is a decision, made here."""


def kinds(profile: CompiledProfile) -> frozenset[str] | None:
    """Return the kinds of files a profile takes; None where it takes none, and a canary where it takes any."""
    files = {leaf.target: leaf for leaf in profile.leaves if leaf.category is DataCategory.ATTACHMENT}
    if not files:
        return None
    return files[KIND].allowed if KIND in files and files[KIND].allowed else frozenset({"any"})


@pytest.mark.parametrize("name", PROFILES)
def test_m_09_files_go_to_those_who_need_papers_and_only_of_the_kinds_they_need(name: str) -> None:
    """Nobody of a route without names, nobody who decides about her status, no enforcement."""
    assert kinds(compiled(name)) == FILES.get(name)
    assert DataCategory.ATTACHMENT not in compiled(name).required


def test_a_profile_that_takes_any_file_is_noticed() -> None:
    profile = compiled(next(iter(FILES)))
    open_to_all = replace(profile, leaves=tuple(replace(leaf, allowed=None) for leaf in profile.leaves))
    assert kinds(open_to_all) == {"any"}
