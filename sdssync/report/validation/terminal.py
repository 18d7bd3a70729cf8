"""The text for people in the colours of a terminal; only a command on a terminal imports this, and rich with it."""

from collections.abc import Sequence

from rich.text import Text

from sdssync.report.validation.text import styled_lines
from sdssync.sds.findings import SetReport


def render_rich(reports: Sequence[SetReport]) -> Text:
    """Return what `render` returns for text, without the final line break; to be printed with `soft_wrap=True`."""
    lines = [Text(line.text, style=line.style) for line in styled_lines(reports)]
    return Text("\n").join(lines)
