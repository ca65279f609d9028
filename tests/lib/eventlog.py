# SPDX-License-Identifier: Apache-2.0
"""Event logs of Intel TDX guests: read, replay, and make them, good and bad.

A model to compare a program with. Written from public documents, not from the
program: TCG, "PC Client Platform Firmware Profile Specification", family 2.0,
version 1.06, section 10 (the crypto agile log; 10.4.1: types of events); UEFI
Forum, "Unified Extensible Firmware Interface Specification" 2.10, section 38
(confidential computing: which number is which register), and "Advanced
Configuration and Power Interface Specification" 6.5 (the table CCEL).
"""

import hashlib
import struct
from typing import NamedTuple

NO_ACTION, SEPARATOR = 3, 4
SIGNATURE = b'Spec ID Event03\0'
SHA1, SHA256, SHA384, SHA512, SM3 = 4, 0xb, 0xc, 0xd, 0x12
SIZES = {SHA1: 20, SHA256: 32, SHA384: 48, SHA512: 64, SM3: 32}
BANKS = {SHA1: 'SHA-1', SHA256: 'SHA-256', SHA384: 'SHA-384',
         SHA512: 'SHA-512', SM3: 'SM3-256'}

MAX_ALGORITHMS = 16
MAX_EVENTS = 65536  # With the first record.
MAX_LOG = 16 << 20  # With the padding.
MAX_MR = 4  # 0 is MRTD, 1 to 4 are RTMR0 to RTMR3.

NAMES = {
    0x00: 'EV_PREBOOT_CERT',
    0x01: 'EV_POST_CODE',
    0x02: 'EV_UNUSED',
    0x03: 'EV_NO_ACTION',
    0x04: 'EV_SEPARATOR',
    0x05: 'EV_ACTION',
    0x06: 'EV_EVENT_TAG',
    0x07: 'EV_S_CRTM_CONTENTS',
    0x08: 'EV_S_CRTM_VERSION',
    0x09: 'EV_CPU_MICROCODE',
    0x0a: 'EV_PLATFORM_CONFIG_FLAGS',
    0x0b: 'EV_TABLE_OF_DEVICES',
    0x0c: 'EV_COMPACT_HASH',
    0x0d: 'EV_IPL',
    0x0e: 'EV_IPL_PARTITION_DATA',
    0x0f: 'EV_NONHOST_CODE',
    0x10: 'EV_NONHOST_CONFIG',
    0x11: 'EV_NONHOST_INFO',
    0x12: 'EV_OMIT_BOOT_DEVICE_EVENTS',
    0x13: 'EV_POST_CODE2',
    0x80000000: 'EV_EFI_EVENT_BASE',
    0x80000001: 'EV_EFI_VARIABLE_DRIVER_CONFIG',
    0x80000002: 'EV_EFI_VARIABLE_BOOT',
    0x80000003: 'EV_EFI_BOOT_SERVICES_APPLICATION',
    0x80000004: 'EV_EFI_BOOT_SERVICES_DRIVER',
    0x80000005: 'EV_EFI_RUNTIME_SERVICES_DRIVER',
    0x80000006: 'EV_EFI_GPT_EVENT',
    0x80000007: 'EV_EFI_ACTION',
    0x80000008: 'EV_EFI_PLATFORM_FIRMWARE_BLOB',
    0x80000009: 'EV_EFI_HANDOFF_TABLES',
    0x8000000a: 'EV_EFI_PLATFORM_FIRMWARE_BLOB2',
    0x8000000b: 'EV_EFI_HANDOFF_TABLES2',
    0x8000000c: 'EV_EFI_VARIABLE_BOOT2',
    0x8000000d: 'EV_EFI_GPT_EVENT2',
    0x80000010: 'EV_EFI_HCRTM_EVENT',
    0x800000e0: 'EV_EFI_VARIABLE_AUTHORITY',
    0x800000e1: 'EV_EFI_SPDM_FIRMWARE_BLOB',
    0x800000e2: 'EV_EFI_SPDM_FIRMWARE_CONFIG',
    0x800000e3: 'EV_EFI_SPDM_DEVICE_POLICY',
    0x800000e4: 'EV_EFI_SPDM_DEVICE_AUTHORITY',
}

# Types whose digest is that of the event's data as the log has them. Of the
# others the log has a name, a place or a label only, or firmware disagrees.
OWN_DATA = {SEPARATOR, 0x80000001, 0x80000006, 0x80000007, 0x800000e0}


class Bad(Exception):
    """The log is refused."""


class Event(NamedTuple):
    """A record of the log."""
    offset: int
    mr: int
    type: int
    digest: bytes | None  # SHA-384's.
    data: bytes


# --- Reading ---------------------------------------------------------------

class _Bytes:
    """Bytes that are taken one field after the other."""

    def __init__(self, data, at=0):
        self.data, self.at = data, at

    def take(self, size, what):
        if size > len(self.data) - self.at:
            raise Bad(f'{what} at {self.at:#x}: {size} bytes lead out')
        self.at += size
        return self.data[self.at - size:self.at]

    def number(self, size, what):
        return int.from_bytes(self.take(size, what), 'little')


def _register(log):
    mr = log.number(4, 'register')
    if mr > MAX_MR:
        raise Bad(f'register {mr} before {log.at:#x}')
    return mr


def _algorithms(event):
    """The Spec ID event: {id: size of its digests}."""
    event = _Bytes(event)
    if event.take(len(SIGNATURE), 'signature') != SIGNATURE:
        raise Bad('not a crypto agile log: no Spec ID Event03')
    event.take(8, 'class, version and size of UINTN')
    count = event.number(4, 'number of algorithms')
    if not 1 <= count <= MAX_ALGORITHMS:
        raise Bad(f'{count} algorithms')
    sizes = {}
    for _ in range(count):
        bank = event.number(2, 'algorithm')
        size = event.number(2, 'size of digests')
        if bank in sizes:
            raise Bad(f'algorithm {bank:#x} twice')
        if size != SIZES.get(bank, size):
            raise Bad(f'digests of {BANKS[bank]} with {size} bytes')
        sizes[bank] = size
    event.take(event.number(1, 'size of vendor info'), 'vendor info')
    if event.at != len(event.data):
        raise Bad('the Spec ID event goes on after its vendor info')
    if SHA384 not in sizes:
        raise Bad('no SHA-384 bank, only ' + ', '.join(
            BANKS.get(bank, f'{bank:#x}') for bank in sizes))
    return sizes


def _first(log):
    mr, kind = _register(log), log.number(4, 'type')
    if kind != NO_ACTION:
        raise Bad(f'the first record has type {kind:#x}')
    log.take(20, 'digest')  # Zeros. A SHA-1 that nobody extends.
    event = log.take(log.number(4, 'size of the event'), 'event')
    return Event(0, mr, kind, None, event), _algorithms(event)


def _record(log, sizes):
    offset = log.at
    mr, kind = _register(log), log.number(4, 'type')
    count = log.number(4, 'number of digests')
    if not 1 <= count <= MAX_ALGORITHMS:
        raise Bad(f'{count} digests in the record at {offset:#x}')
    digests = {}
    for _ in range(count):
        bank = log.number(2, 'algorithm')
        if bank not in sizes:
            raise Bad(f'unnamed algorithm {bank:#x} at {offset:#x}')
        if bank in digests:
            raise Bad(f'algorithm {bank:#x} twice at {offset:#x}')
        digests[bank] = log.take(sizes[bank], 'digest')
    data = log.take(log.number(4, 'size of the event'), 'event')
    if kind != NO_ACTION:
        if mr == 0:
            raise Bad(f'the record at {offset:#x} extends MRTD')
        if SHA384 not in digests:
            raise Bad(f'no SHA-384 in the record at {offset:#x}')
    return Event(offset, mr, kind, digests.get(SHA384), data)


def read(data):
    """The records, the first (Spec ID) one too, in the log's order."""
    if len(data) > MAX_LOG:
        raise Bad(f'{len(data)} bytes')
    # From here to the end all bytes are the same, FF or 00. No record looks
    # like this: its register would be too great, its number of digests 0.
    filler = min(len(data.rstrip(b'\xff')), len(data.rstrip(b'\0')))
    log = _Bytes(data)
    first, sizes = _first(log)
    events = [first]
    while log.at < len(data) and log.at < filler:
        if len(events) == MAX_EVENTS:
            raise Bad(f'more than {MAX_EVENTS} events')
        events.append(_record(log, sizes))
    return events


def replay(events):
    """The registers after those events: {'RTMR0': 48 bytes, ...}."""
    values = {f'RTMR{i}': bytes(48) for i in range(4)}
    for event in events:
        if event.type != NO_ACTION:
            key = f'RTMR{event.mr - 1}'
            values[key] = hashlib.sha384(values[key] + event.digest).digest()
    return values


def matches(event):
    """Is the digest that of the data? None where it needs not be."""
    if event.type not in OWN_DATA or event.digest is None:
        return None
    return hashlib.sha384(event.data).digest() == event.digest


def name(kind):
    """The TCG's name of a type of events, or None."""
    return NAMES.get(kind)


# --- Making logs -----------------------------------------------------------

HASHES = {SHA1: hashlib.sha1, SHA256: hashlib.sha256, SHA384: hashlib.sha384,
          SHA512: hashlib.sha512}
ACTIONS = ('Calling EFI Application from Boot Option',
           'Returning from EFI Application from Boot Option',
           'Exit Boot Services Invocation',
           'Exit Boot Services Returned with Success')


def u16(value):
    return struct.pack('<H', value)


def u32(value):
    return struct.pack('<I', value)


def pairs(banks):
    """(id, size) of each bank; a bank is a known id or such a pair."""
    return [(b, SIZES[b]) if isinstance(b, int) else b for b in banks]


def spec_fields(banks=(SHA384,), vendor=b'', count=None, sign=SIGNATURE,
                platform=0, version=(0, 2, 0), uintn=2, vendor_size=None):
    """The fields of the Spec ID event."""
    banks = pairs(banks)
    fields = [sign, u32(platform), *(bytes([v]) for v in version),
              bytes([uintn]), u32(len(banks) if count is None else count)]
    for bank, size in banks:
        fields += [u16(bank), u16(size)]
    size = len(vendor) if vendor_size is None else vendor_size
    return fields + [bytes([size]), vendor]


def first_fields(event, mr=1, kind=NO_ACTION, digest=bytes(20), size=None):
    """The fields of the first record; event: its fields, or bytes."""
    event = [event] if isinstance(event, bytes) else event
    if size is None:
        size = sum(map(len, event))
    return [u32(mr), u32(kind), digest, u32(size), *event]


def record_fields(mr, kind, digests, data=b'', count=None, size=None):
    """The fields of another record; digests: [(id, bytes)]."""
    fields = [u32(mr), u32(kind),
              u32(len(digests) if count is None else count)]
    for bank, digest in digests:
        fields += [u16(bank), digest]
    return fields + [u32(len(data) if size is None else size), data]


def first(banks=(SHA384,), vendor=b'', mr=1, **spec):
    return b''.join(first_fields(spec_fields(banks, vendor, **spec), mr))


def record(mr, kind, digests, data=b'', **wrong):
    return b''.join(record_fields(mr, kind, digests, data, **wrong))


def digests_of(data, banks):
    """Digests of data for each bank; what Python does not know is made up."""
    result = []
    for bank, size in pairs(banks):
        if bank in HASHES and size == SIZES[bank]:
            digest = HASHES[bank](data).digest()
        else:
            digest = hashlib.shake_256(data).digest(size)
        result.append((bank, digest))
    return result


def _variable(rng):
    text = rng.choice(('SecureBoot', 'PK', 'KEK', 'db', 'dbx', 'BootOrder',
                       'Boot0000', 'SbatLevel')).encode('utf-16-le')
    value = rng.randbytes(rng.choice((0, 1, 2, 4, 76, rng.randrange(300))))
    return rng.randbytes(16) + struct.pack(
        '<QQ', len(text) // 2, len(value)) + text + value


def _gpt(rng):
    count = rng.randrange(4)
    return b'EFI PART' + rng.randbytes(84) + struct.pack(
        '<Q', count) + rng.randbytes(128 * count)


def _image(rng):
    path = rng.randbytes(rng.randrange(100)) + bytes.fromhex('7fff0400')
    return struct.pack('<QQQQ', rng.getrandbits(32), rng.getrandbits(24), 0,
                       len(path)) + path


def _blob2(rng):
    label = rng.choice((b'td_payload\0', b'', b'Fv(0)\0'))
    return bytes([len(label)]) + label + struct.pack(
        '<QQ', rng.getrandbits(40), rng.getrandbits(24))


def _flags(rng):
    data = rng.randbytes(rng.randrange(200))
    return rng.choice((b'td_hob', b'td_payload_info')).ljust(
        16, b'\0') + u32(len(data)) + data


def _tag(rng):
    tag, text = rng.choice(((0x8f3b22ed, b'LOADED_IMAGE::LoadOptions\0'),
                            (0x8f3b22ec, b'Linux initrd\0')))
    return u32(tag) + u32(len(text)) + text


def _grub(rng):
    return rng.choice(('grub_cmd: linux /vmlinuz', 'kernel_cmdline: quiet',
                       '/boot/grub/grub.cfg', 'MokList')).encode() + b'\0'


def _handoff(rng):
    return struct.pack('<Q', 1) + rng.randbytes(16) + struct.pack(
        '<Q', rng.getrandbits(32))


def _any(rng):
    return rng.randbytes(rng.choice((0, 0, 1, 3, 4, 8, rng.randrange(400))))


MAKERS = {
    SEPARATOR: lambda rng: rng.choice((bytes(4), bytes(4), b'\xff' * 4)),
    0x80000007: lambda rng: rng.choice(ACTIONS).encode(),
    0x80000001: _variable, 0x80000002: _variable, 0x8000000c: _variable,
    0x800000e0: _variable, 0x80000006: _gpt, 0x8000000d: _gpt,
    0x80000003: _image, 0x80000004: _image, 0x80000005: _image,
    0x8000000a: _blob2, 0x0a: _flags, 0x06: _tag, 0x0d: _grub,
    0x80000009: _handoff,
}
COMMON = sorted(MAKERS)
RARE = sorted(set(NAMES) - set(MAKERS) - {NO_ACTION})


def some_banks(rng):
    """SHA-384 and others, maybe of unknown algorithms, in any order."""
    others = [SHA1, SHA256, SHA512, SM3, (0x27, 32), (0x29, 64),
              (0xfffe, rng.randrange(1, 100))]
    banks = [SHA384] + rng.sample(others, rng.choice((0, 1, 1, 2, 4, 7)))
    rng.shuffle(banks)
    return tuple(banks)


def _event(rng, banks, wrong):
    kind = rng.choice(COMMON)
    if rng.random() < 0.15:
        kind = rng.choice(RARE)
    elif rng.random() < 0.05:
        kind = rng.getrandbits(32) | 0x100  # Nobody's; never NO_ACTION.
    data = MAKERS.get(kind, _any)(rng)
    if rng.random() < 0.05:
        data = _any(rng)
    # What was measured: the data, or what the log does not have.
    measured = data
    if rng.random() < (wrong if kind in OWN_DATA else 0.8):
        measured = rng.randbytes(40)
    return record(rng.randint(1, 4), kind,
                  _shuffled(rng, digests_of(measured, banks)), data)


def _no_action(rng, banks):
    mr = rng.choice((0, 0, 0, 1, 1, 1, rng.randrange(5)))
    data = rng.choice((b'SP800-155 Event3', b'StartupLocality\0')) + _any(rng)
    digests = [(bank, bytes(size) if rng.random() < 0.8
                else rng.randbytes(size)) for bank, size in pairs(banks)]
    digests = _shuffled(rng, digests)
    if rng.random() < 0.2:  # It needs no SHA-384.
        digests = digests[:1]
    return record(mr, NO_ACTION, digests, data)


def _shuffled(rng, digests):
    """Mostly all of them as they are named, but any order will do."""
    if rng.random() < 0.3:
        rng.shuffle(digests)
        keep = rng.randint(1, len(digests))
        digests = [d for i, d in enumerate(digests)
                   if i < keep or d[0] == SHA384]
    return digests


def log(rng, count=None, banks=(SHA384,), padding=b'', vendor=None,
        wrong=0.1, no_action=0.1):
    """A good log of count records after the first.

    banks: ids or pairs (id, size), SHA-384 among them; None: some. padding:
    bytes, all FF or all 00. wrong: how many of the events whose digest should
    be that of their data have another. no_action: how many extend nothing.
    """
    if banks is None:
        banks = some_banks(rng)
    if count is None:
        count = rng.choice((0, 1, 2, rng.randrange(5, 40)))
    if vendor is None:
        vendor = rng.choice((b'', b'', b'td-shim', rng.randbytes(255)))
    result = [first(banks, vendor, rng.choice((0, 1)),
                    version=(0, 2, rng.choice((0, 105, 106))))]
    for _ in range(count):
        if rng.random() < no_action:
            result.append(_no_action(rng, banks))
        else:
            result.append(_event(rng, banks, wrong))
    return b''.join(result) + padding


def _simple(rng, banks=(SHA384,), mr=None, kind=0x80000003):
    """A good record; its data have no end that looks like padding."""
    data = b'\1' + rng.randbytes(rng.randrange(60)) + b'\1'
    return record(mr or rng.randint(1, 4), kind, digests_of(data, banks), data)


def edges(rng):
    """(why, log): good logs that have the last good value of a field."""
    start, one = first(), _simple(rng)
    yield 'the first record alone', start
    yield 'the first record and a byte FF', start + b'\xff'
    yield 'the first record and a byte 00', start + b'\0'
    for n in (1, 3, 4, 7, 8, 9, 64, 65536):
        yield f'{n} bytes FF', start + one + b'\xff' * n
        yield f'{n} bytes 00', start + one + bytes(n)
    yield 'data that end with FF', start + record(
        1, 0x0d, digests_of(b'', [SHA384]), b'\xff' * 8)
    yield 'data that end with 00, and padding 00', start + record(
        1, 0x0d, digests_of(b'', [SHA384]), bytes(8)) + bytes(8)
    yield 'data of FF to the end, and padding', start + record(
        1, 0x0d, digests_of(b'', [SHA384]), b'\xff' * 8) + b'\xff' * 9
    # A size of 0 at the end, so that the record itself ends with zeros.
    yield 'no data at the end', start + record(
        2, SEPARATOR, digests_of(b'', [SHA384]))
    yield 'no data, and padding 00', start + record(
        2, SEPARATOR, digests_of(b'', [SHA384])) + bytes(5)
    for mr in range(5):
        yield f'NO_ACTION of register {mr}', start + one + record(
            mr, NO_ACTION, [(SHA384, rng.randbytes(48))], b'x')
        yield f'the first record of register {mr}', first(mr=mr) + one
        if mr:
            yield f'register {mr}', start + _simple(rng, mr=mr) + one
    both = (SHA256, SHA384)
    yield 'NO_ACTION without SHA-384', first(both) + record(
        0, NO_ACTION, [(SHA256, bytes(32))], b'x') + _simple(rng, both)
    yield 'SHA-384 alone of two banks', first(both) + one
    many = [(0x8000 + i, i) for i in range(15)] + [(SHA384, 48)]
    yield '16 algorithms', first(many) + _simple(rng, many) + one
    wide = ((0x1234, 65535), SHA384)
    yield 'digests of 65535 bytes', first(wide) + _simple(rng, wide)
    yield 'vendor info of 255 bytes', first(vendor=bytes(255)) + one
    yield 'another platform and version', first(
        platform=0xffffffff, version=(255, 255, 255), uintn=255) + one
    yield 'the first digest is not zero', b''.join(first_fields(
        spec_fields(), digest=b'\xff' * 20)) + one
    for kind in (0, 2, 5, 0x14, 0x80000003, 0xffffffff):
        yield f'type {kind:#x}', start + _simple(rng, kind=kind)
    yield 'zeros that are a record cut off, or padding', start + one + bytes(4)
    small = record(4, SEPARATOR, digests_of(bytes(4), [SHA384]), bytes(4))
    yield '65536 events', start + small * (MAX_EVENTS - 1)
    yield '65536 events and padding', start + small * (
        MAX_EVENTS - 1) + b'\xff' * 100
    yield '16 MiB with padding', (start + one).ljust(MAX_LOG, b'\xff')
    room = MAX_LOG - len(start + small) + 4
    yield '16 MiB in one event', start + record(
        3, 0x0d, digests_of(b'', [SHA384]), b'\1' * room)


def _cuts(fields):
    """(number of the field, bytes) of what is cut at or within a field."""
    for i, field in enumerate(fields):
        before = b''.join(fields[:i])
        if i:
            yield i, before
        for n in sorted({1, len(field) - 1}):
            if 0 < n < len(field):
                yield i, before + field[:n]


def _bad_first(rng):
    rest = _simple(rng) + _simple(rng)
    spec = spec_fields(vendor=b'vendor')
    whole = b''.join(spec)

    def with_spec(event=whole, **fields):
        return b''.join(first_fields(event, **fields)) + rest

    yield 'nothing', b''
    for n in (1, 65, 4096):
        yield f'padding FF only, {n}', b'\xff' * n
        yield f'padding 00 only, {n}', bytes(n)
    yield 'no first record', rest
    for mr in (5, 0x100, 0x80000001, 0xffffffff):
        yield f'first: register {mr}', with_spec(mr=mr)
    for kind in (0, 2, 4, 0x103, 0x80000003):
        yield f'first: type {kind:#x}', with_spec(kind=kind)
    for sign in (b'Spec ID Event02\0', b'Spec ID Event00\0',
                 b'Spec ID Event04\0', b'Spec ID Event03 ',
                 b'spec ID Event03\0'):
        yield f'first: signature {sign}', with_spec(spec_fields(sign=sign))
    for i, cut in _cuts(first_fields(spec)):
        yield f'first: cut at field {i}, {len(cut)} bytes', cut
        # Filler does not stand for what is missing.
        if len(cut) < 32:
            yield f'first: cut at {len(cut)}, then FF', cut + b'\xff' * 99
        if i < len(spec) + 3:  # Zeros would do for the vendor info.
            yield f'first: cut at {len(cut)}, then 00', cut + bytes(99)
    for i, cut in _cuts(spec):
        yield f'Spec ID: ends at field {i}, {len(cut)} bytes', with_spec(cut)
    yield 'Spec ID: empty', with_spec(b'')
    yield 'Spec ID: a byte after it', with_spec(whole + b'\0')
    yield 'Spec ID: a byte FF after it', with_spec(whole + b'\xff')
    for size in (len(whole) - 1, len(whole) + 1, 0, len(whole + rest) + 1,
                 0x7fffffff, 0x80000000, 0xffffffff, 0xffffffe0):
        yield f'first: size {size:#x}', with_spec(size=size)
    yield 'vendor info: one more', with_spec(
        spec_fields(vendor=b'vendor', vendor_size=7))
    yield 'vendor info: one less', with_spec(
        spec_fields(vendor=b'vendor', vendor_size=5))
    yield 'vendor info: 255 of 0', with_spec(spec_fields(vendor_size=255))
    for count in (0, 2, 17, 0x101, 0x10001, 0x40000001, 0xffffffff):
        yield f'{count:#x} algorithms of 1', with_spec(
            spec_fields(count=count))
    yield '1 algorithm of 2', with_spec(
        spec_fields((SHA384, SHA256), count=1))
    yield 'no algorithms', with_spec(spec_fields(()))
    many = [(0x8000 + i, 4) for i in range(16)] + [(SHA384, 48)]
    yield '17 algorithms', first(many) + rest
    yield '17 algorithms, SHA-384 first', first(many[::-1]) + rest
    yield 'SHA-384 twice', first((SHA384, SHA384)) + rest
    yield 'SHA-256 twice', first((SHA256, SHA384, SHA256)) + rest
    yield 'an unknown id twice', first(
        ((0x27, 32), SHA384, (0x27, 33))) + rest
    for banks in ((SM3,), (SHA1,), (SHA256,), (SHA512,), (SHA1, SHA256),
                  (SM3, SHA256), ((0x28, 48),), ((0xc00, 48),)):
        text = ', '.join(f'{bank:#x}' for bank, _ in pairs(banks))
        yield f'banks without SHA-384: {text}', first(
            banks) + _simple(rng, banks)
        yield f'no SHA-384 and no records: {text}', first(banks)
    for bank, size in SIZES.items():
        for wrong in (size - 1, size + 1, 0, size + 256, 65535):
            banks = [(SHA384, 48), (bank, wrong)][bank == SHA384:]
            yield f'digests of {BANKS[bank]} with {wrong} bytes', first(
                banks) + _simple(rng, banks)


def _bad_record(rng):
    start, good = first(), _simple(rng)
    before = start + good
    both = first((SHA256, SHA384))
    one = digests_of(b'', [SHA384])
    two = digests_of(b'', [SHA256, SHA384])
    for mr in (5, 6, 0x100, 0x10001, 0x80000001, 0xffffffff):
        for kind in (NO_ACTION, SEPARATOR):
            yield f'register {mr:#x}, type {kind}', before + record(
                mr, kind, one, b'x') + good
    for kind in (0, 2, SEPARATOR, 0x103, 0x80000003, 0xffffffff):
        yield f'register 0, type {kind:#x}', before + record(
            0, kind, one, b'x') + good
    for count in (0, 2, 16, 17, 0x101, 0x10001, 0x80000001, 0xffffffff):
        for kind in (NO_ACTION, SEPARATOR):
            # Data of 01: no digest follows by chance, whatever is read.
            yield f'{count:#x} digests of 1, type {kind}', before + record(
                1, kind, one, b'\1' * 40, count=count) + good
    for kind in (NO_ACTION, SEPARATOR):
        yield f'no digests, type {kind}', before + record(
            1, kind, [], b'x') + good
        yield f'no digests and no data, type {kind}', before + record(
            1, kind, [])
        for bank in (0, SHA1, SHA256, 0xc00, 0xc0c, 0xffff):
            other = [(bank, bytes(SIZES.get(bank, 48)))]
            yield f'unnamed id {bank:#x}, type {kind}', before + record(
                1, kind, other + one, b'x') + good
            yield f'unnamed id {bank:#x} last, type {kind}', before + record(
                1, kind, one + other, b'x') + good
        yield f'SHA-384 twice, type {kind}', before + record(
            1, kind, one * 2, b'x') + good
        yield f'SHA-256 twice, type {kind}', both + record(
            1, kind, two[:1] + two, b'x') + good
        yield f'SHA-384 twice of two, type {kind}', both + record(
            1, kind, two + two[1:], b'x') + good
    for kind in (SEPARATOR, 2, 0x103, 0x80000003):
        yield f'no SHA-384, type {kind:#x}', both + record(
            1, kind, two[:1], b'x') + good
    many = [(0x8000 + i, 4) for i in range(15)] + [(SHA384, 48)]
    digests = [(bank, bytes(size)) for bank, size in many]
    yield '17 digests of 16 banks', first(many) + record(
        1, SEPARATOR, digests + digests[:1], b'x')
    for size in (3, 0x100, 0x7fffffff, 0x80000000, 0xffffffb0, 0xffffffff):
        yield f'size {size:#x} of 2', before + record(
            1, SEPARATOR, one, b'\1\1', size=size)
    yield 'size 1 of 0', before + record(1, SEPARATOR, one, size=1)
    yield 'size 1 of 2', before + record(1, SEPARATOR, one, b'\1\1', size=1)
    yield 'size leads out of the padding', before + record(
        1, SEPARATOR, one, b'\1\1', size=67) + b'\xff' * 64


def _bad_cut(rng):
    start, good = first(), _simple(rng)
    whole = record_fields(2, 0x80000007, digests_of(b'', [SHA384]),
                          b'Exit Boot Services Invocation')
    size_at = len(b''.join(whole[:-2]))
    for i, cut in _cuts(whole):
        for before in (start, start + good):
            yield (f'cut at field {i}, {len(cut)} bytes, after '
                   f'{len(before)}', before + cut)
        if len(cut) <= size_at:
            yield f'cut at {len(cut)}, then FF', start + cut + b'\xff' * 40
        # Zeros would do for the digest and the size: only before the count.
        if len(cut) <= 8:
            yield f'cut at {len(cut)}, then 00', start + cut + bytes(99)
    both = (SHA512, SHA384, SHA1)
    whole = record_fields(3, SEPARATOR, digests_of(bytes(4), both), bytes(4))
    for i, cut in _cuts(whole):
        yield f'three banks: cut at field {i}, {len(cut)} bytes', first(
            both) + cut


def _bad_end(rng):
    start, good = first(), _simple(rng)
    whole = start + good
    for n in (1, 3, 4, 7, 8, 64):
        ff = b'\xff' * n
        yield f'{n} FF, then 00', whole + ff + b'\0'
        yield f'{n} FF, then 01', whole + ff + b'\1'
        yield f'{n} FF, then a record', whole + ff + good
        yield f'{n} FF, then FE', whole + ff + b'\xfe'
        yield f'00, then {n} FF', whole + b'\0' + ff
        yield f'{n} 00, then FF', whole + bytes(n) + b'\xff'
        yield f'{n} 00, then 01', whole + bytes(n) + b'\1'
        yield f'{n} bytes 01', whole + b'\1' * n
        yield f'{n} bytes FE', whole + b'\xfe' * n
    for n in (12, 64):
        yield f'{n} 00, then a record', whole + bytes(n) + good
    yield 'padding FF within 1 MiB', (whole + b'\xff' * 999 + b'x').ljust(
        1 << 20, b'\xff')
    yield 'padding 00 within 1 MiB', (whole + bytes(999) + b'x').ljust(
        1 << 20, b'\0')
    small = record(4, SEPARATOR, digests_of(bytes(4), [SHA384]), bytes(4))
    yield '65537 events', start + small * MAX_EVENTS
    yield '65537 events and padding', start + small * MAX_EVENTS + b'\xff' * 9
    yield '16 MiB and a byte of padding', whole.ljust(MAX_LOG + 1, b'\xff')
    room = MAX_LOG + 1 - len(start + small) + 4
    yield '16 MiB and a byte in one event', start + record(
        3, 0x0d, digests_of(b'', [SHA384]), b'\1' * room)


def bad(rng):
    """(why, log): logs that must be refused. The last ones are great."""
    for cases in (_bad_first, _bad_record, _bad_cut, _bad_end):
        yield from cases(rng)


# --- The ACPI table --------------------------------------------------------

def ccel_table(length, address=0x1000):
    """The table CCEL of a TDX guest, whose log has that length and place."""
    table = struct.pack('<4sIBB6s8sI4sIBBHQQ', b'CCEL', 56, 1, 0, b'INTEL ',
                        b'EDK2    ', 2, b'    ', 0x1000013,
                        2, 0, 0, length, address)
    total = -sum(table) & 0xff
    return table[:9] + bytes([total]) + table[10:]
