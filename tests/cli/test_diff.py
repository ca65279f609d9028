# SPDX-License-Identifier: Apache-2.0
"""diff: it names the module that differs, and why."""

import json
import lzma
import os
import struct
import unittest

import firmware as fw
import images
import support
from support import TestCase, calc, mrtd

GUID_BETA = fw.name_guid('BetaDxe')


def runs(a, b):
    """Offsets at which two images of one size differ."""
    return [i for i, (x, y) in enumerate(zip(a, b)) if x != y]


class Diff(TestCase):
    """Compares two images; what is said must be what was done to one."""

    def diff(self, a, b, *args):
        """The JSON of two images; MRTDs are those of the formula."""
        self.write('a', a)
        self.write('b', b)
        result = calc('diff', '--json', *args, 'a', 'b')
        self.assertEqual(result.stderr, b'')
        document = json.loads(result.text)
        same = mrtd(a) == mrtd(b)
        self.assertEqual(document['a']['mrtd'], mrtd(a))
        self.assertEqual(document['b']['mrtd'], mrtd(b))
        self.assertEqual(document['verdict'],
                         'same' if same else 'differs')
        self.assertEqual(result.status, 0 if same else 1)
        text = calc('diff', *args, 'a', 'b')
        self.assertEqual(text.status, result.status)
        self.assertEqual(text.text.split('\n')[0], document['summary'])
        self.text = text.text
        return document

    def beta(self, built, *causes, **base):
        """One driver, compressed, is built otherwise: nothing else is said."""
        before = fw.plain()
        if base:
            before = fw.with_module('BetaDxe', fw.pe(**base))
        found = self.diff(before, fw.with_module('BetaDxe', built))
        self.assertEqual(found['modules']['differ'], 1)
        self.assertEqual(found['modules']['same'], 4)
        one, = found['modules']['list']
        self.assertEqual(
            (one['change'], one['guid'], one['name'], one['volume'],
             one['compressed'], one['measured']),
            ('differs', GUID_BETA, 'BetaDxe', 'DXEFV', True, True))
        self.assertEqual(sorted(one['causes']), sorted(causes))
        self.assertTrue(found['summary'].startswith(
            'different MRTD: module BetaDxe differs: '), found['summary'])
        self.assertIn(f'  BetaDxe  {GUID_BETA} in DXEFV, compressed, measured',
                      self.text)
        return one


class Causes(Diff):
    def test_same(self):
        found = self.diff(fw.plain(), fw.plain())
        self.assertEqual(found['summary'],
                         'same MRTD: the two images are the same')
        self.assertEqual(found['modules'], {
            'differ': 0, 'same': 6, 'moved': 0, 'not_compared': 0,
            'list': []})
        self.assertEqual(found['ranges']['count'], 0)

    def test_build_path(self):
        """Of one length, in a string and in the debug record."""
        one = self.beta(fw.pe(string=b'/src/b/Module.c',
                              path=b'/src/b/Module.dll'), 'build-path')
        self.assertEqual(one['paths'], {'a': '/src/a/Module.dll',
                                        'b': '/src/b/Module.dll'})
        self.assertEqual(one['bytes'], 2)
        self.assertIn('path in B: /src/b/Module.dll\n', self.text)

    def test_build_path_of_another_length(self):
        for record in b'NB10', b'RSDS', b'MTOC':
            one = self.beta(fw.pe(codeview=record, path=b'/home/me/M.dll'),
                            'build-path', codeview=record)
            self.assertEqual(one['paths'], {'a': '/src/a/Module.dll',
                                            'b': '/home/me/M.dll'})
        one = self.beta(fw.pe(string=b'/home/somebody/src/Module.c'),
                        'build-path')
        self.assertEqual(one['paths']['b'], '/home/somebody/src/Module.c')
        one = self.beta(fw.pe(string=rb'c:\x\Module.c'), 'build-path',
                        string=rb'd:\longer\Module.c')
        self.assertEqual(one['paths']['a'], rb'd:\longer\Module.c'.decode())

    def test_strings_that_are_no_path(self):
        """Other text, and paths of two files."""
        self.beta(fw.pe(string=b'/src/a/Nodule.c'), 'content')
        self.beta(fw.pe(string=b'same words'), 'content', string=b'some words')

    def test_time_stamp(self):
        one = self.beta(fw.pe(stamp=1700000000), 'time-stamp')
        self.assertEqual(one['time_stamps'], {'a': 0, 'b': 1700000000})
        self.assertIn('time in B: 2023-11-14T22:13:20Z\n', self.text)
        one = self.beta(fw.pe(debug_stamp=1700000000), 'time-stamp')
        self.assertEqual(one['time_stamps'], {'a': 0, 'b': 1700000000})

    def test_stack_cookie(self):
        self.beta(fw.pe(cookie=0x8877665544332211), 'stack-cookie')
        # Where a few of the random bytes are equal.
        self.beta(fw.pe(cookie=0x8899775533332288), 'stack-cookie')

    def test_not_a_cookie(self):
        """A small change, zero, or two words."""
        self.beta(fw.pe(cookie=0x1122334455667799), 'content')
        self.beta(fw.pe(cookie=0), 'content')
        # Pointers.
        self.beta(fw.pe(cookie=0x80001111), 'content', cookie=0x7ffff222)
        other = bytes(range(8))
        self.beta(fw.pe(cookie=0x8877665544332211,
                        table=[(fw.COOKIE_AT + 0x10, other)]), 'content')
        # Not in a section of data.
        self.beta(fw.pe(code=bytes(range(1, 9))), 'content')

    def test_debug_id(self):
        self.beta(fw.pe(codeview=b'RSDS' + b'\1' * 20), 'debug-id',
                  codeview=b'RSDS')

    def test_address(self):
        """Moved, and the pointer in it too."""
        self.beta(fw.pe(base=0x820000), 'address', base=0x810000)
        self.beta(fw.pe(base=0x820000,
                        table=[(fw.POINTER_AT, bytes([1, 1, 0x82]))]),
                  'address', 'content', base=0x810000)

    def test_checksum(self):
        self.beta(fw.pe(checksum=0x1234), 'header')

    def test_code(self):
        one = self.beta(fw.pe(code=b'\xcc' * 5), 'content')
        self.assertEqual(one['bytes'], sum(
            x != 0xcc for x in images.pattern(0x200)[0x80:0x85]))

    def test_size(self):
        self.beta(fw.pe() + bytes(16), 'content', 'size')

    def test_all_at_once(self):
        self.beta(fw.pe(stamp=5, path=b'/src/b/Module.dll',
                        cookie=0x8877665544332211, checksum=7),
                  'build-path', 'time-stamp', 'stack-cookie')

    def test_every_module(self):
        """A cookie in each: counted by cause."""
        images_ = {name: fw.pe(cookie=0x0101010101010101 * (i + 2))
                   for i, name in enumerate(fw.NAMES)}
        found = self.diff(fw.plain(), fw.image(
            fw.main_volume(fw.dxe_volume(**images_))))
        self.assertEqual([m['name'] for m in found['modules']['list']],
                         list(fw.NAMES))
        self.assertEqual(
            found['summary'], 'different MRTD: 3 modules differ: stack cookie '
            '(edk2 StackCookieValues)')
        self.assertIn('      3  stack cookie (edk2 StackCookieValues)\n',
                      self.text)


class Modules(Diff):
    def test_filter_for_x86(self):
        """Calls, which the filter rewrites, and one byte that differs."""
        calls = b''.join(b'\xe8' + bytes([i, 0, 0, 0]) for i in range(60))

        def made(last):
            inner = fw.dxe_volume(BetaDxe=fw.pe(code=calls + last))
            return fw.image(fw.main_volume(packed=fw.guided(
                fw.LZMA_F86, fw.pack_x86(fw.section(fw.VOLUME, inner)))))
        found = self.diff(made(b'a'), made(b'b'))
        self.assertEqual([(m['name'], m['bytes'])
                          for m in found['modules']['list']],
                         [('BetaDxe', 1)])

    def test_only_in_one(self):
        more = fw.volume([fw.module(name) for name in
                          (*fw.NAMES, 'DeltaDxe')], name=fw.DXE)
        a, b = fw.plain(), fw.image(fw.main_volume(more))
        for x, y, where in (a, b, 'b'), (b, a, 'a'):
            found = self.diff(x, y)
            one, = found['modules']['list']
            self.assertEqual((one['change'], one['name'], one['causes']),
                             (f'only-in-{where}', 'DeltaDxe', []))
            self.assertEqual(
                found['summary'], 'different MRTD: module DeltaDxe is only in '
                + where.upper())

    def test_moved(self):
        """Another order, the same modules."""
        other = fw.volume([fw.module(name) for name in reversed(fw.NAMES)],
                          name=fw.DXE)
        found = self.diff(fw.plain(), fw.image(fw.main_volume(other)))
        one, = found['modules']['list']
        self.assertEqual((one['guid'], one['causes']),
                         (fw.COMPRESSED, ['layout']))
        self.assertEqual(found['modules']['moved'], 2)

    def test_packed_otherwise(self):
        inner = fw.sections(fw.section(fw.VOLUME, fw.dxe_volume()))
        other = fw.image(fw.main_volume(
            packed=fw.compressed(inner, preset=0)))
        self.assertNotEqual(other.data, fw.plain().data)
        found = self.diff(fw.plain(), other)
        one, = found['modules']['list']
        self.assertEqual((one['guid'], one['causes']),
                         (fw.COMPRESSED, ['packing']))

    def test_other_sections(self):
        """Beside the compressed section, and in it but in no volume."""
        inner = fw.sections(fw.section(fw.VOLUME, fw.dxe_volume()))
        raw = [fw.section(fw.RAW_SECTION, b'abcd'),
               fw.section(fw.RAW_SECTION, b'abce')]

        def beside(part):
            return fw.image(fw.main_volume(packed=fw.sections(
                part, fw.compressed(inner))))

        def within(part):
            return fw.image(fw.main_volume(packed=fw.compressed(
                fw.sections(part) + inner)))
        for make, cause in (beside, 'content'), (within, 'layout'):
            found = self.diff(make(raw[0]), make(raw[1]))
            one, = found['modules']['list']
            self.assertEqual((one['guid'], one['causes']),
                             (fw.COMPRESSED, [cause]))

    def test_damaged(self):
        """On either side: its modules are not said to be missing."""
        bad = fw.image(fw.main_volume(packed=fw.damaged()))
        for sides, letter, file in (((fw.plain(), bad), 'B', 'b'),
                                    ((bad, fw.plain()), 'A', 'a')):
            found = self.diff(*sides)
            modules = found['modules']
            self.assertEqual((modules['differ'], modules['same'],
                              modules['not_compared']), (1, 2, 3))
            one, = modules['list']
            self.assertEqual(
                (one['guid'], one['change'], one['causes'], one['bytes']),
                (fw.COMPRESSED, 'differs', ['unreadable-' + file], 1))
            self.assertEqual(
                found['summary'],
                'different MRTD: module compressed volumes differs: a '
                f'compressed section of {letter} cannot be unpacked')
            self.assertIn(
                '1 differs, 2 the same, 3 not compared\n', self.text)
            self.assertIn(f'      {letter} is {file}; what '
                          f'{"AB"[letter == "A"]} has in that section is not '
                          'compared\n', self.text)
            self.assertIn('the LZMA stream is cut or damaged\n', self.text)
            self.assertIn('cannot be unpacked; 1 byte differs\n', self.text)
            self.assertIn('\nBytes: 1 differs, in 1 range\n', self.text)
            self.assertIn(': 1 of 1 byte differs; volume ', self.text)

    def test_damaged_in_both(self):
        """Compared as they stand."""
        found = self.diff(*(fw.image(fw.main_volume(packed=fw.damaged(at)))
                            for at in (60, 61)))
        one, = found['modules']['list']
        self.assertEqual((one['causes'], one['bytes'],
                          found['modules']['not_compared']),
                         (['content'], 2, 0))

    def test_damaged_within(self):
        """A driver's own section, in a compressed volume: the rest of it is
        compared."""
        def made(beta, gamma):
            driver = fw.file(GUID_BETA, fw.DRIVER, fw.sections(
                fw.guided(fw.LZMA, beta), fw.ui('BetaDxe')))
            return fw.image(fw.main_volume(fw.volume(
                [driver, fw.module('GammaDxe', gamma)], name=fw.DXE)))
        good = fw.pack(fw.sections(fw.section(fw.PE32, fw.pe())))
        found = self.diff(made(good, fw.pe()),
                          made(good[:20], fw.pe(stamp=3)))
        self.assertEqual([(m['name'], m['causes'])
                          for m in found['modules']['list']],
                         [('BetaDxe', ['unreadable-b']),
                          ('GammaDxe', ['time-stamp'])])

    def test_driver_compressed_alone(self):
        """The compressed section holds a driver, not a volume."""
        def made(image):
            return fw.image(fw.volume([
                fw.file(GUID_BETA, fw.DRIVER, fw.compressed(fw.sections(
                    fw.section(fw.PE32, image), fw.ui('BetaDxe'))))],
                fw.MAIN_SIZE))
        found = self.diff(made(fw.pe()), made(fw.pe(stamp=9)))
        one, = found['modules']['list']
        self.assertEqual(
            (one['name'], one['causes'], one['compressed'], one['volume']),
            ('BetaDxe', ['time-stamp'], False, 'FFS2 volume'))

    def test_two_compressed_sections(self):
        """Compared as they stand."""
        def made(image):
            return fw.image(fw.volume([
                fw.file(GUID_BETA, fw.DRIVER, fw.sections(
                    fw.compressed(fw.ui('BetaDxe')),
                    fw.compressed(fw.section(fw.PE32, image))))],
                fw.MAIN_SIZE))
        found = self.diff(made(fw.pe()), made(fw.pe(stamp=9)))
        one, = found['modules']['list']
        self.assertEqual(one['name'], 'BetaDxe')
        self.assertIn('content', one['causes'])

    def test_wrapped(self):
        """CRC32 and uncompressed sections, large sections and files, FFS3."""
        def made(image):
            inner = fw.sections(fw.section(fw.PE32, image, large=True),
                                fw.ui('BetaDxe'))
            inner = fw.guided(fw.CRC32, inner, attributes=2)
            inner = fw.section(fw.COMPRESSION, bytes(4) + b'\0' + inner)
            return fw.image(fw.volume(
                [fw.file(GUID_BETA, fw.DRIVER, inner, large=True)],
                fw.MAIN_SIZE, system=fw.FFS3))
        found = self.diff(made(fw.pe()), made(fw.pe(code=b'other')))
        one, = found['modules']['list']
        self.assertEqual((one['name'], one['causes'], one['volume']),
                         ('BetaDxe', ['content'], 'FFS3 volume'))
        self.assertEqual(found['notes'], [])

    def test_same_guid_twice(self):
        """The second of two that have one GUID."""
        def made(second):
            inner = fw.volume([fw.module('BetaDxe'),
                               fw.module('BetaDxe', second)], name=fw.DXE)
            return fw.image(fw.main_volume(inner))
        found = self.diff(made(fw.pe(stamp=1)), made(fw.pe(stamp=2)))
        one, = found['modules']['list']
        self.assertEqual(one['time_stamps'], {'a': 1, 'b': 2})

    def test_pad_files_are_no_modules(self):
        inner = fw.volume([fw.file('ffffffff-ffff-ffff-ffff-ffffffffffff',
                                   fw.PAD, bytes(40)),
                           fw.module('BetaDxe')], name=fw.DXE)
        found = self.diff(fw.image(fw.main_volume(inner)), fw.plain())
        self.assertEqual({m['name'] for m in found['modules']['list']},
                         {'AlphaDxe', 'GammaDxe'})


class Ranges(Diff):
    def expect(self, a, b, found):
        """The ranges cover what differs, and count it."""
        differ = runs(a.data, b.data)
        self.assertEqual(found['ranges']['bytes'], len(differ))
        covered = []
        for one in found['ranges']['list']:
            start = int(one['file_offset']['a'], 16)
            inside = [i for i in differ if start <= i < start + one['size']]
            self.assertEqual(one['differing'], len(inside))
            self.assertEqual((inside[0], inside[-1]),
                             (start, start + one['size'] - 1))
            covered += inside
            if one['gpa']:
                section = a.sections[one['section']]
                self.assertEqual(int(one['gpa']['a'], 16),
                                 section.address + start - section.offset)
                self.assertEqual(one['measured'],
                                 section.attributes == 1)
        self.assertEqual(sorted(covered), differ)

    def test_vars(self):
        a = fw.plain()
        b = fw.image(patch=[(0x100, b'x' * 10), (0x2000, b'y')])
        found = self.diff(a, b)
        self.assertEqual(found['summary'],
                         'same MRTD: VARS differ, not measured')
        self.assertEqual(found['ranges']['count'], 2)
        self.assertEqual({r['section'] for r in found['ranges']['list']}, {1})
        self.expect(a, b, found)

    def test_in_modules(self):
        """Ranges name the module that they lie in, TE included."""
        a = fw.plain()
        b = fw.image(sec=fw.sec_volume(fw.pe(stamp=3, code=b'\xcc' * 3)))
        found = self.diff(a, b)
        one, = found['modules']['list']
        # A TE image has no time stamp.
        self.assertEqual((one['name'], one['compressed'], one['causes']),
                         ('SecMain', False, ['content']))
        for r in found['ranges']['list']:
            self.assertEqual((r['volume'], r['first_module']['name']),
                             ('SECFV', 'SecMain'))
        self.assertIn(f'volume SECFV, module SecMain '
                      f'{fw.name_guid("SecMain")}', self.text)
        self.expect(a, b, found)

    def test_te_causes(self):
        for built, causes in (
                (fw.pe(debug_stamp=7), ['time-stamp']),
                (fw.pe(path=b'/src/b/Module.dll'), ['build-path']),
                (fw.pe(cookie=0x8877665544332211), ['stack-cookie'])):
            found = self.diff(fw.plain(), fw.image(sec=fw.sec_volume(built)))
            one, = found['modules']['list']
            self.assertEqual(one['causes'], causes)
        moved = [fw.image(sec=fw.sec_volume(fw.pe(base=base)))
                 for base in (0xfffcc000, 0xfffdd000)]
        one, = self.diff(*moved)['modules']['list']
        self.assertEqual(one['causes'], ['address'])

    def test_outside_of_modules(self):
        """Measured bytes of no module."""
        a, b = fw.plain(), fw.image(patch=[(0xd000, b'xyz')])
        found = self.diff(a, b)
        self.assertEqual(
            found['summary'], 'different MRTD: measured bytes differ, outside '
            'known modules')
        self.expect(a, b, found)

    def test_gaps(self):
        """Less than 256 equal bytes do not part a range."""
        for gap, count in (255, 1), (256, 2):
            a = fw.plain()
            b = fw.image(patch=[(0x200, b'\0'), (0x201 + gap, b'\0')])
            found = self.diff(a, b)
            self.assertEqual(found['ranges']['count'], count)
            self.expect(a, b, found)

    def test_in_no_section(self):
        a, b = images.image(), images.image(patch=[(0x8000, b'\0' * 9)])
        found = self.diff(a, b)
        self.assertEqual(found['summary'],
                         'same MRTD: what differs is not measured')
        one, = found['ranges']['list']
        self.assertEqual((one['section'], one['gpa'], one['measured']),
                         (None, None, False))
        self.expect(a, b, found)

    def test_data_of_another_size(self):
        parts = list(images.GOOD)
        parts[1] = parts[1]._replace(raw=0x800)
        found = self.diff(images.image(), images.image(tuple(parts)))
        self.assertFalse(found['ranges']['outside_compared'])
        one = found['ranges']['list'][-1]
        self.assertEqual((one['in'], one['size'], one['section']),
                         ('a', 0x800, 1))
        self.assertIn('2048 bytes, only in A', self.text)

    def test_section_of_another_type(self):
        """What one image alone has is in the section of that image."""
        long = images.CFV._replace(type=0, attributes=1)
        short = images.CFV._replace(raw=0x800)
        for swap in False, True:
            sides = [images.image((images.BFV, part, *images.GOOD[2:]))
                     for part in (short, long)]
            self.diff(*(reversed(sides) if swap else sides))
            line, = (line for line in self.text.splitlines()
                     if ' only in ' in line)
            self.assertIn('section 1 (BFV), ', line)
            self.assertTrue(line.endswith('only in ' + 'BA'[swap]), line)

    def test_many(self):
        """Twenty are listed, all with --all."""
        a = fw.plain()
        b = fw.image(patch=[(i * 0x200, b'\0') for i in range(31)])
        count = len(runs(a.data, b.data))
        found = self.diff(a, b)
        self.assertEqual((found['ranges']['count'],
                          len(found['ranges']['list'])), (count, 20))
        self.assertIn(f'  ... and {count - 20} more; --all lists them\n',
                      self.text)
        found = self.diff(a, b, '--all')
        self.expect(a, b, found)
        self.assertNotIn('more; --all', self.text)


class Metadata(Diff):
    def test_fields(self):
        """Each field of a section; what is hashed is told from what is not."""
        for field, value, measured in (
                ('address', 0x820000, True), ('memory', 0x2000, True),
                ('attributes', 1, True), ('type', 4, False)):
            parts = list(images.SPLIT_SECTIONS)
            before = getattr(parts[3], field)
            parts[3] = parts[3]._replace(**{field: value})
            found = self.diff(fw.plain(), fw.image(parts=tuple(parts)))
            one, = found['metadata']
            name = {'address': 'memory_address', 'memory': 'memory_data_size'}
            self.assertEqual((one['section'], one['field'], one['measured']),
                             (3, name.get(field, field), measured))
            if field != 'type':
                self.assertEqual((one['a'], one['b']),
                                 (hex(before), hex(value)))
                self.assertEqual(found['summary'],
                                 'different MRTD: the metadata differ')
            # The metadata themselves are measured bytes, too.
            self.assertEqual([r['metadata'] for r in found['ranges']['list']],
                             [True])
            self.assertIn('; TDX metadata', self.text)

    def test_missing_section(self):
        a, b = fw.plain(), fw.image(parts=images.SPLIT_SECTIONS[:3])
        for x, y, values in (a, b, ('TempMem', 'none')), (
                b, a, ('none', 'TempMem')):
            found = self.diff(x, y)
            self.assertEqual([(m['section'], m['field'])
                              for m in found['metadata']],
                             [(None, 'section_count'), (3, 'section')])
            one = found['metadata'][1]
            self.assertEqual((one['a'], one['b']), values)
            self.assertTrue(one['measured'])

    def test_locator(self):
        found = self.diff(images.image(pointer=images.DESCRIPTOR),
                          images.td_shim())
        self.assertEqual([(m['field'], m['a'], m['b'])
                          for m in found['metadata']],
                         [('locator', 'guid-table', 'offset')])


OVMF = '/usr/share/ovmf/OVMF.fd'


@unittest.skipUnless(os.path.exists(OVMF), "needs Debian's ovmf")
class Debian(TestCase):
    """Debian's OVMF and copies of it that are patched."""

    def packed(self, data):
        """Where the compressed section stands, and what it holds."""
        at = data.index(fw.guid(fw.LZMA)) - 4
        size = int.from_bytes(data[at:at + 3], 'little')
        decoder = lzma.LZMADecompressor(lzma.FORMAT_ALONE)
        return at, size, decoder.decompress(data[at + 24:at + size])

    def repacked(self, data, inner):
        """The image with other content; it is packed anew."""
        at, size, _ = self.packed(data)
        section = fw.compressed(inner)
        # The file is the first of its volume, free space follows it.
        start = at - 24
        free = data.index(fw.guid(fw.SEC)) & ~0xfff
        file_ = data[start:start + 20] + struct.pack('<I', len(section) + 24
                                                     | 0xf8 << 24) + section
        self.assertLess(start + len(file_), free)
        return data[:start] + file_.ljust(free - start, b'\xff') + data[free:]

    def modules(self, a, b):
        self.write('a', a)
        self.write('b', b)
        result = calc('diff', '--all', '--json', 'a', 'b')
        self.assertEqual(result.status, 1)
        found = json.loads(result.text)
        self.assertEqual(found['notes'], [])
        return found, {m['name']: m['causes']
                       for m in found['modules']['list']}

    def test_modules(self):
        """Some of those in the compressed volumes are patched."""
        with open(OVMF, 'rb') as file:
            data = file.read()
        at, size, inner = self.packed(data)
        self.assertEqual(data[at - 24:at - 8], fw.guid(fw.COMPRESSED))
        changed = bytearray(inner)
        names = 'PcdDxe', 'SecurityStubDxe', 'PlatformPei'
        for name in names:
            # The PE or TE section ends where the name's section starts.
            place = inner.index((name + '\0').encode('utf-16-le')) - 4
            changed[place - 0x200] ^= 0x55
        found, modules = self.modules(data, self.repacked(data,
                                                          bytes(changed)))
        self.assertEqual(set(modules), set(names))
        self.assertGreater(found['modules']['same'], 100)
        self.assertTrue(all(m['compressed'] and m['measured']
                            for m in found['modules']['list']))

    def test_packed_anew(self):
        with open(OVMF, 'rb') as file:
            data = file.read()
        _, modules = self.modules(data, self.repacked(
            data, self.packed(data)[2]))
        self.assertEqual(modules, {'compressed volumes': ['packing']})
