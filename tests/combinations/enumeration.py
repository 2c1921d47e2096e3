"""The long way: all combinations, one after the other, with all answers for every file.

It knows nothing of what a file reads. What is rendered has to be what the short way has.
"""

from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from typing import Any

from combinations.conditions import Condition, assignments
from combinations.fits import Problem, Proof
from combinations.model import Model, matches, plain
from combinations.source import ANSWERS_FILE, EXTENSIONS, Answers


def differences(proof: Proof) -> Iterator[Problem]:
    """Each file that a combination has and the proof has not, or has with another content."""
    model = proof.model
    blocks = [model.source.env.from_string(block) for block in model.source.excludes]
    selected: dict[Condition, set[str]] = defaultdict(set)
    for path, condition in model.selection.items():
        selected[condition].add(path)
    found = {
        path: {row: content.text for content in contents for row in content.rows}
        for path, contents in proof.contents.items()
    }
    for answers in assignments(model.domains, model.domains):
        context = everything(proof, answers)
        kept = rendered_paths(model, "\n".join(block.render(context) for block in blocks))
        expected = set().union(*(paths for each, paths in selected.items() if each.holds(answers)))
        for path in kept ^ expected:
            yield Problem(answers, path, "is selected otherwise")
        # What the last of them holds are the answers, of which no two are the same.
        for path in kept & proof.shared.keys() - {ANSWERS_FILE}:
            shared = proof.shared[path]
            if shared.template.render(context) != found[path][shared.cases.number(answers)]:
                yield Problem(answers, path, "has another content")


@cache
def rendered_paths(model: Model, excluded: str) -> frozenset[str]:
    """The files and folders that none of these lines excludes."""
    paths = frozenset(model.selection)
    return paths.difference(*(matches(line, paths) for line in excluded.splitlines()))


def everything(proof: Proof, answers: Answers) -> dict[str, Any]:
    """All variables there are, as Copier has them."""
    model = proof.model
    hidden = {
        name: model.hidden(name, answers)
        for name, question in model.source.questions.items()
        if question.get("when") is False and name != EXTENSIONS
    }
    adds = {part: model.adds(part, answers) for part in model.source.parts}
    return {
        **model.source.constants,
        **{name: plain(value) for name, value in answers.items()},
        **hidden,
        EXTENSIONS: {part: added for part, added in adds.items() if added},
    }
