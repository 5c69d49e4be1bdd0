"""What is left of a broken scenario, so that the rest of it can be checked too.

Broken values are taken out, missing ones replaced by stand-ins, until what is left can be read.
`Broken` remembers where, so that nobody draws conclusions from what is not the person's own.
"""

from __future__ import annotations

from sim.scenario.faults import Fault, Path, Wrong
from sim.scenario.fields import Names
from sim.scenario.limits import count_read
from sim.scenario.model import Contract, Pool, Scenario, Sells
from sim.scenario.source import Node, fault_at

ROUNDS = 20  # a part that was repaired may show another fault; so often at most
STAND_INS: dict[str, object] = {
    "volume": "1 per day",
    "agents": 1,
    "after": "1 min",
    "chance": 0.0,
    "count": 1,
    "at": "daily 12:00-13:00",
    "length": "1 min",
    "due": "1 d",
}
FOLLOWS = {
    "busyness": "arrivals",
    **dict.fromkeys(("agents", "presence", "lateness", "last_contact"), "members"),
    **Contract.needs,
    **Sells.needs,
    **Pool.needs,
}
"""Fields that have a meaning, or none, because of what another field says."""


class Broken:
    """The places of a file where something is wrong with the value itself."""

    def __init__(self, tree: Node) -> None:
        self.tree = tree
        self.paths: set[Path] = set()
        self._around: set[Path] = set()  # every part that something is wrong in

    def add(self, path: Path) -> None:
        """Note a place."""
        found = nearest(self.tree, path)[1]
        self.paths.add(found)
        self._around.update(_beginnings(found))

    def touches(self, *path: str | int) -> bool:
        """Whether something is wrong in a part, or with what the part stands in."""
        if "*" in path:
            return any(
                all(a in ("*", b) for a, b in zip(path, one, strict=False)) for one in self.paths
            )
        return path in self._around or not self.paths.isdisjoint(_beginnings(path))


def _beginnings(path: Path) -> list[Path]:
    return [path[:end] for end in range(len(path) + 1)]


def nearest(tree: Node, path: Path) -> tuple[Node, Path]:
    """The value at a path, or the nearest around it, and the path in the words of the file.

    Short forms leave out steps of the path (`agents: 12`, channels beside `lost`); these are
    passed over. A last step that is not there is what is missing or unknown: it is kept.
    """
    node, said = tree, []
    for place, step in enumerate(path):
        child = node.child(step)
        if child is not None:
            node = child
            said.append(step)
        elif place == len(path) - 1 and isinstance(node.value, dict) and step != "":
            said.append(step)
    return node, tuple(said)


def placed(tree: Node, path: Path, message: str) -> Fault:
    """A fault at the place of the value, or of the nearest part around it that was said."""
    node, said = nearest(tree, path)
    return fault_at(node, said, message)


def repaired(tree: Node, names: Names, broken: Broken) -> tuple[Scenario | None, Wrong]:
    """The scenario without its broken values, and what is inconsistent in the parts left whole.

    There is no scenario if too little is left.
    """
    rest = tree.copy()
    for _ in range(ROUNDS):
        count_read(rest)
        try:
            lenient = Names(names.reasons, names.channels, lenient=True)
            scenario = Scenario.read(rest.plain(), lenient)
        except Wrong as wrong:
            _remove(rest, [path for path, _ in wrong.faults])
        else:
            return scenario, _inconsistencies(rest, names, broken)
    return None, Wrong()


def _inconsistencies(rest: Node, names: Names, broken: Broken) -> Wrong:
    wrong = Wrong()
    try:
        Scenario.read(rest.plain(), names)
    except Wrong as all_wrong:
        for path, message in all_wrong.faults:
            if not any(broken.touches(*ground) for ground in _grounds(path)):
                wrong.add(message, *path)
    return wrong


def _grounds(path: Path) -> list[Path]:
    """What a fault follows from: nobody is told of it while something is wrong there."""
    if "special_days" in path:
        return [path[:1]]
    if path[0] == "channels" or "breaks" in path:  # their kind, their time
        return [path[:-1]]
    other = FOLLOWS.get(str(path[-1]))
    return [path] if other is None else [path, (*path[:-1], other)]


def _remove(rest: Node, paths: list[Path]) -> None:
    """Take out what stands at the paths, list items marked first and dropped together."""
    for path in paths:
        _take_out(rest, nearest(rest, path)[1])
    _sweep(rest)


class _StandIn(Node):
    """A value put in for one that is missing."""


class _Gone:
    """Stands where an item of a list was taken out, until all have been."""


def _take_out(tree: Node, path: Path) -> None:
    if not path:
        return
    parent = tree.at(*path[:-1])
    step = path[-1]
    if parent is None:
        return
    node = parent.child(step)
    if node is None or isinstance(node, _StandIn):
        _fill_in(tree, parent, path)
    elif isinstance(parent.value, dict):
        del parent.value[step]
    else:
        node.value = _Gone


def _fill_in(tree: Node, parent: Node, path: Path) -> None:
    """Put a stand-in for what is missing; where there is none, give up the part."""
    step = path[-1]
    if isinstance(parent.value, dict) and step not in parent.value and step in STAND_INS:
        parent.value[str(step)] = _StandIn(STAND_INS[str(step)], parent.file, parent.line)
    else:
        _take_out(tree, path[:-1])


def _sweep(node: Node) -> None:
    if isinstance(node.value, list):
        node.value = [one for one in node.value if one.value is not _Gone]
    for _, one in node.children():
        _sweep(one)
