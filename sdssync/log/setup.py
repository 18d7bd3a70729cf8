"""
Logs of a command, on stderr and in a file: one line an event, and never a name, an address, a cell or the key.

What other libraries log goes nowhere: they may print URLs.
"""

import logging
import re
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from logging.handlers import RotatingFileHandler
from pathlib import Path
from textwrap import indent
from typing import TextIO

from sdssync.errors import ExitCode, OutputError, SdsSyncError, os_reason
from sdssync.log import events
from sdssync.log.events import structlog
from sdssync.log.options import LogFormat, LogOptions

_LOGGER = "sdssync"
_FILE_BYTES = 10_000_000
_FILES_KEPT = 5


class _Stderr(logging.StreamHandler[TextIO]):
    """Writes to what stderr is at the time, so that a progress display can move out of the way."""

    @property
    def stream(self) -> TextIO:
        """The present stderr."""
        return sys.stderr

    @stream.setter
    def stream(self, value: TextIO) -> None:
        """Ignore what the base class sets."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  (the name is logging's)
        """Do without: a stderr that cannot be written must not stop a run."""
        del record


class _LogFile(RotatingFileHandler):
    """A log file that remembers when it could not be written, instead of printing a traceback."""

    failed = False

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  (the name is logging's)
        """Remember it."""
        del record
        self.failed = True

    def doRollover(self) -> None:  # noqa: N802  (the name is logging's)
        """
        Put the full file aside; if that cannot be, as while another process of Windows has it open, go on in it.

        The base class would shift the older files first, and so lose one of them with each vain attempt.
        """
        if self.stream is not None:
            self.stream.close()
        full, elsewhere = Path(self.baseFilename), Path(f"{self.baseFilename}.full")
        try:
            full.rename(elsewhere).rename(full)
            super().doRollover()
        except OSError:
            self.maxBytes = 0  # the next run tries again
            self.stream = self._open()

    def close(self) -> None:
        """Close the file; what it still holds and cannot be written is a failure, too."""
        try:
            super().close()
        except OSError:
            self.failed = True


@contextmanager
def logging_to(options: LogOptions, run_id: str) -> Iterator[None]:
    """
    Send the events of a block to stderr and to the file.

    Raises:
        OutputError: the log file cannot be opened or, told at the end, could not be written.

    """
    logger = logging.getLogger(_LOGGER)
    console = _Stderr()
    console.setFormatter(_formatter(_renderer(options)))
    console.setLevel(options.level)
    file = _open(options.file) if options.file else None
    handlers: list[logging.Handler] = [console, file] if file else [console]
    for handler in handlers:
        logger.addHandler(handler)
    logger.setLevel(min(options.level, logging.INFO))
    logger.propagate = False
    deaf = logging.NullHandler()  # without any handler, logging itself would print what libraries warn of
    logging.getLogger().addHandler(deaf)
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=_logger,
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    try:
        with events.bound(run_id=run_id):
            yield
    finally:
        for handler in handlers:
            logger.removeHandler(handler)
            handler.close()
        logging.getLogger().removeHandler(deaf)
    if file and file.failed:
        raise OutputError(f"log file {options.file}: not everything could be written", "free some space on the disk")


def failed(event: str, error: SdsSyncError, **facts: object) -> None:
    """Log that something did not work, with what to do now."""
    hint = {"hint": error.hint} if error.hint else {}
    events.log().error(event, **facts, error=error.message, **hint, exit_code=int(error.exit_code))


def interrupted(event: str) -> None:
    """Log that somebody stopped the command."""
    events.log().warning(event, hint="nothing is half-written; start it again", exit_code=int(ExitCode.INTERRUPTED))


def crashed(event: str, error: BaseException, **facts: object) -> None:
    """Log a bug: what kind of error and where in the code. Its text and the local variables may hold people's data."""
    frames = [f"{frame.filename}:{frame.lineno} in {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
    events.log().error(
        event,
        **facts,
        error=f"a bug in sdssync: {type(error).__name__}",
        hint="report it with this line; it holds no data of the school",
        frames=frames,
        exit_code=int(ExitCode.BUG),
    )


def _logger(*_: object) -> logging.Logger:
    return logging.getLogger(_LOGGER)


def _in_reading_order(
    _: structlog.typing.WrappedLogger, __: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Put first what every line has."""
    first = {name: event.pop(name) for name in ("timestamp", "level", "event", "run_id", "profile") if name in event}
    return {**first, **event}


def _without_addresses(
    _: structlog.typing.WrappedLogger, __: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Blank what looks like an e-mail address: on a command line or in a path somebody may have typed one."""
    return {name: _blanked(value) for name, value in event.items()}


def _blanked(value: object) -> object:
    if isinstance(value, str):
        return _ADDRESS.sub("an address", value) if "@" in value else value
    return [*map(_blanked, value)] if isinstance(value, list) else value


_ADDRESS = re.compile(r"""[^\s"'(),:;<>/\\]*@[^\s"'(),:;<>/\\]*""")

_SHARED: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    _without_addresses,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    _in_reading_order,
]


def _formatter(renderer: structlog.typing.Processor) -> structlog.stdlib.ProcessorFormatter:
    return structlog.stdlib.ProcessorFormatter(
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer]
    )


def _renderer(options: LogOptions) -> structlog.typing.Processor:
    """Choose how lines look on stderr."""
    terminal = sys.stderr.isatty()
    if options.format is LogFormat.JSON or (options.format is LogFormat.AUTO and not terminal):
        return _JSON
    # on Windows structlog has colours only with a library that is not needed otherwise
    return _console(colors=terminal and options.color and sys.platform != "win32")


def _console(*, colors: bool) -> structlog.typing.Processor:
    """Show an event on one line, and below it what is wrong and what to do, with line breaks as they are."""
    line = structlog.dev.ConsoleRenderer(colors=colors, sort_keys=False)

    def render(logger: structlog.typing.WrappedLogger, name: str, event: structlog.typing.EventDict) -> str:
        below = [str(event.pop("error"))] if "error" in event else []
        below += [f"hint: {event.pop('hint')}"] if "hint" in event else []
        return "\n".join([line(logger, name, event).rstrip(), *(indent(text, "    ") for text in below)])

    return render


_JSON = structlog.processors.JSONRenderer(ensure_ascii=False)


def _open(file: Path) -> _LogFile:
    """Open the log file for appending, with its folder."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handler = _LogFile(
            file, maxBytes=_FILE_BYTES, backupCount=_FILES_KEPT, encoding="utf-8", errors="backslashreplace"
        )
    except OSError as error:
        reason = "its folder is a file" if isinstance(error, FileExistsError) else os_reason(error)
        raise OutputError(
            f"log file {file} cannot be opened: {reason}",
            "choose a file that the account of sdssync can write to",
        ) from None
    handler.setFormatter(_formatter(_JSON))
    handler.setLevel(logging.INFO)
    return handler
