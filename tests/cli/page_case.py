# SPDX-License-Identifier: Apache-2.0
"""What tests of pages (show --html) have in common."""

import json
import os
import re
import subprocess
import unicodedata
import urllib.parse

import drawings
import support
from support import TestCase, calc, environment

TAGS = set('''
    html head meta title style body main header footer section div p h1 h2 h3
    span bdi code pre dl dt dd a br table thead tbody tfoot tr th td details
    summary ol ul li b svg desc defs pattern rect g text path
    '''.split())
HOSTILE = (
    '<script>alert(1)<script>', '"><img src=x onerror=alert(1)>', "it's",
    '\'; touch "owned"; \'', '$(touch owned)', '`touch owned`', '&amp;&lt;',
    'back\\slash', 'javascript:alert(1)', '-x', '--help', 'show', ' spaces ',
    '%2e%2e', '?query#fragment', ']]>', '<!--', '\u00e4\u4e2d\U0001f600',
    'EOF', '~', 'a=b', '*', 'x' * 250)
# Shown as messages show them.
ESCAPED = (
    b'\xff\xfe.fd', b'escape\x1b[2J', b'line\nbreak', b'tab\there',
    '\u202edf.FMVO'.encode(), '\u2066x'.encode(), 'zero\u200bwidth'.encode(),
    b'\xed\xa0\x80', b'\xc2\x80', b'\xc1\xa1', b'\xe0\x80\xaf',
    b'\xf4\x90\x80\x80', b'\xf8\x88\x80\x80\x80', b'\x80',
    '\ufffe'.encode(), b'\x7f', b'cut\xe2\x80')


def printed(name):
    """A name as messages have it."""
    return ''.join(chr(c) if 0x20 <= c < 0x7f else f'\\{c:03o}'
                   for c in os.fsencode(name))


class PageCase(TestCase):
    def page(self, *args, name='fw', findings=True):
        """The page of an image, parsed, and the JSON."""
        made = calc('show', '--html', 'page.html', *args, name)
        self.assertEqual((made.status, made.stdout), (0, b''), made)
        document = json.loads(calc('show', '--json', *args, name).stdout)
        if findings:
            self.assertEqual(
                [line.split(': ', 1)[1] for line in made.lines],
                [drawings.finding(note) for note in document['notes']])
        with open('page.html', encoding='utf-8', newline='') as file:
            self.text = file.read()
        return drawings.parse_page(self.text), document

    def shell(self, command):
        """Runs what the page says, as one who copies it does."""
        os.makedirs('bin', exist_ok=True)
        if not os.path.islink('bin/mrtd-calc'):
            os.symlink(support.PROGRAM, 'bin/mrtd-calc')
        path = f'{os.path.abspath("bin")}:{os.environ["PATH"]}'
        done = subprocess.run(['sh', '-c', command], capture_output=True,
                              env=environment(PATH=path), check=False,
                              timeout=support.TIMEOUT)
        self.assertEqual(done.returncode, 0, (command, done))
        return done.stdout.decode()

    def check_contained(self, page):
        """No script, nothing from elsewhere, no odd characters."""
        self.assertLessEqual({item.tag for item in page.all()}, TAGS)
        for item in page.all():
            for name, value in item.attributes.items():
                self.assertFalse(name.startswith('on'), name)
                self.assertNotIn(name, ('src', 'srcset', 'style', 'action',
                                        'background', 'data', 'xlink:href'))
                if name == 'href':
                    self.assertEqual(item.tag, 'a')
        for style in page.all('style'):
            self.assertNotIn('@import', style.text)
            for target in re.findall(r'url\(([^)]*)\)', style.text):
                self.assertRegex(target, '^#')
        self.assertNotRegex(self.text.lower(), 'https?:|<script>alert')
        odd = {c for c in self.text if c != '\n'
               and unicodedata.category(c) in ('Cc', 'Cf', 'Cs', 'Cn', 'Zl',
                                               'Zp')}
        self.assertEqual(odd, set())

    def check_link(self, page, name):
        link = page.one('a').attributes['href']
        self.assertRegex(link, r'^\./[A-Za-z0-9._~%-]+$')
        self.assertEqual(urllib.parse.unquote_to_bytes(link[2:]),
                         os.fsencode(name))
