# SPDX-License-Identifier: Apache-2.0
"""DER (ITU-T X.690): made, and read strictly."""

import datetime

BOOLEAN, INTEGER, BITS, OCTETS, NULL, OID, ENUMERATED = 1, 2, 3, 4, 5, 6, 10
UTF8, PRINTABLE, IA5, UTC_TIME, TIME = 12, 19, 22, 23, 24
SEQUENCE, SET = 0x30, 0x31


class Error(Exception):
    """The bytes are not the DER of what was asked for."""


# --- Made ---------------------------------------------------------------------

def make(tag, *contents):
    content = b''.join(contents)
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, 'big')
    return bytes((tag, 0x80 | len(length))) + length + content


def sequence(*contents):
    return make(SEQUENCE, *contents)


def integer(number, tag=INTEGER):
    return make(tag, number.to_bytes(number.bit_length() // 8 + 1, 'big'))


def boolean(value):
    return make(BOOLEAN, b'\xff' if value else b'\0')


def oid(text):
    first, second, *rest = map(int, text.split('.'))
    out = b''
    for number in [40 * first + second] + rest:
        part = bytes((number & 0x7f,))
        while number >> 7:
            number >>= 7
            part = bytes((number & 0x7f | 0x80,)) + part
        out += part
    return make(OID, out)


def bits(data, unused=0):
    return make(BITS, bytes((unused,)), data)


def octets(data):
    return make(OCTETS, data)


def time(seconds):
    """Of seconds since 1970, as RFC 5280, 4.1.2.5 has it."""
    moment = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
    short = 1950 <= moment.year < 2050
    text = moment.strftime('%y%m%d%H%M%SZ' if short else '%Y%m%d%H%M%SZ')
    return make(UTC_TIME if short else TIME, text.encode())


# --- Read ---------------------------------------------------------------------

class Item:
    """A tag, its content, and the whole as it was."""

    def __init__(self, tag, content, raw):
        self.tag, self.content, self.raw = tag, content, raw

    def expect(self, tag):
        if self.tag != tag:
            raise Error(f'the tag is {self.tag:#x}, not {tag:#x}')
        return self

    def items(self, tag=SEQUENCE):
        return read_all(self.expect(tag).content)

    def number(self, tag=INTEGER):
        content = self.expect(tag).content
        if not content or content[0] & 0x80:
            raise Error('a number that is empty or negative')
        if len(content) > 1 and not content[0] and not content[1] & 0x80:
            raise Error('a number with a zero in front')
        return int.from_bytes(content, 'big')

    def truth(self):
        content = self.expect(BOOLEAN).content
        if content not in (b'\0', b'\xff'):
            raise Error('a BOOLEAN that is neither 00 nor ff')
        return content == b'\xff'

    def oid(self):
        """As text with dots."""
        content = self.expect(OID).content
        if not content or content[-1] & 0x80:
            raise Error('an OID that has no end')
        numbers, number, starts = [], 0, True
        for byte in content:
            if starts and byte == 0x80:
                raise Error('an OID with a zero in front')
            number = number << 7 | byte & 0x7f
            starts = not byte & 0x80
            if starts:
                numbers.append(number)
                number = 0
        first = min(numbers[0] // 40, 2)
        return '.'.join(map(str, [first, numbers[0] - 40 * first]
                            + numbers[1:]))

    def whole_bits(self):
        """A BIT STRING of whole bytes."""
        content = self.expect(BITS).content
        if not content or content[0]:
            raise Error('a BIT STRING with unused bits')
        return content[1:]

    def seconds(self):
        """A time, as seconds since 1970."""
        size = {UTC_TIME: 13, TIME: 15}.get(self.tag)
        text = self.content
        if len(text) != size or text[-1:] != b'Z' or not text[:-1].isdigit():
            raise Error('not a time')
        text = text[:-1].decode()
        if self.tag == UTC_TIME:
            text = ('19' if text >= '50' else '20') + text
        try:
            moment = datetime.datetime.strptime(text, '%Y%m%d%H%M%S')
        except ValueError:
            raise Error('not a time') from None
        return int(moment.replace(tzinfo=datetime.timezone.utc).timestamp())


def _read(data, at):
    """The item at an offset, and where it ends."""
    if len(data) - at < 2:
        raise Error('an item that has no length')
    tag, size, start = data[at], data[at + 1], at + 2
    if tag & 0x1f == 0x1f:
        raise Error('a tag of more than a byte')
    if size >= 0x80:
        count = size & 0x7f
        length = data[start:start + count]
        if not 0 < count <= 4 or len(length) != count:
            raise Error('a length of no or too many bytes')
        size, start = int.from_bytes(length, 'big'), start + count
        if size < 0x80 or not length[0]:
            raise Error('a length that is longer than it has to be')
    if size > len(data) - start:
        raise Error('an item that ends after what it is in')
    return Item(tag, data[start:start + size], data[at:start + size]), \
        start + size


def read_all(data):
    """Items that fill the data."""
    items, at = [], 0
    while at < len(data):
        item, at = _read(data, at)
        items.append(item)
    return items


def read(data):
    """The one item that the data is."""
    item, end = _read(data, 0)
    if end != len(data):
        raise Error('bytes after the item')
    return item
