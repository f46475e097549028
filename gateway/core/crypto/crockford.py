"""Crockford's base32: digits nobody mistakes for one another, and his check character (value mod 37)."""

_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CHECKS = _DIGITS + "*~$=U"
# A table of pairs is several times faster than base64's b32encode.
_PAIRS = tuple(high + low for high in _DIGITS for low in _DIGITS)
_TO_PYTHON_BASE32 = str.maketrans(_DIGITS, "0123456789ABCDEFGHIJKLMNOPQRSTUV")


def digits(number: int, length: int) -> str:
    """Write a number in that many digits, most significant first; `length` is even."""
    return "".join([_PAIRS[number >> shift & 1023] for shift in range(5 * (length - 2), -1, -10)])


def number(written: str) -> int:
    """Return the number that canonical digits write."""
    return int(written.translate(_TO_PYTHON_BASE32), 32)


def check(value: int) -> str:
    """Return the check character: it finds every single wrong character and every swap of neighbours."""
    return _CHECKS[value % 37]


def spelled(claimed: str, longest: int, ignored: str) -> str:
    """Return what somebody typed as it is spelled here; empty for what is over `longest` or not ASCII.

    Lower case and I, L, O for 1, 1, 0 are read as Crockford meant them; the characters of `ignored` group digits.
    """
    if len(claimed) > longest or not claimed.isascii():
        return ""
    return claimed.upper().translate(str.maketrans("ILO", "110", ignored))
