"""What breaking the glass may tell at most, read from the published profiles (E-02)."""

from schemas.catalogue import names
from schemas.profiles import compiled
from schemas.vocabulary import DataCategory, FunctionClass, Purpose


def test_e_02_an_emergency_profile_tells_nothing_of_what_was_done_to_her() -> None:
    emergencies = [
        compiled(name)
        for name in names()
        if name.endswith("/emergency/1.0") and compiled(name).purpose is Purpose.EMERGENCY
    ]
    assert {profile.function_class for profile in emergencies} == {FunctionClass.POLICE, FunctionClass.HEALTH}
    for profile in emergencies:
        assert not profile.categories & {
            *(DataCategory.EXPLOITATION, DataCategory.EVENT, DataCategory.NARRATIVE, DataCategory.FREE_TEXT),
            *(DataCategory.VICTIM_STATUS, DataCategory.IMMIGRATION_STATUS, DataCategory.COOPERATION),
        }
