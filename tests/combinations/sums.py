"""Whether a template is a sum: each option adds its lines, whatever the others add.

Then a content is its base and the terms of the options that are on, in order, and what holds
for every term and every pair of terms holds for all. The proof is a walk through the syntax
tree: what comes from the options may be filtered, looped over and tested for being there.
"""

from jinja2 import nodes

from combinations.source import EXTENSIONS, REMEMBERED

# Each gives, of a list, a list of the same elements or of parts of them.
FILTERS = {"list", "map", "select", "selectattr", "sort", "sum", "unique", "reverse"}

# Filters that print a mapping, a line for each of its keys.
PRINTED = {"to_nice_yaml"}


def is_sum(tree: nodes.Template) -> str | None:
    """None when the template is a sum, else what keeps it from being one."""
    collections = {EXTENSIONS, REMEMBERED}
    for node in tree.body:
        if isinstance(node, nodes.Assign) and isinstance(node.target, nodes.Name):
            if _reads(node.node, collections):
                if not _is_collection(node.node, collections):
                    return f"line {node.lineno}: something else than a list of what is added"
                collections.add(node.target.name)
        elif isinstance(node, nodes.Macro):
            if _reads(node, collections):
                return f"line {node.lineno}: a macro that reads what is added"
        elif (problem := _statement(node, collections)) is not None:
            return problem
    return None


def _statement(node: nodes.Node, collections: set[str]) -> str | None:
    """What is wrong with a statement outside of loops over `collections`."""
    if not _reads(node, collections):
        return None
    if isinstance(node, nodes.If):
        if _reads(node.test, collections) and not _is_collection(node.test, collections):
            return f"line {node.lineno}: a test of more than whether anything is added"
        return _first([*node.body, *node.elif_, *node.else_], collections)
    if isinstance(node, nodes.For):
        if not _is_collection(node.iter, collections):
            return _first(node.body, collections)
        inside = [*node.body, *([node.test] if node.test else [])]
        if any(_reads(each, {*collections, "loop"}) for each in inside):
            return f"line {node.lineno}: a loop that looks beyond its element"
        return None
    if isinstance(node, nodes.Output):
        wrong = [each for each in node.nodes if _reads(each, collections)]
        printed = [each for each in wrong if isinstance(each, nodes.Filter)]
        if len(printed) == len(wrong) and all(each.name in PRINTED for each in printed):
            return None
    return f"line {node.lineno}: {type(node).__name__} of what is added, outside of a loop"


def _first(body: list[nodes.Node], collections: set[str]) -> str | None:
    problems = (_statement(node, collections) for node in body)
    return next((problem for problem in problems if problem is not None), None)


def _is_collection(node: nodes.Node | None, collections: set[str]) -> bool:
    """Whether an expression is a list of what is added, or a part of each."""
    if isinstance(node, nodes.Name):
        return node.name in collections
    if isinstance(node, nodes.Filter):
        return node.name in FILTERS and _is_collection(node.node, collections)
    if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Getattr):
        method = node.node
        return method.attr in {"values", "items"} and _is_collection(method.node, collections)
    if isinstance(node, nodes.Or):
        empty = isinstance(node.right, nodes.Dict | nodes.List) and not node.right.items
        return empty and _is_collection(node.left, collections)
    return False


def _reads(node: nodes.Node, names: set[str]) -> bool:
    found = [*node.find_all(nodes.Name)] + ([node] if isinstance(node, nodes.Name) else [])
    return any(each.name in names for each in found)
