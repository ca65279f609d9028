# SPDX-License-Identifier: Apache-2.0
"""Files that are written: whose, with which permissions, through which links,
in whose place; and that nothing is left where the program is ended."""

import contextlib
import json
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import time
import unittest

import drawings
import images
import p384
import sev
import support
from support import TestCase, calc, environment

NOBODY = 65534
AS_NOBODY = {'user': NOBODY, 'group': NOBODY, 'extra_groups': []}
TDINFO = ('tdinfo', '--mrtd', '0' * 96, '--attributes', '0', '--xfam', '3')
ID_BLOCK = ('id-block', '--id-key', 'id.pem', '--digest', 'ab' * 48)
PAGE = (b'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        b'<meta http-equiv="Content-Security-Policy" content="'
        b'x">\n<title>fw: MRTD and layout</title>')
PICTURE = b'<svg xmlns="http://www.w3.org/2000/svg" class="mrtd-picture" '
SNP = ('--platform', 'snp', '--vcpus', '1', '--vcpu-sig', '0', 'snp-fw')
VMSA = b'\0\0\x93\0\xff\xff' + bytes(10) + b'\0\xf0'
# How an output is named, and what it begins with.
KINDS = (
    (('show', '--html', 'X', 'fw'), PAGE),
    (('show', '--svg', 'X', 'fw'), PICTURE),
    (('reference', '-o', 'X', 'fw'),
     b'{"version":"0.1.0","type":"sample","payload":"'),
    (('reference', '--format', 'ita', '-o', 'X', 'fw'),
     b'import rego.v1\n\ndefault match := false\n\n'
     b'match if {\n\tinput.tdx.tdx_mrtd == "'),
    (('reference', '--format', 'go-tdx-guest', '-o', 'X', 'fw'),
     b'policy {\n  header_policy {\n  }\n  td_quote_body_policy {\n'
     b'    mr_td: "\\x'),
    (('reference', '--format', 'corim', '-o', 'X', 'fw'), b'\xd9\x01\xf5'),
    (('reference', '--format', 'coswid', '-o', 'X', 'fw'), b'\xdaSWID'),
    ((*TDINFO, '-o', 'X'), b'h' * 48),
    ((*TDINFO, '--tdinfo-output', 'X'), b't' * 512),
    (('--vmsa-out', 'X', *SNP), VMSA),
    ((*ID_BLOCK, '-o', 'X'), bytes(80) + b'\1' + bytes(15)),
    ((*ID_BLOCK, '--auth-output', 'X'), b'\1' + bytes(4095)))
# Files of others that begin as some document of the kind may.
FOREIGN = {
    'show --html': (b'<!DOCTYPE html>\n<html lang="en">\n', b'<!doctype html>',
                    PAGE[:-30]),
    'show --svg': (b'<svg xmlns="http://www.w3.org/2000/svg" width="1">',
                   b'<?xml version="1.0"?>\n<svg>'),
    'ita': (b'#!/bin/sh\nrm -rf x\n', b'# Notes\n', b'#include <stdio.h>\n',
            b'import os\n', b'package main\n', b'default x := 1\n',
            b'import rego.v1\n\ndefault allow := false\n'),
    'go-tdx-guest': (b'#!/bin/sh\n', b'# Notes\n', b'#include <stdio.h>\n',
                     b'policy {\n  header_policy {\n    minimum_qe_svn: 1\n',
                     b'policyholders of the year\n'),
    'json': (
        b'{', b'[', b'[]\n', b'{}\n', b'{\n  "name": "x",\n  "version": "1"\n}',
        b'{\n  "version": "0.1.0",\n  "scripts": {}\n}\n',
        b'{\n  "schema": "mrtd-calc/manifest/1",\n  "release": "r"\n}\n',
        b'{\n  "schema": "mrtd-calc/measurement/1"\n}\n',
        b'{"schema":"mrtd-calc/manifest/1"}', b'{"version":"0.1.0"}',
        b'{\n  "mr_td": "text"\n}\n', b'{\n  "hash": [\n    "00",\n',
        b'{\n  "hash": "' + b'0' * 64 + b'"\n}', b'{\n  "x\\',
        b'{\n  "x', b'{\n  "x": [\n    "' + b'0' * 96,
        b'[\n  {\n    "op": "test"\n  }\n]\n',
        b'{\n  "_type": "https://in-toto.io/Statement/v1",\n  "subject": [\n'
        b'    {\n      "name": "x"\n    }\n  ],\n'
        b'  "predicateType": "https://slsa.dev/provenance/v1"\n}\n',
        b'{\n  "policy_array": []\n}\n', b'{\n  "attributes": []\n}\n'),
}
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT,
          signal.SIGXCPU)


def named(args, name):
    return [name if arg == 'X' else arg for arg in args]


def needs_root(function):
    return unittest.skipIf(os.geteuid() != 0,
                           'only root can be several users')(function)


class Outputs(TestCase):
    def setUp(self):
        super().setUp()
        self.good()
        self.write('snp-fw', sev.image())
        self.write('id.pem', p384.private_pem(0x1d))
        os.chmod('id.pem', 0o600)
        os.umask(0o022)

    def mode(self, name):
        return os.stat(name).st_mode & 0o7777

    def read(self, name):
        with open(name, 'rb') as file:
            return file.read()

    def test_modes(self):
        """Of the user's own file its permissions, but no other bits."""
        for args, start in KINDS:
            for mode in self.part((0o600, 0o640, 0o4755, 0o2775, 0o1777,
                                   0o7777)):
                self.write('x', start)
                os.chmod('x', mode)
                self.assertEqual(calc(*named(args, 'x')).status, 0)
                self.assertEqual(self.mode('x'), mode & 0o777)
                os.remove('x')

    @needs_root
    def test_modes_of_others(self):
        """Who owned the old file chooses nothing of the new one."""
        for args, start in KINDS:
            for mode in self.part((0o600, 0o777, 0o4777, 0o6777)):
                self.write('x', start)
                os.chown('x', NOBODY, NOBODY)
                os.chmod('x', mode)
                self.assertEqual(calc(*named(args, 'x')).status, 0)
                self.assertEqual((self.mode('x'), os.stat('x').st_uid),
                                 (0o644, 0))
                os.remove('x')

    @needs_root
    def test_links_of_others(self):
        """In a sticky folder that all may write; as the kernel with
        fs.protected_symlinks, and whether that is on or not."""
        os.mkdir('st')
        os.chmod('st', 0o1777)
        os.mkdir('mine')
        os.chmod('mine', 0o700)
        for args, start in KINDS:
            self.write('mine/file', start + b'precious'
                       if len(start) < 48 else start)
            os.chmod('mine/file', 0o600)
            before = self.read('mine/file')
            for text, path in self.part((
                    ('../mine/file', 'st/l'), ('../mine/new', 'st/l'),
                    (os.path.abspath('mine'), 'st/l/file'),
                    ('l2', 'st/l'), ('../mine', 'st/l/new'))):
                os.symlink(text, 'st/l')
                os.lchown('st/l', NOBODY, NOBODY)
                if text == 'l2':
                    os.symlink('../mine/file', 'st/l2')
                result = calc(*named(args, path))
                self.assertEqual((result.status, result.stdout), (4, b''))
                self.assertEqual(result.lines[-1],
                                 f'{path}: cannot write: Permission denied')
                self.assertEqual(self.read('mine/file'), before)
                self.assertEqual(self.mode('mine/file'), 0o600)
                self.assertEqual(os.listdir('mine'), ['file'])
                self.assertEqual(os.readlink('st/l'), text)
                # One's own, and one of the folder's owner, is followed.
                os.lchown('st/l', 0, 0)
                self.assertEqual(calc(*named(args, path)).status, 0)
                for name in ('st/l', 'st/l2', 'mine/new'):
                    if os.path.lexists(name):
                        os.remove(name)
                self.write('mine/file', before)
        os.symlink('../mine', 'st/folder')
        os.lchown('st/folder', NOBODY, NOBODY)
        for path in 'st/folder', 'st/folder/sub':
            self.assertEqual(calc('reference', '--out-dir', path, 'fw').status,
                             4)
        self.assertEqual(os.listdir('mine'), ['file'])

    @needs_root
    def test_pipes_of_others(self):
        os.mkdir('st')
        os.chmod('st', 0o1777)
        os.mkfifo('st/pipe', 0o666)
        os.chown('st/pipe', NOBODY, NOBODY)
        for args, _ in KINDS:
            result = calc(*named(args, 'st/pipe'))
            self.assertEqual((result.status, result.stdout), (4, b''))
            self.assertEqual(result.lines[-1],
                             'st/pipe: cannot write: Permission denied')

    @needs_root
    def test_as_another_user(self):
        """Who may not write the folder or the other's file, does not."""
        os.mkdir('st')
        os.chmod('st', 0o1777)
        self.write('st/x', PICTURE)
        result = self.calc_as_nobody('show', '--svg', 'st/x', 'fw')
        self.assertEqual(result.status, 4)
        self.assertEqual(self.read('st/x'), PICTURE)
        self.assertEqual(os.listdir('st'), ['x'])
        self.assertEqual(self.calc_as_nobody('show', '--svg', 'st/y',
                                             'fw').status, 0)
        self.assertEqual(os.stat('st/y').st_uid, NOBODY)

    def test_links(self):
        """Followed; also one that leads to nothing yet."""
        os.mkdir('other')
        for args, _ in KINDS:
            os.symlink('other/target', 'l')
            os.symlink('l', 'l2')
            for _ in range(2):
                self.assertEqual(calc(*named(args, 'l2')).status, 0)
            self.assertTrue(os.path.islink('l') and os.path.islink('l2'))
            self.assertTrue(os.path.isfile('other/target'))
            for name in ('l', 'l2', 'other/target'):
                os.remove(name)
        os.symlink('loop', 'loop')
        self.refused(calc('show', '--svg', 'loop', 'fw'), 4)
        # mkdir() follows none.
        os.symlink('nothing', 'folder')
        self.assertEqual(calc('reference', '--out-dir', 'folder', 'fw').status,
                         4)
        self.assertFalse(os.path.exists('nothing'))
        # A file in the folder is as any other.
        os.mkdir('out')
        name = 'out/fw.reference-value.rvps.json'
        os.symlink('../other/target', name)
        self.assertEqual(calc('reference', '--out-dir', 'out', 'fw').status, 0)
        self.assertTrue(os.path.islink(name))
        self.assertEqual(self.read('other/target')[:1], b'{')

    def test_one_file_by_two_names(self):
        os.mkdir('f')
        os.symlink('f', 'g')
        os.symlink('x', 'y')
        os.symlink('new', 'n')
        self.write('old', PICTURE)
        os.link('old', 'hard')
        before = sorted(os.listdir())
        for a, b in (('x', 'x'), ('x', './x'), ('x', 'f/../x'), ('f/x', 'g/x'),
                     ('x', os.path.abspath('x')), ('y', 'x'), ('n', 'new'),
                     ('old', 'hard'), ('new', 'NEW'), ('f/a', 'g/A')):
            for one, other in (a, b), (b, a):
                result = calc('show', '--svg', one, '--html', other, '--force',
                              'gone')
                self.refused(result, 2, 'two outputs would be the same file, '
                             f"{other}; each needs its own; try 'mrtd-calc "
                             "show --help'" if one != other else None)
        with open('page', 'wb') as page:
            self.refused(calc('show', '--svg', '-', '--html', 'page', 'fw',
                              stdout=page), 2)
        os.remove('page')
        self.assertEqual(sorted(os.listdir()), before)

    def test_input_and_output(self):
        """One file, also by a redirection."""
        before = self.read('fw')
        os.link('fw', 'hard')
        os.symlink('fw', 'soft')
        for args, _ in KINDS[:7]:
            for name in self.part(('fw', './fw', 'hard', 'soft')):
                for more in (), ('--force',):
                    self.refused(calc(*named(args, name), *more), 2)
                    with open('fw', 'rb') as file:
                        self.refused(calc(*named(args[:-1], name), *more, '-',
                                          stdin=file), 2)
            self.assertEqual(self.read('fw'), before)
        for args in (('fw',), ('show', 'fw'), ('--json', 'hard'), ('-c', 'fw'),
                     ('diff', 'fw', 'hard'), ('lint', 'soft')):
            with open('fw', 'ab') as file:
                self.assertEqual(calc(*args, stdout=file).status, 2, args)
            self.assertEqual(self.read('fw'), before)

    def test_messages_and_input(self):
        """What is read is not where messages go, that of the refusal, too."""
        self.write('list', b'x')
        for args in (('fw',), ('show', 'fw'), ('--json', '-'), ('-c', 'list'),
                     ('diff', 'fw', 'fw'), ('lint', 'fw'),
                     ('check', 'fw', '--against', 'list'),
                     ('reference', '--verify', 'list', 'fw'),
                     ('show', '--svg', 'x', 'fw')):
            name = 'list' if 'list' in args else 'fw'
            before = self.read(name)
            with open(name, 'ab') as file, open('fw', 'rb') as stdin:
                result = calc(*args, stderr=file, stdin=stdin)
                both = calc(*args, stdout=file, stderr=file, stdin=stdin)
            self.assertEqual((result.status, both.status), (2, 2), args)
            self.assertIn(b'the output would overwrite an input',
                          result.stdout)
            self.assertEqual(self.read(name), before)

    def test_messages_and_output(self):
        for args, start in KINDS:
            for stream in self.part(('stdout', 'stderr')):
                self.write('x', start)
                with open('x', 'ab') as file:
                    self.assertEqual(calc(*named(args, 'x'),
                                          **{stream: file}).status, 2, args)
                # Under a link's name, too, but not where it is another file.
                os.symlink('x', 'y')
                with open('x', 'ab') as file:
                    self.assertEqual(calc(*named(args, 'y'),
                                          **{stream: file}).status, 2, args)
                    self.assertEqual(calc(*named(args, 'z'),
                                          **{stream: file}).status, 0, args)
                os.remove('y')
                os.remove('z')
        os.mkdir('out')
        name = 'out/fw.reference-value.json.json'
        for stream in 'stdout', 'stderr':
            with open(name, 'wb') as file:
                result = calc('reference', '--format', 'json', '--out-dir',
                              'out', 'fw', **{stream: file})
            self.assertEqual((result.status, self.read(name)[:1]),
                             (2, b'' if stream == 'stdout' else b'm'))

    def test_kinds(self):
        """Only what is of its kind is replaced."""
        contents = {start for _, start in KINDS} | {
            b'\0' * 4096, b'text\n', b'\x7fELF', b'h' * 47, self.read('fw')}
        for args, start in KINDS:
            for content in self.part(sorted(contents)):
                self.write('x', content)
                result = calc(*named(args, 'x'))
                if content == start:
                    self.assertEqual(result.status, 0, (args, content[:9]))
                    self.assertNotEqual(self.read('x'), content)
                    continue
                self.refused(result, 2)
                self.assertIn(' is there already and is not ',
                              result.lines[0])
                self.assertEqual(self.read('x'), content)
                self.assertEqual(calc(*named(args, 'x'), '--force').status, 0)
                self.assertNotEqual(self.read('x'), content)
            # Before anything is read.
            self.write('x', b'\0')
            self.refused(calc(*named(args, 'x'), 'gone'), 2)
            self.write('x', b'')
            self.assertEqual(calc(*named(args, 'x')).status, 0)

    def test_foreign(self):
        """Another's text of the same language is not one that was written
        here."""
        for name, contents in FOREIGN.items():
            args = (*name.split(), 'x', 'fw') if ' ' in name else (
                'reference', '--format', name, '-o', 'x', 'fw')
            for content in contents:
                for before in self.part((b'', b' ', b'\n')):
                    self.write('x', before + content)
                    with self.subTest(args=args, content=before + content):
                        self.refused(calc(*args), 2)
                        self.assertEqual(self.read('x'), before + content)
            os.remove('x')

    def test_own(self):
        """Whatever is written may be written again, and by another format of
        the same kind; white space before it makes it another's."""
        self.write('other', images.more(
            images.TEMP_MEM._replace(address=0x2000000)))
        formats = ('json', 'rvps', 'dcap-policy', 'contrast-patch', 'in-toto',
                   'in-toto-predicate', 'ita', 'go-tdx-guest')
        maps = [('--format', 'rvps-map', *more, *keys)
                for more in ((), ('--scalar',))
                for keys in ((), ('--rvps-key', 'a"b\\c\xe9'),
                             ('--rvps-key', 'k' * 255))]
        many = [('--format', name, *more, 'other') for name in
                ('json', 'rvps', 'rvps-map', 'ita', 'go-tdx-guest')
                for more in ((), ('--vmm', 'kvm-v19', '--vmm', 'spec'))]
        debug = ('--format', 'go-tdx-guest', '--debug-check')
        all_args = [('reference', '-o', 'x', *more, 'fw') for more in (
            *(('--format', name) for name in formats), *maps, *many, debug,
            (*debug, 'other'))] + [
                ('show', '--html', 'x', 'fw'), ('show', '--svg', 'x', 'fw')]
        for args in all_args:
            if os.path.exists('x'):
                os.remove('x')
            first = calc(*args)
            with self.subTest(args=args):
                self.assertEqual(first.status, 0, first)
                self.assertEqual(calc(*args).status, 0)
                content = self.read('x')
                self.write('x', b'\n' + content)
                self.refused(calc(*args), 2)
                self.write('x', content)
                if content[:1] in b'[{':
                    self.assertEqual(
                        calc('reference', '-o', 'x', 'fw').status, 0)

    def test_a_second_image(self):
        """What looks like "a page of both" loses no firmware."""
        image = images.image().data
        self.write('other', image)
        for option in '--html', '--svg':
            self.refused(calc('show', option, 'other', 'fw'), 2)
            self.assertEqual(self.read('other'), image)

    def test_kinds_in_a_folder(self):
        os.mkdir('out')
        name = 'out/fw.reference-value.rvps.json'
        self.write(name, b'\0' * 100)
        result = calc('reference', '--out-dir', 'out', 'fw')
        self.assertEqual((result.status, result.stdout), (2, b''))
        self.assertEqual(self.read(name), b'\0' * 100)
        self.assertEqual(calc('reference', '--out-dir', 'out', '--force',
                              'fw').status, 0)
        os.remove(name)
        os.link('fw', name)
        self.assertEqual(calc('reference', '--out-dir', 'out', '--force',
                              'fw').status, 2)

    def test_standard_streams(self):
        """By their names in /dev, which are no files to be replaced."""
        page = calc('show', '--html', '-', 'fw').stdout
        self.assertEqual(calc('show', '--html', '/dev/stdout', 'fw').stdout,
                         page)
        with open('x', 'wb') as file:
            self.assertEqual(calc('show', '--html', '/dev/stdout', 'fw',
                                  stdout=file).status, 0)
        self.assertEqual(self.read('x'), page)


# Two outputs or more of one call, the arguments before them.
SEVERAL = (
    ('show', 'fw', '--svg', 'X', '--html', 'X'),
    (*TDINFO, '-o', 'X', '--tdinfo-output', 'X'))


class AllOrNone(TestCase):
    """Of the outputs of one call each is in its place, or none is."""

    def setUp(self):
        super().setUp()
        self.good()
        os.umask(0o022)

    def run_it(self, args, *names, **more):
        names = iter(names)
        return calc(*(next(names) if arg == 'X' else arg for arg in args),
                    **more)

    def tree(self, folder='.'):
        """All that is there: names, what they are, their bytes."""
        found = {}
        for at, folders, names in os.walk(folder):
            found.update({os.path.join(at, name): None for name in folders})
            for name in names:
                path = os.path.join(at, name)
                with open(path, 'rb') as file:
                    found[path] = os.stat(path).st_ino, file.read()
        return found

    def test_second_cannot_be_written(self):
        """Nothing stays of the first, and its old file does, whatever is wrong
        with the second, or the order."""
        os.mkdir('folder')
        for args in SEVERAL:
            self.assertEqual(self.run_it(args, 'old', 'other').status, 0)
            sizes = [os.stat(name).st_size for name in ('old', 'other')]
            os.remove('other')
            # Over the limit is the larger of them only.
            limits = [(resource.RLIMIT_FSIZE, max(sizes) - 1)]
            for first in 'new', 'old':
                for second, more in (
                        ('folder', {}), ('missing/name', {}),
                        ('/dev/full', {}), ('other', {'limits': limits})):
                    for names in (first, second), (second, first):
                        before = self.tree()
                        result = self.run_it(args, *names, '--force', **more)
                        with self.subTest(args=args, names=names):
                            self.assertIn(result.status, (2, 4))
                            self.assertEqual(self.tree(), before)
            os.remove('old')

    def test_both_are_written(self):
        for args in SEVERAL:
            for there in (), ('a',), ('b',), ('a', 'b'):
                self.assertEqual(self.run_it(args, 'a', 'b').status, 0)
                made = self.tree()
                for name in 'a', 'b':
                    if name not in there:
                        os.remove(name)
                self.assertEqual(self.run_it(args, 'a', 'b').status, 0)
                after = self.tree()
                self.assertEqual(set(after), set(made))
                for name in after:
                    self.assertEqual(after[name][1], made[name][1])
                os.remove('a')
                os.remove('b')

    def test_folder(self):
        """Documents of which the last cannot be written."""
        formats = ('rvps', 'ita', 'json', 'go-tdx-guest')
        args = ('reference', '--format', ','.join(formats), '--out-dir', 'out')
        self.assertEqual(calc(*args, 'fw').status, 0)
        names = os.listdir('out')
        self.assertEqual(len(names), len(formats))
        last = next(name for name in names if 'go-tdx' in name)
        os.remove(f'out/{last}')
        os.mkdir(f'out/{last}')
        # Other values, so that what was replaced is seen.
        self.write('fw', images.more(
            images.TEMP_MEM._replace(address=0x2000000)))
        for there in names, [last]:
            for name in set(names) - set(there):
                os.remove(f'out/{name}')
            before = self.tree()
            result = calc(*args, 'fw')
            self.assertEqual((result.status, result.stdout), (4, b''))
            self.assertEqual(self.tree(), before)
        os.rmdir(f'out/{last}')
        self.assertEqual(calc(*args, 'fw').status, 0)

    def test_many_in_a_folder(self):
        """More than can be open at once."""
        for i in range(40):
            self.write(f'f{i}', images.image())
        files = [f'f{i}' for i in range(40)]
        result = calc('reference', '--format', 'in-toto', '--out-dir', 'out',
                      *files, limits=[(resource.RLIMIT_NOFILE, 24)])
        self.assertEqual((result.status, len(os.listdir('out'))), (0, 40))

    def test_names_cannot_be_exchanged(self):
        """What cannot be undone, then, is said; the rest is undone."""
        if not shutil.which('strace') or support.SANITIZED:
            self.skipTest('needs strace, and no sanitizers')
        for args in SEVERAL:
            self.assertEqual(self.run_it(args, 'a', 'b').status, 0)
            for there in True, False:
                if not there:
                    os.remove('a')
                before = self.tree()
                result = self.run_it((
                    '-qq', '-f', '-o', '/dev/null', '-e',
                    'inject=renameat2:error=EINVAL', '-e',
                    'inject=renameat:error=EIO:when=2', support.PROGRAM,
                    *args), 'a', 'b', program='strace')
                after = self.tree()
                self.assertEqual(
                    (result.status, result.lines[-1 - there:]),
                    (4, ['b: cannot write: Input/output error'] + [
                        'a: it is written, and cannot be made what it was '
                        'before'] * there))
                self.assertEqual(set(after), set(before))
                self.assertEqual(after['./b'], before['./b'])
                self.assertEqual(after.get('./a') == before.get('./a'),
                                 not there)
            os.remove('b')

    @needs_root
    def test_second_cannot_be_renamed(self):
        """In a sticky folder a file of another user is seen to be one only
        when it is to be replaced."""
        os.chmod('.', 0o755)
        os.mkdir('st')
        os.chmod('st', 0o1777)
        for args in SEVERAL:
            self.assertEqual(self.run_it(args, 'st/a', 'st/b').status, 0)
            for mine in 'ab':
                other = 'b' if mine == 'a' else 'a'
                os.chown(f'st/{mine}', NOBODY, NOBODY)
                os.chown(f'st/{other}', 0, 0)
                for there in True, False:
                    if not there:
                        os.rename(f'st/{mine}', 'kept')
                    before = self.tree('st')
                    result = self.run_it(args, 'st/a', 'st/b', **AS_NOBODY)
                    self.refused(result, 4, f'st/{other}: cannot write: '
                                 'Operation not permitted')
                    self.assertEqual(self.tree('st'), before)
                os.rename('kept', f'st/{mine}')
            os.remove('st/a')
            os.remove('st/b')


class Endings(TestCase):
    def start(self, *args):
        return subprocess.Popen(
            [support.PROGRAM, *args], stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, env=environment())

    @unittest.skipIf(support.SANITIZED, 'takes long')
    def test_folder(self):
        """While its images are measured."""
        self.write('huge', images.more(images.TEMP_MEM._replace(
            address=1 << 38, memory=1 << 33, attributes=1)))
        with open('m', 'w', encoding='ascii') as file:
            json.dump({'schema': 'mrtd-calc/manifest/1', 'release': 'r',
                       'formats': ['rvps'], 'components': [
                           {'component': 'c', 'file': 'huge',
                            'formats': ['rvps']}]}, file)
        for number in ENDING:
            process = self.start('reference', '--release', 'm', '--out-dir',
                                 'out')
            end = time.monotonic() + 60
            while not [name for name in os.listdir()
                       if name.startswith('.mrtd-calc.')]:
                self.assertIsNone(process.poll())
                self.assertLess(time.monotonic(), end)
            made = [name for name in os.listdir() if name[0] == '.']
            self.assertRegex(made[0], re.compile(
                r'\A\.mrtd-calc\.[0-9a-f]{32}\Z'))
            process.send_signal(number)
            self.assertEqual(process.wait(), -number)
            self.assertEqual(sorted(os.listdir()), ['huge', 'm'])

    @unittest.skipIf(support.SANITIZED, 'takes long')
    def test_file(self):
        """At any moment: the old file or the new one, and nothing else."""
        self.write('fw', drawings.many(400))
        start = time.monotonic()
        self.assertEqual(calc('show', '--html', 'page', 'fw').status, 0)
        takes = time.monotonic() - start
        with open('page', 'rb') as file:
            new = file.read()
        old = PAGE + b'old'
        chance = random.Random(1)
        ended = 0
        for number in ENDING * 12:
            self.write('page', old)
            process = self.start('show', '--html', 'page', 'fw')
            time.sleep(chance.uniform(0, takes))
            process.send_signal(number)
            ended += process.wait() == -number
            with open('page', 'rb') as file:
                self.assertIn(file.read(), (old, new))
            self.assertEqual(sorted(os.listdir()), ['fw', 'page'])
        self.assertGreater(ended, 5)

    def killed(self, result, number):
        """How it is told that the process that parses was."""
        self.assertEqual(result.status, -number, result)
        self.assertEqual(result.lines[-1],
                         'the process that parses was killed by signal '
                         f'{number:d} ({signal.strsignal(number)})')
        self.assertEqual(len(result.lines), 1)

    def test_worker_is_killed_by_itself(self):
        """Wherever it is, also where it did not read an answer."""
        if not shutil.which('strace') or support.SANITIZED:
            self.skipTest('needs strace, and no sanitizers')
        self.good()
        for number in signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT:
            for k in range(1, 5):
                for args in (('show', '--svg', 'x', '--html', 'y', 'fw'),
                             ('reference', '--format', 'rvps,ita',
                              '--out-dir', 'out', 'fw')):
                    result = calc(
                        '-qq', '-f', '-o', '/dev/null', '-e',
                        f'inject=recvmsg:signal={number:d}:when={k}',
                        support.PROGRAM, *args, program='strace')
                    with self.subTest(number=number, k=k, args=args):
                        self.killed(result, number)
                        self.assertEqual(os.listdir(), ['fw'])

    @unittest.skipIf(support.SANITIZED, 'takes long')
    def test_worker_is_killed(self):
        """At any moment."""
        self.write('fw', drawings.many(400))
        chance = random.Random(2)
        seen = 0
        for _ in range(20):
            process = subprocess.Popen(
                [support.PROGRAM, 'show', '--html', 'page', 'fw'],
                stderr=subprocess.PIPE, env=environment())
            children = f'/proc/{process.pid}/task/{process.pid}/children'
            child = ''
            while not child and process.poll() is None:
                with open(children, encoding='ascii') as file:
                    child = file.read()
            time.sleep(chance.uniform(0, 0.01))
            with contextlib.suppress(ProcessLookupError, ValueError):
                os.kill(int(child), signal.SIGKILL)
            said = process.communicate()[1]
            if process.returncode != 0:
                seen += 1
                self.killed(support.Result(process.returncode, b'', said),
                            signal.SIGKILL)
                self.assertEqual(os.listdir(), ['fw'])
            else:
                os.remove('page')
        self.assertGreater(seen, 3)

    def test_names_cannot_be_taken(self):
        """Whoever may write the folder cannot stop the writing by files of
        names that come next."""
        self.good()
        seen = set()
        for _ in range(3):
            trace = subprocess.run(
                ['strace', '-f', '-e', 'trace=openat', support.PROGRAM, 'show',
                 '--svg', 'x', 'fw'], env=environment(), check=False,
                capture_output=True) if support.shim() and os.path.exists(
                    '/usr/bin/strace') else self.skipTest('needs strace')
            found = re.findall(r'"(\.mrtd-calc\.[0-9a-f]{32})"',
                               trace.stderr.decode())
            self.assertEqual(len(found), 1)
            seen.add(found[0])
        self.assertEqual(len(seen), 3)
