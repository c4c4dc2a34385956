// A sentence in the corner, read out, gone by itself. What it says must also
// stand in the page: a toast is missed easily.

import { icon } from './icon.js';

const shownMs = 8000;

/**
 * @param {string} text
 * @param {'info' | 'done' | 'alert'} [sign] icon beside it
 */
export function toast(text, sign = 'info') {
  const made = document.createElement('p');
  made.className = 'toast';
  const words = document.createElement('span');
  words.textContent = text;
  const close = document.createElement('button');
  close.type = 'button';
  close.textContent = '닫기';
  close.addEventListener('click', () => made.remove());
  made.append(icon(sign), words, close);
  document.getElementById('toasts').append(made);

  // It stays while it is pointed at or has the focus.
  let timer = setTimeout(() => made.remove(), shownMs);
  const keep = () => clearTimeout(timer);
  const go = () => (timer = setTimeout(() => made.remove(), shownMs));
  made.addEventListener('pointerenter', keep);
  made.addEventListener('focusin', keep);
  made.addEventListener('pointerleave', go);
  made.addEventListener('focusout', go);
  return made;
}
