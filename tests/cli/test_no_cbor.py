# SPDX-License-Identifier: Apache-2.0
"""A program without CBOR, as the static one is: it says so, and nothing else.

CMake runs this with a program of its own; with others it is skipped.
"""

import json

import images
from evidence import Tag, cbor
from support import TestCase, calc, mrtd

WITHOUT = 'this program was built without CBOR (libcbor)'
HELP = "; try 'mrtd-calc reference --help'"
READS = f'{WITHOUT} and reads neither CoRIM nor CoSWID [no-cbor]'


class NoCbor(TestCase):
    def setUp(self):
        if 'CBOR: not in this program' not in calc('--version', '-v').text:
            self.skipTest('a program with CBOR')
        super().setUp()
        self.image = self.write('fw', images.image())

    def test_version(self):
        self.assertIn('\nCBOR: not in this program (built without libcbor), '
                      'so neither CoRIM nor CoSWID\n',
                      calc('--version', '--verbose').text)

    def test_formats(self):
        lines = calc('reference', '--format', 'help').text.splitlines()
        lacking = ['corim', 'coswid']
        self.assertEqual([line for line in lines if line[0] == '('],
                         [f'({name}: {WITHOUT})' for name in lacking])
        self.assertFalse([line for line in lines
                          if line.split()[0] in lacking])
        for name in lacking:
            self.refused(calc('reference', '--format', f'json,{name}', 'fw'),
                         2, f'{WITHOUT} and writes no {name}{HELP}')

    def test_read(self):
        for document in (cbor(Tag(501, {0: 'x'})), b'\xd2' + cbor([b'\1']),
                         cbor(Tag(1398229316, {0: 'x'}))):
            self.write('doc', document)
            for command in (('check', '--against', 'doc'),
                            ('reference', '--verify', 'doc')):
                self.refused(calc(*command, 'fw'), 3, f'doc: {READS}')
        # By name, and in a message for RVPS, it is the same.
        self.write('doc', b'any')
        self.refused(calc('check', '--against', 'doc', '--kind', 'coswid',
                          'fw'), 3, f'doc: {READS}')

    def test_key(self):
        """Not even read: which key it is does not matter."""
        self.refused(calc('reference', '--verify', 'doc', '--key', 'key', 'fw'),
                     2, f'{WITHOUT} and verifies no signatures: no --key{HELP}')

    def test_others(self):
        """What is not CBOR is read and written."""
        result = calc('reference', '--format', 'rvps-map', 'fw')
        self.assertEqual((result.status, result.stderr), (0, b''))
        self.assertEqual(json.loads(result.text), {'mr_td': [mrtd(self.image)]})
        self.write('doc', result.stdout)
        self.assertEqual(calc('reference', '--verify', 'doc', 'fw').status, 0)
