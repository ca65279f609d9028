#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A release as src/packaging/release makes it: the Debian packages, the static
program, the one for WebAssembly, the SBOM, and the commands of docs/release.md.

Lintian, and checksec in hardened.py, are left out where they are not
installed; the empty root folder where this process may have none.
"""

import argparse
import gzip
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
IMAGE = ROOT / 'testdata/zero-page.bin'
RECIPE = ROOT / 'docs/release.md'
RELEASE = pathlib.Path()  # set by main()

# But what leads about in the source.
DOCS = ['README.md', *sorted(
    str(path.relative_to(ROOT)) for path in (ROOT / 'docs').rglob('*')
    if (path.suffix in ('.md', '.json') or path.parent.name == 'examples')
    and path.name not in ('README.md', 'architecture.md'))]
# A page for each function that is exported.
MANUAL = ['libmrtd', *re.findall(r'^\s*(mrtd_\w+);$', (
    ROOT / 'src/libmrtd.map').read_text(), re.M)]
FILES = {
    'mrtd-calc': {
        *(f'usr/share/doc/mrtd-calc/{name}' for name in DOCS),
        'usr/bin/mrtd-calc',
        'usr/share/bash-completion/completions/mrtd-calc',
        'usr/share/fish/vendor_completions.d/mrtd-calc.fish',
        'usr/share/man/man1/mrtd-calc.1.gz',
        'usr/share/zsh/site-functions/_mrtd-calc'},
    'libmrtd0.1': {'LIB/libmrtd.so.0.1', 'LIB/libmrtd.so.0.1.0'},
    'libmrtd-dev': {
        'LIB/cmake/mrtd/mrtd-config-version.cmake',
        'LIB/cmake/mrtd/mrtd-config.cmake',
        'LIB/cmake/mrtd/mrtd-targets-relwithdebinfo.cmake',
        'LIB/cmake/mrtd/mrtd-targets.cmake',
        'LIB/libmrtd.a', 'LIB/libmrtd.so', 'LIB/pkgconfig/libmrtd.pc',
        'usr/include/mrtd.h',
        *(f'usr/include/mrtd/{path.name}'
          for path in (ROOT / 'include/mrtd').iterdir()),
        *(f'usr/share/man/man3/{name}.3.gz' for name in MANUAL)},
}
DEPENDS = {
    'mrtd-calc': {'libc6', 'libcbor0.8', 'libjansson4', 'liblzma5',
                  'libssl3'},
    'libmrtd0.1': {'libc6', 'libssl3'},
    'libmrtd-dev': {'libmrtd0.1', 'libssl-dev'},
}


def run(*command, **options):
    done = subprocess.run([str(c) for c in command], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          **options)
    if done.returncode:
        raise AssertionError(f'{command}: {done.returncode}\n{done.stdout}')
    return done.stdout


def known_mrtd():
    sums = (IMAGE.parent / 'MRTDSUMS').read_text()
    return re.search(rf'\({IMAGE.name}\) = (\w+)', sums).group(1)


def only(pattern):
    found, = RELEASE.glob(pattern)
    return found


class TestCase(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def measured(self, *command, **options):
        """The command prints the image's MRTD, after its warnings."""
        self.assertEqual(run(*command, **options).split('\n')[-2],
                         known_mrtd())


class Packages(TestCase):
    def unpack(self, package):
        run('dpkg-deb', '-x', only(f'{package}_*.deb'), self.folder)
        return self.folder

    def test_files(self):
        for package, wanted in FILES.items():
            with self.subTest(package):
                listed = run('dpkg-deb', '-c', only(f'{package}_*.deb'))
                lines = [line.split(' -> ')[0].split()
                         for line in listed.splitlines()]
                self.assertEqual({line[1] for line in lines}, {'root/root'})
                self.assertEqual(len({(line[3], line[4]) for line in lines}),
                                 1, 'times differ')
                names = {re.sub('^usr/lib/[^/]*-linux-gnu', 'LIB',
                                line[5][2:])
                         for line in lines if not line[5].endswith('/')}
                doc = f'usr/share/doc/{package}/'
                self.assertEqual(names, wanted | {
                    f'{doc}copyright', f'{doc}changelog.gz'})

    def test_control(self):
        for package, wanted in DEPENDS.items():
            with self.subTest(package):
                deb = only(f'{package}_*.deb')
                depends = run('dpkg-deb', '-f', deb, 'Depends').split(',')
                self.assertEqual({item.split()[0] for item in depends},
                                 wanted)
                self.assertTrue(run('dpkg-deb', '-f', deb, 'Installed-Size'))
                control = self.folder / package
                run('dpkg-deb', '-e', deb, control)
                scripts = [p.name for p in control.iterdir()
                           if p.stat().st_mode & 0o111]
                self.assertEqual(scripts, [])
                self.assertEqual('triggers' in os.listdir(control),
                                 package == 'libmrtd0.1')

    def test_md5sums(self):
        for package in FILES:
            control = self.folder / 'control'
            run('dpkg-deb', '-e', only(f'{package}_*.deb'), control)
            run('md5sum', '-c', '--quiet', control / 'md5sums',
                cwd=self.unpack(package))

    def test_compressed_without_names(self):
        self.unpack('mrtd-calc')
        found = list(self.folder.rglob('*.gz'))
        self.assertEqual(len(found), 2)
        for path in found:
            data = path.read_bytes()
            # RFC 1952: no name, no time, the best compression.
            self.assertEqual((data[3], data[4:8], data[8]),
                             (0, b'\0\0\0\0', 2), path)
            self.assertTrue(gzip.decompress(data))

    def test_program_runs(self):
        self.measured(self.unpack('mrtd-calc') / 'usr/bin/mrtd-calc', IMAGE)

    def test_hardened(self):
        self.unpack('mrtd-calc')
        self.unpack('libmrtd0.1')
        library = next(self.folder.rglob('libmrtd.so.0.1.0'))
        run(sys.executable, ROOT / 'tests/install/hardened.py', '--program',
            self.folder / 'usr/bin/mrtd-calc', '--library', library)

    def test_manual(self):
        """man finds a page by a function that is not the page's first."""
        if not shutil.which('man'):
            self.skipTest('no man')
        folder = self.unpack('libmrtd-dev') / 'usr/share/man'
        env = dict(os.environ, MANWIDTH='80', LC_ALL='C')
        self.assertIn('mrtd_measure, mrtd_measure_many, mrtd_measure_source -',
                      run('man', '-M', folder, 'mrtd_measure_many', env=env))

    def test_lintian(self):
        if not shutil.which('lintian'):
            self.skipTest('no lintian')
        self.assertEqual(run('lintian', '--allow-root', '--fail-on',
                             'error,warning', *RELEASE.glob('*.deb')), '')


class Static(TestCase):
    def setUp(self):
        super().setUp()
        self.program = only('*-static-*')

    def test_hardened(self):
        run(sys.executable, ROOT / 'tests/install/hardened.py',
            '--static', self.program)

    def test_alone_in_an_empty_root(self):
        shutil.copy(self.program, self.folder / 'calc')
        shutil.copy(IMAGE, self.folder)
        command = ['chroot', self.folder]
        if os.geteuid():
            command = ['unshare', '--user', '--map-root-user', *command]
        if subprocess.run([*command, '/calc', '--version'],
                          stdout=subprocess.DEVNULL).returncode:
            self.skipTest('no chroot here')
        self.measured(*command, '/calc', f'/{IMAGE.name}')
        self.assertIn('9 of 9', run(*command, '/calc', 'self-test'))
        self.assertEqual(sorted(os.listdir(self.folder)),
                         ['calc', IMAGE.name])


class Sbom(TestCase):
    """The rules of the SPDX specification 2.3 that concern our document."""

    def setUp(self):
        super().setUp()
        self.document = json.loads(only('*.spdx.json').read_text())

    def test_document(self):
        document = self.document
        self.assertEqual(document['spdxVersion'], 'SPDX-2.3')
        self.assertEqual(document['dataLicense'], 'CC0-1.0')
        self.assertEqual(document['SPDXID'], 'SPDXRef-DOCUMENT')
        self.assertRegex(document['documentNamespace'],
                         '^urn:uuid:[-0-9a-f]+$')
        created = document['creationInfo']
        self.assertRegex(created['created'],
                         r'^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$')
        for creator in created['creators']:
            self.assertRegex(creator, '^(Person|Organization|Tool): .')

    def test_identifiers(self):
        items = self.document['packages'] + self.document['files']
        names = [item['SPDXID'] for item in items]
        self.assertEqual(len(names), len(set(names)))
        for name in names:
            self.assertRegex(name, r'^SPDXRef-[A-Za-z0-9.-]+$')
        for relation in self.document['relationships']:
            for side in ('spdxElementId', 'relatedSpdxElement'):
                self.assertIn(relation[side], [*names, 'SPDXRef-DOCUMENT'])
        for package in self.document['packages']:
            self.assertIn('downloadLocation', package)
            for item in package.get('externalRefs', ()):
                self.assertRegex(item['referenceLocator'],
                                 r'^pkg:deb/debian/[^ ]+@[^ ]+\?arch=\w+$')

    def test_files(self):
        listed = {item['fileName'][2:]: item['checksums']
                  for item in self.document['files']}
        self.assertEqual(set(listed), {
            p.name for p in RELEASE.iterdir()
            if p.name != 'SHA256SUMS' and p.suffix != '.json'})
        ones = []
        for name, sums in listed.items():
            data = (RELEASE / name).read_bytes()
            for item in sums:
                self.assertEqual(item['checksumValue'], hashlib.new(
                    item['algorithm'].lower(), data).hexdigest())
            ones.append(hashlib.sha1(data).hexdigest())
        self.assertEqual(
            self.document['packages'][0]['packageVerificationCode'],
            {'packageVerificationCodeValue':
             hashlib.sha1(''.join(sorted(ones)).encode()).hexdigest()})

    def test_libraries(self):
        """What the programs have in them, or load, is named."""
        static = [item['SPDXID'] for item in self.document['files']
                  if '-static-' in item['fileName']]
        links = {kind: {r['relatedSpdxElement'][len('SPDXRef-'):]
                        for r in self.document['relationships']
                        if r['relationshipType'] == kind
                        and r['spdxElementId'] in ids}
                 for kind, ids in (('DYNAMIC_LINK', ['SPDXRef-mrtd-calc']),
                                   ('STATIC_LINK', static))}
        self.assertEqual(links['DYNAMIC_LINK'] - links['STATIC_LINK'],
                         {'libcbor-dev'})
        # As many as the package depends on.
        self.assertEqual(len(links['DYNAMIC_LINK']),
                         len(DEPENDS['mrtd-calc']))

    def test_libraries_of_wasm(self):
        """They are named in the SBOM, and their licences in NOTICE."""
        wasm, = [item['SPDXID'] for item in self.document['files']
                 if item['fileName'].endswith('.wasm')]
        self.assertEqual(
            {r['relatedSpdxElement'] for r in self.document['relationships']
             if r['spdxElementId'] == wasm},
            {f'SPDXRef-{name}' for name in (
                'jansson', 'libclang-rt-14-dev-wasm32', 'wasi-libc',
                'xz-utils')})
        sums = {item['checksums'][0]['checksumValue']
                for item in self.document['packages'] if 'checksums' in item}
        pinned = ROOT / 'src/web/sources.sha256'
        self.assertEqual(sums, set(pinned.read_text().split()[::2]))
        notice = only('*.wasm.NOTICE').read_text()
        for words in ('Petri Lehtinen', 'liblzma is in the public domain',
                      'Rich Felker', 'LLVM Exceptions'):
            self.assertIn(words, notice)


class Release(TestCase):
    def refused(self, *args):
        done = subprocess.run(
            [ROOT / 'src/packaging/release', *args], cwd=self.folder,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        self.assertNotEqual(done.returncode, 0)
        self.assertEqual(done.stdout, b'')
        self.assertNotEqual(done.stderr, b'')

    def test_nothing_is_left_of_what_failed(self):
        self.refused('new', 'no-such-commit')
        self.assertEqual(os.listdir(self.folder), [])

    def test_an_old_one_stays(self):
        (self.folder / 'old').mkdir()
        (self.folder / 'old/file').write_text('kept')
        self.refused('old', 'HEAD')
        self.assertEqual(os.listdir(self.folder), ['old'])
        self.assertEqual((self.folder / 'old/file').read_text(), 'kept')
        self.refused()


class Recipe(TestCase):
    def test_commands(self):
        """The blocks of docs/release.md run; another byte is noticed."""
        folder = self.folder / 'release'
        shutil.copytree(RELEASE, folder)
        blocks = re.findall(r'^```sh\n(.*?)^```$', RECIPE.read_text(),
                            re.M | re.S)
        self.assertEqual(len(blocks), 3)
        env = dict(os.environ, HOME=str(self.folder), LC_ALL='C')
        for block in blocks:
            run('sh', '-eu', '-c', block, cwd=self.folder, env=env)
        verify = blocks[-1]
        for name in ('SHA256SUMS', only('*.spdx.json').name):
            with self.subTest(name):
                path = folder / name
                data = path.read_bytes()
                path.write_bytes(data[:-2] + b'!\n')
                with self.assertRaises(AssertionError):
                    run('sh', '-eu', '-c', verify, cwd=self.folder, env=env)
                path.write_bytes(data)
        run('sh', '-eu', '-c', verify, cwd=self.folder, env=env)


def main():
    global RELEASE
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('release', type=pathlib.Path)
    RELEASE = parser.parse_args().release.resolve()
    if not RELEASE.exists():
        print('skipped: no release was made')
        return 77
    result = unittest.TextTestRunner(stream=sys.stdout).run(
        unittest.TestLoader().loadTestsFromModule(sys.modules[__name__]))
    return 0 if result.wasSuccessful() and result.testsRun else 1


if __name__ == '__main__':
    sys.exit(main())
