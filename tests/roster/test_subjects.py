"""The list of subjects: what hangs on each."""

from sdssync.roster.roll import call_roll
from sdssync.roster.subjects import SubjectSummary, summarise_subjects
from tests.support.builders import listed, make_pupil, make_school, make_set, make_subject


def test_subjects() -> None:
    """A subject of two departments stands once; sets of every year and current pupils count once."""
    school = make_school(
        pupils=[make_pupil(number) for number in (1, 2, 3)],
        subjects=[
            make_subject(id="10", code="", name=""),
            make_subject(id="2", department="Sciences"),
            make_subject(id="2", department="Arts", code="other"),
            make_subject(id="2", department="Sciences"),
            make_subject(id="A"),
        ],
        teaching_sets=[
            make_set(id="21", subject_id="2"),
            make_set(id="22", subject_id="2", year="13"),
            make_set(id=" 21 ", subject_id="2"),
            make_set(id="77", subject_id="77"),
        ],
        memberships=[*listed("21", "9001", "9001", "9404"), *listed("022", "9001", "9002"), *listed("77", "9003")],
    )

    summary = summarise_subjects(call_roll(school))

    assert summary == (
        SubjectSummary(id="2", code="Ma", name="Mathematics", departments=("Sciences", "Arts"), sets=2, pupils=2),
        SubjectSummary(id="10", code="", name="", departments=("Sciences",), sets=0, pupils=0),
        SubjectSummary(id="A", code="Ma", name="Mathematics", departments=("Sciences",), sets=0, pupils=0),
    )


def test_no_subjects() -> None:
    """A school without departments has none."""
    assert summarise_subjects(call_roll(make_school(subjects=[]))) == ()
