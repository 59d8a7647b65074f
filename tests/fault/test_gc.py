"""`haploom gbz gc` without a pause, while jobs come, share transient pangenomes, leave, and die at any point of the protocol.

HAPLOOM_GC_JOBS says how many jobs (a longer run by hand), HAPLOOM_SEED who dies where.
"""
import fcntl
import os
import random
import signal
import threading
from concurrent.futures import ThreadPoolExecutor

from programs import call_words, records, run, start, words_with
from test_store import crash_points, gbz, load

JOBS = int(os.environ.get("HAPLOOM_GC_JOBS", "24"))
AT_ONCE = 4
SEED = int(os.environ.get("HAPLOOM_SEED", "20240517"))
REGION = ["--regions", "chr20:1-2000"]


class Collectors:
    """Garbage is collected again and again by two at once, until stop()."""

    def __init__(self, store):
        self.store, self.problems = store, []
        self.rounds, self.ended, self.turn = 0, False, threading.Condition()
        self.threads = [threading.Thread(target=self.loop) for _ in range(2)]
        for thread in self.threads:
            thread.start()

    def loop(self):
        while not self.ended:
            done = gbz(self.store, "gc", ok=False)
            with self.turn:
                if done.returncode != 0:
                    self.problems.append(f"gc: exit {done.returncode}\n{done.stderr}")
                self.rounds += 1
                self.turn.notify_all()

    def wait_for(self, rounds):
        """So many rounds that end from now on; of twice as many as collectors one has also begun in that time."""
        with self.turn:
            end = self.rounds + rounds
            if not self.turn.wait_for(lambda: self.rounds >= end or self.ended, timeout=120):
                self.problems.append("no garbage was collected for two minutes")

    def stop(self):
        self.ended = True
        for thread in self.threads:
            thread.join()
        assert self.rounds >= 2


class Holder:
    """Takes the lease of whatever transient object is there, as a job would, and sees that it keeps its name through whole rounds
    of collecting. (A job would not notice: what it has mapped stays, whoever removes the name.)"""

    def __init__(self, store, collectors):
        self.store, self.collectors = store, collectors
        self.held, self.problems, self.ended = 0, [], False
        self.thread = threading.Thread(target=self.loop)
        self.thread.start()

    def loop(self):
        while not self.ended:
            for place in sorted(self.store.glob(f"haploom.{os.geteuid()}.seed*")):
                if not place.name.endswith(".lock") and ".tmp." not in place.name:
                    self.hold(place)
            self.collectors.wait_for(1)

    def hold(self, place):
        try:
            file = os.open(place, os.O_RDONLY | os.O_NOFOLLOW)
        except FileNotFoundError:
            return
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            if os.fstat(file).st_nlink == 0:
                return  # removed before we had it
            self.collectors.wait_for(4)
            self.held += 1
            if os.fstat(file).st_nlink != 1:
                self.problems.append(f"{place.name} was removed while it was held")
        except BlockingIOError:
            return  # just being removed
        finally:
            os.close(file)

    def stop(self):
        self.ended = True
        self.thread.join()


class Jobs:
    def __init__(self, demo, graphs, store, tmp_path):
        self.demo, self.store, self.tmp = demo, store, tmp_path
        self.points = crash_points()
        self.expected = {}
        for graph in graphs:
            run(*words_with(graph, demo, store, tmp_path / "lone.vcf.gz", *REGION))
            self.expected[graph] = records(tmp_path / "lone.vcf.gz")

    def run_one(self, i):
        """What is wrong with it, or None; whether it was killed."""
        rng = random.Random(f"{SEED} {i}")
        graph = rng.choice(list(self.expected))
        name = f"seed-{list(self.expected).index(graph)}-{rng.randrange(2)}"
        out = self.tmp / f"{i}.vcf.gz"
        dies = rng.random() < 0.5
        env = {"HAPLOOM_CRASH_POINT": rng.choice(self.points)} if dies else {}
        done = run(*words_with(graph, self.demo, self.store, out, "--gbz_shared_memory_name", name, *REGION), ok=False, env=env)
        killed = done.returncode == -signal.SIGKILL
        if killed and dies:
            return None, True
        if done.returncode != 0:
            return f"seed {SEED}, job {i}: exit {done.returncode}\n{done.stderr}", False
        if records(out) != self.expected[graph]:
            return f"seed {SEED}, job {i}: other calls than a lone run's", False
        return None, False


def test_garbage_is_collected_while_jobs_come_share_leave_and_die(demo, graphs, store, tmp_path):
    jobs = Jobs(demo, graphs, store, tmp_path)
    load(demo / "panel.gbz", store, "--shared_memory_name", "kept")
    kept = store / f"haploom.{os.geteuid()}.kept"
    inode = kept.stat().st_ino
    collectors = Collectors(store)
    holder = Holder(store, collectors)
    try:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            ends = list(pool.map(jobs.run_one, range(JOBS)))
    finally:
        holder.stop()
        collectors.stop()
    problems = [problem for problem, _ in ends if problem] + collectors.problems + holder.problems
    assert not problems, "\n".join(problems)
    killed = sum(dead for _, dead in ends)
    assert 0 < killed < JOBS and holder.held > 0
    assert kept.stat().st_ino == inode, "what is to be kept was removed"
    gbz(store, "unload", "kept")
    gbz(store, "gc")
    assert list(store.iterdir()) == []


def locked(store):
    """Inodes by path of what some process has locked for itself or holds a lease of."""
    found = {}
    for path in store.iterdir():
        with path.open("rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                found[path] = os.fstat(file.fileno()).st_ino
    return found


def test_collecting_between_any_two_steps_of_a_process_takes_nothing_from_it(demo, graphs, store, tmp_path):
    lone = Jobs(demo, [demo / "panel.gbz"], store, tmp_path).expected[demo / "panel.gbz"]
    held = 0
    for point in crash_points():
        words = call_words(demo, store, tmp_path / "o.vcf.gz", "--gbz_shared_memory_name", "x", *REGION)
        if point.endswith("unload"):
            load(demo / "panel.gbz", store, "--shared_memory_name", "x")
            words = ["haploom", "gbz", "unload", "x", "--gbz_store_dir", store]
        job = start(*words, stop_at=point)
        before = locked(store)
        held += len(before)
        told = gbz(store, "gc").stdout
        after = {path: path.stat().st_ino for path in store.iterdir()}
        assert before.items() <= after.items(), f"{point}\n{told}"
        job.send_signal(signal.SIGCONT)
        log = job.communicate(timeout=120)[1]
        assert job.returncode == 0, f"{point}\n{log}"
        assert list(store.iterdir()) == [], point
        if words[0] != "haploom":
            assert records(tmp_path / "o.vcf.gz") == lone, point
    assert held > 10


def test_of_an_object_in_use_garbage_collection_says_by_whom(demo, store, tmp_path):
    """The dead maker's object, held by one process, stays; without that process it goes."""
    words = call_words(demo, store, tmp_path / "o.vcf.gz", "--gbz_shared_memory_name", "x", *REGION)
    assert run(*words, ok=False, env={"HAPLOOM_CRASH_POINT": "after_attach"}).returncode == -signal.SIGKILL
    place = store / f"haploom.{os.geteuid()}.x"
    with place.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        assert f"stays: in use by pid {os.getpid()}" in gbz(store, "gc").stdout
        assert place.exists()
    assert "removed" in gbz(store, "gc").stdout
    assert list(store.iterdir()) == []
