// A field that saves itself, against a server that has another text already: one press of its button leads to both texts.

import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { launchBrowser, openPage, root } from '../lib.mjs';
import { serve } from '../static.mjs';

const room =
  '<!doctype html><html lang="ja"><head><meta charset="utf-8"><title>部屋</title><script src="/app.js" defer></script></head><body>' +
  '<main><h1>部屋</h1><form method="post" action="/note" id="note-1" data-autosave><input type="hidden" name="base_version" value="1">' +
  '<label for="text">メモ</label> <textarea id="text" name="text"></textarea>' +
  '<p role="status" data-save-state data-text-conflict="くいちがい"></p><button>保存する</button></form></main></body></html>';

describe('a field that saves itself', () => {
  let browser;
  let site;
  before(async () => {
    browser = await launchBrowser();
    site = await serve({ pages: { '/room': room }, folder: path.join(root, 'ground/site/assets') });
  });
  after(async () => {
    await browser?.close();
    await site?.stop();
  });

  it('goes to the comparison with one press, while the cursor is still in it', async () => {
    const page = await openPage(browser, site.url);
    let saves = 0;
    await page.route('**/note', (route) => {
      const itself = route.request().headers()['x-requested-with'] === 'draft';
      if (itself) saves += 1;
      const body = itself ? '{}' : '<h1>両方の文</h1>';
      route.fulfill({ status: 409, contentType: itself ? 'application/json' : 'text/html; charset=utf-8', body });
    });
    await page.goto('/room');
    await page.locator('#text').pressSequentially('玄関先で会えた');
    await page.locator('[data-save-state][data-state=conflict]').waitFor();
    await page.getByRole('button', { name: '保存する' }).click();
    await page.getByRole('heading', { name: '両方の文' }).waitFor();
    assert.equal(saves, 1);
  });
});
