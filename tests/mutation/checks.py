# SPDX-License-Identifier: Apache-2.0
"""The tests that a mutant has to get past, each small enough to stop at.

They are the project's own: its unit tests, the cases of tests/golden and
tests/differential with all that they assert. Only how the program is started
is another: by server.c.
"""

import contextlib
import functools
import importlib.util
import io
import json
import os
import pathlib
import pickle
import random
import signal
import struct
import subprocess
import sys
import tarfile

HERE = pathlib.Path(__file__).resolve().parent
for neighbour in ('golden', 'differential', 'lib'):
    sys.path.append(str(HERE.parent / neighbour))


def script(folder):
    """run.py of tests/golden or tests/differential: their name is ours."""
    name = f'run_of_{folder}'
    spec = importlib.util.spec_from_file_location(
        name, HERE.parent / folder / 'run.py')
    sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


# Above all, the path to them.
import build  # noqa: E402
import generate  # noqa: E402
import lint as golden_lint  # noqa: E402
import reference  # noqa: E402
import screen  # noqa: E402

golden = script('golden')
differential = script('differential')

# Seconds of the processor, and on the clock: a mutant that loops is killed.
CPU = {'plain': 3, 'asan': 30}
CLOCK = 60
UNIT_CPU = {'plain': 6, 'asan': 60}
# Memory that is not set has other bytes than zeros.
PERTURBED = {'GLIBC_TUNABLES': 'glibc.malloc.perturb=165'}
MEMORY_KB = 4 << 20
DIFFERENTIAL_SEED = 20261125
BATCHES, BATCH = 12, 60


class Server:
    """Runs of the program, by server.c."""
    PIPE, DEVNULL = subprocess.PIPE, subprocess.DEVNULL

    def __init__(self, program, variant):
        self.program = program
        self.variant = variant
        self.process = None
        self.folder = '/'

    def start(self):
        env = {name: value for name, value in os.environ.items()
               if name not in ('MRTD_SHA384', 'POSIXLY_CORRECT')}
        env.update(PERTURBED, LC_ALL='C')
        if self.variant == 'asan':
            env['ASAN_OPTIONS'] = 'detect_leaks=1'
        self.process = subprocess.Popen(
            [self.program], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, env=env)

    def stop(self):
        if self.process:
            self.process.kill()
            self.process.communicate()
            self.process = None

    def read(self, size):
        data = self.process.stdout.read(size)
        if len(data) != size:
            raise OSError('the server ended')
        return data

    def run(self, command, text=False, **_):
        """In place of subprocess.run(); the program's name is taken away."""
        body = b''.join(os.fsencode(word) + b'\0' for word in
                        (self.folder, 'mrtd-calc', *command[1:]))
        head = struct.pack('<II', len(body), CPU[self.variant] * 1000)
        self.process.stdin.write(head + body)
        self.process.stdin.flush()
        status, size = struct.unpack('<II', self.read(8))
        stdout = self.read(size)
        stderr = self.read(struct.unpack('<I', self.read(4))[0])
        if text:
            stdout, stderr = stdout.decode(), stderr.decode()
        return subprocess.CompletedProcess(
            command, status if status < 256 else 256 - status, stdout, stderr)


# --- Preparing the cases ------------------------------------------------------

class Cases:
    """The images of all cases, in files, with what is expected."""

    def __init__(self, folder):
        self.folder = folder
        self.golden, self.lint, self.batches = [], [], []
        self.prepare_golden()
        self.prepare_lint()
        self.prepare_differential()

    def prepare_golden(self):
        for index, case in enumerate(golden.CASES):
            folder = self.folder / f'golden-{index}'
            folder.mkdir(parents=True, exist_ok=True)
            try:
                case = golden.load(case)
            except golden.Skip:
                continue
            case.image.write(str(folder / 'fw'))
            for name, data in case.files:
                (folder / name).write_bytes(data)
            wanted = golden.expected(case)
            name = ' '.join((case.name, *case.args))
            self.golden.append((name, str(folder), case, wanted))

    def prepare_lint(self):
        for index, case in enumerate(golden_lint.CASES):
            folder = self.folder / f'lint-{index}'
            folder.mkdir(parents=True, exist_ok=True)
            (folder / 'fw').write_bytes(case.image.data)
            self.lint.append((f'{case.vmm}: {case.name}', str(folder), case))

    def prepare_differential(self):
        """Images of one seed, with what the second implementation says."""
        folder = self.folder / 'differential'
        folder.mkdir(parents=True, exist_ok=True)
        for number in range(BATCHES):
            rng = random.Random(f'{DIFFERENTIAL_SEED} {number}')
            turn, at = divmod(number, len(differential.PROFILES))
            profile = differential.PROFILES[at]
            payload = None
            if profile == 'cloud-hypervisor' and turn % 2:
                payload = folder / f'payload-{number}'
                payload.write_bytes(rng.randbytes(rng.randrange(1, 9000)))
            permissive = (turn + at) % 3 == 1
            cases = {}
            for index in range(BATCH):
                image = generate.image(rng)
                wanted = reference.evaluate(
                    image, profile, permissive,
                    payload.read_bytes() if payload else None)
                if not wanted.skipped:
                    path = folder / f'{number}-{index}.bin'
                    path.write_bytes(image)
                    cases[str(path)] = wanted
            self.batches.append((differential.arguments(
                profile, permissive, payload), cases))


def prepared(folder, state):
    """The cases; made once for a state of the tests."""
    stored = folder / 'cases.pickle'
    with contextlib.suppress(OSError, EOFError, pickle.PickleError,
                             AttributeError):
        found, cases = pickle.loads(stored.read_bytes())
        if found == state:
            return cases
    cases = Cases(folder / 'cases')
    stored.write_bytes(pickle.dumps((state, cases)))
    return cases


# --- Running them ------------------------------------------------------------

# What is likely to see a mutant of a file, first.
FIRST = {
    'src/base/': ('unit:span', 'unit:source', 'unit:findings'),
    'src/measure/snp_s': ('unit:snp_search',),
    'src/measure/snp': ('unit:snp_chain', 'unit:snp_measure'),
    'src/measure/sev': ('unit:snp_measure',),
    'src/measure/': ('unit:measure', 'unit:many'),
    'src/image/igvm': ('unit:igvm',),
    'src/image/sev': ('unit:sev',),
    'src/image/': ('unit:image',),
    'src/launch/tdx/notes': ('unit:plan',),
    'src/launch/tdx/vmm': ('unit:vmm',),
    'src/launch/tdx/': ('unit:accept', 'golden.lint:'),
    'src/launch/snp/igvm': ('unit:igvm_snp', 'golden:--platform snp'),
    'src/launch/snp/v': ('unit:vcpu', 'unit:vmsa'),
    'src/launch/snp/': ('unit:snp_plan', 'unit:snp_sections', 'unit:vmsa',
                        'unit:svsm', 'unit:hash', 'golden:--platform snp'),
    'src/launch/accept': ('unit:accept', 'golden.lint:'),
    'src/launch/launch': ('unit:launch',),
    'src/launch/vmm': ('unit:vmm',),
    'src/launch/': ('unit:plan',),
}
RECENT = 12
# What only guests of SEV-SNP, SEV-ES and SEV need, and tests that have none.
OF_SEV = ('src/launch/snp/', 'src/measure/snp', 'src/measure/sev')
NOT_OF_SEV = ('differential:', 'golden.lint:', 'unit:many', 'unit:measure',
              'unit:image')
# Modules of tests/cli that are quick enough, and files of which they know.
CLI = {'snp': (*OF_SEV, 'src/image/sev/'),
       'snp_igvm': ('src/launch/snp/igvm',),
       'vmsas': ('src/launch/snp/igvm', 'src/launch/snp/v'),
       'lint_snp': ('src/launch/snp/accept', 'src/launch/snp/gce',
                    'src/launch/snp/qemu', 'src/image/sev/')}


def runs(test, file):
    """Can the test run something of the file, and is it worth its time?"""
    if test.startswith('cli:'):
        return file.startswith(CLI[test.removeprefix('cli:')])
    return not file.startswith(OF_SEV) or not (
        test.startswith(NOT_OF_SEV) or
        test.startswith('golden:--') and '--platform s' not in test)


class Checks:
    """All tests of one workshop, by name, in an order that learns."""

    def __init__(self, shop, cases):
        self.shop = shop
        self.variant = shop.base.variant
        self.server = Server(str(shop.folder / 'server'), self.variant)
        self.recent = {}
        self.all = {}
        for path in build.UNITS:
            self.unit(pathlib.Path(path).stem.removeprefix('test_'))
        with tarfile.open(HERE.parent / 'fuzz/corpus/image.tar.xz') as corpus:
            corpus.extractall(shop.folder)
        self.all['fuzz:image'] = (self.run_binary, (
            'fuzz_image', str(shop.folder / 'image')))
        self.all['unit:failures'] = (self.run_failures, ())
        if self.variant == 'plain':
            self.server.start()
            self.programs(cases)
            self.server.stop()
            for module in CLI:
                self.all[f'cli:{module}'] = (self.run_cli, (module,))

    def programs(self, cases):
        """Tests of the program; those with many images a run are first."""
        self.all['self-test'] = (self.run_self_test, ())
        for number, batch in enumerate(cases.batches):
            self.all[f'differential:{number}'] = (self.run_batch, batch)
        self.all['golden: profiles'] = (self.run_profiles, ())
        for case in cases.golden:
            if case[2].files:
                self.all[f'golden:{case[0]}'] = (self.run_golden, case)
        for kind, found in (('golden', self.golden_cases(cases)),
                            ('golden.lint', self.lint_cases(cases))):
            for name, together in screen.screens(self.server, found):
                self.all[f'{kind}:{name}'] = (together.passes, ())

    def golden_cases(self, cases):
        for case in cases.golden:
            if not case[2].files:
                for more in (), ('--json',):
                    yield ((*more, *case[2].args), f'{case[1]}/fw',
                           functools.partial(self.run_golden, *case))

    def lint_cases(self, cases):
        for case in cases.lint:
            yield (('lint', '--json', '--vmm', case[2].vmm.strip()),
                   f'{case[1]}/fw', functools.partial(self.run_lint, *case))

    def unit(self, name):
        self.all[f'unit:{name}'] = (self.run_binary, (f'test_{name}',))

    def run_binary(self, name, *args):
        return self.run_limited(str(self.shop.folder / name), *args)

    def run_cli(self, module):
        return self.run_limited(
            sys.executable, str(HERE.parent / 'cli/run.py'), '--first',
            '--program', str(self.shop.folder / 'mrtd-calc'), module)

    def run_limited(self, *command):
        limits = f'ulimit -t {UNIT_CPU[self.variant]}; ulimit -c 0; '
        if self.variant == 'plain':
            limits += f'ulimit -v {MEMORY_KB}; '
        with subprocess.Popen(
                ['sh', '-c', f'{limits} exec "$@"', 'sh', *command],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL, cwd='/',
                env={**os.environ, **PERTURBED},
                start_new_session=True) as process:
            try:
                return process.wait(CLOCK) == 0
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                return False

    def run_failures(self):
        self.shop.link_failures()
        return self.run_binary('test_failures')

    def run_golden(self, _, folder, case, wanted):
        self.server.folder = folder
        golden.subprocess = self.server
        golden.expected = lambda _: wanted
        return not golden.run('mrtd-calc', case)

    def run_profiles(self):
        golden.subprocess = self.server
        return not golden.undocumented('mrtd-calc')

    def run_lint(self, _, folder, case):
        self.server.folder = folder
        golden_lint.subprocess = self.server
        return not list(golden_lint.run('mrtd-calc', case))

    def run_batch(self, options, cases):
        differential.subprocess = self.server
        self.server.folder = '/'
        comparison = differential.Comparison('mrtd-calc', 0)
        comparison.batch(cases, options)
        for path in list(cases)[:8]:
            comparison.single(path, options, cases[path])
        return not comparison.differing

    def run_self_test(self):
        self.server.folder = '/'
        return self.server.run(['mrtd-calc', 'self-test']).returncode == 0

    def order(self, file):
        """Names of the tests: those first that saw this file's mutants."""
        first = [name for folder, names in FIRST.items()
                 if file.startswith(folder) for begins in names
                 for name in self.all if name.startswith(begins)]
        return dict.fromkeys(name for name in (
            *self.recent.get(file, ())[:RECENT], *first, *self.all)
            if name in self.all and runs(name, file))

    def passes(self, name):
        run, args = self.all[name]
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                return run(*args)
        except (Exception, SystemExit):  # pylint: disable=broad-except
            # Whatever a test trips over, it has seen the mutant.
            return False

    def killer(self, file):
        """The first test that sees the mutant, or None."""
        self.server.start()
        try:
            for name in self.order(file):
                if not self.passes(name):
                    recent = self.recent.setdefault(file, [])
                    if name in recent:
                        recent.remove(name)
                    recent.insert(0, name)
                    return name
        finally:
            self.server.stop()
        return None


def record(path, entry):
    """Appends a line at once: several processes write."""
    data = json.dumps(entry, ensure_ascii=False).encode() + b'\n'
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    try:
        os.write(fd, data)
    finally:
        os.close(fd)
