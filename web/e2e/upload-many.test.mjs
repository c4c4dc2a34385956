// A card with many files.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { open } from './harness.mjs';
import { allSafe, choose, signIn, untilSummary } from './kit/people.mjs';

test('five hundred files are fifty rows', async (t) => {
  const house = await open(t);
  const page = await signIn(house, 'uploader');
  const files = Array.from({ length: 500 }, (_, n) => ({
    name: `REC_${String(n).padStart(4, '0')}.JPG`,
    mimeType: 'image/jpeg',
    buffer: Buffer.from(`photograph ${n}`),
  }));
  await choose(page, files);
  await page.getByText('500건 중 1~50번째').waitFor();
  assert.equal(await page.locator('#rows tr').count(), 50);
  await page.getByRole('button', { name: '다음 50건' }).click();
  await page.getByText('500건 중 51~100번째').waitFor();
  await page.getByRole('button', { name: '모두 일시정지' }).click();
  await page.locator('#total-pace', { hasText: '일시정지' }).waitFor();
  await page.getByRole('button', { name: '계속' }).click();
  await untilSummary(page, allSafe, 100_000);
  assert.match(await page.locator('#summary').innerText(), /파일 500개는 확인이 필요하니/);
});
