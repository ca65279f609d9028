# SPDX-License-Identifier: Apache-2.0
"""reference: documents byte for byte, their names, what is refused."""

import base64
import contextlib
import hashlib
import json
import os
import pathlib
import pty
import re
import resource
import select
import stat
import subprocess
import termios
import time
import unittest

from evidence import Tag, cbor
import images
import support
from support import (BAD_LINE, PLAIN, TestCase, bad, calc, environment, mrtd,
                     value_of)

try:
    import jsonschema
except ImportError:
    jsonschema = None

DOCS = pathlib.Path(__file__).resolve().parents[2] / 'docs'
SCHEMA = json.loads((DOCS / 'schemas/reference.schema.json').read_text(
    encoding='utf-8'))
CLASS = '45b734fc-aa4e-4c3d-ad28-e43d08880e68'
# Each value of a store says when it expires.
EXPIRES = '2099-01-31T12:00:00Z'
FORMATS = {'rvps': 'json', 'rvps-map': 'json', 'rvps-store': 'json',
           'corim': 'corim',
           'coswid': 'coswid', 'dcap-policy': 'json',
           'go-tdx-guest': 'textproto', 'ita': 'rego',
           'contrast-patch': 'json', 'in-toto': 'json',
           'in-toto-predicate': 'json', 'json': 'json'}

TRUSTEE = ('note: Trustee files the value under Intel/TDX/claim83/digests '
           '[reference-corim]')
PROFILE = Tag(111, bytes.fromhex('6086480186f84d011001'))


def expires(name):
    """What a store needs, and no other format takes."""
    return ('--expires', EXPIRES) if name == 'rvps-store' else ()


def members(schema):
    """The objects of a schema, at any depth."""
    if isinstance(schema, dict):
        yield schema
        schema = schema.values()
    for item in schema:
        if isinstance(item, (dict, list)):
            yield from members(item)


def comid(ident, measurement, *, entity='mrtd-calc', vendor='Intel',
          model='TDX', class_id=CLASS):
    """The bytes of a CoMID with one measurement."""
    environment_map = {0: {0: Tag(37, bytes.fromhex(class_id.replace('-', ''))),
                           1: vendor, 2: model}}
    return cbor({1: {0: ident}, 2: [{0: entity, 2: [0, 1]}],
                 4: {0: [[environment_map, [measurement]]]}})


def corim(ident, measurement, *, entity='mrtd-calc', **more):
    inner = comid(ident, measurement, entity=entity, **more)
    return cbor(Tag(501, {0: ident, 1: [Tag(506, inner)], 3: PROFILE,
                          5: [{0: entity, 2: [1]}]}))


def by_mkey(value):
    return {0: 83, 1: {2: [[7, value]]}}


class ReferenceCase(TestCase):
    def setUp(self):
        super().setUp()
        self.image = self.write('fw', images.image())
        self.value = mrtd(self.image)
        self.bytes = bytes.fromhex(self.value)
        self.two_pass = mrtd(self.image, 'kvm-v19')
        self.assertNotEqual(self.value, self.two_pass)

    def document(self, *args, notes=(), status=0, **more):
        result = calc('reference', *args, **more)
        self.assertEqual((result.status, result.lines),
                         (status, list(notes)), result)
        return result.stdout

    def json(self, *args, **more):
        return json.loads(self.document(*args, **more))


class Json(ReferenceCase):
    def test_rvps(self):
        # Trustee, rvps/src/extractors/sample.rs: base64 of a map of lists.
        inner = base64.b64encode(
            b'{"mr_td":["%s"]}' % self.value.encode()).decode()
        want = ('{"version":"0.1.0","type":"sample","payload":"%s"}\n'
                % inner).encode()
        self.assertEqual(self.document('fw'), want)
        self.assertEqual(self.document('--format', 'rvps', 'fw'), want)

    def test_map(self):
        both = ('--vmm', 'spec', '--vmm', 'kvm-v19')
        self.assertEqual(self.json('--format', 'rvps-map', 'fw'),
                         {'mr_td': [self.value]})
        self.assertEqual(self.json('--format', 'rvps-map', *both, 'fw'),
                         {'mr_td': [self.value, self.two_pass]})
        # An MRTD that several VMMs or files have is there once.
        self.write('same', images.image())
        self.assertEqual(
            self.json('--format', 'rvps-map', *both, '--vmm', 'qemu', 'fw',
                      'same'), {'mr_td': [self.value, self.two_pass]})

    def test_store(self):
        """Trustee, rvps/src/reference_value.rs, a list of which its LocalJson
        kept: what its operator's ConfigMap has."""
        both = ('--vmm', 'spec', '--vmm', 'kvm-v19')
        args = ('--format', 'rvps-store', '--expires')
        self.assertEqual(self.json(*args, EXPIRES, *both, 'fw'), [
            {'version': '0.1.0', 'name': 'mr_td', 'expiration': EXPIRES,
             'value': [self.value, self.two_pass]}])
        made = self.document(*args, '2026-06-30T00:00:00Z', 'fw')
        self.write('store', made)
        for time, status in (('2026-06-30T00:00:00Z', 0),
                             ('2026-06-30T00:00:01Z', 1)):
            result = calc('reference', '--verify', 'store', '--time', time,
                          'fw')
            self.assertEqual(result.status, status, result)
            result = calc('check', 'fw', '--against', 'store', '--time', time)
            self.assertEqual(result.status, status, result)
        for text in ('now', '2027-01-31', '2027-01-31T12:00:00',
                     '2027-01-31T12:00:00+00:00', '2027-01-31T12:00:00.5Z',
                     '2027-01-31t12:00:00Z', '2027-01-31T12:00:00z',
                     '2027-02-30T12:00:00Z', '2027-13-01T12:00:00Z',
                     '02027-01-31T12:00:00Z'):
            with self.subTest(text=text):
                result = calc('reference', *args, text, 'fw')
                self.assertEqual((result.status, result.stdout), (2, b''))
                self.assertIn('--expires needs a date and time in UTC',
                              result.lines[0])
        result = calc('reference', '--format', 'rvps-store', 'fw')
        self.assertEqual((result.status, result.stdout), (2, b''))
        self.assertIn('missing --expires DATE', result.lines[0])
        result = calc('reference', '--expires', EXPIRES, 'fw')
        self.assertEqual((result.status, result.stdout), (2, b''))
        self.assertIn('--expires is for --format rvps-store', result.lines[0])

    def test_store_of_two(self):
        """RVPS takes one of two entries of a name, so a value in the other
        says nothing."""
        def entry(value, **more):
            return {'version': '0.1.0', 'name': 'mr_td', 'expiration': EXPIRES,
                    'value': [value], **more}
        other = 'ab' * 48
        old = {'hash-value': [{'alg': 'sha384', 'value': self.value}]}
        for entries in ([entry(other), entry(self.value)],
                        [entry(self.value), entry(other)],
                        [entry(self.value), entry(self.value)],
                        [entry(other), {'name': 'x'}, 7, entry(self.value)],
                        [entry(self.value), entry(other, name='rtmr_1'),
                         entry(other, name='rtmr_1')],
                        [{'name': 'mr_td', 'expired': EXPIRES, **old}] * 2):
            self.write('store', json.dumps(entries).encode())
            for args in (('reference', '--verify', 'store', 'fw'),
                         ('check', 'fw', '--against', 'store')):
                with self.subTest(entries=entries, args=args):
                    result = calc(*args)
                    self.assertEqual((result.status, result.stdout), (3, b''))
                    self.assertRegex(result.lines[-1], 'two entries of RVPS '
                                     r'are named "\w+".*\[against-json\]')
        self.write('store', json.dumps(
            [entry(self.value), entry(other, name='mr_seam')]).encode())
        self.assertEqual(calc('check', 'fw', '--against', 'store').status, 0)

    def test_official_shape(self):
        key = 'rvps:///github.com/confidential-containers/tdx/mr_td:0.21.0'
        result = calc('reference', '--format', 'rvps-map', '--scalar', '--rvps-key',
                      key, 'fw')
        self.assertEqual(json.loads(result.text), {key: self.value})
        self.assertEqual([line.split(':')[0] for line in result.lines],
                         ['warning', 'note', 'note'])
        self.assertTrue(all(line.endswith('[reference-key]')
                            for line in result.lines))

    def test_keys_that_consumers_reject(self):
        for key, warned in (('mr_td', 0), ('a/b.C-_9', 0), ('a:b', 1),
                            ('a b', 1), ('\u00e4', 1)):
            with self.subTest(key=key):
                result = calc('reference', '--rvps-key', key, 'fw')
                self.assertEqual(sum('warning' in line
                                     for line in result.lines), warned)

    def test_dcap(self):
        self.assertEqual(self.json('--format', 'dcap-policy', 'fw'), {
            'policy_array': [{
                'environment': {'class_id': CLASS,
                                'description': 'Application TD TCB 1.5'},
                'reference': {'tdx_mrtd': self.value}}]})

    def test_contrast(self):
        self.assertEqual(self.json('--format', 'contrast-patch', 'fw'), [[
            {'op': 'test', 'path': '/Platform', 'value': 'Metal-QEMU-TDX'},
            {'op': 'replace', 'path': '/MrTd', 'value': self.value}]])

    def test_in_toto(self):
        report = {'attributes': [
            {'attribute': 'TDX_MRTD', 'conditions': {
                'mrtd': self.value, 'vmm': ['spec', 'qemu']}},
            {'attribute': 'TDX_MRTD', 'conditions': {
                'mrtd': self.two_pass, 'vmm': ['kvm-v19']}}]}
        args = ('--vmm', 'spec', '--vmm', 'kvm-v19', '--vmm', 'qemu', 'fw')
        self.assertEqual(self.json('--format', 'in-toto-predicate', *args),
                         report)
        self.assertEqual(self.json('--format', 'in-toto', *args), {
            '_type': 'https://in-toto.io/Statement/v1',
            'subject': [{'name': 'fw', 'digest': {
                'sha256': hashlib.sha256(self.image.data).hexdigest(),
                'sha384': hashlib.sha384(self.image.data).hexdigest()}}],
            'predicateType': 'https://in-toto.io/attestation/scai/v0.3',
            'predicate': report})

    def test_json(self):
        want = {
            'schema': 'mrtd-calc/reference/1', 'tool_version': '0.1.0',
            'platform': 'tdx', 'id': None, 'version': None, 'date': None,
            'firmware': [{
                'artifact': 'fw', 'size': len(self.image.data),
                'sha256': hashlib.sha256(self.image.data).hexdigest(),
                'sha384': hashlib.sha384(self.image.data).hexdigest(),
                'values': [value_of(self.value, 'spec')]}]}
        self.assertEqual(self.json('--format', 'json', './fw'), want)
        if jsonschema:
            jsonschema.validate(want, SCHEMA)
        want.update(id='i', version='v', date='2001-09-09T01:46:40Z')
        self.assertEqual(
            self.json('--format', 'json', '--id', 'i', '--version', 'v', 'fw',
                      env=environment(SOURCE_DATE_EPOCH='1000000000')), want)
        self.assertEqual(self.json('--version=v', '--id=i', '--format=json',
                                   'fw')['version'], 'v')

    def test_dates_that_are_none(self):
        for date in ('x', '-1', '1x', '253402300800', '9' * 30):
            result = calc('reference', 'fw',
                          env=environment(SOURCE_DATE_EPOCH=date))
            self.refused(result, 2, 'SOURCE_DATE_EPOCH is not a number of '
                         f"seconds since 1970: '{date}'")


class Text(ReferenceCase):
    ARGS = ('--vmm', 'spec', '--vmm', 'kvm-v19', 'fw')

    def test_go_tdx_guest(self):
        """One value for every version; what needs a newer one says so."""
        check = '    enable_td_debug_check: true\n'
        for args, name, values, newer in (
                (('fw',), 'mr_td', (self.value,), ''),
                (('fw', 'fw'), 'mr_td', (self.value,), ''),
                (self.ARGS, 'any_mr_td', (self.value, self.two_pass),
                 'any_mr_td'),
                (('--debug-check', 'fw'), 'mr_td', (self.value,),
                 'enable_td_debug_check'),
                (('--debug-check', *self.ARGS), 'any_mr_td',
                 (self.value, self.two_pass),
                 'any_mr_td and no enable_td_debug_check')):
            text = newer and ('# For go-tdx-guest newer than v0.3.1, which has '
                              f'no {newer}.\n')
            text += ('policy {\n  header_policy {\n  }\n'
                     '  td_quote_body_policy {\n')
            for value in values:
                digits = ''.join(f'\\x{byte:02x}'
                                 for byte in bytes.fromhex(value))
                text += f'    {name}: "{digits}"\n'
            text += check * ('--debug-check' in args) + '  }\n}\n'
            result = calc('reference', '--format', 'go-tdx-guest', *args)
            self.assertEqual((result.status, result.text), (0, text))
            self.assertEqual(
                [line for line in result.lines if '[go-tdx-guest]' in line],
                result.lines)
            self.assertEqual(len(result.lines), bool(newer))
        self.refused(calc('reference', '--debug-check', 'fw'), 2,
                     "--debug-check is for --format go-tdx-guest; try "
                     "'mrtd-calc reference --help'")

    def test_ita(self):
        text = 'import rego.v1\n\ndefault match := false\n'
        for value in (self.value, self.two_pass):
            text += f'\nmatch if {{\n\tinput.tdx.tdx_mrtd == "{value}"\n}}\n'
        self.assertEqual(
            self.document('--format', 'ita', *self.ARGS).decode(), text)


class Cbor(ReferenceCase):
    def test_corim(self):
        self.assertEqual(
            self.document('--format', 'corim', 'fw', notes=[TRUSTEE]),
            corim('fw/tdx/spec', by_mkey(self.bytes)))

    def test_corim_options(self):
        names = {'entity': 'example.org', 'vendor': 'ACME', 'model': 'A1',
                 'class_id': '00112233-4455-6677-8899-aabbccddeeff'}
        args = [word for name, value in names.items()
                for word in ('--' + name.replace('_', '-'), value)]
        note = TRUSTEE.replace('Intel/TDX', 'ACME/A1')
        self.assertEqual(
            self.document('--format', 'corim', '--id', 'td-shim', '--version',
                          'v0.8.0', *args, 'fw', notes=[note]),
            corim('td-shim/v0.8.0/tdx/spec', by_mkey(self.bytes), **names))

    def test_corim_forms(self):
        warning = ('warning: Trustee reads no value from this CoRIM; it reads '
                   '--corim-form mkey [reference-corim]')
        self.assertEqual(
            self.document('--format', 'corim', '--corim-form', 'extension',
                          'fw', notes=[warning]),
            corim('fw/tdx/spec', {1: {-83: [[7, self.bytes]]}}))
        second = bytes.fromhex(self.two_pass)
        self.assertEqual(
            self.document('--format', 'corim', '--corim-form', 'set', '--vmm',
                          'spec', '--vmm', 'kvm-v19', 'fw', notes=[warning]),
            corim('fw/tdx', {1: {-83: Tag(60020, [6, [[7, self.bytes],
                                                     [7, second]]])}}))

    def test_vendor_that_trustee_cannot_store(self):
        result = calc('reference', '--format', 'corim', '--vendor',
                      'Intel Corporation', 'fw')
        self.assertEqual([line.split(':')[0] for line in result.lines],
                         ['note', 'warning'])

    def test_coswid(self):
        digest = hashlib.sha384(self.image.data).digest()

        def tag(ident, name, **version):
            members = {0: ident, 1: name, 2: {31: 'mrtd-calc', 33: [1, 2]},
                       6: {17: {7: [7, digest], 20: len(self.image.data),
                                24: 'fw'},
                           19: {29: 'mrtd-calc.tdx.mrtd',
                                'mr_td': self.value}}, 12: 0}
            members.update({13: v for v in version.values()})
            return cbor(Tag(1398229316, members))

        self.assertEqual(self.document('--format', 'coswid', 'fw'),
                         tag('fw/tdx/spec', 'fw'))
        self.assertEqual(
            self.document('--format', 'coswid', '--id', 'OVMF', '--version',
                          '1', 'fw'), tag('OVMF/1/tdx/spec', 'OVMF', v='1'))

    def test_not_to_a_terminal(self):
        controller, terminal = self.openpty()
        self.addCleanup(os.close, controller)
        result = calc('reference', '--format', 'corim', 'fw', stdout=terminal)
        os.close(terminal)
        self.assertEqual(result.status, 2)
        self.assertIn('standard output is a terminal', result.lines[-1])


class Files(ReferenceCase):
    def test_all_formats(self):
        formats = list(FORMATS)
        result = calc('reference', '--format', ','.join(formats), '--expires',
                      EXPIRES, '--out-dir', 'out', 'fw')
        self.assertEqual(result.status, 0, result)
        names = [f'fw.reference-value.{name}.{FORMATS[name]}'
                 for name in formats]
        self.assertEqual(result.text, ''.join(f'out/{name}\n'
                                              for name in names))
        self.assertEqual(sorted(os.listdir('out')), sorted(names))
        for name, file in zip(formats, names):
            with open(f'out/{file}', 'rb') as content:
                self.assertEqual(
                    content.read(),
                    calc('reference', '--format', name, *expires(name),
                         'fw').stdout)
        again = calc('reference', '--format', ','.join(formats), '--expires',
                     EXPIRES, '--out-dir', 'out', 'fw')
        self.assertEqual((again.status, sorted(os.listdir('out'))),
                         (0, sorted(names)))

    def test_other_files_stay(self):
        """A file that is no document of the format is not replaced: what one
        begins with is in src/program/reference/kinds.c."""
        os.mkdir('out')
        for name, extension in FORMATS.items():
            path = f'out/fw.reference-value.{name}.{extension}'
            self.write(path, b'my only copy\n')
            with self.subTest(format=name, extension=extension):
                result = calc('reference', '--format', name, *expires(name),
                              '--out-dir', 'out', 'fw')
                with open(path, 'rb') as file:
                    self.assertEqual((result.status, file.read()),
                                     (2, b'my only copy\n'))

    def test_terminal_escapes(self):
        """Paths are printed as in messages, but names in UTF-8 as they are:
        scripts read them."""
        self.write('\xe9', images.image())
        self.assertEqual(
            calc('reference', '--out-dir', '\xea', '\xe9').stdout,
            '\xea/\xe9.reference-value.rvps.json\n'.encode())
        self.write('f\033[2Jw', images.image())
        result = calc('reference', '--out-dir', 'o\nut', 'f\033[2Jw')
        self.assertEqual((result.status, result.stdout), (
            0, b'o\\012ut/f\\033[2Jw.reference-value.rvps.json\n'))
        self.assertEqual(os.listdir('o\nut'),
                         ['f\033[2Jw.reference-value.rvps.json'])

    def test_names(self):
        self.write('other.fd', images.more(
            images.TEMP_MEM._replace(address=0x2000000)))
        both = ('--vmm', 'spec', '--vmm', 'kvm-v19')

        def names(*args):
            result = calc('reference', '--out-dir', 'out', *args)
            self.assertEqual(result.status, 0, result)
            return [os.path.basename(line)
                    for line in result.text.splitlines()]

        self.assertEqual(names('--format', 'rvps,dcap-policy', *both, 'fw'), [
            'fw.reference-value.rvps.json',
            'fw.spec.reference-value.dcap-policy.json',
            'fw.kvm-v19.reference-value.dcap-policy.json'])
        self.assertEqual(names('--format', 'rvps,in-toto', 'fw', 'other.fd'), [
            'all.reference-value.rvps.json', 'fw.reference-value.in-toto.json',
            'other.fd.reference-value.in-toto.json'])
        self.assertEqual(names('--id', 'a/b', 'fw', 'other.fd'),
                         ['a_b.reference-value.rvps.json'])
        self.assertEqual(
            names('--format', 'rvps-map', '--scalar', *both, 'fw'), [
                'fw.spec.reference-value.rvps-map.json',
                'fw.kvm-v19.reference-value.rvps-map.json'])

    def test_same_names(self):
        os.mkdir('a')
        self.write('a/fw', images.image())
        result = calc('reference', '--format', 'in-toto', '--out-dir', 'out',
                      'fw', 'a/fw')
        self.refused(result, 3, 'fw.reference-value.in-toto.json: two '
                     'documents have this name; write those of one of the '
                     'firmware files to another folder [document-name]')
        self.assertFalse(os.path.exists('out'))

    def test_one_or_a_folder(self):
        result = calc('reference', '--format', 'rvps,ita', 'fw')
        self.refused(result, 2, 'these are 2 documents, the second is '
                     'fw.reference-value.ita.rego; --out-dir names a folder '
                     "for them; try 'mrtd-calc reference --help'")

    def test_output_file(self):
        self.write('out', b'{\n  "schema": "mrtd-calc/reference/old')
        self.check(calc('reference', '-o', 'out', 'fw'), 0, '')
        with open('out', 'rb') as file:
            self.assertEqual(file.read(), self.document('fw'))

    def test_nothing_is_written_after_a_failure(self):
        self.write('bad', bad())
        self.write('out', b'{\n  "schema": "mrtd-calc/reference/old')
        for args in (('-o', 'out'), ('--out-dir', 'folder')):
            result = calc('reference', *args, 'fw', 'bad')
            self.refused(result, 3, f'bad: {BAD_LINE}')
        with open('out', 'rb') as file:
            self.assertEqual(file.read(),
                             b'{\n  "schema": "mrtd-calc/reference/old')
        self.assertEqual(sorted(os.listdir()), ['bad', 'fw', 'out'])

    def test_places_that_cannot_be_written(self):
        self.refused(calc('reference', '--out-dir', 'fw', 'fw'), 2)
        self.write('file', b'')
        self.refused(calc('reference', '--out-dir', 'file', 'fw'), 4)
        os.remove('file')
        self.refused(calc('reference', '--out-dir', 'no/where', 'fw'), 4,
                     'no/where: cannot make the folder: No such file or '
                     'directory')
        self.refused(calc('reference', '-o', 'no/where', 'fw'), 4)
        with open('/dev/full', 'wb') as full:
            result = calc('reference', 'fw', stdout=full)
        self.assertEqual(result.status, 4, result)
        self.assertEqual(calc('reference', 'fw', closed=(1,)).status, 4)
        result = calc('reference', '-o', 'big', 'fw',
                      limits=[(resource.RLIMIT_FSIZE, 10)])
        self.refused(result, 4, 'big: cannot write: File too large')
        self.assertEqual(os.listdir(), ['fw'])


class Usage(ReferenceCase):
    def test_usage(self):
        hint = "; try 'mrtd-calc reference --help'"
        cases = (
            (('--format', 'x', 'fw'), "there is no format 'x'; 'mrtd-calc "
             "reference --format help' lists them"),
            (('--format', 'ita,', 'fw'), "there is no format ''; 'mrtd-calc "
             "reference --format help' lists them"),
            (('--format', 'ita,ita', 'fw'), '--format has ita twice'),
            (('--corim-form', 'x', '--format', 'corim', 'fw'), '--corim-form needs mkey, '
             "extension or set, not 'x'"),
            (('--class-id', CLASS.upper(), 'fw'), '--class-id needs a UUID in '
             f"lower case, as {CLASS}, not '{CLASS.upper()}'"),
            (('--class-id', CLASS + '0', 'fw'), '--class-id needs a UUID in '
             f"lower case, as {CLASS}, not '{CLASS}0'"),
            (('--id', b'\xff', 'fw'), "--id is not UTF-8: '\\377'"),
            (('--sign', 'k', 'fw'), '--sign KEY and --signer NAME belong '
             'together'),
            (('--sign', 'k', '--signer', 's', 'fw'),
             '--sign is for --format corim'),
            (('--passphrase-fd', '3', 'fw'), '--passphrase-fd is for --sign'),
            (('-o', 'x', '--out-dir', 'y', 'fw'),
             '-o and --out-dir exclude each other'),
            (('--verify', 'x', '--version', '1', 'fw'), '--version is for '
             'printing MRTDs or reference, not for reference --verify'),
            (('-o', 'fw', 'fw'), 'the output would overwrite an input, fw'),
            (('-o', 'two', 'fw', './two'),
             'the output would overwrite an input, ./two'),
            (('-o', 'link', 'fw', 'two'),
             'the output would overwrite an input, two'),
            (('--format', 'corim', '--sign', 'k', '--signer', 's', '-o', 'k',
              'fw'), 'the output would overwrite an input, k'),
            (('--vars', 'two', '-o', 'two', 'fw'),
             'the output would overwrite an input, two'),
            (('--scalar', 'fw'), '--scalar is for --format rvps-map'),
            (('--format', 'corim', '--rvps-key', 'k', 'fw'), '--rvps-key is for '
             '--format rvps, rvps-map or rvps-store'),
            (('--vendor', 'V', 'fw'), '--vendor is for --format corim'),
            (('--model', 'M', 'fw'), '--model is for --format corim'),
            (('--class-id', CLASS, 'fw'),
             '--class-id is for --format corim or dcap-policy'),
            (('--entity', 'E', 'fw'),
             '--entity is for --format corim or coswid'),
            (('--corim-form', 'set', 'fw'),
             '--corim-form is for --format corim'),
            ((), "no file is given ('-' is standard input)"),
            (('fw', '--version'), "option '--version' needs an argument"),
            (('fw', '--version='), "--version of reference needs the "
             "firmware's version"),
            (('--version', '1', '--version=2', 'fw'),
             '--version is given twice'),
            (('--json', 'fw'), None), (('--jobs', '2', 'fw'), None),
            (('--vmm', 'x', 'fw'), "there is no VMM 'x'; 'mrtd-calc "
             "--vmm help' lists them"),
        )
        for name in ('two', 'k'):
            self.write(name, b'x')
        os.symlink('two', 'link')
        for args, line in cases:
            with self.subTest(args=args):
                self.refused(calc('reference', *args), 2,
                             line and line + hint)
        for option in ('--format', '--out-dir', '-o', '--sign', '--signer',
                       '--id', '--entity', '--corim-form',
                       '--passphrase-fd'):
            result = calc('reference', '--verify', 'x', option, 'y', 'fw')
            self.refused(result, 2)
            self.assertRegex(result.lines[0], '^--[a-z-]+ is for '
                             '.*, not for reference --verify;')

    def test_only_for_reference(self):
        for args in (('--format', 'ita'), ('--scalar',), ('--id', 'x')):
            result = calc(*args, 'fw')
            self.refused(result, 2)
            self.assertRegex(result.lines[0],
                             r'is for reference( or verity)?, not for')

    def test_formats_are_listed(self):
        result = calc('reference', '--format', 'help')
        self.assertEqual([line.split()[0] for line in
                          result.text.splitlines()
                          if not line.startswith('go-sev-guest ')],
                         list(FORMATS))
        self.assertEqual(result.status, 0)

    def test_formats_are_described(self):
        schema = json.loads((DOCS / 'schemas/manifest.schema.json').read_text(
            encoding='utf-8'))
        lists = [value['enum'] for value in members(schema)
                 if 'rvps' in value.get('enum', ())]
        # The shorter list is of those that hold all firmware files' values.
        self.assertEqual([form for form in max(lists, key=len)
                          if form != 'go-sev-guest'], list(FORMATS),
                         'manifest.schema.json')
        told = re.findall(r'^\.It Cm (.+)$', (DOCS / 'mrtd-calc.1').read_text(
            encoding='utf-8'), re.MULTILINE)
        self.assertEqual(set(FORMATS) - set(' , '.join(told).split(' , ')),
                         set(), 'not in mrtd-calc.1')

    def test_bad_firmware(self):
        self.write('empty', b'')
        self.refused(calc('reference', 'empty'), 3)
        self.refused(calc('reference', '.'), 4)
        self.refused(calc('reference', 'gone'), 4)


def openssl(*args, **more):
    return subprocess.run(['openssl', *args], check=True, capture_output=True,
                          **more).stdout


def make_key(name, kind):
    """NAME.pem and NAME.pub."""
    options = {'p384': ('EC', '-pkeyopt', 'ec_paramgen_curve:P-384'),
               'p256': ('EC', '-pkeyopt', 'ec_paramgen_curve:P-256'),
               'p521': ('EC', '-pkeyopt', 'ec_paramgen_curve:P-521'),
               'ed25519': ('ED25519',),
               'rsa': ('RSA', '-pkeyopt', 'rsa_keygen_bits:2048')}[kind]
    openssl('genpkey', '-algorithm', *options, '-out', f'{name}.pem')
    os.chmod(f'{name}.pem', 0o600)
    openssl('pkey', '-in', f'{name}.pem', '-pubout', '-out', f'{name}.pub')


class Signed(ReferenceCase):
    SIGN = ('--format', 'corim', '--signer', 'example.org')

    def sign(self, key, *args, **more):
        return self.document(*self.SIGN, '--sign', key, *args, 'fw',
                             notes=[TRUSTEE], **more)

    def test_structure(self):
        payload = corim('fw/tdx/spec', by_mkey(self.bytes))
        for kind, alg, size in (('p384', -35, 96), ('p256', -7, 64),
                                ('ed25519', -8, 64)):
            make_key(kind, kind)
            signed = self.sign(f'{kind}.pem')
            header = cbor({1: alg, 3: 'application/rim+cbor',
                           8: cbor({0: {0: 'example.org'}})})
            front = cbor(Tag(18, [header, {}, payload, bytes(size)]))[:-size]
            with self.subTest(kind=kind):
                self.assertEqual(signed[:-size], front)
                # RFC 9052, section 4.4: what is signed, rebuilt.
                self.write('tbs', cbor(['Signature1', header, b'', payload]))
                self.verify_with_openssl(kind, signed[-size:])

    def test_critical_header(self):
        """RFC 9052, section 3.1: what is critical must be understood."""
        make_key('k', 'ed25519')
        payload = corim('x', by_mkey(self.bytes))
        for extra in ({}, {2: [1]}, {2: []}, {2: [8, 3]}, {2: [99], 99: 1}):
            header = cbor({1: -8, **extra, 3: 'application/rim+cbor',
                           8: cbor({0: {0: 'e'}})})
            self.write('tbs', cbor(['Signature1', header, b'', payload]))
            openssl('pkeyutl', '-sign', '-rawin', '-inkey', 'k.pem', '-in',
                    'tbs', '-out', 'sig')
            with open('sig', 'rb') as sig:
                self.write('s', cbor(Tag(18, [header, {}, payload,
                                              sig.read()])))
            result = calc('reference', '--verify', 's', '--key', 'k.pub',
                          '--vmm', 'spec', 'fw')
            if not extra:
                self.assertEqual(result.status, 0, result)
                continue
            self.refused(result, 3, 's: not a CoRIM that is read here: the '
                         'COSE_Sign1 has critical parameters (crit), of which '
                         'none is known here [against-corim]')

    def verify_with_openssl(self, kind, raw):
        if kind == 'ed25519':
            self.write('sig', raw)
            openssl('pkeyutl', '-verify', '-rawin', '-pubin', '-inkey',
                    f'{kind}.pub', '-in', 'tbs', '-sigfile', 'sig')
            return
        half = len(raw) // 2
        self.write('asn1', b'asn1=SEQUENCE:s\n[s]\nr=INTEGER:0x%s\n'
                   b's=INTEGER:0x%s\n' % (raw[:half].hex().encode(),
                                          raw[half:].hex().encode()))
        openssl('asn1parse', '-genconf', 'asn1', '-out', 'sig', '-noout')
        openssl('dgst', '-sha384' if half == 48 else '-sha256', '-verify',
                f'{kind}.pub', '-signature', 'sig', 'tbs')

    def test_eddsa_is_reproducible(self):
        make_key('k', 'ed25519')
        self.assertEqual(self.sign('k.pem'), self.sign('k.pem'))

    def test_verify(self):
        for kind, name in (('p384', 'ES384'), ('p256', 'ES256'),
                           ('ed25519', 'EdDSA')):
            make_key(kind, kind)
            signed = self.sign(f'{kind}.pem')
            self.write('s', signed)
            verify = ('reference', '--verify', 's', '--key', f'{kind}.pub',
                      '--vmm', 'spec', 'fw')
            self.check(calc(*verify), 0, f's: signature OK ({name})\n'
                       'fw: OK (spec)\n')
            # Any bit that is flipped.
            for at in range(0, len(signed), 7):
                self.write('s', signed[:at] + bytes((signed[at] ^ 1,))
                           + signed[at + 1:])
                result = calc(*verify)
                self.assertIn(result.status, (1, 3), (kind, at, result))
                self.assertNotIn('OK', result.text)
            # Numbers that no signature has are wrong, and no other failure.
            half = 48 if kind == 'p384' else 32
            good = signed[-2 * half:]
            for bad in (bytes(half), b'\xff' * half):
                for raw in (bad + bad, bad + good[half:], good[:half] + bad):
                    self.write('s', signed[:-2 * half] + raw)
                    self.check(calc(*verify), 1, 's: signature FAILED\n',
                               's: the signature is not that of this key over '
                               'these bytes [signature]')

    def test_other_key(self):
        for name, kind in (('a', 'p384'), ('b', 'p384'), ('c', 'ed25519')):
            make_key(name, kind)
        self.write('s', self.sign('a.pem'))
        for key, why in (('b', 'the signature is not that of this key over '
                          'these bytes'),
                         ('c', 'it is signed with another algorithm than that '
                          'of the key')):
            self.check(calc('reference', '--verify', 's', '--key',
                            f'{key}.pub', 'fw'), 1, 's: signature FAILED\n',
                       f's: {why} [signature]')
        # Nothing that is no CoRIM is taken for a signed document.
        for unsigned in (self.value.encode(), self.document('fw')):
            self.write('u', unsigned)
            self.refused(calc('reference', '--verify', 'u', '--key', 'a.pub',
                              'fw'), 3)
        self.write('u', corim('x', by_mkey(self.bytes)))
        self.check(calc('reference', '--verify', 'u', '--key', 'a.pub', 'fw'),
                   1, 'u: signature FAILED\n',
                   'u: it is not signed: no COSE_Sign1 [signature]')

    def test_without_the_key(self):
        make_key('k', 'p384')
        self.write('s', self.sign('k.pem'))
        self.check(calc('reference', '--verify', 's', '--vmm', 'spec', 'fw'),
                   0, 'fw: OK (spec)\n', 's: note: its signature is not '
                   'verified; --key PUB.pem does [signature]')

    PRIVATE = ("{}: not a public key in PEM, but a private one; 'openssl pkey "
               "-pubout' makes the public half [key]")

    def test_keys_that_are_refused(self):
        for name, kind in (('rsa', 'rsa'), ('p521', 'p521'), ('k', 'p384')):
            make_key(name, kind)
        self.write('junk', b'junk')
        self.write('long', b'x' * 70000)
        self.write('empty', b'')
        openssl('req', '-new', '-x509', '-key', 'k.pem', '-subj', '/CN=x',
                '-out', 'cert.pem')
        with open('cert.pem', 'rb') as cert, open('k.pem', 'rb') as key:
            self.write('both', cert.read() + key.read()[:60])
        other = ('the key is not one of P-384 (ES384), P-256 (ES256) and '
                 'Ed25519 (EdDSA) [key]')
        for key, status, line in (
                ('rsa.pem', 3, other), ('p521.pem', 3, other),
                ('junk', 3, None), ('long', 3, None),
                ('empty', 3, 'not a private key in PEM: the file is empty '
                 '[key]'),
                ('cert.pem', 3, 'not a private key in PEM, but a certificate; '
                 'who signs needs the private key that it is for [key]'),
                ('both', 3, 'not a private key in PEM: it has one that cannot '
                 'be read; is it damaged? [key]'),
                ('k.pub', 3, 'not a private key in PEM, but a public one; who '
                 'signs needs its private half [key]'),
                ('.', 4, None), ('gone', 4, None)):
            with self.subTest(key=key):
                # What is no private key may be read by others.
                if key in ('junk', 'k.pub'):
                    os.chmod(key, 0o644)
                self.refused(calc('reference', *self.SIGN, '--sign', key,
                                  'fw'), status, line and f'{key}: {line}')
        self.write('s', self.sign('k.pem'))
        self.refused(calc('reference', '--verify', 's', '--key', 'k.pem',
                          'fw'), 3, self.PRIVATE.format('k.pem'))
        self.refused(calc('reference', '--verify', 's', '--key', 'cert.pem',
                          'fw'), 3, 'cert.pem: not a public key in PEM, but a '
                     "certificate; 'openssl x509 -pubkey -noout' takes the "
                     'key out [key]')
        self.write('ssh', b'-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n'
                   b'-----END OPENSSH PRIVATE KEY-----\n')
        for option, half in (('--sign', 'private'), ('--key', 'public')):
            more = self.SIGN if option == '--sign' else ('--verify', 's')
            self.refused(calc('reference', *more, option, 'ssh', 'fw'), 3,
                         f'ssh: not a {half} key in PEM, but a key of '
                         'OpenSSH, which is of another form [key]')
        self.refused(calc('reference', '--verify', 's', '--key', 'junk',
                          'fw'), 3, 'junk: not a public key in PEM [key]')
        # What is not even a CoRIM is not signed.
        self.write('json', calc('reference', 'fw').stdout)
        self.refused(calc('reference', '--verify', 'json', '--key', 'k.pub',
                          'fw'), 3, 'json: not a CoRIM, nor an envelope (DSSE), '
                     'and no other document is signed: --key has nothing to '
                     'verify [against-corim]')

    def test_readable_by_others(self):
        make_key('k', 'p384')
        os.chmod('k.pem', 0o644)
        result = calc('reference', *self.SIGN, '--sign', 'k.pem', 'fw')
        self.assertEqual((result.status, result.lines[0]), (
            0, 'k.pem: warning: others can read this private key (mode 0644); '
            'chmod 600 [key-mode]'))
        self.assertEqual(stat.S_IMODE(os.stat('k.pem').st_mode), 0o644)

    def test_passphrase(self):
        make_key('k', 'p384')
        openssl('pkey', '-in', 'k.pem', '-aes256', '-passout', 'pass:secret',
                '-out', 'e.pem')
        os.chmod('e.pem', 0o600)
        sign = ('reference', *self.SIGN, '--sign', 'e.pem')
        for text, status in ((b'secret', 0), (b'secret\nmore', 0),
                             (b'wrong', 3), (b'', 3)):
            result = calc(*sign, '--passphrase-fd', '0', 'fw', stdin=text)
            self.assertEqual(result.status, status, (text, result))
            if status:
                self.refused(result, 3, 'e.pem: the passphrase is wrong, or '
                             'the key is damaged [key-passphrase]')
        # A key that needs none: nothing is read.
        with open('e.pem', 'rb') as unread:
            result = calc('reference', *self.SIGN, '--sign', 'k.pem',
                          '--passphrase-fd', '0', 'fw', stdin=unread)
            self.assertEqual((result.status, unread.tell()), (0, 0), result)
        # No terminal: standard input is not asked.
        self.refused(calc(*sign, 'fw', stdin=b'secret\n',
                          start_new_session=True), 3,
                     'e.pem: the key is encrypted, and there is no '
                     'passphrase: give --passphrase-fd, or use a terminal '
                     '[key-passphrase]')
        self.refused(calc(*sign, '--passphrase-fd', '77', 'fw'), 4)
        with open('to', 'wb') as unreadable:
            self.refused(calc(*sign, '--passphrase-fd', '0', 'fw',
                              stdin=unreadable), 4,
                         '--passphrase-fd 0: cannot read: Bad file descriptor')
        self.refused(calc(*sign, '--passphrase-fd', 'x', 'fw'), 2)

    def test_public_key_asks_nothing(self):
        """A private key in its place is refused, with no prompt: the input
        is not read, and a terminal would not be."""
        make_key('k', 'ed25519')
        openssl('pkey', '-in', 'k.pem', '-aes256', '-passout', 'pass:secret',
                '-out', 'e.pem')
        self.write('s', self.sign('k.pem'))
        result = calc('reference', '--verify', 's', '--key', 'e.pem', 'fw',
                      stdin=b'secret\n', start_new_session=True)
        self.refused(result, 3, self.PRIVATE.format('e.pem'))

    def prompted(self):
        """The program, where it waits for a passphrase; and its terminal."""
        make_key('k', 'ed25519')
        openssl('pkey', '-in', 'k.pem', '-aes256', '-passout', 'pass:secret',
                '-out', 'e.pem')
        os.chmod('e.pem', 0o600)
        for descriptor in self.openpty():
            os.close(descriptor)
        child, terminal = pty.fork()
        if child == 0:
            os.execv(support.PROGRAM, [
                'mrtd-calc', 'reference', *self.SIGN, '--sign', 'e.pem', '-o',
                'signed', 'fw'])
        self.addCleanup(os.close, terminal)
        shown = b''
        while b'Passphrase of e.pem: ' not in shown:
            shown += os.read(terminal, 4096)
        end = time.monotonic() + 20
        while termios.tcgetattr(terminal)[3] & termios.ECHO:
            self.assertLess(time.monotonic(), end, 'it would be shown')
            time.sleep(0.01)
        return child, terminal

    def ending(self, child, terminal, keys):
        """What it shows until its end, and its exit status. What is pressed
        while it is not yet reading can be lost, and is pressed again."""
        shown = b''
        end = time.monotonic() + 20
        with contextlib.suppress(OSError):  # when the last has closed it
            os.write(terminal, keys)
            while True:
                if select.select([terminal], [], [], 5)[0]:
                    shown += os.read(terminal, 4096)
                else:
                    self.assertLess(time.monotonic(), end, shown)
                    os.write(terminal, keys)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), shown

    def test_passphrase_on_a_terminal(self):
        """Asked for on the terminal, which does not show it."""
        child, terminal = self.prompted()
        status, shown = self.ending(child, terminal, b'secret\n')
        self.assertEqual(status, 0, shown)
        self.assertNotIn(b'secret', shown)
        with open('signed', 'rb') as file:
            self.assertEqual(file.read(), self.sign('k.pem'))

    def test_no_passphrase_on_a_terminal(self):
        """^C and ^D end it; it does not ask again."""
        for key in b'\x03', b'\x04':
            child, terminal = self.prompted()
            status, shown = self.ending(child, terminal, key)
            self.assertEqual((status, shown.split()), (
                3, b'mrtd-calc: e.pem: the key is encrypted, and no '
                b'passphrase was given [key-passphrase]'.split()))
            self.assertFalse(os.path.exists('signed'))


class Vars(TestCase):
    """With --vars the digests are still those of the file given."""

    def test_digests_of_the_file(self):
        whole = images.joined()
        code = whole.cut(start=images.VARS_SIZE)
        self.write('vars', whole.cut(end=images.VARS_SIZE))
        self.write('fw', code)
        value = mrtd(whole)
        made = calc('reference', '--vars', 'vars', '--format', 'json', 'fw')
        self.assertEqual(made.status, 0, made)
        with open('fw', 'rb') as file:
            data = file.read()
        (firmware,) = json.loads(made.stdout)['firmware']
        self.assertEqual(
            (firmware['size'], firmware['sha256'], firmware['sha384'],
             firmware['values'][0]['value']),
            (len(data), hashlib.sha256(data).hexdigest(),
             hashlib.sha384(data).hexdigest(), value))
        self.write('doc', made.stdout)
        self.check(calc('reference', '--verify', 'doc', '--vars', 'vars',
                        '--vmm', 'spec', 'fw'), 0, 'fw: OK (spec)\n')


class Verify(ReferenceCase):
    ABSENT = (" is not in the document; 'check FILE --against DOCUMENT' says "
              'why [reference-mrtd]')

    def verify(self, document, *args, **more):
        self.write('doc', document)
        return calc('reference', '--verify', 'doc', *args, **more)

    def values(self, *values):
        return json.dumps({'mr_td': values}).encode()

    def test_each_format(self):
        for name in FORMATS:
            made = calc('reference', '--format', name, *expires(name),
                        'fw').stdout
            with self.subTest(name=name):
                self.check(self.verify(made, '--vmm', 'spec', 'fw'), 0,
                           'fw: OK (spec)\n')

    def test_profiles(self):
        both = ('--vmm', 'spec', '--vmm', 'kvm-v19')
        self.check(self.verify(self.values(self.value, self.two_pass), *both,
                               'fw'), 0, 'fw: OK (spec, kvm-v19)\n')
        # Each that is asked for must be there; otherwise one is enough.
        self.check(self.verify(self.values(self.value), *both, 'fw'), 1,
                   'fw: FAILED\n', 'fw: its MRTD as kvm-v19' + self.ABSENT)
        other = self.verify(self.values(self.value[::-1]), 'fw')
        self.assertEqual(other.lines[0], 'fw: its MRTD as '
                         + ', '.join((*PLAIN, 'kvm-v19')) + self.ABSENT)
        self.check(self.verify(self.values(self.value), '--vmm', 'kvm-v19',
                               'fw'), 1, 'fw: FAILED\n',
                   'fw: its MRTD as kvm-v19' + self.ABSENT,
                   'doc: 1 of its 1 MRTDs is of none of the firmware files, '
                   'as the VMMs of --vmm launch them')
        result = self.verify(self.values(self.two_pass), 'fw')
        self.check(result, 0, 'fw: OK (kvm-v19)\n')

    def test_other_firmware(self):
        self.write('other', images.more(
            images.TEMP_MEM._replace(address=0x2000000)))
        other = mrtd(images.more(
            images.TEMP_MEM._replace(address=0x2000000)))
        spec = ('--vmm', 'spec')
        self.check(self.verify(self.values(self.value), *spec, 'fw', 'other'),
                   1, 'fw: OK (spec)\nother: FAILED\n',
                   'other: its MRTD as spec' + self.ABSENT)
        self.check(self.verify(self.values(self.value, other), *spec, 'fw',
                               'other'), 0,
                   'fw: OK (spec)\nother: OK (spec)\n')
        self.check(self.verify(self.values(self.value, other), *spec, 'fw'),
                   1, 'fw: OK (spec)\n', 'doc: 1 of its 2 MRTDs is of none '
                   'of the firmware files, as the VMMs of --vmm launch them')
        # Where no file could be read, that is not known.
        self.refused(self.verify(self.values(self.value), 'gone'), 4,
                     'gone: cannot open: No such file or directory')

    def test_refusals(self):
        self.write('bad', bad())
        result = self.verify(self.values(self.value), '--vmm', 'spec', 'bad',
                             'fw')
        self.check(result, 3, 'fw: OK (spec)\n', f'bad: {BAD_LINE}')
        self.refused(self.verify(b'', 'fw'), 3)
        self.refused(self.verify(b'junk', 'fw'), 3)
        self.refused(calc('reference', '--verify', 'gone', 'fw'), 4)
        self.refused(calc('reference', '--verify', '-', '-'), 2,
                     "standard input can be read only once; try 'mrtd-calc "
                     "reference --help'")


if __name__ == '__main__':
    unittest.main()
