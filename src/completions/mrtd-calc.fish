# SPDX-License-Identifier: Apache-2.0
# Made by src/completions/make.py from what --help says.
function __mrtd_calc_command
    for word in (commandline -opc)[2..-1]
        if contains -- $word show check lint diff reference tdinfo id-block verity cmdline initdata events evidence self-test
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

complete -c mrtd-calc -n '__fish_is_first_arg' -a 'show check lint diff reference tdinfo id-block verity cmdline initdata events evidence self-test'
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none' -l tag
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none' -l base64
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none show check lint diff tdinfo id-block verity cmdline initdata events evidence' -l json
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none' -l no-newline -s n
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none show diff reference tdinfo id-block' -l vmm -x -a '(__mrtd_calc_names --vmm)'
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) lint' -l vmm -x -a '(__mrtd_calc_list --vmm)'
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none show check lint diff reference id-block cmdline' -l platform -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none show check diff reference id-block' -l vcpus -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none show check diff reference id-block' -l vcpu-type -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none show check diff reference id-block' -l vcpu-sig -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none show check diff reference id-block' -l vcpu-family -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none show check diff reference id-block' -l vcpu-model -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none show check diff reference id-block' -l vcpu-stepping -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none show check diff reference id-block' -l guest-features -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none show check lint diff reference id-block events' -l kernel -r -F
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none show check diff reference id-block events' -l initrd -r -F
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none show check diff reference id-block events' -l append -x
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
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none reference' -l register -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none check reference events' -l cmdline -r -F
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none check reference events' -l qemu -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none check reference events' -l edk2 -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none check reference events' -l kernel-measures -x -a 'yes no'
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none check reference events' -l ram -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none check events' -l td-hob -r -F
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none check events' -l acpi-loader -r -F
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none check events' -l acpi-rsdp -r -F
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none check events' -l acpi-tables -r -F
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none check events' -l smbios -r -F
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none check events' -l fw-cfg -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none check events' -l secure-boot -x -a 'none off'
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none' -l list-events
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none' -l image -r -F
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none check events' -l uki -r -F
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none check events' -l disk -r -F
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none check events' -l systemd -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none' -l jobs -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) none show check lint diff reference tdinfo id-block verity cmdline initdata events evidence self-test' -l help -s h
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
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) check initdata events' -l against -r -F
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) check' -l kind -x -a 'hex base64 quote tdreport tdinfo snp-report json corim coswid policy'
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) check' -l explain
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) check reference' -l vendor -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) check reference' -l model -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) check reference' -l class-id -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) check reference initdata events evidence' -l time -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) check initdata events evidence' -l require -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) check initdata events evidence' -l report-data -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) check initdata events evidence' -l min-tcb -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) check initdata events evidence' -l allow-debug
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) check initdata events evidence' -l root -r -F
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) check initdata events evidence' -l pck-chain -r -F
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) check initdata events evidence' -l collateral -r -F
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) check initdata events evidence' -l tcb-info -r -F
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) check initdata events evidence' -l qe-identity -r -F
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) check initdata events evidence' -l tcb-issuer-chain -r -F
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) check initdata events evidence' -l pck-crl -r -F
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) check initdata events evidence' -l root-crl -r -F
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) check initdata events evidence' -l accept-tcb -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) check initdata events evidence' -l vek -r -F
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) check initdata events evidence' -l auxblob -r -F
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) check initdata events evidence' -l cert-dir -r -F
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) check initdata events' -l no-verify
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) check reference tdinfo' -l initdata -r -F
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) diff' -l all
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) verity' -l format -x -a '(__mrtd_calc_names --format)'
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) reference' -l format -x -a '(__mrtd_calc_list --format)'
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) reference' -l release -r -F
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) reference id-block' -l verify -r -F
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) reference id-block' -l key -r -F
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) reference' -l strict
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) reference tdinfo id-block' -l output -s o -r -F
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) reference' -l out-dir -r -F
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) reference' -l id -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) reference' -l version -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) reference' -l entity -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) reference' -l rvps-key -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) reference' -l expires -x
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
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) cmdline' -l kata -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) cmdline' -l runtime -x -a 'go rs'
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) cmdline' -l rootfs -x -a 'image initrd'
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) cmdline' -l kernel-verity-params -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) cmdline' -l rootfs-hash -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) cmdline' -l rootfs-type -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) cmdline' -l nr-cpus -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) cmdline' -l kernel-params -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) cmdline' -l annotation -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) cmdline' -l guest-extension-image -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) cmdline' -l enable-debug
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) cmdline' -l agent-debug
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) cmdline' -l enable-tracing
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) cmdline' -l debug-console-enabled
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) cmdline' -l container-pipe-size -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) cmdline' -l cdh-api-timeout -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) cmdline' -l launch-process-timeout -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) cmdline' -l visible-cdi-devices
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) cmdline' -l enable-iommu
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) cmdline' -l use-legacy-serial
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) cmdline' -l block-device-driver -x
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) cmdline' -l enable-guest-selinux
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) cmdline' -l fips
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) events' -l firmware-image -r -F
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) events' -l replace -x -a 'N=HEX N=@FILE'
complete -c mrtd-calc -n 'contains -- (__mrtd_calc_command) evidence' -l show-ids
