# SPDX-License-Identifier: Apache-2.0
"""Collateral of TDX quotes by the PKI of quote_maker.py: TCB info, the quoting
enclave's identity, two revocation lists, as one file and as five. Each part can
be changed before or after what depends on it is made.

Intel's Provisioning Certification Service, API version 4; for the one file,
Phala-Network/dcap-qvl."""

import contextlib
import functools
import json
import urllib.parse
from collections import namedtuple
from types import SimpleNamespace
from unittest import mock

import crl
import ec
import quote_maker as made
import tcb_model
import verify_model
import x509
from quote_maker import P, TIME, YEAR, intel

DAY = 86400
SIGNER = 'Intel SGX TCB Signing'
# Of TCB info and identity, and of the lists.
ISSUED, NEXT = TIME - 10 * DAY, TIME + 20 * DAY
BEGIN, END = TIME - 5 * DAY, TIME + 25 * DAY
# TEE_TCB_SVN: module TDX_01, its minor SVN 5, microcode 3.
SVNS = (5, 1, 3)
CPU = (3, 3, 2, 2, 4, 1, 0, 200, 0, 0, 0, 0, 0, 0, 0, 0)
PCE = 11
QE = 7

Made = namedtuple('Made', 'quote one five')


def when(seconds):
    return tcb_model.rfc3339(seconds)


def svn(*numbers):
    return list(numbers) + [0] * (16 - len(numbers))


# --- Parts --------------------------------------------------------------------

def level(status='UpToDate', date='2026-03-11T00:00:00Z', advisories=None, *,
          cpu=CPU, pce=PCE, tdx=SVNS):
    """A level of the platform."""
    one = {'tcb': {'sgxtcbcomponents': [{'svn': i} for i in svn(*cpu)],
                   'pcesvn': pce,
                   'tdxtcbcomponents': [{'svn': i} for i in svn(*tdx)]},
           'tcbDate': date, 'tcbStatus': status}
    one['tcb']['sgxtcbcomponents'][0].update(
        category='BIOS', type='Early Microcode Update')
    if advisories:
        one['advisoryIDs'] = list(advisories)
    return one


def small(isvsvn, status='UpToDate', date='2026-03-11T00:00:00Z',
          advisories=None):
    """A level of a module or of the quoting enclave."""
    one = {'tcb': {'isvsvn': isvsvn}, 'tcbDate': date, 'tcbStatus': status}
    if advisories:
        one['advisoryIDs'] = list(advisories)
    return one


def module(name, *levels):
    return {'id': name, 'mrsigner': '00' * 48, 'attributes': '00' * 8,
            'attributesMask': 'FF' * 8, 'tcbLevels': list(levels)}


def tcb_info():
    """A level that is up to date, and lower ones."""
    lower = [3, 3, 2, 2, 3, 1, 0, 5]
    first = module('', small(0))
    return {
        'id': 'TDX', 'version': 3, 'issueDate': when(ISSUED),
        'nextUpdate': when(NEXT), 'fmspc': '90C06F000000', 'pceId': '0000',
        'tcbType': 0, 'tcbEvaluationDataNumber': 19,
        'tdxModule': {name: first[name] for name in (
            'mrsigner', 'attributes', 'attributesMask')},
        'tdxModuleIdentities': [
            module('TDX_03', small(3)),
            module('TDX_01', small(5), small(
                2, 'OutOfDate', '2024-03-13T00:00:00Z',
                ['INTEL-SA-01099', 'INTEL-SA-01036']))],
        'tcbLevels': [
            level(),
            level('OutOfDate', '2025-08-13T00:00:00Z', ['INTEL-SA-01397'],
                  cpu=lower, tdx=(5, 0, 2)),
            level('OutOfDate', '2024-03-13T00:00:00Z',
                  ['INTEL-SA-01036', 'INTEL-SA-01397'], cpu=lower, pce=5,
                  tdx=(3, 0, 2))]}


def identity():
    return {
        'id': 'TD_QE', 'version': 2, 'issueDate': when(ISSUED + 60),
        'nextUpdate': when(NEXT + 60), 'tcbEvaluationDataNumber': 20,
        'miscselect': '00000000', 'miscselectMask': 'FFFFFFFF',
        'attributes': '11' + '00' * 15, 'attributesMask': 'FB' + 'FF' * 7
        + '00' * 8, 'mrsigner': verify_model.QE_SIGNER.hex().upper(),
        'isvprodid': 2, 'tcbLevels': [small(QE), small(
            4, 'OutOfDate', '2024-11-13T00:00:00Z', ['INTEL-SA-01245'])]}


def signing(**changes):
    """What the TCB signing certificate is made of."""
    return {**dict(subject=intel(SIGNER), issuer=intel(made.ROOT),
                   public=x509.public_of(made.key('tcb signing')),
                   key=made.key('root'), valid=made.VALID, serial=0x7cb,
                   extensions=x509.end_entity()), **changes}


def document(content):
    """What TCB info or an identity is made of. text is changed after it was
    signed, message only for the signature."""
    return SimpleNamespace(
        content=content, key=made.key('tcb signing'), text=lambda text: text,
        message=lambda text: text, pair=lambda r, s: (r, s),
        signature=lambda text: text, encode=compact)


def compact(content):
    return json.dumps(content, separators=(',', ':'), ensure_ascii=False)


def revocation(issuer, key, serial):
    """What a list is made of; other is what it may be instead."""
    return SimpleNamespace(
        issuer=intel(issuer), key=made.key(key), valid=(BEGIN, END),
        entries=[crl.entry(serial, TIME - YEAR, crl.reason(1))], more={},
        der=lambda data: data, form=None)


def parts_of():
    """Everything that collateral is made of; serial numbers in the lists are
    nobody's."""
    return SimpleNamespace(
        quote={'version': 4, 'body_type': 2}, svns=SVNS, svns2=SVNS,
        change=None, signing=signing(), root=made.default_chain().root,
        certificates=lambda two: two, chain_text=lambda pem: pem,
        qe_chain_text=None, info=document(tcb_info()),
        identity=document(identity()),
        pck=revocation(made.PLATFORM, 'ca', 0x5eee),
        crl=revocation(made.ROOT, 'root', 0x7cc),
        members=lambda members: members, one=lambda data: data,
        five=lambda files: files)


# --- Made ---------------------------------------------------------------------

@contextlib.contextmanager
def remembering():
    """Each signature is made and verified once: most rows have most of them in
    common."""
    with contextlib.ExitStack() as stack:
        for name in 'sign', 'verify':
            stack.enter_context(mock.patch.object(
                ec, name, functools.lru_cache(None)(getattr(ec, name))))
        yield


def texts(part):
    """The JSON text and its signature, as hex."""
    plain = part.encode(part.content)
    pair = part.pair(*ec.sign(part.key, part.message(plain).encode()))
    return part.text(plain), part.signature(ec.point_bytes(P, pair).hex())


def list_of(part):
    return part.der(crl.revocations(part.issuer, part.key, part.valid,
                                    part.entries, **part.more))


FORMS = {'hex': lambda data: data.hex().encode(), 'pem': crl.pem,
         'HEX': lambda data: data.hex().upper().encode(),
         'der': lambda data: data}


def as_form(part, usual):
    return FORMS[part.form or usual](list_of(part))


def percent(data):
    return urllib.parse.quote(data, safe='').encode()


def quote_of(parts):
    """By quote_maker, with the SVNs of this row."""
    def change(quote):
        front = bytes(svn(*parts.svns))
        quote.body = front + quote.body[16:]
        if len(quote.body) == 648:
            quote.body = (quote.body[:584] + bytes(svn(*parts.svns2))
                          + quote.body[600:])
        if parts.change:
            parts.change(quote)
    return made.make_quote(change, **parts.quote)


def make(*changes):
    """The quote, one file, and five by name."""
    parts = parts_of()
    for change in changes:
        change(parts)
    chain = parts.chain_text(b''.join(map(x509.pem, parts.certificates([
        x509.certificate(**parts.signing), x509.certificate(**parts.root)]))))
    qe_chain = parts.qe_chain_text(chain) if parts.qe_chain_text else chain
    authority = made.chain_bytes(made.default_chain())[1:]
    info, info_signature = texts(parts.info)
    qe, qe_signature = texts(parts.identity)
    one = parts.members({
        'pck_crl_issuer_chain': b''.join(map(x509.pem, authority)).decode(),
        'root_ca_crl': as_form(parts.crl, 'hex').decode('latin-1'),
        'pck_crl': as_form(parts.pck, 'hex').decode('latin-1'),
        'tcb_info_issuer_chain': chain.decode(), 'tcb_info': info,
        'tcb_info_signature': info_signature,
        'qe_identity_issuer_chain': qe_chain.decode(), 'qe_identity': qe,
        'qe_identity_signature': qe_signature})
    five = parts.five({
        'tcb-info': outer('tcbInfo', info, info_signature),
        'qe-identity': outer('enclaveIdentity', qe, qe_signature),
        'tcb-issuer-chain': chain,
        'pck-crl': as_form(parts.pck, 'der'),
        'root-crl': as_form(parts.crl, 'hex')})
    return Made(quote_of(parts), parts.one(json.dumps(one).encode()), five)


def outer(name, text, signature):
    return f'{{"{name}":{text},"signature":"{signature}"}}'.encode()
