"""make_examples --phase_reads on the demo data: the table of phases, and haplotypes with their numbers changed."""
import pytest

from dv_records import decoded, example
from programs import run

SWAPPED = {"0": "0", "1": "2", "2": "1"}


@pytest.fixture(scope="module")
def phased(demo, tmp_path_factory):
    def made(*words):
        folder = tmp_path_factory.mktemp("phased")
        run("make_examples", "--mode", "calling", "--ref", demo / "ref.fa", "--reads", demo / "reads.bam", "--regions", "chr20:20001-40000",
            "--partition_size", 10000, "--phase_reads", "--track_ref_reads", "--output_phase_info", "--channel_list", "BASE_CHANNELS,haplotype",
            "--examples", folder / "out.tfrecord.gz", "--output_local_read_phasing", folder / "phases.tsv", *words)
        rows = [line.split("\t") for line in (folder / "phases.tsv").read_text().splitlines()]
        return rows, decoded([folder / "out.tfrecord.gz"], example)
    return made


def test_every_read_of_a_partition_has_a_phase(phased):
    rows, examples = phased()
    assert rows[0] == ["fragment_name", "phase", "region_order"]
    assert {phase for _, phase, _ in rows[1:]} == {"0", "1", "2"}
    assert {partition for _, _, partition in rows[1:]} == {"1", "2"}
    assert len({(name, partition) for name, _, partition in rows[1:]}) == len(rows) - 1
    assert {one["variant/encoded"]["info"]["PS_CONTIG"][0] for one in examples} <= {"0-1", "0-2"}


def test_reads_of_one_phase_are_copies_of_one_haplotype(phased):
    rows, _ = phased()
    sources = {}
    for name, phase, partition in rows[1:]:
        sources.setdefault((partition, phase), set()).add(name.split(":")[2])  # "DONOR:17:h0:10141/1"
    told = {key: source for key, source in sources.items() if key[1] != "0"}
    assert len(told) >= 2
    assert all(len(source) == 1 for source in told.values()), told


def test_reversed_haplotypes_change_the_reads_numbers_alone(phased):
    rows, examples = phased()
    other_rows, other_examples = phased("--reverse_haplotypes")
    assert [[name, SWAPPED[phase], partition] for name, phase, partition in other_rows[1:]] == rows[1:]
    assert [one["variant/encoded"] for one in other_examples] == [one["variant/encoded"] for one in examples]
    assert other_examples != examples


def test_partitions_of_too_many_candidates_are_not_phased(phased):
    rows, examples = phased("--phase_max_candidates", 1)
    assert len(rows) == 1
    assert not any("ALT_PS" in one["variant/encoded"]["info"] for one in examples)


def test_a_table_of_another_format_is_refused(demo, tmp_path):
    done = run("make_examples", "--mode", "calling", "--ref", demo / "ref.fa", "--reads", demo / "reads.bam", "--phase_reads",
               "--track_ref_reads", "--channel_list", "BASE_CHANNELS", "--examples", tmp_path / "out.tfrecord.gz",
               "--output_local_read_phasing", tmp_path / "phases.bam", ok=False)
    assert done.returncode == 2 and "ends in .tsv" in done.stderr
