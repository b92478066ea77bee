"""The search language: MLflow's filter syntax, and more (docs/search-language.md).

`parse(text)` reads a query, `matcher(query)` tests runs, `parse_order` and `ordered` sort them. `query.js` does the
same in the browser; `tests/query/vectors.json` tests both for the same answers.
"""

from sitegen.errors import QueryError
from sitegen.query.bare import check_names, missing_keys
from sitegen.query.evaluate import filter_of, matcher, ordered
from sitegen.query.footer import describe
from sitegen.query.nodes import OrderBy
from sitegen.query.parser import Query, parse, parse_order

__all__ = [
    "check_names",
    "filter_of",
    "OrderBy",
    "Query",
    "QueryError",
    "matcher",
    "missing_keys",
    "ordered",
    "parse",
    "parse_order",
    "describe",
]
