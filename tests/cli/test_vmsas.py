# SPDX-License-Identifier: Apache-2.0
"""--dump-vmsa and --vmsa-out: the VMSAs of a launch as files, which are those
of tests/lib/snp.py."""

import glob
import os

import igvm
import sev
import snp
from support import TestCase, calc

TYPE = ('--vcpu-type', 'EPYC-v4')


def launch(platform='snp', count=3, *more):
    return ['--platform', platform, '--vcpus', str(count), *TYPE, *more, 'fw']


def pages(vmm='qemu', count=3, features=1):
    return [snp.vmsa(vmm, sev.RESET_EIP if number else snp.BSP_EIP,
                     snp.EPYC_V4, features) for number in range(count)]


class Vmsas(TestCase):
    def setUp(self):
        super().setUp()
        self.write('fw', sev.image())

    def dumped(self):
        """The files' bytes by their names."""
        found = {}
        for name in glob.glob('vmsa*'):
            with open(name, 'rb') as file:
                found[name] = file.read()
            os.remove(name)
        return found

    def test_bytes(self):
        """Of each VMM and platform; what is printed stays as it is."""
        for args, wanted in (
                (launch(), pages()), (launch(count=1), pages(count=1)),
                (launch('snp', 3, '--vmm', 'ec2'), pages('ec2')),
                (launch('snp', 3, '--vmm', 'gce'), pages('gce')),
                (launch('snp', 2, '--guest-features', '0x21'),
                 pages(count=2, features=0x21)),
                (launch('sev-es', 12), pages(count=12, features=0))):
            printed = calc(*args)
            self.assertEqual(calc('--dump-vmsa', *args), printed)
            self.assertEqual(self.dumped(), {
                f'vmsa{number}.bin': page
                for number, page in enumerate(wanted)})
            self.assertEqual(calc('--vmsa-out', 'vmsas', *args), printed)
            self.assertEqual(self.dumped(), {'vmsas': b''.join(wanted)})
            self.assertEqual(calc('--json', '--vmsa-out', 'vmsas', *args),
                             calc('--json', *args))
            self.assertEqual(self.dumped(), {'vmsas': b''.join(wanted)})

    def test_svsm(self):
        svsm = sev.svsm()
        self.write('svsm', svsm)
        start = sev.TOP - len(sev.image().data) - 4096 - len(svsm.data) + 0x100
        done = calc('--dump-vmsa', *launch('snp', 2, '--svsm', 'svsm',
                                           '--vars-size', '4096'))
        self.assertEqual(done.status, 0)
        page = snp.svsm_vmsa(start)
        self.assertEqual(self.dumped(), {'vmsa0.bin': page, 'vmsa1.bin': page})

    def test_igvm(self):
        """The file's own."""
        page = b'vmsa'.ljust(sev.PAGE, b'\1')
        self.write('igvm', igvm.Igvm([
            igvm.platform(igvm.SNP), igvm.policy(0x30000),
            igvm.page(0, b'x'), igvm.context(1, data=page)]).encode())
        done = calc('--platform', 'snp', '--vmsa-out', 'vmsas', 'igvm')
        self.assertEqual((done.status, done.stderr), (0, b''))
        self.assertEqual(self.dumped(), {'vmsas': page})
        self.write('igvm', igvm.known_snp().encode())
        for option in ['--dump-vmsa'], ['--vmsa-out', 'vmsas']:
            self.refused(calc('--platform', 'snp', *option, 'igvm'), 2,
                         'there is no VMSA in this launch that --dump-vmsa or '
                         '--vmsa-out could write; try \'mrtd-calc --help\'')
            self.assertEqual(self.dumped(), {})

    def test_replaced(self):
        """Only VMSAs, whole ones; all files or none."""
        self.write('vmsa0.bin', pages('gce')[0])
        self.write('vmsa2.bin', b'')
        self.assertEqual(calc('--dump-vmsa', *launch()).status, 0)
        good = {f'vmsa{n}.bin': page for n, page in enumerate(pages())}
        self.assertEqual(self.dumped(), good)
        for foreign in (b'notes', pages()[0][:-1], pages()[0] + b'x',
                        bytes(4096)):
            self.write('vmsa1.bin', foreign)
            self.refused(calc('--dump-vmsa', *launch()), 2,
                         './vmsa1.bin: it is there already and is not a VMSA; '
                         'add --force if it is to be replaced')
            self.assertEqual(self.dumped(), {'vmsa1.bin': foreign})
            self.write('vmsa1.bin', foreign)
            self.assertEqual(calc('--dump-vmsa', '--force', *launch()).status,
                             0)
            self.assertEqual(self.dumped(), good)
        os.link('fw', 'vmsa1.bin')
        self.assertEqual(calc('--dump-vmsa', '--force', *launch()).status, 2)
        self.assertEqual(sorted(os.listdir('.')), ['fw', 'vmsa1.bin'])

    def test_refused_image(self):
        """Nothing is written, and what was there stays."""
        self.write('vmsas', pages()[0])
        self.write('fw', sev.image(version=2))
        self.assertEqual(calc('--vmsa-out', 'vmsas', *launch()).status, 3)
        self.assertEqual(calc('--dump-vmsa', *launch()).status, 3)
        self.assertEqual(self.dumped(), {'vmsas': pages()[0]})

    def test_options(self):
        for args, what in (
                (['--platform', 'sev', '--dump-vmsa', 'fw'],
                 'are for --platform snp and sev-es'),
                (['--vmsa-out', 'x', 'fw'], 'are for --platform snp'),
                (['--platform', 'snp', '--ovmf-hash', '--dump-vmsa', 'fw'],
                 'are for --platform snp and sev-es'),
                (['--dump-vmsa', 'fw', *launch()], 'a single file'),
                (['--dump-vmsa', '--platform', 'snp', '--vcpus', '1,2', *TYPE,
                  'fw'], 'single file and launch'),
                (['--vmsa-out', '-', *launch()], 'not standard output'),
                (['--vmsa-out', 'x', '--dump-vmsa', *launch()],
                 '--dump-vmsa')):
            result = calc(*args)
            self.assertEqual(result.status, 2, args)
            self.assertIn(what, result.stderr.decode(), args)
        self.assertEqual(os.listdir('.'), ['fw'])
