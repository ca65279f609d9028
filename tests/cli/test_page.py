# SPDX-License-Identifier: Apache-2.0
"""show --html: what the page says is what the JSON says; names are data."""

import hashlib
import json
import os
import re

import drawings
import images
import support
import test_outputs
from page_case import ESCAPED, HOSTILE, PageCase, printed
from support import TestCase, VMMS, calc, mrtd, warned


class Page(PageCase):
    def check_page(self, page, document):
        """All that the JSON says is there."""
        self.assertEqual(page.one(id='size').text, str(document['size']))
        for name in 'sha256', 'sha384':
            self.assertEqual(page.one(id=name).text, document[name])
        sections = page.one(id='sections')
        self.assertEqual(
            [[cell.text for cell in line.all('td')]
             for line in sections.one('tbody').all('tr')],
            [drawings.row(section) for section in document['sections']])
        self.assertEqual(
            [cell.text for cell in sections.one('tfoot').all('td')],
            [str(document['totals'][name]) for name in (
                'added_pages', 'extended_pages', 'hashed_bytes')])
        self.assertEqual(
            [item.text for item in sections.one('details').all('li')],
            [section['running_sha384'] for section in document['sections']])
        self.assertEqual(
            [item.text for item in page.one(id='findings').all('li')],
            [drawings.finding(note) for note in document['notes']])
        reference = page.one(id='reference').one('pre').text
        self.assertEqual(json.loads(reference),
                         {'mr_td': [document['mrtd']]})
        for name in 'pointer_offset', 'descriptor_offset':
            self.assertIn(document['locator'][name],
                          page.one(id='file').text)

    def check_values(self, page, *args, name='fw'):
        """Each VMM has the value, or the refusal, of a run with it."""
        help_text = calc('--vmm', 'help').text
        shown = {value.attributes['data-vmm']: value
                 for value in page.one(id='mrtd').all('div')}
        self.assertEqual(tuple(shown), VMMS)
        for vmm, value in shown.items():
            self.assertIn(f'software: {value.one("p", class_=None).text}\n',
                          help_text)
            alone = calc('--vmm', vmm, *args, name)
            if alone.status == 0:
                self.assertEqual(value.one('code', class_='hex').text + '\n',
                                 alone.text)
                continue
            self.assertEqual(alone.status, 3)
            reason = value.one('p', class_='none').text
            message, code = re.fullmatch(r'No value: (.*) (\[[a-z0-9-]+\])',
                                         reason).groups()
            self.assertIn(message, alone.lines[-1])
            self.assertTrue(alone.lines[-1].endswith(code), alone)

    def test_equals_json(self):
        for make in (drawings.all_kinds, images.image, warned,
                     drawings.sizes, images.td_shim,
                     lambda: drawings.many(24)):
            image = self.write('fw', make())
            for vmm in 'spec', 'kvm-v19':
                with self.subTest(make=make, vmm=vmm):
                    page, document = self.page('--vmm', vmm)
                    self.check_page(page, document)
                    self.check_values(page)
                    # Not our own word for it.
                    self.assertEqual(page.one(id='sha256').text,
                                     hashlib.sha256(image.data).hexdigest())
                    self.assertIn(mrtd(image, vmm),
                                  page.one(id='reference').text)
                    self.assertEqual(page.one(
                        class_='value chosen').attributes['data-vmm'],
                        vmm)

    def test_many_sections(self):
        """The table is complete up to the limit."""
        self.write('fw', drawings.many(1024))
        page, document = self.page()
        self.assertEqual(len(document['sections']), 1024)
        self.check_page(page, document)

    def test_refused(self):
        """A page needs a value; then there is no page, and none is lost."""
        self.write('bad', support.bad())
        self.write('page.html', test_outputs.PAGE)
        self.refused(calc('show', '--html', 'page.html', 'bad'), 3,
                     f'bad: {support.BAD_LINE}')
        self.assertEqual(sorted(os.listdir()), ['bad', 'page.html'])
        with open('page.html', 'rb') as file:
            self.assertEqual(file.read(), test_outputs.PAGE)

    def test_payload(self):
        """The VMMs that take a payload get it."""
        self.write('fw', drawings.all_kinds())
        self.write('kernel', images.kernel())
        page, _ = self.page('--vmm', 'cloud-hypervisor', '--payload',
                            'kernel')
        value = calc('--vmm', 'cloud-hypervisor', '--payload', 'kernel', 'fw')
        shown = {item.attributes['data-vmm']: item
                 for item in page.one(id='mrtd').all('div')}
        self.assertEqual(
            shown['cloud-hypervisor'].one('code').text + '\n', value.text)
        self.assertEqual(shown['spec'].one('code').text + '\n',
                         calc('--vmm', 'spec', 'fw').text)
        self.assertIn('kernel', page.one(id='file').text)
        self.run_commands(page, 3, value.text.strip())

    def test_split(self):
        image = images.joined()
        self.write('vars', image.cut(0, images.VARS_SIZE))
        self.write('code', image.cut(images.VARS_SIZE))
        page, document = self.page('--vars', 'vars', name='code')
        self.check_page(page, document)
        self.assertEqual(page.one(id='sha384').text,
                         hashlib.sha384(image.data).hexdigest())
        commands = [item.text for item in page.one(id='verify').all('pre')]
        self.assertEqual(commands, ['cat vars code | sha256sum',
                                    'mrtd-calc --vars vars code'])
        self.assertEqual(
            [self.shell(command).split()[0] for command in commands],
            [hashlib.sha256(image.data).hexdigest(), mrtd(image)])

    def test_permissive(self):
        self.write('fw', images.changed(0, attributes=1 | 1 << 31))
        page, document = self.page('--permissive')
        self.check_page(page, document)
        self.check_values(page, '--permissive')
        self.run_commands(page, 3, document['mrtd'])

    def test_standard_input(self):
        image = images.image()
        made = calc('show', '--html', '-', '-', stdin=image.data)
        self.assertEqual((made.status, made.lines), (0, []))
        page = drawings.parse_page(made.stdout.decode())
        self.assertEqual(page.one('h1').text, 'standard input')
        self.assertEqual(list(page.all('a')), [])
        self.assertIn(f'{mrtd(image)}  FILE\n',
                      page.one(id='verify').text)

    # --- Names ------------------------------------------------------------

    def run_commands(self, page, count, value):
        """They confirm the file, and print and confirm the value."""
        commands = [item.text for item in page.one(id='verify').all('pre')]
        self.assertEqual(len(commands), count)
        results = [self.shell(command) for command in commands]
        self.assertTrue(results[0].endswith(': OK\n'), results)
        self.assertEqual(results[1], f'{value}\n')
        self.assertTrue(results[2].endswith(': OK\n'), results)

    def test_hostile_names(self):
        """They are text, they link to their file, and can be typed."""
        for name in HOSTILE:
            with self.subTest(name=name):
                image = self.write(name, warned())
                given = f'./{name}' if name[0] == '-' or name == 'show' \
                    else name
                page, document = self.page(name=given, findings=False)
                self.check_page(page, document)
                self.assertEqual(page.one('h1').text, name)
                self.assertEqual(page.one('title', id=None).text,
                                 f'{name}: MRTD and layout')
                self.check_link(page, name)
                self.check_contained(page)
                self.run_commands(page, 3, mrtd(image))
                self.assertFalse(os.path.exists('owned'))

    def test_escaped_names(self):
        """What cannot be shown is shown as messages show it, without link."""
        for name in ESCAPED:
            with self.subTest(name=name):
                image = self.write(name, warned())
                page, _ = self.page(name=name, findings=False)
                self.assertEqual(page.one('h1').text, printed(name))
                self.assertEqual(list(page.all('a')), [])
                self.check_contained(page)
                self.assertIn(f'{mrtd(image)}  FILE\n',
                              page.one(id='verify').text)
                self.assertIn('FILE, VARS and PAYLOAD stand for',
                              page.one(id='verify').text)

    def test_self_contained(self):
        self.write('fw', drawings.all_kinds())
        page, _ = self.page()
        self.check_contained(page)
        policy = page.one('meta', **{
            'http-equiv': 'Content-Security-Policy'}).attributes['content']
        self.assertEqual(policy,
                         "default-src 'none'; style-src 'unsafe-inline'")
        ids = [item.attributes['id'] for item in page.all()
               if 'id' in item.attributes]
        self.assertEqual(len(ids), len(set(ids)))
        self.assertTrue(self.text.startswith('<!DOCTYPE html>\n'))

    def test_deterministic(self):
        """The same bytes each time, wherever the file lies."""
        os.mkdir('folder')
        self.write('folder/fw', drawings.all_kinds())
        self.write('fw', drawings.all_kinds())
        for form in '--html', '--svg':
            first = calc('show', form, '-', 'fw').stdout
            self.assertEqual(first, calc('show', form, '-', 'fw').stdout)
            self.assertEqual(first, calc('show', form, '-',
                                         f'{self.folder}/folder/fw').stdout)


class Files(TestCase):
    def test_both(self):
        """Each as it is alone; nothing on standard output."""
        self.good()
        self.check(calc('show', '--svg', 'a', '--html', 'b', 'fw'), 0, '')
        for name, form in ('a', '--svg'), ('b', '--html'):
            with open(name, 'rb') as file:
                self.assertEqual(calc('show', form, '-', 'fw').stdout,
                                 file.read())
        both = calc('show', '--svg', 'a', '--html', '-', 'fw')
        self.assertEqual((both.status, both.stdout[:15]),
                         (0, b'<!DOCTYPE html>'))

    def test_cannot_write(self):
        self.good()
        for form in '--svg', '--html':
            self.refused(calc('show', form, 'no/file', 'fw'), 4,
                         'no/file: cannot write: No such file or directory')
            self.refused(calc('show', form, '/dev/full', 'fw'), 4,
                         '/dev/full: cannot write: No space left on device')
        self.assertEqual(os.listdir(), ['fw'])

    def test_no_memory(self):
        """Each allocation that fails makes a clean error, and no file.

        Not the first ones: libcrypto 3.0 crashes where it cannot start.
        """
        self.good()
        env = support.with_shim(count='count')
        self.assertEqual(calc('show', '--html', 'page', 'fw',
                              env=env).status, 0)
        with open('count', encoding='ascii') as file:
            count = int(file.read())
        whole = (self.folder / 'page').read_bytes()
        os.remove('page')
        failed = 0
        for n in range(count - 40, count + 1):
            result = calc('show', '--html', 'page', 'fw',
                          env=support.with_shim(malloc_at=n))
            if result.status:
                failed += 1
                self.assertEqual((result.status, result.stdout), (4, b''),
                                 result)
                self.assertGreaterEqual(len(result.lines), 1)
                self.assertFalse(os.path.exists('page'))
            else:
                self.assertEqual((self.folder / 'page').read_bytes(), whole)
                os.remove('page')
        self.assertGreater(failed, 15)
