# SPDX-License-Identifier: Apache-2.0
"""IGVM files: what is measured, and what is refused."""

import case
from case import refused
from igvm import (KNOWN, KNOWN_TD_SHIM, NATIVE, PAGE, SHARED, SNP, TDX,
                  UNMEASURED, Igvm, Item, area, context, corim, id_block,
                  insert, known, page, pages, parameter, platform, policy,
                  raw, relocatable, required)
import igvm_reader
import images

FIXED = 24
ONE = [platform(), page(0x1000, b'one')]


def file(*items, **more):
    return images.Image(Igvm(list(items), **more).encode())


def offset(items, index, field=0):
    """Of a field of the index-th structure's body, in a file of version 1."""
    return FIXED + 8 + field + sum(
        8 + Igvm.padded(Igvm, item) for item in items[:index])


def bad(name, items, index, field, line, **more):
    """The last item, or the index-th, is refused for a field of its."""
    index = len(items) - 1 if index is None else index
    return refused(f'IGVM: {name}', file(*items, **more),
                   f'offset {offset(items, index, field):#x}: {line}')


RESET = ('warning: no page for TDX is at GPA 0xfffff000, where a TD starts '
         '[reset-vector]')


def found(name, image, *lines, **more):
    """With the warning of a file without a page at the reset vector; what the
    plan adds comes after it."""
    lines = list(lines)
    if not igvm_reader.has_page(image.data, 0xfffff000):
        notes = [i for i, line in enumerate(lines)
                 if line.startswith('note: td-shim-tee-info-hash')]
        lines.insert(notes[0] if notes else len(lines), RESET)
    return case.found(name, image, *lines, **more)


def td_shim(zeros=0, parameters=0, other=0):
    return ('note: td-shim-tee-info-hash and migtd-hash give another value '
            '(VMM td-shim-igvm): they do not measure '
            f'{zeros} zero pages, leave out {parameters} pages of parameters, '
            f'and take {other} pages of other platforms [igvm-td-shim]')


def both(name, image, *lines, value=None):
    """The reference rule, and td-shim's."""
    known_values = value or {}
    return [found(f'IGVM: {name}', image, *lines)._replace(known=known_values),
            found(f'IGVM: {name}', image, *lines,
                  args=('--vmm', 'td-shim-igvm'))._replace(
                      known=known_values)]


def noise(i):
    return bytes((i * 7 + j * 13 + (j >> 8)) & 255 or 1 for j in range(PAGE))


KNOWN_BY = {'spec': KNOWN, 'td-shim-igvm': KNOWN_TD_SHIM}
TWO = [platform(), platform(SNP, 2, boundary=1 << 39)]
DEBUG = ('warning: offset 0x38: GUEST_POLICY: it ALLOWS DEBUGGING: the host '
         "may read and change the TD's memory. The MRTD does not tell; "
         'ATTRIBUTES bit 0 does [igvm-debug]')
EVERYTHING = TWO + [
    policy(6), policy(0x30000, 2), relocatable(), raw(0x103, 32),
    corim(b'document'), corim(b'signature', signature=True), raw(0x106, 32),
    area(3 * PAGE), area(PAGE, 7, b'initial'.ljust(PAGE, b'\0')), parameter(),
    parameter(7, 0x30e), page(0x1000, noise(1)), page(0x2000, noise(2)),
    page(0x3000, noise(1)), page(0x4000), page(0x5000, bytes(PAGE)),
    page(0x6000, noise(3), UNMEASURED), page(0x7000, noise(3), SHARED),
    page(0x8000, noise(4), 0, 2), page(0x9000, noise(5), 0, 3),
    page(0xa000, noise(6), 0, 1, 2), insert(0x100000), insert(0x200000, 7, 2),
    context(2), required(), id_block(bytes(range(48))), raw(0x30d, 16),
    raw(0x311, 864), page(0xfffff000, noise(9)), Item(0x80000399, (('Q', 1),)),
]

MEASURED = [
    *both("openvmm's list", images.Image(known().encode()), td_shim(4), value=KNOWN_BY),
    *both("openvmm's list, version 2", images.Image(known(2).encode()),
          td_shim(4), value=KNOWN_BY),
    *both('one page', file(*ONE)),
    *both('everything', file(*EVERYTHING), td_shim(1, 3, 2)),
    *both('everything, version 2', file(*EVERYTHING, version=2),
          td_shim(1, 3, 2)),
    *both('pages in a row', file(platform(), *pages(0x10000, 40, noise))),
    *both('pages in a row, all the same',
          file(platform(), *pages(0x10000, 9, b'same'))),
    *both('pages downwards',
          file(platform(), *reversed(pages(0x10000, 9, noise)))),
    *both('more headers than are read at once',
          file(platform(), *pages(0x10000, 300, lambda i: noise(i % 3)))),
    *both('TDX is not the first platform',
          file(platform(SNP, 1), platform(TDX, 0x80), page(0, b'x', 0, 1),
               page(0x1000, b'y', 0, 0x80)), td_shim(0, 0, 1)),
    *both('debugging is allowed',
          file(platform(), policy(1), page(0, b'x')), DEBUG),
    *both('a gap behind the header',
          file(*ONE, gap=bytes(8)), 'warning: offset 0x0: IGVM header: there '
          'are bytes between the fixed header and the structures, which no '
          'checksum covers [igvm-gap]'),
    *both('bytes behind the data', file(*ONE, tail=b'x')),
    *both('no file data', file(platform(), page(0)), td_shim(1)),
    *both('no file data behind the last page',
          file(platform(), page(0, flags=UNMEASURED))),
    *both('a mask of no platform',
          file(*ONE, page(0x2000, b'x', 0, 4)),
          f'warning: offset {offset(ONE + ONE, 2, 8):#x}: PAGE_DATA: the '
          'first whose CompatibilityMask is of no platform: it is never used '
          '[igvm-mask]',
          td_shim(0, 0, 1)),
    *both('many masks of no platform, many policies',
          file(platform(), policy(1), policy(1), page(0x1000, b'x'),
               *pages(0x2000, 50, b'x', 0, 4)),
          'warning: offset 0x90: PAGE_DATA: the '
          'first whose CompatibilityMask is of no platform: it is never used '
          '[igvm-mask]', DEBUG, td_shim(0, 0, 50)),
    *both("igvm-tooling's padding",
          file(platform(), platform(SNP, 2),
               context(2)._replace(padding=b'0000'), page(0, b'x')),
          'note: offset 0x18: IGVM: padding after structures is not zero, as '
          "Microsoft's igvm-tooling writes it; it is not measured "
          '[igvm-padding]'),
    *both('the same page for two platforms, apart',
          file(*TWO, page(0, b'a', 0, 1), page(0, b'b', 0, 2)),
          td_shim(0, 0, 1)),
    # IGVM_VHS_PARAMETER: an index and an offset, 8 bytes, for each of them.
    *both('all parameters',
          file(*ONE, area(), *(parameter(0, kind) for kind in (
              0x307, 0x308, 0x309, 0x30a, 0x30c, 0x30e, 0x30f, 0x310, 0x312,
              0x313)), insert(0x2000)), td_shim(0, 1)),
    *both('an area of no bytes',
          file(*ONE, area(0), insert(0x2000))),
]

HEADER = 'IGVM header: '


def bad_header(name, line, at, *, items=(), version=1, **header):
    return refused(f'IGVM header: {name}',
                   file(*(items or ONE), version=version, header=header),
                   f'offset {at:#x}: {HEADER}{line} [igvm-header]')


WHOLE = Igvm(ONE).encode()
SIZE = len(WHOLE)
HEADERS = [
    refused('IGVM: magic alone', images.Image(b'IGVM'), "offset 0x0: IGVM "
            "header: the file's size 0x4 is not enough for the fixed header "
            '[igvm-header]'),
    refused('IGVM: 23 bytes', images.Image(WHOLE[:23]), "offset 0x0: IGVM "
            "header: the file's size 0x17 is not enough for the fixed header "
            '[igvm-header]'),
    refused('IGVM: zeros', images.Image(b'IGVM' + bytes(0x1000)),
            'offset 0x4: IGVM header: FormatVersion 0x0 is not 1 or 2 '
            '[igvm-header]'),
    refused('IGVM: cut', images.Image(WHOLE[:-1]), 'offset 0x10: IGVM header: '
            f'TotalFileSize {SIZE}, but the file has {SIZE - 1} bytes; it was '
            'cut or extended [igvm-header]'),
    refused('IGVM: extended', images.Image(WHOLE + b'x'),
            f'offset 0x10: IGVM header: TotalFileSize {SIZE}, but the file '
            f'has {SIZE + 1} bytes; it was cut or extended [igvm-header]'),
    refused('IGVM header: version', images.Image(
        WHOLE[:4] + b'\3' + WHOLE[5:]), 'offset 0x4: IGVM header: '
        'FormatVersion 0x3 is not 1 or 2 [igvm-header]'),
    bad_header('architecture', 'Architecture 0x1 is not 0 (x64)', 24,
               version=2, architecture=1),
    bad_header('page size', 'PageSize 0x10000 is not 0x1000', 28, version=2,
               page_size=0x10000),
    bad_header('offset of the structures', 'VariableHeaderOffset 0x10 is not '
               'a multiple of 8 after the fixed header', 8, offset=0x10),
    bad_header('unaligned structures', 'VariableHeaderOffset 0x1c is not '
               'a multiple of 8 after the fixed header', 8, offset=0x1c),
    bad_header('size of the structures', 'VariableHeaderSize 0xffffffff is '
               'not inside the file', 12, size=0xffffffff),
    bad_header('structures behind the file', 'VariableHeaderSize 0x38 is '
               'not inside the file', 12, offset=0xfffffff8),
    refused('IGVM: checksum', file(*ONE, header={'checksum': 0}),
            'offset 0x14: IGVM header: checksum 0x00000000, but the headers\' '
            f'CRC-32 is 0x{WHOLE[20:24][::-1].hex()}; the file is damaged or '
            'was changed [igvm-checksum]'),
]

STRUCTURE = '[igvm-structure]'
STRUCTURES = [
    bad('an unknown directive', ONE + [raw(0x399, 8)], None, -8,
        f'structure type 0x399 is not known {STRUCTURE}'),
    bad('the reserved directive', ONE + [raw(0x306, 8)], None, -8,
        f'structure type 0x306 is not known {STRUCTURE}'),
    bad('a type of no range', ONE + [raw(0x250, 8)], None, -8,
        f'structure type 0x250 is not known {STRUCTURE}'),
    bad('a page that may be skipped', ONE + [raw(0x80000302, 24)], None,
        -8, 'structure type 0x80000302 is a known type with the bit that lets '
        f'loaders skip it: they may disagree {STRUCTURE}'),
    bad('a short page', ONE + [raw(0x302, 20)], None, -4,
        f'PAGE_DATA: length 20 is not 24 {STRUCTURE}'),
    bad('a long page', ONE + [raw(0x302, 5000)], None, -4,
        f'PAGE_DATA: length 5000 is not 24 {STRUCTURE}'),
    bad('a structure past the end',
        ONE + [raw(0x302, 24)._replace(length=25)], None, -8,
        'a structure of 33 bytes, padded to 8, in the last 32 bytes of the '
        f'variable headers {STRUCTURE}'),
    bad('a structure of 4 GiB',
        ONE + [raw(0x302, 24)._replace(length=0xffffffff)], None, -8,
        'a structure of 4294967303 bytes, padded to 8, in the last 32 bytes '
        f'of the variable headers {STRUCTURE}'),
    bad('a platform behind a page', ONE + [platform(SNP, 2)], None, 0,
        'SUPPORTED_PLATFORM: it is after structures that must follow it: '
        f'platforms, initialization, directives {STRUCTURE}'),
    bad('a policy behind a page', ONE + [policy()], None, 0,
        'GUEST_POLICY: it is after structures that must follow it: '
        f'platforms, initialization, directives {STRUCTURE}'),
    bad('a policy before the platforms', [policy(), platform(), ONE[1]], 1, 0,
        'SUPPORTED_PLATFORM: it is after structures that must follow it: '
        f'platforms, initialization, directives {STRUCTURE}'),
]

PLATFORM = 'SUPPORTED_PLATFORM: '
PLATFORMS = [
    bad('mask of two bits', [platform(mask=3)], None, 0,
        PLATFORM + 'CompatibilityMask 0x3 is not one bit [igvm-platform]'),
    bad('mask of no bit', [platform(mask=0)], None, 0,
        PLATFORM + 'CompatibilityMask 0x0 is not one bit [igvm-platform]'),
    bad('VTL 1', [platform(vtl=1)], None, 4,
        PLATFORM + 'HighestVtl 1 is neither 0 nor 2 [igvm-platform]'),
    bad('platform 7', [platform(7)], None, 5,
        PLATFORM + 'PlatformType 7 is not 0 to 6 [igvm-platform]'),
    bad('platform version 2', [platform(version=2)], None, 6,
        PLATFORM + 'PlatformVersion 2 is not 1 [igvm-platform]'),
    bad('a platform twice', [platform(), platform(mask=2)], None, 5,
        PLATFORM + 'PlatformType 3 is there twice [igvm-platform]'),
    bad('a mask twice', [platform(), platform(SNP)], None, 0,
        PLATFORM + 'CompatibilityMask 0x1 is there twice [igvm-platform]'),
    refused('IGVM: not for TDX', file(platform(SNP), platform(NATIVE, 2),
                                      page(0)),
            'offset 0x18: the IGVM file is not for TDX; its platforms: '
            'SEV_SNP, NATIVE [igvm-platform]'),
    refused('IGVM: platforms only', file(platform(SNP)),
            'offset 0x18: the IGVM file is not for TDX; its platforms: '
            'SEV_SNP [igvm-platform]'),
    refused('IGVM: nothing', file(), 'offset 0x18: the IGVM file is not for '
            'TDX; its platforms: none [igvm-platform]'),
    refused('IGVM: no pages', file(platform()),
            'the IGVM file has no private page for TDX [igvm-pages]'),
    refused('IGVM: only shared pages', file(platform(), page(0, b'x', SHARED)),
            'the IGVM file has no private page for TDX [igvm-pages]'),
    refused('IGVM: pages of others', file(*TWO, page(0, b'x', 0, 2)),
            'the IGVM file has no private page for TDX [igvm-pages]'),
    bad('reserved bytes of the policy', [platform(), policy(0, 1, 9)], None,
        12, 'GUEST_POLICY: Reserved 0x9 is not 0 [igvm-field]'),
]


def bad_page(name, item, field, line):
    return bad(name, ONE + [item], None, field, f'PAGE_DATA: {line}')


def outside(value):
    """The range of the data of ONE and a structure behind."""
    items = ONE + [page(0, value)]
    start = offset(items, len(items), -8)
    end = len(Igvm(items).encode())
    return (f'PAGE_DATA: FileOffset {value:#x} and 4096 bytes are outside the '
            f"file's data, {start:#x}-{end:#x} [igvm-data]")


END = len(Igvm(ONE + [page(0)]).encode())
PAGES = [
    bad_page('an unaligned GPA', page(0x800, b'x'), 0,
             'GPA 0x800 is not a multiple of 0x1000 [igvm-field]'),
    bad_page('a shared GPA', page(1 << 47, b'x'), 0,
             'GPA 0x800000000000 and 0x1000 bytes reach past 0x800000000000, '
             "where TDX's shared memory begins [igvm-field]"),
    bad_page('a GPA past 52 bits', page(1 << 52, b'x', SHARED), 0,
             'GPA 0x10000000000000 and 0x1000 bytes reach past '
             '0x10000000000000, the end of guest-physical addresses '
             '[igvm-field]'),
    bad_page('the last GPA', page((1 << 64) - PAGE, b'x', 0, 2), 0,
             'GPA 0xfffffffffffff000 and 0x1000 bytes reach past '
             '0x10000000000000, the end of guest-physical addresses '
             '[igvm-field]'),
    bad_page('2 MiB', page(0, b'x', 1), 16, 'Flags 0x1 ask for a page of '
             '2 MiB, which loaders disagree about; build with 4 KiB pages '
             '[igvm-field]'),
    bad_page('reserved flags', page(0, b'x', 8), 16,
             'Flags 0x8 have reserved bits [igvm-field]'),
    bad_page('the highest flag', page(0, b'x', 1 << 31), 16,
             'Flags 0x80000000 have reserved bits [igvm-field]'),
    bad_page('data type 4', page(0, b'x', kind=4), 20,
             'DataType 4 is not 0 to 3 [igvm-field]'),
    bad_page('reserved bytes', page(0, b'x', reserved=1), 22,
             'Reserved 0x1 is not 0 [igvm-field]'),
    bad('data in the headers', ONE + [page(0, 8)], None, 12, outside(8)),
    bad('data past the end', ONE + [page(0, END - PAGE + 1)], None, 12,
        outside(END - PAGE + 1)),
    bad('data at 4 GiB', ONE + [page(0, 0xffffffff)], None, 12,
        outside(0xffffffff)),
    refused('IGVM: a page twice', file(*ONE, page(0x1000, b'two')),
            f'offset {offset(ONE + ONE, 2):#x}: region 1 (pages): GPA 0x1000 '
            'is also in region 0; TDX adds a page once [igvm-overlap]'),
    refused('IGVM: a page twice, apart',
            file(platform(), *pages(0x1000, 3, noise), page(0x9000),
                 page(0x2000)),
            f'offset {offset([platform()] + pages(0, 4), 5):#x}: region 2 '
            '(zero pages): GPA 0x2000 is also in region 0; TDX adds a page '
            'once [igvm-overlap]'),
    refused('IGVM: parameters over a page',
            file(*ONE, area(2 * PAGE), insert(0)),
            f'offset {offset(ONE + [area(), insert(0)], 3):#x}: region 1 '
            '(parameters): GPA 0x1000 is also in region 0; TDX adds a page '
            'once [igvm-overlap]'),
]

AREAS = [
    bad('an area of half a page', ONE + [area(0x800)], None, 0,
        'PARAMETER_AREA: NumberOfBytes 0x800 is not a multiple of 0x1000, or '
        'too large [igvm-area]'),
    bad('an area of 2^63 bytes', ONE + [area(1 << 63)], None, 0,
        'PARAMETER_AREA: NumberOfBytes 0x8000000000000000 is not a multiple '
        'of 0x1000, or too large [igvm-area]'),
    bad('an index twice', ONE + [area(), area()], None, 8,
        'PARAMETER_AREA: ParameterAreaIndex 0 is there twice [igvm-area]'),
    bad('too many areas',
        ONE + [area(PAGE, i) for i in range(1025)], None, 8,
        'PARAMETER_AREA: more than 1024 parameter areas [igvm-area]'),
    bad('an unknown area', ONE + [area(), insert(0x5000, 1)], None, 12,
        'PARAMETER_INSERT: ParameterAreaIndex 1 is of no parameter area '
        'before it [igvm-area]'),
    bad('an area inserted twice',
        ONE + [area(), insert(0x5000), insert(0x6000)], None, 12,
        'PARAMETER_INSERT: ParameterAreaIndex 0 is inserted already '
        '[igvm-area]'),
    bad('a parameter of no area', ONE + [parameter(3)], None, 0,
        'VP_COUNT_PARAMETER: ParameterAreaIndex 3 is of no parameter area '
        'before it [igvm-area]'),
    bad('a parameter behind its area',
        ONE + [area(), insert(0x5000), parameter(0, 0x30c)], None, 0,
        'MEMORY_MAP: ParameterAreaIndex 0 is inserted already [igvm-area]'),
    bad('an unaligned insert', ONE + [area(), insert(0x5001)], None, 0,
        'PARAMETER_INSERT: GPA 0x5001 is not a multiple of 0x1000 '
        '[igvm-field]'),
    bad('an insert past the end',
        ONE + [area(1 << 51), insert(0x5000)], None, 0,
        'PARAMETER_INSERT: GPA 0x5000 and 0x8000000000000 bytes reach past '
        "0x800000000000, where TDX's shared memory begins [igvm-field]"),
]

OTHERS = [
    bad('a VP context for TDX', ONE + [context(1)], None, 8,
        'VP_CONTEXT: CompatibilityMask 0x1 has TDX, whose virtual CPUs start '
        'in their reset state [igvm-context]'),
    bad('a VP context for several',
        TWO + [platform(NATIVE, 4), ONE[1], context(6)], None, 8,
        'VP_CONTEXT: CompatibilityMask 0x6 is not that of one platform '
        '[igvm-context]'),
    bad('reserved bytes of required memory', ONE + [required(reserved=1)],
        None, 20, 'REQUIRED_MEMORY: Reserved 0x1 is not 0 [igvm-field]'),
    bad('unaligned required memory', ONE + [required(1)], None, 0,
        'REQUIRED_MEMORY: GPA 0x1 is not a multiple of 0x1000 [igvm-field]'),
    bad('a CoRIM past the end', [platform(), Item(0x104, (
        ('I', 1), ('I', 0x2000), ('I', 5), ('I', 0))), page(0, b'x')], 1, 4,
        "CORIM_DOCUMENT: FileOffset 0x2000 and 5 bytes are outside the file's "
        'data, 0x68-0x1068 [igvm-data]'),
    bad('too much required memory', [platform()] + [required()] * 4097, None,
        0, 'REQUIRED_MEMORY: more than 4096 such structures '
        '[igvm-structure]'),
    refused('IGVM: more than the limit',
            file(*ONE, area(1 << 46), insert(0x5000)),
            'the regions claim so much memory that 2199023261824 bytes would '
            'be hashed, more than the limit of 17179869184; raise it with '
            '--limit SIZE [limit]'),
    refused('IGVM: a VMM that does not load it', file(*ONE),
            'VMM kvm-v19 does not launch an IGVM file; for it there '
            'are spec and td-shim-igvm [vmm-format]', '--vmm', 'kvm-v19'),
    refused('IGVM: td-shim-igvm, for TDVF', images.image(),
            'VMM td-shim-igvm does not launch a TDVF image; for it '
            'there are spec and others, but for td-shim-igvm '
            '[vmm-format]', '--vmm', 'td-shim-igvm'),
]

CASES = (MEASURED + HEADERS + STRUCTURES + PLATFORMS + PAGES + AREAS + OTHERS)
