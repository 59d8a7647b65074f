"""The case that this project was begun for: sixteen jobs at once on one node, and some of them die."""
import fcntl
import itertools
import os
import pathlib
import random
import shutil
import signal
import threading
import time

import pytest

from nth_call import NO_UNNAMED, refusing
from programs import call_words, held_rows, lines_until, records, run, start, words_with

JOBS = 16
SEED = int(os.environ.get("HAPLOOM_SEED", "20240517"))


@pytest.fixture
def memory(tmp_path):
    """A store of the test's own in shared memory."""
    place = pathlib.Path("/dev/shm") / f"haploom_test_{os.getpid()}"
    place.mkdir()
    yield place
    shutil.rmtree(place)


@pytest.fixture(scope="module")
def lone_seconds(demo, tmp_path_factory):
    """How long a lone run lasts."""
    folder = tmp_path_factory.mktemp("lone")
    began = time.monotonic()
    run(*call_words(demo, folder, folder / "lone.vcf.gz"))
    return time.monotonic() - began


def send_later(job, sign, seconds):
    """Sends the job a signal after that time, wherever it is by then. A timer: nothing waits for it but its join."""
    timer = threading.Timer(seconds, job.send_signal, [sign])
    timer.start()
    return timer


def name_of(naming, i):
    return {"one name": ["--gbz_shared_memory_name", "seed"], "own names": ["--gbz_shared_memory_name", f"seed-{i}"], "no name": []}[naming]


@pytest.mark.parametrize("naming,graph_count,node", [("one name", 1, {}), ("own names", 2, {}), ("no name", 1, {}), ("no name", 2, {}),
                                                     ("no name", 2, NO_UNNAMED)])
def test_sixteen_jobs_of_which_a_third_is_killed(demo, graphs, lone_seconds, memory, tmp_path, naming, graph_count, node):
    """The first of each graph stands in the middle of its load while the others come. Of two, one dies there."""
    rng = random.Random(f"{SEED} {naming} {graph_count}")  # when who is killed; where it is by then is the node's affair
    all_seconds = lone_seconds * JOBS / (os.cpu_count() or 1)
    used = list(itertools.islice(itertools.cycle(list(graphs)[:graph_count]), JOBS))
    ends = {i: signal.SIGCONT for i in range(graph_count)} | ({0: signal.SIGKILL} if graph_count > 1 else {})
    victims = set(rng.sample(range(graph_count, JOBS), JOBS // 3)) | {i for i, end in ends.items() if end == signal.SIGKILL}
    jobs = [start(*words_with(graph, demo, memory, tmp_path / f"{i}.vcf.gz", *name_of(naming, i)), env=refusing(**node) if node else None,
                  stop_at="half_filled" if i in ends else None) for i, graph in enumerate(used)]
    timers = [send_later(jobs[i], end, 0.25 * all_seconds) for i, end in ends.items()]
    timers += [send_later(jobs[i], signal.SIGKILL, rng.uniform(0, 0.5 * all_seconds)) for i in victims - set(ends)]
    logs = [job.communicate(timeout=600)[1] for job in jobs]
    for timer in timers:
        timer.join()
    assert any(job.returncode == -signal.SIGKILL for job in jobs), "nobody was killed"
    for i, (job, graph) in enumerate(zip(jobs, used)):
        if job.returncode == -signal.SIGKILL and i in victims:
            if (tmp_path / f"{i}.vcf.gz").exists():
                assert records(tmp_path / f"{i}.vcf.gz") == graphs[graph], "an output under its name is whole"
            continue
        assert job.returncode == 0, f"seed {SEED}, job {i}\n{logs[i]}"
        assert records(tmp_path / f"{i}.vcf.gz") == graphs[graph], f"seed {SEED}, job {i}"
    if naming == "own names":
        assert {row["name"] for row in held_rows(memory)} <= {f"seed-{i}" for i in victims}, "who ended in order has left its object"
    take_over(demo, graphs, memory, tmp_path)


def take_over(demo, expected, store, tmp_path):
    """Nothing is left, or whole objects that the next job uses and removes; and the empty lock files of the dead."""
    for name in [row["name"] for row in held_rows(store)]:
        facts = dict(line.split("\t") for line in run("haploom", "gbz", "stat", name, "--gbz_store_dir", store).stdout.splitlines())
        run("haploom", "gbz", "verify", name, "--gbz_store_dir", store)
        (graph,) = [graph for graph in expected if str(graph) == facts["graph"]]
        done = run(*words_with(graph, demo, store, tmp_path / "next.vcf.gz", "--gbz_shared_memory_name", name))
        assert "published name=" not in done.stderr, "what is left is not used"
        assert records(tmp_path / "next.vcf.gz") == expected[graph]
    left = list(store.iterdir())
    assert all(file.name.endswith(".lock") and file.stat().st_size == 0 for file in left), left


def test_the_last_job_to_leave_removes_nothing_that_another_process_holds(demo, graphs, memory, tmp_path):
    """A job would not notice the loss of the name, its mapping stays; the jobs after it would load again, beside it."""
    loader = start(*call_words(demo, memory, tmp_path / "a.vcf.gz", "--gbz_shared_memory_name", "seed"), stop_at="after_attach")
    place = memory / f"haploom.{os.geteuid()}.seed"
    with place.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        run(*words_with(list(graphs)[1], demo, memory, tmp_path / "other.vcf.gz", "--gbz_shared_memory_name", "seed-2"))
        assert os.fstat(file.fileno()).st_nlink == 1, "the last job of another name has removed this one"
        loader.send_signal(signal.SIGCONT)
        log = loader.communicate(timeout=600)[1]
        assert loader.returncode == 0, log
        assert os.fstat(file.fileno()).st_nlink == 1 and place.exists()
    done = run(*call_words(demo, memory, tmp_path / "b.vcf.gz", "--gbz_shared_memory_name", "seed"))
    assert "published name=" not in done.stderr
    assert list(memory.iterdir()) == []


def test_the_last_job_to_leave_removes_nothing_that_another_job_uses(demo, graphs, memory, tmp_path):
    """The other stands still in its work while one comes and goes."""
    user = start(*call_words(demo, memory, tmp_path / "a.vcf.gz", "--gbz_shared_memory_name", "seed"))
    lines_until(user, "published name=")
    user.send_signal(signal.SIGSTOP)
    run(*call_words(demo, memory, tmp_path / "b.vcf.gz", "--gbz_shared_memory_name", "seed"))
    assert (memory / f"haploom.{os.geteuid()}.seed").exists()
    user.send_signal(signal.SIGCONT)
    log = user.communicate(timeout=600)[1]
    assert user.returncode == 0, log
    assert records(tmp_path / "a.vcf.gz") == graphs[demo / "panel.gbz"]
    assert list(memory.iterdir()) == []


def test_jobs_of_another_graph_under_one_name_are_refused_and_harm_nobody(demo, graphs, memory, tmp_path):
    used = list(itertools.islice(itertools.cycle(graphs), JOBS))
    jobs = [start(*words_with(graph, demo, memory, tmp_path / f"{i}.vcf.gz", *name_of("one name", i))) for i, graph in enumerate(used)]
    logs = [job.communicate(timeout=600)[1] for job in jobs]
    for i, (job, graph) in enumerate(zip(jobs, used)):
        if job.returncode == 0:
            assert records(tmp_path / f"{i}.vcf.gz") == graphs[graph]
        else:
            assert job.returncode == 4 and "error [shared_image/16]" in logs[i], logs[i]
            assert not (tmp_path / f"{i}.vcf.gz").exists()
    assert any(job.returncode == 0 for job in jobs)
    assert list(memory.iterdir()) == []
