"""Make one HTML file of the page: template, style and script are in it, and nothing else may run or be loaded."""

import hashlib
from base64 import b64encode
from functools import cache
from importlib.resources import files

from jinja2 import Environment, FunctionLoader, StrictUndefined, Template

from sdssync import __version__
from sdssync.report.page.values import Page

MARK = b'<meta name="generator" content="sdssync report">'
"""Near the start of each page, so that a later one may replace it."""


def render(page: Page) -> bytes:
    """Return the page as a file in UTF-8."""
    style, script = _text("page.css"), _text("page.js")
    policy = (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; img-src data:; base-uri 'none';"
        " form-action 'none'"
    )
    text = _template().render(
        page=page, mark=MARK.decode(), policy=policy, style=style, script=script, version=__version__
    )
    return text.encode("utf-8", "replace")


@cache
def _template() -> Template:
    """Compile the template, which takes longer than a small page."""
    environment = Environment(
        loader=FunctionLoader(_text), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template("page.html.jinja")


def _text(name: str) -> str:
    """Return a file of this package."""
    return files("sdssync.report.page").joinpath(name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """Return what the policy calls an inline text: its SHA-256."""
    return f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
