"""The rules of SDS: the catalogue, and the checks that no table can say, one module per family."""

from collections.abc import Mapping

from sdssync.sds.catalogue.file_rules import FILE_RULES
from sdssync.sds.catalogue.row_rules import ROW_RULES
from sdssync.sds.catalogue.rule import Rule
from sdssync.sds.catalogue.team_rules import TEAM_RULES

__all__ = ["CATALOGUE", "Rule", "unknown_prefixes"]

CATALOGUE: Mapping[str, Rule] = {rule.code: rule for rule in (*FILE_RULES, *ROW_RULES, *TEAM_RULES)}
"""All rules by code, in order."""


def unknown_prefixes(prefixes: tuple[str, ...]) -> tuple[str, ...]:
    """Give those code prefixes with which no code begins; an empty one is none."""
    return tuple(prefix for prefix in prefixes if not prefix or not any(code.startswith(prefix) for code in CATALOGUE))
