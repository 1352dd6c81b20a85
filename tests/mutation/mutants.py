"""Small wrong versions of a module's functions: one changed place each, made from the syntax tree.

Docstrings, annotations and the wording of refusals are left alone: they bear on no amount and no verdict.
"""

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass

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
}
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
    """One wrong version. ``key`` names it by what stands there, so that it survives a move of the line."""

    module: str
    function: str
    line: int
    key: str
    tree: ast.Module


def mutants(module: str, source: str) -> Iterator[Mutant]:
    """Every wrong version of a module."""
    tree = ast.parse(source)
    lines = source.splitlines()
    for place, (function, node) in enumerate(_places(tree)):
        for number, what in enumerate(_changes(node)):
            changed = copy.deepcopy(tree)
            twin = list(_places(changed))[place][1]
            _apply(twin, number)
            line = getattr(node, "lineno", 0)
            text = lines[line - 1].strip()
            column = getattr(node, "col_offset", 0) - (len(lines[line - 1]) - len(lines[line - 1].lstrip()))
            yield Mutant(module, function, line, f"{module}.{function}: {text} @{column} {what}", changed)


def _places(tree: ast.Module) -> list[tuple[str, ast.AST]]:
    """(function, node) of every place that can be changed, in the order of the text."""
    found: list[tuple[str, ast.AST]] = []

    def walk(node: ast.AST, function: str, silent: bool) -> None:
        if isinstance(node, ast.FunctionDef):
            function = f"{function}.{node.name}" if function else node.name
            for item in node.body:
                walk(item, function, silent)
            return
        if isinstance(node, ast.Raise) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            if isinstance(node, ast.Raise) and function:
                found.append((function, node))
            return
        if isinstance(node, ast.Assert | ast.ImportFrom | ast.Import):
            return
        if function and not silent:
            found.append((function, node))
        for name, value in ast.iter_fields(node):
            if name in ("annotation", "returns", "decorator_list"):
                continue
            for item in value if isinstance(value, list) else [value]:
                if isinstance(item, ast.AST):
                    walk(item, function, silent)

    walk(tree, "", silent=False)
    return found


def _changes(node: ast.AST) -> list[str]:
    """What can be done to a node, in words."""
    match node:
        case ast.Compare(ops=[op]) if type(op) in FLIPPED:
            return [f"{type(op).__name__}→{other.__name__}" for other in FLIPPED[type(op)]]
        case ast.BinOp(op=op) if type(op) in SWAPPED:
            return [f"{type(op).__name__}→{SWAPPED[type(op)].__name__}"]
        case ast.AugAssign(op=op) if type(op) in SWAPPED:
            return [f"{type(op).__name__}=→{SWAPPED[type(op)].__name__}="]
        case ast.BoolOp(op=op):
            return ["and→or" if isinstance(op, ast.And) else "or→and"]
        case ast.UnaryOp(op=ast.Not()):
            return ["not dropped"]
        case ast.UnaryOp(op=ast.USub()):
            return ["minus dropped"]
        case ast.If() | ast.IfExp():
            return ["if True", "if False"]
        case ast.Call(func=ast.Name(id=name)) if name in CALLED:
            return [f"{name}→{CALLED[name]}"]
        case ast.Expr(value=ast.Call()):
            return ["call dropped"]
        case ast.Raise() | ast.Continue() | ast.Break():
            return [f"{type(node).__name__.lower()} dropped"]
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
            return ["assignment dropped"]
        case ast.Constant(value=bool()):
            return ["flag turned"]
        case ast.Constant(value=int()):
            return ["+1", "-1"]
        case ast.Constant(value=str(word)) if word in WORDS:
            return [f"{word}→{WORDS[word] or '(empty)'}"]
        case _:
            return []


def _apply(node: ast.AST, number: int) -> None:
    """Make the change in place."""
    match node:
        case ast.Compare(ops=[op]):
            node.ops = [FLIPPED[type(op)][number]()]
        case ast.BinOp(op=op) | ast.AugAssign(op=op):
            node.op = SWAPPED[type(op)]()
        case ast.BoolOp(op=op):
            node.op = ast.Or() if isinstance(op, ast.And) else ast.And()
        case ast.UnaryOp(op=ast.Not()):
            # not not x: the truth of x
            node.operand = ast.UnaryOp(ast.Not(), node.operand, lineno=node.lineno, col_offset=node.col_offset)
        case ast.UnaryOp():
            node.op = ast.UAdd()
        case ast.If() | ast.IfExp():
            node.test = ast.copy_location(ast.Constant(number == 0), node.test)
        case ast.Call(func=ast.Name(id=name)):
            node.func = ast.copy_location(ast.Name(CALLED[name], ast.Load()), node.func)
        case ast.Expr():
            node.value = ast.copy_location(ast.Constant(None), node.value)
        case ast.Raise():
            _turn(node, ast.Pass)
        case ast.Continue() | ast.Break():
            _turn(node, ast.Pass)
        case ast.Assign():
            node.targets = [ast.copy_location(ast.Name("_dropped", ast.Store()), node.targets[0])]
        case ast.Constant(value=bool() as value):
            node.value = not value
        case ast.Constant(value=int() as value):
            node.value = value + (1 if number == 0 else -1)
        case ast.Constant(value=str(word)):
            node.value = WORDS[word]
        case _:
            raise AssertionError(type(node).__name__)
    ast.fix_missing_locations(node)


def _turn(node: ast.AST, into: type[ast.stmt]) -> None:
    """Make a statement another one where it stands."""
    node.__class__ = into
    for name in ("exc", "cause"):
        if hasattr(node, name):
            delattr(node, name)
