# SPDX-License-Identifier: Apache-2.0
"""All golden tests: an image, arguments, and what the program must say.

Messages are written as they stand on standard error, without "mrtd-calc: fw: "
in front. They were written by hand, from the layout of images.py:

    0xe000 metadata GUID     0xe010 TDVF_DESCRIPTOR   0xe020 section 0
    0xe014 Length            0xe018 Version           0xe01c number of sections
    0xe020 + 0x20 * i        DataOffset of section i  + 0x04 RawDataSize
    + 0x08 MemoryAddress     + 0x10 MemoryDataSize    + 0x18 Type
    + 0x1c Attributes
    0xffb8 TDX entry's data  0xffbc its length        0xffbe its GUID
    0xffce table's length    0xffd0 footer's GUID     0xffe0 32-bit offset
"""

import debian
import edges
import formats
import igvm_cases
import igvm_edges
import notes
import sections
import snp_cases
import warned

CASES = (formats.CASES + sections.CASES + warned.CASES + notes.CASES
         + edges.CASES + igvm_cases.CASES + igvm_edges.CASES + debian.CASES
         + snp_cases.CASES)
