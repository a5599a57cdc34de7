// Takes the README's screenshots from the running demo: `scripts/screenshots`.

import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { choose, desk, expectNoTrouble, launchBrowser, openPage, phone, root, signIn, startProgram } from './lib.mjs';

/** The address behind the first link of a list's main part. */
const first = async (page, list, selector) => {
  await page.goto(list);
  return page.locator(`main ${selector}`).first().getAttribute('href');
};

/** `login` is a demo account; `path` an address or how to find it; `before` what is done on the page first. */
const list = [
  { name: 'today', login: 'hase', path: '/' },
  {
    name: 'intake',
    login: 'hayakawa',
    path: '/consultations/new',
    before: async (page) => {
      await page.fill('#words', '「父が倒れてから、わたしが弟の面倒をみています。学校はもう2か月行っていません」');
      await page.locator('[data-draft-state][data-state=saved]').waitFor();
    },
  },
  { name: 'case', login: 'kinoshita', path: (page) => first(page, '/cases', 'tbody a') },
  { name: 'referral', login: 'kinoshita', path: (page) => first(page, '/referrals', 'tbody a') },
  {
    name: 'sheet-phone',
    login: 'wakabayashi',
    path: '/sheets/new',
    viewport: phone,
    before: (page) => choose(page, 'knows', 'yes'),
  },
  { name: 'who', login: 'kinoshita', path: '/who' },
];

const folder = path.resolve(process.argv[2] ?? path.join(root, 'docs', 'screenshots'));
await mkdir(folder, { recursive: true });

const program = await startProgram();
const browser = await launchBrowser();
try {
  for (const { name, login, path: where, viewport = { ...desk, height: 860 }, before } of list) {
    const page = await openPage(browser, program.url, { viewport });
    await signIn(page, login);
    const address = typeof where === 'string' ? where : await where(page);
    const response = await page.goto(address);
    // A picture of an error page in the README would be worse than none.
    if (response.status() !== 200) throw new Error(`${name}: ${address} answered ${response.status()}`);
    await before?.(page);
    expectNoTrouble(page);
    const file = path.join(folder, `${name}.png`);
    // One pixel per CSS pixel and the window only: sharp enough in a README, and small.
    await page.screenshot({ path: file, scale: 'css', animations: 'disabled', caret: 'hide' });
    console.log(path.relative(process.cwd(), file));
    await page.context().close();
  }
} catch (error) {
  console.error(program.log().split('\n').slice(-40).join('\n'));
  throw error;
} finally {
  await browser.close();
  await program.stop();
}
