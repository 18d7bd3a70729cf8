"""
Say why someone or something is, or is not, in the sets of profiles, for `sdssync explain`; nothing is published.

What was asked for may be the name of a child: it is in no log line and no message.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sdssync.config.combined import owners_of
from sdssync.config.installation import ConfiguredSchool
from sdssync.config.mistakes import render
from sdssync.config.profile import Profile
from sdssync.config.profile_file import ProfileFile
from sdssync.errors import ExitCode
from sdssync.files.lock import installation_lock
from sdssync.isams.progress import Progress
from sdssync.isams.source import take_document, wanted_groups
from sdssync.jobs import profile_warnings
from sdssync.jobs.explain_lookup import Lookup, Question
from sdssync.jobs.explain_profile import Asked, MadeSet, ProfileStory, make_set
from sdssync.jobs.results import Results
from sdssync.jobs.run import source_facts, wanted_profiles
from sdssync.jobs.selections import Selections
from sdssync.publish.generations import Generations
from sdssync.report.answers import Answer, ProfileAnswer, Suggestions
from sdssync.roster.directory import Directory, MadeClasses
from sdssync.roster.roll import Roll
from sdssync.roster.selection import Unlisted
from sdssync.safety.kept_addresses import KeptAddresses, keep_addresses


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """An answer, or what may be meant, and how the command ends."""

    result: Answer | Suggestions
    exit_code: ExitCode


def explain(
    school: ConfiguredSchool, question: Question, today: date, *, cached: bool, progress: Progress
) -> Explained:
    """
    Return what each profile has to do with a person or a class on a day; a profile that fails stops no other.

    Raises:
        SdsSyncError: no one and nothing is found, there is no such profile, no complete document, or another run
            holds the lock.

    """
    profiles, wrong = wanted_profiles(school, question.profiles)
    settings, results = school.settings, Results()
    code = max(map(profile_warnings.report_wrong, wrong), default=ExitCode.DONE)
    publishing = [profile for profile in profiles if profile.output]
    failures = {file.name: _mistakes(file) for file in wrong if not _is_part(file, school)}
    with installation_lock(settings.folders.state):
        taken = take_document(settings, wanted_groups(school.profiles, today), cached=cached, progress=progress)
        profile_warnings.warn_of_old_document(taken.document, datetime.now(UTC), cached=cached)
        code = max(code, ExitCode.DONE if taken.is_kept else ExitCode.OUTPUT)
        addresses = keep_addresses(taken.reading.school, settings.folders.state, today, settings.safety.keep_address)
        selections = Selections(taken, addresses, source_facts(taken))
        made: dict[str, MadeSet] = {}
        for profile in publishing:
            if not profile.has_expired(today):
                with results.attempt(profile):
                    made[profile.name] = make_set(profile, selections, settings, today)
        names = [*(profile.name for profile in publishing), *failures]
        stores = {name: Generations.of(settings.folders.state, name) for name in names}
        meant = Lookup(_directory(selections, made), selections.roll, stores).look_up(question)
        result: Answer | Suggestions
        if isinstance(meant, Asked):
            story = ProfileStory(meant, selections, settings, today)
            failures |= {ended.profile: ended.why for ended in results.in_order(school)}
            asked = [profile for profile in publishing if profile.name not in failures]
            stories = _stories(story, asked, made, results)
            failures |= {ended.profile: ended.why for ended in results.in_order(school)}
            stories += [story.of_failed(name, why) for name, why in failures.items()]
            result = _answer(meant, selections.roll, addresses, tuple(stories))
        else:
            result = meant
    return Explained(result=result, exit_code=max([code, *(ended.exit_code for ended in results.in_order(school))]))


def _directory(selections: Selections, made: Mapping[str, MadeSet]) -> Directory:
    """Return where to look people and classes up: the document, and the sets that are made of it."""
    extra = {
        teacher.address
        for found in made.values()
        for part in found.parts
        for teacher in part.selection.extra_teachers
        if isinstance(teacher, Unlisted)
    }
    classes = [MadeClasses(roll=found.roll, judged=found.roster.judged) for found in made.values()]
    return Directory(selections.roll, classes, extra)


def _stories(
    story: ProfileStory, profiles: Sequence[Profile], made: Mapping[str, MadeSet], results: Results
) -> list[ProfileAnswer]:
    """Return the answers of the profiles that do not fail."""
    answers = []
    for profile in profiles:
        with results.attempt(profile):
            answers.append(story.of(profile, made.get(profile.name)))
    return answers


def _mistakes(file: ProfileFile) -> str:
    """Return why a profile cannot be asked whose file has mistakes."""
    first, *_ = render([file.report]).splitlines()
    return first


def _is_part(file: ProfileFile, school: ConfiguredSchool) -> bool:
    """Return True if a profile publishes nothing by itself."""
    return file.lacks_output and bool(owners_of(file, school.profile_files))


def _answer(asked: Asked, roll: Roll, addresses: KeptAddresses, profiles: tuple[ProfileAnswer, ...]) -> Answer:
    who = asked.person.who(roll) if asked.person else None
    usernames = [(who.id, record.email) for record in who.records] if who else []
    return Answer(
        roll=roll,
        who=who,
        things=asked.school_class.things(roll) if asked.school_class else None,
        kept=next(iter(addresses.of(usernames)), None),
        profiles=profiles,
        is_nearest=asked.is_nearest,
        former_names=asked.former_names,
    )
