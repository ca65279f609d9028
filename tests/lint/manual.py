# SPDX-License-Identifier: Apache-2.0
"""The manual of the library tells of all that its headers declare, and no more."""

import pathlib
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


def _said(pattern, text):
    return re.search(pattern, text, re.M)


def _members(item):
    """Names of a struct's members, in its comparable form."""
    body = item.text.partition('{')[2].rpartition('}')[0]
    for part in body.split(';'):
        pointer = re.search(r'\( \* (\w+) \)', part)
        plain = re.search(r'(\w+)(?: \[[^\]]*\])* $', part)
        if pointer or plain:
            yield (pointer or plain).group(1)


def _shown(pages):
    """{name: Item} of the displays of all pages; each is shown once."""
    found = {}
    for file, text in pages.items():
        for name, item in api.manual_types(file, text):
            if name in found:
                yield Violation(file, item.line, 'manual',
                                f'{name} is shown in {found[name].file}, too')
            found.setdefault(name, item)
    return found


def _types(heads, pages):
    declared = api.header_types(heads)
    shown = yield from _shown(pages)
    for name, item in declared.items():
        if name not in shown:
            yield Violation(item.file, item.line, 'manual',
                            f'{name} is shown in no display of {api.MANUAL}')
            continue
        file = shown[name].file
        if shown[name].text != item.text:
            yield Violation(file, shown[name].line, 'manual',
                            f'{name} is not as in {item.file}')
        for member in _members(item):
            if not _said(rf'^\.(?:It |Pf \S+ )*Fa (?:\w+ , Fa )*{member}\b',
                         _page(pages[file])):
                yield Violation(item.file, item.line, 'manual',
                                f'member {member} of {name} is not '
                                f'explained in {file}')
    for name, item in shown.items():
        if name not in declared:
            yield Violation(item.file, item.line, 'manual',
                            f'{name} is in no header')


def _stale(heads, codes, pages):
    known = set(api.codes(codes)) | set(api.header_macros(heads))
    for text in heads.values():
        known |= set(re.findall(r'\bmrtd_\w+|\bMRTD_\w+', api.clean(text)))
    for file, text in pages.items():
        for number, line in enumerate(_page(text).split('\n'), 1):
            if line.startswith('.Dt '):
                continue
            for name in re.findall(r'\bmrtd_\w+|\bMRTD_\w+', line):
                prefix = name.endswith('_') and any(
                    k.startswith(name) for k in known)
                if name not in known and not prefix:
                    yield Violation(file, number, 'manual',
                                    f'{name} is in no header')


def _results(pages):
    """What each function returns is said in its page."""
    for file, text in pages.items():
        said = ' '.join(api.section(text, 'RETURN VALUES')[1])
        for name, item in api.manual_functions(file, text).items():
            if not re.search(rf'\.Fn {name}\b', said):
                yield Violation(file, item.line, 'manual',
                                f'{name} is not in RETURN VALUES')


def _links(pages):
    """References lead to a section of the page, or to a page."""
    there = {name for text in pages.values() for name in api.called(text)}
    for file, text in pages.items():
        headings = set(re.findall(r'^\.S[hs] (.*)$', text, re.M))
        for number, line in enumerate(text.split('\n'), 1):
            match = re.match(r'\.Sx (.*?)(?: [.,;:)])?$', line)
            if match and match[1] not in headings:
                yield Violation(file, number, 'manual',
                                f'there is no section {match[1]}')
            match = re.match(r'\.Xr (\w+) 3\b', line)
            if match and match[1] not in there:
                yield Violation(file, number, 'manual',
                                f'there is no page {match[1]}')


def _overview(pages):
    """It names all other pages."""
    text = pages[api.OVERVIEW]
    for file in pages:
        name = pathlib.PurePath(file).stem
        if file != api.OVERVIEW and not _said(rf'^\.(?:It )?Xr {name} 3\b',
                                              text):
            yield Violation(api.OVERVIEW, 1, 'manual',
                            f'it does not name {name}(3)')


def check(root, **_):
    for file in (api.HEADER, api.CODES, api.OVERVIEW):
        if not (root / file).is_file():
            yield Violation(file, 1, 'manual', 'there is no such file')
            return
    heads, pages = api.headers(root), api.pages(root)
    codes = (root / api.CODES).read_text(encoding='utf-8')
    yield from _types(heads, pages)
    yield from _results(pages)
    whole = '\n'.join(_page(text) for text in pages.values())
    for name, item in {**api.header_macros(heads),
                       **api.header_enumerators(heads)}.items():
        if not _said(rf'^\.(?:It )?Dv {name}\b', whole):
            yield Violation(item.file, item.line, 'manual',
                            f'{name} is not in {api.MANUAL}')
    yield from _stale(heads, codes, pages)
    yield from _links(pages)
    yield from _overview(pages)


_HEADER = '''#ifndef MRTD_H
#define MRTD_H
#define MRTD_ONE 1
enum mrtd_e {
    MRTD_NONE = 0,
    MRTD_TWO, /* text */
};
int mrtd_f(void);
#endif
'''
_CODES = 'MRTD_CODE(MRTD_OK, 0, "ok", DONE)\n'
_MORE = 'include/mrtd/more.h'
_OVERVIEW = '''.Dd January 1, 2026
.Sh NAME
.Nm libmrtd
.Nd text
.Sh DESCRIPTION
.Xr mrtd_f 3
.Sx DESCRIPTION .
.It Dv MRTD_NONE
.It Dv MRTD_TWO
.Dv MRTD_OK
'''
_PAGE = '''.Dd January 1, 2026
.Dt MRTD_F 3
.Os
.Sh NAME
.Nm mrtd_f
.Nd text
.Sh SYNOPSIS
.Ft int
.Fn mrtd_f void
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
Text.
.El
.Sh RETURN VALUES
.Fn mrtd_f
'''
_FILE = f'{api.MANUAL}/mrtd_f.3'


def _expect(wanted, overview=_OVERVIEW, page=_PAGE):
    return lintlib.expect(check, {
        api.HEADER: _HEADER, _MORE: 'struct mrtd_s {\n    uint8_t a[4];\n'
        '    int (*b)(void *context);\n};\n', api.CODES: _CODES,
        api.OVERVIEW: overview, _FILE: page}, wanted)


def self_check():
    failed = _expect([])
    failed += _expect(
        [(_FILE, 12, 'manual'), (_MORE, 1, 'manual'),
         (api.HEADER, 6, 'manual'), (api.OVERVIEW, 9, 'manual')],
        _OVERVIEW.replace('Dv MRTD_TWO', 'Dv MRTD_THREE'),
        _PAGE.replace('a[4]', 'a[5]').replace('Fa b', 'Fa c'))
    failed += _expect([(_FILE, 9, 'manual')],
                      page=_PAGE.replace('VALUES\n.Fn mrtd_f',
                                         'VALUES\n.Fn mrtd_s'))
    failed += _expect(
        [(_MORE, 1, 'manual'), (_FILE, 12, 'manual'), (_FILE, 12, 'manual')],
        page=_PAGE.replace('struct mrtd_s', 'struct mrtd_t'))
    failed += _expect(
        # Shown twice, and explained in the second place only.
        [(_FILE, 12, 'manual'), (_MORE, 1, 'manual'), (_MORE, 1, 'manual'),
         (api.OVERVIEW, 1, 'manual'), (api.OVERVIEW, 6, 'manual'),
         (api.OVERVIEW, 7, 'manual')],
        _OVERVIEW.replace('Xr mrtd_f', 'Xr mrtd_s').replace(
            'Sx DESCRIPTION', 'Sx RETURN VALUES') +
        _PAGE[_PAGE.index('.Bd'):_PAGE.index('.Bl')], _PAGE)
    failed += lintlib.expect(check, {api.HEADER: _HEADER, api.CODES: _CODES},
                             [(api.OVERVIEW, 1, 'manual')])
    return failed


if __name__ == '__main__':
    sys.exit(lintlib.main(__name__))
