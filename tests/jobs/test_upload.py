"""Hand published sets over to SDS: what is sent, once, in which order, and what comes of it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from sdssync.publish.uploads import UploadOutcome
from tests.support.fake_graph.faults import Drop, Faults, Status, throttled
from tests.support.fake_graph.world import Connector
from tests.support.installation import SETTINGS
from tests.support.runs import command
from tests.support.upload_failures import ALWAYS
from tests.support.uploads import DAY, SCHOOL, VARIABLE, Handing, handing_over, hartley, publish

_YEARS = {"juniors": 3, "seniors": 9}
"""The year of each part of a combined profile."""


@pytest.fixture
def handing(here: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Handing]:
    """An installation that hands over to a fake, and has not published anything yet."""
    hartley(here)
    with handing_over(here) as found:
        monkeypatch.setenv(VARIABLE, found.microsoft.app.secret)
        yield found


class TestRun:
    """A run hands over what it has published."""

    def test_hands_over_what_it_published(self, handing: Handing) -> None:
        """SDS gets the files of the output folder, byte for byte; log, result and status say so."""
        ran = handing.run("--format", "json")
        assert ran.exit_code == 0, ran.err
        [finished] = handing.microsoft.finished
        assert finished.files == handing.published
        assert handing.microsoft.violations == []
        [profile] = ran.json["profiles"]
        assert profile["upload"]["outcome"] == "uploaded"
        [event] = ran.logs("upload.finished")
        assert event["generation"] == 1
        status = json.loads((handing.folder / "state" / "status.json").read_text())
        assert status["profiles"][0]["upload"]["outcome"] == "uploaded"

    def test_hands_over_a_combined_profile(self, handing: Handing) -> None:
        """The night of a school whose profiles are combined: one set with all parts goes to SDS, and the code is 0."""
        combined = 'name = "School"\nformat = "v2.1"\noutput = "csv/School"\ncombine = ["Juniors", "Seniors"]\n'
        parts = {name: f'name = "{name.title()}"\nyear_groups = [{years}]\n' for name, years in _YEARS.items()}
        handing.write(handing.by_id, profile=combined, **parts)
        ran = handing.run("--format", "json")
        assert ran.exit_code == 0, ran.err
        [finished] = handing.microsoft.finished
        assert finished.files == handing.published
        assert [event["profile"] for event in ran.logs("upload.finished")] == ["School"]
        uploads = {profile["profile"]: profile.get("upload") for profile in ran.json["profiles"]}
        assert (uploads["School"]["outcome"], uploads["Juniors"], uploads["Seniors"]) == ("uploaded", None, None)
        assert "School: generation 1 handed over to SDS at" in command("status").out
        assert command("status", "--check", "--today", DAY).exit_code == 0

    def test_hands_over_once(self, handing: Handing) -> None:
        """A night without changes asks Microsoft for nothing at all, if the profile has the id of the connector."""
        handing.write(handing.by_id)
        handing.run()
        requests = len(handing.microsoft.requests)
        ran = handing.run("--format", "json")
        assert ran.exit_code == 0, ran.err
        assert ran.json["profiles"][0]["upload"]["outcome"] == "unchanged"
        assert len(handing.microsoft.requests) == requests

    def test_asks_for_a_connector_that_is_named(self, handing: Handing) -> None:
        """A new connector of the same name has nothing yet, so each night asks which connector has the name."""
        handing.run()
        requests = len(handing.microsoft.requests)
        ran = handing.run("--format", "json")
        assert ran.json["profiles"][0]["upload"]["outcome"] == "unchanged"
        assert {asked.kind for asked in handing.microsoft.requests[requests:]} == {"token", "connectors"}
        handing.microsoft.world.connectors[0] = Connector("11111111-2222-4333-8444-555555555555", "Hartley CSV")
        ran = handing.run("--format", "json")
        assert ran.json["profiles"][0]["upload"]["outcome"] == "uploaded"
        assert len(handing.microsoft.finished) == 2

    def test_a_set_that_another_profile_has_replaced(self, handing: Handing) -> None:
        """The table moves to another profile and back: SDS has the set of the other, so the first goes again."""
        another = SCHOOL.replace("School", "Another").replace("[3, 9]", "[4]")
        handing.write(handing.by_id)
        assert handing.run().exit_code == 0
        (handing.folder / "profiles.d" / "school.toml").write_text(SCHOOL)
        (handing.folder / "profiles.d" / "another.toml").write_text(f"{another}\n[upload]\n{handing.by_id}\n")
        assert handing.run().exit_code == 0
        (handing.folder / "profiles.d" / "another.toml").write_text(another)
        handing.write(handing.by_id)
        assert handing.run().exit_code == 0
        assert len(handing.microsoft.finished) == 3
        assert handing.microsoft.finished[-1].files == handing.published

    def test_fails_with_7_and_is_made_up_for(self, handing: Handing) -> None:
        """The set is published although the upload fails, and the next run hands it over."""
        handing.microsoft.app.permissions.discard("IndustryData-DataConnector.Upload")
        ran = handing.run("--format", "json")
        assert ran.exit_code == 7
        assert ran.json["profiles"][0]["outcome"] == "published"
        [event] = ran.logs("upload.failed")
        assert "IndustryData-DataConnector.Upload" in event["hint"]
        handing.microsoft.app.permissions.add("IndustryData-DataConnector.Upload")
        assert handing.run().exit_code == 0
        assert len(handing.microsoft.finished) == 1


class TestUpload:
    """`sdssync upload`."""

    def test_again(self, handing: Handing) -> None:
        """The same generation goes once more when it is asked for, and not otherwise."""
        handing.run()
        assert handing.upload().outcome is UploadOutcome.UNCHANGED
        assert handing.upload(again=True).outcome is UploadOutcome.UPLOADED
        assert len(handing.microsoft.finished) == 2

    def test_expired(self, handing: Handing) -> None:
        """An expired profile is handed over only if it is named."""
        handing.run()
        handing.write(profile=f"expires = 2020-07-31\n{SCHOOL}")
        left_out = command("upload", "--again")
        assert left_out.exit_code == 0
        assert [event["profile"] for event in left_out.logs("profile.skipped")] == ["School"]
        assert len(handing.microsoft.finished) == 1
        assert command("upload", "School", "--again").exit_code == 0
        assert len(handing.microsoft.finished) == 2

    def test_a_profile_with_mistakes(self, handing: Handing) -> None:
        """The mistakes of its file are shown, not that no profile hands over."""
        handing.write(profile=SCHOOL.replace("year_groups", "year_grops"))
        ran = command("upload")
        assert ran.exit_code == 2
        assert "year_grops" in ran.err
        assert "no profile has" not in ran.err

    def test_damaged_generation(self, handing: Handing) -> None:
        """A generation that is not as it was published is not handed over, and the message names the file."""
        handing.microsoft.app.permissions.discard("IndustryData-DataConnector.Upload")
        assert handing.run().exit_code == 7
        handing.microsoft.app.permissions.add("IndustryData-DataConnector.Upload")
        damaged = handing.folder / "state" / "profiles" / "School" / "1" / "enrollments.csv"
        damaged.write_bytes(damaged.read_bytes() + b"one more row\r\n")
        error = f"{damaged} is damaged: it is not the file that was published (the next run publishes the set anew)"
        assert str(handing.upload().error) == error
        damaged.unlink()
        assert (
            str(handing.upload().error)
            == f"a file of {damaged.parent} is missing (the next run publishes the set anew)"
        )
        assert handing.microsoft.finished == []

    def test_damaged_manifest_of_the_newest(self, handing: Handing) -> None:
        """The generation before does not replace the newest in SDS, and the next run publishes anew."""
        handing.microsoft.app.permissions.discard("IndustryData-DataConnector.Upload")
        assert handing.run().exit_code == 7
        handing.microsoft.app.permissions.add("IndustryData-DataConnector.Upload")
        settings = handing.folder / "sdssync.toml"
        settings.write_text(settings.read_text().replace("MySchool", "Another name"))
        assert handing.run().exit_code == 0
        (handing.folder / "state" / "profiles" / "School" / "2" / "manifest.json").write_text("{")

        assert str(handing.upload().error) == "generation 2 is damaged (the next run publishes the set anew)"

        assert len(handing.microsoft.finished) == 1
        assert handing.run().exit_code == 0
        assert [done.generation for done in handing.known.done] == [2, 3]

    def test_reads_nothing_that_has_been_handed_over(self, handing: Handing) -> None:
        """A night without changes does not read the generation: damage that SDS has not seen is no failure."""
        handing.run()
        damaged = handing.folder / "state" / "profiles" / "School" / "1" / "enrollments.csv"
        damaged.write_bytes(b"")
        assert handing.upload().outcome is UploadOutcome.UNCHANGED

    def test_again_that_fails_leaves_nothing_to_do(self, handing: Handing) -> None:
        """SDS has the set: the next night asks Microsoft for nothing, and the status is good again."""
        handing.write(handing.by_id)
        handing.run()
        handing.microsoft.script(Status(400), of="append")
        assert handing.upload(again=True).exit_code == 7
        requests = len(handing.microsoft.requests)
        assert handing.run().exit_code == 0
        assert len(handing.microsoft.requests) == requests
        assert handing.known.last
        assert handing.known.last.exit_code == 0

    def test_a_run_that_is_no_longer_wanted(self, handing: Handing) -> None:
        """A profile that starts no run any more has nothing to make up for."""
        handing.write(f"{handing.by_id}\nstart_run = true")
        handing.microsoft.script(throttled("3600"), of="start")
        assert handing.run().exit_code == 7
        handing.write(handing.by_id)
        requests = len(handing.microsoft.requests)
        assert handing.run().exit_code == 0
        assert len(handing.microsoft.requests) == requests

    def test_a_validation_of_the_set_before(self, handing: Handing) -> None:
        """The answers about two sets get lost: the operation of the first is not taken for that of the second."""
        publish(handing.folder)
        handing.write()
        handing.microsoft.script(Drop.AFTER, of="validate")
        handing.microsoft.script(Drop.BEFORE, of="operations", times=ALWAYS)
        assert handing.uploaded().exit_code == 7
        handing.microsoft.world.faults = Faults()
        publish(handing.folder, settings=SETTINGS.replace("MySchool", "Another name"))
        handing.write()
        handing.microsoft.script(Drop.BEFORE, of="validate")
        assert handing.uploaded().exit_code == 7
        assert handing.uploaded().exit_code == 0
        assert len(handing.microsoft.finished) == 2
        assert handing.microsoft.finished[-1].files == handing.published
