"""The short answer of `sdssync explain` when a profile could not be asked: it must not claim more than is known."""

from sdssync.report.answers import Answer
from sdssync.report.step_words import enumerated


def without_all(answer: Answer, name: str, absent: str) -> str:
    """Return the short answer about what no profile that was asked has; `absent` is what is true of those."""
    unasked = [profile.profile for profile in answer.unasked]
    failed = f"{enumerated(unasked)} could not be asked"
    published = [
        profile.profile for profile in answer.unasked if profile.output and answer.has(profile, profile.output)
    ]
    if published:
        sets = "set" if len(published) == 1 else "sets"
        return f"{name} is in the last published {sets} of {enumerated(published)}; today {failed}."
    if len(unasked) == len(answer.profiles):
        return f"Nothing can be said about {name}: {failed}."
    return f"{name} is {absent} that could be asked; {failed}."
