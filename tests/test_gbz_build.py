"""`haploom gbz build` and `haploom gbz paths` from the outside: tables, exit codes, no half-written output."""
import gzip
import random
import sys

import pytest

import plain_gbz
from programs import ROOT, run

GFA = "H\tVN:Z:1.1\tRS:Z:GRCh38\nS\ta\tGATTACA\nS\tb\tC\nW\tGRCh38\t0\tchr1\t10\t*\t>a>b\nW\tHG1\t1\tctg\t0\t*\t<b<a\n"
TABLE = """#path	sample	phase	contig	fragment	length	sha256	nodes	name	sense
0	GRCh38	0	chr1	10	8	x	2	GRCh38#0#chr1[10]	reference
1	HG1	1	ctg	0	8	x	2	HG1#1#ctg#0	haplotype
"""


def wandering_gfa(seed):
    """Loops, turns, ids with gaps, a hub that leads to many, references in no order."""
    rng = random.Random(seed)
    names = rng.sample(range(40, 900), 300)
    lines = ["H\tVN:Z:1.1\tRS:Z:s3 s0"] + [f"S\t{n}\t{''.join(rng.choices('ACGTN', k=rng.randint(1, 9)))}" for n in names]
    for walk in range(30):
        few = names[:3] if walk % 2 else names
        steps = "".join(f">{names[0]}{rng.choice('<>')}{rng.choice(few)}" for _ in range(rng.randint(1, 40)))
        lines.append(f"W\ts{walk // 2}\t{walk % 2}\tc{walk % 3}\t{walk}\t*\t{steps}")
    return "\n".join(lines) + "\n"


def columns(table):
    return [line.split("\t")[:6] + line.split("\t")[7:] for line in table.splitlines()]


@pytest.mark.parametrize("version", [1, 2, 3])
def test_a_built_graph_shows_its_paths(tmp_path, version):
    gfa = tmp_path / "g.gfa.gz"
    gfa.write_bytes(gzip.compress(GFA.encode()))
    run("haploom", "gbz", "build", gfa, "-o", tmp_path / "g.gbz", "--version", version)
    assert (tmp_path / "g.gbz").read_bytes()[:8] == b"GBZ " + bytes([version, 0, 0, 0])
    assert columns(run("haploom", "gbz", "paths", tmp_path / "g.gbz").stdout) == columns(TABLE)


def test_the_same_graph_gives_the_same_bytes(tmp_path):
    (tmp_path / "g.gfa").write_text(GFA)
    for name in ("one", "two"):
        run("haploom", "gbz", "build", tmp_path / "g.gfa", "-o", tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def panel(folder, bases, haplotypes, seed):
    gfa = folder / f"panel{seed}.gfa"
    run(sys.executable, ROOT / "bench/make_panel.py", "--bases", bases, "--haplotypes", haplotypes, "--gap", 20, "--structural", 0.2, "--seed", seed, "-o", gfa)
    return gfa


@pytest.mark.parametrize("seed", range(4))
def test_a_panel_becomes_the_bytes_of_the_plain_builder(tmp_path, seed):
    gfa = panel(tmp_path, 3000, 12, seed)
    run("haploom", "gbz", "build", gfa, "-o", tmp_path / "g.gbz")
    assert (tmp_path / "g.gbz").read_bytes() == plain_gbz.gbz(gfa.read_text())


@pytest.mark.parametrize("seed", range(4))
def test_wandering_walks_become_the_bytes_of_the_plain_builder(tmp_path, seed):
    (tmp_path / "g.gfa").write_text(wandering_gfa(seed))
    run("haploom", "gbz", "build", tmp_path / "g.gfa", "-o", tmp_path / "g.gbz")
    assert (tmp_path / "g.gbz").read_bytes() == plain_gbz.gbz(wandering_gfa(seed))


def test_a_panel_is_made_the_same_again_and_of_the_size_asked_for(tmp_path):
    first, second = (panel(tmp_path, 60000, 6, 5).read_text() for _ in range(2))
    assert first == second != panel(tmp_path, 60000, 6, 6).read_text()
    labels, paths, references = plain_gbz.parse(first)
    assert references == ["GRCh38"] and len({path[:2] for path in paths}) == 7
    reference = next(path for path in paths if path[0] == "GRCh38")
    assert 60000 <= sum(len(labels[code // 2]) for code in reference[4]) < 71000
    assert any(code % 2 for path in paths for code in path[4])  # an inversion
    assert any(len(set(path[4])) < len(path[4]) for path in paths)  # a tandem copy
    assert {code // 2 for path in paths for code in path[4]} == set(labels)  # every allele is carried


def test_a_wrong_gfa_leaves_no_output_and_the_old_one(tmp_path):
    (tmp_path / "g.gfa").write_text(GFA + "W\tHG2\t1\tctg\t0\t*\t>a>nowhere\n")
    out = tmp_path / "g.gbz"
    done = run("haploom", "gbz", "build", tmp_path / "g.gfa", "-o", out, ok=False)
    assert done.returncode == 3
    assert "error [gbz/42]" in done.stderr and "g.gfa' line 6: segment 'nowhere' is not in the file" in done.stderr
    assert sorted(p.name for p in tmp_path.iterdir()) == ["g.gfa"]
    out.write_text("what stood here before")
    run("haploom", "gbz", "build", tmp_path / "g.gfa", "-o", out, ok=False)
    assert out.read_text() == "what stood here before"


def test_gzip_that_is_cut_short_is_refused(tmp_path):
    gfa = tmp_path / "g.gfa.gz"
    gfa.write_bytes(gzip.compress(GFA.encode())[:-9])
    done = run("haploom", "gbz", "build", gfa, "-o", tmp_path / "g.gbz", ok=False)
    assert done.returncode == 3 and "cannot read" in done.stderr
    assert not (tmp_path / "g.gbz").exists()


def test_flags_and_places_that_cannot_be(tmp_path):
    (tmp_path / "g.gfa").write_text(GFA)
    build = ["haploom", "gbz", "build", tmp_path / "g.gfa", "-o"]
    assert run(*build, tmp_path / "g.gbz", "--version", 4, ok=False).returncode == 2
    assert run(*build, tmp_path / "g.gbz", "--max-node", 0, ok=False).returncode == 2
    assert run(*build, tmp_path / "no/such/folder/g.gbz", ok=False).returncode == 4
    assert run("haploom", "gbz", "build", tmp_path / "absent.gfa", "-o", tmp_path / "g.gbz", ok=False).returncode == 3
    assert sorted(p.name for p in tmp_path.iterdir()) == ["g.gfa"]
