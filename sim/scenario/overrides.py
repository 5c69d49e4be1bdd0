"""Values given beside the file, by dotted path: `pools.in_house.agents`, `routing.1.to.2.after`."""

from __future__ import annotations

from collections.abc import Mapping

from sim.scenario.faults import Fault, Path, ScenarioError, Wrong, meant, shown, written
from sim.scenario.merge import merge, same_key
from sim.scenario.source import Node, joined, read_value

LABEL = "override"  # stands in place of the file name
NAMED = {
    ("reasons",): "reason",
    ("channels",): "channel",
    ("pools",): "pool",
    ("profiles",): "profile",
    ("transfers",): "transfer",
    ("calendar", "windows"): "window",
}


def apply_overrides(
    tree: Node, overrides: Mapping[str, object], faults: list[Fault], source: str = LABEL
) -> Node:
    """The tree with values replaced, or merged where both are mappings.

    Args:
        tree: it is changed.
        overrides: dotted path -> value; a text is read as YAML.
        faults: what is wrong is added here.
        source: who says it, for messages: if a file, names of files are relative to it.
    """
    for dotted, value in overrides.items():
        try:
            new = _node(value, source, faults)
            _apply(tree, (), joined(str(dotted)).split("."), new, faults)
        except UnicodeError:
            faults.append(Fault(source, 0, "", "holds half a character"))
        except Wrong as wrong:
            faults += [Fault(source, 0, str(dotted), message) for _, message in wrong.faults]
    return tree


def concerns(tree: Node, dotted: str) -> bool:
    """Whether the reason, channel, pool, profile or window that a path names is there."""
    steps = tuple(dotted.split("."))
    return all(
        tree.at(*steps[: len(part) + 1]) is not None
        for part in NAMED
        if steps[: len(part)] == part and len(steps) > len(part)
    )


def _apply(node: Node, path: Path, steps: list[str], new: Node, faults: list[Fault]) -> None:
    """Put a value below a node that stands at a path; what is missing on the way there is made."""
    key = _key(node, path, steps[0])
    old, here = node.child(key), (*path, key)
    if old is None and path in NAMED:
        raise Wrong(_unknown(path, str(key), node))
    if len(steps) > 1:
        if old is None:
            old = node.value[key] = Node({}, new.file, 0)
        _apply(old, here, steps[1:], new, faults)
    elif isinstance(key, int):
        node.value[key] = new
    elif new.value is not None:
        node.value[key] = merge(old or new.here({}), new, faults, here)
    elif old is not None:
        del node.value[key]
    else:
        raise Wrong("there is nothing to remove")


def _key(parent: Node, path: Path, step: str) -> str | int:
    """The key of a mapping or the position in a list that a step means."""
    if isinstance(parent.value, dict):
        same: dict[str, str] = {same_key(path, key): key for key in parent.value}
        return same.get(same_key(path, step), step)
    if isinstance(parent.value, list):
        place = int(step) - 1 if step.isdecimal() and len(step) < 10 else -1
        if not 0 <= place < len(parent.value):
            raise Wrong(f"`{written(path)}` is a list; allowed: 1 to {len(parent.value)}")
        return place
    raise Wrong(f"`{written(path)}` is one value, {shown(parent.value)}; give it as a whole")


def _unknown(path: Path, name: str, parent: Node) -> str:
    known = list(parent.value) if isinstance(parent.value, dict) else []
    return f"no {NAMED[path]} has the name `{name}`" + meant(name, known)  # type: ignore[index]


def _node(value: object, source: str, faults: list[Fault]) -> Node:
    if isinstance(value, str):
        return _read(value, source, faults)
    if isinstance(value, Mapping):
        value = {joined(str(key)): _node(one, source, faults) for key, one in value.items()}
    elif isinstance(value, list | tuple):
        value = [_node(one, source, faults) for one in value]
    return Node(value, source, 0)


def _read(text: str, source: str, faults: list[Fault]) -> Node:
    try:
        node = read_value(text, source, faults)
    except ScenarioError as error:
        raise Wrong(error.faults[0].message) from None
    return _without_lines(node)


def _without_lines(node: Node) -> Node:
    node.line = 0  # an override has no lines
    for _, child in node.children():
        _without_lines(child)
    return node
