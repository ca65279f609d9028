#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What diff --json prints is as its schema and docs/json.md say.

Needs Debian's python3-jsonschema; exits with 77 (skipped) where it is missing.
"""

import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

try:
    import jsonschema
except ImportError:
    print('skipped: there is no Python module jsonschema '
          '(Debian: python3-jsonschema)')
    sys.exit(77)

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCHEMA = ROOT / 'docs' / 'schemas' / 'diff.schema.json'
PAGE = ROOT / 'docs' / 'json.md'
sys.path.append(str(ROOT / 'tests' / 'lib'))

import firmware as fw  # noqa: E402
import igvm  # noqa: E402
import images  # noqa: E402
import sev  # noqa: E402

OVMF = pathlib.Path('/usr/share/ovmf/OVMF.fd')


def files():
    """Images that differ in each way that has members of its own."""
    parts = images.SPLIT_SECTIONS
    yield 'plain', fw.plain()
    yield 'path', fw.with_module('BetaDxe', fw.pe(path=b'/b/Module.dll'))
    yield 'stamp', fw.with_module('BetaDxe', fw.pe(stamp=5))
    yield 'vars', fw.image(patch=[(0x100, b'x' * 10)])
    yield 'code', fw.image(patch=[(0xd000, b'x' * 10)])
    yield 'sec', fw.image(sec=fw.sec_volume(fw.pe(code=b'x')))
    yield 'fewer', fw.image(parts=parts[:3])
    yield 'moved', fw.image(parts=(
        parts[0], parts[1], parts[2]._replace(address=0x900000), parts[3]))
    yield 'none', fw.image(main=fw.volume([], fw.MAIN_SIZE))
    yield 'broken', fw.image(main_volume_with_bad_file())
    yield 'damaged', fw.image(fw.main_volume(packed=fw.damaged()))
    yield 'other', images.image()
    yield 'offset', images.td_shim()


def main_volume_with_bad_file():
    return fw.volume([fw.file(fw.DXE, fw.DRIVER, fw.sections(
        fw.compressed(fw.section(fw.VOLUME, fw.volume([fw.file(
            fw.DXE, fw.DRIVER, b'', size=5)], 0x1000)))))], fw.MAIN_SIZE)


def members(schema):
    """Names of all members, at any depth."""
    for part in [schema, *schema['$defs'].values()]:
        yield from part.get('properties', ())


class Checks:
    def __init__(self, program):
        self.program = program
        self.done = self.failed = 0
        self.schema = json.loads(SCHEMA.read_text(encoding='utf-8'))
        jsonschema.Draft202012Validator.check_schema(self.schema)
        self.validator = jsonschema.Draft202012Validator(self.schema)
        self.seen = set()

    def expect(self, good, what):
        self.done += 1
        self.failed += not good
        if not good:
            print(f'FAILED {what}')

    def note(self, value):
        """Which members had a value."""
        if isinstance(value, dict):
            self.seen |= {k for k, v in value.items() if v not in (None, [])}
            value = value.values()
        if not isinstance(value, (str, int, type(None))):
            for inner in value:
                self.note(inner)

    def run(self, *args):
        done = subprocess.run([self.program, 'diff', '--json', *args],
                              capture_output=True, check=False)
        what = ' '.join(map(str, args))
        self.expect(done.stdout.count(b'\n') == 1 and not done.stderr,
                    f'{what}: {done.stderr!r}')
        document = json.loads(done.stdout)
        errors = [f'{"/".join(map(str, e.absolute_path))}: {e.message}'
                  for e in self.validator.iter_errors(document)]
        self.expect(not errors, f'{what}: ' + '; '.join(errors))
        self.expect(done.returncode == ['same', 'differs'].index(
            document['verdict']),
                    f'{what}: exit status {done.returncode}')
        self.note(document)
        return document

    def strict(self, document):
        """Each member is needed, no other is allowed."""
        def objects(value):
            if isinstance(value, dict):
                yield value
                for inner in list(value.values()):
                    yield from objects(inner)
            elif isinstance(value, list):
                for inner in value:
                    yield from objects(inner)

        for one in objects(document):
            for name in list(one):
                value = one.pop(name)
                self.expect(not self.validator.is_valid(document),
                            f'the schema does without {name}')
                one[name] = value
            one['more'] = 1
            self.expect(not self.validator.is_valid(document),
                        'the schema allows another member')
            del one['more']


def guests(checks):
    """SEV-SNP: alone, beside TDX, and of IGVM files."""
    for name, size in ('guest', 0x1f000), ('other', 0x1e000):
        sev.image([*sev.GOOD[:5], sev.GOOD[5]._replace(size=size),
                   sev.GOOD[6]], tdx=images.GOOD).write(name)
        with open(name + '.igvm', 'wb') as file:
            file.write(igvm.Igvm([
                igvm.platform(igvm.SNP, 1, boundary=0), igvm.policy(0x30000),
                igvm.page(size, b'x')]).encode())
    launch = ('--platform', 'snp', '--vcpus', '1', '--vcpu-sig', '0x800f12',
              '--kernel', 'plain', '--initrd', 'plain', '--append', 'x')
    checks.strict(checks.run('guest', 'other'))
    checks.strict(checks.run(*launch, 'guest', 'other'))
    checks.run(*launch, 'guest', 'guest')
    checks.run('--platform', 'snp', '--vcpus', '1', '--vmm', 'ec2', 'other',
               'guest')
    checks.strict(checks.run('--platform', 'snp', 'guest.igvm', 'other.igvm'))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--program', required=True)
    checks = Checks(os.path.abspath(parser.parse_args().program))
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        names = []
        for name, image in files():
            image.write(name)
            names.append(name)
        with open('saved', 'wb') as file:
            subprocess.run([checks.program, 'show', '--json', 'plain'],
                           stdout=file, check=True)
        for a in names[:3]:
            for b in [*names, 'saved']:
                checks.run(a, b)
                checks.run('--all', b, a)
        checks.strict(checks.run('stamp', 'path'))
        checks.strict(checks.run('sec', 'broken'))
        guests(checks)
        if OVMF.exists():
            checks.run('plain', OVMF)
            checks.run('--all', OVMF, 'plain')
        os.chdir('/')
    page = PAGE.read_text(encoding='utf-8').partition('## The output of `diff')
    for name in set(members(checks.schema)):
        checks.expect(re.search(rf'[`.]{name}`', page[2]),
                      f'{PAGE.name} does not explain {name}')
        checks.expect(name in checks.seen, f'no output has {name}')
    print(f'{checks.done - checks.failed} of {checks.done} checks passed')
    return 1 if checks.failed or not checks.done else 0


if __name__ == '__main__':
    sys.exit(main())
