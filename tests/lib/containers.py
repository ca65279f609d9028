# SPDX-License-Identifier: Apache-2.0
"""What people have evidence and expected values in, made from the formats.

Hexdumps: vim's xxd, util-linux's hexdump and coreutils' od as their manuals
have them, and the samples of Intel's DCAP (print_hex_dump of
QuoteGeneration/quote_wrapper/tdx_attest/test_tdx_attest.c). JSON Web Tokens:
RFC 7515, section 7.1. DSSE: secure-systems-lab/dsse, protocol.md; bundles:
sigstore/protobuf-specs, sigstore_bundle.proto. dstack's attestation: parity's
SCALE codec, compact lengths (Dstack-TEE/dstack, dstack-attest). Configfs-tsm:
Linux, Documentation/ABI/testing/configfs-tsm-report. Reports of SEV-SNP as
structures: virtee/sev 1.2 and 7.1, src/firmware/guest/types/snp.rs, with the
offsets of AMD 56860, table 23.
"""

import base64
import json
import struct


# --- Hexdumps -----------------------------------------------------------------

def rows(data, width=16):
    return [(at, data[at:at + width]) for at in range(0, len(data), width)]


def printable(row):
    return ''.join(chr(c) if 0x20 <= c < 0x7f else '.' for c in row)


def xxd(data, group=2, width=16, start=0):
    """xxd: groups of bytes, in their order, and two spaces before the text."""
    full = width * 2 + width // group
    return ''.join(
        f'{start + at:08x}: ' + ' '.join(
            row[i:i + group].hex() for i in range(0, len(row), group)
        ).ljust(full - 1) + '  ' + printable(row) + '\n'
        for at, row in rows(data, width))


def squeezed(data, line, end):
    """A '*' for rows that are those before, as od and hexdump print it."""
    out, before, starred = [], None, False
    for at, row in rows(data):
        if row == before and len(row) == 16:
            if not starred:
                out.append('*\n')
            starred = True
            continue
        starred, before = False, row
        out.append(line(at, row))
    return ''.join(out) + end(len(data))


def hexdump_c(data):
    """hexdump -C"""
    return squeezed(
        data, lambda at, row: (
            f'{at:08x}  ' + ' '.join(f'{c:02x}' for c in row[:8]) + '  '
            + ' '.join(f'{c:02x}' for c in row[8:])).ljust(60)
        + f'|{printable(row)}|\n', lambda end: f'{end:08x}\n')


def od(data, base='o'):
    """od -A o -t x1, or -A x"""
    digits = {'o': '07o', 'x': '06x'}[base]
    return squeezed(
        data, lambda at, row: format(at, digits)
        + ''.join(f' {c:02x}' for c in row) + '\n',
        lambda end: format(end, digits) + '\n')


def od_words(data):
    """od -x: words of two bytes, the last byte first."""
    whole = data + bytes(len(data) % 2)
    return squeezed(
        whole, lambda at, row: f'{at:07o}' + ''.join(
            f' {word:04x}' for (word,) in struct.iter_unpack('<H', row))
        + '\n', lambda end: f'{len(data):07o}\n')


def test_tdx_attest(data, title='TDX quote data\n'):
    """A title, and rows after a space."""
    return f'\t\t{title}' + ''.join(
        f'\n {at:08x}:' + ''.join(f' {c:02x}' for c in row)
        for at, row in rows(data)) + '\n'


# --- Numbers ------------------------------------------------------------------

def go_slice(data):
    """fmt.Println of []byte"""
    return '[' + ' '.join(str(c) for c in data) + ']\n'


def c_array(data):
    return '{\n' + ''.join(
        '    ' + ', '.join(f'0x{c:02x}' for c in row) + ',\n'
        for _, row in rows(data)) + '}\n'


# --- Tokens and envelopes -----------------------------------------------------

def unpadded(data):
    return base64.urlsafe_b64encode(data).rstrip(b'=').decode()


def jwt(payload, header=None, signature=b's' * 96):
    """A JSON Web Token that nobody signed."""
    parts = [json.dumps(part).encode() if not isinstance(part, bytes) else part
             for part in (header or {'alg': 'PS384', 'typ': 'JWT'}, payload)]
    return '.'.join(map(unpadded, (*parts, signature)))


IN_TOTO = 'application/vnd.in-toto+json'


def pae(payload, kind=IN_TOTO):
    """What a DSSE signature is over."""
    return b'DSSEv1 %d %s %d %s' % (len(kind), kind.encode(), len(payload),
                                    payload)


def dsse(payload, signatures=None, kind=IN_TOTO):
    if signatures is None:
        signatures = [{'keyid': '', 'sig': base64.b64encode(b's' * 70).decode()}]
    return {'payload': base64.b64encode(payload).decode(),
            'payloadType': kind, 'signatures': signatures}


def bundle(payload, signatures=None, kind=IN_TOTO):
    return {'mediaType': 'application/vnd.dev.sigstore.bundle.v0.3+json',
            'verificationMaterial': {
                'tlogEntries': [],
                'certificate': {'rawBytes': base64.b64encode(
                    b'0' * 300).decode()}},
            'dsseEnvelope': dsse(payload, signatures, kind)}


# --- Others -------------------------------------------------------------------

def compact(number):
    """SCALE's compact integers."""
    if number < 1 << 6:
        return bytes((number << 2,))
    if number < 1 << 14:
        return struct.pack('<H', number << 2 | 1)
    return struct.pack('<I', number << 2 | 2)


def dstack(quote, version=0, kind=0):
    """Version 0 of an attestation: the quote, no events, REPORTDATA, an empty
    configuration."""
    return (bytes((version, kind)) + compact(len(quote)) + quote + compact(0)
            + compact(0) + bytes(64) + compact(0))


def certificate_table(*certificates):
    """AMD 56421, 4.1.8.1: pairs of a GUID and a certificate."""
    at = 24 * (len(certificates) + 1)
    head, body = b'', b''
    for guid, certificate in certificates:
        head += bytes.fromhex(guid.replace('-', '')) + struct.pack(
            '<II', at + len(body), len(certificate))
        body += certificate
    return head + bytes(24) + body


VCEK = '63da758d-e664-4564-adc5-f4b93be8accd'


def driver_answer(report):
    """MSG_REPORT_RSP of /dev/sev-guest, 4000 bytes."""
    return (struct.pack('<II', 0, len(report)) + bytes(24)
            + report).ljust(4000, b'\0')


def structure(report, turin=False):
    """A report as the crate sev of Rust writes it since its version 6."""
    def number(at, size):
        return int.from_bytes(report[at:at + size], 'little')

    def some(at, size):
        return list(report[at:at + size])

    def tcb(at):
        names = (('fmc', 'bootloader', 'tee', 'snp') if turin
                 else ('bootloader', 'tee', None, None, None, None, 'snp'))
        return {'fmc': None, 'microcode': report[at + 7], **{
            name: report[at + i] for i, name in enumerate(names) if name}}

    def version(at):
        return {'major': report[at + 2], 'minor': report[at + 1],
                'build': report[at]}

    def since(which, value):
        return value if number(0, 4) >= which else None
    return {
        'version': number(0, 4), 'guest_svn': number(4, 4),
        'policy': number(8, 8), 'family_id': some(0x10, 16),
        'image_id': some(0x20, 16), 'vmpl': number(0x30, 4),
        'sig_algo': number(0x34, 4), 'current_tcb': tcb(0x38),
        'plat_info': number(0x40, 8), 'key_info': number(0x48, 4),
        'report_data': some(0x50, 64), 'measurement': some(0x90, 48),
        'host_data': some(0xc0, 32), 'id_key_digest': some(0xe0, 48),
        'author_key_digest': some(0x110, 48), 'report_id': some(0x140, 32),
        'report_id_ma': some(0x160, 32), 'reported_tcb': tcb(0x180),
        'cpuid_fam_id': since(3, report[0x188]),
        'cpuid_mod_id': since(3, report[0x189]),
        'cpuid_step': since(3, report[0x18a]),
        'chip_id': some(0x1a0, 64), 'committed_tcb': tcb(0x1e0),
        'current': version(0x1e8), 'committed': version(0x1ec),
        'launch_tcb': tcb(0x1f0),
        'launch_mit_vector': since(5, number(0x1f8, 8)),
        'current_mit_vector': since(5, number(0x200, 8)),
        'signature': {'r': some(0x2a0, 72), 's': some(0x2e8, 72)}}


TCBS = {'current_tcb': 0x38, 'reported_tcb': 0x180, 'committed_tcb': 0x1e0,
        'launch_tcb': 0x1f0}


def old_structure(report):
    """The same of version 1 of the crate, which knew reports of version 2 of
    Milan and Genoa: what others have is in what it calls reserved."""
    made = structure(report)
    for name in ('cpuid_fam_id', 'cpuid_mod_id', 'cpuid_step',
                 'launch_mit_vector', 'current_mit_vector'):
        del made[name]
    for name in [name for name in made if name.endswith('_tcb')]:
        del made[name]['fmc']
        at = TCBS[name]
        made[name]['_reserved'] = list(report[at + 2:at + 6])
    for name in 'current', 'committed':
        made.update({f'{name}_{part}': value
                     for part, value in made.pop(name).items()})
    made['_author_key_en'] = made.pop('key_info')
    made['signature']['_reserved'] = list(report[0x330:0x4a0])
    made.update(
        _reserved_0=0, _reserved_1=list(report[0x188:0x1a0]),
        _reserved_2=report[0x1eb], _reserved_3=report[0x1ef],
        _reserved_4=list(report[0x1f8:0x2a0]))
    return made


def b64(data):
    return base64.b64encode(data).decode()


# Every way in which bytes of evidence are handed around.
WRAPPINGS = {
    'hexadecimal': lambda b: b.hex(),
    'hexadecimal, lines': lambda b: '\n'.join(
        row.hex() for _, row in rows(b, 32)),
    'hexadecimal, upper case and 0x': lambda b: '0x' + b.hex().upper(),
    'base64': b64,
    'base64url': lambda b: base64.urlsafe_b64encode(b).decode(),
    'base64url, unpadded': unpadded,
    'base64, lines': lambda b: base64.encodebytes(b).decode(),
    'xxd': xxd,
    'xxd -g1': lambda b: xxd(b, 1),
    'xxd -c32': lambda b: xxd(b, 2, 32),
    'xxd -p': lambda b: ''.join(row.hex() + '\n' for _, row in rows(b, 30)),
    'hexdump -C': hexdump_c,
    'od': od,
    'od -A x': lambda b: od(b, 'x'),
    'od -x': od_words,
    'test_tdx_attest': test_tdx_attest,
    'numbers of Go': go_slice,
    'numbers of C': c_array,
    'JSON numbers': lambda b: json.dumps(list(b)),
    'JSON numbers, member': lambda b: json.dumps({'quote': list(b)}),
    'JSON base64': lambda b: json.dumps({'quote': b64(b)}),
    'JSON base64url': lambda b: json.dumps({'quote': unpadded(b)}),
    'JSON hexadecimal': lambda b: json.dumps({'quote': b.hex()}),
    'JSON text of JSON': lambda b: json.dumps(
        {'evidence': json.dumps({'quote': b64(b)})}),
    'JSON text of JSON of numbers': lambda b: json.dumps(
        json.dumps({'quote': list(b)})),
    'JSON hexadecimal of JSON': lambda b: json.dumps(
        {'quote_hex': json.dumps({'tdx': {'quote': b64(b)}}).encode().hex()}),
    'base64 of JSON': lambda b: b64(json.dumps({'quote': b64(b)}).encode()),
    'base64 of base64': lambda b: b64(b64(b).encode()),
    'JWT': lambda b: jwt({'evidence': {'quote': b64(b)}}),
    "Trustee's evidence": lambda b: json.dumps(
        {'primary_evidence': json.dumps({'quote': b64(b), 'cc_eventlog': None}),
         'additional_evidence': ''}),
}
