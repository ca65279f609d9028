# SPDX-License-Identifier: Apache-2.0
"""CoRIM, CoSWID and COSE that do not say what they seem to say.

RFC 8949, 9052 and 9393; draft-ietf-rats-corim-11 and
draft-cds-rats-intel-corim-profile for the numbers.
"""

import base64
import hashlib
import json
import random
import unittest

import evidence
from evidence import Tag, cbor, head
import images
from support import TestCase, calc, mrtd, value_of

INTEL = bytes.fromhex('6086480186f84d011001')
TD = bytes.fromhex('45b734fcaa4e4c3dad28e43d08880e68')
TD_10 = bytes.fromhex('a1e4ee9ca12e48acbed0e3f89297f687')
BAD = bytes(range(48))
YEAR = 365 * 86400
NOW = '2026-06-01T00:00:00Z'
NOW_SECONDS = 1780272000


class Raw(bytes):
    """An item that is encoded already."""


def enc(item):
    """As cbor(), with Raw items and maps as lists of pairs."""
    if isinstance(item, Raw):
        return bytes(item)
    if isinstance(item, Pairs):
        return head(5, len(item.pairs)) + b''.join(
            enc(key) + enc(value) for key, value in item.pairs)
    if isinstance(item, dict):
        return enc(Pairs(*item.items()))
    if isinstance(item, (list, tuple)):
        return head(4, len(item)) + b''.join(map(enc, item))
    if isinstance(item, Tag):
        return head(6, item.number) + enc(item.item)
    return cbor(item)


class Pairs:
    """A map that may have a key twice."""

    def __init__(self, *pairs):
        self.pairs = pairs


# The type of our resources; what a signer has to say.
TYPE = 'mrtd-calc.tdx.mrtd'
META = enc({0: {0: 'e'}})


def td():
    return {0: {0: Tag(37, TD), 1: 'Intel', 2: 'TDX'}}


def comid(triples, ident='fw', **more):
    return {1: {0: ident}, 4: {0: triples}, **more}


def corim(*comids, ident='fw', profile=INTEL, extra=None):
    root = {0: ident, 1: [Tag(506, enc(c)) for c in comids]}
    if profile:
        root[3] = Tag(111, profile)
    root.update(extra or {})
    return enc(Tag(501, root))


def one(measurement, environment=None, **more):
    """A CoRIM of one measurement."""
    return corim(comid([[td() if environment is None else environment,
                          [measurement]]]), **more)


def digests(*pairs):
    return {0: 83, 1: {2: [list(pair) for pair in pairs]}}


class CborCase(TestCase):
    def setUp(self):
        super().setUp()
        self.image = self.write('fw', images.image())
        self.hex = mrtd(self.image)
        self.value = bytes.fromhex(self.hex)
        with open('fw', 'rb') as file:
            self.data = file.read()
        two_pass = calc('--vmm', 'kvm-v19', 'fw').text.split()[0]
        self.two_pass = bytes.fromhex(two_pass)
        self.assertNotEqual(self.value, self.two_pass)

    def verify(self, document, *args):
        self.write('doc', document)
        return calc('reference', '--verify', 'doc', '--time', NOW, *args, 'fw')

    def check_against(self, document, *args):
        self.write('doc', document)
        return calc('check', '--against', 'doc', '--time', NOW, *args, 'fw')

    def asked(self, document):
        """What each of the two says."""
        for ask in self.part((self.verify, self.check_against)):
            yield ask(document)

    def true(self, document, *notes):
        """Says that the MRTD is that of the image, with these notes."""
        for result in self.asked(document):
            self.assertEqual(result.status, 0, result)
            # Registers are not compared, which is said.
            lines = result.without('reference-unchecked').lines
            self.assertEqual(len(lines), len(notes), result)
            for line, note in zip(lines, notes):
                self.assertIn(note, line)

    def untrue(self, document, *, said=''):
        """Neither command says that it is, and says something else."""
        for result in self.asked(document):
            self.assertIn(result.status, (1, 3), result)
            self.assertNotIn(b': OK', result.stdout)
            self.assertNotIn(b': MATCH', result.stdout)
            self.assertTrue(any(said in line for line in result.lines)
                            or said in result.text, (said, result))

    def refused_by_both(self, document, said):
        for result in self.asked(document):
            self.refused(result, 3)
            self.assertIn(said, result.lines[0])


class Form(CborCase):
    """One value has one encoding."""

    TWICE = 'a map has this key twice'

    def test_keys_twice(self):
        """At every level of every document, in either order."""
        good = digests((7, self.value))

        def pair(make):
            return [make(a, b) for a, b in ((self.value, BAD),
                                            (BAD, self.value))]

        def tags(v):
            return [Tag(506, enc(comid([[td(), [digests((7, v))]]])))]
        documents = (
            pair(lambda a, b: enc(Tag(501, Pairs(
                (0, 'x'), (1, tags(a)), (1, tags(b)), (3, Tag(111, INTEL))))))
            + pair(lambda a, b: corim(Pairs(
                (1, {0: 'x'}),
                (4, {0: [[td(), [digests((7, a))]]]}),
                (4, {0: [[td(), [digests((7, b))]]]}))))
            + pair(lambda a, b: corim({1: {0: 'x'}, 4: Pairs(
                (0, [[td(), [digests((7, a))]]]),
                (0, [[td(), [digests((7, b))]]]))}))
            + pair(lambda a, b: one(Pairs((0, 83), (1, {2: [[7, a]]}),
                                          (1, {2: [[7, b]]}))))
            + pair(lambda a, b: one({0: 83, 1: Pairs((2, [[7, a]]),
                                                     (2, [[7, b]]))}))
            + pair(lambda a, b: one({1: Pairs((-83, [[7, a]]),
                                              (-83, [[7, b]]))}))
            + [one(Pairs((0, 83), (0, 84), (1, good[1]))),
               one(Pairs((0, 84), (0, 83), (1, good[1]))),
               one(good, {0: Pairs((1, 'Intel'), (1, 'AMD'))}),
               one(good, Pairs((0, {1: 'Intel'}), (0, {1: 'AMD'}))),
               one({**good, 2: [Pairs(('a', 1), ('b', 2), ('a', 3))]}),
               self.swid(Pairs((29, TYPE), ('mr_td', self.hex),
                               ('mr_td', BAD.hex()))),
               self.swid(Pairs((29, TYPE), ('mr_td', BAD.hex()),
                               ('mr_td', self.hex)))])
        for document in documents:
            self.refused_by_both(document, self.TWICE)

    def swid(self, resource, **more):
        return enc(Tag(1398229316, {
            0: 'i', 1: 'n', 2: {31: 'e', 33: [1, 2]}, 12: 0,
            6: {19: resource, **more}}))

    def test_longer_forms(self):
        """No head of a good document may be longer than it must be."""
        document = one(digests((7, self.value)), extra={
            4: {0: Tag(1, 0), 1: Tag(1, NOW_SECONDS + YEAR)}})
        self.true(document)
        for data, wrap in ((document, lambda d: d),
                           (enc(comid([[td(), [digests((7, self.value))]]])),
                            lambda d: corim(Raw(d))),
                           (self.swid({29: TYPE, 'mr_td': self.hex}),
                            lambda d: d)):
            for at, _, info, value in self.part(heads(data)):
                longer = data[:at] + bytes((data[at] & 0xe0 | info,))
                longer += value.to_bytes(1 << info - 24, 'big')
                longer += data[at + head_size(data[at]):]
                with self.subTest(at=at, info=info):
                    self.untrue(wrap(longer))
                if data[at] >> 5 in (2, 3, 4, 5):
                    indefinite = (data[:at] + bytes((data[at] | 31,))
                                  + data[at + head_size(data[at]):] + b'\xff')
                    self.refused_by_both(wrap(indefinite),
                                         'indefinite length')

    def test_what_is_no_item_here(self):
        """In a place where a reader would pass over it."""
        for item, why in (
                (b'\xf9\x3c\x00', 'floating-point'),
                (b'\xfa\x3f\x80\x00\x00', 'floating-point'),
                (b'\xfb' + bytes(8), 'floating-point'),
                (b'\xf7', 'simple value'), (b'\xe0', 'simple value'),
                (b'\xf8\x20', 'simple value'), (b'\xf8\x14', 'simple value'),
                (b'\x1c', 'reserved'), (b'\xff', 'indefinite'),
                (b'\x61\x80', 'UTF-8'), (b'\x62\xc0\x80', 'UTF-8'),
                (b'\x63\xed\xa0\x80', 'UTF-8'),
                (b'\x64\xf4\x90\x80\x80', 'UTF-8'),
                (b'\x63\xe0\x80\x80', 'UTF-8'),
                (b'\xa1\x40\x00', 'neither an integer nor text'),
                (b'\xa1\x80\x00', 'neither an integer nor text'),
                (b'\xa1\xc1\x00\x00', 'neither an integer nor text'),
                (b'\xa1\xf6\x00', 'neither an integer nor text'),
                (b'\x81' * 70 + b'\0', 'nested deeper')):
            with self.subTest(item=item):
                self.refused_by_both(one({**digests((7, self.value)),
                                          2: [Raw(item)]}), why)
        for item in (b'\xf4', b'\xf5', b'\xf6', b'\x63\xe2\x82\xac',
                     b'\x64\xf0\x9f\x98\x80', b'\xa1\x20\x00', b'\x80'):
            self.true(one({**digests((7, self.value)), 2: [Raw(item)]}))

    def test_many_keys(self):
        """Nothing is slow where a map has as many keys as fit."""
        pairs = [(k, 0) for k in range(100000)]
        random.Random(1).shuffle(pairs)
        self.true(corim(comid([[td(), [digests((7, self.value))]]]),
                        extra={5: [{0: 'e', 2: [{k: v for k, v in pairs}]}]}))
        self.refused_by_both(corim(comid(
            [[td(), [digests((7, self.value))]]]), extra={5: [
                {0: 'e', 2: [Pairs(*pairs, pairs[0])]}]}), self.TWICE)


def head_size(first):
    return 1 if first & 31 < 24 else 1 + (1 << (first & 31) - 24)


def heads(data):
    """Each head that has a longer form: offset, major, its info, value."""
    at = 0
    while at < len(data):
        major, info = data[at] >> 5, data[at] & 31
        size = head_size(data[at])
        value = int.from_bytes(data[at + 1:at + size], 'big') if info >= 24 \
            else info
        for longer in range(max(info + 1, 24), 28):
            if major < 7:
                yield at, major, longer, value
        at += size + (value if major in (2, 3) else 0)


class Digests(CborCase):
    def test_lists(self):
        v, two = self.value, 'two digests of one algorithm'
        pair = 'a digest that is not [algorithm, bytes]'
        for make in (lambda d: one({0: 83, 1: {2: d}}),
                     lambda d: one({1: {-83: d}})):
            self.true(make([[7, v]]))
            self.true(make([[7, v], [1, bytes(32)]]))
            self.true(make([['sha-384', v], [8, bytes(64)]]))
            self.true(make([[7, v], [99, b'x']]), 'the algorithm 99')
            self.true(make([['md5', b'x'], [7, v]]), 'the algorithm "md5"')
            for wrong, said in self.part((
                    ([[7, v, BAD]], pair), ([[7, v], 7, BAD], pair),
                    ([[7, v], [7, BAD]], two), ([[7, BAD], [7, v]], two),
                    ([[7, v], [7, v]], two),
                    ([[7, v], ['sha-384', BAD]], two),
                    ([[7, v], [1, bytes(31)]], 'does not have 32 bytes'),
                    ([[7, v], [8, bytes(48)]], 'does not have 64 bytes'),
                    ([[7, v[:47]]], 'does not have 48 bytes'),
                    ([[7, self.hex]], pair), ([[[7, v]]], pair),
                    ([[Tag(1, 7), v]], pair), ([['SHA-384', v]], ''),
                    ([[6, v]], ''), ([[11, v]], ''), ([[-7, v]], ''))):
                with self.subTest(wrong=wrong):
                    self.untrue(make(wrong), said=said)
        for wrong in ([7, v, 7, BAD], [7, v, BAD], [7, v, [7, BAD]], [],
                      [7], {7: v}, v, self.hex, 7, None):
            wrong = Raw(b'\xf6') if wrong is None else wrong
            with self.subTest(wrong=wrong):
                self.untrue(one({0: 83, 1: {2: wrong}}))
                self.untrue(one({1: {-83: wrong}}))
        self.true(one({1: {-83: [7, v]}}))
        self.untrue(one({0: 83, 1: {2: [7, v]}}))

    def test_sets(self):
        def make(operator, *values, tag=60020):
            return one({1: {-83: Tag(tag, [operator, [
                [7, value] for value in values]])}})
        self.true(make(6, self.value))
        # A set has other members, of which no image is known.
        self.assertEqual(self.check_against(make(6, BAD, self.value)).status,
                         0)
        self.untrue(make(7, self.value), said='not-member')
        for operator in self.part((*range(0, 6), *range(8, 24), 99, -7,
                                   2 ** 40)):
            self.untrue(make(operator, self.value), said='operator')
        for operator in ('member', b'\6', [6], Tag(1, 6)):
            self.untrue(make(operator, self.value), said='[operator, digests]')
        for tag in (60010, 60021, 60022, 563, 560, 564, 30):
            self.untrue(make(6, self.value, tag=tag), said=f'the tag {tag}')
        for item in ([6, [[7, self.value]], 7], [6], [], 6, {6: 7}):
            self.untrue(one({1: {-83: Tag(60020, item)}}))
        self.untrue(one({1: {-83: Tag(60020, [6, [7, self.value]])}}))
        # What it allows in one place and forbids in another.
        deny = {1: {-83: Tag(60020, [7, [[7, self.value]]])}}
        for both in ((digests((7, self.value)), deny),
                     (deny, digests((7, self.value)))):
            self.refused_by_both(corim(comid([[td(), list(both)]])),
                                 '[against-contradiction]')
        self.true(corim(comid([[td(), [digests((7, self.value)), {
            1: {-83: Tag(60020, [7, [[7, BAD]]])}}]]])), 'operator 7')

    def test_not_digests(self):
        for value in ({4: Tag(560, self.value)}, {4: self.value},
                      {4: Tag(563, [self.value, bytes(48)])}):
            self.untrue(one({0: 83, 1: value}), said='the value 4')
        for value in ({}, {14: {'mr_td': [[7, self.value]]}}):
            self.untrue(one({0: 83, 1: value}), said='it has no digests')


class Environments(CborCase):
    def other(self):
        oid = bytes.fromhex('6086480186f84d01020304')
        uuid = bytes.fromhex
        yield {0: {0: Tag(111, oid + b'\3'), 1: 'Intel Corporation',
                   2: 'TDX SEAM'}}
        for last in range(1, 8):
            yield {0: {0: Tag(111, oid + bytes((last,)))}}
        for model in ('TDX SEAM', 'TDXSEAM', 'TDX Module', 'TDX QE TCB',
                      'SGX QE', 'SGX', 'SEV-SNP', 'PCE'):
            yield {0: {1: 'Intel', 2: model}}
            yield {0: {0: Tag(37, TD), 1: 'Intel', 2: model}}
        for vendor in ('AMD', 'amd', 'Arm Ltd.', 'NVIDIA'):
            yield {0: {1: vendor, 2: 'x'}}
            yield {0: {0: Tag(37, TD), 1: vendor}}
        for class_id in ('3123ec358d384ea587a5d6c48b567570',
                         '9eec018b74814b1c8e1a9f7c0c8c777f',
                         'f708b97f0fb24e6b8b038a5bcd1221d3',
                         'bef7cb8c31aa42c1854c10db005d5c41',
                         '3769258c75e64bc78d72d2b0e224cad2'):
            yield {0: {0: Tag(37, uuid(class_id)), 1: 'Intel', 2: 'TDX'}}
        for wrong in (TD, TD[:15], b''):
            yield {0: {0: Tag(560, wrong), 1: 'Intel'}}
            if wrong != TD:
                yield {0: {0: Tag(37, wrong), 1: 'Intel'}}
        yield {**td(), 1: Tag(550, bytes(33))}
        yield {**td(), 2: Tag(37, bytes(16))}

    def test_other_things(self):
        """A value that is filed under another thing is none; and beside a
        right one it is passed over by name."""
        for environment in self.part(self.other()):
            for measurement in self.part((digests((7, self.value)),
                                          {1: {-83: [[7, self.value]]}})):
                with self.subTest(environment=environment):
                    self.untrue(one(measurement, environment),
                                said='skipped')
            wrong = [environment, [digests((7, BAD))]]
            right = [td(), [digests((7, self.value))]]
            for triples in self.part(([wrong, right], [right, wrong])):
                self.true(corim(comid(triples)), 'skipped')

    def test_names(self):
        """Only what is known to be a TD is one, whatever else is said."""
        rng = random.Random(6)
        names = ('Intel', 'Intel Corporation', 'INTEL')
        models = ('TDX', 'TD', 'TDX TD')
        classes = (Tag(37, TD), Tag(37, TD_10), None)
        measurements = (digests((7, self.value)),
                        {1: {-83: [[7, self.value]]}},
                        {0: 'mr_td', 1: {2: [[7, self.value]]}})

        def environment(class_id, vendor, model, **more):
            found = {0: class_id, 1: vendor, 2: model}
            found.update({int(key[1:]): value for key, value in more.items()})
            return {0: {key: value for key, value in found.items()
                        if value is not None}}
        for class_id in classes:
            for vendor in (*names, None):
                for model in self.part((*models, None)):
                    measurement = rng.choice(measurements)
                    document = one(measurement, environment(
                        class_id, vendor, model),
                        profile=rng.choice((INTEL, None)))
                    with self.subTest(vendor=vendor, model=model):
                        if class_id or (vendor and model):
                            self.true(document)
                        else:
                            self.untrue(document, said='skipped')

        def changed(text):
            """Another text: a word more, a letter more or less, its case."""
            at = rng.randrange(len(text) + 1)
            word = rng.choice(('not', 'no', 'GPU', 'Module', 'SEAM', 'QE', '2',
                               'revoked', 'old', 'x', 'CSME', 'L2', 'vTPM'))
            return rng.choice((
                text + ' ' + word, word + ' ' + text, text + word,
                word + text, text + '-' + word, text[:at] + word + text[at:],
                text.lower(), text.swapcase(), text[:at] + text[at + 1:],
                text + ' ', ' ' + text, text + '\n', word, '', text + '\0'))
        for _ in self.part(range(150)):
            vendor, model = rng.choice(names), rng.choice(models)
            other = changed(vendor), changed(model)
            vendor, model = rng.choice(((other[0], model), (vendor, other[1]),
                                        other))
            if vendor in names and model in models:
                continue
            with self.subTest(vendor=vendor, model=model):
                self.untrue(one(rng.choice(measurements), environment(
                    rng.choice(classes), vendor, model)), said='skipped')
        for _ in self.part(range(40)):
            wrong = bytearray(TD)
            wrong[rng.randrange(16)] ^= 1 << rng.randrange(8)
            self.untrue(one(rng.choice(measurements), environment(
                Tag(37, bytes(wrong)), 'Intel', 'TDX')), said='skipped')
        for wrong in ({}, {0: {}}, environment(Tag(37, TD), None, None, k3=1),
                      environment(Tag(37, TD), None, None, k4=0),
                      environment(Tag(37, TD), 'Intel', 'TDX', k9=0),
                      {0: {0: Tag(37, TD), 'revoked': True}},
                      {**td(), 3: 0}, {**td(), -1: 0}, {**td(), 'no': 0}):
            self.untrue(one(digests((7, self.value)), wrong),
                        said='skipped')
        # A placeholder among identifiers: the names have to say it.
        oid = Tag(111, bytes.fromhex('6086480186f84d0102030405'))
        self.true(one(measurements[1], environment(oid, 'Intel Corporation',
                                                   'TDX TD')))
        for vendor, model in (('Intel', 'TDX'), ('Intel', None),
                              (None, 'TDX TD'), ('Intel', 'TDX PCE TCB')):
            self.untrue(one(measurements[1], environment(oid, vendor, model)),
                        said='skipped')

    def test_own_names(self):
        """What reference writes is read back with the same options, and not
        with others."""
        other = '11111111-2222-4333-8444-555555555555'
        names = {'--vendor': ('Contoso', 'GPU maker'),
                 '--model': ('our firmware', 'SEAM'),
                 '--class-id': (other, '0' * 8 + other[8:])}
        rng = random.Random(7)
        for form in ('mkey', 'extension', 'set'):
            for _ in self.part(range(6)):
                given = rng.sample(sorted(names), rng.randint(1, 3))
                options = [word for name in given
                           for word in (name, names[name][0])]
                document = calc('reference', '--format', 'corim',
                                '--corim-form', form, '--vmm', 'spec',
                                *options, 'fw').stdout
                self.assertEqual(self.verify(document, *options).status, 0)
                self.assertEqual(
                    self.check_against(document, *options).status, 0)
                self.untrue(document, said='--')
                wrong = rng.choice(given)
                options[options.index(wrong) + 1] = names[wrong][1]
                for result in (self.verify(document, *options),
                               self.check_against(document, *options)):
                    self.refused(result, 3)
                    self.assertIn(f'; {wrong} takes it for one',
                                  result.lines[0])
        for text in ('x', TD.hex(), other.upper().replace('1', 'A'), ''):
            self.refused(calc('check', '--against', self.hex, '--class-id',
                              text, 'fw'), 2)

    def test_profiles(self):
        """Another profile's numbers are others."""
        other = Tag(111, INTEL[:-1] + b'\2')
        for measurement in (digests((7, self.value)),
                            {0: 'mr_td', 1: {2: [[7, self.value]]}}):
            for profile in self.part((
                    other, Tag(32, 'https://amd.com/x'), [other],
                    [Tag(111, INTEL), other], [],
                    [other, Tag(111, INTEL)])):
                self.refused_by_both(one(measurement, profile=None,
                                         extra={3: profile}),
                                     'another profile than Intel')
            self.true(one(measurement, profile=None,
                          extra={3: [Tag(111, INTEL)]}))

    def test_unknown_members(self):
        """Whatever is not known, at each place around a value."""
        right = digests((7, self.value))
        for key in self.part((99, 5, -1, -88, -99, 'x', 'revoked', 'status')):
            for item in self.part((True, 'Revoked', [], {}, 0)):
                item = Raw(b'\xf5') if item is True else item
                for measurement, said in (
                        ({**right, key: item}, 'the member'),
                        ({0: 83, 1: {**right[1], key: item}}, 'the value'),
                        ({1: {-83: [[7, self.value]], key: item}},
                         'the value')):
                    if key == 5 and said == 'the member':
                        continue
                    self.untrue(one(measurement), said=said)
                self.untrue(one(right, extra={key: item}) if key != 5 else
                            one(right, extra={9: item}), said='not known')
                self.untrue(corim(comid([[td(), [right]]], **{}) | {
                    key: item}), said='not known')
                # Beside it, of the TD as a whole.
                self.untrue(corim(comid([[td(), [right, {1: {key: item}}]]])),
                            said='skipped')
        for key, value in ((-88, ['Revoked']), (-88, ['UpToDate']),
                           (-72, Tag(0, '2026-01-01T00:00:00Z')),
                           (3, {3: Raw(b'\xf5')}), (9, bytes(7)), (8, 'x'),
                           (4, Tag(560, bytes(48))), (-101, b'x')):
            self.untrue(one({0: 83, 1: {2: [[7, self.value]], key: value}}),
                        said=f'the value {key},')
        known = {0: {0: '1.0'}, 1: Tag(552, 3), -73: Tag(60010, [2, 3]),
                 14: {'rtmr_1': [[7, BAD]]}, -82: Tag(563, [b'1', b'2']),
                 -85: 1, -70: 'Intel', -71: 'TDX', -86: Tag(60010, [2, 11])}
        self.true(one({0: 83, 1: {2: [[7, self.value]], **known}}))
        self.true(one({1: {-83: [[7, self.value]], **known}}))
        for key, wrong in ((0, 5), (1, 'x'), (14, []), (-70, 'AMD'),
                           (-71, 'TDX SEAM'), (-71, 5), (11, 'revoked'),
                           (11, 'mr_seam'), (11, 'MR_TD'), (11, 5)):
            for right in ({0: 83, 1: {2: [[7, self.value]], key: wrong}},
                          {1: {-83: [[7, self.value]], key: wrong}}):
                self.untrue(one(right), said='skipped')
        # Filed under their numbers, beside it.
        right = digests((7, self.value))
        for measurement, good in (
                ({0: 70, 1: {11: 'Intel'}}, True),
                ({0: 70, 1: {11: 'Intelligent'}}, False),
                ({0: 71, 1: {11: 'TDX'}}, True),
                ({0: 71, 1: {11: 'TDX SEAM'}}, False),
                ({0: 88, 1: {11: 'Revoked'}}, False),
                ({0: 641, 1: {2: [[7, BAD]]}}, False),
                ({1: {11: 'revoked'}}, False), ({1: {1: 5}}, True)):
            document = corim(comid([[td(), [right, measurement]]]))
            if good:
                self.true(document)
            else:
                self.untrue(document, said='skipped')

    def test_two_values_of_one_measurement(self):
        v = self.value
        for key in ({}, {0: 83}, {0: 'mr_td'}):
            self.true(one({**key, 1: {-83: [[7, v]], 2: [[7, v]]}}))
            for a, b in ((v, BAD), (BAD, v), (v, bytes(48))):
                self.refused_by_both(one({**key, 1: {
                    -83: [[7, a]], 2: [[7, b]]}}), 'are not the same')

    def test_several_things(self):
        """A right CoRIM of a platform: module, enclave, TD, other values."""
        seam = {0: {0: Tag(111, bytes.fromhex('6086480186f84d0102030403')),
                    1: 'Intel Corporation', 2: 'TDX SEAM'}}
        measurements = [digests((7, self.value)),
                        {1: {-82: Tag(563, [bytes(8), bytes(8)])}},
                        {0: 84, 1: {2: [[7, BAD]]}},
                        {0: 'rtmr_1', 1: {2: [[7, BAD]]}},
                        {1: {14: {'0': [[7, BAD]]}}},
                        {1: {-73: Tag(60010, [2, 3])}}]
        random.Random(2).shuffle(measurements)
        self.true(corim(comid([[seam, [{1: {-83: [[7, BAD]]}}]],
                               [td(), measurements]])), 'skipped')
        self.true(corim(comid([[seam, [{0: 83, 1: {2: [[7, BAD]]}}]]]),
                        comid([[td(), measurements]], ident='b')),
                  'skipped')

    def test_keys(self):
        v = self.value
        for key in (82, 84, 641, -83, 'mr_seam', 'MR_TD ', 'mrtd', 'xmr_td',
                    Tag(111, INTEL), Tag(37, TD)):
            self.untrue(one({0: key, 1: {2: [[7, v]]}}))
        self.untrue(one({0: 82, 1: {2: [[7, v]], 11: 'mr_td'}}))
        self.untrue(one({0: 83, 1: {2: [[7, v]], 11: 'MRSEAM'}}))
        self.untrue(one({0: 'mr_seam', 1: {-83: [[7, v]]}}))
        self.true(one({1: {2: [[7, v]], 11: 'mr_td'}}))

    def test_other_triples(self):
        right = [[td(), [digests((7, self.value))]]]
        for number in (1, 7, 8, 9, 10, 11, 30, -1, -5):
            self.untrue(corim({1: {0: 'x'}, 4: {number: right}}),
                        said='skipped')
            self.true(corim({1: {0: 'x'}, 4: {0: right, number: [
                [td(), [digests((7, BAD))]]]}}), f'the triples {number} ')
        for wrong in ([[td(), [digests((7, self.value))], 5]], [[td()]],
                      [td()], {}, 5, [[{}, {}]],
                      [[td(), digests((7, self.value))]]):
            self.untrue(corim({1: {0: 'x'}, 4: {0: wrong}}))


class Validity(CborCase):
    def document(self, not_before, not_after):
        bounds = {} if not_before is None else {0: Tag(1, not_before)}
        return one(digests((7, self.value)), extra={
            4: {**bounds, 1: Tag(1, not_after)}})

    def test_bounds(self):
        n = NOW_SECONDS
        for bounds in ((None, n), (n, n), (0, n + YEAR), (n - 1, n + 1)):
            self.true(self.document(*bounds))
        for bounds, said in (((None, n - 1), '2026-05-31T23:59:59Z'),
                             ((0, 1), '1970-01-01T00:00:01Z'),
                             ((n + 1, n + 2), '2026-06-01T00:00:01Z'),
                             ((None, -YEAR), '1969-01-01T00:00:00Z'),
                             ((2 ** 60, 2 ** 61), f'second {2 ** 60}')):
            document = self.document(*bounds)
            result = self.verify(document)
            self.check(result, 1, 'fw: FAILED\n', *result.lines)
            self.assertEqual(len(result.lines), 1)
            self.assertIn('[reference-validity]', result.lines[0])
            self.assertIn(said, result.lines[0])
            result = self.check_against(document)
            self.assertEqual(result.status, 1)
            self.assertIn('fw: NO MATCH', result.text)
            self.assertIn(f'{said}; --time asks for another time [validity]',
                          result.text)
            answer = json.loads(self.check_against(document, '--json').text)
            self.assertEqual(answer['verdict'], 'differs')
            self.assertEqual(answer['reasons'][0]['code'], 'validity')

    def test_now(self):
        """Without --time it is the time of the call."""
        for document, status in ((self.document(0, 2 ** 33), 0),
                                 (self.document(0, 1000000000), 1),
                                 (self.document(2 ** 33, 2 ** 34), 1)):
            self.write('doc', document)
            self.assertEqual(calc('reference', '--verify', 'doc',
                                  'fw').status, status)
            self.assertEqual(calc('check', '--against', 'doc', 'fw').status,
                             status)

    def test_times_that_are_none(self):
        for item in (5, 'x', Tag(0, '2030-01-01T00:00:00Z'), Tag(1, 'x'),
                     Tag(1, Raw(b'\x1b' + b'\xff' * 8)), [1], Raw(b'\xf6')):
            for bounds in ({1: item}, {0: item, 1: Tag(1, 2 ** 40)}):
                self.untrue(one(digests((7, self.value)), extra={4: bounds}))
        for extra in ({4: []}, {4: 5}):
            self.untrue(one(digests((7, self.value)), extra=extra))
        for text in ('', 'now', '2026', '2026-06-01', '2026-06-01T00:00:00',
                     '2026-13-01T00:00:00Z', '2026-02-29T00:00:00Z',
                     '2026-06-01T24:00:00Z', '2026-06-01T00:60:00Z',
                     '2026-06-01T00:00:00z+', '2026-06-01T00:00:00+0100',
                     '2026-06-01T00:00:00.Z', '12026-06-01T00:00:00Z',
                     ' 2026-06-01T00:00:00Z', '2026-06-01T00:00:00+24:00'):
            with self.subTest(text=text):
                self.refused(calc('reference', '--verify', self.hex, '--time',
                                  text, 'fw'), 2)

    def test_spellings_of_time(self):
        """Each is one second before or at the end."""
        self.write('doc', self.document(None, NOW_SECONDS))
        for text in ('2026-06-01T00:00:00Z', '2026-06-01t00:00:00z',
                     '2026-06-01 00:00:00Z', '2026-06-01T00:00:00.999Z',
                     '2026-06-01T02:00:00+02:00', '2026-05-31T18:30:00-05:30'):
            self.assertEqual(calc('reference', '--verify', 'doc', '--time',
                                  text, 'fw').status, 0, text)
        for text in ('2026-06-01T00:00:01Z', '2026-06-01T02:00:01+02:00',
                     '2026-05-31T18:30:01-05:30', '2028-02-29T00:00:00Z'):
            self.assertEqual(calc('reference', '--verify', 'doc', '--time',
                                  text, 'fw').status, 1, text)

    def signed(self, header, unprotected=None):
        header = {1: -35, 3: 'application/rim+cbor', 8: META, **header}
        return enc(Tag(18, [enc(header), unprotected or {},
                            one(digests((7, self.value))), bytes(96)]))

    def test_of_the_signature(self):
        n = NOW_SECONDS
        note = ('its signature is not verified',)

        def meta(not_after):
            return {8: enc({0: {0: 's'}, 1: {1: Tag(1, not_after)}})}
        for header, valid in ((meta(n), True), (meta(n - 1), False),
                              ({15: {1: 'i', 4: n + 1}}, True),
                              ({15: {1: 'i', 4: n}}, False),
                              ({15: {5: n}}, True), ({15: {5: n + 1}}, False),
                              ({15: {4: 0, 5: 0}}, False)):
            result = self.verify(self.signed(header))
            self.assertEqual(result.status, 0 if valid else 1, result)
            self.assertIn(note[0], result.lines[0])
        for header in ({8: {0: {0: 's'}}}, {8: b'\xff'}, {15: 5},
                       {15: {4: 'x'}}, {15: {4: Tag(1, 5)}},
                       {8: enc(Pairs((0, {0: 's'}), (1, {1: Tag(1, n)}),
                                     (1, {1: Tag(1, n + 9)})))}):
            self.untrue(self.signed(header))
        self.untrue(self.signed({}, {15: {4: n + YEAR}}), said='protected')
        self.untrue(enc(Tag(18, [
            enc({1: -35, 3: 'application/rim+cbor', 15: {1: 'e'}}),
            {8: META}, one(digests((7, self.value))), bytes(96)])),
            said='protected')


class Cose(CborCase):
    """RFC 9052, section 3: what is malformed, signed or not."""

    def signed(self, header, unprotected, extra=()):
        return enc(Tag(18, [header if isinstance(header, bytes)
                            else enc(header), unprotected,
                            one(digests((7, self.value))), bytes(96),
                            *extra]))

    GOOD = {1: -35, 3: 'application/rim+cbor', 4: b'kid', 8: META}

    def test_headers(self):
        pairs = tuple(self.GOOD.items())
        self.assertEqual(self.verify(self.signed(self.GOOD, {})).status, 0)
        self.assertEqual(self.verify(self.signed(
            self.GOOD, {33: b'x5', 'text': 1})).status, 0)
        for header, unprotected in (
                *((Pairs(*pairs, pair), {}) for pair in pairs),
                *((Pairs((key, 5), *pairs), {}) for key, _ in pairs),
                (Pairs(*pairs, ('a', 1), ('a', 2)), {}),
                (self.GOOD, Pairs((33, b''), (33, b'x'))),
                *((self.GOOD, {key: value}) for key, value in pairs),
                ({**self.GOOD, 'a': 1}, {'b': 2, 'a': 1}),
                (self.GOOD, {2: [1]}), ([1], {}), (b'\xff', {}), (b'\x05', {}),
                (enc(self.GOOD) + b'\0', {}), (self.GOOD, []),
                (b'\xa1\x18\x01\x26', {}),
                (self.GOOD, {k: 0 for k in range(100, 165)})):
            self.untrue(self.signed(header, unprotected))
        self.untrue(self.signed(self.GOOD, {}, (b'x',)))
        self.untrue(enc(Tag(18, [enc(self.GOOD), {},
                                 one(digests((7, self.value)))])))
        self.untrue(enc(Tag(18, [enc(self.GOOD), {}, Raw(b'\xf6'), b'x'])))


    def test_labels(self):
        """The protected header says what the payload is: nothing in it may be
        unknown, and nothing lack."""
        rng = random.Random(8)
        known = {32: b'x', 33: b'x', 34: [-16, b'x'], 35: Tag(32, 'u')}
        self.assertEqual(self.verify(self.signed(
            {**self.GOOD, **known}, {})).status, 0)
        cwt = {1: -35, 3: 'application/rim+cbor', 15: {1: 'e', 2: 's', 6: 1}}
        self.assertEqual(self.verify(self.signed(cwt, {})).status, 0)
        for label in self.part((
                2, 5, 6, 7, 9, 16, 17, 256, 257, 258, 259, 260, 261, 394, -1,
                -65537, 'x', 'payload',
                *(rng.randrange(36, 2 ** 16) for _ in range(20)))):
            with self.subTest(label=label):
                self.refused_by_both(self.signed({**self.GOOD, label: 1}, {}),
                                     'COSE_Sign1')
        # Unprotected ones change nothing, but for those that must be there.
        for label in 258, 259, 260:
            self.refused_by_both(self.signed(self.GOOD, {label: -43}),
                                 'hash envelope')
        for label in 394, -7, 'x':
            result = self.verify(self.signed(self.GOOD, {label: 1}))
            self.assertEqual(result.status, 0)
            self.assertIn('the unprotected parameter', result.lines[0])
        for missing in 3, 8:
            header = {key: value for key, value in self.GOOD.items()
                      if key != missing}
            self.refused_by_both(self.signed(header, {}),
                                 'content type' if missing == 3 else
                                 'who signed it')
        for content in ('application/cbor', 'application/rim+cbor; x', 60,
                        'application/swid+cbor', 'Application/Rim+Cbor', ''):
            self.refused_by_both(self.signed({**self.GOOD, 3: content}, {}),
                                 'content type')
        self.refused_by_both(self.signed(b'', {}), 'content type')
        self.refused_by_both(self.signed({**self.GOOD, 8: enc(
            {0: {0: 'e'}, 2: 1})}, {}), 'not known')


class Swid(CborCase):
    def document(self, file=None, resource=None, ident='i', **payload):
        contents = {19: resource or {29: TYPE, 'mr_td': self.hex}}
        contents[17] = self.file() if file is None else file
        for key, value in payload.items():
            contents[int(key[1:])] = value
        return enc(Tag(1398229316, {0: ident, 1: 'n',
                                    2: {31: 'e', 33: [1, 2]}, 6: contents,
                                    12: 0}))

    def file(self, alg=7, name='sha384', **more):
        return {7: [alg, hashlib.new(name, self.data).digest()], 24: 'f',
                **more}

    def test_files(self):
        for alg, name in ((1, 'sha256'), (7, 'sha384'), (8, 'sha512')):
            good = self.file(alg, name)
            self.true(self.document(good))
            self.true(self.document([{7: [7, BAD], 24: 'g'}, good]))
            bad = {7: [alg, bytes(len(good[7][1]))], 24: 'f'}
            result = self.verify(self.document(bad))
            self.assertEqual(result.status, 1, result)
            self.assertIn('[reference-file]', result.lines[0])
            size = {**good, 20: len(self.data)}
            self.true(self.document(size))
            self.assertEqual(self.verify(self.document(
                {**size, 20: len(self.data) + 1})).status, 1)
        digest = self.file()[7]
        for file in ({7: [11, digest[1]], 24: 'f'},
                     {7: ['sha3-384', digest[1]], 24: 'f'},
                     {24: 'f'}, {8: digest, 24: 'f'}, {'hash': digest, 24: 'f'},
                     {7: digest}, {7: [digest], 24: 'f'}, {7: digest, 24: 5},
                     {7: digest + [1], 24: 'f'}, {7: digest, 24: 'f', 20: -1}):
            with self.subTest(file=file):
                result = self.verify(self.document(file))
                self.assertIn(result.status, (1, 3), result)
                self.assertNotIn('OK', result.text)
        for key in (16, 18):
            self.assertEqual(self.verify(self.document(
                **{f'k{key}': self.file()})).status, 3)

    def test_resources(self):
        for resource in ({29: TYPE, 'mr_td': self.hex.upper()},
                         {'mr_td': self.hex}, {29: 5, 'mr_td': self.hex},
                         {29: TYPE, 'mr_td': self.hex, 5: 'x'},
                         {29: TYPE, 'mr_td': self.hex + '\n'},
                         {29: 'x', 'MR_TD': self.hex},
                         {29: 'x', 'not_mr_td': self.hex},
                         {29: TYPE, 'mr_td': [self.hex]}):
            with self.subTest(resource=resource):
                self.refused(self.verify(self.document(resource=resource)), 3)

    def tag(self, change, payload=None):
        contents = {17: self.file(), 19: {29: TYPE, 'mr_td': self.hex}}
        return enc(Tag(1398229316, {
            0: 'i', 1: 'n', 2: {31: 'e', 33: 1}, 12: 0,
            6: contents if payload is None else payload, **change}))

    def test_meaning(self):
        """What else a tag may say, and what it may lack."""
        no, yes = Raw(b'\xf4'), Raw(b'\xf5')
        self.true(self.tag({8: no, 9: no, 11: no, 13: '1', 14: 1}))
        for key in 8, 9, 11:
            for flag in yes, Raw(b'\xf6'):
                self.refused_by_both(self.tag({key: flag}),
                                     'a corpus, patch or supplemental tag')
            self.untrue(self.tag({key: 0}))
        for key in self.part((3, 7, 16, 17, 19, 60, 99, -1, 'revoked', 'x')):
            self.refused_by_both(self.tag({key: {}}), 'not known')
            if key not in (16, 17, 19):
                self.refused_by_both(self.tag({}, {
                    17: self.file(), 19: {29: TYPE, 'mr_td': self.hex},
                    key: {}}), 'not known')
            if key not in (7,):
                self.refused_by_both(self.tag({}, {
                    17: {**self.file(), key: 'x'},
                    19: {29: TYPE, 'mr_td': self.hex}}), 'not known')
        self.true(self.tag({4: {38: 'swid:y', 40: 10},
                            5: [{46: 'd', 52: 'p'}, {55: 's'}]}))
        for entry in ({43: 'revoked'}, {'status': 'revoked'}, {58: 'x'},
                      {-1: 'x'}):
            for each in (entry, [{46: 'd'}, entry]):
                self.refused_by_both(self.tag({5: each}), 'not known')
        mrtd = {29: TYPE, 'mr_td': self.hex}
        for payload in ({17: [], 19: mrtd}, {17: self.file(), 19: []}):
            self.refused_by_both(self.tag({}, payload), 'is empty')
        self.refused(self.verify(self.tag({}, {19: mrtd})), 3)
        without = Tag(1398229316, {0: 'i', 1: 'n', 2: {31: 'e', 33: 1}, 12: 0})
        self.untrue(enc(without))
        for name in ('revoked', 'x', TYPE + '.old', 'not.' + TYPE, '',
                     TYPE.upper(), TYPE[:-1]):
            self.untrue(self.document(resource={29: name, 'mr_td': self.hex}),
                        said='skipped')
            # Beside a right one.
            self.true(self.document(resource=[
                {29: name, 'mr_td': BAD.hex()}, mrtd]), 'skipped')
        for key, item in (('other', 'y'), ('revoked', 'yes'), (-1, 0), (60, 0),
                          ('mrtd', BAD.hex())):
            self.untrue(self.document(resource={**mrtd, key: item}),
                        said='another attribute')
        self.true(self.document(resource={**mrtd, 15: 'en'}))

    def test_identifiers(self):
        """Text, or the 16 bytes of a UUID (RFC 9393, 2.3; CoRIM, 7.4)."""
        def documents(ident):
            yield self.document(ident=ident)
            yield one(digests((7, self.value)), ident=ident)
            yield corim(comid([[td(), [digests((7, self.value))]]],
                              ident=ident))
        for ident, right in (('i', True), ('', True), (bytes(16), True),
                             (b'', False), (b'TAGID', False),
                             (bytes(15), False), (bytes(17), False),
                             (1, False), ([], False)):
            for document in documents(ident):
                if right:
                    self.true(document)
                else:
                    self.refused_by_both(document, 'the member 0 of a ')

    def test_flips(self):
        """Which bit of a CoSWID may change and nothing of it be untrue: text
        that is compared with nothing, roles and the version of the tag."""
        texts = ('TAGID', 'NAME', 'ENTITY', 'FILENAME', '1.0')
        document = enc(Tag(1398229316, {
            0: texts[0], 1: texts[1], 2: {31: texts[2], 33: [1, 2]}, 12: 0,
            6: {17: {**self.file(), 24: texts[3], 20: len(self.data)},
                19: {29: TYPE, 'mr_td': self.hex}}, 13: texts[4]}))
        self.true(document)
        free = set()
        for text in texts:
            at = document.index(text.encode())
            free |= set(range(at, at + len(text)))
        roles = document.index(b'\x18\x21\x82\1\2') + 3
        version = document.index(b'\x0c\0\6') + 1
        free |= {roles, roles + 1, version}
        passed = self.flips(document)
        self.assertLessEqual({at for at, _ in passed}, free)

    def flips(self, document):
        """The (byte, bit)s that --verify accepts in silence when flipped."""
        rng = random.Random(3)
        passed = []
        for at, bit in self.part([(at, rng.randrange(8))
                                  for at in range(len(document))]):
            changed = bytearray(document)
            changed[at] ^= 1 << bit
            result = self.verify(bytes(changed))
            # A member that became an extension is passed over by name.
            if result.status == 0 and not any('[passed-over]' in line
                                              for line in result.lines):
                passed.append((at, bit))
        return passed

    def test_flips_of_corims(self):
        """The same for a CoRIM of each form."""
        texts = ('IDENT', 'TAGID', 'ENTITY', 'OTHER')
        for measurement in ({0: 83, 1: {2: [[7, self.value]]}},
                            {1: {-83: [[7, self.value]]}},
                            {1: {-83: Tag(60020, [6, [[7, self.value]]])}}):
            inner = comid([[{0: {0: Tag(37, TD), 1: 'Intel', 2: 'TDX'}},
                            [measurement]]], ident=texts[1])
            inner[2] = [{0: texts[2], 2: [0, 1]}]
            document = enc(Tag(501, {
                0: texts[0], 1: [Tag(506, enc(inner))],
                3: Tag(111, INTEL),
                4: {1: Tag(1, NOW_SECONDS + YEAR)},
                5: [{0: texts[3], 2: [1]}]}))
            self.true(document)
            free = set()
            for text in texts:
                at = document.index(text.encode())
                free |= set(range(at, at + len(text)))
            # The time has ends.
            for text in (enc(NOW_SECONDS + YEAR)[1:], b'\x02\x82\0\1',
                         b'\x02\x81\1'):
                at = document.rindex(text)
                free |= set(range(at, at + len(text)))
            self.assertLessEqual({at for at, _ in self.flips(document)}, free)


class Labels(CborCase):
    """A document that names the VMM is checked with that VMM."""

    def ours(self, *values):
        return json.dumps({
            'schema': 'mrtd-calc/reference/1', 'platform': 'tdx',
            'firmware': [{
                'artifact': 'fw', 'size': len(self.data),
                'sha256': hashlib.sha256(self.data).hexdigest(),
                'sha384': hashlib.sha384(self.data).hexdigest(),
                'values': [{**value_of(value.hex()), 'vmm': names}
                           for value, names in values]}]}).encode()

    def expect(self, document, status, *args, tag=None):
        result = self.verify(document, *args)
        self.assertEqual(result.status, status, result)
        if tag:
            self.assertTrue(any(tag in line for line in result.lines), result)

    def test_json(self):
        one_pass, two_pass = self.value, self.two_pass
        good = self.ours((one_pass, ['spec', 'qemu']), (two_pass, ['kvm-v19']))
        swapped = self.ours((two_pass, ['spec', 'qemu']),
                            (one_pass, ['kvm-v19']))
        for args in ((), ('--vmm', 'spec', '--vmm', 'kvm-v19')):
            self.expect(good, 0, *args)
            self.expect(swapped, 1, *args, tag='[reference-label]')
        for names in (['kvm-v19'], ['spec', 'kvm-v19']):
            for args in ((), ('--vmm', 'spec'), ('--vmm', 'qemu')):
                self.expect(self.ours((one_pass, names)), 1, *args,
                            tag='[reference-label]')
        self.expect(self.ours((one_pass, ['spec'])), 0, '--vmm', 'qemu')
        self.expect(self.ours((one_pass, ['qemu', 'spec'])), 0)
        for names in ([], ['none'], ['spec', 'none'], [5], 'spec', None):
            self.expect(self.ours((one_pass, names)), 3)

    def test_names_of_documents(self):
        for label, status in (('spec', 0), ('qemu', 0), ('kvm-v19', 1)):
            ident = f'fw/1.0/tdx/{label}'
            tag = '[reference-label]' if status else None
            measured = [[td(), [digests((7, self.value))]]]
            self.expect(corim(comid(measured, ident=ident), ident='x'),
                        status, tag=tag)
            self.expect(corim(comid(measured), ident=ident), status, tag=tag)
            self.expect(corim(comid(measured, ident=ident), ident=ident),
                        status, '--vmm', 'spec', tag=tag)
            self.expect(enc(Tag(1398229316, {
                0: ident, 1: 'n', 2: {31: 'e', 33: 1}, 12: 0,
                6: {17: {7: [7, hashlib.sha384(self.data).digest()],
                         24: 'f'},
                    19: {29: TYPE, 'mr_td': self.hex}}})), status, tag=tag)
        measured = [[td(), [digests((7, self.value))]]]
        self.expect(corim(comid(measured, ident='a/tdx/qemu'),
                          ident='a/tdx/spec'), 3, tag='[against-label]')
        for ident in ('fw/tdx/other', 'kvm-v19', 'fw/kvm-v19', 'fw/tdx'):
            self.expect(corim(comid(measured, ident=ident)), 0)

    def test_of_each_format(self):
        """What is written for one VMM is not true of another."""
        for name in ('corim', 'coswid', 'json'):
            made = calc('reference', '--format', name, '--vmm', 'kvm-v19',
                        'fw').stdout
            self.expect(made, 0)
            forged = made.replace(self.two_pass, self.value).replace(
                self.two_pass.hex().encode(), self.hex.encode())
            self.assertNotEqual(made, forged)
            self.expect(forged, 1, tag='[reference-label]')

    def test_index_of_a_release(self):
        self.write('manifest', json.dumps({
            'schema': 'mrtd-calc/manifest/1', 'release': 'r',
            'formats': ['json'], 'components': [
                {'component': 'c', 'file': 'fw', 'platform': 'tdx',
                 'vmm': ['spec', 'kvm-v19'],
                 'formats': ['json']}]}).encode())
        made = calc('reference', '--release', 'manifest', '--out-dir', 'pub')
        self.assertEqual(made.status, 0, made)
        with open('pub/index.json', 'rb') as file:
            index = json.load(file)
        self.expect(json.dumps(index).encode(), 0)
        first, second = index['components'][0]['values']
        first['vmm'], second['vmm'] = second['vmm'], first['vmm']
        self.expect(json.dumps(index).encode(), 1, tag='[reference-label]')

    def test_measurements(self):
        made = json.loads(calc('--json', 'fw').text)
        self.expect(json.dumps(made).encode(), 0)
        for change, status in (({'vmm': 'kvm-v19'}, 1),
                               ({'vmm': 'none'}, 3),
                               ({'sha256': '0' * 64}, 1),
                               ({'sha384': '0' * 96}, 1),
                               ({'mrtd': BAD.hex()}, 3),
                               ({'values': [value_of(BAD.hex())]}, 3),
                               ({'mrtd': BAD.hex(), 'values': [
                                   value_of(BAD.hex())]}, 1)):
            self.expect(json.dumps({**made, **change}).encode(), status)


class Files(CborCase):
    """Digests of the file: all that are known must be right, and one must
    be known."""

    def document(self, digest, name='fw'):
        return json.dumps({
            '_type': 'https://in-toto.io/Statement/v1',
            'subject': [{'name': name, 'digest': digest}],
            'predicateType': 'https://in-toto.io/attestation/scai/v0.3',
            'predicate': {'attributes': [{
                'attribute': 'TDX_MRTD', 'conditions': {
                    'mrtd': self.hex, 'vmm': ['spec']}}]}}).encode()

    def test_statements(self):
        right = {name: hashlib.new(name, self.data).hexdigest()
                 for name in ('sha256', 'sha384', 'sha512')}
        rng = random.Random(4)
        for _ in self.part(range(24)):
            names = rng.sample(sorted(right), rng.randint(1, 3))
            digest = {name: right[name] for name in names}
            self.assertEqual(self.verify(self.document(digest)).status, 0)
            wrong = rng.choice(names)
            digest[wrong] = '0' * len(right[wrong])
            result = self.verify(self.document(digest))
            self.assertEqual(result.status, 1, result)
            self.assertIn('[reference-file]', result.lines[-1])
        result = self.verify(self.document({'gitCommit': 'x',
                                            'sha256': right['sha256']}))
        self.assertEqual((result.status, len(result.lines)), (0, 1), result)
        self.assertIn('"gitCommit"', result.lines[0])
        for digest in ({}, {'md5': 'x'}, {'sha3-256': right['sha256']}, None,
                       'x', {'SHA256': right['sha256']},
                       {'sha-256': right['sha256']},
                       {'Sha384': right['sha384']},
                       {'sha256': right['sha256'].upper()},
                       {'sha256': right['sha256'][:-1]},
                       {'sha256': ' ' + right['sha256'][1:]},
                       {'sha256': 5},
                       {'SHA384': '0' * 96, 'sha256': right['sha256']}):
            with self.subTest(digest=digest):
                result = self.verify(self.document(digest))
                self.assertIn(result.status, (1, 3), result)
                self.assertNotIn('OK', result.text)

    def test_values_of_another_file(self):
        """Two files, the value of one in the entry of the other."""
        other = images.more(images.TEMP_MEM._replace(address=0x2000000))
        self.write('other', other)
        made = json.loads(calc('reference', '--format', 'json', 'fw',
                               'other').stdout)
        self.write('doc', json.dumps(made).encode())
        verify = ('reference', '--verify', 'doc', 'fw', 'other')
        self.assertEqual(calc(*verify).status, 0)
        first, second = made['firmware']
        first['values'], second['values'] = second['values'], first['values']
        self.write('doc', json.dumps(made).encode())
        result = calc(*verify)
        self.assertEqual((result.status, result.text),
                         (1, 'fw: FAILED\nother: FAILED\n'))


class Evidence(CborCase):
    def test_refused(self):
        """Evidence says what a TD was, whatever it is wrapped in."""
        quote = evidence.quote(self.value)
        for document in (quote, evidence.quote(self.value, 5),
                         evidence.tdreport(self.value),
                         evidence.tdinfo(self.value), quote.hex().encode(),
                         base64.b64encode(quote), json.dumps(
                             {'quote': base64.b64encode(quote).decode()}
                         ).encode(), json.dumps(
                             {'quote': base64.b64encode(quote).decode(),
                              'mr_td': [self.hex]}).encode()):
            result = self.verify(document)
            self.refused(result, 3)
            self.assertIn("'check FILE --against doc'", result.lines[0])
            self.assertIn('[reference-evidence]', result.lines[0])


if __name__ == '__main__':
    unittest.main()
