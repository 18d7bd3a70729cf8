"""
The least that a program can do with the same files, each in a process that does nothing else.

    python benchmarks/floor.py walk DOCUMENT    lxml: end of each record, then forget it
    python benchmarks/floor.py tree DOCUMENT    ElementTree: the whole document at once, as the script does
    python benchmarks/floor.py read FOLDER...   csv: every row of every CSV file
    python benchmarks/floor.py send ADDRESS FOLDER    requests: create, append and flush every CSV file

Run as a file and not as a module: a bare process imports none of our modules.
"""

import sys
from collections.abc import Callable
from pathlib import Path

PIECE = 4 << 20
"""Bytes: as many as sdssync sends at once."""
RECORDS = ("StaffMember", "Pupil", "Department", "Set", "SetList")


def walk(document: str) -> None:
    """Walk the records with lxml and clear each; without the deletion the empty elements would pile up."""
    from lxml import etree  # noqa: PLC0415  (each floor pays for its own imports only)

    for _, record in etree.iterparse(document, events=("end",), tag=RECORDS):
        record.clear()
        siblings = record.getparent()
        while siblings is not None and record.getprevious() is not None:
            del siblings[0]


def tree(document: str) -> None:
    """Parse the document into a tree of the standard library."""
    import xml.etree.ElementTree as ET  # noqa: PLC0415

    ET.parse(document)  # noqa: S314  (the document is our own)


def read(*folders: str) -> None:
    """Read every row of every CSV file."""
    import csv  # noqa: PLC0415

    for path in (path for folder in folders for path in Path(folder).glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for _ in csv.reader(file):
                pass


def send(address: str, folder: str) -> None:
    """Send every CSV file to the container at an address, whose query is its signature."""
    import requests  # noqa: PLC0415

    container, signature = address.split("?")
    with requests.Session() as session:
        session.headers["x-ms-version"] = "2023-11-03"
        for path in Path(folder).glob("*.csv"):
            url, position = f"{container}/{path.name}?{signature}", 0
            session.put(f"{url}&resource=file").raise_for_status()
            with path.open("rb") as file:
                while piece := file.read(PIECE):
                    session.patch(f"{url}&action=append&position={position}", data=piece).raise_for_status()
                    position += len(piece)
            session.patch(f"{url}&action=flush&position={position}").raise_for_status()


if __name__ == "__main__":
    jobs: dict[str, Callable[..., None]] = {"walk": walk, "tree": tree, "read": read, "send": send}
    jobs[sys.argv[1]](*sys.argv[2:])
