# SPDX-License-Identifier: Apache-2.0
"""--register of images of td-shim: RTMR0, RTMR1 and the digests of events.
Expected values are of tests/lib/shim.py, which is written from td-shim's
source."""

import hashlib
import json
import pathlib
import random
import struct

import boot
import images
import shim
from support import SANITIZED, TestCase, calc, mrtd

try:
    import jsonschema
except ImportError:
    jsonschema = None

DOCS = pathlib.Path(__file__).resolve().parents[2] / 'docs'
SCHEMA = json.loads(
    (DOCS / 'schemas/measurement.schema.json').read_text('utf-8'))
LINE = 'root=/dev/vda1 console=hvc0 rw'
HINT = "; try 'mrtd-calc --help'"
# What the program calls them.
WORDS = {'td_hob': 'TD HOB', 'td_payload': 'kernel',
         'td_payload_info': 'command line', 'separator': 'separator'}
# A register that is extended with the separator only, as
# td-shim-tools/src/tee_info_hash.rs, build_rtmr_with_seperator(0), has it.
SEPARATED = ('518923b0f955d08da077c96aaba522b9decede61c599cea6c41889cfbea4ae4d'
             '50529d96fe4d1afdafb65e7f95bf23c4')
ADDRESS = images.TD_HOB.address
# The room for a kernel, outside the MRTD.
ROOM = images.PAYLOAD._replace(offset=0, raw=0, memory=0x8000, attributes=0)
MEASURED = ROOM._replace(attributes=1)


class Case(TestCase):
    def setUp(self):
        super().setUp()
        self.rng = random.Random(self.id())

    def kernel(self, **options):
        """A small one."""
        options = {'setup_sects': 4, 'old': True, 'trailing':
                   self.rng.randrange(300), **options}
        return boot.bzimage(self.rng, **options)

    def usual(self, *sections, **fields):
        """An image with room for a kernel, and what goes with it."""
        image = self.write('fw', images.more(
            *(sections or (ROOM, images.PARAM)), **fields))
        self.write('kernel', self.kernel())
        self.write('hob', shim.small(ADDRESS))
        return image

    def ask(self, *args):
        """The JSON of a run, and its notes' codes."""
        result = calc('--json', *args, 'fw')
        self.assertEqual((result.status, result.lines), (0, []), result)
        made = json.loads(result.stdout)
        if jsonschema:
            jsonschema.validate(made, SCHEMA)
        return made, [note['code'] for note in made['notes']]

    def bare(self, register, *args):
        result = calc('--register', register, *args, 'fw')
        self.assertEqual(result.status, 0, result)
        return result.text

    def not_hob(self, words=None):
        result = calc('--register', 'rtmr0', '--td-hob', 'hob', 'fw')
        self.refused_with(result, 3, words)
        self.assertRegex(result.lines[-1], r'^hob: .* \[(td-hob|empty)\]$')

    def refused_with(self, result, status, words=None):
        """One error, maybe after what there is to say of the image."""
        errors = [line for line in result.lines
                  if ': note: ' not in line and ': warning: ' not in line]
        self.assertEqual((result.status, result.stdout, len(errors)),
                         (status, b'', 1), result)
        if words is not None:
            self.assertIn(words, errors[0])


def listed(events, *registers):
    """As the program lists them: a register's one after the other."""
    return [(register, kind, digest, WORDS[text])
            for name in registers or ('RTMR0', 'RTMR1')
            for register, kind, digest, text in events if register == name]


def reported(made):
    return [(event['register'], int(event['type'], 16),
             bytes.fromhex(event['digest']), event['what'])
            for event in made['boot']['events']]


class Values(Case):
    def draw(self):
        """An image of td-shim: (image, kernel, line, list of HOBs)."""
        rng = self.rng
        has_hob = rng.random() < 0.8
        hob = images.TD_HOB._replace(address=0x1000 * rng.randint(1, 0x700),
                                     memory=0x1000 * rng.randint(1, 4))
        payload = rng.choice((None, images.PAYLOAD, ROOM, ROOM, MEASURED))
        if payload:
            payload = payload._replace(
                memory=payload.raw + 0x1000 * rng.randint(2, 9),
                attributes=rng.choice((0, 1)))
        parts = [images.BFV, images.TEMP_MEM]
        parts += [images.CFV] * rng.choice((0, 1, 1))
        parts += [hob] * has_hob
        parts += [images.PERM_MEM] * (not has_hob or rng.random() < 0.2)
        if payload:
            parts.append(payload)
            parts += [images.PARAM._replace(
                memory=0x1000 * rng.randint(1, 3))] * rng.choice((0, 1, 1, 1))
        rng.shuffle(parts)
        patch = []
        if rng.random() < 0.3:
            at = images.CFV.offset + rng.choice((
                0, 8, 16, images.CFV.raw - 16, 4088, 4080, 4072,
                8 * rng.randrange(510), rng.randrange(4080)))
            patch = [(at, shim.TRUST_ANCHOR)]
        # Without such sections td-shim's are known by the offset alone.
        form = images.td_shim if rng.random() < 0.5 or all(
            part.type < 4 for part in parts) else images.image
        image = form(tuple(parts), patch=patch)
        takes = shim.takes_kernel(image.sections)
        size = shim.section(parts, 6).memory if takes else 0
        line = rng.choice((b'', LINE.encode(), b'x=\xe9\xff\x80 "y"',
                           b'a' * (size - 1), b'a' * size)) if takes else None
        given = shim.good(rng, hob.address, takes)
        while len(given) > hob.memory:
            given = shim.good(rng, hob.address, takes)
        if rng.random() < 0.5:
            given += bytes(rng.choice((1, 8, hob.memory - len(given))))
        return (image, self.kernel() if takes else None, line,
                given if has_hob else None)

    def check_one(self, image, kernel, line, hob):
        """Each register alone and all, in each form."""
        self.write('fw', image)
        args = []
        if kernel is not None:
            self.write('kernel', kernel)
            args += ['--append', line]
            # Otherwise it is in the MRTD: test_in_mrtd.
            if shim.section(image.sections, 5).attributes == 0:
                args += ['--kernel', 'kernel']
        if hob is not None:
            self.write('hob', hob)
            args += ['--td-hob', 'hob']
        try:
            want = shim.events(image, kernel, line, hob)
        except shim.Bad as why:
            result = calc('--register', 'all', *args, 'fw')
            self.refused_with(result, 3)
            return str(why)
        made, notes = self.ask('--register', 'all', *args)
        self.assertEqual(reported(made), listed(want))
        self.assertIn('boot-shim', notes)
        registers = {name: boot.replay(want, name).hex()
                     for name in ('RTMR0', 'RTMR1', 'RTMR2')}
        self.assertEqual(registers['RTMR2'], '0' * 96)
        registers = {'MRTD': mrtd(image), **registers}
        self.assertEqual({value['register']: value['value']
                          for value in made['values']}, registers)
        self.assertEqual(
            (made['boot']['firmware'], made['boot']['rules'],
             made['boot']['td_hob'], made['boot']['cmdline']),
            ('td-shim', None, hob and 'hob',
             None if line is None else line.decode('latin-1')))
        digests = {text: digest.hex() for _, _, digest, text in want}
        for name, text in (('kernel', 'td_payload'),
                           ('cmdline', 'td_payload_info')):
            if text in digests:
                registers[name] = digests[text]
        self.assertEqual(self.bare('all', *args), ''.join(
            f'{name} (fw) = {value}\n' for name, value in registers.items()))
        for name, value in registers.items():
            if name != 'MRTD':
                self.assertEqual(self.bare(name.lower(), *args), value + '\n')
        return None

    def test_random(self):
        seen = set()
        for turn in self.part(range(120)):
            drawn = self.draw()
            with self.subTest(turn=turn, image=drawn[0].sections):
                why = self.check_one(*drawn)
                seen.add(why and ' '.join(why.split()[:7]))
        if not SANITIZED:
            self.assertLessEqual({None, 'a payload of its own is measured',
                                  'a payload of its own is verified'}, seen)
            # A line that is too long.
            self.assertGreater(len(seen), 3)

    def test_known_answers(self):
        """The log that Trustee has in deps/eventlog/test_data/CCEL_data, of a
        TD that Cloud Hypervisor started: what of it does not depend on the
        kernel, which is not public in a size for tests."""
        self.usual()
        self.assertEqual(self.bare('cmdline', '--append', LINE), (
            '64ed1e5a47e8632f80faf428465bd987af3e8e4ceb10a5a9f387b6302e30f499'
            '3bded2331f0691c4a38ad34e4cbbc627\n'))
        made, _ = self.ask('--register', 'all', '--kernel', 'kernel',
                           '--append', LINE, '--td-hob', 'hob')
        digest = next(event['digest'] for event in made['boot']['events']
                      if event['what'] == 'separator')
        self.assertEqual(digest, (
            '394341b7182cd227c5c6b07ef8000cdfd86136c4292b8e576573ad7ed9ae4101'
            '9f5818b4b971c9effc60e1ad9f1289f0'))
        # The registers there, by the rule that gives those here.
        parts = {'hob': 'c6e6d33de4104b8196acfb57a9866ef6a85d413e86c1be96486e8'
                 '57b464591f4e2d252414346e9b98960246d2219a0eb',
                 'kernel': '5b7aa6572f649714ff00b6a2b9170516a068fd1a0ba72aa8de'
                 '27574131d454e6396d3bfa1727d9baf421618a942977fa',
                 'line': self.bare('cmdline', '--append', LINE).strip(),
                 'separator': digest}
        for order, value in (
                (('hob', 'separator'), '2dc712306a963eadb894ad47dbaa17df448141'
                 '51555aee11cbb843becca88950ffd079664902e6f22c66f7c8213543f4'),
                (('separator', 'kernel', 'line'), '0fa3be56af61208bbd179dc7b12'
                 '4988eb929319154663c539d6f46445ecac2fec287075047ff7bd1922829f'
                 'ec28cd3cf')):
            register = bytes(48)
            for part in order:
                register = shim.sha384(register + bytes.fromhex(parts[part]))
            self.assertEqual(register.hex(), value)
            # The program has its events in the same order.
            mine = bytes(48)
            for event in made['boot']['events']:
                if event['register'] == f'RTMR{len(order) - 2}':
                    mine = shim.sha384(mine + bytes.fromhex(event['digest']))
            self.assertIn(mine.hex(), [v['value'] for v in made['values']])

    def test_service_td(self):
        """Without a TD HOB, and with a payload of its own."""
        self.write('fw', images.td_shim((images.BFV, images.PERM_MEM,
                                         images.TEMP_MEM)))
        for register in 'rtmr0', 'rtmr1':
            self.assertEqual(self.bare(register), SEPARATED + '\n')
        self.assertEqual(self.bare('rtmr2'), '0' * 96 + '\n')
        result = calc('--register', 'rtmr2', 'fw')
        self.assertIn('may extend the registers further', result.lines[-1])
        self.usual()
        result = calc('--register', 'rtmr2', 'fw')
        self.assertNotIn('may extend', result.lines[-1])

    def test_left_out(self):
        self.usual()
        args = ('--register', 'all', '--kernel', 'kernel', '--append', LINE)
        made, notes = self.ask(*args)
        self.assertIn('boot-td-hob', notes)
        self.assertEqual([value['register'] for value in made['values']],
                         ['MRTD', 'RTMR1', 'RTMR2'])
        made, notes = self.ask(*args, '--td-hob', 'hob')
        self.assertNotIn('boot-td-hob', notes)

    def test_parts(self):
        """Only events that are known are listed."""
        image = self.usual()
        kernel = pathlib.Path('kernel').read_bytes()
        for args, given, names in (
                (('kernel', '--kernel', 'kernel'), {'kernel': kernel},
                 ('RTMR1',)),
                (('cmdline', '--append', LINE), {'cmdline': LINE.encode()},
                 ('RTMR1',)),
                (('rtmr0', '--td-hob', 'hob'),
                 {'td_hob': shim.small(ADDRESS)}, ('RTMR0',)),
                (('rtmr2',), {}, ())):
            made, _ = self.ask('--register', *args)
            want = listed(shim.events(image, **given), *names) if names else []
            self.assertEqual(reported(made), want, args)

    def test_in_mrtd(self):
        """A payload that is in the MRTD, which Cloud Hypervisor puts there."""
        image = self.usual(MEASURED, images.PARAM)
        kernel = pathlib.Path('kernel').read_bytes()
        vmm = ('--vmm', 'cloud-hypervisor')
        value = mrtd(image, 'cloud-hypervisor', kernel)
        made, _ = self.ask('--register', 'all', *vmm, '--kernel', 'kernel',
                           '--append', LINE)
        self.assertEqual(made['values'][0]['value'], value)
        self.assertEqual(self.bare('mrtd,rtmr1', *vmm, '--kernel', 'kernel',
                                   '--append', LINE).split()[3], value)
        result = calc(*vmm, '--payload', 'kernel', 'fw')
        self.assertEqual(result.text, value + '\n')
        want = shim.events(image, cmdline=LINE.encode())
        rtmr1 = boot.replay(want, 'RTMR1').hex() + '\n'
        self.assertEqual(self.bare('rtmr1', '--append', LINE), rtmr1)
        # A kernel that no value is made of is not ignored.
        for args in (('rtmr1',), ('rtmr1', *vmm), ('mrtd,rtmr1',), ('all',)):
            self.refused_with(
                calc('--register', *args, '--kernel', 'kernel', '--append',
                     LINE, 'fw'), 2,
                'the kernel of this image is measured into the MRTD, and into '
                'no other register: ask for mrtd, too, with --vmm '
                'cloud-hypervisor, or leave --kernel out')
        self.refused_with(
            calc('--register', 'kernel', '--kernel', 'kernel', 'fw'), 3,
            'fw: its Payload section is measured into the MRTD, and the '
            'kernel has no event [boot-image]')

    def test_line_files(self):
        """Bytes of a file are the VMM's, too: nobody widens them."""
        image = self.usual()
        for data in (LINE.encode(), LINE.encode() + b'\n', b'\xc3\xa9=\xff'):
            self.write('line', data)
            want = shim.events(image, cmdline=data.rstrip(b'\n'))[-1][2]
            self.assertEqual(self.bare('cmdline', '--cmdline', 'line'),
                             want.hex() + '\n')


class Hobs(Case):
    def test_bad(self):
        """What the model refuses, the program does: at one address and in an
        image of each kind."""
        count = 0
        for kernel in True, False:
            sections = (ROOM, images.PARAM) if kernel else ()
            region = images.TD_HOB._replace(memory=0x20000)
            self.write('fw', images.td_shim(
                (images.BFV, images.CFV, region, images.TEMP_MEM._replace(
                    address=0x900000)) + sections))
            for why, data in shim.bad(ADDRESS, kernel):
                with self.subTest(why=why, kernel=kernel):
                    with self.assertRaises(shim.Bad):
                        announced = shim.read_list(data, region)
                        # Of a list that is right, but of another boot.
                        if (announced.image_type is not None) != kernel:
                            raise shim.Bad('another kind')
                    self.write('hob', data)
                    self.not_hob()
                count += 1
        self.assertGreater(count, 100)

    def test_kinds(self):
        """What it announces, and what the image starts."""
        def check(image, parts, words=None):
            self.write('fw', image)
            self.write('hob', shim.joined(ADDRESS, parts))
            if words:
                self.not_hob(words)
            else:
                self.bare('rtmr0', '--td-hob', 'hob')
        memory = shim.resource(7, 0, 1 << 30)
        own, linux = images.td_shim(), images.more(ROOM, images.PARAM)
        for kind in shim.EXECUTABLE, shim.VMLINUX, 3, 0xffffffff:
            words = (f'it announces a payload of ImageType {kind}, and what '
                     'is measured is known of 1, a bzImage [td-hob]')
            for image in own, linux:
                check(image, [memory, shim.payload_info(kind)], words)
                check(image, [shim.payload_info(), memory,
                              shim.payload_info(kind)], words)
        check(linux, [shim.payload_info(0), shim.payload_info(1), memory])
        check(linux, [memory], 'it announces no Linux kernel, and the image '
              'starts one [td-hob]')
        check(own, [memory])
        check(own, [memory, shim.payload_info()], 'it announces a Linux '
              'kernel, for which the image has no room [td-hob]')
        # As Cloud Hypervisor has it since v44.
        check(linux, [memory, shim.guid(shim.PAYLOAD_INFO, struct.pack(
            '<IQ', 1, 0x901000))], 'a HOB of the payload of less than 40 bytes')

    def test_ends(self):
        """Whatever the end says of its own length."""
        image = self.usual()
        for length in 1, 7, 8, 9, 0x100:
            self.write('hob', shim.joined(
                ADDRESS, [shim.payload_info()],
                struct.pack('<HHI', shim.END, length, 0)))
            want = shim.events(image, td_hob=pathlib.Path('hob').read_bytes())
            self.assertEqual(self.bare('rtmr0', '--td-hob', 'hob'),
                             boot.replay(want, 'RTMR0').hex() + '\n')

    def test_sizes(self):
        """Of the file, against the list's and the section's."""
        self.usual()
        right = shim.small(ADDRESS)
        value = self.bare('rtmr0', '--td-hob', 'hob')
        for more in 1, 7, 8, 4096, images.TD_HOB.memory - len(right):
            self.write('hob', right + bytes(more))
            self.assertEqual(self.bare('rtmr0', '--td-hob', 'hob'), value)
        self.write('hob', right + bytes(images.TD_HOB.memory + 1
                                        - len(right)))
        self.not_hob(f'hob: {images.TD_HOB.memory + 1} bytes, and the TD_HOB '
                     f'section has {images.TD_HOB.memory} [td-hob]')
        self.write('hob', right + bytes(5000) + b'\1')
        self.not_hob('bytes after its end that are not zero')
        self.write('hob', b'')
        self.not_hob()
        # All of it, and one that ends where the section ends.
        fill = images.TD_HOB.memory - len(right) - 24
        full = shim.joined(ADDRESS, [shim.resource(7, 0, 1 << 30),
                                     shim.guid(bytes(16), b'\7' * fill),
                                     shim.payload_info()])
        self.assertEqual(len(full), images.TD_HOB.memory)
        self.write('hob', full)
        made, _ = self.ask('--register', 'rtmr0', '--td-hob', 'hob')
        self.assertEqual(made['boot']['events'][0]['digest'],
                         hashlib.sha384(full).hexdigest())

    def test_changed(self):
        """Each byte of a list, as the model has it."""
        image = self.usual()
        right = shim.joined(ADDRESS, [
            shim.resource(7, 0, 1 << 30), shim.guid(bytes(16), b'12345'),
            shim.payload_info()])
        good = 0
        for at in range(0, len(right), 5 if SANITIZED else 1):
            for bits in (1, 0x80) if SANITIZED else (1, 0x80, 0xff):
                data = bytearray(right)
                data[at] ^= bits
                self.write('hob', bytes(data))
                with self.subTest(at=at, bits=bits):
                    try:
                        want = shim.events(image, td_hob=bytes(data))
                    except shim.Bad:
                        self.not_hob()
                        continue
                    self.assertEqual(
                        self.bare('rtmr0', '--td-hob', 'hob'),
                        boot.replay(want, 'RTMR0').hex() + '\n')
                    good += 1
        self.assertGreater(good, 100 if not SANITIZED else 10)

    def test_random(self):
        """Good lists, a few bytes of which are changed."""
        image = self.usual()
        for turn in self.part(range(120)):
            data = bytearray(shim.good(self.rng, ADDRESS))
            for _ in range(self.rng.randrange(3)):
                data[self.rng.randrange(len(data))] = self.rng.choice(
                    (0, 1, 3, 4, 8, 0x28, 0xff))
            self.write('hob', bytes(data))
            with self.subTest(turn=turn):
                try:
                    want = shim.events(image, td_hob=bytes(data))
                except shim.Bad:
                    self.not_hob()
                    continue
                self.assertEqual(self.bare('rtmr0', '--td-hob', 'hob'),
                                 boot.replay(want, 'RTMR0').hex() + '\n')


class Refusals(Case):
    def test_sizes(self):
        """A kernel and a line that their regions have no room for."""
        self.usual()
        kernel = self.kernel(trailing=ROOM.memory)
        for size, status in ((ROOM.memory, 0), (ROOM.memory + 1, 3)):
            self.write('kernel', kernel[:size])
            result = calc('--register', 'kernel', '--kernel', 'kernel', 'fw')
            self.assertEqual(result.status, status, result)
        self.refused_with(result, 3, 'fw: the kernel has 32769 bytes and its '
                          'region 32768, and no more than 32768 are measured '
                          '[payload-size]')
        for size, status in ((4095, 0), (4096, 3)):
            result = calc('--register', 'cmdline', '--append', 'a' * size,
                          'fw')
            self.assertEqual(result.status, status, result)
        self.refused_with(result, 3, 'fw: the command line has 4096 bytes, '
                          'and its region room for 4095 and a zero '
                          '[payload-size]')

    def test_limit(self):
        """A region is hashed up to a limit, however small the kernel is."""
        self.usual(ROOM._replace(memory=0x100000), images.PARAM)
        args = ('--register', 'kernel', '--kernel', 'kernel', 'fw')
        self.assertEqual(calc('--limit', '1M', *args).status, 0)
        self.refused_with(calc('--limit', '1048575', *args), 3,
                          'no more than 1048575 are measured [payload-size]')

    def test_kernels(self):
        self.usual()
        good = self.kernel()
        for why, kernel in (
                ('no magic', good[:0x202] + b'HdrT' + good[0x206:]),
                ('cut', good[:0x237]), ('an ELF file', b'\x7fELF' + good),
                ('loadflags', boot.bzimage(self.rng, loadflags=0)),
                ('protocol', boot.bzimage(self.rng, protocol=0x1ff))):
            self.write('kernel', kernel)
            with self.subTest(why=why):
                with self.assertRaises(shim.Bad):
                    shim.check_kernel(kernel)
                for args in ('kernel',), ('rtmr1', '--append', LINE):
                    result = calc('--register', *args, '--kernel', 'kernel',
                                  'fw')
                    self.refused_with(result, 3)
                    self.assertRegex(result.lines[-1],
                                     r'^kernel: .* \[kernel\]$')

    def test_images(self):
        kernel = ('--kernel', 'kernel', '--append', LINE)
        two = 'with which td-shim does not start [td-shim]'
        # Pages of their own, and none.
        for part in images.TD_HOB, ROOM, images.PARAM:
            for address, memory in ((0x5000000, part.memory),
                                    (0x5000000, 0), (part.address, 0)):
                self.usual(ROOM, images.PARAM, part._replace(
                    address=address, memory=memory))
                for more in (), ('--permissive',):
                    result = calc('--register', 'rtmr1', *kernel, *more, 'fw')
                    self.refused_with(result, 3, two)
        self.write('fw', images.more(ROOM))
        self.refused_with(calc('--register', 'rtmr1', 'fw'), 3,
                          'its Payload section has Attributes 0, and no room '
                          'for a kernel of the VMM')
        for size in images.PAYLOAD.raw, 0:
            self.write('fw', images.more(MEASURED._replace(
                offset=size and 0x4000, raw=size)))
            self.assertEqual(self.bare('rtmr1'), SEPARATED + '\n')
            self.refused_with(calc('--register', 'rtmr1', *kernel, 'fw'), 3,
                              'a td-shim that starts a payload of its own')
        anchor = [(images.CFV.offset + 0x48, shim.TRUST_ANCHOR)]
        self.write('fw', images.td_shim(patch=anchor))
        for register in 'rtmr0', 'rtmr1':
            self.write('hob', shim.small(ADDRESS, False))
            self.refused_with(calc('--register', register, '--td-hob', 'hob',
                                   'fw'), 3, 'a key is enrolled in its CFV')
        # Not where Linux starts, of which no signature is verified.
        self.usual(ROOM, images.PARAM, patch=anchor)
        self.bare('all', *kernel, '--td-hob', 'hob')

    def test_files(self):
        self.usual()
        self.write('empty', b'')
        for name, status in (('gone', 4), ('.', 4), ('empty', 3)):
            for more in (), ('--json',):
                result = calc('--register', 'rtmr0', '--td-hob', name, *more,
                              'fw')
                self.refused_with(result, status)
                self.assertTrue(result.lines[-1].startswith(f'{name}: '))
        hob = pathlib.Path('hob').read_bytes()
        result = calc('--register', 'rtmr0', '--td-hob', '-', 'fw', stdin=hob)
        self.assertEqual(result.text, self.bare('rtmr0', '--td-hob', 'hob'))

    def test_usage(self):
        self.usual()
        self.write('ovmf', images.image())
        self.write('service', images.td_shim((images.BFV, images.PERM_MEM,
                                              images.TEMP_MEM)))
        kernel, append = ('--kernel', 'kernel'), ('--append', LINE)
        all_of = ('--register', 'all', *kernel, *append)
        of_kernel = ("missing --kernel FILE: RTMR1 of td-shim and the kernel's "
                     'event are made of it')
        of_line = ('missing --append TEXT or --cmdline FILE: RTMR1 of td-shim '
                   "and the command line's event are made of it")
        other = ('{} is of a kernel that QEMU gives to OVMF, and the image is '
                 "td-shim's, which measures no such thing")
        for args, line in (
                (('--register', 'rtmr0', 'fw'),
                 'missing --td-hob FILE: --register rtmr0 is made of what the '
                 "VMM writes into the TD_HOB section, with the guest's RAM and "
                 'ACPI tables'),
                (('--register', 'all,rtmr0', *kernel, *append, 'fw'), None),
                (('--register', 'rtmr1', *append, 'fw'), of_kernel),
                (('--register', 'kernel', 'fw'), of_kernel),
                (('--register', 'all', *append, 'fw'), of_kernel),
                (('--register', 'rtmr1', *kernel, 'fw'), of_line),
                (('--register', 'cmdline', 'fw'), of_line),
                (('--register', 'all', *kernel, 'fw'), of_line),
                *((all_of + option + ('fw',), other.format(option[0]))
                  for option in (('--qemu', '10.2'), ('--edk2', '202511'),
                                 ('--ram', '1G'), ('--kernel-measures', 'yes'),
                                 ('--initrd', 'hob'))),
                *((all_of + ('--vmm', vmm, 'fw'),
                   'a kernel that td-shim starts, which this image is, is of '
                   '--vmm spec or cloud-hypervisor')
                  for vmm in ('qemu', 'kvm-v19', 'migtd-qemu', 'gce')),
                (all_of + ('--payload', 'kernel', '--vmm', 'cloud-hypervisor',
                           'fw'),
                 '--kernel takes the place of --payload for --register'),
                (('--register', 'rtmr0', '--td-hob', 'hob', 'service'),
                 '--td-hob is for an image with a TD_HOB section, and this one '
                 'has none'),
                (('--register', 'rtmr1', '--td-hob', 'hob', *kernel, 'ovmf'),
                 '--td-hob is of td-shim, and the image is of OVMF'),
                (('--td-hob', 'hob', 'fw'),
                 '--td-hob is for --register rtmr0, rtmr1, rtmr2, kernel, '
                 'cmdline, uki and sections; it does not change an MRTD'),
                (('--register', 'rtmr0', '--td-hob', '-', '--kernel', '-',
                  'fw'), 'standard input can be read only once')):
            result = calc(*args)
            with self.subTest(args=args):
                self.refused_with(result, 2)
                if line is not None:
                    # What the image decides is said without a hint.
                    self.assertIn(result.lines[-1], (line + HINT, line))
