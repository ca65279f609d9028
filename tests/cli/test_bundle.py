# SPDX-License-Identifier: Apache-2.0
"""reference --release: a release as one folder."""

import copy
import hashlib
import json
import os
import pathlib
import resource
import stat
import subprocess
import unittest

import images
from support import TestCase, bad, calc, environment, mrtd, value_of

try:
    import jsonschema
except ImportError:
    jsonschema = None

DOCS = pathlib.Path(__file__).resolve().parents[2] / 'docs'
TRUSTEE = ('note: Trustee files the value under Intel/TDX/claim83/digests '
           '[reference-corim]')


def schema(name):
    return json.loads(
        (DOCS / f'schemas/{name}.schema.json').read_text('utf-8'))


def sha256(path):
    return hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()


class BundleCase(TestCase):
    def setUp(self):
        super().setUp()
        os.mkdir('in')
        self.first = self.write('in/final.bin', images.image())
        self.second = self.write('in/other.fd', images.more(
            images.TEMP_MEM._replace(address=0x2000000)))
        self.manifest = {
            'schema': 'mrtd-calc/manifest/1', 'release': 'demo',
            'version': '1.0', 'formats': ['rvps'],
            'components': [
                {'component': 'td-shim', 'file': 'final.bin',
                 'platform': 'tdx', 'version': '0.8',
                 'vmm': ['spec', 'kvm-v19'],
                 'formats': ['corim', 'rvps', 'in-toto']},
                {'component': 'ovmf', 'file': 'other.fd',
                 'formats': ['json', 'ita']}]}

    def run_it(self, *args, manifest=None, **more):
        manifest = self.manifest if manifest is None else manifest
        self.write('in/m.json', json.dumps(manifest).encode())
        return calc('reference', '--release', 'in/m.json', '--out-dir', 'out',
                    *args, **more)

    def fails(self, status, lines, **more):
        result = self.run_it(**more)
        self.assertEqual((result.status, result.stdout), (status, b''))
        self.assertEqual(len(result.lines), len(lines), result)
        for line, start in zip(result.lines, lines):
            self.assertTrue(line.startswith(start), result)
        self.nothing_is_left()

    def nothing_is_left(self):
        self.assertFalse([name for name in os.listdir('.')
                          if name.startswith('out')])


class Good(BundleCase):
    NAMES = ['final.bin.kvm-v19.reference-value.corim.corim',
             'final.bin.spec.reference-value.corim.corim',
             'final.bin.html', 'final.bin.reference-value.in-toto.json',
             'final.bin.reference-value.rvps.json', 'other.fd.html',
             'other.fd.reference-value.ita.rego',
             'other.fd.reference-value.json.json',
             'demo.reference-value.rvps.json', 'MRTDSUMS', 'MRTDSUMS.kvm-v19',
             'index.json', 'SHA256SUMS']

    def test_folder(self):
        result = self.run_it()
        self.assertEqual((result.status, result.lines), (0, [TRUSTEE]))
        self.assertEqual(sorted(os.listdir('out')), sorted(self.NAMES))
        self.assertEqual(sorted(result.text.splitlines()),
                         sorted(f'out/{name}' for name in self.NAMES))
        self.assertEqual(sorted(os.listdir('.')), ['in', 'out'])
        umask = os.umask(0)
        os.umask(umask)
        self.assertEqual(stat.S_IMODE(os.stat('out').st_mode), 0o777 & ~umask)

    def test_documents(self):
        """Each is what the command makes of the file by itself."""
        self.run_it()
        for args, files in (
                (('--format', 'corim,rvps,in-toto', '--vmm', 'spec', '--vmm',
                  'kvm-v19', '--version', '0.8', 'in/final.bin'),
                 'final.bin'),
                (('--format', 'json,ita', '--version', '1.0', 'in/other.fd'),
                 'other.fd')):
            done = calc('reference', '--out-dir', files, *args)
            self.assertEqual(done.status, 0, done)
            for name in os.listdir(files):
                with self.subTest(name=name):
                    self.assertEqual(
                        pathlib.Path('out', name).read_bytes(),
                        pathlib.Path(files, name).read_bytes())
        verify = ('reference', '--verify',
                  'out/demo.reference-value.rvps.json')
        self.assertEqual(calc(*verify, 'in/final.bin', 'in/other.fd').status,
                         0)
        self.assertEqual(calc(*verify, 'in/final.bin').status, 1)

    def test_lists(self):
        """The folder and the firmware beside it are the release."""
        self.run_it()
        for name in ('final.bin', 'other.fd'):
            os.link(f'in/{name}', f'out/{name}')
        subprocess.run(['sha256sum', '-c', '--strict', '--quiet',
                        'SHA256SUMS'], cwd='out', check=True)
        self.assertEqual(
            sorted(line.split('  ')[1] for line in pathlib.Path(
                'out/SHA256SUMS').read_text('utf-8').splitlines()),
            sorted(set(os.listdir('out')) - {'SHA256SUMS'}))
        self.assertEqual(
            pathlib.Path('out/MRTDSUMS').read_text('utf-8'),
            f'MRTD (final.bin) = {mrtd(self.first)}\n'
            f'MRTD (other.fd) = {mrtd(self.second)}\n')
        self.assertEqual(
            pathlib.Path('out/MRTDSUMS.kvm-v19').read_text('utf-8'),
            f'MRTD[kvm-v19] (final.bin) = {mrtd(self.first, "kvm-v19")}\n')
        os.chdir('out')
        self.check(calc('-c', 'MRTDSUMS'), 0, 'final.bin: OK\nother.fd: OK\n')
        self.check(calc('-c', 'MRTDSUMS.kvm-v19', 'MRTDSUMS'), 0,
                   'final.bin: OK\nfinal.bin: OK\nother.fd: OK\n')

    def test_index(self):
        self.run_it(env=environment(SOURCE_DATE_EPOCH='0'))
        index = json.loads(pathlib.Path('out/index.json').read_text('utf-8'))
        if jsonschema:
            jsonschema.validate(index, schema('release-index'))
            jsonschema.validate(self.manifest, schema('manifest'))
        named = [file for part in (index, *index['components'])
                 for file in part['files']]
        self.assertEqual(sorted(file['file'] for file in named), sorted(
            set(self.NAMES) - {'SHA256SUMS', 'index.json'}))
        for file in named:
            path = f'out/{file["file"]}'
            self.assertEqual((file['size'], file['sha256']),
                             (os.path.getsize(path), sha256(path)))
        first, second = index['components']
        self.assertEqual(
            [index[key] for key in ('release', 'version', 'date')],
            ['demo', '1.0', '1970-01-01T00:00:00Z'])
        self.assertEqual(
            [first[key] for key in ('component', 'version', 'artifact',
                                    'sha256', 'vars', 'payload')],
            ['td-shim', '0.8', 'final.bin', sha256('in/final.bin'), None,
             None])
        self.assertEqual(first['values'], [
            value_of(mrtd(self.first, name), name)
            for name in ('spec', 'kvm-v19')])
        self.assertEqual((second['component'], second['version']),
                         ('ovmf', '1.0'))

    def test_example(self):
        """docs/examples/release.json, which is the manifest in the guide."""
        text = (DOCS / 'examples' / 'release.json').read_text('utf-8')
        guide = (DOCS / 'release-guide.md').read_text('utf-8')
        self.assertIn(f'```json\n{text}```', guide)
        if jsonschema:
            jsonschema.validate(json.loads(text), schema('manifest'))

    def test_same_bytes(self):
        for name in ('a', 'b'):
            self.assertEqual(self.run_it().status, 0)
            os.rename('out', name)
        for name in self.NAMES:
            self.assertEqual(pathlib.Path('a', name).read_bytes(),
                             pathlib.Path('b', name).read_bytes(), name)

    def test_page(self):
        self.run_it()
        page = pathlib.Path('out/final.bin.html').read_text('utf-8')
        made = calc('show', '--html', '-', 'in/final.bin')
        self.assertEqual(page, made.text)

    def test_store(self):
        """Of the release and of a component, which may expire earlier."""
        times = '2099-01-31T12:00:00Z', '2098-01-31T12:00:00Z'
        self.manifest.update(formats=['rvps-store'], expires=times[0])
        self.manifest['components'][0].update(formats=['rvps-store'],
                                              vmm=['spec'], expires=times[1])
        if jsonschema:
            jsonschema.validate(self.manifest, schema('manifest'))
        result = self.run_it()
        self.assertEqual(result.status, 0, result)
        stores = [json.loads(path.read_bytes())
                  for path in pathlib.Path('out').glob('*.rvps-store.json')]
        self.assertEqual(sorted(entry['expiration'] for store in stores
                                for entry in store), sorted(times))
        for store in stores:
            entry, = store
            self.assertIn(mrtd(self.first), entry['value'])
            self.assertEqual(entry['name'], 'mr_td')

    def test_settings(self):
        release, (component, _) = self.manifest, self.manifest['components']
        release.update(entity='E', vendor='V', model='M', key='k', scalar=True,
                       class_id='00000000-0000-0000-0000-000000000001',
                       formats=['json'])
        component.update(formats=['rvps-map', 'corim'], vmm=['spec'],
                         vendor='W', id='I', corim_form='extension',
                         artifact='renamed')
        result = self.run_it()
        self.assertEqual(result.status, 0, result)
        done = calc('reference', '--format', 'rvps-map,corim', '--entity', 'E',
                    '--vendor', 'W', '--model', 'M', '--rvps-key', 'k', '--scalar',
                    '--class-id', '00000000-0000-0000-0000-000000000001',
                    '--id', 'I', '--version', '0.8', '--corim-form',
                    'extension', '--out-dir', 'one', 'in/final.bin')
        self.assertEqual(done.status, 0, done)
        self.assertEqual(done.lines, result.lines)
        for name in os.listdir('one'):
            other = name.replace('final.bin', 'renamed')
            self.assertEqual(pathlib.Path('one', name).read_bytes(),
                             pathlib.Path('out', other).read_bytes(), name)
        self.assertIn('renamed.html', os.listdir('out'))
        self.assertIn('renamed', pathlib.Path('out/renamed.html').read_text(
            'utf-8'))

    def test_two_files(self):
        """VARS and payloads are read; lists leave out what -c cannot do."""
        whole = images.joined()
        self.write('in/vars', whole.cut(end=images.VARS_SIZE))
        self.write('in/code', whole.cut(start=images.VARS_SIZE))
        self.manifest['components'] = [
            {'component': 'split', 'file': 'code', 'vars': 'vars',
             'formats': ['json']},
            {'component': 'whole', 'file': 'final.bin', 'formats': ['json']}]
        self.assertEqual(self.run_it().status, 0)
        index = json.loads(pathlib.Path('out/index.json').read_text('utf-8'))
        split = index['components'][0]
        self.assertEqual((split['vars'], split['values'][0]['value']),
                         ('vars', mrtd(whole)))
        self.assertEqual(
            pathlib.Path('out/MRTDSUMS').read_text('utf-8'),
            f'MRTD (final.bin) = {mrtd(self.first)}\n')

    def test_signed(self):
        subprocess.run(['openssl', 'genpkey', '-algorithm', 'ed25519', '-out',
                        'k'], check=True)
        subprocess.run(['openssl', 'pkey', '-in', 'k', '-pubout', '-out',
                        'k.pub'], check=True)
        os.chmod('k', 0o600)
        self.assertEqual(self.run_it('--sign', 'k', '--signer', 's').status, 0)
        for profile in ('spec', 'kvm-v19'):
            name = f'out/final.bin.{profile}.reference-value.corim.corim'
            result = calc('reference', '--verify', name, '--key', 'k.pub',
                          '--vmm', profile, 'in/final.bin')
            self.assertEqual(result.status, 0, result)
        self.manifest['components'][0]['formats'] = ['json']
        self.refused(self.run_it('--sign', 'k', '--signer', 's'), 2,
                     '--sign is for format corim, which the manifest does not '
                     "ask for; try 'mrtd-calc reference --help'")

    def test_terminal_escapes(self):
        """Paths are printed as in messages."""
        os.rename('in/other.fd', 'in/\033[2J.fd')
        self.manifest['components'][1]['file'] = '\033[2J.fd'
        self.write('in/m.json', json.dumps(self.manifest).encode())
        result = calc('reference', '--release', 'in/m.json', '--out-dir',
                      'o\nut')
        self.assertEqual(result.status, 0, result)
        lines = result.text.splitlines()
        self.assertIn('o\\012ut/\\033[2J.fd.reference-value.ita.rego', lines)
        self.assertEqual(len(lines), len(os.listdir('o\nut')))
        self.assertTrue(all(line.isprintable() for line in lines))

    def test_places(self):
        """An empty folder, a link to one, a trailing slash; a relative path
        starts at the manifest."""
        os.mkdir('out')
        self.assertEqual(self.run_it().status, 0)
        os.mkdir('empty')
        os.symlink('empty', 'link')
        for name in ('link', 'new/', 'empty2//'):
            result = calc('reference', '--release', 'in/m.json', '--out-dir',
                          name)
            self.assertEqual(result.status, 0, result)
            self.assertIn('SHA256SUMS', os.listdir(name))
        self.assertTrue(os.path.islink('link'))
        os.chdir('in')
        self.assertEqual(calc('reference', '--release', '-', '--out-dir',
                              '../stdin', stdin=json.dumps(
                                  self.manifest).encode()).status, 0)


class Bad(BundleCase):
    def test_manifests(self):
        def with_(**members):
            return {**self.manifest, **members}

        def component(**members):
            made = copy.deepcopy(self.manifest)
            made['components'][1].update(members)
            return made

        def without(key):
            made = copy.deepcopy(self.manifest)
            del made['components'][1][key]
            return made

        empty = 'not a string, or an empty one'
        a_list = 'not a list, or an empty one'
        cases = (
            (with_(schema='x'), '"schema": not "mrtd-calc/manifest/1"'),
            ({'release': 'x', 'components': []},
             '"schema": not "mrtd-calc/manifest/1"'),
            ({'schema': 'mrtd-calc/manifest/1'}, '"release": it is missing'),
            ({'schema': 'mrtd-calc/release/1', 'tool_version': '1'},
             '"schema": not "mrtd-calc/manifest/1"'),
            (with_(release=''), f'"release": {empty}'),
            (with_(version=1), f'"version": {empty}'),
            (with_(nosuch=1), '"nosuch": there is no such member'),
            (with_(formats=['corim']), '"formats": corim does not hold the '
             'values of several files; ask for it in components'),
            (with_(formats=['rvps-map'], scalar=True), '"formats": rvps-map '
             'does not hold the values of several files; ask for it in '
             'components'),
            (with_(formats=['rvps-store']), '"expires": it is missing: format '
             'rvps-store says of each value when it expires'),
            *((with_(expires=wrong), '"expires": not a date and time in UTC '
               'to the second, as 2027-01-31T12:00:00Z') for wrong in (
                   1, None, '', '2027-01-31', '2027-01-31T12:00:00')),
            (with_(components=[]), f'"components": {a_list}'),
            (with_(components={}), f'"components": {a_list}'),
            (with_(components=[1]), 'components[0]: "components": an item '
             'that is no object'),
            (component(nosuch=1), 'components[1]: "nosuch": there is no such '
             'member'),
            (component(release='x'), 'components[1]: "release": there is no '
             'such member'),
            (component(file=''), f'components[1]: "file": {empty}'),
            *((component(artifact=name), 'components[1]: "artifact": the name '
               'of a file, without folders, is needed')
              for name in ('a/b', '.', '..', '-')),
            *((component(platform=name), 'components[1]: "platform": not one '
               'of tdx, snp, sev-es or sev') for name in ('x', '', 1, None)),
            (component(vmm=['x']), 'components[1]: "vmm": platform tdx has no '
             "VMM 'x'; 'mrtd-calc --vmm help' lists them"),
            (component(vmm=['td-shim']), 'components[1]: "vmm": td-shim '
             'launches nothing, and so has no value'),
            (component(vmm=['spec', 'spec']), 'components[1]: '
             '"vmm": spec is there twice'),
            (component(vmm=[]), f'components[1]: "vmm": {a_list}'),
            (component(vmm=[1]), 'components[1]: "vmm": an item '
             'that is not a string'),
            (component(formats=['x']), 'components[1]: "formats": there is '
             "no format 'x'"),
            (component(formats=['go-sev-guest']), 'components[1]: "formats": '
             'go-sev-guest holds no value of platform tdx'),
            (component(formats=['ita', 'ita']), 'components[1]: "formats": '
             'ita is there twice'),
            (component(formats='ita'), f'components[1]: "formats": {a_list}'),
            (component(class_id='X'), 'components[1]: "class_id": not a UUID '
             'in lower case, as 45b734fc-aa4e-4c3d-ad28-e43d08880e68'),
            (component(scalar=1), 'components[1]: "scalar": neither true nor '
             'false'),
            (component(corim_form='x'), 'components[1]: "corim_form": not '
             'one of mkey, extension or set'),
            (component(payload='k'), 'components[1]: "payload": none of the '
             'VMMs loads it from a file; cloud-hypervisor does'),
            (without('file'), 'components[1]: "file": it is missing'),
            (without('component'), 'components[1]: "component": it is '
             'missing'),
            (without('formats'), 'components[1]: "formats": it is missing'),
        )
        rules = schema('manifest')
        for manifest, line in cases:
            with self.subTest(line=line):
                self.refused(self.run_it(manifest=manifest), 3,
                             f'in/m.json: {line} [manifest]')
                # What only the program knows: VMMs and their payloads.
                if jsonschema and 'has no VMM' not in line and \
                        'launches nothing' not in line and \
                        'payload' not in line and 'rvps-map' not in line:
                    self.assertFalse(
                        jsonschema.Draft202012Validator(rules).is_valid(
                            manifest))
        self.nothing_is_left()

    def test_files_that_are_no_manifest(self):
        for data in (b'', b'{', b'[]', b'\xff', b'{"a":1,"a":2}',
                     b'{"release":"\\u0000"}'):
            self.write('m', data)
            result = calc('reference', '--release', 'm', '--out-dir', 'out')
            self.refused(result, 3)
            self.assertRegex(result.lines[0],
                             r'^m: (line \d+: )?not a JSON object.* '
                             r'\[manifest\]')
        self.write('m', b' ' * (1 << 20) + b' ')
        self.refused(calc('reference', '--release', 'm', '--out-dir', 'out'),
                     3, 'm: more than 1048576 bytes are no manifest '
                     '[manifest]')
        for name in ('missing', '.'):
            self.refused(calc('reference', '--release', name, '--out-dir',
                              'out'), 4)
        self.nothing_is_left()

    def test_components_that_fail(self):
        """All are tried, each names itself, and nothing is written."""
        self.write('in/bad', bad())
        self.manifest['components'] += [
            {'component': 'broken', 'file': 'bad', 'formats': ['json']},
            {'component': 'gone', 'file': 'gone', 'formats': ['json']}]
        self.fails(4, ('in/bad: offset ', 'in/m.json: components[2], broken, '
                       'failed; nothing is written', 'in/gone: cannot open',
                       'in/m.json: components[3], gone, failed; nothing is '
                       'written'))

    def test_same_names(self):
        self.manifest['components'][1].update(artifact='final.bin')
        same = ('in/m.json: two files of the release would be named {}; '
                'give one of the components an "artifact" [document-name]')
        self.fails(3, (same.format('final.bin'), 'in/m.json: components[1], '
                       'ovmf, failed; nothing is written'))
        # With lists, too.
        self.manifest['components'][1].update(artifact='index.json')
        self.fails(3, (same.format('index.json'),))

    def test_places_that_cannot_be_written(self):
        """Looked at before keys and images are: these are not there."""
        self.manifest['components'][0]['file'] = 'gone'
        key = ('--sign', 'gone', '--signer', 's')
        not_a_folder = ('it, or what it should be in, is not a folder; name '
                        'another')
        self.write('out', b'x')
        self.refused(self.run_it(*key), 4, f'out: {not_a_folder}')
        os.unlink('out')
        os.symlink('gone', 'out')
        self.refused(self.run_it(*key), 4, f'out: {not_a_folder}')
        os.unlink('out')
        os.mkdir('out')
        self.write('out/old', b'x')
        self.refused(self.run_it(*key), 4, 'out: the folder is there already '
                     'and is not empty; remove it, or name another')
        self.assertEqual(os.listdir('out'), ['old'])
        for name, line in (
                ('out/old/new', not_a_folder),
                ('no/such', 'what it should be in is not there; make that '
                 'folder first')):
            with self.subTest(name=name):
                result = calc('reference', '--release', 'in/m.json',
                              '--out-dir', name)
                self.refused(result, 4, f'{name}: {line}')

    def test_closed_folder(self):
        """The folder that it is in is needed, also for one that is there."""
        self.write('in/m.json', json.dumps(self.manifest).encode())
        os.mkdir('closed')
        os.mkdir('closed/open')
        os.chmod('closed/open', 0o777)
        os.chmod('closed', 0o555)
        for name in 'closed/new', 'closed/open':
            self.refused(self.calc_as_nobody(
                'reference', '--release', 'in/m.json', '--out-dir', name), 4,
                f'{name}: cannot write beside it, where it is made under '
                'another name: Permission denied')

    def test_standard_output_is_no_folder(self):
        for args in (['--release', 'in/m.json'], ['fw']):
            self.refused(calc('reference', '--out-dir', '-', *args), 2,
                         '--out-dir is a folder, not standard output; one of '
                         "that name is ./-; try 'mrtd-calc reference --help'")

    def test_full(self):
        """A file over the limit: nothing stays."""
        self.fails(4, (TRUSTEE, 'out/final.bin.html: cannot write: '
                       'File too large'),
                   limits=((resource.RLIMIT_FSIZE, 4096),))

    def test_usage(self):
        hint = "; try 'mrtd-calc reference --help'"
        self.write('in/m.json', json.dumps(self.manifest).encode())
        for args, line in (
                (('--release', 'in/m.json'), '--release needs --out-dir '
                 'FOLDER, which it makes, or --verify DOCUMENT'),
                (('--release', 'in/m.json', '--out-dir', 'out',
                  'in/final.bin'), 'reference --release takes no files'),
                (('--release', 'in/m.json', '--out-dir', 'out', '--vmm',
                  'spec'), None),
                (('--release', 'in/m.json', '--out-dir', 'out', '--format',
                  'ita'), None),
                (('--release', 'in/m.json', '--out-dir', 'out', '--version',
                  '1'), '--version is for printing MRTDs or reference, not for '
                 'reference --release'),
                (('--release', 'in/m.json', '--out-dir', 'out', '--sign',
                  'k'), '--sign KEY and --signer NAME belong together')):
            with self.subTest(args=args):
                self.refused(calc('reference', *args), 2, line and line + hint)


if __name__ == '__main__':
    unittest.main()
