"""On the path of a process and its children, appends every module they look for to $RECORDED_IMPORTS."""

import os
import sys


class Recorder:
    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        with open(os.environ["RECORDED_IMPORTS"], "a", encoding="utf-8") as stream:  # noqa: PTH123
            stream.write(f"{name}\n")


sys.meta_path.insert(0, Recorder())  # type: ignore[arg-type]
