#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints the SBOM (SPDX 2.3, JSON) of a folder with a release.

It names the files and their digests, and the packages of Debian that they were
built with: those that the programs load, and those that the static program and
the one for WebAssembly have in them. The date is that of SOURCE_DATE_EPOCH, or now.
"""

import argparse
import datetime
import hashlib
import json
import os
import pathlib
import subprocess
import sys
import time
import uuid

# Debian's package: who loads it, its licence. All are loaded by the program;
# the static one has a copy of those that are marked.
LIBRARIES = (
    ('libc6-dev', 'LGPL-2.1-or-later', True),
    ('libcbor-dev', 'MIT', False),
    ('libjansson-dev', 'MIT', True),
    ('liblzma-dev', '0BSD', True),
    ('libssl-dev', 'Apache-2.0', True),
)
# What the program for WebAssembly has in it: packages that are installed, and
# source packages, whose archives src/web/sources.sha256 names.
WEB_INSTALLED = (('libclang-rt-14-dev-wasm32',
                  'Apache-2.0 WITH LLVM-exception'),
                 ('wasi-libc', 'CC0-1.0 AND MIT AND BSD-2-Clause'))
WEB_SOURCES = {'jansson': 'MIT', 'xz-utils': 'LicenseRef-public-domain'}
WEB_SUMS = pathlib.Path(__file__).parents[1] / 'web/sources.sha256'
MAIN = 'SPDXRef-mrtd-calc'


def installed(package):
    """The version and the architecture of an installed package."""
    return subprocess.run(
        ['dpkg-query', '-W', '-f', '${Version} ${Architecture}', package],
        check=True, capture_output=True, text=True).stdout.split()


def entry(name, version, licence, **more):
    return {'SPDXID': f'SPDXRef-{name}', 'name': name, 'versionInfo': version,
            'downloadLocation': 'NOASSERTION', 'licenseConcluded': licence,
            'licenseDeclared': licence, 'copyrightText': 'NOASSERTION', **more}


def package_entry(package, version, architecture, licence, **more):
    quoted = version.replace('+', '%2B').replace(':', '%3A')
    return entry(
        package, version, licence, filesAnalyzed=False,
        externalRefs=[{
            'referenceCategory': 'PACKAGE-MANAGER', 'referenceType': 'purl',
            'referenceLocator':
                f'pkg:deb/debian/{package}@{quoted}?arch={architecture}'}],
        **more)


def library(package, licence):
    return package_entry(package, *installed(package), licence)


def web_sources():
    """Of the archives of upstream, without Debian's changes."""
    for line in WEB_SUMS.read_text().splitlines():
        digest, archive = line.split()
        package, version = archive.split('.orig.')[0].split('_')
        yield package_entry(
            package, version, 'source', WEB_SOURCES[package],
            packageFileName=archive, checksums=[
                {'algorithm': 'SHA256', 'checksumValue': digest}])


def file_entry(path, number):
    data = path.read_bytes()
    kind = ('ARCHIVE' if path.suffix in ('.deb', '.gz') else
            'TEXT' if path.suffix == '.NOTICE' else 'BINARY')
    return {'SPDXID': f'SPDXRef-File-{number}', 'fileName': f'./{path.name}',
            'fileTypes': [kind], 'licenseConcluded': 'Apache-2.0',
            'copyrightText': 'NOASSERTION',
            'checksums': [{'algorithm': name.upper(), 'checksumValue':
                           hashlib.new(name, data).hexdigest()}
                          for name in ('sha1', 'sha256')]}


def sha1_of(item):
    return item['checksums'][0]['checksumValue']


def relation(one, kind, other):
    return {'spdxElementId': one, 'relationshipType': kind,
            'relatedSpdxElement': other}


def document(version, folder):
    files = [file_entry(path, number) for number, path in
             enumerate(sorted(folder.iterdir()), 1)]
    # SPDX 2.3, 7.9: the digests of the files, sorted.
    code = hashlib.sha1(''.join(sorted(map(sha1_of, files))).encode())
    seconds = int(os.environ.get('SOURCE_DATE_EPOCH') or time.time())
    created = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
    relations = [relation('SPDXRef-DOCUMENT', 'DESCRIBES', MAIN)]
    for item in files:
        relations.append(relation(MAIN, 'CONTAINS', item['SPDXID']))
    for package, _, is_copied in LIBRARIES:
        other = f'SPDXRef-{package}'
        relations.append(relation(MAIN, 'DYNAMIC_LINK', other))
        for item in files:
            if is_copied and '-static-' in item['fileName']:
                relations.append(relation(item['SPDXID'], 'STATIC_LINK',
                                          other))
    web = [library(*item) for item in WEB_INSTALLED] + [*web_sources()]
    for package in web:
        for item in files:
            if item['fileName'].endswith('.wasm'):
                relations.append(relation(item['SPDXID'], 'STATIC_LINK',
                                          package['SPDXID']))
    # The same release, the same name; another, another.
    name = uuid.uuid5(uuid.NAMESPACE_OID, f'mrtd-calc {version} '
                      + code.hexdigest())
    return {
        'spdxVersion': 'SPDX-2.3', 'dataLicense': 'CC0-1.0',
        'SPDXID': 'SPDXRef-DOCUMENT', 'name': f'mrtd-calc-{version}',
        'documentNamespace': f'urn:uuid:{name}',
        'creationInfo': {'created': f'{created:%Y-%m-%dT%H:%M:%SZ}',
                         'creators': [f'Tool: mrtd-calc-sbom-{version}']},
        'packages': [
            entry('mrtd-calc', version, 'Apache-2.0', filesAnalyzed=True,
                  packageVerificationCode={
                      'packageVerificationCodeValue': code.hexdigest()},
                  licenseInfoFromFiles=['Apache-2.0']),
            *(library(package, licence)
              for package, licence, _ in LIBRARIES), *web],
        'hasExtractedLicensingInfos': [
            {'licenseId': 'LicenseRef-public-domain',
             'extractedText': 'liblzma is in the public domain.'}],
        'files': files, 'relationships': relations}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--version', required=True)
    parser.add_argument('folder', type=pathlib.Path)
    options = parser.parse_args()
    json.dump(document(options.version, options.folder), sys.stdout, indent=2)
    print()


if __name__ == '__main__':
    main()
