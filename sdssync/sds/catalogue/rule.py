"""What a rule is: its code, name, severities and texts. The checks themselves are in `checks`."""

from dataclasses import dataclass

from sdssync.sds.findings import Severity
from sdssync.sds.formats import SdsFormat

BOTH = (SdsFormat.V2, SdsFormat.V21)
V21_ONLY = (SdsFormat.V21,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule of the catalogue: everything that `sdssync rule CODE` prints."""

    code: str
    """"SDS" and three digits, never used again for something else."""
    name: str
    """In kebab-case; states the offence."""
    severities: tuple[Severity, ...]
    """The gravest first; () for a rule without findings. `what` says which of them applies when."""
    formats: tuple[SdsFormat, ...] = BOTH
    title: str
    what: str
    why: str
    bad: str
    """An example of the offence."""
    fix: str
    """What to do now; the hint of every finding."""
