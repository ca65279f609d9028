# SPDX-License-Identifier: Apache-2.0
"""verity: root hashes and trees of tests/lib/verity.py and of veritysetup."""

import json
import os
import pathlib
import random
import re
import shutil
import struct
import subprocess
import unittest
import uuid

from support import SANITIZED, TestCase, calc
import verity
from verity import Verity

try:
    import jsonschema
except ImportError:
    jsonschema = None

DOCS = pathlib.Path(__file__).resolve().parents[2] / 'docs'
SCHEMA = json.loads((DOCS / 'schemas/verity.schema.json').read_text('utf-8'))
VERITYSETUP = shutil.which('veritysetup',
                           path=os.environ.get('PATH', '') + ':/usr/sbin')
SALT = bytes(range(32))
HINT = "; try 'mrtd-calc verity --help'"
ALGORITHMS = ('sha1', 'sha224', 'sha256', 'sha384', 'sha512', 'sha3-256',
              'sha3-512', 'blake2b-512', 'blake2s-256')


def options(v, salt=True):
    """All of them."""
    return ('--type', str(v.hash_type), '--hash', v.algorithm,
            '--data-block-size', str(v.data_block), '--hash-block-size',
            str(v.hash_block),
            *(('--salt', v.salt.hex() or '-') if salt else ()),
            *(('--blocks', str(v.blocks)) if v.blocks else ()))


def some(rng, most=400):
    """Data and parameters."""
    v = Verity(rng.choice((0, 1)), rng.choice(ALGORITHMS[:5]),
               1 << rng.randrange(9, 14), 1 << rng.randrange(9, 14),
               rng.randbytes(rng.choice((0, 2, 16, 32, 256))))
    count = rng.choice((1, 2, 3, rng.randrange(1, most)))
    data = rng.randbytes(count * v.data_block + rng.choice((0, 1, 511)))
    return data, v._replace(blocks=rng.choice((0, 0, count)))


def rest(data, v):
    """What is said of data after the last block."""
    hashed = (v.blocks or len(data) // v.data_block) * v.data_block
    return [f'data: note: offset {hex(hashed)}: what comes after the last data '
            'block is not hashed, and a guest does not see it (size '
            f'{hex(len(data) - hashed)}) [verity-rest]'
            ] if hashed < len(data) else []


class Case(TestCase):
    def setUp(self):
        super().setUp()
        self.rng = random.Random(self.id())
        self.data = self.rng.randbytes(300 * 4096)
        self.v = Verity(salt=SALT)
        self.root, self.device = verity.device(self.data, self.v)
        self.write('data', self.data)
        self.write('tree', self.device)

    def ask(self, *args):
        """The JSON of a run."""
        result = calc('verity', '--json', *args)
        self.assertIn(result.status, (0, 1), result)
        made = json.loads(result.stdout)
        if jsonschema:
            jsonschema.validate(made, SCHEMA)
        return made, result

    def bare(self, *args):
        result = calc('verity', '--root-only', *args)
        self.assertEqual(result.status, 0, result)
        return result.text.rstrip('\n')


class Good(Case):
    def test_forms(self):
        """All that is printed, from a superblock."""
        made, result = self.ask('--hash-device', 'tree', 'data')
        hexed = self.root.hex()
        params = (f'root_hash={hexed},salt={SALT.hex()},data_blocks=300,'
                  'data_block_size=4096,hash_block_size=4096')
        table = (f'dm-verity,,,ro,0 2400 verity 1 /dev/vda /dev/vdb 4096 4096 '
                 f'300 1 sha256 {hexed} {SALT.hex()}')
        whole = {'partition': None, 'offset': '0x0',
                 'guid_is_of_root_hash': None}
        version = made.pop('version')
        self.assertEqual(made, {
            'schema': 'mrtd-calc/verity/1', 'verdict': None,
            'data': {'file': 'data', 'size': len(self.data), **whole},
            'tree': {'in': {'file': 'tree', 'size': len(self.device), **whole},
                     'offset': '0x1000', 'size': 4 * 4096, 'superblock': True,
                     'verdict': 'same', 'first_difference': None},
            'hash_type': 1, 'algorithm': 'sha256', 'data_block_size': 4096,
            'hash_block_size': 4096, 'data_blocks': 300, 'salt': SALT.hex(),
            'root_hash': hexed, 'expected': None, 'params': params,
            'dm_mod_create': table})
        self.assertEqual(result.lines, [])
        self.assertIn(version, calc('--version').text)
        text = calc('verity', '--hash-device', 'tree', 'data').text
        self.assertIn(f'\nroothash={hexed}\n{params}\ndm-mod.create="{table}"\n',
                      text)
        self.assertEqual(self.bare('--hash-device', 'tree', 'data'), hexed)

    def test_random_images(self):
        """Without a tree, beside one, and with a superblock."""
        for turn in self.part(range(120)):
            data, v = some(self.rng)
            at = self.rng.choice((0, 512, 4096, 8192, 12800))
            root, device = verity.device(data, v, at)
            self.write('data', data)
            self.write('tree', device)
            start = self.rng.randrange(0, 3) * v.hash_block
            self.write('plain', verity.device(data, v, start, False)[1])
            with self.subTest(turn=turn, v=v, size=len(data)):
                self.assertEqual(self.bare(*options(v), 'data'), root.hex())
                made, result = self.ask('--hash-device', 'tree',
                                        '--hash-offset', str(at), 'data')
                self.assertEqual((made['root_hash'], made['tree']['verdict'],
                                  result.lines),
                                 (root.hex(), 'same', rest(data, v)))
                made, result = self.ask(
                    *options(v), '--hash-device', 'plain', '--hash-offset',
                    str(start), '--no-superblock', 'data')
                self.assertEqual((made['root_hash'], made['tree']['verdict'],
                                  result.lines),
                                 (root.hex(), 'same', rest(data, v)))

    @unittest.skipUnless(VERITYSETUP, 'needs cryptsetup-bin')
    def test_veritysetup(self):
        """What it formats has the root hash that it prints, and its tree."""
        for turn in self.part(range(60)):
            data, v = some(self.rng, 100)
            self.write('data', data)
            bare = self.rng.random() < 0.3
            pathlib.Path('tree').unlink(missing_ok=True)
            done = subprocess.run(
                [VERITYSETUP, 'format', 'data', 'tree', '--format',
                 str(v.hash_type), '--hash', v.algorithm, '--salt',
                 v.salt.hex() or '-', '--data-block-size', str(v.data_block),
                 '--hash-block-size', str(v.hash_block),
                 *(['--data-blocks', str(v.blocks)] if v.blocks else []),
                 *(['--no-superblock'] if bare else [])],
                capture_output=True, text=True, check=False)
            if done.returncode:
                # The kernel's limit: blocks of a page at most.
                self.assertGreater(max(v.data_block, v.hash_block), 4096, done)
                continue
            root = re.search(r'Root hash:\s*([0-9a-f]+)', done.stdout)[1]
            with self.subTest(turn=turn, v=v):
                how = ((*options(v), '--no-superblock') if bare else ())
                made, result = self.ask(*how, '--hash-device', 'tree', 'data')
                self.assertEqual((made['root_hash'], made['tree']['verdict'],
                                  result.lines),
                                 (root, 'same', rest(data, v)))

    def test_what_a_kernel_lacks(self):
        """No line for it: another name of the same algorithm, large blocks."""
        for v in (Verity(algorithm='sha512-256'), Verity(data_block=8192),
                  Verity(hash_block=8192)):
            self.write('device', bytes(1 << 17))
            made, _ = self.ask(*options(v), '--hash-device', 'device',
                               '--no-superblock', 'data')
            self.assertIsNone(made['dm_mod_create'], v)

    def test_algorithms(self):
        for name in ALGORITHMS:
            v = Verity(algorithm=name, salt=b'ab')
            root, _ = verity.tree(self.data, v)
            with self.subTest(name=name):
                self.assertEqual(self.bare(*options(v), 'data'), root.hex())

    def test_one_file(self):
        """The tree is after the data: it ends them."""
        v = self.v
        for at in (len(self.data), len(self.data) - 4096):
            root, device = verity.device(self.data[:at], v, at)
            self.write('both', self.data[:at] + device[at:])
            made, result = self.ask('--hash-offset', str(at), 'both')
            self.assertEqual((made['root_hash'], made['data_blocks'],
                              made['tree']['verdict'], result.lines),
                             (root.hex(), at // 4096, 'same', []))
            self.assertIn('/dev/vda /dev/vda ', made['dm_mod_create'])
        # Between the data and a tree, and by a tree without a superblock.
        v = v._replace(blocks=2)
        root, device = verity.device(self.data[:3 * 4096], v, 3 * 4096)
        self.write('both', self.data[:3 * 4096] + device[3 * 4096:])
        for args in ((), ('--no-superblock', *options(v))):
            made, result = self.ask('--hash-offset', str(3 * 4096), *args,
                                    'both')
            self.assertEqual((made['root_hash'], result.lines[0]),
                             (root.hex(), 'both' + rest(
                                 self.data[:3 * 4096], v)[0][4:]))

    def test_names_of_veritysetup(self):
        want = self.root.hex()
        self.assertEqual(self.bare('--format', '1', '--data-blocks', '300',
                                   '--salt', SALT.hex().upper(), 'data'), want)

    def test_stdin(self):
        result = calc('verity', '--root-only', '--salt', SALT.hex(), '-',
                      stdin=self.data)
        self.assertEqual((result.status, result.text),
                         (0, self.root.hex() + '\n'))


class Expected(Case):
    def line(self, **fields):
        made = {'root_hash': self.root.hex(), 'salt': SALT.hex(),
                'data_blocks': 300, 'data_block_size': 4096,
                'hash_block_size': 4096, **fields}
        return ','.join(f'{name}={value}' for name, value in made.items()
                        if value is not None)

    def test_match(self):
        for args in (('--params', self.line()),
                     ('--params', self.line(data_blocks=None)),
                     ('--salt', SALT.hex(), '--root-hash', self.root.hex()),
                     ('--hash-device', 'tree', '--root-hash',
                      self.root.hex().upper()),
                     ('--hash-device', 'tree', '--params', self.line())):
            with self.subTest(args=args):
                made, result = self.ask(*args, 'data')
                self.assertEqual((made['verdict'], made['expected'],
                                  result.status),
                                 ('match', self.root.hex(), 0))
                self.assertIn('\nverdict          MATCH\n',
                              calc('verity', *args, 'data').text)

    def test_each_bit(self):
        """Another root hash, another bit of the data."""
        for at in self.rng.sample(range(256), 20):
            other = bytearray(self.root)
            other[at // 8] ^= 1 << at % 8
            self.differs('--params', self.line(root_hash=other.hex()))
        self.differs('--params', self.line(data_blocks=299))
        self.differs('--params', self.line(salt='-'))
        data = bytearray(self.data)
        data[self.rng.randrange(len(data))] ^= 1
        self.write('data', bytes(data))
        self.differs('--params', self.line())

    def test_another_length(self):
        """It is no root hash of that algorithm, and was pasted wrongly."""
        for size in (1, 20, 31, 33, 48, 64):
            for args in (('--salt', SALT.hex(), '--root-hash',
                          size * '00'),
                         ('--params', self.line(root_hash=size * '00'))):
                self.refused(calc('verity', *args, 'data'), 2,
                             'the root hash to compare with has '
                             f'{2 * size} digits, and one of sha256 has 64')

    def differs(self, *args):
        made, result = self.ask(*args, 'data')
        self.assertEqual((made['verdict'], result.status), ('differs', 1))
        text = calc('verity', *args, 'data')
        self.assertEqual(text.status, 1)
        self.assertIn('\nverdict          NO MATCH\n', text.text)
        self.assertEqual(calc('verity', '--root-only', *args, 'data').status,
                         1)

    def test_tree(self):
        """The root hash is right, the stored tree is not: a warning."""
        for at in (4096, 4097, 5 * 4096 - 1):
            device = bytearray(self.device)
            device[at] ^= 1
            self.write('tree', bytes(device))
            made, result = self.ask('--hash-device', 'tree', '--root-hash',
                                    self.root.hex(), 'data')
            self.assertEqual((made['verdict'], result.status), ('match', 0))
            self.assertEqual((made['tree']['verdict'],
                              made['tree']['first_difference']),
                             ('differs', hex(at)))
            self.assertEqual(result.lines, [
                f'tree: warning: offset {hex(at)}: the tree there is not that '
                'of the data: the guest fails to read what it is for, although '
                'the root hash may be right [verity-tree]'])
            self.assertIn(f'from {hex(at)} on\n', calc(
                'verity', '--hash-device', 'tree', 'data').text)

    def test_params(self):
        size = 'a decimal number from 1 to 4294967295'
        what = {'root_hash': 'a digest, two hexadecimal digits a byte',
                'salt': 'two hexadecimal digits a byte, of 256 at most, or '
                "'-'", 'data_blocks': 'a decimal number from 1 of at most 19 '
                'digits', 'data_block_size': size, 'hash_block_size': size}
        for line, why in (
                ('', "--params needs Kata's line"),
                ('root_hash', "--params has no field 'root_hash'; its fields "
                 'are root_hash, salt, data_blocks, data_block_size and '
                 'hash_block_size'),
                (self.line() + ',', "--params has no field ''; its fields are "
                 'root_hash, salt, data_blocks, data_block_size and '
                 'hash_block_size'),
                (self.line(x='1'), "--params has no field 'x'; its fields are "
                 'root_hash, salt, data_blocks, data_block_size and '
                 'hash_block_size'),
                (self.line() + ',salt=00', '--params has salt twice'),
                (self.line(root_hash=None), '--params names no root_hash'),
                *((self.line(**{name: value}),
                   f"--params: {name} is {what[name]}, not '{value}'")
                  for name, value in (
                      ('root_hash', 'x'), ('root_hash', '0'),
                      ('root_hash', ''), ('root_hash', 65 * '00'),
                      ('salt', ''), ('salt', '0'), ('salt', 'xy'),
                      ('salt', 257 * '00'), ('data_blocks', '0'),
                      ('data_blocks', '-1'), ('data_blocks', '0x10'),
                      ('data_blocks', 20 * '9'), ('data_block_size', ''),
                      ('hash_block_size', '4294967296')))):
            with self.subTest(line=line):
                self.refused(calc('verity', '--params', line, 'data'), 2,
                             why + HINT)
        for option, name, value in (
                ('--salt', 'salt', '00'), ('--blocks', 'data_blocks', '1'),
                ('--root-hash', 'root_hash', '00'),
                ('--data-block-size', 'data_block_size', '512'),
                ('--hash-block-size', 'hash_block_size', '512')):
            with self.subTest(option=option):
                self.refused(calc('verity', option, value, '--params',
                                  self.line(), 'data'), 2,
                             f'{option} is given, and {name} in --params'
                             + HINT)


class Partitions(Case):
    MIB = 1 << 20

    def kata(self, mib, superblock):
        """An image of Kata Containers with its two tables (image_builder.sh):
        the data from 3 MiB on, the tree in the last hundredth."""
        start = int((mib - 2) * 99 / 100)
        data = self.rng.randbytes((start - 1) * self.MIB)
        root, device = verity.device(data, self.v, 0, superblock)
        middle = int(mib * 99 / 100)
        inner = verity.mbr((2048, (start - 1) * 2048), (
            start * 2048, (mib - 2 - start) * 2048))
        outer = verity.mbr((3 * 2048, (middle - 3) * 2048), (
            middle * 2048, (mib - middle) * 2048))
        image = bytearray(mib * self.MIB)
        image[:512] = outer
        image[2 * self.MIB:2 * self.MIB + 512] = inner
        image[3 * self.MIB:3 * self.MIB + len(data)] = data
        at = (start + 2) * self.MIB
        image[at:at + len(device)] = device
        return root, bytes(image), len(data), at

    def test_kata(self):
        """Data and tree are where the second table says, also where the first
        one is off, as with 101 and 102 MiB, which is said."""
        for mib, superblock in ((32, True), (32, False), (101, False),
                                (102, False)):
            if SANITIZED and mib > 32:
                continue
            root, image, size, at = self.kata(mib, superblock)
            self.write('kata.img', image)
            with self.subTest(mib=mib, superblock=superblock):
                params = (f'root_hash={root.hex()},salt={SALT.hex()},'
                          f'data_blocks={size // 4096},data_block_size=4096,'
                          'hash_block_size=4096')
                how = () if superblock else ('--no-superblock', )
                made, result = self.ask('--partition', '1', '--hash-partition',
                                        '2', *how, '--params', params,
                                        'kata.img')
                note = ('kata.img: note: the partition table at 0x200000 is '
                        'taken, and the one at 0x0 says that partitions are '
                        'elsewhere: a guest whose disk is all of the image '
                        'goes by that one [verity-tables]')
                self.assertEqual((made['verdict'], result.lines),
                                 ('match', [note] if mib > 100 else []))
                self.assertEqual((made['data']['offset'], made['data']['size']),
                                 (hex(3 * self.MIB), size))
                self.assertEqual((made['tree']['in']['offset'],
                                  made['tree']['verdict']), (hex(at), 'same'))
                self.assertEqual(made['params'], params)
                self.assertEqual(
                    made['dm_mod_create'], None if mib > 100 else
                    f'dm-verity,,,ro,0 {size // 512} verity 1 /dev/vda1 '
                    f'/dev/vda2 4096 4096 {size // 4096} '
                    f'{1 if superblock else 0} sha256 {root.hex()} '
                    f'{SALT.hex()}')
                self.assertEqual(self.bare('--partition', '1', '--params',
                                           params, 'kata.img'), root.hex())

    def test_whole_image_is_noted(self):
        _, image, _, _ = self.kata(32, True)
        self.write('kata.img', image)
        made, result = self.ask('--salt', SALT.hex(), 'kata.img')
        self.assertEqual(made['root_hash'],
                         verity.tree(image, self.v)[0].hex())
        self.assertEqual(result.lines, [
            'kata.img: note: it has a partition table, and all of it was '
            'hashed; --partition 1 hashes a partition [verity-whole]'])

    def gpt(self, guids, sector=512):
        data = self.data[:64 * 4096]
        root, device = verity.device(data, self.v)
        first = 48 * 512 // sector * sector // sector
        start = 65536 // sector
        tree = start + len(data) // sector
        last = tree + -(-len(device) // sector)
        image = verity.gpt([(start, tree - 1, guids(root)[0]),
                            (tree, last - 1, guids(root)[1])], sector)
        self.assertLess(len(image), start * sector, first)
        image = image.ljust(start * sector, b'\0') + data + device
        return root, image.ljust(last * sector, b'\0')

    def test_gpt(self):
        """systemd's GUIDs are the halves of the root hash."""
        for sector in (512, 4096):
            root, image = self.gpt(verity.guids_of, sector)
            self.write('disk', image)
            made, _ = self.ask('--partition', '1', '--hash-partition', '2',
                               'disk')
            self.assertEqual((made['root_hash'],
                              made['data']['guid_is_of_root_hash'],
                              made['tree']['in']['guid_is_of_root_hash'],
                              made['tree']['verdict']),
                             (root.hex(), True, True, 'same'))
            text = calc('verity', '--partition', '1', '--hash-partition', '2',
                        'disk').text
            self.assertIn("data's GUID      is the first half of the root "
                          "hash\ntree's GUID      is the last half", text)
            root, image = self.gpt(lambda root: (uuid.UUID(int=1),
                                                 uuid.UUID(int=2)), sector)
            self.write('disk', image)
            made, _ = self.ask('--partition', '1', '--hash-partition', '2',
                               'disk')
            self.assertEqual((made['data']['guid_is_of_root_hash'],
                              made['tree']['in']['guid_is_of_root_hash']),
                             (False, False))

    def test_tables_that_are_refused(self):
        good = self.gpt(verity.guids_of)[1]
        cut = good[:512 + 90] + b'\xff' + good[512 + 91:]
        cases = (
            (bytes(1 << 20), '1', 'offset 0x1fe: no partition table: not the '
             '55 AA with which a master boot record ends [disk-table]'),
            (b'', '1', 'offset 0x0: no partition table: the disk has 0 bytes '
             '[disk-table]'),
            (cut, '1', None),
            (good, '3', 'offset 0x500: there is no partition 3: its entry in '
             'the GPT is empty [disk-partition]'),
            (good, '129', 'offset 0x400: there is no partition 129: the GPT '
             'has 128 entries [disk-partition]'),
            (good[:-4096], '2', None))
        for data, number, line in cases:
            self.write('disk', data)
            result = calc('verity', '--partition', number, '--salt', '-',
                          'disk')
            with self.subTest(line=line):
                self.refused(result, 3, line and f'disk: {line}')
                self.assertRegex(result.lines[0],
                                 r'^disk: offset 0x.* \[disk-\w+\]$')


class Bad(Case):
    def test_salt_is_never_guessed(self):
        self.refused(calc('verity', 'data'), 2, "the salt is not known: give "
                     "--params or --salt ('-': there is none), or say where a "
                     'superblock is, with --hash-device, --hash-partition or '
                     '--hash-offset')

    def test_superblocks(self):
        """Each field that is wrong; none, and one that contradicts."""
        fields = ((0, b'Verity', 'no superblock of dm-verity'),
                  (8, b'\x02', 'the superblock has version 2'),
                  (12, b'\x02', 'hash type 2 is neither 0 nor 1'),
                  (32, b'\0', 'does not name a hash algorithm'),
                  (32, b'sha256\0x', 'does not name a hash algorithm'),
                  (64, struct.pack('<I', 4097), 'data block size 4097 is not'),
                  (68, struct.pack('<I', 256), 'hash block size 256 is not'),
                  (72, bytes(8), '0 data blocks'),
                  (80, b'\x01\x01', 'a salt of 257 bytes'))
        for at, value, words in fields:
            device = bytearray(self.device)
            device[at:at + len(value)] = value
            self.write('tree', bytes(device))
            result = calc('verity', '--hash-device', 'tree', 'data')
            with self.subTest(words=words):
                self.refused(result, 3)
                self.assertIn(words, result.lines[0])
                self.assertTrue(result.lines[0].startswith(
                    f'tree: offset {hex(at)}: '), result)
                self.assertTrue(result.lines[0].endswith(
                    '; for a tree without one there is --no-superblock '
                    '[verity-superblock]'), result)
        self.write('tree', self.device)
        other = Verity(0, 'sha512', 512, 512, b'x', 1)
        said = dict(zip(*[iter(options(self.v._replace(
            blocks=300)))] * 2))
        for i in range(0, 12, 2):
            pair = options(other)[i:i + 2]
            with self.subTest(pair=pair):
                self.refused(
                    calc('verity', '--hash-device', 'tree', *pair, 'data'), 3,
                    'tree: offset 0x0: by the superblock of dm-verity there '
                    f'{pair[0]} is {said[pair[0]]}, and {pair[1]} is given; '
                    'with --no-superblock it is not read [verity-superblock]')

    def test_mutated_superblocks(self):
        """Never a root hash of something else without a word: what is printed
        is what the superblock says."""
        for _ in self.part(range(150)):
            device = bytearray(self.device)
            at = self.rng.choice((*range(8, 96), *range(96, 512, 16)))
            device[at] ^= 1 << self.rng.randrange(8)
            self.write('tree', bytes(device))
            result = calc('verity', '--json', '--hash-device', 'tree', 'data')
            self.assertIn(result.status, (0, 3), result)
            if result.status:
                continue
            made = json.loads(result.stdout)
            name = bytes(device[32:64]).rstrip(b'\0').decode()
            v = Verity(*struct.unpack_from('<I', device, 12), name,
                       *struct.unpack_from('<II', device, 64),
                       bytes(device[88:88 + device[80] + 256 * device[81]]),
                       *struct.unpack_from('<Q', device, 72))
            self.assertEqual(made['root_hash'],
                             verity.tree(self.data, v)[0].hex())

    def test_sizes(self):
        for args, line in (
                (('--blocks', '301'), 'data: 301 data blocks of 4096 bytes are '
                 'more than the 1228800 bytes that there are [verity-size]'),
                (('--blocks', str((1 << 64) - 1)), None),
                (('--hash-device', 'cut', '--no-superblock'), None),
                (('--hash-offset', '4096', '--no-superblock', '--blocks', '2'),
                 'data: offset 0x1000: 2 data blocks of 4096 bytes overlap the '
                 'hash area there [verity-size]'),
                (('--hash-offset', '512', '--no-superblock'), 'data: the data '
                 'have 0 bytes, which is no whole block of 4096 '
                 '[verity-size]'),
                (('--hash-offset', '4095', '--no-superblock'), 'data: hash '
                 'offset 4095 is not a multiple of 512 [verity-parameter]'),
                (('--data-block-size', '1000'), 'data: data block size 1000 is '
                 'not a power of two from 512 to 524288 [verity-parameter]'),
                (('--hash-block-size', '1048576'), None)):
            self.write('cut', self.device[4096:-1])
            self.write('short', self.device[:8192])
            result = calc('verity', '--salt', '-', *args, 'data')
            with self.subTest(args=args):
                self.refused(result, 3, line)
                self.assertRegex(result.lines[0], r'\[verity-\w+\]$')
        # Of which file it is, and where in it.
        self.refused(calc('verity', '--hash-device', 'short', 'data'), 3,
                     'short: offset 0x1000: the tree of 16384 bytes there does '
                     'not fit into the 8192 bytes of its device [verity-size]')
        self.write('more', self.device[:72] + struct.pack('<Q', 301)
                   + self.device[80:])
        self.refused(calc('verity', '--hash-device', 'more', 'data'), 3,
                     'data: 301 data blocks of 4096 bytes are more than the '
                     '1228800 bytes that there are, and so many blocks the '
                     'superblock says [verity-size]')
        self.write('ends', self.device[:511])
        self.refused(calc('verity', '--hash-device', 'ends', 'data'), 3,
                     'ends: offset 0x0: a superblock of dm-verity has 512 '
                     'bytes, and its device ends after 511; for a tree without '
                     'one there is --no-superblock [verity-superblock]')
        self.write('small', b'x')
        self.refused(calc('verity', '--salt', '-', 'small'), 3)
        self.write('empty', b'')
        self.refused(calc('verity', '--salt', '-', 'empty'), 3)
        for name in ('.', 'gone'):
            self.refused(calc('verity', '--salt', '-', name), 4)
            self.refused(calc('verity', '--hash-device', name, 'data'), 4)

    def test_unknown_algorithms(self):
        for name in ('sha257', 'SHA256', 'wp512x', 'shake256', 'null'):
            result = calc('verity', '--salt', '-', '--hash', name, 'data')
            self.refused(result, 3, f"data: hash algorithm '{name}', which the "
                         'superblock or --hash names, is unknown to this '
                         "program's libcrypto; names are the kernel's, in "
                         'lower case, as sha256 [verity-algorithm]')

    def test_usage(self):
        for args, line in (
                (('--type', '2'), "--type needs 1, or 0 for Chrome OS's, not "
                 "'2'"),
                (('--hash', ''), '--hash needs the name of a hash algorithm, '
                 "as sha256, not ''"),
                (('--hash', 33 * 'a'), None),
                (('--salt', '0'), None), (('--salt', 257 * '00'), None),
                (('--root-hash', 'x'), None),
                (('--partition', '0'), '--partition needs a number from 1 to '
                 "4294967295, not '0'"),
                (('--blocks', '0'), None), (('--blocks', '-1'), None),
                (('--hash-offset', 'x'), None),
                (('--hash-partition', '2'), '--hash-partition is for '
                 '--partition'),
                (('--partition', '1', '--hash-partition', '1'), '--partition '
                 'and --hash-partition name the same one'),
                (('--no-superblock', '--salt', '-'), '--no-superblock is for a '
                 'tree: --hash-device, --hash-partition or --hash-offset say '
                 'where it is'),
                (('--type', '1', '--format', '1'), '--type and --format are '
                 'one option'),
                (('--blocks', '1', '--data-blocks', '1'), '--blocks and '
                 '--data-blocks are one option'),
                (('--hash-device', 'data'), '--hash-device is the image '
                 'itself; --hash-offset alone says where the tree is in it'),
                (('--json', '--root-only'), None)):
            with self.subTest(args=args):
                self.refused(calc('verity', *args, 'data'), 2,
                             line and line + HINT)
        self.refused(calc('verity', '--salt', '-', '--hash-device', '-', '-'),
                     2)


if __name__ == '__main__':
    unittest.main()
