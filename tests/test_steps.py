"""A run as its three steps: printed, with files between, and in one piece. All give the same bytes."""
import json
import pathlib
import re
import shlex
import shutil
import subprocess

import pytest

from programs import BIN, ROOT, call_words, run

MODEL = ROOT / "models/wgs"


def content(path):
    """A VCF but for the line that names the command."""
    lines = run("bcftools", "view", "--no-version", path).stdout.splitlines()
    assert sum(line.startswith("##haploom_command=") for line in lines) == 1
    return [line for line in lines if not line.startswith("##haploom_command=")]


def outputs(place):
    return ["--output_vcf", place / "o.vcf.gz", "--output_gvcf", place / "o.g.vcf.gz"]


def words(demo, store, place, *more):
    """Without the cascade of the shipped model, which the steps do not have (test_cascade.py)."""
    return [*call_words(demo, store, place / "o.vcf.gz"), "--output_gvcf", place / "o.g.vcf.gz", "--nocascade", *more]


def plain_words(demo, place, *more):
    return ["run_deepvariant", "--model_type", "WGS", "--ref", demo / "ref.fa", "--reads", demo / "reads.bam", *outputs(place), "--nocascade", *more]


@pytest.fixture(scope="module")
def one_piece(demo, tmp_path_factory):
    place = tmp_path_factory.mktemp("one_piece")
    (place / "store").mkdir()
    run(*words(demo, place / "store", place))
    return content(place / "o.vcf.gz"), content(place / "o.g.vcf.gz")


@pytest.fixture(scope="module")
def plain_model(tmp_path_factory):
    """The shipped network without the flags that it was trained with: presets alone count, as for DeepVariant's models."""
    place = tmp_path_factory.mktemp("model") / "plain"
    shutil.copytree(MODEL, place)
    info = json.loads((place / "example_info.json").read_text())
    del info["flags_for_calling"]
    (place / "example_info.json").write_text(json.dumps(info))
    return place


# ---- three ways, one result

@pytest.mark.parametrize("shards", [1, 3])
def test_files_between_the_steps_change_nothing(demo, store, tmp_path, one_piece, shards):
    run(*words(demo, store, tmp_path, "--intermediate_results_dir", tmp_path / "new/between", "--num_shards", shards))
    assert (content(tmp_path / "o.vcf.gz"), content(tmp_path / "o.g.vcf.gz")) == one_piece
    names = {path.name for path in (tmp_path / "new/between").iterdir()}
    assert {f"make_examples_pangenome_aware_dv.tfrecord-{i:05}-of-{shards:05}.gz" for i in range(shards)} <= names
    assert {f"gvcf.tfrecord-{i:05}-of-{shards:05}.gz" for i in range(shards)} <= names and "call_variants_output-00000-of-00001.tfrecord.gz" in names
    assert list(store.iterdir()) == []


def test_the_printed_commands_do_the_same_when_a_shell_runs_them(demo, store, tmp_path, one_piece):
    printed = run(*words(demo, store, tmp_path, "--num_shards", 2, "--dry_run")).stdout
    assert not (tmp_path / "o.vcf.gz").exists()
    folder = pathlib.Path(re.search(r"^mkdir -p (\S+) &&$", printed, re.MULTILINE)[1])
    assert not folder.exists()
    done = subprocess.run(["bash"], input=printed, text=True, capture_output=True)
    assert done.returncode == 0, done.stderr
    version = json.loads((MODEL / "example_info.json").read_text())["version"]
    model = f"##haploom_model={MODEL.name} {version}"  # which a VCF of the last step alone cannot name
    for vcf, whole in zip(("o.vcf.gz", "o.g.vcf.gz"), one_piece):
        assert content(tmp_path / vcf) == [line for line in whole if line != model]
    shutil.rmtree(folder)


def test_a_printed_command_that_fails_ends_the_others(demo, store, tmp_path):
    printed = run(*words(demo, store, tmp_path, "--dry_run", "--intermediate_results_dir", tmp_path / "between")).stdout
    done = subprocess.run(["bash"], input=printed.replace(str(demo / "reads.bam"), str(tmp_path / "none.bam")), text=True, capture_output=True)
    assert done.returncode != 0 and "none.bam" in done.stderr and "call_variants" not in done.stderr
    assert not (tmp_path / "o.vcf.gz").exists()


def test_without_a_pangenome_too(demo, tmp_path):
    for name, more in (("one", []), ("steps", ["--intermediate_results_dir", tmp_path / "between", "--num_shards", 2])):
        (tmp_path / name).mkdir()
        run(*plain_words(demo, tmp_path / name, *more))
    one, steps = ([content(tmp_path / name / vcf) for vcf in ("o.vcf.gz", "o.g.vcf.gz")] for name in ("one", "steps"))
    assert one == steps and len(one[0]) > 60
    run("haploom", "call", "--ref", demo / "ref.fa", "--reads", demo / "reads.bam", "--output_vcf", tmp_path / "call.vcf.gz", "--nocascade")
    assert content(tmp_path / "call.vcf.gz") == one[0]


@pytest.mark.parametrize("more", [
    ["--haploid_contigs", "{contig}"],
    ["--regions", "{contig}:5,001-25,000 {contig}:30,001-40,000", "--sample_name_reads", "else"],
    ["--make_examples_extra_args", "include_med_dp=true,partition_size=700,gvcf_gq_binsize=3,vsc_min_count_snps=3"],
    ["--postprocess_variants_extra_args", "only_keep_pass=true,qual_filter=30,debug_output_all_candidates=INFO"],
    ["--postprocess_variants_extra_args", "disable_haplotype_resolution=true,cnn_homref_call_min_gq=40"],
])
def test_flags_mean_the_same_in_one_piece_and_in_steps(demo, store, tmp_path, one_piece, more):
    contig = run("samtools", "view", "-H", demo / "reads.bam").stdout.split("SN:")[1].split("\t")[0]
    more = [word.format(contig=contig) for word in more]
    results = []
    for name, steps in (("one", []), ("steps", ["--intermediate_results_dir", tmp_path / "between", "--num_shards", 2])):
        (tmp_path / name).mkdir()
        done = run(*words(demo, store, tmp_path / name, *more, *steps))
        assert (" step make_examples" in done.stderr) == bool(steps)
        results.append([content(tmp_path / name / vcf) for vcf in ("o.vcf.gz", "o.g.vcf.gz")])
    assert results[0] == results[1]
    assert tuple(results[0]) != one_piece, "the flags have no effect here, so this shows nothing"


def test_what_one_piece_cannot_do_goes_through_files_that_are_gone_afterwards(demo, store, tmp_path, one_piece):
    done = run(*words(demo, store, tmp_path, "--make_examples_extra_args", "select_variant_types=snps"), env={"TMPDIR": tmp_path})
    assert "one step after another" in done.stderr and "a choice of variant types" in done.stderr
    lines = [line.split("\t") for line in content(tmp_path / "o.vcf.gz") if not line.startswith("#")]
    assert len(lines) > 20 and all(len(line[3]) == 1 and len(line[4]) == 1 for line in lines)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["o.g.vcf.gz", "o.g.vcf.gz.tbi", "o.vcf.gz", "o.vcf.gz.tbi", "store"]


@pytest.mark.parametrize("shards", [1, 3])
def test_without_files_asked_for_there_are_no_steps(demo, store, tmp_path, one_piece, shards):
    done = run(*words(demo, store, tmp_path, "--num_shards", shards))
    assert "[commands] step " not in done.stderr and "one step after another" not in done.stderr
    assert (content(tmp_path / "o.vcf.gz"), content(tmp_path / "o.g.vcf.gz")) == one_piece


def test_a_flag_that_changes_nothing_is_told_of_once(demo, store, tmp_path):
    done = run(*words(demo, store, tmp_path, "--intermediate_results_dir", tmp_path / "between", "--num_shards", 3,
                      "--make_examples_extra_args", "parse_sam_aux_fields=true"))
    assert done.stderr.count("--parse_sam_aux_fields changes nothing") == 1


def test_a_graph_is_loaded_once_for_all_tasks_of_a_run(demo, store, tmp_path):
    done = run(*words(demo, store, tmp_path, "--intermediate_results_dir", tmp_path / "between", "--num_shards", 4))
    assert done.stderr.count(" published ") == 1 and done.stderr.count("removed the shared pangenome") == 1


# ---- the command lines

def flags_of(command):
    """{flag: value, or True for a switch}"""
    out, tokens = {}, shlex.split(command)
    for i, token in enumerate(tokens):
        if token.startswith("--"):
            out[token] = tokens[i + 1] if i + 1 < len(tokens) and not tokens[i + 1].startswith("--") else True
    return out


def printed_steps(*command):
    text = run(*command, "--dry_run").stdout
    lines = [line.removesuffix(" &&") for line in text.splitlines() if not line.startswith("#")]
    assert len(lines) == 4
    return lines


def test_presets_are_upstreams(demo, store, tmp_path, plain_model):
    """The commands that run_pangenome_aware_deepvariant.py of DeepVariant 1.9 builds for WGS and WES."""
    between = tmp_path / "b"
    common = ["--customized_model", plain_model, "--intermediate_results_dir", between, "--num_shards", 4, "--gbz_shared_memory_name", "UNIQUE"]
    _, examples, calls, last = printed_steps(*call_words(demo, store, "o.vcf.gz", *common))
    assert examples.startswith(f"seq 0 3 | xargs -P 4 -I HAPLOOM_TASK {BIN / 'make_examples_pangenome_aware_dv'} ")
    assert flags_of(examples.split("xargs")[1].split(" ", 5)[5]) == {
        "--mode": "calling", "--ref": str(demo / "ref.fa"), "--reads": str(demo / "reads.bam"), "--pangenome": str(demo / "panel.gbz"),
        "--examples": f"{between}/make_examples_pangenome_aware_dv.tfrecord@4.gz", "--checkpoint": str(plain_model),
        "--gbz_store_dir": str(store), "--gbz_shared_memory_name": "UNIQUE", "--keep_legacy_allele_counter_behavior": True,
        "--keep_only_window_spanning_haplotypes": True, "--keep_supplementary_alignments": True, "--min_mapping_quality": "0",
        "--normalize_reads": True, "--sample_name_pangenome": "hprc_v1.1", "--sort_by_haplotypes": True, "--trim_reads_for_pileup": True,
        "--task": "HAPLOOM_TASK"}
    assert flags_of(calls) == {"--outfile": f"{between}/call_variants_output.tfrecord.gz", "--num_threads": "4",
                               "--examples": f"{between}/make_examples_pangenome_aware_dv.tfrecord@4.gz", "--checkpoint": str(plain_model)}
    assert flags_of(last) == {"--ref": str(demo / "ref.fa"), "--infile": f"{between}/call_variants_output.tfrecord.gz",
                              "--outfile": "o.vcf.gz", "--cpus": "4"}
    exomes = call_words(demo, store, "o.vcf.gz", *common)
    exomes[exomes.index("WGS")] = "WES"
    _, examples, _, last = printed_steps(*exomes)
    assert not {"--keep_legacy_allele_counter_behavior", "--min_mapping_quality", "--normalize_reads"} & set(flags_of(examples))
    assert {"--keep_only_window_spanning_haplotypes", "--keep_supplementary_alignments", "--sort_by_haplotypes"} <= set(flags_of(examples))
    assert flags_of(last)["--cpus"] == "0"


def test_long_reads_have_their_own_flags(demo, tmp_path, plain_model):
    command = plain_words(demo, tmp_path, "--customized_model", plain_model)
    command[command.index("WGS")] = "PACBIO"
    done = run(*command, "--dry_run", ok=False)
    assert done.returncode == 2 and "--alt_aligned_pileup diff_channels does not fit" in done.stderr, done.stderr
    long_reads = tmp_path / "model"
    long_reads.mkdir()
    (long_reads / "example_info.json").write_text(json.dumps(
        {"version": "1.9.0", "shape": [100, 147, 9], "channels": [1, 2, 3, 4, 5, 6, 7, 9, 10]}))
    command[command.index(plain_model)] = long_reads
    _, examples, _, _ = printed_steps(*command)
    assert {"--alt_aligned_pileup": "diff_channels", "--norealign_reads": True, "--partition_size": "25000", "--phase_reads": True,
            "--track_ref_reads": True, "--pileup_image_width": "147", "--max_reads_per_partition": "600",
            "--vsc_min_fraction_indels": "0.12", "--min_mapping_quality": "1"}.items() <= flags_of(examples).items()
    command[command.index("PACBIO")] = "CLAY"
    done = run(*command, "--dry_run", ok=False)
    assert done.returncode == 2 and "PACBIO" in done.stderr


def test_a_model_says_with_which_flags_it_sees(demo, store, tmp_path):
    _, examples, _, _ = printed_steps(*plain_words(demo, tmp_path))
    own = json.loads((MODEL / "example_info.json").read_text())["flags_for_calling"]
    assert len(own) >= 4
    for flag, value in own.items():
        assert flags_of(examples)[f"--{flag}"] == (value if value is True else str(value)), flag


def test_extra_arguments_override_with_a_warning(demo, store, tmp_path):
    done = run(*words(demo, store, tmp_path, "--dry_run", "--make_examples_extra_args",
                      'min_mapping_quality=7,normalize_reads=false,--regions="chr9:1-10, chr9:20-30"'))
    assert "--min_mapping_quality was 0 and is now 7" in done.stderr and "--normalize_reads was true and is now false" in done.stderr
    assert "--min_mapping_quality 7" in done.stdout and "--nonormalize_reads" in done.stdout and "--regions 'chr9:1-10, chr9:20-30'" in done.stdout


@pytest.mark.parametrize("flag, value, said", [
    ("make_examples_extra_args", "normalize_reads", "'normalize_reads' is not name=value"),
    ("make_examples_extra_args", "regions=a=b", "is not name=value"),
    ("make_examples_extra_args", "no_such_flag=3", "make_examples_pangenome_aware_dv: "),
    ("call_variants_extra_args", "no_such_flag=3", "call_variants: "),
    ("postprocess_variants_extra_args", "qual_filter=many", "postprocess_variants: "),
    ("postprocess_variants_extra_args", "process_somatic=true", "--process_somatic"),
    ("postprocess_variants_extra_args", "outfile=else.vcf", "outfile is for the run itself to set"),
    ("call_variants_extra_args", "outfile=else.tfrecord.gz", "outfile is for the run itself to set"),
    ("make_examples_extra_args", "task=7", "task is for the run itself to set"),
    ("make_examples_extra_args", "=5", "is not name=value"),
    ("output_vcf=", None, "--output_vcf is empty"),
    ("vcf_stats_report", None, "--vcf_stats_report"),
    ("report", "o.vcf.gz", "--output_vcf and --report"),
    ("runtime_report", None, "--runtime_report"),
    ("nodisable_small_model", None, "--customized_small_model"),
])
@pytest.mark.parametrize("steps", [False, True])
def test_wrong_flags_are_known_before_any_work(demo, store, tmp_path, flag, value, said, steps):
    more = [f"--{flag}", *([str(tmp_path / value) if flag == "report" else value] if value else []), *(["--intermediate_results_dir", tmp_path / "between"] if steps else [])]
    done = run(*words(demo, store, tmp_path, *more), ok=False)
    assert done.returncode == 2 and done.stderr.count("error [") == 1 and said in done.stderr, done.stderr
    assert "[commands] step " not in done.stderr and list(tmp_path.glob("o*")) == []


# ---- files that lie where others do

@pytest.mark.parametrize("flag, name", [
    ("--output_vcf", "reads.bam"), ("--output_vcf", "reads.bam.bai"), ("--output_vcf", "ref.fa"), ("--output_vcf", "panel.gbz"), ("--output_vcf", "r.bed"),
    ("--output_gvcf", "o.vcf.gz"), ("--output_gvcf", "o.vcf.gz.tbi"), ("--report", "logs/call.log")])
def test_no_output_takes_an_inputs_place(demo, store, tmp_path, flag, name):
    for source in ("reads.bam", "reads.bam.bai", "ref.fa", "ref.fa.fai", "panel.gbz"):
        shutil.copy(demo / source, tmp_path)
    contig = (demo / "ref.fa.fai").read_text().split("\t")[0]
    (tmp_path / "r.bed").write_text(f"{contig}\t0\t2000\n")
    before = {path: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    done = run(*call_words(tmp_path, store, tmp_path / "o.vcf.gz", "--regions", tmp_path / "r.bed", "--logging_dir", tmp_path / "logs",
                           flag, tmp_path / name), ok=False)
    assert done.returncode == 2 and "name one file" in done.stderr, done.stderr
    assert all(path.read_bytes() == data for path, data in before.items()) and not (tmp_path / "o.vcf.gz").exists()


def test_examples_are_not_overwritten_by_their_outputs(examples_of, tmp_path):
    shutil.copy(examples_of, tmp_path / "c-00000-of-00001.tfrecord.gz")
    done = run("call_variants", "--examples", tmp_path / "c-00000-of-00001.tfrecord.gz", "--outfile", tmp_path / "c.tfrecord.gz", "--checkpoint", MODEL, ok=False)
    assert done.returncode == 2 and "name one file" in done.stderr


@pytest.fixture
def examples_of(demo, store, tmp_path):
    run(*words(demo, store, tmp_path, "--intermediate_results_dir", tmp_path / "first"))
    return tmp_path / "first/make_examples_pangenome_aware_dv.tfrecord-00000-of-00001.gz"


def test_a_folder_may_be_used_again(demo, store, tmp_path, one_piece):
    for writers in (3, 1):
        run(*words(demo, store, tmp_path, "--intermediate_results_dir", tmp_path / "b", "--call_variants_extra_args", f"writer_threads={writers}"))
        assert (content(tmp_path / "o.vcf.gz"), content(tmp_path / "o.g.vcf.gz")) == one_piece


def test_all_tasks_share_one_private_copy(demo, store, tmp_path):
    done = run(*words(demo, store, tmp_path, "--intermediate_results_dir", tmp_path / "b", "--num_shards", 3, "--gbz_backing", "private"))
    assert done.stderr.count("held by this process alone") == 1, done.stderr


def test_a_region_without_reads_names_the_sample(demo, store, tmp_path):
    contig, length = (demo / "ref.fa.fai").read_text().split("\t")[:2]
    headers = []
    for i, steps in enumerate(([], ["--intermediate_results_dir", tmp_path / "b"])):
        run(*call_words(demo, store, tmp_path / f"{i}.vcf.gz", "--nocascade", "--regions", f"{contig}:{int(length) - 5}-{length}", *steps))
        headers.append(content(tmp_path / f"{i}.vcf.gz"))
    assert headers[0] == headers[1] and not headers[0][-1].endswith("default")


def test_the_last_of_a_flag_counts(demo, store, tmp_path, one_piece):
    command = call_words(demo, store, tmp_path / "o.vcf.gz", "--ref", demo / "ref.fa", "--nocascade")
    command[command.index("--ref") + 1] = tmp_path / "none.fa"
    run(*command)
    assert content(tmp_path / "o.vcf.gz") == one_piece[0]


def test_no_network_stands_in_for_one_of_long_reads(demo, tmp_path):
    command = plain_words(demo, tmp_path)
    command[command.index("WGS")] = "HYBRID_PACBIO_ILLUMINA"
    done = run(*command, ok=False)
    assert done.returncode == 3 and "--customized_model" in done.stderr


# ---- logs and failures

def test_each_step_has_its_log(demo, store, tmp_path):
    run(*words(demo, store, tmp_path, "--intermediate_results_dir", tmp_path / "b", "--logging_dir", tmp_path / "new/logs"))
    logs = {path.name: path.read_text() for path in (tmp_path / "new/logs").iterdir()}
    assert set(logs) == {"make_examples_pangenome_aware_dv.log", "call_variants.log", "postprocess_variants.log"}
    for name, text in logs.items():
        assert f"step {name.removesuffix('.log')} --" in text.splitlines()[0]
    assert "published" in logs["make_examples_pangenome_aware_dv.log"] and "published" not in logs["call_variants.log"]
    run(*words(demo, store, tmp_path, "--logging_dir", tmp_path / "one"))
    log = (tmp_path / "one/call.log").read_text()
    assert "published" in log and " : run_pangenome_aware_deepvariant " in log and "finished wall" in log


def test_a_network_that_is_none_ends_the_run_before_any_work(demo, store, tmp_path, plain_model):
    (plain_model / "model.onnx").write_bytes((MODEL / "model.onnx").read_bytes()[:-100_000])
    try:
        done = run(*words(demo, store, tmp_path, "--customized_model", plain_model, "--intermediate_results_dir", tmp_path / "b",
                          "--logging_dir", tmp_path / "logs"), ok=False)
    finally:
        shutil.copy(MODEL / "model.onnx", plain_model)
    assert done.returncode == 3 and "model.onnx" in done.stderr and " step " not in done.stderr, "a network is looked at first"
    assert not (tmp_path / "o.vcf.gz").exists() and list(store.iterdir()) == []


def test_a_step_that_fails_says_so_in_its_log(demo, store, tmp_path):
    run("samtools", "view", "-b", "-o", tmp_path / "cut.bam", demo / "reads.bam")
    run("samtools", "index", tmp_path / "cut.bam")
    data = (tmp_path / "cut.bam").read_bytes()
    (tmp_path / "cut.bam").write_bytes(data[:len(data) // 2] + bytes(2000) + data[len(data) // 2 + 2000:])
    command = words(demo, store, tmp_path, "--intermediate_results_dir", tmp_path / "b", "--logging_dir", tmp_path / "logs")
    command[command.index(demo / "reads.bam")] = tmp_path / "cut.bam"
    done = run(*command, ok=False)
    assert done.returncode == 3 and "cut.bam" in done.stderr
    assert "error [" in (tmp_path / "logs/make_examples_pangenome_aware_dv.log").read_text() and not (tmp_path / "logs/call_variants.log").exists()
    assert not (tmp_path / "o.vcf.gz").exists() and list(store.iterdir()) == []


def test_an_output_that_cannot_be_written_costs_no_work(demo, store, tmp_path):
    command = words(demo, store, tmp_path, "--intermediate_results_dir", tmp_path / "b")
    command[command.index(tmp_path / "o.g.vcf.gz")] = tmp_path / "no/such/folder/o.g.vcf.gz"
    done = run(*command, ok=False)
    assert done.returncode == 4 and "no/such/folder" in done.stderr and " step " not in done.stderr


def test_a_report_of_steps_counts_what_they_found(demo, store, tmp_path):
    run(*words(demo, store, tmp_path, "--intermediate_results_dir", tmp_path / "b", "--report", tmp_path / "r.json"))
    report = json.loads((tmp_path / "r.json").read_text())
    lines = [line for line in content(tmp_path / "o.vcf.gz") if not line.startswith("#")]
    assert report["reads"] > 1000 and report["bases"] > 50000 and report["windows_with_haplotypes"] > 20 and report["image"]["bytes"] > 0
    assert report["sites"] >= len(lines) > 20 and report["output"] == str(tmp_path / "o.vcf.gz")
