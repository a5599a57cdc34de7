// A day at the desk: several tasks given to one worker and taken back, a list taken out as a file.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import {
  expectGoodPage,
  expectNoTrouble,
  follow,
  launchBrowser,
  open,
  openPage,
  press,
  sees,
  signIn,
  theProgram,
} from '../lib.mjs';

describe('a day at the desk', () => {
  let program;
  let browser;
  let page;

  before(async () => {
    [program, browser] = await Promise.all([theProgram(), launchBrowser()]);
    page = await openPage(browser, program.url);
    await signIn(page, 'ishiwata');
  });
  after(async () => {
    await browser?.close();
    await program?.stop();
  });

  it('ticks say how many they are, by mouse and by key', async () => {
    await open(page, '/?all=1');
    const ticks = page.locator('input[name=pick]');
    const rows = await ticks.count();
    assert.ok(rows >= 2, `only ${rows} rows`);
    await page.locator('[data-tick-all] input').check();
    await sees(page, `${rows}件えらんでいます`);
    await page.locator('[data-tick-all] input').uncheck();
    assert.equal(await page.locator('input[name=pick]:checked').count(), 0);
    await page.keyboard.press('Escape');
    await page.locator('main h1').click();
    for (const key of ['j', 'x', 'j', 'x']) await page.keyboard.press(key);
    await sees(page, '2件えらんでいます');
  });

  it('two are moved to another day, and taken back', async () => {
    await page.fill('#due', 'R9.3.3');
    await page.selectOption('#reason', 'worker');
    await press(page, '日をかえる');
    await sees(page, '2件中2件の期限を', '3月3日');
    await expectGoodPage(page, 'bulk-done');
    await press(page, '2件を元にもどす');
    await sees(page, '2件中2件を元にもどしました');
    await expectGoodPage(page, 'bulk-undone');
    await open(page, '/?all=1');
    assert.equal(await page.locator('main', { hasText: '3月3日' }).count(), 0);
    expectNoTrouble(page);
  });

  it('nothing ticked is said beside what is there', async () => {
    await open(page, '/');
    await page.locator('button[value=postpone]').click();
    await sees(page, '一件もえらばれていません');
    await expectGoodPage(page, 'bulk-wrong');
  });

  it('a list becomes a file while the page looks again by itself', async () => {
    await open(page, '/consultations?state=open');
    await page.locator('.habits summary', { hasText: 'ファイルに出す' }).click();
    await follow(page, () => page.locator('.habits button', { hasText: 'ファイルを作る' }).click());
    await page.locator('main a', { hasText: '受けとる' }).waitFor({ timeout: 20000 });
    await expectGoodPage(page, 'download-ready');
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.locator('main a', { hasText: '受けとる' }).click(),
    ]);
    assert.match(file.suggestedFilename(), /^相談 .*\.xlsx$/);
    const bytes = await readFile(await file.path());
    assert.equal(bytes.subarray(0, 2).toString(), 'PK');
    await open(page, '/downloads');
    await sees(page, 'できました');
    await expectGoodPage(page, 'downloads');
  });
});
