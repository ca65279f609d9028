# SPDX-License-Identifier: Apache-2.0
"""An independent verifier of TDX quotes and SEV-SNP reports, with Python's
standard library alone: the oracle of what the library and program say.

Intel: sgx_quote_4.h, sgx_quote_5.h and qve.cpp of
SGXDataCenterAttestationPrimitives, the Quote Verification Library, the SGX PCK
certificate specification. AMD: 56860 (SEV-SNP firmware ABI), 57230 (VCEK
certificates), 56421 (guest-hypervisor communication block, certificate table).

Where evidence has two defects, the first of this order is said: layout, chain,
signatures, identity, time."""

import hashlib
import struct
from collections import namedtuple

import der
import ec
import x509

Verdict = namedtuple('Verdict', 'status reason notes', defaults=((),))

STATUS = {
    'layout': 'unsupported', 'chain-format': 'unsupported',
    'chain-count': 'unsupported', 'no-chain': 'not-checked',
    'vek-missing': 'not-checked', 'signing-off': 'not-checked',
    'cert-expired': 'expired', 'cert-not-yet-valid': 'expired',
    'chain-names': 'forged', 'chain-signature': 'forged',
    'root-untrusted': 'forged', 'key-invalid': 'forged',
    'signature-range': 'forged', 'quote-signature': 'forged',
    'qe-signature': 'forged', 'qe-binding': 'forged', 'qe-identity': 'forged',
    'module-identity': 'forged', 'signing-key': 'forged', 'vek-tcb': 'forged',
    'vek-chip': 'forged', 'hcl-claims': 'forged'}


class Refused(Exception):
    def __init__(self, reason, status=None):
        super().__init__(reason)
        self.verdict = Verdict(status or STATUS[reason], reason)


def need(condition, reason, status=None):
    if not condition:
        raise Refused(reason, status)


def verdict_of(function, *arguments):
    """What a function notes if it refuses nothing."""
    try:
        return Verdict('good', None, tuple(function(*arguments)))
    except Refused as refused:
        return refused.verdict


# --- Certificates -------------------------------------------------------------

# SHA-256 of SubjectPublicKeyInfo.
INTEL_ROOT = ('a0af031289f5d5d4132f9186068a7fc1'
              '3628633ba235777472e29b6b6c67a49e')
AMD_ROOTS = {
    'Milan': '9f056bee44377e29308cb5ffa895bdfb62d18881fa6bed8d6f075b0204089cb9',
    'Genoa': '429a69c9422aa258ee4d8db5fcda9c6470ef15f8cd5a9cebd6cbc7d90b863831',
    'Turin': '4f125410563a2ab9a50356f9243f6fe0b6f73de98603f53f90339c70e9d7ad08'}


def named(**parts):
    """As x509.Certificate has names."""
    return tuple((x509.NAMES[part], text.encode())
                 for part, text in parts.items())


def intel(common):
    return named(CN=common, O='Intel Corporation', L='Santa Clara', ST='CA',
                 C='US')


def amd(common):
    return named(OU='Engineering', C='US', L='Santa Clara', ST='CA',
                 O='Advanced Micro Devices', CN=common)


def certificates(data):
    """Of DER, or PEM that may have DOS line ends: a user's file."""
    if data[:1] == bytes((der.SEQUENCE,)):
        return [x509.Certificate(data)]
    return [x509.Certificate(one)
            for one in x509.unpem(data.replace(b'\r\n', b'\n'))]


def check_time(chain, time):
    """The chain is leaf first."""
    for one in chain:
        need(time >= one.begin, 'cert-not-yet-valid')
        need(time <= one.end, 'cert-expired')


def check_signatures(chain):
    """Each by the next, the last by itself."""
    for one, issuer in zip(chain, chain[1:] + chain[-1:]):
        need(one.is_signed_by(issuer), 'chain-signature')


# --- The PCK certificate's extension ------------------------------------------

SGX = '1.2.840.113741.1.13.1'


def pairs(item):
    """SEQUENCE OF SEQUENCE { OID, value }, each OID once."""
    found = {}
    for part in item.items():
        oid, value = part.items()
        if oid.oid() in found:
            raise der.Error('an OID twice')
        found[oid.oid()] = value
    return found


def octets(item, size):
    if len(item.expect(der.OCTETS).content) != size:
        raise der.Error('an OCTET STRING of another size')


def check_sgx(data):
    """All fields have their type and size; there are five, or seven."""
    fields = pairs(der.read(data))
    base = {f'{SGX}.{i}' for i in range(1, 6)}
    if set(fields) not in (base, base | {f'{SGX}.6', f'{SGX}.7'}):
        raise der.Error('fields are missing or unknown')
    octets(fields[f'{SGX}.1'], 16)
    tcb = pairs(fields[f'{SGX}.2'])
    if set(tcb) != {f'{SGX}.2.{i}' for i in range(1, 19)}:
        raise der.Error('TCB components are missing or unknown')
    for i in range(1, 18):
        if tcb[f'{SGX}.2.{i}'].number() > (0xff if i < 17 else 0xffff):
            raise der.Error('an SVN that is too large')
    octets(tcb[f'{SGX}.2.18'], 16)
    octets(fields[f'{SGX}.3'], 2)
    octets(fields[f'{SGX}.4'], 6)
    fields[f'{SGX}.5'].number(der.ENUMERATED)
    if f'{SGX}.6' in fields:
        octets(fields[f'{SGX}.6'], 16)
        flags = pairs(fields[f'{SGX}.7'])
        if set(flags) != {f'{SGX}.7.{i}' for i in (1, 2, 3)}:
            raise der.Error('flags of the platform are missing or unknown')
        for flag in flags.values():
            flag.truth()


# --- TDX quotes ---------------------------------------------------------------

VENDOR = bytes.fromhex('939a7233f79c4ca9940a0db3957f0607')
BODIES = {2: 584, 3: 648}
QE_SIGNER = bytes.fromhex('dc9e2a7c6f948f17474e34a7fc43ed03'
                          '0f7c1563f1babddf6340c82e0e54a8c5')


def take(data, at, size):
    need(len(data) - at >= size, 'layout')
    return data[at:at + size]


def u16(data, at):
    return struct.unpack('<H', take(data, at, 2))[0]


def u32(data, at):
    return struct.unpack('<I', take(data, at, 4))[0]


def read_quote(data):
    """What is signed, its body, the signature data, what is after it."""
    version, key_type, tee = struct.unpack('<HHI', take(data, 0, 8))
    need(version in (4, 5) and key_type == 2 and tee == 0x81, 'layout')
    need(take(data, 12, 16) == VENDOR, 'layout')
    start, size = 48, 584
    if version == 5:
        start, size = 54, u32(data, 50)
        need(BODIES.get(u16(data, 48)) == size, 'layout')
    body = take(data, start, size)
    end = start + size
    signature = take(data, end + 4, u32(data, end))
    return data[:end], body, signature, data[end + 4 + len(signature):]


Signature = namedtuple('Signature', 'quote key report qe auth kind chain')


def read_signature(data):
    """The parts; sizes that contain each other are equal."""
    quote, key = take(data, 0, 64), take(data, 64, 64)
    need(u16(data, 128) == 6 and u32(data, 130) == len(data) - 134, 'layout')
    report, qe = take(data, 134, 384), take(data, 518, 64)
    auth = take(data, 584, u16(data, 582))
    at = 584 + len(auth)
    need(u32(data, at + 2) == len(data) - at - 6, 'layout')
    kind = u16(data, at)
    need(1 <= kind <= 5 or kind == 7, 'layout')
    return Signature(quote, key, report, qe, auth, kind, data[at + 6:])


def pck_chain(data):
    """Leaf, CA, root. A NUL may be after the PEM."""
    if data.endswith(b'\0'):
        data = data[:-1]
    try:
        found = x509.unpem(data)
        need(len(found) == 3, 'chain-count')
        chain = [x509.Certificate(one) for one in found]
        check_pck_names(chain)
        for one, authority in zip(chain, (False, True, True)):
            if (one.curve is not ec.P256 or one.algorithm != 'sha256'
                    or one.is_authority() != authority):
                raise der.Error('another key, algorithm or role')
        if SGX not in chain[0].extensions:
            raise der.Error('not a PCK certificate')
        check_sgx(chain[0].extensions[SGX])
    except (der.Error, ValueError):
        raise Refused('chain-format') from None
    return chain


def check_pck_names(chain):
    leaf, authority, root = chain
    need(root.subject == root.issuer == intel('Intel SGX Root CA')
         and authority.issuer == root.subject
         and authority.subject in (intel('Intel SGX PCK Platform CA'),
                                   intel('Intel SGX PCK Processor CA'))
         and leaf.issuer == authority.subject
         and leaf.subject == intel('Intel SGX PCK Certificate'),
         'chain-names')


def check_quote_signatures(signed, parts, leaf):
    signatures = [ec.point_of(ec.P256, raw) for raw in (parts.qe, parts.quote)]
    for one in signatures:
        need(ec.in_range(ec.P256, one), 'signature-range')
    key = ec.point_of(ec.P256, parts.key)
    need(ec.is_point(ec.P256, key), 'key-invalid')
    need(ec.verify(ec.P256, leaf.point, parts.report, signatures[0]),
         'qe-signature')
    bound = hashlib.sha256(parts.key + parts.auth).digest()
    need(parts.report[320:] == bound + bytes(32), 'qe-binding')
    need(ec.verify(ec.P256, key, signed, signatures[1]), 'quote-signature')


def check_quote_identity(body, report):
    """The TD quoting enclave's, and that of Intel's TDX module."""
    miscselect, = struct.unpack_from('<I', report, 16)
    flags, = struct.unpack_from('<Q', report, 48)
    # 0xfb: all of the first byte but MODE64BIT; XFRM is free.
    need(miscselect == 0 and flags & ~4 == 0x11
         and report[128:160] == QE_SIGNER and u16(report, 256) == 2,
         'qe-identity')
    # MRSIGNERSEAM and SEAMATTRIBUTES.
    need(body[64:120] == bytes(56), 'module-identity')


def chain_of(parts, given=None):
    """The PCK chain of a quote, or the PEM that is given where it has none."""
    if parts.kind == 5:
        return pck_chain(parts.chain)
    need(given is not None and parts.kind != 7, 'no-chain')
    return pck_chain(given)


def _quote(data, time, root, given):
    signed, body, signature, rest = read_quote(data)
    parts = read_signature(signature)
    chain = chain_of(parts, given)
    pinned = certificates(root)[0].digest_of_key() if root else INTEL_ROOT
    need(chain[-1].digest_of_key() == pinned, 'root-untrusted')
    for one in chain:
        need(ec.is_point(ec.P256, one.point), 'key-invalid')
    check_signatures(chain)
    check_quote_signatures(signed, parts, chain[0])
    check_quote_identity(body, parts.report)
    check_time(chain, time)
    return ['trailing-data'] if rest.strip(b'\0') else []


def verify_quote(data, time, root=None, given=None):
    """time is in seconds since 1970; root a certificate, DER or PEM, in the
    place of Intel's; given a PCK chain of PEM, for quotes that have none."""
    return verdict_of(_quote, data, time, root, given)


# --- SEV-SNP reports ----------------------------------------------------------

AMD = '1.3.6.1.4.1.3704.1'
HWID = f'{AMD}.4'
# Bytes of REPORTED_TCB, and the extension that has each.
OLD_TCB = {0: f'{AMD}.3.1', 1: f'{AMD}.3.2', 6: f'{AMD}.3.3', 7: f'{AMD}.3.8'}
NEW_TCB = {0: f'{AMD}.3.9', 1: f'{AMD}.3.1', 2: f'{AMD}.3.2', 3: f'{AMD}.3.3',
           7: f'{AMD}.3.8'}
# CPUID's family, and its models.
PROCESSORS = {'Milan': (0x19, (*range(0x10),)),
              'Genoa': (0x19, (*range(0x10, 0x20), *range(0xa0, 0xb0))),
              'Turin': (0x1a, (*range(0x12),))}
KINDS = {0: 'SEV-VCEK', 1: 'SEV-VLEK'}
ISSUERS = {0: 'SEV-{}', 1: 'SEV-VLEK-{}'}


def signing_key(report):
    """0 of a VCEK, 1 of a VLEK."""
    need(len(report) == 1184 and u32(report, 0) >= 2 and u32(report, 0x34) == 1
         and not any(report[0x330:]), 'layout')
    flags = u32(report, 0x48)
    kind = flags >> 2 & 7
    need(kind != 7 and (not flags & 2 or any(report[0x2a0:0x330])),
         'signing-off')
    need(kind in KINDS, 'signing-key', 'unsupported')
    return kind


def only(found, missing):
    """The one of them. A certificate may be given twice."""
    need(found, missing)
    need(len({one.raw for one in found}) == 1, 'chain-count')
    return found[0]


def amd_chain(kind, given, root):
    """Family, and VEK, ASK or ASVK, ARK; the root, where there is no ARK."""
    def called(common):
        return [one for one in given if one.common_name() == common]

    if not called(KINDS[kind]):
        need(not called(KINDS[1 - kind]), 'signing-key')
    vek = only(called(KINDS[kind]), 'vek-missing')
    family = next((one for one in AMD_ROOTS
                   if vek.issuer == amd(ISSUERS[kind].format(one))), None)
    need(family and vek.subject == amd(KINDS[kind]), 'chain-names')
    ask = only(called(ISSUERS[kind].format(family)), 'no-chain')
    ark = only(called(f'ARK-{family}') or root, 'no-chain')
    need(ask.subject == vek.issuer and ask.issuer == amd(f'ARK-{family}')
         and ark.subject == ark.issuer == ask.issuer, 'chain-names')
    return family, [vek, ask, ark]


def check_amd_forms(chain):
    vek, *authorities = chain
    for one in authorities:
        if (one.rsa is None or one.rsa[0].bit_length() > 4096
                or one.algorithm != 'pss' or not one.is_authority()):
            raise der.Error('another key, algorithm or role')
    if (vek.curve is not ec.P384 or vek.algorithm != 'pss'
            or vek.is_authority()):
        raise der.Error('another key, algorithm or role')
    for oid, value in vek.extensions.items():
        if oid.startswith(f'{AMD}.3.') and der.read(value).number() > 0xff:
            raise der.Error('an SVN that is too large')


def check_snp_identity(report, kind, family, vek):
    """The certificate is of this TCB, chip and family."""
    layout = NEW_TCB if family == 'Turin' else OLD_TCB
    for at, oid in layout.items():
        value = vek.extensions.get(oid)
        need(value is not None
             and der.read(value).number() == report[0x180 + at], 'vek-tcb')
    size = 8 if family == 'Turin' else 64
    chip, rest = report[0x1a0:0x1a0 + size], report[0x1a0 + size:0x1e0]
    hwid = vek.extensions.get(HWID)
    if kind == 0:
        # Raw, or as an OCTET STRING.
        need(hwid in (chip, der.octets(chip)) and not any(rest), 'vek-chip')
    else:
        need(hwid is None and not any(chip + rest), 'vek-chip')
    if u32(report, 0) >= 3:
        number, models = PROCESSORS[family]
        need(report[0x188] == number and report[0x189] in models, 'vek-chip')


def _snp(report, certs, time, root):
    kind = signing_key(report)
    try:
        given = [one for data in certs for one in certificates(data)]
        root = certificates(root) if root else []
        family, chain = amd_chain(kind, given, root)
        check_amd_forms(chain)
    except der.Error:
        raise Refused('chain-format') from None
    vek, ark = chain[0], chain[-1]
    pinned = root[0].digest_of_key() if root else AMD_ROOTS[family]
    need(ark.digest_of_key() == pinned, 'root-untrusted')
    need(ec.is_point(ec.P384, vek.point), 'key-invalid')
    check_signatures(chain)
    signature = [int.from_bytes(report[at:at + 72], 'little')
                 for at in (0x2a0, 0x2e8)]
    need(ec.in_range(ec.P384, signature), 'signature-range')
    need(ec.verify(ec.P384, vek.point, report[:0x2a0], signature),
         'quote-signature')
    check_snp_identity(report, kind, family, vek)
    check_time(chain, time)
    return ['newer-version'] if u32(report, 0) > 5 else []


def verify_snp(report, certs, time, root=None):
    """certs are files: DER, or PEM of one or more. They may be in any order."""
    return verdict_of(_snp, report, certs, time, root)


# --- What reports are in ------------------------------------------------------

TABLE = {
    '63da758de6644564adc5f4b93be8accd': 'vcek',
    'a8074bc2a25a483eaae639c045a0b8a1': 'vlek',
    '4ab7b379bbac4fe4a02f05aef327c782': 'ask',
    'c0b406a4a803495297433fb6014cd0ae': 'ark'}


def read_table(data):
    """The certificates of a table: pairs of a kind and bytes. Kinds that are
    unknown have their GUID."""
    entries, at = [], 0
    while any(entry := take(data, at, 24)):
        entries.append((entry[:16].hex(), *struct.unpack('<II', entry[16:])))
        at += 24
    for guid, offset, _ in entries:
        need(offset >= at + 24, 'layout')
        need([one[0] for one in entries].count(guid) == 1, 'layout')
    return [(TABLE.get(guid, guid), take(data, offset, size))
            for guid, offset, size in entries]


def _snp_of_table(report, table, time, root):
    given = [data for kind, data in read_table(table)
             if kind in TABLE.values()]
    return _snp(report, given, time, root)


def verify_snp_table(report, table, time, root=None):
    return verdict_of(_snp_of_table, report, table, time, root)


def read_hcl(data):
    """The report and the claims of Azure's HCL report of SEV-SNP."""
    mark, version, size, request = struct.unpack('<4sIII', take(data, 0, 16))
    need(mark == b'HCLA' and version in (1, 2) and request == 2, 'layout')
    inner, _, kind, digest, count = struct.unpack('<5I', take(data, 1216, 20))
    need(inner == 20 + count and kind == 2 and digest == 1
         and size == 1236 + count, 'layout')
    claims = take(data, 1236, count)
    need(not any(data[1236 + count:]), 'layout')
    return data[32:32 + 1184], claims


def _hcl(data, certs, time, root):
    report, claims = read_hcl(data)
    verdict = verify_snp(report, certs, time, root)
    same = report[0x50:0x90] == hashlib.sha256(claims).digest() + bytes(32)
    if verdict.status in ('good', 'expired'):
        need(same, 'hcl-claims')
    need(verdict.status == 'good', verdict.reason, verdict.status)
    return verdict.notes


def verify_hcl(data, certs, time, root=None):
    return verdict_of(_hcl, data, certs, time, root)
