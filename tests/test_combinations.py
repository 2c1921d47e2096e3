"""Every combination of answers renders to files that are right and fit together."""

import itertools
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from combinations import contents, page
from combinations.benchmark import add_options
from combinations.conditions import assignments
from combinations.enumeration import differences
from combinations.fits import Problem, Proof
from combinations.model import Model, plain
from combinations.source import ANSWERS_FILE, Answers, Source, Value
from combinations.style import lay_out, ruff
from combinations.sums import is_sum
from combinations.traces import TRACES
from conftest import ROOT, Render, files_of, options
from support.rows import TEXT_ONLY

PROVIDERS = ("github", "gitlab", "google", "microsoft", "oidc")


NAMES = ("license", "python_version", "ci", "database", "oauth_providers", "redis")


def answers(*values: Value) -> Answers:
    return dict(zip(NAMES, values, strict=True))


RENDERED = [
    answers("MIT", "3.13", "none", "sqlite", (), False),
    answers("Apache-2.0", "3.11", "github", "postgresql", PROVIDERS, True),
    answers("BSD-3-Clause", "3.12", "gitlab", "sqlite", ("gitlab", "oidc"), False),
    answers("Proprietary", "3.14", "none", "postgresql", ("google",), False),
    answers("MIT", "3.14", "gitlab", "sqlite", (), True),
]


@pytest.fixture(scope="module")
def proof(template: Path) -> Proof:
    return Proof(Model(Source(template)))


def shown(problems: Iterator[Problem]) -> list[str]:
    return list(map(str, problems))


def test_every_content_is_right(proof: Proof) -> None:
    assert shown(proof.contents_alone()) == []


def test_every_content_is_formatted_and_linted(proof: Proof, tmp_path: Path) -> None:
    lay_out(proof.all_contents(), tmp_path)
    assert ruff(tmp_path) == []


def test_all_files_of_every_combination_fit_together(proof: Proof) -> None:
    assert shown(proof.together()) == []


def test_every_file_of_every_combination_is_one_of_the_contents(proof: Proof) -> None:
    assert shown(differences(proof)) == []


def test_the_same_when_combinations_are_taken_one_by_one(proof: Proof) -> None:
    """The short way, over the answers that two files read, leaves none out."""
    pairs = {(need.condition, proof.offers(need.words)) for need in proof.needs}
    met = {pair for pair in pairs if pair[0] in pair[1]}
    taken = 0
    for each in assignments(proof.model.domains, proof.model.domains):
        taken += 1
        for need, offers in pairs - met:
            assert not need.holds(each) or any(offer.holds(each) for offer in offers), each
    assert taken == proof.model.count


def test_there_are_as_many_combinations_as_answers(proof: Proof) -> None:
    assert proof.model.domains.keys() == options().keys()
    for name, values in options().items():
        assert {tuple(v) if isinstance(v, list) else v for v in values} <= {
            *proof.model.domains[name]
        }
    assert len(proof.model.domains["oauth_providers"]) == 2 ** len(PROVIDERS)


@pytest.mark.parametrize("given", RENDERED, ids=lambda given: "-".join(map(str, given.values())))
def test_contents_are_what_copier_renders(proof: Proof, render: Render, given: Answers) -> None:
    rendered = files_of(render(**{name: plain(value) for name, value in given.items()}))
    expected = proof.render(given)
    assert rendered.keys() == expected.keys()
    for path, content in rendered.items():
        if path == ANSWERS_FILE:
            assert asked(content) == asked(expected[path])
        elif path == ".env":
            secret = r"[0-9a-f]{64}|[0-9a-f]{32}"
            assert re.sub(secret, "", content.decode()) == re.sub(secret, "", expected[path])
        else:
            assert content.decode() == expected[path], path


def asked(text: str | bytes) -> dict[str, Any]:
    """The answers, without what Copier says of where they come from."""
    loaded: dict[str, Any] = yaml.safe_load(text)
    return {name: value for name, value in loaded.items() if not name.startswith("_")}


def test_every_choice_leaves_traces() -> None:
    """Else nobody would look for what it leaves behind."""
    for option, choices in TRACES.items():
        found = [
            choice
            for answer in options()[option]
            for choice in (answer if isinstance(answer, list) else [answer])
        ]
        assert choices.keys() == set(found)


def test_no_code_depends_on_what_is_text_only(proof: Proof) -> None:
    """So services that differ in nothing else need not be tested twice."""
    for path in proof.contents:
        if path.endswith(".py"):
            shared = proof.shared.get(path)
            read = {*proof.model.selection[path].names, *(shared.cases.axes if shared else ())}
            assert not read & set(TEXT_ONLY), path


def test_the_page_is_up_to_date(proof: Proof) -> None:
    assert (ROOT / "docs/combinations.md").read_text() == page.text(proof), "make combinations"


def test_a_file_with_many_contents_is_the_sum_of_what_options_add(
    proof: Proof, template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The terms and the pairs of them say as much as all contents, with less of them."""
    monkeypatch.setattr(contents, "LIMIT", 1)
    sums = Proof(Model(Source(template)))
    assert shown(itertools.chain(sums.contents_alone(), sums.together())) == []
    assert len(list(sums.all_contents())) < len(list(proof.all_contents()))
    assert set(sums.needs) == set(proof.needs)
    words = {word for need in proof.needs for word in need.words}
    for word in words:
        assert sums.offers([word]) == proof.offers([word]), word


def test_an_option_more_does_not_double_the_work(
    proof: Proof, template: Path, tmp_path: Path
) -> None:
    shutil.copytree(template, tmp_path / "template")
    add_options(tmp_path / "template", 8)
    larger = Proof(Model(Source(tmp_path / "template")))
    assert shown(itertools.chain(larger.contents_alone(), larger.together())) == []
    assert larger.model.count == 2**8 * proof.model.count
    assert len(list(larger.all_contents())) < 2 * len(list(proof.all_contents()))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{% for part in extensions.values() %}{{ part.readme }}{% endfor %}", None),
        ("{% set a = (extensions or {}).values() | list %}{% if a %}x{% endif %}", None),
        ("{% if license == 'MIT' %}{{ license }}{% endif %}", None),
        ("{% if extensions | length > 2 %}x{% endif %}", "a test of more"),
        ("{% for part in extensions.values() %}{{ loop.index }}{% endfor %}", "beyond its element"),
        ("{% for p in extensions.values() %}{{ extensions }}{% endfor %}", "beyond its element"),
        ("{{ extensions.redis.readme }}", "outside of a loop"),
        ("{% if extensions.redis and extensions.ci %}x{% endif %}", "a test of more"),
        ("{% set a = extensions | length %}{{ a }}", "something else than a list"),
        ("{% macro m() %}{{ extensions }}{% endmacro %}", "a macro"),
    ],
)
def test_what_is_a_sum(template: Path, text: str, said: str | None) -> None:
    problem = is_sum(Source(template).env.parse(text))
    assert problem is None if said is None else said in str(problem)
