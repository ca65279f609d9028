# SPDX-License-Identifier: Apache-2.0
"""Seeded images: valid ones after real shapes, and mutated ones."""

import struct

import reference as ref

PAGE = 4096
INTERESTING_64 = (0, 1, PAGE - 1, PAGE, PAGE + 1, 1 << 31, 1 << 32,
                  (1 << 47) - PAGE, 1 << 47, (1 << 51) - PAGE, 1 << 51,
                  (1 << 51) + PAGE, 1 << 63, (1 << 64) - PAGE, (1 << 64) - 1)
INTERESTING_32 = (0, 1, 2, 3, 4, 5, 8, 9, 15, 16, 17, 48, 80, 255, 256, 4095,
                  4096, 4097, 0x7fffffff, 0x80000000, 0xfffff000, 0xffffffff)


class Layout:
    """An image as its parts, so that they can be broken one by one."""

    def __init__(self, rng):
        self.rng = rng
        self.sections = []
        self.content = rng.randbytes(rng.choice((1, 2, 3, 5)) * PAGE)
        if rng.random() < 0.3:
            self.content = self.content[:-PAGE // 2] + bytes(PAGE // 2)
        self.guid = ref.METADATA.bytes_le
        self.version = 1
        self.length = self.count = None
        self.signature = b'TDVF'
        self.table = rng.random() < 0.8
        self.pointer = rng.choice((None, 'same', 'other', 'noise')) \
            if self.table else 'same'
        # Entries in file order: (GUID, data), the TDX entry is (None, None).
        self.entries = [(None, None)]
        for _ in range(rng.choice((0, 0, 1, 3))):
            other = (rng.randbytes(16), rng.randbytes(rng.randrange(30)))
            self.entries.insert(rng.randrange(len(self.entries) + 1), other)
        self.from_end = None
        self.table_length = None
        self.pad = rng.choice((0, 0, 7, 64))

    def build(self):
        body = b''.join(struct.pack('<IIQQII', *s) for s in self.sections)
        count = len(self.sections) if self.count is None else self.count
        length = 16 + 32 * len(self.sections) if self.length is None \
            else self.length
        descriptor = struct.pack('<4sIII', self.signature, length,
                                 self.version, count) + body
        head = self.content + bytes(self.pad) + self.guid + descriptor
        at = len(head) - len(descriptor)
        table = self.build_table(at, len(head)) if self.table else b''
        tail = bytearray(0x20)
        pointer = {'same': at, 'noise': self.rng.getrandbits(32),
                   'other': 0}.get(self.pointer)
        if self.pointer == 'other':
            # A second descriptor, which nobody should look at.
            pointer = len(head) + 16
            head += bytes(16) + b'TDVF' + bytes(12)
            table = self.build_table(at, len(head)) if self.table else b''
        if pointer is not None:
            struct.pack_into('<I', tail, 0, pointer)
        return head + table + bytes(tail)

    def build_table(self, at, before):
        size = sum(18 + (4 if g is None else len(d)) for g, d in self.entries)
        from_end = before + size + 18 + 0x20 - at if self.from_end is None \
            else self.from_end
        parts = []
        for guid, data in self.entries:
            if guid is None:
                guid = ref.TDX_ENTRY.bytes_le
                data = struct.pack('<I', from_end & 0xffffffff)
            parts.append(data + struct.pack('<H', len(data) + 18) + guid)
        total = size + 18 if self.table_length is None else self.table_length
        return b''.join(parts) + struct.pack('<H', total) + \
            ref.FOOTER.bytes_le


def valid(rng):
    """A layout in which every section is in order."""
    image = Layout(rng)
    pages = len(image.content) // PAGE
    place = rng.randrange(0x100, 0x10000) * PAGE

    def memory(size):
        nonlocal place
        place += rng.choice((0, 1, 16)) * PAGE
        start = place
        place += size
        return start

    def data_section(kind, attributes):
        first = rng.randrange(pages)
        length = rng.randrange(1, (pages - first) * PAGE + 1)
        if rng.random() < 0.6:
            length = -(-length // PAGE) * PAGE
        size = -(-length // PAGE) * PAGE + rng.choice((0, 0, 0, 1, 2)) * PAGE
        return [first * PAGE, length, memory(size), size, kind, attributes]

    def empty_section(kind, attributes, most=6):
        size = rng.randrange(1, most) * PAGE
        return [0, 0, memory(size), size, kind, attributes]

    bfv = data_section(ref.BFV, 1)
    if rng.random() < 0.8:
        bfv[2] = (1 << 32) - bfv[3]
    sections = [bfv]
    if rng.random() < 0.7:
        sections.append(data_section(ref.CFV, 0))
    sections += [empty_section(ref.TEMP_MEM, 0)
                 for _ in range(rng.randrange(4))]
    if rng.random() < 0.8:
        sections.append(empty_section(ref.TD_HOB, 0, 3))
    if rng.random() < 0.3:
        sections.append(empty_section(ref.PERM_MEM, rng.choice((2, 2, 0)),
                                      40))
    if rng.random() < 0.4:
        kind = rng.choice((data_section, empty_section))
        sections.append(kind(ref.PAYLOAD, rng.randrange(2)))
        if rng.random() < 0.5:
            sections.append(empty_section(ref.PARAM, 0, 3))
    for kind in (ref.TD_INFO, ref.TD_PARAMS):
        if rng.random() < 0.2:
            sections.append([bfv[0], min(bfv[1], 28), 0, 0, kind, 0])
    if rng.random() < 0.5:
        rng.shuffle(sections)
    image.sections = sections
    return image


def mutate(image, rng):
    """Breaks one thing, or makes it odd."""
    choice = rng.randrange(12)
    if choice < 6:
        section = rng.choice(image.sections)
        field = rng.randrange(6)
        section[field] = mutated_field(image, section, field, rng)
    elif choice == 6:
        name = rng.choice(('count', 'length', 'version', 'from_end'))
        setattr(image, name, rng.choice(INTERESTING_32))
    elif choice == 7:
        image.table_length = rng.choice((0, 1, 17, 18, 19, 40, 0xffff,
                                         rng.randrange(200)))
    elif choice == 8:
        image.guid = rng.choice((bytes(16), ref.METADATA.bytes))
    elif choice == 9:
        image.signature = rng.choice((b'TDVG', b'\0' * 4, b'VDTF'))
    elif choice == 10:
        image.sections.append(list(rng.choice(image.sections)))
        if rng.random() < 0.5:
            image.sections[-1][2] += rng.choice((-1, 1)) * PAGE
            image.sections[-1][2] %= 1 << 64
    else:
        image.entries.append((None, None))


def mutated_field(image, section, field, rng):
    """A new value for one field of a section."""
    if rng.random() < 0.3:
        bits = 64 if field in (2, 3) else 32
        return (section[field] + rng.choice((-PAGE, -1, 1, PAGE))) % (1 << bits)
    if field in (2, 3):
        if rng.random() < 0.3:
            other = rng.choice(image.sections)
            return (other[2] + rng.choice((0, PAGE, other[3]))) % (1 << 64)
        return rng.choice(INTERESTING_64)
    if field == 4:
        return rng.randrange(11)
    if field == 5:
        return rng.choice((0, 1, 2, 3, 4, 5, 0x80000001, 0xffffffff))
    return rng.choice(INTERESTING_32 + (len(image.content),))


def damage(data, rng):
    """Damages the bytes, without knowing what they mean."""
    choice = rng.randrange(4)
    if choice == 0:
        return data[:rng.randrange(len(data) + 1)]
    if choice == 1:
        return data[rng.randrange(len(data) + 1):]
    if choice == 2:
        return rng.randbytes(rng.choice((0, 1, 31, 32, 47, 48, 50, 200, 5000)))
    data = bytearray(data)
    for _ in range(rng.randrange(1, 4)):
        # The metadata and the table are near the end.
        at = len(data) - 1 - rng.randrange(min(len(data), 600))
        data[at] = rng.randrange(256)
    return bytes(data)


def image(rng):
    """One image: four of ten are valid."""
    layout = valid(rng)
    kind = rng.random()
    if kind > 0.4:
        for _ in range(rng.choice((1, 1, 1, 2, 3))):
            mutate(layout, rng)
    data = layout.build()
    return damage(data, rng) if kind > 0.88 else data
