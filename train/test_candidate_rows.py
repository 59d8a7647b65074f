"""A candidate's allele sets are settled together."""
import numpy as np

from train.candidate_rows import candidates_of, true_of_all


def test_allele_sets_of_one_candidate_follow_one_another(tmp_path):
    lines = ['contig\tstart\tend\tref\talts\talt_set\tdepth\tallele_depth\timage']
    lines += [f'c\t{start}\t{start + 1}\tA\t{alts}\t{which}\t9\t1,4,4\t{i}' for i, (start, alts, which) in enumerate([(5, 'C,G', 0), (5, 'C,G', 1), (5, 'C,G', '0,1'), (5, 'T', 0), (9, 'T', 0)])]
    (tmp_path / 'x.sites.tsv').write_text('\n'.join(lines) + '\n')
    assert candidates_of(str(tmp_path / 'x')).tolist() == [0, 0, 0, 1, 2]


def test_one_open_allele_set_opens_its_candidate():
    assert true_of_all(np.array([True, False, True, True]), np.array([0, 0, 0, 1])).tolist() == [False, False, False, True]
    assert len(true_of_all(np.zeros(0, bool), np.zeros(0, int))) == 0
