"""Offences as UCR codes (FBI NIBRS): which codes there are, and which entry of the N-DEx offence list is which.

N-DEx 2.1.1 is older than 64A and 64B, human trafficking, so reports carry these as text. Only offences whose N-DEx
entry is a NIBRS offence of the same title are mapped; the finer NCIC entries are reported as lost.
"""

import re
from collections.abc import Mapping

_GROUP_A = (
    "09A 09B 09C 100 11A 11B 11C 11D 120 13A 13B 13C 200 210 220 23A 23B 23C 23D 23E 23F 23G 23H 240 250 26A 26B "
    "26C 26D 26E 26F 26G 26H 270 280 290 30A 30B 30C 30D 35A 35B 360 36A 36B 370 39A 39B 39C 39D 40A 40B 40C 49A "
    "49B 49C 510 520 521 522 526 58A 58B 61A 61B 620 64A 64B 720"
)
_GROUP_B = "90A 90B 90C 90D 90E 90F 90G 90H 90I 90J 90Z"

UCR = frozenset(f"{_GROUP_A} {_GROUP_B}".split())
"""The offence codes of NIBRS."""

TITLES: Mapping[str, str] = {
    "Aggravated Assault": "13A",
    "Arson": "200",
    "Bad Checks": "90A",
    "Betting_Wagering": "39A",
    "Bribery": "510",
    "Burglary": "220",
    "Counterfeiting_Forgery": "250",
    "Destruction_Damage_Vandalism of Property": "290",
    "Disorderly Conduct": "90C",
    "Driving Under Influence": "90D",
    "Drug_Equipment Violations": "35B",
    "Drug_Narcotic Violations": "35A",
    "Drunkenness": "90E",
    "Embezzlement": "270",
    "Extortion Blackmail": "210",
    "Family Offenses_nonviolent": "90F",
    "Forcible Fondling": "11D",
    "Forcible Rape": "11A",
    "Forcible Sodomy": "11B",
    "Fraud_Credit Card_Automatic Teller Machine": "26B",
    "Fraud_False Pretenses_Swindle_Confidence Game": "26A",
    "Fraud_impersonation": "26C",
    "Gambling Equipment Violation": "39C",
    "Gambling_Operating_Promoting_Assisting": "39B",
    "Incest": "36A",
    "Intimidation": "13C",
    "Justifiable Homicide": "09C",
    "Kidnapping": "100",
    "Larceny_All Other": "23H",
    "Liquor Law Violations": "90G",
    "Motor Vehicle Theft": "240",
    "Murder and Nonnegligent Manslaughter": "09A",
    "Negligent Manslaughter": "09B",
    "Obscene Material_Pornography": "370",
    "Peeping Tom": "90H",
    "Pocket Picking": "23A",
    "Prostitution": "40A",
    "Prostitution_Assisting or Promoting": "40B",
    "Purse Snatching_no force": "23B",
    "Rape_Statutory": "36B",
    "Robbery": "120",
    "Runaway": "90I",
    "Sexual Assault with an Object": "11C",
    "Shoplifting": "23C",
    "Simple Assault": "13B",
    "Sports Tampering": "39D",
    "Stolen Property Offenses": "280",
    "Theft from Building": "23D",
    "Theft of Motor Vehicle Parts or Accessories": "23G",
    "Weapon Law Violations": "520",
}
"""Entry of the N-DEx offence list -> UCR code."""

EXPLOITATION: Mapping[str, str] = {"64A": "sexual"}
"""UCR code -> form of exploitation. 64B, involuntary servitude, may be any of four forms, so it names none."""

_LEADING = re.compile(r"[0-9]{2}[A-Z](?![A-Za-z0-9])")


def ucr_code(text: str) -> str | None:
    """Return the UCR code a text is, begins with, or has as the title of; None where it is none of these.

    A code of digits only counts when nothing follows it: "100 euro taken" is not a kidnapping.
    """
    if text in UCR:
        return text
    leading = _LEADING.match(text)
    if leading is not None and leading[0] in UCR:
        return leading[0]
    return TITLES.get(text)
