#!/usr/bin/env python3
"""CPU-seconds per Mb of each stage from reads to images, in `haploom call`, beside its budget and its share of the whole.

Data: NA12878 at 50x, 0.1 Mb, with two foreign haplotypes (shared/data/real); 2 Mb of GRCh38 chr20 at 30x with an msprime
donor and a panel of 88 haplotypes, made here by train.simulate from the real sequence and kept in build/bench/examples.
usage: examples.py [ROUNDS]   (the least CPU of the rounds is shown)
"""
import json
import os
import pathlib
import resource
import subprocess
import sys
import tempfile

from call import BUDGET, ROOT

AFTER_IMAGES = ("network", "genotypes", "VCF", "other")
AIM = 6.0  # CPU-s/Mb for all stages before the network at 30x with 88 haplotypes


def simulated(real, scratch):
    place = scratch / "sim_2mb_30x_88"
    if not (place / "manifest.json").exists():
        print("making 2 Mb of reads at 30x (once)", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "train.simulate", "run", "--ref", real / "ref/grch38.chr20_and_21_10M.fa.gz",
                        "--region", "chr20:6000000-8000000", "--model", real / "models/HG002_NIST_148bp.npz", "--read-len", "148",
                        "--depth", "30", "--haps", "88", "--donor-pop", "EUR", "--seed", "20260", "--threads", "2",
                        "--indel-spectrum", real / "models/indel_spectrum.HG002.json", "--out", place],
                       check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
    if not (place / "panel.gbz").exists():
        subprocess.run(["haploom", "gbz", "build", place / "panel.gfa", "-o", place / "panel.gbz"], check=True)
    return place


def data_sets(scratch):
    shared = pathlib.Path(os.environ.get("HAPLOOM_SHARED") or ROOT.parent / "shared") / "data"
    if not shared.is_dir():
        sys.exit("bench examples: needs the shared data beside the checkout")
    real = shared / "real"
    yield ("NA12878 50x window", real / "../dv_goldens/inputs/ucsc.hg19.chr20.unittest.fasta.gz", real / "reads/NA12878_S1.chr20.10_10p1mb.bam",
           real / "pangenome/for_NA12878_window.HG002haps.GRCh37_chr20.gbz", "chr20:10000001-10100000", 0.1)
    made = simulated(real, scratch)
    contig, length = (made / "ref.fa.fai").read_text().split("\t")[:2]
    yield "2 Mb simulation, 30x, 88 haplotypes", made / "ref.fa", made / "reads.bam", made / "panel.gbz", f"{contig}:1-{length}", int(length) / 1e6


def measured(ref, reads, gbz, region, folder):
    """Stages' CPU-seconds, all CPU-seconds of the process, the report."""
    report = f"{folder}/report.json"
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(["haploom", "call", "--ref", ref, "--reads", reads, "--pangenome", gbz, "--regions", region, "--gbz_store_dir", folder,
                    "--output_vcf", f"{folder}/o.vcf.gz", "--report", report], check=True, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return json.load(open(report)), after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    scratch = ROOT / "build/bench/examples"
    scratch.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for name, ref, reads, gbz, region, mb in data_sets(scratch):
            report, _ = min((measured(ref, reads, gbz, region, folder) for _ in range(rounds)), key=lambda one: one[1])
            spent = {k: s / mb for k, s in report["stage_cpu_seconds"].items() if k not in AFTER_IMAGES}
            total = sum(spent.values())
            print(f"\n{name} ({mb:g} Mb, {report['reads']} reads, {report['sites']} sites, {rounds} rounds)")
            print(f"  {'stage':<32}{'CPU-s/Mb':>10}{'share':>8}{'budget':>10}")
            for stage, seconds in spent.items():
                print(f"  {stage:<32}{seconds:>10.2f}{seconds / total:>8.0%}{BUDGET.get(stage, 0):>10.2f}")
            print(f"  {'reads to images':<32}{total:>10.2f}{1:>8.0%}{AIM:>10.2f}")


if __name__ == "__main__":
    main()
