# SPDX-License-Identifier: Apache-2.0
"""Policies that are text: the forms that people publish are read, and none in
which the value was disabled, negated, or given to another name.

Each change is a rule that is applied to every policy where it fits, at every
place where it does.
"""

import pathlib
import random
import re
import shutil
import subprocess

from support import SANITIZED, TestCase, calc, mrtd
import images

HERE = pathlib.Path(__file__).resolve().parent
SEED = 20261129
CHANCES = 60 if SANITIZED else 300
OTHER = '1' * 96

# V is the value, written as a string. Each line of a body is a statement, so
# that changes find it.
REGO = {
    'ours': '''import rego.v1

default match := false

match if {
	input.tdx.tdx_mrtd == V
}
''',
    'one line': 'package x\nimport rego.v1\nallow if input.tdx_mrtd == V\n',
    'version 1': '''default matches_tdx_policy = false
matches_tdx_policy = true {
input.tdx_seamsvn == 1
V == input.tdx_mrtd
input.tdx_is_debuggable == false
}
''',
    'a set': '''default matches_tdx_policy = false
matches_tdx_policy = true {
values_of_tdx_mrtd := {V}
values_of_tdx_mrtd[input.tdx_mrtd]
input.tdx_seamsvn >= 4
}
''',
    'helpers': '''import rego.v1

default match := false

match if {
	is_td
	is_platform
}

is_td if {
	base_checks
	tdx := input.tdx
	tdx.tdx_mrtd == V
	tdx.tdx_rtmr0 == "00"
}

base_checks if {
	tcb_is_good
	tdx := input.tdx
	tdx.tdx_seamsvn >= 271
}

tcb_is_good if { tcb_is_new }
tcb_is_good if { tcb_is_young }

tcb_is_new if {
	good := {"UpToDate", "SWHardeningNeeded"}
	good[input.tdx.attester_tcb_status]
}

tcb_is_young if {
	date := time.parse_rfc3339_ns(input.tdx.attester_tcb_date)
	months := 6
	end := time.add_date(date, 0, months, 0)
	end > time.now_ns()
}

is_platform if {
	pcr := input.tpm.pcrs[_]
	pcr.index == 0
	pcr.digest == "f7"
	input.nvgpu["x-a"]["x-b"] == true
}
''',
    'all rules': '''default valid_measurements = false
valid_measurements = true {
  input.tdx.tdx_mrtd == V
  evlog := input.tpm.uefi_event_logs[_]
  evlog.details.unicode_name == "SecureBoot"
}
''',
    'a list': '''package my_policy
import future.keywords.if
default allow = false
reference_mr_td = [V]
allow if {
	input["tdx.quote.body.tcb_svn"] == "03"
	input["tdx.quote.body.mr_td"] == reference_mr_td[_]
}
''',
    'trust claims': '''package policy
import rego.v1
default executables := 33
default hardware := 97
default configuration := 36

executables := 3 if {
	input.snp.measurement in data.reference.snp_launch_measurement
}

hardware := 2 if {
	input.snp.reported_tcb_snp in query_reference_value("snp_svn")
}

configuration := 2 if {
	input.snp.policy_debug_allowed == false
}
else := 3 if {
	input.snp.policy_migrate_ma == false
}

executables := 3 if {
	input.tdx.quote.body.rtmr_1 in query_reference_value("rtmr_1")
	kernel_is_good
}
else := 4 if {
	input.tdx.quote.body.rtmr_1 in query_reference_value("rtmr_1")
}

hardware := 2 if {
	input.tdx.quote.header.tee_type == "81000000"
	input.tdx.quote.body.mr_td in [V]
	input.tdx.tcb_status == "UpToDate"
}

kernel_is_good if {
	event := input.tdx.uefi_event_logs[_]
	event.type_name == "EV_EFI_BOOT_SERVICES_APPLICATION"
	"File(kernel)" in event.details.device_paths
	digest := event.digests[_]
	digest.digest == query_reference_value("tdvfkernel")
}
''',
    'a list of trust claims': '''package policy
import rego.v1
default executables := 33
default hardware := 97
trust_claims := {
	"executables": executables,
	"hardware": hardware,
	"file-system": 0,
}
extensions := [{"name": "x", "value": {"validated": validated_things}}]
validated_things := object.union_n([things])
things := {"x": [y | y := input.init_data.things[_]]} if {
	count(input.init_data.things) > 0
} else := {}
no_debug if regex.match("^[0-9a-f][02468ace]", input.tdx.td_attributes)
configuration := 2 if { no_debug }
hardware := 2 if { is_allowed }
executables := 3 if { is_allowed }
is_allowed if {
	input.tdx
	input.tdx.quote.body.mr_td == V
}
hardware := 2 if {
	input.az_tdx_vtpm
	input.az_tdx_vtpm.quote.body.mr_td in query_reference_value("mr_td")
}
''',
    'one trust claim': '''package policy
executables := 3 if { input["tdx.quote.body.mr_td"] == V }
''',
}

# The line that compares; what is put in its place.
LINES = (
    'not {}', 'not not_{}', '{} == false', '{} != true', '# {}', '{} | true',
    'x := {}', 'x = {}', 'x := `{}`', '{} with input as data.x',
    '{}\n\twith input as {{}}', 'not\n\t{}', 'x :=\n\t{}', 'false ==\n\t{}',
    '{}\n\t== false', '{}\n\t| 1', 'every x in [] {{ {} }}',
    'count([1 | {}]) == 0', 'count({{1 | {}}}) >= 0', 'x := {{y | {}}}',
    'deny({})', '({})', '[{}]', 'some x\n\tnot {}', 'print(`{}`)',
    'some t in [1]', 'walk(input, [_, V])', 'V == V', 'V', '{{V}}', 'true',
    'input.x == V', 'x := V', 'some x in [V]', 'V in [V]', 'V in {{V}}',
    'input.tdx_mrtd != V', 'lower(input.tdx_mrtd) == V',
    'upper(input.tdx.tdx_mrtd) != V', 'startswith(input.tdx_mrtd, V)',
    'contains(V, input.tdx_mrtd)', 'input.tdx_mrtd == sprintf("%s", [V])',
    'input.tdx_mrtd == concat("", [V])', 'input.tdx_mrtd == V + 1',
    'input.tdx_mrtd in []', 'not input.tdx_mrtd in [V]',
    'not input.tdx_mrtd in {{V}}', 'not V == input.tdx_mrtd',
    'count({{input.tdx_mrtd}} & {{V}}) == 0', 'input.tdx_mrtd - V == 0',
    'input.tdx_mrtd in {{V}} - {{V}}', 'x := ["a", V]\n\tx[input.tdx_mrtd]',
    'x := {{V}}\n\tnot x[input.tdx_mrtd]', 'x := {{V: 1}}\n\tx[V]',
    'object.get({{V: true}}, V, false)', 'input.tdx_mrtd >= V',
    'input.tdx_mrtd.x == V', 'input.tdx_mrtd[0] == V', 'input[_] == V',
    'input.tdx[_] == V', 'input.tdx.quote[x] == V', 'input[V]',
    'data.input.tdx.tdx_mrtd == V', 'data.tdx_mrtd == V', 'tdx_mrtd == V',
    'input := {{"tdx_mrtd": V}}\n\t{}', 'some input\n\t{}',
    'some input in data.x\n\t{}', 't := {{"tdx_mrtd": V}}\n\tt.tdx_mrtd == V',
    't := input.tdx\n\tsome t in [{{"tdx_mrtd": V}}]\n\tt.tdx_mrtd == V',
    't := input.tdx\n\tt := input.x\n\tt.tdx_mrtd == V',
    't.tdx_mrtd == V\n\tt := input.tdx', 'some t\n\tt.tdx_mrtd == V',
    't := input.gateway\n\tt.tdx_mrtd == V', '_ := input.tdx_mrtd\n\t_ == V',
    't := input.tdx\n\tevery t in data.x {{ t.tdx_mrtd == V }}',
    '[t] := [input.tdx]\n\tt.tdx_mrtd == V', 'f(V)', 'input.gateway.mr_td == V',
    'input.tdx_mrtd == V\n\tinput.tdx_mrtd == "' + OTHER + '"')

# Put before or after the line, so that its body never holds or is not read.
BESIDE = (
    'false', 'null', '1 == 2', '"a" == "b"', 'not true', '1 > 2', 'data.x',
    'true == false', 'x := 1; x == 2', 'count([]) > 0', 'count({1}) == 0',
    'input.tdx.x == input.tdx.x', 'input.tdx.x != input.tdx.x',
    'input.tdx == false', 'not input.tdx', 'input.tdx.tdx_mrtd == ""',
    'input.tdx.quote == 1', 'input.y in []', 'input.y in set()', 'some x in []',
    'every x in [1] { false }', 'not input.tdx.tdx_mrtd', 'is_unknown',
    'input.a > 4; input.a < 3', 'input.a >= 5; 4 >= input.a',
    'input.a; not input.a', 'input.a == null; input.a', 'input.a; input.a == '
    'false', 'not input.a > 4; input.a >= 5', 'input.a > "b"; input.a < "c"',
    'input.a == 1x', 'input.a > true', 'input.a < null', 'input.a == 1.',
    'input.a == 1.2.3', 'count(input.a) != count(input.a)', 'input.a in ["x"]; input.a == "y"',
    'p := input.l[_]; p.x == 1; p.x == 2', 'p := input.l; p == 1; p == 2',
    'some p in input.l; p == 1; p == 2', 'count(input.a) == 1; count(input.a) '
    '== 2', 'not is_unknown', 'input.a == 1; input.a == 2', 'input.a == 1; not '
    'input.a == 1', 'input.a == 1; input.a != 1', 'input.a > 4; input.a == 2',
    'time.now_ns() < 1700000000000000000', 'input.snp.x == 1', 'input.sample',
    'time.now_ns() < time.parse_rfc3339_ns("2020-01-01T00:00:00Z")', 'f(1)',
    'http.send({"url": "x"})', 'input.tdx.tdx_mrtd == input.tdx.tdx_mrtd',
    'with', 'x', '{', '(', 'input.x ==', '1', '"x"', '[]', 'a b', 'else := 1')

# Whole statements of a policy beside the others. R is the rule that decides.
MODULE = (
    'x', 'x.y', 'x y', 'x[1]', 'x(1)', 'importrego.v1',
    'R := false', 'R = false', 'R := false if { true }', 'R := false if input.x',
    'R := false if { input.x } else := true if { input.tdx.tdx_mrtd == V }',
    'R := 97 if { input.x }', 'R := false if { every x in y { z } }',
    'R := true', 'R = true', 'R', 'R if true', 'R if { true }', 'R { true }',
    'R if { input.x == 1 }', 'R := 1', 'R := 2 if { input.x == 1 }',
    'default R := true', 'default R = 2', 'allow := true', 'allow if true',
    'allow if { input.x }', 'match if input.tdx', 'R if not input.x',
    'R if { some x in [1] }', 'accept { 1 == 1 }', 'R := true if { input.x }',
    'package y', 'R if { every x in [] { x } }', 'R contains "x" if { true }', 'R[1] := 2',
    'R(x) := true', 'R.x := true', 'R = 1 { true }', 'import data.x as input',
    'import input.x as tdx', 'import data.x', 'import future.keywords as input',
    'input := {}', 'data := 1', 'deny := true', 'deny if true',
    'deny contains "x" if { input.x }', 'violation[x] { x := 1 }',
    'default deny := false', 'revoked if { input.tdx.tdx_mrtd == V }',
    'default allow := true', 'allow = x { x := true }', '}', '{', ')', '; R', '"',
    'with input as {}', 'else := true', 'else = 2 { true }', '{ true }',
    'R := x if { x := true }', '`')

# Statements of input.a and input.b, and when they hold; None: it is not there.
def is_string(v):
    return isinstance(v, str)


def has(v, name):
    return v.get(name) if isinstance(v, dict) else None


def order(v):
    """Rego compares values of any types."""
    for rank, kind in enumerate(((bool,), (int, float), (str,), (list,),
                                 (dict,))):
        if isinstance(v, kind):
            return (rank + 1, v if rank < 3 else 0)
    return (0, 0)


def elements(v):
    return v if isinstance(v, list) else list(v.values()) \
        if isinstance(v, dict) else []


def same(v, w):
    return v is not None and type(v) is type(w) and v == w


CONDITIONS = {
    'input.a': lambda a, b: a is not None and a is not False and a != 'null',
    'not input.a': lambda a, b: a is None or a is False or a == 'null',
    'x := input.a': lambda a, b: a is not None,
    'y := input.a.b': lambda a, b: has(a, 'b') is not None,
    'input.a == 1': lambda a, b: same(a, 1),
    'input.a == 2': lambda a, b: same(a, 2),
    'm := 2; input.a == m': lambda a, b: same(a, 2),
    '1 == input.a': lambda a, b: same(a, 1),
    'not input.a == 1': lambda a, b: not same(a, 1),
    'input.a == "x"': lambda a, b: a == 'x',
    'input.a == "y"': lambda a, b: a == 'y',
    'input.a != "x"': lambda a, b: a is not None and a != 'x',
    'z := input.a; z == "y"': lambda a, b: a == 'y',
    'input.a in [1]': lambda a, b: same(a, 1),
    'input.a in [2]': lambda a, b: same(a, 2),
    'input.a in {2, 7}': lambda a, b: same(a, 2) or same(a, 7),
    'not input.a in [1]': lambda a, b: not same(a, 1),
    'input.a == false': lambda a, b: a is False,
    'input.a == true': lambda a, b: a is True,
    'input.a < 2': lambda a, b: a is not None and order(a) < order(2),
    'input.a > 2': lambda a, b: a is not None and order(a) > order(2),
    'input.a > "x"': lambda a, b: a is not None and order(a) > order('x'),
    'input.a == [1]': lambda a, b: a == [1],
    'input.a.b': lambda a, b: has(a, 'b') not in (None, False),
    'input.a.b == 2': lambda a, b: same(has(a, 'b'), 2),
    'input.a["b"] == 3': lambda a, b: same(has(a, 'b'), 3),
    'not input.a.b': lambda a, b: has(a, 'b') in (None, False),
    'input.a[_] == 2': lambda a, b: any(same(v, 2) for v in elements(a)),
    'some e in input.a; e == 2': lambda a, b:
        any(same(v, 2) for v in elements(a)),
    '2 in input.a': lambda a, b: any(same(v, 2) for v in elements(a)),
    '3 in input.a': lambda a, b: any(same(v, 3) for v in elements(a)),
    'not 2 in input.a': lambda a, b: not any(same(v, 2) for v in elements(a)),
    'startswith(input.a, "y")': lambda a, b: is_string(a) and a[:1] == 'y',
    'startswith(input.a, "x")': lambda a, b: is_string(a) and a[:1] == 'x',
    'not startswith(input.a, "x")': lambda a, b:
        not (is_string(a) and a[:1] == 'x'),
    'startswith(input.a, 3)': lambda a, b: False,
    'startswith(input.a)': lambda a, b: False,
    'startswith(input.a, "x") == 3': lambda a, b: False,
    'regex.match("^x$", input.a)': lambda a, b: a == 'x',
    'regex.match("[z-a]", input.a)': lambda a, b: False,
    'regex.match("x^", input.a)': lambda a, b: False,
    'regex.match("$x", input.a)': lambda a, b: False,
    'lower(input.a) == "x"': lambda a, b: is_string(a) and a.lower() == 'x',
    'lower(input.a) == "X"': lambda a, b: False,
    'upper(input.a) == "x"': lambda a, b: False,
    'upper(input.a) == "Y"': lambda a, b: is_string(a) and a.upper() == 'Y',
    'lower(input.a) == 1': lambda a, b: False,
    'count(input.a) < 0': lambda a, b: False,
    '0 > count(input.a)': lambda a, b: False,
    'count(input.a) == -1': lambda a, b: False,
    'count(input.a) == 1.5': lambda a, b: False,
    'count(input.a) == "x"': lambda a, b: False,
    'n := count(input.a); n < 0': lambda a, b: False,
    'count(input.a) in [-1]': lambda a, b: False,
    'count(input.a) == 0': lambda a, b:
        isinstance(a, (list, dict, str)) and not a,
    'count(input.a) > 0': lambda a, b:
        isinstance(a, (list, dict, str)) and bool(a),
    'q := {"x", "w"}; q[input.a]': lambda a, b: a in ('x', 'w'),
    'input.a == input.b': lambda a, b: a is not None and a == b,
    'input.a != input.b': lambda a, b: None not in (a, b) and a != b,
    'v := input.b; input.a == v': lambda a, b: a is not None and a == b,
    'input.b == "y"': lambda a, b: b == 'y',
    'input.b == "x"': lambda a, b: b == 'x',
    'input.b.c == 1': lambda a, b: same(has(b, 'c'), 1),
}
VALUES = (None, False, True, 'null', 0, 1, 2, 3, 7, '', 'x', 'y', 'X', 'w', 'yx',
          'xy', [], [1], [2], [3], [2, 3], {}, {'b': 2}, {'b': 3}, {'b': False},
          {'b': 1}, {'b': 'x'}, {'c': 1}, {'b': 2, 'c': 3}, {'b': 3, 'c': 2})
# Conditions of one claim that real policies have together.
TOGETHER = (
    'input.a; input.a == 1', 'input.a >= 4; input.a < 9', 'input.a.b == 1; '
    'input.a.c == 2', 'input.a; input.a.b == 1', 'x := input.a; x.b == 1; x.c',
    'e := input.l[_]; e.n == 1; e.d == 2', 'e := input.l[_]; e.n == 1; f := '
    'input.l[_]; f.n == 2', '"x" in input.a; "y" in input.a', 'some e in '
    'input.l; e.n == 1; "x" in e.d', 'input.a == "x"; input.a != "y"',
    'input.a == "x"; not input.a == "y"', 'input.a != 1; input.a != 2',
    'count(input.a) > 1; count(input.a) < 5', 'input.a == 1; input.a == 1',
    'input.a; startswith(input.a, "x")', 'input.l[0] == 1; input.l[1] == 2',
    'startswith(input.a, "x")', 'regex.match("^[0-9a-f][02468ace]", input.a)',
    'count(input.a) == 0', 'lower(input.a) == "ok"', 'not startswith(input.a, '
    '"x")', 'object.subset({"a", "b"}, input.a)', 'count(input.a) >= 0')
# What says what a machine is: of TDs, and not.
KINDS = ('input.attester_type', 'input.tdx.attester_type', 'input.tee_type',
         'input["tdx.quote.header.tee_type"]', 'input.tee',
         'input.tdx.quote.header.tee_type')
TDS = ('"TDX"', '"tdx"', '"81000000"')
OTHERS = ('"SEVSNP"', '"SGX"', '"snp"', '"00000000"', '"sample"', '"CCA"', '0',
          'null', '"NVGPU"', '""')

# What changes nothing: a regular expression, what is put in its place.
NEUTRAL = (
    (r'\n', '\n\n'), (r'\n', ' # no: not "x" {\n'), (r'\n', '\r\n'),
    (r'\t', '  '), (r' == ', '   ==\t'), (r' == ', ' ==\n\t\t'),
    (r'V', '`@`'), (r'(?<=\w)\.tdx\b(?=[.\n ])', '["tdx"]'),
    (r'\A', '# METADATA\n# custom: not deny\n'), (r'\Z', '\n\n# end'),
    (r'\n}(?!\nextensions)', '\n\ttrue\n}'), (r'\n}(?!\nextensions)', ';\n}'), (r'\n}(?!\nextensions)', '\n\tinput.zz\n\tinput.zz == 3\n}'),
    (r'\n}(?!\nextensions)', '\n\tnot input.zz == 3\n}'),
    (r'\n}(?!\nextensions)', '\n\tinput.zz >= 3\n\tinput.zz < 9\n\tinput.zz != 4\n}'), (r'\Z', '\nnonce := "99"\n'),
    (r'\[V\]', '["@",]'), (r'\[V\]', '[\n\t\tV # x\n\t]'))


class Rego(TestCase):
    def setUp(self):
        super().setUp()
        self.image = self.write('fw', images.image())
        self.value = mrtd(self.image)
        self.chance = random.Random(SEED)

    def written(self, text):
        return text.replace('@', self.value).replace('V', f'"{self.value}"')

    def accept(self, text):
        self.write('doc', self.written(text).encode())
        with self.subTest(text=text):
            result = calc('reference', '--verify', 'doc', '--vmm', 'spec', 'fw')
            self.assertEqual((result.status, result.stdout),
                             (0, b'fw: OK (spec)\n'))
            self.assertEqual(calc('check', 'fw', '--against', 'doc').status, 0)

    def reject(self, text):
        self.write('doc', self.written(text).encode())
        with self.subTest(text=text):
            result = calc('reference', '--verify', 'doc', '--vmm', 'spec', 'fw')
            self.assertIn(result.status, (1, 3))
            self.assertEqual(result.stdout if result.status == 3 else b'', b'')
            self.assertGreater(len(result.lines), 0)
            # The same reader, which is lenient in spelling only.
            if self.chance.random() < 0.2:
                self.assertIn(calc('check', 'fw', '--against', 'doc').status,
                              (1, 3))

    @staticmethod
    def compared(text):
        """The part of a line that compares, in which V need not be."""
        found = re.search(r'[^\n{]*mr_?td(\"?\]?)( ==| in|\])[^\n}]*', text)
        return (re.search(r'V == input.tdx_mrtd', text) or found).group().strip()

    @staticmethod
    def decides(text):
        """The name of the rule that decides."""
        names = re.findall(r'^(\w+)(?: if| := [23] if| = true)', text, re.M)
        return 'hardware' if 'hardware' in names else names[0]

    def test_published_forms(self):
        for text in REGO.values():
            self.accept(text)
            self.reject(text.replace('V', f'"{OTHER}"'))
            self.reject(text.replace('V', '""'))

    def test_neutral_changes(self):
        for text in REGO.values():
            for old, new in NEUTRAL:
                self.accept(re.sub(old, new, text))

    def test_lines(self):
        for text in REGO.values():
            line = self.compared(text)
            for change in LINES:
                self.reject(text.replace(line, change.format(line), 1))

    def test_beside(self):
        for name, text in REGO.items():
            line = self.compared(text)
            for more in BESIDE:
                if '{' not in text:
                    self.reject(text.replace(line, f'{line}; {more}'))
                    continue
                self.reject(text.replace(line, f'{line}\n{more}\n', 1))
                if name != 'a set':
                    self.reject(text.replace(line, f'{more}\n{line}', 1))

    def test_rules_beside(self):
        for name, text in REGO.items():
            rule = self.decides(text)
            for more in MODULE:
                if name in ('helpers', 'trust claims',
                            'a list of trust claims') and \
                        more.startswith(('else', '{ ')):
                    # It belongs to another rule.
                    continue
                more = re.sub(r'\bR\b', rule, more)
                self.reject(text + more + '\n')

    def test_names_of_rules(self):
        for text in REGO.values():
            if 'trust_claims' in text:
                continue # Two rules decide, and one would be left.
            rule = self.decides(text)
            for name in ('deny', f'not_{rule}', 'violation', 'x', 'revoked',
                         f'{rule}_denied', f'un{rule}', rule.upper(),
                         f'{rule}[1]', f'{rule}(x)', f'{rule}.x', f'test_{rule}',
                         f'{rule} contains x', 'input', 'not', 'data.x'):
                self.reject(re.sub(fr'\b{rule}\b', name, text))

    def test_values_of_rules(self):
        for old, new in (('= true {', '= false {'), ('= true {', '= 1 {'),
                         ('= true {', '= x {'), ('match if', 'match := 0 if'),
                         ('match if', 'match := false if'),
                         ('match if', 'match := "true" if'),
                         ('match if', 'match := null if'),
                         ('= false', '= true'), ('33', '3'), ('97', '0'),
                         ('97', '31'), (':= 2 if', ':= 97 if'),
                         (':= 2 if', ':= 32 if'), (':= 2 if', ':= x if'),
                         (':= 2 if', ':= -1 if'), (':= 2 if', ':= 2.5 if'),
                         ('is_td if', 'is_td := false if'),
                         ('is_td if', 'is_td := 1 if'),
                         ('is_td if', 'is_td := false\nis_td if'),
                         ('is_td if', 'is_td := false if { input.x }\nis_td if'),
                         ('hardware := 2 if {\n\tinput.tdx.q', 'hardware := 97 '
                          'if { input.x } else := 2 if {\n\tinput.tdx.q'),
                         ('is_td if', 'default is_td := true\nis_td if'),
                         ('\tis_td\n', '\tnot is_td\n'),
                         ('\tis_td\n', '\tis_td == false\n'),
                         ('\tis_td\n', '\tx := is_td\n'),
                         ('\tis_td\n', '\tis_td with input as {}\n'),
                         ('\tis_td\n', '\t# is_td\n'), ('\tis_td\n', '\n'),
                         ('\tis_td\n', '\tis_td\n\tis_td == true\n'),
                         ('\tis_td\n', '\tdata.policy.is_td\n'),
                         ('is_td if {', 'is_td if {\n\tis_td'),
                         ('is_td if {', 'is_td if true\nis_td if {'),
                         ('base_checks if {', 'base_checks if {\n\tfalse'),
                         ('base_checks if {', 'base_checks if {\n\tis_td'),
                         ('tcb_is_new if {', 'tcb_is_new if {\n\tevery'),
                         ('hardware := 2 if {\n\tinput.tdx.quote',
                          'hardware := 2 if { input.tdx.x == 1 }\n'
                          'hardware := 2 if {\n\tinput.tdx.quote'),
                         ('3 if { input', '3 if { input.tdx.x } else := 4 if '
                          '{ input')):
            texts = [text for text in REGO.values() if old in text]
            self.assertTrue(texts, old)
            for text in texts:
                if (old, new) in (('33', '3'), ('= false', '= true')) and \
                        'hardware' in text:
                    # Of another claim.
                    continue
                if new == ':= x if' and 'trust_claims' in text:
                    continue # Not understood, and the other one decides.
                self.reject(text.replace(old, new))

    def test_list_of_trust_claims(self):
        text = REGO['a list of trust claims']
        for old, new in (('"hardware": hardware', '"hardware": 2'),
                         ('"hardware": hardware', '"hardware": executables'),
                         ('"hardware": hardware', '"hardware": 1 + hardware'),
                         ('\t"hardware": hardware,\n', ''),
                         ('trust_claims := {', 'trust_claims := x | {'),
                         ('}\nextensions', '} | {"x": 1}\nextensions'),
                         ('extensions :=', 'trust_claims :='),
                         ('trust_claims := {', 'trust_claims := {}\nx := {')):
            self.assertIn(old, text)
            self.reject(text.replace(old, new))

    def test_values_of_trust_claims(self):
        """Of AR4SI's numbers 2 to 31 affirm, 32 to 127 warn or refuse, and the
        others say nothing of a TD: one that has only these asks for nothing."""
        claim = 'input.tdx.quote.body.mr_td == V'
        numbers = ['00', '01', '02', '03', '007', '010', '-0', '-00', '-02',
                   '-2', '-33', '0.0', '2.0', '2e0', '20e-1', '03.5', '1000',
                   '+3', '0x3', '"3"', 'true', 'null', '[3]']
        for number in range(135):
            decides = 2 <= number < 32
            text = f'executables := {number} if {{ {claim} }}\n'
            (self.accept if decides else self.reject)(text)
            if number % 8 < 2:
                text = f'executables := 3 if {{ {claim} }} else := {number}\n'
                (self.accept if 32 <= number < 128 else self.reject)(text)
                text = (f'default executables := {number}\n'
                        f'executables := 3 if {{ {claim} }}\n')
                (self.accept if 32 <= number < 128 else self.reject)(text)
        for number in numbers:
            self.reject(f'executables := {number} if {{ {claim} }}\n')
            self.reject(f'default executables := {number}\n'
                        f'executables := 3 if {{ {claim} }}\n')
        # Another one may ask for it.
        more = f'hardware := 2 if {{ {claim} }}\n'
        for number in ('0', '1'):
            self.accept(f'executables := {number} if {{ {claim} }}\n{more}')
        for number in ('32', '96', '128', '-2', '00', '03', '-02', '010'):
            self.reject(f'executables := {number} if {{ {claim} }}\n{more}')
            if number.lstrip('-')[0] == '0':
                self.reject(f'{more}other := {number}\n')

    def test_values_elsewhere(self):
        """A way to hold for values of a store: other MRTDs pass, too."""
        claims = ('input.tdx.quote.body.mr_td', 'input["tdx.quote.body.mr_td"]',
                  'input.tdx.tdx_mrtd', 'input.az_tdx_vtpm.quote.body.mr_td')
        stores = ('in query_reference_value("mr_td")', 'in data.reference.x',
                  '== data.x')
        for rule in ('executables := 3', 'match'):
            for claim in claims:
                for other in claims:
                    if rule != 'match' and 'az' in other and 'az' not in claim:
                        continue # Of other evidence.
                    for store in stores:
                        for beside in ('', 'input.a == 1; ', 'input.tpm.x; '):
                            parts = [f'{rule} if {{ {claim} == V }}\n',
                                     f'{rule} if {{ {beside}{other} {store} }}\n']
                            for text in (parts[0] + parts[1],
                                         parts[1] + parts[0]):
                                self.beside_store(text)
        one = f'{claims[0]} == V'
        store = f'{claims[0]} {stores[0]}'
        for text in (f'match if {{ ok }}\nok if {{ {one} }}\n'
                     f'ok if {{ {store} }}\n',
                     f'match if {{ {one} }} else if {{ {store} }}\n',
                     f'match if {{ ok }}\nmatch if {{ {one} }}\n'
                     f'ok if {{ {store} }}\n'):
            self.beside_store(text)
        # Both at once are one value; only a store is none.
        self.reject(f'match if {{ {store} }}\n')
        self.reject(f'match if {{ {one}; {store} }}\n')

    def beside_store(self, text):
        self.write('doc', self.written(text).encode())
        with self.subTest(text=text):
            self.refused(calc('reference', '--verify', 'doc', 'fw'), 3)
            result = calc('check', 'fw', '--against', 'doc')
            self.assertEqual(result.status, 0)
            self.assertIn(b'other MRTDs may pass, too [not-exact]',
                          result.stdout)

    def test_several(self):
        claim = 'input.tdx.tdx_mrtd =='
        other = f'"{OTHER}"'
        for text in (f'match if {{ {claim} V }}\nmatch if {{ {claim} {other} }}',
                     f'match if input.tdx.tdx_mrtd in [{other}, V]',
                     f'x := {{V, {other}}}\nmatch if {{ {claim} x[_] }}'):
            self.write('doc', self.written(text).encode())
            self.assertEqual(calc('check', 'fw', '--against', 'doc').status, 0)
            self.assertEqual(
                calc('reference', '--verify', 'doc', 'fw').status, 1)
        # Rules that decide ask for the same; one body asks once.
        for text in (f'match if {{ {claim} V }}\nallow if {{ {claim} {other} }}',
                     f'match if {{ {claim} V; ok }}\nok if {{ {claim} {other} }}',
                     f'match if {{ {claim} V; ok }}\nok if {{ {claim} V }}',
                     f'match if {{ ok; go }}\nok if {{ {claim} V }}\n'
                     f'go if {{ {claim} V }}',
                     'hardware := 2 if { input.tdx.quote.body.mr_td == V }\n'
                     'executables := 3 if { input.tdx.quote.body.mr_td == '
                     f'{other} }}'):
            self.reject(text)
        self.accept(f'match if {{ {claim} V }}\nallow if {{ {claim} V }}')

    def accepted(self, statements):
        text = (f'match if {{ input.tdx_mrtd == "{self.value}"; '
                f'{statements} }}\n')
        self.write('doc', text.encode())
        return calc('reference', '--verify', 'doc', '--vmm', 'spec',
                    'fw').status == 0

    def test_conditions_together(self):
        """A body of conditions that no input fulfils asks for nothing."""
        conditions = list(CONDITIONS.items())
        taken = 0
        for i, (one, holds) in enumerate(conditions):
            for other, also in conditions[i:]:
                if i % 4 and SANITIZED:
                    continue
                can = any(holds(a, b) and also(a, b)
                          for a in VALUES for b in VALUES)
                body = one if one == other else f'{one}; {other}'
                accepted = self.accepted(body)
                taken += accepted
                with self.subTest(body=body):
                    self.assertTrue(can or not accepted)
        self.assertGreater(taken, 20)
        for chain in ('input.a == "x"; input.a == input.b; input.b == "y"',
                      'input.a == "x"; input.b == input.a; input.b == "y"',
                      'v := input.b; input.a == v; input.a == 1; v == 2',
                      'v := input.a; w := v.b; w == 1; input.a.b == 2',
                      'p := input.l[_]; q := p.x; q == 1; p.x == 2',
                      'input.snp.x; input.a', 'startswith(input.snp.x, "y")',
                      'count(input.sample) > 0', 'input.sevsnp.x == 1',
                      'input.tdx_mrtd.x', 'x := input.tdx_mrtd.y',
                      'input.tdx.tdx_mrtd == "%s"' % self.value):
            with self.subTest(body=chain):
                self.assertFalse(self.accepted(chain))

    def test_conditions_that_pass(self):
        for body in TOGETHER:
            with self.subTest(body=body):
                self.assertTrue(self.accepted(body))

    def test_kinds_of_machines(self):
        for claim in KINDS:
            for td in TDS:
                for body in (f'{claim} == {td}', f'{td} = {claim}',
                             f'{claim} in [{td}]', f'x := {td}; {claim} == x'):
                    self.assertTrue(self.accepted(body), body)
                for body in (f'{claim} != {td}', f'not {claim} == {td}',
                             f'not {claim} in {{{td}}}'):
                    self.assertFalse(self.accepted(body), body)
            for other in OTHERS:
                for body in (f'{claim} == {other}', f'{other} == {claim}',
                             f'{claim} in [{other}]', f'x := {other}; {claim} '
                             '== x', f't := {claim}; t == {other}'):
                    self.assertFalse(self.accepted(body), body)
                body = f'{claim} != {other}'
                self.assertTrue(self.accepted(body), body)

    def test_versions(self):
        """OPA reads a policy in one version of the language: in version 1, each
        body has "if" before it; before, keywords have to be imported."""
        claim = 'input.tdx.tdx_mrtd == V'
        v1 = 'import rego.v1\n'
        heads = ('match', 'match = true', 'match := true')
        old = [f'{head} {{ {claim} }}\n' for head in heads]
        new = [f'{head} if {{ {claim} }}\n' for head in heads]
        keywords = ('import future.keywords\n', 'import future.keywords.if\n')
        for text in old:
            self.accept(text)
            self.reject(v1 + text)
            for first in keywords:
                self.accept(first + text)
        for text in new:
            self.accept(text)
            self.accept(v1 + text)
            for first in keywords:
                self.accept(first + text)
                self.reject(first + v1 + text)
                self.reject(v1 + first + text)
                self.reject(text + first)
            self.reject(text + v1)
        # Another body of any form, of the rule or of another.
        for more in ('helper { input.x == 1 }', 'deny[x] { x := input.y }',
                     'helper = 2 { input.x == 1 }', 'f(x) = y { y := x }',
                     'helper if { input.x } { input.y }',
                     'helper if { input.x } else { input.y }',
                     'helper if { input.x } else := false { input.y }',
                     'f(x) := {x | x := 1} { input.x }',
                     'f(x) if { input.x } else = 2 { input.x }',
                     'helper[x] { x := input.y[_] }', 'helper.y { input.x }'):
            for text in new:
                self.reject(f'{v1}{text}{more}\n')
                self.reject(f'{text}{more}\n')
        for more in ('helper if { input.x }', 'f(x) := {"a": 1} if { x }',
                     'things contains x if { some x in input.y }',
                     'things := {"x": 1}', 'f(x) := [y | y := x[_]]'):
            self.accept(f'{v1}{new[0]}{more}\n')
        # A word that is not imported.
        for line in ('input.x in [1]', '1 in input.x', 'some x in input.y'):
            text = f'match {{ {claim}; {line} }}\n'
            self.reject(text)
            self.reject('import future.keywords.if\n' + text)
            self.accept('import future.keywords.in\n' + text)
        for name in ('x', 'not', 'with', 'iff', 'else', 'v1', 'if.in'):
            self.reject(f'import future.keywords.{name}\n{old[0]}')

    def test_by_chance(self):
        """A word or a sign of the line that compares, or of the rule around it,
        is another, or is gone, or is there twice."""
        words = ['not', 'true', 'false', '==', '!=', ':=', '=', 'some', 'every',
                 'x', 'input', 'data', 'in', 'with', '[', ']', '{', '}', '(',
                 ')', ';', '.', '"x"', '1', '_', 'else', 'if', '|', '&', '<',
                 ',', ':', 'tdx', 'deny', '-', '`', '#', '/', 'contains', 'as']
        texts = list(REGO.values())
        for _ in range(CHANCES):
            text = self.chance.choice(texts)
            line = self.compared(text)
            tokens = re.findall(r'\w+|[:=!<>]=|\S|\s+', line)
            at = self.chance.randrange(len(tokens))
            if tokens[at].isspace():
                continue
            new = self.chance.choice(words)
            tokens[at] = self.chance.choice((new, '', f'{new} {tokens[at]}'))
            changed = ''.join(tokens)
            if self.means_the_same(line, changed):
                continue
            self.reject(text.replace(line, changed, 1))

    @staticmethod
    def means_the_same(line, changed):
        """Another sign that equals, or one that the grammar has no use for."""
        plain = [re.sub(r'\s+|;$', '', text).replace('==', '=')
                 for text in (line, changed)]
        return plain[0] == re.sub(r'V,([\]}])', r'V\1', plain[1])


# Fields of go-tdx-guest's messages: in which, what they take, and what not.
# {} is a string of that many bytes. From its proto/checkconfig.proto and
# validate.go; the sizes are those of a quote.
BODY = {
    'minimum_tee_tcb_svn': 16, 'mr_seam': 48, 'td_attributes': 8, 'xfam': 8,
    'mr_config_id': 48, 'mr_owner': 48, 'mr_owner_config': 48,
    'report_data': 64}
HEADER = {'qe_vendor_id': 16}
NUMBERS = ('minimum_qe_svn', 'minimum_pce_svn')
FLAGS = {'td_quote_body_policy': ('enable_td_debug_check',),
         'root_of_trust': ('check_crl', 'get_collateral')}
TEXTS = ('cabundle_paths', 'cabundles')


def escaped(size, byte=0xab):
    return '"' + f'\\x{byte:02x}' * size + '"'


class Textproto(TestCase):
    def setUp(self):
        super().setUp()
        self.image = self.write('fw', images.image())
        value = mrtd(self.image)
        self.value = '"' + ''.join(f'\\x{value[i:i + 2]}'
                                   for i in range(0, 96, 2)) + '"'

    def document(self, body='', header='', top='', name='mr_td'):
        return (f'policy {{\n  header_policy {{\n {header} }}\n  '
                f'td_quote_body_policy {{\n {name}: {self.value}\n {body} '
                f'}}\n}}\n{top}')

    def status(self, text):
        self.write('doc', text.encode('latin-1'))
        return (calc('reference', '--verify', 'doc', '--vmm', 'spec', 'fw'),
                calc('check', 'fw', '--against', 'doc'))

    def accept(self, text):
        with self.subTest(text=text):
            verify, check = self.status(text)
            # Registers are not compared, which is said.
            self.check(verify.without('reference-unchecked'), 0,
                       'fw: OK (spec)\n')
            self.assertEqual(check.status, 0)

    def reject(self, text, tag='against-policy'):
        with self.subTest(text=text):
            for result in self.status(text):
                self.refused(result, 3)
                self.assertIn(f'[{tag}]', result.lines[0])

    def test_what_fields_take(self):
        for part, sizes in (('body', BODY), ('header', HEADER)):
            for name, size in sizes.items():
                self.accept(self.document(**{part: f'{name}: {escaped(size)}'}))
                self.accept(self.document(**{part: f'{name}: ""'}))
                for value in (escaped(size - 1), escaped(size + 1),
                              escaped(1), '5', '0', 'true', 'x', '{}', '<>',
                              f'[{escaped(size)}]', '[]', '', '-', ':',
                              f'"{"ab" * size}"', '1.5', 'nan', '-1',
                              f'{escaped(size)} {escaped(1)}',
                              f'{escaped(size)} {name}: {escaped(size)}'):
                    self.reject(self.document(**{part: f'{name}: {value}'}))
                self.reject(self.document(**{part: f'{name} {escaped(size)}'}))
        for name in NUMBERS:
            for value in ('0', '7', '65535', '0xffff', '0377', '0x0A'):
                self.accept(self.document(header=f'{name}: {value}'))
            for value in ('65536', '-1', '1.0', '1e3', '"1"', 'true', '0x', '',
                          '08', '0x10000', '18446744073709551617', '[1]', '{}',
                          '1 2', '1f', '+1', f'1 {name}: 1'):
                self.reject(self.document(header=f'{name}: {value}'))

    def test_flags_and_texts(self):
        for value in ('true', 'false', 'True', 'False', 't', 'f', '1', '0'):
            self.accept(self.document(body=f'enable_td_debug_check: {value}'))
            self.accept(self.document(top=f'root_of_trust: {{ check_crl: {value} '
                                      f'get_collateral: {value} }}'))
        for value in ('2', '7', 'maybe', 'TRUE', 'yes', '"true"', '-1', '1.0',
                      '[true]', '{}', 'true true', 'tru', '',
                      'true check_crl: true enable_td_debug_check: true'):
            self.reject(self.document(body=f'enable_td_debug_check: {value}'))
            for name in FLAGS['root_of_trust']:
                self.reject(self.document(
                    top=f'root_of_trust {{ {name}: {value} }}'))
        for name in TEXTS:
            for value in ('""', '"a" \'b\'', '["a", "b"]', '[]', '"\\n"'):
                self.accept(self.document(top=f'root_of_trust {{ {name}: {value} '
                                          f'{name}: "c" }}'))
            for value in ('a', '1', '["a",]', '[,]', '["a" , , "b"]', '["a"',
                          '"\\xff"', '{}', '["a"; "b"]', '[["a"]]', '[1]'):
                self.reject(self.document(
                    top=f'root_of_trust {{ {name}: {value} }}'))

    def test_rtmrs(self):
        one = escaped(48)
        for value in (f'[{one}, {one}, "", {one}]', '[]', f'{one} rtmrs: {one} '
                      f'rtmrs: [{one}, {one}]'):
            self.accept(self.document(body=f'rtmrs: {value}'))
        for value in (one, f'[{one}]', f'[{one}, {one}, {one}]', '5',
                      f'[{one}, {one}, {one}, {one},]', escaped(192),
                      f'[{one}, {one}, {one}, {escaped(47)}]',
                      f'[{one}, {one}, {one}, {one}] rtmrs: {one}', '[1,2,3,4]'):
            self.reject(self.document(body=f'rtmrs: {value}'))

    def test_where_fields_are(self):
        """A field of another message, and one that none has."""
        for name, size in BODY.items():
            self.reject(self.document(header=f'{name}: {escaped(size)}'))
            self.reject(self.document(top=f'{name}: {escaped(size)}'))
            self.reject(self.document(top=f'root_of_trust {{ {name}: '
                                      f'{escaped(size)} }}'))
        for field in ('x: 1', 'x: "y"', 'x {}', 'negate: true', 'deny: true',
                      'not: 1', 'mode: NOT_EQUAL', '5: "x"', '[x.y]: 1',
                      '[type.googleapis.com/x] {}', 'MR_SEAM: ""', 'mrSeam: ""',
                      'mr-seam: ""', 'comment: "x"', 'header_policy {}',
                      'policy {}', '// x', '/* x */', '"x"', ': 1', '=', '{}',
                      ',', ';', ';;', 'mr_seam', 'xfam', '}', '>', ']', '- x: 1',
                      'mr_td_mask: ""', 'all_mr_td: ""', 'mr_td.x: ""'):
            if field not in (',', ';'): # They may follow a field.
                self.reject(self.document(body=field))
            self.reject(self.document(header=field))
            if not field.startswith('mr_seam'):
                self.reject(self.document(top=f'root_of_trust {{ {field} }}'))
        # Neither two files in one, nor a part beside the whole.
        for top in (self.document(), 'policy {}', f'mr_td: {self.value}',
                    f'any_mr_td: {escaped(48)}', 'td_quote_body_policy {}',
                    'header {}', 'td_quote_body {}', 'header_policy {}'):
            self.reject(self.document(top=top))

    def test_messages(self):
        text = self.document()
        for old, new in (('policy {\n  h', 'policy <\n  h'), ('}\n}', '>\n}'),
                         ('}\n}', '}'), ('}\n}', '}\n}\n}'),
                         ('policy {\n  h', 'policy: [{\n  h'),
                         ('policy {\n  h', 'policy: "x" {\n  h'),
                         ('policy {\n  h', 'policy\n  h'),
                         ('policy {\n  h', 'policy; {\n  h'),
                         ('header_policy', 'header_policy {} header_policy')):
            self.assertIn(old, text)
            self.reject(text.replace(old, new, 1))

    def test_values_together(self):
        other = escaped(48)
        self.accept(self.document(f'any_mr_td: {self.value}'))
        self.accept(self.document(f'any_mr_td: [{other}, {self.value}]'))
        self.accept(self.document(name='any_mr_td'))
        for body in (f'any_mr_td: {other}', f'any_mr_td: [{other}, {other}]',
                     f'any_mr_td: [{self.value}, ""]', 'any_mr_td: ""',
                     f'any_mr_td: [{self.value},]', f'mr_td: {self.value}',
                     f'any_mr_td: [{self.value} {self.value}]'):
            self.reject(self.document(body))
        # Of the others only mr_td counts.
        text = self.document(f'any_mr_td: [{other}, {self.value}]')
        text = text.replace(f'mr_td: {self.value}', f'mr_td: {other}', 1)
        for result in self.status(text):
            self.assertEqual(result.status, 1)

    def test_neutral_changes(self):
        text = self.document('mr_seam: ' + escaped(48))
        for old, new in ((r'\n', '\n\n# mr_td: "no"\n'), (r'\n', '\r\n'),
                         (r'\{', ': {'), (r' ', '\t'), (r': ', ':\n# x\n'),
                         (r'"\n', '",\n'), (r'"\n', '";\n'), (r'"\n', '"\n""\n'),
                         (r'"', "'"), (r'\{([^{}]*)\}', r'<\1>'),
                         (r'\}', '} ;'), (r'\}', '},'), (r'\A', '# x\n'),
                         (r'\\xab', r'\\253'), (r'\Z', '# end')):
            self.accept(re.sub(old, new, text))

    def test_strings(self):
        """Escapes that go-tdx-guest knows, for the same 48 bytes."""
        good = bytes(ord(c) for c in '\a\b\f\n\r\t\v?\'"\\') + b'A' * 5
        short = ('"\\a\\b\\f\\n\\r\\t\\v\\?\\\'\\"\\\\AAAAA"')
        self.assertEqual(len(good), 16)
        self.accept(self.document(header=f'qe_vendor_id: {short}'))
        for bad in ('\\q', '\\X41', '\\x', '\\xg', '\\400', '\\8', '\\ ', '\\',
                    '\\u00e9', '\n', '\\e', '\\U0010ffff1', '\xff'):
            for pad in range(17):
                if pad in (0, 12, 14, 15, 16):
                    self.reject(self.document(
                        header=f'qe_vendor_id: "{bad}{"A" * pad}"'))

    def test_like_protoc(self):
        """What is accepted, protoc takes as well; and the other way round, but
        for sizes, which the messages do not have."""
        protoc = shutil.which('protoc')
        if not protoc:
            self.skipTest('no protobuf-compiler')
        chance = random.Random(SEED)
        tokens = re.findall(r'"[^"]*"|\w+|\s+|\S', self.document(
            f'xfam: "12345678"\nany_mr_td: [{self.value}, {self.value}]\n'
            'enable_td_debug_check: true', 'minimum_qe_svn: 7',
            'root_of_trust { check_crl: false cabundles: "x" }\n'))
        words = ('{', '}', '<', '>', '[', ']', ',', ';', ':', '"x"', '5', '\n',
                 'true', '#', '//', 'xfam', 'policy', 'mr_td', '-', '.', '""',
                 "'a'", '0x10', '1.0', 'x')
        accepted = 0
        for _ in range(CHANCES):
            changed = list(tokens)
            for _ in range(chance.choice((1, 1, 2))):
                at = chance.randrange(len(changed))
                word = chance.choice(words)
                changed[at] = chance.choice((
                    word, '', f'{word} {changed[at]}', f'{changed[at]} {word}',
                    f'{changed[at]} {changed[at]}'))
            text = ''.join(changed)
            verify, _ = self.status(text)
            taken = subprocess.run(
                [protoc, f'-I{HERE}', '--encode=checkconfig.Config',
                 'check_config.proto'], input=text.encode(), check=False,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            accepted += verify.status == 0
            with self.subTest(text=text):
                if verify.status == 0:
                    self.assertEqual(taken.returncode, 0)
                elif taken.returncode == 0:
                    self.assertRegex(verify.lines[0], 'right number of bytes|'
                                     'has no MRTD beside|too large|is empty|'
                                     'says what the MRTD must be|without an')
        self.assertGreater(accepted, CHANCES // 20)
