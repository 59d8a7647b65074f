"""What callers are measured on has nothing in common with what networks and trees are made with or watched with."""
import json

import pytest

from train.make_sets import expand
from train.simulate.sequence import region_of

from .required import NO_WORSE_THAN_GATK_WITHOUT_PANEL, SHARE_OF_BEST_PEER
from .sets import HARD, ROOT, folder_name

OURS = sorted(str(p.relative_to(ROOT)) for p in (ROOT / "train").glob("*sets.json"))  # all that networks and trees are made with
MARGIN = 40_000  # more than GRCh37 and GRCh38 differ by on chr20
SUITE = {"chr20": [(1_000_000, 2_700_000), (6_100_000, 8_000_000)], "chr21": [(7_700_000, 8_500_000)]}  # where the hard suite may lie
REST = {"chr20": [(5_200_000, 5_400_000), (9_900_000, 10_200_000)]}  # of the easy simulations and the real windows
N_IN_CHR21 = 153_000  # of set c


def sets_of(path):
    return expand(json.loads((ROOT / path).read_text()))


HARD_SETS = sets_of(HARD)


@pytest.mark.parametrize("path", OURS)
def test_no_training_set_comes_near_a_measured_region(path):
    for one in sets_of(path):
        contig, a, b = region_of(one["region"])
        for x, y in SUITE.get(contig, []) + REST.get(contig, []):
            assert b + MARGIN <= x or y + MARGIN <= a, (one["name"], x, y)


@pytest.mark.parametrize("path", OURS)
def test_no_donor_and_no_seed_is_shared(path):
    donors = {h["donor"] for h in HARD_SETS if "donor" in h}
    seeds = {h["seed"] for h in HARD_SETS}
    assert donors
    for one in sets_of(path):
        assert one.get("donor") not in donors and one["seed"] not in seeds, one["name"]


def test_the_hard_sets_lie_in_the_regions_kept_for_them_apart_from_each_other():
    regions = sorted(region_of(h["region"]) for h in HARD_SETS)
    for contig, a, b in regions:
        assert any(x <= a and b <= y for x, y in SUITE[contig]), (contig, a, b)
    for (c, _, b), (d, x, _) in zip(regions, regions[1:]):
        assert c != d or b <= x, (c, b, x)


def test_the_hard_suite_has_three_megabases_and_a_set_for_each_rule():
    length = {h["group"]: b - a for h in HARD_SETS for _, a, b in [region_of(h["region"])]}
    assert sum(n for key, n in length.items() if key != "easy") - N_IN_CHR21 >= 3_000_000
    assert len(length) == len(HARD_SETS), "one group is one set"
    assert {*SHARE_OF_BEST_PEER, *NO_WORSE_THAN_GATK_WITHOUT_PANEL, "easy"} == set(length)
    assert {h["role"] for h in HARD_SETS} == {"test"}


def test_a_folder_changes_its_name_with_what_makes_the_set_and_not_with_its_title():
    one = HARD_SETS[0]
    assert folder_name(one) == folder_name({**one, "title": "another"})
    assert folder_name(one) != folder_name({**one, "depth": one["depth"] + 1})
