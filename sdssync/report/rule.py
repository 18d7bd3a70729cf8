"""What `sdssync rule CODE` prints: everything there is to say about one rule."""

from difflib import get_close_matches
from textwrap import indent, wrap

from sdssync.errors import ConfigError
from sdssync.files.names import printable
from sdssync.sds.catalogue.rules import CATALOGUE, Rule

_WIDTH = 100
_MARGIN = 12
"""Characters before the text: the longest label and two blanks."""


def explain(wanted: str) -> str:
    """Explain a rule, named by its code or name in any case; the text has its final line break. Raises ConfigError."""
    rule = find_rule(wanted)
    sections = (
        ("What", _fold(rule.what)),
        ("Why", _fold(rule.why)),
        ("Bad", rule.bad),
        ("Mend", _fold(f"{rule.mend}.")),
        ("Severities", ", ".join(rule.severities) or "none: it makes no findings"),
        ("Formats", ", ".join(rule.formats)),
    )
    told = "\n".join(_section(label, text) for label, text in sections)
    return f"{rule.code} {rule.name}\n{rule.title}.\n\n{told}\n"


def find_rule(wanted: str) -> Rule:
    """Find a rule by its code or name in any case. Raises ConfigError, with the nearest code or name as a hint."""
    names = {known.lower(): rule for rule in CATALOGUE.values() for known in (rule.code, rule.name)}
    rule = names.get(wanted.strip().lower())
    if rule is not None:
        return rule
    nearest = get_close_matches(wanted.strip().lower(), names, n=1)
    meant = f"did you mean {names[nearest[0]].code} {names[nearest[0]].name}?" if nearest else "codes look like SDS206"
    raise ConfigError(f'there is no rule "{printable(wanted[:40])}"', meant)


def _fold(text: str) -> str:
    return "\n".join(wrap(text, _WIDTH - _MARGIN, break_long_words=False, break_on_hyphens=False))


def _section(label: str, text: str) -> str:
    """Set a text beside its label; an example keeps its own line breaks."""
    return f"{f'{label}:':<{_MARGIN}}{indent(text, ' ' * _MARGIN).lstrip(' ')}"
