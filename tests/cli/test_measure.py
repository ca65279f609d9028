# SPDX-License-Identifier: Apache-2.0
"""Printing MRTDs: the plain form, lists, tags, base64, several files."""

import json
import base64
import os

import images
from support import (BAD_LINE, VMMS, TestCase, bad, calc, environment, good,
                     hint, mrtd, warned)


def several(count):
    """Images that all differ, some of many pages and some of few."""
    for i in range(count):
        size = 0x1000 * (1 + i * 7 % 13)
        address = 0x2000000 + i * 0x100000
        yield images.more(images.Section(0, size, address, size, 5, i % 2))


class Plain(TestCase):
    def test_is_96_digits_and_a_newline(self):
        image = self.good()
        for vmm in VMMS:
            with self.subTest(vmm=vmm):
                result = calc('--vmm', vmm, 'fw')
                self.assertRegex(result.stdout, rb'\A[0-9a-f]{96}\n\Z')
                self.assertEqual(result.text, mrtd(image, vmm) + '\n')
                self.assertEqual(result.status, 0)

    def test_spec_is_the_default(self):
        self.write('fw', images.image())
        self.check(calc('fw'), 0, mrtd(images.image()) + '\n')
        self.assertEqual(calc('fw'), calc('--vmm', 'spec', 'fw'))

    def test_as_another(self):
        """A VMM that launches as another has its value, in its own name."""
        image = images.joined()
        self.write('fw', image)
        value = mrtd(image, 'qemu')
        self.check(calc('--vmm', 'gce', 'fw'), 0, value + '\n')
        line = f'MRTD[gce] (fw) = {value}\n'
        self.check(calc('--vmm', 'gce', '--tag', 'fw'), 0, line)
        self.write('list', line.encode())
        self.check(calc('-c', 'list'), 0, 'fw: OK\n')
        found = json.loads(calc('--vmm', 'gce', '--json', 'fw').text)
        self.assertEqual((found['vmm'], found['mrtd']), ('gce', value))
        # What was made for either is true of the other.
        for made, asked in ('gce', 'qemu'), ('qemu', 'gce'):
            document = calc('reference', '--vmm', made, 'fw').text
            self.write('document', document.encode())
            for options in [], ['--vmm', made], ['--vmm', asked]:
                self.assertEqual(
                    calc('reference', '--verify', 'document', *options,
                         'fw').status, 0, (made, options))

    def test_launches_nothing(self):
        """A VMM that only accepts images has no value, for any command."""
        self.good()
        for command in ([], ['-c'], ['show'], ['diff', 'fw'], ['tdinfo'],
                        ['reference'], ['reference', '--verify', 'fw']):
            self.refused(calc(*command, '--vmm', 'td-shim', 'fw'), 2,
                         '--vmm td-shim: it launches nothing; these do: spec, '
                         'kvm-v19, cloud-hypervisor, qemu, migtd-qemu, '
                         f"td-shim-igvm, gce{hint(*command)}")

    def test_named_twice(self):
        """No command does anything twice for one VMM."""
        self.good()
        for command in ([], ['--tag'], ['--json'], ['lint'], ['reference'],
                        ['reference', '--verify', 'fw'], ['show'], ['-c'],
                        ['diff', 'fw'], ['tdinfo']):
            one = command and command[0] in ('show', '-c', 'diff', 'tdinfo')
            for vmms in (('--vmm', 'qemu,qemu'),
                         ('--vmm', 'qemu', '--vmm', 'qemu'),
                         ('--vmm', 'qemu,cloud-hypervisor', '--vmm', 'qemu')):
                result = calc(*command, *vmms, 'fw')
                with self.subTest(command=command, vmms=vmms):
                    self.refused(result, 2)
                    self.assertIn('takes one VMM, and --vmm names'
                                  if one else '--vmm names qemu twice',
                                  result.lines[0])

    def test_vmms_differ(self):
        aug = images.TEMP_MEM._replace(address=0x900000, attributes=2)
        short = images.PAYLOAD._replace(raw=0x1000, attributes=0)
        volume = images.CFV._replace(attributes=1, raw=0x800)
        self.write('fw', images.image(
            (images.BFV, volume, images.TD_HOB, aug, images.PERM_MEM, short)))
        # Cloud Hypervisor and QEMU differ in what follows the CFV's data. For
        # a new VMM give the image a section that it launches in another way.
        same = {}
        for vmm in VMMS:
            same.setdefault(calc('--vmm', vmm, 'fw').text, []).append(vmm)
        self.assertEqual([vmms for vmms in same.values() if len(vmms) > 1], [],
                         'VMMs that give this image one MRTD')

    def test_warnings_go_to_stderr_only(self):
        image = self.write('fw', warned())
        self.check(calc('fw'), 0, mrtd(image) + '\n',
                   'fw: warning: offset 0xe0bc: section 4 (TempMem): '
                   'Attributes 0x1 is not 0, as for this type (TD-Shim spec '
                   '0.7, table 1.1-3) [attributes]')

    def test_no_newline(self):
        image = self.good()
        for option in '-n', '--no-newline':
            self.assertEqual(calc(option, 'fw').text, mrtd(image))
        self.assertEqual(calc('-n', '--tag', 'fw').text,
                         f'MRTD (fw) = {mrtd(image)}')

    def test_tag(self):
        image = self.good()
        result = calc('--tag', 'fw')
        self.assertEqual((result.status, result.text),
                         (0, f'MRTD (fw) = {mrtd(image)}\n'))

    def test_base64(self):
        image = self.good()
        text = base64.b64encode(bytes.fromhex(mrtd(image))).decode()
        self.assertEqual(len(text), 64)
        self.assertEqual(calc('--base64', 'fw').text, text + '\n')
        self.assertEqual(calc('--base64', '-n', 'fw').text, text)
        self.assertEqual(calc('--base64', 'fw', 'fw').text,
                         f'{text}  fw\n' * 2)

    def test_operand_names(self):
        """Files that are called as a command or an option is."""
        image = images.image()
        for name in 'show', 'self-test', '-n', '--tag', 'help':
            self.write(name, image)
        for args in (['./show'], ['--', 'show'], ['--', 'self-test'],
                     ['--', '-n'], ['./-n'], ['--', '--tag'], ['help']):
            with self.subTest(args=args):
                self.check(calc(*args), 0, mrtd(image) + '\n')
        self.check(calc('--', '-n', 'show'), 0,
                   f'{mrtd(image)}  -n\n{mrtd(image)}  show\n')

    def test_command_before_two_dashes(self):
        """"--" ends the options; a command before it is a command."""
        self.write('fw', images.image())
        self.assertEqual(calc('show', '--', 'fw'), calc('show', 'fw'))
        self.assertEqual(calc('show', '--plan', '--', 'fw'),
                         calc('show', '--plan', 'fw'))
        self.assertEqual(calc('--vmm', 'kvm-v19', 'show', '--', 'fw'),
                         calc('show', '--vmm', 'kvm-v19', 'fw'))


class Several(TestCase):
    COUNT = 37

    def setUp(self):
        super().setUp()
        self.names = [f'fw{i}' for i in range(self.COUNT)]
        self.mrtds = {}
        self.kvm = {}
        for name, image in zip(self.names, several(self.COUNT)):
            self.write(name, image)
            self.mrtds[name] = mrtd(image)
            self.kvm[name] = mrtd(image, 'kvm-v19')

    def lines(self, values, names):
        return ''.join(f'{values[name]}  {name}\n' for name in names)

    def test_lines_in_order(self):
        for names in self.names, self.names[::-1], self.names[:2] * 5:
            self.assertEqual(calc(*names).text, self.lines(self.mrtds, names))

    def test_jobs_make_no_difference(self):
        wanted = calc(*self.names)
        self.assertEqual(wanted.status, 0)
        self.assertEqual(wanted.text, self.lines(self.mrtds, self.names))
        for jobs in '1', '2', '3', '7', '37', '1024':
            with self.subTest(jobs=jobs):
                self.assertEqual(calc('--jobs', jobs, *self.names), wanted)

    def test_engines_make_no_difference(self):
        engines = [line.split()[2] for line
                   in calc('--version', '-v').text.splitlines()
                   if 'known answer passed' in line]
        self.assertIn('scalar', engines)
        for engine in engines:
            env = environment(MRTD_SHA384=engine)
            with self.subTest(engine=engine):
                self.assertEqual(
                    calc('--vmm', 'kvm-v19', *self.names, env=env).text,
                    self.lines(self.kvm, self.names))
                self.assertEqual(calc('fw3', env=env).text,
                                 self.mrtds['fw3'] + '\n')

    def test_unknown_engine(self):
        self.refused(calc('fw1', env=environment(MRTD_SHA384='md\n5')), 2,
                     'MRTD_SHA384: there is no SHA-384 engine \'md\\0125\', '
                     'or this CPU cannot run it; \'mrtd-calc --version -v\' '
                     'lists them')

    def test_tags(self):
        self.assertEqual(
            calc('--tag', *self.names).text,
            ''.join(f'MRTD ({name}) = {self.mrtds[name]}\n'
                    for name in self.names))

    def test_a_bad_one_does_not_stop_the_others(self):
        self.write('bad', bad())
        note = ('note: offset 0xe0b8: section 4 (Payload): mainline QEMU '
                'loads types 0 to 3 only, and refuses this image [qemu-type]')
        names = self.names[:9] + ['bad'] + self.names[9:]
        for jobs in '1', '2', '5':
            with self.subTest(jobs=jobs):
                result = calc('--jobs', jobs, *names)
                self.assertEqual(result.text,
                                 self.lines(self.mrtds, self.names))
                self.assertEqual(result.status, 3)
                self.assertEqual(
                    result.lines, [f'bad: {BAD_LINE}' if name == 'bad'
                                   else f'{name}: {note}' for name in names])

    def test_the_worst_status_is_returned(self):
        self.write('bad', bad())
        missing = './gone: cannot open: No such file or directory'
        for names, status in ((['fw1', 'fw2'], 0), (['bad', 'fw1'], 3),
                              (['fw1', './gone'], 4), (['./gone', 'bad'], 4),
                              (['bad', './gone', 'fw1'], 4)):
            with self.subTest(names=names):
                result = calc(*names)
                self.assertEqual(result.status, status)
                self.assertEqual(
                    result.text, self.lines(
                        self.mrtds, [n for n in names if n in self.mrtds]))
                self.assertEqual('./gone' in names, missing in result.lines)

    def test_two_lines_for_one_file(self):
        """Two operands are several files, be they the same or not."""
        self.assertEqual(calc('fw1', 'fw1').text,
                         self.lines(self.mrtds, ['fw1', 'fw1']))

    def test_one_good_of_two(self):
        """The form depends on the operands, not on how many are good."""
        self.write('bad', bad())
        self.assertEqual(calc('fw1', 'bad').text,
                         self.lines(self.mrtds, ['fw1']))


class RoundTrip(TestCase):
    def test_list_names(self):
        """Odd names are escaped as sha256sum does."""
        image = good()
        for name, listed in (
                (b'a b', b'a b'), (b' a', b' a'), (b'a ', b'a '),
                (b'*a', b'*a'), (b'a\\b', b'\\a\\\\b'),
                (b'a\nb', b'\\a\\nb'), (b'a\rb', b'\\a\\rb'),
                (b'\\', b'\\\\\\'), (b'a\xff', b'a\xff'),
                (b'a) = b', b'a) = b'), (b'tab\t', b'tab\t'),
                (b'n' * 255, b'n' * 255), (b'\n' * 255,
                                           b'\\' + b'\\n' * 255)):
            with self.subTest(name=name):
                self.write(name, image)
                self.write('fw', image)
                escaped = listed.startswith(b'\\')
                start = b'\\' if escaped else b''
                rest = listed[1:] if escaped else listed
                value = mrtd(image).encode()
                self.assertEqual(calc(name, 'fw').stdout,
                                 start + value + b'  ' + rest + b'\n'
                                 + value + b'  fw\n')
                tagged = calc('--tag', name)
                self.assertEqual(tagged.stdout, start + b'MRTD (' + rest
                                 + b') = ' + value + b'\n')
                for text in calc(name, 'fw').stdout, tagged.stdout:
                    self.write('list', text)
                    result = calc('-c', 'list')
                    self.assertEqual(result.status, 0, result)
                    shown = {b'a\xff': rb'a\377', b'tab\t': rb'tab\011'}.get(
                        name, start + rest)
                    self.assertTrue(result.stdout.startswith(
                        shown + b': OK\n'), result)
                os.unlink(name)
