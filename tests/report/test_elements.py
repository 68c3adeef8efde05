"""Nothing but our own markup is markup."""

import pytest
from hypothesis import given, strategies

from gancli.report.elements import Markup, element, join, pairs, table, text
from tests.report.pages import Page

HOSTILE = """<script>alert(1)</script>"'&<!-- --> ]]> </style>"""


def test_children_and_attributes_are_escaped_and_markup_is_not() -> None:
    made = element("p", HOSTILE, element("b", "bold"), title=HOSTILE)
    page = Page(made)
    assert [one.tag for one in page.elements] == ["p", "b"]
    assert page.elements[0].text == f"{HOSTILE}bold"
    assert page.elements[0].attributes == {"title": HOSTILE}


def test_an_attribute_that_is_none_or_false_is_left_out() -> None:
    assert element("input", hidden=True, value=0, max=None, checked=False, aria_label="x", class_="y") == (
        '<input hidden value="0" aria-label="x" class="y">'
    )
    assert element("p", None, ["a", [None, element("br")]]) == "<p>a<br></p>"


@pytest.mark.parametrize("letter", ["\x00", "\x1b", "\ud800", "\u202e", "\x85"])
def test_what_no_page_can_hold_is_shown_as_its_escape(letter: str) -> None:
    assert text(letter) == letter.encode("unicode_escape").decode()
    join(letter).encode()


@given(strategies.text(strategies.characters(exclude_categories=["Cs", "Cc", "Cf", "Zl", "Zp", "Zs", "Cn", "Co"])))
def test_a_text_is_read_back_as_it_was(words: str) -> None:
    page = Page(element("p", words, title=words))
    assert (page.elements[0].text, page.elements[0].attributes["title"]) == (words, words)
    assert len(page.elements) == 1


def test_a_table_has_headers_of_columns_and_of_rows() -> None:
    page = Page(table(["a", "b"], [["x", Markup("<i>1</i>")], ["y", "<2>"]], "about"))
    assert [cell.text for cell in page.all("th", scope="col")] == ["a", "b"]
    assert [cell.text for cell in page.all("th", scope="row")] == ["x", "y"]
    assert [cell.text for cell in page.all("td")] == ["1", "<2>"]
    assert [one.text for one in page.all("caption")] == ["about"]


def test_pairs_without_a_text_are_left_out() -> None:
    assert [one.text for one in Page(pairs([("a", "1"), ("b", "")])).all("dt")] == ["a"]
