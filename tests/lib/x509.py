# SPDX-License-Identifier: Apache-2.0
"""Certificates (RFC 5280): made with whatever is asked for, and read."""

import base64
import hashlib
import re

import der
import ec
import rsa_pss

# --- Object identifiers -------------------------------------------------------

NAMES = {'CN': '2.5.4.3', 'C': '2.5.4.6', 'L': '2.5.4.7', 'ST': '2.5.4.8',
         'O': '2.5.4.10', 'OU': '2.5.4.11'}
KEY_USAGE, BASIC_CONSTRAINTS = '2.5.29.15', '2.5.29.19'
SUBJECT_KEY, ISSUER_KEY, CRL_POINTS = '2.5.29.14', '2.5.29.35', '2.5.29.31'
EC_KEY, RSA_KEY = '1.2.840.10045.2.1', '1.2.840.113549.1.1.1'
CURVES = {'1.2.840.10045.3.1.7': ec.P256, '1.3.132.0.34': ec.P384}
ECDSA = {'1.2.840.10045.4.3.2': 'sha256', '1.2.840.10045.4.3.3': 'sha384'}
PSS = '1.2.840.113549.1.1.10'
MGF1, SHA384 = '1.2.840.113549.1.1.8', '2.16.840.1.101.3.4.2.2'


# --- Made ---------------------------------------------------------------------

def name(**parts):
    """A distinguished name, in the order of its parts."""
    return der.sequence(*(
        der.make(der.SET, der.sequence(
            der.oid(NAMES[part]),
            der.make(der.PRINTABLE if part == 'C' else der.UTF8,
                     text.encode())))
        for part, text in parts.items()))


def pss_algorithm(trailer=False):
    """AMD's: some of its certificates have the trailer field, which is that by
    default."""
    sha = der.sequence(der.oid(SHA384), der.make(der.NULL))
    return der.sequence(der.oid(PSS), der.sequence(
        der.make(0xa0, sha), der.make(0xa1, der.sequence(der.oid(MGF1), sha)),
        der.make(0xa2, der.integer(rsa_pss.SALT)),
        der.make(0xa3, der.integer(1)) if trailer else b''))


def ecdsa_algorithm(digest='sha256'):
    return der.sequence(der.oid(
        next(oid for oid, known in ECDSA.items() if known == digest)))


def rsa_public(n, e=rsa_pss.E):
    return der.sequence(
        der.sequence(der.oid(RSA_KEY), der.make(der.NULL)),
        der.bits(der.sequence(der.integer(n), der.integer(e))))


def ec_public(curve, point):
    oid = next(oid for oid, known in CURVES.items() if known is curve)
    return der.sequence(der.sequence(der.oid(EC_KEY), der.oid(oid)),
                        der.bits(b'\4' + ec.point_bytes(curve, point)))


def public_of(key):
    if isinstance(key, rsa_pss.Key):
        return rsa_public(key.n)
    return ec_public(key.curve, key.public)


def extension(oid, value, critical=False):
    return der.sequence(der.oid(oid), der.boolean(True) if critical else b'',
                        der.octets(value))


def authority(length=None):
    """Extensions of a CA, with a limit of CAs below."""
    limit = b'' if length is None else der.integer(length)
    return [extension(KEY_USAGE, der.bits(b'\6', 1), True),
            extension(BASIC_CONSTRAINTS,
                      der.sequence(der.boolean(True), limit), True)]


def end_entity():
    """Extensions of Intel's leaf: signatures and non-repudiation, not a CA."""
    return [extension(KEY_USAGE, der.bits(b'\xc0', 6), True),
            extension(BASIC_CONSTRAINTS, der.sequence(), True)]


def signature_of(key, data, digest=None):
    """As a certificate has it."""
    if isinstance(key, rsa_pss.Key):
        return rsa_pss.sign(key, data)
    return der.sequence(*map(der.integer, ec.sign(key, data, digest)))


def certificate(subject, issuer, public, key, valid, extensions, *,
                serial=1, algorithm=None, outer=None, digest=None, spoil=False):
    """public is SubjectPublicKeyInfo, key the issuer's. spoil changes a bit of
    the signature, or what is signed after it was."""
    if algorithm is None:
        algorithm = (pss_algorithm() if isinstance(key, rsa_pss.Key)
                     else ecdsa_algorithm(digest or 'sha256'))
    signed = der.sequence(
        der.make(0xa0, der.integer(2)), der.integer(serial), algorithm, issuer,
        der.sequence(*map(der.time, valid)), subject, public,
        der.make(0xa3, der.sequence(*extensions)))
    message = signed + b'.' if spoil else signed
    return der.sequence(signed, outer or algorithm,
                        der.bits(signature_of(key, message, digest)))


# --- PEM ----------------------------------------------------------------------

BEGIN, END = b'-----BEGIN CERTIFICATE-----\n', b'-----END CERTIFICATE-----\n'


def pem(data):
    text = base64.b64encode(data)
    return BEGIN + b''.join(text[i:i + 64] + b'\n'
                            for i in range(0, len(text), 64)) + END


BLOCK = re.compile(BEGIN + rb'((?:[A-Za-z0-9+/]{64}\n)*'
                   rb'[A-Za-z0-9+/]{1,64}={0,2}\n)' + END)


def unpem(data):
    """The certificates of PEM that holds nothing else (RFC 7468, strictly)."""
    found, at = [], 0
    while at < len(data):
        block = BLOCK.match(data, at)
        text = block and block[1].replace(b'\n', b'')
        if not block or len(text) % 4:
            raise der.Error('not PEM')
        content = base64.b64decode(text, validate=True)
        if base64.b64encode(content) != text:
            raise der.Error('base64 with bits that are not used')
        found.append(content)
        at = block.end()
    return found


# --- Read ---------------------------------------------------------------------

def read_name(item):
    """Pairs of an OID and a text."""
    pairs = []
    for part in item.items():
        (pair,) = part.items(der.SET)
        kind, text = pair.items()
        if text.tag not in (der.UTF8, der.PRINTABLE, der.IA5):
            raise der.Error('text of another type')
        pairs.append((kind.oid(), text.content))
    return tuple(pairs)


def _algorithm(item):
    """'pss', or the digest of ECDSA; None of others."""
    parts = item.items()
    kind = parts[0].oid() if parts else None
    if item.raw in (pss_algorithm(), pss_algorithm(True)):
        return 'pss'
    return ECDSA.get(kind) if len(parts) == 1 else None


class Certificate:
    def __init__(self, data):
        """Raises der.Error."""
        try:
            self._read(data)
        except (ValueError, IndexError) as error:
            raise der.Error('parts that are missing or too many') from error

    def _read(self, data):
        self.raw = data
        signed, algorithm, signature = der.read(data).items()
        self.signed, self.signature = signed.raw, signature.whole_bits()
        version, serial, inner, issuer, valid, subject, public, extensions = \
            signed.items()
        (number,) = version.items(0xa0)
        if number.number() != 2 or inner.raw != algorithm.raw:
            raise der.Error('another version, or two algorithms')
        self.serial = serial.number()
        self.algorithm = _algorithm(algorithm)
        self.issuer, self.subject = read_name(issuer), read_name(subject)
        begin, end = valid.items()
        self.begin, self.end = begin.seconds(), end.seconds()
        self.public = public.raw
        self._read_key(*public.items())
        self._read_extensions(extensions)

    def _read_key(self, algorithm, bits):
        kind, parameters = algorithm.items()
        data = bits.whole_bits()
        self.curve = self.point = self.rsa = None
        if kind.oid() == RSA_KEY:
            parameters.expect(der.NULL)
            n, e = der.read(data).items()
            self.rsa = n.number(), e.number()
        elif kind.oid() == EC_KEY and parameters.oid() in CURVES:
            self.curve = CURVES[parameters.oid()]
            if len(data) != 2 * self.curve.size + 1 or data[0] != 4:
                raise der.Error('a point of another form')
            self.point = ec.point_of(self.curve, data[1:])
        else:
            raise der.Error('a key of another type')

    def _read_extensions(self, item):
        """All by OID; those that no CA or leaf here has are not critical."""
        self.extensions = {}
        (everything,) = item.items(0xa3)
        for part in everything.items():
            oid, *critical, value = part.items()
            kind = oid.oid()
            if critical and (len(critical) > 1 or not critical[0].truth()):
                raise der.Error('critical is said twice or false')
            if kind in self.extensions:
                raise der.Error(f'{kind} is there twice')
            if critical and kind not in (KEY_USAGE, BASIC_CONSTRAINTS):
                raise der.Error(f'{kind} is critical, and unknown')
            self.extensions[kind] = value.expect(der.OCTETS).content

    def common_name(self):
        names = [text for kind, text in self.subject if kind == NAMES['CN']]
        return names[0].decode('ascii', 'replace') if len(names) == 1 else None

    def is_authority(self):
        """Whether it may sign certificates."""
        value = self.extensions.get(BASIC_CONSTRAINTS)
        parts = der.read(value).items() if value else []
        if not parts or parts[0].tag != der.BOOLEAN or not parts[0].truth():
            return False
        return self.may(4)  # keyCertSign

    def may_sign_lists(self):
        """Whether it may sign CRLs."""
        return self.may(2)  # cRLSign

    def may(self, bit):
        """By keyUsage, if it has that: a bit of the first byte after the
        number of unused bits."""
        usage = self.extensions.get(KEY_USAGE)
        if usage is None:
            return True
        named = der.read(usage).expect(der.BITS).content[1:2]
        return bool(named and named[0] & bit)

    def digest_of_key(self):
        return hashlib.sha256(self.public).hexdigest()

    def is_signed_by(self, issuer):
        """By the issuer's key, whatever the names."""
        if self.algorithm == 'pss':
            return issuer.rsa is not None and rsa_pss.verify(
                *issuer.rsa, self.signed, self.signature)
        if self.algorithm is None or issuer.curve is None:
            return False
        try:
            r, s = (part.number() for part in
                    der.read(self.signature).items())
        except (der.Error, ValueError):
            return False
        return ec.verify(issuer.curve, issuer.point, self.signed, (r, s),
                         self.algorithm)
