# SPDX-License-Identifier: Apache-2.0
"""--register rtmr0 of images of OVMF, and --list-events. Expected values are
of tests/lib/rtmr0.py, which is written from the sources of QEMU and edk2, and
of event logs that others have published."""

import json
import pathlib
import random
import struct

import boot
import images
import rtmr0
import shim
from support import TestCase, calc

try:
    import jsonschema
except ImportError:
    jsonschema = None

DOCS = pathlib.Path(__file__).resolve().parents[2] / 'docs'
SCHEMA = json.loads(
    (DOCS / 'schemas/measurement.schema.json').read_text('utf-8'))
GIB = 1 << 30
# The sections of edk2-stable202405, by OvmfPkg/ResetVector, of a small file.
CFV = images.CFV
OVMF = (images.BFV, CFV, images.TEMP_MEM._replace(address=0x810000,
                                                  memory=0x10000),
        images.TEMP_MEM._replace(address=0x80b000, memory=0x2000),
        images.TD_HOB, images.TEMP_MEM._replace(address=0x800000,
                                                memory=0x6000))
IN_RAM = tuple((s.address, s.memory) for s in OVMF if s.type in (2, 3))
# The first event of TDs with such sections and that RAM, in logs of
# confidential-containers/trustee, google/go-eventlog and Dstack-TEE/dstack.
HOBS = {2: '0b8772e5b0b41b83e6044a68397e02f49fb47066b4fbe4917ea2c45c64f323fd'
           'acbb37948f821ebaf8bc9c938ba8a749',
        8: '2e070cda358b5aa00f27cca25c47381bb564f4be3a84d059805a73cbbde764ed'
           '8341f7e09915b5e7b370f9c08a743fbd',
        10: '05dc148f05a035080b22372d049c35ef80260050516606b4d9d4eaa2e4d1e06c'
            '556374b00217496a235235d1e3d0e026',
        64: '8ae1e425351df7992c444586eff99d35af3b779aa2b0e981cb4b73bc5b279f2a'
            'de19b6a62a203fc3c3bbdaae80af596d'}
# Of the same logs: without Secure Boot, with it off, and what is the same.
LOGGED = {
    ('none', 'SecureBoot'):
        '9dc3a1f80bcec915391dcda5ffbb15e7419f77eab462bbf72b42166fb70d5032'
        '5e37b36f93537a863769bcf9bedae6fb',
    ('none', 'PK'):
        '6f2e3cbc14f9def86980f5f66fd85e99d63e69a73014ed8a5633ce56eca5b64b'
        '692108c56110e22acadcef58c3250f1b',
    ('none', 'KEK'):
        'd607c0efb41c0d757d69bca0615c3a9ac0b1db06c557d992e906c6b7dee40e0e'
        '031640c7bfd7bcd35844ef9edeadc6f9',
    ('none', 'db'):
        '08a74f8963b337acb6c93682f934496373679dd26af1089cb4eaf0c30cf260a1'
        '2e814856385ab8843e56a9acea19e127',
    ('off', 'dbx'):
        '18cc6e01f0c6ea99aa23f8a280423e94ad81d96d0aeb5180504fc0f7a40cb361'
        '9dd39bd6a95ec1680a86ed6ab0f9828d',
    ('off', 'Boot0000'):
        '23ada07f5261f12f34a0bd8e46760962d6b4d576a416f1fea1c64bc656b1d28e'
        'acf7047ae6e967c58fd2a98bfa74c298'}
ITEM_FILES = {name: f'item{i}' for i, (name, _) in enumerate(rtmr0.ITEMS)}


class Case(TestCase):
    def setUp(self):
        super().setUp()
        self.rng = random.Random(self.id())
        self.inputs = {}

    def image(self, sections=OVMF, cfv=None, **fields):
        self.cfv = rtmr0.store(CFV.raw) if cfv is None else cfv
        self.firmware = self.write('fw', images.image(
            sections, patch=[(CFV.offset, self.cfv)], **fields))

    def put(self, name, data):
        pathlib.Path(name).write_bytes(data)
        return data

    def acpi(self):
        """Three files, and the options for them."""
        order = self.rng.sample((rtmr0.RSDP, rtmr0.TABLES), 2)
        self.inputs.update(
            acpi=self.put('loader', rtmr0.loader(*order)),
            rsdp=self.put('rsdp', b'RSD PTR ' + self.rng.randbytes(
                self.rng.choice((12, 28)))),
            tables=self.put('tables', self.rng.randbytes(
                self.rng.randrange(1, 9000))))
        return ['--acpi-loader', 'loader', '--acpi-rsdp', 'rsdp',
                '--acpi-tables', 'tables']

    def machine(self):
        """What releases since 202505 measure, and the options for it."""
        items = {}
        options = []
        for name, size in rtmr0.ITEMS:
            if name != 'BootMenu' and self.rng.random() < 0.4:
                items[name] = None
                options += ['--fw-cfg', f'{name}=']
                continue
            items[name] = self.put(ITEM_FILES[name], self.rng.randbytes(
                size or self.rng.randrange(1, 300)))
            options += [f'--fw-cfg={name}={ITEM_FILES[name]}']
        self.inputs.update(items=items,
                           smbios_table=self.put('dmi', self.table()))
        return [*options, '--smbios', 'dmi']

    def table(self):
        """SMBIOS structures of all kinds, with strings."""
        made = b''
        for handle in range(self.rng.randrange(1, 20)):
            texts = [self.rng.randbytes(self.rng.randrange(1, 9)).replace(
                b'\0', b'x') for _ in range(self.rng.randrange(4))]
            body = bytearray(self.rng.randbytes(self.rng.randrange(0, 60)))
            for at, _, is_string in rtmr0.FILTER.get(kind := self.rng.choice(
                    (*rtmr0.FILTER, 0, 16, 19, 32, 126, 128, 255)), ()) or ():
                if is_string and at - 4 < len(body):
                    body[at - 4] = self.rng.randrange(len(texts) + 1)
            made += rtmr0.structure(kind, handle, bytes(body), *texts)
        return made + rtmr0.structure(127, 99, b'')

    def expected(self, edk2, **more):
        return rtmr0.events(edk2=edk2, sections=IN_RAM,
                            hob_at=images.TD_HOB.address, cfv=self.cfv,
                            **{**self.inputs, **more})

    def ask(self, *args):
        result = calc('--json', *args, 'fw')
        self.assertEqual((result.status, result.lines), (0, []), result)
        made = json.loads(result.stdout)
        if jsonschema:
            jsonschema.validate(made, SCHEMA)
        return made

    def listed(self, *args):
        """(type, digest or None, name) of the JSON's list."""
        made = self.ask('--register', 'rtmr0', '--list-events', *args)
        return [(int(e['type'], 16),
                 e['digest'] and bytes.fromhex(e['digest']), e['what'])
                for e in made['boot']['rtmr0']]

    def fails(self, status, words, *args, line=0):
        result = calc('--register', 'rtmr0', *args, 'fw')
        self.assertEqual((result.status, result.stdout), (status, b''),
                         result)
        self.assertIn(words, result.lines[-1])
        self.assertEqual(len(result.lines) - line, 1, result)


class Values(Case):
    def test_all_is_given(self):
        """Of random machines and releases the value is the model's."""
        for _ in self.part(range(25)):
            self.inputs = {}
            self.image()
            edk2 = self.rng.choice((202311, 202405, 202408, 202411, 202502,
                                    202505, 202508, 202511, 202602))
            state = self.rng.choice(('none', 'off'))
            ram = self.rng.choice((
                9 << 20, 0xb0000000 - 4096, 0xb0000000, 2 * GIB, 3 * GIB,
                self.rng.randrange(9 << 20, 1 << 40) & ~4095, 1 << 51))
            options = ['--edk2', str(edk2), '--ram', str(ram),
                       '--secure-boot', state, *self.acpi(),
                       *(self.machine() if edk2 >= 202505 else [])]
            events = self.expected(edk2, ram=ram, secure_boot=state)
            self.assertEqual(self.listed(*options), events)
            result = calc('--register', 'rtmr0', *options, 'fw')
            self.assertEqual(result.status, 0, result)
            self.assertEqual(result.text,
                             rtmr0.replay(events).hex() + '\n')
            self.assertIn('[boot-rtmr0-code]', result.lines[-1])

    def test_published(self):
        """Events that logs of other people's TDs have."""
        self.image()
        for gib, digest in HOBS.items():
            events = self.listed('--edk2', '202405', '--ram', f'{gib}G')
            self.assertEqual(events[0][1].hex(), digest)
        for (state, name), digest in LOGGED.items():
            events = self.listed('--edk2', '202502', '--secure-boot', state)
            self.assertEqual({e[2]: e[1] for e in events}[name].hex(), digest)

    def test_with_others(self):
        """'all' has it where all is given, and leaves it out otherwise."""
        self.image()
        self.put('kernel', boot.bzimage(self.rng, setup_sects=4, old=True,
                                        version='6.12.0'))
        options = ['--edk2', '202408', '--kernel', 'kernel', '--append', 'a',
                   '--qemu', '9.2', '--register', 'all', '--ram', '2G',
                   *self.acpi()]
        made = self.ask(*options, '--secure-boot', 'off')
        values = {v['register']: v['value'] for v in made['values']}
        self.assertEqual(sorted(values), ['MRTD', 'RTMR0', 'RTMR1', 'RTMR2'])
        self.assertEqual(values['RTMR0'], rtmr0.replay(self.expected(
            202408, ram=2 * GIB, secure_boot='off')).hex())
        made = self.ask(*options)
        self.assertEqual([v['register'] for v in made['values']],
                         ['MRTD', 'RTMR1', 'RTMR2'])
        self.assertIn('boot-rtmr0', [n['code'] for n in made['notes']])
        result = calc('--list-events', *options, 'fw')
        self.assertEqual(result.status, 0, result)
        self.assertEqual([line.split()[0] for line in result.text.split('\n')
                          if line], ['RTMR0'] * 14 + ['RTMR1'] * 4
                         + ['RTMR2'])

    def test_without_asking(self):
        """'all' means what it meant, where nothing of RTMR0 is given."""
        self.image()
        self.put('kernel', boot.bzimage(self.rng, setup_sects=4, old=True,
                                        version='6.12.0'))
        made = self.ask('--register', 'all', '--append', 'a', '--kernel',
                        'kernel')
        self.assertEqual([v['register'] for v in made['values']],
                         ['MRTD', 'RTMR1', 'RTMR2'])
        self.assertIsNone(made['boot']['rtmr0'])


class Unknown(Case):
    """What is not given is said, and no value is printed."""

    def test_each_is_needed(self):
        self.image()
        options = {'--ram': '2G', '--secure-boot': 'none'}
        acpi = self.acpi()
        options.update(zip(acpi[::2], acpi[1::2]))
        for edk2, more in ((202502, {}), (202511, {'--smbios': 'dmi'})):
            if more:
                self.put('dmi', self.table())
                items = [f'--fw-cfg={name}={ITEM_FILES[name]}'
                         for name, _ in rtmr0.ITEMS]
                for name, size in rtmr0.ITEMS:
                    self.put(ITEM_FILES[name], bytes(size or 3))
            else:
                items = []
            given = {**options, **more, '--edk2': str(edk2)}
            words = [word for pair in given.items() for word in pair]
            self.assertEqual(
                calc('--register', 'rtmr0', *words, *items, 'fw').status, 0)
            for left in given:
                words = [word for name, value in given.items()
                         if name != left for word in (name, value)]
                self.fails(2, f'missing {left}', *words, *items)
            words = [word for pair in given.items() for word in pair]
            for item in items:
                self.fails(2, 'missing --fw-cfg ' + item[9:].split('=')[0],
                           *words, *(i for i in items if i != item))

    def test_listed(self):
        self.image()
        for edk2 in (202311, 202408, 202502, 202505, 202602, 202605, 202608):
            self.assertEqual(self.listed('--edk2', str(edk2)),
                             self.expected(edk2))
        result = calc('--register', 'rtmr0', '--list-events', '--edk2',
                      '202511', 'fw')
        lines = [line.split(maxsplit=1)[1] for line in
                 result.text.split('\n')[:-1]]
        for (_, digest, name), line in zip(self.expected(202511), lines,
                                           strict=True):
            if digest:
                self.assertEqual(line, f'{digest.hex()}  {name}')
            else:
                self.assertRegex(line, f'^not known +{name}: give --')

    def test_later_releases(self):
        self.image()
        self.fails(3, '202605 is not known here', '--edk2', '202605', '--ram',
                   '2G', '--secure-boot', 'none')

    def test_variables(self):
        """A store with variables, or none, is no empty one."""
        good = rtmr0.store(CFV.raw)
        stores = [bytes(CFV.raw), good[:-1] + b'\xff',
                  rtmr0.store(CFV.raw, struct.pack('<HB', 0x55aa, 0x3f)),
                  good[:CFV.raw - 0x101] + b'\0' + good[CFV.raw - 0x100:]]
        for at, byte in ((16, 0), (40, 0), (48, 0x37), (49, 0xff), (72, 0),
                         (88, 0xff), (91, 1), (92, 0), (93, 0)):
            stores.append(good[:at] + bytes([byte]) + good[at + 1:])
        for i, cfv in enumerate(stores):
            self.image(cfv=cfv)
            known = {e[2]: e[1] for e in self.listed('--edk2', '202502',
                                                     '--secure-boot', 'off')}
            self.assertEqual(known['CFV'], rtmr0.sha384(cfv))
            names = ('SecureBoot', 'PK', 'KEK', 'db', 'dbx', 'BootOrder')
            for name in names:
                # The second is after the store.
                self.assertEqual(known[name] is None, i != 1, (i, name))
            self.assertEqual('Boot0000' in known, i == 1)
            if i != 1:
                self.fails(3, 'not a variable store without variables',
                           '--edk2', '202502', '--secure-boot', 'off')


class Refused(Case):
    def options(self):
        words = ['--edk2', '202511', '--ram', '2G', '--secure-boot', 'off']
        words += [*self.acpi(), *self.machine()]
        return words

    def test_loader(self):
        self.image()
        options = self.options()
        both = (rtmr0.allocate(rtmr0.RSDP), rtmr0.allocate(rtmr0.TABLES))
        for data, words in (
                (b'', '0 bytes'), (b''.join(both)[:-1], '255 bytes'),
                (both[0], 'not etc/table-loader'),
                (rtmr0.command(0), 'not etc/table-loader'),
                (both[0] * 2 + both[1], 'twice'),
                (both[0] + both[1] + both[0], 'twice'),
                (b''.join(both) + rtmr0.allocate('etc/tpm/log'), 'another'),
                (rtmr0.allocate(rtmr0.RSDP + 'x') + both[1], 'another'),
                (rtmr0.allocate('x' * 56) + both[1], 'another'),
                (b''.join(both) + bytes(1 << 20), 'bytes')):
            self.put('loader', data)
            self.fails(3, words, *options)
            self.fails(3, '[acpi-loader]', *options)

    def test_acpi(self):
        """Blobs that cannot be ACPI's, with and without the others."""
        self.image()
        options = self.options()
        for name, data, words in (
                ('tables', b'', 'it is empty'), ('rsdp', b'', 'it is empty'),
                ('rsdp', b'RSD PTR ' + bytes(11), '19 bytes'),
                ('rsdp', b'RSD PTR ' + bytes(29), '37 bytes'),
                ('rsdp', b'RSD PTR_' + bytes(12), 'begins with'),
                ('rsdp', b'\0RSD PTR' + bytes(28), 'begins with')):
            whole = pathlib.Path(name).read_bytes()
            self.put(name, data)
            self.fails(3, words, *options)
            self.fails(3, '[fw-cfg]', *options)
            self.put(name, whole)

    def test_smbios(self):
        self.image()
        options = self.options()
        end = rtmr0.structure(127, 0, b'')
        one = rtmr0.structure(1, 1, bytes(20), b'text')
        for data, words in (
                (b'', '0 bytes'), (end[:-1], 'no end'), (end + b'\0', 'after'),
                (one, 'of less than 4 bytes'), (end[:3], 'less than 4'),
                (b'\x7f\x03\0\0\0\0', 'less than 4'),
                (b'\x7f\xff\0\0\0\0', 'less than 4'),
                (one[:24] + b'\0x\0\0' + end, 'first string is empty'),
                (one[:7] + b'\x02' + one[8:] + end, 'it has not'),
                (rtmr0.structure(1, 1, b'\0\0\0\1') + end, 'it has not'),
                (end + bytes(1 << 20), 'bytes')):
            self.put('dmi', data)
            self.fails(3, 'not an SMBIOS table', *options)
            self.fails(3, 'dmi: ', *options)
            self.fails(3, words, *options)
            try:
                rtmr0.smbios(data)
                self.assertGreater(len(data), 1 << 20)
            except (rtmr0.Bad, IndexError):
                pass

    def test_items(self):
        """An item of a size that OVMF does not measure."""
        self.image()
        self.rng.random = lambda: 1.0
        options = self.options()
        for name, size in rtmr0.ITEMS:
            file = ITEM_FILES[name]
            good = pathlib.Path(file).read_bytes()
            for data in (b'', bytes(size + 1) if size else bytes(65001)):
                self.put(file, data)
                self.fails(3, f'{file}: {len(data)} bytes', *options)
                self.fails(3, '[fw-cfg]', *options)
            self.put(file, good)

    def test_ram(self):
        """Sections that are not in RAM, or RAM that there is not."""
        for ram in ('1', '4097', str((1 << 51) + 4096), '4096T'):
            self.image()
            self.fails(2, '--ram needs a multiple of 4096', '--edk2',
                       '202502', '--ram', ram)
        self.fails(3, 'not in the RAM', '--edk2', '202502', '--ram', '8M')
        high = images.TEMP_MEM._replace(address=1 << 32, memory=0x1000)
        for section, ram in ((high, 2 * GIB), (high, 0xaffff000),
                             (high._replace(address=0x7ffff000,
                                            memory=0x2000), 3 * GIB)):
            self.image((*OVMF, section))
            self.fails(3, 'not in the RAM', '--edk2', '202502', '--ram',
                       str(ram))
        self.image((*OVMF, high))
        events = self.listed('--edk2', '202502', '--ram', '3G')
        self.assertEqual(events[0][1], rtmr0.sha384(rtmr0.hob(
            (*IN_RAM, (1 << 32, 0x1000)), 3 * GIB, images.TD_HOB.address)))

    def test_sections(self):
        """A TD_HOB without room, and images that QEMU or OVMF have not."""
        many = [images.TEMP_MEM._replace(address=0x1000000 + 0x2000 * i)
                for i in range(45)]
        small = images.TD_HOB._replace(memory=0x1000)
        self.image((images.BFV, CFV, small, *many))
        self.fails(3, 'the list has 0x', '--edk2', '202502', '--ram', '2G')
        no_cfv = (images.BFV, images.TD_HOB)
        self.image(no_cfv)
        self.fails(3, 'no CFV section', '--edk2', '202502', '--ram', '2G')
        self.fails(3, '[cfv]', '--edk2', '202502', '--ram', '2G')

    def test_usage(self):
        self.image()
        for words, *args in (
                ('missing --edk2',), ('since edk2-stable202311', '--edk2',
                                      '202308'),
                ('are of edk2 since edk2-stable202505', '--edk2', '202502',
                 '--fw-cfg', 'bootorder='),
                ('--fw-cfg needs NAME=FILE', '--fw-cfg', 'bootorder'),
                ("not 'bootorde'", '--fw-cfg', 'bootorde=x'),
                ('BootMenu needs a file', '--fw-cfg', 'BootMenu='),
                ('given twice', '--fw-cfg', 'bootorder=', '--fw-cfg',
                 'bootorder=x'),
                ('--secure-boot needs none', '--secure-boot', 'on')):
            self.fails(2, words, *args)
        result = calc('--register', 'rtmr2', '--append', 'a',
                      '--secure-boot', 'off', 'fw')
        self.assertEqual((result.status, result.stdout), (2, b''))
        self.assertIn('are for --register rtmr0 and all', result.lines[-1])
        result = calc('--list-events', 'fw')
        self.assertEqual(result.status, 2)
        self.assertIn('--list-events is for --register', result.lines[0])
        self.write('shim', images.more(images.PAYLOAD, images.PARAM))
        self.put('hob', shim.small(images.TD_HOB.address))
        result = calc('--register', 'rtmr0', '--td-hob', 'hob',
                      '--secure-boot', 'off', 'shim')
        self.assertEqual(result.status, 2)
        self.assertIn("the image is td-shim's", result.lines[-1])
