"""`sitegen init`: the settings and the CI files of a new site, written once and never over a file of the user.

`files.py` fills the templates in `templates/`, which docs/publishing.md shows too; `look.py` says what the store holds.
"""

from sitegen.init.files import CI, Answers, Planned, plan, write
from sitegen.init.look import Seen, look

__all__ = ["CI", "Answers", "Planned", "Seen", "look", "plan", "write"]
