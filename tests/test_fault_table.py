"""docs/fault_table.md has every row, and the tests that it names exist."""
import re

from programs import ROOT

TABLE = ROOT / "docs/fault_table.md"


def rows():
    return [re.split(r"(?<!\\)\|", line)[1:-1] for line in TABLE.read_text().splitlines() if re.match(r"\| \d+ \|", line)]


def test_every_fault_has_its_row_and_a_test():
    assert [int(row[0]) for row in rows()] == list(range(1, 43))
    for row in rows():
        assert re.search(r"`\w+\.\w+`|`\w+\.py::\w+`|`StoreCrash`", row[3]), f"row {row[0]} names no test"


def test_the_tests_that_it_names_exist():
    text = TABLE.read_text()
    cpp = "".join(path.read_text() for path in (ROOT / "src").rglob("*_test.cc"))
    known = set(re.findall(r"TEST(?:_[FP])?\((\w+), (\w+)\)", cpp))
    assert known
    missing = [f"{suite}.{name}" for suite, name in re.findall(r"`([A-Z]\w+)\.(\w+)`", text) if (suite, name) not in known]
    for file, name in re.findall(r"`(\w+\.py)::(\w+)`", text):
        if not any(re.search(rf"^def {name}\(", path.read_text(), re.M) for path in (ROOT / "tests").rglob(file)):
            missing.append(f"{file}::{name}")
    assert missing == []
