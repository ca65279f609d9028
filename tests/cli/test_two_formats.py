# SPDX-License-Identifier: Apache-2.0
"""Files that can be read in two ways: refused until it is said which is meant;
and what VARS cannot decide."""

import html
import itertools
import json
import os
import random
import re
import shutil
import subprocess

import igvm_reader
import images
import support
from igvm import Igvm, page, platform
from support import TestCase, calc

SEED = 11
IGVM = Igvm([platform(), page(0xfffff000, b'reset')],
            header={'total': images.SIZE})


def fronts():
    """Files that begin as an IGVM file does, by name; the first is whole."""
    whole = IGVM.encode()
    assert len(whole) < 0x3000
    yield 'whole', whole
    yield 'version 2', IGVM._replace(version=2).encode()
    yield 'another version', IGVM._replace(version=3).encode()
    yield 'a wrong checksum', whole[:20] + b'XXXX' + whole[24:]
    yield 'the magic alone', b'IGVM'
    yield 'no structures', Igvm([], header={'total': images.SIZE}).encode()


def backs():
    """Images whose metadata is found, by name: the first front fits."""
    good = images.image()
    yield 'the table', good
    yield 'the offset', images.td_shim()
    yield 'both', images.image(pointer=images.DESCRIPTOR)
    yield 'no descriptor there', images.image(signature=b'TDVX')
    yield 'no section', images.image(())
    yield 'an entry out of the file', images.image(
        entries=[images.tdx_entry(images.SIZE + 1)])
    yield 'a short entry', images.image(
        entries=[images.entry(images.TDX, b'')])
    yield 'a malformed table', images.image(table_length=17)
    yield 'a second entry', images.image(
        entries=[images.tdx_entry(0x1ff0)] * 2)


def joined(front, back):
    return back._replace(data=front + back.data[len(front):])


class TwoFormats(TestCase):
    def ambiguous(self, result):
        self.refused(result, 3)
        self.assertIn('an IGVM file by the magic at offset 0x0',
                      result.lines[0])
        self.offered(result.lines[0])

    def offered(self, line, name='fw'):
        """Of the options that are offered each makes it one, and no other."""
        self.assertTrue(line.endswith(' [ambiguous-format]'), line)
        said = line.split('; ')[-1]
        for word in 'tdvf', 'igvm':
            result = calc('--image-format', word, '--permissive', name)
            self.assertEqual(word in said, result.status == 0, (line, result))
        self.assertEqual('--image-format' in said, 'tdvf' in said
                         or 'igvm' in said)

    def test_each(self):
        """Each front before each back, in each command."""
        for (front, head), (back, image) in itertools.product(fronts(),
                                                              backs()):
            with self.subTest(front=front, back=back):
                self.write('fw', joined(head, image))
                self.ambiguous(calc('fw'))
        self.write('fw', joined(*(next(i)[1] for i in (fronts(), backs()))))
        value = support.mrtd(images.image())
        self.write('list', f'MRTD (fw) = {value}\n'.encode())
        self.write('rvps', b'{"mr_td": ["' + value.encode() + b'"]}')
        for args in (['--json', 'fw'], ['--tag', 'fw'], ['show', 'fw'],
                     ['show', '--html', 'page', 'fw'], ['reference', 'fw'],
                     ['check', 'fw', '--against', value],
                     ['reference', '--verify', 'rvps', 'fw'],
                     ['tdinfo', 'fw', '--attributes', '0', '--xfam', '3']):
            with self.subTest(args=args):
                self.ambiguous(calc(*args))
                self.assertFalse(os.path.exists('page'))
        result = calc('-c', 'list')
        self.assertEqual((result.status, result.text),
                         (3, 'fw: FAILED (refused)\n'))
        self.good('other')
        for sides in ('fw', 'other'), ('other', 'fw'):
            self.assertEqual(calc('diff', *sides).status, 3)
        # What each VMM reads of it is no question; but it is not one image.
        result = calc('lint', '--vmm', 'qemu', 'fw')
        self.assertEqual(result.status, 1)
        self.assertIn('[ambiguous-format]', result.text)

    def test_said(self):
        """Each reading has the value of the file that it is of."""
        whole = next(fronts())[1]
        for back, image in itertools.islice(backs(), 3):
            made = self.write('fw', joined(whole, image))
            with self.subTest(back=back):
                self.assertEqual(
                    calc('--image-format', 'tdvf', 'fw').text,
                    support.mrtd(made) + '\n')
                self.assertEqual(
                    calc('--image-format', 'igvm', 'fw').text,
                    igvm_reader.mrtd(made.data) + '\n')

    def test_lists(self):
        """What was said is a label of the line, and -c reads it so."""
        made = self.write('fw', joined(*(next(i)[1]
                                         for i in (fronts(), backs()))))
        values = {'tdvf': support.mrtd(made),
                  'igvm': igvm_reader.mrtd(made.data)}
        for said, value in values.items():
            line = f'MRTD[{said}] (fw) = {value}\n'
            self.assertEqual(
                calc('--tag', '--image-format', said, 'fw').text, line)
            for label, wanted in itertools.product(values, values.values()):
                self.write('list', f'MRTD[{label}] (fw) = {wanted}\n'.encode())
                good = values[label] == wanted
                for more in [], ['--image-format', label]:
                    result = calc('-c', *more, 'list')
                    self.assertEqual(
                        (result.status, result.text.startswith('fw: OK')),
                        (0 if good else 1, good))
                other = 'tdvf' if label == 'igvm' else 'igvm'
                result = calc('-c', '--image-format', other, 'list')
                self.assertEqual(result.status, 3)
                self.assertIn('[list-format]', result.lines[0])
        two = support.mrtd(made, 'kvm-v19')
        line = f'MRTD[kvm-v19,tdvf] (fw) = {two}\n'
        self.assertEqual(calc('--tag', '--vmm', 'kvm-v19', '--image-format',
                              'tdvf', 'fw').text, line)
        self.write('list', line.encode())
        self.check(calc('-c', 'list'), 0, 'fw: OK\n')
        for labels in 'tdvf,igvm', 'igvm,igvm', 'igvm,', 'IGVM', 'elf':
            self.write('list', f'MRTD[{labels}] (fw) = {two}\n'.encode())
            result = calc('-c', 'list')
            self.assertEqual(result.status, 3)
            self.assertIn('[list-label]', result.lines[0])

    def test_lint(self):
        """The VMMs take it for a TDVF image."""
        made = self.write('fw', joined(next(fronts())[1], images.image(
            pointer=images.DESCRIPTOR)))
        for said in [], ['--image-format', 'tdvf']:
            document = json.loads(calc('lint', '--json', *said, 'fw').stdout)
            values = {vmm['vmm']: vmm['plan']['mrtd']
                      for vmm in document['vmms'] if vmm['plan']}
            self.assertEqual(values['qemu'], support.mrtd(made))
            self.assertEqual(document['mrtd'],
                             support.mrtd(made) if said else None)
            for vmm in document['vmms']:
                if vmm['plan']:
                    self.assertEqual(
                        vmm['plan']['specified'],
                        vmm['plan']['mrtd'] == document['mrtd']
                        if said else None)
            text = calc('lint', *said, 'fw').text
            self.assertEqual('the specification\'s MRTD' in text, bool(said))
            self.assertIn(values['qemu'] if not said else
                          f"MRTD {document['mrtd']}", text)
            self.assertEqual(
                document['verdict'] == 'loads', bool(said) and all(
                    vmm['verdict'] == 'loads'
                    for vmm in document['vmms']))
        result = calc('lint', '--image-format', 'igvm', 'fw')
        self.refused(result, 3)
        self.assertIn('[igvm]', result.lines[0])

    def test_wrongly_said(self):
        self.good()
        self.refused(calc('--image-format', 'igvm', 'fw'), 3)
        self.write('igvm', IGVM._replace(header={}).encode())
        self.refused(calc('--image-format', 'tdvf', 'igvm'), 3)
        for args in ['--image-format', 'elf', 'fw'], ['--image-format', 'fw']:
            self.refused(calc(*args), 2)

    def test_two_metadata_of_which_one_is_wrong(self):
        """No option is offered that would be refused."""
        for pointer, signature, more in (
                (0x5010, b'TDVF', {}), (0x5010, b'TDVF', {'version': 2}),
                (0x5010, b'TDVF', {'length': 20})):
            self.write('fw', images.image(
                pointer=pointer, patch=[(pointer, signature)], **more))
            result = calc('fw')
            self.refused(result, 3)
            if '[ambiguous-format]' in result.lines[0]:
                self.offered(result.lines[0])

    def test_two_metadata(self):
        """The table and the 32-bit offset lead to two descriptors."""
        made = self.write('fw', images.image(
            pointer=0x5010, patch=[(0x5000, images.metadata(images.GOOD))]))
        self.refused(calc('fw'), 3)
        self.offered(calc('fw').lines[0])
        result = calc('--image-format', 'tdvf', 'fw')
        self.assertEqual(result.text, support.mrtd(made) + '\n')
        self.assertIn('[locators-differ]', result.lines[0])


class Documents(TestCase):
    """What was said is in the documents that have a place for it, and they are
    read back so."""

    WITH = ('json', 'in-toto', 'in-toto-predicate')

    def setUp(self):
        super().setUp()
        made = self.write('fw', joined(*(next(i)[1]
                                         for i in (fronts(), backs()))))
        self.values = {'tdvf': support.mrtd(made),
                       'igvm': igvm_reader.mrtd(made.data)}

    def document(self, name, said, *more):
        result = calc('reference', '--format', name, *more, '--image-format',
                      said, 'fw')
        self.assertEqual(result.status, 0, result)
        return result.text

    def read(self, text, *args):
        """Both commands; each must have the same status."""
        self.write('doc', text.encode())
        results = [calc('reference', '--verify', 'doc', *args, 'fw'),
                   calc('check', *args, 'fw', '--against', 'doc')]
        self.assertEqual(results[0].status, results[1].status, results)
        return results[0]

    @staticmethod
    def other(said):
        return 'tdvf' if said == 'igvm' else 'igvm'

    def test_written(self):
        for name, said in itertools.product(self.WITH, self.values):
            text = self.document(name, said)
            with self.subTest(name=name, said=said):
                self.assertEqual(text.count(f'"image_format": "{said}"'), 1)
                self.assertIn(self.values[said], text)
        self.good('plain')
        for name in self.WITH:
            self.assertNotIn('image_format', calc(
                'reference', '--format', name, 'plain').text)
        for name in 'rvps', 'ita', 'go-tdx-guest', 'dcap-policy':
            self.assertNotIn('format', self.document(name, 'tdvf'))

    def test_honoured(self):
        for name, said in itertools.product(self.WITH, self.values):
            text = self.document(name, said)
            with self.subTest(name=name, said=said):
                self.assertEqual(self.read(text).status, 0)
                self.assertEqual(self.read(text, '--image-format',
                                           said).status, 0)
                result = self.read(text, '--image-format', self.other(said))
                self.refused(result, 3)
                self.assertIn('[against-format]', result.lines[0])

    def test_changed(self):
        """The value of one reading, said to be that of the other; and what
        says nothing that is known."""
        for name, said in itertools.product(self.WITH, self.values):
            member = f'"image_format": "{said}"'
            text = self.document(name, said)
            with self.subTest(name=name, said=said):
                self.assertEqual(self.read(text.replace(
                    member, f'"image_format": "{self.other(said)}"')).status,
                    1)
                for wrong in '"TDVF"', '"elf"', '""', 'null', '[]', '4':
                    result = self.read(text.replace(
                        member, f'"image_format": {wrong}'))
                    self.refused(result, 3)
                    # Not a name, or not of the type of its schema.
                    self.assertRegex(result.lines[0],
                                     r' \[against-(format|json)\]\Z')
                # As documents of older versions are: nothing is known.
                result = self.read(text.replace(f'{member},', ''))
                self.assertEqual(result.status, 3)

    def test_both(self):
        """A document with both readings of one file."""
        made = [json.loads(self.document('json', said))
                for said in self.values]
        made[0]['firmware'] += made[1]['firmware']
        text = json.dumps(made[0])
        self.refused(self.read(text), 3)
        self.write('doc', text.encode())
        for said, value in self.values.items():
            result = calc('check', '--image-format', said, 'fw', '--against',
                          'doc')
            self.assertEqual(result.status, 0)
            made[0]['firmware'].reverse()
            # The right value under the other's name only.
            for item in made[0]['firmware']:
                item['values'][0]['value'] = (
                    value if item['image_format'] != said else '0' * 96)
            self.write('other', json.dumps(made[0]).encode())
            for args in (['check', 'fw', '--against', 'other'],
                         ['reference', '--verify', 'other', 'fw']):
                self.assertEqual(calc(*args, '--image-format', said).status, 1)

    def test_several(self):
        """Each file is taken for what is said of it, told by its digests."""
        self.write('igvm', IGVM._replace(header={}).encode())
        self.good('plain')
        documents = [json.loads(self.document('json', 'tdvf'))]
        documents += [json.loads(calc('reference', '--format', 'json',
                                      name).text) for name in ('igvm', 'plain')]
        documents[0]['firmware'] += [i for d in documents[1:]
                                     for i in d['firmware']]
        self.write('doc', json.dumps(documents[0]).encode())
        result = calc('reference', '--verify', 'doc', 'plain', 'fw', 'igvm')
        self.assertEqual((result.status, result.text.count(': OK')), (0, 3))

    def test_manifest(self):
        def component(**more):
            self.write('m.json', json.dumps({
                'schema': 'mrtd-calc/manifest/1', 'release': 'r',
                'components': [{'component': 'c', 'file': 'fw',
                                'formats': list(self.WITH), **more}]}).encode())
            return calc('reference', '--release', 'm.json', '--out-dir',
                        'out')

        self.assertEqual(component().status, 3)
        for wrong in 'elf', '', None, 4, ['tdvf']:
            result = component(image_format=wrong)
            self.refused(result, 3)
            self.assertIn('"image_format": not one of tdvf or igvm '
                          '[manifest]', result.lines[0])
        result = component(image_format='igvm', vars='fw')
        self.refused(result, 3)
        self.assertIn('[manifest]', result.lines[0])
        self.assertFalse(os.path.exists('out'))
        for said, value in self.values.items():
            result = component(image_format=said)
            self.assertEqual(result.status, 0, result)
            self.assertEqual(
                (self.folder / 'out/MRTDSUMS').read_text('utf-8'),
                f'MRTD[{said}] (fw) = {value}\n')
            for name in self.WITH:
                text = (self.folder / f'out/fw.reference-value.{name}.json'
                        ).read_text('utf-8')
                self.assertEqual(self.read(text).status, 0)
            text = (self.folder / 'out/index.json').read_text('utf-8')
            self.assertEqual(
                json.loads(text)['components'][0]['image_format'], said)
            self.assertEqual(self.read(text).status, 0)
            shutil.rmtree('out')

    def test_page(self):
        """What it says to type gives its value, or compares with it."""
        for said, value in self.values.items():
            page = calc('show', '--html', '-', '--image-format', said,
                        'fw').text
            found = [html.unescape(each) for each in re.findall(
                '<pre><code>(mrtd-calc .*?)</code>', page, re.S)]
            self.assertEqual(len(found), 2)
            for command, wanted in zip(found, (f'{value}\n', 'fw: OK\n')):
                shell = command.replace('mrtd-calc', '"$0"', 1)
                done = subprocess.run(
                    ['sh', '-c', shell, support.PROGRAM], check=False,
                    env=support.environment(), capture_output=True, text=True)
                self.assertEqual((done.returncode, done.stdout), (0, wanted),
                                 command)

    def test_no_contradiction_with_vars(self):
        """A split image is a TDVF image."""
        whole = images.joined()
        self.write('vars', whole.data[:images.VARS_SIZE])
        self.write('fw', whole.data[images.VARS_SIZE:])
        text = self.document('json', 'tdvf', '--vars', 'vars')
        self.assertEqual(self.read(text, '--vars', 'vars').status, 0)
        result = self.read(text.replace('"tdvf"', '"igvm"'), '--vars', 'vars')
        self.refused(result, 3)
        self.assertIn('[against-format]', result.lines[0])


class Vars(TestCase):
    """VARS are writable and not measured: they decide nothing."""

    def setUp(self):
        super().setUp()
        whole = images.joined()
        self.value = support.mrtd(whole) + '\n'
        self.vars = whole.data[:images.VARS_SIZE]
        self.write('code', whole.data[images.VARS_SIZE:])

    def test_bytes(self):
        """Whatever they are, but for another format's magic."""
        rng = random.Random(SEED)
        meta = images.metadata(images.SPLIT_SECTIONS)
        for front in (b'', b'IGV', b'MZ', b'\x7fELF', b'\x1f\x8b', b'QFI\xfb',
                      meta, meta[16:], b'TDVF', b'_FVH', bytes(1),
                      *(rng.randbytes(rng.randrange(1, images.VARS_SIZE))
                        for _ in range(30))):
            at = rng.choice((0, 0, 16, 0x1000))
            data = bytearray(self.vars)
            data[at:at + len(front)] = front
            self.write('vars', bytes(data[:images.VARS_SIZE]))
            with self.subTest(front=front[:16], at=at):
                self.check(calc('--vars', 'vars', 'code'), 0, self.value)

    def test_empty(self):
        """VARS of no bytes, with a whole image or CODE, for each command and
        each kind of file that has none."""
        self.write('whole', images.image().data)
        self.write('vars', b'')
        for name in 'whole', 'code':
            for command in ([], ['--json'], ['show'], ['lint'],
                            ['reference'], ['show', '--html', 'page'],
                            ['check', '--against', self.value.strip()],
                            ['tdinfo', '--attributes', '0', '--xfam', '3']):
                for none in 'vars', '/dev/null', '-':
                    result = calc(*command, '--vars', none, name)
                    self.refused(result, 3)
                    self.assertRegex(result.lines[0], r'^(vars|/dev/null|-|'
                                     r'standard input): the VARS file is '
                                     r'empty; .* \[vars-size\]$')
        self.assertFalse(os.path.exists('page'))

    def test_igvm(self):
        for _, front in fronts():
            self.write('vars', front + self.vars[len(front):])
            result = calc('--vars', 'vars', 'code')
            self.refused(result, 3)
            self.assertRegex(result.lines[0], r'^vars: offset 0x0: .*'
                             r'\[vars-igvm\]$')
        self.write('vars', self.vars)
        code = bytearray((self.folder / 'code').read_bytes())
        code[:4] = b'IGVM'
        self.write('code', bytes(code))
        self.refused(calc('--vars', 'vars', 'code'), 3)
        self.refused(calc('--image-format', 'igvm', '--vars', 'vars', 'code'),
                     2)

    def test_metadata(self):
        """A CODE whose locator leads into VARS."""
        meta = images.metadata(images.SPLIT_SECTIONS)
        vars_ = bytearray(self.vars)
        vars_[0x1000:0x1000 + len(meta)] = meta
        self.write('vars', bytes(vars_))
        # A table of which the TDX entry is in VARS, the metadata in CODE.
        entry = images.tdx_entry(images.SIZE - images.DESCRIPTOR)
        filler = images.SIZE - 0x20 - 18 - images.VARS_SIZE
        long = images.image(
            images.SPLIT_SECTIONS, entries=[],
            patch=[(images.SIZE - 0x20 - 18 - 18, images.entry(
                images.OTHER, length=filler)),
                   (images.SIZE - 0x20 - 18, images.entry(
                       images.FOOTER, length=filler + 18 + len(entry)))])
        at = images.VARS_SIZE - len(entry)
        vars_[at:] = entry
        self.write('vars', bytes(vars_))
        for code in (
                images.td_shim(images.SPLIT_SECTIONS, pointer=0x1010),
                images.image(images.SPLIT_SECTIONS, entries=[
                    images.tdx_entry(images.SIZE - 0x1010)]), long):
            self.write('code', code.data[images.VARS_SIZE:])
            for command in [], ['show'], ['lint']:
                result = calc(*command, '--vars', 'vars', 'code')
                self.refused(result, 3)
                self.assertRegex(result.lines[0], r'^vars: .*'
                                 r'\[vars-metadata\]$')
