#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""seeds.py TARGET FOLDER: inputs to begin with, and each of them cut off.

Those of golden and cli tests; a fuzz target's own corpus comes on top.
"""

import base64
import hashlib
import json
import pathlib
import random
import struct
import sys
import uuid

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / name) for name in ('golden', 'cli', 'lib')]

import boot  # noqa: E402
import collateral_defects  # noqa: E402
import collateral_maker  # noqa: E402
import containers  # noqa: E402
import eventlog  # noqa: E402
import eventlog_json  # noqa: E402
import evidence  # noqa: E402
import firmware  # noqa: E402
import igvm_cases  # noqa: E402
import images  # noqa: E402
import initdata  # noqa: E402
import sev  # noqa: E402
import shim  # noqa: E402
import uki  # noqa: E402
import verity  # noqa: E402
from cases import CASES  # noqa: E402

MOST = 1 << 17


def of_image():
    for case in CASES:
        if isinstance(case.image, images.Image) and case.image.size == 0:
            yield case.image.data
    whole = images.image().data
    # Every field of the metadata, and of the table at the end, cut off.
    for size in range(images.DESCRIPTOR - 16, images.DESCRIPTOR + 160, 4):
        yield whole[:size]
    for start in range(0xff00, 0x10000, 4):
        yield whole[start:]
    file = igvm_cases.Igvm(igvm_cases.EVERYTHING).encode()
    for size in range(0, 400, 4):
        yield file[:size]
    yield from of_sev()


def of_sev():
    """Small images for SEV: what is measured is no larger than the target
    measures."""
    yield sev.clean_example()
    for size in (0x1000, 0x3000):
        yield sev.image(size=size).data
        yield sev.image(size=size, tdx=images.GOOD).data
    for _, _, image in (*sev.bad(), *sev.bad_for_kernel(), *sev.bad_for_gce()):
        if len(image.data) <= images.SIZE:
            yield image.data


def of_print():
    """Images, and the texts that the program reads."""
    yield from of_image()
    digest = bytes(range(48)).hex()
    section = {
        'type': 0, 'attributes': '0x1', 'data_offset': '0x0',
        'raw_data_size': '0x1000', 'memory_address': '0xfffff000',
        'memory_data_size': '0x1000', 'added_pages': 1, 'extended_pages': 1,
        'running_sha384': digest}
    saved = {
        'schema': 'mrtd-calc/measurement/1', 'platform': 'tdx', 'vmm': 'spec',
        'values': [{'register': 'MRTD', 'algorithm': 'sha-384',
                    'value': digest}],
        'mrtd': digest, 'sha256': digest[:64], 'size': 4096,
        'locator': {'kind': 'guid-table', 'descriptor_offset': '0x10'},
        'sections': [section]}
    component = {
        'component': 'c', 'file': 'f', 'vars': 'v', 'payload': 'p',
        'artifact': 'a', 'platform': 'tdx', 'vmm': ['spec', 'cloud-hypervisor'],
        'formats': ['corim']}
    manifest = {
        'schema': 'mrtd-calc/manifest/1', 'release': 'r', 'version': '1',
        'entity': 'e', 'vendor': 'v', 'model': 'm', 'key': 'k',
        'class_id': '01234567-89ab-cdef-0123-456789abcdef', 'scalar': True,
        'corim_form': 'mkey',
        'formats': ['rvps', 'json'], 'components': [component, component]}
    tdinfo = {'attributes': '0' * 16, 'xfam': '0' * 16,
              'mrconfigid': digest, 'mrowner': digest,
              'mrownerconfig': digest}
    texts = [f'{digest}  gone\n\\{digest} *a\\nb\n# text\n',
             f'MRTD (gone) = {digest}\nMRTD (a) = {digest}\r\n']
    texts += [json.dumps(value) for value in (saved, manifest, tdinfo)]
    for text in texts:
        yield text.encode()
        for size in range(0, len(text), 8):
            yield text[:size].encode()


TINFOIL = 'https://tinfoil.sh/predicate/'


def of_claims():
    value = bytes(range(48))
    text = value.hex()
    forms = [text.encode(), evidence.quote(value),
             *(evidence.snp_report(version, value) for version in (2, 3, 5)),
             evidence.hcl(evidence.snp_report(3, value), 2),
             evidence.corim({0: 83, 1: {2: [[7, value]]}}),
             evidence.corim({1: {-83: [[7, value]]}}),
             evidence.cbor(evidence.Tag(1398229316, {
                 0: 'i', 1: 'n', 2: {31: 'e', 33: [1, 2]}, 12: 0, 6: {
                     17: {7: [7, value]}, 19: {29: 'x', 'mr_td': text}}})),
             json.dumps({'mr_td': [text]}).encode(),
             json.dumps([[{'op': 'test', 'path': '/MrTd',
                           'value': text}]]).encode(),
             json.dumps({'subject': [{'digest': {'sha384': text}}],
                         'predicate': {'mrtd': text}}).encode(),
             json.dumps([{'measurement_id': 'i', 'attestation_type': 'dcap-tdx',
                          'measurements': {'0': {'expected': text}, 'rtmr1': {
                              'expected_any': [text]}}}]).encode(),
             json.dumps({'type': TINFOIL + 'tdx-guest/v2',
                         'registers': [text] * 5}).encode(),
             json.dumps({'_type': 'https://in-toto.io/Statement/v1',
                         'subject': [{'name': 'n'}], 'predicate': {
                             'p': {'mrtd': text, 'rtmr0': text}},
                         'predicateType': TINFOIL +
                         'hardware-measurements/v1'}).encode(),
             json.dumps({'snp_measurement': text, 'vm_shape': {'cpus': 4},
                         'tdx_measurement': {'rtmr1': 'a', 'rtmr2': 'b'}}
                        ).encode(),
             evidence.hcl(evidence.tdreport(value), 4),
             containers.dstack(evidence.quote(value)),
             *(json.dumps({'attestation_report': form(
                 evidence.snp_report(2, value)), 'cert_chain': None}).encode()
               for form in (containers.structure, containers.old_structure)),
             *(containers.WRAPPINGS[name](evidence.quote(value)).encode()
               for name in ('xxd', 'hexdump -C', 'od -x', 'numbers of C',
                            'JSON text of JSON', 'JWT')),
             json.dumps(containers.bundle(b'{"predicateType":"x"}')).encode(),
             b'MRTD: %s\nRTMR0:\n  - x\n' % text.encode(),
             b'policy { td_quote_body_policy { any_mr_td: "\\x11" } }',
             b'match if { input.tdx.tdx_mrtd == "%s" }' % text.encode()]
    for data in forms:
        yield data
        for size in range(0, len(data), 8):
            yield data[:size]


def of_collateral():
    """Each part as it has to be, in each form, and some of what is wrong."""
    for row in collateral_defects.DEFECTS:
        if row.name.startswith(('good', 'format')) and 'deep' not in row.name:
            made = collateral_maker.make(*filter(None, (row.change,)))
            one = made.one
            yield from (one, *made.five.values()) if (
                row.name == 'good') else (one,)
            try:
                members = json.loads(one)
                yield from (members[name].encode()
                            for name in ('tcb_info', 'qe_identity'))
            except (ValueError, KeyError, AttributeError, TypeError):
                pass  # it is malformed


def of_volume():
    """Small firmware volumes with modules, packed and not, and what they are
    made of."""
    inner = firmware.dxe_volume()
    for data in (inner, firmware.sec_volume(), firmware.main_volume(),
                 firmware.main_volume(inner=inner), firmware.plain().data,
                 firmware.pe(), firmware.te(firmware.pe())):
        yield data
        for size in range(0, min(len(data), 2048), 16):
            yield data[:size]


def of_disk():
    """Tables with and without partitions, and superblocks before trees."""
    data = bytes(range(256)) * 16
    for v in (verity.Verity(salt=b'ab'), verity.Verity(0, 'sha512', 512, 512)):
        device = verity.device(data, v._replace(
            data_block=512, hash_block=512))[1]
        yield device
        yield bytes(512) + device
        for size in range(0, 512, 8):
            yield device[:size]
    ident = uuid.UUID(int=5)
    for disk in (verity.mbr((1, 2), (3, 4, 0x0f)), *(verity.gpt(
            [(6, 7, ident), (8, 9, ident)], sector, 4)
            for sector in (512, 4096))):
        whole = disk.ljust(16 * 4096, b'\0')
        yield whole
        yield bytes(2048) + whole
        for at in (12, 16, 72, 80, 84, 88):
            yield whole[:512 + at] + b'\xff' + whole[513 + at:]
            yield whole[:4096 + at] + b'\xff' + whole[4097 + at:]


def of_boot():
    """Kernels, small ones, and each way in which they are refused."""
    rng = random.Random('boot')
    for _ in range(40):
        yield boot.pe(rng)
    for old in False, True:
        whole = boot.bzimage(rng, old=old)
        yield whole
        for size in (*range(0, 0x240, 24), 0x400, 0x1000):
            yield whole[:size]
    for _, data in boot.bad(rng):
        yield data


def of_shim():
    """Images of td-shim, small ones, with lists of HOBs and kernels: the
    kernel's setup header is all that is looked at."""
    rng = random.Random('shim')
    room = images.PAYLOAD._replace(offset=0, raw=0, attributes=0)
    bfv = images.BFV._replace(offset=0, raw=0x400)
    cfv = images.CFV._replace(offset=0, raw=0x80)
    address = images.TD_HOB.address
    kernel = boot.bzimage(rng, setup_sects=4, old=True)[:0x240]

    def small(*parts, **fields):
        return images.image((bfv, *parts), size=0x400, at=0x100, **fields).data

    def of(hob, kernel, image):
        return (struct.pack('<HH', len(hob), len(kernel)) + hob + kernel
                + image)

    whole = small(images.TD_HOB, room, images.PARAM)
    own = small(images.TD_HOB, images.TEMP_MEM)
    for size in range(0, 0x240, 0x30):
        yield of(shim.small(address), kernel[:size], whole)
    for parts in ((images.PERM_MEM,), (images.TD_HOB, room),
                  (images.TD_HOB, room, room, images.PARAM),
                  (images.TD_HOB, room._replace(attributes=1), images.PARAM),
                  (images.TD_HOB, images.PARAM, cfv)):
        yield of(shim.small(address), kernel, small(*parts))
    yield of(shim.small(address, False), kernel, small(
        images.TD_HOB, cfv, patch=[(8, shim.TRUST_ANCHOR)]))
    for takes, image in (True, whole), (False, own):
        for _ in range(10):
            hob = shim.good(rng, address, takes)
            if len(hob) < 1000:
                yield of(hob, kernel, image)
        for _, hob in shim.bad(address, takes):
            if len(hob) < 1000:
                yield of(hob, kernel, image)
                # Without an image, that which the target knows.
                yield of(hob, kernel, b'')


def of_line():
    """Command lines with each form of a root hash, and parameters of Kata's
    configuration with an annotation in the next line."""
    root, salt, ident = 'ab' * 32, 'cd' * 4, uuid.UUID(int=5)
    table = f'4096 4096 3 0 sha256 {root} {salt}" root=/dev/dm-0'
    for data, tree in (('/dev/vda1', '/dev/vda2'), ('/dev/sda', '/dev/sda'),
                       ('/dev/nvme0n1p1', '254:3'),
                       (f'PARTUUID={ident}', f'PARTUUID={ident}')):
        yield (f'quiet dm-mod.create="dm-verity,,,ro,0 24 verity 1 {data} '
               f'{tree} {table} x="y z"').encode()
    for prefix in '', 'cc_':
        yield (f'root=/dev/vda1 {prefix}rootfs_verity.scheme=dm-verity '
               f'{prefix}rootfs_verity.hash={root}').encode()
    yield f'roothash={root} usrhash={root} -- a'.encode()
    yield f'roothash={root} systemd.verity=no'.encode()
    yield (f'dm="1 vroot none ro 1,0 24 verity payload=PARTUUID={ident} '
           f'hashtree=PARTUUID={ident} hashstart=24 alg=sha256 root_hexdigest='
           f'{root} salt={salt}" root=/dev/dm-0').encode()
    for text in ('a=1 b="x  y" c= d\na=2 systemd.mask=z', 'x="y" =\nq',
                 'a="b c=1 d"\nc=2 e="f g=" g=1'):
        yield text.encode()


def of_log():
    """Logs, small ones, and each way in which they are refused."""
    rng = random.Random('log')
    for _ in range(40):
        yield eventlog.log(rng, count=rng.randrange(6))
    for size in 195, 196, 197:
        yield eventlog.first() + eventlog.record(
            1, 0xd, eventlog.digests_of(b'y' * size, (eventlog.SHA384,)),
            b'y' * size)
    for _, data in (*eventlog.edges(rng), *eventlog.bad(rng)):
        yield data
    for turn in range(80):
        events = eventlog_json.log(rng, count=2)
        items = (eventlog_json.dstack if turn % 2 else
                 eventlog_json.trustee)(events, rng)
        if turn % 4 > 1:
            items = eventlog_json.mutated(items, rng)
        yield eventlog_json.wrapped(items, turn % 2, rng)
    for size in 0, 40, 200:
        text = base64.b64encode(eventlog.log(rng, count=1)[:size or None])
        yield b'{"quote":"x","cc_eventlog":"' + text + b'"}'
        yield b'"' + text + b'"'


def of_initdata():
    """Files in each form, and mutated ones."""
    rng = random.Random('initdata')
    for _ in range(100):
        yield initdata.good(rng)
        yield initdata.mutated(rng)


def of_uki():
    """Unified kernel images, small ones, cut off and with a field changed; and
    disks."""
    rng = random.Random('uki')
    kernel = ('.linux', boot.bzimage(rng, setup_sects=4, old=True)[:0xc00])
    names = [name for name in uki.KNOWN if name != '.linux']
    for turn in range(30):
        made = [kernel] + [(name, rng.randbytes(rng.randrange(40))) for name in
                           rng.sample(names, turn % 8)]
        made += [('.cmdline', b'console=hvc0 a \n')] * (turn % 3 > 0)
        made += [(uki.MAGIC, uki.magic(f'{252 + turn % 12}.1'))]
        whole = uki.image(made, alignment=0x20)
        yield whole
        for at in range(0x80 + 24 + 240, 0x80 + 24 + 240 + 40 * 3, 4):
            yield whole[:at] + b'\xff' + whole[at + 1:]
    for size in range(0, 0x300, 24):
        yield whole[:size]
    yield uki.disk(rng, {0: uki.entry(rng, 40, 50)}, count=4)
    yield uki.disk(rng, {1: uki.entry(rng, 40, 50)}, count=4, sector=4096,
                   blocks=12)


def main():
    target, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    made = {'boot': of_boot, 'claims': of_claims,
            'collateral': of_collateral, 'disk': of_disk,
            'image': of_image, 'initdata': of_initdata, 'line': of_line,
            'log': of_log, 'print': of_print, 'shim': of_shim,
            'uki': of_uki, 'volume': of_volume}
    for data in made[target]():
        if len(data) <= MOST:
            name = hashlib.sha1(data).hexdigest()
            (folder / name).write_bytes(data)


if __name__ == '__main__':
    main()
