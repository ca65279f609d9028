# SPDX-License-Identifier: Apache-2.0
"""What reference writes, as software of others reads it.

Debian's python3-cbor2, python3-cryptography and protobuf-compiler, which
tests/setup installs, and software of npm ("npm ci" in tests/npm); each test is
skipped where its software is missing.
"""

import hashlib
import os
import pathlib
import shutil
import subprocess

from support import SANITIZED, TestCase, calc, mrtd
import images
import test_reference

try:
    import cbor2
    import cddl
except ImportError:
    cbor2 = None
try:
    from cryptography import exceptions
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec, utils
except ImportError:
    ec = None

HERE = pathlib.Path(__file__).resolve().parent
NPM = HERE.parent / 'npm'
SIGNATURES = 20 if SANITIZED else 300


class Others(TestCase):
    def setUp(self):
        super().setUp()
        self.image = self.write('fw', images.image())
        self.values = [bytes.fromhex(mrtd(self.image, vmm))
                       for vmm in ('spec', 'kvm-v19')]

    def document(self, name, *args):
        result = calc('reference', '--format', name, *args, 'fw')
        self.assertEqual(result.status, 0, result)
        return result.stdout

    def load(self, data):
        """The item of cbor2, with nothing behind it."""
        decoder_input = memoryview(data)
        item = cbor2.loads(decoder_input)
        # Shortest heads: what cbor2 writes has as many bytes.
        self.assertEqual(len(cbor2.dumps(item)), len(data))
        return item

    def test_corim_by_cbor2(self):
        if not cbor2:
            self.skipTest('no python3-cbor2')
        item = self.load(self.document('corim'))
        self.assertEqual((item.tag, set(item.value)), (501, {0, 1, 3, 5}))
        (tag,) = item.value[1]
        self.assertEqual(tag.tag, 506)
        comid = self.load(tag.value)
        ((environment, (measurement,)),) = comid[4][0]
        self.assertEqual(str(environment[0][0]),
                         '45b734fc-aa4e-4c3d-ad28-e43d08880e68')
        self.assertEqual(measurement, {0: 83, 1: {2: [[7, self.values[0]]]}})

    def test_set_by_cbor2(self):
        if not cbor2:
            self.skipTest('no python3-cbor2')
        item = self.load(self.document('corim', '--corim-form', 'set', '--vmm',
                                       'spec', '--vmm', 'kvm-v19'))
        comid = self.load(item.value[1][0].value)
        value = comid[4][0][0][1][0][1][-83]
        self.assertEqual((value.tag, value.value),
                         (60020, [6, [[7, v] for v in self.values]]))

    def test_coswid_by_cbor2(self):
        if not cbor2:
            self.skipTest('no python3-cbor2')
        item = self.load(self.document('coswid', '--version', '1.0'))
        self.assertEqual((item.tag, list(item.value)),
                         (0x53574944, [0, 1, 2, 6, 12, 13]))
        self.assertEqual(item.value[6][19]['mr_td'], self.values[0].hex())

    def test_structure(self):
        """Against the CDDL; cddl.py."""
        if not cbor2:
            self.skipTest('no python3-cbor2')
        both = ('--vmm', 'spec', '--vmm', 'kvm-v19')
        first, second = [(7, value) for value in self.values]
        for args, values in (
                ((), [first]), (('--id', 'x/y', '--version', '1'), [first]),
                (('--vmm', 'kvm-v19'), [second]),
                (('--corim-form', 'extension'), [first]),
                (('--corim-form', 'set', *both), [first, second])):
            with self.subTest(args=args):
                self.assertEqual(cddl.corim(self.document('corim', *args)),
                                 values)
        for args in ((), ('--id', 'x/y', '--version', '1'),
                     ('--entity', 'e')):
            (digest,) = cddl.coswid(self.document('coswid', *args))
            self.assertEqual(digest, (7, hashlib.sha384(
                self.image.data).digest()))
        for kind in ('p384', 'p256', 'ed25519'):
            test_reference.make_key(kind, kind)
            name, payload = cddl.signed(self.document(
                'corim', '--sign', f'{kind}.pem', '--signer', 'S'))
            self.assertEqual((name, cddl.corim(payload)), ('S', [first]))
        self.assertRaises(AssertionError, cddl.corim, self.document('coswid'))

    def test_by_npm(self):
        """cbor2, @auth0/cose and cose-js of npm."""
        if not shutil.which('node') or not (
                NPM / 'node_modules' / 'cose-js').is_dir():
            self.skipTest('needs node, and npm ci in tests/npm')
        for name in ('corim', 'coswid'):
            self.write(name, self.document(name))
        for kind in ('p384', 'p256', 'ed25519'):
            test_reference.make_key(kind, kind)
            self.write(kind, self.document('corim', '--sign', f'{kind}.pem',
                                           '--signer', 'S'))
        done = subprocess.run(['node', str(NPM / 'documents.mjs'), '.'],
                              capture_output=True, text=True, check=False,
                              timeout=120)
        self.assertEqual((done.returncode, done.stdout),
                         (0, 'documents OK\n'), done.stderr)

    def test_policy_by_protoc(self):
        protoc = shutil.which('protoc')
        if not protoc:
            self.skipTest('no protobuf-compiler')
        both = ('--vmm', 'spec', '--vmm', 'kvm-v19')
        first, second = self.values
        for args, body in (
                # mr_td is field 5; any_mr_td field 11, repeated; field 12 is
                # true.
                ((), b'\x2a\x30' + first),
                (both, b'\x5a\x30' + first + b'\x5a\x30' + second),
                (('--debug-check',), b'\x2a\x30' + first + b'\x60\x01')):
            text = self.document('go-tdx-guest', *args)
            binary = subprocess.run(
                [protoc, f'-I{HERE}', '--encode=checkconfig.Config',
                 'check_config.proto'], input=text, stdout=subprocess.PIPE,
                check=True).stdout
            # Around the body two messages, the first beside an empty header.
            policy = b'\x0a\x00\x12' + bytes((len(body),)) + body
            self.assertEqual(binary,
                             b'\x0a' + bytes((len(policy),)) + policy)

    def check_signatures(self, kind, half, digest):
        """r and s have their whole width, whatever they begin with."""
        if not ec or not cbor2:
            self.skipTest('no python3-cryptography or python3-cbor2')
        test_reference.make_key('k', kind)
        with open('k.pub', 'rb') as file:
            key = serialization.load_pem_public_key(file.read())
        short = 0
        for _ in range(SIGNATURES):
            item = cbor2.loads(self.document('corim', '--sign', 'k.pem',
                                             '--signer', 'x'))
            header, unprotected, payload, raw = item.value
            self.assertEqual((item.tag, unprotected, len(raw)),
                             (18, {}, 2 * half))
            short += raw[0] == 0 or raw[half] == 0
            signature = utils.encode_dss_signature(
                int.from_bytes(raw[:half], 'big'),
                int.from_bytes(raw[half:], 'big'))
            signed = cbor2.dumps(['Signature1', header, b'', payload])
            key.verify(signature, signed, ec.ECDSA(digest))
        print(f'{kind}: {SIGNATURES} signatures, {short} with a leading zero',
              flush=True)
        with self.assertRaises(exceptions.InvalidSignature):
            key.verify(signature, signed + b'\0', ec.ECDSA(digest))

    def test_es384(self):
        self.check_signatures('p384', 48, hashes.SHA384() if ec else None)

    def test_es256(self):
        self.check_signatures('p256', 32, hashes.SHA256() if ec else None)

    def test_as_the_plugin_of_reference_values(self):
        # confidential-containers/reference-values, DEVELOPMENT.md: standard
        # output is the hexadecimal value, failure is another status.
        os.makedirs('opt/kata/share/ovmf')
        os.rename('fw', 'opt/kata/share/ovmf/OVMF.inteltdx.fd')
        self.check(calc('opt/kata/share/ovmf/OVMF.inteltdx.fd'), 0,
                   self.values[0].hex() + '\n')
        gone = calc('opt/kata/share/ovmf/gone.fd')
        self.assertEqual((gone.status, gone.stdout), (4, b''))
