"""Read the actions of tasks that the Task Scheduler of Windows has exported."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from sdssync.errors import ConfigError
from sdssync.setup.command_line import is_host, program_and_arguments

_DECLARATION = re.compile(r"<\?xml[^>]*\?>")
_SYSTEM = {"s-1-5-18", "system", "nt authority\\system", "localsystem"}


@dataclass(frozen=True, slots=True)
class Action:
    """What a task starts."""

    line: str
    """Program and arguments as a command line."""
    folder: str | None
    """Where it starts; None: not set, then it is the folder of Windows programs."""
    is_system: bool
    """True if the task runs as SYSTEM."""
    is_disabled: bool


def is_task(text: str) -> bool:
    """Return True if a text looks like XML."""
    return text.lstrip().startswith("<") and not text.lstrip().startswith("<#")


def read_actions(text: str) -> tuple[Action, ...]:
    """
    Return the actions of all tasks of a text.

    Its XML declaration does not count: `schtasks /query /xml` writes another encoding than it declares, and one
    declaration for each task.

    Raises:
        ConfigError: it is not XML of the Task Scheduler.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    try:
        root = etree.fromstring(f"<tasks>{_DECLARATION.sub('', text)}</tasks>".encode(), parser)
    except etree.XMLSyntaxError as error:
        line, column = error.position
        hint = "export the task once more: Task Scheduler, Export"
        raise ConfigError(f"this is not well-formed XML at line {line}, column {column}", hint) from None
    tasks = list(_named(root, "Task"))
    if not tasks:
        raise ConfigError(
            "this XML is not an exported task: it has no element Task", "export it: Task Scheduler, Export"
        )
    return tuple(action for task in tasks for action in _actions(task))


def _actions(task: etree._Element) -> Iterator[Action]:
    is_system = any((user.text or "").strip().lower() in _SYSTEM for user in _named(task, "UserId"))
    enabled = [_text(settings, "Enabled") for settings in _named(task, "Settings")]
    for execution in _named(task, "Exec"):
        yield Action(
            line=_line(_text(execution, "Command"), _text(execution, "Arguments")),
            folder=_text(execution, "WorkingDirectory").strip().strip('"') or None,
            is_system=is_system,
            is_disabled="false" in enabled,
        )


def _line(command: str, arguments: str) -> str:
    """Return a command line; the program needs quotes unless it has them, or its arguments are with it."""
    command = command.strip()
    program, rest = program_and_arguments(command)
    is_whole = command.startswith('"') or not rest or is_host(program)
    return f"{command} {arguments}" if is_whole else f'"{command}" {arguments}'


def _named(element: etree._Element, name: str) -> Iterator[etree._Element]:
    """Yield the elements below one by their names, in any namespace."""
    yield from element.iter(f"{{*}}{name}")


def _text(element: etree._Element, name: str) -> str:
    """Return the text of a child; "" if there is not one."""
    return next((child.text or "" for child in element.iterchildren(f"{{*}}{name}")), "")
