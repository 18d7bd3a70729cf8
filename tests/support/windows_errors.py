"""
What Windows refuses, played on any system: calls of the system about some paths fail with an error of Windows.

Nothing of the program is changed; only functions of `os` and `os.path` are, as Windows would behave.
"""

import errno
import os
from collections.abc import Callable
from typing import Any

import pytest

_TEXTS = {
    3: (errno.ENOENT, "The system cannot find the path specified"),
    5: (errno.EACCES, "Access is denied"),
    32: (errno.EACCES, "The process cannot access the file because it is being used by another process"),
    53: (errno.ENOENT, "The network path was not found"),
    59: (errno.EINVAL, "An unexpected network error occurred"),
    64: (errno.ENOENT, "The specified network name is no longer available"),
    121: (errno.EINVAL, "The semaphore timeout period has expired"),
    145: (errno.ENOTEMPTY, "The directory is not empty"),
    206: (errno.ENOENT, "The filename or extension is too long"),
    1219: (errno.EINVAL, "Multiple connections to a server by the same user are not allowed"),
    1326: (errno.EINVAL, "The user name or password is incorrect"),
}
"""The errors by number ("System Error Codes", learn.microsoft.com), with the code that C has for each."""


def windows_error(number: int, path: object = "") -> OSError:
    """Return an error of Windows; other systems have no attribute `winerror`, so it is set here."""
    code, text = _TEXTS[number]
    error = OSError(code, text, str(path))
    error.winerror = number  # type: ignore[attr-defined]
    return error


class Refusals:
    """Lets calls of the system fail."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._patch = patch
        self._has_ended = False

    def end(self) -> None:
        """Let every call work again."""
        self._has_ended = True

    def refuse(self, number: int, part: str, *functions: str, times: int = 10**9) -> list[str]:
        """
        Let functions of `os` fail for paths that end with this text, so many times; return a list of the refusals.

        The list grows with each refusal.
        """
        refused: list[str] = []
        for function in functions:
            module, name = (os.path, function.removeprefix("path.")) if "." in function else (os, function)
            self._patch.setattr(module, name, self._played(getattr(module, name), number, part, times, refused))
        return refused

    def _played(
        self, real: Callable[..., Any], number: int, part: str, times: int, refused: list[str]
    ) -> Callable[..., Any]:
        def played(*arguments: Any, **named: Any) -> Any:
            paths = [str(argument) for argument in arguments if isinstance(argument, str | os.PathLike)]
            is_meant = any(path.replace("\\", "/").endswith(part) for path in paths)
            if is_meant and not self._has_ended and len(refused) < times:
                refused.append(paths[0])
                raise windows_error(number, paths[0])
            return real(*arguments, **named)

        return played
