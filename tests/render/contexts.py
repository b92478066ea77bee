"""What templates are given, read from the dataclasses of pages, and what they use, read from the templates.

`classes` are all values that a theme may meet, with the sentence that explains each field. `Walk` goes through the
templates of a theme as Jinja would, but with types in place of values: it finds every field that a template uses, and
every name that no value has.
"""

from __future__ import annotations

import ast
import dataclasses
import importlib
import inspect
import pkgutil
import types
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, nodes
from jinja2.defaults import DEFAULT_NAMESPACE

import sitegen.pages
from sitegen.pages.page import Page, Site
from sitegen.render import Renderer
from sitegen.render.themes import BUILT_IN, load_theme

TEMPLATES = BUILT_IN / "default" / "templates"
PLAIN = {
    "404.html": "PlainPage",
    "compare.html": "PlainPage",
    "search.html": "PlainPage",
    "packed_run.html": "PlainPage",
    "curve.html": "PlainPage",
    "runs_alone.html": "PlainPage",
}
"""Templates of pages that say themselves which template lays them out."""
NOT_FOR_THEMES = {
    ("BestChange", "run_id"): "the feeds are made from it",
    ("BestChange", "time"): "the feeds are made from it",
    ("RunChange", "run_id"): "the feeds are made from it",
    ("RunChange", "time"): "the feeds are made from it",
    ("FigureView", "chart"): "the files of the chart's own page are made from it",
    ("FigureView", "size"): "the chart's own page and its pictures are drawn in it",
}
"""Fields that the build needs, and why; what they hold is not explained."""
FOR_THE_BUILD = {"search", "nav"}
"""What a page carries for the search and the home page (`pages/page.py`); no part of what a template is given."""


# What is promised ---------------------------------------------------------------------------------------------------


@cache
def functions() -> tuple[str, ...]:
    """The functions that templates may call, macros included."""
    shown = Renderer(load_theme("default"), Site(title="", version="", assets="", footer="", digits=0))
    return tuple(sorted(shown.environment.globals.keys() - DEFAULT_NAMESPACE.keys()))


@cache
def pages() -> dict[str, type]:
    """Every class of pages, by its template."""
    found: dict[str, type] = {}
    for module in pkgutil.iter_modules(sitegen.pages.__path__, "sitegen.pages."):
        for one in vars(importlib.import_module(module.name)).values():
            if dataclasses.is_dataclass(one) and isinstance(one, type) and one.__module__ == module.name:
                named = {f.name: f.default for f in dataclasses.fields(one)}
                if isinstance(named.get("template"), str):
                    found[str(named["template"])] = one
                found |= {template: one for template, name in PLAIN.items() if name == one.__name__}
    return dict(sorted(found.items()))


@cache
def hints(one: type) -> dict[str, Any]:
    """The types of a value's fields and properties."""
    found = {name: hint for name, hint in typing.get_type_hints(one).items() if not is_class_variable(hint)}
    for name, member in inspect.getmembers(one, lambda member: isinstance(member, property)):
        found[name] = typing.get_type_hints(member.fget).get("return")
    return {name: hint for name, hint in found.items() if name not in FOR_THE_BUILD}


def is_class_variable(hint: Any) -> bool:
    return typing.get_origin(hint) is typing.ClassVar


def is_record(one: Any) -> bool:
    """Whether `one` is a dataclass or a named tuple of sitegen's."""
    return isinstance(one, type) and (dataclasses.is_dataclass(one) or hasattr(one, "_fields"))


def members(hint: Any) -> list[type]:
    """The records that a value of this type holds, at any depth."""
    if is_record(hint):
        return [hint]
    return [record for part in typing.get_args(hint) for record in members(part)]


@cache
def classes() -> tuple[type, ...]:
    """Everything that a template may meet: `Site`, the pages by template, and what they hold, each once."""
    found: dict[type, None] = {}
    waiting = [*list(dict.fromkeys(pages().values()))[::-1], Site]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found[one] = None
            held = [hint for name, hint in hints(one).items() if (one.__name__, name) not in NOT_FOR_THEMES]
            waiting += [record for hint in held for record in members(hint)][::-1]
    return tuple(found)


@cache
def explanations(one: type) -> dict[str, str]:
    """The sentence below each field of a class (below the property for those), '' where there is none.

    What every page has is explained once, by `Page`.
    """
    found = written(one)
    return found | {
        name: text for name, text in written(Page).items() if one in pages().values() and not found.get(name)
    }


def written(one: type) -> dict[str, str]:
    body = ast.parse(inspect.cleandoc("\n" + inspect.getsource(one))).body[0]
    assert isinstance(body, ast.ClassDef)
    found: dict[str, str] = {}
    for at, node in enumerate(body.body):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            below = body.body[at + 1] if at + 1 < len(body.body) else None
            is_text = isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant)
            found[node.target.id] = inspect.cleandoc(str(below.value.value)) if is_text else ""
        elif isinstance(node, ast.FunctionDef) and any(ast.unparse(d) == "property" for d in node.decorator_list):
            found[node.name] = ast.get_docstring(node) or ""
    return found


# What is used -------------------------------------------------------------------------------------------------------

Types = Mapping[str, Any]
Macro = tuple[nodes.Macro, str, dict[str, Any]]
"""A macro, the template that it is in, and what that template knows outside of it."""


class Walk:
    """Goes through the templates of `folder` (those that it lacks are ours), page by page.

    `used` are (class, field), `missing` lines on names that are not there, `read` the templates gone through.
    """

    def __init__(self, folder: Path = TEMPLATES) -> None:
        self.folder = folder
        self.environment = Environment(trim_blocks=True, lstrip_blocks=True)
        self.used: set[tuple[type, str]] = set()
        self.missing: set[str] = set()
        self.read: set[str] = set()
        self._called: dict[tuple[int, tuple[str, ...]], None] = {}
        self._blocks: list[dict[str, tuple[nodes.Block, str]]] = []
        for template, page in pages().items():
            self._page(template, page)

    def _page(self, template: str, page: type) -> None:
        known = {"page": page, "site": Site, "root": str, **dict.fromkeys(functions(), Callable)}
        chain = [template]
        while parent := next(iter(self._parse(chain[-1]).find_all(nodes.Extends)), None):
            assert isinstance(parent.template, nodes.Const)
            chain.append(parent.template.value)
        blocks: dict[str, tuple[nodes.Block, str]] = {}
        for name in reversed(chain):
            blocks |= {block.name: (block, name) for block in self._parse(name).find_all(nodes.Block)}
        # What a template imports and defines outside of its blocks is known inside of them.
        scopes = {name: dict(known) for name in chain}
        for name in chain:
            self._define(self._parse(name), name, scopes[name])
        for block, name in blocks.values():
            self._statements(block.body, name, dict(scopes[name]))
        self._statements(self._parse(chain[-1]).body, chain[-1], scopes[chain[-1]])

    def _parse(self, name: str) -> nodes.Template:
        return self._parsed(self.folder / name if (self.folder / name).is_file() else TEMPLATES / name)

    @cache  # noqa: B019 - a walk is short-lived
    def _parsed(self, file: Path) -> nodes.Template:
        self.read.add(file.name)
        return self.environment.parse(file.read_text("utf-8"))

    def _define(self, template: nodes.Template, name: str, scope: dict[str, Any]) -> None:
        for node in template.body:
            if isinstance(node, nodes.Macro | nodes.Import | nodes.FromImport):
                self._statement(node, name, scope)

    # Statements

    def _statements(self, body: Sequence[nodes.Node], name: str, scope: dict[str, Any]) -> None:
        for node in body:
            self._statement(node, name, scope)

    def _statement(self, node: nodes.Node, name: str, scope: dict[str, Any]) -> None:
        match node:
            case nodes.Macro():
                scope[node.name] = (node, name, scope)
            case nodes.Import():
                assert isinstance(node.template, nodes.Const)
                module: dict[str, Any] = dict.fromkeys(functions(), Callable)
                self._define(self._parse(node.template.value), node.template.value, module)
                scope[node.target] = module
            case nodes.Include():
                assert isinstance(node.template, nodes.Const)
                self._statements(self._parse(node.template.value).body, node.template.value, dict(scope))
            case nodes.For():
                inner = dict(scope)
                self._bind(node.target, element(self._type(node.iter, name, scope)), inner)
                inner["loop"] = None
                self._statements(node.body, name, inner)
                self._statements(node.else_, name, dict(scope))
            case nodes.With():
                inner = dict(scope)
                for target, value in zip(node.targets, node.values, strict=True):
                    self._bind(target, self._type(value, name, scope), inner)
                self._statements(node.body, name, inner)
            case nodes.Assign():
                self._bind(node.target, self._type(node.node, name, scope), scope)
            case nodes.Block() | nodes.Extends():
                pass  # blocks are gone through once for each page, as the page has them
            case nodes.If():
                self._type(node.test, name, scope)
                for body in (node.body, node.elif_, node.else_):
                    self._statements(body, name, scope)
            case nodes.Output():
                for child in node.nodes:
                    self._type(child, name, scope)
            case nodes.TemplateData():
                pass
            case _:
                raise NotImplementedError(f"{name}: {type(node).__name__} is not understood here")

    def _bind(self, target: nodes.Node, of: Any, scope: dict[str, Any]) -> None:
        if isinstance(target, nodes.Name):
            scope[target.name] = of
        elif isinstance(target, nodes.Tuple):
            parts = typing.get_args(of) if of is not None else ()
            if is_record(of):  # a named tuple that is taken apart
                parts = tuple(hints(of).values())
                self.used |= {(of, field) for field in hints(of)}
            for at, part in enumerate(target.items):
                self._bind(part, parts[at] if at < len(parts) else None, scope)

    # Expressions

    def _type(self, node: nodes.Node, name: str, scope: Types) -> Any:
        """The type of an expression; None where it is nothing that has fields."""
        match node:
            case nodes.Name():
                if node.name not in scope:
                    self.missing.add(f"{name}: {node.name} is not known")
                return scope.get(node.name)
            case nodes.Getattr():
                return self._field(self._type(node.node, name, scope), node.attr, name)
            case nodes.Getitem():
                return self._item(node, name, scope)
            case nodes.Call():
                return self._call(node, name, scope)
            case nodes.CondExpr():
                found = [self._type(one, name, scope) for one in (node.test, node.expr1, node.expr2) if one is not None]
                return found[1]
            case nodes.Tuple():
                return tuple[tuple(self._type(one, name, scope) for one in node.items)]  # type: ignore[misc]
            case nodes.Or() | nodes.And():
                return [self._type(one, name, scope) for one in (node.left, node.right)][1]
            case nodes.Filter():
                found = [self._type(one, name, scope) for one in (node.node, *node.args) if one is not None]
                return found[0] if node.name in ("safe", "sort", "list") else None
        for child in node.iter_child_nodes():
            self._type(child, name, scope)
        return None

    def _field(self, of: Any, field: str, name: str) -> Any:
        if isinstance(of, dict):  # an imported template
            return of.get(field)
        records = [one for one in alternatives(of) if is_record(one)]
        having = [one for one in records if field in hints(one)]
        self.used |= {(one, field) for one in having}
        if records and not having and not any(hasattr(one, field) for one in records):
            self.missing.add(f"{name}: {' or '.join(one.__name__ for one in records)} has no {field}")
        found = [hints(one)[field] for one in having]
        if found:
            return found[0] if len(found) == 1 else typing.Union[tuple(found)]  # noqa: UP007 - made from values
        return (of, field)

    def _item(self, node: nodes.Getitem, name: str, scope: Types) -> Any:
        of = self._type(node.node, name, scope)
        if isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str):
            return self._field(of, node.arg.value, name)
        self._type(node.arg, name, scope)
        parts = typing.get_args(of)
        if isinstance(node.arg, nodes.Const) and parts and parts[-1] is not Ellipsis:
            return parts[node.arg.value]
        return element(of)

    def _call(self, node: nodes.Call, name: str, scope: Types) -> Any:
        called = self._type(node.node, name, scope)
        given = [self._type(one, name, scope) for one in node.args]
        named = {one.key: self._type(one.value, name, scope) for one in node.kwargs}
        if isinstance(called, tuple) and isinstance(called[0], nodes.Macro):
            self._macro(called, given, named)
        if isinstance(called, tuple) and called[1] == "items":
            return tuple[tuple[typing.get_args(called[0])], ...]  # type: ignore[misc]
        return None

    def _macro(self, macro: Macro, given: Sequence[Any], named: Mapping[str, Any]) -> None:
        node, name, outside = macro
        key = (id(node), tuple(map(str, (*given, *named.items()))))
        if key not in self._called:
            self._called[key] = None
            inner = dict(outside)
            inner |= dict.fromkeys(arg.name for arg in node.args)
            inner |= dict(zip((arg.name for arg in node.args), given, strict=False)) | dict(named)
            self._statements(node.body, name, inner)


def alternatives(hint: Any) -> Iterator[Any]:
    """The types of a union, else the type itself."""
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        for one in typing.get_args(hint):
            yield from alternatives(one)
    else:
        yield hint


def element(hint: Any) -> Any:
    """What a sequence of this type holds; of a named tuple and of a pair of different types their parts."""
    found: list[Any] = []
    for one in alternatives(hint):
        parts = typing.get_args(one)
        if typing.get_origin(one) is tuple and parts and parts[-1] is not Ellipsis:
            found += parts
        elif parts and isinstance(typing.get_origin(one), type) and issubclass(typing.get_origin(one), Iterable):
            found.append(parts[0])
        elif is_record(one) and hasattr(one, "_fields"):
            found += hints(one).values()
    if len(set(map(str, found))) > 1:
        return typing.Union[tuple(found)]  # noqa: UP007 - made from values
    return found[0] if found else None
