"""The panels that haploom is called with on one set: its own, none, a foreign one, two haplotypes of its own.

The foreign panel is an EAS population simulated apart on the same sequence: it shares next to no allele with the donor, and a caller
that trusts it loses. All are made once, in the set's folder.
"""
import re

from train.simulate.__main__ import parser
from train.simulate.donor_set import Set as Simulated
from train.simulate.donor_set import from_msprime

from .sets import REAL, run

PANELS = {"own": "with its panel", "none": "without", "foreign": "a foreign panel", "two": "two haplotypes only"}
ANOTHER_SEED = 500_000


def cut_gfa(lines, haplotypes=2):
    """The GFA's reference walk and the first `haplotypes` others, with the nodes and edges that these use."""
    lines = [line.rstrip("\n") for line in lines]
    reference = next(tag[5:] for tag in lines[0].split("\t") if tag.startswith("RS:Z:"))
    walks = [line for line in lines if line.startswith("W\t")]
    kept = [w for w in walks if w.split("\t")[1] == reference]
    kept += [w for w in walks if w.split("\t")[1] != reference][:haplotypes]
    nodes, edges = set(), set()
    for w in kept:
        steps = re.findall(r"([<>])([^<>]+)", w.split("\t")[6])
        nodes.update(name for _, name in steps)
        edges.update((a, x == ">", b, y == ">") for (x, a), (y, b) in zip(steps, steps[1:]))

    def used(line):
        field = line.split("\t")
        if field[0] == "S":
            return field[1] in nodes
        if field[0] == "L":
            a, x, b, y = field[1], field[2] == "+", field[3], field[4] == "+"
            return (a, x, b, y) in edges or (b, not y, a, not x) in edges
        return field[0] != "W"

    return [line for line in lines if used(line)] + kept


def write_two(s):
    with open(s.place / "panel.gfa") as f:
        lines = cut_gfa(f)
    (s.place / "two.gfa").write_text("\n".join(lines) + "\n")


def write_foreign(s):
    one, folder = s.declared, s.place / "foreign"
    words = ["run", "--ref", REAL / one["ref"], "--region", one["region"], "--model", "none", "--out", folder, "--seed",
             one["seed"] + ANOTHER_SEED, "--haps", one["haps"], "--mix", "0,0,1", "--indel-spectrum",
             REAL / "models/indel_spectrum.HG002.json"] + ["--full-coords"] * bool(one.get("full-coords"))
    options = parser().parse_args([str(w) for w in words])
    simulated = Simulated(options)
    simulated.write_reference()
    simulated.write_panel(from_msprime(options, simulated.start, simulated.ref))
    (folder / "panel.gfa").rename(s.place / "foreign.gfa")


def gbz_of(s, panel):
    """The GBZ of the set's panel, made where it is not there; None for no panel and for what a given GBZ does not allow."""
    if panel == "none" or (s.gbz and panel != "own"):
        return None
    if s.gbz:
        return s.gbz
    name = {"own": "panel", "foreign": "foreign", "two": "two"}[panel]
    gbz = s.place / f"{name}.gbz"
    if not gbz.exists():
        if panel == "two":
            write_two(s)
        if panel == "foreign":
            write_foreign(s)
        run(f"haploom gbz build {s.place}/{name}.gfa -o {gbz}")
    return gbz


def possible(s, panel):
    return panel in ("own", "none") or s.gbz is None
