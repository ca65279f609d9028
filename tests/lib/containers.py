# SPDX-License-Identifier: Apache-2.0
"""What people have evidence and expected values in, made from the formats.

Hexdumps: vim's xxd, util-linux's hexdump and coreutils' od as their manuals
have them, and the samples of Intel's DCAP (print_hex_dump of
QuoteGeneration/quote_wrapper/tdx_attest/test_tdx_attest.c). JSON Web Tokens:
RFC 7515, section 7.1. DSSE: secure-systems-lab/dsse, protocol.md; bundles:
sigstore/protobuf-specs, sigstore_bundle.proto. dstack's attestation: parity's
SCALE codec, compact lengths (Dstack-TEE/dstack, dstack-attest). Configfs-tsm:
Linux, Documentation/ABI/testing/configfs-tsm-report.
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
