"""The panels that haploom is called with on one set: its own, none, a foreign one, two haplotypes of its own.

All are made once, in the set's folder (train/other_panels.py).
"""
from train.other_panels import write_foreign, write_two

from .sets import REAL, run

PANELS = {"own": "with its panel", "none": "without", "foreign": "a foreign panel", "two": "two haplotypes only"}


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
            write_two(s.place / "panel.gfa", s.place / "two.gfa")
        if panel == "foreign":
            write_foreign(s.place / "foreign", s.place / "foreign.gfa", REAL, REAL / s.declared["ref"], s.declared["region"], s.declared["seed"],
                          s.declared["haps"], s.declared.get("full-coords"))
        run(f"haploom gbz build {s.place}/{name}.gfa -o {gbz}")
    return gbz


def possible(s, panel):
    return panel in ("own", "none") or s.gbz is None
