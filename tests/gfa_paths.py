#!/usr/bin/env python3
"""The paths of a GFA as the table that tests/oracle prints of its GBZ, so that the two can be compared.

usage: tests/gfa_paths.py FILE.gfa[.gz] [MAX_NODE]
"""
import gzip
import hashlib
import re
import sys

COMPLEMENT = str.maketrans("ACGTN", "TGCAN")


def lines(path):
    with (gzip.open if str(path).endswith(".gz") else open)(path, "rt") as file:
        for line in file:
            yield line.rstrip("\n").split("\t")


def rows(path, max_node=1024):
    """Path, sample, phase, contig, fragment, bases, sha256 of them, nodes."""
    sequences, nodes = {}, {}
    for fields in lines(path):
        if fields[0] == "S":
            bases = fields[2].upper()
            sequences[">" + fields[1]] = bases
            sequences["<" + fields[1]] = bases[::-1].translate(COMPLEMENT)
            nodes[fields[1]] = -(-len(bases) // max_node)
    number = 0
    for fields in lines(path):
        if fields[0] == "W":
            name, steps = [fields[1], fields[2], fields[3], fields[4].replace("*", "0")], re.findall("[<>][^<>]+", fields[6])
        elif fields[0] == "P":
            name, steps = ["_gbwt_ref", "4294967295", fields[1], "0"], [("<" if s[-1] == "-" else ">") + s[:-1] for s in fields[2].split(",")]
        else:
            continue
        bases = "".join([sequences[step] for step in steps])
        yield [str(number), *name, str(len(bases)), hashlib.sha256(bases.encode()).hexdigest(), str(sum(nodes[step[1:]] for step in steps))]
        number += 1


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    for row in rows(sys.argv[1], *map(int, sys.argv[2:])):
        print(*row, sep="\t")
