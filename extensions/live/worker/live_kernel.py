"""The kernel of a live page: an IPython shell inside Pyodide, in a Web Worker. worker.js calls it.

All of this is in the snapshot that a page starts from (../runtime/snapshot.mjs), or runs when the page starts
where a browser cannot use the snapshot. `start` is called in either case.
"""

import live_surroundings  # noqa: F401, I001 - before IPython

import asyncio
import builtins
import gc
import importlib
import logging
import pkgutil
import random
import sys
import types

import comm
import live_output
from IPython.core.history import HistoryManager
from IPython.core.interactiveshell import InteractiveShell
from live_output import PageDisplay, PageResult, Stream, post, sink
from pyodide.webloop import WebLoop


class NoHistory(HistoryManager):
    """``In`` and ``Out`` without a data base."""

    enabled = False


class PageShell(InteractiveShell):
    """An IPython shell that reports errors to the page."""

    failed = False

    def init_history(self):
        self.history_manager = NoHistory(shell=self, parent=self)
        self.configurables.append(self.history_manager)

    def enable_gui(self, gui=None):
        pass

    def ask_exit(self):
        print("exit() ends nothing in a page. Restart, in the bar, ends Python and starts it anew.")

    def _showtraceback(self, etype, evalue, stb):
        self.failed = True
        post("error", ename=etype.__name__, evalue=str(evalue), traceback="\n".join(stb))


def no_input(prompt=""):
    raise RuntimeError(
        "input() has no keyboard to read from in a page: write the value into the cell instead."
    )


def show_task_error(loop, context):
    """A background task failed: show its error in the sink it ran in."""
    error = context.get("exception")
    if error is not None:
        task = context.get("future")
        run = task.get_context().run if isinstance(task, asyncio.Task) else lambda call, *a: call(*a)
        run(shell.showtraceback, (type(error), error, error.__traceback__))


def forget_cancelled_tasks():
    """Pyodide 0.27.7 takes a cancelled task for a crash of the interpreter; tell it otherwise."""
    original = WebLoop._decrement_in_progress
    WebLoop._decrement_in_progress = lambda self, task=None: original(
        self, None if task is not None and task.cancelled() else task
    )


async def run(code, cell):
    """Run a cell; return whether it ended without an error."""
    sink.set(("cell", cell))
    shell.failed = False
    if shell.should_run_async(code, transformed_cell=shell.transform_cell(code)):
        result = await shell.run_cell_async(code, store_history=True)
    else:
        result = shell.run_cell(code, store_history=True)
    sys.stdout.flush()
    sys.stderr.flush()
    return result.success and not shell.failed


def complete(code, position):
    """Return how many characters before `position` a completion replaces, and the completions."""
    line_start = code.rfind("\n", 0, position) + 1
    line_end = code.find("\n", position)
    line = code[line_start:] if line_end < 0 else code[line_start:line_end]
    text, matches = shell.complete("", line, position - line_start)
    return [len(text), list(matches)]


logging.getLogger("matplotlib.font_manager").setLevel(
    logging.ERROR
)  # "building the font cache" worries readers
shell = PageShell.instance(
    displayhook_class=PageResult, display_pub_class=PageDisplay, user_ns={}, colors="Linux"
)
shell.Completer.use_jedi = False
# ipywidgets asks for these two of a Jupyter kernel
shell.kernel = types.SimpleNamespace(comm_manager=comm.get_comm_manager(), get_parent=lambda *_: None)
builtins.input = no_input
sys.stdout, sys.stderr = Stream("stdout"), Stream("stderr")
forget_cancelled_tasks()
asyncio.get_event_loop().set_exception_handler(show_task_error)

import live_comms  # noqa: E402 - it imports ipywidgets, which asks for the shell

live_comms.install()
receive = live_comms.receive


A_PICTURE = "from dlcore import figures; figures.lines({'a': ([1, 2], [1, 9])}, 'x', 'y', log_y=True)"


def rehearse():
    """Do what most pages begin with, so that what it needs is in the snapshot; return the bytecode files."""
    for code in ("[1, 'two']", "1 / 0", A_PICTURE):
        shell.run_cell(code, store_history=True)
    # imported but not used: that would change how a page shows the figures which do without pyplot
    import matplotlib.pyplot  # noqa: F401
    from matplotlib import font_manager, mathtext

    import dlcore

    for module in pkgutil.walk_packages(dlcore.__path__, "dlcore."):
        importlib.import_module(module.name)
    # fonts are open files, which a snapshot cannot keep
    mathtext.MathTextParser._parse_cached.cache_clear()
    font_manager._get_font.cache_clear()
    shell.reset(new_session=True)
    shell.last_traceback = shell.last_execution_result = None
    importlib.invalidate_caches()  # files that come later are to be found
    gc.collect()
    gc.freeze()  # what is there now stays, and need not be looked through again and again
    paths = [getattr(module, "__cached__", None) for module in sys.modules.values()]
    return [path.split("/site-packages/")[1] for path in paths if path and "/site-packages/" in path]


def start(send):
    """Connect the kernel with its page: ``send`` hands a message to it."""
    import numpy

    live_output.send = send
    random.seed()  # the snapshot is the same for all readers
    numpy.random.seed()  # noqa: NPY002 - a reader may use the old generator
