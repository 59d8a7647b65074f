"""Job arrays under a real Slurm: tasks of one node share one load, and deaths among them change no call."""
import os
import pathlib
import re
import signal

import pytest

from programs import BIN, call_words, held_rows, records, run
from slurm_node import CORES, SlurmNode, missing_programs, state_of, until

TASKS = range(CORES)
LOADER, CANCELLED, KILLED = 0, 3, 5
OTHERS = [task for task in TASKS if task != LOADER]

# A user's script, and above it two lines of ours: a task begins when the test opens its gate, and stops where the test says.
SCRIPT = """#!/bin/bash
cat "{folder}/gate.$SLURM_ARRAY_TASK_ID"
case $SLURM_ARRAY_TASK_ID in {stops} esac
exec {program} {words}
"""


@pytest.fixture(scope="module")
def slurm(tmp_path_factory):
    if missing_programs():
        pytest.skip(f"Slurm is not installed (Debian: slurm-wlm munge): no {' '.join(missing_programs())}")
    with SlurmNode(tmp_path_factory.mktemp("slurm")) as node:
        yield node


@pytest.fixture(autouse=True)
def no_task_outlives_its_test(slurm):
    yield
    slurm.cancel_all()


@pytest.fixture(scope="module")
def expected(demo, tmp_path_factory):
    """What a lone run calls."""
    folder = tmp_path_factory.mktemp("lone")
    (folder / "store").mkdir()
    run(*call_words(demo, folder / "store", folder / "lone.vcf.gz"))
    return records(folder / "lone.vcf.gz")


class CallArray:
    """sbatch --array=0-7, each task one call with a VCF of its own. stop_points: where a task stops itself, by task."""

    def __init__(self, slurm, folder, demo, store, *more, stop_points):
        self.slurm, self.folder = slurm, folder
        for task in TASKS:
            os.mkfifo(folder / f"gate.{task}")
        program, *words = call_words(demo, store, self.vcf("$SLURM_ARRAY_TASK_ID"), *more)
        stops = " ".join(f"{task}) export HAPLOOM_STOP_POINT={point} ;;" for task, point in stop_points.items())
        (folder / "job.sh").write_text(SCRIPT.format(folder=folder, stops=stops, program=BIN / program,
                                                     words=" ".join(f'"{word}"' for word in words)))
        self.job = slurm.submit(f"--array={TASKS[0]}-{TASKS[-1]}", f"--output={folder}/log.%a", folder / "job.sh")

    def vcf(self, task):
        return self.folder / f"{task}.vcf.gz"

    def log(self, task):
        path = self.folder / f"log.{task}"
        return path.read_text() if path.exists() else ""

    def logs(self):
        return "\n".join([*(f"task {task}:\n{self.log(task)}" for task in TASKS), self.slurm.logs()])

    def start(self, tasks):
        for task in tasks:
            until(lambda: opened(self.folder / f"gate.{task}"), self.logs)

    def until_stopped(self, task):
        """The task's process, once it has stopped itself."""
        def stopped():
            return [pid for pid in self.slurm.processes() if state_of(pid) == "T" and str(self.vcf(task)) in arguments_of(pid)]
        return until(stopped, self.logs)[0]

    def until_ended(self, task):
        """Its state and exit code in Slurm's words."""
        facts = until(lambda: self.slurm.ended(f"{self.job}_{task}"), self.logs)
        return facts["JobState"], facts["ExitCode"]

    def load_with_seven_waiting(self):
        """The loader's process, stopped in the middle of its load, when all others wait for it."""
        self.start([LOADER])
        loader = self.until_stopped(LOADER)
        self.start(OTHERS)
        for task in OTHERS:
            until(lambda: f"waiting for pid {loader}" in self.log(task), self.logs)
        return loader

    def must_equal_a_lone_run(self, tasks, expected):
        for task in tasks:
            assert self.until_ended(task) == ("COMPLETED", "0:0"), self.logs()
            assert records(self.vcf(task)) == expected


def opened(gate):
    """Whether a task stood reading at its gate, and now goes on."""
    try:
        os.close(os.open(gate, os.O_WRONLY | os.O_NONBLOCK))
        return True
    except OSError:  # nobody reads it yet
        return False


def arguments_of(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    except OSError:
        return []


def left_in(store):
    return sorted(path.name for path in store.iterdir())


def test_an_array_shares_one_load_and_outlives_a_cancelled_and_a_killed_task(slurm, demo, expected, store, tmp_path):
    """All eight hold the pangenome when one is cancelled and one killed: seven stand still until then."""
    array = CallArray(slurm, tmp_path, demo, store,
                      stop_points={LOADER: "half_filled", **dict.fromkeys(OTHERS, "lock_released")})
    os.kill(array.load_with_seven_waiting(), signal.SIGCONT)
    pids = {task: array.until_stopped(task) for task in OTHERS}
    (row,) = held_rows(store)
    assert set(map(str, pids.values())) <= {holder.split(":")[0] for holder in row["holders"].split(",")}

    slurm.ask("scancel", f"{array.job}_{CANCELLED}")
    os.kill(pids[KILLED], signal.SIGKILL)
    assert array.until_ended(CANCELLED) == ("CANCELLED", "143:0")
    assert "stopped by signal 15" in array.log(CANCELLED)
    assert array.until_ended(KILLED) == ("FAILED", "0:9")
    assert not array.vcf(CANCELLED).exists() and not array.vcf(KILLED).exists()
    assert [row["name"]] == [row["name"] for row in held_rows(store)]

    alive = [task for task in OTHERS if task not in (CANCELLED, KILLED)]
    for task in alive:
        os.kill(pids[task], signal.SIGCONT)
    array.must_equal_a_lone_run([LOADER, *alive], expected)
    assert sum(array.log(task).count("published name=") for task in TASKS) == 1
    assert left_in(store) == []


def test_a_task_of_an_array_takes_over_the_load_of_a_killed_one(slurm, demo, expected, store, tmp_path):
    array = CallArray(slurm, tmp_path, demo, store, stop_points={LOADER: "half_filled"})
    loader = array.load_with_seven_waiting()
    slurm.ask("scancel", f"{array.job}_{CANCELLED}")
    assert array.until_ended(CANCELLED) == ("CANCELLED", "143:0")
    os.kill(loader, signal.SIGKILL)
    assert array.until_ended(LOADER) == ("FAILED", "0:9")
    array.must_equal_a_lone_run([task for task in OTHERS if task != CANCELLED], expected)
    assert left_in(store) == []


def test_the_job_in_a_name_tells_the_tasks_of_an_array_apart(slurm, demo, expected, store, tmp_path):
    """What a killed task leaves is a whole object under the task's own name, which `gbz unload` removes."""
    array = CallArray(slurm, tmp_path, demo, store, "--gbz_shared_memory_name", "own.{job}", stop_points={KILLED: "after_attach"})
    array.start(TASKS)
    os.kill(array.until_stopped(KILLED), signal.SIGKILL)
    assert array.until_ended(KILLED) == ("FAILED", "0:9")
    alive = [task for task in TASKS if task != KILLED]
    array.must_equal_a_lone_run(alive, expected)
    for task in alive:
        assert re.findall(r"published name=(\S+)", array.log(task)) == [f"own.{array.job}_{task}"]
    assert [row["name"] for row in held_rows(store)] == [f"own.{array.job}_{KILLED}"]
    run("haploom", "gbz", "unload", f"own.{array.job}_{KILLED}", "--gbz_store_dir", store)
    assert left_in(store) == []
