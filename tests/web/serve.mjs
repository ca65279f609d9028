// SPDX-License-Identifier: Apache-2.0
// node serve.mjs MRTD-CALC.WASM: a call a line on standard input, its result on
// standard output, as JSON with bytes in base64. Node takes longer to start
// than the program to run.
import readline from 'node:readline';

import {load, runHere} from '../../src/web/node.mjs';
import {fileOf} from '../../src/web/wasi.mjs';

const module = load(process.argv[2]);
const decode = (text) => Buffer.from(text, 'base64');
const encode = (bytes) => Buffer.from(bytes).toString('base64');

for await (const line of readline.createInterface({input: process.stdin})) {
  const {args, env, folder, stdin} = JSON.parse(line);
  const {status, stdout, stderr} = runHere(module, {
    args: args.map(decode), env, folder, stdin: fileOf(decode(stdin))});
  console.log(JSON.stringify(
      {status, stdout: encode(stdout), stderr: encode(stderr)}));
}
