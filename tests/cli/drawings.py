# SPDX-License-Identifier: Apache-2.0
"""What show --html and show --svg wrote, read by other means."""

import html.parser
import re
import xml.etree.ElementTree as ElementTree
from typing import NamedTuple

import images

SVG = '{http://www.w3.org/2000/svg}'
VOID = {'meta', 'br', 'rect', 'path'}
TYPES = ('BFV', 'CFV', 'TD_HOB', 'TempMem', 'PermMem', 'Payload',
         'PayloadParam', 'TD_INFO', 'TD_PARAMS')
ATTRIBUTES = {0: '-', 1: 'MR.EXTEND', 2: 'PAGE.AUG', 3: 'MR.EXTEND+PAGE.AUG'}


class Element:
    """An element of a page."""

    def __init__(self, tag, attributes):
        self.tag = tag
        self.attributes = dict(attributes)
        self.children = []  # elements and strings

    @property
    def text(self):
        return ''.join(child if isinstance(child, str) else child.text
                       for child in self.children)

    def all(self, tag=None, **attributes):
        """Elements inside, in their order; class_ is class."""
        for child in self.children:
            if isinstance(child, Element):
                if tag in (None, child.tag) and all(
                        child.attributes.get(name.rstrip('_')) == value
                        for name, value in attributes.items()):
                    yield child
                yield from child.all(tag, **attributes)

    def one(self, tag=None, **attributes):
        found = list(self.all(tag, **attributes))
        assert len(found) == 1, (tag, attributes, len(found))
        return found[0]


class _Parser(html.parser.HTMLParser):
    """Elements must be closed in their order."""

    def __init__(self):
        super().__init__()
        self.root = Element('', [])
        self.open = [self.root]

    def handle_starttag(self, tag, attrs):
        element = Element(tag, attrs)
        assert len(element.attributes) == len(attrs), attrs
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag, attrs):
        assert tag in VOID, tag
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag):
        assert self.open.pop().tag == tag, tag

    def handle_data(self, data):
        self.open[-1].children.append(data)


def parse_page(text):
    parser = _Parser()
    parser.feed(text)
    parser.close()
    assert parser.open == [parser.root], parser.open[-1].tag
    return parser.root


# --- What a page must show, made from the JSON --------------------------------

def size(number):
    """Exact where the digits are few, else with two decimals."""
    units = ('B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB')
    exact = [i for i in range(len(units))
             if number % 1024 ** i == 0 and number // 1024 ** i <= 9999]
    if exact and (number >= 1024 ** max(exact) or number == 0):
        unit = max((i for i in exact if number >= 1024 ** i), default=0)
        return f'{number // 1024 ** unit} {units[unit]}'
    unit = max(i for i in range(len(units)) if number >= 1024 ** i)
    return f'{number / 1024 ** unit:.2f} {units[unit]}'


def byte_range(start, length):
    return f'{start:#x}-{start + length - 1:#x}' if length else '-'


def treatment(section):
    words = [word for word, name in (('added', 'added_pages'),
                                     ('measured', 'extended_pages'))
             if section[name]]
    return ', '.join(words) or 'nothing'


def row(section):
    """The table's row of a section of the JSON."""
    number = {name: int(section[name], 16) for name in (
        'data_offset', 'raw_data_size', 'memory_address', 'memory_data_size',
        'attributes')}
    return [str(section['index']), section['type_name'], treatment(section),
            byte_range(number['data_offset'], number['raw_data_size']),
            byte_range(number['memory_address'], number['memory_data_size']),
            size(number['memory_data_size']),
            ATTRIBUTES.get(number['attributes'], section['attributes']),
            str(section['added_pages']), str(section['extended_pages']),
            str(section['hashed_bytes'])]


def guest_rows(document):
    """The rows of the sections of a guest of AMD's platforms; each has one run
    at most."""
    runs = {run['section']: run for run in document['runs']}
    for section in document['sections']:
        number = {name: int(section[name], 16) for name in (
            'data_offset', 'data_size', 'gpa', 'size')}
        run = runs.get(section['index'])
        hashed = run is not None and run['content'] != 'not-hashed'
        pages = number['size'] // 4096
        yield [str(section['index']), section['type_name'],
               'nothing' if run is None
               else 'given, measured' if hashed else 'given',
               byte_range(number['data_offset'], number['data_size']),
               byte_range(number['gpa'], number['size']),
               size(number['size']), str(0 if run is None else pages),
               str(pages if hashed else 0)]


def finding(note):
    offset = f'offset {note["offset"]}: ' if note['offset'] else ''
    return (f'{note["severity"]}: {offset}{note["message"]} '
            f'[{note["code"]}]')


# --- Pictures ------------------------------------------------------------------

class Band(NamedTuple):
    """A band of the picture: its place, and its lines of text."""
    column: str  # 'file' or 'memory'
    kind: str  # 'measured', 'added', 'not' or 'gap'
    top: int
    bottom: int
    lines: tuple


class Ribbon(NamedTuple):
    """What joins the two places of a section: pixels at each side."""
    kind: str
    file: tuple
    memory: tuple


def _bands(root):
    for group in root.iter(f'{SVG}g'):
        body = group.find(f'{SVG}rect')
        if body.get('width') != '46%':
            continue  # of the legend
        top = int(body.get('y'))
        yield Band({'0': 'file', '54%': 'memory'}[body.get('x')],
                   group.get('class').removeprefix('mrtd-'), top,
                   top + int(body.get('height')),
                   tuple(''.join(text.itertext())
                         for text in group.iter(f'{SVG}text')))


def _ribbons(root):
    for path in root.iter(f'{SVG}path'):
        n = [int(number) for number in re.findall(r'\d+', path.get('d'))]
        # M0 a C50 a 50 b 100 b V c C50 c 50 d 0 d Z
        a, b, c, d = n[1], n[5], n[8], n[12]
        assert n == [0, a, 50, a, 50, b, 100, b, c, 50, c, 50, d, 0, d], n
        yield Ribbon(path.get('class').split()[1].removeprefix('mrtd-'),
                     (a, d), (b, c))


class Picture:
    """A picture that is a file of its own."""

    def __init__(self, text):
        self.root = ElementTree.fromstring(text)
        assert self.root.tag == f'{SVG}svg'
        self.bands = list(_bands(self.root))
        self.ribbons = list(_ribbons(self.root))
        self.texts = [''.join(element.itertext())
                      for element in self.root.iter(f'{SVG}text')]

    def column(self, name):
        return [band for band in self.bands if band.column == name]


# --- Images to draw --------------------------------------------------------------

def all_kinds():
    """Sections of all types, and of all that may become of them."""
    section = images.Section
    return images.image((
        section(0, 0x1000, 0xfffff000, 0x1000, 0, 1),
        section(0x2000, 0x800, 0xffffe000, 0x1000, 1, 0),
        images.TD_HOB, images.TEMP_MEM, images.PERM_MEM, images.PAYLOAD,
        images.PARAM, section(0x100, 0x40, 0, 0, 7, 0),
        section(0x200, 0x40, 0, 0, 8, 0)))


def many(count):
    """That many sections of different sizes; every second has data."""
    section = images.Section
    sections, address = [images.BFV, images.TD_HOB], 0x1000000
    for i in range(2, count):
        pages = 1 << i % 5
        raw = 0x20 * (i % 3) if i % 2 else 0
        sections.append(section(
            0x4000 + 0x10 * i if raw else 0, raw, address, pages << 12,
            5 if i % 2 else 3, i % 2))
        address += (pages << 12) + (0x3000 if i % 3 else 0)
    return images.image(tuple(sections), size=0x20000, at=0x11010)


def sizes():
    """4 KiB next to 16 MiB."""
    section = images.Section
    return images.image((
        section(0, 1 << 24, 0xff000000, 1 << 24, 0, 1),
        section(1 << 24, 0x1000, 0xfeff0000, 0x1000, 1, 0), images.TD_HOB),
        size=(1 << 24) + images.SIZE, at=(1 << 24) + images.DESCRIPTOR)
