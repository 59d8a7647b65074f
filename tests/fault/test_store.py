"""The store through its commands: load, ls, stat, unload, under deaths, wrong graphs and stores without room.

The protocol's own tests stand beside the code (src/shared_image/store_*_test.cc); these see that the program keeps it,
with its exit codes and messages.
"""
import os
import pathlib
import signal
import subprocess
import time

import pytest

from programs import BIN, call_words, held_rows, lines_until, run, start

GFA = """H\tVN:Z:1.1\tRS:Z:GRCh38
S\t1\tACGT
S\t2\t{middle}
S\t3\tTTTT
W\tGRCh38\t0\tchr20\t0\t9\t>1>2>3
W\tHG1\t1\tchr20\t0\t8\t>1>3
"""


def make_graph(folder, name, middle):
    (folder / f"{name}.gfa").write_text(GFA.format(middle=middle))
    run("haploom", "gbz", "build", folder / f"{name}.gfa", "-o", folder / f"{name}.gbz")
    return folder / f"{name}.gbz"


@pytest.fixture(scope="module")
def graphs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("graphs")
    return make_graph(folder, "a", "G"), make_graph(folder, "b", "C")


@pytest.fixture
def graph(graphs):
    return graphs[0]


def load(graph, store, *more, **how):
    return run("load_gbz_into_shared_memory", f"--pangenome_gbz={graph}", "--gbz_store_dir", store, *more, **how)


def gbz(store, *words, **how):
    return run("haploom", "gbz", *words, "--gbz_store_dir", store, **how)


def must_fail(done, exit_code, reason, *texts):
    assert done.returncode == exit_code, done.stderr
    assert f"error [shared_image/{reason}]: " in done.stderr, done.stderr
    for text in texts:
        assert str(text) in done.stderr, done.stderr
    assert reason == 2 or "  try:   " in done.stderr, done.stderr


def crash_points():
    """As the program itself lists them. (Not asked while tests are collected: the tree may be unbuilt.)"""
    done = run("haploom", "gbz", "unload", "x", "--gbz_store_dir", "/tmp", ok=False, env={"HAPLOOM_CRASH_POINT": "list"})
    assert done.returncode == 2, done.stderr
    return done.stderr.split("one of: ")[1].split()


def test_load_list_stat_unload(graph, store):
    load(graph, store, "--shared_memory_name=hprc", "--shared_memory_size_gb=12", "--num_shards=8")
    (row,) = held_rows(store)
    assert (row["name"], row["graph"], row["policy"], row["holders"]) == ("hprc", "a.gbz", "kept", "-")
    assert int(row["bytes"]) == (store / f"haploom.{os.geteuid()}.hprc").stat().st_size
    facts = dict(line.split("\t") for line in gbz(store, "stat", "hprc").stdout.splitlines())
    assert facts["graph"] == str(graph) and facts["reference_samples"] == "GRCh38"
    assert "was there" in load(graph, store, "--gbz_shared_memory_name", "hprc").stdout
    gbz(store, "unload", "hprc")
    assert list(store.iterdir()) == []
    must_fail(gbz(store, "unload", "hprc", ok=False), 4, 31)
    must_fail(gbz(store, "stat", "hprc", ok=False), 4, 34)


def test_without_a_name_graphs_keep_apart(graphs, store):
    for graph in graphs:
        load(graph, store)
    names = [row["name"] for row in held_rows(store)]
    assert len(set(names)) == 2 and all(name.startswith("GBZ_SHARED_MEMORY.") for name in names)
    must_fail(gbz(store, "unload", "GBZ_SHARED_MEMORY", ok=False), 4, 31, names[0])


def test_another_graph_under_the_name(graphs, store):
    load(graphs[0], store, "--shared_memory_name", "x")
    must_fail(load(graphs[1], store, "--shared_memory_name", "x", ok=False), 4, 16, graphs[0])
    assert len(held_rows(store)) == 1


def test_empty_name(graph, store):
    assert load(graph, store, "--shared_memory_name=", ok=False).returncode == 2
    must_fail(load(graph, store, "--shared_memory_name", "/", ok=False), 2, 2)


@pytest.mark.parametrize("name", ["..", ".x", "a/b", "a" * 65, "a\nb", "ä", "x.lock", "{job}"])
def test_names_that_break_the_rules(graph, store, name):
    bare = {"SLURM_JOB_ID": "", "SLURM_ARRAY_JOB_ID": "", "LSB_JOBID": "", "PBS_JOBID": "", "JOB_ID": ""}
    must_fail(load(graph, store, f"--shared_memory_name={name}", ok=False, env=bare), 2, 2)
    assert list(store.iterdir()) == []


def test_job_template(graph, store):
    load(graph, store, "--shared_memory_name", "x.{job}", env={"SLURM_ARRAY_JOB_ID": "16", "SLURM_ARRAY_TASK_ID": "3"})
    assert held_rows(store)[0]["name"] == "x.16_3"


def test_ceiling(graph, store):
    must_fail(load(graph, store, "--shared_memory_size_gb=0.000001", ok=False), 4, 20, "--gbz_shared_memory_size_gb 1")
    assert list(store.iterdir()) == []


def test_kill_at_every_point(demo, tmp_path):
    """A loader, an unloader, or a job that calls and leaves dies there; the next process is not harmed."""
    graph, points = demo / "panel.gbz", crash_points()
    assert len(points) >= 15
    for point in points:
        store, env, words = tmp_path / point, {"HAPLOOM_CRASH_POINT": point}, ["--shared_memory_name", "x"]
        store.mkdir()
        lives = (lambda: load(graph, store, *words, ok=False, env=env), lambda: gbz(store, "unload", "x", ok=False, env=env),
                 lambda: run(*call_words(demo, store, tmp_path / "o.vcf.gz", "--gbz_shared_memory_name", "x"), ok=False, env=env))
        assert any(life().returncode == -signal.SIGKILL for life in lives), f"nothing passes {point}"
        load(graph, store, *words)
        gbz(store, "verify", "x")
        gbz(store, "unload", "x")
        assert list(store.iterdir()) == [], point


@pytest.mark.parametrize("count", [2, 16, 64])
def test_loaders_at_once(graph, store, count):
    words = [BIN / "load_gbz_into_shared_memory", "--pangenome_gbz", graph, "--shared_memory_name", "x", "--gbz_store_dir", store]
    jobs = [subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) for _ in range(count)]
    outputs = [job.communicate(timeout=120)[0] for job in jobs]
    assert [job.returncode for job in jobs] == [0] * count
    assert sum("loaded" in text for text in outputs) == 1


def stopped_loader(graph, store):
    """A loader that stands still with the name lock in its hand."""
    return start("load_gbz_into_shared_memory", "--pangenome_gbz", graph, "--shared_memory_name", "x", "--gbz_store_dir", store,
                 stop_at="after_reserve")


def test_wait_for_a_stopped_loader_ends_at_the_timeout(graph, store):
    job = stopped_loader(graph, store)
    try:
        done = load(graph, store, "--shared_memory_name", "x", "--gbz_wait_timeout", "1", ok=False)
        must_fail(done, 4, 33, f"pid {job.pid}")
        must_fail(gbz(store, "unload", "x", ok=False), 4, 30, f"pid {job.pid}")
    finally:
        job.send_signal(signal.SIGCONT)
    job.communicate(timeout=60)
    assert job.returncode == 0
    gbz(store, "unload", "x")


def test_waiter_stops_on_sigterm_and_leaves_nothing(graph, store):
    job = stopped_loader(graph, store)
    waiter = start("load_gbz_into_shared_memory", "--pangenome_gbz", graph, "--shared_memory_name", "x", "--gbz_store_dir", store)
    lines_until(waiter, "waiting for")
    waiter.send_signal(signal.SIGTERM)
    waiter.communicate(timeout=60)
    assert waiter.returncode == 128 + signal.SIGTERM
    job.kill()
    job.communicate()
    load(graph, store, "--shared_memory_name", "x")
    gbz(store, "unload", "x")
    assert list(store.iterdir()) == []


def test_memory_group_smaller_than_the_image(tmp_path, store):
    """A memory cgroup that cannot hold the image: reason 21 with figures, not the OOM killer."""
    top = next((pathlib.Path(line.split()[4]) for line in open("/proc/self/mountinfo")
                if " - cgroup " in line and "memory" in line.split()[-1].split(",")), None)
    v1 = top is not None
    top = top or pathlib.Path("/sys/fs/cgroup")
    if os.geteuid() != 0 or not (top / "cgroup.procs").exists() or not os.access(top, os.W_OK):
        pytest.skip("needs a memory cgroup of its own")
    group = top / f"haploom_test_{os.getpid()}"
    try:
        group.mkdir()
        (group / ("memory.limit_in_bytes" if v1 else "memory.max")).write_text(str(24 << 20))
    except OSError as why:
        pytest.skip(f"needs a memory cgroup of its own: {why}")
    shm = pathlib.Path("/dev/shm") / f"haploom_test_{os.getpid()}"
    try:
        big = tmp_path / "big.gfa"  # 30 Mb of bases in one path: image over 30 MB
        with open(big, "w") as out:
            out.write("H\tVN:Z:1.1\tRS:Z:GRCh38\n")
            for node in range(1, 29_001):
                out.write(f"S\t{node}\t{('ACGT' * 256)}\n")
            out.write("W\tGRCh38\t0\tchr20\t0\t29696000\t" + "".join(f">{node}" for node in range(1, 29_001)) + "\n")
        run("haploom", "gbz", "build", big, "-o", tmp_path / "big.gbz")
        shm.mkdir()
        done = run("sh", "-c", f"echo $$ > {group}/cgroup.procs; exec {BIN}/load_gbz_into_shared_memory --pangenome_gbz "
                   f"{tmp_path}/big.gbz --shared_memory_name x --gbz_store_dir {shm}", ok=False)
        must_fail(done, 4, 21, "memory cgroup", "--mem")
        assert list(shm.iterdir()) == []
        run("load_gbz_into_shared_memory", "--pangenome_gbz", tmp_path / "big.gbz", "--shared_memory_name", "x", "--gbz_store_dir", shm)
        done = run("sh", "-c", f"echo $$ > {group}/cgroup.procs; exec {BIN}/haploom gbz stat x --gbz_store_dir {shm}")
        assert "big.gbz" in done.stdout, "a reader in a small group attaches"
    finally:
        for left in shm.glob("*"):
            left.unlink()
        if shm.exists():
            shm.rmdir()
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:  # the kernel lets the group go a moment after its last process
            try:
                group.rmdir()
                break
            except OSError:
                pass
