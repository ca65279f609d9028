# SPDX-License-Identifier: Apache-2.0
"""The SEV-SNP launch digest of an IGVM file, as its loaders make it.

Written from the loaders' sources, neither from the program nor from the writer
in igvm.py: microsoft/igvm, igvm/src/measurement/snp.rs ("spec");
coconut-svsm/svsm, tools/igvmmeasure ("igvmmeasure", and "native-zero" for its
--native-zero); QEMU, backends/igvm.c and target/i386/sev.c ("qemu");
cloud-hypervisor, vmm/src/igvm/igvm_loader.rs ("cloud-hypervisor-kvm" and
"cloud-hypervisor-mshv"); "vanadium" is inferred from coconut-svsm's files. The
headers of files are taken for well-formed.
"""

import struct
from typing import NamedTuple

import igvm_reader
import snp
from snp import (BSP_EIP, CPUID_PAGE, EPYC_V4, NORMAL, PAGE, SECRETS_PAGE,
                 UNMEASURED, VMSA, VMSA_GPA, ZERO, ZERO_PAGE, chain, filled,
                 require)

SNP = 2
IS_UNMEASURED, SHARED = 2, 4
DATA_TYPES = (NORMAL, SECRETS_PAGE, CPUID_PAGE, CPUID_PAGE)
SEV_FEATURES = 0x3b0


class Rule(NamedTuple):
    zero: int = NORMAL  # the type of a page without data
    shared: bool = True  # are shared pages given to the guest, too?
    whole_area: bool = True  # or the first page of a parameter area only?
    in_place: bool = True  # are VMSAs measured where they are in the file?
    every_vmsa: bool = False  # those of other platforms, too?
    policy: bool = False  # must there be one?
    order: str = 'file'


RULES = {
    'spec': Rule(shared=False, policy=True),
    'igvmmeasure': Rule(whole_area=False, every_vmsa=True),
    'native-zero': Rule(ZERO, whole_area=False, every_vmsa=True),
    'qemu': Rule(in_place=False, order='deferred'),
    'cloud-hypervisor-kvm': Rule(ZERO, in_place=False),
    'cloud-hypervisor-mshv': Rule(whole_area=False, order='sorted'),
    'vanadium': Rule(ZERO, shared=False),
}


class Page(NamedTuple):
    """Of a PAGE_DATA: what decides whether QEMU puts two into one run."""
    index: int  # of the structure in the file
    gpa: int
    mask: int
    flags: int
    type: int
    offset: int

    def follows(self, last):
        return (self.index == last.index + 1 and self.gpa == last.gpa + PAGE
                and (self.mask, self.flags, self.type, bool(self.offset))
                == (last.mask, last.flags, last.type, bool(last.offset)))


class Loader:
    """Goes through the directives; pages has what the guest is given."""

    def __init__(self, data, rule):
        self.data, self.rule = data, RULES[rule]
        self.mask = self.policy = 0
        self.areas, self.vmsas, self.held, self.pages = {}, {}, [], []
        self.ld = None  # as the file's ID block has it
        for index, (kind, body) in enumerate(igvm_reader.structures(data)):
            self.take(kind, body, index)
        self.release()
        require(self.mask, 'no-snp-platform')
        require(self.policy or not self.rule.policy, 'no-policy')
        if self.rule.order == 'sorted':
            self.pages.sort(key=lambda page: page[1])

    def take(self, kind, body, index):
        if kind == 0x1 and body[5] == SNP:
            self.mask, = struct.unpack_from('<I', body)
        elif kind == 0x101:
            self.policy |= struct.unpack_from('<I', body, 8)[0] & self.mask
        elif kind == 0x301:
            size, number = struct.unpack_from('<QI', body)
            require(size % PAGE == 0, 'area-size')
            self.areas[number] = size
        elif kind == 0x302:
            gpa, mask, offset, flags, data_type = struct.unpack_from(
                '<QIIIH', body)
            if mask & self.mask:
                self.page(Page(index, gpa, mask, flags, data_type, offset))
        elif kind == 0x303:
            self.insert(*struct.unpack_from('<QII', body))
        elif kind == 0x304:
            self.context(*struct.unpack_from('<QIIH', body))
        elif kind == 0x30b:
            if struct.unpack_from('<I', body)[0] & self.mask:
                self.ld = body[8:56]

    def page(self, page):
        require(not page.flags & ~(IS_UNMEASURED | SHARED), 'page-flags')
        require(page.type < len(DATA_TYPES), 'data-type')
        if page.flags & SHARED and not self.rule.shared:
            return
        if self.held and not page.follows(self.held[-1]):
            self.release()
        self.held.append(page)
        if self.rule.order != 'deferred':
            self.release()

    def release(self):
        for page in self.held:
            kind = DATA_TYPES[page.type]
            if kind == NORMAL and page.flags & IS_UNMEASURED:
                kind = UNMEASURED
            elif kind == NORMAL and not page.offset:
                kind = self.rule.zero
            self.pages.append((kind, page.gpa, self.at(page.offset)))
        self.held = []

    def at(self, offset):
        """The page of file data; 0: of zeros."""
        if not offset:
            return ZERO_PAGE
        require(offset + PAGE <= len(self.data), 'data-offset')
        return self.data[offset:offset + PAGE]

    def insert(self, gpa, mask, number):
        if not mask & self.mask:
            return
        require(number in self.areas, 'area-index')
        size = self.areas.pop(number)
        self.pages += filled(UNMEASURED, gpa,
                             size if self.rule.whole_area else PAGE)

    def context(self, gpa, mask, offset, vcpu):
        if not (mask & self.mask or self.rule.every_vmsa):
            return
        if self.rule.in_place:
            self.pages.append((VMSA, gpa, self.at(offset)))
        else:
            self.vmsas[vcpu] = self.at(offset)

    def last(self, vcpus, signature):
        """KVM measures every vCPU at the end, at a GPA of its own; one that
        has no VMSA in the file is as at its reset, with the BSP's features.
        """
        first = self.vmsas.get(0)
        features = 1 if first is None else struct.unpack_from(
            '<Q', first, SEV_FEATURES)[0]
        reset = snp.vmsa('qemu', BSP_EIP, signature, features)
        for index in range(vcpus):
            yield VMSA, VMSA_GPA, self.vmsas.get(index, reset)


def pages(data, rule='spec', vcpus=1, signature=EPYC_V4):
    """What is measured, in its order: (type, GPA) or (type, GPA, data).
    vcpus and signature are for QEMU and cloud-hypervisor on KVM."""
    loader = Loader(data, rule)
    return loader.pages + ([] if loader.rule.in_place else list(
        loader.last(vcpus, signature)))


def digest(data, rule='spec', vcpus=1, signature=EPYC_V4):
    return chain(pages(data, rule, vcpus, signature))


def id_block_digest(data):
    """The digest that the file itself says is right, or None."""
    return Loader(data, 'native-zero').ld
