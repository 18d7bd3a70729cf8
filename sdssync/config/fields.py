"""
The types of single keys in `sdssync.toml` and in the files of `profiles.d`, with the words for what a key expects.

Each function named `..._fault` returns why a value cannot be used, or "".
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal, NoReturn
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, Field, PlainSerializer, PlainValidator, ValidationError, WrapValidator
from pydantic.types import StringConstraints
from pydantic_core import PydanticCustomError

from sdssync.config.safety import Limit, Percentage
from sdssync.config.secret import GUID
from sdssync.config.template import GROUP_PLACEHOLDERS, MERGE_PLACEHOLDERS, PLACEHOLDERS, Template, TemplateError
from sdssync.config.upload import GRAPH_URL, LOGIN_URL
from sdssync.files.names import has_invisible, name_fault
from sdssync.files.paths import path_fault
from sdssync.net.hosts import is_loopback, is_possible_host
from sdssync.sds.catalogue.rules import unknown_prefixes
from sdssync.sds.code_lists import ORG_TYPES
from sdssync.sds.data_types import ORG_TYPE

_UNITS = {"b": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9, "tb": 10**12}
_UNITS |= {"kib": 2**10, "mib": 2**20, "gib": 2**30, "tib": 2**40}
_SIZE = re.compile(r"(\d{1,15}(?:\.\d{1,6})?) ?([KMGT]?i?B)", re.IGNORECASE)
_PERCENTAGE = re.compile(r"(\d{1,3}(?:\.\d{1,6})?) ?%")
_MAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")
_HOST = re.compile(r"[A-Za-z0-9._-]{1,253}|[0-9A-Fa-f:]{2,45}")
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\."
_DOMAIN = re.compile(rf"(?:{_LABEL})+[A-Za-z][A-Za-z0-9-]*[A-Za-z0-9]")
_LONGEST_DOMAIN = 253
_DAY = 86_400
_TEN_YEARS = 3_650
_LONGEST_TEXT = 1_000
"""Characters of a text, before anything else is done with it: a name, an address, a template has a hundred at most."""

SET_ID = "id:"
"""What precedes the id of a teaching set where its code could be."""
FIRST_YEAR, LAST_YEAR = -5, 20
"""The National Curriculum years that a profile may name."""


def _refuse(words: str, **context: Any) -> NoReturn:
    """Raise the error in which pydantic reports what was expected."""
    raise PydanticCustomError("expected", "{words}", {"words": words, **context})


def _expects(words: str, fault: Callable[[Any], str] = lambda _: "") -> WrapValidator:
    """Return a validator that says in our words what is expected; `fault` checks values of the right type."""

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
    """Return why a text cannot be a cell of a CSV file. A tab and a zero-width joiner are harmless."""
    if len(text) > _LONGEST_TEXT:
        return f"it has more than {_LONGEST_TEXT:,} characters"
    held = {unicodedata.category(character) for character in text if character != "\t"}
    return "it contains line breaks or control characters" if held & {"Cc", "Zl", "Zp"} else ""


def _text_fault(text: str) -> str:
    """Return why a required text is not one."""
    return _line_fault(text) if text.strip() else "it is empty"


def _org_type_fault(text: str) -> str:
    """Return why a text is not a type of organisation."""
    return "" if ORG_TYPE.accepts(text) else f"SDS knows {', '.join(ORG_TYPES)}"


def _code_fault(text: str) -> str:
    """Return why a text is neither the code of a rule nor the beginning of one."""
    return "no rule has this code" if unknown_prefixes((text,)) else ""


def _template_fault(text: str, placeholders: Sequence[str] = PLACEHOLDERS) -> str:
    """Return why a text is not a template with these placeholders."""
    if fault := _text_fault(text):
        return fault
    try:
        Template.parse(text, placeholders)
    except TemplateError as error:
        return str(error)
    return ""


def _merge_fault(text: str) -> str:
    """Return why a text is not a template for sets that are one class."""
    return _template_fault(text, MERGE_PLACEHOLDERS)


def _group_fault(text: str) -> str:
    """Return why a text is not a template for groups, which must not all get the same."""
    if fault := _template_fault(text, GROUP_PLACEHOLDERS):
        return fault
    has_own = Template.parse(text, GROUP_PLACEHOLDERS).names & {"group_id", "group_code", "group_name"}
    return "" if has_own else "it needs {group_id}, {group_code} or {group_name}, so that groups differ"


def _set_fault(text: str) -> str:
    """Return why a text is neither the code nor the id of one teaching set."""
    if fault := _text_fault(text):
        return fault
    if re.search(r"[*?]", text):
        return "wildcards belong in exclude and include"
    is_wrong_id = text.casefold().startswith(SET_ID) and not re.fullmatch(rf"{SET_ID}[0-9]{{1,18}}", text)
    return f"an id is written like {SET_ID}123" if is_wrong_id else ""


def _two_sets(values: list[str]) -> list[str]:
    """Check that a list has at least two values."""
    return values if len(values) > 1 else _refuse("a list of at least two sets")


def _url_fault(text: str) -> str:
    """Return why a text is not an address to which a key may be sent; nothing of the text is shown."""
    if "?" in text or "#" in text:
        return "it has a query or a fragment; the key belongs in a file or a variable"
    return hook_url_fault(text)


def hook_url_fault(text: str) -> str:
    """Return why a text is not an address that can be called, which may have a query; nothing of it is shown."""
    if has_invisible(text) or " " in text or "\\" in text:
        return "it contains spaces, backslashes or control characters"
    try:
        url = urlsplit(text)
        _ = url.hostname, url.port
    except ValueError:
        return "it is not an address"
    return _origin_fault(url)


def _origin_fault(url: SplitResult) -> str:
    """Return why a key may not be sent to the scheme and host of an address."""
    if "@" in url.netloc:
        return "it contains a user or a password"
    if url.scheme not in {"http", "https"} or not url.hostname:
        return "it does not begin with https:// and a host"
    if not is_possible_host(url.hostname):
        return "a part of its host is empty or too long"
    if url.scheme == "http" and not is_loopback(url.hostname):
        return "http is for loopback addresses only"
    return ""


def _mail_fault(text: str) -> str:
    """Return why a text is not one e-mail address; nothing of the text is shown."""
    return "" if _MAIL.fullmatch(text) else "it is not one plain address"


def _host_fault(text: str) -> str:
    """Return why a text is not the name or the address of a server."""
    return "" if _HOST.fullmatch(text) and is_possible_host(text) else "it is not the name of a server, without a port"


def _is_domain(text: str) -> bool:
    """Return True if a text is a domain name of at least two parts, and no IP address."""
    return len(text) <= _LONGEST_DOMAIN and bool(_DOMAIN.fullmatch(text))


def _tenant_fault(text: str) -> str:
    """Return why a text is not a tenant of Microsoft Entra."""
    if re.fullmatch(GUID, text) or _is_domain(text):
        return ""
    return "it is neither a GUID nor a domain like myschool.onmicrosoft.com; the overview of Microsoft Entra shows both"


def _client_fault(text: str) -> str:
    """Return why a text is not the id of an app registration."""
    if re.fullmatch(GUID, text):
        return ""
    return "it is not a GUID; the overview of the app registration shows it as Application (client) ID"


def _exact_host_fault(text: str) -> str:
    """Return why a text is not the name of one server."""
    return (
        "" if _is_domain(text) or text == "localhost" else "it is not one host name, without wildcard, scheme or port"
    )


def _server(url: str) -> WrapValidator:
    """Return a validator for the address of a server of Microsoft, or of a fake on this machine."""

    def fault(text: str) -> str:
        if text == url:
            return ""
        if found := hook_url_fault(text):
            return found
        parts = urlsplit(text)
        if not is_loopback(parts.hostname or ""):
            return "only Microsoft may get the secret and the token, so leave the key out"
        has_more = parts.path not in {"", "/"} or "?" in text or "#" in text
        return "it has more than a host and a port" if has_more else ""

    return _expects(f"{url}, or a loopback address for tests", fault)


def _size(value: Any) -> int:
    """Read a number of bytes, or a text with a unit."""
    words = 'a number of bytes, or a text with a unit like "1 GiB" or "500 MB"'
    size = value if isinstance(value, int) and not isinstance(value, bool) else 0
    if isinstance(value, str) and (match := _SIZE.fullmatch(value.strip())):
        size = int(Decimal(match[1]) * _UNITS[match[2].lower()])
    return size if size > 0 else _refuse(words)


def _size_text(size: int) -> int | str:
    """Write a number of bytes with the largest binary unit that leaves a whole number."""
    for unit in ("TiB", "GiB", "MiB", "KiB"):
        if size % _UNITS[unit.lower()] == 0:
            return f"{size // _UNITS[unit.lower()]} {unit}"
    return size


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
MergePattern = Annotated[str, _expects("a template in quotes", _merge_fault)]
GroupPattern = Annotated[str, _expects("a template in quotes", _group_fault)]
MergedSets = Annotated[
    list[Annotated[str, _expects(f'the code of a set, or its id like "{SET_ID}123"', _set_fault)]],
    AfterValidator(_two_sets),
]
Owners = Annotated[Literal["all", "primary"], _expects('"all" or "primary"')]
Houses = Annotated[
    list[Annotated[Literal["academic", "boarding"], _expects('"academic" or "boarding"')]], Field(min_length=1)
]
Url = Annotated[str, _expects("an address like https://isams.myschool.example", _url_fault)]
HookUrl = Annotated[str, _expects("an address like https://hooks.myschool.example/sds", hook_url_fault)]
MailAddress = Annotated[str, _expects("an e-mail address", _mail_fault)]
Host = Annotated[str, _expects("the name of a server in quotes", _host_fault)]
Tenant = Annotated[str, _expects("the id of the tenant or one of its domains", _tenant_fault)]
ClientId = Annotated[str, _expects("the id of the app registration", _client_fault)]
LoginUrl = Annotated[str, _server(LOGIN_URL)]
GraphUrl = Annotated[str, _server(GRAPH_URL)]
ExactHosts = Annotated[
    list[Annotated[str, _expects("the exact name of a server in quotes", _exact_host_fault)]], Field(min_length=1)
]
Port = Annotated[int, Field(ge=1, le=65_535), _expects("the number of a port, from 1 to 65535")]
Security = Annotated[Literal["starttls", "tls", "none"], _expects('"starttls", "tls" or "none"')]
Variable = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$"), _expects("the name of an environment variable")
]
Size = Annotated[int, PlainValidator(_size, json_schema_input_type=int | str), PlainSerializer(_size_text)]
LimitValue = Annotated[int | Percentage, PlainValidator(_limit, json_schema_input_type=int | str)]
Subject = Annotated[str, PlainValidator(_subject, json_schema_input_type=int)]
Year = Annotated[int, Field(ge=FIRST_YEAR, le=LAST_YEAR), _expects(f"a whole number from {FIRST_YEAR} to {LAST_YEAR}")]
Code = Annotated[
    str,
    StringConstraints(pattern=r"^SDS[0-9]{0,3}$"),
    _expects('a rule code or the beginning of one, like "SDS301"', _code_fault),
]
Seconds = Annotated[float, Field(gt=0, le=_DAY), _expects("a number of seconds, more than 0, at most a day")]
Retry = Annotated[float, Field(ge=0, le=_DAY), _expects("a number of seconds, 0 or more, at most a day")]
Days = Annotated[int, Field(ge=0, le=_TEN_YEARS), _expects(f"a whole number of days, at most {_TEN_YEARS:,}")]
SomeDays = Annotated[int, Field(ge=1, le=_TEN_YEARS), _expects(f"a whole number of days from 1 to {_TEN_YEARS:,}")]
Count = Annotated[int, Field(ge=0), _expects("a whole number, 0 or more")]
SomeCount = Annotated[int, Field(ge=1), _expects("a whole number, 1 or more")]
Format = Annotated[Literal["v2", "v2.1"], _expects('"v2" or "v2.1"')]
Day = Annotated[date, _expects("a date without quotes and without a time, like 2027-07-31")]
Texts = Annotated[list[Text], Field(min_length=1)]
MailAddresses = Annotated[list[MailAddress], Field(min_length=1)]
Parts = Annotated[list[Text], Field(min_length=2), _expects("a list of at least two names of profiles")]
Years = Annotated[list[Year], Field(min_length=1)]
Subjects = Annotated[list[Subject], Field(min_length=1)]
Codes = Annotated[list[Code], Field(min_length=1)]
