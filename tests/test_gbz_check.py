"""`haploom gbz check`: one table that says whether a pangenome fits a reference and reads; exit 0 or 3."""
import subprocess

import pytest

from programs import run


def check(gbz, ref=None, reads=None, *more, ok=True):
    words = ["haploom", "gbz", "check", "--pangenome", gbz, *(["--ref", ref] if ref else []), *(["--reads", reads] if reads else [])]
    return run(*words, *more, ok=ok)


def facts(done):
    """The '#' lines: word -> rest."""
    return dict(line[1:].split("\t", 1) for line in done.stdout.splitlines() if line.startswith("#"))


def rows(done):
    """contig -> {column: cell}"""
    lines = [line.split("\t") for line in done.stdout.splitlines() if not line.startswith("#")]
    return {cells[0]: dict(zip(lines[0], cells)) for cells in lines[1:]}


def refusal(done):
    assert done.returncode == 3, (done.returncode, done.stdout, done.stderr)
    assert done.stderr.startswith("error [") and "\n  try:" in done.stderr and done.stderr.count("error [") == 1
    return done.stderr


def sequence_of(fasta):
    name, *lines = fasta.read_text().splitlines()
    return name[1:].split()[0], "".join(lines)


def write_reference(path, contigs):
    path.write_text("".join(f">{name}\n{bases}\n" for name, bases in contigs))
    run("samtools", "faidx", path)
    return path


def write_reads(path, contigs):
    """A BAM without reads: its header is what counts."""
    header = "@HD\tVN:1.6\tSO:coordinate\n" + "".join(f"@SQ\tSN:{name}\tLN:{length}\n" for name, length in contigs)
    subprocess.run(["samtools", "view", "-b", "-o", path], input=header, text=True, check=True)
    run("samtools", "index", path)
    return path


def test_a_set_that_fits_passes_with_every_sampled_base_equal(demo):
    done = check(demo / "panel.gbz", demo / "ref.fa", demo / "reads.bam")
    assert facts(done)["version"] in "123" and facts(done)["reference_samples"] == "DEMO" and facts(done)["haplotypes"] == "32"
    assert facts(done)["reference_sample"] == "DEMO (the graph's only one)" and facts(done)["contig_names"] == "equal"
    assert rows(done) == {"chr20": {"contig": "chr20", "reference_length": "60000", "reads_length": "60000", "graph_contig": "chr20",
                                    "covered": "1-60000", "equal_bases": "4000/4000", "verdict": "ok"}}
    assert done.stderr == ""


def test_reference_and_reads_may_each_be_left_out(demo):
    assert rows(check(demo / "panel.gbz"))["chr20"]["verdict"] == "ok"
    row = rows(check(demo / "panel.gbz", demo / "ref.fa"))["chr20"]
    assert (row["reads_length"], row["equal_bases"], row["verdict"]) == (".", "4000/4000", "ok")
    row = rows(check(demo / "panel.gbz", None, demo / "reads.bam"))["chr20"]
    assert (row["reference_length"], row["reads_length"], row["equal_bases"], row["verdict"]) == (".", "60000", ".", "ok")


def test_other_contig_names_are_mapped_and_the_mapping_is_told(demo, tmp_path):
    _, bases = sequence_of(demo / "ref.fa")
    ref = write_reference(tmp_path / "r.fa", [("20", bases)])
    reads = write_reads(tmp_path / "r.bam", [("20", len(bases))])
    done = check(demo / "panel.gbz", ref, reads)
    assert facts(done)["contig_names"].endswith(": 20 is chr20")
    assert (rows(done)["20"]["graph_contig"], rows(done)["20"]["verdict"]) == ("chr20", "ok")

    text = refusal(check(demo / "panel.gbz", ref, reads, "--ref_chrom_prefix", "GRCh38.", ok=False))
    assert "has none of the contigs that are called (20); its DEMO has chr20" in text and "leave out --ref_chrom_prefix" in text


def test_one_different_base_in_a_window_is_another_sequence(demo, tmp_path):
    name, bases = sequence_of(demo / "ref.fa")
    at = next(i for i in range(100) if bases[i] == "A")
    ref = write_reference(tmp_path / "r.fa", [(name, bases[:at] + "C" + bases[at + 1:])])
    done = check(demo / "panel.gbz", ref, demo / "reads.bam", ok=False)
    assert (rows(done)[name]["equal_bases"], rows(done)[name]["verdict"]) == ("3999/4000", "other sequence")
    assert f"the first other one is {name}:{at + 1} (graph A, reference C)" in refusal(done)


def test_a_shifted_reference_is_another_sequence_and_a_masked_one_is_not(demo, tmp_path):
    name, bases = sequence_of(demo / "ref.fa")
    done = check(demo / "panel.gbz", write_reference(tmp_path / "shifted.fa", [(name, bases[7:] + bases[:7])]), demo / "reads.bam", ok=False)
    assert "differ in sequence on chr20" in refusal(done) and "GRCh37" in done.stderr
    half = len(bases) // 2
    masked = write_reference(tmp_path / "masked.fa", [(name, "N" * half + bases[half:].lower())])
    row = rows(check(demo / "panel.gbz", masked, demo / "reads.bam"))[name]
    equal, compared = map(int, row["equal_bases"].split("/"))
    assert row["verdict"] == "ok" and 1800 <= equal == compared <= 2200


def test_a_graph_that_reaches_over_the_contigs_end_fits_only_where_the_bases_say_so(demo, tmp_path):
    name, bases = sequence_of(demo / "ref.fa")
    cut = len(bases) - 10_000
    reads = write_reads(tmp_path / "r.bam", [(name, cut)])
    done = check(demo / "panel.gbz", None, reads, ok=False)
    assert rows(done)[name]["verdict"] == "graph is longer" and "the graph is longer on chr20" in refusal(done)
    assert rows(check(demo / "panel.gbz", write_reference(tmp_path / "r.fa", [(name, bases[:cut])]), reads))[name]["verdict"] == "ok"


def test_a_missing_reference_sample_is_refused_with_the_choices(demo):
    done = check(demo / "panel.gbz", demo / "ref.fa", demo / "reads.bam", "--ref_name_pangenome", "CHM13", ok=False)
    assert "has no reference sample 'CHM13'; it has DEMO" in refusal(done) and "--ref_name_pangenome DEMO" in done.stderr
    assert facts(done)["reference_samples"] == "DEMO"


def test_reads_of_other_lengths_are_refused(demo, tmp_path):
    reads = write_reads(tmp_path / "r.bam", [("chr20", 59999)])
    done = check(demo / "panel.gbz", demo / "ref.fa", reads, ok=False)
    assert (rows(done)["chr20"]["reads_length"], rows(done)["chr20"]["verdict"]) == ("59999", "length differs")
    assert "chr20 (60000 bases, the reads say 59999)" in refusal(done)

    done = check(demo / "panel.gbz", demo / "ref.fa", write_reads(tmp_path / "o.bam", [("chr1", 60000)]), ok=False)
    assert rows(done)["chr20"]["verdict"] == "missing in reads" and "chr20 (60000 bases, absent from the reads)" in refusal(done)


def test_a_contig_without_haplotypes_is_a_warning_unless_no_contig_has_any(demo, tmp_path):
    name, bases = sequence_of(demo / "ref.fa")
    contigs = [(name, bases), ("chrM", "ACGT" * 100), ("chrEBV", "ACGT" * 10)]
    lengths = [(contig, len(letters)) for contig, letters in contigs]
    done = check(demo / "panel.gbz", write_reference(tmp_path / "r.fa", contigs), write_reads(tmp_path / "r.bam", lengths))
    assert {contig: row["verdict"] for contig, row in rows(done).items()} == {name: "ok", "chrM": "no haplotypes"}
    assert "no chrM of DEMO: called from reads alone" in done.stderr and len(done.stderr.splitlines()) == 1

    bare = write_reference(tmp_path / "m.fa", contigs[1:]), write_reads(tmp_path / "m.bam", lengths[1:])
    text = refusal(check(demo / "panel.gbz", *bare, ok=False))
    assert "none of the contigs that are called (chrM)" in text


def test_fragments_are_compared_where_they_lie(tmp_path):
    pieces = {100: "ACGTTGCATT" * 30, 900: "GGATCCATTA" * 40}
    bases = "T" * 100 + pieces[100] + "T" * 500 + pieces[900] + "T" * 50
    gfa = "H\tVN:Z:1.1\tRS:Z:GRCh38 CHM13\n" + "".join(f"S\t{start}\t{piece}\n" for start, piece in pieces.items())
    gfa += "".join(f"W\tGRCh38\t0\tchr1\t{start}\t{start + len(piece)}\t>{start}\n" for start, piece in pieces.items())
    gfa += "W\tCHM13\t0\tchr1\t0\t300\t>100\nW\tS\t1\tc\t0\t300\t>100\nW\tS\t2\tc\t0\t300\t>100\n"
    (tmp_path / "p.gfa").write_text(gfa)
    run("haploom", "gbz", "build", tmp_path / "p.gfa", "-o", tmp_path / "p.gbz")
    ref = write_reference(tmp_path / "r.fa", [("chr1", bases)])
    done = check(tmp_path / "p.gbz", ref)
    assert facts(done)["reference_sample"] == "GRCh38 (the default)" and facts(done)["haplotypes"] == "2"
    assert facts(done)["samples"] == "3 (CHM13, GRCh38, S)" and facts(done)["reference_samples"] == "CHM13, GRCh38"
    row = rows(done)["chr1"]
    assert (row["covered"], row["verdict"]) == ("101-400,901-1300", "ok")
    equal, compared = map(int, row["equal_bases"].split("/"))
    assert 600 < equal == compared <= 800  # four windows, cut where their fragment ends

    done = check(tmp_path / "p.gbz", ref, None, "--ref_name_pangenome", "CHM13", ok=False)
    assert facts(done)["reference_sample"] == "CHM13 (--ref_name_pangenome CHM13)" and rows(done)["chr1"]["verdict"] == "other sequence"
    refusal(done)


def test_cram_without_its_reference_is_a_wrong_command(demo):
    done = check(demo / "panel.gbz", None, "reads.cram", ok=False)
    assert done.returncode == 2 and "--ref FASTA" in done.stderr


@pytest.mark.parametrize("graph, ref, reads, contig, covered", [
    ("for_HG002_window.NA12878haps.GRCh37_20", "hs37d5.chr20.fa.gz", "HG002_NIST_150bp_downsampled_30x.chr20.10_10p1mb.bam", "20",
     "9999841-10099980"),
    ("for_NA12878_window.HG002haps.GRCh37_chr20", "ucsc.hg19.chr20.unittest.fasta.gz", "NA12878_S1.chr20.10_10p1mb.cram", "chr20",
     "9995001-10105000"),
])
def test_real_windows_fit_their_reference(shared_data, graph, ref, reads, contig, covered):
    real = shared_data / "real"
    row = rows(check(real / f"pangenome/{graph}.gbz", real / "ref" / ref, real / "reads" / reads))[contig]
    assert (row["covered"], row["equal_bases"], row["verdict"]) == (covered, "4000/4000", "ok")


def test_a_grch37_reference_does_not_fit_a_grch38_graph(shared_data):
    real = shared_data / "real"
    graph = real / "pangenome/1kg_eur44.GRCh38.chr20_1-4Mb.gbz"
    done = check(graph, real / "ref/hs37d5_chr20_0-2Mb.fa.gz", ok=False)
    assert rows(done)["20"]["verdict"] == "other sequence" and "differ in sequence on 20" in refusal(done)
    done = check(graph, real / "ref/hs37d5.chr20.fa.gz")  # N throughout where the graph lies
    assert rows(done)["20"]["equal_bases"] == "0/0" and "the sequence could not be compared" in done.stderr
