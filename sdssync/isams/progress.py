"""How the source reports its progress."""

from collections.abc import Callable

Progress = Callable[[str, int, int | None], None]
"""Takes the stage ("download" or "parse"), the bytes so far, and the bytes expected, if known."""
