"""What the proof costs with more options: `make bench args="options"`.

Each option that is added owns a file, a line of the README, a setting and a module that the
registry lists. The combinations double with each; the cost must not.
"""

import tempfile
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Cost:
    """What the proof took, in seconds of CPU, of how many contents and combinations."""

    seconds: float
    contents: int
    combinations: int


def measure(number: int, limit: int) -> Cost:
    """Prove a template with so many more options.

    A file of more than ``limit`` contents is taken as a sum of what its options add.
    """
    contents.LIMIT = limit
    for cached in (problems, facts_of, speaks):
        cached.cache_clear()
    with tempfile.TemporaryDirectory() as folder:
        template = sources(CURRENT, Path(folder))
        add_options(template, number)
        started = process_time()
        proof = Proof(Model(Source(template)))
        rendered = sum(1 for _ in proof.all_contents())
        wrong = [*proof.contents_alone(), *proof.together()]
        seconds = process_time() - started
    assert wrong == [], wrong
    return Cost(seconds, rendered, proof.model.count)
