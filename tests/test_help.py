"""Every command explains itself, and the example lines of the help run on the shipped data."""
import re
import shlex
import shutil

from programs import ROOT, run


def commands(words=()):
    """All commands as the program lists them, groups opened: ("call",), ("gbz", "build"), ..."""
    text = run("haploom", *words, "--help").stdout
    names = re.findall(r"^  ([a-z_]+)  ", text.partition("Subcommands:")[2], flags=re.MULTILINE)
    for name in names:
        yield from commands((*words, name))
    if not names:
        yield words


def test_each_command_has_a_help_with_its_flags():
    found = list(commands())
    assert {("call",), ("examples",), ("show",), ("gbz", "load"), ("gbz", "build"), ("gbz", "unload")} <= set(found)
    for words in found:
        text = run("haploom", *words, "--help").stdout
        assert "Usage: haploom " + " ".join(words) in text and "--help" in text, words
    for other, words in (("run_pangenome_aware_deepvariant", ("call",)), ("load_gbz_into_shared_memory", ("gbz", "load"))):
        flags = set(re.findall(r"--\w+", run("haploom", *words, "--help").stdout))
        assert flags <= set(re.findall(r"--\w+", run(other, "--help").stdout)), other


def example_lines(words):
    """What follows "example" in the help: one command a line."""
    footer = run("haploom", *words, "--help").stdout.partition("\nexample")[2]
    return re.findall(r"^(?:.*: | +)(haploom .*)", footer, flags=re.MULTILINE)


def test_examples_in_the_help_run_as_they_stand(tmp_path, store):
    """In the order of the help and in one folder: a later one may use what an earlier one made. Only the store is ours."""
    shutil.copytree(ROOT / "tests/data", tmp_path / "tests/data")
    lines = [(words, line) for words in commands() for line in example_lines(words)]
    assert {("gbz", "build"), ("gbz", "load"), ("gbz", "unload")} <= {words for words, _ in lines}
    for words, line in lines:
        mine = ["--gbz_store_dir", store] if "--gbz_store_dir" in run("haploom", *shlex.split(line)[1:3], "--help").stdout else []
        run(*shlex.split(line), *mine, cwd=tmp_path)
    assert list(store.iterdir()) == []
