"""The record of the last publication: written whole or not at all, and none when it cannot be read."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sdssync.errors import OutputError
from sdssync.publish.publications import Publication, read_publication, tidy_publications, write_publication
from sdssync.sds.formats import SdsFormat

LAST = Publication(
    published_at=datetime(2026, 9, 1, 2, 30, 15, 123456, tzinfo=UTC),
    format=SdsFormat.V2,
    files=("classes.csv", "enrollments.csv", "orgs.csv", "users.csv"),
)
RECORD = {"published_at": "2026-09-01T02:30:15.123456Z", "format": "v2", "files": [*LAST.files]}


@pytest.mark.parametrize("profile", ["Seniors", "Prépa 2026.27", "a.json"])
def test_what_is_written_is_read(tmp_path: Path, profile: str) -> None:
    """A record comes back as it was, and replaces the former one; no temporary file stays."""
    state = tmp_path / "state"

    write_publication(state, profile, Publication(published_at=LAST.published_at, format=SdsFormat.V21, files=()))
    write_publication(state, profile, LAST)

    assert read_publication(state, profile) == LAST
    assert [path.name for path in (state / "published").iterdir()] == [f"{profile}.json"]
    assert json.loads((state / "published" / f"{profile}.json").read_bytes()) == RECORD


def test_each_profile_has_its_own(tmp_path: Path) -> None:
    """A profile that has published nothing has no record."""
    write_publication(tmp_path, "Seniors", LAST)

    assert read_publication(tmp_path, "Prep") is None


@pytest.mark.parametrize(
    "damaged",
    [
        pytest.param(b"", id="empty"),
        pytest.param(json.dumps(RECORD).encode()[:40], id="cut"),
        pytest.param(b"\0" * 200, id="zeros after a power cut"),
        pytest.param(b"\xff\xfe{}", id="not UTF-8"),
        pytest.param(b"[" * 100_000, id="deep"),
        pytest.param(b"[1, 2]", id="no object"),
        pytest.param(json.dumps(RECORD | {"published_at": "yesterday"}).encode(), id="no time"),
        pytest.param(json.dumps(RECORD | {"published_at": "2026-09-01T02:30:15"}).encode(), id="no time zone"),
        pytest.param(json.dumps(RECORD | {"files": "users.csv"}).encode(), id="files are no list"),
        pytest.param(json.dumps({"format": "v2", "files": []}).encode(), id="a key is missing"),
    ],
)
def test_a_damaged_record_is_none(tmp_path: Path, damaged: bytes) -> None:
    """A record is a memory: what cannot be read stops no run."""
    write_publication(tmp_path, "Seniors", LAST)
    (tmp_path / "published" / "Seniors.json").write_bytes(damaged)

    assert read_publication(tmp_path, "Seniors") is None


def test_a_folder_in_place_of_the_record_is_none(tmp_path: Path) -> None:
    """Nor does it stop a run that the record is no file; writing it does."""
    (tmp_path / "published" / "Seniors.json").mkdir(parents=True)

    assert read_publication(tmp_path, "Seniors") is None
    with pytest.raises(OutputError, match="the record of the publication cannot be written"):
        write_publication(tmp_path, "Seniors", LAST)


def test_unfinished_records_are_removed(tmp_path: Path) -> None:
    """What a killed run did not finish goes, the records stay; without any there is nothing to do."""
    tidy_publications(tmp_path)
    write_publication(tmp_path, "Seniors", LAST)
    (tmp_path / "published" / ".Prep.json.new").write_bytes(b'{"format"')

    tidy_publications(tmp_path)

    assert [path.name for path in (tmp_path / "published").iterdir()] == ["Seniors.json"]
