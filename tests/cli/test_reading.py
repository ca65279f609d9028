# SPDX-License-Identifier: Apache-2.0
"""A document in which the value was changed, negated, switched off, renamed
or hidden never verifies.

From documents that are accepted, in each form of text, others are made by
rules and by chance (of a fixed seed); docs/reading.md has what is accepted.
"""

import base64
import hashlib
import json
import random

from support import TestCase, calc, mrtd
import images

SEED = 20261128
CHANCES = 200
TD = '45b734fc-aa4e-4c3d-ad28-e43d08880e68'

# Of a name that says that its value is an MRTD, made into one that does not.
RENAMES = (
    'revoked_{}', 'revoked-{}', '{}_revoked', 'not-{}', 'not_{}', 'no_{}',
    '#{}', '//{}', '_{}', '_{}_old', '{}_old', 'old_{}', '{}s_old', ' {}',
    '{} ', '{}2', 'x{}', 'servtd_{}', 'gateway_{}', '{}_blocklist', '{}s',
    'mr_seam_{}', '-{}', '!{}', '$comment_{}', 'deny/{}', '{}/deny', '{}.x',
    'x.{}', 'seam/{}', 'disabled/{}:1', '{}\n', 'former {}', 'qe_{}', '~{}')
# Those that make of a path another one with the same end, or of a version
# another: who publishes is free in these.
FREE = ('x{}', '{}2', '{}s', '{}.x', 'x.{}', '{}s_old', '{}.x')
# Objects around it that turn its sense, or are not known.
AROUND = ('deny', 'denied', 'revoked', 'blocklist', 'forbid', 'disabled',
          'expired', 'not', 'except', 'old', '#policy', '//', '_', 'gateway',
          'seam', 'td_qe', 'servtd', 'x', '_policy', 'previous', 'REVOKED',
          'policies-denied', 'notAllowed', 'nope')
# Members beside it that turn its sense.
BESIDE = (('operation', 'not-equal'), ('op', '!='), ('operator', 'ne'),
          ('comparison', 'greater'), ('match', False), ('negate', True),
          ('not', True), ('revoked', True), ('disabled', True),
          ('enabled', False), ('action', 'deny'), ('effect', 'Deny'),
          ('status', 'revoked'), ('type', 'blocklist'), ('invert', 1),
          ('condition', 'differs'), ('state', 'disabled'), ('active', 0),
          ('is_revoked', True), ('revoked_at', '2024-01-01'),
          ('matchOperator', 'NOT_IN'), ('op', {'not': 'equal'}),
          ('operator', ['equal', 'not']), ('compare', 'like'),
          ('decision', 'audit'), ('valid', False), ('expired', 'yes'))


def spellings(value):
    """The same 48 bytes, which compare as another text."""
    data = bytes.fromhex(value)
    yield from (value.upper(), value[:95] + value[95].upper()
                if value[95].isalpha() else value.upper(), '0x' + value,
                ' ' + value, value + ' ', value[:10] + ' ' + value[10:],
                value + '\n', base64.b64encode(data).decode(),
                base64.urlsafe_b64encode(data).decode(),
                ' ' + base64.b64encode(data).decode())


def others(value):
    """Other values."""
    yield from (value[::-1], value[:-1] + ('0' if value[-1] != '0' else '1'),
                value[:-1], value + '0', value + '00', '', '1' * 96,
                value[2:] + value[:2], value + value, 'sha512:' + value,
                '!' + value, 'not ' + value, value[:95] + 'g')


class Reading(TestCase):
    def setUp(self):
        super().setUp()
        self.image = self.write('fw', images.image())
        self.value = mrtd(self.image)
        self.bytes = bytes.fromhex(self.value)
        self.escaped = ''.join(f'\\x{byte:02x}' for byte in self.bytes)
        self.chance = random.Random(SEED)

    def verify(self, document):
        self.write('doc', document.encode())
        return calc('reference', '--verify', 'doc', '--vmm', 'spec', 'fw')

    def check_against(self, document):
        self.write('doc', document.encode())
        return calc('check', 'fw', '--against', 'doc')

    def accept(self, document):
        self.check(self.verify(document).without('reference-unchecked'), 0,
                   'fw: OK (spec)\n')

    def reject(self, document):
        """Neither OK nor silent; check does not say MATCH of what verify
        finds to be no statement."""
        result = self.verify(document)
        self.assertIn(result.status, (1, 3), (document, result))
        self.assertGreater(len(result.lines), 0, document)
        self.assertNotIn(b'Traceback', result.stderr)
        if result.status == 3:
            self.assertEqual(result.stdout, b'', document)
        return result

    def reject_wholly(self, document):
        """check neither: it is not a matter of spelling."""
        for ask in self.part((self.reject, self.check_against)):
            result = ask(document)
            self.assertIn(result.status, (1, 3), (document, result))

    # --- JSON ---

    def documents(self):
        """(document, how its value is found and named, is it exact)"""
        v = self.value
        base = base64.b64encode(self.bytes).decode()
        return [
            ({'mr_td': [v]}, True), ({'mr_td': v}, True),
            ({'mrtd': v}, True), ({'MRTD': v}, True),
            ({'tdx_mrtd': v}, True),
            ({'rvps:///github.com/o/tdx/mr_td:0.21.0': v}, True),
            ({'Intel/TDX/claim83/digests': [v]}, True),
            ({'claim83/digests': [v]}, True),
            ({'Intel Corporation/TDX TD/claim83/digests': [v]}, True),
            ({'Intel/TDX/mr_td/digests': [v]}, True),
            ({'mr_td/digests': [v]}, True),
            ({'MRTD': {'operation': 'equal', 'reference': v}}, True),
            ({'mr_td': {'version': '0.1.0', 'name': 'mr_td', 'value': [v]}},
             True),
            ({'name': 'mr_td', 'value': [v]}, True),
            ([[{'op': 'replace', 'path': '/MrTd', 'value': v}]], False),
            ([{'op': 'add', 'path': '/ReferenceValues/tdx/0/MrTd',
               'value': v}], False),
            ({'ReferenceValues': {'tdx': [{'MrTd': v, 'MrSeam': '1' * 96}]}},
             False),
            ({'policy_array': [{'environment': {'class_id': TD},
                                'reference': {'tdx_mrtd': v}}]}, False),
            ({'policy': {'header_policy': {}, 'td_quote_body_policy': {
                'any_mr_td': [base]}}}, None),
            ({'policy': {'tdQuoteBodyPolicy': {'mrTd': base}}}, None),
            ({'_type': 'https://in-toto.io/Statement/v1',
              'subject': [{'name': 'fw', 'digest': {
                  'sha256': hashlib.sha256(self.image.data).hexdigest()}}],
              'predicateType': 'https://in-toto.io/attestation/scai/v0.3',
              'predicate': {'attributes': [
                  {'attribute': 'TDX_MRTD', 'conditions': {'mrtd': v}}]}},
             True),
            ({'tdx': {'quote': {'body': {'mr_td': v}}}}, True),
        ]

    def sites(self, node, path=()):
        """Paths of the members whose value is, or holds only, the MRTD."""
        base = base64.b64encode(self.bytes).decode()
        if isinstance(node, dict):
            for key, value in node.items():
                if value in (self.value, [self.value], base, [base]) or (
                        isinstance(value, dict) and 'value' in value
                        or isinstance(value, dict) and 'reference' in value
                        and 'operation' in value):
                    yield path + (key,)
                else:
                    yield from self.sites(value, path + (key,))
        elif isinstance(node, list):
            for index, value in enumerate(node):
                yield from self.sites(value, path + (index,))

    @staticmethod
    def changed(document, path, change):
        """A copy, with what is at the path's parent changed."""
        copy = json.loads(json.dumps(document))
        node = copy
        for key in path[:-1]:
            node = node[key]
        change(node, path[-1])
        return copy

    def with_value(self, document, value):
        base = base64.b64encode(self.bytes).decode()
        text = json.dumps(document)
        new = json.dumps(value)[1:-1]
        return text.replace(self.value, new).replace(base, new)

    def test_json_that_is_accepted(self):
        for document, _ in self.documents():
            with self.subTest(document=document):
                self.accept(json.dumps(document))
                self.accept(json.dumps(document, indent=2))
                # Beside what is not an MRTD, where members are not fixed.
                if isinstance(document, dict) and not {
                        'policy', '_type'} & set(document):
                    self.accept(json.dumps({
                        **document, 'rtmr_1': '2' * 96, 'enabled': True,
                        'revoked': False, 'description': 'not old',
                        'mr_seam': '3' * 96, 'deny': [], 'op': 'equal'}))

    def test_values(self):
        for document, _ in self.documents():
            for value in self.part(others(self.value)):
                self.reject_wholly(self.with_value(document, value))

    def test_spellings(self):
        """The consumers that compare text do not find another spelling."""
        for document, is_text in self.documents():
            if is_text:
                for value in self.part(spellings(self.value)):
                    self.reject(self.with_value(document, value))
            elif is_text is None:
                for value in self.part((
                        self.value, self.value.upper(),
                        base64.b64encode(self.bytes).decode() + '\n')):
                    self.reject(self.with_value(document, value))
            else:
                self.accept(self.with_value(document, self.value.upper()))
                for value in self.part(spellings(self.value)):
                    if value.lower() != self.value:
                        self.reject(self.with_value(document, value))

    def test_names(self):
        for document, _ in self.part(self.documents()):
            for path in self.sites(document):
                for rename in self.part(RENAMES):
                    if '/' in str(path[-1]) and rename in FREE:
                        continue

                    def change(node, key, rename=rename):
                        if key == 'value' and 'path' in node:
                            head, _, last = node['path'].rpartition('/')
                            node['path'] = head + '/' + rename.format(last)
                        elif key == 'value':
                            node['name'] = rename.format(node['name'])
                        else:
                            node[rename.format(key)] = node.pop(key)
                    self.reject_wholly(json.dumps(
                        self.changed(document, path, change)))

    def test_case_of_names(self):
        for name in ('Mr_Td', 'MR_TD', 'Mrtd', 'mrTD', 'TDX_MRTD', 'Tdx_MrTd',
                     'mr-td', 'mr.td', 'MrTD', 'ANY_MR_TD', 'any_mr_td',
                     'anyMrTd', 'RVPS:///x/Mr_td', '/MrTd', 'Claim83/digests',
                     'claim83/digests-of-another', 'claim830/digests',
                     'xclaim83/digests', 'claim83', 'claim84/digests',
                     'Intel/TDX SEAM/claim83/digests', 'SGX/QE/mr_td'):
            self.reject_wholly(json.dumps({name: [self.value]}))

    def test_environments_in_paths(self):
        """What Trustee makes of a CoRIM: of a TD's environment only."""
        rng = random.Random(9)
        words = ('Intel', 'INTEL', 'Intel Corporation', 'TDX', 'TD', 'TDX TD',
                 'TDX Module', 'TDXModule', 'P-SEAMLDR', 'SGX2', 'GPU', 'tdx',
                 'intel', 'AMD', 'Intelligent', 'not TDX', 'TDX revoked', 'x',
                 'CSME', 'a', '', ' ')
        for _ in self.part(range(200)):
            path = [rng.choice(words) for _ in range(rng.randint(1, 3))]
            key = '/'.join((*path, rng.choice(('claim83', 'mr_td')),
                            'digests'))
            document = json.dumps({key: [self.value]})
            with self.subTest(key=key):
                if (len(path) == 2 and path[0] in words[:3]
                        and path[1] in words[3:6]):
                    self.accept(document)
                else:
                    self.reject_wholly(document)

    def test_around(self):
        for document, _ in self.part(self.documents()):
            for name in self.part(AROUND):
                self.reject_wholly(json.dumps({name: document}))
                self.reject_wholly(json.dumps({name: [document]}))
                for path in self.sites(document):
                    def change(node, key, name=name):
                        node[name] = {key: node.pop(key)}
                    if not (path[-1] == 'value'):
                        self.reject_wholly(json.dumps(
                            self.changed(document, path, change)))

    def test_beside(self):
        for document, _ in self.part(self.documents()):
            for path in self.sites(document):
                for depth in range(1, len(path) + 1):
                    for key, value in self.part(BESIDE):
                        if isinstance(path[depth - 1], int):
                            continue

                        def change(node, _, key=key, value=value):
                            node[key] = value
                        self.reject_wholly(json.dumps(self.changed(
                            document, path[:depth], change)))

    def test_operators(self):
        for operator in ('not-equal', 'ne', '!=', '<', 'not-in', 'NOT',
                         'regex', 'prefix', 'like', '', None, 0, False,
                         ['equal'], 'equal '):
            for key in self.part(('operation', 'operator', 'op',
                                  'comparison')):
                self.reject_wholly(json.dumps({'MRTD': {
                    key: operator, 'reference': self.value}}))
        for operator in 'equal', 'eq', '==', 'in', 'member':
            self.accept(json.dumps({'MRTD': {'op': operator,
                                             'value': self.value}}))

    def test_what_is_said(self):
        """Where, and why; and in the JSON of check."""
        for document, where in (
                ({'revoked_mrtds': [self.value]}, '$.revoked_mrtds[0]'),
                ({'MRTD': {'operation': 'ne', 'reference': self.value}},
                 '$.MRTD.reference'),
                ({'a': [{'mr_td': self.value}]}, '$.a[0].mr_td'),
                ({'#mr_td': self.value}, '$.#mr_td')):
            line = self.reject(json.dumps(document)).lines[0]
            self.assertTrue(line.startswith(
                'doc: nothing in it says what the MRTD must be: '
                f'{where} skipped: '), line)
        document = json.dumps({'mr_td': self.value,
                               'revoked_mrtds': ['1' * 96]})
        result = self.verify(document)
        self.assertEqual((result.status, len(result.lines)), (0, 1))
        self.assertTrue(result.lines[0].startswith(
            'doc: note: $.revoked_mrtds[0] skipped: '), result)
        self.assertTrue(result.lines[0].endswith(' [passed-over]'), result)
        answer = json.loads(calc('check', '--json', 'fw', '--against',
                                 'doc').text)
        self.assertEqual([(remark['code'], remark['where'])
                          for remark in answer['against']['remarks']],
                         [('passed-over', '$.revoked_mrtds[0]')])
        many = {f'mr_td_{i}': self.value for i in range(30)}
        result = self.verify(json.dumps({'tdx': {'mr_td': self.value},
                                         'x': many}))
        self.assertEqual((result.status, len(result.lines)), (0, 11))
        self.assertIn('and 20 more like these', result.lines[10])

    def test_strings_and_shapes(self):
        v = self.value
        for document in (
                {'comment': f'"mr_td": "{v}"'}, {'x': json.dumps({'mr_td': v})},
                {'mr_td': {'x': v}}, {'mr_td': [[v]]}, {'mr_td': [{'x': v}]},
                {'mr_td': None, 'x': v}, {'mr_td': []}, {'mr_td': {}},
                {'mr_td': [v, 'x']}, {'mr_td': [v, '1' * 96]}, [v], v,
                {v: 'mr_td'}, {'mr_td': v, 'revoked': [v]},
                {'mr_td': [v], 'revoked_mrtds': [v]},
                {'mr_td': [v], 'deny': {'mr_td': [v]}},
                {'predicateType': 'https://example.com/revoked',
                 'predicate': {'mrtd': v}},
                {'attributes': [{'attribute': 'TDX_MRTD_REVOKED',
                                 'conditions': {'mrtd': v}}]},
                {'policy_array': [{
                    'environment': {
                        'class_id': '3769258C-75e6-4bc7-8d72-d2b0e224cad2'},
                    'reference': {'tdx_mrtd': v}}]},
                {'platform': 'snp', 'values': [{'mrtd': v}]},
                [{'op': 'test', 'path': '/MrTd', 'value': v}],
                [{'path': '/MrTd', 'value': v}],
                [{'op': 'not', 'path': '/MrTd', 'value': v}],
                [{'op': 'replace', 'path': '/MrTd', 'value': v},
                 {'op': 'remove', 'path': '/MrTd'}],
                [{'op': 'replace', 'path': '/tdx/0/MrTd', 'value': v},
                 {'op': 'remove', 'path': '/tdx/0'}],
                [{'op': 'replace', 'path': '/deny/MrTd', 'value': v}],
                {'schema': 'mrtd-calc/check/1', 'expected': [{'mrtd': v}]},
                {'tdQuoteBody': {'mrTd': base64.b64encode(
                    self.bytes).decode()}},
                {'report': {'TD10': {'mr_td': v}}}):
            with self.subTest(document=document):
                self.reject(json.dumps(document))
        self.reject(f'{{"mr_td": "{v}", "mr_td": "{v}"}}')
        self.reject(f'{{"mr_td": "{"1" * 96}"}} // {{"mr_td": "{v}"}}')
        self.reject(f'{{"mr_td": "{v}"}} x')

    def envelope(self, payload, **more):
        if not isinstance(payload, str):
            payload = base64.b64encode(json.dumps(payload).encode()).decode()
        return json.dumps({'version': '0.1.0', 'type': 'sample',
                           'payload': payload, **more})

    def test_rvps(self):
        """Trustee registers the members of the payload, and no deeper."""
        v = self.value
        good = {'mr_td': [v]}
        self.accept(self.envelope(good))
        good = {'mr_td': [v], 'x': [1]}
        self.accept(self.envelope(good))
        text = base64.b64encode(json.dumps(good).encode()).decode()
        self.assertTrue(text.endswith('='))
        for document in (
                self.envelope({'reference': {'tdx_mrtd': v}}),
                self.envelope({'mr_td': {'value': v}}),
                self.envelope({'revoked_mrtds': [v]}),
                self.envelope({'mr_td': [v.upper()]}),
                self.envelope(good, version='0.2.0'),
                self.envelope(good, revoked=True),
                self.envelope(good, operation='deny'),
                self.envelope(good, type='swid'),
                self.envelope(text.rstrip('=')), self.envelope(text + '\n'),
                self.envelope(text[:8] + '\n' + text[8:]),
                self.envelope(json.dumps(good).encode().hex()),
                json.dumps({'deny': json.loads(self.envelope(good))}),
                json.dumps({'#payload': text, 'type': 'sample'})):
            self.reject(document)

    def test_ours(self):
        """What this program writes, with members turned."""
        made = json.loads(calc('--json', 'fw').text)
        for more in ({'revoked': True}, {'operation': 'not-equal'},
                     {'mrtd': self.value.upper()}, {'mrtd': '1' * 96}):
            self.reject(json.dumps({**made, **more}))

    # --- Text ---

    def test_plain(self):
        self.accept(self.value)
        self.accept(self.value + '\n')
        self.accept(self.value + '\r\n')
        for text in (*spellings(self.value), *others(self.value)):
            if text and text != self.value + '\n':
                self.reject(text)
        for text in f'{self.value}\n\n', f'\n{self.value}\n':
            self.reject(text)
        for text in (f'# {self.value}\n', f'// {self.value}', f'-{self.value}',
                     f'not {self.value}', f'!{self.value}',
                     f'{self.value}\n{self.value}\n', f'mr_td {self.value}',
                     f'mr_td = "{self.value}"', f'old_mr_td: {self.value}',
                     f'revoked: "{self.value}"', f'MRTD (fw) = {self.value}'):
            self.reject_wholly(text)
        # As people note them, which no consumer of documents reads.
        for text in (f'"{self.value}"', f'mr_td: {self.value}',
                     f'sha384:{self.value}'):
            self.reject(text)
            self.assertEqual(
                calc('check', 'fw', '--against', 'doc').status, 0, text)

    def rego(self):
        claim = f'input.tdx.tdx_mrtd == "{self.value}"'
        return [
            f'import rego.v1\n\ndefault match := false\n\nmatch if {{\n\t{claim}'
            '\n}\n',
            f'package x\nimport rego.v1\nallow if {claim}\n',
            f'default matches_tdx_policy = false\nmatches_tdx_policy = true {{\n'
            f'input.tdx.tdx_is_debuggable == false\n{claim}\n}}\n']

    def test_rego(self):
        claim = f'input.tdx.tdx_mrtd == "{self.value}"'
        for text in self.part(self.rego()):
            self.accept(text)
            head = text[:text.index(claim)]
            rule = ('match' if 'match if' in text else
                    'allow' if 'allow' in text else 'matches_tdx_policy')
            for old, new in (
                    *((self.value, other)
                      for other in self.part(others(self.value))),
                    *((self.value, other.replace('\n', '\\n'))
                      for other in self.part(spellings(self.value))),
                    *((claim, change) for change in (
                        f'not {claim}', claim.replace('==', '!='),
                        claim.replace('==', '<='), f'x := `{claim}`',
                        f'"{claim}"'.replace('"', '`'), f'# {claim}',
                        f'{claim} with input as data.y', f'{claim}; false',
                        f'x := [1 | {claim}]', f'not not_({claim})',
                        claim.replace('input.tdx', 'input.gateway'),
                        claim.replace('tdx_mrtd', 'tdx_mrtd_old'),
                        claim.replace('tdx_mrtd', 'tdx_mrseam'),
                        claim.replace('tdx_mrtd', 'TDX_MRTD'),
                        claim.replace('input.', 'data.'),
                        claim.replace('input.', ''),
                        f'every x in [] {{ {claim} }}',
                        f'{claim.replace("==", ":=")}',
                        f'count([1 | {claim}]) == 0', f'deny({claim})')),
                    *((rule, name) for name in (
                        'deny', 'not_' + rule, 'violation', 'revoked', 'x',
                        rule + '_denied', 'blocklist', 'reject')),
                    (rule + ' if', rule + ' := false if'),
                    (rule + ' = true', rule + ' = false'),
                    ('false\n\n' + rule, 'true\n\n' + rule),
                    ('= false\nm', '= true\nm')):
                if old not in text:
                    continue
                self.reject(text.replace(old, new))
            for more in (f'\n{rule} := true\n', f'\n{rule} if true\n',
                         f'\n{rule} if {{ input.x == 1 }}\n',
                         f'\ndeny if {{ {claim} }}\n', f'\nallow := true\n',
                         f'\ndefault {rule} := true\n',
                         ' else := true\n', f'\nmatch {{ not {claim} }}\n'):
                self.reject(text.rstrip() + more)
            self.assertIn('{' if '{' in text else 'if', head)

    def textproto(self):
        body = f'td_quote_body_policy {{\n any_mr_td: "{self.escaped}"\n}}\n'
        return [f'policy {{\nheader_policy {{\n}}\n{body}}}\n', body,
                f'policy {{ td_quote_body_policy {{ mr_td: "{self.escaped}" '
                'enable_td_debug_check: true } }',
                f"any_mr_td: ['{self.escaped}']"]

    def test_textproto(self):
        for text in self.part(self.textproto()):
            self.accept(text)
            string = text[text.index('\\x') - 1:text.rindex('\\x') + 5]
            name = 'any_mr_td' if 'any_mr_td' in text else 'mr_td'
            quote = string[0]
            for old, new in (
                    *((name, rename.format(name)) for rename in self.part(RENAMES)
                      if rename not in (' {}', '{} ', '{}\n')),
                    *((string, quote + other + quote) for other in (
                        self.value, self.value.upper(), '',
                        self.escaped[:-4], self.escaped + '\\x00',
                        self.escaped.replace('\\x', '\\X'),
                        self.escaped[4:] + self.escaped[:4],
                        base64.b64encode(self.bytes).decode())),
                    (string, f'{string} "\\x00"'), (string, f'{string} "00"'),
                    (string, f'# {string}\n"{"2" * 48}"'),
                    (name, f'# {name}'), (name, f'// {name}'),
                    (name, f'x: {quote}y{quote} not {name}'),
                    (f'{name}:', f'{name}_x: "" # {name}:'),
                    *((outer, new) for new in (
                        'deny', 'revoked', '# policy', 'not_policy', 'x')
                      for outer in ('policy {', 'td_quote_body_policy {')
                      for new in (new + ' {',)),
                    (name, f'negate: true {name}'),
                    (name, f'operation: NOT_EQUAL {name}')):
                if old in text:
                    self.reject(text.replace(old, new, 1))
            if name == 'mr_td':
                self.reject(text.replace(string, f'{string} mr_td: {string}'))

    # --- By chance ---

    def test_by_chance(self):
        """A byte of the value, or of the name before it, is another one; or
        a piece is put in or taken out there."""
        texts = [json.dumps(d) for d, is_text in self.documents()
                 if is_text is not None]
        texts += self.rego() + [self.value]
        for _ in self.part(range(CHANCES)):
            text = self.chance.choice(texts)
            start = text.index(self.value)
            at = self.chance.randrange(max(0, start - 8), start + 96)
            piece = self.chance.choice(
                '0123456789abcdefABCDEF_-!#/ "\\{}[],:xyz\t')
            size = self.chance.randrange(2)
            changed = text[:at] + piece + text[at + size:]
            holds = f'"{self.value}"' in changed
            if changed == text or (holds and at < start):
                # Blanks and the like before the value change nothing, and
                # names have tests of their own.
                continue
            if self.value in changed and piece in '\t ':
                continue
            if changed.lower() == text.lower() and 'MrTd' in text or \
                    changed.lower() == text.lower() and 'policy_array' in text:
                continue
            self.reject(changed)
