"""
Print the result of `sdssync validate`: one module for each format, chosen here.

Only the text and the JSON hold cells of a file. The other three are read by machines that keep and publish what they
read (annotations, dashboards): they name file, line and column.
"""

from collections.abc import Callable, Sequence
from enum import StrEnum
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sdssync.sds.findings import SetReport

__all__ = ["OutputFormat", "render"]


class OutputFormat(StrEnum):
    """The formats in which a validation can be printed."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"
    """Workflow commands of GitHub Actions."""
    SARIF = "sarif"
    """SARIF 2.1.0 (OASIS)."""
    JUNIT = "junit"


# A run prints one format: only its module is imported.
_MODULES = {
    OutputFormat.TEXT: "sdssync.report.validation.text",
    OutputFormat.JSON: "sdssync.report.validation.json_document",
    OutputFormat.GITHUB: "sdssync.report.validation.github",
    OutputFormat.SARIF: "sdssync.report.validation.sarif",
    OutputFormat.JUNIT: "sdssync.report.validation.junit",
}


def render(reports: "Sequence[SetReport]", output: OutputFormat) -> str:
    """
    Return the complete text with its final line break, always the same for the same reports.

    It can be written as UTF-8 whatever a path or a cell holds.
    """
    write: Callable[[Sequence[SetReport]], str] = import_module(_MODULES[output]).render
    return write(reports)
