"""What `haploom gbz ls`, `verify`, `gc` and the flags of load_gbz_into_shared_memory say and do."""
import fcntl
import json
import os
import re
import signal
import subprocess

import pytest

from programs import BIN, ROOT, run, start

UID = os.geteuid()


@pytest.fixture(scope="module")
def graph(tmp_path_factory):
    path = tmp_path_factory.mktemp("graphs") / 'a "b\\.gbz'
    run("haploom", "gbz", "build", ROOT / "tests/data/small.gfa", "-o", path)
    return path


def load(graph, store, *more, **how):
    return run("load_gbz_into_shared_memory", "--pangenome_gbz", graph, "--gbz_store_dir", store, *more, **how)


def gbz(store, *words, **how):
    return run("haploom", "gbz", *words, "--gbz_store_dir", store, **how)


def held(store):
    return json.loads(gbz(store, "ls", "--json").stdout)


def collected(store, *words):
    lines = gbz(store, "gc", *words).stdout.splitlines()
    return {row["file"]: row for row in (dict(zip(lines[0].split("\t"), line.split("\t"))) for line in lines[1:])}


def file_of(store, name, uid=UID):
    return store / f"haploom.{uid}.{name}"


def holder_of(graph, store, name, env=None):
    """A process that has the lease and stands still."""
    return start("load_gbz_into_shared_memory", "--pangenome_gbz", graph, "--shared_memory_name", name, "--gbz_store_dir", store,
                 stop_at="after_attach", env=env)


def parsed(text):
    """A strict reader of the Prometheus text format: {metric: [(labels, value)]}; every family with HELP and TYPE in front."""
    families, seen = {}, {}
    for line in text.splitlines():
        if match := re.fullmatch(r"# (HELP|TYPE) ([a-z_]+) (.+)", line):
            kind, name, rest = match.groups()
            assert (kind == "HELP" and name not in seen) or (kind == "TYPE" and seen[name] == ["HELP"] and rest == "gauge"), line
            seen.setdefault(name, []).append(kind)
            families[name] = []
            continue
        match = re.fullmatch(r'([a-z_]+)(?:\{((?:[a-z]+="(?:[^"\\\n]|\\["\\n])*",?)+)\})? ([0-9]+)', line)
        assert match and match[1] == list(families)[-1], line
        labels = {key: re.sub(r"\\(.)", lambda c: "\n" if c[1] == "n" else c[1], value)
                  for key, value in re.findall(r'([a-z]+)="((?:[^"\\]|\\.)*)"', match[2] or "")}
        families[match[1]].append((labels, int(match[3])))
    assert text.endswith("\n")
    return families


def test_json_names_the_holders_with_job_command_and_memory(graph, store):
    job = holder_of(graph, store, "x", env={"SLURM_ARRAY_JOB_ID": "16", "SLURM_ARRAY_TASK_ID": "3"})
    (entry,) = held(store)
    (holder,) = entry["holders"]
    assert (entry["name"], entry["graph"], entry["policy"], entry["uid"], entry["problem"]) == ("x", str(graph), "kept", UID, None)
    assert entry["bytes"] == file_of(store, "x").stat().st_size and re.fullmatch("[0-9a-f]{32}", entry["full_fingerprint"])
    assert (holder["pid"], holder["job"]) == (job.pid, "16_3") and holder["command"].startswith("load_gbz_into")
    assert holder["pss_bytes"] is not None and entry["pss_bytes"] == holder["pss_bytes"]
    assert f"{job.pid}:{holder['user']}:16_3" in gbz(store, "ls").stdout


def test_prometheus_text_is_what_its_format_says(graph, store):
    assert parsed(gbz(store, "ls", "--format", "prometheus").stdout)["haploom_shared_images"] == [({}, 0)]
    load(graph, store, "--shared_memory_name", "x")
    file_of(store, "bad").write_bytes(b"no image")
    metrics = parsed(gbz(store, "ls", "--format", "prometheus").stdout)
    assert metrics["haploom_shared_images"] == [({}, 2)]
    labels = {"name": "x", "directory": str(store), "graph": str(graph), "policy": "kept", "uid": str(UID)}
    assert (labels, file_of(store, "x").stat().st_size) in metrics["haploom_shared_image_bytes"]
    assert (labels, 0) in metrics["haploom_shared_image_holders"]
    assert {labels["name"]: value for labels, value in metrics["haploom_shared_image_damaged"]} == {"bad": 1, "x": 0}


def test_watch_prints_until_it_is_interrupted(graph, store):
    load(graph, store, "--shared_memory_name", "x")
    job = subprocess.Popen([BIN / "haploom", "gbz", "ls", "--watch", "0.1", "--gbz_store_dir", store], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert sum(line.startswith("x\t") for line in (job.stdout.readline() for _ in range(6))) == 3
    job.send_signal(signal.SIGINT)
    job.communicate(timeout=60)
    assert job.returncode == 128 + signal.SIGINT


def test_verify_finds_each_byte_that_differs(graph, store):
    load(graph, store, "--shared_memory_name", "x")
    assert gbz(store, "verify", "x").stdout.startswith("x\tgood\t")
    path = file_of(store, "x")
    whole = path.read_bytes()
    for at in (4096, (4096 + len(whole)) // 2, len(whole) - 1):
        path.chmod(0o600)
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1:])
        path.chmod(0o400)
        done = gbz(store, "verify", "x", ok=False)
        assert done.returncode == 3 and "error [shared_image/40]: " in done.stderr, (at, done.stderr)


def test_flags_of_the_loader_mean_the_commands(graph, store):
    load(graph, store)
    load(graph, store, "--gbz_shared_memory_name", "x", "--gbz_shared_memory_size_gb", "1")
    loader = ["load_gbz_into_shared_memory", "--gbz_store_dir", store]
    ageless = [re.sub(r"\t[0-9]+[smhd]\t", "\t", run(*words).stdout) for words in ([*loader, "--list"], ["haploom", "gbz", "ls", "--gbz_store_dir", store])]
    assert ageless[0] == ageless[1] and "\nx\t" in ageless[0]
    assert run(*loader, "--gc").stdout == gbz(store, "gc").stdout
    run(*loader, "--unload", "--shared_memory_name", "x")
    run(*loader, "--unload", "--pangenome_gbz", graph)
    assert list(store.iterdir()) == []
    for wrong in ([], ["--unload"], ["--unload", "--gc"], ["--force", "--pangenome_gbz", str(graph)]):
        assert run(*loader, *wrong, ok=False).returncode == 2, wrong


def test_gc_takes_what_nobody_keeps_and_leaves_the_rest(graph, store):
    load(graph, store, "--shared_memory_name", "kept")
    used = holder_of(graph, store, "used")
    loading = start("load_gbz_into_shared_memory", "--pangenome_gbz", graph, "--shared_memory_name", "new", "--gbz_store_dir", store, stop_at="half_filled")
    garbage = [file_of(store, "bad"), file_of(store, "dead.tmp.12.00ff00ff"), file_of(store, "old.lock"), file_of(store, ".alloc.lock")]
    for path in garbage:
        path.write_bytes(b"x")
    strangers = [store / "other", store / "haploom.x.y", file_of(store, "folder")]
    strangers[0].write_text(""), strangers[1].write_text(""), strangers[2].mkdir()
    before = set(store.iterdir())
    assert {path for path, row in collected(store, "--dry_run").items() if row["outcome"] == "would be removed"} == set(map(str, garbage))
    assert set(store.iterdir()) == before
    rows = collected(store)
    assert {path for path, row in rows.items() if row["outcome"] == "removed"} == set(map(str, garbage))
    assert rows[str(file_of(store, "kept"))]["outcome"] == "stays: kept"
    assert set(store.iterdir()) == before - set(garbage)
    rows = collected(store, "--kept")
    assert rows[str(file_of(store, "kept"))]["outcome"] == "removed"
    assert f"in use by pid {used.pid}" in rows[str(file_of(store, "used"))]["outcome"] or f"pid {used.pid}" in rows[str(file_of(store, "used"))]["outcome"]
    for job in (used, loading):
        job.send_signal(signal.SIGCONT)
        job.communicate(timeout=60)
        assert job.returncode == 0
    assert {entry["name"] for entry in held(store)} >= {"new", "used"}


def test_gc_spares_what_a_release_with_another_layout_may_keep(graph, store):
    load(graph, store, "--shared_memory_name", "x")
    path = store / f"haploom.{UID}.x"
    path.chmod(0o600)
    with open(path, "r+b") as file:
        file.seek(8)  # the layout number, behind the magic
        file.write((99).to_bytes(4, "little"))
    path.chmod(0o400)
    assert "stays: kept" in gbz(store, "gc").stdout
    assert path.exists()
    gbz(store, "gc", "--kept")
    assert list(store.iterdir()) == []


def test_gc_in_a_loop_hurts_no_job(graph, store):
    gc = subprocess.Popen(["sh", "-c", f"while :; do '{BIN}/haploom' gbz gc --kept --gbz_store_dir '{store}' >/dev/null 2>&1 || exit 1; done"], start_new_session=True)
    try:
        words = [BIN / "load_gbz_into_shared_memory", "--pangenome_gbz", graph, "--shared_memory_name", "x", "--gbz_store_dir", store]
        for _ in range(4):
            jobs = [subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) for _ in range(6)]
            for job in jobs:
                log = job.communicate(timeout=120)[1]
                assert job.returncode == 0, log
        assert gc.poll() is None, "gc failed"
    finally:
        os.killpg(gc.pid, signal.SIGKILL)
        gc.wait()
    gbz(store, "gc", "--kept")
    assert list(store.iterdir()) == []


def test_root_collects_for_every_user_and_touches_only_their_own(graph, store):
    if UID != 0:
        assert gbz(store, "gc", "--all_users", ok=False).returncode == 2
        return
    store.chmod(0o1777)
    for folder in store.parents:
        if folder != folder.parent and str(folder).startswith(str(store.parents[2])):
            folder.chmod(folder.stat().st_mode | 0o011)
    theirs, planted, mine = file_of(store, "x", 12345), file_of(store, "y", 12345), file_of(store, "z")
    for path in (theirs, planted, mine):
        path.write_bytes(b"no image")
        path.chmod(0o400)
    os.chown(theirs, 12345, 12345)
    assert set(collected(store)) == {str(mine)} and not mine.exists()
    assert {entry["uid"] for entry in json.loads(gbz(store, "ls", "--all_users", "--json").stdout)} == {12345}
    gbz(store, "gc", "--all_users")
    assert not theirs.exists() and planted.exists()


def test_gc_without_removing_changes_nothing(graph, store):
    load(graph, store, "--shared_memory_name", "x")
    lock = file_of(store, "x.lock")
    lock.write_bytes(b"")  # of a process that was killed
    before = {path: path.stat().st_mtime_ns for path in [store, *store.iterdir()]}
    assert set(collected(store, "--dry_run", "--kept")) == {str(lock), str(file_of(store, "x"))}
    assert {path: path.stat().st_mtime_ns for path in [store, *store.iterdir()]} == before


def test_a_name_in_two_places_is_asked_about(graph, store):
    name, env = f"two.{os.getpid()}", {"TMPDIR": str(store)}
    words = ["load_gbz_into_shared_memory", "--pangenome_gbz", graph, "--shared_memory_name", name]
    try:
        for backing in ("shm", "file"):
            run(*words, "--gbz_backing", backing, "--gbz_store_dir", "/dev/shm" if backing == "shm" else store, env=env)
        for command in ("unload", "verify", "stat"):
            done = run("haploom", "gbz", command, name, ok=False, env=env)
            assert done.returncode == 2 and f"'{name}' is in /dev/shm and in {store}" in done.stderr, done.stderr
        assert file_of(store, name).exists()
    finally:
        run("haploom", "gbz", "unload", name, "--gbz_store_dir", "/dev/shm", env=env)
    run("haploom", "gbz", "unload", name, env=env)
    assert list(store.iterdir()) == []


def test_a_remedy_names_the_place(graph, store):
    load(graph, store, "--shared_memory_name", "x")
    with open(file_of(store, "x")) as lease:
        fcntl.flock(lease, fcntl.LOCK_SH)  # as whoever uses it does
        done = gbz(store, "unload", "x", ok=False)
    assert done.returncode == 4 and f"haploom gbz unload 'x' --force --gbz_store_dir '{store}'" in done.stderr, done.stderr


def test_verify_takes_an_index(graph, tmp_path):
    own = tmp_path / "g.gbz"
    own.write_bytes(graph.read_bytes())
    run("haploom", "gbz", "index", own)
    index = tmp_path / "g.gbz.haploom"
    assert run("haploom", "gbz", "verify", index).stdout == f"{index}\tgood\t{index.stat().st_size} bytes\n"
    whole = index.read_bytes()
    index.chmod(0o600)
    index.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    done = run("haploom", "gbz", "verify", "g.gbz.haploom", ok=False, cwd=tmp_path)
    assert done.returncode == 3 and "error [shared_image/40]: " in done.stderr and f"haploom gbz index --force {own}" in done.stderr, done.stderr


@pytest.mark.skipif(UID != 0, reason="needs root, to be another user")
def test_what_another_user_may_not_read_is_not_called_damaged(graph, store):
    load(graph, store, "--shared_memory_name", "x")
    store.chmod(0o1777)
    for folder in store.parents:
        if folder != folder.parent and str(folder).startswith(str(store.parents[2])):
            folder.chmod(folder.stat().st_mode | 0o011)
    words = [BIN / "haploom", "gbz", "ls", "--all_users", "--gbz_store_dir", store]
    probe = subprocess.run([BIN / "haploom", "--version"], capture_output=True, user=12345, group=12345, extra_groups=[], check=False)
    if probe.returncode != 0:
        pytest.skip("another user may not run the program here")
    (entry,) = json.loads(subprocess.run([*words, "--json"], capture_output=True, text=True, user=12345, group=12345, extra_groups=[], check=True).stdout)
    assert entry["policy"] == "not readable" and "Permission denied" in entry["problem"]
    text = subprocess.run([*words, "--format", "prometheus"], capture_output=True, text=True, user=12345, group=12345, extra_groups=[], check=True).stdout
    assert [value for _, value in parsed(text)["haploom_shared_image_damaged"]] == [0]


def test_ls_and_gc_look_at_the_user_that_is_named(graph, store):
    load(graph, store, "--shared_memory_name", "x")
    assert json.loads(gbz(store, "ls", "--json", "--gbz_shared_memory_owner", "12345").stdout) == []
    assert [entry["name"] for entry in json.loads(gbz(store, "ls", "--json", "--gbz_shared_memory_owner", UID).stdout)] == ["x"]
    theirs = file_of(store, "y", 12345)
    theirs.write_bytes(b"no image")
    if UID != 0:
        assert gbz(store, "gc", "--gbz_shared_memory_owner", "12345", ok=False).returncode == 2
        return
    os.chown(theirs, 12345, 12345)
    assert set(collected(store, "--dry_run", "--gbz_shared_memory_owner", "12345")) == {str(theirs)}
    assert set(collected(store, "--dry_run")) == {str(file_of(store, "x"))}
