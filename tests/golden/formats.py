# SPDX-License-Identifier: Apache-2.0
"""Refused before the first section is looked at: files without TDX metadata,
bad GUIDed tables, bad descriptors."""

import random
import struct

from case import found, refused
from images import (DESCRIPTOR, GOOD, IGVM, OTHER, SEV, SEV_ES, SEV_HASHES,
                    SEV_SECRET, SIZE, TDX, Image, entry, image, table,
                    tdx_entry, td_shim)
from warned import apart

NO_TABLE = ('no TDX metadata: neither a GUIDed table ends 0x20 bytes before '
            'the end of the file, nor does the 32-bit offset there lead to '
            '"TDVF"; not a TDX firmware image [no-table]')
NO_ENTRY = ('offset 0xffe0: not built for TDX: the GUIDed table has no TDX '
            'entry, only: ')


def of_magic(name, magic, at, line):
    """A file with the magic; behind it stands what no magic goes on with."""
    data = bytes(at) + magic
    return refused(name, Image(data.ljust(0x1000, b'\xff')), line)


def other_format(name, magic, what, hint, at=0):
    """The magic, and all but its last bit."""
    almost = magic[:-1] + bytes([magic[-1] ^ 1])
    return [of_magic(name, magic, at, 'offset 0x0: no metadata: this is '
                     f'{what}; {hint} [other-format]'),
            of_magic(f'almost {name}', almost, at, NO_TABLE)]


VARS = bytes.fromhex('8d2bf1ff96768b4ca9852747075b4f50')
VOLUME = bytes.fromhex('78e58c8c3d8a1c4f9935896185c32dd3')


def volume(name, guid, length, line, size=0x1000, magic=b'_FVH'):
    """A file that begins with the header of a volume of that length."""
    header = bytes(16) + guid + length.to_bytes(8, 'little') + magic
    return refused(name, Image(header.ljust(size, b'\xff')[:size]), line)


def part(what, length, more):
    return (f'offset 0x20: no TDX metadata: the file begins with {what} of '
            f'0x{length:x} bytes and goes on for 0x{more:x}, but its end has '
            'no GUIDed table: it is cut, has bytes appended, or was not built '
            'for TDX; give the image as it was built [no-table]')


def cut(what, length, size):
    return (f'offset 0x20: no TDX metadata: the file begins with {what} whose '
            f'FvLength 0x{length:x} reaches past the end of the file '
            f'(0x{size:x}): its end is missing; give the whole image '
            '[no-table]')


STORE = 'a UEFI variable store (VARS)'
IS_VARS = (f'offset 0x0: no metadata: this is {STORE}; give the firmware '
           'image [other-format]')
IS_VOLUME = ('offset 0x0: no metadata: this is a UEFI firmware volume; '
             'give an image built with TDX metadata [other-format]')

VOLUMES = [
    volume('variables alone', VARS, 0x1000, IS_VARS),
    volume('variables, and a byte more', VARS, 0xfff, part(STORE, 0xfff, 1)),
    volume('variables, a byte cut', VARS, 0x1001, cut(STORE, 0x1001, 0x1000)),
    volume('variables of a claimed 16 EiB', VARS, (1 << 64) - 1,
           cut(STORE, (1 << 64) - 1, 0x1000)),
    volume('variables, cut behind FvLength', VARS, 0x1000,
           cut(STORE, 0x1000, 0x28), size=0x28),
    volume('variables, cut in FvLength', VARS, 0x1000, IS_VARS, size=0x27),
    volume('a firmware volume', VOLUME, 0x1000, IS_VOLUME),
    volume('a firmware volume, and more', VOLUME, 0x800,
           part('a UEFI firmware volume', 0x800, 0x800)),
    volume('a firmware volume, cut', VOLUME, 0x2000,
           cut('a UEFI firmware volume', 0x2000, 0x1000)),
    volume('almost variables', VARS[:15] + b'Q', 0x1000, IS_VOLUME),
    volume('almost a firmware volume', VOLUME, 0x1000, NO_TABLE,
           magic=b'_FVI'),
]

FILES = [
    refused('an empty file', Image(b''), 'the file is empty [empty]'),
    refused('a byte more than 4 GiB', Image(b'', size=(1 << 32) + 1),
            'the file has 4294967297 bytes, more than the 4294967296 that '
            '32-bit offsets reach [too-large]'),
    *other_format('an ELF file', b'\x7fELF', 'an ELF file',
                  'give the firmware image'),
    *other_format('a kernel', b'MZ',
                  'a PE file (UEFI application or kernel)',
                  'give the firmware image'),
    *other_format('a qcow2 image', b'QFI\xfb', 'a qcow2 disk image',
                  'give the raw image: qemu-img convert -O raw'),
    *other_format('gzip', b'\x1f\x8b', 'gzip data',
                  'decompress it first'),
    *other_format('xz', b'\xfd7zXZ', 'xz data', 'decompress it first'),
    *other_format('zstd', b'\x28\xb5\x2f\xfd', 'zstd data',
                  'decompress it first'),
    *other_format('zip', b'PK\x03\x04', 'a zip archive', 'extract it first'),
    *other_format('a Debian package', b'!<arch>\n',
                  'an ar archive or Debian package', 'extract it first'),
    *other_format('an RPM package', b'\xed\xab\xee\xdb', 'an RPM package',
                  'extract it first'),
    *other_format('tar', b'ustar', 'a tar archive', 'extract it first',
                  at=0x101),
    *other_format('a device tree', b'\xd0\x0d\xfe\xed', 'a device tree',
                  'give the firmware image'),
    refused('almost IGVM', Image(b'IGVN'.ljust(0x1000, b'\0')),
            NO_TABLE),
    refused('1 byte', Image(b'\1'), NO_TABLE),
    refused('31 bytes', Image(b'\1' * 31), NO_TABLE),
    refused('32 bytes', Image(b'\1' * 32), NO_TABLE),
    refused('47 bytes', Image(b'\1' * 47), NO_TABLE),
    refused('zeros', Image(bytes(0x10000)), NO_TABLE),
    refused('1 MiB of noise', Image(random.Random(1).randbytes(1 << 20)),
            NO_TABLE),
    refused('a table cut at the end', image().cut(end=SIZE - 1), NO_TABLE),
    refused('32-bit offset past the end', td_shim(pointer=SIZE), NO_TABLE),
    refused('32-bit offset 0xffffffff', td_shim(pointer=-1), NO_TABLE),
    refused('32-bit offset 3 bytes before the end',
            td_shim(pointer=SIZE - 3), NO_TABLE),
    refused('32-bit offset 0', td_shim(pointer=0), NO_TABLE),
    refused('32-bit offset to the metadata GUID',
            td_shim(pointer=DESCRIPTOR - 16), NO_TABLE),
    refused('32-bit offset to another signature',
            td_shim(signature=b'TDVG'), NO_TABLE),
]

FOUR = bytes(4)

TABLES = [
    refused('an empty table', image(entries=[], table_length=18),
            NO_ENTRY + 'nothing [no-tdx-entry]'),
    refused('an entry that is not known',
            image(entries=[entry(OTHER, FOUR)]), NO_ENTRY +
            '00112233-4455-6677-8899-aabbccddeeff [no-tdx-entry]'),
    refused('entries of an OVMF without TDX',
            image(entries=[entry(SEV_ES, FOUR), entry(SEV_SECRET, FOUR),
                           entry(SEV_HASHES, FOUR)]), NO_ENTRY +
            '00f771de (SEV-ES reset block), 4c2eb361 (SEV secret), '
            '7255371f (SEV hash table) [no-tdx-entry]'),
    refused('more entries than a line holds',
            image(entries=[entry(SEV, FOUR), entry(IGVM)]
                  + [entry(OTHER)] * 1000), NO_ENTRY +
            'dc886566 (SEV metadata), 784fa70e (IGVM), '
            '00112233-4455-6677-8899-aabbccddeeff, '
            '00112233-4455-6677-8899-aabbccddeeff, '
            '00112233-4455-6677-8899-aabbccddeeff and 997 more '
            '[no-tdx-entry]'),
    refused('as many entries as a line holds',
            image(entries=[entry(OTHER)] * 3 + [entry(SEV), entry(
                SEV_SECRET)]), NO_ENTRY
            + '00112233-4455-6677-8899-aabbccddeeff, ' * 3 +
            'dc886566 (SEV metadata), 4c2eb361 (SEV secret) [no-tdx-entry]'),
    refused('a letter more than a line holds',
            image(entries=[entry(OTHER)] * 2 + [entry(SEV_ES)] * 2
                  + [entry(SEV)]), NO_ENTRY
            + '00112233-4455-6677-8899-aabbccddeeff, ' * 2 +
            '00f771de (SEV-ES reset block), 00f771de (SEV-ES reset block) '
            'and 1 more [no-tdx-entry]'),
    *(refused(f'table length {length}', image(table_length=length),
              f'offset 0xffce: GUIDed table: total length {length} is not '
              'between 18 and the 65504 bytes before its end '
              '[table-length]')
      for length in (0, 17, 65505, 0xffff)),
    refused('a footer alone, 48 bytes',
            Image(table([])[-16:] + bytes(32)),
            'offset 0x0: GUIDed table: its length would be before the '
            'start of the file; the file is cut [table-length]'),
    refused('a footer with half of its length, 49 bytes',
            Image(table([])[-17:] + bytes(32)),
            'offset 0x1: GUIDed table: its length would be before the '
            'start of the file; the file is cut [table-length]'),
    refused('a footer with its length, 50 bytes',
            Image(table([]) + bytes(32)),
            'offset 0x12: not built for TDX: the GUIDed table has no TDX '
            'entry, only: nothing [no-tdx-entry]'),
    refused('a table cut in front',
            image().cut(start=SIZE - 0x20 - 39),
            'offset 0x15: GUIDed table: total length 40 is not between 18 '
            'and the 39 bytes before its end [table-length]'),
    *(refused(f'entry length {length}',
              image(entries=[tdx_entry(SIZE - DESCRIPTOR, length)]),
              f'offset 0xffbc: GUIDed table: entry length {length} is not '
              'between 18 and the 22 bytes left in the table [table-entry]')
      for length in (0, 17, 23, 0xffff)),
    refused('entry length 0 before the TDX entry',
            image(entries=[entry(OTHER, length=0),
                           tdx_entry(SIZE - DESCRIPTOR)]),
            'offset 0xffbc: GUIDed table: entry length 0 is not between 18 '
            'and the 40 bytes left in the table [table-entry]'),
    refused('5 bytes before the last entry',
            image(entries=[b'12345'], table_length=23),
            'offset 0xffc9: GUIDed table: 5 bytes are left over, too few '
            'for an entry (at least 18) [table-entry]'),
    *(refused(f'TDX entry with {size} bytes of data',
              image(entries=[entry(TDX, bytes(size))]),
              f'offset 0xffbc: GUIDed table: the TDX entry\'s length '
              f'{size + 18} is not 22 [tdx-entry]')
      for size in (0, 3, 5, 8)),
    *(refused(f'TDX metadata 0x{from_end:x} before the end',
              image(entries=[tdx_entry(from_end)]),
              f'offset 0xffb8: GUIDed table: the TDX metadata would be '
              f'0x{from_end:x} bytes before the end of a file of 0x10000 '
              '[tdx-entry]')
      for from_end in (0, SIZE + 1, 0xffffffff)),
    refused('an offset does not help where the table leads nowhere',
            image(entries=[tdx_entry(0)], pointer=DESCRIPTOR),
            'offset 0xffb8: GUIDed table: the TDX metadata would be 0x0 '
            'bytes before the end of a file of 0x10000 [tdx-entry]'),
    found('an offset helps where the table has no TDX entry',
          image(entries=[entry(SEV_ES, FOUR)], pointer=DESCRIPTOR),
          'note: mainline QEMU finds the metadata by the GUIDed table only, '
          'and refuses this image [qemu-locator]'),
]

CUT = ('TDVF_DESCRIPTOR: its 16 bytes reach past the end of the file '
       '(65536 bytes) [desc-bounds]')


def bad_count(count, **fields):
    return refused(
        f'{count} sections' + ' with Length to match' * bool(fields),
        image(count=count, **fields),
        f'offset 0xe01c: TDVF_DESCRIPTOR: NumberOfSectionEntry {count} is '
        'not between 1 and 1024 [desc-count]')


DESCRIPTORS = [
    *(refused(f'descriptor {left} bytes before the end',
              image(entries=[tdx_entry(left)]),
              f'offset 0x{SIZE - left:x}: {CUT}') for left in (1, 8, 15)),
    refused('descriptor of td-shim 8 bytes before the end',
            td_shim(pointer=SIZE - 8, patch=[(SIZE - 8, b'TDVF')]),
            f'offset 0xfff8: {CUT}'),
    refused('descriptor 16 bytes before the end',
            image(entries=[tdx_entry(16)], patch=[
                (SIZE - 16, struct.pack('<4sIII', b'TDVF', 48, 1, 1))]),
            'offset 0xfff4: TDVF_DESCRIPTOR: Length 48 reaches past the end '
            'of the file (65536 bytes) [desc-bounds]'),
    refused('descriptor of td-shim 4 bytes before the end',
            td_shim(pointer=SIZE - 4, patch=[(SIZE - 4, b'TDVF')]),
            f'offset 0xfffc: {CUT}'),
    refused('sections past the end', image(at=0xf900, count=64),
            'offset 0xf904: TDVF_DESCRIPTOR: Length 2064 reaches past the '
            'end of the file (65536 bytes) [desc-bounds]'),
    refused('the last byte of the sections past the end',
            image(at=SIZE - 1024 * 32 - 15, count=1024),
            'offset 0x7ff5: TDVF_DESCRIPTOR: Length 32784 reaches past the '
            'end of the file (65536 bytes) [desc-bounds]'),
    refused('another signature', image(signature=b'TDVX'),
            'offset 0xe010: TDVF_DESCRIPTOR: Signature is not "TDVF" '
            '[desc-signature]'),
    refused('the entry leads to the GUID',
            image(entries=[tdx_entry(SIZE - DESCRIPTOR + 16)]),
            'offset 0xe000: TDVF_DESCRIPTOR: Signature is not "TDVF" '
            '[desc-signature]'),
    refused('two metadata', image(pointer=0x8000, patch=[(0x8000, b'TDVF')]),
            'offset 0xffe0: two TDX metadata: the 32-bit offset leads to a '
            'TDVF_DESCRIPTOR at 0x8000, the GUIDed table\'s entry at 0xffb8 to '
            'one at 0xe010; --image-format tdvf takes it for a TDVF image, by '
            'its GUIDed table first, as VMMs do, if who has built it means '
            'that [ambiguous-format]'),
    refused('the offset does not help where the signature is wrong',
            image(signature=b'TDVX', pointer=0x8000,
                  patch=[(0x8000, b'TDVF')]),
            'offset 0xe010: TDVF_DESCRIPTOR: Signature is not "TDVF" '
            '[desc-signature]', '--image-format', 'tdvf'),
    *(refused(f'version {version}', image(version=version),
              f'offset 0xe018: TDVF_DESCRIPTOR: Version {version} is not 1 '
              '[desc-version]') for version in (0, 2, 0xffffffff)),
    refused('version 2 of td-shim', td_shim(version=2),
            'offset 0xe018: TDVF_DESCRIPTOR: Version 2 is not 1 '
            '[desc-version]'),
    bad_count(0),
    bad_count(0, length=16),
    bad_count(1025),
    bad_count(0xffffffff),
    bad_count(0xffffffff, length=16 + 32 * 0xffffffff),
    bad_count(0x08000000, length=16),
    *(refused(f'Length {length}', image(length=length),
              f'offset 0xe014: TDVF_DESCRIPTOR: Length {length} is not 144 '
              '(16 + 32 * 4 sections) [desc-length]')
      for length in (0, 143, 145, 144 + 16, 0xffffffff)),
    found('1024 sections', image(GOOD + (GOOD[3]._replace(memory=0),) * 1020,
                                 at=0x4010), apart(0x4010),
          *(f'note: offset 0x{0x4020 + 32 * i + 16:x}: section {i} '
            '(TempMem): MemoryDataSize is 0: nothing to add here, but KVM '
            'refuses to add no pages and the launch fails [no-memory]'
            for i in range(4, 1024))),
]

CASES = FILES + VOLUMES + TABLES + DESCRIPTORS
