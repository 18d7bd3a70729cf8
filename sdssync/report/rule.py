"""The page of one rule, which `sdssync rule CODE` prints."""

from difflib import get_close_matches
from textwrap import indent, wrap

from sdssync.errors import ConfigError
from sdssync.files.names import printable
from sdssync.sds.catalogue.rules import CATALOGUE, Rule

_WIDTH = 100
_MARGIN = 12
"""Characters before the text: the longest label and two blanks."""


def explain(wanted: str) -> str:
    """
    Return the page of a rule, named by its code or name in any case, with a final line break.

    Raises:
        ConfigError: there is no such rule.

    """
    rule = find_rule(wanted)
    sections = (
        ("What", _fold(rule.what)),
        ("Why", _fold(rule.why)),
        ("Bad", rule.bad),
        ("Fix", _fold(f"{rule.fix}.")),
        ("Severities", ", ".join(rule.severities) or "none: it has no findings"),
        ("Formats", ", ".join(rule.formats)),
    )
    sections_text = "\n".join(_section(label, text) for label, text in sections)
    return f"{rule.code} {rule.name}\n{rule.title}.\n\n{sections_text}\n"


def find_rule(wanted: str) -> Rule:
    """
    Return the rule of this code or name, in any case.

    Raises:
        ConfigError: no rule has this code or name; the hint has the nearest one.

    """
    names = {known.lower(): rule for rule in CATALOGUE.values() for known in (rule.code, rule.name)}
    rule = names.get(wanted.strip().lower())
    if rule is not None:
        return rule
    nearest = get_close_matches(wanted.strip().lower(), names, n=1)
    suggestion = (
        f"did you mean {names[nearest[0]].code} {names[nearest[0]].name}?" if nearest else "codes look like SDS206"
    )
    raise ConfigError(f'there is no rule "{printable(wanted[:40])}"', suggestion)


def _fold(text: str) -> str:
    return "\n".join(wrap(text, _WIDTH - _MARGIN, break_long_words=False, break_on_hyphens=False))


def _section(label: str, text: str) -> str:
    """Return a text after its label; an example keeps its own line breaks."""
    return f"{f'{label}:':<{_MARGIN}}{indent(text, ' ' * _MARGIN).lstrip(' ')}"
