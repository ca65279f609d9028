# SPDX-License-Identifier: Apache-2.0
"""ECDSA of P-384 with SHA-384, from FIPS 186-4 and SEC 1: keys, their PEM,
signatures. For tests only: it is slow, and not constant in time."""

import base64
import hashlib

P = 2**384 - 2**128 - 2**96 + 2**32 - 1
N = int('ffffffffffffffffffffffffffffffffffffffffffffffff'
        'c7634d81f4372ddf581a0db248b0a77aecec196accc52973', 16)
B = int('b3312fa7e23ee7e4988e056be3f82d19181d9c6efe814112'
        '0314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aef', 16)
G = (int('aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b98'
         '59f741e082542a385502f25dbf55296c3a545e3872760ab7', 16),
     int('3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147c'
         'e9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f', 16))
# Of id-ecPublicKey and secp384r1, with their tags.
EC_KEY = bytes.fromhex('06072a8648ce3d0201')
CURVE = bytes.fromhex('06052b81040022')


def add(one, other):
    """The sum of two points; None is that at infinity."""
    if one is None or other is None:
        return one or other
    (x, y), (u, v) = one, other
    if x == u:
        if (y + v) % P == 0:
            return None
        slope = (3 * x * x - 3) * pow(2 * y, -1, P)
    else:
        slope = (v - y) * pow(u - x, -1, P)
    w = (slope * slope - x - u) % P
    return w, (slope * (x - w) - y) % P


def times(number, point):
    total = None
    while number:
        if number & 1:
            total = add(total, point)
        point = add(point, point)
        number >>= 1
    return total


def is_point(point):
    x, y = point
    return (y * y - x**3 + 3 * x - B) % P == 0


def hashed(data):
    return int.from_bytes(hashlib.sha384(data).digest(), 'big')


def sign(secret, data, k=0x1234567):
    """(r, s) by the nonce k, whose secrecy no test needs."""
    r = times(k, G)[0] % N
    return r, (hashed(data) + r * secret) * pow(k, -1, N) % N


def verify(public, data, signature):
    r, s = signature
    if not (0 < r < N and 0 < s < N):
        return False
    inverse = pow(s, -1, N)
    point = add(times(hashed(data) * inverse % N, G),
                times(r * inverse % N, public))
    return point is not None and point[0] % N == r


# --- PEM ---------------------------------------------------------------------

def _der(tag, content):
    size = len(content)
    length = (bytes([size]) if size < 0x80 else
              bytes([0x81, size]) if size < 0x100 else
              bytes([0x82]) + size.to_bytes(2, 'big'))
    return bytes([tag]) + length + content


def _pem(label, content):
    text = base64.b64encode(content).decode()
    lines = [text[i:i + 64] for i in range(0, len(text), 64)]
    return '\n'.join([f'-----BEGIN {label}-----', *lines,
                      f'-----END {label}-----', '']).encode()


def _point(public):
    return b'\0\4' + b''.join(n.to_bytes(48, 'big') for n in public)


def private_pem(secret):
    """RFC 5915."""
    return _pem('EC PRIVATE KEY', _der(0x30, b''.join((
        _der(2, b'\1'), _der(4, secret.to_bytes(48, 'big')),
        _der(0xa0, CURVE), _der(0xa1, _der(3, _point(times(secret, G))))))))


def public_pem(public):
    """RFC 5480."""
    return _pem('PUBLIC KEY', _der(0x30, _der(0x30, EC_KEY + CURVE)
                                   + _der(3, _point(public))))
