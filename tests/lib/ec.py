# SPDX-License-Identifier: Apache-2.0
"""ECDSA of P-256 and P-384: FIPS 186-4, SEC 1 and SP 800-186, with the nonces
of RFC 6979. For tests only: it is not constant in time. p384.py is the older
and simpler one, of signatures of documents; this one is for many."""

import hashlib
import hmac
from collections import namedtuple

Curve = namedtuple('Curve', 'name p b n g size digest')

P256 = Curve(
    'P-256', 2**256 - 2**224 + 2**192 + 2**96 - 1,
    0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b,
    0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551,
    (0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296,
     0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5),
    32, 'sha256')
P384 = Curve(
    'P-384', 2**384 - 2**128 - 2**96 + 2**32 - 1,
    int('b3312fa7e23ee7e4988e056be3f82d19181d9c6efe814112'
        '0314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aef', 16),
    int('ffffffffffffffffffffffffffffffffffffffffffffffff'
        'c7634d81f4372ddf581a0db248b0a77aecec196accc52973', 16),
    (int('aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b98'
         '59f741e082542a385502f25dbf55296c3a545e3872760ab7', 16),
     int('3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147c'
         'e9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f', 16)),
    48, 'sha384')


# --- Points -------------------------------------------------------------------
# While they are added, as (X, Y, Z) of x = X/Z^2, y = Y/Z^3; at infinity, Z
# is 0.

INFINITY = (1, 1, 0)


def _double(curve, point):
    p = curve.p
    x, y, z = point
    square = y * y % p
    s = 4 * x * square % p
    zz = z * z % p
    m = 3 * (x - zz) * (x + zz) % p
    u = (m * m - 2 * s) % p
    return u, (m * (s - u) - 8 * square * square) % p, 2 * y * z % p


def _add(curve, one, other):
    p = curve.p
    if not one[2]:
        return other
    if not other[2]:
        return one
    x1, y1, z1 = one
    x2, y2, z2 = other
    z1z1, z2z2 = z1 * z1 % p, z2 * z2 % p
    u1, u2 = x1 * z2z2 % p, x2 * z1z1 % p
    s1, s2 = y1 * z2 * z2z2 % p, y2 * z1 * z1z1 % p
    h, r = (u2 - u1) % p, (s2 - s1) % p
    if not h:
        return INFINITY if r else _double(curve, one)
    hh = h * h % p
    hhh = h * hh % p
    v = u1 * hh % p
    x = (r * r - hhh - 2 * v) % p
    return x, (r * (v - x) - s1 * hhh) % p, h * z1 * z2 % p


def _affine(curve, point):
    """(x, y), or None at infinity."""
    x, y, z = point
    if not z:
        return None
    inverse = pow(z, -1, curve.p)
    square = inverse * inverse % curve.p
    return x * square % curve.p, y * square * inverse % curve.p


def sum_of(curve, *terms):
    """The sum of number * point of (number, point)s; None is infinity."""
    table = [(number, (*point, 1)) for number, point in terms]
    total = INFINITY
    for bit in reversed(range(8 * curve.size)):
        total = _double(curve, total)
        for number, point in table:
            if number >> bit & 1:
                total = _add(curve, total, point)
    return _affine(curve, total)


def is_point(curve, point):
    """Whether it is on the curve. (0, 0) is on neither."""
    x, y = point
    return (x < curve.p and y < curve.p
            and (y * y - x**3 + 3 * x - curve.b) % curve.p == 0)


# --- Keys ---------------------------------------------------------------------

class Key:
    """A secret number, and its point."""

    def __init__(self, curve, secret):
        self.curve, self.secret = curve, secret
        self.public = sum_of(curve, (secret, curve.g))


def key_of(curve, seed):
    """A key that is the same whenever the seed, a string, is."""
    number = int.from_bytes(hashlib.shake_256(seed.encode()).digest(64), 'big')
    return Key(curve, number % (curve.n - 1) + 1)


def point_bytes(curve, point):
    """x and y, without the 04 in front that SEC 1 has."""
    return b''.join(number.to_bytes(curve.size, 'big') for number in point)


def point_of(curve, data):
    """The reverse, whether or not it is on the curve."""
    assert len(data) == 2 * curve.size
    return (int.from_bytes(data[:curve.size], 'big'),
            int.from_bytes(data[curve.size:], 'big'))


# --- Signatures ---------------------------------------------------------------

def hashed(curve, data, digest=None):
    """The digest as a number, of which there are no more bits than of n."""
    value = hashlib.new(digest or curve.digest, data).digest()
    return int.from_bytes(value[:curve.size], 'big')


def nonce(key, data):
    """RFC 6979, section 3.2, by the curve's digest, which is as long as n."""
    curve = key.curve
    size = curve.size

    def mac(secret, content):
        return hmac.new(secret, content, curve.digest).digest()

    seed = (key.secret.to_bytes(size, 'big')
            + (hashed(curve, data) % curve.n).to_bytes(size, 'big'))
    k, v = bytes(size), b'\1' * size
    for mark in b'\0', b'\1':
        k = mac(k, v + mark + seed)
        v = mac(k, v)
    while True:
        v = mac(k, v)
        number = int.from_bytes(v, 'big')
        if 0 < number < curve.n:
            return number
        k = mac(k, v + b'\0')
        v = mac(k, v)


def sign(key, data, digest=None, k=None):
    """(r, s). The digest is the curve's usual one, the nonce RFC 6979's."""
    curve = key.curve
    k = k or nonce(key, data)
    r = sum_of(curve, (k, curve.g))[0] % curve.n
    s = (hashed(curve, data, digest) + r * key.secret) * pow(k, -1, curve.n)
    assert r and s % curve.n
    return r, s % curve.n


def in_range(curve, signature):
    return all(0 < number < curve.n for number in signature)


def verify(curve, public, data, signature, digest=None):
    if not in_range(curve, signature) or not is_point(curve, public):
        return False
    r, s = signature
    inverse = pow(s, -1, curve.n)
    point = sum_of(curve, (hashed(curve, data, digest) * inverse % curve.n,
                           curve.g), (r * inverse % curve.n, public))
    return point is not None and point[0] % curve.n == r
