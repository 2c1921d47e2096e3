"""The facts of a Python module: imports, names, settings."""

import ast
import sys
from collections.abc import Iterable, Iterator

from combinations.facts import ROOTS, Facts

# What another distribution brings, in the name of which it is declared.
PART_OF = {"pydantic-core": "pydantic", "click": "typer"}


def module_of(path: str) -> str:
    """The name that a file is imported by."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def python(path: str, text: str, facts: Facts) -> None:
    """What a module defines and what it uses of others."""
    tree = ast.parse(text)
    module = module_of(path)
    facts.offers.add(f"module:{module}")
    facts.offers |= {f"name:{module}:{name}" for name in defined(tree.body)}
    _reach(path, text, facts)
    aliases: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                _import(path, alias.name, facts)
                if alias.asname:
                    aliases[alias.asname] = alias.name
                else:
                    aliases |= {alias.name.split(".")[0]: alias.name.split(".")[0]}
        elif isinstance(node, ast.ImportFrom):
            source = _source(path, node)
            _import(path, source, facts)
            for alias in node.names if is_ours(source) else ():
                full = f"{source}.{alias.name}"
                aliases[alias.asname or alias.name] = full
                facts.offers.add(f"reach:{full}")
                what = f"imports {alias.name} of {source}, which has none"
                facts.need(what, f"name:{source}:{alias.name}", f"module:{full}")
        elif isinstance(node, ast.ClassDef):
            _settings(path, node, facts)
        elif isinstance(node, ast.Call) and _is_import(node):
            argument = node.args[0]
            if isinstance(argument, ast.Constant):
                _import(path, str(argument.value), facts)
    for dotted in set(chains(tree)):
        _attribute(dotted, aliases, facts)


def is_ours(module: str) -> bool:
    """Whether it is a module of the service."""
    return module.split(".")[0] in ROOTS


def _reach(path: str, text: str, facts: Facts) -> None:
    """A module is there to be imported, by name or with all of its package."""
    module = module_of(path)
    package, _, name = module.rpartition(".")
    facts.offers.add(f"inside:{package}")
    if path.endswith("__init__.py") and not text.strip():
        facts.need("is a package of nothing", f"inside:{module}")
    if "iter_modules(__path__)" in text:
        facts.offers.add(f"reach:{module}.*")
    is_collected = name.startswith("test_") or name == "conftest" or path.startswith("migrations/")
    if not is_collected and not path.endswith("__init__.py"):
        facts.need("is imported by nothing", f"reach:{module}", f"reach:{package}.*")
    if package and is_ours(module) and not path.startswith("migrations/"):
        facts.need(f"its package {package} is not there", f"module:{package}")


def _source(path: str, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    parents = path.split("/")[: -node.level]
    return ".".join([*parents, node.module] if node.module else parents)


def _import(path: str, module: str, facts: Facts) -> None:
    top = module.split(".")[0]
    if is_ours(module):
        facts.offers.add(f"reach:{module}")
        facts.need(f"imports {module}, which is not there", f"module:{module}")
    elif top not in sys.stdlib_module_names:
        name = top.lower().replace("_", "-")
        name = PART_OF.get(name, name)
        if path.startswith("tests/"):
            facts.offers.add(f"import:tests:{name}")
            what = f"imports {name}, which is not declared"
            facts.need(what, f"declared:{name}", f"dev:{name}")
        elif path.startswith("scripts/"):
            facts.need(f"imports {name}, and scripts have Python alone", f"standard:{name}")
        else:
            facts.offers.add(f"import:app:{name}")
            what = f"imports {name}, which is no dependency of the service"
            facts.need(what, f"declared:{name}")


def _is_import(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Name) and node.func.id == "import_module" and bool(node.args)


def _attribute(dotted: str, aliases: dict[str, str], facts: Facts) -> None:
    """What is taken of an imported module is in it, when it is a module."""
    first, *rest = dotted.split(".")
    if first not in aliases or not is_ours(aliases[first]):
        return
    source, *more = [aliases[first], *rest]
    for name in more:
        package, _, last = source.rpartition(".")
        # It may be a name and no module, of which anything can be taken.
        known = [f"name:{package}:{last}"] if package else []
        what = f"takes {name} of {source}, which has none"
        facts.need(what, f"name:{source}:{name}", f"module:{source}.{name}", *known)
        if "." in source and source not in ROOTS and first not in ROOTS:
            return
        source = f"{source}.{name}"


def chains(tree: ast.AST) -> Iterator[str]:
    """Every `a.b.c` in the code."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            names: list[str] = []
            inner: ast.expr = node
            while isinstance(inner, ast.Attribute):
                names.append(inner.attr)
                inner = inner.value
            if isinstance(inner, ast.Name):
                yield ".".join([inner.id, *reversed(names)])


def defined(body: Iterable[ast.stmt]) -> Iterator[str]:
    """The names that statements at the top of a module bind."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Import | ast.ImportFrom):
            for alias in node.names:
                yield alias.asname or alias.name.split(".")[0]
        elif isinstance(node, ast.Assign | ast.AnnAssign | ast.For):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                yield from (n.id for n in ast.walk(target) if isinstance(n, ast.Name))
        if isinstance(node, ast.If | ast.Try | ast.With | ast.For):
            for inner in ("body", "orelse", "finalbody"):
                yield from defined(getattr(node, inner, ()))


def _settings(path: str, node: ast.ClassDef, facts: Facts) -> None:
    """The variables that a class of settings reads, or a provider has."""
    bases = {base.id for base in node.bases if isinstance(base, ast.Name)}
    fields = [each for each in node.body if isinstance(each, ast.AnnAssign)]
    names = [each.target.id for each in fields if isinstance(each.target, ast.Name)]
    found = names if bases & {"BaseSettings", "Settings"} and path.startswith("app/") else []
    if path.startswith("app/services/oauth/"):
        constants = {
            target.id: str(each.value.value)
            for each in node.body
            if isinstance(each, ast.Assign) and isinstance(each.value, ast.Constant)
            for target in each.targets
            if isinstance(target, ast.Name)
        }
        if "name" in constants and "label" in constants:
            ends = ["client_id", "client_secret"]
            ends += ["issuer"] if "has_issuer_setting" in constants else []
            found += [f"oauth_{constants['name']}_{end}" for end in ends]
    for name in found:
        variable = f"APP_{name.upper()}"
        facts.offers.add(f"setting:{variable}")
        facts.need(f"reads {variable}, which is not in .env.example", f"env:{variable}")
        facts.need(f"reads {variable}, which README.md does not list", f"documented:{variable}")
