# SPDX-License-Identifier: Apache-2.0
"""Proves with Frama-C that functions do what their contracts say.

run.py            proves all; each goal must be proved, and be there
run.py --mutants [PART]
                  breaks each function (of files with PART in their names);
                  the proof must notice
run.py --smoke    no contract may be one that nothing fulfils: the solvers are
                  asked whether requirements, loops or calls contradict
                  themselves, and which statements are never reached
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
SKIPPED = 77

# How many goals each function has: one that lost a contract, a loop that lost
# its variant, would have fewer.
GOALS = {
    'src/base/span.c': {
        'span_agrees': 22, 'span_bytes': 7, 'span_copy': 16,
        'span_differs': 38, 'span_equals': 14, 'span_guid': 8, 'span_has': 5,
        'span_is_zero': 12, 'span_make': 2, 'span_part': 12, 'span_u16': 13,
        'span_u32': 15, 'span_u64': 19, 'span_u8': 12},
    'src/base/hex.c': {
        'digit_value': 12, 'hex_decode': 33, 'hex_encode': 23,
        'mrtd_hex_decode': 14, 'mrtd_hex_encode': 6},
    'src/base/guid.c': {'guid_equal': 7, 'guid_format': 22},
    'src/base/crc32.c': {'crc32_add': 14},
    'src/base/source.c': {'source_valid': 10, 'source_view': 39},
    'src/image/guid_table.c': {
        'add_entry': 24, 'find_entries': 47, 'guid_table_find': 18,
        'walk': 50},
    'src/image/tdvf/metadata.c': {
        'check_descriptor': 59, 'check_guid': 41, 'decode_section': 30,
        'decode_table': 19, 'tdvf_warn': 3},
    'src/image/sev/metadata.c': {
        'check_descriptor': 49, 'decode_section': 18, 'decode_table': 12},
    'src/image/tdvf/locate.c': {
        'locate_by_offset': 46, 'locate_by_table': 41},
    'src/image/igvm/walk.c': {'igvm_view': 58},
    'src/image/igvm/header.c': {
        'bad_header': 6, 'check_crc': 66, 'check_fixed': 79,
        'check_variable': 38, 'field': 6},
    'src/events/log_walk.c': {
        'check_algorithms': 28, 'check_extension': 20, 'find_algorithm': 14,
        'find_register': 14, 'is_right': 15, 'log_walk_first': 66,
        'log_walk_is_over': 24, 'log_walk_next': 43, 'malformed': 8,
        'move': 17, 'read_algorithm': 45, 'read_algorithms': 43,
        'read_data': 29, 'read_digest': 59, 'read_digests': 61,
        'read_head': 39},
    'tests/proof/checked.c': {'checked_add': 7, 'checked_mul': 8},
}

# File in src, function, what stands there, what the mutant has.
MUTANTS = (
    ('base/span.c', 'span_has', 'offset <= s.size && len', 'len'),
    ('base/span.c', 'span_has', 'offset <= s.size', 'offset < s.size'),
    ('base/span.c', 'span_has', 'len <= s.size - offset',
     'offset + len <= s.size'),
    ('base/span.c', 'span_bytes', 's.data + offset;', 's.data + len;'),
    ('base/span.c', 'span_part', 'if (!span_has(s, offset, len)) {\n'
     '        return false;\n    }\n    *out', '*out'),
    ('base/span.c', 'span_part', 's.data + offset, len',
     's.data + offset, s.size'),
    ('base/span.c', 'span_part', 's.base + offset', 's.base'),
    ('base/span.c', 'span_u8', 'span_bytes(s, offset, 1)',
     'span_bytes(s, offset, 0)'),
    ('base/span.c', 'span_u16', 'p[0] + 256U * p[1]', 'p[1] + 256U * p[0]'),
    ('base/span.c', 'span_u32', 'span_bytes(s, offset, 4)',
     'span_bytes(s, offset, 3)'),
    ('base/span.c', 'span_u64', 'offset + 4, &high', 'offset + 3, &high'),
    ('base/span.c', 'span_u64', 'span_has(s, offset, 8)',
     'span_has(s, offset, 4)'),
    ('base/span.c', 'span_copy', 'memcpy(out, p, len)',
     'memcpy(out, s.data, len)'),
    ('base/span.c', 'span_equals', 'memcmp(p, bytes, len) == 0',
     'memcmp(p, bytes, len - 1) == 0'),
    ('base/span.c', 'span_differs', 'size - i >= 256', 'size - i >= 255'),
    ('base/span.c', 'span_differs', 'i += 256', 'i += 257'),
    ('base/span.c', 'span_agrees', 'return i < size ? i : size;\n}\n\nbool',
     'return i;\n}\n\nbool'),
    ('base/span.c', 'span_is_zero', 'i < s.size', 'i + 1 < s.size'),
    ('base/hex.c', 'hex_encode', "hex[2 * len] = '\\0'",
     "hex[2 * len + 1] = '\\0'"),
    ('base/hex.c', 'hex_encode', 'digits[bytes[i] % 16]',
     'digits[bytes[i] % 18]'),
    ('base/hex.c', 'digit_value', "c <= 'F'", "c <= 'H'"),
    ('base/hex.c', 'digit_value', "'a') + 10", "'a') + 9"),
    ('base/hex.c', 'hex_decode', '> 15', '> 16'),
    ('base/hex.c', 'mrtd_hex_decode', 'hex && bytes && ', ''),
    ('base/hex.c', 'mrtd_hex_encode', 'hex && bytes', 'hex'),
    ('base/hex.c', 'mrtd_hex_decode', 'len / 2 == size &&',
     'len >= 2 &&'),
    ('base/guid.c', 'guid_format', 'i == 10', 'i == 10 || i == 14'),
    ('base/guid.c', 'guid_format', 'p += 2', 'p += 3'),
    ('base/guid.c', 'guid_equal', 'sizeof a->bytes', 'sizeof a->bytes - 1'),
    ('base/source.c', 'source_valid', ' || source->size == 0', ''),
    ('base/source.c', 'source_view', 'span_has(whole, offset, len)',
     'span_has(whole, offset, 0)'),
    ('base/source.c', 'source_view', 'span_make(buffer, len, offset)',
     'span_make(buffer, len + 1, offset)'),
    ('image/guid_table.c', 'add_entry', 'table->count++', '++table->count'),
    ('image/guid_table.c', 'add_entry', 'e->offset = offset',
     'e->offset = size'),
    ('image/guid_table.c', 'walk', 'length < GUID_ENTRY_OVERHEAD || ', ''),
    ('image/guid_table.c', 'walk', 'length > left', 'length > left + 1'),
    ('image/guid_table.c', 'walk', 'entries.base + left,', 'left,'),
    ('image/guid_table.c', 'find_entries', 'length > room',
     'length > room + 1'),
    ('image/guid_table.c', 'find_entries', 'length < GUID_ENTRY_OVERHEAD || ',
     ''),
    ('image/guid_table.c', 'find_entries', 'room - length', 'room'),
    ('image/guid_table.c', 'guid_table_find', '!= 0', '== 0'),
    ('image/guid_table.c', 'guid_table_find', 'i < table->count',
     'i <= table->count'),
    ('image/guid_table.c', 'guid_table_find', 'i++', 'i += 2'),
    ('image/tdvf/locate.c', 'locate_by_table', 'from_end == 0 || ', ''),
    ('image/tdvf/locate.c', 'locate_by_table', 'sizeof buffer, buffer',
     '8, buffer'),
    ('image/tdvf/locate.c', 'locate_by_offset', 'sizeof buffer, buffer',
     '8, buffer'),
    ('image/tdvf/locate.c', 'locate_by_offset', 'signature, sizeof signature)',
     'signature, 5)'),
    ('image/sev/metadata.c', 'check_descriptor',
     '*count > MRTD_MAX_SEV_SECTIONS', '*count > MRTD_MAX_SEV_SECTIONS + 1'),
    ('image/sev/metadata.c', 'check_descriptor', 'length > size - d.base',
     'length > size'),
    ('image/sev/metadata.c', 'decode_section', 'at + SEV_TYPE',
     'at + SEV_SIZE'),
    ('image/sev/metadata.c', 'decode_table', 'i < count', 'i <= count'),
    ('image/tdvf/metadata.c', 'check_descriptor', 'n > MRTD_MAX_SECTIONS',
     'n > 2 * MRTD_MAX_SECTIONS'),
    ('image/tdvf/metadata.c', 'check_descriptor', 'length != expected',
     'length > expected'),
    ('image/tdvf/metadata.c', 'check_descriptor', 'd.base, expected',
     'd.base, 16'),
    ('image/tdvf/metadata.c', 'check_guid', 'sizeof buffer, buffer',
     '17, buffer'),
    ('image/tdvf/metadata.c', 'check_guid', '&metadata_guid_swapped',
     '&metadata_guid_swapped + 1'),
    ('image/tdvf/metadata.c', 'decode_section', 'at + TDVF_TYPE',
     'at + TDVF_ATTRIBUTES'),
    ('image/tdvf/metadata.c', 'decode_section', 'at + TDVF_DATA_OFFSET',
     'at + TDVF_DATA_OFFSET + 1'),
    ('image/tdvf/metadata.c', 'decode_table', 'i < count', 'i <= count'),
    ('image/tdvf/metadata.c', 'decode_table', '(uint64_t)i *',
     '(uint64_t)(i + 1) *'),
    ('base/crc32.c', 'crc32_add', 'crc & 15', 'crc & 16'),
    ('base/crc32.c', 'crc32_add', 'i++', 'i += 2'),
    ('image/igvm/header.c', 'check_crc', 'left < IGVM_WINDOW ? left :',
     'left < IGVM_WINDOW ? left + 1 :'),
    ('image/igvm/header.c', 'check_crc', 'at += len', 'at += 0'),
    ('image/igvm/header.c', 'field', 'offset, &value', 'offset + 1, &value'),
    ('image/igvm/header.c', 'check_variable', 'start < fixed.size || ', ''),
    ('image/igvm/header.c', 'check_variable', 'start > size || ', ''),
    ('image/igvm/header.c', 'check_variable', 'size - start', 'size'),
    ('image/igvm/header.c', 'check_fixed', '*fixed, 0, fixed_size, fixed',
     '*fixed, 0, 4, fixed'),
    ('image/igvm/header.c', 'check_variable', 'info->headers_size = field',
     'w->image->source.size = field'),
    ('image/igvm/walk.c', 'igvm_view', ': IGVM_WINDOW', ': IGVM_WINDOW + 1'),
    ('image/igvm/walk.c', 'igvm_view', 'span_part(whole, 0',
     'span_part(whole, 1'),
    ('events/log_walk.c', 'find_register', 'number > MOST_REGISTERS',
     'number > MOST_REGISTERS + 1'),
    ('events/log_walk.c', 'is_right', 'algorithm->size == MRTD_DIGEST_SIZE',
     'algorithm->size >= MRTD_DIGEST_SIZE'),
    ('events/log_walk.c', 'find_algorithm', 'i < w->algorithm_count',
     'i <= w->algorithm_count'),
    ('events/log_walk.c', 'read_algorithm', 'w->algorithm_count++]',
     '++w->algorithm_count]'),
    ('events/log_walk.c', 'read_digest', 'which == w->algorithm_count',
     'which > w->algorithm_count'),
    ('events/log_walk.c', 'read_digest', '*sha384 = start', '*sha384 = *at'),
    ('events/log_walk.c', 'read_digest', 'w->bytes, start,', 'w->bytes, *at,'),
    ('events/log_walk.c', 'read_digests', 'sha384, MRTD_DIGEST_SIZE',
     'sha384 + 1, MRTD_DIGEST_SIZE'),
    ('events/log_walk.c', 'read_data', 'at + 4, size', 'at, size'),
    ('events/log_walk.c', 'check_extension', 'event->digest.size == 0',
     'event->digest.size == 1'),
    ('events/log_walk.c', 'read_algorithms', 'count > LOG_MOST_ALGORITHMS',
     'count > LOG_MOST_ALGORITHMS + 1'),
    ('events/log_walk.c', 'check_algorithms', '== w->algorithm_count',
     '> w->algorithm_count'),
    ('events/log_walk.c', 'log_walk_first', 'LOG_FIRST_HEADER + (uint64_t)size',
     'LOG_FIRST_HEADER + 1 + (uint64_t)size'),
    ('events/log_walk.c', 'log_walk_next', 'event->data_offset + event->data',
     'event->data_offset + 1 + event->data'),
    ('events/log_walk.c', 'move', 'w->count == MRTD_LOG_MOST_EVENTS',
     'w->count > MRTD_LOG_MOST_EVENTS'),
    ('events/log_walk.c', 'log_walk_is_over', 'byte != first',
     'byte != first && byte != 0'),
    ('base/checked.h', 'checked_add', 'b > UINT64_MAX - a',
     'b >= UINT64_MAX - a'),
    ('base/checked.h', 'checked_mul', 'a != 0 && b > ', 'b > '),
    ('base/checked.h', 'checked_mul', '*product = a * b', '*product = a + b'),
)


# Of the processor, for a goal of a mutant.
SECONDS = 5


def configure(folder):
    """Why3 writes down which provers there are, here and not in $HOME."""
    os.environ['WHY3CONFIG'] = os.path.join(folder, 'why3.conf')
    subprocess.run(['why3', 'config', 'detect'], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def prove(root, name, functions, seconds=60, options=(), provers='cvc4,z3'):
    """Frama-C's words. Its exit status says nothing of goals."""
    done = subprocess.run(
        ['frama-c', '-machdep', 'gcc_x86_64',
         '-cpp-extra-args=-D__FC_STRING_H_ -include '
         f'{ROOT}/tests/proof/bytes.h -I{root}/src -I{ROOT}/include',
         '-wp', '-wp-rte', '-wp-model', 'Typed+Cast', '-wp-prover', provers,
         '-wp-timeout', str(seconds), '-wp-par', '2',
         '-wp-fct', ','.join(functions), *options, f'{root}/{name}'],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        check=False)
    return done.stdout


def totals(text):
    found = re.search(r'Proved goals:\s*(\d+) / (\d+)', text)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def prove_all():
    failed = False
    for name, functions in GOALS.items():
        text = prove(ROOT, name, functions)
        proved, goals = totals(text)
        counts = {function:
                  len(re.findall(rf'Goal typed_cast_{function}_', text))
                  for function in functions}
        print(f'{name}: {proved} of {goals} goals proved')
        if counts != functions:
            print(f'{name}: goals by function are {counts}, expected '
                  f'{functions}')
            failed = True
        if not goals or proved != goals or sum(counts.values()) != goals or (
                'Missing RTE' in text or '[kernel] User Error' in text):
            print(text)
            failed = True
    return failed


def smoke_all():
    """Are contracts free of contradictions, as far as solvers see?"""
    failed = False
    for name, functions in GOALS.items():
        text = prove(ROOT, name, functions, 1,
                     ('-wp-smoke-tests', '-wp-smoke-timeout', '4'), 'cvc4')
        passed = set(re.findall(r'\[Passed\] Smoke-test (\S+)', text))
        dead = set(re.findall(r'\[Failed\] Smoke-test (\S+)', text))
        print(f'{name}: {len(passed)} smoke tests passed, {len(dead)} failed',
              flush=True)
        if dead or len(passed) < len(functions):
            print('\n'.join(re.findall(r'.*(?:Failed smoke|Error).*', text)))
            failed = True
    return failed


def copy(folder):
    """What a proof reads, to be changed."""
    for floor in ('src/base', 'src/events', 'src/image', 'tests/proof'):
        shutil.copytree(ROOT / floor, f'{folder}/{floor}')


def mutate(path, function, old, new):
    """False: the function has no such text."""
    text = path.read_text(encoding='utf-8')
    start = re.search(rf'^[\w *]*\b{function}\([^;{{]*\{{', text, re.M).start()
    if old not in text[start:]:
        return False
    path.write_text(text[:start] + text[start:].replace(old, new, 1),
                    encoding='utf-8')
    return True


class Killer:
    """Proves functions as they are and as mutants have them, all goals within
    the same time. What fails of the function as it is, is only slow."""

    def __init__(self, cache):
        # Goals that the mutants of a function have in common are proved once.
        self.options = ('-wp-cache', 'update', '-wp-cache-dir', cache)
        self.slow = {}

    def failed(self, root, unit, function):
        """How many goals are proved, of how many, and which are not."""
        said = prove(root, unit, [function], SECONDS, self.options)
        return (*totals(said), set(re.findall(r'\[Failed\] Goal (\S+)', said)))

    def is_killed(self, name, function, old, new):
        unit = ('tests/proof/checked.c' if name.endswith('.h')
                else f'src/{name}')
        with tempfile.TemporaryDirectory() as folder:
            copy(folder)
            if (unit, function) not in self.slow:
                slow = self.failed(folder, unit, function)[2]
                self.slow[unit, function] = slow
                if slow:
                    print(f'{name}: {function}(): not counted, slow as it is: '
                          f'{" ".join(sorted(slow))}')
            if not mutate(pathlib.Path(folder, 'src', name), function, old,
                          new):
                print(f'{name}: {function}() has no {old!r}')
                return False
            proved, goals, failed = self.failed(folder, unit, function)
        killed = proved > 0 and bool(failed - self.slow[unit, function])
        print(f'{name}: {function}(): {new!r}: {proved} of {goals} goals '
              f'proved{"" if killed else ", NOT NOTICED"}', flush=True)
        return killed


def kill_all(only, cache):
    """Does the proof of each mutant fail?"""
    killer = Killer(cache)
    return not all([killer.is_killed(*mutant) for mutant in MUTANTS
                    if only in mutant[0]])


def main():
    if not shutil.which('frama-c') or not shutil.which('cvc4'):
        print('frama-c, cvc4 or why3 is not installed')
        return SKIPPED
    with tempfile.TemporaryDirectory() as folder:
        configure(folder)
        os.mkdir(f'{folder}/cache')
        if '--mutants' in sys.argv[1:]:
            only = sys.argv[2] if sys.argv[2:] else ''
            return int(kill_all(only, f'{folder}/cache'))
        if '--smoke' in sys.argv[1:]:
            return int(smoke_all())
        return int(prove_all())


if __name__ == '__main__':
    sys.exit(main())
