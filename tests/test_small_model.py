"""The small model in make_examples: what it is trained on, what it answers, and what is left to the images.

The candidates as numbers come from the slow make_examples (tests/oracle/make_examples), or from the records of candidates that
the run itself writes; the answers from the same weights in numpy.
"""
import math
import random

import pysam
import pytest
import tf_records
from dv_records import call_output, candidate, decoded, example, fields, summary
from oracle.make_examples import cases, images, numbers, partition, reads, tiny_data
from programs import run
from small_models import SmallModel, quality

PANEL, LENGTH = "hprc_v1.1", 2600
SAMPLES = {"plain": [tiny_data.SAMPLE], "pangenome": [PANEL, tiny_data.SAMPLE]}


class Oracle:
    """Data of a seed, and its candidates as the slow make_examples finds them, with reads of the reference tracked."""

    def __init__(self, folder, seed, length):
        self.folder = folder
        tiny_data.make(folder, seed=seed, length=length)
        run("haploom", "gbz", "build", folder / "panel.gfa", "-o", folder / "panel.gbz")
        options = {"plain": {}, "pangenome": partition.PANGENOME_WGS}
        self.candidates = {kind: self.found(cases.Case(kind, partition.Options(sample=tiny_data.SAMPLE, track_ref_reads=True, **more), [],
                                                       kind == "pangenome")) for kind, more in options.items()}
        self.write_truth(random.Random(seed))

    def found(self, case):
        return [one for _, result in cases.results(case, self.folder) for one in result.candidates]

    def write_truth(self, dice):
        """Each candidate with a genotype drawn by chance, some of one copy."""
        self.genotypes = {kind: [self.genotype(dice, one) for one in found] for kind, found in self.candidates.items()}
        (self.folder / "confident.bed").write_text(f"{tiny_data.CONTIG}\t0\t{LENGTH}\n")
        for kind, found in self.candidates.items():
            with open(self.folder / f"{kind}.vcf", "w") as out:
                out.write(f"##fileformat=VCFv4.2\n##contig=<ID={tiny_data.CONTIG}>\n##FILTER=<ID=PASS,Description=\"x\">\n"
                          "##FORMAT=<ID=GT,Number=1,Type=String,Description=\"x\">\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\ts\n")
                for one, genotype in zip(found, self.genotypes[kind]):
                    out.write(f"{one.contig}\t{one.start + 1}\t.\t{one.ref}\t{','.join(one.alts)}\t.\tPASS\t.\tGT\t{'/'.join(map(str, genotype))}\n")
            pysam.tabix_index(str(self.folder / f"{kind}.vcf"), preset="vcf", force=True)

    @staticmethod
    def genotype(dice, one):
        if dice.random() < 0.3 and len(one.alts) == 1:
            return [1]
        return sorted([dice.randrange(1, len(one.alts) + 1), dice.randrange(len(one.alts) + 1)])


@pytest.fixture(scope="module", params=[8, 18])
def oracle(request, tmp_path_factory):
    return Oracle(tmp_path_factory.mktemp("oracle"), request.param, LENGTH)


def words(kind, folder, out, *more, mode="calling"):
    program = ["make_examples"]
    if kind == "pangenome":
        program = ["make_examples_pangenome_aware_dv", "--pangenome", folder / "panel.gbz", *cases.WGS_FLAGS, "--gbz_store_dir", out]
    return [*program, "--mode", mode, "--ref", folder / "reference.fa", "--reads", folder / "reads.bam", "--channel_list", "BASE_CHANNELS", "--regions",
            tiny_data.CONTIG, "--track_ref_reads", "--examples", out / "x.tfrecord.gz", *more]


def training_words(kind, folder, out, *more):
    return words(kind, folder, out, "--truth_variants", folder / f"{kind}.vcf.gz", "--confident_regions", folder / "confident.bed", "--labeler_algorithm",
                 "positional_labeler", "--write_small_model_examples", *more, mode="training")


def copies(genotype, indices):
    return sum(allele > 0 and allele - 1 in indices for allele in genotype)


def record(one, genotype, indices, row):
    """What is written of a set of a candidate's alleles."""
    label = 2 if genotype == [1] and len(one.alts) == 1 else copies(genotype, indices)
    return {"features/encoded": row, "ids/encoded": [one.contig, str(one.start), str(one.end), one.ref, "|".join(one.alts[i] for i in indices)],
            "label/encoded": [int(copies == label) for copies in range(3)], "genotype/encoded": genotype}


# ---- what a small model is trained on

@pytest.mark.parametrize("window", [51, 5, 0])
@pytest.mark.parametrize("kind", SAMPLES)
def test_a_candidate_is_written_as_the_oracles_numbers_with_its_label(oracle, kind, window, tmp_path):
    run(*training_words(kind, oracle.folder, tmp_path, "--skip_pileup_image_generation", "--small_model_vaf_context_window_size", window))
    want = [record(one, genotype, indices, row) for one, genotype in zip(oracle.candidates[kind], oracle.genotypes[kind])
            for indices, row in numbers.rows(one, SAMPLES[kind], window=window)]
    got = decoded([tmp_path / "x_small_model.tfrecord.gz"], summary)
    assert len(want) > 30 and any("|" in one["ids/encoded"][4] for one in want) and any(one["genotype/encoded"] == [1] for one in want)
    for mine, other in zip(got, want):
        assert mine == other, mine["ids/encoded"]
    assert len(got) == len(want)
    assert decoded([tmp_path / "x.tfrecord.gz"], example) == []


class Recorded:
    """A candidate as the oracle has it, out of a record."""

    def __init__(self, record_):
        site = record_["variant"]
        self.contig, self.start, self.end, self.ref, self.alts = site["chrom"], site["start"], site["end"], site["ref"], site["alts"]
        self.support, self.ref_support = record_["allele_support_ext"], record_["ref_support_ext"]
        self.fractions = record_["allele_frequency_at_position"]


def test_phased_reads_are_told_apart(oracle, tmp_path):
    run(*training_words("plain", oracle.folder, tmp_path, "--phase_reads", "--reverse_haplotypes", "--candidates", tmp_path / "c.tfrecord.gz",
                        "--output_local_read_phasing", tmp_path / "phases.tsv"))
    phases = {}
    for line in (tmp_path / "phases.tsv").read_text().splitlines()[1:]:
        key, phase, number = line.split("\t")
        phases.setdefault(int(number), {})[key] = int(phase)
    assert {phase for by_key in phases.values() for phase in by_key.values()} == {0, 1, 2}
    want = [row for one in map(Recorded, decoded([tmp_path / "c.tfrecord.gz"], candidate))
            for _, row in numbers.rows(one, SAMPLES["plain"], phases=phases.get(one.start // 1000 + 1, {}))]
    got = [one["features/encoded"] for one in decoded([tmp_path / "x_small_model.tfrecord.gz"], summary)]
    assert {len(row) for row in got} == {12 + 7 + 51 + 36}
    assert got == want


def test_images_are_drawn_beside_what_a_small_model_is_trained_on(oracle, tmp_path):
    run(*training_words("plain", oracle.folder, tmp_path))
    shown = decoded([tmp_path / "x.tfrecord.gz"], example)
    rows = {tuple(one["ids/encoded"][1:]): one for one in decoded([tmp_path / "x_small_model.tfrecord.gz"], summary)}
    assert shown
    for one in shown:
        site = one["variant/encoded"]
        row = rows[str(site["start"]), str(site["end"]), site["ref"], "|".join(site["alts"][i] for i in one["alt_allele_indices/encoded"])]
        assert row["genotype/encoded"] == site["calls"][0]["genotype"]


def test_a_threshold_of_minus_one_leaves_its_kind_out_of_the_training(oracle, tmp_path):
    run(*training_words("plain", oracle.folder, tmp_path, "--small_model_snp_gq_threshold", -1, "--nosmall_model_call_multiallelics",
                        "--skip_pileup_image_generation"))
    got = {int(one["ids/encoded"][1]) for one in decoded([tmp_path / "x_small_model.tfrecord.gz"], summary)}
    assert got == {one.start for one in oracle.candidates["plain"] if len(one.alts) == 1 and (len(one.ref), len(one.alts[0])) != (1, 1)}


# ---- what it answers

def model_for(kind):
    return SmallModel(12 * (1 if kind == "plain" else 3) + 7 + 51, seed=3)


def threshold_that_splits_a_site(kind, oracle):
    for one in oracle.candidates[kind]:
        if len(one.alts) > 1:
            found = sorted(quality(answer) for answer in model_for(kind).answers([row for _, row in numbers.rows(one, SAMPLES[kind])]))
            if math.ceil(found[0]) < found[-1]:
                return {"snp": math.ceil(found[0]), "indel": math.ceil(found[0])}
    raise AssertionError("no site of several alts has answers of differing quality")


class Calls:
    """A run with a small model, and what it should have written."""

    def __init__(self, kind, oracle, out, *more, snp=6, indel=9):
        self.out = out
        self.model = model_for(kind)
        self.words = words(kind, oracle.folder, out, "--call_small_model_examples", "--trained_small_model_path", self.model.save(out / "model"),
                           "--small_model_snp_gq_threshold", snp, "--small_model_indel_gq_threshold", indel, "--candidates", out / "c.tfrecord.gz", *more)
        self.halves = []  # sites near an end that would have been answered in part
        self.outputs, self.left = [], []  # (start, indices, probabilities); (start, indices) of the images, in order within a partition
        skipped = []
        for one in oracle.candidates[kind]:
            if len(one.alts) == 1 and (snp if len(one.ref) == len(one.alts[0]) == 1 else indel) < 0:
                skipped.append((one.start, [0]))
                continue
            sure, unsure = [], []
            for indices, row in numbers.rows(one, SAMPLES[kind]):
                (answer,) = self.model.answers([row])
                is_snp = len(one.ref) == 1 and all(len(one.alts[i]) == 1 for i in indices)
                least = snp if is_snp else indel
                assert abs(quality(answer) - least) > 1e-3, "too near to the threshold to be told"
                (sure if least >= 0 and quality(answer) >= least else unsure).append((one.start, indices, answer))
            if sure and unsure and near_an_end(one.start):
                self.halves.append(one.start)
                sure, unsure = [], sorted(sure + unsure, key=lambda place: (len(place[1]), place[1]))
            self.outputs += sure
            self.left += [place[:2] for place in unsure]
        self.left = skipped + self.left

    def run(self):
        run(*self.words)
        return self

    def got_outputs(self):
        return decoded([self.out / "x_call_variant_outputs.tfrecord.gz"], call_output)

    def got_images(self):
        return decoded([self.out / "x.tfrecord.gz"], example)


def by_partition(places):
    """Places in the order of partitions alone."""
    return sorted(places, key=lambda place: place[0] // 1000)


def near_an_end(start):
    """Where nothing is drawn."""
    return start < images.HALF or start + images.HALF >= LENGTH


@pytest.mark.parametrize("kind", SAMPLES)
def test_sure_answers_are_written_and_the_rest_is_drawn(oracle, kind, tmp_path):
    calls = Calls(kind, oracle, tmp_path).run()
    got = calls.got_outputs()
    assert len(calls.outputs) > 10 and len(calls.left) > 10
    assert [(one["variant"]["start"], one["alt_allele_indices"]) for one in got] == [(start, indices) for start, indices, _ in calls.outputs]
    for one, (_, _, answer) in zip(got, calls.outputs):
        assert one["genotype_probabilities"] == pytest.approx(list(answer), abs=2e-6)
        assert one["variant"]["calls"][0]["info"]["MID"] == ["small_model"]
    shown = [(one["variant/encoded"]["start"], one["alt_allele_indices/encoded"]) for one in calls.got_images()]
    assert shown == [place for place in by_partition(calls.left) if place in shown]
    assert all(near_an_end(start) for start, indices in calls.left if (start, indices) not in shown)


@pytest.mark.parametrize("kind", SAMPLES)
def test_all_records_of_a_site_tell_the_same_of_it(oracle, kind, tmp_path):
    """Also where some of its allele sets were answered and others drawn; the record of the candidate tells which."""
    calls = Calls(kind, oracle, tmp_path, **threshold_that_splits_a_site(kind, oracle)).run()
    sites = {one["variant"]["start"]: one for one in decoded([tmp_path / "c.tfrecord.gz"], candidate)}
    assert [*sites] == [one.start for one in oracle.candidates[kind]]
    answered, split = {start for start, _, _ in calls.outputs}, 0
    for one in calls.got_outputs():
        assert one["variant"] == sites[one["variant"]["start"]]["variant"]
    for one in calls.got_images():
        assert one["variant/encoded"] == sites[one["variant/encoded"]["start"]]["variant"]
    for start, site in sites.items():
        assert site["alt_sets"] == [indices for place, indices in calls.left if place == start]
        assert ("MID" in site["variant"]["calls"][0]["info"]) == (start in answered)
        split += bool(site["alt_sets"]) and start in answered
    assert split


def test_answers_of_minus_one_are_never_sure(oracle, tmp_path):
    """Not even of sites with several alts, whichever they are asked about."""
    (tmp_path / "without").mkdir()
    run(*words("plain", oracle.folder, tmp_path / "without"))
    calls = Calls("plain", oracle, tmp_path, snp=-1, indel=-1).run()
    assert calls.got_outputs() == []
    want = {(one["locus"], tuple(one["alt_allele_indices/encoded"])): one for one in decoded([tmp_path / "without/x.tfrecord.gz"], example)}
    assert {(one["locus"], tuple(one["alt_allele_indices/encoded"])): one for one in calls.got_images()} == want
    run(*calls.words, "--nosmall_model_call_multiallelics")
    assert (tmp_path / "x.tfrecord.gz").read_bytes() == (tmp_path / "without/x.tfrecord.gz").read_bytes()


def test_with_thresholds_of_0_every_candidate_is_answered(oracle, tmp_path):
    calls = Calls("plain", oracle, tmp_path, snp=0, indel=0).run()
    sets = [(one.start, indices) for one in oracle.candidates["plain"] for indices in images.allele_sets(len(one.alts))]
    assert [(one["variant"]["start"], one["alt_allele_indices"]) for one in calls.got_outputs()] == sets
    assert calls.got_images() == []


def test_a_kind_that_is_not_asked_about_is_drawn_first(oracle, tmp_path):
    calls = Calls("plain", oracle, tmp_path, snp=-1, indel=5).run()
    shown = [(one["variant/encoded"]["start"], one["alt_allele_indices/encoded"]) for one in calls.got_images()]
    assert shown == [place for place in by_partition(calls.left) if place in shown]
    assert shown != sorted(shown)


def test_answers_do_not_depend_on_how_many_are_asked_for_at_a_time(oracle, tmp_path):
    calls = Calls("plain", oracle, tmp_path).run()
    together = calls.got_outputs()
    run(*calls.words, "--small_model_inference_batch_size", 3)
    for one, other in zip(together, calls.got_outputs(), strict=True):
        assert one["variant"] == other["variant"] and one["genotype_probabilities"] == pytest.approx(other["genotype_probabilities"], abs=1e-6)


def test_shards_together_hold_what_one_run_holds(oracle, tmp_path):
    calls = Calls("plain", oracle, tmp_path).run()
    for task in range(3):
        run(*calls.words, "--examples", tmp_path / "s.v1.tfrecord@3.gz", "--candidates", tmp_path / "sc.tfrecord@3.gz", "--task", task)
    for stem, whole, decode in (("s.v1", "x", example), ("s_call_variant_outputs.v1", "x_call_variant_outputs", call_output)):
        parts = [tmp_path / f"{stem}.tfrecord-{task:05}-of-00003.gz" for task in range(3)]
        key = (lambda one: (one["locus"], one["alt_allele_indices/encoded"])) if decode is example else (lambda one: (one["variant"]["start"], one["alt_allele_indices"]))
        assert sorted(decoded(parts, decode), key=key) == sorted(decoded([tmp_path / f"{whole}.tfrecord.gz"], decode), key=key)


def test_the_table_of_costs_tells_of_the_small_model(oracle, tmp_path):
    Calls("plain", oracle, tmp_path, "--runtime_by_region", tmp_path / "cost.tsv").run()
    rows = [line.split("\t") for line in (tmp_path / "cost.tsv").read_text().splitlines()[1:]]
    assert all(float(cell) >= 0 for row in rows for cell in row[8:])
    assert all(float(row[11]) >= float(row[9]) for row in rows)


# ---- the step behind

def answered_by_chance(path, out):
    """What call_variants might say of the examples."""
    dice, outputs = random.Random(5), []
    for record_ in tf_records.read(path):
        features = {entry[1][-1].decode(): fields(fields(entry[2][-1])[1][-1])[1][-1]
                    for entry in map(fields, fields(fields(record_)[1][-1])[1]) if 1 in fields(entry[2][-1])}
        weights = [dice.random() + 0.01 for _ in range(3)]
        outputs.append(tf_records.data(1, features["variant/encoded"]) + tf_records.data(2, features["alt_allele_indices/encoded"])
                       + tf_records.packed_doubles(3, [weight / sum(weights) for weight in weights]))
    tf_records.write(out, outputs)


@pytest.mark.parametrize("kind", SAMPLES)
def test_postprocess_variants_makes_one_line_a_site_of_both_models_answers(oracle, kind, tmp_path):
    calls = Calls(kind, oracle, tmp_path, **threshold_that_splits_a_site(kind, oracle)).run()
    answered_by_chance(tmp_path / "x.tfrecord.gz", tmp_path / "cvo-00000-of-00001.tfrecord.gz")
    run("postprocess_variants", "--ref", oracle.folder / "reference.fa", "--infile", tmp_path / "cvo.tfrecord.gz", "--outfile", tmp_path / "out.vcf",
        "--small_model_cvo_records", tmp_path / "x_call_variant_outputs.tfrecord.gz")
    lines = [line.split("\t") for line in (tmp_path / "out.vcf").read_text().splitlines() if not line.startswith("#")]
    answered = {start for start, _, _ in calls.outputs}
    drawn = {one["variant/encoded"]["start"] for one in calls.got_images()}
    assert [int(line[1]) - 1 for line in lines] == [one.start for one in oracle.candidates[kind] if one.start in answered | drawn]
    notes = {int(line[1]) - 1: dict(zip(line[8].split(":"), line[9].split(":"))) for line in lines}
    assert {start for start, note in notes.items() if note.get("MID") == "small_model"} == answered


# ---- the command line

@pytest.mark.parametrize("more, what", [
    (["--call_small_model_examples"], "--trained_small_model_path"),
    (["--write_small_model_examples"], "--mode training"),
    (["--skip_pileup_image_generation"], "--write_small_model_examples"),
    (["--small_model_snp_gq_threshold", "-2"], "--small_model_snp_gq_threshold"),
    (["--small_model_inference_batch_size", "0"], "--small_model_inference_batch_size"),
    (["--small_model_vaf_context_window_size", "4"], "even"),
])
def test_what_contradicts_is_refused(oracle, tmp_path, more, what):
    done = run(*words("plain", oracle.folder, tmp_path, *more), ok=False)
    assert done.returncode == 2 and what in done.stderr and list(tmp_path.iterdir()) == []


def test_training_and_calling_in_one_run_are_refused(oracle, tmp_path):
    done = run(*training_words("plain", oracle.folder, tmp_path, "--call_small_model_examples", "--trained_small_model_path", "x"), ok=False)
    assert done.returncode == 2 and "in one run" in done.stderr


def test_a_model_of_other_numbers_is_refused_with_what_decides_about_them(oracle, tmp_path):
    folder = SmallModel(70).save(tmp_path / "model")
    done = run(*words("pangenome", oracle.folder, tmp_path, "--call_small_model_examples", "--trained_small_model_path", folder), ok=False)
    assert done.returncode == 3
    assert "takes 70 numbers of a candidate, and this run makes 94" in done.stderr and "--small_model_vaf_context_window_size 51" in done.stderr


def test_a_file_of_keras_is_refused_with_the_way_to_export_it(oracle, tmp_path):
    (tmp_path / "model").mkdir()
    (tmp_path / "model/small.keras").write_bytes(b"PK")
    for path in (tmp_path / "model", tmp_path / "model/small.keras"):
        done = run(*words("plain", oracle.folder, tmp_path, "--call_small_model_examples", "--trained_small_model_path", path), ok=False)
        assert done.returncode == 3 and "only Keras can read" in done.stderr and ".export('FOLDER')" in done.stderr


def test_a_folder_without_a_network_is_refused(oracle, tmp_path):
    done = run(*words("plain", oracle.folder, tmp_path, "--call_small_model_examples", "--trained_small_model_path", tmp_path / "none"), ok=False)
    assert done.returncode == 3 and "model.onnx" in done.stderr


def test_flags_of_a_small_model_that_is_not_there_change_nothing(oracle, tmp_path):
    done = run(*words("plain", oracle.folder, tmp_path, "--small_model_snp_gq_threshold", 20, "--trained_small_model_path", "x", "--regions", "tiny:1-500"))
    assert "--small_model_snp_gq_threshold changes nothing" in done.stderr and "--trained_small_model_path changes nothing" in done.stderr
