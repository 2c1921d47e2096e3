"""The facts of a Markdown page: links, headings, settings."""

import posixpath
import re
from pathlib import PurePosixPath

from support.markdown import FENCE, HEADING, LINK

from combinations.facts import Facts


def anchor(heading: str) -> str:
    """The name that links have for a heading."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def markdown(path: str, text: str, facts: Facts) -> None:
    """What a page links to and can be linked at."""
    prose = FENCE.sub("", text)
    facts.offers |= {f"anchor:{path}#{anchor(heading)}" for heading in HEADING.findall(prose)}
    for link in LINK.findall(prose):
        if re.match(r"\w+:", link):
            continue
        target, _, name = link.partition("#")
        found = posixpath.normpath(PurePosixPath(path).parent / target) if target else path
        facts.need(f"{link} leads nowhere", f"path:{found}")
        if name:
            facts.need(f"{link} names no heading", f"anchor:{found}#{name}")
    for named in re.findall(
        r"`(docs/[\w/.-]+\w|(?:app|tests|migrations|scripts)/[\w/]+\.py)`", prose
    ):
        if "keycloak" not in named:  # the example of a provider that one adds
            # What the README tells how to add is the users' slice under another name.
            there = named.replace("order", "user")
            facts.need(f"names {named}, which is not there", f"path:{named}", f"path:{there}")
    for name in re.findall(r"^\| `(APP_\w+|[A-Z]+_PASSWORD)` \|", prose, re.MULTILINE):
        facts.offers.add(f"documented:{name}")
        facts.need(f"{name} is read by nothing", f"setting:{name}", f"compose:{name}")
