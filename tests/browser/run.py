#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Renders show --html in headless Chromium, as a reader sees it.

At the width of a telephone and of a desktop, light and dark: nothing sticks
out of the page, no text of the picture leaves its band or touches another, all
text can be read by size and contrast, both platforms are side by side where
there is room, and what is shown is what the JSON says.
The page itself runs no script: measure.js is added to a copy of it.

Needs Debian's chromium; exits with 77 where there is none.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path += [str(HERE.parent / 'cli'), str(HERE.parent / 'lib')]

import drawings  # noqa: E402
import images  # noqa: E402
import sev  # noqa: E402
import support  # noqa: E402

SKIP = 77
OVMF = pathlib.Path('/usr/share/ovmf/OVMF.fd')
PHONE, DESKTOP = 360, 1280
HEIGHT = 900
TIMEOUT = 120
BROWSER = None  # set by main()
# A window is 500 pixels wide at least; a frame is as wide as it is told.
FRAME = """<!DOCTYPE html>
<meta name="color-scheme" content="light dark">
<body style="margin:0">
<iframe src="page.html" style="border:0;width:{}px;height:{}px"></iframe>
<script>
addEventListener('message', (event) => {{
  const output = document.createElement('pre');
  output.id = 'measured';
  output.textContent = event.data;
  document.body.append(output);
}});
</script>
"""
# What the page forbids; the copy that is measured must run measure.js.
POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>\n')
# A script that ran would leave its mark; so would anything loaded.
HOSTILE = '"><img src=x onerror=document.title=1><b>'

SNP = ('--platform', 'snp', '--vcpus', '3', '--vcpu-type', 'EPYC-Milan')


def long_texts():
    """The longest addresses, and the longest name of a type."""
    section = images.Section
    return images.more(
        section(0, 0, (1 << 51) - 0x3000, 0x2000, 6, 0),
        *(images.TEMP_MEM._replace(address=0x4000000 + 0x1000 * i)
          for i in range(7)),
        section(0x1234, 0x7ff, (1 << 50) + 0x1000, 0x1ff000, 6, 0))


def browse(folder, width, dark):
    """What measure.js says of page.html."""
    frame = pathlib.Path(folder, f'frame-{width}.html')
    frame.write_text(FRAME.format(width, HEIGHT), 'utf-8')
    command = [
        BROWSER, '--headless=new', '--no-sandbox', '--disable-gpu',
        '--disable-dev-shm-usage', '--hide-scrollbars', '--no-first-run',
        '--disable-extensions', '--disable-background-networking',
        f'--user-data-dir={folder}/profile-{width}-{dark}',
        f'--blink-settings=preferredColorScheme={0 if dark else 1}',
        f'--window-size={DESKTOP},{HEIGHT}', '--virtual-time-budget=5000',
        '--dump-dom', frame.as_uri()]
    done = subprocess.run(command, capture_output=True, check=False,
                          timeout=TIMEOUT, env=dict(os.environ, HOME=folder))
    found = re.search(r'<pre id="measured">(.*?)</pre>',
                      done.stdout.decode('utf-8', 'replace'), re.S)
    assert done.returncode == 0 and found, done.stderr.decode()[-2000:]
    return json.loads(drawings.parse_page(found.group()).text)


class Browser(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.addCleanup(folder.cleanup)
        self.addCleanup(os.chdir, '/')
        self.folder = folder.name
        os.chdir(self.folder)

    def make(self, image, name='fw', *args):
        """Writes the copy of a page that measures itself; the JSON."""
        if isinstance(image, bytes):
            image = images.Image(image)
        image.write(name)
        made = support.calc('show', '--html', '-', *args, name)
        self.assertEqual(made.status, 0, made)
        text = made.stdout.decode()
        script = (HERE / 'measure.js').read_text('utf-8')
        copy, count = POLICY.subn('', text)
        self.assertEqual(count, 1)
        self.page = pathlib.Path(self.folder, 'page.html')
        self.page.write_text(
            copy.replace('</body>', f'<script>{script}</script></body>'),
            'utf-8')
        return json.loads(support.calc('show', '--json', *args, name).stdout)

    def look(self, image, *args, name='fw'):
        """Both widths, both schemes."""
        document = self.make(image, name, *args)
        views = [(width, dark) for width in (PHONE, DESKTOP)
                 for dark in (False, True)]
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            seen = list(pool.map(lambda view: browse(
                self.folder, *view), views))
        for view, measured in zip(views, seen):
            with self.subTest(width=view[0], dark=view[1]):
                self.assertEqual(measured['width'], view[0])
                self.assertEqual(measured['dark'], view[1])
                self.check(measured, document, name)
        return seen

    def check(self, measured, document, name):
        self.assertEqual(measured['problems'], [])
        self.assertGreater(measured['looked_at']['texts'], 50)
        self.assertGreater(measured['looked_at']['lines'], 10)
        self.assertLessEqual(measured['page_width'], measured['width'])
        shown = measured['shown']
        self.assertEqual(shown['h1'], name)
        self.assertEqual(
            [shown[key] for key in ('size', 'sha256', 'sha384')],
            [str(document['size']), document['sha256'], document['sha384']])
        self.assertEqual(shown['findings'], [
            drawings.finding(note) for note in document['notes']])
        self.check_columns(shown['columns'], measured['width'])
        if 'mrtd' in document:
            self.check_tdx(shown, document, name)
        else:
            self.check_guest(shown, document, name)
        for section in document['sections']:
            if len(document['sections']) <= 24:
                self.assertTrue(any(
                    line == f'{section["index"]} {section["type_name"]}'
                    or line.startswith(
                        f'{section["index"]} {section["type_name"]} +')
                    for line in shown['lines']), section)

    def check_columns(self, columns, width):
        """Side by side, or one below the other."""
        (left, top), (other_left, other_top) = columns
        if width == DESKTOP:
            self.assertEqual(top, other_top)
            self.assertGreater(other_left, left + width / 3)
        else:
            self.assertEqual(left, other_left)
            self.assertGreater(other_top, top)

    def check_tdx(self, shown, document, name):
        self.assertEqual(shown['title'], f'{name}: MRTD and layout')
        self.assertEqual(shown['rows'], [drawings.row(section)
                                         for section in document['sections']])
        self.assertEqual(json.loads(shown['reference']),
                         {'mr_td': [document['mrtd']]})
        self.assertEqual(shown['running'], [
            section['running_sha384'] for section in document['sections']])
        self.assertEqual(shown['chosen'], document['mrtd'])

    def check_guest(self, shown, document, name):
        value = document['values'][0]['value']
        self.assertEqual(shown['title'], f'{name}: launch digest and layout')
        self.assertEqual(shown['rows'], list(drawings.guest_rows(document)))
        self.assertEqual(json.loads(shown['reference']),
                         {'snp_launch_measurement': [value]})
        # Virtual CPUs but the first start alike, and have one row.
        self.assertEqual(shown['running'], [
            run['running'] for run in document['runs']
            if run['vcpu'] in (None, 0, document['launch']['vcpus']['count']
                               - 1)])
        self.assertEqual(shown['chosen'], value)

    def test_all_kinds(self):
        self.look(drawings.all_kinds())

    @unittest.skipUnless(OVMF.is_file(), 'needs the package ovmf')
    def test_ovmf(self):
        self.look(OVMF.read_bytes(), name='OVMF.fd')

    def test_24_sections(self):
        self.look(drawings.many(24), '--vmm', 'kvm-v19')

    def test_1024_sections(self):
        self.look(drawings.many(1024))

    def test_long_texts(self):
        self.look(long_texts(), name='firmware-' + 'x' * 200 + '.fd')

    def test_hostile_name(self):
        self.look(images.image(), name=HOSTILE)

    def test_snp(self):
        image = sev.image(tdx=images.GOOD)
        images.Image(b'kernel').write('kernel')
        self.look(image, *SNP, '--kernel', 'kernel', '--append', HOSTILE)

    def test_snp_hostile_name(self):
        self.look(sev.image(), *SNP, '--guest-features', '0xffffffffffffffff',
                  name=HOSTILE)

    @unittest.skipUnless(OVMF.is_file(), 'needs the package ovmf')
    def test_snp_ovmf(self):
        self.look(OVMF.read_bytes(), *SNP, name='OVMF.fd')

    def test_measuring_finds_faults(self):
        """A page made worse is seen to be worse."""
        self.make(drawings.all_kinds())
        text = self.page.read_text('utf-8')
        for change, problem in (
                ('.hex{overflow-wrap:normal;white-space:nowrap}',
                 'sticks out'),
                ('.mrtd-picture text{font-size:30px!important}', 'leaves'),
                ('.mrtd-hex{transform:translateY(-12px)}', 'touches'),
                ('p{color:#999!important;background:#aaa}', 'contrast'),
                ('dt{font-size:9px!important}', 'small')):
            with self.subTest(problem=problem):
                self.page.write_text(text.replace(
                    '</head>', f'<style>{change}</style></head>'), 'utf-8')
                measured = browse(self.folder, PHONE, False)
                self.assertIn(problem, ' '.join(measured['problems']))


def main():
    global BROWSER
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--program', required=True)
    parser.add_argument('-k', dest='patterns', action='append')
    options = parser.parse_args()
    support.PROGRAM = os.path.abspath(options.program)
    BROWSER = shutil.which('chromium')
    if not BROWSER:
        print('SKIP: there is no chromium')
        return SKIP
    loader = unittest.TestLoader()
    loader.testNamePatterns = options.patterns and [
        f'*{pattern}*' for pattern in options.patterns]
    tests = loader.loadTestsFromTestCase(Browser)
    result = unittest.TextTestRunner(stream=sys.stdout).run(tests)
    return 0 if result.wasSuccessful() and result.testsRun else 1


if __name__ == '__main__':
    sys.exit(main())
