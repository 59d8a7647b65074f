"""An error model (errors.py) learnt from windows of real BAMs whose truth is known."""
import collections

import numpy as np
import pysam

from .scan import Scan, confident_mask, truth_mask
from .sequence import LONGEST_RUN, region_of

RUNS = np.arange(LONGEST_RUN + 1)
BY_CHANCE = 0.4  # share of systematic sites that reach their threshold by chance (fitted on two windows, see compare)


def run_rates(insertions, deletions, passes):
    """Indel errors a pass of a run. Runs below 4: as counted. From 4 on: the total is shrunk (weight 100 passes) to a
    log-linear fit over the run lengths seen 100 times or more; beyond those x1.35 a base, at most 0.3. Insertions and
    deletions share the total in the pooled proportion of runs >= 6."""
    seen = (insertions + deletions).astype(float)
    raw = seen / np.maximum(passes, 1)
    points = [(np.average(RUNS[a:b], weights=passes[a:b] + 1e-9), (seen[a:b].sum() + .2) / (passes[a:b].sum() + 20.0), seen[a:b].sum() + .5)
              for a, b in ((4, 5), (5, 6), (6, 8), (8, 10), (10, 13)) if passes[a:b].sum() >= 100]
    fit = raw.copy()
    if len(points) >= 3:
        line = np.polyfit([x[0] for x in points], np.log([x[1] for x in points]), 1, w=np.sqrt([x[2] for x in points]))
        last = max(x[0] for x in points)
        fit = np.exp(np.polyval(line, np.minimum(RUNS, last))) * 1.35 ** np.maximum(0, RUNS - last)
    total = np.where(RUNS >= 4, np.minimum((seen + 100 * fit) / (passes + 100.0), 0.3), raw)
    share_long = (insertions[6:].sum() + 2) / (seen[6:].sum() + 4)
    short = total * (insertions[4:6].sum() + 1) / (seen[4:6].sum() + 2)
    inserted = np.where(RUNS >= 6, total * share_long, np.where(RUNS >= 4, short, insertions / np.maximum(passes, 1)))
    inserted[0] = total[0] = 0
    return inserted, total - inserted


def dephasing_rates(count):
    """By run length; lengths from 9 on are pooled with their neighbours, towards 0.001."""
    rate = (count[0] + 0.001 * 200) / (count[1] + 200.0)
    for k in range(9, LONGEST_RUN + 1):
        lo, hi = max(8, k - 2), min(LONGEST_RUN + 1, k + 3)
        rate[k] = (count[0, lo:hi].sum() + .05) / (count[1, lo:hi].sum() + 50.0)
    rate[:4] = 0
    return rate


def favour(substitutions, same_base):
    """How often an error takes its site's favoured base, beyond the agreement that chance gives."""
    share = (substitutions / np.maximum(substitutions.sum(1, keepdims=True), 1)) ** 2
    chance = float((share.sum(1) * substitutions.sum(1) / max(1, substitutions.sum())).sum())
    return float(np.sqrt(max(0.0, (same_base - chance) / (1 - chance))))


def learn_model(scans, max_pairs):
    def total(name):
        return sum(np.asarray(getattr(s, name), dtype=np.int64) for s in scans)

    length = max(scans[0].lengths, key=scans[0].lengths.get)
    pairs = [(a, b) for s in scans for a, b in s.pairs if len(a) == length and len(b) == length]
    pairs = [pairs[i] for i in np.sort(np.random.default_rng(1).permutation(len(pairs))[:max_pairs])]
    mismatches, bases = total('mismatches'), total('bases')
    phred = 10 ** (-np.arange(64) / 10.0)
    fragments = np.bincount(np.concatenate([np.array(s.fragments, int) for s in scans]), minlength=1500)[:1500].astype(float)
    fragments[:length // 2] = 0
    sizes = np.zeros((2, 2, 9))
    for s in scans:
        for (inserted, size, in_run), k in s.indel_sizes.items():
            sizes[inserted, in_run, size] += k
    inserted, deleted = run_rates(total('insertions'), total('deletions'), total('passes'))
    systematic = [x for s in scans for x in s.systematic]
    substitutions = total('substitutions')
    return dict(
        q=np.array([np.stack(p) for p in pairs], np.uint8), err=np.where(bases > 0, (mismatches + 20 * phred) / (bases + 20.0), phred),
        sub=substitutions, ins=inserted, dele=deleted, opp=total('passes'), nins=total('insertions'), ndel=total('deletions'), isz=sizes, tl=fragments,
        dup=sum(s.duplicates for s in scans) / max(1, sum(s.primary for s in scans)), cv2=float(np.median([s.site_cv2 for s in scans])),
        fav=favour(substitutions, float(np.mean([s.same_base for s in scans]))), nfrac=total('quality_n') / np.maximum(total('quality_total'), 1),
        tot=bases, mis=mismatches, dph=dephasing_rates(total('dephasing')), sysf=np.array(systematic or [(0., 0.)]),
        sysd=(1 - BY_CHANCE) * len(systematic) / max(1, sum(s.systematic_bases for s in scans)))


def learn(options):
    """The command: --bam (several) --ref --region --truth --confident --max-pairs --out."""
    chrom, start, end = region_of(options.region)
    ref = pysam.FastaFile(options.ref).fetch(chrom, start, end).upper()
    explained, count = truth_mask(options.truth, chrom, start, end)
    confident = confident_mask(options.confident, chrom, start, end)
    scans = [Scan(bam, ref, chrom, start, end, explained, confident, keep_pairs=True, learning=True) for bam in options.bam]
    model = learn_model(scans, options.max_pairs)
    np.savez_compressed(options.out, **model)
    rate = model['mis'].sum() / max(1, model['tot'].sum())
    lengths = collections.Counter({k: v for s in scans for k, v in s.lengths.items()})
    print(f"{options.out}: {len(model['q'])} pairs of {max(lengths, key=lengths.get)} bp, duplicates {model['dup']:.4f}, mismatches {rate:.5f}, "
          f"site cv2 {model['cv2']:.2f}, systematic sites a kb {1e3 * model['sysd']:.2f}, truth SNP/indel {count}")
