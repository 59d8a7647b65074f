"""Dealing the genome to network, trees and validation: each site to one of them, whichever sample it is of."""
import random

import pytest

from train.dealing import DealingError, NETWORK, TREES, VALIDATION, bases, deal, difference, intersection, merged, regions, union

SHARES = {NETWORK: 0.6, TREES: 0.25, VALIDATION: 0.15}


def some_intervals(seed, length=3_000_000):
    rng = random.Random(seed)
    points = sorted(rng.sample(range(length), 400))
    return {'c1': list(zip(points[::2], points[1::2])), 'c2': [(0, 50_000)]}


@pytest.mark.parametrize('seed', range(5))
def test_every_confident_base_is_of_one_part_and_no_base_of_two(seed):
    confident = some_intervals(seed)
    parts = deal(confident, SHARES, seed)
    covers = [parts.of(part) for part in SHARES]
    for i, one in enumerate(covers):
        assert all(not intersection(one, other) for other in covers[i + 1:])
    assert difference(confident, union(*covers)) == {}
    assert all(parts.part(c, p) is not None for c, spans in confident.items() for a, b in spans for p in (a, (a + b) // 2, b - 1))


def test_shares_come_out_as_asked_for():
    confident = some_intervals(3, 60_000_000)
    parts = deal(confident, SHARES, 1)
    for part, share in SHARES.items():
        assert bases(intersection(confident, parts.of(part))) / bases(confident) == pytest.approx(share, abs=0.05)


def test_a_site_goes_where_it_went_for_another_sample():
    """Samples are dealt together: the parts of both are the same blocks, so one's validation site is not the other's training site."""
    a, b = {'c': [(0, 400_000)]}, {'c': [(200_000, 900_000)]}
    parts = deal(union(a, b), SHARES, 4)
    rows = parts.blocks['c']
    assert all(x[1] <= y[0] for x, y in zip(rows, rows[1:]))
    assert {parts.part('c', 300_000)} <= set(SHARES) and parts.part('c', 2_000_000) is None and parts.part('d', 1) is None


def test_a_small_genome_is_cut_into_small_blocks_and_a_large_one_into_megabases():
    assert deal({'c': [(500, 199_500)]}, SHARES, 1).size == 4_000
    assert deal({'c': [(0, 100_000_000)]}, SHARES, 1).size == 1_024_000


def test_the_same_seed_deals_the_same_and_another_otherwise():
    confident = some_intervals(1)
    assert deal(confident, SHARES, 5).blocks == deal(confident, SHARES, 5).blocks != deal(confident, SHARES, 6).blocks


def test_validation_regions_are_validation_and_nothing_else_is():
    validation = {'c1': [(100_500, 333_333)]}
    parts = deal(some_intervals(2), SHARES, 1, validation)
    assert parts.of(VALIDATION) == validation
    assert parts.part('c1', 100_499) != VALIDATION and parts.part('c1', 100_500) == parts.part('c1', 333_332) == VALIDATION
    assert parts.part('c1', 333_333) != VALIDATION


def test_too_little_to_deal_is_said():
    with pytest.raises(DealingError, match='too few'):
        deal({'c': [(0, 3_000)]}, SHARES, 1)


def test_regions_are_written_as_for_a_call(tmp_path):
    (tmp_path / 'x.bed').write_text('c\t5\t10\nc\t8\t20\n')
    assert regions(f'c:101-200 {tmp_path}/x.bed d', {'c': 1000, 'd': 50}) == {'c': [(5, 20), (100, 200)], 'd': [(0, 50)]}
    with pytest.raises(DealingError, match='e:1-5'):
        regions('e:1-5', {'c': 1000})


@pytest.mark.parametrize('seed', range(20))
def test_sets_of_bases_are_what_they_are_called(seed):
    rng = random.Random(seed)

    def some():
        return merged([(a, a + rng.randrange(1, 12)) for a in rng.sample(range(80), 8)])

    def members(intervals):
        return {p for a, b in intervals.get('c', []) for p in range(a, b)}
    a, b = {'c': some()}, {'c': some()}
    assert members(intersection(a, b)) == members(a) & members(b)
    assert members(difference(a, b)) == members(a) - members(b)
    assert members(union(a, b)) == members(a) | members(b)
