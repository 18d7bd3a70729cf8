"""The checks, in the order in which one depends on another."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sdssync.errors import SdsSyncError
from sdssync.setup.doctor import classes, configuration, folders, nights, server
from sdssync.setup.doctor.diagnosis import Diagnosis, Status, failure
from sdssync.setup.doctor.patient import Need, Patient


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that the doctor looks at."""

    name: str
    looks_at: str
    """As the documentation has it."""
    examine: Callable[[Patient], Iterator[Diagnosis]]
    needs: tuple[Need, ...] = ()


_SETTINGS = (Need.SETTINGS,)
_STATE = (Need.SETTINGS, Need.STATE)
_DOCUMENT = (Need.SETTINGS, Need.DOCUMENT)

CHECKS = (
    Check("settings", "`sdssync.toml`: mistakes, and what `init` wrote as a placeholder.", configuration.settings),
    Check("profiles", "Each profile file: mistakes, and whether there is any.", configuration.profiles),
    Check("key", "The key: there, possible, and readable by its account alone.", configuration.key, (Need.REMOTE,)),
    Check(
        "notify",
        "`[notify]`: secrets that are there and readable by their account alone, and the program. Nothing is sent.",
        configuration.notifications,
        _SETTINGS,
    ),
    Check(
        "upload",
        "`[upload]`: a secret or a certificate that can be used, and that no other account may read. Nothing is sent.",
        configuration.hand_over,
        _SETTINGS,
    ),
    Check("lock", "Whether another run holds the lock.", folders.lock, _STATE),
    Check("state", "The state folder: a folder that can be written.", folders.state, _SETTINGS),
    Check(
        "output",
        "Each output folder: writable, no link or mount point, nothing foreign in it.",
        folders.outputs,
        _SETTINGS,
    ),
    Check("space", "Free space: below 1 GB a warning, below 100 MB a failure.", folders.space, _SETTINGS),
    Check("clock", "The clock: after the last run, within five minutes of that of iSAMS.", server.clock, _SETTINGS),
    Check("dns", "The name of the server of iSAMS.", server.dns, (Need.CONTACT,)),
    Check("tls", "The connection with it, and how long its certificate lasts.", server.tls, (Need.CONNECTION,)),
    Check(
        "isams",
        "A request as a run sends it: iSAMS answers, and the key has the methods that are needed.",
        server.isams,
        (Need.ANSWER,),
    ),
    Check("cache", "The age of the answer, which iSAMS may repeat for a day.", server.cache, (Need.REMOTE, Need.FRESH)),
    Check(
        "counts",
        "Pupils, staff, sets and set lists, and pupils of each year, against the last run.",
        server.counts,
        (*_STATE, Need.DOCUMENT),
    ),
    Check("expiry", "Profiles that have expired, or will within 21 days.", classes.expiry, _SETTINGS),
    Check("subjects", "Subject ids that match nothing.", classes.subjects, _DOCUMENT),
    Check("years", "Years of a profile without teaching sets.", classes.years, _DOCUMENT),
    Check("classes", "Classes that two profiles make.", classes.shared, _DOCUMENT),
    Check("held", "Sets that wait for approval, and restored profiles.", nights.held, _STATE),
    Check("schedule", "The last run, and from when on a flow to SDS may read the sets.", nights.schedule, _STATE),
)


@dataclass(frozen=True, slots=True)
class Examination:
    """What the checks have said."""

    lines: tuple[tuple[str, Diagnosis], ...]
    """The name of a check, and what it says; a check may say more than one thing."""
    skipped: tuple[str, ...]
    """The checks that lacked what they need, or had nothing to look at."""

    @property
    def has_failed(self) -> bool:
        """Return True if there is a failure."""
        return any(diagnosis.status is Status.FAILURE for _, diagnosis in self.lines)


def examine(patient: Patient) -> Examination:
    """Let each check look at the installation, as far as there is what it needs."""
    found = {check.name: _examined(check, patient) for check in CHECKS if all(map(patient.has, check.needs))}
    return Examination(
        lines=tuple((name, diagnosis) for name, diagnoses in found.items() for diagnosis in diagnoses),
        skipped=tuple(check.name for check in CHECKS if not found.get(check.name)),
    )


def _examined(check: Check, patient: Patient) -> list[Diagnosis]:
    found: list[Diagnosis] = []
    try:
        found.extend(check.examine(patient))
    except SdsSyncError as error:
        found.append(failure(error.message, error.hint))
    return found
