# SPDX-License-Identifier: Apache-2.0
"""What lint's own findings say of an image, and where: for cases of lint.py.

Offsets are those of images.py's layout: TDVF_SECTION i stands at 0xe020 +
32 * i, the GUIDed table ends at 0xffe0. Sizes are those of the case.
"""

import words

PAGE = 'vmm.md'

TEMP_MEM = 0xe020 + 3 * 32
CFV = 0xe020 + 32
RAW_SIZE, ADDRESS, MEMORY_SIZE, TYPE, ATTRIBUTES = 4, 8, 16, 24, 28

# VMM and case: offset (or None) and message of the finding with this code.
MESSAGES = {
    ('gce', 'type 4', 'gce-type'): (
        0xe020 + 4 * 32 + TYPE, 'section 4 (PermMem): GCE loads types 0 to 3 '
        'only, and refuses this image'),
    ('gce', 'more memory than data', 'gce-volume'): (
        CFV + RAW_SIZE, 'section 1 (CFV): RawDataSize 0x4000 is not '
        'MemoryDataSize 0x8000, or 0, which GCE refuses for a volume'),
    ('gce', 'a measured TempMem', 'gce-measured'): (
        TEMP_MEM + ATTRIBUTES, 'section 3 (TempMem): GCE has no data of a '
        'TempMem that could be measured'),
    ('gce', 'PAGE.AUG', 'gce-aug'): (
        TEMP_MEM + ATTRIBUTES, 'section 3 (TempMem): GCE does not look at '
        'PAGE.AUG and adds these pages; its MRTD is not the specification\'s'),
    ('gce', 'past 2^47', 'gpaw'): (
        TEMP_MEM + ADDRESS, 'section 3 (TempMem): it reaches past 2^47, which '
        'a TD with GPAW 0 cannot map'),
    ('gce', 'the 32-bit offset alone', 'gce-locator'): (
        None, 'GCE finds the metadata by the GUIDed table only, and refuses '
        'this image'),
    # Below the footer: an entry of 18 bytes, TDX's of 22, the second.
    ('gce', 'a GUID twice', 'gce-duplicate'): (
        0xffe0 - 18 - 18 - 22 - 18, 'GCE refuses a GUIDed table with '
        'dc886566-984a-4798-a75e-5585a7bf67cc twice'),
    ('gce', 'no TD_HOB', 'gce-hob'): (
        None, 'GCE needs exactly one TD_HOB section, not 0'),
    ('gce', 'two TD_HOBs', 'gce-hob'): (
        None, 'GCE needs exactly one TD_HOB section, not 2'),
    ('gce', 'not all of the file', 'gce-total'): (
        None, 'the volumes are 0x10000 bytes, the file is 0x11000; GCE refuses '
        'what is not all volumes'),
    ('gce', 'good', 'gce-hob-bug'): (
        None, 'earlier versions of GCE measured every section and the TD HOB, '
        'so that the MRTD depends on the machine\'s memory: such a value '
        'cannot be predicted from the file'),
    ('qemu', 'no RAM there', 'not-ram'): (
        TEMP_MEM + ADDRESS, 'section 3 (TempMem): GPAs 0xff040000-0xff040fff: '
        'the machine q35 has no RAM from 0xb0000000 to 4 GiB, where the '
        'firmware is'),
    ('qemu', 'data alignment', 'data-alignment'): (
        CFV, 'section 1 (CFV): DataOffset 0x800 is not a multiple of 4096, as '
        'KVM requires'),
    ('qemu', 'zero fill', 'zero-fill'): (
        CFV + MEMORY_SIZE, 'section 1 (CFV): after its data 0x2000 bytes that '
        'follow in the file are measured, not zeros; the MRTD is not the '
        'specification\'s'),
}


def differences(vmm, name, findings):
    """What is not as expected, as lines."""
    for f in findings:
        text = f['message']
        begins = '' if f['section'] is None else f'section {f["section"]} ('
        if not text.startswith(begins) or \
                (f['section'] is None and text.startswith('section ')):
            yield f'section {f["section"]}: {text}'
        wanted = MESSAGES.get((vmm, name, f['code']))
        offset = None if f['offset'] is None else int(f['offset'], 0)
        if wanted and (offset, text) != wanted:
            yield f'{f["offset"]}: {text}, not {wanted}'


def described(vmm):
    """Names of software and sources that are not those of docs/vmm.md."""
    for field in ('software', 'source'):
        unknown = words.unknown(vmm[field], PAGE)
        if unknown:
            yield f'{field}: {PAGE} has no {" ".join(unknown)}'


def missing(cases):
    """Messages of which there is no case."""
    shown = {(case.vmm.strip(), case.name) for case in cases}
    return [f'no case: {key}' for key in MESSAGES if key[:2] not in shown]
