"""The sections of a site. Each is a module with one function, `tasks`, that says what there is to be made.

`PAGES` need the analysed runs alone. `WHOLE_SITE` need what those made as well: which pages can be found by the search,
which the home page leads to. A new family of pages is one module here and one word in `PAGES`.
"""

from __future__ import annotations

from sitegen.build.sections import experiments, logged_tables, models_and_datasets, runs, search, site, traces, views

PAGES = (runs, experiments, models_and_datasets, views, logged_tables, traces)
WHOLE_SITE = (site, search)
