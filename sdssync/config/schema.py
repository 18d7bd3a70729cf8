"""
What `sdssync.toml` and the files of `profiles.d` may say: keys, types and limits, as pydantic models.

They stay at the border: `settings_file` and `profile_file` turn them into the values that the program works with. What
one key says about another, or one value of a list about the next, is checked there too.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal, NoReturn
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, ValidationError, WrapValidator
from pydantic.config import JsonDict
from pydantic.types import StringConstraints
from pydantic_core import PydanticCustomError

from sdssync.config.settings import Limit, Percentage
from sdssync.config.template import Template, TemplateError
from sdssync.files.paths import invisible, name_fault, path_fault
from sdssync.net.hosts import is_loopback
from sdssync.sds.catalogue.rules import unknown_prefixes
from sdssync.sds.data_types import ORG_TYPE, ORG_TYPES

_UNITS = {"b": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9, "tb": 10**12}
_UNITS |= {"kib": 2**10, "mib": 2**20, "gib": 2**30, "tib": 2**40}
_SIZE = re.compile(r"(\d{1,15}(?:\.\d{1,6})?) ?([KMGT]?i?B)", re.IGNORECASE)
_PERCENTAGE = re.compile(r"(\d{1,3}(?:\.\d{1,6})?) ?%")
_DAY = 86_400


def _refuse(words: str, **context: Any) -> NoReturn:
    """Tell pydantic what was expected."""
    raise PydanticCustomError("expected", "{words}", {"words": words, **context})


def _expects(words: str, fault: Callable[[Any], str] = lambda _: "") -> WrapValidator:
    """Say in our words what a value should be; `fault` says what is wrong with one of the right type, or ""."""

    def check(value: Any, handler: Callable[[Any], Any]) -> Any:
        try:
            result = handler(value)
        except ValidationError:
            _refuse(words)
        if found := fault(result):
            _refuse(words, fault=found)
        return result

    return WrapValidator(check)


def _line_fault(text: str) -> str:
    """Say why a text cannot go into a cell of every row; "" when it can. A tab is odd, and harmless; so is a joiner."""
    held = {unicodedata.category(character) for character in text if character != "\t"}
    return "it holds line breaks or control characters" if held & {"Cc", "Zl", "Zp"} else ""


def _text_fault(text: str) -> str:
    """Say why a text that is needed is none."""
    return _line_fault(text) if text.strip() else "it is empty"


def _org_type_fault(text: str) -> str:
    """Say why a text is no type of organisation."""
    return "" if ORG_TYPE.accepts(text) else f"SDS knows {', '.join(ORG_TYPES)}"


def _code_fault(text: str) -> str:
    """Say why a text is neither the code of a rule nor the beginning of one."""
    return "no rule has it" if unknown_prefixes((text,)) else ""


def _template_fault(text: str) -> str:
    """Say why a text is no template."""
    try:
        Template.parse(text)
    except TemplateError as error:
        return str(error)
    return _text_fault(text)


def _url_fault(text: str) -> str:
    """Say why a text is not an address to which a key may be sent; the text itself is never shown."""
    if invisible(text) or " " in text or "\\" in text:
        return "it holds blanks, backslashes or control characters"
    try:
        url = urlsplit(text)
        host, _ = url.hostname, url.port
    except ValueError:
        return "it is not an address"
    faults: tuple[tuple[bool, str], ...] = (
        ("@" in url.netloc, "it holds a user or a password"),
        ("?" in text or "#" in text, "it goes on after the path; the key belongs into a file or a variable"),
        (url.scheme not in {"http", "https"} or not host, "it does not begin with https:// and a host"),
        (url.scheme == "http" and not is_loopback(host or ""), "http is for loopback addresses only"),
    )
    return next((fault for applies, fault in faults if applies), "")


def _size(value: Any) -> int:
    """Read a number of bytes, or a text with a unit."""
    words = 'a number of bytes, or a text with a unit like "1 GiB" or "500 MB"'
    size = value if isinstance(value, int) and not isinstance(value, bool) else 0
    if isinstance(value, str) and (match := _SIZE.fullmatch(value.strip())):
        size = int(Decimal(match[1]) * _UNITS[match[2].lower()])
    return size if size > 0 else _refuse(words)


def _limit(value: Any) -> Limit:
    """Read a count, or a percentage."""
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    if isinstance(value, str) and (match := _PERCENTAGE.fullmatch(value.strip())) and Decimal(match[1]) <= 100:
        return Percentage(Decimal(match[1]))
    _refuse('a count like 25, or a percentage from 0 to 100 like "10%"')


def _subject(value: Any) -> str:
    """Read the id of a subject: a whole number, as iSAMS gives it."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**18:
        return str(value)
    _refuse("the id of a subject, a whole number like 7")


Text = Annotated[str, _expects("a text in quotes", _text_fault)]
Suffix = Annotated[str, _expects("a text in quotes", _line_fault)]
FilePath = Annotated[str, _expects("a path in quotes", path_fault)]
OrgType = Annotated[str, _expects("a type of organisation", _org_type_fault)]
Name = Annotated[str, _expects("a name that Windows and Linux accept for a file", name_fault)]
Pattern = Annotated[str, _expects("a template in quotes", _template_fault)]
Url = Annotated[str, _expects("an address like https://isams.myschool.example", _url_fault)]
Variable = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$"), _expects("the name of an environment variable")
]
Size = Annotated[int, PlainValidator(_size, json_schema_input_type=int | str)]
LimitValue = Annotated[Any, PlainValidator(_limit, json_schema_input_type=int | str)]
Subject = Annotated[str, PlainValidator(_subject, json_schema_input_type=int)]
Year = Annotated[int, Field(ge=-5, le=20), _expects("a whole number from -5 to 20")]
Code = Annotated[
    str,
    StringConstraints(pattern=r"^SDS[0-9]{0,3}$"),
    _expects('a rule code or the beginning of one, like "SDS301"', _code_fault),
]
Seconds = Annotated[float, Field(gt=0, le=_DAY), _expects("a number of seconds, more than 0, at most a day")]
Retry = Annotated[float, Field(ge=0, le=_DAY), _expects("a number of seconds, 0 or more, at most a day")]
Format = Annotated[Literal["v2", "v2.1"], _expects('"v2" or "v2.1"')]

_UNIQUE: JsonDict = {"uniqueItems": True}
Years = Annotated[list[Year], Field(min_length=1, json_schema_extra=_UNIQUE)]
Subjects = Annotated[list[Subject], Field(min_length=1, json_schema_extra=_UNIQUE)]
Codes = Annotated[list[Code], Field(min_length=1, json_schema_extra=_UNIQUE)]


class Table(BaseModel):
    """A TOML table: types as written, no other keys."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class SchoolTable(Table):
    """The school as SDS is to know it."""

    id: Text = Field(description="The sourcedId of the school in SDS.")
    name: Text = Field(description="The name of the school in SDS.")
    type: OrgType = Field(default="school", description="The type of the organisation in SDS.")
    include_names: bool = Field(default=False, description="Write forename and surname, because SDS creates the users.")


class IsamsTable(Table):
    """Where the data come from: a url and a key, or a recorded file."""

    url: Url | None = Field(default=None, description="The address of iSAMS; https, or http to a loopback address.")
    api_key_file: FilePath | None = Field(default=None, description="A file that holds the API key and nothing else.")
    api_key_env: Variable | None = Field(default=None, description="An environment variable that holds the API key.")
    file: FilePath | None = Field(default=None, description="A recorded document, read instead of calling iSAMS.")
    timeout: Seconds = Field(default=120, description="Seconds without an answer.")
    retry_for: Retry = Field(default=300, description="Seconds in which a further attempt may start.")
    max_seconds: Seconds = Field(default=1800, description="Seconds for the download, all attempts together.")
    max_bytes: Size = Field(default=1024**3, description='The largest document: bytes, or a text like "1 GiB".')
    ca_file: FilePath | None = Field(default=None, description="Certificates to trust (PEM) instead of the system's.")


class PathsTable(Table):
    """Folders, relative to the folder of sdssync.toml."""

    profiles: FilePath = Field(default="profiles.d", description="The folder of the profile files.")
    state: FilePath = Field(default="state", description="The folder in which sdssync keeps its own files.")


class SafetyTable(Table):
    """How much may vanish from one publication to the next."""

    max_removed_users: LimitValue = Field(default=None, description='A count, or a percentage like "10%".')
    max_removed_classes: LimitValue = Field(default=None, description='A count, or a percentage like "10%".')
    max_removed_enrollments: LimitValue = Field(default=None, description='A count, or a percentage like "10%".')


class SettingsModel(Table):
    """The installation: sdssync.toml."""

    school: SchoolTable
    isams: IsamsTable
    paths: PathsTable = PathsTable()
    safety: SafetyTable = SafetyTable()


class SubjectsTable(Table):
    """Which subjects; both may be given."""

    exclude: Subjects | None = Field(default=None, description="Ids of subjects that are left out.")
    include: Subjects | None = Field(default=None, description="Ids of the only subjects that are taken.")


class TeachersTable(Table):
    """Who teaches beside those whom iSAMS names."""

    extra: Annotated[list[Text], Field(min_length=1)] | None = Field(
        default=None, description="Addresses of teachers of every class; * and ? are wildcards."
    )


class ValidateTable(Table):
    """Which rules judge the sets of this profile, by codes or beginnings of codes."""

    select: Codes | None = Field(default=None, description="The only rules by which `validate` judges.")
    ignore: Codes | None = Field(default=None, description="Rules that do not count.")


class ProfileModel(Table):
    """One SDS profile: a file of profiles.d."""

    name: Name | None = Field(default=None, description="The name of the profile; default: that of the file.")
    format: Format = Field(default="v2", description="v2.1: what SDS takes today; v2: the four files of before.")
    year_groups: Years = Field(default=list(range(14)), description="Years from -5 to 20; default: 0 to 13.")
    suffix: Suffix = Field(default="", description="Follows the code of the set in the title of a class.")
    output: FilePath = Field(description="The folder of the CSV files; sdssync owns it.")
    expires: Annotated[date, _expects("a date without quotes and without a time, like 2027-07-31")] | None = Field(
        default=None, description="The last day on which the profile runs."
    )
    title: Pattern = Field(default="{set_code}{suffix}", description="The title of a class.")
    class_id: Pattern = Field(default="{set_id}", description="The sourcedId of a class.")
    parity: bool = Field(default=False, description="Row for row what iSAMS-SDS.ps1 1.0.5 writes.")
    subjects: SubjectsTable = SubjectsTable()
    teachers: TeachersTable = TeachersTable()
    validation: ValidateTable = Field(default=ValidateTable(), alias="validate")


def json_schemas() -> dict[str, dict[str, Any]]:
    """Give a JSON Schema for each kind of TOML file, by file name, for editors that complete and check."""
    return {
        f"{name}.schema.json": {"$schema": "https://json-schema.org/draft/2020-12/schema", **model.model_json_schema()}
        for name, model in (("sdssync", SettingsModel), ("profile", ProfileModel))
    }
