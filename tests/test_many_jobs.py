"""Several jobs on one node: the failure that this project ends."""
import os
import pathlib
import subprocess

from programs import BIN, call_words, records, run


def start(words):
    return subprocess.Popen([str(BIN / words[0]), *map(str, words[1:])], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def finish(jobs):
    for job in jobs:
        _, log = job.communicate(timeout=600)
        assert job.returncode == 0, log


def ours(store="/dev/shm"):
    return sorted(p.name for p in pathlib.Path(store).iterdir() if p.name.startswith(f"haploom.{os.getuid()}."))


def lone_run(demo, tmp_path):
    store = tmp_path / "lone_store"
    store.mkdir()
    run(*call_words(demo, store, tmp_path / "lone.vcf.gz"))
    return records(tmp_path / "lone.vcf.gz")


def test_eight_jobs_with_one_name_share_one_load_and_equal_a_lone_run(demo, tmp_path):
    before = ours()
    expected = lone_run(demo, tmp_path)
    name = f"test-{os.getpid()}"
    jobs = [start(call_words(demo, "/dev/shm", tmp_path / f"{i}.vcf.gz", "--gbz_shared_memory_name", name)) for i in range(8)]
    finish(jobs)
    for i in range(8):
        assert records(tmp_path / f"{i}.vcf.gz") == expected
    assert ours() == before, "something of ours was left in /dev/shm"


def test_four_names_and_two_graphs_do_not_meet(demo, tmp_path):
    before = ours()
    expected = lone_run(demo, tmp_path)
    # The second graph: the same panel under another encoding, so that the calls must be equal but the objects may not be.
    run("haploom", "gbz", "build", demo / "panel.gfa", "-o", tmp_path / "other.gbz", "--version", "3")
    jobs = []
    for i in range(4):
        words = call_words(demo, "/dev/shm", tmp_path / f"{i}.vcf.gz", "--gbz_shared_memory_name", f"test-{os.getpid()}-{i}")
        if i % 2:
            words[words.index(demo / "panel.gbz")] = tmp_path / "other.gbz"
        jobs.append(start(words))
    finish(jobs)
    for i in range(4):
        assert records(tmp_path / f"{i}.vcf.gz") == expected
    assert ours() == before


def test_no_name_shares_by_graph(demo, store, tmp_path):
    run("haploom", "gbz", "build", demo / "panel.gfa", "-o", tmp_path / "other.gbz", "--version", "3")
    expected = lone_run(demo, tmp_path)
    jobs = []
    for i in range(4):
        words = call_words(demo, store, tmp_path / f"{i}.vcf.gz")
        if i % 2:
            words[words.index(demo / "panel.gbz")] = tmp_path / "other.gbz"
        jobs.append(start(words))
    finish(jobs)
    for i in range(4):
        assert records(tmp_path / f"{i}.vcf.gz") == expected
    assert ours(store) == []


def test_a_loaded_pangenome_is_used_and_stays(demo, store, tmp_path):
    run("load_gbz_into_shared_memory", "--pangenome_gbz", demo / "panel.gbz", "--shared_memory_name", "kept",
        "--shared_memory_size_gb", "1", "--num_shards", "4", "--gbz_store_dir", store)
    run(*call_words(demo, store, tmp_path / "o.vcf.gz", "--gbz_shared_memory_name", "kept"))
    assert "kept" in run("haploom", "gbz", "ls", "--gbz_store_dir", store).stdout
    run("haploom", "gbz", "unload", "kept", "--gbz_store_dir", store)
    assert ours(store) == []


def test_another_graph_under_a_given_name_is_refused(demo, store, tmp_path):
    run("haploom", "gbz", "build", demo / "panel.gfa", "-o", tmp_path / "other.gbz", "--version", "3")
    run("load_gbz_into_shared_memory", "--pangenome_gbz", tmp_path / "other.gbz", "--shared_memory_name", "taken", "--num_shards",
        "1", "--gbz_store_dir", store)
    done = run(*call_words(demo, store, tmp_path / "o.vcf.gz", "--gbz_shared_memory_name", "taken"), ok=False)
    assert done.returncode == 4 and "[shared_image/16]" in done.stderr
    assert not (tmp_path / "o.vcf.gz").exists()


def test_a_killed_job_leaves_an_object_that_the_next_uses_and_removes(demo, store, tmp_path):
    expected = lone_run(demo, tmp_path)
    job = start(call_words(demo, store, tmp_path / "dead.vcf.gz"))
    for line in job.stderr:  # killed while it calls: the pangenome is attached, the VCF unfinished
        if "pangenome" in line:
            break
    job.kill()
    job.wait()
    assert not (tmp_path / "dead.vcf.gz").exists()
    run(*call_words(demo, store, tmp_path / "next.vcf.gz"))
    assert records(tmp_path / "next.vcf.gz") == expected
    assert ours(store) == []
