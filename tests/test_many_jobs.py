"""Several jobs on one node: the failure that this project ends."""
import os
import pathlib
import signal

from programs import call_words, lines_until, records, run, start, words_with

NAME = f"test-{os.getpid()}"


def finish(jobs):
    """The rest of each job's log."""
    logs = [job.communicate(timeout=600)[1] for job in jobs]
    for job, log in zip(jobs, logs):
        assert job.returncode == 0, log
    return logs


def left_in(store):
    """Of a store of the test's own, everything; of the node's, what bears our name."""
    return sorted(p.name for p in pathlib.Path(store).iterdir() if NAME in p.name or str(store) != "/dev/shm")


def test_eight_jobs_with_one_name_share_one_load_and_equal_a_lone_run(demo, graphs, tmp_path):
    """The first stands still in the middle of its load until the other seven have come and wait for it."""
    def words(i):
        return call_words(demo, "/dev/shm", tmp_path / f"{i}.vcf.gz", "--gbz_shared_memory_name", NAME)
    loader = start(*words(0), stop_at="half_filled")
    others = [start(*words(i)) for i in range(1, 8)]
    logs = [lines_until(job, f"waiting for pid {loader.pid}") for job in others]
    loader.send_signal(signal.SIGCONT)
    logs += finish([loader, *others])
    assert "".join(logs).count("published name=") == 1
    for i in range(8):
        assert records(tmp_path / f"{i}.vcf.gz") == graphs[demo / "panel.gbz"]
    assert left_in("/dev/shm") == []


def test_four_names_and_two_graphs_do_not_meet(demo, graphs, tmp_path):
    used = [list(graphs)[i % 2] for i in range(4)]
    finish([start(*words_with(graph, demo, "/dev/shm", tmp_path / f"{i}.vcf.gz", "--gbz_shared_memory_name", f"{NAME}-{i}"))
            for i, graph in enumerate(used)])
    for i, graph in enumerate(used):
        assert records(tmp_path / f"{i}.vcf.gz") == graphs[graph]
    assert left_in("/dev/shm") == []


def test_no_name_shares_by_graph(demo, graphs, store, tmp_path):
    used = [list(graphs)[i % 2] for i in range(4)]
    finish([start(*words_with(graph, demo, store, tmp_path / f"{i}.vcf.gz")) for i, graph in enumerate(used)])
    for i, graph in enumerate(used):
        assert records(tmp_path / f"{i}.vcf.gz") == graphs[graph]
    assert left_in(store) == []


def test_a_loaded_pangenome_is_used_and_stays(demo, store, tmp_path):
    run("load_gbz_into_shared_memory", "--pangenome_gbz", demo / "panel.gbz", "--shared_memory_name", "kept",
        "--shared_memory_size_gb", "1", "--num_shards", "4", "--gbz_store_dir", store)
    run(*call_words(demo, store, tmp_path / "o.vcf.gz", "--gbz_shared_memory_name", "kept"))
    assert "kept" in run("haploom", "gbz", "ls", "--gbz_store_dir", store).stdout
    run("haploom", "gbz", "unload", "kept", "--gbz_store_dir", store)
    assert left_in(store) == []


def test_another_graph_under_a_given_name_is_refused(demo, graphs, store, tmp_path):
    other = list(graphs)[1]
    run("load_gbz_into_shared_memory", "--pangenome_gbz", other, "--shared_memory_name", "taken", "--num_shards", "1",
        "--gbz_store_dir", store)
    done = run(*call_words(demo, store, tmp_path / "o.vcf.gz", "--gbz_shared_memory_name", "taken"), ok=False)
    assert done.returncode == 4 and "[shared_image/16]" in done.stderr
    assert not (tmp_path / "o.vcf.gz").exists()


def test_a_killed_job_leaves_an_object_that_the_next_uses_and_removes(demo, graphs, store, tmp_path):
    job = start(*call_words(demo, store, tmp_path / "dead.vcf.gz"))
    lines_until(job, "published name=")  # it holds the pangenome and calls
    job.kill()
    job.communicate()
    assert job.returncode == -signal.SIGKILL
    assert not (tmp_path / "dead.vcf.gz").exists()
    assert [name for name in left_in(store) if not name.endswith(".lock")], "the killed job left no object"
    done = run(*call_words(demo, store, tmp_path / "next.vcf.gz"))
    assert "published name=" not in done.stderr, "the next job loaded again"
    assert records(tmp_path / "next.vcf.gz") == graphs[demo / "panel.gbz"]
    assert left_in(store) == []
