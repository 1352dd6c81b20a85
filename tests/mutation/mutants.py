"""Small wrong versions of a module: one changed place each, made from the syntax tree.

In functions: comparisons turned or moved by one, arithmetic and its operands swapped, conditions held true or false,
filters let through, calls, assignments, raises and returns dropped, numbers off by one, words of operations and effects
exchanged, sorted orders turned round, default values changed. In tables of a module (units, words of the law, names of
facts): numbers off by one, words exchanged, entries left out.

Docstrings, annotations, assertions and the wording of refusals are left alone: they bear on no amount and no verdict.
"""

import ast
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

FLIPPED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
SWAPPED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.FloorDiv: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
ORDERED = (ast.Sub, ast.FloorDiv, ast.Mod)
"""Operations whose operands can't change places."""
UNORDERED = ("isinstance", "min", "max", "getattr", "zip")
"""Functions of two arguments that mean the same, or nothing, with the two exchanged."""
NO_TABLES = ("__all__", "FAULTS", "KINDS")
"""Lists of what a module shows to others."""
CALLED = {"min": "max", "max": "min", "any": "all", "all": "any", "half_up": "floor_down"}
WORDS = {
    "min": "max",
    "max": "min",
    "sum": "sub",
    "sub": "sum",
    "share": "share_down",
    "share_down": "share",
    "at_most": "below",
    "at_least": "above",
    "above": "at_least",
    "below": "at_most",
    "one_of": "equal",
    "refuse": "flag",
    "defer": "refuse",
    "flag": "refuse",
    "skip": "",
    "row": "",
}


@dataclass(frozen=True)
class Mutant:
    """One wrong version. ``key`` names it by what stands there, so that it survives a move of the line.

    ``lines`` are the first and last of the statement: a run that never comes to one of them can't tell the difference.
    ``table`` is the name of a module's table that is changed, "" for a change in a function.
    """

    module: str
    function: str
    line: int
    key: str
    tree: Callable[[], ast.Module]
    """Makes the wrong code: thousands of trees at hand would make every fork slow."""
    lines: tuple[int, int] = (0, 0)
    table: str = ""


@dataclass(frozen=True)
class Place:
    """A node that can be changed, the function or table it stands in, and the lines of its statement."""

    function: str
    node: ast.AST
    lines: tuple[int, int]
    is_table: bool = False
    renamed: frozenset[str] = frozenset()


def mutants(module: str, source: str) -> Iterator[Mutant]:
    """Every wrong version of a module."""
    tree = ast.parse(source)
    lines = source.splitlines()
    seen: Counter[str] = Counter()
    for number, place in enumerate(_places(tree)):
        for nth, what in enumerate(_changes(place)):
            line = getattr(place.node, "lineno", place.lines[0])
            text = lines[line - 1].strip()
            column = getattr(place.node, "col_offset", 0) - (len(lines[line - 1]) - len(lines[line - 1].lstrip()))
            key = f"{module}.{place.function}: {text} @{column} {what}"
            seen[key] += 1
            key = f"{key} ({seen[key]})" if seen[key] > 1 else key
            yield Mutant(
                module,
                place.function,
                line,
                key,
                partial(_changed, source, number, nth),
                place.lines,
                place.function if place.is_table else "",
            )


def _changed(source: str, number: int, nth: int) -> ast.Module:
    tree = ast.parse(source)
    _apply(_places(tree)[number], nth)
    return tree


def _places(tree: ast.Module) -> list[Place]:
    """Every place that can be changed, in the order of the text."""
    found = [place for item in tree.body for place in _table_places(item)]
    for item in tree.body:
        _walk(item, "", (0, 0), frozenset(), found)
    return found


def _table_places(item: ast.stmt) -> Iterator[Place]:
    """Places in a table of the module; one that makes objects (kinds of clause, faults) is none."""
    match item:
        case (
            ast.Assign(targets=[ast.Name(id=name)], value=value) | ast.AnnAssign(target=ast.Name(id=name), value=value)
        ):
            if not isinstance(value, ast.Dict | ast.Tuple | ast.Set | ast.Constant) or name in NO_TABLES:
                return
            if not any(isinstance(node, ast.Call | ast.Lambda) for node in ast.walk(value)):
                for node in ast.walk(value):
                    yield Place(name, node, (item.lineno, item.end_lineno or item.lineno), is_table=True)


def _walk(node: ast.AST, function: str, lines: tuple[int, int], renamed: frozenset[str], found: list[Place]) -> None:
    if isinstance(node, ast.stmt):
        lines = (node.lineno, node.end_lineno or node.lineno)
    if isinstance(node, ast.FunctionDef):
        inner = f"{function}.{node.name}" if function else node.name
        for value in (*node.args.defaults, *filter(None, node.args.kw_defaults)):
            _walk(value, inner, (0, 0), renamed, found)
        renamed = _assigned_again(node)
        for item in node.body:
            _walk(item, inner, lines, renamed, found)
        return
    if isinstance(node, ast.Raise) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
        if isinstance(node, ast.Raise) and function:
            found.append(Place(function, node, lines))
        return
    if isinstance(node, ast.Assert | ast.ImportFrom | ast.Import):
        return
    if function:
        found.append(Place(function, node, lines, renamed=renamed))
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list"):
            continue
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, ast.AST):
                _walk(item, function, lines, renamed, found)


def _assigned_again(function: ast.FunctionDef) -> frozenset[str]:
    """Names that a function gives a value more than once: without one of these they keep the earlier value."""
    given = Counter(
        node.id for node in ast.walk(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    )
    given.update(argument.arg for argument in (*function.args.args, *function.args.kwonlyargs))
    return frozenset(name for name, count in given.items() if count > 1)


def _changes(place: Place) -> list[str]:
    """What can be done to a node, in words."""
    return [what for what, _ in _ways(place)]


def _apply(place: Place, number: int) -> None:
    """Make the change in place."""
    _ways(place)[number][1]()
    ast.fix_missing_locations(place.node)


Way = tuple[str, Callable[[], None]]


def _ways(place: Place) -> list[Way]:
    """Every change of a place: its words, and what makes it."""
    node = place.node
    if place.is_table:
        return [*_constant(node), *_left_out(node)]
    match node:
        case ast.Compare(ops=ops):
            return [
                (f"{type(op).__name__}→{other.__name__}", partial(ops.__setitem__, at, other()))
                for at, op in enumerate(ops)
                for other in FLIPPED.get(type(op), ())
            ]
        case ast.BinOp(op=op):
            return [*_operator(node, op), *_turned(node, op)]
        case ast.AugAssign(op=op):
            return [*[(f"{what}=", way) for what, way in _operator(node, op)], ("dropped", partial(_turn, node))]
        case ast.BoolOp(op=op):
            other = ast.Or() if isinstance(op, ast.And) else ast.And()
            return [("and→or" if isinstance(op, ast.And) else "or→and", partial(setattr, node, "op", other))]
        case ast.UnaryOp(op=ast.Not()):
            # not not x: the truth of x
            return [("not dropped", partial(setattr, node, "operand", ast.UnaryOp(ast.Not(), node.operand)))]
        case ast.UnaryOp(op=ast.USub()):
            return [("minus dropped", partial(setattr, node, "op", ast.UAdd()))]
        case ast.If() | ast.IfExp():
            return [(f"if {held}", partial(setattr, node, "test", ast.Constant(held))) for held in (True, False)]
        case ast.While():
            return [("while False", partial(setattr, node, "test", ast.Constant(value=False)))]
        case ast.comprehension(ifs=[_, *_]):
            return [("filter dropped", partial(setattr, node, "ifs", []))]
        case ast.Call():
            return _called(node)
        case ast.Expr(value=ast.Call()):
            return [("call dropped", partial(_turn, node))]
        case ast.Raise() | ast.Continue() | ast.Break() | ast.Return(value=None):
            return [(f"{type(node).__name__.lower()} dropped", partial(_turn, node))]
        case ast.Assign(targets=targets):
            return _unassigned(targets, place.renamed)
        case ast.Constant():
            return _constant(node)
        case _:
            return []


def _operator(node: ast.BinOp | ast.AugAssign, op: ast.operator) -> list[Way]:
    other = SWAPPED.get(type(op))
    return [(f"{type(op).__name__}→{other.__name__}", partial(setattr, node, "op", other()))] if other else []


def _turned(node: ast.BinOp, op: ast.operator) -> list[Way]:
    def turn() -> None:
        node.left, node.right = node.right, node.left

    return [("operands exchanged", turn)] if isinstance(op, ORDERED) else []


def _called(node: ast.Call) -> list[Way]:
    match node:
        case ast.Call(func=ast.Name(id=name)) if name in CALLED:
            other = ast.Name(CALLED[name], ast.Load())
            return [(f"{name}→{CALLED[name]}", partial(setattr, node, "func", other))]
        case ast.Call(func=ast.Name(id="sorted"), keywords=words) if all(word.arg != "reverse" for word in words):
            reverse = ast.keyword("reverse", ast.Constant(value=True))
            return [("sorted the other way", partial(words.append, reverse))]
        case ast.Call(func=ast.Name(id=name), args=[ast.expr() as first, ast.expr() as second]) if (
            name not in UNORDERED and not isinstance(first, ast.Starred) and not isinstance(second, ast.Starred)
        ):
            return [("arguments exchanged", partial(setattr, node, "args", [second, first]))]
        case _:
            return []


def _unassigned(targets: list[ast.expr], renamed: frozenset[str]) -> list[Way]:
    """An assignment dropped: of an attribute or an entry, or of a name that has a value already."""
    ways: list[Way] = []
    for at, target in enumerate(targets):
        match target:
            case ast.Attribute() | ast.Subscript():
                ways.append(("assignment dropped", partial(_forget, targets, at)))
            case ast.Name(id=name) if name in renamed:
                ways.append((f"assignment of {name} dropped", partial(_forget, targets, at)))
    return ways


def _forget(targets: list[ast.expr], at: int) -> None:
    targets[at] = ast.copy_location(ast.Name("_dropped", ast.Store()), targets[at])


def _constant(node: ast.AST) -> list[Way]:
    match node:
        case ast.Constant(value=bool() as value):
            return [("flag turned", partial(setattr, node, "value", not value))]
        case ast.Constant(value=int() as value):
            return [(f"{by:+}", partial(setattr, node, "value", value + by)) for by in (1, -1)]
        case ast.Constant(value=str(word)) if word in WORDS:
            return [(f"{word}→{WORDS[word] or '(empty)'}", partial(setattr, node, "value", WORDS[word]))]
        case _:
            return []


def _left_out(node: ast.AST) -> list[Way]:
    """A table without one of its entries."""
    match node:
        case ast.Dict(keys=keys, values=values):
            return [
                (f"without {ast.unparse(key) if key else '**'}", partial(_without, at, keys, values))
                for at, key in enumerate(keys)
            ]
        case ast.Tuple(elts=entries, ctx=ast.Load()) | ast.Set(elts=entries) if len(entries) > 1:
            return [
                (f"without {ast.unparse(entry)}", partial(_without, at, entries)) for at, entry in enumerate(entries)
            ]
        case _:
            return []


def _without(at: int, *lists: list[Any]) -> None:
    for entries in lists:
        del entries[at]


def _turn(node: ast.AST) -> None:
    """Make a statement do nothing where it stands."""
    for name in node._fields:
        delattr(node, name)
    node.__class__ = ast.Pass
