"""What is wrong with a real panel: alleles that it lacks, and alleles in it that nobody has.

False alleles are as errors of assemblies: most on one haplotype, more than half of them in bursts of 3-10 within 200 bases of
one haplotype, four of five a substitution, the others insertions and deletions of a few bases. None is a variant of the panel,
of the donor or of a contaminating person in another spelling.
"""
import numpy as np

from train.haplotypes import normalised

IN_BURSTS = 0.6
BURST = (3, 10)       # alleles
BURSTS = (IN_BURSTS / np.mean(BURST)) / (IN_BURSTS / np.mean(BURST) + 1 - IN_BURSTS)  # share of events that are bursts
BURST_WIDTH = 200     # bases
ALONE = 0.85          # share of lone alleles that stand on one haplotype; others on 2 to 5
SUBSTITUTIONS = 0.8
INDEL_STOP = 0.5      # of the geometric sizes of indels
LONGEST_INDEL = 12
EDGE = 100


def drop_alleles(records, genotypes, share, rng):
    """Takes alleles out of every haplotype, in place. Returns the number dropped and the number there were."""
    dropped = total = 0
    for i, (_, _, alts) in enumerate(records):
        present = {a for pair in genotypes[i] for a in pair} - {0}
        gone = {a for a, x in enumerate(rng.random(len(alts)), 1) if x < share} & present
        total += len(present)
        dropped += len(gone)
        if gone:
            genotypes[i] = [tuple(0 if a in gone else a for a in pair) for pair in genotypes[i]]
    return dropped, total


def spelt(records, ref, start):
    """All alleles in their normal form, by offset on ref."""
    return {normalised(pos - start, r, alt, ref) for pos, r, alts in records for alt in alts}


class FalseAlleles:
    """real: records of everyone, of which no false allele may be a copy; ref starts at `start`."""

    def __init__(self, ref, start, real, rng):
        self.ref, self.start, self.rng = ref, start, rng
        self.taken = spelt(real, ref, start)

    def one(self, place):
        """A record at the offset `place`, or None where it cannot be."""
        rng, ref = self.rng, self.ref
        if rng.random() < SUBSTITUTIONS:
            r, alt = ref[place], 'ACGT'[rng.integers(4)]
        else:
            size = min(int(rng.geometric(INDEL_STOP)), LONGEST_INDEL)
            longer = ref[place] + ''.join(rng.choice(list('ACGT'), size))
            r, alt = (ref[place], longer) if rng.random() < 0.5 else (ref[place:place + 1 + size], ref[place])
        if r == alt or 'N' in r:
            return None
        allele = normalised(place, r, alt, ref)
        if allele in self.taken:
            return None
        self.taken.add(allele)
        return place + self.start, r, [alt]

    def add(self, records, genotypes, samples, number):
        """-> records, genotypes with about `number` false alleles among them, by position."""
        rng, new, highest = self.rng, [], len(self.ref) - EDGE - BURST_WIDTH
        while len(new) < number:
            place = int(rng.integers(EDGE, highest))
            burst = rng.random() < BURSTS
            places = place + np.sort(rng.integers(0, BURST_WIDTH, rng.integers(BURST[0], BURST[1] + 1))) if burst else [place]
            haplotypes = 1 if burst or rng.random() < ALONE else int(rng.integers(2, 6))
            bearers = set(rng.choice(2 * samples, min(haplotypes, 2 * samples), replace=False).tolist())
            row = [tuple(int(2 * s + h in bearers) for h in (0, 1)) for s in range(samples)]
            new += [(record, row) for record in map(self.one, map(int, places)) if record]
        both = sorted([*zip(records, genotypes), *new[:number]], key=lambda y: y[0][0])
        return [r for r, _ in both], [g for _, g in both]
