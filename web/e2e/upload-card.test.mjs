// A whole card: what is on it is said before anything is sent, and a receipt
// says what was kept.

import assert from 'node:assert/strict';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { open } from './harness.mjs';
import { film, photo } from './kit/footage.mjs';
import { allSafe, narrow, row, signIn, untilSummary, wellMade, wide } from './kit/people.mjs';

// card lays out what a drone and an action camera leave behind.
async function card(house) {
  const dir = join(house.dir, 'CARD');
  const [dji, gopro] = [join(dir, 'DCIM/100MEDIA'), join(dir, 'DCIM/100GOPRO')];
  await Promise.all([dji, gopro].map((d) => mkdir(d, { recursive: true })));
  const one = await film(dji, 'DJI_20261003140500_0001_D.MP4', 1);
  await writeFile(join(dji, 'DJI_20261003140500_0001_D.SRT'), '1\n00:00:00,000 --> 00:00:01,000\n[latitude: 37.5] [longitude: 127.0]\n\n');
  await copyFile(one, join(dji, 'DJI_20261003140500_0001_D.LRF'));
  await film(gopro, 'GX010042.MP4', 1);
  await film(gopro, 'GX020042.MP4', 2);
  await photo(dji, 'DJI_20261003141000_0002_D.JPG');
  await writeFile(join(dir, '.DS_Store'), 'x');
  return dir;
}

test('a card is shown as recordings, sent without what was taken out, and receipted as the interface says', async (t) => {
  const house = await open(t);
  const dir = await card(house);
  const page = await signIn(house, 'uploader', wide);
  const addresses = new Set();
  page.on('response', (r) => r.request().method() === 'PATCH' && addresses.add(new URL(r.url()).pathname));
  await page.getByText('한꺼번에 적기').click();
  await page.getByLabel('제목').fill('가'.repeat(101));
  await page.getByLabel('장소').fill('한빛시장 <script>');
  await page.locator('#folder').setInputFiles(dir);

  const drone = row(page, 'DJI_20261003140500_0001_D.MP4');
  assert.match(await drone.innerText(), /2026\. 10\. 3\.\(토\) 14:05[\s\S]*원본 1[\s\S]*축소본 1/);
  assert.match(await row(page, 'GX010042.MP4').innerText(), /원본 2/);
  assert.match(await page.locator('#plan-words').innerText(), /촬영 3건을 찾았습니다. 3건\(파일 6개/);
  await page.getByText('올리지 않는 파일 1개와 그 까닭').click();
  assert.match(await page.locator('#skipped li').innerText(), /DS_Store: \S+/);
  await row(page, '0002_D.JPG').getByRole('checkbox').uncheck();
  await wellMade(house, page);
  await house.screenshot(page, 'upload-plan-1440');

  await page.getByRole('button', { name: /전송 시작 \(2건/ }).click();
  await page.getByText('제목이 너무 깁니다. 100자까지').waitFor();
  assert.equal(await page.getByLabel('장소').inputValue(), '한빛시장 <script>');
  await page.getByLabel('제목').fill('시장 점검');
  await page.getByRole('button', { name: /전송 시작 \(2건/ }).click();
  await untilSummary(page, allSafe);
  const summary = await page.locator('#summary').innerText();
  assert.match(summary, /고르지 않은 촬영 1건은 보내지 않았으니 카드를 통째로 지우지 마세요/);
  assert.equal(await page.getByRole('row', { name: /0002_D.JPG/ }).count(), 0);
  await house.screenshot(page, 'upload-ended-1440');

  await page.getByRole('link', { name: '접수증 보기' }).click();
  await page.getByRole('heading', { name: '접수증' }).waitFor();
  const receipt = await page.getByRole('main').innerText();
  assert.match(receipt, /시장 점검[\s\S]*한빛시장 <script>/);
  assert.equal(addresses.size, 5);
  for (const address of addresses) {
    const said = await (await page.request.get(house.url + address)).json();
    assert.equal(said.state, 'checked-in');
    const [, entry] = said.receipt.match(/ledger:(\d+)/);
    for (const proof of [said.clip, said.sha256, `관리대장 ${entry}번`]) assert.ok(receipt.includes(proof), proof);
  }
  await wellMade(house, page);
  await house.screenshot(page, 'receipt-1440');
  await page.emulateMedia({ media: 'print' });
  await house.screenshot(page, 'receipt-print');
  assert.deepEqual(house.problems.filter((p) => !p.includes('422')), []);
});

test('a dock at arm’s length: by keyboard alone, in both looks, on a small screen', async (t) => {
  const house = await open(t);
  const path = await film(house.dir, '민원_0001.MP4', 1);
  const page = await signIn(house, 'dock', wide);
  await house.screenshot(page, 'upload-dock-1440');
  const choosing = page.waitForEvent('filechooser');
  await press(page, (at) => at === 'files', 'Enter');
  await (await choosing).setFiles([path]);
  await page.locator('#start:focus').waitFor();
  await page.keyboard.press('Enter');
  await untilSummary(page, allSafe);
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    await wellMade(house, page);
  }
  await press(page, (at) => at === 'receipt', 'Enter');
  await page.getByRole('heading', { name: '접수증' }).waitFor();

  const hand = await signIn(house, 'dock', narrow);
  await wellMade(house, hand);
  await hand.locator('#files').setInputFiles([path]);
  await hand.locator('#start:focus').waitFor();
  await wellMade(house, hand);
  await house.screenshot(hand, 'upload-plan-390');
  await hand.locator('#start').click();
  await untilSummary(hand, allSafe);
  // It is there already, and still in doubt.
  assert.match(await row(hand, '민원_0001.MP4').innerText(), /확인 필요[\s\S]*이미 등록된 영상입니다/);
  assert.ok(!(await hand.locator('#summary').innerText()).includes('지워도 됩니다'));
  await wellMade(house, hand);
  await house.screenshot(hand, 'upload-ended-390');
  await hand.getByRole('link', { name: '접수증 보기' }).click();
  await wellMade(house, hand);
  await house.screenshot(hand, 'receipt-390');
  assert.deepEqual(house.problems, []);
});

// press goes on by Tab until it stands where it should, and presses a key.
async function press(page, there, key) {
  for (let n = 0; n < 60; n++) {
    await page.keyboard.press('Tab');
    if (there(await page.evaluate(() => document.activeElement.id))) return page.keyboard.press(key);
  }
  throw new Error('Tab does not lead there');
}

test('what is dropped on the page is taken', async (t) => {
  const house = await open(t);
  const page = await signIn(house, 'uploader', { colorScheme: 'dark' });
  const dropped = await page.evaluateHandle(() => {
    const transfer = new DataTransfer();
    for (const name of ['DJI_0001.MP4', 'DJI_0001.SRT']) transfer.items.add(new File([name], name, { lastModified: 1 }));
    return transfer;
  });
  for (const event of ['dragenter', 'dragover', 'drop']) await page.dispatchEvent('#drop', event, { dataTransfer: dropped });
  assert.match(await row(page, 'DJI_0001.MP4').innerText(), /위치·비행 기록 1/);
  await page.getByRole('button', { name: '모두 빼기' }).click();
  assert.equal(await page.locator('#start').isDisabled(), true);
  await page.getByRole('button', { name: '모두 넣기' }).click();
  await page.locator('#start').click();
  await untilSummary(page, allSafe);
  assert.deepEqual(house.problems, []);
});
