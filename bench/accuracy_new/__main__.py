#!/usr/bin/env python3
"""Errors of haploom (with the pangenome, and with the pangenome block empty) and of bcftools (QUAL >= 20) on two real windows
of chr20 and two simulated sets. One table, FN/FP and F1 by SNP and INDEL.

No network here was trained on variants or reads of these regions. But the error statistics of the training's simulator were
learnt from reads of the two real windows, and HG001 = NA12878 and HG002 are training donors in other regions (train/sets.json).

The judge is the shared compare_calls.py (haplotype-aware, GIAB's kind of counting).
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
SHARED = pathlib.Path(os.environ.get("HAPLOOM_SHARED") or ROOT.parent / "shared")
REAL, SIM = SHARED / "data/real", SHARED / "data/sim_demo"


def real(name, ref, reads, gbz, truth, bed, region):
    return dict(name=name, ref=REAL / "ref" / ref, reads=REAL / "reads" / reads, gbz=REAL / "pangenome" / gbz,
                truth=REAL / "truth" / truth, bed=REAL / "truth" / bed, region=region)


def simulated(name):
    d = SIM / name
    contig, length = (d / "ref.fa.fai").read_text().split("\t")[:2]
    return dict(name=name, ref=d / "ref.fa", reads=d / "reads.cram", gbz=d / "panel.gbz", truth=d / "truth.vcf.gz",
                bed=d / "confident.bed", region=f"{contig}:1-{length}")


def sets():
    yield real("HG002 30x, GRCh37 20:10.0-10.1 Mb", "hs37d5.chr20.fa.gz", "HG002_NIST_150bp_downsampled_30x.chr20.10_10p1mb.bam",
               "for_HG002_window.NA12878haps.GRCh37_20.gbz", "HG002_v4.2.1.lifted_hg19_20_9.995-10.12Mb.vcf.gz",
               "HG002_v4.2.1.lifted_hg19_20_9.995-10.12Mb.bed", "20:10000001-10100000")
    yield real("NA12878 52x, hg19 chr20:10.0-10.1 Mb", "ucsc.hg19.chr20.unittest.fasta.gz", "NA12878_S1.chr20.10_10p1mb.bam",
               "for_NA12878_window.HG002haps.GRCh37_chr20.gbz", "HG001_v3.3.2.hg19_chr20_9.995-10.11Mb.vcf.gz",
               "HG002_v4.2.1.lifted_hg19_chr20_9.995-10.12Mb.bed", "chr20:10000001-10100000")
    for name in ("msprime_grch38_200kb", "real1kg_NA12878_grch37_200kb"):
        yield simulated(name)


def shell(command):
    done = subprocess.run(["bash", "-c", "set -o pipefail; " + command], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{command}\n{done.stderr}")


def judged(s, calls):
    out = subprocess.run([sys.executable, SHARED / "tools/compare_calls.py", "--ref", s["ref"], "--truth", s["truth"],
                          "--query", calls, "--bed", s["bed"], "--region", s["region"]], capture_output=True, text=True)
    if out.returncode:
        sys.exit(out.stderr)
    return json.loads(out.stdout)


def main():
    if not SHARED.is_dir():
        sys.exit("bench accuracy: no shared data beside the checkout")
    model = f"--customized_model {sys.argv[1]}" if len(sys.argv) > 1 else ""
    print(f"{'set':<38}{'caller':<24}{'SNP FN/FP':>11}{'F1':>8}{'recall':>8}{'INDEL FN/FP':>13}{'F1':>8}{'recall':>8}")
    with tempfile.TemporaryDirectory() as t:
        for s in sets():
            ours = f"haploom call --ref {s['ref']} --reads {s['reads']} --regions {s['region']} --gbz_store_dir {t} {model}"
            callers = {
                "haploom": (f"{ours} --pangenome {s['gbz']} --output_vcf {t}/a.vcf.gz", "a.vcf.gz"),
                "haploom, no pangenome": (f"{ours} --output_vcf {t}/b.vcf.gz", "b.vcf.gz"),
                "bcftools QUAL>=20": (f"bcftools mpileup -f {s['ref']} -r {s['region']} {s['reads']} | bcftools call -mv | "
                                      f"bcftools view -i 'QUAL>=20' -Oz -o {t}/c.vcf.gz", "c.vcf.gz"),
            }
            for caller, (command, vcf) in callers.items():
                shell(command)
                result = judged(s, f"{t}/{vcf}")
                cells = ""
                for kind, width in (("SNP", 11), ("INDEL", 13)):
                    r = {k.lower(): v for k, v in result[kind].items()}
                    cells += f"{str(r['fn']) + '/' + str(r['fp']):>{width}}{r['f1']:>8.4f}{r['recall']:>8.4f}"
                print(f"{s['name']:<38}{caller:<24}{cells}", flush=True)


if __name__ == "__main__":
    main()
