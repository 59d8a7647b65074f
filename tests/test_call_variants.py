"""call_variants as a program: a call output for every example, whatever the threads and the shards."""
import json
import shutil

import pytest
import tf_records

from dv_records import call_output, decoded, doubles, example, fields, number
from programs import ROOT, run

MODEL = ROOT / "models/wgs"


def made(demo, out, store, *more):
    run("make_examples_pangenome_aware_dv", "--mode", "calling", "--ref", demo / "ref.fa", "--reads", demo / "reads.bam", "--pangenome",
        demo / "panel.gbz", "--checkpoint", MODEL, "--gbz_store_dir", store, *more)


@pytest.fixture(scope="module")
def examples(demo, tmp_path_factory):
    place = tmp_path_factory.mktemp("examples")
    (place / "store").mkdir()
    for task in "012":
        made(demo, place, place / "store", "--examples", place / "e.tfrecord@3.gz", "--task", task)
    return place / "e.tfrecord@3.gz"


@pytest.fixture(scope="module")
def two_long_files(examples, tmp_path_factory):
    """200 and 70 examples: more than one piece of each."""
    place = tmp_path_factory.mktemp("long")
    records = [record for shard in shards_of(examples) for record in tf_records.read(shard)]
    while len(records) < 270:
        records += records
    files = [place / "a.tfrecord.gz", place / "b.tfrecord.gz"]
    tf_records.write(files[0], records[:200])
    tf_records.write(files[1], records[200:270])
    return files


def called(examples, outfile, *more, ok=True):
    return run("call_variants", "--examples", examples, "--outfile", outfile, "--checkpoint", MODEL, *more, ok=ok)


@pytest.fixture(scope="module")
def outputs(examples, tmp_path_factory):
    place = tmp_path_factory.mktemp("outputs")
    called(examples, place / "c.tfrecord.gz")
    return list(tf_records.read(place / "c-00000-of-00001.tfrecord.gz"))


def shards_of(name):
    return sorted(name.parent.glob(name.name.replace("@3", "-*-of-00003")))


def test_every_example_has_its_output_in_order(examples, outputs):
    asked = [(one["locus"], one["alt_allele_indices/encoded"]) for one in decoded(shards_of(examples), example)]
    answered = [call_output(record) for record in outputs]
    assert len(answered) > 40
    assert [(f"{o['variant']['chrom']}:{o['variant']['start'] + 1}-{o['variant']['end']}", o["alt_allele_indices"]) for o in answered] == asked
    for output in answered:
        assert len(output["genotype_probabilities"]) == 3 and abs(sum(output["genotype_probabilities"]) - 1) < 1e-9
    assert len({max(range(3), key=o["genotype_probabilities"].__getitem__) for o in answered}) == 3, "every genotype is called somewhere"


def test_threads_and_writers_change_nothing_but_where_outputs_stand(examples, outputs, tmp_path):
    called(examples, tmp_path / "one.tfrecord.gz", "--num_threads", "1")
    assert list(tf_records.read(tmp_path / "one-00000-of-00001.tfrecord.gz")) == outputs
    called(examples, tmp_path / "three.tfrecord.gz", "--num_threads", "3", "--writer_threads", "3")
    spread = [list(tf_records.read(tmp_path / f"three-0000{i}-of-00003.tfrecord.gz")) for i in range(3)]
    assert all(spread) and sorted(sum(spread, [])) == sorted(outputs)


@pytest.mark.parametrize("threads", [1, 3])
def test_files_take_turns(two_long_files, tmp_path, threads):
    """64 examples of each in turn, so that one reader does not hold up all threads."""
    alone = []
    for i, file in enumerate(two_long_files):
        called(file, tmp_path / f"{i}.tfrecord.gz", "--num_threads", threads)
        alone.append(list(tf_records.read(tmp_path / f"{i}-00000-of-00001.tfrecord.gz")))
    assert [len(outputs) for outputs in alone] == [200, 70]
    called(",".join(map(str, two_long_files)), tmp_path / "both.tfrecord.gz", "--num_threads", threads)
    first, second = alone
    assert list(tf_records.read(tmp_path / "both-00000-of-00001.tfrecord.gz")) == first[:64] + second[:64] + first[64:128] + second[64:] + first[128:]
    called(",".join(map(str, two_long_files)), tmp_path / "some.tfrecord.gz", "--num_threads", threads, "--limit", 130)
    assert list(tf_records.read(tmp_path / "some-00000-of-00001.tfrecord.gz")) == first[:64] + second[:64] + first[64:66]


def test_an_answer_does_not_depend_on_the_examples_beside_it(examples, outputs, tmp_path):
    first = shards_of(examples)[0]
    records = list(tf_records.read(first))
    tf_records.write(tmp_path / "e.tfrecord.gz", records[5:8])
    called(tmp_path / "e.tfrecord.gz", tmp_path / "c.tfrecord.gz")
    assert list(tf_records.read(tmp_path / "c-00000-of-00001.tfrecord.gz")) == outputs[5:8]


def test_names_of_outputs_are_upstreams(examples, outputs, tmp_path):
    called(examples, tmp_path / "plain.tfrecord")
    assert list(tf_records.read(tmp_path / "plain-00000-of-00001.tfrecord")) == outputs
    called(examples, tmp_path / "c-00001-of-00004.tfrecord.gz")
    assert list(tf_records.read(tmp_path / "c-00001-of-00004.tfrecord.gz")) == outputs
    first, second, third = shards_of(examples)
    called(f"{first},{second},{third}", tmp_path / "list.tfrecord.gz")
    assert list(tf_records.read(tmp_path / "list-00000-of-00001.tfrecord.gz")) == outputs
    assert called(examples, tmp_path / "c.vcf", ok=False).returncode == 2


def test_limits(examples, outputs, tmp_path):
    called(examples, tmp_path / "a.tfrecord.gz", "--limit", "7")
    assert list(tf_records.read(tmp_path / "a-00000-of-00001.tfrecord.gz")) == outputs[:7]
    called(examples, tmp_path / "b.tfrecord.gz", "--batch_size", "5", "--max_batches", "2")
    assert list(tf_records.read(tmp_path / "b-00000-of-00001.tfrecord.gz")) == outputs[:10]


def test_debug_information_on_demand(examples, outputs, tmp_path):
    called(examples, tmp_path / "c.tfrecord.gz", "--include_debug_info")
    asked = decoded(shards_of(examples), example)
    kinds = set()
    for record, plain, shown in zip(tf_records.read(tmp_path / "c-00000-of-00001.tfrecord.gz"), outputs, asked, strict=True):
        message = fields(record)
        debug = fields(message[4][0])
        assert {n: message[n] for n in (1, 2, 3)} == {n: fields(plain)[n] for n in (1, 2, 3)}
        probabilities = doubles(message[3])
        assert number(debug, 1) == max(range(3), key=probabilities.__getitem__)
        assert debug[8] == [shown["image/encoded"]]
        ref, alts = shown["variant/encoded"]["ref"], shown["variant/encoded"]["alts"]
        kind = (any(len(a) > len(ref) for a in alts), any(len(a) < len(ref) for a in alts), all(len(a) == len(ref) == 1 for a in alts))
        assert (number(debug, 2), number(debug, 3), number(debug, 4)) == kind
        kinds.add(kind)
    assert len(kinds) >= 3


def test_no_example_gives_an_empty_output(examples, tmp_path):
    tf_records.write(tmp_path / "e.tfrecord.gz", [])
    done = called(tmp_path / "e.tfrecord.gz", tmp_path / "c.tfrecord.gz")
    assert "holds no examples" in done.stderr
    assert list(tf_records.read(tmp_path / "c-00000-of-00001.tfrecord.gz")) == []
    done = called(tmp_path / "e.tfrecord.gz", tmp_path / "d.tfrecord.gz", "--noallow_empty_examples", ok=False)
    assert done.returncode == 3 and not list(tmp_path.glob("d*"))


# ---- what does not fit

def test_examples_of_another_shape_are_refused_with_both_shapes(demo, store, tmp_path):
    made(demo, tmp_path, store, "--examples", tmp_path / "e.tfrecord.gz", "--pileup_image_width", "99")
    done = called(tmp_path / "e.tfrecord.gz", tmp_path / "c.tfrecord.gz", ok=False)
    assert done.returncode == 3 and "99" in done.stderr and "129" in done.stderr, done.stderr
    (tmp_path / "e.tfrecord.gz.example_info.json").unlink()
    done = called(tmp_path / "e.tfrecord.gz", tmp_path / "c.tfrecord.gz", ok=False)
    assert done.returncode == 3 and "99" in done.stderr and "129" in done.stderr and "record 1 of" in done.stderr, done.stderr
    assert not list(tmp_path.glob("c*")) and not list(tmp_path.glob(".c*"))


def test_examples_of_other_channels_are_refused_by_name(examples, tmp_path):
    copy = tmp_path / "e.tfrecord.gz"
    source = shards_of(examples)[0]
    shutil.copy(source, copy)
    info = json.loads((source.parent / f"{source.name}.example_info.json").read_text())
    info["channels"][0], info["channels"][1] = info["channels"][1], info["channels"][0]
    (tmp_path / "e.tfrecord.gz.example_info.json").write_text(json.dumps(info))
    done = called(copy, tmp_path / "c.tfrecord.gz", ok=False)
    assert done.returncode == 3 and "base_quality, read_base" in done.stderr, done.stderr
    assert not list(tmp_path.glob("c*"))


def test_a_damaged_file_among_many_ends_the_run(two_long_files, tmp_path):
    damaged = tmp_path / "damaged.tfrecord.gz"
    damaged.write_bytes(two_long_files[0].read_bytes()[:-20_000])
    done = called(f"{two_long_files[0]},{damaged},{two_long_files[1]}", tmp_path / "c.tfrecord.gz", "--num_threads", 3, ok=False)
    assert done.returncode == 3 and "damaged.tfrecord.gz" in done.stderr, done.stderr
    assert not list(tmp_path.glob("c*"))


@pytest.mark.parametrize("damage", ["cut", "no example", "no model"])
def test_bad_input_is_one_sentence_and_no_output(examples, tmp_path, damage):
    path = tmp_path / "e.tfrecord.gz"
    records = list(tf_records.read(shards_of(examples)[0]))
    model = MODEL
    if damage == "cut":
        tf_records.write(path, records)
        path.write_bytes(path.read_bytes()[:-5000])
    elif damage == "no example":
        tf_records.write(path, [*records[:3], b"\x0a\x03abc"])
    else:
        tf_records.write(path, records)
        model = tmp_path
    done = run("call_variants", "--examples", path, "--outfile", tmp_path / "c.tfrecord.gz", "--checkpoint", model, ok=False)
    assert done.returncode == 3 and done.stderr.count("error [") == 1, done.stderr
    if damage == "no example":
        assert "record 4 of" in done.stderr
    assert not list(tmp_path.glob("*c-0000*"))
