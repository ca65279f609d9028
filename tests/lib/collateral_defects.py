# SPDX-License-Identifier: Apache-2.0
"""One row for each thing that can be wrong with the collateral of a TDX quote,
and for what only looks wrong: its name, the reason that is given (None: the
quote is genuine and accepted), what makes it so, the TCB's status (None: there
is none), when it is verified, which statuses are accepted, and as which of one
file and five it can be had."""

import base64
import json
from collections import namedtuple

import collateral_maker as maker
import crl
import der
import quote_defects
import quote_maker as made
import tcb_model
import x509
from collateral_maker import DAY, level, module, percent, small, svn
from quote_maker import P, TIME, YEAR, intel
from tcb_model import BOTH, CONFIGURE, HARDEN, OLD, OLD_CONFIGURE, RELAUNCH, \
    RELAUNCH_CONFIGURE, REVOKED, UP

ALL = ('one', 'five')
Row = namedtuple('Row', 'name reason change tcb time accept forms', defaults=(
    None, TIME, (UP,), ALL))
FORMAT = 'collateral-format'
SIGNATURE = 'collateral-signature'
V5 = {'version': 5, 'body_type': 3}


# --- Changes ------------------------------------------------------------------

def all_of(*changes):
    def change(parts):
        for one in changes:
            one(parts)
    return change


def set_(**values):
    return lambda parts: vars(parts).update(values)


def of(which, **values):
    """Changes a part of the parts."""
    return lambda parts: vars(getattr(parts, which)).update(values)


def cert(which, **values):
    """Changes the TCB signing certificate or the root."""
    return lambda parts: getattr(parts, which).update(values)


def content(which, *path, **values):
    """Members of a document, or of what the path leads to in it; None is left
    out."""
    def change(parts):
        item = getattr(parts, which).content
        for step in path:
            item = item[step]
        for name, value in values.items():
            item[name] = value
            if value is None:
                del item[name]
    return change


def info(*path, **values):
    return content('info', *path, **values)


def identity(*path, **values):
    return content('identity', *path, **values)


def levels(*given):
    return info(tcbLevels=list(given))


def modules(*given):
    return info(tdxModuleIdentities=list(given))


def qe_levels(*given):
    return identity(tcbLevels=list(given))


def text(which, function):
    """Of a document, after it was signed."""
    return of(which, text=function)


def resigned(which, function):
    """Of a document, before it is signed."""
    return of(which, encode=lambda made_of: function(maker.compact(made_of)))


def members(**values):
    """Of the one file; None is left out."""
    def change(given):
        given.update(values)
        return {name: value for name, value in given.items()
                if value is not None}
    return set_(members=change)


def one(function):
    return set_(one=function)


def five(name, function):
    """One of the five files."""
    return set_(five=lambda files: {**files, name: function(files[name])})


def revoked(which, *serials, reason=1):
    return of(which, entries=[
        crl.entry(serial, TIME - YEAR, crl.reason(reason))
        for serial in serials])


def usage(bits):
    """Extensions of a CA whose keyUsage has these bits."""
    return [x509.extension(x509.KEY_USAGE, der.bits(bytes((bits,)), 0), True),
            *x509.authority()[1:]]


def crl_with(which, *extensions):
    return of(which, more={'extensions': [*crl.usual(), *extensions]})


def pretty(given):
    return json.dumps(json.loads(given), indent=2)


def reordered(given):
    return maker.compact(dict(reversed(json.loads(given).items())))


def foreign(*names):
    """A root of the same name, whose key is somebody's."""
    def change(parts):
        key = made.key('other root')
        if 'signing' in names:
            parts.signing['key'] = key
        if 'root' in names:
            parts.root.update(key=key, public=x509.public_of(key))
        if 'crl' in names:
            parts.crl.key = key
    return change


def plus(values, at, by=1):
    changed = svn(*values)
    changed[at] += by
    return changed


def by_length(size):
    """White space after the document makes the file that long."""
    return lambda data: data + b' ' * (size - len(data))


UNKNOWN = x509.extension('1.2.3.4', b'\5\0', True)
INDIRECT = x509.extension(crl.DISTRIBUTION, der.sequence(
    der.make(0x84, b'\xff')), True)
DELTA = x509.extension(crl.DELTA, der.integer(1), True)
MIB = 1 << 20

# --- Genuine, and up to date --------------------------------------------------

GOOD = [
    Row('good', None, None, UP),
    Row('good-v5-td10', None, set_(quote={'version': 5, 'body_type': 2}), UP),
    Row('good-v5-td15', None, set_(quote=V5), UP),
    Row('good-lower-case-fmspc', None, info(fmspc='90c06f000000'), UP),
    Row('good-identity-version-3', None, identity(version=3), UP),
    Row('good-upper-case-signature', None, all_of(
        of('info', signature=str.upper), of('identity', signature=str.upper)),
        UP),
    Row('good-pretty-info', None, text('info', pretty), UP),
    Row('good-pretty-identity', None, text('identity', pretty), UP),
    Row('good-signed-as-pretty', None, resigned('info', pretty), UP),
    Row('good-space-in-a-string', None, info('tcbLevels', 0, advisoryIDs=[
        'INTEL SA\t1', 'a " b', 'c \\ d']), UP),
    Row('good-space-in-a-string-pretty', None, all_of(
        info('tcbLevels', 0, advisoryIDs=['INTEL SA 1', ' " ', '\\']),
        text('info', pretty)), UP),
    Row('good-member-unknown-in-info', None, info(more={'a': [1]}), UP),
    Row('good-member-unknown-in-level', None, info('tcbLevels', 0, more=1), UP),
    Row('good-member-unknown-in-identity', None, identity(more='x'), UP),
    Row('good-n-minus-s', None, of('info', pair=lambda r, s: (r, P.n - s)), UP),
    Row('good-percent-encoded', None, set_(
        chain_text=percent), UP, forms=('five',)),
    Row('good-percent-encoded-newline', None, set_(
        chain_text=lambda pem: percent(pem) + b'\n'), UP, forms=('five',)),
    Row('good-percent-lower-case', None, set_(
        chain_text=lambda pem: percent(pem).replace(b'%0A', b'%0a').replace(
            b'%2F', b'%2f')), UP, forms=('five',)),
    Row('good-percent-encoded-less', None, set_(
        chain_text=lambda pem: percent(pem).replace(b'%2F', b'/').replace(
            b'%2B', b'+').replace(b'%3D', b'=')), UP, forms=('five',)),
    Row('good-chain-without-last-newline', None, set_(
        chain_text=lambda pem: pem[:-1]), UP),
    Row('good-dos-line-ends', None, set_(
        chain_text=lambda pem: pem.replace(b'\n', b'\r\n')), UP),
    *(Row(f'good-{which}-crl-{form}', None, of(which, form=form), UP,
          forms=forms)
      for which in ('pck', 'crl')
      for form, forms in (('hex', ALL), ('HEX', ALL), ('pem', ALL),
                          ('der', ('five',)))),
    Row('good-crls-base64', None, lambda parts: set_(members=lambda given: {
        **given, **{name: base64.b64encode(bytes.fromhex(given[name])).decode()
                    for name in ('pck_crl', 'root_ca_crl')}})(parts), UP,
        forms=('one',)),
    Row('good-crl-hex-newline', None, five(
        'root-crl', lambda data: data + b'\n'), UP, forms=('five',)),
    Row('good-crl-empty', None, all_of(
        of('pck', entries=[]), of('crl', entries=[])), UP),
    Row('good-crl-long', None, revoked('pck', *range(1000, 1300)), UP),
    Row('good-crl-serial-of-another-list', None, all_of(
        revoked('pck', 1, 0x7cb), revoked('crl', 0x5eed)), UP),
    Row('good-crl-serial-longer', None, revoked('pck', 0x5eed00, 0x15eed), UP),
    Row('good-crl-unknown-extension', None, crl_with(
        'pck', x509.extension('1.2.3.4', b'\5\0')), UP),
    Row('good-crl-number-critical', None, of('pck', more={'extensions': [
        x509.extension(crl.NUMBER, der.integer(1), True)]}), UP),
    Row('good-another-root-of-the-key', None, cert('root', serial=77), UP),
    Row('good-members-in-another-order', None, set_(
        members=lambda given: dict(reversed(given.items()))), UP,
        forms=('one',)),
    Row('good-white-space-around', None, one(
        lambda data: b'\n\t ' + json.dumps(
            json.loads(data), indent=3).encode() + b'\r\n'), UP,
        forms=('one',)),
    Row('good-signature-first', None, five('tcb-info', lambda data: json.dumps(
        dict(reversed(json.loads(data).items())),
        separators=(',', ':')).encode()), UP, forms=('five',)),
    Row('good-file-pretty', None, five(
        'tcb-info', lambda data: pretty(data).encode()), UP, forms=('five',)),
    Row('good-escapes', None, one(lambda data: data.replace(
        b'tcb_info', b'tcb\\u005finfo')), UP, forms=('one',)),
    Row('good-a-mebibyte', None, one(by_length(MIB)), UP, forms=('one',)),
    Row('good-a-mebibyte-of-info', None, five('tcb-info', by_length(MIB)), UP,
        forms=('five',)),
    Row('good-pck-chain-not-needed', None, members(pck_certificate_chain=(
        x509.pem(x509.certificate(**maker.signing())).decode())), UP,
        forms=('one',)),
    Row('good-pck-chain', None, all_of(
        set_(change=quote_defects.set_(kind=1, text=bytes(36))),
        members(pck_certificate_chain=b''.join(map(x509.pem, made.chain_bytes(
            made.default_chain()))).decode())), UP, forms=('one',)),
]

# --- Signatures ---------------------------------------------------------------

RANGES = {'r-0': lambda r, s: (0, s), 's-0': lambda r, s: (r, 0),
          'r-n': lambda r, s: (P.n, s), 's-n': lambda r, s: (r, P.n),
          's-most': lambda r, s: (r, 2**256 - 1)}

SIGNATURES = [
    *(Row(f'{which}-{name}', SIGNATURE, change)
      for which in ('info', 'identity') for name, change in (
          *((name, of(which, pair=function))
            for name, function in RANGES.items()),
          ('swapped', of(which, pair=lambda r, s: (s, r))),
          ('little-endian', of(which, pair=lambda r, s: tuple(
              int.from_bytes(n.to_bytes(32, 'little'), 'big')
              for n in (r, s)))),
          ('another-key', of(which, key=made.key('x'))),
          ('by-the-root', of(which, key=made.key('root'))),
          ('by-the-pck-leaf', of(which, key=made.key('leaf'))),
          ('reordered', text(which, reordered)),
          ('with-what-is-around', of(which, message=lambda inner:
                                     '{"tcbInfo":' + inner + '}')),
          ('date-changed', text(which, lambda given: given.replace(
              '2026-03', '2026-04', 1))),
          ('escaped', text(which, lambda given: given.replace(
              'UpToDate', 'UpTo\\u0044ate', 1))),
          ('space-in-a-string', text(which, lambda given: given.replace(
              'INTEL-SA-01', 'INTEL-SA- 01', 1))))),
    Row('status-changed', SIGNATURE, text(
        'info', lambda given: given.replace('OutOfDate', 'UpToDate'))),
    Row('level-removed', SIGNATURE, text('info', lambda given: maker.compact(
        {**json.loads(given),
         'tcbLevels': json.loads(given)['tcbLevels'][:2]}))),
    Row('signatures-exchanged', SIGNATURE, set_(members=lambda given: {
        **given, 'tcb_info_signature': given['qe_identity_signature'],
        'qe_identity_signature': given['tcb_info_signature']}),
        forms=('one',)),
]

# --- The issuer's chain -------------------------------------------------------

LEAF = x509.certificate(**{**made.default_chain().leaf})


def by_pck_leaf(parts):
    """Collateral that the owner of a PCK key signed."""
    parts.signing.update(made.default_chain().leaf)
    parts.info.key = parts.identity.key = made.key('leaf')
    parts.signing.update(issuer=intel(made.ROOT), key=made.key('root'))


CHAIN = [
    Row('one-certificate', SIGNATURE, set_(certificates=lambda two: two[:1])),
    Row('root-alone', SIGNATURE, set_(certificates=lambda two: two[1:])),
    Row('root-first', SIGNATURE, set_(certificates=lambda two: two[::-1])),
    Row('three', SIGNATURE, set_(certificates=lambda two: two + two[1:])),
    Row('three-signers', SIGNATURE, set_(
        certificates=lambda two: two[:1] + two)),
    Row('signer-twice', SIGNATURE, set_(
        certificates=lambda two: two[:1] * 2)),
    Row('pck-chain-instead', SIGNATURE, set_(certificates=lambda two: [
        LEAF, made.chain_bytes(made.default_chain())[1]])),
    Row('root-of-the-same-name', SIGNATURE, foreign('signing', 'root')),
    Row('root-of-the-same-name-and-crl', SIGNATURE, foreign(
        'signing', 'root', 'crl')),
    Row('signer-by-another-root', SIGNATURE, foreign('signing')),
    Row('root-by-another', SIGNATURE, cert('root', key=made.key('other'))),
    Row('signer-by-the-ca', SIGNATURE, cert(
        'signing', key=made.key('ca'))),
    Row('signer-issued-by-the-ca', SIGNATURE, cert(
        'signing', key=made.key('ca'), issuer=intel(made.PLATFORM))),
    Row('signer-self-signed', SIGNATURE, cert(
        'signing', key=made.key('tcb signing'))),
    Row('signer-signature', SIGNATURE, cert('signing', spoil=True)),
    Row('signer-another-key', SIGNATURE, cert(
        'signing', public=x509.public_of(made.key('x')))),
    Row('signer-named-pck', SIGNATURE, cert(
        'signing', subject=intel(made.LEAF))),
    Row('signer-name-longer', SIGNATURE, cert(
        'signing', subject=intel(f'{maker.SIGNER} 2'))),
    Row('signer-name-lower-case', SIGNATURE, cert(
        'signing', subject=intel('Intel SGX TCB signing'))),
    Row('signer-without-name', SIGNATURE, cert(
        'signing', subject=x509.name(O='Intel Corporation', C='US'))),
    Row('signer-pck-leaf', SIGNATURE, by_pck_leaf),
    Row('signer-issuer', SIGNATURE, cert(
        'signing', issuer=intel('Intel Root CA'))),
    Row('signer-a-ca', SIGNATURE, cert(
        'signing', extensions=x509.authority(0))),
    Row('root-signature', SIGNATURE, cert('root', spoil=True)),
    Row('root-subject', SIGNATURE, cert(
        'root', subject=intel('Intel SGX Root'))),
    Row('root-key-in-another-name', SIGNATURE, cert(
        'root', subject=intel('Root'), issuer=intel('Root'))),
    Row('root-not-a-ca', SIGNATURE, cert(
        'root', extensions=x509.end_entity())),
    Row('identity-by-another-chain', SIGNATURE, set_(
        qe_chain_text=lambda pem: b''.join(map(x509.pem, (
            x509.certificate(**maker.signing(public=x509.public_of(
                made.key('x')))), made.root_certificate())))),
        forms=('one',)),
    Row('identity-by-foreign-root', SIGNATURE, all_of(
        of('identity', key=made.key('x')), set_(
            qe_chain_text=lambda pem: b''.join(map(x509.pem, (
                x509.certificate(**maker.signing(
                    public=x509.public_of(made.key('x')),
                    key=made.key('other root'))),
                made.root_certificate('other root')))))),
        forms=('one',)),
    Row('chain-empty', FORMAT, set_(chain_text=lambda pem: b'')),
    Row('chain-cut', FORMAT, set_(chain_text=lambda pem: pem[:-9])),
    Row('chain-text', FORMAT, set_(chain_text=lambda pem: b'not PEM\n')),
    Row('chain-text-between', FORMAT, set_(
        chain_text=lambda pem: pem.replace(x509.END, x509.END + b'x:\n', 1))),
    Row('chain-certificate-cut', FORMAT, set_(
        certificates=lambda two: [two[0][:-1], two[1]])),
    Row('chain-certificate-longer', FORMAT, set_(
        certificates=lambda two: [two[0] + b'\0', two[1]])),
    Row('chain-percent-cut', FORMAT, set_(
        chain_text=lambda pem: percent(pem)[:-1]), forms=('five',)),
    Row('chain-percent-not-hex', FORMAT, set_(
        chain_text=lambda pem: percent(pem).replace(b'%2F', b'%2G', 1)
        + b'%zz'), forms=('five',)),
    Row('chain-percent-nul', FORMAT, set_(
        chain_text=lambda pem: percent(pem) + b'%00'), forms=('five',)),
    Row('chain-percent-twice', FORMAT, set_(
        chain_text=lambda pem: percent(percent(pem))), forms=('five',)),
    Row('chain-percent-two-newlines', FORMAT, set_(
        chain_text=lambda pem: percent(pem) + b'\n\n'), forms=('five',)),
    Row('chain-of-pck-crl', FORMAT, members(pck_crl_issuer_chain='x'),
        forms=('one',)),
    Row('pck-chain-not-pem', FORMAT, members(pck_certificate_chain='x'),
        forms=('one',)),
]

# --- Revocation lists ---------------------------------------------------------


def lists(which, issuer):
    """What can be wrong with each of the two."""
    key = {'pck': 'ca', 'crl': 'root'}[which]
    file = {'pck': 'pck-crl', 'crl': 'root-crl'}[which]
    member = {'pck': 'pck_crl', 'crl': 'root_ca_crl'}[which]
    return [Row(f'{which}-{name}', *rest) for name, *rest in (
        ('signature', SIGNATURE, of(which, more={'spoil': True})),
        ('by-another', SIGNATURE, of(which, key=made.key('x'))),
        ('by-the-leaf', SIGNATURE, of(which, key=made.key('leaf'))),
        ('by-the-other', SIGNATURE, of(which, key=made.key(
            {'ca': 'root', 'root': 'ca'}[key]))),
        ('issuer', SIGNATURE, of(which, issuer=intel('Intel SGX'))),
        ('of-the-other', SIGNATURE, of(
            which, issuer=intel(issuer), key=made.key(
                {'ca': 'root', 'root': 'ca'}[key]))),
        ('sha384-unlike', SIGNATURE, of(which, more={'digest': 'sha384'})),
        ('critical-unknown', SIGNATURE, crl_with(which, UNKNOWN)),
        ('delta', SIGNATURE, crl_with(which, DELTA)),
        ('delta-not-critical', SIGNATURE, crl_with(
            which, x509.extension(crl.DELTA, der.integer(1)))),
        ('indirect', SIGNATURE, crl_with(which, INDIRECT)),
        ('entry-critical', SIGNATURE, of(which, entries=[
            crl.entry(9, TIME - YEAR, UNKNOWN)])),
        ('entry-of-another-issuer', SIGNATURE, of(which, entries=[crl.entry(
            9, TIME - YEAR, x509.extension(crl.ENTRY_ISSUER, der.sequence(
                der.make(0xa4, intel(made.PROCESSOR))), True))])),
        ('without-next', FORMAT, of(which, valid=(maker.BEGIN, None))),
        ('version-1', FORMAT, of(which, more={'version': None,
                                              'extensions': []})),
        ('two-algorithms', FORMAT, of(which, more={
            'outer': x509.ecdsa_algorithm('sha384')})),
        ('cut', FORMAT, of(which, der=lambda data: data[:-1])),
        ('longer', FORMAT, of(which, der=lambda data: data + b'\0')),
        ('empty', FORMAT, of(which, der=lambda data: b'')),
        ('certificate', FORMAT, of(
            which, der=lambda data: made.root_certificate())),
        ('hex-odd', FORMAT, all_of(five(file, lambda data: (
            data if data[:1] == b'3' else data.hex().encode()) + b'0'),
            set_(members=lambda given: {
                **given, member: given[member] + '0'}))),
        ('pem-of-a-certificate', FORMAT, all_of(
            five(file, lambda data: x509.pem(made.root_certificate())),
            members(**{member: x509.pem(made.root_certificate()).decode()}))),
        ('pem-twice', FORMAT, all_of(
            of(which, form='pem'), five(file, lambda data: data * 2),
            set_(members=lambda given: {**given, member: given[member] * 2}))),
        ('expired', 'collateral-expired', of(
            which, valid=(TIME - 40 * DAY, TIME - 1))),
        ('last-second', None, of(which, valid=(TIME - 40 * DAY, TIME)), UP),
        ('not-yet', 'collateral-not-yet-valid', of(
            which, valid=(TIME + 1, TIME + DAY))),
        ('first-second', None, of(which, valid=(TIME, TIME + DAY)), UP))]


LISTS = [
    *lists('pck', made.ROOT), *lists('crl', made.PLATFORM),
    Row('pck-of-the-processor-ca', SIGNATURE, of(
        'pck', issuer=intel(made.PROCESSOR))),
    Row('lists-exchanged', SIGNATURE, all_of(
        set_(five=lambda files: {
            **files, 'pck-crl': bytes.fromhex(files['root-crl'].decode()),
            'root-crl': files['pck-crl']}),
        set_(members=lambda given: {
            **given, 'pck_crl': given['root_ca_crl'],
            'root_ca_crl': given['pck_crl']}))),
    *(Row(f'{which}-{name}', reason, set_(change=quote_defects.cert(
        which, extensions=extensions)), tcb)
      for which in ('ca', 'root')
      for name, reason, extensions, tcb in (
          ('signs-no-lists', SIGNATURE, usage(4), None),
          ('signs-other-lists', SIGNATURE, usage(0x85), None),
          ('without-usage', None, x509.authority()[1:], UP))),
    Row('revoked-leaf', 'cert-revoked', revoked('pck', 0x5eed)),
    Row('revoked-leaf-among-others', 'cert-revoked', revoked(
        'pck', *range(1000, 1200), 0x5eed, 2)),
    Row('revoked-leaf-last', 'cert-revoked', revoked('pck', 1, 2, 0x5eed)),
    Row('revoked-ca', 'cert-revoked', revoked('crl', 1)),
    Row('revoked-signer', SIGNATURE, revoked('crl', 9, 0x7cb)),
    Row('revoked-signer-of-identity', SIGNATURE, all_of(
        revoked('crl', 0x7cd), set_(qe_chain_text=lambda pem: b''.join(map(
            x509.pem, (x509.certificate(**maker.signing(serial=0x7cd)),
                       made.root_certificate()))))), forms=('one',)),
    *(Row(f'revoked-reason-{i}', 'cert-revoked', revoked(
        'pck', 0x5eed, reason=i)) for i in (0, 2, 6, 8, 10)),
    Row('revoked-without-reason', 'cert-revoked', of(
        'pck', entries=[crl.entry(0x5eed, TIME - YEAR)])),
    Row('revoked-in-the-future', 'cert-revoked', of(
        'pck', entries=[crl.entry(0x5eed, TIME + YEAR)])),
    Row('revoked-long-serial', SIGNATURE, all_of(
        cert('signing', serial=(0xf7 << 152) + 5),
        revoked('crl', (0xf7 << 152) + 5))),
]

# --- Time ---------------------------------------------------------------------


def edges(name, change, begin=None, end=None):
    """At the first and last second, and one beyond."""
    rows = []
    for at, step, reason in ((begin, -1, 'collateral-not-yet-valid'),
                             (end, 1, 'collateral-expired')):
        if at is not None:
            rows += [
                Row(f'{name}-{"first" if step < 0 else "last"}', None, change,
                    UP, at),
                Row(f'{name}-{"before" if step < 0 else "after"}', reason,
                    change, None, at + step)]
    return rows


LONG = all_of(of('pck', valid=(TIME - YEAR, TIME + YEAR)),
              of('crl', valid=(TIME - YEAR, TIME + YEAR)))
EARLY = {'issueDate': maker.when(TIME - YEAR),
         'nextUpdate': maker.when(TIME + YEAR)}

TIMES = [
    *edges('time-info', all_of(LONG, identity(**EARLY)), maker.ISSUED,
           maker.NEXT),
    *edges('time-identity', all_of(LONG, info(**EARLY)), maker.ISSUED + 60,
           maker.NEXT + 60),
    *edges('time-pck', all_of(info(**EARLY), identity(**EARLY), of(
        'crl', valid=(TIME - YEAR, TIME + YEAR))), maker.BEGIN, maker.END),
    *edges('time-crl', all_of(info(**EARLY), identity(**EARLY), of(
        'pck', valid=(TIME - YEAR, TIME + YEAR))), maker.BEGIN, maker.END),
    *edges('time-signer', all_of(LONG, info(**EARLY), identity(**EARLY), cert(
        'signing', valid=(TIME - DAY, TIME + DAY))), TIME - DAY, TIME + DAY),
    *edges('time-root', all_of(LONG, info(**EARLY), identity(**EARLY), cert(
        'root', valid=(TIME - DAY, TIME + DAY))), TIME - DAY, TIME + DAY),
    Row('time-issued-after-next', 'collateral-not-yet-valid', info(
        issueDate=maker.when(TIME + DAY), nextUpdate=maker.when(TIME - DAY))),
    Row('time-one-expired-one-not-yet', 'collateral-not-yet-valid', all_of(
        of('pck', valid=(TIME - 40 * DAY, TIME - 1)),
        identity(issueDate=maker.when(TIME + 1)))),
    Row('time-of-the-quote-is-over', 'cert-expired', None, None,
        TIME + 7 * YEAR),
    Row('time-of-the-quote-is-not-yet', 'cert-not-yet-valid', None, None,
        TIME - 2 * YEAR),
]

# --- What it is for -----------------------------------------------------------


def of_sgx(parts):
    """As TCB info of SGX is: without what only TDX has."""
    item = parts.info.content
    item['id'] = 'SGX'
    del item['tdxModule'], item['tdxModuleIdentities']
    for one in item['tcbLevels']:
        del one['tcb']['tdxtcbcomponents']


MISMATCH = [Row(f'mismatch-{name}', 'collateral-mismatch', change)
            for name, change in (
    ('info-id-sgx', info(id='SGX')), ('info-of-sgx', of_sgx),
    ('info-id-lower-case', info(id='tdx')), ('info-id-empty', info(id='')),
    ('info-version-2', info(version=2)), ('info-version-4', info(version=4)),
    ('identity-id-qe', identity(id='QE')),
    ('identity-id-qve', identity(id='QVE')),
    ('identity-version-1', identity(version=1)),
    ('identity-version-4', identity(version=4)),
    ('fmspc', info(fmspc='90C06F000001')),
    ('fmspc-reversed', info(fmspc='0000006FC090')),
    ('pceid', info(pceId='0001')))]

# --- Levels -------------------------------------------------------------------

NONE = 'tcb-unsupported'
UNORDERED = all_of(
    lambda parts: parts.info.content['tcbLevels'].reverse(),
    lambda parts: parts.info.content['tdxModuleIdentities'][1][
        'tcbLevels'].reverse(),
    lambda parts: parts.identity.content['tcbLevels'].reverse())

LEVELS = [
    Row('level-unordered', None, UNORDERED, UP),
    *(Row(f'level-cpu-{i}-above', NONE, levels(level(cpu=plus(maker.CPU, i))))
      for i in range(16)),
    *(Row(f'level-cpu-{i}-below', None, levels(level(
        cpu=plus(maker.CPU, i, -1))), UP) for i in (0, 5, 7)),
    Row('level-cpu-one-above-others-below', NONE, levels(level(
        cpu=[0] * 15 + [1]))),
    Row('level-pce-above', NONE, levels(level(pce=maker.PCE + 1))),
    Row('level-pce-below', None, levels(level(pce=maker.PCE - 1)), UP),
    *(Row(f'level-tdx-{i}-above', NONE, levels(level(
        tdx=plus(maker.SVNS, i)))) for i in range(2, 16)),
    *(Row(f'level-tdx-{i}-above', None, levels(level(
        tdx=plus(maker.SVNS, i, 100))), UP) for i in (0, 1)),
    *(Row(f'level-tdx-{i}-above-of-old-module', NONE, all_of(
        set_(svns=(5, 0, 3)), levels(level(tdx=plus((5, 0, 3), i)))))
      for i in (0, 1, 2, 15)),
    Row('level-of-old-module', None, all_of(
        set_(svns=(5, 0, 3)), levels(level(tdx=(5, 0, 3)))), UP),
    Row('level-of-old-module-without-identities', None, all_of(
        set_(svns=(5, 0, 3)), levels(level(tdx=(5, 0, 3))),
        info(tdxModuleIdentities=None)), UP),
    Row('level-second', 'tcb-status', levels(
        level(pce=maker.PCE + 1), level(OLD, pce=maker.PCE)), OLD),
    Row('level-second-by-microcode', 'tcb-status', set_(svns=(5, 1, 2)), OLD),
    Row('level-third-by-pce', 'tcb-status', levels(
        level(cpu=plus(maker.CPU, 0)), level(CONFIGURE, pce=12),
        level(HARDEN, pce=11), level(OLD, pce=5)), HARDEN),
    Row('level-sorted-by-cpu-before-pce', 'tcb-status', levels(
        level(UP, cpu=plus(maker.CPU, 15, 0), pce=5),
        level(CONFIGURE, cpu=plus(maker.CPU, 0, -1), pce=11),
        level(OLD, pce=4, cpu=plus(maker.CPU, 7, -1)),
        level(HARDEN, pce=6)), HARDEN),
    Row('level-sorted-by-tdx-last', 'tcb-status', levels(
        level(UP, tdx=(5, 0, 1)), level(OLD, tdx=(5, 0, 2)),
        level(CONFIGURE, tdx=(5, 0, 3))), CONFIGURE),
    Row('level-sorted-by-tdx-of-the-module', 'tcb-status', levels(
        level(UP, tdx=(1, 0, 3)), level(HARDEN, tdx=(9, 0, 2))), HARDEN),
    Row('level-sorted-lexicographically', 'tcb-status', levels(
        level(UP, cpu=[3, 3, 2, 1, 4, 1, 0, 200]),
        level(OLD, cpu=[3, 3, 2, 2, 0, 0, 0, 0])), OLD),
    Row('level-none', NONE, levels(level(cpu=[255] * 16))),
    Row('module-none', NONE, modules(module('TDX_03', small(3)))),
    Row('module-without-identities', NONE, info(tdxModuleIdentities=None)),
    Row('module-5', None, all_of(set_(svns=(5, 5, 3)), modules(
        module('TDX_01', small(0, REVOKED)), module('TDX_05', small(5)))), UP),
    Row('module-3', None, set_(svns=(3, 3, 3)), UP),
    Row('module-lower-case', None, modules(module('tdx_01', small(5))), UP),
    Row('module-hexadecimal', None, all_of(set_(svns=(1, 0x1a, 3)), modules(
        module('TDX_26', small(1, REVOKED)), module('TDX_1A', small(1)))), UP),
    Row('module-hexadecimal-lower-case', None, all_of(
        set_(svns=(1, 0xab, 3)), modules(module('TDX_ab', small(1)))), UP),
    Row('module-without-zero', NONE, modules(module('TDX_1', small(5)))),
    Row('module-with-three-digits', NONE, modules(
        module('TDX_001', small(5)))),
    Row('module-of-another-kind', NONE, modules(module('SEAM_01', small(5)))),
    Row('module-svn-above', NONE, modules(module('TDX_01', small(6)))),
    Row('module-svn-equal', None, modules(module('TDX_01', small(5))), UP),
    Row('module-svn-below', None, modules(module('TDX_01', small(4))), UP),
    Row('module-svn-more-than-a-byte', NONE, modules(
        module('TDX_01', small(256)))),
    Row('module-second-level', 'tcb-status', set_(svns=(4, 1, 3)), OLD),
    Row('module-no-level', NONE, set_(svns=(1, 1, 3))),
    Row('module-signer', NONE, info(
        'tdxModuleIdentities', 1, mrsigner='01' + '00' * 47)),
    Row('module-attributes', NONE, info(
        'tdxModuleIdentities', 1, attributes='01' + '00' * 7)),
    Row('module-attributes-outside-the-mask', NONE, info(
        'tdxModuleIdentities', 1, attributes='01' + '00' * 7,
        attributesMask='00' * 8)),
    Row('module-attributes-mask-0', None, info(
        'tdxModuleIdentities', 1, attributesMask='00' * 8), UP),
    Row('module-signer-of-the-other-identity', None, info(
        'tdxModuleIdentities', 0, mrsigner='01' * 48), UP),
    Row('module-signer-of-the-old-module', None, info(
        'tdxModule', mrsigner='01' * 48, attributes='01' * 8), UP),
    Row('old-module-signer', NONE, all_of(
        set_(svns=(5, 0, 3)), levels(level(tdx=(5, 0, 3))),
        info('tdxModule', mrsigner='00' * 47 + '01'))),
    Row('old-module-attributes', NONE, all_of(
        set_(svns=(5, 0, 3)), levels(level(tdx=(5, 0, 3))),
        info('tdxModule', attributes='00' * 7 + '80'))),
    Row('qe-mrsigner', NONE, identity(mrsigner='DC' * 32)),
    Row('qe-prod', NONE, identity(isvprodid=1)),
    Row('qe-miscselect', NONE, identity(miscselect='00000001')),
    Row('qe-miscselect-mask-0', None, identity(miscselectMask='00000000'), UP),
    Row('qe-attributes', NONE, identity(attributes='15' + '00' * 15)),
    Row('qe-attributes-debug', NONE, identity(attributes='13' + '00' * 15)),
    Row('qe-attributes-mask', None, identity(
        attributes='15' + '00' * 15, attributesMask='FF' * 8 + '00' * 8), UP),
    Row('qe-attributes-mask-xfrm', NONE, identity(attributesMask='FB' * 16)),
    Row('qe-svn-above', NONE, qe_levels(small(8))),
    Row('qe-svn-below', None, qe_levels(small(6)), UP),
    Row('qe-svn-high-byte', NONE, qe_levels(small(0x107))),
    Row('qe-second-level', 'tcb-status', qe_levels(small(8), small(7, OLD)),
        OLD),
    Row('qe-two-dates', 'tcb-status', qe_levels(
        small(7, UP, '2024-01-01T00:00:00Z'),
        small(7, OLD, '2025-01-01T00:00:00Z')), OLD),
]

# --- Statuses -----------------------------------------------------------------

# The level's, the module's and the quoting enclave's, and what they make.
CONVERGED = {
    UP: {UP: UP, OLD: OLD, REVOKED: REVOKED},
    HARDEN: {UP: HARDEN, OLD: OLD, REVOKED: REVOKED},
    CONFIGURE: {UP: CONFIGURE, OLD: OLD_CONFIGURE, REVOKED: REVOKED},
    BOTH: {UP: BOTH, OLD: OLD_CONFIGURE, REVOKED: REVOKED},
    OLD: {UP: OLD, OLD: OLD, REVOKED: REVOKED},
    OLD_CONFIGURE: {UP: OLD_CONFIGURE, OLD: OLD_CONFIGURE, REVOKED: REVOKED},
    REVOKED: {UP: REVOKED, OLD: REVOKED, REVOKED: REVOKED}}


def statuses(platform, of_module, of_qe):
    return all_of(levels(level(platform)),
                  modules(module('TDX_01', small(5, of_module))),
                  qe_levels(small(7, of_qe)))


def worst(*given):
    return max(given, key=(UP, OLD, REVOKED).index)


CONVERGE = [
    Row(f'converge-{platform}-{of_module}-{of_qe}',
        None if result == UP else 'tcb-status',
        statuses(platform, of_module, of_qe), result)
    for platform, results in CONVERGED.items()
    for of_module in (UP, OLD, REVOKED) for of_qe in (UP, OLD, REVOKED)
    for result in (results[worst(of_module, of_qe)],)]

# By TEE_TCB_SVN, by TEE_TCB_SVN2, and what is said.
RELAUNCHED = [
    *((OLD, now, RELAUNCH) for now in (UP, HARDEN)),
    *((OLD, now, RELAUNCH_CONFIGURE) for now in (CONFIGURE, BOTH)),
    *((OLD, now, OLD) for now in (OLD_CONFIGURE, REVOKED)),
    *((OLD_CONFIGURE, now, RELAUNCH_CONFIGURE)
      for now in (UP, HARDEN, CONFIGURE, BOTH)),
    *((OLD_CONFIGURE, now, OLD_CONFIGURE) for now in (OLD, REVOKED)),
    *((launch, now, launch) for launch in (UP, HARDEN, CONFIGURE, BOTH, REVOKED)
      for now in (UP, OLD, CONFIGURE) if now != launch)]


def two(launch, now, of_module=UP):
    """A level for a TD with microcode 3, another for one with microcode 4."""
    return all_of(
        set_(quote=V5, svns=(5, 1, 3), svns2=(6, 1, 4)),
        levels(level(launch, '2025-01-01T00:00:00Z', ['INTEL-SA-1']),
               level(now, '2026-01-01T00:00:00Z', ['INTEL-SA-2'],
                     tdx=(5, 1, 4))),
        modules(module('TDX_01', small(6, advisories=['INTEL-SA-3']), small(
            5, of_module, '2025-02-01T00:00:00Z', ['INTEL-SA-4']))))


TWICE = [
    *(Row(f'relaunch-{launch}-{now}', None if said == UP else 'tcb-status',
          two(launch, now), said) for launch, now, said in RELAUNCHED),
    Row('relaunch-by-module', 'tcb-status', two(UP, UP, OLD), RELAUNCH),
    Row('relaunch-by-module-configure', 'tcb-status', two(CONFIGURE, UP, OLD),
        RELAUNCH_CONFIGURE),
    *(Row(f'relaunch-{launch}-then-revoked', 'tcb-status',
          two(launch, REVOKED), launch, TIME, (launch, RELAUNCH))
      for launch in (UP, HARDEN, OLD)),
    Row('relaunch-accepted', None, two(OLD, UP), RELAUNCH, TIME, (RELAUNCH,)),
    Row('relaunch-launch-accepted', 'tcb-status', two(OLD, UP), RELAUNCH, TIME,
        (OLD, UP)),
    Row('relaunch-qe-old', 'tcb-status', all_of(
        two(OLD, UP), qe_levels(small(7, OLD))), OLD),
    Row('relaunch-same', 'tcb-status', all_of(
        set_(quote=V5), levels(level(OLD))), OLD),
    Row('relaunch-no-level', NONE, all_of(
        set_(quote=V5, svns2=(5, 1, 2)), levels(level()))),
    Row('relaunch-no-module', NONE, set_(quote=V5, svns2=(5, 2, 3))),
    Row('relaunch-module-no-level', NONE, set_(quote=V5, svns2=(1, 1, 3))),
    Row('relaunch-another-module', 'tcb-status', all_of(
        set_(quote=V5, svns=(4, 1, 3), svns2=(3, 3, 3))), RELAUNCH),
    Row('relaunch-from-old-module', 'tcb-status', all_of(
        set_(quote=V5, svns=(5, 0, 3)), levels(
            level(tdx=(6, 1, 3)), level(OLD, tdx=(4, 0, 0)))), RELAUNCH),
    Row('relaunch-not-in-td10', 'tcb-status', all_of(
        two(OLD, UP), set_(quote={'version': 5, 'body_type': 2})), OLD),
]

ACCEPT = [
    *(Row(f'accept-{status}', None, levels(level(status)), status, TIME,
          (status,)) for status in (UP, HARDEN, CONFIGURE, BOTH, OLD,
                                    OLD_CONFIGURE)),
    Row('accept-many', None, levels(level(BOTH)), BOTH, TIME, (
        UP, HARDEN, CONFIGURE, BOTH)),
    Row('accept-another', 'tcb-status', levels(level(BOTH)), BOTH, TIME, (
        UP, HARDEN, CONFIGURE)),
    Row('accept-not-the-usual-one', 'tcb-status', None, UP, TIME, (OLD,)),
    Row('accept-all-but-revoked', 'tcb-status', levels(level(REVOKED)),
        REVOKED, TIME, tuple(one for one in tcb_model.NAMES if one != REVOKED)),
    Row('accept-not-what-is-unsupported', NONE, levels(level(pce=12)), None,
        TIME, tuple(one for one in tcb_model.NAMES if one != REVOKED)),
    Row('accept-not-what-is-expired', 'collateral-expired', info(
        nextUpdate=maker.when(TIME - 1)), None, TIME, (UP, OLD)),
]

# What is said of the parts.
ADVISORIES = [
    Row('advisories-union', 'tcb-status', all_of(
        levels(level(OLD, '2025-05-01T00:00:00Z', [
            'INTEL-SA-3', 'INTEL-SA-1'])),
        modules(module('TDX_01', small(5, OLD, '2024-05-01T00:00:00Z', [
            'INTEL-SA-2', 'INTEL-SA-1']))),
        qe_levels(small(7, OLD, '2023-05-01T00:00:00Z', [
            'INTEL-SA-3', 'INTEL-SA-10']))), OLD),
    Row('advisories-twice-in-one', None, info(
        'tcbLevels', 0, advisoryIDs=['B', 'A', 'B']), UP),
    Row('advisories-of-what-is-up-to-date', None, info(
        'tcbLevels', 0, advisoryIDs=['INTEL-SA-00837']), UP),
    Row('advisories-empty', None, info('tcbLevels', 0, advisoryIDs=[]), UP),
    Row('advisories-of-any-text', None, info(
        'tcbLevels', 0, advisoryIDs=['\x1b[31m', '\xe9', '', '\n', '"\\']), UP),
    Row('advisories-many', None, info('tcbLevels', 0, advisoryIDs=[
        f'INTEL-SA-{i:05}' for i in range(500)]), UP),
    Row('date-of-the-level', None, info(
        'tcbLevels', 0, tcbDate='2020-01-02T03:04:05Z'), UP),
    Row('date-of-the-module', None, info(
        'tdxModuleIdentities', 1, 'tcbLevels', 0,
        tcbDate='2020-01-02T03:04:05Z'), UP),
    Row('date-of-the-qe', None, identity(
        'tcbLevels', 0, tcbDate='2020-01-02T03:04:05Z'), UP),
    Row('evaluation-of-the-identity', None, identity(
        tcbEvaluationDataNumber=3), UP),
    Row('evaluation-0', None, info(tcbEvaluationDataNumber=0), UP),
    Row('until-pck', None, of('pck', valid=(TIME - 1, TIME + 1)), UP),
    Row('until-crl', None, of('crl', valid=(TIME - 1, TIME + 2)), UP),
    Row('until-identity', None, identity(nextUpdate=maker.when(TIME + 3)), UP),
    Row('until-signer', None, cert('signing', valid=(TIME - 1, TIME + 4)), UP),
]

# --- Malformed ----------------------------------------------------------------

NAMES = {
    'info': ('id', 'version', 'issueDate', 'nextUpdate', 'fmspc', 'pceId',
             'tcbEvaluationDataNumber', 'tcbType', 'tdxModule', 'tcbLevels'),
    'identity': ('id', 'version', 'issueDate', 'nextUpdate', 'miscselect',
                 'tcbEvaluationDataNumber', 'miscselectMask', 'attributes',
                 'attributesMask', 'mrsigner', 'isvprodid', 'tcbLevels')}
TYPES = (('null', None), ('list', []), ('object', {}), ('true', True),
         ('float', 1.5), ('negative', -1))
DATES = ('2026-05-22', '2026-05-22T00:00:00', '2026-05-22T00:00:00+00:00',
         '2026-02-30T00:00:00Z', '2026-13-01T00:00:00Z',
         '2026-05-22T24:00:00Z', ' 2026-05-22T00:00:00Z', '')


def value(which, name, given):
    """A member, None too."""
    return lambda parts: getattr(parts, which).content.update({name: given})


def replaced(old, new):
    """In the text of TCB info, before it is signed."""
    return resigned('info', lambda given: given.replace(old, new, 1))


def nested(depth):
    return replaced('{"id"', '{"x":' + '[' * depth + ']' * depth + ',"id"')


DOCUMENTS = [Row(f'format-{name}', FORMAT, change) for name, change in (
    *((f'{which}-no-{name}', content(which, **{name: None}))
      for which, names in NAMES.items() for name in names),
    *((f'{which}-{name}-{kind}', value(which, name, given))
      for which, names in NAMES.items() for name in names
      for kind, given in TYPES if (name, kind) != ('tdxModule', 'null')),
    *((f'{which}-number-as-text', content(which, tcbEvaluationDataNumber='9'))
      for which in NAMES),
    *((f'info-date-{i}', info(issueDate=given))
      for i, given in enumerate(DATES)),
    *((f'{name}-date-{i}', content(which, *path, tcbDate=DATES[i]))
      for name, which, path in (
          ('level', 'info', ('tcbLevels', 0)),
          ('module', 'info', ('tdxModuleIdentities', 0, 'tcbLevels', 0)),
          ('qe', 'identity', ('tcbLevels', 0))) for i in (0, 3)),
    ('fmspc-short', info(fmspc='90C06F0000')),
    ('fmspc-long', info(fmspc='90C06F00000000')),
    ('fmspc-not-hex', info(fmspc='90C06G000000')),
    ('fmspc-nul', info(fmspc='90C06F000000\0')),
    ('fmspc-0x', info(fmspc='0x90C06F0000')),
    ('id-nul', info(id='TDX\0')),
    ('identity-id-nul', identity(id='TD_QE\0')),
    ('pceid-short', info(pceId='00')),
    ('tcb-type-1', info(tcbType=1)),
    ('evaluation-too-large', info(tcbEvaluationDataNumber=2**32)),
    ('evaluation-huge', replaced('Number":19', 'Number":1' + '0' * 400)),
    ('version-huge', info(version=2**64 + 3)),
    ('version-float', info(version=3.0)),
    ('version-exponent', replaced('"version":3', '"version":3e0')),
    ('version-leading-zero', replaced('"version":3', '"version":03')),
    ('version-plus', replaced('"version":3', '"version":+3')),
    ('version-hex', replaced('"version":3', '"version":0x3')),
    ('version-nan', replaced('"version":3', '"version":NaN')),
    ('isvprodid-too-large', identity(isvprodid=65536 + 2)),
    ('miscselect-short', identity(miscselect='0000')),
    ('attributes-short', identity(attributes='11' + '00' * 7)),
    ('mrsigner-short', identity(mrsigner='DC' * 31)),
    ('qe-svn-too-large', qe_levels(small(65536), small(7))),
    ('qe-svn-negative', qe_levels(small(-1))),
    ('qe-no-levels', identity(tcbLevels=[])),
    ('qe-level-twice', qe_levels(small(7), small(7))),
    ('qe-status-unknown', qe_levels(small(7, 'Fine'))),
    ('qe-status-of-a-platform', qe_levels(small(7, HARDEN))),
    ('module-svn-too-large', modules(module('TDX_01', small(65536)))),
    ('module-level-twice', modules(module('TDX_01', small(5), small(5, OLD)))),
    ('module-no-levels', modules(module('TDX_01'))),
    ('module-twice', modules(module('TDX_01', small(5)),
                             module('TDX_01', small(5, OLD)))),
    ('module-twice-but-for-case', modules(
        module('TDX_01', small(5)), module('tdx_01', small(5, OLD)))),
    ('module-status-of-a-platform', modules(module(
        'TDX_01', small(5, CONFIGURE)))),
    ('module-not-an-object', modules('TDX_01')),
    ('module-signer-short', info('tdxModule', mrsigner='00' * 32)),
    ('module-no-mask', info('tdxModule', attributesMask=None)),
    ('identities-no-mask', info('tdxModuleIdentities', 0,
                                attributesMask=None)),
    ('identities-an-object', info(tdxModuleIdentities={})),
    ('no-levels', levels()),
    ('level-twice', levels(level(), level(OLD))),
    ('level-not-an-object', levels(level(), 1)),
    ('level-no-tcb', info('tcbLevels', 2, tcb=None)),
    ('level-no-date', info('tcbLevels', 2, tcbDate=None)),
    ('level-no-status', info('tcbLevels', 2, tcbStatus=None)),
    ('level-no-pce', info('tcbLevels', 2, 'tcb', pcesvn=None)),
    ('level-no-tdx', info('tcbLevels', 2, 'tcb', tdxtcbcomponents=None)),
    ('level-no-sgx', info('tcbLevels', 2, 'tcb', sgxtcbcomponents=None)),
    ('level-15', info('tcbLevels', 2, 'tcb', tdxtcbcomponents=[
        {'svn': 0}] * 15)),
    ('level-17', info('tcbLevels', 2, 'tcb', sgxtcbcomponents=[
        {'svn': 0}] * 17)),
    ('level-numbers', info('tcbLevels', 2, 'tcb', sgxtcbcomponents=[0] * 16)),
    ('level-svn-256', levels(level(cpu=(256,)), level())),
    ('level-svn-negative', levels(level(cpu=(-1,)), level())),
    ('level-svn-text', levels(level(cpu=('3',)), level())),
    ('level-tdx-256', levels(level(tdx=(0, 0, 256)), level())),
    ('level-pce-too-large', levels(level(pce=65536), level())),
    ('level-status-unknown', levels(level('Uptodate'))),
    ('level-status-of-a-relaunch', levels(level(RELAUNCH))),
    ('level-status-nul', levels(level(f'{UP}\0'))),
    ('level-status-unknown-elsewhere', levels(level(), level('New', pce=1))),
    ('level-advisories-text', info('tcbLevels', 2, advisoryIDs='A')),
    ('level-advisories-numbers', info('tcbLevels', 2, advisoryIDs=[1])),
    ('level-advisories-nul', info('tcbLevels', 2, advisoryIDs=['A\0'])),
    ('twice-in-info', replaced('"id"', '"id":"SGX","id"')),
    ('twice-in-a-level', replaced('"tcbStatus":"UpToDate"',
                                  '"tcbStatus":"UpToDate",' * 2 + '"x":1')),
    ('twice-escaped', replaced('"id"', '"\\u0069d":"TDX","id"')),
    ('deep', nested(10000)), ('deep-objects', replaced(
        '{"id"', '{"x":' + '{"x":' * 5000 + '1' + '}' * 5000 + ',"id"')),
    ('comma', replaced('{"id"', '{,"id"')),
    ('comma-at-the-end', resigned('info', lambda given: given[:-1] + ',}')),
    ('comment', replaced('{"id"', '{/**/"id"')),
    ('single-quotes', replaced('"id"', "'id'")),
    ('control-character', replaced('Early', 'Ea\nrly')),
    ('escape-unknown', replaced('Early', '\\x45arly')),
    ('half-a-character', replaced('Early', '\\ud800')),
    ('info-cut', resigned('info', lambda given: given[:-2])))]

FILES = [
    *(Row(f'format-one-{name}', FORMAT, change, forms=('one',))
      for name, change in (
        *((f'no-{name}', members(**{name: None})) for name in
          tcb_model.MEMBERS if name != 'pck_crl_issuer_chain'),
        *((f'number-{name}', members(**{name: 1})) for name in
          tcb_model.MEMBERS),
        *((f'empty-{name}', members(**{name: ''}))
          for name in tcb_model.MEMBERS),
        ('member-unknown', members(more='')),
        ('object-instead-of-text', members(tcb_info={'id': 'TDX'})),
        ('with-what-is-around', set_(members=lambda given: {
            **given, 'tcb_info': '{"tcbInfo":%s,"signature":"%s"}' % (
                given['tcb_info'], given['tcb_info_signature'])})),
        ('list', one(lambda data: b'[' + data + b']')),
        ('empty', one(lambda data: b'')),
        ('null', one(lambda data: b'null')),
        ('twice', one(lambda data: data[:-1] + b',"pck_crl":"00"}')),
        ('twice-the-same', one(lambda data: data[:1] + data[1:-1] + b','
                               + data[1:])),
        ('trailing-text', one(lambda data: data + b'x')),
        ('trailing-object', one(lambda data: data + b'{}')),
        ('trailing-nul', one(lambda data: data + b'\0')),
        ('cut', one(lambda data: data[:-1])),
        ('cut-in-the-middle', one(lambda data: data[:len(data) // 2])),
        ('bom', one(lambda data: b'\xef\xbb\xbf' + data)),
        ('not-utf-8', one(lambda data: data.replace(b'Early', b'\xff', 1))),
        ('utf-16', one(lambda data: data.decode().encode('utf-16-le'))),
        ('nul-escape', one(lambda data: data.replace(
            b'Early', b'\\\\u0000\\u0000', 1))),
        ('nul-in-a-name', one(lambda data: data.replace(
            b'"pck_crl"', b'"pck_crl\\u0000"', 1))),
        ('more-than-a-mebibyte', one(by_length(MIB + 1))),
        ('deep', one(lambda data: b'[' * 100000)),
        ('text-after-info', set_(members=lambda given: {
            **given, 'tcb_info': given['tcb_info'] + 'x'})),
        ('signature-short', set_(members=lambda given: {
            **given, 'tcb_info_signature': given['tcb_info_signature'][2:]})),
        ('signature-not-hex', members(qe_identity_signature='g' * 128)),
        ('signature-spaces', members(qe_identity_signature=' ' + '0' * 127)))),
    *(Row(f'format-five-{name}', FORMAT, change, forms=('five',))
      for name, change in (
        *((f'empty-{name}', five(name, lambda data: b''))
          for name in tcb_model.FILES),
        *((f'random-{name}', five(name, lambda data: bytes(range(256))))
          for name in tcb_model.FILES),
        *((f'large-{name}', five(name, by_length(MIB + 1)))
          for name in tcb_model.FILES),
        ('exchanged', set_(five=lambda files: {
            **files, 'tcb-info': files['qe-identity'],
            'qe-identity': files['tcb-info']})),
        ('inner-alone', five('tcb-info', lambda data: json.dumps(
            json.loads(data)['tcbInfo']).encode())),
        ('info-twice', five('tcb-info', lambda data: data.replace(
            b'{"tcbInfo":', b'{"tcbInfo":{},"tcbInfo":', 1))),
        ('signature-twice', five('qe-identity', lambda data: data[:-1]
                                 + b',"signature":"' + b'0' * 128 + b'"}')),
        ('member-unknown', five(
            'tcb-info', lambda data: data[:-1] + b',"x":1}')),
        ('no-signature', five('tcb-info', lambda data: json.dumps(
            {'tcbInfo': json.loads(data)['tcbInfo']}).encode())),
        ('info-as-text', five('tcb-info', lambda data: json.dumps({
            **json.loads(data), 'tcbInfo': json.dumps(
                json.loads(data)['tcbInfo'])}).encode())),
        ('signature-short', five(
            'tcb-info', lambda data: data[:-4] + data[-2:])),
        ('trailing', five('tcb-info', lambda data: data + b'}')),
        ('cut', five('qe-identity', lambda data: data[:-1])),
        ('one-file-instead', five(
            'tcb-info', lambda data: b'{"pck_crl":""}')))),
]

# --- Two defects, and what is wrong with the quote itself ---------------------

OTHER_QUOTE = set_(change=quote_defects.body_at(136, b'x'))


def forged_quote(parts):
    parts.change = quote_defects.flip(48 + 136)


ORDER = [
    Row('two-format-and-quote', FORMAT, all_of(forged_quote, info(id=None))),
    Row('two-quote-and-signature', 'quote-signature', all_of(
        forged_quote, of('info', key=made.key('x')))),
    Row('two-root-and-revoked', 'root-untrusted', all_of(
        set_(change=quote_defects.foreign_root), revoked('pck', 0x5eed))),
    Row('two-signature-and-revoked', 'cert-revoked', all_of(
        revoked('pck', 0x5eed), of('identity', key=made.key('x')))),
    Row('two-list-and-revoked', SIGNATURE, all_of(
        revoked('pck', 0x5eed), of('pck', key=made.key('x')))),
    Row('two-revoked-and-list', 'cert-revoked', all_of(
        revoked('crl', 1), of('pck', key=made.key('x')))),
    Row('two-signer-and-leaf-revoked', 'cert-revoked', all_of(
        revoked('pck', 0x5eed), revoked('crl', 0x7cb))),
    Row('two-root-and-signature', 'root-untrusted', all_of(
        set_(change=quote_defects.foreign_root),
        of('info', key=made.key('x')))),
    Row('two-signature-and-expired', SIGNATURE, all_of(
        info(nextUpdate=maker.when(TIME - 1)), of('info', key=made.key('x')))),
    Row('two-revoked-and-expired', 'cert-revoked', all_of(
        revoked('pck', 0x5eed), info(nextUpdate=maker.when(TIME - 1)))),
    Row('two-expired-and-mismatch', 'collateral-expired', all_of(
        info(nextUpdate=maker.when(TIME - 1)), info(fmspc='00' * 6))),
    Row('two-mismatch-and-level', 'collateral-mismatch', all_of(
        info(fmspc='00' * 6), levels(level(pce=12)))),
    Row('two-level-and-status', NONE, all_of(
        levels(level(REVOKED, pce=12)), qe_levels(small(7, REVOKED)))),
    Row('quote-another-body', None, OTHER_QUOTE, UP),
    Row('quote-forged', 'quote-signature', forged_quote),
    Row('quote-not-of-the-qe', 'qe-identity', set_(
        change=quote_defects.qe(prod=b'\1\0'))),
    Row('quote-without-chain', 'no-chain', set_(
        change=quote_defects.set_(kind=1, text=bytes(36)))),
    Row('quote-pck-chain-of-another', 'qe-signature', all_of(
        set_(change=quote_defects.set_(kind=1, text=bytes(36))),
        members(pck_certificate_chain=b''.join(map(x509.pem, (
            x509.certificate(**{**made.default_chain().leaf,
                                'public': x509.public_of(made.key('x'))}),
            *made.chain_bytes(made.default_chain())[1:]))).decode())),
        forms=('one',)),
]

# What may be read in another way in one file than in five.
BY_FORM = [*GOOD, *SIGNATURES, *CHAIN, *LISTS, *FILES, *ORDER]
DEFECTS = [*BY_FORM, *TIMES, *MISMATCH, *LEVELS, *CONVERGE, *TWICE, *ACCEPT,
           *ADVISORIES, *DOCUMENTS]


# --- By chance ----------------------------------------------------------------

def by_chance(chance):
    """A change that makes levels near what the quote has, in any order, which
    the program and the model have to order and to choose from alike."""
    def near(values, start=0):
        changed = svn(*values)
        for _ in range(chance.randrange(3)):
            at = chance.choice((0, 1, 2, 3, 7, 15))
            if at >= start:
                changed[at] = max(0, changed[at] + chance.choice((-1, -1, 1)))
        return changed

    def date():
        return maker.when(TIME - chance.randrange(3 * YEAR))

    def names():
        return [f'INTEL-SA-{chance.randrange(5)}'
                for _ in range(chance.randrange(4))]

    def smalls(most):
        return [small(number, chance.choice((UP, UP, OLD, REVOKED)), date(),
                      names())
                for number in chance.sample(range(most), chance.randrange(
                    1, 4))]

    major = chance.choice((0, 1, 1, 3))
    svns = (chance.randrange(3, 6), major, 3)
    given = {}
    for _ in range(chance.randrange(1, 7)):
        one = level(chance.choice(sorted(tcb_model.OF_PLATFORM)), date(),
                    names(), cpu=near(maker.CPU), tdx=near(svns),
                    pce=maker.PCE + chance.choice((-2, -1, 0, 0, 1)))
        given[maker.compact(one['tcb'])] = one
    return all_of(
        set_(svns=svns, svns2=near((*svns[:2], 4), 2),
             quote=chance.choice((V5, {'version': 4, 'body_type': 2}))),
        levels(*given.values()),
        modules(module('TDX_03', *smalls(7)), module('TDX_01', *smalls(7))),
        qe_levels(*smalls(9)))
