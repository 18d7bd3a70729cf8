"""The text for people in the colours of a terminal; only what prints on a terminal imports this, and rich with it."""

from collections.abc import Sequence

from rich.text import Text

from sdssync.findings import SetReport
from sdssync.formats.text import styled_lines


def render_rich(reports: Sequence[SetReport]) -> Text:
    """Render what `render` gives for text, without the final line break; the terminal folds long lines."""
    lines = [Text(line.text, style=line.style) for line in styled_lines(reports)]
    return Text("\n", no_wrap=True, overflow="ignore").join(lines)
