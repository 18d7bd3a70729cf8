"""
Find out which functions of the package may let an OSError out, by reading the source.

A function does if it touches the disk, or calls a function that does, outside a `try` or `with` that catches OSError.
Calls of methods are not followed: so a method may never let one out, unless it is a method of a class of `files`.
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

PATH_METHODS = frozenset({
    "chmod", "exists", "glob", "hardlink_to", "is_dir", "is_file", "is_mount", "is_symlink", "iterdir", "lstat",
    "mkdir", "open", "read_bytes", "read_text", "readlink", "rename", "resolve", "rglob", "rmdir", "samefile", "stat",
    "symlink_to", "touch", "unlink", "write_bytes", "write_text",
})  # fmt: skip
"""Of pathlib; `replace` is known by its one argument, for texts and dates have one too."""
OS_FUNCTIONS = frozenset({
    "chmod", "chown", "fdopen", "fsync", "link", "listdir", "lstat", "makedirs", "mkdir", "open", "readlink", "remove",
    "rename", "replace", "rmdir", "scandir", "stat", "symlink", "truncate", "unlink", "utime", "walk",
})  # fmt: skip
PATH_FUNCTIONS = frozenset({"realpath", "ismount", "samefile", "getsize", "getmtime"})
"""Of os.path; the others, such as `lexists` and `isfile`, raise nothing."""
DISK_MODULES = frozenset({"shutil", "tempfile"})
HARMLESS = frozenset({"shutil.get_terminal_size", "shutil.which"})

_EVERYTHING = {"OSError", "Exception", "BaseException"}


@dataclass(frozen=True, slots=True)
class Function:
    """A function or method of the package by its module and name, such as `files.atomic` and `write`."""

    module: str
    name: str

    def __str__(self) -> str:
        """Return both in one."""
        return f"{self.module}.{self.name}"


@dataclass(frozen=True, slots=True)
class Use:
    """That a function uses the disk or another function, on a line."""

    what: "str | Function"
    line: int


class Disk:
    """What the sources of a package say about the disk."""

    def __init__(self, package: Path) -> None:
        self._trees = {
            ".".join(path.relative_to(package).with_suffix("").parts): ast.parse(path.read_text(encoding="utf-8"))
            for path in package.rglob("*.py")
        }
        self._package = package.name
        self._functions = dict(self._all_functions())
        self._names = {module: dict(self._imported(tree)) for module, tree in self._trees.items()}
        self._translators = {
            function.name for function, node in self._functions.items() if _is_translator(node, frozenset())
        }
        self._translators |= {
            function.name for function, node in self._functions.items() if _is_translator(node, self._translators)
        }
        self.unguarded: Mapping[Function, tuple[Use, ...]] = {
            function: tuple(_Uses(self, function).of(node)) for function, node in self._functions.items()
        }
        """What each function uses outside a translation."""

    def leaks(self) -> dict[Function, Use]:
        """Return the functions that may let an OSError out, each with the use by which it does."""
        found: dict[Function, Use] = {}
        while more := {
            function: use
            for function, uses in self.unguarded.items()
            for use in uses
            if function not in found and (isinstance(use.what, str) or use.what in found)
        }:
            found |= more
        return found

    def every_use(self) -> Mapping[Function, tuple[Use, ...]]:
        """Return what each function uses, translated or not."""
        return {function: tuple(_EveryUse(self, function).of(node)) for function, node in self._functions.items()}

    def is_translator(self, call: ast.expr) -> bool:
        """Return True for the call of a context manager that translates or suppresses OSErrors."""
        if not isinstance(call, ast.Call):
            return False
        name = ast.unparse(call.func).rpartition(".")[2]
        if name == "suppress":
            return bool(_EVERYTHING & {ast.unparse(argument) for argument in call.args})
        return name in self._translators

    def resolve(self, module: str, scope: str, text: str) -> Function | None:
        """Return the function that a name means in a function of a module."""
        name, _, rest = text.partition(".")
        inner = Function(module, f"{scope}.{text}")
        if inner in self._functions:
            return inner
        if name == "self":
            found = Function(module, f"{scope.partition('.')[0]}.{rest}")
        elif imported := self._names[module].get(name):
            found = Function(imported.removesuffix(f".{name}"), name) if not rest else Function(imported, rest)
        else:
            found = Function(module, text)
        return found if found in self._functions else None

    def _all_functions(self) -> Iterator[tuple[Function, ast.FunctionDef]]:
        for module, tree in self._trees.items():
            yield from ((Function(module, name), node) for name, node in _definitions(tree, ""))

    def _imported(self, tree: ast.Module) -> Iterator[tuple[str, str]]:
        """Yield each name that a module imports from the package, with what it means: `a.b` or `a.b.name`."""
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == self._package:
                base = (node.module or "").removeprefix(self._package).removeprefix(".")
                for alias in node.names:
                    yield alias.asname or alias.name, f"{base}.{alias.name}".removeprefix(".")


class _Uses(ast.NodeVisitor):
    """Collects what one function uses outside a translation; a function in it is one of its own."""

    def __init__(self, disk: Disk, function: Function) -> None:
        self._disk = disk
        self._function = function
        self._found: list[Use] = []

    def of(self, node: ast.FunctionDef) -> list[Use]:
        """Return what the body of a function uses."""
        for statement in node.body:
            self.visit(statement)
        return self._found

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        """Leave it out: it is looked at where it is used."""

    def visit_Try(self, node: ast.Try) -> None:
        """Look at what no handler catches."""
        guarded = any(map(_catches, node.handlers))
        for part in [*([] if guarded else node.body), *node.handlers, *node.orelse, *node.finalbody]:
            self.visit(part)

    def visit_With(self, node: ast.With) -> None:
        """Look at the block, unless it is translated."""
        for item in node.items:
            if self._disk.is_translator(item.context_expr):
                return
            self.visit(item)
        for statement in node.body:
            self.visit(statement)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        """Note a function of a module, or a method of a path."""
        base, text = ast.unparse(node.value), ast.unparse(node)
        known = self._disk.resolve(self._function.module, self._function.name, text)
        if known:
            self._found.append(Use(known, node.lineno))
        elif (
            (base == "os" and node.attr in OS_FUNCTIONS)
            or (base == "os.path" and node.attr in PATH_FUNCTIONS)
            or (base in DISK_MODULES and text not in HARMLESS)
            or (base not in {"os", "os.path", "stat", "re"} and node.attr in PATH_METHODS)
        ):
            self._found.append(Use(text, node.lineno))
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        """Note a path that replaces another one."""
        is_replacing = isinstance(node.func, ast.Attribute) and node.func.attr == "replace"
        if is_replacing and len(node.args) == 1 and not node.keywords:
            self._found.append(Use(ast.unparse(node.func), node.lineno))
        self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> None:
        """Note a function by its name."""
        if node.id == "open":
            self._found.append(Use("open", node.lineno))
        elif known := self._disk.resolve(self._function.module, self._function.name, node.id):
            self._found.append(Use(known, node.lineno))


class _EveryUse(_Uses):
    """Collects what one function uses, translated or not."""

    def visit_Try(self, node: ast.Try) -> None:
        """Look at everything."""
        self.generic_visit(node)

    def visit_With(self, node: ast.With) -> None:
        """Look at everything."""
        self.generic_visit(node)


def _definitions(node: ast.AST, prefix: str) -> Iterator[tuple[str, ast.FunctionDef]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.ClassDef):
            name = f"{prefix}{child.name}"
            if isinstance(child, ast.FunctionDef):
                yield name, child
            yield from _definitions(child, f"{name}.")
        elif not isinstance(child, ast.expr):
            yield from _definitions(child, prefix)


def _catches(handler: ast.ExceptHandler) -> bool:
    """Return True if a handler catches every OSError and does not raise it again."""
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    names = {ast.unparse(kind) for kind in kinds if kind} or _EVERYTHING
    raises_again = any(isinstance(node, ast.Raise) and node.exc is None for node in ast.walk(handler))
    return bool(_EVERYTHING & names) and not raises_again


def _is_translator(node: ast.FunctionDef, known: "frozenset[str] | set[str]") -> bool:
    """Return True for a context manager whose block is in a `try` that catches OSError, or in another translator."""
    if not any("contextmanager" in ast.unparse(decorator) for decorator in node.decorator_list):
        return False
    for inner in ast.walk(node):
        catching = isinstance(inner, ast.Try) and any(map(_catches, inner.handlers))
        translated = isinstance(inner, ast.With) and any(
            isinstance(item.context_expr, ast.Call) and ast.unparse(item.context_expr.func) in known
            for item in inner.items
        )
        if (catching or translated) and isinstance(inner, ast.Try | ast.With):
            body = [part for statement in inner.body for part in ast.walk(statement)]
            if any(isinstance(part, ast.Yield) for part in body):
                return True
    return False
