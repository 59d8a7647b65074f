"""make_examples --mode training on the demo data: labels against the truth that the demo's reads were made from."""
import gzip

import pytest

from dv_records import decoded, example
from programs import run

FAR = 60  # bases to the next record: what is further away cannot be another way to write it


def lines(path):
    with gzip.open(path, "rt") if path.suffix == ".gz" else open(path) as text:
        return [line.rstrip("\n").split("\t") for line in text if not line.startswith("#")]


@pytest.fixture(scope="module")
def truth(demo):
    """start -> (ref, alts, copies of each allele)"""
    found = {}
    for _, position, _, ref, alts, _, _, _, _, genotype, *_ in lines(demo / "truth.vcf.gz"):
        copies = sorted(int(allele) for allele in genotype.replace("|", "/").split(":")[0].split("/"))
        found[int(position) - 1] = (ref, alts.split(","), copies)
    return found


@pytest.fixture(scope="module")
def examples(demo, tmp_path_factory):
    def made(*words, shards=0):
        folder = tmp_path_factory.mktemp("training")
        for task in range(max(1, shards)):
            run("make_examples", "--mode", "training", "--ref", demo / "ref.fa", "--reads", demo / "reads.bam", "--truth_variants",
                demo / "truth.vcf.gz", "--confident_regions", demo / "confident.bed", "--channel_list", "BASE_CHANNELS", "--examples",
                folder / (f"out.tfrecord@{shards}.gz" if shards else "out.tfrecord.gz"), "--task", task, *words)
        return sorted(decoded(sorted(folder.glob("out.tfrecord*.gz")), example), key=lambda one: (start(one), one["alt_allele_indices/encoded"]))
    return made


@pytest.fixture(scope="module")
def labelled(examples):
    return examples()


def start(one):
    return one["variant/encoded"]["start"]


def genotype(one):
    return one["variant/encoded"]["calls"][0]["genotype"]


def is_alone(one, truth, candidates):
    near = [p for p in truth if p != start(one) and abs(p - start(one)) <= FAR]
    return not near and not [p for p in candidates if p != start(one) and abs(p - start(one)) <= FAR]


def test_a_candidate_like_the_truths_record_has_its_genotype(labelled, truth):
    candidates = {start(one) for one in labelled}
    compared = 0
    for one in labelled:
        site = one["variant/encoded"]
        if start(one) not in truth or not is_alone(one, truth, candidates):
            continue
        ref, alts, copies = truth[start(one)]
        if (site["ref"], site["alts"]) == (ref, alts):
            assert sorted(genotype(one)) == copies, site
            compared += 1
    assert compared >= 10


def test_a_candidate_far_from_every_record_is_reference(labelled, truth):
    far = [one for one in labelled if all(abs(p - start(one)) > 2 * FAR for p in truth)]
    assert far
    for one in far:
        assert genotype(one) == [0, 0], one["locus"]


def test_two_candidates_of_one_position_have_each_its_own_label(examples, demo, truth, tmp_path):
    place = min(p for p, (ref, alts, copies) in truth.items() if len(ref) == len(alts[0]) == 1 and copies == [0, 1])
    ref, (alt,), _ = truth[place]
    other = next(base for base in "ACGT" if base not in (ref, alt))
    header = run("bcftools", "view", "-h", demo / "truth.vcf.gz").stdout
    (tmp_path / "two.vcf").write_text(header + "".join(
        f"chr20\t{place + 1}\t.\t{ref}\t{base}\t.\tPASS\tAC=1;AN=2\tGT\t{gt}\n" for base, gt in ((alt, "0|1"), (other, "1|1"))))
    run("bcftools", "view", "-Oz", "-o", tmp_path / "two.vcf.gz", tmp_path / "two.vcf")
    run("bcftools", "index", "-t", tmp_path / "two.vcf.gz")
    both = examples("--variant_caller", "vcf_candidate_importer", "--truth_variants", tmp_path / "two.vcf.gz")
    assert {one["variant/encoded"]["alts"][0]: (one["label"], sorted(genotype(one))) for one in both} == {alt: ([1], [0, 1]), other: ([2], [1, 1])}


def test_a_label_counts_the_copies_of_its_images_alleles(labelled):
    for one in labelled:
        copies = sum(allele > 0 and allele - 1 in one["alt_allele_indices/encoded"] for allele in genotype(one))
        assert one["label"] == [copies]
    assert {one["label"][0] for one in labelled} >= {1, 2}


def test_what_is_labelled_lies_in_the_confident_regions(labelled, demo):
    regions = [(int(first), int(last)) for _, first, last, *_ in lines(demo / "confident.bed")]
    for one in labelled:
        assert any(first <= start(one) < last for first, last in regions)


def test_no_site_is_labelled_outside_of_smaller_regions(examples, labelled, tmp_path):
    bed = tmp_path / "half.bed"
    bed.write_text(f"chr20\t0\t{start(labelled[len(labelled) // 2])}\n")
    half = examples("--confident_regions", bed)
    assert half == [one for one in labelled if start(one) < start(labelled[len(labelled) // 2])]


def test_labels_do_not_depend_on_the_number_of_shards(examples, labelled):
    assert examples(shards=3) == labelled


def test_labels_by_position_are_those_by_haplotype_where_variants_are_alone(examples, labelled, truth):
    candidates = {start(one) for one in labelled}
    by_place = {(start(one), tuple(one["alt_allele_indices/encoded"])): one["label"] for one in labelled}
    compared = 0
    for one in examples("--labeler_algorithm", "positional_labeler"):
        site = one["variant/encoded"]
        if is_alone(one, truth, candidates) and (start(one) not in truth or truth[start(one)][:2] == (site["ref"], site["alts"])):
            assert one["label"] == by_place[start(one), tuple(one["alt_allele_indices/encoded"])]
            compared += 1
    assert compared >= 10
