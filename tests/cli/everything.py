# SPDX-License-Identifier: Apache-2.0
"""All that the program is there for: commands and the files that they want."""

import hashlib
import json

import evidence
import igvm
import igvm_cases
import images
import support

COMMANDS = (
    ('fw', 'other'), ('--json', 'fw'), ('--base64', 'fw'), ('-c', 'list'),
    ('show', 'fw'), ('show', '--html', 'page', '--svg', 'picture', 'fw'),
    ('check', 'fw', '--against', 'json'),
    ('check', 'fw', '--against', 'corim', '--json'),
    ('check', 'fw', '--against', 'quote', '--explain'),
    ('diff', 'fw', 'other'), ('diff', '--json', 'fw', 'other'),
    ('lint', 'fw'), ('lint', '--json', 'fw'),
    ('reference', '--format', 'rvps,rvps-map,corim,coswid,in-toto,json,ita',
     '--vmm', 'spec', '--vmm', 'kvm-v19', '--out-dir', 'out', 'fw', 'other'),
    ('reference', '--manifest', 'manifest', '--out-dir', 'folder'),
    ('reference', '--verify', 'coswid', 'fw'),
    ('reference', '--verify', 'in-toto', '--vmm', 'spec', 'fw'),
    ('check', 'fw', '--against', 'policy'),
    ('igvm', 'igvm'), ('--json', 'igvm'), ('show', '--corim', 'doc', 'igvm'),
    ('tdinfo', 'fw', '--attributes', '0', '--xfam', '3', '--json'),
)


def write_files(case):
    """What the commands above read, into the test's folder."""
    image = case.good()
    case.write('other', images.more(
        images.TEMP_MEM._replace(address=0x2000000)))
    value = bytes.fromhex(support.mrtd(image))
    case.write('json', b'{"mr_td": ["' + value.hex().encode() + b'"]}')
    case.write('corim', evidence.corim({0: 83, 1: {2: [[7, value]]}}))
    case.write('quote', evidence.quote(value))
    case.write('policy', b'tdx_mrtd == "' + value.hex().encode() + b'"')
    case.write('coswid', evidence.cbor(evidence.Tag(1398229316, {6: {
        17: {7: [7, hashlib.sha384(image.data).digest()]},
        19: {'mr_td': value.hex()}}})))
    case.write('in-toto', json.dumps({
        'subject': [{'digest': {
            'sha256': hashlib.sha256(image.data).hexdigest()}}],
        'predicate': {'mrtd': value.hex()}}).encode())
    case.write('manifest', json.dumps({
        'schema': 'mrtd-calc/manifest/1', 'release': 'r',
        'formats': ['rvps'], 'components': [
            {'component': 'c', 'file': 'fw', 'profiles': ['spec',
                                                          'kvm-v19'],
             'formats': ['coswid', 'in-toto']}]}).encode())
    case.write('igvm', igvm.Igvm(igvm_cases.EVERYTHING).encode())
    case.write('list', value.hex().encode() + b'  fw\n')
