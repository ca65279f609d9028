# SPDX-License-Identifier: Apache-2.0
"""Mutants of C source: small changes, each of which a test should notice.

Works on tokens. What an operator is, is read from the spaces around it, which
clang-format sees to (tests/lint): "a * b" multiplies, "*b" and "x *b" do not.
A change that is no C, or that the compiler finds to change nothing, costs a
compilation and is dropped later (build.py).
"""

import re
from typing import NamedTuple

TOKEN = re.compile(r'''
    (?P<comment>/\*.*?\*/|//[^\n]*)
  | (?P<directive>^[ \t]*\#(?:\\\n|/\*.*?\*/|[^\n])*)
  | (?P<string>"(?:\\.|[^"\\])*")
  | (?P<char>'(?:\\.|[^'\\])+')
  | (?P<number>\d\w*)
  | (?P<word>[A-Za-z_]\w*)
  | (?P<operator><<=|>>=|->|\+\+|--|&&|\|\||[-+*/%&|^<>=!]=|<<|>>|\.\.\.
      |[-+*/%&|^<>=!~?:.])
  | (?P<mark>[(){}\[\];,])
''', re.X | re.S | re.M)

# What stands for a binary operator.
BINARY = {
    '<': ['<=', '>='], '<=': ['<', '>'], '>': ['>=', '<='], '>=': ['>', '<'],
    '==': ['!='], '!=': ['=='], '+': ['-'], '-': ['+'], '*': ['/'],
    '/': ['*'], '%': ['/'], '&': ['|'], '|': ['&'], '^': ['|'],
    '<<': ['>>'], '>>': ['<<'], '&&': ['||'], '||': ['&&'],
    '+=': ['-=', '='], '-=': ['+=', '='], '*=': ['/='], '/=': ['*='],
    '|=': ['&=', '='], '&=': ['|=', '='], '<<=': ['>>='], '>>=': ['<<='],
}
KEYWORDS = {'if', 'while', 'for', 'switch', 'return', 'sizeof', 'do', 'else',
            'case', 'default', 'break', 'continue', 'goto', 'defined',
            '__attribute__', '_Static_assert'}
# Calls that are the same with arguments in each other's place: all of them, or
# all behind the first.
SYMMETRIC = {'calloc', 'strcmp', 'memcmp', 'guid_equal', 'checked_add',
             'checked_mul'}
SYMMETRIC_REST = {'span_has'}
# The last row of a table: of it no more is read than that it has no function.
LAST_ROW = re.compile(r'\s*\{MRTD_OK, [^}]*\bNULL\},?$', re.M)
CONSTANT = re.compile(r'[A-Z][A-Z0-9_]+$')
# Constants that stand in for text, or whose neighbours are no C.
NO_CONSTANT = re.compile(r'PRI|NULL$|U?INT\d+_C$|[A-Z0-9_]+_H$')
ARRAY = re.compile(r'\s*(?:(?:static|const|unsigned|char|struct\s+\w+|size_t'
                   r'|bool|u?int\d+_t)\s+)+\**\w+\[[^\]]*$')
LETTERS = re.compile(r'(?<![%\\A-Za-z0-9.*])[A-Za-z]{2,}')


class Token(NamedTuple):
    """A token: what it is, and where."""
    kind: str
    text: str
    start: int

    @property
    def end(self):
        return self.start + len(self.text)


class Mutant(NamedTuple):
    """A change: text[start:end] becomes new."""
    file: str
    function: str
    kind: str
    start: int
    end: int
    new: str
    old_line: str
    new_line: str
    nth: int  # of the same change to an equal line of the function

    @property
    def key(self):
        """What it is known by, wherever its line stands."""
        nth = f' #{self.nth}' if self.nth else ''
        return (self.file, self.function + nth, self.old_line, self.new_line)

    def apply(self, text):
        return text[:self.start] + self.new + text[self.end:]


def tokens(text):
    """Code only: no comments; of directives, what #define gives."""
    for match in TOKEN.finditer(text):
        kind = match.lastgroup
        if kind == 'directive':
            define = re.match(r'\s*#\s*define\s+(\w+)(?:\([^)]*\))?',
                              match[0])
            if define:
                yield Token('define', define[1], match.start())
                for inner in TOKEN.finditer(match[0], define.end()):
                    if inner.lastgroup not in ('comment', 'directive'):
                        yield Token(inner.lastgroup, inner[0],
                                    match.start() + inner.start())
            yield Token('end', '', match.end())
        elif kind != 'comment':
            yield Token(kind, match[0], match.start())


class Source:
    """A file's tokens, each with the function or object that it is in."""

    def __init__(self, name, text):
        self.name = name
        self.text = text
        self.tokens = list(tokens(text))
        self.owner = []
        self.depth = []
        self.body = []  # in a function's body, not in an object
        self.inside()

    def inside(self):
        depth, head, owner, body = 0, [], '', False
        define = None
        for token in self.tokens:
            if token.kind == 'define':
                define = token.text
            if token.kind == 'end':
                define = None
            if token.text == '}' and not define:
                depth -= 1
            self.owner.append(define or owner)
            self.depth.append(depth)
            self.body.append(body and not define)
            if define or token.kind == 'end':
                continue
            if depth == 0:
                if token.text == '{':
                    owner, body = self.name_of(head)
                if token.text in (';', '}'):
                    head, owner, body = [], '', False
                else:
                    head.append(token)
            if token.text == '{':
                depth += 1

    @staticmethod
    def name_of(head):
        """Of what the brace begins: its name, and is it a function?"""
        texts = [t.text for t in head]
        if '=' in texts:
            words = [t.text for t in head[:texts.index('=')]
                     if t.kind == 'word' and not CONSTANT.match(t.text)]
            return (words[-1] if words else ''), False
        if '(' in texts and texts[0] not in ('struct', 'enum') or \
                '(' in texts and ')' in texts:
            return texts[texts.index('(') - 1], True
        words = [t.text for t in head if t.kind == 'word']
        return (words[-1] if words else ''), False

    def spaced(self, i):
        """Has the token space on both sides, as a binary operator has?"""
        token = self.tokens[i]
        return (self.text[token.start - 1:token.start] in ' \n'
                and self.text[token.end:token.end + 1] in (' ', '\n'))

    def closing(self, i):
        """The index of the mark that closes that at i."""
        pairs = {'(': ')', '[': ']', '{': '}'}
        opened, closes = self.tokens[i].text, pairs[self.tokens[i].text]
        level = 0
        for j in range(i, len(self.tokens)):
            if self.tokens[j].text == opened:
                level += 1
            elif self.tokens[j].text == closes:
                level -= 1
                if level == 0:
                    return j
        return None


def operators(source):
    """Relational, arithmetic, logical, bitwise and assigning operators."""
    for i, token in enumerate(source.tokens):
        if token.kind != 'operator':
            continue
        if token.text in BINARY and source.spaced(i):
            for new in BINARY[token.text]:
                yield 'operator', token.start, token.end, new
        elif token.text in ('++', '--'):
            yield ('operator', token.start, token.end,
                   '--' if token.text == '++' else '++')
        elif token.text in ('!', '~'):
            yield 'operator', token.start, token.end, ''


def number(text):
    """Neighbours of a number, and 0."""
    match = re.fullmatch(r'(0[xX][0-9a-fA-F]+|\d+)([uUlL]*)', text)
    if not match:
        return
    value, rest = int(match[1], 0), match[2]
    show = hex if match[1][:2] in ('0x', '0X') else str
    for new in dict.fromkeys([value + 1, value - 1, 0]):
        if new >= 0 and new != value:
            yield show(new) + rest


def constants(source):
    """Numbers, characters, named constants, true and false, texts."""
    for i, token in enumerate(source.tokens):
        line = source.text.rfind('\n', 0, token.start) + 1
        before = source.text[line:token.start]
        if LAST_ROW.match(source.text, line):
            continue
        if token.kind == 'number':
            for new in number(token.text):
                if not ARRAY.match(before) or int(new.rstrip('uUlL'), 0) < \
                        int(token.text.rstrip('uUlL'), 0):
                    yield 'constant', token.start, token.end, new
        elif token.kind == 'char' and len(token.text) == 3:
            new = f"'{chr(ord(token.text[1]) + 1)}'"
            yield 'constant', token.start, token.end, new
        elif token.text in ('true', 'false'):
            yield ('constant', token.start, token.end,
                   'false' if token.text == 'true' else 'true')
        elif token.kind == 'word' and CONSTANT.match(token.text) and \
                not NO_CONSTANT.match(token.text):
            after = source.tokens[i + 1].text if \
                i + 1 < len(source.tokens) else ''
            if after != '(' and not ARRAY.match(before):
                yield ('constant', token.start, token.end,
                       f'({token.text} + 1)')
        elif token.kind == 'string':
            word = LETTERS.search(token.text)
            if word:
                at = token.start + word.start()
                new = 'X' if source.text[at] == 'Q' else 'Q'
                yield 'text', at, at + 1, new


def conditions(source):
    """if, while, ?: and what is returned, negated."""
    for i, token in enumerate(source.tokens):
        if not source.body[i]:
            continue
        if token.text in ('if', 'while'):
            end = source.closing(i + 1)
            start = source.tokens[i + 1].end
            stop = source.tokens[end].start
            yield 'condition', start, stop, \
                f'!({source.text[start:stop]})'
        elif token.text == '?':
            start = condition_start(source, i)
            stop = source.tokens[i - 1].end
            yield 'condition', start, stop, f'!({source.text[start:stop]})'


def condition_start(source, i):
    """Where the condition of the ? at i begins."""
    level, j = 0, i - 1
    while j >= 0:
        text = source.tokens[j].text
        if text in (')', ']'):
            level += 1
        elif text in ('(', '['):
            level -= 1
            if level < 0:
                break
        elif level == 0 and (text in (',', ';', '{', '}', 'return', '?', ':')
                             or text in BINARY and text.endswith('=')
                             and text not in ('==', '!=', '<=', '>=')
                             or text == '='):
            break
        j -= 1
    return source.tokens[j + 1].start


def statements(source):
    """Statements left out; break and continue for each other."""
    start = None
    level = 0
    for i, token in enumerate(source.tokens):
        if not source.body[i] or token.kind in ('define', 'end'):
            start = None
            continue
        if token.text == '(':
            level += 1
        elif token.text == ')':
            level -= 1
        if level == 0 and token.text in ('{', '}') or token.text == ':' and \
                level == 0 and is_label(source, i):
            start = None
        elif token.text == ';' and level == 0:
            if start is not None:
                yield from statement(source, start, i)
            start = None
        elif start is None:
            start = i


def is_label(source, i):
    """Does the colon end a case, a default or a label?"""
    for j in range(i - 1, max(i - 8, 0), -1):
        text = source.tokens[j].text
        if text in ('case', 'default'):
            return True
        if text in ('?', ';', '{', '}'):
            return False
    return False


def statement(source, first, last):
    """The mutants of a statement: tokens from first to the ; at last."""
    head = source.tokens[first]
    if head.text in ('case', 'else', 'do', 'for', 'if', 'switch', 'static'):
        return
    if head.text in ('break', 'continue'):
        other = 'continue' if head.text == 'break' else 'break'
        yield 'jump', head.start, head.end, other
    following = source.tokens[last + 1].text
    if head.text == 'return' and following == '}' and \
            source.depth[last + 1] == 0:
        return  # the function's last: without it its value is undefined
    second = source.tokens[first + 1]
    if head.kind == 'word' and head.text not in KEYWORDS and (
            second.kind == 'word' or second.text == '*'
            and not source.spaced(first + 1)):
        return  # a declaration
    yield 'statement', head.start, source.tokens[last].start, ''


def swaps(source):
    """Neighbouring arguments of a call in each other's place."""
    for i, token in enumerate(source.tokens[:-1]):
        if not source.body[i] or token.kind != 'word' or \
                token.text in KEYWORDS or source.tokens[i + 1].text != '(':
            continue
        end = source.closing(i + 1)
        parts = arguments(source, i + 2, end)
        if token.text in SYMMETRIC:
            continue
        if token.text in SYMMETRIC_REST:
            parts = parts[:2]
        for a, b in zip(parts, parts[1:]):
            one = source.text[a[0]:a[1]]
            two = source.text[b[0]:b[1]]
            if one != two and '"' not in one + two:
                yield ('arguments', a[0], b[1],
                       two + source.text[a[1]:b[0]] + one)


def arguments(source, first, end):
    """Where the arguments between tokens first and end are."""
    parts, level, start = [], 0, None
    for j in range(first, end):
        token = source.tokens[j]
        if start is None:
            start = token.start
        if token.text in ('(', '[', '{'):
            level += 1
        elif token.text in (')', ']', '}'):
            level -= 1
        elif token.text == ',' and level == 0:
            parts.append((start, source.tokens[j - 1].end))
            start = None
    if start is not None:
        parts.append((start, source.tokens[end - 1].end))
    return parts


def lines(text, start, end):
    """The whole lines around a place, blanks as one space."""
    first = text.rfind('\n', 0, start) + 1
    last = text.find('\n', end)
    return first, len(text) if last < 0 else last


def flat(text):
    text = re.sub(r'/\*.*?\*/', '', text, flags=re.S)
    return ' '.join(text.split())


def mutants(name, text):
    """All mutants of a file, in the order of the text."""
    source = Source(name, text)
    owners = {t.start: o for t, o in zip(source.tokens, source.owner)}
    starts = sorted(owners)
    found, seen = set(), {}
    for make in (operators, constants, conditions, statements, swaps):
        for kind, start, end, new in make(source):
            found.add((start, end, new, kind))
    for start, end, new, kind in sorted(found):
        at = max(s for s in starts if s <= start)
        first, last = lines(text, start, end)
        old_line = flat(text[first:last])
        new_line = flat(text[first:start] + new + text[end:last])
        key = (owners[at], old_line, new_line)
        seen[key] = seen.get(key, -1) + 1
        yield Mutant(name, owners[at] or '-', kind, start, end, new, old_line,
                     new_line, seen[key])
