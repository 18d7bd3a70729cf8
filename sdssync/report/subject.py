"""What was asked for, as a sentence names it."""

from sdssync.report.answers import Answer
from sdssync.report.names import legible
from sdssync.report.step_words import called, thing_words


def class_words(answer: Answer) -> str:
    """Return the class as a sentence names it."""
    if answer.things:
        return " and ".join(map(thing_words, answer.things))
    titles = {
        known.title
        for profile in answer.profiles
        for sighting in profile.presence.sightings
        for class_id, known in sighting.seen.classes.items()
        if class_id in profile.class_ids
    }
    return legible(next(iter(sorted(titles)), "the class"))


def in_it_words(answer: Answer, *, is_in: bool) -> str:
    """Return whether a set that was just named has what was asked for: `Ava Brown is in it`."""
    verb = "is" if is_in else "is not"
    if answer.who is None:
        return f"{class_words(answer)} {verb} in it"
    place = "in it" if answer.things is None else f"in {class_words(answer)} there"
    return f"{called(answer.who)} {verb} {place}"
