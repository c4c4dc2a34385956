// A sending in its middle, as tests break it.

/** A file that takes some seconds on a line of `rate` bytes per second. */
export const size = 12 * 1024 * 1024;
export const rate = 4 * 1024 * 1024;

/** Waits until part of what is sent, but not all, has gone. */
export async function underway(page) {
  await page.waitForFunction(() => {
    const bar = document.querySelector('#total-bar');
    return bar && bar.value > bar.max / 4 && bar.value < bar.max;
  });
}

/** Collects where the sending began anew. */
export function offsets(page) {
  const seen = [];
  page.on('request', (r) => r.method() === 'PATCH' && seen.push(Number(r.headers()['upload-offset'])));
  return seen;
}
