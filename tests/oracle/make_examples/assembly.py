"""Haplotypes of a window: paths through the de Bruijn graph of its reference and its reads.

Source: realigner/debruijn_graph.cc, realigner.py (call_debruijn_graph)
"""
LONGEST_WINDOW = 1000  # ws_max_window_size
MIN_K, MAX_K = 10, 101
MIN_MAPQ, MIN_BASE_QUALITY = 14, 15
MIN_WEIGHT = 2
MOST_PATHS = 256


def good_runs(read):
    """Longest stretches of plain bases of good quality."""
    run = ""
    for base, quality in zip(read.bases, read.qualities):
        if base in "ACGT" and quality >= MIN_BASE_QUALITY:
            run += base
        else:
            yield run
            run = ""
    yield run


def graph_of(reference, runs, k):
    """Edges by their first k-mer: {k-mer: {k-mer: [weight, whether the reference has it]}}."""
    edges = {}
    for bases, is_reference in [(reference, True), *((run, False) for run in runs)]:
        for i in range(len(bases) - k):
            edge = edges.setdefault(bases[i:i + k], {}).setdefault(bases[i + 1:i + k + 1], [0, False])
            edge[0] += 1
            edge[1] |= is_reference
    return edges


def has_cycle(edges):
    """Whether taking away k-mers that nothing leads to leaves any."""
    leading = {}
    for successors in edges.values():
        for successor in successors:
            leading[successor] = leading.get(successor, 0) + 1
    free = [kmer for kmer in edges if kmer not in leading]
    taken = 0
    while free:
        kmer = free.pop()
        taken += 1
        for successor in edges.get(kmer, ()):
            leading[successor] -= 1
            if not leading[successor]:
                free.append(successor)
    return taken < len(edges.keys() | leading.keys())


def reachable(start, edges):
    seen, open_ = {start}, [start]
    while open_:
        for successor in edges.get(open_.pop(), ()):
            if successor not in seen:
                seen.add(successor)
                open_.append(successor)
    return seen


def pruned(edges, source, sink):
    kept = {kmer: [to for to, (weight, is_reference) in successors.items() if is_reference or weight >= MIN_WEIGHT]
            for kmer, successors in edges.items()}
    backward = {}
    for kmer, successors in kept.items():
        for successor in successors:
            backward.setdefault(successor, []).append(kmer)
    both = reachable(source, kept) & reachable(sink, backward)
    return {kmer: [to for to in successors if to in both] for kmer, successors in kept.items() if kmer in both}


def paths(edges, source, sink):
    """The haplotypes, sorted; none at all where there are too many."""
    ended, open_ = [], [(source, source)]  # (haplotype so far, its last k-mer)
    while open_:
        if len(ended) + len(open_) > MOST_PATHS:
            return []
        bases, last = open_.pop(0)
        for successor in edges.get(last, ()):
            longer = bases + successor[-1]
            if successor == sink or not edges.get(successor):
                ended.append(longer)
            else:
                open_.append((longer, successor))
    return sorted(ended)


def assemble(reference, reads):
    """(k, haplotypes) of a window's reference bases and the reads over it. (None, [reference]) where no k serves."""
    runs = [run for read in reads if read.mapq >= MIN_MAPQ for run in good_runs(read)]
    most = min(MAX_K, len(reference) - 1)
    for k in range(MIN_K, most + 1):
        kmers = [reference[i:i + k] for i in range(len(reference) - k + 1)]
        if len(set(kmers)) < len(kmers):
            continue
        edges = graph_of(reference, runs, k)
        if not has_cycle(edges):
            source, sink = kmers[0], kmers[-1]
            return k, paths(pruned(edges, source, sink), source, sink)
    return None, [reference]


def worth_realigning(windows, reads, reference):
    """[(start, end, k, haplotypes)] of the windows whose reads are to be aligned anew."""
    out = []
    for start, end in windows:
        if end - start > LONGEST_WINDOW or not reference.holds(start, end):
            continue
        bases = reference.bases(start, end)
        k, haplotypes = assemble(bases, [read for read in reads if read.overlaps(start, end)])
        if haplotypes and haplotypes != [bases]:
            out.append((start, end, k, haplotypes))
    return out
