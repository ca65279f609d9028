# SPDX-License-Identifier: Apache-2.0
"""The structure of CoRIMs and CoSWIDs, checked strictly.

Written from the CDDL of draft-ietf-rats-corim-11 (sections 4.1, 5.1), the
Intel profile draft-cds-rats-intel-corim-profile (tee.mrtee) and RFC 9393
(section 2), not from what this program writes: a key that is not in a map of
the CDDL, one that is missing, or a wrong type is an AssertionError. Only what
reference values of a TD can have is known here.
"""

import datetime
import uuid

import cbor2

CORIM, COMID, COSWID, OID, UUID, TAGGED_SET = 501, 506, 1398229316, 111, 37, \
    60020
INTEL = bytes.fromhex('6086480186f84d011001')
SIZES = {1: 32, 7: 48, 8: 64}  # IANA named information: SHA-256, 384, 512
MRTEE = 83


def fields(item, required, optional=()):
    """A map with these keys and no others."""
    assert isinstance(item, dict), item
    assert set(required) <= set(item) <= {*required, *optional}, set(item)
    return item


def text(item):
    assert isinstance(item, str) and item, item
    return item


def number(item, least=0):
    assert isinstance(item, int) and not isinstance(item, bool)
    assert item >= least, item
    return item


def some(item, each):
    """[+ each]"""
    assert isinstance(item, list) and item, item
    return [each(part) for part in item]


def one_or_more(item, each):
    """RFC 9393: one item by itself, or a list of at least two."""
    if not isinstance(item, list):
        return [each(item)]
    assert len(item) >= 2, item
    return [each(part) for part in item]


def tagged(item, tag):
    assert isinstance(item, cbor2.CBORTag) and item.tag == tag, item
    return item.value


def embedded(data):
    assert isinstance(data, bytes)
    item = cbor2.loads(data)
    assert cbor2.dumps(item, canonical=True) == data, 'not deterministic'
    return item


def identifier(item):
    """tstr or a UUID's bytes"""
    assert isinstance(item, str) and item or \
        isinstance(item, bytes) and len(item) == 16, item
    return item


def digest(item):
    assert isinstance(item, list) and len(item) == 2, item
    assert SIZES[item[0]] == len(item[1]), item
    return tuple(item)


def digests(item):
    made = some(item, digest)
    assert len({alg for alg, _ in made}) == len(made)
    return made


def roles(allowed):
    def check(item):
        made = some(item, number)
        assert set(made) <= allowed and len(set(made)) == len(made), made
    return check


def entity(allowed):
    def check(item):
        fields(item, (0, 2), (1,))
        text(item[0])
        roles(allowed)(item[2])
    return check


def class_(item):
    fields(item, (), (0, 1, 2, 3, 4))
    assert item
    if 0 in item:
        value = item[0]
        if isinstance(value, cbor2.CBORTag):
            assert value.tag == OID and value.value[0] != 6, value
        else:  # cbor2 makes a UUID of tag 37 with 16 bytes
            assert isinstance(value, uuid.UUID), value
    for key in (1, 2):
        if key in item:
            text(item[key])


def mrtee(item):
    """digests-type, or a tagged set of digests with the operator member (6)."""
    if not isinstance(item, cbor2.CBORTag):
        return digests(item)
    operator, members = tagged(item, TAGGED_SET)
    assert operator == 6, operator
    return some(members, digest)


def integrity_registers(item):
    """{+ (uint / text) => digests-type}; here {index: digest}"""
    assert isinstance(item, dict) and item, item
    for key in item:
        assert isinstance(key, str) or number(key) >= 0, key
    return {key: digests(value) for key, value in item.items()}


def measurement(item):
    fields(item, (1,), (0, 2))
    values = fields(item[1], (), (0, 1, 2, 3, 4, 11, 14, -83))
    assert values
    if 14 in values:
        integrity_registers(values[14])
        assert 0 not in item and set(values) <= {14, -83}
    if 2 in values:
        assert item[0] == MRTEE and -83 not in values
        return digests(values[2])
    assert 0 not in item
    return mrtee(values[-83]) if -83 in values else []


def reference_triple(item):
    assert isinstance(item, list) and len(item) == 2, item
    environment = fields(item[0], (), (0, 1, 2))
    assert environment
    class_(environment[0])
    return [made for part in some(item[1], measurement) for made in part]


def comid(item):
    fields(item, (1, 4), (0, 2, 3))
    identifier(fields(item[1], (0,), (1,))[0])
    if 2 in item:
        some(item[2], entity({0, 1, 2}))
    triples = fields(item[4], (0,))
    return [made for part in some(triples[0], reference_triple)
            for made in part]


def validity(item):
    fields(item, (1,), (0,))
    assert all(isinstance(at, datetime.datetime) for at in item.values())


def corim(data):
    """The digests of a CoRIM."""
    item = fields(tagged(embedded(data), CORIM), (0, 1), (2, 3, 4, 5))
    identifier(item[0])
    if 3 in item:
        assert tagged(item[3], OID) == INTEL
    if 4 in item:
        validity(item[4])
    if 5 in item:
        some(item[5], entity({1, 2}))
    return [made for tag in some(item[1], lambda tag: comid(
        embedded(tagged(tag, COMID)))) for made in tag]


def registers(data):
    """The integrity registers of a CoRIM with one triple, checked as above:
    {index: [digest, ...]}"""
    corim(data)
    tag, = tagged(embedded(data), CORIM)[1]
    triple, = embedded(tagged(tag, COMID))[4][0]
    made, = [part[1][14] for part in triple[1] if 14 in part[1]] or [{}]
    return integrity_registers(made)


def file(item):
    fields(item, (24,), (7, 20, 25, 26, 21, 22, 23))
    text(item[24])
    number(item.get(20, 0))
    return digest(item[7]) if 7 in item else None


def resource(item):
    """resource-entry: a type, and attributes of text or integers."""
    text(item[29])
    for key, value in item.items():
        assert isinstance(key, (str, int))
        one_or_more(value, lambda part: text(part)
                    if isinstance(part, str) else number(part))


def swid_entity(item):
    fields(item, (31, 33), (32, 34))
    text(item[31])
    for role in one_or_more(item[33], number):
        assert 1 <= role <= 6, role


def coswid(data):
    """The digests of the files in a CoSWID."""
    item = fields(tagged(embedded(data), COSWID), (0, 1, 2, 12),
                  (3, 4, 5, 6, 13, 14, 15))
    identifier(item[0])
    text(item[1])
    one_or_more(item[2], swid_entity)
    number(item[12])
    assert not {3, 6} <= set(item)
    if 13 in item:
        text(item[13])
    payload = fields(item[6], (), (16, 17, 18, 19))
    if 19 in payload:
        one_or_more(payload[19], resource)
    return one_or_more(payload[17], file) if 17 in payload else []


def signed(data):
    """The signer's name and the CoRIM of a COSE_Sign1."""
    header, unprotected, payload, signature = tagged(cbor2.loads(data), 18)
    assert unprotected == {}
    header = fields(embedded(header), (1, 3, 8), (4, 33))
    assert len(signature) == {-35: 96, -7: 64, -8: 64}[header[1]]
    assert header[3] == 'application/rim+cbor'
    meta = fields(embedded(header[8]), (0,), (1,))
    return text(fields(meta[0], (0,), (1,))[0]), payload
