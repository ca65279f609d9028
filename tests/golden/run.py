#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Golden tests: exit status, output and every message, for many images.

Runs the cases of cases.py and prints those that differ from what is expected
as diffs. A code that no case shows is a failure, too.
"""

import argparse
import difflib
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / 'lib'))

import debian  # noqa: E402
import formula  # noqa: E402
import igvm_reader  # noqa: E402
import words  # noqa: E402
from cases import CASES  # noqa: E402
from images import Image, decode  # noqa: E402

CODES = (pathlib.Path(__file__).resolve().parents[2] / 'include' / 'mrtd'
         / 'codes.def')
PREFIX = 'mrtd-calc: fw: '
TIMEOUT = 120
# These are about evidence, not about images: tests/cli shows them.
EVIDENCE = range(350, 400)
# Of disk images, kernels and logs: tests/cli/test_verity.py, test_boot.py,
# test_uki.py, test_events.py.
DISK = range(140, 150)
# Of files that RTMR0 of OVMF is made of: tests/cli/test_rtmr0.py.
MACHINE = range(162, 166)
# Of other classes no image shows any: tests/cli and lint.py do.
SHOWN = {'REFUSED': 'ERR', 'WARNING': 'WARN', 'NOTE': 'NOTE'}
# Only lint refuses these; tests/cli/test_lint.py.
OF_LINT = {'igvm'}
# No image and no command line shows these: every one is measured for the
# platform that is asked for, and options without a kernel are a wrong usage.
# The library's callers see them; tests/unit.
OF_LIBRARY = {'not-for-platform', 'kernel-needed'}



class Skip(Exception):
    """The case cannot run here."""


def debian_image(files):
    """Files of the package, joined; only of the version that is known."""
    if not all(os.path.exists(file) for file in files):
        raise Skip(f'there is no {" or ".join(files)} (Debian: ovmf)')
    data = b''.join(pathlib.Path(file).read_bytes() for file in files)
    wanted = debian.SHA256.get(tuple(files))
    if wanted and hashlib.sha256(data).hexdigest() != wanted:
        raise Skip(f'{", ".join(files)}: not of ovmf 2022.11-6+deb12u2')
    return data


def load(case):
    """The case with its image made."""
    if isinstance(case.image, Image):
        return case
    data = debian_image(case.image)
    measured = case.status == 0 and not case.value
    sections = decode(data) if measured else ()
    return case._replace(image=Image(data, tuple(sections)))


def expected(case):
    """Standard output, error and exit status, as text."""
    if case.value:
        return transcript(case.value + '\n', case.lines, case.status)
    mrtd = ''
    if case.status == 0:
        whole = dict(case.files).get('vars', b'') + case.image.data
        mrtd = (igvm_reader.mrtd(whole, case.vmm)
                if whole.startswith(b'IGVM') else
                formula.mrtd(whole, case.image.sections, case.vmm,
                             case.payload)) + '\n'
    return transcript(mrtd, case.lines, case.status)


def transcript(stdout, lines, status):
    return [f'stdout: {line}' for line in stdout.splitlines(keepends=True)
            ] + [f'stderr: {line}\n' for line in lines
                 ] + [f'exit status {status}\n']


def execute(program, case, *more):
    done = subprocess.run(
        [program, *more, *case.args, 'fw'], capture_output=True, check=False,
        timeout=TIMEOUT, stdin=subprocess.DEVNULL)
    stderr = done.stderr.decode('ascii', 'backslashreplace')
    lines = [line[len(PREFIX):] if line.startswith(PREFIX) else f'!{line}'
             for line in stderr.split('\n')]
    if lines[-1] == '!':  # the end of the last line
        lines.pop()
    return done.stdout.decode('ascii', 'backslashreplace'), lines, \
        done.returncode


def without_errors(text):
    """Of objects of errors, which are on standard error in words, too."""
    return ''.join(line for line in text.splitlines(keepends=True)
                   if not line.startswith('{"schema":"mrtd-calc/error/1",'))


def json_lines(text):
    """The notes of a JSON document, as they would stand on stderr."""
    document = json.loads(text)
    for note in document['notes']:
        offset = f'offset {note["offset"]}: ' if note['offset'] else ''
        yield (f'{note["severity"]}: {offset}{note["message"]} '
               f'[{note["code"]}]')


def value_of(document):
    """The one value of a measurement."""
    if document['platform'] == 'tdx':
        return document['mrtd']
    value, = document['values']
    return value['value']


def diff(wanted, got, what):
    return list(difflib.unified_diff(wanted, got, 'expected', what, n=2))


def run(program, case):
    """The differences, as lines of a diff; none if all is well."""
    wanted = expected(case)
    stdout, lines, status = execute(program, case)
    found = diff(wanted, transcript(stdout, lines, status), 'printed')
    if case.known and stdout != case.known[case.vmm] + '\n':
        found += [f'known elsewhere: {case.known[case.vmm]}\n']
    if '--ovmf-hash' in case.args:  # a digest on the way has no document
        return found
    # The same in JSON, where warnings and notes are no lines.
    stdout, lines, status = execute(program, case, '--json')
    stdout = without_errors(stdout)
    if stdout:
        lines += json_lines(stdout)
        stdout = value_of(json.loads(stdout)) + '\n'
    return found + diff(wanted, transcript(stdout, lines, status), '--json')


def codes():
    """Names of the codes that an image can bring about."""
    text = CODES.read_text(encoding='utf-8')
    for number, name, kind in re.findall(
            r'^MRTD_CODE\(\w+,\s*(\d+),\s*"([a-z0-9-]+)",\s*([A-Z]+)\)',
            text, re.M):
        if (kind in SHOWN and int(number) not in (*EVIDENCE, *DISK, *MACHINE)
                and name not in OF_LINT | OF_LIBRARY):
            yield SHOWN[kind], name


def missing():
    """Codes that no case shows; a refusal counts only where it refuses."""
    shown = set()
    for case in CASES:
        for line in case.lines:
            code = re.search(r'\[([a-z0-9-]+)\]$', line)
            kind = ('WARN' if line.startswith('warning: ') else
                    'NOTE' if line.startswith('note: ') else 'ERR')
            if code:
                shown.add((kind, code.group(1)))
    return [f'{kind} {name}' for kind, name in codes()
            if (kind, name) not in shown]


def unseen_of_library():
    """Codes of the library alone that no unit test names."""
    root = pathlib.Path(__file__).resolve().parents[1] / 'unit'
    text = ''.join(path.read_text(encoding='utf-8')
                   for path in root.glob('test_*.c'))
    return [f'{name} is in no unit test'
            for name in sorted(OF_LIBRARY) if not re.search(
                rf'MRTD_\w+_{name.upper().replace("-", "_")}\b', text)]


def undocumented(program):
    """Words of the VMMs' descriptions that no page of docs/ has."""
    done = subprocess.run([program, '--vmm', 'help'], capture_output=True,
                          check=False, timeout=TIMEOUT,
                          stdin=subprocess.DEVNULL)
    text = done.stdout.decode('ascii')
    return [f'--vmm help: {word} stands nowhere in docs'
            for word in words.unknown(text, '*.md', 'mrtd-calc.1')
            if word not in ('software', 'launches', 'accepts', 'source')]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--program', required=True)
    program = os.path.abspath(parser.parse_args().program)
    passed = failed = 0
    skipped = set()
    for case in CASES:
        with tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)
            try:
                case = load(case)
                case.image.write('fw')
                for name, data in case.files:
                    pathlib.Path(name).write_bytes(data)
                differences = run(program, case)
            except Skip as reason:
                skipped.add(str(reason))
                continue
            finally:
                os.chdir('/')
        passed += not differences
        failed += bool(differences)
        if differences:
            print(f'FAILED {case.name}', *case.args)
            print(''.join(differences))
    for reason in sorted(skipped):
        print(f'skipped: {reason}')
    for name in missing():
        failed += 1
        print(f'FAILED {CODES.name}: {name} is shown by no case')
    for line in unseen_of_library() + undocumented(program):
        failed += 1
        print(f'FAILED {line}')
    print(f'{passed} passed, {failed} failed')
    return 1 if failed or not passed else 0


if __name__ == '__main__':
    sys.exit(main())
