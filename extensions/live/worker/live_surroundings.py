"""What the kernel finds around it: settings, and stand-ins for what a page has no use for and does not load.

This is imported before IPython, which would miss them.
"""

import os
import sys
import types

os.environ.update(MPLBACKEND="module://matplotlib_inline.backend_inline", JUPYTER_WIDGETS_ECHO="0")
# the terminal, and the data base of the history
sys.modules["IPython.terminal.embed"] = types.ModuleType("IPython.terminal.embed")
sys.modules["IPython.terminal.embed"].embed = None
sys.modules["sqlite3"] = types.ModuleType("sqlite3")
for error in ("DatabaseError", "OperationalError", "IntegrityError"):
    setattr(sys.modules["sqlite3"], error, Exception)
sys.modules["sqlite3"].Connection = type("Connection", (), {})
