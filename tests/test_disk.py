"""Every error of the disk is translated, and only regular files are read: shown by the sources themselves."""

from pathlib import Path

import pytest

from tests.support.disk import Disk, Function

PACKAGE = Path(__file__).parents[1] / "sdssync"

pytestmark = pytest.mark.portable

DISK = Disk(PACKAGE)
LEAKS = DISK.leaks()

RAISING = {
    "files": "its functions say in their docstrings that they raise OSError",
    "isams.damage._end": "_examine",
    "isams.damage._examine": "damage",
    "isams.damage.damage": "isams.parser.parse",
    "isams.document.measure": "cached_document, recorded_document and isams.download._fetch",
    "isams.parser._feed": "parse",
    "log.file._file_away": "_rotate, whose caller is LogFile.doRollover",
    "log.file._rotate": "LogFile.doRollover",
    "jobs.anonymise._faults": "isams.temporary.temporary_folder, in whose block it works",
    "jobs.anonymise._invent": "isams.temporary.temporary_folder, in whose block it works",
    "jobs.anonymise._prove": "isams.temporary.temporary_folder, in whose block it works",
    "jobs.anonymise._take": "isams.temporary.temporary_folder, in whose block it works",
    "jobs.doctor._document": "_ask and _last",
    "jobs.mirror.count_set": "jobs.anonymise, in the block of isams.temporary.temporary_folder",
    "publish.generations.Generations.write.fill": "files.folders.write_folder, which `write` calls",
    "publish.healing._clear": "heal",
    "publish.healing._holds_more": "_clear",
    "publish.output_folder._foreign_entries": "check_folder",
    "publish.output_folder._path_fault": "check_folder",
    "publish.set_files._blocks": "survey_set",
    "publish.set_files._count": "survey_set",
    "publish.set_files._survey": "survey_set",
    "publish.set_files.survey_set": "its callers, which say whose files they are",
    "publish.staging._give_owner": "publish",
    "publish.staging._names": "publish",
    "publish.staging._take_over": "publish",
    "publish.state_file.make_way": "the writers of state files",
    "publish.state_file.set_aside": "the writers of state files",
    "roster.csv_files.write": "publish.staging.staging, in whose block it is called",
    "safety.audit.Audit._repair": "Audit.repair",
    "safety.audit._append": "Audit.append",
    "safety.audit._last_hash": "_append",
    "safety.audit._without_torn_line": "Audit.repair",
    "safety.csv_set": "read_set, whose callers say whose files they are",
    "safety.held.Waiting.hold.fill": "files.folders.write_folder, which `hold` calls",
    "sds.opening.open_at_once": "file_kinds.kind_of_file, and csv_bytes.open_file",
}
"""The functions that let an OSError out, or their modules; and who translates it."""

OPENING = {
    "jobs.anonymise": "writes a document in a folder that it has made",
    "roster.csv_files": "writes the files of a set, which are new",
    "safety.audit": "appends to a file that was read as a regular one",
    "isams.download": "writes a file that it has made",
    "sds.csv_bytes": "sds stands alone, and reads with the same care by itself",
    "sds.opening": "sds stands alone, and opens with the same care by itself",
    "sds.file_kinds": "sds stands alone, and reads with the same care by itself",
    "log.file": "log stands alone, and looks at the file first",
}
"""The modules outside `files` that open files themselves, and why."""


HASTY = {
    "log.file": "log stands alone; the next run tries again",
    "publish.healing.heal: output.rmdir": "given to `patiently`, and a folder that is not empty stays",
    "publish.healing._remove: folder.rmdir": "given to `patiently`",
}
"""What makes, renames or removes outside `files` by itself, and why."""


def listed(function: Function, table: dict[str, str]) -> bool:
    """Return True if a table has a function, its module or its package."""
    names = str(function).split(".")
    return any(".".join(names[:length]) in table for length in range(1, len(names) + 1))


def test_every_error_of_the_disk_is_translated() -> None:
    """No function lets an OSError out but those of the list, whose callers translate it."""
    assert [f"{function}: {use.what}" for function, use in LEAKS.items() if not listed(function, RAISING)] == []


def test_the_list_is_no_longer_than_it_must_be() -> None:
    """A function that lets nothing out any more leaves the list."""
    assert [name for name in RAISING if not any(listed(function, {name: ""}) for function in LEAKS)] == []


def test_only_regular_files_are_opened() -> None:
    """Outside `files` nothing is opened, or read by its path, but in the modules of the list."""
    opening = {"open", "os.open", "read_bytes", "read_text", "os.fdopen"}
    found = {
        str(function)
        for function, uses in DISK.every_use().items()
        for use in uses
        if isinstance(use.what, str) and (use.what in opening or use.what.rpartition(".")[2] in opening)
    }

    assert [name for name in sorted(found) if not name.startswith(("files.", *OPENING))] == []


def test_what_windows_may_refuse_for_a_moment_is_tried_again() -> None:
    """Outside `files` nothing is made, renamed or removed but through `patience`, which knows what may be refused."""
    changing = {"mkdir", "rename", "replace", "rmdir", "unlink"}
    found = {
        f"{function}: {use.what}"
        for function, uses in DISK.every_use().items()
        for use in uses
        if isinstance(use.what, str) and use.what.rpartition(".")[2] in changing
    }

    assert [name for name in sorted(found) if not name.startswith(("files.", *HASTY))] == []


@pytest.mark.parametrize(
    ("source", "leaks"),
    [
        pytest.param("path.open()", ["m.f"], id="a call"),
        pytest.param("g()\ndef g():\n    path.unlink()", ["m.f", "m.g"], id="a call of a function that calls"),
        pytest.param("try:\n        path.open()\n    except OSError:\n        pass", [], id="caught"),
        pytest.param(
            "try:\n        path.open()\n    except FileNotFoundError:\n        pass", ["m.f"], id="half caught"
        ),
        pytest.param("try:\n        path.open()\n    except OSError:\n        raise", ["m.f"], id="raised again"),
        pytest.param("try:\n        a()\n    except OSError:\n        path.open()", ["m.f"], id="in a handler"),
        pytest.param("with suppress(OSError):\n        path.open()", [], id="suppressed"),
        pytest.param("with suppress(KeyError):\n        path.open()", ["m.f"], id="something else suppressed"),
        pytest.param("text.replace('a', 'b')", [], id="a text"),
        pytest.param("path.replace(other)", ["m.f"], id="a path"),
        pytest.param("os.path.lexists(path)", [], id="what raises nothing"),
        pytest.param("patiently(lambda: path.rename(other))", ["m.f"], id="a function without a name"),
        pytest.param("patiently(path.rmdir)", ["m.f"], id="without a call"),
    ],
)
def test_the_analysis_itself(tmp_path: Path, source: str, leaks: list[str]) -> None:
    """The analysis finds what it should, and nothing else."""
    package = tmp_path / "package"
    package.mkdir()
    (package / "m.py").write_text(f"def f():\n    {source}\n", encoding="utf-8")

    assert sorted(map(str, Disk(package).leaks())) == leaks
