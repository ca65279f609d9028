# SPDX-License-Identifier: Apache-2.0
"""What the tests of the command line have in common."""

import atexit
import contextlib
import functools
import itertools
import json
import os
import pathlib
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import unittest
from typing import NamedTuple

HERE = pathlib.Path(__file__).resolve().parent
sys.path += [str(HERE.parent / 'golden'), str(HERE.parent / 'lib')]

# No two of golden, lib and cli have a module of the same name.
import formula  # noqa: E402
import images  # noqa: E402

# The VMMs that launch images in a way of their own, and of these the ones that
# give images.GOOD the MRTD of spec, both in the order of '--vmm help'.
VMMS = ('spec', 'kvm-v19', 'cloud-hypervisor', 'qemu', 'migtd-qemu')
PLAIN = tuple(vmm for vmm in VMMS if vmm != 'kvm-v19')
SANITIZED = os.environ.get('MRTD_TEST_SANITIZED', '0') not in ('', '0')
TIMEOUT = 120
# Of what a sanitized program, which starts slowly, need not do each time, it
# does one of so many. A prime number, since runs come in twos and fours: so
# each kind has its turn.
PART = 11 if SANITIZED else 1
# What is made to fail in turn, in every command, is hundred thousand runs: some
# of them, unless by hand or at night all are asked for.
ALL_FAILURES = os.environ.get('MRTD_TEST_ALL_FAILURES', '0') not in ('', '0')
# Looking for leaks takes it half as long again as all else.
LEAK_SEARCHES = itertools.cycle(turn == 0 for turn in range(PART))

# Set by run.py.
PROGRAM = 'mrtd-calc'
IMAGE = None


class Result(NamedTuple):
    """How a run of the program ended."""
    status: int
    stdout: bytes
    stderr: bytes

    @property
    def lines(self):
        """Standard error, which must be whole lines, without "mrtd-calc: "."""
        text = self.stderr.decode('ascii')
        assert text == '' or text.endswith('\n'), text
        lines = text.split('\n')[:-1]
        assert all(line.startswith('mrtd-calc: ') for line in lines), text
        return [line[len('mrtd-calc: '):] for line in lines]

    @property
    def text(self):
        return self.stdout.decode('ascii')

    def without(self, code):
        """The same without the lines on standard error of that code."""
        kept = [line for line in self.stderr.splitlines(keepends=True)
                if not line.endswith(b'[%s]\n' % code.encode())]
        return self._replace(stderr=b''.join(kept))


def environment(**changes):
    """The environment, without what changes the program's behaviour."""
    env = {name: value for name, value in os.environ.items()
           if name not in ('NO_COLOR', 'MRTD_SHA384', 'POSIXLY_CORRECT')}
    env['LC_ALL'] = 'C'
    if SANITIZED and not next(LEAK_SEARCHES):
        env['ASAN_OPTIONS'] = 'detect_leaks=0'
    env.update(changes)
    return env


def calc(*args, stdin=b'', stdout=subprocess.PIPE, stderr=subprocess.PIPE,
         closed=(), limits=(), env=None, program=None, **more):
    """Runs the program in the current folder.

    stdin is bytes for a pipe, or a file; closed are descriptors to be closed
    as a shell's "0<&-" does; limits are pairs for setrlimit().
    """
    command = [program or PROGRAM, *args]
    if closed:
        close = ' '.join(f'{fd}>&-' for fd in closed)
        command = ['sh', '-c', f'exec "$@" {close}', 'sh', *command]
    if isinstance(stdin, bytes):
        more['input'] = stdin
    else:
        more['stdin'] = stdin
    if limits:
        def set_limits():
            for which, value in limits:
                resource.setrlimit(which, (value, value))
        more['preexec_fn'] = set_limits
    done = subprocess.run(command, stdout=stdout, stderr=stderr,
                          env=env or environment(), timeout=TIMEOUT,
                          check=False, **more)
    found = Result(done.returncode, done.stdout or b'', done.stderr or b'')
    if ('--json' in args and stdout == stderr == subprocess.PIPE
            and not {1, 2} & set(closed)):
        return found._replace(stdout=without_errors(found))
    return found


ERROR = b'{"schema":"mrtd-calc/error/1",'


def said(error):
    """An object of an error as a line on standard error."""
    if set(error) != {'schema', 'version', 'file', 'code', 'offset',
                      'message'}:
        raise AssertionError(error)
    name = error['file']
    return ''.join((
        '' if name is None else (name or "''") + ': ',
        f'offset {error["offset"]}: ' if error['offset'] else '',
        error['message'],
        f' [{error["code"]}]' if error['code'] else ''))


def without_errors(result):
    """What --json printed but for the objects of errors, which are the same
    and in the same order as the lines on standard error that are neither
    warnings nor notes: so it is wherever a test asks for JSON."""
    lines = result.stdout.splitlines(keepends=True)
    objects = [said(json.loads(line)) for line in lines
               if line.startswith(ERROR)]
    wanted = [line for line in result.lines
              if not re.match(r'(.*: )??(warning|note): ', line)]
    if objects != wanted:
        raise AssertionError(f'as JSON {objects}, in words {wanted}')
    return b''.join(line for line in lines if not line.startswith(ERROR))


def good():
    """A good image: that of --image, or a generated one."""
    if IMAGE is None:
        return images.image()
    return images.Image(IMAGE, tuple(images.decode(IMAGE)))


def bad(value=9):
    """An image that is refused."""
    return images.more(images.TEMP_MEM._replace(type=value))


BAD_LINE = ('offset 0xe0b8: section 4 (unknown type): Type 9 is not 0 to 8 '
            '(TD-Shim spec 0.7, table 1.1-4) [type]')


def warned(address=0x2000000):
    """An image with a warning and nothing else; its MRTD by the address."""
    return images.more(images.TEMP_MEM._replace(address=address,
                                                attributes=1))


def value_of(digits, *vmms):
    """An MRTD as all JSON documents have it."""
    one = {'register': 'MRTD', 'algorithm': 'sha-384', 'value': digits}
    return {**one, 'vmm': list(vmms)} if vmms else one


def mrtd(image, vmm='spec', payload=b''):
    return formula.mrtd(image.data, image.sections, vmm, payload)


@functools.lru_cache(maxsize=None)
def shim():
    """shim.so, which makes calls fail; None where it cannot be used."""
    compiler = shutil.which('cc')
    if SANITIZED or not compiler:
        return None
    folder = tempfile.mkdtemp()
    atexit.register(shutil.rmtree, folder)
    path = os.path.join(folder, 'shim.so')
    subprocess.run([compiler, '-shared', '-fPIC', '-O1', '-o', path,
                    str(HERE / 'shim.c')], check=True)
    return path


def with_shim(**settings):
    """An environment in which shim.so works as its variables say."""
    path = shim()
    if not path:
        raise unittest.SkipTest('needs cc, and no sanitizers')
    # To change a file is what the sandbox is there to forbid.
    more = {'MRTD_SANDBOX': 'off'} if {
        'pread_truncate', 'pread_touch'} & set(settings) else {}
    return environment(LD_PRELOAD=path, **more, **{
        f'SHIM_{name.upper()}': str(value)
        for name, value in settings.items()})


def hint(*args):
    """How a message about this command line ends."""
    words = {'show', 'check', 'tdinfo', 'lint', 'diff', 'reference',
             'id-block', 'evidence', 'self-test'}
    word = ('-c ' if {'-c', '--check-list'} & set(args) else
            ''.join(f'{word} ' for word in args if word in words))
    return f"; try 'mrtd-calc {word}--help'"


class TestCase(unittest.TestCase):
    """Each test has a folder of its own, which is the current one."""

    def setUp(self):
        self.turns = itertools.count()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.addCleanup(os.chdir, '/')
        os.chdir(folder.name)

    def part(self, rows):
        """All of them, but for a sanitized program: then one of PART and never
        none, others each time, so that of a loop in a loop each is seen."""
        rows = list(rows)
        start = next(self.turns) % PART
        return rows[start % len(rows)::PART] if rows else []

    def some(self, rows, most):
        """No more than that many, evenly of them, others each time, but for
        ALL_FAILURES."""
        rows = list(rows)
        step = 1 if ALL_FAILURES else max(1, -(-len(rows) // most))
        return rows[next(self.turns) % step::step]

    def write(self, name, content):
        """Writes an image or bytes; returns the image."""
        if isinstance(content, images.Image):
            content.write(name)
        else:
            with open(name, 'wb') as file:
                file.write(content)
        return content

    def good(self, name='fw'):
        return self.write(name, good())

    def check(self, result, status, stdout, *lines):
        """The whole of what was printed."""
        if isinstance(stdout, str):
            stdout = os.fsencode(stdout)
        self.assertEqual((result.status, result.stdout, result.lines),
                         (status, stdout, list(lines)))

    def refused(self, result, status, line=None):
        """One line on standard error, none on standard output."""
        self.assertEqual(result.stdout, b'')
        self.assertEqual(len(result.lines), 1, result)
        if line is not None:
            self.assertEqual(result.lines[0], line)
        self.assertEqual(result.status, status, result)

    def calc_as_nobody(self, *args):
        """As a user who can read but what all may: root can do anything."""
        command = {}
        program = os.path.abspath(PROGRAM)
        if os.geteuid() == 0:
            # Somebody else may neither see the program's folder.
            program = os.path.abspath(shutil.copy(PROGRAM, 'calc'))
            os.chmod('calc', 0o755)
            os.chmod('.', 0o755)
            command = {'user': 65534, 'group': 65534, 'extra_groups': []}
        try:
            return calc(*args, program=program, **command)
        except (OSError, subprocess.SubprocessError) as error:
            self.skipTest(f'cannot be another user: {error}')
            raise

    def openpty(self):
        """A pseudo-terminal; a chroot may have none."""
        try:
            return os.openpty()
        except OSError as error:
            self.skipTest(f'no pseudo-terminals: {error}')
            raise

    @contextlib.contextmanager
    def fed(self, path, content, delay=0.0):
        """A FIFO into which a thread writes."""
        os.mkfifo(path)

        def feed():
            with contextlib.suppress(BrokenPipeError):
                with open(path, 'wb') as fifo:
                    if delay:
                        stop.wait(delay)
                    fifo.write(content)

        stop = threading.Event()
        thread = threading.Thread(target=feed)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            # Frees the thread where nobody has opened the FIFO.
            os.close(os.open(path, os.O_RDONLY | os.O_NONBLOCK))
            thread.join()
