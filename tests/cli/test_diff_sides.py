# SPDX-License-Identifier: Apache-2.0
"""diff: saved measurements, standard input, what is refused."""

import json

import images
import support
from support import calc, mrtd, value_of, with_shim
from test_diff import GUID_BETA, Diff, fw


class Saved(Diff):
    """Sides that are what show --json printed."""

    def save(self, name, image, *args):
        self.write('tmp', image)
        text = calc('show', '--json', *args, 'tmp').stdout
        self.write(name, text)
        return json.loads(text)

    def compare(self, *args):
        result = calc('diff', '--json', *args)
        self.assertEqual(result.stderr, b'')
        document = json.loads(result.text)
        self.assertEqual(document['verdict'],
                         {0: 'same', 1: 'differs'}[result.status])
        return document

    def test_against_an_image(self):
        self.save('a.json', fw.plain())
        self.write('same', fw.plain())
        self.write('vars', fw.image(patch=[(0x100, b'x' * 10)]))
        self.write('code', fw.image(patch=[(0xd000, b'xyz')]))
        for name, verdict, part in (
                ('same', 'same MRTD: the two images are the same', None),
                ('vars', 'same MRTD: the images differ in what is not '
                 'measured', None),
                ('code', 'different MRTD: the metadata is the same, the '
                 'measured bytes differ', 0)):
            for sides in ('a.json', name), (name, 'a.json'):
                found = self.compare(*sides)
                self.assertEqual((found['summary'], found['first_section']),
                                 (verdict, part))
                self.assertIsNone(found['modules'])
                self.assertIsNone(found['ranges'])
        text = calc('diff', 'a.json', 'code').text
        self.assertIn('A  a.json  (a saved measurement)\n', text)
        self.assertIn('The two launches part in section 0 (BFV)\n', text)
        self.assertIn('note: only metadata and MRTD are compared', text)

    def test_two(self):
        self.save('a', images.image())
        self.save('b', images.changed(3, memory=0x3000))
        found = self.compare('a', 'b')
        self.assertEqual(found['summary'],
                         'different MRTD: the metadata differ')
        self.assertEqual(found['metadata'], [
            {'of': 'tdx', 'section': 3, 'field': 'memory_data_size',
             'a': '0x1000', 'b': '0x3000', 'measured': True,
             'measured_by': ['tdx']}])
        # The metadata is in the data of the first section.
        self.assertEqual(found['first_section'], 0)

    def test_profile(self):
        """That of the JSON is used; another one is refused."""
        image = fw.plain()
        saved = self.save('a', image, '--vmm', 'kvm-v19')
        self.write('fw', image)
        found = self.compare('a', 'fw')
        self.assertEqual((found['vmm'], found['b']['mrtd']),
                         ('kvm-v19', saved['mrtd']))
        self.compare('--vmm', 'kvm-v19', 'fw', 'a')
        self.refused(calc('diff', '--vmm', 'spec', 'a', 'fw'), 3,
                     "a: it was made for the VMM 'kvm-v19', not for "
                     "'spec'; compare under one VMM [saved-vmm]")
        self.save('b', image)
        self.refused(calc('diff', 'a', 'b'), 3,
                     "b: it was made for the VMM 'spec', not for "
                     "'kvm-v19'; compare under one VMM [saved-vmm]")
        saved['vmm'] = 'later'
        self.write('c', json.dumps(saved).encode())
        self.refused(calc('diff', 'c', 'fw'), 3,
                     "c: it was made for the VMM 'later', which this "
                     'version does not have [saved-vmm]')

    def broken(self, text, what):
        self.write('a', text if isinstance(text, bytes) else
                   json.dumps(text).encode())
        self.good('fw')
        for sides in ('a', 'fw'), ('fw', 'a'):
            self.refused(calc('diff', *sides), 3,
                         "a: a JSON, but not one object that 'show --json' "
                         f'has printed: {what} [saved]')

    def test_broken(self):
        good = self.save('good', images.image())
        line = json.dumps(good).encode()
        self.broken(b'{"a"', "line 1, column 4: ':' expected near end of file")
        self.broken(line + b'\n' + line,
                    "line 2, column 1: end of file expected near '{'")
        self.broken(b'{"a": 1, "a": 2}',
                    "line 1, column 12: duplicate object key near '\"a\"'")
        # What begins so is taken for one, were it an image otherwise.
        data = bytearray(images.image().data)
        data[:5] = b'\n{ "\xae'
        self.write('text', bytes(data))
        self.assertEqual(calc('text').status, 0)
        self.broken(bytes(data), 'line 2, column 3: unable to decode byte '
                    "0xae near '\"'")
        self.broken({'a': 1}, 'schema is not mrtd-calc/measurement/1')
        self.broken({**good, 'schema': 'mrtd-calc/measurement/2'},
                    'schema is not mrtd-calc/measurement/1')
        missing = 'vmm, mrtd, sha256, size or locator is missing or wrong'
        for name, value in (
                ('vmm', 1), ('vmm', 'x' * 64), ('mrtd', 'ab'),
                ('mrtd', good['mrtd'].upper()), ('sha256', None),
                ('size', -1), ('size', '1'), ('size', 1 << 33),
                ('locator', {}), ('locator', 3),
                ('locator', {**good['locator'], 'descriptor_offset': '1'})):
            self.broken({**good, name: value}, missing)
        for value in [], {}, 3, [0] * ((1 << 20) + 1):
            self.broken({**good, 'sections': value},
                        'member sections is not a list of 1 to 1048576')
        for name, value in (
                ('type', 9), ('type', '1'), ('attributes', '0x100000000'),
                ('data_offset', '0x'), ('data_offset', '12'),
                ('raw_data_size', None), ('memory_address', '0x' + '1' * 17),
                ('memory_data_size', '0xg'), ('added_pages', 1.5),
                ('extended_pages', -1), ('running_sha384', 'f')):
            parts = [dict(part) for part in good['sections']]
            parts[1][name] = value
            self.broken({**good, 'sections': parts},
                        'sections[1]: a member is missing or wrong')
        for value in None, 'sgx', 1:
            self.broken({**good, 'platform': value}, 'platform is not tdx')
        one = value_of(good['mrtd'])
        for value in (None, one, [], [one, one], [{**one, 'register': 'RTMR0'}],
                      [{**one, 'algorithm': 'sha-256'}],
                      [{**one, 'value': 'a' * 96}], [{**one, 'more': 1}]):
            self.broken({**good, 'values': value},
                        'values is not a list of mrtd alone')
        self.broken({**good, 'mrtd': 'a' * 96,
                     'values': [value_of('a' * 96)]},
                    "mrtd is not the last section's running_sha384")
        size = (4 << 20) + 1
        self.broken(b'{"'.ljust(size), f'it has {size} bytes, the limit is '
                    f'{size - 1}')
        self.broken(b'{"\033[2J', 'line 1, column 2: control character 0x1b '
                    'near \'"\'')


# What a terminal would act on, or takes for other text; and much of it.
HOSTILE = ('\033[2J\n', '\r', '\x7f', '\u009b31m', '\u202e', 'x' * 70000, '')


def with_strings(node, text):
    """Copies of the document with each of its strings, and each key, in turn
    replaced; and where that was."""
    if isinstance(node, str):
        yield '', text
    for key, child in (node.items() if isinstance(node, dict) else
                       enumerate(node) if isinstance(node, list) else ()):
        for path, other in with_strings(child, text):
            copy = node.copy()
            copy[key] = other
            yield f'/{key}{path}', copy
        if isinstance(node, dict):
            yield f'/{key} (key)', {text if name == key else name: value
                                    for name, value in node.items()}


class Strings(Diff):
    """No string of a saved JSON gets to the terminal as it is."""

    def setUp(self):
        super().setUp()
        self.good('fw')
        self.write('other', images.more(images.PERM_MEM))
        self.saved = json.loads(calc('show', '--json', 'fw').stdout)
        # A member for each place where a saved image has a string or null.
        self.saved.update(vars='vars', payload='payload', notes=[{
            'severity': 'note', 'code': 'no-memory', 'section': None,
            'offset': None, 'message': 'text'}])

    def clean(self, result, what):
        for text in result.stdout, result.stderr:
            self.assertRegex(text, rb'\A[\n\x20-\x7e]*\Z', what)
            # No line is much longer than those of good input.
            self.assertLess(max(map(len, text.split(b'\n'))), 5000, what)
        self.assertIn(result.status, (0, 1, 3), (what, result))
        if result.status == 3:
            self.assertEqual((result.stdout, len(result.lines)), (b'', 1),
                             what)

    def test_strings(self):
        tried = 0
        for text in HOSTILE:
            for path, document in self.part(
                    self.part(with_strings(self.saved, text))):
                self.write('saved', json.dumps(document).encode())
                self.write('raw', json.dumps(document,
                                             ensure_ascii=False).encode())
                for args in (('diff', 'saved', 'other'),
                             ('diff', 'fw', 'saved'),
                             ('check', 'other', '--against', 'saved')):
                    self.clean(calc(*args), (path, text[:9], args))
                    tried += 1
                self.clean(calc('diff', 'raw', 'fw'), (path, text[:9], 'raw'))
        self.assertGreater(tried, 500 // support.PART ** 2)

    def test_locator(self):
        """Only what this program finds metadata by."""
        for kind in 'guid-table', 'offset', 'igvm':
            document = {**self.saved, 'locator': {
                **self.saved['locator'], 'kind': kind}}
            self.write('saved', json.dumps(document).encode())
            self.assertIn(calc('diff', 'saved', 'other').status, (0, 1))
        for kind in 'offsets', 'guid', 'IGVM', ' igvm':
            document['locator'] = {**document['locator'], 'kind': kind}
            self.write('saved', json.dumps(document).encode())
            self.refused(calc('diff', 'saved', 'other'), 3,
                         "saved: a JSON, but not one object that 'show "
                         "--json' has printed: vmm, mrtd, sha256, size or "
                         'locator is missing or wrong [saved]')


class Command(Diff):
    def usage(self, line, *args):
        self.refused(calc('diff', *args), 2,
                     line + "; try 'mrtd-calc diff --help'")

    def test_usage(self):
        self.good('a')
        self.usage('diff takes 2 files, not 0')
        self.usage('diff takes 2 files, not 1', 'a')
        self.usage('diff takes 2 files, not 3', 'a', 'a', 'a')
        self.usage('standard input can be read only once', '-', '-')
        for option in '--tag', '--base64', '-n', '--plan', '--trace', '-v':
            self.assertEqual(calc('diff', option, 'a', 'a').status, 2, option)
        for option in ['--vars', 'a'], ['--jobs', '2']:
            self.assertEqual(calc('diff', *option, 'a', 'a').status, 2, option)
        for command in [], ['show']:
            self.refused(calc(*command, '--all', 'a'), 2)

    def test_standard_input(self):
        image = self.good('a')
        for sides in ('a', '-'), ('-', 'a'):
            result = calc('diff', '--json', *sides, stdin=image.data)
            self.assertEqual(result.status, 0)
            self.assertEqual(json.loads(result.text)['verdict'], 'same')
        saved = calc('show', '--json', 'a').stdout
        self.assertEqual(calc('diff', 'a', '-', stdin=saved).status, 0)

    def test_vmm(self):
        """Under which the two are measured."""
        self.write('a', images.image())
        self.write('b', images.changed(0, memory=0x3000))
        found = json.loads(calc('diff', '--json', '--vmm', 'kvm-v19', 'a',
                                'b').text)
        self.assertEqual(found['a']['mrtd'], mrtd(images.image(), 'kvm-v19'))

    def test_refused_images(self):
        """Nothing on standard output, whichever side it is."""
        self.good('a')
        self.write('b', support.bad())
        self.write('c', b'')
        for name in 'b', 'c', 'nowhere':
            for sides in ('a', name), (name, 'a'):
                result = calc('diff', *sides)
                self.refused(result, 4 if name == 'nowhere' else 3)
                self.assertTrue(result.lines[0].startswith(name + ': '))
        self.refused(calc('diff', '--limit', '1', 'a', 'a'), 3)

    def test_permissive(self):
        bad = images.more(images.TEMP_MEM)
        self.write('a', bad)
        self.assertEqual(calc('diff', 'a', 'a').status, 3)
        self.assertEqual(calc('diff', '--permissive', 'a', 'a').status, 0)

    def test_odd_names(self):
        """Of files and modules: nothing raw is printed."""
        self.good('\033[2J')
        self.assertNotIn('\033', calc('diff', '\033[2J', '\033[2J').text)
        name = 'Be\033ta\u00e9\n'
        a, b = (fw.image(fw.main_volume(fw.volume([fw.file(
            GUID_BETA, fw.DRIVER, fw.sections(
                fw.section(fw.PE32, fw.pe(stamp=stamp)), fw.ui(name)))])))
            for stamp in (1, 2))
        one, = self.diff(a, b)['modules']['list']
        self.assertEqual(one['name'], 'Be?ta??')


class Memory(Diff):
    def test_short(self):
        """An allocation fails: a whole answer, or none and the reason."""
        self.write('a', fw.plain())
        self.write('b', fw.with_module('BetaDxe', fw.pe(
            stamp=5, path=b'/src/b/Module.dll')))
        self.write('saved', calc('show', '--json', 'a').stdout)
        for args in ('a', 'b'), ('saved', 'saved'):
            whole = calc('diff', *args, env=with_shim(count='count'))
            with open('count', encoding='ascii') as file:
                count = int(file.read())
            # Before the last ones libcrypto starts up.
            for number in range(max(count - 250, 1), count + 1):
                found = calc('diff', *args, env=with_shim(malloc_at=number))
                if found != whole:
                    self.refused(found, 4)
