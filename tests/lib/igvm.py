# SPDX-License-Identifier: Apache-2.0
"""IGVM files for the tests, good and bad.

Layouts: microsoft/igvm, igvm_defs/src/lib.rs. Every field can be made wrong on
its own; equal pages share their file data, as in files of other writers.
"""

import struct
import zlib
from typing import NamedTuple

NATIVE, VSM, SNP, TDX, SEV, SEV_ES, CCA = range(7)
UNMEASURED, SHARED = 2, 4
PAGE = 4096
BOUNDARY = 1 << 47


class Data(bytes):
    """Bytes of file data; in a body they are the offset at which they are."""


class Item(NamedTuple):
    """A structure; body is a list of (format, value)."""
    type: int
    body: tuple
    length: int = None  # where it is not that of the body
    padding: bytes = b''


def platform(kind=TDX, mask=1, vtl=0, version=1, boundary=BOUNDARY):
    return Item(1, (('I', mask), ('B', vtl), ('B', kind), ('H', version),
                    ('Q', boundary)))


def policy(value=0, mask=1, reserved=0):
    return Item(0x101, (('Q', value), ('I', mask), ('I', reserved)))


def relocatable(gpa=0x1000, size=0x2000, low=0, high=0x100000, mask=1):
    return Item(0x102, (('I', mask), ('H', 0), ('B', 0), ('B', 0),
                        ('Q', 0x1000), ('Q', gpa), ('Q', size), ('Q', low),
                        ('Q', high)))


def corim(data, mask=1, signature=False):
    return Item(0x105 if signature else 0x104,
                (('I', mask), ('I', Data(data)), ('I', len(data)), ('I', 0)))


def area(size=PAGE, index=0, data=0):
    return Item(0x301, (('Q', size), ('I', index),
                        ('I', Data(data) if data else 0)))


def page(gpa, data=None, flags=0, mask=1, kind=0, reserved=0):
    """data: None: of zeros, without file data; an int: the offset itself."""
    if isinstance(data, bytes):
        data = Data(data.ljust(PAGE, b'\0'))
    return Item(0x302, (('Q', gpa), ('I', mask), ('I', data or 0),
                        ('I', flags), ('H', kind), ('H', reserved)))


def insert(gpa, index=0, mask=1):
    return Item(0x303, (('Q', gpa), ('I', mask), ('I', index)))


def context(mask, gpa=0xfffffffff000, data=b'vmsa', vcpu=0):
    return Item(0x304, (('Q', gpa), ('I', mask),
                        ('I', Data(data.ljust(PAGE, b'\0'))), ('H', vcpu),
                        ('H', 0)))


def required(gpa=0x100000, size=0x10000, mask=1, reserved=0):
    return Item(0x305, (('Q', gpa), ('I', mask), ('I', size), ('I', 0),
                        ('I', reserved)))


def parameter(index=0, kind=0x307):
    return Item(kind, (('I', index), ('I', 0)))


def id_block(digest, mask=2, family=b'', image=b'', version=1, svn=0):
    """SNP_ID_BLOCK, not signed."""
    return Item(0x30b, (('I', mask), ('B', 0), ('3s', b''), ('48s', digest),
                        ('16s', family), ('16s', image), ('I', version),
                        ('I', svn), ('600s', b'')))


def raw(kind, size):
    return Item(kind, ((f'{size}s', b''),))


def pages(gpa, count, data=None, flags=0, mask=1):
    """Pages in a row; data is a function of the index, or of all."""
    return [page(gpa + i * PAGE, data(i) if callable(data) else data, flags,
                 mask) for i in range(count)]


class Igvm(NamedTuple):
    items: list
    version: int = 1
    header: dict = {}  # fields of the fixed header that are wrong
    gap: bytes = b''  # after the fixed header
    tail: bytes = b''  # behind the file data
    checksum: bool = True  # of what is written

    def encode(self):
        fixed = 24 if self.version == 1 else 32
        start = fixed + len(self.gap)
        size = sum(8 + self.padded(item) for item in self.items)
        offsets, data = {}, b''
        for item in self.items:
            for _, value in item.body:
                if isinstance(value, Data) and value not in offsets:
                    offsets[value] = start + size + len(data)
                    data += value
        headers = b''.join(self.one(item, offsets) for item in self.items)
        data += self.tail
        fields = {'magic': 0x4d564749, 'version': self.version,
                  'offset': start, 'size': len(headers),
                  'total': start + len(headers) + len(data), 'checksum': 0}
        if self.version != 1:
            fields.update(architecture=0, page_size=PAGE)
        fields.update({key: value for key, value in self.header.items()
                       if key != 'checksum'})
        front = struct.pack(f'<{len(fields)}I', *fields.values())
        if self.checksum:
            covered = (headers + data)[:fields['size']]
            fields['checksum'] = zlib.crc32(front + covered)
        fields.update(self.header)
        front = struct.pack(f'<{len(fields)}I', *fields.values())
        return front + self.gap + headers + data

    @staticmethod
    def size_of(item):
        return struct.calcsize('<' + ''.join(form for form, _ in item.body))

    def padded(self, item):
        return (self.size_of(item) + 7) // 8 * 8

    def one(self, item, offsets):
        values = [offsets[value] if isinstance(value, Data) else value
                  for _, value in item.body]
        body = struct.pack('<' + ''.join(form for form, _ in item.body),
                           *values)
        length = len(body) if item.length is None else item.length
        body += item.padding
        return (struct.pack('<II', item.type, length)
                + body.ljust(self.padded(item), b'\0'))


def known(version=1, front=(platform(),)):
    """Pages 0 to 4 measured, 5 to 9 unmeasured, 10 measured, 20 shared: the
    list of microsoft/openvmm's unit tests (vm/loader/igvmfilegen, file_loader
    .rs), without the reset page that the one for TDX has."""
    data = b'\0\5'
    return Igvm([*front,
                 page(0, data), *pages(PAGE, 4),
                 page(5 * PAGE, data, UNMEASURED),
                 *pages(6 * PAGE, 4, None, UNMEASURED),
                 page(10 * PAGE, data),
                 page(20 * PAGE, data, SHARED)], version)


def known_snp(version=1):
    """The same for SEV-SNP, as in test_snp_measurement."""
    return known(version, (platform(SNP, vtl=2, boundary=1 << 39),
                           policy(0x3001f)))


# Computed by the igvm crate and by a calculator in C of another hand.
KNOWN = ('f27e034eb6ac59aa46c29ca630d3dc6344a88de5bfdd84d5564749f403602396'
         'f3b2471a4e9272a75c50ae31f6319479')
KNOWN_TD_SHIM = (
    '7444c100e3d0e1e73cfc6f3b15c6ce76612f25f8cea3f87236ff7e63c9938acf'
    'c6a13a519a9d23adc5eac9790c1f9197')
