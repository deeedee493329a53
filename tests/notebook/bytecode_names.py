"""The names that code reads and binds, taken from what CPython compiled: an oracle for tests.

Definite assignment over the instructions: blocks, jumps and exception tables. It shares nothing
with the walk over the syntax tree that it judges.
"""

from __future__ import annotations

import dis
import re
import warnings
from ast import PyCF_ALLOW_TOP_LEVEL_AWAIT
from dataclasses import dataclass, field
from types import CodeType

MODULE = 0
Slot = tuple[int, str]
State = frozenset[Slot]

# What the compiler reads or binds by itself.
UNWRITTEN = {"__annotations__", "__doc__", "__name__", "__conditional_annotations__"}

_ENDS = {"RETURN_VALUE", "RETURN_CONST", "RERAISE", "RAISE_VARARGS"}
_JUMPS_ALWAYS = {"JUMP_FORWARD", "JUMP_BACKWARD", "JUMP_BACKWARD_NO_INTERRUPT"}
_JUMPS = frozenset(dis.hasjrel) | frozenset(dis.hasjabs)
_READS = {"LOAD_NAME", "LOAD_GLOBAL", "LOAD_FROM_DICT_OR_GLOBALS"}
_BINDS = {"STORE_NAME", "STORE_GLOBAL"}
_DELETES = {"DELETE_NAME", "DELETE_GLOBAL"}
_OPTIMIZED = 0x01


@dataclass
class BytecodeNames:
    reads: set[str] = field(default_factory=set)
    reads_later: set[str] = field(default_factory=set)
    binds: set[str] = field(default_factory=set)
    binds_later: set[str] = field(default_factory=set)


def bytecode_names(source: str, *, withs_may_swallow: bool) -> BytecodeNames:
    """The names of ``source``; ``withs_may_swallow`` follows the path on which a ``with`` does."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        code = compile(source, "<cell>", "exec", PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    found = BytecodeNames()
    _Analysis(code, MODULE, found, withs_may_swallow).run(frozenset())
    for names in (found.reads, found.reads_later, found.binds, found.binds_later):
        names.difference_update(UNWRITTEN)
    return found


class _Analysis:
    """One code object; ``number`` is its name space's (a new one for each class body)."""

    counter = MODULE

    def __init__(
        self,
        code: CodeType,
        number: int | None,
        found: BytecodeNames,
        swallow: bool,
        *,
        later: bool = False,
        generator: bool = False,
        class_number: int | None = None,
    ) -> None:
        self.code, self.number, self.found, self.swallow = code, number, found, swallow
        self.later, self.generator, self.class_number = later, generator, class_number
        self.instructions = list(dis.get_instructions(code))
        self.index = {each.offset: i for i, each in enumerate(self.instructions)}
        self.handlers = self._handlers()

    def _handlers(self) -> dict[int, int]:
        handlers: dict[int, int] = {}
        for entry in dis.Bytecode(self.code).exception_entries:
            for offset in range(entry.start, entry.end, 2):
                if offset in self.index:
                    handlers[self.index[offset]] = self.index[entry.target]
        return handlers

    def run(self, start: State) -> None:
        states = self._states(start)
        for i, state in states.items():
            self._note(i, state)

    def _states(self, start: State) -> dict[int, State]:
        """What is surely bound before each instruction that can be reached."""
        states: dict[int, State] = {0: start}
        work = [0]
        while work:
            i = work.pop()
            before = states[i]
            after = self._after(i, before)
            for target, state in self._edges(i, before, after):
                known = states.get(target)
                joined = state if known is None else known & state
                if joined != known:
                    states[target] = joined
                    work.append(target)
        return states

    def _edges(self, i: int, before: State, after: State) -> list[tuple[int, State]]:
        instruction = self.instructions[i]
        name, edges = instruction.opname, []
        if instruction.opcode in _JUMPS and not (
            not self.swallow and "IF_TRUE" in name and self._follows_with(i)
        ):
            edges.append((self.index[instruction.argval], after))
        if name not in _ENDS and name not in _JUMPS_ALWAYS:
            edges.append((i + 1, after))
        if i in self.handlers:
            edges.append((self.handlers[i], before & after))
        return edges

    def _follows_with(self, i: int) -> bool:
        while i > 0:
            i -= 1
            name = self.instructions[i].opname
            if name == "WITH_EXCEPT_START":
                return True
            if not re.match(
                r"TO_BOOL|CACHE|GET_AWAITABLE|LOAD_CONST|SEND|YIELD_VALUE|RESUME|JUMP_BACKWARD_NO|"
                r"CLEANUP_THROW|END_SEND|EXTENDED_ARG|NOP",
                name,
            ):
                return False
        return False

    def _slot(self, i: int) -> Slot | None:
        instruction = self.instructions[i]
        if instruction.opname in {"STORE_GLOBAL", "DELETE_GLOBAL"}:
            return MODULE, instruction.argval
        if instruction.opname in {"STORE_NAME", "DELETE_NAME"}:
            assert self.number is not None
            return self.number, instruction.argval
        return None

    def _after(self, i: int, state: State) -> State:
        slot = self._slot(i)
        if slot is None:
            return state
        return state | {slot} if self.instructions[i].opname in _BINDS else state - {slot}

    def _note(self, i: int, state: State) -> None:
        instruction, slot = self.instructions[i], self._slot(i)
        if instruction.opname in _READS:
            self._note_read(instruction.opname, instruction.argval, state)
        elif instruction.opname in _BINDS and slot and slot[0] == MODULE:
            (self.found.binds_later if self.later else self.found.binds).add(slot[1])
        elif instruction.opname in _DELETES and slot and slot[0] == MODULE:
            self._note_read("LOAD_GLOBAL", slot[1], state)
        elif isinstance(instruction.argval, CodeType):
            self._nested(instruction.argval, state)

    def _note_read(self, opname: str, name: str, state: State) -> None:
        number = self.class_number if opname == "LOAD_FROM_DICT_OR_GLOBALS" else self.number
        if name.startswith(".") or (
            opname != "LOAD_GLOBAL" and number not in (None, MODULE) and (number, name) in state
        ):
            return
        if self.later or self.generator:
            self.found.reads_later.add(name)
        if not self.later and (MODULE, name) not in state:
            self.found.reads.add(name)

    def _nested(self, code: CodeType, state: State) -> None:
        is_class = not code.co_flags & _OPTIMIZED
        name = code.co_name
        runs_here = (
            is_class
            or name in {"<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>"}
            or name.startswith("<generic parameters of ")
        )
        number = None
        if is_class:
            _Analysis.counter += 1
            number = _Analysis.counter
        _Analysis(
            code,
            number,
            self.found,
            self.swallow,
            later=self.later or not runs_here,
            generator=self.generator or name == "<genexpr>",
            class_number=self.number if self.number is not None else self.class_number,
        ).run(state)
