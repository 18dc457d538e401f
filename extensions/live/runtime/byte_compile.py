"""Byte-compile every archive of /source into /target; runs in Pyodide, which byte_compile.mjs starts.

Modules lose their source and become importable at once; dlcore keeps its source as well, because a
reader may ask for it (``Dense??``). The result is the same in every run: no times, no paths of a machine.
"""

import _imp
import io
import re
import zipfile
from importlib._bootstrap_external import _RAW_MAGIC_NUMBER, _code_to_hash_pyc
from pathlib import Path, PurePosixPath

WITH_SOURCE = re.compile(r"^dlcore/")
# What a page never imports.
LEFT_OUT = re.compile(
    r"(^|/)(tests?|testing/tests|sample_data|include|sphinxext)/|\.(pyi|typed|c|h|pxd|pyx)$"
    r"|/mpl-data/(fonts/(afm|pdfcorefonts)|images/.*\.(pdf|svg)$)"
    r"|^numpy/f2py/|^matplotlib/backends/(web_backend|qt_editor)/|^PIL/_(webp|imagingcms)"
)
A_FIXED_TIME = (2020, 1, 1, 0, 0, 0)


def bytecode(source, filename):
    """Return the content of a .pyc file that is valid whatever the source's time or content is."""
    code = compile(source, filename, "exec", dont_inherit=True)
    return _code_to_hash_pyc(code, _imp.source_hash(_RAW_MAGIC_NUMBER, source), False)


def cache_name(name):
    """Return where Python looks for the bytecode of a module whose source is there."""
    path = PurePosixPath(name)
    return str(path.parent / "__pycache__" / f"{path.stem}.cpython-312.pyc")


def compiled_files(archive):
    """Yield the name and content of each file that the new archive holds."""
    for entry in archive.infolist():
        name = entry.filename
        if entry.is_dir() or LEFT_OUT.search(name):
            continue
        content = archive.read(entry)
        with_source = WITH_SOURCE.search(name)
        if not name.endswith(".py") or with_source:
            yield name, content
        if name.endswith(".py"):
            yield cache_name(name) if with_source else name + "c", bytecode(content, name)


for path in sorted(Path("/source").iterdir()):
    result = io.BytesIO()
    with zipfile.ZipFile(path) as before, zipfile.ZipFile(result, "w") as after:
        for name, content in compiled_files(before):
            after.writestr(zipfile.ZipInfo(name, A_FIXED_TIME), content, zipfile.ZIP_DEFLATED, 9)
    Path("/target", path.name).write_bytes(result.getvalue())
