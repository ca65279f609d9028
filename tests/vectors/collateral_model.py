#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What tests/lib/collateral_defects.py says of each of its rows, the model in
tests/lib/tcb_model.py finds, too, whichever way the collateral is given."""

import collections
import pathlib
import random
import sys
import unittest

sys.path.insert(
    0, str(pathlib.Path(__file__).resolve().parents[1] / 'lib'))

import collateral_defects  # noqa: E402
import collateral_maker  # noqa: E402
import quote_maker  # noqa: E402
import strict_json  # noqa: E402
import tcb_model  # noqa: E402

ROOT = quote_maker.root_certificate()


def made(row):
    return collateral_maker.make(*filter(None, (row.change,)))


def verdict(row, quote, files):
    """Exit status, reason or denial, and the TCB's status."""
    try:
        found = tcb_model.verify(quote, files, row.time, ROOT, row.accept)
    except tcb_model.Malformed:
        return 3, 'collateral-format', None
    return found.exit, found.denied or found.reason, (
        found.tcb and found.tcb['status'])


class Rows(unittest.TestCase):
    def setUp(self):
        remembering = collateral_maker.remembering()
        remembering.__enter__()
        self.addCleanup(remembering.__exit__, None, None, None)

    def test_rows(self):
        counts = collections.Counter()
        for row in collateral_defects.DEFECTS:
            given = made(row)
            for form in row.forms:
                with self.subTest(row.name, form=form):
                    _, reason, status = verdict(
                        row, given.quote, getattr(given, form))
                    self.assertEqual((reason, status), (row.reason, row.tcb))
                    counts[reason] += 1
        self.assertGreater(min(counts[reason] for reason in (
            None, 'tcb-status', 'collateral-format', *tcb_model.STATUS)), 4)

    def test_names(self):
        names = [row.name for row in collateral_defects.DEFECTS]
        self.assertEqual(len(names), len(set(names)))
        self.assertGreater(len(names), 150)

    def test_one_bit(self):
        """No changed bit of what is signed is passed over."""
        given = collateral_maker.make()
        row = collateral_defects.GOOD[0]
        chance = random.Random(31)
        for name in 'pck-crl', 'tcb-info', 'qe-identity', 'tcb-issuer-chain':
            data = given.five[name]
            for at in chance.sample(range(len(data) - 1), 40):
                changed = bytearray(data)
                changed[at] ^= 1 << chance.randrange(8)
                files = {**given.five, name: bytes(changed)}
                code, _, _ = verdict(row, given.quote, files)
                # A letter of hex in the other case is the same digit.
                if bytes(changed).lower() != data.lower():
                    self.assertNotEqual(code, 0, (name, at))


class Json(unittest.TestCase):
    def test_member(self):
        self.assertEqual(strict_json.member(
            '{"b":{"a":{}},"c":"a","a" : {"x":"}]\\"{"} }', 'a'),
            '{"x":"}]\\"{"}')
        with self.assertRaises(strict_json.Error):
            strict_json.member('{"b":{"a":{}}}', 'a')

    def test_squeezed(self):
        self.assertEqual(strict_json.squeezed('{ "a b" :\t[ 1 , " \\" " ]\n}'),
                         '{"a b":[1," \\" "]}')


if __name__ == '__main__':
    unittest.main()
