#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the completions for bash, fish and zsh from the table of options.

make.py          writes the files beside this one
make.py --check  fails where they are not what it would write

Names of VMMs and formats are asked of the program when they are wanted.
"""

import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = HERE.parent
# Words, and the ids of ON() that they stand for.
COMMANDS = {
    '': {'MEASURE', 'CHECK_LISTS'}, 'show': {'SHOW'}, 'check': {'CHECK'},
    'tdinfo': {'TDINFO'}, 'lint': {'LINT'}, 'diff': {'DIFF'},
    'reference': {'REFERENCE', 'VERIFY', 'BUNDLE'}, 'self-test': set()}
WORDS = [word for word in COMMANDS if word]
MARK = 'Made by src/completions/make.py from src/cli/options.c.'
LICENSE = 'SPDX-License-Identifier: Apache-2.0'
NAMES = {  # how the program lists them: the first word of each line
    'vmm': 'mrtd-calc ${command:+"$command"} --vmm help',
    'format': 'mrtd-calc reference --format help'}
# Where several are taken, with commas between: words of commands.
LISTS = {'vmm': 'lint', 'format': 'reference'}
FIRST_WORD = r"sed -n 's/^\([a-z][^ ]*\).*/\1/p'"


def read(name):
    return (SOURCE / name).read_text(encoding='utf-8')


def commands_of(text):
    """A function that turns a mask, as C writes it, into a set."""
    everything = set().union(*COMMANDS.values())

    def evaluate(expression):
        # What is left is Python, with C's precedence.
        expression = re.sub(r'~ON\((\w+)\)', r'(everything - {"\1"})',
                            expression.replace('\\\n', ''))
        expression = re.sub(r'ON\((\w+)\)', r'{"\1"}', expression)
        return eval(expression.strip(), names)  # pylint: disable=eval-used

    names = {'everything': everything, 'ON_ALL': everything}
    names['ON_IMAGES'] = evaluate(
        re.search(r'#define ON_IMAGES((?:.*\\\n)+.*)', text)[1])
    return evaluate


def options():
    """(name, letter, what its argument is or None, words of commands)."""
    text = read('cli/options.c')
    evaluate = commands_of(text)
    table = text[text.index('static const struct option_rule rules[]'):]
    table = table[:table.index('\n};')]
    for macro, body in re.findall(
            r'^    (FLAG|TEXT|TAKE|)[({]("(?:[^;]|\n)*?)[)}],$', table, re.M):
        fields = [field.strip() for field in re.findall(
            r'(?:"[^"]*"|[^,"])+', body)]
        name = fields[0].strip('"')
        letter = re.search(r"'(.)'", body)
        value = {'FLAG': None, 'TAKE': fields[2] if macro == 'TAKE' else '',
                 'TEXT': fields[1], '': fields[3] if not macro else ''}[macro]
        value = None if value in (None, 'NULL') else value.strip('"')
        ids = evaluate(f'({fields[-1]})')
        if name in ('help', 'version', 'check'):
            words = ['', *{'help': WORDS, 'version': ['reference'],
                           'check': []}[name]]
        else:
            words = [word for word in COMMANDS if ids & COMMANDS[word]]
        if name == 'verbose':
            words = ['']
        yield name, letter[1] if letter else '', value, words


def is_file(value):
    return value is not None and ('file' in value or 'folder' in value)


def fixed():
    """Option -> its names, where they never change."""
    kinds = re.search(r'\{"hex", CLAIMS_HEX\}.*?\n\s*\};',
                      read('reference/claims.c'), re.S)[0]
    forms = re.search(r'SETTINGS_CORIM_FORMS "(.*)"',
                      read('cli/settings.h'))[1]
    images = re.search(r'TAKE\("image-format", 0, "(.*?)"',
                       read('cli/options.c'))[1]
    return {'image-format': images.split(' or '),
            'kind': re.findall(r'\{"([\w-]+)"', kinds),
            'corim-form': re.findall(r'\b(?!or\b)\w+', forms)}


def spelled(rows, word):
    """All options of a command, as they are typed."""
    found = []
    for name, letter, _, words in rows:
        if word in words:
            found += ([f'-{letter}'] if letter else []) + [f'--{name}']
    return ' '.join(found)


def with_argument(rows, wanted):
    """Options, as in a shell's case, whose argument is wanted."""
    return '|'.join(
        pattern for name, letter, value, _ in rows if wanted(name, value)
        for pattern in ([f'-{letter}'] if letter else []) + [f'--{name}'])


def cases(rows, give, files):
    """The branches of a case on the word before."""
    lines = []
    for name, command in NAMES.items():
        lines.append(f'    --{name})\n        '
                     + give(f'$({command} 2>/dev/null | {FIRST_WORD})'))
    for name, names in fixed().items():
        lines.append(f'    --{name})\n        ' + give(' '.join(names)))
    known = set(NAMES) | set(fixed())
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


def by_command(rows):
    return '\n'.join(
        f"        {word or chr(39) * 2}) options='{spelled(rows, word)}' ;;"
        for word in COMMANDS)


def bash(rows):
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
        {'|'.join(WORDS)})
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
{by_command(rows)}
        esac
        mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word")
        return
        ;;
    esac
    {files.replace(chr(10) + '    ', chr(10))}
    if [ "$COMP_CWORD" = 1 ]; then
        mapfile -t -O "${{#COMPREPLY[@]}}" COMPREPLY < <(
            compgen -W '{' '.join(WORDS)}' -- "$word")
    fi
}}
complete -F _mrtd_calc mrtd-calc
'''


def zsh(rows):
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
    {'|'.join(WORDS)})
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
{by_command(rows)}
    esac
    compadd -- ${{=options}}
    return
fi
(( CURRENT == 2 )) && compadd -- {' '.join(WORDS)}
_files
'''


def fish(rows):
    lines = [f'''# {LICENSE}
# {MARK}
function __mrtd_calc_command
    for word in (commandline -opc)[2..-1]
        if contains -- $word {' '.join(WORDS)}
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

complete -c mrtd-calc -n '__fish_is_first_arg' -a '{' '.join(WORDS)}\'''']
    given = {name: ' '.join(names) for name, names in fixed().items()}
    for name in NAMES:
        given[name] = f'(__mrtd_calc_names --{name})'
    apart = [(*row[:3], words) for row in rows for words in (
        [word for word in row[3] if word != LISTS.get(row[0])],
        [word for word in row[3] if word == LISTS.get(row[0])]) if words]
    for name, letter, value, words in apart:
        wanted = ' '.join(word or 'none' for word in words)
        line = (f"complete -c mrtd-calc -n 'contains -- "
                f"(__mrtd_calc_command) {wanted}' -l {name}")
        line += f' -s {letter}' if letter else ''
        if LISTS.get(name) in words:
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
    rows = list(options())
    status = 0
    for name, text in (('mrtd-calc.bash', bash(rows)),
                       ('mrtd-calc.fish', fish(rows)),
                       ('_mrtd-calc', zsh(rows))):
        path = HERE / name
        if '--check' not in sys.argv[1:]:
            path.write_text(text, encoding='utf-8')
        elif path.read_text(encoding='utf-8') != text:
            print(f'{path}: not what src/completions/make.py makes of '
                  'src/cli/options.c; run it')
            status = 1
    return status


if __name__ == '__main__':
    sys.exit(main())
