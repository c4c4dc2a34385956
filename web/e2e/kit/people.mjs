// What people do on the pages, by what they read there.

import assert from 'node:assert/strict';
import { password } from '../harness.mjs';

/** A page of `name`, who has signed in at `url`. */
export async function signIn(house, name, { url = house.url, ...context } = {}) {
  const page = await house.page(context);
  await page.goto(url + '/');
  await page.getByLabel('로그인 이름').fill(name);
  await page.getByLabel('비밀번호').fill(password);
  await page.getByRole('main').getByRole('button', { name: '로그인' }).click();
  await page.getByRole('button', { name: '로그아웃' }).waitFor();
  return page;
}

/** Chooses files, or a folder, on the upload page and sends what was found. */
export async function choose(page, files, by = '#files') {
  await page.locator(by).setInputFiles(files);
  await page.getByRole('button', { name: /전송 시작|이어서 전송/ }).and(page.locator(':visible:enabled')).click();
}

/** Waits until the upload page's summary says `text`. */
export async function untilSummary(page, text, timeout = 60_000) {
  await page.locator('#summary', { hasText: text }).waitFor({ timeout });
}

/** Everything is kept; some of it may have to be looked at. */
export const allSafe = '모두 안전하게 저장되었습니다.';

/** Everything is kept, and nothing is in doubt. */
export const mayWipe = '모두 안전하게 저장되었습니다. 카메라에서 지워도 됩니다.';

/** The state of one file's row. */
export function row(page, name) {
  return page.getByRole('row', { name: new RegExp(name) });
}

/** Uploads files and waits until the card may be wiped. */
export async function upload(house, files, who = 'dock', device = '') {
  const page = await signIn(house, who);
  if (device) {
    await page.getByText('한꺼번에 적기').click();
    await page.getByLabel('기기', { exact: true }).selectOption({ label: device });
  }
  await choose(page, files);
  await untilSummary(page, allSafe);
  return page;
}

/** Windows of a desk and of a hand. */
export const wide = { viewport: { width: 1440, height: 900 } };
export const narrow = { viewport: { width: 390, height: 844 } };

/** No page is wider than its window, and axe has nothing to say. */
export async function wellMade(house, page) {
  assert.deepEqual(await house.axe(page), [], page.url());
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(overflow <= 0, `${page.url()} is ${overflow} px wider than the window`);
}

/** Opens a view of a clip of the list with a reason. */
export async function openClip(page, name, reason) {
  await page.getByRole('link', { name }).click();
  await page.getByLabel('열람 사유').fill(reason);
  await page.getByRole('button', { name: '사유를 남기고 열람' }).click();
  await page.getByRole('heading', { name: `${name} 열람` }).waitFor();
}
