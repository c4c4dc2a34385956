// The viewer's name and the time over the picture.

const format = new Intl.DateTimeFormat('ko-KR', {
  timeZone: 'Asia/Seoul',
  dateStyle: 'medium',
  timeStyle: 'medium',
  hour12: false,
});

export function keepMark(root) {
  const tick = () => {
    const now = format.format(new Date());
    for (const clock of root.querySelectorAll('[data-clock]')) clock.textContent = now;
  };
  tick();
  setInterval(tick, 1000);
}

const days = new Intl.DateTimeFormat('ko-KR', {
  timeZone: 'Asia/Seoul',
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  weekday: 'short',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});

/** A moment as the pages write it, to the second: 2026. 10. 3.(토) 14:05:09 */
export function moment(at) {
  const p = Object.fromEntries(days.formatToParts(at).map(({ type, value }) => [type, value]));
  return `${p.year}. ${p.month}. ${p.day}.(${p.weekday}) ${p.hour}:${p.minute}:${p.second}`;
}
