"""Titles and ids of classes."""

import pytest

from sdssync.config.template import (
    GROUP_PLACEHOLDERS,
    MERGE_PLACEHOLDERS,
    PLACEHOLDERS,
    Template,
    TemplateError,
    Values,
)

VALUES: Values = {
    "set_id": "11",
    "set_code": "7a/Ma1",
    "set_name": "Maths {set_id}",
    "subject_code": "Ma",
    "subject_name": "Mathematics",
    "year_group": "7",
    "suffix": "_2026_27",
}
ALLOWED = "{set_id} {set_code} {set_name} {subject_code} {subject_name} {year_group} {suffix}"
OF_GROUPS = "{group_kind} {group_id} {group_name} {group_code} {year_group} {suffix}"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param("{set_code}{suffix}", "7a/Ma1_2026_27", id="the default title"),
        pytest.param("{set_id}", "11", id="the default id"),
        pytest.param("class", "class", id="no placeholder"),
        pytest.param("{{{set_id}}}", "{11}", id="doubled braces"),
        pytest.param("{{set_id}}", "{set_id}", id="braces only"),
        pytest.param("{set_name}", "Maths {set_id}", id="braces in a value stay"),
        pytest.param("%s \\1 {set_id} \N{SNOWMAN}", "%s \\1 11 \N{SNOWMAN}", id="nothing else is special"),
        pytest.param(
            "{set_id}|{set_code}|{set_name}|{subject_code}|{subject_name}|{year_group}|{suffix}",
            "11|7a/Ma1|Maths {set_id}|Ma|Mathematics|7|_2026_27",
            id="every placeholder",
        ),
    ],
)
def test_render(source: str, expected: str) -> None:
    """Placeholders are replaced by values, and everything else is kept."""
    assert Template.parse(source).render(**VALUES) == expected


@pytest.mark.parametrize(
    ("source", "message"),
    [
        pytest.param("{pupil}", f"no placeholder is called {{pupil}} (allowed: {ALLOWED})", id="unknown"),
        pytest.param("{}", f"no placeholder is called {{}} (allowed: {ALLOWED})", id="no name"),
        pytest.param("{0}", f"no placeholder is called {{0}} (allowed: {ALLOWED})", id="a position"),
        pytest.param("{SET_ID}", f"no placeholder is called {{SET_ID}} (allowed: {ALLOWED})", id="another case"),
        pytest.param("{ set_id}", f"no placeholder is called {{ set_id}} (allowed: {ALLOWED})", id="a blank"),
        pytest.param("{set_id!r}", f"no placeholder is called {{set_id!r}} (allowed: {ALLOWED})", id="a conversion"),
        pytest.param("{set_id:>9}", f"no placeholder is called {{set_id:>9}} (allowed: {ALLOWED})", id="a format"),
        pytest.param("{set_id[0]}", f"no placeholder is called {{set_id[0]}} (allowed: {ALLOWED})", id="an index"),
        pytest.param(
            "{set_id.__class__}",
            f"no placeholder is called {{set_id.__class__}} (allowed: {ALLOWED})",
            id="an attribute",
        ),
        pytest.param(
            "{" + "a\n" * 30 + "}",
            f"no placeholder is called {{{'a?' * 14}a\N{HORIZONTAL ELLIPSIS}}} (allowed: {ALLOWED})",
            id="long, and not on one line",
        ),
        pytest.param(
            "{set_id",
            f"{{ is not closed; double it to mean the character (allowed: {ALLOWED})",
            id="open",
        ),
        pytest.param(
            "set_id}",
            f"}} is not opened; double it to mean the character (allowed: {ALLOWED})",
            id="shut",
        ),
        pytest.param(
            "{set}{set_code}}{}",
            "no placeholder is called {set}; } is not opened; double it to mean the character; "
            f"no placeholder is called {{}} (allowed: {ALLOWED})",
            id="all at once",
        ),
    ],
)
def test_not_a_template(source: str, message: str) -> None:
    """A text that is not a template is reported with the placeholders that are allowed."""
    with pytest.raises(TemplateError) as caught:
        Template.parse(source)

    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("source", "placeholders", "message"),
    [
        ("{set_code}{suffix}", MERGE_PLACEHOLDERS, "no placeholder is called {set_code} (allowed: {suffix})"),
        ("{group_id}{set_id}", GROUP_PLACEHOLDERS, f"no placeholder is called {{set_id}} (allowed: {OF_GROUPS})"),
    ],
    ids=["merge", "group"],
)
def test_placeholders_of_other_classes(source: str, placeholders: tuple[str, ...], message: str) -> None:
    """A merge and a group have placeholders of their own."""
    with pytest.raises(TemplateError) as caught:
        Template.parse(source, placeholders)

    assert str(caught.value) == message


def test_placeholders() -> None:
    """The placeholders are those of the documentation, in its order."""
    assert " ".join(f"{{{name}}}" for name in PLACEHOLDERS) == ALLOWED


def test_shows_itself_as_written() -> None:
    """A template is printed as it is written in the file."""
    assert str(Template.parse("{{{set_id}")) == "{{{set_id}"
