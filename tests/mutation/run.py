#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Mutation tests: do the tests notice small changes of the library?

Makes mutants of src/base, src/image, src/launch and src/measure (mutants.py),
builds each (build.py) and runs tests until one fails (checks.py). What no test
sees must stand in survivors.txt, with a reason. An interrupted run goes on
where it was; results are in build/mutation/results.jsonl.

Fails if a mutant survives that is not listed, if one is listed that does not
survive (when all are run), or if the score is under 95 %.
"""

import argparse
import concurrent.futures
import hashlib
import json
import multiprocessing
import pathlib
import random
import sys

import build
import checks
import mutants
import report

FOLDERS = ('launch', 'measure', 'base', 'image')
WORK = build.ROOT / 'build' / 'mutation'


def sources(patterns):
    found = [str(path.relative_to(build.ROOT)) for folder in FOLDERS
             for path in sorted((build.ROOT / 'src' / folder).rglob('*.[ch]'))]
    return [name for name in found
            if not patterns or any(p in name for p in patterns)]


def text_of(name):
    return (build.ROOT / name).read_text(encoding='utf-8')


def state_of(name):
    """What a result is of: it is void when the file is another."""
    return hashlib.sha256(text_of(name).encode()).hexdigest()[:16]


def tests_state():
    digest = hashlib.sha256()
    for pattern in ('tests/golden/*.py', 'tests/differential/*.py',
                    'tests/lib/*.py', 'tests/mutation/checks.py'):
        for path in sorted(build.ROOT.glob(pattern)):
            digest.update(path.read_bytes())
    return digest.hexdigest()


class Worker:
    """What one process has: workshops and tests."""

    def __init__(self, bases, cases, number):
        folder = WORK / f'worker-{number}'
        self.shops = {base.variant: build.Workshop(base, folder)
                      for base in bases}
        self.checks = {variant: checks.Checks(shop, cases)
                       for variant, shop in self.shops.items()}
        self.originals = {}

    def original(self, name):
        if name not in self.originals:
            self.originals[name] = self.shops['plain'].compile(
                name, text_of(name))
        return self.originals[name]

    def sound(self):
        """Tests that fail without a mutant: they would kill everything."""
        return [f'{variant} {name}'
                for variant, all_checks in self.checks.items()
                for name in self.failing(all_checks)]

    @staticmethod
    def failing(all_checks):
        all_checks.server.start()
        try:
            return [name for name in all_checks.all
                    if not all_checks.passes(name)]
        finally:
            all_checks.server.stop()

    def judge(self, mutant, digests):
        """What became of a mutant, and by what."""
        text = mutant.apply(text_of(mutant.file))
        try:
            original = self.original(mutant.file)
            digest = self.shops['plain'].compile(mutant.file, text)
        except build.NotC:
            return 'not-c', None
        if digest == original:
            return 'equivalent', None
        if digest in digests:
            return 'duplicate', digests[digest]
        digests[digest] = mutant.key
        for variant, shop in self.shops.items():
            try:
                if variant != 'plain':
                    shop.compile(mutant.file, text)
                shop.link()
            except build.NotC as error:
                return 'killed', f'link: {str(error)[-200:]}'
            killer = self.checks[variant].killer(mutant.file)
            if killer:
                return 'killed', f'{variant} {killer}'
        return 'survived', None


WORKER = None


def start_worker(bases, cases, numbers):
    global WORKER  # pylint: disable=global-statement
    WORKER = Worker(bases, cases, numbers.get())


def work(group):
    """Judges the mutants of a function."""
    digests = {}
    for mutant in group:
        state, by = WORKER.judge(mutant, digests)
        checks.record(WORK / 'results.jsonl', {
            'key': mutant.key, 'kind': mutant.kind, 'state': state, 'by': by,
            'source': state_of(mutant.file)})
    return len(group)


def wanted(options):
    """The mutants that are to be run."""
    found = [m for name in sources(options.file)
             for m in mutants.mutants(name, text_of(name))]
    if options.function:
        found = [m for m in found if m.function in options.function]
    if options.sample:
        # A larger sample of the same seed has the smaller one in it.
        order = list(range(len(found)))
        random.Random(options.seed).shuffle(order)
        chosen = set(order[:options.sample])
        found = [m for i, m in enumerate(found) if i in chosen]
    return found


def groups(found, results, again):
    """By function: those that are not judged, or that survived unlisted.
    Kinds that are mostly noticed with the others come last."""
    by_function = {}
    reasons, _ = report.listed()
    for mutant in found:
        known = results.get(mutant.key)
        if (known['state'] == 'survived' and mutant.key not in reasons
                if again and known else not again and not known):
            late = mutant.kind in ('text', 'condition', 'jump')
            by_function.setdefault((late, mutant.file, mutant.function),
                                   []).append(mutant)
    return [by_function[key] for key in
            sorted(by_function, key=lambda key: key[0])]


def prepare(options):
    variants = ['plain'] if options.quick else ['plain', 'asan']
    bases = [build.Base(WORK, variant) for variant in variants]
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for base in bases:
            base.build(pool)
    return bases, checks.prepared(WORK, tests_state())


def judge_all(options, todo):
    """Runs the mutants; what is wrong with the tests themselves, if any."""
    bases, cases = prepare(options)
    if not options.trust:
        broken = Worker(bases, cases, 0).sound()
        if broken:
            return broken
    context = multiprocessing.get_context('fork')
    numbers = context.Queue()
    for number in range(options.jobs):
        numbers.put(number)
    done, count = 0, sum(map(len, todo))
    with context.Pool(options.jobs, start_worker,
                      (bases, cases, numbers)) as pool:
        for judged in pool.imap_unordered(work, todo):
            done += judged
            print(f'{done} of {count}', flush=True)
    return []


def results_of(found):
    """Results by key, of the sources as they are now; the last counts."""
    results = {}
    states = {name: state_of(name) for name in {m.file for m in found}}
    path = WORK / 'results.jsonl'
    if path.exists():
        for line in path.read_text(encoding='utf-8').splitlines():
            entry = json.loads(line)
            if states.get(entry['key'][0]) == entry['source']:
                results[tuple(entry['key'])] = entry
    return results


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n', 1)[0])
    parser.add_argument('--file', action='append',
                        help='only files whose path has this')
    parser.add_argument('--function', action='append',
                        help='only of this function')
    parser.add_argument('--sample', type=int, help='so many of them only')
    parser.add_argument('--seed', type=int, default=1, help='of --sample')
    parser.add_argument('--jobs', type=int,
                        default=multiprocessing.cpu_count())
    parser.add_argument('--again', action='store_true',
                        help='run those that survived and are not listed, '
                        'and no others')
    parser.add_argument('--quick', action='store_true',
                        help='without sanitizers')
    parser.add_argument('--trust', action='store_true',
                        help='do not run the tests without a mutant first')
    parser.add_argument('--report', action='store_true',
                        help='run nothing, report what is known')
    options = parser.parse_args()
    WORK.mkdir(parents=True, exist_ok=True)
    found = wanted(options)
    todo = groups(found, results_of(found), options.again)
    if todo and not options.report:
        broken = judge_all(options, todo)
        if broken:
            print('These fail without a mutant:', *broken, sep='\n  ')
            return 1
    whole = not (options.file or options.function or options.sample)
    return report.report(found, results_of(found), whole)


if __name__ == '__main__':
    sys.exit(main())
