"""Bad input: one clear message with cause and remedy, the documented exit code, no partial output, nothing left behind."""
import os
import pathlib
import shutil
import signal
import subprocess

import pytest

from programs import call_words, run, start


@pytest.fixture
def job(demo, store, tmp_path):
    """A call whose words can be changed; then it must fail as told."""

    class Job:
        def __init__(self):
            self.folder = tmp_path / "in"
            self.folder.mkdir()
            self.out = tmp_path / "out"
            self.out.mkdir()
            self.words = call_words(demo, store, self.out / "o.vcf.gz")

        def copy(self, name):
            """Copies an input (and its index) so that it can be spoilt."""
            for path in demo.glob(f"{name}*"):
                shutil.copy2(path, self.folder)
            self.words[self.words.index(demo / name)] = self.folder / name
            return self.folder / name

        def replace(self, flag, value):
            self.words[self.words.index(flag) + 1] = value

        def must_fail(self, exit_code, *texts):
            done = run(*self.words, ok=False)
            assert done.returncode == exit_code, done.stderr
            errors = [line for line in done.stderr.splitlines() if line.startswith("error [")]
            assert len(errors) == 1, done.stderr
            for text in texts:
                assert str(text) in done.stderr, done.stderr
            assert "  try:   " in done.stderr, done.stderr
            assert list(self.out.iterdir()) == [], "partial output"
            assert list(store.iterdir()) == [], "something was left in the store"
            return done

    return Job()


def test_missing_reads(job):
    job.replace("--reads", "/nowhere/in.bam")
    job.must_fail(3, "/nowhere/in.bam")


def test_missing_read_index(job):
    bam = job.copy("reads.bam")
    os.remove(f"{bam}.bai")
    job.must_fail(3, "samtools index", bam)


def test_index_of_another_file(job):
    bam = job.copy("reads.bam")
    pathlib.Path(f"{bam}.bai").write_bytes(b"BAI\1\0\0\0\0")
    job.must_fail(3, "samtools index")


def test_truncated_read_index(job):
    bam = job.copy("reads.bam")
    index = pathlib.Path(f"{bam}.bai")
    index.write_bytes(index.read_bytes()[:40])
    job.must_fail(3, "samtools index")


def test_truncated_bam(job):
    bam = job.copy("reads.bam")
    bam.write_bytes(bam.read_bytes()[: bam.stat().st_size // 2])
    os.utime(f"{bam}.bai")
    job.must_fail(3, bam)


def test_reads_that_are_no_alignment_file(job):
    bam = job.copy("reads.bam")
    bam.write_bytes(b"hello, I am a text file\n" * 50)
    job.must_fail(3, bam)


def test_unsorted_bam(job, demo):
    bam = job.copy("reads.bam")
    run("samtools", "sort", "-n", "-o", bam, demo / "reads.bam")
    job.must_fail(3, "samtools sort")


def test_missing_reference_index(job):
    fasta = job.copy("ref.fa")
    for path in job.folder.glob("ref.fa.*"):
        path.unlink()
    job.must_fail(3, "samtools faidx", fasta)
    assert not pathlib.Path(f"{fasta}.fai").exists(), "an index was made beside the user's file"


def test_reference_that_does_not_fit_the_reads(job):
    fasta = job.copy("ref.fa")
    fasta.write_text(fasta.read_text().replace(">", ">other"))
    run("samtools", "faidx", fasta)
    job.must_fail(3, "contig")


def test_reference_cut_off_behind_its_index(job):
    fasta = job.copy("ref.fa")
    fasta.write_bytes(fasta.read_bytes()[: fasta.stat().st_size // 2])
    job.must_fail(3, fasta)


def test_truncated_gbz(job):
    gbz = job.copy("panel.gbz")
    gbz.write_bytes(gbz.read_bytes()[:-1000])
    job.must_fail(3, gbz)


def test_a_file_that_is_no_gbz(job, demo):
    gbz = job.copy("panel.gbz")
    shutil.copy(demo / "ref.fa", gbz)
    job.must_fail(3, gbz, "GBZ")


def test_missing_gbz(job):
    job.replace("--pangenome", "/nowhere/p.gbz")
    job.must_fail(3, "/nowhere/p.gbz")


def test_region_outside_the_contig(job, demo):
    contig = (demo / "ref.fa.fai").read_text().split("\t")[0]
    job.words += ["--regions", f"{contig}:1-999,999,999"]
    job.must_fail(2, contig)


def test_region_of_an_unknown_contig(job):
    job.words += ["--regions", "chrNowhere"]
    job.must_fail(2, "chrNowhere")


def test_bed_with_a_broken_line(job, tmp_path):
    bed = tmp_path / "x.bed"
    bed.write_text("chr1 one two\n")
    job.words += ["--regions", bed]
    job.must_fail(3, bed, "line 1")


def test_bed_made_for_another_reference(job, demo, tmp_path):
    contig = (demo / "ref.fa.fai").read_text().split("\t")[0]
    bed = tmp_path / "x.bed"
    job.words += ["--regions", bed]
    for line, text in ((f"{contig}\t1\t999999999\n", contig), ("chrNowhere\t1\t2\n", "chrNowhere")):
        bed.write_text(line)
        job.must_fail(2, bed, "line 1", text)


def test_output_folder_that_is_missing(job, tmp_path):
    job.replace("--output_vcf", tmp_path / "nowhere/o.vcf.gz")
    job.must_fail(4, "nowhere")


def test_output_that_is_a_folder(job, tmp_path):
    (tmp_path / "folder.vcf.gz").mkdir()
    job.replace("--output_vcf", tmp_path / "folder.vcf.gz")
    job.must_fail(4, "folder.vcf.gz")


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small disk needs root")
def test_full_disk(job, tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs", disk]).returncode:
        pytest.skip("no right to mount here")
    try:
        job.replace("--output_vcf", disk / "o.vcf.gz")
        job.must_fail(4, "No space left on device")
        assert list(disk.iterdir()) == []
    finally:
        subprocess.run(["umount", disk], check=True)


def test_full_store(job, store, demo, tmp_path):
    if os.geteuid() != 0:
        pytest.skip("mounting a small store needs root")
    small = tmp_path / "small"
    small.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8k", "tmpfs", small]).returncode:
        pytest.skip("no right to mount here")
    try:
        job.replace("--gbz_store_dir", small)
        job.must_fail(4, "[shared_image/20]")
    finally:
        subprocess.run(["umount", small], check=True)


def test_a_ceiling_under_the_images_size(job):
    job.words += ["--gbz_shared_memory_size_gb", "0.00001"]
    job.must_fail(4, "[shared_image/20]", "--gbz_shared_memory_size_gb")


def test_missing_model(job, tmp_path):
    job.words += ["--customized_model", tmp_path / "nomodel"]
    job.must_fail(3, "nomodel")


def test_misspelt_flag_names_the_nearest(job):
    job.words[job.words.index("--output_vcf")] = "--output_vfc"
    done = run(*job.words, ok=False)
    assert done.returncode == 2 and "--output_vcf" in done.stderr


def test_flags_of_the_original_that_are_not_there_yet_say_so(job):
    job.words += ["--runtime_report"]
    job.must_fail(2, "--runtime_report")


def test_a_small_model_that_is_not_there(job):
    job.words += ["--customized_small_model", "no_such_folder"]
    job.must_fail(3, "no_such_folder")


def test_a_reference_sample_that_the_graph_lacks(job):
    job.words += ["--ref_name_pangenome", "CHM99"]
    job.must_fail(3, "CHM99")


def test_name_that_breaks_the_rules(job):
    for name in ("..", ".x", "a/b", "a" * 65, "a\nb", "naïve"):
        job.words += ["--gbz_shared_memory_name", name]
        job.must_fail(2)
        del job.words[-2:]


def test_interrupted_by_the_scheduler(job, store):
    """TERM while it holds the pangenome: 128+15, no output, no lease, no object."""
    process = start(*job.words, stop_at="after_attach")
    assert len([p for p in store.iterdir() if not p.name.endswith(".lock")]) == 1
    process.terminate()
    process.send_signal(signal.SIGCONT)
    _, log = process.communicate(timeout=60)
    assert process.returncode == 128 + signal.SIGTERM, log
    assert list(job.out.iterdir()) == []
    assert list(store.iterdir()) == []
