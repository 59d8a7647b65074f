#!/usr/bin/env python3
"""A pangenome that looks like a chromosome of a human panel, as GFA 1.1 with W lines. The same flags give the same bytes.

Sites lie as densely as in graphs of human assemblies (a bubble in 110 bases): SNPs, short indels, now and then an insertion,
deletion, tandem duplication or inversion of 50 to 10,000 bases. Haplotypes copy one another piecewise (Li and Stephens
2003): a new allele arises in one haplotype and is carried by those that copy from it there, which gives many rare alleles
and long stretches that neighbours share. A haplotype lies in a few contigs; one more path is the reference.

usage: bench/make_panel.py --bases 20000000 --haplotypes 90 --seed 1 -o panel.gfa      (251 MB in about 20 s)
"""
import argparse
import random

LONGEST_NODE = 1024  # as the builders of human graphs cut them
BASES_A_CONTIG = 7_000_000
BASES_A_COPY = 40_000  # a haplotype changes whom it copies about so often
SECOND_ALLELE = 0.02  # sites with a third one
LETTERS = bytes(b"ACGT"[(i * 10 > 750) + (i * 10 > 1280) + (i * 10 > 1810)] for i in range(256))
COMPLEMENT = str.maketrans("ACGT", "TGCA")


def sequence(rng, length):
    return rng.randbytes(length).translate(LETTERS).decode()


def draw_kind(rng, structural):
    """Kind of a site, bases of the reference in it, bases of its alternative where they are new."""
    kind = rng.random()
    if kind < 0.85 * (1 - structural):
        return "snp", 1, 1
    length = min(49, 1 + int(rng.expovariate(0.35)))
    names, weights = ("insertion", "deletion"), (1, 1)
    if kind > 1 - structural:
        length = int(50 * 200 ** rng.random() ** 2)
        names, weights = ("insertion", "deletion", "duplication", "inversion"), (55, 35, 6, 4)
    name = rng.choices(names, weights)[0]
    return (name, 0, length) if name == "insertion" else (name, length, 0)


def walk(steps):
    return "".join(way + str(node) for way, node in steps)


class Graph:
    """Segments go out as they are made; `alleles[i]` are (walk, bases) of site i with the stretch that follows it."""

    def __init__(self, out, rng, bases, gap, structural):
        self.out, self.rng, self.nodes, self.links, self.alleles = out, rng, 0, {}, []
        stretch, steps = self.stretch(gap)
        self.first = (walk(steps), len(stretch))
        length = len(stretch)
        while length < bases:
            kind, in_reference, new = draw_kind(rng, structural)
            reference = sequence(rng, in_reference)
            choices = [(reference, self.add(reference))]
            choices.append(self.alternative(kind, *choices[0], new))
            if kind == "snp" and rng.random() < SECOND_ALLELE:
                choices.append(self.alternative(kind, *choices[0], new, choices[1][0]))
            before = steps[-1:]
            stretch, steps = self.stretch(gap)
            for _, allele in choices:
                self.link(before + allele + steps[:1])
            self.alleles.append([(walk(allele + steps), len(text) + len(stretch)) for text, allele in choices])
            length += in_reference + len(stretch)

    def add(self, text):
        steps = []
        for at in range(0, len(text), LONGEST_NODE):
            self.nodes += 1
            self.out.write(f"S\t{self.nodes}\t{text[at:at + LONGEST_NODE]}\n")
            steps.append((">", self.nodes))
        self.link(steps)
        return steps

    def stretch(self, gap):
        text = sequence(self.rng, 1 + int(self.rng.expovariate(1 / gap)))
        return text, self.add(text)

    def alternative(self, kind, reference, steps, new, other_than=""):
        if kind == "snp":
            text = self.rng.choice([base for base in "ACGT" if base not in (reference, other_than)])
            return text, self.add(text)
        if kind == "duplication":
            return reference * 2, steps * 2
        if kind == "inversion":
            return reference[::-1].translate(COMPLEMENT), [("<", node) for _, node in reversed(steps)]
        text = sequence(self.rng, new)
        return text, self.add(text)

    def link(self, steps):
        for one in zip(steps, steps[1:]):
            self.links[one] = None

    def write_links(self):
        sign = {">": "+", "<": "-"}
        for (way, node), (next_way, next_node) in self.links:
            self.out.write(f"L\t{node}\t{sign[way]}\t{next_node}\t{sign[next_way]}\t0M\n")


def panel(rng, alleles, haplotypes, gap):
    """Alleles of each haplotype, reference first: copies of earlier ones, and what is new in it."""
    new = [[] for _ in range(haplotypes + 1)]
    others = range(1, haplotypes + 1)
    weights = [1 / i for i in others]
    for site, choices in enumerate(alleles):
        haplotype = rng.choices(others, weights)[0]
        for number in range(1, len(choices)):
            new[haplotype].append((site, number))
            haplotype = haplotype % haplotypes + 1
    rows = [bytearray(len(alleles))]
    for haplotype in others:
        row, at = bytearray(len(alleles)), 0
        while at < len(row):
            end = min(len(row), at + 1 + int(rng.expovariate(gap / BASES_A_COPY)))
            row[at:end] = rows[rng.randrange(haplotype)][at:end]
            at = end
        for site, number in new[haplotype]:
            row[site] = number
        rows.append(row)
    return rows


def write_walk(out, name, graph, row, first_site, end_site, start=0):
    """The stretch in front of first_site belongs to the contig before, but for the first one."""
    taken = [graph.alleles[site][row[site]] for site in range(first_site, end_site)]
    if first_site == 0:
        taken.insert(0, graph.first)
    out.write("\t".join(["W", *name, str(start), str(start + sum(bases for _, bases in taken)), ""]))
    out.writelines(text for text, _ in taken)
    out.write("\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bases", type=int, default=20_000_000, help="length of the reference (%(default)s)")
    parser.add_argument("--haplotypes", type=int, default=90, help="besides the reference, two a sample (%(default)s)")
    parser.add_argument("--gap", type=float, default=110, help="bases between two sites, on average (%(default)s)")
    parser.add_argument("--structural", type=float, default=0.004, help="share of sites of 50 bases and more (%(default)s)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("-o", "--output", required=True)
    options = parser.parse_args()
    rng = random.Random(options.seed)
    with open(options.output, "w") as out:
        out.write("H\tVN:Z:1.1\tRS:Z:GRCh38\n")
        graph = Graph(out, rng, options.bases, options.gap, options.structural)
        graph.write_links()
        rows = panel(rng, graph.alleles, options.haplotypes, options.gap)
        write_walk(out, ("GRCh38", "0", "chr20"), graph, rows[0], 0, len(graph.alleles))
        for i, row in enumerate(rows[1:]):
            at = contig = 0
            while at < len(row):
                end = min(len(row), at + 1 + int(rng.expovariate(options.gap / BASES_A_CONTIG)))
                contig += 1
                write_walk(out, (f"HG{i // 2 + 1:05}", str(i % 2 + 1), f"contig{contig}"), graph, row, at, end)
                at = end


if __name__ == "__main__":
    main()
