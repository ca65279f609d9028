# SPDX-License-Identifier: Apache-2.0
"""Event logs of TDs as JSON: Trustee's claims and dstack's lists, read by a
model that is written from their sources, and made.

confidential-containers/trustee 78962cd, deps/eventlog/src/lib.rs and
attestation-service/docs/tcb_claims.md; Dstack-TEE/dstack 312dc60,
dstack/cc-eventlog/src/{tdx,runtime_events}.rs; RFC 8785.
"""

import base64
import hashlib
import json
import string
from typing import NamedTuple

import eventlog
from eventlog import Bad, NO_ACTION, OWN_DATA, SHA384

RUNTIME = 0x08000001
NUMBERS = {name: number for number, name in eventlog.NAMES.items()}
SIZES = {'SHA-1': 20, 'SHA-256': 32, 'SHA-384': 48, 'SHA-512': 64, 'SM3': 32}


class Event(NamedTuple):
    mr: int  # as in a binary log: 0 is MRTD
    type: int
    digest: bytes | None
    data: bytes | None  # None: they were left out
    is_of_data: bool | None
    what: str | None  # by its name; None: it has none
    payload: bytes | None = None  # of dstack's runtime events


# --- Reading ---------------------------------------------------------------

def _object(pairs):
    made = dict(pairs)
    if len(made) != len(pairs):
        raise Bad('a member twice')
    return made


def _constant(name):
    raise Bad(f'{name} is not JSON')


def _float(text):
    value = float(text)
    if value in (float('inf'), float('-inf')):
        raise Bad('a number that is too large')
    return value


def _int(text):
    value = int(text)
    if not -(1 << 63) <= value < 1 << 63:
        raise Bad('a number that is too large')
    return value


def _parse(text):
    try:
        made = json.loads(text, object_pairs_hook=_object, parse_float=_float,
                          parse_int=_int, parse_constant=_constant)
    except (ValueError, RecursionError) as error:
        raise Bad(str(error)) from error
    todo = [made]
    while todo:
        value = todo.pop()
        if isinstance(value, dict):
            todo += [*value, *value.values()]
        elif isinstance(value, list):
            todo += value
        elif isinstance(value, str):
            if '\0' in value or any(0xd800 <= ord(c) < 0xe000 for c in value):
                raise Bad('text that C has not, or UTF-8 has not')
    return made


# Of Trustee's claims, of dstack, and of Trustee's evidence, TdxEvidence of
# deps/verifier/src/tdx/mod.rs.
NAMED = ('uefi_event_logs', 'event_log', 'cc_eventlog')


def _is_list(value):
    return (isinstance(value, list) and bool(value)
            and isinstance(value[0], dict)
            and bool({'imr', 'index'} & set(value[0])))


def _lists(root):
    if _is_list(root) or isinstance(root, str):
        return [root]
    found, todo = [], [root]
    while todo:
        value = todo.pop()
        if isinstance(value, list):
            todo += value
        elif isinstance(value, dict):
            for key, member in value.items():
                if key in NAMED:
                    if member is not None:
                        found.append(member)
                else:
                    todo.append(member)
    return found


def _need(is_right, why):
    if not is_right:
        raise Bad(why)


def _members(item, required, optional=()):
    _need(isinstance(item, dict), 'not an object')
    _need(set(required) <= set(item) <= {*required, *optional},
          f'members {sorted(item)}')


def _number(item, key, most):
    value = item[key]
    _need(type(value) is int and 0 <= value <= most, key)
    return value


def _hex(text, size=None):
    _need(isinstance(text, str) and len(text) % 2 == 0
          and set(text) <= set(string.hexdigits), 'hexadecimal')
    _need(size is None or len(text) == 2 * size, 'size of a digest')
    return bytes.fromhex(text)


def _shown(text):
    if not all(' ' <= c <= '~' for c in text):
        return None
    return text if len(text) <= 196 else text[:196] + '...'


def _own(kind, digest, data):
    if kind in OWN_DATA and data is not None:
        return hashlib.sha384(data).digest() == digest
    return None


def _trustee(item):
    _members(item, ('details', 'digest_matches_event', 'digests', 'event',
                    'index', 'type_name'))
    _need(isinstance(item['details'], dict), 'details')
    _need(isinstance(item['digest_matches_event'], bool), 'matches')
    _need(item['type_name'] in NUMBERS
          if isinstance(item['type_name'], str) else False, 'type_name')
    kind = NUMBERS[item['type_name']]
    mr = _number(item, 'index', 4)
    _need(isinstance(item['event'], str), 'event')
    try:
        data = base64.b64decode(item['event'], validate=True)
    except ValueError as error:
        raise Bad('base64') from error
    _need(base64.b64encode(data).decode() == item['event'], 'base64')
    _need(isinstance(item['digests'], list), 'digests')
    digests = []
    for digest in item['digests']:
        _members(digest, ('alg', 'digest'))
        _need(isinstance(digest['alg'], str) and digest['alg'] in SIZES, 'alg')
        value = _hex(digest['digest'], SIZES[digest['alg']])
        if digest['alg'] == 'SHA-384':
            digests.append(value)
    _need(len(digests) <= 1, 'two of SHA-384')
    _need(kind == NO_ACTION or (digests and mr > 0), 'no digest or register')
    digest = digests[0] if digests else None
    if digest:
        same = hashlib.sha384(data).digest() == digest
        said = item['digest_matches_event']
        _need(not said or same, 'says that it matches')
        _need(said or not same or len(item['digests']) > 1,
              'says that it does not match')
    return Event(mr, kind, digest, data, None if kind == NO_ACTION else
                 _own(kind, digest, data), None)


def canonical(name, payload):
    """RFC 8785 of the three members."""
    escapes = {'"': '\\"', '\\': '\\\\', '\b': '\\b', '\t': '\\t',
               '\n': '\\n', '\f': '\\f', '\r': '\\r'}
    text = ''.join(escapes.get(c, c if c >= ' ' else f'\\u{ord(c):04x}')
                   for c in name)
    return (f'{{"name":"{text}","payload":"{payload.hex()}",'
            '"type":134217729}').encode()


def preimage(name, payload, version):
    return (canonical(name, payload) if version == 2 else
            RUNTIME.to_bytes(4, 'little') + b':' + name.encode() + b':'
            + payload)


def _dstack(item):
    _members(item, ('imr', 'event_type', 'event', 'event_payload'),
             ('digest', 'version', 'preimage'))
    mr = _number(item, 'imr', 3) + 1
    kind = _number(item, 'event_type', (1 << 32) - 1)
    name = item['event']
    _need(isinstance(name, str), 'event')
    data = _hex(item['event_payload'])
    text = item.get('digest', '')
    digest = None if text == '' else _hex(text, 48)
    version = 1
    if 'version' in item:
        version = _number(item, 'version', 2)
        _need(version > 0, 'version')
    if kind == RUNTIME:
        made = preimage(name, data, version)
        if 'preimage' in item:
            _need(_hex(item['preimage']) == made, 'preimage')
        made = hashlib.sha384(made).digest()
        digest = digest or made
        is_of_data = made == digest
        if version == 1 and ':' in name and is_of_data:
            is_of_data = None  # Of another name and payload as well.
        return Event(mr, kind, digest, data, is_of_data,
                     _shown(name), data)
    _need(version == 1 and 'preimage' not in item, 'not of dstack')
    _need(digest or kind == NO_ACTION, 'no digest')
    if not data and digest != hashlib.sha384().digest():
        data = None
    is_of_data = None if kind == NO_ACTION else _own(kind, digest, data)
    return Event(mr, kind, digest, data, is_of_data,
                 _shown(name) if name and not is_of_data else None)


def _text(text):
    """Hexadecimal, or base64 in either alphabet, padded or not."""
    text = ''.join(text.split())
    try:
        return bytes.fromhex(text.removeprefix('0x'))
    except ValueError:
        pass
    text = text.rstrip('=').replace('-', '+').replace('_', '/')
    try:
        return base64.b64decode(text + '=' * (-len(text) % 4), validate=True)
    except ValueError as error:
        raise Bad('neither') from error


def read(raw):
    """(form, events), or ('CCEL', bytes of a log that is in it as a text)."""
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        raise Bad('not UTF-8') from error
    found = _lists(_parse(text))
    _need(len(found) == 1, f'{len(found)} lists')
    items = found[0]
    if isinstance(items, str):
        if items.lstrip(' \t\r\n')[:1] not in ('{', '['):
            data = _text(items)
            eventlog.read(data)
            return 'CCEL', data
        items = _parse(items)
    _need(isinstance(items, list) and 1 <= len(items) <= eventlog.MAX_EVENTS,
          'not a list, or too long')
    is_dstack = isinstance(items[0], dict) and 'imr' in items[0]
    return ('dstack' if is_dstack else 'Trustee',
            [(_dstack if is_dstack else _trustee)(item) for item in items])


# --- Making ----------------------------------------------------------------

def trustee(events, rng=None):
    """The claims that Trustee makes of events of a binary log."""
    out = []
    for event in events:
        if event.type not in eventlog.NAMES:
            continue
        digests = [] if event.digest is None else [
            {'alg': 'SHA-384', 'digest': event.digest.hex()}]
        if rng and rng.random() < 0.2:
            digests.insert(rng.randrange(2), {
                'alg': 'SHA-256', 'digest': hashlib.sha256(
                    event.data).hexdigest()})
        out.append({
            'details': {'string': 'x'} if len(out) % 2 else {},
            'digest_matches_event': event.digest is not None and
            hashlib.sha384(event.data).digest() == event.digest,
            'digests': digests,
            'event': base64.b64encode(event.data).decode(),
            'index': event.mr, 'type_name': eventlog.NAMES[event.type]})
    return out


def runtime(rng, name, payload, version=1):
    """A runtime event of dstack."""
    made = preimage(name, payload, version)
    item = {'imr': 3, 'event_type': RUNTIME, 'event': name,
            'event_payload': payload.hex()}
    if rng.random() < 0.6:
        item['digest'] = rng.choice((hashlib.sha384(made).hexdigest(), ''))
    if version == 2 or rng.random() < 0.2:
        item['version'] = version
    if rng.random() < 0.3:
        item['preimage'] = made.hex()
    return item


NAMES = ('app-id', 'compose-hash', 'system-ready', '', 'a:b', 'say "x"\\',
         '\u00e4\U0001f980', 'a\x1f\t\x7f', 'n' * 150)


def dstack(events, rng):
    """A list of dstack: what the firmware says, and what the guest adds."""
    out = []
    for event in events:
        if event.mr > 0:
            stripped = rng.random() < 0.3
            out.append({
                'imr': event.mr - 1, 'event_type': event.type,
                'digest': event.digest.hex() if event.digest else '',
                'event': rng.choice(('', '', 'acpi-loader')),
                'event_payload': '' if stripped else event.data.hex()})
    for _ in range(rng.randrange(5)):
        out.append(runtime(rng, rng.choice(NAMES), rng.randbytes(
            rng.choice((0, 1, 20, 32, 90))), rng.choice((1, 1, 2))))
    return out


def wrapped(items, is_dstack, rng):
    """In one of the documents that have it."""
    if is_dstack:
        made = rng.choice((
            items, {'event_log': items, 'quote': 'x'},
            {'quote': 'x', 'event_log': json.dumps(items), 'vm_config': ''}))
    else:
        made = rng.choice((
            items, {'uefi_event_logs': items},
            {'submods': {'cpu0': {'a': [{'tdx': {'uefi_event_logs': items}}]}}}
        ))
    return json.dumps(made, ensure_ascii=rng.random() < 0.5, indent=rng.choice(
        (None, 2))).encode()


VALUES = (None, True, False, 0, 1, 4, 5, -1, 1.0, 1e30, 2**31, 2**32, 2**63,
          '', 'ab', 'AB' * 48, 'zz' * 48, '00' * 47, '=', 'AA==', 'AB==', [],
          {}, [[]], 'SHA-384', 'EV_NO_ACTION', 'EV_NOTHING', 'x', '\0', 134217729)


def mutated(items, rng):
    """The same with a member that is another one, gone, or more."""
    made = json.loads(json.dumps(items))
    for _ in range(rng.choice((1, 1, 2))):
        if not made:
            break
        item = rng.choice(made)
        if not isinstance(item, dict) or not item:
            continue
        if rng.random() < 0.3 and isinstance(item.get('digests'), list) and \
                item['digests'] and isinstance(item['digests'][0], dict):
            item = item['digests'][0]
        key = rng.choice(sorted(item))
        what = rng.random()
        if what < 0.5:
            item[key] = rng.choice(VALUES)
        elif what < 0.6:
            del item[key]
        elif what < 0.7:
            item[rng.choice(('more', 'preimage', 'version', 'imr',
                             'digest'))] = rng.choice(VALUES)
        elif what < 0.9 and isinstance(item[key], str) and item[key]:
            at = rng.randrange(len(item[key]))
            item[key] = (item[key][:at] + rng.choice('0aAz=:\u00e4')
                         + item[key][at + 1:])
        else:
            made.insert(rng.randrange(len(made) + 1), rng.choice(
                (made[0], rng.choice(VALUES))))
    return made


def log(rng, **more):
    """Events of a good binary log without its first record."""
    return eventlog.read(eventlog.log(rng, banks=(SHA384,), **more))[1:]
