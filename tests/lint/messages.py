# SPDX-License-Identifier: Apache-2.0
"""Every code is explained in docs and shown by a golden test."""

import re
import sys

import api
import lintlib
from lintlib import Violation

NAME = 'messages'

MESSAGES = 'docs/messages.md'
GOLDEN = 'tests/golden'
# Tests of what is no firmware image have their own place.
OTHER = 'tests/cli'
# Of evidence, why it is not genuine.
REASONS = 'src/verify/reasons.c'


def _mentions(name, text):
    return re.search(rf'(?<![\w-]){re.escape(name)}(?![\w-])', text)


def _kebab(code):
    """MRTD_ERR_DATA_BOUNDS -> data-bounds."""
    return re.sub(r'^MRTD_(?:ERR_|WARN_|NOTE_|LINT_)?', '',
                  code).lower().replace('_', '-')


def _twice(codes):
    """Numbers and names are of one code each."""
    for key in ('number', 'name'):
        seen = set()
        for code, item in codes.items():
            value = getattr(item, key)
            if value in seen:
                yield Violation(api.CODES, item.line, 'messages',
                                f'{code}: the {key} {value} is taken')
            seen.add(value)


def _reasons(root, explained):
    """Each reason but that of what is good is explained."""
    file = root / REASONS
    text = file.read_text(encoding='utf-8') if file.is_file() else ''
    for match in re.finditer(r'MRTD_REASON_\w+,\s*(MRTD_VERIFY_\w+),\s*'
                             r'"([\w-]+)"', text):
        status, name = match.groups()
        if status != 'MRTD_VERIFY_GOOD' and not _mentions(name, explained):
            yield Violation(REASONS, text.count('\n', 0, match.start()) + 1,
                            'messages', f'{name} is not in {MESSAGES}')


def check(root, **_):
    codes = api.codes((root / api.CODES).read_text(encoding='utf-8'))
    if not codes:
        yield Violation(api.CODES, 1, 'messages', 'it holds no code')
    page = root / MESSAGES
    explained = page.read_text(encoding='utf-8') if page.is_file() else ''
    shown = '\n'.join(path.read_text(encoding='utf-8', errors='replace')
                      for folder in (GOLDEN, OTHER)
                      for path in sorted((root / folder).rglob('*'))
                      if path.is_file())
    yield from _twice(codes)
    yield from _reasons(root, explained)
    for code, item in codes.items():
        if item.name != _kebab(code):
            yield Violation(api.CODES, item.line, 'messages',
                            f'{item.name} is not the name of {code}')
        if item.its_class != 'DONE' and not _mentions(item.name, explained):
            yield Violation(api.CODES, item.line, 'messages',
                            f'{item.name} is not in {MESSAGES}')
        # No input brings about what is not the input's fault.
        if (item.its_class not in ('DONE', 'FAULT')
                and not _mentions(item.name, shown)):
            yield Violation(api.CODES, item.line, 'messages',
                            f'{item.name} is in no file of {GOLDEN} and '
                            f'{OTHER}')


def self_check():
    text = ('MRTD_CODE(MRTD_OK, 0, "ok", DONE)\n'
            'MRTD_CODE(MRTD_ERR_MEMORY, 1, "memory", FAULT)\n'
            'MRTD_CODE(MRTD_ERR_A, 100, "a", REFUSED) /* text, with comma */\n'
            'MRTD_CODE(MRTD_WARN_A_B, 400, "a-b",\n'
            '          WARNING)\n'
            'MRTD_CODE(MRTD_NOTE_C, 500, "c", NOTE)\n'
            'MRTD_CODE(MRTD_LINT_D, 600, "d", RULE)\n')
    failed = lintlib.expect(check, {
        api.CODES: text, MESSAGES: '`memory` `a` `a-b` `c` `d`\n',
        GOLDEN + '/a.txt': 'error: a: text\n', GOLDEN + '/b/c.txt': 'a-b: c d\n',
    }, [])
    failed += lintlib.expect(check, {
        api.CODES: text, MESSAGES: 'a-b memory-x cc\n',
        GOLDEN + '/a.txt': 'a_b c-a: c\n',
    }, [(api.CODES, 2, 'messages'), (api.CODES, 3, 'messages'),
        (api.CODES, 3, 'messages'), (api.CODES, 4, 'messages'),
        (api.CODES, 6, 'messages'), (api.CODES, 7, 'messages'),
        (api.CODES, 7, 'messages')])
    failed += lintlib.expect(check, {
        api.CODES: text.replace('500, "c"', '400, "a"'),
        MESSAGES: 'memory a a-b d', GOLDEN + '/a.txt': 'a a-b d',
    }, [(api.CODES, 6, 'messages')] * 3)
    reasons = ('{MRTD_REASON_NONE, MRTD_VERIFY_GOOD, "none",\n"x"},\n'
               '{MRTD_REASON_E, MRTD_VERIFY_FORGED,\n"e", "text"},\n'
               '{MRTD_REASON_F, MRTD_VERIFY_EXPIRED, "f", "text"},\n')
    failed += lintlib.expect(check, {
        api.CODES: text, MESSAGES: 'memory a a-b c d e', REASONS: reasons,
        GOLDEN + '/a.txt': 'a a-b c d'}, [(REASONS, 5, 'messages')])
    failed += lintlib.expect(check, {api.CODES: 'int a;\n'},
                             [(api.CODES, 1, 'messages')])
    return failed


if __name__ == '__main__':
    sys.exit(lintlib.main(__name__))
