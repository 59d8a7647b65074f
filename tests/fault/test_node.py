"""The store on nodes that lack something, between users and namespaces, and while the ground moves under it."""
import errno
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile

import pytest

from nth_call import LIBRARY, NO_RENAMEAT2, NO_UNNAMED, calls_of, refusing, settings
from programs import BIN, STARTED, call_words, records, run, start
from test_store import crash_points, gbz, load, make_graph, must_fail

KINDS = {"unnamed files": None, "no unnamed files": NO_UNNAMED, "no renameat2 either": NO_RENAMEAT2}


def node(kind):
    return refusing(**KINDS[kind]) if KINDS[kind] else {}


@pytest.fixture
def graph(tmp_path):
    return make_graph(tmp_path, "a", "G")


def unshared(options, *words, ok=True, before="", env=None):
    """Runs a program of ours in namespaces of its own, after a line of shell there."""
    if subprocess.run(["unshare", *options, "true"], capture_output=True).returncode != 0:
        pytest.skip(f"needs the right to unshare {' '.join(options)}")
    words = [str(BIN / words[0]), *map(str, words[1:])]
    return run("unshare", *options, "sh", "-c", f'{before} exec "$@"', "sh", *words, ok=ok, env=env)


@pytest.mark.parametrize("kind", list(KINDS)[1:])
def test_a_node_that_refuses_calls_publishes_all_the_same(graph, store, kind):
    log = store.parent / "calls"
    env = {**settings(store, log=log), **{"NTH_CALL_REFUSE": node(kind)["NTH_CALL_REFUSE"]}}
    load(graph, store, "--shared_memory_name", "x", env=env)
    families = {family for family, _ in calls_of(log)}
    assert families & {"linkat", "renameat2", "link"} == ({"renameat2"} if kind == "no unnamed files" else {"link"})
    gbz(store, "verify", "x", env=node(kind))
    assert "was there" in load(graph, store, "--shared_memory_name", "x", env=node(kind)).stdout
    gbz(store, "unload", "x", env=node(kind))
    assert list(store.iterdir()) == []


@pytest.mark.parametrize("kind", KINDS)
def test_death_of_a_loader_at_any_point_on_such_a_node(graph, tmp_path, kind):
    died = 0
    for point in crash_points():
        store = tmp_path / point
        store.mkdir()
        env = {**node(kind), "HAPLOOM_CRASH_POINT": point}
        died += load(graph, store, "--shared_memory_name", "x", ok=False, env=env).returncode == -signal.SIGKILL
        load(graph, store, "--shared_memory_name", "x", env=node(kind))
        gbz(store, "verify", "x")
        gbz(store, "unload", "x", env=node(kind))
        assert list(store.iterdir()) == [], point
    assert died >= 8


def test_without_proc(graph, store):
    words = ["load_gbz_into_shared_memory", "--pangenome_gbz", graph, "--shared_memory_name", "x", "--gbz_store_dir", store]
    before = "umount -l /proc && test ! -e /proc/self || exit 99;"
    assert "loaded" in unshared(["-m"], *words, before=before).stdout
    assert "was there" in unshared(["-m"], *words, before=before).stdout
    must_fail(unshared(["-m"], *words[:1], "--pangenome_gbz", make_graph(store.parent, "b", "C"), *words[3:], before=before, ok=False), 4, 16)
    unshared(["-m"], "haploom", "gbz", "unload", "x", "--gbz_store_dir", store, before=before)
    assert list(store.iterdir()) == []


def test_private_shared_memory_of_a_job_holds_a_copy_of_its_own(demo, tmp_path):
    words = call_words(demo, "/dev/shm", tmp_path / "o.vcf.gz", "--gbz_shared_memory_name", f"private-{os.getpid()}")
    outside = start(*words, stop_at="after_attach")
    done = unshared(["-m"], *words[:words.index(tmp_path / "o.vcf.gz")], tmp_path / "inside.vcf.gz", *words[words.index(tmp_path / "o.vcf.gz") + 1:],
                    before="mount -t tmpfs tmpfs /dev/shm;")
    assert "published name=" in done.stderr, "it sees nothing of the job outside"
    outside.send_signal(signal.SIGCONT)
    log = outside.communicate(timeout=60)[1]
    assert outside.returncode == 0, log
    assert records(tmp_path / "inside.vcf.gz") == records(tmp_path / "o.vcf.gz")
    assert not list(pathlib.Path("/dev/shm").glob(f"*private-{os.getpid()}*"))


NAMESPACES = {"pid": ["--pid", "--fork", "--mount-proc"], "user": ["--user", "--map-root-user"]}


def holder_of(graph, store):
    """A loader that stands still with its lease in its hand."""
    return start("load_gbz_into_shared_memory", "--pangenome_gbz", graph, "--shared_memory_name", "x", "--gbz_store_dir", store,
                 stop_at="after_attach")


@pytest.mark.parametrize("kind", NAMESPACES)
def test_a_lease_is_honoured_across_namespaces(graph, store, kind):
    if kind == "user" and os.geteuid() != 0:
        pytest.skip("as an ordinary user the namespace maps another uid")
    job = holder_of(graph, store)
    inside = unshared(NAMESPACES[kind], "haploom", "gbz", "ls", "--gbz_store_dir", store)
    assert "\tx\t" in f"\t{inside.stdout}".replace("\n", "\n\t")
    # The loader holds the name lock too: the name is busy, and the object in use.
    must_fail(unshared(NAMESPACES[kind], "haploom", "gbz", "unload", "x", "--gbz_store_dir", store, ok=False), 4, 30)
    job.send_signal(signal.SIGCONT)
    job.communicate(timeout=60)
    assert job.returncode == 0
    unshared(NAMESPACES[kind], "haploom", "gbz", "unload", "x", "--gbz_store_dir", store)
    assert list(store.iterdir()) == []


@pytest.mark.parametrize("kind", NAMESPACES)
def test_a_lease_held_inside_a_namespace_is_seen_outside(demo, store, tmp_path, kind):
    """And the other way round: outside, the lease stands until its holder inside is gone."""
    if kind == "user" and os.geteuid() != 0:
        pytest.skip("as an ordinary user the namespace maps another uid")
    if subprocess.run(["unshare", *NAMESPACES[kind], "true"], capture_output=True).returncode != 0:
        pytest.skip(f"needs the right to unshare {kind}")
    load(demo / "panel.gbz", store, "--shared_memory_name", "x")
    script = 'exec 9<"$1" && flock -s 9 && echo held >&2 && exec cat'  # as a job holds it, until its standard input ends
    held = store / f"haploom.{os.geteuid()}.x"
    job = subprocess.Popen(["unshare", *NAMESPACES[kind], "sh", "-c", script, "sh", held], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                           stderr=subprocess.PIPE, text=True)
    STARTED.append(job)
    assert job.stderr.readline() == "held\n"
    must_fail(gbz(store, "unload", "x", ok=False), 4, 32, "pid ")
    job.communicate(timeout=60)
    gbz(store, "unload", "x")
    assert list(store.iterdir()) == []


@pytest.mark.parametrize("kind", KINDS)
def test_clocks_that_leap_and_a_process_id_used_twice_change_nothing(graph, store, kind):
    """Eight loaders at once that all believe to be process 4242, in years that change from call to call."""
    env = {**settings("/nowhere", clock=1, pid=4242), **({"NTH_CALL_REFUSE": node(kind)["NTH_CALL_REFUSE"]} if KINDS[kind] else {})}
    names = "xxxxxyyy"
    jobs = [start("load_gbz_into_shared_memory", "--pangenome_gbz", graph, "--shared_memory_name", name, "--gbz_store_dir", store, env=env)
            for name in names]
    logs = [job.communicate(timeout=60)[1] for job in jobs]
    assert [job.returncode for job in jobs] == [0] * len(jobs), logs
    assert "".join(logs).count("published name=") == 2
    for name in "xy":
        gbz(store, "verify", name, env=env)
        gbz(store, "unload", name, env=env)
    assert list(store.iterdir()) == []


CHANGES = {
    "another file under the name": lambda graph, other: os.replace(shutil.copy(other, graph.with_suffix(".new")), graph),
    "emptied": lambda graph, other: os.truncate(graph, 0),
    "cut": lambda graph, other: os.truncate(graph, graph.stat().st_size - 8),
    "longer": lambda graph, other: graph.write_bytes(graph.read_bytes() + bytes(8)),
    "written over": lambda graph, other: graph.write_bytes(other.read_bytes()),
    "gone": lambda graph, other: graph.unlink(),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_graph_that_changes_while_it_is_read_is_never_published(demo, store, tmp_path, change):
    """The loader stops before each of its calls on the graph's file and on the store; there the file is changed. It is refused, or
    comes too late: the image was complete and is that of the graph as it was."""
    folder, log = tmp_path / "graphs", tmp_path / "calls"
    folder.mkdir()
    graph = folder / "panel.gbz"
    other = tmp_path / "other.gbz"
    other.write_bytes(bytes(byte ^ (i % 97 == 5) for i, byte in enumerate((demo / "panel.gbz").read_bytes())))
    number, refused = 0, 0
    while True:
        number += 1
        shutil.copy(demo / "panel.gbz", graph)
        log.unlink(missing_ok=True)
        env = {**os.environ, **settings(folder, store, log=log, n=number, do="stop")}
        job = subprocess.Popen([str(BIN / "load_gbz_into_shared_memory"), "--pangenome_gbz", str(graph), "--shared_memory_name", "x",
                                "--gbz_store_dir", str(store)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=env)
        STARTED.append(job)
        _, status = os.waitpid(job.pid, os.WUNTRACED)
        if not os.WIFSTOPPED(status):
            break
        CHANGES[change](graph, other)
        job.send_signal(signal.SIGCONT)
        text = job.communicate(timeout=60)[1]
        if job.returncode == 0:
            gbz(store, "verify", "x")
            gbz(store, "unload", "x")
        else:
            assert job.returncode == 3 and ("error [shared_image/22]" in text or "error [gbz/41]" in text), f"call {number}: exit {job.returncode}\n{text}"
            refused += 1
        assert list(store.iterdir()) == []
    assert refused > 2 and os.waitstatus_to_exitcode(status) == 0
    gbz(store, "verify", "x")


@pytest.mark.parametrize("number", [errno.EIO, 0])
def test_a_graph_that_cannot_be_read_is_never_published(graph, store, tmp_path, number):
    """Each read of the file, which is mapped but for its ends, fails or finds its end, in turn."""
    folder, log = tmp_path / "graphs", tmp_path / "calls"
    folder.mkdir()
    shutil.move(graph, folder / "a.gbz")
    nth = 0
    while True:
        nth += 1
        log.unlink(missing_ok=True)
        done = load(folder / "a.gbz", store, "--shared_memory_name", "x", ok=False, env=settings(folder, log=log, count="read", n=nth, do=number))
        if len(calls_of(log)) < nth:
            break
        must_fail(done, 3, 22)
        assert list(store.iterdir()) == []
    assert nth > 1 and done.returncode == 0


def test_two_loads_with_room_for_one(demo, tmp_path):
    """One succeeds always, the other says that there is no space."""
    if os.geteuid() != 0:
        pytest.skip("needs the right to mount a tmpfs")
    store = tmp_path / "small"
    store.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=160k", "tmpfs", store], capture_output=True).returncode != 0:
        pytest.skip("needs the right to mount a tmpfs")
    try:
        for _ in range(20):
            jobs = [start("load_gbz_into_shared_memory", "--pangenome_gbz", demo / "panel.gbz", "--shared_memory_name", name, "--gbz_store_dir",
                          store) for name in "ab"]
            logs = [job.communicate(timeout=60)[1] for job in jobs]
            assert sorted(job.returncode for job in jobs) == [0, 4], logs
            assert sum("error [shared_image/20]" in log for log in logs) == 1
            gbz(store, "unload", "a" if jobs[0].returncode == 0 else "b")
            assert list(store.iterdir()) == []
    finally:
        subprocess.run(["umount", store], check=True)


@pytest.mark.parametrize("point", ["half_filled", "after_publish", "after_attach", "before_last_unlink", "lock_opened"])
def test_a_job_that_the_scheduler_ends_with_term_then_kill_leaves_what_the_next_takes_up(demo, store, tmp_path, point):
    job = start(*call_words(demo, store, tmp_path / "o.vcf.gz", "--gbz_shared_memory_name", "x"), stop_at=point)
    job.send_signal(signal.SIGTERM)
    job.kill()
    job.communicate()
    assert job.returncode == -signal.SIGKILL
    done = run(*call_words(demo, store, tmp_path / "next.vcf.gz", "--gbz_shared_memory_name", "x"))
    assert ("published name=" in done.stderr) == (point in ("half_filled", "lock_opened"))
    assert list(store.iterdir()) == []


def test_a_job_that_gets_term_leaves_in_order(demo, store, tmp_path):
    job = start(*call_words(demo, store, tmp_path / "o.vcf.gz", "--gbz_shared_memory_name", "x"), stop_at="after_attach")
    job.send_signal(signal.SIGTERM)
    job.send_signal(signal.SIGCONT)
    job.communicate(timeout=60)
    assert job.returncode == 128 + signal.SIGTERM
    assert list(store.iterdir()) == [] and not (tmp_path / "o.vcf.gz").exists()


def test_two_users_with_one_name_at_once(demo):
    """Each has an object of its own, and each its calls."""
    if os.geteuid() != 0 or not shutil.which("setpriv"):
        pytest.skip("needs root and setpriv to become another user")
    with tempfile.TemporaryDirectory(prefix="haploom_users_") as name:
        place = pathlib.Path(name)
        place.chmod(0o755)
        for file in ("ref.fa", "ref.fa.fai", "reads.bam", "reads.bam.bai", "panel.gbz"):
            shutil.copy(demo / file, place)
        for folder, mode in (("store", 0o1777), ("out", 0o777)):
            (place / folder).mkdir()
            (place / folder).chmod(mode)
        other = ["setpriv", "--reuid", "12345", "--regid", "12345", "--clear-groups"]
        if run(*other, BIN / "haploom", "--version", ok=False).returncode != 0:
            pytest.skip("another user cannot run the program where it lies")
        words = [str(w) for w in call_words(place, place / "store", "OUT", "--gbz_shared_memory_name", "x")]
        words[0] = str(BIN / words[0])
        jobs = [subprocess.Popen([*who, *words[:words.index("OUT")], str(place / "out" / f"{i}.vcf.gz"), *words[words.index("OUT") + 1:]],
                                 stderr=subprocess.PIPE, text=True) for i, who in enumerate(([], other))]
        STARTED.extend(jobs)
        logs = [job.communicate(timeout=300)[1] for job in jobs]
        assert [job.returncode for job in jobs] == [0, 0], logs
        assert all("published name=x" in log for log in logs)
        assert records(place / "out/0.vcf.gz") == records(place / "out/1.vcf.gz") != ""
        assert list((place / "store").iterdir()) == []


def test_the_same_graph_by_another_path_attaches(graph, store, tmp_path):
    load(graph, store, "--shared_memory_name", "x")
    (tmp_path / "link.gbz").symlink_to(graph)
    for same in (tmp_path / "link.gbz", shutil.copy(graph, tmp_path / "copy.gbz"), os.path.relpath(graph)):
        assert "was there" in load(same, store, "--shared_memory_name", "x").stdout
    gbz(store, "unload", "x")
