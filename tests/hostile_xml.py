"""Beginnings and entities that no XML reader of ours may follow, whatever the format."""

LAUGHS = (
    b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)

PROLOGS: dict[str, bytes] = {
    "laughs": LAUGHS,
    "file": b'<!DOCTYPE x SYSTEM "file:///etc/hostname">',
    "public": b'<!DOCTYPE x PUBLIC "-//x" "http://127.0.0.1:9/x.dtd">',
    "parameter": b'<!DOCTYPE x [<!ENTITY % e SYSTEM "http://127.0.0.1:9/"> %e;]>',
    "empty": b"<!DOCTYPE x>",
    "after_comments": b"<!-- <!DOCTYPE no> --><?pi <!DOCTYPE no?>\n\t<!DOCTYPE x>",
    "lower_case": b"<!doctype x>",
    "entity": b"<!ENTITY a 'b'>",
}
"""Document types: each is refused by its own rule before anything is read."""

ENTITIES = (b"&c;", b"&xxe;", b"&#0;", b"&#x1F;", b"&#xFFFF;", b"&#xD800;")
"""References to what nobody declared, and to characters XML cannot hold."""
