"""
The log of one command, on stderr and in a file: a line for each event, without names, addresses, cells or the key.

What other libraries log goes nowhere: they may print URLs.
"""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from textwrap import indent
from typing import TYPE_CHECKING, TextIO

from sdssync.errors import OutputError
from sdssync.log import events, words
from sdssync.log.file import LogFile, open_log_file
from sdssync.log.lines import fit, width_of
from sdssync.log.options import LogFormat, LogOptions
from sdssync.log.privacy import blank_addresses
from sdssync.log.structlog_without_rich import structlog

if TYPE_CHECKING:
    from structlog.typing import EventDict, Processor, WrappedLogger

_LOGGER = "sdssync"


class _Stderr(logging.StreamHandler[TextIO]):
    """Writes to what stderr is at that moment, so that a progress display can replace it."""

    @property
    def stream(self) -> TextIO:
        """The present stderr."""
        return sys.stderr

    @stream.setter
    def stream(self, value: TextIO) -> None:
        """Ignore what the base class sets."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  (the name is logging's)
        """Drop the line: a stderr that cannot be written must not stop a run."""
        del record


@contextmanager
def logging_to(options: LogOptions, run_id: str) -> Iterator[None]:
    """
    Send the events of a block to stderr and to the file.

    Raises:
        OutputError: the log file cannot be opened, or (raised at the end) could not be written.

    """
    console = _Stderr()
    if _speaks_in_words(options):
        console.setFormatter(_formatter(_words))
        console.setLevel(max(options.level, logging.WARNING))
        console.addFilter(_is_for_the_terminal)
    else:
        console.setFormatter(_formatter(_renderer(options)))
        console.setLevel(options.level)
    file = _open(options)
    handlers: list[logging.Handler] = [console, file] if file else [console]
    with _handled_by(handlers, min(options.level, logging.INFO)):
        structlog.configure(
            processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
            logger_factory=_logger,
            wrapper_class=structlog.stdlib.BoundLogger,
            cache_logger_on_first_use=False,
        )
        with events.bound(run_id=run_id):
            yield
    if file and file.has_failed:
        raise OutputError(f"log file {options.file}: not everything could be written", "free some space on the disk")


@contextmanager
def _handled_by(handlers: list[logging.Handler], level: int) -> Iterator[None]:
    """Attach these handlers to our logger for a block, and close them at the end."""
    logger = logging.getLogger(_LOGGER)
    for handler in handlers:
        logger.addHandler(handler)
    logger.setLevel(level)
    logger.propagate = False
    silent = logging.NullHandler()  # without any handler, logging itself would print the warnings of libraries
    logging.getLogger().addHandler(silent)
    try:
        yield
    finally:
        for handler in handlers:
            logger.removeHandler(handler)
            handler.close()
        logging.getLogger().removeHandler(silent)


def _open(options: LogOptions) -> LogFile | None:
    """Open the log file, if one is wanted."""
    if options.file is None:
        return None
    file = open_log_file(options.file)
    file.setFormatter(_formatter(_JSON))
    file.setLevel(logging.INFO)
    return file


def _logger(*_: object) -> logging.Logger:
    return logging.getLogger(_LOGGER)


def _in_reading_order(_: "WrappedLogger", __: str, event: "EventDict") -> "EventDict":
    """Move the keys that every line has to the front."""
    first = {name: event.pop(name) for name in ("timestamp", "level", "event", "run_id", "profile") if name in event}
    return {**first, **event}


_SHARED: "list[Processor]" = [
    structlog.contextvars.merge_contextvars,
    blank_addresses,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    _in_reading_order,
]


def _formatter(renderer: "Processor") -> "structlog.stdlib.ProcessorFormatter":
    return structlog.stdlib.ProcessorFormatter(
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer]
    )


def _speaks_in_words(options: LogOptions) -> bool:
    """Return True if stderr shows warnings and errors to a person instead of log lines."""
    return options.format is LogFormat.AUTO and options.level > logging.DEBUG and sys.stderr.isatty()


def _words(_: "WrappedLogger", __: str, event: "EventDict") -> str:
    width = width_of(sys.stderr)
    return "\n".join(part for line in words.in_words(event) for part in fit(line, width))


def _is_for_the_terminal(record: logging.LogRecord) -> bool:
    return not (isinstance(record.msg, dict) and words.is_said_elsewhere(record.msg))


def _renderer(options: LogOptions) -> "Processor":
    """Choose how log lines look on stderr."""
    is_terminal = sys.stderr.isatty()
    if options.format is LogFormat.JSON or (options.format is LogFormat.AUTO and not is_terminal):
        return _JSON
    # on Windows structlog has colours only with a library that is not needed otherwise
    return _console(colors=is_terminal and options.color and sys.platform != "win32")


def _console(*, colors: bool) -> "Processor":
    """Show an event on one line, and its error and hint on lines of their own below it."""
    line = structlog.dev.ConsoleRenderer(colors=colors, sort_keys=False)

    def render(logger: "WrappedLogger", name: str, event: "EventDict") -> str:
        event["timestamp"] = datetime.fromisoformat(event["timestamp"]).astimezone().strftime("%Y-%m-%d %H:%M:%S")
        below = [str(event.pop("error"))] if "error" in event else []
        below += [f"hint: {event.pop('hint')}"] if "hint" in event else []
        return "\n".join([line(logger, name, event).rstrip(), *(indent(text, "    ") for text in below)])

    return render


_JSON = structlog.processors.JSONRenderer(ensure_ascii=False)
