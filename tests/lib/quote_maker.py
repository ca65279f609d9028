# SPDX-License-Identifier: Apache-2.0
"""TDX quotes with a PKI of our own whose names are Intel's, good ones and those
with one defect each. DEFECTS says what is wrong and what a verifier has to say
of it.

Layouts: sgx_quote_4.h and sgx_quote_5.h of SGXDataCenterAttestationPrimitives,
the SGX PCK certificate specification."""

import functools
import hashlib
import struct
from types import SimpleNamespace

import der
import ec
import evidence
import x509

# 2026-06-01T00:00:00Z, when every certificate that is not meant to be
# expired is valid.
TIME = 1780272000
YEAR = 31557600
VALID = (TIME - YEAR, TIME + 6 * YEAR)
ROOT_VALID = (TIME - 8 * YEAR, TIME + 20 * YEAR)
P = ec.P256
SGX = '1.2.840.113741.1.13.1'


@functools.lru_cache(None)
def key(seed):
    return ec.key_of(P, seed)


def intel(common):
    return x509.name(CN=common, O='Intel Corporation', L='Santa Clara',
                     ST='CA', C='US')


ROOT, PLATFORM, PROCESSOR, LEAF = (
    f'Intel SGX {name}' for name in (
        'Root CA', 'PCK Platform CA', 'PCK Processor CA', 'PCK Certificate'))


# --- Certificates -------------------------------------------------------------

def pair(oid, value):
    return der.sequence(der.oid(f'{SGX}.{oid}'), value)


def sgx_fields(platform=True):
    """Those of a PCK certificate's extension, by number."""
    svns = [3, 3, 2, 2, 4, 1, 0, 200, 0, 0, 0, 0, 0, 0, 0, 0]
    tcb = [pair(f'2.{i}', der.integer(svn)) for i, svn in enumerate(svns, 1)]
    tcb += [pair('2.17', der.integer(11)),
            pair('2.18', der.octets(bytes(svns)))]
    fields = {1: der.octets(bytes(range(16))), 2: der.sequence(*tcb),
              3: der.octets(bytes(2)),
              4: der.octets(bytes.fromhex('90c06f000000')),
              5: der.integer(1, der.ENUMERATED)}
    if platform:
        fields[6] = der.octets(bytes(range(16, 32)))
        fields[7] = der.sequence(*(
            pair(f'7.{i}', der.boolean(True)) for i in (1, 2, 3)))
    return fields


def sgx_extension(fields):
    return x509.extension(SGX, der.sequence(*(
        pair(number, value) for number, value in fields.items())))


@functools.lru_cache(None)
def root_certificate(seed='root', valid=ROOT_VALID, **other):
    """Self-signed, with Intel's name."""
    one = key(seed)
    return x509.certificate(intel(ROOT), intel(ROOT), x509.public_of(one), one,
                            valid, x509.authority(1), **other)


def default_chain():
    """What certificate() is called with, of leaf, CA and root; a defect changes
    some of it."""
    return SimpleNamespace(
        leaf=dict(subject=intel(LEAF), issuer=intel(PLATFORM),
                  public=x509.public_of(key('leaf')), key=key('ca'),
                  valid=VALID, serial=0x5eed,
                  extensions=[*x509.end_entity(), sgx_extension(sgx_fields())]),
        ca=dict(subject=intel(PLATFORM), issuer=intel(ROOT),
                public=x509.public_of(key('ca')), key=key('root'),
                valid=ROOT_VALID, extensions=x509.authority(0)),
        root=dict(subject=intel(ROOT), issuer=intel(ROOT),
                  public=x509.public_of(key('root')), key=key('root'),
                  valid=ROOT_VALID, extensions=x509.authority(1)))


def chain_bytes(chain):
    """Leaf, CA and root, as DER."""
    return [x509.certificate(**part)
            for part in (chain.leaf, chain.ca, chain.root)]


# --- Quotes -------------------------------------------------------------------

def qe_report(**changes):
    """An SGX report of the TD quoting enclave, but for REPORTDATA. changes has
    bytes by their names here."""
    fields = {'miscselect': (16, bytes(4)),
              'attributes': (48, struct.pack('<QQ', 0x15, 0xe7)),
              'mrenclave': (64, bytes(range(32))),
              'mrsigner': (128, bytes.fromhex(
                  'dc9e2a7c6f948f17474e34a7fc43ed03'
                  '0f7c1563f1babddf6340c82e0e54a8c5')),
              'prod': (256, b'\2\0'), 'svn': (258, b'\7\0')}
    report = bytearray(384)
    report[:16] = bytes((3, 3, 2, 2, 4, 1)).ljust(16, b'\0')
    for name, (at, value) in fields.items():
        value = changes.get(name, value)
        report[at:at + len(value)] = value
    return bytes(report)


def parts_of(version=4, body_type=2, mrtd=evidence.digest('mrtd'), **fields):
    """Everything a quote is made of. A defect changes it before or after what
    depends on it is made: see make_quote()."""
    chain = default_chain()
    return SimpleNamespace(
        version=version, key_type=2, tee=0x81, vendor=evidence.VENDOR,
        body_type=body_type,
        body=evidence.body(mrtd, body_type == 3, **fields),
        body_size=None, key=key('attestation'), public=None, nonce=None,
        qe=qe_report(), qe_key=key('leaf'), binding_rest=bytes(32),
        bound=None, auth=bytes(range(32)), kind=5, outer=6, chain=chain,
        certificates=None, text=None, pem=lambda text: text + b'\0',
        quote_signature=lambda one, message: one,
        qe_signature=lambda one, message: one, signed=lambda message: message,
        sizes=(0, 0, 0), rest=b'', finish=lambda quote: quote)


def raw(signature):
    return ec.point_bytes(P, signature)


def make_quote(defect=None, version=4, body_type=2, **fields):
    """A quote; defect is a function that changes its parts."""
    parts = parts_of(version, body_type, **fields)
    if defect:
        defect(parts)
    front = (struct.pack('<HHI', parts.version, parts.key_type, parts.tee)
             + bytes(4) + parts.vendor + bytes(20))
    if parts.version >= 5:
        size = len(parts.body) if parts.body_size is None else parts.body_size
        front += struct.pack('<HI', parts.body_type, size)
    message = front + parts.body
    public = raw(parts.public or parts.key.public)
    bound = hashlib.sha256(parts.bound or public + parts.auth).digest()
    qe = parts.qe[:320] + bound + parts.binding_rest
    ours = raw(parts.quote_signature(
        ec.sign(parts.key, parts.signed(message), k=parts.nonce), message))
    theirs = raw(parts.qe_signature(ec.sign(parts.qe_key, qe), qe))
    text = parts.text
    if text is None:
        given = parts.certificates or chain_bytes
        text = parts.pem(b''.join(map(x509.pem, given(parts.chain))))
    outer, inner, auth = parts.sizes
    inside = (qe + theirs + struct.pack('<H', len(parts.auth) + auth)
              + parts.auth + struct.pack('<HI', parts.kind, len(text) + inner)
              + text)
    data = (ours + public + struct.pack('<HI', parts.outer,
                                        len(inside) + outer) + inside)
    return parts.finish(
        message + struct.pack('<I', len(data)) + data + parts.rest)
