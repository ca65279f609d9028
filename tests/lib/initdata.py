# SPDX-License-Identifier: Apache-2.0
"""Initdata of Confidential Containers: what a guest's fields are by it, and
files of it, good and bad.

kata-containers, src/libs/kata-types/src/initdata.rs; confidential-containers/
trustee, kbs/docs/initdata.md and deps/verifier/src/lib.rs. What a file says is
said by Python's tomllib, which reads all of TOML 1.0.0.
"""

import hashlib
import tomllib

ALGORITHMS = ('sha256', 'sha384', 'sha512')
SIZES = {'MRCONFIGID': 48, 'HOST_DATA': 32}


class Bad(Exception):
    """No guest is launched with that."""


def algorithm(raw):
    try:
        document = tomllib.loads(raw.decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Bad(str(error)) from error
    if set(document) != {'version', 'algorithm', 'data'}:
        raise Bad(f'members {set(document)}')
    if document['version'] != '0.1.0':
        raise Bad(f'version {document["version"]!r}')
    if document['algorithm'] not in ALGORITHMS:
        raise Bad(f'algorithm {document["algorithm"]!r}')
    data = document['data']
    if not isinstance(data, dict) or not all(
            isinstance(value, str) for value in data.values()):
        raise Bad('data')
    return document['algorithm']


def digest(raw):
    return hashlib.new(algorithm(raw), raw).digest()


def field(raw, name):
    return digest(raw)[:SIZES[name]].ljust(SIZES[name], b'\0')


def document(name='sha384', data=(('aa.toml', 'a = 1\n'),), end='\n'):
    """A plain one."""
    lines = [f'algorithm = "{name}"', 'version = "0.1.0"', '', '[data]']
    for key, text in data:
        lines += [f'"{key}" = \'\'\'', f"{text}'''"]
    return end.join(lines).encode() + end.encode()


# --- Any form that TOML has for the same -----------------------------------

def _blanks(rng):
    return ''.join(rng.choices(' \t', k=rng.choice((0, 0, 1, 1, 3))))


def _characters(rng, forbidden, more=''):
    pool = 'aZ09 _-.,:[]{}=#\\"\'\t\u00e4\u20ac\U0001f980\u0085' + more
    return ''.join(c for c in rng.choices(pool, k=rng.randrange(12))
                   if c not in forbidden)


def _end(rng, newline):
    comment = '#' + _characters(rng, '') if rng.random() < 0.3 else ''
    return _blanks(rng) + comment + newline


def _key(rng, used):
    """A key that is not in used, in one of three forms."""
    while True:
        form = rng.randrange(3)
        if form == 0:
            name = ''.join(rng.choices('abzAZ09_-', k=rng.randint(1, 6)))
            text = name
        elif form == 1:
            name = _characters(rng, '\\"')
            text = f'"{name}"'
        else:
            name = _characters(rng, "'")
            text = f"'{name}'"
        if name not in used:
            used.add(name)
            return text


def _escape(rng, newline, lines):
    choices = ['\\' + rng.choice('btnfr"\\'), f'\\u{rng.randrange(0xd800):04x}',
               f'\\U{rng.randrange(0xe000, 0x110000):08X}']
    if lines:
        choices.append('\\' + _blanks(rng) + newline + _blanks(rng))
    return rng.choice(choices)


def _string(rng, newline):
    form = rng.randrange(4)
    if form == 0:
        return "'" + _characters(rng, "'") + "'"
    if form == 1:
        return '"' + ''.join(
            _escape(rng, newline, False) if rng.random() < 0.3 else
            _characters(rng, '\\"') for _ in range(rng.randrange(4))) + '"'
    parts = []
    for _ in range(rng.randrange(6)):
        what = rng.random()
        if what < 0.3:
            parts.append(newline)
        elif what < 0.5 and form == 3:
            parts.append(_escape(rng, newline, True))
        elif what < 0.7:
            # Up to two quotes are of the text.
            parts.append('"\''[form == 2] * rng.randint(1, 2) + 'x')
        else:
            parts.append(_characters(rng, '\\"\''))
    if form == 2:
        end = "'" * rng.choice((3, 3, 4, 5))
        return "'''" + ''.join(parts) + end
    end = '"' * rng.choice((3, 3, 4, 5))
    return '"""' + ''.join(parts) + end


def good(rng):
    """One of the many ways to write initdata down; all are taken."""
    newline = rng.choice(('\n', '\n', '\r\n'))

    def word(text):
        quote = rng.choice('"\'')
        return quote + text + quote

    def line(key, value):
        return (_blanks(rng) + key + _blanks(rng) + '=' + _blanks(rng) + value
                + _end(rng, newline))

    def rest():
        return ''.join(_end(rng, newline) for _ in range(rng.randrange(3)))
    top = [line(rng.choice((name, word(name))), word(value))
           for name, value in (('version', '0.1.0'),
                               ('algorithm', rng.choice(ALGORITHMS)))]
    rng.shuffle(top)
    out = rest() + top[0] + rest() + top[1] + rest()
    out += (_blanks(rng) + '[' + _blanks(rng)
            + rng.choice(('data', '"data"', "'data'")) + _blanks(rng) + ']'
            + _end(rng, newline))
    used = set()
    for _ in range(rng.randrange(5)):
        out += rest() + line(_key(rng, used), _string(rng, newline))
    if rng.random() < 0.3:
        out = out[:-len(newline)]
    return out.encode()


TOKENS = ('"', "'", '"""', "'''", '\\', '=', '[', ']', '[[', '[data]', '#',
          '\n', '\r', '\r\n', '.', 'version', 'algorithm', '"sha256"',
          '"sha384"', 'data', '"0.1.0"', ' ', '\t', '{', '}', ',', '\0', '\x1f',
          '\x7f', '\ufeff', 'algorithm = "sha256"\n', '[x]\n', '1', '\\u0041',
          '\\\n', 'data.a = "b"\n', "\n'algorithm' = 'sha512'\n")


def mutated(rng):
    """One with a few places changed by what means something to TOML."""
    raw = bytearray(good(rng))
    for _ in range(rng.randint(1, 3)):
        at = rng.randrange(len(raw) + 1)
        what = rng.random()
        if what < 0.5:
            raw[at:at] = rng.choice(TOKENS).encode()
        elif what < 0.7:
            del raw[at:at + rng.choice((1, 1, 2, 9))]
        elif what < 0.8:
            raw[at:at + 1] = bytes((rng.randrange(256),))
        elif what < 0.9:
            lines = bytes(raw).splitlines(True)
            rng.shuffle(lines)
            raw = bytearray(b''.join(lines))
        else:
            raw[at:at] = raw[rng.randrange(len(raw) + 1):][:30]
    return bytes(raw)
