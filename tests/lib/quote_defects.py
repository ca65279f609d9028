# SPDX-License-Identifier: Apache-2.0
"""One row for each thing that can be wrong with a TDX quote, and for what only
looks wrong: its name, the reason that a verifier gives (None: it is good), what
makes the quote so. The root is that of quote_maker.root_certificate()."""

import hashlib
import struct
from collections import namedtuple

import der
import ec
import evidence
import quote_maker as made
import x509
from quote_maker import P, TIME, YEAR, intel

Row = namedtuple('Row', 'name reason change arguments notes status',
                 defaults=({}, (), None))


# --- Changes ------------------------------------------------------------------

def set_(**values):
    """Changes parts of the quote."""
    return lambda parts: vars(parts).update(values)


def cert(which, **values):
    """Changes what a certificate is made of."""
    return lambda parts: getattr(parts.chain, which).update(values)


def leaf_with(*more, fields=None):
    """A leaf with these extensions, or fields of Intel's."""
    if fields is not None:
        more = (made.sgx_extension(fields),)
    return cert('leaf', extensions=[*x509.end_entity(), *more])


def sgx(**changed):
    """Fields of Intel's extension, by f and number; None is left out."""
    fields = made.sgx_fields()
    for name, value in changed.items():
        fields[int(name[1:])] = value
        if value is None:
            del fields[int(name[1:])]
    return fields


def tcb(*numbers):
    """Field 2, of components with these numbers."""
    return der.sequence(
        *(made.pair(f'2.{i}', der.integer(1)) for i in numbers),
        made.pair('2.18', der.octets(bytes(16))))


def svn(component, number):
    return tcb(*range(1, 18)).replace(
        made.pair(f'2.{component}', der.integer(1)),
        made.pair(f'2.{component}', number))


def text(function):
    """Of the PEM, of which a NUL is at the end."""
    return set_(pem=lambda pem: function(pem) + b'\0')


def order(function):
    """Other certificates in the chain, as DER."""
    return set_(certificates=lambda chain: function(made.chain_bytes(chain)))


def foreign_root(parts):
    """Everything is as it should be, but the root is somebody's."""
    for part, name in ((parts.chain.ca, 'key'), (parts.chain.root, 'key')):
        part[name] = made.key('other root')
    parts.chain.root['public'] = x509.public_of(made.key('other root'))


def processor(parts):
    parts.chain.ca['subject'] = parts.chain.leaf['issuer'] = \
        intel(made.PROCESSOR)
    leaf_with(fields=made.sgx_fields(False))(parts)


def qe(**changes):
    return set_(qe=made.qe_report(**changes))


def quote_signature(function):
    return set_(quote_signature=lambda one, message: function(*one))


def qe_signature(function):
    return set_(qe_signature=lambda one, message: function(*one))


def at_infinity(parts):
    """(r, s) for which the point that is to have r as its x is at infinity."""
    def make(_, message):
        number = ec.hashed(P, message) * pow(parts.key.secret, -1, P.n)
        return -number % P.n, 1
    parts.quote_signature = make


def by_another_digest(parts):
    parts.quote_signature = lambda one, message: ec.sign(
        parts.key, message, 'sha384')


def bound_to(function):
    """What the QE's REPORTDATA is the digest of."""
    def change(parts):
        parts.bound = function(made.raw(parts.key.public), parts.auth)
    return change


def body_at(at, value):
    def change(parts):
        parts.body = (parts.body[:at] + value + parts.body[at + len(value):])
    return change


def finish(function):
    """Changes the quote when it is made and signed."""
    return set_(finish=function)


def flip(at):
    """A bit of the byte at an offset."""
    return finish(lambda quote: quote[:at] + bytes((quote[at] ^ 1,))
                  + quote[at + 1:])


def cut(size):
    return finish(lambda quote: quote[:size])


SIGNATURE = 636  # Where the signature data of version 4 is.
P384 = ec.key_of(ec.P384, 'leaf')
OFF_CURVE = (P.g[0], P.g[1] ^ 1)
# The square root of b: p is 3 modulo 4. x is 0, written as p.
NOT_REDUCED = (P.p, pow(P.b, (P.p + 1) // 4, P.p))
V5 = {'version': 5, 'body_type': 3}
OLD_V5 = {'version': 5, 'body_type': 2}
UNKNOWN = x509.extension('1.2.3.4', b'\5\0', True)
OTHER_O = x509.name(CN=made.LEAF, O='Intel Corporation.', L='Santa Clara',
                    ST='CA', C='US')

GOOD = [
    Row('good-v4', None, None),
    Row('good-v5-td15', None, None, V5),
    Row('good-v5-td10', None, None, OLD_V5),
    Row('good-without-nul', None, set_(pem=lambda text: text)),
    Row('good-processor-ca', None, processor),
    Row('good-sgx-fields-in-another-order', None, leaf_with(
        fields=dict(reversed(made.sgx_fields().items())))),
    Row('good-auth-data-empty', None, set_(auth=b'')),
    Row('good-auth-data-of-100', None, set_(auth=bytes(range(100)))),
    Row('good-zeros-after', None, set_(rest=bytes(70))),
    Row('good-text-after', None, set_(rest=b'not signed by anybody'), {},
        ('trailing-data',)),
    Row('good-v5-text-after', None, set_(rest=bytes(9) + b'!'), V5,
        ('trailing-data',)),
    Row('good-n-minus-s', None, quote_signature(lambda r, s: (r, P.n - s))),
    # The x of 379 times the base point begins with a zero byte.
    Row('good-r-is-short', None, set_(nonce=379)),
    Row('good-debug', None, None, {'attributes': 1}),
    Row('good-another-root-of-the-key', None, cert(
        'root', serial=2, valid=(TIME - YEAR, TIME + YEAR))),
    Row('good-last-second', None, cert('leaf', valid=(TIME - YEAR, TIME))),
    Row('good-first-second', None, cert('leaf', valid=(TIME, TIME + YEAR))),
    Row('good-qe-of-32-bits', None, qe(
        attributes=struct.pack('<QQ', 0x11, 3))),
]

LAYOUT = [
    Row('version-3', 'layout', set_(version=3)),
    Row('version-6', 'layout', set_(version=6), V5),
    Row('key-type-3', 'layout', set_(key_type=3)),
    Row('tee-sgx', 'layout', set_(tee=0)),
    Row('vendor', 'layout', set_(vendor=bytes(16))),
    Row('v5-type-2-size-of-3', 'layout', set_(body_type=2), V5),
    Row('v5-type-3-size-of-2', 'layout', set_(body_type=3), OLD_V5),
    Row('v5-size-less-one', 'layout', set_(body_size=647), V5),
    Row('v5-sgx', 'layout', set_(body_type=1, body=bytes(384)), V5),
    Row('v5-type-4', 'layout', set_(body_type=4), V5),
    *(Row(f'outer-type-{i}', 'layout', set_(outer=i))
      for i in (0, 1, 2, 3, 4, 5, 7, 0x106)),
    *(Row(f'inner-type-{i}', 'layout', set_(kind=i)) for i in (0, 6, 8, 0x105)),
    *(Row(f'size-{name}-{"less" if by < 0 else "more"}', 'layout',
          set_(sizes=[by * (i == j) for j in range(3)]))
      for i, name in enumerate(('outer', 'inner', 'auth')) for by in (-1, 1)),
    Row('size-outer-4g', 'layout', finish(
        lambda quote: quote[:SIGNATURE + 130] + b'\xff' * 4
        + quote[SIGNATURE + 134:])),
    Row('size-signature-4g', 'layout', finish(
        lambda quote: quote[:632] + b'\xff' * 4 + quote[636:])),
    Row('size-signature-less-one', 'layout', finish(
        lambda quote: quote[:632] + struct.pack('<I', len(quote) - 637)
        + quote[636:])),
    *(Row(f'cut-{size}', 'layout', cut(size))
      for size in (0, 1, 47, 48, 631, 634, 636, 765, 1153, 1500, -1)),
]

CHAIN = [
    *(Row(f'no-chain-{kind}', 'no-chain', set_(kind=kind, text=bytes(size)))
      for kind, size in ((1, 36), (2, 276), (3, 404), (7, 100))),
    Row('no-chain-4', 'no-chain', set_(kind=4, certificates=lambda chain:
                                       made.chain_bytes(chain)[:1])),
    Row('four', 'chain-count', order(lambda three: three + three[2:])),
    Row('four-two-leaves', 'chain-count',
        order(lambda three: three[:1] + three)),
    Row('two', 'chain-count', order(lambda three: three[:2])),
    Row('one', 'chain-count', order(lambda three: three[:1])),
    Row('none', 'chain-count', order(lambda three: [])),
    Row('root-first', 'chain-names', order(lambda three: three[::-1])),
    Row('ca-last', 'chain-names',
        order(lambda three: [three[0], three[2], three[1]])),
    Row('leaf-twice', 'chain-names',
        order(lambda three: [three[0], three[0], three[2]])),
    Row('text-before', 'chain-format', text(lambda pem: b'leaf:\n' + pem)),
    Row('text-between', 'chain-format', text(
        lambda pem: pem.replace(x509.END, x509.END + b'CA:\n', 1))),
    Row('text-after', 'chain-format', text(lambda pem: pem + b'end\n')),
    Row('empty-line', 'chain-format', text(
        lambda pem: pem.replace(x509.END, x509.END + b'\n', 1))),
    Row('crlf', 'chain-format', text(lambda pem: pem.replace(b'\n', b'\r\n'))),
    Row('two-nuls', 'chain-format', text(lambda pem: pem + b'\0')),
    Row('der', 'chain-format', set_(pem=lambda text: b''.join(
        x509.unpem(text)))),
    Row('der-root-first', 'chain-format', set_(pem=lambda text: b''.join(
        reversed(x509.unpem(text))))),
    Row('bytes-after-a-certificate', 'chain-format', order(
        lambda three: [three[0] + b'\0', *three[1:]])),
    Row('certificate-cut', 'chain-format', order(
        lambda three: [three[0][:-1], *three[1:]])),
    Row('leaf-issuer', 'chain-names', cert('leaf', issuer=intel(made.ROOT))),
    Row('leaf-subject', 'chain-names', cert(
        'leaf', subject=intel('Intel SGX TCB Signing'))),
    Row('leaf-organization', 'chain-names', cert('leaf', subject=OTHER_O)),
    Row('ca-subject', 'chain-names', lambda parts: (
        cert('ca', subject=intel('Intel SGX PCK CA'))(parts),
        cert('leaf', issuer=intel('Intel SGX PCK CA'))(parts))),
    Row('ca-issuer', 'chain-names', cert('ca', issuer=intel('Intel Root'))),
    Row('root-issuer', 'chain-names', cert(
        'root', issuer=intel(made.PLATFORM))),
    Row('ca-not-a-ca', 'chain-format', cert(
        'ca', extensions=x509.end_entity())),
    Row('ca-without-constraints', 'chain-format', cert(
        'ca', extensions=x509.authority()[:1])),
    Row('ca-that-must-not-sign', 'chain-format', cert(
        'ca', extensions=[x509.end_entity()[0], x509.authority(0)[1]])),
    Row('root-not-a-ca', 'chain-format', cert(
        'root', extensions=x509.end_entity())),
    Row('leaf-a-ca', 'chain-format', cert('leaf', extensions=[
        *x509.authority(0), made.sgx_extension(made.sgx_fields())])),
    Row('leaf-sha384', 'chain-format', cert('leaf', digest='sha384')),
    Row('leaf-two-algorithms', 'chain-format', cert(
        'leaf', outer=x509.ecdsa_algorithm('sha384'))),
    Row('leaf-p384', 'chain-format', lambda parts: (
        cert('leaf', public=x509.public_of(P384))(parts))),
    Row('leaf-extension-twice', 'chain-format', leaf_with(
        *[made.sgx_extension(made.sgx_fields())] * 2)),
    Row('leaf-critical-unknown', 'chain-format', leaf_with(
        UNKNOWN, made.sgx_extension(made.sgx_fields()))),
    Row('sgx-missing', 'chain-format', leaf_with()),
    Row('sgx-empty', 'chain-format', leaf_with(fields={})),
    Row('sgx-cut', 'chain-format', leaf_with(x509.extension(
        made.SGX, der.sequence(made.pair(1, der.octets(bytes(16))))[:-1]))),
    Row('sgx-without-fmspc', 'chain-format', leaf_with(fields=sgx(f4=None))),
    Row('sgx-six-fields', 'chain-format', leaf_with(fields=sgx(f7=None))),
    Row('sgx-field-twice', 'chain-format', leaf_with(x509.extension(
        made.SGX, der.sequence(*(made.pair(i, value) for i, value in
                                 [*sgx().items(), *sgx().items()][:8]))))),
    Row('sgx-fmspc-short', 'chain-format', leaf_with(
        fields=sgx(f4=der.octets(bytes(5))))),
    Row('sgx-tcb-15', 'chain-format', leaf_with(
        fields=sgx(f2=tcb(*range(1, 16), 17)))),
    Row('sgx-tcb-twice', 'chain-format', leaf_with(
        fields=sgx(f2=tcb(*range(1, 18), 3)))),
    Row('sgx-svn-256', 'chain-format', leaf_with(
        fields=sgx(f2=svn(3, der.integer(256))))),
    Row('sgx-svn-negative', 'chain-format', leaf_with(
        fields=sgx(f2=svn(3, der.make(der.INTEGER, b'\xc8'))))),
    Row('sgx-svn-zero-in-front', 'chain-format', leaf_with(
        fields=sgx(f2=svn(3, der.make(der.INTEGER, b'\0\1'))))),
    Row('sgx-flag-01', 'chain-format', leaf_with(fields=sgx(f7=der.sequence(
        *(made.pair(f'7.{i}', b'\1\1\1') for i in (1, 2, 3)))))),
    Row('sgx-two-flags', 'chain-format', leaf_with(fields=sgx(f7=der.sequence(
        *(made.pair(f'7.{i}', der.boolean(True)) for i in (1, 2)))))),
    Row('root-of-the-same-name', 'root-untrusted', foreign_root),
    Row('leaf-signature', 'chain-signature', cert('leaf', spoil=True)),
    Row('ca-signature', 'chain-signature', cert('ca', spoil=True)),
    Row('root-signature', 'chain-signature', cert('root', spoil=True)),
    Row('leaf-by-the-root', 'chain-signature', cert(
        'leaf', key=made.key('root'))),
    Row('ca-by-another-root', 'chain-signature', cert(
        'ca', key=made.key('other root'))),
    Row('root-by-another', 'chain-signature', cert(
        'root', key=made.key('other root'))),
    Row('leaf-key-off-curve', 'key-invalid', cert(
        'leaf', public=x509.ec_public(P, OFF_CURVE))),
]

# (r, s) to what is out of range.
RANGES = {
    'r-0': lambda r, s: (0, s), 's-0': lambda r, s: (r, 0),
    'both-0': lambda r, s: (0, 0), 'r-n': lambda r, s: (P.n, s),
    's-n': lambda r, s: (r, P.n), 'r-most': lambda r, s: (2**256 - 1, s),
    's-most': lambda r, s: (r, 2**256 - 1)}

SIGNATURES = [
    *(Row(f'quote-{name}', 'signature-range', quote_signature(function))
      for name, function in RANGES.items()),
    *(Row(f'qe-{name}', 'signature-range', qe_signature(function))
      for name, function in RANGES.items()),
    Row('key-off-curve', 'key-invalid', set_(public=OFF_CURVE)),
    Row('key-zero', 'key-invalid', set_(public=(0, 0))),
    Row('key-not-reduced', 'key-invalid', set_(public=NOT_REDUCED)),
    Row('qe-another-key', 'qe-signature', set_(qe_key=made.key('x'))),
    Row('qe-by-the-ca', 'qe-signature', set_(qe_key=made.key('ca'))),
    Row('qe-r-s-swapped', 'qe-signature', qe_signature(lambda r, s: (s, r))),
    Row('qe-report-bit', 'qe-signature', flip(SIGNATURE + 134 + 64)),
    Row('binding-rest', 'qe-binding', set_(binding_rest=bytes(31) + b'\1')),
    Row('binding-another-key', 'qe-binding', bound_to(
        lambda key, auth: made.raw(made.key('x').public) + auth)),
    Row('binding-without-auth-data', 'qe-binding', bound_to(
        lambda key, auth: key)),
    Row('binding-with-04', 'qe-binding', bound_to(
        lambda key, auth: b'\4' + key + auth)),
    Row('auth-data-bit', 'qe-binding', flip(SIGNATURE + 584)),
    Row('quote-another-key', 'quote-signature', lambda parts: set_(
        public=parts.key.public, key=made.key('x'))(parts)),
    Row('quote-other-bytes', 'quote-signature', set_(
        signed=lambda message: message + b'\0')),
    Row('quote-body-alone', 'quote-signature', set_(
        signed=lambda message: message[48:])),
    Row('quote-v5-without-type', 'quote-signature', set_(
        signed=lambda message: message[:48] + message[54:]), V5),
    Row('quote-little-endian', 'quote-signature', quote_signature(
        lambda r, s: tuple(int.from_bytes(n.to_bytes(32, 'little'), 'big')
                           for n in (r, s)))),
    Row('quote-r-s-swapped', 'quote-signature', quote_signature(
        lambda r, s: (s, r))),
    Row('quote-infinity', 'quote-signature', at_infinity),
    Row('quote-sha384', 'quote-signature', by_another_digest),
    Row('quote-mrtd-bit', 'quote-signature', flip(48 + 136)),
    Row('quote-report-data-bit', 'quote-signature', flip(631)),
    Row('quote-reserved-bit', 'quote-signature', flip(8)),
    Row('quote-v5-servtd-bit', 'quote-signature', flip(701), V5),
]

IDENTITY = [
    Row('qe-of-sgx', 'qe-identity', qe(mrsigner=bytes.fromhex(
        '8c4f5775d796503e96137f77c68a829a'
        '0056ac8ded70140b081b094490c57bff'), prod=b'\1\0')),
    Row('qe-mrsigner', 'qe-identity', qe(
        mrsigner=hashlib.sha256(b'me').digest())),
    Row('qe-prod-1', 'qe-identity', qe(prod=b'\1\0')),
    Row('qe-prod-high-byte', 'qe-identity', qe(prod=b'\2\1')),
    Row('qe-debug', 'qe-identity', qe(attributes=b'\x17')),
    Row('qe-not-init', 'qe-identity', qe(attributes=b'\x14')),
    Row('qe-no-provision-key', 'qe-identity', qe(attributes=b'\5')),
    Row('qe-launch-key', 'qe-identity', qe(attributes=b'\x35')),
    Row('qe-attribute-63', 'qe-identity', qe(
        attributes=struct.pack('<Q', 1 << 63 | 0x15))),
    Row('qe-miscselect', 'qe-identity', qe(miscselect=b'\0\0\0\1')),
    # Not a code of its own before this table: the TDX module is not Intel's.
    Row('module-signer', 'module-identity', body_at(
        64, evidence.digest('signer'))),
    Row('module-attributes', 'module-identity', body_at(112, b'\1')),
]

TIMES = [
    *(Row(f'{which}-expired', 'cert-expired', cert(
        which, valid=(TIME - YEAR, TIME - 1)))
      for which in ('leaf', 'ca', 'root')),
    *(Row(f'{which}-not-yet', 'cert-not-yet-valid', cert(
        which, valid=(TIME + 1, TIME + YEAR)))
      for which in ('leaf', 'ca', 'root')),
]

# What is said where there are two defects.
ORDER = [
    Row('two-expired-and-signature', 'quote-signature', lambda parts: (
        cert('leaf', valid=(TIME - YEAR, TIME - 1))(parts),
        flip(48 + 136)(parts))),
    Row('two-identity-and-expired', 'qe-identity', lambda parts: (
        cert('leaf', valid=(TIME - YEAR, TIME - 1))(parts),
        qe(prod=b'\1\0')(parts))),
    Row('two-root-and-identity', 'root-untrusted', lambda parts: (
        foreign_root(parts), qe(prod=b'\1\0')(parts))),
    Row('two-root-and-signature', 'root-untrusted', lambda parts: (
        foreign_root(parts), flip(48 + 136)(parts))),
    Row('two-layout-and-root', 'layout', lambda parts: (
        foreign_root(parts), set_(outer=5)(parts))),
]

DEFECTS = [*GOOD, *LAYOUT, *CHAIN, *SIGNATURES, *IDENTITY, *TIMES, *ORDER]


def quote_of(row, **fields):
    return made.make_quote(row.change, **row.arguments, **fields)
