"""Phased genotypes -> the edits that turn the reference into each haplotype; and genotypes -> VCF.

A record is (pos, ref, [alts]); its genotypes are one (a, b) for each sample. An edit is (start, end, sequence): the
reference interval that is replaced and what stands there instead. On one haplotype a record whose REF span meets the
span of an earlier accepted record is dropped for that haplotype, so that edits never overlap and a VCF of what was
really used spells the haplotypes exactly.
"""
import os
import re
import subprocess

ACGTN = re.compile(r'^[ACGTN]+$')


def trim(pos, ref, alt):
    """Reduce REF/ALT to the replaced interval and its new sequence: common suffix first, then common prefix."""
    n = 0
    while n < min(len(ref), len(alt)) and ref[len(ref) - 1 - n] == alt[len(alt) - 1 - n]:
        n += 1
    ref, alt = ref[:len(ref) - n], alt[:len(alt) - n]
    n = 0
    while n < min(len(ref), len(alt)) and ref[n] == alt[n]:
        n += 1
    return pos + n, pos + len(ref), alt[n:]


def samples_of(path):
    return subprocess.run(['bcftools', 'query', '-l', path], stdout=subprocess.PIPE, text=True, check=True).stdout.split()


def contigs_of(path):
    listed = subprocess.run(['bcftools', 'index', '-s', path], stdout=subprocess.PIPE, text=True, check=True).stdout
    return [line.split('\t')[0] for line in listed.splitlines()]


def parse_genotype(text, usable):
    """'0|1' -> ((0, 1), phased or homozygous, complete). Haploid counts twice; missing and unusable alleles count as 0."""
    alleles = re.split(r'[|/]', text)
    if len(alleles) == 1:
        alleles = alleles * 2
    complete = '.' not in alleles
    pair = [0 if y == '.' else int(y) for y in alleles[:2]]
    sure = pair[0] == pair[1] or '/' not in text
    return tuple(0 if y and not usable[y - 1] else y for y in pair), sure, complete


def read_vcf(path, region, samples, ref, start):
    """-> records, genotypes, counters. region: as bcftools takes it; ref: the sequence from `start` on.
    Records with symbolic alleles alone, beyond the sequence, or whose REF differs from it are left out and counted."""
    cmd = ['bcftools', 'query', '-f', r'%POS\t%REF\t%ALT[\t%GT]\n', '-r', region, '-s', ','.join(samples), path]
    text = subprocess.run(cmd, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True, text=True).stdout
    records, genotypes = [], []
    count = dict(read=0, symbolic=0, ref_mismatch=0, outside=0, unphased_het=0, missing=0)
    for line in text.splitlines():
        field = line.split('\t')
        count['read'] += 1
        pos, bases, alts = int(field[0]) - 1, field[1].upper(), [a.upper() for a in field[2].split(',')]
        usable = [bool(ACGTN.match(a)) for a in alts]
        if not any(usable):
            count['symbolic'] += 1
        elif pos < start or pos + len(bases) > start + len(ref):
            count['outside'] += 1
        elif ref[pos - start:pos - start + len(bases)] != bases:
            count['ref_mismatch'] += 1
        else:
            row = []
            for text_of_one in field[3:]:
                pair, sure, complete = parse_genotype(text_of_one, usable)
                count['unphased_het'] += not sure
                count['missing'] += not complete
                row.append(pair)
            records.append((pos, bases, alts))
            genotypes.append(row)
    return records, genotypes, count


def resolve(records, genotypes, samples):
    """Drop for each haplotype what overlaps an accepted record; changes `genotypes` in place.
    Returns the number dropped and the edits of each of the 2 * samples haplotypes."""
    ends, edits, dropped = [-1] * (2 * samples), [[] for _ in range(2 * samples)], 0
    for i, (pos, ref, alts) in enumerate(records):
        row = [list(pair) for pair in genotypes[i]]
        for s in range(samples):
            for h in (0, 1):
                allele, k = row[s][h], 2 * s + h
                if not allele:
                    continue
                if pos < ends[k]:
                    row[s][h] = 0
                    dropped += 1
                    continue
                ends[k] = pos + len(ref)
                edits[k].append(trim(pos, ref, alts[allele - 1]))
        genotypes[i] = [tuple(pair) for pair in row]
    return dropped, edits


def write_vcf(path, contigs, records, samples, genotypes):
    """Phased VCF (.vcf.gz, indexed) of the records that some sample carries. contigs: [(name, length)], the first is used."""
    draft = str(path) + '.tmp.vcf'
    with open(draft, 'w') as f:
        f.write('##fileformat=VCFv4.2\n')
        for name, length in contigs:
            f.write(f'##contig=<ID={name},length={length}>\n')
        f.write('##FORMAT=<ID=GT,Number=1,Type=String,Description="Phased genotype">\n')
        f.write('#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t' + '\t'.join(samples) + '\n')
        for (pos, ref, alts), row in zip(records, genotypes):
            if any(a or b for a, b in row):
                f.write(f'{contigs[0][0]}\t{pos + 1}\t.\t{ref}\t{",".join(alts)}\t.\tPASS\t.\tGT\t' +
                        '\t'.join(f'{a}|{b}' for a, b in row) + '\n')
    subprocess.run(['bcftools', 'view', '--no-version', '-Oz', '-o', str(path), draft], check=True)
    subprocess.run(['bcftools', 'index', '-f', '-t', str(path)], check=True)
    os.remove(draft)
