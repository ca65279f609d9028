# SPDX-License-Identifier: Apache-2.0
"""SEV-SNP from IGVM files: values, warnings, and what is refused. Values are
of tests/lib/snp_igvm.py."""

import struct

import images
import snp
import snp_igvm
from case import Case, REFUSED
from igvm import (NATIVE, PAGE, SEV_ES, SHARED, SNP, TDX, Data, Igvm, area,
                  context, id_block, insert, page, platform, policy)
from igvm_cases import offset

ARGS = ('--platform', 'snp')
KVM = ('--vcpus', '2', '--vcpu-type', 'EPYC-v4')
MODEL = {'igvmmeasure-native-zero': 'native-zero'}
CR0, DR7, FEATURES = 0x158, 0x160, 0x3b0
HIGHEST = 0xfffffffff000


def registers(*changes):
    """A VMSA as QEMU would set it at a reset, but for CR0; changes are offsets
    and numbers of 64 bits."""
    data = bytearray(snp.vmsa('qemu', snp.BSP_EIP, 0, 1))
    for at, value in ((CR0, 0x31), *changes):
        struct.pack_into('<Q', data, at, value)
    return bytes(data)


FRONT = [platform(SNP, 1, boundary=0), policy(0x30000, 1)]
# Pages, zeros, a page of secrets, parameters after pages, and a VMSA.
ITEMS = [*FRONT, area(2 * PAGE), page(0x9000, b'one'), page(0x5000),
         page(0x6000, kind=1), insert(0x3000)]
WHOLE = [*ITEMS, context(1, data=registers())]


def file(items):
    return images.Image(Igvm(list(items)).encode())


def at(items, index=-1, field=0):
    return f'offset {offset(items, index % len(items), field):#x}: '


def found(name, items, *lines, vmm='spec', args=None):
    args = (KVM if snp_igvm.RULES[MODEL.get(vmm, vmm)].in_place is False
            and vmm != 'vanadium' else ()) if args is None else args
    image = file(items)
    more = {'vcpus': int(args[1])} if args else {}
    value = snp_igvm.digest(image.data, MODEL.get(vmm, vmm), **more)
    return Case(f'SNP, IGVM: {name}', image, lines,
                (*ARGS, '--vmm', vmm, *args), value=value.hex())


def refused(name, items, line, *args, **files):
    return Case(f'SNP, IGVM: {name}', file(items), (line,), (*ARGS, *args),
                REFUSED, tuple(files.items()))


def kvm(name, items, line, vmm='qemu', args=KVM):
    return refused(name, items, line, '--vmm', vmm, *args)


# --- Values and warnings -----------------------------------------------------

ONE_PAGE_AREA = [*FRONT, area(), page(0x9000, b'one'), page(0x5000),
                 insert(0x4000), context(1, data=registers())]
DEBUG = ("GUEST_POLICY: it ALLOWS DEBUGGING: the host may read and change the "
         "guest's memory. The launch digest does not tell; bit 19 of the "
         "report's POLICY does [igvm-debug]")
VALUE = snp_igvm.digest(file(WHOLE).data)
WRONG = bytes(48)


def vmsa_warning(items, number, text):
    return (f'warning: {at(items)}VP_CONTEXT of virtual CPU 0: the register at '
            f'{number:#x} of the VMSA is {text}; KVM may measure another VMSA '
            '[igvm-vmsa]')


OTHER_CR0 = [*ITEMS, context(1, data=registers((CR0, 0x11)))]
OTHER_DR7 = [*ITEMS, context(1, data=registers((DR7, 0x401)))]
RESET_CR0 = ('0x11, neither 0x30 nor 0x31, as igvmmeasure --check-kvm demands '
             'of CR0')
DEBUGGED = [FRONT[0], policy(0xb0000, 1), *WHOLE[2:]]
WITH_BLOCK = [*WHOLE, id_block(WRONG, 1)]

VALUES = [
    *(found(vmm, WHOLE, vmm=vmm) for vmm in (
        'spec', 'qemu', 'cloud-hypervisor-mshv', 'igvmmeasure',
        'igvmmeasure-native-zero')),
    found('cloud-hypervisor-kvm', WHOLE, vmm='cloud-hypervisor-kvm',
          args=('--vcpus', '1')),
    found('vanadium', ONE_PAGE_AREA, vmm='vanadium'),
    found('debugging is allowed', DEBUGGED,
          f'warning: {at(DEBUGGED, 1)}{DEBUG}'),
    found("the file's ID block is right", [*WHOLE, id_block(VALUE, 1)]),
    found("the file's ID block is wrong", WITH_BLOCK,
          f'warning: {at(WITH_BLOCK, field=8)}SNP_ID_BLOCK: its launch digest '
          f'is {WRONG.hex()}, not this value: launched in this way, the '
          'processor refuses the guest [igvm-id-block]'),
    found('CR0', OTHER_CR0, vmsa_warning(OTHER_CR0, CR0, RESET_CR0),
          vmm='qemu'),
    found('CR0, Cloud Hypervisor', OTHER_CR0,
          vmsa_warning(OTHER_CR0, CR0, RESET_CR0), vmm='cloud-hypervisor-kvm',
          args=('--vcpus', '1')),
    found('DR7, which QEMU sets', OTHER_DR7, vmm='qemu'),
    found('DR7, which Cloud Hypervisor does not set', OTHER_DR7,
          vmsa_warning(OTHER_DR7, DR7, '0x401, not as at a reset, and the VMM '
                       'does not set it'), vmm='cloud-hypervisor-kvm',
          args=('--vcpus', '1')),
]

# --- Requests ----------------------------------------------------------------

ITSELF = ('an IGVM file says itself what is launched: it takes no kernel, '
          'initrd, command line, SVSM, or digest of the firmware '
          '[igvm-request]')
OF_FILE = ("virtual CPUs, their type and guest features are in the IGVM file's "
           'VMSAs, which VMM spec takes as they are; they cannot be asked for '
           '[igvm-request]')
REQUESTS = [
    refused('a kernel', WHOLE, ITSELF, '--kernel', 'kernel',
            kernel=b'a kernel'),
    refused('the digest of the firmware', WHOLE, ITSELF, '--snp-ovmf-hash',
            '00' * 48),
    refused('the firmware alone', WHOLE, ITSELF, '--ovmf-hash'),
    refused('virtual CPUs', WHOLE, OF_FILE, '--vcpus', '1'),
    refused('a type', WHOLE, OF_FILE, '--vcpu-type', 'EPYC'),
    refused('features', WHOLE, OF_FILE, '--guest-features', '1'),
    kvm('features under KVM', WHOLE, "the guest features are in the IGVM "
        "file's VMSA; they cannot be asked for [igvm-request]",
        args=(*KVM, '--guest-features', '1')),
    kvm('no VMSA, and features without bit 0', ITEMS, 'the IGVM file has no '
        'VMSA of the first virtual CPU, and bit 0 of the guest features, which '
        "is SEV-SNP's, is not 1 [igvm-request]",
        args=(*KVM, '--guest-features', '2')),
    kvm('no number of virtual CPUs', WHOLE, 'the number of virtual CPUs '
        '(vcpus) is not given; under KVM each has a VMSA that is measured '
        '[vcpus]', args=()),
    kvm('no type of virtual CPU', WHOLE, 'the IGVM file has no VP_CONTEXT of '
        "virtual CPU 1: the virtual CPUs' type is needed, whose signature is "
        'in its VMSA [vcpus]', args=('--vcpus', '2')),
    *(refused(vmm, WHOLE, f'VMM {vmm} does not launch an IGVM file; those that '
              'do: qemu, spec, cloud-hypervisor-kvm, cloud-hypervisor-mshv, '
              'vanadium, igvmmeasure, igvmmeasure-native-zero [vmm-format]',
              '--vmm', vmm, '--vcpus', '1') for vmm in ('ec2', 'gce')),
]

# --- The file ----------------------------------------------------------------

NO_POLICY = [FRONT[0], *WHOLE[2:]]
NOT_SNP = [platform(NATIVE, 2), platform(TDX, 1), page(0, b'x', 0, 1)]
TWO_BLOCKS = [*WHOLE, id_block(VALUE, 1), id_block(VALUE, 1)]
TWICE = [*FRONT, page(0x1000, b'one'), page(0x1000, b'two')]
ACROSS = [*FRONT, area(2 * PAGE), page(0x2000, b'one'), insert(0x1000)]
BOUNDED = [platform(SNP, 1, boundary=0x2000), FRONT[1], page(0x1000, b'one')]
LATE_PAGE = [*BOUNDED, page(0x2000, b'two')]
LATE_AREA = [*BOUNDED[:2], area(2 * PAGE), insert(0x1000)]
PAST = "reach past 0x2000, where SEV_SNP's shared memory begins [igvm-field]"
FILES = [
    refused('no policy', NO_POLICY, 'offset 0x18: the IGVM file has no '
            'GUEST_POLICY for SEV_SNP, without which it is not launched '
            '[igvm-policy]'),
    found('no policy, QEMU', NO_POLICY, vmm='qemu'),
    refused('not for it', NOT_SNP, 'offset 0x18: the IGVM file is not for '
            'SEV_SNP; its platforms: NATIVE, TDX [igvm-platform]'),
    refused('no pages', FRONT,
            'the IGVM file has no page for SEV_SNP [igvm-pages]'),
    refused('two ID blocks', TWO_BLOCKS, f'{at(TWO_BLOCKS, field=8)}'
            'SNP_ID_BLOCK: a second one for SEV_SNP [igvm-structure]'),
    refused('a page twice', TWICE, f'{at(TWICE)}GPA 0x1000 is already used by '
            f'the structure at {offset(TWICE, 2):#x}; SEV-SNP launches a page '
            'once [igvm-overlap]'),
    refused('a page inside a parameter area', ACROSS, f'{at(ACROSS)}GPA '
            '0x2000 is already used by the structure at '
            f'{offset(ACROSS, 3):#x}; SEV-SNP launches a page once '
            '[igvm-overlap]'),
    found('to the boundary', BOUNDED),
    refused('a page at the boundary', LATE_PAGE, f'{at(LATE_PAGE)}PAGE_DATA: '
            f'GPA 0x2000 and 0x1000 bytes {PAST}'),
    refused('a parameter area past the boundary', LATE_AREA,
            f'{at(LATE_AREA)}PARAMETER_INSERT: GPA 0x1000 and 0x2000 bytes '
            f'{PAST}'),
]

# --- VMSAs -------------------------------------------------------------------


def bad_context(name, item, line, *args):
    items = [*ITEMS, item]
    vcpu = item.body[3][1]
    return refused(name, items, f'{at(items)}VP_CONTEXT of virtual CPU {vcpu}: '
                   f'{line} [igvm-context]', *args)


QEMU = ('--vmm', 'qemu', *KVM)
SECOND = [*WHOLE, context(1, data=registers())]
OTHERS = [FRONT[0], platform(SEV_ES, 4), *WHOLE[1:],
          context(4, 0x8000, registers(), 1)]
GPAS = (' is not a multiple of 0x1000, or not below 0x10000000000000')
NO_REGISTERS = context(1)._replace(body=tuple(
    (form, 0 if isinstance(value, Data) else value)
    for form, value in context(1).body))
CONTEXTS = [
    bad_context('no registers', NO_REGISTERS, 'it has no registers'),
    *(bad_context(f'GPA {gpa:#x}', context(1, gpa, registers()),
                  f'GPA {gpa:#x}{GPAS}') for gpa in (0x800, 1 << 52)),
    bad_context("another GPA than KVM's", context(1, 0x8000, registers()),
                f"GPA 0x8000 is not {HIGHEST:#x}, KVM's own", *QEMU),
    bad_context('a byte of no register', context(1, data=registers(
        (0xf00, 1))), 'byte 0xf00 of the VMSA is not 0, but no register is set '
        'from it under KVM, which makes another VMSA', *QEMU),
    bad_context("SEV-SNP's feature", context(1, data=registers((FEATURES, 2))),
                "bit 0 of SEV_FEATURES, which is SEV-SNP's, is not 1", *QEMU),
    bad_context('too few virtual CPUs', context(1, data=registers(), vcpu=2),
                'there are only 2 virtual CPUs', *QEMU),
    refused('one twice', SECOND, f'{at(SECOND)}VP_CONTEXT of virtual CPU 0: it '
            'is there twice [igvm-context]', *QEMU),
    kvm('registers that are not known', WHOLE, 'the IGVM file has no '
        'VP_CONTEXT of virtual CPU 1, and it is not known which registers VMM '
        'cloud-hypervisor-kvm gives it [igvm-context]',
        vmm='cloud-hypervisor-kvm'),
    refused("another platform's, Cloud Hypervisor", OTHERS,
            f'{at(OTHERS)}VP_CONTEXT of virtual CPU 1: it is not for SEV_SNP, '
            'and loaded all the same by Cloud Hypervisor [igvm-context]',
            '--vmm', 'cloud-hypervisor-mshv'),
    bad_context('of another virtual CPU, Cloud Hypervisor',
                context(1, data=registers(), vcpu=1), 'Cloud Hypervisor loads '
                'the registers of virtual CPU 0 only', '--vmm',
                'cloud-hypervisor-mshv'),
]

# --- What is known of one VMM only -------------------------------------------

SECOND_PLATFORM = [platform(TDX, 2), *WHOLE]
NOT_FOR_SNP = [platform(SNP, 1, boundary=0), platform(TDX, 2), FRONT[1],
               page(0x1000, b'x'), page(0x2000, b'y', 0, 2)]
CPUID_XF = [*FRONT, page(0x1000, b'x', kind=3)]
IS_SHARED = [*FRONT, page(0x1000, b'x'), page(0x2000, b'y', SHARED)]
BEFORE = [*FRONT, context(1, data=registers()), page(0x1000, b'x')]
VMMS = [
    refused('Cloud Hypervisor, first platform', SECOND_PLATFORM,
            "offset 0x18: the file's first platform is TDX; Cloud Hypervisor "
            'wants SEV_SNP [igvm-platform]', '--vmm', 'cloud-hypervisor-mshv'),
    refused("Cloud Hypervisor, another platform's page", NOT_FOR_SNP,
            f'{at(NOT_FOR_SNP)}PAGE_DATA at GPA 0x2000: it is not for SEV_SNP, '
            'and loaded all the same by VMM cloud-hypervisor-mshv '
            '[igvm-field]', '--vmm', 'cloud-hypervisor-mshv'),
    refused('Cloud Hypervisor, CPUID_XF', CPUID_XF,
            f'{at(CPUID_XF)}PAGE_DATA at GPA 0x1000: its DataType 3 (CPUID_XF) '
            'is not supported by VMM cloud-hypervisor-mshv [igvm-field]',
            '--vmm', 'cloud-hypervisor-mshv'),
    refused('vanadium, shared pages', IS_SHARED,
            f'{at(IS_SHARED)}PAGE_DATA at GPA 0x2000: it is not known how '
            'shared pages are launched by VMM vanadium [igvm-field]',
            '--vmm', 'vanadium'),
    refused('vanadium, a parameter area', WHOLE,
            f'{at(WHOLE, -2)}PARAMETER_INSERT at GPA 0x3000: it is not known '
            'how a parameter area of other than one page is launched by VMM '
            'vanadium [igvm-field]', '--vmm', 'vanadium'),
    refused('vanadium, no VMSA', BOUNDED, 'the IGVM file has no VP_CONTEXT for '
            'SEV_SNP; it is not known how VMM vanadium launches such a file '
            '[igvm-context]', '--vmm', 'vanadium'),
    refused('vanadium, a VMSA before pages', BEFORE,
            f'{at(BEFORE, 2)}VP_CONTEXT of virtual CPU 0: it is not known how '
            'VMM vanadium launches several, one before pages, or one that is '
            f'not at GPA {HIGHEST:#x} [igvm-context]', '--vmm', 'vanadium'),
]

CASES = [*VALUES, *REQUESTS, *FILES, *CONTEXTS, *VMMS]
