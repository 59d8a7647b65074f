"""What `haploom gbz build` writes must read the same in the Rust crates gbz (every version) and gbwt (version 1).

The crates are independent of us, and so is tests/gfa_paths.py, which says what the GFA itself holds. By hand, for a GFA of
any size: `tests/gfa_paths.py G.gfa | cmp - <(target/release/oracle gbz G.gbz | grep -v '^#')`. Needs cargo 1.85 or newer (Debian 12: packages rustc-web and cargo-web) and, the first
time, a crate registry: the one test that asks the network. Skipped by name without them.
"""
import gzip
import os
import random
import re
import shutil
import subprocess

import pytest

import gfa_paths
from programs import ROOT, run

ORACLE = ROOT / "tests/oracle"
PATIENCE = 180  # seconds for the registry

LOOPS_AND_CUTS = """H\tVN:Z:1.1\tRS:Z:GRCh38 CHM13
S\tleft\tGATTACAGATTACAGATTACA
S\tunused\tAC
S\tsnp_a\tA
S\tsnp_c\tc
S\tright\tTTGNAC
S\tloop\tCG
L\tleft\t+\tsnp_a\t+\t0M
L\tleft\t+\tsnp_c\t+\t*
W\tGRCh38\t0\tchr1\t1000\t*\t>left>snp_a>right
W\tGRCh38\t0\tchr1\t5000\t*\t>right>loop
W\tCHM13\t0\tchr1\t0\t28\t>left>snp_c>right
W\tHG1\t1\tctg\t0\t*\t<right<snp_c<left
W\tHG1\t2\tctg\t4000000000\t*\t>loop>loop<loop>loop>loop<right
P\tplain\tleft+,snp_c+,right-\t0M,0M
P\tHG2#1#x[10-20]\tsnp_a-\t*
"""


def random_gfa(seed):
    """Walks that wander over a small graph: loops, turns, numeric names with gaps."""
    rng = random.Random(seed)
    names = rng.sample(range(40, 400), 60)
    lines = ["H\tVN:Z:1.1\tRS:Z:s0"] + [f"S\t{n}\t{''.join(rng.choices('ACGTN', k=rng.randint(1, 40)))}" for n in names]
    hubs = names[:4]
    for walk in range(80):
        steps = "".join(rng.choice("<>") + str(rng.choice(hubs if rng.random() < 0.5 else names)) for _ in range(rng.randint(1, 200)))
        lines.append(f"W\ts{walk // 2}\t{walk % 2}\tc{walk % 3}\t{walk}\t*\t{steps}")
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="session")
def oracle():
    cargo = shutil.which("cargo")
    if not cargo:
        pytest.skip("no cargo: the crates gbz and gbwt cannot be built")
    version = re.search(r"cargo (\d+)\.(\d+)", subprocess.run([cargo, "--version"], capture_output=True, text=True).stdout)
    if not version or tuple(map(int, version.groups())) < (1, 85):
        pytest.skip("cargo is older than 1.85: the crate gbz cannot be built")
    try:
        fetched = subprocess.run([cargo, "fetch", "--quiet", "--locked"], cwd=ORACLE, capture_output=True, timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        pytest.skip(f"the crates gbz and gbwt were not fetched in {PATIENCE} s")
    if fetched.returncode:
        pytest.skip("no crate registry: the crates gbz and gbwt cannot be fetched")
    built = subprocess.run([cargo, "build", "--quiet", "--offline", "--locked"], cwd=ORACLE, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    target = os.environ.get("CARGO_TARGET_DIR", ORACLE / "target")
    return f"{target}/debug/oracle"


def fields(line):
    """A line of either table; crate gbz 0.7 shows a generic path's "no phase" as 0, we and crate gbwt as it is stored."""
    path, sample, phase, *rest = line.split("\t")[:8]
    return [path, sample, "none" if sample == "_gbwt_ref" and phase in ("0", "4294967295") else phase, *rest]


def compare(oracle, gfa, tmp_path, *flags):
    written = [fields("\t".join(row)) for row in gfa_paths.rows(gfa, *map(int, flags[1:]))]
    for version, crates in ((1, ("gbz", "gbwt")), (2, ("gbz",)), (3, ("gbz",))):
        out = tmp_path / f"v{version}.gbz"
        run("haploom", "gbz", "build", gfa, "-o", out, "--version", version, *flags)
        table = run("haploom", "gbz", "paths", out).stdout.splitlines()[1:]
        ours = [fields(line) for line in table]
        assert ours == written, f"version {version}"
        for crate in crates:
            seen = run(oracle, crate, out).stdout.splitlines()
            assert [fields(line) for line in seen if not line.startswith("#")] == ours, f"crate {crate}, version {version}"
            yield crate, version, seen


@pytest.mark.parametrize("max_node", [1024, 5])
def test_both_crates_read_names_walks_and_segments(oracle, tmp_path, max_node):
    gfa = tmp_path / "graph.gfa"
    gfa.write_text(LOOPS_AND_CUTS)
    views = list(compare(oracle, gfa, tmp_path, "--max-node", max_node))
    assert {(crate, version) for crate, version, _ in views} == {("gbz", 1), ("gbwt", 1), ("gbz", 2), ("gbz", 3)}
    for _, _, seen in views:
        assert seen[0].endswith("references CHM13 GRCh38")
        segments = [line for line in seen if line.startswith("# segment")]
        last = {1024: "# segment loop 6..7", 5: "# segment loop 11..12"}[max_node]
        assert segments[-1] == last and len(segments) == 5, segments  # the unused one is not listed


@pytest.mark.parametrize("seed", range(5))
def test_wandering_walks_survive(oracle, tmp_path, seed):
    gfa = tmp_path / "graph.gfa.gz"
    gfa.write_bytes(gzip.compress(random_gfa(seed).encode()))
    assert len(list(compare(oracle, gfa, tmp_path))) == 4


def test_real_panels_survive(oracle, shared_data, tmp_path):
    for gfa in sorted(shared_data.glob("gbz/own_gfa/*.gfa")) + sorted(shared_data.glob("sim_demo/*/panel.gfa.gz")):
        if gfa.name == "own.letters.gfa":  # the table has the complement of GBZ tools, the oracle knows ACGTN
            continue
        assert len(list(compare(oracle, gfa, tmp_path))) == 4
