// SPDX-License-Identifier: Apache-2.0
// mrtd-calc.wasm with the files of this machine, by Node.
import fs from 'node:fs';

import {run} from './wasi.mjs';

export function load(file) {
  return new WebAssembly.Module(fs.readFileSync(file));
}

function openFile(path) {
  const name = Buffer.concat([Buffer.from('/'), path]);
  const status = fs.statSync(name);
  if (status.isDirectory()) {
    return {type: 'folder'};
  }
  if (!status.isFile()) {
    return {type: 'other'}; // to open a pipe would wait for its writer
  }
  const fd = fs.openSync(name);
  return {
    type: 'file',
    size: fs.fstatSync(fd).size,
    read(offset, target) {
      for (let done = 0; done < target.length;) {
        const n = fs.readSync(fd, target, done, target.length - done,
            offset + done);
        if (n === 0) {
          throw new Error('the file has become shorter');
        }
        done += n;
      }
    },
    close: () => fs.closeSync(fd),
  };
}

/** args, env and stdin as run() of wasi.mjs has them; folder is the current
 * one. */
export function runHere(module, {args, env, folder, stdin}) {
  return run(module, {
    args,
    env: {...env, PWD: folder},
    stdin,
    open: openFile,
    now: () => BigInt(Date.now()) * 1000000n,
  });
}
