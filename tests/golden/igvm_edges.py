# SPDX-License-Identifier: Apache-2.0
"""Limits of IGVM files: exactly there, and a step to either side."""

from case import refused
from igvm import (BOUNDARY, CCA, NATIVE, PAGE, SEV, SEV_ES, SNP, TDX,
                  UNMEASURED, VSM, Igvm, Item, area, context, insert,
                  page, pages, parameter, platform, policy, raw, required)
from igvm_cases import (ONE, PLATFORM, STRUCTURE, TWO, bad, bad_header,
                        bad_page, both, file, found, noise, offset, td_shim)
import images

END = 1 << 52
ALL = [platform(kind, 1 << kind, boundary=0) for kind in range(7)]
UNBOUND = platform(boundary=0)
ZERO = [platform(), page(0x1000)]
TDX_2 = [platform(SNP, 1, boundary=1 << 39), platform(TDX, 2)]


def end_of(items):
    """The size of a file of these."""
    return len(Igvm(list(items)).encode())


def no_data(kind, *body):
    """A structure that points to no file data."""
    return Item(kind, body)


def mask_warning(items, name, field=8):
    """Of the last of the items."""
    return (f'warning: offset {offset(items, len(items) - 1, field):#x}: '
            f'{name}: the first whose CompatibilityMask is of no platform: it '
            'is never used [igvm-mask]')


PADDING = ('note: offset 0x18: IGVM: padding after structures is not zero, '
           "as Microsoft's igvm-tooling writes it; it is not measured "
           '[igvm-padding]')
EMPTY_CORIM = no_data(0x104, ('I', 1), ('I', 0), ('I', 0), ('I', 0))
AT_END = end_of(ZERO + [EMPTY_CORIM])
NOT_OF_7 = [*ALL, page(0x1000, b'x', 0, 8), area(),
            page(0x2000, b'y', 0, 0x7fffff80)]
NOT_OF_2 = [platform(mask=2), page(0x1000, b'x', 0, 2),
            page(0x2000, b'y', 0, 1)]
INSERT_4 = [*ONE, area(), insert(0x100000, 0, 4)]


def head_of_4096_bytes():
    """Structures that fill what is read at once, and no data behind them."""
    items = [platform(), platform(SNP, 2), platform(NATIVE, 4),
             platform(VSM, 8), *pages(0, 125)]
    assert end_of(items) == 24 + 4096
    return file(*items)


MEASURED = [
    *both('a page of another platform that is not measured',
          file(*TWO, page(0, b'a'), page(0x1000, b'b', UNMEASURED, 2)),
          td_shim(0, 0, 1)),
    *both('as many headers as are read at once', head_of_4096_bytes(),
          td_shim(125)),
    *both('TDX is the second platform, a page above the first\'s boundary',
          file(*TDX_2, page(1 << 40, b'x', 0, 2))),
    *both('an insert that is not measured is where it was',
          file(*TWO, area(2 * PAGE), insert(0x2000, 0, 3), page(0x4000, b'x')),
          td_shim(0, 2)),
    found('IGVM: seven platforms, a mask of none of them', file(*NOT_OF_7),
          mask_warning(NOT_OF_7, 'PAGE_DATA'), td_shim(0, 0, 1)),
    found('IGVM: bit 0 is of no platform', file(*NOT_OF_2),
          mask_warning(NOT_OF_2, 'PAGE_DATA'), td_shim(0, 0, 1)),
    found('IGVM: an insert whose mask is of no platform', file(*INSERT_4),
          mask_warning(INSERT_4, 'PARAMETER_INSERT'), td_shim(0, 0, 1)),
    found('IGVM: no boundary', file(UNBOUND, page(0x1000, b'x'))),
    found('IGVM: a boundary at the end',
          file(platform(boundary=END), page(0x1000, b'x'))),
    found('IGVM: the last private page',
          file(platform(), page(BOUNDARY - PAGE, b'x'))),
    found('IGVM: an area of no bytes at the boundary',
          file(*ONE, area(0), insert(BOUNDARY))),
    found('IGVM: an area of 2^52 bytes', file(*ONE, area(END))),
    found('IGVM: a CoRIM of no bytes at the end of the file',
          file(*ZERO[:1], no_data(0x104, ('I', 1), ('I', AT_END), ('I', 0),
                                  ('I', 0)), ZERO[1]), td_shim(1)),
    found('IGVM: the last data type', file(platform(), page(0, b'x', kind=3))),
    found('IGVM: platforms of the highest bit, and of VTL 2',
          file(platform(mask=1 << 31, vtl=2), page(0, b'x', 0, 1 << 31))),
    # Neighbours of FileOffset that are not 0.
    found('IGVM: no file data, and a mask of high bits',
          file(platform(), page(0x1000, None, 0, 0xff000001)), td_shim(1)),
    found('IGVM: no file data, and an index of high bits',
          file(*ONE, area(PAGE, 0xff000000), insert(0x2000, 0xff000000)),
          td_shim(0, 1)),
    found('IGVM: a context of no file data, for the highest platform',
          file(*ONE[:1], platform(SNP, 1 << 31), no_data(
              0x304, ('Q', PAGE), ('I', 1 << 31), ('I', 0), ('I', 0)),
               ONE[1])),
    found('IGVM: a context of the first platform, the last data',
          file(*TDX_2, page(0, b'x', 0, 2), context(1))),
    found('IGVM: required memory above the boundary, with flags',
          file(*ONE, no_data(0x305, ('Q', BOUNDARY), ('I', 1), ('I', PAGE),
                             ('I', 0xffffffff), ('I', 0)))),
    found('IGVM: required memory to the end',
          file(*ONE, required(END - PAGE, PAGE))),
    found('IGVM: a policy for the highest bits',
          file(platform(), policy(0, 0xff000001), page(0, b'x'))),
    found("IGVM: another platform's policy", file(
        *TWO, policy(1, 2), page(0, b'x'))),
    found('IGVM: 4096 structures of required memory', file(
        *ONE, *[required()] * 4096)),
    found('IGVM: 1024 parameter areas',
          file(*ONE, *(area(PAGE, i) for i in range(1024)))),
    found('IGVM: a structure of no bytes, as the last',
          file(*ZERO, no_data(0x80000399)), td_shim(1)),
    found('IGVM: a structure that may be skipped, with padding',
          file(*ZERO, Item(0x80000399, (('4089s', b''),), padding=b'1234567')),
          PADDING, td_shim(1)),
    found('IGVM: padding of the last byte',
          file(*ZERO, Item(0x80000399, (('9s', b''),),
                           padding=bytes(6) + b'1')), PADDING, td_shim(1)),
    found('IGVM: no padding after the last byte', file(
        *ZERO, Item(0x80000399, (('8s', b'12345678'),))), td_shim(1)),
]

HEADERS = [
    bad_header('a byte more than the file', 'VariableHeaderSize 0x39 is not '
               'inside the file', 12, items=ZERO, size=0x39),
    bad_header('structures at 2^32 - 8', 'VariableHeaderOffset 0x8 is not a '
               'multiple of 8 after the fixed header', 8, offset=8),
    bad_header('structures in a header of version 2', 'VariableHeaderOffset '
               '0x18 is not a multiple of 8 after the fixed header', 8,
               version=2, offset=24),
    refused('IGVM: 31 bytes of version 2', images.Image(
        Igvm(ONE, 2).encode()[:31]), "offset 0x0: IGVM header: the file's "
            'size 0x1f is not enough for the fixed header [igvm-header]'),
    refused('IGVM: nothing, version 2', file(version=2), 'offset 0x20: the '
            'IGVM file is not for TDX; its platforms: none [igvm-platform]'),
    *(refused(f'IGVM: {left} bytes behind the last structure',
              file(*ZERO, header={'size': 56 + left}, tail=bytes(left)),
              'offset 0x50: a structure of 8 bytes, padded to 8, in the last '
              f'{left} bytes of the variable headers {STRUCTURE}')
      for left in (1, 7)),
]

PLATFORMS = [
    bad('VTL 3', [platform(vtl=3)], None, 4,
        PLATFORM + 'HighestVtl 3 is neither 0 nor 2 [igvm-platform]'),
    bad('platform version 257', [platform(version=257)], None, 6,
        PLATFORM + 'PlatformVersion 257 is not 1 [igvm-platform]'),
    bad('a platform of the last twice', [*TWO, platform(SNP, 4)], None, 5,
        PLATFORM + 'PlatformType 2 is there twice [igvm-platform]'),
    bad('two bits, the highest one', [platform(mask=0x80000001)], None, 0,
        PLATFORM + 'CompatibilityMask 0x80000001 is not one bit '
        '[igvm-platform]'),
    refused('IGVM: all platforms but TDX',
            file(*(platform(kind, 1 << kind) for kind in (
                NATIVE, VSM, SNP, SEV, SEV_ES, CCA)), page(0)),
            'offset 0x18: the IGVM file is not for TDX; its platforms: '
            'NATIVE, VSM_ISOLATION, SEV_SNP, SEV, SEV_ES, CCA '
            '[igvm-platform]'),
    bad('the last of the reserved bytes', [platform(), policy(0, 1, 1 << 24)],
        None, 12, 'GUEST_POLICY: Reserved 0x1000000 is not 0 [igvm-field]'),
]

PAST = 'the end of guest-physical addresses [igvm-field]'
SHARED = "where TDX's shared memory begins [igvm-field]"


def data_at_8(name, item):
    """It points to the fixed header."""
    items = ONE + [item]
    start = offset(items, len(items), -8)
    return bad(f'{name}: data in the header', items, None, 12,
               f'{name}: FileOffset 0x8 and 4096 bytes are outside the '
               f"file's data, {start:#x}-{end_of(items):#x} [igvm-data]")


FIELDS = [
    bad('an area that may be skipped', ONE + [raw(0x80000301, 16)], None,
        -8, 'structure type 0x80000301 is a known type with the bit that lets '
        f'loaders skip it: they may disagree {STRUCTURE}'),
    bad_page('the last of the reserved bytes', page(0, b'x', reserved=0x100),
             22, 'Reserved 0x100 is not 0 [igvm-field]'),
    bad_page('data type 256', page(0, b'x', kind=0x100), 20,
             'DataType 256 is not 0 to 3 [igvm-field]'),
    bad('a private GPA at the end, no boundary',
        [UNBOUND, page(END, b'x')], None, 0,
        f'PAGE_DATA: GPA {END:#x} and 0x1000 bytes reach past {END:#x}, '
        + PAST),
    bad('a shared GPA, TDX is the second', [
        *TDX_2, page(BOUNDARY, b'x', 0, 2)], None, 0,
        f'PAGE_DATA: GPA {BOUNDARY:#x} and 0x1000 bytes reach past '
        f'{BOUNDARY:#x}, ' + SHARED),
    bad('a page more than to the boundary',
        ONE + [area(2 * PAGE), insert(BOUNDARY - PAGE)], None, 0,
        f'PARAMETER_INSERT: GPA {BOUNDARY - PAGE:#x} and 0x2000 bytes reach '
        f'past {BOUNDARY:#x}, ' + SHARED),
    bad('an area of 2^52 bytes and a page', ONE + [area(END + PAGE)], None, 0,
        f'PARAMETER_AREA: NumberOfBytes {END + PAGE:#x} is not a multiple of '
        '0x1000, or too large [igvm-area]'),
    bad('required memory past the end', ONE + [required(END - PAGE, 0x2000)],
        None, 0, f'REQUIRED_MEMORY: GPA {END - PAGE:#x} and 0x2000 bytes '
        f'reach past {END:#x}, ' + PAST),
    bad('the last of the reserved bytes of required memory',
        ONE + [required(reserved=1 << 24)], None, 20,
        'REQUIRED_MEMORY: Reserved 0x1000000 is not 0 [igvm-field]'),
    bad('a context of no platform', [*TWO, ONE[1], context(4)], None, 8,
        'VP_CONTEXT: CompatibilityMask 0x4 is not that of one platform '
        '[igvm-context]'),
    data_at_8('PARAMETER_AREA', no_data(0x301, ('Q', PAGE), ('I', 0),
                                        ('I', 8))),
    bad('VP_CONTEXT: data in the header',
        [*TWO, no_data(0x304, ('Q', 0), ('I', 2), ('I', 8), ('I', 0))], None,
        12, 'VP_CONTEXT: FileOffset 0x8 and 4096 bytes are outside the '
        "file's data, 0x68-0x68 [igvm-data]"),
    data_at_8('PAGE_DATA', page(0, 8)),
    refused('IGVM: a CoRIM a byte past the end',
            file(platform(), no_data(0x104, ('I', 1), ('I', 0x68), ('I', 2),
                                     ('I', 0)), page(0), tail=b'x'),
            'offset 0x3c: CORIM_DOCUMENT: FileOffset 0x68 and 2 bytes are '
            "outside the file's data, 0x68-0x69 [igvm-data]"),
    bad('a parameter of the second area', ONE + [area(), area(PAGE, 1),
                                                 insert(0x5000, 1),
                                                 parameter(1)], None, 0,
        'VP_COUNT_PARAMETER: ParameterAreaIndex 1 is inserted already '
        '[igvm-area]'),
]

OVERLAPS = [
    refused('IGVM: a page twice, the later one lower in the file',
            file(platform(), page(0x3000, b'a'), *pages(0x1000, 3, noise)),
            f'offset {offset(ONE + ONE, 2):#x}: region 1 (pages): GPA 0x3000 '
            'is also in region 0; TDX adds a page once [igvm-overlap]'),
    *(refused(f'IGVM: a page twice, the {which} of many',
              file(platform(), page(0x9000, b'a'), page(0x1000, b'b'),
                   page(0x5000, b'c'), page(gpa, b'd')),
              f'offset {offset([platform()] + pages(0, 4), 4):#x}: region 3 '
              f'(pages): GPA {gpa:#x} is also in region {other}; TDX adds a '
              'page once [igvm-overlap]')
      for which, gpa, other in (('first', 0x1000, 1), ('last', 0x9000, 0))),
    found('IGVM: an area of no bytes in a page',
          file(*ONE, area(0), insert(0x1000))),
]

CASES = MEASURED + HEADERS + PLATFORMS + FIELDS + OVERLAPS
