# SPDX-License-Identifier: Apache-2.0
"""check --against of SEV-SNP: launches that the model plants are found, in
whichever form they are reported; and nothing else is."""

import base64
import hashlib
import itertools
import json
import pathlib
import random
import struct

import evidence
import images
import sev
import snp
import snp_maker
import support
from evidence import snp_report
from support import TestCase, calc

try:
    import jsonschema
except ImportError:
    jsonschema = None

SCHEMA = json.loads((pathlib.Path(__file__).resolve().parents[2] / 'docs'
                     / 'schemas/check.schema.json').read_text(encoding='utf-8'))
IMAGE = sev.image()
KERNEL, INITRD, APPEND = b'a kernel', b'an initrd', 'console=ttyS0'
# Of AMD 56860, table 23.
VERSION, SVN, POLICY, FAMILY, VMPL, ALGORITHM, KEYS, ID_KEY, CPUID = (
    0, 4, 8, 0x10, 0x30, 0x34, 0x48, 0xe0, 0x188)
# CPUID of a Genoa and its signature: APM volume 3, E.3.2.
GENOA, GENOA_SIGNATURE = b'\x19\x11\x01', 0xa10f11
DEBUG, SMT, ONE = 1 << 19, 1 << 16, 1 << 17
# The types of the model, and signatures that no type has.
TYPES = {0x800f12: 'EPYC-v4', 0x830f10: 'EPYC-Rome', 0xa00f11: 'EPYC-Milan',
         0xa10f10: 'EPYC-Genoa', 0xb00f00: 'EPYC-Turin'}
FEATURES = (0, 1, 0x21, 3, 0x201, 1 | 1 << 63)
VMMS = {'qemu': 'qemu', 'ec2': 'ec2', 'gce': 'gce'}


def u32(number):
    return struct.pack('<I', number)


def driver(report):
    return (struct.pack('<II', 0, len(report)) + bytes(24) + report).ljust(
        4000, b'\0')


class Against(TestCase):
    def setUp(self):
        super().setUp()
        self.write('fw', IMAGE.data)

    def answer(self, against, *args, status=None):
        """The JSON; against is a digest in hexadecimal, or a file's bytes."""
        if not isinstance(against, str):
            self.write('x', against)
            against = 'x'
        result = calc('check', '--json', *args, 'fw', '--against', against)
        self.assertEqual(result.lines, [], result)
        answer = json.loads(result.text)
        if jsonschema:
            jsonschema.validate(answer, SCHEMA)
        self.assertEqual({0: 'match', 1: 'differs'}[result.status],
                         answer['verdict'])
        if status is not None:
            self.assertEqual(result.status, status, answer)
        return answer

    def found(self, against, *args):
        answer = self.answer(against, *args, status=0)
        self.assertEqual(answer['platform'], 'snp')
        self.assertTrue(answer['search']['found']['as_asked'])
        return answer['search']['found']

    def reasons(self, against, *args):
        answer = self.answer(against, *args, status=1)
        return {reason['code']: reason['text']
                for reason in answer['reasons']}


class Planted(Against):
    def launch(self, rng):
        """Random options, and the digest that the model gives them."""
        vmm = rng.choice(sorted(VMMS))
        options = {
            'vmm': VMMS[vmm],
            'vcpus': rng.choice((1, 1, 2, 3, 4, 8, rng.randint(9, 300))),
            'signature': rng.choice(sorted(TYPES)),
            'features': rng.choice(FEATURES),
        }
        if rng.random() < .4:
            options.update(kernel=KERNEL,
                           initrd=rng.choice((None, INITRD)),
                           append=rng.choice((None, APPEND)))
        return vmm, options

    def test_random(self):
        rng = random.Random(19)
        self.write('kernel', KERNEL)
        self.write('initrd', INITRD)
        for _ in self.part(range(24)):
            vmm, options = self.launch(rng)
            digest = snp.launch_digest(IMAGE.data, **options)
            args = []
            if 'kernel' in options:
                args += ['--kernel', 'kernel']
                if options['initrd'] is not None:
                    args += ['--initrd', 'initrd']
                if options['append'] is not None:
                    args += ['--append', options['append']]
            against = rng.choice((digest.hex(), snp_report(3, digest, patch=(
                (CPUID, GENOA),))))
            with self.subTest(options=options):
                found = self.found(against, *args)
                self.assertEqual(found['digest'], digest.hex())
                self.assertEqual(found['vmm'], vmm)
                self.assertEqual(found['deviations'], [])
                self.assertEqual(found['vcpus'], options['vcpus'])
                self.assertEqual(int(found['guest_features']['value'], 16),
                                 options['features'])
                self.assertEqual(found['kernel'], 'kernel' in options)
                if vmm == 'qemu':
                    self.assertEqual(int(found['vcpu_signature'], 16),
                                     options['signature'])
                    self.assertIn(TYPES[options['signature']],
                                  found['vcpu_types'])
                else:
                    self.assertIsNone(found['vcpu_signature'])
                    self.assertEqual(found['vcpu_types'], [])

    def test_old_vmsa_of_ec2(self):
        digest = snp.launch_digest(IMAGE.data, vmm='ec2-rdx-0', vcpus=2)
        found = self.found(digest.hex())
        self.assertEqual((found['vmm'], found['deviations'], found['vcpus']),
                         ('ec2', ['rdx-zero'], 2))
        self.assertIn('ec2 with rdx-zero: ',
                      calc('check', 'fw', '--against', digest.hex()).text)

    def test_kernel_that_was_not_measured(self):
        """A kernel is given, and QEMU's kernel-hashes are off: the guest may
        have started any, so that this is no match."""
        self.write('kernel', KERNEL)
        digest = snp.launch_digest(IMAGE.data, vcpus=2).hex()
        answer = self.answer(digest, '--kernel', 'kernel', status=1)
        found = answer['search']['found']
        self.assertEqual((found['kernel'], found['as_asked']), (False, False))
        reasons = self.reasons(digest, '--kernel', 'kernel')
        self.assertEqual(list(reasons), ['launched-otherwise'])
        self.assertIn('without a kernel', reasons['launched-otherwise'])
        # Nor where the firmware has no place for the hashes.
        data = sev.image(tuple(s for s in sev.GOOD
                               if s.type != sev.KERNEL_HASHES)).data
        self.write('fw', data)
        digest = snp.launch_digest(data, vcpus=2).hex()
        self.assertEqual(list(self.reasons(digest, '--kernel', 'kernel')),
                         ['launched-otherwise'])
        self.found(digest)

    def test_signatures_of_the_input(self):
        """That of the report's processor, and that of an option."""
        digest = snp.launch_digest(IMAGE.data, vcpus=3,
                                   signature=GENOA_SIGNATURE)
        report = snp_report(3, digest, patch=((CPUID, GENOA),))
        found = self.found(report)
        self.assertEqual(int(found['vcpu_signature'], 16), GENOA_SIGNATURE)
        self.assertEqual(found['vcpu_types'], [])
        for against in digest.hex(), snp_report(2, digest):
            self.assertIn('vcpu-type', self.reasons(against))
            self.assertEqual(int(self.found(
                against, '--vcpu-sig', hex(GENOA_SIGNATURE))[
                    'vcpu_signature'], 16), GENOA_SIGNATURE)
            self.found(against, '--vcpu-family', '25', '--vcpu-model', '17',
                       '--vcpu-stepping', '1')

    def test_other_features(self):
        digest = snp.launch_digest(IMAGE.data, features=0x2a1).hex()
        self.assertIn('guest-features', self.reasons(digest))
        self.assertEqual(
            self.found(digest, '--guest-features', '0x2a1')['guest_features'],
            {'value': '0x2a1', 'bits': ['SNPActive', 'DebugSwap',
                                        'BTBIsolation', 'SecureTSC']})

    def test_restricted(self):
        """A launch that the options do not allow is no match, and is named."""
        digest = snp.launch_digest(IMAGE.data, vcpus=4, signature=0xa00f11,
                                   features=0x21).hex()
        allowed = (('--vcpus', '4'), ('--vcpus', '1,3-5'),
                   ('--vcpu-type', 'EPYC-Milan'),
                   ('--vcpu-type', 'EPYC,EPYC-Milan-v2'),
                   ('--vcpu-sig', '0xa00f11'), ('--guest-features', '0x21'),
                   ('--platform', 'snp'))
        for args in allowed:
            self.assertEqual(self.found(digest, *args)['vcpus'], 4)
        for args in (('--vcpus', '3'), ('--vcpus', '1,5-9'),
                     ('--vcpu-type', 'EPYC'), ('--vcpu-sig', '0xa00f12'),
                     ('--guest-features', '0x1'), ('--guest-features', '0')):
            reasons = self.reasons(digest, *args)
            self.assertEqual(list(reasons), ['launched-otherwise'])
            self.assertIn('qemu, 4 vCPUs, 0xa00f11, features 0x21, without a '
                          'kernel', reasons['launched-otherwise'])

    def test_restricted_among_others(self):
        """It is named whatever was searched for before and after it."""
        texts = [digest.hex()
                 for digest in (snp.launch_digest(IMAGE.data, vcpus=4),
                                snp.launch_digest(IMAGE.data, vcpus=3),
                                b'n' * 48)]
        orders = list(itertools.permutations(texts))
        for order in self.part(orders):
            against = json.dumps({'snp_launch_measurement': order}).encode()
            for vcpus in 3, 4:
                found = self.found(against, '--vcpus', str(vcpus))
                self.assertEqual(found['vcpus'], vcpus)
            reasons = self.reasons(against, '--vcpus', '5')
            self.assertEqual(list(reasons), ['launched-otherwise'])
            self.assertRegex(reasons['launched-otherwise'],
                             'qemu, [34] vCPUs, 0x800f12,')

    def test_most_vcpus(self):
        digest = snp.launch_digest(IMAGE.data, vcpus=1025).hex()
        self.assertIn('another-firmware', self.reasons(digest))
        self.assertEqual(self.found(digest, '--vcpus', '1-1100')['vcpus'],
                         1025)
        digest = snp.launch_digest(IMAGE.data, vcpus=1024).hex()
        self.assertEqual(self.found(digest)['vcpus'], 1024)

    def test_text(self):
        """All of a match is named; several files have a line each."""
        digest = snp.launch_digest(IMAGE.data, vcpus=2, features=0x21).hex()
        result = calc('check', 'fw', '--against', digest)
        self.assertEqual((result.status, result.lines), (0, []))
        for line in ('fw: MATCH', f'  expected      {digest}',
                     '  vCPUs         2',
                     '  SEV_FEATURES  0x21: SNPActive, DebugSwap',
                     '  kernel        none is measured'):
            self.assertIn(line + '\n', result.text)
        self.assertRegex(result.text, r'\n  launched by   qemu: QEMU')
        self.assertRegex(result.text, r'\n  vCPU type     EPYC, .*EPYC-v4, '
                         r'.*: signature 0x800f12\n')
        self.assertRegex(result.text,
                         r'\n  tried         \d+ of \d+ launches\n')
        self.write('other', sev.image(patch=((5, b'x'),)).data)
        result = calc('check', 'other', 'fw', '--against', digest)
        self.assertEqual(result.status, 0)
        self.assertIn('other: NO MATCH\nfw: MATCH, snp: qemu, 2 vCPUs, '
                      '0x800f12, features 0x21, without a kernel\n',
                      result.text)

    def test_both_platforms(self):
        """A bare digest is of either, a report of its own."""
        both = sev.image(tdx=images.GOOD)
        self.write('fw', both.data)
        mrtd = support.mrtd(both)
        answer = self.answer(mrtd, status=0)
        self.assertEqual((answer['platform'], answer['search']), ('tdx', None))
        digest = snp.launch_digest(both.data)
        self.found(digest.hex())
        answer = self.answer(snp_report(2, digest), status=0)
        self.assertEqual(answer['tried'], [])
        # Neither is taken for the other.
        other = bytes.fromhex(mrtd)
        answer = self.answer(snp_report(2, other), status=1)
        self.assertEqual((answer['platform'], answer['tried']), ('snp', []))
        answer = self.answer(evidence.quote(digest), status=1)
        self.assertEqual((answer['platform'], answer['search']), ('tdx', None))
        for value, platform in ((mrtd, 'snp'), (digest.hex(), 'tdx')):
            answer = self.answer(value, '--platform', platform, status=1)
            self.assertEqual(answer['platform'], platform)
        answer = self.answer('ab' * 48, status=1)
        self.assertGreater(len(answer['tried']), 4)
        self.assertGreater(answer['search']['tried'], 100000)


class Containers(Against):
    DIGEST = snp.launch_digest(IMAGE.data, vcpus=2)

    def test_forms(self):
        table = snp_maker.table([('ark', snp_maker.root_certificate())])
        for version in 2, 3, 5:
            report = snp_report(version, self.DIGEST)
            text = base64.b64encode(report)
            forms = {
                'raw': report,
                'padded': report + bytes(100),
                'with certificates': report + table,
                "driver's": driver(report),
                'hcl': evidence.hcl(report, 2),
                'base64': text,
                'base64, lines': b'\n'.join(
                    text[i:i + 76] for i in range(0, len(text), 76)),
                'hexadecimal': report.hex().encode(),
                'json': json.dumps({'report': text.decode()}).encode(),
                'json, driver': json.dumps({'a': {'outblob': base64.b64encode(
                    driver(report)).decode()}}).encode(),
                'json, hcl': json.dumps([base64.b64encode(evidence.hcl(
                    report, 2)).decode()]).encode(),
            }
            for form, content in forms.items():
                with self.subTest(form=form, version=version):
                    self.assertEqual(self.found(content)['vcpus'], 2)
        for kind in (), ('--kind', 'snp-report'):
            for content in (report, driver(report), evidence.hcl(report, 2)):
                self.found(content, *kind)

    def test_members(self):
        """What the report says beside the digest."""
        report = snp_report(5, self.DIGEST, policy=ONE | SMT | 0x1f, patch=(
            (SVN, u32(7)), (FAMILY, bytes(range(32))), (VMPL, u32(2)),
            (0xc0, b'h' * 32), (ID_KEY, b'k' * 48), (0x110, b'a' * 48),
            (0x38, b'\1' + bytes(7)), (0x1e0, b'\3' + bytes(7)),
            (0x180, b'\2' + bytes(7)), (0x1f0, b'\4' + bytes(7)),
            (CPUID, GENOA), (0x40, b'\x65'), (0x50, b'd' * 64)))
        answer = self.answer(report, status=0)
        self.assertEqual(answer['expected'][0]['register'], 'SNP')
        self.assertEqual(answer['expected'][0]['evidence'], {
            'kind': 'SEV-SNP report', 'measurement_offset': 144, 'version': 5,
            'vmpl': 2, 'guest_svn': 7, 'debug': False,
            'policy': {'value': '0x3001f', 'bits': ['SMT'], 'abi_major': 0,
                       'abi_minor': 31},
            'cpuid': {'family': 25, 'model': 17, 'stepping': 1,
                      'signature': hex(GENOA_SIGNATURE)},
            'platform_info': '0x65', 'current_tcb': '0x1',
            'reported_tcb': '0x2', 'committed_tcb': '0x3', 'launch_tcb': '0x4',
            'family_id': bytes(range(16)).hex(),
            'image_id': bytes(range(16, 32)).hex(),
            'report_data': (b'd' * 64).hex(), 'host_data': (b'h' * 32).hex(),
            'id_key_digest': (b'k' * 48).hex(),
            'author_key_digest': (b'a' * 48).hex(),
            'consistent': True, 'signature_verified': False, 'denied': [],
            'signature': answer['expected'][0]['evidence']['signature']})
        result = calc('check', 'fw', '--against', 'x')
        for line in ('  not verified: no VCEK ',
                     '  warning       the report was asked for from a VMPL',
                     '  POLICY        0x3001f: SMT; ABI 0.31 at least\n',
                     '  CPUID         family 0x19, model 0x11, stepping 1: '
                     'signature 0xa10f11\n',
                     f'  FAMILY_ID     {bytes(range(16)).hex()}\n',
                     f'  ID key        {(b"k" * 48).hex()}'):
            self.assertIn(line, result.text)
        self.assertIn('VMPL 2', result.text)
        self.assertNotIn('DEBUG', result.text)

    def test_policies(self):
        """Each bit by its name; debug is said loudly, match or no match."""
        names = {16: 'SMT', 18: 'MIGRATE_MA', 19: 'DEBUG',
                 20: 'SINGLE_SOCKET', 21: 'CXL_ALLOW', 22: 'MEM_AES_256_XTS',
                 23: 'RAPL_DIS', 24: 'CIPHERTEXT_HIDING',
                 25: 'PAGE_SWAP_DISABLE'}
        for bit, name in names.items():
            for digest, verdict in ((self.DIGEST, 0), (b'n' * 48, 1)):
                answer = self.answer(
                    snp_report(2, digest, policy=ONE | 1 << bit),
                    '--allow-debug', status=verdict)
                told = answer['expected'][0]['evidence']
                self.assertEqual(told['policy']['bits'], [name])
                self.assertEqual(told['debug'], name == 'DEBUG')
                text = calc('check', 'fw', '--against', 'x',
                            '--allow-debug').text
                self.assertEqual('POLICY ALLOWS DEBUG' in text,
                                 name == 'DEBUG')
                self.assertEqual('allows a migration agent' in text,
                                 name == 'MIGRATE_MA')
                self.assertEqual('SMT is off' in text, name != 'SMT')
                self.assertEqual('on one socket' in text,
                                 name == 'SINGLE_SOCKET')


class Refused(Against):
    DIGEST = snp.launch_digest(IMAGE.data)

    def refuse(self, content, line, *args, status=3):
        self.write('x', content)
        result = calc('check', 'fw', '--against', 'x', *args)
        self.refused(result, status, line)

    def test_fields(self):
        # Newer versions are read, which is said, and may have other fields.
        for version in (4, 6, 9):
            report = snp_report(version, self.DIGEST)
            newer = version > 5
            if newer:
                report = report[:0x208] + b'x' * 0x98 + report[0x2a0:]
            self.found(report)
            text = calc('check', 'fw', '--against', 'x').text
            self.assertEqual(f'  note          VERSION {version} is newer than '
                             '5, which is known: what is new' in text, newer)
        for policy in (0, SMT, ONE | 1 << 26, ONE | 1 << 63):
            self.refuse(snp_report(3, self.DIGEST, policy=policy),
                        "x: offset 0x8: the SEV-SNP report's POLICY is "
                        f'{hex(policy)}: of each guest bit 17 is 1, and bits '
                        '26 to 63 are 0 [evidence-reserved]')
        self.refuse(snp_report(3, self.DIGEST, patch=((VMPL, u32(4)),)),
                    "x: offset 0x30: the SEV-SNP report's VMPL is 4; there "
                    'are 0 to 3 [evidence-reserved]')
        for algorithm in 0, 2:
            self.refuse(snp_report(3, self.DIGEST, algorithm=algorithm),
                        "x: offset 0x34: the SEV-SNP report's SIGNATURE_ALGO "
                        f'is {algorithm}, not 1 (ECDSA P-384 with SHA-384) '
                        '[evidence-reserved]')
        for keys in (2 << 2, 6 << 2, 1 << 5, 1 << 31):
            self.refuse(snp_report(3, self.DIGEST, patch=((KEYS, u32(keys)),)),
                        "x: offset 0x48: the SEV-SNP report's flags of keys "
                        f'are {hex(keys)}: SIGNING_KEY (bits 2 to 4) is 0, 1 '
                        'or 7, and bits 5 to 31 are 0 [evidence-reserved]')
        for keys in 1 << 2, 7 << 2 | 3:
            self.found(snp_report(3, self.DIGEST, patch=((KEYS, u32(keys)),)),
                       '--no-verify')

    def test_reserved(self):
        """Each reserved byte of each version, and none that is not."""
        always = {*range(0x4c, 0x50), *range(0x18b, 0x1a0), 0x1eb, 0x1ef,
                  *range(0x208, 0x2a0), *range(0x330, 0x4a0)}
        cpuid, vectors = {*range(0x188, 0x18b)}, {*range(0x1f8, 0x208)}
        taken = ({*range(0x140, 0x180), *range(0x1a0, 0x1e0)}
                 | {*range(0x2a0, 0x330)})
        rng = random.Random(3)
        for version, more in ((2, cpuid | vectors), (3, vectors), (5, set())):
            reserved = always | more
            edges = {at for at in reserved
                     if at - 1 not in reserved or at + 1 not in reserved}
            for at in self.part(sorted(
                    edges | {*rng.sample(sorted(reserved), 20)})):
                self.refuse(snp_report(version, self.DIGEST,
                                       patch=((at, b'\x40'),)),
                            f'x: offset {hex(at)}: byte {hex(at)} of the '
                            f'SEV-SNP report is 0x40; in version {version} it '
                            'is reserved, and 0 [evidence-reserved]')
            for at in self.part(rng.sample(
                    sorted(taken | cpuid | vectors - reserved), 8)):
                if at not in reserved:
                    self.found(snp_report(version, self.DIGEST,
                                          patch=((at, b'\x40'),)))

    def test_sizes(self):
        report = snp_report(3, self.DIGEST)
        for size in (0x38, 0x90, 0xc0, 500, 1024, 1183):
            self.refuse(report[:size],
                        f'x: offset {hex(size)}: the SEV-SNP report is cut '
                        f'off: the input has {size} bytes, and it needs 1184 '
                        '[evidence-size]')
        for size in (1216 - 32 + 1, 1215):
            self.refuse(driver(report)[:size],
                        f'x: offset {hex(size)}: the SEV-SNP report is cut '
                        f'off: the input has {size} bytes, and it needs 1216 '
                        '[evidence-size]')
        self.refuse(report + bytes(9) + b'\7',
                    'x: offset 0x4a9: byte 0x07 after the SEV-SNP report, '
                    'which has 1184 bytes: only zeros follow it, or a table '
                    'of certificates [evidence-size]')

    def test_azure(self):
        whole = evidence.hcl(snp_report(3, self.DIGEST), 2)
        self.found(whole)
        claims = len(whole.rstrip(b'\0')) - 1236
        for at in (1236, 1240, 1236 + claims - 1, 32 + 0x50, 32 + 0x80):
            data = bytearray(whole)
            data[at] ^= 1
            self.refuse(bytes(data),
                        "x: offset 0x70: a damaged report of Azure's "
                        'paravisor, or none: its REPORT_DATA is not the '
                        'SHA-256 of the claims beside it; fetch it again, '
                        'from the guest itself [evidence-hash]')
        for at, number in ((1216, 99), (1224, 4), (1228, 2)):
            data = bytearray(whole)
            data[at:at + 4] = u32(number)
            self.write('x', bytes(data))
            result = calc('check', 'fw', '--against', 'x')
            self.refused(result, 3)
            self.assertRegex(result.lines[0], r'offset 0x4c0: .* type 2 '
                             r'\(SEV-SNP\) and hash 1 .* \[evidence-kind\]')
        for size in (1216, 1236, 1236 + claims - 1):
            self.write('x', whole[:size])
            result = calc('check', 'fw', '--against', 'x')
            self.refused(result, 3)
            self.assertRegex(result.lines[0], r' cut off: .* '
                             r'\[evidence-(size|kind)\]')

    def test_usage(self):
        digest = self.DIGEST.hex()
        for platform in 'sev', 'sev-es':
            self.refused(calc('check', '--platform', platform, 'fw',
                              '--against', digest), 2,
                         'guests of SEV-ES and SEV report no launch digest; '
                         "try 'mrtd-calc check --help'")
        for args in (('--platform', 'tdx', '--vcpus', '2'),
                     ('--initrd', 'fw'), ('--append', 'x'),
                     ('--platform', 'snp', '--vars', 'fw'),
                     ('--vcpus', '2', '--vars', 'fw'),
                     ('--platform', 'snp', '--explain')):
            self.refused(calc('check', *args, 'fw', '--against', digest), 2)

    def test_other_platform(self):
        self.write('quote', evidence.quote(self.DIGEST))
        self.write('report', snp_report(2, self.DIGEST))
        for name, platform in (('quote', 'snp'), ('report', 'tdx')):
            result = calc('check', '--platform', platform, 'fw', '--against',
                          name)
            self.refused(result, 3)
            self.assertRegex(result.lines[0], r'\[against-platform\]\Z')

    def test_options_of_one_platform(self):
        """What a platform does not measure is not ignored for its values."""
        self.write('report', snp_report(2, self.DIGEST))
        self.write('other', b'o' * 4096)
        self.answer(snp_report(2, self.DIGEST))
        for option in '--vars', '--payload':
            for how in ((), ('--json',), ('--explain',)):
                result = calc('check', *how, option, 'other', 'fw',
                              '--against', 'report')
                self.assertEqual(result.status, 3, (option, how, result))
                self.assertIn('platform tdx is asked for, by --platform or an '
                              'option of it alone, but what it says is of '
                              'another: ', result.lines[0])
                self.assertNotIn('verdict', result.text)
            # Bare digits are those of an MRTD, then.
            result = calc('check', option, 'other', 'fw', '--against',
                          self.DIGEST.hex())
            self.assertIn(result.status, (1, 3), (option, result))
            self.assertNotIn('snp', result.text)
        self.write('quote', evidence.quote(self.DIGEST))
        result = calc('check', '--vcpus', '1', 'fw', '--against', 'quote')
        self.refused(result, 3)
        self.assertRegex(result.lines[0], r'\[against-platform\]\Z')

    def test_many(self):
        text = base64.b64encode(snp_report(2, b'n' * 48)).decode()
        self.answer(json.dumps([text] * 8).encode(), status=1)
        self.refuse(json.dumps([text] * 9).encode(),
                    'x: it holds 9 digests of SEV-SNP, more than the 8 that '
                    'are searched for at once [against-limit]')

    def test_images(self):
        """What cannot be launched is refused, and is no difference."""
        digest = snp_report(2, self.DIGEST)
        self.write('x', digest)
        for _, name, image in self.part(sev.bad()):
            with self.subTest(image=name):
                self.write('fw', image.data)
                result = calc('check', 'fw', '--against', 'x')
                self.refused(result, 3)
                self.assertTrue(result.lines[0].startswith('fw: '), result)
                # A bare digest of such a file is not looked for.
                self.refused(calc('check', 'fw', '--against', 'ab' * 48), 3)


class Reasons(Against):
    def test_that_apply(self):
        other = b'n' * 48
        digest = hashlib.sha384(IMAGE.data).hexdigest()
        after = snp.firmware_digest(IMAGE.data).hex()
        self.write('kernel', KERNEL)
        plain = {'another-firmware', 'joined-image', 'guest-features',
                 'reset-address'}
        hint = {'kernel-missing'}
        for against, args, codes in (
                (other.hex(), (), plain | hint | {'vcpu-type'}),
                (digest, (), plain | hint | {'vcpu-type', 'file-digest'}),
                (after, (), plain | hint | {'vcpu-type', 'after-firmware'}),
                ('0' * 96, (), plain | hint | {'vcpu-type',
                                               'constant-value'}),
                (other.hex(), ('--vcpu-sig', '1'), plain | hint),
                (other.hex(), ('--kernel', 'kernel'),
                 plain | {'vcpu-type', 'another-kernel'}),
                (snp_report(2, other), (), plain | hint | {'vcpu-type'}),
                (snp_report(3, other, patch=((CPUID, GENOA),)), (),
                 plain | hint),
                (snp_report(3, other, patch=((VMPL, b'\1'),)), (),
                 plain | hint | {'another-vmpl'}),
                (snp_report(3, other, patch=((ID_KEY, b'k' * 48),)), (),
                 plain | hint | {'id-block'}),
                (evidence.hcl(snp_report(3, other), 2), (),
                 plain | hint | {'snp-azure-paravisor'})):
            with self.subTest(codes=codes, args=args):
                reasons = self.reasons(against, '--platform', 'snp', *args)
                self.assertEqual(set(reasons), codes)
                self.assertIn(after, reasons['another-firmware'])
                self.assertIn(hashlib.sha256(IMAGE.data).hexdigest(),
                              reasons['another-firmware'])

    def test_images(self):
        other = b'n' * 48
        self.write('kernel', KERNEL)
        without = sev.image(tuple(s for s in sev.GOOD
                                  if s.type != sev.KERNEL_HASHES))
        self.write('fw', without.data)
        reasons = self.reasons(other.hex(), '--kernel', 'kernel')
        self.assertIn('kernel-refused', reasons)
        self.assertNotIn('another-kernel', reasons)
        answer = self.answer(other.hex(), '--kernel', 'kernel')
        self.assertIsNotNone(answer['search']['kernel_refused'])
        self.write('fw', sev.image(None, entries=[sev.reset_entry()]).data)
        reasons = self.reasons(other.hex())
        self.assertIn('no-sev-metadata', reasons)
        self.assertNotIn('kernel-missing', reasons)
        # VARS in front: an NV variable store's volume.
        head = (bytes(16) + bytes.fromhex('8d2bf1ff96768b4ca98527 47075b4f50'
                                          .replace(' ', ''))
                + struct.pack('<Q', 0x1000) + b'_FVH')
        joined = sev.image(patch=((0, head),))
        self.write('fw', joined.data)
        self.assertIn('VARS and CODE joined',
                      self.reasons(other.hex())['joined-image'])
        self.write('fw', IMAGE.data)
        self.assertIn('no VARS before',
                      self.reasons(other.hex())['joined-image'])

    def test_text(self):
        result = calc('check', 'fw', '--against', 'ab' * 48)
        self.assertEqual((result.status, result.lines), (1, []))
        self.assertTrue(result.text.startswith('fw: NO MATCH\n'), result)
        self.assertRegex(
            result.text, r'\n  tried         \d{6,} launches of platform snp: '
            r'by qemu, ec2, gce, with 1 to 1024 vCPUs\n')
        self.assertIn('\nPossible reasons, the likeliest first:\n  1. ',
                      result.text)
        self.assertIn('Not a reason: the size of memory', result.text)


class Documents(Against):
    """Reference values: what reference --platform snp writes, and what else
    --verify takes; the launch that a document says must be the one found."""
    LAUNCH = ('--platform', 'snp', '--vcpus', '2', '--vcpu-type', 'EPYC-Milan',
              '--guest-features', '0x21')
    DIGEST = snp.launch_digest(IMAGE.data, vcpus=2, signature=0xa00f11,
                               features=0x21)
    # Those that say how the guest is launched.
    SAYING = 'json', 'in-toto', 'in-toto-predicate'

    def document(self, form):
        result = calc('reference', *self.LAUNCH, '--format', form, '--id',
                      'example', 'fw')
        self.assertEqual(result.status, 0, result)
        return result.stdout

    def test_match(self):
        for form in ('rvps', 'rvps-map', 'go-sev-guest', *self.SAYING):
            with self.subTest(form):
                for args in (), ('--platform', 'snp'), ('--vcpus', '1-4'):
                    found = self.found(self.document(form), *args)
                    self.assertEqual(
                        (found['digest'], found['vcpus'],
                         found['guest_features']['value']),
                        (self.DIGEST.hex(), 2, '0x21'))
                self.assertEqual(list(self.reasons(
                    self.document(form), '--vcpus', '3')),
                    ['launched-otherwise'])

    def test_said_otherwise(self):
        """A document that gives the digest to another launch is not right."""
        for form in self.SAYING:
            for old, new in ((b'"vcpus": 2', b'"vcpus": 3'),
                             (b'EPYC-Milan', b'EPYC-Rome'),
                             (b'"0x21"', b'"0x1"'),
                             (b'"qemu"', b'"ec2"')):
                text = self.document(form)
                self.assertIn(old, text)
                text = text.replace(old, new)
                if new == b'"ec2"':
                    text = text.replace(b'"vcpu_type": "EPYC-Milan",', b'')
                reasons = self.reasons(text)
                self.assertEqual(list(reasons), ['said-otherwise'])
                self.assertIn('launched by qemu, 2 vCPUs, 0xa00f11, features '
                              '0x21, without a kernel, but the document says '
                              'that it is that of another launch: ',
                              reasons['said-otherwise'])

    def test_no_match(self):
        text = self.document('json')
        self.write('fw', sev.image(patch=((5, b'x'),)).data)
        self.assertIn('another-firmware', self.reasons(text))

    def test_other_platform(self):
        text = self.document('json')
        self.write('x', text)
        result = calc('check', '--platform', 'tdx', 'fw', '--against', 'x')
        self.refused(result, 3)
        self.assertRegex(result.lines[0], r'\[against-platform\]$')
        # What neither platform's reader takes is refused as before.
        for old, new in ((b'"register"', b'"regster"'),
                         (self.DIGEST.hex().encode(), b'0' * 95)):
            self.write('x', text.replace(old, new))
            self.refused(calc('check', 'fw', '--against', 'x'), 3)

    def test_several(self):
        """Any of a document's values is a match; of too many the line names
        what compares all."""
        values = [b'n' * 48, self.DIGEST, b'm' * 48]
        for count in 3, 9:
            digests = [v.hex() for v in values] + [
                (bytes([n]) * 48).hex() for n in range(count - 3)]
            text = json.dumps({'snp_launch_measurement': digests}).encode()
            if count == 3:
                self.assertEqual(self.found(text)['vcpus'], 2)
                continue
            self.write('x', text)
            result = calc('check', 'fw', '--against', 'x')
            self.refused(result, 3)
            self.assertIn("'reference --verify' compares all of a document",
                          result.lines[0])


class Words(Against):
    def test_no_mrtd(self):
        """Where TDX was not tried, no message calls a digest an MRTD."""
        other = b'n' * 48
        digest = snp.launch_digest(IMAGE.data)
        file_digest = hashlib.sha384(IMAGE.data).digest()
        texts = [base64.b64encode(snp_report(2, bytes([n]) * 48)).decode()
                 for n in range(9)]
        for against in (digest.hex().encode(), other.hex().encode(),
                        b'0' * 96, file_digest.hex().encode(),
                        snp_report(3, digest), snp_report(2, other),
                        evidence.hcl(snp_report(3, other), 2),
                        json.dumps(texts[:8]).encode(),
                        json.dumps(texts[:8] * 600).encode(),
                        json.dumps(texts).encode(),
                        json.dumps({'snp_launch_measurement': [
                            digest.hex(), other.hex()]}).encode(),
                        snp_report(3, digest)[:1000], b'{"a": 1}', b'[1, {',
                        b'policy { a: "b" }',
                        json.dumps({'mr_td': digest.hex()}).encode()[:-3],
                        json.dumps({'snp_launch_measurement':
                                    digest.hex()}).encode()[:-3]):
            self.write('x', against)
            for files, args in self.part(itertools.product(
                    (('fw',), ('fw', 'fw')), ((), ('--json',)))):
                    result = calc('check', '--platform', 'snp', *args, *files,
                                  '--against', 'x')
                    self.assertNotIn('MRTD', result.text)
                    for line in result.lines:
                        self.assertNotIn('MRTD', line)


class Hostile(Against):
    def test_changed(self):
        """A changed byte of the digest is never a match; of others, the digest
        is what it was or the report is refused."""
        digest = snp.launch_digest(IMAGE.data)
        report = snp_report(3, digest)
        rng = random.Random(7)
        places = [*range(0x90, 0xc0, 7), *rng.sample(range(1184), 60)]
        for at in self.part(places):
            data = bytearray(report)
            data[at] ^= 1 << rng.randrange(8)
            self.write('x', bytes(data))
            status = calc('check', 'fw', '--against', 'x').status
            self.assertIn(status, (1,) if 0x90 <= at < 0xc0 else (0, 3), at)

    def test_cut(self):
        digest = snp.launch_digest(IMAGE.data)
        for whole in (snp_report(3, digest), driver(snp_report(2, digest)),
                      evidence.hcl(snp_report(5, digest), 2)):
            last = len(whole.rstrip(b'\0'))
            for size in self.part((*range(0, 1184, 37), 1183, last - 1)):
                if size >= 1216 or len(whole) < 4000:
                    self.write('x', whole[:size])
                    self.refused(calc('check', 'fw', '--against', 'x'), 3)


class WhatTdxDoesNotMeasure(TestCase):
    """With an option of a guest an MRTD is no answer, whatever matches."""

    OPTIONS = (('--vcpus', '4'), ('--vcpu-type', 'EPYC-v4'),
               ('--vcpu-sig', '0x800f12'), ('--guest-features', '0x21'),
               ('--kernel', 'kernel'))

    def test_each(self):
        self.write('fw', sev.image(tdx=images.GOOD).data)
        self.write('kernel', b'K')
        value = calc('fw').text.strip()
        self.write('doc', json.dumps({'mr_td': [value]}).encode())
        for against in (value, 'doc'):
            self.assertEqual(calc('check', '--against', against, 'fw').status,
                             0)
            for option in self.OPTIONS:
                with self.subTest(option=option, against=against):
                    result = calc('check', *option, '--against', against, 'fw')
                    # A kernel is compared with what evidence says of it.
                    self.assertIn(result.status, (2,) if (
                        option[0] == '--kernel' and against == 'doc')
                        else (1, 3), result)
                    self.assertNotIn(': MATCH', result.text)
                    self.assertNotIn('the TD was', result.text)
