"""The rules hold and fail where they should, and are open where a figure is missing; the report shows what they say."""
import re
from types import SimpleNamespace

from . import report
from .judge import Errors
from .required import best_peer, share, verdicts


def errors(snp, indel=0, mb=0.5):
    kinds = [{"FN": n, "FP": 0, "F1": 0.99} for n in (snp, indel)]
    return Errors(*kinds, int(mb * 1e6))


def said(results):
    return [re.sub(r"[:;].*", "", str(v)) for v in verdicts(results)]


def test_errors_are_missed_and_false_of_both_kinds():
    one = Errors({"FN": 1, "FP": 2}, {"FN": 3, "FP": 4}, 500_000)
    assert one.total == 10 and one.mb == 0.5


def test_the_best_peer_is_the_one_with_the_fewest_errors_whatever_ours_are():
    of_set = {"haploom.own": errors(1), "bcftools": errors(9), "gatk": errors(3, 1), "freebayes": errors(5)}
    assert best_peer(of_set) == ("gatk", 4) and share(of_set) == 0.25
    assert best_peer({"haploom.own": errors(1)}) is None


def test_a_share_is_held_missed_or_open():
    assert said({"a": {"haploom.own": errors(45), "gatk": errors(100)}})[0] == "PASS a"
    assert said({"a": {"haploom.own": errors(46), "gatk": errors(100)}})[0] == "FAIL a"
    assert said({"a": {"haploom.own": errors(46)}})[0] == "OPEN a"


def test_gatk_bounds_real_windows_with_and_hard_sets_without_panel():
    assert said({"hg002": {"haploom.own": errors(1), "gatk": errors(1)}}) == ["PASS hg002"]
    assert said({"hg002": {"haploom.own": errors(2), "gatk": errors(1)}}) == ["FAIL hg002"]
    assert said({"hg002": {"haploom.own": errors(2)}}) == ["OPEN hg002"]
    assert said({"d": {"haploom.none": errors(2), "gatk": errors(1)}}) == ["OPEN d", "FAIL d"]


def test_no_panel_may_add_more_than_one_error_per_megabase():
    without = errors(10, mb=2)
    assert said({"demo_1kg": {"haploom.own": errors(12, mb=2), "haploom.none": without}}) == ["PASS demo_1kg"]
    assert said({"demo_1kg": {"haploom.foreign": errors(13, mb=2), "haploom.none": without}}) == ["FAIL demo_1kg"]


def test_the_easy_set_is_bounded_per_megabase():
    assert said({"easy": {"haploom.own": errors(1)}}) == ["PASS easy"]
    assert said({"easy": {"haploom.own": errors(2)}}) == ["FAIL easy"]


def test_the_report_has_every_set_caller_and_rule():
    sets = [SimpleNamespace(key="a", title="first"), SimpleNamespace(key="easy", title="second")]
    results = {"a": {"haploom.own": errors(4, 2), "haploom.none": errors(9), "gatk": errors(20)}, "easy": {"haploom.own": errors(0)}}
    text = report.text(sets, results, {"strelka2": "nowhere"})
    lines = [re.sub(" +", " ", line) for line in text.splitlines()]
    assert "| a | haploom | 4/0 | 0.9900 | 2/0 | 0.9900 | 6 |" in lines
    assert "| a | 0.50 | 6 | 9 | - | - | 20 | - | GATK HC | 0.30 | 0.45 | 0.15 |" in lines
    assert "| easy | 0.50 | 0 | - | - | - | - | - | - | - | - | - |" in lines
    assert "| a | 6 | 9 | - | - |" in lines
    assert "strelka2 left out: nowhere" in lines
    assert all(str(v) in text for v in verdicts(results))
