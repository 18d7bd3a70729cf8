"""
Judge whether a generated CSV set may take the place of the published one.

The rules are those of `sds`; what is added here needs more than the set: the whole school, and the published set.
"""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from sdssync.config.profile import Profile
from sdssync.config.settings import SchoolSettings
from sdssync.errors import ConfigError, OutputError
from sdssync.files.regular import open_regular
from sdssync.publish.generations import Generations
from sdssync.roster.enrol import Roster
from sdssync.roster.omissions import Kind
from sdssync.sds.catalogue.rules import CATALOGUE
from sdssync.sds.check_set import CheckOptions, check_set
from sdssync.sds.findings import BLOCKING, Finding, SetReport, Severity
from sdssync.sds.schema import CLASSES, USERS

_WORST = 10
"""Findings that are logged one by one; all are counted."""
_OFFENCES = 100
"""Findings of a rejected set that a result lists."""

_DUPLICATE_ID = CATALOGUE["SDS202"]
_NO_ROWS = "SDS108"
NO_STUDENT = "SDS302"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The findings of a CSV set, and whether it may be published."""

    report: SetReport
    rejecting: frozenset[str]
    """The codes of the findings for which the set must not be published; none if it may."""

    @property
    def refusal(self) -> str:
        """Return why the set must not be published, by codes; "" if it may."""
        codes = self.report.codes
        return ", ".join(f"{code} {CATALOGUE[code].name} ({codes[code]:,})" for code in sorted(self.rejecting))

    @property
    def offences(self) -> tuple[Finding, ...]:
        """Return the findings of a set that must not be published, those that reject it first."""
        if not self.rejecting:
            return ()
        findings = sorted(self._distinct, key=lambda finding: finding.code not in self.rejecting)
        return tuple(findings[:_OFFENCES])

    @property
    def _distinct(self) -> Iterator[Finding]:
        """Yield the findings, but of an id that thousands of rows may share only the first."""
        shared: set[tuple[str, str | None]] = set()
        for finding in self.report.findings:
            if finding.code == _DUPLICATE_ID.code:
                if (finding.file, finding.value) in shared:
                    continue
                shared.add((finding.file, finding.value))
            yield finding

    @property
    def errors(self) -> int:
        """Return how many findings are fatal or an error."""
        return self.report.count(*BLOCKING)

    @property
    def warnings(self) -> int:
        """Return how many findings are a warning."""
        return self.report.count(Severity.WARNING)

    @property
    def worst(self) -> tuple[Finding, ...]:
        """Return the first of the findings that are fatal or an error."""
        return tuple(islice((finding for finding in self._distinct if finding.severity in BLOCKING), _WORST))


def judge(staged: Path, roster: Roster, profile: Profile, settings: SchoolSettings) -> Verdict:
    """
    Validate a staged set.

    A set with anything fatal or an error is refused. One of a `parity` profile is published whatever an error says, as
    the script's sets were: only what is fatal refuses it, or a file without rows where the published one has some.
    What the profile selects is for `sdssync validate` alone; what it ignores is ignored here too where that is safe.

    Raises:
        OutputError: a file that has just been written cannot be read.

    """
    waiting = (NO_STUDENT,) if roster.waiting else ()  # no other class is without a student
    options = replace(check_options(profile, settings), select=(), ignore=(*_tolerated(profile), *waiting))
    try:
        report = check_set(staged, options, display_name=profile.output_as_written)
    except ConfigError as error:
        raise OutputError(error.message, error.hint) from None
    report = _with_clashes(report, roster)
    if profile.parity:
        blocking = {code for code, severity in report.counts if severity is Severity.FATAL}
        if any(_has_rows(profile.folder / name) for name in _files_without_rows(report)):
            blocking.add(_NO_ROWS)
    else:
        blocking = {code for code, severity in report.counts if severity in BLOCKING}
    return Verdict(report=report, rejecting=frozenset(blocking))


def _tolerated(profile: Profile) -> tuple[str, ...]:
    """Return the rules that the profile ignores, except those that keep people from being removed by mistake."""
    return tuple(
        code
        for code, rule in CATALOGUE.items()
        if code.startswith(profile.ignore) and code != _NO_ROWS and Severity.FATAL not in rule.severities
    )


def check_options(profile: Profile, settings: SchoolSettings) -> CheckOptions:
    """Return what validation has to know of a profile."""
    generations = Generations.of(settings.folders.state, profile.name).all()
    last = generations[-1].manifest if generations else None
    return CheckOptions(
        format=profile.format,
        include_names=settings.identity.include_names,
        published_format=last.format if last else None,
        published_files=frozenset(last.files.names) if last else frozenset(),
        select=profile.select,
        ignore=profile.ignore,
    )


def _with_clashes(report: SetReport, roster: Roster) -> SetReport:
    """Add the ids that are shared with a person or set without a row, which the CSV set alone does not show."""
    reported = {(finding.file, finding.value) for finding in report.findings if finding.code == _DUPLICATE_ID.code}
    added = tuple(finding for finding in _clashes(roster) if (finding.file, finding.value) not in reported)
    counts = Counter(report.counts)
    counts.update((finding.code, finding.severity) for finding in added)
    return replace(report, findings=(*added, *report.findings), counts=counts)


def _clashes(roster: Roster) -> Iterator[Finding]:
    for clash in roster.clashes:
        who = "two people in iSAMS have" if clash.kind is Kind.USER else "two classes of the profile get"
        yield Finding(
            code=_DUPLICATE_ID.code,
            rule=_DUPLICATE_ID.name,
            severity=Severity.ERROR,
            file=USERS if clash.kind is Kind.USER else CLASSES,
            column="sourcedId",
            value=clash.id,
            message=f"{who} the same sourcedId",
            hint=_DUPLICATE_ID.fix,
        )


def _files_without_rows(report: SetReport) -> Iterator[str]:
    return (finding.file for finding in report.findings if finding.code == _NO_ROWS)


def _has_rows(published: Path) -> bool:
    """Return True if a published file has a row after its header; a missing file has none."""
    try:
        with io.TextIOWrapper(open_regular(published), encoding="utf-8", errors="replace", newline="") as file:
            return sum(1 for row, _ in zip(csv.reader(file), range(2), strict=False) if row) > 1
    except (OSError, csv.Error):
        return False
