// The pages for who has no mouse, and for who runs no scripts.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { open } from './harness.mjs';
import { film } from './kit/footage.mjs';
import { allSafe, openClip, signIn, untilSummary, upload } from './kit/people.mjs';

test('everything is reached with the keyboard', async (t) => {
  const house = await open(t);
  const page = await signIn(house, 'dock');
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.textContent), '본문 바로가기');
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'main');
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'folder');
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'files');
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.keyboard.press('Enter')]);
  await chooser.setFiles([await film(house.dir, '민원_0001.MP4', 1)]);
  await page.getByRole('button', { name: '전송 시작' }).waitFor();
  for (let n = 0; n < 30 && !(await page.evaluate(() => document.activeElement.textContent.includes('전송 시작'))); n++) {
    await page.keyboard.press('Tab');
  }
  await page.keyboard.press('Enter');
  await untilSummary(page, allSafe);
});

test('without scripts all but the upload works', async (t) => {
  const house = await open(t);
  await upload(house, [await film(house.dir, '민원_0001.MP4', 1)]);
  const page = await signIn(house, 'reviewer', { javaScriptEnabled: false });
  await openClip(page, '민원_0001.MP4', '확인');
  assert.equal(await page.locator('video').count(), 1);
  await page.getByRole('button', { name: '로그아웃' }).click();
  await page.getByRole('heading', { name: '로그인' }).waitFor();
});
