"""From the text of a file to a tree of plain values, each with the place where it was said.

YAML 1.2 without its traps: `18:00`, `on` and `yes` are text, keys are always text, tags are
refused, a key stands once in a mapping, and aliases cannot blow a small file up.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sim.scenario.faults import Fault, Path, ScenarioError, shown, written

MOST_BYTES = 20_000_000
MOST_VALUES = 1_000_000
DEEPEST = 60

_CORE = "tag:yaml.org,2002:"
_PLAIN_TAGS = {_CORE + name for name in ("str", "int", "float", "bool", "null", "timestamp")}
_PLAIN_TAGS |= {_CORE + name for name in ("map", "seq", "merge", "value")}
_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
}


@dataclass
class Node:
    """A value and where it was said: a mapping or a list of nodes, or a plain value."""

    value: Any  # dict[str, Node] | list[Node] | anything else
    file: str
    line: int

    def plain(self) -> Any:
        """The value without the places."""
        if isinstance(self.value, dict):
            return {key: one.plain() for key, one in self.value.items()}
        if isinstance(self.value, list):
            return [one.plain() for one in self.value]
        return self.value

    def copy(self) -> Node:
        """A copy that can be changed without changing this one."""
        value = self.value
        if isinstance(value, dict):
            value = {key: one.copy() for key, one in value.items()}
        elif isinstance(value, list):
            value = [one.copy() for one in value]
        return Node(value, self.file, self.line)

    def child(self, step: str | int) -> Node | None:
        """The value at a key or a list position, if there is one."""
        if isinstance(self.value, dict):
            found = self.value.get(step)
            return found if isinstance(found, Node) else None
        if isinstance(self.value, list) and isinstance(step, int) and step < len(self.value):
            found = self.value[step]
            return found if isinstance(found, Node) else None
        return None

    def at(self, *path: str | int) -> Node | None:
        """The value at a path, if there is one."""
        node: Node | None = self
        for step in path:
            node = node.child(step) if node is not None else None
        return node

    def items(self) -> Iterator[tuple[str, Node]]:
        """The entries of a mapping; none if it is not one."""
        if isinstance(self.value, dict):
            yield from self.value.items()


def fault_at(node: Node, path: Path, message: str) -> Fault:
    """A fault about a value, at the place where it was said."""
    return Fault(node.file, node.line, written(path), message)


# --- reading ----------------------------------------------------------------------------------


def read_text(file: str) -> str:
    """The text of a file, or a `ScenarioError` that says why there is none."""
    try:
        with open(file, "rb") as stream:
            data = stream.read(MOST_BYTES + 1)  # a device tells no size, and may never end
        if len(data) > MOST_BYTES:
            raise _hopeless(file, 0, f"is larger than {MOST_BYTES // 1_000_000} MB")
        return decode(data, file)
    except FileNotFoundError:
        raise _hopeless(file, 0, "there is no such file") from None
    except (IsADirectoryError, NotADirectoryError):
        raise _hopeless(file, 0, "is a folder, not a file") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a file name"
        raise _hopeless(file, 0, f"cannot be read: {reason}") from None


def decode(data: bytes, file: str) -> str:
    """UTF-8 text; a byte order mark is allowed."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = "is not UTF-8 text; save the file with the encoding UTF-8"
        raise _hopeless(file, line, message) from None


def read_tree(text: str, file: str, faults: list[Fault]) -> Node:
    """The tree of a YAML text. What can be passed over is noted in `faults`."""
    tree = read_value(text, file, faults)
    if tree.value is None:
        raise _hopeless(file, 0, "is empty; `sim new` writes a file to start from")
    if not isinstance(tree.value, dict):
        message = f"{shown(tree.value)} stands where a scenario is expected (`reasons: ...`)"
        raise _hopeless(file, tree.line, message)
    return tree


def read_value(text: str, file: str, faults: list[Fault]) -> Node:
    """The tree of a YAML text that may hold any value."""
    root = _compose(text, file)
    if root is None:
        return Node(None, file, 0)
    return _Expansion(file, faults).node(root, (), root.start_mark.line + 1)


def _hopeless(file: str, line: int, message: str) -> ScenarioError:
    return ScenarioError([Fault(file, line, "", message)])


def _compose(text: str, file: str) -> Any:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an anchor used twice is no fault of a scenario
            return YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark is not None else 0
        raise _hopeless(file, line, _syntax_message(str(error.problem or error.context))) from None
    except YAMLError as error:
        position = getattr(error, "position", None)
        line = text.count("\n", 0, position) + 1 if isinstance(position, int) else 0
        raise _hopeless(file, line, "holds a character that text cannot hold") from None
    except RecursionError:
        raise _hopeless(file, 0, "is nested too deeply") from None
    except Exception:
        raise _hopeless(file, 0, "is not understood as YAML") from None


_SYNTAX = (
    (r"'\\t'", "a tab stands where spaces are expected; indent with spaces"),
    (r"another document", "a second document starts here; a file holds one scenario"),
    (r"undefined alias (\S+)", "the alias {0} is used, but nothing is marked with it"),
    (
        r"mapping values are not allowed",
        "a `:` stands where none is expected; check the indentation, or put the text in quotes",
    ),
    (r"expected ',' or '(.)'", "a `,` or `{0}` is missing before this"),
    (r"could not find expected ':'", "a `:` is missing; write `name: value`"),
    (r"expected <block end>", "the indentation does not fit the lines above"),
    (r"expected the node content", "a value is missing before this"),
    (r"unexpected end of stream", "a quote is opened and never closed"),
    (r"character (\S+) that cannot start", "a text cannot start with {0}; put it in quotes"),
)


def _syntax_message(problem: str) -> str:
    for pattern, message in _SYNTAX:
        found = re.search(pattern, problem)
        if found:
            return "is not YAML: " + message.format(*found.groups())
    return f"is not YAML: {problem}"


class _Expansion:
    """Turns the parser's nodes into ours, with limits."""

    def __init__(self, file: str, faults: list[Fault]) -> None:
        self.file, self.faults, self.count = file, faults, 0

    def node(self, source: Any, path: Path, line: int) -> Node:
        self.count += 1
        if self.count > MOST_VALUES:
            message = f"expands to more than {MOST_VALUES:,} values; use fewer aliases"
            raise _hopeless(self.file, line, message)
        if len(path) > DEEPEST:
            raise _hopeless(self.file, line, f"is nested more than {DEEPEST} levels deep")
        if str(source.tag) not in _PLAIN_TAGS:
            tag = str(source.tag).replace(_CORE, "!!")
            self.note(path, line, f"the tag {shown(tag)} is not used here; remove it")
        kind = type(source).__name__
        if kind == "MappingNode":
            return Node(self.mapping(source, path), self.file, line)
        if kind == "SequenceNode":
            items = [
                self.node(one, (*path, place), one.start_mark.line + 1)
                for place, one in enumerate(source.value)
            ]
            return Node(items, self.file, line)
        value = _scalar(source)
        if isinstance(value, str):
            value = self.text(value, path, line)
        return Node(value, self.file, line)

    def text(self, text: str, path: Path, line: int) -> str:
        """The text with halves of characters joined, as JSON writes them."""
        try:
            return joined(text)
        except UnicodeError:
            self.note(path, line, "holds half a character")
            return "?"

    def mapping(self, source: Any, path: Path) -> dict[str, Node]:
        found: dict[str, Node] = {}
        for key, value in source.value:
            line = key.start_mark.line + 1
            if type(key).__name__ != "ScalarNode":
                self.note(path, line, "a name is expected before the `:`")
                continue
            name = self.text(key.value, path, line)
            node = self.node(value, (*path, name), line)
            if name in found:
                message = f"stands here a second time; the first is on line {found[name].line}"
                self.note((*path, name), line, message)
            else:
                found[name] = node
        return found

    def note(self, path: Path, line: int, message: str) -> None:
        self.faults.append(Fault(self.file, line, written(path), message))


def joined(text: str) -> str:
    """The text with surrogate pairs made into characters; UnicodeError for single ones."""
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16")


def _scalar(source: Any) -> Any:
    text = source.value
    if source.style is not None or (source.tag == _CORE + "str" and not _looks_plain(text)):
        return text
    return resolve_plain(text)


def _looks_plain(text: str) -> bool:
    # ruamel resolves by the directive of the document; we resolve by YAML 1.2 alone.
    return text in _WORDS or bool(_INT.fullmatch(text) or _FLOAT.fullmatch(text))


def resolve_plain(text: str) -> Any:
    """The value of a plain scalar by the core schema of YAML 1.2."""
    if text in _WORDS:
        return _WORDS[text]
    if len(text) < 400 and _INT.fullmatch(text):
        return int(text, 0) if text[:2] in ("0o", "0x") else int(text)
    if len(text) < 400 and _FLOAT.fullmatch(text):
        return float(text)
    return text
