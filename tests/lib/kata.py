# SPDX-License-Identifier: Apache-2.0
"""The command line of a confidential guest of Kata Containers, from its source
at the tags 3.4.0 to 4.1.0: a second implementation.

Go runtime: src/runtime/virtcontainers/{qemu,qemu_amd64,qemu_arch_base,
hypervisor,kata_agent}.go, pkg/katautils/{config,create}.go, pkg/oci/utils.go,
arch/amd64-options.mk, config/configuration-qemu-{tdx,snp}.toml.in. Rust
runtime: src/runtime-rs/crates/hypervisor/src/{kernel_param.rs,
qemu/cmdline_generator.rs}, crates/runtimes/src/manager.rs,
src/libs/kata-types/src/config, config/configuration-qemu-*-runtime-rs.toml.in.
"""

# qemu_amd64.go
GO = ('tsc=reliable no_timer_check rcupdate.rcu_expedited=1 i8042.direct=1 '
      'i8042.dumbkbd=1 i8042.nopnp=1 i8042.noaux=1 noreplace-smp reboot=k '
      'cryptomgr.notests net.ifnames=0 pci=lastbus=0')
UNIT = 'systemd.unit=kata-containers.target systemd.mask=systemd-networkd.'
CGROUP = 'cgroup_no_v1=all systemd.unified_cgroup_hierarchy=1'
MINORS = {3: range(4, 33), 4: range(0, 2)}
FLAGS = ('enable_iommu', 'enable_debug', 'agent_debug', 'enable_tracing',
         'debug_console_enabled', 'visible_cdi_devices', 'use_legacy_serial',
         'enable_guest_selinux', 'fips')


class Refused(Exception):
    """Kata makes no such line."""


def must(is_true):
    if not is_true:
        raise Refused


def fields(text):
    """KernelParamFields(): spaces within quotes separate nothing."""
    found, quoted = [''], False
    for c in text:
        quoted ^= c == '"'
        if c == ' ' and not quoted:
            found.append('')
        else:
            found[-1] += c
    return [field.strip() for field in found if field.strip()]


def pair(text):
    key, _, value = text.partition('=')
    must(key)
    return key, value


def text_of(pairs):
    return ' '.join(f'{key}={value}' if value else key for key, value in pairs)


def table(line):
    """dm-mod.create of kernel_verity_params."""
    values = dict(field.split('=', 1) for field in line.split(','))
    blocks, data, tree = (int(values[name]) for name in (
        'data_blocks', 'data_block_size', 'hash_block_size'))
    return (f'dm-mod.create="dm-verity,,,ro,0 {data // 512 * blocks} verity 1 '
            f'/dev/vda1 /dev/vda2 {data} {tree} {blocks} 0 sha256 '
            f'{values["root_hash"]} {values["salt"]}" root=/dev/dm-0')


def root(version, o):
    """The part of an image guest, as pairs."""
    plain = o['rootfs_type'] == 'ext4' or (
        o['rootfs_type'] == 'xfs' and version < (3, 17))
    flags = 'data=ordered,errors=remount-ro ro' if plain else 'ro'
    must(version >= (3, 27) or o['kernel_verity_params'] is None)
    device = (table(o['kernel_verity_params']) if o['kernel_verity_params']
              else 'root=/dev/vda1')
    return [*map(pair, fields(device)), ('rootflags', flags),
            ('rootfstype', o['rootfs_type'])]


def agent(o):
    """In Go's order."""
    return [pair for is_there, *pairs in (
        (o['agent_debug'], ('agent.log', 'debug')),
        (o['enable_tracing'], ('agent.trace', 'true')),
        (o['container_pipe_size'],
         ('agent.container_pipe_size', str(o['container_pipe_size']))),
        (o['debug_console_enabled'], ('agent.debug_console', ''),
         ('agent.debug_console_vport', '1026')),
        (o['cdh_api_timeout'],
         ('agent.cdh_api_timeout', str(o['cdh_api_timeout']))),
        (o['launch_process_timeout'],
         ('agent.launch_process_timeout', str(o['launch_process_timeout']))),
        (o['visible_cdi_devices'], ('agent.visible_cdi_devices', 'true')))
        if is_there for pair in pairs]


def extensions(o):
    return [(f'kata.extension.{name}.verity_params', line)
            for name, line in o['extensions']]


def selinux(o):
    return [('selinux', '1' if o['enable_guest_selinux'] else '0')]


def go(version, o):
    is_image = o['rootfs'] == 'image'
    must((o['nr_cpus'] is None) == (version >= (3, 32)))
    pairs = list(map(pair, GO.split()))
    if o['enable_iommu']:
        pairs += [('intel_iommu', 'on'), ('iommu', 'pt')]
    if is_image:
        pairs += root(version, o)
    pairs += ([('console', 'ttyS0')] if o['use_legacy_serial'] else
              [('console', 'hvc0'), ('console', 'hvc1')])
    if o['enable_debug']:
        pairs += [('debug', '')] + [
            ('systemd.show_status', 'true'),
            ('systemd.log_level', 'debug')] * is_image
    else:
        pairs += [('quiet', '')] + [('systemd.show_status', 'false')] * is_image
    pairs.append(('panic', '1'))
    if version < (3, 32):
        pairs.append(('nr_cpus', str(o['nr_cpus'])))
    pairs += selinux(o)
    own = []
    if is_image:
        own += map(pair, f'{UNIT}service systemd.mask=systemd-networkd.socket'
                   .split())
    if o['block_device_driver'] == 'virtio-scsi':
        own.append(('scsi_mod.scan', 'none'))
    own += agent(o) + list(map(pair, fields(o['kernel_params'])))
    for new in map(pair, (o['annotation'] or '').split()):
        if version >= (3, 24):
            own = [old for old in own if old[0] != new[0]]
        own.append(new)
    if o['fips']:
        own.append(('fips', '1'))
    return text_of(pairs + own + extensions(o))


def rust(version, o):
    must(version >= (3, 27))
    must(o['nr_cpus'] is None and not o['fips'] and not o['use_legacy_serial'])
    must(o['block_device_driver'] is None)
    pairs = [('reboot', 'k'), ('panic', '1'), *map(pair, (
        UNIT + 'service').split())]
    if version >= (3, 31):
        pairs.append(('systemd.mask', 'systemd-networkd.socket'))
    if o['enable_debug']:
        pairs.append(('agent.log_vport', '1025'))
    if o['rootfs'] == 'image':
        pairs += root(version, o)
    params = o['kernel_params']
    if o['annotation']:
        # replace_kernel_params() knows nothing of quotes.
        old = [word.partition('=') for word in params.split()]
        new = [word for word in o['annotation'].split()]
        keys = {word.partition('=')[0] for word in new}
        params = ' '.join([f'{key}={value}' if value else key
                           for key, _, value in old if key not in keys] + new)
    pairs += sorted(agent(o)) + list(map(pair, fields(params))) + selinux(o)
    pairs += extensions(o)
    if o['enable_iommu']:
        pairs += [('intel_iommu', 'on'), ('iommu', 'pt')]
    return text_of(pairs + [('console', 'hvc0')])


def defaults(version, is_rust, platform):
    """What the configuration of that class has, where it is the same for all
    who install Kata."""
    is_image = platform == 'tdx' or version >= (3, 29)
    return {
        **dict.fromkeys(FLAGS, False),
        'rootfs': 'image' if is_image else 'initrd', 'rootfs_type': 'ext4',
        'kernel_verity_params': None, 'rootfs_hash': None, 'nr_cpus': None,
        'kernel_params': None, 'annotation': None,
        'block_device_driver': None if is_rust else 'virtio-scsi',
        'container_pipe_size': 0,
        'cdh_api_timeout': 50 if is_rust and version >= (3, 31) else 0,
        'launch_process_timeout': 6 if version >= (3, 29) else 0,
        'extensions': None}


def measures_by_params(version, platform):
    """ROOTMEASURECONFIG in KERNELTDXPARAMS and KERNELPARAMS of the Makefile."""
    return version < (3, 11) or (version < (3, 27) and platform == 'tdx')


def compose(release, runtime, platform, **given):
    major, minor, patch = map(int, release.split('.'))
    version = major, minor
    must(minor in MINORS.get(major, ()) and patch < 1000)
    is_rust = runtime == 'rs'
    for name, first in (('cdh_api_timeout', (3, 31) if is_rust else (3, 9)),
                        ('launch_process_timeout', (3, 29)),
                        ('visible_cdi_devices', (3, 32)),
                        ('extensions', (4, 0))):
        value = given.get(name)
        must(version >= first or value is None or value is False)
    o = {**defaults(version, is_rust, platform), **given}
    must(o['rootfs'] == 'image' or o['kernel_verity_params'] is None)
    must(version < (3, 27) or o['rootfs'] == 'initrd'
         or o['kernel_verity_params'] is not None)
    # The image before 3.27 is named in kernel_params, which a build makes.
    by_params = measures_by_params(version, platform)
    must(o['rootfs_hash'] is None or (by_params and o['kernel_params'] is None))
    if o['kernel_params'] is None:
        must(not by_params or o['rootfs_hash'] is not None)
        o['kernel_params'] = ' '.join(
            [CGROUP] * (version >= (3, 14))
            + ['rootfs_verity.scheme=dm-verity',
               f'rootfs_verity.hash={o["rootfs_hash"]}']
            * bool(o['rootfs_hash']))
    must(not is_rust or version < (4, 0) or o['extensions'] is not None)
    o['extensions'] = o['extensions'] or []
    line = (rust if is_rust else go)(version, o)
    must(line.count('"') % 2 == 0 and len(line) <= 2047)
    return line
