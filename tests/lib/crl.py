# SPDX-License-Identifier: Apache-2.0
"""Certificate revocation lists (RFC 5280, section 5): made with whatever is
asked for, and read."""

import base64
import re

import der
import ec
import x509

NUMBER, ISSUER_KEY = '2.5.29.20', '2.5.29.35'
DELTA, DISTRIBUTION = '2.5.29.27', '2.5.29.28'
REASON, ENTRY_ISSUER = '2.5.29.21', '2.5.29.29'
KNOWN = (NUMBER, ISSUER_KEY, REASON)


# --- Made ---------------------------------------------------------------------

def reason(number):
    return x509.extension(REASON, der.integer(number, der.ENUMERATED))


def usual():
    """The extensions that Intel's lists have: a key identifier, a number."""
    return [x509.extension(NUMBER, der.integer(1)),
            x509.extension(ISSUER_KEY, der.sequence(der.make(0x80, bytes(20))))]


def entry(serial, when, *extensions):
    """A revoked certificate."""
    return der.sequence(der.integer(serial), der.time(when),
                        der.sequence(*extensions) if extensions else b'')


def revocations(issuer, key, valid, entries=(), *, extensions=None, version=1,
                outer=None, digest=None, spoil=False):
    """A list, as DER. version is 1 for version 2, None for the first; valid
    is a pair whose second may be None. spoil is as of x509.certificate()."""
    algorithm = x509.ecdsa_algorithm(digest or 'sha256')
    more = usual() if extensions is None else extensions
    signed = der.sequence(
        b'' if version is None else der.integer(version), algorithm, issuer,
        *(der.time(one) for one in valid if one is not None),
        der.sequence(*entries) if entries else b'',
        der.make(0xa0, der.sequence(*more)) if more else b'')
    message = signed + b'.' if spoil else signed
    return der.sequence(signed, outer or algorithm,
                        der.bits(x509.signature_of(key, message, digest)))


BEGIN, END = b'-----BEGIN X509 CRL-----\n', b'-----END X509 CRL-----\n'


def pem(data):
    text = x509.pem(data)
    return text.replace(x509.BEGIN, BEGIN).replace(x509.END, END)


# --- Read ---------------------------------------------------------------------

def unpem(data):
    """The one list of PEM that holds nothing else."""
    if b'CERTIFICATE' in data:
        raise der.Error('a certificate')
    (one,) = x509.unpem(data.replace(b'\r\n', b'\n').replace(
        BEGIN, x509.BEGIN).replace(END, x509.END))
    return one


def decoded(data, of_text):
    """DER of the bytes of a file, or of a JSON document's string. Base64 is in
    documents only."""
    # Hex of DER begins with another byte.
    if not of_text and data[:1] == bytes((der.SEQUENCE,)):
        return data
    if data.startswith(BEGIN[:10]):
        return unpem(data)
    line = data[:-1] if data.endswith(b'\n') else data
    if re.fullmatch(rb'([0-9A-Fa-f]{2})+', line):
        return bytes.fromhex(line.decode())
    if of_text:
        try:
            return base64.b64decode(line, validate=True)
        except ValueError:
            pass
    raise der.Error('neither DER, nor PEM, nor hex')


class List:
    """What a list says. Raises der.Error."""

    def __init__(self, data):
        try:
            self._read(data)
        except (ValueError, IndexError) as error:
            raise der.Error('parts that are missing or too many') from error

    def _read(self, data):
        signed, algorithm, signature = der.read(data).items()
        self.signed, self.signature = signed.raw, signature.whole_bits()
        parts = signed.items()
        if parts.pop(0).number() != 1:
            raise der.Error('not version 2')
        inner = parts.pop(0)
        if inner.raw != algorithm.raw:
            raise der.Error('two algorithms')
        self.sha256 = algorithm.raw == x509.ecdsa_algorithm()
        self.issuer = x509.read_name(parts.pop(0))
        self.begin = parts.pop(0).seconds()
        self.end = self.refused = None
        if parts and parts[0].tag in (der.UTC_TIME, der.TIME):
            self.end = parts.pop(0).seconds()
        if self.end is None:
            raise der.Error('it does not say when the next one is made')
        self.serials = set()
        if parts and parts[0].tag == der.SEQUENCE:
            for one in parts.pop(0).items():
                self._read_entry(*one.items())
        if parts:
            (extensions,) = parts.pop(0).items(0xa0)
            self._read_extensions(extensions)
        if parts:
            raise der.Error('parts that are too many')

    def _read_entry(self, serial, when, *extensions):
        self.serials.add(serial.number())
        when.seconds()
        if extensions:
            (one,) = extensions
            self._read_extensions(one)

    def _read_extensions(self, item):
        """Those that change what the list means are not understood here."""
        seen = set()
        for part in item.items():
            oid, *critical, value = part.items()
            kind = oid.oid()
            value.expect(der.OCTETS)
            if kind in seen:
                raise der.Error('an extension twice')
            seen.add(kind)
            if (critical and critical[0].truth() and kind not in KNOWN
                    or kind in (DELTA, DISTRIBUTION, ENTRY_ISSUER)):
                self.refused = kind

    def is_signed_by(self, issuer):
        """By the key of the certificate, which has the issuer's name."""
        if (self.refused or not self.sha256 or self.issuer != issuer.subject
                or not issuer.may_sign_lists()):
            return False
        try:
            r, s = (part.number() for part in
                    der.read(self.signature).items())
        except (der.Error, ValueError):
            return False
        return ec.verify(issuer.curve, issuer.point, self.signed, (r, s))
