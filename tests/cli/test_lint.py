# SPDX-License-Identifier: Apache-2.0
"""lint: its text, its options, its exit statuses. Its rules are tested by
golden/lint.py."""

import json
import os

import images
from support import BAD_LINE, TestCase, bad, calc, mrtd

# Those of the VMMs that have rules of acceptance, in the order of the list.
ACCEPTING = ('cloud-hypervisor', 'qemu', 'migtd-qemu', 'gce', 'td-shim')
NAMED = ('--vmm', 'qemu')
BUG = ('    note: earlier versions of GCE measured every section and the TD '
       'HOB, so that the MRTD depends on the machine\'s memory: such a value '
       'cannot be predicted from the file [gce-hob-bug]')


def everywhere(*sections, **fields):
    """An image that all load: volumes to the last byte, both locators."""
    return images.image(images.SPLIT_SECTIONS + sections,
                        pointer=images.DESCRIPTOR, **fields)


class Text(TestCase):
    def test_loads_everywhere(self):
        image = self.write('fw', everywhere())
        good = 'loads, adds 19 pages, measures 12: the specification\'s MRTD'
        self.check(calc('lint', 'fw'), 0, '\n'.join([
            'fw',
            f'  specification     MRTD {mrtd(image)}',
            f'  cloud-hypervisor  {good}',
            f'  qemu              {good}',
            f'  migtd-qemu        {good}',
            f'  gce               {good}',
            BUG,
            '  td-shim           loads', '']))

    def test_not_for_td_shim(self):
        """No failure unless it is asked for."""
        self.write('fw', images.joined())
        result = calc('lint', 'fw')
        self.assertEqual(result.status, 0)
        self.assertEqual(result.text.splitlines()[-1],
                         '  td-shim           not-for-it: the 32-bit offset '
                         'leads to no metadata')
        result = calc('lint', '--vmm', 'td-shim', 'fw')
        self.assertEqual(result.status, 1)
        self.assertIn('\n      it says: Invalid TDX Metadata', result.text)

    def test_refused(self):
        """A type that QEMU does not load; another MRTD elsewhere."""
        image = self.write('fw', everywhere(images.PERM_MEM))
        other = mrtd(image, 'cloud-hypervisor')
        self.check(calc('lint', '--vmm', 'qemu,cloud-hypervisor', 'fw'), 1,
                   '\n'.join([
            'fw',
            f'  specification     MRTD {mrtd(image)}',
            '  cloud-hypervisor  loads, adds 23 pages, measures 12: not the '
            f'specification\'s MRTD, but {other}',
            '    differs: offset 0xe0bc: section 4 (PermMem): Cloud '
            'Hypervisor does not know PAGE.AUG and adds these pages; its MRTD '
            'is not the specification\'s [ch-perm-mem]',
            '  qemu              refuses',
            '    refused: offset 0xe0b8: section 4 (PermMem): mainline QEMU '
            'loads types 0 to 3 only, and refuses this image [qemu-type]',
            '      it says: TDVF contains unsupported section type 4', '']))

    def test_no_metadata(self):
        """The usual refusal is what each VMM refuses, too."""
        self.write('fw', images.image(entries=[images.entry(images.SEV)],
                                      size=2 * images.SIZE))
        result = calc('lint', *NAMED, 'fw')
        why = ('offset 0x1ffe0: not built for TDX: the GUIDed table has no '
               'TDX entry, only: dc886566 (SEV metadata) [no-tdx-entry]')
        self.check(result, 1, '\n'.join([
            'fw', f'  specification     no MRTD: {why}',
            '  qemu              refuses', f'    refused: {why}',
            '      it says: Cannot find TDX_METADATA_OFFSET_GUID', '']))

    def test_unpredictable(self):
        self.write('fw', images.more(images.PAYLOAD))
        result = calc('lint', '--vmm', 'cloud-hypervisor', 'fw')
        self.assertEqual(result.status, 0)
        self.assertEqual(result.text.splitlines()[2:], [
            '  cloud-hypervisor  loads, its MRTD cannot be predicted',
            '    unknown: offset 0xe0bc: section 4 (Payload): it is measured, '
            'and cloud-hypervisor fills it from the kernel file, which is not '
            'given [payload-needed]'])

    def test_several(self):
        """One after the other; the worst status."""
        self.write('a', images.image())
        self.write('b', bad())
        self.write('c', images.image())
        result = calc('lint', *NAMED, 'a', 'b', 'c')
        self.assertEqual(result.status, 1)
        self.assertEqual([line for line in result.text.splitlines()
                          if not line.startswith(' ')],
                         ['a', '', 'b', '', 'c'])
        # What is refused parts nothing.
        self.write('no', b'text')
        for command in 'lint', 'show':
            result = calc(command, 'no', 'a', 'no', 'c')
            self.assertEqual(result.status, 3)
            parts = result.text.split('\n\n')
            self.assertTrue(parts[0].startswith('a'), parts)
            self.assertEqual(result.text.count('\nc'), 1)
            self.assertNotIn('\n\n\n', result.text)

    def test_terminal_escapes(self):
        self.write('a\033b', images.image())
        self.assertTrue(calc('lint', *NAMED, 'a\033b').text
                        .startswith('a\\033b\n'))


class Refusals(TestCase):
    """What cannot be said: a line on stderr, and nothing else."""

    def test_unknown_to_one(self):
        """QEMU is known to refuse it, of td-shim it is not known."""
        self.write('fw', everywhere(images.TEMP_MEM._replace(
            address=0x900000, memory=0x800)))
        line = ('fw: offset 0xe0b0: section 4 (TempMem): MemoryDataSize 0x800 '
                'is not a multiple of 4096 (TD-Shim spec 0.7, table 1.1-2) '
                '[size-alignment]')
        self.refused(calc('lint', 'fw'), 3, line)
        self.refused(calc('lint', '--vmm', 'qemu,td-shim', 'fw'), 3, line)
        self.assertEqual(calc('lint', *NAMED, 'fw').status, 1)

    def test_igvm(self):
        self.write('fw', b'IGVM' + bytes(0x1000))
        self.refused(calc('lint', *NAMED, 'fw'), 3,
                     'fw: offset 0x0: this is an IGVM file; the VMMs whose '
                     'rules are known here load TDVF images [igvm]')

    def test_empty(self):
        self.write('fw', b'')
        self.refused(calc('lint', 'fw'), 3, 'fw: the file is empty [empty]')

    def test_no_image(self):
        """As the other commands: no VMM is asked what it makes of a text."""
        for data, line in (
                (b'hello\n' * 20, 'no TDX metadata: neither a GUIDed table '
                 'ends 0x20 bytes before the end of the file, nor does the '
                 '32-bit offset there lead to "TDVF"; not a TDX firmware '
                 'image [no-table]'),
                (b'\x7fELF' + bytes(100), 'offset 0x0: no metadata: this '
                 'is an ELF file; give the firmware image [other-format]')):
            self.write('fw', data)
            for args in ((), ('--json',), ('--vmm', 'td-shim'), NAMED):
                self.refused(calc('lint', *args, 'fw'), 3, f'fw: {line}')
            self.refused(calc('fw'), 3, f'fw: {line}')

    def test_folder(self):
        os.mkdir('folder')
        self.refused(calc('lint', 'folder'), 4,
                     'folder: cannot read: Is a directory')

    def test_other_commands_refuse_it(self):
        """What lint says of is refused by others."""
        self.write('fw', bad())
        self.refused(calc('fw'), 3, 'fw: ' + BAD_LINE)
        self.assertEqual(calc('lint', *NAMED, 'fw').status, 1)

    def test_missing(self):
        self.assertEqual(calc('lint', 'none').status, 4)

    def test_limit(self):
        image = self.write('fw', images.image())
        pages = sum(s.memory // 4096 * (128 + 6144 * s.attributes)
                    for s in image.sections)
        self.assertEqual(
            calc('lint', *NAMED, '--limit', str(pages), 'fw').status, 0)
        self.refused(calc('lint', *NAMED, '--limit', str(pages - 1), 'fw'), 3,
                     'fw: the sections claim so much memory that '
                     f'{pages} bytes would be hashed, more than the limit of '
                     f'{pages - 1}; raise it with --limit SIZE [limit]')

    def test_wrong_vars(self):
        self.write('vars', bytes(0x1000))
        self.write('fw', images.image())
        result = calc('lint', '--vmm', 'qemu', '--vars', 'vars', 'fw')
        self.assertEqual(result.status, 3)
        self.assertIn('[vars-size]', result.lines[0])


class Options(TestCase):
    def names(self, *options):
        result = calc('lint', '--json', *options, 'fw')
        return [vmm['vmm']
                for vmm in json.loads(result.text)['vmms']]

    def test_vmm(self):
        self.write('fw', everywhere())
        self.assertEqual(self.names(), list(ACCEPTING))
        for vmm in ACCEPTING:
            self.assertEqual(self.names('--vmm', vmm), [vmm])
        both = ['qemu', 'gce']
        self.assertEqual(self.names('--vmm', 'gce,qemu'), both)
        self.assertEqual(self.names('--vmm', 'gce', '--vmm', 'qemu'), both)
        self.assertEqual(self.names('--vmm', ','.join(ACCEPTING)),
                         list(ACCEPTING))

    def test_wrong_vmm(self):
        self.write('fw', everywhere())
        for names, wrong in (('qem', 'qem'),
                             ('qemu,xen', 'xen'), ('', ''), ('qemu,', ''),
                             ('qemuu', 'qemuu'), (',qemu', '')):
            self.refused(calc('lint', '--vmm', names, 'fw'), 2,
                         f"there is no VMM '{wrong}'; 'mrtd-calc --vmm help' "
                         "lists them; "
                         + ('did you mean qemu?' if wrong.startswith('qem')
                            else "try 'mrtd-calc lint --help'"))
        for name in ('spec', 'kvm-v19', 'td-shim-igvm'):
            self.refused(calc('lint', '--vmm', f'qemu,{name}', 'fw'), 2,
                         f'--vmm {name}: its rules of acceptance are not known '
                         f'here; those of these are: {", ".join(ACCEPTING)}; try '
                         "'mrtd-calc lint --help'")
        self.refused(calc('lint', *NAMED * 17, 'fw'), 2,
                     '--vmm names more than 16 VMMs; '
                     'try \'mrtd-calc lint --help\'')

    def test_help(self):
        text = calc('--vmm', 'help').text
        self.assertEqual(calc('lint', '--vmm', 'help').text, text)
        tdx = text.split('\nWith --platform snp:')[0]
        rows = {row.split()[0]: row for row in tdx.split('\n\n')}
        self.assertEqual(next(iter(rows)), 'spec')
        self.assertEqual([name for name, row in rows.items()
                          if 'not known here' not in row], list(ACCEPTING))
        self.assertEqual([name for name, row in rows.items()
                          if 'launches: nothing' in row], ['td-shim'])

    def test_not_for_lint(self):
        self.write('fw', everywhere())
        for option in ('--permissive', '--tag', '-n', '--plan', '--quiet'):
            self.assertEqual(calc('lint', option, 'fw').status, 2, option)
        self.assertEqual(calc('lint', '--payload', 'fw', 'fw').status, 2)
        self.assertEqual(calc('lint').status, 2)

    def test_vars(self):
        whole = images.joined()
        self.write('fw', whole)
        self.write('vars', whole.data[:images.VARS_SIZE])
        self.write('code', whole.data[images.VARS_SIZE:])
        split = calc('lint', '--vmm', 'qemu,gce', '--vars', 'vars', 'code')
        joined = calc('lint', '--vmm', 'qemu,gce', 'fw')
        self.assertEqual((split.status, joined.status), (0, 0))
        self.assertEqual(split.text.splitlines()[2:],
                         joined.text.splitlines()[1:])
        self.assertEqual(split.text.splitlines()[:2],
                         ['code', '  VARS in front     vars'])

    def test_standard_input(self):
        image = everywhere()
        self.assertEqual(calc('lint', '-', stdin=image.data).status, 0)

    def test_full_disk(self):
        self.write('fw', everywhere())
        with open('/dev/full', 'wb') as full:
            for options in ((), ('--json',)):
                self.assertEqual(
                    calc('lint', *options, 'fw', stdout=full).status, 4)
