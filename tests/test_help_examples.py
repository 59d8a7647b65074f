"""The examples that `haploom gbz COMMAND --help` ends with, run as they stand."""
import os
import re
import subprocess

from programs import BIN, ROOT, run


def example(command):
    text = run("haploom", "gbz", command, "--help").stdout
    return re.findall(r"^(?:example: |  )(haploom gbz .*)$", text, re.M)


def test_every_example_of_gbz_runs_on_the_graph_in_tests_data(tmp_path):
    (tmp_path / "tests").symlink_to(ROOT / "tests")
    store = tmp_path / "store"
    store.mkdir()
    printed = {}
    for command in ("build", "check", "paths", "haplotypes", "load", "ls", "stat", "gc", "unload", "verify"):
        lines = example(command)
        assert lines, command
        for line in lines:
            holds = re.match(r"haploom gbz (load|ls|stat|gc|unload|verify)", line)  # not in the /dev/shm of who runs the tests
            done = subprocess.run(line + (f" --gbz_store_dir {store}" if holds else ""), shell=True, cwd=tmp_path, text=True, capture_output=True,
                                  env={**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}"})
            assert done.returncode == 0, f"{line}\n{done.stderr}"
            printed[command] = done.stdout
    assert printed["paths"].count("\n") == 4
    assert "haplotype_2" in printed["haplotypes"]
    assert "\nsmall\t" in printed["ls"] and not any(store.iterdir())


def test_sizes_and_times_of_the_store_must_be_numbers_above_zero(tmp_path):
    (tmp_path / "x.gbz").write_text("")
    for flag in ("--gbz_shared_memory_size_gb", "--shared_memory_size_gb", "--gbz_wait_timeout"):
        for value in ("0", "-1", "nan", "inf", "-inf", "12GB"):
            done = run("haploom", "gbz", "load", "--pangenome_gbz", tmp_path / "x.gbz", f"{flag}={value}", ok=False)
            assert done.returncode == 2 and value in done.stderr, (flag, value, done.stderr)
