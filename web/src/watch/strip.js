// Small pictures above the bar: where the pointer or the focus is, there the
// film looks so. They are fetched when first looked for.

import { clock } from '../map/words.js';

const width = 160;

/** Shows the strip of `stage` (footage.Strip) above the slider `seek`. */
export function showStrip(stage, seek, length) {
  const { strip, tiles, columns, interval } = stage.dataset;
  const box = stage.querySelector('#preview');
  if (!strip || !box) return;
  const [picture, word] = box.children;
  let sheet;
  const load = () => {
    sheet ??= Object.assign(new Image(), { src: strip });
    return sheet;
  };
  const show = (second) => {
    const { naturalWidth, naturalHeight, complete } = load();
    if (!complete || !naturalWidth) return void sheet.addEventListener('load', () => show(second), { once: true });
    const rows = Math.ceil(tiles / columns);
    const tile = Math.min(tiles - 1, Math.max(0, Math.floor(second / interval)));
    const height = Math.round((width * (naturalHeight / rows)) / (naturalWidth / columns));
    Object.assign(picture.style, {
      width: `${width}px`,
      height: `${height}px`,
      backgroundImage: `url("${strip}")`,
      backgroundSize: `${width * columns}px ${height * rows}px`,
      backgroundPosition: `-${(tile % columns) * width}px -${Math.floor(tile / columns) * height}px`,
    });
    word.textContent = clock(second);
    const part = length() ? second / length() : 0;
    const room = seek.clientWidth - width;
    box.style.left = `${Math.min(Math.max(0, part * seek.clientWidth - width / 2), Math.max(0, room))}px`;
    box.hidden = false;
  };
  const under = (e) => {
    const { left, width: wide } = seek.getBoundingClientRect();
    show(Math.min(1, Math.max(0, (e.clientX - left) / wide)) * length());
  };
  seek.addEventListener('pointermove', under);
  seek.addEventListener('input', () => show(seek.valueAsNumber));
  for (const end of ['pointerleave', 'blur']) seek.addEventListener(end, () => (box.hidden = true));
}
