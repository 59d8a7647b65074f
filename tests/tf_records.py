"""DeepVariant's TFRecord files in plain Python: what our programs read and write, said a second time and slowly.

Records are dicts: a variant {contig, start, end, ref, alts, calls: [{sample, genotype, likelihoods, phased, info}], info, names}, a
call output {variant, alts: indices, probabilities}. info maps hold lists of int, float or str. Field numbers are those of
DeepVariant 1.9's variants.proto and deepvariant.proto.
"""
import gzip
import struct


def _crc_table():
    table = []
    for n in range(256):
        for _ in range(8):
            n = (n >> 1) ^ 0x82F63B78 if n & 1 else n >> 1
        table.append(n)
    return table


_TABLE = _crc_table()


def masked_crc(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = _TABLE[(crc ^ byte) & 255] ^ (crc >> 8)
    crc ^= 0xFFFFFFFF
    return (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF


def framed(record):
    length = struct.pack("<Q", len(record))
    return length + struct.pack("<I", masked_crc(length)) + record + struct.pack("<I", masked_crc(record))


def write(path, records):
    """A file of records (bytes); gzipped if its name holds .gz."""
    data = b"".join(map(framed, records))
    with open(path, "wb") as out:
        out.write(gzip.compress(data, 1) if ".gz" in str(path) else data)
    return path


def read(path, checked=True):
    """The records of a file. checked: with their checksums, which takes a second for some megabytes."""
    with open(path, "rb") as file:
        data = file.read()
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    at = 0
    while at < len(data):
        (size,) = struct.unpack_from("<Q", data, at)
        assert at + 16 + size <= len(data), f"{path}: record at byte {at} is cut off"
        record = data[at + 12:at + 12 + size]
        assert not checked or struct.unpack_from("<I", data, at + 12 + size)[0] == masked_crc(record), f"{path}: checksum of the record at byte {at}"
        yield record
        at += 16 + size


# ---- protobuf

def varint(value):
    value &= (1 << 64) - 1
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def number(field, value):
    return varint(field << 3) + varint(value) if value else b""


def data(field, value):
    return varint(field << 3 | 2) + varint(len(value)) + value


def text(field, value):
    return data(field, value.encode()) if value else b""


def double(field, value):
    return varint(field << 3 | 1) + struct.pack("<d", value)


def packed_ints(field, values):
    return data(field, b"".join(map(varint, values))) if values else b""


def packed_doubles(field, values):
    return data(field, struct.pack(f"<{len(values)}d", *values)) if values else b""


def _value(value):
    if isinstance(value, bool):
        return varint(4 << 3) + varint(value)
    if isinstance(value, int):
        return varint(7 << 3) + varint(value)
    if isinstance(value, float):
        return double(2, value)
    return data(3, value.encode())


def _info(field, info):
    return b"".join(data(field, text(1, key) + data(2, b"".join(data(1, _value(v)) for v in values))) for key, values in info.items())


def variant(site):
    calls = b"".join(
        data(11, _info(2, call.get("info", {})) + packed_doubles(6, call.get("likelihoods", []))
             + packed_ints(7, call.get("genotype", [-1, -1])) + text(9, call["sample"]) + number(10, call.get("phased", False)))
        for call in site["calls"])
    return (b"".join(text(3, name) for name in site.get("names", [])) + text(6, site["ref"])
            + b"".join(text(7, alt) for alt in site["alts"]) + _info(10, site.get("info", {})) + calls
            + number(13, site.get("end", site["start"] + len(site["ref"]))) + text(14, site["contig"]) + number(16, site["start"]))


def call_output(output):
    return (data(1, variant(output["variant"])) + data(2, packed_ints(1, output["alts"])) + packed_doubles(3, output["probabilities"]))


# ---- small records of the usual shape

def site(contig, start, ref, alts, depths, sample="s", **more):
    """depths: AD, reference first."""
    total = sum(depths)
    info = {"AD": list(depths), "DP": [total], "VAF": [d / total if total else 0.0 for d in depths[1:]], **more.pop("call_info", {})}
    return {"contig": contig, "start": start, "ref": ref, "alts": list(alts), "calls": [{"sample": sample, "info": info}], **more}


def outputs(where, answers):
    """answers: {(0,): [p0, p1, p2], (1,): ..., (0, 1): ...}"""
    return [call_output({"variant": where, "alts": list(alts), "probabilities": p}) for alts, p in answers.items()]


def block(contig, start, end, ref, sample="s", gq=50, depth=30, likelihoods=(0.0, -9.0, -90.0), genotype=(0, 0), **info):
    return variant({"contig": contig, "start": start, "end": end, "ref": ref, "alts": ["<*>"],
                    "calls": [{"sample": sample, "genotype": list(genotype), "likelihoods": list(likelihoods),
                               "info": {"GQ": [gq], "MIN_DP": [depth], **info}}]})
