"""The sections of a site. Each is a module with one function, `tasks`, that yields what is to be made.

`PAGES` need the analysed runs alone. `WHOLE_SITE` need the outputs of those as well: which pages the search finds, and
which the home page links to. A new family of pages is one module here and one word in `PAGES`.
"""

from __future__ import annotations

from sitegen.build.sections import (
    changes,
    charts,
    evaluations,
    experiments,
    logged_tables,
    models_and_datasets,
    runs,
    search,
    site,
    traces,
    views,
)

PAGES = (runs, experiments, charts, models_and_datasets, views, logged_tables, evaluations, traces, changes)
WHOLE_SITE = (site, search)
