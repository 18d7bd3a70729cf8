"""Make one HTML file of the page: template, style and script are in it, and nothing else may run or be loaded."""

import hashlib
from base64 import b64encode
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from sdssync import __version__
from sdssync.report.page.values import Page

MARK = b'<meta name="generator" content="sdssync report">'
"""Near the start of each page, so that a later one may replace it."""
_LOADER = PackageLoader("sdssync.report", "page")


def render(page: Page) -> bytes:
    """Return the page as a file in UTF-8."""
    environment = _environment()
    sources = (_LOADER.get_source(environment, name)[0] for name in ("page.css", "page.js"))
    style, script = (source.replace("\r\n", "\n") for source in sources)  # as a browser hashes them
    policy = (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; img-src data:; base-uri 'none';"
        " form-action 'none'"
    )
    text = environment.get_template("page.html.jinja").render(
        page=page, mark=MARK.decode(), policy=policy, style=style, script=script, version=__version__
    )
    return text.encode("utf-8", "replace")


@cache
def _environment() -> Environment:
    """Read the files of this package; a template is compiled once, which takes longer than a small page."""
    return Environment(loader=_LOADER, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def _hash(text: str) -> str:
    """Return what the policy calls an inline text: its SHA-256."""
    return f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
