"""
Events in plain words, for a person at a terminal: warnings and errors only; what went well is in the result.

Each text may use the keys of its event. A key `error` or `hint` is not in the text: it follows on its own.
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

WORDS: Mapping[str, str] = {
    "audit.repaired": "the audit was repaired",
    "command.crashed": "",
    "command.failed": "",
    "command.interrupted": "interrupted",
    "generation.ignored": "generation {generation} is damaged",
    "generation.settled": "{profile}: a publication or a removal that was interrupted was completed or undone",
    "key.exposed": "the file that {setting} names can be read by other accounts",
    "key.looked_wrong": "the API key does not look like one",
    "groups.lacked_record": "{profile}: {count} pupils name a {kind} of which iSAMS has no record",
    "log.failed": "",
    "notification.failed": "no notification by {way}",
    "part.expired": "{profile}: the part {part} expired on {expires} and is left out",
    "part.selected_no_one": "{profile}: the part {part} takes no pupil and no set",
    "profile.abandoned": "{profile}: the folder {output} is abandoned: {reason}",
    "profile.broke_rule": "{profile}: {code} {rule}",
    "profile.failed": "{profile} failed",
    "profile.failed_to_clean_up": "{profile}: what was built could not be removed",
    "profile.healed": "{profile}: files left by an interrupted run were put right",
    "profile.held": "{profile} was held: {gates}",
    "profile.left_grades_blank": "{profile}: {count} pupils are in a year without a grade in SDS",
    "profile.named_missing_set": "{profile}: the profile takes no set for {key}",
    "profile.merged_unlike_sets": "{profile}: {key} means sets of different subjects or years, with the ids {sets}",
    "profile.named_unknown_subjects": "{profile}: iSAMS has no subject with the id {subjects}",
    "profile.named_unknown_teachers": "{profile}: {count} of the extra teachers match no member of staff",
    "profile.neared_expiry": "{profile} expires on {expires}, in {days_left} days",
    "profile.lagged": "{profile} has not run in the last {hours} hours",
    "profile.passed_over": "{profile} is not part of this command, and its file has mistakes",
    "profile.published_with_problems": "{profile} was published, but not everything after that worked",
    "profile.rejected": "{profile} was not published: {reason}",
    "profile.reused_class_ids": "{profile}: classes of last year may have the same ids and get pupils at once: {keys}",
    "profile.skipped": "{profile} was skipped: {reason} {expires}",
    "profiles.expired": "every profile has expired",
    "pupils.lacked_year": "{count} pupils have no year that a profile can take",
    "retention.failed": "what is kept too long could not be removed",
    "set.failed": "",
    "sets.left_out": "{count} teaching sets have {reason}",
    "source.missed": "there is no document that could tell why rows differ",
    "rollover.completed": "an interrupted rollover was completed",
    "settings.ignored": "the settings have mistakes and are not used",
    "source.aged": "the document is {hours} hours old",
    "source.failed": "no document from iSAMS",
    "source.retried": "{host}: attempt {attempt} failed: {reason}; the next one follows in {wait_seconds} s",
    "state.ignored": "a file of the state folder is damaged",
    "state.set_aside": "something in the state folder was set aside",
    "upload.changed_files": "{profile}: SDS gets other files than the last time: new {added}, gone {removed}",
    "upload.failed": "{profile} was not handed over to SDS",
    "upload.left_files_unconfirmed": "{profile}: SDS does not confirm the files {files}",
    "upload.refused": "{profile}: SDS refuses the set",
    "upload.retried": "{host}: attempt {attempt} failed: {reason}; the next one follows in {wait_seconds} s",
    "upload.started_no_run": "{profile}: no run of SDS was started",
    "cache.failed": "the document was not kept; the sets do not depend on it",
    "status.failed": "the status of the run was not kept",
}
"""What an event of level warning or error means; "": its `error` says it all."""

_SAID_BY_RESULT = frozenset({"profile.broke_rule", "profile.held", "pupils.lacked_year", "sets.left_out"})
"""Events of which the result on stdout says the same with names."""


def is_said_elsewhere(event: Mapping[str, Any]) -> bool:
    """Return True for an event that a terminal does not show: the result, or `source.failed`, says it all."""
    return event["event"] in _SAID_BY_RESULT or (event["event"] == "profile.failed" and event.get("reason") == "source")


def in_words(event: Mapping[str, Any]) -> list[str]:
    """Return an event as lines: what happened, why, and what to do."""
    facts = defaultdict(str, {key: _listed(value) for key, value in event.items()})
    name = str(event["event"])
    text = WORDS.get(name, name.replace(".", " ").replace("_", " ")).format_map(facts).strip()
    parts = [part for part in (text, str(event.get("error", ""))) if part]
    label = "error" if event.get("level") == "error" else "warning"
    lines = [f"{label}: {': '.join(parts)}"]
    if hint := event.get("hint"):
        lines.append(f"hint: {hint}")
    return [part for line in lines for part in line.splitlines()]


def _listed(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
