// 同意: written down at the desk, given to the person as a paper, told who holds what, withdrawn.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  choose,
  desk,
  expectGoodPage,
  launchBrowser,
  open,
  openPage,
  phone,
  press,
  sees,
  seesNot,
  signIn,
  theProgram,
} from '../lib.mjs';

describe('a consent as a record', () => {
  let program;
  let browser;
  let page;
  let consent;

  before(async () => {
    [program, browser] = await Promise.all([theProgram(), launchBrowser()]);
    page = await openPage(browser, program.url);
    await signIn(page, 'kinoshita');
  });
  after(async () => {
    await browser?.close();
    await program?.stop();
  });

  it('is written down with the person', async () => {
    await open(page, '/cases?mine=1&state=open');
    const at = await page.locator('main tbody a').first().getAttribute('href');
    await open(page, `${at}/consents/new`);
    await page.locator('#person input').first().check();
    const group = page.locator('#to_desk details').first();
    if (!(await group.getAttribute('open'))) await group.locator('summary').click();
    await group.locator('input[name=to_desk]').first().check();
    await page.locator('#share_cat input[value=basic]').check();
    // What it is for is asked as well: nothing is ticked beforehand.
    assert.equal(await page.locator('#purpose input:checked').count(), 0);
    await page.locator('#purpose input[value=support]').check();
    await choose(page, 'form', 'oral');
    await expectGoodPage(page, 'consent-new');
    await press(page, '同意を書きとめる');
    await sees(page, '口頭の同意を一人で聞いたとき');
    await page.fill('#witness', '小田 りか');
    // Whoever has agreed to tell that desk already: a second one is meant.
    if (await page.locator('#again').count()) await page.locator('#again').check();
    await press(page, '同意を書きとめる');
    consent = new URL(page.url()).pathname;
    assert.match(consent, /\/consents\/[0-9a-f-]{36}$/);
    await expectGoodPage(page, 'consent');
  });

  it('has a receipt in plain words, with furigana, and in English', async () => {
    await open(page, `${consent}/receipt?furigana=1`);
    assert.ok((await page.locator('article ruby rt').count()) > 20);
    await expectGoodPage(page, 'consent-receipt-furigana');
    await open(page, `${consent}/receipt?lang=en`);
    await sees(page, 'You can stop at any time');
    await page.setViewportSize(phone);
    await open(page, `${consent}/receipt`);
    await expectGoodPage(page, 'consent-receipt-phone');
    await page.setViewportSize(desk);
  });

  it('says who holds what before it is withdrawn', async () => {
    await open(page, `${consent}/holders`);
    await expectGoodPage(page, 'consent-holders');
    await open(page, `${consent}/withdraw`);
    await sees(page, 'だれが何を知っているか');
    await choose(page, 'told_by', 'self');
    await choose(page, 'way', 'oral');
    await press(page, '撤回を書きとめる');
    await open(page, consent);
    await sees(page, 'に撤回');
    await seesNot(page, '聞きなおして、続ける・変える');
  });
});
