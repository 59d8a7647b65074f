"""Labels count the donor's copies, however the truth is written, and stay away where that is unknown."""
import subprocess

import numpy as np
import pysam
import pytest

from train.label import UNSURE, label

REF = 'GATCCGTAAAAAAACGTCTCTCTCTGGATTACAGCATCGATCGGCATTAGCCAGTACGATCAGCTTAGC' * 6


@pytest.fixture
def case(tmp_path):
    (tmp_path / 'ref.fa').write_text(f'>c\n{REF}\n')
    pysam.faidx(str(tmp_path / 'ref.fa'))

    def run(truth, candidates, bed=(0, len(REF))):
        """truth: (pos, ref, alt, gt) 1-based; candidates: (start, ref, alts, [alt sets], [support]) 0-based. -> labels, report"""
        (tmp_path / 'b.bed').write_text(f'c\t{bed[0]}\t{bed[1]}\n')
        text = f'##fileformat=VCFv4.2\n##contig=<ID=c,length={len(REF)}>\n##FORMAT=<ID=GT,Number=1,Type=String,Description="g">\n'
        text += '#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS\n'
        for pos, ref, alt, gt in sorted(truth):
            assert REF[pos - 1:pos - 1 + len(ref)] == ref
            text += f'c\t{pos}\t.\t{ref}\t{alt}\t.\t.\t.\tGT\t{gt}\n'
        vcf = str(tmp_path / 't.vcf.gz')
        subprocess.run(['bcftools', 'view', '-Oz', '-o', vcf], input=text, text=True, check=True)
        pysam.tabix_index(vcf, preset='vcf', force=True)
        rows = ['contig\tstart\tend\tref\talts\talt_set\tdepth\tallele_depth\timage']
        for start, ref, alts, sets, support in candidates:
            assert REF[start:start + len(ref)] == ref
            for s in sets:
                rows.append('\t'.join(map(str, ('c', start, start + len(ref), ref, alts, s, 30, ','.join(map(str, [10] + support)), len(rows) - 1))))
        (tmp_path / 'e.sites.tsv').write_text('\n'.join(rows) + '\n')
        report = label(str(tmp_path / 'e'), vcf, str(tmp_path / 'b.bed'), str(tmp_path / 'ref.fa'))
        return np.fromfile(tmp_path / 'e.labels.u8', np.uint8).tolist(), report

    return run


def test_copies_of_a_snp(case):
    snp = (19, 'C', 'A', ['0'], [9])
    assert case([(20, 'C', 'A', '0|1')], [snp])[0] == [1]
    assert case([(20, 'C', 'A', '1|1')], [snp])[0] == [2]
    assert case([], [snp])[0] == [0]
    assert case([(20, 'C', 'G', '0|1')], [snp])[0] == [UNSURE]  # the donor's own allele has no candidate


def test_each_allele_set_of_a_site_with_two_alts(case):
    site = (19, 'C', 'A,G', ['0', '1', '0,1'], [9, 9])
    assert case([(20, 'C', 'A,G', '1|2')], [site])[0] == [1, 1, 2]
    assert case([(20, 'C', 'A', '0|1')], [site])[0] == [1, 0, 1]


def test_a_shifted_spelling_of_a_deletion(case):
    assert case([(12, 'AA', 'A', '1|1')], [(6, 'TA', 'T', ['0'], [20])])[0] == [2]


def test_a_block_substitution_labels_the_snps_that_spell_it(case):
    labels, report = case([(27, 'GA', 'CC', '0|1')], [(26, 'G', 'C', ['0'], [9]), (27, 'A', 'C', ['0'], [9]), (40, 'T', 'C', ['0'], [3])])
    assert labels == [1, 1, 0]
    assert 'without_candidate_snp' not in report


def test_a_truth_allele_without_candidate_is_reported_and_blurs_its_surroundings(case):
    labels, report = case([(30, 'T', 'C', '0|1')], [(34, 'C', 'G', ['0'], [3]), (100, REF[100], 'ACGT'[(('ACGT'.index(REF[100]) + 1) % 4)], ['0'], [3])])
    assert labels == [UNSURE, 0]
    assert report['without_candidate_snp'] == 1 and report['truth_snp'] == 1


def test_of_one_allele_seen_at_two_places_only_the_better_supported_is_labelled(case):
    labels, _ = case([(7, 'TA', 'T', '0|1')], [(6, 'TA', 'T', ['0'], [12]), (9, 'AA', 'A', ['0'], [2])])
    assert labels == [1, UNSURE]


def test_outside_the_bed_nothing_is_sure(case):
    assert case([(20, 'C', 'A', '0|1')], [(19, 'C', 'A', ['0'], [9])], bed=(30, 200))[0] == [UNSURE]
