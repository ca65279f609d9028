#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks reference.py itself against answers that others computed."""

import hashlib
import pathlib
import sys

import reference as ref

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / 'lib'))

import sev  # noqa: E402

TESTDATA = pathlib.Path(__file__).resolve().parents[2] / 'testdata'
# CleanExample of google/gce-tcb-verifier (74582c0), of 2 MiB.
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
    clean = sev.clean_example(2 << 20)
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
