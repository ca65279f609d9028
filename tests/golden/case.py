# SPDX-License-Identifier: Apache-2.0
"""What a golden test is made of."""

from typing import NamedTuple

REFUSED = 3


class Case(NamedTuple):
    """One run of the program; the firmware is the file "fw"."""
    name: str
    image: object  # images.Image, or names of Debian's files to be joined
    # Standard error, without "mrtd-calc: fw: "; with "!" before other lines.
    lines: tuple
    args: tuple = ()
    status: int = 0  # 0: the value is printed
    files: tuple = ()  # pairs of a name and bytes
    known: dict = {}  # by VMM: the MRTD that others have computed
    value: str = ''  # of SEV: the launch digest that is printed

    @property
    def vmm(self):
        return (self.args[self.args.index('--vmm') + 1]
                if '--vmm' in self.args else 'spec')

    @property
    def payload(self):
        return dict(self.files).get('kernel', b'')


def refused(name, image, line, *args, **files):
    """The image is refused, with one line."""
    return Case(name, image, (line,), args, REFUSED, tuple(files.items()))


def found(name, image, *lines, args=(), **files):
    """The MRTD is computed; lines are warnings and notes."""
    return Case(name, image, lines, tuple(args), 0, tuple(files.items()))
