"""What a template reads, from its syntax tree."""

from fnmatch import fnmatch

from jinja2 import Environment, meta, nodes

from combinations.source import EXTENSIONS, Source


class Reads:
    """The names that templates depend on, by way of what they include and compute."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._known: dict[str, frozenset[str]] = {}

    def names(self, text: str) -> frozenset[str]:
        """The variables of the template `text` and of all that it includes."""
        if text not in self._known:
            tree = self.source.env.parse(text)
            found = set(meta.find_undeclared_variables(tree))
            for name in included(tree, self.source.env):
                found |= self.names(self.source.text(name))
            self._known[text] = frozenset(found)
        return self._known[text]

    def answers(self, text: str) -> frozenset[str]:
        """The questions with choices that decide what `text` renders to.

        What it loops over, `extensions` and all answers as one, has questions of its own.
        """
        found: set[str] = set()
        left = set(self.names(text))
        while left:
            name = left.pop()
            if name in self.source.asked:
                found.add(name)
            elif name in self.source.questions and name != EXTENSIONS:
                # Computed ones come before those that read them, so this ends.
                left |= self.names(str(self.source.questions[name]["default"])) - {name}
        return frozenset(found)

    def keys(self, text: str) -> frozenset[str]:
        """The attributes and keys that `text` takes of anything: among them those of `_adds`.

        A renderer that gives it these alone makes sure that it depends on no other.
        """
        tree = self.source.env.parse(text)
        found = {node.attr for node in tree.find_all(nodes.Getattr)}
        for name in included(tree, self.source.env):
            found |= self.keys(self.source.text(name))
        constants = [node.arg for node in tree.find_all(nodes.Getitem)]
        constants += [n.value for n in tree.find_all(nodes.Keyword) if n.key == "attribute"]
        found |= {str(node.value) for node in constants if isinstance(node, nodes.Const)}
        return frozenset(found)


def included(tree: nodes.Template, env: Environment) -> list[str]:
    """The templates that `tree` includes; a name that is put together stands for all it may be."""
    assert env.loader is not None
    found = []
    for node in tree.find_all(nodes.Include):
        pattern = _pattern(node.template)
        assert pattern.strip("*"), "an include of anything"
        found += [name for name in env.loader.list_templates() if fnmatch(name, pattern)]
    return found


def _pattern(node: nodes.Node) -> str:
    if isinstance(node, nodes.Const):
        return str(node.value)
    if isinstance(node, nodes.Concat):
        return "".join(map(_pattern, node.nodes))
    return "*"
