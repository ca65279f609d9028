#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the program for WebAssembly says that the native one does not: each row
of the table of docs/web.md; and how its names of files are found."""

import argparse
import hashlib
import os
import pathlib
import sys
import tempfile
import unittest

import run

sys.path += [str(run.HERE.parent / 'lib'), str(run.HERE.parent / 'golden')]

import evidence  # noqa: E402
import images  # noqa: E402

WASM = None
QUOTE = evidence.quote(evidence.digest('mrtd'))
KEY = '-----BEGIN PUBLIC KEY-----\n'
LONG = './' * 2045 + 'fw'  # by itself a name is not too long
# The arguments that give each row, which is found by its beginning.
ROWS = {
    'cannot write': [['show', '--svg', 'new', 'fw'],
                     ['show', '--html', 'new', 'fw'],
                     ['reference', '-o', 'new', 'fw'],
                     ['reference', '--out-dir', 'new', 'fw']],
    'not a regular file': [['/dev/zero'], ['fifo'], ['diff', 'fw', 'fifo']],
    'cannot open: Filename too long': [['show', LONG]],
    'this program was built without libcrypto': [
        ['id-block', '--id-key', 'key', '--digest', '00' * 48],
        ['id-block', '--verify', 'block', '--id-auth', 'page']],
    'this program was built without CBOR (libcbor) and reads': [
        ['check', '--against', 'corim', 'fw'],
        ['reference', '--verify', 'corim', 'fw']],
    'this program was built without CBOR (libcbor) and writes': [
        ['reference', '--format', 'corim', 'fw'],
        ['reference', '--format', 'coswid', 'fw']],
    'this program was built without CBOR (libcbor) and verifies': [
        ['reference', '--verify', 'corim', '--key', 'key', 'fw']],
    'this build has no libcrypto': [
        ['evidence', 'quote'], ['evidence', '--require', 'genuine', 'quote'],
        ['check', '--against', 'quote', 'fw']],
    "is unknown to this program's libcrypto": [
        ['verity', '--salt', '-', '--hash', 'sha512', 'fw']],
    'signatures: not in this program': [['--version', '-v']],
}


class Differs(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        images.image().write(self.folder / 'fw')
        (self.folder / 'quote').write_bytes(QUOTE)
        (self.folder / 'key').write_text(KEY)
        (self.folder / 'block').write_bytes(bytes(80) + b'\1' + bytes(15))
        (self.folder / 'page').write_bytes(bytes(4096))
        (self.folder / 'corim').write_bytes(
            evidence.cbor(evidence.Tag(501, {0: 'x'})))
        os.mkfifo(self.folder / 'fifo')

    def call(self, *args, folder=None, stdin=b''):
        return WASM.call(args, {}, folder or self.folder, stdin)

    def test_rows(self):
        before = sorted(self.folder.iterdir())
        rows = run.differences()
        for begin, calls in ROWS.items():
            (printed, status), = [(text, status) for text, status
                                  in rows.items() if begin.encode() in text]
            del rows[printed]
            for args in calls:
                with self.subTest(args=args):
                    got = self.call(*args)
                    text = b' '.join((got[1] + got[2]).split())
                    self.assertIn(printed, text)
                    if status is not None:
                        self.assertEqual(got[0], status)
        self.assertEqual(rows, {}, 'rows that no call shows')
        self.assertEqual(sorted(self.folder.iterdir()), before)

    def test_evidence_is_never_called_genuine(self):
        status, stdout, _ = self.call('evidence', 'quote')
        self.assertEqual(status, 0)
        self.assertIn(b': NOT CHECKED\n', stdout)
        self.assertEqual(self.call('evidence', '--require', 'genuine',
                                   'quote')[0], 3)

    def test_names(self):
        """A relative name is never that of a file in the root."""
        digest = hashlib.sha256((self.folder / 'fw').read_bytes()).hexdigest()
        inner = self.folder / 'inner'
        inner.mkdir()
        for name, folder in (('fw', self.folder), ('./fw', self.folder),
                             (self.folder / 'fw', inner), ('../fw', inner),
                             (f'//{self.folder}/fw', inner)):
            status, stdout, _ = self.call('--json', str(name), folder=folder)
            self.assertEqual(status, 0)
            self.assertIn(digest.encode(), stdout)
        for name in ('fw.x', str(self.folder / 'fw')[1:], '/fw.x', 'fw/x'):
            status, stdout, stderr = self.call(name, folder=self.folder)
            self.assertEqual((status, stdout), (4, b''))
            self.assertIn(b': cannot open: N', stderr)
        self.assertEqual(self.call('show', '')[0], 4)
        self.assertEqual(self.call('show', str(inner))[0], 4)

    def test_standard_input(self):
        image = (self.folder / 'fw').read_bytes()
        named, given = self.call('fw'), self.call('-', stdin=image)
        self.assertEqual(given[1], named[1].replace(b'fw', b'-'))
        self.assertEqual(self.call('-')[0], 3)


def main():
    global WASM
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--wasm', required=True, type=pathlib.Path)
    WASM = run.start(parser.parse_args().wasm)
    result = unittest.TextTestRunner(stream=sys.stdout).run(
        unittest.TestLoader().loadTestsFromTestCase(Differs))
    return 0 if result.wasSuccessful() else 1


if __name__ == '__main__':
    sys.exit(main())
