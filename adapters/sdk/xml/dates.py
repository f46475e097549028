"""Dates of NIEM (nc:DateType) as canonical dates: a year, a month or a day; never a time, never a zone."""

import re
from collections.abc import Iterator
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
    return next((read_day(tree, element) for element in dates_in(container)), None)


def dates_in(container: Element | None) -> Iterator[Element]:
    """Yield the dates of a container that say something, in order: NIEM 2 allows several."""
    yield from (element for element in _children(container) if element.name in _FORMS and element.text)


def says_more(container: Element) -> bool:
    """Whether it holds anything that is no date of these forms: a margin of error, a range, an attribute, prose."""
    others = (element for element in container.children if element.name not in _FORMS and is_said(element))
    return (
        container.annotated or bool(container.text) or any(others) or any(each.annotated for each in container.children)
    )


def is_said(element: Element) -> bool:
    """Whether anything stands in an element or below it."""
    return bool(element.text or element.reference or element.annotated or any(map(is_said, element.children)))


def _children(container: Element | None) -> list[Element]:
    return [] if container is None else container.children


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
