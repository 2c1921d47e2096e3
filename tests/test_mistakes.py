"""The proof for every combination of answers finds mistakes."""

import itertools
import re
import shutil
from pathlib import Path

import pytest
from combinations.fits import Proof
from combinations.mistakes import MISTAKES, Mistake
from combinations.model import Model
from combinations.source import Source, Value
from combinations.style import lay_out, ruff

# Enough of the answers to have each option on and off.
FEW: dict[str, list[Value]] = {
    "license": ["MIT"],
    "python_version": ["3.13"],
    "oauth_providers": [(), ("gitlab",), ("gitlab", "google", "oidc")],
}


def copied(template: Path, folder: Path, mistake: Mistake) -> Path:
    shutil.copytree(template, folder)
    file = folder / mistake.file
    text = file.read_text() if mistake.old else ""
    assert mistake.old in text
    file.parent.mkdir(exist_ok=True)
    file.write_text(text.replace(mistake.old, mistake.new, 1))
    return folder


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_found(template: Path, tmp_path: Path, name: str) -> None:
    mistake = MISTAKES[name]
    proof = Proof(Model(Source(copied(template, tmp_path / "template", mistake)), only=FEW))
    found = [str(each) for each in itertools.chain(proof.contents_alone(), proof.together())]
    assert [line for line in found if re.search(mistake.said, line)], found


def test_a_mistake_of_style_is_found(template: Path, tmp_path: Path) -> None:
    """In what is written with Jinja, where no editor formats it."""
    mistake = Mistake(
        "template/app/registry.py.jinja", "import {{ module }}", "import  {{ module }}", ""
    )
    source = Source(copied(template, tmp_path / "template", mistake))
    lay_out(Proof(Model(source, only=FEW)).all_contents(), tmp_path / "laid-out")
    found = ruff(tmp_path / "laid-out")
    assert "-import  app.api.redis" in found[0]
