"""Turn `[safety]` and `[retention]` of both kinds of TOML file into values, and find what contradicts another key."""

from collections.abc import Iterator, Sequence

from sdssync.config.mistakes import Mistake
from sdssync.config.safety import LIMIT_KEYS, Freeze, Limit, Limits, ProfileSafety, Safety, Tolerated
from sdssync.config.schema import FreezeSection, ProfileSafetySection, SafetySection, SettingsModel
from sdssync.config.settings import SchoolSettings


def safety_of(section: SafetySection) -> Safety:
    """Return what `sdssync.toml` says."""
    return Safety(
        limits=Limits(**{key: (getattr(section, key),) for key in LIMIT_KEYS}),
        tolerated=Tolerated(**dict(section.tolerated)),
        window=section.window,
        keep_address=section.keep_address,
        freeze=_freezes(section.freeze),
    )


def profile_safety_of(section: ProfileSafetySection) -> ProfileSafety:
    """Return what a profile says."""
    given = ((key, getattr(section, key)) for key in LIMIT_KEYS)
    limits = Limits(**{key: (limit,) for key, limit in given if limit is not None})
    return ProfileSafety(limits=limits, window=section.window, freeze=_freezes(section.freeze))


def safety_mistakes(model: SettingsModel) -> Iterator[Mistake]:
    """Yield what is wrong between the keys of `sdssync.toml`."""
    yield from _freeze_mistakes(model.safety.freeze)
    if model.retention.generations < model.safety.window:
        text = f"expected at least {model.safety.window}, the window of [safety], found {model.retention.generations}"
        yield Mistake("retention.generations", text)


def profile_safety_mistakes(section: ProfileSafetySection, settings: SchoolSettings) -> Iterator[Mistake]:
    """Yield where a profile is not stricter than `sdssync.toml`; where units differ, neither is."""
    ours, window = settings.safety, section.window
    yield from _freeze_mistakes(section.freeze)
    for key in LIMIT_KEYS:
        (general,), limit = getattr(ours.limits, key), getattr(section, key)
        if limit is not None and _is_larger(limit, general):
            text = f"expected at most {general}, as in sdssync.toml, found {limit}: a profile can only be stricter"
            yield Mistake(f"safety.{key}", text)
    if window is not None and window < ours.window:
        text = f"expected at least {ours.window}, as in sdssync.toml, found {window}: a profile can only be stricter"
        yield Mistake("safety.window", text)
    if window is not None and window > settings.retention.generations:
        kept = settings.retention.generations
        yield Mistake(
            "safety.window", f"expected at most {kept}, [retention] generations of sdssync.toml, found {window}"
        )


def _is_larger(limit: Limit, general: Limit) -> bool:
    """Return True if a limit allows more than another of the same unit."""
    if isinstance(limit, int) or isinstance(general, int):
        return isinstance(limit, int) and isinstance(general, int) and limit > general
    return limit.value > general.value


def _freezes(sections: Sequence[FreezeSection] | None) -> tuple[Freeze, ...]:
    return tuple(sorted(Freeze(section.first, section.last) for section in sections or ()))


def _freeze_mistakes(sections: Sequence[FreezeSection] | None) -> Iterator[Mistake]:
    for index, section in enumerate(sections or ()):
        if section.last < section.first:
            text = f"expected a day not before {section.first}, found {section.last}"
            yield Mistake(f"safety.freeze[{index}].to", text)
