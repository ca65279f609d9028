# SPDX-License-Identifier: Apache-2.0
"""Short memory: each allocation fails in turn, in every command."""

import hashlib
import json
import os
import shutil

import evidence
import igvm
import igvm_cases
import images
import support
from support import TestCase, calc, environment

COMMANDS = (
    ('fw', 'other'), ('--json', 'fw'), ('--base64', 'fw'), ('-c', 'list'),
    ('show', 'fw'), ('show', '--html', 'page', '--svg', 'picture', 'fw'),
    ('check', 'fw', '--against', 'json'),
    ('check', 'fw', '--against', 'corim', '--json'),
    ('check', 'fw', '--against', 'quote', '--explain'),
    ('diff', 'fw', 'other'), ('diff', '--json', 'fw', 'other'),
    ('lint', 'fw'), ('lint', '--json', 'fw'),
    ('reference', '--format', 'rvps,rvps-map,corim,coswid,in-toto,json,ita',
     '--vmm', 'spec', '--vmm', 'kvm-v19', '--out-dir', 'out', 'fw', 'other'),
    ('reference', '--manifest', 'manifest', '--out-dir', 'folder'),
    ('reference', '--verify', 'coswid', 'fw'),
    ('reference', '--verify', 'in-toto', '--vmm', 'spec', 'fw'),
    ('check', 'fw', '--against', 'policy'),
    ('igvm', 'igvm'), ('--json', 'igvm'), ('show', '--corim', 'doc', 'igvm'),
    ('tdinfo', 'fw', '--attributes', '0', '--xfam', '3', '--json'),
)


class ShortMemory(TestCase):
    def setUp(self):
        super().setUp()
        if not support.shim():
            self.skipTest('sanitizers have an allocator of their own')
        image = self.good()
        self.write('other', images.more(
            images.TEMP_MEM._replace(address=0x2000000)))
        value = bytes.fromhex(support.mrtd(image))
        self.write('json', b'{"mr_td": ["' + value.hex().encode() + b'"]}')
        self.write('corim', evidence.corim({0: 83, 1: {2: [[7, value]]}}))
        self.write('quote', evidence.quote(value))
        self.write('policy', b'tdx_mrtd == "' + value.hex().encode() + b'"')
        self.write('coswid', evidence.cbor(evidence.Tag(1398229316, {6: {
            17: {7: [7, hashlib.sha384(image.data).digest()]},
            19: {'mr_td': value.hex()}}})))
        self.write('in-toto', json.dumps({
            'subject': [{'digest': {
                'sha256': hashlib.sha256(image.data).hexdigest()}}],
            'predicate': {'mrtd': value.hex()}}).encode())
        self.write('manifest', json.dumps({
            'schema': 'mrtd-calc/manifest/1', 'release': 'r',
            'formats': ['rvps'], 'components': [
                {'component': 'c', 'file': 'fw', 'profiles': ['spec',
                                                              'kvm-v19'],
                 'formats': ['coswid', 'in-toto']}]}).encode())
        self.write('igvm', igvm.Igvm(igvm_cases.EVERYTHING).encode())
        self.write('list', value.hex().encode() + b'  fw\n')

    def run_with(self, args, **failing):
        """The result, and how many allocations there were."""
        env = environment(LD_PRELOAD=support.shim(),
                          SHIM_COUNT=os.path.abspath('count'), **failing)
        for folder in ('folder', 'out'):
            shutil.rmtree(folder, ignore_errors=True)
        result = calc(*args, env=env)
        with open('count', encoding='ascii') as count:
            return result, int(count.read())

    def clean(self, args, good, result, k):
        """As if nothing had been, or status 4, a line, and no wrong value."""
        what = (args, k, result)
        if result.status != 4:
            self.assertEqual((result.status, result.stdout),
                             (good.status, good.stdout), what)
            # Each file that it tells of is whole.
            for line in result.stdout.splitlines():
                if line.startswith((b'out/', b'folder/')):
                    self.assertGreater(os.path.getsize(line), 0, what)
            return
        self.assertNotEqual(result.stderr, b'', what)
        self.assertFalse([name for name in os.listdir('.')
                          if name.startswith('folder')], what)
        lines = good.stdout.splitlines()
        for line in result.stdout.splitlines():
            self.assertIn(line, lines + [b'fw: FAILED open or read'], what)

    def test_each_allocation(self):
        for args in COMMANDS:
            good, count = self.run_with(args)
            for k in range(1, count + 1):
                result, _ = self.run_with(args, SHIM_MALLOC_AT=str(k))
                self.clean(args, good, result, k)
            for k in range(1, count + 1, 5):
                result, _ = self.run_with(args, SHIM_MALLOC_FROM=str(k))
                self.clean(args, good, result, k)
