"""Dates of NIEM (nc:DateType) as canonical dates: a year, a month or a day; never a time, never a zone."""

import re
from datetime import date

from adapters.sdk.errors import MalformedError
from adapters.sdk.xml.reading import Element
from adapters.sdk.xml.tree import Tree

_ZONE = r"(?:Z|[+-][0-9]{2}:[0-9]{2})?"
_FORMS = {
    "nc:Date": re.compile(rf"([0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}){_ZONE}"),
    "nc:DateTime": re.compile(
        rf"([0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}})T[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}(?:\.[0-9]+)?{_ZONE}"
    ),
    "nc:YearMonth": re.compile(rf"([0-9]{{4}}-[0-9]{{2}}){_ZONE}"),
    "nc:Year": re.compile(rf"([0-9]{{4}}){_ZONE}"),
}
_FORMS |= {"nc:YearMonthDate": _FORMS["nc:YearMonth"], "nc:YearDate": _FORMS["nc:Year"]}  # as NIEM 6 calls them


def read_date(tree: Tree, container: Element | None) -> str | None:
    """Return YYYY, YYYY-MM or YYYY-MM-DD of the first date in `container`, or None. Raises MalformedError, rule date.

    A time of day and a zone are cut off and reported; the day is the one written down, as it was where it was written.
    """
    for element in container.children if container is not None else ():
        if element.name in _FORMS and element.text:
            return read_day(tree, element)
    return None


def read_day(tree: Tree, element: Element) -> str:
    """Return the date of one element that is a date itself. Raises MalformedError, rule date."""
    text = tree.take(element)
    match = _FORMS.get(element.name, _FORMS["nc:Date"]).fullmatch(text)
    if match is None or not _exists(match[1]):
        raise MalformedError(tree.pointer(element), "date")
    if match[1] != text:
        tree.coarsened(element)
    return match[1]


def _exists(day: str) -> bool:
    year, month, number = (*day.split("-"), "01", "01")[:3]
    try:
        date(int(year), int(month), int(number))
    except ValueError:
        return False
    return True
