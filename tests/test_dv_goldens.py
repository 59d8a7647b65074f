"""DeepVariant's own results, golden by golden: make_examples run as upstream ran it, every record compared in full.

Skipped without the shared data. Ends with the table of what is equal; a difference is told by record, field and byte.
"""
import gzip
import json

import pytest
import tf_records

from dv_records import call_output, candidate, decoded, differences, example, fields, index_of, int32s, integers, map_of, variant
from programs import run

C6 = "read_base,base_quality,mapping_quality,strand,read_supports_variant,base_differs_from_ref"
C7 = C6 + ",insert_size"
REGION = "chr20:10,000,000-10,010,000"
TABLE = {}  # row -> "84/84"


@pytest.fixture(scope="module")
def goldens(dv_goldens):
    return dv_goldens


@pytest.fixture(scope="module", autouse=True)
def table(request):
    yield
    with request.config.pluginmanager.get_plugin("capturemanager").global_and_fixture_disabled():
        print("", *(f"  {row:<50} {equal}" for row, equal in TABLE.items()), sep="\n")


@pytest.fixture(scope="module")
def make(goldens, tmp_path_factory):
    """Runs make_examples once for each set of words and returns the folder of what it wrote, as out*."""
    done = {}
    inputs = goldens / "inputs"

    def made(*words, ref="ucsc.hg19.chr20.unittest.fasta.gz", reads="NA12878_S1.chr20.10_10p1mb.bam", region=REGION, mode="calling",
             channels=C7, shards=0, outputs=()):
        key = (words, ref, reads, region, mode, channels, shards, outputs)
        if key not in done:
            folder = tmp_path_factory.mktemp("made")
            at = f"@{shards}" if shards else ""
            for task in range(max(shards, 1)):
                run("make_examples", "--mode", mode, "--ref", inputs / ref, "--reads", inputs / reads, "--regions", region,
                    "--channel_list", channels, "--examples", folder / f"examples.tfrecord{at}.gz",
                    *[word for name in outputs for word in (f"--{name}", folder / f"{name}.tfrecord{at}.gz")],
                    *(["--task", task] if shards else []), *[str(word).replace("INPUTS", str(inputs)) for word in words])
            done[key] = folder
        return done[key]
    return made


def files(folder, name, shards=0):
    if not shards:
        return [folder / f"{name}.tfrecord.gz"]
    return [folder / f"{name}.tfrecord-{i:05}-of-{shards:05}.gz" for i in range(shards)]


def golden_files(folder, name, shards=0):
    return [folder / f"{name}-{i:05}-of-{shards:05}" for i in range(shards)] if shards else [folder / name]


def assert_equal(row, got, want, label, channels=""):
    wrong = list(differences(got, want, label, channels.split(",")))
    TABLE[row] = f"{max(0, len(want) - len(wrong))}/{len(want)}"
    assert not wrong, f"{row}: {len(wrong)} of {len(want)} records differ:\n" + "\n".join(wrong[:3])


def locus(record):
    return f"{record['locus']} alts {record['alt_allele_indices/encoded']}"


def place(record):
    site = record.get("variant", record)
    return f"{site['chrom']}:{site['start'] + 1} {site['ref']}>{','.join(site['alts'])}"


def assert_examples(row, goldens, made, golden, channels, shards=0):
    assert_equal(row, decoded(files(made, "examples", shards), example), decoded(golden_files(goldens / "examples", golden, shards), example),
                 locus, channels)


CALLING = ("candidates", "gvcf")


def test_candidates_with_everyone_who_supports_them(make, goldens):
    made = make(outputs=CALLING)
    assert_equal("candidates", decoded(files(made, "candidates"), candidate),
                 decoded([goldens / "candidates/golden.calling_candidates.tfrecord.gz"], candidate), place)


def test_images(make, goldens):
    assert_examples("images, calling", goldens, make(outputs=CALLING), "golden.calling_examples.tfrecord.gz", C7)


def test_images_of_a_cram_are_those_of_the_bam(make, goldens):
    made = make(reads="NA12878_S1.chr20.10_10p1mb.cram")
    assert_examples("images, calling, CRAM", goldens, made, "golden.calling_examples.tfrecord.gz", C7)


def test_images_of_three_shards(make, goldens):
    made = make(shards=3, outputs=("gvcf",))
    assert_examples("images, calling, 3 shards", goldens, made, "golden.calling_examples.tfrecord.gz", C7, shards=3)


@pytest.mark.parametrize("shards", [1, 2, 7])
def test_any_number_of_shards_gives_the_same_records(make, shards):
    def by_place(folder, n):
        return sorted(decoded(files(folder, "examples", n), example), key=lambda one: (one["variant/encoded"]["start"], locus(one)))
    assert by_place(make(shards=shards), shards) == by_place(make(outputs=CALLING), 0)


def test_images_with_normalised_reads(make, goldens):
    made = make("--min_mapping_quality", 1, "--keep_legacy_allele_counter_behavior", "--normalize_reads")
    assert_examples("images, normalize_reads, legacy counts, MAPQ 1", goldens, made, "golden.calling_examples.with_flags.tfrecord.gz", C7)


def calls_of(examples, golden_outputs):
    """Call outputs of our examples, with the probabilities that DeepVariant's network gave the same images."""
    answers = {}
    for record in tf_records.read(golden_outputs):
        output = call_output(record)
        site = output["variant"]
        answers[site["start"], site["ref"], *site["alts"], *output["alt_allele_indices"]] = output["genotype_probabilities"]
    outputs = []
    for record in tf_records.read(examples):
        features = map_of(fields(fields(record)[1][-1]), 1)
        site, alts = (fields(fields(features[key])[1][-1])[1][0] for key in ("variant/encoded", "alt_allele_indices/encoded"))
        where = variant(site)
        key = (where["start"], where["ref"], *where["alts"], *integers(fields(alts)[1]))
        outputs.append(tf_records.data(1, site) + tf_records.data(2, alts) + tf_records.packed_doubles(3, answers.pop(key)))
    assert answers == {}, "images that we do not have"
    return outputs


@pytest.mark.parametrize("more, golden", [((), "golden.postprocess_gvcf_output.g.vcf"),
                                          (("--include_med_dp",), "golden.postprocess_gvcf_output.med_dp.g.vcf")])
def test_from_reads_to_vcf_and_gvcf(make, goldens, tmp_path, more, golden):
    """All steps but the network, whose weights are not among the goldens: its answers are."""
    made = make(*more, outputs=CALLING)
    place = goldens / "postprocess"
    tf_records.write(tmp_path / "calls.tfrecord.gz",
                     calls_of(made / "examples.tfrecord.gz", place / "golden.postprocess_single_site_input-00000-of-00001.tfrecord.gz"))
    run("postprocess_variants", "--ref", goldens / "inputs/ucsc.hg19.chr20.unittest.fasta.gz", "--infile", tmp_path / "calls.tfrecord.gz",
        "--outfile", tmp_path / "o.vcf", "--nonvariant_site_tfrecord_path", made / "gvcf.tfrecord.gz", "--gvcf_outfile", tmp_path / "o.g.vcf")
    records = lambda path: [line for line in path.read_text().splitlines() if not line.startswith("#")]  # noqa: E731
    for ours, theirs in (("o.vcf", "golden.postprocess_single_site_output.vcf"), ("o.g.vcf", golden)):
        got, want = records(tmp_path / ours), records(place / theirs)
        equal = sum(a == b for a, b in zip(got, want))
        TABLE[f"reads to {theirs.removeprefix('golden.postprocess_')}"] = f"{equal}/{len(want)}"
        assert got == want, [(a, b) for a, b in zip(got, want) if a != b][:3]


TRUTH = ("--truth_variants", "INPUTS/test_nist.b37_chr20_100kbp_at_10mb.vcf.gz",
         "--confident_regions", "INPUTS/test_nist.b37_chr20_100kbp_at_10mb.bed")


def test_training_images_with_their_labels(make, goldens):
    made = make(*TRUTH, mode="training")
    assert_examples("images and labels, training", goldens, made, "golden.training_examples.tfrecord.gz", C7)
    labels = [one["label"] for one in decoded(files(made, "examples"), example)]
    assert [labels.count([copies]) for copies in (0, 1, 2)] == [1, 12, 36]


def test_images_with_reads_aligned_to_the_alternative_as_channels(make, goldens):
    made = make(*TRUTH, "--alt_aligned_pileup", "diff_channels", mode="training", channels=C6)
    assert_examples("images, alt-aligned channels", goldens, made, "golden.alt_aligned_pileup_diff_channels_examples.tfrecord.gz",
                    C6 + ",diff1,diff2")


def test_images_with_reads_aligned_to_the_alternative_as_rows(make, goldens):
    made = make(*TRUTH, "--alt_aligned_pileup", "rows", mode="training", channels=C6)
    assert_examples("images, alt-aligned rows", goldens, made, "golden.alt_aligned_pileup_rows_examples.tfrecord.gz", C6)


def test_images_with_allele_frequencies_and_more_reads_than_rows(make, goldens):
    channels = C7 + ",allele_frequency"
    made = make("--population_vcfs", "INPUTS/cohort-chr20_and_chr21_100k.vcf.gz", ref="grch38.chr20_and_21_10M.fa.gz",
                reads="grch38_1k_subset_chr20_and_chr21.bam", region="chr20:61001-62000", channels=channels)
    assert_examples("images, allele frequencies, deep", goldens, made, "golden.allele_frequency_examples.tfrecord.gz", channels)


def test_images_of_candidates_that_a_vcf_proposes(make, goldens):
    made = make("--variant_caller", "vcf_candidate_importer", "--proposed_variants", "INPUTS/vcf_candidate_importer.indels.chr20.vcf.gz",
                "--norealign_reads", region="chr20:59,777,000-60,000,000")
    assert_examples("images, proposed by a VCF", goldens, made, "golden.vcf_candidate_importer_calling_examples.tfrecord.gz", C7)


def test_images_of_long_reads_sorted_by_phase(make, goldens):
    channels = C6 + ",haplotype"
    made = make("--norealign_reads", "--alt_aligned_pileup", "diff_channels", "--min_mapping_quality", 1, "--partition_size", 25000,
                "--phase_reads", "--pileup_image_width", 199, "--sort_by_haplotypes", "--track_ref_reads", "--vsc_min_fraction_indels",
                0.12, "--output_phase_info", ref="grch38.chr20_and_21_10M.fa.gz", reads="test_pacbio.chr20_100kbp_at_9mb.bam",
                region="chr20:9,000,000-9,100,000", channels=channels)
    assert_examples("images, PacBio, phased", goldens, made, "golden.pacbio_examples.tfrecord.gz", channels + ",diff1,diff2")


# ---- reference records

def test_reference_records(make, goldens):
    made = make(outputs=CALLING)
    assert_equal("gVCF records", decoded(files(made, "gvcf"), variant),
                 decoded([goldens / "postprocess/golden.postprocess_gvcf_input.tfrecord.gz"], variant), place)


def test_reference_records_of_three_shards(make, goldens):
    made = make(shards=3, outputs=("gvcf",))
    assert_equal("gVCF records, 3 shards", decoded(files(made, "gvcf", 3), variant),
                 decoded(golden_files(goldens / "postprocess", "golden.postprocess_gvcf_input.tfrecord.gz", 3), variant), place)


# ---- candidate_sweep

@pytest.mark.parametrize("shards", [0, 3])
def test_positions_of_candidates(make, goldens, tmp_path, shards):
    at = f"@{shards}" if shards else ""
    make("--candidate_positions", tmp_path / f"positions{at}", mode="candidate_sweep", shards=shards)
    names = [f"positions-{i:05}-of-{shards:05}" for i in range(shards)] or ["positions"]
    got = [int32s([tmp_path / name]) for name in names]
    want = [int32s([goldens / "candidates" / name.replace("positions", "golden.candidate_positions")]) for name in names]
    TABLE[f"candidate positions, {shards or 1} file(s)"] = f"{sum(map(len, got))}/{sum(map(len, want))} numbers"
    assert got == want


# ---- what upstream's own tests count (make_examples_test.py)

@pytest.mark.parametrize("legacy", [(), ("--keep_legacy_allele_counter_behavior",)], ids=["", "legacy"])
@pytest.mark.parametrize("types, count", [("all", 78), ("snps", 64), ("indels", 11), ("snps indels", 75), ("multi-allelics", 3)])
def test_candidates_of_selected_types(make, types, count, legacy):
    made = make("--select_variant_types", types, *legacy, outputs=("candidates",))
    found = len(decoded(files(made, "candidates"), candidate))
    TABLE[f"selected: {types}{' (legacy)' if legacy else ''}"] = f"{found}/{count}"
    assert found == count


def test_reads_limited_by_the_bases_they_cover(make):
    made = make("--max_reads_for_dynamic_bases_per_region", 1)
    assert len(decoded(files(made, "examples"), example)) == 17


# ---- pangenome-aware: haplotypes above, as reads of a BAM (the rules' second source; upstream has no golden)

WGS = ("--keep_legacy_allele_counter_behavior", "--keep_only_window_spanning_haplotypes", "--keep_supplementary_alignments",
       "--min_mapping_quality", 0, "--normalize_reads", "--sort_by_haplotypes", "--trim_reads_for_pileup",
       "--sample_name_pangenome", "hprc_v1.1")


def haplotype_bam(reference_length, contig, haplotypes, folder):
    """A sorted BAM of the haplotypes as the graph's reader would return them."""
    lines = ["@HD\tVN:1.6\tSO:coordinate", f"@SQ\tSN:{contig}\tLN:{reference_length}", "@RG\tID:h\tSM:hprc_v1.1"]
    lines += ["\t".join([one["name"], "0", contig, str(one["pos"] + 1), "90", one["cigar"], "*", "0", "0", one["seq"],
                         "?" * len(one["seq"]), "RG:Z:h"]) for one in haplotypes]  # '?' is quality 30
    (folder / "h.sam").write_text("\n".join(lines) + "\n")
    run("samtools", "sort", "-o", folder / "h.bam", folder / "h.sam")
    run("samtools", "index", folder / "h.bam")
    return folder / "h.bam"


def test_images_with_haplotypes_above(goldens, tmp_path):
    inputs, derived = goldens / "inputs", goldens / "derived/pangenome"
    ref = inputs / "ucsc.hg19.chr20.unittest.fasta.gz"
    length = int((inputs / "ucsc.hg19.chr20.unittest.fasta.gz.fai").read_text().split("\t")[1])
    got = []
    with gzip.open(derived / "haplotypes.jsonl.gz", "rt") as rows:
        for i, row in enumerate(map(json.loads, rows)):
            contig, start, end = row["region"]
            folder = tmp_path / str(i)
            folder.mkdir()
            bam = haplotype_bam(length, contig, row["haplotypes"], folder)
            run("make_examples_pangenome_aware_dv", "--mode", "calling", "--ref", ref, "--reads", inputs / "NA12878_S1.chr20.10_10p1mb.bam",
                "--pangenome", bam, "--regions", f"{contig}:{start + 1}-{end}", "--channel_list", C7, *WGS,
                "--examples", folder / "examples.tfrecord.gz")
            got += decoded(files(folder, "examples"), example)
    rows, images = index_of(derived, "examples")
    size = 200 * 221 * 7
    want = [{"locus": f"chr20:{row['start'] + 1}-{row['end']}", "ref": row["ref"], "alts": row["alts"],
             "alt_allele_indices/encoded": row["alt_allele_indices"], "AD": row["AD"], "DP": [row["DP"]], "image/shape": [200, 221, 7],
             "image/encoded": images[i * size:(i + 1) * size]} for i, row in enumerate(rows)]
    plain = []
    for one in got:
        site = one["variant/encoded"]
        plain.append({"locus": one["locus"], "ref": site["ref"], "alts": site["alts"],
                      "alt_allele_indices/encoded": one["alt_allele_indices/encoded"], "AD": site["calls"][0]["info"]["AD"],
                      "DP": site["calls"][0]["info"]["DP"], "image/shape": one["image/shape"], "image/encoded": one["image/encoded"]})
    assert_equal("images, haplotypes above (derived)", plain, want, locus, C7)


# ---- what stands beside the records

def test_example_info_says_shape_and_channels(make):
    info = json.loads((make(outputs=CALLING) / "examples.tfrecord.gz.example_info.json").read_text())
    assert info == {"version": "1.9.0", "shape": [100, 221, 7], "channels": [1, 2, 3, 4, 5, 6, 19]}
    of_shards = make(shards=3, outputs=("gvcf",))
    for file in files(of_shards, "examples", 3):
        assert json.loads((file.parent / f"{file.name}.example_info.json").read_text()) == info
