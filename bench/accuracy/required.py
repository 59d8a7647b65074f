"""What is asked of haploom, set by set, and whether the figures hold it.

results: {set key: {caller: Errors}}, callers haploom.own, haploom.none, haploom.foreign, haploom.two and the peers' names.
A rule whose figures are not there (a set not chosen, a peer not installed) is left open.
"""
import dataclasses

from .callers import PEERS
from .panels import PANELS

SHARE_OF_BEST_PEER = {"a": (0.45, 0.15), "b": (0.05, 0.02), "c": (0.45, 0.2), "d": (0.65, 0.45), "e": (0.6, 0.15)}  # required, aim
NO_WORSE_THAN_GATK = ("hg002", "na12878")
NO_WORSE_THAN_GATK_WITHOUT_PANEL = ("a", "d", "e")
EASY_PER_MB = {"easy": 2}
LOSS_PER_MB = 1  # errors that a panel may add


@dataclasses.dataclass
class Verdict:
    held: bool | None  # None: open
    text: str

    def __str__(self):
        return f"{ {True: 'PASS', False: 'FAIL', None: 'OPEN'}[self.held]} {self.text}"


def best_peer(of_set):
    """(name, errors) of the peer with the fewest errors; None where no peer has run."""
    there = [(of_set[name].total, name) for name in PEERS if name in of_set]
    return (min(there)[1], min(there)[0]) if there else None


def share(of_set):
    """haploom's errors as a share of the best peer's; None where one of them is not known."""
    best = best_peer(of_set)
    if best is None or "haploom.own" not in of_set:
        return None
    return of_set["haploom.own"].total / max(1, best[1])


def share_verdict(key, of_set, required, aim):
    found = share(of_set)
    if found is None:
        return Verdict(None, f"{key}: share of the best peer's errors, required {required:g}")
    name, errors = best_peer(of_set)
    return Verdict(found <= required, f"{key}: {found:.2f} of the best peer's errors ({PEERS[name].title}, {errors}); "
                                      f"required {required:g}, aim {aim:g}{' (reached)' if found <= aim else ''}")


def gatk_verdict(key, of_set, caller, said):
    if caller not in of_set or "gatk" not in of_set:
        return Verdict(None, f"{key}: {said}, no more errors than GATK HC")
    ours, theirs = of_set[caller].total, of_set["gatk"].total
    return Verdict(ours <= theirs, f"{key}: {said}, {ours} errors; GATK HC {theirs}")


def panel_verdicts(key, of_set):
    """One for each panel that was tried beside no panel."""
    without = of_set.get("haploom.none")
    for panel, said in PANELS.items():
        ours = of_set.get(f"haploom.{panel}")
        if panel != "none" and ours and without:
            more = (ours.total - without.total) / without.mb
            yield Verdict(more <= LOSS_PER_MB, f"{key}: {said}, {more:+.1f} errors per Mb beside none; at most +{LOSS_PER_MB}")


def verdicts(results):
    out = []
    for key, of_set in results.items():
        if key in SHARE_OF_BEST_PEER:
            out.append(share_verdict(key, of_set, *SHARE_OF_BEST_PEER[key]))
        if key in NO_WORSE_THAN_GATK:
            out.append(gatk_verdict(key, of_set, "haploom.own", "with its panel"))
        if key in NO_WORSE_THAN_GATK_WITHOUT_PANEL:
            out.append(gatk_verdict(key, of_set, "haploom.none", "without a panel"))
        if key in EASY_PER_MB and "haploom.own" in of_set:
            per_mb = of_set["haploom.own"].total / of_set["haploom.own"].mb
            out.append(Verdict(per_mb <= EASY_PER_MB[key], f"{key}: {per_mb:.1f} errors per Mb; at most {EASY_PER_MB[key]}"))
        out += panel_verdicts(key, of_set)
    return out
