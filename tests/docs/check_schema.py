#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What --json prints is as its schemas in docs/ and docs/json.md say.

Checks the output for generated images and for Debian's OVMF, the example of
docs/json.md, and that the schema is as strict as it promises. Needs Debian's
python3-jsonschema; exits with 77 (skipped) where it is missing.
"""

import argparse
import copy
import json
import os
import pathlib
import re
import struct
import subprocess
import sys
import tempfile
import uuid

try:
    import jsonschema
except ImportError:
    print('skipped: there is no Python module jsonschema '
          '(Debian: python3-jsonschema)')
    sys.exit(77)

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / 'tests' / 'lib'))

import formula  # noqa: E402
from documents import Checks, less_or_more, put  # noqa: E402
from guest_documents import GuestChecks, guests  # noqa: E402

SCHEMA = ROOT / 'docs' / 'schemas' / 'measurement.schema.json'
ERROR_SCHEMA = ROOT / 'docs' / 'schemas' / 'error.schema.json'
LINT_SCHEMA = ROOT / 'docs' / 'schemas' / 'lint.schema.json'
PAGE = ROOT / 'docs' / 'json.md'
OVMF = pathlib.Path('/usr/share/ovmf/OVMF.fd')
SPLIT = [pathlib.Path('/usr/share/OVMF/OVMF_VARS.fd'),
         pathlib.Path('/usr/share/OVMF/OVMF_CODE.fd')]

FOOTER = uuid.UUID('96b582de-1fb2-45f7-baea-a366c55a082d').bytes_le
TDX = uuid.UUID('e47a6535-984a-4798-865e-4685a7bf8ec2').bytes_le
OTHER = uuid.UUID('00112233-4455-6677-8899-aabbccddeeff').bytes_le
METADATA = uuid.UUID('e9eaf9f3-168e-44d5-a8eb-7f4d8738f6ae').bytes_le
SIZE = 0x10000
DESCRIPTOR = 0xe010

# DataOffset, RawDataSize, MemoryAddress, MemoryDataSize, Type, Attributes
BFV = (0xe000, 0x2000, 0xffffe000, 0x2000, 0, 1)
CFV = (0, 0x1000, 0xffff0000, 0x1000, 1, 0)
TD_HOB = (0, 0, 0x809000, 0x2000, 2, 0)
TEMP_MEM = (0, 0, 0x810000, 0x1000, 3, 0)
PERM_MEM = (0, 0, 0x1000000, 0x4000, 4, 2)
PAYLOAD = (0, 0, 0x2000000, 0x4000, 5, 1)
PARAM = (0, 0, 0x3000000, 0x1000, 6, 0)
TD_INFO = (0xf100, 0x40, 0, 0, 7, 0)
TD_PARAMS = (0xf200, 0x40, 0, 0, 8, 0)
PLAIN = [BFV, CFV, TD_HOB, TEMP_MEM]
# Each earns a warning or a note, of the image and of the plan.
NOTED = PLAIN + [PERM_MEM, PAYLOAD, PARAM, TD_INFO, TD_PARAMS,
                 (0, 0x800, 0x4000000, 0x1000, 1, 1),
                 (0, 0, 1 << 47, 0x1000, 3, 0),
                 (0, 0, 0x5000000, 0, 3, 0)]
BAD = PLAIN + [(0, 0, 0x810000, 0x1000, 3, 0x13), (0, 0, 1 << 63, 0, 3, 0)]


def image(sections, table=True):
    """A firmware image, found by the GUIDed table or by the 32-bit offset."""
    data = bytearray((i * 31 + (i >> 8)) & 255 for i in range(SIZE))
    metadata = METADATA + struct.pack(
        '<4sIII', b'TDVF', 16 + 32 * len(sections), 1, len(sections))
    metadata += b''.join(struct.pack('<IIQQII', *s) for s in sections)
    start = DESCRIPTOR - len(METADATA)
    data[start:start + len(metadata)] = metadata
    data[-0x20:] = struct.pack('<I', DESCRIPTOR) + bytes(28)
    if table:
        entries = b'data' + struct.pack('<H', 22) + OTHER
        entries += struct.pack('<IH', SIZE - DESCRIPTOR, 22) + TDX
        entries += struct.pack('<H', len(entries) + 18) + FOOTER
        data[-0x20 - len(entries):-0x20] = entries
    return bytes(data)


def generated(checks, folder):
    """All VMMs, notes, vars, payload, odd file names."""
    files = {'plain': image(PLAIN), 'noted': image(NOTED),
             'offset': image(PLAIN, table=False), 'bad': image(BAD),
             'vars': bytes(range(256)) * 16}
    files['code'] = image([(SIZE - 0x1000, 0x2000) + BFV[2:], CFV, TD_HOB])
    # Of the kernel, Cloud Hypervisor looks at the header's magic.
    files['kernel'] = bytes(0x202) + b'HdrS' + bytes(0x1000)
    names = {}
    for name, data in files.items():
        names[name] = os.fsencode(folder / name)
        (folder / name).write_bytes(data)

    for vmm in formula.VMMS:
        for name in 'plain', 'offset':
            found, = checks.run(f'{name}, {vmm}', '--vmm', vmm, names[name])
            # Mainline QEMU needs the GUIDed table, and GCE; and that the file
            # is nothing but volumes.
            noted = [note['code'] for note in found['notes']]
            who = {'cloud-hypervisor': None, 'gce': 'gce'}.get(vmm, 'qemu')
            wanted = [f'{who}-locator'] if name == 'offset' and who else []
            wanted += ['gce-total'] if vmm == 'gce' else []
            checks.expect(found['vmm'] == vmm and noted == wanted,
                          f'{name}, {vmm}: VMM or notes')
            kind = 'offset' if name == 'offset' else 'guid-table'
            checks.expect(found['locator']['kind'] == kind,
                          f'{name}, {vmm}: locator')
        payload = (['--payload', names['kernel']]
                   if vmm == 'cloud-hypervisor' else [])
        found, = checks.run(f'noted, {vmm}', '--vmm', vmm, *payload,
                            names['noted'])
        kinds = {note['severity'] for note in found['notes']}
        checks.expect(kinds == {'warning', 'note'}, f'noted, {vmm}: notes')
        checks.expect((found['payload'] is not None) == bool(payload),
                      f'noted, {vmm}: payload')
    found, = checks.run('permissive', '--permissive', names['bad'])
    checks.expect(found['permissive'], 'permissive: permissive')
    found, = checks.run('vars', '--vars', names['vars'], names['code'])
    checks.expect(found['vars'] and found['size'] == SIZE + 0x1000,
                  'vars: vars or size')
    checks.run('two files', names['plain'], names['offset'], count=2)
    for odd in (b'a "quote"', b'back\\slash', b'new\nline', b'tab\t',
                b'\xc3\xa9', b'bad\xff', b'bell\x07'):
        path = os.path.join(os.fsencode(folder), odd)
        pathlib.Path(os.fsdecode(path)).write_bytes(files['plain'])
        found, = checks.run(f'file {odd}', path)
        try:
            good = found['file'] == path.decode('utf-8')
        except UnicodeDecodeError:
            good = found['file'].endswith('bad\\377')
        checks.expect(good, f'file {odd}: its name')


def debian(checks):
    """Debian's OVMF, whole and split."""
    if not OVMF.exists():
        print(f'skipped: there is no {OVMF} (Debian: ovmf)')
        return
    found, = checks.run('OVMF.fd', OVMF)
    checks.expect(len(found['guids']) > 1, 'OVMF.fd: guids')
    if all(path.exists() for path in SPLIT):
        split, = checks.run('split OVMF', '--vars', *SPLIT)
        checks.expect(split['sha256'] == found['sha256']
                      and split['mrtd'] == found['mrtd'], 'split OVMF: mrtd')


def example(checks):
    """The example of docs/json.md is valid, and what the program prints."""
    blocks = re.findall(r'^```json\n(.*?)^```$',
                        PAGE.read_text(encoding='utf-8'), re.M | re.S)
    documents = [json.loads(block) for block in blocks]
    checks.expect(len(documents) == 1, f'{PAGE.name}: one example')
    for shown in documents:
        errors = checks.errors(shown)
        checks.expect(not errors, f'{PAGE.name}: ' + '; '.join(errors))
        file = ROOT / 'testdata' / pathlib.PurePath(shown['file']).name
        printed, = checks.run('the example', file)
        for document in shown, printed:
            del document['file'], document['version']
            for note in document['notes']:
                del note['message']
        checks.expect(shown == printed,
                      f'{PAGE.name}: the example is not what is printed')


def mutations(document):
    """Documents that a strict schema refuses."""
    yield from less_or_more(document)
    for path, value in [
            (('schema',), 'mrtd-calc/measurement/2'),
            (('mrtd',), document['mrtd'].upper()),
            (('mrtd',), document['mrtd'][1:]),
            (('platform',), 'snp'), (('values',), []),
            (('values', 0, 'register'), 'mrtd'),
            (('values', 0, 'algorithm'), 'sha384'),
            (('sha256',), document['sha384']),
            (('size',), str(document['size'])),
            (('locator', 'kind'), 'other'),
            (('locator', 'pointer_offset'), '0x00'),
            (('locator', 'descriptor_offset'), 4096),
            (('sections',), []),
            (('sections', 0, 'memory_address'), '0xFFFF0000'),
            (('sections', 0, 'type'), 9),
            (('sections', 0, 'type_name'), 'Bfv'),
            (('notes', 0, 'severity'), 'error'),
            (('notes', 0, 'code'), 'No_Such'),
            (('notes', 0, 'message'), 'two\nlines')]:
        changed = copy.deepcopy(document)
        put(changed, path, value)
        yield f'{path} = {value!r}', changed


def strict(checks, folder):
    """The schema is strict."""
    document, = checks.run('noted', os.fsencode(folder / 'noted'))
    for what, changed in mutations(document):
        checks.expect(checks.errors(changed), f'the schema allows {what}')


class LintChecks(Checks):
    """Of lint --json: a document for an image that is refused, too."""

    def lint(self, what, status, *arguments):
        done = subprocess.run([self.program, 'lint', '--json', *arguments],
                              capture_output=True, check=False)
        self.expect(done.returncode == status and not done.stderr,
                    f'{what}: exit status {done.returncode}, '
                    f'stderr {done.stderr!r}')
        document, = map(json.loads, done.stdout.decode('utf-8').splitlines())
        errors = self.errors(document)
        self.expect(not errors, f'{what}: ' + '; '.join(errors))
        self.expect(document['verdict'] == ['loads', 'fails'][status],
                    f'{what}: the verdict')
        found = {vmm: value['value'] for value in document['values']
                 for vmm in value['vmm']}
        wanted = {vmm['vmm']: vmm['plan']['mrtd']
                  for vmm in document['vmms'] if vmm['plan']}
        if document['mrtd']:
            wanted['spec'] = document['mrtd']
        self.expect(found == wanted, f'{what}: values')
        return document


def lint_documents(checks, folder):
    """All verdicts, findings of all kinds, reasons; and that it is strict."""
    files = {name: os.fsencode(folder / name)
             for name in ('plain', 'noted', 'bad', 'offset', 'code', 'vars')}
    checks.lint('plain', 0, '--vmm', 'qemu,cloud-hypervisor', files['plain'])
    checks.lint('offset', 1, files['offset'])
    checks.lint('vars', 0, '--vmm', 'cloud-hypervisor', '--vars',
                files['vars'], files['code'])
    # A GUIDed table without entries.
    (folder / 'nothing').write_bytes(bytes(0x1000) + struct.pack(
        '<H', 18) + bytes.fromhex('de82b596b21ff745baeaa366c55a082d')
        + bytes(32))
    found = checks.lint('nothing', 1, os.fsencode(folder / 'nothing'))
    checks.expect(found['mrtd'] is None and found['refused'],
                  'nothing: no reason')
    (folder / 'payload').write_bytes(
        image(PLAIN + [PAYLOAD[:5] + (1,)]))
    found = checks.lint('payload', 0, '--vmm', 'cloud-hypervisor',
                        os.fsencode(folder / 'payload'))
    checks.expect(found['vmms'][0]['unpredictable'], 'payload: no reason')
    document = checks.lint('noted', 1, files['noted'])
    kinds = {vmm['verdict'] for vmm in document['vmms']}
    checks.expect(kinds == {'refuses'}, f'noted: verdicts {kinds}')
    good = checks.lint('plain, one', 0, '--vmm', 'qemu', files['plain'])
    for path, value in [
            (('schema',), 'mrtd-calc/lint/2'), (('mrtd',), 'ab'),
            (('verdict',), True), (('vmms',), []), (('refused',), 'no'),
            (('vmms', 0, 'verdict'), 'maybe'),
            (('vmms', 0, 'verdict'), 'refuses'),
            (('vmms', 0, 'more'), 1), (('more',), 1),
            (('vmms', 0, 'plan', 'mrtd'), 'ab'),
            (('vmms', 0, 'plan', 'specified'), 1),
            (('vmms', 0, 'plan', 'added_pages'), -1)]:
        changed = copy.deepcopy(good)
        inner = changed
        for key in path[:-1]:
            inner = inner[key]
        inner[path[-1]] = value
        checks.expect(checks.errors(changed),
                      f'the lint schema allows {path} = {value!r}')
    for key in good:
        changed = {k: v for k, v in good.items() if k != key}
        checks.expect(checks.errors(changed),
                      f'the lint schema does without {key}')


def errors(checks, folder):
    """Each way to fail of each command with --json."""
    schema = json.loads(ERROR_SCHEMA.read_text(encoding='utf-8'))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    good, bad = folder / 'good', folder / 'bad'
    good.write_bytes(image(PLAIN))
    bad.write_bytes(image(BAD))
    odd = folder / 'o"d\\d\t\xff'
    odd.write_bytes(b'x')
    text = PAGE.read_text(encoding='utf-8')
    shown = re.search(r'^\{"schema":"mrtd-calc/error/1".*$', text, re.M)[0]
    checks.expect(validator.is_valid(json.loads(shown)),
                  'the example of an error')
    for args, status, code in (
            ((bad,), 3, True), ((folder,), 4, False), ((odd,), 3, True),
            ((folder / 'no',), 4, False), (('--vmm', 'no', good), 2, False),
            (('show', bad), 3, True), (('show',), 2, False),
            (('lint', odd), 3, True), (('lint', '--svg', 'x', good), 2, False),
            (('diff', good, odd), 3, True), (('diff', good), 2, False),
            (('check', good, '--against', odd), 3, True),
            (('check', good), 2, False),
            (('tdinfo', '--attributes', '0', '--xfam', '3', bad), 3, True),
            (('id-block', '--verify', good, '--id-auth', good), 3, True),
            (('id-block', '--id-key', good, '--digest', 'ab' * 48), 3, True),
            (('id-block', '--verify', good), 2, False),
            (('--limit', '1', good), 3, True)):
        done = subprocess.run([checks.program, *args, '--json'], check=False,
                              capture_output=True, text=True)
        name = ' '.join(map(ascii, args))
        lines = done.stdout.splitlines()
        checks.expect((len(lines), done.returncode) == (1, status),
                      f'{name}: one object, status {status}')
        document = json.loads(lines[0]) if lines else {}
        checks.expect(validator.is_valid(document),
                      f'{name}: {error_of(validator, document)}')
        checks.expect(bool(document.get('code')) == code, f'{name}: the code')


def error_of(validator, document):
    found = next(validator.iter_errors(document), None)
    return found.message if found else 'as the schema'


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--program', required=True)
    program = os.path.abspath(parser.parse_args().program)
    schema = json.loads(SCHEMA.read_text(encoding='utf-8'))
    jsonschema.Draft202012Validator.check_schema(schema)
    checks = Checks(program, schema)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        generated(checks, folder)
        strict(checks, folder)
        guest = GuestChecks(program, schema)
        guests(guest, folder)
        checks.done += guest.done
        checks.failed += guest.failed
        schema = json.loads(LINT_SCHEMA.read_text(encoding='utf-8'))
        jsonschema.Draft202012Validator.check_schema(schema)
        lints = LintChecks(program, schema)
        lint_documents(lints, folder)
        checks.done += lints.done
        checks.failed += lints.failed
        errors(checks, folder)
    debian(checks)
    example(checks)
    print(f'{checks.done - checks.failed} of {checks.done} checks passed')
    return 1 if checks.failed or not checks.done else 0


if __name__ == '__main__':
    sys.exit(main())
