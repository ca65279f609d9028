# SPDX-License-Identifier: Apache-2.0
"""Many cases of the program's tests in one run.

Cases of equal arguments are first run together. Where the program prints of
all of them what it prints without a mutant, none can notice the mutant; where
it does not, the cases of which it prints something else are run as ever, and
whether they fail is what counts. So most of what is the same for all mutants
is left out, and nothing of what a test asserts.
"""

SIZE = 100


class Screen:
    """Cases with arguments in common: names of their files, and how each is
    run by itself."""

    def __init__(self, server, arguments, cases):
        self.server = server
        self.arguments = arguments
        self.cases = cases
        self.as_is = self.output()

    def output(self):
        done = self.server.run(['mrtd-calc', *self.arguments, *self.cases])
        return (done.returncode, done.stdout.splitlines(),
                done.stderr.splitlines())

    def passes(self):
        got = self.output()
        if got == self.as_is:
            return True
        lines = b'\n'.join(
            line for as_is, now in zip(self.as_is[1:], got[1:])
            for line in set(as_is).symmetric_difference(now))
        return all(single() for path, single in sorted(
            self.cases.items(), key=lambda case: self.place(case[0], lines)))

    @staticmethod
    def place(path, lines):
        """Those of which something else is printed are first."""
        return path.encode() not in lines


def screens(server, cases):
    """Screens of cases, each with its arguments, file and function."""
    together = {}
    for arguments, path, single in cases:
        together.setdefault(arguments, []).append((path, single))
    for arguments, members in together.items():
        for at in range(0, len(members), SIZE):
            name = ' '.join((*arguments, str(at // SIZE)))
            yield name, Screen(server, arguments,
                               dict(members[at:at + SIZE]))
