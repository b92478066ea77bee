"""The files of a new site: `sitegen.toml` with comments, and what a host or a CI needs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from sitegen import project
from sitegen.errors import UsageError
from sitegen.init.look import Seen

CI = Literal["github", "gitlab", "netlify", "cloudflare", "none"]
FILES: dict[str, str] = {
    "github": ".github/workflows/pages.yml",
    "gitlab": ".gitlab-ci.yml",
    "netlify": "netlify.toml",
    "cloudflare": ".github/workflows/cloudflare.yml",
}
"""Where each host or CI looks for its file; the template has the last part of the name, behind the name of the host."""
PREVIEWS = ("preview.yml", "preview-comment.yml")
_TEMPLATES = Path(__file__).with_name("templates")
_WORKFLOWS = Path(__file__).parents[1] / "publish" / "workflows"
_INSTALL = re.compile(r"(pip install(?: -q)?) mlruns-sitegen\b(?!\[)")
"""What templates install; the requirement takes its place."""
_TOKEN = "MLFLOW_TRACKING_TOKEN: ${{ secrets.MLFLOW_TRACKING_TOKEN }}"


@dataclass(frozen=True, slots=True)
class Answers:
    """What the user wants."""

    title: str = ""
    site_url: str = ""
    ci: tuple[str, ...] = ()
    previews: bool = False
    """Whether pull requests get a preview; for GitHub."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A file that is to be written, by its path from the folder."""

    path: str
    text: str


def plan(seen: Seen, answers: Answers) -> list[Planned]:
    """The files for a store. Raises UsageError for an unknown CI."""
    for one in answers.ci:
        if one not in get_args(CI):
            raise UsageError(f"The CI must be one of {', '.join(get_args(CI))}, not {one}.")
    files = [Planned("sitegen.toml", settings(seen, answers))]
    files += [Planned(FILES[one], template(one, seen)) for one in answers.ci if one != "none"]
    if answers.previews and "github" in answers.ci:
        folder = Path(".github/workflows")
        files += [
            Planned((folder / name).as_posix(), _filled((_WORKFLOWS / name).read_text("utf-8"), seen))
            for name in PREVIEWS
        ]
    return files


def write(folder: Path, files: Iterable[Planned]) -> tuple[list[str], list[str]]:
    """Write those that are not there; returns the paths that were written and those that were kept as they are.

    Raises UsageError where a file cannot be written.
    """
    written: list[str] = []
    kept: list[str] = []
    for one in files:
        path = folder / one.path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8", newline="\n") as file:
                file.write(one.text)
        except FileExistsError:
            kept.append(one.path)
        except OSError as error:
            raise UsageError(f"{path} cannot be written ({error.strerror}); check its permissions.") from error
        else:
            written.append(one.path)
    return written, kept


def template(ci: str, seen: Seen | None = None) -> str:
    """The file of a host or a CI, with how sitegen is installed."""
    name = f"{ci}-{Path(FILES[ci]).name.lstrip('.')}"
    return _filled((_TEMPLATES / name).read_text("utf-8"), seen)


def _filled(text: str, seen: Seen | None) -> str:
    """A template with what pip installs; for a server, with the secret that holds its token."""
    text = _INSTALL.sub(lambda found: f"{found[1]} {_quoted(found.string, found.start())}", text)
    if seen and seen.is_address and "runs-on:" in text:
        text = text.replace("    steps:\n", f"    env:\n      {_TOKEN}\n    steps:\n", 1)
    return text


def _quoted(text: str, at: int) -> str:
    """The requirement as a shell needs it; inside a string of TOML with its quotes escaped."""
    line = text[text.rfind("\n", 0, at) + 1 : at]
    wanted = project.quoted_requirement()
    return wanted.replace('"', '\\"') if line.startswith("  command = ") else wanted


def settings(seen: Seen, answers: Answers) -> str:
    """`sitegen.toml`: what is known is set, what most people want next is there as a comment."""
    url = 'site_url = "https://example.org/runs/"  # where the site will be, for feeds, previews and snippets'
    lines = [
        "# Settings of sitegen. docs/configuration.md of sitegen has all keys; flags win over these.",
        f"store = {_toml(seen.store)}",
        f"title = {_toml(answers.title)}" if answers.title else '# title = "My runs"',
        f"site_url = {_toml(answers.site_url)}" if answers.site_url else f"# {url}",
        "",
        '# What is shown: "public" hides users, paths and hosts, "internal" shows them. Secrets are masked in both.',
        'profile = "public"',
        "# strict = true  # stop, and keep the previous site, when a record cannot be read or a secret is found",
    ]
    for experiment, objective in seen.objectives:
        found = f"# objective = {_toml(objective)}  # what sitegen chose by itself"
        lines += ["", f"# [experiments.{_toml(experiment)}]", found]
    return "\n".join(lines) + "\n"


def _toml(text: str) -> str:
    """A string of TOML on one line. JSON's escapes are a part of TOML's; control characters are escaped by both."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def next_steps(seen: Seen, answers: Sequence[str]) -> list[str]:
    """What is left for the user to do, a sentence each."""
    steps = []
    if "github" in answers:
        steps.append('On GitHub, switch Pages to "GitHub Actions" once (Settings, Pages, Source).')
    if "cloudflare" in answers:
        steps.append("Add the secrets CLOUDFLARE_API_TOKEN and CLOUDFLARE_ACCOUNT_ID to the repository.")
    if seen.is_address:
        steps.append("Add the secret MLFLOW_TRACKING_TOKEN if the server asks for one.")
    elif not seen.committed and any(one != "none" for one in answers):
        steps.append(
            f"{seen.store} is not in git: commit it, or have the training job hand it over "
            "(docs/publishing.md, From a training job)."
        )
    return steps
