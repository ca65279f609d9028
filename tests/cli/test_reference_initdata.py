# SPDX-License-Identifier: Apache-2.0
"""reference --initdata: the key init_data beside a launch digest, written and
read back. Expected values are of tests/lib/initdata.py, mrtd.py and snp.py."""

import base64
import json
import pathlib
import random

import images
import initdata
import sev
import snp
from support import TestCase, calc, mrtd

try:
    import jsonschema
except ImportError:
    jsonschema = None

DOCS = pathlib.Path(__file__).resolve().parents[2] / 'docs'
SCHEMA = json.loads(
    (DOCS / 'schemas/reference.schema.json').read_text('utf-8'))
PLATFORMS = {
    'tdx': ('MRCONFIGID', 'mr_td', ('--vmm', 'spec'), 'tdx.fd', 'spec'),
    'snp': ('HOST_DATA', 'snp_launch_measurement',
            ('--platform', 'snp', '--vcpus', '1', '--vcpu-type', 'EPYC-v4'),
            'snp.fd', 'qemu,1,EPYC-v4,0x1')}
EXPIRES = '2099-01-31T12:00:00Z'
FORMS = ('rvps', 'rvps-map', 'json')
UNCOMPARED = ('doc: warning: not compared: what initdata makes; --initdata '
              'does that [reference-unchecked]')
STRICT = ("doc: registers, events' digests or initdata in it were not "
          'compared, and --strict asks that all are [reference-unchecked]')


class Case(TestCase):
    def setUp(self):
        super().setUp()
        self.rng = random.Random(self.id())
        image = images.image()
        self.write('tdx.fd', image)
        flat = sev.image().data
        self.write('snp.fd', flat)
        self.digests = {'tdx': mrtd(image), 'snp': snp.launch_digest(flat).hex()}
        self.take(initdata.document('sha256'))

    def take(self, data):
        self.write('initdata.toml', data)
        self.fields = {platform: initdata.field(data, names[0]).hex()
                       for platform, names in PLATFORMS.items()}
        self.sha = initdata.digest(data).hex()

    def document(self, platform, form, *args):
        _, _, launch, image, _ = PLATFORMS[platform]
        result = calc('reference', '--format', form, '--initdata',
                      'initdata.toml', *args, *launch, image)
        self.assertEqual(result.status, 0, result)
        return result.stdout

    def verify(self, platform, data, *args, given=True):
        _, _, launch, image, _ = PLATFORMS[platform]
        self.write('doc', data)
        return calc('reference', '--verify', 'doc', *args,
                    *(('--initdata', 'initdata.toml') if given else ()),
                    *launch, image)

    def map(self, platform, **changes):
        """What a document in the form rvps-map says."""
        values = {PLATFORMS[platform][1]: [self.digests[platform]],
                  'init_data': [self.fields[platform]], **changes}
        return json.dumps(values).encode()

    def passes(self, platform, data, *args):
        _, _, _, image, launch = PLATFORMS[platform]
        self.check(self.verify(platform, data, *args), 0,
                   f'{image}: OK ({launch}; initdata)\n')

    def fails(self, platform, data, tag='reference-register'):
        result = self.verify(platform, data)
        self.assertEqual((result.status, b'OK' in result.stdout), (1, False),
                         result)
        self.assertTrue(result.lines[-1].endswith(f'[{tag}]'), result)
        return result


class Written(Case):
    def test_rvps(self):
        """Both fields, for RVPS has one key for guests of both platforms: that
        of the document first."""
        for algorithm in initdata.ALGORITHMS:
            self.take(initdata.document(algorithm))
            for platform, (_, key, *_) in PLATFORMS.items():
                other, = set(PLATFORMS) - {platform}
                want = {key: [self.digests[platform]],
                        'init_data': [self.fields[platform],
                                      self.fields[other]]}
                self.assertEqual(
                    json.loads(self.document(platform, 'rvps-map')), want)
                store = json.loads(self.document(
                    platform, 'rvps-store', '--expires', EXPIRES))
                self.assertEqual(
                    {item['name']: item['value'] for item in store}, want)
                self.passes(platform, json.dumps(store).encode(), '--strict')
                # What expires earlier than the launch digest may be over.
                store[1]['expiration'] = '2030-01-01T00:00:00Z'
                result = self.verify(platform, json.dumps(store).encode())
                self.assertEqual(result.status, 1, result)
                self.assertNotIn('OK', result.text)
                store[1] = {**store[1], 'expiration': EXPIRES,
                            'name': store[0]['name']}
                result = self.verify(platform, json.dumps(store).encode())
                self.refused(result, 3)
                self.assertIn('two entries of RVPS', result.lines[0])
                root = json.loads(self.document(platform, 'rvps'))
                self.assertEqual(
                    json.loads(base64.b64decode(root['payload'])), want)

    def test_scalar(self):
        """One text is of the document's platform."""
        for platform, (_, key, *_) in PLATFORMS.items():
            data = self.document(platform, 'rvps-map', '--scalar')
            self.assertEqual(json.loads(data),
                             {key: self.digests[platform],
                              'init_data': self.fields[platform]})
            self.passes(platform, data, '--strict')

    def test_path(self):
        head = 'rvps:///github.com/confidential-containers/'
        for platform, (_, key, *_) in PLATFORMS.items():
            for version in '', ':0.21.0':
                data = self.document(
                    platform, 'rvps-map', '--scalar', '--rvps-key',
                    f'{head}{platform}/{key}{version}')
                self.assertEqual(
                    json.loads(data)[f'{head}{platform}/init_data{version}'],
                    self.fields[platform])
                self.passes(platform, data, '--strict')

    def test_json(self):
        for platform, (field, *_) in PLATFORMS.items():
            root = json.loads(self.document(platform, 'json'))
            if jsonschema:
                jsonschema.validate(root, SCHEMA)
            self.assertEqual(root['firmware'][0]['initdata'], {
                'file': 'initdata.toml', 'algorithm': 'sha-256',
                'digest': self.sha, 'field': field,
                'value': self.fields[platform]})

    def test_refused(self):
        for form, able in (('corim', ''), ('rvps,ita', ''), ('in-toto', '')):
            self.refused(
                calc('reference', '--format', form, '--out-dir', 'out',
                     '--initdata', 'initdata.toml', 'tdx.fd'), 2,
                f'--format {form.split(",")[-1]} has no place for --initdata; '
                'these have: rvps, rvps-map, rvps-store, json; try '
                "'mrtd-calc reference --help'")
        for platform, (_, key, launch, image, _) in PLATFORMS.items():
            self.refused(
                calc('reference', '--rvps-key', 'mine', '--initdata',
                     'initdata.toml', *launch, image), 2,
                '--rvps-key mine: with --register or --initdata the key is '
                f'{key}, or a path that ends with it or with it and :VERSION; '
                'the keys of the others are made of it; try \'mrtd-calc '
                "reference --help'")
        for verify in (), ('--verify', 'doc'):
            self.refused(
                calc('reference', *verify, '--initdata', 'initdata.toml',
                     '--platform', 'sev', 'snp.fd'), 2,
                '--initdata is for --platform tdx and snp: reports of other '
                "guests have no field for it; try 'mrtd-calc reference "
                "--help'")


class Read(Case):
    def test_round_trip(self):
        for algorithm in initdata.ALGORITHMS:
            self.take(initdata.document(algorithm))
            for platform in PLATFORMS:
                for form in FORMS:
                    self.passes(platform, self.document(platform, form),
                                '--strict')

    def test_by_hand(self):
        """The key is what matters, and the field of the platform."""
        for platform, (_, key, *_) in PLATFORMS.items():
            other, = set(PLATFORMS) - {platform}
            self.passes(platform, self.map(platform))
            self.passes(platform, self.map(
                platform, init_data=[self.fields[other],
                                     self.fields[platform]]))
            self.passes(platform, json.dumps(
                {key: self.digests[platform],
                 'init_data': self.fields[platform]}).encode())

    def test_not_compared(self):
        """OK is of what it names alone, and a gate asks for all."""
        for platform, (_, _, _, image, launch) in PLATFORMS.items():
            for form in FORMS:
                data = self.document(platform, form)
                good = f'{image}: OK ({launch})\n'
                self.check(self.verify(platform, data, given=False), 0, good,
                           UNCOMPARED)
                self.check(self.verify(platform, data, '--strict',
                                       given=False), 1, good, UNCOMPARED,
                           STRICT)

    def test_other_file(self):
        for platform in PLATFORMS:
            for form in FORMS:
                self.take(initdata.document('sha384'))
                data = self.document(platform, form)
                self.take(initdata.document('sha384', (('b', 'c\n'),)))
                result = self.fails(platform, data)
                self.assertIn(f'its {PLATFORMS[platform][0]} with this '
                              f'initdata, {self.fields[platform]}, is not in '
                              'the document', result.lines[0])

    def test_any_digit(self):
        """Also of the field that the document's guests do not have."""
        for platform in PLATFORMS:
            for wrong in PLATFORMS:
                values = [self.fields[name] for name in PLATFORMS]
                index = tuple(PLATFORMS).index(wrong)
                good = values[index]
                at = self.rng.randrange(len(good))
                values[index] = (good[:at] + '%x' % (int(good[at], 16) ^ 1)
                                 + good[at + 1:])
                result = self.verify(platform,
                                     self.map(platform, init_data=values))
                self.assertEqual(result.status, 1, result)
                self.assertIn('[reference-register]', result.lines[-1])

    def test_unread(self):
        """A policy would not take that for the field."""
        for platform in PLATFORMS:
            value = self.fields[platform]
            other, = set(PLATFORMS) - {platform}
            for bad in (value, value.upper(), [value.upper()], [], [value, 1],
                        [value[:-1]], None, {'a': value}, [[value]],
                        [value + '00'], base64.b64encode(
                            bytes.fromhex(value)).decode(),
                        [self.sha[:62]], [self.fields[other]]):
                self.fails(platform, self.map(platform, init_data=bad))

    def test_absent(self):
        for platform, (_, key, *_) in PLATFORMS.items():
            result = self.fails(platform, json.dumps(
                {key: [self.digests[platform]]}).encode())
            self.assertEqual(result.lines, [
                'doc: it says nothing of initdata, which --initdata asks for '
                '[reference-register]'])

    def test_beside_another(self):
        """Of another version or path, it is not beside this launch digest."""
        for platform, (_, key, *_) in PLATFORMS.items():
            for beside, own in (('rvps:///a/{}:1', 'rvps:///a/{}:2'),
                                ('rvps:///a/{}', 'rvps:///b/{}'),
                                ('{}', 'rvps:///a/{}')):
                self.fails(platform, json.dumps({
                    own.format(key): [self.digests[platform]],
                    beside.format('init_data'): [self.fields[platform]],
                }).encode())

    def test_json_of_another_field(self):
        for platform, (field, *_) in PLATFORMS.items():
            root = json.loads(self.document(platform, 'json'))
            part = root['firmware'][0]['initdata']
            for changes in ({'field': 'X'}, {'value': self.sha[:-2]},
                            {'value': self.fields[platform].upper()},
                            {'more': 1}):
                root['firmware'][0]['initdata'] = {**part, **changes}
                result = self.verify(platform, json.dumps(root).encode())
                self.assertEqual((result.status, result.stdout), (3, b''),
                                 result)
                self.assertTrue(result.lines[0].endswith('[against-json]'))
