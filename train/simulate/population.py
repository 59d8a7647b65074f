"""A donor and a panel that share one history, laid over a real sequence with msprime.

Demography: the out-of-Africa model of Gutenkunst et al. 2009 (doi:10.1371/journal.pgen.1000695) with its published sizes,
times and migration rates. The reference is one more sample of the same trees, so that the panel holds alleles on both
sides of it. Mutations fall on the real bases: CpG sites 8 times as often, repeats by unit and copy number at the rates
of an indel spectrum measured on a truth set, other indels with its sizes. For another species the same shape of history is
stretched: mutation and recombination both scale with the wanted heterozygosity, as they do with a population's size.

The spectrum (JSON): snp, other: [alleles, bases]; rate: {"unit,copies": [alleles, loci]}; sizes: {unit: {step: count}}.
"""
import collections
import re

import numpy as np

from .sequence import encode

REPEATS = ((2, r'([ACGT]{2})\1{3,}'), (3, r'([ACGT]{3})\1{2,}'), (4, r'([ACGT]{4})\1{2,}'), (1, r'([ACGT])\1{3,}'))
CPG_FACTOR = 8
TRANSITIONS = 0.68  # share of substitutions
TANDEM = 0.6        # share of other insertions that copy the bases after them
RECOMBINATION = 1.2e-8
HUMAN_HETEROZYGOSITY = 0.0008  # SNPs a base, at which recombination is as it is in people


def demography():
    import msprime
    d = msprime.Demography()
    d.add_population(name='AFR', initial_size=14474)
    d.add_population(name='EUR', initial_size=1032 * np.exp(0.0038 * 920), growth_rate=0.0038)
    d.add_population(name='EAS', initial_size=554 * np.exp(0.0048 * 920), growth_rate=0.0048)
    d.add_population(name='OOA', initial_size=1861)
    d.add_population(name='AMH', initial_size=14474)
    d.add_population(name='ANC', initial_size=7310)
    d.set_symmetric_migration_rate(['AFR', 'EUR'], 2.5e-5)
    d.set_symmetric_migration_rate(['AFR', 'EAS'], 0.78e-5)
    d.set_symmetric_migration_rate(['EUR', 'EAS'], 3.11e-5)
    d.add_population_split(time=920, derived=['EUR', 'EAS'], ancestral='OOA')
    d.add_symmetric_migration_rate_change(time=920, populations=['AFR', 'OOA'], rate=15e-5)
    d.add_population_split(time=2040, derived=['AFR', 'OOA'], ancestral='AMH')
    d.add_population_split(time=5920, derived=['AMH'], ancestral='ANC')
    return d


def ancestry(length, haplotypes, seed, donor_population, mix, contaminant=False, heterozygosity=None):
    """-> tree sequence (samples: reference, donor, donor, panel, and the contaminant's two), panel haplotypes by population"""
    import msprime
    n = [int(round(haplotypes * share)) for share in mix]
    n[0] += haplotypes - sum(n)
    samples = [msprime.SampleSet(1, population='EUR', ploidy=1), msprime.SampleSet(2, population=donor_population, ploidy=1)]
    samples += [msprime.SampleSet(k, population=p, ploidy=1) for k, p in zip(n, ('AFR', 'EUR', 'EAS')) if k]
    samples += [msprime.SampleSet(2, population=donor_population, ploidy=1)] if contaminant else []
    recombination = RECOMBINATION * (heterozygosity / HUMAN_HETEROZYGOSITY if heterozygosity else 1)
    trees = msprime.sim_ancestry(samples, demography=demography(), sequence_length=length, recombination_rate=recombination, random_seed=seed)
    return trees, n


class Weights:
    """Mutability of each base for substitutions, repeat steps and other indels, as cumulative sums."""

    def __init__(self, ref, codes, spectrum):
        known = (codes < 4).astype(float)
        snp = known.copy()
        cpg = np.flatnonzero((codes[:-1] == 1) & (codes[1:] == 2))
        snp[cpg] *= CPG_FACTOR
        snp[cpg + 1] *= CPG_FACTOR
        snp *= known.sum() / snp.sum()
        snp_rate = spectrum['snp'] / spectrum['other'][1]
        repeat = np.zeros(len(ref))
        taken = np.zeros(len(ref), bool)
        self.repeats = {}  # start -> (unit, copies, end)
        for unit, pattern in REPEATS:
            for m in re.finditer(pattern, ref):
                a, b = m.span()
                copies = min((b - a) // unit, 40)
                if taken[a:b].any() or (unit > 1 and len(set(ref[a:a + unit])) == 1):
                    continue
                taken[a:b] = True
                repeat[a] = self.rate(spectrum, unit, copies) / snp_rate
                self.repeats[a] = (unit, copies, b)
        other = known * (spectrum['other'][0] / spectrum['other'][1] / snp_rate)
        other[taken] = 0
        self.cumulative = [np.concatenate([[0], np.cumsum(w)]) for w in (snp, repeat, other)]

    @staticmethod
    def rate(spectrum, unit, copies):
        near = [v for k, v in spectrum['rate'].items()
                if k.split(',')[0] == str(unit) and abs(int(k.split(',')[1]) - copies) <= (0 if copies < 9 else 2)]
        alleles, loci = sum(v[0] for v in near), sum(v[1] for v in near)
        return min((alleles + 0.02) / (loci + 1.0) if loci >= 15 else 0.9, 1.2)


def mutations(trees, cumulative, mu, rng):
    """-> for each kind {position: [(time, samples below)]}"""
    out = [collections.defaultdict(list) for _ in cumulative]
    times = trees.tables.nodes.time
    for tree in trees.trees():
        lo, hi = int(np.ceil(tree.interval.left)), int(np.ceil(tree.interval.right))
        if hi <= lo:
            continue
        weight = [c[hi] - c[lo] for c in cumulative]
        nodes = [u for u in tree.nodes() if tree.parent(u) != -1]
        branch = np.array([tree.branch_length(u) for u in nodes])
        for k in range(len(cumulative)):
            m = rng.poisson(mu * weight[k] * branch.sum())
            if not m:
                continue
            for node, v in zip(rng.choice(len(nodes), m, p=branch / branch.sum()), rng.random(m)):
                u = nodes[node]
                p = int(np.searchsorted(cumulative[k], cumulative[k][lo] + v * weight[k], 'right') - 1)
                t = times[u] + rng.random() * branch[node]
                out[k][p].append((t, list(tree.samples(u))))
    return out


def substitution_loci(ref, codes, found, samples, rng):
    loci = []
    for p, events in found.items():
        state = np.full(samples, codes[p], np.int8)
        for _, leaves in sorted(events, key=lambda y: -y[0]):
            b = state[leaves[0]]
            state[leaves] = (b ^ 2) if rng.random() < TRANSITIONS else (b ^ 1 if rng.random() < .5 else b ^ 3)
        if state[0] != codes[p]:  # the reference sample must show the reference base: exchange the two
            o = state[0]
            state = np.where(state == o, codes[p], np.where(state == codes[p], o, state))
        alleles = [b for b in range(4) if b != codes[p] and (state == b).any()]
        if alleles:
            loci.append((p, ref[p], ['ACGT'[b] for b in alleles], [0 if b == codes[p] else alleles.index(b) + 1 for b in state]))
    return loci


def repeat_loci(ref, repeats, found, samples, sizes, rng):
    loci = []
    for p, events in found.items():
        unit, copies, _ = repeats[p]
        if p == 0:
            continue
        state = np.zeros(samples, int)
        for _, leaves in events:
            step, weight = sizes[unit]
            state[leaves] += rng.choice(step, p=weight / weight.sum())
        state = np.clip(state - state[0], -(copies - 1), 30)
        alleles = sorted(set(state.tolist()) - {0})
        if not alleles:
            continue
        shortest = min(0, alleles[0])
        r = ref[p - 1:p - shortest * unit]
        body = r[1:]
        alts = [r[0] + (ref[p:p + unit] * a if a > 0 else '') + (body if a >= 0 else body[:len(body) + a * unit]) for a in alleles]
        loci.append((p - 1, r, alts, [0 if v == 0 else alleles.index(v) + 1 for v in state]))
    return loci


def other_loci(ref, found, samples, sizes, rng):
    loci = []
    step, weight = sizes[0]
    for p, events in found.items():
        size = int(rng.choice(step, p=weight / weight.sum()))
        state = np.zeros(samples, bool)
        state[events[0][1]] = True
        if state[0]:
            state = ~state
            size = -size
        if not state.any() or p == 0:
            continue
        if size < 0:
            r = ref[p - 1:p - size]
            if 'N' in r or len(r) != 1 - size:
                continue
            loci.append((p - 1, r, [r[0]], state.astype(int).tolist()))
        else:
            tandem = rng.random() < TANDEM and len(ref) >= p + size and 'N' not in ref[p:p + size]
            q = ref[p:p + size] if tandem else ''.join(rng.choice(list('ACGT'), size))
            loci.append((p - 1, ref[p - 1], [ref[p - 1] + q], state.astype(int).tolist()))
    return loci


def rate_for(trees, heterozygosity):
    """The mutation rate at which the donor (samples 1 and 2) has this many SNPs a base, on average over mutations."""
    return heterozygosity / float(trees.diversity(sample_sets=[1, 2], mode='branch'))


def population(ref, start, haplotypes, seed, donor_population, mix, spectrum, mu, contaminant=False, heterozygosity=None):
    """-> records, rows (alleles of donor, donor, panel..., contaminant, contaminant if asked for), counts.
    Records never overlap; `start` is the position of ref[0]. heterozygosity: of the donor, takes the place of `mu`."""
    trees, by_population = ancestry(len(ref), haplotypes, seed, donor_population, mix, contaminant, heterozygosity)
    mu = rate_for(trees, heterozygosity) if heterozygosity else mu
    rng = np.random.default_rng(seed)
    codes = encode(ref)
    samples = trees.num_samples
    weights = Weights(ref, codes, spectrum)
    sizes = {int(k): (np.array([int(z) for z in v]), np.array(list(v.values()), float)) for k, v in spectrum['sizes'].items()}
    snps, steps, others = mutations(trees, weights.cumulative, mu, rng)
    loci = substitution_loci(ref, codes, snps, samples, rng)
    loci += repeat_loci(ref, weights.repeats, steps, samples, sizes, rng)
    loci += other_loci(ref, others, samples, sizes, rng)
    loci.sort(key=lambda y: (y[0], len(y[1])))
    records, rows, last, skipped = [], [], -1, 0
    for p, r, alts, state in loci:
        if p < last or 'N' in r:
            skipped += 1
            continue
        last = p + len(r)
        records.append((p + start, r, alts))
        rows.append(state[1:])
    counts = dict(trees=trees.num_trees, loci=len(records), skipped_overlap=skipped,
                  mix=dict(AFR=by_population[0], EUR=by_population[1], EAS=by_population[2]))
    return records, rows, counts
