# SPDX-License-Identifier: Apache-2.0
"""JSON (RFC 8259) in which nothing can be read in two ways, and where in the
text a member's value is."""

import json
import re

TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[][{}:,]|[^][{}:,"\s]+')
DEPTH = 64


class Error(Exception):
    """The text is not JSON, or could be read in two ways."""


def _pairs(pairs):
    names = [name for name, _ in pairs]
    if len(set(names)) != len(names):
        raise Error('a member twice')
    if any('\0' in name for name in names):
        raise Error('a name with a NUL')
    return dict(pairs)


def _refuse(text):
    raise Error(f'{text} is not a number')


def text_of(data):
    try:
        return data.decode('utf-8')
    except UnicodeDecodeError:
        raise Error('not UTF-8') from None


def depth(text):
    """How deep arrays and objects are in each other."""
    most = now = 0
    for token in TOKEN.findall(text):
        now += (token in '[{') - (token in ']}')
        most = max(most, now)
    return most


def load(text):
    """The document, which must be an object."""
    if depth(text) > DEPTH:
        raise Error('too deep')
    try:
        document = json.loads(text, object_pairs_hook=_pairs,
                              parse_constant=_refuse)
        # Half a character cannot be written.
        json.dumps(document, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise Error('not JSON') from None
    if not isinstance(document, dict):
        raise Error('not an object')
    return document


def member(text, name):
    """The text of the value, an object, that a member of the document has."""
    now, names, start = 0, [None], None
    for match in TOKEN.finditer(text):
        token = match[0]
        if now == 1 and token.startswith('"'):
            names.append(json.loads(token))
        if token == '{':
            now += 1
            if now == 2 and names[-1] == name:
                start = match.start()
        elif token == '[':
            now += 1
        elif token in ('}', ']'):
            now -= 1
            if now == 1 and start is not None:
                return text[start:match.end()]
    raise Error(f'no {name}')


def squeezed(text):
    """Without white space outside strings."""
    return ''.join(TOKEN.findall(text))
