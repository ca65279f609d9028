# SPDX-License-Identifier: Apache-2.0
"""What stands beside an MRTD in JSON, and around it: only what is known
leaves it a statement. docs/reading.md has the tables."""

import base64
import hashlib
import itertools
import json
import random

from support import TestCase, calc, mrtd, value_of
import images

SEED = 20261128
CHANCES = 400
TD15 = '45b734fc-aa4e-4c3d-ad28-e43d08880e68'
TD10 = 'a1e4ee9c-a12e-48ac-bed0-e3f89297f687'
STATEMENT = 'https://in-toto.io/Statement/v1'
SCAI = 'https://in-toto.io/attestation/scai/v0.3'
LATE = '2099-01-01T00:00:00Z'
OTHER = '5a' * 48

# By which a member could say anything.
WORDS = (False, True, 0, 1, 2, None, 'ne', 'draft', 'snp', '', 'md5',
         '2020-01-01', 'x', 0.5)
# Members that are known, with values that nothing is known of.
WRONG = (
    ('enabled', (False, 'no', 0, 'maybe', None, 2, 'false', [], {})),
    ('Enabled', (False,)), ('isEnabled', (False,)), ('is_enabled', (False,)),
    ('is-active', (0,)), ('tdx_enabled', (False,)), ('approved', ('pending',)),
    ('platform', ('snp', 'sgx', 'tdx or snp', 'tdx-module', 5, None, ['tdx'],
                  'Metal-QEMU-SNP')),
    ('tee', ('snp', 'sgx', 'cca', 1)), ('tee_type', ('sgx', 0, 'SGX')),
    ('TeeType', ('snp',)), ('attester_type', ('SGX',)),
    ('status', ('draft', 'revoked', 'pending', 'OutOfDate', 3, False)),
    ('State', ('candidate',)), ('type', ('denylist', 'x', 5)),
    ('kind', ('template',)), ('alg', ('md5', 'sha256', 'sha512', 7)),
    ('hashAlgorithm', ('sha-256',)), ('version', (None, True, [])),
    ('description', (False,)), ('name', ('mr_seam', 'not mr_td', 5)),
    ('vendor', ('AMD',)), ('model', ('SEV-SNP',)),
    ('mr_td_mask', ('00' * 48, ['ff' * 48])), ('maskMrTd', ('ff' * 48,)))
# And with those that change nothing.
RIGHT = (
    ('enabled', True), ('isEnabled', True), ('active', 'true'),
    ('platform', 'tdx'), ('Platform', 'Metal-QEMU-TDX-GPU'), ('tee', 'tdx'),
    ('tee_type', 129), ('teeType', '0x81'), ('attester_type', 'TDX'),
    ('x-ms-attestation-type', 'tdxvm'), ('x-ms-compliance-status', 'ok'),
    ('status', 'released'), ('type', 'measurement'), ('alg', 'sha384'),
    ('algorithm', 'SHA-384'), ('version', '2.1'), ('version', 3),
    ('description', 'not the old one'), ('Comment', 'x'), ('url', 'https://x'),
    ('source_url', 'x'), ('commit', 'abc'), ('date', '2020-01-01'),
    ('name', 'OVMF'), ('vendor', 'Intel'), ('firmware', 'OVMF.fd'),
    ('$schema', 'https://x'), ('#note', 'x'), ('_comment', True),
    ('rtmr0', OTHER), ('rtmr_1', [OTHER]), ('RTMR2', OTHER),
    ('Rtmrs', [OTHER] * 4), ('mr_seam', '00' * 48), ('MrSeam', OTHER),
    ('xfam', 'e702060000000000'), ('tdx_xfam', 'e7'), ('tdx_seamsvn', 3),
    ('td_attributes', {'debug': False}), ('tdx_is_debuggable', False),
    ('tdx_td_attributes_debug', False), ('attester_tcb_status', 'OutOfDate'),
    ('tee_tcb_svn', '01'), ('report_data', ''), ('mr_config_id', '00'),
    ('tdvfkernelparams', ['quiet']), ('snp_launch_measurement', ['x']),
    ('iat', 1), ('iss', 'x'), ('jti', 'x'), ('eat_profile', 'x'),
    ('rvps:///github.com/o/tdx/kernel:0.21.0', 'x'), ('revoked', False),
    ('my_digest', '0123456789abcdef'), ('other-digests', ['5a' * 32] * 2),
    ('nothing', []), ('nothing', {}), ('os_image_hash', OTHER),
    ('rtmr0_log', [['00', '11']]), ('sha384', OTHER), ('size', 5))
ENDS = ('expiration', 'expires', 'expires_at', 'Expiry', 'not_after',
        'notAfter', 'valid_until', 'validUntil', 'valid-to', 'exp',
        'expiration_date')
STARTS = 'not_before', 'notBefore', 'nbf', 'validFrom'
# Not times of anything that is known.
UNKNOWN_TIMES = ('ttl', 'deadline', 'best_before', 'until', 'eol', 'endDate',
                 'good_through', 'lifetime', 'max_age')


class MembersCase(TestCase):
    def setUp(self):
        super().setUp()
        self.image = images.image()
        self.write('fw', self.image)
        self.value = mrtd(self.image)
        self.sha256 = hashlib.sha256(self.image.data).hexdigest()
        self.chance = random.Random(SEED)

    def verify(self, document, *args):
        self.write('doc', json.dumps(document).encode())
        return calc('reference', '--verify', 'doc', '--vmm', 'spec', *args,
                    'fw')

    def check_against(self, document, *args):
        self.write('doc', json.dumps(document).encode())
        return calc('check', 'fw', '--against', 'doc', *args)

    def asked(self, document, *args):
        """What each of the two says, and whether it is --verify."""
        for ask in self.part((self.verify, self.check_against)):
            yield ask(document, *args), ask == self.verify

    def accept(self, document, *args):
        with self.subTest(document=document):
            for result, by_verify in self.asked(document, *args):
                self.assertEqual(result.status, 0, result)
                if by_verify:
                    # Registers are not compared, which is said.
                    self.check(result.without('reference-unchecked'), 0,
                               'fw: OK (spec)\n')

    def reject(self, document, why='', *args, status=3):
        """In both modes, with a reason."""
        with self.subTest(document=document):
            for result, by_verify in self.asked(document, *args):
                self.assertEqual(result.status, status, result)
                if not by_verify:
                    continue
                self.assertNotIn(b'OK', result.stdout)
                # A policy of quote appraisal has tables and reasons of its
                # own.
                self.assertIn(
                    '$.policy_array' if why.startswith('the member "')
                    and 'policy_array' in document else why, result.lines[0])


class Plain(MembersCase):
    def bases(self):
        """Documents, and the paths to their objects that are on the way to
        the value, the innermost first."""
        v = self.value
        yield {'mr_td': [v]}, ((),)
        yield {'mrtd': v}, ((),)
        yield {'mrtd': {'value': v}}, (('mrtd',), ())
        yield {'MRTD': {'reference': [v]}}, (('MRTD',), ())
        yield {'name': 'mr_td', 'value': [v]}, ((),)
        yield {'version': '0.1.0', 'name': 'mr_td', 'expiration': LATE,
               'hash-value': [{'alg': 'sha384', 'value': v}]}, ((),)
        yield ({'reference_values': {'measurements': [{'tdx_mrtd': v}]}},
               (('reference_values', 'measurements', 0),
                ('reference_values',), ()))
        yield ({'ReferenceValues': {'tdx': [{'MrTd': v}]}},
               (('ReferenceValues', 'tdx', 0), ('ReferenceValues',), ()))
        yield ({'policy_array': [{'environment': {'class_id': TD15},
                                  'reference': {'tdx_mrtd': v}}]},
               (('policy_array', 0, 'reference'), ('policy_array', 0), ()))
        yield ({'tdx': {'quote': {'body': {'mr_td': v}}}},
               (('tdx', 'quote', 'body'), ('tdx', 'quote'), ('tdx',), ()))

    @staticmethod
    def put(document, path, key, value):
        copy = json.loads(json.dumps(document))
        node = copy
        for part in path:
            node = node[part]
        if key in node:
            return None
        node[key] = value
        return copy

    def everywhere(self):
        for document, paths in self.bases():
            for path in paths:
                yield document, path

    def test_as_they_are(self):
        for document, _ in self.bases():
            self.accept(document)

    def test_names_that_nobody_knows(self):
        """Whatever they are called, and whatever they say."""
        sites = list(self.everywhere())
        heads = '', 'is', 'tdx_', 'mrtd_', 'x-', 'mr_td.', 'has_'
        for _ in self.part(range(CHANCES)):
            document, path = self.chance.choice(sites)
            letters = ''.join(self.chance.choices('qzxwvkj', k=5))
            key = self.chance.choice(heads) + self.chance.choice(
                (letters, letters.title(), letters.upper()))
            changed = self.put(document, path, key, self.chance.choice(WORDS))
            self.reject(changed, f'the member "{key}" ')

    def test_lists_and_objects(self):
        """Beside a value they are not known either; around it they are of
        something else."""
        for document, paths in self.bases():
            for key in self.part(('disabled', 'not', 'revoked_fields')):
                self.reject(self.put(document, paths[0], key, ['mr_td']))
            is_deep = paths[-1] != paths[0] and not {
                'mrtd', 'MRTD'} & set(document)
            for value in self.part(({'x': 1}, ['mr_td'], [False], [[]],
                                    {'mr': []})):
                self.reject(self.put(document, paths[0], 'qzx', value),
                            'the member "qzx" beside it ')
                changed = self.put(document, paths[-1], 'qzx', value)
                if is_deep:
                    self.accept(changed)
                else:
                    self.reject(changed, 'the member "qzx" beside it ')

    def test_known_with_other_values(self):
        sites = list(self.everywhere())
        for key, values in WRONG:
            for value in self.part(values):
                document, path = self.chance.choice(sites)
                changed = self.put(document, path, key, value)
                if changed:
                    self.reject(changed)
                self.reject({'mr_td': [self.value], key: value})

    def test_known(self):
        sites = [site for site in self.everywhere()
                 if 'policy_array' not in site[0]
                 and not {'mrtd', 'MRTD'} & set(site[1])]
        for key, value in RIGHT:
            for document, path in self.part((
                    ({'mr_td': [self.value]}, ()),
                    self.chance.choice(sites))):
                changed = self.put(document, path, key, value)
                if changed:
                    self.accept(changed)

    def test_flattened(self):
        v = self.value
        self.accept({'tdx.quote.body.mr_td': v, 'tdx.quote.body.rtmr_0': 'x',
                     'tdx.quote.header.version': '4', 'ear.status': 'x',
                     'tdx.td_attributes.debug': False, 'x-ms-ver': '1.0',
                     'x-ms-azurevm-debuggersdisabled': True})
        for key in ('tdx.quote.body.enabled', 'tdx.quote.body.qzx', 'ear.qzx',
                    'tdx.quote.header.expires', 'x-ms-qzx', 'tdx.qzx',
                    'tdx.quote.qzx', 'policy/qzx', '/qzx', 'rvps://qzx'):
            for value in self.part((False, 1, 'x', '2020')):
                self.reject({'tdx.quote.body.mr_td': v, key: value})
        # A family of claims has none that says no.
        for family in ('ear.veraison.', 'x-ms-azurevm-', 'tdx.td_attributes.',
                       'tdx.ccel.'):
            for word in 'revoked', 'denied', 'not_trusted', 'is-deprecated':
                self.reject({'tdx.quote.body.mr_td': v, family + word: True})
            self.accept({'tdx.quote.body.mr_td': v, family + 'qzx': True})

    def test_one_or_several(self):
        data = base64.b64encode(bytes.fromhex(self.value)).decode()
        for name, body in itertools.product(
                ('td_quote_body_policy', 'tdQuoteBodyPolicy'),
                ({'mr_td': data}, {'mrTd': data}, {'any_mr_td': [data]},
                 {'anyMrTd': [data]})):
            self.accept({'policy': {name: body}})
            (key, value), = body.items()
            other = [value] if isinstance(value, str) else value[0]
            self.reject({'policy': {name: {key: other}}})
        self.accept({'ReferenceValues': {'tdx': [{'MrTd': self.value}]}})
        self.reject({'ReferenceValues': {'tdx': [{'MrTd': [self.value]}]}})

    def test_bytes_of_something(self):
        """Words, dates and numbers are not."""
        def document(value):
            return {'mr_td': [self.value], 'qzx': value}
        data = base64.b64encode(bytes(range(64))).decode()
        for good in ('0123456789abcdef', '5a' * 32, '00' * 16, data,
                     base64.urlsafe_b64encode(bytes(range(200, 256))).decode(),
                     ['5a' * 47, data, '5a' * 49], []):
            self.accept(document(good))
        for bad in ('0123456789abcde', '1577836800000000000', '20200101000000',
                    '00' * 15, 'q' * 100, 'do-not-use-this-' * 5,
                    data[:63], data[:-1] + ' ', ["5a" * 32, 1], [["5a" * 32]],
                    'REVOKED_' * 8):
            self.reject(document(bad))
        for name in ('mr_td_mask', 'Masked', 'x-masking', 'bitmask', 'BitMask',
                     'unmasked', 'mr_td_bitmasks'):
            for size in self.part((16, 32, 48, 64)):
                self.reject({'mr_td': [self.value], name: '00' * size})

    def test_bytes_of_the_size_of_an_mrtd(self):
        """Might be the one that counts instead, whatever they are called."""
        other = bytes(range(100, 148))
        sites = list(self.everywhere())
        names = ('replaced_by', 'replacedBy', 'successor',
                 'new_mr_td', 'next', 'latest', 'qzx', 'Digest', 'update-to',
                 'revoked', 'revoked_for', 'mr_td_revoked_for', 'not_mr_td',
                 'mr_td_superseded_by', 'superseding_mr_td', 'newer_mrtds')
        for name in names:
            document, path = self.chance.choice(sites)
            spelled = (other.hex(), other.hex().upper(),
                       base64.b64encode(other).decode(),
                       base64.urlsafe_b64encode(other).decode())
            for value in self.part(spelled):
                for changed in ({'mr_td': [self.value], name: value},
                                {'mr_td': [self.value], name: ['5a' * 32,
                                                               value]},
                                self.put(document, path, name, value)):
                    self.reject(changed)
        # Which are forbidden is understood, and a matter of their values.
        for name in 'revoked_mrtds', 'deniedMrTd', 'forbidden-tdx-mr-tds':
            document = {'mr_td': [self.value], name: [other.hex()]}
            self.assertEqual(self.verify(document).status, 0, document)
            self.reject({**document, name: [self.value]})
            self.reject({**document, name: other.hex()})

    def test_switches(self):
        for value in False, None, 1:
            self.reject({'mr_td': [self.value], 'mrtd': value})

    def test_lists_around(self):
        v = {'mr_td': [self.value]}
        self.accept([v])
        self.accept([[v], {'x': 1}])
        for item in 'not', '!=', False, 1, None:
            self.reject([item, v], 'neither objects')
            self.reject([v, item], 'neither objects')
        for item in 1, None, [], {'x': 1}, False:
            self.reject({'mr_td': [self.value, item]},
                        'something else than strings')

    def test_times(self):
        now = '--time', '2026-06-01T00:00:00Z'
        seconds = 1780272000
        for key, (document, path) in itertools.product(
                ENDS + STARTS, (({'mr_td': [self.value]}, ()),
                                ({'reference_values': {'mrtd': self.value}},
                                 ()))):
            ends = key in ENDS
            for late, value in self.part((
                    (False, '2026-05-31T23:59:59Z'), (False, seconds - 1),
                    (True, '2026-06-01T00:00:01Z'), (True, seconds + 1),
                    (False, '2020-01-01T00:00:00+01:00'), (True, LATE))):
                changed = self.put(document, path, key, value)
                if late == ends and (key != 'exp' or value != 0):
                    self.accept(changed, *now)
                else:
                    result = self.verify(changed, *now)
                    self.assertEqual(result.status, 1, (changed, result))
            for value in self.part((
                    '2020', 'never', '', None, True, 1.5, [LATE], {},
                    1577836800000, '1577836800')):
                self.reject(self.put(document, path, key, value))
        for key in UNKNOWN_TIMES:
            self.reject({'mr_td': [self.value], key: LATE})
        # A JWT is valid before its exp, the others until their second ends.
        for key, status in ('exp', 1), ('not_after', 0):
            self.assertEqual(self.verify({'mr_td': [self.value], key: seconds},
                                         *now).status, status)

    def test_real_ones(self):
        """The shapes that projects publish."""
        v = self.value
        for document in (
                # confidential-containers/reference-values
                {'rvps:///github.com/confidential-containers/tdx/'
                 'kernel:0.21.0': OTHER,
                 'rvps:///github.com/confidential-containers/tdx/'
                 'mr_td:0.21.0': v},
                # Trustee: the default policy; RVPS before and after 0.14
                {'mr_td': [v], 'rtmr_1': [OTHER], 'rtmr_2': [OTHER],
                 'tdvfkernel': [OTHER], 'tdvfkernelparams': ['console=hvc0'],
                 'xfam': ['e702060000000000'],
                 'snp_launch_measurement': ['00'], 'snp_bootloader': [3],
                 'snp_smt_enabled': True},
                {'version': '0.1.0', 'name': 'mr_td', 'expiration': LATE,
                 'value': [v]},
                [{'version': '0.1.0', 'name': 'mr_td', 'expiration': LATE,
                  'value': v}],
                {'version': '0.1.0', 'name': 'mr_td', 'expiration': LATE,
                 'hash-value': [{'alg': 'sha384', 'value': v}]},
                # Intel Trust Authority
                {'appraisal': {'method': 'default'}, 'attester_type': 'TDX',
                 'attester_tcb_status': 'UpToDate', 'dbgstat': 'disabled',
                 'attester_advisory_ids': ['INTEL-SA-00837'],
                 'exp': 4000000000, 'iat': 1, 'nbf': 1, 'iss': 'https://x',
                 'jti': 'x', 'ver': '2.0.0', 'intuse': 'generic',
                 'eat_profile': 'https://x', 'policy_ids_matched': [
                     {'id': 'x', 'version': 'v1'}],
                 'verifier_instance_ids': ['x'],
                 'tdx': {'tdx_mrtd': v, 'tdx_rtmr0': OTHER,
                         'tdx_is_debuggable': False, 'tdx_seamsvn': 5,
                         'tdx_td_attributes_septve_disable': True,
                         'tdx_xfam': 'e700060000000000', 'tdx_report_data': '',
                         'tdx_collateral': {'qeidcerthash': 'x'}}},
                # Trustee's claims
                {'tdx': {'quote': {'header': {'version': '0400',
                                              'tee_type': '81000000'},
                                   'body': {'mr_td': v, 'rtmr_0': OTHER,
                                            'xfam': 'e7', 'report_data': ''}},
                         'td_attributes': {'debug': False}, 'ccel': {},
                         'tcb_status': 'UpToDate', 'advisory_ids': []},
                 'init_data': None, 'report_data': None},
                # Contrast's manifest
                {'Policies': {'x': {'SANs': ['a']}},
                 'ReferenceValues': {'snp': [], 'tdx': [
                     {'Platform': 'Metal-QEMU-TDX', 'MrTd': v,
                      'MrSeam': OTHER, 'Rtmrs': [OTHER] * 4, 'CPUs': 1,
                      'Xfam': 'e702060000000000', 'TdAttributes': '00' * 8,
                      'MinimumQeSvn': 0, 'MinimumPceSvn': 0,
                      'MinimumTeeTcbSvn': '00' * 16}]},
                 'WorkloadOwnerKeyDigests': ['x'],
                 'SeedshareOwnerPubKeys': ['x']},
                {'ReferenceValues': {'snp': [{'ProductName': 'Milan'}], 'tdx': [
                    {'Platform': 'Metal-QEMU-TDX-GPU', 'MrTd': v,
                     'MinTCBEvaluationDataNumber': 17, 'MrSeam': OTHER,
                     'Rtmrs': [OTHER] * 4, 'Xfam': 'e702060000000000',
                     'AllowedPIIDs': ['aa' * 16], 'MemoryIntegrity': True,
                     'SMTDisabled': False, 'StaticPlatform': False}]}},
                # dstack
                {'ovmf_variant': 'x', 'mrtd': v, 'rtmr0': OTHER,
                 'rtmr0_log': [OTHER], 'rtmr1_log': [['x']]},
                {'version': 3, 'image': {'cmdline_sha384': OTHER},
                 'tdvf': {'ovmf': 'x', 'mrtd': {'single_pass': v},
                          'td_hob': 'x'}}):
            self.accept(document)

    def test_what_a_td_reported(self):
        """Is for check; and stays so when the token that says so has ended."""
        body = {'mr_td': self.value, 'rt_mr0': OTHER, 'td_attributes': '00'}
        for document in (
                {'eat_profile': 'x', 'iat': 1, 'exp': 1000, 'nbf': 1,
                 'iss': 'x', 'ear.verifier-id': {'build': 'x'}, 'submods': {
                     'cpu0': {'ear.status': 'affirming',
                              'ear.veraison.annotated-evidence': {
                                  'tdx': {'quote': {'body': body}}}}}},
                {'report': {'TD10': body}, 'status': 'OutOfDate',
                 'advisory_ids': [], 'ppid': 'x', 'qe_status': {}},
                {'report': {'TD15': {'base': body, 'tee_tcb_svn2': '00',
                                     'mr_service_td': OTHER}},
                 'status': 'UpToDate'},
                {'header': {'version': 4}, 'tdQuoteBody': {
                    'mrTd': base64.b64encode(bytes.fromhex(
                        self.value)).decode(), 'rtmrs': ['x']},
                 'signedDataSize': 5},
                {'tcb_info': {'mrtd': self.value, 'mr_aggregated': OTHER,
                              'event_log': [{'imr': 0}], 'app_compose': '{'},
                 'instance_id': 'x'}):
            with self.subTest(document=document):
                self.assertEqual(self.verify(document).status, 3)
                self.assertEqual(calc('check', 'fw', '--against',
                                      'doc').status, 0)

    def test_stores_of_rvps(self):
        def stored(**more):
            value = {'version': '0.1.0', 'name': 'mr_td', 'expiration': LATE,
                     'value': [self.value], **more}
            text = json.dumps({k: x for k, x in value.items()
                               if x is not None})
            return base64.urlsafe_b64encode(text.encode()).decode()
        self.accept({'mr_td': stored()})
        self.accept({'mr_td': stored().rstrip('='), 'rtmr_1': stored(
            name='rtmr_1', value=[OTHER])})
        for more in ({'name': 'mr_seam'}, {'name': None}, {'revoked': True},
                     {'qzx': 1}, {'version': None, 'alg': 'md5'},
                     {'value': ['x']}, {'expiration': 'never'},
                     {'version': '0.2.0'}, {'version': 1},
                     {'expiration': None}):
            self.reject({'mr_td': stored(**more)})
        self.reject({'revoked': {'mr_td': stored()}})
        self.assertEqual(self.verify({'mr_td': stored(
            expiration='2020-01-01T00:00:00Z')}).status, 1)

    def test_hash_values(self):
        def document(pairs, **more):
            return {'version': '0.1.0', 'name': 'mr_td', 'expiration': LATE,
                    'hash-value': pairs, **more}
        v = self.value
        self.accept(document([{'alg': 'sha384', 'value': v}]))
        self.accept({'mr_td': document([{'alg': 'SHA-384', 'value': v}])})
        for pairs in (
                [{'alg': 'sha256', 'value': v}], [{'alg': 'md5', 'value': v}],
                [{'value': v}], [v], v, {'value': v}, [[v]], [], [{}],
                [{'alg': 'sha384', 'value': [v]}],
                [{'alg': 'sha384', 'value': v, 'qzx': 1}],
                [{'alg': None, 'value': v}], [{'alg': 'sha384', 'value': v}, v],
                [{'alg': 'sha384', 'reference': v}]):
            self.reject(document(pairs))
            self.reject({'mr_td': {'hash-value': pairs}})

    def test_messages_of_rvps(self):
        payload = base64.b64encode(json.dumps(
            {'mr_td': [self.value], 'other.key': ['x']}).encode()).decode()
        message = {'version': '0.1.0', 'type': 'sample', 'payload': payload}
        self.accept(message)
        self.accept({'type': 'sample', 'payload': payload})
        for key, value in (('version', None), ('version', 1), ('version', ''),
                           ('qzx', 1), ('enabled', False), ('tee', 'snp')):
            self.reject({**message, key: value})
        # Trustee reads a map of names and values from it.
        for value in ([{'mr_td': [self.value]}], [], [[{'mr_td': self.value}]],
                      self.value, [self.value], None):
            self.reject({**message, 'payload': base64.b64encode(json.dumps(
                value).encode()).decode()}, ' not ')


class ProtoJson(MembersCase):
    """Policies of go-tdx-guest in JSON, by the table of their fields."""
    SIZES = {'minimum_tee_tcb_svn': 16, 'mr_seam': 48, 'td_attributes': 8,
             'xfam': 8, 'mr_config_id': 48, 'mr_owner': 48,
             'mr_owner_config': 48, 'report_data': 64, 'mr_service_td': 48}

    def setUp(self):
        super().setUp()
        self.base64 = self.coded(bytes.fromhex(self.value))

    @staticmethod
    def coded(data):
        return base64.b64encode(data).decode()

    @staticmethod
    def camel(name):
        first, *rest = name.split('_')
        return first + ''.join(part.title() for part in rest)

    def spelled(self, name):
        return self.chance.choice((name, self.camel(name)))

    def policy(self, **more):
        body = {self.spelled('mr_td'): self.base64, **more}
        return {self.spelled('td_quote_body_policy'): body}

    def test_right(self):
        body = {self.spelled(name): self.coded(bytes(range(size)))
                for name, size in self.SIZES.items()}
        body[self.spelled('rtmrs')] = [self.coded(bytes(48))] * 4
        body[self.spelled('enable_td_debug_check')] = True
        policy = self.policy(**body)
        policy[self.spelled('header_policy')] = {
            self.spelled('minimum_qe_svn'): 65535,
            self.spelled('qe_vendor_id'): self.coded(bytes(16)).rstrip('=')}
        self.accept(policy)
        self.accept({'policy': policy})
        self.accept({'policy': policy, self.spelled('root_of_trust'): {
            self.spelled('cabundle_paths'): ['x'],
            self.spelled('check_crl'): True}})
        self.accept(self.policy(rtmrs=[], mr_seam=''))
        self.accept(self.policy(any_mr_td=[self.base64] * 2))

    def test_values(self):
        bad = [(name, value) for name, size in self.SIZES.items()
               for value in (5, None, True, [], {}, '5', '=', self.coded(
                   bytes(size - 1)), self.coded(bytes(size + 1)),
                   bytes(range(size)).hex(), [self.coded(bytes(size))])]
        bad += [('rtmrs', value) for value in (
            self.coded(bytes(48)), [self.coded(bytes(48))] * 3, [5] * 4,
            [self.coded(bytes(48))] * 5, [self.coded(bytes(47))] * 4)]
        bad += [('enable_td_debug_check', value)
                for value in ('true', 1, 0, None, [])]
        bad += [('any_mr_td', value) for value in (
            [self.coded(bytes(48))], [self.base64, self.coded(bytes(48))],
            self.base64, [''], None)]
        for name, value in self.part(bad):
            self.reject(self.policy(**{self.spelled(name): value}))
        for name in 'minimum_qe_svn', 'minimum_pce_svn':
            for value in self.part((-1, 65536, '5', 1.5, None, True, [1])):
                self.reject({**self.policy(), self.spelled('header_policy'): {
                    self.spelled(name): value}})
        for value in 5, [], 'x', None:
            self.reject({**self.policy(), 'headerPolicy': value})
            self.reject({'policy': self.policy(), 'rootOfTrust': value})

    def test_names(self):
        """None that is not known, at any level, and none twice."""
        for key in ('qzx', 'description', 'Mr_Seam', 'MrSeam', 'mr-seam',
                    'mr_Seam', 'comment', '#note', '_note', 'version', 'name',
                    'policy', 'rtmr0', 'mrseam'):
            for value in self.part(('x', OTHER, self.coded(bytes(48)))):
                self.reject(self.policy(**{key: value}))
                self.reject({**self.policy(), key: value})
                self.reject({'policy': self.policy(), key: value})
                self.reject({'policy': {**self.policy(), key: value}})
        for name in self.SIZES:
            value = self.coded(bytes(self.SIZES[name]))
            if name != self.camel(name):
                self.reject(self.policy(**{name: value,
                                           self.camel(name): value}))
        self.reject({'tdQuoteBodyPolicy': {'mrTd': self.base64},
                     'td_quote_body_policy': {}})
        for document in ([self.policy()], {'reference': self.policy()},
                         {'policy': {'policy': self.policy()}},
                         {'policy': [self.policy()]}, [[self.policy()]]):
            self.reject(document)


class Appraisal(MembersCase):
    """Intel's policies of quote appraisal."""

    def document(self, reference, class_id=TD15):
        return {'policy_array': [{'environment': {'class_id': class_id},
                                  'reference': reference}]}

    def test_classes(self):
        reference = {'tdx_mrtd': self.value}
        for class_id in TD15, TD10:
            self.accept(self.document(reference, class_id))
        for class_id in ('', ' ' + TD15, TD15 + ' ', TD15.upper(), TD15[:-1],
                         '00000000-0000-0000-0000-000000000000', None, 5,
                         [TD15], 'bef7cb8c-31aa-42c1-854c-10db005d5c41',
                         TD15[:-1] + '9'):
            self.reject(self.document(reference, class_id), 'class_id')
        for entry in ({'reference': reference}, {'class_id': TD15,
                                                 'reference': reference},
                      {'environment': [{'class_id': TD15}],
                       'reference': reference}):
            self.reject({'policy_array': [entry]})

    def test_places(self):
        v = self.value
        environment = {'class_id': TD15}
        for reference in ({'mr_td': v}, {'mrtd': v}, {'tdx_mrtd': [v]},
                          {'tdx_mrtd': {'value': v}}, {'tdx_mrtd': [[v]]},
                          {'reference': {'tdx_mrtd': v}}, [{'tdx_mrtd': v}],
                          {'MRTD': v}, {'name': 'tdx_mrtd', 'value': v}):
            self.reject(self.document(reference))
        for document in (
                {'policy_array': [{'environment': environment,
                                   'tdx_mrtd': v}]},
                {'policy_array': {'environment': environment,
                                  'reference': {'tdx_mrtd': v}}},
                {'policy_array': [[{'environment': environment,
                                    'reference': {'tdx_mrtd': v}}]]},
                {'policy_array': [{'environment': environment, 'expected': {
                    'tdx_mrtd': v}}]}):
            self.reject(document)
        # Others of a platform's beside it; but none for TDs without an MRTD.
        good = self.document({'tdx_mrtd': v, 'tdx_attributes': '00' * 8,
                              'tdx_attributes_mask': 'FF' * 8})
        other = {'environment': {
            'class_id': '3123ec35-8d38-4ea5-87a5-d6c48b567570'},
            'reference': {'accepted_tcb_status': ['UpToDate']}}
        good['policy_array'].append(other)
        self.accept(good)
        for reference in {}, {'tdx_rtmr0': OTHER}:
            bad = self.document({'tdx_mrtd': v})
            bad['policy_array'].append({'environment': environment,
                                        'reference': reference})
            self.reject(bad, 'asks for no MRTD')

    def test_forms(self):
        """A member of another form, also of another policy for TDs."""
        sizes = {'tdx_attributes': 8, 'tdx_attributes_mask': 8, 'tdx_xfam': 8,
                 'tdx_xfam_mask': 8, 'tdx_mrconfigid': 48, 'tdx_mrowner': 48,
                 'tdx_mrownerconfig': 48, 'tdx_rtmr0': 48, 'tdx_rtmr3': 48}
        self.accept(self.document({'tdx_mrtd': self.value, **{
            name: 'aF' * size for name, size in sizes.items()}}))
        bad = [(name, value) for name, size in sizes.items() for value in (
            5, None, True, '', [], ['00' * size], {}, '00' * (size - 1),
            '00' * (size + 1), '0x' + '00' * (size - 1), 'g' * 2 * size,
            {'value': '00' * size})]
        bad += [(name, '00' * 48) for name in (
            'qzx', 'TDX_RTMR0', 'rtmr0', 'mr_td', 'tdx_mrtd_mask', 'tdx_mrtd2',
            'description', 'tdx_bitmask', '#tdx_mrtd', '_x')]
        for name, value in self.part(bad):
            document = self.document({'tdx_mrtd': self.value, name: value})
            self.reject(document)
            document['policy_array'].insert(0, self.document(
                {'tdx_mrtd': self.value})['policy_array'][0])
            self.reject(document)

    def test_environments(self):
        good = self.document({'tdx_mrtd': self.value})
        good['policy_array'][0]['environment']['description'] = 'TD'
        self.accept(good)
        for key, value in (
                ('vendor', 'AMD'), ('vendor', 'ACME'), ('vendor', 5),
                ('vendor', None), ('model', 'SEV-SNP'), ('layer', 0),
                ('instance', OTHER), ('enabled', False), ('qzx', OTHER),
                ('description', 5), ('platform', 'tdx'), ('x', {})):
            bad = self.document({'tdx_mrtd': self.value})
            bad['policy_array'][0]['environment'][key] = value
            self.reject(bad)

    def test_without_the_array(self):
        policy, = self.document({'tdx_mrtd': self.value})['policy_array']
        for document in (policy, [policy], [[policy]], {'policy': policy},
                         {'reference_values': [policy]},
                         [self.document({'tdx_mrtd': self.value})],
                         {'policy': {'policy_array': [policy]}},
                         {'policy_array': {'policy_array': [policy]}}):
            self.reject(document)

    def test_written(self):
        """reference writes only what it reads."""
        for class_id, name in (TD15, '1.5'), (TD10, '1.0'):
            made = calc('reference', '--format', 'dcap-policy', '--class-id',
                        class_id, 'fw').text
            self.assertIn(f'TCB {name}"', made)
            self.accept(json.loads(made))
        self.refused(calc('reference', '--format', 'dcap-policy', '--class-id',
                          TD15[:-1] + '9', 'fw'), 2)
        self.write('m', json.dumps({
            'schema': 'mrtd-calc/manifest/1', 'release': 'r',
            'class_id': TD15[:-1] + '9', 'components': [{
                'component': 'c', 'file': 'fw',
                'formats': ['dcap-policy']}]}).encode())
        result = calc('reference', '--release', 'm', '--out-dir', 'out')
        self.refused(result, 3)
        self.assertIn('"class_id": a dcap-policy has', result.lines[0])


class Statements(MembersCase):
    """in-toto, with the predicate type SCAI."""

    def changed(self, change):
        document = json.loads(calc('reference', '--format', 'in-toto',
                                   'fw').text)
        change(document, document['predicate']['attributes'][0])
        return document

    def test_changed(self):
        digest = {'sha256': self.sha256}
        other = {'sha256': '00' * 32}
        for good in (
                lambda d, a: None, lambda d, a: a['conditions'].pop('vmm'),
                lambda d, a: a.update(target={'name': 'fw', 'digest': digest}),
                lambda d, a: a.update(evidence={'uri': 'x'}),
                lambda d, a: d['predicate'].update(producer={'uri': 'x'}),
                lambda d, a: d['subject'].append({'digest': {'sha1': '0'}})):
            document = self.changed(good)
            result = self.verify(document)
            self.assertEqual((result.status, result.stdout),
                             (0, b'fw: OK (spec)\n'), (document, result))
        for bad, why in (
                (lambda d, a: d.pop('_type'), '"_type"'),
                (lambda d, a: d.update(_type=STATEMENT + '.1'), '"_type"'),
                (lambda d, a: d.update(_type=STATEMENT[:-1] + '0.1'), '_type'),
                (lambda d, a: d.update(_type=None), '"_type"'),
                (lambda d, a: d.pop('predicateType'), '"predicateType"'),
                (lambda d, a: d.update(predicateType=SCAI + '1'), 'predicateT'),
                (lambda d, a: d.update(predicateType=SCAI[:-1] + '2'), 'pred'),
                (lambda d, a: d.update(predicateType=[SCAI]), 'predicateType'),
                (lambda d, a: d.pop('subject'), 'not a list of files'),
                (lambda d, a: d.update(subject=[]), 'not a list of files'),
                (lambda d, a: d.update(subject=d['subject'][0]), 'not a list'),
                (lambda d, a: d.update(subject=None), 'not a list of files'),
                (lambda d, a: d.update(subject=['fw']), 'has no digests'),
                (lambda d, a: d['subject'][0].update(digest={}), 'no digests'),
                (lambda d, a: d['subject'][0].update(digest=self.sha256),
                 'of another form'),
                (lambda d, a: d['subject'][0].pop('digest'), 'has no digests'),
                (lambda d, a: d['subject'][0].update(digest={'md5': '00'}),
                 'has a digest that is computed here'),
                (lambda d, a: a.pop('attribute'), 'its "attribute" is not'),
                (lambda d, a: a.update(attribute='TDX_MRTD2'), '"attribute"'),
                (lambda d, a: a.update(attribute=None), '"attribute"'),
                (lambda d, a: a.update(attribute=['TDX_MRTD']), '"attribute"'),
                (lambda d, a: a.update(target={'digest': other}), '"target"'),
                (lambda d, a: a.update(target={'digest': {}}), '"target"'),
                (lambda d, a: a.update(target={'digest': {
                    **digest, 'md5': '0'}}), '"target"'),
                (lambda d, a: a.update(target='fw'), '"target"'),
                (lambda d, a: a.update(target={'uri': 'x'}), '"target"'),
                (lambda d, a: a.update(conditions=[a['conditions']]),
                 'only in the "conditions"'),
                (lambda d, a: a.update(mrtd=a['conditions'].pop('mrtd')), ''),
                (lambda d, a: d['predicate'].update(attributes=a), ''),
                (lambda d, a: d['predicate'].update(
                    mrtd=a['conditions'].pop('mrtd')), ''),
                (lambda d, a: a['conditions'].update(vmm='spec'), 'list'),
                (lambda d, a: a['conditions'].update(vmm=[]), 'not a list'),
                (lambda d, a: a['conditions'].update(vmm=None), 'a list'),
                (lambda d, a: a['conditions'].update(vmm=[5]), 'not text'),
                (lambda d, a: a['conditions'].update(vmm={'spec': 1}),
                 'not a list'),
                (lambda d, a: a['conditions'].update(profile='spec'),
                 'attribute report has'),
                (lambda d, a: a['conditions'].update(MRTD=self.value),
                 'attribute report has'),
                (lambda d, a: a.update(qzx=1), 'SCAI 0.3 does not'),
                (lambda d, a: d['predicate'].update(qzx='x'), 'report has a'),
                (lambda d, a: d.update(qzx=False), 'Statement v1')):
            self.reject(self.changed(bad), why)
        # Another profile, or another file, is told as that.
        for bad in (lambda d, a: a['conditions'].update(vmm=['kvm-v19']),
                    lambda d, a: d['subject'][0].update(digest=other)):
            self.assertEqual(self.verify(self.changed(bad)).status, 1)

    def test_members(self):
        """Those of Statement v1 and SCAI 0.3, and no others, at any level."""
        digest = {'sha256': self.sha256}
        resource = {'name': 'fw', 'uri': 'x', 'digest': digest, 'content': 'eA',
                    'downloadLocation': 'x', 'mediaType': 'x',
                    'annotations': {}}
        places = (lambda d, a: d, lambda d, a: d['subject'][0],
                  lambda d, a: d['predicate'], lambda d, a: a,
                  lambda d, a: a['conditions'],
                  lambda d, a: a.setdefault('target', {'digest': digest}),
                  lambda d, a: a.setdefault('evidence', {'uri': 'x'}),
                  lambda d, a: d['predicate'].setdefault('producer', {}))
        for name, value in (
                ('vmm', ['spec']), ('revoked', True), ('revoked', False),
                ('description', 'x'), ('annotations', {'revoked': 'true'}),
                ('annotations', {'status': 'revoked'}), ('annotations', 'x'),
                ('annotations', [{'revoked': True}]), ('version', '1'),
                ('rtmr0', OTHER), ('#note', 'x'), ('enabled', True)):
            for place in self.part(places):
                def change(d, a, place=place, name=name, value=value):
                    node = place(d, a)
                    # Conditions have these, checked with other values above.
                    node['qzx' if name in node else name] = value
                self.reject(self.changed(change))
        for name in 'target', 'evidence', 'producer', 'subject':
            def change(d, a, more, where=name):
                node = {**resource, **more}
                if where == 'subject':
                    d['subject'] = [node]
                else:
                    (d['predicate'] if where == 'producer' else a)[where] = node
            self.accept(self.changed(lambda d, a, change=change:
                                     change(d, a, {})))
            for key in resource:
                for value in self.part((5, None, [], ['x'], True)):
                    self.reject(self.changed(
                        lambda d, a, key=key, value=value, change=change:
                        change(d, a, {key: value})))

    def test_subjects_of_one_name(self):
        for digest in ({'sha256': '00' * 32}, {'sha256': self.sha256},
                       {'sha1': '0'}):
            for at in 0, 1:
                self.reject(self.changed(
                    lambda d, a, digest=digest, at=at: d['subject'].insert(
                        at, {'name': d['subject'][0]['name'],
                             'digest': digest})), 'same name')

    def test_elsewhere(self):
        document = self.changed(lambda d, a: None)
        for around in ([document], {'statement': document},
                       {'policy': document}, [[document]]):
            self.reject(around)
        self.accept(document['predicate'])
        self.reject([document['predicate']])
        self.reject({**document['predicate'], 'predicateType': SCAI})


class Ours(MembersCase):
    def test_changed(self):
        made = calc('reference', '--format', 'json', 'fw').text

        def changed(change):
            document = json.loads(made)
            file = document['firmware'][0]
            change(document, file, file['values'][0])
            return document
        self.accept(changed(lambda d, f, v: None))
        for bad, why in (
                (lambda d, f, v: d.update(schema='mrtd-calc/reference/2'),
                 'version'),
                (lambda d, f, v: d.update(schema='mrtd-calc/reference/'),
                 'version'),
                (lambda d, f, v: d.update(schema='mrtd-calc/reference/1.1'),
                 'version'),
                (lambda d, f, v: d.update(platform='snp'), '"platform"'),
                (lambda d, f, v: d.update(platform=None), '"platform"'),
                (lambda d, f, v: d.pop('platform'), '"platform"'),
                (lambda d, f, v: f.update(size=str(f['size'])), '"size"'),
                (lambda d, f, v: f.update(size=-1), '"size"'),
                (lambda d, f, v: f.update(size=None), '"size"'),
                (lambda d, f, v: f.update(sha256=None), '"sha256"'),
                (lambda d, f, v: (f.pop('sha256'), f.pop('sha384')),
                 'neither "sha256"'),
                (lambda d, f, v: v.update(vmm='spec'), '"vmm"'),
                (lambda d, f, v: v.update(vmm=[]), '"vmm"'),
                (lambda d, f, v: v.update(vmm=[5]), '"vmm"'),
                (lambda d, f, v: v.update(value=[v['value']]), '"value"'),
                (lambda d, f, v: v.update(register='RTMR0'), 'not an MRTD'),
                (lambda d, f, v: v.update(algorithm='sha-256'), 'not an MRTD'),
                (lambda d, f, v: v.pop('register'), 'not an MRTD'),
                (lambda d, f, v: v.update(mrtd=v['value']), '"mrtd"'),
                (lambda d, f, v: d.update(qzx=1), '"qzx"'),
                (lambda d, f, v: f.update(enabled=False), '"enabled"'),
                (lambda d, f, v: v.update(profile='spec'), '"profile"'),
                (lambda d, f, v: v.update(profiles='x'), '"profiles"')):
            self.reject(changed(bad), why)
        for name in 'check', 'lint', 'diff', 'reference', 'measurement':
            self.reject({'values': [{'schema': f'mrtd-calc/{name}/1',
                                     'mrtd': self.value}]})

    def test_labels(self):
        """A VMM that is known, but launches nothing, is said to be that."""
        made = json.loads(calc('reference', '--format', 'json', 'fw').text)
        for vmm, why in (('x', 'that is not known here'),
                         ('td-shim', 'that launches nothing')):
            made['firmware'][0]['values'][0]['vmm'] = [vmm]
            self.write('doc', json.dumps(made).encode())
            self.refused(
                calc('reference', '--verify', 'doc', 'fw'), 3,
                f'doc: a value of "fw" is said to be of a VMM {why}: "{vmm}"; '
                'check --against takes it [against-label]')

    def test_failed_run(self):
        """Values of a run that failed are not read, wherever its error is."""
        self.write('text', b'hello')
        with open('failed', 'w+', encoding='ascii') as file:
            self.assertEqual(
                calc('--json', 'fw', 'text', stdout=file).status, 3)
            file.seek(0)
            failed = file.read()
        made, error = map(json.loads, failed.splitlines())
        self.assertEqual(error['schema'], 'mrtd-calc/error/1')
        self.accept(made)
        rvps = {'mr_td': [self.value]}
        self.accept(rvps)
        documents = [failed]
        for version in '1', '2', '1.1', '':
            other = {**error, 'schema': f'mrtd-calc/error/{version}'}
            documents += [
                json.dumps(other),
                *('\n'.join(map(json.dumps, them)) for good in (made, rvps)
                  for them in ((good, other), (other, good),
                               (good, other, good))),
                *map(json.dumps, (
                    [rvps, other], [other, rvps], {**rvps, 'x': other},
                    {**rvps, 'x': [{'y': other}]},
                    {'revoked': other, **rvps},
                    {**other, **rvps}, {**other, 'mrtd': self.value},
                    {'version': '0.1.0', 'type': 'sample',
                     'payload': base64.b64encode(json.dumps(
                         {**rvps, 'x': other}).encode()).decode()},
                    {**other, 'version': '0.1.0', 'type': 'sample',
                     'payload': base64.b64encode(json.dumps(
                         rvps).encode()).decode()}))]
        for document in documents:
            self.write('doc', document.encode())
            for args in self.part((
                    ('check', '--against', 'doc', 'fw'),
                    ('check', '--kind', 'json', '--against', 'doc', 'fw'),
                    ('reference', '--verify', 'doc', 'fw'))):
                with self.subTest(document=document, args=args):
                    result = calc(*args)
                    self.assertEqual((result.status, result.stdout), (3, b''))
                    self.assertIn('output of a run that failed',
                                  result.lines[0])
                    self.assertTrue(result.lines[0].endswith(
                        ' [against-failed-run]'))

    def test_types(self):
        """Each member of each object has a type."""
        others = (5, -1, 0.5, True, 'x', None, [], {})

        def objects(node):
            pending = [node]
            while pending:
                node = pending.pop()
                if isinstance(node, dict):
                    yield node
                    pending += node.values()
                elif isinstance(node, list):
                    pending += node
        may_be_null = 'vars', 'payload', 'id', 'version', 'date', 'igvm'
        for made, deep in ((calc('reference', '--format', 'json', 'fw').text,
                            True), (calc('--json', 'fw').text, False)):
            found = list(objects(json.loads(made)))
            for at in range(len(found) if deep else 1):
                for key, value in found[at].items():
                    for other in self.part(others):
                        if type(other) is type(value) or (
                                key in may_be_null and isinstance(
                                    other, (str, dict, type(None)))):
                            continue
                        changed = json.loads(made)
                        list(objects(changed))[at][key] = other
                        self.reject(changed)

    def test_made_with_other_files(self):
        """Such a value is not that of the firmware alone."""
        made = json.loads(calc('--json', 'fw').text)
        for key in 'vars', 'payload', 'file', 'vmm':
            for other in self.part((5, True, [], {}, ['x'])):
                self.reject({**made, key: other})
        for more in {'vars': 'x'}, {'payload': 'x'}, {'vars': 'x',
                                                      'payload': 'x'}:
            self.reject({**made, **more}, status=1)

    def test_measurements(self):
        made = json.loads(calc('--json', 'fw').text)
        self.accept(made)
        for key, value, why in (
                ('schema', 'mrtd-calc/measurement/2', 'version'),
                ('platform', 'snp', '"platform"'), ('values', [], '"values"'),
                ('values', [value_of(OTHER)], '"values"'),
                ('values', made['values'] * 2, '"values"'),
                ('mrtd', OTHER, '"values"'), ('mrtd', '5', '"mrtd"'),
                ('size', '5', '"size"'), ('qzx', 1, '"qzx"'),
                ('enabled', False, '"enabled"')):
            self.reject({**made, key: value}, why)
        del made['sha256'], made['sha384']
        self.reject(made, 'neither "sha256"')


class Patches(MembersCase):
    """RFC 6902: carried out in order, all or none."""

    def test_sequences(self):
        def op(name, path, value=None, **more):
            return {'op': name, 'path': path, **(
                {} if value is None else {'value': value}), **more}
        sets = op('replace', '/MrTd', self.value)
        tdx = op('test', '/Platform', 'Metal-QEMU-TDX')
        for good in ([sets], [tdx, sets], [sets, tdx],
                     [op('add', '/MrTd', self.value)],
                     [op('replace', '/MrSeam', OTHER), sets],
                     [op('replace', '/Rtmrs/0', OTHER), sets,
                      op('test', '/CPUs', 1)],
                     [op('remove', '/MinimumQeSvn'), sets]):
            self.accept([good])
            self.accept(good)
        for more in (
                op('replace', '/MrTd', ''), op('replace', '/MrTd', OTHER),
                op('replace', '/MrTd', self.value), op('add', '/MrTd', ''),
                op('test', '/MrTd', ''), op('test', '/MrTd', self.value),
                op('test', '/MrTd', OTHER), op('remove', '/MrTd'),
                op('replace', '', {}), op('test', '', {}), op('remove', ''),
                op('replace', '/ReferenceValues', {}), op('remove', '/tdx/0'),
                op('move', '/MrSeam', **{'from': '/MrTd'}),
                op('copy', '/MrTd', **{'from': '/MrSeam'}),
                op('copy', '/qzx', **{'from': '/MrSeam'}),
                op('test', '/Platform', 'Metal-QEMU-SNP'),
                op('replace', '/Platform', 'Metal-QEMU-SNP'),
                op('test', '/qzx', 1), op('add', '/Enabled', False),
                op('replace', '/qzx/0', 'x'), op('remove', '/qzx'),
                op('nop', '/MrTd'), op('Test', '/Platform', 'x'),
                {'op': 'test'}, {'path': '/MrTd'}, {'qzx': 1}, 'x', 5, None,
                {**tdx, 'qzx': False}, {**tdx, 'enabled': True}):
            for patch in self.part(([sets, more], [more, sets])):
                self.reject(patch)
                self.reject([patch])
        for patch in ([tdx, [sets]], [[sets], tdx], [[tdx, [[sets]]]],
                      [{**sets, 'qzx': 1}], [op('replace', '/mr_td',
                                                self.value)],
                      [op('replace', '/MrTd', [self.value])], sets,
                      [op('replace', '/MrTd/0', self.value)],
                      [op('replace', 'MrTd', self.value)],
                      [op('replace', '/qzx/MrTd', self.value)],
                      [op('Replace', '/MrTd', self.value)]):
            self.reject(patch)

    def test_never_carried_out(self):
        """By a path that is none or that no entry has, or a value that it
        cannot have: then nothing is set."""
        def op(path, value=OTHER, name='replace', **more):
            return {'op': name, 'path': path, 'value': value, **more}
        for name, around in itertools.product(
                ('replace', 'add'), ('/tdx/01', '/tdx/00', '/tdx/-', '/tdx',
                                     '/ReferenceValues/tdx/007', '/tdx/+1',
                                     '/ReferenceValues/tdx/-', '/tdx/0/0',
                                     '/ReferenceValues/tdx', '/0', '/-',
                                     '/ReferenceValues', '/tdx/1x', '//tdx/0',
                                     '/tdx//0', '/ReferenceValuestdx/0',
                                     '/ReferenceValues/0', '/quote/body')):
            self.reject([op(around + '/MrTd', self.value, name)])
        for around in '', '/tdx/0', '/tdx/10', '/ReferenceValues/tdx/0':
            sets = op(around + '/MrTd', self.value)
            self.accept([sets, op(around + '/Rtmrs/0'),
                         op(around + '/Rtmrs/3'),
                         op(around + '/MrSeam', '', 'test'),
                         op(around + '/AllowedPIIDs/-', 'aa' * 16, 'add'),
                         op(around + '/MemoryIntegrity', True)])
            for bad in (op('/Rtmrs/00'), op('/Rtmrs/4'), op('/Rtmrs/-'),
                        op('/Rtmrs/-', name='add'), op('/Rtmrs/0/0'),
                        op('/Rtmrs/x'), op('/Rtmrs/'), op('/MrSeam/0'),
                        op('/MrSeam/'), op('/mrseam'), op('/mr_seam'),
                        op('/AllowedPIIDs/-', 'aa' * 16),
                        op('/AllowedPIIDs/01', 'aa' * 16),
                        op('/AllowedPIIDs/0', 'aa'), op('/MrSeam', 5),
                        op('/MrSeam', None), op('/MrSeam', ''),
                        op('/MrSeam', '00'), op('/MrSeam', [OTHER]),
                        op('/Xfam', 5), op('/Xfam', 'e7'),
                        op('/Rtmrs', OTHER), op('/Rtmrs', [OTHER] * 3),
                        op('/Rtmrs', [OTHER] * 5), op('/Rtmrs/0', ''),
                        op('/MemoryIntegrity', 'true'), op('/MinimumQeSvn', '1'),
                        op('/MrSeam', name='copy'), op('/MrSeam', name='remove'),
                        {'op': 'replace', 'path': '/MrSeam'},
                        {'op': 'test', 'path': '/Platform'}):
                bad['path'] = around + bad['path']
                for patch in self.part(([sets, bad], [bad, sets])):
                    self.reject(patch, 'the patch has ')
        for one, two in itertools.permutations(('', '/tdx/0', '/tdx/1',
                                                '/ReferenceValues/tdx/0'), 2):
            patch = [op(one + '/Platform', 'Metal-QEMU-TDX', 'test'),
                     op(two + '/MrTd', self.value)]
            if {one, two} != {'/tdx/0', '/tdx/1'}:
                self.reject(patch, 'several entries')

    def test_paths_that_occur_twice(self):
        """Whatever comes of them: no list needs both."""
        sets = {'op': 'replace', 'path': '/MrTd', 'value': self.value}
        operations = [{'op': name, 'path': path, 'value': value}
                      for name in ('test', 'replace', 'add')
                      for path, value in (
                          ('/Platform', 'Metal-QEMU-TDX'),
                          ('/Platform', 'K3s-QEMU-TDX'), ('/MrSeam', OTHER),
                          ('/MrSeam', 'a5' * 48), ('/Rtmrs/1', OTHER),
                          ('/Rtmrs', [OTHER] * 4))]
        for _ in self.part(range(CHANCES)):
            two = self.chance.sample(operations, 2)
            patch = two + [sets]
            self.chance.shuffle(patch)
            one, other = (item['path'] for item in two)
            # What is added to a list of four moves those after it.
            moves = any((item['op'], item['path']) == ('add', '/Rtmrs/1')
                        for item in two)
            if moves or one.startswith(other) or other.startswith(one):
                self.reject(patch, 'the patch has ')
            else:
                self.accept(patch)


class Manifests(MembersCase):
    """Of Contrast."""

    def entry(self, **more):
        return {'Platform': 'Metal-QEMU-TDX', 'MrTd': self.value,
                'MrSeam': OTHER, 'Rtmrs': [OTHER] * 4,
                'Xfam': 'e702060000000000', **more}

    def test_forms(self):
        """One of another form, of any entry, and none is loaded."""
        self.accept({'ReferenceValues': {'tdx': [self.entry()]}})
        bad = [(name, value) for name, size in (
                   ('MrSeam', 48), ('Xfam', 8), ('TdAttributes', 8))
               for value in (5, None, True, [], [OTHER], {}, '5a', '00' * 7,
                             '0x' + '00' * (size - 1), 'g' * 2 * size,
                             ' ' + '0' * (2 * size - 1), '00' * (size + 1))]
        bad += [('Rtmrs', value) for value in (
            OTHER, None, [], [OTHER], [OTHER] * 3, [OTHER] * 5, {'0': OTHER},
            [OTHER] * 3 + [''], [OTHER] * 3 + [5], [OTHER] * 3 + [[OTHER]])]
        bad += [('AllowedPIIDs', value) for value in (
            'aa' * 16, ['x'], ['aa' * 15], [5], 5)]
        bad += [(name, value) for value in ('true', 1, 0, None) for name in (
            'MemoryIntegrity', 'SMTDisabled', 'StaticPlatform')]
        bad += [('MinTCBEvaluationDataNumber', value)
                for value in ('17', -1, 1.5, True)]
        bad += [(name, value) for name in ('mrtd', 'MRTD', 'mrTd', 'Mrtd')
                for value in (OTHER, self.value)]
        for name, value in bad:
            entry = self.entry(**{name: value})
            for document in self.part((
                    {'ReferenceValues': {'tdx': [entry]}}, entry,
                    {'ReferenceValues': {'tdx': [
                        self.entry(),
                        self.entry(**{'MrTd': OTHER, name: value})]}})):
                self.reject(document)
        # What generate leaves to be filled in is not used until it is.
        self.reject(self.entry(MrSeam=''))
        self.assertEqual(self.verify({'ReferenceValues': {'tdx': [
            self.entry(), self.entry(MrTd=OTHER, MrSeam='')]}}).status, 0)

    def test_entries(self):
        entry = self.entry()
        lacks = {k: v for k, v in entry.items() if k != 'MrTd'}
        for other in lacks, {}, [], [entry], {**lacks, 'mr_td': OTHER}:
            for entries in [entry, other], [other, entry]:
                self.reject({'ReferenceValues': {'tdx': entries}})
        for document in (
                {'ReferenceValues': {'tdx': entry}}, {'tdx': entry},
                {'ReferenceValues': {'tdx': {'0': entry}}},
                {'ReferenceValues': [{'tdx': [entry]}]},
                {'ReferenceValues': entry}, {'ReferenceValues': [entry]},
                {'ReferenceValues': {'tdx': [[entry]]}},
                {'reference': {'ReferenceValues': {'tdx': [entry]}}},
                {'tdx': {'ReferenceValues': {'tdx': [entry]}}},
                {'allowed': [entry]}, {'MrTd': {'value': self.value}}):
            self.reject(document)
