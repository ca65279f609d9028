# SPDX-License-Identifier: Apache-2.0
"""A floor of src/, or room of src/program/, includes and calls only what its
place allows; and nothing of another platform's or format's."""

import re
import sys

import lintlib
from lintlib import Violation

NAME = 'floors'

# From the ground up. Those of the program see the library from outside.
LIBRARY = ('base', 'hash', 'image', 'launch', 'events', 'measure', 'evidence',
           'verify')
PROGRAM = ('io', 'options', 'firmware', 'reference', 'model', 'report',
           'groups', 'commands')
# Beside main.c: what each room of the program may include; these include no
# room themselves.
SHARED = ('failure', 'file_kind', 'printable', 'schemas')
# Those of the program that read bytes as the library does, and as silently.
ON_BASE = ('firmware',)
# Rooms that another may not include although they are below it.
CLOSED = {'firmware': ('io', 'options'), 'reference': ('options',),
          'model': ('io', 'options'), 'report': ('io', 'options')}
# Folders of floors of the library: files about one format, or one platform.
ROOMS = {'image': ('igvm', 'sev', 'tdvf'), 'launch': ('snp', 'tdx')}
# Kinds of names that folders and files of the library are named after. A file
# that is named after one includes nothing that is named after another of its
# kind; a file that is named after none includes nothing that is named after
# one. A file that is named after a platform and after no format may include
# headers of formats: those that its platform's images come in.
KINDS = {'platform': ('tdx', 'snp'), 'format': ('tdvf', 'igvm', 'sev')}
# But the tables do, which are there to know them all.
TABLES = {'src/evidence/evidence.c': ('snp',),
          'src/image/image.c': ('tdvf', 'igvm', 'sev'),
          'src/launch/vmm.c': ('tdx', 'snp'),
          'src/measure/platform.c': ('tdx', 'snp')}
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
    (re.compile(r'openssl/.*'), ('hash', 'verify', 'reference', 'io',
                                'commands')),
    (re.compile(r'jansson.*\.h'), ('reference', 'model', 'report',
                                   'commands')),
    (re.compile(r'cbor(?:\.h|/.*)'), ('reference',)),
    (re.compile(r'lzma\.h'), ('firmware',)),
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
# Rooms of the program that print nothing by themselves, open nothing and end
# nothing; they may write to a stream that they are given.
SILENT = ('options', 'reference', 'model', 'report')
SILENT_CALLS = frozenset('''
    _exit _Exit abort exit quick_exit setenv system popen
    printf vprintf puts putchar perror scanf dprintf vdprintf getchar
    fopen freopen fdopen tmpfile open openat creat mkdir mkdirat remove rename
    renameat unlink unlinkat fork execv execve execvp socket connect
    '''.split())
SILENT_NAMES = frozenset(('stdin', 'stdout', 'stderr'))


def _quoted(floor, name):
    """What is wrong with #include "name" in a file of the floor."""
    if name in ('mrtd.h', 'mrtd/codes.def'):
        return None
    if name in [f'{shared}.h' for shared in SHARED]:
        return None if floor in PROGRAM + ('shared',) else f'not for {floor}'
    parts = name.split('/')
    if len(parts) == 3 and parts[1] in ROOMS.get(parts[0], ()):
        del parts[1]
    if len(parts) != 2 or parts[0] not in LIBRARY + PROGRAM:
        return f'"{name}" is neither "mrtd.h" nor written "floor/file.h"'
    target = parts[0]
    if floor == 'shared':
        return 'each room stands above what they share'
    if floor in PROGRAM:
        if target in LIBRARY:
            if name in FOR_ALL or floor in ON_BASE and target == 'base':
                return None
            return f'{floor} sees the library only through "mrtd.h"'
        if PROGRAM.index(target) > PROGRAM.index(floor):
            return f'{floor} stands below {target}'
        if target in CLOSED.get(floor, ()):
            return f'{target} is not for {floor}'
        return None
    if target in PROGRAM:
        return f'{target} is part of the program, not of the library'
    if LIBRARY.index(target) > LIBRARY.index(floor):
        return f'{floor} stands below {target}'
    if floor in NO_HASH and target == 'hash':
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
    if floor == 'hash' and PROCESSOR.fullmatch(name):
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


def _named(path):
    """{name: its kind} of all that a folder or file is named after."""
    words = set(re.split(r'[/_.]', path))
    return {name: kind for kind, names in KINDS.items()
            for name in names if name in words}


def _others(file, text):
    """Includes of what is another's."""
    own, may = _named(file), set(TABLES.get(file, ()))
    used = set()
    for match in re.finditer(r'^[ \t]*#[ \t]*include[ \t]*"([^"]*)"',
                             lintlib.blank(text, literals=False), re.M):
        for name, kind in _named(match[1]).items():
            if name in own or own and kind not in own.values():
                continue
            used.add(name)
            if name not in may:
                after = ', '.join(n for n in own if own[n] == kind)
                yield Violation(
                    file, lintlib.line_at(text, match.start()), 'floors-named',
                    f'"{match[1]}" is for files about {name}; this one is '
                    + (f'about {after}' if after else 'about all'))
    for name in sorted(may - used):
        yield Violation(file, 1, 'floors-named', 'tests/lint/floors.py says '
                        f'that it may include {name}, and it does not')


def _floor(file):
    """The floor or room that a file is in, or None."""
    parts = file.split('/')
    if len(parts) == 4 and parts[2] in ROOMS.get(parts[1], ()):
        del parts[2]
    if parts[1] != 'program':
        return parts[1] if len(parts) == 3 and parts[1] in LIBRARY else None
    if file == 'src/program/main.c':
        return 'commands'
    if len(parts) == 3 and parts[2].rsplit('.', 1)[0] in SHARED:
        return 'shared'
    return parts[2] if len(parts) == 4 and parts[2] in PROGRAM else None


def _calls(file, text, calls, names, where):
    clean = lintlib.blank_directives(lintlib.blank(text))
    for match in re.finditer(r'(?:->|\.)?\s*\b([A-Za-z_]\w*)\b(\s*\()?',
                             clean):
        name = match.group(1)
        if match.group().startswith(('->', '.')):
            continue
        if name in names or (match.group(2) and name in calls):
            line = lintlib.line_at(clean, match.start(1))
            yield Violation(file, line, 'floors-io', f'{name} in {where}')


def check(root, **_):
    for file, text in lintlib.c_files(root, 'src'):
        floor = _floor(file)
        if not floor:
            yield Violation(file, 1, 'floors', 'in no known floor of src/')
            continue
        yield from _includes(file, floor, text)
        if floor in LIBRARY:
            yield from _others(file, text)
        if floor in LIBRARY or floor in ON_BASE:
            yield from _calls(file, text, FORBIDDEN_CALLS, FORBIDDEN_NAMES,
                              'a floor of the library')
        elif floor in SILENT:
            yield from _calls(file, text, SILENT_CALLS, SILENT_NAMES,
                              f'{floor}, which prints and opens nothing')


def _check_others():
    """A library of two platforms and their formats; measure has no rooms."""
    tdx, snp = '"measure/tdx_stream.h"', '"measure/snp_chain.h"'
    tdvf, igvm = '"image/tdvf/metadata.h"', '"image/igvm/walk.h"'
    sev = '"image/sev/metadata.h"'
    files = {
        # One platform or format, and all that is named after none.
        'src/measure/snp_chain.c': (snp, tdvf, igvm, '"launch/plan.h"'),
        'src/measure/tdx.c': (tdx, tdvf, igvm, '"hash/sha384.h"'),
        'src/image/tdvf/a.c': (tdvf, '"image/image.h"', '"base/error.h"'),
        'src/image/igvm/a.h': (igvm, '"image/image.h"', '"mrtd.h"'),
        'src/launch/snp/a.c': ('"launch/snp/build.h"', sev, igvm),
        'src/measure/sev.c': (sev, snp),
        'src/launch/tdx/a.c': ('"launch/tdx/build.h"', tdvf, igvm),
        'src/measure/mantdx.c': ('"measure/tdxes.h"', '"measure/measure.h"'),
        # The tables.
        'src/evidence/evidence.c': (snp,),
        'src/image/image.c': (tdvf, igvm, sev),
        'src/measure/platform.c': (tdx, snp, '"launch/tdx/build.h"'),
    }
    bad = {
        'src/measure/snp_chain.h': (tdx, '"launch/tdx/build.h"'),
        'src/measure/tdx_stream.c': (snp,),
        'src/image/tdvf/b.h': (igvm,),
        'src/image/igvm/b.c': (tdvf, sev),
        'src/image/sev/b.c': (tdvf,),
        'src/launch/snp/b.c': ('"launch/tdx/build.h"',),
        'src/launch/tdx/igvm_b.c': (tdvf,),
        'src/image/format.c': (tdvf, igvm),
        'src/image/guid_table.h': (igvm,),
        'src/launch/plan.c': ('"launch/tdx/build.h"', tdvf),
        'src/measure/measure.c': (tdx, snp),
        'src/evidence/tdinfo.c': (tdx,),
    }
    wanted = [(file, n + 1, 'floors-named') for file, names in bad.items()
              for n in range(len(names))]
    # What is said to be allowed, and is not there; and one that was not said.
    bad['src/image/image.c'] = (igvm,)
    bad['src/measure/platform.c'] = ('"mrtd.h"', tdx, tdvf)
    wanted += [('src/image/image.c', 1, 'floors-named'),
               ('src/image/image.c', 1, 'floors-named'),
               ('src/measure/platform.c', 1, 'floors-named'),
               ('src/measure/platform.c', 3, 'floors-named')]
    texts = [{file: ''.join(f'#include {name}\n' for name in names)
              for file, names in those.items()} for those in (files, bad)]
    return (lintlib.expect(check, texts[0], [])
            + lintlib.expect(check, texts[1], wanted))


def self_check():
    bad = {
        'src/base/a.c': '#include "image/tdvf/metadata.h"\n'
                        '#include "span.h"\n'
                        '#include "../base/span.h"\n'
                        '#include <mrtd.h>\n'
                        '#include <unistd.h>\n'
                        '#include <openssl/sha.h>\n'
                        '#include "mrtd/base.h"\n'
                        '#include <mrtd/codes.def>\n',
        'src/hash/b.c': '#include <jansson.h>\n'
                        'int f(void)\n{\n'
                        '    printf("a");\n'
                        '    return getenv\n("A") ? 1 : 0;\n}\n',
        'src/image/c.c': '#include "hash/sha384.h"\n'
                         '#include "launch/plan.h"\n'
                         '#include <immintrin.h>\n'
                         'static FILE *f;\n'
                         'void g(void)\n{\n    abort();\n}\n',
        'src/measure/d.c': ' # include "io/text.h"\n',
        'src/program/reference/e.c':
                             '#include "base/hex.h"\n'
                             '#include "commands/text.h"\n',
        'src/program/io/f.c':
                       '#include "base/hex.h"\n'
                       '#include "main.h"\n'
                       '#include "image/tdvf/metadata.h" /* "mrtd.h" */\n',
        'src/program/firmware/i.c':
                          '#include "image/tdvf/metadata.h"\n'
                          '#include "io/text.h"\n'
                          '#include "reference/rvps.h"\n'
                          '#include <unistd.h>\n'
                          '#include <openssl/evp.h>\n'
                          'void g(void)\n{\n    printf("a");\n}\n',
        'src/image/j.c': '#include <lzma.h>\n',
        'src/program/model/k.c': '#include "io/text.h"\n'
                                 '#include "report/text.h"\n',
        'src/program/model/p.c': 'void g(void)\n{\n    printf("a");\n'
                                 '    open("a", 0);\n}\n',
        'src/program/report/q.c': 'void g(FILE *to)\n{\n    fputs("a", to);\n'
                                  '    fputs("a", stdout);\n    exit(1);\n}\n',
        'src/program/extra/l.c': '',
        'src/program/m.c': '',
        'src/program/printable.c': '#include "io/text.h"\n'
                                   '#include <unistd.h>\n',
        'src/launch/n.c': '#include "printable.h"\n',
        'src/extra/g.c': '',
        'src/launch/other/n.c': '',
        'src/launch/tdx/o.c': '#include "launch/tdx/rules.h"\n'
                              '#include "image/tdx/rules.h"\n'
                              '#include "hash/sha384.h"\n',
        'src/h.c': '',
    }
    wanted = [('src/base/a.c', n, 'floors') for n in range(1, 9)]
    wanted += [('src/base/a.c', 1, 'floors-named')]
    wanted += [('src/hash/b.c', 1, 'floors'),
               ('src/hash/b.c', 4, 'floors-io'),
               ('src/hash/b.c', 5, 'floors-io'),
               ('src/image/c.c', 1, 'floors'),
               ('src/image/c.c', 2, 'floors'),
               ('src/image/c.c', 3, 'floors'),
               ('src/image/c.c', 4, 'floors-io'),
               ('src/image/c.c', 7, 'floors-io'),
               ('src/measure/d.c', 1, 'floors'),
               ('src/program/reference/e.c', 1, 'floors'),
               ('src/program/reference/e.c', 2, 'floors'),
               ('src/program/io/f.c', 1, 'floors'),
               ('src/program/io/f.c', 2, 'floors'),
               ('src/program/io/f.c', 3, 'floors'),
               *(('src/program/firmware/i.c', n, 'floors') for n in range(1, 6)),
              ('src/program/firmware/i.c', 8, 'floors-io'),
              ('src/image/j.c', 1, 'floors'),
               ('src/program/model/k.c', 1, 'floors'),
               ('src/program/model/k.c', 2, 'floors'),
               ('src/program/model/p.c', 3, 'floors-io'),
               ('src/program/model/p.c', 4, 'floors-io'),
               ('src/program/report/q.c', 4, 'floors-io'),
               ('src/program/report/q.c', 5, 'floors-io'),
               ('src/program/extra/l.c', 1, 'floors'),
               ('src/program/m.c', 1, 'floors'),
               ('src/program/printable.c', 1, 'floors'),
               ('src/program/printable.c', 2, 'floors'),
               ('src/launch/n.c', 1, 'floors'),
               ('src/extra/g.c', 1, 'floors'),
               ('src/launch/other/n.c', 1, 'floors'),
               ('src/launch/tdx/o.c', 2, 'floors'),
               ('src/launch/tdx/o.c', 3, 'floors'),
               ('src/h.c', 1, 'floors')]
    good = {
        'src/base/a.c': '#include "base/span.h"\n#include "mrtd.h"\n'
                        '#include "mrtd/codes.def"\n'
                        '#include <string.h>\n#include <stdio.h>\n'
                        '/* #include <unistd.h>, printf("a") */\n'
                        'void f(char *s)\n{\n    snprintf(s, 4, "exit(");\n}\n',
        'src/hash/b.c': '#include "base/span.h"\n#include <openssl/evp.h>\n'
                        '#include <immintrin.h>\n#include <sys/auxv.h>\n',
        'src/measure/c.c': '#include "hash/sha384.h"\n'
                           '#include "launch/plan.h"\n'
                           'int f(struct s *o)\n{\n    return o->remove(o);\n'
                           '}\n_Static_assert(1, "a");\n',
        'src/program/firmware/e.c':
                          '#include "base/span.h"\n#include <lzma.h>\n'
                          '#include "firmware/map.h"\n#include <stdlib.h>\n',
        'src/program/commands/d.c':
                       '#include "io/text.h"\n#include "mrtd.h"\n'
                       '#include "base/array.h"\n'
                       '#include "printable.h"\n'
                       '#include "firmware/map.h"\n'
                       '#include "reference/rvps.h"\n#include <jansson.h>\n'
                       '#include <unistd.h>\n'
                       'void f(void)\n{\n    printf("a");\n}\n',
    }
    return (lintlib.expect(check, bad, wanted)
            + lintlib.expect(check, good, []) + _check_others())


if __name__ == '__main__':
    sys.exit(lintlib.main(__name__))
