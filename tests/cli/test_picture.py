# SPDX-License-Identifier: Apache-2.0
"""show --svg: bands and lines stand where the sections do."""

import hashlib
import json
import re
import xml.etree.ElementTree as ElementTree

import drawings
import images
from support import TestCase, VMMS, calc, environment, mrtd

PLACES = {'file': ('offset', 'raw'), 'memory': ('address', 'memory')}
KINDS = {'added, measured': 'measured', 'measured': 'measured',
         'added': 'added', 'nothing': 'not'}
WORDS = {'measured': 'measured', 'added': 'added', 'not': 'not added'}
STRENGTH = ('not', 'added', 'measured')


def place(section, column):
    """The first byte and the one behind the last, or None."""
    start, size = (getattr(section, name) for name in PLACES[column])
    return (start, start + size) if size else None


class Model:
    """What a picture must show, made from sections and treatments."""

    def __init__(self, image, document):
        self.image = image
        self.kinds = [KINDS[drawings.treatment(section)]
                      for section in document['sections']]
        self.size = document['size']

    def bands(self, column):
        """(kind, lines) from top to bottom."""
        places = [place(section, column) for section in self.image.sections]
        edges = {edge for at in places if at for edge in at}
        if edges or column == 'file':
            edges.add(0)
        if column == 'file':
            edges.add(self.size)
        edges = sorted(edges)
        for start, end in zip(edges, edges[1:]):
            inside = [i for i, at in enumerate(places)
                      if at and at[0] < end and at[1] > start]
            if not inside:
                yield 'gap', (f'gap, {drawings.size(end - start)}',)
                continue
            least = min(inside, key=lambda i: places[i][1] - places[i][0])
            kind = max((self.kinds[i] for i in inside), key=STRENGTH.index)
            name = drawings.TYPES[self.image.sections[least].type]
            more = f' +{len(inside) - 1}' if len(inside) > 1 else ''
            yield kind, (f'{least} {name}{more}',
                         f'{WORDS[kind]}, {drawings.size(end - start)}',
                         f'{start:#x}', f'{end - 1:#x}')


class Picture(TestCase):
    def draw(self, image, *args):
        """The picture of an image, and the JSON."""
        self.write('fw', image)
        made = calc('show', '--svg', 'fw.svg', *args, 'fw')
        self.assertEqual((made.status, made.stdout), (0, b''), made)
        self.text = (self.folder / 'fw.svg').read_text('utf-8')
        return (drawings.Picture(self.text),
                json.loads(calc('show', '--json', *args, 'fw').stdout))

    def check_stack(self, picture):
        """Bands of a column follow each other, and hold their lines."""
        for column in 'file', 'memory':
            bands = picture.column(column)
            for upper, lower in zip(bands, bands[1:]):
                self.assertEqual(upper.bottom, lower.top)
            for band in bands:
                room = band.bottom - band.top
                self.assertGreaterEqual(room, 16 * len(band.lines))

    def test_bands(self):
        """All sections and gaps, in the order of their addresses."""
        made = {
            'kinds': drawings.all_kinds(), 'good': images.image(),
            'split': images.joined(), 'sizes': drawings.sizes(),
            'some': drawings.many(24),
            # A section in memory only, and one whose data come twice.
            'twice': images.more(images.BFV._replace(address=0x4000000))}
        for name, image in made.items():
            for vmm in 'spec', 'kvm-v19':
                with self.subTest(image=name, vmm=vmm):
                    picture, document = self.draw(image, '--vmm', vmm)
                    model = Model(image, document)
                    for column in 'file', 'memory':
                        self.assertEqual(
                            [(band.kind, band.lines)
                             for band in picture.column(column)],
                            list(model.bands(column)))
                    self.check_stack(picture)
                    self.check_ribbons(picture, model)

    def check_ribbons(self, picture, model):
        """One from each section's bands in the file to those in memory."""
        expected = set()
        for section, kind in zip(model.image.sections, model.kinds):
            if section.raw and section.memory:
                expected.add(drawings.Ribbon(kind, *(
                    self.extent(picture.column(column),
                                place(section, column))
                    for column in ('file', 'memory'))))
        self.assertEqual(sorted(picture.ribbons), sorted(expected))

    def extent(self, bands, at):
        """From the top of a place's first band to the end of its last."""
        inside = [band for band in bands if band.kind != 'gap'
                  and int(band.lines[2], 16) < at[1]
                  and int(band.lines[3], 16) >= at[0]]
        return inside[0].top, inside[-1].bottom

    def test_scale(self):
        """A page can be read beside 16 MiB, which is taller, not 4096 times."""
        picture, _ = self.draw(drawings.sizes())
        heights = {band.lines[0]: band.bottom - band.top
                   for band in picture.column('file')}
        small, large = heights['1 CFV'], heights['0 BFV']
        self.assertGreaterEqual(small, 60)
        self.assertTrue(1.5 * small < large < 4 * small, heights)

    def test_digests(self):
        image = drawings.all_kinds()
        picture, document = self.draw(image)
        for value in (hashlib.sha256(image.data).hexdigest(),
                      hashlib.sha384(image.data).hexdigest(),
                      mrtd(image), mrtd(image, 'kvm-v19')):
            self.assertIn(value, picture.texts)
        rows = calc('--vmm', 'help').text.split('\nWith')[0].split('\n\n')
        software = [re.search('software: (.*)', row).group(1) for row in rows
                    if row.split()[0] in VMMS]
        self.assertEqual(len(software), len(VMMS))
        text = ' '.join(picture.texts)
        for words in software:
            self.assertIn(words, text)
        refused = calc('--vmm', 'cloud-hypervisor', 'fw')
        code = re.search(r'\[.*\]$', refused.lines[-1]).group()
        self.assertRegex(text, f'none: .*{re.escape(code)}')
        self.assertIn(f'{document["size"]} bytes;', text)

    def test_many(self):
        """Neighbours are grouped; every section is counted."""
        picture, _ = self.draw(drawings.many(1024))
        for column in 'file', 'memory':
            bands = picture.column(column)
            self.assertLessEqual(len(bands), 64)
            self.assertGreater(len(bands), 24)
        self.check_stack(picture)
        self.assertTrue(any('neighbours are grouped' in text
                            for text in picture.texts))
        # Sections that a boundary cuts are counted on both of its sides.
        counted = sum(int(band.lines[0].split()[0])
                      for band in picture.column('memory')
                      if band.lines[0].endswith('sections'))
        self.assertTrue(1024 <= counted <= 1024 + 64, counted)
        bottom = max(band.bottom for band in picture.bands)
        self.assertLess(bottom, 8000)
        self.check_parts(picture)

    def check_parts(self, picture):
        """Half of the spine of a mixed band is in the other pattern."""
        parts = 0
        for group in picture.root.iter(f'{drawings.SVG}g'):
            text = ''.join(group.itertext())
            halves = [inner.get('class')
                      for inner in group.findall(f'{drawings.SVG}g')]
            self.assertEqual(halves, ['mrtd-added'] if 'part measured' in text
                             else [])
            parts += len(halves)
        self.assertGreater(parts, 24)

    def test_grouped_only_where_needed(self):
        """Up to 64 bands in a column, each stands for itself."""
        grouped = set()
        for count in range(28, 44):
            image = drawings.many(count)
            picture, document = self.draw(image)
            model = Model(image, document)
            most = max(len(list(model.bands(column)))
                       for column in ('file', 'memory'))
            self.assertEqual('grouped' in ' '.join(picture.texts), most > 64,
                             most)
            grouped.add(most > 64)
        self.assertEqual(grouped, {False, True})

    def test_no_memory(self):
        """Sections without memory: an empty column, and said so."""
        picture, _ = self.draw(images.image((images.TD_INFO,)))
        self.assertEqual(picture.column('memory'), [])
        self.assertIn('no section has memory', picture.texts)
        self.assertEqual(picture.ribbons, [])

    def test_top_of_address_space(self):
        """Up to the last byte of 64 bits, overlaps included."""
        huge = images.Section(0, 0, 1 << 63, 1 << 63, 4, 2)
        image = images.more(huge, huge._replace(memory=1 << 62))
        picture, _ = self.draw(image, '--permissive')
        bands = picture.column('memory')
        self.assertEqual([band.lines for band in bands[-2:]], [
            ('5 PermMem +1', 'not added, 4 EiB', f'{1 << 63:#x}',
             f'{(3 << 62) - 1:#x}'),
            ('4 PermMem', 'not added, 4 EiB', f'{3 << 62:#x}',
             f'{(1 << 64) - 1:#x}')])
        self.check_stack(picture)

    def test_accessible(self):
        """Named and described; what is meant is not said by colour alone."""
        picture, document = self.draw(drawings.all_kinds())
        root = picture.root
        self.assertEqual(root.get('role'), 'img')
        texts = {element.get('id'): element.text
                 for element in root.iter() if element.get('id')}
        title, description = (texts[name] for name in
                              root.get('aria-labelledby').split())
        self.assertEqual(title, 'Layout of fw')
        kinds = [KINDS[drawings.treatment(section)]
                 for section in document['sections']]
        self.assertIn(f'{kinds.count("measured")} measured, '
                      f'{kinds.count("added")} added and not measured, '
                      f'{kinds.count("not")} neither', description)
        self.assertIn(document['mrtd'], description)
        style = root.find(f'{drawings.SVG}style').text
        self.assertIn('prefers-color-scheme:dark', style)
        self.assertGreaterEqual(
            min(float(size) for size in re.findall(r'([\d.]+)px', style)), 11)

    def test_names(self):
        """Any name is well-formed XML; long ones are cut in the title."""
        for name, title in (
                ('<script>&"\']]>', None), ('\u4e2d' * 60, '\u4e2d' * 48 + '…'),
                ('\u4e2d' * 48, None), ('x' * 200, 'x' * 48 + '…'),
                (b'\xff\x1b\n', '\\377\\033\\012'), ('--', None)):
            with self.subTest(name=name):
                self.write(name, images.image())
                made = calc('show', '--svg', '-', '--', name)
                self.assertEqual((made.status, made.lines), (0, []))
                root = ElementTree.fromstring(made.stdout)
                shown = drawings.Picture(made.stdout.decode()).texts[0]
                self.assertEqual(shown, title or name)
                self.assertLessEqual(
                    {element.tag.removeprefix(drawings.SVG)
                     for element in root.iter()},
                    {'svg', 'title', 'desc', 'style', 'defs', 'pattern',
                     'rect', 'g', 'text', 'path'})

    def test_same_inline(self):
        """The page has the same picture, moved up by the head."""
        picture, _ = self.draw(drawings.many(24))
        made = calc('show', '--html', '-', 'fw', env=environment())
        inline = re.search('<svg.*</svg>', made.stdout.decode(), re.S).group()
        inline = drawings.Picture(inline.replace(
            '<svg ', '<svg xmlns="http://www.w3.org/2000/svg" ', 1))
        moved = picture.bands[0].top - inline.bands[0].top
        self.assertEqual(
            [band._replace(top=band.top + moved, bottom=band.bottom + moved)
             for band in inline.bands], picture.bands)
        self.assertEqual(len(inline.ribbons), len(picture.ribbons))
