"""Check a site that was built: links, manifest, executable files, secrets, pages, and what hosts allow.

Only the files of the site are read, never the store, so that the check also holds for a site that was copied, deployed
from a cache, or changed by something else since. Files are read one at a time, in the order of their paths, which is
that of the manifest: memory is some bytes for each file.
"""

from __future__ import annotations

from sitegen.check.problems import RULES, Checked, SiteProblem
from sitegen.check.site import check_site
from sitegen.output.hosts import HOSTS, Host

__all__ = ["HOSTS", "RULES", "Checked", "Host", "SiteProblem", "check_site"]
