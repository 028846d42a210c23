"""The IPython extension: cells are traced while IPython's own runner runs them.

IPython parses a cell, lets `ast_transformers` change the tree, and compiles and runs it statement by statement. The
hooks are put into the tree there; all the rest (display, history, magics, tracebacks) is IPython's own and stays as it
is.
"""

from __future__ import annotations

import ast
import atexit
import logging
import sys
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Any

from lineapy.depth import deep
from lineapy.notebook.magics import in_plain_python, programs
from lineapy.tracing.rewrite import is_hook

if TYPE_CHECKING:
    from IPython.core.interactiveshell import ExecutionInfo, ExecutionResult, InteractiveShell

    from lineapy.ids import StatementId
    from lineapy.session import Session

_logger = logging.getLogger(__name__)

#: What IPython looks for at the end of a cell, to show its value.
_SHOWN = (ast.Expr, ast.Assign, ast.AnnAssign, ast.AugAssign)

#: What in IPython shows that a cell has failed.
_SHOWING_ERRORS_OF_CELLS = frozenset({"run_code", "run_cell", "_run_cell", "run_cell_async"})

_extension: Extension | None = None


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Trace what is run in an IPython shell from now on: ``%load_ext lineapy``.

    Args:
        shell: The shell.
    """
    global _extension
    if _extension is None:
        _extension = Extension(shell, _new_session(shell))
        _extension.load()


def unload_ipython_extension(shell: InteractiveShell) -> None:
    """Leave a shell as if this extension had never been loaded: ``%unload_ext lineapy``.

    Args:
        shell: The shell.
    """
    global _extension
    if _extension is not None and _extension.shell is shell:
        _extension.unload()
        _extension = None


class Extension(ast.NodeTransformer):
    """The tracing of one shell.

    Args:
        shell: The shell.
        session: What its cells make up.
    """

    def __init__(self, shell: InteractiveShell, session: Session) -> None:
        self.shell = shell
        self.session = session
        session.on_failure = self._failed
        self._has_warned = False  # in this cell
        self._loaded = ExitStack()
        self._cells: list[_RunningCell] = []
        self._text: str | None = None
        #: Statements of plain Python that are recorded for magics, which run them.
        self._magics: set[StatementId] = set()
        #: How programs that magics run are to be written if they raise.
        self._programs: dict[str, str] = {}
        self._loading = ""  # the cell that loads this
        #: Cells that run unseen, until they are over.
        self._unseen: list[str] = []

    # -- loading

    def load(self) -> None:
        """Begin to trace."""
        shell = self.shell
        self._loaded.enter_context(self.session.current())
        shell.input_transformers_post.append(self._see_text)
        shell.ast_transformers.append(self)
        shell.events.register("pre_run_cell", self._cell_begins)
        shell.events.register("post_run_cell", self._cell_ends)
        self._show_traceback = shell.showtraceback
        vars(shell)["showtraceback"] = self._traceback_is_shown
        atexit.register(self._loaded.close)
        self._take_in_history()

    def _take_in_history(self) -> None:
        """Cells that ran before are known by their text only."""
        history = self.shell.history_manager
        *cells, self._loading = history.input_hist_parsed if history is not None else [""]
        cells = [cell for cell in cells if cell.strip()]
        if not cells:
            return
        for cell in cells:
            self._take_in_unseen(cell)
        one = len(cells) == 1
        print(  # noqa: T201
            f"LineaPy: {len(cells)} {'cell' if one else 'cells'} ran before LineaPy was loaded. What "
            f"{'it' if one else 'they'} did is taken from {'its' if one else 'their'} text: slices may hold more of "
            f"{'it' if one else 'them'} than they need, and nothing is known of files that "
            f"{'it' if one else 'they'} wrote. Load LineaPy in the first cell to have all of it.",
            file=sys.stderr,
        )

    def _take_in_unseen(self, text: str) -> None:
        with suppress(SyntaxError):  # then it has not run
            tree = ast.parse(text)
            self.session.take_in_unseen(in_plain_python(text, tree) if "get_ipython" in text else text)

    def unload(self) -> None:
        """Trace no more, and leave nothing behind."""
        shell = self.shell
        with suppress(ValueError):
            shell.input_transformers_post.remove(self._see_text)
        with suppress(ValueError):  # the user has emptied the list
            shell.ast_transformers.remove(self)
        shell.events.unregister("pre_run_cell", self._cell_begins)
        shell.events.unregister("post_run_cell", self._cell_ends)
        if vars(shell).get("showtraceback") == self._traceback_is_shown:
            del vars(shell)["showtraceback"]
        while self._cells:
            self._cells.pop().listening.close()
        atexit.unregister(self._loaded.close)
        self._loaded.close()
        if self.session.has_store:
            self.session.store.close()

    # -- cells

    def _see_text(self, lines: list[str]) -> list[str]:
        """The last of IPython's transformations of a cell: what comes out of it is Python, and goes to the parser."""
        self._text = "".join(lines)
        return lines

    def _cell_begins(self, info: ExecutionInfo) -> None:
        recorder = self.session.recorder
        cell = _RunningCell(recorder.running, self.session.is_paused)
        self._cells.append(cell)
        if len(self._cells) == 1:
            self._has_warned = False
            cell.listening.enter_context(self.session.listening())
            recorder.budget.begin()

    def _cell_ends(self, result: ExecutionResult | None) -> None:
        if not self._cells:
            self._take_in_unseen(self._loading)  # which may do more than that
            return
        recorder = self.session.recorder
        cell = self._cells.pop()
        # There is no result if the kernel gave up waiting for an interrupted `await`.
        error = result.error_in_exec if result is not None else KeyboardInterrupt()
        before = recorder.node_running
        try:
            recorder.end(error if isinstance(error, BaseException) else None)
        except BaseException as failure:  # even an interrupt: the cell is over
            recorder.start_afresh(before, None, is_running=False)
            if isinstance(failure, Exception):
                self._failed(failure)
        unseen, self._unseen = self._unseen, []
        for text in unseen:
            try:
                with self.session.all_or_nothing():
                    self._take_in_unseen(text)
            except Exception as failure:
                self.session.has_gap = True
                self._failed(failure)
        if self._cells:
            if cell.outer is not None:
                recorder.at(cell.outer)  # the magic that has run this cell goes on
            return
        recorder.budget.end()
        cell.listening.close()

    def _traceback_is_shown(self, *args: Any, **kwargs: Any) -> Any:
        """A magic such as ``%run`` shows what a program raises, and then the cell goes on."""
        error = sys.exception()
        if error is not None and sys._getframe(1).f_code.co_name not in _SHOWING_ERRORS_OF_CELLS:
            try:
                self._swallowed(error)
            except Exception as failure:
                self._failed(failure)
        return self._show_traceback(*args, **kwargs)

    def _swallowed(self, error: BaseException) -> None:
        running = self.session.recorder.running
        if running is None or running not in self._magics:
            return
        if not isinstance(error, SystemExit):  # which is heeded by the text of such a program
            self.session.recorder.failed(running, error)
        for usual, early in self._programs.items():
            self.session.replace_text(running, usual, early)

    def visit(self, tree: ast.AST) -> ast.AST:
        """Put hooks into a tree that IPython is about to run. It calls this for each of its transformers.

        Args:
            tree: The tree.
        """
        text, self._text = self._text, None
        try:
            if isinstance(tree, ast.Module) and self._is_to_be_traced(tree):
                if self._cells[-1].is_paused:
                    self._unseen.append(text if text is not None else ast.unparse(tree))
                else:
                    self._hook(tree, text)
        except Exception as failure:
            self._failed(failure)
        return _with_room(tree, is_last=self.shell.ast_transformers[-1] is self)

    def _failed(self, failure: Exception) -> None:
        """Say, once in a cell, that a mistake of ours makes slices larger; the cell itself is none the worse."""
        _logger.debug("LineaPy failed", exc_info=failure)
        if self._has_warned:
            return
        self._has_warned = True
        print(  # noqa: T201
            f"LineaPy: {type(failure).__name__} within LineaPy itself ({failure}). Your cell runs as it would without "
            "it. "
            + (
                "What the cell did is not known: nothing can be saved until the kernel is restarted. "
                if self.session.has_gap
                else "What the cell did is not known precisely: slices of what is saved from here on may hold more "
                "than they need. "
            )
            + "Please report this.",
            file=sys.stderr,
        )

    def _is_to_be_traced(self, tree: ast.Module) -> bool:
        if not self._cells or not tree.body:
            return False
        if self.session.recorder.running in self._magics:
            return False  # it is what the magic has been recorded as
        frame = sys._getframe(3)  # who has called the shell's transform_ast
        return frame.f_code.co_name != "timeit"  # whose code is run in a function, again and again

    def _hook(self, tree: ast.Module, text: str | None) -> None:
        if text is None or not self._is_of(tree, text):
            text = ast.unparse(tree)
        try:
            with self.session.all_or_nothing():
                recorded = in_plain_python(text, tree) if "get_ipython" in text else text
                if recorded != text:
                    self._programs.update(programs(tree))
                others = self.session.hook_cell(tree, text, recorded)
                body = _one_node_each(tree.body)
        except Exception:
            tree.body = ast.parse(text).body  # it has some of the hooks already
            self._unseen.append(text)
            raise
        self._magics.update(n for n in others if self.session.statements[n].kind != "Pass")
        tree.body = body

    def _is_of(self, tree: ast.Module, text: str) -> bool:
        """Whether a text is that of a tree, which another transformer may have changed."""
        if self.shell.ast_transformers[0] is self:
            return True
        return ast.dump(ast.parse(text)) == ast.dump(tree)


class _RunningCell:
    """A cell that is running.

    Attributes:
        outer: The statement that runs it, as ``%%capture`` does.
        is_paused: Whether it is not traced.
        listening: To be closed at its end.
    """

    def __init__(self, outer: StatementId | None, is_paused: bool) -> None:
        self.outer = outer
        self.is_paused = is_paused
        self.listening = ExitStack()


def _one_node_each(body: list[ast.stmt]) -> list[ast.stmt]:
    """Let hooks be run together with the statement behind them: IPython compiles and runs each node on its own.

    The last node stays what it is, because IPython shows its value.
    """
    nodes: list[ast.stmt] = []
    hooks: list[ast.stmt] = []
    for node in body:
        if is_hook(node):
            hooks.append(node)
        elif not hooks:
            nodes.append(node)
        elif node is body[-1] and isinstance(node, _SHOWN):
            nodes += [*hooks, node]
        else:
            nodes.append(_together([*hooks, node]))
            hooks = []
    return nodes


class _CompleteModule(ast.Module):
    """A module that does not show its body to who walks trees, as IPython does to complete places."""

    _fields = ()


def _with_room(tree: ast.AST, *, is_last: bool) -> ast.AST:
    """A tree for which IPython can do what it does only when there are transformers: complete its places.

    That takes a while, and the stack may not suffice for it. So it is done here; IPython finds nothing left to do,
    unless there is another transformer, which is to see the tree as it is.
    """
    if not isinstance(tree, ast.Module):
        return tree
    try:
        ast.fix_missing_locations(tree)
    except RecursionError:
        tree = deep(ast.fix_missing_locations)(tree)
    else:
        if not is_last:
            return tree
    complete = _CompleteModule.__new__(_CompleteModule)
    complete.body, complete.type_ignores = tree.body, tree.type_ignores
    return complete


def _together(body: list[ast.stmt]) -> ast.If:
    """Several statements as one, without a cost: the compiler drops the condition."""
    first = body[0]
    return ast.copy_location(ast.If(ast.copy_location(ast.Constant(True), first), body, []), first)


def _new_session(shell: InteractiveShell) -> Session:
    from lineapy.api import store_of_session
    from lineapy.live_options import options
    from lineapy.session import Session, knowledge_for_session

    return Session(
        store_of_session(),
        namespace=shell.user_ns,
        kind="JUPYTER",
        knowledge=knowledge_for_session(options.annotation_folder()),
    )
