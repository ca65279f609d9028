# SPDX-License-Identifier: Apache-2.0
"""Lists of registers of other projects: measurement files of flashbots, and
Tinfoil's measurements, by the forms that their consumers publish. Each member
is changed: what is not known there never verifies."""

import base64
import json
import random

import boot
import images
import sev
import snp
from support import TestCase, calc, mrtd

LINE = 'root=/dev/vda1 console=hvc0 rw'
NAMES = ('MRTD', 'RTMR0', 'RTMR1', 'RTMR2', 'RTMR3')
PREDICATES = 'https://tinfoil.sh/predicate/'
TD = PREDICATES + 'tdx-guest/v2'
HARDWARE = PREDICATES + 'hardware-measurements/v1'
RELEASE = PREDICATES + 'snp-tdx-multiplatform/v1'
OTHER = '5a' * 48
ZEROS = '00' * 48
ASKED = ('--register', 'mrtd,rtmr1,rtmr2')
# Texts that are not the digits of a register.
WRONG = ('', 'x', OTHER[:-2], OTHER + '00', OTHER[:-1] + 'g', '0x' + OTHER,
         ' ' + OTHER, OTHER + '\n', base64.b64encode(bytes(48)).decode(),
         OTHER[:64], None, 1, True, {}, [], [[OTHER]], {'value': OTHER})


def statement(kind, predicate, **more):
    return {'_type': 'https://in-toto.io/Statement/v1',
            'subject': [{'name': 'x.json', 'digest': {'sha256': '0' * 64}}],
            'predicateType': kind, 'predicate': predicate, **more}


def envelope(document):
    """A bundle of Sigstore around it, as GitHub gives it."""
    payload = base64.b64encode(json.dumps(document).encode()).decode()
    return {'mediaType': 'application/vnd.dev.sigstore.bundle.v0.3+json',
            'verificationMaterial': {},
            'dsseEnvelope': {'payload': payload,
                             'payloadType': 'application/vnd.in-toto+json',
                             'signatures': [{'sig': 'AAAA'}]}}


class Case(TestCase):
    def setUp(self):
        super().setUp()
        rng = random.Random(self.id())
        self.value = mrtd(self.write('fw', images.image()))
        kernel = self.write('kernel', boot.bzimage(rng))
        self.args = ('--kernel', 'kernel', '--append', LINE)
        events = boot.events(kernel, LINE.encode(), None)
        self.registers = [self.value, '11' * 48,
                          *(boot.replay(events, name).hex()
                            for name in ('RTMR1', 'RTMR2')), ZEROS]

    def verify(self, document, *args):
        self.write('doc', json.dumps(document).encode())
        return calc('reference', '--verify', 'doc', '--vmm', 'spec', *args,
                    'fw')

    def check_against(self, document):
        self.write('doc', json.dumps(document).encode())
        return calc('check', '--json', 'fw', '--against', 'doc')

    def accept(self, document, *args, text='fw: OK (spec)\n', notes=()):
        with self.subTest(document=document):
            result = self.verify(document, *args).without(
                'reference-unchecked').without('signature')
            self.check(result, 0, text, *notes)
            result = self.check_against(document)
            self.assertEqual(result.status, 0, result)
            return json.loads(result.text)

    def refuse(self, document, why=''):
        """By both, for the same reason."""
        with self.subTest(document=document):
            for ask in self.part((self.verify, self.check_against)):
                result = ask(document)
                self.assertEqual((result.status, b'OK' in result.stdout),
                                 (3, False), result)
                self.assertIn(why, result.lines[0])
                self.assertIn('[against-json]', result.lines[0])

    def differ(self, document):
        """It is read, and is of another firmware."""
        with self.subTest(document=document):
            result = self.verify(document)
            self.assertEqual((result.status, b'OK' in result.stdout),
                             (1, False), result)
            self.assertEqual(self.check_against(document).status, 1)

    def boot(self, document, good=True):
        """With the registers of the kernel and command line."""
        result = self.verify(document, *ASKED, *self.args)
        with self.subTest(document=document):
            if good:
                self.check(result.without('reference-unchecked').without(
                    'passed-over'), 0, 'fw: OK (spec; RTMR1, RTMR2)\n')
            else:
                self.assertEqual(result.status, 1, result)
                self.assertIn('[reference-register]', result.lines[-1])


class Flashbots(Case):
    def entry(self, registers=None, member='expected', kind='dcap-tdx', **more):
        """An entry of a file, by the registers' numbers or names."""
        registers = ({str(i): v for i, v in enumerate(self.registers)}
                     if registers is None else registers)
        return {'measurement_id': 'image-1', 'attestation_type': kind,
                'measurements': {
                    key: {member: [value] if member == 'expected_any'
                          and isinstance(value, str) else value}
                    for key, value in registers.items()}, **more}

    def azure(self):
        """Of cvm-reverse-proxy's measurements.json."""
        return self.entry({'4': 'ea92ff76' * 8, '9': 'c9f42929' * 8},
                          kind='azure-tdx', measurement_id='azure-1')

    def test_forms(self):
        for document in (
                self.entry(), [self.entry()], [self.entry({'0': self.value})],
                [self.entry(member='expected_any')],
                [self.entry(dict(zip(('mrtd', 'rtmr0', 'rtmr1', 'rtmr2',
                                      'rtmr3'), self.registers)))],
                [self.entry(dict(zip(NAMES, self.registers)))],
                [self.entry({'Mrtd': self.value.upper()})],
                [self.entry(kind='gcp-tdx')], [self.entry(kind='qemu-tdx')],
                [{**self.entry(), 'measurements': {
                    '0': {'expected': self.value, 'warnOnly': False}}}],
                [self.entry(), self.entry()]):
            answer = self.accept(document)
            self.assertEqual(answer['against']['kind'],
                             'measurement file of flashbots')
        entry = self.entry()
        del entry['measurement_id']
        self.accept(entry)

    def test_other_types(self):
        """They have no registers of a quote, and are skipped by name."""
        for kind, more in (('azure-tdx', {}), ('aws-nitro', {}),
                           ('sev-snp', {}), ('DCAP-TDX', {}), ('', {})):
            other = {**self.azure(), 'attestation_type': kind, **more}
            note = ('doc: note: entry 1 ("azure-1") skipped: its '
                    f'"attestation_type" is "{kind}", whose measurements are '
                    'not the registers of a quote [passed-over]')
            self.accept([self.entry(), other], notes=(note,))
            self.refuse([other], 'entry 0 ("azure-1") skipped: its "attest')
        image = {'attestation_type': 'gcp-tdx', 'dcap_image_hashes': {
            'uki_authenticode': OTHER, 'kernel_authenticode': OTHER,
            'cmdline_hash': OTHER, 'initrd_hash': OTHER,
            'gpt_disk_guid_hash': OTHER}}
        self.accept([self.entry(), image], notes=(
            'doc: note: entry 1 skipped: it has digests of boot files, of '
            'which its consumer computes registers, and no MRTD '
            '[passed-over]',))
        self.refuse([image], 'has digests of boot files')

    def test_what_lets_any_pass(self):
        good = self.entry()
        none = {'attestation_type': 'none'}
        bare = {'attestation_type': 'dcap-tdx'}
        for document, why in (
                ([good, none], 'entry 1 lets pass what has no attestation'),
                ([none], 'entry 0 lets pass'), (none, 'entry 0 lets pass'),
                ([good, bare], 'entry 1 lets any MRTD pass: it has no object'),
                (bare, 'entry 0 lets any MRTD pass'),
                ([good, self.entry({})], 'lets any MRTD pass'),
                ([self.entry({'1': OTHER}), good], 'lets any MRTD pass'),
                ([{**good, 'measurements': None}], 'lets any MRTD pass'),
                ([{**good, 'measurements': [1]}], 'lets any MRTD pass'),
                ([{**good, 'dcap_image_hashes': {}}], 'has both')):
            self.refuse(document, why)

    def test_values(self):
        for member in 'expected', 'expected_any':
            for i in range(5):
                for wrong in self.part(WRONG):
                    entry = self.entry(member=member)
                    entry['measurements'][str(i)][member] = wrong
                    self.refuse([entry], f'{NAMES[i]} of entry 0 ("image-1")')
                    if member == 'expected_any':
                        entry['measurements'][str(i)][member] = [
                            self.registers[i], wrong]
                        self.refuse([entry])
            self.differ([self.entry({'0': OTHER}, member=member)])
        # Alternatives, each of which has to be an image's.
        both = self.entry({'0': [self.value, OTHER]}, member='expected_any')
        self.assertEqual(self.verify([both]).status, 1)
        self.assertEqual(self.check_against([both]).status, 0)

    def test_registers(self):
        """Whichever form a register has, it is one object of one text."""
        for change, why in (
                ({'expected': self.value, 'expected_any': [self.value]},
                 'has not one of'),
                ({}, 'has not one of'), ({'expected_any': []}, 'has not one'),
                (self.value, 'is not an object'), ([self.value], 'is not an'),
                (None, 'is not an object'),
                *(({'expected': self.value, **more}, why)
                  for more, why in (
                      ({'warnOnly': True}, 'not enforced'),
                      ({'warnOnly': None}, 'not enforced'),
                      ({'warnOnly': 'false'}, 'not enforced'),
                      ({'warnOnly': 0}, 'not enforced'),
                      *(({name: value}, f'has a member "{name}", which')
                        for name in ('mask', 'op', 'expected_not', 'negate',
                                     'Expected', 'enabled', '#x',
                                     'description', 'warnonly')
                        for value in self.part((True, OTHER, None)))))):
            for i in range(5):
                entry = self.entry()
                entry['measurements'][str(i)] = change
                self.refuse([entry], why)

    def test_names(self):
        for name in ('5', '-1', '00', '+0', '0 ', ' 0', '0x0', '', 'mr_td',
                     'mrtd ', 'rtmr4', 'rtmr', 'rtmr_1', 'tdx_mrtd', 'pcr0',
                     '#0', '_mrtd', 'not_mrtd'):
            self.refuse([self.entry({'0': self.value, name: self.value})],
                        'has a register other than')
            self.refuse([self.entry({name: self.value})],
                        'has a register other than')
        for one, two in (('0', 'mrtd'), ('mrtd', 'MRTD'), ('2', 'Rtmr1')):
            self.refuse([self.entry({'0': self.value, one: self.value,
                                     two: self.value})],
                        'has a register twice')

    def test_entries(self):
        good = self.entry()
        for name in ('revoked', 'enabled', 'op', 'expires', 'description',
                     'note', '#note', 'mr_td', 'mask', 'Measurements',
                     'warnOnly', 'min_tcb'):
            for value in self.part((True, False, 'x', {}, self.value)):
                self.refuse([good, {**good, name: value}],
                            f'entry 1 ("image-1") has a member "{name}"')
        for value in self.part((1, None, [], {}, True)):
            self.refuse([{**good, 'measurement_id': value}],
                        'has a "measurement_id" that is not text')
            self.refuse([good, {**good, 'attestation_type': value}],
                        'has no text "attestation_type"')
        for value in (1, None, 'x', [], [good], {}, {'kind': 'portable'}):
            self.refuse([good, value], 'entry 1 has no text "attestation_type"')
        for key in 'x', 'revoked', 'measurements', 'allow':
            self.refuse({key: good})
            self.refuse({key: [good]})
        self.refuse([[good]])
        self.refuse([])

    def test_keys_twice(self):
        text = json.dumps([self.entry()])
        for old in ('"0":', '"expected":', '"attestation_type":',
                    '"measurements":'):
            self.write('doc', text.replace(old, f'{old} {{}}, {old}',
                                           1).encode())
            self.assertEqual(calc('check', 'fw', '--against', 'doc').status, 3)

    def test_another_thing(self):
        """What only looks like an entry is read as any JSON."""
        self.accept({'attestation_type': 'tdx',
                     'measurements': {'mrtd': self.value}})

    def test_control_characters(self):
        entry = self.entry({'0': OTHER}, measurement_id='a\x1b[2J\n\u202e')
        self.differ([entry])
        self.refuse([{**entry, 'x\x1b': 1}], 'has a member "x?"')

    def test_boot(self):
        for member in 'expected', 'expected_any':
            self.boot([self.entry(member=member)])
            self.boot([self.entry(member=member)] * 2)
            self.boot([self.azure(), self.entry(member=member)])
            # Of another type it is not known which registers they allow.
            for other in ({**self.azure(), 'attestation_type': 'x-tdx'},
                          {'attestation_type': 'gcp-tdx',
                           'dcap_image_hashes': {}}):
                self.boot([self.entry(member=member), other], False)
        self.boot([self.entry(dict(zip(NAMES, map(str.upper,
                                                  self.registers))))])
        # RTMR0 and RTMR3 are said not to be compared.
        self.assertIn('doc: warning: not compared: RTMR0, RTMR3, which '
                      '--verify does not compute [reference-unchecked]',
                      self.verify([self.entry()], *ASKED, *self.args).lines)

    def test_other_boots(self):
        numbers = {str(i): v for i, v in enumerate(self.registers)}
        for i in '2', '3':
            self.boot([self.entry({**numbers, i: OTHER})], False)
            less = dict(numbers)
            del less[i]
            self.boot([self.entry(less)], False)
            # An entry that lets any value of it pass.
            self.boot([self.entry(), self.entry(less)], False)
            self.boot([self.entry(less), self.entry()], False)
            self.boot([self.entry(), self.entry({**numbers, i: OTHER})], False)
            self.boot([self.entry({**numbers, i: [numbers[i], OTHER]},
                                  member='expected_any')], False)
        swapped = {**numbers, '2': numbers['3'], '3': numbers['2']}
        self.boot([self.entry(swapped)], False)
        # Those of another TD.
        self.boot([self.entry({'0': self.value}),
                   self.entry({**numbers, '0': OTHER})], False)


class Tinfoil(Case):
    def td(self, **more):
        return {'type': TD, 'registers': list(self.registers), **more}

    def hardware(self, **more):
        platforms = {'medium_1d': {'mrtd': self.value, 'rtmr0': OTHER},
                     'large_2d': {'mrtd': self.value, 'rtmr0': ZEROS}}
        return statement(HARDWARE, {**platforms, **more})

    def test_forms(self):
        for document in self.td(), self.hardware(), envelope(self.hardware()):
            answer = self.accept(document)
            self.assertTrue(answer['against']['kind'].startswith(
                'measurements of Tinfoil'), answer)

    def test_td(self):
        """Compared as text, all five of them."""
        for i in range(5):
            for wrong in self.part(WRONG):
                document = self.td()
                document['registers'][i] = wrong
                self.refuse(document, f'register {i} of a measurement')
            document = self.td()
            document['registers'][i] = 'AB' * 48
            result = self.verify(document)
            self.assertEqual((result.status, result.lines), (3, [
                f'doc: register {i} of a measurement of Tinfoil is not in '
                'lower-case digits, which is how it is compared; check '
                '--against takes it [against-json]']))
        self.assertEqual(self.check_against(
            self.td(registers=[self.value.upper(), *self.registers[1:]])
        ).status, 0)
        for registers in (self.registers[:4], self.registers + [ZEROS], [],
                          self.registers[:1], None, self.value, {},
                          dict(zip(NAMES, self.registers))):
            self.refuse(self.td(registers=registers), 'has not five')
        self.differ(self.td(registers=[OTHER, *self.registers[1:]]))
        self.differ(self.td(registers=self.registers[::-1]))

    def test_members(self):
        for name in 'revoked', 'description', 'op', 'mr_td', 'Type':
            for value in self.part((True, False, 'x', self.value)):
                self.refuse(self.td(**{name: value}), 'has a member')
        for kind in ('tdx-guest/v1', 'tdx-guest/v3', 'tdx-guest/v2/',
                     'sev-snp-guest/v2', 'aws-nitro-enclave/v1', ''):
            self.refuse(self.td(type=PREDICATES + kind), 'is of another type')
        self.refuse(self.td(type=RELEASE), 'and no MRTD')
        self.refuse(self.td(type='tdx-guest/v2'))
        self.refuse([self.td()])
        self.refuse({'measurement': self.td()})

    def test_hardware(self):
        good = self.hardware()
        one = good['predicate']['medium_1d']
        for name in 'mrtd', 'rtmr0':
            for wrong in self.part(WRONG):
                self.refuse(self.hardware(a={**one, name: wrong}),
                            f'"{name}" of platform "a"')
            self.refuse(self.hardware(
                a={k: v for k, v in one.items() if k != name}),
                f'"{name}" of platform "a"')
        for more in ({'rtmr1': OTHER}, {'op': 'ne'}, {'revoked': False}):
            self.refuse(self.hardware(a={**one, **more}), 'has a member')
        for wrong in self.part((None, [], 'x', {}, [one])):
            self.refuse(self.hardware(a=wrong), 'platform "a"')
            self.refuse(statement(HARDWARE, wrong))
        for more in ({'_type': 'https://in-toto.io/Statement/v0.1'},
                     {'_type': None}, {'subject': []}, {'subject': None},
                     {'subject': [{'name': 'x', 'revoked': True}]},
                     {'revoked': True}):
            self.refuse({**good, **more}, 'statement of Tinfoil\'s hardware')
        for kind in 'hardware-measurements/v2', 'x', '':
            self.refuse({**good, 'predicateType': PREDICATES + kind},
                        'is of another type')
        self.differ(statement(HARDWARE, {'a': {'mrtd': OTHER, 'rtmr0': ZEROS}}))
        # Without the statement nothing says what it is.
        self.refuse(good['predicate'])

    def test_boot(self):
        self.boot(self.td())
        for i in 2, 3:
            registers = list(self.registers)
            registers[i] = OTHER
            self.boot(self.td(registers=registers), False)
        self.boot(self.hardware(), False)
        result = self.verify(self.hardware())
        self.assertEqual(result.lines, [
            'doc: warning: not compared: RTMR0, which --verify does not '
            'compute [reference-unchecked]'])


class Release(TestCase):
    """Tinfoil's releases, which have the launch digest of SEV-SNP."""

    def setUp(self):
        super().setUp()
        self.data = sev.image().data
        self.write('fw', self.data)

    def digest(self, vcpus):
        return snp.launch_digest(self.data, vcpus=vcpus,
                                 signature=0x800f12).hex()

    def release(self, **more):
        return {'snp_measurement': self.digest(4),
                'tdx_measurement': {'rtmr1': OTHER, 'rtmr2': ZEROS},
                'vm_shape': {'cpus': 4, 'memory_mb': 1024, 'gpus': 0,
                             'disks': 3},
                'cmdline': 'x', 'hashes': {'kernel': '00'}, 'config': 'e30=',
                **more}

    def verify(self, document, vcpus='4'):
        self.write('doc', json.dumps(document).encode())
        return calc('reference', '--verify', 'doc', '--platform', 'snp',
                    '--vcpus', vcpus, '--vcpu-type', 'EPYC-v4', 'fw')

    def refuse(self, document, why):
        with self.subTest(document=document):
            result = self.verify(document)
            self.assertEqual((result.status, result.stdout), (3, b''), result)
            self.assertIn(why, result.lines[0])

    def test_good(self):
        bare = self.release()
        for member in 'vm_shape', 'cmdline', 'hashes', 'config':
            del bare[member]
            self.assertEqual(self.verify(bare).status, 0)
        for document in (self.release(), statement(RELEASE, self.release()),
                         envelope(statement(RELEASE, self.release()))):
            with self.subTest(document=document):
                self.assertEqual(self.verify(document).status, 0)
                self.assertEqual(calc('check', 'fw', '--against', 'doc',
                                      '--platform', 'snp', '--vcpus', '4',
                                      '--vcpu-type', 'EPYC-v4').status, 0)

    def test_another_launch(self):
        """The number of virtual CPUs that it says has to be so."""
        self.assertEqual(self.verify(self.release(), '2').status, 1)
        document = self.release(vm_shape={'cpus': 2})
        result = self.verify(document)
        self.assertEqual((result.status, result.text), (1, 'fw: FAILED\n'), result)
        self.assertIn('[reference-label]', '\n'.join(result.lines))
        self.assertEqual(self.verify(self.release(
            snp_measurement=self.digest(2))).status, 1)

    def test_members(self):
        for wrong in WRONG:
            self.refuse(self.release(snp_measurement=wrong), '')
            self.refuse(self.release(tdx_measurement=wrong),
                        'no "tdx_measurement" with texts')
        self.refuse(self.release(snp_measurement=self.digest(4).upper()), '')
        for cpus in 0, -1, 1 << 32, '4', None, 4.0, True:
            self.refuse(self.release(vm_shape={'cpus': cpus}),
                        'number of virtual CPUs')
        for shape in {}, [], None, 4:
            self.refuse(self.release(vm_shape=shape), 'number of virtual CPUs')
        for name in 'revoked', 'mr_td', 'op', 'description':
            self.refuse(self.release(**{name: False}), 'has a member')
        good = statement(RELEASE, self.release())
        for more in ({'_type': 'x'}, {'subject': []}, {'revoked': True}):
            self.refuse({**good, **more}, 'statement of a release of Tinfoil')
        for kind in HARDWARE, TD, RELEASE + '2':
            self.refuse({**good, 'predicateType': kind}, '')

    def test_of_tdx(self):
        """It has no MRTD."""
        self.write('td', images.image())
        for document in self.release(), statement(RELEASE, self.release()):
            self.write('doc', json.dumps(document).encode())
            result = calc('reference', '--verify', 'doc', 'td')
            self.assertEqual((result.status, result.lines), (3, [
                'doc: a release of Tinfoil for two platforms has RTMR1, RTMR2 '
                'and a launch digest of SEV-SNP, and no MRTD '
                '[against-json]']))
