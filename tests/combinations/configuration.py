"""The facts of pyproject.toml, compose.yaml and the files of variables."""

import re
import tomllib

import yaml

from combinations.facts import Facts

SET = re.compile(r"^([A-Z][A-Z0-9_]*)=", re.MULTILINE)


def requirement(text: str) -> str:
    """The name of what a dependency asks for."""
    found = re.match(r"[\w.-]+", text)
    assert found, text
    return found[0].lower().replace("_", "-")


def pyproject(text: str, facts: Facts) -> None:
    """Dependencies, and the modules and paths that tools are told of."""
    data = tomllib.loads(text)
    tools = data["tool"]
    for kind, user, listed in (
        ("declared", "app", data["project"]["dependencies"]),
        ("dev", "tests", data["dependency-groups"]["dev"]),
    ):
        for name in map(requirement, listed):
            facts.offers.add(f"{kind}:{name}")
            what = f"declares {name}, which nothing uses"
            facts.need(what, f"import:{user}:{name}", f"used:{name}")
    pytest = tools["pytest"]["ini_options"]
    for option, module in zip(pytest["addopts"], pytest["addopts"][1:], strict=False):
        if option == "-p" and not module.startswith("no:"):
            facts.need(f"the plugin {module} is not there", f"module:{module}")
            facts.offers.add(f"reach:{module}")
    ignored = [*tools["ruff"]["lint"]["per-file-ignores"], *tools["ruff"]["format"]["exclude"]]
    for path in [*ignored, *tools["mypy"]["files"], *pytest["testpaths"]]:
        facts.need(f"names {path}, which is not there", f"path:{path.removesuffix('/**')}")
    for contract in tools["importlinter"]["contracts"]:
        layers = [name.strip() for layer in contract.get("layers", []) for name in layer.split("|")]
        for module in layers + contract.get("source_modules", []):
            facts.need(f"a contract names {module}, which is not there", f"module:{module}")
        for name in contract.get("forbidden_modules", []):
            facts.need(f"a contract names {name}, which is not declared", f"declared:{name}")


def environment(path: str, text: str, facts: Facts) -> None:
    """The variables of .env.example and .env."""
    for name in SET.findall(text):
        facts.need(f"{name} is read by nothing", f"setting:{name}", f"compose:{name}")
        if path == ".env.example":
            facts.offers.add(f"env:{name}")
        else:
            facts.need(f"{name} is not in .env.example", f"env:{name}")


def compose(text: str, facts: Facts) -> None:
    """Services, volumes and variables."""
    data = yaml.safe_load(text)
    for name in re.findall(r"(?<!\$)\$\{(\w+)", text):
        facts.offers.add(f"compose:{name}")
        facts.need(f"{name} is not in .env.example", f"env:{name}")
    for name, service in data["services"].items():
        facts.offers.add(f"service:{name}")
        for other in service.get("depends_on", ()):
            facts.offers.add(f"waited:{other}")
            facts.need(f"{name} depends on {other}, which is no service", f"service:{other}")
        if "build" not in service:
            facts.need(f"nothing waits for {name}", f"waited:{name}")
        for mount in service.get("volumes", ()):
            volume = mount.split(":")[0]
            if not volume.startswith((".", "/")):
                facts.offers.add(f"mount:{volume}")
                facts.need(f"{name} mounts {volume}, which is no volume", f"volume:{volume}")
        if isinstance(service.get("environment"), dict):
            for variable in service["environment"]:
                if variable.startswith("APP_"):
                    facts.need(f"{variable} is read by nothing", f"setting:{variable}")
    for volume in data.get("volumes") or ():
        facts.offers.add(f"volume:{volume}")
        facts.need(f"{volume} is mounted nowhere", f"mount:{volume}")
