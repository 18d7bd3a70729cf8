"""
Go through the statements of a PowerShell text and find the calls of iSAMS-SDS.ps1, without running anything.

Other commands are passed over. Where they, or a condition, decide what the script gets, the text is refused.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import PureWindowsPath

from sdssync.setup.command_line import is_host
from sdssync.setup.powershell.binding import Given, Name, bind
from sdssync.setup.powershell.calls import Call, is_script, names_parameter
from sdssync.setup.powershell.cursor import plain_dashes
from sdssync.setup.powershell.nodes import (
    Assignment,
    Attempt,
    Cast,
    Collected,
    Command,
    Condition,
    Items,
    Member,
    Node,
    Number,
    Operation,
    Parameter,
    Parentheses,
    Pipeline,
    PowerShellError,
    ScriptBlock,
    Splat,
    Statement,
    Stop,
    Table,
    Text,
    UnknownError,
    Variable,
)
from sdssync.setup.powershell.parser import parse
from sdssync.setup.powershell.values import (
    Value,
    Written,
    bounded,
    cast,
    operate,
    operate_alone,
    plain,
    to_text,
    to_texts,
)

_MENTION = re.compile(
    r"isams[-_ ]?sds.*?\s(?:[-\u2013\u2014](?:cs?|csv\w*|y\w*|vi\w*|s[ku]\w*|ex[ct]\w*|inc\w*)[\s:(@]|@\w)",
    re.IGNORECASE | re.DOTALL,
)
"""What a text looks like that contains a call of the script."""
_MOST_TEXTS = 100
"""That are run by a command, also within each other."""
_HARMLESS = frozenset({"out-null", "out-host", "set-location", "cd", "write-host", "write-output", "echo"})


Host = Callable[[Sequence[str], int], Iterator[Call]]
"""Finds the calls in the arguments of powershell.exe, at a place."""


class Walk:
    """Goes through one text; `calls` and `ignored` say what it has found."""

    def __init__(self, host: Host = lambda *_: iter(())) -> None:
        self.calls: list[Call] = []
        self.ignored: list[str] = []
        """The names of other commands."""
        self._host = host
        self._evaluated = 0
        self._variables: dict[str, Value | UnknownError] = {"true": True, "false": False, "null": None}

    def run(self, statements: Sequence[Statement]) -> str:
        """
        Go through statements; return the word that ends them early, or "".

        Raises:
            PowerShellError: PowerShell would refuse a call, or what it gets is not known.
        """
        for statement in statements:
            match statement:
                case Pipeline():
                    self._pass(statement)
                case Assignment():
                    self._assign(statement)
                case Attempt():
                    stop = self.run(statement.body)
                    stop = self.run(statement.last) or stop
                    if stop:
                        return stop
                case Condition():
                    self._leave_out(statement)
                case Stop():
                    if statement.pipeline:
                        self._pass(statement.pipeline)
                    return statement.keyword
        return ""

    def _pass(self, pipeline: Pipeline) -> None:
        """Find the calls in a pipeline of which nothing else is needed."""
        for element in pipeline.elements:
            if isinstance(element, Command):
                self._command(element)
                continue
            if isinstance(element, ScriptBlock | Text) and _MENTION.search(pipeline.written):
                hint = "write & before {, and put all of it into double quotes"
                raise PowerShellError("NotRun", "PowerShell prints this, and runs nothing of it", element.place, hint)
            known = len(self.calls)
            try:
                self.value(element)
            except UnknownError:
                if len(self.calls) == known and _MENTION.search(pipeline.written):
                    raise

    def _assign(self, statement: Assignment) -> None:
        try:
            value = self._value_of(statement.value)
            for kind in reversed(statement.types):
                value = cast(kind, value, statement.place)
            if statement.operator != "=":
                value = operate(statement.operator[0], self._variable(statement), value, statement.place)
        except UnknownError as error:
            self._variables[statement.name.lower()] = error
        else:
            self._variables[statement.name.lower()] = value

    def _leave_out(self, statement: Condition) -> None:
        """
        Pass over a condition; what it may change is not known afterwards.

        Raises:
            UnknownError: it contains a call of the script.
        """
        unknown = UnknownError(f"what {statement.keyword} does is decided when the line runs", statement.place)
        if _MENTION.search(statement.written):
            raise unknown
        changed = re.findall(r"\$(?:script:|global:)?(\w+)", statement.written.lower())
        self._variables.update(dict.fromkeys(set(changed) - {"true", "false", "null"}, unknown))

    def _variable(self, node: Variable | Assignment | Splat) -> Value:
        """
        Return the value of a variable.

        Raises:
            UnknownError: the text gives it none, or one that is not known.
        """
        if node.name.lower() not in self._variables:
            raise UnknownError(f"the variable ${node.name} gets its value elsewhere", node.place)
        value = self._variables[node.name.lower()]
        if isinstance(value, UnknownError):
            raise value
        return value

    def _value_of(self, pipeline: Pipeline) -> Value:
        """
        Return what a pipeline gives.

        Raises:
            UnknownError: it is the output of a command.
        """
        [first, *others] = pipeline.elements
        if isinstance(first, Command) or others:
            self._pass(pipeline)
            raise UnknownError("what this command gives is known only when it runs", pipeline.place)
        return self.value(first)

    def value(self, node: Node) -> Value:  # noqa: PLR0911  (one line for each kind of node)
        """
        Return the value of an expression or an argument.

        Raises:
            PowerShellError: PowerShell cannot make it, or it is not known.
        """
        match node:
            case Text():
                parts = (part if isinstance(part, str) else to_text(self.value(part)) for part in node.parts)
                return bounded("".join(parts), node.place)
            case Number():
                return node.value
            case Variable():
                return self._variable(node)
            case ScriptBlock():
                return node
            case Member():
                raise UnknownError("a property, a method or an index is known only when the line runs", node.place)
            case Operation():
                right = self.value(node.right)
                if node.left is None:
                    return operate_alone(node.operator, right, node.place)
                return operate(node.operator, self.value(node.left), right, node.place)
            case Cast():
                return cast(node.type, self.value(node.value), node.place)
            case _:
                return self._gathered(node)

    def _gathered(self, node: Items | Parentheses | Collected | Table) -> Value:
        """Return the value of a node that contains others."""
        match node:
            case Items():
                return [self.value(item) for item in node.items]
            case Parentheses():
                return self._value_of(node.pipeline)
            case Table():
                return {to_text(self.value(key)): self._value_of(value) for key, value in node.pairs}
        values: list[Value] = []
        for statement in node.statements:
            if not isinstance(statement, Pipeline):
                self.run([statement])
                continue
            value = self._value_of(statement)
            values += value if isinstance(value, list) else [value]
        return values if node.is_list or len(values) > 1 else values[0] if values else None

    def _command(self, command: Command) -> None:
        """Look at a command: a call of the script, statements in braces, another PowerShell, or something else."""
        if isinstance(command.name, ScriptBlock):
            self.run(command.name.statements)
            return
        name = self._name(command)
        arguments = command.written.split()
        file = PureWindowsPath(name.replace("/", "\\")).name.lower()
        if is_script(name) or (file.endswith(".ps1") and names_parameter(arguments)):
            self.calls.append(Call(script=name, bound=bind(list(self._arguments(command)), command.place)))
        elif is_host(name):
            self.calls += self._host(self._texts(command), command.place)
        elif file in {"invoke-expression", "iex"}:
            self._evaluate(" ".join(self._texts(command)), command.place)
        elif any(is_script(text) for text in arguments) and re.search(r"[\\/]", name):
            hint = "a path with blanks needs quotes, and & before them"
            raise PowerShellError(
                "CommandNotFoundException", f"this runs {name}, and not the script", command.place, hint
            )
        elif _MENTION.search(command.written):
            raise UnknownError(f"what {name} does with the script is decided when it runs", command.place)
        elif name.lower() not in _HARMLESS:
            self.ignored.append(name)

    def _evaluate(self, text: str, place: int) -> None:
        """Go through a text that a command runs."""
        self._evaluated += 1
        if self._evaluated > _MOST_TEXTS:
            raise UnknownError("too many texts are run", place)
        try:
            self.run(parse(text))
        except PowerShellError as error:
            raise error.within(text) from None

    def _name(self, command: Command) -> str:
        """Return the name of a command; of a script the name alone is enough."""
        try:
            return to_text(self.value(command.name))
        except UnknownError:
            parts = command.name.parts if isinstance(command.name, Text) else ()
            if parts and isinstance(parts[-1], str) and is_script(parts[-1]):
                return PureWindowsPath(parts[-1]).name
            raise

    def _texts(self, command: Command) -> list[str]:
        """Return the arguments of a program."""
        texts: list[str] = []
        for argument in self._arguments(command):
            if isinstance(argument, Name):
                texts.append(argument.written)
            elif isinstance(argument.value, ScriptBlock):
                raise UnknownError("write the call without another PowerShell around it", argument.place)
            elif argument.name:
                texts.append(argument.name.written + to_text(argument.value))
            else:
                texts += to_texts(argument.value) or []
        return texts

    def _arguments(self, command: Command) -> Iterator[Name | Given]:
        """Yield the arguments of a command as they are bound."""
        for element in command.elements:
            match element:
                case Parameter():
                    name = Name(element.place, element.name, plain_dashes(element.written))
                    if element.value is None:
                        yield name
                    else:
                        yield Given(element.value.place, self._argument(element.value), name)
                case Splat():
                    yield from self._splatted(element)
                case _:
                    yield Given(element.place, self._argument(element))

    def _argument(self, node: Node) -> Value:
        """Return the value of an argument; a number by itself remembers how it was written."""
        return Written(node.value, plain_dashes(node.written)) if isinstance(node, Number) else self.value(node)

    def _splatted(self, node: Splat) -> Iterator[Name | Given]:
        value = self._variable(node)
        if isinstance(value, dict):
            for key, item in value.items():
                yield Given(node.place, plain(item), Name(node.place, key, f"-{key}"), is_splatted=True)
        else:
            for item in value if isinstance(value, list) else [value]:
                yield Given(node.place, item)
