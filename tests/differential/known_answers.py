#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks reference.py itself against answers that others computed."""

import hashlib
import pathlib
import struct
import sys
import uuid

import reference as ref

TESTDATA = pathlib.Path(__file__).resolve().parents[2] / 'testdata'
CLEAN_SHA256 = ('47a603340d574eaa6b5511190923112c'
                '75b04f68175223682d572968188d2d27')
CLEAN = {
    'spec': '6e540be4917f24f74cc3292b59803d06dc7c38eb4a3c1fd6be9c735ba74bb7a2'
            '3e25f98da94779d17508b243e4fb582b',
    'kvm-v19': 'e9f135ce5bcbb476142fc01fe5f4e6e674562a1593d8780f1109526a69c38a'
               'ffce8f941187a21133ed62f65e7017783c',
}
OVMF = pathlib.Path('/usr/share/ovmf/OVMF.fd')
OVMF_SHA256 = ('7b456907dd0786d415999e801a1ac4637'
               'b8ed4d7cf5378cfc6edbe5e574dd773')
OVMF_MRTD = {
    'spec': '4c7206f0f483c524f12c366c711e9049030a8d47c471ee5aa9c4999a08de4057f'
            'b887fed0744d5631a212967fb231c47',
    'kvm-v19': 'acccbcc870a381adab0d3919d90a7f268ac3b0364771f202ed4bb4e892d045'
               'b33db3b32e6924cba830a724eed443f7e1',
}


def clean_example():
    """The 2 MiB image of Google's gce-tcb-verifier (74582c0), from its
    description in testing/fakeovmf and ovmf/abi."""
    size = 2 << 20
    image = bytearray(size)
    sev = b''.join(struct.pack('<III', *s) for s in (
        (0xff001000, 0x1000, 1), (0xff003000, 0x1000, 3),
        (0xff004000, 0x1000, 2)))
    image[0:16] = struct.pack('<4sIII', b'ASEV', 16 + len(sev), 1, 3)
    image[16:16 + len(sev)] = sev
    sections = b''.join(struct.pack('<IIQQII', *s) for s in (
        (0x20000, 0x1e0000, 0xffe20000, 0x1e0000, 0, 1),
        (0, 0x20000, 0xffe00000, 0x20000, 1, 0),
        (0, 0, 0x810000, 0x10000, 3, 0), (0, 0, 0x80b000, 0x2000, 3, 0),
        (0, 0, 0x809000, 0x2000, 2, 0), (0, 0, 0x800000, 0x6000, 3, 0)))
    metadata = ref.METADATA.bytes_le + struct.pack(
        '<4sIII', b'TDVF', 16 + len(sections), 1, 6) + sections
    image[0x100:0x100 + len(metadata)] = metadata
    for at in (0x800, 0xa00):
        image[at:at + 16] = b'LGTM' * 4
    table = b''.join(
        struct.pack('<IH', value, 22) + uuid.UUID(guid).bytes_le
        for value, guid in (
            (size - 0x110, 'e47a6535-984a-4798-865e-4685a7bf8ec2'),
            (size, 'dc886566-984a-4798-a75e-5585a7bf67cc'),
            (0xff0000ff, '00f771de-1a7e-4fcb-890e-68c77e2fb44e')))
    table += struct.pack('<H', len(table) + 18) + ref.FOOTER.bytes_le
    image[size - 0x20 - len(table):size - 0x20] = table
    return bytes(image)


def listed(name, profile):
    """The answers of a list in testdata."""
    for line in (TESTDATA / name).read_text().splitlines():
        label = '' if profile == 'spec' else f'[{profile}]'
        file, mrtd = line.removeprefix(f'MRTD{label} (').split(') = ')
        yield file, profile, (TESTDATA / file).read_bytes(), mrtd


def answers():
    """(name, profile, image, MRTD)"""
    yield from listed('MRTDSUMS', 'spec')
    yield from listed('MRTDSUMS.kvm-v19', 'kvm-v19')
    clean = clean_example()
    if hashlib.sha256(clean).hexdigest() != CLEAN_SHA256:
        sys.exit('CleanExample is not the published image')
    for profile, mrtd in CLEAN.items():
        yield 'CleanExample', profile, clean, mrtd
    if OVMF.exists() and \
            hashlib.sha256(OVMF.read_bytes()).hexdigest() == OVMF_SHA256:
        for profile, mrtd in OVMF_MRTD.items():
            yield str(OVMF), profile, OVMF.read_bytes(), mrtd
    else:
        print(f'skipped: {OVMF} is not that of ovmf 2022.11-6+deb12u2')


def main():
    failed = 0
    for name, profile, image, mrtd in answers():
        good = ref.evaluate(image, profile).mrtd == mrtd
        failed += not good
        print('ok    ' if good else 'FAILED', name, profile)
    sys.exit(1 if failed else 0)


if __name__ == '__main__':
    main()
