#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The program for WebAssembly does what the native one does, byte for byte.

Runs other tests with the native program; each of their calls is made with
mrtd-calc.wasm, too, in Node, and standard output, standard error and exit
status are compared. The table "What differs" of docs/web.md is the one list of
what may differ; differs.py shows each of its rows.
"""

import argparse
import base64
import contextlib
import io
import json
import os
import pathlib
import re
import runpy
import shutil
import subprocess
import sys
import threading

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PAGE = ROOT / 'docs/web.md'

native_run = subprocess.run


class Wasm:
    """mrtd-calc.wasm in a Node that stays."""

    def __init__(self, node, wasm):
        self.node = subprocess.Popen(
            [node, HERE / 'serve.mjs', wasm], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE)
        self.lock = threading.Lock()

    def call(self, args, env, folder, stdin):
        def encode(data):
            return base64.b64encode(data).decode()
        line = json.dumps({'args': [encode(os.fsencode(a)) for a in args],
                           'env': dict(env), 'folder': str(folder),
                           'stdin': encode(stdin)})
        with self.lock:
            self.node.stdin.write(line.encode() + b'\n')
            self.node.stdin.flush()
            answer = self.node.stdout.readline()
        if not answer:
            raise RuntimeError(f'Node has ended at {args}')
        answer = json.loads(answer)
        return (answer['status'], base64.b64decode(answer['stdout']),
                base64.b64decode(answer['stderr']))


def start(wasm):
    """The program in Node; ends, as skipped, where one is missing."""
    node = shutil.which('node')
    if not node or not wasm.exists():
        print(f'skipped: there is no {"Node" if not node else wasm}')
        sys.exit(77)
    return Wasm(node, wasm.resolve())


def differences():
    """The table of the page: what is printed -> the exit status or None."""
    text = PAGE.read_text(encoding='utf-8')
    section = text.split('\n## What differs\n')[1].split('\n## ')[0]
    rows = re.findall(r'^\| [^|]+ \| `([^`|]+)` \| ([^|]+) \|$', section,
                      re.M)
    return {printed.encode(): None if status == 'as otherwise'
            else int(status) for printed, status in rows}


class Shadow:
    """subprocess.run() that compares what it runs of the program."""

    def __init__(self, program, wasm):
        self.program = program
        self.wasm = wasm
        self.allowed = differences()
        self.compared = self.differing = self.left = 0
        self.failures = []

    def run(self, command, **how):
        done = native_run(command, **how)
        if os.fspath(command[0]) != self.program:
            return done
        stdin = how.get('input', b'')
        captured = how.get('capture_output') or (
            how.get('stdout') == how.get('stderr') == subprocess.PIPE)
        if (not captured or how.get('preexec_fn') or how.get('pass_fds')
                or how.get('stdin', subprocess.DEVNULL) != subprocess.DEVNULL):
            self.left += 1  # limits, or a stream that is not a pipe
            return done
        native = [data.encode() if isinstance(data, str) else data
                  for data in (done.stdout, done.stderr)]
        stdin = stdin.encode() if isinstance(stdin, str) else stdin or b''
        self.compare((done.returncode, *native), self.wasm.call(
            command[1:], how.get('env') or os.environ,
            how.get('cwd') or os.getcwd(), stdin), command[1:])
        return done

    def compare(self, native, got, args):
        self.compared += 1
        if native == got:
            return
        for printed, status in self.allowed.items():
            # Never more than the native program accepts.
            if (printed in got[1] + got[2] and status in (None, got[0])
                    and (got[0] != 0 or native[0] == 0)):
                self.differing += 1
                return
        self.failures.append((args, native, got))


def call_test(script, arguments):
    """Runs a test script; its exit status and what it printed."""
    argv, path, folder = sys.argv, list(sys.path), os.getcwd()
    printed = io.StringIO()
    sys.argv = [str(script), *arguments]
    sys.path.insert(0, str(script.parent))
    try:
        with contextlib.redirect_stdout(printed):
            runpy.run_path(str(script), run_name='__main__')
        status = 0
    except SystemExit as end:
        status = end.code or 0
    finally:
        sys.argv, sys.path[:] = argv, path
        os.chdir(folder)
    return status, printed.getvalue()


def show(failure):
    args, native, got = failure
    print('FAILED', *args)
    for what, one, other in zip(('status', 'stdout', 'stderr'), native, got):
        if one != other:
            print(f'  {what}: native {one!r:.2000}\n'
                  f'  {what}: wasm   {other!r:.2000}')


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--program', required=True)
    parser.add_argument('--wasm', required=True, type=pathlib.Path)
    parser.add_argument('script', help='as golden/run.py, of tests/')
    parser.add_argument('arguments', nargs='*')
    options = parser.parse_args()
    program = os.path.abspath(options.program)
    shadow = Shadow(program, start(options.wasm))
    subprocess.run = shadow.run
    status, printed = call_test(
        HERE.parent / options.script,
        ['--program', program, *options.arguments])
    if status:
        print(printed)
    for failure in shadow.failures[:20]:
        show(failure)
    print(f'{shadow.compared} calls compared, {len(shadow.failures)} differ, '
          f'{shadow.differing} differ as {PAGE.name} says, '
          f'{shadow.left} not compared')
    return 1 if status or shadow.failures or not shadow.compared else 0


if __name__ == '__main__':
    sys.exit(main())
