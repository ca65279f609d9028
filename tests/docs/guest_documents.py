# SPDX-License-Identifier: Apache-2.0
"""Measurements of SEV-SNP, SEV-ES and SEV are as the schema says."""

import copy

import igvm
import sev
import snp
from documents import Checks, less_or_more, put


class GuestChecks(Checks):
    """Of the platforms of AMD."""

    def consistent(self, what, document):
        runs, sections = document['runs'], document['sections']
        for name in 'runs', 'sections':
            self.expect([x['index'] for x in document[name]]
                        == list(range(len(document[name]))),
                        f'{what}: indexes of {name}')
        self.expect(sum(run['hashed_bytes'] for run in runs)
                    == document['totals']['hashed_bytes'],
                    f'{what}: totals.hashed_bytes is not the sum')
        pages = sum(int(run['size'], 16) for run in runs) // sev.PAGE
        if document['platform'] == 'snp':
            self.expect(runs[-1]['running'] == document['values'][0]['value'],
                        f'{what}: the value is not the last running')
        else:
            pages = 0
        self.expect(document['totals']['updated_pages'] == pages,
                    f'{what}: totals.updated_pages')
        self.expect(all((run['section'] or 0) < len(sections)
                        for run in runs), f'{what}: runs[].section')


GUEST = ('--vcpus', '2', '--vcpu-type', 'EPYC-v4')


def guests(checks, folder):
    """Platforms, VMMs, options; a document with all that there can be."""
    fw, svsm, bare = (folder / name for name in ('fw', 'svsm', 'bare'))
    image = sev.image()
    fw.write_bytes(image.data)
    svsm.write_bytes(sev.svsm().data)
    bare.write_bytes(sev.image(None, entries=[sev.reset_entry()]).data)
    snp_two = ('--platform', 'snp', *GUEST)
    boot = ('--kernel', folder / 'kernel', '--initrd', fw, '--append', 'a')
    for vmm in 'qemu', 'ec2', 'gce':
        found, = checks.run(vmm, *snp_two, '--vmm', vmm, fw)
        checks.expect(found['values'][0]['value'] == snp.launch_digest(
            image.data, vmm=vmm, vcpus=2).hex(), f'{vmm}: the value')
    full, = checks.run('boot', *snp_two, *boot, '--guest-features',
                       '0x8000000000000001', fw)
    checks.run('kernel', *snp_two, *boot[:2], fw)
    es, = checks.run('sev-es', '--platform', 'sev-es', *GUEST, *boot, fw)
    plain, = checks.run('sev', '--platform', 'sev', *boot, fw)
    checks.run('svsm', *snp_two, '--svsm', svsm, '--vars-size', '4096', fw)
    checks.run('signature', '--platform', 'snp', '--vcpus', '1',
               '--vcpu-sig', '0', svsm.with_name('fw'))
    (folder / 'igvm').write_bytes(igvm.known_snp().encode())
    checks.run('igvm', '--platform', 'snp', folder / 'igvm')
    checks.run('goes on', *snp_two, '--snp-ovmf-hash', 'ab' * 48, fw)
    noted, = checks.run('bare', *snp_two, bare)
    checks.expect(noted['notes'], 'bare: no note')
    checks.run('several', '--platform', 'snp', '--vcpus', '1-3', *GUEST[2:],
               fw, bare, count=6)
    for document in full, es, plain:
        for what, changed in guest_mutations(document):
            checks.expect(checks.errors(changed),
                          f'{document["platform"]}: the schema allows {what}')


def guest_mutations(document):
    """Documents that a strict schema refuses."""
    yield from less_or_more(document)
    others = {'snp': 'sev', 'sev': 'snp', 'sev-es': 'sev'}
    for path, value in [
            (('platform',), others[document['platform']]),
            (('platform',), 'tdx'), (('platform',), 'sgx'),
            (('values',), []), (('values', 0, 'register'), 'MRTD'),
            (('values', 0, 'algorithm'), 'sha-512'),
            (('values', 0, 'value'), 'ab'), (('mrtd',), 'ab' * 48),
            (('launch', 'kernel', 'file'), None),
            (('launch', 'append'), 'a'), (('sections',), []), (('runs',), []),
            (('sections', 0, 'type_name'), 'BFV'),
            (('runs', 0, 'page_type'), 'PAGE'),
            (('runs', 0, 'gpa'), '0xFFFF0000'),
            (('runs', 0, 'content'), 'file'), (('runs', 0, 'vcpu'), -1),
            (('runs', 0, 'running'), 'ab')]:
        changed = copy.deepcopy(document)
        put(changed, path, value)
        yield f'{path} = {value!r}', changed
