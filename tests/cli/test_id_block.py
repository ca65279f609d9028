# SPDX-License-Identifier: Apache-2.0
"""id-block: what is made, against tests/lib/snp.py and tests/lib/p384.py; what
is verified; and what is refused, with its offset."""

import base64
import functools
import json
import os
import pathlib
import random
import re
import shutil
import subprocess

import p384
import sev
import snp
from support import TestCase, calc, hint

try:
    import jsonschema
except ImportError:
    jsonschema = None

SCHEMA = json.loads((
    pathlib.Path(__file__).resolve().parents[2]
    / 'docs/schemas/id-block.schema.json').read_text(encoding='utf-8'))
ID_SECRET, AUTHOR_SECRET, OTHER_SECRET = 0x1d, 0xa07, 2**383 + 12345
DIGEST = bytes(range(100, 148))
IDS = bytes(range(16)), bytes(range(0xf0, 0x100))
PROPERTIES = re.compile(r'policy=(0x[0-9a-f]+),(author-key-enabled=on,)?'
                        r'id-block=([A-Za-z0-9+/]{128}),'
                        r'id-auth=([A-Za-z0-9+/]{5462}==)')
TAIL = ' [id-auth]'
NOTE = ('page: note: the signature is by the key beside it; whose that is, its '
        'digest says, or --key PUB.pem asks [signature]')


@functools.lru_cache(maxsize=None)
def public(secret):
    return p384.times(secret, p384.G)


@functools.lru_cache(maxsize=None)
def signed(block, author=AUTHOR_SECRET, key=ID_SECRET):
    """The page of a block, as the model makes it."""
    return snp.id_auth(
        public(key), p384.sign(key, block), author and public(author),
        author and p384.sign(author, snp.public_key(*public(key))))


def number(page, at):
    return int.from_bytes(page[at:at + 72], 'little')


def pair(page, at):
    return number(page, at), number(page, at + 72)


class Case(TestCase):
    def setUp(self):
        super().setUp()
        for name, secret in (('id', ID_SECRET), ('author', AUTHOR_SECRET),
                             ('other', OTHER_SECRET)):
            self.write(name + '.pem', p384.private_pem(secret))
            os.chmod(name + '.pem', 0o600)
            self.write(name + '.pub', p384.public_pem(public(secret)))

    def usage(self, *args, line):
        self.refused(calc('id-block', *args), 2, line + hint('id-block'))

    def answer(self, *args, status=0):
        result = calc('id-block', *args, '--json')
        self.assertEqual(result.status, status, result)
        # What is wrong is said within the object, and not by more of them.
        self.assertEqual(
            [line for line in result.lines if ': note: ' not in line], [])
        answer = json.loads(result.text)
        if jsonschema:
            jsonschema.validate(answer, SCHEMA)
        return answer


class Making(Case):
    def is_right(self, block, page, author):
        """The page is the model's, whatever the nonces of its signatures."""
        block_sig, key_sig = pair(page, 0x40), pair(page, 0x680)
        self.assertEqual(page, snp.id_auth(
            public(ID_SECRET), block_sig, author and public(AUTHOR_SECRET),
            author and key_sig))
        self.assertTrue(p384.verify(public(ID_SECRET), block, block_sig))
        if author:
            self.assertTrue(p384.verify(
                public(AUTHOR_SECRET), snp.public_key(*public(ID_SECRET)),
                key_sig))

    def made(self, expected, *args, author=False, digest=True):
        """Makes a block, and looks at all forms of it."""
        keys = ('--id-key', 'id.pem', *(
            ('--author-key', 'author.pem') if author else ()))
        what = ('--digest', DIGEST.hex()) if digest else ()
        result = calc('id-block', *keys, *args, *what, '-o', 'block',
                      '--auth-output', 'page')
        self.assertEqual((result.status, result.lines), (0, []), result)
        block = pathlib.Path('block').read_bytes()
        page = pathlib.Path('page').read_bytes()
        self.assertEqual(block, expected)
        self.is_right(block, page, author)
        lines = result.text.splitlines()
        policy, enabled, *texts = PROPERTIES.fullmatch(lines[-1]).groups()
        self.assertEqual([base64.b64decode(text) for text in texts],
                         [block, page])
        self.assertEqual(int(policy, 16).to_bytes(8, 'little'), block[88:])
        self.assertEqual(bool(enabled), author)
        self.assertEqual(dict(line.split() for line in lines[:-1]), {
            'LD': block[:48].hex(), 'FAMILY_ID': block[48:64].hex(),
            'IMAGE_ID': block[64:80].hex(), 'VERSION': '1',
            'GUEST_SVN': str(int.from_bytes(block[84:88], 'little')),
            'POLICY': policy,
            'ID_KEY_DIGEST': snp.key_digest(*public(ID_SECRET)).hex(),
            'AUTHOR_KEY_DIGEST': snp.key_digest(
                *public(AUTHOR_SECRET)).hex() if author else 'none'})
        return self.is_same_json(keys + args + what, block, author)

    def is_same_json(self, args, block, author):
        answer = self.answer(*args)
        self.assertEqual(base64.b64decode(answer['id_block']), block)
        self.is_right(block, base64.b64decode(answer['id_auth']), author)
        self.assertEqual(
            (answer['platform'], answer['launch_digest'], answer['family_id'],
             answer['image_id'], answer['verified']),
            ('snp', block[:48].hex(), block[48:64].hex(), block[64:80].hex(),
             None))
        self.assertEqual(answer['values'], [{
            'register': 'SNP', 'algorithm': 'sha-384',
            'value': block[:48].hex()}])
        self.assertEqual(
            (answer['guest_svn'], int(answer['policy'], 16)),
            (int.from_bytes(block[84:88], 'little'),
             int.from_bytes(block[88:], 'little')))
        self.assertEqual(
            (answer['id_key_digest'], answer['author_key_digest']),
            (snp.key_digest(*public(ID_SECRET)).hex(), snp.key_digest(
                *public(AUTHOR_SECRET)).hex() if author else None))
        return answer

    def test_defaults(self):
        for author in False, True:
            answer = self.made(snp.id_block(DIGEST), author=author)
            self.assertEqual((answer['file'], answer['vmm']), (None, None))

    def test_fields(self):
        self.made(snp.id_block(DIGEST, family=IDS[0]), '--family-id',
                  IDS[0].hex())
        self.made(snp.id_block(DIGEST, image=IDS[1]), '--image-id',
                  '0x' + IDS[1].hex().upper())
        self.made(snp.id_block(DIGEST, family=b'0123456789abcdef',
                               image=b' some characters'[:16]),
                  '--family-id', '0123456789abcdef', '--image-id',
                  ' some characters'[:16])
        self.made(snp.id_block(DIGEST, svn=0xfffffffe), '--guest-svn',
                  '4294967294', author=True)
        for text in '0x3001f', '196639':
            self.made(snp.id_block(DIGEST, policy=0x3001f), '--policy', text)

    def test_digests(self):
        """As this program, sev-snp-measure and snpguest print them."""
        plain = self.answer('--id-key', 'id.pem', '--digest', DIGEST.hex())
        for text in (DIGEST.hex().upper(), '0x' + DIGEST.hex(),
                     base64.b64encode(DIGEST).decode()):
            self.assertEqual(self.answer('--id-key', 'id.pem', '--digest',
                                         text)['id_block'], plain['id_block'])
        # The last are another digest, whole or cut, and base64 that nobody
        # writes.
        for text in (DIGEST.hex()[:-1], DIGEST.hex() + '0', '', 'ab' * 32,
                     'AB' * 32, '0x' + 'ab' * 31, '0XAB' + 'ab' * 30, base64.b64encode(DIGEST).decode()[:-1],
                     ' ' + base64.b64encode(DIGEST).decode(),
                     base64.b64encode(DIGEST[:47]).decode(),
                     base64.b64encode(DIGEST)[:-1].decode() + '-'):
            self.usage('--id-key', 'id.pem', '--digest', text, line=(
                '--digest needs a launch digest, 96 hexadecimal digits or '
                f"their bytes in base64, not '{text}'"))

    def test_firmware(self):
        image = self.write('fw', sev.image()).data
        self.write('kernel', b'kernel')
        answer = self.made(
            snp.id_block(snp.launch_digest(image, vcpus=3, features=0x21)),
            'fw', '--vcpus', '3', '--vcpu-type', 'EPYC-v4', '--guest-features',
            '0x21', digest=False)
        self.assertEqual((answer['file'], answer['vmm']), ('fw', 'qemu'))
        answer = self.made(
            snp.id_block(snp.launch_digest(image, vmm='ec2')), 'fw',
            '--platform', 'snp', '--vmm', 'ec2', '--vcpus', '1', digest=False)
        self.assertEqual(answer['vmm'], 'ec2')
        self.made(snp.id_block(snp.launch_digest(
            image, kernel=b'kernel', append='x')), 'fw', '--vcpus', '1',
            '--vcpu-sig', hex(snp.EPYC_V4), '--kernel', 'kernel', '--append',
            'x', digest=False)

    def test_policies(self):
        """Those that no guest has, or that give it away."""
        args = ('id-block', '--id-key', 'id.pem', '--digest', DIGEST.hex())
        for policy, lines in (
                (0x10000, ['that of no guest']), (0x20000, []),
                (0x30000 | 1 << 25, []), (0x30000 | 1 << 26,
                                          ['that of no guest']),
                (0x30000 | 1 << 63, ['that of no guest']),
                (0xb0000, ['allows debugging']), (1 << 19, [
                    'that of no guest', 'allows debugging'])):
            result = calc(*args, '--policy', str(policy))
            self.assertEqual((result.status, len(result.lines)),
                             (0, len(lines)), result)
            for line, wanted in zip(result.lines, lines):
                self.assertRegex(line, f'^warning: POLICY {hex(policy)} .*'
                                 f'{wanted}.* \\[(policy|debug)\\]$')

    def test_usage(self):
        digest = ('--digest', DIGEST.hex())
        key = ('--id-key', 'id.pem')
        self.usage(*digest, line='id-block needs --id-key KEY.pem, which signs '
                   'the block; --verify reads one')
        self.usage(*key, line='id-block needs either a firmware file or '
                   '--digest')
        self.usage(*key, *digest, 'fw', line='a firmware and --digest exclude '
                   'each other')
        self.usage(*key, *digest, '--author-passphrase-fd', '3',
                   line='--author-passphrase-fd is for --author-key')
        for option in (('--vcpus', '1'), ('--vmm', 'qemu'), ('--append', 'x'),
                       ('--kernel', 'id.pub'), ('--permissive',),
                       ('--limit', '1G'), ('--svsm', 'id.pub')):
            self.usage(*key, *digest, *option, line=(
                'there is no firmware that --vmm, --vcpus, --kernel and others '
                'like them could be for'))
        self.usage(*key, 'fw', '--vcpus', '1,2', '--vcpu-type', 'EPYC-v4',
                   line='an ID block is of one launch, and --vcpus or '
                   '--vcpu-type name several')
        for platform in 'tdx', 'sev', 'sev-es':
            self.usage(*key, 'fw', '--platform', platform,
                       line='ID blocks are of --platform snp')
        for name in 'family-id', 'image-id':
            for text in ('x', '0' * 31, '0' * 33, 'x' * 15, 'x' * 17,
                         '0x' + '1' * 14, '0x' + '1' * 30):
                self.usage(*key, *digest, f'--{name}={text}', line=(
                    f'--{name} needs 16 bytes: as many characters, or 32 '
                    f"hexadecimal digits, not '{text}'"))
        for name, most in ('guest-svn', 2**32 - 1), ('policy', 2**64 - 1):
            for text in 'x', '-1', str(most + 1):
                self.usage(*key, *digest, f'--{name}={text}', line=(
                    f"--{name} needs a number up to {hex(most)}, not "
                    f"'{text}'"))
        for option in ('-o', '-o'), ('--auth-output', '--auth-output'):
            self.usage(*key, *digest, option[0], '-', line=(
                f'{option[1]} names a file, not standard output; one of that '
                'name is ./-'))

    def test_outputs(self):
        """What is there already is replaced by its like only."""
        block = snp.id_block(DIGEST)
        args = ('--id-key', 'id.pem', '--digest', DIGEST.hex())
        for option, good, bad in (
                ('-o', (block, snp.id_block(bytes(48))),
                 (block[:-1], block + b'\0', b'x' * 96,
                  snp.id_block(DIGEST, version=2))),
                ('--auth-output', (signed(block), signed(block, None)),
                 (signed(block)[:-1], signed(block) + b'\0', bytes(4096),
                  b'\1' * 4096, b'\2' + signed(block)[1:],
                  signed(block)[:4] + b'\2' + signed(block)[5:],
                  signed(block)[:63] + b'\1' + signed(block)[64:]))):
            for content in good:
                self.write('x', content)
                self.assertEqual(calc('id-block', *args, option, 'x').status, 0)
            for content in bad:
                self.write('x', content)
                self.refused(calc('id-block', *args, option, 'x'), 2)
                self.assertEqual(pathlib.Path('x').read_bytes(), content)
                self.assertEqual(calc('id-block', *args, option, 'x',
                                      '--force').status, 0)
        self.usage(*args, '-o', 'id.pem',
                   line='the output would overwrite an input, id.pem')
        self.usage(*args, '--author-key', 'author.pem', '--auth-output',
                   'author.pem',
                   line='the output would overwrite an input, author.pem')

    def test_closed_output(self):
        """Nothing is written where the answer cannot be printed."""
        with open('/dev/full', 'wb') as full:
            result = calc('id-block', '--id-key', 'id.pem', '--digest',
                          DIGEST.hex(), stdout=full)
        self.assertEqual(result.status, 4)
        result = calc('id-block', '--id-key', 'id.pem', '--digest',
                      DIGEST.hex(), closed=(1,))
        self.assertEqual((result.status, result.stdout), (4, b''))
        self.assertIn('Bad file descriptor', result.lines[-1])


class Keys(Case):
    ARGS = ('--digest', DIGEST.hex())

    def test_others(self):
        """P-256, Ed25519, RSA: none is of P-384."""
        if not shutil.which('openssl'):
            self.skipTest('needs openssl')
        for name, *options in (
                ('p256', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'),
                ('p521', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-521'),
                ('ed', 'ed25519'), ('rsa', 'RSA')):
            subprocess.run(['openssl', 'genpkey', '-algorithm', *options,
                            '-out', name], check=True, capture_output=True)
            os.chmod(name, 0o600)
            line = f'{name}: the key is not one of P-384 [key]'
            self.refused(calc('id-block', '--id-key', name, *self.ARGS), 3,
                         line)
            self.refused(calc('id-block', '--id-key', 'id.pem', '--author-key',
                              name, *self.ARGS), 3, line)
            subprocess.run(['openssl', 'pkey', '-in', name, '-pubout', '-out',
                            'pub'], check=True, capture_output=True)
            self.write('block', snp.id_block(DIGEST))
            self.write('page', signed(snp.id_block(DIGEST)))
            self.refused(calc('id-block', '--verify', 'block', '--id-auth',
                              'page', '--key', 'pub'), 3,
                         'pub: the key is not one of P-384 [key]')

    def test_bad_files(self):
        self.write('empty', b'')
        for args, status, line in (
                (('--id-key', 'no'), 4,
                 'no: cannot open: No such file or directory'),
                (('--id-key', 'empty'), 3,
                 'empty: not a private key in PEM: the file is empty [key]'),
                (('--id-key', 'id.pub'), 3,
                 'id.pub: not a private key in PEM, but a public one; who '
                 'signs needs its private half [key]'),
                (('--id-key', 'id.pem', '--author-key', 'author.pub'), 3,
                 'author.pub: not a private key in PEM, but a public one; who '
                 'signs needs its private half [key]')):
            self.refused(calc('id-block', *args, *self.ARGS), status, line)
            # As JSON it is the same; support.calc() compares.
            self.assertEqual(calc('id-block', *args, *self.ARGS,
                                  '--json').status, status)

    def test_stdin(self):
        """A key, and the firmware, but not both."""
        key = pathlib.Path('id.pem').read_bytes()
        result = calc('id-block', '--id-key', '-', *self.ARGS, stdin=key)
        self.assertEqual(result.status, 0, result)
        self.write('fw', sev.image())
        self.usage('--id-key', '-', '--vcpus', '1', '--vcpu-type', 'EPYC', '-',
                   line='standard input can be read only once')
        self.usage('--id-key', '-', '--author-key', '-', *self.ARGS,
                   line='standard input can be read only once')

    def test_readable(self):
        os.chmod('author.pem', 0o644)
        result = calc('id-block', '--id-key', 'id.pem', '--author-key',
                      'author.pem', *self.ARGS)
        self.assertEqual((result.status, result.lines), (0, [
            'author.pem: warning: others can read this private key (mode '
            '0644); chmod 600 [key-mode]']))

    def test_passphrases(self):
        """Each key has its own."""
        if not shutil.which('openssl'):
            self.skipTest('needs openssl')
        for name in 'id', 'author':
            subprocess.run(['openssl', 'pkey', '-in', name + '.pem', '-aes256',
                            '-passout', 'pass:of ' + name, '-out',
                            name + '.enc'], check=True)
            os.chmod(name + '.enc', 0o600)
            self.write(name + '.txt', f'of {name}\n'.encode())

        def run(id_text, author_text):
            with open(id_text, 'rb') as one, open(author_text, 'rb') as other:
                return calc('id-block', '--id-key', 'id.enc', '--passphrase-fd',
                            str(one.fileno()), '--author-key', 'author.enc',
                            '--author-passphrase-fd', str(other.fileno()),
                            *self.ARGS,
                            pass_fds=(one.fileno(), other.fileno()))
        result = run('id.txt', 'author.txt')
        self.assertEqual((result.status, result.lines), (0, []))
        self.refused(run('author.txt', 'author.txt'), 3,
                     'id.enc: the passphrase is wrong, or the key is damaged '
                     '[key-passphrase]')
        self.refused(run('id.txt', 'id.txt'), 3,
                     'author.enc: the passphrase is wrong, or the key is '
                     'damaged [key-passphrase]')
        for key, enc, option in (
                ('id.enc', ('--id-key', 'id.enc'), '--passphrase-fd'),
                ('author.enc', ('--id-key', 'id.pem', '--author-key',
                                'author.enc'), '--author-passphrase-fd')):
            args = ('id-block', *enc, *self.ARGS)
            self.refused(calc(*args), 3, f'{key}: the key is encrypted, and '
                         f'there is no passphrase: give {option}, or use a '
                         'terminal [key-passphrase]')
            for value, status, line in (
                    ('x', 2, ' needs the number of an open descriptor, not '
                     "'x'; try 'mrtd-calc id-block --help'"),
                    ('77', 4, ' 77: Bad file descriptor')):
                self.refused(calc(*args, option, value), status, option + line)

    def test_openssl(self):
        """The signatures are right for another's eyes, too."""
        if not shutil.which('openssl'):
            self.skipTest('needs openssl')
        calc('id-block', '--id-key', 'id.pem', '--author-key', 'author.pem',
             *self.ARGS, '-o', 'block', '--auth-output', 'page')
        page = pathlib.Path('page').read_bytes()
        self.write('key', page[0x240:0x644])
        for at, data, key in ((0x40, 'block', 'id.pub'),
                              (0x680, 'key', 'author.pub')):
            r, s = pair(page, at)
            self.write('asn1', f'asn1=SEQUENCE:s\n[s]\nr=INTEGER:{r}\n'
                       f's=INTEGER:{s}\n'.encode())
            subprocess.run(['openssl', 'asn1parse', '-genconf', 'asn1', '-out',
                            'sig', '-noout'], check=True)
            subprocess.run(['openssl', 'dgst', '-sha384', '-verify', key,
                            '-signature', 'sig', data], check=True,
                           stdout=subprocess.DEVNULL)


class Verifying(Case):
    VERIFY = ('--verify', 'block', '--id-auth', 'page')

    def setUp(self):
        super().setUp()
        self.block = self.write('block', snp.id_block(
            DIGEST, family=IDS[0], image=IDS[1], svn=9, policy=0x3001f))
        self.page = self.write('page', signed(self.block))

    def differs(self, *args, said, wrong):
        """Status 1, these lines, and of the verdict these members false."""
        result = calc('id-block', *self.VERIFY, *args)
        self.assertEqual((result.status, [
            line for line in result.lines if ': note: ' not in line]),
            (1, said), result)
        answer = self.answer(*self.VERIFY, *args, status=1)
        verified = answer['verified']
        self.assertEqual(verified['verdict'], 'differs')
        self.assertEqual([name for name, value in verified.items()
                          if value is False], wrong)
        self.assertIn('FAILED\n', result.text)

    def test_good(self):
        lines = (f'LD                {DIGEST.hex()}\n'
                 f'FAMILY_ID         {IDS[0].hex()}\n'
                 f'IMAGE_ID          {IDS[1].hex()}\n'
                 'VERSION           1\nGUEST_SVN         9\n'
                 'POLICY            0x3001f\nID_KEY_DIGEST     '
                 f'{snp.key_digest(*public(ID_SECRET)).hex()}\n'
                 'AUTHOR_KEY_DIGEST '
                 f'{snp.key_digest(*public(AUTHOR_SECRET)).hex()}\n'
                 'block: signature OK\npage: signature of ID_KEY OK\n')
        self.check(calc('id-block', *self.VERIFY), 0, lines, NOTE)
        self.check(calc('id-block', *self.VERIFY, '--key', 'id.pub', '--author',
                        'author.pub', '--digest', DIGEST.hex()), 0, lines
                   + 'page: ID_KEY OK\npage: AUTHOR_KEY OK\n'
                   'block: launch digest OK\n')
        answer = self.answer(*self.VERIFY)
        self.assertEqual(base64.b64decode(answer['id_block']), self.block)
        self.assertEqual(base64.b64decode(answer['id_auth']), self.page)
        self.assertEqual(answer['verified'], {
            'id_block_file': 'block', 'id_auth_file': 'page',
            'verdict': 'match', 'id_block_sig': True, 'id_key_sig': True,
            'id_key': None, 'author_key': None, 'launch_digest': None})
        self.write('page', signed(self.block, None))
        answer = self.answer(*self.VERIFY, '--key', 'id.pub')
        self.assertEqual((answer['author_key_digest'],
                          answer['verified']['id_key_sig'],
                          answer['verified']['id_key']), (None, None, True))

    def test_base64(self):
        """As QEMU has it, with white space around it."""
        good = calc('id-block', *self.VERIFY)
        for before, after in (b'', b''), (b'', b'\n'), (b' \n', b'\r\n'):
            self.write('block', before + base64.b64encode(self.block) + after)
            self.write('page', before + base64.b64encode(self.page) + after)
            self.assertEqual(calc('id-block', *self.VERIFY), good)
        self.write('page', self.page)
        result = calc('id-block', *self.VERIFY[:3], '-', stdin=self.page)
        self.check(result, 0, good.text.replace('page', '-'),
                   NOTE.replace('page', '-', 1))
        text = base64.b64encode(self.block)
        for content in (b'', b'\n', self.block[:-1], self.block + b'\n',
                        text[:-1], text + b'A', text[:64] + b'\n' + text[64:],
                        text[:-1] + b'=', b'!' + text[1:], bytes(97),
                        text[:64] + b'\0' + text[65:]):
            self.write('block', content)
            self.refused(calc('id-block', *self.VERIFY), 3, (
                f'block: {len(content)} bytes are not an ID block, neither as '
                'it is (96 bytes) nor in base64 (128 characters in one line) '
                '[id-block]'))
        self.write('block', self.block)
        text = base64.b64encode(self.page)
        for content in (b'', self.page[:-1], self.page + b'\0', text[:-1],
                        text.rstrip(b'=') + b'E==', bytes(96),
                        text[:-4] + b'AB==', text[:-4] + b'A==='):
            self.write('page', content)
            self.refused(calc('id-block', *self.VERIFY), 3, (
                f'page: {len(content)} bytes are not ID authentication '
                'information, neither as it is (4096 bytes) nor in base64 '
                '(5464 characters in one line) [id-auth]'))
        self.write('page', bytes(65537))
        self.refused(calc('id-block', *self.VERIFY), 3, 'page: more than 65536 '
                     'bytes are no ID authentication information [id-auth]')

    def test_swapped(self):
        self.refused(calc('id-block', '--verify', 'page', '--id-auth', 'block'),
                     3)

    def test_digest(self):
        other = bytes(48)
        self.differs('--digest', other.hex(), said=[
            'block: its launch digest is not that of --digest [id-digest]'],
            wrong=['launch_digest'])
        image = self.write('fw', sev.image()).data
        launch = ('fw', '--vcpus', '2', '--vcpu-type', 'EPYC-v4')
        self.differs(*launch, said=[
            'fw: its launch digest is not that of the ID block [id-digest]'],
            wrong=['launch_digest'])
        block = self.write('block', snp.id_block(snp.launch_digest(
            image, vcpus=2)))
        self.write('page', signed(block))
        result = calc('id-block', *self.VERIFY, *launch)
        self.assertEqual(result.status, 0, result)
        self.assertIn('fw: launch digest OK\n', result.text)
        answer = self.answer(*self.VERIFY, *launch)
        self.assertEqual((answer['file'], answer['vmm'],
                          answer['verified']['launch_digest']),
                         ('fw', 'qemu', True))
        # A firmware that is refused is no match.
        self.write('fw', bytes(4096))
        result = calc('id-block', *self.VERIFY, *launch)
        self.refused(result, 3)

    def test_keys(self):
        self.differs('--key', 'other.pub', said=[
            'page: ID_KEY is another key than that of --key [id-key]'],
            wrong=['id_key'])
        self.differs('--key', 'author.pub', '--author', 'id.pub', said=[
            'page: ID_KEY is another key than that of --key [id-key]',
            'page: AUTHOR_KEY is another key than that of --author [id-key]'],
            wrong=['id_key', 'author_key'])
        self.write('page', signed(self.block, None))
        self.differs('--author', 'author.pub', said=[
            'page: there is no AUTHOR_KEY, which --author asks for [id-key]'],
            wrong=['author_key'])

    def test_signatures(self):
        """Of another block, by another key, with any bit changed."""
        by_key = ('block: ID_BLOCK_SIG is not the signature of the page\'s '
                  'ID_KEY over this block [signature]')
        by_author = ('page: ID_KEY_SIG is not the signature of AUTHOR_KEY over '
                     'ID_KEY [signature]')
        good = self.page
        other = signed(self.block, OTHER_SECRET, AUTHOR_SECRET)
        n = p384.N.to_bytes(72, 'little')
        for wrong, said, page in (
                ('id_block_sig', by_key,
                 signed(snp.id_block(DIGEST))[:0x240] + good[0x240:]),
                ('id_block_sig', by_key,
                 good[:0x40] + other[0x40:0xd0] + good[0xd0:]),
                ('id_key_sig', by_author,
                 good[:0x680] + other[0x680:0x710] + good[0x710:]),
                *(('id_block_sig', by_key, good[:at] + value + good[at + 72:])
                  for at in (0x40, 0x88) for value in (bytes(72), n,
                                                       b'\xff' * 72)),
                *(('id_key_sig', by_author, good[:at] + value + good[at + 72:])
                  for at in (0x680, 0x6c8) for value in (bytes(72), n,
                                                         b'\xff' * 72))):
            self.write('page', page)
            self.differs(said=[said], wrong=[wrong])
        # R + n and S + n are the same numbers, but nobody writes them so.
        r, s = pair(good, 0x40)
        for at, value in (0x40, r + p384.N), (0x88, s + p384.N):
            self.write('page', good[:at] + value.to_bytes(72, 'little')
                       + good[at + 72:])
            self.differs(said=[by_key], wrong=['id_block_sig'])
        self.write('page', other)
        self.assertEqual(self.answer(*self.VERIFY)['id_key_digest'],
                         snp.key_digest(*public(AUTHOR_SECRET)).hex())

    def test_blocks_changed(self):
        """No bit of a block can be another."""
        rng = random.Random(96)
        for at in self.part(range(96)):
            changed = bytearray(self.block)
            changed[at] ^= 1 << rng.randrange(8)
            self.write('block', bytes(changed))
            result = calc('id-block', *self.VERIFY)
            if 80 <= at < 84:
                self.refused(result, 3)
                self.assertRegex(result.lines[0], r'^block: offset 0x50: '
                                 r'VERSION 0x[0-9a-f]+ is not 1, the only one '
                                 r'that is known \[id-block\]$')
            else:
                self.assertEqual(result.status, 1, (at, result))
                self.assertIn('block: signature FAILED\n', result.text)

    def test_pages_changed(self):
        """Nor one of a page, wherever it is."""
        rng = random.Random(4096)
        places = [*range(0, 0x48), *range(0x240, 0x248), *range(0x640, 0x648),
                  *range(0xc80, 0xc88), *(rng.randrange(4096)
                                         for _ in range(120))]
        for at in self.part(places):
            changed = bytearray(self.page)
            changed[at] ^= 1 << rng.randrange(8)
            self.write('page', bytes(changed))
            result = calc('id-block', *self.VERIFY, '--key', 'id.pub')
            in_signature = any(start <= at < start + 144
                               for start in (0x40, 0x680))
            self.assertEqual(result.status, 1 if in_signature else 3,
                             (at, result))
            if not in_signature:
                self.refused(result, 3)

    def test_layout(self):
        """What is refused, where it is."""
        good = self.page

        def put(at, *values):
            return good[:at] + bytes(values) + good[at + len(values):]
        alone = signed(self.block, None)
        for page, line in (
                (put(0, 2), 'offset 0x0: ID_KEY_ALGO 0x2 is not 1 (ECDSA P-384 '
                 'with SHA-384)'),
                (put(0, 0), 'offset 0x0: ID_KEY_ALGO 0x0 is not 1 (ECDSA P-384 '
                 'with SHA-384)'),
                (put(7, 1), 'offset 0x4: AUTH_KEY_ALGO 0x1000001 is not 1 '
                 '(ECDSA P-384 with SHA-384)'),
                (put(4, 0), 'offset 0x680: AUTH_KEY_ALGO is 0, for no author\'s '
                 'key, but ID_KEY_SIG or AUTHOR_KEY is there'),
                (alone[:0xc83] + b'\1' + alone[0xc84:],
                 'offset 0xc83: AUTH_KEY_ALGO is 0, for no author\'s key, but '
                 'ID_KEY_SIG or AUTHOR_KEY is there'),
                (alone[:4] + b'\1' + alone[5:],
                 'offset 0x880: the curve of AUTHOR_KEY, 0x0, is not 2 '
                 '(P-384)'),
                *((put(at, 0x80), f'offset {hex(at)}: reserved byte 0x80 is '
                   'not 0') for at in (8, 0x3f, 0xd0, 0x23f, 0x2d4, 0x643,
                                       0x644, 0x67f, 0x710, 0x87f, 0x914,
                                       0xc83, 0xc84, 0xfff)),
                (put(0x240, 1), 'offset 0x240: the curve of ID_KEY, 0x1, is '
                 'not 2 (P-384)'),
                (put(0x883, 1), 'offset 0x880: the curve of AUTHOR_KEY, '
                 '0x1000002, is not 2 (P-384)'),
                *((put(at, good[at] ^ 1), f'offset {hex(place)}: {name} is not '
                   'a point of P-384') for name, place in (
                       ('ID_KEY', 0x244), ('AUTHOR_KEY', 0x884))
                  for at in (place, place + 48, place + 71, place + 72,
                             place + 120, place + 143)),
                # A coordinate that is the same modulo the prime.
                (put(0x244, *(public(ID_SECRET)[0] + p384.P).to_bytes(
                    72, 'little')),
                 'offset 0x244: ID_KEY is not a point of P-384'),
                (put(0x244, *bytes(144)),
                 'offset 0x244: ID_KEY is not a point of P-384')):
            self.write('page', page)
            self.refused(calc('id-block', *self.VERIFY), 3,
                         f'page: {line}{TAIL}')

    def test_policy(self):
        """The warning names the file."""
        block = self.write('block', snp.id_block(DIGEST, policy=0xb0000))
        self.write('page', signed(block))
        result = calc('id-block', *self.VERIFY, '--key', 'id.pub')
        self.assertEqual((result.status, result.lines), (0, [
            "block: warning: POLICY 0xb0000 allows debugging: the host can "
            "read and change the guest's memory [debug]"]))

    def test_usage(self):
        self.usage('--verify', 'block', line='--verify BLOCK needs --id-auth '
                   'PAGE, the ID authentication information beside it')
        self.usage(*self.VERIFY, '--vcpus', '1', line='there is no firmware '
                   'that --vmm, --vcpus, --kernel and others like them could '
                   'be for')
        self.usage('--verify', '-', '--id-auth', '-', line='standard input can '
                   'be read only once')
        self.refused(calc('id-block', '--verify', 'no', '--id-auth', 'page'), 4,
                     'no: cannot open: No such file or directory')
        result = calc('id-block', *self.VERIFY, '--id-key', 'id.pem')
        self.refused(result, 2)

    def test_closed_output(self):
        result = calc('id-block', *self.VERIFY, closed=(1,))
        self.assertEqual((result.status, result.stdout), (4, b''))
        with open('/dev/full', 'wb') as full:
            self.assertEqual(calc('id-block', *self.VERIFY,
                                  stdout=full).status, 4)


class Model(TestCase):
    """What the expected values rest on: RFC 6979, A.2.6, "sample"."""

    SECRET = int('6b9d3dad2e1b8c1c05b19875b6659f4de23c3b667bf297ba'
                 '9aa47740787137d896d5724e4c70a825f872c9ea60d2edf5', 16)
    PUBLIC = (int('ec3a4e415b4e19a4568618029f427fa5da9a8bc4ae92e02e'
                  '06aae5286b300c64def8f0ea9055866064a254515480bc13', 16),
              int('8015d9b72d7d57244ea8ef9ac0c621896708a59367f9dfb9'
                  'f54ca84b3f1c9db1288b231c3ae0d4fe7344fd2533264720', 16))
    NONCE = int('94ed910d1a099dad3254e9242ae85abde4ba15168eaf0ca8'
                '7a555fd56d10fbca2907e3e83ba95368623b8c4686915cf9', 16)
    SIGNATURE = (int('94edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa7'
                     '3d64c4ea95ad133c81a648152e44acf96e36dd1e80fabe46', 16),
                 int('99ef4aeb15f178cea1fe40db2603138f130e740a19624526'
                     '203b6351d0a3a94fa329c145786e679e7b82c71a38628ac8', 16))

    def test_p384(self):
        self.assertEqual(p384.times(self.SECRET, p384.G), self.PUBLIC)
        self.assertTrue(p384.is_point(self.PUBLIC))
        self.assertEqual(p384.sign(self.SECRET, b'sample', self.NONCE),
                         self.SIGNATURE)
        self.assertTrue(p384.verify(self.PUBLIC, b'sample', self.SIGNATURE))
        self.assertFalse(p384.verify(self.PUBLIC, b'samplf', self.SIGNATURE))
