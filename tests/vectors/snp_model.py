#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The models of SEV-SNP, SEV-ES and SEV in tests/lib give the values that
others published, and refuse what has no value."""

import base64
import hashlib
import pathlib
import sys
import unittest

sys.path[:0] = [
    str(pathlib.Path(__file__).resolve().parents[1] / folder)
    for folder in ('lib', 'golden')]

import debian  # noqa: E402
import igvm  # noqa: E402
import images  # noqa: E402
import sev  # noqa: E402
import snp  # noqa: E402
import snp_igvm  # noqa: E402
from igvm import SHARED, SNP, UNMEASURED, Igvm  # noqa: E402
from sev import PAGE  # noqa: E402

NORMAL = snp.NORMAL


def sha(data, kind='sha384'):
    return hashlib.new(kind, data).hexdigest()


class Chain(unittest.TestCase):
    """google/gce-tcb-verifier (74582c0), sev/sev_test.go."""

    def test_three_pages(self):
        data = bytearray(3 * PAGE)
        data[:16] = data[-16:] = b'LGTM' * 4
        self.assertEqual(
            snp.chain(snp.normal(0, bytes(data))).hex(),
            'cba1cd767c33b30f96271837dbbae4081a945464a5af397b9b0336b5d8759ee8'
            '8cc6b62c05d915c4424a9ac5747437d4')

    def test_three_zero_pages(self):
        self.assertEqual(
            snp.chain(snp.filled(snp.ZERO, 0x9000, 3 * PAGE)).hex(),
            '4bfe18477ba370a50329da74b9621e721c4f29663176e08fbcf088a17c1bc45f'
            '133898b86d5082acbe202a6e9419808a')

    def test_zero_page(self):
        """head -c 4096 /dev/zero | sha384sum"""
        self.assertEqual(
            snp.ZERO_HASH.hex(),
            'c0e59a3e3ffbd3b5c75428fb36432facabc745944296ff515f737c4fef4efc64'
            '586809f7a16f56354a1eaecf2aa8d774')


class Vmsa(unittest.TestCase):
    """Hashes of sev-snp-measure 0.0.13's VMSAs, of an EPYC-v4, features 1."""

    KNOWN = (
        ('qemu', snp.BSP_EIP,
         '77920c4c629ff47e90c0e174fc1ad0eb6fa664f88cd4739488058a8c6cb1a77b'
         '3856f55378e9518d0da99452d51c553a'),
        ('qemu', 0x80b004,
         '8413b852790765a310d95867a8b00bfca3a802b5a80830044b45e253fe962226'
         '57e11e53fcf63eb0e0afd722385bf7b4'),
        ('ec2', snp.BSP_EIP,
         'd08442e8bcdb6a5dcd7f22e4f7fd6979beffb9f0bb54a9d1977407fe84f482ab'
         'f23c1baae6ce95a6a9e7a94c3c51f412'),
        ('gce', snp.BSP_EIP,
         'f9e03177dad7f4819ee193af7cfb70507d8a923ab513412e908bc73460a9dfda'
         'a54215d58952816118ffb2ec281e7fd2'),
        ('qemu', 0xff0000ff,
         '8f584dc61704e3d6ca58caefdc623a4de55b4ea1a196ce0b4771ac174c975e46'
         '4fc56eeed86f8ef0d86124ab9e972445'),
        ('ec2', 0x80b004,
         'acff2d22db95b8eb82272d844aa2ad1f8f84218ccbab003697acade12228a6e9'
         '01256e160d41713c22fed92e0a1ed0e1'),
        ('gce', 0x80b004,
         '5302d262c88780a7a13159a327fa99cf188cab234c680e1f3b6729171380a431'
         '2511813a354cab136d69c778050c245a'),
        # Of 0.0.12.
        ('ec2-rdx-0', snp.BSP_EIP,
         '1ce642f84290ae8cabc97e93c602d756bbbad7c1a3b7973180b02a4aec331fde'
         'a29155cacc988601047a7457eea1025b'))
    SVSM = ('bfae084ebee4609ff355b41f5d71be07efa5f7b42c77589c3f4b2db6f31d7628'
            'b72a0df072010ce0a07fc053a3a4e3bd')

    def test_svsm(self):
        self.assertEqual(sha(snp.svsm_vmsa(0xffbf1234)), self.SVSM)

    def test_known(self):
        for vmm, eip, expected in self.KNOWN:
            with self.subTest(vmm=vmm, eip=hex(eip)):
                self.assertEqual(sha(snp.vmsa(vmm, eip)), expected)

    def test_signatures(self):
        """QEMU target/i386/cpu.c has families, models and steppings."""
        for name, expected in (
                ('EPYC-v4', 0x800f12), ('EPYC-Rome', 0x830f10),
                ('EPYC-Milan', 0xa00f11), ('EPYC-Genoa', 0xa10f10),
                ('EPYC-Turin', 0xb00f00)):
            self.assertEqual(snp.VCPU_TYPES[name], expected, name)
        self.assertEqual(snp.cpuid_signature(6, 0x1a, 3), 0x106a3)

    def test_features_and_signature_are_in_it(self):
        page = snp.vmsa(signature=0xa00f11, features=0x21)
        self.assertEqual(page[0x3b0:0x3b8], b'\x21' + bytes(7))
        self.assertEqual(page[0x310:0x318], bytes.fromhex('110fa00000000000'))
        self.assertEqual(snp.vmsa('gce', signature=1),
                         snp.vmsa('gce', signature=2))


class KernelHashes(unittest.TestCase):
    KNOWN = bytes.fromhex(
        '06d63894224fc94cb479a793d411fd21a800'
        'd82dd09720bd944caa78e7714d36ab2a3200f18aae9b3c09e55bc3047ad361e2442d'
        '7c53372470b2958fb83293209a784f71'
        '31f7ba442f3ad74b9af141e29169781d320072debe36f1638cd511ef0885e2330667'
        'd2eed9b3f61f6230ab1243807c4d6416'
        '3794e74dd2ab7f42b835d5b172d2045b32001d03e0db46b123785937b3b52dff8cff'
        '93d57641a92b64593b107608c13990b8'
        '0000000000000000')

    def test_table(self):
        """The bytes are sev-snp-measure's (SevHashes.construct_table)."""
        self.assertEqual(
            snp.hash_table(b'fake-kernel-0123456789', b'fake-initrd-abcdef',
                           'console=ttyS0'), self.KNOWN)

    def test_nothing_given(self):
        table = snp.hash_table(b'kernel')
        self.assertEqual(table, snp.hash_table(b'kernel', b'', ''))
        self.assertEqual(table[36:68].hex(), sha(b'\0', 'sha256'))
        self.assertEqual(table[86:118].hex(), sha(b'', 'sha256'))

    def test_place(self):
        image = sev.image().data
        hashes = snp.kernel_hashes(snp.firmware(image), b'kernel', None, None)
        kind, gpa, page = snp.hash_page(sev.GOOD[-1], hashes)
        self.assertEqual((kind, gpa, len(page)), (NORMAL, 0x810000, PAGE))
        self.assertEqual(page.find(snp.hash_table(b'kernel')), 0xc00)
        self.assertEqual(page.count(0, 0, 0xc00), 0xc00)


class Digests(unittest.TestCase):
    CLEAN = ('47478af62c0a1b7beeadfaa3ede8ee05'
             '527242eec3476db94f5a718ef588eccf')
    OVMF, CODE = debian.OVMF, debian.FOLDER + 'OVMF_CODE_4M.fd'

    def test_clean_example(self):
        """gce-tcb-verifier (74582c0), sev/sev_test.go: Milan, one vCPU."""
        image = sev.clean_example()
        self.assertEqual(sha(image, 'sha256'), self.CLEAN)
        self.assertEqual(
            snp.launch_digest(image, vmm='gce').hex(),
            '301a56e0014065ed60a3c848ea0d3d0b2aa46f4bfea9ddeadbc602146d4c0878'
            '51ab2c15d573f8b2a42ecc82d74c9db8')

    def debian(self, file):
        path = pathlib.Path(file)
        if not path.exists() or sha(path.read_bytes(), 'sha256') != \
                debian.SHA256[file,]:
            self.skipTest(f'{file} is not that of ovmf 2022.11-6+deb12u2')
        return path.read_bytes()

    def test_debian(self):
        """sev-snp-measure 0.0.13, of one EPYC-v4, --guest-features 0x1."""
        image = self.debian(self.OVMF)
        self.assertEqual(
            snp.firmware_digest(image).hex(),
            'ba2c811512ef868474f239a21f7d7057d65a20de87a003c4f116e4fb1573183b'
            'fbcd75c3e99b2f558575a5d0094f73c6')
        expected = (
            '11570979c77a0adb515761a702527c8b9e11554e730552621d950988613a3a75'
            'c6ff1703f540bd22a9beede8fe7a97e3')
        self.assertEqual(snp.launch_digest(image).hex(), expected)
        self.assertEqual(snp.launch_digest(
            image, resume=snp.firmware_digest(image)).hex(), expected)
        self.assertEqual(snp.launch_fails(image), set())

    def test_debian_without_metadata(self):
        """Likewise; QEMU does not launch it."""
        image = self.debian(self.CODE)
        self.assertEqual(
            snp.launch_digest(image).hex(),
            '68d8e64d29b9823e790b0a4c94d8b6cba4bf4322df2197c09eb0942ed07fe8a0'
            'f922ed49fe9fbfb33150e2bd858c8a70')
        self.assertEqual(snp.launch_fails(image), {'no-metadata'})

    def test_order(self):
        """EC2 has the CPUID page last, GCE does not measure SEC_MEM."""
        sections = (sev.Section(0x1000, PAGE, sev.CPUID),
                    sev.Section(0x2000, 2 * PAGE, sev.SEC_MEM),
                    sev.Section(0x4000, PAGE, sev.SVSM_CAA),
                    sev.Section(0x5000, PAGE, sev.SECRETS),
                    sev.Section(0x6000, PAGE, sev.KERNEL_HASHES))
        middle = [(snp.ZERO, 0x2000), (snp.ZERO, 0x3000), (snp.ZERO, 0x4000),
                  (snp.SECRETS_PAGE, 0x5000), (snp.ZERO, 0x6000)]
        cpuid = (snp.CPUID_PAGE, 0x1000)
        unmeasured = [(snp.UNMEASURED, 0x2000), (snp.UNMEASURED, 0x3000)]
        for vmm, expected in (('qemu', [cpuid, *middle]),
                              ('ec2', [*middle, cpuid]),
                              ('gce', [cpuid, *unmeasured, *middle[2:]])):
            with self.subTest(vmm):
                self.assertEqual(list(snp.metadata_pages(sections, vmm)),
                                 expected)

    def test_whole_launch(self):
        """Page by page: firmware, metadata, hashes, BSP, AP."""
        image = sev.image().data
        pages = [(NORMAL, 0xffff0000 + at, image[at:at + PAGE])
                 for at in range(0, 0x10000, PAGE)]
        pages += [(snp.ZERO, gpa) for gpa in range(0x800000, 0x80d000, PAGE)
                  if gpa != 0x809000]
        pages += [(snp.SECRETS_PAGE, 0x80d000), (snp.CPUID_PAGE, 0x80e000),
                  (snp.ZERO, 0x80f000)]
        pages += [(snp.ZERO, gpa) for gpa in range(0x811000, 0x830000, PAGE)]
        table = snp.hash_table(b'kernel', b'initrd', 'quiet')
        pages += [(NORMAL, 0x810000,
                   bytes(0xc00) + table + bytes(PAGE - 0xc00 - len(table)))]
        pages += [(snp.VMSA, 0xfffffffff000, snp.vmsa('qemu', eip, 0xa00f11))
                  for eip in (0xfffffff0, 0x80b004)]
        self.assertEqual(snp.launch_digest(
            image, vcpus=2, signature=0xa00f11, kernel=b'kernel',
            initrd=b'initrd', append='quiet'), snp.chain(pages))

    def test_image_for_tdx_too(self):
        image = sev.image(tdx=images.GOOD)
        self.assertEqual(snp.firmware(image.data).sections, list(sev.GOOD))
        self.assertEqual(images.decode(image.data), list(images.GOOD))

    def test_sev(self):
        image, kernel = sev.image().data, b'kernel'
        table = snp.hash_table(kernel)
        self.assertEqual(snp.sev_digest(image).hex(), sha(image, 'sha256'))
        self.assertEqual(snp.sev_digest(image, kernel=kernel).hex(),
                         sha(image + table, 'sha256'))
        pages = snp.vmsa(features=0) + snp.vmsa('qemu', 0x80b004, features=0)
        self.assertEqual(
            snp.sev_es_digest(image, vcpus=2, kernel=kernel).hex(),
            sha(image + table + pages, 'sha256'))
        self.assertEqual(snp.sev_es_digest(image).hex(),
                         sha(image + snp.vmsa(features=0), 'sha256'))

    def test_svsm(self):
        firmware, file = sev.image().data, sev.svsm(offset=0x123).data
        low = (1 << 32) - len(firmware) - 0x4000 - len(file)
        pages = [*snp.normal((1 << 32) - len(firmware), firmware),
                 *snp.normal(low, file), (snp.CPUID_PAGE, 0x808000),
                 (snp.SECRETS_PAGE, 0x809000)]
        pages += [(snp.VMSA, snp.VMSA_GPA, snp.svsm_vmsa(low + 0x123))] * 2
        for vcpus in (2, 1):
            self.assertEqual(
                snp.svsm_digest(firmware, file, vcpus=vcpus,
                                vars_size=0x4000), snp.chain(pages))
            pages.pop()
        self.assertEqual(snp.svsm_digest(firmware, file, vcpus=1),
                         snp.svsm_digest(firmware, file))


class Refusals(unittest.TestCase):
    def refused(self, code, function, *args, **more):
        with self.assertRaises(snp.Refused) as caught:
            function(*args, **more)
        self.assertEqual(caught.exception.code, code)

    def test_images(self):
        for cases, more in ((sev.bad, {}),
                            (sev.bad_for_kernel, {'kernel': b'kernel'}),
                            (sev.bad_for_gce, {'vmm': 'gce'})):
            for code, name, image in cases():
                with self.subTest(code, name=name):
                    self.refused(code, snp.launch_digest, image.data, **more)

    def test_accepted_otherwise(self):
        """What is refused for one purpose only is good for another."""
        for _, name, image in (*sev.bad_for_kernel(), *sev.bad_for_gce()):
            with self.subTest(name):
                self.assertEqual(len(snp.launch_digest(image.data)), 48)
        self.assertEqual(snp.launch_fails(
            list(sev.bad_for_gce())[-1][2].data), {'section-empty'})

    def test_limits(self):
        """What is just good enough."""
        for name, image in (
                ('metadata of no sections in the last bytes',
                 sev.image([], from_end=16, entries=[
                     sev.metadata_entry(16), sev.reset_entry()])),
                ('metadata in the first bytes', sev.image(
                    from_end=images.SIZE, entries=[
                        sev.metadata_entry(images.SIZE),
                        sev.reset_entry()])),
                ('metadata to the end', sev.image(length=sev.FROM_END)),
                ('an entry without data', sev.image(
                    entries=[*sev.ENTRIES, images.entry(images.OTHER)])),
                ('sections that touch', sev.image([
                    sev.Section(0x80000000, PAGE, sev.SECRETS),
                    sev.Section(0x80001000, 0x7ffef000 - PAGE,
                                sev.SVSM_CAA)]))):
            with self.subTest(name):
                fw = snp.firmware(image.data)
                self.assertEqual(tuple(fw.sections), image.sections)
                snp.check_overlap(fw.sections, (fw.gpa, 1 << 32))
        for entry in (sev.hashes_entry(0x810000, 176),
                      sev.hashes_entry(0x811000 - 176)):
            image = sev.image(entries=[*sev.ENTRIES[:2], entry])
            self.assertEqual(len(snp.launch_digest(image.data, kernel=b'')),
                             48)

    def test_options(self):
        image, file = sev.image().data, sev.svsm().data
        for more in ({'initrd': b''}, {'append': ''}):
            for function in (snp.launch_digest, snp.sev_digest,
                             snp.sev_es_digest):
                self.refused('no-kernel', function, image, **more)
        self.refused('vcpus', snp.launch_digest, image, vcpus=0)
        self.refused('vcpus', snp.sev_es_digest, image, vcpus=0)
        self.refused('vcpus', snp.svsm_digest, image, file, vcpus=0)
        self.refused('resume', snp.launch_digest, image, resume=bytes(32))
        self.refused('vars-size', snp.svsm_digest, image, file, vars_size=1)
        self.refused('no-svsm-info', snp.svsm_digest, image, image)
        for data in (image[1:], b''):
            self.refused('size', snp.sev_digest, data)
            self.refused('size', snp.firmware_digest, data)
            self.refused('size', snp.svsm_digest, data, file)
        self.refused('size', snp.svsm_digest, image, file,
                     vars_size=(1 << 32) - len(image))


class OfIgvm(unittest.TestCase):
    # Written by the igvm crate's own serializer.
    FILE = 'e1f78a5007bf9450d33c259fa9a1a42363b1d907cdfb9717fc1ff6984f91e1f3'
    # microsoft/openvmm, vm/loader/igvmfilegen/src/file_loader.rs,
    # test_snp_measurement.
    KNOWN = ('889a19386c82e2219bded3e92a764e8c00c29b966d04a662bca6cfdfec647b90'
             '51995653390783846557913263d71c4f')
    # The igvm crate's algorithm over the same pages, those of zeros as ZERO;
    # it leaves the shared page out, igvmmeasure does not.
    NATIVE = (
        '5096557ae116562de343a2e3fcd31a278974faee627ba5addf0bafe145a152cd'
        '1678560fee96c564afbd59edb3da98ad')

    def test_openvmm(self):
        for version in (1, 2):
            self.assertEqual(snp_igvm.digest(
                igvm.known_snp(version).encode()).hex(), self.KNOWN)
        self.assertEqual(sha(igvm.known_snp().encode(), 'sha256'), self.FILE)

    def test_openvmm_native_zero(self):
        file = igvm.known_snp()
        private = file._replace(items=file.items[:-1]).encode()
        self.assertEqual(snp_igvm.digest(private, 'native-zero').hex(),
                         self.NATIVE)
        self.assertNotEqual(
            snp_igvm.digest(file.encode(), 'native-zero').hex(), self.NATIVE)

    def test_rules(self):
        """The same file, as each of the loaders goes through it."""
        data, one, vmsa = b'\1'.ljust(PAGE, b'\0'), b'\2' * PAGE, b'\3' * PAGE
        file = Igvm([
            igvm.platform(SNP, 2, boundary=1 << 39), igvm.platform(),
            igvm.policy(0x30000, 2), igvm.area(2 * PAGE),
            igvm.page(0x8000, data, mask=2), igvm.page(0x9000, one, mask=3),
            igvm.context(2, 0x7000, vmsa), igvm.insert(0x4000, mask=2),
            igvm.page(0xa000, mask=2), igvm.page(0xb000, mask=1),
            igvm.page(0x1000, one, SHARED, 2),
            igvm.page(0x2000, one, UNMEASURED, 2),
            igvm.page(0x3000, mask=2, kind=1),
            igvm.page(0x6000, mask=2, kind=3)]).encode()
        first = [(NORMAL, 0x8000, data)]
        second = [(NORMAL, 0x9000, one)]
        place = [(snp.VMSA, 0x7000, vmsa)]
        end = [(snp.VMSA, 0xfffffffff000, vmsa)]
        area = [(snp.UNMEASURED, 0x4000), (snp.UNMEASURED, 0x5000)]
        empty = [(NORMAL, 0xa000, bytes(PAGE))]
        zero = [(snp.ZERO, 0xa000)]
        shared = [(NORMAL, 0x1000, one)]
        # The three that follow, and what is between them by GPA.
        rest = [(snp.UNMEASURED, 0x2000), (snp.SECRETS_PAGE, 0x3000)]
        cpuid = [(snp.CPUID_PAGE, 0x6000)]
        expected = {
            'spec': first + second + place + area + empty + rest + cpuid,
            'igvmmeasure': (first + second + place + area[:1] + empty + shared
                            + rest + cpuid),
            'native-zero': (first + second + place + area[:1] + zero + shared
                            + rest + cpuid),
            # Another mask ends the run of the first page; the second page
            # is held until 0xa000, which has no data, ends its run.
            'qemu': (first + area + second + empty + shared + rest + cpuid
                     + end),
            'cloud-hypervisor-kvm': (first + second + area + zero + shared
                                     + rest + cpuid + end),
            'cloud-hypervisor-mshv': (shared + rest + area[:1] + cpuid + place
                                      + first + second + empty),
            'vanadium': first + second + place + area + zero + rest + cpuid,
        }
        self.assertEqual(set(expected), set(snp_igvm.RULES))
        for rule, pages in expected.items():
            with self.subTest(rule):
                self.assertEqual(snp_igvm.digest(file, rule),
                                 snp.chain(pages))

    def test_vmsa_of_another_platform(self):
        """igvmmeasure does not look at its mask."""
        vmsa = b'\1' * PAGE
        file = Igvm([igvm.platform(SNP), igvm.platform(igvm.SEV_ES, 2),
                     igvm.policy(), igvm.context(2, data=vmsa)]).encode()
        for rule in ('spec', 'cloud-hypervisor-mshv'):
            self.assertEqual(snp_igvm.pages(file, rule), [])
        for rule in ('igvmmeasure', 'native-zero'):
            self.assertEqual(snp_igvm.pages(file, rule),
                             [(snp.VMSA, 0xfffffffff000, vmsa)])

    def test_runs_of_qemu(self):
        """A run goes on over pages that follow each other in the file and in
        memory; parameters come before the run that is held."""
        page, area = igvm.page, [igvm.area(), igvm.area(index=1)]
        first, last = igvm.insert(0x8000), igvm.insert(0x9000, 1)
        for items, order in (
                ([page(0x1000), page(0x2000), page(0x3000), first, last],
                 [8, 9, 1, 2, 3]),
                ([page(0x1000), first, page(0x2000), last, page(0x3000)],
                 [8, 1, 9, 2, 3]),
                ([page(0x1000), page(0x3000), first], [1, 8, 3]),
                ([page(0x2000), page(0x1000), first], [2, 8, 1]),
                ([page(0x1000), page(0x2000, b'1'), first], [1, 8, 2]),
                ([page(0x1000), page(0x2000, kind=1), first], [1, 8, 2]),
                ([page(0x1000), page(0x2000, flags=UNMEASURED), first],
                 [1, 8, 2])):
            file = Igvm([igvm.platform(SNP), *area, *items]).encode()
            self.assertEqual([page[1] >> 12 for page in snp_igvm.pages(
                file, 'qemu')][:-1], order)

    def test_vcpus(self):
        """KVM measures all, those of which the file says nothing at reset."""
        bsp = snp.vmsa(features=0x21)
        file = Igvm([igvm.platform(SNP), igvm.context(1, data=bsp)]).encode()
        pages = snp_igvm.pages(file, 'qemu', 3, 0xa00f11)
        reset = snp.vmsa(signature=0xa00f11, features=0x21)
        self.assertEqual([page[2] for page in pages], [bsp, reset, reset])
        file = Igvm([igvm.platform(SNP)]).encode()
        self.assertEqual(snp_igvm.pages(file, 'qemu'),
                         [(snp.VMSA, 0xfffffffff000, snp.vmsa())])

    def test_id_block(self):
        file = Igvm([igvm.platform(SNP), igvm.id_block(bytes(range(48)), 1)])
        self.assertEqual(snp_igvm.id_block_digest(file.encode()),
                         bytes(range(48)))
        self.assertIsNone(snp_igvm.id_block_digest(
            igvm.known_snp().encode()))

    def test_refusals(self):
        snp_platform = igvm.platform(SNP)
        for code, items in (
                ('no-snp-platform', [igvm.platform(), igvm.policy()]),
                ('no-policy', [snp_platform, igvm.page(0)]),
                ('page-flags', [snp_platform, igvm.page(0, flags=1)]),
                ('page-flags', [snp_platform, igvm.page(0, flags=8)]),
                ('data-type', [snp_platform, igvm.page(0, kind=4)]),
                ('data-offset', [snp_platform, igvm.policy(),
                                 igvm.page(0, 0x1000)]),
                ('area-size', [snp_platform, igvm.area(PAGE + 1)]),
                ('area-index', [snp_platform, igvm.insert(0)]),
                ('area-index', [snp_platform, igvm.area(), igvm.insert(0),
                                igvm.insert(PAGE)])):
            with self.subTest(code):
                with self.assertRaises(snp.Refused) as caught:
                    snp_igvm.digest(Igvm(items).encode())
                self.assertEqual(caught.exception.code, code)


class IdBlock(unittest.TestCase):
    """virtee/sev-snp-measure, tests/test_id_block.py and tests/keyfile."""

    DIGEST = base64.b64decode(
        'B28FLQi9p6cAqipgjFyqawDrrSl7bWioWkWx5mmlWLZ+G5HShKMB/mPE+gdQRn7t')
    ID_KEY = (
        'b20fd1a1c2bd2b65183a76e2390ac805f6d8e5e2af725e5a8e93cf87ec029f9d'
        '45eb326b04b92beb714e14fa986f8a9a',
        '2c94a0b8ab30cc76352675944876891e954ff6ef5826a6231ba6d6d7f6ebfb68'
        'ce330e1e59394efb7080883ddc69364b')
    AUTHOR_KEY = (
        '06811fc62409bf2d9ae51c07423254d893c6c23fbf164af3383b0f813a627e61'
        '68d9067a7f4bd97990588c18411210a0',
        '32b420a22656d271dcfd4e25668c72fd58bb5f6851fe472f9d160f880b14df4c'
        '3623068962cde4d608e737342da912c9')

    def test_block(self):
        self.assertEqual(
            base64.b64encode(snp.id_block(self.DIGEST)).decode(),
            'B28FLQi9p6cAqipgjFyqawDrrSl7bWioWkWx5mmlWLZ+G5HShKMB/mPE+gdQRn7t'
            'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABAAAAAAAAAAAAAwAAAAAA')

    def test_key_digests(self):
        for key, expected in (
                (self.ID_KEY,
                 'hwt+NcU/inLQ0yL3WrKvgmJ5Kq9leWIs5BMcPyHyied8sFYKXjuQs5MuZ07H'
                 'CcsU'),
                (self.AUTHOR_KEY,
                 'YxEcNLv8Ckk4+aAJvQdJgNgXIyPmFZnJ/TNtqGcySOHcqY0L6PdjdqEGuK/U'
                 'wKBX')):
            numbers = [int(number, 16) for number in key]
            self.assertEqual(
                base64.b64encode(snp.key_digest(*numbers)).decode(), expected)

    def test_auth(self):
        """AMD 56860, ID_AUTH: offsets."""
        key, author = (1, 2), (3, 4)
        auth = snp.id_auth(key, (5, 6), author, (7, 8))
        self.assertEqual(len(auth), 4096)
        self.assertEqual({at for at in range(4096) if auth[at]}, {
            0, 4, 0x40, 0x40 + 72, 0x240, 0x244, 0x244 + 72, 0x680,
            0x680 + 72, 0x880, 0x884, 0x884 + 72})
        alone = snp.id_auth(key, (5, 6))
        self.assertEqual((auth[0], auth[4]), (1, 1))
        self.assertEqual(alone[:0x680], auth[:4] + bytes(4) + auth[8:0x680])
        self.assertEqual(alone[0x680:], bytes(4096 - 0x680))


if __name__ == '__main__':
    unittest.main()
