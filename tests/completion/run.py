# SPDX-License-Identifier: Apache-2.0
"""Asks bash, fish and zsh what they would complete.

Of what they should offer, the program is asked: an option that a command does
not have is refused with "is for". Of what the manual should tell, the commands'
--help is.
"""

import argparse
import functools
import os
import pathlib
import pty
import re
import select
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
COMPLETIONS = ROOT / 'src/completions'
MANUAL = ROOT / 'docs/mrtd-calc.1'
WORDS = {'show', 'check', 'tdinfo', 'lint', 'diff', 'reference', 'id-block',
         'verity', 'cmdline', 'initdata', 'events', 'evidence', 'self-test'}
# Arguments that are looked at before the command is.
VALID = {'--kind': 'hex', '--image-format': 'tdvf', '--jobs': '1', '--limit': '1', '--vmm': 'qemu',
         '--format': 'rvps', '--min-tcb': 'bl=0', '--accept-tcb': 'UpToDate',
         '--report-data': '00', '--require': 'genuine'}
PROGRAM = None


def environment():
    return {**os.environ, 'HOME': os.getcwd(), 'TERM': 'dumb',
            'PATH': f'{os.path.dirname(PROGRAM)}:{os.environ["PATH"]}'}


def run(command):
    return subprocess.run(command, env=environment(), check=True,
                          stdout=subprocess.PIPE, text=True).stdout.split('\n')


def ask_bash(line, breaks=True):
    """breaks: "=" is a word of its own, as bash has it by default."""
    words = [word for text in line.split(' ')
             for word in (breaks and re.findall('[^=]+|=', text) or [text])]
    # compopt works in a completion only.
    script = (f'compopt() {{ :; }}; . {COMPLETIONS}/mrtd-calc.bash; '
              f'COMP_WORDS=("$@"); COMP_CWORD={len(words) - 1}; _mrtd_calc; '
              'printf "%s\\n" "${COMPREPLY[@]}"')
    found = [word for word in run(['bash', '-c', script, 'bash', *words])
             if word]
    assert len(found) == len(set(found)), f'{line}: {found}'
    return set(found)


def ask_fish(line):
    found = run(['fish', '-N', '-c', f'source {COMPLETIONS}/mrtd-calc.fish; '
                 f'complete -C "{line}"'])
    return {text.split('\t')[0] for text in found if text}


class Zsh:
    """zsh completes on a terminal only: one at work, for all questions."""

    def __init__(self):
        self.child, self.terminal = pty.fork()
        if self.child == 0:
            os.execvpe('zsh', ['zsh', '-f', '-i'], environment())
        self.type(
            f'fpath=({COMPLETIONS} $fpath); autoload -U compinit; '
            'compinit -u -D; zstyle ":completion:*" list-prompt ""; '
            'LISTMAX=9999; setopt no_list_ambiguous list_rows_first; '
            'unsetopt auto_menu; PS1="> "\n')

    def type(self, keys):
        os.write(self.terminal, keys.encode())

    def wait_for(self, wanted):
        """What is printed until that."""
        text = b''
        end = time.monotonic() + 60
        while not re.search(wanted, text):
            if time.monotonic() > end:
                raise AssertionError(f'zsh does not go on: {text}')
            if select.select([self.terminal], [], [], 1)[0]:
                text += os.read(self.terminal, 65536)
        return text

    def ask(self, line):
        self.type(f'cd {os.getcwd()}; print READY\n')
        # The line editor is at work, so that ^D is not the end of a file.
        self.wait_for(rb'(?s)\nREADY.*\x1b\[\?2004h')
        # ^D lists all and inserts nothing, ^U takes the line away.
        self.type(f"{line}\x04\x15print E''ND\n")
        text = self.wait_for(rb'(?s)\nEND.*\x1b\[\?2004h')
        return set(text.decode(errors='replace').split())

    def end(self):
        os.kill(self.child, 9)
        os.waitpid(self.child, 0)
        os.close(self.terminal)


@functools.cache
def zsh():
    made = Zsh()
    unittest.addModuleCleanup(made.end)
    return made


def ask_zsh(line):
    return zsh().ask(line)


@functools.cache
def options_of(word):
    """{name: letter or ''} of the --help of a command word, -v or -c."""
    text = '\n'.join(run([PROGRAM, word, '--help']))
    return {name: letter for letter, name in re.findall(
        r'^  (?:-(\w), |    )--([\w-]+)', text, re.M)}


def all_options():
    return {f'--{name}' for word in ('-v', '-c', *WORDS)
            for name in options_of(word)}


def offered_by_program(command):
    """Options that the program does not call another command's."""
    found = set()
    for option in all_options():
        done = subprocess.run(
            [PROGRAM, *([command] if command else []), option,
             VALID.get(option, 'fw.bin'), 'fw.bin'],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, check=False)
        if not re.search(rb'--[\w-]+ is for .*not for', done.stderr):
            found.add(option)
    return found


class Completion(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.addCleanup(os.chdir, '/')
        os.chdir(folder.name)
        for name in ('fw.bin', 'other.fd'):
            with open(name, 'wb'):
                pass

    def ask_all(self, line, check):
        """Has each shell's answer checked."""
        for shell, ask in (('bash', ask_bash), ('fish', ask_fish),
                           ('zsh', ask_zsh)):
            if shutil.which(shell):
                with self.subTest(shell=shell, line=line):
                    check(ask(line))
            else:
                print(f'{shell} is not installed', file=sys.stderr)

    def test_made(self):
        subprocess.run([sys.executable, COMPLETIONS / 'make.py', PROGRAM,
                        '--check'], check=True)

    def test_first_word(self):
        self.ask_all('mrtd-calc ', lambda found: self.assertLessEqual(
            WORDS | {'fw.bin', 'other.fd'}, found))

    def test_begun_word(self):
        # zsh puts it in at once, without a list.
        self.ask_all('mrtd-calc sel', lambda found: self.assertFalse(
            found & (WORDS - {'self-test'} | {'fw.bin'})))
        self.assertEqual(ask_bash('mrtd-calc sel'), {'self-test'})

    def test_options(self):
        every = all_options()
        for command in ['', *sorted(WORDS)]:
            wanted = offered_by_program(command)
            # Sub-forms have options of their own.
            if command == '':
                wanted |= {'--quiet', '--status', '--ignore-missing'}
            if command == 'reference':
                wanted |= {'--release', '--verify', '--time', '--key',
                           '--strict'}
            if command == 'id-block':
                wanted |= {'--id-auth', '--key', '--author'}
            wanted -= {'--check-list'} if command else set()
            self.ask_all(
                f'mrtd-calc {command} --'.replace('  ', ' '),
                # pylint: disable-next=cell-var-from-loop
                lambda found: self.assertEqual(found & every, wanted))

    def test_values(self):
        vmms = {'spec', 'kvm-v19', 'cloud-hypervisor', 'td-shim-igvm'}

        def check(found):
            # The whole word, or what is put behind "=" and ",".
            found = {re.split('[=,]', text)[-1] for text in found}
            self.assertLessEqual(wanted, found)
            self.assertFalse({'fw.bin', 'self-test', '--json'} & found)

        for line, wanted in (
                ('mrtd-calc --vmm ', vmms),
                ('mrtd-calc show --vmm ', vmms),
                ('mrtd-calc lint --vmm ', {'qemu', 'td-shim'}),
                ('mrtd-calc reference --format ', {'rvps', 'corim', 'json'}),
                ('mrtd-calc check --kind ', {'quote', 'corim', 'hex'}),
                ('mrtd-calc reference --corim-form ',
                 {'mkey', 'extension', 'set'}),
                ('mrtd-calc --vmm=', vmms),
                ('mrtd-calc show --plan --vmm=', vmms),
                ('mrtd-calc check --kind=', {'quote', 'corim', 'hex'}),
                ('mrtd-calc reference --format=', {'rvps', 'corim', 'json'}),
                ('mrtd-calc reference --format rvps,',
                 {'rvps-map', 'corim', 'json'}),
                ('mrtd-calc reference --format=rvps,json,c',
                 {'corim', 'coswid'}),
                ('mrtd-calc lint --vmm qemu,', {'gce', 'td-shim'}),
                ('mrtd-calc lint --vmm=qemu,', {'gce', 'td-shim'})):
            self.ask_all(line, check)

    def test_begun_values(self):
        # Of one platform, of several platforms, and three that begin alike.
        clouds = ('cloud-hypervisor', 'cloud-hypervisor-kvm',
                  'cloud-hypervisor-mshv')
        for line, *names in (
                ('lint --vmm=qemu,mig', 'qemu,migtd-qemu'),
                ('lint --vmm=qemu,clo', *(f'qemu,{name}' for name in clouds)),
                ('show --json --vmm=kvm', 'kvm-v19'),
                ('show --json --vmm=qe', 'qemu'),
                ('show --json --vmm=clo', *clouds),
                ('--vars=fw', 'fw.bin')):
            with self.subTest(line=line):
                option = '--' + line.split('--')[-1].split('=')[0] + '='
                line = f'mrtd-calc {line}'
                whole = {f'{option}{name}' for name in names}
                self.assertEqual(ask_bash(line), set(names))
                self.assertEqual(ask_bash(line, breaks=False), whole)
                if shutil.which('fish'):
                    self.assertEqual(ask_fish(line), whole)
        # Where one name is taken, and where none is.
        for line in ('mrtd-calc show --vmm qemu,', 'mrtd-calc --json=',
                     'mrtd-calc --limit=', 'mrtd-calc -- --vmm='):
            self.ask_all(line, lambda found: self.assertFalse(
                {'qemu,spec', 'spec', 'fw.bin', '--json'} & found))

    def test_files(self):
        def check(found):
            found = {text.split('=')[-1] for text in found}
            self.assertLessEqual({'fw.bin', 'other.fd'}, found)
            self.assertFalse((WORDS - {'show', 'check'}) & found)

        for line in ('mrtd-calc --vars ', 'mrtd-calc show ',
                     'mrtd-calc show --vars=',
                     'mrtd-calc show --html ', 'mrtd-calc check --against ',
                     'mrtd-calc -- '):
            self.ask_all(line, check)
        self.ask_all('mrtd-calc --limit ', lambda found: self.assertFalse(
            {'fw.bin', 'self-test'} & found))


def flags(text):
    """["-json", "n"]: all that follow an Fl, as in "Fl -json , -tag"."""
    return [name for names in re.findall(
        r'\bFl (-?[\w-]+(?: , -[\w-]+)*)', text)
            for name in names.split(' , ')]


class Manual(unittest.TestCase):
    """The options of the manual are those of the program."""

    def setUp(self):
        self.text = MANUAL.read_text(encoding='utf-8')

    def test_synopsis(self):
        """Each command's has its options, but for --help; that of --help and
        --version is apart."""
        found = {}
        synopsis = self.text.partition('.Sh SYNOPSIS')[2].partition('.Sh ')[0]
        for form in synopsis.split('\n.Nm\n')[1:]:
            word = re.match(r'\.Cm (\S+)', form)
            words = flags(form)
            name = (word.group(1) if word else '-c' if words[0] == 'c'
                    else '-v')
            found.setdefault(name, set()).update(words)
        self.assertEqual(set(found), {'-v', '-c', *WORDS})
        for word, said in found.items():
            with self.subTest(word):
                options = options_of(word)
                letters = {letter: name for name, letter in options.items()}
                said = {name[1:] if name[0] == '-' else letters.get(name, name)
                        for name in said}
                self.assertEqual(said | {'help'}, set(options))

    def test_all_are_told_of(self):
        """And nothing else is."""
        body = self.text.partition('.Sh DESCRIPTION')[2]
        said = {f'-{name}' for name in flags(body) if name[0] == '-'}
        self.assertEqual(said, all_options())


def main():
    global PROGRAM  # pylint: disable=global-statement
    parser = argparse.ArgumentParser()
    parser.add_argument('--program', required=True)
    given, rest = parser.parse_known_args()
    PROGRAM = os.path.abspath(given.program)
    unittest.main(argv=[sys.argv[0], *rest])


if __name__ == '__main__':
    main()
