#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The signatures, certificates and verifier of evidence in tests/lib give what
others published, refuse what they must, and nothing in their tables passes that
should not."""

import json
import pathlib
import random
import re
import sys
import tempfile
import unittest

sys.path.insert(
    0, str(pathlib.Path(__file__).resolve().parents[1] / 'lib'))

import der  # noqa: E402
import ec  # noqa: E402
import make_evidence_fixtures as fixtures  # noqa: E402
import quote_defects  # noqa: E402
import quote_maker  # noqa: E402
import rsa_pss  # noqa: E402
import snp_maker  # noqa: E402
import verify_model  # noqa: E402
import x509  # noqa: E402

# NIST's CAVP vectors, as Debian's python3-cryptography-vectors has them.
CAVP = pathlib.Path(
    '/usr/lib/python3/dist-packages/cryptography_vectors/asymmetric')


def cavp(path):
    """A section's heading and the fields of each of its tests."""
    heading, fields = {}, {}
    for line in (CAVP / path).read_text().splitlines() + ['']:
        if line.startswith('['):
            heading = {'section': line.strip('[]')}
        elif ' = ' in line and line[0] != '#':
            key, value = line.split(' = ', 1)
            (heading if key in ('n', 'p', 'q') else fields)[key] = value
        elif not line and fields:
            yield heading, fields
            fields = {}


class Ecdsa(unittest.TestCase):
    # RFC 6979, A.2.5 and A.2.6: secret, message, k, r, s.
    KNOWN = (
        (ec.P256,
         'c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721',
         b'sample',
         'a6e3c57dd01abe90086538398355dd4c3b17aa873382b0f24d6129493d8aad60',
         'efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716',
         'f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8'),
        (ec.P256,
         'c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721',
         b'test',
         'd16b6ae827f17175e040871a1c7ec3500192c4c92677336ec2537acaee0008e0',
         'f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367',
         '019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083'),
        (ec.P384,
         '6b9d3dad2e1b8c1c05b19875b6659f4de23c3b667bf297ba9aa47740787137d8'
         '96d5724e4c70a825f872c9ea60d2edf5', b'sample',
         '94ed910d1a099dad3254e9242ae85abde4ba15168eaf0ca87a555fd56d10fbca'
         '2907e3e83ba95368623b8c4686915cf9',
         '94edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa73d64c4ea95ad133c'
         '81a648152e44acf96e36dd1e80fabe46',
         '99ef4aeb15f178cea1fe40db2603138f130e740a19624526203b6351d0a3a94f'
         'a329c145786e679e7b82c71a38628ac8'))

    def test_rfc_6979(self):
        for curve, secret, message, *numbers in self.KNOWN:
            key = ec.Key(curve, int(secret, 16))
            k, r, s = (int(number, 16) for number in numbers)
            self.assertEqual(ec.nonce(key, message), k)
            self.assertEqual(ec.sign(key, message), (r, s))
            self.assertTrue(ec.verify(curve, key.public, message, (r, s)))

    def test_nist(self):
        seen = set()
        for heading, test in cavp('ECDSA/FIPS_186-3/SigVer.rsp'):
            curve, _, digest = heading['section'].partition(',')
            one = {'P-256': ec.P256, 'P-384': ec.P384}.get(curve)
            if one and digest in ('SHA-256', 'SHA-384'):
                x, y, r, s = (int(test[name], 16)
                              for name in ('Qx', 'Qy', 'R', 'S'))
                good = ec.verify(one, (x, y), bytes.fromhex(test['Msg']),
                                 (r, s), digest.replace('-', '').lower())
                self.assertEqual(good, test['Result'][0] == 'P', test)
                seen.add((curve, digest, good))
        self.assertEqual(len(seen), 8)

    def test_edges(self):
        for curve in ec.P256, ec.P384:
            g, n = curve.g, curve.n
            self.assertTrue(ec.is_point(curve, g))
            self.assertIsNone(ec.sum_of(curve, (n, g)))
            self.assertEqual(ec.sum_of(curve, (n - 1, g)),
                             (g[0], curve.p - g[1]))
            self.assertEqual(ec.sum_of(curve, (5, g), (n - 3, g)),
                             ec.sum_of(curve, (2, g)))
            self.assertFalse(ec.is_point(curve, (0, 0)))
            self.assertFalse(ec.is_point(curve, (g[0] + curve.p, g[1])))

    def test_constants_of_the_tables(self):
        """What rows say of their numbers is so."""
        _, y = quote_defects.NOT_REDUCED
        self.assertTrue(ec.is_point(ec.P256, (0, y)))
        for curve, k in (ec.P256, 379), (ec.P384, 197):
            x = ec.sum_of(curve, (k, curve.g))[0]
            self.assertEqual(x >> 8 * curve.size - 8, 0)


class Pss(unittest.TestCase):
    def test_nist(self):
        seen = set()
        for heading, test in cavp('RSA/FIPS_186-2/SigVerPSS_186-3.rsp'):
            if test['SHAAlg'] == 'SHA384':
                good = rsa_pss.verify(
                    int(heading['n'], 16), int(test['e'], 16),
                    bytes.fromhex(test['Msg']), bytes.fromhex(test['S']),
                    len(test['SaltVal']) // 2)
                self.assertEqual(good, test['Result'][0] == 'P', test)
                seen.add((heading['section'], good))
        self.assertEqual(len(seen), 10)

    def test_keys(self):
        for seed in snp_maker.PRIMES:
            key = snp_maker.rsa(seed)
            self.assertTrue(rsa_pss.is_prime(key.p, 1))
            self.assertTrue(rsa_pss.is_prime(key.q, 1))
            self.assertEqual(key.n.bit_length(), 4096)

    def test_salt_of_another_size(self):
        key = snp_maker.rsa('ark')
        good = rsa_pss.sign(key, b'data')
        self.assertTrue(rsa_pss.verify(key.n, rsa_pss.E, b'data', good))
        self.assertFalse(rsa_pss.verify(key.n, rsa_pss.E, b'data', good, 47))
        other = rsa_pss.sign(key, b'data', bytes(32))
        self.assertTrue(rsa_pss.verify(key.n, rsa_pss.E, b'data', other, 32))
        self.assertFalse(rsa_pss.verify(key.n, rsa_pss.E, b'data', other))


class Der(unittest.TestCase):
    def test_refused(self):
        for text in ('', '02', '0201', '020100 00', '028101 00', '0280 0000',
                     '02820001 00', '1f01 00', '3003 0201', '0285 0000000001'):
            with self.assertRaises(der.Error, msg=text):
                der.read(bytes.fromhex(text)).items()

    def test_numbers(self):
        for number in 0, 1, 127, 128, 255, 256, 65535, 1 << 160:
            self.assertEqual(der.read(der.integer(number)).number(), number)
        for text in '0200', '0201ff', '02020001':
            with self.assertRaises(der.Error):
                der.read(bytes.fromhex(text)).number()

    def test_oids(self):
        """X.690, 8.19.5, and Intel's."""
        self.assertEqual(der.oid('2.100.3').hex(), '0603813403')
        for text in '2.100.3', '1.2.840.113741.1.13.1', '2.5.4.3', '0.9.1':
            self.assertEqual(der.read(der.oid(text)).oid(), text)

    def test_times(self):
        for seconds in 0, 1780272000, 2524607999, 2524608000:
            self.assertEqual(der.read(der.time(seconds)).seconds(), seconds)
        self.assertEqual(der.time(2524607999)[0], der.UTC_TIME)
        self.assertEqual(der.time(2524608000)[0], der.TIME)


class Tables(unittest.TestCase):
    """Every row, through files."""

    @classmethod
    def setUpClass(cls):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            fixtures.write_all(folder)
            cls.index = json.loads((folder / 'index.json').read_text())
            cls.files = {path.relative_to(folder).as_posix(): path.read_bytes()
                         for path in folder.rglob('*.*')}

    def verdict(self, row, data=None):
        return fixtures.verify(
            row['kind'], self.files[row['file']] if data is None else data,
            [self.files[name] for name in row['certs']],
            quote_maker.TIME, self.files[row['root']])

    def test_rows(self):
        for row in self.index:
            with self.subTest(row['name']):
                verdict = self.verdict(row)
                self.assertEqual(
                    (verdict.status, verdict.reason, list(verdict.notes)),
                    (row['status'], row['reason'], row['notes']))

    def test_time_of_the_index(self):
        self.assertEqual({row['time'] for row in self.index},
                         {'2026-06-01T00:00:00Z'})

    def test_nothing_is_good_with_the_vendors_roots(self):
        self.assertEqual([row['name'] for row in self.index
                          if row['without_root']['status'] == 'good'], [])

    def test_every_reason_has_rows(self):
        self.assertEqual({row['reason'] for row in self.index} - {None},
                         set(verify_model.STATUS))

    def test_one_bit(self):
        """No changed bit verifies: all of these files is signed or checked."""
        chance = random.Random(21)
        for name in 'tdx/good-v4', 'tdx/good-v5-td15', 'snp/good-v5-turin-vcek':
            row = next(row for row in self.index if row['name'] == name)
            data = self.files[row['file']]
            for at in chance.sample(range(len(data)), 150):
                changed = bytearray(data)
                changed[at] ^= 1 << chance.randrange(8)
                verdict = self.verdict(row, bytes(changed))
                self.assertNotEqual(verdict.status, 'good', (name, at))

    def test_cut(self):
        chance = random.Random(22)
        for name in 'tdx/good-v4', 'tdx/good-v5-td10', 'snp/good-v2-milan-vlek':
            row = next(row for row in self.index if row['name'] == name)
            data = self.files[row['file']]
            for size in chance.sample(range(len(data)), 150):
                self.assertEqual(self.verdict(row, data[:size])[:2],
                                 ('unsupported', 'layout'), (name, size))


class Pem(unittest.TestCase):
    def test_refused(self):
        good = x509.pem(b'\x30' * 100)
        self.assertEqual(x509.unpem(good + good), [b'\x30' * 100] * 2)
        lines = good.splitlines(keepends=True)
        for bad in (good[:-1], b' ' + good, good + b' ', good[1:],
                    b''.join(lines[:1] + lines[2:]) + b'x',
                    b''.join([lines[0], b'\n', *lines[1:]]),
                    re.sub(rb'==?\n', b'\n', good), lines[0] + lines[-1],
                    x509.BEGIN + b'MDB=\n' + x509.END,
                    x509.BEGIN + b'MDAw' * 17 + b'\n' + x509.END):
            with self.assertRaises(der.Error, msg=bad):
                x509.unpem(bad)


if __name__ == '__main__':
    unittest.main()
