"""All rules by code."""

from collections.abc import Mapping

from sdssync.sds.catalogue.file_rules import FILE_RULES
from sdssync.sds.catalogue.row_rules import ROW_RULES
from sdssync.sds.catalogue.rule import Rule
from sdssync.sds.catalogue.team_rules import TEAM_RULES

__all__ = ["CATALOGUE", "Rule", "code_ranges", "unknown_prefixes"]

CATALOGUE: Mapping[str, Rule] = {rule.code: rule for rule in (*FILE_RULES, *ROW_RULES, *TEAM_RULES)}
"""All rules by code, in order."""


def code_ranges() -> str:
    """Return the codes in words: "SDS101 to SDS113, SDS201 to ..."."""
    families = [[rule.code for rule in rules] for rules in (FILE_RULES, ROW_RULES, TEAM_RULES)]
    *others, last = [f"{codes[0]} to {codes[-1]}" for codes in families]
    return f"{', '.join(others)} and {last}"


def unknown_prefixes(prefixes: tuple[str, ...]) -> tuple[str, ...]:
    """Return the prefixes with which no rule code begins; an empty text is one of them."""
    return tuple(prefix for prefix in prefixes if not prefix or not any(code.startswith(prefix) for code in CATALOGUE))
