# SPDX-License-Identifier: Apache-2.0
# Made by src/completions/make.py from what --help says.
function __mrtd_calc_command
    for word in (commandline -opc)[2..-1]
        if contains -- $word show check lint diff reference tdinfo id-block verity events self-test
            echo $word
            return
        end
    end
    echo none
end

function __mrtd_calc_names
    set -l command (__mrtd_calc_command | string match -v none)
    mrtd-calc $command $argv help 2>/dev/null | sed -n 's/^\([a-z][^ ]*\).*/\1/p' | sort -u
end

# Several, with commas between, the last of which is being typed.
function __mrtd_calc_list
    set -l before (commandline -ct | string replace -r '^--[^=]*=' '' |
        string match -r '.*,')
    printf '%s\n' "$before"(__mrtd_calc_names $argv)
end

complete -c mrtd-calc -n '__fish_is_first_arg' -a 'show check lint diff reference tdinfo id-block verity events self-test'
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none' -l tag
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none' -l base64
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none show check lint diff tdinfo id-block verity events' -l json
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none' -l no-newline -s n
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none show diff reference tdinfo id-block' -l vmm -x -a '(__mrtd_calc_names --vmm)'
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) lint' -l vmm -x -a '(__mrtd_calc_list --vmm)'
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none show check lint diff reference id-block' -l platform -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none show check diff reference id-block' -l vcpus -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none show check diff reference id-block' -l vcpu-type -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none show check diff reference id-block' -l vcpu-sig -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none show check diff reference id-block' -l vcpu-family -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none show check diff reference id-block' -l vcpu-model -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none show check diff reference id-block' -l vcpu-stepping -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none show check diff reference id-block' -l guest-features -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none show check lint diff reference id-block' -l kernel -r -F
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none show check diff reference id-block' -l initrd -r -F
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none show check diff reference id-block' -l append -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none' -l ovmf-hash
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none show id-block' -l snp-ovmf-hash -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none show id-block' -l svsm -r -F
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none show id-block' -l vars-size -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none show id-block' -l vars-file -r -F
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none' -l mode -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none' -l vmm-type -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none' -l ovmf -r -F
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none' -l output-format -x -a 'hex base64'
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none' -l dump-vmsa
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none' -l vmsa-out -r -F
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none show reference tdinfo id-block' -l force
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none show check diff reference tdinfo' -l payload -r -F
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none show check diff reference tdinfo id-block' -l permissive
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none show check lint reference tdinfo' -l vars -r -F
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none show check lint diff reference tdinfo id-block' -l image-format -x -a 'tdvf igvm'
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none show check lint diff reference tdinfo id-block' -l limit -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none' -l register -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none' -l cmdline -r -F
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none' -l qemu -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none' -l edk2 -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none' -l kernel-measures -x -a 'yes no'
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none' -l ram -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none' -l uki -r -F
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none' -l disk -r -F
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none' -l systemd -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none' -l jobs -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none show check lint diff reference tdinfo id-block verity events self-test' -l help -s h
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none' -l version
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none' -l verbose -s v
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none' -l quiet
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none' -l status
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none' -l ignore-missing
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none' -l check-list -s c
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) show' -l plan
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) show' -l trace
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) show' -l svg -r -F
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) show' -l html -r -F
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) show' -l corim -r -F
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) show' -l corim-signature -r -F
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) check events' -l against -r -F
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) check' -l kind -x -a 'hex base64 quote tdreport tdinfo snp-report json corim coswid policy'
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) check' -l explain
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) check reference' -l vendor -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) check reference' -l model -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) check reference' -l class-id -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) check reference' -l time -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) diff' -l all
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) verity' -l format -x -a '(__mrtd_calc_names --format)'
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) reference' -l format -x -a '(__mrtd_calc_list --format)'
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) reference id-block' -l verify -r -F
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) reference id-block' -l key -r -F
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) reference' -l release -r -F
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) reference tdinfo id-block' -l output -s o -r -F
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) reference' -l out-dir -r -F
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) reference' -l id -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) reference' -l version -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) reference' -l entity -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) reference' -l rvps-key -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) reference' -l scalar
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) reference' -l debug-check
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) reference' -l corim-form -x -a 'mkey extension set'
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) reference' -l sign -r -F
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) reference' -l signer -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) reference id-block' -l passphrase-fd -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) tdinfo' -l manifest -r -F
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) tdinfo' -l mrtd -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) tdinfo' -l attributes -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) tdinfo' -l xfam -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) tdinfo' -l mrconfigid -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) tdinfo' -l mrowner -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) tdinfo' -l mrownerconfig -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) tdinfo' -l rtmr0 -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) tdinfo' -l rtmr1 -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) tdinfo' -l rtmr2 -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) tdinfo' -l rtmr3 -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) tdinfo' -l servtd-hash -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) tdinfo' -l separator -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) tdinfo' -l servtd-attributes -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) tdinfo' -l tdinfo-output -r -F
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) id-block' -l id-key -r -F
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) id-block' -l author-key -r -F
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) id-block' -l author-passphrase-fd -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) id-block' -l id-auth -r -F
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) id-block' -l author -r -F
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) id-block' -l family-id -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) id-block' -l image-id -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) id-block' -l guest-svn -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) id-block' -l policy -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) id-block' -l auth-output -r -F
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) id-block' -l digest -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) verity' -l root-only
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) verity' -l partition -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) verity' -l hash-partition -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) verity' -l hash-device -r -F
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) verity' -l hash-offset -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) verity' -l no-superblock
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) verity' -l params -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) verity' -l root-hash -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) verity' -l salt -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) verity' -l hash -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) verity' -l type -x -a '0 1'
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) verity' -l data-block-size -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) verity' -l hash-block-size -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) verity' -l blocks -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) verity' -l data-blocks -x
