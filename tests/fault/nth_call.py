"""Programs of ours whose N-th call to the system fails (nth_call.cc)."""
import errno
import os
import pathlib
import subprocess

from programs import BIN, run

LIBRARY = BIN.parent / "tests/libnth_call.so"


def settings(*folders, **how):
    """The environment that preloads the library: settings(store, n=3, on="always", do=errno.EIO)."""
    assert LIBRARY.exists(), f"{LIBRARY} is not built (ninja nth_call)"
    paths = ":".join(str(pathlib.Path(folder)) for folder in folders)
    return {"LD_PRELOAD": str(LIBRARY), "NTH_CALL_PATHS": paths, **{f"NTH_CALL_{key.upper()}": str(value) for key, value in how.items()}}


def refusing(**families):
    """A node that lacks something: refusing(tmpfile=errno.EOPNOTSUPP)."""
    return settings("/nowhere", refuse=",".join(f"{family}={number}" for family, number in families.items()))


def calls_of(log):
    """(family, what) of each call that the library wrote down."""
    lines = pathlib.Path(log).read_text().splitlines() if pathlib.Path(log).exists() else []
    return [tuple(line.split(" ", 2)[1:]) for line in lines]


NO_UNNAMED = {"tmpfile": errno.EOPNOTSUPP}
NO_RENAMEAT2 = {"tmpfile": errno.EOPNOTSUPP, "renameat2": errno.ENOSYS}
