# SPDX-License-Identifier: Apache-2.0
"""Counts, the score, and survivors.txt.

survivors.txt lists what no test sees. Entries are parted by empty lines:

    src/launch/plan.c function
    - the line as it is (several lines as one)
    + the line as the mutant has it
    = equivalent: why nothing that it does is different
    = gap: why there is no test

A mutant that is equivalent counts for nothing, a gap as a survivor. "#n" behind
the function: the n-th of equal lines, from 0.
"""

import collections
import pathlib

LIST = pathlib.Path(__file__).resolve().parent / 'survivors.txt'
SCORE = 95.0


def listed(path=LIST):
    """The list: reasons by key, and what is wrong with its form."""
    reasons, wrong = {}, []
    text = path.read_text(encoding='utf-8') if path.exists() else ''
    reason = ''
    for part in text.split('\n\n'):
        rows = [row for row in part.splitlines()
                if row and not row.startswith('#')]
        if not rows:
            continue
        if len(rows) == 1 and rows[0].startswith('= '):
            reason = rows[0][2:]  # of those that follow
            continue
        file, _, function = rows[0].partition(' ')
        old = [row[2:] for row in rows if row.startswith('- ')]
        new = [row[2:].rstrip() for row in rows if row[:1] == '+']
        own = [row[2:] for row in rows if row.startswith('= ')]
        why = own[0] if own else reason
        if len(old) != 1 or len(new) != 1 or len(own) > 1 or \
                not why.startswith(('equivalent: ', 'gap: ')):
            wrong.append(f'{path.name}: not an entry: {rows[0]}')
            continue
        reasons[file, function, old[0], new[0]] = why
    return reasons, wrong


def show(key, why=None):
    file, function, old, new = key
    print(f'{file} {function}\n- {old}\n+ {new}')
    if why:
        print(f'= {why}')
    print()


def report(found, results, whole):
    """Prints all; 1 if something is not as it should be."""
    reasons, wrong = listed()
    counts = collections.defaultdict(collections.Counter)
    unlisted, survived = [], set()
    for mutant in found:
        entry = results.get(mutant.key)
        state = entry['state'] if entry else 'not-run'
        if state == 'survived':
            survived.add(mutant.key)
            why = reasons.get(mutant.key)
            if why is None:
                unlisted.append(mutant.key)
            elif why.startswith('equivalent'):
                state = 'listed'
        counts[mutant.file][state] += 1
    for key in unlisted:
        show(key)
    score = table(counts)
    if unlisted:
        wrong.append(f'{len(unlisted)} survivors are not listed (above)')
    if score < SCORE:
        wrong.append(f'the score is under {SCORE} %')
    if whole:
        wrong += [f'listed, but it does not survive: {key}'
                  for key in reasons if key not in survived]
        if sum(c['not-run'] for c in counts.values()):
            wrong.append('not all were run')
    print(*wrong, sep='\n')
    return 1 if wrong else 0


def table(counts):
    """A row a file; the score of all."""
    states = ('killed', 'survived', 'listed', 'equivalent', 'duplicate',
              'not-c', 'not-run')
    total = collections.Counter()
    print(f'{"":36}' + ''.join(f'{state:>11}' for state in states)
          + f'{"score":>9}')
    for file, counter in [*sorted(counts.items()), ('all', total)]:
        if counter is not total:
            total.update(counter)
        print(f'{file:36}' + ''.join(f'{counter[state]:11}'
                                     for state in states)
              + f'{score_of(counter):8.1f}%')
    return score_of(total)


def score_of(counter):
    judged = counter['killed'] + counter['survived']
    return 100 * counter['killed'] / judged if judged else 100.0
