# SPDX-License-Identifier: Apache-2.0
"""Documents that the program prints, checked against a schema."""

import copy
import json
import subprocess

import jsonschema


class Checks:
    """Counts what was checked and what failed."""

    def __init__(self, program, schema):
        self.program = program
        self.validator = jsonschema.Draft202012Validator(schema)
        self.done = self.failed = 0

    def expect(self, good, what):
        self.done += 1
        self.failed += not good
        if not good:
            print(f'FAILED {what}')

    def errors(self, document):
        return [f'{"/".join(str(p) for p in e.absolute_path)}: {e.message}'
                for e in self.validator.iter_errors(document)]

    def run(self, what, *arguments, count=1):
        """Runs --json; its documents, which must be valid and count many."""
        done = subprocess.run([self.program, '--json', *arguments],
                              capture_output=True, check=False)
        text = done.stdout.decode('utf-8')
        self.expect(done.returncode == 0 and not done.stderr,
                    f'{what}: exit status {done.returncode}, '
                    f'stderr {done.stderr!r}')
        self.expect(text.count('\n') == count and text.endswith('\n'),
                    f'{what}: not {count} lines')
        documents = [json.loads(line) for line in text.splitlines()]
        for document in documents:
            errors = self.errors(document)
            self.expect(not errors, f'{what}: ' + '; '.join(errors))
            self.consistent(what, document)
        return documents

    def consistent(self, what, document):
        """What a schema cannot say."""
        sections = document['sections']
        for name, total in document['totals'].items():
            self.expect(sum(s[name] for s in sections) == total,
                        f'{what}: totals.{name} is not the sum')
        self.expect([s['index'] for s in sections]
                    == list(range(len(sections))), f'{what}: indexes')
        self.expect(sections[-1]['running_sha384'] == document['mrtd'],
                    f'{what}: mrtd is not the last running_sha384')
        self.expect([v['value'] for v in document['values']]
                    == [document['mrtd']], f'{what}: values are not mrtd')


def at(value, path):
    for key in path:
        value = value[key]
    return value


def put(value, path, new):
    at(value, path[:-1])[path[-1]] = new


def less_or_more(document):
    """A member less in each object, and one more."""
    def objects(value, path=()):
        if isinstance(value, dict):
            yield path
            for key, inner in value.items():
                yield from objects(inner, path + (key,))
        elif isinstance(value, list) and value:
            yield from objects(value[0], path + (0,))

    for path in objects(document):
        for key in [*at(document, path), None]:
            changed = copy.deepcopy(document)
            if key is None:
                at(changed, path)['more'] = 1
            else:
                del at(changed, path)[key]
            yield f'{path}: {"one more" if key is None else key}', changed
