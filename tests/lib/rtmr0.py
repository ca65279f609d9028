# SPDX-License-Identifier: Apache-2.0
"""RTMR0 of OVMF under QEMU: which events, from what.

A model, written from public sources and not from the program: of QEMU,
hw/i386/tdvf-hob.c and tdx_accept_ram_range() (the TD HOB), pc_q35.c (where RAM
is), include/hw/acpi/bios-linker-loader.h; of edk2, SecTdxHelper.c,
QemuFwCfgCacheInit.c, TdTcg2Dxe.c, QemuFwCfgAcpi.c, SmbiosMeasurementDxe.c and
BdsPlatform.c; DMTF's SMBIOS 3.7 (where fields are).
"""

import hashlib
import struct
import uuid

HANDOFF2, BLOB2, CONFIG, DRIVER, SEP, BOOT, HANDOFF = (
    0x8000000b, 0x8000000a, 0xa, 0x80000001, 4, 0x80000002, 0x80000009)
GLOBAL = uuid.UUID('8be4df61-93ca-11d2-aa0d-00e098032b8c').bytes_le
SECURITY = uuid.UUID('d719b2cb-3d3a-4596-a3bc-dad00e67656f').bytes_le
DXEFV = uuid.UUID('7cb8bdc9-f8eb-4f34-aaea-3ee4af6516a1').bytes_le
UI_APP = uuid.UUID('462caa21-7614-4503-836e-8ab6f4662331').bytes_le
MENU_APP = uuid.UUID('eec25bdc-67f2-4d95-b1d5-f81b2039d11d').bytes_le
ITEMS = (('etc/extra-pci-roots', 8), ('BootMenu', 2),
         ('etc/boot-menu-wait', 2), ('etc/reserved-memory-end', 8),
         ('opt/ovmf/X-PciMmio64Mb', 0), ('bootorder', 0))


class Bad(Exception):
    """It is refused."""


def sha384(data):
    return hashlib.sha384(data).digest()


# --- The TD HOB ------------------------------------------------------------

def hob(sections, ram, at):
    """sections: (address, size) of TD_HOB and TempMem; at: where TD_HOB is."""
    low = 0x80000000 if ram >= 0xb0000000 else ram
    banks = [(0, low)] + ([(1 << 32, ram - low)] if ram > low else [])
    ranges = []
    left = sorted(sections)
    for start, size in banks:
        end = start + size
        while left and left[0][0] < end:
            address, length = left.pop(0)
            if address < start or address + length > end:
                raise Bad('not in RAM, or twice')
            if address > start:
                ranges.append((7, start, address - start))
            ranges.append((0, address, length))
            start = address + length
        if start < end:
            ranges.append((7, start, end - start))
    if left:
        raise Bad('beyond RAM')
    size = 56 + 48 * len(ranges)
    return struct.pack('<HHIII5Q', 1, 56, 0, 9, 0, 0, 0, 0, 0,
                       at + size + 8) + b''.join(
        struct.pack('<HHI16sIIQQ', 3, 48, 0, b'', kind, 7, start, length)
        for kind, start, length in ranges)


# --- Variables -------------------------------------------------------------

def variable(vendor, name, data=b''):
    """UEFI_VARIABLE_DATA."""
    return (vendor + struct.pack('<QQ', len(name), len(data))
            + name.encode('utf-16-le') + data)


def option(attributes, description, application):
    """EFI_LOAD_OPTION of a file of the DXE volume."""
    path = (struct.pack('<BBH', 4, 7, 20) + DXEFV
            + struct.pack('<BBH', 4, 6, 20) + application
            + struct.pack('<BBH', 0x7f, 0xff, 4))
    return (struct.pack('<IH', attributes, len(path))
            + (description + '\0').encode('utf-16-le') + path)


def boot_options(edk2):
    """What BootOrder names; of edk2 202605 and later it is not known."""
    if edk2 < 202505:
        return [option(0x109, 'UiApp', UI_APP)]
    if edk2 <= 202602:
        return [option(0x109, 'BootManagerMenuApp', MENU_APP),
                option(0x101, 'EFI Firmware Setup', UI_APP)]
    return None


# --- SMBIOS ----------------------------------------------------------------

# Type: (offset, size, is it the number of a string?); None: all of it.
FILTER = {
    1: ((7, 1, 1), (8, 16, 0), (24, 1, 0)),
    2: ((7, 1, 1), (10, 1, 1)),
    3: ((7, 1, 1), (8, 1, 1)),
    4: ((32, 1, 1), (33, 1, 1), (34, 1, 1), (35, 1, 0), (36, 1, 0),
        (37, 1, 0), (42, 2, 0), (44, 2, 0), (46, 2, 0), (17, 1, 0),
        (22, 2, 0)),
    11: None, 15: None, 18: None, 31: None, 33: None,
    17: ((24, 1, 1), (25, 1, 1), (26, 1, 1)),
    22: ((7, 1, 1), (16, 2, 0), (18, 2, 0)),
    23: ((5, 2, 0),),
    27: ((12, 2, 0),),
    39: ((8, 1, 1), (9, 1, 1), (10, 1, 1)),
}


def structure(kind, handle, body, *strings):
    """One of a table; body is what follows its header."""
    texts = b''.join(text + b'\0' for text in strings) or b'\0'
    return (struct.pack('<BBH', kind, 4 + len(body), handle) + body
            + texts + b'\0')


def _filtered(data, size):
    """data: a structure, whose formatted part has size bytes."""
    kind = data[0]
    if kind >= 128 or FILTER.get(kind, ()) is None:
        return data[:4] + bytes(len(data) - 4)
    head = bytearray(data[:size])
    texts = data[size:-1].split(b'\0')[:-1] if data[size] else []
    for at, length, is_string in FILTER.get(kind, ()):
        if at + length > size:
            continue
        if is_string and head[at]:
            if head[at] > len(texts):
                raise Bad('no such string')
            texts[head[at] - 1] = b' ' * len(texts[head[at] - 1])
        head[at:at + length] = bytes(length)
    return bytes(head) + (b''.join(t + b'\0' for t in texts) or b'\0') + b'\0'


def smbios(table):
    """What is hashed of a table that ends with its structure of type 127."""
    made = b''
    at = 0
    kind = None
    while kind != 127:
        if at + 4 > len(table) or table[at + 1] < 4:
            raise Bad('no structure')
        kind, size = table[at:at + 2]
        end = table.find(b'\0\0', at + size)
        if end < 0 or (end > at + size and not table[at + size]):
            raise Bad('no end of a structure, or an empty string')
        made += _filtered(table[at:end + 2], size)
        at = end + 2
    if at != len(table):
        raise Bad('more after its end')
    return made


# --- ACPI ------------------------------------------------------------------

RSDP, TABLES = 'etc/acpi/rsdp', 'etc/acpi/tables'


def command(kind, body=b''):
    return (struct.pack('<I', kind) + body).ljust(128, b'\0')


def allocate(name, align=64, zone=1):
    return command(1, struct.pack('<56sIB', name.encode(), align, zone))


def loader(*names):
    """As QEMU makes one: then checksums and pointers, and no more."""
    return (b''.join(allocate(name) for name in names) + command(3)
            + command(2)).ljust(4096, b'\0')


def allocated(data):
    if not data or len(data) % 128:
        raise Bad('not commands')
    found = [data[at + 4:at + 60].split(b'\0')[0].decode('latin-1')
             for at in range(0, len(data), 128)
             if struct.unpack_from('<I', data, at)[0] == 1]
    if sorted(found) != [RSDP, TABLES]:
        raise Bad('other files')
    return found


# --- All of it -------------------------------------------------------------

def events(*, edk2, sections, hob_at, cfv, ram=None, secure_boot=None,
           acpi=None, tables=None, rsdp=None, smbios_table=None, items=None):
    """(type, digest or None, name) of each, in their order.

    secure_boot: None: not known; 'none': built without; 'off': no keys.
    items: {name: bytes, or None: QEMU has none}.
    """
    def known(data):
        return None if data is None else sha384(data)

    made = [(HANDOFF2, None if ram is None
             else sha384(hob(sections, ram, hob_at)), 'TD HOB'),
            (BLOB2, sha384(cfv), 'CFV')]
    if edk2 >= 202505:
        made += [(CONFIG, known((items or {}).get(name)), name)
                 for name, _ in ITEMS
                 if name not in (items or {}) or items[name] is not None]
    state = {None: None, 'none': b'', 'off': b'\0'}[secure_boot]
    made.append((DRIVER, None if state is None
                 else sha384(variable(GLOBAL, 'SecureBoot', state)),
                 'SecureBoot'))
    made += [(DRIVER, sha384(variable(vendor, name)), name)
             for vendor, name in ((GLOBAL, 'PK'), (GLOBAL, 'KEK'),
                                  (SECURITY, 'db'), (SECURITY, 'dbx'))]
    made.append((SEP, sha384(bytes(4)), 'separator'))
    made.append((CONFIG, known(acpi), 'etc/table-loader'))
    order = allocated(acpi) if acpi is not None else [RSDP, TABLES]
    made += [(CONFIG, known({RSDP: rsdp, TABLES: tables}[name]), name)
             for name in order]
    if edk2 >= 202505:
        made.append((HANDOFF, None if smbios_table is None
                     else sha384(smbios(smbios_table)), 'SMBIOS'))
    options = boot_options(edk2)
    if options is None:
        made.append((BOOT, None, 'BootOrder'))
    else:
        made.append((BOOT, sha384(struct.pack(
            f'<{len(options)}H', *range(len(options)))), 'BootOrder'))
        made += [(BOOT, sha384(data), f'Boot{i:04X}')
                 for i, data in enumerate(options)]
    if edk2 < 202411:
        made.append((SEP, sha384(bytes(4)), 'separator'))
    return made


def replay(made):
    value = bytes(48)
    for _, digest, _ in made:
        value = sha384(value + digest)
    return value


# --- Images ----------------------------------------------------------------

def store(size, data=b''):
    """A CFV with a variable store that has these bytes, and erased flash."""
    room = size - 72 - 0x100
    head = (bytes(16)
            + uuid.UUID('fff12b8d-7696-4c8b-a985-2747075b4f50').bytes_le
            + struct.pack('<Q4sIHHHBB', size, b'_FVH', 0x4feff, 72, 0xb8af, 0,
                          0, 2) + bytes(16))
    head += (uuid.UUID('aaf32c78-947b-439a-a180-2e144ec37792').bytes_le
             + struct.pack('<IBBHI', room, 0x5a, 0xfe, 0, 0))
    # What comes after the store is of no matter.
    return (head + data).ljust(72 + room, b'\xff') + b'work'.ljust(0x100)
