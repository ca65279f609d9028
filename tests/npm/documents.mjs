// SPDX-License-Identifier: Apache-2.0
// node documents.mjs FOLDER: CORIM and COSWID are deterministically encoded
// (cbor2); SIGNED is verified with SIGNED.pub, and not if changed (@auth0/cose,
// and cose-js, which has no EdDSA).
import { strict as assert } from 'node:assert';
import crypto from 'node:crypto';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import process from 'node:process';
import { Sign1 } from '@auth0/cose';
import { cdeDecodeOptions, decode, encode } from 'cbor2';

const cose = createRequire(import.meta.url)('cose-js');
const folder = process.argv[2];
const read = (name) => fs.readFileSync(path.join(folder, name));

for (const name of ['corim', 'coswid']) {
  const bytes = read(name);
  decode(bytes, cdeDecodeOptions);
  // A head that is longer than it must be: refused.
  assert.throws(() => decode(Buffer.concat([Buffer.from([0xd9, 0, 0]), bytes]),
                             cdeDecodeOptions));
  assert.ok(encode(decode(bytes)).length > 0);
}

async function accepts(verify) {
  try {
    await verify();
    return true;
  } catch {
    return false;
  }
}

for (const kind of ['p384', 'p256', 'ed25519']) {
  const signed = read(kind);
  const key = crypto.createPublicKey(read(`${kind}.pub`));
  const { x, y } = key.export({ format: 'jwk' });
  const verifiers = [
    async (bytes) => (await Sign1.decode(bytes)).verify(key)];
  if (y) {
    const point = { x: Buffer.from(x, 'base64url'),
                    y: Buffer.from(y, 'base64url') };
    verifiers.push((bytes) => cose.sign.verify(bytes, { key: point }));
  }
  for (const verify of verifiers) {
    assert.ok(await accepts(() => verify(signed)), kind);
    for (const at of [signed.length - 1, signed.length - 70, 60]) {
      const changed = Buffer.from(signed);
      changed[at] ^= 1;
      assert.ok(!await accepts(() => verify(changed)), `${kind} ${at}`);
    }
  }
}
console.log('documents OK');
