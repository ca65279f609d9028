# SPDX-License-Identifier: Apache-2.0
"""diff: of SEV-SNP, alone and beside TDX. Values are those of lib/snp.py,
lib/snp_igvm.py and lib/formula.py; what is said without virtual CPUs must be
true of all launches that are tried here."""

import itertools
import json
import random

import igvm
import images
import sev
import snp
import snp_igvm
from support import TestCase, calc, hint, mrtd, with_shim
from test_diff import fw
from test_snp_igvm import file as igvm_file

SNP = ('--platform', 'snp')
VCPU = ('--vcpus', '1', '--vcpu-type', 'EPYC-v4')
KERNEL = b'a kernel'
# Launches of a flat image, as lib/snp.py takes them.
LAUNCHES = [{'vmm': vmm, 'vcpus': vcpus, 'signature': signature, **kernel}
            for vmm, vcpus, signature, kernel in itertools.product(
                ('qemu', 'ec2', 'gce'), (1, 3),
                (snp.EPYC_V4, snp.VCPU_TYPES['EPYC-Milan']),
                ({}, {'kernel': KERNEL, 'append': 'x'}))]
# What is measured of these images by TDX: BFV, in which all metadata are.
MEASURED = range(images.BFV.offset, images.SIZE)


def made(sections=sev.GOOD, *, tdx=images.GOOD, entries=sev.ENTRIES, **more):
    """A flat image for both platforms."""
    return sev.image(sections, tdx=tdx, entries=entries, **more)


def digest(image, **launch):
    """None where there is none."""
    try:
        return snp.launch_digest(image.data, **launch)
    except snp.Refused:
        return None


def instead(index, **values):
    sections = list(sev.GOOD)
    sections[index] = sections[index]._replace(**values)
    return sections


def swapped(a, b):
    sections = list(sev.GOOD)
    sections[a], sections[b] = sections[b], sections[a]
    return sections


def entries(**changed):
    return [changed.get(name, entry) for name, entry in zip(
        ('metadata', 'reset', 'hashes', 'secret'), sev.ENTRIES)]


# Each with one change of made(): (name, image, fields of the SEV metadata).
METADATA = (
    ('section-size', made(instead(5, size=0x1e000)), {(6, 'size')}),
    ('section-gpa', made(instead(2, gpa=0x830000)), {(3, 'gpa')}),
    ('section-type', made(instead(4, type=sev.SEC_MEM)), {(5, 'type')}),
    ('section-missing', made(sev.GOOD[:-1]),
     {(None, 'section_count'), (7, 'section')}),
    ('section-more', made([*sev.GOOD, sev.Section(0x840000, 4096, 4)]),
     {(None, 'section_count'), (8, 'section')}),
    ('section-order', made(swapped(2, 3)),
     {(i, field) for i in (3, 4) for field in ('type', 'gpa')}),
    ('reset', made(entries=entries(reset=sev.reset_entry(0x80b008))),
     {(None, 'reset_address')}),
    ('hashes', made(entries=entries(hashes=sev.hashes_entry(0x810800))),
     {(None, 'hash_table_gpa')}),
    ('hashes-size', made(entries=entries(hashes=sev.hashes_entry(
        size=0x200))), {(None, 'hash_table_size')}),
    ('hashes-none', made(entries=[*sev.ENTRIES[:2], sev.ENTRIES[3]]),
     {(None, 'hash_table_gpa'), (None, 'hash_table_size')}),
    ('moved', made(from_end=0xb00, entries=entries(
        metadata=sev.metadata_entry(0xb00))), {(None, 'metadata_offset')}),
)


def changed_bytes(seed):
    """(offset, image): one byte is another; not of metadata, table or code."""
    rng = random.Random(seed)
    data = made().data
    free = [*range(0xe000), *range(0xe200, 0xf000), *range(0xf600, 0xfc00)]
    for at in (0, 0x3000, 0xdfff, 0xfbff, *rng.sample(free, 20)):
        yield at, images.Image(
            data[:at] + bytes([data[at] ^ rng.randrange(1, 256)])
            + data[at + 1:], made().sections)


class Pair(TestCase):
    """Two images, compared in both ways."""

    def document(self, *args, platform, same):
        """What is printed for programs, and for people, agrees."""
        result = calc('diff', '--json', '--all', *args)
        self.assertEqual(result.stderr, b'')
        found = json.loads(result.text)
        text = calc('diff', '--all', *args)
        self.text = text.text
        self.assertEqual(self.text.split('\n')[0], found['summary'])
        self.assertEqual(
            (result.status, text.status, found['verdict'], found['platform']),
            (0, 0, 'same', platform) if same
            else (1, 1, 'differs', platform))
        return found

    def tdx(self, a, b):
        """Beside the MRTD: what is said of each launch is true of those that
        are tried, and it is by the digests that all begin with."""
        self.write('a', a)
        self.write('b', b)
        found = self.document('a', 'b', platform='tdx',
                              same=mrtd(a) == mrtd(b))
        digests = [snp.firmware_digest(x.data).hex() for x in (a, b)]
        same = {digest(a, **l) == digest(b, **l) for l in LAUNCHES
                if digest(a, **l) or digest(b, **l)}
        self.assertEqual(len(same), 1)
        verdict = 'same' if same.pop() else 'differs'
        self.assertEqual(found['beside'], {
            'platform': 'snp', 'verdict': verdict, 'vmm': None,
            'a': digests[0], 'b': digests[1]})
        self.assertIsNone(found['launch'])
        self.assertIsNone(found['first_run'])
        self.assertIn('SEV-SNP: the same launch digest, for each launch of '
                      'the file\n' if verdict == 'same' else
                      'SEV-SNP: another launch digest, for each launch of the '
                      'file, all of whose bytes are hashed\n', self.text)
        return found

    def snp(self, a, b, **launch):
        self.write('a', a)
        self.write('b', b)
        self.write('kernel', KERNEL)
        vmm, vcpus = launch.get('vmm', 'qemu'), launch.get('vcpus', 1)
        args = [*SNP, '--vmm', vmm, '--vcpus', str(vcpus), '--vcpu-sig',
                str(launch.get('signature', snp.EPYC_V4))]
        if 'kernel' in launch:
            args += ['--kernel', 'kernel', '--append', launch['append']]
        values = [digest(x, **launch) for x in (a, b)]
        if None in values:
            self.refused(calc('diff', *args, 'a', 'b'), 3)
            return None
        found = self.document(*args, 'a', 'b', platform='snp',
                              same=values[0] == values[1])
        for side, value in zip('ab', values):
            self.assertIsNone(found[side]['mrtd'])
            self.assertEqual(found[side]['values'], [
                {'register': 'SNP', 'algorithm': 'sha-384',
                 'value': value.hex()}])
        self.assertEqual(found['beside'], {
            'platform': 'tdx', 'vmm': 'spec',
            'verdict': 'same' if mrtd(a) == mrtd(b) else 'differs',
            'a': mrtd(a), 'b': mrtd(b)})
        self.assertEqual((found['vmm'], found['launch']['vcpus']),
                         (vmm, vcpus))
        self.assertEqual(found['first_run'],
                         None if values[0] == values[1] else 0)
        self.assertEqual(found['first_section'], found['first_run'])
        return found

    def both(self, a, b, number):
        """By default, and under one of the launches: the same ranges."""
        tdx = self.tdx(a, b)
        found = self.snp(a, b, **LAUNCHES[number % len(LAUNCHES)])
        if found:
            self.assertEqual(
                [(r['file_offset'], r['differing'], set(r['measured_by']))
                 for r in found['ranges']['list']],
                [(r['file_offset'], r['differing'], set(r['measured_by']))
                 for r in sorted(tdx['ranges']['list'],
                                 key=lambda r: int(r['file_offset']['a'], 0))
                 ])
        return tdx, found


class Flat(Pair):
    def test_same(self):
        for number in range(len(LAUNCHES)):
            for found in self.both(made(), made(), number):
                self.assertEqual(found['metadata_changes'], 0)
                self.assertEqual(found['ranges']['count'], 0)
                self.assertTrue(found['summary'].endswith(
                    ': the two images are the same'))

    def test_bytes(self):
        """Measured by SEV-SNP wherever it is, by TDX in BFV alone."""
        for number, (at, other) in enumerate(changed_bytes(1)):
            with self.subTest(at=at):
                by = {'snp', 'tdx'} if at in MEASURED else {'snp'}
                self.assertEqual(mrtd(made()) != mrtd(other), 'tdx' in by)
                for found in self.both(made(), other, number):
                    one, = found['ranges']['list']
                    self.assertEqual(set(one['measured_by']), by)
                    self.assertEqual(one['measured'],
                                     found['platform'] in by)
                    self.assertEqual(one['file_offset'],
                                     {'a': hex(at), 'b': hex(at)})
                    self.assertEqual(found['metadata'], [])
                self.assertEqual(one['gpa']['a'],
                                 hex(snp.TOP - images.SIZE + at))

    def test_metadata(self):
        """Each field of the SEV metadata, alone."""
        for number, (name, other, fields) in enumerate(METADATA):
            with self.subTest(name):
                for a, b in (made(), other), (other, made()):
                    for found in filter(None, self.both(a, b, number)):
                        self.assertEqual(
                            {(m['section'], m['field'])
                             for m in found['metadata']}, fields)
                        for one in found['metadata']:
                            self.assertEqual(one['of'], 'snp')
                            self.assertTrue(one['measured'])
                            self.assertEqual(set(one['measured_by']),
                                             {'snp', 'tdx'})
                            self.assertNotEqual(one['a'], one['b'])

    def test_tdx_metadata(self):
        """Those of the TDX metadata are bytes that SEV-SNP hashes."""
        tdx = list(images.GOOD)
        tdx[2] = tdx[2]._replace(address=0x819000)
        found, other = self.both(made(), made(tdx=tdx), 0)
        one, = found['metadata']
        self.assertEqual(
            (one['of'], one['section'], one['field'], one['measured_by']),
            ('tdx', 2, 'memory_address', ['tdx', 'snp']))
        self.assertEqual(other['metadata'], [])

    def test_unmeasured_metadata(self):
        """SEV metadata where TDX measures nothing."""
        def image(address):
            return made(from_end=0xa000, entries=entries(
                metadata=sev.metadata_entry(0xa000)), sections=instead(
                    6, gpa=address))
        found, other = self.both(image(0x810000), image(0x860000), 0)
        for document in found, other:
            one, = document['metadata']
            self.assertEqual((one['field'], one['measured_by']),
                             ('gpa', ['snp']))
        self.assertEqual(found['verdict'], 'same')
        self.assertFalse(found['metadata'][0]['measured'])

    def test_ranges_end_with_what_tdx_measures(self):
        """A section of 64 bytes between bytes that differ is not among them,
        however near they are."""
        small = images.Section(0x5000, 0x40, 0x2000000, 0x1000, 5, 1)

        def image(*places):
            return made(tdx=(*images.GOOD, small),
                        patch=[(at, b'\0\1') for at in places])
        for places, measured in (
                ((0x4ff0, 0x5050), []), ((0x4ff0, 0x5010, 0x5050), [0x5010]),
                ((0x4ff0, 0x5000, 0x5050), [0x5000]),
                ((0x4fff, 0x5050), [0x4fff]), ((0x503e, 0x5060), [0x503e])):
            with self.subTest(places=places):
                found = self.snp(image(), image(*places))
                self.assertEqual(
                    [int(r['file_offset']['a'], 0)
                     for r in found['ranges']['list']
                     if 'tdx' in r['measured_by']], measured)
                self.assertEqual(found['ranges']['count'], len(places))
                self.assertEqual(found['beside']['verdict'],
                                 'differs' if measured else 'same')

    def test_vars(self):
        """Of a joined image they are in no MRTD, but in the digest of the
        whole; CODE alone has one of its own."""
        changed = made(patch=[(0x3004, b'other')])
        found = self.tdx(made(), changed)
        self.assertEqual(found['summary'],
                         'same MRTD: VARS differ, not measured')
        self.assertIn('   Where the guest is given CODE alone, VARS are in no '
                      'digest: compare the files of CODE\n', self.text)
        self.snp(made(), changed)
        self.assertNotIn('CODE alone', self.text)
        # CODE of one is that of the other.
        code = [image.cut(0x4000) for image in (made(), changed)]
        for image, name in zip(code, 'ab'):
            self.write(name, image)
        found = self.document(*SNP, *VCPU, 'a', 'b', platform='snp',
                              same=True)
        self.assertEqual(found['a']['values'][0]['value'],
                         snp.launch_digest(code[0].data).hex())
        # It is not launched on TDX.
        self.assertIsNone(found['beside'])

    def test_of_another_size(self):
        """Both end at 4 GiB: what is the same there is."""
        front = images.pattern(0x2000)
        self.write('a', made())
        self.write('b', front + made().data)
        found = self.document(*SNP, *VCPU, 'a', 'b', platform='snp',
                              same=False)
        one, = found['ranges']['list']
        self.assertEqual(
            (one['size'], one['in'], one['file_offset']['b'], one['gpa']['b'],
             one['measured']),
            (0x2000, 'b', '0x0', hex(snp.TOP - images.SIZE - 0x2000), True))
        self.assertTrue(found['ranges']['outside_compared'])
        self.assertEqual({m['field'] for m in found['metadata']},
                         {'size', 'metadata_offset'})
        again = self.document(*SNP, *VCPU, 'b', 'a', platform='snp',
                              same=False)
        self.assertEqual(again['ranges']['list'][0]['in'], 'a')
        # And a byte that differs in what both have.
        data = bytearray(made().data)
        data[0x8000] ^= 1
        self.write('a', bytes(data))
        found = self.document(*SNP, *VCPU, 'b', 'a', platform='snp',
                              same=False)
        self.assertEqual(
            [(r['in'], r['file_offset'], r['gpa'])
             for r in found['ranges']['list'] if r['in'] == 'both'],
            [('both', {'a': '0xa000', 'b': '0x8000'},
              {'a': '0xffff8000', 'b': '0xffff8000'})])

    def test_modules(self):
        """In CODE both measure them."""
        def image(**drivers):
            return made(tdx=images.SPLIT_SECTIONS, from_end=0x600,
                        entries=entries(metadata=sev.metadata_entry(0x600)),
                        patch=[(fw.MAIN_AT, fw.main_volume(fw.dxe_volume(
                            **drivers)))])
        a, b = image(), image(BetaDxe=fw.pe(stamp=5))
        for found in self.both(a, b, 0):
            one, = found['modules']['list']
            self.assertEqual((one['name'], one['causes'], one['measured']),
                             ('BetaDxe', ['time-stamp'], True))
            self.assertEqual(set(one['measured_by']), {'tdx', 'snp'})
            self.assertTrue(found['summary'].endswith(
                ': module BetaDxe differs: PE time stamp'))
            self.assertIn('DXEFV, compressed, measured by TDX and SEV-SNP\n',
                          self.text)

    def test_one_is_not_for_both(self):
        """Without a reset block, or refused: nothing is said of SEV-SNP."""
        for other in images.image(), made(instead(2, gpa=0x808000)):
            self.write('a', made())
            self.write('b', other)
            for sides in ('a', 'b'), ('b', 'a'), ('b', 'b'):
                found = self.document(
                    *sides, platform='tdx',
                    same=sides == ('b', 'b') or mrtd(made()) == mrtd(other))
                self.assertIsNone(found['beside'])
                self.assertNotIn('SEV', self.text)
                for one in found['ranges']['list'] + found['metadata']:
                    self.assertEqual(one['measured_by'],
                                     ['tdx'] if one['measured'] else [])
        found = self.document('a', 'a', platform='tdx', same=True)
        self.assertEqual(found['beside']['verdict'], 'same')

    def test_for_snp_alone(self):
        """No MRTD is asked for."""
        a, b = (sev.image(instead(5, size=size))
                for size in (0x1f000, 0x1e000))
        self.write('a', a)
        self.write('b', b)
        found = self.document(*SNP, *VCPU, 'a', 'b', platform='snp',
                              same=False)
        self.assertIsNone(found['beside'])
        self.assertEqual([m['measured_by'] for m in found['metadata']],
                         [['snp']])
        self.assertIn('section 6: size is 0x1f000 in A, 0x1e000 in B; '
                      'measured\n', self.text)

    def test_permissive(self):
        """A type without a name."""
        self.write('a', made(instead(4, type=9)))
        self.write('b', made())
        found = self.document(*SNP, *VCPU, '--permissive', 'a', 'b',
                              platform='snp', same=False)
        one, = found['metadata']
        self.assertEqual((one['field'], one['a'], one['b']),
                         ('type', 'unknown', 'SVSM_CAA'))
        self.document(*SNP, *VCPU, '--permissive', 'a', 'a', platform='snp',
                      same=True)
        found = self.document('--permissive', 'a', 'b', platform='tdx',
                              same=False)
        self.assertEqual(found['beside']['verdict'], 'differs')

    def test_launch_is_said(self):
        self.write('a', made())
        self.write('kernel', KERNEL)
        found = self.document(*SNP, '--vcpus', '2', '--vcpu-type', 'EPYC-v4',
                              '--kernel', 'kernel', '--append', 'x', 'a', 'a',
                              platform='snp', same=True)
        self.assertEqual(found['launch'], {
            'vcpus': 2, 'signature': '0x800f12', 'features': '0x1',
            'kernel': 'kernel', 'initrd': None, 'append': 'x'})
        self.assertIn('   VMM qemu, 2 vCPUs of signature 0x800f12, features '
                      '0x1, with the kernel\n', self.text)
        found = self.document(*SNP, '--vcpus', '1', '--vmm', 'ec2', 'a', 'a',
                              platform='snp', same=True)
        self.assertIsNone(found['launch']['signature'])
        self.assertIn('   VMM ec2, 1 vCPU, features 0x1, without a kernel\n',
                      self.text)


class Igvm(Pair):
    """IGVM files say themselves what is launched."""

    def compare(self, a, b, vmm='spec', *args):
        self.write('a', a)
        self.write('b', b)
        values = [snp_igvm.digest(x, vmm).hex() for x in (a, b)]
        found = self.document(*SNP, *(() if vmm == 'spec' else ('--vmm', vmm)),
                              *args, 'a', 'b', platform='snp',
                              same=values[0] == values[1])
        self.assertEqual([found[side]['values'][0]['value']
                          for side in 'ab'], values)
        self.assertEqual(found['vmm'], vmm)
        self.assertIsNone(found['beside'])
        self.assertEqual(found['first_run'] is None, values[0] == values[1])
        return found

    def fields(self, found):
        return {(m['section'], m['field'], m['measured'])
                for m in found['metadata']}

    def test_same(self):
        found = self.compare(igvm_file(), igvm_file())
        self.assertEqual(found['metadata'], [])
        self.assertIsNone(found['launch']['vcpus'])
        self.assertIn('   VMM spec\n', self.text)

    def test_content(self):
        """Of a page, and of a VMSA, which is in no section."""
        page = igvm_file().replace(b'one', b'two')
        found = self.compare(igvm_file(), page)
        one, = found['ranges']['list']
        self.assertEqual((one['section'], one['measured'], one['differing']),
                         (0, True, 3))
        self.assertEqual(found['first_section'], 0)
        self.assertIn('part in run 0 (0 pages), NORMAL pages at GPA 0x9000-',
                      self.text)
        registers = igvm_file().replace(b'\x31' + bytes(7) + b'\0\4',
                                        b'\x30' + bytes(7) + b'\0\4')
        found = self.compare(igvm_file(), registers)
        one, = found['ranges']['list']
        self.assertEqual((one['section'], one['measured'], one['differing']),
                         (None, True, 1))
        self.assertIsNone(found['first_section'])
        self.assertIn('(VMSA 0), VMSA pages at GPA 0xfffffffff000-', self.text)
        self.compare(igvm_file(), registers, 'qemu', *VCPU)

    def test_not_measured(self):
        """The contents of an unmeasured page, and the policy."""
        def image(data, policy=0x30000):
            return igvm_file(igvm.page(0xa000, data, igvm.UNMEASURED),
                             policy=policy)
        found = self.compare(image(b'x' * 9), image(b'y' * 9))
        one, = found['ranges']['list']
        self.assertEqual((one['differing'], one['measured']), (9, False))
        self.assertEqual(found['summary'],
                         'same SEV-SNP launch digest: what differs is not '
                         'measured')
        self.compare(image(b'x'), image(b'x', 0x20000))

    def test_page_type(self):
        """Measured or not, and of which kind."""
        def image(flags=0, kind=0):
            return igvm_file(igvm.page(0xa000, None, flags, kind=kind))
        last = 4
        found = self.compare(image(), image(igvm.UNMEASURED))
        self.assertIn((last, 'page_type', True), self.fields(found))
        self.assertIn((last, 'attributes', True), self.fields(found))
        self.assertIn(f'section {last}: page_type is NORMAL in A, UNMEASURED '
                      'in B; measured\n', self.text)
        found = self.compare(image(kind=1), image(kind=2))
        self.assertIn((last, 'page_type', True), self.fields(found))

    def test_place(self):
        def image(gpa, *more):
            return igvm_file(igvm.page(gpa, b'x'), *more)
        found = self.compare(image(0xa000), image(0xb000))
        self.assertEqual(self.fields(found), {(4, 'gpa', True)})
        found = self.compare(image(0xa000),
                             image(0xa000, igvm.page(0xc000, b'x')))
        self.assertIn((5, 'section', True), self.fields(found))

    def test_vmsas(self):
        """How many there are, and where."""
        def image(*gpas):
            return igvm.Igvm([
                igvm.platform(igvm.SNP, 1, boundary=0), igvm.policy(0x30000),
                igvm.page(0x1000, b'x'),
                *(igvm.context(1, gpa, vcpu=i) for i, gpa in enumerate(gpas))
            ]).encode()
        found = self.compare(image(0x2000), image(0x3000))
        self.assertIn((None, 'vmsa_gpa', True), self.fields(found))
        found = self.compare(image(0x2000), image(0x2000, 0x3000))
        self.assertIn((None, 'vmsa_count', True), self.fields(found))

    def test_for_tdx_too(self):
        """Nothing is said of SEV-SNP beside an MRTD: its launch is another."""
        data = igvm.Igvm([
            igvm.platform(igvm.SNP, 2, boundary=0), igvm.platform(),
            igvm.policy(0x30000, 2), igvm.page(0x1000, b'x', mask=3)]).encode()
        self.write('a', data)
        self.assertIsNone(self.document('a', 'a', platform='tdx',
                                        same=True)['beside'])
        self.compare(data, data)

    def test_beside_a_flat_image(self):
        """QEMU launches both."""
        self.write('a', made())
        self.write('b', igvm_file())
        for sides in ('a', 'b'), ('b', 'a'):
            found = self.document(*SNP, '--vmm', 'qemu', *VCPU, *sides,
                                  platform='snp', same=False)
            self.assertEqual(
                {found[side]['values'][0]['value'] for side in 'ab'},
                {snp.launch_digest(made().data).hex(),
                 snp_igvm.digest(igvm_file(), 'qemu').hex()})
            self.assertIsNone(found['beside'])


class Refused(TestCase):
    def setUp(self):
        super().setUp()
        self.write('a', made())

    def test_usage(self):
        for args, line in (
                ((*SNP,), 'missing --vcpus N: platform snp measures a VMSA '
                 'for each virtual CPU'),
                ((*SNP, '--vcpus', '1'), 'missing --vcpu-type NAME (or '
                 '--vcpu-sig, or --vcpu-family with model and stepping): VMM '
                 "qemu puts the virtual CPUs' signature into their VMSAs"),
                ((*SNP, *VCPU, '--vmm', 'spec'), None),
                ((*SNP, '--vcpus', '1-2', '--vcpu-type', 'EPYC-v4'),
                 'diff compares under one launch: one number and one type of '
                 'virtual CPUs' + hint('diff')),
                (('--platform', 'sev'), 'diff compares launches of --platform '
                 'tdx and snp only' + hint('diff')),
                (VCPU, '--vcpus is for --platform snp, sev-es or sev; it does '
                 'not change an MRTD' + hint('diff'))):
            with self.subTest(args=args):
                self.refused(calc('diff', *args, 'a', 'a'), 2 if line else 3,
                             line)

    def test_saved(self):
        """Of SEV-SNP there is nothing to compare a saved measurement with."""
        self.write('tdx', calc('show', '--json', 'a').stdout)
        self.write('snp', calc('show', '--json', *SNP, *VCPU, 'a').stdout)
        for name in 'tdx', 'snp':
            for sides in (name, 'a'), ('a', name), (name, name):
                self.refused(
                    calc('diff', *SNP, *VCPU, *sides), 3,
                    f'{name}: a JSON; with --platform snp two images are '
                    "compared, not what 'show --json' has printed [saved]")
        self.refused(calc('diff', 'snp', 'a'), 3,
                     'snp: a measurement of platform snp; those that can be '
                     'compared are of tdx [saved]')
        # Beside a saved MRTD nothing is known of the file's bytes.
        found = json.loads(calc('diff', '--json', 'tdx', 'a').text)
        self.assertIsNone(found['beside'])

    def test_images(self):
        """Either side is refused as by show."""
        for name, image, args in (
                ('no-reset-block', images.image(), ()),
                ('no-hash-table', made(sev.GOOD[:-1]), ('--kernel', 'a')),
                ('sev-overlap', made(instead(2, gpa=0x808000)), ())):
            self.write('b', image)
            for sides in ('b', 'a'), ('a', 'b'):
                result = calc('diff', *SNP, *VCPU, *args, *sides)
                self.refused(result, 3)
                self.assertTrue(result.lines[0].startswith('b: '))
                self.assertTrue(result.lines[0].endswith(f'[{name}]'),
                                result.lines[0])

    def test_memory(self):
        """An allocation fails: a whole answer, or none and the reason."""
        self.write('b', made(instead(5, size=0x1e000)))
        self.write('c', igvm_file())
        self.write('d', igvm_file(igvm.page(0xa000, b'x')))
        for args in ('a', 'b'), (*SNP, *VCPU, 'a', 'b'), (*SNP, 'c', 'd'):
            whole = calc('diff', *args, env=with_shim(count='count'))
            self.assertEqual(whole.status, 1)
            with open('count', encoding='ascii') as file:
                count = int(file.read())
            for number in range(max(count - 250, 1), count + 1):
                found = calc('diff', *args, env=with_shim(malloc_at=number))
                if found != whole:
                    self.refused(found, 4)
