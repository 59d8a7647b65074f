#!/usr/bin/env python3
"""CPU-seconds per Mb of haploom and of bcftools on the same reads, side by side, and where haploom's go.

Data: shared/data/sim_demo and the real HG002 window where the shared data is there, else the demo's.
usage: call.py [ROUNDS]   (each round runs all programs once, alternating; the least of the rounds is shown)
"""
import json
import os
import pathlib
import resource
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
# CPU-s/Mb that each stage may cost in the end (docs/budget.md)
BUDGET = {"read decode": 0.25, "realign": 1.3, "normalise, count, candidates": 0.6, "haplotypes": 0.2, "evidence": 0.1, "panel prior": 0.5, "tensors": 0.3, "network": 1.2,
          "genotypes": 0.1, "VCF": 0.1}


def cpu_seconds(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(["bash", "-c", "set -o pipefail; " + command], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def data_sets(scratch):
    shared = pathlib.Path(os.environ.get("HAPLOOM_SHARED") or ROOT.parent / "shared") / "data"
    if shared.is_dir():
        for name in ("msprime_grch38_200kb", "real1kg_NA12878_grch37_200kb"):
            d = shared / "sim_demo" / name
            contig, length = (d / "ref.fa.fai").read_text().split("\t")[:2]
            yield name, d / "ref.fa", d / "reads.cram", d / "panel.gbz", f"{contig}:1-{length}", int(length) / 1e6
        real = shared / "real"
        yield ("HG002 30x window", real / "ref/hs37d5.chr20.fa.gz",
               real / "reads/HG002_NIST_150bp_downsampled_30x.chr20.10_10p1mb.bam",
               real / "pangenome/for_HG002_window.NA12878haps.GRCh37_20.gbz", "20:10000001-10100000", 0.1)
    else:
        d = ROOT / "demo"
        if not (d / "panel.gbz").exists():
            sys.exit("bench call: no data: run ./run demo first")
        contig, length = (d / "ref.fa.fai").read_text().split("\t")[:2]
        yield "demo", d / "ref.fa", d / "reads.bam", d / "panel.gbz", f"{contig}:1-{length}", int(length) / 1e6


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    with tempfile.TemporaryDirectory() as scratch:
        for name, ref, reads, gbz, region, mb in data_sets(scratch):
            report = f"{scratch}/report.json"
            ours = (f"haploom call --ref {ref} --reads {reads} --pangenome {gbz} --regions {region} --gbz_store_dir {scratch} "
                    f"--output_vcf {scratch}/o.vcf.gz --report {report}")
            theirs = f"bcftools mpileup -f {ref} -r {region} {reads} | bcftools call -mv -Oz -o {scratch}/b.vcf.gz"
            mine, other, stages = 1e9, 1e9, {}
            for _ in range(rounds):
                other = min(other, cpu_seconds(theirs))
                used = cpu_seconds(ours)
                if used < mine:
                    mine, stages = used, json.load(open(report))
            print(f"\n{name} ({mb:g} Mb, {rounds} rounds, least CPU of each)")
            print(f"  haploom {mine / mb:8.2f} CPU-s/Mb   bcftools mpileup|call {other / mb:8.2f} CPU-s/Mb   ratio {mine / other:.2f}")
            print(f"  sites {stages['sites']}, peak memory {stages['peak_memory_bytes'] / 1e6:.0f} MB")
            spent = {stage: s for stage, s in stages["stage_cpu_seconds"].items() if stage != "other"}
            print(f"  {'stage':<32}{'CPU-s/Mb':>10}{'budget':>10}")
            for stage, seconds in spent.items():
                print(f"  {stage:<32}{seconds / mb:>10.2f}{BUDGET.get(stage, 0):>10.2f}")
            print(f"  {'start-up, attach, the rest':<32}{(mine - sum(spent.values())) / mb:>10.2f}{0:>10.2f}")


if __name__ == "__main__":
    main()
