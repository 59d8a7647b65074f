"""Errors of haploom and of other callers, on two real windows, two easy simulations and the hard suite of bench/hard_sets.json.

  ./run bench accuracy [MODEL] [--sets a,b] [--panels own,none] [--no-peers] [--calls DIR] [--json FILE] [--check]

Simulated sets, panels and the peers' calls are made once, in $HAPLOOM_BENCH_DIR (build/bench without it), and an interrupted run goes
on where it stopped; haploom's calls are made each time, on one core. Peers: bcftools and freebayes with QUAL >= 20, GATK's
HaplotypeCaller (./run setup-judges, or $HAPLOOM_GATK). One that is not installed is left out by name.

The judge is the shared compare_calls.py (aardvark on PATH or in $AARDVARK). No network or tree of ours was made with variants or reads
of these regions, nor with donors of the hard suite. But the error statistics of the simulator were learnt from reads of the two
real windows, and HG001 = NA12878 and HG002 are training donors in other regions (train/sets.json).
"""
import argparse
import dataclasses
import json
import os
import pathlib
import sys
import tempfile

from . import report
from .callers import PEERS, haploom_calls, peer_calls
from .judge import judged, judged_once
from .panels import PANELS, gbz_of, possible
from .required import verdicts
from .sets import ROOT, SHARED, all_sets, set_out_reference, simulate


def options(words=None):
    ap = argparse.ArgumentParser(prog="bench accuracy", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("model", nargs="?", type=os.path.abspath, help="a model folder instead of the shipped one")
    ap.add_argument("--sets", help="keys by comma; all without it")
    ap.add_argument("--panels", default=",".join(PANELS), help="of %(default)s")
    ap.add_argument("--no-peers", action="store_true", help="run no peer; what is kept of them is shown")
    ap.add_argument("--calls", type=os.path.abspath, help="keep haploom's calls here, as SET.PANEL.vcf.gz")
    ap.add_argument("--json", help="write the figures here too")
    ap.add_argument("--check", action="store_true", help="exit 1 where a required figure is missed")
    o = ap.parse_args(words)
    o.panels = o.panels.split(",")
    for p in o.panels:
        if p not in PANELS:
            ap.error(f"no panel '{p}': {', '.join(PANELS)}")
    return o


def chosen_sets(o, work):
    sets = all_sets(work)
    if not o.sets:
        return sets
    by_key = {s.key: s for s in sets}
    for key in o.sets.split(","):
        if key not in by_key:
            sys.exit(f"bench accuracy: no set '{key}': {', '.join(by_key)}")
    return [by_key[key] for key in o.sets.split(",")]


def say(text):
    print(text, file=sys.stderr, flush=True)


def peers_of(s, o, absent):
    """{name: Errors} of the peers that may run or have run."""
    out = {}
    for name, peer in PEERS.items():
        kept = (s.place / "peers" / f"{name}.vcf.gz").exists()
        if kept or not (o.no_peers or name in absent):
            if not kept:
                say(f"{s.key}: {peer.title}")
            out[name] = judged_once(s, peer_calls(name, s))
    return out


def ours_of(s, o, calls, store):
    out = {}
    for panel in o.panels:
        if possible(s, panel):
            say(f"{s.key}: haploom {PANELS[panel]}")
            vcf = haploom_calls(s, gbz_of(s, panel), f"{calls}/{s.key}.{panel}.vcf.gz", store, o.model)
            out[f"haploom.{panel}"] = judged(s, vcf)
    return out


def main():
    o = options()
    if not SHARED.is_dir():
        sys.exit("bench accuracy: no shared data beside the checkout")
    work = pathlib.Path(os.environ.get("HAPLOOM_BENCH_DIR") or ROOT / "build/bench").resolve()
    work.mkdir(parents=True, exist_ok=True)
    sets = chosen_sets(o, work)
    absent = {name: peer.absent() for name, peer in PEERS.items() if peer.absent()}
    simulate(sets, work)
    results = {}
    with tempfile.TemporaryDirectory() as t:
        calls = o.calls or t
        os.makedirs(calls, exist_ok=True)
        for s in sets:
            set_out_reference(s)
            results[s.key] = ours_of(s, o, calls, t) | peers_of(s, o, absent)
    unseen = {PEERS[name].title: why for name, why in absent.items() if not any(name in of_set for of_set in results.values())}
    print(report.text(sets, results, unseen))
    if o.json:
        figures = {key: {caller: dataclasses.asdict(e) for caller, e in of_set.items()} for key, of_set in results.items()}
        pathlib.Path(o.json).write_text(json.dumps(figures, indent=1) + "\n")
    return 1 if o.check and any(v.held is False for v in verdicts(results)) else 0


if __name__ == "__main__":
    sys.exit(main())
