"""Read a page of `sdssync report` as a reader does: its headings, its tables, its policy."""

import base64
import hashlib
from dataclasses import dataclass
from pathlib import Path

from lxml import html


@dataclass(frozen=True, slots=True)
class ShownPage:
    """A page."""

    text: str
    root: html.HtmlElement

    @classmethod
    def read(cls, file: Path) -> "ShownPage":
        """Read a page from a file."""
        text = file.read_text(encoding="utf-8")
        return cls(text, html.document_fromstring(text, parser=html.HTMLParser(encoding="utf-8")))

    @property
    def words(self) -> str:
        """Return everything that the page shows, with single spaces."""
        [body] = self.root.xpath("//body")
        for script in body.xpath(".//script"):
            script.text = ""
        return _words(body)

    def table(self, caption: str) -> list[list[str]]:
        """Return the rows of the table with this caption, without its header."""
        return [[_words(cell) for cell in row.xpath("./th|./td")] for row in self._table(caption).xpath(".//tr")[1:]]

    def headers(self, caption: str) -> list[str]:
        """Return the headers of the columns of the table with this caption."""
        return [_words(cell) for cell in self._table(caption).xpath(".//th[@scope='col']")]

    def _table(self, caption: str) -> html.HtmlElement:
        [table] = [found for found in self.root.iter("table") if _words(found.find("caption")) == caption]
        return table

    def cards(self) -> list[str]:
        """Return the cards of the overview."""
        return [_words(card) for card in self.root.xpath("//ul[@class='cards']/li")]

    def matters(self) -> list[tuple[str, str]]:
        """Return what is to be done, each with its advice."""
        return [
            (_words(matter.find("h3")), " ".join(map(_words, matter.xpath("./p"))).removeprefix("What to do: "))
            for matter in self.root.xpath("//section[@id='todo']/article")
        ]

    def section(self, profile: str) -> str:
        """Return what the page shows of a profile."""
        [found] = [found for found in self.root.xpath("//section[h2]") if _words(found.find("h2")) == profile]
        return _words(found)

    def part(self, title: str) -> str:
        """Return the part with this title of the only profile that has it."""
        return next(text for text in map(_words, self.root.xpath("//details")) if text.startswith(title))

    def policy(self) -> str:
        """Return the Content-Security-Policy."""
        [meta] = self.root.xpath("//meta[@http-equiv='Content-Security-Policy']")
        return str(meta.get("content"))

    def policy_of_its_texts(self) -> str:
        """Return the policy that allows exactly the style and the script of the page."""
        style, script = (self._hash(name) for name in ("style", "script"))
        return (
            f"default-src 'none'; style-src {style}; script-src {script}; img-src data:; base-uri 'none';"
            " form-action 'none'"
        )

    def _hash(self, name: str) -> str:
        _, _, rest = self.text.partition(f"<{name}>")
        text, _, more = rest.partition(f"</{name}>")
        assert f"<{name}>" not in more, f"a second {name}"
        return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _words(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())
