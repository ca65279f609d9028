# SPDX-License-Identifier: Apache-2.0
"""Writes the evidence of quote_defects.py and snp_defects.py as files, with
index.json, for tests of the program and of the library.

index.json is a list, an object for each row:
  name          of the row, with tdx/ or snp/ in front
  kind          tdx, snp, snp-hcl (Azure's report) or snp-table (the report and
                a certificate table)
  file          the evidence
  certs         files of certificates, DER or PEM, in the order in which they
                are given; of snp-table, the one that has the table
  root          the file of the root to trust, PEM
  time          when it is verified, RFC 3339
  status        good, forged, expired, unsupported or not-checked
  reason        why it is not good, or null
  notes         what is said though it is good
  without_root  status and reason with the vendors' own roots, as the model
                finds them; where CA keys are built in, a verifier may find
                another reason for forged, since it does not look at the CAs
                that are given
Files have names relative to the folder."""

import datetime
import hashlib
import json
import pathlib

import quote_defects
import quote_maker
import snp_defects
import snp_maker
import verify_model
import x509

VERIFY = {'snp': verify_model.verify_snp, 'snp-hcl': verify_model.verify_hcl,
          'snp-table': verify_model.verify_snp_table}


def rfc3339(seconds):
    moment = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
    return moment.strftime('%Y-%m-%dT%H:%M:%SZ')


def verify(kind, data, certs, time, root=None):
    """By the model. certs of a table are its one file."""
    if kind == 'tdx':
        return verify_model.verify_quote(data, time, root)
    if kind == 'snp-table':
        (certs,) = certs
    return VERIFY[kind](data, certs, time, root)


def rows():
    """Name, kind, evidence, certificates, root, time and row of each."""
    root = quote_maker.root_certificate()
    for row in quote_defects.DEFECTS:
        yield (f'tdx/{row.name}', 'tdx', quote_defects.quote_of(row), [], root,
               quote_maker.TIME, row)
    for row in snp_defects.DEFECTS:
        data, certs = snp_defects.evidence_of(row)
        kind = 'snp' if row.kind == 'report' else f'snp-{row.kind}'
        yield (f'snp/{row.name}', kind, data,
               [certs] if row.kind == 'table' else certs,
               snp_defects.root_of(row), snp_maker.TIME, row)


def expected(row):
    """Status, reason and notes. Only the table says them, not the model."""
    status = row.status or ('good' if row.reason is None
                            else verify_model.STATUS[row.reason])
    return status, row.reason, row.notes


def write_all(folder):
    """Returns the index, which is also in the folder."""
    folder = pathlib.Path(folder)
    for name in ('tdx', 'snp', 'certs'):
        (folder / name).mkdir(parents=True, exist_ok=True)

    def certificate(data):
        """Named by its content: most rows have the same CAs."""
        kind = ('pem' if data.startswith(x509.BEGIN.strip())
                else 'der' if data[:1] == b'\x30' else 'bin')
        name = f'certs/{hashlib.sha256(data).hexdigest()[:16]}.{kind}'
        (folder / name).write_bytes(data)
        return name

    index = []
    for name, kind, data, certs, root, time, row in rows():
        (folder / f'{name}.bin').write_bytes(data)
        status, reason, notes = expected(row)
        built_in = verify(kind, data, certs, time)
        index.append({
            'name': name, 'kind': kind, 'file': f'{name}.bin',
            'certs': list(map(certificate, certs)),
            'root': certificate(x509.pem(root)), 'time': rfc3339(time),
            'status': status, 'reason': reason, 'notes': list(notes),
            'without_root': {'status': built_in.status,
                             'reason': built_in.reason}})
    (folder / 'index.json').write_text(json.dumps(index, indent=1) + '\n')
    return index
