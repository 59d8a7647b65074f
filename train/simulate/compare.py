"""Simulated reads beside real ones: a Markdown table of what a caller would notice."""
import numpy as np
import pysam

from .scan import Scan, confident_mask, truth_mask
from .sequence import region_of

QUALITIES = ((0, 5), (5, 15), (15, 25), (25, 30), (30, 35), (35, 39), (39, 64))
RUN_CLASSES = ((1, 2), (2, 4), (4, 6), (6, 8), (8, 10), (10, 12), (12, 15), (15, 26))


def rows(scans):
    """[(measure, [text for each scan])]"""
    out = []

    def row(name, text):
        out.append((name, [text(s) for s in scans]))

    def quality_rows(lo, hi):
        row(f'share of bases Q{lo}-{hi - 1}', lambda s: f'{s.quality_total[lo:hi].sum() / s.quality_total.sum():.4f}')
        row(f'mismatch rate Q{lo}-{hi - 1}', lambda s: f'{s.mismatches[lo:hi].sum() / max(1, s.bases[lo:hi].sum()):.5f}')

    def run_row(lo, hi):
        row(f'indel errors per 1e4 run passes, run {lo}-{hi - 1}',
            lambda s: f'{1e4 * (s.insertions + s.deletions)[lo:hi].sum() / max(1, s.passes[lo:hi].sum()):.2f} (n={(s.insertions + s.deletions)[lo:hi].sum()})')

    row('primary reads', lambda s: str(s.primary))
    row('mean depth (MAPQ >= 20, no duplicates)', lambda s: f'{s.depth.mean():.1f}')
    row('duplicates', lambda s: f'{s.duplicates / max(1, s.primary):.4f}')
    row('MAPQ >= 60 / < 20', lambda s: f'{(s.mapq >= 60).mean():.4f} / {(s.mapq < 20).mean():.4f}')
    row('fragment mean / sd', lambda s: f'{np.mean(s.fragments):.0f} / {np.std(s.fragments):.0f}')
    row('mean base quality', lambda s: f'{(s.quality_total * np.arange(64)).sum() / s.quality_total.sum():.2f}')
    row('mismatch rate, all', lambda s: f'{s.mismatches.sum() / s.bases.sum():.5f}')
    for lo, hi in QUALITIES:
        quality_rows(lo, hi)
    row('site overdispersion cv2', lambda s: f'{s.site_cv2:.1f}')
    row('two errors of a site agree', lambda s: f'{s.same_base:.2f}')
    for lo, hi in RUN_CLASSES:
        run_row(lo, hi)
    row('false candidates a kb, SNP', lambda s: f'{1e3 * s.candidate_snps / s.candidate_bases:.3f} (n={s.candidate_snps})')
    row('false candidates a kb, indel', lambda s: f'{1e3 * s.candidate_indels / s.candidate_bases:.3f} (n={s.candidate_indels}, by runs >= 4: {s.candidate_indels_in_runs})')
    row('SNP-like sites by share .05-.12/.12-.2/.2-.35/>.35', lambda s: '/'.join(map(str, s.by_share)))
    row('sites with k alt reads, k=1..7,8+', lambda s: ','.join(map(str, s.by_reads[1:])))
    return out


def compare(options):
    """The command: --bam NAME=FILE (several; NAME=FILE@N where FILE's coordinates are N lower) --ref --region --truth --confident."""
    chrom, start, end = region_of(options.region)
    ref = pysam.FastaFile(options.ref).fetch(chrom, start, end).upper()
    explained, count = truth_mask(options.truth, chrom, start, end)
    confident = confident_mask(options.confident, chrom, start, end)
    names, scans = [], []
    for item in options.bam:
        name, path = item.split('=', 1)
        path, _, shift = path.partition('@')
        names.append(name)
        scans.append(Scan(path, ref, chrom, start - int(shift or 0), end - int(shift or 0), explained, confident))
    print(f'region {options.region}, truth SNP/indel records {count}, confident bases {int(confident.sum())}\n')
    print('| measure | ' + ' | '.join(names) + ' |\n|' + '---|' * (len(names) + 1))
    for name, texts in rows(scans):
        print(f'| {name} | ' + ' | '.join(texts) + ' |')
