"""About 210 damaged copies of a real GBZ each: refused with exit 3 and a message, in bounded time and memory; never a signal."""
import resource
import subprocess
import sys

import pytest

from programs import BIN

CPU_SECONDS, BYTES = 2, 1 << 30
PATIENCE = 60  # a busy machine; what hangs without working is caught too


def limits():
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


@pytest.mark.parametrize("name", ["own.loops.v2", "odgi.chr6.C4.v1", "micb-kir3dl1.v3"])
def test_damaged_files_are_refused(shared_data, tmp_path, name):
    maker = shared_data.parent / "tools/corrupt_gbz.py"
    if not maker.exists():
        pytest.skip("no maker of damaged files beside the shared data")
    subprocess.run([sys.executable, maker, shared_data / f"gbz/files/{name}.gbz", tmp_path], check=True, capture_output=True)
    rows = [line.split("\t") for line in (tmp_path / "manifest.tsv").read_text().splitlines()[1:]]
    assert len(rows) > 150
    wrong = []
    for file, kind, what, expected in rows:
        try:
            done = subprocess.run([BIN / "haploom", "gbz", "paths", tmp_path / file], capture_output=True, text=True,
                                  timeout=PATIENCE, preexec_fn=limits)
        except subprocess.TimeoutExpired:
            wrong.append(f"{file} ({what}): more than {PATIENCE} s")
            continue
        allowed = {"reject": (3,), "guard": (0, 3), "accept": (0,)}[expected]
        clear = done.returncode != 3 or (done.stderr.startswith("error [gbz/41]: ") and file in done.stderr and "  try: " in done.stderr)
        if done.returncode not in allowed or not clear:
            wrong.append(f"{file} ({what}): {expected}, exit {done.returncode}: {done.stderr}")
    assert not wrong, "\n".join(wrong)


def test_what_is_no_gbz_is_named(tmp_path):
    text = tmp_path / "reads.bam"
    text.write_text("this is no graph")
    for path, cause in ((text, "it does not start with 'GBZ '"), (tmp_path / "absent.gbz", "No such file"), (tmp_path, "directory")):
        done = subprocess.run([BIN / "haploom", "gbz", "paths", path], capture_output=True, text=True, timeout=60)
        assert done.returncode == 3 and done.stdout == ""
        assert str(path) in done.stderr and cause in done.stderr, done.stderr
