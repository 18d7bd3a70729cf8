"""
What someone has to act on after a run, in plain words, with the people and classes in iSAMS that it is about.

The order is that of gravity: what was not published and why, classes without teacher, people who were left out,
doubtful addresses, teaching sets that no profile takes, and findings that only ask for a look.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from sdssync.report.class_matters import omitted_classes, ownerless_classes, untaken_sets
from sdssync.report.matter import LISTED, Matter, more, profile_words, quoted, sentence
from sdssync.report.names import class_words, counted, person_words
from sdssync.report.outcome import SOURCE_FAILED, Outcome, ProfileResult, RunReport
from sdssync.report.people_matters import doubtful_addresses, kept_addresses, people_left_out, pupils_without_year
from sdssync.report.plan_words import held_matter
from sdssync.roster.attribution import Attributed
from sdssync.sds.catalogue.rules import CATALOGUE

_ABOUT_TEACHERS = "SDS301"


def matters(report: RunReport, most: int = LISTED) -> Iterator[Matter]:
    """Yield what a run gives to act on, the gravest first, with at most so many details each."""
    yield from _not_published(report, most)
    yield from ownerless_classes(ownerless for result in report.results for ownerless in result.attention.ownerless)
    yield from pupils_without_year(report.untaken, most)
    yield from kept_addresses(report.results)
    yield from people_left_out(report.results, most)
    yield from doubtful_addresses(report.results, most)
    yield from omitted_classes(report.results, report.untaken, most)
    yield from untaken_sets(report.untaken, most)
    yield from _findings(report.results)


def _not_published(report: RunReport, most: int) -> Iterator[Matter]:
    """Yield why profiles were not published, or not without problems."""
    for result in report.results:
        if result.outcome is Outcome.REJECTED:
            yield _rejected(result, most)
        elif result.outcome is Outcome.HELD and result.plan:
            yield held_matter(result, result.plan)
        elif result.outcome is Outcome.SKIPPED:
            yield Matter(what=f"{result.profile} {result.why}: nothing was done for it")
        elif result.outcome is Outcome.FAILED:
            if result.why != SOURCE_FAILED:
                yield _failed(result)
        elif result.why:
            yield Matter(what=f"{result.profile}: {result.outcome}: {result.why}", is_grave=True)


def _failed(result: ProfileResult) -> Matter:
    """Return why a profile failed, with the mistakes of its file."""
    advice = "Correct this in the file of the profile." if result.mistakes else ""
    return Matter(what=f"{result.profile} failed: {result.why}", details=result.mistakes, advice=advice, is_grave=True)


def _rejected(result: ProfileResult, most: int) -> Matter:
    """Return why a set was rejected: its findings in words, and whom they are about."""
    stays = ", and the set published before stays" if result.before else ""
    details = [_offence(offence, most) for offence in result.offences if offence.finding.code in result.rejecting]
    return Matter(
        what=f"{result.profile} was not published{stays}: {result.why}",
        details=tuple(dict.fromkeys(details)),
        advice=f"Look at the set itself: sdssync run {quoted(result.profile)} --dry-run --keep DIR",
        is_grave=True,
    )


def _offence(offence: Attributed, most: int) -> str:
    """Return a finding as a sentence: what, who, what to do."""
    finding = offence.finding
    about = [*map(person_words, offence.people), *map(class_words, offence.classes)]
    who = f": {'; '.join(about[:most])}{more(len(about) - most)}" if about else ""
    return f"{finding.code}: {finding.message}{who}. {sentence(finding.hint)}"


def _findings(results: Sequence[ProfileResult]) -> Iterator[Matter]:
    """Yield the findings of sets that were not rejected, by rule; those about teachers are above."""
    counts: Counter[str] = Counter()
    profiles: defaultdict[str, list[str]] = defaultdict(list)
    for result in results:
        if result.outcome is not Outcome.REJECTED:
            for code, number in result.findings.items():
                if code != _ABOUT_TEACHERS:
                    counts[code] += number
                    profiles[code].append(result.profile)
    if counts:
        yield Matter(
            what=f"{counted(counts.total(), 'finding', 'findings')} to look at",
            details=tuple(
                f"{code} {CATALOGUE[code].title}: {number:,} in {profile_words(profiles[code], len(results))}"
                for code, number in sorted(counts.items())
            ),
            advice=f"See them with: {_look(results)}",
        )


def _look(results: Sequence[ProfileResult]) -> str:
    """Return how to see findings: in the published sets, or after a dry run in sets that it leaves."""
    if any(result.outcome is Outcome.GENERATED for result in results):
        return "--dry-run --keep DIR, then sdssync validate DIR/NAME"
    return "sdssync validate"
