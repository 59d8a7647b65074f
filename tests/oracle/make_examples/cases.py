"""Golden cases of the made-up data, and what the oracle says about them as lines of JSON.

  PYTHONPATH=tests python -m oracle.make_examples.cases            compares tests/golden/make_examples with the oracle
  PYTHONPATH=tests python -m oracle.make_examples.cases --update   rewrites it; a person reads the diff
"""
import argparse
import dataclasses
import hashlib
import json
import pathlib
import sys
import tempfile

import pysam

from . import chance, images, pangenome, partition, reads, tiny_data

GOLDEN = pathlib.Path(__file__).resolve().parents[2] / "golden/make_examples"
DATA = dict(seed=8, length=4000)  # of the committed cases


@dataclasses.dataclass
class Case:
    name: str
    options: partition.Options
    flags: list  # of our programs, for the same
    with_panel: bool = False
    training: bool = False  # with a truth that knows no variant
    files: tuple = ("realigned", "candidates", "images", "reference_records")  # of the golden


def case(name, flags, with_panel=False, training=False, files=Case.files, **options):
    options = partition.Options(sample=tiny_data.SAMPLE, **options)
    return Case(name, options, ["--channel_list", ",".join(options.channels), *flags], with_panel, training, files)


WGS_FLAGS = ["--keep_legacy_allele_counter_behavior", "--keep_only_window_spanning_haplotypes", "--keep_supplementary_alignments",
             "--min_mapping_quality", "0", "--normalize_reads", "--sample_name_pangenome", "hprc_v1.1", "--sort_by_haplotypes",
             "--trim_reads_for_pileup"]
CASES = [
    case("plain", []),
    case("haplotype_channel", ["--sort_by_haplotypes", "--normalize_reads", "--max_reads_per_partition", "150", "--partition_size", "700"],
         files=("realigned", "candidates", "images"), channels=(*images.WGS, "haplotype"), sort_by_haplotypes=True, normalize_reads=True, max_reads=150, partition_size=700),
    case("downsampled", ["--downsample_fraction", "0.55"], files=("realigned", "candidates", "images"), downsample_fraction=0.55),
    case("reference_sites", ["--training_random_emit_ref_sites", "0.01"], training=True, files=("candidates", "images"), reference_sites=0.01),
    case("pangenome", WGS_FLAGS, with_panel=True, **partition.PANGENOME_WGS),
]


def results(case_, folder):
    """[(reads after the filter, Result)] of every partition of the data in a folder (tiny_data.make)."""
    with pysam.FastaFile(str(folder / "reference.fa")) as fasta:
        reference = reads.Reference(fasta.fetch(tiny_data.CONTIG))
    graph = pangenome.Graph((folder / "panel.gfa").read_text()) if case_.with_panel else None
    options = case_.options
    keep = chance.keeper(options.downsample_fraction, chance.READ_SEED) if options.downsample_fraction else None
    keep_site = chance.keeper(options.reference_sites, chance.SITE_SEED) if options.reference_sites else None
    for start, end in partition.partitions(0, reference.length, options.partition_size):
        fetched = reads.fetch(str(folder / "reads.bam"), tiny_data.CONTIG, start, end, options.min_mapq, options.keep_supplementary)
        fetched = list(filter(keep, fetched))
        panel = pangenome.haplotypes(graph, tiny_data.REFERENCE_SAMPLE, tiny_data.CONTIG, start, end) if graph else None
        yield fetched, partition.run(fetched, reference, tiny_data.CONTIG, start, end, options, panel, keep_site)


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def support_text(row):
    """name/number, strand, MAPQ, base quality, whether of low quality: r12/0+60,31"""
    key, is_low, mapq, quality, reverse, _ = row
    return f"{key}{'-' if reverse else '+'}{mapq},{quality}{' low' if is_low else ''}"


def candidate_row(contig, start, ref, alts, depth, counts, support, fractions):
    """support: {alt: [(key, low, mapq, quality, reverse, sample)]}; fractions: {position: percent}"""
    rows = {alt: {} for alt in support}
    for alt, supporters in support.items():
        for row in sorted(supporters):
            rows[alt].setdefault(row[5], []).append(support_text(row))
    return {"contig": contig, "start": start, "ref": ref, "alts": alts, "DP": depth, "AD": counts,
            "support": {alt: dict(sorted(rows[alt].items())) for alt in sorted(rows)},
            "percent_others": [min(fractions), [fractions[at] for at in sorted(fractions)]]}


def image_row(start, ref, alts, indices, image):
    return {"start": start, "ref": ref, "alts": alts, "indices": indices, "shape": list(image.shape), "sha256": sha256(image.tobytes())}


def record_row(record):
    return [record["start"], record["end"], record["ref"], record["gt"], record["GQ"], record["MIN_DP"],
            [float(f"{x:.5g}") for x in record["gl"]]]


def realigned_row(fetched, result):
    before = {}
    for read in fetched:
        before.setdefault(read.key, set()).add((read.start, tuple(read.cigar)))
    return {"start": result.start, "end": result.end, "reads": len(fetched), "kept": len(result.reads),
            "order_sha256": sha256(" ".join(read.key for read in result.reads).encode()),
            "windows": [{"start": start, "end": end, "k": k, "haplotypes": haplotypes} for start, end, k, haplotypes in result.windows],
            "moved": [f"{read.key} {read.start} {reads.cigar_text(read.cigar)}" for read in result.reads
                      if (read.start, tuple(read.cigar)) not in before[read.key]]}


def rows(pairs):
    """File of a case -> its lines, out of results()."""
    out = {"realigned": [], "candidates": [], "images": [], "reference_records": []}
    for fetched, result in pairs:
        out["realigned"].append(realigned_row(fetched, result))
        out["candidates"] += [candidate_row(one.contig, one.start, one.ref, one.alts, one.depth, one.counts, one.support, one.fractions)
                              for one in result.candidates]
        out["images"] += [image_row(one.start, one.ref, one.alts, indices, image) for one, indices, image in result.images]
        out["reference_records"] += map(record_row, result.reference_records)
    return out


def inputs_row(folder):
    """Digests of the data: a change of the maker shows here before it shows as a hundred other images."""
    with pysam.AlignmentFile(str(folder / "reads.bam")) as file:
        text = "\n".join(record.to_string() for record in file)
    return {"reference": sha256((folder / "reference.fa").read_bytes()), "reads": sha256(text.encode()),
            "panel": sha256((folder / "panel.gfa").read_bytes())}


def golden_rows(name, file):
    return [json.loads(line) for line in (GOLDEN / name / f"{file}.jsonl").read_text().splitlines()]


def contents(case_, folder):
    """Golden file -> its text."""
    lines = rows(results(case_, folder))
    out = {f"{file}.jsonl": "".join(json.dumps(row) + "\n" for row in lines[file]) for file in case_.files}
    program = "make_examples_pangenome_aware_dv --pangenome panel.gbz" if case_.with_panel else "make_examples"
    mode = "training --truth_variants empty.vcf.gz --confident_regions all.bed" if case_.training else "calling"
    outputs = "--examples x.tfrecord.gz --candidates c.tfrecord.gz" + ("" if case_.training else " --gvcf g.tfrecord.gz")
    out["command"] = " ".join([program, f"--mode {mode} --ref reference.fa --reads reads.bam", "--regions", tiny_data.CONTIG,
                               outputs, *case_.flags]) + "\n"
    return out


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--update", action="store_true", help="rewrite tests/golden/make_examples")
    update, other = parser.parse_args().update, []
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        tiny_data.make(folder, **DATA)
        texts = {GOLDEN / "inputs.json": json.dumps({**DATA, **inputs_row(folder)}) + "\n"}
        for case_ in CASES:
            texts |= {GOLDEN / case_.name / file: text for file, text in contents(case_, folder).items()}
    for path, text in texts.items():
        if not path.exists() or path.read_text() != text:
            other.append(path)
            if update:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
    for path in other:
        print(("rewritten: " if update else "differs: ") + str(path))
    return 1 if other and not update else 0


if __name__ == "__main__":
    sys.exit(main())
