# SPDX-License-Identifier: Apache-2.0
"""Words of the program's texts that the documents do not have."""

import functools
import pathlib
import re

DOCS = pathlib.Path(__file__).resolve().parents[2] / 'docs'
BETWEEN = re.compile(r'[^\w./-]+')


@functools.lru_cache(maxsize=None)
def known(*patterns):
    """The words of pages in docs/."""
    found = set()
    for pattern in patterns:
        for path in DOCS.glob(pattern):
            found |= set(BETWEEN.split(path.read_text(encoding='utf-8')))
    return found | {word.strip('.') for word in found}


@functools.lru_cache(maxsize=None)
def unknown(text, *patterns):
    """Words, paths and commits of the text that no such page has."""
    return tuple(word for word in BETWEEN.split(text)
                 if word.strip('.') not in known(*patterns) and word)
