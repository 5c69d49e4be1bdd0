"""From the text of a file to a tree of plain values, each with the place where it was said.

YAML 1.2 without its traps: `18:00`, `on` and `yes` are text, keys are always text, tags are
refused, a key stands once in a mapping, and aliases cannot blow a small file up.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from sim.garbage import UNCOLLECTED
from sim.scenario.faults import Fault, Path, ScenarioError, shown, written

MOST_BYTES = 20_000_000
MOST_VALUES = 1_000_000
MOST_COPIED = 50_000  # values that aliases stand for: more than a file of their size could say
DEEPEST = 60
MOST_DIRECTIVES = 100
MOST_NOTED = 10_000  # faults, after which nobody reads on

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


@dataclass(slots=True)
class Node:
    """A value and where it was said: a mapping or a list of nodes, or a plain value."""

    value: Any  # dict[str, Node] | list[Node] | anything else
    file: str
    line: int

    @classmethod
    def of(cls, plain: Any, file: str, line: int) -> Node:
        """Plain values as nodes, all of them said at one place; nodes among them stay."""
        if isinstance(plain, Node):
            return plain
        if isinstance(plain, dict):
            return cls({key: cls.of(one, file, line) for key, one in plain.items()}, file, line)
        if isinstance(plain, list):
            return cls([cls.of(one, file, line) for one in plain], file, line)
        return cls(plain, file, line)

    def here(self, plain: Any) -> Node:
        """Other values, said at the same place; nodes among them stay."""
        return Node.of(plain, self.file, self.line)

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

    def count(self) -> int:
        """How many values it is made of, itself among them; those of a column by the ten."""
        if isinstance(self.value, tuple):
            return 1 + len(self.value) // 10
        return 1 + sum(one.count() for _, one in self.children())

    def items(self) -> Iterable[tuple[str, Node]]:
        """The entries of a mapping; none if it is not one."""
        return self.value.items() if isinstance(self.value, dict) else ()

    def entries(self, *path: str | int) -> dict[str, Node]:
        """The mapping at a path; empty if there is none."""
        node = self.at(*path)
        return node.value if node is not None and isinstance(node.value, dict) else {}

    def children(self) -> Iterable[tuple[str | int, Node]]:
        """The entries of a mapping, or the items of a list by their places."""
        return enumerate(self.value) if isinstance(self.value, list) else self.items()


def fault_at(node: Node, path: Path, message: str) -> Fault:
    """A fault about a value, at the place where it was said."""
    return Fault(node.file, node.line, written(path), message)


# --- reading ----------------------------------------------------------------------------------


_BELOW: ContextVar[str | None] = ContextVar("below", default=None)


@contextmanager
def reading_below(folder: str | os.PathLike[str]) -> Iterator[None]:
    """Files outside this folder are refused, whoever names them: a page must not read anything."""
    before = _BELOW.set(os.path.realpath(folder))
    try:
        yield
    finally:
        _BELOW.reset(before)


def read_text(file: str) -> str:
    """The text of a file, or a `ScenarioError` that says why there is none."""
    return decode(read_bytes(file), file)


def read_bytes(file: str) -> bytes:
    """What is in a file, or a `ScenarioError` that says why it cannot be had."""
    below = _BELOW.get()
    try:
        if below is not None and not _lies_below(os.path.realpath(file), below):
            raise _hopeless(file, 0, "lies outside the folder that may be read")
        with open(file, "rb") as stream:
            data = stream.read(MOST_BYTES + 1)  # a device tells no size, and may never end
        if len(data) > MOST_BYTES:
            raise _hopeless(file, 0, f"is larger than {MOST_BYTES // 1_000_000} MB")
        return data
    except FileNotFoundError:
        raise _hopeless(file, 0, "there is no such file") from None
    except (IsADirectoryError, NotADirectoryError):
        raise _hopeless(file, 0, "is a folder, not a file") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a file name"
        raise _hopeless(file, 0, f"cannot be read: {reason}") from None


def _lies_below(file: str, folder: str) -> bool:
    return os.path.commonpath([file, folder]) == folder


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


@UNCOLLECTED
def read_value(text: str, file: str, faults: list[Fault]) -> Node:
    """The tree of a YAML text that may hold any value."""
    return _Reader(text, file, faults).root()


def _hopeless(file: str, line: int, message: str) -> ScenarioError:
    return ScenarioError([Fault(file, line, "", message)])


_SYNTAX = (
    (r"'\\t'|tab character", "a tab stands where spaces are expected; indent with spaces"),
    (r"<document start>", "a second document starts here; a file holds one scenario"),
    (
        r"mapping values are not allowed",
        "a `:` stands where none is expected; check the indentation, or put the text in quotes",
    ),
    (r"expected ',' or '(.)'", "a `,` or `{0}` is missing before this"),
    (r"could not find expected ':'", "a `:` is missing; write `name: value`"),
    (
        r"expected <block end>|expected key|expected '-' indicator",
        "the indentation does not fit the lines above",
    ),
    (r"expected (the )?node content", "a value is missing before this"),
    (r"unexpected end of stream", "a quote is opened and never closed"),
    (r"that cannot start", "a text cannot start with `{sign}`; put it in quotes"),
    (r"invalid Unicode character escape", "a `\\u...` stands for no character, or for half of one"),
)

_UNSEEN_BREAKS = re.compile("[\x85\u2028\u2029]")  # ends of lines to some, not to others
_PAIR = re.compile(r"\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")


class _Reader:
    """Makes our nodes of the events of the parser, one document, within limits.

    The parser reads some megabytes a second and keeps no tree: what is too deep or too much is seen
    at once.
    """

    def __init__(self, text: str, file: str, faults: list[Fault]) -> None:
        import yaml

        self.file, self.faults, self.count, self.copies = file, faults, 0, 0
        self.path: list[str | int] = []  # of the node that is being read
        self.marked: dict[str, Node | None] = {}  # by anchor; None while it is being read
        if found := _UNSEEN_BREAKS.search(text):
            raise _hopeless(file, text.count("\n", 0, found.start()) + 1, NO_TEXT)
        if text.count("\n%") > MOST_DIRECTIVES:  # compared with each other by the parser
            raise _hopeless(file, 0, f"holds more than {MOST_DIRECTIVES} lines that begin with `%`")
        self.text = _PAIR.sub(_whole_character, text)
        self._yaml = yaml
        self._loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)

    def root(self) -> Node:
        """The value of the only document; nothing for an empty text."""
        try:
            return self._root()
        except self._yaml.reader.ReaderError as error:
            line = self.text.count("\n", 0, error.position) + 1
            raise _hopeless(self.file, line, NO_TEXT) from None
        except self._yaml.MarkedYAMLError as error:
            raise self._syntax(error) from None
        except (UnicodeError, self._yaml.YAMLError):
            raise _hopeless(self.file, 0, NO_TEXT) from None

    def _root(self) -> Node:
        self.events = self._yaml.parse(self.text, Loader=self._loader)
        root: Node | None = None
        for event in self.events:
            if type(event) is self._yaml.DocumentStartEvent:
                if root is not None:
                    message = "is not YAML: " + _SYNTAX[1][1]
                    raise _hopeless(self.file, event.start_mark.line + 1, message)
                first = next(self.events)
                root = self.node(first, first.start_mark.line + 1)
        return root if root is not None else Node(None, self.file, 0)

    def _syntax(self, error: Any) -> ScenarioError:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line, mark.column) if mark is not None else (0, 0)
        problem = str(error.problem or error.context)
        lines = self.text.split("\n")
        there = lines[line] if line < len(lines) else ""
        sign = there[column : column + 1]
        problem = "tab character" if sign == "\t" and "cannot start" in problem else problem
        for pattern, message in _SYNTAX:
            found = re.search(pattern, problem)
            if found:
                problem = message.format(*found.groups(), sign=sign)
                break
        # what is missing at the end is missing on the last line that says anything
        last = len(self.text.rstrip().split("\n"))
        return _hopeless(self.file, min(line + 1, last), f"is not YAML: {problem}")

    def node(self, event: Any, line: int) -> Node:
        """The node that begins with an event; the events up to its end are taken."""
        self._counted(line)
        kind = type(event)
        if kind is self._yaml.AliasEvent:
            return self.alias(event, line)
        if event.tag is not None and event.tag not in _PLAIN_TAGS:
            tag = str(event.tag).replace(_CORE, "!!")
            self.note(line, f"the tag {shown(tag)} is not used here; remove it")
        if event.anchor is not None:
            self.marked[event.anchor] = None
        value: Any
        if kind is self._yaml.MappingStartEvent:
            value = self.mapping()
        elif kind is self._yaml.SequenceStartEvent:
            value = self.sequence()
        else:
            value = self.scalar(event, line)
        node = Node(value, self.file, line)
        if event.anchor is not None:
            self.marked[event.anchor] = node
        return node

    def child(self, step: str | int, event: Any, line: int) -> Node:
        """The node at a key or a position in the present one."""
        self.path.append(step)
        node = self.node(event, line)
        self.path.pop()
        return node

    def _counted(self, line: int, deeper: int = 0) -> None:
        depth = len(self.path) + deeper
        self.count += 1 + depth // 10
        if self.count > MOST_VALUES:
            message = f"holds more than {MOST_VALUES:,} values (deeply nested ones count more)"
            raise _hopeless(self.file, line, message)
        if depth > DEEPEST:
            raise _hopeless(self.file, line, f"is nested more than {DEEPEST} levels deep")

    def scalar(self, event: Any, line: int) -> Any:
        """The value of a scalar: a text if it is quoted or marked as such."""
        plain = not event.style and event.tag != _CORE + "str"
        value = resolve_plain(event.value) if plain else event.value
        return self.joined(value, line) if isinstance(value, str) else value

    def joined(self, text: str, line: int) -> str:
        """The text with halves of characters joined."""
        try:
            return joined(text)
        except UnicodeError:
            self.note(line, "holds half a character")
            return "?"

    def sequence(self) -> list[Node]:
        """The items up to the end of the list."""
        items: list[Node] = []
        while type(event := next(self.events)) is not self._yaml.SequenceEndEvent:
            items.append(self.child(len(items), event, event.start_mark.line + 1))
        return items

    def mapping(self) -> dict[str, Node]:
        """The entries up to the end of the mapping."""
        found: dict[str, Node] = {}
        while type(key := next(self.events)) is not self._yaml.MappingEndEvent:
            line = key.start_mark.line + 1
            if type(key) is not self._yaml.ScalarEvent:
                self.note(line, "a name is expected before the `:`")
                self.child("?", key, line)
                self.child("?", next(self.events), line)
                continue
            name = self.joined(key.value, line)
            node = self.child(name, next(self.events), line)
            if name in found:
                message = f"stands here a second time; the first is on line {found[name].line}"
                self.note(line, message, name)
            else:
                found[name] = node
        return found

    def alias(self, event: Any, line: int) -> Node:
        """A copy of what was marked."""
        marked = self.marked.get(event.anchor)
        if marked is None:
            inside = event.anchor in self.marked
            message = "stands within what it stands for" if inside else UNMARKED
            raise _hopeless(self.file, line, f"is not YAML: the alias `{event.anchor}` {message}")
        return Node(self.copied(marked).value, self.file, line)

    def copied(self, node: Node, deeper: int = 0) -> Node:
        """A copy of a node, which counts as if it had been written out."""
        self._counted(node.line, deeper)
        self.copies += 1
        if self.copies > MOST_COPIED:
            message = f"aliases stand for more than {MOST_COPIED:,} values; use fewer"
            raise _hopeless(self.file, node.line, message)
        value = node.value
        if isinstance(value, dict):
            value = {key: self.copied(one, deeper + 1) for key, one in value.items()}
        elif isinstance(value, list):
            value = [self.copied(one, deeper + 1) for one in value]
        return Node(value, node.file, node.line)

    def note(self, line: int, message: str, *below: str) -> None:
        """Note what can be passed over."""
        self.faults.append(Fault(self.file, line, written((*self.path, *below)), message))
        if len(self.faults) >= MOST_NOTED:
            raise ScenarioError(self.faults)


UNMARKED = "is used, but nothing is marked with it"
NO_TEXT = "holds a character that text cannot hold"


def _whole_character(found: re.Match[str]) -> str:
    """Two halves, as JSON writes a character, as one."""
    high, low = (int(half, 16) for half in found.groups())
    return f"\\U{0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00):08x}"


def joined(text: str) -> str:
    """The text with surrogate pairs made into characters; UnicodeError for single ones."""
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16")


def resolve_plain(text: str) -> Any:
    """The value of a plain scalar by the core schema of YAML 1.2."""
    if text in _WORDS:
        return _WORDS[text]
    if len(text) < 400 and _INT.fullmatch(text):
        return int(text, 0) if text[:2] in ("0o", "0x") else int(text)
    if len(text) < 400 and _FLOAT.fullmatch(text):
        return float(text)
    return text
