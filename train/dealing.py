"""The genome dealt out to the parts of a training: the network's, the trees' and the validation's. No site is in two parts.

Confident intervals of all samples are laid over each other and cut by one grid; each block of it goes to one part, whichever
sample a site in it is of, and a site belongs where it starts. Blocks are of 1 Mb, halved until there are enough of them. Which go
where is a draw by the seed, in the shares asked for (of confident bases).

Intervals are {contig: [(start, end)]}, sorted and apart, 0-based half-open.
"""
import bisect
import random
import re

NETWORK, TREES, VALIDATION = 'network', 'trees', 'validation'
LARGEST = 1_024_000   # bases of a block: whole partitions of 1000, which are what reads are drawn and sampled by
SMALLEST = 4_000
ENOUGH = 40           # blocks, from which on shares come out as asked for


class DealingError(ValueError):
    pass


def merged(spans, gap=0):
    out = []
    for start, end in sorted(spans):
        if out and start <= out[-1][1] + gap:
            out[-1] = (out[-1][0], max(out[-1][1], end))
        elif start < end:
            out.append((start, end))
    return out


def union(*many):
    return {contig: merged([span for one in many for span in one.get(contig, [])]) for contig in sorted({c for one in many for c in one})}


def intersection(a, b):
    out = {}
    for contig in sorted(set(a) & set(b)):
        both = [(max(x, u), min(y, v)) for x, y in a[contig] for u, v in near(b[contig], x, y)]
        out[contig] = [span for span in both if span[0] < span[1]]
    return {contig: spans for contig, spans in out.items() if spans}


def near(spans, start, end):
    """Those of sorted, disjoint spans that may touch start..end."""
    first = bisect.bisect_right(spans, (start, float('inf'))) - 1
    return spans[max(0, first):bisect.bisect_left(spans, (end, 0))]


def difference(a, b):
    out = {}
    for contig, spans in a.items():
        left = []
        for start, end in spans:
            for x, y in near(b.get(contig, []), start, end):
                if x > start:
                    left.append((start, min(x, end)))
                start = max(start, y)
            if start < end:
                left.append((start, end))
        if left:
            out[contig] = left
    return out


def bases(intervals):
    return sum(end - start for spans in intervals.values() for start, end in spans)


def regions(text, lengths):
    """What --regions says, blank separated: contig, contig:first-last (1-based), BED files."""
    from .count_errors import intervals  # here, as it brings pysam
    out = {}
    for word in text.split():
        if word.endswith('.bed'):
            out = union(out, intervals(word, None))
            continue
        if word.endswith(('.bed.gz', '.bedpe')):
            raise DealingError(f'{word}: a plain BED is needed here')
        found = re.fullmatch(r'(.+):([\d,]+)(?:-([\d,]+))?', word)
        if word in lengths:
            one = {word: [(0, lengths[word])]}
        elif found and found[1] in lengths:
            first = int(found[2].replace(',', ''))
            one = {found[1]: [(first - 1, min(int((found[3] or found[2]).replace(',', '')), lengths[found[1]]))]}
        else:
            raise DealingError(f"'{word}' is no region of the reference")
        out = union(out, one)
    return out


def block_size(confident):
    size = LARGEST
    while size > SMALLEST and sum(len(blocks) for blocks in grid(confident, size).values()) < ENOUGH:
        size //= 2
        size -= size % 1000
    return max(size, SMALLEST)


def grid(confident, size):
    """{contig: {number of the block: confident bases in it}}"""
    out = {}
    for contig, spans in confident.items():
        blocks = out.setdefault(contig, {})
        for start, end in spans:
            for block in range(start // size, (end - 1) // size + 1):
                blocks[block] = blocks.get(block, 0) + min(end, (block + 1) * size) - max(start, block * size)
    return out


class Parts:
    """Who has what. blocks: {contig: sorted [(start, end, part)]}, disjoint."""

    def __init__(self, blocks, size):
        self.blocks, self.size = blocks, size
        self.starts = {contig: [b[0] for b in rows] for contig, rows in blocks.items()}

    def part(self, contig, position):
        """Of a site that starts there; None: of no part."""
        at = bisect.bisect_right(self.starts.get(contig, []), position) - 1
        if at < 0 or position >= self.blocks[contig][at][1]:
            return None
        return self.blocks[contig][at][2]

    def of(self, part):
        """The intervals of one part."""
        return {c: s for c, s in ((c, merged([(a, b) for a, b, p in rows if p == part])) for c, rows in self.blocks.items()) if s}

    def write(self, path):
        with open(path, 'w') as f:
            for contig, rows in self.blocks.items():
                f.writelines(f'{contig}\t{a}\t{b}\t{part}\n' for a, b, part in rows)


def deal(confident, shares, seed, validation=None):
    """confident: intervals of all samples together; shares: {part: share}, 1 together; validation: intervals that are that part's
    whatever the draw says, and then all of it."""
    validation = validation or {}
    if validation:
        shares = {part: share for part, share in shares.items() if part != VALIDATION}
    rest = difference(confident, validation)
    size = block_size(rest)
    blocks = [(contig, block, n) for contig, found in grid(rest, size).items() for block, n in found.items()]
    if len(blocks) < len(shares):
        raise DealingError(f'{bases(rest)} confident bases are too few to be dealt to {" and ".join(shares)}')
    random.Random(seed).shuffle(blocks)
    owners = dict(zip([(contig, block) for contig, block, _ in blocks], drawn([n for _, _, n in blocks], shares)))
    out = {}
    for (contig, block), part in owners.items():
        whole = {contig: [(block * size, (block + 1) * size)]}
        out.setdefault(contig, []).extend((a, b, part) for a, b in difference(whole, validation).get(contig, []))
    for contig, spans in validation.items():
        out.setdefault(contig, []).extend((a, b, VALIDATION) for a, b in spans)
    return Parts({contig: sorted(out[contig]) for contig in sorted(out)}, size)


def drawn(sizes, shares):
    """A part for each block in turn: that which is furthest behind its share."""
    total = sum(shares.values())
    have, out = dict.fromkeys(shares, 0), []
    for n in sizes:
        part = max(shares, key=lambda p: shares[p] / total * (sum(have.values()) + n) - have[p])
        have[part] += n
        out.append(part)
    return out
