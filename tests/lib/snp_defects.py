# SPDX-License-Identifier: Apache-2.0
"""One row for each thing that can be wrong with an SEV-SNP report and its
certificates, and for what only looks wrong: its name, the reason that a
verifier gives (None: it is good), what makes it so. The root is that of
snp_maker.root_certificate() of the row's family."""

import hashlib
import struct
from collections import namedtuple

import der
import ec
import snp_maker as made
import x509
from snp_maker import FAMILIES, P, TIME, YEAR, amd, put

Row = namedtuple('Row', 'name reason change arguments notes status kind',
                 defaults=({}, (), None, 'report'))


# --- Changes ------------------------------------------------------------------

def set_(**values):
    """Changes parts of the report."""
    return lambda parts: vars(parts).update(values)


def cert(which, **values):
    """Changes what a certificate is made of."""
    return lambda parts: getattr(parts.chain, which).update(values)


def vek(**fields):
    """Extensions of the VEK, by x and number with _ for the dot: bytes, a list
    of such for more than one, or None for none."""
    def change(parts):
        vlek = parts.chain.vek['subject'] == amd('SEV-VLEK')
        old = made.vek_fields(parts.family, vlek)
        old.update({name[1:].replace('_', '.'): value
                    for name, value in fields.items()})
        parts.chain.vek['extensions'] = [
            one for number, value in old.items() if value is not None
            for each in (value if isinstance(value, list) else [value])
            for one in made.vek_extensions({number: each})]
    return change


def given(function):
    """Other certificates are given, as DER or PEM: VEK, ASK, ARK."""
    return set_(given=function)


def signature(function):
    return set_(signature=lambda one, message: function(*one))


def finish(function):
    """Changes the report when it is made and signed."""
    return set_(finish=function)


def flip(at):
    return finish(lambda report: put(report, at, bytes((report[at] ^ 1,))))


def at_infinity(parts):
    """(r, s) for which the point that is to have r as its x is at infinity."""
    def make(_, message):
        number = ec.hashed(P, message) * pow(parts.key.secret, -1, P.n)
        return -number % P.n, 1
    parts.signature = make


def tcb_with(name, by):
    """The report's TCB differs from the certificate's in one component."""
    def change(parts):
        parts.tcb = made.tcb_of(parts.family, **{
            name: parts.family.svns[name] + by})
    return change


def foreign_root(parts):
    parts.chain.ask['key'] = parts.chain.ark['key'] = made.rsa('another ark')
    parts.chain.ark['public'] = x509.public_of(made.rsa('another ark'))


def off(key_number=0, mask=0):
    """The host has switched signing off: see AMD 56860 of MASK_CHIP_KEY."""
    return set_(flags=key_number << 2 | mask << 1,
                signature=lambda one, message: (0, 0))


def vlek_as_vcek(subject):
    """A report that says VCEK, signed by a VLEK; the certificate has the name
    of either."""
    def change(parts):
        parts.flags = 0
        parts.chain.vek['subject'] = amd(subject)
    return change


def zero_in_front(svn):
    return der.make(der.INTEGER, b'\0' + bytes((svn,)))


TURIN = {'family': 'Turin', 'version': 5}
GENOA = {'family': 'Genoa', 'version': 5}
VLEK = {'vlek': True}
OFF_CURVE = (P.g[0], P.g[1] ^ 1)
ARK_OF_AMD = x509.name(OU='Engineering', C='US', L='Santa Clara', ST='CA',
                       O='AMD', CN='ARK-Milan')
# sha256WithRSAEncryption, RFC 4055.
SHA256_RSA = der.sequence(der.oid('1.2.840.113549.1.1.11'), der.make(der.NULL))
CRITICAL = x509.extension('1.2.3.4', b'\5\0', True)

GOOD = [
    *(Row(f'good-v{version}-{family.lower()}-{"vlek" if vlek else "vcek"}',
          None, None, {'version': version, 'family': family, 'vlek': vlek})
      for version in (2, 3, 5) for family in FAMILIES
      for vlek in (False, True)),
    Row('good-v4', None, None, {'version': 4}),
    Row('good-v6', None, None, {'version': 6}, ('newer-version',)),
    Row('good-pem', None, given(lambda three: list(map(x509.pem, three)))),
    Row('good-one-pem', None, given(
        lambda three: [b''.join(map(x509.pem, three))])),
    Row('good-pem-of-dos', None, given(
        lambda three: [b''.join(map(x509.pem, three)).replace(
            b'\n', b'\r\n')])),
    Row('good-another-order', None, given(lambda three: three[::-1])),
    Row('good-without-ark', None, given(lambda three: three[:2])),
    Row('good-vcek-twice', None, given(lambda three: three[:1] + three)),
    Row('good-hwid-as-octets', None, vek(
        x4=der.octets(made.chip_of(FAMILIES['Milan'])))),
    Row('good-product-without-stepping', None, vek(
        x2=der.make(der.IA5, b'Milan'))),
    Row('good-n-minus-s', None, signature(lambda r, s: (r, P.n - s))),
    # The x of 197 times the base point begins with a zero byte.
    Row('good-r-is-short', None, set_(nonce=197)),
    Row('good-debug', None, set_(policy=0xb0000)),
    Row('good-masked-flag-but-signed', None, set_(flags=2)),
    Row('good-last-second', None, cert('vek', valid=(TIME - YEAR, TIME))),
    Row('good-first-second', None, cert('vek', valid=(TIME, TIME + YEAR))),
]

LAYOUT = [
    Row('version-1', 'layout', set_(version=1)),
    Row('version-0', 'layout', set_(version=0)),
    *(Row(f'algorithm-{number}', 'layout', set_(algorithm=number))
      for number in (0, 2, 0x101)),
    *(Row(f'reserved-{at:x}', 'layout', finish(
        lambda report, at=at: put(report, at, b'\1')))
      for at in (0x330, 0x400, 0x49f)),
    *(Row(f'cut-{size}', 'layout', finish(
        lambda report, size=size: report[:size]))
      for size in (0, 3, 672, 816, 1183)),
]

KEYS = [
    Row('off-masked', 'signing-off', off(0, 1)),
    Row('off-masked-vlek', 'signing-off', off(1, 1), VLEK),
    Row('off-key-7', 'signing-off', off(7)),
    Row('off-key-7-signed', 'signing-off', set_(flags=7 << 2)),
    *(Row(f'key-{number}', 'signing-key', set_(flags=number << 2), {}, (),
          'unsupported') for number in (2, 3, 4, 5, 6)),
    Row('no-vek', 'vek-missing', given(lambda three: three[1:])),
    Row('nothing', 'vek-missing', given(lambda three: [])),
    Row('no-ask', 'no-chain', given(lambda three: three[:1])),
    Row('vlek-for-vcek', 'signing-key', vlek_as_vcek('SEV-VLEK'), VLEK),
    Row('vcek-for-vlek', 'signing-key', set_(flags=4)),
    Row('vlek-named-vcek', 'chain-names', vlek_as_vcek('SEV-VCEK'), VLEK),
    Row('two-veks', 'chain-count', given(lambda three: [
        *three, made.make_report(set_(given=lambda other: other[:1]),
                                 family='Genoa')[1][0]])),
]

CHAIN = [
    Row('vek-bytes-after', 'chain-format', given(
        lambda three: [three[0] + b'\0', *three[1:]])),
    Row('vek-cut', 'chain-format', given(
        lambda three: [three[0][:-1], *three[1:]])),
    Row('vek-text-before', 'chain-format', given(
        lambda three: [b'VCEK\n' + x509.pem(three[0]), *three[1:]])),
    Row('vek-issuer', 'chain-names', cert('vek', issuer=amd('SEV-Naples'))),
    Row('vek-of-the-ark', 'chain-names', cert(
        'vek', issuer=amd('ARK-Milan'), key=made.rsa('ark'))),
    Row('ask-issuer', 'chain-names', cert('ask', issuer=amd('ARK-Genoa'))),
    Row('ark-issuer', 'chain-names', cert('ark', issuer=amd('ARK-Genoa'))),
    Row('vek-organization', 'chain-names', cert('vek', subject=x509.name(
        OU='Engineering', C='US', L='Santa Clara', ST='CA', O='AMD',
        CN='SEV-VCEK'))),
    Row('ask-organization', 'chain-names', cert('ask', subject=x509.name(
        OU='Engineering', C='US', L='Santa Clara', ST='CA', O='AMD',
        CN='SEV-Milan'))),
    Row('ark-organization', 'chain-names', lambda parts: (
        cert('ask', issuer=ARK_OF_AMD)(parts),
        cert('ark', subject=ARK_OF_AMD, issuer=ARK_OF_AMD)(parts))),
    Row('vek-sha256-rsa', 'chain-format', cert('vek', algorithm=SHA256_RSA)),
    Row('ask-sha256-rsa', 'chain-format', cert('ask', algorithm=SHA256_RSA)),
    Row('ask-not-a-ca', 'chain-format', cert(
        'ask', extensions=x509.end_entity())),
    Row('ark-not-a-ca', 'chain-format', cert('ark', extensions=[])),
    Row('vek-a-ca', 'chain-format', lambda parts: cert(
        'vek', extensions=[*parts.chain.vek['extensions'],
                           *x509.authority(0)])(parts)),
    Row('vek-critical-unknown', 'chain-format', lambda parts: cert(
        'vek', extensions=[*parts.chain.vek['extensions'],
                           CRITICAL])(parts)),
    Row('vek-p256', 'chain-format', cert('vek', public=x509.public_of(
        ec.key_of(ec.P256, 'vcek')))),
    Row('vek-two-algorithms', 'chain-format', cert(
        'vek', outer=x509.pss_algorithm(True))),
    Row('vek-ecdsa-by-an-ec-ask', 'chain-format', lambda parts: (
        cert('vek', key=made.key('ask'))(parts),
        cert('ask', public=x509.public_of(made.key('ask')))(parts))),
    Row('root-of-the-same-name', 'root-untrusted', foreign_root),
    Row('root-of-the-same-name-vlek', 'root-untrusted', foreign_root, VLEK),
    Row('vek-signature', 'chain-signature', cert('vek', spoil=True)),
    Row('ask-signature', 'chain-signature', cert('ask', spoil=True)),
    Row('ark-not-self-signed', 'chain-signature', cert(
        'ark', key=made.rsa('another ark'))),
    Row('ask-by-another-ark', 'chain-signature', cert(
        'ask', key=made.rsa('another ark'))),
    Row('vek-by-another-ask', 'chain-signature', cert(
        'vek', key=made.rsa('another ask'))),
    Row('vek-by-the-asvk', 'chain-signature', cert(
        'vek', key=made.rsa('asvk'))),
    Row('vek-key-off-curve', 'key-invalid', cert(
        'vek', public=x509.ec_public(P, OFF_CURVE))),
]

RANGES = {
    'r-0': lambda r, s: (0, s), 's-0': lambda r, s: (r, 0),
    'both-0': lambda r, s: (0, 0), 'r-n': lambda r, s: (P.n, s),
    's-n': lambda r, s: (r, P.n), 'r-plus-n': lambda r, s: (r + P.n, s),
    'r-top': lambda r, s: (r + (1 << 384), s),
    's-top': lambda r, s: (r, s + (1 << 575))}


def big_endian(r, s):
    return tuple(int.from_bytes(n.to_bytes(48, 'big'), 'little')
                 for n in (r, s))


SIGNATURES = [
    *(Row(name, 'signature-range', signature(function))
      for name, function in RANGES.items()),
    Row('another-key', 'quote-signature', set_(key=made.key('x'))),
    Row('by-the-vlek-of-a-vcek', 'quote-signature', set_(key=made.key('vlek'))),
    Row('other-bytes', 'quote-signature', set_(
        signed=lambda message: message + b'\0')),
    Row('r-s-swapped', 'quote-signature', signature(lambda r, s: (s, r))),
    Row('infinity', 'quote-signature', at_infinity),
    *(Row(f'bit-{at:x}', 'quote-signature', flip(at))
      for at in (0x04, 0x08, 0x50, 0x8f, 0x90, 0xbf, 0x18b, 0x1e8, 0x29f)),
]

IDENTITY = [
    *(Row(f'tcb-{name}-{"less" if by < 0 else "more"}', 'vek-tcb',
          tcb_with(name, by))
      for name in FAMILIES['Milan'].svns for by in (-1, 1)),
    *(Row(f'tcb-turin-{name}', 'vek-tcb', tcb_with(name, 1), TURIN)
      for name in FAMILIES['Turin'].svns),
    *(Row(f'tcb-vlek-{name}', 'vek-tcb', tcb_with(name, 1), VLEK)
      for name in FAMILIES['Milan'].svns),
    *(Row(f'no-extension-{name}', 'vek-tcb', vek(
        **{f'x{made.NUMBERS[name].replace(".", "_")}': None}))
      for name in FAMILIES['Milan'].svns),
    Row('no-extension-fmc', 'vek-tcb', vek(x3_9=None), TURIN),
    Row('extension-twice', 'chain-format', vek(
        x3_3=[der.integer(24), der.integer(24)])),
    Row('extension-twice-differs', 'chain-format', vek(
        x3_3=[der.integer(24), der.integer(25)])),
    Row('extension-zero-in-front', 'chain-format', vek(
        x3_3=zero_in_front(24))),
    Row('extension-negative', 'chain-format', vek(
        x3_8=der.make(der.INTEGER, b'\xdb'))),
    Row('extension-256', 'chain-format', vek(x3_3=der.integer(256 + 24))),
    Row('extension-octets', 'chain-format', vek(x3_3=der.octets(b'\x18'))),
    Row('extension-two-numbers', 'chain-format', vek(
        x3_3=der.integer(24) + der.integer(24))),
    Row('extension-empty', 'chain-format', vek(x3_3=b'')),
    Row('turin-tcb-in-the-old-order', 'vek-tcb', lambda parts: set_(
        tcb=bytes((129, 3, 0, 0, 0, 0, 4, 81)))(parts), TURIN),
    Row('milan-tcb-in-the-new-order', 'vek-tcb', set_(
        tcb=bytes((0, 4, 1, 24, 0, 0, 0, 219)))),
    Row('no-hwid', 'vek-chip', vek(x4=None)),
    Row('no-hwid-no-chip', 'vek-chip', lambda parts: (
        vek(x4=None)(parts), set_(chip=b'')(parts))),
    Row('hwid-differs', 'vek-chip', vek(x4=bytes(64))),
    Row('hwid-short', 'vek-chip', vek(
        x4=made.chip_of(FAMILIES['Milan'])[:63])),
    Row('hwid-of-8', 'vek-chip', vek(x4=made.chip_of(FAMILIES['Milan'])[:8])),
    Row('hwid-twice', 'chain-format', vek(
        x4=[made.chip_of(FAMILIES['Milan'])] * 2)),
    Row('chip-differs', 'vek-chip', set_(chip=hashlib.sha512(b'x').digest())),
    Row('chip-masked', 'vek-chip', set_(chip=b'')),
    Row('turin-chip-differs', 'vek-chip', set_(chip=bytes(8)), TURIN),
    Row('turin-chip-of-64', 'vek-chip', set_(
        chip=made.chip_of(FAMILIES['Turin']) + b'\0\1'), TURIN),
    Row('turin-hwid-of-64', 'vek-chip', vek(
        x4=made.chip_of(FAMILIES['Turin']).ljust(64, b'\0')), TURIN),
    Row('vlek-with-hwid', 'vek-chip', vek(x4=bytes(64)), VLEK),
    Row('vlek-with-chip', 'vek-chip', set_(
        chip=made.chip_of(FAMILIES['Milan'])), VLEK),
    *(Row(f'cpuid-{family.lower()}-{name}', 'vek-chip', set_(cpuid=cpuid),
          {'version': 3, 'family': family})
      for family, name, cpuid in (
          ('Milan', 'of-genoa', b'\x19\x11\0'), ('Milan', '10', b'\x19\x10\0'),
          ('Milan', 'of-turin', b'\x1a\2\1'), ('Milan', 'zero', bytes(3)),
          ('Genoa', 'of-milan', b'\x19\x0f\0'), ('Genoa', '20', b'\x19\x20\0'),
          ('Genoa', '9f', b'\x19\x9f\0'), ('Genoa', 'b0', b'\x19\xb0\0'),
          ('Turin', '12', b'\x1a\x12\0'), ('Turin', 'of-milan', b'\x19\1\1'))),
]

TIMES = [
    *(Row(f'{which}-expired{"-vlek" if vlek else ""}', 'cert-expired', cert(
        which, valid=(TIME - YEAR, TIME - 1)), {'vlek': vlek})
      for which in ('vek', 'ask', 'ark') for vlek in (False, True)),
    *(Row(f'{which}-not-yet', 'cert-not-yet-valid', cert(
        which, valid=(TIME + 1, TIME + YEAR)))
      for which in ('vek', 'ask', 'ark')),
]

# What is said where there are two defects.
ORDER = [
    Row('two-expired-and-signature', 'quote-signature', lambda parts: (
        cert('vek', valid=(TIME - YEAR, TIME - 1))(parts), flip(0x90)(parts))),
    Row('two-expired-and-tcb', 'vek-tcb', lambda parts: (
        cert('vek', valid=(TIME - YEAR, TIME - 1))(parts),
        tcb_with('snp', 1)(parts))),
    Row('two-root-and-signature', 'root-untrusted', lambda parts: (
        foreign_root(parts), flip(0x90)(parts))),
    # No time is spent on a key that is too large, whatever it signed.
    Row('two-rsa-8192-and-signature', 'chain-format', cert(
        'ask', public=x509.rsa_public(made.rsa('ask').n
                                      * made.rsa('ark').n))),
    Row('two-layout-and-root', 'layout', lambda parts: (
        foreign_root(parts), set_(algorithm=2)(parts))),
]


# --- Containers ---------------------------------------------------------------

def claims_of(parts):
    """REPORT_DATA is the digest of the claims."""
    parts.report_data = hashlib.sha256(parts.claims).digest() + bytes(32)


def hcl(change=None, finish=lambda data: data):
    def both(parts):
        claims_of(parts)
        claims = parts.claims
        if change:
            change(parts)
        parts.finish = lambda report, old=parts.finish: finish(
            made.hcl(old(report), claims))
    return both


def word(at, value):
    return lambda data: put(data, at, struct.pack('<I', value))


HCL = [Row(f'hcl-{name}', reason, hcl(*change), kind='hcl')
       for name, reason, *change in (
           ('good', None),
           ('claims', 'hcl-claims', None,
            lambda data: data.replace(b'keys', b'kexs')),
           ('rest-of-report-data', 'hcl-claims', lambda parts: set_(
               report_data=parts.report_data[:63] + b'\1')(parts)),
           ('report-bit', 'quote-signature', flip(0x90)),
           ('claims-expired', 'hcl-claims', cert(
               'vek', valid=(TIME - YEAR, TIME - 1)),
            lambda data: data.replace(b'keys', b'kexs')),
           ('expired', 'cert-expired', cert(
               'vek', valid=(TIME - YEAR, TIME - 1))),
           ('mark', 'layout', None, lambda data: b'HCLB' + data[4:]),
           ('version', 'layout', None, word(4, 3)),
           ('report-size', 'layout', None, word(8, 1236)),
           ('claims-size', 'layout', None, word(1232, 12)),
           ('claims-4g', 'layout', None, word(1232, 2**32 - 1)),
           ('request', 'layout', None, word(12, 1)),
           ('inner-size', 'layout', None, word(1216, 30)),
           ('kind', 'layout', None, word(1224, 3)),
           ('hash', 'layout', None, word(1228, 2)),
           ('text-after', 'layout', None, lambda data: data[:-1] + b'x'),
           ('cut', 'layout', None, lambda data: data[:1240]))]

NAMES = ('vcek', 'ask', 'ark')


def table(function=lambda data: data, kinds=NAMES, **other):
    return given(lambda three: function(
        made.table(list(zip(kinds, three)), **other)))


TABLES = [Row(f'table-{name}', reason, change, kind='table')
          for name, reason, change in (
              ('good', None, table()),
              ('good-pem', None, given(lambda three: made.table(
                  list(zip(NAMES, map(x509.pem, three)))))),
              ('good-bytes-after', None, table(lambda data: data + bytes(9))),
              ('no-end', 'layout', table(lambda data: data[:72])),
              ('empty', 'vek-missing', given(lambda three: made.table([]))),
              ('guid-twice', 'layout', table(kinds=('vcek', 'ask', 'ask'))),
              ('offset-in-the-heads', 'layout', table(word(16, 95))),
              ('offset-after-the-end', 'layout', table(word(16, 1 << 20))),
              ('size-after-the-end', 'layout', table(word(20, 1 << 20))),
              ('offset-and-size-4g', 'layout', table(
                  lambda data: put(data, 16, b'\xff' * 8))),
              ('cut', 'layout', table(lambda data: data[:-1])))]

DEFECTS = [*GOOD, *LAYOUT, *KEYS, *CHAIN, *SIGNATURES, *IDENTITY, *TIMES,
           *ORDER, *HCL, *TABLES]


def evidence_of(row, **values):
    """The report, or the HCL report, and certificates or their table."""
    return made.make_report(row.change, **row.arguments, **values)


def root_of(row):
    return made.root_certificate(row.arguments.get('family', 'Milan'))
