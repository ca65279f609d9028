# SPDX-License-Identifier: Apache-2.0
"""The examples of the library's manual compile, and print what they should.

With --library they are linked too; with --image and --expect as well they are
run on that file, and must print that value and nothing else. One that reads
stdin is given the file there, and must fail where there is nothing. One that
reads evidence is given a quote with that value, must print the default profile,
and end with 1 on a quote with another value. A file that is not there, or is a
folder, they must name.
"""

import errno
import os
import pathlib
import re
import subprocess
import sys
import tempfile

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / 'lib'))

import api  # noqa: E402
import evidence  # noqa: E402
import lintlib  # noqa: E402
from lintlib import Violation  # noqa: E402

NAME = 'check_example'

LIBRARIES = ('-lcrypto',)


def examples(pages):
    """(file, line, program) of the EXAMPLES that have a main()."""
    return [(file, line, shown) for file, text in pages.items()
            for line, shown in api.displays(text, 'EXAMPLES')
            if re.search(r'\bmain\(', shown)]


def _compile(root, source, target, extra):
    command = [os.environ.get('CC', 'cc').split()[0], '-std=c11', '-Wall',
               '-Wextra', '-Werror', '-I', str(root / 'include'),
               str(source), *extra, '-o', str(target)]
    return subprocess.run(command, text=True, capture_output=True,
                          env={**os.environ, 'LC_ALL': 'C'})


def _complaints(start, done):
    """(line of the page, message) of each error of the compiler."""
    found = re.findall(r'^[^\n:]*example\.c:(\d+):\d+: (?:fatal )?error: '
                       r'(.*)$', done.stderr, re.M)
    if found:
        return [(start + int(line) - 1, what) for line, what in found]
    said = re.findall(r'.*(?:undefined|cannot|error).*', done.stderr)
    return [(start, said[0].strip() if said else 'does not compile')]


def _run(line, command, wanted, status=0, stdin=os.devnull):
    with open(stdin, 'rb') as file:
        done = subprocess.run([str(word) for word in command], text=True,
                              capture_output=True, timeout=60, stdin=file)
    if done.returncode != status:
        yield line, f'exit status {done.returncode}: {done.stderr.strip()}'
    elif done.stdout != wanted:
        yield line, f'printed {done.stdout!r}, not {wanted!r}'


def _run_without(line, program, *files):
    """With each file in turn one that is not there, and a folder."""
    folder = program.parent
    for i in range(len(files)):
        for bad, why in ((folder / 'none', errno.ENOENT),
                         (folder, errno.EISDIR)):
            command = [program, *files[:i], bad, *files[i + 1:]]
            done = subprocess.run(command, text=True, capture_output=True,
                                  timeout=60)
            said = f'{bad}: {os.strerror(why)}\n'
            if not done.returncode or done.stderr != said:
                yield line, (f'file {i + 1} is bad: exit status '
                             f'{done.returncode}: {done.stderr.strip()}')


def _run_with_quotes(line, program, image, expect):
    mrtd = bytes.fromhex(expect)
    quote = program.parent / 'quote'
    for value, wanted, status in ((mrtd, 'spec\n', 0),
                                  (mrtd[::-1], '', 1)):
        quote.write_bytes(evidence.quote(value))
        yield from _run(line, (program, image, quote), wanted, status)
    yield from _run_without(line, program, image, quote)


def _one(root, line, text, library, image, expect, libraries):
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder, 'example.c')
        program = pathlib.Path(folder, 'example')
        source.write_text(text, encoding='utf-8')
        extra = ['-c']
        if library:
            library = library.resolve()
            extra = [str(library), f'-Wl,-rpath,{library.parent}',
                     *libraries]
        done = _compile(root, source, program, extra)
        if done.returncode:
            yield from _complaints(line, done)
        elif library and image and expect and 'mrtd_evidence_read' in text:
            yield from _run_with_quotes(line, program, image.resolve(),
                                        expect)
        elif library and image and expect and 'stdin' in text:
            yield from _run(line, (program,), expect.lower() + '\n',
                            stdin=image)
            yield from _run(line, (program,), '', 1)
        elif library and image and expect:
            yield from _run(line, (program, image.resolve()),
                            expect.lower() + '\n')
            yield from _run_without(line, program, image.resolve())


def check(root, library=None, image=None, expect=None,
          libraries=LIBRARIES):
    if bool(image) != bool(expect) or image and not library:
        raise lintlib.Skip('--image wants --expect and --library')
    found = examples(api.pages(root))
    if not found:
        yield Violation(api.OVERVIEW, 1, 'example', 'there is none')
    for file, line, program in found:
        for number, what in _one(root, line, program, library, image,
                                 expect, libraries):
            yield Violation(file, number, 'example', what)


def self_check():
    head = {api.HEADER: 'int mrtd_f(void);\n'}
    page = ('.Sh SYNOPSIS\n.Bd -literal\nint main(\n.Ed\n.Sh EXAMPLES\n'
            '.Bd -literal -offset indent\n#include <mrtd.h>\n'
            '#include <stdio.h>\n\nint main(int argc, char **argv)\n{\n'
            '    while (--argc > 0) {\n'
            '        FILE *file = fopen(argv[argc], "rb");\n'
            '        if (!file || fgetc(file) == EOF) {\n'
            '            perror(argv[argc]);\n            return 2;\n'
            '        }\n        fclose(file);\n    }\n'
            '    return printf("%d\\en", mrtd_f()) < 0;\n}\n.Ed\n'
            '.Sh SEE ALSO\n')
    failed = lintlib.expect(check, {**head, api.OVERVIEW: page}, [])
    failed += lintlib.expect(
        check, {**head, api.OVERVIEW: page.replace('mrtd_f', 'mrtd_g')},
        [(api.OVERVIEW, 20, 'example')])
    failed += lintlib.expect(
        check, {**head, api.OVERVIEW: page.replace('EXAMPLES', 'EXAMPLE')},
        [(api.OVERVIEW, 1, 'example')])
    with lintlib.tree({
            **head, api.OVERVIEW: page,
            'a.c': 'int mrtd_f(void)\n{\n    return 12;\n}\n'}) as root:
        library = root / 'libmrtd.so'
        subprocess.run(['cc', '-shared', '-fPIC', '-o', library,
                        root / 'a.c'], check=True)
        for expect, wanted in (('12', 0), ('13', 1), ('', -1)):
            try:
                got = len(list(check(root, library, root / 'a.c', expect,
                                     ())))
            except lintlib.Skip:
                got = -1
            if got != wanted:
                failed.append(f'{got} complaints where {expect} is wanted')
        # Does not fail where there is nothing.
        (root / api.OVERVIEW).write_text(
            re.sub(r'    while .*?\n    }\n', '    (void)argc, (void)argv,'
                   ' (void)stdin;\n', page, flags=re.S), encoding='utf-8')
        got = [v.what for v in check(root, library, root / 'a.c', '12', ())]
        if [what[:10] for what in got] != ['exit statu']:
            failed.append(f'of one that reads stdin: {got}')
        # Says nothing of a file that is not there, and of a folder.
        (root / api.OVERVIEW).write_text(
            page.replace('perror(argv[argc]);', ''), encoding='utf-8')
        got = len(list(check(root, library, root / 'a.c', '12', ())))
        if got != 2:
            failed.append(f'{got} complaints of what is not told')
        # Prints the same for either quote, and then takes both for good.
        says = page.replace('"%d\\en", mrtd_f()', '"spec\\en"').replace(
            'int main', '/* mrtd_evidence_read */ int main')
        for text, wanted in ((says, 1), (says.replace('spec', 'x'), 2)):
            (root / api.OVERVIEW).write_text(text, encoding='utf-8')
            got = len(list(check(root, library, root / 'a.c', '00' * 48,
                                 ())))
            if got != wanted:
                failed.append(f'{got} complaints, {wanted} wanted: {text}')
    return failed


if __name__ == '__main__':
    sys.exit(lintlib.main(__name__))
