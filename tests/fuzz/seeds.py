#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""seeds.py TARGET FOLDER: inputs to begin with, and each of them cut off.

Those of golden and cli tests; a fuzz target's own corpus comes on top.
"""

import hashlib
import json
import pathlib
import sys

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / name) for name in ('golden', 'cli', 'volume')]

import evidence  # noqa: E402
import firmware  # noqa: E402
import igvm_cases  # noqa: E402
import images  # noqa: E402
from cases import CASES  # noqa: E402

MOST = 1 << 17


def of_image():
    for case in CASES:
        if isinstance(case.image, images.Image) and case.image.size == 0:
            yield case.image.data
    whole = images.image().data
    # Every field of the metadata, and of the table at the end, cut off.
    for size in range(images.DESCRIPTOR - 16, images.DESCRIPTOR + 160, 4):
        yield whole[:size]
    for start in range(0xff00, 0x10000, 4):
        yield whole[start:]
    file = igvm_cases.Igvm(igvm_cases.EVERYTHING).encode()
    for size in range(0, 400, 4):
        yield file[:size]


def of_claims():
    value = bytes(range(48))
    text = value.hex()
    forms = [text.encode(), evidence.quote(value),
             evidence.corim({0: 83, 1: {2: [[7, value]]}}),
             evidence.corim({1: {-83: [[7, value]]}}),
             evidence.cbor(evidence.Tag(1398229316, {
                 0: 'i', 1: 'n', 2: {31: 'e', 33: [1, 2]}, 12: 0, 6: {
                     17: {7: [7, value]}, 19: {29: 'x', 'mr_td': text}}})),
             json.dumps({'mr_td': [text]}).encode(),
             json.dumps([[{'op': 'test', 'path': '/MrTd',
                           'value': text}]]).encode(),
             json.dumps({'subject': [{'digest': {'sha384': text}}],
                         'predicate': {'mrtd': text}}).encode(),
             b'policy { td_quote_body_policy { any_mr_td: "\\x11" } }',
             b'match if { input.tdx.tdx_mrtd == "%s" }' % text.encode()]
    for data in forms:
        yield data
        for size in range(0, len(data), 8):
            yield data[:size]


def of_volume():
    """Small firmware volumes with modules, packed and not, and what they are
    made of."""
    inner = firmware.dxe_volume()
    for data in (inner, firmware.sec_volume(), firmware.main_volume(),
                 firmware.main_volume(inner=inner), firmware.plain().data,
                 firmware.pe(), firmware.te(firmware.pe())):
        yield data
        for size in range(0, min(len(data), 2048), 16):
            yield data[:size]


def main():
    target, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    made = {'claims': of_claims, 'image': of_image, 'print': of_image,
            'volume': of_volume}
    for data in made[target]():
        if len(data) <= MOST:
            name = hashlib.sha1(data).hexdigest()
            (folder / name).write_bytes(data)


if __name__ == '__main__':
    main()
