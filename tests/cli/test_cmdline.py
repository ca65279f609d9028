# SPDX-License-Identifier: Apache-2.0
"""cmdline: command lines of Kata Containers. Expected lines are of
tests/lib/kata.py, which is written from Kata's source, and of lines with which
guests were started."""

import hashlib
import json
import pathlib
import random

import kata
from support import SANITIZED, TestCase, calc

try:
    import jsonschema
except ImportError:
    jsonschema = None

DOCS = pathlib.Path(__file__).resolve().parents[2] / 'docs'
SCHEMA = json.loads((DOCS / 'schemas/cmdline.schema.json').read_text('utf-8'))
HINT = "; try 'mrtd-calc cmdline --help'"
HASH = '4ee3b801e8e5de67e8c15ce8f8938455fc3b19d4990131acc1819f808e2d021d'


def params(rng, root=None, salt=None, size=4096):
    root = root or rng.randbytes(32).hex()
    salt = salt or rng.choice(('-', rng.randbytes(32).hex().upper()))
    fields = [f'root_hash={root}', f'salt={salt}',
              f'data_blocks={rng.randrange(1, 1 << 40)}',
              f'data_block_size={size}',
              f'hash_block_size={rng.choice((512, 4096, 65536))}']
    rng.shuffle(fields)
    return ','.join(fields)


# Of the pod that is on a node with one virtual CPU, or two.
CAPTURED = ('root_hash=' + HASH + ',salt=' + 'c8' * 32 + ',data_blocks=96512,'
            'data_block_size=4096,hash_block_size=4096')
SOME = ('quiet', 'a=1', 'a=2', 'agent.log=info', 'systemd.mask=x', 'b="p q"',
        'panic=0', 'c=', 'scsi_mod.scan=sync', '"d=e  f"', 'cgroup_no_v1=none',
        'agent.launch_process_timeout=9', 'x="y= z"', 'z=1', 'nr_cpus=4')


def arguments(release, runtime, platform, given):
    """The options that say it."""
    args = ['--kata', release, '--runtime', runtime, '--platform', platform]
    for name, value in given.items():
        option = '--' + name.replace('_', '-')
        if name == 'extensions':
            for extension, line in value:
                args += ['--guest-extension-image', f'{extension}={line}']
            args += ['--guest-extension-image', 'none'] * (not value)
        elif value is True:
            args.append(option)
        elif value is not False and value is not None:
            args += [option, str(value)]
    return args


def words(rng):
    if rng.random() < 0.2:
        return rng.choice(('', ' ', '   '))
    return rng.choice((' ', '  ')).join(rng.choices(SOME, k=rng.randrange(6)))


def some(rng):
    """A version, and options that may or may not be of it."""
    major = rng.choice((3, 3, 3, 4))
    minor = rng.choice(list(kata.MINORS[major]) + [27, 28, 29, 31, 32][
        :5 * (major == 3)])
    runtime = rng.choice(('go', 'go', 'rs'))
    platform = rng.choice(('tdx', 'snp'))
    version = major, minor
    given = {name: True for name in kata.FLAGS if rng.random() < 0.2}
    if runtime == 'rs' and rng.random() < 0.9:
        for name in 'use_legacy_serial', 'fips':
            given.pop(name, None)
    if version < (3, 32) and rng.random() < 0.95:
        given.pop('visible_cdi_devices', None)
    if (version < (3, 32) and runtime == 'go') ^ (rng.random() < 0.03):
        given['nr_cpus'] = rng.choice((1, 2, 240))
    if rng.random() < 0.2:
        given['rootfs'] = rng.choice(('image', 'initrd'))
    initrd = given.get('rootfs', kata.defaults(
        version, runtime == 'rs', platform)['rootfs']) == 'initrd'
    if (version >= (3, 27) and not initrd) ^ (rng.random() < 0.03):
        given['kernel_verity_params'] = rng.choice(('', *(
            params(rng) for _ in range(4))))
    if rng.random() < 0.5:
        given['kernel_params'] = words(rng)
    elif kata.measures_by_params(version, platform) ^ (rng.random() < 0.03):
        given['rootfs_hash'] = rng.randbytes(32).hex()
    if rng.random() < 0.6:
        given['annotation'] = words(rng)
    if rng.random() < 0.4 and not initrd:
        given['rootfs_type'] = rng.choice(('ext4', 'xfs', 'erofs'))
    if runtime == 'go' and rng.random() < 0.3:
        given['block_device_driver'] = rng.choice((
            'virtio-scsi', 'virtio-blk-pci'))
    for name, first in (('cdh_api_timeout', (3, 31)),
                        ('launch_process_timeout', (3, 29)),
                        ('container_pipe_size', (3, 4))):
        if rng.random() < 0.3 and version >= first or rng.random() < 0.01:
            given[name] = rng.choice((0, 1, 77, 4294967295))
    if (version >= (4, 0)) ^ (rng.random() < 0.03) and rng.random() < 0.9:
        given['extensions'] = rng.choice((
            [], [('coco', params(rng, size=512))],
            [('a-b', ''), ('coco', params(rng))]))
    return f'{major}.{minor}.{rng.choice((0, 0, 1))}', runtime, platform, given


class Lines(TestCase):
    def test_captured(self):
        """Lines that a node gave to QEMU, as SHA-256 with a zero at the end:
        c8s, internal/cmds/katameasure/testdata; Kata 3.30.0, SEV-SNP."""
        for cpus, want in (
                (1, '61d0d5eda09a92f63c9d30989b518b742a8b74e06d09a7815fd562e6'
                    'fc19776d'),
                (2, '162450dfa866a1c2f5444af790b9ed703b7a0837626c6bbac6955b4f'
                    'f32c083f')):
            result = calc('cmdline', '--kata', '3.30.0', '--runtime', 'go',
                          '--platform', 'snp', '--nr-cpus', str(cpus),
                          '--debug-console-enabled', '--kernel-verity-params',
                          CAPTURED)
            self.check(result, 0, result.stdout, (
                "note: composed by the rules of Kata 3.30.0's Go runtime for "
                'SEV-SNP, not captured from a guest; compare with '
                '/proc/cmdline [kata-composed]'))
            self.assertEqual(result.stdout.count(b'\n'), 1)
            line = result.stdout.rstrip(b'\n')
            self.assertEqual(len(line), 829)
            self.assertEqual(hashlib.sha256(line + b'\0').hexdigest(), want)

    def test_initrd(self):
        """The line with an initrd that a test of Kata's has."""
        result = calc('cmdline', '--kata', '3.26.0', '--runtime', 'go',
                      '--platform', 'snp', '--nr-cpus', '1', '--enable-debug',
                      '--agent-debug', '--debug-console-enabled',
                      '--kernel-params', 'agent.log=debug initcall_debug')
        self.assertEqual(result.text.partition('lastbus=0')[2], (
            ' console=hvc0 console=hvc1 debug panic=1 nr_cpus=1 selinux=0 '
            'scsi_mod.scan=none agent.log=debug agent.debug_console '
            'agent.debug_console_vport=1026 agent.log=debug initcall_debug\n'))

    def compare(self, release, runtime, platform, given):
        """With the model; false where that refuses it."""
        args = arguments(release, runtime, platform, given)
        result = calc('cmdline', *args)
        try:
            want = kata.compose(release, runtime, platform, **given)
        except kata.Refused:
            self.assertEqual((result.status, result.stdout), (2, b''), args)
            self.assertEqual(len(result.lines), 1)
            return False
        self.assertEqual((result.status, result.text), (0, want + '\n'), args)
        codes = ['kata-composed'] + ['kata-version'] * (release[-2:] != '.0') \
            + ['kata-code'] * (runtime == 'rs') \
            + ['kata-unmeasured'] * (given.get('kernel_verity_params') == '')
        self.assertEqual([line.rpartition('[')[2].rstrip(']')
                          for line in result.lines], codes)
        result = calc('cmdline', '--json', *args)
        made = json.loads(result.stdout)
        if jsonschema:
            jsonschema.validate(made, SCHEMA)
        self.assertEqual([made[name] for name in (
            'cmdline', 'kata', 'runtime', 'platform', 'captured')],
            [want, release, runtime, platform, False])
        configuration = made['configuration']
        for name, value in given.items():
            if name == 'enable_guest_selinux':
                self.assertEqual(configuration['disable_guest_selinux'], False)
            elif name == 'extensions':
                self.assertEqual(configuration['guest_extension_images'],
                                 [f'{key}={line}' for key, line in value])
            elif name == 'rootfs_hash':
                self.assertIn(value, configuration['kernel_params'])
            else:
                self.assertEqual(configuration[name], value)
        return True

    def test_random(self):
        rng = random.Random(self.id())
        good = 0
        for turn in range(40 if SANITIZED else 600):
            with self.subTest(turn=turn):
                good += self.compare(*some(rng))
        self.assertGreater(good, turn // 2)

    def test_versions(self):
        """Each that was read, of each runtime and platform, by default."""
        for major, minors in kata.MINORS.items():
            for minor in minors:
                for runtime in 'go', 'rs':
                    for platform in 'tdx', 'snp':
                        version = major, minor
                        given = {}
                        if version < (3, 32) and runtime == 'go':
                            given['nr_cpus'] = 1
                        if version >= (3, 29) or (version >= (3, 27)
                                                  and platform == 'tdx'):
                            given['kernel_verity_params'] = CAPTURED
                        if kata.measures_by_params(version, platform):
                            given['rootfs_hash'] = HASH
                        if version >= (4, 0) and runtime == 'rs':
                            given['extensions'] = [('coco', CAPTURED)]
                        with self.subTest(version, runtime=runtime):
                            self.assertEqual(
                                self.compare(f'{major}.{minor}.0', runtime,
                                             platform, given),
                                runtime == 'go' or version >= (3, 27))

    def test_measured(self):
        """It can be given to --append and to --cmdline, and no byte of it is
        another one there."""
        args = ('cmdline', '--kata', '4.1.0', '--runtime', 'go',
                '--kernel-verity-params', CAPTURED)
        line = calc(*args).text
        self.good()
        self.write('line', line.encode())
        want = hashlib.sha384(line.rstrip('\n').encode('utf-16-le')
                              + b'\0\0').hexdigest() + '\n'
        for given in ('--append', line.rstrip('\n')), ('--cmdline', 'line'):
            result = calc('--register', 'cmdline', *given, 'fw')
            self.assertEqual((result.status, result.text), (0, want))


class Refused(TestCase):
    def usage(self, line, *args, kata_version='3.32.0', runtime='go'):
        result = calc('cmdline', '--kata', kata_version, '--runtime', runtime,
                      *args)
        self.check(result, 2, b'', line + HINT)

    def test_versions(self):
        for version in ('3.3.0', '3.33.0', '4.2.0', '5.0.0', '2.5.2', '3.26.0',
                        '999.999.999'):
            runtime = 'rs' if version == '3.26.0' else 'go'
            name, first = {'go': ('Go', '3.4'), 'rs': ('Rust', '3.27')}[runtime]
            self.usage(f'--kata {version}: rules of the {name} runtime are '
                       f'known here of {first} to 3.32 and 4.0 to 4.1; take '
                       "the line of a guest's /proc/cmdline",
                       kata_version=version, runtime=runtime)
        for version in ('3.30', '3.30.0-rc0', 'v3.30.0', '3.030.0', '3.30.1000',
                        '', '3..0', '3.30.0 ', '+3.30.0'):
            if version:
                self.usage('--kata needs a version of Kata Containers, as '
                           f"3.30.0, not '{version}'", kata_version=version)

    def test_missing(self):
        """What cannot be known is asked for."""
        self.check(calc('cmdline'), 2, b'',
                   'missing --kata VERSION: whose command line is meant' + HINT)
        self.check(calc('cmdline', '--kata', '3.30.0'), 2, b'',
                   'missing --runtime go or rs: they make other lines; '
                   "Kata's classes of the latter end in -runtime-rs" + HINT)
        self.usage('missing --nr-cpus N: the line of Kata before 3.32 has the '
                   "guest's most virtual CPUs; of a pod without limits that is "
                   '1', kata_version='3.31.0')
        self.usage('missing --kernel-verity-params LINE, as the image\'s '
                   'root_hash_*.txt or the configuration has it (\'\': it has '
                   'none)')
        self.usage('missing --rootfs-hash HEX, that of the image\'s '
                   'root_hash.txt, or --kernel-params TEXT, as the '
                   'configuration has it', '--nr-cpus', '1',
                   kata_version='3.26.0')
        self.usage('missing --guest-extension-image coco=LINE, as its '
                   'root_hash_coco-extension.txt or the configuration has it; '
                   'none, where it names none', '--kernel-verity-params', '',
                   kata_version='4.0.0', runtime='rs')

    def test_other_versions(self):
        """An option that would change nothing is not passed over."""
        for version, runtime, *args in (
                ('3.32.0', 'go', '--nr-cpus', '1'),
                ('3.30.0', 'rs', '--nr-cpus', '1'),
                ('3.26.0', 'go', '--kernel-verity-params', ''),
                ('3.8.0', 'go', '--cdh-api-timeout', '0'),
                ('3.30.0', 'rs', '--cdh-api-timeout', '1'),
                ('3.28.0', 'go', '--launch-process-timeout', '6'),
                ('3.31.0', 'go', '--visible-cdi-devices'),
                ('3.32.0', 'go', '--guest-extension-image', 'none'),
                ('4.0.0', 'rs', '--use-legacy-serial'),
                ('4.0.0', 'rs', '--block-device-driver', 'virtio-scsi'),
                ('4.0.0', 'rs', '--fips')):
            name = {'go': 'Go', 'rs': 'Rust'}[runtime]
            self.usage(f"{args[0]}: the command line of Kata {version}'s "
                       f'{name} runtime does not depend on it', *args,
                       kata_version=version, runtime=runtime)

    def test_texts(self):
        """What no line can have."""
        for option in '--kernel-params', '--annotation':
            for text, at in ('a\nb', 2), ('\t', 1), ('ab\x7f', 3), ('\xe9', 1):
                self.usage(
                    f'{option}: byte {at} is a control character or not ASCII, '
                    'which no command line has here', option, text,
                    '--kernel-verity-params', '')
            self.usage(f'{option}: a quotation mark has no partner', option,
                       'a="b', '--kernel-verity-params', '')
            self.usage(f'{option}: 2048 bytes; the longest command line that '
                       'Linux takes has 2047', option, 'a' * 2048,
                       '--kernel-verity-params', '')
            self.usage('the command line would be longer than 2047 bytes, the '
                       'most that Linux takes', option, 'a' * 2047,
                       '--kernel-verity-params', '')
            self.usage('--kernel-params or --annotation has a parameter '
                       "without a name, before '=': Kata refuses it", option,
                       'a =b', '--kernel-verity-params', '')
        self.usage('--annotation: Kata splits it within quotation marks, and '
                   'one of them is left without its partner', '--annotation',
                   'a="x a=1 y"', '--rootfs', 'initrd')

    def test_params(self):
        """Kata's line, which its runtime would refuse, or the kernel."""
        good = dict(field.split('=') for field in CAPTURED.split(','))
        sizes = ('sizes of blocks are powers of two from 512 to 524288, and '
                 'not {} and {} of {} blocks')
        needs = ('needs root_hash of 64 digits, salt, data_blocks, '
                 'data_block_size and hash_block_size')
        for changed, want in (
                ({'salt': None}, ' ' + needs),
                ({'data_blocks': None}, ' ' + needs),
                ({'root_hash': 'ab' * 48}, ' ' + needs),
                ({'data_block_size': '256'},
                 ': ' + sizes.format(256, 4096, 96512)),
                ({'hash_block_size': '4097'},
                 ': ' + sizes.format(4096, 4097, 96512)),
                ({'data_blocks': '9223372036854775807'},
                 ': ' + sizes.format(4096, 4096, 9223372036854775807)),
                ({'root_hash': None}, ' names no root_hash'),
                ({'more': '1'},
                 " has no field 'more'; its fields are root_hash, salt, "
                 'data_blocks, data_block_size and hash_block_size'),
                ({'salt': 'xy'}, ': salt is two hexadecimal digits a byte, of '
                 "256 at most, or '-', not 'xy'")):
            line = ','.join(f'{key}={value}' for key, value in {
                **good, **changed}.items() if value is not None)
            self.usage('--kernel-verity-params' + want,
                       '--kernel-verity-params', line)
            self.usage('--guest-extension-image' + want,
                       '--guest-extension-image', 'coco=' + line,
                       '--kernel-verity-params', CAPTURED, kata_version='4.1.0')
        for text in 'coco', '=' + CAPTURED, 'co co=' + CAPTURED:
            self.usage('--guest-extension-image needs NAME=LINE, as '
                       f"coco=root_hash=..., or none, not '{text}'",
                       '--guest-extension-image', text, '--kernel-verity-params',
                       CAPTURED, kata_version='4.1.0')

    def test_together(self):
        self.usage("--kernel-verity-params is of a guest that boots an image, "
                   "and this one boots an initrd, as Kata's configuration says",
                   '--platform', 'snp', '--kernel-verity-params', CAPTURED,
                   '--nr-cpus', '1', kata_version='3.28.0')
        self.usage('--rootfs-type is of a guest that boots an image, and this '
                   'one boots an initrd', '--rootfs-type', 'xfs', '--rootfs',
                   'initrd')
        self.usage('--rootfs-hash is part of --kernel-params: give one of them',
                   '--rootfs-hash', HASH, '--kernel-params', 'a', '--nr-cpus',
                   '1', kata_version='3.20.0')
        self.usage('--rootfs-hash: kernel_params of this version and platform '
                   'have none', '--rootfs-hash', HASH,
                   '--kernel-verity-params', '')
        self.usage("--rootfs-hash needs 64 hexadecimal digits, not 'ab'",
                   '--rootfs-hash', 'ab', '--nr-cpus', '1',
                   kata_version='3.20.0')
        self.usage('--guest-extension-image none is given alone',
                   '--guest-extension-image', 'a=', '--guest-extension-image',
                   'none', kata_version='4.0.0')
        self.usage('--guest-extension-image is given more than 8 times',
                   *(f'--guest-extension-image=a{i}=' for i in range(9)),
                   kata_version='4.0.0')

    def test_words(self):
        for option, value, want in (
                ('--runtime', 'rust', 'go or rs'),
                ('--platform', 'sev', 'tdx or snp'),
                ('--rootfs', 'disk', 'image or initrd'),
                ('--rootfs-type', 'btrfs', 'ext4, xfs or erofs'),
                ('--nr-cpus', '0', 'a number from 1 to 4294967295'),
                ('--container-pipe-size', '4294967296',
                 'a number from 0 to 4294967295'),
                ('--cdh-api-timeout', '-1', 'a number from 0 to 4294967295'),
                ('--launch-process-timeout', 'x',
                 'a number from 0 to 4294967295')):
            self.check(calc('cmdline', option, value), 2, b'',
                       f"{option} needs {want}, not '{value}'{HINT}")
