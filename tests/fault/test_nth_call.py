"""Every call to the system that a life with a shared pangenome makes is failed in turn: once, and from then on always.

Whatever fails, the program ends as documented and never with a wrong result; the next, unharmed process has what it wants, and
when that has left the store is empty. The calls on the store, on the GBZ and on the outputs count.
HAPLOOM_EVERY_CALL=1 tries every errno at every call of the long lives too.
"""
import errno
import os
import re
import shutil

import pytest

from nth_call import NO_RENAMEAT2, calls_of, settings
from programs import call_words, records, run

REGION = "chr20:1-2000"
EVERY = bool(os.environ.get("HAPLOOM_EVERY_CALL"))
FAMILIES = {"open", "tmpfile", "flock", "reserve", "linkat", "mmap", "read", "chmod", "stat", "unlink", "write", "rename", "sync"}


class Life:
    """A program that uses the store, and how to see that what it left is good."""

    def __init__(self, demo, tmp_path):
        self.demo, self.tmp = demo, tmp_path
        self.store, self.graphs, self.outputs = (tmp_path / name for name in ("store", "graphs", "outputs"))
        for folder in (self.store, self.graphs, self.outputs):
            folder.mkdir(exist_ok=True)
        shutil.copy(demo / "panel.gbz", self.graphs)
        self.graph = self.graphs / "panel.gbz"
        self.log = tmp_path / "calls"
        self.words = ["--gbz_store_dir", str(self.store)]

    def load(self, **how):
        return run("load_gbz_into_shared_memory", "--pangenome_gbz", self.graph, "--shared_memory_name", "x", *self.words, **how)

    def before(self):
        pass

    def start_afresh(self):
        for folder in (self.store, self.outputs):
            for left in folder.iterdir():
                left.unlink()

    def good_end(self):  # when the program said that it had done its work
        pass

    def any_end(self):  # the next process finds or makes a good object, and when a loader has gone nothing stays
        self.load()
        run("haploom", "gbz", "verify", "x", *self.words)
        run("haploom", "gbz", "unload", "x", *self.words)
        if list(self.store.iterdir()) == [self.store / f"haploom.{os.geteuid()}..alloc.lock"]:
            self.load()  # takes up the empty lock file that could not be removed
            run("haploom", "gbz", "unload", "x", *self.words)
        assert list(self.store.iterdir()) == []

    def faulted(self, **how):
        self.log.unlink(missing_ok=True)
        return self.program(env=settings(self.store, self.graphs, self.outputs, log=self.log, **how), ok=False, timeout=60)


class Load(Life):
    def program(self, **how):
        return self.load(**how)

    def good_end(self):
        run("haploom", "gbz", "verify", "x", *self.words)


class LoadIndexed(Load):
    """The image is copied from the index beside the graph."""

    def __init__(self, demo, tmp_path):
        super().__init__(demo, tmp_path)
        run("haploom", "gbz", "index", self.graph)


class Attach(Load):
    def before(self):
        self.load()


class Unload(Life):
    def before(self):
        self.load()

    def program(self, **how):
        return run("haploom", "gbz", "unload", "x", *self.words, **how)

    def good_end(self):
        assert [p.name for p in self.store.iterdir() if not p.name.endswith(".lock")] == []


class Look(Unload):
    def program(self, **how):
        listed = run("haploom", "gbz", "ls", *self.words, **how)
        return listed if listed.returncode else run("haploom", "gbz", "verify", "x", *self.words, **{**how, "env": {}})

    def good_end(self):
        pass


class Stat(Look):
    def program(self, **how):
        return run("haploom", "gbz", "verify", "x", *self.words, **how)


class Call(Life):
    ends = 0

    def program(self, **how):
        words = call_words(self.demo, self.store, self.outputs / "o.vcf.gz", "--gbz_shared_memory_name", "x", "--regions", REGION)
        words[words.index(self.demo / "panel.gbz")] = self.graph
        return run(*words, **how)

    def golden(self):
        if not hasattr(self, "calls"):
            self.program()
            self.calls = records(self.outputs / "o.vcf.gz")
            assert self.calls.count("\n") > 0
            self.forget_outputs()
        return self.calls

    def forget_outputs(self):
        for left in self.outputs.iterdir():
            left.unlink()

    def before(self):
        self.golden()

    def good_end(self):
        assert records(self.outputs / "o.vcf.gz") == self.golden()
        assert (self.outputs / "o.vcf.gz.tbi").exists()

    def any_end(self):
        if (self.outputs / "o.vcf.gz").exists():
            assert records(self.outputs / "o.vcf.gz") == self.golden(), "an output under its name is whole"
        self.ends += 1
        if EVERY or self.ends % 10 == 1:  # a loader, which is quick, sees the same store
            self.program()
            self.good_end()
        super().any_end()
        self.forget_outputs()


class CallKept(Call):
    """With an object that another process has loaded."""

    def before(self):
        self.golden()
        self.load()


def documented(done):
    """Exit 0, or one that says who mends it, with cause and remedy."""
    if done.returncode == 0:
        return True
    if done.returncode not in (2, 3, 4):
        return False
    return re.search(r"^error \[\w+/\d+\]: .", done.stderr, re.M) and re.search(r"^  try:   .", done.stderr, re.M)


def fail_each_call(life, **how):
    """The families of the calls that were failed, and how often the program came to an error."""
    families, errors, number, problems = set(), 0, 0, []
    while True:
        number += 1
        life.before()
        done = life.faulted(n=number, **how)
        calls = calls_of(life.log)
        if len(calls) < number:
            break
        families.add(calls[number - 1][0])
        errors += done.returncode != 0
        try:
            assert documented(done)
            if done.returncode == 0:
                life.good_end()
            life.any_end()
        except AssertionError as why:
            problems.append(f"call {number} ({' '.join(calls[number - 1])}): exit {done.returncode}\n{done.stderr}{why}")
            life.start_afresh()
    assert done.returncode == 0, f"without a fault: {done.stderr}"
    life.good_end()
    life.any_end()
    assert not problems, f"{how}: {len(problems)} of {number - 1} calls end badly\n" + "\n".join(problems)
    return families, errors


SHORT = (Load, LoadIndexed, Attach, Unload, Look, Stat)
LONG = (Call, CallKept)


@pytest.mark.parametrize("life", SHORT + LONG)
@pytest.mark.parametrize("on", ["once", "always"])
def test_any_call_may_fail(life, on, demo, tmp_path):
    if life is CallKept and not EVERY:
        pytest.skip("with HAPLOOM_EVERY_CALL=1: as long as all others together")
    families, errors = fail_each_call(life(demo, tmp_path), on=on)
    assert errors > 0, "no fault was ever felt"
    if life is Call:
        assert families == FAMILIES, "a family that this program uses is not failed, or one more is"


@pytest.mark.parametrize("life", [Load, Attach])
@pytest.mark.parametrize("on", ["once", "always"])
def test_any_call_may_fail_where_there_are_no_unnamed_files(life, on, demo, tmp_path):
    refuse = ",".join(f"{family}={number}" for family, number in NO_RENAMEAT2.items())
    fail_each_call(life(demo, tmp_path), on=on, refuse=refuse)


@pytest.mark.parametrize("number", [errno.EINTR, errno.EACCES] + ([errno.EIO, errno.ENOMEM] if EVERY else []))
@pytest.mark.parametrize("life", SHORT + (LONG if EVERY else ()))
def test_any_call_may_fail_for_any_reason(life, number, demo, tmp_path):
    fail_each_call(life(demo, tmp_path), do=number)


@pytest.mark.parametrize("life", [Load, Attach, Stat])
def test_an_open_that_a_signal_interrupts_is_tried_again(life, demo, tmp_path):
    families, errors = fail_each_call(life(demo, tmp_path), count="open", do=errno.EINTR)
    assert families == {"open"} and errors == 0


@pytest.mark.parametrize("life", [Load, Attach, Stat])
def test_any_read_may_find_the_end(life, demo, tmp_path):
    families, errors = fail_each_call(life(demo, tmp_path), count="read", do=0)
    assert families == {"read"} and errors > 0
