// A town shapes a sheet of its own at the desk, without a programmer, and a case worker fills it in on a phone.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  choose,
  expectGoodPage,
  follow,
  launchBrowser,
  open,
  openPage,
  phone,
  press,
  sees,
  seesNot,
  signIn,
  somebody,
  theProgram,
} from '../lib.mjs';

describe('shaping a sheet', () => {
  let program;
  let browser;
  let admin;
  let worker;
  const title = `ペットのシート ${somebody('x').given}`;
  let form;

  before(async () => {
    [program, browser] = await Promise.all([theProgram(), launchBrowser()]);
    admin = await openPage(browser, program.url);
    worker = await openPage(browser, program.url, { viewport: phone });
    await signIn(admin, 'nemoto');
    await signIn(worker, 'kinoshita');
  });
  after(async () => {
    await browser?.close();
    await program?.stop();
  });

  it('begins with a name and gets questions by form controls', async () => {
    await open(admin, '/admin/forms');
    await admin.fill('#title_ja', title);
    await press(admin, '下書きを作る');
    form = new URL(admin.url()).pathname;
    await sees(admin, title, 'はじめに', '公開するまで');
    await expectGoodPage(admin, 'shape-draft');
    await follow(admin, () => admin.locator('a', { hasText: 'この部に質問を足す' }).click());
    await expectGoodPage(admin, 'shape-item');
    await admin.fill('#label_ja', '動物はいますか');
    await admin.selectOption('#kind', 'choice');
    await admin.selectOption('#table', 'yes_no');
    await choose(admin, 'must', 'always');
    await press(admin, '下書きに残す');
    await sees(admin, '動物はいますか');
    await follow(admin, () => admin.locator('a', { hasText: 'この部に質問を足す' }).click());
    await admin.fill('#label_ja', 'どんな動物ですか');
    await admin.selectOption('#kind', 'table');
    await admin.fill('#col_0_ja', '名前');
    await admin.fill('#col_1_ja', '何匹');
    await admin.selectOption('#col_1_kind', 'number');
    const asked = await admin.locator('#asked-shown_0 option', { hasText: '動物はいますか: はい' }).getAttribute('value');
    await admin.selectOption('#asked-shown_0', asked);
    await press(admin, '下書きに残す');
    await sees(admin, 'どんな動物ですか', '聞かないときあり');
  });

  it('tells what is wrong beside the field and keeps what was typed', async () => {
    await follow(admin, () => admin.locator('a', { hasText: 'この部に質問を足す' }).click());
    await admin.fill('#label_ja', 'どれですか');
    await admin.selectOption('#kind', 'many');
    await press(admin, '下書きに残す');
    assert.equal(await admin.inputValue('#label_ja'), 'どれですか');
    assert.ok(await admin.locator('#table-error').isVisible());
    await expectGoodPage(admin, 'shape-item-wrong');
  });

  it('is previewed, published, and filled in on a phone', async () => {
    await open(admin, form);
    await follow(admin, () => admin.locator('.head a', { hasText: '見本' }).click());
    await admin.selectOption('#a-item_2', 'yes');
    await sees(admin, 'どんな動物ですか');
    await open(admin, form);
    await admin.fill('#from', new Date().toLocaleDateString('sv', { timeZone: 'Asia/Tokyo' }));
    await press(admin, '公開する');
    await open(worker, '/cases');
    const at = await worker.locator('main a[href^="/cases/"]').first().getAttribute('href');
    await open(worker, `${at}/sheets`);
    await follow(worker, () => worker.locator('main a', { hasText: title }).click());
    await expectGoodPage(worker, 'shape-fill');
    await press(worker, '残す');
    await sees(worker, 'どれかを選んで');
    await worker.selectOption('#a-item_2', 'yes');
    await worker.fill('#a-item_3-0-c1', '猫');
    await worker.fill('#a-item_3-0-c2', 'たくさん');
    await press(worker, '残す');
    await sees(worker, '数で書いてください');
    assert.equal(await worker.inputValue('#a-item_3-0-c1'), '猫');
    await expectGoodPage(worker, 'shape-fill-wrong');
    await worker.fill('#a-item_3-0-c2', '２');
    await press(worker, '残す');
    assert.match(new URL(worker.url()).pathname, /^\/filled\//);
    await sees(worker, 'はい', '名前: 猫 / 何匹: 2', '第1版');
    await expectGoodPage(worker, 'shape-read');
    await seesNot(worker, 'たくさん');
  });
});
