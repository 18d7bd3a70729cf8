"""What a document without people is made of: invented words and numbers, what takes which place, and what leaks."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sdssync.isams import parser
from sdssync.isams.anonymise.codebook import Codebook
from sdssync.isams.anonymise.disguise import Disguise, day_of
from sdssync.isams.anonymise.known import KNOWN, Holds
from sdssync.isams.anonymise.pieces import Piece, Words, lookalikes, phrases, pieces, words
from sdssync.isams.anonymise.values import Values
from sdssync.isams.datasets import BY_SECTION
from sdssync.isams.origin import RECORDED
from tests.support.made_school import dice

pytestmark = pytest.mark.portable


def codebook(*avoided: str, seed: int = 1) -> Codebook:
    """Return a codebook that draws the same for the same seed."""
    return Codebook(Words(avoided), rng=dice(seed))


def values_of(folder: Path, xml: str) -> Values:
    """Return the values of a document."""
    file, values = folder / "isams.xml", Values()
    file.write_text(xml, encoding="utf-8")
    parser.read_sections(file, values, progress=lambda _: None, origin=RECORDED)
    return values


def test_every_section_that_is_read_is_known() -> None:
    """The table has the sections of the parser."""
    assert KNOWN.keys() == BY_SECTION.keys()


@settings(deadline=None)
@given(st.text())
def test_pieces_are_the_text(text: str) -> None:
    """No character is lost, and two pieces of one kind do not follow each other."""
    found = list(pieces(text))

    assert "".join(run for _, run in found) == text
    assert all(one[0] is not other[0] for one, other in pairwise(found))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("O'Brien-Smith", ["brien", "smith"]),
        ("Zo\u00eb", ["zo\u00eb"]),
        ("e\u0301mile", ["mile"]),
        ("9A/Ma1-JSM", ["jsm"]),
        ("\u0410\u043d\u043d\u0430", ["\u0430\u043d\u043d\u0430"]),
        ("\u738b\u5c0f\u660e", ["\u738b\u5c0f\u660e"]),
        ("Al", []),
        ("", []),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    """The words of a text are its letters in a row, three at least."""
    assert list(words(text)) == expected


@settings(deadline=None)
@given(st.characters(min_codepoint=128, exclude_categories=["Cs"]))
def test_lookalikes(character: str) -> None:
    """What takes the place of a character can take it in any text: one character of the same kind."""
    (piece, _), *rest = pieces(character)
    if piece in (Piece.REST, Piece.DIGITS) or character != character.lower():
        return

    assert rest == []
    for other in lookalikes(character):
        assert [piece for piece, _ in pieces(other)] == [piece]
        assert other.isprintable()
        assert other.upper().lower() == other or other == character


@settings(deadline=None)
@given(st.lists(st.text("abcdXYZ\u00e4\u00d6\u0436\u05d0\u5c0f", min_size=1, max_size=6), max_size=60))
def test_words_are_permuted(real: list[str]) -> None:
    """Two words are the same after as they were before, without regard to case; length and capitals stay."""
    book = codebook()
    images = {word: book.word(word) for word in real}

    assert all(book.word(word) == image for word, image in images.items())
    assert len({image.lower() for image in images.values()}) == len({word.lower() for word in real})
    for word, image in images.items():
        assert [letter.isupper() for letter in image] == [letter.isupper() for letter in word]
        assert [letter.isascii() for letter in image] == [letter.isascii() for letter in word]


def test_no_letter_stays() -> None:
    """A single letter becomes another one, so that initials say nothing."""
    for seed in range(20):
        book = codebook(seed=seed)
        assert all(book.word(letter) != letter for letter in "abcdefghijklmnopqrstuvwxyz")


def test_an_invented_word_has_no_real_one_in_it() -> None:
    """Names of three letters are avoided within longer words too."""
    real = ["ana", "eli", "ada", "ben", "oso", "ude", "ira", "ono", "uma", "ivo"]
    book = codebook(*real)
    images = [book.word("x" * length + chr(97 + number)) for length in range(3, 12) for number in range(26)]

    assert [image for image in images if any(name in image for name in real)] == []
    assert len(set(images)) == len(images)


@settings(deadline=None)
@given(st.lists(st.from_regex(r"[0-9]{1,3}|[0-9]{13}", fullmatch=True), max_size=60))
def test_numbers_are_permuted(real: list[str]) -> None:
    """Numbers of one length change places; zeros at the beginning stay, and so does 0."""
    book = codebook()
    images = {digits: book.number(digits) for digits in real}

    assert len({int(image) for image in images.values()}) == len({int(digits) for digits in real})
    for digits, image in images.items():
        assert (len(image), len(image.lstrip("0"))) == (len(digits), len(digits.lstrip("0")))


def test_initials_and_numbers_of_the_source_are_avoided() -> None:
    """The initials or the telephone number of one person are not given to another while there are others."""
    real = [f"{one}.{other}." for one in "abcdef" for other in "abcdefghijklmnopqrstuvwxyz"]
    real += [str(number) for number in range(111, 200) if "0" not in str(number)]
    book = Codebook(Words([]), phrases=frozenset(real), rng=dice(1))
    images = [*map(book.phrase, real)]

    assert {*images}.isdisjoint(real)
    assert len({*images}) == len(real)
    assert book.phrase("A.B.") == book.phrase("a.b.").upper()


def test_initials_of_a_school_that_has_all() -> None:
    """Where all initials belong to people, several become the same ones, which no one has."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    real = [f"{one}.{other}." for one in letters for other in letters if (one, other) != ("q", "q")]
    for taken, expected in ((real, {"q.q."}), ([*real, "q.q."], {f"{one}.{one}." for one in "þðæø"})):
        book = Codebook(Words([]), phrases=frozenset(taken), rng=dice(1))

        assert {*map(book.phrase, real)} <= expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" J.P. ", [" ", "<J.P.>", " "]),
        ("J P", ["<J P>"]),
        ("07700 900123", ["<07700 900123>"]),
        ("J.P. van Quill 12", ["<J.P.>", " ", "van", " ", "Quill", " ", "12"]),
        ("Quill", ["Quill"]),
        ("---", ["---"]),
        ("Al", ["Al"]),
        ("", []),
    ],
)
def test_phrases(text: str, expected: list[str]) -> None:
    """A text without a long word is replaced as a whole, otherwise each such part of it."""
    assert [f"<{part}>" if whole else part for whole, part in phrases(text) if part] == expected


def test_every_number_of_a_length_has_one() -> None:
    """A permutation: all numbers of three digits become others, whatever telephone numbers have been invented."""
    real = [str(number) for number in range(100, 1000)]
    book = codebook()
    assert book.phrase("471") != "471"
    images = list(map(book.number, real))

    assert sorted(images) == real
    assert sum(one == other for one, other in zip(real, images, strict=True)) < 20


@settings(deadline=None)
@given(st.lists(st.lists(st.integers(1, 400), min_size=2, max_size=5), max_size=8))
def test_order_that_decides_is_kept(groups: list[list[int]]) -> None:
    """Within each group the smaller number is the smaller one again; numbers stay permuted."""
    book = codebook()
    book.keep_order([[*map(str, group)] for group in groups])
    images = {number: int(book.number(str(number))) for number in range(1, 401)}

    assert len(set(images.values())) == 400
    for group in groups:
        assert sorted(set(group)) == sorted(set(group), key=images.__getitem__)


def in_place_of(holds: Holds, *real: str) -> list[str]:
    """Return what takes the place of values."""
    disguise = Disguise(codebook())
    return [disguise.of(holds, value) for value in real]


@pytest.mark.parametrize(
    ("holds", "value", "shape"),
    [
        (Holds.TITLE, "9A/Ma1", r"9[A-Z]/[A-Z][a-z]1"),
        (Holds.TITLE, " -2 ", r" -2 "),
        (Holds.TITLE, "Upper", r"[A-Z][a-z]{4}"),
        (Holds.TITLE, "Born 2012", r"[A-Z][a-z]{3} (?!2012)[0-9]{4}"),
        (Holds.NAME, "9A 12", r"[0-9][A-Z] [0-9]{2}"),
        (Holds.NAME, "07700 900123", r"0(?!7700)[0-9]{4} (?!900123)[0-9]{6}"),
        (Holds.NAME, "school.local", r"[a-z]{6}\.(?!local)[a-z]{5}"),
        (Holds.ADDRESS, "a@school.local", r"[a-z]@[a-z]{6}\.local"),
        (Holds.ADDRESS, "a@school.LOCAL ", r"[a-z]@[a-z]{6}\.LOCAL "),
        (Holds.ADDRESS, "a b@@x..y", r"[a-z] [a-z]@@[a-z]\.\.[a-z]"),
        (Holds.ADDRESS, "\u00a0", "\u00a0"),
        (Holds.DATE, "2012-05-17", r"18[0-9]{2}-[01][0-9]-[0-2][0-9]"),
        (Holds.DATE, " 2012-05-17T09:30:01.5Z", r" 18[0-9]{2}-[01][0-9]-[0-2][0-9]T00:00:00\.0Z"),
        (Holds.DATE, "17/05/2012", r"(?!17)[0-9]{2}/0[0-9]/(?!2012)[0-9]{4}"),
        (Holds.DATE, "May", r"[A-Z][a-z]{2}"),
        (Holds.FLAG, "True", "True"),
        (Holds.FLAG, "0", "0"),
        (Holds.FLAG, "Anna", r"[A-Z][a-z]{3}"),
        (Holds.IDENTIFIER, "0", "0"),
        (Holds.IDENTIFIER, " +0501\n", r" \+0(?!501)[0-9]{3}\n"),
        (Holds.IDENTIFIER, "7.98396E+12", r"[1-9]\.[0-9]{5}E\+[0-9]{2}"),
        (Holds.IDENTIFIER, "985C2482-4A85-2170-4F0D-50D2895A456C", r"[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}"),
        (Holds.IDENTIFIER, "985c2482-4a85-2170-4f0d-50d2895a456c", r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    ],
)  # fmt: skip
def test_what_takes_the_place_of_a_value(holds: Holds, value: str, shape: str) -> None:
    """A value of each kind keeps its shape; what says nothing about a person stays."""
    (image,) = in_place_of(holds, value)

    assert re.fullmatch(shape, image)


def test_one_value_is_the_same_everywhere() -> None:
    """A name in an address, a code and a title is one name; an id is one id, whatever it belongs to."""
    disguise = Disguise(codebook())
    surname = disguise.of(Holds.NAME, "Quill")

    assert disguise.of(Holds.TITLE, "9A QUILL") == f"9{disguise.of(Holds.TITLE, 'A')} {surname.upper()}"
    assert disguise.of(Holds.ADDRESS, "quill@x") == f"{surname.lower()}@{disguise.of(Holds.NAME, 'x')}"
    assert disguise.of(Holds.IDENTIFIER, "501") == disguise.of(Holds.IDENTIFIER, " 0501 ").strip()[1:]


def test_days_are_none_of_the_source() -> None:
    """An invented day is not the day of another person."""
    real = [f"{year}-{month:02}-10" for year in range(1801, 1900) for month in range(1, 13)]
    book = Codebook(Words([]), days=frozenset(real), rng=dice(1))

    assert {book.day(f"2012-05-{day:02}") for day in range(1, 29)}.isdisjoint(real)
    assert day_of("2012-05-17T00:00:00") == "2012-05-17"
    assert day_of("17 May") is None


SECTION = "<iSAMS><PupilManager><CurrentPupils>{}</CurrentPupils></PupilManager></iSAMS>"


@pytest.mark.parametrize("title", ["12/03/11", "3/12/11", "07 70 09 00 12", "9A/2/1", "07700900123"])
def test_numbers_in_a_title_that_may_be_personal(title: str) -> None:
    """A day or a telephone number in the code of a set is replaced, although short numbers of a title stay."""
    image = Disguise(codebook()).of(Holds.TITLE, title)

    assert image != title
    assert [character for character in image if not character.isalnum()] == [
        character for character in title if not character.isalnum()
    ]


@pytest.mark.parametrize(("title", "kept"), [("9A/Ma1", ["9", "1"]), ("Year 12", ["12"]), ("10", ["10"])])
def test_years_and_numbers_of_sets_stay(title: str, kept: list[str]) -> None:
    """Without them a profile would take no year."""
    assert re.findall("[0-9]+", Disguise(codebook()).of(Holds.TITLE, title)) == kept


@pytest.mark.parametrize("attribute", ['Id="07700 900123"', 'SubjectId="x 07700 900123"'])
def test_a_telephone_number_leaks_anywhere(tmp_path: Path, attribute: str) -> None:
    """A number that no id has by chance must not be in any field, not even in an id."""
    real = values_of(tmp_path, SECTION.format("<Pupil><MobileNumber>07700 900123</MobileNumber></Pupil>"))
    invented = values_of(
        tmp_path, f"<iSAMS><TeachingManager><Sets><Set {attribute} /></Sets></TeachingManager></iSAMS>"
    )

    assert sum(invented.leaked_from(real).values()) == 1


@pytest.mark.parametrize(
    ("real", "invented", "leaks"),
    [
        ("Quill", "Qqq", 0),
        ("Quill", "Quill", 1),
        ("Quill", "QUILLON", 1),
        ("Quill", "Mac-quill", 1),
        ("Ada Quill", "quill", 1),
        ("Ada Quill", "ada-quill", 2),
        ("J P", "j p", 1),
        ("J P", "J K", 0),
        ("J.P", "j.pilu", 0),
        ("12-34", "0 12-34", 0),
        ("12-345", "0 12-345", 1),
        ("123", "x1234", 0),
        ("---", "---", 0),
        ("Al", "Al", 0),
        ("\u738b\u5c0f\u660e", "\u738b\u5c0f\u660e", 1),
    ],
)
def test_what_leaks(tmp_path: Path, real: str, invented: str, leaks: int) -> None:
    """A word of a personal value must not be within another word, nor a long number within a value."""
    name = SECTION.format("<Pupil><Surname>{}</Surname></Pupil>")
    before, after = values_of(tmp_path, name.format(real)), values_of(tmp_path, name.format(invented))

    assert after.leaked_from(before) == ({Holds.NAME: leaks} if leaks else {})


@pytest.mark.parametrize(
    ("pupil", "holds"),
    [
        ("<Pupil><Form>9 Quill</Form></Pupil>", Holds.TITLE),
        ("<Pupil><UserCode>quill01</UserCode></Pupil>", Holds.IDENTIFIER),
        ('<Pupil Id="quill" />', Holds.IDENTIFIER),
        ("<Pupil><EmailAddress>a.quill@x.y</EmailAddress></Pupil>", Holds.ADDRESS),
        ("<Pupil><DOB>Quill</DOB></Pupil>", Holds.DATE),
    ],
)
def test_a_name_leaks_wherever_it_is(tmp_path: Path, pupil: str, holds: Holds) -> None:
    """A name is looked for in titles, codes and ids too."""
    real = values_of(tmp_path, SECTION.format("<Pupil><Surname>Quill</Surname></Pupil>"))

    assert values_of(tmp_path, SECTION.format(pupil)).leaked_from(real) == {holds: 1}


@pytest.mark.parametrize(
    ("invented", "leaks"), [("2012-05-17", True), ("2012-05-17T09:00:00", True), ("1812-05-17", False)]
)
def test_a_day_leaks(tmp_path: Path, invented: str, leaks: bool) -> None:
    """The day of a date must not be found again, whatever its time."""
    day = SECTION.format("<Pupil><DOB>{}</DOB></Pupil>")
    real = values_of(tmp_path, day.format("2012-05-17T00:00:00"))

    assert bool(values_of(tmp_path, day.format(invented)).leaked_from(real)) is leaks
