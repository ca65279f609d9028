# SPDX-License-Identifier: Apache-2.0
"""Firmware of Debian 12, package ovmf 2022.11-6+deb12u2.

Nine calculators that are not this program agree on the values of spec; of
those with an option for it, on the values of kvm-v19. Not part of the tests
where the package is absent or another version.
"""

from case import REFUSED, Case

OVMF = '/usr/share/ovmf/OVMF.fd'
FOLDER = '/usr/share/OVMF/'

SHA256 = {
    (OVMF,):
    '7b456907dd0786d415999e801a1ac4637b8ed4d7cf5378cfc6edbe5e574dd773',
    (FOLDER + 'OVMF_VARS.fd', FOLDER + 'OVMF_CODE.fd'):
    '7b456907dd0786d415999e801a1ac4637b8ed4d7cf5378cfc6edbe5e574dd773',
    (FOLDER + 'OVMF_VARS.ms.fd', FOLDER + 'OVMF_CODE.secboot.fd'):
    '0354960f7f308681fa68511afa1159f41043582268ebad8843b27d895e813793',
    (FOLDER + 'OVMF_CODE.fd',):
    'd9b568def24088c92f34b5479e0ed7e44d0a4d4cea8a0f5716719180bba48106',
    (FOLDER + 'OVMF_CODE_4M.fd',):
    'b157d97b1f69729514feb7f201d2cbe4957f23ab77920e361fe9f822ba49ca4c',
}

KNOWN = {
    'spec':
    '4c7206f0f483c524f12c366c711e9049030a8d47c471ee5a'
    'a9c4999a08de4057fb887fed0744d5631a212967fb231c47',
    'kvm-v19':
    'acccbcc870a381adab0d3919d90a7f268ac3b0364771f202'
    'ed4bb4e892d045b33db3b32e6924cba830a724eed443f7e1',
}
KNOWN_SECBOOT = {
    'spec':
    'dd2f721cd5f56f4456047dd8c80c22eb5fc0641ae3966ba0'
    'e73244c0d51117c87ed0d270efa1f5958453b0f30b2b258d',
    'kvm-v19':
    '5d8955577e82488bcde5aaf45df41777a619dda9ab46b28e'
    'b4a153e1490229592bd026cf4682993f175e9416630de001',
}


def values(name, *files, known):
    """The MRTD is known, on either VMM."""
    return [Case(f'{name}, {vmm}', files, (), ('--vmm', vmm), known=known)
            for vmm in known]


def refused(name, file, line):
    return Case(name, (FOLDER + file,), (line,), status=REFUSED)


CASES = [
    *values('OVMF.fd', OVMF, known=KNOWN),
    *values('OVMF_VARS.fd, OVMF_CODE.fd', FOLDER + 'OVMF_VARS.fd',
            FOLDER + 'OVMF_CODE.fd', known=KNOWN),
    *values('OVMF_VARS.ms.fd, OVMF_CODE.secboot.fd',
            FOLDER + 'OVMF_VARS.ms.fd', FOLDER + 'OVMF_CODE.secboot.fd',
            known=KNOWN_SECBOOT),
    refused('OVMF_CODE.fd', 'OVMF_CODE.fd',
            'offset 0x1df7d0: section 0 (BFV): its data ends at 0x200000, '
            'the file at 0x1e0000: this is the CODE part of a split image, '
            '131072 bytes of VARS are missing in front (TD-Shim spec 0.7, '
            'table 1.1-2); join them: --vars FILE, or cat VARS CODE >IMAGE [split-image]'),
    refused('OVMF_CODE_4M.fd', 'OVMF_CODE_4M.fd',
            'offset 0x37bfe0: not built for TDX: the GUIDed table has no TDX '
            'entry, only: 00f771de (SEV-ES reset block), 4c2eb361 (SEV '
            'secret), 7255371f (SEV hash table) [no-tdx-entry]'),
    refused('OVMF_VARS_4M.fd', 'OVMF_VARS_4M.fd',
            'offset 0x0: no metadata: this is a UEFI variable store '
            '(VARS); give the firmware image [other-format]'),
]
