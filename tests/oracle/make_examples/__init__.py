"""make_examples again, slowly and plainly, so that haploom's behaviour stays fixed without anybody's data.

Written from descriptions of DeepVariant 1.9; every file names the upstream source it follows. It shares no line with the
program. One partition at a time: reads.py (chance.py) -> realigner.py (windows, assembly, placing, smith_waterman, compose) ->
alleles.py, normalise.py -> candidates.py, reference_records.py -> images.py; partition.py joins them.
Positions are 0-based half-open.
"""
