"""A cascade as the tests need one: a few splits written in LightGBM's text form beside the shipped network."""
import json
import shutil

from programs import ROOT

# (number, threshold, score up to it, score above, where NaN goes) or a score alone
PLAIN = [("set_fraction", 0.15, 4, -4, "left"), ("likelihood_01", 6, -3, 2, "left"), ("likelihood_12", 2, -3, 3, "left")]
FINAL = [("set_fraction", 0.15, 2, -2, "left"), ("set_fraction", 0.75, 1, -1, "left"), ("set_fraction", 0.75, -2, 2, "left"),
         ("network_0", -0.5, -1, 1, "left"), ("posterior_1", -0.3, -0.5, 0.5, "right"), ("local_fit", -1, 0.25, -0.25, "left")]
FLAGS = {"vsc_min_count_panel_alleles": 1}


def tree(number, split, names):
    if not isinstance(split, tuple):
        return f"Tree={number}\nnum_leaves=1\nnum_cat=0\nleaf_value={split}\nis_linear=0\nshrinkage=1\n\n"
    name, threshold, low, high, missing = split
    return (f"Tree={number}\nnum_leaves=2\nnum_cat=0\nsplit_feature={names.index(name)}\nthreshold={threshold}\n"
            f"decision_type={10 if missing == 'left' else 8}\nleft_child=-1\nright_child=-2\nleaf_value={low} {high}\nis_linear=0\nshrinkage=1\n\n")


def trees(splits):
    """Splits of class 0, 1, 2, 0, ..."""
    names = sorted({split[0] for split in splits if isinstance(split, tuple)}) or ["depth"]
    head = f"tree\nversion=v4\nnum_class=3\nnum_tree_per_iteration=3\nobjective=multiclass num_class:3\nfeature_names={' '.join(names)}\n\n"
    return head + "".join(tree(number, split, names) for number, split in enumerate(splits)) + "end of trees\n"


def add(folder, plain=PLAIN, final=FINAL, least=0.95, temperature=1.5, flags=FLAGS):
    (folder / "plain.txt").write_text(trees(plain))
    (folder / "final.txt").write_text(trees(final))
    parts = {"version": "1", "plain": {"trees": "plain.txt", "least": least}, "final": {"trees": "final.txt", "temperature": temperature}}
    (folder / "cascade.json").write_text(json.dumps({**parts, "flags_for_calling": flags}))
    return folder


def network(folder):
    """The shipped network without whatever cascade it has."""
    shutil.copytree(ROOT / "models/wgs", folder, ignore=shutil.ignore_patterns("cascade.json", "plain.txt", "final.txt"))
    return folder


def model(folder, **cascade):
    return add(network(folder), **cascade)
