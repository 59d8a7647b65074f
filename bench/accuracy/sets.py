"""What callers are measured on: real windows, the shared demo simulations, the simulated suite of bench/hard_sets.json.

Every set has a folder of its own under the work folder, with a plain ref.fa, its index and its dictionary, as freebayes and GATK
want them. Simulated sets are made once; their folder bears a hash of their declaration, so that another one is another set.
"""
import dataclasses
import hashlib
import json
import os
import pathlib
import subprocess
import sys

from train.make_sets import expand, make, prepare

ROOT = pathlib.Path(__file__).resolve().parents[2]
SHARED = pathlib.Path(os.environ.get("HAPLOOM_SHARED") or ROOT.parent / "shared")
REAL, DEMO = SHARED / "data/real", SHARED / "data/sim_demo"
HARD = ROOT / "bench/hard_sets.json"


@dataclasses.dataclass
class Set:
    key: str
    title: str
    kind: str  # real, demo, hard
    place: pathlib.Path
    source: pathlib.Path  # the reference as it was given
    reads: pathlib.Path
    truth: pathlib.Path
    bed: pathlib.Path
    region: str  # 1-based, closed
    gbz: pathlib.Path | None = None
    declared: dict | None = None  # of a simulated set: what make_sets.expand says

    @property
    def ref(self):
        return self.place / "ref.fa"


def run(command):
    done = subprocess.run(["bash", "-c", "set -o pipefail; " + command], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"bench accuracy: failed ({done.returncode}): {command}\n{done.stderr[-3000:]}")
    return done.stdout


def real(key, title, work, ref, reads, gbz, truth, bed, region):
    return Set(key, title, "real", work / key, REAL / "ref" / ref, REAL / "reads" / reads, REAL / "truth" / truth,
               REAL / "truth" / bed, region, REAL / "pangenome" / gbz)


def real_windows(work):
    return [real("hg002", "HG002 30x, GRCh37 20:10.0-10.1 Mb", work, "hs37d5.chr20.fa.gz",
                 "HG002_NIST_150bp_downsampled_30x.chr20.10_10p1mb.bam", "for_HG002_window.NA12878haps.GRCh37_20.gbz",
                 "HG002_v4.2.1.lifted_hg19_20_9.995-10.12Mb.vcf.gz", "HG002_v4.2.1.lifted_hg19_20_9.995-10.12Mb.bed",
                 "20:10000001-10100000"),
            real("na12878", "NA12878 52x, hg19 chr20:10.0-10.1 Mb", work, "ucsc.hg19.chr20.unittest.fasta.gz",
                 "NA12878_S1.chr20.10_10p1mb.bam", "for_NA12878_window.HG002haps.GRCh37_chr20.gbz",
                 "HG001_v3.3.2.hg19_chr20_9.995-10.11Mb.vcf.gz", "HG002_v4.2.1.lifted_hg19_chr20_9.995-10.12Mb.bed",
                 "chr20:10000001-10100000")]


def demo(key, title, work, name):
    d = DEMO / name
    contig, length = (d / "ref.fa.fai").read_text().split("\t")[:2]
    return Set(key, title, "demo", work / key, d / "ref.fa", d / "reads.cram", d / "truth.vcf.gz", d / "confident.bed",
               f"{contig}:1-{length}", d / "panel.gbz")


def demo_sets(work):
    return [demo("demo_msprime", "30x, msprime donor, 44 haplotypes", work, "msprime_grch38_200kb"),
            demo("demo_1kg", "30x, NA12878's haplotypes, 88 haplotypes", work, "real1kg_NA12878_grch37_200kb")]


def simulated(one, place):
    contig, span = one["region"].split(":")
    start, end = map(int, span.split("-"))
    region = f"{contig}:{start + 1}-{end}" if one.get("full-coords") else f"{contig}:1-{end - start}"
    return Set(one["group"], one["title"], "hard", place, place / "ref.fa", place / "reads.bam", place / "truth.vcf.gz",
               place / "confident.bed", region, None, one)


def folder_name(one):
    """GROUP-HASH: the hash of all that makes the set."""
    text = json.dumps({k: v for k, v in one.items() if k != "title"}, sort_keys=True)
    return f"{one['group']}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def hard_sets(work):
    """A group is one set."""
    with open(HARD) as f:
        spec = json.load(f)
    return [simulated({**one, "name": folder_name(one)}, work / folder_name(one)) for one in expand(spec)]


def all_sets(work):
    return real_windows(work) + demo_sets(work) + hard_sets(work)


def simulate(chosen, work):
    """Makes the simulated sets among the chosen, those that are whole left alone."""
    wanted = [s for s in chosen if s.declared and not (s.place / "manifest.json").exists()]
    if not wanted:
        return
    with open(HARD) as f:
        prepare(json.load(f), str(REAL), str(work))
    for s in wanted:
        print(f"simulating {s.key}: {s.title}", file=sys.stderr, flush=True)
        _, what = make(s.declared, str(REAL), str(work), [sys.executable, "-m", "train.simulate"])
        if "FAILED" in what:
            sys.exit(f"bench accuracy: {s.key}: {what}")


def set_out_reference(s):
    """ref.fa, ref.fa.fai and ref.dict in the set's folder."""
    s.place.mkdir(parents=True, exist_ok=True)
    if not (s.place / "ref.dict").exists():
        if s.source != s.ref:
            run(f"bgzip -dc {s.source} > {s.ref}" if s.source.suffix == ".gz" else f"cp {s.source} {s.ref}")
        run(f"samtools faidx {s.ref} && samtools dict {s.ref} -o {s.place}/part.dict && mv {s.place}/part.dict {s.place}/ref.dict")
