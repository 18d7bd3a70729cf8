"""Where a document comes from, as far as it decides what the administrator can do about a document that is refused."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What the hints say about documents of one origin."""

    again: str
    """How to get the same document once more."""
    another: str
    """What to do about one that is not the answer of the Batch API in XML."""


DOWNLOADED = Origin(
    again="run it again",
    another="check [isams] url: it is the address of the iSAMS server, and nothing on the way may ask for a login",
)
CACHED = Origin(again="download it again: `sdssync plan`", another="download it again: `sdssync plan`")
RECORDED = Origin(
    again="record the document again",
    another="name an XML document under [isams] file: the answer of xml.ashx, not of json.ashx",
)
