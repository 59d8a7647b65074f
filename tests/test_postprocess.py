"""postprocess_variants: upstream's own files come out line for line, and small ones of ours say each rule by itself."""
import gzip
import json
import math
import random
import re

import pytest
import tf_records
import vcf_check
from programs import run

CONTIGS = {"chr1": 30_000, "chr2": 20_000, "chrX": 10_000}


@pytest.fixture(scope="module")
def ref(tmp_path_factory):
    path = tmp_path_factory.mktemp("ref") / "ref.fa"
    bases = random.Random(5)
    with open(path, "w") as out:
        for name, length in CONTIGS.items():
            out.write(f">{name}\n{''.join(bases.choices('ACGT', k=length))}\n")
    run("samtools", "faidx", path)
    return path


def bases(ref, contig, start, end):
    text = run("samtools", "faidx", ref, f"{contig}:{start + 1}-{end}").stdout
    return "".join(text.split("\n")[1:])


class Job:
    """One run: write inputs, run with flags, look at the outputs."""

    def __init__(self, folder, ref):
        self.folder, self.ref = folder, ref

    def outputs(self, records, name="cvo-00000-of-00001.tfrecord.gz"):
        return tf_records.write(self.folder / name, records)

    def run(self, *flags, vcf="out.vcf", infile="cvo.tfrecord.gz", ok=True, ref=None):
        return run("postprocess_variants", "--ref", ref or self.ref, "--infile", self.folder / infile, "--outfile", self.folder / vcf,
                   "--cpus", "2", *flags, ok=ok)

    def lines(self, name="out.vcf"):
        return [line for line in vcf_check.lines(self.folder / name) if not line.startswith("#")]

    def header(self, name="out.vcf"):
        return [line for line in vcf_check.lines(self.folder / name) if line.startswith("#")]


@pytest.fixture
def job(tmp_path, ref):
    return Job(tmp_path, ref)


def snp(start=1000, contig="chr1", ref="A", alts=("C",), depths=(15, 15), answers=None, **more):
    return tf_records.outputs(tf_records.site(contig, start, ref, alts, depths, **more), answers or {(0,): [0.001, 0.998, 0.001]})


TWO_ALTS = {(0,): [0.001, 0.998, 0.001], (1,): [0.001, 0.998, 0.001], (0, 1): [0.001, 0.001, 0.998]}


# ---- upstream's files

SITE = "golden.postprocess_single_site_input.tfrecord.gz"
BLOCKS = "golden.postprocess_gvcf_input.tfrecord.gz"
EMPTY = "golden.postprocess_empty_input.tfrecord.gz"
IMPORTER = "golden.vcf_candidate_importer_postprocess_single_site_input.tfrecord.gz"
# name, --infile, reference records, flags, golden VCF, golden gVCF
UPSTREAM = [
    ("plain", SITE, None, [], "golden.postprocess_single_site_output.vcf", None),
    ("gvcf", SITE, BLOCKS, [], "golden.postprocess_single_site_output.vcf", "golden.postprocess_gvcf_output.g.vcf"),
    ("gvcf, records in shards", SITE, BLOCKS + "@3", [], "golden.postprocess_single_site_output.vcf", "golden.postprocess_gvcf_output.g.vcf"),
    ("haploid", SITE, BLOCKS, ["--haploid_contigs", "chr20"], "golden.haploid_chr20.postprocess_single_site_output.vcf",
     "golden.haploid_chr20.postprocess_gvcf_output.g.vcf"),
    ("pass only", SITE, None, ["--only_keep_pass"], "golden.postprocess_single_site_output.pass_only.vcf", None),
    ("pass only, gvcf", SITE, BLOCKS, ["--only_keep_pass"], "golden.postprocess_single_site_output.pass_only.vcf",
     "golden.postprocess_gvcf_output.g.vcf"),
    ("small model", SITE, None, ["--small_model_cvo_records", EMPTY], "golden.postprocess_single_site_output_with_small_model.vcf", None),
    ("empty", EMPTY, None, ["--small_model_cvo_records", EMPTY], "golden.postprocess_empty_output.vcf", None),
    ("candidate importer", IMPORTER, None, ["--nogroup_variants"], "golden.vcf_candidate_importer_postprocess_single_site_output.vcf", None),
]


def not_about_the_program(path):
    return [line for line in vcf_check.lines(path) if not line.startswith(("##DeepVariant_version=", "##haploom_"))]


@pytest.mark.parametrize("cpus", ["0", "3"])
@pytest.mark.parametrize("name,infile,blocks,flags,vcf,gvcf", UPSTREAM, ids=[row[0] for row in UPSTREAM])
def test_every_line_is_upstreams(dv_goldens, tmp_path, name, infile, blocks, flags, vcf, gvcf, cpus):
    place = dv_goldens / "postprocess"
    words = [place / word if word == EMPTY else word for word in flags]
    if blocks:
        words += ["--nonvariant_site_tfrecord_path", place / blocks, "--gvcf_outfile", tmp_path / "out.g.vcf.gz"]
    run("postprocess_variants", "--ref", dv_goldens / "inputs/ucsc.hg19.chr20.unittest.fasta.gz", "--infile", place / infile, "--outfile",
        tmp_path / "out.vcf.gz", "--cpus", cpus, *words)
    assert not_about_the_program(tmp_path / "out.vcf.gz") == not_about_the_program(place / vcf)
    if gvcf:
        assert not_about_the_program(tmp_path / "out.g.vcf.gz") == not_about_the_program(place / gvcf)
        assert vcf_check.apart(tmp_path / "out.g.vcf.gz") == []
    for golden in filter(None, (vcf, gvcf)):
        assert vcf_check.check(place / golden)[1] == []


def test_the_median_depth_is_upstreams(dv_goldens, tmp_path):
    # The records of that golden are not among upstream's files: the others, with the median that the golden's lines tell.
    place = dv_goldens / "postprocess"
    golden = place / "golden.postprocess_gvcf_output.med_dp.g.vcf"
    medians = {}
    for line in vcf_check.lines(golden):
        columns = line.split("\t")
        if not line.startswith("#") and columns[4] == "<*>":
            fields = dict(zip(columns[8].split(":"), columns[9].split(":")))
            medians[int(columns[1]) - 1, int(columns[7][4:])] = int(fields["MED_DP"])
    records = []
    for row in map(json.loads, (place / "gvcf_input.jsonl").read_text().splitlines()):
        call = row["calls"][0]
        median = [m for (start, end), m in medians.items() if row["start"] <= start and end <= row["end"]]
        records.append(tf_records.block(row["chrom"], row["start"], row["end"], row["ref"], call["sample"], call["info"]["GQ"][0],
                                        call["info"]["MIN_DP"][0], call["gl"], call["gt"], MED_DP=median[:1] or [1]))
    tf_records.write(tmp_path / "blocks.tfrecord.gz", records)
    run("postprocess_variants", "--ref", dv_goldens / "inputs/ucsc.hg19.chr20.unittest.fasta.gz", "--infile", place / SITE,
        "--outfile", tmp_path / "out.vcf", "--nonvariant_site_tfrecord_path", tmp_path / "blocks.tfrecord.gz", "--gvcf_outfile",
        tmp_path / "out.g.vcf")
    assert not_about_the_program(tmp_path / "out.g.vcf") == not_about_the_program(golden)


def test_upstreams_sites_of_an_importer_need_nogroup_variants(dv_goldens, tmp_path):
    done = run("postprocess_variants", "--ref", dv_goldens / "inputs/ucsc.hg19.chr20.unittest.fasta.gz", "--infile",
               dv_goldens / "postprocess" / IMPORTER, "--outfile", tmp_path / "out.vcf", ok=False)
    assert done.returncode == 3 and "did not pass sanity check" in done.stderr and "--nogroup_variants" in done.stderr
    assert list(tmp_path.iterdir()) == []


# ---- rules, one by one

def test_outputs_come_out_sorted_whatever_their_files(job):
    records = [snp(start, contig)[0] for contig in ("chr2", "chr1") for start in (5000, 40, 900)]
    job.outputs(records[:4], "cvo-00000-of-00002.tfrecord.gz")
    job.outputs(records[4:], "cvo-00001-of-00002.tfrecord.gz")
    job.run()
    assert [line.split("\t")[:2] for line in job.lines()] == [[c, p] for c in ("chr1", "chr2") for p in ("41", "901", "5001")]
    job.run(infile="cvo@2.tfrecord.gz", vcf="again.vcf")
    assert job.lines("again.vcf") == job.lines()


def test_a_site_with_two_alts_is_one_line(job):
    job.outputs(snp(alts=("C", "G"), depths=(1, 14, 15), answers=TWO_ALTS))
    job.run()
    (line,) = job.lines()
    assert line.split("\t")[4] == "C,G" and line.split("\t")[9].startswith("1/2:")


def test_removed_alts_can_be_kept_or_named(job):
    answers = {**TWO_ALTS, (0,): [1.0, 0.0, 0.0], (0, 1): [0.001, 0.998, 0.001]}
    job.outputs(snp(alts=("C", "G"), depths=(15, 2, 13), answers=answers))
    job.run()
    assert job.lines()[0].split("\t")[4] == "G"
    job.run("--debug_output_all_candidates", "ALT", vcf="alt.vcf")
    line = job.lines("alt.vcf")[0].split("\t")
    assert line[4] == "C,G" and line[9].startswith("0/2:") and line[9].split(":")[3] == "15,2,13"
    job.run("--debug_output_all_candidates=INFO", vcf="info.vcf")
    line = job.lines("info.vcf")[0].split("\t")
    assert line[4] == "G" and line[7] == "CANDIDATES=C|G"
    assert any(line.startswith("##INFO=<ID=CANDIDATES,") for line in job.header("info.vcf"))


def test_the_model_of_two_alts_answers_as_upstreams_does(job):
    answers = {(0,): [0.19, 0.75, 0.06], (1,): [0.03, 0.93, 0.04], (0, 1): [0.03, 0.92, 0.05]}
    job.outputs(snp(alts=("C", "G"), depths=(15, 7, 8), answers=answers))
    job.run("--use_multiallelic_model")
    expected = [0.033062, 0.10498016, 0.00496365, 0.5842303, 0.2543793, 0.01838462]
    best = max(expected)
    assert job.lines()[0].split(":")[-1] == ",".join(str(int(-10 * math.log10(p / best))) for p in expected)


def test_filters_follow_their_thresholds(job):
    job.outputs(snp(100, answers={(0,): [0.5, 0.3, 0.2]}) + snp(200, answers={(0,): [0.001, 0.998, 0.001]})
                + snp(300, answers={(0,): [0.3, 0.5, 0.2]}) + snp(400, depths=(0, 0)) + snp(500, answers={(0,): [0.9999, 0.0001, 0.0]}))
    job.run("--qual_filter", "6")
    got = [(line.split("\t")[6], line.split("\t")[9].split(":")[0]) for line in job.lines()]
    assert got == [("RefCall", "./."), ("PASS", "0/1"), ("LowQual", "0/1"), ("NoCall", "./."), ("RefCall", "0/0")]
    job.run("--cnn_homref_call_min_gq=1", "--only_keep_pass=false", vcf="b.vcf")
    assert job.lines("b.vcf")[0].split("\t")[9].startswith("0/0:")
    job.run("--only_keep_pass", vcf="pass.vcf")
    assert [line.split("\t")[1] for line in job.lines("pass.vcf")] == ["201", "301"]


def test_haploid_contigs_have_no_heterozygote_but_in_par(job):
    answers = {(0,): [0.1, 0.6, 0.3]}
    job.outputs(snp(100, "chr1", answers=answers) + snp(100, "chrX", answers=answers) + snp(5000, "chrX", answers=answers))
    (job.folder / "par.bed").write_text("chrX\t0\t101\n")
    genotypes = lambda name: [line.split("\t")[9][:3] for line in job.lines(name)]  # noqa: E731
    job.run("--haploid_contigs", "chrX,chrY", vcf="a.vcf")
    assert genotypes("a.vcf") == ["0/1", "1/1", "1/1"]
    job.run("--haploid_contigs", "chrY chrX", "--par_regions_bed", job.folder / "par.bed", vcf="b.vcf")
    assert genotypes("b.vcf") == ["0/1", "0/1", "1/1"]


def test_overlapping_calls_agree_unless_told_not_to(job):
    # A deletion on one haplotype leaves one copy of the base inside it.
    job.outputs(snp(1000, ref="ACGT", alts=("A",), answers={(0,): [0.01, 0.9, 0.09]}) + snp(1002, ref="G", alts=("T",), answers={(0,): [0.02, 0.48, 0.5]}))
    job.run()
    assert [line.split("\t")[9][:3] for line in job.lines()] == ["0/1", "0/1"]
    job.run("--disable_haplotype_resolution", vcf="b.vcf")
    assert [line.split("\t")[9][:3] for line in job.lines("b.vcf")] == ["0/1", "1/1"]


def test_regions_take_what_starts_in_them(job):
    job.outputs(snp(100) + snp(5000) + snp(100, "chr2"))
    (job.folder / "r.bed").write_text("chr2\t50\t101\n")
    job.run("--regions", f"chr1:101-101 {job.folder / 'r.bed'}")
    assert [line.split("\t")[:2] for line in job.lines()] == [["chr1", "101"], ["chr2", "101"]]


def test_the_small_models_calls_bear_its_name(job):
    job.outputs(snp(100))
    job.outputs(snp(200, call_info={"MID": ["small_model"]}), "small-00000-of-00001.tfrecord.gz")
    job.run("--small_model_cvo_records", job.folder / "small@1.tfrecord.gz")
    first, second = (line.split("\t") for line in job.lines())
    assert first[8] == "GT:GQ:DP:AD:VAF:PL" and second[8] == "GT:GQ:DP:AD:VAF:MID:PL" and ":small_model:" in second[9]


def test_what_phasing_and_methylation_say_is_written(job):
    job.outputs(snp(100, info={"ALT_PS": [2, 1], "PS_CONTIG": ["1-81"]}, names=["rs7"],
                    call_info={"MF": [0.1, 0.9], "MD": [10, 12]}))
    job.run()
    (line,) = job.lines()
    assert line.split("\t")[2] == "rs7"
    assert line.split("\t")[8] == "GT:GQ:DP:AD:VAF:PS:MF:MD:MT:PL"
    assert line.split("\t")[9].startswith("1|0:") and ":100081:0.1,0.9:10,12:0/1:" in line


def test_the_sample_is_the_records_then_the_flags_then_default(job):
    name = lambda vcf: job.header(vcf)[-1].split("\t")[9]  # noqa: E731
    job.outputs([])
    job.run(vcf="a.vcf")
    job.run("--sample_name", "given", vcf="b.vcf")
    tf_records.write(job.folder / "blocks.tfrecord.gz", [tf_records.block("chr1", 0, 10, "A", "blocks")])
    gvcf = ["--nonvariant_site_tfrecord_path", job.folder / "blocks.tfrecord.gz", "--gvcf_outfile", job.folder / "c.g.vcf"]
    job.run("--sample_name", "given", *gvcf, vcf="c.vcf")
    job.outputs(snp(sample="calls"))
    job.run("--sample_name", "given", vcf="d.vcf")
    assert [name(f"{x}.vcf") for x in "abcd"] == ["default", "given", "blocks", "calls"]


# ---- gVCF

def gvcf_flags(job, blocks, name="out.g.vcf"):
    tf_records.write(job.folder / "blocks.tfrecord.gz", blocks)
    return ["--nonvariant_site_tfrecord_path", job.folder / "blocks.tfrecord.gz", "--gvcf_outfile", job.folder / name]


def spans(lines):
    out = []
    for line in lines:
        columns = line.split("\t")
        end = columns[7][4:] if columns[4] == "<*>" else str(int(columns[1]) + len(columns[3]) - 1)
        out.append((columns[3] if columns[4] == "<*>" else columns[3] + ">" + columns[4], int(columns[1]), int(end)))
    return out


def test_blocks_give_way_to_calls(job):
    base = lambda at: bases(job.ref, "chr1", at, at + 1)  # noqa: E731
    job.outputs(snp(100) + snp(150, ref="ACGT", alts=("A",)) + snp(300))
    job.run(*gvcf_flags(job, [tf_records.block("chr1", 0, 200, base(0)), tf_records.block("chr1", 200, 250, base(200), gq=20),
                              tf_records.block("chr1", 300, 301, base(300)), tf_records.block("chr2", 0, 50, "C")]))
    assert spans(job.lines("out.g.vcf")) == [
        (base(0), 1, 100), ("A>C,<*>", 101, 101), (base(101), 102, 150), ("ACGT>A,<*>", 151, 154), (base(154), 155, 200),
        (base(200), 201, 250), ("A>C,<*>", 301, 301), ("C", 1, 50)]
    assert vcf_check.check(job.folder / "out.g.vcf") == (8, [])
    assert len(job.lines()) == 3


def test_calls_without_blocks_are_in_the_gvcf_too(job):
    job.outputs(snp(100))
    job.run(*gvcf_flags(job, []))
    assert spans(job.lines("out.g.vcf")) == [("A>C,<*>", 101, 101)]
    assert job.lines("out.g.vcf")[0].endswith(",990,990,990")


def many(ref_path, seed, sample="s"):
    """Some thousand outputs that often overlap, in random order, and blocks over all of it."""
    luck = random.Random(seed)
    text = {contig: bases(ref_path, contig, 0, length) for contig, length in CONTIGS.items()}
    records, blocks = [], []
    for contig, length in CONTIGS.items():
        for start in sorted(luck.sample(range(1, length - 30), length // 12)):
            ref = text[contig][start:start + luck.choice([1, 1, 1, 2, 5, 9])]
            other = [b for b in "ACGT" if b != ref[0]]
            alts = [other[0]] if len(ref) == 1 else [ref[0]]
            depths = [luck.randrange(30) for _ in range(2)]
            two = luck.random() < 0.1
            if two:
                alts, depths = sorted([*alts, ref + "TT"]), [*depths, luck.randrange(30)]
            answers = {}
            for alt_set in [(0,), (1,), (0, 1)] if two else [(0,)]:
                weights = [luck.random() ** 4 for _ in range(3)]
                answers[alt_set] = [w / sum(weights) for w in weights]
            records += tf_records.outputs(tf_records.site(contig, start, ref, alts, depths, sample), answers)
        at = 0
        while at < length:
            end = min(length, at + luck.randrange(1, 60))
            blocks.append(tf_records.block(contig, at, end, text[contig][at], sample, gq=luck.randrange(51)))
            at = end + luck.choice([0, 0, 0, 3])
    luck.shuffle(records)
    return records, blocks


@pytest.fixture(scope="module")
def crowd(tmp_path_factory, ref):
    job = Job(tmp_path_factory.mktemp("crowd"), ref)
    records, blocks = many(ref, 11)
    for shard in range(4):
        job.outputs(records[shard::4], f"cvo-0000{shard}-of-00004.tfrecord.gz")
    for shard in range(3):
        tf_records.write(job.folder / f"blocks-0000{shard}-of-00003.tfrecord.gz", blocks[shard::3])
    job.gvcf = ["--nonvariant_site_tfrecord_path", job.folder / "blocks.tfrecord.gz"]
    job.run(*job.gvcf, "--gvcf_outfile", job.folder / "out.g.vcf")
    return job


def test_numbers_of_a_crowd_agree_with_each_other(crowd):
    for name in ("out.vcf", "out.g.vcf"):
        number, wrong = vcf_check.check(crowd.folder / name)
        assert number > 4000 and wrong == [], wrong[:5]
    assert vcf_check.apart(crowd.folder / "out.g.vcf") == []
    calls = [line for line in crowd.lines("out.g.vcf") if line.split("\t")[4] != "<*>"]
    assert len(calls) == len(crowd.lines())


@pytest.mark.parametrize("flags", [["--cpus", "1"], ["--cpus", "5"], ["--cpus", "3", "--num_partitions", "7"],
                                   ["--cpus", "2", "--max_memory", "1MB"]], ids=" ".join)
def test_bytes_depend_on_neither_threads_nor_memory(crowd, tmp_path, flags):
    folder = {"a": tmp_path / "a", "b": tmp_path / "b"}
    for name, extra in (("a", ["--cpus", "2"]), ("b", flags)):
        folder[name].mkdir()
        run("postprocess_variants", "--ref", crowd.ref, "--infile", crowd.folder / "cvo.tfrecord.gz", "--outfile", folder[name] / "out.vcf.gz",
            *crowd.gvcf, "--gvcf_outfile", folder[name] / "out.g.vcf.gz", *extra)
    body = lambda path: [line for line in vcf_check.lines(path) if not line.startswith("##haploom_command")]  # noqa: E731
    for name in ("out.vcf.gz", "out.g.vcf.gz"):
        assert body(folder["a"] / name) == body(folder["b"] / name)
    assert [line for line in body(folder["b"] / "out.g.vcf.gz") if line[0] != "#"] == crowd.lines("out.g.vcf")


def test_the_index_finds_what_lies_in_a_region(crowd, tmp_path):
    crowd.run(*crowd.gvcf, "--gvcf_outfile", tmp_path / "o.g.vcf.gz", vcf="indexed.vcf.gz")
    for path in (crowd.folder / "indexed.vcf.gz", tmp_path / "o.g.vcf.gz"):
        found = run("tabix", path, "chr2:5001-5500").stdout.splitlines()
        lines = [line for line in vcf_check.lines(path) if line.startswith("chr2\t")]
        ends = [int(re.search(r"END=(\d+)", line).group(1)) if "END=" in line else int(line.split("\t")[1]) + len(line.split("\t")[3]) - 1
                for line in lines]
        assert found == [line for line, end in zip(lines, ends) if int(line.split("\t")[1]) <= 5500 and end >= 5001]


def test_bcftools_reads_it_and_merges_two_gvcfs(crowd, tmp_path, ref):
    other = Job(tmp_path, ref)
    records, blocks = many(ref, 12, "t")
    other.outputs(records)
    other.run(*gvcf_flags(other, blocks, "t.g.vcf.gz"), vcf="t.vcf.gz")
    crowd.run(*crowd.gvcf, "--gvcf_outfile", tmp_path / "s.g.vcf.gz", vcf="s.vcf.gz")
    for path in (tmp_path / "t.vcf.gz", tmp_path / "t.g.vcf.gz", tmp_path / "s.g.vcf.gz"):
        assert run("bcftools", "view", "-Ob", "-o", "/dev/null", path).stderr == ""
    merged = run("bcftools", "merge", "--gvcf", ref, tmp_path / "s.g.vcf.gz", tmp_path / "t.g.vcf.gz")
    assert "rror" not in merged.stderr
    assert len(merged.stdout.splitlines()) > 1000
    norm = run("bcftools", "norm", "-c", "w", "-f", ref, tmp_path / "t.vcf.gz")
    assert "REF_MISMATCH" not in norm.stderr


# GLnexus' preset DeepVariantWGS reads these out of a gVCF (its public configuration); types as VCF declares them.
GLNEXUS = {"DP": ("1", "Integer"), "MIN_DP": ("1", "Integer"), "AD": ("R", "Integer"), "GQ": ("1", "Integer"), "PL": ("G", "Integer"),
           "GT": ("1", "String"), "PS": ("1", "Integer")}


def test_the_header_declares_what_joint_genotyping_reads(crowd):
    declared = {m[1]: (m[2], m[3]) for m in (re.match(r"##FORMAT=<ID=(\w+),Number=(\w+),Type=(\w+)", line) for line in crowd.header("out.g.vcf")) if m}
    assert {key: declared.get(key) for key in GLNEXUS} == GLNEXUS


# ---- inputs that contradict themselves or each other

def refused(job, *flags, say, code=3, **words):
    before = {p.name for p in job.folder.iterdir()}
    done = job.run(*flags, ok=False, **words)
    assert done.returncode == code, done.stderr
    assert done.stderr.count("error [") == 1 and say in done.stderr, done.stderr
    assert "  try: " in done.stderr
    assert {p.name for p in job.folder.iterdir()} == before
    return done


def test_a_missing_shard_is_named(job):
    job.outputs(snp(), "cvo-00000-of-00002.tfrecord.gz")
    refused(job, say="shard 1 of 2 is missing")


@pytest.mark.parametrize("records,say", [
    (snp(alts=("C", "G"), depths=(1, 2, 3), answers=TWO_ALTS)[:2], "none is about alt set [0,1]"),
    (snp(alts=("C", "G"), depths=(1, 2, 3), answers=TWO_ALTS)[:1] * 2, "none is about alt set"),
    (snp() * 2, "2 outputs about 1 alt sets"),
    (snp() + snp(depths=(14, 16)), "their variants differ"),
    (snp(answers={(0,): [0.2, 0.2, 0.2]}), "sum to 0.6"),
    (snp(answers={(0,): [float("nan"), 0.5, 0.5]}), "not between 0 and 1"),
    (snp(answers={(0,): [-0.5, 1.0, 0.5]}), "not between 0 and 1"),
    (snp(answers={(0,): [0.5, 0.5]}), "has not three probabilities"),
    (snp(contig="chr9"), "contig 'chr9', which the reference lacks"),
    (snp(start=29_999, ref="ACG"), "behind the contig's 30000 bases"),
    (snp(100) + snp(200, sample="other"), "the record is of sample 'other'"),
    (snp(depths=(15, 15, 15)), "AD has 3 values where 2 are expected"),
    (snp(end=2000), "end does not fit its REF"),
    (snp(info={"ALT_PS": [1, 2], "PS_CONTIG": ["nonsense"]}), "PS_CONTIG 'nonsense'"),
    ([b"\xff\xff\xff"], "do not follow the protobuf wire format"),
], ids=lambda value: value if isinstance(value, str) else "")
def test_records_that_contradict_are_refused(job, records, say):
    job.outputs(records)
    refused(job, say=say)


def test_a_file_that_is_cut_off_is_refused(job):
    whole = b"".join(map(tf_records.framed, snp(100) + snp(200)))
    (job.folder / "cvo-00000-of-00001.tfrecord").write_bytes(whole[:-20])
    refused(job, say="cut off", infile="cvo.tfrecord")
    (job.folder / "z-00000-of-00001.tfrecord.gz").write_bytes(gzip.compress(whole)[:-20])
    refused(job, say="z-00000-of-00001.tfrecord.gz", infile="z.tfrecord.gz")


@pytest.mark.parametrize("blocks,say", [
    ([tf_records.block("chr1", 0, 100, "A"), tf_records.block("chr1", 50, 150, "A")], "overlap"),
    ([tf_records.block("chr1", 500, 600, "A"), tf_records.block("chr1", 0, 100, "A")], "out of order"),
    ([tf_records.block("chr9", 0, 100, "A")], "which the reference lacks"),
    ([tf_records.block("chr1", 0, 100, "A", sample="other")], "the record is of sample 'other'"),
    ([tf_records.block("chr1", 0, 100, "A", likelihoods=(0.0, -1.0))], "three likelihoods"),
    (snp(), "a record is no variant"),
], ids=lambda value: value if isinstance(value, str) else "")
def test_reference_records_that_contradict_are_refused(job, blocks, say):
    job.outputs(snp(200))
    flags = gvcf_flags(job, blocks)
    refused(job, *flags, say=say)


@pytest.mark.parametrize("flags,say", [
    (["--process_somatic"], "--process_somatic asks for somatic records"),
    (["--pon_filtering", "x.vcf"], "--pon_filtering marks somatic records"),
    (["--vcf_stats_report"], "--vcf_stats_report asks for the HTML"),
    (["--gvcf_outfile", "x"], "a gVCF needs both"),
    (["--use_multiallelic_model", "--debug_output_all_candidates", "ALT"], "exclude each other"),
    (["--debug_output_all_candidates", "ALL"], "--debug_output_all_candidates"),
    (["--regions", "chr9:1-2"], "chr9"),
], ids=lambda value: value if isinstance(value, str) else "")
def test_flags_that_contradict_or_ask_for_other_work_are_refused(job, flags, say):
    job.outputs(snp())
    refused(job, *flags, say=say, code=2)


def test_flags_of_the_original_that_ask_for_nothing_are_taken(job):
    job.outputs(snp())
    job.run("--noprocess_somatic", "--vcf_stats_report=false", "--num_partitions", "9", "--logging_level", "INFO", "--group_variants=true")
    assert len(job.lines()) == 1
