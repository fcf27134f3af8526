from __future__ import annotations

from manifests.lineage import digest, library_versions


def test_a_digest_is_that_of_the_content_not_of_its_order() -> None:
    assert digest({"a": 1, "b": [1, 2]}) == digest({"b": [1, 2], "a": 1})
    assert digest({"a": 1}) != digest({"a": 2}) and digest([1, 2]) != digest([2, 1])
    assert digest({}) == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"


def test_libraries_that_make_bytes_are_named() -> None:
    assert set(library_versions()) == {
        "kornia-rs",
        "numpy",
        "opencv-python-headless",
        "pillow",
        "pyarrow",
        "simplejpeg",
        "zlib-ng",
    }
    assert all(version[0].isdigit() for version in library_versions().values())
