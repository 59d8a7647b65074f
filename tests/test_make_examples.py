"""make_examples as a program: its command line, its files, its shards, on data made here. What its records hold is
test_dv_goldens.py's matter."""
import json
import os
import re

import pytest

from dv_records import candidate, decoded, example, int32s, variant
from programs import run

CHANNELS = ("--channel_list", "BASE_CHANNELS,insert_size")


def words(demo, out, *more, mode="calling"):
    return ["make_examples", "--mode", mode, "--ref", demo / "ref.fa", "--reads", demo / "reads.bam", "--examples",
            out / "examples.tfrecord.gz", *CHANNELS, *more]


def pangenome_words(demo, out, store, *more):
    return ["make_examples_pangenome_aware_dv", *words(demo, out, "--pangenome", demo / "panel.gbz", "--gbz_store_dir", store, *more)[1:]]


@pytest.fixture(scope="module")
def plain(demo, tmp_path_factory):
    out = tmp_path_factory.mktemp("plain")
    run(*words(demo, out, "--candidates", out / "candidates.tfrecord.gz", "--gvcf", out / "gvcf.tfrecord.gz", "--write_run_info",
               "--output_sitelist", "--runtime_by_region", out / "cost.tsv"))
    return out


def loci(files):
    return sorted((one["locus"], one["alt_allele_indices/encoded"], one["image/encoded"]) for one in decoded(files, example))


# ---- files

def test_every_example_is_of_a_candidate(plain):
    sites = [one["variant"] for one in decoded([plain / "candidates.tfrecord.gz"], candidate)]
    shown = decoded([plain / "examples.tfrecord.gz"], example)
    assert len(sites) > 40
    assert {one["locus"] for one in shown} == {f"{site['chrom']}:{site['start'] + 1}-{site['end']}" for site in sites}
    assert all(len(one["image/encoded"]) == 100 * 221 * 7 for one in shown)


def test_reference_records_cover_every_base_once(plain, demo):
    contig, length = (demo / "ref.fa.fai").read_text().split("\t")[:2]
    end = 0
    for block in decoded([plain / "gvcf.tfrecord.gz"], variant):
        assert (block["chrom"], block["start"]) == (contig, end)
        end = block["end"]
    assert end == int(length)


def test_counts_of_a_run_stand_in_its_run_info(plain):
    shown = decoded([plain / "examples.tfrecord.gz"], example)
    info = (plain / "examples.tfrecord.gz.run_info.pbtxt").read_text()
    assert f"num_examples: {len(shown)}" in info
    snps = sum(one["variant_type"] == [1] for one in shown)
    assert f"num_snps: {snps}" in info and f"num_indels: {len(shown) - snps}" in info


def test_the_sitelist_has_a_line_an_example(plain):
    lines = (plain / "examples.tfrecord.gz.sitelist.tsv").read_text().splitlines()
    shown = [one["variant/encoded"] for one in decoded([plain / "examples.tfrecord.gz"], example)]
    assert lines == [f"{one['chrom']}\t{one['start']}\t{one['ref']}\t{','.join(one['alts'])}\t-1" for one in shown]


def test_the_table_of_costs_has_a_line_a_partition(plain):
    head, *rows = [line.split("\t") for line in (plain / "cost.tsv").read_text().splitlines()]
    assert len(head) == 12 and all(len(row) == 12 for row in rows)
    assert [row[0].split(":")[1] for row in rows] == [f"{i * 1000 + 1}-{(i + 1) * 1000}" for i in range(60)]
    assert sum(int(row[7]) for row in rows) == len(decoded([plain / "examples.tfrecord.gz"], example))


@pytest.mark.parametrize("shards", [2, 5])
def test_shards_together_hold_what_one_run_holds(demo, plain, tmp_path, shards):
    for task in range(shards):
        run(*words(demo, tmp_path, "--task", task, "--examples", tmp_path / f"s.tfrecord@{shards}.gz", "--gvcf", tmp_path / f"g.tfrecord@{shards}.gz"))
    names = [f"-{i:05}-of-{shards:05}.gz" for i in range(shards)]
    assert loci([tmp_path / f"s.tfrecord{name}" for name in names]) == loci([plain / "examples.tfrecord.gz"])
    blocks = decoded([tmp_path / f"g.tfrecord{name}" for name in names], variant)
    assert sorted(blocks, key=lambda one: one["start"]) == decoded([plain / "gvcf.tfrecord.gz"], variant)
    assert all((tmp_path / f"s.tfrecord{name}.example_info.json").exists() for name in names)


def test_a_cram_gives_what_its_bam_gives(demo, plain, tmp_path):
    run("samtools", "view", "-C", "-T", demo / "ref.fa", "-o", tmp_path / "reads.cram", demo / "reads.bam")
    run("samtools", "index", tmp_path / "reads.cram")
    run(*words(demo, tmp_path, "--reads", tmp_path / "reads.cram"))
    assert loci([tmp_path / "examples.tfrecord.gz"]) == loci([plain / "examples.tfrecord.gz"])


def test_a_cram_that_holds_its_reference_needs_no_other(demo, plain, tmp_path):
    run("samtools", "view", "-C", "-T", demo / "ref.fa", "--output-fmt-option", "embed_ref=1", "-o", tmp_path / "reads.cram", demo / "reads.bam")
    run("samtools", "index", tmp_path / "reads.cram")
    run(*words(demo, tmp_path, "--reads", tmp_path / "reads.cram", "--nouse_ref_for_cram"))
    assert loci([tmp_path / "examples.tfrecord.gz"]) == loci([plain / "examples.tfrecord.gz"])


# ---- reads

def reads_made_of(demo, change, out):
    """A BAM of what `change` makes of each line of the demo's reads; None leaves it out."""
    lines = run("samtools", "view", "-h", demo / "reads.bam").stdout.splitlines()
    made = [line if line.startswith("@") else change(line.split("\t")) for line in lines]
    out.with_suffix(".sam").write_text("".join(line + "\n" for line in made if line))
    run("samtools", "sort", "-o", out, out.with_suffix(".sam"))
    run("samtools", "index", out)
    return out


def test_reads_of_several_files_are_those_of_one_sample(demo, plain, tmp_path):
    halves = [reads_made_of(demo, lambda read: "\t".join(read) if (sum(map(ord, read[0])) % 2 == half) else None, tmp_path / f"half{half}.bam")
              for half in (0, 1)]
    run(*words(demo, tmp_path, "--reads", f"{halves[0]},{halves[1]}", "--candidates", tmp_path / "candidates.tfrecord.gz"))
    assert decoded([tmp_path / "candidates.tfrecord.gz"], candidate) == decoded([plain / "candidates.tfrecord.gz"], candidate)
    assert sorted(locus for locus, *_ in loci([tmp_path / "examples.tfrecord.gz"])) == sorted(locus for locus, *_ in loci([plain / "examples.tfrecord.gz"]))


def test_original_qualities_take_the_place_of_the_others(demo, tmp_path):
    bad = reads_made_of(demo, lambda read: "\t".join([*read, "OQ:Z:" + "#" * len(read[9])]), tmp_path / "bad.bam")
    here = ("--reads", bad, "--regions", "chr20:1-20000")
    run(*words(demo, tmp_path, *here))
    assert decoded([tmp_path / "examples.tfrecord.gz"], example)
    run(*words(demo, tmp_path, *here, "--use_original_quality_scores"))
    assert not decoded([tmp_path / "examples.tfrecord.gz"], example)
    done = run(*words(demo, tmp_path, "--use_original_quality_scores"), ok=False)
    assert done.returncode == 3 and "no original qualities" in done.stderr


def test_reads_are_cut_at_their_introns(demo, tmp_path):
    bases = "".join((demo / "ref.fa").read_text().splitlines()[1:])
    read = bases[1999:2059] + bases[2499:2529] + "ACGT"["ACGT".index(bases[2529]) - 1] + bases[2530:2560]
    head = run("samtools", "view", "-H", demo / "reads.bam").stdout
    (tmp_path / "rna.sam").write_text(head + "".join(f"r{i}\t0\tchr20\t2000\t60\t60M440N61M\t*\t0\t0\t{read}\t{'I' * len(read)}\n" for i in range(9)))
    run("samtools", "view", "-b", "-o", tmp_path / "rna.bam", tmp_path / "rna.sam")
    run("samtools", "index", tmp_path / "rna.bam")
    found = {}
    for flag in ("split_skip_reads", "nosplit_skip_reads"):
        run(*words(demo, tmp_path, "--reads", tmp_path / "rna.bam", f"--{flag}", "--regions", "chr20:2001-3000", "--candidates", tmp_path / "c.tfrecord.gz"))
        (one,) = decoded([tmp_path / "c.tfrecord.gz"], candidate)
        assert one["variant"]["start"] == 2529
        found[flag] = {support[0] for reads in one["allele_support_ext"].values() for support in reads}
    assert found == {"split_skip_reads": {f"r{i}_p1/0" for i in range(9)}, "nosplit_skip_reads": {f"r{i}/0" for i in range(9)}}


def test_a_name_without_gz_is_written_plain(demo, tmp_path):
    run(*words(demo, tmp_path, "--regions", "chr20:1-5000", "--examples", tmp_path / "examples.tfrecord"))
    data = (tmp_path / "examples.tfrecord").read_bytes()
    assert data[:2] != b"\x1f\x8b" and decoded([tmp_path / "examples.tfrecord"], example)


def test_nothing_stands_under_its_name_after_a_failure(demo, tmp_path):
    done = run(*words(demo, tmp_path, "--candidates", tmp_path / "no" / "such.tfrecord.gz"), ok=False)
    assert done.returncode == 4 and list(tmp_path.iterdir()) == []


def test_positions_are_those_of_the_reads_as_they_are(demo, tmp_path):
    run(*words(demo, tmp_path, "--candidate_positions", tmp_path / "positions", "--regions", "chr20:1-10000", mode="candidate_sweep"))
    numbers = int32s([tmp_path / "positions"])
    assert numbers.count(-2) == 10 and numbers.count(-1) == 1 and numbers[-1] == -1
    places = [number for number in numbers if number >= 0]
    assert places == sorted(places) and places
    assert not (tmp_path / "examples.tfrecord.gz").exists()


@pytest.mark.parametrize("tasks", [1, 3])
def test_positions_of_a_sweep_say_where_partitions_end(demo, plain, tmp_path, tasks):
    name = f"positions@{tasks}" if tasks > 1 else "positions"
    here = ("--candidate_positions", tmp_path / name, "--regions", "chr20:1-30000 chr20:40001-60000")
    examples = ("--examples", tmp_path / f"e.tfrecord@{tasks}.gz")
    for task in range(tasks):
        run(*words(demo, tmp_path, *here, *examples, "--task", task, mode="candidate_sweep"))
    run(*words(demo, tmp_path, *here, "--runtime_by_region", tmp_path / "cost.tsv"))
    rows = [line.split("\t")[0] for line in (tmp_path / "cost.tsv").read_text().splitlines()[1:]]
    assert rows == ["chr20:1-30000", "chr20:40001-60000"], "fewer than 200 candidates: each region is one partition"
    done = run(*words(demo, tmp_path, *here[:2], "--regions", "chr20:50001-60000"), ok=False)
    assert done.returncode == 3 and "not of these calling regions" in done.stderr


def test_positions_that_are_none_are_refused(demo, tmp_path):
    done = run(*words(demo, tmp_path, "--candidate_positions", demo / "ref.fa"), ok=False)
    assert done.returncode == 3 and "candidate positions" in done.stderr
    done = run(*words(demo, tmp_path, "--candidate_positions", tmp_path / "none"), ok=False)
    assert done.returncode == 3 and list(tmp_path.iterdir()) == []


def test_images_of_single_alts_alone(demo, plain, tmp_path):
    run(*words(demo, tmp_path, "--multi_allelic_mode", "exclude_het_alt_images"))
    shown = decoded([tmp_path / "examples.tfrecord.gz"], example)
    both = decoded([plain / "examples.tfrecord.gz"], example)
    assert all(len(one["alt_allele_indices/encoded"]) == 1 for one in shown)
    assert len(shown) == sum(len(one["alt_allele_indices/encoded"]) == 1 for one in both)


# ---- with a pangenome

def test_haplotypes_stand_above_the_reads(demo, store, tmp_path):
    run(*pangenome_words(demo, tmp_path, store, "--candidates", tmp_path / "c.tfrecord.gz", "--regions", "chr20:10001-30000"))
    shown = decoded([tmp_path / "examples.tfrecord.gz"], example)
    assert shown and all(one["image/shape"] == [200, 221, 7] for one in shown)
    width = 221 * 7
    assert any(any(one["image/encoded"][5 * width:6 * width]) for one in shown), "no haplotype is drawn"
    samples = {support[5] for one in decoded([tmp_path / "c.tfrecord.gz"], candidate) for reads in one["allele_support_ext"].values()
               for support in reads}
    assert len(samples) == 2 and "pangenome" in samples
    info = json.loads((tmp_path / "examples.tfrecord.gz.example_info.json").read_text())
    assert info["shape"] == [200, 221, 7]


def test_a_named_image_is_attached_to(demo, store, tmp_path):
    run("load_gbz_into_shared_memory", "--pangenome_gbz", demo / "panel.gbz", "--num_shards", 1, "--shared_memory_name", "MINE", "--gbz_store_dir", store)
    run(*pangenome_words(demo, tmp_path, store, "--use_loaded_gbz_shared_memory", "--gbz_shared_memory_name", "MINE", "--regions", "chr20:10001-12000"))
    run("haploom", "gbz", "unload", "MINE", "--gbz_store_dir", store)


def test_shared_memory_a_file_and_private_memory_hold_one_pangenome(demo, store, tmp_path):
    seen = set()
    for backing, place in (("shm", ()), ("file", ("--gbz_store_dir", store)), ("private", ())):
        out = tmp_path / backing
        out.mkdir()
        run("make_examples_pangenome_aware_dv", *words(demo, out, "--pangenome", demo / "panel.gbz", "--gbz_backing", backing, *place,
                                                        "--gbz_shared_memory_name", f"test-{os.getpid()}-{tmp_path.name}",
                                                        "--candidates", out / "candidates.tfrecord.gz", "--regions", "chr20:1-20000")[1:])
        seen.add(tuple((out / f"{name}.tfrecord.gz").read_bytes() for name in ("examples", "candidates")))
    assert len(seen) == 1 and decoded([out / "examples.tfrecord.gz"], example)


def test_haplotypes_of_a_graph_and_of_a_bam_give_the_same_records(demo, store, plain, tmp_path):
    compared = 0
    places = sorted({(int(one["locus"].split(":")[1].split("-")[0]) - 1) // 1000 for one in decoded([plain / "examples.tfrecord.gz"], example)})
    for place in places[2:8]:
        region = f"chr20:{place * 1000 + 1}-{place * 1000 + 1000}"
        out = tmp_path / str(place)
        out.mkdir()
        (out / "panel.sam").write_text(run("haploom", "gbz", "haplotypes", demo / "panel.gbz", region, "--format", "sam").stdout)
        run("samtools", "view", "-b", "-o", out / "panel.bam", out / "panel.sam")
        run("samtools", "index", out / "panel.bam")
        found = []
        for panel in (demo / "panel.gbz", out / "panel.bam"):
            run("make_examples_pangenome_aware_dv", *words(demo, out, "--pangenome", panel, "--gbz_store_dir", store, "--regions", region,
                                                            "--candidates", out / "candidates.tfrecord.gz")[1:])
            found.append([decoded([out / "examples.tfrecord.gz"], example), decoded([out / "candidates.tfrecord.gz"], candidate)])
        assert found[0] == found[1], region
        compared += len(found[0][0])
    assert compared > 5


def test_both_samples_of_one_name_are_refused(demo, store, tmp_path):
    done = run(*pangenome_words(demo, tmp_path, store, "--sample_name_reads", "x", "--sample_name_pangenome", "x"), ok=False)
    assert done.returncode == 2 and "both named x" in done.stderr


def test_the_name_that_the_reads_bear_counts_as_theirs(demo, store, tmp_path):
    head = run("samtools", "view", "-H", demo / "reads.bam").stdout
    name = re.search(r"^@RG.*\tSM:(\S+)", head, re.M).group(1)
    done = run(*pangenome_words(demo, tmp_path, store, "--sample_name_pangenome", name), ok=False)
    assert done.returncode == 2 and f"both named {name}" in done.stderr and list(tmp_path.iterdir()) == [store]


# ---- the command line

@pytest.mark.parametrize("more, what", [
    (["--call_small_model_examples"], "--call_small_model_examples"),
    (["--stream_examples=true"], "--stream_examples"),
    (["--stream_examples=True"], "--stream_examples"),
    (["--stream_examples=perhaps"], "perhaps"),
    (["--emit_realigned_reads=1"], "--emit_realigned_reads"),
    (["--enable_methylation_calling"], "--enable_methylation_calling"),
    (["--exclude_variants_vcf_filename", "x.vcf.gz"], "--exclude_variants_vcf_filename"),
    (["--channels", "x"], "--channels"),
    (["--nouse_fast_pass_aligner"], "--nouse_fast_pass_aligner"),
    (["--pileup_image_width", "220"], "not odd"),
    (["--pileup_image_width", "1"], "--pileup_image_width 1"),
    (["--pileup_image_width", "-221"], "--pileup_image_width"),
    (["--pileup_image_width", "10003"], "--pileup_image_width"),
    (["--pileup_image_height", "-100"], "--pileup_image_height"),
    (["--pileup_image_height", "2147483647"], "--pileup_image_height"),
    (["--pileup_image_height", "20"], "20 rows"),
    (["--p_error", "nan"], "--p_error"),
    (["--vsc_min_fraction_snps", "nan"], "--vsc_min_fraction_snps"),
    (["--downsample_fraction", "1.5"], "--downsample_fraction"),
    (["--ws_min_num_supporting_reads", "-2"], "--ws_min_num_supporting_reads"),
    (["--max_reads_per_partition", "99999999999"], "--max_reads_per_partition"),
    (["--task", "1"], "--task 1"),
    (["--vsc_min_fraction_multiplier", "2"], "--vsc_min_fraction_multiplier"),
    (["--gvcf", "g.tfrecord@2.gz"], "different numbers of shards"),
    (["--examples", "x.gz"], "tfrecord"),
    (["--mode", "watching"], "--mode 'watching'"),
    (["--truth_variants", "x.vcf.gz"], "--truth_variants"),
    (["--reads", ","], "--reads"),
    (["--hp_tag_for_assembly_polishing", "1"], "--sort_by_haplotypes"),
    (["--phase_reads"], "--track_ref_reads"),
    (["--select_variant_types", "snips"], "snips"),
    (["--downsample_classes", "0.5,half"], "half"),
    (["--channel_list", "read_base,colour"], "colour"),
    (["one_too_many"], "one_too_many"),
    (["--regoins", "chr20"], "--regions"),
    (["--flagfile=/no/such/file"], "--flagfile"),
])
def test_what_is_not_done_is_refused_by_name(demo, tmp_path, more, what):
    done = run(*words(demo, tmp_path, *more), ok=False)
    assert done.returncode == 2, done.stderr
    assert what in done.stderr and list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("flag", ["candidates", "gvcf", "runtime_by_region"])
def test_two_outputs_of_one_name_are_refused_before_any_work(demo, tmp_path, flag):
    done = run(*words(demo, tmp_path, f"--{flag}", tmp_path / "none" / ".." / "examples.tfrecord.gz"), ok=False)
    assert done.returncode == 2 and f"--examples and --{flag} name one file" in done.stderr and list(tmp_path.iterdir()) == []


def test_an_output_over_an_input_is_refused(demo, tmp_path):
    done = run(*words(demo, tmp_path, "--candidates", demo / "reads.bam"), ok=False)
    assert done.returncode == 2 and "--reads and --candidates name one file" in done.stderr


def test_a_refused_flag_at_its_default_is_taken(demo, tmp_path):
    done = run(*words(demo, tmp_path, "--nocall_small_model_examples", "--stream_examples=false", "--stream_examples=False",
                     "--emit_realigned_reads=0", "--emit_realigned_reads=f", "--emit_realigned_reads", "--noemit_realigned_reads",
                     "--regions", "chr20:1-2000"))
    assert "call_small_model_examples" not in done.stderr.replace(" --nocall_small_model_examples", "")


def test_flags_without_effect_are_told_of(demo, tmp_path):
    done = run(*words(demo, tmp_path, "--parse_sam_aux_fields", "--aln_k", "23", "--regions", "chr20:1-2000"))
    assert re.search(r"--parse_sam_aux_fields changes nothing", done.stderr) and re.search(r"--aln_k changes nothing", done.stderr)


def warned(done):
    return sorted(re.findall(r"--(\w+) changes nothing", done.stderr))


def test_flags_that_need_another_are_told_of(demo, tmp_path):
    here = ("--regions", "chr20:1-2000")
    given = ["notrim_reads_for_pileup", "output_phase_info", "reverse_haplotypes", "include_med_dp"]
    valued = {"output_local_read_phasing": tmp_path / "phases.tsv", "proposed_variants": "x.vcf.gz", "population_vcfs": "x.vcf.gz",
              "par_regions_bed": "x.bed", "confident_regions": "x.bed", "denovo_regions": "x.bed", "labeler_algorithm": "positional_labeler",
              "downsample_classes": "0.5", "training_random_emit_ref_sites": "0.5", "types_to_alt_align": "all"}
    done = run(*words(demo, tmp_path, *here, *(f"--{flag}" for flag in given), *(f"--{flag}={value}" for flag, value in valued.items())))
    assert warned(done) == sorted([*given, *valued])
    assert warned(run(*words(demo, tmp_path, *here, "--trim_reads_for_pileup", "--nooutput_phase_info", "--population_vcfs", ""))) == []


def test_what_a_sweep_does_not_write_is_told_of(demo, tmp_path):
    outputs = {flag: tmp_path / f"{flag}.tfrecord.gz" for flag in ("candidates", "gvcf", "runtime_by_region")}
    done = run(*words(demo, tmp_path, "--regions", "chr20:1-2000", "--candidate_positions", tmp_path / "positions",
                      *(f"--{flag}={name}" for flag, name in outputs.items()), mode="candidate_sweep"))
    assert warned(done) == sorted(outputs) and not any(name.exists() for name in outputs.values())


def test_a_sweep_of_proposed_variants_is_refused(demo, tmp_path):
    done = run(*words(demo, tmp_path, "--candidate_positions", tmp_path / "positions", "--proposed_variants", "x.vcf.gz", mode="candidate_sweep"),
               ok=False)
    assert done.returncode == 2 and "--proposed_variants" in done.stderr


@pytest.mark.parametrize("more", [("--mode", "candidate_sweep"), ("--variant_caller", "vcf_candidate_importer")], ids=lambda words: words[1])
def test_what_is_not_done_with_a_pangenome_is_sent_to_make_examples(demo, store, tmp_path, more):
    done = run(*pangenome_words(demo, tmp_path, store, *more), ok=False)
    assert done.returncode == 2 and more[1] in done.stderr and "use make_examples for this" in done.stderr


def test_flags_are_written_as_absl_takes_them(demo, plain, tmp_path):
    (tmp_path / "flags").write_text("# as of last week\n--regions=chr20:1-9000\n--norealign_reads\n--partition_size=500\n")
    run(*words(demo, tmp_path, f"--flagfile={tmp_path / 'flags'}", "--realign_reads=true", "--partition_size", "1000"))
    expected = [one for one in loci([plain / "examples.tfrecord.gz"]) if int(one[0].split(":")[1].split("-")[0]) <= 9000]
    assert loci([tmp_path / "examples.tfrecord.gz"]) == expected


def test_a_checkpoint_says_what_is_drawn(demo, tmp_path):
    model = tmp_path / "model"
    model.mkdir()
    (model / "example_info.json").write_text('{"version": "1.9.0", "shape": [100, 221, 6], "channels": [1, 2, 3, 4, 5, 6]}')
    out = tmp_path / "out"
    out.mkdir()
    assert warned(run(*words(demo, out, "--checkpoint", model, "--regions", "chr20:1-5000"))) == ["channel_list"]
    assert json.loads((out / "examples.tfrecord.gz.example_info.json").read_text())["channels"] == [1, 2, 3, 4, 5, 6]


# ---- training

def test_training_examples_have_labels_that_the_truth_bears_out(demo, tmp_path):
    run(*words(demo, tmp_path, "--truth_variants", demo / "truth.vcf.gz", "--confident_regions", demo / "confident.bed",
               "--denovo_regions", demo / "confident.bed", mode="training"))
    shown = decoded([tmp_path / "examples.tfrecord.gz"], example)
    labels = [one["label"][0] for one in shown]
    assert len(labels) > 40 and labels.count(1) > labels.count(2) > 0
    assert all(one["denovo_label"] == [1] and one["variant/encoded"]["info"]["BAM_FNAME"] == ["reads.bam"] for one in shown)


def test_run_info_tells_how_candidates_fit_the_truth(demo, tmp_path):
    run(*words(demo, tmp_path, "--truth_variants", demo / "truth.vcf.gz", "--confident_regions", demo / "confident.bed", "--write_run_info",
               mode="training"))
    info = (tmp_path / "examples.tfrecord.gz.run_info.pbtxt").read_text()
    (metrics,) = re.findall(r"labeling_metrics \{\n(.*?)\}", info, re.S)
    found = {name: int(value) for name, value in re.findall(r"  n_(\w+): (\d+)\n", metrics)}
    assert len(found) == 16 and found["truth_variant_sites"] == found["true_positive_sites"] + found["false_negative_sites"] > 30
    assert found["true_positive_sites"] > 30 and found["exact_position_matches"] > 30
    run(*words(demo, tmp_path, "--truth_variants", demo / "truth.vcf.gz", "--confident_regions", demo / "confident.bed", "--write_run_info",
               "--labeler_algorithm", "positional_labeler", mode="training"))
    assert "labeling_metrics" not in (tmp_path / "examples.tfrecord.gz.run_info.pbtxt").read_text()
