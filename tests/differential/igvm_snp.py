#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares the launch digests of generated IGVM files, as the library computes
them for SEV-SNP, with tests/lib/snp_igvm.py: the same digest, or a refusal for
a reason that is seen here, too."""

import argparse
import collections
import pathlib
import random
import struct
import subprocess
import sys
import tempfile

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path.append(str(TESTS / 'lib'))

import igvm  # noqa: E402
import igvm_reader  # noqa: E402
import snp  # noqa: E402
import snp_igvm  # noqa: E402

# VMMs of the library, and the model's names where they are others.
VMMS = {name: name for name in snp_igvm.RULES if name != 'native-zero'}
VMMS['igvmmeasure-native-zero'] = 'native-zero'
KVM = ('qemu', 'cloud-hypervisor-kvm')
PAGE = 4096
CPUID_XF = 3
VMSA_GPA = 0xfffffffff000
# CompatibilityMasks: SEV-SNP is not the first bit everywhere.
SNP, TDX, ES = 2, 1, 4


# Where the registers are in a VMSA that QEMU sets, and what those are at a
# reset that Cloud Hypervisor does not set.
KEPT = ((0, 0xa0), (0xd0, 8), (0x148, 0x38), (0x1d8, 8), (0x1f8, 8),
        (0x268, 8), (0x308, 24), (0x328, 88), (0x3b0, 8), (0x3e8, 8),
        (0x408, 4), (0x410, 2))
CR0, PAT, DR7, DR6, XCR0, MXCSR, FCW = (0x158, 0x268, 0x160, 0x168, 0x3e8,
                                        0x408, 0x410)
RESET = ((DR7, 'Q', 0x400), (DR6, 'Q', 0xffff0ff0),
         (PAT, 'Q', 0x0007040600070406), (XCR0, 'Q', 1), (MXCSR, 'I', 0x1f80),
         (FCW, 'H', 0x37f))


# --- Files -------------------------------------------------------------------

def vmsa(rng):
    """Registers as KVM takes them; seldom a byte that it does not."""
    page = bytearray(snp.vmsa('qemu', rng.choice((0xfffffff0, 0x80b004)),
                              rng.choice((0x800f12, 0xa00f11)),
                              rng.choice((1, 1, 1, 0x21, 0))))
    page[CR0] = rng.choice((0x31, 0x31, 0x10))
    if rng.random() < 0.3:
        start, size = rng.choice(KEPT)
        page[start + rng.randrange(size)] ^= rng.randrange(1, 256)
    if rng.random() < 0.05:
        page[rng.choice((0x0a0, 0x1c0, 0x500, 0xfff))] = 1
    return bytes(page)


class Maker:
    """A file's directives; next is a GPA that no page is at yet. A plain file
    is for SEV-SNP only, and has what all VMMs take."""

    def __init__(self, rng, plain):
        self.rng, self.plain = rng, plain
        self.items, self.areas, self.next = [], 0, 0x100000
        self.contents = [rng.randbytes(16) for _ in range(3)]

    def mask(self):
        return SNP if self.plain else self.rng.choice(
            (SNP,) * 20 + (SNP | TDX,) * 2 + (TDX,))

    def place(self, pages):
        rng = self.rng
        if rng.random() < 0.3:
            self.next += PAGE * rng.randrange(1, 4)
        if rng.random() < 0.05:
            return self.next + 0x40000000
        gpa, self.next = self.next, self.next + PAGE * pages
        return gpa if rng.random() < 0.995 else gpa - PAGE

    def pages(self):
        rng = self.rng
        flags = rng.choice((0,) * 9 + (2, 2) + (4, 6) * (not self.plain))
        kind = rng.choice((0,) * 12 + (1, 2, 2) + (CPUID_XF,) * (
            not self.plain))
        count = rng.choice((1, 1, 2, 3)) if kind == 0 else 1
        data = rng.choice((None, *self.contents))
        to = self.mask()
        for _ in range(count):
            self.items.append(igvm.page(self.place(1), data, flags, to, kind))

    def area(self):
        size = PAGE * self.rng.choice((1, 1, 1, 1, 2, 3))
        self.items.append(igvm.area(size, self.areas))
        if self.rng.random() < 0.5:
            self.items.append(igvm.parameter(self.areas))
        if self.rng.random() < 0.3:
            self.pages()
        self.items.append(igvm.insert(self.place(size // PAGE), self.areas,
                                      self.mask()))
        self.areas += 1

    def context(self):
        rng = self.rng
        self.items.append(igvm.context(
            SNP if self.plain else rng.choice((SNP, ES)),
            VMSA_GPA if rng.random() < 0.9 else self.place(1), vmsa(rng),
            rng.choice((0, 0, 0, 1))))

    def other(self):
        self.items.append(igvm.required(mask=self.mask()))


def make(rng):
    maker = Maker(rng, rng.random() < 0.6)
    steps = rng.choices((maker.pages, maker.area, maker.other), (6, 2, 1),
                        k=rng.randrange(12))
    if rng.random() < 0.7:
        end = len(steps)
        steps.insert(rng.choice((end, end, rng.randint(0, end))),
                     maker.context)
    if rng.random() < 0.1:
        steps.append(maker.context)
    for step in steps:
        step()
    boundary = rng.choice((0, 1 << 39, 1 << 39, 0x102000))
    platforms = [igvm.platform(igvm.SNP, SNP, boundary=boundary),
                 igvm.platform(igvm.SEV_ES, ES, boundary=0)]
    if rng.random() < 0.2:
        platforms.insert(rng.choice((0, 1)), igvm.platform(mask=TDX))
    if rng.random() < 0.05:
        return igvm.Igvm(platforms + maker.items).encode()
    policy = igvm.policy(rng.choice((0x30000, 0xb0000)), SNP)
    items = [*platforms, policy, *maker.items]
    digest = snp_igvm.digest(igvm.Igvm(items).encode())
    for _ in range(rng.choice((0,) * 4 + (1,) * 5 + (2,))):
        items.append(igvm.id_block(rng.choice((bytes(48), digest)), SNP))
    return igvm.Igvm(items).encode()


def edges():
    """Another bit at each end of what KVM takes of a VMSA, and beside it."""
    reset = bytearray(snp.vmsa('qemu', snp.BSP_EIP, 0, 1))
    reset[CR0] = 0x31
    for place in sorted({at for start, size in KEPT
                         for at in (start - 1, start, start + size - 1,
                                    start + size) if at >= 0}):
        registers = reset.copy()
        registers[place] ^= 0x80
        yield igvm.Igvm([
            igvm.platform(igvm.SNP, SNP, boundary=0),
            igvm.policy(0x30000, SNP), igvm.page(0x1000, b'x', mask=SNP),
            igvm.context(SNP, VMSA_GPA, bytes(registers))]).encode()


# --- What may be refused -----------------------------------------------------

class View:
    """What is in a file."""

    def __init__(self, data):
        found = list(igvm_reader.structures(data))
        self.data = data
        self.platforms = [struct.unpack_from('<IBBHQ', body)
                          for kind, body in found if kind == 1]
        self.policies = [struct.unpack_from('<QI', body)
                         for kind, body in found if kind == 0x101]
        self.pages, self.inserts, self.contexts, areas = [], [], [], {}
        for index, (kind, body) in enumerate(found):
            if kind == 0x301:
                size, number = struct.unpack_from('<QI', body)
                areas[number] = size
            elif kind == 0x302:
                self.pages.append((index,) + struct.unpack_from('<QIIIH',
                                                                body))
            elif kind == 0x303:
                gpa, to, number = struct.unpack_from('<QII', body)
                self.inserts.append((index, gpa, to, areas[number]))
            elif kind == 0x304:
                self.contexts.append((index,) + struct.unpack_from('<QIIH',
                                                                   body))
        self.id_blocks = sum(kind == 0x30b for kind, _ in found)

    def vmsas(self):
        return [c for c in self.contexts if c[2] & SNP]

    def registers(self, context):
        return self.data[context[3]:context[3] + PAGE]


def wrong_file(view, name):
    if name == 'spec' and not view.policies:
        yield 'igvm-policy'
    if view.id_blocks > 1:
        yield 'igvm-structure'
    end = next(p[4] for p in view.platforms if p[0] == SNP) or 1 << 52
    for _, gpa, to, _, flags, _ in view.pages:
        if to & SNP and not flags & 4 and gpa + PAGE > end:
            yield 'igvm-field'
    for _, gpa, to, size in view.inserts:
        if to & SNP and gpa + size > end:
            yield 'igvm-field'


def wrong_for_cloud_hypervisor(view, name):
    if view.platforms[0][0] != SNP:
        yield 'igvm-platform'
    for _, _, to, _, _, kind in view.pages:
        if not to & SNP or kind == CPUID_XF:
            yield 'igvm-field'
    if any(not insert[2] & SNP for insert in view.inserts):
        yield 'igvm-field'
    for _, _, to, _, vcpu in view.contexts:
        if not to & SNP or (vcpu and name == 'cloud-hypervisor-mshv'):
            yield 'igvm-context'


def wrong_for_vanadium(view):
    pages = [page for page in view.pages if page[2] & SNP]
    inserts = [insert for insert in view.inserts if insert[2] & SNP]
    if (any(page[4] & 4 for page in pages)
            or any(insert[3] != PAGE for insert in inserts)):
        yield 'igvm-field'
    last = max((found[0] for found in pages + inserts), default=0)
    if ([c[1] for c in view.vmsas()] != [VMSA_GPA]
            or view.vmsas()[0][0] < last):
        yield 'igvm-context'


def wrong_for_kvm(view, name, vcpus, signature, features):
    seen = set()
    for context in view.vmsas():
        registers = bytearray(view.registers(context))
        if (context[1] != VMSA_GPA or not registers[0x3b0] & 1
                or context[4] >= vcpus or context[4] in seen):
            yield 'igvm-context'
        seen.add(context[4])
        for start, size in KEPT:
            registers[start:start + size] = bytes(size)
        if any(registers):
            yield 'igvm-context'
    if not 1 <= vcpus <= 4096:
        yield 'vcpus'
    if 0 in seen and features or 0 not in seen and not features & 1:
        yield 'igvm-request'
    if not seen.issuperset(range(vcpus)):
        if name != 'qemu':
            yield 'igvm-context'
        if not signature:
            yield 'vcpus'


def wrong_places(view, name):
    """What is launched: no page twice, and one at least."""
    if name == 'spec' and not view.policies:
        return
    model = snp_igvm.Loader(view.data, VMMS[name]).pages
    gpas = [page[1] for page in model
            if page[0] != snp.VMSA or not name.startswith('igvmmeasure')]
    if len(set(gpas)) != len(gpas):
        yield 'igvm-overlap'
    if not model:
        yield 'igvm-pages'


def reasons(view, name, vcpus, signature, features):
    """Codes for each of which the library may refuse; none: it must not."""
    yield from wrong_file(view, name)
    if name in KVM:
        yield from wrong_for_kvm(view, name, vcpus, signature, features)
    elif vcpus or signature or features:
        yield 'igvm-request'
    if name.startswith('cloud-hypervisor'):
        yield from wrong_for_cloud_hypervisor(view, name)
    elif name == 'vanadium':
        yield from wrong_for_vanadium(view)
    yield from wrong_places(view, name)


def warnings(view, name, digest):
    if any(policy & 1 << 19 for policy, _ in view.policies):
        yield 'igvm-debug'
    ld = snp_igvm.id_block_digest(view.data)
    if ld is not None and ld != digest:
        yield 'igvm-id-block'
    for context in view.vmsas() if name in KVM else ():
        registers = view.registers(context)
        if struct.unpack_from('<Q', registers, CR0)[0] not in (0x30, 0x31):
            yield 'igvm-vmsa'
        if name == 'cloud-hypervisor-kvm' and any(
                struct.unpack_from('<' + form, registers, at)[0] != value
                for at, form, value in RESET):
            yield 'igvm-vmsa'


# --- The comparison ----------------------------------------------------------

def requests(rng):
    for name in VMMS:
        if name in KVM:
            yield name, rng.choice((1, 1, 1, 2, 5)), 0x800f12, 0
            yield name, rng.choice((0, 1, 1, 2, 4097)), *rng.choice((
                (0x800f12, 1), (0xa00f11, 0x21), (0, 1), (0, 0)))
        else:
            yield name, 0, 0, 0
            if rng.random() < 0.1:
                yield name, *rng.choice(((1, 0, 0), (0, 1, 0), (0, 0, 1)))


def compare(view, request, answer):
    """What became of it; ends the test where it is wrong."""
    codes = set(reasons(view, *request))
    head, *rest = answer.split()
    if codes:
        if head in codes:
            return head
        sys.exit(f'{request}: refused for {sorted(codes)}; got {answer}')
    name, vcpus, signature, features = request
    digest = snp_igvm.digest(view.data, VMMS[name], vcpus, signature)
    if features and name == 'qemu':
        digest = with_features(view, vcpus, signature, features)
    if head != digest.hex():
        sys.exit(f'{request}: {digest.hex()}; got {answer}')
    if set(rest) != set(warnings(view, name, digest)):
        sys.exit(f'{request}: {set(warnings(view, name, digest))}; '
                 f'got {answer}')
    return 'equal'


def with_features(view, vcpus, signature, features):
    """The model's, where the file has no VMSA that says the features."""
    reset = snp.vmsa('qemu', snp.BSP_EIP, signature, features)
    found = {c[4]: view.registers(c) for c in view.vmsas()}
    return snp.chain(snp_igvm.Loader(view.data, 'qemu').pages + [
        (snp.VMSA, VMSA_GPA, found.get(i, reset)) for i in range(vcpus)])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--measure', required=True)
    parser.add_argument('--count', type=int, default=300)
    parser.add_argument('--seed', type=int, default=1)
    args = parser.parse_args()
    rng = random.Random(args.seed)
    asked, lines = [], []
    with tempfile.TemporaryDirectory() as folder:
        files = [make(rng) for _ in range(args.count)] + list(edges())
        for index, data in enumerate(files):
            path = pathlib.Path(folder, f'{index}.igvm')
            path.write_bytes(data)
            view = View(data)
            for request in requests(rng):
                asked.append((path, view, request))
                lines.append(' '.join(map(str, (path, *request))))
        done = subprocess.run([args.measure], input='\n'.join(lines),
                              capture_output=True, text=True, check=True)
    answers = done.stdout.splitlines()
    if len(answers) != len(asked):
        sys.exit(f'{len(answers)} answers to {len(asked)} requests')
    seen = collections.Counter()
    for (path, view, request), answer in zip(asked, answers):
        seen[request[0], compare(view, request, answer)] += 1
    for name in VMMS:
        if seen[name, 'equal'] * 20 < args.count:
            sys.exit(f'{name}: too few digests were compared: {seen}')
    equal = sum(seen[name, 'equal'] for name in VMMS)
    print(f'{len(asked)} requests, {equal} digests equal')


if __name__ == '__main__':
    main()
