"""The page of one rule and the list of rules, which `sdssync rule` prints."""

import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from textwrap import indent, wrap

from sdssync.errors import ConfigError
from sdssync.files.names import printable
from sdssync.safety.counts import BaselineName
from sdssync.safety.gates import GATES, Gate
from sdssync.sds.catalogue.rules import CATALOGUE, Rule, code_ranges

WIDTH = 100
"""Characters of a line, unless the terminal has fewer."""
_MARGIN = 12
"""Characters before the text: the longest label and two blanks."""
_LEAST = 20
"""Characters that a text gets in any case."""


def explain(wanted: str, width: int = WIDTH) -> str:
    """
    Return the page of the rule that is meant, or the list of rules if it may be several, with a final line break.

    A rule is named by its code or name, in any case, or by a part of one of them.

    Raises:
        ConfigError: there is no such rule.

    """
    gates = find_gates(wanted)
    if gates:
        return _gate_page(gates[0], width) if len(gates) == 1 else list_gates(gates, width)
    rules = find_rules(wanted)
    return _page(rules[0], width) if len(rules) == 1 else list_rules(rules, width)


def list_rules(rules: Iterable[Rule] = tuple(CATALOGUE.values()), width: int = WIDTH) -> str:
    """Return one entry for each rule: code, severities, name and title."""
    entries = [(rule.code, ", ".join(rule.severities) or "none", f"{rule.name}: {rule.title}") for rule in rules]
    severities = max(len(words) for _, words, _ in entries)
    return "".join(_hanging(f"{code}  {words:<{severities}}  ", text, width) for code, words, text in entries)


def find_gates(wanted: str) -> Sequence[Gate]:
    """Return the gates that `gate:NAME` names, or all for `gate` or `gates`; none if a rule is meant."""
    prefix, _, name = wanted.lower().strip().partition(":")
    if prefix not in {"gate", "gates"}:
        return ()
    if not name:
        return tuple(GATES.values())
    if name in GATES:
        return (GATES[name],)
    near = get_close_matches(name, GATES, n=1)
    hint = f"did you mean gate:{near[0]}?" if near else f"the gates are {', '.join(GATES)}"
    raise ConfigError(f'there is no gate "{printable(name[:40])}"', hint)


def list_gates(gates: Iterable[Gate], width: int = WIDTH) -> str:
    """Return one entry for each gate: its name and when it trips."""
    widest = max(map(len, GATES))
    return "".join(_hanging(f"gate:{gate.name:<{widest}}  ", f"trips when {gate.trips}", width) for gate in gates)


def _gate_page(gate: Gate, width: int) -> str:
    """Return the page of a gate."""
    sections = (
        ("Trips when", f"{gate.trips}."),
        ("Limit", f"[safety] {gate.limit}" if gate.limit else "it has none that could be raised"),
        ("Against", ", ".join(name for name in BaselineName if name in gate.against)),
        ("Look", f"{gate.look}{'' if gate.look.endswith('?') else '.'}"),
        ("Then", "If the plan is right: sdssync approve NAME PLAN-ID. sdssync plan NAME shows both."),
    )
    text = "".join(_hanging(f"{f'{label}:':<{_MARGIN}}", words, width) for label, words in sections)
    return f"gate:{gate.name}\n\n{text}"


def find_rules(wanted: str) -> Sequence[Rule]:
    """
    Return the rule of this code or name, or those whose codes begin like this or whose names or titles hold it.

    Raises:
        ConfigError: there is no such rule; the hint has the codes that there are, or the nearest name.

    """
    key = "-".join(wanted.lower().split())
    code = f"sds{key}" if key.isdecimal() else key
    for matches in (
        [rule for rule in CATALOGUE.values() if code == rule.code.lower() or key == rule.name],
        [rule for rule in CATALOGUE.values() if key and rule.code.lower().startswith(code)],
        [rule for rule in CATALOGUE.values() if key and key in rule.name],
        [rule for rule in CATALOGUE.values() if key and key in "-".join(rule.title.lower().split())],
    ):
        if matches:
            return matches
    raise ConfigError(f'there is no rule "{printable(wanted[:40])}"', _suggestion(key))


def _suggestion(key: str) -> str:
    """Return the nearest name; of what is a code, or like none of the names, the codes that there are."""
    names = {rule.name: rule for rule in CATALOGUE.values()}
    nearest = [] if re.match(r"sds|\d", key) else get_close_matches(key, names, n=1)
    if nearest:
        return f"did you mean {names[nearest[0]].code} {nearest[0]}?"
    return f"codes are {code_ranges()}; sdssync rule lists them"


def _page(rule: Rule, width: int) -> str:
    sections = (
        ("What", rule.what),
        ("Why", rule.why),
        ("Bad", rule.bad),
        ("Fix", f"{rule.fix}."),
        ("Severities", ", ".join(rule.severities) or "none: it has no findings"),
        ("Formats", ", ".join(rule.formats)),
    )
    sections_text = "".join(_hanging(f"{f'{label}:':<{_MARGIN}}", text, width) for label, text in sections)
    return f"{rule.code} {rule.name}\n{_fold(f'{rule.title}.', width)}\n\n{sections_text}"


def _hanging(label: str, text: str, width: int) -> str:
    """Return a text after its label, with a final line break; its own line breaks are kept."""
    folded = "\n".join(_fold(line, max(width - len(label), _LEAST)) for line in text.split("\n"))
    return f"{label}{indent(folded, ' ' * len(label)).lstrip(' ')}\n"


def _fold(text: str, width: int) -> str:
    """Break a text into lines between words only."""
    return "\n".join(wrap(text, width, break_long_words=False, break_on_hyphens=False))
