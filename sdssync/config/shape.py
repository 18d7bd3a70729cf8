"""Check a TOML table against a pydantic model, and put the errors of pydantic into our own words."""

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from sdssync.config.mistakes import Mistake, wrong

Model = TypeVar("Model", bound=BaseModel)

_SHOWABLE_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,23}")
_KEY_LITERALS = frozenset({"apikey", "isamskey", "isamsapikey", "key", "secret", "token", "password"})
_KEY_LITERAL = (
    "an API key must not be in this file, which is copied, mailed and backed up: write it to a file of its own"
    ' and set api_key_file = "secrets/isams.key", or set api_key_env to the name of a variable'
)
_LITERAL_OF_CLIENT = (
    "a client secret must not be in this file, which is copied, mailed and backed up: write it to a file of its own"
    ' and set client_secret_file = "secrets/isams.secret", or set client_secret_env to the name of a variable'
)
_LITERAL_OF_APP = (
    "a client secret must not be in this file, which is copied, mailed and backed up: write it to a file of its own"
    " and set secret_file in [upload] of sdssync.toml, or set secret_env to the name of a variable"
)
_LITERAL_OF_CERTIFICATE = (
    "a password must not be in this file, which is copied, mailed and backed up: set certificate_password_env"
    " in [upload] of sdssync.toml to the name of a variable"
)
_LITERAL_OF_MAIL = (
    "a password must not be in this file, which is copied, mailed and backed up: write it to a file of its own"
    ' and set password_file = "secrets/mail.password", or set password_env to the name of a variable'
)
_EXPECTED = {
    "bool_type": "true or false, without quotes",
    "date_type": "a date without quotes and without a time, like 2027-07-31",
    "list_type": "a list in square brackets",
    "model_type": "a table",
    "too_short": "at least one value (or leave the key out)",
}


def check_shape(model: type[Model], raw: Mapping[str, Any]) -> tuple[Model | None, tuple[Mistake, ...]]:
    """Read a TOML table into a model; if it does not fit, return None and all mistakes."""
    try:
        return model.model_validate(raw), ()
    except ValidationError as error:
        known = known_keys(model)
        details = error.errors(include_url=False)
    return None, tuple(_mistake(detail, known) for detail in details)


def known_keys(model: type[BaseModel]) -> tuple[str, ...]:
    """Return the dotted names of all keys of a model: tables, and the keys in them."""
    return tuple(key for key, _ in _fields(model))


def unique_lists(model: type[BaseModel]) -> tuple[str, ...]:
    """Return the dotted names of the lists in which each value may appear once."""
    return tuple(
        key
        for key, field in _fields(model)
        if isinstance(field.json_schema_extra, dict) and field.json_schema_extra.get("uniqueItems")
    )


def _fields(model: type[BaseModel], above: str = "") -> Iterator[tuple[str, FieldInfo]]:
    for name, field in model.model_fields.items():
        key = above + (field.alias or name)
        yield key, field
        for table in _tables(field.annotation):
            yield from _fields(table, key + ".")


def _tables(kind: Any) -> Iterator[type[BaseModel]]:
    """Yield the tables in the type of a key: `Section`, `Section | None`, `list[Section] | None`."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield kind
    for argument in get_args(kind):
        yield from _tables(argument)


def _mistake(detail: ErrorDetails, known: Sequence[str]) -> Mistake:
    """Put one error of pydantic into our words."""
    key = _key_path(detail["loc"])
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "extra_forbidden":
        return _unknown(detail["loc"], known)
    if kind == "missing":
        return Mistake(key, "required, but missing")
    expected = context.get("words") or _EXPECTED.get(kind) or detail["msg"]
    return wrong(key, expected, context.get("found", detail["input"]), context.get("fault", ""))


def _unknown(loc: Sequence[int | str], known: Sequence[str]) -> Mistake:
    """Report an unknown key with the nearest known one: the same name in another table, else a similar name."""
    key, name = _key_path(loc), str(loc[-1])
    plain = name.lower().replace("-", "_")
    if literal := _literal(str(loc[0]), plain.replace("_", "")):
        return Mistake(key, literal)
    table = ".".join(step for step in loc[:-1] if isinstance(step, str))
    here = [path.rpartition(".")[2] for path in known if path.rpartition(".")[0] == table]
    others = [path for path in known if path.rpartition(".")[0] != table]
    others.sort(key=lambda path: not f"{table}.".startswith(path.rpartition(".")[0] + "."))  # tables around it win
    elsewhere = {path.rpartition(".")[2]: path for path in reversed(others)}
    if plain in elsewhere:
        return Mistake(key, f"unknown key here, did you mean {_placed(elsewhere[plain])}?")
    if near := get_close_matches(plain, here, n=1):
        return Mistake(key, f'unknown key, did you mean "{near[0]}"? (allowed: {", ".join(here)})')
    if near := get_close_matches(plain, elsewhere, n=1, cutoff=0.75):
        return Mistake(key, f"unknown key, did you mean {_placed(elsewhere[near[0]])}?")
    return Mistake(key, f"unknown key (allowed: {', '.join(here)})")


def _literal(table: str, plain: str) -> str:
    """Return why a key of this name, without punctuation, is refused: its value would be a secret; else ""."""
    if table == "upload" and plain in {"password", "certificatepassword"}:
        return _LITERAL_OF_CERTIFICATE
    if table == "upload" and (plain == "clientsecret" or plain in _KEY_LITERALS):
        return _LITERAL_OF_APP
    if plain == "clientsecret":
        return _LITERAL_OF_CLIENT
    if plain in _KEY_LITERALS:
        return _LITERAL_OF_MAIL if table == "notify" else _KEY_LITERAL
    return ""


def _placed(path: str) -> str:
    """Return a key with the table to which it belongs."""
    table, _, name = path.rpartition(".")
    return f'"{name}" in [{table}]' if table else f'"{name}", which belongs before the first [table]'


def _key_path(loc: Sequence[int | str]) -> str:
    """Return the path to a key; a name that could be a secret or an address is left out."""
    path = ""
    for step in loc:
        if isinstance(step, int):
            path += f"[{step}]"
        else:
            name = step if _SHOWABLE_KEY.fullmatch(step) else "(a key that is not shown)"
            path += f".{name}" if path else name
    return path
