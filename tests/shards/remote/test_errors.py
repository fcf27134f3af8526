"""Errors of storage as a user reads them: one line that names what to do."""

from __future__ import annotations

import errno

import pytest

from shards.remote.errors import clear_errors, no_answer

URL = "s3://bucket/a.bin"


class NoCredentialsError(Exception):
    """Named as botocore's is."""


class EndpointConnectionError(ConnectionError):
    """Named as botocore's is."""


class OddError(Exception):
    """An error of a library that nobody has heard of."""


def raised(error: BaseException, url: str = URL) -> BaseException:
    with pytest.raises(BaseException) as caught, clear_errors(url):
        raise error
    return caught.value


def test_what_lacks_is_named_with_what_to_set() -> None:
    error = raised(NoCredentialsError("Unable to locate\n  credentials"))
    assert isinstance(error, OSError) and str(error) == (
        f"{URL}: expected credentials, got none (Unable to locate credentials); set AWS_ACCESS_KEY_ID and "
        "AWS_SECRET_ACCESS_KEY, or AWS_PROFILE (or FSSPEC_S3_ANON=true: public data)"
    )
    assert "HF_TOKEN" in str(raised(NoCredentialsError("x"), "hf://datasets/a/b"))
    assert "AZURE_STORAGE_CONNECTION_STRING" in str(raised(PermissionError("no"), "abfs://a/b"))


def test_a_server_that_does_not_answer_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL_S3", raising=False)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    asked = "check AWS_ENDPOINT_URL=http://127.0.0.1:1, and run the same command again"
    assert str(raised(EndpointConnectionError("refused"))) == (
        f"{URL}: expected an answer of the server, got none (refused); {asked}"
    )
    hidden = FileNotFoundError(URL)
    hidden.__cause__ = EndpointConnectionError("refused")
    assert asked in str(raised(hidden)), "libraries take a lost server for a missing file"
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    assert "AWS_ENDPOINT_URL names another server" in str(raised(EndpointConnectionError("refused")))


def test_kinds_that_callers_tell_apart_are_kept() -> None:
    for kind in (FileNotFoundError, PermissionError, FileExistsError, IsADirectoryError, NotADirectoryError):
        error = raised(kind(errno.EIO, "words"))
        assert type(error) is kind and str(error).startswith(f"{URL}: ")
    assert str(raised(OSError(errno.ENOSPC, "No space left"))) == f"{URL}: No space left"
    assert type(raised(ValueError("what"))) is ValueError


def test_errors_of_unknown_libraries_are_one_line() -> None:
    error = raised(OddError("one\ntwo " + "x" * 10_000))
    assert isinstance(error, OSError) and str(error).startswith(f"{URL}: OddError: one two xxx")
    assert len(str(error)) < 500


@pytest.mark.parametrize("error", [TypeError("a defect"), KeyboardInterrupt(), SystemExit(3)])
def test_defects_and_interrupts_pass(error: BaseException) -> None:
    assert raised(error) is error


def test_a_clear_message_is_not_wrapped_again() -> None:
    error = FileNotFoundError(f"{URL}: expected the bucket bucket, got none")
    assert raised(error) is error and no_answer(error) is None
