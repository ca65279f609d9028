# SPDX-License-Identifier: Apache-2.0
"""A floor of src/ includes and calls only what its place allows."""

import re
import sys

import lintlib
from lintlib import Violation

NAME = 'floors'

# From the ground up. Those of the program see the library from outside.
LIBRARY = ('base', 'sha384', 'image', 'launch', 'measure', 'evidence')
PROGRAM = ('volume', 'reference', 'cli')
# Those of the program that read bytes as the library does, and as silently.
ON_BASE = ('volume',)
# Headers of base that a program can use without the functions of base.
FOR_ALL = ('base/array.h', 'base/guid.h')
# Image floors never hash.
NO_HASH = ('image', 'launch')

STANDARD = {f'{name}.h' for name in (
    'assert ctype errno float inttypes limits stdalign stdarg stdatomic '
    'stdbool stddef stdint stdio stdlib stdnoreturn string').split()}
# Instruction sets and how to ask for them.
PROCESSOR = re.compile(
    r'(?:\w*intrin|cpuid|arm_neon|arm_acle|arm_sve|sys/auxv|asm/hwcap'
    r'|sys/sysctl)\.h')
# External libraries: the floors that may use them.
EXTERNAL = (
    (re.compile(r'openssl/.*'), ('sha384', 'reference', 'cli')),
    (re.compile(r'jansson.*\.h'), ('reference', 'cli')),
    (re.compile(r'cbor(?:\.h|/.*)'), ('reference',)),
    (re.compile(r'lzma\.h'), ('volume',)),
)

# The library does no input or output, never exits, asks no environment.
FORBIDDEN_CALLS = frozenset('''
    abort assert at_quick_exit atexit exit _exit _Exit quick_exit
    clearerr fclose fdopen feof ferror fflush fgetc fgets fileno fopen
    fprintf fputc fputs fread freopen fscanf fseek fseeko ftell ftello
    fwrite getc getchar getline perror printf putc putchar puts remove
    rename rewind scanf setbuf setvbuf tmpfile tmpnam ungetc vfprintf
    vfscanf vprintf vscanf dprintf vdprintf
    getenv secure_getenv putenv setenv unsetenv system popen rand srand
    '''.split())
FORBIDDEN_NAMES = frozenset(('FILE', 'stdin', 'stdout', 'stderr'))


def _quoted(floor, name):
    """What is wrong with #include "name" in a file of the floor."""
    if name in ('mrtd.h', 'mrtd/codes.def'):
        return None
    parts = name.split('/')
    if len(parts) != 2 or parts[0] not in LIBRARY + PROGRAM:
        return f'"{name}" is neither "mrtd.h" nor written "floor/file.h"'
    target = parts[0]
    if floor in PROGRAM:
        if target in LIBRARY:
            if name in FOR_ALL or floor in ON_BASE and target == 'base':
                return None
            return f'{floor} sees the library only through "mrtd.h"'
        if PROGRAM.index(target) > PROGRAM.index(floor):
            return f'{floor} stands below {target}'
        return None
    if target in PROGRAM:
        return f'{target} is part of the program, not of the library'
    if LIBRARY.index(target) > LIBRARY.index(floor):
        return f'{floor} stands below {target}'
    if floor in NO_HASH and target == 'sha384':
        return f'{floor} never hashes'
    return None


def _angled(floor, name):
    """What is wrong with #include <name> in a file of the floor."""
    if re.fullmatch(r'(?:.*/)?mrtd(?:\.h|/.*)', name):
        return 'written "mrtd.h"'
    for pattern, floors in EXTERNAL:
        if pattern.fullmatch(name):
            if floor in floors:
                return None
            return f'<{name}> is for {", ".join(floors)} only'
    if name in STANDARD or floor in PROGRAM and floor not in ON_BASE:
        return None
    if floor == 'sha384' and PROCESSOR.fullmatch(name):
        return None
    return f'<{name}> is no header for a floor of the library'


def _includes(file, floor, text):
    pattern = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?:"([^"]*)"|<([^>]*)>)',
                         re.M)
    for match in pattern.finditer(lintlib.blank(text, literals=False)):
        quoted, angled = match.groups()
        wrong = (_angled(floor, angled) if quoted is None
                 else _quoted(floor, quoted))
        if wrong:
            line = lintlib.line_at(text, match.start())
            yield Violation(file, line, 'floors', wrong)


def _calls(file, text):
    clean = lintlib.blank_directives(lintlib.blank(text))
    for match in re.finditer(r'(?:->|\.)?\s*\b([A-Za-z_]\w*)\b(\s*\()?',
                             clean):
        name = match.group(1)
        if match.group().startswith(('->', '.')):
            continue
        if name in FORBIDDEN_NAMES or (match.group(2)
                                       and name in FORBIDDEN_CALLS):
            line = lintlib.line_at(clean, match.start(1))
            yield Violation(file, line, 'floors-io',
                            f'{name} in a floor of the library')


def check(root, **_):
    for file, text in lintlib.c_files(root, 'src'):
        parts = file.split('/')
        floor = parts[1]
        if len(parts) < 3 or floor not in LIBRARY + PROGRAM:
            yield Violation(file, 1, 'floors', 'in no known floor of src/')
            continue
        yield from _includes(file, floor, text)
        if floor in LIBRARY or floor in ON_BASE:
            yield from _calls(file, text)


def self_check():
    bad = {
        'src/base/a.c': '#include "image/tdvf.h"\n'
                        '#include "span.h"\n'
                        '#include "../base/span.h"\n'
                        '#include <mrtd.h>\n'
                        '#include <unistd.h>\n'
                        '#include <openssl/sha.h>\n'
                        '#include "mrtd/base.h"\n'
                        '#include <mrtd/codes.def>\n',
        'src/sha384/b.c': '#include <jansson.h>\n'
                          'int f(void)\n{\n'
                          '    printf("a");\n'
                          '    return getenv\n("A") ? 1 : 0;\n}\n',
        'src/image/c.c': '#include "sha384/sha384.h"\n'
                         '#include "launch/plan.h"\n'
                         '#include <immintrin.h>\n'
                         'static FILE *f;\n'
                         'void g(void)\n{\n    abort();\n}\n',
        'src/measure/d.c': ' # include "cli/text.h"\n',
        'src/reference/e.c': '#include "base/hex.h"\n'
                             '#include "cli/text.h"\n',
        'src/cli/f.c': '#include "base/hex.h"\n'
                       '#include "main.h"\n'
                       '#include "image/tdvf.h" /* "mrtd.h" */\n',
        'src/volume/i.c': '#include "image/tdvf.h"\n'
                          '#include "cli/text.h"\n'
                          '#include "reference/rvps.h"\n'
                          '#include <unistd.h>\n'
                          '#include <openssl/evp.h>\n'
                          'void g(void)\n{\n    printf("a");\n}\n',
        'src/image/j.c': '#include <lzma.h>\n',
        'src/extra/g.c': '',
        'src/h.c': '',
    }
    wanted = [('src/base/a.c', n, 'floors') for n in range(1, 9)]
    wanted += [('src/sha384/b.c', 1, 'floors'),
               ('src/sha384/b.c', 4, 'floors-io'),
               ('src/sha384/b.c', 5, 'floors-io'),
               ('src/image/c.c', 1, 'floors'),
               ('src/image/c.c', 2, 'floors'),
               ('src/image/c.c', 3, 'floors'),
               ('src/image/c.c', 4, 'floors-io'),
               ('src/image/c.c', 7, 'floors-io'),
               ('src/measure/d.c', 1, 'floors'),
               ('src/reference/e.c', 1, 'floors'),
               ('src/reference/e.c', 2, 'floors'),
               ('src/cli/f.c', 1, 'floors'),
               ('src/cli/f.c', 2, 'floors'),
               ('src/cli/f.c', 3, 'floors'),
               *(('src/volume/i.c', n, 'floors') for n in range(1, 6)),
              ('src/volume/i.c', 8, 'floors-io'),
              ('src/image/j.c', 1, 'floors'),
              ('src/extra/g.c', 1, 'floors'),
               ('src/h.c', 1, 'floors')]
    good = {
        'src/base/a.c': '#include "base/span.h"\n#include "mrtd.h"\n'
                        '#include "mrtd/codes.def"\n'
                        '#include <string.h>\n#include <stdio.h>\n'
                        '/* #include <unistd.h>, printf("a") */\n'
                        'void f(char *s)\n{\n    snprintf(s, 4, "exit(");\n}\n',
        'src/sha384/b.c': '#include "base/span.h"\n#include <openssl/evp.h>\n'
                          '#include <immintrin.h>\n#include <sys/auxv.h>\n',
        'src/measure/c.c': '#include "sha384/sha384.h"\n'
                           '#include "launch/plan.h"\n'
                           'int f(struct s *o)\n{\n    return o->remove(o);\n'
                           '}\n_Static_assert(1, "a");\n',
        'src/volume/e.c': '#include "base/span.h"\n#include <lzma.h>\n'
                          '#include "volume/map.h"\n#include <stdlib.h>\n',
        'src/cli/d.c': '#include "cli/text.h"\n#include "mrtd.h"\n'
                       '#include "base/array.h"\n'
                       '#include "volume/map.h"\n'
                       '#include "reference/rvps.h"\n#include <jansson.h>\n'
                       '#include <unistd.h>\n'
                       'void f(void)\n{\n    printf("a");\n}\n',
    }
    return (lintlib.expect(check, bad, wanted)
            + lintlib.expect(check, good, []))


if __name__ == '__main__':
    sys.exit(lintlib.main(__name__))
