// Takes the README's screenshots from the running demo: `scripts/screenshots`.

import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { desk, expectNoTrouble, launchBrowser, openPage, phone, root, signIn, startProgram } from './lib.mjs';

/** `login` is a demo account, or null for the page before signing in. */
const list = [
  { name: 'home', login: 'kinoshita', path: '/', width: 1366 },
  { name: 'consultation', login: 'kinoshita', path: '/consultations/new', width: 1366 },
  { name: 'consultation-phone', login: 'kinoshita', path: '/consultations/new', width: 360 },
  { name: 'referrals', login: 'kinoshita', path: '/referrals', width: 1366 },
  { name: 'who', login: null, path: '/who', width: 360 },
];

const folder = path.resolve(process.argv[2] ?? path.join(root, 'docs', 'screenshots'));
await mkdir(folder, { recursive: true });

const program = await startProgram();
const browser = await launchBrowser();
try {
  for (const { name, login, path: address, width } of list) {
    const viewport = width === phone.width ? phone : { ...desk, width };
    const page = await openPage(browser, program.url, { viewport });
    if (login !== null) await signIn(page, login);
    const response = await page.goto(address);
    // A picture of an error page in the README would be worse than none.
    if (response.status() !== 200) throw new Error(`${name}: ${address} answered ${response.status()}`);
    expectNoTrouble(page);
    const file = path.join(folder, `${name}.png`);
    // One pixel per CSS pixel and the window only: sharp enough in a README, and small.
    await page.screenshot({ path: file, scale: 'css', animations: 'disabled', caret: 'hide' });
    console.log(path.relative(process.cwd(), file));
    await page.context().close();
  }
} finally {
  await browser.close();
  await program.stop();
}
