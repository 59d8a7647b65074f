"""DeepVariant's record files decoded with nothing but the standard library: a second reader beside src/formats, for the tests."""
import json
import struct
import zlib

import tf_records


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
        shift += 7


def fields(message):
    """field number -> its values as they stand: ints for varints, bytes for everything else"""
    found, at = {}, 0
    while at < len(message):
        tag, at = varint(message, at)
        if tag & 7 == 0:
            value, at = varint(message, at)
        else:
            if tag & 7 == 2:
                size, at = varint(message, at)
            else:
                size = {1: 8, 5: 4}[tag & 7]
            value, at = message[at:at + size], at + size
        found.setdefault(tag >> 3, []).append(value)
    return found


def signed(value):
    return value - (1 << 64) if value >> 63 else value


def integers(values):
    out = []
    for value in values:
        if isinstance(value, int):
            out.append(signed(value))
            continue
        at = 0
        while at < len(value):
            number, at = varint(value, at)
            out.append(signed(number))
    return out


def doubles(values):
    return [number for value in values for (number,) in struct.iter_unpack("<d", value)]


def number(message, field):
    return integers(message.get(field, [0]))[-1]


def text(message, field):
    return message.get(field, [b""])[-1].decode()


def texts(message, field):
    return [value.decode() for value in message.get(field, [])]


def map_of(message, field):
    """A map field of messages: key -> bytes of its value."""
    entries = [fields(entry) for entry in message.get(field, [])]
    return {text(entry, 1): entry.get(2, [b""])[-1] for entry in entries}


def info_value(message):
    (field, values), = fields(message).items()
    value = values[-1]
    return {2: lambda: struct.unpack("<d", value)[0], 3: lambda: value.decode(), 4: lambda: bool(value), 7: lambda: signed(value)}[field]()


def info_map(message, field):
    return {key: [info_value(value) for value in fields(entry).get(1, [])] for key, entry in map_of(message, field).items()}


def variant(message):
    site = fields(message)
    calls = []
    for encoded in site.get(11, []):
        call = fields(encoded)
        calls.append({"sample": text(call, 9), "genotype": integers(call.get(7, [])), "phased": bool(number(call, 10)),
                      "likelihoods": doubles(call.get(6, [])), "info": info_map(call, 2)})
    return {"chrom": text(site, 14), "start": number(site, 16), "end": number(site, 13), "ref": text(site, 6), "alts": texts(site, 7),
            "quality": doubles(site.get(8, [struct.pack("<d", 0)]))[-1], "filter": texts(site, 9), "names": texts(site, 3),
            "info": info_map(site, 10), "calls": calls}


def read_support(message):
    support = fields(message)
    return (text(support, 1), bool(number(support, 2)), number(support, 3), number(support, 4), bool(number(support, 5)), text(support, 7))


def candidate(message):
    """A DeepVariantCall; the order of supporters carries no meaning and is sorted away."""
    call = fields(message)
    at_position = {}
    for entry in call.get(7, []):
        pair = fields(entry)
        at_position[number(pair, 1)] = number(pair, 2)
    return {"variant": variant(call[1][-1]),
            "allele_support": {allele: sorted(texts(fields(names), 1)) for allele, names in map_of(call, 2).items()},
            "allele_support_ext": {allele: sorted(read_support(one) for one in fields(reads).get(1, []))
                                   for allele, reads in map_of(call, 5).items()},
            "ref_support": sorted(texts(call, 4)),
            "ref_support_ext": sorted(read_support(one) for reads in call.get(6, []) for one in fields(reads).get(1, [])),
            "alt_sets": [integers(fields(one).get(1, [])) for one in call.get(8, [])],
            "allele_frequency_at_position": at_position}


def summary(message):
    """A candidate as numbers, a tf.Example of lists alone: feature name -> integers, or texts."""
    out = {}
    for key, encoded in map_of(fields(fields(message)[1][-1]), 1).items():
        feature = fields(encoded)
        out[key] = texts(fields(feature[1][-1]), 1) if 1 in feature else integers(fields(feature[3][-1]).get(1, []))
    return out


def example(message):
    """A tf.Example: feature name -> its decoded value; image/encoded stays bytes."""
    features = {}
    for key, encoded in map_of(fields(fields(message)[1][-1]), 1).items():
        feature = fields(encoded)
        features[key] = fields(feature[1][-1])[1][0] if 1 in feature else integers(fields(feature.get(3, [b""])[-1]).get(1, []))
    features["variant/encoded"] = variant(features["variant/encoded"])
    features["alt_allele_indices/encoded"] = integers(fields(features["alt_allele_indices/encoded"]).get(1, []))
    features["locus"] = features["locus"].decode()
    return features


def call_output(message):
    """A CallVariantsOutput without what is for debugging."""
    output = fields(message)
    return {"variant": variant(output[1][-1]), "alt_allele_indices": integers(fields(output.get(2, [b""])[-1]).get(1, [])),
            "genotype_probabilities": doubles(output.get(3, []))}


def decoded(paths, decode):
    return [decode(record) for path in paths for record in tf_records.read(path, checked=False)]


def int32s(paths):
    return [number for path in paths for (number,) in struct.iter_unpack("<i", path.read_bytes())]


def image_difference(got, want, shape, channel_names):
    """Where two images differ first, in words."""
    rows, width, channels = shape
    if len(got) != len(want):
        return f"{len(got)} bytes instead of {len(want)}"
    at = next(i for i, (a, b) in enumerate(zip(got, want)) if a != b)
    wrong = sum(a != b for a, b in zip(got, want))
    row, column, channel = at // (width * channels), at // channels % width, at % channels
    return (f"row {row}, column {column}, channel {channel} ({channel_names[channel]}) is {got[at]} instead of {want[at]}; "
            f"{wrong} of {len(want)} bytes differ")


def differences(got, want, label, channel_names=()):
    """What is wrong with each record that is not as it should be; `label` names a record."""
    for i in range(max(len(got), len(want))):
        if i >= len(got) or i >= len(want):
            yield f"record {i} {label(want[i]) if i >= len(got) else label(got[i])}: {'missing' if i >= len(got) else 'too many'}"
        elif got[i] != want[i]:
            key = next(key for key in sorted(set(got[i]) | set(want[i])) if got[i].get(key) != want[i].get(key))
            one, other = got[i].get(key), want[i].get(key)
            if key == "image/encoded" and one and other and got[i]["image/shape"] == want[i]["image/shape"]:
                where = image_difference(one, other, want[i]["image/shape"], channel_names)
            else:
                where = f"{str(one)[:300]} instead of {str(other)[:300]}"
            yield f"record {i} {label(want[i])}: {key}: {where}"


def index_of(folder, name):
    """A golden of an index and one blob of images, as if decoded from examples."""
    with open(folder / f"{name}.index.jsonl") as lines:
        rows = [json.loads(line) for line in lines]
    return rows, zlib.decompressobj(31).decompress((folder / f"{name}.images.u8.gz").read_bytes())
