# SPDX-License-Identifier: Apache-2.0
"""RTMR1 and RTMR2 of a TD that starts a unified kernel image (UKI).

A model, and images to try it with. Written from public documents, not from
the program: Microsoft's PE format; of edk2, OvmfPkg/Tcg/TdTcg2Dxe (the event
of a GPT) and MdePkg/Library/BasePeCoffLib (which bytes of a section are
loaded); of systemd, src/fundamental/uki.c (the order of sections) and of
src/boot stub.c (what is measured), cpio.c and initrd.c (the initrd); UEFI 2.10,
5.3 (GPT).
"""

import struct
import zlib

import boot
from boot import Bad, sha384

IPL, GPT = 0x0d, 0x80000006

# In the stub's order; .pcrsig has signatures of the measurement itself.
MEASURED = ('.linux', '.osrel', '.cmdline', '.initrd', '.ucode', '.splash',
            '.dtb', '.uname', '.sbat', '.pcrpkey')
# Which of these is taken depends on the machine, or on what was chosen.
CHOSEN = ('.profile', '.dtbauto', '.hwids', '.efifw')
KNOWN = MEASURED[:-1] + ('.pcrsig', '.pcrpkey') + CHOSEN
MAGIC = '.sdmagic'


# --- Sections --------------------------------------------------------------

def sections(data):
    """(name, bytes as the firmware loads them, VirtualAddress) of each."""
    image = boot.layout(data)
    found = []
    for i in range(image.count):
        at = image.table + boot.SECTION * i
        name = data[at:at + 8].partition(b'\0')[0].decode('latin-1')
        size, address, raw, offset = struct.unpack_from('<4I', data, at + 8)
        if raw and offset + raw > len(data):
            raise Bad(f'section {name}')
        there = data[offset:offset + min(size, raw)] if raw else b''
        found.append((name, size, address, there))
    return found


def read(data):
    """{name: bytes} of the sections that the stub knows."""
    found = sections(data)
    taken = {}
    names = [name for name, *_ in found]
    for i, (name, size, address, there) in enumerate(found):
        if name not in KNOWN + (MAGIC,):
            continue
        # Of two the stub takes the first, also an empty one, or chooses.
        if names.count(name) > 1:
            raise Bad(f'{name} twice')
        if size == 0:
            continue
        for j, (_, other, start, _) in enumerate(found):
            if j != i and address < start + other and start < address + size:
                raise Bad(f'{name} overlaps another one')
        if len(there) < size:
            raise Bad(f'{name} ends in zeros that are in no file')
        taken[name] = there
    if '.linux' not in taken:
        raise Bad('no .linux')
    return taken


def stub(data):
    """The version that the stub has of itself, or None."""
    text = read(data).get(MAGIC, b'').rstrip(b'\0')
    first, last = b'#### LoaderInfo: systemd-stub ', b' ####'
    if not text.startswith(first) or not text.endswith(last):
        return None
    return text[len(first):-len(last)].decode('latin-1')


# --- Events ----------------------------------------------------------------

def of_sections(found):
    made = []
    for name in MEASURED:
        if name in found:
            made.append(('RTMR2', IPL, sha384(name.encode() + b'\0'),
                         'name of a section'))
            made.append(('RTMR2', IPL, sha384(found[name]), name))
    return made


def wide(line):
    return line.encode('utf-16-le') + b'\0\0'


def built_in(found):
    """The command line of the section, as the stub hands it on."""
    line = found.get('.cmdline', b'').rstrip(b'\0')
    line = line.rstrip(bytes(range(33)))
    if any(not 0x20 <= byte < 0x7f for byte in line) or line[:1] == b' ':
        raise Bad('what becomes of such a line')
    return line.decode()


def archive(name, data):
    """The stub's cpio archive of one file in /.extra."""
    def entry(inode, mode, path, content):
        words = (inode, mode, 0, 0, 1, 0, len(content), 0, 0, 0, 0,
                 len(path) + 1, 0)
        head = b'070701' + b''.join(b'%08x' % word for word in words)
        head += path + b'\0'
        return head + bytes(-len(head) % 4) + content + bytes(-len(content) % 4)

    last = (b'070701' + b'0' * 32 + b'00000001' + b'0' * 48 + b'0000000B'
            + b'0' * 8 + b'TRAILER!!!' + bytes(4))
    return (entry(1, 0o40555, b'.extra', b'')
            + entry(2, 0o100444, b'.extra/' + name.encode(), data) + last)


def initrd(found, systemd):
    """What the stub gives to the kernel."""
    parts = [found[name] for name in ('.ucode', '.initrd') if name in found]
    parts += [archive(name, found[section]) for section, name in (
        ('.pcrsig', 'tpm2-pcr-signature.json'),
        ('.pcrpkey', 'tpm2-pcr-public-key.pem'),
        ('.osrel', 'os-release')) if section in found
        and (section != '.osrel' or systemd >= 257)]
    if len(parts) < 2:
        return b''.join(parts)
    return b''.join(part + bytes(-len(part) % 4) for part in parts)


def of_rtmr2(found, systemd, custom='', silent=False):
    made = []
    if systemd >= 256:
        made += of_sections(found)
        if custom:
            made.append(('RTMR2', IPL, sha384(wide(custom)), 'command line'))
    line = custom or built_in(found)
    if not silent:
        if systemd < 256:
            raise Bad('such a stub was not read')
        if line:
            made.append(('RTMR2', boot.TAG, sha384(wide(line)),
                         'LOADED_IMAGE::LoadOptions'))
        given = initrd(found, systemd)
        if given:
            made.append(('RTMR2', boot.TAG, sha384(given), 'Linux initrd'))
    return made


def of_rtmr1(data, systemd, disk=None, separator_rtmr0=False):
    def event(kind, digest, what):
        return 'RTMR1', kind, digest, what

    def action(text):
        return event(boot.ACTION, sha384(text.encode()), text)

    image = event(boot.APPLICATION, boot.authenticode(data),
                  'unified kernel image')
    begins = [action(boot.CALLING)]
    if not separator_rtmr0:
        begins.append(event(boot.SEPARATOR, sha384(bytes(4)), 'separator'))
    made = ([image] + begins if disk is None else
            begins + [event(GPT, sha384(table(disk)), 'GPT'), image])
    if systemd <= 257:
        made.append(event(boot.APPLICATION,
                          boot.authenticode(read(data)['.linux']), '.linux'))
    return made + [action(boot.EXITING), action(boot.EXITED)]


# --- Disks -----------------------------------------------------------------

def table(disk, sector=None):
    """The data of EV_EFI_GPT_EVENT, of a disk whose GPT is good."""
    if sector is None:
        sector = next(size for size in (512, 4096)
                      if disk[size:size + 8] == b'EFI PART')
    header = disk[sector:sector + 92]
    revision, = struct.unpack_from('<I', header, 8)
    first, = struct.unpack_from('<Q', header, 40)
    lba, count, size = struct.unpack_from('<QII', header, 72)
    # SanitizeEfiPartitionTableHeader
    if revision != 0x10000 or first <= lba or count == 0:
        raise Bad('a GPT that edk2 does not measure')
    entries = [disk[lba * sector + size * i:lba * sector + size * (i + 1)]
               for i in range(count)]
    used = [entry for entry in entries if any(entry[:16])]
    return header + struct.pack('<Q', len(used)) + b''.join(used)


def disk(rng, entries, *, sector=512, count=128, header_size=92, blocks=None,
         guid=None, revision=0x10000, first=None, last=None, lba=2,
         backup=None):
    """A disk with a protective record and a GPT, whose checksums are right.

    entries: {index: 128 bytes}.
    """
    array = b''.join(entries.get(i, bytes(128)) for i in range(count))
    size = -(-len(array) // sector)
    blocks = blocks or lba + 2 * size + 100
    fields = struct.pack(
        '<8sIIIIQQQQ16sQIII', b'EFI PART', revision, header_size, 0, 0, 1,
        blocks - 1 if backup is None else backup,
        lba + size if first is None else first,
        blocks - size - 2 if last is None else last,
        guid or rng.randbytes(16), lba, count, 128, zlib.crc32(array))
    header = bytearray(fields + rng.randbytes(header_size - 92))
    header[16:20] = struct.pack('<I', zlib.crc32(header))
    data = bytearray(blocks * sector)
    data[446:462] = struct.pack('<BBBBBBBBII', 0, 0, 2, 0, 0xee, 0xff, 0xff,
                                0xff, 1, min(blocks - 1, 0xffffffff))
    data[510:512] = b'\x55\xaa'
    data[sector:sector + header_size] = header
    data[lba * sector:lba * sector + len(array)] = array
    return bytes(data)


def entry(rng, first, last):
    return (rng.randbytes(32) + struct.pack('<QQQ', first, last, 0)
            + 'root'.encode('utf-16-le').ljust(72, b'\0'))


# --- Images ----------------------------------------------------------------

def magic(version):
    return f'#### LoaderInfo: systemd-stub {version} ####'.encode() + b'\0'


def image(contents, *, alignment=0x200, sizes=None, addresses=None,
          trailing=b''):
    """A PE32+ image with these sections: (name, bytes). sizes: VirtualSize
    where it is not how many bytes there are; addresses: VirtualAddress."""
    sizes, addresses = sizes or {}, addresses or {}
    head = 0x80 + boot.HEADER + 240 + boot.SECTION * (len(contents) + 1)
    head += -head % alignment
    at, address, headers, body = head, 0x1000, b'', b''
    for name, data in (('.text', b'\xc3' * 40),) + tuple(contents):
        raw = data + bytes(-len(data) % alignment)
        size = sizes.get(name, len(data))
        address = addresses.get(name, address)
        headers += struct.pack('<8sIIIIIIHHI', name.encode(), size, address,
                               len(raw), at if raw else 0, 0, 0, 0, 0,
                               0x40000040)
        body += raw
        at += len(raw)
        address += -(-max(size, 1) // 0x1000) * 0x1000
    optional = struct.pack(
        '<HHIIIIIQIIHHHHHHIIIIHHQQQQII', boot.PE32_PLUS, 0x100, 40, 0, 0,
        0x1000, 0x1000, 0, 0x1000, alignment, 0, 0, 0, 0, 0, 0, 0, address,
        head, 0x1234, 10, 0x160, 0, 0, 0, 0, 0, 16) + bytes(128)
    data = b'MZ'.ljust(0x3c, b'\0') + struct.pack('<I', 0x80)
    data = data.ljust(0x80, b'\0') + struct.pack(
        '<4sHHIIIHH', b'PE', 0x8664, len(contents) + 1, 0, 0, 0,
        len(optional), 0x22e) + optional + headers
    return data.ljust(head, b'\0') + body + trailing
