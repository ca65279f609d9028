# SPDX-License-Identifier: Apache-2.0
"""-c: lists are checked, and strictly."""

import base64
import os
import resource

import images
from support import VMMS, BAD_LINE, TestCase, bad, calc, mrtd, warned

FORM = ("'HEX  FILE', 'MRTD (FILE) = HEX' or 'SNP[...] (FILE) = HEX' with 96 "
        'hexadecimal digits, or one of SEV-ES or SEV with 64')
NOTHING = 'no value was checked'
GONE = 'gone: cannot open: No such file or directory'


def malformed(number, name='list'):
    return f'{name}: line {number}: not {FORM}'


CR_LF = ('list: its lines end with CR LF; those of a list of values end with '
         "LF alone: tr -d '\\r'")


def differ(count, of, name='list'):
    return (f'{name}: {count} of {of} computed values did NOT match; '
            "'check FILE --against VALUE' tries other launches and says why")


class CheckCase(TestCase):
    def setUp(self):
        super().setUp()
        image = self.write('fw', images.image())
        self.value = mrtd(image)
        self.other = '0' * 96
        self.write('bad', bad())
        self.good_line = f'{self.value}  fw\n'

    def list(self, *lines, name='list'):
        self.write(name, ''.join(lines).encode('latin-1'))


class Forms(CheckCase):
    def test_both_forms(self):
        for line in (f'{self.value}  fw\n', f'{self.value} *fw\n',
                     f'MRTD (fw) = {self.value}\n',
                     f'{self.value.upper()}  fw\n',
                     f'MRTD (fw) = {self.value.upper()}\n',
                     f'{self.value}  fw', f'MRTD (fw) = {self.value}'):
            with self.subTest(line=line):
                self.list(line)
                self.check(calc('-c', 'list'), 0, 'fw: OK\n')
                self.check(calc('--check-list', 'list'), 0, 'fw: OK\n')

    def test_mixed(self):
        self.write('fw2', warned())
        second = mrtd(warned())
        self.list(self.good_line, f'MRTD (fw2) = {second}\n',
                  f'MRTD (fw) = {self.value}\n', f'{second} *fw2\n')
        self.check(calc('-c', 'list'), 0,
                   'fw: OK\nfw2: OK\nfw: OK\nfw2: OK\n')

    def test_names_that_look_like_the_form(self):
        for name in 'a) = b', f'x) = {self.other}', ') = ', 'MRTD (fw) = 1':
            self.write(name, images.image())
            for line in (f'MRTD ({name}) = {self.value}\n',
                         f'{self.value}  {name}\n'):
                with self.subTest(line=line):
                    self.list(line)
                    self.check(calc('-c', 'list'), 0, f'{name}: OK\n')

    def test_escaped_names(self):
        for name, listed in (('a\\b', r'a\\b'), ('a\nb', r'a\nb'),
                             ('a\rb', r'a\rb'), ('\\n', r'\\n')):
            self.write(name, images.image())
            for line in (f'\\{self.value}  {listed}\n',
                         f'\\MRTD ({listed}) = {self.value}\n'):
                with self.subTest(line=line):
                    self.list(line)
                    self.check(calc('-c', 'list'), 0, f'\\{listed}: OK\n')
        # Without the mark a backslash is one.
        self.list(f'{self.value}  a\\b\n')
        self.check(calc('-c', 'list'), 0, '\\a\\\\b: OK\n')
        # With it, a name that needs none may stand there, too.
        self.list(f'\\{self.value}  fw\n')
        self.check(calc('-c', 'list'), 0, 'fw: OK\n')

    def test_names_that_would_hide_a_verdict(self):
        for name, shown in (('\x1b[2Kfw', r'\033[2Kfw'), ('\x7f', r'\177'),
                            ('\u009b2K', r'\302\2332K'),
                            ('\u202eko', r'\342\200\256ko'),
                            (b'\xff'.decode(errors='surrogateescape'),
                             r'\377'), ('a\nb\t', r'a\012b\011'),
                            ('f\xfc\u00dfe', 'f\xfc\u00dfe')):
            with self.subTest(name=name):
                self.write(name, images.image())
                listed = calc('--tag', name).stdout
                self.write('list', listed)
                self.check(calc('-c', 'list'), 0, f'{shown}: OK\n')
                os.unlink(name)
                done = calc('-c', 'list')
                self.assertEqual(
                    (done.status, done.stdout.decode()),
                    (4, f'{shown}: FAILED open or read\n'))

    def test_malformed(self):
        value = self.value
        lines = {
            'empty': '\n',
            'a comment': '# a comment\n',
            'a space': ' \n',
            'one space between': f'{value} fw\n',
            'a tab between': f'{value}\tfw\n',
            'no name': f'{value}  \n',
            'no name at all': f'{value}\n',
            '95 digits': f'{value[1:]}  fw\n',
            '97 digits': f'{value}0  fw\n',
            'no digit': f'{value[:-1]}g  fw\n',
            'a space in front': f' {value}  fw\n',
            'CR LF': f'{value}  fw\r\n',
            'CR LF, tagged': f'MRTD (fw) = {value}\r\n',
            'a byte order mark': f'\xef\xbb\xbf{value}  fw\n',
            'another tag': f'SHA384 (fw) = {value}\n',
            'tag in lower case': f'mrtd (fw) = {value}\n',
            'tagged with 95 digits': f'MRTD (fw) = {value[1:]}\n',
            'tagged with 97 digits': f'MRTD (fw) = {value}0\n',
            'tagged, no space': f'MRTD (fw)= {value}\n',
            'tagged, a space behind': f'MRTD (fw) = {value} \n',
            'tagged, no name': f'MRTD () = {value}\n',
            'base64': base64.b64encode(bytes.fromhex(value)).decode()
            + '  fw\n',
            'an unknown escape': f'\\{value}  f\\w\n',
            'an octal escape': f'\\{value}  f\\167\n',
            'a backslash at the end': f'\\{value}  fw\\\n',
            'a NUL in the name': f'{value}  f\0w\n',
            'a NUL behind the name': f'{value}  fw\0\n',
            'a NUL in front': f'\0{value}  fw\n',
            'a NUL': '\0\n',
            'a line too long': f'{value}  {"./" * 5000}fw\n',
        }
        for what, line in lines.items():
            with self.subTest(what):
                self.list(line)
                self.check(calc('-c', 'list'), 3, '', *(
                    [CR_LF] if line.endswith('\r\n') else
                    [malformed(1), f'list: {NOTHING}']))
                # It neither stops the check nor is it passed over.
                self.list(self.good_line, line, self.good_line)
                for option in [], ['--ignore-missing']:
                    self.check(calc('-c', *option, 'list'), 3,
                               'fw: OK\nfw: OK\n', malformed(2))

    def test_cr_lf(self):
        lines = f'{self.value}  fw\r\n', f'MRTD (fw) = {self.value}\r\n'
        self.list(*lines)
        self.check(calc('-c', 'list'), 3, '', CR_LF)
        self.list(*lines, '# a comment\n')
        result = calc('-c', 'list')
        self.assertIn('none of its 3 lines is', result.lines[0])

    def test_long_line_that_is_not_too_long(self):
        name = './' * 2045 + 'fw'
        self.list(f'{self.value}  {name}\n')
        self.check(calc('-c', 'list'), 0, f'{name}: OK\n')

    def test_many_malformed(self):
        self.list(*['x\n'] * 100, self.good_line)
        self.check(calc('-c', 'list'), 3, 'fw: OK\n',
                   *(malformed(i) for i in range(1, 11)),
                   'list: 90 more lines are malformed')

    def test_one_more_than_is_told(self):
        self.list(*['x\n'] * 11, self.good_line)
        self.check(calc('-c', 'list'), 3, 'fw: OK\n',
                   *(malformed(i) for i in range(1, 11)),
                   'list: 1 more line is malformed')

    def test_no_list(self):
        """An image or a text in place of a list: one line, and no flood."""
        self.write('image', bytes(range(256)) * 20)
        self.list('some\n', 'text\n')
        for name, count in ('image', 21), ('list', 2):
            for option in [], ['--status'], ['--ignore-missing']:
                self.refused(
                    calc('-c', *option, name), 3,
                    f'{name}: not a list of values: none of its {count} lines is '
                    f'{FORM}')

    def test_malformed_before_the_first_good_line(self):
        self.list(*['x\n'] * 12, self.good_line, 'x\n')
        self.check(calc('-c', 'list'), 3, 'fw: OK\n',
                   *(malformed(i) for i in range(1, 11)),
                   'list: 3 more lines are malformed')
        self.list('x\n', 'x\n', f'{self.value}  gone\n', 'x\n')
        self.check(calc('-c', '--ignore-missing', 'list'), 3, '',
                   *(malformed(i) for i in (1, 2, 4)), f'list: {NOTHING}')

    def test_empty(self):
        self.list()
        self.check(calc('-c', 'list'), 3, '', f'list: {NOTHING}')
        self.check(calc('-c', '--ignore-missing', 'list'), 3, '',
                   f'list: {NOTHING}')
        self.check(calc('-c', '--status', 'list'), 3, '', f'list: {NOTHING}')


class Verdicts(CheckCase):
    def test_mismatch(self):
        self.list(f'{self.other}  fw\n')
        self.check(calc('-c', 'list'), 1, 'fw: FAILED\n', differ(1, 1))

    def test_one_digit(self):
        digit = '0' if self.value[-1] != '0' else '1'
        self.list(f'MRTD (fw) = {self.value[:-1]}{digit}\n')
        self.check(calc('-c', 'list'), 1, 'fw: FAILED\n', differ(1, 1))

    def test_mismatch_shows_warnings_and_a_match_none(self):
        self.write('warned', warned())
        value = mrtd(warned())
        warning = ('warned: warning: offset 0xe0bc: section 4 (TempMem): '
                   'Attributes 0x1 is not 0, as for this type (TD-Shim spec '
                   '0.7, table 1.1-3) [attributes]')
        self.list(f'{value}  warned\n')
        self.check(calc('-c', 'list'), 0, 'warned: OK\n')
        self.list(f'{self.other}  warned\n')
        self.check(calc('-c', 'list'), 1, 'warned: FAILED\n', warning,
                   differ(1, 1))
        self.check(calc('-c', '--quiet', 'list'), 1, 'warned: FAILED\n',
                   warning, differ(1, 1))
        self.check(calc('-c', '--status', 'list'), 1, '')

    def test_refused(self):
        self.list(f'{self.value}  bad\n', self.good_line)
        self.check(calc('-c', 'list'), 3, 'bad: FAILED (refused)\nfw: OK\n',
                   f'bad: {BAD_LINE}')

    def test_missing(self):
        self.list(f'{self.value}  gone\n', self.good_line)
        self.check(calc('-c', 'list'), 4,
                   'gone: FAILED open or read\nfw: OK\n', GONE)

    def test_statuses(self):
        """The worst of what happened."""
        differs, refused, gone, wrong = (
            f'{self.other}  fw\n', f'{self.value}  bad\n',
            f'{self.value}  gone\n', 'nonsense\n')
        for lines, status in (
                ([self.good_line], 0), ([differs], 1),
                ([self.good_line, differs], 1), ([differs, wrong], 3),
                ([differs, refused], 3), ([refused], 3), ([wrong], 3),
                ([gone], 4), ([gone, differs, refused, wrong], 4),
                ([self.good_line, gone], 4)):
            with self.subTest(lines=lines):
                self.list(*lines)
                for option in [], ['--quiet'], ['--status']:
                    self.assertEqual(calc('-c', *option, 'list').status,
                                     status)

    def test_quiet(self):
        self.list(self.good_line, f'{self.other}  fw\n',
                  f'{self.value}  bad\n', f'{self.value}  gone\n')
        self.check(calc('-c', '--quiet', 'list'), 4,
                   'fw: FAILED\nbad: FAILED (refused)\n'
                   'gone: FAILED open or read\n',
                   f'bad: {BAD_LINE}', GONE, differ(1, 2))
        self.list(self.good_line)
        self.check(calc('-c', '--quiet', 'list'), 0, '')

    def test_status(self):
        self.list(self.good_line, f'{self.other}  fw\n',
                  f'{self.value}  bad\n')
        self.check(calc('-c', '--status', 'list'), 3, '', f'bad: {BAD_LINE}')
        self.list(self.good_line)
        self.check(calc('-c', '--status', 'list'), 0, '')
        self.check(calc('-c', '--status', '--quiet', 'list'), 0, '')

    def test_ignore_missing(self):
        self.list(f'{self.value}  gone\n', self.good_line)
        self.check(calc('-c', '--ignore-missing', 'list'), 0, 'fw: OK\n')
        self.list(f'{self.value}  gone\n', f'MRTD (gone) = {self.value}\n')
        self.check(calc('-c', '--ignore-missing', 'list'), 3, '',
                   f'list: {NOTHING}')
        self.list(f'{self.value}  gone\n', f'{self.other}  fw\n')
        self.check(calc('-c', '--ignore-missing', 'list'), 1, 'fw: FAILED\n',
                   differ(1, 1))
        # Other failures are failures, and the list itself must be there.
        os.mkdir('folder')
        self.list(f'{self.value}  folder\n')
        self.check(calc('-c', '--ignore-missing', 'list'), 4,
                   'folder: FAILED open or read\n',
                   'folder: cannot read: Is a directory')
        self.check(calc('-c', '--ignore-missing', 'gone'), 4, '', GONE)

    def test_options_for_the_images(self):
        self.write('payload', images.more(images.PAYLOAD))
        kernel = self.write('kernel', images.kernel())
        line = mrtd(images.more(images.PAYLOAD), 'cloud-hypervisor', kernel)
        self.list(f'{line}  payload\n')
        options = ['--vmm', 'cloud-hypervisor', '--payload', 'kernel']
        self.check(calc('-c', *options, 'list'), 0, 'payload: OK\n')
        two = mrtd(images.image(), 'kvm-v19')
        self.list(f'{two}  fw\n')
        self.check(calc('-c', '--vmm', 'kvm-v19', 'list'), 0, 'fw: OK\n')
        self.check(calc('-c', 'list'), 1,
                   'fw: FAILED (it is the value for --vmm kvm-v19)\n',
                   differ(1, 1))
        self.check(calc('-c', '--limit', '1', 'list'), 3,
                   'fw: FAILED (refused)\n', 'fw: the sections claim so much '
                   'memory that 13056 bytes would be hashed, more than the '
                   'limit of 1; raise it with --limit SIZE [limit]')
        reserved = images.more(images.TEMP_MEM._replace(
            address=0x900000, attributes=4))
        self.write('reserved', reserved)
        self.list(f'{mrtd(reserved)}  reserved\n')
        self.assertEqual(calc('-c', 'list').status, 3)
        self.check(calc('-c', '--permissive', 'list'), 0, 'reserved: OK\n')


class Labels(CheckCase):
    """A line says for which VMM its value is."""

    def setUp(self):
        super().setUp()
        self.values = {vmm: mrtd(images.image(), vmm) for vmm in VMMS}
        self.assertGreater(len(set(self.values.values())), 1)

    def refusal(self, why, number=1, name='fw', of='list'):
        return f'{of}: line {number}: {name}: {why}'

    def label(self, label):
        if label == 'td-shim':
            return self.refusal(
                "its label 'td-shim' is a VMM that launches nothing, and so "
                'has no value [list-label]')
        return self.refusal(
            f"its label '{label}' is neither the name of a VMM, which "
            "'mrtd-calc --vmm help' lists, nor tdvf or igvm [list-label]")

    def test_printed(self):
        for vmm, value in self.values.items():
            label = '' if vmm == 'spec' else f'[{vmm}]'
            line = f'MRTD{label} (fw) = {value}\n'
            for args in (['fw'], ['fw', 'fw']):
                self.check(calc('--tag', '--vmm', vmm, *args), 0,
                           line * len(args))
            self.write('list', line.encode())
            for given in ([], ['--vmm', vmm]):
                self.check(calc('-c', *given, 'list'), 0, 'fw: OK\n')

    def test_all_pairs(self):
        """Of a label and the VMM that a value is for: OK only if that VMM's
        value is the label's, and otherwise it is said whose it is."""
        for label in (None, *VMMS):
            wanted = self.values[label or 'spec']
            for vmm, value in self.values.items():
                with self.subTest(label=label, vmm=vmm):
                    mark = f'[{label}]' if label else ''
                    self.list(f'MRTD{mark} (fw) = {value}\n')
                    result = calc('-c', 'list')
                    if value == wanted:
                        self.check(result, 0, 'fw: OK\n')
                        continue
                    first = next(name for name in VMMS
                                 if self.values[name] == value)
                    self.check(result, 1, 'fw: FAILED (it is the value for '
                               f'--vmm {first})\n', differ(1, 1))
            mark = f'[{label}]' if label else ''
            self.list(f'MRTD{mark} (fw) = {self.other}\n')
            self.check(calc('-c', 'list'), 1, 'fw: FAILED\n', differ(1, 1))

    def test_form_without_labels(self):
        """It is for the VMM that is given."""
        for vmm, value in self.values.items():
            self.list(f'{value}  fw\n')
            self.check(calc('-c', '--vmm', vmm, 'list'), 0, 'fw: OK\n')
            result = calc('-c', 'list')
            self.assertEqual(result.status,
                             0 if value == self.value else 1)

    def test_several(self):
        """In one list, in order, more than are measured at once."""
        lines, wanted = [], ''
        for i in range(40):
            vmm = VMMS[i % len(VMMS)]
            value = self.other if i in (3, 8, 39) else self.values[vmm]
            lines.append(f'MRTD[{vmm}] (fw) = {value}\n')
            wanted += f'fw: {"FAILED" if value == self.other else "OK"}\n'
        self.list(*lines)
        for jobs in '1', '3':
            self.check(calc('-c', '--jobs', jobs, 'list'), 1, wanted,
                       differ(3, 40))

    def test_command_word(self):
        """-c is a command itself; a word that is one opens no list."""
        self.list(self.good_line)
        self.list(self.good_line, name='show')
        for word in ('show', 'check', 'lint', 'diff', 'reference', 'tdinfo',
                     'self-test'):
            for args in ((word, '-c', 'list'), ('-c', word, 'list'),
                         ('-c', word), (word, '--check-list', 'list'),
                         ('-c', '--quiet', word, 'list')):
                with self.subTest(args=args):
                    self.refused(calc(*args), 2,
                                 '-c and a command exclude each other, and '
                                 f"'{word}' is one; a file of that name is "
                                 f"./{word}; try 'mrtd-calc -c --help'")
        for args in ('./show',), ('list', 'show'), ('--', 'show'):
            self.assertEqual(calc('-c', *args).status, 0, args)

    def test_unknown(self):
        """Refused by name; the other lines are checked."""
        for label in self.part((
                'none', 'Spec', 'SPEC', ' spec', 'spec ', 'kvm', '',
                'kvm-v19x', 'td-shim', '*', 'spec;', 'a' * 40, '--vmm spec',
                '[spec')):
            line = f'MRTD[{label}] (fw) = {self.value}\n'
            with self.subTest(label=label):
                self.list(line)
                for option in [], ['--ignore-missing'], ['--quiet']:
                    self.check(calc('-c', *option, 'list'), 3,
                               'fw: FAILED (refused)\n', self.label(label))
                self.check(calc('-c', '--status', 'list'), 3, '',
                           self.label(label))
                self.list(line, self.good_line)
                self.check(calc('-c', 'list'), 3,
                           'fw: FAILED (refused)\nfw: OK\n',
                           self.label(label))
        # Also of a file that is not there.
        self.list(f'MRTD[x] (gone) = {self.value}\n', self.good_line)
        result = calc('-c', '--ignore-missing', 'list')
        self.assertEqual(result.status, 3)
        for labels, unknown in (('spec,none', 'none'), (',', ''),
                                ('spec,', ''), (',spec', ''),
                                ('kvm-v19,,', ''), ('x,y', 'x')):
            self.list(f'MRTD[{labels}] (fw) = {self.value}\n')
            self.check(calc('-c', 'list'), 3, 'fw: FAILED (refused)\n',
                       self.label(unknown))
        for labels in 'spec,kvm-v19', 'spec,spec', 'kvm-v19,spec,qemu':
            self.list(f'MRTD[{labels}] (fw) = {self.value}\n')
            self.check(calc('-c', 'list'), 3, 'fw: FAILED (refused)\n',
                       self.refusal('its labels name two VMMs, and a '
                                    'value is for one [list-label]'))

    def test_no_form(self):
        """What is nearly a line with a label is none."""
        for line in self.part((
                     'MRTD[kvm-v19 (fw) = {}', 'MRTD[kvm-v19](fw) = {}',
                     'MRTD [kvm-v19] (fw) = {}', 'MRTDkvm-v19] (fw) = {}',
                     'mrtd[kvm-v19] (fw) = {}', 'MRTD(kvm-v19) (fw) = {}',
                     'MRTD[kvm-v19] fw = {}', 'MRTD[kvm-v19] () = {}',
                     'MRTD[kvm-v19]  (fw) = {}', 'MRTD[spec]] (fw) = {}',
                     'MRTD[spec][spec] (fw) = {}', '{}[kvm-v19]  fw',
                     'MRTD[kvm-v19] (fw) = {}0', 'XMRTD[spec] (fw) = {}')):
            with self.subTest(line=line):
                for value in self.values.values():
                    self.list(line.format(value) + '\n')
                    self.check(calc('-c', 'list'), 3, '', malformed(1),
                               f'list: {NOTHING}')

    def test_names(self):
        """Brackets in names are no labels, and labels do not change how names
        are read."""
        value = self.values['kvm-v19']
        for name in ('[spec] (fw', 'a] (b', '(fw) = x', 'MRTD[spec] (fw'):
            self.write(name, images.image())
            self.list(f'MRTD[kvm-v19] ({name}) = {value}\n')
            self.check(calc('-c', 'list'), 0, f'{name}: OK\n')
        self.write('a\nb\\', images.image())
        line = calc('--tag', '--vmm', 'kvm-v19', 'a\nb\\').stdout
        self.assertEqual(line, rf'\MRTD[kvm-v19] (a\nb\\) = {value}'.encode()
                         + b'\n')
        self.write('list', line)
        self.check(calc('-c', 'list'), 0, '\\a\\nb\\\\: OK\n')

    def test_vmm_contradicts(self):
        """Nothing is compared where the command line and the list differ."""
        for label in (None, *VMMS):
            for vmm in VMMS:
                if vmm == (label or 'spec'):
                    continue
                mark = f'[{label}]' if label else ''
                for value in self.values[vmm], self.values[label or 'spec']:
                    self.list(f'MRTD{mark} (fw) = {value}\n')
                    self.check(
                        calc('-c', '--vmm', vmm, 'list'), 3,
                        'fw: FAILED (refused)\n',
                        self.refusal(f'its value is for --vmm '
                                     f'{label or "spec"}, and --vmm {vmm} is '
                                     'given [list-vmm]'))

    def test_payload(self):
        """A label may say the VMM that takes it."""
        self.write('payload', images.more(images.PAYLOAD))
        kernel = self.write('kernel', images.kernel())
        value = mrtd(images.more(images.PAYLOAD), 'cloud-hypervisor', kernel)
        self.list(f'MRTD[cloud-hypervisor] (payload) = {value}\n')
        self.check(calc('-c', '--payload', 'kernel', 'list'), 0,
                   'payload: OK\n')
        self.assertEqual(calc('-c', 'list').status, 3)
        self.write('kernel', kernel + b'x')
        self.assertEqual(calc('-c', '--payload', 'kernel', 'list').status, 1)

    def test_what_a_list_cannot_say(self):
        """Two files, and rules that are not kept: refused, not another
        value."""
        whole = images.joined()
        self.write('vars', whole.cut(end=images.VARS_SIZE))
        self.write('code', whole.cut(start=images.VARS_SIZE))
        self.write('list', calc('--tag', '--vars', 'vars', 'code').stdout)
        result = calc('-c', 'list')
        self.assertEqual((result.status, result.text),
                         (3, 'code: FAILED (refused)\n'))
        reserved = images.more(images.TEMP_MEM._replace(
            address=0x900000, attributes=4))
        self.write('reserved', reserved)
        self.write('list', calc('--tag', '--permissive', 'reserved').stdout)
        self.assertEqual(calc('-c', 'list').status, 3)
        self.assertEqual(calc('-c', '--permissive', 'list').status, 0)

    def test_is_called_a_list(self):
        """Where an MRTD is wanted, and a list is given."""
        for line in (f'MRTD[kvm-v19] (fw) = {self.value}\n',
                     f'MRTD[x] (fw) = {self.value}\n'):
            self.list(line)
            self.refused(calc('check', '--against', 'list', 'fw'), 3,
                         'list: a list of values: -c checks it; give one of '
                         'its values [against-unknown]')


class Lists(CheckCase):
    def test_standard_input(self):
        self.list(self.good_line)
        self.check(calc('-c', '-', stdin=self.good_line.encode()), 0,
                   'fw: OK\n')
        with open('list', 'rb') as file:
            self.check(calc('-c', '-', stdin=file), 0, 'fw: OK\n')
        self.list('skipped', self.good_line)
        with open('list', 'rb') as file:
            os.lseek(file.fileno(), 7, os.SEEK_SET)
            self.check(calc('-c', '-', stdin=file), 0, 'fw: OK\n')
        self.check(calc('-c', '-', stdin=b''), 3, '', f'-: {NOTHING}')

    def test_image_on_standard_input(self):
        self.list(f'{self.value}  -\n')
        self.check(calc('-c', 'list', stdin=images.image().data), 0,
                   '-: OK\n')
        with open('fw', 'rb') as file:
            self.check(calc('-c', 'list', stdin=file), 0, '-: OK\n')

    def test_list_and_file_on_standard_input(self):
        """One of the two cannot be: a failure, whatever follows the list."""
        line = f'{self.value}  -\n'
        self.write('both', line.encode() + images.image().data)
        with open('both', 'rb') as file:
            result = calc('-c', '-', stdin=file)
        self.assertGreater(result.status, 1)
        self.assertNotIn(b': OK', result.stdout)

    def test_several(self):
        self.list(self.good_line)
        self.list(f'{self.other}  fw\n', name='wrong')
        self.list('x\n', name='malformed')
        self.check(calc('-c', 'list', 'list'), 0, 'fw: OK\n' * 2)
        self.check(calc('-c', 'list', 'wrong', 'malformed', 'list'), 3,
                   'fw: OK\nfw: FAILED\nfw: OK\n', differ(1, 1, 'wrong'),
                   malformed(1, 'malformed'), f'malformed: {NOTHING}')
        self.check(calc('-c', 'gone', 'list'), 4, 'fw: OK\n', GONE)
        self.check(calc('-c', '-', 'list', stdin=self.good_line.encode()), 0,
                   'fw: OK\n' * 2)

    def test_names_are_relative_to_the_current_folder(self):
        os.mkdir('folder')
        self.list(self.good_line, name='folder/list')
        self.check(calc('-c', 'folder/list'), 0, 'fw: OK\n')

    def test_long_list(self):
        """In order, with any number of threads."""
        images_of = {}
        for i in range(7):
            image = self.write(f'fw{i}', images.more(
                images.TEMP_MEM._replace(address=0x2000000 + (i << 12))))
            images_of[f'fw{i}'] = mrtd(image)
        names = [f'fw{i * i % 7}' for i in range(2500)]
        wrong = {3, 1023, 1024, 2499}
        self.list(*(f'{self.other if i in wrong else images_of[name]}  '
                    f'{name}\n' for i, name in enumerate(names)))
        wanted = ''.join(f'{name}: {"FAILED" if i in wrong else "OK"}\n'
                         for i, name in enumerate(names))
        for jobs in '1', '2', '16':
            with self.subTest(jobs=jobs):
                self.check(calc('-c', '--jobs', jobs, 'list'), 1, wanted,
                           differ(4, 2500))

    def test_few_descriptors(self):
        """Threads do not take more files at once than a process may have."""
        self.list(*[self.good_line] * 400)
        limits = [(resource.RLIMIT_NOFILE, 48)]
        for args, stdout in (
                (['-c', '--jobs', '16', 'list'], 'fw: OK\n' * 400),
                (['--jobs', '16'] + ['fw'] * 400, self.good_line * 400)):
            result = calc(*args, limits=limits)
            self.assertEqual((result.status, result.lines[:3]), (0, []))
            self.assertEqual(result.text, stdout)

    def test_full(self):
        self.list(*[self.good_line] * 5000)
        with open('/dev/full', 'wb') as full:
            self.check(calc('-c', 'list', stdout=full), 4, '',
                       'cannot write to standard output: No space left on '
                       'device')
