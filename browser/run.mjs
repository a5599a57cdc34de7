// Runs the tests against one program: the invented town takes a while to fill, and no journey
// minds the others' records. `npm test`, or `node run.mjs tests/journey_main.test.mjs`. Beside it
// stands one on PostgreSQL, for the tests that say so.

import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { once } from 'node:events';
import path from 'node:path';
import { engines, root } from './lib.mjs';

const folder = path.join(root, 'browser');
const all = () =>
  readdirSync(path.join(folder, 'tests'))
    .filter((name) => name.endsWith('.test.mjs'))
    .map((name) => path.join('tests', name));
const files = process.argv.length > 2 ? process.argv.slice(2) : all();

const both = files.some((file) => readFileSync(path.resolve(folder, file), 'utf8').includes('Object.keys(engines)'));
const needed = Object.values(engines).slice(0, both ? undefined : 1);
const programs = [];
const urls = {};
for (const [variable, start] of needed) {
  const program = await start();
  programs.push(program);
  urls[variable] = program.url;
}
const tests = spawn(process.execPath, ['--test', '--test-reporter=spec', '--test-concurrency=2', ...files], {
  cwd: folder,
  stdio: 'inherit',
  env: { ...process.env, ...urls },
});
const [code] = await once(tests, 'exit');
for (const program of programs) {
  await program.stop();
  // What the program said is half of why a journey failed.
  if (code !== 0) console.error(program.log().split('\n').filter((line) => /WARN|ERROR/.test(line)).slice(-40).join('\n'));
}
process.exitCode = code ?? 1;
