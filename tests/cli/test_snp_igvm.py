# SPDX-License-Identifier: Apache-2.0
"""--platform snp of IGVM files. Expected values are of tests/lib/snp_igvm.py;
tests/differential/igvm_snp.py has many more, by the library."""

import igvm
import snp
import snp_igvm
from support import TestCase, calc

PAGE = 4096
SNP = ('--platform', 'snp')
MODEL = {'igvmmeasure-native-zero': 'native-zero'}
VCPU = ('--vcpus', '2', '--vcpu-type', 'EPYC-v4')


def file(*items, policy=0x30000):
    """With a page, zeros, parameters after pages, and a VMSA."""
    registers = bytearray(snp.vmsa('qemu', snp.BSP_EIP, 0, 1))
    registers[0x158] = 0x31
    return igvm.Igvm([
        igvm.platform(igvm.SNP, 1, boundary=0),
        *([] if policy is None else [igvm.policy(policy, 1)]),
        igvm.area(), igvm.page(0x9000, b'one'), igvm.page(0x5000),
        igvm.page(0x6000, kind=1), igvm.insert(0x4000),
        igvm.context(1, data=bytes(registers)), *items]).encode()


class SnpIgvm(TestCase):
    def expect(self, data, vmm, *args, line=None, **more):
        self.write('fw', data)
        value = snp_igvm.digest(data, MODEL.get(vmm, vmm), **more)
        self.check(calc(*SNP, *args, 'fw'), 0, value.hex() + '\n',
                   *([line] if line else []))

    def test_vmms(self):
        """Each VMM has a value of its own but for those that agree here."""
        values = set()
        for vmm in ('spec', 'cloud-hypervisor-mshv', 'vanadium', 'igvmmeasure',
                    'igvmmeasure-native-zero'):
            self.expect(file(), vmm, '--vmm', vmm)
            values.add(snp_igvm.digest(file(), MODEL.get(vmm, vmm)))
        self.expect(file(), 'qemu', '--vmm', 'qemu', *VCPU, vcpus=2)
        values.add(snp_igvm.digest(file(), 'qemu'))
        self.assertEqual(len(values), 4)

    def test_default(self):
        self.expect(file(), 'spec')

    def test_warnings(self):
        self.expect(
            file(policy=0xb0000), 'spec',
            line='fw: warning: offset 0x38: GUEST_POLICY: it '
            "ALLOWS DEBUGGING: the host may read and change the guest's "
            'memory. The launch digest does not tell; bit 19 of the report\'s '
            'POLICY does [igvm-debug]')
        data = file().replace(b'\x31' + bytes(7) + b'\0\4', b'\x11' + bytes(7)
                              + b'\0\4')
        self.expect(
            data, 'qemu', '--vmm', 'qemu', *VCPU, vcpus=2,
            line='fw: warning: offset 0xe0: VP_CONTEXT of virtual '
            'CPU 0: the register at 0x158 of the VMSA is 0x11, neither 0x30 '
            'nor 0x31, as igvmmeasure --check-kvm demands of CR0; KVM may '
            'measure another VMSA [igvm-vmsa]')

    def test_id_block(self):
        """The file's own digest is compared, and a wrong one is said."""
        value = snp_igvm.digest(file(), 'spec')
        self.expect(file(igvm.id_block(value, 1)), 'spec')
        wrong = file(igvm.id_block(value[:-1] + bytes([value[-1] ^ 1]), 1))
        self.write('fw', wrong)
        for args in ('fw',), ('fw', 'fw'):
            done = calc(*SNP, *args)
            self.assertEqual(done.status, 0)
            self.assertIn(value.hex(), done.text)
            self.assertEqual(len(done.lines), len(args))
            for line in done.lines:
                self.assertRegex(line, r'^fw: warning: .* \[igvm-id-block\]$')
        # Where the value is shown or published, too.
        done = calc('show', *SNP, 'fw')
        self.assertIn('[igvm-id-block]', done.text)
        done = calc('reference', *SNP, '--format', 'json', 'fw')
        self.assertIn(value.hex(), done.text)
        self.assertRegex(done.lines[0],
                         r'^fw: warning: .* \[igvm-id-block\]$')

    def test_lists(self):
        """A line is for the VMM that it names, as it was printed; the value
        that another one gives is wrong for it."""
        self.write('fw', file())
        lines = {}
        for vmm, more in (('spec', ()), ('vanadium', ()), ('qemu', VCPU),
                          ('cloud-hypervisor-mshv', ()), ('igvmmeasure', ())):
            made = calc(*SNP, '--vmm', vmm, *more, '--tag', 'fw')
            self.assertTrue(made.text.startswith(f'SNP[{vmm}'), made)
            label, value = made.text.split(' = ')
            lines[label] = value.strip()
        for label in lines:
            for value in set(lines.values()):
                done = calc('-c', '-', stdin=f'{label} = {value}\n'.encode())
                good = value == lines[label]
                self.assertEqual((done.status, done.text.split()[1]),
                                 (0, 'OK') if good else (1, 'FAILED'),
                                 (label, done))
        self.assertGreater(len(set(lines.values())), 2)

    def test_refusals(self):
        """Requests that the file answers itself, and VMMs of flat images."""
        self.write('fw', file(policy=None))
        self.refuses('igvm-policy')
        self.write('fw', file())
        self.refuses('igvm-request', '--vcpus', '1')
        self.refuses('igvm-request', '--guest-features', '1')
        self.refuses('vmm-format', '--vmm', 'ec2', '--vcpus', '1')
        self.refuses('vcpus', '--vmm', 'qemu')
        self.refuses('igvm-context', '--vmm', 'cloud-hypervisor-kvm', *VCPU)

    def refuses(self, code, *args):
        done = calc(*SNP, *args, 'fw')
        self.refused(done, 3)
        self.assertTrue(done.lines[0].endswith(f' [{code}]'), done)
