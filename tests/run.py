#!/usr/bin/env python3
"""Install what the tests need, then run every check: the one command of README, CONTRIBUTING and CI.

    python tests/run.py            everything: ruff, oxlint and oxfmt (scripts of the pages), mypy, pytest with a real browser
    python tests/run.py --quick    in 90 seconds: no browser, no database server, no MLflow, few examples
    python tests/run.py PATH ...   only these tests (arguments go to pytest)

Needs Python 3.11+ with pip. Python packages are installed into `.venv` beside this checkout. A browser is looked for
($SITEGEN_CHROMIUM, chromium, google-chrome), its headless shell, and PostgreSQL and MariaDB; what is missing is installed
from Debian's packages.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
SCRIPTS = "themes/default/assets/js"
CHECKS = (
    ["ruff", "check", "."],
    ["ruff", "format", "--check", "."],
    ["oxlint", SCRIPTS],
    ["oxfmt", "--check", SCRIPTS],
    ["mypy"],
    ["mypy", "tests/typed_script.py"],
)
QUICK = ("-m", "not browser and not slow and not mlflow and not server", "--examples", "10")
"""An answer in about 90 seconds: no browser, no database server, no MLflow, few examples of each property test."""
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def main(arguments: list[str]) -> int:
    quick = "--quick" in arguments
    chosen = [a for a in arguments if a != "--quick"]
    install()
    # MLflow is installed with the tests: where it cannot be asked, that is a failure.
    environment = os.environ | {
        "PYTHONHASHSEED": "random",
        "SITEGEN_REQUIRE_MLFLOW": "1",
        "MLFLOW_DISABLE_TELEMETRY": "true",
    }
    if not quick:
        install_debian()
        environment["SITEGEN_CHROMIUM"] = browser()
    steps = [] if chosen else [*CHECKS]
    marks = [*QUICK] if quick else []
    steps.append(["pytest", "-n", str(workers()), *marks, *chosen])
    for name, *rest in steps:
        say(" ".join([name, *rest]))
        code = subprocess.call([PYTHON.with_name(name), *rest], cwd=ROOT, env=environment)
        if code:
            return code
    return 0


def workers() -> int:
    return min(4, os.cpu_count() or 1)


def install() -> None:
    """A virtual environment with sitegen and what its tests need; made anew when pyproject.toml has changed."""
    stamp = VENV / "installed-for"
    wanted = (ROOT / "pyproject.toml").read_text("utf-8")
    if stamp.is_file() and stamp.read_text("utf-8") == wanted:
        return
    if not PYTHON.is_file():
        say("making .venv")
        venv.create(VENV, with_pip=True)
    say("installing sitegen and its test tools")
    subprocess.check_call([PYTHON, "-m", "pip", "install", "-q", "--disable-pip-version-check", "-e", f"{ROOT}[test]"])
    stamp.write_text(wanted, "utf-8")


def browser() -> str:
    """The path of a Chromium. Leaves with a sentence when there is none."""
    named = os.environ.get("SITEGEN_CHROMIUM")
    found = named or next((path for name in BROWSERS if (path := shutil.which(name))), None)
    return found or sys.exit("The browser tests need Chromium: install it, or set SITEGEN_CHROMIUM to its path.")


def debian_packages() -> list[str]:
    """What of the browser and the database servers is not on this machine, by Debian's names."""
    wanted = (
        []
        if os.environ.get("SITEGEN_CHROMIUM") or any(map(shutil.which, BROWSERS))
        else ["chromium", "fonts-dejavu-core"]
    )
    wanted += [] if list(Path("/usr/lib/postgresql").glob("*/bin/postgres")) else ["postgresql"]
    wanted += [] if shutil.which("mariadbd", path="/usr/sbin:/usr/bin:/usr/local/bin") else ["mariadb-server"]
    return wanted


def install_debian() -> None:
    """The missing Debian packages, where there is apt-get; what is missing then is said by the tests themselves."""
    # Most tests of the browser run in the shell, for less than half the CPU. It is asked for by itself, since other
    # distributions lack it; without it those tests run in Chromium.
    lists = [debian_packages(), [] if shutil.which("chromium-headless-shell") else ["chromium-headless-shell"]]
    if not any(lists) or not shutil.which("apt-get"):
        return
    apt = ["apt-get"] if os.geteuid() == 0 else ["sudo", "-n", "apt-get"]
    quiet = {"stdout": subprocess.DEVNULL, "env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"}}
    subprocess.call([*apt, "update", "-qq"], **quiet)
    for wanted in filter(None, lists):
        say(f"installing {', '.join(wanted)}")
        subprocess.call([*apt, "install", "-y", "-qq", "--no-install-recommends", *wanted], **quiet)


def say(text: str) -> None:
    print(f"--- {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
