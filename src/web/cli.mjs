#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// node cli.mjs MRTD-CALC.WASM [ARGUMENT]...: the program on a command line.
import fs from 'node:fs';

import {load, runHere} from './node.mjs';
import {fileOf} from './wasi.mjs';

function write(fd, bytes) {
  for (let at = 0; at < bytes.length;) {
    at += fs.writeSync(fd, bytes, at);
  }
}

const [file, ...args] = process.argv.slice(2);
// Read once it is asked for.
let input;
const read = () => input ??= fileOf(fs.readFileSync(0));
const stdin = {
  type: 'file',
  get size() {
    return read().size;
  },
  read: (offset, target) => read().read(offset, target),
};
const {status, stdout, stderr} = runHere(load(file), {
  args, env: process.env, folder: process.cwd(), stdin});
write(1, stdout);
write(2, stderr);
process.exitCode = status;
