# SPDX-License-Identifier: Apache-2.0
"""All that the program is there for: commands and the files that they want."""

import base64
import hashlib
import itertools
import json
import os
import pathlib
import random

import boot
import collateral_maker
import eventlog
import eventlog_json
import evidence
import igvm
import igvm_cases
import images
import initdata
import make_evidence_fixtures
import p384
import quote_defects
import quote_maker
import rtmr0
import sev
import shim
import snp
import snp_defects
import support
import tcb_model
import uki
import verity
import x509

# Collateral of collateral-quote.
FIVE = tuple(itertools.chain(*(
    (f'--{name}', f'collateral-{name}') for name in tcb_model.FILES)))
# When the certificates of the evidence below are valid.
TIME = ('--time', make_evidence_fixtures.rfc3339(quote_maker.TIME))
# A guest of SEV-SNP with a kernel.
GUEST = ('--platform', 'snp', '--vcpus', '2', '--vcpu-type', 'EPYC-v4',
         '--kernel', 'kernel', '--append', 'quiet', 'sev')
# A TD with a kernel that QEMU changes.
BOOT = ('--kernel', 'linux', '--initrd', 'kernel', '--cmdline', 'cmdline',
        '--qemu', '9.2', '--ram', '1G', 'fw')
# All that RTMR0 of a TD is made of.
MACHINE = ('--edk2', '202511', '--ram', '2G', '--secure-boot', 'off',
           '--acpi-loader', 'acpi-loader', '--acpi-rsdp', 'acpi-rsdp',
           '--acpi-tables', 'acpi-tables', '--smbios', 'smbios',
           *(f'--fw-cfg={name}={"" if size else "item"}'
             for name, size in rtmr0.ITEMS if name != 'BootMenu'),
           '--fw-cfg=BootMenu=boot-menu', 'rtmr0-fw')
# A TD of td-shim.
SHIM = ('--kernel', 'linux', '--cmdline', 'cmdline', '--td-hob', 'td-hob',
        'shim')
# One that starts a unified kernel image of a disk.
UKI = ('--uki', 'uki', '--disk', 'uki-disk', '--kernel-measures', 'yes', 'fw')
# A command line with the root hash of a disk.
DISK = bytes(range(256)) * 200
LINE = ('dm-mod.create="dm-verity,,,ro,0 96 verity 1 /dev/vda /dev/vdb 4096 '
        f'4096 12 0 sha256 {verity.tree(DISK, verity.Verity())[0].hex()} -" '
        f'x={"ab" * 20}')
# The signature has a line of its own, before that of the firmware.
VERIFIED = ('reference', '--verify', 'signed-by-id', '--key', 'id.pub', 'fw')
COMMANDS = (
    ('fw', 'other'), ('--json', 'fw'), ('--base64', 'fw'), ('-c', 'list'),
    ('-c', 'list-of-another'), ('-c', 'list-of-none'),
    ('show', 'fw'), ('show', '--html', 'page', '--svg', 'picture', 'fw'),
    ('show', '--html', 'page', *GUEST),
    ('check', 'fw', '--against', 'json'),
    ('check', 'fw', '--against', 'corim', '--json'),
    ('check', 'fw', '--against', 'quote', '--explain'),
    ('diff', 'fw', 'other'), ('diff', '--json', 'fw', 'other'),
    ('lint', 'fw'), ('lint', '--json', 'fw'),
    ('reference', '--format', 'rvps,rvps-map,corim,coswid,in-toto,json,ita',
     '--vmm', 'spec', '--vmm', 'kvm-v19', '--out-dir', 'out', 'fw', 'other'),
    ('reference', '--release', 'manifest', '--out-dir', 'folder'),
    ('reference', '--verify', 'coswid', 'fw'),
    ('reference', '--verify', 'in-toto', '--vmm', 'spec', 'fw'),
    ('check', 'fw', '--against', 'policy'),
    ('igvm', 'igvm'), ('--json', 'igvm'), ('show', '--corim', 'doc', 'igvm'),
    ('tdinfo', 'fw', '--attributes', '0', '--xfam', '3', '--json'),
    # What is compared, of every kind and on every side.
    ('diff', '--json', 'saved', 'other'), ('diff', 'fw', 'saved-other'),
    ('diff', '--json', 'saved', 'saved-other'), ('diff', 'igvm', 'other'),
    ('diff', '--json', 'igvm', 'saved-igvm'),
    # JSON of evidence has the time for which it was verified.
    *(('check', 'fw', '--against', kind, *more, *(TIME if more else ()))
      for kind, more in (
        ('digits', ()), ('base64', ('--json',)), ('tdreport', ('--json',)),
        ('tdinfo', ()), ('quote-5', ('--json',)), ('quote-json', ('--json',)),
        ('rvps', ('--json',)), ('rvps-corim', ()), ('signed', ('--json',)),
        ('in-toto', ()), ('coswid', ('--json',)), ('textproto', ('--json',)),
        ('saved', ('--json',)), ('saved-other', ()), ('snp', ()))),
    *(('reference', '--verify', document, 'fw') for document in (
        'json', 'corim', 'rvps', 'rvps-corim', 'policy', 'textproto')),
    VERIFIED,
    ('tdinfo', '--manifest', 'tdinfo-manifest', 'fw'),
    ('tdinfo', 'fw', '--attributes', '0', '--xfam', '3', '-o', 'hash',
     '--tdinfo-output', 'info', '--json'),
    ('reference', '--format', 'rvps', '-o', 'document', 'fw'),
    ('lint', '--json', 'igvm'),
    ('show', '--vars', 'vars', 'code'),
    ('show', '--json', '--vars', 'vars', 'code'),
    ('check', 'code', '--vars', 'vars', '--against', 'saved'),
    ('--vmm', 'cloud-hypervisor', '--payload', 'kernel', 'with-payload'),
    ('show', '--vmm', 'cloud-hypervisor', '--payload', 'kernel',
     'with-payload'),
    ('check', 'with-payload', '--payload', 'kernel', '--against', 'saved'),
    *(('show', *form, *GUEST) for form in (
        (), ('--json',), ('--trace',), ('--svg', 'picture'))),
    ('--dump-vmsa', *GUEST), ('--json', '--vmsa-out', 'vmsas', *GUEST),
    ('show', '--json', '--platform', 'sev', 'sev'),
    ('id-block', '--verify', 'id-block', '--id-auth', 'id-auth', '--key',
     'id.pub', '--author', 'author.pub', '--vcpus', '1', '--vcpu-type',
     'EPYC-v4', 'sev'),
    ('id-block', '--verify', 'id-block', '--id-auth', 'id-auth-text',
     '--digest', 'ab' * 48, '--json'),
    ('verity', '--hash-device', 'hash-device', 'disk'),
    ('verity', '--json', '--hash-device', 'hash-device', '--root-hash',
     '00' * 32, 'disk'),
    ('initdata', 'initdata'),
    ('initdata', '--json', *TIME, '--against', 'quote', 'initdata'),
    ('check', 'fw', '--json', '--initdata', 'initdata', '--against', 'quote',
     *TIME),
    ('tdinfo', 'fw', '--attributes', '0', '--xfam', '3', '--initdata',
     'initdata'),
    ('--register', 'all', *UKI), ('--json', '--register', 'all', *UKI),
    ('--json', '--register', 'cmdline', '--append', LINE, '--image', 'disk',
     'fw'),
    ('--register', 'rtmr0', *MACHINE),
    ('--json', '--register', 'rtmr0', '--list-events', *MACHINE),
    ('--register', 'all', *BOOT), ('--json', '--register', 'all', *BOOT),
    ('events', 'log-json'), ('events', '--json', 'log-json'),
    ('--register', 'all', *SHIM), ('--json', '--register', 'all', *SHIM),
    ('reference', '--format', 'rvps-map,json', '--out-dir', 'out',
     '--register', 'all', *BOOT),
    ('reference', '--format', 'rvps,json', '--initdata', 'initdata',
     '--out-dir', 'out', 'fw'),
    ('reference', '--verify', 'init-data', '--initdata', 'initdata', '--strict',
     'fw'),
    ('reference', '--release', 'boot-manifest', '--out-dir', 'folder'),
    ('reference', '--release', 'guest-manifest', '--out-dir', 'folder'),
    ('reference', '--verify', 'boot-map', '--release', 'boot-manifest',
     '--strict'),
    ('reference', '--verify', 'boot-map', '--register', 'all', *BOOT),
    ('reference', '--verify', 'boot-json', '--register', 'all', *BOOT),
    ('reference', '--verify', 'boot-map', '--strict', '--register', 'all',
     *BOOT),
    ('events', 'log'), ('events', '--json', *TIME, '--against', 'quote',
                         'log'),
    ('check', 'fw', '--against', 'quote', '--kernel', 'linux', '--cmdline',
     'cmdline'),
    ('events', '--json', '--kernel', 'linux', '--cmdline', 'cmdline', 'log'),
    ('check', '--json', '--against', 'quote', *TIME, *UKI),
    ('events', '--firmware-image', 'fw', '--ram', '1G', '--acpi-tables',
     'kernel', '--fw-cfg', 'bootorder=cmdline', 'log'),
    ('events', '--replace', '2=@kernel', 'log-ipl'),
    ('evidence', *TIME, '--allow-debug', '--root', 'intel.pem',
     'genuine-quote'),
    ('evidence', '--json', *TIME, '--root', 'amd.pem', '--vek', 'vcek', '--vek',
     'ask', '--min-tcb', 'bl=0', 'genuine-report'),
    ('evidence', '--json', *TIME, 'tdreport'),
    ('evidence', *TIME, '--root', 'intel.pem', '--accept-tcb', 'OutOfDate',
     '--collateral', 'collateral', 'collateral-quote'),
    ('evidence', '--json', *TIME, '--root', 'intel.pem', *FIVE,
     'collateral-quote'),
    ('quote',), ('list',),
)
# Signs: that what libcrypto before 3.2 makes is not the same every time.
SIGNING = (
    ('id-block', '--id-key', 'id.pem', '--author-key', 'author.pem', '-o',
     'new-block', '--auth-output', 'new-auth', '--vcpus', '1', '--vcpu-type',
     'EPYC-v4', 'sev'),)
# Read no file.
WITHOUT_FILES = tuple(
    ('cmdline', '--kata', '4.1.0', '--runtime', *form,
     '--kernel-verity-params', '', '--annotation', 'quiet')
    for form in (('go',), ('rs', '--json', '--guest-extension-image', 'x=')))
# Not sealed before the last of them is open.
LISTS = (('-c', 'list', 'tagged'),)

# What they write.
OUTPUTS = ('vmsas', 'vmsa0.bin', 'vmsa1.bin', 'folder', 'out', 'doc', 'page',
           'picture', 'hash', 'info',
           'document', 'new-block', 'new-auth')


def write_machine(case):
    """What RTMR0 is made of."""
    case.write('rtmr0-fw', images.image(
        patch=[(images.CFV.offset, rtmr0.store(images.CFV.raw))]))
    for name, data in (
            ('acpi-loader', rtmr0.loader(rtmr0.RSDP, rtmr0.TABLES)),
            ('acpi-rsdp', b'RSD PTR ' + bytes(28)), ('acpi-tables', b'tables'),
            ('smbios', rtmr0.structure(127, 0, b'')), ('item', b'item'),
            ('boot-menu', bytes(2))):
        case.write(name, data)


def write_boot(case, value):
    """Documents with an MRTD and what the kernel of BOOT leads to."""
    with open('linux', 'rb') as linux, open('kernel', 'rb') as initrd:
        made = boot.events(linux.read(), b'quiet', initrd.read(),
                           patched_kernel=True, ram=1 << 30)
    registers = {name: boot.replay(made, name).hex()
                 for name in ('RTMR1', 'RTMR2')}
    case.write('boot-map', json.dumps({
        'mr_td': [value], 'rtmr_1': [registers['RTMR1']],
        'rtmr_2': [registers['RTMR2']],
        'tdvfkernel': made[0][2].hex()}).encode())
    case.write('boot-manifest', json.dumps({
        'schema': 'mrtd-calc/manifest/1', 'release': 'r', 'components': [{
            'component': 'c', 'file': 'fw', 'registers': ['all'],
            'kernel': 'linux', 'initrd': 'kernel', 'cmdline': 'cmdline',
            'qemu': '9.2', 'ram': 1 << 30, 'formats': [
                'corim', 'dcap-policy', 'go-tdx-guest', 'ita', 'in-toto',
                'contrast-patch']}]}).encode())
    case.write('guest-manifest', json.dumps({
        'schema': 'mrtd-calc/manifest/1', 'release': 'r', 'formats': ['rvps'],
        'components': [{
            'component': 'of TDX', 'file': 'fw', 'registers': ['all'],
            'kernel': 'linux', 'append': LINE, 'image': 'disk',
            'initdata': 'initdata', 'formats': ['json', 'rvps']}, {
                'component': 'of SNP', 'file': 'sev', 'platform': 'snp',
                'vcpus': [1], 'vcpu_type': ['EPYC-v4'], 'kernel': 'linux',
                'append': LINE, 'image': 'disk', 'initdata': 'initdata',
                'formats': ['json', 'rvps']}]}).encode())
    case.write('init-data', json.dumps({
        'mr_td': [value], 'init_data': [initdata.field(
            initdata.document(), 'MRCONFIGID').hex()]}).encode())
    case.write('boot-json', json.dumps({
        'schema': 'mrtd-calc/reference/1', 'tool_version': '1',
        'platform': 'tdx', 'id': None, 'version': None, 'date': None,
        'firmware': [{
            'artifact': 'fw', 'values': [support.value_of(value, 'spec')],
            'boot': {
                'kernel': None, 'kernel_version': None, 'initrd': None,
                'cmdline': None, 'rules': {}, 'kernel_digest': made[0][2].hex(),
                'values': [{'register': name, 'algorithm': 'sha-384',
                            'value': digits}
                           for name, digits in registers.items()]},
            'size': os.path.getsize('fw'),
            'sha256': hashlib.sha256(
                pathlib.Path('fw').read_bytes()).hexdigest()}]}).encode())


def write_evidence(case):
    """A quote and a report that are genuine by roots of our own."""
    row = next(row for row in quote_defects.DEFECTS if row.reason is None)
    case.write('genuine-quote', quote_defects.quote_of(row))
    case.write('intel.pem', x509.pem(quote_maker.root_certificate()))
    row = next(row for row in snp_defects.DEFECTS if row.reason is None)
    report, (vcek, ask, *_) = snp_defects.evidence_of(row)
    case.write('genuine-report', report)
    case.write('vcek', vcek)
    case.write('ask', ask)
    case.write('amd.pem', x509.pem(snp_defects.root_of(row)))
    made = collateral_maker.make()
    case.write('collateral-quote', made.quote)
    case.write('collateral', made.one)
    for name, data in made.five.items():
        case.write(f'collateral-{name}', data)


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
            {'component': 'c', 'file': 'fw', 'vmm': ['spec',
                                                          'kvm-v19'],
             'formats': ['coswid', 'in-toto']}]}).encode())
    case.write('igvm', igvm.Igvm(igvm_cases.EVERYTHING).encode())
    case.write('list', value.hex().encode() + b'  fw\n')
    for name, vmm in (('another', 'kvm-v19'), ('none', None)):
        listed = support.mrtd(image, vmm) if vmm else '0' * 96
        case.write(f'list-of-{name}', f'{listed}  fw\n'.encode())
    case.write('tagged', b'MRTD (fw) = ' + value.hex().encode() + b'\n')
    write_second(case, value)
    write_evidence(case)
    write_identity(case, evidence.corim({0: 83, 1: {2: [[7, value]]}}))


def write_second(case, value):
    """What a firmware is compared with, and what goes beside it."""
    case.write('digits', value.hex().encode() + b'\n')
    case.write('base64', base64.b64encode(value))
    case.write('tdreport', evidence.tdreport(value))
    case.write('tdinfo', evidence.tdinfo(value))
    case.write('quote-5', evidence.quote(value, 5, 3))
    case.write('quote-json', json.dumps({'quote': base64.b64encode(
        evidence.quote(value)).decode()}).encode())
    case.write('rvps', evidence.envelope({'mr_td': [value.hex()]}).encode())
    case.write('rvps-corim', evidence.envelope(
        evidence.corim({0: 83, 1: {2: [[7, value]]}}), 'corim').encode())
    case.write('signed', evidence.sign1(
        evidence.corim({0: 83, 1: {2: [[7, value]]}})))
    case.write('textproto', b'td_quote_body_policy: { any_mr_td: "' + b''.join(
        b'\\x%02x' % byte for byte in value) + b'" }\n')
    case.write('snp', evidence.snp_report())
    v = verity.Verity(salt=b'salt')
    case.write('disk', DISK)
    case.write('hash-device', verity.device(DISK, v)[1])
    case.write('tdinfo-manifest', json.dumps({
        'attributes': '0' * 16, 'xfam': '0300000000000000'}).encode())
    for name in 'fw', 'other', 'igvm':
        saved = 'saved' if name == 'fw' else 'saved-' + name
        case.write(saved, support.calc('show', '--json', name).stdout)
    joined = images.joined()
    case.write('vars', joined.cut(end=images.VARS_SIZE))
    case.write('code', joined.cut(start=images.VARS_SIZE))
    case.write('with-payload', images.more(images.PAYLOAD))
    case.write('kernel', images.kernel())
    case.write('linux', boot.bzimage(random.Random(0)))
    case.write('cmdline', b'quiet\n')
    case.write('initdata', initdata.document())
    case.write('log-json', json.dumps([eventlog_json.runtime(
        random.Random(0), 'app-id', b'x')]).encode())
    case.write('shim', images.more(images.PAYLOAD._replace(
        offset=0, raw=0, memory=0x20000, attributes=0), images.PARAM))
    case.write('td-hob', shim.small(images.TD_HOB.address))
    write_machine(case)
    write_boot(case, value.hex())
    case.write('uki', uki.image((
        ('.linux', boot.bzimage(random.Random(1))), ('.initrd', b'initrd'),
        ('.cmdline', b'quiet'), ('.sdmagic', uki.magic('257.1')))))
    case.write('uki-disk', uki.disk(random.Random(1), {
        0: uki.entry(random.Random(1), 50, 60)}))
    case.write('log', eventlog.log(random.Random(0), count=3))
    case.write('log-ipl', eventlog.first() + 2 * eventlog.record(
        3, 0xd, eventlog.digests_of(b'x', (eventlog.SHA384,)), b'x'))


def write_identity(case, corim):
    """An image for SEV-SNP, and an ID block of it, signed; as is a CoRIM."""
    image = case.write('sev', sev.image())
    keys = {'id': 0x1d, 'author': 0xa07}
    points = {name: p384.times(key, p384.G) for name, key in keys.items()}
    for name, key in keys.items():
        case.write(name + '.pem', p384.private_pem(key))
        os.chmod(name + '.pem', 0o600)
        case.write(name + '.pub', p384.public_pem(points[name]))
    block = case.write('id-block', snp.id_block(
        snp.launch_digest(image.data), svn=1))
    page = case.write('id-auth', snp.id_auth(
        points['id'], p384.sign(keys['id'], block), points['author'],
        p384.sign(keys['author'], snp.public_key(*points['id']))))
    case.write('id-auth-text', base64.b64encode(page) + b'\n')
    signature = p384.sign(keys['id'], evidence.to_be_signed(corim))
    case.write('signed-by-id', evidence.sign1(corim, b''.join(
        number.to_bytes(48, 'big') for number in signature)))
