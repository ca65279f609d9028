# SPDX-License-Identifier: Apache-2.0
"""diff: volumes that are broken, or made to take time and memory.

What can be read is used, the rest is compared as plain bytes, and a note says
what was left out: a broken volume is no error.
"""

import functools
import json
import os
import struct
import subprocess
import time

import images
import support
from support import calc, environment
from test_diff import Diff, fw

SIZE = 0x40000
MIB = 1 << 20
# What an image of SIZE may unpack to in all (mrtd-calc(1), LIMITS).
UNPACKED = 32 * MIB + 16 * SIZE
# Seconds and KiB that no comparison here may take.
MOST_TIME = 30
MOST_MEMORY = 450 << 10


def large(*volumes):
    """An image of 256 KiB with volumes one behind the other."""
    body = b''.join(fw.align(one, 0x1000, b'\xff') for one in volumes)
    assert len(body) <= SIZE - 0x3000
    return images.image(
        (images.Section(0, SIZE, (1 << 32) - SIZE, SIZE, 0, 1),
         images.TD_HOB), size=SIZE, at=SIZE - 0x1ff0, patch=[(0, body)])


def patched(data, *patches):
    data = bytearray(data)
    for at, value in patches:
        data[at:at + len(value)] = value
    return bytes(data)


def in_volume(data):
    """A volume with the bytes where its first file should be."""
    return fw.volume([data], size=0x1000)


def driver(body):
    return fw.volume([fw.file(fw.name_guid('X'), fw.DRIVER, body)])


def lzma(*patches, cut=None):
    """A driver with a compressed section that is broken."""
    packed = patched(fw.pack(fw.sections(fw.section(fw.PE32, fw.pe()))),
                     *patches)
    return driver(fw.guided(fw.LZMA, packed[:cut]))


def resum(volume, *patches):
    """A volume whose header is patched, its checksum right."""
    data = bytearray(patched(volume, *patches, (50, b'\0\0')))
    total = sum(struct.unpack('<36H', bytes(data[:72]))) & 0xffff
    data[50:52] = struct.pack('<H', -total & 0xffff)
    return bytes(data)


@functools.lru_cache(maxsize=None)
def zeros(size):
    return fw.pack(bytes(size), preset=0)


def nested(levels, wrap):
    inner = fw.section(fw.RAW_SECTION, b'core')
    for _ in range(levels):
        inner = wrap(inner)
    return inner


HEADER = 'firmware volume with a broken header'
FILE = 'file of a firmware volume: its size leads out of the volume'
SECTION = 'section of a file: its size leads out of the file'
GUIDED = 'GUID-defined section with a broken header'

BROKEN = {
    'volume: size 0': (resum(fw.dxe_volume(), (32, bytes(8))), HEADER),
    'volume: size 2^64 - 1': (resum(fw.dxe_volume(), (32, b'\xff' * 8)),
                              HEADER),
    'volume: header 0': (resum(fw.dxe_volume(), (48, b'\0\0')), HEADER),
    'volume: header odd': (resum(fw.dxe_volume(), (48, b'\x49\0')), HEADER),
    'volume: header large': (resum(fw.dxe_volume(), (48, b'\xfe\xff')),
                             HEADER),
    'volume: checksum': (patched(fw.dxe_volume(), (50, b'\0\0')), HEADER),
    'volume: extended header': (resum(fw.dxe_volume(), (52, b'\xff\xff')),
                                HEADER),
    'volume: size of the extended header': (
        resum(fw.dxe_volume(), (88, b'\xff\xff\xff\xff')), HEADER),
    'file: size 0': (in_volume(fw.file(fw.DXE, fw.DRIVER, b'', size=0)),
                     FILE),
    'file: size 23': (in_volume(fw.file(fw.DXE, fw.DRIVER, b'', size=23)),
                      FILE),
    'file: size 2^24 - 1': (
        in_volume(fw.file(fw.DXE, fw.DRIVER, b'', size=0xffffff)), FILE),
    'large file: size 2^64 - 1': (fw.volume([fw.file(
        fw.DXE, fw.DRIVER, b'', size=(1 << 64) - 1, large=True)], 0x1000,
        system=fw.FFS3), FILE),
    'large file: size 31': (fw.volume([fw.file(
        fw.DXE, fw.DRIVER, b'', size=31, large=True)], 0x1000,
        system=fw.FFS3), FILE),
    'large file: cut': (fw.volume([b'\1' * 19 + b'\1' + b'\1' * 4], 0x60,
                                  system=fw.FFS3), FILE),
    'section: size 0': (driver(bytes(4)), SECTION),
    'section: size 3': (driver(b'\3\0\0\x10'), SECTION),
    'section: size 2^24 - 2': (driver(b'\xfe\xff\xff\x10'), SECTION),
    'section: extended size 7': (
        driver(b'\xff\xff\xff\x10\7\0\0\0'), SECTION),
    'section: extended size 2^32 - 1': (
        driver(b'\xff\xff\xff\x10\xff\xff\xff\xff'), SECTION),
    'section: extended size cut': (driver(b'\xff\xff\xff\x10'), SECTION),
    'guided: cut': (driver(fw.section(fw.GUIDED, bytes(10))), GUIDED),
    'guided: data outside': (driver(patched(
        fw.guided(fw.LZMA, b'abc'), (20, b'\xff\xff'))), GUIDED),
    'guided: unknown': (driver(fw.guided(fw.UNKNOWN, b'abc')),
                        f'section of a kind not known here, {fw.UNKNOWN}'),
    'compression: Tiano': (driver(fw.section(
        fw.COMPRESSION, bytes(4) + b'\1abc')),
        'compressed section that is not LZMA'),
    'LZMA: no header': (lzma(cut=12),
                        'compressed section without an LZMA header'),
    'LZMA: size 0': (lzma((5, bytes(8))), 'compressed section that claims 0 '
                     f'bytes, not unpacked; {UNPACKED} in all is the limit'),
    'LZMA: size 2^64 - 1': (lzma((5, b'\xff' * 8)), 'compressed section that '
                            'claims 18446744073709551615 bytes'),
    'LZMA: claims more': (lzma((5, b'\0\0\1')),
                          'not unpacked: the LZMA stream is '),
    'LZMA: claims less': (lzma((5, b'\5\0\0')),
                          'not unpacked: the LZMA stream is cut or damaged'),
    'LZMA: properties': (lzma((0, b'\xff')),
                         'not unpacked: the LZMA stream is cut or damaged'),
    'LZMA: damaged': (lzma((14, b'\xff' * 9)),
                      'not unpacked: the LZMA stream is cut or damaged'),
    'LZMA: cut': (lzma(cut=40), 'not unpacked: the LZMA stream is cut or damaged'),
    'LZMA: only a header': (lzma(cut=13),
                            'not unpacked: the LZMA stream is cut or damaged'),
    'LZMA: large dictionary': (lzma((1, b'\xff\xff\xff\xff')), None),
}


class Hostile(Diff):
    def bounded(self, *args):
        """Runs diff; it must end soon, and take little memory."""
        start = time.monotonic()
        with subprocess.Popen([support.PROGRAM, 'diff', *args],
                              env=environment(), stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE) as process:
            text = process.stdout.read()
            self.assertEqual(process.stderr.read(), b'')
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        self.assertIn(process.returncode, (0, 1))
        if not support.SANITIZED:
            self.assertLess(time.monotonic() - start, MOST_TIME)
            self.assertLess(usage.ru_maxrss, MOST_MEMORY)
        return text.decode('ascii')

    def hostile(self, image, note):
        """On either side, and on both."""
        self.write('bad', image)
        self.write('good', large(fw.dxe_volume()))
        for sides in ('good', 'bad'), ('bad', 'good'), ('bad', 'bad'):
            found = json.loads(self.bounded('--json', *sides))
            self.assertEqual(found['verdict'] == 'same', sides[0] == sides[1])
            notes = [n['message'] for n in found['notes']]
            if note is None:
                self.assertEqual(notes, [])
            else:
                self.assertTrue(any(note in text for text in notes), notes)
                self.assertIn(note, self.bounded(*sides))
            self.assertLessEqual(len(notes), 32)
            # Bytes are compared all the same.
            self.assertEqual(found['ranges']['count'] > 0,
                             sides[0] != sides[1])

    def test_broken(self):
        for name, (volume, note) in BROKEN.items():
            with self.subTest(name):
                self.hostile(large(volume), note)

    def test_rest_is_used(self):
        """Behind a broken volume, and before a broken file."""
        broken = resum(fw.dxe_volume(), (32, bytes(8)))
        for volumes in (
                lambda pe: (broken, fw.volume([fw.module('X', pe)])),
                lambda pe: (fw.volume([fw.module('X', pe), fw.file(
                    fw.DXE, fw.DRIVER, b'', size=5)], 0x1000),)):
            self.write('a', large(*volumes(fw.pe())))
            self.write('b', large(*volumes(fw.pe(stamp=4))))
            found = json.loads(calc('diff', '--json', 'a', 'b').text)
            self.assertEqual([(m['name'], m['causes'])
                              for m in found['modules']['list']],
                             [('X', ['time-stamp'])])
            self.assertEqual(len(found['notes']), 2)

    def test_nested(self):
        """A thousand levels, of each kind."""
        note = 'nested deeper than 16 levels'
        for wrap in (
                lambda inner: fw.guided(fw.CRC32, inner, attributes=0),
                lambda inner: fw.section(fw.VOLUME, driver(inner)),
                lambda inner: fw.section(fw.COMPRESSION,
                                         bytes(5) + inner)):
            self.hostile(large(driver(nested(1000, wrap))), note)
        self.hostile(large(driver(nested(40, fw.compressed))), note)

    def test_many(self):
        """Modules, volumes, sections, notes."""
        small = fw.file(fw.DXE, fw.RAW, b'')
        self.hostile(large(fw.volume([small] * 5000)), 'more than 4096 modules')
        self.hostile(large(fw.volume([fw.file(
            fw.DXE, fw.DRIVER, fw.sections(*[
                fw.section(fw.VOLUME, fw.volume([]))] * 600))])),
            'more than 512 firmware volumes')
        self.hostile(large(driver(fw.sections(*[
            fw.guided(fw.CRC32, b'', attributes=0)] * 9000))),
            'more than 8192 nested sections')
        image = large(fw.volume([fw.file(
            fw.DXE, fw.DRIVER, bytes(4))] * 200))
        self.hostile(image, SECTION)
        self.assertIn('note: B: 184 more notes like these\n',
                      calc('diff', 'good', 'bad').text)

    def test_signatures(self):
        """What looks like a volume's header at every step."""
        self.hostile(large(b'_FVH\xff\0\0\0' * 0x7800), HEADER)
        self.hostile(large(fw.volume([])[32:48] * 0x3c00), HEADER)

    def test_bombs(self):
        """Zeros, in two sections, and where the claim is more than is there:
        the limit is for all of them."""
        bomb = fw.guided(fw.LZMA, zeros(20 * MIB))
        self.hostile(large(driver(bomb), driver(bomb)),
                     'compressed section that claims 20971520 bytes, not '
                     'unpacked')
        lies = fw.guided(fw.LZMA, patched(
            zeros(MIB), (5, struct.pack('<Q', 30 * MIB))))
        self.hostile(large(*[driver(lies)] * 9),
                     f'not unpacked; {UNPACKED} in all is the limit')

    def test_ranges(self):
        """More than are kept: all are counted."""
        count = 66000
        image = images.image()
        for name, first in ('a', b'\1'), ('b', b'\2'):
            with open(name, 'wb') as file:
                file.write(first.ljust(512, b'\0') * count + image.data)
        # The descriptor is found from the end, the data from the start.
        text = self.bounded('--all', 'a', 'b')
        self.assertIn(f'Bytes: {count} differ, in {count} ranges\n', text)
        self.assertEqual(text.count('\n  file 0x'), 65536)
        self.assertIn(f'  ... and {count - 65536} more\n', text)

    def test_too_large(self):
        """An image that is not looked into."""
        size = 160 * MIB
        image = images.image((images.Section(0, 0x1000, 0xfffff000, 0x1000, 0,
                                             1), images.TD_HOB))
        for name, first in ('a', b'x'), ('b', b'y'):
            with open(name, 'wb') as file:
                file.write(first)
                file.truncate(size)
                file.seek(size - len(image.data))
                file.write(image.data)
        text = self.bounded('a', 'b')
        self.assertIn('note: A: larger than 134217728 bytes, not looked into '
                      'for firmware volumes\n', text)
        self.assertIn('file 0x0-0x0, GPA 0xfffff000-0xfffff000', text)
        notes = json.loads(self.bounded('--json', 'a', 'b'))['notes']
        self.assertEqual([n['side'] for n in notes], ['a', 'b'])
