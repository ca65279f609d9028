# SPDX-License-Identifier: Apache-2.0
"""The functions of mrtd.h = the export list = the man page = the library."""

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


def _compare(wanted, got, file, what):
    """wanted: {name: line} of the header; got: {name: line} of file."""
    for name, line in wanted.items():
        if name not in got:
            yield Violation(api.HEADER, line, 'exports',
                            f'{name} is not in {what}')
    for name, line in got.items():
        if name not in wanted:
            yield Violation(file, line, 'exports',
                            f'{name} is not declared in {api.HEADER}')


def _manual(functions, text):
    documented = api.manual_functions(text)
    yield from _compare({n: i.line for n, i in functions.items()},
                        {n: i.line for n, i in documented.items()},
                        api.MANUAL, api.MANUAL)
    for name, item in documented.items():
        if name in functions and item.text != functions[name].text:
            yield Violation(api.MANUAL, item.line, 'prototype',
                            f'"{item.text}" is "{functions[name].text}" '
                            f'in {api.HEADER}')
    called = {name for line in api.section(text, 'NAME')[1]
              if line.startswith('.Nm ')
              for name in re.findall(r'\bmrtd_\w+', line)}
    for name in sorted(called ^ set(documented)):
        yield Violation(api.MANUAL, 1, 'exports',
                        f'{name} is in only one of NAME and SYNOPSIS')


def _library(wanted, path):
    try:
        with open(path, 'rb') as file:
            if file.read(8) == b'!<arch>\n':
                return  # static: nothing is hidden
        got = library_names(path)
    except OSError as error:
        yield Violation(str(path), 1, 'exports', str(error))
        return
    yield from _compare(wanted, dict.fromkeys(got, 1), str(path),
                        path.name)


def check(root, library=None, **_):
    text = {}
    for name in (api.HEADER, MAP, api.MANUAL):
        if (root / name).is_file():
            text[name] = (root / name).read_text(encoding='utf-8')
        else:
            yield Violation(name, 1, 'exports', 'there is no such file')
    if api.HEADER not in text:
        return
    functions = api.header_functions(text[api.HEADER])
    wanted = {name: item.line for name, item in functions.items()}
    if not wanted:
        yield Violation(api.HEADER, 1, 'exports', 'no functions found')
    if MAP in text:
        listed = map_names(text[MAP])
        yield from _compare(wanted, listed, MAP, MAP)
        if list(listed) != sorted(listed):
            yield Violation(MAP, 1, 'exports', 'it is not sorted')
    if api.MANUAL in text:
        yield from _manual(functions, text[api.MANUAL])
    if library:
        yield from _library(wanted, library)


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
__attribute__((pure)) void mrtd_c(uint8_t x[SIZE]);
'''
_MAP = 'MRTD_0.1 {\n    global:\n{}    local: *;\n};\n'
_MANUAL = '''.Sh NAME
.Nm mrtd_a ,
.Nm mrtd_b ,
.Nm {2}
.Nd text
.Sh SYNOPSIS
.Ft int
.Fo mrtd_a
.Fa "struct mrtd_s *s"
.Fa "{0} *name"
.Fc
.Ft "const struct mrtd_s *"
.Fn mrtd_b void
.Ft void
.Fn {1} "uint8_t x[SIZE]"
.Sh DESCRIPTION
.Fn mrtd_z
'''


def _files(names, *manual):
    lines = ''.join(f'        {name};\n' for name in names)
    return {api.HEADER: _HEADER, MAP: _MAP.replace('{}', lines),
            api.MANUAL: re.sub(r'\{(\d)\}',
                                  lambda m: manual[int(m.group(1))],
                                  _MANUAL)}


def self_check():
    failed = []
    good = _files(('mrtd_a', 'mrtd_b', 'mrtd_c'),
                  'const char', 'mrtd_c', 'mrtd_c')
    failed += lintlib.expect(check, good, [])
    failed += lintlib.expect(
        check, _files(('mrtd_*', 'mrtd_a', 'mrtd_b', 'mrtd_x'),
                      'char', 'mrtd_y', 'mrtd_y'),
        [(api.HEADER, 13, 'exports'),   # mrtd_c not in the map
         (api.HEADER, 13, 'exports'),   # nor in the man page
         (MAP, 3, 'exports'), (MAP, 6, 'exports'),
         (api.MANUAL, 8, 'prototype'),
         (api.MANUAL, 15, 'exports')])
    failed += lintlib.expect(
        check, _files(('mrtd_a', 'mrtd_b', 'mrtd_c'),
                      'const char', 'mrtd_c', 'mrtd_q'),
        [(api.MANUAL, 1, 'exports')] * 2)
    failed += lintlib.expect(
        check, _files(('mrtd_b', 'mrtd_a', 'mrtd_c'),
                      'const char', 'mrtd_c', 'mrtd_c'), [(MAP, 1, 'exports')])
    failed += lintlib.expect(
        check, {api.HEADER: _HEADER},
        [(MAP, 1, 'exports'), (api.MANUAL, 1, 'exports')])
    with lintlib.tree({'a.c': 'int mrtd_a;\nint mrtd_b(void)\n{\n'
                              '    return 0;\n}\nint extra;\n'}) as root:
        subprocess.run(['cc', '-shared', '-fPIC', '-o', root / 'a.so',
                        root / 'a.c'], check=True)
        found = list(_library({'mrtd_a': 1, 'mrtd_b': 2, 'mrtd_c': 3},
                              root / 'a.so'))
        said = sorted(v.what.split()[0] for v in found)
        if said != ['extra', 'mrtd_c']:
            failed.append(f'of a library: {said}')
    return failed


if __name__ == '__main__':
    sys.exit(lintlib.main(__name__))
