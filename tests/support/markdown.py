"""What a Markdown page names: commands, paths and links."""

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)

# A span is read as a path when it has a slash or one of these endings, and no space.
FILE = re.compile(
    r"[\w.<>*/-]+(/[\w.<>*-]*|\.(py|md|toml|yml|yaml|jinja|txt|lock|example|db))"
    r"|\.[a-z]+(/[\w.-]+)*|Makefile|Dockerfile"
)
# What looks like a path and is none: media types, URLs and their paths, endings, rates.
NO_FILE = re.compile(r"/.*|application/.*|https?:.*|\.jinja|\d+/minute")


@dataclass(frozen=True)
class Page:
    path: Path

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def prose(self) -> str:
        return FENCE.sub("", self.text)

    @property
    def commands(self) -> list[str]:
        """Each line of a console block, and each span that could be one."""
        blocks = [body for language, body in FENCE.findall(self.text) if language == "console"]
        lines = [line.removeprefix("$ ") for body in blocks for line in body.splitlines() if line]
        return lines + [span for span in SPAN.findall(self.prose) if not FILE.fullmatch(span)]

    @property
    def paths(self) -> list[str]:
        return [
            span
            for span in SPAN.findall(self.prose)
            if FILE.fullmatch(span) and not NO_FILE.fullmatch(span)
        ]

    @property
    def links(self) -> list[str]:
        return LINK.findall(self.prose)

    @property
    def anchors(self) -> set[str]:
        """The headings, as links name them."""
        return {
            re.sub(r"[^\w -]", "", h.lower()).replace(" ", "-") for h in HEADING.findall(self.text)
        }

    def rows(self, heading: str) -> list[list[str]]:
        """The cells of the first table below a heading, without its first two lines."""
        section = self.text.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
        lines = [line for line in section.splitlines() if line.startswith("|")]
        return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]
