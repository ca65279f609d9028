# SPDX-License-Identifier: Apache-2.0
# Made by src/completions/make.py from src/cli/options.c.
# shellcheck shell=bash
_mrtd_calc()
{
    local word=${COMP_WORDS[COMP_CWORD]}
    local option=${COMP_WORDS[COMP_CWORD - 1]}
    local command='' options='' before='' attached='' i
    COMPREPLY=()
    for ((i = 1; i < COMP_CWORD; i++)); do
        case ${COMP_WORDS[i]} in
        --)
            compopt -o filenames
            mapfile -t COMPREPLY < <(compgen -P "$before" -f -- "$word")
            return
            ;;
        show|check|tdinfo|lint|diff|reference|self-test)
            [ -n "$command" ] || command=${COMP_WORDS[i]}
            ;;
        esac
    done
    # "--option=x" is three words, or one if COMP_WORDBREAKS has no "=".
    case $word in
    =)
        attached=yes word=''
        ;;
    --*=*)
        attached=yes option=${word%%=*}
        before=$option=
        word=${word#*=}
        ;;
    *)
        if [ "$option" = = ]; then
            attached=yes option=${COMP_WORDS[COMP_CWORD - 2]}
        fi
        ;;
    esac
    case $command:$option in
    lint:--vmm|reference:--format)
        before+=${word%"${word##*,}"}
        word=${word##*,}
        ;;
    esac
    case $option in
    --vmm)
        mapfile -t COMPREPLY < <(compgen -P "$before" -W "$(mrtd-calc ${command:+"$command"} --vmm help 2>/dev/null | sed -n 's/^\([a-z][^ ]*\).*/\1/p')" -- "$word")
        return
        ;;
    --format)
        mapfile -t COMPREPLY < <(compgen -P "$before" -W "$(mrtd-calc reference --format help 2>/dev/null | sed -n 's/^\([a-z][^ ]*\).*/\1/p')" -- "$word")
        return
        ;;
    --image-format)
        mapfile -t COMPREPLY < <(compgen -P "$before" -W "tdvf igvm" -- "$word")
        return
        ;;
    --kind)
        mapfile -t COMPREPLY < <(compgen -P "$before" -W "hex base64 quote tdreport tdinfo json corim coswid policy" -- "$word")
        return
        ;;
    --corim-form)
        mapfile -t COMPREPLY < <(compgen -P "$before" -W "mkey extension set" -- "$word")
        return
        ;;
    --vars|--payload|--svg|--html|--corim|--corim-signature|--against|--manifest|-o|--output|--tdinfo-output|--out-dir|--key|--sign|--verify)
        compopt -o filenames
        mapfile -t COMPREPLY < <(compgen -P "$before" -f -- "$word")
        return
        ;;
    --limit|--jobs|--mrtd|--attributes|--xfam|--mrconfigid|--mrowner|--mrownerconfig|--rtmr0|--rtmr1|--rtmr2|--rtmr3|--servtd-hash|--separator|--servtd-attributes|--id|--entity|--vendor|--model|--class-id|--signer|--passphrase-fd|--time)
        return
        ;;
    esac
    [ -z "$attached" ] || return
    case $word in
    -*)
        case $command in
        '') options='-c --check -h --help --version -v --verbose --vmm --vars --image-format --payload --permissive --limit --jobs --tag -n --no-newline --base64 --json --quiet --status --ignore-missing' ;;
        show) options='-h --help --vmm --vars --image-format --payload --permissive --limit --json --plan --trace --svg --html --corim --corim-signature --force' ;;
        check) options='-h --help --vars --image-format --payload --permissive --limit --json --against --kind --explain --vendor --model --class-id --time' ;;
        tdinfo) options='-h --help --vmm --vars --image-format --payload --permissive --limit --json --manifest --mrtd --attributes --xfam --mrconfigid --mrowner --mrownerconfig --rtmr0 --rtmr1 --rtmr2 --rtmr3 --servtd-hash --separator --servtd-attributes -o --output --tdinfo-output --force' ;;
        lint) options='-h --help --vmm --vars --image-format --limit --json' ;;
        diff) options='-h --help --vmm --image-format --payload --permissive --limit --json --all' ;;
        reference) options='-h --help --version --vmm --vars --image-format --payload --permissive --limit --manifest -o --output --force --format --out-dir --id --entity --vendor --model --class-id --key --scalar --debug-check --corim-form --sign --signer --passphrase-fd --verify --time' ;;
        self-test) options='-h --help' ;;
        esac
        mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word")
        return
        ;;
    esac
    compopt -o filenames
    mapfile -t COMPREPLY < <(compgen -P "$before" -f -- "$word")
    if [ "$COMP_CWORD" = 1 ]; then
        mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(
            compgen -W 'show check tdinfo lint diff reference self-test' -- "$word")
    fi
}
complete -F _mrtd_calc mrtd-calc
