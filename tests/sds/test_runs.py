"""Keys that appear twice are found run by run; a group that comes back is noticed."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdssync.sds.checks.runs import Runs

pytestmark = pytest.mark.slow

KEYS = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xyz")), max_size=30)


@given(keys=KEYS, size=st.integers(1, 7))
def test_sorted_keys(keys: list[tuple[str, str]], size: int) -> None:
    """In runs, in blocks of any size, exactly the keys that appear twice are suspects."""
    runs = Runs()
    rows = sorted(keys)

    taken = [runs.take(rows[start : start + size]) for start in range(0, len(rows), size)]

    assert all(taken)
    assert runs.suspects == {hash(key) for key, number in Counter(keys).items() if number > 1}


@given(keys=KEYS, size=st.integers(1, 7))
def test_a_group_that_comes_back_is_noticed(keys: list[tuple[str, str]], size: int) -> None:
    """As soon as a group comes back after another, and not before, the answer is no."""
    runs = Runs()
    groups = [group for index, (group, _) in enumerate(keys) if not index or keys[index - 1][0] != group]

    taken = all(runs.take(keys[start : start + size]) for start in range(0, len(keys), size))

    assert taken is (len(groups) == len(set(groups)))


def test_a_group_over_many_blocks() -> None:
    """Repeats within a block and between blocks of one group are found, each key once."""
    runs = Runs()
    blocks = [[("a", "x"), ("a", "y")], [("a", "x"), ("a", "z"), ("a", "z")], [("a", "v")]]

    assert all(map(runs.take, blocks))
    assert runs.suspects == {hash(("a", "x")), hash(("a", "z"))}
