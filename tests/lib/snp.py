# SPDX-License-Identifier: Apache-2.0
"""The launch digests of SEV-SNP, SEV-ES and SEV guests, from an image's bytes.

Written from the documents, not from the program: what the program prints is
compared with this. AMD 56860 (SEV-SNP firmware ABI), SNP_LAUNCH_UPDATE and
table PAGE_INFO: how pages are chained. AMD 24593 (APM volume 2), table B-4:
offsets in a VMSA. QEMU target/i386/sev.c: order of the pages, kernel hashes;
virtee/sev-snp-measure (8f2b337): what other VMMs do. For IGVM files see
snp_igvm.py.
"""

import functools
import hashlib
import struct
import uuid
from typing import NamedTuple

import images
import sev
from sev import CPUID, KERNEL_HASHES, PAGE, SEC_MEM, SECRETS, SVSM_CAA, TOP

# PAGE_TYPE of SNP_LAUNCH_UPDATE.
NORMAL, VMSA, ZERO, UNMEASURED, SECRETS_PAGE, CPUID_PAGE = range(1, 7)
HASHED = (NORMAL, VMSA)
NONE = bytes(48)
ZERO_PAGE = bytes(PAGE)
ZERO_HASH = hashlib.sha384(ZERO_PAGE).digest()

# Where KVM says that a VMSA is (INITIAL_VMSA_GPA).
VMSA_GPA = 0xfffffffff000
BSP_EIP = 0xfffffff0
HASH_TABLE_SIZE = 176


class Refused(Exception):
    """There is no value; code says why."""

    def __init__(self, code):
        super().__init__(code)
        self.code = code


def require(condition, code):
    if not condition:
        raise Refused(code)


# --- The chain ---------------------------------------------------------------

def page_hash(data):
    return ZERO_HASH if data == ZERO_PAGE else hashlib.sha384(data).digest()


def extend(digest, kind, gpa, data=ZERO_PAGE):
    """The digest after one page; a NORMAL page or a VMSA has data."""
    contents = page_hash(data) if kind in HASHED else NONE
    return hashlib.sha384(digest + contents + struct.pack(
        '<HBBIQ', 0x70, kind, 0, 0, gpa)).digest()


def chain(pages, digest=NONE):
    """The digest after pages: (type, GPA) or (type, GPA, data)."""
    for page in pages:
        digest = extend(digest, *page)
    return digest


def normal(gpa, data):
    for offset in range(0, len(data), PAGE):
        yield NORMAL, gpa + offset, data[offset:offset + PAGE]


def filled(kind, gpa, size):
    for offset in range(0, size, PAGE):
        yield kind, gpa + offset


# --- The image ---------------------------------------------------------------

def guided_table(image):
    """The entries' data by GUID."""
    end = len(image) - 0x20
    require(image[end - 16:end] == images.FOOTER, 'no-table')
    length, = struct.unpack_from('<H', image, end - 18)
    require(18 <= length <= end, 'table-length')
    rest, found = image[end - length:end - 18], {}
    while rest:
        require(len(rest) >= 18, 'table-entry')
        size, = struct.unpack_from('<H', rest, len(rest) - 18)
        require(18 <= size <= len(rest), 'table-entry')
        require(rest[-16:] not in found, 'table-duplicate')
        found[rest[-16:]] = rest[len(rest) - size:-18]
        rest = rest[:-size]
    for guid, least in ((images.SEV, 4), (images.SEV_ES, 4),
                        (images.SEV_HASHES, 8), (sev.SVSM_INFO, 4)):
        require(len(found.get(guid, bytes(8))) >= least, 'entry-length')
    return found


def check_section(section):
    require(section.type in (SEC_MEM, SECRETS, CPUID, SVSM_CAA,
                             KERNEL_HASHES), 'section-type')
    require(section.gpa % PAGE == 0 == section.size % PAGE, 'section-align')
    require(section.gpa + section.size <= TOP, 'section-range')
    # QEMU takes as many pages as there are, sev-snp-measure takes one.
    require(section.type not in (SECRETS, CPUID) or section.size == PAGE,
            'section-size')


def metadata(image, table):
    """The sections of the SEV metadata; none where there is no metadata."""
    if images.SEV not in table:
        return []
    from_end, = struct.unpack_from('<I', table[images.SEV])
    require(16 <= from_end <= len(image), 'metadata-offset')
    start = len(image) - from_end
    signature, size, version, count = struct.unpack_from('<4sIII', image,
                                                         start)
    require(signature == b'ASEV', 'metadata-signature')
    require(version == 1, 'metadata-version')
    require(16 + 12 * count <= size <= from_end, 'metadata-length')
    sections = [sev.Section(*struct.unpack_from('<III', image,
                                                start + 16 + 12 * i))
                for i in range(count)]
    for section in sections:
        check_section(section)
    return sections


class Firmware(NamedTuple):
    data: bytes
    gpa: int
    table: dict
    sections: list

    def number(self, guid, index=0):
        return struct.unpack_from('<I', self.table[guid], 4 * index)[0]

    def reset_eip(self):
        require(images.SEV_ES in self.table, 'no-reset-block')
        eip = self.number(images.SEV_ES)
        require(eip, 'reset-address')
        return eip


def check_overlap(sections, *taken):
    """No page is given to the guest twice: the firmware of the processor
    refuses the second."""
    ranges = sorted([*taken, *((s.gpa, s.gpa + s.size) for s in sections
                               if s.size)])
    for (_, end), (start, _) in zip(ranges, ranges[1:]):
        require(end <= start, 'overlap')


@functools.lru_cache(maxsize=16)
def firmware(image, end=TOP):
    """A file whose last byte is before end."""
    require(image and len(image) % PAGE == 0 and len(image) <= end, 'size')
    table = guided_table(image)
    return Firmware(image, end - len(image), table, metadata(image, table))


# --- Kernel hashes -----------------------------------------------------------

def _hashed(guid, data):
    return uuid.UUID(guid).bytes_le + struct.pack('<H', 50) + hashlib.sha256(
        data).digest()


def hash_table(kernel, initrd=None, append=None):
    """QEMU's PaddedSevHashTable."""
    entries = (
        _hashed('97d02dd8-bd20-4c94-aa78-e7714d36ab2a',
                (append or '').encode() + b'\0')
        + _hashed('44baf731-3a2f-4bd7-9af1-41e29169781d', initrd or b'')
        + _hashed('4de79437-abd2-427f-b835-d5b172d2045b', kernel))
    table = uuid.UUID('9438d606-4f22-4cc9-b479-a793d411fd21').bytes_le + (
        struct.pack('<H', 18 + len(entries)) + entries)
    return table.ljust(HASH_TABLE_SIZE, b'\0')


def kernel_hashes(fw, kernel, initrd, append):
    """(offset in its page, table), or None where there is no kernel."""
    if kernel is None:
        require(initrd is None and append is None, 'no-kernel')
        return None
    require(images.SEV_HASHES in fw.table, 'no-hash-table')
    gpa, size = (fw.number(images.SEV_HASHES, i) for i in range(2))
    require(gpa, 'no-hash-table')
    require(size >= HASH_TABLE_SIZE, 'hash-table-size')
    return gpa, hash_table(kernel, initrd, append)


def hash_page(section, hashes):
    gpa, table = hashes
    require(section.size == PAGE, 'hash-page-size')
    at = gpa - section.gpa
    require(0 <= at <= PAGE - len(table), 'hash-table-place')
    return NORMAL, section.gpa, (bytes(at) + table).ljust(PAGE, b'\0')


# --- VMSAs -------------------------------------------------------------------

class Vcpu(NamedTuple):
    """What VMMs do differently in a VMSA; rdx None: the CPUID signature."""
    cs: int
    ss: int
    tr: int
    pat: int
    rdx: int
    mxcsr: int
    fcw: int


PAT = 0x0007040600070406
VMMS = {
    'qemu': Vcpu(0x9b, 0x93, 0x8b, PAT, None, 0x1f80, 0x37f),
    'ec2': Vcpu(0x9a, 0x92, 0x83, PAT, 0x600, 0, 0),
    # As virtee/sev 9cf2adb and sev-snp-measure before 0.0.13 have it.
    'ec2-rdx-0': Vcpu(0x9a, 0x92, 0x83, PAT, 0, 0, 0),
    'gce': Vcpu(0x9b, 0x93, 0x8b, 0x00070106, 0x600, 0, 0),
}


def cpuid_signature(family, model, stepping):
    """CPUID Fn0000_0001_EAX (AMD 25481)."""
    low = min(family, 0xf)
    return ((family - low) << 20 | (model >> 4) << 16 | low << 8
            | (model & 0xf) << 4 | stepping)


# QEMU target/i386/cpu.c, builtin_x86_defs.
VCPU_TYPES = {
    name: cpuid_signature(*numbers) for names, numbers in (
        ('EPYC EPYC-v1 EPYC-v2 EPYC-IBPB EPYC-v3 EPYC-v4', (23, 1, 2)),
        ('EPYC-Rome EPYC-Rome-v1 EPYC-Rome-v2 EPYC-Rome-v3', (23, 49, 0)),
        ('EPYC-Milan EPYC-Milan-v1 EPYC-Milan-v2', (25, 1, 1)),
        ('EPYC-Genoa EPYC-Genoa-v1', (25, 17, 0)),
        ('EPYC-Turin', (26, 0, 0))) for name in names.split()}
EPYC_V4 = VCPU_TYPES['EPYC-v4']

SEGMENTS = ('es', 'cs', 'ss', 'ds', 'fs', 'gs', 'gdtr', 'ldtr', 'idtr', 'tr')


def save_area(segments, **registers):
    """A page; segments are (selector, attributes, limit, base)."""
    page = bytearray(PAGE)
    for index, name in enumerate(SEGMENTS):
        struct.pack_into('<HHIQ', page, 16 * index, *segments[name])
    struct.pack_into('<Q', page, 0xd0, 0x1000)  # EFER: SVME
    struct.pack_into('<Q', page, 0x148, 0x40)  # CR4: MCE
    struct.pack_into('<Q', page, 0x158, registers['cr0'])
    struct.pack_into('<Q', page, 0x160, 0x400)  # DR7
    struct.pack_into('<Q', page, 0x168, 0xffff0ff0)  # DR6
    struct.pack_into('<Q', page, 0x170, 2)  # RFLAGS
    struct.pack_into('<Q', page, 0x178, registers['rip'])
    struct.pack_into('<Q', page, 0x268, registers['pat'])
    struct.pack_into('<Q', page, 0x310, registers['rdx'])
    struct.pack_into('<Q', page, 0x3b0, registers['features'])
    struct.pack_into('<Q', page, 0x3e8, 1)  # XCR0
    struct.pack_into('<I', page, 0x408, registers['mxcsr'])
    struct.pack_into('<H', page, 0x410, registers['fcw'])
    return bytes(page)


def data_segments(selector, attributes, limit):
    """All segments, the data ones as given."""
    segments = dict.fromkeys(SEGMENTS, (selector, attributes, limit, 0))
    segments.update(gdtr=(0, 0, 0xffff, 0), idtr=(0, 0, 0xffff, 0),
                    ldtr=(0, 0x82, 0xffff, 0))
    return segments


@functools.lru_cache(maxsize=None)
def vmsa(vmm='qemu', eip=BSP_EIP, signature=EPYC_V4, features=1):
    """The VMSA of a vCPU that starts at eip in real mode."""
    row = VMMS[vmm]
    segments = data_segments(0, 0x93, 0xffff)
    code = row.cs if eip == BSP_EIP else 0x9b
    segments.update(cs=(0xf000, code, 0xffff, eip & 0xffff0000),
                    ss=(0, row.ss, 0xffff, 0), tr=(0, row.tr, 0xffff, 0))
    return save_area(segments, cr0=0x10, rip=eip & 0xffff, pat=row.pat,
                     rdx=signature if row.rdx is None else row.rdx,
                     features=features, mxcsr=row.mxcsr, fcw=row.fcw)


def svsm_vmsa(rip, signature=EPYC_V4, features=1):
    """The VMSA of each vCPU that starts in an SVSM, in protected mode."""
    segments = data_segments(0x10, 0xc93, 0xffffffff)
    segments.update(cs=(8, 0xc9b, 0xffffffff, 0), gs=(0, 0x93, 0xffff, 0),
                    tr=(0, 0x8b, 0xffff, 0))
    # Of x87's control word sev-snp-measure's values have nothing.
    return save_area(segments, cr0=0x11, rip=rip, pat=PAT, rdx=signature,
                     features=features, mxcsr=0x1f80, fcw=0)


def vmsas(fw, vmm, vcpus, signature, features):
    """The VMSA of the BSP and of each AP."""
    require(vcpus >= 1, 'vcpus')
    eip = fw.reset_eip()
    for index in range(vcpus):
        yield vmsa(vmm, eip if index else BSP_EIP, signature, features)


# --- Digests -----------------------------------------------------------------

@functools.lru_cache(maxsize=64)
def firmware_digest(image):
    """The digest after the pages of the firmware."""
    require(image and len(image) % PAGE == 0, 'size')
    return chain(normal(TOP - len(image), image))


def section_pages(section, vmm, hashes):
    if section.type == SECRETS:
        yield SECRETS_PAGE, section.gpa
    elif section.type == CPUID:
        yield CPUID_PAGE, section.gpa
    elif section.type == KERNEL_HASHES and hashes:
        yield hash_page(section, hashes)
    else:
        unmeasured = vmm == 'gce' and section.type == SEC_MEM
        yield from filled(UNMEASURED if unmeasured else ZERO, section.gpa,
                          section.size)


def metadata_pages(sections, vmm='qemu', hashes=None):
    """In the table's order, but for EC2, which has the CPUID page last."""
    kinds = [section.type for section in sections]
    require(not hashes or KERNEL_HASHES in kinds, 'no-hash-page')
    if vmm == 'gce':
        require(kinds.count(SECRETS) == kinds.count(CPUID) == 1,
                'section-count')
        require(all(section.size for section in sections), 'section-empty')
    if vmm.startswith('ec2'):
        sections = sorted(sections, key=lambda s: s.type == CPUID)
    for section in sections:
        yield from section_pages(section, vmm, hashes)


def launch_digest(image, *, vmm='qemu', vcpus=1, signature=EPYC_V4, features=1,
                  kernel=None, initrd=None, append=None, resume=None,
                  vmsa_gpa=VMSA_GPA):
    """SEV-SNP: of an image's bytes. resume is what firmware_digest() gives:
    then only the metadata of the image is looked at."""
    fw = firmware(image)
    check_overlap(fw.sections, (fw.gpa, TOP))
    hashes = kernel_hashes(fw, kernel, initrd, append)
    require(resume is None or len(resume) == 48, 'resume')
    digest = chain(metadata_pages(fw.sections, vmm, hashes),
                   firmware_digest(image) if resume is None else resume)
    return chain(((VMSA, vmsa_gpa, page) for page in vmsas(
        fw, vmm, vcpus, signature, features)), digest)


def launch_fails(image):
    """Why QEMU stops where launch_digest() has a value: its own messages are
    'Failed to locate SEV metadata header', 'SNP_LAUNCH_UPDATE called with
    invalid address / length'."""
    fw = firmware(image)
    return {word for word, applies in (
        ('no-metadata', images.SEV not in fw.table),
        ('section-empty', not all(s.size for s in fw.sections))) if applies}


def svsm_digest(image, svsm, *, vcpus=1, signature=EPYC_V4, features=1,
                vars_size=0):
    """SEV-SNP with COCONUT's SVSM below the firmware, as sev-snp-measure's
    snp:svsm; vars_size is that of the variables between the two."""
    require(vcpus >= 1, 'vcpus')
    require(vars_size % PAGE == 0, 'vars-size')
    fw = firmware(svsm, TOP - len(image) - vars_size)
    require(sev.SVSM_INFO in fw.table, 'no-svsm-info')
    check_overlap(fw.sections, (fw.gpa, TOP))
    digest = chain(normal(fw.gpa, svsm), firmware_digest(image))
    digest = chain(metadata_pages(fw.sections), digest)
    page = svsm_vmsa(fw.gpa + fw.number(sev.SVSM_INFO), signature, features)
    return chain([(VMSA, VMSA_GPA, page)] * vcpus, digest)


def measured(image, kernel, initrd, append):
    """What SEV hashes before any VMSA."""
    if kernel is None:
        require(image and len(image) % PAGE == 0, 'size')
        require(initrd is None and append is None, 'no-kernel')
        return image
    return image + kernel_hashes(firmware(image), kernel, initrd, append)[1]


def sev_digest(image, *, kernel=None, initrd=None, append=None):
    """SEV: the digest that the measurement is an HMAC of."""
    return hashlib.sha256(measured(image, kernel, initrd, append)).digest()


def sev_es_digest(image, *, vmm='qemu', vcpus=1, signature=EPYC_V4,
                  kernel=None, initrd=None, append=None):
    """SEV-ES: as SEV, with the VMSAs, whose features are 0."""
    digest = hashlib.sha256(measured(image, kernel, initrd, append))
    for page in vmsas(firmware(image), vmm, vcpus, signature, 0):
        digest.update(page)
    return digest.digest()


# --- ID block ----------------------------------------------------------------

def id_block(digest, *, family=b'', image=b'', version=1, svn=0,
             policy=0x30000):
    """AMD 56860, ID_BLOCK."""
    return struct.pack('<48s16s16sIIQ', digest, family, image, version, svn,
                       policy)


def public_key(x, y):
    """An ECDSA P-384 key in AMD's format."""
    return (struct.pack('<I', 2) + x.to_bytes(72, 'little')
            + y.to_bytes(72, 'little')).ljust(0x404, b'\0')


def key_digest(x, y):
    """As the attestation report has it."""
    return hashlib.sha384(public_key(x, y)).digest()


def id_auth(id_key, block_signature, author_key=None, key_signature=None):
    """AMD 56860, ID_AUTH; keys are pairs of x and y, signatures of r and s."""
    def halves(pair):
        return b''.join(n.to_bytes(72, 'little') for n in pair or (0, 0))
    return struct.pack(
        '<II56x512s1028s60x512s1028s892x', 1, 1 if author_key else 0,
        halves(block_signature), public_key(*id_key), halves(key_signature),
        public_key(*author_key) if author_key else b'')
