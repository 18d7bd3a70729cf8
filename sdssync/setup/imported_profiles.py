"""
Turn a call of iSAMS-SDS.ps1 into a profile, and say what each argument became.

What the script ignored without a word is warned of: lists that PowerShell took as one text match no year and no
subject. The profile then has what was meant. No warning shows an address.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from pathlib import PureWindowsPath

from sdssync.config.fields import FIRST_YEAR, LAST_YEAR
from sdssync.config.mistakes import describe
from sdssync.config.profile import Profile
from sdssync.files.names import name_fault, same_name
from sdssync.sds.formats import SdsFormat
from sdssync.setup.powershell.binding import SWITCHES
from sdssync.setup.powershell.calls import Call
from sdssync.setup.profile_text import ProfileOptions

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
_RANGE = re.compile(r"(-?[0-9]{1,3})(?:\.\.|-)(-?[0-9]{1,3})")
_ABSOLUTE = re.compile(r"[A-Za-z]:|[/\\]")
_FORBIDDEN = re.compile(r'[<>:"|?*@/\\\x00-\x1f]+')
_FALLBACK_NAME = "SDS"


@dataclass(slots=True, kw_only=True)
class ImportedProfile:
    """What became of one call."""

    name: str
    """Of the profile; "" if the call makes none."""
    options: ProfileOptions
    became: list[tuple[str, str]] = field(default_factory=list)
    """Each argument as it is in the call, and what it is now."""
    warnings: list[str] = field(default_factory=list)

    def keep(self, parameter: str, written: object, became: str) -> None:
        """Note what an argument became."""
        value = ",".join(written) if isinstance(written, list) else str(written)
        self.became.append((f"-{parameter} {value}".rstrip(), became))


def import_call(call: Call, folder: str | None, taken: Sequence[str], sds_format: SdsFormat) -> ImportedProfile:
    """Return the profile for a call that started in a folder; its name is not one of those that are taken."""
    path = call.bound.get("CSVPath")
    if not isinstance(path, str):
        return _without_profile(call)
    output, warnings = _output(path, folder)
    imported = ImportedProfile(name=_name(path, taken), options=ProfileOptions(format=sds_format, output=output))
    imported.warnings += warnings
    imported.keep("CSVPath", path, f"output = {output}")
    if fault := _path_fault(path):
        imported.warnings.append(f"-CSVPath: {fault}: no profile is made of it")
        imported.name = ""
    _import_years(call, imported)
    _import_subjects(call, imported)
    _import_texts(call, imported)
    _leave_out(call, imported)
    return imported


def overlaps(combined: Profile) -> Iterator[str]:
    """Yield a warning for any two parts that can take the same teaching sets, as far as years and subjects show it."""
    for one, other in combinations(combined.combined, 2):
        years = [str(year) for year in one.year_groups if year in other.year_groups]
        if years and _share_subjects(one, other):
            yield (
                f"{combined.name}: {one.name} and {other.name} can take the same teaching sets of year"
                f" {', '.join(years)}; a class that both make rejects the whole set (SDS202): leave these years to"
                " one of them, or exclude the subjects in the other"
            )


def _share_subjects(one: Profile, other: Profile) -> bool:
    """Return True if there can be a subject that both take; None stands for all subjects."""
    lists = [{*part.include} for part in (one, other) if part.include is not None]
    return not lists or bool(set.intersection(*lists) - {*one.exclude, *other.exclude})


def _without_profile(call: Call) -> ImportedProfile:
    """Return what a call became that writes no files."""
    imported = ImportedProfile(name="", options=ProfileOptions())
    if "ViewSubjects" in call.bound:
        imported.keep("ViewSubjects", "", "sdssync subjects")
        imported.warnings.append("-ViewSubjects lists the subjects, and makes no profile: use `sdssync subjects`")
    if "Help" in call.bound:
        imported.keep("Help", "", "sdssync --help")
        imported.warnings.append("-Help shows the help of the script, and makes no profile")
    return imported


def _output(path: str, folder: str | None) -> tuple[str, list[str]]:
    """Return the output folder; a relative one counted from where the task started."""
    if _ABSOLUTE.match(path):
        return path, []
    if folder and "%" not in folder:  # a variable of Windows is known only there
        return str(PureWindowsPath(folder) / path), []
    warning = (
        f"-CSVPath {path} is relative: the script wrote below the folder in which it started, sdssync writes below the"
        " folder of sdssync.toml"
    )
    return path, [warning]


def _path_fault(path: str) -> str:
    """Return why a folder of the script cannot be that of a profile; "" if it can."""
    if '"' in path:
        return "it holds a quote, because \\ before a quote of a command line keeps the quote; leave out the last \\"
    return "~ is the home folder of an account; write the folder in full" if path.startswith("~") else ""


def _name(path: str, taken: Sequence[str]) -> str:
    """Return a name for a profile: that of its folder, with a number if it is taken."""
    last = PureWindowsPath(path.replace("/", "\\")).name
    name = _FORBIDDEN.sub("-", last).strip(". -")
    name = _FALLBACK_NAME if name_fault(name) else name
    forms = {same_name(other) for other in taken}
    names = [name, *(f"{name}-{number}" for number in range(2, len(taken) + 3))]
    return next(free for free in names if same_name(free) not in forms)


def _import_years(call: Call, imported: ImportedProfile) -> None:
    """Take the years; without any the script takes 0 to 13, as a profile does."""
    texts = call.bound.get("YearGroups")
    if not isinstance(texts, list) or texts in ([], [""]):
        if "YearGroups" in call.bound:
            imported.keep("YearGroups", "", "the default, years 0 to 13")
        return
    years = _meant("YearGroups", texts, imported)
    if outside := [year for year in years if not FIRST_YEAR <= year <= LAST_YEAR]:
        numbers = ", ".join(map(str, outside))
        imported.warnings.append(f"-YearGroups: left out {numbers}; a profile takes years {FIRST_YEAR} to {LAST_YEAR}")
    kept = [year for year in years if FIRST_YEAR <= year <= LAST_YEAR]
    if not kept:
        imported.warnings.append("-YearGroups names no year, so the script writes no pupils: no profile is made of it")
        imported.name = ""
    written = ",".join(map(str, kept))
    imported.keep("YearGroups", texts, f"year_groups = {written}" if kept else "nothing")
    imported.options = replace(imported.options, years=written or None)


def _import_subjects(call: Call, imported: ImportedProfile) -> None:
    """Take the subjects that are left out, and the only ones that are taken."""
    for parameter, key in (("ExcludedSubjects", "exclude"), ("IncludedSubjects", "include")):
        texts = call.bound.get(parameter)
        if not isinstance(texts, list) or texts in ([], [""]):
            if parameter in call.bound:
                imported.keep(parameter, "", "nothing: the list is empty")
            continue
        ids = [str(number) for number in _meant(parameter, texts, imported) if number >= 0]
        imported.keep(parameter, texts, f"{key} = {','.join(ids)}" if ids else "nothing")
        if key == "exclude":
            imported.options = replace(imported.options, exclude=tuple(ids))
        else:
            imported.options = replace(imported.options, include=tuple(ids))
        if not ids and key == "include":
            imported.warnings.append("-IncludedSubjects names no subject, so the script takes none: no profile is made")
            imported.name = ""


def _meant(parameter: str, texts: Sequence[str], imported: ImportedProfile) -> list[int]:
    """Return the numbers of a list, each once, with a warning for each text that the script could not match."""
    numbers: list[int] = []
    for text in texts:
        if _NUMBER.fullmatch(text):
            numbers.append(int(text))
            continue
        found = _numbers_in(text)
        numbers += found
        what = "year" if parameter == "YearGroups" else "subject"
        shown = describe(text)
        if found:
            meant = ", ".join(map(str, found))
            imported.warnings.append(
                f"-{parameter}: PowerShell gave the script {shown} as one text, which is no {what}, so the script took"
                f" no {what} from it; the profile has what was probably meant: {meant}"
            )
        else:
            imported.warnings.append(f"-{parameter}: left out {shown}, which is no {what}")
    return list(dict.fromkeys(numbers))


def _numbers_in(text: str) -> list[int]:
    """Return the numbers that were meant by a text such as 7..13, 7,8,9 or @(7,8); none if it says something else."""
    inner = re.sub(r"^@?\(|\)$|['\"]", "", text.strip())
    numbers: list[int] = []
    for part in filter(None, re.split(r"[,;\s]+", inner)):
        if match := _RANGE.fullmatch(part):
            first, last = int(match[1]), int(match[2])
            numbers += range(first, last + 1) if first <= last else range(first, last - 1, -1)
        elif re.fullmatch(r"-?[0-9]{1,18}", part):
            numbers.append(int(part))
        else:
            return []
    return numbers


def _import_texts(call: Call, imported: ImportedProfile) -> None:
    """Take the suffix and the extra teachers."""
    suffix = call.bound.get("Suffix")
    if isinstance(suffix, str):
        imported.keep("Suffix", suffix, f"suffix = {suffix}" if suffix else "nothing: it is empty")
        imported.options = replace(imported.options, suffix=suffix)
        if call.by_file and re.fullmatch(r"'.*'", suffix):
            imported.warnings.append("-Suffix: after -File the single quotes are a part of the suffix, in every title")
    extra = call.bound.get("ExtraTeachers")
    if isinstance(extra, list):
        entries = [part.strip() for text in extra for part in re.split(r"[,;]", text)]
        if len(entries) > len(extra):
            imported.warnings.append(
                "-ExtraTeachers: PowerShell gave the script several addresses as one text, which matches no one;"
                " the profile has each address"
            )
        kept = tuple({entry.casefold(): entry for entry in reversed(entries) if entry}.values())[::-1]
        imported.keep("ExtraTeachers", extra, f"extra = {','.join(kept)}")
        imported.options = replace(imported.options, extra=kept)


def _leave_out(call: Call, imported: ImportedProfile) -> None:
    """Note what is not carried over."""
    if call.bound.get("SkipDownload") is True:
        imported.keep("SkipDownload", "", "--cached, for one run")
        imported.warnings.append(
            "-SkipDownload: the script went on with the document of an earlier run; each run of sdssync downloads,"
            " `sdssync run-all --cached` does not"
        )
    handled = {*SWITCHES, "CSVPath", "YearGroups", "ExcludedSubjects", "IncludedSubjects", "Suffix", "ExtraTeachers"}
    for parameter in call.bound.keys() - handled:
        imported.keep(parameter, call.bound[parameter], "nothing")
        imported.warnings.append(f"-{parameter} is a parameter of PowerShell, and is not carried over")
