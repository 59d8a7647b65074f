"""Haplotypes of a partition out of a GFA, as reads.

Source: mobinasri/gbwtgraph c96ca88, subgraph.cpp; nucleus/io/gbz_reader.cc. The order of the pieces is that of a GBWT: at each
node the visits stand by what the walks went through before it, read backwards, and by number where that is equal.
"""
import heapq
import itertools

from plain_gbz import parse

from .reads import Read

CONTEXT = 1000
ONE_STEP = 5  # replaced stretches of one length are a match if shorter
COMPLEMENT = str.maketrans("ACGT", "TGCA")


class Graph:
    """Node codes are 2 * id + 1 if reverse. Every walk stands in both directions, as in a GBWT."""

    def __init__(self, gfa):
        self.labels, self.paths, _ = parse(gfa)
        self.walks = [walk for path in self.paths for walk in (path[4], [code ^ 1 for code in reversed(path[4])])]
        self.neighbours = {}
        for walk in self.walks:
            for a, b in itertools.pairwise(walk):
                self.neighbours.setdefault(a, set()).add(b)

    def length(self, code):
        return len(self.labels[code // 2])

    def bases(self, code):
        bases = self.labels[code // 2].upper()
        return bases.translate(COMPLEMENT)[::-1] if code & 1 else bases

    def nodes_around(self, code, offset):
        """Ids of the nodes within the context of a place."""
        found, open_ = set(), [(0, code, offset)]
        while open_:
            cost, code, offset = heapq.heappop(open_)
            if code // 2 in found:
                continue
            found.add(code // 2)
            for here, leaving in ((code, self.length(code) - offset), (code ^ 1, offset + 1)):
                if cost + leaving <= CONTEXT:
                    for next_ in self.neighbours.get(here, ()):
                        heapq.heappush(open_, (cost + leaving, next_, 0))
        return found

    def pieces(self, nodes):
        """[(walk number, first step, codes)] of the stretches inside the nodes, in GBWT order."""
        starts = []
        for number, walk in enumerate(self.walks):
            for i, code in enumerate(walk):
                if code // 2 in nodes and (i == 0 or walk[i - 1] // 2 not in nodes):
                    end = next((j for j in range(i, len(walk)) if walk[j] // 2 not in nodes), len(walk))
                    starts.append(((code, walk[:i][::-1] + [0], number), i, walk[i:end]))
        return [(order[2], i, codes) for order, i, codes in sorted(starts)]


def is_canonical(codes):
    first, last = codes[0], codes[-1]
    return first % 2 == 0 if first % 2 == last % 2 else last // 2 >= first // 2


def common_steps(walk, reference):
    """Pairs of places of a longest common subsequence, as upstream walks back through its table."""
    table = [[0] * (len(reference) + 1) for _ in range(len(walk) + 1)]
    for p, code in enumerate(walk, 1):
        for r, other in enumerate(reference, 1):
            table[p][r] = table[p - 1][r - 1] + 1 if code == other else max(table[p - 1][r], table[p][r - 1])
    p, r, pairs = len(walk), len(reference), []
    while p and r:
        if walk[p - 1] == reference[r - 1]:
            p, r = p - 1, r - 1
            pairs.append((p, r))
        elif table[p - 1][r] > table[p][r - 1]:
            p -= 1
        else:
            r -= 1
    return pairs[::-1]


def cigar(graph, walk, reference):
    out = []

    def push(letter, length):
        if length and out and out[-1][0] == letter:
            out[-1] = (letter, out[-1][1] + length)
        elif length:
            out.append((letter, length))

    p = r = 0
    for p_next, r_next in common_steps(walk, reference) + [(len(walk), len(reference))]:
        own, other = sum(map(graph.length, walk[p:p_next])), sum(map(graph.length, reference[r:r_next]))
        if own == other and own < ONE_STEP:
            push("M", own)
        else:
            push("I", own)
            push("D", other)
        if p_next < len(walk) and r_next < len(reference):
            push("M", graph.length(walk[p_next]))
        p, r = p_next + 1, r_next + 1
    return out


def haplotypes(graph, sample, contig, start, end):
    """The answer for a partition: reads that all begin where the reference's piece does."""
    middle = start + (end - start) // 2
    number = 2 * next(i for i, path in enumerate(graph.paths) if (path[0], path[2]) == (sample, contig))
    step, before = 0, 0
    while before + graph.length(graph.walks[number][step]) <= middle:
        before += graph.length(graph.walks[number][step])
        step += 1
    pieces = graph.pieces(graph.nodes_around(graph.walks[number][step], middle - before))
    theirs = next(piece for piece in pieces if piece[0] == number and piece[1] <= step < piece[1] + len(piece[2]))
    first = sum(map(graph.length, graph.walks[number][:theirs[1]]))
    out = []
    for piece in pieces:
        if piece is not theirs and is_canonical(piece[2]):
            bases = "".join(map(graph.bases, piece[2]))
            out.append(Read(f"haplotype_{len(out) + 1}", 0, first, cigar(graph, piece[2], theirs[2]), bases, [30] * len(bases), 90))
    return out
