"""A panel cut to two haplotypes is a whole GFA of its own."""
from train.other_panels import cut_gfa

GFA = """\
H\tVN:Z:1.1\tRS:Z:GRCh38
S\t1\tAC
S\t2\tG
S\t3\tT
S\t4\tCC
S\t5\tA
L\t1\t+\t2\t+\t0M
L\t1\t+\t3\t+\t0M
L\t1\t+\t5\t+\t0M
L\t2\t+\t4\t+\t0M
L\t3\t+\t4\t+\t0M
L\t5\t+\t4\t+\t0M
L\t1\t+\t4\t+\t0M
W\tGRCh38\t0\tchr1\t0\t5\t>1>2>4
W\tS1\t1\tchr1\t0\t5\t>1>3>4
W\tS1\t2\tchr1\t0\t4\t<4<1
W\tS2\t1\tchr1\t0\t5\t>1>5>4
""".splitlines(keepends=True)


def test_the_reference_and_two_haplotypes_stay():
    walks = [line.split("\t")[1:3] for line in cut_gfa(GFA) if line.startswith("W")]
    assert walks == [["GRCh38", "0"], ["S1", "1"], ["S1", "2"]]


def test_only_their_nodes_and_edges_stay():
    lines = [line.split("\t") for line in cut_gfa(GFA)]
    assert [f[1] for f in lines if f[0] == "S"] == ["1", "2", "3", "4"]
    assert [(f[1], f[3]) for f in lines if f[0] == "L"] == [("1", "2"), ("1", "3"), ("2", "4"), ("3", "4"), ("1", "4")]
    assert lines[0][0] == "H"
