# SPDX-License-Identifier: Apache-2.0
"""SEV-SNP reports with a PKI of our own whose names are AMD's, of every family,
and what reports and certificates are kept in. snp_defects.py has what can be
wrong with them.

AMD 56860 (report), 57230 (certificates), 56421 (certificate table); Azure's HCL
report as azure-cvm-tooling reads it."""

import functools
import hashlib
import struct
from types import SimpleNamespace

import der
import ec
import rsa_pss
import x509

# As in quote_maker.py: 2026-06-01T00:00:00Z.
TIME = 1780272000
YEAR = 31557600
VALID = (TIME - YEAR // 2, TIME + YEAR // 2)
CA_VALID = (TIME - 3 * YEAR, TIME + 20 * YEAR)
P = ec.P384
AMD = '1.3.6.1.4.1.3704.1'
PRIMES = {'ark': (1910, 714), 'ask': (200, 138), 'asvk': (1918, 1030),
          'another ark': (984, 922), 'another ask': (2280, 428)}

Family = SimpleNamespace
FAMILIES = {
    'Milan': Family(name='Milan', product='Milan-B0', cpuid=b'\x19\1\1',
                    chip=64, svns={'bl': 4, 'tee': 1, 'snp': 24, 'ucode': 219}),
    'Genoa': Family(name='Genoa', product='Genoa', cpuid=b'\x19\xa0\2',
                    chip=64, svns={'bl': 10, 'tee': 2, 'snp': 23, 'ucode': 84}),
    'Turin': Family(name='Turin', product='Turin', cpuid=b'\x1a\2\1', chip=8,
                    svns={'fmc': 1, 'bl': 129, 'tee': 3, 'snp': 4,
                          'ucode': 81})}
# Where they are in a TCB, and the number of the extension.
TCB_BYTES = {'bl': 0, 'tee': 1, 'snp': 6, 'ucode': 7}
TURIN_BYTES = {'fmc': 0, 'bl': 1, 'tee': 2, 'snp': 3, 'ucode': 7}
NUMBERS = {'bl': '3.1', 'tee': '3.2', 'snp': '3.3', 'ucode': '3.8',
           'fmc': '3.9'}


@functools.lru_cache(None)
def rsa(seed):
    return rsa_pss.Key(seed, PRIMES[seed])


@functools.lru_cache(None)
def key(seed):
    return ec.key_of(P, seed)


def amd(common):
    return x509.name(OU='Engineering', C='US', L='Santa Clara', ST='CA',
                     O='Advanced Micro Devices', CN=common)


# --- Certificates -------------------------------------------------------------

# Of the arguments' values: RSA takes long, and most reports have the same CAs.
@functools.lru_cache(None)
def _certificate(subject, issuer, public, issuer_key, valid, extensions,
                 **other):
    return x509.certificate(subject, issuer, public, issuer_key, valid,
                            extensions, **other)


def certificate(subject, issuer, public, key, valid, extensions, **other):
    return _certificate(subject, issuer, public, key, valid, tuple(extensions),
                        **other)


def vek_fields(family, vlek):
    """Extensions of a VCEK or VLEK by their number: values that are DER, but
    for HWID, which is raw."""
    fields = {'1': der.integer(family.name == 'Turin'),
              '2': der.make(der.IA5, family.product.encode())}
    for name, number in NUMBERS.items():
        if name in family.svns:
            fields[number] = der.integer(family.svns[name])
    for number in ('3.4', '3.5', '3.6', '3.7'):
        if family.name != 'Turin' or number != '3.4':
            fields[number] = der.integer(0)
    if vlek:
        fields['5'] = der.make(der.IA5, b'CN=example.com')
    else:
        fields['4'] = chip_of(family)
    return fields


def vek_extensions(fields):
    return [x509.extension(f'{AMD}.{number}', value)
            for number, value in fields.items()]


def default_chain(family, vlek=False):
    """What certificate() is called with, of VEK, ASK or ASVK and ARK."""
    ask = f'SEV-VLEK-{family.name}' if vlek else f'SEV-{family.name}'
    ark = f'ARK-{family.name}'
    issuer = rsa('asvk' if vlek else 'ask')
    trailer = x509.pss_algorithm(True)
    return SimpleNamespace(
        vek=dict(subject=amd('SEV-VLEK' if vlek else 'SEV-VCEK'),
                 issuer=amd(ask), key=issuer, valid=VALID, serial=0,
                 public=x509.public_of(key('vlek' if vlek else 'vcek')),
                 extensions=vek_extensions(vek_fields(family, vlek))),
        ask=dict(subject=amd(ask), issuer=amd(ark), key=rsa('ark'),
                 public=x509.public_of(issuer), valid=CA_VALID, serial=0x10001,
                 extensions=x509.authority(0), algorithm=trailer),
        ark=dict(subject=amd(ark), issuer=amd(ark), key=rsa('ark'),
                 public=x509.public_of(rsa('ark')), valid=CA_VALID,
                 serial=0x10000, extensions=x509.authority(),
                 algorithm=trailer))


def root_certificate(family='Milan'):
    """The ARK."""
    return certificate(**default_chain(FAMILIES[family]).ark)


# --- Reports ------------------------------------------------------------------

def chip_of(family):
    """What a VCEK has as HWID."""
    return hashlib.sha512(family.name.encode()).digest()[:family.chip]


def tcb_of(family, **changed):
    tcb = bytearray(8)
    places = TURIN_BYTES if family.name == 'Turin' else TCB_BYTES
    for name, svn in {**family.svns, **changed}.items():
        tcb[places[name]] = svn
    return bytes(tcb)


def number(value):
    """R or S: 72 bytes, little-endian."""
    return value.to_bytes(72, 'little')


def put(data, at, value):
    return data[:at] + value + data[at + len(value):]


def unsigned(parts):
    """The first 672 bytes."""
    report = bytearray(0x2a0)
    struct.pack_into('<IIQ', report, 0, parts.version, 2, parts.policy)
    struct.pack_into('<II', report, 0x30, 1, parts.algorithm)
    report[0x38:0x40] = report[0x180:0x188] = report[0x1e0:0x1e8] = \
        report[0x1f0:0x1f8] = parts.tcb
    struct.pack_into('<Q', report, 0x40, 0x25)
    struct.pack_into('<I', report, 0x48, parts.flags)
    report[0x50:0x90] = parts.report_data
    report[0x90:0xc0] = parts.measurement
    report[0xc0:0xe0] = parts.host_data
    if parts.version >= 3:
        report[0x188:0x18b] = parts.cpuid
    report[0x1a0:0x1e0] = parts.chip.ljust(64, b'\0')
    return bytes(report)


def parts_of(version, family, vlek):
    family = FAMILIES[family]
    return SimpleNamespace(
        version=version, policy=0x30000, algorithm=1, family=family,
        measurement=hashlib.sha384(b'measurement').digest(),
        host_data=bytes(32),
        tcb=tcb_of(family), flags=4 if vlek else 0, report_data=b'\x44' * 64,
        cpuid=family.cpuid, chip=b'' if vlek else chip_of(family),
        key=key('vlek' if vlek else 'vcek'), nonce=None,
        chain=default_chain(family, vlek), signed=lambda message: message,
        signature=lambda one, message: one, rest=bytes(0x170),
        finish=lambda report: report, given=lambda chain: chain,
        claims=b'{"keys":[]}', hcl=None)


def make_report(change=None, version=3, family='Milan', vlek=False, **values):
    """A report and the certificates that are given with it, as DER, the VEK
    first; values are parts of it, and change is a function that changes them.
    """
    parts = parts_of(version, family, vlek)
    vars(parts).update(values)
    if change:
        change(parts)
    message = unsigned(parts)
    r, s = parts.signature(
        ec.sign(parts.key, parts.signed(message), k=parts.nonce), message)
    report = message + number(r) + number(s) + parts.rest
    chain = [certificate(**one) for one in
             (parts.chain.vek, parts.chain.ask, parts.chain.ark)]
    return parts.finish(report), parts.given(chain)


# --- What reports and certificates are in -------------------------------------

GUIDS = {'vcek': '63da758de6644564adc5f4b93be8accd',
         'vlek': 'a8074bc2a25a483eaae639c045a0b8a1',
         'ask': '4ab7b379bbac4fe4a02f05aef327c782',
         'ark': 'c0b406a4a803495297433fb6014cd0ae'}


def table(entries, end=bytes(24)):
    """A certificate table of pairs of a GUID's name and bytes."""
    at = 24 * len(entries) + len(end)
    heads = bodies = b''
    for kind, data in entries:
        heads += bytes.fromhex(GUIDS[kind]) + struct.pack(
            '<II', at + len(bodies), len(data))
        bodies += data
    return heads + end + bodies


def hcl(report, claims, kind=2, digest=1):
    """Azure's report of 2600 bytes, whose report has the digest of claims in
    REPORT_DATA."""
    out = b'HCLA' + struct.pack('<III', 2, 1236 + len(claims), 2) + bytes(16)
    out += report + struct.pack('<5I', 20 + len(claims), 1, kind, digest,
                                len(claims)) + claims
    return out.ljust(2600, b'\0')
