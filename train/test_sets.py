"""The lists of training sets keep away from every test region, and from the sets they are watched with."""
import glob
import json
import os

from train.make_sets import HERE, command, expand
from train.other_panels import ANOTHER_SEED
from train.simulate.__main__ import parser
from train.simulate.lift import block_shift
from train.simulate.sequence import region_of

TEST = {'chr20': [(1_000_000, 2_700_000), (5_200_000, 5_400_000), (6_100_000, 8_000_000), (9_900_000, 10_200_000)], 'chr21': [(7_700_000, 8_500_000)]}
MARGIN = 40_000  # more than GRCh37 and GRCh38 differ by on chr20

def sets_of(path):
    with open(path) as f:
        return expand(json.load(f))


LISTS = {os.path.basename(path): sets_of(path) for path in sorted(glob.glob(os.path.join(HERE, '*sets.json')))}
SETS = [s for sets in LISTS.values() for s in sets]
MEASURED = sets_of(os.path.join(os.path.dirname(HERE), 'bench', 'hard_sets.json'))


def test_no_set_touches_a_test_region():
    assert {'sets.json', 'cascade_sets.json', 'exome_sets.json', 'other_species_sets.json'} <= set(LISTS)
    for s in SETS:
        contig, a, b = region_of(s['region'])
        assert all(b + MARGIN <= x or y + MARGIN <= a for x, y in TEST[contig]), s['name']


def test_the_watched_regions_are_not_trained_on_with_the_same_donor():
    trained = [(region_of(s['region']), s.get('donor-vcf'), s.get('donor')) for s in SETS if s['role'] == 'train']
    for s in SETS:
        if s['role'] == 'watch':
            contig, a, b = region_of(s['region'])
            for (c, x, y), vcf, donor in trained:
                same_donor = (vcf, donor) == (s.get('donor-vcf'), s.get('donor')) and (vcf or donor)
                assert not (same_donor and c == contig and x < b and a < y), s['name']


def test_names_are_unique_in_a_list_and_seeds_in_all():
    for sets in LISTS.values():
        assert len({s['name'] for s in sets}) == len(sets)
    seeds = [s['seed'] for s in SETS + MEASURED]
    assert len(set(seeds)) == len(seeds)
    assert not set(seeds) & {seed + ANOTHER_SEED for seed in seeds}, 'foreign panels are made from other seeds'


def test_each_list_is_watched():
    for name, sets in LISTS.items():
        assert {s['role'] for s in sets} == {'train', 'watch'}, name


def test_a_set_becomes_a_command_with_its_own_values():
    one = next(s for s in LISTS['sets.json'] if s['name'] == 'hg001_one_foreign.00')
    text = ' '.join(command(one, '/data', '/out', ['simulate']))
    assert '--donor-vcf /out/lift/HG001.GRCh38.chr20.vcf.gz' in text and '--panel-vcf /data/truth/' in text
    assert '--depth 50' in text and '--read-len 101' in text and '--full-coords' in text and '--seed 1100' in text


def test_a_switch_of_a_set_becomes_a_flag_without_a_value():
    one = LISTS['exome_sets.json'][0]
    cmd = command(one, '/data', '/out', ['simulate'])
    assert cmd.count('--capture') == 1 and not {'True', 'true'} & set(cmd)
    parser().parse_args(cmd[1:])


def test_a_block_is_lifted_only_where_its_bases_agree():
    sequence = 'ACGTTGCATGCCGATAGGCTTACGAATC'
    records = [(p, sequence[p + 2]) for p in range(1, 20)]
    assert block_shift(records, sequence, range(0, 6)) == 3
    assert block_shift([(p, 'N') for p in range(1, 20)], sequence, range(0, 6)) is None
