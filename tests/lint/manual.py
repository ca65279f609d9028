# SPDX-License-Identifier: Apache-2.0
"""docs/libmrtd.3 tells of all that mrtd.h declares, and of no more."""

import re
import sys

import api
import lintlib
from lintlib import Violation

NAME = 'manual'


def _page(text):
    """The page without its comments, escapes undone."""
    return '\n'.join('' if line.startswith('.\\"') else api.unroff(line)
                     for line in text.split('\n'))


def _constants(head):
    found = dict(api.header_macros(head))
    for values in api.header_enums(head).values():
        found.update({name: line for name, (line, _) in values.items()})
    return found


def _members(item):
    """Names of a struct's members, in its comparable form."""
    body = item.text.partition('{')[2].rpartition('}')[0]
    for part in body.split(';'):
        pointer = re.search(r'\( \* (\w+) \)', part)
        plain = re.search(r'(\w+)(?: \[[^\]]*\])* $', part)
        if pointer or plain:
            yield (pointer or plain).group(1)


def _types(head, text, page):
    shown = api.manual_types(text)
    for name, item in api.header_types(head).items():
        if name not in shown:
            yield Violation(api.HEADER, item.line, 'manual',
                            f'{name} is shown in no display of '
                            f'{api.MANUAL}')
        elif shown[name].text != item.text:
            yield Violation(api.MANUAL, shown[name].line, 'manual',
                            f'{name} is not as in {api.HEADER}')
        if not item.text.startswith('struct'):
            continue
        for member in _members(item):
            if not re.search(rf'^\.(?:It |Pf \S+ )*Fa {member}\b', page,
                             re.M):
                yield Violation(api.HEADER, item.line, 'manual',
                                f'member {member} of {name} is not '
                                f'explained in {api.MANUAL}')
    for name, item in shown.items():
        if name not in api.header_types(head):
            yield Violation(api.MANUAL, item.line, 'manual',
                            f'{name} is not in {api.HEADER}')


def _stale(head, codes, page):
    known = set(re.findall(r'\bmrtd_\w+|\bMRTD_\w+', api.clean(head)))
    known |= set(api.codes(codes))
    known |= set(api.header_macros(head))
    for number, line in enumerate(page.split('\n'), 1):
        for name in re.findall(r'\bmrtd_\w+|\bMRTD_\w+', line):
            prefix = name.endswith('_') and any(
                k.startswith(name) for k in known)
            if name not in known and not prefix:
                yield Violation(api.MANUAL, number, 'manual',
                                f'{name} is not in {api.HEADER}')


def _results(head, text):
    """What each function returns is said."""
    said = ' '.join(api.section(text, 'RETURN VALUES')[1])
    for name, item in api.header_functions(head).items():
        if not re.search(rf'\.Fn {name}\b', said):
            yield Violation(api.HEADER, item.line, 'manual',
                            f'{name} is not in RETURN VALUES of '
                            f'{api.MANUAL}')


def check(root, **_):
    for file in (api.HEADER, api.CODES, api.MANUAL):
        if not (root / file).is_file():
            yield Violation(file, 1, 'manual', 'there is no such file')
            return
    head = (root / api.HEADER).read_text(encoding='utf-8')
    text = (root / api.MANUAL).read_text(encoding='utf-8')
    codes = (root / api.CODES).read_text(encoding='utf-8')
    page = _page(text)
    yield from _types(head, text, page)
    yield from _results(head, text)
    for name, line in _constants(head).items():
        if not re.search(rf'^\.(?:It )?Dv {name}\b', page, re.M):
            yield Violation(api.HEADER, line, 'manual',
                            f'{name} is not in {api.MANUAL}')
    yield from _stale(head, codes, page)


_HEADER = '''#ifndef MRTD_H
#define MRTD_H
#define MRTD_ONE 1
enum mrtd_e {
    MRTD_NONE = 0,
    MRTD_TWO, /* text */
};
struct mrtd_s {
    uint8_t a[4]; /* text */
    int (*b)(void *context);
};
int mrtd_f(void);
#endif
'''
_CODES = 'MRTD_CODE(MRTD_OK, 0, "ok", DONE)\n'
_MANUAL = '''.Dd January 1, 2026
.Dt LIBMRTD 3
.Os
.Sh NAME
.Nm mrtd_f
.Nd text
.Sh DESCRIPTION
.Bd -literal
struct mrtd_s {
    uint8_t a[4];
    int (*b)(void *context);
};
.Ed
.Bl -tag -width Ds
.It Fa a
.It Fa b
.It Dv MRTD_ONE
.It Dv MRTD_NONE
.It Dv MRTD_TWO
.Dv MRTD_OK
Text.
.El
.Sh RETURN VALUES
.Fn mrtd_f
'''


def self_check():
    failed = lintlib.expect(
        check, {api.HEADER: _HEADER, api.CODES: _CODES, api.MANUAL: _MANUAL}, [])
    bad = (_MANUAL.replace('a[4]', 'a[5]').replace('Fa b', 'Fa c')
           .replace('Dv MRTD_TWO', 'Dv MRTD_THREE'))
    failed += lintlib.expect(
        check, {api.HEADER: _HEADER, api.CODES: _CODES, api.MANUAL: bad},
        [(api.MANUAL, 9, 'manual'), (api.HEADER, 8, 'manual'),
         (api.HEADER, 6, 'manual'), (api.MANUAL, 19, 'manual')])
    bad = _MANUAL.replace('.Fn mrtd_f', '.Fn mrtd_s')
    failed += lintlib.expect(
        check, {api.HEADER: _HEADER, api.CODES: _CODES, api.MANUAL: bad},
        [(api.HEADER, 12, 'manual')])
    bad = _MANUAL.replace('struct mrtd_s', 'struct mrtd_t')
    failed += lintlib.expect(
        check, {api.HEADER: _HEADER, api.CODES: _CODES, api.MANUAL: bad},
        [(api.HEADER, 8, 'manual'), (api.MANUAL, 9, 'manual'),
         (api.MANUAL, 9, 'manual')])
    failed += lintlib.expect(check, {api.HEADER: _HEADER, api.CODES: _CODES},
                             [(api.MANUAL, 1, 'manual')])
    return failed


if __name__ == '__main__':
    sys.exit(lintlib.main(__name__))
