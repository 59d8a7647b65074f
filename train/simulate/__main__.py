"""python3 -m train.simulate run|learn|compare: one simulated set, an error model, simulated reads beside real ones. See --help."""
import argparse
import json
import sys

from .compare import compare
from .donor_set import Set
from .learn import learn


def share(text):
    value = float(text)
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f'{text} is no share: write a number from 0 to 1')
    return value


def amount(text):
    value = float(text)
    if not 0 <= value < float('inf'):
        raise argparse.ArgumentTypeError(f'{text} is below 0 or without end')
    return value


def add_effects(p):
    """What is off by default; with all of it off a set's bytes are as without these options."""
    p.add_argument('--contamination', type=share, default=0, metavar='F', help="reads of another person at F of the depth; the truth stays the donor's")
    p.add_argument('--slip', type=amount, default=0, metavar='F', help='slippage of tandem repeats of units of 2-6 bases; 1: plausible, 3 and more: much PCR (slippage.py)')
    p.add_argument('--clip-bursts', type=amount, default=0, metavar='N', help='loci per 100 kb at which reads have foreign tails: adapter, inverted, chimeric (bursts.py)')
    p.add_argument('--gc-bias', type=amount, default=0, metavar='F', help='depth by GC of the fragment; 1: half of it at 25 and 70 %% GC (gc_bias.py)')
    p.add_argument('--capture', action='store_true', help='exome-like: --depth on targets, 2 %% of it elsewhere; targets.bed (capture.py)')
    p.add_argument('--panel-missing', type=share, default=0, metavar='F', help="share of the panel's alleles that the written panel lacks")
    p.add_argument('--panel-false', type=amount, default=0, metavar='N', help='alleles that nobody has, per Mb, in the whole panel (imperfect_panel.py)')
    p.add_argument('--heterozygosity', type=amount, default=0, metavar='H', help="another species, msprime only: the donor's SNPs a base outside inbred segments, for --mu (people: 0.0008)")
    p.add_argument('--inbred', type=share, default=0, metavar='F', help="share of the sequence in long segments where the donor's haplotypes are the same")


def add_run(commands):
    p = commands.add_parser('run', help='reference, panel, truth, reads and alignment of one set')
    p.add_argument('--ref', required=True)
    p.add_argument('--region', required=True, help='contig:start-end, 0-based half-open')
    p.add_argument('--model', required=True, help='error model: .npz of learn, or a parametric .json')
    p.add_argument('--out', required=True)
    p.add_argument('--depth', type=float, default=30)
    p.add_argument('--read-len', type=int, default=150)
    p.add_argument('--seed', type=int, default=1)
    p.add_argument('--sample', default='SIM')
    p.add_argument('--haps', type=int, default=44, help='panel haplotypes (even)')
    p.add_argument('--panel-vcf', help='phased indexed panel; without it msprime makes one')
    p.add_argument('--vcf-contig')
    p.add_argument('--donor', help='panel sample that becomes the donor and leaves the panel')
    p.add_argument('--donor-vcf', help='single-sample truth whose haplotypes become the donor')
    p.add_argument('--exclude', default='', help='panel samples never taken, by comma')
    p.add_argument('--donor-pop', default='EUR', choices=['AFR', 'EUR', 'EAS'])
    p.add_argument('--mix', default='0.45,0.2,0.35', help='panel shares AFR,EUR,EAS')
    p.add_argument('--mu', type=float, default=2.36e-8)
    p.add_argument('--indel-spectrum', help='JSON, for msprime panels (population.py)')
    p.add_argument('--ref-sample', default='GRCh38')
    p.add_argument('--contig', help='name of the contig in the set')
    p.add_argument('--full-coords', action='store_true', help='keep the coordinates and all contigs of the FASTA')
    p.add_argument('--align-ref', help='bwa-indexed FASTA to align to instead of the reference of the set (same contig names)')
    p.add_argument('--max-node', type=int, default=1024)
    p.add_argument('--collapsed', type=float, default=0.5, help='collapsed copies per 100 kb')
    p.add_argument('--collapsed-in-bed', action='store_true', help='keep them inside the confident BED (harder)')
    p.add_argument('--err-scale', type=float, default=1.0, help='multiplies substitution error rates')
    p.add_argument('--run-scale', type=float, default=1.0, help='multiplies indel error rates in runs >= 4')
    p.add_argument('--no-systematic', action='store_true')
    add_effects(p)
    p.add_argument('--edge', type=int, default=500, help='bases at either end outside the confident BED')
    p.add_argument('--threads', type=int, default=2)
    p.add_argument('--cram', action='store_true')
    p.add_argument('--keep-fastq', action='store_true')
    p.set_defaults(fn=run_set)


def run_set(options):
    if options.heterozygosity and (options.panel_vcf or options.donor_vcf):
        raise SystemExit('simulate: error: --heterozygosity scales what msprime makes: leave out --panel-vcf and --donor-vcf')
    info = Set(options).make()
    print(json.dumps({k: info[k] for k in info if k not in ('args', 'sha256')}, default=str))


def add_window(p):
    p.add_argument('--ref', required=True)
    p.add_argument('--region', required=True, help='contig:start-end, 0-based half-open')
    p.add_argument('--truth', required=True)
    p.add_argument('--confident', help='BED')


def add_learn(commands):
    p = commands.add_parser('learn', help='an error model from a real BAM')
    add_window(p)
    p.add_argument('--bam', required=True, action='append')
    p.add_argument('--max-pairs', type=int, default=6000)
    p.add_argument('--out', required=True)
    p.set_defaults(fn=learn)


def add_compare(commands):
    p = commands.add_parser('compare', help='simulated reads beside real ones')
    add_window(p)
    p.add_argument('--bam', required=True, action='append', metavar='NAME=FILE[@SHIFT]')
    p.set_defaults(fn=compare)


def parser():
    ap = argparse.ArgumentParser(prog='train.simulate', description=__doc__)
    commands = ap.add_subparsers(required=True)
    add_run(commands)
    add_learn(commands)
    add_compare(commands)
    return ap


def main():
    options = parser().parse_args()
    options.fn(options)


if __name__ == '__main__':
    sys.exit(main())
