# SPDX-License-Identifier: Apache-2.0
"""reference of guests of SEV-SNP, SEV-ES and SEV: documents, by the published
forms and by tests/lib/snp.py; and which documents never verify."""

import base64
import hashlib
import itertools
import json
import os
import pathlib
import random
import shutil
import subprocess
import unittest

from evidence import Tag, cbor, snp_report
import igvm
import images
import sev
import snp
import snp_igvm
from support import TestCase, calc

try:
    import jsonschema
except ImportError:
    jsonschema = None

HERE = pathlib.Path(__file__).resolve().parent
SCHEMA = json.loads((HERE / '../../docs/schemas/reference.schema.json')
                    .read_text(encoding='utf-8'))
TYPES = {'EPYC-v4': 0x800f12, 'EPYC-Milan': 0xa00f11}
GUEST = ('--platform', 'snp')
ONE = (*GUEST, '--vcpus', '1', '--vcpu-type', 'EPYC-v4')
LIST = (*GUEST, '--vcpus', '1,2,4', '--vcpu-type', ','.join(TYPES))
VCEK = bytes.fromhex('2b060104019c780301')
PROFILE = 'tag:amd.com,2024:snp-corim-profile'
EXPIRES = '2099-01-31T12:00:00Z'
FORMATS = ('rvps', 'rvps-map', 'rvps-store', 'corim', 'go-sev-guest',
           'in-toto', 'in-toto-predicate', 'json')
MARKED = 'note: Trustee files the value under claim641/digests'


def corim(value, ident, *, oid=VCEK, key=641, profile=Tag(32, PROFILE), alg=7,
          extra=None, environment=None, triple=0, digests=None, mval=None):
    """A CoRIM of AMD's profile, from the CDDL and the draft of the profile."""
    found = {2: digests or [[alg, value]], **(mval or {})}
    measurement = {0: key, 1: found, **(extra or {})}
    comid = {1: {0: ident}, 2: [{0: 'mrtd-calc', 2: [0, 1]}],
             4: {triple: [[environment or {0: {0: Tag(111, oid)}},
                           [measurement]]]}}
    corim_map = {0: ident, 1: [Tag(506, cbor(comid))], 3: profile,
                 5: [{0: 'mrtd-calc', 2: [1]}]}
    if profile is None:
        del corim_map[3]
    return cbor(Tag(501, corim_map))


def policy(value, before='', after='', number='policy: 0x30000'):
    digits = ''.join(f'\\x{byte:02x}' for byte in value)
    return f'policy {{ {number} {before} measurement: "{digits}" {after} }}'


class Case(TestCase):
    def setUp(self):
        super().setUp()
        self.data = sev.image().data
        self.write('fw', self.data)
        self.value = self.digest()
        self.hex = self.value.hex()

    def digest(self, **launch):
        return snp.launch_digest(self.data, **launch)

    def launches(self):
        """What LIST asks for, in its order."""
        return [(name, count, self.digest(vcpus=count, signature=signature))
                for (name, signature), count in itertools.product(
                    TYPES.items(), (1, 2, 4))]

    def document(self, form, *args):
        expires = ('--expires', EXPIRES) if form == 'rvps-store' else ()
        result = calc('reference', '--format', form, *expires, *args, 'fw')
        self.assertEqual(result.status, 0, result)
        return result.stdout

    def verify(self, document, *args, image='fw'):
        self.write('document', document.encode()
                   if isinstance(document, str) else document)
        return calc('reference', '--verify', 'document', *(args or ONE), image)

    def passes(self, document, *args):
        result = self.verify(document, *args)
        self.assertEqual(result.status, 0, result)

    def fails(self, document, *args, status=None, image='fw'):
        result = self.verify(document, *args, image=image)
        self.assertIn(result.status, (1, 3), result)
        if status is not None:
            self.assertEqual(result.status, status, result)
        self.assertNotIn('OK', result.text)
        return result


class Written(Case):
    def test_rvps(self):
        """One list of all launches, types first; Trustee's default key."""
        want = [value.hex() for _, _, value in self.launches()]
        self.assertEqual(json.loads(self.document('rvps-map', *LIST)),
                         {'snp_launch_measurement': want})
        store = self.document('rvps-store', *LIST)
        self.assertEqual(json.loads(store), [{
            'version': '0.1.0', 'name': 'snp_launch_measurement',
            'expiration': EXPIRES, 'value': want}])
        inner = json.dumps({'snp_launch_measurement': want},
                           separators=(',', ':')).encode()
        self.assertEqual(json.loads(self.document('rvps', *LIST)), {
            'version': '0.1.0', 'type': 'sample',
            'payload': base64.b64encode(inner).decode()})

    def test_equal_digests_once(self):
        """EPYC and EPYC-v4 have one signature: a list has no value twice."""
        args = (*GUEST, '--vcpus', '1', '--vcpu-type', 'EPYC,EPYC-v4')
        self.assertEqual(json.loads(self.document('rvps-map', *args)),
                         {'snp_launch_measurement': [self.hex]})
        values = json.loads(self.document('json', *args))['firmware'][0]
        self.assertEqual([value['vcpu_type'] for value in values['values']],
                         ['EPYC', 'EPYC-v4'])

    def test_keys(self):
        result = calc('reference', '--rvps-key', 'measurement', '--scalar',
                      '--format', 'rvps-map', *ONE, 'fw')
        self.assertEqual(json.loads(result.text), {'measurement': self.hex})
        self.assertEqual(result.lines[0], "note: Trustee's default policy "
                         'looks for snp_launch_measurement, not for '
                         'measurement [reference-key]')

    def test_corim(self):
        result = calc('reference', '--format', 'corim', *ONE, 'fw')
        self.assertEqual(result.stdout,
                         corim(self.value, 'fw/snp/qemu,1,EPYC-v4,0x1'))
        self.assertEqual(len(result.lines), 1)
        self.assertIn(MARKED, result.lines[0])

    def test_go_sev_guest(self):
        text = self.document('go-sev-guest', *ONE)
        digits = ''.join(f'\\x{byte:02x}' for byte in self.value)
        self.assertEqual(text.decode(), (
            '# For qemu,1,EPYC-v4,0x1.\npolicy {\n  policy: 0x30000\n'
            f'  measurement: "{digits}"\n}}\n'))
        protoc = shutil.which('protoc')
        if not protoc:
            self.skipTest('no protobuf-compiler')
        run = subprocess.run(
            [protoc, f'-I{HERE}', '--encode=check.Config', 'check_sev.proto'],
            input=text, check=True, stdout=subprocess.PIPE)
        # Field 2 (policy): field 2 (a number), field 11 (48 bytes).
        inner = b'\x10\x80\x80\x0c' + b'\x5a\x30' + self.value
        self.assertEqual(run.stdout, bytes((0x12, len(inner))) + inner)

    def labels(self, name, count):
        return {'vmm': ['qemu'], 'vcpus': count, 'vcpu_type': name,
                'guest_features': '0x1'}

    def test_in_toto(self):
        report = {'attributes': [
            {'attribute': 'SNP_LAUNCH_MEASUREMENT', 'conditions': {
                'snp_launch_measurement': value.hex(),
                **self.labels(name, count)}}
            for name, count, value in self.launches()]}
        self.assertEqual(json.loads(self.document('in-toto-predicate', *LIST)),
                         report)
        self.assertEqual(json.loads(self.document('in-toto', *LIST)), {
            '_type': 'https://in-toto.io/Statement/v1',
            'subject': [{'name': 'fw', 'digest': {
                'sha256': hashlib.sha256(self.data).hexdigest(),
                'sha384': hashlib.sha384(self.data).hexdigest()}}],
            'predicateType': 'https://in-toto.io/attestation/scai/v0.3',
            'predicate': report})

    def own(self, platform, values):
        return {'schema': 'mrtd-calc/reference/1', 'tool_version': '0.1.0',
                'platform': platform, 'id': None, 'version': None,
                'date': None, 'firmware': [{
                    'artifact': 'fw', 'size': len(self.data),
                    'sha256': hashlib.sha256(self.data).hexdigest(),
                    'sha384': hashlib.sha384(self.data).hexdigest(),
                    'values': values}]}

    def is_own(self, document, platform, values):
        found = json.loads(document)
        self.assertEqual(found, self.own(platform, values))
        if jsonschema:
            jsonschema.validate(found, SCHEMA)

    def test_json(self):
        self.is_own(self.document('json', *LIST), 'snp', [
            {'register': 'SNP', 'algorithm': 'sha-384', 'value': value.hex(),
             **self.labels(name, count)}
            for name, count, value in self.launches()])

    def test_vmms(self):
        """A VMM that puts no signature into the VMSA has one launch."""
        args = (*GUEST, '--vcpus', '2', '--vcpu-type', ','.join(TYPES),
                '--vmm', 'gce,ec2,qemu', '--guest-features', '0x21')
        frame = {'register': 'SNP', 'algorithm': 'sha-384'}
        more = {'vcpus': 2, 'guest_features': '0x21'}
        want = [{**frame, 'value': self.digest(
            vmm=vmm, vcpus=2, features=0x21).hex(), 'vmm': [vmm], **more}
                for vmm in ('gce', 'ec2')]
        want += [{**frame, 'value': self.digest(
            vcpus=2, signature=signature, features=0x21).hex(),
                  'vmm': ['qemu'], 'vcpu_type': name, **more}
                 for name, signature in TYPES.items()]
        self.is_own(self.document('json', *args), 'snp', want)
        self.passes(self.document('json', *args), *args)

    def test_kernel(self):
        """Also where the firmware's pages are hashed once for all launches."""
        self.write('k', b'kernel')
        self.write('i', b'initrd')
        args = ('--kernel', 'k', '--initrd', 'i', '--append', 'quiet')
        want = [self.digest(vcpus=count, signature=signature, kernel=b'kernel',
                            initrd=b'initrd', append='quiet').hex()
                for signature, count in itertools.product(TYPES.values(),
                                                          (1, 2, 4))]
        text = self.document('rvps-map', *LIST, *args)
        self.assertEqual(json.loads(text)['snp_launch_measurement'], want)
        self.passes(text, *LIST, *args)
        self.fails(text, *LIST)

    def test_signature(self):
        args = (*GUEST, '--vcpus', '1', '--vcpu-sig', '0x800F12')
        self.is_own(self.document('json', *args), 'snp', [
            {'register': 'SNP', 'algorithm': 'sha-384', 'value': self.hex,
             'vmm': ['qemu'], 'vcpus': 1, 'vcpu_signature': '0x800f12',
             'guest_features': '0x1'}])
        # The type of that signature is launched alike.
        self.passes(self.document('json', *args), *ONE)

    def test_sev(self):
        value = snp.sev_digest(self.data).hex()
        text = self.document('json', '--platform', 'sev')
        self.is_own(text, 'sev', [
            {'register': 'SEV', 'algorithm': 'sha-256', 'value': value,
             'vmm': ['qemu']}])
        args = ('--platform', 'sev-es', '--vcpus', '2', '--vcpu-type',
                'EPYC-v4')
        es = snp.sev_es_digest(self.data, vcpus=2).hex()
        es_text = self.document('json', *args)
        self.is_own(es_text, 'sev-es', [
            {'register': 'SEV-ES', 'algorithm': 'sha-256', 'value': es,
             'vmm': ['qemu'], 'vcpus': 2, 'vcpu_type': 'EPYC-v4',
             'guest_features': '0x0'}])
        self.passes(text, '--platform', 'sev')
        self.passes(es_text, *args)
        self.fails(text, *args, status=3)
        self.fails(es_text, '--platform', 'sev', status=3)
        for platform, digest in ((('--platform', 'sev'), value), (args, es)):
            for form in 'in-toto', 'in-toto-predicate':
                text = self.document(form, *platform)
                self.assertIn(digest, text.decode())
                self.passes(text, *platform)

    def test_igvm(self):
        """A file that says itself what is measured has no number of CPUs;
        where they are asked for, the features are those of its VMSA."""
        registers = bytearray(snp.vmsa('qemu', snp.BSP_EIP, 0, 0x21))
        registers[0x158] = 0x31
        data = igvm.Igvm([
            igvm.platform(igvm.SNP, 1, boundary=0), igvm.policy(0x30000, 1),
            igvm.page(0x9000, b'one'),
            igvm.context(1, data=bytes(registers))]).encode()
        self.write('fw', data)
        self.data = data
        frame = {'register': 'SNP', 'algorithm': 'sha-384'}
        self.is_own(self.document('json', *GUEST), 'snp', [
            {**frame, 'value': snp_igvm.digest(data).hex(), 'vmm': ['spec']}])
        args = (*GUEST, '--vmm', 'qemu', '--vcpus', '1,2', '--vcpu-type',
                'EPYC-v4')
        self.is_own(self.document('json', *args), 'snp', [
            {**frame, 'value': snp_igvm.digest(data, 'qemu', vcpus=count).hex(),
             'vmm': ['qemu'], 'vcpus': count, 'vcpu_type': 'EPYC-v4',
             'guest_features': '0x21'} for count in (1, 2)])
        one = (*args[:-4], '--vcpus', '2', '--vcpu-type', 'EPYC-v4')
        self.assertEqual(self.document('corim', *one), corim(
            snp_igvm.digest(data, 'qemu', vcpus=2),
            'fw/snp/qemu,2,EPYC-v4,0x21'))
        for more in ((), ('--vcpu-sig', '0x800f12')):
            signed = (*one[:-2], *more) if more else one
            for form in FORMATS:
                self.passes(self.document(form, *signed), *one)
        for form in FORMATS:
            self.passes(self.document(form, *GUEST), *GUEST)
        self.passes(self.document('rvps', *args), *args)

    def test_digest_alone(self):
        """A digest by itself passes; with a NUL anywhere it is none."""
        good = self.hex.encode() + b'\n'
        self.write('document', good)
        args = ('reference', '--verify', 'document', *ONE, 'fw')
        self.assertEqual(calc(*args).status, 0)
        for at in (0, 1, 47, 95, 96, 97):
            for data in (good[:at] + b'\0' + good[at:],
                         good[:at] + b'\0' + good[at + 1:],
                         good[:at] + b'\0' + bytes(200)):
                self.write('document', data)
                self.refused(calc(*args), 3)

    def test_out_dir(self):
        """A document for each launch is named by it, and may be replaced."""
        os.mkdir('out')
        args = ('--out-dir', 'out', '--format',
                'corim,go-sev-guest,json,in-toto,in-toto-predicate,rvps-map',
                *LIST, 'fw')
        for _ in range(2):
            result = calc('reference', *args)
            self.assertEqual(result.status, 0, result)
        launches = [f'fw.snp.qemu-{count}-{name}-0x1.reference-value.'
                    for name, count, _ in self.launches()]
        self.assertEqual(sorted(os.listdir('out')), sorted(
            [launch + form for launch in launches
             for form in ('corim.corim', 'go-sev-guest.textproto')]
            + [f'fw.snp.reference-value.{form}.json' for form in (
                'json', 'in-toto', 'in-toto-predicate', 'rvps-map')]))


class Usage(Case):
    def test_formats(self):
        """A format that holds no such value says which do."""
        for platform, good in (('snp', FORMATS), ('sev-es', FORMATS[5:]),
                               ('sev', FORMATS[5:])):
            for form in ('coswid', 'dcap-policy', 'go-tdx-guest', 'ita',
                         'contrast-patch', *FORMATS):
                if form in good:
                    continue
                vcpus = () if platform == 'sev' else ('--vcpus', '1',
                                                      '--vcpu-type', 'EPYC')
                result = calc('reference', '--platform', platform, *vcpus,
                              '--format', form, 'fw')
                self.refused(result, 2, f'--format {form} holds no value of '
                             f'--platform {platform}; these do: '
                             f"{', '.join(good)}; try 'mrtd-calc reference "
                             "--help'")
        self.write('tdx', images.image())
        result = calc('reference', '--format', 'go-sev-guest', 'tdx')
        self.refused(result, 2)
        self.assertIn('holds no value of --platform tdx', result.lines[0])

    def test_one_value(self):
        """measurement, and a CoRIM's digests, hold one value."""
        for form in 'go-sev-guest', 'corim':
            result = calc('reference', '--format', form, *LIST, 'fw')
            self.assertEqual((result.status, result.text), (2, ''))
            self.assertIn('these are 6 documents', result.lines[-1])

    def test_options(self):
        for option in ('--vendor', 'x'), ('--model', 'x'), (
                '--corim-form', 'set'), ('--class-id', '0' * 8 + '-0000-0000-0000-' + '0' * 12):
            result = calc('reference', '--format', 'corim', *option, *ONE, 'fw')
            self.refused(result, 2)
            self.assertIn('are of TDX', result.lines[0])
        self.write('d', corim(self.value, 'x'))
        self.refused(calc('reference', '--verify', 'd', '--vendor', 'AMD', *ONE,
                          'fw'), 2)

    def test_what_is_missing(self):
        for args, what in ((GUEST, '--vcpus'),
                           ((*GUEST, '--vcpus', '1'), '--vcpu-type'),
                           # The second VMM is asked for, too.
                           ((*GUEST, '--vcpus', '1', '--vmm', 'gce,qemu'),
                            '--vcpu-type')):
            result = calc('reference', *args, 'fw')
            self.assertEqual((result.status, result.text), (2, ''))
            self.assertIn(f'missing {what}', result.lines[-1])
        many = ','.join(['1-1024'] * 5)
        self.refused(calc('reference', *GUEST, '--vcpus', many, '--vcpu-type',
                          'EPYC', 'fw'), 2)


class Verified(Case):
    def test_what_is_written(self):
        for form in FORMATS:
            args = ONE if form in ('corim', 'go-sev-guest') else LIST
            with self.subTest(form=form):
                self.passes(self.document(form, *args), *args)

    def test_every_launch(self):
        """Each that is asked for must be in it, and nothing else."""
        for form in 'rvps', 'rvps-map', 'json', 'in-toto', 'in-toto-predicate':
            few = self.document(form, *ONE)
            many = self.document(form, *LIST)
            result = self.fails(few, *LIST, status=1)
            self.assertIn('qemu,2,EPYC-v4,0x1', result.lines[-1])
            result = self.fails_only_left(many)
            self.assertIn('5 of its 6 launch digests are of none',
                          result.lines[-1])

    def fails_only_left(self, document):
        result = self.verify(document)
        self.assertEqual(result.status, 1, result)
        return result

    def test_another_launch(self):
        for args in ((*ONE, '--guest-features', '0x21'),
                     (*GUEST, '--vcpus', '2', '--vcpu-type', 'EPYC-v4'),
                     (*GUEST, '--vcpus', '1', '--vcpu-type', 'EPYC-Milan'),
                     (*ONE, '--vmm', 'gce'), (*ONE, '--vmm', 'ec2')):
            for form in FORMATS:
                self.fails(self.document(form, *ONE), *args, status=1)

    def test_another_firmware(self):
        other = bytearray(self.data)
        other[0x100] ^= 1
        self.write('other', bytes(other))
        for form in FORMATS:
            self.fails(self.document(form, *ONE), status=1, image='other')

    def test_bare(self):
        for text in self.hex, self.hex + '\n':
            self.passes(text)
        for text in (self.hex.upper(), base64.b64encode(self.value),
                     self.hex[:-1], self.hex + '00', self.hex + '\n\n'):
            self.fails(text, status=3)

    def test_argument(self):
        """A digest of the platform, instead of a file; and digits that are
        none."""
        sev_es = ('--platform', 'sev-es', *ONE[2:])
        for args, value in (
                (ONE, self.hex),
                (sev_es, snp.sev_es_digest(self.data).hex()),
                (('--platform', 'sev'), snp.sev_digest(self.data).hex())):
            result = calc('reference', '--verify', value, *args, 'fw')
            self.assertEqual((result.status, result.lines), (0, []), result)
            for text in value[:-1], value + '0', '0' * 48:
                self.refused(calc('reference', '--verify', text, *args, 'fw'),
                             2, f'--verify: {len(text)} hexadecimal digits; a '
                             f'launch digest has {len(value)}')
            self.refused(calc('reference', '--verify', value[:-1] + 'x', *args,
                              'fw'), 2,
                         f'--verify: digit {len(value)} is not hexadecimal, and '
                         'there is no such file; a launch digest has '
                         f'{len(value)} digits')
            wrong = value[:-1] + ('0' if value[-1] != '0' else '1')
            result = calc('reference', '--verify', wrong, *args, 'fw')
            self.assertEqual(result.status, 1, result)
            self.assertNotIn('OK', result.text)

    def test_nul(self):
        """What follows a NUL is of the document, too; nothing behind the
        document is read."""
        for text in b'abcd', b'', self.hex.encode():
            for rest in b'', b'\n', b'x' * (1 << 22):
                self.fails(text + b'\0' + rest, status=3)

    def test_other_keys(self):
        """Of Trustee's policies; a single value, too."""
        for key in ('measurement', 'claim641/digests', 'rvps:///github.com/x/'
                    'snp/snp_launch_measurement:0.21.0'):
            self.passes(json.dumps({key: self.hex}))
            self.passes(json.dumps({key: [self.hex]}))
        self.passes(json.dumps({'snp_launch_measurement': [self.hex],
                                'snp_bootloader': [3], 'mr_td': ['00' * 48],
                                'xfam': ['e7']}))

    def test_stored(self):
        entry = {'version': '0.1.0', 'name': 'snp_launch_measurement',
                 'expiration': '2030-01-01T00:00:00Z', 'value': [self.hex]}
        time = ('--time', '2029-12-31T00:00:00Z')
        self.passes(json.dumps(entry), *ONE, *time)
        result = self.fails(json.dumps(entry), *ONE, '--time',
                            '2030-01-01T00:00:01Z', status=1)
        self.assertIn('was valid until', result.lines[-1])
        for change in ({'version': '0.2.0'}, {'name': 'mr_td'},
                       {'expiration': 'soon'}, {'value': None},
                       {'revoked': False}):
            self.fails(json.dumps({**entry, **change}), *ONE, *time, status=3)

    def test_signed(self):
        subprocess.run(['openssl', 'genpkey', '-algorithm', 'ED25519', '-out',
                        'key.pem'], check=True)
        subprocess.run(['openssl', 'pkey', '-in', 'key.pem', '-pubout', '-out',
                        'pub.pem'], check=True)
        signed = self.document('corim', *ONE, '--sign', 'key.pem', '--signer',
                               'S')
        self.passes(signed, *ONE, '--key', 'pub.pem')
        flipped = bytearray(signed)
        flipped[signed.index(self.value)] ^= 1
        self.fails(bytes(flipped), *ONE, '--key', 'pub.pem', status=1)


class OtherRegisters(Case):
    """A value of another register, or under another's name, never passes."""

    def setUp(self):
        super().setUp()
        self.write('both', sev.image(tdx=images.image().sections).data)

    def test_digest_as_mrtd(self):
        for document in ({'mr_td': [self.hex]}, {'mrtd': self.hex},
                         {'tdx_mrtd': self.hex}, {'MrTd': self.hex}):
            self.fails(json.dumps(document), status=3)

    def test_evidence(self):
        self.write('report', snp_report(2, bytes.fromhex(self.hex)))
        result = calc('reference', '--verify', 'report', *ONE, 'both')
        self.refused(result, 3, 'report: evidence (SEV-SNP report), which '
                     '--verify does not take for reference values; check '
                     '--against compares it with a firmware '
                     '[reference-evidence]')

    def test_mrtd_as_digest(self):
        """The image is for TDX, too; the value is its MRTD."""
        result = calc('both')
        self.assertEqual(result.status, 0, result)
        value = result.text.split()[0]
        for document in ({'snp_launch_measurement': [value]},
                         {'measurement': value}):
            self.fails(json.dumps(document), *ONE, status=1, image='both')
            tdx = self.verify(json.dumps(document), '--platform', 'tdx',
                              image='both')
            self.assertEqual(tdx.status, 3, tdx)
        self.fails(corim(bytes.fromhex(value), 'x'), status=1, image='both')

    def test_documents_of_tdx(self):
        """None is one of SNP, whatever its value; nor the other way round."""
        for form in ('rvps', 'rvps-map', 'corim', 'coswid', 'dcap-policy',
                     'go-tdx-guest', 'ita', 'contrast-patch', 'in-toto',
                     'in-toto-predicate', 'json'):
            result = calc('reference', '--format', form, 'both')
            self.assertEqual(result.status, 0, result)
            self.fails(result.stdout, status=3, image='both')
        for form in FORMATS:
            text = calc('reference', '--format', form, *ONE, 'both').stdout
            result = self.verify(text, '--platform', 'tdx', image='both')
            self.assertEqual(result.status, 3, result)

    def test_register_in_json(self):
        document = json.loads(self.document('json', *ONE))
        value = document['firmware'][0]['values'][0]
        for change in ({'register': 'MRTD'}, {'register': 'SEV'},
                       {'register': 'snp'}, {'algorithm': 'sha-256'},
                       {'algorithm': 'SHA-384'}, {'vcpus': 0},
                       {'vcpus': '1'}, {'vcpus': 65537}, {'vmm': ['nosuch']},
                       {'vmm': []}, {'vmm': ['qemu', 'gce']}, {'vmm': 'qemu'},
                       {'vcpu_type': 'EPYC-v9'}, {'vcpu_type': '0x800f12'},
                       {'vcpu_signature': '0x800f12'},
                       {'guest_features': '0x01'}, {'guest_features': 1},
                       {'guest_features': '0X1'}, {'revoked': True}):
            changed = {**value, **change}
            document['firmware'][0]['values'] = [changed]
            with self.subTest(change=change):
                self.fails(json.dumps(document), status=3)
        for missing in value:
            changed = {key: item for key, item in value.items()
                       if key != missing}
            document['firmware'][0]['values'] = [changed]
            with self.subTest(missing=missing):
                if missing in ('vcpu_type', 'guest_features'):
                    continue  # there are values without
                self.fails(json.dumps(document), status=3)

    def test_labels(self):
        """The right digest, said to be that of another launch."""
        for form in 'json', 'in-toto', 'in-toto-predicate':
            text = self.document(form, *ONE).decode()
            for old, new in (('"vcpus": 1', '"vcpus": 2'),
                             ('EPYC-v4', 'EPYC-Milan'), ('0x1"', '0x21"'),
                             ('"qemu"', '"gce"')):
                self.assertEqual(text.count(old), 1)
                result = self.fails(text.replace(old, new), status=1)
                self.assertIn('[reference-label]', result.lines[-1])
        self.fails(corim(self.value, 'fw/snp/qemu,2,EPYC-v4,0x1'), status=1)
        for label in ('qemu', 'qemu,1', 'qemu,1,EPYC', 'qemu,1,0x1',
                      'qemu,1,0x800f12,0x1'):
            self.passes(corim(self.value, f'fw/snp/{label}'))
        for label in ('gce', 'qemu,2', 'qemu,1,EPYC-Milan', 'qemu,1,0x21',
                      'qemu,1,0xa00f11,0x1'):
            for name in f'fw/snp/{label}', f'/snp/{label}':
                self.fails(corim(self.value, name), status=1)
        for name in 'any/name', '', 'snp/', '/snp/':
            self.passes(corim(self.value, name))


class Changed(Case):
    """A value that was changed, negated or hedged never verifies."""

    def test_any_byte(self):
        """No changed byte of a written document leaves another OK."""
        chance = random.Random(1)
        for form in FORMATS:
            text = self.document(form, *ONE)
            forms = (self.hex.encode(), self.value, ''.join(
                f'\\x{byte:02x}' for byte in self.value).encode())
            if form == 'rvps':
                continue  # the payload's base64 hides where it is
            at, size = next((text.index(form), len(form)) for form in forms
                            if form in text)
            for _ in self.part(range(40)):
                changed = bytearray(text)
                place = at + chance.randrange(size)
                changed[place] ^= 1 << chance.randrange(8)
                digits = changed[at:at + size].decode('latin-1').lower()
                if digits == text[at:at + size].decode('latin-1').lower():
                    continue
                self.fails(bytes(changed))

    def test_members(self):
        """What is not known beside the value refuses it."""
        for name, value in self.part(itertools.product(
                ('revoked', 'not', 'op', 'enabled', 'expires', 'qzx', 'schema',
                 'platform', '_snp_launch_measurement', 'SNP_LAUNCH_MEASUREMENT',
                 'snp_launch_measurement2', 'denied_measurements'),
                (True, False, 'ne', 1, ['x'], {}))):
            document = {name: value, 'snp_launch_measurement': [self.hex]}
            with self.subTest(document=document):
                self.fails(json.dumps(document), status=3)
                envelope = {'version': '0.1.0', 'type': 'sample',
                            'payload': base64.b64encode(
                                json.dumps(document).encode()).decode()}
                self.fails(json.dumps(envelope), status=3)

    def test_shapes(self):
        good = {'snp_launch_measurement': [self.hex]}
        envelope = json.loads(self.document('rvps', *ONE))
        for document in (
                [good], {'not': good}, {'snp_launch_measurement': []},
                {'snp_launch_measurement': [[self.hex]]},
                {'snp_launch_measurement': {'value': self.hex}},
                {'snp_launch_measurement': [self.hex.upper()]},
                {'snp_launch_measurement': [self.hex, None]},
                {'snp_launch_measurement': None}, {}, 'x',
                {**envelope, 'version': '0.2.0'},
                {**envelope, 'type': 'swid'}, {**envelope, 'type': 'corim'},
                {**envelope, 'revoked': True},
                {**envelope, 'payload': envelope['payload'].rstrip('=') + '!'},
                {'version': '0.1.0', 'payload': envelope['payload']}):
            with self.subTest(document=document):
                self.fails(json.dumps(document), status=3)
        self.fails(json.dumps(good) + json.dumps(good), status=3)
        self.fails('{"snp_launch_measurement": ["%s"], '
                   '"snp_launch_measurement": ["%s"]}' % (self.hex, self.hex),
                   status=3)

    def test_in_toto(self):
        for form in 'in-toto', 'in-toto-predicate':
            document = json.loads(self.document(form, *ONE))
            report = document.get('predicate', document)
            entry = report['attributes'][0]
            conditions = entry['conditions']
            for place, change in ((entry, {'attribute': 'TDX_MRTD'}),
                                  (entry, {'attribute': 'SEV_LAUNCH_DIGEST'}),
                                  (entry, {'target': {}}),
                                  (entry, {'revoked': False}),
                                  (conditions, {'not': True}),
                                  (conditions, {'vmm': None}),
                                  (report, {'producer': {}})):
                saved = dict(place)
                place.update(change)
                with self.subTest(form=form, change=change):
                    self.fails(json.dumps(document), status=3)
                place.clear()
                place.update(saved)
            self.passes(json.dumps(document))
        document['predicateType'] = 'https://example.org'
        self.fails(json.dumps(document), status=3)

    def test_corim(self):
        good = corim(self.value, 'x')
        self.passes(good)
        self.passes(corim(self.value, 'x', oid=VCEK[:-1] + b'\2'))
        self.passes(corim(self.value, 'x', profile=None))
        zeros = bytes(48)
        for changes in (
                {'oid': VCEK[:-1] + b'\3'}, {'oid': b'\6\x09' + VCEK},
                {'key': 83}, {'key': 640}, {'key': -83}, {'alg': 8},
                {'profile': Tag(32, PROFILE + 'x')},
                {'profile': Tag(111, bytes.fromhex('6086480186f84d011001'))},
                {'triple': 1}, {'extra': {2: [Tag(560, b'x')]}},
                {'mval': {1: 5}}, {'mval': {11: 'revoked'}},
                {'mval': {4: Tag(560, b'x')}},
                {'digests': [[7, self.value], [7, zeros]]},
                {'environment': {0: {0: Tag(111, VCEK)}, 1: Tag(550, b'x')}},
                {'environment': {0: {0: Tag(111, VCEK), 1: 'AMD'}}},
                {'environment': {0: {1: 'AMD', 2: 'SEV-SNP'}}},
                {'environment': {0: {0: Tag(37, VCEK + bytes(7))}}}):
            with self.subTest(changes=changes):
                self.fails(corim(self.value, 'x', **changes), status=3)
        for cut in self.part(range(1, len(good), 7)):
            self.fails(good[:-cut], status=3)

    def test_policy(self):
        self.passes(policy(self.value))
        self.passes(policy(self.value, 'vmpl { value: 0 }',
                           'product { name: SEV_PRODUCT_MILAN } '
                           'minimum_tcb: 0xffffffffffffffff chip_id: ""'))
        for text in (
                policy(self.value, number=''),
                policy(self.value, number='policy: 0x10000'),
                policy(self.value, number='policy: 0x30000 policy: 0x30000'),
                policy(self.value, 'not: true'), policy(self.value, 'mr_td: ""'),
                policy(self.value, 'any_measurement: ""'),
                policy(self.value, 'measurement: ""'),
                policy(self.value, 'minimum_build: 256'),
                policy(self.value, 'report_data: "x"'),
                policy(self.value, 'product { name: MILAN }'),
                policy(self.value[:-1]), policy(self.value + b'x'),
                policy(self.hex.encode()), policy(b''),
                'not ' + policy(self.value), policy(self.value) + '}',
                policy(self.value).replace('measurement', 'Measurement'),
                policy(self.value).replace('policy {', 'td_quote_body_policy {'),
                f'measurement: "{self.hex}"', f'measurement == "{self.hex}"'):
            with self.subTest(text=text):
                self.fails(text, status=3)


if __name__ == '__main__':
    unittest.main()
