# SPDX-License-Identifier: Apache-2.0
"""--image: is the root hash in a command line that of the guest's disk image?
Roots and trees are of tests/lib/verity.py and of veritysetup."""

import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import uuid

import boot
import images
import sev
from support import TestCase, calc
import verity
from verity import Verity

try:
    import jsonschema
except ImportError:
    jsonschema = None

DOCS = pathlib.Path(__file__).resolve().parents[2] / 'docs'
SCHEMA = json.loads(
    (DOCS / 'schemas/measurement.schema.json').read_text('utf-8'))
VERITYSETUP = shutil.which('veritysetup',
                           path=os.environ.get('PATH', '') + ':/usr/sbin')
SALT = bytes(range(32))
HINT = "; try 'mrtd-calc --help'"
VERITY_HINT = ("; 'mrtd-calc verity' computes the root hash of an image by "
               'parameters that are given')
BLOCKS = 40
FIRST = 64  # the sector at which data begin


class Case(TestCase):
    def setUp(self):
        super().setUp()
        self.rng = random.Random(self.id())
        self.write('fw', images.image())
        self.data = self.rng.randbytes(BLOCKS * 4096)
        self.v = Verity(salt=SALT)

    def disk(self, superblock, v=None, guids=None, shared=False):
        """A disk with two partitions, data and tree, or with one that has
        both: its root hash, and where the tree begins there."""
        v = v or self.v
        root, device = verity.device(self.data, v, 0, superblock)
        sectors = len(self.data) // 512
        after = FIRST + sectors
        if shared:
            parts = [(FIRST, sectors + len(device) // 512)]
        else:
            parts = [(FIRST, sectors), (after, len(device) // 512)]
        if guids == 'halves':
            guids = verity.guids_of(root)
        if guids:
            table = verity.gpt([(at, at + size - 1, guid) for (at, size), guid
                                in zip(parts, guids)])
        else:
            table = verity.mbr(*parts)
        disk = table[:FIRST * 512].ljust(FIRST * 512, b'\0') + self.data \
            + device
        self.write('disk', disk)
        return root

    def table(self, root, data='/dev/vda1', tree='/dev/vda2', v=None, start=0,
              more=''):
        v = v or self.v
        return (f'dm-mod.create="dm-verity,,,ro,0 {BLOCKS * 8} verity '
                f'{v.hash_type} {data} {tree} {v.data_block} {v.hash_block} '
                f'{BLOCKS} {start} {v.algorithm} {root.hex()} '
                f'{v.salt.hex() or "-"}{more}" root=/dev/dm-0')

    def run_td(self, line, *args, form=('--register', 'cmdline')):
        return calc(*form, '--append', line, '--image', 'disk', *args, 'fw')

    def note(self, parameter, root, where='partition 1'):
        return (f'disk: note: the root hash of {where} is that of {parameter} '
                f'in the command line, {root.hex()} [image-match]')

    def matches(self, line, root, parameter, *notes, where='partition 1'):
        """With the notes, as a TD and as a guest of SEV-SNP, and as JSON."""
        result = self.run_td(line)
        want = calc('--register', 'cmdline', '--append', line, 'fw')
        self.assertEqual((result.status, result.stdout), (0, want.stdout),
                         result)
        notes = [self.note(parameter, root, where), *notes]
        self.assertEqual(
            [text for text in result.lines if '[boot-kernel]' not in text],
            notes)
        result = self.run_td(line, form=('--json', '--register', 'rtmr2'))
        made = json.loads(result.stdout)
        if jsonschema:
            jsonschema.validate(made, SCHEMA)
        self.assertEqual((result.status, result.lines), (0, notes))
        image = made['image']
        self.assertEqual((image['file'], image['roots'][0]['parameter'],
                          image['roots'][0]['root_hash'],
                          image['roots'][0]['salt']),
                         ('disk', parameter, root.hex(), self.v.salt.hex()))
        return image

    def differs(self, line, own, its, parameter, where='partition 1'):
        text = (f'disk: the root hash of {where} is {own.hex()}, and '
                f'{parameter} in the command line has {its.hex()} [image-root]')
        self.check(self.run_td(line), 1, b'', text)
        result = self.run_td(line, form=('--json', '--register', 'rtmr2'))
        self.check(result, 1, b'', text)

    def refused(self, line, text):
        self.check(self.run_td(line), 3, b'', text)

    def other(self):
        """A root hash that is another one, by a bit."""
        root = bytearray(self.rng.randbytes(32))
        return bytes(root)


class Forms(Case):
    def test_dm_init(self):
        """Kata Containers since 3.27, and other devices of the kernel's."""
        root = self.disk(False)
        for data, tree in (
                ('/dev/vda1', '/dev/vda2'), ('/dev/sdb1', '/dev/sdb2'),
                ('/dev/xvda1', '/dev/xvda2'), ('/dev/vda1', '/dev/vdb'),
                ('/dev/nvme0n1p1', '/dev/nvme0n1p2'), ('/dev/vda1', '254:3')):
            for key in 'dm-mod.create', 'dm_mod.create':
                line = self.table(root, data, tree).replace(
                    'dm-mod.create', key)
                made = self.matches('quiet ' + line, root, 'dm-mod.create')
                self.assertEqual(made, {'file': 'disk', 'not_compared': [],
                                        'roots': [{
                    'parameter': 'dm-mod.create', 'root_hash': root.hex(),
                    'partition': 1, 'hash_type': 1, 'algorithm': 'sha256',
                    'data_block_size': 4096, 'hash_block_size': 4096,
                    'data_blocks': BLOCKS, 'salt': SALT.hex()}]})
        other = self.other()
        self.differs(self.table(other), root, other, 'dm-mod.create')

    def test_parameters(self):
        """Types, algorithms, salts and sizes are the line's."""
        for turn in self.part(range(40)):
            v = Verity(self.rng.choice((0, 1)), self.rng.choice((
                'sha1', 'sha256', 'sha512')), 4096, 1 << self.rng.randrange(
                    9, 14), self.rng.randbytes(self.rng.choice((0, 2, 256))))
            root = self.disk(False, v)
            self.v = v
            with self.subTest(turn=turn, v=v):
                self.matches(self.table(root), root, 'dm-mod.create')
                changed = v._replace(salt=v.salt[1:] + b'x') if turn % 2 else \
                    v._replace(hash_type=1 - v.hash_type, salt=b'x')
                own = verity.tree(self.data, changed)[0]
                self.differs(self.table(root, v=changed)
                             .replace('/dev/vda2', '/dev/vdb'), own, root,
                             'dm-mod.create')

    def test_whole_disk(self):
        """Data and tree on a disk without partitions."""
        root, device = verity.device(self.data, self.v, 0, False)
        self.write('disk', self.data + device)
        self.matches(self.table(root, '/dev/vda', '/dev/vda', start=BLOCKS),
                     root, 'dm-mod.create', where='the image')
        result = self.run_td(self.table(root, '/dev/vda', '/dev/vdb'))
        self.assertEqual(result.status, 0)
        self.assertTrue(any('[verity-rest]' in text for text in result.lines))

    def test_guids(self):
        """PARTUUID=, and systemd's halves of the root hash."""
        some = uuid.UUID(int=77), uuid.UUID(int=78)
        root = self.disk(False, guids=some)
        self.matches(self.table(root, f'PARTUUID={some[0]}',
                                f'PARTUUID={str(some[1]).upper()}'), root,
                     'dm-mod.create')
        self.refused(self.table(root, f'PARTUUID={uuid.UUID(int=79)}'),
                     'disk: dm-mod.create in the command line: not one '
                     'partition of the image has that GUID [image-partition]')
        root = self.disk(True, guids='halves')
        for name in 'roothash', 'usrhash':
            self.matches(f'quiet {name}={root.hex()}', root, name)
        other = self.other()
        self.refused(f'roothash={other.hex()}', (
            'disk: roothash in the command line: not one partition of the '
            'image has the first half of the root hash as its GUID, by which '
            'systemd finds it [image-partition]'))
        # The partitions are found, and what is in them is another image.
        changed = bytearray(pathlib.Path('disk').read_bytes())
        changed[FIRST * 512] ^= 1
        self.write('disk', bytes(changed))
        result = self.run_td(f'roothash={root.hex()}')
        own = verity.tree(bytes(changed[FIRST * 512:][:len(self.data)]),
                          self.v)[0]
        self.assertEqual((result.status, result.stdout), (1, b''))
        self.assertIn(own.hex(), result.lines[-1])

    def test_many_partitions(self):
        """Linux has partitions up to 255, and two of a GUID are not one."""
        first, second = uuid.UUID(int=77), uuid.UUID(int=78)
        root, device = verity.device(self.data, self.v, 0, False)
        begin = 2 + 256 // 4
        sectors = len(self.data) // 512
        places = ((begin, begin + sectors - 1, first),
                  (begin + sectors, begin + sectors + len(device) // 512 - 1,
                   second))

        def write(numbers):
            """The data in these partitions, the tree in the second."""
            entries = [places[0] if n in numbers else places[1] if n == 2
                       else None for n in range(1, 257)]
            table = verity.gpt(entries, entries=256)
            self.write('disk', table[:begin * 512].ljust(begin * 512, b'\0')
                       + self.data + device)
        line = self.table(root, f'PARTUUID={first}', f'PARTUUID={second}')
        none = ('disk: dm-mod.create in the command line: not one partition of '
                'the image has that GUID [image-partition]')
        for number in 1, 128, 129, 200, 255:
            write([number])
            self.matches(line, root, 'dm-mod.create',
                         where=f'partition {number}')
            self.matches(self.table(root, f'/dev/vda{number}'), root,
                         'dm-mod.create', where=f'partition {number}')
            write([3, number + (number == 3)])
            self.refused(line, none)
        write([256])
        self.refused(line, none)
        self.refused(self.table(root, '/dev/vda256'), (
            'dm-mod.create in the command line: it does not say a partition of '
            "the image by its number or its GUID; 'mrtd-calc verity' computes "
            'the root hash of any [image-line]'))

    def test_kata_before(self):
        """rootfs_verity.*, and cc_rootfs_verity.*: a superblock is in the
        second partition."""
        root = self.disk(True)
        for prefix in '', 'cc_':
            line = (f'root=/dev/vda1 {prefix}rootfs_verity.scheme=dm-verity '
                    f'{prefix}rootfs_verity.hash=')
            name = prefix + 'rootfs_verity.hash'
            self.matches(line + root.hex(), root, name)
            other = self.other()
            self.differs(line + other.hex(), root, other, name)
            used = (f'{name} in the command line: rootfs_verity.scheme='
                    'dm-verity, by which it is used, or root= is not there '
                    'just once [image-line]')
            for bad in (line.replace('dm-verity', 'none'),
                        line.replace('=dm-verity', '="dm-verity"'),
                        'root=/dev/vda1 ' + line,
                        f'{prefix}rootfs_verity.scheme= ' + line):
                self.refused(bad + root.hex(), used)
            for device in '/dev/vda2', '/dev/vda', '/dev/dm-0', 'LABEL=a':
                self.refused((line + root.hex()).replace('/dev/vda1', device), (
                    f'{name} in the command line: root= does not name the '
                    'first partition of a disk, as /dev/vda1 [image-line]'))

    def test_chrome(self):
        """dm= of Chrome OS: type 0, and the tree after the data."""
        v = self.v = Verity(0, salt=SALT)
        part = uuid.UUID(int=5)
        root = self.disk(False, v, (part, ), shared=True)
        sectors = BLOCKS * 8
        line = (f'dm="1 vroot none ro 1,0 {sectors} verity payload=PARTUUID='
                f'{part} hashtree=PARTUUID={part} hashstart={sectors} '
                f'alg=sha256 root_hexdigest={root.hex()} salt={SALT.hex()}" '
                'root=/dev/dm-0')
        self.matches(line, root, 'dm')
        other = self.other()
        self.differs(line.replace(root.hex(), other.hex()), root, other, 'dm')
        for old, new, why in (
                ('1 vroot', '2 vroot',
                 'it is not one read-only device with a table of verity'),
                (' ro ', ' rw ',
                 'it is not one read-only device with a table of verity'),
                ('alg=', 'algo=',
                 'a field of its table is unknown, or is there twice'),
                ('alg=', 'alg=sha1 alg=',
                 'a field of its table is unknown, or is there twice'),
                (f'hashstart={sectors} ', '', 'a field of its table is '
                 'missing, or is not one of dm-verity'),
                (f'{sectors} verity', f'{sectors + 1} verity', 'a field of its '
                 'table is missing, or is not one of dm-verity'),
                (f'payload=PARTUUID={part}', 'payload=ROOT_DEV',
                 'it does not say a partition of the image by its number or '
                 "its GUID; 'mrtd-calc verity' computes the root hash of any")):
            self.refused(line.replace(old, new),
                         f'dm in the command line: {why} [image-line]')

    def test_snp(self):
        """A guest of SEV-SNP, whose line is in its launch digest."""
        root = self.disk(False)
        self.write('sev', sev.image())
        self.write('kernel', boot.bzimage(self.rng))
        args = ('--platform', 'snp', '--vcpus', '1,2', '--vcpu-type',
                'EPYC-v4', '--kernel', 'kernel')
        line = self.table(root)
        want = calc(*args, '--append', line, 'sev')
        result = calc(*args, '--append', line, '--image', 'disk', 'sev')
        self.check(result, 0, want.stdout, self.note('dm-mod.create', root))
        result = calc('--json', *args, '--append', line, '--image', 'disk',
                      'sev')
        for text in result.text.splitlines():
            made = json.loads(text)
            if jsonschema:
                jsonschema.validate(made, SCHEMA)
            self.assertEqual(made['image']['roots'][0]['root_hash'],
                             root.hex())
        other = self.other()
        self.check(calc(*args, '--append', self.table(other), '--image',
                        'disk', 'sev'), 1, b'',
                   f'disk: the root hash of partition 1 is {root.hex()}, and '
                   'dm-mod.create in the command line has '
                   f'{other.hex()} [image-root]')

    def test_file(self):
        """A line in a file, and among the arguments of QEMU."""
        root = self.disk(False)
        line = self.table(root)
        other = self.other()
        for text in (line + '\n', f'qemu\0-append\0{line}\0'):
            for its, status in (root, 0), (other, 1):
                self.write('line', text.replace(
                    root.hex(), its.hex()).encode())
                result = calc('--register', 'cmdline', '--cmdline', 'line',
                              '--image', 'disk', 'fw')
                self.assertEqual(result.status, status, result)
        self.write('line', b'quiet\n')
        self.check(calc('--register', 'cmdline', '--cmdline', 'line',
                        '--image', 'disk', 'fw'), 3, b'',
                   'line: the command line has no root hash that --image could '
                   'be compared with: dm-mod.create=, rootfs_verity.hash=, '
                   'roothash=, usrhash= or dm= [image-line]')

    def test_veritysetup(self):
        """What cryptsetup's tool makes."""
        if not VERITYSETUP:
            self.skipTest('no veritysetup')
        self.write('data', self.data)
        out = subprocess.run(
            [VERITYSETUP, 'format', '--no-superblock', 'data', 'tree',
             '--salt', SALT.hex()], check=True, capture_output=True, text=True)
        root = bytes.fromhex(re.search(r'Root hash:\s*([0-9a-f]+)',
                                       out.stdout)[1])
        self.assertEqual(self.disk(False), root)
        self.matches(self.table(root), root, 'dm-mod.create')

    def test_composed(self):
        """The line that cmdline composes, of an image of Kata Containers; its
        extension is said not to be compared."""
        root = self.disk(False)
        params = (f'root_hash={root.hex()},salt={SALT.hex()},data_blocks='
                  f'{BLOCKS},data_block_size=4096,hash_block_size=4096')
        for runtime in 'go', 'rs':
            line = calc('cmdline', '--kata', '4.1.0', '--runtime', runtime,
                        '--kernel-verity-params', params,
                        '--guest-extension-image',
                        'coco=' + params).text.rstrip('\n')
            made = self.matches(line, root, 'dm-mod.create', (
                'disk: note: the digest of kata.extension.coco.verity_params '
                'in the command line was compared with nothing [image-other]'))
            self.assertEqual(made['not_compared'],
                             ['kata.extension.coco.verity_params'])


class Warned(Case):
    def test_other_root(self):
        """The guest is started from another device than that of dm-verity."""
        root = self.disk(False)
        warning = ('disk: warning: the command line does not have '
                   'root=/dev/dm-0, and the guest may mount something else '
                   'than what the root hash is of [image-mount]')
        line = self.table(root)
        for text in (line.replace('/dev/dm-0', '/dev/vda1'),
                     line.replace(' root=/dev/dm-0', ''),
                     line + ' root=/dev/vda1'):
            self.matches(text, root, 'dm-mod.create', warning)
        self.matches('root=/dev/vda1 ' + line, root, 'dm-mod.create')

    def test_systemd(self):
        """root= beside roothash=, by which the latter is used or not."""
        root = self.disk(True, guids='halves')
        line = f'roothash={root.hex()}'
        for more in '', ' root=/dev/mapper/root', ' root':
            self.matches(line + more, root, 'roothash')
            self.matches('rd.' + line + more, root, 'rd.roothash')
        for more in 'root=/dev/vda1', 'root=gpt-auto', 'root=', 'root=x root':
            self.matches(f'{line} {more}', root, 'roothash', (
                'disk: warning: the command line does not have '
                'root=/dev/mapper/root, and the guest may mount something else '
                'than what the root hash is of [image-mount]'))
        for name in 'usrhash', 'rd.usrhash':
            self.matches(f'{name}={root.hex()} root=/dev/vda3', root, name)

    def test_lax(self):
        root = self.disk(False)
        self.matches(self.table(root, more=' 1 ignore_zero_blocks'), root,
                     'dm-mod.create')
        lax = ('disk: warning: with ignore_corruption in dm-mod.create the '
               'guest reads also what does not fit the root hash [image-lax]')
        once = ('disk: warning: with check_at_most_once in dm-mod.create the '
                'guest checks a block only when it reads it for the first time '
                '[image-lax]')
        for more, notes in (
                ('2 ignore_corruption x', [lax]),
                ('1 IGNORE_CORRUPTION', [lax]),
                ('1 Ignore_Corruption', [lax]),
                ('1 check_at_most_once', [once]),
                ('2 Check_At_Most_Once ignore_Corruption', [lax, once])):
            self.matches(self.table(root, more=' ' + more), root,
                         'dm-mod.create', *notes)

    def test_tree(self):
        """A tree that is another one is not a match of the guest's."""
        root = self.disk(False)
        disk = bytearray(pathlib.Path('disk').read_bytes())
        disk[-4096] ^= 1
        self.write('disk', bytes(disk))
        result = self.run_td(self.table(root))
        self.assertEqual(result.status, 0)
        self.assertTrue(any('[verity-tree]' in text for text in result.lines))

    def test_others(self):
        """What has a digest and is not known is named, and not more."""
        root = self.disk(False)
        digest = 'ab' * 20
        names = [f'x{i}' for i in range(20)]
        made = self.matches(
            self.table(root) + f' y={digest[1:]}'
            + ''.join(f' {name}={digest}' for name in names), root,
            'dm-mod.create', *(
                'disk: note: the digest of '
                f'{name if i < 16 else "another parameter"} in the command '
                'line was compared with nothing [image-other]'
                for i, name in enumerate(names)))
        self.assertEqual(made['not_compared'], names[:16] + [None] * 4)


class Refused(Case):
    def test_usage(self):
        self.disk(False)
        self.check(calc('--image', 'disk', 'fw'), 2, b'',
                   '--image is compared with the root hash in a command line: '
                   '--append, or --cmdline of --register' + HINT)
        self.check(self.run_td('quiet', 'fw'), 2, b'',
                   '--image is for a single file' + HINT)

    def test_lines(self):
        """What is not one root hash, or not to all who read the line."""
        root = self.disk(True, guids='halves')
        line = self.table(root)
        in_line = 'dm-mod.create in the command line: '
        for text, want in (
                (line + ' ' + line,
                 in_line + 'it is there more than once'),
                (line + ' ' + line.replace('dm-mod', 'dm_mod'),
                 in_line + 'it is there more than once'),
                (f'-- {line}', in_line + 'it is after "--", where Linux reads '
                 'nothing more'),
                (line.replace(' root=', ' -- root='),
                 'root in the command line: it is after "--", where Linux '
                 'reads nothing more'),
                *((f'{one}={root.hex()} {two}={root.hex()}',
                   f'{two} in the command line: it is there more than once')
                  for name in ('roothash', 'usrhash')
                  for one, two in ((name, 'rd.' + name), ('rd.' + name, name))),
                (line.replace('create="', 'create=x"'),
                 in_line + 'it has quotation marks where not all who read the '
                 'line take it alike'),
                *((text, f'{name} in the command line: it has quotation marks '
                   'where not all who read the line take it alike')
                  for text, name in (
                      ('"' + line.replace('="', '=', 1), '"dm-mod.create'),
                      ('"--" ' + line, '"--"'),
                      ('-"-" ' + line, '-"-"'),
                      ('"" ' + line, '""'),
                      (line + ' roo"t"=/dev/vda1', 'roo"t"'),
                      (line + ' root"="/dev/vda1', 'root"'),
                      (line + ' x="a""b"', 'x'),
                      (f'roothash={root.hex()} roo"t"hash={"ab" * 32}',
                       'roo"t"hash'),
                      (f'roothash={root.hex()} "roothash"={"ab" * 32}',
                       '"roothash"'),
                      (f'usrhash={root.hex()} "roothash={"ab" * 32}"',
                       '"roothash'),
                      (f'roothash={root.hex()} system"d.verity=no"',
                       'system"d.verity'))),
                *((line.replace(old, new), in_line + why)
                  for why, pairs in (
                      ('it has a backslash', (
                          ('dm-verity', 'dm-verit\\y'),
                          (SALT.hex(), f'{SALT.hex()} 1 ignore_corr\\uption'),
                          ('/dev/vda1', '/dev/vda\\1'))),
                      ('its device has a minor number, or is not read-only '
                       '(ro)', (
                           (',,,ro', ',,0,ro'), (',,,ro', ',,1,ro'),
                           (',,,ro', ',,,rw'), (',,,ro', ',,,'),
                           (',,,ro', ',,,ro '), (',,,ro', ',, ,ro'))),
                      ('a field of its table is not one of dm-verity', (
                          ('ro,0 ', 'ro,0 0'), ('verity 1', 'verity 01'),
                          (' 4096 4096', ' 04096 4096'),
                          (f' {BLOCKS} 0 ', f' 0{BLOCKS} 0 '),
                          (f' {BLOCKS} 0 ', f' {BLOCKS} 00 '),
                          (SALT.hex(), f'{SALT.hex()} 00'))))
                  for old, new in pairs),
                (line.replace('ro,0', 'ro,0 1 linear x,0'),
                 in_line + 'it is not one device with one table'),
                (line.replace('" root', ';a,,,ro,0 1 zero" root'),
                 in_line + 'it is not one device with one table'),
                (line.replace(' verity ', ' crypt '),
                 in_line + 'its target is not verity'),
                (line.replace(f' {SALT.hex()}', ''),
                 in_line + 'its table has fewer fields than one of dm-verity'),
                (line.replace(f'0 {BLOCKS * 8} ', f'0 {BLOCKS * 8 - 1} '),
                 in_line + 'its number of sectors is not that of its data '
                 'blocks'),
                (line.replace('verity 1', 'verity 2'),
                 in_line + 'a field of its table is not one of dm-verity'),
                (line.replace(' 4096 4096 ', ' 4096 4095 '),
                 in_line + 'a field of its table is not one of dm-verity'),
                (line.replace('/dev/vda1', 'PARTLABEL=root'),
                 in_line + 'it does not say a partition of the image by its '
                 "number or its GUID; 'mrtd-calc verity' computes the root "
                 'hash of any'),
                (f'roothash="{root.hex()}"', 'roothash in the command line: it '
                 'has quotation marks where not all who read the line take it '
                 'alike'),
                (f'roothash={root.hex()[:-2]}', 'roothash in the command line: '
                 'it is not a root hash of 32 bytes or more'),
                *((f'roothash={root.hex()} {more}', 'roothash in the command '
                   'line: there are systemd.verity parameters beside it, or '
                   'characters by which systemd quotes, and these are not '
                   'followed here')
                  for more in ('systemd.verity=no', 'rd.systemd.verity=0',
                               'systemd.verity_root_data=/dev/vda1',
                               "'systemd.verity=no'", r'systemd\.verity=no')),
                ('quiet\tx', 'the command line has a control character or is '
                 'not ASCII: its words are not compared with --image')):
            self.refused(text, want + ' [image-line]')

    def test_image(self):
        """An image that does not have what the line says."""
        root = self.disk(False)
        line = self.table(root)
        result = self.run_td(line.replace('vda1', 'vda4'))
        self.assertEqual((result.status, result.stdout), (3, b''))
        self.assertTrue(result.lines[0].endswith(
            VERITY_HINT + ' [disk-partition]'), result.lines)
        self.write('disk', self.data)
        result = self.run_td(line)
        self.assertEqual((result.status, result.stdout), (3, b''))
        self.assertTrue(result.lines[0].endswith(
            VERITY_HINT + ' [disk-table]'), result.lines)


def linux(line):
    """Parameters and values as parse_args() and next_arg() of Linux have them
    (kernel/params.c, lib/cmdline.c)."""
    found, at = [], 0
    while at < len(line):
        if line[at] == ' ':
            at += 1
            continue
        is_in = is_quoted = line[at] == '"'
        begin = at = at + is_quoted
        equals = 0
        while at < len(line) and (is_in or line[at] != ' '):
            if not equals and line[at] == '=':
                equals = at - begin
            is_in ^= line[at] == '"'
            at += 1
        word = line[begin:at]
        is_cut = is_quoted and word.endswith('"')
        if equals:
            key, value = word[:equals], word[equals + 1:]
            if value.startswith('"'):
                value = value[1:]
                is_cut |= value.endswith('"')
            found.append((key, value[:-1] if is_cut else value))
        else:
            word = word[:-1] if is_cut else word
            if word == '--':
                break
            found.append((word, None))
    return found


def systemd(line):
    """As proc_cmdline_parse() of systemd has them in an initrd: quotes are
    nowhere a part of a word, and rd. is not one of a name."""
    words = re.findall(r'(?:[^ "]|"[^"]*")+', line)
    found = [word.replace('"', '').partition('=') for word in words]
    return [(key.removeprefix('rd.'), value if equal else None)
            for key, equal, value in found]


class Quotes(Case):
    """Where a line is a match, it is one to all who read it."""

    def lines(self, words, more):
        """Words in any order, some changed, with quotes anywhere."""
        words = words + self.rng.choices(more, k=self.rng.randrange(4))
        self.rng.shuffle(words)
        line = list(' '.join(words))
        for _ in range(2 * self.rng.choice((0, 0, 1, 1, 1, 2))):
            line.insert(self.rng.randrange(len(line) + 1), '"')
        return ''.join(line)

    def pairs(self, words, more, is_good):
        good = bad = 0
        for turn in self.part(range(700)):
            text = self.lines(words, more)
            result = self.run_td(text)
            self.assertIn(result.status, (0, 3), text)
            if result.status:
                bad += 1
                continue
            good += 1
            is_warned = any('[image-mount]' in x for x in result.lines)
            self.assertTrue(is_good(text, is_warned), text)
        self.assertGreater(good, 5)
        self.assertGreater(bad, 5)

    def test_linux(self):
        table, root = self.table(self.disk(False)).rsplit(' ', 1)
        key, value = table.split('=', 1)

        def is_good(line, is_warned):
            read = linux(line)
            roots = [v for k, v in read if k == 'root' and v is not None]
            return ([v for k, v in read if k.replace('_', '-') == key] == [
                value.strip('"')] and
                (is_warned or roots[-1:] == ['/dev/dm-0']))
        self.pairs([table, root], [
            'quiet', '--', 'root=/dev/vda1', '"--"', '""', 'x="a b"',
            'root="/dev/dm-0"', 'root', '=', 'y=" -- "', 'dm_mod.create=',
            '"root=/dev/vda1"', 'root=/dev/dm-0'], is_good)

    def test_systemd(self):
        root = self.disk(True, guids='halves').hex()

        def is_good(line, is_warned):
            read = systemd(line)
            roots = [v for k, v in read if k == 'root' and v is not None]
            return ([v for k, v in read if k == 'roothash'] == [root]
                    and not any(k.startswith('systemd.verity')
                                for k, v in read)
                    and (is_warned or roots[-1:] in (
                        [], ['/dev/mapper/root'])))
        self.pairs([f'roothash={root}'], [
            'quiet', f'roothash={"ab" * 32}', 'systemd.verity=no', 'x="a b"',
            'root=/dev/vda1', 'root=/dev/mapper/root', 'root', 'root=', '--',
            'rd.systemd.verity=0', 'y="roothash=a"', 'root="/dev/vda1"',
            'root=gpt-auto', f'rd.roothash={"cd" * 32}'], is_good)


class Changed(Case):
    """Nothing that is changed is a match."""

    def test_images(self):
        root = self.disk(False)
        line = self.table(root)
        disk = pathlib.Path('disk').read_bytes()
        for turn in self.part(range(100)):
            at = self.rng.randrange(FIRST * 512, FIRST * 512 + len(self.data))
            changed = bytearray(disk)
            changed[at] ^= 1 << self.rng.randrange(8)
            self.write('disk', bytes(changed))
            data = changed[FIRST * 512:][:len(self.data)]
            result = self.run_td(line)
            self.assertEqual((result.status, result.stdout), (1, b''))
            self.assertIn(verity.tree(bytes(data), self.v)[0].hex(),
                          result.lines[-1])

    def test_lines(self):
        root = self.disk(False)
        line = 'quiet ' + self.table(root)
        same = re.compile(
            r'(?:^| )dm[-_]mod\.create="[^",;]*,[^",;]*,,ro,'
            rf'0 {BLOCKS * 8} verity 1 /dev/(?:vd|sd|xvd)[a-z]1 [^" ]+ '
            rf'4096 4096 {BLOCKS} (?:0|[1-9][0-9]*) sha256 {root.hex()} '
            rf'{SALT.hex()}(?: 0)?"(?: |$)', re.I)
        good = 0
        for turn in self.part(range(800)):
            changed = list(line)
            at = self.rng.randrange(len(changed))
            how = self.rng.randrange(3)
            letter = self.rng.choice('0123456789abcdef" ,;-_=./')
            changed[at:at + (how > 0)] = [letter] * (how < 2)
            text = ''.join(changed)
            result = self.run_td(text)
            self.assertIn(result.status, (0, 1, 3), text)
            if result.status == 0:
                good += 1
                self.assertRegex(text, same)
        self.assertGreater(good, 0)
