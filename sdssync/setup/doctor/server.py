"""Checks of iSAMS: name, connection, clock, answer, cache, and counts against the last run."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sdssync.isams.datasets import EMPTY_CACHE, group_datasets, wanted_datasets
from sdssync.isams.failures import in_words
from sdssync.net.failure import Failure
from sdssync.publish.generations import Generations, kept_profiles
from sdssync.publish.manifest import SourceFacts
from sdssync.safety.plan import source_losses
from sdssync.setup.doctor.diagnosis import Diagnosis, failure, ok, warning
from sdssync.setup.doctor.patient import Document, NoAnswer, Patient

CERTIFICATE_NOTICE = 21
"""Days before the end of a certificate from which it is a warning."""
_CLOCK_TOLERANCE = timedelta(minutes=5)
_CACHE = timedelta(hours=20)
"""A little less than the 24 hours for which iSAMS repeats an answer by default."""
_FEW = 5
"""So many pupils of one year may go without a word."""
_SET_CLOCK = "set the clock of this computer, and let it follow a time server: expiry and history count by it"
_LOST = (
    "compare with iSAMS: a filter on the API key, the year end in progress, or a dataset that was cut short; "
    "the gates of [safety] hold what goes too far"
)


def clock(patient: Patient) -> Iterator[Diagnosis]:
    """Report a clock that is before the last run, or not that of iSAMS."""
    run = patient.status.last_run if patient.status else None
    contact = patient.contact
    if run and patient.now < run.finished_at - _CLOCK_TOLERANCE:
        yield failure(f"the clock is before the end of the last run, {_local(run.finished_at, patient)}", _SET_CLOCK)
        return
    knock = contact.knock if contact else None
    if knock is None or isinstance(knock, Failure) or knock.clock is None:
        yield ok(f"the clock says {patient.now:%Y-%m-%d %H:%M}{', which is after the last run' if run else ''}")
    elif abs(knock.clock - knock.asked_at) > _CLOCK_TOLERANCE:
        minutes = round(abs(knock.clock - knock.asked_at).total_seconds() / 60)
        yield failure(f"the clock is {minutes:,} minutes away from that of iSAMS", _SET_CLOCK)
    else:
        yield ok("the clock agrees with that of iSAMS")


def dns(patient: Patient) -> Iterator[Diagnosis]:
    """Report that the name of the server is not found."""
    contact = patient.contact
    if contact is None:
        return
    if isinstance(contact.addresses, Failure):
        yield _in_words(contact.addresses)
    else:
        yield ok(f"{contact.host} has the address {', '.join(contact.addresses)}")


def tls(patient: Patient) -> Iterator[Diagnosis]:
    """Report that there is no trusted connection, or that the certificate ends soon."""
    contact = patient.contact
    knock = contact.knock if contact else None
    if contact is None or knock is None:
        return
    if isinstance(knock, Failure):
        yield _in_words(knock)
    elif knock.certificate_ends is None:
        yield ok(f"{contact.host} answers" if knock.is_encrypted else f"{contact.host} is this computer, without TLS")
    elif (days := (knock.certificate_ends - patient.now).days) <= CERTIFICATE_NOTICE:
        yield warning(f"the certificate of {contact.host} ends in {days} days", "ask who runs iSAMS for a new one")
    else:
        yield ok(f"the certificate of {contact.host} is trusted until {knock.certificate_ends:%Y-%m-%d}")


def isams(patient: Patient) -> Iterator[Diagnosis]:
    """Report why no document comes: no answer, a refusal, a missing dataset, something that is not a document."""
    answer = patient.answer
    if isinstance(answer, NoAnswer):
        text = answer.error.message
        if answer.is_late:
            yield warning(
                f"iSAMS did not give its document in the time that the doctor waits: {text}",
                "this may be normal: a run waits [isams] max_seconds; try `sdssync subjects`",
            )
        else:
            yield failure(text, answer.error.hint)
    elif patient.remote is None:
        yield ok("the recorded document is complete")
    else:
        yield ok(f"iSAMS answers, and the key has the {len(wanted_datasets(patient.wanted))} methods")
    if patient.remote and (further := group_datasets(patient.wanted)):
        labels = "; ".join(dataset.label for dataset in further)
        yield ok(f"[groups] needs {labels}: if one of them is not ticked, no profile is published that night")


def cache(patient: Patient) -> Iterator[Diagnosis]:
    """Report how old the answer of iSAMS may be, as far as a comparison with the last download shows it."""
    answer, last = patient.fresh, patient.last
    if answer is None:
        return
    if last is None:
        yield ok("there is no earlier document to compare with, so the age of the answer is not known")
        return
    when, age = _local(last.facts.taken_at, patient), patient.now - last.facts.taken_at
    if answer.digest != last.digest:
        yield ok(f"the answer differs from that of {when}: iSAMS has made it after that")
    elif age > _CACHE:
        yield warning(
            f"the answer is byte for byte that of {when}: nothing has changed in iSAMS, or it repeats an old answer",
            f"if iSAMS has changed: {EMPTY_CACHE}; set the cache of the key to a few hours",
        )
    else:
        yield ok(f"the answer is byte for byte that of {when}: nothing has changed, or it comes from the cache")


def counts(patient: Patient) -> Iterator[Diagnosis]:
    """Report a dataset, or a year, that has lost a tenth or more against the last run."""
    document = patient.document
    if document is None:
        return
    last = patient.last if patient.last is not document else None
    facts = last.facts if last else _published(patient)
    found = document.facts
    lost = list(source_losses(facts, found)) if facts else []
    for loss in lost:
        yield warning(f"{loss.what}: {loss.after:,}, and {loss.before:,} at the last run", _LOST)
    years = list(_lost_years(document, last)) if last else []
    for year, before, after in years:
        yield warning(f"pupils of year {year or 'without a number'}: {after:,}, and {before:,} at the last run", _LOST)
    if not lost and not years:
        text = f"{found.pupils:,} pupils, {found.staff:,} staff, {found.teaching_sets:,} teaching sets"
        yield ok(f"{text}: about as many as at the last run" if facts else f"{text}; there was no run to compare with")


def _lost_years(document: Document, last: Document) -> Iterator[tuple[str, int, int]]:
    """Yield each year that has lost a tenth or more of its pupils, and more than a few, with both counts."""
    now = document.pupils_by_year
    for year, before in sorted(last.pupils_by_year.items()):
        gone = before - now.get(year, 0)
        if gone * 10 >= before and (gone > _FEW or year not in now):
            yield year, before, now.get(year, 0)


def _published(patient: Patient) -> SourceFacts | None:
    """Return the counts of the document of the set that was published last."""
    folders = kept_profiles(patient.settings.folders.state)
    sources = [generation.manifest.source for folder in folders for generation in Generations(folder).all()]
    return max(sources, key=lambda source: source.taken_at, default=None)


def _in_words(found: Failure) -> Diagnosis:
    attempt = in_words(found)
    return failure(attempt.message, attempt.hint)


def _local(when: datetime, patient: Patient) -> str:
    return f"{when.astimezone(patient.now.tzinfo):%Y-%m-%d %H:%M}"
