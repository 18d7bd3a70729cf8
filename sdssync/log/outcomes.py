"""Events about something that did not end as planned: it failed, was interrupted, or met a bug."""

import traceback

from sdssync.errors import ExitCode, SdsSyncError
from sdssync.log import events


def failed(event: str, error: SdsSyncError, **facts: object) -> None:
    """Log that something did not work, with what to do now."""
    hint = {"hint": error.hint} if error.hint else {}
    events.log().error(event, **facts, error=error.message, **hint, exit_code=int(error.exit_code))


def interrupted(event: str) -> None:
    """Log that the command was stopped from outside."""
    events.log().warning(event, hint="no file is half-written; start it again", exit_code=int(ExitCode.INTERRUPTED))


def crashed(event: str, error: BaseException, **facts: object) -> None:
    """Log a bug: the class of the error and its place in the code. Its text and the variables may hold private data."""
    frames = [f"{frame.filename}:{frame.lineno} in {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
    events.log().error(
        event,
        **facts,
        error=f"a bug in sdssync: {type(error).__name__}",
        hint="report it with this line; it contains no data of the school",
        frames=frames,
        exit_code=int(ExitCode.BUG),
    )
