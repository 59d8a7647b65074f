"""Whether the numbers of a record of ours agree with each other, told line by line: check(path) lists what does not.

Rules are VCF 4.2's and those that DeepVariant's own output keeps. Knows nothing of how the numbers were made.
"""
import gzip
import math


def lines(path):
    opened = gzip.open(path, "rt") if str(path).endswith(".gz") else open(path)
    with opened as file:
        yield from (line.rstrip("\n") for line in file)


def genotype_index(a, b):
    a, b = min(a, b), max(a, b)
    return b * (b + 1) // 2 + a


class Checker:
    def __init__(self):
        self.types, self.filters, self.contigs, self.wrong, self.records = {}, {"PASS", "."}, {}, [], 0
        self.calls, self.given_up = [], []  # spans of calls; those of them without an alt though FILTER speaks of a variant
        self.last = self.line = None

    def header(self, line):
        kind, _, rest = line[2:].partition("=<")
        keys = dict(part.split("=", 1) for part in rest.rstrip(">").split(",") if "=" in part)
        if kind in ("FORMAT", "INFO"):
            self.types[kind, keys["ID"]] = keys["Number"], keys["Type"]
        elif kind == "FILTER":
            self.filters.add(keys["ID"])
        elif kind == "contig":
            self.contigs[keys["ID"]] = len(self.contigs), int(keys["length"])

    def require(self, holds, line, what):
        if not holds:
            self.wrong.append(f"{what}: {line[:200]}")

    def record(self, line):
        self.records += 1
        self.line = line
        chrom, pos, _, ref, alt, qual, filters, info, keys, sample = line.split("\t")
        alts = alt.split(",")
        need = lambda holds, what: self.require(holds, line, what)  # noqa: E731
        number, length = self.contigs[chrom]
        end = int(pos) + len(ref) - 1
        infos = dict(part.partition("=")[::2] for part in info.split(";")) if info != "." else {}
        if alts == ["<*>"]:
            end = int(infos["END"])
        need(self.last is None or self.last[:2] <= (number, int(pos)), "out of order")
        self.last = number, int(pos), end
        need(0 < int(pos) <= end <= length, "outside the contig")
        need(set(ref) <= set("ACGTN"), "REF")
        need(all(set(a) <= set("ACGT") or a == "<*>" for a in alts) and len(set(alts)) == len(alts), "ALT")
        need(set(filters.split(";")) <= self.filters, "FILTER not in the header")
        for key in infos:
            need(("INFO", key) in self.types, f"INFO {key} not in the header")
        fields = dict(zip(keys.split(":"), sample.split(":"), strict=True))
        self.fields(need, fields, alts)
        if alts == ["<*>"]:
            self.block(need, fields, qual, filters)
        else:
            self.call(need, fields, alts, float(qual), filters)

    def fields(self, need, fields, alts):
        wanted = {"A": len(alts), "R": len(alts) + 1, "G": genotype_index(len(alts), len(alts)) + 1, "1": 1}
        # Where no read is, DeepVariant writes two likelihoods; in a gVCF we write all, or nothing could merge it.
        silent = "<*>" not in alts and "AD" in fields and sum(map(int, fields["AD"].split(","))) == 0
        for key, value in fields.items():
            need(("FORMAT", key) in self.types, f"FORMAT {key} not in the header")
            count, kind = self.types["FORMAT", key]
            values = value.split(",")
            if not (key == "PL" and silent):
                need(len(values) == wanted[count], f"{key} has {len(values)} values")
            if kind == "Integer":
                need(all(v.lstrip("-").isdigit() for v in values), f"{key} is no integer")
            if kind == "Float":
                need(all(math.isfinite(float(v)) for v in values), f"{key} is no number")

    def block(self, need, fields, qual, filters):
        need(qual == "0" and filters == ".", "a block has QUAL or FILTER")
        need(fields["GT"] in ("0/0", "./."), "a block's GT")
        pl = list(map(int, fields["PL"].split(",")))
        need(min(pl) == 0, "no PL is 0")
        need(fields["GT"] == "./." or pl[0] == 0, "a block called reference likes another genotype better")
        need("MED_DP" not in fields or int(fields["MIN_DP"]) <= int(fields["MED_DP"]), "MED_DP below MIN_DP")

    def call(self, need, fields, alts, qual, filters):
        self.calls.append(self.last)
        gt = fields["GT"].replace("|", "/").split("/")
        need(len(gt) == 2, "GT has not two alleles")
        called = [None if g == "." else int(g) for g in gt]
        need(called.count(None) in (0, 2), "half a GT")
        need(all(g is None or g <= len(alts) for g in called), "GT names an allele that is not there")
        need(all(g is None or g == 0 or alts[g - 1] != "<*>" for g in called), "GT names <*>")
        ad, pl, gq = (list(map(int, fields[key].split(","))) for key in ("AD", "PL", "GQ"))
        dp = int(fields["DP"])
        need(sum(ad) <= dp, "AD sums to more than DP")
        for depth, vaf in zip(ad[1:], fields["VAF"].split(","), strict=True):
            need(abs((depth / dp if dp else 0) - float(vaf)) < 2e-6, "VAF is not AD/DP")
        need(min(pl) == 0 and 0 <= gq[0] <= 99 and 0 <= qual <= 99.1, "PL, GQ or QUAL out of range")
        if filters == "NoCall":
            need(called == [None, None] and sum(ad) == 0, "NoCall with a genotype or reads")
        elif filters == "RefCall":
            need(called in ([0, 0], [None, None]) and pl[0] == 0, "RefCall with another genotype or best PL")
            need((called == [0, 0]) == (gq[0] >= 20), "RefCall keeps its GT from GQ 20 on")
        else:
            if not any(called):
                self.given_up.append((self.last, self.line))
            if None not in called:
                need(pl[genotype_index(*called)] == 0, "GT is not the genotype of PL 0")


    def finish(self):
        """A call may lose its alts to one that it overlaps; QUAL and FILTER stay, as in DeepVariant."""
        for (contig, start, end), line in self.given_up:
            rivals = sum(c == contig and s <= end and e >= start for c, s, e in self.calls)
            self.require(rivals > 1, line, "a variant by FILTER without an alt, alone")


def check(path):
    """(number of records, what is wrong)"""
    checker = Checker()
    for line in lines(path):
        if line.startswith("##"):
            checker.header(line)
        elif not line.startswith("#"):
            checker.record(line)
    checker.finish()
    return checker.records, checker.wrong


def apart(path):
    """Of a gVCF: blocks that overlap each other or a call, as text."""
    out, block_end, call_end, chrom = [], 0, 0, None
    for line in lines(path):
        if line.startswith("#"):
            continue
        columns = line.split("\t")
        if columns[0] != chrom:
            chrom, block_end, call_end = columns[0], 0, 0
        start = int(columns[1])
        if columns[4] == "<*>":
            if start <= max(block_end, call_end):
                out.append(line)
            block_end = int(columns[7].removeprefix("END="))
        else:
            if start <= block_end:
                out.append(line)
            call_end = max(call_end, start + len(columns[3]) - 1)
    return out
