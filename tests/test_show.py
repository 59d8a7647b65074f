"""`haploom show`: what the network sees at a site, as letters and as a picture."""
import re
import struct
import zlib

import pytest

from programs import records, run


@pytest.fixture(scope="module")
def site(demo, tmp_path_factory):
    """Words of a command over the demo, and a heterozygous SNP that is called there: (contig, position, ref, alt, GQ)."""
    folder = tmp_path_factory.mktemp("show")
    (folder / "store").mkdir()
    words = ["--ref", demo / "ref.fa", "--reads", demo / "reads.bam", "--pangenome", demo / "panel.gbz", "--gbz_store_dir", folder / "store"]
    run("haploom", "call", *words, "--nocascade", "--output_vcf", folder / "o.vcf.gz")  # what the network says
    fields = next(f for f in (line.split("\t") for line in records(folder / "o.vcf.gz").splitlines())
                  if f[6] == "PASS" and f[9].startswith("0/1") and len(f[3]) == len(f[4]) == 1)
    quality = fields[9].split(":")[fields[8].split(":").index("GQ")]
    return words, (fields[0], int(fields[1]), fields[3], fields[4], quality)


def blocks(text):
    """The rows of each block by its name, its first one the reference."""
    out, rows = {}, None
    for line in text.splitlines():
        head = re.match(r"(pangenome|reads): \d+ rows drawn, \d+ black$", line)
        rows = out.setdefault(head[1], []) if head else rows
        if rows is not None and not head:
            rows.append(line)
    return out


def decoded(path):
    """Width, height and the lines of an RGB picture."""
    data = path.read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    at, chunks = 8, {}
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at:at + 8])
        body = data[at + 8:at + 8 + length]
        assert struct.unpack(">I", data[at + 8 + length:at + 12 + length])[0] == zlib.crc32(kind + body)
        chunks[kind] = body
        at += 12 + length
    width, height, depth, colour = struct.unpack(">IIBB", chunks[b"IHDR"][:10])
    assert (depth, colour) == (8, 2)
    raw, lines = zlib.decompress(chunks[b"IDAT"]), []
    above = bytes(3 * width)
    for y in range(height):
        line = raw[y * (3 * width + 1):(y + 1) * (3 * width + 1)]
        assert line[0] == 2
        above = bytes((a + b) & 255 for a, b in zip(line[1:], above))
        lines.append(above)
    return width, height, lines


def test_a_called_snp_shows_its_haplotypes_its_reads_and_who_supports_it(site):
    words, (contig, position, ref, alt, quality) = site
    shown = run("haploom", "show", f"{contig}:{position}", *words).stdout
    title = shown.splitlines()[0]
    assert title.startswith(f"{contig}:{position} {ref} > {alt}, depth ") and f"call {ref} {alt} 0/1, GQ {quality}" in title
    assert re.search(rf"copies of {alt}: 0 0\.\d{{4}}, 1 0\.\d{{4}}, 2 0\.\d{{4}}", shown) and "\x1b" not in shown
    found = blocks(shown)
    middle = len(found["reads"][0]) - 1 - (len(found["reads"][0].split()[-1]) // 2)
    assert found["reads"][0][middle] == ref
    supporting = [row for row in found["reads"][1:] if row.startswith(">")]
    assert len(supporting) >= 5 and sum(row[middle:middle + 1] == alt for row in supporting) >= 0.9 * len(supporting)
    names = [row[2:].split()[0] for row in found["pangenome"][1:]]
    assert len(names) >= 5 and len(set(names)) == len(names)


def test_colour_is_for_who_asks(site):
    words, (contig, position, *_) = site
    coloured = run("haploom", "show", f"{contig}:{position}", *words, "--color").stdout
    plain = run("haploom", "show", f"{contig}:{position}", *words).stdout
    assert "\x1b[7m" in coloured
    stripped = re.sub(r"\x1b\[\d+m", "", coloured)
    assert [line.rstrip() for line in stripped.splitlines()] == plain.splitlines()


def test_the_picture_is_the_same_each_time_and_shows_every_channel(site, tmp_path):
    words, (contig, position, *_) = site
    for name in ("a.png", "b.png"):
        assert run("haploom", "show", f"{contig}:{position}", *words, "--out", tmp_path / name).stdout == ""
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    width, height, lines = decoded(tmp_path / "a.png")
    columns = len(blocks(run("haploom", "show", f"{contig}:{position}", *words).stdout)["reads"][0].split()[-1])
    assert width > 7 * 4 * columns and height > 100
    colours = {line[i:i + 3] for line in lines for i in range(0, len(line), 3)}
    assert {bytes((64, 168, 76)), bytes((240, 168, 48)), bytes((214, 64, 56)), bytes((56, 104, 208))} <= colours  # A G T C
    assert {bytes([level] * 3) for level in (50, 70, 152, 254)} <= colours  # equal, forward, not supporting, different


def test_a_place_without_a_candidate_names_the_nearest(site):
    words, (contig, position, *_) = site
    done = run("haploom", "show", f"{contig}:{position - 1}", *words, ok=False)
    assert done.returncode == 2 and done.stdout == "" and "no candidate starts at" in done.stderr
    assert f"{contig}:{position}" in done.stderr.partition("the nearest: ")[2].split()[0]


def test_a_region_shows_all_its_candidates_but_a_picture_shows_one(site, tmp_path):
    words, (contig, position, *_) = site
    region = f"{contig}:{max(position - 3000, 1)}-{position + 3000}"
    shown = run("haploom", "show", region, *words).stdout
    starts = [int(start) for start in re.findall(rf"^{contig}:(\d+) \w+ > ", shown, flags=re.MULTILINE)]
    assert position in starts and len(starts) > 1 and starts == sorted(starts)
    done = run("haploom", "show", region, *words, "--out", tmp_path / "x.png", ok=False)
    assert done.returncode == 2 and f"{len(starts)} candidates" in done.stderr and not (tmp_path / "x.png").exists()


def test_without_a_pangenome_the_haplotypes_block_is_empty(site):
    words, (contig, position, *_) = site
    alone = words[:4]
    assert len(blocks(run("haploom", "show", f"{contig}:{position}", *alone).stdout)["pangenome"]) == 1
