"""One set: reference, panel (GFA, VCF), donor's truth (VCF, BED), reads, their alignment, and a manifest of how it came to be.

The donor is an msprime sample, a sample of a phased panel that leaves it, or the haplotypes of a truth VCF; it is never in
the panel. Collapsed copies are reads from diverged copies of some segments; they are left out of the confident BED unless
asked for. Reads may hold another person's, too, be uneven or damaged (reads.Effects), and the panel may lack alleles or hold
false ones; the truth stays the donor's. Equal options give equal bytes of truth, GFA and FASTQ.
"""
import collections
import hashlib
import json
import os
import re
import subprocess
import time

import numpy as np
import pysam

from . import errors, inbred, panel
from .bursts import ClipBursts
from .capture import Capture
from .generators import generator
from .gfa import write_gfa
from .imperfect_panel import FalseAlleles, drop_alleles
from .population import population
from .reads import CONTAMINANT, FOREIGN, Effects, haplotype_of, make_reads
from .selection import Selection
from .sequence import decode, encode, region_of, write_fasta
from .slippage import Slippage

LEAST_KNOWN = 5000
OFF = ('contamination', 'slip', 'clip_bursts', 'gc_bias', 'panel_missing', 'panel_false', 'capture', 'heterozygosity', 'inbred')  # not in a manifest where off


class Variation:
    """Panel, donor and contaminating person (records and genotypes, none by default), whichever way they were made."""

    def __init__(self, samples, records, genotypes, donor_records, donor_genotypes, info, contaminant=([], [])):
        self.samples, self.records, self.genotypes = samples, records, genotypes
        self.donor_records, self.donor_genotypes, self.info = donor_records, donor_genotypes, info
        self.resolve_panel()
        self.resolve_donor()
        self.contaminant_records = contaminant[0]
        _, self.contaminant_edits = panel.resolve(*contaminant, 1)

    def resolve_panel(self):
        self.info['panel_overlap_dropped'], edits = panel.resolve(self.records, self.genotypes, len(self.samples))
        self.haplotypes = [(name, h + 1, edits[2 * i + h]) for i, name in enumerate(self.samples) for h in (0, 1)]

    def resolve_donor(self):
        self.info['donor_overlap_dropped'], self.donor_edits = panel.resolve(self.donor_records, self.donor_genotypes, 1)

    def spoil_panel(self, o, ref, start):
        """Takes alleles out of the panel and puts false ones in."""
        if o.panel_missing and self.samples:
            self.info['panel_missing'] = drop_alleles(self.records, self.genotypes, o.panel_missing, generator(o.seed, 'panel-missing'))
        if o.panel_false and self.samples:
            real = self.records + self.donor_records + self.contaminant_records
            false, number = FalseAlleles(ref, start, real, generator(o.seed, 'panel-false')), int(round(o.panel_false * len(ref) / 1e6))
            self.records, self.genotypes = false.add(self.records, self.genotypes, len(self.samples), number)
            self.info['panel_false'] = number
        if (o.panel_missing or o.panel_false) and self.samples:
            self.resolve_panel()

    def inbreed_donor(self, o, ref, start):
        within = inbred.segments(len(ref), o.inbred, generator(o.seed, 'inbred'))
        self.donor_genotypes = inbred.make_same(self.donor_records, self.donor_genotypes, start, within)
        self.info['inbred_segments'] = within
        self.resolve_donor()


def from_vcf(o, contig, start, end, ref):
    """Panel of --panel-vcf; donor of --donor-vcf or the panel's sample --donor. Unphased hets of the donor fall by chance."""
    name_in_vcf = o.vcf_contig or contig
    region = f'{name_in_vcf}:{start + 1}-{end}'
    excluded = set(filter(None, o.exclude.split(','))) | ({o.donor} if o.donor else set())
    pool = [x for x in (panel.samples_of(o.panel_vcf) if o.panel_vcf else []) if x not in excluded]
    pool = np.random.default_rng(o.seed).permutation(pool).tolist()
    samples = sorted(pool[:o.haps // 2])
    records, genotypes, count = panel.read_vcf(o.panel_vcf, region, samples, ref, start) if samples else ([], [], {})
    if o.donor_vcf:
        donor = panel.samples_of(o.donor_vcf)[0]
        names = panel.contigs_of(o.donor_vcf)
        name = next(x for x in (contig, name_in_vcf, contig.replace('chr', '')) if x in names)
        donor_records, donor_genotypes, donor_count = panel.read_vcf(o.donor_vcf, f'{name}:{start + 1}-{end}', [donor], ref, start)
    else:
        donor = o.donor
        donor_records, donor_genotypes, donor_count = panel.read_vcf(o.panel_vcf, region, [donor], ref, start)
    if donor_count['unphased_het']:
        donor_genotypes = [[tuple(np.random.default_rng([o.seed, p]).permutation(row[0]).tolist())]
                           for (p, _, _), row in zip(donor_records, donor_genotypes)]
    info = dict(mode='vcf', donor=donor, panel_samples=len(samples), panel_counts=count, donor_counts=donor_count)
    contaminant = ([], [])
    if o.contamination:
        if len(pool) <= len(samples):
            raise SystemExit(f'simulate: error: --contamination needs a sample of --panel-vcf beside the {len(samples)} of the panel and the donor: lower --haps')
        info['contaminant'] = pool[len(samples)]
        contaminant = panel.read_vcf(o.panel_vcf, region, [info['contaminant']], ref, start)[:2]
    return Variation(samples, records, genotypes, donor_records, donor_genotypes, info, contaminant)


def from_msprime(o, start, ref):
    with open(o.indel_spectrum) as f:
        spectrum = json.load(f)
    records, rows, count = population(ref, start, o.haps, o.seed, o.donor_pop, [float(x) for x in o.mix.split(',')], spectrum, o.mu,
                                      o.contamination > 0, o.heterozygosity)
    samples = [f'SIM{i:04d}' for i in range(o.haps // 2)]
    genotypes = [[(r[2 + 2 * i], r[3 + 2 * i]) for i in range(len(samples))] for r in rows]
    info = dict(mode='msprime', donor='DONOR', panel_samples=len(samples), **count)
    contaminant = (records, [[(r[-2], r[-1])] for r in rows]) if o.contamination else ([], [])
    return Variation(samples, records, genotypes, records, [[(r[0], r[1])] for r in rows], info, contaminant)


def run(command, folder):
    done = subprocess.run(['bash', '-c', 'set -o pipefail; ' + command], stderr=subprocess.PIPE, cwd=folder, text=True)
    if done.returncode:
        raise RuntimeError(f'failed ({done.returncode}): {command}\n{done.stderr[-2000:]}')


class Set:
    """The files of one set in one folder. base: the position of the region's first base in every output."""

    def __init__(self, options):
        o = self.options = options
        self.fasta = pysam.FastaFile(o.ref)
        self.contig, self.start, self.end = region_of(o.region)
        self.ref = re.sub('[^ACGT]', 'N', self.fasta.fetch(self.contig, self.start, self.end).upper())
        known = len(self.ref) - self.ref.count('N')
        if known < LEAST_KNOWN:
            raise SystemExit(f'simulate: error: {o.region} has {known} known bases in {o.ref}, at least {LEAST_KNOWN} are needed: choose another region')
        self.name = self.contig if o.full_coords else o.contig or self.contig
        self.base = self.start if o.full_coords else 0
        self.length = self.fasta.get_reference_length(self.contig) if o.full_coords else len(self.ref)
        self.rng = np.random.default_rng(o.seed)
        self.capture = Capture(encode(self.ref), generator(o.seed, 'capture')) if o.capture else None
        os.makedirs(o.out, exist_ok=True)

    def path(self, name):
        return os.path.join(self.options.out, name)

    def write_reference(self):
        whole = [(c, self.fasta.fetch(c).upper()) for c in self.fasta.references] if self.options.full_coords else [(self.name, self.ref)]
        write_fasta(self.path('ref.fa'), whole)
        pysam.faidx(self.path('ref.fa'))

    def write_panel(self, v):
        shift, o = self.base - self.start, self.options

        def moved(records):
            return [(p + shift, r, alts) for p, r, alts in records]

        if v.samples:
            panel.write_vcf(self.path('panel.vcf.gz'), [(self.name, self.length)], moved(v.records), v.samples, v.genotypes)
        panel.write_vcf(self.path('truth.raw.vcf.gz'), [(self.name, self.length)], moved(v.donor_records), [o.sample], v.donor_genotypes)
        run("bcftools norm --no-version -f ref.fa -m +any truth.raw.vcf.gz | bcftools view --no-version -a - |"
            " bcftools view --no-version -i 'GT=\"alt\"' -Oz -o truth.vcf.gz && bcftools index -f -t truth.vcf.gz", o.out)
        haplotypes = [(name, h, [(s + shift, e + shift, q) for s, e, q in edits]) for name, h, edits in v.haplotypes]
        return write_gfa(self.path('panel.gfa'), self.ref, self.base, self.name, o.ref_sample, haplotypes, o.max_node)

    def unlike_truth(self, haplotypes):
        """{hap: (length spelt by the truth VCF, length)} where the written truth does not spell a haplotype: should be empty."""
        cut, unlike = f'{self.name}:{self.base + 1}-{self.base + len(self.ref)}', {}
        for h, (codes, _) in enumerate(haplotypes):
            spelt = subprocess.run(f'samtools faidx ref.fa {cut} | bcftools consensus -H {h + 1} truth.vcf.gz', shell=True, cwd=self.options.out,
                                   stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
            spelt = ''.join(spelt.split('\n')[1:]).upper()
            if spelt != decode(codes):
                unlike[f'truth_differs_hap{h + 1}'] = (len(spelt), len(codes))
        return unlike

    def collapsed_copies(self):
        """Foreign sequences with their depths, and the intervals that the confident BED leaves out for them."""
        o, ref, rng, foreign, holes = self.options, self.ref, self.rng, [], []
        for _ in range(int(round(len(ref) / 1e5 * o.collapsed))):
            p = int(rng.integers(2000, len(ref) - 5000))
            w = int(rng.integers(1000, 3000))
            codes = encode(ref[p:p + w]).copy()
            m = rng.random(w) < rng.uniform(0.01, 0.03)
            codes[m] = np.where(codes[m] < 4, (codes[m] + rng.integers(1, 4, m.sum())) % 4, 4)
            foreign.append((FOREIGN, codes, np.arange(p, p + w, dtype=np.int32), o.depth * rng.uniform(.2, 1)))
            if not o.collapsed_in_bed:
                holes.append((p - 300, p + w + 300))
        return foreign, holes

    def contamination(self, v):
        """Another person's two haplotypes, as foreign sequences."""
        each = self.options.depth * self.options.contamination / 2
        return [(CONTAMINANT, *haplotype_of(self.ref, self.start, edits), each) for edits in v.contaminant_edits] if each else []

    def effects(self, model):
        o, codes = self.options, encode(self.ref)
        lengths = np.asarray(model['tl'], float)
        usual = int(round((lengths * np.arange(len(lengths))).sum() / lengths.sum()))
        return Effects(Selection(codes, max(usual, o.read_len), o.read_len, o.gc_bias, self.capture, generator(o.seed, 'fragments')) if o.gc_bias or o.capture else None,
                       Slippage(o.slip, generator(o.seed, 'slip')) if o.slip else None,
                       ClipBursts(self.ref, o.clip_bursts, generator(o.seed, 'clip-bursts')) if o.clip_bursts else None)

    def write_confident(self, holes):
        good = np.array([ch != 'N' for ch in self.ref])
        good[:self.options.edge] = good[len(self.ref) - self.options.edge:] = False
        for x, y in holes:
            good[max(0, x):y] = False
        if self.capture:
            good &= self.capture.widened(len(good))
            self.capture.write(self.path('targets.bed'), self.name, self.base)
        change = np.flatnonzero(np.diff(np.concatenate([[0], good.astype(np.int8), [0]])))
        with open(self.path('confident.bed'), 'w') as f:
            for x, y in zip(change[::2], change[1::2]):
                f.write(f'{self.name}\t{x + self.base}\t{y + self.base}\n')

    def align(self):
        o = self.options
        index = os.path.abspath(o.align_ref) if o.align_ref else 'ref.fa'
        if not os.path.exists(os.path.join(o.out, index) + '.bwt'):
            run(f'bwa index {index}', o.out)
        kind, ext = ('-O cram --output-fmt-option version=3.0 --reference ref.fa', 'cram') if o.cram else ('-O bam', 'bam')
        run(f"bwa mem -t {o.threads} -K 10000000 -R '@RG\\tID:{o.sample}\\tSM:{o.sample}\\tPL:ILLUMINA\\tLB:{o.sample}' {index} reads_1.fq reads_2.fq"
            f" | samtools fixmate --no-PG -m - - | samtools sort --no-PG -T tmp - | samtools markdup --no-PG {kind} - reads.{ext}"
            f" && samtools index reads.{ext}", o.out)
        if o.cram:  # the writer records where ref.fa lay: take that out
            run("samtools view --no-PG -H reads.cram | sed 's/\\tUR:[^\\t]*//' > h.sam && samtools reheader -P h.sam reads.cram > h.cram"
                " && mv h.cram reads.cram && rm h.sam && samtools index reads.cram", o.out)

    def tidy(self):
        o = self.options
        names = ['truth.raw.vcf.gz', 'truth.raw.vcf.gz.tbi']
        names += [] if o.keep_fastq else ['reads_1.fq', 'reads_2.fq']
        names += [] if o.align_ref else ['ref.fa' + x for x in ('.bwt', '.pac', '.ann', '.amb', '.sa')]
        for name in names:
            os.remove(self.path(name))

    def truth_counts(self):
        command = f'bcftools view -T {self.path("confident.bed")} {self.path("truth.vcf.gz")} | bcftools query -f "%REF\t%ALT\t[%GT]\n"'
        text = subprocess.run(command, shell=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
        n = collections.Counter()
        for line in filter(None, text.split('\n')):
            ref, alts, genotype = line.split('\t')
            n['snp' if len(ref) == 1 and all(len(y) == 1 for y in alts.split(',')) else 'indel'] += 1
            n['multiallelic'] += ',' in alts
            a = re.split(r'[|/]', genotype)
            n['het' if a[0] != a[1] else 'hom'] += 1
        return dict(n)

    def make(self):
        """Writes everything; returns the manifest."""
        o, clock = self.options, [time.time()]
        model = errors.load(o.model, o.err_scale, o.run_scale)
        info = dict(args={k: os.path.basename(v) if isinstance(v, str) else v for k, v in vars(o).items()
                         if k not in ('fn', 'out') and (v or k not in OFF)}, region=o.region)
        self.write_reference()
        v = from_vcf(o, self.contig, self.start, self.end, self.ref) if o.panel_vcf or o.donor_vcf else from_msprime(o, self.start, self.ref)
        if o.inbred:
            v.inbreed_donor(o, self.ref, self.start)
        v.spoil_panel(o, self.ref, self.start)
        info.update(v.info)
        info['gfa'] = self.write_panel(v)
        haplotypes = [haplotype_of(self.ref, self.start, edits) for edits in v.donor_edits]
        info.update(self.unlike_truth(haplotypes))
        foreign, holes = self.collapsed_copies()
        self.write_confident(holes)
        clock.append(time.time())
        info['reads'] = make_reads(self.path('reads'), haplotypes, len(self.ref), model, o.depth, o.read_len, self.rng, o.sample,
                                   not o.no_systematic, foreign + self.contamination(v), self.effects(model))
        if self.capture:
            info['targets'] = dict(number=len(self.capture.targets), bases=int(np.diff(self.capture.targets).sum()))
        clock.append(time.time())
        self.align()
        clock.append(time.time())
        self.tidy()
        known = {edit for _, _, edits in v.haplotypes for edit in edits}
        alleles = [edit for edits in v.donor_edits for edit in edits]
        info['donor_alleles_in_panel'] = round(sum(edit in known for edit in alleles) / max(1, len(alleles)), 4)
        info['truth_in_confident'] = self.truth_counts()
        info['seconds'] = {k: round(b - a, 1) for k, a, b in zip(('variants', 'reads', 'align'), clock, clock[1:])}
        info['sha256'] = {}
        for name in ('panel.gfa', 'ref.fa', 'confident.bed'):
            with open(self.path(name), 'rb') as f:
                info['sha256'][name] = hashlib.sha256(f.read()).hexdigest()
        with open(self.path('manifest.json'), 'w') as f:
            json.dump(info, f, indent=1, default=str)
        return info
