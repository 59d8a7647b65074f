"""The list of training sets keeps away from every test region, and from the sets it is watched with."""
import json
import os

from train.make_sets import HERE, command, expand
from train.simulate.lift import block_shift
from train.simulate.sequence import region_of

TEST = {'chr20': [(1_000_000, 2_700_000), (5_200_000, 5_400_000), (6_100_000, 8_000_000), (9_900_000, 10_200_000)], 'chr21': [(7_700_000, 8_500_000)]}
MARGIN = 40_000  # more than GRCh37 and GRCh38 differ by on chr20

with open(os.path.join(HERE, 'sets.json')) as f:
    SETS = expand(json.load(f))


def spans(role):
    return [region_of(s['region']) for s in SETS if s['role'] == role]


def test_no_set_touches_a_test_region():
    for contig, a, b in spans('train') + spans('watch'):
        assert all(b + MARGIN <= x or y + MARGIN <= a for x, y in TEST[contig]), (contig, a, b)


def test_the_watched_regions_are_not_trained_on_with_the_same_donor():
    trained = [(region_of(s['region']), s.get('donor-vcf'), s.get('donor')) for s in SETS if s['role'] == 'train']
    for s in SETS:
        if s['role'] == 'watch':
            contig, a, b = region_of(s['region'])
            for (c, x, y), vcf, donor in trained:
                same_donor = (vcf, donor) == (s.get('donor-vcf'), s.get('donor')) and (vcf or donor)
                assert not (same_donor and c == contig and x < b and a < y), s['name']


def test_names_and_seeds_are_unique():
    assert len({s['name'] for s in SETS}) == len(SETS)
    assert len({s['seed'] for s in SETS}) == len(SETS)


def test_a_set_becomes_a_command_with_its_own_values():
    one = next(s for s in SETS if s['name'] == 'hg001_one_foreign.00')
    text = ' '.join(command(one, '/data', '/out', ['simulate']))
    assert '--donor-vcf /out/lift/HG001.GRCh38.chr20.vcf.gz' in text and '--panel-vcf /data/truth/' in text
    assert '--depth 50' in text and '--read-len 101' in text and '--full-coords' in text and '--seed 1100' in text


def test_a_block_is_lifted_only_where_its_bases_agree():
    sequence = 'ACGTTGCATGCCGATAGGCTTACGAATC'
    records = [(p, sequence[p + 2]) for p in range(1, 20)]
    assert block_shift(records, sequence, range(0, 6)) == 3
    assert block_shift([(p, 'N') for p in range(1, 20)], sequence, range(0, 6)) is None
