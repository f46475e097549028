"""multipart/related: two parts in order, byte for byte, and nothing else."""

import logging
from collections.abc import Iterator
from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from python_multipart.multipart import MultipartParser

from gateway.web.multipart import SUPPLEMENT, Related, related
from gateway.web.problems import BadRequestError

CANARY = "Anamaria-Canary"
NATIVE = "application/xml"


def typed(boundary: str = "frontier") -> str:
    """Return the media type of a request."""
    return f'multipart/related; type="{NATIVE}"; boundary="{boundary}"'


def part(body: bytes, *headers: str) -> bytes:
    """Return one part without its delimiter."""
    return "".join(f"{header}\r\n" for header in headers).encode("latin-1") + b"\r\n" + body


def root(body: bytes = b"<report/>", *headers: str) -> bytes:
    """Return a native document as a part."""
    return part(body, f"Content-Type: {NATIVE}", *headers)


def supplement(body: bytes = b"{}", *headers: str) -> bytes:
    """Return a supplement as a part."""
    return part(body, f"Content-Type: {SUPPLEMENT}", *headers)


def joined(*parts: bytes, boundary: str = "frontier") -> bytes:
    """Return a whole body."""
    line = b"--" + boundary.encode()
    return b"".join(line + b"\r\n" + one + b"\r\n" for one in parts) + line + b"--\r\n"


def refused(body: bytes, content_type: str = typed()) -> str:
    """Return the rule a body is refused by; it must say nothing else."""
    with pytest.raises(BadRequestError) as caught:
        related(body, content_type)
    assert (caught.value.status, caught.value.where) == (400, "multipart/related")
    assert CANARY not in repr(caught.value)
    assert caught.value.__cause__ is None
    return caught.value.rule


def test_two_parts_in_order_are_read() -> None:
    body = joined(root(), supplement(b'{"person_ref":"P-1"}'))
    assert related(body, typed()) == Related(b"<report/>", NATIVE, b'{"person_ref":"P-1"}')


def test_parts_as_common_mail_libraries_write_them_are_read() -> None:
    about = ("MIME-Version: 1.0", "Content-ID: <a@b>", "Content-Disposition: attachment; filename=x")
    for encoding in ("7bit", "8bit", "binary"):
        headers = (*about, f"Content-Transfer-Encoding: {encoding}")
        assert related(joined(root(b"<report/>", *headers), supplement(b"{}", *headers)), typed()).body == b"<report/>"


@pytest.mark.parametrize(
    "content_type",
    [
        "multipart/related; boundary=frontier",
        "Multipart/Related; BOUNDARY=frontier; type=x",
        'multipart/related;boundary="frontier";start="<a>"',
    ],
    ids=["bare", "case", "tight"],
)
def test_the_boundary_is_found_however_it_is_written(content_type: str) -> None:
    assert related(joined(root(), supplement()), content_type).body == b"<report/>"


@pytest.mark.parametrize("boundary", ["a", "=_Part.1:2", "0" * 70, "a b"])
def test_every_boundary_of_the_standard_will_do(boundary: str) -> None:
    assert related(joined(root(), supplement(), boundary=boundary), typed(boundary)).supplement == b"{}"


@given(st.binary(max_size=300), st.binary(max_size=60))
@example(b"\r\n--frontie", b"")
@example(b"\r\n--frontier-almost".replace(b"frontier-", b"frontie-"), b"\r\n")
@example(b"\r\n\r\n--\r\n", b"\r\n--")
@example(b"\0\xff\r\n", b"--frontie\r\n")
def test_the_bytes_of_a_part_come_out_as_they_went_in(native: bytes, extra: bytes) -> None:
    if b"--frontier" in b"\r\n" + native + b"\r\n" + extra:
        return
    found = related(joined(root(native), supplement(extra)), typed())
    assert (found.body, found.supplement) == (native, extra)


@given(st.binary(max_size=400), st.text(max_size=80))
def test_whatever_comes_is_read_or_refused(body: bytes, boundary: str) -> None:
    for content_type in (typed(), f"multipart/related; boundary={boundary}", f"multipart/related; {boundary}"):
        for sent in (body, joined(body, supplement()), joined(root(), body)):
            with suppress(BadRequestError):
                related(sent, content_type)


BAD_BOUNDARIES = [
    "multipart/related",
    "multipart/related; boundary=",
    'multipart/related; boundary=""',
    f"multipart/related; boundary={'x' * 71}",
    "multipart/related; boundary*=utf-8''frontier",
    "multipart/related; boundary=fr\xf6ntier",
    'multipart/related; boundary="a\x00b"',
    'multipart/related; boundary="a "',
    "multipart/related; boundary=frontier; Boundary=other",
]


@pytest.mark.parametrize("content_type", BAD_BOUNDARIES, ids=ascii)
def test_a_boundary_that_is_none_is_refused(content_type: str) -> None:
    assert refused(joined(root(), supplement()), content_type) == "boundary"


def _bodies() -> Iterator[tuple[str, bytes, str]]:
    good = joined(root(), supplement())
    yield "empty", b"", "parts"
    yield "no part", b"--frontier--\r\n", "parts"
    yield "one part", joined(root()), "parts"
    yield "three parts", joined(root(), supplement(), part(b"more")), "parts"
    yield "wrong order", joined(supplement(), root()), "supplement_media_type"
    yield "two roots", joined(root(), root()), "supplement_media_type"
    yield "no end", good.replace(b"--frontier--", b""), "parts"
    yield "end without dashes", good.replace(b"--frontier--", b"--frontier"), "parts"
    yield "another boundary", joined(root(), supplement(), boundary="other"), "parts"
    yield "before the first", CANARY.encode() + b"\r\n" + good, "parts"
    yield "after the last", good + CANARY.encode(), "parts"
    yield "ends early and goes on", joined(root(), supplement()) + joined(root(), supplement()), "parts"
    yield "lines end with LF", good.replace(b"\r\n", b"\n"), "malformed"
    yield "no header end", joined(b"Content-Type: " + NATIVE.encode(), supplement()), "malformed"
    yield "header without colon", joined(part(b"x", f"{CANARY} x"), supplement()), "malformed"
    yield "nameless header", joined(part(b"x", f": {CANARY}"), supplement()), "malformed"
    yield "cut in a header", joined(root(), b"Content-Ty"), "malformed"
    yield (
        "many headers",
        joined(part(b"x", *[f"X-{number}: {CANARY}" for number in range(9)]), supplement()),
        "malformed",
    )
    yield "large header", joined(part(b"x", f"X: {CANARY * 100}"), supplement()), "malformed"
    yield "large header name", joined(part(b"x", f"{'X' * 2000}: {CANARY}"), supplement()), "malformed"
    yield "a header twice", joined(root(b"x", "content-type: text/plain"), supplement()), "headers"
    yield "line end in a header", joined(part(b"x", "Content-Type: a\nX-Injected: b"), supplement()), "headers"
    yield "NUL in a header", joined(part(b"x", "Content-Type: a\0b"), supplement()), "headers"
    yield "not ASCII", joined(part(b"x", "Content-Type: \xe9"), supplement()), "headers"
    yield "base64", joined(root(b"PHg+", "Content-Transfer-Encoding: base64"), supplement()), "transfer_encoding"
    yield "quoted", joined(root(), supplement(b"x", "Content-Transfer-Encoding: quoted-printable")), "transfer_encoding"
    inner = joined(root(), supplement(), boundary="inner")
    nested = part(inner, 'Content-Type: multipart/related; boundary="inner"')
    yield "nested supplement", joined(root(), nested), "supplement_media_type"


BODIES = list(_bodies())


@pytest.mark.parametrize(
    ("body", "rule"), [(body, rule) for _, body, rule in BODIES], ids=[name for name, *_ in BODIES]
)
def test_anything_else_is_refused_by_rule(body: bytes, rule: str) -> None:
    assert refused(body) == rule


def test_a_nested_document_is_only_bytes() -> None:
    """What is inside the root part is its adapter's to refuse."""
    inner = joined(root(), supplement(), boundary="inner")
    nested = part(inner, 'Content-Type: multipart/related; boundary="inner"')
    assert related(joined(nested, supplement()), typed()).body == inner


def test_a_part_without_headers_has_no_media_type() -> None:
    assert related(joined(part(b"x"), supplement()), typed()).media_type == ""


def test_a_large_body_of_near_boundaries_is_read_in_one_pass() -> None:
    native = b"\r\n--frontie" * 100_000
    assert related(joined(root(native), supplement()), typed()).body == native


@pytest.mark.parametrize(
    ("body", "rule"), [(body, rule) for _, body, rule in BODIES], ids=[name for name, *_ in BODIES]
)
def test_nothing_of_a_body_is_logged(body: bytes, rule: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        refused(body)
    assert caplog.records == []


def test_the_canary_the_library_by_itself_does_log_what_it_stumbles_over(caplog: pytest.LogCaptureFixture) -> None:
    parser = MultipartParser(b"frontier")
    with caplog.at_level(logging.DEBUG), pytest.raises(Exception, match="invalid character"):
        parser.write(b"--frontier\r\nContent Type: x\r\n\r\n")
    assert len(caplog.records) == 1


@pytest.mark.parametrize(
    "more",
    [f"boundary*{'9' * 5000}=x", 'x="' + ";" * 20_000, "a=b; " * 2_000],
    ids=["a number of thousands of digits", "a quotation that never ends", "thousands of parameters"],
)
def test_a_media_type_without_end_is_refused_before_it_is_read(more: str) -> None:
    """Python's reader of parameters fails over the first, and takes minutes over a megabyte of the second."""
    assert refused(joined(root(), supplement()), f"multipart/related; boundary=frontier; {more}") == "boundary"
