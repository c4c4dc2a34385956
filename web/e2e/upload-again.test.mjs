// What breaks in the middle of a sending: the page, the network. It goes on
// where it was, and nothing is lost.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { open } from './harness.mjs';
import { longFilm } from './kit/footage.mjs';
import { lay } from './kit/line.mjs';
import { allSafe, choose, signIn, untilSummary } from './kit/people.mjs';
import { offsets, rate, size, underway } from './kit/sending.mjs';

// A folder of the browser's own stands for the card: it is chosen by the same
// kind of handle, which tests cannot pick in the browser's dialog.
async function pickable(page, bytes) {
  await page.addInitScript(() => {
    window.showDirectoryPicker = async () => (await navigator.storage.getDirectory()).getDirectoryHandle('CARD');
  });
  await page.reload();
  await page.evaluate(async (n) => {
    const dir = await (await navigator.storage.getDirectory()).getDirectoryHandle('CARD', { create: true });
    const file = await (await dir.getFileHandle('DJI_0001.MP4', { create: true })).createWritable();
    await file.write(new Uint8Array(n).map((_, i) => (i * 31) % 251));
    await file.close();
  }, bytes);
}

test('a reload goes on by itself where the browser can read the folder again', async (t) => {
  const house = await open(t);
  const line = await lay(t, house.port, rate);
  const page = await signIn(house, 'dock', { url: line.url });
  await pickable(page, size);
  const begun = offsets(page);
  page.on('dialog', (d) => d.accept());
  await page.getByText('폴더 고르기').click();
  await page.getByRole('button', { name: '전송 시작' }).click();
  await underway(page);
  await page.reload();
  await untilSummary(page, allSafe);
  assert.ok(begun.length >= 2 && begun.at(-1) > 0, `sent from ${begun}`);
  await page.reload();
  await page.locator('#chooser').waitFor();
  await pause(500);
  assert.equal(await page.locator('#unfinished').isVisible(), false);
  assert.deepEqual(house.problems, []);
});

test('after a reload the same files, chosen again, go on', async (t) => {
  const house = await open(t);
  const line = await lay(t, house.port, rate);
  const file = await longFilm(house.dir, 'LONG_0001.MP4', size);
  const page = await signIn(house, 'dock', { url: line.url });
  page.on('dialog', (d) => d.accept());
  const begun = offsets(page);
  await choose(page, [file]);
  await underway(page);
  await page.reload();
  await page.getByText('같은 폴더나 파일을 다시 고르면 이어서 전송합니다').waitFor();
  await choose(page, [file]);
  await untilSummary(page, allSafe);
  assert.ok(begun.length >= 2 && begun.at(-1) > 0, `sent from ${begun}`);
});

test('the network goes and comes back', async (t) => {
  const house = await open(t);
  const line = await lay(t, house.port, rate);
  const file = await longFilm(house.dir, 'LONG_0002.MP4', size);
  const page = await signIn(house, 'dock', { url: line.url });
  const begun = offsets(page);
  await choose(page, [file]);
  await underway(page);
  await page.context().setOffline(true);
  await page.getByText('연결 끊김').waitFor();
  assert.deepEqual(await house.axe(page), []);
  await house.screenshot(page, 'upload-cut');
  await pause(1000);
  await page.context().setOffline(false);
  await untilSummary(page, allSafe);
  assert.ok(begun.length >= 2 && begun.at(-1) > 0, `sent from ${begun}`);
});
