# SPDX-License-Identifier: Apache-2.0
"""Firmware volumes, their files and sections, and PE and TE images.

Layouts: UEFI PI specification 1.8, volume 3 (volumes, files, sections, TE);
Microsoft, "PE Format". LZMA is Python's own. A part can be made wrong by
patching the bytes that are returned.
"""

import functools
import lzma
import struct
import uuid

import images

FFS2 = '8c8ce578-8a3d-4f1c-9935-896185c32dd3'
FFS3 = '5473c07a-3dcb-4dca-bd6f-1e9689e7349a'
LZMA = 'ee4e5898-3914-4259-9d6e-dc7bd79403cf'
LZMA_F86 = 'd42ae6bd-1352-4bfb-909a-ca72a6eae889'
CRC32 = 'fc1bcdb0-7d31-49aa-936a-a4600d9dd083'
UNKNOWN = '00112233-4455-6677-8899-aabbccddeeff'

# Names of volumes in edk2's OvmfPkgX64.fdf.
MAIN = '48db5e17-707c-472d-91cd-1613e7ef51b0'
DXE = '7cb8bdc9-f8eb-4f34-aaea-3ee4af6516a1'
SEC = '763bed0d-de9f-48f5-81f1-3e90e1b1a015'
COMPRESSED = '9e21fd93-9c72-4c15-8c4b-e77f1db2d792'

RAW, FREEFORM, SEC_CORE, DRIVER, VOLUME_IMAGE, PAD = (
    0x01, 0x02, 0x03, 0x07, 0x0b, 0xf0)
PE32, TE, UI, VOLUME, RAW_SECTION, GUIDED, COMPRESSION = (
    0x10, 0x12, 0x15, 0x17, 0x19, 0x02, 0x01)


def guid(text):
    return uuid.UUID(text).bytes_le


def name_guid(name):
    """A GUID of one's own for each name."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, name))


def align(data, to, fill=b'\0'):
    return data + fill * (-len(data) % to)


# --- PE and TE images ---------------------------------------------------------

TEXT_AT, DATA_AT, RELOC_AT, PE_SIZE = 0x200, 0x400, 0x600, 0x680
# In .data: a string, the stack cookie, the debug directory, its record, and a
# pointer that the base relocation names.
STRING_AT, COOKIE_AT, DEBUG_AT, CODEVIEW_AT, POINTER_AT = (
    0x400, 0x488, 0x4a0, 0x4c0, 0x5c0)
COFF_AT = 0x80
TABLE_AT = COFF_AT + 24 + 240


def pe(*, stamp=0, debug_stamp=0, string=b'/src/a/Module.c', codeview=b'NB10',
       path=b'/src/a/Module.dll', cookie=0x1122334455667788, code=b'',
       base=0, checksum=0, table=()):
    """A PE32+ image as GenFw makes it from ELF: .text, .data, .reloc."""
    data = bytearray(PE_SIZE)

    def put(at, value):
        data[at:at + len(value)] = value

    put(0, b'MZ')
    put(0x3c, struct.pack('<I', COFF_AT))
    put(COFF_AT, b'PE\0\0' + struct.pack('<HHIIIHH', 0x8664, 3, stamp, 0, 0,
                                         240, 0x20e))
    opt = COFF_AT + 24
    put(opt, struct.pack('<H', 0x20b))
    put(opt + 24, struct.pack('<QII', base, 0x20, 0x20))
    put(opt + 64, struct.pack('<I', checksum))
    put(opt + 108, struct.pack('<I', 16))
    put(opt + 112 + 5 * 8, struct.pack('<II', RELOC_AT, 12))
    put(opt + 112 + 6 * 8, struct.pack('<II', DEBUG_AT, 28))
    for i, (name, at, size, flags) in enumerate((
            (b'.text', TEXT_AT, 0x200, 0x60000020),
            (b'.data', DATA_AT, 0x200, 0xc0000040),
            (b'.reloc', RELOC_AT, 0x80, 0x42000040))):
        put(TABLE_AT + 40 * i, name.ljust(8, b'\0') + struct.pack(
            '<IIIIIIHHI', size, at, size, at, 0, 0, 0, 0, flags))
    put(TEXT_AT, images.pattern(0x200))
    put(TEXT_AT + 0x80, code)
    put(STRING_AT, string + b'\0')
    put(COOKIE_AT, struct.pack('<Q', cookie))
    ids = {b'NB10': bytes(12), b'RSDS': bytes(20), b'MTOC': bytes(16)}
    record = codeview[:4] + (codeview[4:] or ids[codeview[:4]]) + path + b'\0'
    put(DEBUG_AT, struct.pack('<IIHHIIII', 0, debug_stamp, 0, 0, 2,
                              len(record), CODEVIEW_AT, CODEVIEW_AT))
    put(CODEVIEW_AT, record)
    put(POINTER_AT, struct.pack('<Q', base + TEXT_AT))
    put(RELOC_AT, struct.pack('<IIHH', 0, 12, 0xa000 | POINTER_AT, 0))
    for at, value in table:
        put(at, value)
    return bytes(data)


def te(image):
    """The TE form of a PE image: the headers in front are left out."""
    opt = COFF_AT + 24
    base, = struct.unpack_from('<Q', image, opt + 24)
    return b'VZ' + struct.pack(
        '<HBBHIIQ', 0x8664, 3, 11, TABLE_AT, TEXT_AT, TEXT_AT,
        base) + image[opt + 112 + 40:opt + 112 + 56] + image[TABLE_AT:]


# --- Sections, files, volumes ---------------------------------------------------

def section(kind, body, large=False):
    if large:
        return struct.pack('<I', 0xffffff | kind << 24) + struct.pack(
            '<I', len(body) + 8) + body
    return struct.pack('<I', len(body) + 4 | kind << 24) + body


def sections(*parts):
    return b''.join(align(part, 4) for part in parts)


def ui(name):
    return section(UI, (name + '\0').encode('utf-16-le'))


def guided(kind, body, attributes=1):
    return section(GUIDED, guid(kind) + struct.pack('<HH', 24, attributes)
                   + body)


def pack(data, size=None, preset=6):
    """LZMA with the unpacked size in its header, as edk2 has it."""
    packed = lzma.compress(data, lzma.FORMAT_ALONE, preset=preset)
    claimed = len(data) if size is None else size
    return packed[:5] + struct.pack('<Q', claimed) + packed[13:]


def pack_x86(data):
    """The same behind the filter for x86 branches."""
    options = {'id': lzma.FILTER_LZMA1, 'preset': 6, 'dict_size': 1 << 20,
               'lc': 3, 'lp': 0, 'pb': 2}
    packed = lzma.compress(data, lzma.FORMAT_RAW, filters=[
        {'id': lzma.FILTER_X86}, options])
    return bytes([(2 * 5 + 0) * 9 + 3]) + struct.pack(
        '<IQ', 1 << 20, len(data)) + packed


def compressed(data, **more):
    return guided(LZMA, pack(data, **more))


def file(name, kind, body, size=None, large=False):
    """A file; its checksums are left 0, which nobody here looks at."""
    header = 32 if large else 24
    if size is None:
        size = header + len(body)
    head = guid(name) + b'\0\xaa' + bytes([kind, 1 if large else 0])
    if large:
        return head + b'\0\0\0\xf8' + struct.pack('<Q', size) + body
    return head + struct.pack('<I', size)[:3] + b'\xf8' + body


def volume(files, size=None, name=None, system=FFS2):
    """A firmware volume; the files begin behind its headers."""
    extra = b''
    if name:
        extra = guid(name) + struct.pack('<I', 20)
    body = align(72 * b'\0' + extra, 8, b'\xff')
    for one in files:
        body += align(one, 8, b'\xff')
    body = align(body, 16, b'\xff')
    body += b'\xff' * ((size or 0) - len(body))
    assert size is None or len(body) == size, (len(body), size)
    head = bytes(16) + guid(system) + struct.pack(
        '<Q4sIHHHBB', len(body), b'_FVH', 0x800, 72, 0, 72 if name else 0, 0,
        2) + struct.pack('<IIII', 1, len(body), 0, 0)
    sum16 = sum(struct.unpack('<36H', head)) & 0xffff
    head = head[:50] + struct.pack('<H', -sum16 & 0xffff) + head[52:]
    return head + body[72:]


def module(name, image=None, kind=DRIVER, extra=()):
    """A driver: its image and its UI name."""
    return file(name_guid(name), kind, sections(
        *extra, section(PE32, pe() if image is None else image), ui(name)))


# --- Images ----------------------------------------------------------------------

# Where the volumes stand in an image of images.joined()'s layout.
MAIN_AT, MAIN_SIZE = 0x4000, 0x6000
SEC_AT, SEC_SIZE = 0xa000, 0x2000
NAMES = ('AlphaDxe', 'BetaDxe', 'GammaDxe')


def dxe_volume(**changes):
    """Three drivers; a change is another image for one of them."""
    return volume([module(name, changes.get(name)) for name in NAMES],
                  name=DXE)


def main_volume(inner=None, packed=None):
    """A volume that holds another one, compressed, as in OVMF."""
    if packed is None:
        packed = compressed(sections(section(
            VOLUME, dxe_volume() if inner is None else inner)))
    return volume([file(COMPRESSED, VOLUME_IMAGE, packed)], MAIN_SIZE,
                  name=MAIN)


def damaged(at=60):
    """What main_volume() compresses, with one bit flipped."""
    packed = bytearray(compressed(sections(section(VOLUME, dxe_volume()))))
    packed[at] ^= 1
    return bytes(packed)


def sec_volume(image=None):
    """A TE image and a file without sections, not compressed."""
    return volume([
        file(name_guid('SecMain'), SEC_CORE, sections(
            section(TE, te(pe() if image is None else image)),
            ui('SecMain'))),
        file('1ba0062e-c779-4582-8566-336ae8f78f09', RAW, b'reset' * 20),
    ], SEC_SIZE, name=SEC)


@functools.lru_cache(maxsize=None)
def plain():
    return image()


def image(main=None, sec=None, parts=images.SPLIT_SECTIONS, patch=()):
    """A TDVF image with both volumes."""
    return images.image(parts, patch=(
        (MAIN_AT, main_volume() if main is None else main),
        (SEC_AT, sec_volume() if sec is None else sec), *patch))


def with_module(name, built):
    """The image in which one driver is built otherwise."""
    return image(main_volume(dxe_volume(**{name: built})))
