"""make_examples against a slow one in Python (tests/oracle/make_examples): on committed cases, on random data, on DeepVariant's goldens.

The committed cases are made-up data out of a seed; `PYTHONPATH=tests python -m oracle.make_examples.cases --update` rewrites them.
"""
import collections
import gzip
import hashlib
import json
import os
import shutil

import pysam
import pytest

from oracle.make_examples import cases, chance, pangenome, partition, reads, tiny_data
from programs import BIN, run

SEEDS = range(100, 100 + int(os.environ.get("HAPLOOM_ORACLE_SEEDS", 4)))


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    """The data of a seed, made once, with its graph where haploom can build one."""
    made = {}

    def of(**arguments):
        key = tuple(sorted(arguments.items()))
        if key not in made:
            folder = made[key] = tmp_path_factory.mktemp("tiny")
            tiny_data.make(folder, **arguments)
        return made[key]
    return of


# ---- the committed cases

def test_the_made_up_data_is_what_it_was(tiny):
    golden = json.loads((cases.GOLDEN / "inputs.json").read_text())
    assert {**cases.DATA, **cases.inputs_row(tiny(**cases.DATA))} == golden


@pytest.mark.parametrize("case", cases.CASES, ids=lambda case: case.name)
def test_the_oracle_says_what_it_said(case, tiny):
    for file, text in cases.contents(case, tiny(**cases.DATA)).items():
        assert text == (cases.GOLDEN / case.name / file).read_text(), f"{case.name}/{file}"


def program_of(case):
    name = "make_examples_pangenome_aware_dv" if case.with_panel else "make_examples"
    if not (BIN / name).exists() and not shutil.which(name):
        pytest.skip(f"no program {name} yet")
    return name


def mode_words(case, folder, scratch):
    if not case.training:
        return ["--mode", "calling"]
    with pysam.FastaFile(str(folder / "reference.fa")) as fasta:
        (scratch / "all.bed").write_text(f"{tiny_data.CONTIG}\t0\t{fasta.get_reference_length(tiny_data.CONTIG)}\n")
    (scratch / "empty.vcf").write_text(f"##fileformat=VCFv4.2\n##contig=<ID={tiny_data.CONTIG}>\n##FORMAT=<ID=GT,Number=1,Type=String,"
                                       "Description=\"x\">\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\ts\n")
    pysam.tabix_index(str(scratch / "empty.vcf"), preset="vcf", force=True)
    return ["--mode", "training", "--truth_variants", scratch / "empty.vcf.gz", "--confident_regions", scratch / "all.bed"]


def made_by_haploom(case, folder, scratch):
    """What the program says, in the golden's rows; images by (start, indices) too."""
    records = pytest.importorskip("dv_records", reason="no decoder of records yet")
    words = [program_of(case), *mode_words(case, folder, scratch), "--ref", folder / "reference.fa", "--reads", folder / "reads.bam",
             "--regions", tiny_data.CONTIG, *case.flags]
    if case.with_panel:
        run("haploom", "gbz", "build", folder / "panel.gfa", "-o", scratch / "panel.gbz")
        words += ["--pangenome", scratch / "panel.gbz"]
    outputs = {kind: scratch / f"{kind}.tfrecord.gz" for kind in ("examples", "candidates", "gvcf")[:2 if case.training else 3]}
    run(*words, *[word for kind, path in outputs.items() for word in (f"--{kind}", path)])
    candidates = records.decoded([outputs["candidates"]], records.candidate)
    examples = records.decoded([outputs["examples"]], records.example)
    pixels = {(one["variant/encoded"]["start"], tuple(one["alt_allele_indices/encoded"])): one["image/encoded"] for one in examples}
    rows = {"candidates": list(map(candidate_row, candidates)), "images": list(map(image_row, examples))}
    if not case.training:
        rows["reference_records"] = [reference_row(block) for block in records.decoded([outputs["gvcf"]], records.variant)]
    return pixels, rows


def candidate_row(record):
    site, info = record["variant"], record["variant"]["calls"][0]["info"]
    counts = info.get("AD", [])
    assert info.get("VAF", []) == [count / info["DP"][0] for count in counts[1:]] and ("AD" in info) == (site["alts"] != ["."])
    return cases.candidate_row(site["chrom"], site["start"], site["ref"], site["alts"], info["DP"][0], counts,
                               record["allele_support_ext"], record["allele_frequency_at_position"])


def image_row(example):
    site = example["variant/encoded"]
    return {"start": site["start"], "ref": site["ref"], "alts": site["alts"], "indices": example["alt_allele_indices/encoded"],
            "shape": example["image/shape"], "sha256": cases.sha256(example["image/encoded"])}


def reference_row(block):
    call = block["calls"][0]
    assert block["alts"] == ["<*>"]
    return cases.record_row({**block, "gt": call["genotype"], "GQ": call["info"]["GQ"][0], "MIN_DP": call["info"]["MIN_DP"][0],
                             "gl": call["likelihoods"]})


def first_difference(got, want, shape, channels):
    rows, width, depth = shape
    if len(got) != rows * width * depth:
        return f"{len(got)} bytes"
    wrong = [i for i, (a, b) in enumerate(zip(got, want)) if a != b]
    at = wrong[0]
    return (f"{len(wrong)} pixels, first row {at // (width * depth)} column {at // depth % width} channel {channels[at % depth]}: "
            f"{got[at]} instead of {want[at]}; rows {sorted({i // (width * depth) for i in wrong})[:12]}")


def differences(case, got, pixels, want, drawn):
    """Words about every row of `got` that is not as in `want`; `drawn`: the oracle's images by (start, indices)."""
    out = []
    for file, lines in got.items():
        key = (lambda row: (row[0], row[1])) if file == "reference_records" else lambda row: (row["start"], tuple(row.get("indices", ())))
        ours, theirs = {key(row): row for row in lines}, {key(row): row for row in want[file]}
        for place in sorted(ours.keys() | theirs.keys()):
            one, other = ours.get(place), theirs.get(place)
            if one == other:
                continue
            if one is None or other is None:
                out.append(f"{file} {place}: {'missing' if one is None else 'too many'}")
            elif file == "images" and one["sha256"] != other["sha256"] and place in drawn:
                image = drawn[place]
                out.append(f"image {place}: {first_difference(pixels[place], image.tobytes(), image.shape, case.options.channels)}")
            elif file == "candidates":
                out += [f"candidate {place} {field}: {one[field]} instead of {other[field]}" for field in one if one[field] != other[field]]
            else:
                out.append(f"{file} {place}: {one} instead of {other}")
        if not out and lines != want[file]:
            out.append(f"{file}: other order")
    return out


@pytest.mark.parametrize("case", cases.CASES, ids=lambda case: case.name)
def test_haploom_says_what_the_oracle_said(case, tiny, tmp_path):
    folder = tiny(**cases.DATA)
    pixels, got = made_by_haploom(case, folder, tmp_path)
    got = {file: rows for file, rows in got.items() if file in case.files}
    want = {file: cases.golden_rows(case.name, file) for file in got}
    if got == want:
        return
    drawn = {(one.start, tuple(indices)): image for _, result in cases.results(case, folder) for one, indices, image in result.images}
    wrong = differences(case, got, pixels, want, drawn)
    pytest.fail(f"{len(wrong)} differences:\n" + "\n".join(wrong[:20]))


@pytest.mark.parametrize("case", cases.CASES, ids=lambda case: case.name)
@pytest.mark.parametrize("seed", SEEDS)
def test_haploom_and_the_oracle_agree_on_random_data(case, seed, tiny, tmp_path):
    program_of(case)
    folder = tiny(seed=seed, length=1700, depth=16, deep=seed % 3 == 0, error_rate=0.01)
    pairs = list(cases.results(case, folder))
    want = cases.rows(pairs)
    pixels, got = made_by_haploom(case, folder, tmp_path)
    drawn = {(one.start, tuple(indices)): image for _, result in pairs for one, indices, image in result.images}
    wrong = differences(case, got, pixels, want, drawn)
    assert not wrong, f"seed {seed}: {len(wrong)} differences:\n" + "\n".join(wrong[:20])


# ---- the oracle itself against DeepVariant 1.9

def test_the_oracles_chances_are_those_of_the_cpp_standard():
    words = chance.words(5489)
    assert [next(words) for _ in range(10000)][-1] == 9981545732273789042  # rand.predef


CHR20, FIRST, LAST = "chr20", 9999999, 10010000
SLOW = 4  # this partition has windows of 96 and 48 haplotypes: half a minute
PARTITIONS = partition.partitions(FIRST, LAST, 1000)


class Goldens:
    def __init__(self, folder):
        self.folder = folder
        inputs = folder / "inputs"
        with pysam.FastaFile(str(inputs / "ucsc.hg19.chr20.unittest.fasta.gz")) as fasta:
            bases = fasta.fetch(CHR20, FIRST - 10000, LAST + 10000)
            self.reference = reads.Window(bases, FIRST - 10000, fasta.get_reference_length(CHR20))
        self.bam = str(inputs / "NA12878_S1.chr20.10_10p1mb.bam")

    def lines(self, name):
        path = self.folder / name
        with gzip.open(path, "rt") if path.suffix == ".gz" else open(path) as file:
            return [json.loads(line) for line in file]

    def fetch(self, start, end, options):
        return reads.fetch(self.bam, CHR20, start, end, options.min_mapq, options.keep_supplementary)

    def run(self, numbers, options, panels=None):
        out = []
        for number in numbers:
            start, end = PARTITIONS[number]
            panel = None if panels is None else panels[start]
            out.append(partition.run(self.fetch(start, end, options), self.reference, CHR20, start, end, options, panel))
        return out


@pytest.fixture(scope="module")
def deepvariant(dv_goldens):
    return Goldens(dv_goldens)


@pytest.fixture(scope="module")
def calling(deepvariant):
    """All partitions but the slow one, as upstream's calling run had them."""
    numbers = [number for number in range(len(PARTITIONS)) if number != SLOW]
    return deepvariant.run(numbers, partition.Options(sample="NA12878"))


def within(rows, results, place):
    return [row for row in rows if any(result.start <= place(row) < result.end for result in results)]


def test_the_oracle_moves_reads_as_deepvariant(deepvariant, calling):
    by_start = {row["partition_start"]: row for row in deepvariant.lines("derived/realigner_calling.jsonl")}
    options, moved = partition.Options(), 0
    for result in calling:
        golden, fetched = by_start[result.start], deepvariant.fetch(result.start, result.end, options)
        assert len(fetched) == golden["n_reads_after_filter"]
        assert result.windows == [(one["start"], one["end"], one["k"], one["haplotypes"]) for one in golden["windows"]]
        old = {read.key: (read.start, reads.cigar_text(read.cigar)) for read in fetched}
        new = {read.key: (read.start, reads.cigar_text(read.cigar)) for read in result.reads}
        assert new == {**old, **{row[0]: (row[3], row[4]) for row in golden["reads_changed"]}}
        moved += len(golden["reads_changed"])
    assert moved == 313


def test_the_oracle_counts_alleles_as_deepvariant(deepvariant, calling):
    kinds = {2: "SUB", 3: "INS", 4: "DEL", 5: "SOFT_CLIP"}
    positions = {result.start + i: position for result in calling for i, position in enumerate(result.counter.positions)}
    compared = 0
    with gzip.open(deepvariant.folder / "derived/allele_counts_calling.tsv.gz", "rt") as file:
        next(file)
        for line in file:
            at, base, references, depth, alleles = line.rstrip("\n").split("\t")
            if int(at) not in positions:
                continue
            position = positions[int(at)]
            assert (position.base, position.references, position.depth()) == (base, int(references), int(depth)), at
            counts = collections.Counter(f"{kinds[a.kind]}:{a.bases}:{'lowq' if a.is_low else 'ok'}" for a in position.alleles.values())
            assert sorted(f"{allele}:{count}" for allele, count in counts.items()) == sorted(set(alleles.split(";")) - {"."}), at
            compared += 1
    assert compared == 9001


def test_the_oracle_finds_deepvariants_candidates(deepvariant, calling):
    mine = [one for result in calling for one in result.candidates]
    golden = within(deepvariant.lines("candidates/calling_candidates.jsonl"), calling, lambda row: row["start"])
    assert len(mine) == len(golden) == 65
    for one, row in zip(mine, golden):
        info = row["calls"][0]["info"]
        assert (one.start, one.end, one.ref, one.alts) == (row["start"], row["end"], row["ref"], row["alts"])
        assert ([one.depth], one.counts, [count / one.depth for count in one.counts[1:]]) == (info["DP"], info["AD"], info["VAF"])
        assert {alt: [list(read) for read in support] for alt, support in one.support.items()} == row["allele_support_ext"]
        assert {str(at): percent for at, percent in one.fractions.items()} == row["allele_frequency_at_position"]


def assert_images(results, golden, start):
    mine = [(one.start, indices, hashlib.sha256(image.tobytes()).hexdigest()) for result in results for one, indices, image in result.images]
    assert mine == [(start(row), row["alt_allele_indices"], row["image_sha256"]) for row in within(golden, results, start)]
    return len(mine)


def test_the_oracle_draws_deepvariants_images(deepvariant, calling):
    assert assert_images(calling, deepvariant.lines("examples/calling.index.jsonl"), lambda row: row["variant"]["start"]) == 71


def test_the_oracle_normalises_as_deepvariant(deepvariant):
    """Partitions 2 and 8 hold the reads that normalisation rewrites."""
    results = deepvariant.run([2, 8], partition.Options(sample="NA12878", min_mapq=1, legacy=True, normalize_reads=True))
    assert assert_images(results, deepvariant.lines("examples/calling_with_flags.index.jsonl"), lambda row: row["variant"]["start"]) == 25


def test_the_oracle_writes_deepvariants_reference_records(deepvariant, calling):
    mine = [row for result in calling for row in result.reference_records]
    golden = within(deepvariant.lines("postprocess/gvcf_input.jsonl"), calling, lambda row: row["start"])
    assert len(mine) == len(golden)
    for one, row in zip(mine, golden):
        info, call = row["calls"][0]["info"], row["calls"][0]
        assert [one[key] for key in ("start", "end", "ref", "gt", "gl")] == [row["start"], row["end"], row["ref"], call["gt"], call["gl"]]
        assert ([one["GQ"]], [one["MIN_DP"]]) == (info["GQ"], info["MIN_DP"])


def test_the_oracle_sweeps_to_deepvariants_positions(deepvariant):
    options, out = partition.Options(), []
    for start, end in PARTITIONS:
        out += [*partition.swept(deepvariant.fetch(start, end, options), deepvariant.reference, start, end, options), -2]
    golden = json.loads((deepvariant.folder / "candidates/candidate_positions.json").read_text())
    assert out + [-1] == golden["golden.candidate_positions"]


def test_the_oracle_draws_haplotypes_above_reads(deepvariant):
    """By the rules' second source; upstream has no golden with a pangenome. The two quick ones of its five partitions."""
    panels = {}
    for row in deepvariant.lines("derived/pangenome/haplotypes.jsonl.gz"):
        panels[row["region"][1]] = [reads.Read(one["name"], 0, one["pos"], reads.cigar_of(one["cigar"]), one["seq"],
                                               [30] * len(one["seq"]), 90) for one in row["haplotypes"]]
    numbers = [number for number, (start, _) in enumerate(PARTITIONS) if start in panels and number in (0, 5)]
    results = deepvariant.run(numbers, partition.Options(sample="NA12878", **partition.PANGENOME_WGS), panels)
    assert assert_images(results, deepvariant.lines("derived/pangenome/examples.index.jsonl"), lambda row: row["start"]) == 11


def test_the_oracle_cuts_a_graph_as_haploom_does(tiny, tmp_path):
    folder = tiny(**cases.DATA)
    run("haploom", "gbz", "build", folder / "panel.gfa", "-o", tmp_path / "panel.gbz")
    graph, compared = pangenome.Graph((folder / "panel.gfa").read_text()), 0
    for start, end in partition.partitions(0, cases.DATA["length"], 1000):
        text = run("haploom", "gbz", "haplotypes", tmp_path / "panel.gbz", f"{tiny_data.CONTIG}:{start + 1}-{end}", "--format", "sam").stdout
        fields = [line.split("\t") for line in text.splitlines() if not line.startswith("@")]
        mine = pangenome.haplotypes(graph, tiny_data.REFERENCE_SAMPLE, tiny_data.CONTIG, start, end)
        assert [(row[0], int(row[3]) - 1, row[5], row[9]) for row in fields] == \
            [(one.name, one.start, reads.cigar_text(one.cigar), one.bases) for one in mine]
        compared += len(mine)
    assert compared > 20
