# SPDX-License-Identifier: Apache-2.0
"""Commands that a release or a login waits for: none says that all is well
where it has checked nothing."""

import itertools
import json
import os

import images
from support import TestCase, bad, calc, mrtd

# What asks something of the program itself, in place of work.
ENDINGS = (['-h'], ['--help'], ['--version'], ['--vmm', 'help'],
           ['--vmm=help'], ['--format', 'help'], ['--format=help'],
           ['--version', '-v'])


class GateCase(TestCase):
    def setUp(self):
        super().setUp()
        self.value = mrtd(self.write('fw', images.image()))
        self.write('list', f'{self.value}  fw\n'.encode())
        self.write('document', calc('reference', '--format', 'json',
                                    'fw').stdout)
        # Each passes, and has at least one file that it checks.
        self.gates = [
            ['-c', 'list'], ['--check-list', '--quiet', 'list'],
            ['-c', '--status', 'list', 'list'],
            ['check', '--against', self.value, 'fw'],
            ['check', '--against', 'document', '--json', 'fw', 'fw'],
            ['reference', '--verify', 'document', 'fw'],
            ['lint', '--vmm', 'qemu', 'fw'], ['lint', 'fw', '--json'],
            ['diff', 'fw', 'fw'], ['fw'], ['--tag', 'fw', 'fw'],
            ['show', 'fw'], ['show', '--plan', 'fw']]


class Endings(GateCase):
    def test_gates_pass(self):
        for gate in self.gates + [['self-test']]:
            self.assertIn(calc(*gate).status,
                          (0, 1) if gate[0] == 'lint' else (0,), gate)

    def test_nothing_ends_a_gate(self):
        """At any place, and with what follows left out."""
        for gate, ending in itertools.product(self.gates, ENDINGS):
            for place in self.part(range(len(gate) + 1)):
                args = [*gate[:place], *ending, *gate[place:]]
                with self.subTest(args=args):
                    result = calc(*args)
                    if gate[:place][-1:] in (['--against'], ['--verify'],
                                             ['--vmm']):
                        # An option that needs an argument comes before it.
                        self.assertEqual(result.status, 2)
                    elif '--' not in args:
                        self.refused(result, 2)
        for ending in ENDINGS[2:]:
            self.refused(calc('self-test', *ending), 2)
            self.refused(calc(*ending, '-c'), 2)

    def test_bundles(self):
        """Letters joined behind one dash, -h and -c among them, and the long
        names that are meant."""
        words = set(self.part(
            f'-{"".join(letters)}' for count in (2, 3, 4)
            for letters in itertools.product('chvn', repeat=count)))
        words |= {f'-{name}' for name in (
            'check', 'against', 'vmm', 'json', 'help', 'version', 'status',
            'quiet', 'verify', 'ch', 'hc', 'check=list', 'hlist')}
        for word in sorted(words):
            for args in ((word, 'list'), (word,), ('-c', word, 'list'),
                         ('check', word, 'fw')):
                with self.subTest(args=args):
                    self.refused(calc(*args), 2)

    def test_alone_they_are_answered(self):
        for ending in ENDINGS:
            of = ['reference'] if ending[0].startswith('--format') else []
            result = calc(*of, *ending)
            self.assertEqual((result.status, result.stderr), (0, b''), ending)
            self.assertNotEqual(result.stdout, b'')
        for word in ('show', 'check', 'tdinfo', 'lint', 'diff', 'reference',
                     'self-test'):
            for option in '-h', '--help':
                result = calc(word, option)
                self.assertEqual((result.status, result.stderr), (0, b''))
                self.assertIn(f'mrtd-calc {word}', result.text)
                self.assertEqual(calc(option, word), result)
            self.refused(calc(word, '--version'), 2)
        for word in 'show', 'diff', 'reference', 'tdinfo':
            self.assertEqual(calc(word, '--vmm', 'help'), calc('--vmm',
                                                               'help'))
        self.assertEqual(calc('--vmm', 'help', 'lint'),
                         calc('lint', '--vmm', 'help'))
        for word in 'check', 'self-test':
            self.refused(calc(word, '--vmm', 'help'), 2)

    def test_names_of_files(self):
        """As files they are checked, not answered."""
        for name in '-h', '--help', '--version', 'help':
            self.write(name, images.image())
            self.assertEqual(calc('--', name).text, f'{self.value}\n')
            self.assertEqual(calc(f'./{name}').text, f'{self.value}\n')
        self.write('-h', f'{self.value}  fw\n'.encode())
        self.check(calc('-c', '--', '-h'), 0, 'fw: OK\n')


class NothingChecked(GateCase):
    """A gate that checked nothing is not a success."""

    def test_table(self):
        self.write('empty', b'')
        self.write('lines', b'\n\n')
        self.write('bad', bad())
        self.write('notdoc', b'{}')
        self.write('novalue', json.dumps({'mr_td': []}).encode())
        self.write('missing', f'{self.value}  gone\n'.encode())
        self.write('labelled', f'MRTD[none] (fw) = {self.value}\n'.encode())
        os.mkdir('folder')
        lists = ['empty', 'lines', 'bad', 'notdoc', 'missing', 'labelled',
                 'folder', 'gone', '/dev/null', '-', 'fw', 'document']
        table = [['-c', *options, name] for name in lists for options in self.part((
            [], ['--ignore-missing'], ['--quiet'], ['--status'],
            ['--status', '--quiet', '--ignore-missing'],
            ['--vmm', 'kvm-v19'], ['--vmm', 'qemu', '--ignore-missing']))]
        # A good list beside it does not make up for one.
        table += [['-c', *names] for name in lists
                  for names in self.part((['list', name],
                                          [name, 'list']))]
        documents = ['empty', 'lines', 'bad', 'notdoc', 'novalue', 'folder',
                     'gone', '/dev/null', '-', 'fw', 'list', '']
        table += [[*command, name, 'fw'] for name in documents
                  for command in self.part((
                      ['check', '--against'], ['reference', '--verify'],
                      ['check', '--json', '--against']))]
        table += [[*command, name] for name in (
            'empty', 'bad', 'folder', 'gone', '/dev/null', '-', 'list')
                  for command in (
                      ['check', '--against', self.value],
                      ['reference', '--verify', 'document'],
                      ['lint'], ['lint', '--vmm', 'qemu'], ['lint', '--json'],
                      ['diff', 'fw'], ['diff', '--json', 'fw'])]
        table += [['-c'], ['--check-list', '--'], ['check'],
                  ['check', '--against', self.value],
                  ['reference', '--verify', 'document'], ['lint'], ['diff'],
                  ['diff', 'fw'], ['lint', '--vmm', '', 'fw'],
                  ['lint', '--vmm', ',', 'fw'], ['lint', '--vmm', 'qemu,',
                                                 'fw'],
                  ['lint', '--vmm', 'none', 'fw'], ['self-test', 'fw'],
                  ['reference', '--verify', '', 'fw'],
                  ['lint', '--vmm', 'td-shim', 'fw'], []]
        for args in table:
            with self.subTest(args=args):
                result = calc(*args)
                self.assertNotEqual(result.status, 0)
                if '-c' in args and 'list' not in args:
                    self.assertNotIn(b': OK', result.stdout)
