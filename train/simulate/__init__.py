"""Simulated truth sets for a pangenome-aware caller.

sequence    bases as codes, runs of equal bases
panel       phased VCF -> edits of each haplotype; VCF out
gfa         edits -> PanSN GFA with W-lines and the RS tag
population  msprime: a panel and a donor of one history over a real sequence
reads       donor haplotypes -> FASTQ with the errors of an error model
slippage, bursts       what befalls reads beyond an error model: slipped repeats, foreign tails
selection   which fragments are sequenced: gc_bias (the curve) and capture (exome-like targets)
imperfect_panel        alleles that a panel lacks, and alleles that nobody has
inbred      segments in which the donor's haplotypes are the same
generators  a generator of random numbers for each of these, so that one switched on moves no other
errors      error models: learnt ones (.npz) and parametric ones (.json)
donor_set   all of it: reference, panel, truth, reads, alignment of one set
scan, learn, compare   an error model learnt from a real BAM, and simulated reads set against real ones
lift        a truth VCF to another build by slowly changing shifts

Positions are 0-based and half-open everywhere but in VCF and in what a person types as contig:first-last.
"""
