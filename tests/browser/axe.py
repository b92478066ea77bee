"""Run axe on each page type at both widths in both schemes: `python -m tests.browser.axe`; fails where it finds a fault.

The tests run it once for each distinct layout; this is all of it.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from .conftest import ARGS, chromium
from .samples import build_sample, open_page
from .stillness import SCHEMES, SIZES
from .test_site_reading import axe_faults


def main() -> int:
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        site = build_sample("mlflow3", Path(scratch))
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGS)
        looks: list[tuple[int, Any]] = [(width, scheme) for width in SIZES for scheme in SCHEMES]
        found = 0
        for width, scheme in looks:
            viewport: Any = {"width": width, "height": 900}
            page = browser.new_page(viewport=viewport, color_scheme=scheme, bypass_csp=True)
            for kind, path in site.pages.items():
                open_page(page, site.base + path)
                for fault in axe_faults(page):
                    found += 1
                    print(width, scheme, kind, fault)
        browser.close()
    print(f"{len(site.pages)} page types, {len(looks)} looks of each, {found} faults")
    return int(found > 0)


if __name__ == "__main__":
    sys.exit(main())
