# SPDX-License-Identifier: Apache-2.0
"""show: what it lists is what is hashed; and long work on a terminal."""

import hashlib
import json
import os
import re
import struct
import subprocess

import images
import support
from support import TestCase, VMMS, calc, environment

GIB = 1 << 30


def replay(trace, sources):
    """The SHA-384 of the operations of show --trace, from the files' bytes."""
    stream = hashlib.sha384()
    for line in trace.splitlines():
        operation, gpa, *source = line.split()
        stream.update(operation.encode().ljust(16, b'\0')
                      + struct.pack('<Q', int(gpa, 16)) + bytes(104))
        if operation == 'MR.EXTEND':
            data = b''
            if source[0] != 'zeros':
                offset, size = int(source[1], 16), int(source[2])
                data = sources[source[0]][offset:offset + size]
                assert len(data) == size
            stream.update(data.ljust(256, b'\0'))
        else:
            assert operation == 'MEM.PAGE.ADD' and not source
    return stream.hexdigest()


class Head(TestCase):
    def test_columns(self):
        """What is said of the file stands below one another."""
        self.write('fw', images.image())
        for vmm in 'spec', 'gce':
            head = calc('show', '--vmm', vmm, 'fw').text.split('\n\n')[0]
            for line in head.splitlines()[1:]:
                self.assertRegex(line, r'\A.{15}  [^ ]', line)
            self.assertIn(f'\n  VMM            {vmm} (', head)


class Trace(TestCase):
    def image(self):
        """Sections of all kinds, with odd sizes and zero fill."""
        section = images.Section
        return self.write('fw', images.image((
            section(0, 0x1234, 0x100000, 0x3000, 0, 1),
            section(0x2000, 0x1000, 0x200000, 0x1000, 1, 0),
            section(0, 0, 0x300000, 0x2000, 2, 0),
            section(0, 0, 0x400000, 0x2000, 4, 2),
            section(0x1001, 0x7f, 0x500000, 0x2000, 5, 1),
            section(0, 0, 0x600000, 0x2000, 3, 1))))

    def test_replay(self):
        image = self.image()
        payload = self.write('kernel', bytes(range(256)) * 20 + b'odd')
        for vmm in VMMS:
            more = (['--payload', 'kernel']
                    if vmm == 'cloud-hypervisor' else [])
            with self.subTest(vmm=vmm):
                trace = calc('show', '--trace', '--vmm', vmm, *more, 'fw')
                value = calc('--vmm', vmm, *more, 'fw')
                self.assertEqual((trace.status, value.status), (0, 0))
                self.assertEqual(
                    replay(trace.text, {'image': image.data,
                                        'payload': payload}) + '\n',
                    value.text)

    def test_plan(self):
        """The totals are those of the operations listed one by one."""
        self.image()
        for vmm in 'spec', 'kvm-v19':
            trace = calc('show', '--trace', '--vmm', vmm, 'fw').text
            plan = calc('show', '--plan', '--vmm', vmm, 'fw').text
            adds = trace.count('MEM.PAGE.ADD')
            extends = trace.count('MR.EXTEND')
            self.assertEqual(
                plan.splitlines()[-1],
                f'{vmm}: {adds} TDH.MEM.PAGE.ADD, {extends} TDH.MR.EXTEND, '
                f'{128 * adds + 384 * extends} bytes hashed')

    def test_text(self):
        """For people: what a JSON reader gets, too, and colours only on a
        terminal."""
        image = self.image()
        text = calc('show', 'fw').text
        document = json.loads(calc('show', '--json', 'fw').text)
        self.assertIn(hashlib.sha256(image.data).hexdigest(), text)
        self.assertTrue(text.endswith(f'MRTD {document["mrtd"]}\n'))
        for section in document['sections']:
            self.assertIn(section['running_sha384'], text)
            self.assertIn(section['type_name'], text)
        for note in document['notes']:
            self.assertIn(f'{note["message"]} [{note["code"]}]', text)
        self.assertNotIn('\033', text)
        self.assertIn('\033[1m', self.on_terminal(['show', 'fw']))
        self.assertNotIn('\033', self.on_terminal(['show', 'fw'],
                                                  NO_COLOR='1'))

    def on_terminal(self, args, **changes):
        """What the program prints to a terminal."""
        primary, secondary = self.openpty()
        with subprocess.Popen([support.PROGRAM, *args], stdout=secondary,
                              stderr=secondary,
                              env=environment(**changes)):
            os.close(secondary)
            printed = b''
            while True:
                try:
                    part = os.read(primary, 4096)
                except OSError:  # Linux: the other side is closed
                    part = b''
                if not part:
                    break
                printed += part
        os.close(primary)
        return printed.decode()

    def test_progress(self):
        """Shown on a terminal where work is long, and wiped out."""
        self.write('long', images.image((
            images.Section(0, 0, 1 << 36, 48 * GIB, 3, 0), images.TD_HOB)))
        printed = self.on_terminal(['long'])
        self.assertIn(' % of 1.5 GiB hashed', printed)
        self.assertIn('\r\033[K', printed)
        self.good('short')
        self.assertNotIn('hashed', self.on_terminal(['short']))


class Memory(TestCase):
    LIMIT = 8192  # KiB, for images of any size

    def peak(self, *args, **more):
        """The largest memory of a run in KiB, as Linux counted it."""
        env = environment(LD_PRELOAD=support.shim(),
                          SHIM_PEAK=os.path.abspath('peak'))
        self.assertEqual(calc(*args, env=env, **more).status, 0)
        with open('peak', encoding='ascii') as status:
            return int(re.search(r'VmHWM:\s*(\d+) kB', status.read())[1])

    def test_does_not_follow_claims(self):
        """Neither large images nor many pages take memory."""
        if not support.shim():
            self.skipTest('sanitizers take memory of their own')
        self.write('added', images.image((
            images.Section(0, 0, 1 << 32, 4 * GIB, 3, 0), images.TD_HOB)))
        size = 64 << 20
        self.write('large', images.image((
            images.Section(0, size, 1 << 32, size, 0, 1), images.TD_HOB),
            size=size + images.SIZE, at=size + 0x100))
        for name in 'added', 'large':
            self.assertLess(self.peak(name), self.LIMIT, name)
            self.assertLess(self.peak('--json', name), self.LIMIT, name)
            self.assertLess(self.peak('--jobs', '1', *[name] * 8), self.LIMIT,
                            name)
            with open(name, 'rb') as file, subprocess.Popen(
                    ['cat'], stdin=file, stdout=subprocess.PIPE) as pipe:
                self.assertLess(self.peak('-', stdin=pipe.stdout), self.LIMIT,
                                name)
