"""The shape of the package: imports go one way, foreign libraries stay where they belong, nothing grows too long."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "sdssync"

LAYERS = {
    "values that everything is made of": """
        errors findings model identifiers template paths kinds survey events streams
        deadline exchange log_options grades failure schema
    """,
    "settings and profiles": """
        rules.rule rules.file_rules rules.row_rules rules.team_rules rules
        mistakes settings config_model settings_file profile_file profile
    """,
    "from school to rows": """
        selection omissions users classes roster rows subjects
    """,
    "validation": """
        csvset rules.values rules.ledger rules.table rules.columns rules.files rules.relations rules.repeats
        rules.teams rules.reading check
    """,
    "edges": """
        refusal http_errors transport prolog isams records batch
        lock guards publish publications logs
    """,
    "the story of a run": """
        intake verdict report notices pipeline validation
    """,
    "what people and machines see": """
        screen progress summary explain
        formats formats.wording formats.text formats.terminal formats.json_document formats.github formats.junit
        formats.sarif scaffold options cli __main__
    """,
}
"""Every module, in an order in which each imports only what stands before it."""

ORDER = [module for layer in LAYERS.values() for module in layer.split()]

FOREIGN = {
    "filelock": {"lock"},
    "lxml": {"batch", "records"},
    "pydantic": {"config_model", "mistakes", "publications"},
    "pydantic_core": {"config_model", "mistakes"},
    "requests": {"transport", "http_errors"},
    "rich": {"cli", "formats.terminal", "progress", "screen"},
    "structlog": {"events", "logs"},
    "tomli_w": {"scaffold"},
    "truststore": {"transport"},
    "typer": {"cli", "options"},
    "urllib3": {"transport", "http_errors"},
}
"""Who may import what is not ours and not of Python itself."""

SOURCES = {
    ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__"): path
    for path in PACKAGE.rglob("*.py")
    if path != PACKAGE / "__init__.py"
}

each_module = pytest.mark.parametrize("module", sorted(SOURCES))


def imports(module: str) -> Iterator[str]:
    """Give everything that a module imports, at its top or inside of a function; `from a import b` is `a` or `a.b`."""
    for node in ast.walk(ast.parse(SOURCES[module].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            modules = [name for name in names if name.removeprefix("sdssync.") in SOURCES]
            yield from modules or [node.module or ""]


def test_every_module_has_its_place() -> None:
    """The order names every module once, and nothing else."""
    assert sorted(ORDER) == sorted(SOURCES)


@each_module
def test_imports_go_one_way(module: str) -> None:
    """A module imports only what stands before it, so there is no cycle."""
    ours = [name.removeprefix("sdssync.") for name in imports(module) if name.startswith("sdssync.")]
    before = ORDER[: ORDER.index(module)]

    assert [name for name in ours if name not in before] == []


@each_module
def test_foreign_libraries_stay_in_their_modules(module: str) -> None:
    """A library is known to the few modules that translate it."""
    roots = {name.split(".")[0] for name in imports(module)} - {"sdssync"} - sys.stdlib_module_names

    assert [root for root in sorted(roots) if module not in FOREIGN.get(root, set())] == []


@each_module
def test_nothing_grows_too_long(module: str) -> None:
    """A module has at most 320 lines, a function 60."""
    text = SOURCES[module].read_text(encoding="utf-8")
    functions = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]

    assert len(text.splitlines()) <= 320
    assert [node.name for node in functions if (node.end_lineno or 0) - node.lineno >= 60] == []


PURE = [*LAYERS["from school to rows"].split(), "model", "identifiers", "grades", "template", "findings"]


@pytest.mark.parametrize("module", PURE)
def test_the_core_is_pure(module: str) -> None:
    """The core knows no clock, no environment, no log, no network; files are written by `rows` alone."""
    edges = {"datetime", "logging", "os", "random", "shutil", "socket", "structlog", "subprocess", "tempfile", "time"}
    if module != "rows":
        edges |= {"io", "pathlib"}

    assert edges & {name.split(".")[0] for name in imports(module)} == set()


@pytest.mark.parametrize("path", sorted(PACKAGE.parent.glob("tests/*.py")), ids=lambda path: path.stem)
def test_nothing_of_ours_is_mocked(path: Path) -> None:
    """Tests run the program as it is."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imported = {
        alias.name for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom) for alias in node.names
    }
    modules = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    patched = [
        ast.unparse(node.args[0])
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "setattr"
    ]

    assert {"mock", "unittest.mock"} & (imported | modules) == set()
    assert [target for target in patched if target not in {"'sys.argv'", "fcntl"}] == []
