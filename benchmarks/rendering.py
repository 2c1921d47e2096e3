"""The template: what Copier takes for it, and what the proof of all combinations takes."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import yaml
from combinations.fits import Proof
from combinations.model import Model
from combinations.source import Source
from support.releases import CURRENT, sources

from benchmarks.parts import Row, Say, row

RUNS = 7


def measure(say: Say) -> list[Row]:
    """Compare `copier copy` with a copy of as many plain files; render every combination."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        template = sources(CURRENT, folder / "template")
        _copy(template, folder / "service")
        plain = _verbatim(folder / "service", folder / "plain")
        ratios = []
        for number in range(RUNS):
            pair = [_copy(each, folder / f"copy{number}-{each.name}") for each in (template, plain)]
            ratios.append(pair[0] / pair[1])
            say(f"copier copy {pair[0]:.2f} s, verbatim {pair[1]:.2f} s ({number + 1} of {RUNS})")
        started = time.process_time()
        proof = Proof(Model(Source(template)))
        contents = sum(1 for _ in proof.all_contents())
        wrong = proof.together()
        seconds = time.process_time() - started
        assert not list(wrong), wrong
    return [
        row(
            "copier copy",
            median(ratios),
            "x as many verbatim files",
            spread=(min(ratios), max(ratios)),
            goal="<= 1.3",
        ),
        row(
            "combinations rendered and proved",
            proof.model.count / seconds,
            "a second",
            goal=">= 10",
            detail=f"{proof.model.count:,} of {contents:,} contents in {seconds:.1f} s of CPU",
        ),
    ]


def _verbatim(service: Path, template: Path) -> Path:
    """A template of the files of `service` as they are, which asks nothing."""
    shutil.copytree(service, template / "files")
    (template / "files" / ".copier-answers.yml").unlink()
    settings = {"_subdirectory": "files", "_templates_suffix": ".none"}
    (template / "copier.yml").write_text(yaml.safe_dump(settings))
    return template


def _copy(template: Path, service: Path) -> float:
    """Seconds of CPU that the command line takes, with all that it starts."""
    command = [str(Path(sys.executable).with_name("copier")), "copy", "--defaults", "--quiet"]
    before = os.times()
    subprocess.run([*command, str(template), str(service)], check=True)
    after = os.times()
    return (
        after.children_user + after.children_system - before.children_user - before.children_system
    )
