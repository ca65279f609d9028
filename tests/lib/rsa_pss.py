# SPDX-License-Identifier: Apache-2.0
"""RSASSA-PSS of RFC 8017 with SHA-384 for message and mask and a salt of 48
bytes, as AMD signs certificates. For tests only: it is not constant in time."""

import hashlib

DIGEST = 48
SALT = 48
E = 65537


def sha384(data):
    return hashlib.sha384(data).digest()


# --- Keys ---------------------------------------------------------------------

def near(seed, bits):
    """An odd number that is made of the seed, with its two top bits set: the
    product of two such numbers has twice as many bits."""
    number = int.from_bytes(
        hashlib.shake_256(seed.encode()).digest(bits // 8), 'big')
    return number | 3 << bits - 2 | 1


def is_prime(number, rounds=2):
    """Miller and Rabin's, with bases that nobody chose to deceive it."""
    if any(number % small == 0 for small in (3, 5, 7, 11, 13, 17, 19, 23)):
        return False
    odd, twos = number - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    for base in range(2, 2 + rounds):
        power = pow(base, odd, number)
        if power in (1, number - 1):
            continue
        for _ in range(twos - 1):
            power = power * power % number
            if power == number - 1:
                break
        else:
            return False
    return True


def find_offset(seed, bits):
    """How far the first prime after near() is away. It takes a minute; what it
    found is written down where keys are used."""
    start, offset = near(seed, bits), 0
    while not (is_prime(start + offset) and (start + offset) % E != 1):
        offset += 2
    return offset


class Key:
    """Of a seed and of the offsets of its two primes."""

    def __init__(self, seed, offsets, bits=4096):
        self.p, self.q = (near(f'{seed} {name}', bits // 2) + offset
                          for name, offset in zip('pq', offsets))
        self.n, self.bits = self.p * self.q, bits
        assert self.n.bit_length() == bits

    def power(self, number):
        """number to the secret exponent, by the Chinese remainders."""
        p, q = self.p, self.q
        of_p = pow(number, pow(E, -1, p - 1), p)
        of_q = pow(number, pow(E, -1, q - 1), q)
        return of_q + (of_p - of_q) * pow(q, -1, p) % p * q


# --- Encoding -----------------------------------------------------------------

def mask(seed, size):
    """MGF1, B.2.1."""
    out = b''
    while len(out) < size:
        out += sha384(seed + (len(out) // DIGEST).to_bytes(4, 'big'))
    return out[:size]


def xor(one, other):
    return bytes(a ^ b for a, b in zip(one, other))


def encode(data, bits, salt):
    """EMSA-PSS-ENCODE, 9.1.1: a number of bits - 1 bits."""
    size = (bits - 1 + 7) // 8
    digest = sha384(bytes(8) + sha384(data) + salt)
    block = bytes(size - len(salt) - DIGEST - 2) + b'\1' + salt
    block = xor(block, mask(digest, len(block)))
    top = 0xff >> 8 * size - (bits - 1)
    return bytes((block[0] & top,)) + block[1:] + digest + b'\xbc'


def is_encoding(data, block, bits, salt_size):
    """EMSA-PSS-VERIFY, 9.1.2."""
    size = (bits - 1 + 7) // 8
    if (len(block) != size or size < DIGEST + salt_size + 2
            or block[-1] != 0xbc):
        return False
    masked, digest = block[:-DIGEST - 1], block[-DIGEST - 1:-1]
    top = 0xff >> 8 * size - (bits - 1)
    if masked[0] & ~top:
        return False
    plain = xor(masked, mask(digest, len(masked)))
    plain = bytes((plain[0] & top,)) + plain[1:]
    padding = len(plain) - salt_size
    if plain[:padding] != bytes(padding - 1) + b'\1':
        return False
    return digest == sha384(bytes(8) + sha384(data) + plain[padding:])


# --- Signatures ---------------------------------------------------------------

def sign(key, data, salt=None):
    """The salt is the digest of the data: the same signature each time."""
    block = encode(data, key.bits, sha384(data) if salt is None else salt)
    return key.power(int.from_bytes(block, 'big')).to_bytes(
        key.bits // 8, 'big')


def verify(n, e, data, signature, salt_size=SALT):
    bits = n.bit_length()
    if len(signature) != (bits + 7) // 8:
        return False
    number = int.from_bytes(signature, 'big')
    if number >= n:
        return False
    block = pow(number, e, n)
    size = (bits - 1 + 7) // 8
    if block >= 1 << 8 * size:
        return False
    return is_encoding(data, block.to_bytes(size, 'big'), bits, salt_size)
