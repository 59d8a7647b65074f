"""Edits of haplotypes -> a PanSN GFA 1.1 with one walk for each haplotype and one for the reference.

The graph is the coarsest one in which every allele's boundary is a node boundary: pieces of the reference between
boundaries, and one node for each distinct (start, end, inserted sequence). The reference is haplotype 0 of its sample,
which the RS tag of the header names.
"""
import gzip


class Graph:
    """Nodes over one reference interval. ids: by (position, kind, end, sequence), so that equal input gives equal bytes."""

    def __init__(self, ref, start, haplotypes, max_node):
        self.start, self.end = start, start + len(ref)
        cuts, inserted = {self.start, self.end}, set()
        for _, _, edits in haplotypes:
            for s, e, sequence in edits:
                cuts.update((s, e))
                if sequence:
                    inserted.add((s, e, sequence))
        cuts = sorted(cuts)
        chopped = [x for a, b in zip(cuts, cuts[1:]) for x in range(a, b, max_node)] + [self.end]
        keys = [(a, 0, b, '') for a, b in zip(chopped, chopped[1:])] + [(s, 1, e, q) for s, e, q in inserted]
        self.nodes, self._inserted, self._reference = [], {}, {}
        for a, kind, b, sequence in sorted(keys):
            if kind == 0:
                self.nodes.append(ref[a - start:b - start])
                self._reference[a] = (len(self.nodes), b)
            else:
                first = len(self.nodes) + 1
                self.nodes.extend(sequence[i:i + max_node] for i in range(0, len(sequence), max_node))
                self._inserted[(a, b, sequence)] = range(first, len(self.nodes) + 1)

    def walk(self, edits):
        """The node ids (1-based) of the haplotype that `edits` make."""
        steps, at = [], self.start
        for s, e, sequence in edits + [(self.end, self.end, '')]:
            if s < at:
                raise ValueError(f'edit at {s} overlaps the one that ends at {at}')
            while at < s:
                node, at = self._reference[at]
                steps.append(node)
            if sequence:
                steps.extend(self._inserted[(s, e, sequence)])
            at = e
        return steps


def write_gfa(path, ref, start, contig, ref_sample, haplotypes, max_node=1024, haplotype_contig=None):
    """haplotypes: [(sample, number, edits)]. The reference walk bears its true offset, the others start at 0.
    Returns counts."""
    graph = Graph(ref, start, haplotypes, max_node)
    walks = [(ref_sample, 0, contig, start, graph.walk([]))]
    walks += [(sample, number, haplotype_contig or contig, 0, graph.walk(edits)) for sample, number, edits in haplotypes]
    edges = sorted({edge for w in walks for edge in zip(w[4], w[4][1:])})
    used = {node for w in walks for node in w[4]}
    with (gzip.open if str(path).endswith('.gz') else open)(path, 'wt') as f:
        f.write(f'H\tVN:Z:1.1\tRS:Z:{ref_sample}\n')
        for i, sequence in enumerate(graph.nodes, 1):
            if i in used:
                f.write(f'S\t{i}\t{sequence}\n')
        for a, b in edges:
            f.write(f'L\t{a}\t+\t{b}\t+\t0M\n')
        for sample, number, name, offset, steps in walks:
            length = sum(len(graph.nodes[x - 1]) for x in steps)
            f.write(f'W\t{sample}\t{number}\t{name}\t{offset}\t{offset + length}\t' + ''.join(f'>{x}' for x in steps) + '\n')
    return dict(nodes=len(used), edges=len(edges), walks=len(walks), steps=sum(len(w[4]) for w in walks))
