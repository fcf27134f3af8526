"""Files and folders that are never data: left by file managers, archives, downloads, editors and backups."""

from __future__ import annotations

import re

# Compared without case. Names that begin with a dot are hidden, and never data either: .DS_Store, ._name
# (macOS), .git, .ipynb_checkpoints, .Trash-1000, .directory (KDE), .~lock.name# (LibreOffice), .nfs0123.
_NAMES = frozenset(
    {
        "thumbs.db",
        "ehthumbs.db",
        "ehthumbs_vista.db",
        "desktop.ini",
        "icon\r",
        "__macosx",
        "__pycache__",
        "lost+found",
        "@eadir",
        "@recycle",
        "@recently-snapshot",
        "@tmp",
        "#recycle",
        "#snapshot",
        "$recycle.bin",
        "recycler",
        "system volume information",
        "network trash folder",
        "temporary items",
        "thedropboxfolder",
        "dropbox.attr",
        "picasa.ini",
        "zbthumbnail.info",
        "sync.ffs_db",
        "wget-log",
        "nohup.out",
    }
)
# Backups (name~), files that a program has open (~$name, ~lock.name#, #name#), unfinished downloads, streams
# that Windows keeps beside a file, files that lie in a cloud alone.
_PATTERNS = re.compile(
    r".*~|~\$.*|~lock\..*|#.+#|thumbs\.db:.*|.*:zone\.identifier"
    r"|.+\.(part|partial|crdownload|download|opdownload|filepart|aria2|!ut|!qb|swp|swo|kate-swp)"
    r"|.+\.(bak|orig|tmp|rsync-tmp|gstmp|icloud)|wget-log\.[0-9]+",
    re.DOTALL,
)


def is_clutter(name: str) -> bool:
    """Whether a file or folder of this name is never data. Everyone passes over it.

    >>> [name for name in ("a.png", "._a.png", "Thumbs.db", "a.png.part", "__MACOSX") if not is_clutter(name)]
    ['a.png']
    """
    lower = name.lower()
    return lower.startswith(".") or lower in _NAMES or _PATTERNS.fullmatch(lower) is not None
