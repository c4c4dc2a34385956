// What else comes between: the end of a session, a second window, a card that
// is pulled out, a right that is missing.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rename } from 'node:fs/promises';
import { open, password } from './harness.mjs';
import { film, longFilm } from './kit/footage.mjs';
import { lay } from './kit/line.mjs';
import { allSafe, choose, mayWipe, row, signIn, untilSummary } from './kit/people.mjs';
import { offsets, rate, size, underway } from './kit/sending.mjs';

test('a session that ends stops the sending, and a new one goes on', async (t) => {
  const house = await open(t);
  const line = await lay(t, house.port, rate);
  const file = await longFilm(house.dir, 'LONG_0003.MP4', size);
  const page = await signIn(house, 'dock', { url: line.url });
  const begun = offsets(page);
  await choose(page, [file]);
  await underway(page);
  line.cut();
  await page.context().clearCookies();
  line.mend();
  await page.getByText('로그인이 끝나 전송을 멈췄습니다').waitFor();
  assert.deepEqual(await house.axe(page), []);
  const [other] = await Promise.all([
    page.context().waitForEvent('page'),
    page.getByRole('link', { name: '새 창에서 로그인' }).click(),
  ]);
  await other.getByLabel('로그인 이름').fill('dock');
  await other.getByLabel('비밀번호').fill(password);
  await other.getByRole('main').getByRole('button', { name: '로그인' }).click();
  await untilSummary(page, allSafe);
  assert.ok(begun.at(-1) > 0, `sent from ${begun}`);
});

test('two windows of one folder: the second is told, and nothing is lost', async (t) => {
  const house = await open(t);
  const line = await lay(t, house.port, rate);
  const file = await longFilm(house.dir, 'LONG_0004.MP4', size);
  const page = await signIn(house, 'dock', { url: line.url });
  await choose(page, [file]);
  await underway(page);
  const other = await page.context().newPage();
  await other.goto(line.url + '/upload');
  await other.getByText('다른 창에서 전송 중입니다').waitFor();
  await choose(other, [file]);
  await other.getByText('다른 창에서 전송 중', { exact: true }).waitFor();
  await Promise.all([page, other].map((p) => untilSummary(p, allSafe)));
  const reviewer = await signIn(house, 'reviewer');
  assert.equal(await reviewer.getByRole('link', { name: /LONG_0004/ }).count(), 1);
});

test('one bad file among good ones is tried again when it is there', async (t) => {
  const house = await open(t);
  const [good, bad] = [await film(house.dir, '민원_0001.MP4', 1), await film(house.dir, '민원_0002.MP4', 1)];
  const page = await signIn(house, 'dock');
  await page.getByText('한꺼번에 적기').click();
  await page.getByLabel('기기', { exact: true }).selectOption({ label: '민원-1' });
  await page.locator('#files').setInputFiles([good, bad]);
  await page.locator('#start:focus').waitFor();
  await rename(bad, bad + '.away'); // the card was pulled out
  await page.locator('#start').click();
  await untilSummary(page, '1개는 등록되지 않았습니다. 카메라를 지우지 말고');
  assert.match(await row(page, '민원_0002').innerText(), /보내지 못함[\s\S]*카드가 꽂혀 있는지/);
  assert.match(await row(page, '민원_0001').innerText(), /등록 완료/);
  await rename(bad + '.away', bad);
  await row(page, '민원_0002').getByRole('button', { name: /다시 시도/ }).click();
  await untilSummary(page, mayWipe);
});

test('who may not upload is told so', async (t) => {
  const house = await open(t);
  const page = await signIn(house, 'reviewer');
  const answer = await page.goto(house.url + '/upload');
  assert.equal(answer.status(), 403);
  assert.match(await page.getByRole('main').innerText(), /권한/);
});
