# SPDX-License-Identifier: Apache-2.0
"""The functions of the headers = the export list = the manual = the library.

Each has its place in one page, and a page has the name of its first function.
"""

import pathlib
import re
import subprocess
import sys

import api
import lintlib
from lintlib import Violation

NAME = 'exports'

MAP = 'src/libmrtd.map'


def map_names(text):
    """{name: line} that the version script makes global."""
    text = re.sub(r'/\*.*?\*/|#[^\n]*',
                  lambda m: re.sub(r'[^\n]', ' ', m.group()), text,
                  flags=re.S)
    found, visible = {}, True
    for match in re.finditer(r'([\w.*?\[\]]+)\s*([;:{])|\}', text):
        word, mark = match.groups()
        if word is None or mark == '{':
            visible = True  # ld's default
        elif mark == ':':
            visible = word == 'global'
        elif visible:
            found[word] = lintlib.line_at(text, match.start())
    return found


def library_names(path):
    """The symbols that a shared library defines."""
    done = subprocess.run(['nm', '-D', '--defined-only', str(path)],
                          text=True, capture_output=True)
    if done.returncode:
        raise OSError(done.stderr.strip())
    names = set()
    for line in done.stdout.splitlines():
        kind, name = line.split()[-2:]
        if kind != 'A':  # the version's own name
            names.add(name.split('@')[0])
    return names


def _compare(wanted, got, what):
    """Items of the headers; of another list."""
    for name, item in wanted.items():
        if name not in got:
            yield Violation(item.file, item.line, 'exports',
                            f'{name} is not in {what}')
    for name, item in got.items():
        if name not in wanted:
            yield Violation(item.file, item.line, 'exports',
                            f'{name} is declared in no header')


def _name(file, text, documented):
    """NAME and SYNOPSIS have the same functions; the file has their first."""
    called = api.called(text)
    if file == api.OVERVIEW:
        documented = ['libmrtd', *documented]
    for name in sorted(set(called) ^ set(documented)):
        yield Violation(file, 1, 'exports',
                        f'{name} is in only one of NAME and SYNOPSIS')
    stem = pathlib.PurePath(file).stem
    if called and called[0] != stem:
        yield Violation(file, 1, 'exports',
                        f'it begins with {called[0]}, not with {stem}')


def _manual(functions, pages):
    whole = {}
    for file, text in pages.items():
        documented = api.manual_functions(file, text)
        yield from _name(file, text, documented)
        for name, item in documented.items():
            if name in whole:
                yield Violation(file, item.line, 'exports',
                                f'{name} is in {whole[name].file}, too')
            if name in functions and item.text != functions[name].text:
                yield Violation(file, item.line, 'prototype',
                                f'"{item.text}" is "{functions[name].text}" '
                                f'in {functions[name].file}')
        whole = {**documented, **whole}
    yield from _compare(functions, whole, api.MANUAL)


def _library(wanted, path):
    try:
        with open(path, 'rb') as file:
            if file.read(8) == b'!<arch>\n':
                return  # static: nothing is hidden
        got = library_names(path)
    except OSError as error:
        yield Violation(str(path), 1, 'exports', str(error))
        return
    yield from _compare(
        wanted, {name: api.Item(str(path), 1, '') for name in got}, path.name)


def check(root, library=None, **_):
    functions = api.header_functions(api.headers(root))
    if not functions:
        yield Violation(api.HEADER, 1, 'exports', 'no functions found')
        return
    if (root / MAP).is_file():
        text = (root / MAP).read_text(encoding='utf-8')
        listed = map_names(text)
        yield from _compare(
            functions, {name: api.Item(MAP, line, '')
                        for name, line in listed.items()}, MAP)
        if list(listed) != sorted(listed):
            yield Violation(MAP, 1, 'exports', 'it is not sorted')
    else:
        yield Violation(MAP, 1, 'exports', 'there is no such file')
    if not (root / api.OVERVIEW).is_file():
        yield Violation(api.OVERVIEW, 1, 'exports', 'there is no such file')
    yield from _manual(functions, api.pages(root))
    if library:
        yield from _library(functions, library)


_HEADER = '''#ifdef __cplusplus
extern "C" {
#endif
/* int mrtd_no(void); */
struct mrtd_s {
    int (*call)(void *context);
};
typedef int mrtd_read_fn(void *context);
int mrtd_a(struct mrtd_s *s,
           const char *name);
#define MRTD_API __attribute__((visibility("default")))
MRTD_API const struct mrtd_s *mrtd_b(void);
'''
_HEADER_C = '__attribute__((pure)) void mrtd_c(uint8_t x[SIZE]);\n'
_MAP = 'MRTD_0.1 {\n    global:\n{}    local: *;\n};\n'
_OVERVIEW = '.Sh NAME\n.Nm libmrtd\n.Nd text\n.Sh DESCRIPTION\n.Fn mrtd_z\n'
_A = '''.Sh NAME
.Nm mrtd_a ,
.Nm mrtd_b
.Nd text
.Sh SYNOPSIS
.Ft int
.Fo mrtd_a
.Fa "struct mrtd_s *s"
.Fa "const char *name"
.Fc
.Ft "const struct mrtd_s *"
.Fn mrtd_b void
.Sh DESCRIPTION
.Fn mrtd_z
'''
_C = '''.Sh NAME
.Nm mrtd_c
.Nd text
.Sh SYNOPSIS
.Ft void
.Fn mrtd_c "uint8_t x[SIZE]"
'''
_ALL = ('mrtd_a', 'mrtd_b', 'mrtd_c')
_FILE_A, _FILE_C = f'{api.MANUAL}/mrtd_a.3', f'{api.MANUAL}/mrtd_c.3'
_MORE = 'include/mrtd/more.h'


def _files(names, a=_A, c=_C):
    lines = ''.join(f'        {name};\n' for name in names)
    return {api.HEADER: _HEADER, _MORE: _HEADER_C,
            MAP: _MAP.replace('{}', lines), api.OVERVIEW: _OVERVIEW,
            _FILE_A: a, _FILE_C: c}


def self_check():
    failed = lintlib.expect(check, _files(_ALL), [])
    failed += lintlib.expect(
        check, _files(('mrtd_*', 'mrtd_a', 'mrtd_b', 'mrtd_x'),
                      _A.replace('const char', 'char'),
                      _C.replace('mrtd_c', 'mrtd_y')),
        [(_MORE, 1, 'exports'),   # mrtd_c not in the map
         (_MORE, 1, 'exports'),   # nor in the manual
         (MAP, 3, 'exports'), (MAP, 6, 'exports'),
         (_FILE_A, 7, 'prototype'),
         (_FILE_C, 1, 'exports'),  # its file's name
         (_FILE_C, 6, 'exports')])
    failed += lintlib.expect(
        check, _files(_ALL, c=_C.replace('.Nm mrtd_c', '.Nm mrtd_c ,\n'
                                         '.Nm mrtd_q')),
        [(_FILE_C, 1, 'exports')])
    failed += lintlib.expect(
        check, _files(_ALL, c=_C.replace('.Nd', '.Nm mrtd_b\n.Nd') +
                      '.Ft "const struct mrtd_s *"\n.Fn mrtd_b void\n'),
        [(_FILE_C, 9, 'exports')])
    failed += lintlib.expect(
        check, _files(('mrtd_b', 'mrtd_a', 'mrtd_c')),
        [(MAP, 1, 'exports')])
    failed += lintlib.expect(
        check, {_MORE: _HEADER_C},
        [(MAP, 1, 'exports'), (api.OVERVIEW, 1, 'exports'),
         (_MORE, 1, 'exports')])
    failed += lintlib.expect(check, {}, [(api.HEADER, 1, 'exports')])
    with lintlib.tree({'a.c': 'int mrtd_a;\nint mrtd_b(void)\n{\n'
                              '    return 0;\n}\nint extra;\n'}) as root:
        subprocess.run(['cc', '-shared', '-fPIC', '-o', root / 'a.so',
                        root / 'a.c'], check=True)
        found = list(_library(
            {name: api.Item(api.HEADER, 1, '') for name in _ALL},
            root / 'a.so'))
        said = sorted(v.what.split()[0] for v in found)
        if said != ['extra', 'mrtd_c']:
            failed.append(f'of a library: {said}')
    return failed


if __name__ == '__main__':
    sys.exit(lintlib.main(__name__))
