"""Where a pangenome is held: the first place with room, an index beside the GBZ, private memory, and what is refused."""
import os
import random
import shutil
import subprocess

import pytest

from programs import BIN, call_words, records, run


@pytest.fixture
def graph(demo, tmp_path):
    return shutil.copy(demo / "panel.gbz", tmp_path / "panel.gbz")


def in_small_shm(kilobytes, *words, tmpdir):
    """Runs a program of ours where /dev/shm is of its own and has that many kB; what it left there follows on stdout."""
    if os.geteuid() != 0 or subprocess.run(["unshare", "-m", "true"], capture_output=True).returncode != 0:
        pytest.skip("needs root and a mount namespace of its own")
    script = f'mount -t tmpfs -o size={kilobytes}k tmpfs /dev/shm && {{ "$@"; code=$?; echo "left: $(ls -A /dev/shm)"; exit $code; }}'
    words = [str(BIN / words[0]), *map(str, words[1:])]
    return subprocess.run(["unshare", "-m", "sh", "-c", script, "sh", *words], capture_output=True, text=True, timeout=300,
                          env={**os.environ, "TMPDIR": str(tmpdir)})


def without_store(words):
    at = words.index("--gbz_store_dir")
    return words[:at] + words[at + 2:]


def test_auto_goes_to_the_disk_when_shared_memory_is_small(demo, graph, store, tmp_path):
    done = in_small_shm(64, "load_gbz_into_shared_memory", "--pangenome_gbz", graph, "--shared_memory_name", "x", tmpdir=store)
    assert done.returncode == 0 and "loaded" in done.stdout, done.stderr
    assert "the next place is tried" in done.stderr and "left: \n" in done.stdout
    assert [p.name for p in store.iterdir()] == [f"haploom.{os.geteuid()}.x"]
    words = without_store(call_words(demo, store, tmp_path / "o.vcf.gz", "--gbz_shared_memory_name", "x"))
    done = in_small_shm(64, *words, tmpdir=store)
    assert done.returncode == 0 and "loading" not in done.stderr, "a job finds it where the loader put it"
    run(*call_words(demo, store, tmp_path / "lone.vcf.gz"))
    assert records(tmp_path / "o.vcf.gz") == records(tmp_path / "lone.vcf.gz")
    run("haploom", "gbz", "unload", "x", "--gbz_store_dir", store)


def test_auto_keeps_it_private_when_no_place_has_room(demo, store, tmp_path):
    words = without_store(call_words(demo, store, tmp_path / "o.vcf.gz"))
    done = in_small_shm(64, *words, tmpdir=tmp_path / "absent")
    assert done.returncode == 0 and "held by this process alone" in done.stderr, done.stderr
    run(*call_words(demo, store, tmp_path / "lone.vcf.gz"))
    assert records(tmp_path / "o.vcf.gz") == records(tmp_path / "lone.vcf.gz")


def test_a_loader_does_not_keep_a_private_copy(graph, tmp_path):
    done = in_small_shm(64, "load_gbz_into_shared_memory", "--pangenome_gbz", graph, tmpdir=tmp_path / "absent")
    assert done.returncode == 4 and "[shared_image/18]" in done.stderr, done.stderr


def test_shared_memory_that_was_asked_for_and_is_too_small(graph, store):
    done = in_small_shm(64, "load_gbz_into_shared_memory", "--pangenome_gbz", graph, "--gbz_backing", "shm", tmpdir=store)
    assert done.returncode == 4 and "[shared_image/20]" in done.stderr, done.stderr
    for remedy in ("--shm-size", "--gbz_store_dir", "gbz unload"):
        assert remedy in done.stderr
    assert "left: \n" in done.stdout and list(store.iterdir()) == []


def test_a_ceiling_is_not_got_round(graph, store):
    done = in_small_shm(64, "load_gbz_into_shared_memory", "--pangenome_gbz", graph, "--shared_memory_size_gb", "0.000001", tmpdir=store)
    assert done.returncode == 4 and "[shared_image/20]" in done.stderr and "ceiling" in done.stderr
    assert list(store.iterdir()) == []


def test_jobs_with_private_shared_memory_share_a_common_directory(graph, store):
    words = ["load_gbz_into_shared_memory", "--pangenome_gbz", graph, "--shared_memory_name", "x", "--gbz_store_dir", store]
    assert "loaded" in in_small_shm(100_000, *words, tmpdir=store).stdout
    assert "was there" in in_small_shm(100_000, *words, tmpdir=store).stdout


@pytest.mark.parametrize("backing", ["shm", "file", "private", "auto"])
def test_every_backing_gives_the_same_calls(demo, store, tmp_path, backing):
    words = call_words(demo, store, tmp_path / "o.vcf.gz", "--gbz_backing", backing)
    if backing in ("shm", "auto"):
        words = without_store(words)
    run(*words, "--gbz_shared_memory_name", f"backing-{os.getpid()}", env={"TMPDIR": str(store)})
    run(*call_words(demo, store, tmp_path / "lone.vcf.gz"))
    assert records(tmp_path / "o.vcf.gz") == records(tmp_path / "lone.vcf.gz")
    assert list(store.iterdir()) == []


def test_an_index_replaces_the_conversion(demo, graph, store, tmp_path):
    made = run("haploom", "gbz", "index", graph).stdout.split("\t")
    assert made[0] == f"{graph}.haploom" and made[1] == "made"
    assert run("haploom", "gbz", "index", graph).stdout.split("\t")[1] == "up to date"
    words = call_words(demo, store, tmp_path / "o.vcf.gz")
    words[words.index(demo / "panel.gbz")] = graph
    mapped = run(*words)
    assert "loading" not in mapped.stderr, "the index is mapped as it stands"
    run(*call_words(demo, store, tmp_path / "lone.vcf.gz"))
    assert records(tmp_path / "o.vcf.gz") == records(tmp_path / "lone.vcf.gz")
    name = f"index-{os.getpid()}"
    run("load_gbz_into_shared_memory", "--pangenome_gbz", graph, "--shared_memory_name", name, "--gbz_backing", "shm", "--verify_pangenome")
    try:
        run(*without_store(words), "--gbz_backing", "shm", "--gbz_shared_memory_name", name)
        assert records(tmp_path / "o.vcf.gz") == records(tmp_path / "lone.vcf.gz")
    finally:
        run("haploom", "gbz", "unload", name, "--gbz_store_dir", "/dev/shm")


def test_a_stale_index_is_named_passed_over_and_made_again(demo, graph, store, tmp_path):
    run("haploom", "gbz", "index", graph)
    gfa = (demo / "panel.gfa").read_text().splitlines(keepends=True)
    (tmp_path / "half.gfa").write_text("".join(gfa[:-1]))
    run("haploom", "gbz", "build", tmp_path / "half.gfa", "-o", graph)
    done = run("load_gbz_into_shared_memory", "--pangenome_gbz", graph, "--shared_memory_name", "x", "--gbz_store_dir", store)
    assert "is not used" in done.stderr and f"haploom gbz index {graph}" in done.stderr
    assert run("haploom", "gbz", "index", graph).stdout.split("\t")[1] == "made"


def test_verifying_finds_a_graph_that_differs_between_its_samples(store, tmp_path):
    """Two files with one sampled fingerprint: the quick look takes one for the other, --verify_pangenome does not."""
    rng, graph = random.Random(7), tmp_path / "long.gbz"
    with open(tmp_path / "long.gfa", "w") as out:
        out.write("H\tVN:Z:1.1\tRS:Z:GRCh38\n")
        for node in range(1, 2001):
            out.write(f"S\t{node}\t{''.join(rng.choices('ACGT', k=1024))}\n")
        out.write("W\tGRCh38\t0\tchr20\t0\t2048000\t" + "".join(f">{node}" for node in range(1, 2001)) + "\n")
    run("haploom", "gbz", "build", tmp_path / "long.gfa", "-o", graph)
    words = ["load_gbz_into_shared_memory", "--pangenome_gbz", graph, "--shared_memory_name", "x", "--gbz_store_dir", store]
    run(*words, "--verify_pangenome")
    with open(graph, "r+b") as file:  # in the middle between two sampled blocks
        file.seek((os.path.getsize(graph) - 4096) // 65 // 2 + 2048)
        byte = file.read(1)[0]
        file.seek(-1, os.SEEK_CUR)
        file.write(bytes([byte ^ 1]))
    assert "was there" in run(*words).stdout
    done = run(*words, "--verify_pangenome", ok=False)
    assert done.returncode == 4 and "[shared_image/16]" in done.stderr


def test_a_group_that_does_not_exist(graph, store):
    done = run("load_gbz_into_shared_memory", "--pangenome_gbz", graph, "--gbz_store_dir", store, "--gbz_shared_memory_group", "no-such-group", ok=False)
    assert done.returncode == 2 and "no-such-group" in done.stderr


def test_a_lock_that_the_limit_forbids_is_a_warning(graph, store):
    script = 'ulimit -l 0; exec setpriv --bounding-set -ipc_lock --inh-caps -ipc_lock "$@"'
    if not shutil.which("setpriv"):
        pytest.skip("needs setpriv")
    done = run("sh", "-c", script, "sh", BIN / "load_gbz_into_shared_memory", "--pangenome_gbz", graph, "--gbz_store_dir", store, "--gbz_mlock")
    assert "RLIMIT_MEMLOCK" in done.stderr


def test_a_network_file_system_is_refused_unless_allowed(graph, tmp_path):
    """FUSE stands for them all: it is the one that a test can mount."""
    if os.geteuid() != 0 or not shutil.which("bindfs") or not os.path.exists("/dev/fuse"):
        pytest.skip("needs root, bindfs and /dev/fuse")
    behind, mounted = tmp_path / "behind", tmp_path / "mounted"
    behind.mkdir()
    mounted.mkdir()
    subprocess.run(["bindfs", behind, mounted], check=True)
    try:
        words = ["load_gbz_into_shared_memory", "--pangenome_gbz", graph, "--shared_memory_name", "x", "--gbz_store_dir", mounted]
        done = run(*words, ok=False)
        assert done.returncode == 4 and "[shared_image/18]" in done.stderr and "fuse" in done.stderr and "--gbz_allow_network_store" in done.stderr
        assert list(behind.iterdir()) == []
        assert "loaded" in run(*words, "--gbz_allow_network_store").stdout
        run("haploom", "gbz", "unload", "x", "--gbz_store_dir", mounted)
    finally:
        subprocess.run(["umount", mounted], check=True)
    assert list(behind.iterdir()) == []
