# SPDX-License-Identifier: Apache-2.0
"""Every code of mrtd.h is explained in docs and shown by a golden test."""

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
# Codes below are not the input's fault: no input shows them.
FIRST_OF_INPUT = 100


def kebab(code):
    """MRTD_ERR_DATA_BOUNDS -> data-bounds."""
    return re.sub(r'^MRTD_(?:ERR_|WARN_|NOTE_|LINT_)?', '',
                  code).lower().replace('_', '-')


def _mentions(name, text):
    return re.search(rf'(?<![\w-]){re.escape(name)}(?![\w-])', text)


def check(root, **_):
    text = (root / api.HEADER).read_text(encoding='utf-8')
    codes = api.header_enums(text).get('mrtd_code', {})
    if not codes:
        yield Violation(api.HEADER, 1, 'messages', 'no enum mrtd_code')
    page = root / MESSAGES
    explained = page.read_text(encoding='utf-8') if page.is_file() else ''
    shown = '\n'.join(path.read_text(encoding='utf-8', errors='replace')
                      for folder in (GOLDEN, OTHER)
                      for path in sorted((root / folder).rglob('*'))
                      if path.is_file())
    for code, (line, value) in codes.items():
        if value == 0:
            continue
        name = kebab(code)
        if not _mentions(name, explained):
            yield Violation(api.HEADER, line, 'messages',
                            f'{name} is not in {MESSAGES}')
        if value >= FIRST_OF_INPUT and not _mentions(name, shown):
            yield Violation(api.HEADER, line, 'messages',
                            f'{name} is in no file of {GOLDEN} and '
                            f'{OTHER}')


def self_check():
    text = ('enum mrtd_code {\n    MRTD_OK = 0,\n    MRTD_ERR_MEMORY = 1,\n'
            '    MRTD_ERR_A = 100, /* text, with comma */\n'
            '    MRTD_WARN_A_B = 400,\n    MRTD_NOTE_C,\n'
            '    MRTD_LINT_D,\n};\n')
    failed = lintlib.expect(check, {
        api.HEADER: text, MESSAGES: '`memory` `a` `a-b` `c` `d`\n',
        GOLDEN + '/a.txt': 'error: a: text\n', GOLDEN + '/b/c.txt': 'a-b: c d\n',
    }, [])
    failed += lintlib.expect(check, {
        api.HEADER: text, MESSAGES: 'a-b memory-x cc\n',
        GOLDEN + '/a.txt': 'a_b c-a: c\n',
    }, [(api.HEADER, 3, 'messages'), (api.HEADER, 4, 'messages'),
        (api.HEADER, 4, 'messages'), (api.HEADER, 5, 'messages'),
        (api.HEADER, 6, 'messages'), (api.HEADER, 7, 'messages'),
        (api.HEADER, 7, 'messages')])
    failed += lintlib.expect(check, {api.HEADER: 'int a;\n'},
                             [(api.HEADER, 1, 'messages')])
    return failed


if __name__ == '__main__':
    sys.exit(lintlib.main(__name__))
