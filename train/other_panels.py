"""Other panels for a simulated set than its own: two of its haplotypes only, and a foreign one.

The foreign panel is a population simulated apart on the same sequence: it shares next to no allele with the donor, and a caller
that trusts it loses.
"""
import re
import shutil

from .simulate.__main__ import parser
from .simulate.donor_set import Set as Simulated
from .simulate.donor_set import from_msprime

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


def write_two(panel_gfa, out):
    with open(panel_gfa) as f:
        lines = cut_gfa(f)
    with open(out, "w") as f:
        f.write("\n".join(lines) + "\n")


def write_foreign(folder, out, data, ref, region, seed, haps, full_coords, mix="0,0,1"):
    """folder: for the files on the way; data: the folder of the indel spectrum; ref, region, seed, haps: of the set."""
    words = ["run", "--ref", ref, "--region", region, "--model", "none", "--out", folder, "--seed", seed + ANOTHER_SEED, "--haps", haps,
             "--mix", mix, "--indel-spectrum", f"{data}/models/indel_spectrum.HG002.json"] + ["--full-coords"] * bool(full_coords)
    options = parser().parse_args([str(w) for w in words])
    simulated = Simulated(options)
    simulated.write_reference()
    simulated.write_panel(from_msprime(options, simulated.start, simulated.ref))
    shutil.move(f"{folder}/panel.gfa", out)
