"""Machine code is made: numba translates the rules, LLVM makes one piece of them.

numba's own arrays would do for tables, but for one thing: they count a negative index from the end,
and ask at each access whether it is one. Not to ask makes the engine a third faster. So a table is
a type of our own, made with what numba offers to those who extend it.

numba would keep machine code too, but to load that takes all of numba. So its code is handed on as
text: LLVM sees all of it at once, and that none of it can go wrong. What is left needs nobody, and
is loaded by LLVM alone (`kept.py`).
"""

# Types and values of numba, of which mypy knows nothing.
# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators

from __future__ import annotations

import operator
from collections.abc import Callable
from types import FunctionType
from typing import Any

import numba
from llvmlite import binding
from numba import cfunc, from_dtype, njit, types
from numba.core import cgutils
from numba.extending import intrinsic, lower_builtin, models, register_model, type_callable

from sim.engine.compiled.kept import NAME, ObjectCode, target
from sim.engine.compiled.machine import RULES, Find
from sim.engine.compiled.tables import CENTRE

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

_CENTRE = from_dtype(CENTRE)


def made(play: Callable[..., Any], **constants: bool) -> ObjectCode:
    """Machine code of a rule of the centre, where these constants hold.

    What comes of a constant that is false is left out of the machine code.

    Args:
        play: a rule: of the centre, to a boolean.
        constants: by name.

    Raises:
        Exception: whatever numba says if it cannot compile here.
    """
    names = _names(constants)
    play = names[play.__name__]

    def played(address: Any) -> Any:
        return play(_centre_at(address))  # type: ignore[call-arg]

    compiled = cfunc(types.boolean(types.intp), error_model="numpy")(played)
    return _one_piece(compiled.inspect_llvm(), compiled.native_name)


def _names(constants: dict[str, bool]) -> dict[str, Any]:
    """What all rules know by name: each other, constants, tables."""
    names: dict[str, Any] = {}
    for one in RULES:
        names |= one.__globals__
    for one, how in RULES.items():
        copy = FunctionType(one.__code__, names, one.__name__)
        names[one.__name__] = njit(inline=how, **_OPTIONS)(copy)
    tables = {name: _finding(one) for name, one in names.items() if isinstance(one, Find)}
    names |= tables | constants
    return names


def _one_piece(text: str, name: str) -> ObjectCode:
    """What LLVM makes of its language, when only this name is called from outside.

    It sees then that no rule ends in an error, and leaves out what Python would be told of one.
    """
    module = binding.parse_assembly(text)
    for part in (*module.functions, *module.global_variables):
        if not part.is_declaration:
            part.linkage = "internal"
    module.get_function(name).linkage = "external"
    module.get_function(name).name = NAME
    machine = target().create_target_machine(
        cpu=SETTINGS.CPU_NAME or binding.get_host_cpu_name(),
        features=SETTINGS.CPU_FEATURES or binding.get_host_cpu_features().flatten(),
        opt=3,
        jit=True,
    )
    # numba has seen to the rules one by one
    passes = binding.create_pass_builder(
        machine, binding.create_pipeline_tuning_options(speed_level=1)
    )
    passes.getModulePassManager().run(module, passes)
    missing = [one.name for one in module.functions if one.is_declaration]
    alone = all(one.startswith("llvm.") for one in missing)
    return ObjectCode(machine.emit_object(module), alone)


@intrinsic
def _centre_at(_: Any, address: Any) -> Any:
    def codegen(context: Any, builder: Any, _: Any, args: Any) -> Any:
        return builder.inttoptr(args[0], context.get_value_type(_CENTRE))

    return _CENTRE(address), codegen


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


def _finding(found: Find) -> Any:
    """What numba is told of a table."""
    name, table = found.name, _Table(from_dtype(found.row))

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
