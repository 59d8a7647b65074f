"""Sequences that genotypes spell over a stretch of reference: what two spellings of one thing have in common.

A variant here is (start, ref, alt), 0-based. Equal stretches of DNA can be written as different records; applied to the
reference they give the same sequence, so sequences are what is compared.
"""
import itertools


def trimmed(start, ref, alt):
    """The variant without bases that REF and ALT share: common suffix first, then common prefix; may leave an empty side."""
    n = 0
    while n < min(len(ref), len(alt)) and ref[len(ref) - 1 - n] == alt[len(alt) - 1 - n]:
        n += 1
    ref, alt = ref[:len(ref) - n], alt[:len(alt) - n]
    n = 0
    while n < min(len(ref), len(alt)) and ref[n] == alt[n]:
        n += 1
    return start + n, ref[n:], alt[n:]


def normalised(start, ref, alt, contig):
    """Trimmed and shifted left as far as the reference allows (an indel; substitutions only trimmed). contig: sequence."""
    start, ref, alt = trimmed(start, ref, alt)
    if ref and alt:
        return start, ref, alt
    body = ref or alt
    while start > 0 and body and contig[start - 1] == body[-1]:
        body = body[-1] + body[:-1]
        start -= 1
    return (start, body, '') if ref else (start, '', body)


def applied(contig, start, end, variants):
    """contig[start:end] with trimmed variants applied; None where two of them overlap."""
    out, at, inserted = [], start, None
    for s, ref, alt in sorted(variants):
        if s < at or s == inserted:
            return None
        inserted = s if not ref else None
        out.append(contig[at:s])
        out.append(alt)
        at = s + len(ref)
    out.append(contig[at:end])
    return ''.join(out)


def phasings(genotypes, most=10):
    """All ways to lay unphased genotypes on two haplotypes. genotypes: [((start, ref, alt) or None, the same)] by site.
    Yields pairs of variant lists; nothing where more than `most` sites are heterozygous."""
    hets = [i for i, (a, b) in enumerate(genotypes) if a != b]
    if len(hets) > most:
        return
    for flips in itertools.product((False, True), repeat=max(0, len(hets) - 1)):
        turned = dict(zip(hets[1:], flips))
        pair = ([], [])
        for i, (a, b) in enumerate(genotypes):
            if turned.get(i):
                a, b = b, a
            for h, allele in zip(pair, (a, b)):
                if allele is not None:
                    h.append(allele)
        yield pair


def spelt(contig, start, end, genotypes):
    """The set of {haplotype, haplotype} (as sorted pairs of sequences) that unphased genotypes can mean."""
    out = set()
    for one, two in phasings(genotypes):
        a, b = applied(contig, start, end, one), applied(contig, start, end, two)
        if a is not None and b is not None:
            out.add(tuple(sorted((a, b))))
    return out
