// What lies between two people is read as a sentence before it is kept: live with scripts, by a button without.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { expectNoTrouble, follow, launchBrowser, open, openPage, signIn, theProgram } from '../lib.mjs';

/** A household of the own desk with at least two people, by the page where a tie is added. */
const household = async (page) => {
  await open(page, '/cases?mine=1&state=open');
  const cases = await page.locator('main tbody th a').evaluateAll((all) => all.map((a) => a.getAttribute('href')));
  for (const at of cases) {
    await open(page, at);
    const homes = page.locator('main a[href^="/households/"]');
    if (!(await homes.count())) continue;
    const home = (await homes.first().getAttribute('href')).split(/[?#]/)[0];
    const answer = await page.request.get(new URL(`${home}/ties/new`, page.url()).href);
    const people = (await answer.text()).split('id="b"')[0].match(/<option value="[0-9a-f-]{36}"/g) ?? [];
    if (answer.status() === 200 && people.length > 1) return `${home}/ties/new`;
  }
  throw new Error('no household with two people');
};

const choosePeople = async (page) => {
  const names = [];
  for (const [field, at] of [['a', 1], ['b', 2]]) {
    await page.locator(`#${field}`).selectOption({ index: at });
    names.push((await page.locator(`#${field} option`).nth(at).textContent()).trim());
  }
  return names;
};

describe('a tie is said in words', () => {
  let program;
  let browser;
  before(async () => {
    [program, browser] = await Promise.all([theProgram(), launchBrowser()]);
  });
  after(async () => {
    await browser?.close();
    await program?.stop();
  });

  it('while it is being chosen', async () => {
    const page = await openPage(browser, program.url);
    await signIn(page, 'kinoshita');
    await open(page, await household(page));
    const says = page.locator('span[data-says]');
    assert.match(await says.textContent(), /まだ決まっていません/);
    const [a, b] = await choosePeople(page);
    await page.locator('#kind').selectOption('parent');
    assert.equal(await says.textContent(), `${a}は、${b}の親です`);
    await page.locator('#kind').selectOption('divorced');
    assert.equal(await says.textContent(), `${a}と${b}は、離婚しています`);
    assert.equal(await page.locator('label[for="from"]').textContent(), '離婚した日');
    // Somebody who is not written down yet is called as they are typed.
    await page.locator('#kind').selectOption('parent');
    await page.locator('#a').selectOption('new');
    await page.fill('#relation', '祖母');
    assert.equal(await says.textContent(), `祖母は、${b}の親です`);
    assert.equal(await page.locator('button[name=check]').count(), 0, 'no button for what is said already');
    expectNoTrouble(page);
  });

  it('by a button where there is no script, and nothing is kept', async () => {
    const page = await openPage(browser, program.url, { javaScriptEnabled: false });
    await signIn(page, 'kinoshita');
    const at = await household(page);
    await open(page, at);
    const [a, b] = await choosePeople(page);
    await page.locator('#kind').selectOption('conflict');
    await follow(page, () => page.locator('button[name=check]').click());
    assert.equal((await page.locator('span[data-says]').textContent()).trim(), `${a}と${b}は、対立しています`);
    assert.equal(await page.locator('#kind').inputValue(), 'conflict');
    expectNoTrouble(page);
  });
});
