"""Writes docs/combinations.md: which combinations are checked, and how.

Run `make combinations` when an option or a file is new; a test says so.
"""

import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from conftest import ROOT
from support.releases import CURRENT, sources
from support.rows import factors, rows

from combinations.contents import LIMIT
from combinations.facts import USED_OTHERWISE
from combinations.fits import Proof
from combinations.mistakes import MISTAKES
from combinations.model import Model
from combinations.source import REMEMBERED, Source

PAGE = ROOT / "docs/combinations.md"

TEXT = """\
# Combinations

Written by `make combinations`, from the run that `tests/test_combinations.py` checks.

{options}

Their answers make **{count} combinations**, and every one of them is checked. A file reads few
of the answers: its syntax tree says which. Each of its contents is rendered once, with Copier's
own environment and with nothing but what it reads. That these are all is tested the long way: every
file is rendered for every combination, with all answers, and is one of them. Some services are
rendered by Copier itself and compared byte by byte.

## Contents

{total} distinct contents: {plain} of files that are the same wherever they are, and these of
{shared} files with Jinja.

{contents}

The answers file holds them all, line by line, so each two answers are looked at together. The
same goes for any file with more than {limit} contents, when its syntax tree shows that it is a sum
of what options add (`tests/combinations/sums.py`).

Each is parsed (Python by the grammar of 3.11, TOML, YAML without keys that come twice, JSON,
Markdown), ends in one newline, and holds no Jinja and no word of a choice that some combination
with that content leaves out. All Python goes through the formatter and the linter, with the
settings of the service.

## Files

Which files are there, by the answers that decide it:

{files}

## Together

The contents say {needs} times what they need of the others. The answers that the files in
question read meet in {pairs} ways, and each of these is gone through for all of those answers. No
other answer makes a difference, so this is about all {count} combinations; a test takes them one
by one as well.

{kinds}

Used without an import, which a pattern has to show: {used}.

## Tried

Of these services each is typed and checked for its layers, and migrated, started and tested unless
it differs from one before in texts alone (`tests/test_covering.py`): every two answers occur
together in one of them. The first has nothing on, the second everything, and then comes each option
alone.

{tried}

`make test-all` tries {more}, in which every three answers occur together.

## Mistakes that are found

Each is made in a copy of the template, and has to be reported:

{mistakes}

## What it costs

`make bench args="options"` adds options and measures the time: [speed.md](speed.md).
"""

KINDS = {
    "module": "a module that is imported, named by a tool or started is there",
    "name": "a name that is imported, or taken of a module, is in it",
    "reach": "a module is imported, or named by what starts it",
    "declared": "what is imported is declared; by the service, as its own dependency",
    "standard": "what scripts import is Python's own",
    "import": "a dependency is used",
    "env": "a variable that settings or `compose.yaml` read is in `.env.example`",
    "setting": "a variable that stands anywhere is read",
    "documented": "a setting is in the README's table",
    "path": "a path or link leads somewhere",
    "anchor": "a link names a heading",
    "inside": "a package has modules, or something in itself",
    "waited": "a container that comes from elsewhere is waited for",
    "service": "a container waits for one that is there",
    "volume": "a volume that is mounted is declared",
    "mount": "a volume that is declared is mounted",
}


def table(head: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> str:
    """A Markdown table."""
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def spans(names: Iterable[str]) -> str:
    """Names as code."""
    return ", ".join(f"`{name}`" for name in names) or "none"


def text(proof: Proof) -> str:
    """The page."""
    model = proof.model
    selected = Counter(model.selection[path].names for path in proof.contents)
    counted = Counter(need.words[0].split(":")[0] for need in proof.needs)
    assert counted.keys() <= KINDS.keys()
    total = sum(map(len, proof.contents.values()))
    written = sum(len(proof.contents[path]) for path in proof.shared)
    return TEXT.format(
        count=model.count,
        options=table(("Question", "Answers"), sorted(answers(model))),
        total=total,
        plain=total - written,
        shared=len(proof.shared),
        contents=table(("File", "Contents", "Answers that it reads"), sorted(contents(proof))),
        files=table(
            ("Answers", "Files"), [(spans(names), n) for names, n in sorted(selected.items())]
        ),
        needs=len(proof.needs),
        pairs=len({(need.condition, proof.offers(need.words)) for need in proof.needs}),
        kinds=table(("Needed", "Times"), [(what, counted[kind]) for kind, what in KINDS.items()]),
        used=spans(sorted(USED_OTHERWISE)),
        tried=table(
            tuple(name.rpartition(": ")[2] for name in factors()),
            [tuple(map(shown, row.values())) for row in rows(2)],
        ),
        more=len(rows(3)),
        mistakes="\n".join(f"- {name}" for name in MISTAKES),
        limit=LIMIT,
    )


def shown(value: str | bool) -> str:
    """An answer in a table."""
    return value if isinstance(value, str) else ("x" if value else "")


def answers(model: Model) -> Iterator[tuple[str, str]]:
    """Each question, and how many answers it has."""
    for name, values in model.domains.items():
        several = model.source.questions[name].get("multiselect")
        yield f"`{name}`", f"{len(values)}, any choice of several" if several else str(len(values))


def contents(proof: Proof) -> Iterator[tuple[str, int, str]]:
    """Each file with Jinja, how many contents it has, and the answers it reads."""
    for path, shared in proof.shared.items():
        file = proof.model.source.files[path].relative_to(proof.model.source.folder)
        reads = "all" if REMEMBERED in shared.names else spans(sorted(shared.cases.axes))
        yield f"`{file.as_posix()}`", len(proof.contents[path]), reads


def main() -> None:
    """Write the page."""
    with tempfile.TemporaryDirectory() as folder:
        PAGE.write_text(text(Proof(Model(Source(sources(CURRENT, Path(folder)))))))


if __name__ == "__main__":
    main()
