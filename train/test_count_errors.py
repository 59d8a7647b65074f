"""The error count sees every kind of error once, and spelling is none."""
import subprocess

import pysam
import pytest

from train.count_errors import compare, main, table

REF = 'GATCCGTAAAAAAACGTCTCTCTCTGGATTACAGCATCGATCGGCATTAGCCAGTACGATCAGCTTAGC' * 6


@pytest.fixture
def case(tmp_path):
    (tmp_path / 'ref.fa').write_text(f'>c\n{REF}\n')
    pysam.faidx(str(tmp_path / 'ref.fa'))
    (tmp_path / 'all.bed').write_text(f'c\t0\t{len(REF)}\n')

    def vcf(name, rows):
        text = f'##fileformat=VCFv4.2\n##contig=<ID=c,length={len(REF)}>\n##FILTER=<ID=RefCall,Description="r">\n##FORMAT=<ID=GT,Number=1,Type=String,Description="g">\n'
        text += '#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS\n'
        for pos, ref, alt, gt, *rest in sorted(rows):
            assert REF[pos - 1:pos - 1 + len(ref)] == ref
            text += f'c\t{pos}\t.\t{ref}\t{alt}\t.\t{rest[0] if rest else "PASS"}\t.\tGT\t{gt}\n'
        path = str(tmp_path / name)
        subprocess.run(['bcftools', 'view', '-Oz', '-o', path], input=text, text=True, check=True)
        pysam.tabix_index(path, preset='vcf', force=True)
        return path

    def run(truth, calls, **more):
        return compare(vcf('t.vcf.gz', truth), str(tmp_path / 'all.bed'), vcf('c.vcf.gz', calls), str(tmp_path / 'ref.fa'), **more)

    return run


def errors(total, kind):
    return total[kind]['FN'], total[kind]['FP']


def test_equal_calls_are_right(case):
    rows = [(20, 'C', 'A', '0/1'), (7, 'TA', 'T', '1/1')]
    total = case(rows, rows)
    assert errors(total, 'SNP') == (0, 0) and errors(total, 'INDEL') == (0, 0)
    assert total['SNP']['TP'] == 1 and total['INDEL']['TP'] == 2
    assert 'SNP' in table(total)


def test_a_missed_and_a_false_allele_count_once_each(case):
    assert errors(case([(20, 'C', 'A', '0/1')], []), 'SNP') == (1, 0)
    assert errors(case([], [(20, 'C', 'A', '0/1')]), 'SNP') == (0, 1)


def test_a_wrong_genotype_is_one_error(case):
    assert errors(case([(20, 'C', 'A', '0/1')], [(20, 'C', 'A', '1/1')]), 'SNP') == (0, 1)
    assert errors(case([(20, 'C', 'A', '1/1')], [(20, 'C', 'A', '0/1')]), 'SNP') == (1, 0)


def test_a_shifted_deletion_is_the_same(case):
    assert errors(case([(7, 'TA', 'T', '0/1')], [(12, 'AA', 'A', '1/0')]), 'INDEL') == (0, 0)


def test_another_spelling_of_a_cluster_is_the_same(case):
    total = case([(27, 'G', 'C', '0|1'), (28, 'A', 'C', '0|1')], [(27, 'GA', 'CC', '0/1')])
    assert errors(total, 'SNP') == (0, 0)


def test_filtered_calls_count_only_when_asked_for(case):
    rows = [(20, 'C', 'A', '0/1', 'RefCall')]
    assert errors(case([], rows), 'SNP') == (0, 0)
    assert errors(case([], rows, filtered_too=True), 'SNP') == (0, 1)


def test_what_lies_outside_the_region_is_not_judged(case):
    assert errors(case([(20, 'C', 'A', '0/1')], [], region=('c', 30, 60)), 'SNP') == (0, 0)


def test_a_missing_file_is_wrong_use(capsys, monkeypatch):
    monkeypatch.setattr('sys.argv', ['count_errors', '--truth', 'nowhere', '--bed', 'b', '--calls', 'c', '--ref', 'r'])
    with pytest.raises(SystemExit) as stop:
        main()
    assert stop.value.code == 2 and 'nowhere' in capsys.readouterr().err
