# SPDX-License-Identifier: Apache-2.0
"""Compiles mutants and links them with what the tests need.

All of the library is one shared object, so that a mutant is one compilation
and one quick link; the program and the tests are linked once against it. What
wraps malloc() is linked whole for each mutant.
"""

import functools
import hashlib
import os
import pathlib
import shutil
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
CC = os.environ.get('CC', 'gcc')
# Like the program's own, but for what does not change what it does. A change
# that no other compiler would take is none.
FLAGS = ['-std=c11', '-O2', '-fPIC', '-w', '-D_GNU_SOURCE',
         '-Werror=incompatible-pointer-types', '-Werror=int-conversion',
         '-Werror=implicit-function-declaration',
         '-I', 'include', '-I', 'src', '-I', 'src/program']
SANITIZE = ['-fsanitize=address,undefined', '-fno-sanitize-recover=all', '-g1']
LIBRARIES = ['-lcrypto', '-ljansson', '-lcbor', '-llzma', '-lcmocka',
             '-lpthread']
SPECIAL = {'src/hash/avx2.c': ['-mavx2'],
           'src/hash/avx512.c': ['-mavx512f', '-mavx512bw', '-mavx512vl']}
FOLDERS = ('base', 'events', 'evidence', 'hash', 'image', 'launch', 'measure')
UNITS = tuple(f'tests/unit/test_{name}.c' for name in (
    'accept', 'accept_snp', 'checked', 'codes', 'disk', 'error', 'events',
    'evidence', 'findings', 'guid', 'hash_table', 'hex', 'igvm', 'igvm_snp',
    'image', 'launch', 'many', 'measure', 'null', 'plan', 'sev', 'snp_chain',
    'snp_measure', 'snp_plan', 'snp_search', 'snp_search_igvm', 'snp_sections',
    'source', 'span', 'svsm', 'value', 'vcpu', 'verity', 'vmm', 'vmsa'))
FAILURES = 'tests/unit/test_failures.c'
UNIT_FLAGS = ['-DMRTD_TEST_VERSION="0.1.0"', '-DMRTD_TEST_SHORT',
              '-DMRTD_TEST_LIBCRYPTO=1']
WRAP = ['-Wl,--wrap=malloc', '-Wl,--wrap=calloc', '-Wl,--wrap=realloc']
VARIANTS = {'plain': [], 'asan': SANITIZE}


class NotC(Exception):
    """The mutant does not compile."""


def command(*args):
    """Runs it; its words where it fails."""
    done = subprocess.run(args, cwd=ROOT, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        raise NotC(done.stdout)


def library_sources():
    found = [str(p.relative_to(ROOT)) for folder in FOLDERS
             for p in sorted((ROOT / 'src' / folder).rglob('*.c'))]
    if os.uname().machine != 'x86_64':
        found = [name for name in found if name not in SPECIAL]
    return found


def program_sources():
    skip = {'src/program/main.c', 'src/program/io/sandbox.c',
            'src/program/reference/no_cbor.c'}
    return [name for name in sorted(str(p.relative_to(ROOT)) for p in
                                    (ROOT / 'src/program').rglob('*.c'))
            if name not in skip]


@functools.lru_cache(maxsize=None)
def users(header):
    """The library's sources that include a header, if only by another, and
    the tests that have its inline functions for themselves."""
    files = {str(p.relative_to(ROOT)): p.read_text(encoding='utf-8')
             for p in (*(path for folder in FOLDERS for path in
                         (ROOT / 'src' / folder).rglob('*.[ch]')),
                       *(ROOT / 'tests/unit').glob('*.c'))}
    wanted = {header}
    while True:
        more = {name for name, text in files.items()
                if any(f'"{w[4:]}"' in text for w in wanted)} | wanted
        if more == wanted:
            break
        wanted = more
    return [name for name in (*library_sources(), *UNITS) if name in wanted]


class Base:
    """What is the same for all mutants: objects, tests, the originals."""

    def __init__(self, folder, variant):
        self.folder = folder / variant
        self.variant = variant
        self.flags = FLAGS + VARIANTS[variant]

    def object(self, name):
        return str(self.folder / (name.replace('/', '_') + '.o'))

    def compile(self, name, output, *more, source=None):
        command(CC, *self.flags, *SPECIAL.get(name, []), *more, '-c',
                source or name, '-o', output)

    def build(self, pool):
        """Compiles what is not there in its present state."""
        self.folder.mkdir(parents=True, exist_ok=True)
        jobs = [(name, name, []) for name in
                (*library_sources(), *program_sources(),
                 'tests/fuzz/fuzz_image.c', 'tests/fuzz/replay.c',
                 'tests/mutation/server.c')]
        jobs += [('src/program/main.c', 'src/program/main.c',
                  ['-Dmain=program_main']), ('src/program/main.c', 'main', [])]
        jobs += [(name, name, UNIT_FLAGS) for name in (*UNITS, FAILURES)]
        headers = self.headers()

        def make(job):
            source, target, more = job
            stamp = pathlib.Path(self.object(target) + '.state')
            state = headers + hashlib.sha256(
                (ROOT / source).read_bytes()).hexdigest()
            if not stamp.exists() or stamp.read_text('utf-8') != state:
                self.compile(source, self.object(target), *more)
                stamp.write_text(state, encoding='utf-8')
        list(pool.map(make, jobs))

    def headers(self):
        """A digest of what any file may include, and of how it is compiled."""
        digest = hashlib.sha256(repr(self.flags).encode())
        for pattern in ('src/**/*.h', 'tests/*/*.h', 'include/*.h',
                        'include/mrtd/*'):
            for path in sorted(ROOT.glob(pattern)):
                digest.update(path.read_bytes())
        return digest.hexdigest()

    def link(self, target, *objects):
        """A program that takes libmutant.so from the folder that it is in."""
        command(CC, *VARIANTS[self.variant], '-o', str(target), *objects,
                '-rdynamic', '-fuse-ld=lld', '-L', str(target.parent),
                '-lmutant', '-Wl,-rpath,$ORIGIN,-z,now', *LIBRARIES)

    def link_unit(self, folder, source, test):
        self.link(folder / pathlib.Path(source).stem, test,
                  self.object('src/program/model/sample.c'))

    def link_programs(self, folder):
        program = [self.object(name) for name in program_sources()]
        self.link(folder / 'server', self.object('tests/mutation/server.c'),
                  self.object('src/program/main.c'), *program)
        self.link(folder / 'mrtd-calc', self.object('main'), *program)
        for name in UNITS:
            self.link_unit(folder, name, self.object(name))
        self.link(folder / 'fuzz_image',
                  self.object('tests/fuzz/fuzz_image.c'),
                  self.object('tests/fuzz/replay.c'))


class Workshop:
    """A worker's folder, in which one mutant at a time is built."""

    def __init__(self, base, folder):
        self.base = base
        self.folder = folder / base.variant
        self.folder.mkdir(parents=True, exist_ok=True)
        self.objects = {name: base.object(name) for name in library_sources()}
        self.changed = {}
        self.units = {}  # changed, too
        self.relinked = set()
        self.link()
        base.link_programs(self.folder)

    def link(self):
        """The library, of the mutant's objects and the others'; tests that
        are other than they were."""
        objects = {**self.objects, **self.changed}
        target = self.folder / 'libmutant.so'
        target.unlink(missing_ok=True)
        command(CC, *VARIANTS[self.base.variant], '-shared', '-fuse-ld=lld',
                '-o', str(target), *objects.values(), '-lcrypto')
        for name in self.relinked | set(self.units):
            self.base.link_unit(self.folder, name, self.units.get(
                name, self.base.object(name)))
        self.relinked = set(self.units)

    def link_failures(self):
        objects = {**self.objects, **self.changed}
        command(CC, *VARIANTS[self.base.variant], '-fuse-ld=lld',
                '-o', str(self.folder / 'test_failures'),
                self.base.object(FAILURES),
                self.base.object('src/program/model/sample.c'),
                *objects.values(), *WRAP, '-lcrypto', '-lcmocka')

    def compile(self, name, text):
        """Compiles a file with this text; a digest of what came of it."""
        self.changed, self.units = {}, {}
        tree = self.folder / 'src'
        path = tree / name[len('src/'):]
        if tree.exists():
            shutil.rmtree(tree)
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding='utf-8')
        digest = hashlib.sha256()
        for user in users(name) if name.endswith('.h') else [name]:
            output = str(self.folder / (user.replace('/', '_') + '.o'))
            # The mutant's folder first: of a header, all must see the mutant.
            if name.endswith('.h'):
                self.base.compile(user, output, '-iquote', str(tree),
                                  *UNIT_FLAGS)
            else:
                self.base.compile(user, output, source=str(path))
            digest.update(pathlib.Path(output).read_bytes())
            (self.units if user in UNITS else self.changed)[user] = output
        return digest.hexdigest()
