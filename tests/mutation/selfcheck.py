#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Does the mutator still work? A few mutants, in seconds.

Those that the unit tests of src/base must see, one that nothing can see, one
that the compiler makes nothing of; that survivors.txt speaks of mutants that
there are.
"""

import argparse
import pathlib
import subprocess
import sys
import tempfile

import build
import mutants
import report
import screen

SAMPLES = 'src/program/model/sample.c'
# File, what the line has, what the mutant's has, what must become of it.
FIXED = (
    ('src/base/span.c', 'return offset <= s.size && len <= s.size - offset;',
     'return offset < s.size && len <= s.size - offset;', 'killed'),
    ('src/base/span.c', 'i++;', ';', 'killed'),
    ('src/base/hex.c', "return (unsigned)(c - 'a') + 10;",
     "return (unsigned)(c - 'a') + 11;", 'killed'),
    ('src/base/guid.c', 'hex_encode(p, &guid->bytes[order[i]], 1);', ';',
     'killed'),
    ('src/base/findings.c', 'if (!items) {',
     'if (!(!items)) {', 'killed'),
    ('src/base/source.c', 'if (source->data) {', 'if (!(source->data)) {',
     'killed'),
    ('src/base/source.c',
     'struct span whole = span_make(source->data, source->size, 0);',
     'struct span whole = span_make(source->data, source->size, 1);',
     'survived'),
    ('src/base/source.c', 'if (!span_has(whole, offset, len)) {',
     'if (!span_has(whole, len, offset)) {', None),
    ('src/launch/tdx/gce.c', '{MRTD_OK, false, NULL},',
     '{MRTD_OK, true, NULL},', None),
    ('src/base/hex.c', 'for (size_t i = 0; i < len; i++) {',
     'for (size_t i = 0; i != len; i++) {', None),
)
# Each kind of change, and what must be left alone.
SAMPLE = '''/* if (a < b) { return 1; } */
//@ a == 1;
#include <a/b.h>
#define SIZE 16
static const char text[] = "some words";
int f(char *p, int a)
{
    const int *q = &a; /* a + 1 */
    while (a < SIZE && *q != 3) {
        g(p, a);
        break;
    }
    return a ? a - 1 : b(a);
}
'''
WANTED = {
    ('SIZE', '#define SIZE 17'), ('SIZE', '#define SIZE 0'),
    ('-', 'static const char text[] = "Qome words";'),
    ('f', 'while (a <= SIZE && *q != 3) {'),
    ('f', 'while (a < SIZE || *q != 3) {'),
    ('f', 'while (a < SIZE && *q == 3) {'),
    ('f', 'while (a < (SIZE + 1) && *q != 3) {'),
    ('f', 'while (!(a < SIZE && *q != 3)) {'),
    ('f', 'g(a, p);'), ('f', ';'), ('f', 'continue;'),
    ('f', 'return !(a) ? a - 1 : b(a);'), ('f', 'return a ? a + 1 : b(a);'),
}


def sample():
    """What is wrong with the mutants of a text."""
    found = list(mutants.mutants('sample.c', SAMPLE))
    made = {(m.function, m.new_line) for m in found}
    yield from (f'no mutant {m}' for m in WANTED - made)
    comments = SAMPLE.index('#include')
    yield from (f'not code: {m}' for m in found
                if m.start < comments or '<a/b' in m.old_line
                or m.new_line.startswith('int *q'))


class Outputs:
    """A server whose program prints a line of each file."""

    def __init__(self):
        self.changed = {}

    def run(self, command):
        text = '\n'.join(self.changed.get(name, name) for name in command)
        return subprocess.CompletedProcess(command, 0, text.encode(), b'')


def screens():
    """What is wrong with cases run together: who is asked, with what answer."""
    asked = []
    server = Outputs()
    cases = [(('--json',), name, lambda n=name: asked.append(n) or n != '/bad')
             for name in ('/good', '/bad')]
    (_, together), = screen.screens(server, cases)
    if not together.passes() or asked:
        yield f'screen: nothing changed, and {asked} were run'
    server.changed = {'/good': '/good!'}
    if together.passes() or asked != ['/good', '/bad']:
        yield f'screen: the changed one is not the first of {asked}'
    server.changed = {'/bad': 'bad!'}
    asked.clear()
    if together.passes() or asked != ['/bad']:
        yield f'screen: {asked} were run, not the changed one'


def all_mutants():
    """By key; keys must be of one mutant each."""
    found = {}
    for folder in ('base', 'image', 'launch', 'measure'):
        for path in sorted((build.ROOT / 'src' / folder).rglob('*.[ch]')):
            name = str(path.relative_to(build.ROOT))
            for mutant in mutants.mutants(name, path.read_text('utf-8')):
                assert mutant.key not in found, mutant
                found[mutant.key] = mutant
    return found


def outcome(mutant, folder, archive):
    """What becomes of a mutant under the unit tests of its file."""
    text = (build.ROOT / mutant.file).read_text(encoding='utf-8')
    source = folder / 'mutant.c'
    source.write_text(mutant.apply(text), encoding='utf-8')
    test = str(folder / 'test')
    unit = f'tests/unit/test_{pathlib.Path(mutant.file).name}'
    build.command(build.CC, *build.FLAGS, str(source), unit,
                  str(folder / 'sample.o'), archive, '-lcmocka', '-lcrypto',
                  '-o', test)
    try:
        done = subprocess.run([test], stdout=subprocess.DEVNULL, timeout=20,
                              stderr=subprocess.DEVNULL, check=False)
    except subprocess.TimeoutExpired:
        return 'killed'
    return 'killed' if done.returncode else 'survived'


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n', 1)[0])
    parser.add_argument('--archive', required=True, help='libmrtd.a')
    archive = str(pathlib.Path(parser.parse_args().archive).resolve())
    wrong = [*sample(), *screens()]
    known = all_mutants()
    reasons, malformed = report.listed()
    wrong += malformed
    wrong += [f'survivors.txt: there is no such mutant: {key}'
              for key in reasons if key not in known]
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        build.command(build.CC, *build.FLAGS, '-c', SAMPLES, '-o',
                      str(folder / 'sample.o'))
        for file, old, new, wanted in FIXED:
            matching = [m for m in known.values() if
                        (m.file, m.old_line, m.new_line) == (file, old, new)]
            if wanted is None:
                wrong += [f'made, but should not be: {m}' for m in matching]
            elif not matching:
                wrong.append(f'not made: {file}: {new}')
            else:
                got = outcome(matching[0], folder, archive)
                if got != wanted:
                    wrong.append(f'{got}, not {wanted}: {matching[0].key}')
    print(f'{len(known)} mutants', *wrong, sep='\n')
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main())
