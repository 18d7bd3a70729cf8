"""A school whose names and titles are meant to break a page."""

from tests.support.builders import (
    DepartmentRecord,
    Document,
    PupilRecord,
    SetListRecord,
    SetRecord,
    StaffRecord,
    SubjectRecord,
)

SCRIPT = "<script>document.title = 'broken'</script>"
IMAGE = '"><img src="https://attack.example/x.png" onerror="document.title = \'broken\'">'
STYLE = "</style></script></textarea><style>* { display: none }</style>"
TEMPLATE = "{{ 7 * 7 }}{% raw %}"
TURNED = "\u202egnirts\u202c \u05d3\u05d5\u05d3 \u0633\u0627\u0631\u0629"
INVISIBLE = "\u200b\u2028\u0085\ufeff soft\u00adhyphen"
LONG = "Long-" + "x" * 5_000
WIDE = "\U0001f3eb\u0301\u0301\u0301 Ze\u0308ynep"
ODD = (SCRIPT, IMAGE, STYLE, TEMPLATE, TURNED, INVISIBLE, LONG, WIDE, 'O\'Neil & "Sons"', "a,b;c\td")


def messy_school() -> Document:
    """Return a school in which every name, code and subject is odd."""
    numbers = range(1, len(ODD) + 1)
    pupils = tuple(
        PupilRecord(
            id=str(number),
            school_id=f"9{number:03}",
            forename=text,
            surname=ODD[-number],
            email=None if number == 4 else f"pupil{number}@pupils.school.example",
        )
        for number, text in zip(numbers, ODD, strict=True)
    )
    staff = tuple(
        StaffRecord(id=str(100 + number), forename=text, surname=text, email=f"staff{number}@school.example")
        for number, text in zip(numbers, ODD, strict=True)
    )
    subjects = tuple(
        SubjectRecord(id=str(number), code=f"S{number}", name=text) for number, text in zip(numbers, ODD, strict=True)
    )
    sets = tuple(
        SetRecord(
            id=str(10 + number),
            code=text,
            name=text,
            subject=str(number),
            subject_attribute=str(number),
            teachers=(str(100 + number),),
        )
        for number, text in zip(numbers, ODD, strict=True)
    )
    lists = tuple(
        SetListRecord(
            set_id=str(10 + number),
            set_attribute=str(10 + number),
            school_id=f"9{member:03}",
            pupil_attribute=str(member),
        )
        for number in numbers
        for member in numbers
    )
    return Document(
        staff=staff,
        pupils=pupils,
        departments=(DepartmentRecord(name=SCRIPT, subjects=subjects),),
        sets=sets,
        set_lists=lists,
    )
