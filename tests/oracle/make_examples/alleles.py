"""What the reads show at every position of an interval.

Source: allelecounter.cc. `legacy` is --keep_legacy_allele_counter_behavior.
"""
import collections
import dataclasses

SUBSTITUTION, INSERTION, DELETION, SOFT_CLIP = 2, 3, 4, 5  # as deepvariant.proto numbers them: ties are broken by it
REFERENCE = 1
KIND = {"I": INSERTION, "D": DELETION, "S": SOFT_CLIP}


@dataclasses.dataclass
class Allele:
    position: int
    bases: str
    kind: int
    is_low: bool
    mapq: int
    quality: int
    reverse: bool


class Position:
    def __init__(self, base):
        self.base = base
        self.references = 0  # reads of good quality that show the reference
        self.alleles = {}  # read key -> Allele, those of the reference not among them
        self.tracked = {}  # read key -> Allele of the reference, where they are tracked

    def sums(self):
        """[((bases, kind), count)] in order, without those of low quality."""
        return sorted(collections.Counter((a.bases, a.kind) for a in self.alleles.values() if not a.is_low).items())

    def depth(self):
        return self.references + sum(not a.is_low for a in self.alleles.values())


def quality_of(read, offset, length, floor, legacy):
    """Whether the bases may be used, and whether they are of low quality."""
    qualities, bases = read.qualities[offset:offset + length], read.bases[offset:offset + length]
    if set(bases) - set("ACGT") or (legacy and min(qualities) < floor):
        return False, False
    return True, not legacy and sum(qualities) < floor * length


def indel(read, reference, at, offset, letter, length, floor, legacy):
    """The allele of an insertion, a soft clip or a deletion, named after the base before it; None where it cannot be used."""
    before = read.bases[offset - 1] if offset else reference.bases(at - 1, at) if reference.holds(at - 1, at) else ""
    if before not in ("A", "C", "G", "T"):
        return None
    if letter == "D":
        if not reference.holds(at, at + length):
            return None
        bases, is_low, quality = reference.bases(at, at + length), False, read.qualities[max(0, offset - 1)]
        if set(bases) - set("ACGT"):
            return None
    else:
        usable, is_low = quality_of(read, offset, length, floor, legacy)
        if not usable:
            return None
        bases, quality = read.bases[offset:offset + length], sum(read.qualities[offset:offset + length]) // max(1, length)
    return Allele(at - 1, before + bases, KIND[letter], is_low, read.mapq, quality, read.reverse)


def shown_by(read, start, cigar, reference, span, floor, legacy):
    """The alleles of a read in the order of its bases, None for one that cannot be used. Bases outside span are not looked at."""
    out, at, offset = [], start, 0
    for letter, length in cigar:
        if letter in "M=X":
            for i in range(length):
                if not span[0] <= at + i < span[1]:
                    continue
                usable, is_low = quality_of(read, offset + i, 1, floor, legacy)
                if usable:
                    base = read.bases[offset + i]
                    kind = REFERENCE if base == reference.bases(at + i, at + i + 1) else SUBSTITUTION
                    out.append(Allele(at + i, base, kind, is_low, read.mapq, read.qualities[offset + i], read.reverse))
            at, offset = at + length, offset + length
        elif letter in "IS":
            out.append(indel(read, reference, at, offset, letter, length, floor, legacy))
            offset += length
        elif letter == "D":
            out.append(indel(read, reference, at, offset, letter, length, floor, legacy))
            at += length
        elif letter in "NP":
            at += length
    return out


class Counter:
    """span: where read bases are compared with the reference; wider than the interval when reads are normalised.
    tracked: positions where reads of the reference are listed."""

    def __init__(self, reference, start, end, min_mapq, min_base_quality, legacy, span=None, tracked=()):
        self.reference, self.start, self.end, self.span = reference, start, end, span or (start, end)
        self.min_mapq, self.floor, self.legacy = min_mapq, min_base_quality, legacy
        self.tracked = frozenset(tracked)
        self.positions = [Position(base) for base in reference.bases(start, end)]

    def add(self, read, start=None, cigar=None):
        if read.mapq < self.min_mapq:
            return
        shown = shown_by(read, read.start if start is None else start, read.cigar if cigar is None else cigar, self.reference,
                         self.span, self.floor, self.legacy)
        for allele, following in zip(shown, shown[1:] + [None]):
            if allele is None or not self.start <= allele.position < self.end:
                continue
            if following is not None and following.position == allele.position:
                continue  # an indel takes the place of its anchor, a deletion that of an insertion before it
            position = self.positions[allele.position - self.start]
            if allele.kind == REFERENCE:
                position.references += not allele.is_low
                if allele.position in self.tracked:
                    position.alleles.pop(read.key, None)
                    position.tracked[read.key] = allele
            else:
                position.tracked.pop(read.key, None)
                position.alleles[read.key] = allele
