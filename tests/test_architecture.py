"""The shape of the package: imports go one way, foreign libraries stay where they belong, nothing grows too long."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

pytestmark = pytest.mark.portable

PACKAGE = Path(__file__).parents[1] / "sdssync"

LAYERS = """
    errors, school <- log, files, net, sds <- config <- isams, roster, graph <- publish <- safety <- setup, notify
    <- report <- jobs <- cli
"""
"""The packages along the data flow; imports go from right to left, and packages between two arrows stay apart."""

FLOORS = [[name.strip() for name in floor.split(",")] for floor in LAYERS.split("<-")]
FLOOR = {name: number for number, floor in enumerate(FLOORS) for name in floor}

FOREIGN = {
    "click": {
        "cli.class_commands",
        "cli.commands",
        "cli.compare_commands",
        "cli.completion",
        "cli.doctor_commands",
        "cli.explain_commands",
        "cli.interview",
        "cli.import_commands",
        "cli.misuse",
        "cli.notify_commands",
        "cli.options",
        "cli.record_commands",
        "cli.report_commands",
        "cli.rollover_commands",
        "cli.run_commands",
        "cli.safety_commands",
        "cli.schedule_commands",
        "cli.schema_commands",
        "cli.setup_commands",
        "cli.upload_commands",
    },
    "filelock": {"files.lock"},
    "jinja2": {"report.page.render"},
    "lxml": {
        "isams.anonymise.excerpt",
        "isams.anonymise.known",
        "isams.anonymise.values",
        "isams.anonymise.writer",
        "isams.damage",
        "isams.elements",
        "isams.groups",
        "isams.parser",
        "isams.records",
        "setup.exported_task",
    },
    "cryptography": {"graph.certificate"},
    "msal": {"graph.certificate"},
    "pydantic": {
        "config.class_schema",
        "config.fields",
        "config.safety_tables",
        "config.schema",
        "config.section",
        "config.shape",
        "publish.manifest",
        "jobs.notify",
        "publish.state_file",
        "publish.status",
        "publish.uploads",
        "safety.held",
        "safety.kept_addresses",
        "safety.retention",
    },
    "pydantic_core": {"config.fields", "config.shape"},
    "requests": {"net.post", "net.errors"},
    "rich": {"cli.progress", "cli.streams"},
    "structlog": {"log.events", "log.setup", "log.structlog_without_rich"},
    "tomlkit": {"setup.toml_edit"},
    "tomli_w": {"setup.first_settings", "setup.profile_text"},
    "truststore": {"net.tls"},
    "urllib3": {"net.post", "net.errors"},
}
"""The modules that may import a library that is neither our own nor Python's."""

SOURCES = {
    ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__"): path
    for path in PACKAGE.rglob("*.py")
    if path.name != "__init__.py"
}

each_module = pytest.mark.parametrize("module", sorted(SOURCES))


def imports(module: str) -> Iterator[str]:
    """Yield everything that a module imports, at its top or inside of a function; `from a import b` is `a` or `a.b`."""
    for node in ast.walk(ast.parse(SOURCES[module].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            modules = [name for name in names if name.removeprefix("sdssync.") in SOURCES]
            yield from modules or [node.module or ""]


def package(module: str) -> str:
    """Return the package of a module, or its own name where it belongs to none."""
    return module.partition(".")[0]


def our_imports(module: str) -> set[str]:
    """Return the modules of the package that a module imports."""
    names = {name.removeprefix("sdssync.") for name in imports(module) if name.startswith("sdssync.")}
    return names & SOURCES.keys()


def test_every_package_has_its_place() -> None:
    """The line of layers names every package and lone module once, and nothing else."""
    assert sorted(FLOOR) == sorted({package(module) for module in SOURCES} - {"__main__"})


@each_module
def test_imports_go_one_way(module: str) -> None:
    """A module imports from its own package and from packages to the left; `log` is the first to use `errors`."""
    here = package(module)
    against = [
        name
        for name in our_imports(module)
        if package(name) != here and here != "__main__" and FLOOR[package(name)] >= FLOOR[here]
    ]

    assert against == []


def test_no_module_imports_in_a_circle() -> None:
    """The modules can be put into an order in which each imports only what comes before it."""
    order = TopologicalSorter({module: our_imports(module) for module in SOURCES}).static_order()

    assert sorted(order) == sorted(SOURCES)


@pytest.mark.parametrize("folder", sorted(PACKAGE.glob("**/__init__.py")), ids=lambda path: path.parent.name)
def test_a_package_exports_nothing(folder: Path) -> None:
    """The `__init__.py` of a package is one docstring that says its job; only the version is kept in the first one."""
    if folder.parent == PACKAGE:
        return
    body = ast.parse(folder.read_text(encoding="utf-8")).body

    assert [type(node) for node in body] == [ast.Expr]


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


PURE = sorted(
    module
    for module in SOURCES
    if package(module) in {"roster", "school"} or module in {"config.template", "sds.findings"}
)


@pytest.mark.parametrize("module", PURE)
def test_the_core_is_pure(module: str) -> None:
    """The core knows no clock, no environment, no log, no network; files are written by `csv_files` alone."""
    edges = {"datetime", "logging", "os", "random", "shutil", "socket", "structlog", "subprocess", "tempfile", "time"}
    if module != "roster.csv_files":
        edges |= {"io", "pathlib"}

    assert edges & {name.split(".")[0] for name in imports(module)} == set()


@pytest.mark.parametrize("path", sorted(PACKAGE.parent.glob("tests/**/*.py")), ids=lambda path: path.stem)
def test_nothing_of_ours_is_mocked(path: Path) -> None:
    """Tests run the program as it is; `windows_errors` lets functions of `os` fail."""
    if path.stem == "windows_errors":
        return
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


def test_a_run_that_sends_nothing_loads_no_http_library() -> None:
    """`requests` costs 0.08 s of CPU, which only a download and a hand-over need."""
    program = "import sys, sdssync.jobs.run; print(*sorted({'requests', 'urllib3', 'msal'} & set(sys.modules)))"

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout == "\n"
