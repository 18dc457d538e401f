"""What Python does before it imports the kernel: settings, stand-ins, and libraries that take their time.

All this is in the snapshot that a page starts from. It cannot hold compiled libraries, so NumPy is not here.
"""

import importlib
import os
import sys
import types

os.environ.update(MPLBACKEND="module://matplotlib_inline.backend_inline", JUPYTER_WIDGETS_ECHO="0")
# Parts of IPython that a page has no use for are not shipped: the terminal, and the history data base.
sys.modules["IPython.terminal.embed"] = types.ModuleType("IPython.terminal.embed")
sys.modules["IPython.terminal.embed"].embed = None
sys.modules["sqlite3"] = types.ModuleType("sqlite3")
for error in ("DatabaseError", "OperationalError", "IntegrityError"):
    setattr(sys.modules["sqlite3"], error, Exception)
sys.modules["sqlite3"].Connection = type("Connection", (), {})

for module in (
    *("IPython.core.interactiveshell", "ipywidgets"),
    *("cycler", "dateutil.rrule", "packaging.version", "pyparsing"),  # for matplotlib
):
    importlib.import_module(module)
