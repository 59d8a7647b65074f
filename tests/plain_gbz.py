"""A GBZ by the definition of its parts, slowly: what `haploom gbz build --version 1` has to write byte for byte.

Takes GFA whose segment names are node ids, with W lines and no other paths. Every visit is sorted by the whole walk before
it; nothing here is shared with the program but the format (jltsiren/simple-sds, gbwt, gbwtgraph: SERIALIZATION.md).
"""
import math
import struct


def element(value):
    return struct.pack("<Q", value)


def halves(low, high):
    return struct.pack("<II", low, high)


def packed(values, width=None):
    width = width or max(1, max(values, default=0).bit_length())
    words = -(-len(values) * width // 64)
    bits = int("".join(f"{value:0{width}b}" for value in reversed(values)) or "0", 2)
    return b"".join(map(element, (len(values), width, len(values) * width, words))) + bits.to_bytes(8 * words, "little")


def sparse(values, universe=None):
    if universe is None:
        universe = values[-1] + 1 if values else 0
    width = max(1, round(math.log2(universe * math.log(2) / len(values)))) if values else 64
    size = len(values) + -(-universe // (1 << width)) if values else 0
    bits = sum(1 << ((value >> width) + i) for i, value in enumerate(values))
    words = -(-size // 64)
    high = b"".join(map(element, (size, words))) + bits.to_bytes(8 * words, "little") + 3 * element(0)
    return element(universe) + element(len(values)) + high + packed([value % (1 << width) for value in values], width)


def byte_vector(content):
    return element(len(content)) + content + bytes(-len(content) % 8)


def strings(texts, universe=None):
    starts = [sum(map(len, texts[:i])) for i in range(len(texts))]
    text = "".join(texts)
    alphabet = sorted(set(text))
    width = max(1, (len(alphabet) - 1).bit_length()) if alphabet else 1
    return sparse(starts, universe) + byte_vector("".join(alphabet).encode()) + packed([alphabet.index(c) for c in text], width)


def dictionary(texts):
    return strings(texts) + packed(sorted(range(len(texts)), key=texts.__getitem__))


def code_of(value):
    out = bytearray()
    while value >= 128:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def runs_of(ranks, sigma):
    out, at = b"", 0
    while at < len(ranks):
        end = at
        while end < len(ranks) and ranks[end] == ranks[at]:
            end += 1
        length, longest = end - at, 256 // sigma
        if sigma >= 255:
            out += code_of(ranks[at]) + code_of(length - 1)
        elif length < longest:
            out += bytes([ranks[at] + sigma * (length - 1)])
        else:
            out += bytes([ranks[at] + sigma * (longest - 1)]) + code_of(length - longest)
        at = end
    return out


def bwt(sequences, codes):
    """The record of the endmarker and of every code, encoded."""
    visits = {}  # code -> [(walk before it read backwards, sequence), its predecessor, its successor]
    for number, sequence in enumerate(sequences):
        past = [0, *sequence, 0]
        for i in range(len(past) - 1):
            visits.setdefault(past[i], []).append(((past[:i][::-1], number), past[i - 1] if i else None, past[i + 1]))
    records = []
    for code in [0, *codes]:
        here = sorted(visits.get(code, []))
        successors = sorted({successor for _, _, successor in here})
        record, before = code_of(len(successors)), 0
        for successor in successors:
            base = sum(1 for _, came_from, _ in visits[successor] if came_from < code) if successor else 0
            record += code_of(successor - before) + code_of(base)
            before = successor
        records.append(record + runs_of([successors.index(successor) for _, _, successor in here], len(successors)))
    return records


def parse(gfa):
    """Labels by id, names and walks of the paths, reference samples."""
    labels, paths, references = {}, [], []
    for line in gfa.splitlines():
        kind, *fields = line.split("\t")
        if kind == "H":
            references = sorted({name for tag in fields if tag.startswith("RS:Z:") for name in tag[5:].split()})
        elif kind == "S":
            labels[int(fields[0])] = fields[1]
        elif kind == "W":
            steps = fields[5].replace(">", " >").replace("<", " <").split()
            paths.append((fields[0], int(fields[1]), fields[2], int(fields[3]), [2 * int(step[1:]) + (step[0] == "<") for step in steps]))
    return labels, paths, references


def numbered(names):
    distinct = list(dict.fromkeys(names))
    return distinct, [distinct.index(name) for name in names]


def gbz(gfa):
    labels, paths, references = parse(gfa)
    walks = [path[4] for path in paths]
    ids = sorted({code // 2 for walk in walks for code in walk})
    first, last = 2 * ids[0], 2 * ids[-1] + 1
    sequences = [sequence for walk in walks for sequence in (walk, [code ^ 1 for code in reversed(walk)])]
    records = bwt(sequences, range(first, last + 1))
    starts = [sum(map(len, records[:i])) for i in range(len(records))]
    tags = (["reference_samples", " ".join(references)] if references else []) + ["source", "haploom"]
    data = b"".join(records)
    out = halves(0x205A4247, 1) + element(0) + strings(["source", "haploom"])
    out += halves(0x6B376B37, 5) + b"".join(map(element, (len(sequences), sum(len(s) + 1 for s in sequences), first - 1, last + 1, 7)))
    out += strings(tags) + sparse(starts, len(data)) + byte_vector(data) + element(0)
    samples, sample_of = numbered([path[0] for path in paths])
    contigs, contig_of = numbered([path[2] for path in paths])
    metadata = halves(0x6B375E7A, 2) + element(len(samples)) + element(len({path[:2] for path in paths})) + element(len(contigs))
    metadata += element(7) + element(len(paths))
    for path, sample, contig in zip(paths, sample_of, contig_of):
        metadata += halves(sample, contig) + halves(path[1], path[3])
    metadata += dictionary(samples) + dictionary(contigs)
    out += element(len(metadata) // 8) + metadata
    texts = [labels[node].upper() if node in ids else "" for node in range(ids[0], ids[-1] + 1)]
    out += halves(0x6B3764AF, 3) + element(len(ids)) + element(2) + strings(texts, sum(map(len, texts)))
    return out + strings([]) + sparse([], 0)
