"""`extends`: what stands in a file is merged over its base, key by key.

A file and all that it extends are layers, merged one after the other: so `null` removes a key
whichever file said it, and two files that extend a third can be put together. Mappings are merged,
everything else is replaced, `null` removes a key. A distribution is one value and is replaced
whole. Where the keys are times of the week, two ways of writing the same times are the same key.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache

from sim.garbage import UNCOLLECTED
from sim.scenario.by import OTHER
from sim.scenario.distributions import KINDS
from sim.scenario.faults import Fault, Path, ScenarioError, Wrong, shown
from sim.scenario.levers import changed, instead, is_lever
from sim.scenario.shapes import has_shape, matches, shapes
from sim.scenario.source import Node, fault_at, read_text, read_tree
from sim.scenario.times import TimesOfWeek, says_times

MOST_FILES = 100  # that one file extends

STUDY = "study"  # the field that makes a file a study
NO_SCENARIO = (
    "this file is a study, not a scenario; `sim compare FILE` answers it, "
    "`sim show FILE --option NAME` prints the scenario of an option"
)

BY_TIME = (
    *shapes("reasons.*.handle reasons.*.wrap reasons.*.patience reasons.*.resolved", 1),
    *shapes("pools.*.sells.conversion pools.*.sells.basket pools.*.sells.revenue_per_contact", 2),
    *shapes("pools.*.ai_agent.resolves pools.*.ai_agent.asks_for_person transfers.*.share", 2),
    *shapes("pools.*.speed pools.*.priority pools.*.satisfaction", 2),
)
"""What may be said by time of the week, or by reason or channel: one replaces the other whole."""

FROM_FILE = shapes("pools.*.agents pools.*.roster profiles.*")
"""What may stand in a table: its name replaces all that is there, and all replaces it."""

KEYED_BY_TIMES = (
    *shapes("pools.*.agents pools.*.roster.* pools.*.presence.by_hour pools.*.sessions"),
    *shapes("pools.*.contract.premium profiles.*"),
    *BY_TIME,
)


@dataclass(frozen=True)
class Layers:
    """Trees to be merged over each other, the lowest first."""

    trees: tuple[Node, ...] = ()
    whole: bool = True  # every file could be read, so that `null` must find a key
    lower: Layers | None = None  # the first of the trees, on which others may stand too

    def __add__(self, other: Layers) -> Layers:
        """The other's over these. What several files extend is taken once, at its first place."""
        here = {_place(tree) for tree in self.trees}
        more = tuple(tree for tree in other.trees if _place(tree) not in here)
        return Layers(self.trees + more, self.whole and other.whole, self)

    @cached_property
    def below(self) -> tuple[Node, ...]:
        """What lies below each layer but the lowest."""
        return tuple(merged for merged, _ in self._steps[:-1])

    def merged(self, faults: list[Fault]) -> Node:
        """One tree, which is not to be changed: the options of a study stand on one base."""
        for _, found in self._steps:
            faults += found
        return self._steps[-1][0] if self._steps else Node({}, "", 0)

    @cached_property
    @UNCOLLECTED
    def _steps(self) -> list[tuple[Node, list[Fault]]]:
        """Of each layer what it and those below it make, and what is wrong with it."""
        below = self.lower if self.lower is not None and self.lower.whole == self.whole else None
        steps = [*below._steps] if below is not None else []
        for tree in self.trees[len(steps) :]:
            faults: list[Fault] = []
            merged = steps[-1][0] if steps else Node({}, "", 0)
            steps.append((merge(merged, tree, faults, complete=self.whole), faults))
        return steps


def _place(tree: Node) -> tuple[str, int]:
    return os.path.realpath(tree.file), tree.line


def read_layers(file: str, faults: list[Fault], above: tuple[str, ...] = ()) -> Layers:
    """The tree of a file over those of the files it extends."""
    tree = read_tree(read_text(file), file, faults)
    mark = tree.child(STUDY)
    if mark is not None:
        raise ScenarioError([fault_at(mark, (STUDY,), NO_SCENARIO)])
    return layers_of(tree, file, faults, above)


def layers_of(tree: Node, file: str, faults: list[Fault], above: tuple[str, ...] = ()) -> Layers:
    """A tree over those of the files it extends, whose names are relative to `file`.

    Args:
        tree: `extends` is taken out of it.
        file: where the tree was said.
        faults: what is wrong is added here.
        above: the files that extend this one, to see circles.
    """
    above = (*above, os.path.realpath(file))
    said = tree.value.pop("extends", None)
    tidy_times(tree, faults)
    layers = Layers()
    for name in _names(said, faults):
        layers += read_base(name, file, faults, above)
    return layers + Layers((tree,), whole=said is None or bool(layers.trees))


def _names(said: Node | None, faults: list[Fault]) -> list[Node]:
    if said is None:
        return []
    nodes = said.value if isinstance(said.value, list) else [said]
    if len(nodes) > MOST_FILES:
        message = f"names {len(nodes):,} files; allowed: up to {MOST_FILES}"
        faults.append(fault_at(said, ("extends",), message))
        return []
    for node in nodes:
        if not isinstance(node.value, str) or not node.value:
            faults.append(fault_at(node, ("extends",), "is not the name of a scenario file"))
    return [node for node in nodes if isinstance(node.value, str) and node.value]


def read_base(
    name: Node,
    file: str,
    faults: list[Fault],
    above: tuple[str, ...] = (),
    *,
    field: str = "extends",
) -> Layers:
    """The layers of a file that another one names in a field; not whole if it cannot be read."""
    if "\0" in name.value:
        faults.append(fault_at(name, (field,), f"{shown(name.value)} is not a file name"))
        return NOT_READ
    base = os.path.normpath(os.path.join(os.path.dirname(file), name.value))
    if os.path.realpath(base) in above:
        message = f"`{name.value}` extends this file in turn: a circle"
        faults.append(fault_at(name, (field,), message))
        return NOT_READ
    try:
        return read_layers(base, faults, above)
    except ScenarioError as error:
        only = error.faults[0]
        if only.line == 0 and only.file == base:
            # The file cannot be read at all: tell it where it is named.
            message = f"`{name.value}` {only.message}".replace("` there is", "`: there is")
            faults.append(fault_at(name, (field,), message))
        else:
            faults.extend(error.faults)
        return NOT_READ


NOT_READ = Layers(whole=False)


# --- merging ----------------------------------------------------------------------------------


def merge(
    base: Node, over: Node, faults: list[Fault], path: Path = (), *, complete: bool = True
) -> Node:
    """`over` merged over `base`. `complete`: the base is whole, so that `null` must find a key."""
    if base.value != {} and is_lever(path, over):
        try:
            return changed(path, base, over)
        except Wrong as wrong:
            faults.append(fault_at(over, path, str(wrong)))
            return base
    if base.value != {} and (better := instead(path, over)) is not None:
        message = f"{shown(over.value)} is no change; write {better}"
        faults.append(fault_at(over, path, message))
        return base
    if not _both_mappings(base, over) or _said_otherwise(path, base, over):
        return over
    one_way = _one_way if has_shape(path, KEYED_BY_TIMES) else str
    keys = {one_way(key): key for key in base.value}
    merged = dict(base.value)
    for key, node in over.value.items():
        here = (*path, key)
        old = keys.get(one_way(key))
        if node.value is None:
            if old is not None:
                del merged[old]
            elif complete:
                faults.append(fault_at(node, here, _says_nothing(key, one_way)))
        elif old is None and not isinstance(node.value, dict):
            merged[key] = node
        elif old is None:
            merged[key] = merge(node.here({}), node, faults, here, complete=complete)
        else:
            merged[old] = merge(merged[old], node, faults, here, complete=complete)
    return Node(merged, over.file, over.line)


def _says_nothing(key: str, one_way: Callable[[str], str]) -> str:
    if one_way is _one_way and says_times(key):
        return (
            "says nothing; within braces a comma parts two entries: put times with a comma in "
            'quotes, as in `{"fri,sat 22:00-03:00": 2}`'
        )
    return "says nothing; write a value or remove the line"


def _both_mappings(base: Node, over: Node) -> bool:
    if not (isinstance(base.value, dict) and isinstance(over.value, dict)):
        return False
    # A base without entries merges with a distribution too: its null values must be told.
    return not base.value or not (KINDS & base.value.keys() or KINDS & over.value.keys())


def _said_otherwise(path: Path, base: Node, over: Node) -> bool:
    """Whether one says values by time and the other by channel, or one names a file of them."""
    if has_shape(path, FROM_FILE):
        return _names_file(base) or _names_file(over)
    if not has_shape(path, BY_TIME):
        return False
    said = [{key for key in node.value if key != OTHER} for node in (base, over)]
    return all(said) and any(map(says_times, said[0])) != any(map(says_times, said[1]))


def _names_file(node: Node) -> bool:
    return "file" in node.value and isinstance(node.value["file"].value, str)


def same_key(path: Path, key: str) -> str:
    """The key in its one way of writing."""
    return _one_way(key) if has_shape(path, KEYED_BY_TIMES) else key


@lru_cache(maxsize=8192)
def _one_way(key: str) -> str:
    """Times of the week in their one way of writing; anything else as it is."""
    try:
        return str(TimesOfWeek.read(key))
    except Wrong:
        return key


def tidy_times(tree: Node, faults: list[Fault]) -> None:
    """Report times of the week that stand twice in one mapping, written in two ways."""
    for shape in KEYED_BY_TIMES:
        for path, node in matches(tree, shape):
            seen: dict[str, str] = {}
            for key, one in list(node.items()):
                same = seen.setdefault(same_key(path, key), key)
                if same != key:
                    message = f"says the same times as `{same}`; add the numbers up in one line"
                    faults.append(fault_at(one, (*path, key), message))
                    del node.value[key]
