"""Byte-compile what is in /source into /target; runs in Pyodide, which byte_compile.mjs starts.

A folder of wheels becomes one *pack* of the same name, which the worker unpacks while Python compiles:
the length of an index, the index (JSON: name -> size), and the files' contents, all of it gzipped. An
archive beside these folders stays an archive: the standard library, from which Python imports directly.

Modules lose their source and become importable at once; dlcore keeps its source as well, because a
reader may ask for it (``Dense??``). The result is the same in every run: no times, no paths of a machine.
"""

import _imp
import gzip
import io
import json
import re
import zipfile
from importlib._bootstrap_external import _RAW_MAGIC_NUMBER, _code_to_hash_pyc
from pathlib import Path, PurePosixPath

WITH_SOURCE = re.compile(r"^dlcore/")
# What a page never imports.
LEFT_OUT = re.compile(
    r"(^|/)(tests?|testing/tests|sample_data|include|sphinxext)/|\.(pyi|typed|c|h|a|pxd|pyx)$|dateutil-zoneinfo"
    r"|/mpl-data/(fonts/(afm|pdfcorefonts)|images/.*\.(pdf|svg)$)"
    r"|/fonts/ttf/(DejaVuSerif|DejaVuSansMono-|STIX)|/mpl-data/images/|^matplotlib/backends/(web_backend|qt_editor)/"
    r"|^numpy/f2py/|^numpy/_core/_(operand_flag|rational|struct_ufunc|umath)_tests"
    r"|^PIL/_(webp|imagingcms|imagingft|imagingtk)|/_tkagg|^pygments/lexers/(?!_|python)"
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


def compiled_files(path):
    """Yield the name and content of each file that is made from an archive."""
    with zipfile.ZipFile(path) as archive:
        for entry in archive.infolist():
            name = entry.filename
            if entry.is_dir() or LEFT_OUT.search(name):
                continue
            content = archive.read(entry)
            if name.endswith(".npz"):
                content = stored(content)
            with_source = WITH_SOURCE.search(name)
            if not name.endswith(".py") or with_source:
                yield name, content
            if name.endswith(".py"):
                yield cache_name(name) if with_source else name + "c", bytecode(content, name)


def as_archive(files, compression=zipfile.ZIP_DEFLATED):
    """Return a zip archive of these files."""
    result = io.BytesIO()
    with zipfile.ZipFile(result, "w") as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, A_FIXED_TIME), content, compression, 9)
    return result.getvalue()


def stored(archive):
    """Return an archive without its compression: the browser unpacks the pack, much faster than Python."""
    with zipfile.ZipFile(io.BytesIO(archive)) as files:
        return as_archive({name: files.read(name) for name in files.namelist()}, zipfile.ZIP_STORED)


def as_pack(files):
    """Return a pack of these files."""
    index = json.dumps({name: len(content) for name, content in files.items()}).encode()
    unpacked = b"".join([len(index).to_bytes(4, "little"), index, *files.values()])
    return gzip.compress(unpacked, 9, mtime=0)


for path in sorted(Path("/source").iterdir()):
    if path.is_dir():
        files = {}
        for wheel in sorted(path.glob("*.whl")):
            files |= compiled_files(wheel)
        Path("/target", f"{path.name}.pack").write_bytes(as_pack(files))
    else:
        Path("/target", path.name).write_bytes(as_archive(dict(compiled_files(path))))
