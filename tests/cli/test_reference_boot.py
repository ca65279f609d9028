# SPDX-License-Identifier: Apache-2.0
"""reference --register: RTMR1, RTMR2 and digests of events beside MRTDs, in
documents and read back from them. Expected values are of tests/lib/boot.py,
which is written from the documents, and documents are read by readers here."""

import base64
import copy
import json
import pathlib
import random
import re

import boot
import evidence
import images
import shim
import uki
from support import TestCase, calc, mrtd

try:
    import cddl
except ImportError:  # it needs python3-cbor2
    cddl = None

try:
    import jsonschema
except ImportError:
    jsonschema = None

DOCS = pathlib.Path(__file__).resolve().parents[2] / 'docs'
SCHEMA = json.loads(
    (DOCS / 'schemas/reference.schema.json').read_text('utf-8'))
LINE = 'root=/dev/vda1 console=hvc0 rw'
# Trustee, attestation-service, ear_default_policy_cpu.rego.
RVPS = {'MRTD': 'mr_td', 'RTMR1': 'rtmr_1', 'RTMR2': 'rtmr_2',
        'kernel': 'tdvfkernel', 'cmdline': 'tdvfkernelparams'}
PATHS = {**RVPS, 'kernel': 'kernel', 'cmdline': 'cmdline'}
NAMES = tuple(RVPS)
ALL = ('--register', 'all')


def expected(kernel, line, initrd=None, **rules):
    """{'RTMR1': hex, 'RTMR2': hex, 'kernel': hex, 'cmdline': hex}"""
    made = boot.events(kernel, line.encode(), initrd, **rules)
    values = {name: boot.replay(made, name).hex()
              for name in ('RTMR1', 'RTMR2')}
    values['kernel'] = made[0][2].hex()
    if made[-1][0] == 'RTMR2':
        values['cmdline'] = next(digest for name, _, digest, _ in made
                                 if name == 'RTMR2').hex()
    return values


# --- Readers of documents: {name: [hex, ...]} --------------------------------

def read_map(root, prefix='', suffix='', names=None):
    named = {f'{prefix}{key}{suffix}': name
             for name, key in (names or RVPS).items()}
    return {named[key]: value if isinstance(value, list) else [value]
            for key, value in root.items()}


def read_rvps(data):
    root = json.loads(data)
    assert (root['version'], root['type']) == ('0.1.0', 'sample'), root
    return read_map(json.loads(base64.b64decode(root['payload'],
                                                validate=True)))


def read_json(data):
    root = json.loads(data)
    if jsonschema:
        jsonschema.validate(root, SCHEMA)
    values = {}
    for firmware in root['firmware']:
        made = firmware.get('boot', {'values': []})
        pairs = [(item['register'], item['value'])
                 for item in firmware['values'] + made['values']]
        pairs += [(name, made[f'{name}_digest'])
                  for name in ('kernel', 'cmdline') if f'{name}_digest' in made]
        for name, value in pairs:
            if value not in values.setdefault(name, []):
                values[name].append(value)
    return values


def read_policy(data):
    """Intel DCAP, quote appraisal."""
    policy, = json.loads(data)['policy_array']
    return {name: [policy['reference'][f'tdx_{name.lower()}']]
            for name in NAMES if f'tdx_{name.lower()}' in policy['reference']}


def read_textproto(data):
    """go-tdx-guest, by the text format of protocol buffers: four rtmrs, of
    which an empty one is not checked (validate.go, byteCheck)."""
    body, = re.findall(r'td_quote_body_policy \{\n(.*?)\n  \}\n\}\n\Z',
                       data.decode('ascii'), re.S)
    found = re.findall(r'^    (\w+): "((?:\\x[0-9a-f]{2})*)"$', body, re.M)
    assert len(found) == body.count('\n') + 1, body
    values = {}
    for name, text in found:
        values.setdefault(name, []).append(text.replace('\\x', ''))
    rtmrs = values.pop('rtmrs', 4 * [''])
    assert len(rtmrs) == 4, rtmrs
    made = {'MRTD': values.pop('mr_td', None) or values.pop('any_mr_td')}
    assert not values, values
    return {**made, **{f'RTMR{i}': [text] for i, text in enumerate(rtmrs)
                       if text}}


def read_ita(data):
    """Rego: each rule has the same registers."""
    text = data.decode('ascii')
    head, *rules = text.split('\nmatch if {\n')
    assert head == 'import rego.v1\n\ndefault match := false\n', head
    values = {}
    for rule in rules:
        body, end, rest = rule.partition('}\n')
        assert (end, rest) == ('}\n', ''), rule
        lines = [re.fullmatch(r'\tinput\.tdx\.tdx_(\w+) == "([0-9a-f]{96})"',
                              line).groups() for line in body.splitlines()]
        assert [name for name, _ in lines] == sorted(
            {name for name, _ in lines}), lines
        for name, value in lines:
            if value not in values.setdefault(name.upper(), []):
                values[name.upper()].append(value)
    return values


def read_store(data):
    """Trustee's ReferenceValue, a list of which its LocalJson kept."""
    entries = json.loads(data)
    assert all({**entry, 'name': 0, 'value': 0} == {
        'version': '0.1.0', 'name': 0, 'value': 0,
        'expiration': EXPIRES} for entry in entries)
    made = {entry['name']: entry['value'] for entry in entries}
    assert len(made) == len(entries)
    return read_map(made)


def read_patch(data):
    """Contrast: a list of patches (RFC 6902), applied here to its values."""
    patch, = json.loads(data)
    target = {'Platform': 'Metal-QEMU-TDX', 'MrTd': '', 'Rtmrs': 4 * ['']}
    for operation in patch:
        first, *index = operation['path'][1:].split('/')
        node, key = ((target[first], int(index[0])) if index
                     else (target, first))
        if operation['op'] == 'test':
            assert node[key] == operation['value'], operation
        else:
            assert operation['op'] == 'replace'
            node[key] = operation['value']
    return {'MRTD': [target['MrTd']],
            **{f'RTMR{i}': [value] for i, value in enumerate(target['Rtmrs'])
               if value}}


def read_predicate(data):
    """SCAI: one attribute for each MRTD, and one for the boot."""
    values = {'MRTD': []}
    for item in json.loads(data)['attributes']:
        conditions = item['conditions']
        if item['attribute'] == 'TDX_MRTD':
            values['MRTD'].append(conditions['mrtd'])
            continue
        assert item['attribute'] == 'TDX_BOOT', item
        for name in NAMES[1:]:
            key = name.lower() + ('_digest' if name.islower() else '')
            if key in conditions:
                assert name not in values
                values[name] = [conditions[key]]
    return values


def read_statement(data):
    root = json.loads(data)
    assert root['predicateType'] == 'https://in-toto.io/attestation/scai/v0.3'
    return read_predicate(json.dumps(root['predicate']).encode())


def read_corim(data):
    return {'MRTD': [value.hex() for _, value in cddl.corim(data)],
            **{f'RTMR{i}': [value.hex()]
               for i, ((_, value),) in cddl.registers(data).items()}}


EXPIRES = '2099-01-01T00:00:00Z'


def expires(form):
    return ('--expires', EXPIRES) if form == 'rvps-store' else ()


READERS = {'rvps': read_rvps, 'rvps-map': lambda d: read_map(json.loads(d)),
           'rvps-store': read_store,
           'json': read_json, 'dcap-policy': read_policy,
           'go-tdx-guest': read_textproto, 'ita': read_ita,
           'contrast-patch': read_patch, 'in-toto': read_statement,
           'in-toto-predicate': read_predicate}
# What each has a place for, beside MRTDs.
BOTH = ('RTMR1', 'RTMR2')
PLACES = {'rvps': NAMES[1:], 'rvps-map': NAMES[1:],
          'rvps-store': NAMES[1:], 'corim': BOTH,
          'dcap-policy': BOTH, 'go-tdx-guest': BOTH, 'ita': BOTH,
          'contrast-patch': BOTH, 'in-toto': NAMES[1:],
          'in-toto-predicate': NAMES[1:], 'json': NAMES[1:]}
if cddl:
    READERS['corim'] = read_corim


# As text, bytes, and bytes in the text format of protocol buffers.
SPELLINGS = (str.encode, bytes.fromhex, lambda value: ''.join(
    f'\\x{byte:02x}' for byte in bytes.fromhex(value)).encode())


class Case(TestCase):
    def setUp(self):
        super().setUp()
        self.rng = random.Random(self.id())
        self.image = self.write('fw', images.image())
        self.mrtd = mrtd(self.image)
        self.kernel = boot.bzimage(self.rng)
        self.write('kernel', self.kernel)
        self.args = ('--kernel', 'kernel', '--append', LINE)
        self.values = {'MRTD': self.mrtd, **expected(self.kernel, LINE)}

    def document(self, form, *args, notes=()):
        result = calc('reference', '--format', form, *expires(form), *args)
        lines = [line for line in result.lines
                 if not line.endswith(('[reference-corim]',
                                       '[go-tdx-guest]'))]
        self.assertEqual((result.status, lines), (0, list(notes)), result)
        return result.stdout

    def read(self, form, *args, notes=()):
        return READERS[form](self.document(form, *args, notes=notes))

    def verify(self, data, *args, names=('fw',)):
        self.write('doc', data)
        return calc('reference', '--verify', 'doc', '--vmm', 'spec', *args,
                    *names)

    def wanted(self, form, values=None):
        values = values or self.values
        return {name: [values[name]] for name in ('MRTD', *PLACES[form])
                if name in values}


class Documents(Case):
    def test_all(self):
        for form in READERS:
            with self.subTest(form=form):
                self.assertEqual(self.read(form, *ALL, *self.args, 'fw'),
                                 self.wanted(form))

    def test_some(self):
        for names in (('RTMR1',), ('RTMR2',), ('kernel', 'RTMR2'),
                      ('cmdline', 'RTMR1')):
            for form, places in PLACES.items():
                if form not in READERS or not set(names) <= set(places):
                    continue
                with self.subTest(names=names, form=form):
                    asked = ','.join(('MRTD', *names))
                    args = ['--register', asked]
                    if {'RTMR1', 'kernel'} & set(names):
                        args += self.args[:2]
                    if {'RTMR2', 'cmdline'} & set(names):
                        args += self.args[2:]
                    no_kernel = ('fw: note: no kernel is given, and so it is '
                                 'taken to be Linux 6.9 or later, which '
                                 'measures its command line [boot-kernel]')
                    self.assertEqual(
                        self.read(form, *args, 'fw', notes=(
                            () if '--kernel' in args else (no_kernel,))),
                        {'MRTD': [self.mrtd],
                         **{name: [self.values[name]] for name in names}})

    def test_mrtd_alone(self):
        """--register mrtd changes nothing."""
        for form in READERS:
            self.assertEqual(
                self.document(form, '--register', 'mrtd', 'fw'),
                self.document(form, 'fw'))

    def test_shapes(self):
        """Lists where Trustee's policy has "in", one text where it has "=="."""
        made = json.loads(self.document('rvps-map', *ALL, *self.args, 'fw'))
        self.assertEqual(
            {key: type(value) for key, value in made.items()},
            {'mr_td': list, 'rtmr_1': list, 'rtmr_2': list,
             'tdvfkernel': str, 'tdvfkernelparams': str})
        result = calc('reference', '--format', 'rvps-map', '--scalar', *ALL,
                      *self.args, 'fw')
        self.assertEqual(json.loads(result.text),
                         {RVPS[name]: self.values[name] for name in NAMES})

    def test_keys(self):
        """Those of confidential-containers/reference-values, by that of the
        MRTD."""
        before = 'rvps:///github.com/confidential-containers/tdx/'
        for prefix, suffix in ((before, ':0.21.0'), (before, ''),
                               ('a.b/c/', ':x')):
            key = f'{prefix}mr_td{suffix}'
            result = calc('reference', '--format', 'rvps-map', '--rvps-key',
                          key, *ALL, *self.args, 'fw')
            self.assertEqual(result.status, 0, result)
            self.assertEqual(
                read_map(json.loads(result.text), prefix, suffix, PATHS),
                self.wanted('rvps-map'))
            if prefix == before:
                self.check(self.verify(result.stdout, *ALL, *self.args), 0,
                           'fw: OK (spec; RTMR1, RTMR2, kernel, cmdline)\n')

    def test_keys_without_the_name(self):
        for key in ('mrtd', 'mr_td2', 'mr_td:1', 'a/mr_td_2', 'mr_td/digests',
                    'mr_td/'):
            for form in 'rvps', 'rvps-map,json':
                self.refused(
                    calc('reference', '--format', form, '--rvps-key', key,
                         *ALL, *self.args, 'fw'), 2,
                    f'--rvps-key {key}: with --register or --initdata the key '
                    'is mr_td, or a path that ends with it or with it and '
                    ":VERSION; the keys of the others are made of it; try "
                    "'mrtd-calc reference --help'")
            self.assertEqual(calc('reference', '--rvps-key', key,
                                  '--register', 'mrtd', 'fw').status, 0)

    def test_several(self):
        """The registers depend neither on the firmware nor on the VMM."""
        other = images.more(images.TEMP_MEM._replace(address=0x2000000))
        self.write('other', other)
        vmms = ('--vmm', 'spec', '--vmm', 'kvm-v19')
        want = [mrtd(image, vmm) for image in (self.image, other)
                for vmm in ('spec', 'kvm-v19')]
        want = [value for i, value in enumerate(want)
                if value not in want[:i]]
        for form in READERS:
            if form in ('dcap-policy', 'contrast-patch', 'corim', 'in-toto',
                        'in-toto-predicate'):
                continue  # a document each
            self.assertEqual(
                self.read(form, *vmms, *ALL, *self.args, 'fw', 'other'),
                {**self.wanted(form), 'MRTD': want}, form)

    def test_several_documents(self):
        """Each has the registers."""
        for form in READERS:
            if form in ('rvps', 'rvps-map', 'rvps-store', 'json', 'go-tdx-guest',
                        'ita'):
                continue
            result = calc('reference', '--format', form, '--vmm',
                          'spec,kvm-v19', *ALL, *self.args, '--out-dir',
                          f'out-{form}', 'fw')
            self.assertEqual(result.status, 0, result)
            for path in pathlib.Path(f'out-{form}').iterdir():
                made = READERS[form](path.read_bytes())
                for value in made.pop('MRTD'):
                    self.assertIn(value, (self.mrtd,
                                          mrtd(self.image, 'kvm-v19')))
                want = self.wanted(form)
                del want['MRTD']
                self.assertEqual(made, want)

    def test_store_that_expires(self):
        """Values that do not expire together are not compared as those of one
        launch."""
        store = json.loads(self.document('rvps-store', *ALL, *self.args, 'fw'))
        self.check(self.verify(json.dumps(store).encode(), *ALL, *self.args),
                   0, f'fw: OK (spec; {", ".join(NAMES[1:])})\n')
        for entry in store[1:]:
            entry['expiration'] = '2001-01-01T00:00:00Z'
            result = self.verify(json.dumps(store).encode(), *ALL, *self.args)
            self.assertEqual(result.status, 1, result)
            self.assertNotIn('OK', result.text)
            entry['expiration'] = EXPIRES

    def test_corim(self):
        """Where the registers are: draft-ietf-rats-corim-11, 5.1.4.5, key 14;
        the index is that of the register, which is our reading."""
        one, two = (bytes.fromhex(self.values[name]) for name in BOTH)
        value = bytes.fromhex(self.mrtd)
        places = {1: [[7, one]], 2: [[7, two]]}
        for form, measurements in (
                ('mkey', [{0: 83, 1: {2: [[7, value]]}}, {1: {14: places}}]),
                ('extension', [{1: {14: places, -83: [[7, value]]}}]),
                ('set', [{1: {14: places, -83: evidence.Tag(
                    60020, [6, [[7, value]]])}}])):
            result = calc('reference', '--format', 'corim', '--corim-form',
                          form, *ALL, *self.args, 'fw')
            self.assertEqual(result.status, 0, result)
            self.assertIn(evidence.cbor(measurements), result.stdout)
            self.assertEqual(result.lines[-1], 'note: Trustee takes no '
                             'registers from a CoRIM [reference-corim]')
            if cddl:
                cddl.corim(result.stdout)
            self.check(self.verify(result.stdout, *ALL, *self.args), 0,
                       'fw: OK (spec; RTMR1, RTMR2)\n')

    def test_origin(self):
        """JSON says of what the values were made, and by which rules."""
        initrd = self.rng.randbytes(777)
        pathlib.Path('a folder').mkdir()
        self.write('a folder/initrd', initrd)
        self.write('a folder/kernel', self.kernel)
        args = ('--kernel', 'a folder/kernel', '--initrd', 'a folder/initrd',
                '--append', LINE, '--qemu', '9.2', '--edk2', '202408', '--ram',
                '2G')
        rules = {'patched_kernel': True, 'initrd_last': True,
                 'separator_rtmr0': True, 'ram': 2 << 30}
        values = expected(self.kernel, LINE, initrd, **rules)
        result = calc('reference', '--format', 'json', *ALL, *args, 'fw')
        self.assertEqual((result.status, [line.split('[')[-1]
                                          for line in result.lines]),
                         (0, ['boot-vmm]']))
        self.assertEqual(read_json(result.stdout),
                         self.wanted('json', {'MRTD': self.mrtd, **values}))
        made, = json.loads(result.text)['firmware']
        self.assertEqual(made['boot'], {
            'firmware': 'ovmf',
            'kernel': 'kernel', 'kernel_version': '6.12.3-test',
            'initrd': 'initrd', 'cmdline': LINE,
            'rules': {'kernel_is_patched': True, 'initrd_argument': 'last',
                      'separator_register': 'RTMR0', 'kernel_measures': True},
            'values': [{'register': name, 'algorithm': 'sha-384',
                        'value': values[name]} for name in ('RTMR1', 'RTMR2')],
            'kernel_digest': values['kernel'],
            'cmdline_digest': values['cmdline']})
        self.check(self.verify(result.stdout, *ALL, *args).without('boot-vmm'),
                   0, 'fw: OK (spec; RTMR1, RTMR2, kernel, cmdline)\n')

    def test_names_that_are_not_utf8(self):
        self.write(b'k\xff', self.kernel)
        made = json.loads(self.document('json', *ALL, '--kernel', b'k\xff',
                                        '--append', LINE, 'fw'))
        self.assertEqual(made['firmware'][0]['boot']['kernel'], 'k\\377')

    def test_silent_kernel(self):
        """Of all, what there is: no event of a command line."""
        args = (*ALL, *self.args, '--kernel-measures', 'no')
        values = expected(self.kernel, LINE, silent_kernel=True)
        self.assertEqual(values['RTMR2'], '00' * 48)
        for form in READERS:
            result = calc('reference', '--format', form, *expires(form), *args,
                          'fw')
            self.assertEqual(READERS[form](result.stdout), self.wanted(
                form, {'MRTD': self.mrtd, **values}))
            self.assertIn('[boot-silent]', result.lines[0])
            result = self.verify(result.stdout, *args)
            self.assertEqual((result.status, result.text[:12]),
                             (0, 'fw: OK (spec'), result)
        self.refused(
            calc('reference', '--register', 'mrtd,cmdline', *args[2:], 'fw'),
            3, 'kernel: there is no event of the command line: the kernel is '
            'taken to measure none, as before Linux 6.9 [boot-silent]')


class Usage(Case):
    def test_formats_without_a_place(self):
        every = [line.split()[0] for line in
                 calc('reference', '--format', 'help').text.splitlines()]
        for form in every:
            if form == 'go-sev-guest':
                continue
            for name in NAMES[1:]:
                if name in PLACES.get(form, ()):
                    continue
                able = ', '.join(f for f in every if name in PLACES.get(f, ()))
                self.refused(
                    calc('reference', '--format', form, '--register',
                         f'mrtd,{name}', *self.args, '-o', 'out', 'fw'), 2,
                    f'--format {form} has no place for --register '
                    f"{name.lower()}; these have: {able}; try 'mrtd-calc "
                    "reference --help'")
        self.refused(
            calc('reference', '--format', 'json,coswid', *ALL, *self.args,
                 '--out-dir', 'out', 'fw'), 2,
            '--format coswid has no place for --register rtmr1; these have: '
            + ', '.join(f for f in every if 'RTMR1' in PLACES.get(f, ()))
            + "; try 'mrtd-calc reference --help'")

    def test_options(self):
        hint = "; try 'mrtd-calc reference --help'"
        mrtds = ('--register of a document has mrtd in it, as mrtd,rtmr1: what '
                 'else there is, is beside MRTDs')
        self.write('doc', self.document('rvps', *ALL, *self.args, 'fw'))
        for args, line in (
                (('--register', 'rtmr1', *self.args), mrtds),
                (('--register', 'mrtd,rtmr0', *self.args),
                 '--register of a document is mrtd, rtmr1, rtmr2, kernel and '
                 'cmdline: none has a place for others'),
                ((*ALL, '--platform', 'snp', '--vcpus', '1', '--vcpu-type',
                  'EPYC-v4'), '--register is of --platform tdx'),
                (('--register', 'mrtd', *self.args),
                 '--append is for --register rtmr1, rtmr2, kernel and cmdline; '
                 'it does not change an MRTD')):
            for command in ((), ('--verify', 'doc')):
                with self.subTest(args=args, command=command):
                    result = calc('reference', *command, *args, 'fw')
                    self.assertEqual((result.status, result.stdout),
                                     (2, b''), result)
                    self.assertEqual(len(result.lines), 1, result)
                    if args[:2] != ('--register', 'mrtd'):
                        self.assertEqual(result.lines[0], line + hint)

    def test_options_of_the_image(self):
        """What it needs is known once it is read."""
        self.write('doc', self.document('rvps', *ALL, *self.args, 'fw'))
        for args, line in (
                (('--register', 'mrtd,rtmr1'),
                 'missing --kernel FILE: --register rtmr1 and kernel are made '
                 'of it'),
                (('--register', 'mrtd,rtmr2'),
                 'missing --append TEXT or --cmdline FILE: --register rtmr2 '
                 'and cmdline are made of the command line'),
                ((*ALL, *self.args, '--vmm', 'spec,cloud-hypervisor'),
                 '--register is of a kernel that QEMU gives to OVMF, which '
                 'this image is: --vmm spec, qemu or kvm-v19')):
            for command in ((), ('--verify', 'doc')):
                with self.subTest(args=args, command=command):
                    result = calc('reference', *command, *args, 'fw')
                    self.assertEqual((result.status, result.stdout),
                                     (2, b''), result)
                    self.assertIn(line, [text.split('; try')[0]
                                         for text in result.lines])


class Verify(Case):
    def setUp(self):
        super().setUp()
        self.documents = {form: self.document(form, *ALL, *self.args, 'fw')
                          for form in READERS}

    def failed(self, data, *args):
        """A difference, and no OK."""
        result = self.verify(data, *args)
        self.assertEqual((result.status, b'OK' in result.stdout), (1, False),
                         result)
        self.assertTrue(all(line.endswith('[reference-register]')
                            for line in result.lines), result)
        return result.lines

    def test_right(self):
        for form, data in self.documents.items():
            self.check(self.verify(data, '--strict', *ALL, *self.args), 0,
                       f'fw: OK (spec; {", ".join(PLACES[form])})\n')

    def test_what_is_not_compared_is_said(self):
        for form, data in self.documents.items():
            for names in ((), ('RTMR1',), ('RTMR2', 'cmdline')):
                if not set(names) <= set(PLACES[form]):
                    continue
                args = ('--register', ','.join(('mrtd', *names)), *self.args)
                result = self.verify(data, *(args if names else ()))
                left = ', '.join(name for name in PLACES[form]
                                 if name not in names)
                good = (f'fw: OK (spec{"; " if names else ""}'
                        f'{", ".join(names)})\n')
                said = ([f'doc: warning: not compared: {left}; --register mrtd '
                         'with their names, --kernel and --append does that '
                         '[reference-unchecked]'] if left else [])
                self.check(result.without('boot-kernel'), 0, good, *said)
                # A gate asks for all.
                result = self.verify(data, '--strict', *(args if names else ()))
                error = ("doc: registers, events' digests or initdata in it "
                         'were not compared, and --strict '
                         'asks that all are [reference-unchecked]')
                self.check(result.without('boot-kernel'), 1 if left else 0,
                           good, *said, *([error] if left else []))

    def test_any_digit(self):
        """A wrong digest is found, whichever it is."""
        for form, data in self.documents.items():
            for name in PLACES[form]:
                good = self.values[name]
                at = self.rng.randrange(96)
                bad = good[:at] + '%x' % (int(good[at], 16) ^ 1) + good[at + 1:]
                if form == 'rvps':
                    root = json.loads(data)
                    root['payload'] = base64.b64encode(
                        base64.b64decode(root['payload']).replace(
                            good.encode(), bad.encode())).decode()
                    changed = json.dumps(root).encode()
                else:
                    changed = data
                    for spell in SPELLINGS:
                        changed = changed.replace(spell(good), spell(bad))
                self.assertNotEqual(changed, data)
                with self.subTest(form=form, name=name):
                    lines = self.failed(changed, *ALL, *self.args)
                    self.assertEqual(
                        lines, [
                            f'fw: its {name} with this kernel and command '
                            f'line, {good}, is not in the document '
                            '[reference-register]',
                            f'doc: a value of {name} in it is of none of the '
                            'firmware files, with this kernel and command '
                            'line [reference-register]'])

    def test_another_kernel_and_line(self):
        self.write('other', boot.bzimage(self.rng))
        for form, data in self.documents.items():
            for args in (('--kernel', 'other', '--append', LINE),
                         ('--kernel', 'kernel', '--append', LINE + ' '),
                         (*self.args, '--kernel-measures', 'no'),
                         (*self.args, '--edk2', '202408')):
                result = self.verify(data, *ALL, *args)
                self.assertEqual((result.status, b'OK' in result.stdout),
                                 (1, False), (form, result))

    def test_missing(self):
        """What is asked for by its name must be there; of all, something."""
        for form in PLACES:
            for name in PLACES[form]:
                data = self.document(form, 'fw')
                self.assertEqual(
                    self.failed(data, '--register', f'mrtd,{name}',
                                *self.args),
                    [f'doc: it says nothing of {name}, which --register asks '
                     'for [reference-register]'])
                self.assertEqual(
                    self.failed(data, *ALL, *self.args),
                    ['doc: it says nothing but MRTDs, and --register asks for '
                     'more [reference-register]'])
        data = json.dumps({'mr_td': [self.mrtd],
                           'rtmr_1': [self.values['RTMR1']]}).encode()
        def said(*names):
            return [f'doc: warning: not compared: {name}, of which it says '
                    'nothing [reference-unchecked]' for name in names]
        self.check(self.verify(data, *ALL, *self.args), 0,
                   'fw: OK (spec; RTMR1)\n',
                   *said('RTMR2', 'kernel', 'cmdline'))
        # Where the form has a place.
        data = self.document('ita', '--register', 'mrtd,rtmr1', *self.args,
                             'fw')
        self.check(self.verify(data, *ALL, *self.args), 0,
                   'fw: OK (spec; RTMR1)\n', *said('RTMR2'))


class Maps(Case):
    """Maps of Trustee's names, made by hand."""

    def setUp(self):
        super().setUp()
        self.good = {'mr_td': [self.mrtd],
                     'rtmr_1': [self.values['RTMR1']],
                     'rtmr_2': [self.values['RTMR2']],
                     'tdvfkernel': self.values['kernel'],
                     'tdvfkernelparams': self.values['cmdline']}

    def ask(self, document):
        return self.verify(json.dumps(document).encode(), *ALL, *self.args)

    def test_good(self):
        text = 'fw: OK (spec; RTMR1, RTMR2, kernel, cmdline)\n'
        for document in (
                self.good,
                {**self.good, 'mr_td': self.mrtd},
                {name: value if isinstance(value, str) else value[0]
                 for name, value in self.good.items()},
                {**self.good, 'description': 'x', 'xfam': ['e700060000000000']},
                {**self.good, 'rtmr_2': 2 * [self.values['RTMR2']]},
                dict(reversed(self.good.items()))):
            self.check(self.ask(document), 0, text)

    def test_labels(self):
        """A value under another name is not the value."""
        names = [name for name in self.good if name != 'mr_td']
        for one in names:
            for two in names:
                if one == two:
                    continue
                document = copy.deepcopy(self.good)
                values = [value if isinstance(value, str) else value[0]
                          for value in (document[one], document[two])]
                for name, value in zip((two, one), values):
                    document[name] = (value if name.startswith('tdvf')
                                      else [value])
                result = self.ask(document)
                self.assertEqual((result.status, b'OK' in result.stdout),
                                 (1, False), document)

    def test_more(self):
        """One more value that is of nobody."""
        for name in 'rtmr_1', 'rtmr_2':
            result = self.ask({**self.good,
                               name: self.good[name] + ['5a' * 48]})
            self.assertEqual((result.status, result.lines), (1, [
                f'doc: a value of {name.upper().replace("_", "")} in it is of '
                'none of the firmware files, with this kernel and command line '
                '[reference-register]']))

    def test_unread(self):
        """What is said in another form is not passed over."""
        for name, key in RVPS.items():
            if name == 'MRTD':
                continue
            value = self.values[name]
            for other in (
                    value.upper(), [value.upper()], value[:-2], [], None, {},
                    [value, None], [[value]], {'value': value}, 1, True,
                    value + ' ', base64.b64encode(value.encode()).decode(),
                    # Trustee's policy has "==" for events, and "in" for
                    # registers, which finds nothing in a text.
                    [value] if key.startswith('tdvf') else value):
                document = {**self.good, key: other}
                result = self.ask(document)
                self.assertNotEqual(result.status, 0, document)
                self.assertNotIn(b'OK', result.stdout)
                if result.status == 1:
                    self.assertEqual(result.lines, [
                        f'doc: it says something of {name} that is not read '
                        'here, and so cannot be compared '
                        '[reference-register]'])

    def test_said_elsewhere(self):
        """Another statement of the same, at any place, is not read."""
        value = self.values['RTMR1']
        for more in ({'tdx_rtmr1': value}, {'RTMR1': value},
                     {'rtmrs': [value] * 4}, {'tdx.quote.body.rtmr_1': value},
                     {'revoked': {'rtmr_1': [value]}},
                     {'rvps:///x/rtmr_1:1': [value.upper()]},
                     {'rvps:///x/RTMR_1:1': [value]},
                     {'rvps:///x/Kernel:1': value},
                     {'TDVFKERNEL': value}, {'tdvf_kernel': value},
                     {'tdvfkernel ': value}, {'tdvfKernelParams': value},
                     {'firmware': [{'rtmr1': value}]}):
            result = self.ask({**self.good, **more})
            self.assertNotEqual(result.status, 0, more)
            self.assertNotIn(b'OK', result.stdout)

    def test_paths(self):
        """Of the same path and version as the MRTD's, or not read."""
        def named(form, more=None):
            made = {form % name: self.good[RVPS[key]]
                    for key, name in PATHS.items()}
            return {**made, **(more or {})}
        form = 'rvps:///a/b/%s:1'
        text = 'fw: OK (spec; RTMR1, RTMR2, kernel, cmdline)\n'
        self.check(self.ask(named(form)), 0, text)
        for other in ('rvps:///a/c/%s:1', 'rvps:///a/b/%s:2', 'a/b/%s:1',
                      'rvps:///a/b/%s'):
            for name in 'rtmr_1', 'kernel':
                document = named(form)
                document[other % name] = document.pop(form % name)
                result = self.ask(document)
                self.assertEqual(result.stdout, b'', result)
                self.assertIn(result.status, (1, 3))
                if result.status == 1:
                    self.assertIn('that is not read here', result.lines[0])
        for name in 'mrtd', 'MRTD', 'tdx_mrtd':
            document = {**self.good, name: self.good['mr_td']}
            del document['mr_td']
            self.assertEqual(self.ask(document).status, 1)

    def test_several_paths(self):
        """Which registers are of which MRTD is not known there."""
        values = {name: self.good[RVPS[key]] for key, name in PATHS.items()}
        document = {f'rvps:///a/{one}/{name}:1': value
                    for one in 'bc' for name, value in values.items()}
        result = self.ask(document)
        self.assertEqual((result.status, result.stdout), (1, b''), result)
        self.assertIn('RTMR1 that is not read here', result.lines[0])

    def test_not_beside_the_mrtd(self):
        """Registers are not of an MRTD that is elsewhere."""
        rest = {key: value for key, value in self.good.items()
                if key != 'mr_td'}
        for document in ({'reference': {'mr_td': [self.mrtd]}, **rest},
                         {'mr_td': [self.mrtd], 'reference': rest},
                         [{'mr_td': [self.mrtd]}, rest]):
            result = self.ask(document)
            self.assertNotEqual(result.status, 0, document)
            self.assertNotIn(b'OK', result.stdout)

    def test_what_no_option_computes(self):
        result = self.ask({**self.good, 'rtmr_0': ['5a' * 48],
                           'tdx_rtmr3': '00' * 48})
        self.check(result, 0, 'fw: OK (spec; RTMR1, RTMR2, kernel, cmdline)\n',
                   'doc: warning: not compared: RTMR0, RTMR3, which --verify '
                   'does not compute [reference-unchecked]')


class Own(Case):
    """JSON of this program, changed."""

    def setUp(self):
        super().setUp()
        self.good = json.loads(self.document('json', *ALL, *self.args, 'fw'))

    def ask(self, change):
        document = copy.deepcopy(self.good)
        change(document['firmware'][0]['boot'])
        return self.verify(json.dumps(document).encode(), *ALL, *self.args)

    def test_malformed(self):
        for change in (
                lambda b: b.update(more=1),
                lambda b: b.update(values={}),
                lambda b: b.update(rules=[]),
                lambda b: b.update(rules={}),
                lambda b: b['rules'].update(x=1),
                lambda b: b['rules'].update(initrd_argument='middle'),
                lambda b: b['rules'].update(separator_register='RTMR2'),
                lambda b: b['rules'].update(kernel_measures=1),
                lambda b: b['rules'].pop('kernel_is_patched'),
                lambda b: b.update(firmware='edk2'),
                *(lambda b, key=key: b.pop(key) for key in (
                    'firmware', 'kernel', 'kernel_version', 'initrd',
                    'cmdline', 'rules', 'values')),
                lambda b: b.update(kernel_digest=None),
                lambda b: b.update(kernel_digest=b['kernel_digest'].upper()),
                lambda b: b.update(cmdline_digest=b['cmdline_digest'][1:]),
                lambda b: b['values'].append('x'),
                lambda b: b['values'][0].update(register='RTMR0'),
                lambda b: b['values'][0].update(register='MRTD'),
                lambda b: b['values'][0].update(algorithm='sha-512'),
                lambda b: b['values'][0].update(vmm=['spec']),
                lambda b: b['values'][0].update(value='x'),
                lambda b: b['values'][0].pop('value'),
                lambda b: b['values'][0].pop('register')):
            result = self.ask(change)
            if result.status == 1:  # it lacks a value
                self.assertNotIn(b'OK', result.stdout)
                continue
            self.assertEqual((result.status, result.stdout), (3, b''), result)
            self.assertTrue(result.lines[0].startswith(
                'doc: it says to be JSON of mrtd-calc, but '), result)

    def test_another_origin(self):
        """The values are right, and what they are said to be made of is not."""
        for key, value in (('firmware', 'td-shim'), ('cmdline', LINE + ' '),
                           ('kernel_version', '6.12.4'),
                           ('separator_register', 'RTMR0'),
                           ('kernel_is_patched', True),
                           ('kernel_measures', False)):
            def change(b, key=key, value=value):
                (b if key in b else b['rules'])[key] = value
            self.check(self.ask(change), 1, 'fw: FAILED\n',
                       f'fw: "{key}" of its "boot" in the document is not '
                       'what its values are computed with '
                       '[reference-register]')
        # Files may have another name, and what is null is not said.
        for change in (lambda b: b.update(kernel='x', initrd='y'),
                       lambda b: b.update(kernel_version=None, cmdline=None,
                                          rules=None)):
            self.assertEqual(self.ask(change).status, 0)

    def test_measurement_of_td_shim(self):
        """It has RTMR0, too, which is no other register."""
        room = images.PAYLOAD._replace(offset=0, raw=0, memory=0x8000,
                                       attributes=0)
        self.write('shim', images.more(room, images.PARAM))
        self.write('hob', shim.small(images.TD_HOB.address))
        result = calc('--json', *ALL, '--td-hob', 'hob', *self.args, 'shim')
        root = json.loads(result.text)
        self.assertEqual([item['register'] for item in root['values']],
                         ['MRTD', 'RTMR0', 'RTMR1', 'RTMR2'])
        result = self.verify(result.stdout, *ALL, *self.args, names=('shim',))
        self.assertEqual((result.status, result.text),
                         (0, 'shim: OK (spec; RTMR1, RTMR2)\n'), result)
        self.assertIn('doc: warning: not compared: RTMR0, which --verify does '
                      'not compute [reference-unchecked]', result.lines)
        for name in 'RTMR3', 'RTMR', 'rtmr0', 'RTMR00':
            root['values'][1]['register'] = name
            result = self.verify(json.dumps(root).encode(), *ALL, *self.args,
                                 names=('shim',))
            self.assertEqual((result.status, result.stdout), (3, b''), result)

    def test_measurement_of_an_image(self):
        """Of a unified kernel image --verify computes nothing."""
        self.write('uki', uki.image([
            ('.linux', self.kernel), ('.cmdline', LINE.encode()),
            ('.sdmagic', uki.magic('257.4-1'))]))
        data = calc('--json', *ALL, '--uki', 'uki', 'fw').stdout
        self.check(self.verify(data), 0, 'fw: OK (spec)\n',
                   'doc: warning: not compared: RTMR1, RTMR2, of a unified '
                   'kernel image, which --verify does not compute; --uki '
                   'prints them [reference-unchecked]')
        self.check(self.verify(data, *ALL, *self.args), 1, b'',
                   'doc: its registers are of a unified kernel image, which '
                   '--verify does not compute; --uki prints them '
                   '[reference-register]')

    def test_measurement(self):
        """What --json --register printed."""
        result = calc('--json', *ALL, *self.args, 'fw')
        self.check(self.verify(result.stdout, *ALL, *self.args), 0,
                   'fw: OK (spec; RTMR1, RTMR2)\n')
        root = json.loads(result.text)
        for at in 1, 2:
            changed = copy.deepcopy(root)
            changed['values'][at]['value'] = '5a' * 48
            result = self.verify(json.dumps(changed).encode(), *ALL,
                                 *self.args)
            self.assertEqual((result.status, b'OK' in result.stdout),
                             (1, False))


class Forms(Case):
    """Documents of other consumers, changed: what could allow another
    register, or is of another form, is never OK where it was asked for."""
    ASKED = ('--register', 'mrtd,rtmr1,rtmr2')

    def good(self, data, *args):
        data = data if isinstance(data, bytes) else json.dumps(data).encode()
        self.check(self.verify(data, *(args or self.ASKED), *self.args), 0,
                   'fw: OK (spec; RTMR1, RTMR2)\n')

    def bad(self, data, *codes):
        """Not OK; and of the MRTD alone, OK with a warning."""
        data = data if isinstance(data, bytes) else json.dumps(data).encode()
        with self.subTest(data=data):
            result = self.verify(data, *self.ASKED, *self.args)
            self.assertIn(result.status, (1, 3), result)
            self.assertNotIn(b'OK', result.stdout)
            for code in codes:
                self.assertIn(f'[{code}]', '\n'.join(result.lines))

    def one_more(self, data):
        """A value of the file, and one of nobody."""
        result = self.verify(data, *self.ASKED, *self.args)
        self.check(result, 1, 'fw: OK (spec; RTMR1, RTMR2)\n',
                   'doc: a value of RTMR1 in it is of none of the firmware '
                   'files, with this kernel and command line '
                   '[reference-register]')

    def unread(self, data):
        """It is said that it is not read, and what is not compared."""
        data = data if isinstance(data, bytes) else json.dumps(data).encode()
        with self.subTest(data=data):
            self.bad(data, 'reference-register')
            self.assertIn(b'not read here', self.verify(
                data, *self.ASKED, *self.args).stderr)
            result = self.verify(data)
            self.assertEqual((result.status, result.text),
                             (0, 'fw: OK (spec)\n'), result)
            self.assertIn('[reference-unchecked]', result.lines[-1])

    def test_rego(self):
        one, two = (self.values[name] for name in BOTH)
        head = 'import rego.v1\n\ndefault match := false\n'
        mrtd_is = f'input.tdx.tdx_mrtd == "{self.mrtd}"\n'
        one_is = f'input.tdx.tdx_rtmr1 == "{one}"\n'
        two_is = f'input.tdx.tdx_rtmr2 == "{two}"\n'

        def policy(*bodies):
            return (head + ''.join(f'match if {{\n{body}}}\n'
                                   for body in bodies)).encode()
        whole = mrtd_is + one_is + two_is
        self.good(policy(whole))
        self.good(policy(two_is + mrtd_is + one_is))
        self.good(policy(whole, whole))
        for bodies in ((whole, mrtd_is), (whole, mrtd_is + one_is),
                       (whole + 'input.tdx.tdx_is_debuggable == false\n',),
                       (mrtd_is + one_is.upper().replace(
                           'INPUT.TDX.TDX_RTMR', 'input.tdx.tdx_rtmr')
                        + two_is,),
                       (mrtd_is + two_is + f'input.tdx.tdx_rtmr1 in ["{one}", '
                        f'"{self.mrtd}"]\n',),
                       (mrtd_is + two_is
                        + f'"{one}" == input.tdx.tdx_rtmr1\n',)):
            self.unread(policy(*bodies))
        self.unread(policy(whole).replace(b'match', b'allow'))
        for bodies in ((mrtd_is + two_is + one_is.replace('==', '!='),),
                       (mrtd_is + two_is + 'not ' + one_is,),
                       (mrtd_is + one_is.replace('rtmr1', 'rtmr2')
                        + two_is.replace('rtmr2', 'rtmr1'),),
                       (mrtd_is + two_is + one_is[:-3] + '"\n',),
                       (mrtd_is + one_is,), (mrtd_is,),
                       (mrtd_is + two_is + one_is.replace('.tdx.', '.'),)):
            self.bad(policy(*bodies))
        self.one_more(policy(whole, whole.replace(one, '5a' * 48)))

    def test_textproto(self):
        def rtmrs(*values):
            return ''.join(' rtmrs: "%s"' % ''.join(
                f'\\x{byte:02x}' for byte in bytes.fromhex(value))
                for value in values)

        def policy(text):
            mrtd_is = ''.join(f'\\x{byte:02x}'
                              for byte in bytes.fromhex(self.mrtd))
            return (f'policy {{ header_policy {{ }} td_quote_body_policy {{ '
                    f'mr_td: "{mrtd_is}" {text} }} }}').encode()
        one, two = (self.values[name] for name in BOTH)
        self.good(policy(rtmrs('', one, two, '')))
        self.check(self.verify(policy(rtmrs('5a' * 48, one, two, '')),
                               *self.ASKED, *self.args), 0,
                   'fw: OK (spec; RTMR1, RTMR2)\n', 'doc: warning: not '
                   'compared: RTMR0, which --verify does not compute '
                   '[reference-unchecked]')
        for values in (('', two, one, ''), (one, two, '', ''),
                       ('', '', one, two), ('', one, '', ''),
                       ('', '', '', ''), ('', one, two), ()):
            self.bad(policy(rtmrs(*values)))

    def test_patch(self):
        def op(path, value, name='replace'):
            return {'op': name, 'path': path, 'value': value}
        one, two = (op(f'/Rtmrs/{i}', self.values[f'RTMR{i}'])
                    for i in (1, 2))
        sets = op('/MrTd', self.mrtd)
        self.good([[sets, one, two]])
        self.good([[two, one, sets]])
        values = ['5a' * 48, one['value'], two['value'], '00' * 48]
        self.bad([[sets, two, {**one, 'op': 'add'}]])
        for patch in ([sets, two, {**one, 'op': 'test'}],
                      [sets, op('/Rtmrs', values)]):
            self.unread([patch])
        for extra in ({'op': 'remove', 'path': '/Rtmrs/0'},
                      {'op': 'remove', 'path': '/Rtmrs/3'},
                      op('/Rtmrs/0', '5a' * 48, 'add'),
                      op('/Rtmrs/3', '5a' * 48, 'add')):
            # The others have another index then.
            for patch in [extra, sets, one, two], [sets, one, two, extra]:
                self.bad([patch])
        for patch in ([[sets, one]], [[sets]],
                      [[sets, {**one, 'path': '/Rtmrs/2'},
                        {**two, 'path': '/Rtmrs/1'}]],
                      [[sets, two, {**one, 'value': one['value'][:-1]}]],
                      [[sets, one, two, one]], [[sets, one, two], [sets]],
                      [sets, one, two]):
            self.bad(patch)

    def test_dcap(self):
        policy = {'environment': {
            'class_id': '45b734fc-aa4e-4c3d-ad28-e43d08880e68'},
                  'reference': {'tdx_mrtd': self.mrtd,
                                'tdx_rtmr1': self.values['RTMR1'],
                                'tdx_rtmr2': self.values['RTMR2']}}
        self.good({'policy_array': [policy]})
        less = copy.deepcopy(policy)
        del less['reference']['tdx_rtmr1']
        self.bad({'policy_array': [less]})
        self.unread({'policy_array': [policy, less]})
        self.unread({'policy_array': [less, policy]})
        swapped = copy.deepcopy(policy)
        swapped['reference'].update(tdx_rtmr1=self.values['RTMR2'],
                                    tdx_rtmr2=self.values['RTMR1'])
        self.bad({'policy_array': [swapped]})

    def test_report(self):
        good = json.loads(self.document('in-toto-predicate', *self.ASKED,
                                        *self.args, 'fw'))
        mrtds, made = good['attributes']
        self.good(good)
        self.good({'attributes': [made, mrtds]})
        less = copy.deepcopy(made)
        del less['conditions']['rtmr1']
        self.bad({'attributes': [mrtds, less]})
        more = copy.deepcopy(made)
        more['conditions']['or'] = 'x'
        for attributes in ([mrtds, made, made], [mrtds, made, less],
                           [mrtds, more], [mrtds, {**made, 'target': {}}],
                           [mrtds, {**made, 'attribute': 'BOOT'}]):
            self.unread({'attributes': attributes})

    def test_corims(self):
        one, two = (bytes.fromhex(self.values[name]) for name in BOTH)
        value = bytes.fromhex(self.mrtd)
        by_key = {0: 83, 1: {2: [[7, value]]}}

        def corim(*triples):
            environment = {0: {1: 'Intel', 2: 'TDX'}}
            inner = evidence.cbor({1: {0: 'x'}, 4: {0: [
                [environment, measurements] for measurements in triples]}})
            return evidence.cbor(evidence.Tag(501, {
                0: 'x', 1: [evidence.Tag(506, inner)]}))
        both = {1: {14: {1: [[7, one]], 2: [[7, two]]}}}
        self.good(corim([by_key, both]))
        self.good(corim([both, by_key]))
        self.good(corim([by_key, {1: {14: {1: [['sha-384', one]]}}},
                         {1: {14: {2: [[7, two]]}}}]))
        self.good(corim([{0: 83, 1: {2: [[7, value]], **both[1]}}]))
        self.good(corim([by_key, both], [by_key, both]))
        for registers in ({1: [[7, one]], 'rtmr_2': [[7, two]]},
                          {1: [[7, one], [1, bytes(32)]], 2: [[7, two]]},
                          {1: [[7, one]], 2: [7, two]},
                          {1: [[7, one]], 2: [[8, two]]},
                          {1: [[7, one]], 2: [[7, two[1:]]]},
                          {1: [[7, one]], 2: two}, {1: [[7, one]], 2: []},
                          {'1': [[7, one]], 2: [[7, two]]}):
            self.unread(corim([by_key, {1: {14: registers}}]))
        self.unread(corim([by_key, both], [by_key]))
        self.unread(corim([by_key], [by_key, both]))
        for name in 'rtmr_1', 'tdx_rtmr1', 'RTMR1':
            named = {0: name, 1: {2: [[7, two]]}}
            self.unread(corim([by_key, both, named]))
            self.unread(corim([by_key, both], [named]))
        # Of the same TD, and without its MRTD.
        self.unread(corim([by_key, both], [both]))
        self.unread(corim([both], [by_key, both]))
        self.unread(corim([by_key, both], [{0: 83, **both}]))
        for registers in ({1: [[7, two]], 2: [[7, one]]}, {1: [[7, one]]},
                          {0: [[7, one]], 3: [[7, two]]}):
            self.bad(corim([by_key, {1: {14: registers}}]))
        self.one_more(corim([by_key, both], [by_key, {1: {14: {
            1: [[7, bytes(48)]], 2: [[7, two]]}}}]))


class Groups(Case):
    """Registers of two firmware files, which one kernel leads to: those of one
    are never taken for those of the other."""
    ASKED = ('--register', 'mrtd,rtmr1,rtmr2')

    def setUp(self):
        super().setUp()
        # Linux is put where td-shim has a section for it.
        room = images.PAYLOAD._replace(offset=0, raw=0, memory=0x8000,
                                       attributes=0)
        self.other = self.write('other', images.more(room, images.PARAM))

    def values_of(self, name):
        args = ('reference', '--format', 'json', '--vmm', 'spec')
        made = read_json(calc(*args, *self.ASKED, *self.args, name).stdout)
        return {key: value for key, (value,) in made.items()}

    def judged(self, data, *statuses):
        data = data if isinstance(data, bytes) else json.dumps(data).encode()
        result = self.verify(data, *self.ASKED, *self.args,
                             names=('fw', 'other'))
        with self.subTest(data=data):
            self.assertEqual([line.split(': ')[1].split(' ')[0]
                              for line in result.text.splitlines()],
                             list(statuses), result)
            self.assertEqual(result.status, 'FAILED' in statuses)
        return result

    def variants(self):
        """What documents say of the two: rightly, and in four other ways."""
        one, two = self.values_of('fw'), self.values_of('other')
        self.assertEqual(one, {name: self.values[name]
                               for name in ('MRTD', *BOTH)})
        self.assertEqual(two['MRTD'], mrtd(self.other))
        for name in BOTH:
            self.assertNotEqual(one[name], two[name])
        yield (one, two), ('OK', 'OK')
        yield (({**two, 'MRTD': one['MRTD']}, {**one, 'MRTD': two['MRTD']}),
               ('FAILED', 'FAILED'))
        for name in BOTH:
            yield (({**one, name: two[name]}, {**two, name: one[name]}),
                   ('FAILED', 'FAILED'))
        yield ((one, {**one, 'MRTD': two['MRTD']}), ('OK', 'FAILED'))

    def test_json(self):
        made = calc('reference', '--format', 'json', '--vmm', 'spec',
                    *self.ASKED, *self.args, 'fw', 'other')
        for pair, statuses in self.variants():
            document = json.loads(made.stdout)
            for firmware, values in zip(document['firmware'], pair):
                for item in firmware['values'] + firmware['boot']['values']:
                    item['value'] = values[item['register']]
            self.judged(document, *statuses)
            # The same, each in a document of its own.
            parts = [{**document, 'firmware': [firmware]}
                     for firmware in document['firmware']]
            self.judged('\n'.join(map(json.dumps, parts)).encode(), *statuses)

    def test_one_without(self):
        """What is said of the first is not said of the second."""
        made = json.loads(calc('reference', '--format', 'json', *self.ASKED,
                               *self.args, 'fw', 'other').stdout)
        del made['firmware'][1]['boot']
        result = self.judged(made, 'OK', 'FAILED')
        self.assertIn('other: the document has RTMR1 of other firmware files, '
                      'and none beside the MRTD of this [reference-register]',
                      result.lines)

    def test_rego(self):
        for pair, statuses in self.variants():
            self.judged(('import rego.v1\n\ndefault match := false\n' + ''.join(
                'match if {\n' + ''.join(
                    f'input.tdx.tdx_{name.lower()} == "{value}"\n'
                    for name, value in values.items()) + '}\n'
                for values in pair)).encode(), *statuses)

    def test_corim(self):
        for pair, statuses in self.variants():
            triples = []
            for values in pair:
                code, *registers = (bytes.fromhex(values[name])
                                    for name in ('MRTD', *BOTH))
                triples.append([{0: {1: 'Intel', 2: 'TDX'}}, [
                    {0: 83, 1: {2: [[7, code]]}},
                    {1: {14: {1: [[7, registers[0]]],
                              2: [[7, registers[1]]]}}}]])
            for tags in [triples], [triples[:1], triples[1:]]:
                self.judged(evidence.cbor(evidence.Tag(501, {0: 'x', 1: [
                    evidence.Tag(506, evidence.cbor({1: {0: 'x'},
                                                     4: {0: tag}}))
                    for tag in tags]})), *statuses)

    def test_statements(self):
        """in-toto, and maps of Trustee's keys: one for each file."""
        for pair, statuses in self.variants():
            made = []
            for form in 'in-toto-predicate', 'rvps-map':
                parts = []
                for name, values in zip(('fw', 'other'), pair):
                    text = calc('reference', '--format', form, '--vmm', 'spec',
                                *self.ASKED, *self.args, name).text
                    for key, value in self.values_of(name).items():
                        text = text.replace(value, f'<{key}>')
                    for key, value in values.items():
                        text = text.replace(f'<{key}>', value)
                    parts.append(text)
                made.append('\n'.join(parts).encode())
            for data in made:
                self.judged(data, *statuses)
