// How places and times are written.

export const degrees = (n) => n.toFixed(5);

export const place = ({ lat, lon }) => `${degrees(lat)}, ${degrees(((((lon + 180) % 360) + 360) % 360) - 180)}`;

export const metres = (n) => `${Math.round(n).toLocaleString('ko-KR')} m`;

/** The time of a player: 0:05, 1:02:03. */
export function clock(second) {
  const n = Math.max(0, Math.round(second));
  const two = (v) => String(v).padStart(2, '0');
  const [h, m, s] = [Math.floor(n / 3600), Math.floor(n / 60) % 60, n % 60];
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** The same, to be read out. */
export function spoken(second) {
  const n = Math.max(0, Math.round(second));
  const parts = [[Math.floor(n / 3600), '시간'], [Math.floor(n / 60) % 60, '분'], [n % 60, '초']];
  return parts.filter(([v]) => v).map(([v, word]) => v + word).join(' ') || '0초';
}
