"""The result of `sdssync import-script`: JSON for programs, text for people. Neither shows the API key."""

from collections.abc import Iterator

from sdssync.report.json_result import json_result
from sdssync.report.screen import Line
from sdssync.report.tables import Column, Row, table
from sdssync.setup.import_script import Imported
from sdssync.setup.imported_files import NewFile

_COLUMNS = (Column("Argument"), Column("Became"))


def import_json(imported: Imported) -> str:
    """Return what a source gives as the documented JSON."""
    settings = imported.settings
    return json_result(
        calls=[dict(call) for call in imported.calls],
        profiles=[
            {"name": profile.name, "file": profile.file.file, "toml": profile.file.text}
            for profile in imported.profiles
        ],
        settings=None if settings is None else {"file": settings.file, "toml": settings.text},
        key_file=imported.key.file if imported.key else None,
        warnings=list(imported.warnings),
        left_behind=list(imported.left_behind),
    )


def import_lines(imported: Imported, width: int | None, *, is_written: bool) -> Iterator[Line]:
    """Yield what each argument became, the files, what was not carried over, and what the script leaves behind."""
    for profile in imported.profiles:
        if profile.became:
            yield Line(profile.name, "bold")
            yield from table(_COLUMNS, [Row(pair) for pair in profile.became], width)
            yield Line("")
    for file in imported.files:
        yield from _file_lines(file, is_written=is_written)
    yield from _listed("warnings", imported.warnings, "yellow")
    yield from _listed("what the script leaves behind", imported.left_behind)
    yield from _listed("next", _next_steps(imported, is_written=is_written))


def _file_lines(file: NewFile, *, is_written: bool) -> Iterator[Line]:
    """Yield that a file is written; before that its text too, unless it is secret."""
    if is_written:
        yield Line(f"created {file.file}")
        return
    yield Line(f"{file.file}, as --write would create it{':' * (not file.is_secret)}", "bold")
    if file.is_secret:
        yield Line("  the API key of the script, which is not shown")
    else:
        yield from (Line(f"  {line}".rstrip()) for line in file.text.splitlines())
    yield Line("")


def _listed(title: str, texts: tuple[str, ...], style: str = "") -> Iterator[Line]:
    if texts:
        yield Line(f"{title}:", "bold")
        yield from (Line(f"  {text}", style) for text in texts)


def _next_steps(imported: Imported, *, is_written: bool) -> tuple[str, ...]:
    """Return what to do now, in order."""
    steps = []
    if not is_written:
        if imported.settings and not imported.is_real and imported.script:
            name = f'"{imported.script}"' if " " in imported.script else imported.script
            steps.append(f"import the script first, for school, host and key: sdssync import-script {name} --write")
        if imported.files and not imported.existing:
            steps.append("write these files: the same command with --write")
        return tuple(steps)
    if imported.key:
        steps.append(
            f'on Windows, let no other account read the key: icacls "{imported.key.path.parent}" /inheritance:r'
            ' /grant:r "*S-1-5-18:(OI)(CI)F" "*S-1-5-32-544:(OI)(CI)F"'
        )
    if not imported.is_real:
        steps.append("write the id and the name of the school, and the address of iSAMS, into sdssync.toml")
    elif not imported.profiles:
        steps.append("import the command lines or the task of the script, too")
    if imported.profiles:
        steps.append("look at what would be published: sdssync run-all --dry-run")
    return tuple(steps)
