# SPDX-License-Identifier: Apache-2.0
"""Options: what is contradictory is refused, and said in one line."""

import itertools
import os
import json
import re

from support import TestCase, calc, environment, hint, mrtd

# Pairs that exclude each other, as arguments.
EXCLUDE = (
    *itertools.combinations((['--json'], ['--base64'], ['--tag']), 2),
    *itertools.combinations((['show', '--json'], ['--plan'], ['--trace']), 2),
    *((['show', *option], [other]) for option in (
        ['--svg', 'x'], ['--html', 'x'], ['--svg', 'x', '--html', 'y'])
      for other in ('--json', '--plan', '--trace')),
    (['show', '--svg', 'x'], ['--html', 'x']),
    (['show', '--svg', '-'], ['--html', '-']),
    (['-n'], ['--json']),
    *((['-c'], [option]) for option in (
        '--json', '--tag', '--base64', '-n', '--plan', '--trace',
        '--version')),
    *((['show'], [option]) for option in (
        '--tag', '--base64', '-n', '--quiet', '--status',
        '--ignore-missing')),
    *(([], [option]) for option in (
        '--plan', '--trace', '--quiet', '--status', '--ignore-missing',
        '-v', '--svg=x', '--html=x')),
    (['-c'], ['--vars', 'fw']),
    *(([], ['--payload', 'fw', '--vmm', vmm]) for vmm in ('spec',
                                                          'kvm-v19')),
    ([], ['--payload', 'fw']),
    (['id-block', '--id-key', 'k', '--digest', 'ab' * 48], ['--vcpus', '1']),
    (['id-block', '--verify', 'x', '--id-auth', 'y'], ['--id-key', 'k']),
    (['id-block', '--verify', 'x', '--id-auth', 'y'], ['--policy', '1']),
    (['id-block', '--verify', 'x', '--id-auth', 'y', '--digest', 'ab' * 48],
     ['--vmm', 'qemu']),
    *((['self-test'], option) for option in (
        ['--json'], ['--vmm', 'spec'], ['--permissive'], ['--limit', '1G'],
        ['--jobs', '2'], ['--vars', 'fw'])),
)


class Options(TestCase):
    def usage(self, *args, line=None):
        """Status 2, one line that points to the command's --help, nothing
        else."""
        result = calc(*args)
        self.refused(result, 2)
        self.assertTrue(result.lines[0].endswith(hint(*args)), result)
        if line is not None:
            self.assertEqual(result.lines[0], line + hint(*args))

    def test_contradictions(self):
        self.good()
        for first, second in EXCLUDE:
            with self.subTest(first=first, second=second):
                self.usage(*first, *second, 'fw')
                if first[:1] not in (['show'], ['self-test'], ['id-block']):
                    self.usage(*second, *first, 'fw')

    def test_single_file_only(self):
        self.good()
        self.usage('-n', 'fw', 'fw', line='-n is for a single file and launch')
        self.usage('--vars', 'fw', 'fw', 'fw',
                   line='--vars is for a single file')
        for option in '--svg', '--html':
            self.usage('show', option, 'x', 'fw', 'fw',
                       line='--svg and --html are for a single file')

    def test_firmware_is_not_overwritten(self):
        image = self.good()
        tdinfo = ('tdinfo', '--attributes', '0', '--xfam', '3')
        for args in (('show', '--svg', 'fw'), ('show', '--html', 'fw'),
                     (*tdinfo, '-o', 'fw'), (*tdinfo, '--tdinfo-output', 'fw')):
            self.usage(*args, 'fw',
                       line='the output would overwrite an input, fw')
        with open('fw', 'rb') as file:
            self.assertEqual(file.read(), image.data)

    def test_no_file(self):
        for args in [], ['-c'], ['show'], ['--json'], ['--']:
            self.usage(*args, line="no file is given ('-' is standard input)")
        self.good()
        for option in '--svg', '--html':
            self.usage('show', option, 'fw', line="no file is given ('-' is "
                       'standard input); --svg and --html name the file that '
                       'is written')
        self.usage('self-test', 'fw',
                   line='self-test takes no files')
        self.usage('tdinfo', '--attributes', '0', '--xfam', '3', 'a', 'b',
                   line='tdinfo takes 1 file, not 2')

    def test_jobs_elsewhere(self):
        for command in (['show'], ['check', '--against', 'x'], ['lint'],
                        ['tdinfo', '--attributes', '0', '--xfam', '3']):
            self.usage(*command, 'fw', '--jobs', '2',
                       line='--jobs is for printing MRTDs or -c, not for '
                       + command[0])
        self.usage('tdinfo', '--mrtd', '0' * 96, '--limit', '1G',
                   line='with --mrtd there is no image that --vmm, --vars, '
                   '--payload, --image-format, --permissive or --limit could '
                   'be for')

    def test_unknown(self):
        self.usage('--frobnicate', 'fw',
                   line="there is no option '--frobnicate'")
        self.usage('-x', 'fw', line="there is no option '-x'")
        self.usage('--tag=yes', 'fw',
                   line="option '--tag=yes' takes no argument")
        for args in (['--vmm'], ['--vars'], ['--payload'], ['--limit'],
                     ['--jobs'], ['show', '--svg'], ['show', '--html']):
            option = args[-1]
            self.usage(*args[:-1], 'fw', option,
                       line=f"option '{option}' needs an argument")

    def options(self):
        """All options that the commands' --help names, by their long names."""
        text = ''.join(calc(word, '--help').text for word in (
            '-c', '-v', 'show', 'check', 'lint', 'diff', 'reference',
            'tdinfo', 'id-block', 'verity', 'cmdline', 'initdata',
            'evidence'))
        return sorted(set(re.findall(r'^  .{4}--([a-z][a-z0-9-]+)', text,
                                     re.M)))

    def test_abbreviations(self):
        """None is taken, since a new option could change what it means, and
        those of other programs must not become another option here."""
        self.good()
        names = self.options()
        self.assertGreater(len(names), 40)
        for name in self.part(names):
            for end in range(1, len(name)):
                short = name[:end]
                if short in names:
                    continue
                for args in self.part((
                        (f'--{short}', 'fw'), (f'--{short}', 'fw', 'fw'),
                        (f'--{short}=fw', 'fw'))):
                    result = calc(*args)
                    self.refused(result, 2)
                    self.assertIn(f"there is no option '--{short}",
                                  result.lines[0])
        self.refused(calc('--ver', 'fw'), 2, "there is no option '--ver'; did "
                     'you mean --version, --verbose or --verify?')
        self.refused(calc('--attr=7'), 2, "there is no option '--attr=7'; did "
                     'you mean --attributes?')

    def test_slips(self):
        """The nearest is named: one letter left out, doubled, replaced or
        swapped with its neighbour."""
        self.good()
        names = self.options()
        for name in self.part(names):
            if len(name) < 5 or name.startswith('rtmr'):
                continue
            for wrong in (name[:2] + name[3:], name[:2] + name[1:],
                          name[:2] + '_' + name[3:], name.upper(),
                          name[:1] + name[2] + name[1] + name[3:]):
                if wrong in names or name.startswith(wrong):
                    continue
                result = calc(f'--{wrong}', 'fw')
                self.refused(result, 2)
                self.assertIn(f"'--{wrong}'; did you mean --{name}?",
                              result.lines[0])

    def test_foreign_options(self):
        """Those of other programs: never taken for another."""
        self.good()
        for name in ('firmware', 'bios', 'hypervisor', 'cpus', 'smp', 'memory',
                     'raw', 'quote', 'expected'):
            for args in ((f'--{name}', 'fw', 'fw'), (f'--{name}=fw', 'fw'),
                         ('fw', f'--{name}', 'fw')):
                result = calc(*args)
                self.refused(result, 2)
                self.assertRegex(result.lines[0], rf"'--{name}(=fw)?': ")

    def test_one_dash(self):
        """A word behind one dash is no bundle of letters."""
        self.good()
        for name in self.part(self.options()):
            for args in ((f'-{name}', 'fw'), (f'-{name}', 'fw', 'fw')):
                result = calc(*args)
                self.refused(result, 2)
                self.assertEqual(result.lines, [
                    f"there is no option '-{name}'; did you mean --{name}?"])
        for letters in self.part(itertools.chain.from_iterable(
                itertools.product('hcnvo', repeat=count)
                for count in (2, 3))):
            self.refused(calc(f'-{"".join(letters)}', 'fw'), 2)
        self.refused(calc('reference', '-ofile', 'fw'), 2)

    def test_argument_that_is_an_option(self):
        self.good()
        for option in '--svg', '--html', '--corim':
            for word in '--json', '-v', '--vmm=spec', '--':
                self.usage('show', option, word, 'fw', line=f"option "
                           f"'{option}' needs an argument, and '{word}' is an "
                           'option; a file of that name needs ./ before it')
        self.assertEqual(calc('show', '--html=--json', 'fw').status, 0)
        os.unlink('--json')
        self.assertEqual(os.listdir(), ['fw'])

    def test_odd_words_are_not_echoed_raw(self):
        for word in '--\033[2J', '-\n', '--vmm=\033[2J', '--limit=\n':
            result = calc(word, 'fw')
            self.refused(result, 2)

    def test_given_twice(self):
        for option, value in (('--vars', 'fw'), ('--payload', 'fw'),
                              ('--limit', '1G'), ('--jobs', '2')):
            self.usage(option, value, option, value, 'fw',
                       line=f'{option} is given twice')

    def test_several_vmms(self):
        """With commas or repeated; lines of a list, which -c reads."""
        image = self.good()
        names = ('spec', 'kvm-v19', 'qemu')
        wanted = ''.join(
            f'MRTD{"" if name == "spec" else f"[{name}]"} (fw) = '
            f'{mrtd(image, name)}\n' for name in names)
        for args in (['--vmm', ','.join(names)],
                     ['--vmm', 'spec,kvm-v19', '--vmm=qemu'],
                     [f'--vmm={name}' for name in names]):
            self.check(calc(*args, 'fw'), 0, wanted)
        self.write('list', wanted.encode())
        self.check(calc('-c', 'list'), 0, 'fw: OK\n' * 3)
        found = calc('--json', '--vmm', ','.join(names), 'fw').text
        self.assertEqual(
            [json.loads(line)['mrtd'] for line in found.splitlines()],
            [mrtd(image, name) for name in names])
        for command, title in ((['show'], 'show'), (['-c'], '-c'),
                               (['tdinfo'], 'tdinfo'), (['diff'], 'diff')):
            self.usage(*command, '--vmm', 'spec,qemu', 'fw', 'fw',
                       line=f'{title} takes one VMM, and --vmm names 2')
        self.usage('-n', '--vmm', 'spec,qemu', 'fw',
                   line='-n is for a single file and launch')
        self.usage('--base64', '--vmm', 'spec,qemu', 'fw', line='--base64 is '
                   'for a single launch: lists of several are hexadecimal')
        for name in '', 'x' * 200, 'spec ':
            self.refused(calc('--vmm', f'qemu,{name}', 'fw'), 2)

    def test_values(self):
        self.usage('--vmm', 'xen', 'fw', line="there is no VMM "
                   "'xen'; 'mrtd-calc --vmm help' lists them")
        for wrong, name in (('Qemu', 'qemu'), ('kvm-v91', 'kvm-v19'),
                            ('kvm', 'kvm-v19'), ('SPEC', 'spec')):
            self.refused(calc('--vmm', wrong, 'fw'), 2,
                         f"there is no VMM '{wrong}'; 'mrtd-calc --vmm help' lists "
                         f'them; did you mean {name}?')
        for args, meant in (
                (('reference', '--format', 'RVPS'), 'rvps'),
                (('reference', '--format', 'json,corm'), 'corim'),
                (('reference', '--format', 'go-td'), 'go-tdx-guest'),
                (('lint', '--vmm', 'QEMU'), 'qemu'),
                (('lint', '--vmm', 'gce,qeum'), 'qemu'),
                (('lint', '--vmm', 'cloud'), 'cloud-hypervisor')):
            result = calc(*args, 'fw')
            self.refused(result, 2)
            self.assertTrue(result.lines[0].endswith(
                f'lists them; did you mean {meant}?'), result)
        for size in ('', '0', 'x', '1X', '1KK', '-1', '+1', ' 1', '1 ',
                     '16777216T', '99999999999999999999', '0x10', '1.5G'):
            self.usage('--limit', size, 'fw', line='--limit needs a number '
                       f"of bytes above 0, as 64G, not '{size}'")
        for jobs in '', '0', 'x', '1K', '-1', '1025', '99999999999999999999':
            self.usage('--jobs', jobs, 'fw', line='--jobs needs a number '
                       f"from 1 to 1024, not '{jobs}'")
        self.usage('--vars', '', 'fw', line='--vars needs a file name')

    def test_limit(self):
        """The limit is exact."""
        image = self.good()
        pages = sum(s.memory // 4096 * (128 + 6144 * s.attributes)
                    for s in image.sections)
        self.assertEqual(calc('--limit', str(pages), 'fw').status, 0)
        self.refused(calc('--limit', str(pages - 1), 'fw'), 3,
                     'fw: the sections claim so much memory that '
                     f'{pages} bytes would be hashed, more than the limit of '
                     f'{pages - 1}; raise it with --limit SIZE [limit]')
        for size in '1K', '1M', '1G', '1T':
            status = calc('--limit', size, 'fw').status
            self.assertEqual(status, 3 if size == '1K' else 0, size)

    def test_help(self):
        self.assertIn('Usage: mrtd-calc', calc('--help').text)
        self.assertEqual(calc('-h'), calc('--help'))
        self.assertLessEqual(len(calc('--help').text.splitlines()), 24)
        self.assertRegex(calc('--version').text,
                         r'\Amrtd-calc \d+\.\d+\.\d+\n\Z')
        self.assertIn('libcrypto', calc('--version', '-v').text)
        text = calc('--vmm', 'help').text
        for name in 'spec (default)\n', 'kvm-v19\n', 'cloud-hypervisor\n':
            self.assertIn(name, text)
        self.assertEqual(calc('self-test').text.splitlines()[-1],
                         '9 of 9 known answers')

    def test_help_of_commands(self):
        """Usage, two sentences, the options, two examples, in 80 columns;
        each command that --help lists has one."""
        listed = calc('--help').text
        words = re.findall(r'^  ([a-z-]+)  +\w', listed.partition(
            'Commands:')[2].partition('\n\n')[0], re.M)
        self.assertEqual(words, ['show', 'check', 'lint', 'diff',
                                 'reference', 'tdinfo', 'id-block',
                                 'verity', 'cmdline', 'initdata', 'events',
                                 'evidence',
                                 'self-test'])
        for word in [*words, '-c', '-v']:
            with self.subTest(word):
                result = calc(word, '--help')
                self.assertEqual((result.status, result.stderr), (0, b''))
                self.assertEqual(result, calc('--help', word))
                self.assertEqual(result, calc(word, '-h'))
                lines = result.text.splitlines()
                self.assertLessEqual(max(map(len, lines)), 79)
                self.assertRegex(lines[0], rf'^Usage: mrtd-calc .*{word}\b'
                                 if word != '-v' else r'^Usage: mrtd-calc \[')
                head, options, examples = result.text.split('\n\n')
                about = ' '.join(line for line in head.splitlines()
                                 if 'mrtd-calc ' not in line)
                self.assertEqual(len(re.findall(r'\.(?: |$)', about)), 2)
                self.assertIn('--help', options)
                self.assertEqual(re.findall('^  mrtd-calc ', examples, re.M),
                                 ['  mrtd-calc '] * 2)
                # Of what another command has nothing is said.
                own = re.findall('^ {2,6}(?:-., )?(--[a-z0-9-]+)', options,
                                 re.M)
                self.assertLessEqual(
                    set(re.findall('--[a-z0-9-]+', options)), set(own))

    def test_command_anywhere(self):
        """The first operand is the command, also after options."""
        image = self.good()
        for args in (('show', '--json', 'fw'), ('--json', 'show', 'fw'),
                     ('--vmm', 'spec', 'show', '--json', 'fw'),
                     ('show', 'fw', '--json')):
            self.assertEqual(json.loads(calc(*args).text)['mrtd'],
                             mrtd(image), args)

    def test_engines(self):
        """All give the same; one that is not there is refused."""
        image = self.good()
        for name in 'scalar', 'libcrypto', 'avx2', 'avx512':
            usable = f'{name} ' in ' '.join(
                line for line in calc('--version', '-v').text.splitlines()
                if 'passed' in line)
            result = calc('fw', 'fw', 'fw', env=self.engine(name))
            self.assertEqual(result.status, 0 if usable else 2, name)
            if usable:
                self.assertEqual(result.text,
                                 f'{mrtd(image)}  fw\n' * 3, name)
        result = calc('fw', env=self.engine('none'))
        self.refused(result, 2, "MRTD_SHA384: there is no SHA-384 engine "
                     "'none', or this CPU cannot run it; 'mrtd-calc "
                     "--version -v' lists them")

    def engine(self, name):
        return environment(MRTD_SHA384=name)
