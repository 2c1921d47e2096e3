"""What the proof costs with more options: `PYTHONPATH=tests python -m combinations.benchmark`.

Each option that is added owns a file, a line of the README, a setting and a module that the
registry lists. The combinations double with each; the cost must not.
"""

import itertools
import tempfile
from pathlib import Path
from time import process_time

from support.releases import CURRENT, sources

from combinations import contents
from combinations.checks import problems
from combinations.fits import Proof
from combinations.kinds import facts_of
from combinations.model import Model
from combinations.source import Source
from combinations.traces import speaks

QUESTION = """\
{name}: {{type: bool, default: false}}

_exclude:
  - |
    {{% if not {name} %}}
    /app/core/{name}.py
    {{% endif %}}

_adds: |
  {{% if {name} %}}
  readme: The part {name}.
  module: app.core.{name}
  env:
    APP_{upper}: {{about: Of the part., default: "1"}}
  {{% endif %}}
"""

MODULE = '''\
"""A part."""

from app.core.config import Settings
from app.core.extension import Extension


class PartSettings(Settings):
    """Of the part."""

    {name}: int = 1


extension = Extension(name="{name}", settings=PartSettings)
'''


def add_options(template: Path, number: int) -> None:
    """Declare so many more options."""
    questions = template / "copier.yml"
    for name in (f"option{n}" for n in range(number)):
        added = QUESTION.format(name=name, upper=name.upper())
        (template / f"extensions/{name}.yml").write_text(added)
        (template / f"template/app/core/{name}.py").write_text(MODULE.format(name=name))
        included = f"!include extensions/{name}.yml\n---\n# What"
        questions.write_text(questions.read_text().replace("# What", included, 1))


def measure(number: int, limit: int) -> None:
    """Print what a template with so many more options costs."""
    contents.LIMIT = limit
    for cached in (problems, facts_of, speaks):
        cached.cache_clear()
    with tempfile.TemporaryDirectory() as folder:
        template = sources(CURRENT, Path(folder))
        add_options(template, number)
        times = [process_time()]
        proof = Proof(Model(Source(template)))
        rendered = sum(1 for _ in proof.all_contents())
        times.append(process_time())
        wrong = list(proof.contents_alone())
        times.append(process_time())
        wrong += proof.together()
        times.append(process_time())
    assert wrong == [], wrong
    took = [f"{after - before:10.2f}" for before, after in itertools.pairwise(times)]
    print(f"{number:7} {proof.model.count:12} {rendered:8}", *took, flush=True)


def main() -> None:
    """Print both ways: with every content of a file, and with the terms of sums."""
    print("options combinations contents   render s    check s  together s")
    for title, limit, numbers in (
        (
            "as the tests do it: up to 1024 contents of a file, else a sum",
            1024,
            (0, 1, 2, 4, 8, 16),
        ),
        ("every file as a sum", 1, (0, 1, 2, 4, 8, 16)),
    ):
        print(title)
        for number in numbers:
            measure(number, limit)


if __name__ == "__main__":
    main()
