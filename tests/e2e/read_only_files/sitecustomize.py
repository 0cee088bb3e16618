"""Python imports this at its start: it then writes under TMPDIR only, as in a container whose root is read-only."""

import errno
import os
import sys

WRITABLE = (os.environ["TMPDIR"], "/dev/", "/proc/self/")
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
CHANGES = {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.link", "os.symlink", "os.truncate"}


def refuse(event: str, arguments: tuple[object, ...]) -> None:
    if event == "open":
        path, _, flags = arguments
        writes = isinstance(flags, int) and bool(flags & WRITING)
    else:
        path, writes = arguments[0] if arguments else None, event in CHANGES
    if writes and isinstance(path, str | bytes) and not os.fsdecode(path).startswith(WRITABLE):
        raise OSError(errno.EROFS, "read-only file system", path)


sys.addaudithook(refuse)
