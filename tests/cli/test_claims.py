# SPDX-License-Identifier: Apache-2.0
"""Reading back what reference writes, from documents made here."""

import hashlib
import json
import pathlib
import re

from evidence import Tag, cbor
from support import TestCase, calc, mrtd
import images

NO_COSWID = 'doc: not a CoSWID with an MRTD: '


class ClaimsCase(TestCase):
    def setUp(self):
        super().setUp()
        self.image = self.write('fw', images.image())
        self.value = mrtd(self.image)
        self.bytes = bytes.fromhex(self.value)
        self.escaped = ''.join(f'\\x{byte:02x}' for byte in self.bytes)

    def check_against(self, document, *args):
        if isinstance(document, str):
            document = document.encode('latin-1')
        self.write('doc', document)
        return calc('check', '--json', '--against', 'doc', *args, 'fw')

    def match(self, document, kind, count=1, args=()):
        result = self.check_against(document, *args)
        self.assertEqual(result.status, 0, result)
        answer = json.loads(result.text)
        self.assertEqual(answer['against']['kind'], kind)
        self.assertEqual(len(answer['expected']), count)
        return answer

    def refuse(self, document, line, *args):
        self.refused(self.check_against(document, *args), 3, line)


class Policies(ClaimsCase):
    def test_go_tdx_guest(self):
        octal = ''.join(f'\\{byte:03o}' for byte in self.bytes)
        half = self.escaped[:96]
        for text in (f'any_mr_td: "{self.escaped}"',
                     f"any_mr_td:'{self.escaped}'",
                     f'policy {{ td_quote_body_policy {{ mr_td : "{octal}" }}}}',
                     f'# "x\nmr_td: # y"\n"{self.escaped}"',
                     f'any_mr_td: ["{self.escaped}"]'):
            with self.subTest(text=text):
                self.match(text, 'policy')
        other = '\\x11' * 48
        self.match(f'any_mr_td: "{other}"\nany_mr_td: "{self.escaped}"',
                   'policy', 2)
        self.match(f'any_mr_td: ["{other}", "{self.escaped}"]', 'policy', 2)
        # Other measurements of 48 bytes are none.
        self.match(f'mr_seam: "{other}" rtmrs: ["{other}", "{other}", "", '
                   f'"{other}"]\n'
                   f'any_mr_td: "{self.escaped}"', 'policy', 1)
        self.refuse(f'any_mr_td: "{half}"', 'doc: offset 0xb: any_mr_td has '
                    'no MRTD beside it: a string of 48 bytes or 96 '
                    'hexadecimal digits [against-policy]')

    def test_rego(self):
        claim = f'input.tdx.tdx_mrtd == "{self.value}"'
        for text in (f'match if {{ {claim} }}',
                     f'match if {{ "{self.value}" == input.tdx.tdx_mrtd }}',
                     f'match if {claim}\n',
                     f'match := true if {{ {claim} }}',
                     f'default match := false\nmatch = true {{\n{claim}\n'
                     'input.tdx.tdx_is_debuggable == false }',
                     f'allow if {{ input.tdx_mrtd = "{self.value}" }}',
                     f'allow {{ input.tdx.quote.body.mr_td == "{self.value}";'
                     ' true }',
                     f'match if {{ t := input.tdx\nt.tdx_mrtd == `{self.value}`'
                     '\n}',
                     f'match if {{ {claim}\nx := ["y",\n2,] }}',
                     # A rule that the allowing one asks for.
                     f'match if {{ is_td\nis_platform }}\nis_td if {{ {claim} '
                     '}\nis_platform if { input.tpm.pcr == "x" }',
                     # Intel Trust Authority: without match, all rules count.
                     f'default valid_td = false\nvalid_td = true {{ {claim} }}',
                     f'package a.b\nimport rego.v1\nmatch if {{ {claim} }}\n'
                     f'# match if {{ input.tdx.tdx_mrtd == "{"1" * 96}" }}'):
            with self.subTest(text=text):
                self.match(text, 'policy')
        self.match(f'match if {{ input.tdx.tdx_mrtd == "{"1" * 96}" }}\n'
                   f'match if {{ {claim} }}', 'policy', 2)
        self.match(f'match if {{ input.tdx.tdx_mrseam == "{"1" * 96}"\n'
                   f'"{"1" * 96}" == input.tdx.tdx_mrseam\n{claim} }}',
                   'policy', 1)
        answer = self.match(
            f'match if {{ input.tdx.tdx_mrtd == "{self.value.upper()}" }}',
            'policy')
        self.assertEqual([(remark['code'], remark['where'])
                          for remark in answer['against']['remarks']],
                         [('not-exact', 'input.tdx.tdx_mrtd at offset 33')])

    def test_rego_over_line_ends(self):
        """A line that ends in an operator, or begins with one, is no end."""
        claim = f'input.tdx.tdx_mrtd == "{self.value}"'
        for body in (
                'not\n{}', 'not # why\n{}', 'x :=\n{}', 'x :=\n\n{}',
                'false ==\n{}', '1 |\n{}', 'some\n{}', 'y in\n{}',
                '{}\n== false', '{}\n!= true', '{}\n| true', '{}\n# a\n& x',
                '{}\nwith input as data.x', '{}\nin [true, false]',
                '{}\nas x', '{}\n:= true'):
            for text in (f'match if {{ {body.format(claim)} }}',
                         f'ok if {{ {claim} }}\n'
                         f'match if {{ {body.format("ok")} }}'):
                self.write('doc', text.encode())
                with self.subTest(text=text):
                    result = calc('reference', '--verify', 'doc', 'fw')
                    self.assertNotEqual(result.status, 0)
                    self.assertEqual(result.stdout, b'')

    def test_rego_with_another_input(self):
        claim = f'input.tdx.tdx_mrtd == "{self.value}"'
        for text in (f'import data.fake as input\nmatch if {{ {claim} }}',
                     f'match if {{ input := {{"tdx": 1}}\n{claim} }}',
                     f'match if {{ some input\n{claim} }}',
                     f'match if {{ some input in data.x; {claim} }}',
                     f'input = data.fake\nmatch if {{ {claim} }}'):
            self.write('doc', text.encode())
            with self.subTest(text=text):
                self.refused(calc('reference', '--verify', 'doc', 'fw'), 3)

    def test_rego_that_says_something_else(self):
        """Each is refused, or what it says is passed over with a reason."""
        claim = f'input.tdx.tdx_mrtd == "{self.value}"'
        statement = 'a statement that is not understood'
        bare = 'a body of it asks for no MRTD'
        for text, why in (
                (f'match if {{ not {claim} }}', 'what the MRTD must not be'),
                (f'match if {{ {claim.replace("==", "!=")} }}',
                 'what the MRTD must not be'),
                (f'match if {{ {claim} with input as data.x }}',
                 statement),
                (f'match if {{ x := {claim} }}', statement),
                (f'match if {{ t := `{claim}` }}', bare),
                (f'match if {{ {claim.replace("==", "<")} }}',
                 'not a statement that compares the MRTD with a string'),
                (f'match if {{ {{x | {claim}}} }}', statement),
                (f'match if {{ startswith(input.tdx.tdx_mrtd, "{self.value}")'
                 ' }', 'is given to a function'),
                (f'match if {{ input.servtd.tdx_mrtd == "{self.value}" }}',
                 'by a name that is known'),
                (f'match if {{ data.tdx_mrtd == "{self.value}" }}',
                 'is of nothing in the evidence'),
                (f'deny if {{ {claim} }}', 'forbids, by its name'),
                (f'deny contains "x" if {{ {claim} }}', 'forbids, by its name'),
                (f'revoked if {{ {claim} }}', 'forbids, by its name'),
                (f'match := false if {{ {claim} }}', 'is not true'),
                (f'match = 0 if {{ {claim} }}', 'is not true'),
                (f'match(x) if {{ {claim} }}', 'a form of rule that is not'),
                (f'match if {{ {claim} }} else := true', bare),
                (f'match if {{ false\n{claim} }}', 'switches its rule off'),
                (f'default match := true\nmatch if {{ {claim} }}',
                 'the default of its rule is not false'),
                (f'match if {{ {claim} }}\nmatch := true', bare),
                (f'match if {{ {claim} }}\nmatch if {{ input.x }}', bare),
                (f'match if {{ {claim} }} {{ true }}',
                 'a body without "if"'),
                (f'match if {{ {claim} }}\nallow if {{ true }}', bare),
                (f'match if {{ {claim}; input.tdx.tdx_mrtd == "{"1" * 96}" }}',
                 'asks for two MRTDs'),
                (f'match if {{ not known }}\nknown if {{ {claim} }}',
                 '"not" before a rule'),
                (f'match if {{ x }}\nknown if {{ {claim} }}',
                 'a name that nothing in the policy explains'),
                (f'match if {{ a; not a }}\na if {{ {claim} }}',
                 '"not" before a rule'),
                (f'known if {{ {claim} }}', 'not known to be one that'),
                (f'mrtds := ["{self.value}"]\nx = 1', 'asks for nothing'),
                (f'mrtd = "{self.value}"', 'asks for nothing'),
                (f'match if {{ {claim} }}\ndeny if {{ {claim} }}',
                 'forbids, by its name'),
                (f'match if {{ input.tdx.tdx_mrtd == 5 }}',
                 'something that is not a string')):
            with self.subTest(text=text):
                result = self.check_against('import rego.v1\n' + text, '--kind',
                                            'policy')
                self.refused(result, 3)
                self.assertIn(why or '', result.lines[0])

    def test_text_format_that_says_something_else(self):
        name = f'any_mr_td: "{self.escaped}"'
        for text, why in (
                (f'any_mr_td: "{self.escaped}" "\\x00"', 'has no MRTD'),
                (f'not_mr_td: "{self.escaped}"', 'go-tdx-guest has no field'),
                (f'Any_Mr_Td: "{self.escaped}"', 'go-tdx-guest has no field'),
                (f'revoked {{ {name} }}', 'go-tdx-guest has no field'),
                (f'gateway {{ td_quote_body_policy {{ {name} }} }}',
                 'go-tdx-guest has no field'),
                (f'policy {{ policy {{ td_quote_body_policy {{ {name} }} }} }}',
                 'go-tdx-guest has no field'),
                ('any_mr_td: ""', 'then allows any MRTD'),
                ('mr_td: ""', 'it is empty: nothing is asked for'),
                (f'{name} any_mr_td: ""', 'then allows any MRTD'),
                ('any_mr_td: []', 'text without an MRTD'),
                (f'// {name}', 'no name of a field'),
                (f'mr_td: "{self.escaped}" mr_td: "{self.escaped}"',
                 'mr_td is there twice'),
                (f'td_quote_body_policy {{ {name} ', 'without its end'),
                (f'td_quote_body_policy {{ {name} >', 'no name of a field'),
                (f'td_quote_body_policy {{ {name} ', 'without its end'),
                (f'td_quote_body_policy < {name} }}', 'no name of a field'),
                (f'mr_td: ["{self.escaped}"]', 'a field that has one value'),
                (f'mr_td {{ {name} }}', 'has no MRTD'),
                (f'any_mr_td: x "{self.escaped}"', 'has no MRTD'),
                (f'any_mr_td "{self.escaped}"', 'neither a field of the text'),
                (f'any_mr_td: "{self.bytes.decode("latin-1")}"', None)):
            with self.subTest(text=text):
                result = self.check_against(text, '--kind', 'policy')
                self.refused(result, 3)
                self.assertIn(why or '', result.lines[0])
        # Two strings in a row are one.
        half = len(self.escaped) // 2
        self.match(f'any_mr_td: "{self.escaped[:half]}" # x\n'
                   f"'{self.escaped[half:]}'", 'policy')
        self.match(f'policy < header_policy: {{}}, td_quote_body_policy {{ {name};'
                   ' } >', 'policy')

    def test_refusals(self):
        no_mrtd = ('has no MRTD beside it: a string of 48 bytes or 96 '
                   'hexadecimal digits [against-policy]')
        for text, line in (
                ('a := "b"', 'text without an MRTD: no mr_td, any_mr_td or '
                 'tdx_mrtd with a value [against-policy]'),
                ('xfam: "', 'offset 0x6: a string without its end '
                 '[against-policy]'),
                ('xfam: "\n"', 'offset 0x6: a string without its end '
                 '[against-policy]'),
                ('a = "', 'offset 0x4: a string without its end '
                 '[against-policy]'),
                ('xfam: "\\', 'offset 0x8: an invalid escape in a string '
                 '[against-policy]'),
                ('a = "\\', 'offset 0x6: an invalid escape in a string '
                 '[against-policy]'),
                ('xfam: "\\q"', 'offset 0x9: an invalid escape in a string '
                 '[against-policy]'),
                ('xfam: "\\X11"', 'offset 0x9: an invalid escape in a string '
                 '[against-policy]'),
                ('a = "\\u12"', 'offset 0x9: an invalid escape in a string '
                 '[against-policy]'),
                ('xfam: "\\xg"', 'offset 0x9: an invalid escape in a string '
                 '[against-policy]'),
                ('xfam: "\\777"', 'offset 0xb: an invalid escape in a string '
                 '[against-policy]'),
                ('mr_td: 5 ""', f'offset 0x7: mr_td {no_mrtd}'),
                ('mr_td == ', None), ('mr_td:', None), ('a { = ', None),
                ('match { input.tdx_mrtd == "' + '1' * 95 + '" }',
                 f'offset 0x1a: input.tdx_mrtd {no_mrtd}'),
                ('match { input.tdx_mrtd == "' + '1' * 500 + '" }',
                 f'offset 0x1a: input.tdx_mrtd {no_mrtd}'),
                (f'any_mr_td: ["{self.value}" "', 'offset 0x6f: a string '
                 'without its end [against-policy]'),
                (f'any_mr_td: ["{self.value}" }}',
                 'offset 0x6f: the list after any_mr_td has no end '
                 '[against-policy]')):
            with self.subTest(text=text):
                self.refuse(text, line and f'doc: {line}', '--kind', 'policy')


class CoSwid(ClaimsCase):
    def document(self, resource=None, file=None, tag=1398229316):
        payload = {19: resource or {29: 'mrtd-calc.tdx.mrtd',
                                    'mr_td': self.value},
                   17: file or {7: [7, hashlib.sha384(
                       self.image.data).digest()], 24: 'f'}}
        return cbor(Tag(tag, {0: 'i', 1: 'n', 2: {31: 'e', 33: [1, 2]},
                              6: payload, 12: 0}))

    def test_forms(self):
        self.match(self.document(), 'CoSWID')
        self.match(self.document(), 'CoSWID', args=('--kind', 'coswid'))
        self.match(self.document([{29: 'other'}, {'mr_td': self.value}]),
                   'CoSWID')
        self.match(self.document([{'mr_td': '1' * 96},
                                  {'mr_td': self.value}]), 'CoSWID', 2)

    def test_refusals(self):
        digits = 'its mr_td is not text of 96 hexadecimal digits'
        for document, why in (
                (self.document({'mr_td': self.bytes}), digits),
                (self.document({'mr_td': self.value[:-1]}), digits),
                (self.document({29: 'x'}), 'no resource in its payload has a '
                 'member mr_td'),
                (self.document([1, 2]), 'a file or resource of its payload '
                 'is not a map'),
                (self.document(file={7: [7, bytes(47)], 24: 'f'}),
                 'a SHA-384 digest does not have 48 bytes'),
                (self.document(file={7: [1, 5], 24: 'f'}),
                 'a digest that is not [algorithm, bytes]')):
            with self.subTest(why=why):
                self.refuse(document, f'{NO_COSWID}{why} [against-coswid]')
        self.refuse(self.document(tag=501), NO_COSWID + 'no tag 1398229316 '
                    '[against-coswid]', '--kind', 'coswid')
        size = len(self.document())
        for document, at, why in (
                (self.document()[:-1], size - 1,
                 'it ends before its last item does'),
                (self.document() + b'\0', size,
                 'there are bytes after its end')):
            self.refuse(document, f'doc: offset {at:#x}: not a CoSWID with an '
                        'MRTD in CBOR that can be read in one way only: '
                        f'{why} [against-coswid]')


class Patches(ClaimsCase):
    def test_contrast(self):
        def patch(path, value):
            return {'op': 'replace', 'path': path, 'value': value}
        self.match(json.dumps([[patch('/Platform', 'K3s-QEMU-TDX'),
                                patch('/MrTd', self.value)]]),
                   'reference values in JSON')
        self.match(json.dumps([patch('/tdx/0/MrSeam', '1' * 96),
                               patch('/tdx/0/MrTd', self.value)]),
                   'reference values in JSON')
        self.refuse(json.dumps([patch('/MrTd', '12')]), 'doc: JSON member '
                    '"/MrTd" has 2 characters that are not an MRTD: 96 '
                    'hexadecimal digits or 64 of base64 [against-json]')


class Files(ClaimsCase):
    """reference --verify compares the file itself where it is told of."""

    def verify(self, document, name='fw'):
        self.write('doc', document)
        return calc('reference', '--verify', 'doc', '--vmm', 'spec', name)

    def twin(self):
        """Bytes outside of all sections: the file differs, the MRTD does
        not."""
        data = bytearray(self.image.data)
        free = [at for at in range(0x100, len(data), 0x100)
                if not any(s.offset <= at < s.offset + s.raw
                           for s in self.image.sections)]
        data[free[0]] ^= 1
        self.write('twin', bytes(data))

    def documents(self):
        """What gives digests of fw, in all forms."""
        for name in ('json', 'in-toto', 'coswid'):
            yield calc('reference', '--format', name, 'fw').stdout
        yield calc('--json', 'fw').stdout

    def test_another_file_with_the_same_mrtd(self):
        self.twin()
        for made in self.documents():
            self.check(self.verify(made), 0, 'fw: OK (spec)\n')
            result = self.verify(made, 'twin')
            self.assertEqual((result.status, result.text),
                             (1, 'twin: FAILED\n'))
            self.assertIn('[reference-file]', result.lines[0])

    def test_what_of_the_file_differs(self):
        """The member is named, with both values."""
        document = json.loads(calc('reference', '--format', 'json',
                                   'fw').stdout)
        file, = document['firmware']
        for member, said in (('size', 'size'), ('sha256', 'SHA-256'),
                             ('sha384', 'SHA-384')):
            is_, old = file[member], file[member]
            old = old + 1 if member == 'size' else ('0' if old[0] == '1' else
                                                    '1') + old[1:]
            made = {**document, 'firmware': [{**file, member: old}]}
            result = self.verify(json.dumps(made).encode())
            self.assertEqual((result.status, result.lines), (1, [
                'fw: it has an MRTD of the document, but is another file: its '
                f'{said} is {is_}, and not {old} [reference-file]']))

    def test_check(self):
        """check --against tells of it, and says that the MRTD is the same."""
        self.twin()
        said = 'the input gives digests of another file with this value'
        twin = pathlib.Path('twin').read_bytes()
        digests = (hashlib.sha256(twin).hexdigest(),
                   hashlib.sha384(twin).hexdigest())
        for made in self.documents():
            self.write('doc', made)
            for name, named in (('fw', True), ('twin', False)):
                result = calc('check', name, '--against', 'doc')
                self.assertEqual((result.status, result.lines), (0, []))
                self.assertEqual(said in result.text, not named)
                for digest in digests:
                    self.assertEqual(digest in result.text, not named)
                answer = json.loads(calc('check', '--json', name, '--against',
                                         'doc').stdout)
                self.assertEqual((answer['verdict'], answer['named_file']),
                                 ('match', named))
        lines = calc('check', 'fw', 'twin', '--against', 'doc').text.split('\n')
        for name, named in (('fw', True), ('twin', False)):
            line, = (line for line in lines if line.startswith(f'{name}: '))
            self.assertEqual(
                ' (another file than the input describes)' in line, not named)
        answer = json.loads(calc('check', '--json', 'fw', '--against',
                                 self.value).stdout)
        self.assertIsNone(answer['named_file'])

    def test_reasons(self):
        """Without a match: is it for the file's sake?"""
        self.twin()
        for made in self.documents():
            other = made.replace(self.value.encode(), b'ab' * 48).replace(
                bytes.fromhex(self.value), b'\xab' * 48)
            self.write('doc', other)
            for name, code in (('fw', 'same-file'), ('twin', 'another-file')):
                answer = json.loads(calc('check', '--json', name, '--against',
                                         'doc').stdout)
                codes = {reason['code'] for reason in answer['reasons']}
                self.assertEqual(codes & {'same-file', 'another-file',
                                          'another-build'}, {code})

    def test_measured_with_vars(self):
        """The digests of a measurement with --vars are of both files."""
        whole = images.joined()
        self.write('vars', whole.cut(end=images.VARS_SIZE))
        self.write('code', whole.cut(start=images.VARS_SIZE))
        self.write('doc', calc('--json', '--vars', 'vars', 'code').stdout)
        self.check(calc('reference', '--verify', 'doc', '--vars', 'vars',
                        '--vmm', 'spec', 'code'), 0, 'code: OK (spec)\n')
        answer = json.loads(calc('check', '--json', 'code', '--vars', 'vars',
                                 '--against', 'doc').stdout)
        self.assertEqual((answer['verdict'], answer['named_file']),
                         ('match', None))

    def test_digests_that_are_none(self):
        for key, value in (('sha256', 'x' * 64), ('sha384', 'ab'),
                           ('sha384', 5)):
            self.refused(self.verify(json.dumps({
                '_type': 'https://in-toto.io/Statement/v1',
                'predicateType': 'https://in-toto.io/attestation/scai/v0.3',
                'subject': [{'digest': {key: value}}],
                'predicate': {'attributes': [{
                    'attribute': 'TDX_MRTD',
                    'conditions': {'mrtd': self.value}}]}}).encode()), 3,
                f'doc: the "{key}" of a file is not '
                f'{96 if key == "sha384" else 64} hexadecimal digits '
                '[against-json]')


class NamedVmm(ClaimsCase):
    """check tells where the input calls the MRTD that of another VMM."""

    def ask(self, vmm, named):
        """The answer for the MRTD of one VMM, said to be that of others."""
        made = json.loads(calc('reference', '--format', 'json', '--vmm', vmm,
                               'fw').stdout)
        value, = made['firmware'][0]['values']
        value['vmm'] = named
        self.write('doc', json.dumps(made).encode())
        answer = json.loads(calc('check', '--json', 'fw', '--against',
                                 'doc').stdout)
        self.assertEqual(answer['verdict'], 'match')
        result = calc('check', 'fw', '--against', 'doc')
        self.assertEqual((result.status, result.lines), (0, []))
        line = calc('check', 'fw', 'fw', '--against', 'doc').text.split('\n')
        said = [text for text in line if text.startswith('fw: MATCH')][0]
        wrong = re.search('the input says that this MRTD is that of (.*), as '
                          'which it was not found', result.text)
        short = re.search(r' \(which the input calls that of (.*)\)', said)
        self.assertEqual(wrong and wrong[1], short and short[1])
        return answer['named_vmm'], wrong and wrong[1]

    def test_labels(self):
        """That of the two-pass launch is no other's; gce launches as qemu."""
        for vmm, named, wanted in (
                ('kvm-v19', ['kvm-v19'], (True, None)),
                ('kvm-v19', ['spec'], (False, 'spec')),
                ('kvm-v19', ['kvm-v19', 'spec'], (False, 'spec')),
                ('kvm-v19', ['gce'], (False, 'gce')),
                ('spec', ['spec', 'qemu', 'gce'], (True, None)),
                ('spec', ['qemu'], (True, None)),
                ('spec', ['gce'], (True, None)),
                ('spec', ['kvm-v19'], (False, 'kvm-v19')),
                # It launches no TDVF image.
                ('spec', ['td-shim-igvm'], (False, 'td-shim-igvm'))):
            with self.subTest(vmm=vmm, named=named):
                self.assertEqual(self.ask(vmm, named), wanted)

    def test_none(self):
        """Nothing is named, or nothing matches."""
        saved = calc('--json', 'fw').stdout
        self.write('other', saved.replace(self.value.encode(), b'ab' * 48))
        for against in self.value, 'other':
            answer = json.loads(calc('check', '--json', 'fw', '--against',
                                     against).stdout)
            self.assertIsNone(answer['named_vmm'])
        self.write('doc', saved.replace(b'"vmm":"spec"', b'"vmm":"kvm-v19"'))
        answer = json.loads(calc('check', '--json', 'fw', '--against',
                                 'doc').stdout)
        self.assertEqual((answer['verdict'], answer['named_vmm']),
                         ('match', False))
