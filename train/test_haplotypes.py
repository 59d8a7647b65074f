"""Spellings of one stretch of DNA are found equal, and different stretches are not."""
import random

from train.haplotypes import applied, normalised, phasings, spelt, trimmed


def test_an_indel_in_a_run_moves_to_its_left_end():
    #         0123456789
    contig = 'GCTAAAAACG'
    assert normalised(6, 'AA', 'A', contig) == (3, 'A', '')
    assert normalised(7, 'A', 'AA', contig) == (3, '', 'A')


def test_a_repeat_unit_moves_in_steps_of_one_base():
    contig = 'TTCACACACAGG'
    assert normalised(8, 'CAG', 'G', contig) == normalised(1, 'TCA', 'T', contig)


def test_a_substitution_stays_where_it_is():
    assert normalised(2, 'TAA', 'TCA', 'GCTAAAAACG') == (3, 'A', 'C')
    assert trimmed(4, 'GCT', 'GAT') == (5, 'C', 'A')


def test_overlapping_variants_spell_nothing():
    contig = 'ACGTACGT'
    assert applied(contig, 0, 8, [(1, 'CGT', ''), (2, 'G', 'A')]) is None
    assert applied(contig, 0, 8, [(3, '', 'T'), (3, '', 'A')]) is None
    assert applied(contig, 0, 8, [(1, 'C', ''), (2, '', 'TT')]) == 'ATTGTACGT'


def test_phase_is_free_but_for_the_first_heterozygote():
    a, b, c = (1, 'A', 'C'), (5, 'A', 'G'), (9, 'A', 'T')
    assert len(list(phasings([(None, a), (None, b), (c, c)]))) == 2
    assert list(phasings([(None, a)] * 11)) == []


def test_two_snps_and_one_block_substitution_are_the_same():
    contig = 'GATTACAGATTACA'
    apart = [(None, (3, 'T', 'C')), (None, (4, 'A', 'G'))]
    joined = [(None, (3, 'TA', 'CG'))]
    assert spelt(contig, 0, 14, apart) & spelt(contig, 0, 14, joined)
    assert not spelt(contig, 0, 14, apart[:1]) & spelt(contig, 0, 14, joined)


def test_normalising_never_changes_the_sequence():
    seed = random.randrange(1 << 30)
    draw = random.Random(seed)
    for _ in range(300):
        contig = ''.join(draw.choice('AC') for _ in range(30))
        start, length = draw.randrange(5, 20), draw.randrange(1, 5)
        ref = contig[start:start + length]
        alt = ''.join(draw.choice('AC') for _ in range(draw.randrange(1, 5)))
        written = contig[:start] + alt + contig[start + length:]
        if ref != alt:
            assert applied(contig, 0, 30, [normalised(start, ref, alt, contig)]) == written, f'seed {seed}'
