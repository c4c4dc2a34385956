// Numbers as people read them.

const units = ['KB', 'MB', 'GB', 'TB'];

export function bytes(n) {
  if (n < 1024) return `${n}바이트`;
  let value = n / 1024;
  let unit = 0;
  while (value >= 1023.95 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${value.toFixed(1)}${units[unit]}`;
}

export function span(seconds) {
  if (!Number.isFinite(seconds)) return '';
  if (seconds < 60) return `약 ${Math.max(1, Math.round(seconds))}초 남음`;
  if (seconds < 3600) return `약 ${Math.round(seconds / 60)}분 남음`;
  return `약 ${Math.floor(seconds / 3600)}시간 ${Math.round((seconds % 3600) / 60)}분 남음`;
}

/** Speed over the last few seconds, in bytes per second. */
export class Speed {
  #points = [];

  at(sent, now = performance.now()) {
    this.#points.push({ sent, now });
    this.#points = this.#points.filter((p) => now - p.now < 5000);
    const first = this.#points[0];
    const seconds = (now - first.now) / 1000;
    return seconds > 0.3 ? Math.max(0, sent - first.sent) / seconds : 0;
  }

  reset() {
    this.#points = [];
  }
}
