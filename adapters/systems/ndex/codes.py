"""The code tables of N-DEx that have a meaning in the canonical referral, read in both directions.

A code that is not here is refused or reported as lost, whichever its reader says; none is guessed. Offences are in
`offences.py`.
"""

from collections.abc import Mapping
from enum import StrEnum

from adapters.sdk import CodeTable
from adapters.sdk.codes import AgeBand, Sex


class Instruction(StrEnum):
    """lexs:DataItemPublishInstruction. The schema lists two; data submission guides and real systems use the third."""

    INSERT = "Insert"
    UPDATE = "Update"
    DELETE = "Delete"


INSTRUCTIONS: CodeTable[Instruction] = CodeTable("publish_instruction", {code.value: code for code in Instruction})

SEX: CodeTable[Sex] = CodeTable("sex", {"F": Sex.FEMALE, "M": Sex.MALE, "U": Sex.UNKNOWN})

MONTHS_IN: CodeTable[int] = CodeTable("time_unit", {"ANN": 12, "MON": 1})
"""Units of nc:PersonAgeMeasure in months."""

UNDER_A_YEAR = frozenset({"B52", "B98", "C26", "C47", "DAY", "HUR", "MIN", "SEC", "WEE", "D42"})
"""The units of UN/ECE recommendation 20 in which nobody but a small child is counted; such an age is dropped."""

AGE_RANGES: Mapping[str, tuple[int, int | None]] = {
    AgeBand.B00_08: (0, 8),
    AgeBand.B09_17: (9, 17),
    AgeBand.B18_20: (18, 20),
    AgeBand.B21_23: (21, 23),
    AgeBand.B24_26: (24, 26),
    AgeBand.B27_29: (27, 29),
    AgeBand.B30_38: (30, 38),
    AgeBand.B39_47: (39, 47),
    AgeBand.B48: (48, None),
    AgeBand.ADULT: (18, None),
}
"""The ages a band stands for; None is open above, which nc:MeasureRangeValue can say."""

IDENTIFIER_CATEGORIES: CodeTable[str] = CodeTable(
    "person_id_category", {"AR": "alien_number", "OA": "case_number", "PI": "national_id", "PP": "passport"}
)
"""j:PersonIDCategoryCode (NCIC MNU) of nc:PersonOtherIdentification; every other number is an `other` one."""

IDENTIFIER_TEXTS: CodeTable[str] = CodeTable("identification_category", {"UNHCR": "unhcr"})
"""nc:IdentificationCategoryText of nc:PersonOtherIdentification."""

PSEUDONYM = "Pseudonym"
"""nc:IdentificationCategoryText under which a recipient's pseudonym travels.

Never read as an identifier: it is one recipient's own.
"""

EVENTS: Mapping[str, tuple[str, str]] = {
    "incident": ("incident", "incident"),
    "recruitment": ("recruitment", "other"),
    "transit": ("transit", "other"),
    "exploitation": ("exploitation", "other"),
    "account": ("other", "account"),
    "indicators": ("other", "indicators"),
}
"""nc:ActivityCategoryText, in lower case -> event type and narrative section; any other category is (other, other)."""

OFFENCE = "offense"
ABOUT_THE_SUSPECT = frozenset({"arrest", "booking", "warrant"})
"""Categories of activities that say what was done to a suspect; neither events of hers nor her account."""
