// SPDX-License-Identifier: Apache-2.0
// The part of WASI (preview 1, snapshot_01) that mrtd-calc.wasm asks for: files
// that the caller has, to be read, and output that is kept. Not node:wasi, which
// is Node's alone, is no sandbox, and ends with SIGABRT in Node 20.20.
//
// Names and numbers: WebAssembly/WASI, legacy/preview1/docs.md.

const SUCCESS = 0, BADF = 8, INVAL = 28, IO = 29, ROFS = 69;
const NUMBERS = {
  EACCES: 2, EIO: IO, EISDIR: 31, ELOOP: 32, EMFILE: 33, ENAMETOOLONG: 37,
  ENOENT: 44, ENOTDIR: 54, EPERM: 63,
};
const UNKNOWN = 0, DIRECTORY = 3, REGULAR = 4;
const CREATE = 1, TRUNCATE = 8;
const SEEK_SET = 0, SEEK_CURRENT = 1, SEEK_END = 2;
const STDOUT = 1, STDERR = 2, ROOT = 3;
const ALL_RIGHTS = 0xffffffffffffffffn;

class Exit extends Error {
  constructor(status) {
    super(`exit status ${status}`);
    this.status = status;
  }
}

function joined(chunks) {
  const all = new Uint8Array(chunks.reduce((n, c) => n + c.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}

/** Bytes as a file. */
export function fileOf(bytes) {
  return {
    type: 'file',
    size: bytes.length,
    read(offset, target) {
      target.set(bytes.subarray(offset, offset + target.length));
    },
  };
}

/**
 * Runs the module once, in an instance of its own, and returns {status, stdout,
 * stderr}, of bytes.
 *
 * args: strings or bytes, without the program's name. env: an object. stdin: a
 * file. open(path): the file of that path, which is bytes, without the first
 * slash; throws an error whose code is a key of NUMBERS. now(): nanoseconds
 * since 1970, a BigInt.
 *
 * A file is {type: 'file', size, read(offset, target), close()}, {type:
 * 'folder'}, or {type: 'other'}; read() fills target, or throws.
 */
export function run(module, {args, env, stdin, open, now}) {
  const encoder = new TextEncoder();
  const text = (value) => joined(
      [typeof value === 'string' ? encoder.encode(value) : value,
       Uint8Array.of(0)]);
  const words = ['mrtd-calc', ...args].map(text);
  const settings = Object.entries(env).map(([k, v]) => text(`${k}=${v}`));
  const output = {[STDOUT]: [], [STDERR]: []};
  const opened = [{file: stdin, at: 0}, {}, {}, {file: {type: 'folder'}}];
  let memory;

  const view = () => new DataView(memory.buffer);
  const bytes = (at, size) => new Uint8Array(memory.buffer, at, size);
  const put32 = (at, value) => view().setUint32(at, value, true);
  const put64 = (at, value) => view().setBigUint64(at, BigInt(value), true);
  const vectors = (at, count) => Array.from({length: count}, (_, i) => bytes(
      view().getUint32(at + 8 * i, true),
      view().getUint32(at + 8 * i + 4, true)));
  const type = (file) => file?.type === 'file' ? REGULAR
      : file?.type === 'folder' ? DIRECTORY : UNKNOWN;

  function putSizes(list, count, size) {
    put32(count, list.length);
    put32(size, list.reduce((n, item) => n + item.length, 0));
    return SUCCESS;
  }
  function putList(list, pointers, buffer) {
    for (const item of list) {
      put32(pointers, buffer);
      bytes(buffer, item.length).set(item);
      pointers += 4;
      buffer += item.length;
    }
    return SUCCESS;
  }
  function putStatus(file, at) {
    bytes(at, 64).fill(0);
    view().setUint8(at + 16, type(file));
    put64(at + 24, 1); // links
    put64(at + 32, file?.size ?? 0);
    return SUCCESS;
  }
  // Calls work(), and returns the number of its error.
  function attempt(work) {
    try {
      return work() ?? SUCCESS;
    } catch (error) {
      return NUMBERS[error.code] ?? IO;
    }
  }
  function readAt(file, list, count, offset, done) {
    if (file?.type !== 'file') {
      return file?.type === 'folder' ? NUMBERS.EISDIR : BADF;
    }
    return attempt(() => {
      let total = 0;
      for (const target of vectors(list, count)) {
        const left = Math.max(0, file.size - offset - total);
        const size = Math.min(target.length, left);
        if (size > 0) {
          file.read(offset + total, target.subarray(0, size));
        }
        total += size;
      }
      put32(done, total);
    });
  }
  function lookUp(path, size) {
    return open(bytes(path, size).slice());
  }

  const imports = {
    args_sizes_get: (count, size) => putSizes(words, count, size),
    args_get: (pointers, buffer) => putList(words, pointers, buffer),
    environ_sizes_get: (count, size) => putSizes(settings, count, size),
    environ_get: (pointers, buffer) => putList(settings, pointers, buffer),
    clock_time_get(_clock, _precision, at) {
      put64(at, now());
      return SUCCESS;
    },
    fd_close(fd) {
      if (!opened[fd]) {
        return BADF;
      }
      // Standard input may be opened again.
      if (fd > ROOT) {
        opened[fd].file.close?.();
        opened[fd] = undefined;
      }
      return SUCCESS;
    },
    fd_fdstat_get(fd, at) {
      if (!opened[fd]) {
        return BADF;
      }
      bytes(at, 24).fill(0);
      view().setUint8(at, type(opened[fd].file));
      put64(at + 8, ALL_RIGHTS);
      put64(at + 16, ALL_RIGHTS);
      return SUCCESS;
    },
    fd_fdstat_set_flags: (fd) => opened[fd] ? SUCCESS : BADF,
    fd_filestat_get(fd, at) {
      return opened[fd] ? putStatus(opened[fd].file, at) : BADF;
    },
    fd_prestat_get(fd, at) {
      if (fd !== ROOT) {
        return BADF;
      }
      put32(at, 0); // a folder
      put32(at + 4, 1); // the size of its name
      return SUCCESS;
    },
    fd_prestat_dir_name(_fd, at) {
      bytes(at, 1).set(encoder.encode('/'));
      return SUCCESS;
    },
    fd_pread(fd, list, count, offset, done) {
      return readAt(opened[fd]?.file, list, count, Number(offset), done);
    },
    fd_read(fd, list, count, done) {
      const status = readAt(opened[fd]?.file, list, count, opened[fd]?.at, done);
      if (status === SUCCESS) {
        opened[fd].at += view().getUint32(done, true);
      }
      return status;
    },
    fd_seek(fd, offset, whence, at) {
      const file = opened[fd]?.file;
      if (file?.type !== 'file') {
        return BADF;
      }
      const from = {[SEEK_SET]: 0, [SEEK_CURRENT]: opened[fd].at,
        [SEEK_END]: file.size}[whence];
      const to = from + Number(offset);
      if (!(to >= 0)) {
        return INVAL;
      }
      opened[fd].at = to;
      put64(at, to);
      return SUCCESS;
    },
    fd_write(fd, list, count, done) {
      if (!output[fd]) {
        return BADF;
      }
      const parts = vectors(list, count).map((part) => part.slice());
      output[fd].push(...parts);
      put32(done, parts.reduce((n, part) => n + part.length, 0));
      return SUCCESS;
    },
    path_filestat_get(_folder, _flags, path, size, at) {
      return attempt(() => {
        const file = lookUp(path, size);
        putStatus(file, at);
        file.close?.();
      });
    },
    path_open(_folder, _links, path, size, flags, _rights, _inherited, _mode,
        at) {
      if (flags & (CREATE | TRUNCATE)) {
        return ROFS;
      }
      return attempt(() => {
        const file = lookUp(path, size);
        let fd = ROOT + 1;
        while (opened[fd]) {
          fd++;
        }
        opened[fd] = {file, at: 0};
        put32(at, fd);
      });
    },
    proc_exit(status) {
      throw new Exit(status);
    },
  };

  const instance = new WebAssembly.Instance(module,
      {wasi_snapshot_preview1: imports});
  memory = instance.exports.memory;
  let status = 0;
  try {
    instance.exports._start();
  } catch (error) {
    if (!(error instanceof Exit)) {
      throw error;
    }
    status = error.status;
  } finally {
    for (const entry of opened.slice(ROOT + 1)) {
      entry?.file.close?.();
    }
  }
  return {status, stdout: joined(output[STDOUT]),
    stderr: joined(output[STDERR])};
}
