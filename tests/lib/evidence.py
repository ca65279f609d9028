# SPDX-License-Identifier: Apache-2.0
"""Quotes, reports and reference values for the tests, made from the layouts.

Intel TDX DCAP Quoting Library API, appendix A.3 and A.4; intel/tdx-module
src/common/data_structures/tdx_api_defs.h; draft-ietf-rats-corim-11;
RFC 8949; RFC 9052; Trustee's rvps/src/lib.rs.
"""

import base64
import hashlib
import json
import struct

import ec

ZERO = bytes(48)


def digest(text):
    """48 bytes that are no other field's."""
    return hashlib.sha384(text.encode()).digest()


def tdinfo(mrtd, *, attributes=0x10000000, xfam=0x602e7, mrconfigid=ZERO,
           mrowner=ZERO, mrownerconfig=ZERO, rtmrs=None, servtd=ZERO,
           reserved=bytes(64)):
    """TDINFO_STRUCT, 512 bytes."""
    rtmrs = rtmrs or [digest(f'rtmr{i}') for i in range(4)]
    return b''.join((struct.pack('<QQ', attributes, xfam), mrtd, mrconfigid,
                     mrowner, mrownerconfig, *rtmrs, servtd, reserved))


def body(mrtd, version15=False, **fields):
    """A TD report body, 584 or 648 bytes."""
    info = tdinfo(mrtd, **fields)
    front = b'\x05' * 16 + digest('mrseam') + ZERO + bytes(8)
    assert len(front) == 120
    out = front + info[:400] + b'\x44' * 64
    if version15:
        out += b'\x06' * 16 + info[400:448]
    return out


# Intel's, of all quotes' headers [DCAP, A.3.1].
VENDOR = bytes.fromhex('939a7233f79c4ca9940a0db3957f0607')


def header(version, tee=0x81):
    return struct.pack('<HHI', version, 2, tee) + bytes(4) + VENDOR + bytes(20)


# What a TD quoting enclave reports of itself, but for REPORTDATA.
QE_REPORT = b''.join((
    bytes(48), struct.pack('<QQ', 0x15, 0xe7), bytes(64), bytes.fromhex(
        'dc9e2a7c6f948f17474e34a7fc43ed03'
        '0f7c1563f1babddf6340c82e0e54a8c5'), bytes(96),
    struct.pack('<HH', 2, 7), bytes(60)))


def unchained(message):
    """Signature data of a host that had no PCK certificate: the attestation
    key signs, and in the place of the chain there is what names the platform
    (sgx_quote_3.h, certification data of type 1). Nobody can verify that."""
    key = ec.key_of(ec.P256, 'attestation')
    public = ec.point_bytes(ec.P256, key.public)
    auth = bytes(range(32))
    report = QE_REPORT + hashlib.sha256(public + auth).digest() + bytes(32)
    inside = (report + b'\1' * 64 + struct.pack('<H', len(auth)) + auth
              + struct.pack('<HI', 1, 36) + bytes(36))
    return (ec.point_bytes(ec.P256, ec.sign(key, message)) + public
            + struct.pack('<HI', 6, len(inside)) + inside)


def quote(mrtd, version=4, body_type=2, signature=None, *, tee=0x81,
          size=None, **fields):
    """A quote of version 4 or 5, with no certificates to verify it by."""
    report = body(mrtd, body_type == 3, **fields)
    out = header(version, tee)
    if version >= 5:
        out += struct.pack('<HI', body_type,
                           len(report) if size is None else size)
    out += report
    signature = unchained(out) if signature is None else signature
    return out + struct.pack('<I', len(signature)) + signature


def tdreport(mrtd, **fields):
    """TDREPORT_STRUCT, 1024 bytes."""
    info = tdinfo(mrtd, **fields)
    mac = (b'\x81\0\0\0' + bytes(12) + b'\x07' * 16 + digest('tcb')
           + hashlib.sha384(info).digest() + b'\x55' * 64 + bytes(32)
           + b'\x66' * 32)
    assert len(mac) == 256
    return mac + b'\x77' * 239 + bytes(17) + info


# --- What is no evidence of a TD ---------------------------------------------

def snp_report(version=2, measurement=ZERO, *, algorithm=1, policy=0x30000,
               patch=()):
    """AMD's ATTESTATION_REPORT (AMD 56860, table 23), 1184 bytes. patch has
    pairs of an offset and bytes."""
    report = bytearray(1184)
    struct.pack_into('<IIQ', report, 0, version, 0, policy)
    struct.pack_into('<I', report, 0x34, algorithm)
    report[0x90:0xc0] = measurement
    report[0x180:0x188] = b'\3\0\0\0\0\0\x08\x73'  # REPORTED_TCB
    report[0x1a0:0x1e0] = digest('chip') + digest('chip')[:16]
    report[0x1e0:0x1e8] = report[0x180:0x188]
    report[0x2a0:0x2d0] = digest('r')
    report[0x2e8:0x318] = digest('s')
    for at, value in patch:
        report[at:at + len(value)] = value
    return bytes(report)


def hcl(report, kind):
    """Azure's report of 2600 bytes: kind 2 is SEV-SNP, 4 TDX. Its REPORT_DATA
    is the digest of the claims."""
    claims = b'{"keys":[],"vm-configuration":{}}'
    at = {2: 0x50, 4: 0x80}[kind]
    report = (report[:at] + hashlib.sha256(claims).digest() + bytes(32)
              + report[at + 64:])
    out = b'HCLA' + struct.pack('<III', 2, 1236 + len(claims), 2) + bytes(16)
    out += report.ljust(1184, b'\0') + struct.pack(
        '<IIIII', 20 + len(claims), 1, kind, 1, len(claims)) + claims
    return out.ljust(2600, b'\0')


def event_log(register=0):
    """A crypto-agile log: TCG PC Client Platform Firmware Profile, 10.4.5.1,
    and an EV_SEPARATOR."""
    spec = (b'Spec ID Event03\0' + struct.pack('<IBBBB', 0, 0, 2, 0, 2)
            + struct.pack('<IHH', 1, 12, 48) + b'\0')
    return (struct.pack('<II', register, 3) + bytes(20)
            + struct.pack('<I', len(spec)) + spec
            + struct.pack('<IIIH', 1, 4, 1, 12) + digest('separator')
            + struct.pack('<I', 4) + bytes(4))


# --- CBOR ---------------------------------------------------------------------

class Tag:
    def __init__(self, number, item):
        self.number, self.item = number, item


def head(major, value):
    major <<= 5
    if value < 24:
        return bytes((major | value,))
    for extra, form in ((24, 'B'), (25, 'H'), (26, 'I'), (27, 'Q')):
        if value < 1 << 8 * struct.calcsize('>' + form):
            return bytes((major | extra,)) + struct.pack('>' + form, value)
    raise ValueError(value)


def cbor(item):
    if isinstance(item, int):
        return head(0, item) if item >= 0 else head(1, -1 - item)
    if isinstance(item, bytes):
        return head(2, len(item)) + item
    if isinstance(item, str):
        return head(3, len(item.encode())) + item.encode()
    if isinstance(item, (list, tuple)):
        return head(4, len(item)) + b''.join(map(cbor, item))
    if isinstance(item, dict):
        return head(5, len(item)) + b''.join(
            cbor(key) + cbor(value) for key, value in item.items())
    assert isinstance(item, Tag)
    return head(6, item.number) + cbor(item.item)


def corim(*measurements):
    """A CoRIM with one CoMID of these measurements."""
    comid = {1: {0: 'fw/tdx'}, 2: [{0: 'example.org', 2: [0, 1]}],
             4: {0: [[{0: {1: 'Intel', 2: 'TDX'}}, list(measurements)]]}}
    return cbor(Tag(501, {0: 'fw', 1: [Tag(505, b'\xa0'),
                                       Tag(506, cbor(comid))],
                          3: Tag(111, bytes.fromhex('6086480186f84d011001'))}))


SIGN1_HEADER = cbor({1: -35, 3: 'application/rim+cbor',
                     8: cbor({0: {0: 'e'}})})


def to_be_signed(payload):
    """What the signature of sign1() is over: RFC 9052, section 4.4."""
    return cbor(['Signature1', SIGN1_HEADER, b'', payload])


def sign1(payload, signature=bytes(96)):
    """A COSE_Sign1; by default nobody signed it."""
    return cbor(Tag(18, [SIGN1_HEADER, {}, payload, signature]))


# --- JSON ---------------------------------------------------------------------

def envelope(payload, kind='sample', version='0.1.0'):
    """RVPS's message."""
    if not isinstance(payload, bytes):
        payload = json.dumps(payload).encode()
    return json.dumps({'version': version, 'type': kind,
                       'payload': base64.b64encode(payload).decode()})
