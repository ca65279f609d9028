# SPDX-License-Identifier: Apache-2.0
"""An independent evaluation of the TCB of TDX quotes by collateral, with
Python's standard library alone: the oracle of what the program says.

Intel's Quote Verification Library, EvaluateTcb.cpp, TDRelaunchCheck.cpp,
TdxModuleCheck.cpp, TcbInfo.cpp, EnclaveIdentity.cpp; RFC 5280. Collateral is
read whole before a quote is. Then the first of this order is said: what the
quote's own signatures give, the lists and whether the quote's certificates are
in them, signatures of the documents, times, what it is for, levels, the
status."""

import datetime
import re
import urllib.parse
from collections import namedtuple

import crl
import der
import ec
import strict_json
import verify_model
import x509
from verify_model import Refused, need

STATUS = {'collateral-signature': 'unsupported', 'cert-revoked': 'forged',
          'collateral-not-yet-valid': 'expired',
          'collateral-expired': 'expired',
          'collateral-mismatch': 'unsupported',
          'tcb-unsupported': 'unsupported'}
EXIT = {'good': 0, 'forged': 1, 'expired': 1, 'unsupported': 3,
        'not-checked': 0}
UP, HARDEN, CONFIGURE, BOTH, OLD, OLD_CONFIGURE, RELAUNCH, RELAUNCH_CONFIGURE, \
    REVOKED = NAMES = (
        'UpToDate', 'SWHardeningNeeded', 'ConfigurationNeeded',
        'ConfigurationAndSWHardeningNeeded', 'OutOfDate',
        'OutOfDateConfigurationNeeded', 'TDRelaunchAdvised',
        'TDRelaunchAdvisedConfigurationNeeded', 'Revoked')
OF_PLATFORM = {*NAMES} - {RELAUNCH, RELAUNCH_CONFIGURE}
OF_PARTS = {UP, OLD, REVOKED}
MOST = 1 << 20
SIGNER = 'Intel SGX TCB Signing'

Result = namedtuple('Result', 'exit status reason tcb denied')


class Malformed(Exception):
    """[collateral-format]: nothing is verified."""


def require(condition, what):
    if not condition:
        raise Malformed(what)


# --- Fields of JSON -----------------------------------------------------------

def text(parent, name):
    value = parent.get(name)
    require(isinstance(value, str) and '\0' not in value, name)
    return value


def number(parent, name, most):
    value = parent.get(name)
    require(type(value) is int and 0 <= value <= most, name)
    return value


def raw(parent, name, size):
    value = text(parent, name)
    require(re.fullmatch(f'[0-9A-Fa-f]{{{2 * size}}}', value), name)
    return bytes.fromhex(value)


def date(parent, name):
    value = text(parent, name)
    require(re.fullmatch(r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ', value, re.ASCII),
            name)
    try:
        moment = datetime.datetime.strptime(value, '%Y-%m-%dT%H:%M:%SZ')
    except ValueError:
        raise Malformed(name) from None
    return int(moment.replace(tzinfo=datetime.timezone.utc).timestamp())


def listed(parent, name, kind=dict):
    value = parent.get(name)
    require(isinstance(value, list) and value, name)
    require(all(isinstance(one, kind) for one in value), name)
    return value


def within(parent, name):
    value = parent.get(name)
    require(isinstance(value, dict), name)
    return value


def rfc3339(seconds):
    moment = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
    return moment.strftime('%Y-%m-%dT%H:%M:%SZ')


# --- TCB info, and the quoting enclave's identity -----------------------------

Level = namedtuple('Level', 'svns date status advisories')
Module = namedtuple('Module', 'id mrsigner attributes mask levels')
Info = namedtuple('Info', 'id version issued next evaluation fmspc pceid '
                  'module modules levels')
Identity = namedtuple('Identity', 'id version issued next evaluation misc '
                      'attributes mrsigner prod levels')


def level(one, svns, statuses):
    status = text(one, 'tcbStatus')
    require(status in statuses, 'tcbStatus')
    advisories = one.get('advisoryIDs', [])
    require(isinstance(advisories, list) and all(
        isinstance(name, str) and '\0' not in name for name in advisories),
        'advisoryIDs')
    return Level(svns, date(one, 'tcbDate'), status, advisories)


def distinct(levels, key):
    """Highest first, and no two the same."""
    keys = [key(one) for one in levels]
    require(len(set(keys)) == len(keys), 'two levels that are the same')
    return sorted(levels, key=key, reverse=True)


def small_levels(parent):
    """By ISVSVN alone."""
    return [level(one, number(within(one, 'tcb'), 'isvsvn', 0xffff), OF_PARTS)
            for one in listed(parent, 'tcbLevels')]


def components(tcb, name):
    svns = tuple(number(one, 'svn', 0xff) for one in listed(tcb, name))
    require(len(svns) == 16, name)
    return svns


def platform_levels(info, of_tdx):
    levels = []
    for one in listed(info, 'tcbLevels'):
        tcb = within(one, 'tcb')
        svns = (components(tcb, 'sgxtcbcomponents'),
                number(tcb, 'pcesvn', 0xffff))
        if of_tdx:
            svns += (components(tcb, 'tdxtcbcomponents'),)
        levels.append(level(one, svns, OF_PLATFORM))
    return distinct(levels, lambda one: one.svns)


def module_of(one, levels=()):
    return Module(text(one, 'id').upper() if levels else None,
                  raw(one, 'mrsigner', 48), raw(one, 'attributes', 8),
                  raw(one, 'attributesMask', 8), levels)


def common(document):
    return (text(document, 'id'), number(document, 'version', 2**32 - 1),
            date(document, 'issueDate'), date(document, 'nextUpdate'),
            number(document, 'tcbEvaluationDataNumber', 2**32 - 1))


def read_info(document):
    """What only TDX has is asked for only there: that another kind is of
    something else is said later."""
    front = common(document)
    fmspc, pceid = raw(document, 'fmspc', 6), raw(document, 'pceId', 2)
    if front[:2] != ('TDX', 3):
        return Info(*front, fmspc, pceid, None, [], [])
    require(number(document, 'tcbType', 2**32 - 1) == 0, 'tcbType')
    modules = []
    if 'tdxModuleIdentities' in document:
        modules = [
            module_of(one, distinct(small_levels(one), lambda one: one.svns))
            for one in listed(document, 'tdxModuleIdentities')]
        require(len({one.id for one in modules}) == len(modules), 'id')
    return Info(*front, fmspc, pceid, module_of(within(document, 'tdxModule')),
                modules, platform_levels(document, True))


def read_identity(document):
    front = common(document)
    if front[0] != 'TD_QE' or front[1] not in (2, 3):
        return Identity(*front, None, None, None, None, [])
    pairs = [(raw(document, name, size), raw(document, f'{name}Mask', size))
             for name, size in (('miscselect', 4), ('attributes', 16))]
    return Identity(*front, *pairs, raw(document, 'mrsigner', 32),
                    number(document, 'isvprodid', 0xffff),
                    distinct(small_levels(document),
                             lambda one: (one.svns, one.date)))


# --- Files --------------------------------------------------------------------

Signed = namedtuple('Signed', 'text content signature chain')
Collateral = namedtuple('Collateral', 'info identity pck root given')
MEMBERS = ('pck_crl_issuer_chain', 'root_ca_crl', 'pck_crl',
           'tcb_info_issuer_chain', 'tcb_info', 'tcb_info_signature',
           'qe_identity_issuer_chain', 'qe_identity', 'qe_identity_signature')
FILES = ('tcb-info', 'qe-identity', 'tcb-issuer-chain', 'pck-crl', 'root-crl')


def certificates(data):
    """Of PEM, whose last line may have no end; it may be percent-encoded, and
    then have another."""
    if data.startswith(b'-----BEGIN%20'):
        data = data[:-1] if data.endswith(b'\n') else data
        if not re.fullmatch(rb"(%[0-9A-Fa-f]{2}|[A-Za-z0-9/+=._~-])+", data):
            raise der.Error('not percent-encoded')
        data = urllib.parse.unquote_to_bytes(data)
    data = data.replace(b'\r\n', b'\n')
    if not data.endswith(b'\n'):
        data += b'\n'
    found = x509.unpem(data)
    if not found:
        raise der.Error('no certificate')
    return [x509.Certificate(one) for one in found]


def signed(form, content, signature, chain):
    require(re.fullmatch('[0-9A-Fa-f]{128}', signature), 'signature')
    document = strict_json.load(content)
    return Signed(content, form(document), bytes.fromhex(signature),
                  certificates(chain))


def _of_one(data):
    document = strict_json.load(strict_json.text_of(data))
    given = 'pck_certificate_chain'
    require(set(document) - {given} == set(MEMBERS), 'members')
    for name in document:
        text(document, name)
    binary = {name: value.encode() for name, value in document.items()}
    certificates(binary['pck_crl_issuer_chain'])
    if given in binary:
        certificates(binary[given])
    return Collateral(
        *(signed(form, document[name], document[f'{name}_signature'],
                 binary[f'{name}_issuer_chain'])
          for form, name in ((read_info, 'tcb_info'),
                             (read_identity, 'qe_identity'))),
        *(crl.List(crl.decoded(binary[name], True))
          for name in ('pck_crl', 'root_ca_crl')), binary.get(given))


def _of_five(files):
    parts = []
    for form, name, inner in ((read_info, 'tcb-info', 'tcbInfo'),
                              (read_identity, 'qe-identity',
                               'enclaveIdentity')):
        outer = strict_json.text_of(files[name])
        document = strict_json.load(outer)
        require(set(document) == {inner, 'signature'}, 'members')
        within(document, inner)
        parts.append(signed(form, strict_json.member(outer, inner),
                            text(document, 'signature'),
                            files['tcb-issuer-chain']))
    return Collateral(*parts, *(crl.List(crl.decoded(files[name], False))
                                for name in ('pck-crl', 'root-crl')), None)


def read(files):
    """files is the bytes of one file, or those of five by name. Raises
    Malformed."""
    one = isinstance(files, bytes)
    for data in [files] if one else files.values():
        require(len(data) <= MOST, 'size')
    try:
        return _of_one(files) if one else _of_five(files)
    except (der.Error, strict_json.Error, ValueError) as error:
        raise Malformed(str(error)) from error


# --- Signatures, revocation, time, what it is for -----------------------------

def refuse_unless(condition, reason):
    need(condition, reason, STATUS[reason])


def is_signed(one, public):
    pair = ec.point_of(ec.P256, one.signature)
    return any(ec.verify(ec.P256, public, form.encode(), pair)
               for form in (one.text, strict_json.squeezed(one.text)))


def is_signer(one, root):
    return (one.common_name() == SIGNER and not one.is_authority()
            and one.curve is ec.P256 and one.algorithm == 'sha256'
            and one.issuer == root.subject and one.is_signed_by(root))


def check_lists(given, chain):
    """chain is the quote's, whose root is the one that is trusted."""
    leaf, authority, trusted = chain
    for one, issuer, listed in ((given.root, trusted, authority),
                                (given.pck, authority, leaf)):
        refuse_unless(one.is_signed_by(issuer), 'collateral-signature')
        refuse_unless(listed.serial not in one.serials, 'cert-revoked')


def check_documents(given, trusted):
    for one in given.info, given.identity:
        refuse_unless(
            len(one.chain) == 2 and one.chain[1].public == trusted.public
            and one.chain[1].subject == one.chain[1].issuer == trusted.subject
            and one.chain[1].is_authority()
            and one.chain[1].is_signed_by(trusted)
            and is_signer(one.chain[0], trusted), 'collateral-signature')
        refuse_unless(is_signed(one, one.chain[0].point),
                      'collateral-signature')
    for one in given.info, given.identity:
        refuse_unless(one.chain[0].serial not in given.root.serials,
                      'collateral-signature')


def spans(given):
    """When each part begins and ends to be valid."""
    return [*((one.begin, one.end) for one in
              (*given.info.chain, *given.identity.chain, given.pck,
               given.root)),
            *((one.content.issued, one.content.next)
              for one in (given.info, given.identity))]


def valid_until(given):
    """The root is no part of it."""
    return min(given.pck.end, given.root.end, *(
        min(one.content.next, one.chain[0].end)
        for one in (given.info, given.identity)))


def check_time(given, time):
    refuse_unless(all(begin <= time for begin, _ in spans(given)),
                  'collateral-not-yet-valid')
    refuse_unless(all(time <= end for _, end in spans(given)),
                  'collateral-expired')


SGX = verify_model.SGX


def check_match(given, fields):
    info, identity = given.info.content, given.identity.content
    refuse_unless(
        (info.id, info.version) == ('TDX', 3) and identity.id == 'TD_QE'
        and identity.version in (2, 3)
        and info.fmspc == fields[f'{SGX}.4'].content
        and info.pceid == fields[f'{SGX}.3'].content, 'collateral-mismatch')


# --- The status ---------------------------------------------------------------

Parts = namedtuple('Parts', 'converged platform module qe levels')


def masked(value, mask):
    return bytes(a & b for a, b in zip(value, mask))


def check_identity(identity, report):
    (misc, misc_mask), (attributes, mask) = identity.misc, identity.attributes
    # MISCSELECT is written as the number is, or as its bytes are: only 0 is
    # ever there.
    refuse_unless(
        masked(report[16:20], misc_mask) == misc
        and masked(report[48:64], mask) == attributes
        and report[128:160] == identity.mrsigner
        and int.from_bytes(report[256:258], 'little') == identity.prod,
        'tcb-unsupported')


def module_for(info, svns):
    """The identity by the module's major SVN; the older member for 0."""
    if not svns[1]:
        return info.module
    found = [one for one in info.modules if one.id == f'TDX_{svns[1]:02X}']
    refuse_unless(found, 'tcb-unsupported')
    return found[0]


def check_module(info, body):
    one = module_for(info, body[:16])
    refuse_unless(body[64:112] == one.mrsigner
                  and masked(body[112:120], one.mask) == one.attributes,
                  'tcb-unsupported')


def first(levels, fits):
    one = next(filter(fits, levels), None)
    refuse_unless(one is not None, 'tcb-unsupported')
    return one


def not_less(svns, least):
    return all(a >= b for a, b in zip(svns, least))


def converge(platform, others):
    if REVOKED in others:
        return REVOKED
    if OLD not in others:
        return platform
    return {UP: OLD, HARDEN: OLD, CONFIGURE: OLD_CONFIGURE,
            BOTH: OLD_CONFIGURE}.get(platform, platform)


def evaluate(given, fields, svns, qe_svn):
    """By TEE_TCB_SVN, or by the one of the module that is loaded now."""
    info, identity = given.info.content, given.identity.content
    tcb = verify_model.pairs(fields[f'{SGX}.2'])
    cpu = [tcb[f'{SGX}.2.{i}'].number() for i in range(1, 17)]
    pce = tcb[f'{SGX}.2.17'].number()
    start = 2 if svns[1] else 0
    platform = first(info.levels, lambda one: (
        not_less(cpu, one.svns[0]) and pce >= one.svns[1]
        and not_less(svns[start:], one.svns[2][start:])))
    module = None
    if svns[1]:
        module = first(module_for(info, svns).levels,
                       lambda one: svns[0] >= one.svns)
    qe = first(identity.levels, lambda one: qe_svn >= one.svns)
    others = [one.status for one in (module, qe) if one]
    return Parts(converge(platform.status, others), platform.status,
                 module and module.status, qe.status,
                 [one for one in (platform, module, qe) if one])


def relaunched(launch, current):
    """What is said where another module is loaded than was at launch."""
    if launch not in (OLD, OLD_CONFIGURE) or current not in (
            UP, HARDEN, CONFIGURE, BOTH):
        return launch
    if launch == OLD_CONFIGURE or current in (CONFIGURE, BOTH):
        return RELAUNCH_CONFIGURE
    return RELAUNCH


def tcb_of(given, fields, body, report, accepted):
    """The JSON document's object."""
    check_identity(given.identity.content, report)
    check_module(given.info.content, body)
    qe_svn = int.from_bytes(report[258:260], 'little')
    launch = evaluate(given, fields, body[:16], qe_svn)
    status, current = launch.converged, None
    if len(body) == 648:
        current = evaluate(given, fields, body[584:600], qe_svn).converged
        status = relaunched(status, current)
    return {
        'status': status, 'platform': launch.platform,
        'module': launch.module, 'qe': launch.qe, 'relaunch': current,
        'tcb_date': rfc3339(min(one.date for one in launch.levels)),
        'advisories': sorted({name for one in launch.levels
                              for name in one.advisories}),
        'evaluation': min(one.content.evaluation
                          for one in (given.info, given.identity)),
        'valid_until': rfc3339(valid_until(given)),
        'accepted': status in accepted and REVOKED not in (status, current)}


def _tcb(quote, given, time, accepted):
    _, body, signature, _ = verify_model.read_quote(quote)
    parts = verify_model.read_signature(signature)
    chain = verify_model.chain_of(parts, given.given)
    fields = verify_model.pairs(der.read(chain[0].extensions[SGX]))
    check_lists(given, chain)
    check_documents(given, chain[-1])
    check_time(given, time)
    check_match(given, fields)
    return tcb_of(given, fields, body, parts.report, accepted)


def verify(quote, files, time, root=None, accepted=(UP,)):
    """files are as read() takes them, time in seconds since 1970, root as
    verify_model has it. Raises Malformed."""
    given = read(files)
    verdict = verify_model.verify_quote(quote, time, root, given.given)
    tcb = None
    if verdict.status == 'good':
        try:
            tcb = _tcb(quote, given, time, accepted)
        except Refused as refused:
            verdict = refused.verdict
    if tcb and not tcb['accepted']:
        return Result(1, 'good', None, tcb, 'tcb-status')
    code = EXIT[verdict.status]
    return Result(code, verdict.status, verdict.reason, tcb,
                  verdict.reason if code else None)
