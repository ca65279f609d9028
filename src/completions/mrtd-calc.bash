# SPDX-License-Identifier: Apache-2.0
# Made by src/completions/make.py from what --help says.
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
        show|check|lint|diff|reference|tdinfo|id-block|verity|cmdline|initdata|events|evidence|self-test)
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
        mapfile -t COMPREPLY < <(compgen -P "$before" -W "$(mrtd-calc ${command:+"$command"} --vmm help 2>/dev/null | sed -n 's/^\([a-z][^ ]*\).*/\1/p' | sort -u)" -- "$word")
        return
        ;;
    --format)
        mapfile -t COMPREPLY < <(compgen -P "$before" -W "$(mrtd-calc reference --format help 2>/dev/null | sed -n 's/^\([a-z][^ ]*\).*/\1/p' | sort -u)" -- "$word")
        return
        ;;
    --output-format)
        mapfile -t COMPREPLY < <(compgen -P "$before" -W "hex base64" -- "$word")
        return
        ;;
    --image-format)
        mapfile -t COMPREPLY < <(compgen -P "$before" -W "tdvf igvm" -- "$word")
        return
        ;;
    --kernel-measures)
        mapfile -t COMPREPLY < <(compgen -P "$before" -W "yes no" -- "$word")
        return
        ;;
    --secure-boot)
        mapfile -t COMPREPLY < <(compgen -P "$before" -W "none off" -- "$word")
        return
        ;;
    --kind)
        mapfile -t COMPREPLY < <(compgen -P "$before" -W "hex base64 quote tdreport tdinfo snp-report json corim coswid policy" -- "$word")
        return
        ;;
    --corim-form)
        mapfile -t COMPREPLY < <(compgen -P "$before" -W "mkey extension set" -- "$word")
        return
        ;;
    --type)
        mapfile -t COMPREPLY < <(compgen -P "$before" -W "0 1" -- "$word")
        return
        ;;
    --runtime)
        mapfile -t COMPREPLY < <(compgen -P "$before" -W "go rs" -- "$word")
        return
        ;;
    --rootfs)
        mapfile -t COMPREPLY < <(compgen -P "$before" -W "image initrd" -- "$word")
        return
        ;;
    --replace)
        mapfile -t COMPREPLY < <(compgen -P "$before" -W "N=HEX N=@FILE" -- "$word")
        return
        ;;
    --kernel|--initrd|--svsm|--vars-file|--ovmf|--vmsa-out|--payload|--vars|--cmdline|--td-hob|--acpi-loader|--acpi-rsdp|--acpi-tables|--smbios|--image|--uki|--disk|--svg|--html|--corim|--corim-signature|--against|--root|--pck-chain|--collateral|--tcb-info|--qe-identity|--tcb-issuer-chain|--pck-crl|--root-crl|--vek|--auxblob|--cert-dir|--initdata|--release|--verify|--key|-o|--output|--out-dir|--sign|--manifest|--tdinfo-output|--id-key|--author-key|--id-auth|--author|--auth-output|--hash-device|--firmware-image)
        compopt -o filenames
        mapfile -t COMPREPLY < <(compgen -P "$before" -f -- "$word")
        return
        ;;
    --platform|--vcpus|--vcpu-type|--vcpu-sig|--vcpu-family|--vcpu-model|--vcpu-stepping|--guest-features|--append|--snp-ovmf-hash|--vars-size|--mode|--vmm-type|--limit|--register|--qemu|--edk2|--ram|--fw-cfg|--systemd|--jobs|--vendor|--model|--class-id|--time|--require|--report-data|--min-tcb|--accept-tcb|--id|--version|--entity|--rvps-key|--expires|--signer|--passphrase-fd|--mrtd|--attributes|--xfam|--mrconfigid|--mrowner|--mrownerconfig|--rtmr0|--rtmr1|--rtmr2|--rtmr3|--servtd-hash|--separator|--servtd-attributes|--author-passphrase-fd|--family-id|--image-id|--guest-svn|--policy|--digest|--partition|--hash-partition|--hash-offset|--params|--root-hash|--salt|--hash|--data-block-size|--hash-block-size|--blocks|--data-blocks|--kata|--kernel-verity-params|--rootfs-hash|--rootfs-type|--nr-cpus|--kernel-params|--annotation|--guest-extension-image|--container-pipe-size|--cdh-api-timeout|--launch-process-timeout|--block-device-driver)
        return
        ;;
    esac
    [ -z "$attached" ] || return
    case $word in
    -*)
        case $command in
        '') options='--tag --base64 --json -n --no-newline --vmm --platform --vcpus --vcpu-type --vcpu-sig --vcpu-family --vcpu-model --vcpu-stepping --guest-features --kernel --initrd --append --ovmf-hash --snp-ovmf-hash --svsm --vars-size --vars-file --mode --vmm-type --ovmf --output-format --dump-vmsa --vmsa-out --force --payload --permissive --vars --image-format --limit --register --cmdline --qemu --edk2 --kernel-measures --ram --td-hob --acpi-loader --acpi-rsdp --acpi-tables --smbios --fw-cfg --secure-boot --list-events --image --uki --disk --systemd --jobs -h --help --version -v --verbose --quiet --status --ignore-missing -c --check-list' ;;
        show) options='--json --vmm --platform --vcpus --vcpu-type --vcpu-sig --vcpu-family --vcpu-model --vcpu-stepping --guest-features --kernel --initrd --append --snp-ovmf-hash --svsm --vars-size --vars-file --force --payload --permissive --vars --image-format --limit -h --help --plan --trace --svg --html --corim --corim-signature' ;;
        check) options='--json --platform --vcpus --vcpu-type --vcpu-sig --vcpu-family --vcpu-model --vcpu-stepping --guest-features --kernel --initrd --append --payload --permissive --vars --image-format --limit --cmdline --qemu --edk2 --kernel-measures --ram --td-hob --acpi-loader --acpi-rsdp --acpi-tables --smbios --fw-cfg --secure-boot --uki --disk --systemd -h --help --against --kind --explain --vendor --model --class-id --time --require --report-data --min-tcb --allow-debug --root --pck-chain --collateral --tcb-info --qe-identity --tcb-issuer-chain --pck-crl --root-crl --accept-tcb --vek --auxblob --cert-dir --no-verify --initdata' ;;
        lint) options='--json --vmm --platform --kernel --vars --image-format --limit -h --help' ;;
        diff) options='--json --vmm --platform --vcpus --vcpu-type --vcpu-sig --vcpu-family --vcpu-model --vcpu-stepping --guest-features --kernel --initrd --append --payload --permissive --image-format --limit -h --help --all' ;;
        reference) options='--vmm --platform --vcpus --vcpu-type --vcpu-sig --vcpu-family --vcpu-model --vcpu-stepping --guest-features --kernel --initrd --append --force --payload --permissive --vars --image-format --limit --register --cmdline --qemu --edk2 --kernel-measures --ram -h --help --vendor --model --class-id --time --initdata --format --release --verify --key --strict -o --output --out-dir --id --version --entity --rvps-key --expires --scalar --debug-check --corim-form --sign --signer --passphrase-fd' ;;
        tdinfo) options='--json --vmm --force --payload --permissive --vars --image-format --limit -h --help --initdata -o --output --manifest --mrtd --attributes --xfam --mrconfigid --mrowner --mrownerconfig --rtmr0 --rtmr1 --rtmr2 --rtmr3 --servtd-hash --separator --servtd-attributes --tdinfo-output' ;;
        id-block) options='--json --vmm --platform --vcpus --vcpu-type --vcpu-sig --vcpu-family --vcpu-model --vcpu-stepping --guest-features --kernel --initrd --append --snp-ovmf-hash --svsm --vars-size --vars-file --force --permissive --image-format --limit -h --help --verify --key -o --output --passphrase-fd --id-key --author-key --author-passphrase-fd --id-auth --author --family-id --image-id --guest-svn --policy --auth-output --digest' ;;
        verity) options='--json -h --help --format --root-only --partition --hash-partition --hash-device --hash-offset --no-superblock --params --root-hash --salt --hash --type --data-block-size --hash-block-size --blocks --data-blocks' ;;
        cmdline) options='--json --platform -h --help --kata --runtime --rootfs --kernel-verity-params --rootfs-hash --rootfs-type --nr-cpus --kernel-params --annotation --guest-extension-image --enable-debug --agent-debug --enable-tracing --debug-console-enabled --container-pipe-size --cdh-api-timeout --launch-process-timeout --visible-cdi-devices --enable-iommu --use-legacy-serial --block-device-driver --enable-guest-selinux --fips' ;;
        initdata) options='--json -h --help --against --time --require --report-data --min-tcb --allow-debug --root --pck-chain --collateral --tcb-info --qe-identity --tcb-issuer-chain --pck-crl --root-crl --accept-tcb --vek --auxblob --cert-dir --no-verify' ;;
        events) options='--json --kernel --initrd --append --cmdline --qemu --edk2 --kernel-measures --ram --td-hob --acpi-loader --acpi-rsdp --acpi-tables --smbios --fw-cfg --secure-boot --uki --disk --systemd -h --help --against --time --require --report-data --min-tcb --allow-debug --root --pck-chain --collateral --tcb-info --qe-identity --tcb-issuer-chain --pck-crl --root-crl --accept-tcb --vek --auxblob --cert-dir --no-verify --firmware-image --replace' ;;
        evidence) options='--json -h --help --time --require --report-data --min-tcb --allow-debug --root --pck-chain --collateral --tcb-info --qe-identity --tcb-issuer-chain --pck-crl --root-crl --accept-tcb --vek --auxblob --cert-dir --show-ids' ;;
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
            compgen -W 'show check lint diff reference tdinfo id-block verity cmdline initdata events evidence self-test' -- "$word")
    fi
}
complete -F _mrtd_calc mrtd-calc
