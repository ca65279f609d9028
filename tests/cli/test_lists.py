# SPDX-License-Identifier: Apache-2.0
"""Lists of registers of other projects: measurement files of flashbots, by the
forms that their consumers publish. Each member is changed: what is not known
there never verifies."""

import base64
import json
import random

import boot
import images
from support import TestCase, calc, mrtd

LINE = 'root=/dev/vda1 console=hvc0 rw'
NAMES = ('MRTD', 'RTMR0', 'RTMR1', 'RTMR2', 'RTMR3')
OTHER = '5a' * 48
ZEROS = '00' * 48
ASKED = ('--register', 'mrtd,rtmr1,rtmr2')
# Texts that are not the digits of a register.
WRONG = ('', 'x', OTHER[:-2], OTHER + '00', OTHER[:-1] + 'g', '0x' + OTHER,
         ' ' + OTHER, OTHER + '\n', base64.b64encode(bytes(48)).decode(),
         OTHER[:64], None, 1, True, {}, [], [[OTHER]], {'value': OTHER})


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
                'reference-unchecked')
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
