"""Lift a VCF of one contig to another build of the same sequence where the two differ by shifts that change slowly.

Blocks of records vote for the shift at which their REF alleles agree with the target FASTA; a record that disagrees with
its block's shift is dropped, and so is a block without a clear winner. Enough for chr20 of GRCh37 -> GRCh38 between 1
and 10 Mb, whose shifts stay within a few bases of each other; no substitute for a chain file.
"""
import gzip
import subprocess

import pysam

BLOCK = 40


def agreement(records, sequence, shift):
    """How many records' REF stands in `sequence` at their 1-based position plus shift."""
    return sum(sequence[p - 1 + shift:p - 1 + shift + len(r)] == r for p, r in records)


def block_shift(records, sequence, shifts, least=0.95):
    """The shift that at least `least` of the records agree with, or None."""
    best = max(shifts, key=lambda s: (agreement(records, sequence, s), -abs(s)))
    return best if agreement(records, sequence, best) >= least * len(records) else None


def lift(vcf, fasta, source, target, span, shifts, out):
    """Write the records of `vcf` (contig `source`, positions within `span`) on contig `target` to `out` (.vcf.gz, indexed).
    Returns {shift: records kept} and the number of records dropped."""
    sequence = pysam.FastaFile(fasta).fetch(target).upper()
    lines = []
    with gzip.open(vcf, 'rt') as f:
        for line in f:
            if line.startswith('#CHROM'):
                columns = line
            elif not line.startswith('#'):
                field = line.rstrip('\n').split('\t')
                if field[0] == source and span[0] < int(field[1]) <= span[1]:
                    lines.append(field)
    kept, dropped, rows = {}, 0, []
    for i in range(0, len(lines), BLOCK):
        block = lines[i:i + BLOCK]
        shift = block_shift([(int(f[1]), f[3].upper()) for f in block], sequence, shifts)
        for f in block:
            p = int(f[1]) + (shift or 0)
            if shift is None or sequence[p - 1:p - 1 + len(f[3])] != f[3].upper():
                dropped += 1
                continue
            kept[shift] = kept.get(shift, 0) + 1
            rows.append((p, [target, str(p), '.', f[3].upper(), f[4].upper(), '.', 'PASS', '.', 'GT', f[9].split(':')[0]]))
    rows.sort(key=lambda row: row[0])
    text = f'##fileformat=VCFv4.2\n##contig=<ID={target},length={len(sequence)}>\n'
    text += '##FILTER=<ID=PASS,Description="All filters passed">\n##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">\n'
    text += columns + ''.join('\t'.join(row) + '\n' for _, row in rows)
    subprocess.run(['bcftools', 'view', '--no-version', '-Oz', '-o', out, '-'], input=text, text=True, check=True)
    subprocess.run(['bcftools', 'index', '-f', '-t', out], check=True)
    return kept, dropped
