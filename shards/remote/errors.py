"""Errors of storage libraries as one message: where, what was expected, what to do."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

_NO_CREDENTIALS = {
    "NoCredentialsError",
    "PartialCredentialsError",
    "CredentialRetrievalError",
    "ProfileNotFound",
    "NoAuthTokenError",
    "TokenRetrievalError",
    "SSOError",
    "DefaultCredentialsError",
    "ClientAuthenticationError",
}
_NO_ANSWER = {
    "ConnectionError",
    "HTTPClientError",
    "TimeoutError",
    "ClientConnectionError",
    "ClientPayloadError",
    "ServiceRequestError",
    "gaierror",
    "FSTimeoutError",
    "SSHException",
}
# By protocol: where credentials come from, and the variables that name the server.
_CREDENTIALS = {
    "s3": "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE (or FSSPEC_S3_ANON=true: public data)",
    "gs": "GOOGLE_APPLICATION_CREDENTIALS (or FSSPEC_GS_TOKEN=anon: public data)",
    "az": "AZURE_STORAGE_CONNECTION_STRING, or AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY",
    "hf": "HF_TOKEN",
}
_SERVERS = {
    "s3": ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"),
    "gs": ("STORAGE_EMULATOR_HOST",),
    "hf": ("HF_ENDPOINT",),
}
_FAMILY = {"s3a": "s3", "gcs": "gs", "abfs": "az", "abfss": "az"}
_MOST = 300  # characters of a library's own words


@contextmanager
def clear_errors(url: str) -> Iterator[None]:
    """Raise errors of a storage library again as OSError or ValueError, in one line that begins with ``url``.

    FileNotFoundError, PermissionError and the other kinds of OSError keep their kind. Interrupts, and errors
    of Python itself such as TypeError or of our own such as LeaseLost, pass through.
    """
    try:
        yield
    except Exception as error:
        described = _described(url, error)
        if described is None:
            raise
        raise described from error


def _described(url: str, error: Exception) -> Exception | None:
    names = _kinds(error)
    protocol = url.partition("://")[0]
    family = _FAMILY.get(protocol, protocol)
    words = _words(error)
    own = type(error).__module__.startswith("shards.")
    if own or words.startswith(f"{url}: ") or isinstance(error, ImportError):
        return None
    credentials = _CREDENTIALS.get(family, "the credentials")
    if names & _NO_CREDENTIALS:
        return OSError(f"{url}: expected credentials, got none ({words}); set {credentials}")
    if isinstance(error, PermissionError):
        return PermissionError(
            f"{url}: expected access, got a refusal ({words}); check the rights on it, and {credentials}"
        )
    if lost := no_answer(error):
        return OSError(
            f"{url}: expected an answer of the server, got none ({_words(lost)}); {_check(family)}"
        )
    if isinstance(error, NotImplementedError):
        return OSError(
            f"{url}: expected storage that can be written, got {protocol}://, which can't; use another"
        )
    if isinstance(error, FileNotFoundError):
        return FileNotFoundError(f"{url}: expected a file or folder, got none")
    if isinstance(error, OSError):
        return _plain_kind(error)(f"{url}: {words}")
    if words.startswith("Invalid endpoint"):
        return ValueError(
            f"{url}: expected a server as http://HOST:PORT, got {words[18:]!r}; {_check(family)}"
        )
    if words.startswith("Parameter validation failed: Invalid bucket name"):
        return ValueError(
            f"{url}: expected the name of a bucket after {protocol}://, got one that can't be; correct it"
        )
    if isinstance(error, ValueError):
        return ValueError(f"{url}: {words}")
    if type(error).__module__ == "builtins":
        return None
    return OSError(f"{url}: {type(error).__name__}: {words}; check the URL and the settings of {protocol}://")


def no_answer(error: BaseException) -> BaseException | None:
    """The error of a server that did not answer, also where a library calls that a missing file."""
    seen: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in seen:
        if _kinds(cause) & _NO_ANSWER:
            return cause
        seen.append(cause)
        cause = cause.__cause__
    return None


def _kinds(error: BaseException) -> set[str]:
    return {kind.__name__ for kind in type(error).__mro__}


def _words(error: BaseException) -> str:
    """The error's own words, without its number, as one line."""
    if "FSTimeoutError" in _kinds(error):
        return "it took too long"
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return " ".join(text.split())[:_MOST] or type(error).__name__


def _plain_kind(error: OSError) -> type[OSError]:
    """The kind of OSError that Python has for it."""
    return next(
        kind for kind in type(error).__mro__ if kind.__module__ == "builtins" and issubclass(kind, OSError)
    )


def _check(family: str) -> str:
    names = _SERVERS.get(family, ())
    found = next((f"{name}={os.environ[name]}" for name in names if os.environ.get(name)), None)
    named = found or (
        f"the network ({names[-1]} names another server)" if names else "the URL and the network"
    )
    return f"check {named}, and run the same command again"
