// The way in through the browser: what is said of each file, and that nothing
// is lost when the line or the server breaks.

import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { open } from './harness.mjs';
import { film, longFilm, photo } from './kit/footage.mjs';
import { lay } from './kit/line.mjs';
import { allSafe, choose, mayWipe, row, signIn, untilSummary, upload, wellMade } from './kit/people.mjs';
import { offsets, rate, size, underway } from './kit/sending.mjs';

test('a film and a photograph are checked in, and the same film only once', async (t) => {
  const house = await open(t);
  const files = [await film(house.dir, '민원_0001.MP4'), await photo(house.dir, 'P_0002.JPG')];
  const page = await upload(house, files, 'dock', '민원-1');
  for (const name of ['민원_0001.MP4', 'P_0002.JPG']) {
    assert.match(await row(page, name).innerText(), /등록 완료/);
  }
  assert.ok(!(await row(page, '민원_0001.MP4').innerText()).includes('확인 필요'));
  await wellMade(house, page);
  await house.screenshot(page, 'upload-done');

  await page.reload();
  await choose(page, [files[0]]);
  await untilSummary(page, mayWipe);
  assert.match(await row(page, '민원_0001.MP4').innerText(), /이미 등록됨/);
  assert.deepEqual(house.problems, []);
});

test('a folder comes whole, without what the system left there', async (t) => {
  const house = await open(t);
  const card = join(house.dir, 'CARD');
  await mkdir(join(card, 'DCIM', '100MEDIA'), { recursive: true });
  await film(join(card, 'DCIM', '100MEDIA'), 'DJI_0001.MP4', 1);
  await writeFile(join(card, '.DS_Store'), 'x');
  const page = await signIn(house, 'uploader');
  await choose(page, card, '#folder');
  await untilSummary(page, allSafe);
  assert.match(await page.locator('#summary').innerText(), /영상이 아닌 파일 1개는 올리지 않았습니다/);
  await page.getByRole('navigation', { name: '주 메뉴' }).getByRole('link', { name: '영상 목록' }).click();
  await page.getByRole('link', { name: 'DJI_0001.MP4' }).click();
  assert.match(await page.getByRole('main').innerText(), /CARD\/DCIM\/100MEDIA\/DJI_0001.MP4/);
  assert.deepEqual(house.problems, []);
});

test('a refused file says why and does not hold up the others', async (t) => {
  const house = await open(t);
  const page = await signIn(house, 'dock');
  const long = '긴'.repeat(100) + '.MP4'; // over 255 bytes
  await choose(page, [
    { name: long, mimeType: 'video/mp4', buffer: Buffer.from('x') },
    { name: 'P_0001.JPG', mimeType: 'image/jpeg', buffer: Buffer.from('not a photograph') },
  ]);
  await untilSummary(page, '카메라를 지우지 말고');
  assert.match(await page.locator('#summary').innerText(), /1개는 (카메라에서 지워도 됩니다|저장되었지만)/);
  assert.match(await row(page, '긴긴긴').innerText(), /거절[\s\S]*파일 이름이 너무 깁니다/);
  assert.match(await row(page, 'P_0001.JPG').innerText(), /등록 완료/);
  assert.ok(!(await page.locator('#summary').innerText()).includes('모두 안전하게'));
  await wellMade(house, page);
});

test('a cut line is taken up where it broke', async (t) => {
  const house = await open(t);
  const line = await lay(t, house.port, rate);
  const file = await longFilm(house.dir, 'LONG_0001.MP4', size);
  const page = await signIn(house, 'dock', { url: line.url });
  const begun = offsets(page);
  await choose(page, [file]);
  await underway(page);
  line.cut();
  await page.getByText('연결 끊김').waitFor();
  assert.match(await page.locator('#summary').innerText(), /아직 지우지 마세요/);
  await pause(1500);
  line.mend();
  await untilSummary(page, allSafe);
  assert.ok(begun.length >= 2 && begun.at(-1) > 0, `sent from ${begun}`);
  await assertWhole(house, page, file);
});

test('a server that is killed goes on from what it had', async (t) => {
  const house = await open(t);
  const line = await lay(t, house.port, rate);
  const file = await longFilm(house.dir, 'LONG_0002.MP4', size);
  const page = await signIn(house, 'dock', { url: line.url });
  const begun = offsets(page);
  await choose(page, [file]);
  await underway(page);
  await house.kill();
  await page.getByText('연결 끊김').waitFor();
  await house.start();
  await untilSummary(page, allSafe);
  assert.ok(begun.length >= 2, `sent from ${begun}`);
  await assertWhole(house, page, file);
});

// assertWhole: the hash the record shows is that of the file.
async function assertWhole(house, page, file) {
  const { createHash } = await import('node:crypto');
  const { readFile } = await import('node:fs/promises');
  const hash = createHash('sha256').update(await readFile(file)).digest('hex');
  const reviewer = await signIn(house, 'reviewer');
  await reviewer.getByRole('link', { name: /LONG_/ }).click();
  assert.match(await reviewer.getByRole('main').innerText(), new RegExp(hash));
}
