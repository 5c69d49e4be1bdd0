"""What numba must be told: tables at addresses, and what becomes machine code.

numba's own arrays would do for tables, but for one thing: they count a negative index from the end,
and ask at each access whether it is one. Not to ask makes the engine a third faster. So a table is
a type of our own, made with what numba offers to those who extend it.
"""

# Types and values of numba, of which mypy knows nothing.
# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators

from __future__ import annotations

import operator
from collections.abc import Callable
from types import FunctionType
from typing import Any

import numba
import numpy as np
from numba import from_dtype, njit, types
from numba.core import cgutils
from numba.extending import intrinsic, lower_builtin, models, register_model, type_callable

SETTINGS: Any = numba.config

if SETTINGS.DISABLE_JIT:  # the engine finds its tables in machine code only
    raise ImportError("NUMBA_DISABLE_JIT is set")

_OPTIONS: dict[str, Any] = {
    "nogil": True,
    "error_model": "numpy",
    # only other rules call them
    "no_cpython_wrapper": True,
    "no_cfunc_wrapper": True,
}


_RULES: dict[Callable[..., Any], Any] = {}
"""All rules, and whether numba makes them part of those that call them."""


def rule(function: Callable[..., Any]) -> Callable[..., Any]:
    """To be compiled, for all rules that call it."""
    _RULES[function] = "never"
    return function


def part(function: Callable[..., Any]) -> Callable[..., Any]:
    """To be compiled as a part of each rule that calls it: most often there is one only."""
    _RULES[function] = "always"
    return function


def where(what: str, function: Callable[..., Any], **constants: bool) -> Callable[..., Any]:
    """A copy of a function that calls the rules, for numba to compile where these constants hold.

    What comes of a constant that is false is left out of the machine code. Rules have other names
    where other constants hold: of two of one name, compiled in two processes and loaded in a third,
    numba would take the one that was loaded first for both.

    Args:
        what: a word for the constants, part of the names.
        function: in which the rules are called.
        constants: by name.
    """
    names: dict[str, Any] = {}

    def copied(one: Callable[..., Any]) -> Any:
        copy = FunctionType(one.__code__, names, one.__name__)
        copy.__module__, copy.__qualname__ = one.__module__, f"{what}_{one.__name__}"
        return copy

    for one in (*_RULES, function):
        names |= one.__globals__
    for one, how in _RULES.items():
        names[one.__name__] = njit(inline=how, **_OPTIONS)(copied(one))
    names |= constants
    return copied(function)  # type: ignore[no-any-return]


class _Table(types.Type):
    """Rows of one type at an address."""

    def __init__(self, row: Any) -> None:
        self.row = row
        super().__init__(name=f"Table({row.name})")


@register_model(_Table)
class _TableModel(models.StructModel):
    def __init__(self, manager: Any, table: Any) -> None:
        members = [("rows", types.CPointer(table.row)), ("length", types.intp)]
        super().__init__(manager, table, members)


def find(name: str, row: np.dtype[Any]) -> Any:
    """A function of the centre that gives the table of this name.

    The centre says where it is: in the fields `{name}_address` and `{name}_length`.
    """
    table = _Table(from_dtype(row))

    def table_of(_: Any, centre: Any) -> Any:
        def field(context: Any, builder: Any, record: Any, what: str) -> Any:
            offset = centre.offset(f"{name}_{what}")
            number = context.get_data_type(types.int64)
            loaded = builder.load(cgutils.get_record_member(builder, record, offset, number))
            # tables stay where they are while machine code runs: no need to look again later
            loaded.set_metadata("invariant.load", builder.module.add_metadata([]))
            return loaded

        def codegen(context: Any, builder: Any, _: Any, args: Any) -> Any:
            found = cgutils.create_struct_proxy(table)(context, builder)
            address = field(context, builder, args[0], "address")
            found.rows = builder.inttoptr(address, found.rows.type)
            found.length = field(context, builder, args[0], "length")
            return found._getvalue()

        return table(centre), codegen

    return intrinsic(table_of)


@type_callable(len)
def _type_length(_: Any) -> Any:
    return lambda table: types.intp if isinstance(table, _Table) else None


@lower_builtin(len, _Table)
def _length(context: Any, builder: Any, signature: Any, args: Any) -> Any:
    return cgutils.create_struct_proxy(signature.args[0])(context, builder, args[0]).length


@type_callable(operator.getitem)
def _type_row(_: Any) -> Any:
    return lambda table, _: table.row if isinstance(table, _Table) else None


@type_callable(operator.setitem)
def _type_set_row(_: Any) -> Any:
    return lambda table, _, __: types.none if isinstance(table, _Table) else None


@lower_builtin(operator.getitem, _Table, types.Integer)
def _row(context: Any, builder: Any, signature: Any, args: Any) -> Any:
    """A record is known by where it is, a number by what it is."""
    row = signature.args[0].row
    place = _place(context, builder, signature, args)
    return place if isinstance(row, types.Record) else context.unpack_value(builder, row, place)


@lower_builtin(operator.setitem, _Table, types.Integer, types.Any)
def _set_row(context: Any, builder: Any, signature: Any, args: Any) -> None:
    row = signature.args[0].row
    value = context.cast(builder, args[2], signature.args[2], row)
    context.pack_value(builder, row, value, _place(context, builder, signature, args))


def _place(context: Any, builder: Any, signature: Any, args: Any) -> Any:
    """Where a row stands; asks whether there is one only if numba is told to check bounds."""
    table = cgutils.create_struct_proxy(signature.args[0])(context, builder, args[0])
    index = context.cast(builder, args[1], signature.args[1], types.intp)
    if context.enable_boundscheck:
        with cgutils.if_unlikely(builder, builder.icmp_unsigned(">=", index, table.length)):
            context.call_conv.return_user_exc(builder, IndexError, ("no such row",))
    return builder.gep(table.rows, [index], inbounds=True)
