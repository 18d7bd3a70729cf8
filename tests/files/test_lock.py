"""One run at a time: a lock that another process holds is refused at once, and dies with its holder."""

import errno
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sdssync.errors import LockedError, OutputError
from sdssync.files.lock import LOCK_FILE, installation_lock, is_held
from tests.support.needs import needs_flock, needs_linux_texts

if sys.platform != "win32":
    import fcntl

HOLD = """
import sys
from pathlib import Path
from sdssync.files.lock import installation_lock
from tests.support.needs import needs_flock, needs_linux_texts
with installation_lock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def holder(state: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock until its input ends or it is killed."""
    command = [sys.executable, "-c", HOLD, str(state)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


def test_a_second_run_is_refused_while_the_first_is_at_work(tmp_path: Path) -> None:
    """The error says that another run is in progress; another installation is free."""
    state = tmp_path / "state"

    with holder(state):
        with pytest.raises(LockedError) as refused, installation_lock(state):
            pass
        with installation_lock(tmp_path / "other"):
            pass

    assert str(refused.value) == (
        f"state {state}: another run of this installation is in progress (wait until it has finished, then start again)"
    )


def test_looking_at_the_lock(tmp_path: Path) -> None:
    """Whether it is held can be seen without making or touching anything, before, while and after it is held."""
    state = tmp_path / "state"
    before = is_held(state)
    there_before = state.exists()

    with holder(state):
        meanwhile = is_held(state)
        untouched = (state / LOCK_FILE).stat()
    after = is_held(state)

    assert (before, there_before, meanwhile, after) == (False, False, True, False)
    assert (state / LOCK_FILE).stat().st_mtime_ns == untouched.st_mtime_ns


@pytest.mark.parametrize("end", ["kill", "close"])
def test_the_lock_ends_with_its_holder(tmp_path: Path, end: str) -> None:
    """However a run ends, the next one gets the lock; the file that stays behind says nothing."""
    with holder(tmp_path) as process:
        if end == "kill":
            process.kill()
        elif process.stdin:
            process.stdin.close()
        process.wait()

        with installation_lock(tmp_path):
            pass

    assert [path.name for path in tmp_path.iterdir()] == [LOCK_FILE]


def test_the_lock_is_free_again_after_an_error(tmp_path: Path) -> None:
    """A run that fails does not keep the lock within the process either."""
    with pytest.raises(ZeroDivisionError), installation_lock(tmp_path):
        raise ZeroDivisionError

    with installation_lock(tmp_path), pytest.raises(LockedError), installation_lock(tmp_path):
        pass


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        pytest.param("file", "a file is where a folder is expected", id="a file in place of the folder"),
        pytest.param("file/state", "Not a directory", id="a file in place of a parent"),
        pytest.param("folder", "it is a folder, and a file is expected", id="a folder in place of the lock file"),
        pytest.param("n" * 300, "File name too long", id="a name that is too long"),
    ],
)
@needs_linux_texts
def test_a_state_folder_that_cannot_be_written_is_an_output_error(tmp_path: Path, state: str, reason: str) -> None:
    """The message names the state folder and says why."""
    (tmp_path / "file").touch()
    (tmp_path / "folder" / LOCK_FILE).mkdir(parents=True)

    with pytest.raises(OutputError) as refused, installation_lock(tmp_path / state):
        pass

    assert refused.value.message == f"state {tmp_path / state}: the lock cannot be taken: {reason}"


@needs_flock
def test_a_file_system_without_locks_is_an_output_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system has no flock the run stops: a marker file instead would outlive a kill."""

    def flock(*_: object) -> None:
        raise OSError(errno.ENOSYS, "Function not implemented")

    monkeypatch.setattr(fcntl, "flock", flock)

    with pytest.raises(OutputError) as refused, installation_lock(tmp_path):
        pass

    assert refused.value.message == f"state {tmp_path}: the lock cannot be taken: Function not implemented"
