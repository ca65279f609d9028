#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the completions for bash, fish and zsh from what --help says.

make.py PROGRAM          writes the files beside this one
make.py PROGRAM --check  fails where they are not what it would write

Names of VMMs and formats are asked of the program when they are wanted.
"""

import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
MARK = 'Made by src/completions/make.py from what --help says.'
LICENSE = 'SPDX-License-Identifier: Apache-2.0'
NAMES = {  # how the program lists them: the first word of each line
    'vmm': 'mrtd-calc ${command:+"$command"} --vmm help',
    'format': 'mrtd-calc reference --format help'}
# Where several are taken, with commas between: words of commands.
LISTS = {'vmm': 'lint', 'format': 'reference'}
# Arguments, as --help has them, that are names of files.
FILES = {'FILE', 'DIR', 'X', 'KEY.pem', 'PUB.pem'}
# Several platforms have a VMM of the same name, which is offered once.
FIRST_WORD = r"sed -n 's/^\([a-z][^ ]*\).*/\1/p' | sort -u"


def ask(program, *args):
    """What the program prints."""
    return subprocess.run([program, *args, '--help'], check=True, text=True,
                          stdout=subprocess.PIPE).stdout


def options_of(text):
    """{name: (letter, argument, what it does)} of a command's --help."""
    found = {}
    pattern = re.compile(r'^  (?:-(\w), |    )--([\w-]+)(?: (\S+))?$|'
                         r'^  (?:-(\w), |    )--([\w-]+)(?: (\S+))?  +(.*)$')
    name = None
    for line in text.splitlines():
        match = pattern.match(line)
        if match:
            groups = match.groups()
            letter, name, argument = groups[:3] if groups[1] else groups[3:6]
            found[name] = (letter or '', argument, groups[6] or '')
        elif name and line.startswith(' ' * 24):
            found[name] = (*found[name][:2], f'{found[name][2]} {line.strip()}')
    return found


def options(program):
    """The command words, and rows: name, letter, argument or None, what it
    does, the words of the commands that have it."""
    listed = ask(program).partition('Commands:\n')[2].partition('\n\n')[0]
    words = re.findall(r'^  (\S+)', listed, re.M)
    of_word = {word: options_of(ask(program, word)) for word in words}
    of_word[''] = {**options_of(ask(program, '-v')),
                   **options_of(ask(program, '-c'))}
    rows = {}
    for word in ['', *words]:
        for name, row in of_word[word].items():
            rows.setdefault((name, row[1] is None), (name, *row, []))[4].append(
                word)
    return words, list(rows.values())


def is_file(argument):
    return argument in FILES


def fixed(rows):
    """Option -> its names, where they never change."""
    found = {}
    for name, _, argument, text, _ in rows:
        if '|' in (argument or ''):
            found[name] = argument.split('|')
        elif ': hex,' in text or 'one of ' in text and argument:
            listed = re.split(r': |one of ', text)[-1]
            found[name] = re.findall(r'\b(?!or\b)[\w-]+', listed)
    return found


def spelled(rows, word):
    """All options of a command, as they are typed."""
    found = []
    for name, letter, _, _, words in rows:
        if word in words:
            found += ([f'-{letter}'] if letter else []) + [f'--{name}']
    return ' '.join(found)


def with_argument(rows, wanted):
    """Options, as in a shell's case, whose argument is wanted."""
    return '|'.join(
        pattern for name, letter, value, _, _ in rows if wanted(name, value)
        for pattern in ([f'-{letter}'] if letter else []) + [f'--{name}'])


def cases(rows, give, files):
    """The branches of a case on the word before."""
    lines = []
    for name, command in NAMES.items():
        lines.append(f'    --{name})\n        '
                     + give(f'$({command} 2>/dev/null | {FIRST_WORD})'))
    for name, names in fixed(rows).items():
        lines.append(f'    --{name})\n        ' + give(' '.join(names)))
    known = set(NAMES) | set(fixed(rows))
    lines.append('    ' + with_argument(
        rows, lambda name, value: is_file(value)) + f')\n        {files}')
    lines.append('    ' + with_argument(
        rows, lambda name, value: value is not None and not is_file(value)
        and name not in known) + ')')
    return '\n        return\n        ;;\n'.join(
        lines) + '\n        return\n        ;;'


def lists():
    """As in a shell's case on "command:option"."""
    return '|'.join(f'{word}:--{name}' for name, word in LISTS.items())


def by_command(words, rows):
    return '\n'.join(
        f"        {word or chr(39) * 2}) options='{spelled(rows, word)}' ;;"
        for word in ['', *words])


def bash(words, rows):
    give = ('mapfile -t COMPREPLY < <(compgen -P "$before" -W "{}" '
            '-- "$word")')
    files = ('compopt -o filenames\n        mapfile -t COMPREPLY < <('
             'compgen -P "$before" -f -- "$word")')
    return f'''# {LICENSE}
# {MARK}
# shellcheck shell=bash
_mrtd_calc()
{{
    local word=${{COMP_WORDS[COMP_CWORD]}}
    local option=${{COMP_WORDS[COMP_CWORD - 1]}}
    local command='' options='' before='' attached='' i
    COMPREPLY=()
    for ((i = 1; i < COMP_CWORD; i++)); do
        case ${{COMP_WORDS[i]}} in
        --)
            {files.replace(chr(10) + '    ', chr(10) + '        ')}
            return
            ;;
        {'|'.join(words)})
            [ -n "$command" ] || command=${{COMP_WORDS[i]}}
            ;;
        esac
    done
    # "--option=x" is three words, or one if COMP_WORDBREAKS has no "=".
    case $word in
    =)
        attached=yes word=''
        ;;
    --*=*)
        attached=yes option=${{word%%=*}}
        before=$option=
        word=${{word#*=}}
        ;;
    *)
        if [ "$option" = = ]; then
            attached=yes option=${{COMP_WORDS[COMP_CWORD - 2]}}
        fi
        ;;
    esac
    case $command:$option in
    {lists()})
        before+=${{word%"${{word##*,}}"}}
        word=${{word##*,}}
        ;;
    esac
    case $option in
{cases(rows, give.format, files)}
    esac
    [ -z "$attached" ] || return
    case $word in
    -*)
        case $command in
{by_command(words, rows)}
        esac
        mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word")
        return
        ;;
    esac
    {files.replace(chr(10) + '    ', chr(10))}
    if [ "$COMP_CWORD" = 1 ]; then
        mapfile -t -O "${{#COMPREPLY[@]}}" COMPREPLY < <(
            compgen -W '{' '.join(words)}' -- "$word")
    fi
}}
complete -F _mrtd_calc mrtd-calc
'''


def zsh(words, rows):
    return f'''#compdef mrtd-calc
# {LICENSE}
# {MARK}
local command='' options='' option=$words[CURRENT-1] attached='' word
for word in ${{words[2,CURRENT-1]}}; do
    case $word in
    --)
        _files
        return
        ;;
    {'|'.join(words)})
        [[ -n $command ]] || command=$word
        ;;
    esac
done
if [[ $words[CURRENT] == --*=* ]]; then
    option=${{words[CURRENT]%%=*}}
    compset -P 1 '*='
    attached=yes
fi
case $command:$option in
{lists()})
    compset -P '*,'
    ;;
esac
case $option in
{cases(rows, 'compadd -- ${{=:-{}}}'.format, '_files')}
esac
[[ -z $attached ]] || return
if [[ $words[CURRENT] == -* ]]; then
    case $command in
{by_command(words, rows)}
    esac
    compadd -- ${{=options}}
    return
fi
(( CURRENT == 2 )) && compadd -- {' '.join(words)}
_files
'''


def fish(words, rows):
    lines = [f'''# {LICENSE}
# {MARK}
function __mrtd_calc_command
    for word in (commandline -opc)[2..-1]
        if contains -- $word {' '.join(words)}
            echo $word
            return
        end
    end
    echo none
end

function __mrtd_calc_names
    set -l command (__mrtd_calc_command | string match -v none)
    mrtd-calc $command $argv help 2>/dev/null | {FIRST_WORD}
end

# Several, with commas between, the last of which is being typed.
function __mrtd_calc_list
    set -l before (commandline -ct | string replace -r '^--[^=]*=' '' |
        string match -r '.*,')
    printf '%s\\n' "$before"(__mrtd_calc_names $argv)
end

complete -c mrtd-calc -n '__fish_is_first_arg' -a '{' '.join(words)}\'''']
    given = {name: ' '.join(names) for name, names in fixed(rows).items()}
    for name in NAMES:
        given[name] = f'(__mrtd_calc_names --{name})'
    apart = [(*row[:3], having) for row in rows for having in (
        [word for word in row[4] if word != LISTS.get(row[0])],
        [word for word in row[4] if word == LISTS.get(row[0])]) if having]
    for name, letter, value, having in apart:
        wanted = ' '.join(word or 'none' for word in having)
        line = (f"complete -c mrtd-calc -n 'contains -- "
                f"(__mrtd_calc_command) {wanted}' -l {name}")
        line += f' -s {letter}' if letter else ''
        if LISTS.get(name) in having:
            line += f" -x -a '(__mrtd_calc_list --{name})'"
        elif name in given:
            line += f" -x -a '{given[name]}'"
        elif is_file(value):
            line += ' -r -F'
        elif value is not None:
            line += ' -x'
        lines.append(line)
    return '\n'.join(lines) + '\n'


def main():
    words, rows = options(sys.argv[1])
    status = 0
    for name, text in (('mrtd-calc.bash', bash(words, rows)),
                       ('mrtd-calc.fish', fish(words, rows)),
                       ('_mrtd-calc', zsh(words, rows))):
        path = HERE / name
        if '--check' not in sys.argv[2:]:
            path.write_text(text, encoding='utf-8')
        elif path.read_text(encoding='utf-8') != text:
            print(f'{path}: not what --help says; run src/completions/make.py '
                  f'{sys.argv[1]}')
            status = 1
    return status


if __name__ == '__main__':
    sys.exit(main())
