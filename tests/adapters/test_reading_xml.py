"""The parts of the SDK that two XML formats share: odd trees, odd documents, odd paths."""

import pytest
from lxml import etree

from adapters.sdk import CannotRenderError, MalformedError, UnsupportedError
from adapters.sdk.codes import Json
from adapters.sdk.leaves import Leaves
from adapters.sdk.members import section
from adapters.sdk.xml.reading import Element, read_xml
from adapters.sdk.xml.tree import Tree
from adapters.sdk.xml.vocabulary import Vocabulary
from adapters.systems.niem.names import read_message_schema

NAMESPACES = {"a": "urn:a", "s": "urn:s"}
WORDS = Vocabulary.of(NAMESPACES, "s", ["a:root", "a:leaf"], ["s:ref"])
ROOT = b'<a:root xmlns:a="urn:a" xmlns:s="urn:s">'


def test_a_name_is_one_of_the_vocabulary_or_unknown() -> None:
    root = read_xml(ROOT + b'<a:leaf s:id="x">1</a:leaf><a:other/><leaf/></a:root>', WORDS)
    assert [child.name for child in root.children] == ["a:leaf", "*", "*"]
    assert root.children[0].identifier == "x"


LETTERS = "<?xml version='1.0' encoding='ISO-8859-1'?><a:root xmlns:a='urn:a'><a:leaf>{}</a:leaf></a:root>"


def test_latin_1_is_read_and_what_only_says_so_is_refused() -> None:
    """In windows-1252, which many write under that name, `Š` is a byte that Latin-1 has a control character for."""
    assert read_xml(LETTERS.format("José").encode("latin-1"), WORDS).children[0].text == "José"
    with pytest.raises(MalformedError, match="encoding"):
        read_xml(LETTERS.format("Šimić Žana".replace("ć", "c")).encode("windows-1252"), WORDS)


def test_a_reference_leads_to_what_it_names_and_to_nothing_is_refused() -> None:
    root = read_xml(ROOT + b'<a:leaf s:id="x"/><a:leaf s:ref="x"/></a:root>', WORDS)
    tree = Tree(root)
    assert tree.target(root.children[1]) is root.children[0]
    with pytest.raises(MalformedError, match="dangling_reference"):
        tree.target(Element("a:leaf"))
    with pytest.raises(MalformedError, match="dangling_reference"):
        Tree(read_xml(ROOT + b'<a:leaf s:ref="y"/></a:root>', WORDS))


def test_what_must_be_there_is_refused_where_it_is_missing() -> None:
    tree = Tree(read_xml(ROOT + b"</a:root>", WORDS))
    with pytest.raises(MalformedError, match="required at /a:root/a:leaf"):
        tree.required(tree.root, "a:leaf")


def test_an_element_that_is_not_of_the_tree_has_no_pointer() -> None:
    assert Tree(Element("a:root")).pointer(Element("a:leaf")) == ""


def test_what_was_guessed_and_coarsened_is_reported() -> None:
    root = read_xml(ROOT + b"<a:leaf>1</a:leaf><a:other>2</a:other></a:root>", WORDS)
    tree = Tree(root)
    tree.guessed(root.children[0])
    tree.coarsened(root.children[1])
    assert {(loss.path, loss.kind) for loss in tree.losses()} == {
        ("/a:root/a:leaf", "guessed"),
        ("/a:root/*", "coarsened"),
    }


def test_a_schema_says_where_as_far_as_a_path_leads() -> None:
    schema = read_message_schema()
    root = etree.fromstring(b'<gx:ReferralMessage xmlns:gx="urn:referral-gateway:niem:referral:1.0/"/>')
    assert schema._pointer(root, "/gx:ReferralMessage/nc:Referral/nc:ActivityDate") == "/gx:ReferralMessage"
    assert schema._pointer(root, "") == ""
    with pytest.raises(UnsupportedError, match="root"):
        schema.check(etree.fromstring(b"<other/>"))


@pytest.mark.parametrize("value", ["text", 7, [], None])
def test_a_section_is_an_object(value: Json) -> None:
    with pytest.raises(CannotRenderError, match="type at /risk"):
        section({"risk": value}, "risk")
    assert section({}, "risk") == {}


def test_leaves_are_taken_once_and_as_what_they_are() -> None:
    leaves = Leaves({"a": True, "b": 2, "c": "x", "d": None, "e": [{"f": "y"}]})
    assert (leaves.flag("/a"), leaves.flag("/a")) == ("true", None)
    assert (leaves.flag("/b"), leaves.number("/b"), leaves.number("/b")) == (None, 2, None)
    assert (leaves.number("/c"), leaves.look("/c"), leaves.take("/c"), leaves.take("/c")) == (None, "x", "x", None)
    assert list(leaves.entries("/e")) == ["/e/0"]
    assert [loss.path for loss in leaves.report()] == ["/e/*/f"]


def test_a_document_of_which_nothing_was_understood_is_lost_as_a_whole() -> None:
    tree = Tree(read_xml(ROOT + b"<a:leaf>1</a:leaf></a:root>", WORDS))
    assert [(loss.path, loss.kind) for loss in tree.losses()] == [("/a:root", "dropped")]
