"""What stands in the documents can be followed: no placeholder, no link into nothing."""
import re

import pytest

from programs import ROOT

DOCUMENTS = sorted(path for pattern in ("*.md", "docs/**/*.md", "train/**/*.md", "models/**/*.md", "bench/**/*.md", "tests/*.md")
                   for path in ROOT.glob(pattern))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_placeholder_and_no_dead_link(document):
    text = document.read_text()
    assert not re.findall(r"@@\w*", text)
    prose = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    dead = [target for target in re.findall(r"\]\(([^)\s]+)\)", prose)
            if not re.match(r"[a-z]+:|#", target) and not (document.parent / target.split("#")[0]).exists()]
    assert dead == []


def test_the_commands_of_the_script_that_documents_name_exist():
    """`./run WORD` and `./run bench NAME` wherever a document says so."""
    script = (ROOT / "run").read_text()
    words = set(re.findall(r"^  (\w+)\) ", script, flags=re.MULTILINE))
    for document in DOCUMENTS:
        for word, name in re.findall(r"\./run ([a-z]+)(?: ([a-z_]+))?", document.read_text()):
            assert word in words, f"{document}: ./run {word}"
            if word == "bench" and name:
                assert (ROOT / f"bench/{name}.sh").exists(), f"{document}: ./run bench {name}"
