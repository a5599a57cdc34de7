// The published plan is the register: taken along as a workbook, brought back unchanged, brought back with one cell
// changed, and held against what was made public.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { inflateRawSync } from 'node:zlib';
import { expectGoodPage, follow, launchBrowser, open, openPage, press, sees, seesNot, signIn, somebody, theProgram } from '../lib.mjs';

const xlsx = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** What a link gives to take along. */
async function download(page, link) {
  const [file] = await Promise.all([page.waitForEvent('download'), link.click()]);
  return readFile(await file.path());
}

/** The parts of a workbook: names and bytes, read from the list at its end (ZIP, APPNOTE 4.3). */
function parts(book) {
  const end = book.lastIndexOf(Buffer.from('PK\u0005\u0006'));
  const found = [];
  let at = book.readUInt32LE(end + 16);
  for (let n = book.readUInt16LE(end + 10); n > 0; n -= 1) {
    const [method, packed] = [book.readUInt16LE(at + 10), book.readUInt32LE(at + 20)];
    const [name, extra, note] = [book.readUInt16LE(at + 28), book.readUInt16LE(at + 30), book.readUInt16LE(at + 32)];
    const local = book.readUInt32LE(at + 42);
    const from = local + 30 + book.readUInt16LE(local + 26) + book.readUInt16LE(local + 28);
    const bytes = book.subarray(from, from + packed);
    found.push([book.subarray(at + 46, at + 46 + name).toString(), method === 8 ? inflateRawSync(bytes) : bytes]);
    at += 46 + name + extra + note;
  }
  return found;
}

const crc = (bytes) => {
  let all = 0xffffffff;
  for (const byte of bytes) {
    all ^= byte;
    for (let bit = 0; bit < 8; bit += 1) all = (all >>> 1) ^ (all & 1 ? 0xedb88320 : 0);
  }
  return (all ^ 0xffffffff) >>> 0;
};

/** A workbook of these parts, not packed: what a person's spreadsheet program saves after one cell was changed. */
function bookOf(files) {
  const [bodies, list] = [[], []];
  let at = 0;
  for (const [name, bytes] of files) {
    const head = Buffer.alloc(26);
    head.writeUInt16LE(20, 0);
    head.writeUInt16LE(0x0800, 2);
    head.writeUInt32LE(crc(bytes), 10);
    head.writeUInt32LE(bytes.length, 14);
    head.writeUInt32LE(bytes.length, 18);
    head.writeUInt16LE(Buffer.byteLength(name), 22);
    bodies.push(Buffer.from('PK\u0003\u0004'), head, Buffer.from(name), bytes);
    const entry = Buffer.alloc(16);
    entry.writeUInt32LE(at, 12);
    list.push(Buffer.from('PK\u0001\u0002'), Buffer.from([20, 0]), head, entry.subarray(2), Buffer.from(name));
    at += 30 + Buffer.byteLength(name) + bytes.length;
  }
  const listed = Buffer.concat(list);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(files.length, 4);
  end.writeUInt16LE(files.length, 6);
  end.writeUInt32LE(listed.length, 8);
  end.writeUInt32LE(at, 12);
  return Buffer.concat([...bodies, listed, Buffer.from('PK\u0005\u0006'), end]);
}

describe('the plan goes out as a workbook and comes back', () => {
  let program;
  let browser;
  let page;
  let book;
  const role = `まちの人と話し合う場をひらく ${somebody('x').given}`;

  /** Uploads a workbook on the page of the import. */
  const look = async (bytes) => {
    await open(page, '/plan/import');
    await page.setInputFiles('#file', { name: '実施計画.xlsx', mimeType: xlsx, buffer: bytes });
    await press(page, '何が変わるかを見る');
  };

  before(async () => {
    [program, browser] = await Promise.all([theProgram(), launchBrowser()]);
    page = await openPage(browser, program.url, { acceptDownloads: true });
    await signIn(page, 'makabe');
  });
  after(async () => {
    await browser?.close();
    await program?.stop();
  });

  it('as it came, it changes nothing', async () => {
    await open(page, '/plan');
    await page.locator('details.more summary').first().click();
    book = await download(page, page.locator('main a[href^="/plan/tables.xlsx"]'));
    await look(book);
    await sees(page, '登録と同じです。変わるところはありません');
    assert.equal(await page.locator('main input[name=step][value=take]').count(), 0, 'there is nothing to take');
    await expectGoodPage(page, 'plan-same');
  });

  it('one cell changed is one change, shown before anything is stored', async () => {
    await open(page, '/plan');
    // Words that stand in one cell of the workbook: what several rows share would be several cells.
    const words = await page.locator('.plan-table td > p, .plan-table .plan-remark').allInnerTexts();
    const texts = parts(book).map(([name, bytes]) => [name, bytes.toString()]);
    const cells = (each) => texts.reduce((n, [, text]) => n + text.split(each).length - 1, 0);
    const before = words.map((each) => each.trim().replace(/^[（※]|）$/g, '')).find((each) => each.length > 8 && cells(each) === 1);
    assert.ok(before, 'words of one row alone');
    const files = texts.map(([name, text]) => [name, Buffer.from(text.replace(before, role))]);
    await look(bookOf(files));
    await sees(page, '1行が変わります', before, role);
    await seesNot(page, 'なくなった');
    await expectGoodPage(page, 'plan-will-change');
    await press(page, 'この内容で変える');
    await sees(page, role);
    await expectGoodPage(page, 'plan-taken');
  });

  it('it stands in the changes since the plan was made public', async () => {
    await follow(page, () => page.locator('main a[href^="/plan/changes"]').first().click());
    await sees(page, role);
    await expectGoodPage(page, 'plan-changes');
  });

  it('a row changed on the page is taken back with one press', async () => {
    await open(page, '/plan');
    const row = await page.locator('.plan-tools a').first().getAttribute('href');
    const slip = `まちがえて書いた注 ${somebody('x').given}`;
    await open(page, row);
    await page.fill('#note', slip);
    await press(page, '保存する');
    await sees(page, slip);
    await expectGoodPage(page, 'plan-undo');
    await press(page, 'もとに戻す');
    await sees(page, 'もとに戻しました');
    await seesNot(page, slip);
    await open(page, row);
    await sees(page, slip);
  });
});
