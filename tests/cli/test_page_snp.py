# SPDX-License-Identifier: Apache-2.0
"""show --html of both platforms: the values are those of tests/lib/snp.py and
snp_igvm.py, the commands on the page print and confirm them, and an image that
is for one platform only says why it has no value on the other."""

import hashlib
import json
import os

import drawings
import igvm
import igvm_reader
import images
import sev
import snp
import snp_igvm
import support
from page_case import ESCAPED, HOSTILE, PageCase, printed
from support import VMMS, calc, mrtd

MILAN = snp.VCPU_TYPES['EPYC-Milan']
SNP = ('--platform', 'snp')
ONE = (*SNP, '--vcpus', '1', '--vcpu-type', 'EPYC-v4')
TYPES = {'NORMAL': snp.NORMAL, 'VMSA': snp.VMSA, 'ZERO': snp.ZERO,
         'UNMEASURED': snp.UNMEASURED, 'SECRETS': snp.SECRETS_PAGE,
         'CPUID': snp.CPUID_PAGE}


def both(sections=sev.GOOD, tdx=images.GOOD, **more):
    """An image for both platforms."""
    return sev.image(sections, tdx=tdx, **more)


def values(column):
    """The values of a column, in their order."""
    return [box.one('code', class_='hex').text for box in column.all('div')]


def igvm_file(*platforms, items=()):
    """Pages of one file for these platforms, with what is of SEV-SNP alone."""
    mask = sum(bit for _, bit in platforms)
    amd = dict(platforms).get(igvm.SNP)
    return igvm.Igvm([
        *(igvm.platform(kind, bit, boundary=igvm.BOUNDARY
                        if kind == igvm.TDX else 0)
          for kind, bit in platforms),
        *([igvm.policy(0x30000, amd)] if amd else []),
        igvm.page(0xfffff000, b'reset', mask=mask),
        igvm.page(0x5000, mask=mask), *items]).encode()


class Case(PageCase):
    def refusal(self, column):
        """The one line of a column that has no value."""
        self.assertEqual(list(column.all('div')), [])
        reason, = column.all('p')
        self.assertTrue(reason.text.startswith('No value: '), reason.text)
        return reason.text.removeprefix('No value: ')

    def check_mrtds(self, page, image):
        """Of the VMMs that launch it; those that refuse it say why."""
        boxes = {box.attributes['data-vmm']: box
                 for box in page.one(id='mrtd').all('div')}
        self.assertEqual(tuple(boxes), VMMS)
        for vmm in 'spec', 'kvm-v19':
            self.assertEqual(boxes[vmm].one('code').text, mrtd(image, vmm))

    def check_commands(self, page, digests, count=3):
        """They confirm the file, and print and confirm the values."""
        commands = [item.text for item in page.one(id='verify').all('pre')]
        self.assertEqual(len(commands), count)
        results = [self.shell(command) for command in commands]
        self.assertTrue(results[0].endswith(': OK\n'), results)
        self.assertEqual([line.split()[-1] for line in
                          results[1].splitlines()], digests)
        for result in results[2:]:
            self.assertEqual([line.rpartition(': ')[2] for line in
                              result.splitlines()], ['OK'] * len(digests))

    def check_head(self, page, kind, name='fw'):
        self.assertEqual(page.one('p', class_='kind').text, kind)
        self.assertEqual(page.one('title', id=None).text,
                         f'{name}: launch digest and layout')
        self.assertEqual(page.one('h1').text, name)


class Platforms(Case):
    def test_tdx_of_both(self):
        """What is known of SEV-SNP without a launch, and how to go on."""
        image = both()
        self.write('fw', image)
        page, _ = self.page()
        self.check_mrtds(page, image)
        column = page.one(id='snp')
        self.assertEqual(values(column),
                         [snp.firmware_digest(image.data).hex()])
        self.assertEqual(calc(*SNP, '--ovmf-hash', 'fw').text,
                         values(column)[0] + '\n')
        self.assertEqual(self.shell(column.one('pre').text),
                         snp.launch_digest(image.data).hex() + '\n')
        self.assertIn('this file as a whole', column.text)
        self.assertNotIn('no SEV metadata', column.text)
        self.assertEqual(page.one(class_='value chosen').attributes[
            'data-vmm'], 'spec')

    def test_snp_of_both(self):
        image = both()
        self.write('fw', image)
        page, _ = self.page(*ONE)
        self.check_mrtds(page, image)
        self.check_head(page, 'AMD SEV-SNP firmware')
        digest = snp.launch_digest(image.data).hex()
        self.assertEqual(values(page.one(id='snp')), [digest])
        self.assertEqual(page.one(class_='value chosen').one('code').text,
                         digest)
        self.check_commands(page, [digest])
        self.assertEqual(json.loads(page.one(id='reference').one('pre').text),
                         {'snp_launch_measurement': [digest]})
        self.assertIn('byte 144 of an attestation report',
                      page.one(id='verify').text)
        self.check_contained(page)

    def test_sides(self):
        """The platform of the page comes first."""
        self.write('fw', both())
        for args, order in (((), ['mrtd', 'snp']), (ONE, ['snp', 'mrtd'])):
            page, _ = self.page(*args)
            self.assertEqual([column.attributes['id'] for column in page.one(
                'div', class_='platforms').all('section')], order)

    def test_one_platform(self):
        """The other has no value, and a line that says why."""
        self.write('fw', images.image())
        page, _ = self.page()
        self.assertRegex(self.refusal(page.one(id='snp')),
                         r'^not built for SEV: .*\[not-for-platform\]$')
        self.write('fw', sev.image())
        page, _ = self.page(*ONE)
        said = calc('fw').lines[0]
        self.assertTrue(said.endswith(self.refusal(page.one(id='mrtd'))), said)
        self.assertEqual(values(page.one(id='snp')),
                         [snp.launch_digest(sev.image().data).hex()])

    def test_none(self):
        """An image of neither has no page."""
        for code, name, image in sev.bad():
            with self.subTest(name=name):
                self.write('bad', image)
                made = calc('show', '--html', 'no.html', *ONE, 'bad')
                self.assertEqual((made.status, made.stdout), (3, b''), code)
                self.assertEqual(made.stderr, calc(*ONE, 'bad').stderr)
                self.assertFalse(os.path.exists('no.html'))

    def test_no_launch_of_snp(self):
        """No digest of a firmware that is never launched: why, instead."""
        section = sev.Section
        for image in (
                both([section(0x800000, sev.PAGE, 0x33)]),
                both([section(0x800000, sev.PAGE, sev.SEC_MEM)] * 2),
                both([section(0x800800, sev.PAGE, sev.SEC_MEM)]),
                both([section(0x800000, 2 * sev.PAGE, sev.SECRETS)]),
                both(entries=[sev.metadata_entry(), sev.hashes_entry()]),
                both(entries=[sev.metadata_entry(), sev.reset_entry(0)]),
                both(version=2), both(signature=b'TDVF')):
            with self.assertRaises(snp.Refused):
                snp.launch_digest(image.data)
            self.write('fw', image)
            page, _ = self.page()
            self.check_mrtds(page, image)
            message, code = self.refusal(page.one(id='snp')).rsplit(' ', 1)
            alone = calc(*ONE, 'fw')
            self.assertEqual(alone.status, 3)
            self.assertIn(message, alone.lines[0])
            self.assertTrue(alone.lines[0].endswith(code), alone)

    def test_permissive(self):
        """What is lifted for the one is lifted for the other."""
        image = both([sev.Section(0x800000, sev.PAGE, 0x33)])
        self.write('fw', image)
        page, _ = self.page('--permissive')
        self.assertEqual(values(page.one(id='snp')),
                         [snp.firmware_digest(image.data).hex()])
        alone = calc(*ONE, '--permissive', 'fw')
        self.assertEqual(alone.status, 0)
        self.assertEqual(self.shell(page.one(id='snp').one('pre').text),
                         alone.text)
        page, _ = self.page(*ONE, '--permissive')
        self.check_commands(page, [alone.text.strip()])

    def test_no_metadata(self):
        """There is a value, and QEMU does not launch it."""
        image = both(None, entries=[sev.reset_entry()])
        self.write('fw', image)
        page, _ = self.page()
        column = page.one(id='snp')
        self.assertEqual(values(column),
                         [snp.firmware_digest(image.data).hex()])
        self.assertIn('There is no SEV metadata', column.text)
        page, _ = self.page(*ONE)
        self.assertIn('[no-sev-metadata]', page.one(id='findings').text)
        self.assertIn('none', page.one(id='file').text)

    def test_split(self):
        """Of two files SEV-SNP measures CODE alone."""
        image = both(tdx=images.SPLIT_SECTIONS)
        code = image.cut(images.VARS_SIZE)
        self.write('vars', image.cut(0, images.VARS_SIZE))
        self.write('code', code)
        page, _ = self.page('--vars', 'vars', name='code')
        column = page.one(id='snp')
        self.assertEqual(values(column),
                         [snp.firmware_digest(code.data).hex()])
        self.assertNotEqual(values(column),
                            [snp.firmware_digest(image.data).hex()])
        self.assertIn('the file of CODE; the variables are not measured',
                      column.text)
        self.assertEqual(self.shell(column.one('pre').text),
                         snp.launch_digest(code.data).hex() + '\n')
        self.assertEqual(page.one(id='mrtd').one(
            'div', class_='value chosen').one('code').text, mrtd(image))
        # CODE alone is no image for TDX.
        page, _ = self.page(*ONE, name='code')
        self.assertEqual(values(page.one(id='snp')),
                         [snp.launch_digest(code.data).hex()])
        self.assertIn('[split-image]', self.refusal(page.one(id='mrtd')))

    def test_split_sev_in_vars(self):
        """SEV metadata in VARS, which are not there, is none."""
        image = both(tdx=images.SPLIT_SECTIONS, from_end=images.SIZE - 0x100,
                     entries=[sev.metadata_entry(images.SIZE - 0x100),
                              sev.reset_entry()])
        self.write('vars', image.cut(0, images.VARS_SIZE))
        self.write('code', image.cut(images.VARS_SIZE))
        page, _ = self.page('--vars', 'vars', name='code')
        message, code = self.refusal(page.one(id='snp')).rsplit(' ', 1)
        alone = calc(*ONE, 'code')
        self.assertIn(message, alone.lines[0])
        self.assertTrue(alone.lines[0].endswith(code), alone)

    def test_limit(self):
        """What is more than may be hashed has no value."""
        image = both()
        self.write('fw', image)
        self.assertEqual(calc('--limit', '60000', 'fw').status, 0)
        page, _ = self.page('--limit', '60000')
        self.check_mrtds(page, image)
        self.assertIn('[limit]', self.refusal(page.one(id='snp')))


class Launches(Case):
    def setUp(self):
        super().setUp()
        self.image = sev.image()
        self.write('fw', self.image)

    def test_several(self):
        """All that are asked for, in their order."""
        args = (*SNP, '--vcpus', '3,1-2', '--vcpu-type', 'EPYC-v4,EPYC-Milan',
                '--vcpu-type', 'EPYC-v3')
        page, _ = self.page_alone(*args)
        digests = {(count, name): snp.launch_digest(
            self.image.data, vcpus=count,
            signature=snp.VCPU_TYPES[name]).hex()
                   for name in ('EPYC-v4', 'EPYC-Milan', 'EPYC-v3')
                   for count in (3, 1, 2)}
        column = page.one(id='snp')
        self.assertEqual(values(column), list(digests.values()))
        for box, (count, name) in zip(column.all('div'), digests):
            some = f'{count} virtual CPU{"s" if count > 1 else ""}'
            self.assertTrue(box.one('h3').text.startswith(
                f'qemu, {some} of type {name}, features 0x1 (SNPActive)'))
        self.assertEqual(page.one(class_='value chosen').one('code').text,
                         digests[3, 'EPYC-v4'])
        self.check_commands(page, list(digests.values()))
        # EPYC-v3 has the signature of EPYC-v4, and so its digests.
        listed = json.loads(page.one(id='reference').one('pre').text)
        self.assertEqual(listed['snp_launch_measurement'],
                         list(dict.fromkeys(digests.values())))
        self.assertEqual(len(listed['snp_launch_measurement']), 6)
        # Those of one launch alone are the same.
        self.assertEqual(page.one(id='launch').all('tr').__next__().text,
                         self.page(*SNP, '--vcpus', '3', '--vcpu-type',
                                   'EPYC-v4')[0].one(
                                       id='launch').all('tr').__next__().text)

    def page_alone(self, *args):
        """Of several launches: these have a JSON each."""
        made = calc('show', '--html', '-', *args, 'fw')
        self.assertEqual((made.status, made.stderr), (0, b''), made)
        self.text = made.text
        return drawings.parse_page(made.text), None

    def test_options(self):
        """Each option that changes the value is in the commands."""
        for args, model in (
                (('--vmm', 'ec2'), {'vmm': 'ec2'}),
                (('--vmm', 'gce'), {'vmm': 'gce'}),
                (('--guest-features', '0x21', '--vcpu-sig', '0xa00f11'),
                 {'features': 0x21, 'signature': MILAN}),
                (('--vcpu-family', '25', '--vcpu-model', '1',
                  '--vcpu-stepping', '1'), {'signature': MILAN})):
            with self.subTest(args=args):
                page, _ = self.page(*SNP, '--vcpus', '2', *args)
                digest = snp.launch_digest(self.image.data, vcpus=2,
                                           **model).hex()
                self.assertEqual(values(page.one(id='snp')), [digest])
                self.check_commands(page, [digest])

    def test_equals_json(self):
        """Tables say what the JSON does; digests are the model's."""
        fw = snp.firmware(self.image.data)
        for vmm in 'qemu', 'ec2', 'gce':
            page, document = self.page(
                *SNP, '--vmm', vmm, '--vcpus', '3', '--vcpu-type',
                'EPYC-Milan')
            for name in 'size', 'sha256', 'sha384':
                self.assertEqual(page.one(id=name).text, str(document[name]))
            self.assertEqual(page.one(id='sha256').text,
                             hashlib.sha256(self.image.data).hexdigest())
            self.check_sections(page, document)
            pages = [*snp.normal(fw.gpa, fw.data),
                     *snp.metadata_pages(fw.sections, vmm),
                     *((snp.VMSA, snp.VMSA_GPA, vmsa) for vmsa in snp.vmsas(
                         fw, vmm, 3, MILAN, 1))]
            self.check_launch(page, pages)

    def check_sections(self, page, document):
        self.assertEqual(
            [[cell.text for cell in row.all('td')] for row in page.one(
                id='sections').one('tbody').all('tr')],
            list(drawings.guest_rows(document)))

    def check_launch(self, page, pages):
        """Rows are as many pages of the model, with the digest after them;
        virtual CPUs but the first are in one row."""
        launch = page.one(id='launch')
        digest, rest = snp.NONE, list(pages)
        rows = [[cell.text for cell in row.all('td')]
                for row in launch.one('tbody').all('tr')]
        digests = [item.text for item in launch.one('details').all('li')]
        self.assertEqual(len(rows), len(digests))
        for row, after in zip(rows, digests):
            count = int(row[5])
            part, rest = rest[:count], rest[count:]
            self.assertEqual({TYPES[row[3]]}, {item[0] for item in part})
            self.assertEqual(int(row[2].split('-')[0], 16), part[0][1])
            hashed = part[0][0] in (snp.NORMAL, snp.VMSA)
            self.assertEqual(row[4], 'hashed' if hashed else 'not')
            self.assertEqual(int(row[6]), count * (4480 if hashed else 256))
            digest = snp.chain(part, digest)
            self.assertEqual(after, digest.hex())
        self.assertEqual(rest, [])
        self.assertEqual(rows[-1][1], 'VMSA 1-2')
        total = [cell.text for cell in launch.one('tfoot').all('td')]
        self.assertEqual(total, [str(len(pages)),
                                 str(sum(int(row[6]) for row in rows))])

    def test_many(self):
        """As many virtual CPUs and launches as there may be."""
        page, _ = self.page(*SNP, '--vcpus', '4096', '--vcpu-type', 'EPYC-v4')
        self.assertIn('VMSA 1-4095', page.one(id='launch').text)
        page, _ = self.page_alone(
            *SNP, '--vcpus', '1-32', '--vcpu-type', ','.join(snp.VCPU_TYPES))
        self.assertEqual(len(values(page.one(id='snp'))),
                         32 * len(snp.VCPU_TYPES))
        self.assertEqual(
            values(page.one(id='snp'))[-1], snp.launch_digest(
                self.image.data, vcpus=32,
                signature=list(snp.VCPU_TYPES.values())[-1]).hex())

    def test_refused(self):
        """What cannot be asked for, and leaves no page."""
        for args, status, line in (
                (('--vcpus', '1-1025', '--vcpu-type', 'EPYC-v4'), 2,
                 '--html is for 1024 launches at most; try \'mrtd-calc show '
                 '--help\''),
                ((), 2, None), (('--vcpus', '1'), 2, None),
                (('--vcpus', '1', '--vmm', 'spec'), 3, None)):
            self.refused(calc('show', '--html', 'no', *SNP, *args, 'fw'),
                         status, line)
        self.assertFalse(os.path.exists('no'))
        self.assertEqual(calc('show', '--html', 'x', *SNP, '--vcpus', '1-1024',
                              '--vcpu-type', 'EPYC-v4', 'fw').status, 0)

    def test_replaced(self):
        """A page of either platform replaces another, and no other file."""
        self.write('fw', both())
        for args in ONE, (), ONE, ONE:
            self.assertEqual(calc('show', '--html', 'x', *args,
                                  'fw').status, 0)
        self.write('x', b'<!DOCTYPE html>\n<html lang="en">\n')
        self.assertNotEqual(calc('show', '--html', 'x', *ONE, 'fw').status, 0)

    def test_deterministic(self):
        first = calc('show', '--html', '-', *ONE, 'fw').stdout
        self.assertEqual(first, calc('show', '--html', '-', *ONE,
                                     f'{self.folder}/fw').stdout)
        self.assertEqual(calc('show', '--html', 'a', '--svg', 'b', *ONE,
                              'fw').status, 0)
        self.assertEqual((self.folder / 'a').read_bytes(), first)

    def test_standard_input(self):
        made = calc('show', '--html', '-', *ONE, '-', stdin=self.image.data)
        self.assertEqual((made.status, made.stderr), (0, b''))
        page = drawings.parse_page(made.text)
        self.check_head(page, 'AMD SEV-SNP firmware', 'standard input')
        digest = snp.launch_digest(self.image.data).hex()
        self.assertIn(f'SNP[qemu,1,EPYC-v4,0x1] (FILE) = {digest}\n',
                      page.one(id='verify').text)

    def test_no_memory(self):
        """Each allocation that fails makes a clean error, and no page."""
        self.write('fw', both())
        env = support.with_shim(count='count')
        self.assertEqual(calc('show', '--html', 'page', *ONE, 'fw',
                              env=env).status, 0)
        with open('count', encoding='ascii') as file:
            count = int(file.read())
        whole = (self.folder / 'page').read_bytes()
        os.remove('page')
        failed = 0
        for n in range(count - 60, count + 1):
            result = calc('show', '--html', 'page', *ONE, 'fw',
                          env=support.with_shim(malloc_at=n))
            if result.status:
                failed += 1
                self.assertEqual((result.status, result.stdout), (4, b''),
                                 result)
                self.assertFalse(os.path.exists('page'))
            else:
                self.assertEqual((self.folder / 'page').read_bytes(), whole)
                os.remove('page')
        self.assertGreater(failed, 15)


class Files(Case):
    """What is launched with the firmware."""

    def setUp(self):
        super().setUp()
        self.image = sev.image()
        self.write('fw', self.image)
        self.data = self.write('kernel', b'kernel' * 999)
        self.initrd = self.write('initrd', b'initrd')

    def test_kernel(self):
        for args, model in (
                ((), {}),
                (('--initrd', 'initrd'), {'initrd': self.initrd}),
                (('--append', 'a b=c'), {'append': 'a b=c'}),
                (('--initrd', 'initrd', '--append', ''),
                 {'initrd': self.initrd, 'append': ''})):
            with self.subTest(args=args):
                page, document = self.page(*ONE, '--kernel', 'kernel', *args)
                digest = snp.launch_digest(self.image.data, kernel=self.data,
                                           **model).hex()
                self.assertEqual(values(page.one(id='snp')), [digest])
                self.check_commands(page, [digest])
                file = page.one(id='file').text
                for part in 'kernel', 'initrd', 'append':
                    self.assertIn(document['launch'][part]['sha256'], file)
                self.assertIn('with the hashes of the kernel',
                              page.one(id='snp').text)
                row = [cell.text for cell in list(page.one(
                    id='sections').one('tbody').all('tr'))[-1].all('td')]
                self.assertEqual(row[1:3],
                                 ['SNP_KERNEL_HASHES', 'given, measured'])

    def test_hostile_texts(self):
        """Names and command lines are text, and can be typed."""
        for name in HOSTILE:
            with self.subTest(name=name):
                given = f'./{name}' if name[0] == '-' or name == 'show' \
                    else name
                self.write(name, self.data)
                page, _ = self.page(*ONE, '--kernel', given,
                                    f'--append={name}')
                digest = snp.launch_digest(self.image.data, kernel=self.data,
                                           append=name).hex()
                self.assertEqual(values(page.one(id='snp')), [digest])
                self.check_commands(page, [digest])
                self.check_contained(page)
                self.assertFalse(os.path.exists('owned'))
                os.remove(name)
                self.write(name, self.image)
                page, _ = self.page(*ONE, name=given, findings=False)
                self.check_head(page, 'AMD SEV-SNP firmware', name)
                self.check_link(page, name)
                self.check_contained(page)
                self.check_commands(
                    page, [snp.launch_digest(self.image.data).hex()])
                os.remove(name)

    def test_escaped_texts(self):
        """What cannot be typed is shown as messages show it."""
        for name in ESCAPED:
            with self.subTest(name=name):
                self.write(name, self.data)
                page, _ = self.page(*ONE, '--kernel', name, '--initrd', name,
                                    '--append', name)
                self.check_contained(page)
                file = page.one(id='file')
                self.assertEqual(
                    [item.text for item in file.all('bdi')],
                    ['fw', printed(name), printed(name)])
                self.assertIn(printed(name), [item.text for item in file.all(
                    'code', class_=None)])
                verify = page.one(id='verify').text
                self.assertIn(' --kernel KERNEL --initrd INITRD --append=TEXT '
                              'fw', verify)
                self.assertIn('stand for names, and TEXT for a command line, '
                              'that cannot be typed', verify)
                os.remove(name)

    def test_svsm(self):
        """A list has no place for it."""
        svsm = sev.svsm()
        self.write('svsm', svsm)
        self.write('vars', bytes(0x2000))
        digest = snp.svsm_digest(self.image.data, svsm.data,
                                 vars_size=0x2000).hex()
        for args in ('--vars-size', '8192'), ('--vars-file', 'vars'):
            page, _ = self.page(*ONE, '--svsm', 'svsm', *args)
            self.assertEqual(values(page.one(id='snp')), [digest])
            self.check_commands(page, [digest], 2)
            self.assertIn(hashlib.sha256(svsm.data).hexdigest(),
                          page.one(id='file').text)

    def test_goes_on(self):
        """From the firmware's digest, whatever the firmware's bytes."""
        start = snp.firmware_digest(self.image.data).hex()
        page, _ = self.page(*ONE, '--snp-ovmf-hash', start)
        digest = snp.launch_digest(self.image.data).hex()
        self.assertEqual(values(page.one(id='snp')), [digest])
        self.check_commands(page, [digest], 2)
        row = [cell.text for cell in list(page.one(id='sections').one(
            'tbody').all('tr'))[0].all('td')]
        self.assertEqual(row[1:3], ['firmware', 'nothing'])

    def test_several_without_lines(self):
        """Of launches that no list says, the command prints JSON."""
        self.write('svsm', sev.svsm())
        start = snp.firmware_digest(self.image.data).hex()
        for source in (('--snp-ovmf-hash', start),
                       ('--svsm', 'svsm', '--vars-size', '8192')):
            args = (*ONE, '--vcpus', '2', *source)
            self.assertEqual(calc('show', '--html', 'page.html', *args,
                                  'fw').status, 0)
            with open('page.html', encoding='utf-8') as file:
                page = drawings.parse_page(file.read())
            self.assertEqual(len(values(page.one(id='snp'))), 2)
            commands = [item.text for item in page.one(id='verify').all('pre')]
            self.assertEqual(len(commands), 2)
            found = [json.loads(line)['values'][0]['value']
                     for line in self.shell(commands[1]).splitlines()]
            self.assertEqual(found, values(page.one(id='snp')))

    def test_sev(self):
        """The digest that SEV and SEV-ES report an HMAC over."""
        boot = {'kernel': self.data, 'append': 'a b'}
        options = ('--kernel', 'kernel', '--append', 'a b')
        es = ('--platform', 'sev-es', '--vcpus', '2', '--vcpu-type',
              'EPYC-Milan')
        for args, kind, column, digest in (
                (('--platform', 'sev'), 'SEV', 'sev',
                 snp.sev_digest(self.image.data)),
                (('--platform', 'sev', *options), 'SEV', 'sev',
                 snp.sev_digest(self.image.data, **boot)),
                (es, 'SEV-ES', 'sev-es', snp.sev_es_digest(
                    self.image.data, vcpus=2, signature=MILAN)),
                ((*es, *options), 'SEV-ES', 'sev-es', snp.sev_es_digest(
                    self.image.data, vcpus=2, signature=MILAN, **boot))):
            with self.subTest(args=args):
                page, _ = self.page(*args)
                self.check_head(page, f'AMD {kind} firmware')
                self.assertEqual(values(page.one(id=column)), [digest.hex()])
                self.assertIn('HMAC', page.one(id=column).text)
                self.assertEqual(list(page.all(id='reference')), [])
                self.assertEqual(list(page.one(id='launch').all('details')),
                                 [])
                self.check_commands(page, [digest.hex()])
                self.check_contained(page)


class Igvm(Case):
    def test_both(self):
        """Each platform's value of one file."""
        file = igvm_file((igvm.TDX, 1), (igvm.SNP, 2))
        self.write('fw', file)
        digest = snp_igvm.digest(file).hex()
        for args in (), SNP:
            page, _ = self.page(*args)
            self.assertEqual(values(page.one(id='snp')), [digest])
            spec, *_ = page.one(id='mrtd').all(**{'data-vmm': 'spec'})
            self.assertEqual(spec.one('code').text,
                             igvm_reader.mrtd(file))
            self.check_contained(page)
        self.check_commands(page, [digest])
        self.check_head(page, 'AMD SEV-SNP firmware')
        page, _ = self.page()
        self.assertEqual(self.shell(page.one(id='snp').one('pre').text),
                         digest + '\n')

    def test_one(self):
        """The other says why."""
        self.write('fw', igvm_file((igvm.TDX, 1)))
        page, _ = self.page()
        self.assertIn(self.refusal(page.one(id='snp')),
                      calc(*SNP, 'fw').lines[0])
        self.write('fw', igvm_file((igvm.SNP, 1)))
        page, _ = self.page(*SNP)
        self.assertIn(self.refusal(page.one(id='mrtd')), calc('fw').lines[0])

    def test_vmms(self):
        """The page is of the VMM that was asked for, as QEMU's own."""
        file = igvm_file((igvm.SNP, 1), items=[igvm.context(
            1, data=snp.vmsa('qemu', snp.BSP_EIP, 0, 1))])
        self.write('fw', file)
        for args, rule, more in (
                (('--vmm', 'vanadium'), 'vanadium', {}),
                (('--vmm', 'cloud-hypervisor-mshv'), 'cloud-hypervisor-mshv',
                 {}),
                (('--vmm', 'qemu', '--vcpus', '2', '--vcpu-type', 'EPYC-v4'),
                 'qemu', {'vcpus': 2})):
            with self.subTest(rule=rule):
                page, _ = self.page(*SNP, *args)
                digest = snp_igvm.digest(file, rule, **more).hex()
                self.assertEqual(values(page.one(id='snp')), [digest])
                self.check_commands(page, [digest])

    def test_id_block(self):
        """A file that says another digest of itself: on both pages."""
        right = snp_igvm.digest(igvm_file((igvm.TDX, 1), (igvm.SNP, 2)))
        wrong = right[:-1] + bytes([right[-1] ^ 1])
        for digest, is_wrong in (right, False), (wrong, True):
            self.write('fw', igvm_file(
                (igvm.TDX, 1), (igvm.SNP, 2),
                items=[igvm.id_block(digest, 2)]))
            page, _ = self.page()
            self.assertEqual('[igvm-id-block]' in page.one(id='snp').text,
                             is_wrong)
            page, _ = self.page(*SNP)
            self.assertEqual('[igvm-id-block]' in page.one(
                id='findings').text, is_wrong)

    def test_rows(self):
        """The first 4096 of each list, and how many more there are."""
        for count, more in (4096, 0), (4100, 4):
            items = [igvm.page(2 * sev.PAGE * i) for i in range(count - 2)]
            self.write('fw', igvm_file((igvm.SNP, 1), items=items))
            page, _ = self.page(*SNP)
            for name, things in ('sections', 'sections'), ('launch', 'runs'):
                part = page.one(id=name)
                rows = [row for row in part.one('tbody').all('tr')
                        if len(list(row.all('td'))) > 1]
                self.assertEqual(len(rows), 4096)
                self.assertEqual(f'{more} more {things} are not on' in
                                 part.text, more > 0)
            self.assertEqual(len(list(page.one(id='launch').one(
                'details').all('li'))), 4096)
