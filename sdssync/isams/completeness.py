"""Whether a document has everything that was asked for: one that lacks people would make them leave SDS."""

from collections.abc import Mapping, Sequence

from sdssync.errors import RefusedDocumentError
from sdssync.isams.datasets import API_SERVICES, EMPTY_CACHE, Dataset
from sdssync.isams.origin import Origin


def check_complete(counts: Mapping[str, int], datasets: Sequence[Dataset], origin: Origin) -> None:
    """
    Check that the sections of these datasets are there with records; `counts` has those of each section that is there.

    Raises:
        RefusedDocumentError: sections are missing or empty; the message names all of them.

    """
    missing = [dataset for dataset in datasets if dataset.section not in counts]
    empty = [dataset for dataset in datasets if counts.get(dataset.section) == 0 and not dataset.may_be_empty]
    problems = [f"section {dataset.manager}/{dataset.section} is missing" for dataset in missing]
    problems += [f"section {dataset.manager}/{dataset.section} holds no {dataset.record}" for dataset in empty]
    hints = []
    if missing:
        hints.append(f"tick {_labels(missing)} for the key {API_SERVICES}, Batch Methods")
    if empty:
        hints.append(f"look at {_labels(empty)} in iSAMS")
    hints += [EMPTY_CACHE, f"then {origin.again}"]
    if problems:
        raise RefusedDocumentError(f"the iSAMS document is not complete: {'; '.join(problems)}", "; ".join(hints))


def _labels(datasets: Sequence[Dataset]) -> str:
    """Name datasets as the control panel of iSAMS does."""
    return " and ".join(f'"{dataset.label}"' for dataset in datasets)
