# SPDX-License-Identifier: Apache-2.0
"""check --against of SEV-SNP with IGVM files: launches that the model of
tests/lib/snp_igvm.py makes are found, by each VMM that it knows, and what is
found is that launch; others are no match, for reasons that apply."""

import hashlib
import json
import pathlib
import random

import evidence
import igvm
import igvm_reader
import snp
import snp_igvm
import support
from evidence import snp_report
from support import TestCase, calc

try:
    import jsonschema
except ImportError:
    jsonschema = None

SCHEMA = json.loads((pathlib.Path(__file__).resolve().parents[2] / 'docs'
                     / 'schemas/check.schema.json').read_text(encoding='utf-8'))
PAGE = 4096
# Those that take the VMSAs as they are in the file.
WHOLE = ('spec', 'cloud-hypervisor-mshv', 'vanadium', 'igvmmeasure',
         'igvmmeasure-native-zero')
VMMS = ('qemu', 'cloud-hypervisor-kvm', *WHOLE)
MODEL = {'igvmmeasure-native-zero': 'native-zero'}
SIGNATURES = {0x800f12: 'EPYC-v4', 0x830f10: 'EPYC-Rome',
              0xa00f11: 'EPYC-Milan', 0xa10f10: 'EPYC-Genoa',
              0xb00f00: 'EPYC-Turin'}
CR0, DEBUG = 0x158, 1 << 19


def registers(features=1):
    """As at a reset under KVM, which takes them so."""
    data = bytearray(snp.vmsa('qemu', snp.BSP_EIP, 0, features))
    data[CR0] = 0x31
    return bytes(data)


def file(*items, vcpus=1, features=1, policy=0x30000):
    """Pages, zeros, parameters after pages, and VMSAs; each VMM takes it but
    for vanadium, which has one VMSA."""
    return igvm.Igvm([
        igvm.platform(igvm.SNP, 1, boundary=0), igvm.policy(policy, 1),
        igvm.area(), igvm.page(0x9000, b'one'), igvm.page(0x5000),
        igvm.page(0x6000, kind=1), igvm.insert(0x4000), *items,
        *(igvm.context(1, data=registers(features), vcpu=n)
          for n in range(vcpus))]).encode()


class Features(TestCase):
    """SEV_FEATURES of an IGVM file are those of its first VMSA, or where it has
    none those that are asked for: 0x1 where none are."""

    def lines(self, *args):
        result = calc('--tag', '--platform', 'snp', '--vmm', 'qemu', '--vcpus',
                      '2', '--vcpu-type', 'EPYC-v4', *args, 'fw')
        self.assertEqual(result.status, 0, result)
        return result.text

    def test_own(self):
        for features in (1, 0x21, 0x2001):
            self.write('fw', file(features=features))
            line = self.lines()
            self.assertTrue(line.startswith(
                f'SNP[qemu,2,EPYC-v4,{features:#x}] (fw) = '), line)
            guest = ('--platform', 'snp', '--vmm', 'qemu', '--vcpus', '2',
                     '--vcpu-type', 'EPYC-v4', 'fw')
            made = json.loads(calc('--json', *guest).stdout)
            self.assertEqual(made['launch']['vcpus']['features']['value'],
                             hex(features))
            self.assertIn(f'{features:#x} (', calc('show', *guest).text)
            page = calc('show', '--html', '-', *guest).text
            self.assertIn(f'features {features:#x} (', page)
            self.assertIn(f'[qemu,2,EPYC-v4,{features:#x}]', page)
            document = json.loads(calc('reference', '--format', 'json',
                                       *guest).stdout)
            value, = document['firmware'][0]['values']
            self.assertEqual(value['guest_features'], hex(features))
            self.check(calc('-c', '-', stdin=line.encode()), 0, 'fw: OK\n')
            for other in {0, 1, 0x21, 0xffff} - {features}:
                wrong = line.replace(f',{features:#x}]', f',{other:#x}]')
                result = calc('-c', '-', stdin=wrong.encode())
                self.assertEqual((result.status, result.text),
                                 (3, 'fw: FAILED (refused)\n'))
                self.assertIn(f'its label names the features {other:#x}, and '
                              f"the file's VMSA has {features:#x} [list-label]",
                              result.lines[0])

    def test_asked(self):
        self.write('fw', file(vcpus=0))
        self.assertEqual(self.lines(), self.lines('--guest-features', '0x1'))
        seen = set()
        for features in (1, 0x21):
            line = self.lines('--guest-features', hex(features))
            self.assertIn(f',{features:#x}] (fw) = ', line)
            self.check(calc('-c', '-', stdin=line.encode()), 0, 'fw: OK\n')
            seen.add(line.split(' = ')[1])
        self.assertEqual(len(seen), 2)


def digest(data, vmm, **more):
    return snp_igvm.digest(data, MODEL.get(vmm, vmm), **more).hex()


def agree(data, value):
    """The VMMs that give the value without more virtual CPUs, as the program
    orders them; several VMSAs make vanadium refuse the file."""
    many = snp_igvm.Loader(data, 'qemu').vmsas
    return [vmm for vmm in VMMS if digest(
        data, vmm, vcpus=max([0, *many]) + 1) == value
            and (vmm != 'vanadium' or len(many) == 1)]


class Against(TestCase):
    def answer(self, data, against, *args, status):
        self.write('fw', data)
        if not isinstance(against, str):
            self.write('x', against)
            against = 'x'
        result = calc('check', '--json', *args, 'fw', '--against', against)
        self.assertEqual((result.status, result.lines), (status, []), result)
        answer = json.loads(result.text)
        if jsonschema:
            jsonschema.validate(answer, SCHEMA)
        self.assertEqual(answer['verdict'], ('match', 'differs')[status])
        return answer

    def found(self, data, against, *args):
        answer = self.answer(data, against, *args, status=0)
        self.assertEqual((answer['platform'], answer['reasons']), ('snp', []))
        search = answer['search']
        names = [search['found']['vmm'],
                 *(other['vmm'] for other in search['others'])]
        self.assertEqual(names, answer['values'][-1]['vmm'])
        return search['found'], names

    def reasons(self, data, against, *args):
        answer = self.answer(data, against, *args, status=1)
        return {reason['code']: reason['text'] for reason in answer['reasons']}


class Planted(Against):
    def test_each_vmm(self):
        for data in file(), file(features=0x21), file(igvm.page(0xa000)):
            values = {digest(data, vmm) for vmm in VMMS}
            self.assertEqual(len(values), 4)
            for value in values:
                for form in (value, snp_report(3, bytes.fromhex(value))):
                    found, names = self.found(data, form)
                    self.assertEqual(names, agree(data, value))
                    self.assertEqual(found['digest'], value)
                    self.assertEqual(found['vmsas'], 1)
                    search = self.answer(data, form, status=0)['search']
                    self.assertLessEqual(search['tried'], search['total'])
                    self.assertIsNone(found['vcpu_signature'])
                    self.assertEqual(
                        int(found['guest_features']['value'], 16),
                        0x21 if data == file(features=0x21) else 1)

    def test_numbers(self):
        """Of a VMM under KVM the number is known, of others the file's VMSAs
        are all that is."""
        found, _ = self.found(file(vcpus=3), digest(file(vcpus=3), 'qemu',
                                                    vcpus=3))
        self.assertEqual((found['vcpus'], found['vmsas'], found['vmm']),
                         (3, 3, 'qemu'))
        data = file(vcpus=2)
        found, names = self.found(data, digest(data, 'cloud-hypervisor-kvm',
                                               vcpus=2))
        self.assertEqual(names[0], 'cloud-hypervisor-kvm')
        self.assertEqual((found['vcpus'], found['vmsas']), (2, 2))

    def test_spec_has_no_number(self):
        data = file(igvm.page(0x7000, flags=igvm.SHARED))
        found, names = self.found(data, digest(data, 'spec'))
        self.assertEqual((names, found['vcpus'], found['vmsas']),
                         (['spec'], None, 1))

    def test_random(self):
        """QEMU with more virtual CPUs than VMSAs, of each type."""
        rng = random.Random(20)
        for _ in self.part(range(20)):
            own, extra = rng.randrange(3), rng.randrange(1, 40)
            features = rng.choice((1, 0x21, 0x2a1)) if own else 1
            signature = rng.choice(sorted(SIGNATURES))
            data = file(vcpus=own, features=features)
            value = digest(data, 'qemu', vcpus=own + extra,
                           signature=signature)
            with self.subTest(own=own, extra=extra, features=features):
                found, names = self.found(data, value)
                self.assertEqual((names, found['vcpus'], found['vmsas']),
                                 (['qemu'], own + extra, own + extra))
                self.assertEqual(int(found['vcpu_signature'], 16), signature)
                self.assertIn(SIGNATURES[signature], found['vcpu_types'])
                self.assertEqual(int(found['guest_features']['value'], 16),
                                 features)

    def test_gaps(self):
        """A virtual CPU between others has no VMSA; nor has the first."""
        for vcpus in (0, 2), (1,):
            data = file(*(igvm.context(1, data=registers(), vcpu=n)
                          for n in vcpus), vcpus=0)
            for count in range(max(vcpus) + 1, max(vcpus) + 4):
                value = digest(data, 'qemu', vcpus=count, signature=0xa00f11)
                found, names = self.found(data, value)
                self.assertEqual((names, found['vcpus']), (['qemu'], count))
                self.assertEqual(int(found['vcpu_signature'], 16), 0xa00f11)

    def test_features_without_a_first_vmsa(self):
        """They are what the host sets: bit 0, and any other bit."""
        data = file(vcpus=0)
        pages = snp_igvm.Loader(data, 'qemu').pages
        for features, args in ((0x1, ()), (0x21, ()), (1 | 1 << 63, ()),
                               (0x2a1, ('--guest-features', '0x2a1'))):
            page = snp.vmsa('qemu', snp.BSP_EIP, 0xa10f10, features)
            value = snp.chain(pages + 3 * [(snp.VMSA, snp.VMSA_GPA, page)])
            found, _ = self.found(data, value.hex(), *args)
            self.assertEqual((found['vcpus'], found['vmm']), (3, 'qemu'))
            self.assertEqual(int(found['guest_features']['value'], 16),
                             features)
        page = snp.vmsa('qemu', snp.BSP_EIP, 0xa10f10, 0)
        value = snp.chain(pages + [(snp.VMSA, snp.VMSA_GPA, page)])
        self.reasons(data, value.hex())

    def test_no_vmsa(self):
        """Where none is launched nothing is said of SEV_FEATURES; the value
        and the file are openvmm's test of igvmfilegen."""
        data = igvm.known_snp().encode()
        value = ('889a19386c82e2219bded3e92a764e8c00c29b966d04a662bca6cfdfec64'
                 '7b9051995653390783846557913263d71c4f')
        found, names = self.found(data, value)
        self.assertEqual((names, found['vcpus'], found['vmsas']),
                         (['spec'], None, 0))
        self.assertIsNone(found['guest_features'])

    def test_restricted(self):
        data = file(features=0x21)
        value = digest(data, 'qemu', vcpus=4, signature=0xa00f11)
        for args in (('--vcpus', '4'), ('--vcpus', '1,3-5'),
                     ('--vcpu-type', 'EPYC-Milan'),
                     ('--guest-features', '0x21'), ('--platform', 'snp')):
            self.found(data, value, *args)
        for args in (('--vcpus', '3'), ('--vcpu-type', 'EPYC-Rome'),
                     ('--guest-features', '1')):
            reasons = self.reasons(data, value, *args)
            self.assertEqual(list(reasons), ['launched-otherwise'])
            self.assertTrue(reasons['launched-otherwise'].endswith(
                'by qemu, 4 vCPUs, 0xa00f11, features 0x21'), reasons)

    def test_restricted_to_one_of_several(self):
        """With a number, VMMs that do not measure it stay; of those that do,
        the ones that have another are left out."""
        data = file()
        value = digest(data, 'spec')
        self.assertEqual(self.found(data, value)[1], agree(data, value))
        shared = file(igvm.page(0x7000, flags=igvm.SHARED))
        reasons = self.reasons(shared, digest(shared, 'spec'),
                               '--guest-features', '0x21')
        self.assertTrue(reasons['launched-otherwise'].endswith(
            'by spec, features 0x1'), reasons)
        self.found(shared, digest(shared, 'spec'), '--vcpus', '7')

    def test_many_of_one_input(self):
        """Of many values one is enough; reports are of one guest each."""
        data = file()
        values = [(bytes([n]) * 48).hex() for n in range(3)]
        values.insert(2, digest(data, 'spec'))
        found, _ = self.found(data, json.dumps(
            {'snp_launch_measurement': values}).encode())
        self.assertEqual(found['digest'], digest(data, 'spec'))
        self.write('x', json.dumps([snp_report(2, bytes.fromhex(v)).hex()
                                    for v in values]).encode())
        self.write('fw', data)
        result = calc('check', '--against', 'x', 'fw')
        self.refused(result, 3)
        self.assertIn('[against-two]', result.lines[0])


class Platforms(Against):
    BOTH = igvm.Igvm([
        igvm.platform(igvm.TDX, 1), igvm.platform(igvm.SNP, 2, boundary=0),
        igvm.policy(0, 1), igvm.policy(0x30000, 2),
        igvm.page(0x9000, b'all', mask=3), igvm.page(0xa000, b'tdx', mask=1),
        igvm.page(0xa000, b'snp', mask=2),
        igvm.context(2, data=registers())]).encode()

    def test_both(self):
        """A bare digest is tried as of each platform; a report is of its
        own."""
        mrtd = igvm_reader.mrtd(self.BOTH)
        value = digest(self.BOTH, 'spec')
        self.assertEqual(self.answer(self.BOTH, mrtd, status=0)['platform'],
                         'tdx')
        self.found(self.BOTH, value)
        self.reasons(self.BOTH, snp_report(2, bytes.fromhex(mrtd)))
        self.reasons(self.BOTH, evidence.quote(bytes.fromhex(value)))
        answer = self.answer(self.BOTH, 'ab' * 48, status=1)
        self.assertGreater(len(answer['tried']), 0)
        self.assertGreater(answer['search']['tried'], 1000)

    def test_not_for_snp(self):
        data = igvm.known().encode()
        reasons = self.reasons(data, 'ab' * 48)
        self.assertIn('no platform of it is SEV_SNP', reasons['igvm-not-snp'])
        self.assertIsNone(self.answer(data, 'ab' * 48, status=1)['search'])
        self.assertNotIn('igvm-not-snp', self.reasons(
            data, 'ab' * 48, '--platform', 'tdx'))
        # What a report says is of SEV-SNP: the file is refused.
        self.write('x', snp_report(2, b'n' * 48))
        result = calc('check', 'fw', '--against', 'x')
        self.refused(result, 3)
        self.assertRegex(result.lines[0],
                         r'^fw: .*SEV_SNP.* \[igvm-platform\]$')

    def test_not_for_tdx(self):
        result = self.reasons(file(), 'ab' * 48)
        self.assertIn('another-firmware', result)
        self.assertNotIn('igvm-not-snp', result)

    def test_all_refuse(self):
        """Then there is nothing to compare with, which is no difference."""
        data = file(igvm.page(0x9000, b'twice'))
        self.write('fw', data)
        result = calc('check', 'fw', '--against', digest(file(), 'spec'))
        self.refused(result, 3)
        self.assertRegex(result.lines[0], r'\[igvm-overlap\]$')

    def test_kernel(self):
        self.write('fw', file())
        self.write('kernel', b'a kernel')
        result = calc('check', 'fw', '--kernel', 'kernel', '--against',
                      digest(file(), 'spec'))
        self.refused(result, 3)
        self.assertRegex(result.lines[0], r'\[igvm-request\]$')


class Reasons(Against):
    def test_plain(self):
        reasons = self.reasons(file(), 'ab' * 48)
        self.assertEqual(set(reasons),
                         {'another-firmware', 'igvm-vmm', 'vcpu-type'})
        self.assertIn(hashlib.sha256(file()).hexdigest(),
                      reasons['another-firmware'])
        self.assertNotIn('not tried', reasons['igvm-vmm'])

    def test_id_block(self):
        """It names the value, or another."""
        for ld in b'\xab' * 48, b'\xcd' * 48:
            data = file(igvm.id_block(ld, 1))
            reasons = self.reasons(data, 'ab' * 48)
            self.assertIn('names this digest' if ld[0] == 0xab else ld.hex(),
                          reasons['igvm-id-block'])
        # A match of a file whose block says otherwise has a warning.
        value = digest(data, 'spec')
        answer = self.answer(data, value, status=0)
        self.assertEqual([w['code'] for w in answer['warnings']],
                         ['igvm-id-block'])
        result = calc('check', 'fw', '--against', value)
        self.assertEqual(result.status, 0)
        self.assertRegex(result.lines[0], r'^fw: warning: .*igvm-id-block\]$')

    def test_warnings(self):
        data = file(policy=0x30000 | DEBUG)
        answer = self.answer(data, digest(data, 'spec'), status=0)
        self.assertEqual([w['code'] for w in answer['warnings']],
                         ['igvm-debug'])

    def test_refusals(self):
        """VMMs that refuse the file are named, in the JSON with the code."""
        data = igvm.known_snp().encode()
        answer = self.answer(data, 'ab' * 48, status=1)
        self.assertEqual(answer['search']['refused'], [
            {'vmm': 'cloud-hypervisor-kvm', 'refused': 'igvm-context'},
            {'vmm': 'vanadium', 'refused': 'igvm-field'}])
        reasons = self.reasons(data, 'ab' * 48)
        self.assertTrue(reasons['igvm-vmm'].endswith(
            ' were cloud-hypervisor-kvm, vanadium'), reasons)
        # QEMU does not take a VMSA with a byte that is no register's.
        page = bytearray(registers())
        page[0xfff] = 1
        data = file(igvm.context(1, data=bytes(page)), vcpus=0)
        self.assertNotIn('vcpu-type', self.reasons(data, 'ab' * 48))

    def test_input(self):
        other = b'n' * 48
        for against, code in (
                (evidence.hcl(snp_report(3, other), 2),
                 'snp-azure-paravisor'),
                (snp_report(3, other, patch=((0xe0, b'k' * 48),)),
                 'id-block')):
            self.assertIn(code, self.reasons(file(), against))
        self.assertNotIn('another-vmpl', self.reasons(
            file(), snp_report(3, other, patch=((0x30, b'\1'),))))
        self.assertNotIn('after-firmware', self.reasons(file(), '0' * 96))


class Text(Against):
    def text(self, data, against, *args, status):
        self.write('fw', data)
        result = calc('check', *args, 'fw', '--against', against)
        self.assertEqual((result.status, result.lines), (status, []))
        return result.text

    def test_match(self):
        data = file()
        value = digest(data, 'spec')
        names = agree(data, value)
        self.assertEqual(names[0], 'spec')
        text = self.text(data, value, status=0)
        self.assertTrue(text.startswith('fw: MATCH\n'), text)
        self.assertRegex(text, r'\n  launched by   spec: IGVM files as '
                         r'Hyper-V launches them\n'
                         r'  vCPUs         any: measured are the VMSAs of the '
                         r'file, 1\n'
                         r'  vCPU type     as in the VMSAs of the file\n'
                         r'  SEV_FEATURES  0x1: SNPActive\n')
        for name in names[1:]:
            self.assertIn(f'\n  or by         {name}: ', text)
        self.assertRegex(text, r'\n  tried         \d+ of \d+ launches\n$')
        self.assertNotIn('kernel ', text)

    def test_more_processors(self):
        data = file()
        text = self.text(data, digest(data, 'qemu', vcpus=2,
                                      signature=0xa00f11), status=0)
        self.assertRegex(text, r'\n  launched by   qemu: IGVM files: QEMU >= ')
        self.assertRegex(text, r'\n  vCPUs         2\n  vCPU type     '
                         r'EPYC-Milan, .*: signature 0xa00f11\n')
        self.write('other', file(igvm.page(0xb000)))
        result = calc('check', 'other', 'fw', '--against', digest(
            data, 'qemu', vcpus=2, signature=0xa00f11))
        self.assertIn('other: NO MATCH\nfw: MATCH, snp: qemu, 2 vCPUs, '
                      '0xa00f11, features 0x1\n', result.text)

    def test_differs(self):
        text = self.text(igvm.known_snp().encode(), 'ab' * 48, status=1)
        self.assertRegex(
            text, r'\n  tried         \d+ launches of platform snp: by qemu, '
            r'spec, cloud-hypervisor-mshv, igvmmeasure, '
            r'igvmmeasure-native-zero,\n +by qemu also with more vCPUs than '
            r'the file has VMSAs of, up to 1024\n +of each type\n'
            r'  refused       \(cloud-hypervisor-kvm: ')
        self.assertNotIn('MRTD', text)
