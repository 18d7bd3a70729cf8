"""A set is built next to the output, swapped in whole, and whatever ends a run early is put right by the next one."""

import os
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sdssync.errors import OutputError
from sdssync.files import swap
from sdssync.files.patience import rename
from sdssync.files.swap import Swap
from sdssync.publish.healing import heal
from sdssync.publish.staging import publish, staging
from tests.support.needs import (
    needs_dev_full,
    needs_exchange,
    needs_folder_descriptors,
    needs_linux_texts,
    needs_modes,
    needs_root,
    needs_symlinks,
)
from tests.support.processes import as_nobody
from tests.support.publish_forever import FILES, SWAPS, content, generation_of

ROOT = Path(__file__).parents[2]
BOTH_WAYS = pytest.mark.parametrize("strategy", [pytest.param("exchange", marks=needs_exchange), "renaming"])


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "csv" / "Seniors"


@pytest.fixture
def umask() -> Iterator[None]:
    """The umask of most systems, whatever the tests were started with."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def build(folder: Path, generation: int, *names: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in names or FILES:
        (folder / name).write_bytes(content(name, generation))


def put(output: Path, generation: int, swap: Swap = swap.swap) -> OutputError | None:
    """Publish a generation; return what could not be done after it was in its place."""
    with staging(output) as staged:
        build(staged.folder, generation)
        publish(staged.folder, output, swap=swap, linger=0)
    return staged.leftover


def found(place: Path) -> dict[str, object]:
    """Return for each folder the generation of its complete set, otherwise the names that it holds."""
    state: dict[str, object] = {}
    for folder in place.iterdir():
        names = sorted(path.name for path in folder.iterdir())
        generations = {generation_of(name, (folder / name).read_bytes()) for name in names}
        state[folder.name] = generations.pop() if names == sorted(FILES) and len(generations) == 1 else names
    return state


@BOTH_WAYS
def test_sets_follow_one_another_and_leave_nothing_over(output: Path, strategy: str) -> None:
    """The first publication makes the folder and its parents, each further one replaces the set whole."""
    seen = []

    for generation in range(3):
        put(output, generation, SWAPS[strategy])
        seen.append(found(output.parent))

    assert seen == [{"Seniors": 0}, {"Seniors": 1}, {"Seniors": 2}]


def test_an_empty_output_folder_is_filled(output: Path) -> None:
    """An empty folder that was made beforehand is replaced."""
    output.mkdir(parents=True)

    put(output, 1)

    assert found(output.parent) == {"Seniors": 1}


def test_files_of_the_former_format_do_not_stay(output: Path) -> None:
    """The set is the folder: a file that the new set lacks is gone."""
    put(output, 0)
    (output / "roles.csv").write_bytes(b"userSourcedId\r\n")

    put(output, 1)

    assert found(output.parent) == {"Seniors": 1}


@pytest.mark.parametrize("name", ["S", "Prépa 2026.27", "n" * 255, "ü" * 127], ids=["one", "dots", "255", "two-byte"])
def test_any_name_of_a_folder_can_be_published(tmp_path: Path, name: str) -> None:
    """Hidden siblings have names within the limits, also next to a folder whose name reaches them."""
    put(tmp_path / name, 0)
    put(tmp_path / name, 1, swap.by_renaming)

    assert found(tmp_path) == {name: 1}


def test_neighbours_with_long_names_do_not_meet(tmp_path: Path) -> None:
    """Two long names that differ at the end only are staged in two places."""
    with staging(tmp_path / ("n" * 254 + "1")) as one, staging(tmp_path / ("n" * 254 + "2")) as two:
        assert one != two


def test_a_set_that_is_not_published_leaves_nothing_over(output: Path) -> None:
    """Staging ends with the block, with or without an error; the output stays as it was."""
    put(output, 0)

    with staging(output) as staged:
        build(staged.folder, 1)
        during = sorted(path.name for path in output.parent.iterdir())
    with pytest.raises(ZeroDivisionError), staging(output):
        raise ZeroDivisionError

    assert during == [".Seniors.sdssync-new", "Seniors"]
    assert found(output.parent) == {"Seniors": 0}


@needs_folder_descriptors
@BOTH_WAYS
def test_who_holds_the_folder_open_can_read_the_former_set_to_its_end(output: Path, strategy: str) -> None:
    """Between swap and removal an opened folder still holds all of the set that it held."""
    put(output, 0)
    folder = os.open(output, os.O_RDONLY)
    seen = {}

    def read(staged: Path, place: Path, aside: Path) -> None:
        SWAPS[strategy](staged, place, aside)
        for name in os.listdir(folder):  # noqa: PTH208 - of a descriptor
            with open(os.open(name, os.O_RDONLY, dir_fd=folder), "rb") as file:  # noqa: PTH123 - a descriptor
                seen[name] = generation_of(name, file.read())

    put(output, 1, read)
    os.close(folder)

    assert seen == dict.fromkeys(FILES, 0)
    assert found(output.parent) == {"Seniors": 1}


def arrange(place: Path, folders: dict[str, int | list[str]]) -> None:
    for name, what in folders.items():
        if isinstance(what, int):
            build(place / name, what)
        else:
            (place / name).mkdir(parents=True)
            for file in what:
                (place / name / file).write_bytes(content(file, 9))


NEW, OLD = ".Seniors.sdssync-new", ".Seniors.sdssync-old"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param({"Seniors": 1}, {"Seniors": 1}, id="nothing was left behind"),
        pytest.param({NEW: ["users.csv"]}, {}, id="killed while staging the first set"),
        pytest.param({"Seniors": 1, NEW: []}, {"Seniors": 1}, id="killed while staging"),
        pytest.param({"Seniors": 1, NEW: 2}, {"Seniors": 1}, id="killed before the swap, or after it"),
        pytest.param({"Seniors": 2, NEW: ["orgs.csv"]}, {"Seniors": 2}, id="killed while removing the former set"),
        pytest.param({OLD: 1, NEW: 2}, {"Seniors": 1}, id="killed between two renames"),
        pytest.param({OLD: 1}, {"Seniors": 1}, id="only the former set is left"),
        pytest.param({OLD: 1, NEW: ["users.csv"]}, {"Seniors": 1}, id="killed while healing"),
        pytest.param({"Seniors": 2, OLD: 1}, {"Seniors": 2}, id="killed after both renames"),
        pytest.param({"Seniors": [], OLD: 1, NEW: 2}, {"Seniors": 1}, id="the missing folder was made by hand"),
    ],
)
def test_what_a_crash_left_behind_is_put_right(
    output: Path, before: dict[str, int | list[str]], after: dict[str, object]
) -> None:
    """The output is whole again, nothing is left over, and a second look finds nothing to do."""
    output.parent.mkdir()
    arrange(output.parent, before)

    healed = heal(output)

    assert found(output.parent) == after
    assert (healed, heal(output)) == (any(name in before for name in (NEW, OLD)), False)


def test_staging_heals_first(output: Path) -> None:
    """The next run that builds a set begins in a fresh folder, with the former set in its place."""
    arrange(output.parent, {OLD: 1, NEW: 2})

    with staging(output) as staged:
        during = found(output.parent)

    assert staged.folder.name == NEW
    assert during == {"Seniors": 1, NEW: []}


def test_an_interrupt_between_the_renames_is_healed_at_once(output: Path) -> None:
    """Ctrl-C is not a kill: the block puts things right before it ends."""
    put(output, 0)

    def interrupted(_: Path, place: Path, aside: Path) -> None:
        rename(place, aside)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        put(output, 1, interrupted)

    assert found(output.parent) == {"Seniors": 0}


DIE = """
import os, sys
from pathlib import Path
from tests.support.publish_forever import FILES, SWAPS, content
from sdssync.publish.staging import publish, staging

left = int(sys.argv[4])
def tick(event, _):
    global left
    if event.partition(".")[0] in {"open", "os", "ctypes", "shutil"}:
        left -= 1
        if left < 0:
            left = 1 << 30  # the kill is an event, too
            os.kill(os.getpid(), 9)  # TerminateProcess on Windows

output, generation = Path(sys.argv[1]), int(sys.argv[3])
sys.addaudithook(tick)
with staging(output) as staged:
    for name in FILES:
        (staged.folder / name).write_bytes(content(name, generation))
    publish(staged.folder, output, swap=SWAPS[sys.argv[2]], linger=0)
left = 1 << 30
print("published")
"""


@pytest.mark.slow
@BOTH_WAYS
@pytest.mark.parametrize("before", [{}, {"Seniors": 1}, {OLD: 1, NEW: 2}], ids=["first", "next", "healing"])
def test_a_kill_before_any_single_step_loses_nothing(
    tmp_path: Path, strategy: str, before: dict[str, int | list[str]]
) -> None:
    """Killed before its first step, its second and so on, until it ends: the next heal finds the old set or the new."""
    outcomes = []
    for step in range(200):
        output = tmp_path / str(step) / "Seniors"
        output.parent.mkdir()
        arrange(output.parent, before)
        command = [sys.executable, "-c", DIE, str(output), strategy, "3", str(step)]

        done = subprocess.run(
            command, capture_output=True, text=True, check=False, env=os.environ | {"PYTHONPATH": str(ROOT)}
        )
        heal(output)

        assert done.stderr == ""
        outcomes.append(found(output.parent))
        if done.stdout:
            break

    former: dict[str, object] = {"Seniors": 1} if before else {}
    turn = outcomes.index({"Seniors": 3})
    assert outcomes == [former] * turn + [{"Seniors": 3}] * (len(outcomes) - turn)
    assert turn > len(FILES)


def stranger(output: Path) -> None:
    (output / "notes.txt").touch()


def swapped_for_a_link(output: Path) -> None:
    output.rename(output.with_name("elsewhere"))
    output.symlink_to("elsewhere")


@pytest.mark.parametrize(
    ("happens", "message"),
    [
        pytest.param(stranger, "it holds more than the files of an SDS set: file notes.txt", id="a stranger"),
        pytest.param(swapped_for_a_link, "it is a link, and a folder is expected", id="a link", marks=needs_symlinks),
    ],
)
def test_what_came_after_the_guards_looked_is_left_alone(
    output: Path, happens: Callable[[Path], None], message: str
) -> None:
    """The output is looked at once more before the swap; nothing of it is touched."""
    put(output, 0)

    def late() -> None:
        with staging(output) as staged:
            build(staged.folder, 1)
            happens(output)
            publish(staged.folder, output, linger=0)

    with pytest.raises(OutputError) as refused:
        late()

    assert refused.value.message == f"output {output}: {message}"
    assert generation_of("users.csv", (output / "users.csv").read_bytes()) == 0
    assert not output.with_name(NEW).exists()


@needs_symlinks
@pytest.mark.parametrize("sibling", [NEW, OLD])
def test_a_link_in_place_of_a_hidden_folder_is_not_followed(tmp_path: Path, sibling: str) -> None:
    """The link goes, what it points to stays."""
    target = tmp_path / "target"
    build(target, 5)
    (tmp_path / sibling).symlink_to(target)
    build(tmp_path / "Seniors", 1)

    put(tmp_path / "Seniors", 2)

    assert found(tmp_path) == {"Seniors": 2, "target": 5}


@needs_linux_texts
@pytest.mark.parametrize(
    ("stray", "reason"),
    [
        pytest.param("notes.txt", "Directory not empty", id="file"),
        pytest.param("users.csv/inner", "Is a directory", id="folder"),
    ],
)
def test_strangers_in_a_hidden_folder_are_kept(output: Path, stray: str, reason: str) -> None:
    """Only files with SDS names are ever removed; the message names the folder that needs a look."""
    put(output, 0)
    kept = output.with_name(NEW) / stray
    kept.parent.mkdir(parents=True)
    kept.touch()

    with pytest.raises(OutputError) as refused, staging(output):
        pass

    assert refused.value.message == (
        f"{output.with_name(NEW)}: this folder of an earlier run cannot be removed: {reason}"
    )
    assert kept.exists()
    assert generation_of("users.csv", (output / "users.csv").read_bytes()) == 0


@needs_exchange
def test_a_former_set_that_cannot_be_removed_is_reported_as_such(output: Path) -> None:
    """The error is a value next to the new set, which is in its place; the next run heals."""
    put(output, 0)

    def disturbed(staged: Path, place: Path, aside: Path) -> None:
        swap.by_system(staged, place, aside)
        (staged / "notes.txt").touch()

    leftover = put(output, 1, disturbed)
    there = generation_of("users.csv", (output / "users.csv").read_bytes())
    (output.with_name(NEW) / "notes.txt").unlink()
    put(output, 2)

    assert leftover is not None
    assert (
        leftover.message
        == f"{output.with_name(NEW)}: this folder of an earlier run cannot be removed: Directory not empty"
    )
    assert (there, found(output.parent)) == (1, {"Seniors": 2})


@needs_linux_texts
@pytest.mark.parametrize(
    ("place", "reason", "hint"),
    [
        pytest.param("file/Seniors", "File exists", "a file is where a folder is expected", id="parent is a file"),
        pytest.param("n" * 256 + "/Seniors", "File name too long", "choose a shorter path", id="too long"),
    ],
)
def test_what_the_system_refuses_is_an_output_error(tmp_path: Path, place: str, reason: str, hint: str) -> None:
    """The message names the folder and the system's reason, the hint says what to do."""
    (tmp_path / "file").touch()

    with pytest.raises(OutputError) as refused:
        put(tmp_path / place, 1)

    assert refused.value.message == f"output {tmp_path / place}: it cannot be written: {reason}"
    assert refused.value.hint == hint


@needs_dev_full
def test_a_full_disk_while_building_is_an_output_error(output: Path) -> None:
    """An error of the system within the block is one of the output; the former set stays, nothing is left over."""
    put(output, 0)

    with pytest.raises(OutputError) as refused, staging(output):
        Path("/dev/full").write_bytes(b"x")

    assert refused.value.message == f"output {output}: it cannot be written: No space left on device"
    assert found(output.parent) == {"Seniors": 0}


def modes(folder: Path) -> dict[str, str]:
    return {path.name: oct(stat.S_IMODE(path.stat().st_mode)) for path in (folder, *folder.iterdir())}


@needs_modes
@pytest.mark.usefixtures("umask")
@BOTH_WAYS
def test_the_folder_keeps_its_mode_and_each_file_its_own(output: Path, strategy: str) -> None:
    """The umask decides for the first set and for new files, what is there for all others; staging is private."""
    put(output, 0)
    first = modes(output)
    output.chmod(0o2750)
    (output / "users.csv").chmod(0o640)
    (output / "orgs.csv").unlink()

    with staging(output) as staged:
        private = oct(stat.S_IMODE(staged.folder.stat().st_mode))
        build(staged.folder, 1)
        publish(staged.folder, output, swap=SWAPS[strategy], linger=0)

    assert first == {"Seniors": "0o755"} | dict.fromkeys(FILES, "0o644")
    assert private == "0o700"
    assert modes(output) == first | {"Seniors": "0o2750", "users.csv": "0o640"}


@needs_root
def test_the_folder_keeps_its_owner(output: Path) -> None:
    """Folder and files belong to the owner and the group of the folder that was there."""
    put(output, 0)
    os.chown(output, 1234, 4321)

    put(output, 1)

    owners = {(path.stat().st_uid, path.stat().st_gid) for path in (output, *output.iterdir())}
    assert owners == {(1234, 4321)}


def refusal(action: Callable[[], object]) -> str:
    """Return the message of the OutputError that an action ends with."""
    with pytest.raises(OutputError) as caught:
        action()
    return caught.value.message


@needs_root
@pytest.mark.parametrize(
    ("parent_mode", "reason"),
    [
        pytest.param(0o755, "it cannot be written: Permission denied", id="no right to write next to the folder"),
        pytest.param(0o777, "it cannot be written: Operation not permitted", id="the folder belongs to another"),
    ],
)
def test_without_the_rights_nothing_is_touched(parent_mode: int, reason: str) -> None:
    """An account that cannot write there, or cannot keep the owner, publishes nothing and says why."""
    with tempfile.TemporaryDirectory() as place:
        output = Path(place) / "csv" / "Seniors"
        put(output, 0)
        Path(place).chmod(0o755)
        output.parent.chmod(parent_mode)

        message = as_nobody(lambda: refusal(lambda: put(output, 1)))

        assert message == f"output {output}: {reason}"
        assert found(output.parent) == {"Seniors": 0}
